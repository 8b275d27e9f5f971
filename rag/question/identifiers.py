"""What a question calls a thing by: codes, numbers of documents, telephone numbers, people. Names, not words.

A word has synonyms, a name has none: what is said of X2 says nothing of X4. Whether a figure is a name ("分机8777") or
an amount ("报销6000") its documents tell: there names of the same shape stand behind the same word.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from corpus.language.names import identifiers_of, people_of, words_of
from corpus.language.numerals import chinese_numeral
from corpus.language.quantities import QuantityKind, quantities_of
from corpus.language.script import HAN, KANA, fold
from rag.question.cedict import entries_of

__all__ = ["Identifier", "identifiers_in", "people_in"]

_RUN = re.compile(r"[a-z]+|\d+")
_VARIANT = re.compile(r"\s?([a-z]{2,})(?![a-z\d])")
_ISSUED = re.compile(r"[〔\[(【]\s*((?:19|20)\d\d)\s*[〕\])】]\s*第?\s*(\d{1,5})\s*号")
_ANY_ISSUED = re.compile(r"([〔\[(【]\s*(?:19|20)\d\d\s*[〕\])】]\s*第?\s*\d{1,5}\s*号)")
_DIGITS = re.compile(r"(?<![a-z\d./-])\d{2,}(?:[.\s-]\d+)*(?![a-z\d/]|-[a-z\d])")
_NUMBERED = re.compile(r"(\d{1,2}|[一二三四五六七八九十]{1,3})(号线|号楼|号仓|号窗口|号门|楼|层|栋|路(?=公交|车))")
_LABEL_BEFORE = re.compile(rf"([{HAN}]{{2}}|[a-z]{{2,}})[:：\s]{{0,2}}$")
_LABEL_BEHIND = re.compile(rf"[{HAN}]{{2}}")
_ONES = "零一二三四五六七八九"
_HUNDRED = 100  # floors, lines and buildings have numbers below it
_LONG = 7  # digits: nobody writes an amount of so many out
_SURNAMES = frozenset(
    "王李张刘陈杨赵黄周吴徐孙胡朱高林郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊"
    "金陆郝孔崔康毛邱秦江史顾侯邵孟龙万段汤尹黎易常武乔贺赖龚文"
)
_WORDS_TOO = frozenset("张黄高林马程任田戴曾顾石方文龙万段汤易常武于")  # as often a word of one character
_GIVEN = frozenset({"nr", "a", "ag", "zg", "j"})  # jieba's parts of speech of given names
_THINGS = frozenset({"n", "s"})  # jieba's parts of speech: nouns, and those of places
_COUNTING_PEOPLE = frozenset("位名")  # measure words, as CC-CEDICT tells them behind "CL:"
_SEPARATORS = r"[\s_-]{0,2}"


@dataclass(frozen=True, slots=True)
class Identifier:
    """A name of one thing. All patterns are for folded text.

    ``text`` is the name, folded. ``form`` finds it, ``like`` other names of its shape, as its first group. ``certain``
    is whether it is a name wherever it is asked for, and not only where its documents have the like.
    """

    text: str
    form: re.Pattern[str]
    like: re.Pattern[str]
    certain: bool = False


def identifiers_in(text: str) -> tuple[Identifier, ...]:
    """The codes, numbers of documents and other figures in a question that may be names, in no order.

    Capitals tell which are amounts: 100S is none.
    """
    folded = fold(text)
    issued = list(_issued(folded))
    rest = _ISSUED.sub(lambda found: " " * len(found[0]), folded)
    amounts = [
        (one.start, one.end)
        for one in quantities_of(text if len(text) == len(folded) else folded)
        if one.unit or one.kind not in (QuantityKind.NUMBER, QuantityKind.AMOUNT)
    ]
    return (*issued, *_codes(rest, amounts), *_numbers(rest, amounts), *_numbered(rest))


def people_in(folded: str) -> tuple[str, ...]:
    """What seem to be names of people in a folded question: a common surname with one or two characters.

    No word that the dictionary knows as another (马达), nor with one more (林子里); no such word behind a surname (戴
    with 眼镜) but for what people are called, which is counted as people are (李老师); and not whom the question is put
    to (王经理，……).
    """
    if KANA.search(folded):
        return ()
    return tuple(
        name
        for name in people_of(folded)
        if len(name) in (2, 3)
        and name[0] in _SURNAMES
        and not any(map(_meanings, (name, name[:2])))
        and not (name[0] in _WORDS_TOO and len(name) == 2 and words_of(name[1])[0].kind not in _GIVEN)
        and not _is_thing(name[1:])
        and not folded.startswith(tuple(f"{name}{behind}" for behind in ",，您你"))
        and "几" not in name
    )


def _meanings(word: str) -> list[str]:
    """What a word means, but for names."""
    return [entry.senses for entry in entries_of(word) if not entry.is_name]


def _is_thing(word: str) -> bool:
    if len(word) < 2 or any(one.kind not in _THINGS for one in words_of(word)):
        return False
    meanings = _meanings(word)
    return bool(meanings) and not any(_COUNTING_PEOPLE.intersection(one.partition("CL:")[2]) for one in meanings)


def _issued(folded: str) -> Iterator[Identifier]:
    for match in _ISSUED.finditer(folded):
        year, number = match.groups()
        form = rf"[〔\[(【]\s*{year}\s*[〕\])】]\s*第?\s*0*{int(number)}\s*号"
        yield Identifier(match[0], re.compile(form), _ANY_ISSUED)


def _codes(folded: str, amounts: list[tuple[int, int]]) -> Iterator[Identifier]:
    for code in identifiers_of(folded):
        at = folded.find(code)
        if any(start <= at and at + len(code) <= end for start, end in amounts):
            continue
        form, like = _spelled(code, exact=True), _spelled(code, exact=False)
        yield Identifier(code, _free(form), _free(f"({like})"))
        variant = _VARIANT.match(folded, at + len(code))
        if variant:  # S50 Max: whether the word belongs to the code the documents tell
            text = f"{code} {variant[1]}"
            of_any = rf"[a-z]{{1,4}}{_SEPARATORS}\d{{1,5}}{_SEPARATORS}{variant[1]}"
            yield Identifier(text, _free(rf"{form}{_SEPARATORS}{variant[1]}"), _free(f"({of_any})"))


def _numbers(folded: str, amounts: list[tuple[int, int]]) -> Iterator[Identifier]:
    for match in _DIGITS.finditer(folded):
        digits = re.sub(r"\D", "", match[0])
        if any(start < match.end() and match.start() < end for start, end in amounts):
            continue
        form = _free(r"[\s-]?".join(map(re.escape, re.split(r"[\s-]", match[0]))), digits=True)
        if len(digits) >= _LONG:
            yield Identifier(match[0], form, _free(rf"(\d{{{len(digits)}}})", digits=True), certain=True)
            continue
        before = _LABEL_BEFORE.search(folded, 0, match.start())
        behind = _LABEL_BEHIND.match(folded, match.end())
        shape = re.sub(r"\d+", lambda run: rf"\d{{{len(run[0])}}}", re.escape(match[0]))
        if before:
            like = re.compile(rf"{re.escape(before[1])}[^\w\n]{{0,3}}({shape})(?![\d.])")
        elif behind:
            like = re.compile(rf"(?<![\d.])({shape})[^\w\n]{{0,3}}{behind[0]}")
        else:
            continue
        yield Identifier(match[0], form, like)


def _numbered(folded: str) -> Iterator[Identifier]:
    """Floors, lines and buildings: 五楼 and 5层 are one, and one of 1—8层."""
    for match in _NUMBERED.finditer(folded):
        value = chinese_numeral(match[1])
        if value is not None and 0 < value < _HUNDRED:
            number = int(value)
            unit = "[楼层]" if match[2] in "楼层" else re.escape(match[2])
            first, last = _any_of(1, number + 1), _any_of(number, _HUNDRED)
            spelled = rf"{_any_of(number, number + 1)}|{first}(?:{unit})?\s?(?:[-—–~至到]|——)\s?{last}"
            form = re.compile(rf"(?<![\d一二三四五六七八九十])(?:{spelled}){unit}")
            yield Identifier(match[0], form, re.compile(rf"((?:\d{{1,2}}|[一二三四五六七八九十]{{1,3}}){unit})"))


def _any_of(first: int, end: int) -> str:
    """A pattern of the numbers from one to before another, in figures and in characters, the longest first."""
    spelled = [spelling for number in range(first, end) for spelling in (str(number), _in_characters(number))]
    return f"(?:{'|'.join(sorted(spelled, key=len, reverse=True))})"


def _spelled(code: str, *, exact: bool) -> str:
    """A pattern of the code however its parts are joined, or of any that differs from it in its figures only."""
    runs = _RUN.findall(code)
    joints = _RUN.split(code)[1:-1]
    parts = [run if exact or run.isalpha() else r"\d{1,6}" for run in runs]
    spelled = parts[0]
    for joint, part in zip(joints, parts[1:], strict=True):
        spelled += (r"\." if joint == "." else r"[\s/_:-]{0,2}" if joint else r"[\s_-]?" if exact else "-?") + part
    return spelled


def _free(pattern: str, *, digits: bool = False) -> re.Pattern[str]:
    """The pattern where it is no part of a longer name."""
    if digits:
        return re.compile(rf"(?<![\d.]){pattern}(?!\d|\.\d)")
    return re.compile(rf"(?<![a-z\d]){pattern}(?![a-z\d])")


def _in_characters(value: int) -> str:
    """A number under 100 in Chinese characters: 十二, 三十."""
    tens, ones = divmod(value, 10)
    return ("" if tens < 2 else _ONES[tens]) + ("十" if tens else "") + (_ONES[ones] if ones or not tens else "")
