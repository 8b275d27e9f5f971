"""Is every kind of question that people ask of their documents answered?

    python benchmarks/kinds.py --data FOLDER [--kind KIND ...] [--cache FOLDER] [--answers FILE] [--told]

FOLDER holds office/ (documents/ and questions_dev.jsonl) and followups_dev.jsonl. "In full": a citation's quote or the
answer's text holds a string of every group; "share": of the groups, how many. Of summaries the share is what counts. A
contradiction counts where all its sides are shown. ``--told`` takes every question by the way that its kind needs,
so that a room is measured without the choice of it.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterable
from pathlib import Path
from unittest import mock

import numpy as np
from kept_vectors import KeptVectors
from measured import keep

import rag.answering.quoting
from embeddings import load_encoder, open_index, rebuild
from rag.answers import Answer, Route
from rag.assistant import Assistant
from rag.evaluation.examiner import holds
from rag.evaluation.questionnaire import read_questionnaire
from rag.settings import Settings

WAYS: dict[str, Route] = {
    "summary": "overview",
    "library": "library",
    "table": "table",
    "arithmetic": "table",
    "comparison": "comparison",
    "cross": "chain",
    "list": "list",
    "howto": "list",
}
"""The way that each kind of the questionnaire needs; the others are single facts."""


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--kind", action="append", help="only these kinds of questions")
    parser.add_argument("--cache", type=Path, help="keeps vectors and the index between runs")
    parser.add_argument("--answers", type=Path, help="a file for every question with its answer, JSON lines")
    parser.add_argument("--told", action="store_true", help="the way of each question is given")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        cache = given.cache or Path(folder)
        cache.mkdir(parents=True, exist_ok=True)
        encoder = KeptVectors(load_encoder(), cache / "vectors.sqlite")
        settings = Settings(home=cache / "office-home")
        rebuild(given.data / "office" / "documents", settings.index_dir, encoder=encoder)
        index = open_index(settings.index_dir)
        assistant = Assistant(index, encoder, settings)
        rows = read_questionnaire(given.data / "office" / "questions_dev.jsonl").questions
        shown = []
        marks: dict[str, list[tuple[bool, float, bool]]] = defaultdict(list)
        ways: dict[str, Counter[str]] = defaultdict(Counter)
        for item in rows:
            kind = item.kind or "any"
            if given.kind and kind not in given.kind:
                continue
            way = WAYS.get(kind, "fact")
            if given.told:
                with mock.patch.object(rag.answering.quoting, "routes_of", lambda _, way=way: [(way, 1.0)]):
                    answer = assistant.ask(item.text, history=item.history)
            else:
                answer = assistant.ask(item.text, history=item.history)
            share = share_of(item.groups, answer)
            marks[kind].append((is_full(item.groups, answer), share, answer.certainty != "answered"))
            ways[kind][answer.route] += 1
            shown.append(
                {"id": item.id, "kind": kind, "question": item.text, "history": item.history, "route": answer.route,
                 "certainty": answer.certainty, "confidence": round(answer.confidence, 3), "share": share,
                 "searched": answer.search_question, "text": answer.text, "wanted": item.groups,
                 "hits": [hit.passage.id for hit in answer.hits[:8]]}
            )  # fmt: skip
    figures = {
        kind: {
            "questions": len(values),
            "in full": mean([full for full, _, _ in values]),
            "share": mean([share for _, share, _ in values]),
            "refused": mean([refused for _, _, refused in values]),
            "ways": dict(ways[kind]),
        }
        for kind, values in sorted(marks.items())
    }
    for kind, values in figures.items():
        print(kind, json.dumps(values), flush=True)
    if given.answers:
        given.answers.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in shown), encoding="utf-8")
    if not given.kind and not given.told:
        keep("kinds", {"kinds": figures})


def is_full(groups: Iterable[Iterable[str]], answer: Answer) -> bool:
    """Whether it is answered, and every group held."""
    return answer.certainty == "answered" and share_of(groups, answer) == 1.0


def share_of(groups: Iterable[Iterable[str]], answer: Answer) -> float:
    """The share of the groups of which a string is quoted or said (0 to 1)."""
    said = said_or_quoted(answer)
    held = [any(holds(said, text) for text in group) for group in groups]
    return sum(held) / len(held) if held else 0.0


def said_or_quoted(answer: Answer) -> str:
    """An answer's text and its quotes."""
    return "\n".join([answer.text, *(citation.quote for citation in answer.citations)])


def mean(values: list[bool] | list[float]) -> float:
    """Their mean, 0 of none."""
    return round(float(np.mean(values)), 3) if values else 0.0


if __name__ == "__main__":
    main()
