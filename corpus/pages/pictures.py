"""Picture files: their frames, upright and on white."""

from __future__ import annotations

import io
import warnings
from collections.abc import Iterator
from typing import TYPE_CHECKING

from corpus.errors import UnreadableDocument
from corpus.limits import Limits
from corpus.messages import DocumentMessage

if TYPE_CHECKING:
    from PIL.Image import Image

__all__ = ["frames_of"]

_FORMATS = ("PNG", "JPEG", "TIFF", "WEBP", "BMP")


def frames_of(data: bytes, name: str, limits: Limits) -> tuple[int, Iterator[Image]]:
    """How many frames a picture has, and each in RGB, turned as its EXIF data say; ``name`` is for messages.

    Raises:
        UnreadableDocument: the bytes are no picture, are damaged, or have too many pixels or frames.
    """
    from PIL import Image as Pictures
    from PIL import ImageSequence

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of many pixels: they are counted below
            image = Pictures.open(io.BytesIO(data), formats=_FORMATS)
            count = int(getattr(image, "n_frames", 1))
    except Exception as exc:
        raise _unreadable(name, exc) from exc
    if count > limits.pages:
        raise UnreadableDocument(DocumentMessage.FRAMES_TOO_MANY, file=name, frames=count, most=limits.pages)

    def frames() -> Iterator[Image]:
        try:
            for frame in ImageSequence.Iterator(image):
                _check_size(frame, name, limits.page_pixels)
                yield _upright(frame)
        except UnreadableDocument:
            raise
        except Exception as exc:
            raise _unreadable(name, exc) from exc

    return count, frames()


def _check_size(frame: Image, name: str, most: int) -> None:
    if frame.width * frame.height > most:
        raise UnreadableDocument(
            DocumentMessage.PICTURE_TOO_LARGE, file=name, width=frame.width, height=frame.height, most=most
        )


def _unreadable(name: str, exc: Exception) -> UnreadableDocument:
    return UnreadableDocument(DocumentMessage.PICTURE_BROKEN, file=name, kind=type(exc).__name__, reason=exc)


def _upright(frame: Image) -> Image:
    """In RGB; what is transparent is paper."""
    from PIL import Image as Pictures
    from PIL import ImageOps

    turned = ImageOps.exif_transpose(frame)
    if turned.mode in {"RGBA", "LA", "PA"} or "transparency" in turned.info:
        rgba = turned.convert("RGBA")
        return Pictures.alpha_composite(Pictures.new("RGBA", rgba.size, "white"), rgba).convert("RGB")
    if turned.mode.startswith("I;16") or turned.mode == "I":
        # 16 bits a pixel: convert() would cut everything above 255 off.
        return turned.point(lambda level: level / 256).convert("L").convert("RGB")
    return turned.convert("RGB")
