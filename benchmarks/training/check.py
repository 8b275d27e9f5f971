"""Holds the training questions to their form, and counts them.

python benchmarks/training/check.py
"""

from __future__ import annotations

import gzip
import hashlib
import json
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
STYLES = frozenset(
    {"dialogue", "everyday", "formal", "how", "keyword", "list", "typo", "why", "yesno"}
)  # fmt: skip
ROUTES = frozenset({"chain", "comparison", "fact", "library", "list", "overview", "table"})
OPERATIONS = frozenset(
    {
        "average",
        "count",
        "difference",
        "filter",
        "look_up",
        "percentage",
        "product",
        "sum",
        "superlative_max",
        "superlative_min",
    }
)
KINDS = ("arithmetic", "comparison", "contradiction", "cross", "howto", "library", "list", "summary")
LABELS = frozenset({"supported", "contradicted", "silent"})


def document_of(passage_id: str) -> str:
    """The document that a passage is of."""
    return passage_id.partition("#")[0]


def is_held_out(passage_id: str) -> bool:
    """Whether a passage is never trained on: all passages of one document in ten, by a hash of the document's id.

    Of the questions of ``routes.jsonl.gz``, which have no passage, by a hash of the question.
    """
    document = document_of(passage_id)
    return hashlib.sha256(document.encode()).digest()[0] * 10 // 256 == 0


def rows(name: str) -> Iterator[dict[str, Any]]:
    """The rows of one of the files."""
    with gzip.open(HERE / name, "rt", encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)


