"""From a model's text to its sentences: the passages each is marked with, and what stands between them.

Nothing of the text is lost but its marks and a list of sources at its end: what stands ``before`` and ``after``
sentences, with the sentences between, is the Markdown that was written.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Literal

from corpus import sentence_spans
from corpus.language.lists import mark_length
from corpus.language.script import fold
from rag.proof.dresses import Mark, is_listed, marks_in, named_passages
from rag.proof.markdown import Leaf, leaves, verbatim_spans

__all__ = ["MarkedSentence", "SentenceKind", "marked_sentences"]

SentenceKind = Literal["statement", "heading", "lead", "label", "cell", "verbatim"]
"""What states something; a heading; what leads to a list ("如下："); the name of a row or column; another cell of a
table; code or a formula."""

_WORD = re.compile(r"\w")
_CLOSED = re.compile(r"[。！？.!?；;…][”’」』）)\]\"'*]*$")
_GOES_ON = re.compile(r"[，、：,)）」』”’。；;!！?？]|\.(?:\s|$)")
_EMPHASISED = re.compile(r"\*\*[^*。！？]+\*\*")
_STOP = re.compile(r"[。！？.!?][”’」』）)\]\"']*(?=\s|$)")
_COLON = re.compile(r"[：:]\W*$")
_SOURCES = re.compile(
    r"\W*(?:参考|參考|引用|资料|資料|数据|文献|文獻)?(?:资料|資料|文献|文獻|来源|來源|出处|出處|引用|引文|注释|註釋|脚注|依据)(?:列表|清单|如下)?\W*"
    r"|\W*(?:sources?|references?|citations?|footnotes?|bibliography|works cited)(?: list| cited| used)?\W*",
    re.IGNORECASE,
)
_SOURCES_LINE = re.compile(
    r"\W*(?:参考资料|參考資料|参考文献|參考文獻|资料来源|資料來源|来源|來源|引用来源|引用|出处|出處|sources?|references?|citations?)\W*[:：]\s*",
    re.IGNORECASE,
)
_ITEM = re.compile(r"\s*(?:[-*•+]\s+)?(\d{1,2})[.、)）]\s*(.+)")
_FIRST_WORD = re.compile(r"[\s*_~]*")


@dataclass(frozen=True, slots=True)
class MarkedSentence:
    """A sentence without its marks, and the passage numbers it was marked with.

    ``before`` is what stands between it and the sentence before: line ends, an item's number, a cell's border;
    ``after``, for the last sentence only, what comes behind it. ``under`` is the heading, the lead, or the names of row
    and column that it stands under. ``lent`` tells that it has no marks of its own, but those of a list of
    sources at the end, or of its row in a table.
    """

    text: str
    marks: tuple[int, ...]
    kind: SentenceKind = "statement"
    before: str = ""
    after: str = ""
    under: str = ""
    lent: bool = False


_Cells = dict[tuple[int, int, int], str]  # the text of each cell by its table, row and column


@dataclass
class _Line:
    """A leaf of the text without marks, its sentences' spans, and the marks of each sentence."""

    leaf: Leaf
    spans: list[tuple[int, int]]
    marks: list[list[int]]
    loose: list[int] = field(default_factory=list)  # marks of a line that has nothing else
    lent: bool = False  # whether its marks are its row's


