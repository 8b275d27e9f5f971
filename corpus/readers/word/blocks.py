"""The paragraphs and tables of a Word file in the order of reading, with the notes, boxes and comments they bring."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from corpus.cleaning.assembly import Part
from corpus.cleaning.grid import Grid, GridCell
from corpus.cleaning.rows import table_parts
from corpus.cleaning.traced import Traced, concat
from corpus.documents import Skipped, not_read
from corpus.errors import UnreadableDocument
from corpus.language.script import HAN
from corpus.limits import Limits
from corpus.messages import DocumentMessage, Unread
from corpus.readers.pictures import PictureReader
from corpus.readers.word.embedded import EmbeddedReader
from corpus.readers.word.inline import Inline, InlineReader
from corpus.readers.word.numbering import Numbering
from corpus.readers.word.package import Package, W, attribute, is_on, local_name
from corpus.readers.word.styles import Styles
from corpus.readers.word.tables import Row, rows_of

__all__ = ["BlockReader", "WordLine"]

_BLANK = re.compile(r"[ \t\xa0\u3000]*\n[ \t\xa0\u3000]*|\t")
_CLOSED = re.compile(rf"[{HAN}）】〕、．：:)]$")
_DEEPEST = 24  # boxes in cells in boxes
_PAGE_NUMBER = re.compile(r"[\s\-–—·.|/\d]*|第\s*\d*\s*页.{0,12}|page\s*\d*(?:\s*of\s*\d*)?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class WordLine:
    """A line of the file. ``level`` is 1 to 9 for a heading by its style, 0 for the title, None for the rest.

    ``plain`` is true for a paragraph of the body of one line: such may be a title or heading without a style.
    ``size`` is that of its letters in half points, 0 where nothing says so. ``row`` is the line of a table that it is.
    """

    content: Traced
    level: int | None = None
    plain: bool = False
    centred: bool = False
    bold: bool = False
    size: int = 0
    row: Part | None = None


class BlockReader:
    """Reads one file. ``unread`` counts what was met and not read, by its kind."""

    def __init__(self, package: Package, document_id: str, limits: Limits, pictures: PictureReader) -> None:
        """See the class."""
        self._package = package
        self._embedded = EmbeddedReader(package, pictures)
        self.unread = self._embedded.unread
        self._document_id = document_id
        self._limits = limits
        self._cells = 0
        self._counted: Counter[str] = Counter()
        self._styles = Styles(self._tree_of("styles"))
        self._numbering = Numbering(self._tree_of("numbering"), self._styles)
        self._notes = {
            kind: {
                attribute(note, "id") or "": note
                for note in self._root_of(f"{kind}s")
                if attribute(note, "type") in (None, "normal")
            }
            for kind in ("footnote", "endnote", "comment")
        }
        self._shown: set[tuple[str, str]] = set()

    def body(self) -> list[WordLine]:
        """The lines of the body."""
        root = self._package.tree(self._package.main)
        body = root.find(f"{W}body")
        inline = InlineReader(self._styles, self._package.main)
        return list(self._blocks(root if body is None else body, "", inline, 0))

    def around(self, kind: str, known: set[str]) -> list[WordLine]:
        """The lines of the headers or footers, each once and without those that are ``known`` or are page numbers."""
        lines = []
        for name in self._package.related(self._package.main, kind):
            self._counted[kind] += 1
            where = f"{kind} {self._counted[kind]}, "
            for line in self._blocks(self._package.tree(name), where, InlineReader(self._styles, name), 1):
                text = line.content.text
                if text not in known and not _PAGE_NUMBER.fullmatch(text):
                    known.add(text)
                    lines.append(WordLine(line.content))
        return lines

    def told(self) -> Iterator[Skipped]:
        """What was met and not read, an entry a kind."""
        for kind, count in sorted(self.unread.items(), key=lambda item: item[0].value):
            if count > 0:
                yield not_read(self._document_id, kind, count)

    def _tree_of(self, kind: str) -> Any:
        name = next(self._package.related(self._package.main, kind), None)
        return self._package.tree(name) if name is not None else None

    def _root_of(self, kind: str) -> Any:
        root = self._tree_of(kind)
        return () if root is None else root

    def _blocks(self, element: Any, where: str, inline: InlineReader, depth: int) -> Iterator[WordLine]:
        """The lines in anything that holds paragraphs and tables."""
        if depth > _DEEPEST:
            self.unread[Unread.NESTED] += 1
            return
        for child in element:
            name = local_name(child)
            if name == "p":
                self._counted[where] += 1
                yield from self._paragraph(child, f"{where}paragraph {self._counted[where]}", where, inline, depth)
            elif name == "tbl":
                yield from self._table(child, where, inline, depth)
            elif name == "altChunk":
                self.unread[Unread.DOCUMENTS] += 1
            elif name == "AlternateContent":
                yield from self._blocks(next(iter(child), ()), where, inline, depth)
            elif name == "sdt" and self._is_contents(child):
                continue
            elif name not in ("del", "moveFrom", "sdtPr", "sectPr", "pPr", "tcPr"):
                yield from self._blocks(child, where, inline, depth)

    def _is_contents(self, control: Any) -> bool:
        gallery = control.find(f"{W}sdtPr/{W}docPartObj/{W}docPartGallery")
        return attribute(gallery, "val") == "Table of Contents"

    def _paragraph(self, paragraph: Any, part: str, where: str, inline: InlineReader, depth: int) -> Iterator[WordLine]:
        found = inline.read(paragraph)
        text = found.text.replace("\t", " ")
        if text and self._styles.is_contents(paragraph):
            return
        lines = list(Traced.of(text, 0, part=part).lines())
        if lines:
            lines[0] = self._numbered(paragraph, lines[0])
            level = self._styles.level(paragraph) if len(lines) == 1 else None
            plain = not where and len(lines) == 1
            for line in lines:
                yield WordLine(line, level, plain, *(self._look(paragraph) if plain else ()))
        yield from self._hanging(found, part, inline, depth)

    def _numbered(self, paragraph: Any, line: Traced) -> Traced:
        label = self._numbering.label(paragraph).strip()
        if not label:
            return line
        return concat([label if _CLOSED.search(label) else f"{label} ", line])

    def _look(self, paragraph: Any) -> tuple[bool, bool, int]:
        """Whether it is centred and bold, and the size of its letters."""
        centred = attribute(self._styles.property(paragraph, "jc"), "val") == "center"
        sizes, bold = [0], []
        for run in paragraph.iter(f"{W}r"):
            if any((text.text or "").strip() for text in run.iter(f"{W}t")):
                properties = run.find(f"{W}rPr")
                size = attribute(self._styles.run_property(paragraph, properties, "sz"), "val") or ""
                sizes.append(int(size) if size.isdigit() else 0)
                bold.append(is_on(self._styles.run_property(paragraph, properties, "b")))
        return centred, bool(bold) and all(bold), max(sizes)

    def _hanging(self, found: Inline, part: str, inline: InlineReader, depth: int) -> Iterator[WordLine]:
        """What hangs on a paragraph: boxes, charts, pictures, notes, comments; and count of what can't be read."""
        self.unread.update(found.unread)
        for number, box in enumerate(found.boxes, 1):
            where = f"{part}, text box {number}, "
            yield from self._blocks(box, where, InlineReader(self._styles, inline.part), depth + 1)
        for line in self._embedded.parts(found, inline.part, part):
            yield WordLine(line.content, row=line)
        for reference in found.notes:
            kind = local_name(reference).removesuffix("Reference")
            yield from self._note(kind, attribute(reference, "id") or "", depth)
        for comment in found.comments:
            yield from self._note("comment", comment, depth)

    def _note(self, kind: str, note_id: str, depth: int) -> Iterator[WordLine]:
        note = self._notes[kind].get(note_id)
        if note is None or (kind, note_id) in self._shown:
            return
        self._shown.add((kind, note_id))
        self._counted[kind] += 1
        number = self._counted[kind]
        inline = InlineReader(self._styles, next(self._package.related(self._package.main, f"{kind}s"), ""))
        lines = list(self._blocks(note, f"{kind} {number}, ", inline, depth + 1))
        for i, line in enumerate(lines):
            mark = _note_mark(kind, number, attribute(note, "author"), line.content.text)
            yield WordLine(line.content if i else concat([mark, line.content]))

    def _table(self, table: Any, where: str, inline: InlineReader, depth: int) -> Iterator[WordLine]:
        key = f"{where}table"
        self._counted[key] += 1
        place = f"{where}table {self._counted[key]}"
        rows = [row for row in rows_of(table) if row.cells]
        self._cells += sum(len(row.cells) for row in rows)
        if self._cells > self._limits.table_cells:
            raise UnreadableDocument(
                DocumentMessage.TABLE_CELLS_TOO_MANY, file=self._document_id, most=self._limits.table_cells
            )
        if all(len(row.cells) == 1 for row in rows) or self._lays_out(rows):
            for i, row in enumerate(rows, 1):
                for cell in row.cells:
                    cell_place = f"{place}, row {i}, cell {cell.column + 1}, "
                    yield from self._blocks(cell.element, cell_place, inline, depth + 1)
            return
        hanging: list[WordLine] = []
        cells = self._grid(rows, place, inline, hanging, depth)
        for line in table_parts(Grid.of(cells)):
            yield WordLine(line.content, row=line)
        yield from hanging

    def _grid(
        self, rows: list[Row], place: str, inline: InlineReader, hanging: list[WordLine], depth: int
    ) -> list[GridCell]:
        """The cells; one that goes on from the row above is a part of the cell there."""
        cells: list[GridCell] = []
        above: dict[int, int] = {}  # by column: the index of the cell that a row below may go on with
        for i, row in enumerate(rows):
            # Where a row lacks its first cells altogether, what stands there above holds for it too.
            lacking = [known for column, known in above.items() if i > 1 and row.cells and column < row.cells[0].column]
            going_on = [above[cell.column] for cell in row.cells if cell.goes_on and cell.column in above]
            for known in (*lacking, *going_on):
                cells[known] = replace(cells[known], rows=i - cells[known].row + 1)
            for cell in row.cells:
                if cell.goes_on and cell.column in above:
                    continue
                content = self._cell(
                    cell.element, f"{place}, row {i + 1}, cell {cell.column + 1}", inline, hanging, depth
                )
                above[cell.column] = len(cells)
                named, strong = row.repeats and i < len(rows) - 1, _is_strong(cell.element)
                cells.append(GridCell(i, cell.column, content, columns=cell.columns, header=named, strong=strong))
        return cells

    def _lays_out(self, rows: list[Row]) -> bool:
        """Whether a table holds headings, as only one does that arranges a page."""
        paragraphs = (p for row in rows for cell in row.cells for p in cell.element.iterfind(f".//{W}p"))
        return any(self._styles.level(p) is not None and "".join(p.itertext()).strip() for p in paragraphs)

    def _cell(self, cell: Any, part: str, inline: InlineReader, hanging: list[WordLine], depth: int) -> Traced:
        """The text of a cell as one line; what does not go into a line is put into ``hanging``."""
        pieces: list[str] = []

        def take(element: Any) -> None:
            for child in element:
                name = local_name(child)
                if name == "p":
                    found = inline.read(child)
                    text = _BLANK.sub(" ", found.text.strip())
                    label = self._numbering.label(child).strip() if text else ""
                    pieces.append(f"{label}{'' if not label or _CLOSED.search(label) else ' '}{text}")
                    hanging.extend(self._hanging(found, part, inline, depth))
                elif name == "tbl":
                    hanging.extend(self._table(child, f"{part}, ", inline, depth + 1))
                elif name not in ("tcPr", "sdtPr", "del", "moveFrom"):
                    take(child)

        take(cell)
        return Traced.of(" ".join(filter(None, pieces)), 0, part=part)


def _is_strong(cell: Any) -> bool:
    """Whether all its characters are bold, or it has a ground of its own."""
    fill = attribute(cell.find(f"{W}tcPr/{W}shd"), "fill") or "auto"
    runs = [run for run in cell.iter(f"{W}r") if any((text.text or "").strip() for text in run.iter(f"{W}t"))]
    bold = all(is_on(run.find(f"{W}rPr/{W}b")) for run in runs)
    return bool(runs) and (bold or fill.lower() not in ("auto", "ffffff"))


def _note_mark(kind: str, number: int, author: str | None, text: str) -> str:
    chinese = any("\u4e00" <= char <= "\u9fff" for char in text)
    if kind == "comment":
        by = author.strip() if author else ""
        if chinese:
            return f"批注（{by}）：" if by else "批注："
        return f"Comment ({by}): " if by else "Comment: "
    return f"注{number}：" if chinese else f"Note {number}: "
