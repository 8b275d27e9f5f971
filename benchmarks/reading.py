"""How right and how fast documents are read, measured on pages and texts whose right reading is known.

    python benchmarks/reading.py --data FOLDER [--fuzz 10000] [--segments FOLDER]

FOLDER holds html_zh.jsonl.gz (pages with their article), the question sets with their evidence, and the texts for
load; that of the segments is tests/ of trafilatura's repository, with its evaldata.json. The figures go to
benchmarks/results/reading.json, with the versions and the machine they come from.
"""

from __future__ import annotations

import argparse
import gzip
import json
import re
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))
from fuzz_reading import fuzz
from measured import keep

from corpus import Document, Limits, read_document, split
from corpus.cleaning.charset import declared_encoding, decode
from corpus.readers.reading import read_bytes

ARTICLES = Path(__file__).parent.parent / "corpus" / "articles"
TOKEN = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]|[A-Za-z\u00c0-\u024f]+")
PACKAGES = ("lxml", "trafilatura", "resiliparse", "readability-lxml", "python-docx", "python-pptx", "openpyxl")


def records(path: Path) -> Iterator[dict[str, Any]]:
    """The objects in a file of JSON lines, gzipped or not."""
    with gzip.open(path, "rt", encoding="utf-8") if path.suffix == ".gz" else path.open(encoding="utf-8") as lines:
        yield from map(json.loads, lines)


def trigrams(text: str) -> Counter[tuple[str, ...]]:
    """Runs of three Chinese characters or Latin words."""
    words = TOKEN.findall(text)
    return Counter(zip(words, words[1:], words[2:], strict=False))


def f1(found: str, right: str) -> float:
    """Of the trigrams of two texts, as multisets."""
    left, other = trigrams(found), trigrams(right)
    shared = sum((left & other).values())
    return 2 * shared / (sum(left.values()) + sum(other.values())) if shared else 0.0


def plain(document: Document) -> str:
    """The text with each cell of a table once, without the names that reading puts before every value."""
    pieces, last = [], 0
    for table in document.tables:
        pieces += [document.text[last : table.start], "\n".join(cell.text for cell in table.cells if cell.text)]
        last = table.end
    return "\n".join([*pieces, document.text[last:]])


def read(data: bytes, name: str) -> Document:
    """The document in the bytes of a file."""
    (document,) = read_bytes(data, name, name, Limits())
    assert isinstance(document, Document)
    return document


def extractors() -> dict[str, Callable[[str], str]]:
    """Ours and those of the libraries that are installed."""
    found: dict[str, Callable[[str], str]] = {"yinju": lambda page: plain(read(page.encode(), "page.html"))}
    try:
        import trafilatura

        found["trafilatura"] = lambda page: (
            trafilatura.extract(page, favor_precision=True, include_comments=False) or ""
        )
    except ImportError:
        pass
    try:
        from resiliparse.extract.html2text import extract_plain_text

        found["resiliparse"] = lambda page: extract_plain_text(page, main_content=True)
    except ImportError:
        pass
    try:
        import readability
        from lxml.html import fromstring

        found["readability"] = lambda page: fromstring(readability.Document(page).summary()).text_content()
    except ImportError:
        pass
    return found


def pages(data: Path) -> dict[str, Any]:
    """Articles of web pages: trigram F1 of each extractor, and pages decoded right."""
    rows = list(records(data / "html_zh.jsonl.gz"))
    decoded = sum(
        decode(raw, declared_encoding(raw)).text == row["html"].removeprefix("\ufeff")
        for row in rows
        for raw in [row["html"].encode(row["encoding"])]
    )
    table = {}
    for name, extract in extractors().items():
        scores, started = [], time.perf_counter()
        for row in rows:
            try:
                scores.append(f1(extract(row["html"]), row["text"]))
            except Exception as exc:  # noqa: BLE001 - what another library does with a page is its result
                print(f"{name} on {row['id']}: {exc!r}", file=sys.stderr)
                scores.append(0.0)
        seconds = time.perf_counter() - started
        table[name] = {
            "mean": round(sum(scores) / len(scores), 4),
            "worst": round(min(scores), 3),
            "under_0.5": sum(score < 0.5 for score in scores),
            "pages_per_second": round(len(rows) / seconds, 1),
        }
    return {"pages": len(rows), "decoded_right": decoded / len(rows), "f1": table}


