"""Pictures of pages to lines of text, by RapidOCR with the PP-OCRv6 models that its wheel carries.

The engine is loaded once, at the first picture, and never downloads anything: the files of its models are named.
"""

from __future__ import annotations

import logging
import math
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from PIL.Image import Resampling

from corpus.errors import UnreadableDocument
from corpus.language.plausible import is_language
from corpus.messages import DocumentMessage
from corpus.pages.bitmap import find_pictures, find_rules, split_at_gutters
from corpus.pages.model import Box, Page, PageLine
from corpus.pages.ruled import grids_of

if TYPE_CHECKING:
    from PIL.Image import Image

__all__ = ["MOST_PIXELS", "recognize", "turned"]

MOST_PIXELS = 12_000_000  # of the picture that is recognised; larger ones are scaled down
_EM = 0.9  # of the height of a line's box
_SURE = 0.55
_READS_WELL = 0.85
_TRIED = 6  # lines, to see whether a page stands on its head
_LONG_LINE = 4  # times its height: shorter ones do not tell how they lean
_LEAST_SKEW = 0.6  # degrees
_MOST_SKEW = 25.0
_LONG_SIDE = 842.0  # points of a sheet of A4, as which a picture is measured
_LONGEST_SIDE = 10_000
_LOCK = threading.Lock()
_MODELS = {"Det": "PP-OCRv6_det_small.onnx", "Rec": "PP-OCRv6_rec_small.onnx"}


def recognize(image: Image, number: int) -> Page:
    """The page in an RGB picture; its boxes are in pixels of the picture as it is recognised.

    A page that lies on its side or stands on its head is turned upright first, whichever way reads better, and one
    whose lines lean is levelled.

    Raises:
        UnreadableDocument: the recogniser is not installed.
    """
    image = _fitting(image)
    darkest, lightest = image.convert("L").getextrema()
    if darkest == lightest:  # a blank page needs no recognition, which takes gigabytes
        return _page(_Reading(image, []), number, 0)
    readings = {0: _read(image)}
    if _lies_on_its_side(readings[0].found):
        readings |= {turns: _read(turned(image, turns)) for turns in (1, 3)}
    elif readings[0].found and not _reads_well(readings[0]) and _stands_on_its_head(readings[0]):
        readings[2] = _read(turned(image, 2))
    turn = max(readings, key=lambda turns: readings[turns].score)
    return _page(readings[turn], number, turn)


@dataclass(frozen=True, slots=True)
class _Reading:
    """A picture with what was read in it: each line with its box and how sure the recogniser is, 0 to 1."""

    image: Image
    found: list[tuple[Box, str, float]]
    skew: float = 0.0

    @property
    def score(self) -> float:
        return sum(score * len(text) for _, text, score in self.found if score >= _SURE)


def _page(reading: _Reading, number: int, turn: int) -> Page:
    image = reading.image
    gray = np.asarray(image.convert("L"), dtype=np.uint8)
    lines = tuple(
        PageLine(text, box, _EM * min(box.height, box.width), number)
        for box, text, score in reading.found
        if score >= _SURE
    )
    boxes = [line.box for line in lines]
    rules = tuple(find_rules(gray, boxes))
    return Page(
        number,
        float(image.width),
        float(image.height),
        lines,
        pictures=tuple(find_pictures(gray, boxes)),
        rules=rules,
        grids=grids_of(rules, unit=max(image.size) / _LONG_SIDE),
        turn=turn,
        scanned=True,
        skew=reading.skew,
    )


def turned(image: Image, turns: int) -> Image:
    """The picture after quarter turns clockwise."""
    from PIL.Image import Transpose

    ways = {1: Transpose.ROTATE_270, 2: Transpose.ROTATE_180, 3: Transpose.ROTATE_90}
    return image.transpose(ways[turns]) if turns else image


