"""Are people's questions of their own small folders answered, and what is not there refused?

    python benchmarks/libraries.py [--answers FILE]

Fifteen folders of five to seven documents with fifty questions each (``training/libraries.jsonl.gz``), written by hand
and never learned from; ten of them told where the border of tables lies. "In full": answered, and the answer or a quote
holds the words that answer (of a row of a table, its head and one of its other cells); "or likely": shown at least;
"wrong": answered with other words.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections import defaultdict
from pathlib import Path
from typing import Any

from kinds import mean, said_or_quoted
from measured import keep

from embeddings import Encoder, load_encoder, open_index, rebuild
from rag.answers import Answer
from rag.assistant import Assistant
from rag.evaluation.examiner import holds
from rag.settings import Settings

sys.path.insert(0, str(Path(__file__).parent / "training"))
import check  # beside the data it checks


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--answers", type=Path, help="a file for every question with its answer, JSON lines")
    given = parser.parse_args()
    encoder = load_encoder()
    told = [row for library in check.rows("libraries.jsonl.gz") for row in asked(library, encoder)]
    if given.answers:
        given.answers.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in told), encoding="utf-8")
    keep("libraries", {"answerable": answered(told), "not told": refused(told)})


def asked(library: dict[str, Any], encoder: Encoder) -> list[dict[str, Any]]:
    """The questions of a library, each with its answer."""
    with tempfile.TemporaryDirectory() as folder:
        settings, documents = Settings(home=Path(folder)), Path(folder) / "documents"
        documents.mkdir()
        for name, text in library["documents"].items():
            (documents / name).write_text(text, encoding="utf-8")
        rebuild(documents, settings.index_dir, encoder=encoder)
        assistant = Assistant(open_index(settings.index_dir), encoder, settings)
        told = []
        for question in library["questions"]:
            answer = assistant.ask(question["q"])
            told.append(
                {"library": library["id"], **question, "route": answer.route, "certainty": answer.certainty,
                 "confidence": round(answer.confidence, 3), "said": answer.text,
                 "right": question["answer"] is not None and is_right(answer, question["answer"])}
            )  # fmt: skip
        print(library["id"], file=sys.stderr, flush=True)
        return told


def is_right(answer: Answer, words: str) -> bool:
    """Whether an answer or one of its quotes holds the words that answer, of a row its head and another cell."""
    said = said_or_quoted(answer)
    first, *others = [cell.strip() for cell in words.split("|") if cell.strip()]
    return holds(said, first) and (not others or any(holds(said, cell) for cell in others))


def answered(told: list[dict[str, Any]]) -> dict[str, Any]:
    """How the questions that have an answer are answered, by kind and by language."""
    of: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in told:
        if row["answer"] is not None:
            for name in ("all", row["kind"], row["lang"]):
                of[name].append(row)
    return {
        name: {
            "questions": len(rows),
            "in full": mean([row["right"] and row["certainty"] == "answered" for row in rows]),
            "or likely": mean([row["right"] and row["certainty"] != "none" for row in rows]),
            "wrong": mean([not row["right"] and row["certainty"] == "answered" for row in rows]),
        }
        for name, rows in of.items()
    }


def refused(told: list[dict[str, Any]]) -> dict[str, Any]:
    """How many of the others are not answered, by kind."""
    of: dict[str, list[bool]] = defaultdict(list)
    for row in told:
        if row["answer"] is None:
            of[row["kind"]].append(row["certainty"] != "answered")
    return {name: {"questions": len(rows), "refused": mean(rows)} for name, rows in of.items()}


if __name__ == "__main__":
    main()
