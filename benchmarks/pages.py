"""How many made-up pages are read in exactly the order they were written, and how fast.

    python benchmarks/pages.py --pages 300 --scanned 8

Pages come from ``tests/layouts.py``; seeds from 100,000 on are not used while the software is written. A page counts
only if every paragraph, headline, byline and caption of every article comes out whole, in order and next to each
other; in which order the articles follow is not judged, as readers do not agree on it. For scanned pages the same PDF
is rendered at 200 dpi, and the share of each article's sentences found in order, give or take a character in ten, is
counted. The results go to benchmarks/results/pages.json.
"""

from __future__ import annotations

import argparse
import io
import re
import sys
import time
from collections import Counter
from difflib import SequenceMatcher
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

import pypdfium2  # noqa: E402
from layouts import random_page  # noqa: E402
from measured import keep  # noqa: E402

from corpus import Limits  # noqa: E402
from corpus.language.sentences import sentence_spans  # noqa: E402
from corpus.readers.formats import image, pdf  # noqa: E402


def sentences(text: str) -> list[str]:
    """Those of a text, without white space."""
    return [re.sub(r"\s+", "", text[start:end]) for start, end in sentence_spans(text)]


def same(a: str, b: str) -> bool:
    """Equal but for a character in ten."""
    return a == b or (abs(len(a) - len(b)) <= 3 and SequenceMatcher(None, a, b, autojunk=False).ratio() >= 0.9)


def in_order(truth: list[str], found: list[str]) -> int:
    """How many of the true sentences are found in order."""
    longest = [[0] * (len(found) + 1) for _ in range(len(truth) + 1)]
    for i, a in enumerate(truth, 1):
        for j, b in enumerate(found, 1):
            longest[i][j] = longest[i - 1][j - 1] + 1 if same(a, b) else max(longest[i - 1][j], longest[i][j - 1])
    return longest[-1][-1]


def typeset(first: int, count: int) -> dict[str, object]:
    """Exactness and speed over that many pages as PDF."""
    pages: Counter[str] = Counter()
    exact: Counter[str] = Counter()
    articles = exact_articles = 0
    seconds = 0.0
    missed = []
    for seed in range(first, first + count):
        sample = random_page(seed)
        began = time.perf_counter()
        (document,) = pdf.read(sample.data, "page.pdf", Limits())
        seconds += time.perf_counter() - began
        text = f"\n{document.text}\n"
        whole = ["\n" + "\n".join(article) + "\n" in text for article in sample.articles]
        pages[sample.kind] += 1
        exact[sample.kind] += all(whole)
        articles += len(whole)
        exact_articles += sum(whole)
        if not all(whole):
            missed.append(seed)
    return {
        "pages": count,
        "exact": round(sum(exact.values()) / count, 4),
        "exact_articles": round(exact_articles / articles, 4),
        "exact_by_kind": {kind: f"{exact[kind]} of {pages[kind]}" for kind in sorted(pages)},
        "pages_per_second": round(count / seconds, 1),
        "missed_seeds": missed,
    }


def scanned(first: int, count: int) -> dict[str, object]:
    """Order and speed over that many pages as pictures of 200 dpi."""
    found = total = 0
    seconds = 0.0
    by_page = {}
    for seed in range(first, first + count):
        sample = random_page(seed)
        file = io.BytesIO()
        with pypdfium2.PdfDocument(sample.data) as sheet:
            sheet[0].render(scale=200 / 72).to_pil().save(file, "PNG")
        began = time.perf_counter()
        (document,) = image.read(file.getvalue(), "page.png", Limits())
        seconds += time.perf_counter() - began
        read = sentences(document.text)
        hits = total_here = 0
        for article in sample.articles:
            truth = sentences("\n".join(article))
            hits += in_order(truth, read)
            total_here += len(truth)
        by_page[seed] = round(hits / total_here, 3)
        found += hits
        total += total_here
    return {
        "pages": count,
        "sentences_in_order": round(found / total, 4),
        "sentences_in_order_by_seed": by_page,
        "seconds_per_page": round(seconds / count, 1),
    }


def main() -> None:
    """Measures and writes."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--pages", type=int, default=300)
    parser.add_argument("--scanned", type=int, default=8)
    parser.add_argument("--first", type=int, default=100_000, help="the first seed")
    options = parser.parse_args()
    figures = {"typeset": typeset(options.first, options.pages), "scanned": scanned(options.first, options.scanned)}
    keep("pages", figures, ("pypdfium2", "rapidocr", "onnxruntime", "reportlab", "pillow"))


if __name__ == "__main__":
    main()
