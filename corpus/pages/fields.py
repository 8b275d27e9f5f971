"""What is filled into the fields of a PDF form: PDFium draws it, but does not count it among the page's characters."""

from __future__ import annotations

import ctypes
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from corpus.pages.model import Box, PageLine, union
from corpus.pages.view import View

__all__ = ["fields_of", "with_fields"]

_EM = 0.7  # of the height of a field of one line
_LARGEST_EM = 12.0
_NEAR = 6.0  # ems between a label and its field
_MOST_FIELDS = 5_000
_MOST_BYTES = 20_000
_TICKED, _EMPTY = "☑", "☐"


def fields_of(page: Any, view: View, number: int) -> list[PageLine]:
    """The fields of a page as lines at their places: the text in them, ticked boxes and boxes that are not."""
    from pypdfium2 import raw as pdfium

    form = page.formenv
    if form is None:
        return []
    found: list[PageLine] = []
    rect = pdfium.FS_RECTF()
    for i in range(min(_MOST_FIELDS, max(0, pdfium.FPDFPage_GetAnnotCount(page)))):
        annotation = pdfium.FPDFPage_GetAnnot(page, i)
        try:
            if pdfium.FPDFAnnot_GetSubtype(annotation) != pdfium.FPDF_ANNOT_WIDGET:
                continue
            if not pdfium.FPDFAnnot_GetRect(annotation, rect):
                continue
            box = view.box(rect.left, rect.bottom, rect.right, rect.top)
            found += _lines(_filled(form, annotation), box, number)
        finally:
            pdfium.FPDFPage_CloseAnnot(annotation)
    return found


def _filled(form: Any, annotation: Any) -> str:
    from pypdfium2 import raw as pdfium

    kind = pdfium.FPDFAnnot_GetFormFieldType(form, annotation)
    if kind in (pdfium.FPDF_FORMFIELD_CHECKBOX, pdfium.FPDF_FORMFIELD_RADIOBUTTON):
        return _TICKED if pdfium.FPDFAnnot_IsChecked(form, annotation) else _EMPTY
    if kind not in (pdfium.FPDF_FORMFIELD_TEXTFIELD, pdfium.FPDF_FORMFIELD_COMBOBOX, pdfium.FPDF_FORMFIELD_LISTBOX):
        return ""
    size = pdfium.FPDFAnnot_GetFormFieldValue(form, annotation, None, 0)
    if not 2 < size <= _MOST_BYTES:
        return ""
    buffer = ctypes.create_string_buffer(size)
    pdfium.FPDFAnnot_GetFormFieldValue(form, annotation, ctypes.cast(buffer, ctypes.POINTER(pdfium.FPDF_WCHAR)), size)
    return buffer.raw[:size].decode("utf-16-le", "replace").strip("\0 \t\r\n")


def _lines(text: str, box: Box, number: int) -> Iterator[PageLine]:
    """The lines of what is filled in, from the top of the field down."""
    rows = [row for row in text.splitlines() if row.strip()]
    for i, row in enumerate(rows):
        step = box.height / len(rows)
        line = Box(box.left, box.top + i * step, box.right, box.top + (i + 1) * step)
        yield PageLine(" ".join(row.split()), line, min(_LARGEST_EM, _EM * step), number)


def with_fields(lines: Sequence[PageLine], fields: Sequence[PageLine]) -> list[PageLine]:
    """The lines of a page with what is filled in behind its labels: 姓名： and 周远航 are one line.

    A box to be ticked goes before the line to its right.
    """
    joined = list(lines)
    for field in sorted(fields, key=lambda field: (round(field.box.center[1] / 4), field.box.left)):
        beside = [i for i, line in enumerate(joined) if _beside(line, field)]
        if field.text in (_TICKED, _EMPTY):
            after = [i for i in beside if 0 <= joined[i].box.left - field.box.left <= _NEAR * joined[i].size]
            near = min(after, key=lambda i: joined[i].box.left, default=None)
            text = None if near is None else f"{field.text}{joined[near].text}"
        else:
            before = [i for i in beside if -4 <= field.box.left - joined[i].box.right <= _NEAR * joined[i].size]
            near = max(before, key=lambda i: joined[i].box.right, default=None)
            text = None if near is None else f"{joined[near].text}{field.text}"
        if near is None or text is None:
            joined.append(field)
        else:
            joined[near] = replace(joined[near], text=text, box=union((joined[near].box, field.box)))
    return joined


def _beside(line: PageLine, field: PageLine) -> bool:
    return not line.vertical and line.box.beside(field.box) > 0.5 * min(line.box.height, field.box.height)
