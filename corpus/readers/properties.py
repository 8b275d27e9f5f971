"""What an office file says of itself (docProps/core.xml); what it does not say is not made up."""

from __future__ import annotations

import zipfile
from typing import NamedTuple

from defusedxml import ElementTree

from corpus.readers.zipped import read_member

__all__ = ["Properties", "core_properties"]

_CORE = "docProps/core.xml"
_NOBODY = frozenset(("openpyxl", "python-docx", "python-pptx", "xlsxwriter", "apache poi", "unknown"))
"""What libraries write for an author if nobody tells them one."""


_TEMPLATES = frozenset(("2013-12-23", "2013-01-27"))
"""The days on which the templates of python-docx and python-pptx were made."""


class Properties(NamedTuple):
    """A file's own title, author and last date (YYYY-MM-DD); None is what it does not state."""

    title: str | None = None
    author: str | None = None
    date: str | None = None


def core_properties(archive: zipfile.ZipFile, document_id: str) -> Properties:
    """The properties of an Open XML file."""
    if _CORE not in archive.namelist():
        return Properties()
    try:
        root = ElementTree.fromstring(read_member(archive, _CORE, document_id))
    except ElementTree.ParseError:
        return Properties()  # the text can be read without them
    found = {element.tag.rpartition("}")[2]: (element.text or "").strip() for element in root}
    author = found.get("creator") or found.get("lastModifiedBy") or ""
    date = (found.get("modified") or found.get("created") or "")[:10]
    if date in _TEMPLATES:
        date = ""
    return Properties(
        title=found.get("title") or None,
        author=None if author.lower() in _NOBODY else author or None,
        date=date if len(date) == 10 and date[:4].isdigit() else None,
    )
