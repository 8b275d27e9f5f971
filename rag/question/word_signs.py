"""What is told of single words of a turn, and of what two turns share, for the signs of a completion."""

from __future__ import annotations

from corpus.language.names import frequency_of
from corpus.language.script import has_han
from rag.question.completions import Piece
from rag.question.wording import Wording, Written

__all__ = ["brings", "commonness", "place_in_list", "share_of", "tag_at"]


def tag_at(words: tuple[Written, ...], at: int) -> str:
    """The slot or part of speech of the word at a place, "^" before the first and "$" behind the last."""
    return "^" if at < 0 else "$" if at >= len(words) else words[at].slot or words[at].tag


def brings(word: Written) -> str:
    """Whether a word brings a thing ("n"), a doing or quality ("v"), or nothing ("") to a question."""
    if word.is_light or word.slot in ("ask", "ref"):
        return ""
    return "v" if word.tag in ("v", "a") else "n"


def commonness(word: Written) -> str:
    """How common a word is, in steps of ten times, and whether it is a mark."""
    return (
        "mark" if word.is_mark else f"common{len(str(frequency_of(word.folded))) if has_han(word.folded) else word.tag}"
    )


def share_of(one: Wording, other: Wording) -> int:
    """How much of one text's words the other has, in thirds."""
    return round(3 * len(one.pairs & other.pairs) / len(one.pairs)) if one.pairs else 0


_BETWEEN = frozenset({"、", "和", "与", "及", "或", "and", "or", ",", "，"})


def place_in_list(turn: Wording, piece: Piece) -> tuple[int, int] | None:
    """The place of a name in the list it stands in, from 0, and how many items that list has."""
    _, i, j = piece
    words = turn.words
    marks = [at for at, word in enumerate(words) if word.folded in _BETWEEN]
    if not marks:
        return None
    if not ((j < len(words) and words[j].folded in _BETWEEN) or (i and words[i - 1].folded in _BETWEEN)):
        return None
    return sum(at < i for at in marks), len(marks) + 1
