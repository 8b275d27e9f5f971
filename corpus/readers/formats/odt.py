"""Texts of OpenDocument (LibreOffice's own format): paragraphs, headings, tables, boxes and notes in their order."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import PurePath
from typing import Any

from corpus.cleaning.assembly import Part, assemble
from corpus.cleaning.claims import sensible_title, somebody
from corpus.cleaning.facts import ends_of, stated_facts
from corpus.cleaning.grid import Grid
from corpus.cleaning.metadata import Metadata
from corpus.cleaning.rows import table_parts
from corpus.cleaning.traced import Traced
from corpus.documents import Document, Skipped
from corpus.errors import UnreadableDocument
from corpus.limits import Limits
from corpus.messages import DocumentMessage
from corpus.readers.zipped import check_xml, open_zip, read_member

__all__ = ["SUFFIXES", "read"]

SUFFIXES = (".odt", ".ott")

_UNSEEN = frozenset(("tracked-changes", "sequence-decls", "annotation", "table-of-content", "ruby-text", "forms"))
_MARKS = {"tab": " ", "line-break": "\n", "soft-page-break": ""}
_MOST_REPEATED = 1_000


def read(data: bytes, document_id: str, limits: Limits) -> Iterator[Document | Skipped]:
    """The document in an .odt file; places name the paragraph or the cell.

    Raises:
        UnreadableDocument: the file is damaged, protected, over a limit or empty.
    """
    from lxml import etree

    parser = etree.XMLParser(resolve_entities=False, no_network=True, remove_comments=True)
    with open_zip(data, document_id, limits) as archive:
        check_xml(archive, document_id)
        root = etree.fromstring(read_member(archive, "content.xml", document_id), parser)
        names = archive.namelist()
        meta = etree.fromstring(read_member(archive, "meta.xml", document_id), parser) if "meta.xml" in names else None
    lines = list(_Texts().lines(root))
    if not lines:
        raise UnreadableDocument(DocumentMessage.EMPTY_TEXT, file=document_id)
    used = sorted({part.level for part in lines if part.level})
    parts = [replace(part, level=used.index(part.level) + 1 if part.level else 0) for part in lines]
    text, origin, headings, tables = assemble(parts)
    claimed = _claimed(meta)
    facts = stated_facts(ends_of(text)).or_else(claimed)
    first = parts[0].content.text if parts[0].level else None
    yield Document(
        id=document_id,
        text=text,
        title=claimed.title or first or PurePath(document_id).stem,
        origin=origin,
        tables=tables,
        headings=tuple(h for h in headings if text[h.start : h.end] != (claimed.title or first)),
        source=facts.source,
        author=facts.author,
        published=facts.published,
        number=facts.number,
    )


def _name(element: Any) -> str:
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def _attribute(element: Any, name: str) -> str:
    return next((value for key, value in element.attrib.items() if key.rpartition("}")[2] == name), "")


def _claimed(meta: Any) -> Metadata:
    if meta is None:
        return Metadata()
    found: dict[str, str] = {}
    for element in meta.iter():
        found.setdefault(_name(element), " ".join((element.text or "").split()))
    day = (found.get("date") or found.get("creation-date") or "")[:10]
    return Metadata(
        title=sensible_title(found.get("title", "")),
        author=somebody(found.get("initial-creator") or found.get("creator") or ""),
        published=day if len(day) == 10 else None,
    )


class _Texts:
    """Walks the body, counting paragraphs and tables."""

    def __init__(self) -> None:
        self._paragraphs = self._tables = 0

    def lines(self, element: Any) -> Iterator[Part]:
        for child in element:
            name = _name(child)
            if name in ("p", "h"):
                self._paragraphs += 1
                beside: list[Any] = []
                text = _text(child, beside)
                level = _attribute(child, "outline-level") if name == "h" else ""
                found = list(Traced.of(text, 0, part=f"paragraph {self._paragraphs}").lines())
                for line in found:
                    yield Part(line, int(level) if level.isdigit() and len(found) == 1 else 0)
                for other in beside:
                    yield from self.lines(other)
            elif name == "table":
                yield from self._table(child)
            elif name not in _UNSEEN:
                yield from self.lines(child)

    def _table(self, table: Any) -> Iterator[Part]:
        self._tables += 1
        number = self._tables
        rows: list[list[Traced]] = []
        for row in (element for element in table.iter() if _name(element) == "table-row"):
            cells: list[Traced] = []
            for cell in row:
                if _name(cell) not in ("table-cell", "covered-table-cell"):
                    continue
                repeated = _attribute(cell, "number-columns-repeated")
                beside: list[Any] = []
                texts = (_text(p, beside) for p in cell.iter() if _name(p) in ("p", "h"))
                text = " ".join(" ".join(texts).split())
                part = f"table {number}, row {len(rows) + 1}, cell {len(cells) + 1}"
                times = min(int(repeated), _MOST_REPEATED) if repeated.isdigit() else 1
                cells += [Traced.of(text, 0, part=part)] * times
            rows.append(cells)
        yield from table_parts(Grid.from_rows(rows))


def _text(element: Any, beside: list[Any]) -> str:
    """The characters of a paragraph; boxes and notes in it are put into ``beside``."""
    pieces = [element.text or ""]
    for child in element:
        name = _name(child)
        if name in ("text-box", "note-body"):
            beside.append(child)
        elif name == "s":
            count = _attribute(child, "c")
            pieces.append(" " * min(int(count) if count.isdigit() else 1, _MOST_REPEATED))
        elif name in _MARKS:
            pieces.append(_MARKS[name])
        elif name not in _UNSEEN and name != "note-citation":
            pieces.append(_text(child, beside))
        pieces.append(child.tail or "")
    return "".join(pieces)
