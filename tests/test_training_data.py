"""The training questions keep to their form, and a tenth of the documents stays out."""

from __future__ import annotations

import itertools
from typing import Any


def test_every_row_keeps_to_the_form(check: Any) -> None:
    assert list(check.faults()) == []


def test_a_tenth_is_held_out_by_document(check: Any) -> None:
    counts = check.counts()
    assert 0.07 < counts["passages held out"] / counts["passages"] < 0.14
    assert check.is_held_out("law-x#0") == check.is_held_out("law-x#999")


def test_words_in_common_do_not_tell_answerable_from_not(check: Any) -> None:
    """Over all the Chinese questions; a reader that learned the overlap would have learned the wrong thing."""
    shares: dict[bool, list[float]] = {True: [], False: []}
    for row in check.rows("questions.jsonl.gz"):
        held = pairs("".join([row["title"], *row["headings"], row["text"]]))
        for question in row["questions"]:
            asked = pairs(question["q"])
            if question["lang"].startswith("zh") and asked:
                shares[question["answer"] is not None].append(len(asked & held) / len(asked))
    answerable, near = (sum(values) / len(values) for values in (shares[True], shares[False]))
    assert abs(answerable - near) < 0.1


def pairs(text: str) -> set[str]:
    letters = [character for character in text.lower() if character.isalnum()]
    return {a + b for a, b in itertools.pairwise(letters)}
