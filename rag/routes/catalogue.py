"""The documents of an index as its list has them, and which of them have what a question names."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import PurePosixPath

import numpy as np

from corpus.language.dates import calendar_dates
from corpus.language.script import fold, has_han, simplified
from embeddings import DocumentSummary, Encoder, Index, Term, lexical_tokens
from embeddings.encoders.protocol import Vectors
from rag.retrieval.retriever import Retriever
from rag.routes.document_names import DocumentNames
from rag.routes.kept import Kept
from rag.routes.request import Thing

__all__ = ["Catalogue", "Entry", "Mention", "catalogue_of", "says"]

_LOOKED_INTO = 300  # documents without a date or an author whose first lines are read for them
_HEAD_LINES = 4
_LONGEST_HEAD_LINE = 60
_MOST_PASSAGES = 5_000  # that may say a word, looked into
_NEAR = 0.895  # cosine of two short names, both as questions: of 24 wordings and 20 titles, those of one kind are above
_SAME = 0.93  # the same of names that mean one thing (租房合同, 房屋租赁合同)
_ABBREVIATED = 3  # characters at the least of an abbreviated name
_BEHIND_NAME = re.compile(r"(?:\s*[(（〔\[【][^()（）〔〕\[\]【】]*[)）〕\]】]|[\s\d._·—-]|版|第.{1,3}[号期版])+$")
_PARTS = re.compile(r"[\s、,，;；/|·]+")


@dataclass(frozen=True)
class Entry:
    """A document of the list.

    ``date`` is ISO 8601, "" where none is told; ``names``, folded, are who wrote and issued it, ``title`` and ``stem``
    its title and the name of its file, folded.
    """

    summary: DocumentSummary
    date: str
    names: tuple[str, ...]
    title: str
    stem: str

    @property
    def id(self) -> str:
        """The document's id."""
        return self.summary.id

    @property
    def called(self) -> str:
        """Its title and the name of its file, folded."""
        return f"{self.title}\n{self.stem}"

    def ends_with(self, ways: Iterable[str]) -> bool:
        """Whether it is called one of these, as to its kind: 房屋租赁合同 is a 合同."""
        bare = [_BEHIND_NAME.sub("", name) for name in (self.title, self.stem, *re.split(r"[-—_－:：]", self.stem))]
        return any(name.endswith((way, f"{way}s")) for way in ways for name in bare)


@dataclass(frozen=True, slots=True)
class Mention:
    """Where a document says a word: ``document.text[start:end]`` is the passage's."""

    document_id: str
    start: int
    end: int


class Catalogue:
    """The list of one index's documents. Safe to use from several threads."""

    def __init__(self, index: Index, encoder: Encoder) -> None:
        self._index = index
        self._encoder = encoder
        self._vectors: dict[str, Vectors] = {}
        self.mentions = lru_cache(maxsize=64)(self._mentions)
        looked_into = 0
        entries = []
        for summary in index.documents():
            head = ""
            if not summary.published or not (summary.author or summary.source):
                looked_into += 1
                head = self._head(summary) if looked_into <= _LOOKED_INTO else ""
            entries.append(_entry(summary, head))
        self.entries: tuple[Entry, ...] = tuple(entries)

    def _head(self, summary: DocumentSummary) -> str:
        """The short lines under the title, where a document says who it is of and from when."""
        lines = self._index.document(summary.id).text[:2000].split("\n")[:_HEAD_LINES]
        told = [line for line in lines if len(line) <= _LONGEST_HEAD_LINE and "。" not in line and " | " not in line]
        return "\n".join(line for line in told if line.strip() != summary.title)

    def called(self, thing: Thing, among: Sequence[Entry]) -> list[Entry]:
        """Those whose title or file has the thing in its name, or that are by whom it names."""
        whole = [entry for entry in among if thing.text in entry.called]
        worded = [entry for entry in among if all(says(entry.called, ways) for ways in thing.words)]
        if not has_han(thing.text):  # of the many translations of "contract" one is "shorten"
            worded = [entry for entry in worded if entry.ends_with(thing.words[-1])] or worded
        by = [entry for entry in among if _is_by(entry, thing)]
        chosen = {entry.id for entry in (*whole, *worded, *by)}
        return [entry for entry in among if entry.id in chosen]

    def near(self, text: str, among: Sequence[Entry]) -> list[tuple[Entry, float]]:
        """How near each one's name is to a text (cosine), the nearest first."""
        if not among:
            return []
        names = [(entry.title, entry.stem) for entry in among]
        self._encode({name for both in names for name in both} | {text})
        vector = self._vectors[text]
        scores = [float(max(vector @ self._vectors[name] for name in both)) for both in names]
        order = np.argsort(-np.array(scores), kind="stable").tolist()
        return [(among[i], scores[i]) for i in order]

    def likeness(self, text: str, others: Sequence[str]) -> list[float]:
        """The cosine of a text to each of some others, all as questions."""
        self._encode({text, *others})
        return [float(self._vectors[text] @ self._vectors[other]) for other in others]

    def alike(self, thing: Thing, among: Sequence[Entry], *, said: bool) -> list[Entry]:
        """Those with a name that means much the same; one that means the same, where a document says the words.

        With one of a series come the others: minutes of the third quarter with those of the second.
        """
        border = _SAME if said else _NEAR
        scored = self.near(thing.text, among)
        alike = {entry.id for entry, score in scored if score >= border}
        if not alike:
            return []
        series = {name.summary.id: name.series for name in DocumentNames.of(self._index).names}
        found = {series[key] for key in alike} - {""}
        return [entry for entry, _ in scored if entry.id in alike or series[entry.id] in found]

    def as_near(self, thing: Thing, exact: Sequence[Entry], among: Sequence[Entry]) -> list[Entry]:
        """Those of the thing's kind that are called otherwise, but no farther from it than those called so."""
        text = thing.text
        if not has_han(text):  # as the documents say it
            called = "\n".join(entry.called for entry in exact)
            text = "".join(next((way for way in ways if says(called, (way,))), "") for ways in thing.words)
        if not exact or len(text) < 3 or not has_han(text):
            return []
        ends = (text[-2:],)
        others = [entry for entry in among if entry not in exact and entry.ends_with(ends)]
        if not others:
            return []
        border = min(score for _, score in self.near(text, exact))
        return [entry for entry, score in self.near(text, others) if score >= max(border - 0.005, _NEAR)]

    def _encode(self, names: set[str]) -> None:
        missing = sorted(name for name in names if name not in self._vectors)
        if missing:
            found = self._encoder.encode([simplified(name) for name in missing], "query")
            self._vectors.update(zip(missing, found, strict=True))

    def _mentions(self, ways: tuple[tuple[str, ...], ...], within: frozenset[str] | None) -> dict[str, Mention]:
        """By the ids of the documents that say all these words, each in one of its ways, where they first do."""
        found: list[dict[str, Mention]] = [self._saying(one, within) for one in ways]
        if not found:
            return {}
        shared = set(found[0]).intersection(*found[1:])
        return {document_id: found[0][document_id] for document_id in sorted(shared)}

    def _saying(self, ways: tuple[str, ...], within: frozenset[str] | None) -> dict[str, Mention]:
        tokens = dict.fromkeys(tuple(_telling(form)) for way in ways for form in _forms(way))
        term = Term(tuple(filter(None, tokens)))
        if not term.ways:
            return {}
        mentions: dict[str, Mention] = {}
        for passage in self._index.passages(self._index.lexical([term], _MOST_PASSAGES, within).rows.tolist()):
            if says(fold(passage.text), ways):
                first = mentions.get(passage.document_id)
                if first is None or passage.start < first.start:
                    mentions[passage.document_id] = Mention(passage.document_id, passage.start, passage.end)
        return mentions


