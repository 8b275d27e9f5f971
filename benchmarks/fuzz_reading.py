"""Hostile inputs for every reader: random bytes, truncated and mutated real files, files under the wrong suffix.

    python benchmarks/fuzz_reading.py --count 10000 --seed 1

Each input must come back as documents that trace to their file, or as one clear error, within the time limit.
"""

from __future__ import annotations

import argparse
import faulthandler
import io
import random
import signal
import sys
import time
import zipfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from corpus import Document, DocumentError, Limits, split
from corpus.readers.reading import read_bytes
from corpus.readers.registry import readers

SECONDS = 10
PAGED_SHARE = 0.05
LIMITS = Limits(
    file_bytes=32 << 20, text_chars=8 << 20, archive_bytes=64 << 20, table_cells=200_000, page_pixels=500_000
)
PICTURES = {
    ".png": "PNG",
    ".jpg": "JPEG",
    ".jpeg": "JPEG",
    ".tif": "TIFF",
    ".tiff": "TIFF",
    ".webp": "WEBP",
    ".bmp": "BMP",
}
PAGED = frozenset((".pdf", *PICTURES))
LIBRARIES = frozenset((".docx", ".pptx", ".pptm", ".xlsx", ".xlsm")) | PAGED
TEXT = (
    "# 第一章 总则\n\n第一条 为了规范人才工作，制定本办法。2024年4月24日起施行，补贴128000元。\n\n"
    "| 姓名 | 职务 |\n|---|---|\n| 张三 | **主任** |\n\n"
    '<p>聘任39名&ldquo;首席政策官&rdquo;</p> [链接](http://x.y) "a,b";c\n' * 3
)
PAGE = (
    "<html><head><meta charset=utf-8><title>双榜提名_网</title></head><body>"
    "<div class=nav><a href=/>首页</a></div><h1>双榜提名</h1>"
    "<div>发布日期：2024-04-24 来源：高新区</div>"
    "<div id=content><p>创新聘任39名&ldquo;首席政策官&rdquo;，解决诉求3000余项。</p>"
    "<table border=1><tr><th>姓名<th>职务<tr><td>张三<td>主任</table>"
    "<script>var a='</p>'</script><!-- c --></div></body></html>"
)


def seeds() -> dict[str, bytes]:
    """One real file a format."""
    import docx
    import openpyxl
    import pptx

    found = {suffix: TEXT.encode() for suffix in (".txt", ".md", ".text")}
    found |= {suffix: PAGE.encode("utf-8") for suffix in (".html", ".htm")}
    found[".csv"] = '姓名,职务\n张三,"主任,甲"\n李四,官\n'.encode("gb18030")
    found[".tsv"] = "姓名\t职务\n张三\t主任\n".encode("utf-16")
    found[".json"] = '{"title": "甲", "content": "正文\\n二\\u4e2d", "list": [1, {"a": null}]}'.encode()
    found[".jsonl"] = '{"id": "1", "text": "一"}\n{"id": "2", "text": "二"}\n'.encode()
    found[".eml"] = (
        "From: a@b.c\r\nSubject: =?gb2312?B?us8=?=\r\nDate: Wed, 24 Apr 2024 10:00:00 +0800\r\nMIME-Version: 1.0\r\n"
        'Content-Type: multipart/mixed; boundary="B"\r\n\r\n'
        "--B\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n正文一句。\r\n"
        '--B\r\nContent-Type: text/html\r\nContent-Disposition: attachment; filename="p.html"\r\n\r\n'
        + PAGE
        + "\r\n--B--\r\n"
    ).encode()
    found[".mhtml"] = found[".eml"]
    word = docx.Document()
    word.add_heading("总则", 1)
    word.add_paragraph("第一条 制定本办法。")
    word.add_table(2, 2).cell(0, 0).text = "姓名"
    found[".docx"] = _saved(word)
    slides = pptx.Presentation()
    slides.slides.add_slide(slides.slide_layouts[0]).shapes.title.text = "标题"
    found[".pptx"] = _saved(slides)
    book = openpyxl.Workbook()
    book.active.append(["姓名", "职务"])
    book.active.append(["张三", 1.5])
    found[".xlsx"] = _saved(book)
    found[".epub"] = _zipped(
        {
            "mimetype": b"application/epub+zip",
            "META-INF/container.xml": b'<container><rootfiles><rootfile full-path="c.opf"/></rootfiles></container>',
            "c.opf": b"<package><dc:title>t</dc:title><manifest>"
            b'<item id="a" href="a.xhtml" media-type="application/xhtml+xml"/>'
            b'</manifest><spine><itemref idref="a"/></spine></package>',
            "a.xhtml": PAGE.encode(),
        }
    )
    found[".zip"] = _zipped({"a.txt": TEXT.encode(), "b.html": PAGE.encode(), "c.json": found[".json"]})
    return found