def segments(folder: Path) -> dict[str, Any]:
    """Public pages with segments that an extractor should find and others that it should leave out: its F1 on them."""
    wanted = list(json.loads((folder / "evaldata.json").read_text(encoding="utf-8")).values())
    results: dict[str, Any] = {"pages": len(wanted)}
    for name, extract in extractors().items():
        right = wrong = total = 0
        for row in wanted:
            path = next(path for kind in ("cache", "eval") if (path := folder / kind / row["file"]).is_file())
            data = path.read_bytes()
            try:
                found = " ".join(extract(decode(data, declared_encoding(data)).text).split())
            except Exception as exc:  # noqa: BLE001 - what another library does with a page is its result
                print(f"{name} on {row['file']}: {exc!r}", file=sys.stderr)
                found = ""
            right += sum(" ".join(segment.split()) in found for segment in row["with"])
            wrong += sum(" ".join(segment.split()) in found for segment in row["without"])
            total += len(row["with"])
        precision, recall = right / max(1, right + wrong), right / total
        figures = {"precision": precision, "recall": recall, "f1": 2 * right / (right + wrong + total)}
        results[name] = {figure: round(value, 4) for figure, value in figures.items()}
    return results


def evidence(data: Path) -> dict[str, Any]:
    """The share of evidence strings that lie whole inside one passage, white space aside."""
    laws = {row["id"]: row["text"] for row in records(data / "corpus_laws.jsonl.gz") if row["type"] == "doc"}
    results = {}
    for name, suffix in (("laws_questions_dev", ".txt"), ("laws_questions_dev", ".md"), ("seeds_questions_dev", "")):
        passages: dict[str, list[str]] = {}
        inside = total = 0
        for question in records(data / f"{name}.jsonl"):
            for document_id in question["doc_ids"]:
                if document_id not in passages:
                    if suffix:
                        document = read(laws[document_id].encode(), document_id + suffix)
                    else:
                        document = read_document(ARTICLES / document_id)
                    passages[document_id] = ["".join(passage.text.split()) for passage in split(document)]
            for text in question.get("evidence", ()):
                total += 1
                squeezed = "".join(text.split())
                inside += any(squeezed in passage for i in question["doc_ids"] for passage in passages[i])
        results[name + suffix] = {"inside": inside, "total": total, "share": round(inside / total, 4)}
    return results


def languages(data: Path) -> dict[str, Any]:
    """The share of documents whose language and script are told right."""
    results = {}
    for name, right in (
        ("xquad_zh", "zh-Hans"),
        ("cmrc2018_trial", "zh-Hans"),
        ("drcd_dev400", "zh-Hant"),
        ("news_3k", "zh-Hans"),
    ):
        found = Counter(
            read(row["text"].encode(), "a.txt").language
            for row in records(data / f"{name}.jsonl.gz")
            if row["type"] == "doc"
        )
        results[name] = {"right": found[right], "total": found.total()}
    return results


def throughput(data: Path) -> dict[str, Any]:
    """Megabytes of UTF-8 a second on one core: decoding alone, cleaning, and splitting what was cleaned."""
    results = {}
    for name in ("news_3k", "corpus_laws"):
        texts = [row["text"].encode() for row in records(data / f"{name}.jsonl.gz") if row["type"] == "doc"]
        megabytes = sum(map(len, texts)) / 1e6
        marks = [time.perf_counter()]
        for text in texts:
            text.decode()
        marks.append(time.perf_counter())
        documents = [read(text, "a.txt") for text in texts]
        marks.append(time.perf_counter())
        passages = sum(len(split(document)) for document in documents)
        marks.append(time.perf_counter())
        plain, clean, divide = (megabytes / (b - a) for a, b in pairwise(marks))
        results[name] = {
            "megabytes": round(megabytes, 1),
            "passages": passages,
            "plain_decoding": round(plain, 1),
            "reading": round(clean, 1),
            "splitting": round(divide, 1),
            "passages_per_second": round(passages / (marks[3] - marks[1])),
        }
    return results


def main() -> None:
    """Measures, prints and stores."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="the folder of the data sets")
    parser.add_argument("--fuzz", type=int, default=10_000, help="how many fuzzed inputs to read (0: none)")
    parser.add_argument("--segments", type=Path, help="the folder tests/ of trafilatura's repository")
    arguments = parser.parse_args()
    results: dict[str, Any] = {
        "html": pages(arguments.data),
        "evidence": evidence(arguments.data),
        "languages": languages(arguments.data),
        "throughput_mb_per_second": throughput(arguments.data),
    }
    if arguments.segments:
        results["segments"] = segments(arguments.segments)
    if arguments.fuzz:
        results["fuzz"] = fuzz(arguments.fuzz, seed=1)
    keep("reading", results, PACKAGES)


if __name__ == "__main__":
    main()
