"""The numbers that Word counts by itself: 第一条, 1.1, （三）, as the reader of the page sees them."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from corpus.readers.word.package import W, attribute
from corpus.readers.word.styles import Styles

__all__ = ["Numbering"]

_PLACE = re.compile(r"%([1-9])")
_DIGITS = "〇一二三四五六七八九"
_LEGAL_DIGITS = "零壹贰叁肆伍陆柒捌玖"
_LEGAL_DIGITS_TRADITIONAL = "零壹貳參肆伍陸柒捌玖"
_STEMS = "甲乙丙丁戊己庚辛壬癸"
_BRANCHES = "子丑寅卯辰巳午未申酉戌亥"
_CIRCLED = "".join(map(chr, range(0x2460, 0x2474)))
_ROMAN = ((1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"), (40, "xl"), (10, "x"),
          (9, "ix"), (5, "v"), (4, "iv"), (1, "i"))  # fmt: skip
_MOST = 100_000  # a number that no list reaches is written in figures


@dataclass(frozen=True, slots=True)
class _Level:
    start: int
    form: str
    text: str
    restart: int | None
    legal: bool


class Numbering:
    """Counts the paragraphs of a document in their order; ``root`` is the tree of numbering.xml or None."""

    def __init__(self, root: Any, styles: Styles) -> None:
        """See the class."""
        self._styles = styles
        self._levels: dict[str, dict[int, _Level]] = {}
        self._abstract: dict[str, str] = {}
        self._counts: dict[str, dict[int, int]] = defaultdict(dict)
        self._by_style: dict[str, tuple[str, int]] = {}
        self._started: set[tuple[str, int]] = set()
        self._overridden: dict[tuple[str, int], int] = {}
        if root is None:
            return
        abstracts = {attribute(element, "abstractNumId") or "": element for element in root.findall(f"{W}abstractNum")}
        linked = {attribute(element.find(f"{W}styleLink"), "val"): element for element in abstracts.values()}
        for number in root.findall(f"{W}num"):
            number_id = attribute(number, "numId") or ""
            abstract_id = attribute(number.find(f"{W}abstractNumId"), "val") or ""
            abstract = abstracts.get(abstract_id)
            if abstract is None:
                continue
            link = attribute(abstract.find(f"{W}numStyleLink"), "val")
            abstract = linked.get(link, abstract) if link else abstract
            self._abstract[number_id] = attribute(abstract, "abstractNumId") or abstract_id
            levels = dict(map(_level, abstract.findall(f"{W}lvl")))
            for override in number.findall(f"{W}lvlOverride"):
                at = int(attribute(override, "ilvl") or 0)
                given = override.find(f"{W}lvl")
                if given is not None:
                    levels[at] = _level(given)[1]
                start = attribute(override.find(f"{W}startOverride"), "val")
                if start is not None and start.isdigit():
                    self._overridden[number_id, at] = int(start)
            self._levels[number_id] = levels
            for element in abstract.findall(f"{W}lvl"):
                style = attribute(element.find(f"{W}pStyle"), "val")
                if style:
                    self._by_style.setdefault(style, (number_id, int(attribute(element, "ilvl") or 0)))

    def label(self, paragraph: Any) -> str:
        """The number before a paragraph, which is counted by asking; "" where it has none, or a bullet."""
        number_id, at = self._place_of(paragraph)
        levels = self._levels.get(number_id)
        if levels is None or at not in levels:
            return ""
        level = levels[at]
        counts = self._counts[self._abstract[number_id]]
        start = self._overridden.get((number_id, at))
        if start is not None and (number_id, at) not in self._started:
            counts[at] = start
        else:
            counts[at] = counts[at] + 1 if at in counts else level.start
        self._started.add((number_id, at))
        for below in [key for key in counts if key > at]:
            restart = levels[below].restart if below in levels else None
            if restart is None or (restart and at < restart):
                del counts[below]
        if level.form == "bullet":
            return ""

        def number(match: re.Match[str]) -> str:
            place = int(match[1]) - 1
            other = levels.get(place, level)
            counts.setdefault(place, other.start)
            form = "decimal" if level.legal and place != at else other.form
            return _written(counts[place], form)

        return _PLACE.sub(number, level.text)

    def _place_of(self, paragraph: Any) -> tuple[str, int]:
        own = paragraph.find(f"{W}pPr/{W}numPr")
        number_id = attribute(own.find(f"{W}numId"), "val") if own is not None else None
        at = attribute(own.find(f"{W}ilvl"), "val") if own is not None else None
        if number_id is None:
            for style in self._styles.of_paragraph(paragraph):
                given = style.find(f"{W}pPr/{W}numPr")
                if given is None:
                    continue
                number_id = attribute(given.find(f"{W}numId"), "val")
                known = self._by_style.get(attribute(style, "styleId") or "")
                at = at or attribute(given.find(f"{W}ilvl"), "val") or (str(known[1]) if known else None)
                if number_id is None and known:
                    number_id = known[0]
                break
        return number_id or "", int(at) if at and at.isdigit() else 0


def _level(element: Any) -> tuple[int, _Level]:
    start = attribute(element.find(f"{W}start"), "val")
    restart = attribute(element.find(f"{W}lvlRestart"), "val")
    form = element.find(f"{W}numFmt")
    if form is None:  # a newer form, with an older one for programs that do not know it
        form = next(iter(element.iter(f"{W}numFmt")), None)
    return int(attribute(element, "ilvl") or 0), _Level(
        int(start) if start and start.isdigit() else 0,
        attribute(form, "val") or "decimal",
        attribute(element.find(f"{W}lvlText"), "val") or "",
        int(restart) if restart and restart.isdigit() else None,
        element.find(f"{W}isLgl") is not None,
    )


def _written(number: int, form: str) -> str:
    write = _FORMS.get(form)
    return write(number) if write is not None and 0 < number < _MOST else "" if form == "none" else str(number)


def _counting(number: int, digits: str, scales: str, ten: str = "十") -> str:
    """A number under 100 000 in Chinese characters: 一百零三, 十二."""
    if number == 0:
        return digits[0]
    text = str(number)
    written, gap = "", False
    for i, digit in enumerate(text):
        scale = len(text) - 1 - i
        if digit == "0":
            gap = bool(written)
            continue
        written += (digits[0] if gap else "") + digits[int(digit)] + (scales[scale - 1] if scale else "")
        gap = False
    return ten + written[2:] if 10 <= number < 20 else written


def _ordinal(number: int) -> str:
    return "th" if 10 <= number % 100 < 20 else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")


def _roman(number: int) -> str:
    written = ""
    for value, letters in _ROMAN:
        count, number = divmod(number, value)
        written += letters * count
    return written


def _letters(number: int) -> str:
    """Word goes on after z with aa, bb, cc."""
    return chr(ord("a") + (number - 1) % 26) * ((number - 1) // 26 + 1)


def _one_of(characters: str) -> Callable[[int], str]:
    """Writes numbers as these characters; those beyond them in figures."""
    return lambda number: characters[number - 1] if number <= len(characters) else str(number)


def _counted(digits: str, scales: str = "十百千万", ten: str = "十") -> Callable[[int], str]:
    return lambda number: _counting(number, digits, scales, ten)


_FORMS: dict[str, Callable[[int], str]] = {
    "none": lambda _: "",
    **dict.fromkeys(
        (
            "chineseCounting",
            "chineseCountingThousand",
            "japaneseCounting",
            "taiwaneseCountingThousand",
            "koreanCounting",
        ),
        _counted(_DIGITS.replace("〇", "零")),
    ),
    "taiwaneseCounting": _counted(_DIGITS.replace("〇", "零")),
    "chineseLegalSimplified": _counted(_LEGAL_DIGITS, "拾佰仟万", "壹拾"),
    "ideographLegalTraditional": _counted(_LEGAL_DIGITS_TRADITIONAL, "拾佰仟萬", "壹拾"),
    **dict.fromkeys(
        ("ideographDigital", "taiwaneseDigital", "japaneseDigitalTenThousand"),
        lambda number: "".join(_DIGITS[int(digit)] for digit in str(number)),
    ),
    "ideographTraditional": _one_of(_STEMS),
    "ideographZodiac": _one_of(_BRANCHES),
    **dict.fromkeys(("decimalEnclosedCircle", "decimalEnclosedCircleChinese"), _one_of(_CIRCLED)),
    "decimalEnclosedParen": lambda number: f"({number})",
    "decimalEnclosedFullstop": lambda number: f"{number}.",
    **dict.fromkeys(
        ("decimalFullWidth", "decimalFullWidth2"),
        lambda number: "".join(chr(0xFF10 + int(digit)) for digit in str(number)),
    ),
    "decimalZero": lambda number: f"{number:02}",
    "ordinal": lambda number: f"{number}{_ordinal(number)}",
    "upperRoman": lambda number: _roman(number).upper(),
    "lowerRoman": _roman,
    "upperLetter": lambda number: _letters(number).upper(),
    "lowerLetter": _letters,
}