def says(folded: str, ways: Iterable[str]) -> bool:
    """Whether a folded text has one of these words as a word: in Latin letters not within a longer one."""
    return any(_pattern(way).search(folded) if way.isascii() else way in folded for way in ways)


_catalogues: Kept[Retriever, None, Catalogue] = Kept(lambda one, _: Catalogue(one.index, one.encoder), most=1)


def catalogue_of(retriever: Retriever) -> Catalogue:
    """The catalogue of what is searched, made once for each generation of the index."""
    return _catalogues(retriever, None)


def _entry(summary: DocumentSummary, head: str) -> Entry:
    named = [part for value in (summary.source, summary.author) for part in (value or "", *_PARTS.split(value or ""))]
    if not named[0] and not any(named):
        named = _PARTS.split(head)
    dates = list(calendar_dates(head))
    names = tuple(dict.fromkeys(fold(name) for name in (*named, summary.number or "") if len(name) > 1))
    date = summary.published or (dates[0] if len(dates) == 1 else "")
    return Entry(summary, date, names, fold(summary.title), fold(PurePosixPath(summary.id).stem))


def _is_by(entry: Entry, thing: Thing) -> bool:
    """Whether a thing is the name of who wrote or issued a document, perhaps abbreviated (区政府办)."""
    text = thing.text
    if any(text == name or (len(text) > 2 and text in name) for name in entry.names):
        return True
    if any(len(name) > 1 and name in text and len(name) >= len(text) - 1 for name in entry.names):
        return True
    if not has_han(text):  # in another language: 财务 and what it is of, 部
        ways = [way for word in thing.words for way in word if has_han(way)]
        return any(name.startswith(way) and len(name) <= len(way) + 1 for name in entry.names for way in ways)
    return len(text) >= _ABBREVIATED and has_han(text) and any(_abbreviates(text, name) for name in entry.names)


def _abbreviates(short: str, name: str) -> bool:
    """Whether the characters of a name that begins alike are all in the longer one, in order."""
    if short[0] != name[:1] and short[:2] not in name:
        return False
    rest = iter(name)
    return all(character in rest for character in short)


def _forms(way: str) -> tuple[str, ...]:
    """A word as it is in the singular and the plural, if it is in Latin letters."""
    stem = way[:-1] if len(way) > 3 and way.endswith("s") else way
    return (stem, f"{stem}s", f"{stem}es") if way.isascii() else (way,)


@lru_cache(maxsize=1024)
def _pattern(way: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![a-z\d])(?:{'|'.join(map(re.escape, _forms(way)))})(?![a-z\d])")


def _telling(way: str) -> list[str]:
    """The tokens that must stand in a passage that says it."""
    tokens = lexical_tokens(way)
    return [token for token in tokens if len(token) > 1 or not has_han(token)] or tokens
