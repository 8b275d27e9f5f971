"""Pictures of pages: scans and photographs, read by recognition."""

from __future__ import annotations

import io
import time
import warnings
from collections.abc import Iterator

from typing import TYPE_CHECKING

from corpus.documents import Document
from corpus.errors import UnreadableDocument

if TYPE_CHECKING:
    from PIL.Image import Image

__all__ = ["MOST_FRAMES", "MOST_PIXELS", "MOST_SECONDS", "SUFFIXES", "read"]

SUFFIXES = (".png", ".jpg", ".jpeg", ".tif", ".tiff", ".webp", ".bmp")
MOST_PIXELS = 100_000_000  # of one picture: A2 at 400 dpi has 62 million
MOST_FRAMES = 300  # of one file, as scanners put pages into a TIFF
MOST_SECONDS = 1800.0


def read(data: bytes, document_id: str) -> Iterator[Document]:
    """The document in the bytes of a picture; each frame of a TIFF is a page. Turned upright as its EXIF data say.

    Raises:
        UnreadableDocument: the bytes are no picture, are damaged, have too many pixels or frames, take too long to
            read, or no text is found in them.
    """
    from PIL import Image, ImageOps, ImageSequence

    from corpus.pages.compose import document_of
    from corpus.pages.ocr import recognize

    began = time.monotonic()
    pages = []
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            image = Image.open(io.BytesIO(data), formats=("PNG", "JPEG", "TIFF", "WEBP", "BMP"))
        frames = getattr(image, "n_frames", 1)
        if frames > MOST_FRAMES:
            raise UnreadableDocument(f"{document_id} can't be read: it holds {frames:,} frames, more than {MOST_FRAMES}.")
        for number, frame in enumerate(ImageSequence.Iterator(image), 1):
            if frame.width * frame.height > MOST_PIXELS:
                raise UnreadableDocument(
                    f"{document_id} can't be read: it has {frame.width:,} by {frame.height:,} pixels, "
                    f"more than {MOST_PIXELS:,} in all. Save it smaller and add it again."
                )
            if time.monotonic() - began > MOST_SECONDS:
                raise UnreadableDocument(
                    f"{document_id} takes too long to read: {number - 1} of {frames} pages in {MOST_SECONDS:.0f} seconds."
                )
            upright = ImageOps.exif_transpose(frame)
            pages.append(recognize(_on_white(upright), number))
    except UnreadableDocument:
        raise
    except Exception as exc:
        # Pillow's decoders raise whatever they stumble over: OSError, SyntaxError, struct.error, DecompressionBombError.
        raise UnreadableDocument(f"{document_id} is not a picture that can be read: {exc}.") from exc
    if not any(page.lines for page in pages):
        raise UnreadableDocument(f"{document_id} is empty: no text was found in the picture.")
    yield document_of(pages, document_id)


def _on_white(image: Image) -> Image:
    """The picture in RGB; what is transparent is paper."""
    from PIL import Image as Pictures

    if image.mode in {"RGBA", "LA", "PA"} or "transparency" in image.info:
        rgba = image.convert("RGBA")
        return Pictures.alpha_composite(Pictures.new("RGBA", rgba.size, "white"), rgba).convert("RGB")
    return image.convert("RGB")