def marked_sentences(text: str, passages: int = 99, titles: Sequence[str] = ()) -> list[MarkedSentence]:
    """The sentences of an answer with the marks in or right behind them, in order.

    ``passages`` is how many the model was sent, ``titles`` what they are called, in their order: a list of sources is
    known by them too.
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n").rstrip()
    text, listed = _without_sources(text, passages, titles)
    places = leaves(text)
    marks = [mark for leaf in places if leaf.kind != "verbatim" for mark in _marks_of(text, leaf, passages)]
    bare, kept = _without_marks(text, marks, places)
    lines = [_line(bare, kept.leaf(leaf), kept, marks) for leaf in places]
    _settle_loose(lines)
    cells = {line.leaf.cell: bare[line.leaf.start : line.leaf.end] for line in lines if line.leaf.cell}
    named = _naming_columns(cells)
    _settle_rows(lines, named)
    return list(_sentences(bare, lines, listed, cells, named))


class _Kept:
    """Where places of a text are once stretches of it were taken out."""

    def __init__(self, removed: Sequence[tuple[int, int]]) -> None:
        self._removed = removed

    def place(self, at: int) -> int:
        return at - sum(min(end, at) - start for start, end in self._removed if start < at)

    def leaf(self, leaf: Leaf) -> Leaf:
        return replace(leaf, start=self.place(leaf.start), end=self.place(leaf.end))


def _marks_of(text: str, leaf: Leaf, passages: int) -> Iterator[Mark]:
    line = text[leaf.start : leaf.end]
    start = _prefix(line) if leaf.kind == "text" else 0
    for mark in marks_in(line[start:], passages, verbatim_spans(line[start:])):
        yield Mark(leaf.start + start + mark.start, leaf.start + start + mark.end, mark.numbers)


def _without_marks(text: str, marks: Sequence[Mark], places: Sequence[Leaf]) -> tuple[str, _Kept]:
    """The text without marks, the space before each, and lines that have nothing else."""
    removed = []
    for mark in marks:
        leaf = next(leaf for leaf in places if leaf.start <= mark.start < leaf.end)
        start, end = mark.start, mark.end
        while start > leaf.start and text[start - 1] in " \t":
            start -= 1
        if start == leaf.start or _GOES_ON.match(text[end : leaf.end].lstrip() or "。"):
            while end < leaf.end and text[end] in " \t":
                end += 1
        if leaf.cell is None and (start, end) == (leaf.start, leaf.end):
            start = max(text.rfind("\n", 0, start), 0)
        removed.append((start, end))
    bare, at = "", 0
    for start, end in removed:
        bare, at = bare + text[at:start], end
    return bare + text[at:], _Kept(removed)


def _line(bare: str, leaf: Leaf, kept: _Kept, marks: Sequence[Mark]) -> _Line:
    if leaf.kind == "verbatim":
        return _Line(leaf, [(leaf.start, leaf.end)], [[]])
    here = [(kept.place(mark.start), mark.numbers) for mark in marks]
    here = [(place, numbers) for place, numbers in here if leaf.start <= place <= leaf.end]
    spans = _spans(bare, leaf, [place for place, _ in here])
    line = _Line(leaf, spans, [[] for _ in spans])
    for place, numbers in here:
        before = [i for i, (start, _) in enumerate(spans) if start < place]
        target = line.marks[before[-1] if before else 0] if spans else line.loose
        target += numbers
    return line


def _spans(bare: str, leaf: Leaf, places: Sequence[int]) -> list[tuple[int, int]]:
    """The sentences of a line; a mark behind a full stop ends one, and none ends in code or a formula."""
    if leaf.kind in {"head", "cell", "heading"}:
        whole = (leaf.start, leaf.end)
        return [whole] if _WORD.search(bare, *whole) else []
    first = leaf.start + _prefix(bare[leaf.start : leaf.end])
    ends = [
        place
        for place in (_stop_after(bare, place) for place in places)
        if first < place < leaf.end and _CLOSED.search(bare, first, place) and not _GOES_ON.match(bare, place)
    ]
    cut = [span for left, right in pairwise([first, *ends, leaf.end]) for span in sentence_spans(bare, left, right)]
    held = [(first + left, first + right) for left, right in verbatim_spans(bare[first : leaf.end])]
    spans: list[tuple[int, int]] = []
    for start, end in cut:
        within = spans and any(left < start < right or left < spans[-1][1] < right for left, right in held)
        if spans and (within or not _WORD.search(bare, start, end)):
            spans[-1] = (spans[-1][0], end)
        else:
            spans.append((start, end))
    return [span for span in spans if _WORD.search(bare, *span)]


def _stop_after(bare: str, place: int) -> int:
    """The end of the full stop that a mark stands before; it ends a sentence also behind a unit: "38 W [1]. It"."""
    stop = _STOP.match(bare, place)
    return stop.end() if stop else place


def _prefix(line: str) -> int:
    """How many characters at a line's start number it as an item, where Markdown knows no item: （1）, 一、, **2. ."""
    dress = _FIRST_WORD.match(line)
    at = dress.end() if dress else 0
    length = mark_length(line[at:])
    return at + length if length else 0


