"""Headers and footers: what stands at the edge of every page, and what only the edge of a newspaper page says."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
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
_DIGITS = re.compile(r"\d+|[ivxlc]{1,7}$", re.IGNORECASE)


def without_furniture(pages: Sequence[Page]) -> tuple[list[Page], Metadata]:
    """The pages without headers, footers and page numbers, and the paper and date those name."""
    running = _running_keys(pages)
    stripped: list[Page] = []
    facts = Metadata()
    for page in pages:
        gone: list[PageLine] = []
        for rows in (_rows(page), _rows(page)[::-1]):
            gone += _edge(rows, page, running, whole=len(rows))
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


def _key(line: PageLine, page: Page) -> tuple[str, int]:
    return _DIGITS.sub("#", re.sub(r"\s+", "", line.text)), round(line.box.center[1] / page.height * 50)


def _running_keys(pages: Sequence[Page]) -> set[tuple[str, int]]:
    """The lines near an edge that come back on three pages, or on half of two or more, at about the same height."""
    found: dict[tuple[str, int], set[int]] = defaultdict(set)
    for page in pages:
        for line in page.lines:
            if _is_near_edge(line, page):
                text, height = _key(line, page)
                for near in (height - 1, height, height + 1):
                    found[text, near].add(page.number)
    return {key for key, numbers in found.items() if len(numbers) >= 3 or 2 <= len(numbers) >= len(pages) / 2}


def _is_near_edge(line: PageLine, page: Page) -> bool:
    middle = line.box.center[1] / page.height
    return middle < _ZONE or middle > 1 - _ZONE


def _edge(rows: list[list[PageLine]], page: Page, running: set[tuple[str, int]], whole: int) -> list[PageLine]:
    """The furniture among the outermost rows; rows go from the edge inwards and end at the first that is read."""
    gone: list[PageLine] = []
    for row in rows[: min(_EDGE_ROWS, whole - 1)]:
        if not all(_is_near_edge(line, page) for line in row):
            break
        furniture = _is_furniture(row) or all(_key(line, page) in running for line in row)
        numbers = [line for line in row if _NUMBER.fullmatch(line.text) or _key(line, page) in running]
        if furniture:
            gone += row
        elif numbers and len(numbers) < len(row):
            # A page number beside the last line of a column.
            gone += [line for line in numbers if not any(line.box.over(o.box) > 0 for o in row if o is not line)]
            break
        elif numbers:
            gone += row
        elif not _is_masthead(row):
            break
        else:
            gone += row
    return gone


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
