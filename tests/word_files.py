"""Word files written part by part, with what the libraries that write them have no calls for."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping

_OFFICE = "http://schemas.openxmlformats.org"
_PACKAGE = f"{_OFFICE}/package/2006"
_KINDS = f"{_OFFICE}/officeDocument/2006/relationships"
SPACES = " ".join(
    f'xmlns:{prefix}="{space}"'
    for prefix, space in {
        "w": f"{_OFFICE}/wordprocessingml/2006/main",
        "r": _KINDS,
        "m": f"{_OFFICE}/officeDocument/2006/math",
        "a": f"{_OFFICE}/drawingml/2006/main",
        "c": f"{_OFFICE}/drawingml/2006/chart",
        "dgm": f"{_OFFICE}/drawingml/2006/diagram",
        "wps": "http://schemas.microsoft.com/office/word/2010/wordprocessingShape",
        "mc": f"{_OFFICE}/markup-compatibility/2006",
        "v": "urn:schemas-microsoft-com:vml",
        "w14": "http://schemas.microsoft.com/office/word/2010/wordml",
    }.items()
)


def word_file(
    body: str,
    parts: Mapping[str, str] | None = None,
    core: str = "",
    *,
    strict: bool = False,
    embedded: Mapping[str, str] | None = None,
) -> bytes:
    """A .docx of this body; ``parts`` are others by their kind ("styles", "header"), each the inside of its root.

    ``embedded`` are whole parts by the kind of their relation ("chart"), which has that name too.
    """
    roots = {"header": "hdr", "footer": "ftr"}
    files = {"word/document.xml": f"<w:document {SPACES}><w:body>{body}</w:body></w:document>"}
    relations = []
    for i, (kind, inside) in enumerate((parts or {}).items(), 1):
        root = roots.get(kind, kind)
        files[f"word/{kind}.xml"] = f"<w:{root} {SPACES}>{inside}</w:{root}>"
        relations.append(f'<Relationship Id="rId{i}" Type="{_KINDS}/{kind}" Target="{kind}.xml"/>')
    for kind, xml in (embedded or {}).items():
        files[f"word/{kind}.xml"] = xml
        relations.append(f'<Relationship Id="{kind}" Type="{_KINDS}/{kind}" Target="{kind}.xml"/>')
    files["word/_rels/document.xml.rels"] = (
        f'<Relationships xmlns="{_PACKAGE}/relationships">{"".join(relations)}</Relationships>'
    )
    files["_rels/.rels"] = (
        f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="rId1" Type="{_KINDS}/officeDocument" '
        'Target="word/document.xml"/></Relationships>'
    )
    if core:
        files["docProps/core.xml"] = (
            f'<cp:coreProperties xmlns:cp="{_PACKAGE}/metadata/core-properties" '
            'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/">'
            f"{core}</cp:coreProperties>"
        )
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files.items():
            if strict:
                for room in ("wordprocessingml", "officeDocument", "drawingml"):
                    text = text.replace(f"{_OFFICE}/{room}/2006/", f"http://purl.oclc.org/ooxml/{room}/")
            archive.writestr(name, text)
    return out.getvalue()


def p(text: str, properties: str = "", run: str = "") -> str:
    """A paragraph of one run."""
    return f"<w:p><w:pPr>{properties}</w:pPr>{r(text, run)}</w:p>"


def r(text: str, properties: str = "") -> str:
    """A run."""
    return f'<w:r><w:rPr>{properties}</w:rPr><w:t xml:space="preserve">{text}</w:t></w:r>'


def table(*rows: str) -> str:
    """A table of rows made with ``tr``."""
    return f"<w:tbl><w:tblPr/>{''.join(rows)}</w:tbl>"


def tr(*cells: str, properties: str = "") -> str:
    """A row of cells: texts, or made with ``tc``."""
    made = (cell if cell.startswith("<w:tc>") else tc(cell) for cell in cells)
    return f"<w:tr><w:trPr>{properties}</w:trPr>{''.join(made)}</w:tr>"


def tc(text: str, properties: str = "", more: str = "") -> str:
    """A cell."""
    return f"<w:tc><w:tcPr>{properties}</w:tcPr>{p(text)}{more}</w:tc>"
