"""What speaks for and against a completion, as named signs that are each there or not.

Signs of one part of a completion (a word that is kept, where the question is cut) are worked out once for all
completions with that part. The weights of the signs are learned (``benchmarks/train_followups.py``).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cached_property

from corpus.language.script import has_han
from rag.question.completions import Completion, Leaning
from rag.question.cues import cues_of
from rag.question.word_signs import brings, commonness, place_in_list, share_of, tag_at

__all__ = ["Part", "Signs"]

Part = tuple[object, ...]
"""The name of a part of a completion, unique for one question."""

_PEOPLE = frozenset({"他", "她", "他们", "她们", "he", "she", "him", "her", "his", "they", "their"})


class Signs:
    """The signs of the completions of one question."""

    def __init__(self, leaning: Leaning) -> None:
        self._leaning = leaning
        self._question = leaning.question
        self._of: dict[Part, tuple[str, ...]] = {}

    def parts(self, completion: Completion) -> list[Part]:
        """The parts of a completion; ``of`` gives the signs of each."""
        c = completion
        parts: list[Part] = [("way", c.way, min(c.base, 3)), ("kept", *c.kept, c.way == "alone")]
        left = True
        for number, first, last in c.pieces:
            if number == 0:
                left = False
            elif number > 0 and c.filled is None:
                parts += [("word", number, at, left) for at in range(first, last)]
        if c.open is not None:
            parts.append(("cut", c.base, *c.open, c.way))
            if c.way in ("instead", "into", "behind", "if", "added", "unasked"):
                parts.append(("pair", c.base, *c.open, *c.kept))
        if c.filled is not None:
            name = next(piece for piece in c.pieces if piece[0] != 0)
            parts += [("pronoun", *c.filled), ("name", *name), ("standing", *c.filled, *name)]
        if c.way == "stated":
            parts.append(("stated", *next(piece for piece in c.pieces if piece[0] < 0)))
        return parts

    def of(self, part: Part) -> tuple[str, ...]:
        """The signs of a part, each once."""
        if part not in self._of:
            make: Callable[..., Iterator[str]] = getattr(self, f"_{part[0]}")
            self._of[part] = tuple(dict.fromkeys(make(*part[1:])))
        return self._of[part]

    @cached_property
    def _shape(self) -> str:
        """The kind of question it is, in short: whether it asks, has a verb, a noun, a pronoun, and how long it is."""
        words = self._question.words[: self._question.bare]
        size = sum(not word.is_mark for word in words)
        tags = {word.tag[0] for word in words}
        slots = {word.slot for word in words}
        return "".join(
            [
                "h" if has_han(self._question.text) else "l",
                "a" if self._question.asks else "-",
                "v" if "v" in tags else "-",
                "n" if tags & {"n", "e", "c", "i"} else "-",
                "r" if "ref" in slots else "-",
            ]
        ) + str(min(size, 3) if size < 4 else 5 if size < 7 else 8)

    @cached_property
    def _asking(self) -> str:
        """Whether the question asks, brings things or doings of its own, and ends as an ellipsis does."""
        words = self._question.words
        brought = {brings(word) for word in words}
        tail = next((word.folded for word in reversed(words) if not word.is_mark), "")
        content = "v" if "v" in brought else "n" if "n" in brought else "0"
        return ("a" if self._question.asks else "-") + content + ("n" if tail and tail in "呢嘞咧" else "-")

    @property
    def _intents(self) -> tuple[str, ...]:
        return self._leaning.sense.intents if self._leaning.sense is not None else ()

    @property
    def _intent(self) -> str:
        return self._intents[0] if self._intents else ""

    @cached_property
    def _wanted(self) -> tuple[str, ...]:
        return cues_of(self._question.folded)

    @cached_property
    def _cues(self) -> tuple[str, ...]:
        words = [word.folded for word in self._question.words[:14]]
        return (*dict.fromkeys(words), *(f"{x}_{y}" for x, y in zip(["^", *words], [*words, "$"], strict=True)))

    def _way(self, way: str, base: int) -> Iterator[str]:  # noqa: C901, PLR0912 - one sign after another
        w = f"{way}{'' if base < 2 else '<'}"
        yield f"w:{w}"
        yield f"w:{w}:{self._shape}"
        yield f"w:{w}:{self._shape[:-1]}"
        yield f"w:{w}:{self._asking}"
        yield f"w:{w}:brings{min(sum(bool(brings(word)) for word in self._question.words), 3)}{self._asking[0]}"
        yield f"w:{w}:size{self._shape[-1]}"
        yield f"w:{w}:clauses{min(len(self._question.clauses), 3)}"
        for cue in self._cues:
            yield f"~w:{w}:{cue}"
        for intent in self._intents:
            yield f"w:{w}:i:{intent}"
        yield f"w:{w}:i:{self._intent}:{self._asking}"
        yield f"w:{w}:i:{self._intent}:{self._shape[4]}{self._shape[-1]}"
        for name in self._wanted:
            yield f"w:{w}:{name}"
            yield f"w:{w}:{name}:{self._asking}"
        yield f"w:{w}:{'+'.join(self._wanted)}"
        if base:
            asked, answer = self._leaning.turn(base), self._leaning.turn(-base)
            yield f"b:{base}"
            sense = self._leaning.sense
            if sense is not None:
                place = "1" if base == 1 else ">"
                yield f"b:{place}:i:{self._intent}"
                yield f"b:{place}:vector nearest{sense.nearest == base}"
                yield f"b:{place}:vector nearest{sense.nearest == base}:i:{self._intent}"
                if base == len(self._leaning.before):
                    yield f"b:first:i:{self._intent}"
                yield f"w:{w}:close{sense.closeness}"
            leant = self._leaning.leant[: base - 1]
            yield f"b:{base}:between:{'+'.join('l' if one else 's' for one in leant)}"
            for name in self._wanted:
                yield f"b:{base}:{name}"
                yield f"b:{'first' if base == len(self._leaning.before) else ''}:{name}"
            if base > 1:
                yield f"b:>:{'passed over' if not all(leant) else 'thread'}"
                yield f"b:>:in the last{share_of(asked, self._leaning.before[0])}"
                yield f"w:{w}:{'passed over' if not all(leant) else 'thread'}"
            for cue in self._cues:
                yield f"~b:{'1' if base == 1 else '>'}:{cue}"
            yield f"w:{w}:q{share_of(self._question, asked)}"
            yield f"w:{w}:a{share_of(self._question, answer)}"
            nearest = max(range(1, len(self._leaning.before) + 1), key=self._overlap)
            where = "nearest" if nearest == base else "farther"
            yield f"b:{'1' if base == 1 else '>'}:{where}{self._overlap(base) > 0}"
            if base == len(self._leaning.before):
                yield "b:first"
                for cue in self._cues:
                    yield f"~b:first:{cue}"
        elif self._leaning.before:
            if self._leaning.sense is not None:
                yield f"w:{w}:close{self._leaning.sense.closeness}"
            yield f"w:{w}:q{share_of(self._question, self._leaning.before[0])}"
            yield f"w:{w}:h{max(share_of(self._question, asked) for asked in self._leaning.before)}"

    def _overlap(self, number: int) -> int:
        mine = self._question.pairs
        return len(mine & (self._leaning.turn(number).pairs | self._leaning.turn(-number).pairs))

    def _kept(self, a: int, b: int, alone: bool) -> Iterator[str]:
        """What of the question is left out."""
        words, way = self._question.words, "alone:" if alone else ""
        bare = self._question.bare
        for at in range(a):
            yield f"~d:{way}{words[at].folded}"
            yield f"d:{way}{words[at].tag}:{commonness(words[at])}"
            yield f"d:{commonness(words[at])}"
        if b == 0:
            yield f"d:all:{self._shape}"
            yield f"d:all:{self._asking}"
            yield f"d:all:i:{self._intent}"
            yield from (f"d:all:{name}:{self._asking}" for name in self._wanted)
            yield f"d:all:brings{min(sum(bool(brings(word)) for word in self._question.words), 3)}"
            yield from (f"~d:all:{cue}" for cue in self._cues)
            return
        before = words[a - 1] if a else None
        if before is not None:
            yield f"~k:{way}after:{before.folded}"
            yield f"k:{way}after:{before.tag}:{words[a].tag}"
            yield f"k:{way}after:{before.tag}:{commonness(before)}"
            yield f"k:{way}mark{before.is_mark}"
        yield f"~k:{way}first:{words[a].folded}"
        yield f"k:{way}first:{words[a].tag}"
        yield f"~k:{way}last:{words[b - 1].folded}"
        yield f"k:{way}last:{words[b - 1].tag}"
        for at in range(a, b):
            yield f"~kk:{words[at].folded}"
        if any(words[at].is_mark for at in range(a, b)):
            yield f"k:{way}over"
        if b < bare:
            yield f"~e:{way}{words[b].folded}"
            yield f"e:{way}{words[b].tag}:{words[b - 1].tag}"
            for at in range(b, bare):
                yield f"~e:{way}drop:{words[at].folded}"
                yield f"e:{way}drop:{words[at].tag}:{commonness(words[at])}"
        lost = [word for word in (*words[:a], *words[b:bare]) if not word.is_mark]
        if any(word.slot == "ask" for word in lost):
            yield f"k:{way}asking lost"
        yield f"k:{way}lost{min(len(lost), 4)}"
        yield f"k:lost{min(len(lost), 4)}:i:{self._intent}"
        yield f"k:{way}brings lost{min(sum(bool(brings(word)) for word in lost), 3)}"

    def _word(self, number: int, at: int, left: bool) -> Iterator[str]:
        """A word of an earlier question that is kept, left or right of what the question brings."""
        turn = self._leaning.turn(number)
        word = turn.words[at]
        side = "L" if left else "R"
        yield f"o:{side}{word.tag}:{self._asking}"
        yield f"o:{side}{word.slot}:{self._asking}"
        yield f"~o:{word.folded}"
        yield f"o:{side}at{min(at, 3)}:{self._asking}"
        if self._intent:
            yield f"o:{side}{word.slot or word.tag}:i:{self._intent}"
            yield f"o:{side}:i:{self._intent}:{min(at, 3)}"
        for name in self._wanted:
            yield f"o:{side}:{name}"
            if word.slot == "ask":
                yield f"o:{side}ask:{name}"
        if word.folded in self._question.folded and not word.is_mark and len(word.folded) > 1:
            yield f"o:{side}said again:{self._asking}"
        if number <= len(self._leaning.answers) and word.tag[0] in "nveci":
            yield f"o:{side}answered{word.folded in self._leaning.turn(-number).folded}:{self._asking[0]}"
        if any(word.folded in other.folded for other in self._leaning.before[number:]) and len(word.folded) > 1:
            yield f"o:{side}stays:{self._asking}"
        if at + 1 < len(turn.words):
            yield f"o:{side}before:{turn.words[at + 1].tag}:{self._asking[0]}"
        if word.slot and any(other.slot == word.slot for other in self._question.words):
            yield f"o:{side}twice {word.slot}"
        mine = word.folded[-1]
        if any(o.folded[-1] == mine and o.folded != word.folded and not o.is_mark for o in self._question.words):
            yield f"o:{side}like"

    def _cut(self, number: int, i: int, j: int, way: str) -> Iterator[str]:
        """Where an earlier question is cut, and what of it is left out."""
        turn = self._leaning.turn(number)
        words = turn.words[: turn.bare]
        left, right = tag_at(words, i - 1), tag_at(words, i)
        yield f"c:{way}:{left}|{right}"
        yield f"c:{way}:|{right}"
        yield f"c:{way}:{left}|"
        yield f"c:{left}|{right}:{self._asking}"
        if way not in ("behind", "unasked", "stated"):
            yield f"c:{way}:end:{tag_at(words, j - 1)}|{tag_at(words, j)}"
        out = words[i:j]
        yield f"c:{way}:out{min(len(out), 5)}"
        if any(word.slot == "ask" for word in out):
            yield f"c:{way}:asking out:{self._asking}"
        if any(word.tag == "v" for word in out):
            yield f"c:{way}:verb out:{self._asking}"
        if any(word.slot == "ask" for word in words[:i]) and way in ("behind", "added", "stated"):
            yield f"c:{way}:asking left:{self._asking}"
        yield f"c:{way}:of{min(i * 4 // max(len(words), 1), 3)}"

    def _pair(self, number: int, i: int, j: int, a: int, b: int) -> Iterator[str]:
        """How what is put in goes with what it takes the place of, and with its neighbours."""
        turn, question = self._leaning.turn(number), self._question
        words = turn.words[: turn.bare]
        out, new = words[i:j], question.words[a:b]
        yield f"p:join:{tag_at(words, i - 1)}+{new[0].tag}"
        yield f"p:join:{new[-1].tag}+{tag_at(words, j)}"
        kept = {word.folded for word in (*words[:i], *words[j:]) if len(word.folded) > 1 or word.slot == "ask"}
        again = sum(word.folded in kept for word in new)
        yield f"p:again{min(again, 2)}"
        if any(word.slot == "ask" for word in (*words[:i], *words[j:])) and any(word.slot == "ask" for word in new):
            yield "p:asks twice"
        if not any(word.slot == "ask" for word in (*words[:i], *words[j:], *new)):
            yield f"p:asks nothing{turn.asks}"
        if not out:
            return
        slots = [word.slot for word in out if word.slot], [word.slot for word in new if word.slot]
        yield f"p:slots{'same' if sorted(slots[0]) == sorted(slots[1]) else 'differ'}{bool(slots[0])}"
        for slot in set(slots[0]) & set(slots[1]):
            yield f"p:slot:{slot}"
        for slot in set(slots[0]) - set(slots[1]):
            yield f"p:slot lost:{slot}"
        if j == len(words):
            return
        yield f"p:tags:{out[-1].tag}>{new[-1].tag}"
        yield f"p:tags:first:{out[0].tag}>{new[0].tag}"
        yield f"p:count{max(-3, min(len(new) - len(out), 3))}"
        said, brought = "".join(w.folded for w in out), "".join(w.folded for w in new)
        yield f"p:chars{max(-4, min(len(brought) - len(said), 4))}"
        yield f"p:head{said[-1] == brought[-1]}"
        yield f"p:first{said[0] == brought[0]}"
        yield f"p:share{bool(set(said) & set(brought))}"
        yield f"p:same{said == brought}"

    def _pronoun(self, p: int, q: int) -> Iterator[str]:
        words = self._question.words
        yield f"~r:{''.join(word.folded for word in words[p:q])}"
        yield f"r:tags:{'+'.join(word.tag for word in words[p:q])}"
        yield f"r:slots:{'+'.join(word.slot or '-' for word in words[p:q])}"
        yield f"r:next:{tag_at(words, q)}"
        yield f"r:before:{tag_at(words, p - 1)}"
        yield f"r:first{p == 0}"

    def _name(self, number: int, i: int, j: int) -> Iterator[str]:
        """A name that stands for the pronoun: its words, and what is beside them."""
        turn = self._leaning.turn(number)
        words = turn.words
        whose = "asked" if number > 0 else "answer"
        yield f"n:{whose}:{min(abs(number), 2)}"
        yield f"n:{whose}:i:{self._intent}"
        yield f"n:{whose}:size{min(j - i, 5)}"
        yield f"~n:{whose}:before:{words[i - 1].folded if i else '^'}"
        yield f"~n:{whose}:after:{words[j].folded if j < len(words) else '$'}"
        yield f"n:{whose}:{tag_at(words, i - 1)}|{words[i].tag}"
        yield f"n:{whose}:{words[j - 1].tag}|{tag_at(words, j)}"
        for word in words[i:j]:
            yield f"n:{word.tag}"
            yield f"~n:{word.folded}"
        yield f"n:{whose}:start{i == 0}"
        if i and not words[i - 1].is_mark:
            yield f"n:{whose}:cut:{words[i - 1].tag}:{commonness(words[i - 1])}"
        if j < len(words) and not words[j].is_mark:
            yield f"n:{whose}:end:{words[j].tag}:{commonness(words[j])}"
        said = turn.between(i, j)
        if number < 0:
            known = any(said in asked.text for asked in self._leaning.before)
            yield f"n:answer:known{known}"
        elif said in self._leaning.answers[0].text:
            yield f"n:asked:answered{i == 0}"

    def _standing(self, p: int, q: int, number: int, i: int, j: int) -> Iterator[str]:
        """How the pronoun and the name go together: people, the noun that the pronoun comes with, a place in a list."""
        turn, words = self._leaning.turn(number), self._question.words[p:q]
        name = turn.words[i:j]
        whose = "asked" if number > 0 else "answer"
        pronoun = "".join(word.folded for word in words)
        yield f"s:{pronoun}:{whose}"
        kind = "person" if words[0].folded in _PEOPLE else "thing"
        yield f"s:{kind}:{name[-1].tag}:{whose}"
        yield f"s:{kind}:{name[0].tag}:{whose}"
        noun = next((word.folded for word in reversed(words) if not word.slot), "")
        if noun:
            held = "ends" if name[-1].folded.endswith(noun) else "holds" if noun in turn.between(i, j).lower() else "no"
            yield f"s:noun:{held}"
            yield f"s:noun:{held}:{whose}"
        place = place_in_list(turn, (number, i, j))
        if place is not None:
            at, count = place
            yield f"s:list:{pronoun}:{at}"
            yield f"s:list:{pronoun}:-{count - at}"
            for word in words:
                yield f"s:list:{word.folded}:{at}"
                yield f"s:list:{word.folded}:-{count - at}"
        else:
            yield f"s:list:{pronoun}:no"

    def _stated(self, number: int, i: int, j: int) -> Iterator[str]:
        turn = self._leaning.turn(number)
        yield f"t:first{i == 0}"
        yield f"t:whole{j >= turn.bare - 1}"
        said = {word.folded for word in turn.words[i:j] if len(word.folded) > 1}
        yield f"t:again{sum(word.folded in said for word in self._question.words) > 0}"
        asked = {word.folded for word in self._leaning.before[0].words if len(word.folded) > 1}
        yield f"t:subject{bool(said & asked)}"
        if any(word.tag == "q" for word in turn.words[i:j]):
            yield "t:figure"
