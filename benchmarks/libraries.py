"""Are people's questions of their own small folders answered, and what is not there refused?

    python benchmarks/libraries.py [--answers FILE] [--only NAME ...]

Fifteen folders of five to seven documents (``training/libraries.jsonl.gz``), written by hand and never learned from but
for a handful of borders and weights, of which the libraries with a 3 know nothing. Of each are asked

- fifty questions with one answer or none. "In full": answered, and the answer or a quote holds the words that answer
  (of a row of a table, its head and one of its other cells); "or likely": shown at least; "wrong": other words;
- conversations, as a chat goes: each turn after the assistant's own answers to those before. "Alone" is the same
  question in the words in which a person would ask it by itself;
- when a later document has been added, questions about whole documents, several, or the folder. "In full": every part
  is said or quoted; "share": how many of the parts are.
"""

from __future__ import annotations

import argparse
import json
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from kinds import is_full, mean, said_or_quoted, share_of
from measured import keep
from small_library import shelf, small_libraries

from embeddings import Encoder, load_encoder
from rag.answers import Answer
from rag.assistant import Assistant
from rag.evaluation.examiner import holds

PARTS = ("questions", "conversations", "kinds")


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--answers", type=Path, help="a file for every question with its answer, JSON lines")
    parser.add_argument("--only", action="append", choices=PARTS, help="a part of what is asked")
    given = parser.parse_args()
    encoder = load_encoder()
    parts = given.only or PARTS
    told = [row for library in small_libraries() for row in asked(library, encoder, parts)]
    if given.answers:
        given.answers.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in told), encoding="utf-8")
    figures = {
        "answerable": answered([row for row in told if row["part"] == "questions"]),
        "not told": refused([row for row in told if row["part"] == "questions"]),
        "conversations": in_turn([row for row in told if row["part"] == "conversations"]),
        "kinds": of_kinds([row for row in told if row["part"] == "kinds"]),
    }
    if given.only:
        print(json.dumps(figures, indent=2))
    else:
        keep("libraries", figures)


def asked(library: dict[str, Any], encoder: Encoder, parts: list[str] | tuple[str, ...]) -> list[dict[str, Any]]:
    """What is asked of a library, each question with its answer."""
    told: list[dict[str, Any]] = []
    with shelf(encoder) as folder:
        assistant = Assistant(folder.holding(library["documents"]), encoder, folder.settings)
        if "questions" in parts:
            told += (_one(assistant, question) for question in library["questions"])
        if "conversations" in parts:
            for conversation in library["conversations"]:
                told += _turns(assistant, conversation["turns"])
        if "kinds" in parts:
            assistant = Assistant(folder.holding(library["added"]), encoder, folder.settings)
            for question in library["kinds"]:
                answer = assistant.ask(question["q"])
                told.append({"part": "kinds", **question, **_seen(answer), **_parts(answer, question)})
    return [{"library": library["id"], **row} for row in told]


def _one(assistant: Assistant, question: dict[str, Any]) -> dict[str, Any]:
    answer = assistant.ask(question["q"])
    right = question["answer"] is not None and is_right(answer, question["answer"])
    return {"part": "questions", **question, **_seen(answer), "right": right}


def _turns(assistant: Assistant, turns: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    history: list[tuple[str, str]] = []
    for number, turn in enumerate(turns, 1):
        answer = assistant.ask(turn["q"], history=history)
        row = {"part": "conversations", "turn": number, **turn, **_seen(answer), **_parts(answer, turn)}
        if "standalone" in turn:
            row["alone"] = is_full(turn["groups"], assistant.ask(turn["standalone"]))
        yield row
        history += [("user", turn["q"]), ("assistant", answer.text)]


def _seen(answer: Answer) -> dict[str, Any]:
    return {"route": answer.route, "certainty": answer.certainty, "confidence": round(answer.confidence, 3),
            "searched": answer.search_question, "said": answer.text}  # fmt: skip


def _parts(answer: Answer, question: dict[str, Any]) -> dict[str, Any]:
    return {"share": share_of(question["groups"], answer), "full": is_full(question["groups"], answer)}


def is_right(answer: Answer, words: str) -> bool:
    """Whether an answer or one of its quotes holds the words that answer, of a row its head and another cell."""
    said = said_or_quoted(answer)
    first, *others = [cell.strip() for cell in words.split("|") if cell.strip()]
    return holds(said, first) and (not others or any(holds(said, cell) for cell in others))


def answered(told: list[dict[str, Any]]) -> dict[str, Any]:
    """How the questions that have an answer are answered, by kind and by language."""
    return {
        name: {
            "questions": len(rows),
            "in full": mean([row["right"] and row["certainty"] == "answered" for row in rows]),
            "or likely": mean([row["right"] and row["certainty"] != "none" for row in rows]),
            "wrong": mean([not row["right"] and row["certainty"] == "answered" for row in rows]),
        }
        for name, rows in _by([row for row in told if row["answer"] is not None], "kind", "lang").items()
    }


def refused(told: list[dict[str, Any]]) -> dict[str, Any]:
    """How many of the others are not answered, by kind."""
    none = [row for row in told if row["answer"] is None]
    return {
        kind: {"questions": len(rows), "refused": mean([row["certainty"] != "answered" for row in rows])}
        for kind, rows in _by(none, "kind").items()
        if kind != "all"
    }


def in_turn(told: list[dict[str, Any]]) -> dict[str, Any]:
    """How the turns of conversations are answered, the first ones and the later ones."""
    first, later = [row for row in told if row["turn"] == 1], [row for row in told if row["turn"] > 1]
    return {
        "first turns": {"questions": len(first), "in full": mean([row["full"] for row in first])},
        "later turns": {
            "questions": len(later),
            "in full": mean([row["full"] for row in later]),
            "or likely": mean([row["share"] == 1.0 and row["certainty"] != "none" for row in later]),
            "alone": mean([row["alone"] for row in later if "alone" in row]),
        },
    }


def of_kinds(told: list[dict[str, Any]]) -> dict[str, Any]:
    """How the questions about more than a fact are answered, by kind."""
    return {
        kind: {
            "questions": len(rows),
            "in full": mean([row["full"] for row in rows]),
            "share": mean([row["share"] for row in rows]),
        }
        for kind, rows in _by(told, "kind").items()
    }


def _by(rows: list[dict[str, Any]], *keys: str) -> dict[str, list[dict[str, Any]]]:
    of: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        for name in ("all", *(row[key] for key in keys)):
            of[name].append(row)
    return of


if __name__ == "__main__":
    main()
