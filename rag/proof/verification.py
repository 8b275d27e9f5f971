"""Whether the text a sentence cites bears it out: figures, names, negation, and the rest by its words and vector.

Nothing is asked of a language model: every problem found can be shown to the reader, and the same sentence always gets
the same verdict. docs/verification.md tells the method, its figures and its limits.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from corpus.language.names import squeezed, strange_names, words_of
from corpus.language.negation import contradictions
from corpus.language.numerals import rounded
from corpus.language.quantities import Quantity, QuantityKind, quantities_of
from corpus.language.script import fold, has_han
from corpus.language.units import is_counter
from rag.answers import AnswerSentence, Citation, Verdict
from rag.question.phrases import Language, say

__all__ = ["Evidence", "coverage", "problems_of", "verify"]

_LEAST_COVERAGE = 0.5
_LEAST_LIKENESS = 0.92
_LEAST_LIKENESS_ACROSS = 0.80
_ROUNDING = Decimal("0.05")  # 近40万 may stand for 39.63万
_SAME_COUNTER = tuple(
    frozenset(group.split())
    for group in (
        "个 家 企业 公司 所 户 学校 大学 医院 学院",
        "个 项 件 条 种 款 类 种类 项目 份",
        "次 起 场 回 届 轮 例",
        "座 栋 幢 楼 间 处 套 个 站 平台 基地",
        "辆 台 部 架 艘 列",
        "篇 本 册 部 卷 份 集 首 版",
        "人 人次 成员 学生 代 个 口",
        "个 省 市 县 国 州 镇 乡 村",
        "个 队 队伍 支",
    )
)
_ABSENCE = re.compile(
    r"(?:文档|文件|资料|材料|原文|文中|文章|报道|上文|条文)[^，。；]{0,12}?(?:没有|没|未|并未|未能|不曾)[^，。；]{0,4}"
    r"(?:提到|提及|提供|说明|写明|给出|记载|涉及|包含|列出|指出|明确|披露|介绍|回答)"
    r"|\b(?:passages?|documents?|texts?|sources?|articles?)\b[^.;]{0,40}?\b(?:not|n['’]t|no)\b[^.;]{0,20}?"
    r"\b(?:state|mention|say|specif|provide|contain|give|tell|indicate|answer|include)"
    r"|\b(?:not|never)\s(?:stated|mentioned|specified|given)\b"
)
_DIGITS = re.compile(r"[\d][\d.,:/%-]*")
_NUMERIC = {QuantityKind.NUMBER, QuantityKind.AMOUNT, QuantityKind.MONEY, QuantityKind.PERCENT, QuantityKind.ORDINAL}


@dataclass(frozen=True)
class Evidence:
    """A cited text, and what it leans on: its title, publisher and date, and the sentences before it.

    The sentences before lend it names and dates, as they do to a reader, but no figures.
    """

    text: str
    folded: str
    quantities: tuple[Quantity, ...]
    leans_on: str = ""
    dates: tuple[Quantity, ...] = ()

    @classmethod
    def of(cls, text: str, leans_on: Iterable[str | None] = ()) -> Evidence:
        """The evidence of a text."""
        around = "\n".join(dict.fromkeys(filter(None, leans_on)))
        dates = tuple(quantity for quantity in quantities_of(around) if quantity.iso)
        return cls(text, fold(text), tuple(quantities_of(text)), fold(around), dates)


def verify(
    text: str,
    citations: tuple[Citation, ...],
    language: Language,
    *,
    before: str = "",
    likeness: float | None = None,
) -> AnswerSentence:
    """The sentence with its verdict, and in plain words of ``language`` what speaks against it.

    ``before`` are the sentences that stand before the quotations in their passages. ``likeness`` is the inner product
    of the sentence's vector and its best quotation's (-1 to 1), None where it was not encoded. A sentence that says the
    documents are silent is unchecked: no quotation can bear that out.
    """
    numbers = tuple(citation.number for citation in citations)
    folded = fold(text)
    if _ABSENCE.search(folded):
        return AnswerSentence(text, numbers, "unchecked")
    if not citations:
        return AnswerSentence(text, (), "unsupported", (say("no_citation", language),))
    above = [part for citation in citations for part in (citation.title, citation.source, citation.published)]
    evidence = Evidence.of("\n".join(citation.quote for citation in citations), [*above, before])
    problems = problems_of(text, evidence, language, likeness)
    verdict: Verdict = "unsupported" if problems else "supported"
    return AnswerSentence(text, numbers, verdict, problems)


def problems_of(text: str, evidence: Evidence, language: Language, likeness: float | None = None) -> tuple[str, ...]:
    """What speaks against a sentence, in plain words; empty if its evidence bears it out. See ``verify``."""
    folded = fold(text)
    problems = tuple(dict.fromkeys(_problems(text, folded, evidence, language)))
    if not problems and not _is_like(folded, evidence, likeness):
        return (say("not_said", language),)
    return problems


def _missing_quantities(text: str, evidence: Evidence) -> list[Quantity]:
    """The quantities of a sentence that its evidence does not hold."""
    return [
        quantity
        for quantity in quantities_of(text)
        if not quantity.indefinite
        and not _is_held(quantity, evidence)
        and not _stands_literally(text[quantity.start : quantity.end], evidence.folded)
    ]


def _problems(text: str, folded: str, evidence: Evidence, language: Language) -> Iterator[str]:
    missing = _missing_quantities(text, evidence)
    for quantity in missing:
        written = text[quantity.start : quantity.end]
        near = _of_same_unit(quantity, evidence.quantities)
        if near is None:
            yield say("missing_figure", language, figure=written)
        else:
            yield say("other_figure", language, figure=written, other=evidence.text[near.start : near.end].strip())
    around = evidence.folded + "\n" + evidence.leans_on
    for figure in _unread_digits(text):
        if not _stands_literally(figure, around):
            yield say("missing_figure", language, figure=figure)
    for name in strange_names(folded, around):
        yield say("missing_name", language, name=_as_written(name, text, folded))
    for words in contradictions(folded, evidence.folded):
        yield say("contradiction", language, words=_as_written(words, text, folded))


def _is_held(quantity: Quantity, evidence: Evidence) -> bool:
    if quantity.kind is QuantityKind.DATE:
        # What a text leans on may give it a year only if it names none of its own.
        has_year = any(other.iso[:4].isdigit() for other in evidence.quantities)
        return _is_dated(quantity.iso, [*evidence.quantities, *(() if has_year else evidence.dates)])
    return any(_agree(quantity, other) for other in evidence.quantities)


def _is_dated(iso: str, held: Sequence[Quantity]) -> bool:
    dates = {other.iso for other in held if other.kind is QuantityKind.DATE}
    dates |= {str(other.value) for other in held if other.kind is QuantityKind.NUMBER}  # 2020 without a 年
    if iso in dates:
        return True
    if iso.endswith("X"):
        return any(date.startswith(iso.rstrip("X")) for date in dates)
    wanted = _parts(iso)
    parts = [_parts(date) for date in dates]
    if any(all(mine in {None, its} for mine, its in zip(wanted, part, strict=True)) for part in parts):
        return True
    # 2020年4月24日 of a text that says the year in one place and the day in another.
    year_held = wanted[0] is None or any(part[0] == wanted[0] for part in parts)
    rest_held = any(part[0] in {None, wanted[0]} and part[1:] == wanted[1:] for part in parts)
    return year_held and rest_held


def _parts(iso: str) -> tuple[str | None, str | None, str | None]:
    match = re.fullmatch(r"(?:(-?\d{4})|-)(?:-(\d{2})|-)?(?:-(\d{2}))?", iso)
    return (match[1], match[2], match[3]) if match else (iso, None, None)


def _agree(quantity: Quantity, other: Quantity) -> bool:
    """Whether two quantities say the same, or one rounds the other and says so."""
    if quantity.kind is QuantityKind.TIME or other.kind is QuantityKind.TIME:
        return quantity.iso == other.iso and quantity.kind == other.kind
    if quantity.kind not in _NUMERIC or quantity.value is None:
        return False
    if other.value is None:
        return other.iso == str(quantity.value) and quantity.unit in {"", "年"}
    if not (_kinds_agree(quantity, other) and _units_agree(quantity.unit, other.unit)):
        return False
    if rounded(quantity.value, 6) == rounded(other.value, 6):
        return {quantity.bound, other.bound} != {"over", "under"}
    return _rounds(quantity, other.value)


def _rounds(quantity: Quantity, exact: Decimal) -> bool:
    assert quantity.value is not None
    if not quantity.bound or exact == 0 or abs(quantity.value - exact) > abs(exact) * _ROUNDING:
        return False
    if _significant_digits(quantity.value) >= _significant_digits(exact):
        return False
    return {"over": quantity.value <= exact, "under": quantity.value >= exact, "about": True}[quantity.bound]


def _significant_digits(value: Decimal) -> int:
    return len(f"{value:f}".replace(".", "").strip("0-"))


def _kinds_agree(quantity: Quantity, other: Quantity) -> bool:
    percent = QuantityKind.PERCENT
    if percent in {quantity.kind, other.kind}:
        return quantity.kind is other.kind
    ordinal = QuantityKind.ORDINAL
    if ordinal in {quantity.kind, other.kind} and quantity.kind is not other.kind:
        return bool(quantity.unit) and quantity.unit == other.unit  # 十八届 is 第十八届
    return True


def _units_agree(unit: str, other: str) -> bool:
    if unit == other or not unit or not other:
        return True
    if not (is_counter(unit) and is_counter(other)):
        return False
    return any(unit in group and other in group for group in _SAME_COUNTER)


def _of_same_unit(quantity: Quantity, held: Sequence[Quantity]) -> Quantity | None:
    """The one quantity of the evidence that the sentence's may have been meant to be, if there is just one."""
    if quantity.kind is QuantityKind.DATE:
        near = [other for other in held if other.kind is QuantityKind.DATE and len(other.iso) == len(quantity.iso)]
    else:
        same_unit = [other for other in held if other.unit == quantity.unit and other.kind is quantity.kind]
        near = same_unit or [other for other in held if other.value == quantity.value]
    return near[0] if len(near) == 1 else None


