"""Texts and files made to cost time, memory or an error, and what becomes of them."""

from __future__ import annotations

import json
import os
import signal
import struct
import subprocess
import sys
import tempfile
import time
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from corpus import YinjuError
from corpus.language.names import strange_names, words_of, words_with_zones
from corpus.language.script import fold, simplified
from embeddings import figure_tokens, lexical_tokens
from rag.question.compound import parts_of
from rag.question.dictionary import translations
from rag.question.followups import standalone
from rag.question.kinds import without_asking_words
from rag.question.phrases import answer_language
from rag.question.small_talk import small_talk
from rag.question.terms import content_of, terms_of

__all__ = ["LENGTHS", "STRINGS", "read_awkward", "strings_through_functions"]

LENGTHS = (500, 1000, 2000)
_SLOWEST_S = 2.0  # what a function may take for a question, on a machine that others use too
_STOPPED_S = 20.0
_READING_S = 240.0
_READING_MIB = 3300  # a worker is allotted 3,072 and what it began with
_PIECES = {
    "ligatures that unfold": "\ufdfa",
    "digits": "9",
    "digits with commas": "9,",
    "numerals": "一二三亿万千百",
    "exponents": "1e99",
    "ordinals": "第",
    "title marks": "《",
    "title marks closed": "《一》",
    "quotes": '"“',
    "zones": "济南高新区",
    "administrative": "省市县",
    "points of names": "牛·",
    "letters and points": "a.",
    "hyphens": "-a",
    "spaces": " \u3000",
    "line breaks": "\r\n",
    "question marks": "？",
    "questions": "谁？",
    "semicolons and conjunctions": "和；与，",
    "followups": "它呢？那",
    "combining marks": "e\u0301\u0323\u0302",
    "joined emoji": "👩\u200d👩\u200d👧\u200d👦",
    "directions": "\u202e\u2066א",
    "kana": "ｶﾞﾊﾟかきく",
    "nul": "\0",
    "lone surrogates": "\ud800",
    "braces": "{}%s{0}",
    "markup": "<script>[1]",
    "no words": "的了是在",
    "latin words": "the of and policy ",
}
STRINGS = {name: (piece * max(LENGTHS))[: max(LENGTHS)] for name, piece in _PIECES.items()}
"""Adversarial texts by what they are made of, each of the greatest length."""


def _before(text: str) -> str:
    return standalone("它呢？", [("user", text), ("assistant", text)] * 3)


_FUNCTIONS: dict[str, Callable[[str], object]] = {
    "fold": fold,
    "simplified": simplified,
    "lexical_tokens": lexical_tokens,
    "figure_tokens": figure_tokens,
    "language_of": answer_language,
    "small_talk": lambda text: small_talk(text, "zh-Hans"),
    "parts_of": parts_of,
    "standalone": lambda text: standalone(text, [("user", "济南高新区有多少人？"), ("assistant", "39名。")]),
    "standalone, as history": _before,
    "without_asking_words": without_asking_words,
    "words_of": words_of,
    "words_with_zones": words_with_zones,
    "strange_names": lambda text: strange_names(fold(text), "济南高新区有三十九名政策官"),
    "terms_of": terms_of,
    "terms_of, in English documents": lambda text: terms_of(text, "en"),
    "content_of": lambda text: content_of(text, ("zh", "en")),
    "translations": translations,
}


class _TooLong(Exception):
    pass


@contextmanager
def _at_most(seconds: float) -> Iterator[None]:
    def stop(_number: int, _frame: Any) -> None:
        raise _TooLong

    signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


def strings_through_functions() -> tuple[int, list[str], list[dict[str, Any]]]:
    """Every text at every length through every function that a question goes through.

    Returns how often it was tried, what failed, and for each function its slowest text with the seconds at each length.
    """
    for warm in _FUNCTIONS.values():  # dictionaries are loaded once
        warm("济南高新区 policy 39")
    tries, failures, slowest = 0, [], []
    for name, function in _FUNCTIONS.items():
        worst: dict[str, Any] = {"function": name, "text": "", "seconds": [0.0]}
        for text_name, text in STRINGS.items():
            taken: list[float] = []
            for length in LENGTHS:
                tries += 1
                seconds, wrong = _tried(function, text[:length])
                taken.append(seconds)
                if wrong:
                    failures.append(f"{name}, {length} of {text_name}: {wrong}"[:200])
                    break
            if taken[-1] > worst["seconds"][-1]:
                worst = {"function": name, "text": text_name, "seconds": taken}
        slowest.append(worst)
    return tries, failures, slowest


def _tried(function: Callable[[str], object], text: str) -> tuple[float, str]:
    """The seconds it took, and what went wrong."""
    began, wrong = time.perf_counter(), ""
    try:
        with _at_most(_STOPPED_S):
            function(text)
    except _TooLong:
        wrong = f"stopped after {_STOPPED_S:.0f} s"
    except YinjuError:
        pass
    except Exception as exc:  # noqa: BLE001 - whatever it is, it is what is looked for
        refused_before = isinstance(exc, UnicodeEncodeError) and "\ud800" in text  # by the page; tried there
        wrong = "" if refused_before else f"{type(exc).__name__}: {exc}"
    seconds = round(time.perf_counter() - began, 3)
    return seconds, wrong or (f"{seconds:.1f} s" if seconds > _SLOWEST_S else "")


