"""What a rebuild costs when little has changed: 10,000 documents, 100,000 passages.

    python benchmarks/incremental.py [--documents 10000] [--folder FOLDER]

Documents are tiled from the bundled articles, each with figures of its own, and encoded by a stand-in that costs next
to nothing, so that everything but encoding is timed: a first build, rebuilds with nothing changed, with one document
added, changed and removed. Each rebuild is a process of its own, timed from its start to its end, imports included.
``--folder`` keeps the library for another run.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from measured import keep, most_memory
from stand_in import StandIn

from corpus import Library, read_document
from embeddings import rebuild

TEXT_CHARS = 3200
ROUNDS = 3


def write(folder: Path, number: int, source: str) -> None:
    """A document of ten passages or so, none of which stands in another document."""
    lines = [
        f"第{number}号文件",
        *(f"{line[:-1]}（{number}之{n}）{line[-1:]}" for n, line in enumerate(source.split("\n"))),
    ]
    path = folder / f"{number // 1000:03}" / f"{number:06}.txt"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(lines), encoding="utf-8")


def once(documents: Path, index_dir: Path) -> None:
    """One rebuild, told as JSON."""
    with most_memory() as most:
        report = rebuild(documents, index_dir, encoder=StandIn())
    values = {"changed": report.changed, "documents": report.documents, "passages": report.passages}
    print(json.dumps({**values, "seconds": report.seconds, "own_memory_mb": most[0]}))


def timed(documents: Path, index_dir: Path) -> dict[str, float]:
    started = time.perf_counter()
    command = [sys.executable, __file__, "--once", str(documents), str(index_dir)]
    process = subprocess.run(command, stdout=subprocess.PIPE, check=True, text=True)
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    values: dict[str, float] = json.loads(process.stdout)
    return {**values, "process_s": round(time.perf_counter() - started, 2), "cpu_s": used.ru_utime + used.ru_stime}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--documents", type=int, default=10_000)
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--once", nargs=2, type=Path)
    arguments = parser.parse_args()
    if arguments.once:
        once(*arguments.once)
        return
    articles = Path(__file__).parent.parent / "corpus" / "articles"
    source = "\n".join(read_document(path).text for path in Library(articles).files())[:TEXT_CHARS]
    with tempfile.TemporaryDirectory() as temporary:
        folder = arguments.folder or Path(temporary)
        documents, index_dir = folder / "documents", folder / "index"
        if not documents.exists():
            for number in range(arguments.documents):
                write(documents, number, source)
        cpu = 0.0
        figures: dict[str, object] = {}
        for name in ("first", *["nothing_changed"] * ROUNDS, *["one_added"] * ROUNDS, "one_changed", "one_removed"):
            number = arguments.documents + int(time.time())
            if name == "one_added":
                write(documents, number, source)
            elif name == "one_changed":
                write(documents, 5, f"改过了{number}。\n{source}")
            elif name == "one_removed":
                (documents / "000" / "000007.txt").unlink(missing_ok=True)
            values = timed(documents, index_dir)
            values["cpu_s"], cpu = round(values["cpu_s"] - cpu, 2), values["cpu_s"]
            print(name, values, flush=True)
            figures.setdefault(name, []).append(values)  # type: ignore[attr-defined]
        keep("incremental", figures, ("faiss-cpu", "tantivy", "numpy"))


if __name__ == "__main__":
    main()
