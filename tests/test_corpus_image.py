"""Scans and pictures read by recognition: the order of newspaper pages, places, limits, broken files."""

from __future__ import annotations

import contextlib
import io
import random
import re
import socket
import time
from difflib import SequenceMatcher

import numpy as np
import pypdfium2
import pytest
from PIL import Image
from typeset import EMBEDDED, newspaper_a, newspaper_b

from corpus import Document, Limits, UnreadableDocument
from corpus.language.sentences import sentence_spans
from corpus.pages.previews import render_page
from corpus.readers.formats import image as image_reader
from corpus.readers.formats import pdf as pdf_reader

pytestmark = pytest.mark.long

SCALE = 200 / 72
pytest.importorskip("rapidocr")


def rendered(data: bytes) -> Image.Image:
    """The first page at 200 dpi."""
    with pypdfium2.PdfDocument(data) as pdf:
        return pdf[0].render(scale=SCALE).to_pil().convert("RGB")


def bytes_of(picture: Image.Image, kind: str = "PNG", **options: object) -> bytes:
    file = io.BytesIO()
    picture.save(file, kind, **options)  # type: ignore[arg-type]
    return file.getvalue()


def sentences(text: str) -> list[str]:
    return [re.sub(r"\s+", "", text[start:end]) for start, end in sentence_spans(text)]


def in_order(truth: list[str], found: list[str]) -> float:
    """The share of the true sentences that come back in order and right, give or take a character in ten."""

    def same(a: str, b: str) -> bool:
        return a == b or (abs(len(a) - len(b)) <= 3 and SequenceMatcher(None, a, b, autojunk=False).ratio() >= 0.9)

    longest = [[0] * (len(found) + 1) for _ in range(len(truth) + 1)]
    for i, a in enumerate(truth, 1):
        for j, b in enumerate(found, 1):
            longest[i][j] = longest[i - 1][j - 1] + 1 if same(a, b) else max(longest[i - 1][j], longest[i][j - 1])
    return longest[-1][-1] / len(truth)


@pytest.fixture(scope="module")
def page_b() -> tuple[Image.Image, list[str]]:
    data, truth = newspaper_b(EMBEDDED)
    return rendered(data), truth


@pytest.fixture(scope="module")
def read_b(page_b: tuple[Image.Image, list[str]]) -> Document:
    """The page as a scanned PDF: one picture and no characters. Read without a network."""
    file = io.BytesIO()
    page_b[0].save(file, "PDF", resolution=200)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", _no_network)
        (document,) = pdf_reader.read(file.getvalue(), "scan.pdf", Limits())
    return document


def _no_network(*_: object) -> None:
    raise AssertionError("recognition must not use the network")


def test_a_newspaper_page_as_a_picture_reads_in_order():
    data, truth = newspaper_a(EMBEDDED)
    (document,) = image_reader.read(bytes_of(rendered(data)), "a.png", Limits())
    assert in_order(sentences("\n".join(truth)), sentences(document.text)) >= 0.95
    assert document.title == truth[0]
    assert document.source == "东河日报"


def test_a_scanned_pdf_reads_in_order(page_b, read_b):
    assert in_order(sentences("\n".join(page_b[1])), sentences(read_b.text)) >= 0.95
    assert [read_b.text[h.start : h.end] for h in read_b.headings] == [
        "青石桥下月通车两岸居民少绕六公里",
        "图书馆把书送进菜市场",
    ]


def test_boxes_lie_around_their_lines(page_b, read_b):
    """Ink in every box, and hardly any in the rows right above and below it."""
    gray = np.asarray(page_b[0].convert("L"))
    height, width = gray.shape
    clean = 0
    for segment in read_b.origin.segments:
        left, top, right, bottom = segment.place.box
        assert segment.place.page == 1
        columns = slice(int(left * width), int(right * width))
        rows = int(top * height), int(bottom * height)
        assert (gray[slice(*rows), columns] < 128).mean() > 0.04
        edge = np.concatenate([gray[rows[0] - 3 : rows[0], columns], gray[rows[1] : rows[1] + 3, columns]])
        clean += (edge < 128).mean() < 0.02
    assert clean >= 0.9 * len(read_b.origin.segments)


def test_boxes_agree_with_those_of_the_pdf(read_b):
    data, _ = newspaper_b()
    (typeset,) = pdf_reader.read(data, "b.pdf", Limits())
    boxes = {
        typeset.text[segment.start : segment.start + segment.length]: segment.place.box
        for segment in typeset.origin.segments
    }
    compared = 0
    for segment in read_b.origin.segments:
        expected = boxes.get(read_b.text[segment.start : segment.start + segment.length])
        if expected is not None:
            compared += 1
            # The box of a PDF ends with the width of its last mark, half of which is white.
            assert np.allclose(segment.place.box[:2], expected[:2], atol=0.015)
            assert np.allclose(segment.place.box[2:], expected[2:], atol=0.03)
    assert compared > 0.6 * len(read_b.origin.segments)