def _unread_digits(text: str) -> Iterator[str]:
    """Digits that are part of no quantity, such as those of names and numbers of things."""
    read = {place for quantity in quantities_of(text) for place in range(quantity.start, quantity.end)}
    for match in _DIGITS.finditer(text):
        if any(text[place].isdigit() and place not in read for place in range(*match.span())):
            yield match[0].strip(".,:/-")


def _stands_literally(figure: str, text: str) -> bool:
    pattern = r"\s*".join(map(re.escape, fold(figure).split()))
    return re.search(rf"(?<![\d.]){pattern}(?![\d%]|\.\d)", text) is not None and re.search(r"\d", figure) is not None


def _is_like(folded: str, evidence: Evidence, likeness: float | None) -> bool:
    """Whether the rest of the sentence stands in its evidence, by words, or where it was encoded, by meaning."""
    across = has_han(folded) != has_han(evidence.folded)
    if across:
        return likeness is None or likeness >= _LEAST_LIKENESS_ACROSS
    if coverage(folded, evidence.folded + evidence.leans_on) >= _LEAST_COVERAGE:
        return True
    return likeness is not None and likeness >= _LEAST_LIKENESS


def coverage(folded: str, text: str) -> float:
    """The share of a sentence's content, in characters, whose words the text holds (0 to 1); both folded."""
    held = squeezed(text)
    if has_han(folded):
        words = [word.text for word in words_of(folded) if not word.is_function and re.search(r"\w", word.text)]
    else:
        words = [word[:6] for word in re.findall(r"[a-z]{4,}", folded)]
    total = sum(map(len, words))
    return sum(len(word) for word in words if word in held) / total if total else 1.0


def _as_written(words: str, text: str, folded: str) -> str:
    """The words in the sentence's own script and case, where folding kept its length."""
    at = folded.find(words)
    return text[at : at + len(words)] if at >= 0 and len(folded) == len(text) else words
