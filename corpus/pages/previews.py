"""The pages of a PDF or a picture as PNG, for showing where a passage stands."""

from __future__ import annotations

import io
from pathlib import Path

from corpus.errors import UnreadableDocument
from corpus.limits import Limits
from corpus.messages import DocumentMessage

__all__ = ["page_sizes", "render_page"]


def page_sizes(path: str | Path) -> list[tuple[float, float]]:
    """Width and height of each page as it is shown: in points for a PDF, in pixels for a picture.

    A damaged page is (0, 0).

    Raises:
        UnreadableDocument: the file can't be read.
    """
    path = Path(path)
    data = _bytes(path)
    if path.suffix.lower() == ".pdf":
        from corpus.pages.pdfium import open_pdf

        with open_pdf(data, path.name) as pdf:
            return pdf.sizes()
    from corpus.pages.pictures import frames_of

    return [frame.size for frame in frames_of(data, path.name, Limits())[1]]


def render_page(path: str | Path, page: int = 1, scale: float = 2.0) -> bytes:
    """The page of that number, from 1, as the bytes of a PNG.

    The boxes of a document's places are fractions of this picture's width and height. ``scale`` is in pixels a point
    for a PDF (2.0 is 144 dpi); a picture is shrunk to at most ``scale`` times 1,000 pixels of its longer side.

    Raises:
        UnreadableDocument: the file can't be read, or has no such page.
        ValueError: ``scale`` is not above 0 and at most 10.
    """
    if not 0 < scale <= 10:
        raise ValueError(f"scale must be above 0 and at most 10, not {scale}")
    path = Path(path)
    data = _bytes(path)
    if path.suffix.lower() == ".pdf":
        from corpus.pages.pdfium import open_pdf

        with open_pdf(data, path.name) as pdf:
            _check(page, len(pdf), path.name)
            picture = pdf.picture(page, scale)
    else:
        from corpus.pages.pictures import frames_of

        count, frames = frames_of(data, path.name, Limits())
        _check(page, count, path.name)
        picture = next(frame for number, frame in enumerate(frames, 1) if number == page)
        picture.thumbnail((int(1000 * scale), int(1000 * scale)))
    png = io.BytesIO()
    picture.save(png, "PNG")
    return png.getvalue()


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as exc:
        raise UnreadableDocument(DocumentMessage.FILE_UNREADABLE, file=path, reason=exc.strerror or exc) from exc


def _check(page: int, count: int, name: str) -> None:
    if not 1 <= page <= count:
        raise UnreadableDocument(DocumentMessage.PAGE_MISSING, file=name, page=page, pages=count)
