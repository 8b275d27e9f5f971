"""How often do the rules of what a question demands deny an answer that is right, and how often a near miss?

    python benchmarks/demands.py [--examples N]

Every training question is held against its own passage, without a model: one that the passage answers against the
sentence that does, or the whole document where names are looked for; a near miss against all of it. Of "answers" a rule
should deny none, of "near misses" as many as it can. ``--examples`` prints answers that are denied.
"""

from __future__ import annotations

import argparse
import random
import sys
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from measured import keep

from corpus import sentence_spans
from corpus.language.script import fold, has_han
from rag.extractive.presuppositions import another_number, lacks
from rag.question.figures import scales_in
from rag.question.presupposed import years_of
from rag.question.question import Question

sys.path.insert(0, str(Path(__file__).parent / "training"))
import check  # beside the data it checks

Verdict = tuple[str, bool]
"""A rule that applies to a question, and whether it denies the text."""


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--examples", type=int, default=0, help="answers that are denied, of each rule")
    given = parser.parse_args()
    counted: dict[str, dict[str, list[bool]]] = defaultdict(lambda: {"answers": [], "near misses": []})
    wrong: dict[str, list[str]] = defaultdict(list)
    for question, kind, texts, document in asked():
        for rule, denied in verdicts(Question(question), texts, document):
            counted[rule][kind].append(denied)
            if denied and kind == "answers":
                wrong[rule].append(f"{question} | {texts[0]}")
    figures = {
        rule: {kind: {"asked": len(rows), "denied": sum(rows)} for kind, rows in kinds.items()}
        for rule, kinds in sorted(counted.items())
    }
    for rule, examples in wrong.items() if given.examples else ():
        shown = random.Random(1).sample(examples, min(given.examples, len(examples)))
        print(rule, *shown, sep="\n    ")
    keep("demands", figures)


def asked() -> Iterator[tuple[str, str, list[str], str]]:
    """A question, its kind, the sentences that it is held against, and its document folded."""
    rows = list(check.rows("questions.jsonl.gz"))
    documents: dict[str, list[str]] = defaultdict(list)
    for row in rows:
        documents[check.document_of(row["id"])].append("\n".join([row["title"], *row["headings"], row["text"]]))
    folded = {key: fold("\n".join(texts)) for key, texts in documents.items()}
    for row in rows:
        text: str = row["text"]
        spans, document = sentence_spans(text, 0, len(text)), folded[check.document_of(row["id"])]
        for question in row["questions"]:
            answer: str | None = question["answer"]
            if answer is None:
                yield (
                    question["q"],
                    "near misses",
                    [text[start:end] for start, end in spans],
                    document,
                )
                continue
            at, at_end = check.place_of(text, question)
            start, end = next(span for span in spans if span[0] <= at < span[1])
            yield (
                question["q"],
                "answers",
                [text[start : max(end, at_end)]],
                document,
            )


def verdicts(question: Question, texts: list[str], document: str) -> Iterator[Verdict]:
    """What each rule says that applies to the question."""
    if question.figure is not None or question.details:
        yield f"a figure: {question.figure.value}" if question.figure else "a contact detail", lacks(question, texts)
    if question.scales:
        yield "its measure", all(question.scales.isdisjoint(scales_in(text)) for text in texts)
    if question.years:
        yield "a year", bool(question.years - years_of(document))
    if question.numbers:
        yield "an edition or rank", another_number(question.numbers, document)
    if question.people:
        yield "a person", any(name not in document for name in question.people)
    language = "English" if not has_han(question.text) else "Chinese"
    names = [name for name in question.proper_names if name.can_be_in(document)]
    if names:
        yield f"a proper name, {language}", any(not name.stands_in(document) for name in names)
    codes = [one for one in question.names if one.certain or one.form.search(document) or one.like.search(document)]
    if codes:
        yield "a code or number", any(not one.form.search(document) for one in codes)


if __name__ == "__main__":
    main()
