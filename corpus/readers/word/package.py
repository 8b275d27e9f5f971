"""The parts of a Word file as trees of XML, and how they refer to each other; Strict files read as others do."""

from __future__ import annotations

import posixpath
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from lxml import etree

from corpus.errors import UnreadableDocument
from corpus.limits import Limits
from corpus.messages import DocumentMessage
from corpus.readers.zipped import check_xml, open_zip, read_member

__all__ = ["Package", "Relation", "W", "attribute", "is_on", "local_name"]

_OFFICE = "http://schemas.openxmlformats.org/"
W = f"{{{_OFFICE}wordprocessingml/2006/main}}"
"""The namespace of text in Word, as lxml writes it before a name."""

_STRICT = re.compile(rb"http://purl\.oclc\.org/ooxml/(\w+)/")
_OFF = frozenset(("0", "false", "off", "none"))
_MAIN = "officeDocument"


def attribute(element: Any, name: str) -> str | None:
    """An attribute of Word's own namespace; None where it or the element is missing."""
    value: str | None = element.get(W + name) if element is not None else None
    return value


def is_on(element: Any) -> bool:
    """Whether a switch (``<w:b/>``, ``<w:b w:val="0"/>``) is on; one that is missing is not."""
    return element is not None and (attribute(element, "val") or "1").lower() not in _OFF


def local_name(element: Any) -> str:
    """The element's name without its namespace; "" for comments and processing instructions."""
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


@dataclass(frozen=True, slots=True)
class Relation:
    """What a part refers to: the kind ("header", "chart"), and the part's name, or the address of something else."""

    kind: str
    target: str
    external: bool


class Package:
    """A Word file's parts. Made with ``opened``.

    Raises:
        UnreadableDocument: the file is no Word file, is damaged, protected or over a limit.
    """

    def __init__(self, archive: zipfile.ZipFile, document_id: str) -> None:
        """``archive`` has been looked at by ``open_zip``."""
        self.archive = archive
        self._document_id = document_id
        self._names = {name.lower(): name for name in archive.namelist()}
        roots = self.relations("").values()
        main = next((relation.target for relation in roots if relation.kind == _MAIN), "word/document.xml")
        if not self.has(main):
            raise UnreadableDocument(DocumentMessage.WORD_WITHOUT_TEXT, file=document_id)
        self.main = main

    @classmethod
    def opened(cls, data: bytes, document_id: str, limits: Limits) -> Package:
        """The package in the bytes of a file."""
        archive = open_zip(data, document_id, limits)
        check_xml(archive, document_id)
        return cls(archive, document_id)

    def __enter__(self) -> Package:
        """The package, closed at the end of the block."""
        return self

    def __exit__(self, *_: object) -> None:
        """Closes the file."""
        self.archive.close()

    def has(self, name: str) -> bool:
        """Whether there is a part of this name."""
        return name.lower() in self._names

    def data(self, name: str) -> bytes:
        """The bytes of a part."""
        return read_member(self.archive, self._names[name.lower()], self._document_id)

    def tree(self, name: str) -> Any:
        """The root element of a part."""
        parser = etree.XMLParser(resolve_entities=False, no_network=True, recover=False, remove_comments=True)
        try:
            return etree.fromstring(_STRICT.sub(_transitional, self.data(name)), parser)
        except etree.XMLSyntaxError as exc:
            if exc.code == etree.ErrorTypes.ERR_NO_MEMORY:
                raise MemoryError from exc
            raise UnreadableDocument(
                DocumentMessage.WORD_PART_BROKEN, file=self._document_id, part=name, reason=exc.msg
            ) from exc

    def relations(self, part: str) -> dict[str, Relation]:
        """What a part ("" for the package itself) refers to, by the ids it uses for that."""
        folder, name = posixpath.split(part)
        place = posixpath.join(folder, "_rels", f"{name}.rels")
        if not self.has(place):
            return {}
        found: dict[str, Relation] = {}
        for element in self.tree(place):
            if local_name(element) == "Relationship":
                external = element.get("TargetMode") == "External"
                target = element.get("Target") or ""
                if not external:
                    target = posixpath.normpath(posixpath.join("/", folder, unquote(target))).lstrip("/")
                kind = (element.get("Type") or "").rpartition("/")[2]
                found[element.get("Id") or ""] = Relation(kind, target, external)
        return found

    def related(self, part: str, kind: str) -> Iterator[str]:
        """The names of the parts of a kind that a part refers to and that are there."""
        for relation in self.relations(part).values():
            if relation.kind == kind and not relation.external and self.has(relation.target):
                yield relation.target


def _transitional(match: re.Match[bytes]) -> bytes:
    """Strict files name the same elements in namespaces of their own."""
    return _OFFICE.encode() + match[1] + b"/2006/"
