"""Headers and footers: what stands at the edge of every page, and what only the edge of a newspaper page says.

Nothing that differs between pages in more than a page number is furniture, and a page number counts up by one with
the pages: the last row of a table, an amount or the date of a pay slip stand at the same height on every page too.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace

from corpus.cleaning.metadata import Metadata, find_date
from corpus.language.script import HAN
from corpus.pages.model import Page, PageLine

__all__ = ["without_furniture"]

_ZONE = 0.12  # of the page's height, at the top and at the bottom
_EDGE_ROWS = 4
_LONGEST = 40
_NUMBER = re.compile(
    r"[-–—·•.\s]*(?:第\s*)?(?:\d{1,4}|[ivxlc]{1,7}|[一二三四五六七八九十百]{1,4})\s*(?:页|頁|版)?\s*(?:[/／|,，]?\s*(?:共|of)?\s*\d{1,4}\s*(?:页|頁)?)?[-–—·•.\s]*"
    r"|page\s+\d{1,4}(?:\s*(?:of|/)\s*\d{1,4})?",
    re.IGNORECASE,
)
_EDITION = re.compile(
    r"星期[一二三四五六日天]|(?<![A-Za-z0-9])[A-Z]?\d{1,2}\s*版|第[一二三四五六七八九十\d]{1,3}版|[版刊]面|农历|農曆|总第\s*\d+\s*期|第\s*\d+\s*期"
    r"|(?:责任|責任|本版|值班|执行|美术|图片)?(?:编辑|編輯|主编|责编|校对|美编|版式|组版|视觉|审读)\s*[:：/ ]"
    r"|国内统一|邮发代号|CN\s?\d{2}-\d{4}|新闻热线|读者热线|广告热线|订阅热线|投稿邮箱|定价|零售价|印刷[:：]"
    r"|(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day",
    re.IGNORECASE,
)
_NEWSPAPER = re.compile(
    rf"[{HAN}]{{2,8}}(?:日报|晚报|时报|商报|早报|晨报|都市报|周报|新报|快报|导报|法制报|青年报|日報|晚報|時報|商報)"
)
_FIGURE = re.compile(r"\d+")
_ROMAN = re.compile(r"(?<![A-Za-z])[ivxlc]{1,7}$", re.IGNORECASE)
_AMOUNT = re.compile(r"\d[.,]\d|\d\s*[元万亿%％]|[¥￥$€]\s*\d")
_BEFORE_PAGE = re.compile(r"(?:\bpage|\bp\.?|(?:^|\s)[-–—·•|｜])\s*$", re.IGNORECASE)
_AFTER_PAGE = re.compile(r"\s*[页頁版]|\s*[-–—·•|｜]\s*$|\s+[·•|｜]|\s*[/／]\s*\d|\s+of\s", re.IGNORECASE)
_LABEL_END = re.compile(r"(?:[:：#№号號编編]|\bno\.?)$", re.IGNORECASE)
_LONGER_NUMBER = re.compile(r"[A-Za-z0-9][-–—./_]?$")  # GZ-2025-301
_MOST_UNNUMBERED = 40  # pages before the one that is called 1
_NEARLY_ALL = 0.8
_ALONE = 2.5  # ems of white above and below a page number

_Key = tuple[str, int]


def without_furniture(pages: Sequence[Page]) -> tuple[list[Page], Metadata]:
    """The pages without headers, footers and page numbers, and the paper and date those name."""
    running = _running_keys(pages)
    stripped: list[Page] = []
    facts = Metadata()
    for page in pages:
        gone: list[PageLine] = []
        for rows in (_rows(page), _rows(page)[::-1]):
            gone += _edge(rows, page, running, numbered=len(pages) > 1)
        removed = {id(line) for line in gone}
        stripped.append(replace(page, lines=tuple(line for line in page.lines if id(line) not in removed)))
        facts = facts.or_else(_facts(gone))
    return stripped, facts


def _rows(page: Page) -> list[list[PageLine]]:
    """Lines that share their height, from top to bottom."""
    rows: list[list[PageLine]] = []
    for line in sorted(page.lines, key=lambda line: line.box.center[1]):
        if rows and rows[-1][0].box.beside(line.box) > 0.5 * min(rows[-1][0].box.height, line.box.height):
            rows[-1].append(line)
        else:
            rows.append([line])
    return rows


def _keys(line: PageLine, page: Page) -> Iterator[_Key]:
    """What the line is on every page on which it is the same: its words, and its words with a page number in them."""
    height = round(line.box.center[1] / page.height * 50)
    yield re.sub(r"\s+", "", line.text), height
    for start, end, value in _figures(line.text):
        before, after = line.text[:start], line.text[end:]
        if _may_count(before, after, value, page):
            # As far as it goes before the number of the page: the same on every page if it counts.
            yield re.sub(r"\s+", "", f"{before}\0{value - page.number}\0{after}"), height


def _figures(text: str) -> Iterator[tuple[int, int, int]]:
    for match in _FIGURE.finditer(text[:_LONGEST]):
        if len(match[0]) <= 4:
            yield match.start(), match.end(), int(match[0])
    roman = _ROMAN.search(text[:_LONGEST])
    value = _roman(roman[0].lower()) if roman else None
    if roman and value is not None:
        yield roman.start(), roman.end(), value


def _roman(text: str) -> int | None:
    """Roman page numbers as they are written: up to 399, each in one way only."""
    values = {"i": 1, "v": 5, "x": 10, "l": 50, "c": 100}
    total = 0
    for char, after in zip(text, [*text[1:], ""], strict=True):
        value = values[char]
        total += -value if after and values[after] > value else value
    ones = ["", "i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix"]
    tens = [digit.translate(str.maketrans("ivx", "xlc")) for digit in ones]
    written = "c" * (total // 100) + tens[total // 10 % 10] + ones[total % 10]
    return total if written == text else None


def _may_count(before: str, after: str, value: int, page: Page) -> bool:
    """Whether a number that counts up with the pages between these words can be a page number.

    The numbers of pay slips and exhibits count up too: they belong to a label, or to a longer number.
    """
    if _LONGER_NUMBER.search(before):
        return False
    if not before.strip() and not after.strip():
        return True
    if _BEFORE_PAGE.search(before) or _AFTER_PAGE.match(after):
        return True
    apart = (not before or before[-1].isspace()) and (not after or after[0].isspace())
    at_an_end = not before.strip() or not after.strip()
    labelled = _LABEL_END.search(before.rstrip()) is not None
    return apart and at_an_end and not labelled and -_MOST_UNNUMBERED <= value - page.number <= 0


def _running_keys(pages: Sequence[Page]) -> set[_Key]:
    """The lines near an edge that come back on three pages, or on half of two or more, at about the same height.

    Amounts have to come back on nearly every page: two people may be paid the same.
    """
    found: dict[_Key, set[int]] = defaultdict(set)
    for page in pages:
        for line in page.lines:
            if _is_near_edge(line, page):
                for text, height in _keys(line, page):
                    for near in (height - 1, height, height + 1):
                        found[text, near].add(page.number)

    def runs(text: str, on: int) -> bool:
        if _AMOUNT.search(text):
            return on >= 3 and on >= _NEARLY_ALL * len(pages)
        return on >= 3 or 2 <= on >= len(pages) / 2

    return {key for key, numbers in found.items() if runs(key[0], len(numbers))}


def _is_near_edge(line: PageLine, page: Page) -> bool:
    """Whether it stands in the margin; the rows of a table that reaches into the page do not."""
    top, bottom = _ZONE * page.height, (1 - _ZONE) * page.height
    middle = line.box.center[1]
    if top <= middle <= bottom:
        return False
    return not any(
        grid.box.holds(line.box, slack=line.size) and grid.box.bottom > top and grid.box.top < bottom
        for grid in page.grids
    )


def _edge(rows: list[list[PageLine]], page: Page, running: set[_Key], *, numbered: bool) -> list[PageLine]:
    """The furniture among the outermost rows; rows go from the edge inwards and end at the first that is read."""
    gone: list[PageLine] = []

    def is_running(line: PageLine) -> bool:
        keys = list(_keys(line, page))
        if not any(key in running for key in keys):
            return False
        # Numbers in a column may count by chance; a page number stands apart.
        return not line.text.strip().isdigit() or _stands_apart(line, page)

    for row in rows[: min(_EDGE_ROWS, len(rows) - 1)]:
        if not all(_is_near_edge(line, page) for line in row):
            break
        alone = len(row) == 1
        found = [line for line in row if is_running(line) or (alone and _is_page_number(line, page, numbered=numbered))]
        if len(found) == len(row) or _is_furniture(row) or _is_masthead(row):
            gone += row
            continue
        # A page number beside the last line of a column.
        gone += [line for line in found if _NUMBER.fullmatch(line.text)]
        break
    return gone


def _is_page_number(line: PageLine, page: Page, *, numbered: bool) -> bool:
    """Whether a number that no other page confirms is that of its page: by its marks, or by what page it is on."""
    if not _NUMBER.fullmatch(line.text) or not _stands_apart(line, page):
        return False
    bare = line.text.strip().isalnum() and not re.search("[第页頁版]", line.text)
    return not numbered or not bare or line.text.strip() == str(page.number)


def _stands_apart(line: PageLine, page: Page) -> bool:
    """Whether nothing stands closely above or below it, as numbers in a column do, and no table holds it."""
    room = _ALONE * line.size
    return not any(
        other is not line
        and other.box.over(line.box) > -line.size
        and -room < other.box.beside(line.box) < 0.5 * line.box.height
        for other in page.lines
    )


def _is_furniture(row: list[PageLine]) -> bool:
    short = all(len(line.text) <= _LONGEST and not line.text.endswith(("。", "，", "！", "？")) for line in row)
    return short and any(_EDITION.search(line.text) for line in row)


def _is_masthead(row: list[PageLine]) -> bool:
    return (
        any(_NEWSPAPER.fullmatch(line.text.replace(" ", "")) for line in row)
        and sum(len(line.text) for line in row) <= _LONGEST
    )


def _facts(gone: list[PageLine]) -> Metadata:
    texts = [line.text.replace(" ", "") for line in gone]
    paper = next((match[0] for text in texts if (match := _NEWSPAPER.search(text))), None)
    date = next((found for line in gone if (found := find_date(line.text))), None)
    return Metadata(source=paper, published=date)
