"""The ways in which a question can be completed from the turns before it: splices of their words, none made up.

A splice is what utterance rewriting by copying comes to (Liu et al., "Incomplete Utterance Rewriting as Semantic
Segmentation", 2020): a stretch of the question put in the place of a stretch of an earlier one, before or behind it,
or a stretch of an earlier turn put in the place of a pronoun. Which of them is right is told by ``signs`` and weights.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise

from corpus.language.script import has_han
from embeddings import Encoder
from rag.question.intents import Sense, Weights, sense_of
from rag.question.wording import Wording, Written, wording_of

__all__ = ["Before", "Completion", "Leaning", "Piece", "completions_of"]

_MOST_BASES = 4
_FREE_STARTS = 8  # words of the question within which what is kept may begin anywhere
_FREE_ENDS = 9  # words of a question that may be kept up to anywhere
_LONGEST_BASE = 26  # words of an earlier question that are spliced
_LONGEST_NAME = 6  # words that may stand for a pronoun
_LONGEST_PRONOUN = 4
_ANSWER_WORDS = 40

Piece = tuple[int, int, int]
"""A stretch of words: whose (0 the question, n > 0 the n-th question before, -n the answer to it), first, last."""


Before = tuple[str, str, bool]
"""A question before, completed, the answer to it, and whether it had to be completed."""


@dataclass(frozen=True)
class Leaning:
    """A question with what it may lean on, the latest first: the questions before it, completed, and their answers."""

    question: Wording
    before: tuple[Wording, ...]
    answers: tuple[Wording, ...]
    leant: tuple[bool, ...]
    sense: Sense | None = None

    @classmethod
    def of(
        cls,
        question: str,
        before: Sequence[Before],
        encoder: Encoder | None = None,
        weights: Weights | None = None,
    ) -> Leaning:
        """A question and what was asked before it, oldest first; of a question asked twice the later time counts."""
        latest: dict[str, Before] = {}
        for one in reversed(before):
            if one[0].strip():
                latest.setdefault(one[0], one)
        pairs = list(latest.values())[:_MOST_BASES]
        return cls(
            wording_of(question),
            tuple(wording_of(asked) for asked, _, _ in pairs),
            tuple(wording_of(answer) for _, answer, _ in pairs),
            tuple(leant for _, _, leant in pairs),
            sense_of(question, [asked for asked, _, _ in pairs], encoder, weights),
        )

    def turn(self, number: int) -> Wording:
        """The turn that a ``Piece`` names."""
        return self.question if number == 0 else self.before[number - 1] if number > 0 else self.answers[-number - 1]


@dataclass(frozen=True)
class Completion:
    """One way to complete a question: its pieces in their order, and the ``way`` they were put together.

    ``kept`` is the stretch of the question that is kept, ``filled`` the pronoun in it that another piece stands for,
    ``open`` the stretch of the earlier question that is left out.
    """

    leaning: Leaning = field(repr=False, compare=False)
    way: str
    base: int
    pieces: tuple[Piece, ...]
    kept: tuple[int, int]
    filled: tuple[int, int] | None = None
    open: tuple[int, int] | None = None

    @cached_property
    def text(self) -> str:
        """The completed question."""
        if self.way == "alone" and self.kept == (0, len(self.leaning.question.words)):
            return self.leaning.question.text
        said = ""
        for number, first, last in self.pieces:
            turn = self.leaning.turn(number)
            piece = turn.between(first, last).strip("。.？?！!，,；; ")
            if number == 0 and last == len(turn.words):
                piece = turn.between(first, max(turn.bare, first + 1))
            if self.way == "both" and number == 1:
                said += "和" if has_han(piece + said) else " and "
            if self.way == "for" and number:
                said += " for"
            said = _joined(said, piece, apart=(self.way, number) in (("stated", -1), ("if", 0)))
        return f"{said}{'？' if has_han(said) else '?'}"


def _joined(before: str, piece: str, *, apart: bool) -> str:
    if before.endswith(("，", ", ")) or not before or not piece:
        gap = ""
    else:
        gap = " " if before[-1].isascii() and before[-1].isalnum() and piece[0].isascii() and piece[0].isalnum() else ""
    end = ("，" if has_han(before + piece) else ", ") if apart else ""
    return f"{before}{gap}{piece}{end}"


def completions_of(leaning: Leaning) -> list[Completion]:
    """Every way to complete a question; the question alone is the first."""
    question = leaning.question
    found = [_alone(leaning, 0, len(question.words))]
    kept = list(_kept(question))
    found += [_alone(leaning, a, b) for a, b in kept if a or b < question.bare]
    for number, base in enumerate(leaning.before, 1):
        if len(base.words) > _LONGEST_BASE:
            continue
        found += _spliced(leaning, number, kept)
        found += _filled(leaning, number)
    if leaning.answers:
        found += _stated(leaning)
    if len(leaning.before) > 1:
        found += _coordinated(leaning)
    return found


def _alone(leaning: Leaning, a: int, b: int) -> Completion:
    return Completion(leaning, "alone", 0, ((0, a, b),), (a, b))


def _kept(question: Wording) -> Iterator[tuple[int, int]]:
    """The stretches of the question that may be what it brings."""
    words, bare = question.words, question.bare
    first_of = {first for first, _ in question.clauses}
    ends = {last for _, last in question.clauses if last < bare} | {bare}
    for a in range(bare):
        if words[a].is_mark or not (a in first_of or (a < _FREE_STARTS and words[a - 1].is_light)):
            continue
        for b in range(a + 1, bare + 1):
            if not words[b - 1].is_mark and (b in ends or (bare <= _FREE_ENDS and words[b].is_light)):
                yield a, b


def _spliced(  # noqa: C901 - each way of splicing is one of its branches
    leaning: Leaning, number: int, kept: Sequence[tuple[int, int]]
) -> Iterator[Completion]:
    """A stretch of the question in the place of a stretch of an earlier one, which may be empty."""
    base = leaning.turn(number)
    n = base.bare
    yield Completion(leaning, "repeated", number, ((number, 0, n),), (0, 0), open=(n, n))
    english = not has_han(leaning.question.text)
    for a, b in kept:
        mine = (0, a, b)
        for i in range(n + 1):
            if i < n and (base.words[i].is_mark or _in_compound(base.words, i)):
                continue
            for j in range(i, n + 1):
                if (i == 0 and j == n) or (i < j < n and _behind_how(base.words, j)):
                    continue
                way = "if" if j == 0 else "behind" if j == n else "into" if i == j else "instead"
                if i == n:
                    way = "added"
                if number > 1 and way in ("if", "into", "added"):
                    continue
                if way == "into" and not _may_enter(base.words, i):
                    continue
                pieces = tuple(p for p in ((number, 0, i), mine, (number, j, n)) if p[1] < p[2])
                yield Completion(leaning, way, number, pieces, (a, b), open=(i, j))
            if i < n and any(word.slot == "ask" for word in base.words[:i]):
                yield from _unasked(leaning, number, i, (a, b))
        if english:
            for i, j in _stretches(base, n):
                yield Completion(leaning, "for", number, (mine, (number, i, j)), (a, b), open=(i, j))


def _in_compound(words: Sequence[Written], at: int) -> bool:
    """Whether a verb and what follows it are one compound (資遣費), or "how" and its measure: they are not cut."""
    if _behind_how(words, at):
        return True
    if not 0 < at < len(words) or words[at - 1].is_light or words[at].is_light:
        return False
    return words[at - 1].tag in ("v", "a") and words[at].slot != "ask" and (words[at].is_noun or words[at].tag == "v")


def _behind_how(words: Sequence[Written], at: int) -> bool:
    return 0 < at < len(words) and words[at - 1].folded == "how"


def _unasked(leaning: Leaning, number: int, i: int, kept: tuple[int, int]) -> Iterator[Completion]:
    """The beginning of an earlier question without its asking words, then what the question brings."""
    base = leaning.turn(number)
    pieces: list[Piece] = []
    for at in range(i):
        if base.words[at].slot != "ask":
            if pieces and pieces[-1][2] == at:
                pieces[-1] = (number, pieces[-1][1], at + 1)
            else:
                pieces.append((number, at, at + 1))
    if pieces:
        yield Completion(leaning, "unasked", number, (*pieces, (0, *kept)), kept, open=(i, base.bare))


def _stretches(turn: Wording, last: int) -> Iterator[tuple[int, int]]:
    """The stretches that may be a name or a thing."""
    words = turn.words
    for i in range(last):
        if (words[i].is_mark and words[i].folded not in '《"“「') or not (words[i].may_begin and _parts(words, i)):
            continue
        for j in range(i + 1, min(i + _LONGEST_NAME, last) + 1):
            if words[j - 1].slot == "ask" or (words[j - 1].is_mark and words[j - 1].folded not in '《》"“”「」&'):
                break
            if (not words[j - 1].is_light or words[j - 1].is_mark) and _parts(words, j):
                yield i, j


def _parts(words: Sequence[Written], at: int) -> bool:
    """Whether something may begin or end between two words: not within a compound, of nouns or of a verb and others."""
    if not 0 < at < len(words) or words[at - 1].is_light or words[at].is_light:
        return True
    one, other = words[at - 1], words[at]
    return not (one.is_noun and other.is_noun) and not (one.tag in ("v", "a") and (other.is_noun or other.tag == "v"))


def _may_enter(words: Sequence[Written], at: int) -> bool:
    """Whether something may be put between two words: not between those of English that no small word parts either."""
    return _parts(words, at) and not {words[at - 1].tag, words[at].tag} <= {"eng", "cap"}


def _pronouns(question: Wording) -> Iterator[tuple[int, int]]:
    """The stretches that may refer to something: those with a pronoun or an ordinal in them."""
    for p in range(question.bare):
        if question.words[p].is_mark:
            continue
        for q in range(p + 1, min(p + _LONGEST_PRONOUN, question.bare) + 1):
            if question.words[q - 1].is_mark:
                break
            slots = {word.slot for word in question.words[p:q]}
            if slots & {"ref", "ordinal"} or any(word.tag == "f" for word in question.words[p:q]):
                yield p, q


def _filled(leaning: Leaning, number: int) -> Iterator[Completion]:
    """A stretch of an earlier question, or of the answer to it, in the place of a pronoun."""
    question, base, answer = leaning.question, leaning.turn(number), leaning.turn(-number)
    names = [(number, i, j) for i, j in _stretches(base, base.bare)]
    if number <= 2:
        names += [(-number, i, j) for i, j in _stretches(answer, min(len(answer.words), _ANSWER_WORDS))]
    starts = {first for first, _ in question.clauses}
    for p, q in _pronouns(question):
        for a in sorted({0, p, *(s for s in starts if s <= p)}):
            before = ((0, a, p),) if a < p else ()
            after = ((0, q, question.bare),) if q < question.bare else ()
            if not before and not after:
                continue
            for name in names:
                pieces = (*before, name, *after)
                yield Completion(leaning, "filled", number, pieces, (a, question.bare), filled=(p, q))


def _stated(leaning: Leaning) -> Iterator[Completion]:
    """What the last answer said, after the beginning of the question it answered, then what is asked about it."""
    question, answer, base = leaning.question, leaning.answers[0], leaning.before[0]
    clauses = [(i, j) for i, j in answer.clauses if j <= _ANSWER_WORDS]
    said = [*clauses[:3], *((one[0], other[1]) for one, other in pairwise(clauses[:3]))]
    starts = sorted({first for first, _ in question.clauses if first < question.bare})
    subject = next((at for at in range(1, base.bare) if base.words[at].slot == "ask" or base.words[at].tag == "v"), 0)
    for i, j in said:
        for a in starts:
            for prefix in sorted({0, subject}):
                head = ((1, 0, prefix),) if prefix else ()
                pieces = (*head, (-1, i, j), (0, a, question.bare))
                yield Completion(leaning, "stated", 1, pieces, (a, question.bare), open=(prefix, base.bare))


def _coordinated(leaning: Leaning) -> Iterator[Completion]:
    """What the last two questions differ in, both named, then what is asked of the two."""
    last, before = leaning.before[0], leaning.before[1]
    if not any(word.slot == "ask" or word.tag in ("a", "v", "d", "eng") for word in leaning.question.words):
        return
    mine, other = [w.folded for w in last.words[: last.bare]], [w.folded for w in before.words[: before.bare]]
    head = next((i for i, (x, y) in enumerate(zip(mine, other, strict=False)) if x != y), min(len(mine), len(other)))
    tail = 0
    while tail < min(len(mine), len(other)) - head and mine[-1 - tail] == other[-1 - tail]:
        tail += 1
    if head == len(mine) - tail or head == len(other) - tail or 3 * (head + tail) < min(len(mine), len(other)):
        return
    for cut in range(len(mine) - tail, len(mine) + 1):
        for first, _ in leaning.question.clauses:
            if first < leaning.question.bare:
                pieces = [(2, 0, len(other) - tail), (1, head, cut), (0, first, leaning.question.bare)]
                kept = (first, leaning.question.bare)
                yield Completion(leaning, "both", 1, tuple(pieces), kept, open=(cut, len(mine)))
