"""What the documents of an index go by: titles, file names, kinds, dates, numbers of issues, who wrote them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from corpus.language.dates import parts_of, read_date
from corpus.language.names import words_of
from corpus.language.quantities import QuantityKind, quantities_of
from corpus.language.script import fold, has_han, squashed
from embeddings import DocumentSummary, Index, Term, lexical_tokens
from rag.question.presupposed import numbers_of
from rag.routes.kept import Kept

__all__ = ["STRONG", "DocumentName", "DocumentNames", "dates_in", "without_issue"]

_TITLES_CUT = 2000  # of an index, for the kinds of documents it has
_BRACKETED = re.compile(r"[（(〔\[【][^（）()〔〕\[\]【】]*[）)〕\]】]")
STRONG = 0.8
"""How well a word or a date is among the names of a document, at the least, that counts as one of them."""

_ABBREVIATED = 0.8
_SAME_CHARACTERS = 0.4
_BESIDE = 0.6

_FORMATS = {
    "word": ("doc", "docx"),
    "excel": ("xls", "xlsx", "csv"),
    "ppt": ("ppt", "pptx"),
    "pdf": ("pdf",),
    "网页": ("html", "htm", "mht", "mhtml"),
    "邮件": ("eml", "msg"),
    "email": ("eml", "msg"),
}
"""What people call the formats that their file names end in."""


def dates_in(text: str) -> tuple[str, ...]:
    """The dates of a text in ISO 8601's forms, as far as they are said: "2026-03", "--03" for 3月."""
    return tuple(quantity.iso for quantity in quantities_of(text) if quantity.kind is QuantityKind.DATE)


def without_issue(title: str) -> str:
    """A title, folded, without what tells the issues of a series apart: numbers, dates, what stands in brackets."""
    folded = fold(title)
    for quantity in reversed(quantities_of(folded)):
        folded = folded[: quantity.start] + folded[quantity.end :]
    return squashed(re.sub(r"\d+|第[期次号版]?", "", folded))


@dataclass(frozen=True)
class DocumentName:
    """What one document goes by; texts are folded."""

    summary: DocumentSummary
    text: str
    tokens: frozenset[str]
    beside: frozenset[str]
    format: str

    @classmethod
    def of(cls, summary: DocumentSummary) -> DocumentName:
        """The names of a line of the list of documents; its folders, author, publisher and number stand beside them."""
        folder, _, file_name = summary.id.rpartition("/")
        stem, _, suffix = file_name.rpartition(".")
        text = fold(f"{summary.title}\n{stem or file_name}")
        beside = " ".join(filter(None, (folder, summary.source, summary.author, summary.number)))
        return cls(summary, text, frozenset(lexical_tokens(text)), frozenset(lexical_tokens(beside)), suffix.lower())

    @cached_property
    def dates(self) -> tuple[str, ...]:
        """The dates in its names."""
        return dates_in(self.text)

    @cached_property
    def numbers(self) -> frozenset[tuple[str, object]]:
        """The numbers of its issue or edition, each with its unit: ("期", 3)."""
        return frozenset(numbers_of(self.text))

    @cached_property
    def series(self) -> str:
        """What the issues of a series have in common."""
        return without_issue(self.summary.title)

    def dated(self, iso: str) -> float:
        """How well a date is one of the document's (0 to 1)."""
        if any(_agree(iso, own) for own in self.dates):
            return 1.0
        published = self.summary.published
        return STRONG if published and read_date(published) and _agree(iso, published) else 0.0

    def conflicts(self, iso: str) -> bool:
        """Whether its names have another date than this."""
        return bool(self.dates) and not self.dated(iso) and any(_shared(iso, own) for own in self.dates)

    def holds(self, term: Term) -> float:
        """How well a word is among its names (0 to 1): whole, abbreviated (年报), or its characters in any order."""
        code = "".join(term.ways[0])
        coded = code.isascii() and any(map(str.isdigit, code))
        if code in self.text.replace("-", "").replace(" ", "") if coded else term.share(self.tokens) == 1.0:
            return 1.0
        credit = _BESIDE if term.share(self.beside) == 1.0 else 0.0
        for way in term.ways:
            word = _word_of(way)
            if self.format in _FORMATS.get(word, ()):
                return 1.0
            if 2 <= len(word) <= 4 and has_han(word):
                if re.search(".{0,2}".join(map(re.escape, word)), self.text):
                    credit = max(credit, _ABBREVIATED)
                elif self.tokens.issuperset(word):
                    credit = max(credit, _SAME_CHARACTERS)
        return credit


@dataclass(frozen=True)
class DocumentNames:
    """The names of all documents of an index."""

    names: tuple[DocumentName, ...]

    @classmethod
    def of(cls, index: Index) -> DocumentNames:
        """Those of an index, worked out once for each that is open."""
        return _names(index, None)

    @cached_property
    def kinds(self) -> frozenset[str]:
        """The words that titles end with, which say what kind of document each is: 纪要, 合同, 通知."""
        return frozenset(filter(None, (_kind(name.summary.title) for name in self.names[:_TITLES_CUT])))

    def within(self, ids: frozenset[str] | None) -> list[DocumentName]:
        """Those with these ids, all for None."""
        return [name for name in self.names if ids is None or name.summary.id in ids]


def _agree(one: str, other: str) -> bool:
    shared = _shared(one, other)
    return bool(shared) and all(mine == its for mine, its in shared)


def _shared(one: str, other: str) -> list[tuple[str, str]]:
    """The parts of two dates, year, month and day, that both say."""
    return [(mine, its) for mine, its in zip(parts_of(one), parts_of(other), strict=True) if mine and its]


def _kind(title: str) -> str:
    words = [word for word in words_of(_BRACKETED.sub("", fold(title))) if len(word.text) > 1]
    return words[-1].text if words else ""


def _word_of(way: Iterable[str]) -> str:
    """The word that a way's pairs of characters were made from; a token that is one itself."""
    pairs = list(way)
    return pairs[0] + "".join(pair[-1] for pair in pairs[1:]) if pairs else ""


def _read(index: Index, _: None) -> DocumentNames:
    return DocumentNames(tuple(map(DocumentName.of, index.documents())))


_names: Kept[Index, None, DocumentNames] = Kept(_read, most=1)
