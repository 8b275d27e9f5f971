"""The dresses in which language models write the numbers of passages: [1], 【1†source】, [^1], ¹, （1）, 根据资料1, ……

What a sign may also mean decides how much is asked of it: a number in square brackets is a mark unless it is code; a
raised or circled number, or one in round brackets, is one only where it can be nothing else.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

__all__ = ["Mark", "Settling", "is_listed", "marks_in", "named_passages"]

_LABEL = (
    r"(?:资料|資料|来源|來源|文档|文檔|文件|段落|材料|文献|文獻|片段|引用|引文|出处|出處|参考|參考"
    r"|passages?|sources?|documents?|docs?|refs?|references?|citations?|cite)"
)
_LABELLED = rf"(?:(?:{_LABEL}\s*[:：#.]?\s*){{1,2}})"  # 资料1, 来源：资料1
_AND = r"\s*(?:[,，、;；/&和与與及]|\band\b|[-–—~～至到])\s*"
_NUMBERS = rf"\d{{1,3}}(?:{_AND}{_LABELLED}?\d{{1,3}}){{0,19}}"
_SEE = r"(?:(?:见|見|参见|參見|详见|詳見|据|據|根据|根據|引自|see|cf\.?|from)\s*)?"
_BODY = rf"\s*[\^\#]?{_SEE}{_LABELLED}?{_NUMBERS}\s*"
_LINKED = r"(?:\((?:\#|https?:|/|\.|cite|source|doc|passage|ref)[!-')*-~]{0,300}\))?"
_PLAIN = re.compile(
    rf"""
      (?P<wrap>\*\*|__|\*|)
      (?: \^?\[{{1,2}}(?P<square>{_BODY})(?:(?:†|[:：]\s*(?=[^\W\d]))[^\]\n]{{0,80}})?\]{{1,2}} {_LINKED}
        | \\\[(?P<escaped>{_BODY})\\\]
        | [［【〔〖](?P<wide>{_BODY})(?:†[^】\n]{{0,80}})?[］】〕〗]
        | <(?P<tag>sup|cite|ref|citation|source)\b[^<>\n]{{0,40}}>\s*\[?(?P<tagged>{_BODY})\]?\s*</(?P=tag)>
        | [（(]\s*{_SEE}{_LABELLED}(?P<labelled>{_NUMBERS})\s*[)）]
        | \$\s*\^?\s*\{{?\s*\^?\s*\[(?P<power>{_NUMBERS})\]\s*\}}?\s*\$ | \$\s*\^\s*\{{?(?P<formula>{_NUMBERS})\}}?\s*\$
      )
      (?P=wrap)
    """,
    re.VERBOSE | re.IGNORECASE,
)
_RAISED = re.compile(
    rf"[¹²³⁴-⁹⁰]{{1,3}}(?:[,，⁻˒]?[¹²³⁴-⁹⁰]{{1,3}}){{0,9}}|\^\{{\[?(?P<braced>{_NUMBERS})\]?\}}"
    r"|\^(?P<caret>\d{1,2})\^?(?![\d.])"
)
_DOUBTFUL = re.compile(rf"[①-⑳❶-❿➀-➓⓵-⓾]{{1,9}}|[（(]\s*(?P<round>{_NUMBERS})\s*[)）]")
_NAMED_LABEL = r"(?:资料|資料|来源|來源|passages?|sources?|documents?)\s*"
_ONE_NAMED = rf"{_NAMED_LABEL}(?:\#|No\.?\s*)?(?:\d{{1,3}}|\[\d{{1,3}}\]|【\d{{1,3}}】)"
_MORE_NAMED = rf"(?:{_AND}(?:{_NAMED_LABEL})?(?:\d{{1,3}}|\[\d{{1,3}}\]|【\d{{1,3}}】)){{0,9}}"
_NOT_COUNTED = r"(?![\d%]|\.\d|\s*[份项項个個页頁套类類种種册冊张張条條本件年月日号號天元万萬亿億名家次])"
_NAMED = re.compile(rf"(?<![A-Za-z]){_ONE_NAMED}{_MORE_NAMED}{_NOT_COUNTED}", re.IGNORECASE)
_LEADS_IN = (
    r"(?:根据|根據|依据|依據|按照|依照|据|據|参照|參照|参考|參考|正如|如|从|從|由|according to|based on|as per|per)\s*"
)
_WITHIN = r"(?:\s*(?:中|里|裡|上|内|內))?(?:的(?:内容|內容|信息|資訊|记载|記載|说法|說法|规定|規定|描述|说明|說明))?"
_SEEN = r"(?:\s*(?:所述|所示|所言|可知|可见|可見|可以看出|可以得知|显示|顯示))?"
_SAYS = (
    r"\s*(?:明确|明確|还|還|也|均|都)?(?:显示|顯示|指出|提到|提及|表明|说明|說明|记载|記載|写明|寫明|写道|寫道|介绍|介紹|规定|規定"
    r"|states?|says?|mentions?|shows?|indicates?|notes?|reports?)(?:\s*that\b)?(?!的)"
)
_ATTRIBUTION = re.compile(
    rf"(?:{_LEADS_IN}(?:{_ONE_NAMED}{_MORE_NAMED}|[\[【]{_NUMBERS}[\]】]){_NOT_COUNTED}{_WITHIN}{_SEEN}\s*[，,：:]"
    rf"|(?<![A-Za-z]){_ONE_NAMED}{_MORE_NAMED}{_NOT_COUNTED}{_WITHIN}{_SAYS}\s*[，,：:]?"
    rf"|(?<![A-Za-z]){_ONE_NAMED}{_MORE_NAMED}\s*[：:])\s*",
    re.IGNORECASE,
)
_BEGINS = re.compile(r"(?:^|[。！？；，,.!?;：:\n*])\s*$")
_RUNS = re.compile(r"\d{1,3}(?:\s*[-–—~～至到]\s*(?:[^\W\d]*\s*)\d{1,3})?")
_BETWEEN = re.compile(r"\s*[、,，;；/]?\s*|\s*(?:和|与|與|及|and)\s*", re.IGNORECASE)
_OPENS = re.compile(
    rf"[（(【\[]\s*{_SEE}(?:(?:资料|資料)?(?:{_LABEL}|数据来源|注))?\s*[:：]?\s*$"
    r"|(?<!\w)(?:资料来源|資料來源|数据来源|来源|來源|出处|出處|参考资料|参考|sources?|references?)\s*[:：]\s*$",
    re.IGNORECASE,
)
_CLOSES = re.compile(r"\s*[)）】\]]")
_STOPS = "。！？；，、：.!?;,:)）」』”’|"
_REFERS = re.compile(
    r"(?:第\s*[\d零一二三四五六七八九十百]+\s*[条條款项項目节節章步]|[见見如][表图圖式]|附件|附录|附錄"
    r"|\b(?:table|fig|figure|section|art|article|step|eq|item|para)\.?)\s*$",
    re.IGNORECASE,
)
_SUBSCRIPTED = re.compile(r"(?<![A-Za-z\d.])(?<!\d )(?:[a-z]|[A-Za-z]\w*_\w*)$", re.ASCII)
_AS_CODE = re.compile(r"\.[A-Za-z_]\w*[(=\s]|\s*[-+*/]?=(?!>)|\s?==", re.ASCII)
_UNIT = re.compile(r"(?<![A-Za-z])[A-Za-zμµ]{1,2}$")
_BASE = re.compile(r"(?<![\d.,])\d{1,2}$")  # of a power; longer figures have none
_MOST = 20  # passages a range may name
_LONGEST_HELD = 120  # characters of what may become a mark
_UNDONE = re.compile(
    r"\s*(?:\*{1,2}|__)?(?:[\[［【〔〖\\][^\]］】〕〗\n]{0,60}|[（(][\s\d,，、;；:：\[\]a-z见参源来资料出处]{0,20}|<[^<>\n]{0,40}(?:>[^<\n]{0,30}(?:<[^>\n]{0,12})?)?|\^[\d\[{]{0,4}"
    rf"|{_NAMED_LABEL}[\d\s]{{0,4}}|[资資]|来|來)?$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Mark:
    """A mark, or several that stand together, in ``text[start:end]``, and the passages it names, from 1."""

    start: int
    end: int
    numbers: tuple[int, ...]


def marks_in(line: str, passages: int, verbatim: Sequence[tuple[int, int]] = ()) -> list[Mark]:
    """The marks in a line, in order, with what only serves them: brackets around them, commas between them, 根据资料1.

    ``passages`` is how many there are: a sign that may mean something else must name one of them. ``verbatim`` are
    the places of code, formulas and links, in which nothing is a mark, unless the mark is the whole of one.
    """
    kept: list[Mark] = []
    for mark in _single(line, passages, verbatim):
        if not _is_held(mark.start, mark.end, verbatim) and all(
            mark.end <= other.start or other.end <= mark.start for other in kept
        ):
            kept.append(mark)
    joined: list[Mark] = []
    for mark in sorted(kept, key=lambda mark: mark.start):
        if joined and _BETWEEN.fullmatch(line, joined[-1].end, mark.start):
            mark = Mark(joined[-1].start, mark.end, (*joined[-1].numbers, *mark.numbers))
            joined.pop()
        joined.append(mark)
    return [_with_wrapping(line, mark) for mark in joined]


def named_passages(text: str, passages: int) -> list[Mark]:
    """Where passages are spoken of by number within a sentence, as in 资料1和资料2的说法不同."""
    found = (Mark(*match.span(), _numbers(match[0])) for match in _NAMED.finditer(text))
    return [mark for mark in found if _names_only(mark.numbers, passages)]


def is_listed(line: str) -> tuple[int, ...]:
    """The numbers that a line of a list of sources begins with: "[1] ……", "资料1：……", "[^1]: ……"; () for none."""
    match = re.match(rf"\s*(?:[-*•+]\s+)?(?:{_PLAIN.pattern}|{_NAMED.pattern})", line, re.VERBOSE | re.IGNORECASE)
    return _numbers(match[0]) if match else ()


def _is_held(start: int, end: int, verbatim: Sequence[tuple[int, int]]) -> bool:
    """Whether a place is part of code, a formula or a link, and not the whole of it."""
    over = [(left, right) for left, right in verbatim if left < end and start < right]
    return any(start > left or end < right for left, right in over)


def _single(line: str, passages: int, verbatim: Sequence[tuple[int, int]]) -> Iterator[Mark]:
    for match in _ATTRIBUTION.finditer(line):
        numbers = _numbers(match[0])
        if _names_only(numbers, passages) and _BEGINS.search(line, 0, match.start()):
            yield Mark(*match.span(), numbers)
    at = 0
    while (plain := _PLAIN.search(line, at)) is not None:
        held = _is_held(*plain.span(), verbatim)
        at = plain.start() + 1 if held else plain.end()  # $[1]$ between two formulas is [1]
        if not held:
            yield from _plain(line, plain, passages)
    for match in _RAISED.finditer(line):
        yield from _raised(line, match, passages)
    listing = any(_itemises(line, match) for match in _DOUBTFUL.finditer(line))
    for match in _DOUBTFUL.finditer(line):
        numbers = _numbers(match[0])
        if _names_only(numbers, passages) and _only_mark(line, match, listing=listing):
            yield Mark(*match.span(), numbers)


def _plain(line: str, match: re.Match[str], passages: int) -> Iterator[Mark]:
    """The mark in brackets of a match, unless it is code or no numbers of passages at all."""
    numbers = _numbers(match[0].split("†")[0].split("](")[0])
    if not numbers or 0 in numbers:
        return
    start, end, wrap = *match.span(), match["wrap"]
    if wrap and line.count(wrap, 0, start) % 2:  # what stands before is the end of something emphasised
        start, end = start + len(wrap), end - len(wrap)
    if match["square"] is not None and match["square"].strip()[:1].isdigit():
        before = line[:start]
        if _SUBSCRIPTED.search(before) or before.rstrip().endswith("=") or _AS_CODE.match(line, end):
            return
    if match["tagged"] is not None and (_UNIT.search(line, 0, start) or _is_power(line[:start], numbers)):
        return
    unsure = match["square"] is None and match["wide"] is None
    if not unsure or _names_only(numbers, passages):
        yield Mark(start, end, numbers)


def _raised(line: str, match: re.Match[str], passages: int) -> Iterator[Mark]:
    if "braced" in match.groupdict() and (match["braced"] or match["caret"]):
        numbers = _numbers(match["braced"] or match["caret"])
    else:
        digits = "".join(str(unicodedata.digit(sign)) if sign not in ",，⁻˒" else "," for sign in match[0])
        numbers = tuple(int(number) for number in digits.split(",") if number)
        if not _names_only(numbers, passages):  # ¹² of a first and a second one
            numbers = tuple(int(digit) for digit in digits if digit.isdigit())
    before = line[: match.start()]
    exponent = bool(_UNIT.search(before)) and not (numbers == (1,) and re.search(r"[A-Za-z]{2}$", before))
    exponent |= bool(_BASE.search(before)) if match["caret"] else _is_power(before, numbers)
    if (
        before.strip()
        and not exponent
        and not before.endswith(("⁻", "^", "\\", "_"))
        and _names_only(numbers, passages)
    ):
        yield Mark(*match.span(), numbers)


def _is_power(before: str, numbers: tuple[int, ...]) -> bool:
    """Whether raised numbers make a power of the figure before them: 10⁶; no one writes 12¹."""
    return numbers != (1,) and _BASE.search(before) is not None


def _itemises(line: str, match: re.Match[str]) -> bool:
    """Whether a sign numbers the items of a list in a line: it begins the line, or follows a colon."""
    before = line[: match.start()].rstrip(" *")
    return not before or before.endswith(("：", ":"))


def _only_mark(line: str, match: re.Match[str], *, listing: bool) -> bool:
    before, after = line[: match.start()].rstrip(), line[match.end() :].lstrip(" *")
    if not before or before.endswith(("：", ":")) or _REFERS.search(before):
        return False
    if match[0][0] == "(" and re.search(r"(?<![A-Za-z\d])[A-Za-z]$", line[: match.start()]):  # f(1)
        return False
    if not after or after[0] in _STOPS or _DOUBTFUL.match(after) or _PLAIN.match(after):
        return True
    return before[-1] in "。！？.!?" and not listing


def _with_wrapping(line: str, mark: Mark) -> Mark:
    """The mark with brackets and a label that stand around it and nothing else."""
    start, end = mark.start, mark.end
    opening = _OPENS.search(line, max(0, start - 20), start)
    if opening:
        closing = _CLOSES.match(line, end)
        if opening[0][0] not in "（(【[":
            start = opening.start()
        elif closing:
            start, end = opening.start(), closing.end()
    return Mark(start, end, tuple(dict.fromkeys(mark.numbers)))


def _numbers(text: str) -> tuple[int, ...]:
    """The numbers written in a mark, ranges told out; () for a range that is none of passages."""
    circled = [int(unicodedata.numeric(sign)) for sign in text if unicodedata.category(sign) == "No"]
    if circled:
        return tuple(circled)
    numbers: list[int] = []
    for run in _RUNS.findall(text):
        ends = [int(digits) for digits in re.findall(r"\d+", run)]
        first, last = ends[0], ends[-1]
        if not first <= last < first + _MOST:
            return ()
        numbers += range(first, last + 1)
    return tuple(dict.fromkeys(numbers))


def _names_only(numbers: Iterable[int], passages: int) -> bool:
    numbers = tuple(numbers)
    return bool(numbers) and all(1 <= number <= passages for number in numbers)


class Settling:
    """An answer as it is shown while it comes: no half of a mark, and marks in brackets as [1] whatever their dress."""

    def __init__(self, passages: int) -> None:
        self._passages = passages
        self._pending = ""
        self._before = ""  # the end of what was shown, as it was written

    def add(self, piece: str) -> str:
        """Takes the next piece and returns what can be shown: all but what may become a mark."""
        self._pending += piece
        undone = _UNDONE.search(self._pending, max(0, len(self._pending) - _LONGEST_HELD))
        cut = undone.start() if undone else len(self._pending)
        marks = list(_PLAIN.finditer(self._pending, max(0, cut - _LONGEST_HELD)))
        if marks and marks[-1].start() < cut <= marks[-1].end():
            cut = marks[-1].start()
        for match in reversed(marks):  # another mark, or where the last one leads, may follow
            if match.start() < cut and not self._pending[match.end() : cut].strip():
                cut = match.start()
        ready, self._pending = self._pending[:cut], self._pending[cut:]
        return self._dressed(ready)

    def end(self) -> str:
        """The rest, after the last piece."""
        rest, self._pending = self._pending, ""
        return self._dressed(rest)

    def _dressed(self, text: str) -> str:
        shown, at = "", len(self._before)
        text = self._before + text
        for match in _PLAIN.finditer(text, at):
            for mark in _plain(text, match, self._passages):
                shown += text[at : mark.start] + "".join(f"[{number}]" for number in mark.numbers)
                at = mark.end
        self._before = text[-_LONGEST_HELD:]
        return shown + text[at:]
