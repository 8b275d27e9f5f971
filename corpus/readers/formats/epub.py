"""EPUB books: the chapters in the order of reading, traced to their characters in "OEBPS/chapter2.xhtml"."""

from __future__ import annotations

import posixpath
import zipfile
from collections.abc import Iterator
from pathlib import PurePath
from urllib.parse import unquote

from corpus.cleaning.assembly import Part, assemble
from corpus.cleaning.blocks import page_lines, text_of
from corpus.cleaning.charset import NotText, declared_encoding, decode
from corpus.cleaning.markup import Element, parse
from corpus.cleaning.metadata import find_date
from corpus.documents import Document, Skipped
from corpus.errors import Problem, UnreadableDocument
from corpus.limits import Limits
from corpus.messages import DocumentMessage
from corpus.readers.formats.html import page_parts
from corpus.readers.zipped import check_xml, open_zip, read_member

__all__ = ["SUFFIXES", "read"]

SUFFIXES = (".epub",)

_PAGES = ("application/xhtml+xml", "text/html", "application/x-dtbncx+xml")


def read(data: bytes, document_id: str, limits: Limits) -> Iterator[Document | Skipped]:
    """The book in an .epub file; chapters that can't be read are skipped.

    Raises:
        UnreadableDocument: the file is damaged, protected, over a limit or empty.
    """
    with open_zip(data, document_id, limits) as archive:
        check_xml(archive, document_id)
        names = set(archive.namelist())
        package_name = _package_name(archive, names, document_id)
        package = parse(_text(archive, package_name, document_id), xml=True)
        facts = _facts(archive, package_name, document_id)
        parts: list[Part] = []
        skipped: list[Skipped] = []
        chars = 0
        for name in _spine(package, posixpath.dirname(package_name)):
            if name not in names:
                skipped.append(
                    Skipped(
                        f"{document_id}/{name}",
                        Problem.of(DocumentMessage.CHAPTER_MISSING, file=document_id, chapter=name),
                    )
                )
                continue
            try:
                raw = _text(archive, name, document_id)
            except UnreadableDocument as exc:
                skipped.append(Skipped(f"{document_id}/{name}", exc.problem))
                continue
            chars += len(raw)
            if chars > limits.text_chars:
                raise UnreadableDocument(DocumentMessage.BOOK_TOO_LONG, file=document_id, most=limits.text_chars)
            root = parse(raw, xml=True)
            body = next((element for element in root.elements() if element.tag == "body"), root)
            parts += page_parts(page_lines(raw, body, name), facts["title"])
    if not parts:
        raise UnreadableDocument(DocumentMessage.EMPTY_CHAPTERS, file=document_id)
    text, origin, headings, tables = assemble(parts)
    yield Document(
        id=document_id,
        text=text,
        title=facts["title"] or PurePath(document_id).stem,
        origin=origin,
        headings=headings,
        tables=tables,
        source=facts["publisher"] or None,
        author=facts["creator"] or None,
        published=find_date(facts["date"]) or (facts["date"][:4] if facts["date"][:4].isdigit() else None),
    )
    yield from skipped


def _text(archive: zipfile.ZipFile, name: str, document_id: str) -> str:
    data = read_member(archive, name, document_id)
    try:
        return decode(data, declared_encoding(data)).text
    except NotText as exc:
        raise UnreadableDocument(DocumentMessage.PART_NOT_TEXT, file=document_id, part=name) from exc


def _package_name(archive: zipfile.ZipFile, names: set[str], document_id: str) -> str:
    if "META-INF/container.xml" in names:
        container = parse(_text(archive, "META-INF/container.xml", document_id), xml=True)
        for element in container.elements():
            path = element.attributes.get("full-path", "") if element.tag.endswith("rootfile") else ""
            if path in names:
                return path
    found = next((name for name in sorted(names) if name.endswith(".opf")), None)
    if found is None:
        raise UnreadableDocument(DocumentMessage.BOOK_WITHOUT_LIST, file=document_id)
    return found


def _facts(archive: zipfile.ZipFile, name: str, document_id: str) -> dict[str, str]:
    """The first title, creator, publisher and date of the package."""
    raw = _text(archive, name, document_id)
    facts = dict.fromkeys(("title", "creator", "publisher", "date"), "")
    for element in parse(raw, xml=True).elements():
        key = element.tag.removeprefix("dc:")
        if key in facts and not facts[key] and element.tag.startswith("dc:"):
            facts[key] = " ".join(text_of(raw, element).text.split())
    return facts


def _spine(package: Element, folder: str) -> Iterator[str]:
    items: dict[str, str] = {}
    navigation = set()
    for element in package.elements():
        if element.tag.rpartition(":")[2] == "item" and element.attributes.get("media-type", "") in _PAGES[:2]:
            name = posixpath.normpath(posixpath.join(folder, unquote(element.attributes.get("href", ""))))
            items[element.attributes.get("id", "")] = name
            if "nav" in element.attributes.get("properties", "").split():
                navigation.add(name)
    for element in package.elements():
        if element.tag.rpartition(":")[2] == "itemref" and element.attributes.get("idref", "") in items:
            name = items.pop(element.attributes["idref"])
            if name not in navigation:
                yield name