def by_document(some: Iterable[dict[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    """Rows of passages by their documents."""
    documents: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in some:
        documents[document_of(row["id"])].append(row)
    return documents


def place_of(text: str, question: dict[str, Any]) -> tuple[int, int]:
    """Where in a text the words stand that answer a question: start and end."""
    start = question.get("at", text.find(question["answer"]))
    return start, start + len(question["answer"])


def faults() -> Iterator[str]:
    """What is wrong with the rows, a sentence each."""
    yield from _twice("questions.jsonl.gz", "id")
    for row in rows("questions.jsonl.gz"):
        for question in row["questions"]:
            yield from (f"{row['id']}: {question['q']}: {fault}" for fault in _question_faults(row["text"], question))
    for row in rows("statements.jsonl.gz"):
        for statement in row["statements"]:
            label, evidence = statement["label"], statement["evidence"]
            if label not in LABELS or bool(evidence) == (label == "silent") or evidence not in row["text"]:
                yield f"{row['id']}: {statement['s']}: its evidence does not go with its label"
    for row in rows("wordings.jsonl.gz"):
        if len(set(row["q"])) < 2:
            yield f"{row['passage']}: a wording needs another one"
    yield from _route_faults()
    yield from _conversation_faults("conversations.jsonl.gz")
    yield from _conversation_faults("long_conversations.jsonl.gz")
    yield from _dialogue_faults()
    yield from _operation_faults()
    yield from _library_faults()


def _twice(name: str, key: str) -> Iterator[str]:
    found = Counter(row[key] for row in rows(name))
    yield from (f"{one} stands there {count} times" for one, count in found.items() if count > 1)


def _route_faults() -> Iterator[str]:
    yield from _twice("routes.jsonl.gz", "q")
    for row in rows("routes.jsonl.gz"):
        ways = [row["route"], *row.get("also", [])]
        if not row["q"].strip() or not row["lang"] or not set(ways) <= ROUTES or len(set(ways)) != len(ways):
            yield f"{row['q']}: it needs a question, a language, and ways that there are"


def _conversation_faults(name: str) -> Iterator[str]:
    yield from _twice(name, "id")
    for row in rows(name):
        yield from (f"{row['id']}: {fault}" for fault in _completion_faults(row))


def _completion_faults(row: dict[str, Any]) -> Iterator[str]:
    for text in row["standalone"]:
        held = all(any(one in text for one in must.split("|")) for must in row["must"])
        if not held or any(one in text for one in row["must_not"]):
            yield f"{text}: it does not hold what it must, or holds what it must not"


def _dialogue_faults() -> Iterator[str]:
    yield from _twice("dialogues.jsonl.gz", "id")
    texts = {row["id"]: row["text"] for row in rows("questions.jsonl.gz")}
    for row in rows("dialogues.jsonl.gz"):
        for number, turn in enumerate(row["turns"]):
            told = f"{row['id']}: {turn['q']}"
            if turn["answer"] is not None and document_of(turn["passage"]) not in row["documents"]:
                yield f"{told}: its passage is of another document"
            form = {**turn, "style": "dialogue"}
            yield from (f"{told}: {fault}" for fault in _question_faults(texts.get(turn["passage"], ""), form))
            if number:
                yield from (f"{told}: {fault}" for fault in _completion_faults(turn))


def _operation_faults() -> Iterator[str]:
    for row in rows("operations.jsonl.gz"):
        for question in row["questions"]:
            if question["column"] not in {None, *row["columns"]} or question["operation"] not in OPERATIONS:
                yield f"{row['title']}: {question['q']}: it needs an operation and a column that there are"
        for question in row["near_misses"]:
            if not question["q"].strip() or question["operation"] not in OPERATIONS:
                yield f"{row['title']}: a near miss needs words and an operation that there is"


def _library_faults() -> Iterator[str]:
    yield from _twice("libraries.jsonl.gz", "id")
    for row in rows("libraries.jsonl.gz"):
        for question in row["questions"]:
            answer = question["answer"]
            if (answer is None) != (question["kind"] in ("near miss", "other")):
                yield f"{row['id']}: {question['q']}: its kind does not go with its answer"
            if answer is not None and answer not in row["documents"].get(question["document"], ""):
                yield f"{row['id']}: {question['q']}: its answer is not in the document"
        text = "\n".join([*row["documents"].values(), *row["added"].values()])
        turns = [turn for conversation in row["conversations"] for turn in conversation["turns"]]
        for question in (*row["kinds"], *turns):
            worked_out = question.get("kind") in ("arithmetic", "library")
            for group in question["groups"]:
                if not group or not (worked_out or all(words in text for words in group)):
                    yield f"{row['id']}: {question['q']}: a part of its answer is nowhere: {group}"
            if question.get("kind", KINDS[0]) not in KINDS:
                yield f"{row['id']}: {question['q']}: there is no kind {question['kind']}"


def _question_faults(text: str, question: dict[str, Any]) -> Iterator[str]:
    answer = question["answer"]
    if not question["q"].strip():
        yield "it is empty"
    if answer is None:
        if not question.get("near"):
            yield "it does not say why it is a near miss"
        return
    places = text.count(answer) if answer else 0
    if not places:
        yield "its answer is not in the passage"
    elif places > 1 and not text.startswith(answer, question.get("at", -1)):
        yield "it does not say which of the places answers"
    if question["style"] not in STYLES:
        yield f"there is no style {question['style']}"
    if question["style"] == "yesno" and question.get("polarity") not in ("yes", "no"):
        yield "a yes/no question needs its polarity"


def counts() -> dict[str, Any]:
    """How many there are of what."""
    passages = list(rows("questions.jsonl.gz"))
    questions = [question for row in passages for question in row["questions"]]
    statements = Counter(one["label"] for row in rows("statements.jsonl.gz") for one in row["statements"])
    return {
        "passages": len(passages),
        "passages held out": sum(is_held_out(row["id"]) for row in passages),
        "questions": len(questions),
        "near misses": sum(question["answer"] is None for question in questions),
        "languages": dict(Counter(question["lang"] for question in questions).most_common()),
        "styles": dict(Counter(question.get("style", "near miss") for question in questions).most_common()),
        "statements": dict(statements),
        "wordings": sum(1 for _ in rows("wordings.jsonl.gz")),
        "ways": dict(Counter(row["route"] for row in rows("routes.jsonl.gz")).most_common()),
        "conversations": dict(Counter(row["kind"] for row in rows("conversations.jsonl.gz")).most_common()),
        "turns of long conversations": sum(1 for _ in rows("long_conversations.jsonl.gz")),
        "turns of dialogues": sum(len(row["turns"]) for row in rows("dialogues.jsonl.gz")),
        "operations": dict(
            Counter(one["operation"] for row in rows("operations.jsonl.gz") for one in row["questions"]).most_common()
        ),
        "libraries": sum(1 for _ in rows("libraries.jsonl.gz")),
        "questions of libraries": dict(
            Counter(one["kind"] for row in rows("libraries.jsonl.gz") for one in row["questions"]).most_common()
        ),
        "kinds of libraries": dict(
            Counter(one["kind"] for row in rows("libraries.jsonl.gz") for one in row["kinds"]).most_common()
        ),
        "turns of libraries": sum(
            len(one["turns"]) for row in rows("libraries.jsonl.gz") for one in row["conversations"]
        ),
        "near misses of tables": sum(len(row["near_misses"]) for row in rows("operations.jsonl.gz")),
        "languages of ways": dict(Counter(row["lang"] for row in rows("routes.jsonl.gz")).most_common()),
    }


if __name__ == "__main__":
    wrong = list(faults())
    print(*wrong[:50], sep="\n")
    print(json.dumps(counts(), ensure_ascii=False, indent=2))
    sys.exit(1 if wrong else 0)
