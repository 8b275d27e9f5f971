"""Is the evidence of an answer among the first passages, by Yinju and by quick starts over the same files?

    python benchmarks/evidence.py --data FOLDER --peers PYTHON [--cache FOLDER]

FOLDER holds documents/ and questions_dev.jsonl (docs/evaluation.md). ``--peers`` is the Python of an environment with
benchmarks/peers.txt installed; the encoder is the same for all. Evidence is found where each of its stretches stands,
white space aside, in one of the first 8 passages that is of a document it was taken from. Passages of the quick starts
are longer, so that it is also told what stands in the first 3,200 characters. ``--cache`` keeps vectors between runs.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import tempfile
from collections import defaultdict
from collections.abc import Sequence
from itertools import accumulate
from pathlib import Path

from kept_vectors import KeptVectors
from measured import keep

from embeddings import load_encoder, open_index, rebuild
from embeddings.encoders.bundled import bundled_folder
from rag.assistant import Assistant
from rag.evaluation.examiner import holds
from rag.evaluation.questionnaire import Item, read_questionnaire
from rag.settings import Settings

FIRST = 8
CHARS = 3200
READ = 20  # passages of each question, short ones too fill the characters with so many
Passages = Sequence[tuple[str, str]]  # document ids and texts, best first


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--peers", type=Path, required=True)
    parser.add_argument("--cache", type=Path)
    given = parser.parse_args()
    folder = given.data / "documents"
    every = read_questionnaire(given.data / "questions_dev.jsonl").questions
    questions = [item for item in every if item.evidence and item.answerable and not item.history]
    with tempfile.TemporaryDirectory() as scratch:
        cache = given.cache or Path(scratch)
        cache.mkdir(parents=True, exist_ok=True)
        file = Path(scratch) / "task.json"
        task = {
            "model": str(bundled_folder()),
            "folder": str(folder.resolve()),
            "questions": [item.text for item in questions],
        }
        file.write_text(json.dumps(task, ensure_ascii=False), encoding="utf-8")
        subprocess.run([given.peers, Path(__file__).with_name("peers.py"), file], check=True)
        found: dict[str, list[Passages]] = json.loads(file.read_text(encoding="utf-8"))
        found = {"yinju": yinju(folder, Path(scratch) / "home", cache, questions), **found}
    figures = {name: measures(questions, lists) for name, lists in found.items()}
    keep("evidence", {"questions": len(questions), "evidence": figures})


def yinju(folder: Path, home: Path, cache: Path, questions: Sequence[Item]) -> list[Passages]:
    encoder = KeptVectors(load_encoder(), cache / "vectors.sqlite")
    settings = Settings(home=home)
    rebuild(folder, settings.index_dir, encoder=encoder, max_chars=settings.passage_chars)
    assistant = Assistant(open_index(settings.index_dir), encoder, settings)
    return [
        [(hit.passage.document_id, hit.passage.text) for hit in assistant.search(item.text, READ)] for item in questions
    ]


def measures(questions: Sequence[Item], found: Sequence[Passages]) -> dict[str, object]:
    first = [passages[:FIRST] for passages in found]
    lengths = [len(text) for passages in first for _, text in passages]
    kinds: dict[str, list[bool]] = defaultdict(list)
    for item, passages in zip(questions, first, strict=True):
        kinds[item.kind or "any"].append(stands(item, passages))
    return {
        f"in the first {FIRST} passages": mean([mark for marks in kinds.values() for mark in marks]),
        f"in the first {CHARS} characters": mean(
            [stands(item, cut(passages)) for item, passages in zip(questions, found, strict=True)]
        ),
        "characters a passage": round(sum(lengths) / max(1, len(lengths))),
        "by kind, in the first passages": {kind: [mean(marks), len(marks)] for kind, marks in sorted(kinds.items())},
    }


def stands(item: Item, passages: Passages) -> bool:
    here = [text for name, text in passages if name in item.document_ids]
    return all(any(holds(text, words) for text in here) for words in item.evidence)


def cut(passages: Passages) -> Passages:
    """The first of them up to ``CHARS``, the last one in part."""
    starts = accumulate((len(text) for _, text in passages), initial=0)
    return [(name, text[: max(0, CHARS - start)]) for (name, text), start in zip(passages, starts, strict=False)]


def mean(marks: Sequence[bool]) -> float:
    return round(sum(marks) / max(1, len(marks)), 3)


if __name__ == "__main__":
    main()