def paged_seeds() -> dict[str, bytes]:
    """A page as a PDF, and a line of text as a picture of each kind."""
    from PIL import Image, ImageDraw
    from reportlab.pdfgen.canvas import Canvas

    out = io.BytesIO()
    canvas = Canvas(out, pagesize=(300, 200))
    for top in (40, 60, 80):
        canvas.drawString(20, 200 - top, "The zone appointed 39 officers in 2023.")
    canvas.save()
    found = {".pdf": out.getvalue()}
    picture = Image.new("RGB", (260, 40), "white")
    ImageDraw.Draw(picture).text((10, 10), "The zone appointed 39 officers", fill="black", font_size=16)
    for suffix, kind in PICTURES.items():
        out = io.BytesIO()
        picture.save(out, kind)
        found[suffix] = out.getvalue()
    return found


def _saved(file: object) -> bytes:
    out = io.BytesIO()
    file.save(out)  # type: ignore[attr-defined]
    return out.getvalue()


def _zipped(files: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return out.getvalue()


def inputs(count: int, seed: int, paged: float) -> Iterator[tuple[str, bytes]]:
    """``count`` pairs of suffix and bytes, the same for the same seed; a share of ``paged`` are PDFs and pictures."""
    rng = random.Random(seed)
    known = seeds()
    suffixes = sorted(set(readers()) - PAGED)
    if paged:
        known |= paged_seeds()
    for _ in range(count):
        suffix = rng.choice(sorted(PAGED)) if rng.random() < paged else rng.choice(suffixes)
        data = known.get(suffix, PAGE.encode())
        kind = rng.random()
        if kind < 0.15:
            data = rng.randbytes(rng.choice([0, 1, 2, 7, 64, 1000, 20_000]))
        elif kind < 0.3:
            data = data[: rng.randrange(len(data) + 1)]
        elif kind < 0.4:
            data = known[rng.choice(sorted(known))]
        elif kind < 0.5:
            token = rng.choice(
                [
                    b"<div>",
                    b"<b",
                    b'<a href="',
                    b"[",
                    b'{"a":',
                    b"&amp",
                    b"!",
                    b"**",
                    b"|",
                    b'"',
                    b"\xe2\x80\xa6",
                    b"<!--",
                    b"=?",
                    b"\n",
                    b" \n",
                    b"#",
                    b"(",
                    b"<td>",
                    b"</p>",
                    b". ",
                    b"\x00",
                    "第一条".encode(),
                    "。".encode(),
                    b"1.",
                    b"<![",
                ]
            )
            data = token * rng.choice([10, 1000, 30_000])
        else:
            mutated = bytearray(data)
            for _ in range(rng.choice([1, 3, 20, 200])):
                _mutate(mutated, rng)
            data = bytes(mutated)
            if suffix in (".docx", ".pptx", ".xlsx", ".epub", ".zip") and rng.random() < 0.6:
                data = _mutated_inside(known[suffix], rng)
        yield suffix, data


def _mutate(data: bytearray, rng: random.Random) -> None:
    if not data:
        return
    at = rng.randrange(len(data))
    kind = rng.randrange(4)
    if kind == 0:
        data[at] = rng.randrange(256)
    elif kind == 1:
        del data[at : at + rng.randrange(1, 40)]
    elif kind == 2:
        data[at:at] = bytes(data[at : at + rng.randrange(1, 200)]) * rng.randrange(1, 5)
    else:
        data[at:at] = rng.choice(
            [
                b"<",
                b">",
                b'"',
                b"\\u12",
                b"&#x110000;",
                b"\0",
                b"\xff\xfe",
                b"]]>",
                b"<!ENTITY x 'y'>",
                "条".encode("gbk"),
            ]
        )


def _mutated_inside(data: bytes, rng: random.Random) -> bytes:
    """The container whole, one of its parts damaged: this gets past the check of the archive."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    name = rng.choice(sorted(files))
    mutated = bytearray(files[name])
    for _ in range(rng.choice([1, 3, 20])):
        _mutate(mutated, rng)
    files[name] = bytes(mutated)
    if rng.random() < 0.1:
        del files[name]
    return _zipped(files)


def check(suffix: str, data: bytes) -> str:
    """Reads one input; returns "read" or "refused".

    Raises:
        AssertionError: what was read does not hold together.
    """
    try:
        items = list(read_bytes(data, f"fuzz{suffix}", f"fuzz{suffix}", LIMITS))
    except DocumentError as exc:
        # What a library raises on a broken file is expected; our own parsers should have said what is wrong.
        ours = suffix not in LIBRARIES and "can't be read as" in str(exc)
        if ours or not str(exc):
            raise AssertionError(f"{exc!r} from {exc.__cause__!r}") from exc
        return "refused"
    for item in items:
        if isinstance(item, Document):
            for passage in split(item):
                assert item.text[passage.start : passage.end] == passage.text
                assert len(passage.text) <= 400
            last = 0
            for segment in item.origin.segments:
                assert segment.start >= last
                last = segment.start + segment.length
            assert last <= len(item.text)
    return "read"


def main() -> int:
    """Runs the fuzz and prints what came of it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument(
        "--paged", type=float, default=PAGED_SHARE, help="the share of PDFs and pictures (they are slow)"
    )
    parser.add_argument("--keep", type=Path, help="folder for inputs that crash or hang")
    arguments = parser.parse_args()
    results = fuzz(arguments.count, arguments.seed, keep=arguments.keep, paged=arguments.paged)
    print(results)
    return 1 if results["crashes"] or results["hangs"] else 0


class _Late(BaseException):
    """An input took too long. No ``Exception``, or a reader would take it for the file's fault."""


def fuzz(count: int, seed: int, keep: Path | None = None, paged: float = PAGED_SHARE) -> dict[str, float]:
    """Reads ``count`` inputs; counts of what was read, refused, crashed and took over ten seconds."""
    faulthandler.enable()
    outcomes: Counter[str] = Counter()
    slowest = 0.0
    timed = hasattr(signal, "SIGALRM")

    def late(*_: object) -> None:
        raise _Late

    if timed:
        signal.signal(signal.SIGALRM, late)
    for number, (suffix, data) in enumerate(inputs(count, seed, paged)):
        started = time.perf_counter()
        if timed:
            signal.alarm(SECONDS)
        try:
            outcome = check(suffix, data)
        except _Late:
            outcome = "hangs"
        except Exception as exc:  # noqa: BLE001 - any is what is looked for
            outcome = "crashes"
            print(f"input {number} ({suffix}): {exc!r}", file=sys.stderr)
        finally:
            if timed:
                signal.alarm(0)
        seconds = time.perf_counter() - started
        if seconds > SECONDS / 2:
            print(f"input {number} ({suffix}, {len(data)} bytes) took {seconds:.1f} s", file=sys.stderr)
        slowest = max(slowest, seconds)
        outcomes[outcome] += 1
        if keep is not None and outcome in ("hangs", "crashes"):
            keep.mkdir(parents=True, exist_ok=True)
            (keep / f"{number}{suffix}").write_bytes(data)
    return {
        "inputs": count,
        **{name: outcomes[name] for name in ("read", "refused", "crashes", "hangs")},
        "slowest_seconds": round(slowest, 2),
    }


if __name__ == "__main__":
    sys.exit(main())
