"""Rebuilds killed at random moments, and what is left of the index each time.

    python benchmarks/killing.py [--kills 300]

Each round changes the documents folder (adds, changes, removes, renames), starts a rebuild in a process of its own and
ends that process with SIGKILL after a random time, on average half of what an undisturbed rebuild takes. Then the index
must open, be a generation that was whole before the kill or the new one, have every checksum right and answer. At
some rounds the rebuild is run to its end instead, and its content is compared with that of an index made from nothing.
Half of the rounds write small generations anew, half share files as large ones do. The encoder is a stand-in, slowed
down so that encoding is killed as well.
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from measured import keep
from stand_in import StandIn

import embeddings.building.encoding
import embeddings.local.generation
from embeddings import check_index, rebuild
from embeddings.encoders.protocol import Vectors
from embeddings.local.index import FaissIndex

DIMENSIONS = 32
CHECK_EVERY = 5


def sharing(on: bool) -> None:
    embeddings.local.generation._SHARED_FROM = 0 if on else 10**9  # noqa: SLF001
    embeddings.building.encoding._FIRST = embeddings.building.encoding._MOST = 16  # noqa: SLF001


def build_once(documents: Path, index_dir: Path, shared: bool, seconds: float) -> None:
    """What the killed process does."""
    sharing(shared)
    print("begun", flush=True)
    rebuild(documents, index_dir, encoder=StandIn(DIMENSIONS, seconds_a_text=seconds))


def change(folder: Path, dice: random.Random) -> None:
    """Adds, changes, removes and renames a few documents."""
    for _ in range(dice.randint(1, 5)):
        write(folder / f"{dice.randint(0, 60):03}.txt", dice)
    present = sorted(folder.glob("*.txt"))
    if len(present) > 25:
        dice.choice(present).unlink()
    present = sorted(folder.glob("*.txt"))
    dice.choice(present).replace(folder / f"{dice.randint(0, 60):03}.txt")


def write(path: Path, dice: random.Random) -> None:
    sums = [dice.randint(1, 9999) for _ in range(8)]
    lines = [
        f"关于第{sums[0]}号补贴的通知",
        *(f"第{n}条规定补贴{amount}万元，自发布之日起施行。" for n, amount in enumerate(sums)),
    ]
    path.write_text("\n".join(lines), encoding="utf-8")


def content(index: FaissIndex) -> dict[str, tuple[str, Vectors]]:
    """Passages by their ids: texts, which must be the same, and vectors, which must be near."""
    rows = sorted(set(range(index.manifest.rows)) - set(index.removed.tolist()))
    found = {}
    for row in rows:
        passage = index.passage(row)
        assert index.document(passage.document_id).text[passage.start : passage.end] == passage.text
        found[passage.id] = passage.text, np.vstack([index.vectors([row]), index.sentences(row).vectors])
    return found


def same(one: dict[str, tuple[str, Vectors]], other: dict[str, tuple[str, Vectors]]) -> bool:
    return one.keys() == other.keys() and all(
        one[key][0] == other[key][0] and np.allclose(one[key][1], other[key][1], atol=1e-3) for key in one
    )


def checked(index_dir: Path, whole: dict[str, int]) -> str:
    """Opens the index as it was left, and asks it; the generation that answers."""
    index = FaissIndex.open(index_dir)
    name = index.manifest.generation
    vector = StandIn(DIMENSIONS).encode(["补贴一百万元"], "query")[0]
    found = index.dense(vector, 10_000).rows.tolist()
    documents = {summary.id for summary in index.documents()}
    assert len(found) == index.manifest.passages
    assert {index.passage(row).document_id for row in found} == documents
    assert len(documents) == index.manifest.documents
    assert whole.setdefault(name, len(found)) == len(found), "a generation changed after it was made"
    index.close()
    problems = [problem for result in check_index(index_dir) for problem in result.problems]
    assert not problems, problems
    return name


def main() -> None:  # noqa: PLR0915 - one round after another
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--kills", type=int, default=300)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--seconds-a-text", type=float, default=0.002)
    parser.add_argument("--child", nargs=3, metavar=("DOCUMENTS", "INDEX", "SHARED"))
    arguments = parser.parse_args()
    if arguments.child:
        documents, index_dir, shared = arguments.child
        build_once(Path(documents), Path(index_dir), shared == "1", arguments.seconds_a_text)
        return
    dice = random.Random(arguments.seed)
    figures = {"kills": 0, "ended_before_the_kill": 0, "before_the_new_generation": 0, "after_it": 0, "compared": 0}
    resumed = 0
    with tempfile.TemporaryDirectory() as folder:
        documents, index_dir = Path(folder, "documents"), Path(folder, "index")
        documents.mkdir()
        for n in range(30):
            write(documents / f"{n:03}.txt", dice)
        rebuild(documents, index_dir, encoder=StandIn(DIMENSIONS))
        whole: dict[str, int] = {}
        before, usual = checked(index_dir, whole), 1.0
        rounds = 0
        while figures["kills"] < arguments.kills:
            rounds += 1
            shared = dice.random() < 0.5
            change(documents, dice)
            process = subprocess.Popen(
                [
                    sys.executable,
                    __file__,
                    "--seconds-a-text",
                    str(arguments.seconds_a_text),
                    "--child",
                    documents,
                    index_dir,
                    str(int(shared)),
                ],
                stdout=subprocess.PIPE,
            )
            assert process.stdout is not None
            process.stdout.readline()
            begun = time.perf_counter()
            try:
                process.wait(dice.uniform(0, usual * 1.1))
                usual = 0.8 * usual + 0.2 * (time.perf_counter() - begun)
                figures["ended_before_the_kill"] += 1
                assert process.returncode == 0
            except subprocess.TimeoutExpired:
                os.kill(process.pid, signal.SIGKILL)
                process.wait()
                figures["kills"] += 1
                now = checked(index_dir, whole)
                figures["before_the_new_generation" if now == before else "after_it"] += 1
            process.stdout.close()
            if rounds % CHECK_EVERY == 0:
                sharing(shared)
                encoder = StandIn(DIMENSIONS)
                kept = (index_dir / "encoded.sqlite").exists()
                started = time.perf_counter()
                rebuild(documents, index_dir, encoder=encoder)
                usual = max(usual, time.perf_counter() - started)
                resumed += kept
                with tempfile.TemporaryDirectory() as fresh:
                    rebuild(documents, fresh, encoder=StandIn(DIMENSIONS))
                    assert same(content(FaissIndex.open(index_dir)), content(FaissIndex.open(Path(fresh))))
                figures["compared"] += 1
            before = checked(index_dir, whole)
            if figures["kills"] % 25 == 0:
                print(figures, f"{usual:.2f} s", flush=True)
    keep("killing", {**figures, "compared_after_a_broken_off_encoding": resumed}, ("faiss-cpu", "tantivy"))


if __name__ == "__main__":
    main()
