"""What an office file's properties say of it, without what a library or a machine has put there."""

from __future__ import annotations

import re
import zipfile

from lxml import etree

from corpus.cleaning.claims import sensible_title, somebody
from corpus.cleaning.metadata import Metadata
from corpus.readers.zipped import read_member

__all__ = ["core_properties"]

_CORE = "docProps/core.xml"
_NAMES = {
    "title": "title",
    "creator": "creator",
    "created": "created",
    "modified": "modified",
    "description": "description",
}
# The templates of python-docx and python-pptx have a time and an author that every file made from them keeps.
_TEMPLATE_TIMES = frozenset(("2013-12-23T23:15:00Z", "2013-01-27T09:14:16Z"))
_TEMPLATE_AUTHOR = "Steve Canny"


def core_properties(archive: zipfile.ZipFile, document_id: str) -> Metadata:
    """Title, author and date of the file's last change, as far as somebody has set them."""
    name = next((name for name in archive.namelist() if name.lower() == _CORE.lower()), None)
    if name is None:
        return Metadata()
    parser = etree.XMLParser(resolve_entities=False, no_network=True, recover=True)
    root = etree.fromstring(read_member(archive, name, document_id), parser)
    if root is None:
        return Metadata()
    found = dict.fromkeys(_NAMES, "")
    for element in root:
        key = element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""
        if key in found:
            found[key] = " ".join((element.text or "").split())
    template = found["created"] in _TEMPLATE_TIMES
    published = found["modified"] or found["created"]
    if template and published[:10] == found["created"][:10]:
        published = ""
    author = found["creator"]
    if template and author == _TEMPLATE_AUTHOR:
        author = ""
    # openpyxl stamps the moment of saving on whatever it writes; so it has nobody's date.
    if author == "openpyxl":
        published = ""
    day = re.match(r"(\d{4})-(\d{2})-(\d{2})", published)
    return Metadata(
        title=sensible_title(found["title"]),
        author=somebody(author),
        published=day[0] if day and day[1] >= "1990" else None,
    )
