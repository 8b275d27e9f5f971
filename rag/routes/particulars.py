"""The lines of a document that tell of itself: who wrote, signed or approved it, when, its number, its edition.

They stand before its text begins and behind where it ends: short lines, no rows of tables. Which of them answers is
the reader's to say, or the label's where a question names it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from corpus import Document
from corpus.language.dates import has_date
from corpus.language.script import fold
from corpus.tables import BETWEEN_CELLS
from embeddings import lexical_tokens
from rag.reading.reader import Page, Quote, SentenceReader
from rag.routes.asking_words import Particular
from rag.routes.catalogue import Entry

__all__ = ["Told", "told_of"]

_ENDS = 8  # lines at either end
_LONGEST = 120  # characters
_LABEL_GAIN = 4.0  # of a line whose label the question names, in the reader's scores
_KNOWN_GAIN = 2.0  # of a line that says what the list of documents has
_NOT_TOLD = -4.5  # of the best line: below, none of them answers
_NEVER = -1e4
_LABEL = re.compile(r"([^\s　:：|｜（）()]{2,12})(?:[（(][^（）()]{1,8}[)）])?\s*[:：]")
_VERSION = re.compile(
    r"(?<![a-z])v\s?\d+(?:\.\d+)*|版|修订|修正|第\s*[\d一二三四五六七八九十]+\s*次|\bedition\b|\bversion\b|\brevis"
)
_NUMBER = re.compile(r"[〔\[［]\s*\d{4}\s*[〕\]］].*号|编号|文号|\b(?:no|number)\b|[a-z]{2,}-[\w-]*\d", re.IGNORECASE)

_FORMS: dict[Particular, Callable[[str], bool]] = {
    "who": lambda line: any(map(str.isalpha, line)),
    "when": has_date,
    "number": lambda line: _NUMBER.search(line) is not None,
    "version": lambda line: _VERSION.search(line) is not None or has_date(line),
}


@dataclass(frozen=True, slots=True)
class Told:
    """What a document tells of itself: the lines, best first, or else what its list entry has."""

    particular: Particular
    lines: tuple[tuple[int, int], ...]
    value: str = ""


def told_of(
    document: Document, entry: Entry, particular: Particular, question: str, reader: SentenceReader | None
) -> Told | None:
    """What the document tells, None where it does not; ``question`` is the clause that asks."""
    lines = [span for span in _own_lines(document) if _FORMS[particular](fold(document.text[slice(*span)]))]
    value = _value(entry, particular)
    if lines:
        texts = [document.text[slice(*span)] for span in lines]
        scores = _scores(question, document.title, texts, reader)
        asked = {token for token in lexical_tokens(question) if len(token) > 1}
        labelled = [bool(asked & _label_tokens(text)) for text in texts]
        for i, text in enumerate(texts):
            scores[i] += _LABEL_GAIN * labelled[i] + _KNOWN_GAIN * (bool(value) and _says(text, entry, particular))
            known = labelled[i] or (bool(value) and _says(text, entry, particular))
            if reader is None and particular == "who" and not known:
                scores[i] = _NEVER
        told = [bool(value) and _says(text, entry, particular) for text in texts]
        if max(scores) < _NOT_TOLD and any(told):  # what the list has is certain, however it is asked for
            scores = [score if said else _NEVER for score, said in zip(scores, told, strict=True)]
        best = max(scores)
        if best >= _NOT_TOLD or any(told):
            first = scores.index(best)
            chosen = [first]
            if particular == "who" and not labelled[first]:
                same = _first_label(texts[first])  # the other party's line has the same label
                chosen += [i for i in range(len(lines)) if i != first and same and _first_label(texts[i]) == same]
            return Told(particular, tuple(lines[i] for i in chosen), value)
    return Told(particular, (), value) if value else None


def _own_lines(document: Document) -> list[tuple[int, int]]:
    """The short lines at either end of a document that are no rows of a table, the title aside."""
    spans: list[tuple[int, int]] = []
    at = 0
    for line in document.text.split("\n"):
        if line.strip():
            spans.append((at + len(line) - len(line.lstrip()), at + len(line.rstrip())))
        at += len(line) + 1
    ends = spans if len(spans) <= 2 * _ENDS else [*spans[:_ENDS], *spans[-_ENDS:]]
    kept = []
    for start, end in ends:
        line = document.text[start:end]
        if line == document.title:
            continue
        tabled = BETWEEN_CELLS in line or any(table.start <= start < table.end for table in document.tables)
        if len(line) <= _LONGEST and "。" not in line and not tabled:
            kept.append((start, end))
    return kept


def _scores(question: str, title: str, texts: Sequence[str], reader: SentenceReader | None) -> list[float]:
    """How well each line answers, in the reader's log-odds; the earlier the better without a reader."""
    if reader is None:
        return [-0.1 * i for i in range(len(texts))]
    page = Page.beside([Quote(text) for text in texts])
    page = replace(page, context=Page.context_over(page.text, title, ()))
    return [reading.score for reading in reader.read(question, [page])[0]]


def _label_tokens(text: str) -> set[str]:
    """The tokens of the labels in a line, and of what stands behind its date ("2025-10-09 更新")."""
    labels = [match[1] for match in _LABEL.finditer(text)]
    if has_date(text) and len(text) < 60:
        labels.append(re.sub(r"[\d年月日./:-]+", " ", text))
    return {token for label in labels for token in lexical_tokens(label) if len(token) > 1}


def _first_label(text: str) -> str:
    label = _LABEL.match(text)
    return label[1] if label else ""


def _value(entry: Entry, particular: Particular) -> str:
    summary = entry.summary
    if particular == "who":
        return "，".join(dict.fromkeys(filter(None, (summary.source, summary.author))))
    if particular == "when":
        return summary.published or ""
    return (summary.number or "") if particular == "number" else ""


def _says(text: str, entry: Entry, particular: Particular) -> bool:
    """Whether a line says what the list has: the date in any form, the name or the number as it is."""
    summary = entry.summary
    if particular == "when":
        digits = [int(part) for part in re.findall(r"\d+", text)]
        return all(int(part) in digits for part in (summary.published or "").split("-") if part)
    if particular == "number":
        return bool(summary.number) and fold(summary.number or "") in fold(text)
    return any(len(name) > 1 and name in fold(text) for name in entry.names)