def _settle_loose(lines: Sequence[_Line]) -> None:
    """Gives marks on a line of their own to the sentences right before them that have none."""
    for i, line in enumerate(lines):
        if not line.loose or line.leaf.cell is not None:
            continue
        before = next((other for other in reversed(lines[:i]) if other.spans and other.leaf.kind != "verbatim"), None)
        if before is None:
            continue
        for marks in before.marks[::-1]:
            if marks and marks is not before.marks[-1]:
                break
            marks += line.loose


def _settle_rows(lines: Sequence[_Line], named: dict[int, int]) -> None:
    """Gives the marks of a table's row to those of its cells that have none."""
    rows: dict[tuple[int, int], list[_Line]] = {}
    for line in lines:
        if line.leaf.cell is not None:
            rows.setdefault(line.leaf.cell[:2], []).append(line)
    for row in rows.values():
        found = [number for line in row for marks in [*line.marks, line.loose] for number in marks]
        for line in row:
            names = line.leaf.cell is not None and (
                line.leaf.cell[1] == 0 or line.leaf.cell[2] < named[line.leaf.cell[0]]
            )
            for marks in line.marks:
                if not marks and not names:
                    marks += found
                    line.lent = True


def _sentences(
    bare: str, lines: Sequence[_Line], listed: Sequence[int], cells: _Cells, named: dict[int, int]
) -> Iterator[MarkedSentence]:
    told = [(line, span, marks) for line in lines for span, marks in zip(line.spans, line.marks, strict=True)]
    heading, lead, at = "", "", 0
    for i, (line, (start, end), marks) in enumerate(told):
        text = bare[start:end]
        last = end == line.spans[-1][1]
        kind = _kind(line.leaf, text, named, marked=bool(marks), last=last)
        if kind == "heading":
            heading, lead = text, ""
        elif kind == "lead":
            lead = text
        elif kind == "statement" and not line.leaf.item and line.leaf.cell is None:
            lead = "" if not _COLON.search(text) else text
        under = "\n".join(dict.fromkeys(filter(None, (heading, lead)))) if kind == "statement" else ""
        if kind == "statement" and text in under:
            under = heading
        if kind == "cell" and line.leaf.cell is not None:
            under = _names_of_cell(line.leaf.cell, cells, named)
        yield MarkedSentence(
            text=text,
            marks=tuple(dict.fromkeys(marks or listed))
            if kind in {"statement", "cell"}
            else tuple(dict.fromkeys(marks)),
            kind=kind,
            before=bare[at:start] if at else bare[:start].lstrip("\n"),
            after=bare[end:].rstrip() if i == len(told) - 1 else "",
            under=under,
            lent=line.lent or (not marks and bool(listed)),
        )
        at = end


def _kind(leaf: Leaf, text: str, named: dict[int, int], *, marked: bool, last: bool) -> SentenceKind:
    if leaf.kind == "verbatim":
        return "verbatim"
    if leaf.kind == "heading":
        return "heading"
    if leaf.cell is not None:
        table, row, column = leaf.cell
        return "label" if row == 0 or (column < named[table] and not marked) else "cell"
    if last and not marked and _EMPHASISED.fullmatch(text):
        return "heading"
    return "lead" if last and not marked and _COLON.search(text) else "statement"