def strip(page: Image.Image) -> Image.Image:
    """The headline and a few lines."""
    return page.crop((90, 130, 1240, 620))


def test_pictures_are_turned_as_their_exif_data_say(page_b):
    upright = strip(page_b[0])
    exif = Image.Exif()
    exif[0x0112] = 6
    data = bytes_of(upright.rotate(90, expand=True), "JPEG", exif=exif, quality=92)
    (document,) = image_reader.read(data, "photo.jpg", Limits())
    assert "一座老纺织厂怎样长出三百家新公司" in document.text


def test_pages_lying_on_their_side_are_turned_upright(page_b, tmp_path):
    picture = strip(page_b[0]).rotate(90, expand=True)
    (document,) = image_reader.read(bytes_of(picture), "side.png", Limits())
    assert "一座老纺织厂怎样长出三百家新公司" in document.text
    at = document.text.index("一座老纺织厂")
    left, top, right, bottom = document.origin.locate(at, at + 1)[0].box
    assert bottom - top > 5 * (right - left)


def test_each_frame_of_a_tiff_is_a_page(page_b):
    frame = strip(page_b[0])
    data = bytes_of(frame, "TIFF", save_all=True, append_images=[frame], compression="tiff_deflate")
    (document,) = image_reader.read(data, "fax.tiff", Limits())
    assert {segment.place.page for segment in document.origin.segments} == {1, 2}


@pytest.mark.parametrize("kind", ["WEBP", "BMP"])
def test_other_formats(page_b, kind):
    (document,) = image_reader.read(bytes_of(strip(page_b[0]).resize((575, 245)), kind), f"x.{kind.lower()}", Limits())
    assert "三百家新公司" in document.text


def test_pictures_without_text_are_refused():
    with pytest.raises(UnreadableDocument, match="no text"):
        list(image_reader.read(bytes_of(Image.new("RGB", (200, 100), "white")), "white.png", Limits()))


def test_too_many_pixels_are_refused_before_they_are_unpacked():
    bomb = bytes_of(Image.new("1", (40_000, 40_000)))
    began = time.monotonic()
    with pytest.raises(UnreadableDocument, match="bomb"):
        list(image_reader.read(bomb, "bomb.png", Limits()))
    with pytest.raises(UnreadableDocument, match="11,000 by 10,000 pixels"):
        list(image_reader.read(bytes_of(Image.new("1", (11_000, 10_000))), "large.png", Limits()))
    assert time.monotonic() - began < 10


def test_too_many_frames_are_refused():
    dot = Image.new("1", (8, 8))
    data = bytes_of(dot, "TIFF", save_all=True, append_images=[dot, dot])
    with pytest.raises(UnreadableDocument, match="3 frames, more than 2"):
        list(image_reader.read(data, "many.tiff", Limits(pages=2)))


@pytest.mark.timeout(60)
def test_broken_pictures_are_refused_in_time():
    rng = random.Random(3)
    small = Image.frombytes("RGB", (60, 40), rng.randbytes(7200))
    for kind in ("PNG", "JPEG", "TIFF", "WEBP", "BMP"):
        data = bytes_of(small, kind)
        broken = [b"", data[:4], data[: len(data) // 2], rng.randbytes(3000)]
        for _ in range(6):
            changed = bytearray(data)
            for _ in range(rng.randint(1, 30)):
                changed[rng.randrange(min(len(changed), 300))] = rng.randrange(256)
            broken.append(bytes(changed))
        for candidate in broken:
            began = time.monotonic()
            with contextlib.suppress(UnreadableDocument):
                list(image_reader.read(candidate, f"x.{kind}", Limits()))
            assert time.monotonic() - began < 10


def test_pages_are_rendered_for_the_reader(tmp_path, page_b):
    data, _ = newspaper_b()
    (tmp_path / "b.pdf").write_bytes(data)
    (tmp_path / "b.jpg").write_bytes(bytes_of(page_b[0], "JPEG"))
    sheet = Image.open(io.BytesIO(render_page(tmp_path / "b.pdf", 1, 1.0)))
    assert sheet.format == "PNG"
    assert abs(sheet.width / sheet.height - page_b[0].width / page_b[0].height) < 0.01
    assert max(Image.open(io.BytesIO(render_page(tmp_path / "b.jpg", 1, 0.5))).size) == 500
    with pytest.raises(UnreadableDocument, match="no page 2"):
        render_page(tmp_path / "b.pdf", 2)
    with pytest.raises(UnreadableDocument, match="can't be read"):
        render_page(tmp_path / "missing.pdf")
    with pytest.raises(ValueError, match="scale"):
        render_page(tmp_path / "b.pdf", 1, 0)
