"""Characters with their places on a page, gathered into lines.

The order in which a PDF draws its characters is only trusted within a row: a line goes on as long as each character
stands right after the one before it. Rows drawn in pieces (word by word, cell by cell) are put together by their
places afterwards, if no wide gap is between them.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from corpus.language.script import LATIN_WORD
from corpus.language.sentences import CJK, CJK_CHARACTER
from corpus.pages.model import Box, PageLine, union

__all__ = ["Glyph", "lines_of"]

_SPACES = " \t\xa0\u3000\u2002\u2003\u2009"
_WORD_GAP = 0.22  # of the em: narrower gaps are letter-spacing
_RUN_GAP = 0.55  # wider ones part columns or cells; justified Latin words stand further apart
_ROW_GAP = 0.3  # the same between pieces that were not drawn one after the other
_LATIN_GAP = 0.95
_LATIN_ROW_GAP = 0.6
_HANGING = "，。、；：！？”’）》」』】"
_STACKED = 1.35  # of the em: characters of a vertical heading follow each other closely
_LEAST_VERTICAL = 12  # characters
_MOSTLY = 0.7
_SPACED_OUT = re.compile(rf"[{CJK}](?:[ \u3000]+[{CJK}]){{2,}}")


@dataclass(frozen=True, slots=True)
class Glyph:
    """A character where it stands: from ``left`` to ``right`` on ``baseline`` (downwards), ``size`` the em.

    A space without width is a guess of the library's, from the gap.
    """

    char: str
    left: float
    right: float
    baseline: float
    size: float
    font: str = ""
    bold: bool = False
    pale: bool = False


def lines_of(glyphs: Iterable[Glyph], page: int) -> list[PageLine]:
    """The lines of a page, without the white space around them, in the order in which they were drawn."""
    pieces = _on_one_row(_runs(_drawn_once(glyphs)))
    lines = [line for piece in pieces if (line := _line(piece, page)) is not None]
    if _is_vertical(lines):
        return _columns(lines)
    return _mended(_unstacked(lines))


def _is_vertical(lines: list[PageLine]) -> bool:
    """Whether most of the text is set from top to bottom: characters alone in their rows, in columns."""
    single = [line for line in lines if len(line.text) == 1 and CJK_CHARACTER.match(line.text)]
    if len(single) < _LEAST_VERTICAL or len(single) < _MOSTLY * sum(len(line.text) for line in lines):
        return False
    under = sum(
        any(
            abs(other.box.center[0] - line.box.center[0]) < 0.6 * line.size
            and 0.5 * line.size < other.box.top - line.box.top < 2 * line.size
            for other in single
        )
        for line in single
    )
    return under > _MOSTLY * len(single)


def _columns(lines: list[PageLine]) -> list[PageLine]:
    """The columns of a page set from top to bottom; what is set across stays as it is."""
    columns: list[list[PageLine]] = []
    across: list[PageLine] = []
    for line in sorted(lines, key=lambda line: line.box.top):
        if len(line.text) > 1:
            across.append(line)
            continue
        # Marks stand in a corner of their square.
        above = next(
            (
                column
                for column in columns
                if abs(column[0].box.center[0] - line.box.center[0]) < 0.65 * line.size
                and abs(column[0].size - line.size) < 0.3 * line.size
                and line.box.top - column[-1].box.top < 2.5 * line.size
            ),
            None,
        )
        if above is None:
            columns.append([line])
        else:
            above.append(line)
    return across + [
        replace(
            column[0],
            text="".join(line.text for line in column),
            box=union(line.box for line in column),
            vertical=True,
        )
        for column in columns
    ]


def _drawn_once(glyphs: Iterable[Glyph]) -> list[Glyph]:
    """Without the second impression of characters drawn twice, a hair apart, to look bold."""
    seen: dict[str, list[Glyph]] = defaultdict(list)
    once: list[Glyph] = []
    for glyph in glyphs:
        near = min(0.25 * glyph.size, 0.5 * (glyph.right - glyph.left))
        same = seen[glyph.char]
        if glyph.char not in _SPACES and any(
            abs(other.left - glyph.left) < near and abs(other.baseline - glyph.baseline) < near for other in same[-80:]
        ):
            continue
        same.append(glyph)
        once.append(glyph)
    return once


def _runs(glyphs: list[Glyph]) -> list[list[Glyph]]:
    runs: list[list[Glyph]] = []
    for glyph in glyphs:
        if runs and _follows(runs[-1][-1], glyph):
            runs[-1].append(glyph)
        else:
            runs.append([glyph])
    return [run for run in runs if any(glyph.char not in _SPACES for glyph in run)]


def _follows(before: Glyph, glyph: Glyph, *, drawn_together: bool = True) -> bool:
    em = max(before.size, glyph.size)
    if abs(glyph.baseline - before.baseline) > 0.4 * em or not 0.5 < glyph.size / before.size < 2.0:
        return False
    if glyph.left == before.left and glyph.char != before.char:
        return True  # the letters of a ligature share its place
    # Marks that follow each other are set half an em closer.
    overlap = 0.7 if before.char in _HANGING or glyph.char in _HANGING else 0.35
    return -overlap * em < glyph.left - before.right < em * _allowed_gap(before.char, glyph.char, drawn_together)


def _allowed_gap(before: str, after: str, drawn_together: bool) -> float:
    if (LATIN_WORD.match(before) or LATIN_WORD.match(after) or before in _SPACES) and not CJK_CHARACTER.match(after):
        return _LATIN_GAP if drawn_together else _LATIN_ROW_GAP
    if drawn_together:
        return _RUN_GAP
    # A mark may hang half an em out of its column, towards the next one.
    return _ROW_GAP if before not in _HANGING else 0.1


def _on_one_row(runs: list[list[Glyph]]) -> list[list[Glyph]]:
    """Runs that carry on each other's row, joined. Each run is compared with those that end near its beginning only."""
    joined: list[list[Glyph]] = []
    ends: dict[int, list[list[Glyph]]] = defaultdict(list)
    for run in sorted(runs, key=lambda run: run[0].left):
        first = run[0]
        row = round(first.baseline / 10)
        candidates = (piece for step in (row - 1, row, row + 1) for piece in ends[step])
        before = next((piece for piece in candidates if _follows(piece[-1], first, drawn_together=False)), None)
        if before is None:
            joined.append(run)
            ends[row].append(run)
        else:
            before.extend(run)
    # The first glyph drawn tells where a line stands in the order of the file.
    return joined