def _naming_columns(cells: _Cells) -> dict[int, int]:
    """How many columns of each table name its rows: the first one; two if the first only counts them; none of one."""
    named = {}
    for table in {cell[0] for cell in cells}:
        firsts = [text.strip("*. ") for cell, text in cells.items() if cell[0] == table and cell[1] and cell[2] == 0]
        columns = max(cell[2] for cell in cells if cell[0] == table) + 1
        counted = firsts == [str(i + 1) for i in range(len(firsts))]
        named[table] = min(2 if counted else 1, columns - 1)
    return named


def _names_of_cell(cell: tuple[int, int, int], cells: _Cells, named: dict[int, int]) -> str:
    """What a cell is the value of: its row's name and, of a table with more than one column of values, its column's."""
    table, row, column = cell
    first = named[table] - 1
    values = {other[2] for other in cells if other[0] == table and other[2] > first and other[1]}
    counts = first == 0 and cells.get((table, row, 0), "").strip("*. ") == str(row)
    names = [cells.get((table, row, first), "")] if 0 <= first < column and not counts else []
    if len(values) > 1:
        names.append(cells.get((table, 0, column), ""))
    return "\n".join(filter(None, names))


def _without_sources(text: str, passages: int, titles: Sequence[str]) -> tuple[str, tuple[int, ...]]:
    """The text without a list of sources at its end, and the numbers that the list names."""
    lines = text.split("\n")
    numbers: list[int] = []
    first = len(lines)
    for i in range(len(lines) - 1, -1, -1):
        line = lines[i]
        if not line.strip() or re.fullmatch(r"\s*[-*_]{3,}\s*", line):
            continue
        if _SOURCES.fullmatch(line) and first < len(lines):
            kept = "\n".join(lines[:i]).rstrip().removesuffix("---").rstrip()
            return (kept, tuple(dict.fromkeys(numbers))) if _WORD.search(kept) else (text, ())
        found = _source_numbers(line, passages, titles)
        if not found:
            break
        numbers = [*found, *numbers]
        first = i
    # Without a heading, only definitions of footnotes and lines that are titles are a list of sources.
    while first < len(lines) and not _defines(lines[first], titles):
        first += 1
    kept = "\n".join(lines[:first]).rstrip().removesuffix("---").rstrip()
    if first == len(lines) or not _WORD.search(kept):
        return text, ()
    listed = [number for line in lines[first:] for number in _source_numbers(line, passages, titles)]
    return kept, tuple(dict.fromkeys(listed))


def _source_numbers(line: str, passages: int, titles: Sequence[str]) -> tuple[int, ...]:
    """The numbers of a line of a list of sources; () if it is none."""
    label = _SOURCES_LINE.match(line)
    if label:
        rest = line[label.end() :]
        marks = marks_in(rest, passages) or named_passages(rest, passages)
        for mark in reversed(marks):
            rest = rest[: mark.start] + rest[mark.end :]
        if marks and (not _WORD.search(rest) or _is_title(rest, titles)):
            return tuple(number for mark in marks for number in mark.numbers)
        return ()
    listed = is_listed(line)
    if listed:
        return listed
    item = _ITEM.match(line)
    return (int(item[1]),) if item and _is_title(item[2], titles) else ()


def _defines(line: str, titles: Sequence[str]) -> bool:
    if re.match(r"\s*\[\^?\d{1,3}\]\s*[:：]", line) or _SOURCES_LINE.match(line):
        return True
    item = re.match(r"\s*(?:[-*•+]\s+)?(?:\[\^?\d{1,3}\]|【\d{1,3}】|\d{1,2}[.、])\s*(.+)", line)
    return bool(item) and _is_title(item[1], titles) if item else False


def _is_title(text: str, titles: Sequence[str]) -> bool:
    """Whether a text is the title of one of the documents, or most of it."""
    bare = re.sub(r"\W+", "", fold(text))
    names = [re.sub(r"\W+", "", fold(title)) for title in titles]
    return any(name and (name in bare or (len(bare) * 2 > len(name) and bare in name)) for name in names)