def read_awkward() -> tuple[int, list[str], list[dict[str, Any]]]:
    """Reads awkward files, each in a process of its own that is watched, and indexes them all beside a good one."""
    failures, figures = [], []
    with tempfile.TemporaryDirectory(prefix="yinju-awkward-") as folder:
        documents = Path(folder, "documents")
        documents.mkdir()
        for path in _awkward(documents):
            alone = Path(folder, "alone")
            alone.mkdir()
            path = path.rename(alone / path.name)
            read = f"print(sum(1 for _ in Library(Path({str(alone)!r})).read()))"
            code = f"from pathlib import Path; from corpus import Library; {read}"
            told = _watched([sys.executable, "-c", code], {})
            figures.append({"file": os.fsencode(path.name).decode("ascii", "backslashreplace"), **told})
            if told["problem"]:
                failures.append(f"{figures[-1]['file']}: {told['problem']}")
            path.rename(documents / path.name)
            alone.rmdir()
        outside = Path(folder, "outside.txt")
        outside.write_text("这份文件不在文库里，编号是七七四九。", encoding="utf-8")
        (documents / "link.txt").symlink_to(outside)
        (documents / "good.txt").write_text("市图书馆周二至周日九点开馆。", encoding="utf-8")
        home = {"YINJU_HOME": folder, "YINJU_LLM": "extractive"}
        code = (
            "import sys; from pathlib import Path; from embeddings import open_index, rebuild; "
            f"rebuild(Path({str(documents)!r}), Path({folder!r}) / 'index'); "
            f"ids = [d.id for d in open_index(Path({folder!r}) / 'index').documents()]; "
            "sys.exit(0 if 'good.txt' in ids and 'link.txt' not in ids else f'indexed: {ids}'[:300])"
        )
        told = _watched([sys.executable, "-c", code], home, most_mib=2 * _READING_MIB)
        figures.append({"file": "all of them, indexed", **told})
        if told["problem"]:
            failures.append(f"all of them, indexed: {told['problem']}")
    return len(figures), failures, figures


def _watched(command: list[str], environment: dict[str, str], most_mib: int = _READING_MIB) -> dict[str, Any]:
    """Runs a command and looks at the memory of all its processes; it is ended where it takes too much or too long."""
    began, most, problem = time.monotonic(), 0, ""
    with tempfile.TemporaryFile() as told:
        process = subprocess.Popen(
            command, stdout=told, stderr=told, start_new_session=True, env={**os.environ, **environment}
        )
        while process.poll() is None and not problem:
            most = max(most, _memory_mib(process.pid))
            if most > most_mib:
                problem = f"it took more than {most_mib} MiB"
            elif time.monotonic() - began > _READING_S:
                problem = f"it took longer than {_READING_S:.0f} s"
            time.sleep(0.05)
        with suppress(ProcessLookupError):  # all of its group may be gone
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        told.seek(0)
        lines = told.read().decode(errors="replace").strip().splitlines()
    if not problem and process.returncode:
        problem = f"it ended with {process.returncode}: {lines[-1][:200] if lines else ''}"
    return {"seconds": round(time.monotonic() - began, 1), "most_mib": most, "problem": problem}


def _memory_mib(session: int) -> int:
    """What the processes of a session hold of their own, without the files they have mapped."""
    kib = 0
    for entry in Path("/proc").glob("[0-9]*"):
        with suppress(OSError, StopIteration, ValueError, IndexError):  # one that has just ended
            if os.getsid(int(entry.name)) == session:
                lines = (entry / "status").read_text().splitlines()
                kib += int(next(line for line in lines if line.startswith("RssAnon:")).split()[1])
    return kib // 1024


def _awkward(folder: Path) -> Iterator[Path]:
    """The files; each is made when it is asked for."""
    texts = {
        "number.txt": f"共有{'9' * 400}名，占{'1' * 60}.5%。",
        "ligatures.txt": "\ufdfa" * 20_000,
        "paragraphs.md": "一段。\n\n" * 300_000,
        "headings.md": "# 一\n" * 50_000,
        "one line.txt": "济南高新区" * 400_000,
        "quotes.md": "> " * 50_000 + "一",
        "deep.json": "[" * 100_000 + "]" * 100_000,
        "deep.html": "<div>" * 50_000 + "一",
        "wide.csv": ",".join("一" * 50_000) + "\n" + ",".join("二" * 50_000),
        "surrogate.json": json.dumps({"title": "\ud800", "content": "内容\udfff，39名。"}),
    }
    for name, text in texts.items():
        yield _written(folder / name, text.encode("utf-8", "surrogatepass"))
    yield _written(Path(os.fsdecode(os.fsencode(folder) + b"/" + "旧文件.txt".encode("gbk"))), "三十九名。".encode())
    yield _written(folder / "zeros.txt", b"\0" * 1_000_000)
    yield _written(folder / "blank.png", _blank_png(9900))
    yield _written(folder / "forms.pdf", _nested_forms(24))


def _written(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path


def _blank_png(side: int) -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = zlib.compress((b"\0" + b"\xff" * (side // 8 + 1)) * side, 9)
    head = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def _nested_forms(depth: int) -> bytes:
    """A page whose form draws another one twice, and that one another: two to the power of the depth."""
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Contents 4 0 R/Resources<</XObject<</F 5 0 R>>>>>>",
        b"<</Length 4>>stream\n/F Do\nendstream",
    ]
    for n in range(depth):
        drawn = b"/F Do /F Do" if n < depth - 1 else b"0 0 9 9 re f"
        inner = b"/Resources<</XObject<</F %d 0 R>>>>" % (n + 6) if n < depth - 1 else b""
        head = b"<</Type/XObject/Subtype/Form/BBox[0 0 600 800]%s/Length %d>>" % (inner, len(drawn))
        objects.append(head + b"stream\n" + drawn + b"\nendstream")
    body, places = b"%PDF-1.7\n", []
    for number, content in enumerate(objects, 1):
        places.append(len(body))
        body += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    count = len(objects) + 1
    tail = b"xref\n0 %d\n0000000000 65535 f \n%strailer\n<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF"
    return body + tail % (count, table, count, len(body))
