"""Questions in Chinese: a clause of the document in which the question word stands where the figure stood.

Chinese asks in place (馆里聘任了39名顾问 → 馆里聘任了多少名顾问？), so that a clause with a subject, a verb and a
figure is a well-formed question once the figure is asked for. Words and their parts of speech are those of jieba.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from corpus.language.names import Word, people_of, words_of
from corpus.language.quantities import Quantity, QuantityKind, quantities_of
from corpus.language.script import fold, has_han
from corpus.language.sentences import clause_spans

__all__ = ["about", "asked", "question_word", "section"]

_SHORTEST, _LONGEST = 8, 40  # characters of a question
_SHORTEST_SUBJECT, _LONGEST_SUBJECT = 3, 20  # characters of what a clause speaks of, unless that is a name
_LONGEST_MEASURE = 4
_NUMERALS = frozenset("0123456789０１２３４５６７８９.,，零〇一二两三四五六七八九十百千万萬亿億余餘多")
_NOMINAL = ("n", "s", "j", "b", "vn", "l", "t", "m", "q", "f", "a", "uj", "k")  # classes in the name of a thing
_NAMES = frozenset({"ns", "nt", "nz", "nr"})
_NOUN = ("n", "s", "j", "vn")
_ALONGSIDE = ("d", "p")  # what may stand between the subject and its verb
_LEANING = ("r", "c", "y", "e", "o")  # words that lean on what was said before
_MARKS = frozenset("/，,；;“”‘’\"'（）()《》〈〉「」『』[]【】|*•·—:：、")
_AT = ("于", "在")
_IS = ("为", "是")
_INTRODUCES = ("：", ":")


def asked(sentence: str) -> Iterator[tuple[str, str]]:
    """Questions that a sentence answers, each with the words of the sentence that answer it."""
    subject = ""
    for start, end in _clauses(sentence):
        clause = sentence[start:end].rstrip("，。；,;.！!")
        words = _words(clause)
        if words is None:
            continue
        own = _subject(words)
        whole = clause if own else subject + clause if subject and _is_predicate(words) else ""
        subject = own if own and _NAMES & {word.kind for word in words_of(fold(own))} else subject
        if sentence[start:end].endswith(_INTRODUCES):
            subject = ""  # another one speaks
        elif whole:
            yield from _asked_of(whole)


def _asked_of(clause: str) -> Iterator[tuple[str, str]]:
    if _MARKS & set(clause):
        return
    for quantity in quantities_of(clause):
        made = _asking_for(clause, quantity)
        if made is not None and _SHORTEST <= len(made) <= _LONGEST:
            yield f"{made}？", clause[quantity.start : quantity.end]


def _asking_for(clause: str, quantity: Quantity) -> str | None:
    """The clause with a question word for a quantity; None where it would not read well."""
    before, said, after = clause[: quantity.start], clause[quantity.start : quantity.end], clause[quantity.end :]
    words = _words(before, figure_follows=True)
    if not words or after.endswith("的") or not any(_is_verb(word) or word.text in (*_AT, *_IS) for word in words):
        return None
    if quantity.kind is QuantityKind.DATE:
        return _asking_when(before, after)
    if quantity.indefinite or quantity.bound in ("about", "under"):
        return None
    if quantity.kind is QuantityKind.PERCENT:
        return f"{before}百分之多少{after}" if said.endswith(("%", "％")) else None
    measure = said.lstrip("".join(_NUMERALS))
    if quantity.kind not in (QuantityKind.AMOUNT, QuantityKind.MONEY) or not _is_measure(measure):
        return None
    counted = not after and words[-1].kind.startswith(_NOUN)  # 高层次人才团队5个
    link = ("是" if quantity.kind is QuantityKind.MONEY else "有") if counted else ""
    return f"{before}{link}多少{measure}{after}"


def _asking_when(before: str, after: str) -> str | None:
    if before.endswith(_IS) and not after:
        return f"{before[:-1]}是什么时候"
    return f"{before[:-1]}在什么时候{after}" if before.endswith(_AT) and len(after) > 1 else None


def _is_measure(text: str) -> bool:
    return has_han(text) and len(text) <= _LONGEST_MEASURE


def question_word(said: str) -> str:
    """What asks for a value that stands by itself: 是多少, 是什么时候, 是谁, 是什么."""
    figures = quantities_of(said)
    if len(figures) == 1 and figures[0].end - figures[0].start == len(said):
        if figures[0].kind in (QuantityKind.DATE, QuantityKind.TIME):
            return "是什么时候"
        if figures[0].kind is not QuantityKind.ORDINAL:
            return "是多少"
    return "是谁" if people_of(fold(said)) == [fold(said)] else "是什么"


def section(title: str, heading: str) -> str | None:
    """The question what a section says, None where its heading is no name of a thing."""
    words = _words(heading)
    if not words or not words[-1].kind.startswith(_NOUN) or any(word.kind.startswith(_LEANING) for word in words):
        return None
    if not all(word.kind.startswith(_NOMINAL) for word in words):
        return None
    made = f"《{title}》的{heading}是什么"
    return f"{made}？" if len(made) <= _LONGEST else None


def about(title: str) -> str:
    """The question what a document is about."""
    return f"《{title}》主要讲了什么？"


def _words(text: str, *, figure_follows: bool = False) -> list[Word] | None:
    """The words of a text; None where one of them leans on what is not there: 该, 今年.

    A verb that is often a noun (突破) is a verb before a figure.
    """
    words = [word for word in words_of(fold(text)) if word.text.strip()]
    words = [Word(word.text, "m") if word.text.isdigit() else word for word in words]
    if any(word.kind in _LEANING or _is_relative(word) for word in words):
        return None
    following = [*(word.kind == "m" for word in words[1:]), figure_follows]
    return [Word(one.text, "v") if one.kind == "vn" and m else one for one, m in zip(words, following, strict=False)]


def _is_relative(word: Word) -> bool:
    return word.kind == "t" and not quantities_of(word.text)


def _subject(words: Sequence[Word]) -> str:
    """What a clause speaks of: the name of a thing, with a time before it, and a verb behind; "" where it has none."""
    verb = next((i for i, word in enumerate(words) if not word.kind.startswith(_NOMINAL)), len(words))
    before = words[:verb]
    goes_on = any(_is_verb(word) or word.text in _IS for word in words[verb:])
    if not goes_on or not before or not any(word.kind.startswith(_NOUN) for word in before):
        return ""
    said = "".join(word.text for word in before)
    named = any(word.kind in _NAMES for word in before)
    fits = (2 if named else _SHORTEST_SUBJECT) <= len(said) <= _LONGEST_SUBJECT
    begins = before[0].kind[0] not in "ufkqm" or any(
        one.start == 0 and one.kind is QuantityKind.DATE for one in quantities_of(said)
    )
    return said if fits and begins else ""


def _is_predicate(words: Sequence[Word]) -> bool:
    """Whether a clause begins with what is done, so that whoever does it may be put before it."""
    first = next((word for word in words if not word.kind.startswith(_ALONGSIDE)), None)
    return first is not None and _is_verb(first)


def _is_verb(word: Word) -> bool:
    return word.kind.startswith("v") and word.kind != "vn"


def _clauses(sentence: str) -> list[tuple[int, int]]:
    """The parts of a sentence between its commas; what is listed (、) stays together."""
    spans: list[tuple[int, int]] = []
    for start, end in clause_spans(sentence, 0, len(sentence)):
        if spans and sentence[spans[-1][1] - 1] == "、":
            start = spans.pop()[0]
        spans.append((start, end))
    return spans