def _reads_well(reading: _Reading) -> bool:
    """Whether what was read is sure and language; text that stands on its head is read as neither."""
    sure = [score for box, _, score in reading.found for _ in range(max(1, round(box.width / max(1.0, box.height))))]
    text = "\n".join(text for _, text, _ in reading.found)
    return sum(sure) / len(sure) >= _READS_WELL and is_language(text)


def _fitting(image: Image) -> Image:
    pixels = image.width * image.height
    if pixels <= MOST_PIXELS:
        return image
    scale = (MOST_PIXELS / pixels) ** 0.5
    return image.resize((max(1, int(image.width * scale)), max(1, int(image.height * scale))))


def _read(image: Image) -> _Reading:
    """What is read in the picture, which is levelled first if its lines are skewed."""
    with _LOCK:
        engine = _engine()
        try:
            result = engine(_bgr(image), use_det=True, use_rec=True)
        except Exception as exc:
            if _is_out_of_memory(exc):
                raise MemoryError from exc
            raise
        if result.boxes is None or result.txts is None:
            return _Reading(image, [])
        quads: list[NDArray[np.float32]] = list(result.boxes)
        skew = _skew(quads)
        if skew:
            image = image.rotate(skew, resample=Resampling.BICUBIC, fillcolor="white")
            quads = [_levelled(quad, skew, image.size) for quad in quads]
        gray, bgr = np.asarray(image.convert("L"), dtype=np.uint8), _bgr(image)
        boxes = [_upright(quad) for quad in quads]
        found = []
        for pieces, text, score in zip(split_at_gutters(gray, boxes), result.txts, result.scores, strict=True):
            if len(pieces) == 1:
                found.append((pieces[0], text.strip(), float(score)))
                continue
            for piece in pieces:
                again = engine(_crop(bgr, piece), use_det=False, use_rec=True)
                if again.txts:
                    found.append((piece, again.txts[0].strip(), float(again.scores[0])))
    kept = [(box, text, score) for box, text, score in found if text and min(box.width, box.height) > 1]
    return _Reading(image, kept, skew)


def _stands_on_its_head(reading: _Reading) -> bool:
    """Whether the longest lines are surer and longer when they are turned about."""
    longest = sorted(reading.found, key=lambda found: -found[0].width)[:_TRIED]
    turned = 0.0
    with _LOCK:
        for box, _, _ in longest:
            about = np.ascontiguousarray(_crop(_bgr(reading.image), box)[::-1, ::-1])
            again = _engine()(about, use_det=False, use_rec=True)
            turned += sum(len(text) * score for text, score in zip(again.txts or (), again.scores or (), strict=True))
    return turned > sum(len(text) * score for _, text, score in longest)


def _bgr(image: Image) -> NDArray[np.uint8]:
    return np.ascontiguousarray(np.asarray(image.convert("RGB"))[:, :, ::-1])


def _skew(quads: Sequence[NDArray[np.float32]]) -> float:
    """By how many degrees the picture has to be turned against the clock to level its lines; 0 if they hardly lean."""
    angles: list[float] = []
    for quad in quads:
        across, down = quad[1] - quad[0], quad[3] - quad[0]
        length = float(np.hypot(*across))
        if length > _LONG_LINE * float(np.hypot(*down)):
            angles += [math.degrees(math.atan2(float(across[1]), float(across[0])))] * round(length / 100)
    lean = float(np.median(angles)) if angles else 0.0
    return lean if _LEAST_SKEW < abs(lean) < _MOST_SKEW else 0.0


def _levelled(quad: NDArray[np.float32], skew: float, size: tuple[int, int]) -> NDArray[np.float32]:
    angle = math.radians(skew)
    middle = np.array([size[0] / 2, size[1] / 2], dtype=np.float32)
    matrix = np.array([[math.cos(angle), math.sin(angle)], [-math.sin(angle), math.cos(angle)]], dtype=np.float32)
    moved: NDArray[np.float32] = ((quad - middle) @ matrix.T + middle).astype(np.float32)
    return moved


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
