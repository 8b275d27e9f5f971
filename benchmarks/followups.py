"""Are questions that lean on the turns before them completed rightly?

    python benchmarks/followups.py [--data FOLDER] [--without-vectors] [--told]

FOLDER holds followups_dev.jsonl; without one training/long_conversations.jsonl.gz is measured. They are conversations,
each with what the completed question must hold (alternatives by a bar) and must not. It may not be twice as long as the
longest wording that a person gave it.
"""

from __future__ import annotations

import argparse
import gzip
import json
import time
from collections import defaultdict
from pathlib import Path
from typing import Any

from measured import keep

from embeddings import load_encoder
from rag.conversation import turns_of
from rag.question.followups import candidates

LONG = Path(__file__).parent / "training" / "long_conversations.jsonl.gz"


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--data", type=Path)
    parser.add_argument("--told", action="store_true", help="prints those that are completed wrongly")
    parser.add_argument("--without-vectors", action="store_true", help="by the words alone")
    given = parser.parse_args()
    encoder = None if given.without_vectors else load_encoder()
    right: dict[str, list[bool]] = defaultdict(list)
    among: list[bool] = []
    times: list[float] = []
    for row in conversations(given.data):
        began = time.perf_counter()
        found = [text for text, _ in candidates(row["question"], turns_of(row["history"]), encoder)]
        times.append(time.perf_counter() - began)
        right[row["kind"] if given.data else f"turn {len(row['history']) // 2 + 1}"].append(holds_all(found[0], row))
        among.append(any(holds_all(text, row) for text in found))
        if given.told and not holds_all(found[0], row):
            asked = " / ".join(turn["content"] for turn in row["history"])
            print(f"{row['kind']}: {asked} >> {row['question']}\n    {' | '.join(found)}  {row['must']}")
    every = [one for values in right.values() for one in values]
    figures = {
        "conversations": len(every),
        "right": round(sum(every) / len(every), 3),
        "right among those offered": round(sum(among) / len(among), 3),
        "median ms": round(sorted(times)[len(times) // 2] * 1000, 1),
        "by kind" if given.data else "by turn": {
            kind: f"{sum(values)} of {len(values)}" for kind, values in sorted(right.items())
        },
    }
    long = "" if given.data else "_long"
    keep(f"followups_completed{long}{'_without_vectors' if given.without_vectors else ''}", figures)


def conversations(folder: Path | None) -> list[dict[str, Any]]:
    """Those of a folder, or the long ones."""
    if folder is None:
        with gzip.open(LONG, "rt", encoding="utf-8") as lines:
            return [json.loads(line) for line in lines]
    return [json.loads(line) for line in (folder / "followups_dev.jsonl").read_text(encoding="utf-8").splitlines()]


def holds_all(text: str, row: dict[str, Any]) -> bool:
    """Whether a completed question holds all that it must, nothing that it must not, and is not too long."""
    return (
        all(any(one in text for one in must.split("|")) for must in row["must"])
        and not any(one in text for one in row["must_not"])
        and len(text) < 2 * max(map(len, row["standalone"]))
    )


if __name__ == "__main__":
    main()