def _line(glyphs: Sequence[Glyph], page: int) -> PageLine | None:
    parts: list[str] = []
    before: Glyph | None = None
    guessed = False
    for glyph in glyphs:
        char = " " if glyph.char in _SPACES else glyph.char
        if char == " " and glyph.left == glyph.right:
            guessed = True
            continue
        if before is not None and char != " " and parts[-1] != " " and _is_gap(before, glyph, guessed):
            parts.append(" ")
        if char != " " or (parts and parts[-1] != " "):
            parts.append(char)
        if char != " ":
            before = glyph
            guessed = False
    text = "".join(parts).strip()
    if not text:
        return None
    if _SPACED_OUT.fullmatch(text):
        text = text.replace(" ", "")
    inked = [glyph for glyph in glyphs if glyph.char not in _SPACES]
    size = sorted(glyph.size for glyph in inked)[len(inked) // 2]
    box = Box(
        min(glyph.left for glyph in inked),
        min(glyph.baseline - 0.88 * glyph.size for glyph in inked),
        max(glyph.right for glyph in inked),
        max(glyph.baseline + 0.14 * glyph.size for glyph in inked),
    )
    bold = sum(glyph.bold for glyph in inked) > len(inked) / 2
    return PageLine(text, box, size, page, inked[0].font, bold, all(glyph.pale for glyph in inked))


def _is_gap(before: Glyph, glyph: Glyph, guessed: bool) -> bool:
    em = max(before.size, glyph.size)
    if CJK_CHARACTER.match(before.char) or CJK_CHARACTER.match(glyph.char):
        # Justified lines are spread unevenly, by up to half an em between two characters.
        return glyph.left - before.right > 0.8 * em
    return guessed or glyph.left - before.right > _WORD_GAP * em


def _unstacked(lines: list[PageLine]) -> list[PageLine]:
    """Headings set from top to bottom, one character a row, as lines of their own."""
    single = sorted(
        (line for line in lines if len(line.text) == 1 and CJK_CHARACTER.match(line.text)),
        key=lambda line: (round(line.box.center[0] / (0.4 * line.size)), line.box.top),
    )
    stacks: list[list[PageLine]] = []
    for line in single:
        above = stacks[-1][-1] if stacks else None
        if (
            above is not None
            and abs(above.box.center[0] - line.box.center[0]) < 0.3 * line.size
            and 0.5 * line.size < line.box.top - above.box.top < _STACKED * line.size
            and abs(above.size - line.size) < 0.1 * line.size
        ):
            stacks[-1].append(line)
        else:
            stacks.append([line])
    tall = [stack for stack in stacks if len(stack) >= 3]
    gone = {id(line) for stack in tall for line in stack}
    rest = [line for line in lines if id(line) not in gone]
    return rest + [
        replace(stack[0], text="".join(line.text for line in stack), box=union(line.box for line in stack))
        for stack in tall
    ]


def _mended(lines: list[PageLine]) -> list[PageLine]:
    """Lines torn apart by wide justified spaces, joined where the lines above and below run on across the gap."""
    rows: dict[int, list[PageLine]] = defaultdict(list)
    for line in lines:
        rows[round(line.box.bottom / 20)].append(line)

    def near(line: PageLine) -> Iterable[PageLine]:
        row = round(line.box.bottom / 20)
        span = 1 + round(2.5 * line.size / 20)
        return (other for step in range(row - span, row + span + 1) for other in rows[step])

    mended = sorted(lines, key=lambda line: line.box.left)
    merged_into: dict[int, PageLine] = {}
    result: list[PageLine] = []
    for line in mended:
        left = next(
            (
                merged_into.get(id(other), other)
                for other in near(line)
                if other is not line
                and abs(other.box.bottom - line.box.bottom) < 0.2 * line.size
                and abs(other.size - line.size) < 0.1 * line.size
                and 0 <= line.box.left - merged_into.get(id(other), other).box.right < 2.5 * line.size
            ),
            None,
        )
        if left is not None and _is_covered(
            Box(left.box.right, line.box.top, line.box.left, line.box.bottom), line, near
        ):
            whole = replace(left, text=f"{left.text} {line.text}", box=union((left.box, line.box)))
            result = [whole if other is left else other for other in result]
            for key, value in list(merged_into.items()):
                if value is left:
                    merged_into[key] = whole
            merged_into[id(left)] = merged_into[id(line)] = whole
        else:
            result.append(line)
    return result


def _is_covered(gap: Box, line: PageLine, near: Callable[[PageLine], Iterable[PageLine]]) -> bool:
    above = below = False
    for other in near(line):
        if abs(other.size - line.size) > 0.1 * line.size:
            continue
        if other.box.left < gap.left - line.size and other.box.right > gap.right + line.size:
            above = above or 0 < line.box.top - other.box.top < 2.2 * line.size
            below = below or 0 < other.box.top - line.box.top < 2.2 * line.size
    return above and below
