"""Pictures of pages to lines of text, by RapidOCR with the PP-OCRv6 models that its wheel carries.

The engine is loaded once, at the first picture, and never downloads anything: the files of its models are named.
"""

from __future__ import annotations

import logging
import threading
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from corpus.errors import UnreadableDocument
from corpus.messages import DocumentMessage
from corpus.pages.bitmap import find_pictures, find_rules, split_at_gutters
from corpus.pages.model import Box, Page, PageLine

if TYPE_CHECKING:
    from PIL.Image import Image

__all__ = ["MOST_PIXELS", "recognize"]

MOST_PIXELS = 12_000_000  # of the picture that is recognised; larger ones are scaled down
_EM = 0.9  # of the height of a line's box
_SURE = 0.55
_LONGEST_SIDE = 10_000
_LOCK = threading.Lock()
_MODELS = {"Det": "PP-OCRv6_det_small.onnx", "Rec": "PP-OCRv6_rec_small.onnx"}


def recognize(image: Image, number: int) -> Page:
    """The page in an RGB picture; its boxes are in pixels of the picture as it is recognised.

    A page that lies on its side is turned upright first, whichever way reads better.

    Raises:
        UnreadableDocument: the recogniser is not installed.
    """
    image = _fitting(image)
    darkest, lightest = image.convert("L").getextrema()
    found = _read(image) if darkest != lightest else []  # a blank page needs no recognition, which takes gigabytes
    turn = 0
    if _lies_on_its_side(found):
        from PIL.Image import Transpose

        turned = {1: image.transpose(Transpose.ROTATE_270), 3: image.transpose(Transpose.ROTATE_90)}
        readings = {0: found, **{turns: _read(picture) for turns, picture in turned.items()}}
        turn = max(readings, key=lambda turns: sum(score * len(text) for _, text, score in readings[turns]))
        found, image = readings[turn], turned.get(turn, image)
    gray = np.asarray(image.convert("L"), dtype=np.uint8)
    lines = tuple(
        PageLine(text, box, _EM * min(box.height, box.width), number) for box, text, score in found if score >= _SURE
    )
    boxes = [line.box for line in lines]
    return Page(
        number,
        float(image.width),
        float(image.height),
        lines,
        pictures=tuple(find_pictures(gray, boxes)),
        rules=tuple(find_rules(gray, boxes)),
        turn=turn,
        scanned=True,
    )


def _fitting(image: Image) -> Image:
    pixels = image.width * image.height
    if pixels <= MOST_PIXELS:
        return image
    scale = (MOST_PIXELS / pixels) ** 0.5
    return image.resize((max(1, int(image.width * scale)), max(1, int(image.height * scale))))


def _read(image: Image) -> list[tuple[Box, str, float]]:
    """Each line with its box and how sure the recogniser is, 0 to 1."""
    bgr: NDArray[np.uint8] = np.ascontiguousarray(np.asarray(image.convert("RGB"))[:, :, ::-1])
    gray = np.asarray(image.convert("L"), dtype=np.uint8)
    with _LOCK:
        engine = _engine()
        try:
            result = engine(bgr, use_det=True, use_rec=True)
        except Exception as exc:
            if _is_out_of_memory(exc):
                raise MemoryError from exc
            raise
        if result.boxes is None or result.txts is None:
            return []
        boxes = [_upright(quad) for quad in result.boxes]
        found = []
        for pieces, text, score in zip(split_at_gutters(gray, boxes), result.txts, result.scores, strict=True):
            if len(pieces) == 1:
                found.append((pieces[0], text.strip(), float(score)))
                continue
            for piece in pieces:
                again = engine(_crop(bgr, piece), use_det=False, use_rec=True)
                if again.txts:
                    found.append((piece, again.txts[0].strip(), float(again.scores[0])))
    return [(box, text, score) for box, text, score in found if text and min(box.width, box.height) > 1]


def _is_out_of_memory(exc: BaseException) -> bool:
    """Whether the recogniser failed for want of memory, which its runtime tells in words only."""
    said = str(exc)
    return "allocate memory" in said or "bad_alloc" in said or "MemoryError" in said or "Unable to allocate" in said


def _upright(quad: NDArray[np.float32]) -> Box:
    """The box between the middles of the sides, so that skewed lines do not grow into their neighbours."""
    xs, ys = sorted(map(float, quad[:, 0])), sorted(map(float, quad[:, 1]))
    return Box((xs[0] + xs[1]) / 2, (ys[0] + ys[1]) / 2, (xs[2] + xs[3]) / 2, (ys[2] + ys[3]) / 2)


def _crop(bgr: NDArray[np.uint8], box: Box) -> NDArray[np.uint8]:
    rows, columns = slice(max(0, int(box.top)), int(box.bottom) + 1), slice(max(0, int(box.left)), int(box.right) + 1)
    return np.ascontiguousarray(bgr[rows, columns])


def _lies_on_its_side(found: list[tuple[Box, str, float]]) -> bool:
    # By the shape of the lines alone: what is read in a line that lies on its side may be a character or two.
    long = [box for box, _, _ in found if max(box.height, box.width) > 3 * min(box.height, box.width)]
    return len(long) >= 3 and sum(box.height > box.width for box in long) > 0.6 * len(long)


@cache
def _engine() -> Any:
    # RapidOCR sets the level of its logger when it is imported and again when it is made.
    spec = find_spec("rapidocr")
    if spec is None or spec.origin is None:
        raise UnreadableDocument(DocumentMessage.OCR_MISSING)
    from rapidocr import RapidOCR

    logging.getLogger("RapidOCR").setLevel(logging.CRITICAL)
    models = Path(spec.origin).parent / "models"
    params: dict[str, Any] = {
        "Global.log_level": "critical",
        "Global.use_cls": False,
        "Global.max_side_len": _LONGEST_SIDE,
        "Det.max_candidates": 6000,
    }
    for part, name in _MODELS.items():
        if not (models / name).is_file():
            raise UnreadableDocument(DocumentMessage.OCR_INCOMPLETE, model=name, folder=models)
        params[f"{part}.model_path"] = str(models / name)
    return RapidOCR(params=params)
