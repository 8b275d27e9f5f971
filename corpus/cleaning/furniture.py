"""Page furniture in text that was a web page: navigation before the article, links to others and notices after it."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from corpus.cleaning.labels import is_metadata_line, read_metadata_line
from corpus.cleaning.lines import Line
from corpus.cleaning.metadata import Metadata

__all__ = ["Article", "strip_furniture"]

_BREADCRUMB = re.compile(
    r"(?:当前|您的|您现在的|你的|所在|目前)?(?:當前)?(?:位置|栏目)\s*[:：].*(?:>|＞|»|›|/|-)|首页\s*(?:>|＞|»|›)"
)
_NAVIGATION = re.compile(
    r"登录|登陆|註冊|注册|登錄|返回首页|回到首页|加入收藏|设为首页|設為首頁|网站首页|网站地图|联系我们|关于我们|无障碍|手机版|客户端|繁體|English"
)
_BULLET = re.compile(r"[•·●○■◆▪◦*\-|]\s*\S{1,12}$")
_MORE = re.compile(
    r"(?:\.\.\.|…|\.\.)?\s*[\[【(（<]?\s*(?:详情|详细|更多|全文|查看|阅读全文|點擊|more)\s*(?:>>|»)?\s*[\]】)）>]?$",
    re.IGNORECASE,
)
_AFTER = re.compile(
    r"(?:图片新闻|相关(?:新闻|阅读|链接|文章|推荐|报道|资讯|专题)|推荐(?:阅读|新闻|文章)|热门(?:新闻|文章|推荐|点击)|热点(?:新闻|推荐)|猜你喜欢|延伸阅读"
    r"|更多(?:新闻|精彩|内容)|最新(?:新闻|文章|资讯)|上一[篇条]|下一[篇条]|友情链接|相關(?:新聞|閱讀)|分享到|扫一扫|打印本页|关闭窗口|版权(?:所有|声明)"
    r"|免责声明|责任编辑|copyright|©|[京沪鲁粤浙苏]ICP备)\S{0,6}",
    re.IGNORECASE,
)
_ENOUGH_SIGNS = 2
_MORE_CHARS = 24
_NAVIGATION_CHARS = 300


@dataclass(frozen=True, slots=True)
class Article:
    """The lines of an article without what stood around it, and what the removed lines told."""

    lines: list[Line]
    metadata: Metadata
    was_page: bool


def strip_furniture(lines: list[Line]) -> Article:
    """The article in the text of a web page, or all lines where the text shows no signs of having been one.

    Two different signs are asked for (a breadcrumb, navigation words, a menu of bullets, "[详情]" links, a line of
    labelled facts), so that an article that merely mentions "登录" stays whole.
    """
    crumb = _first(lines, lambda line: len(line.text) < 80 and bool(_BREADCRUMB.search(line.text)))
    facts = _first(lines, lambda line: is_metadata_line(line.text))
    signs = [
        crumb is not None,
        facts is not None,
        any(_is_navigation(line) for line in lines),
        sum(bool(_BULLET.match(line.text)) for line in lines) >= 4,
        sum(_leads_on(line) for line in lines) >= 2,
    ]
    if sum(signs) < _ENOUGH_SIGNS:
        return Article(lines, Metadata(), was_page=False)

    metadata = read_metadata_line(lines[facts].text) if facts is not None else Metadata()
    first = _body_start(lines, crumb, facts)
    last = _body_end(lines, first)
    body = [line for i, line in enumerate(lines[first:last], first) if i != facts and not _is_furniture(line)]
    title = _title(lines, first, crumb, facts)
    if title is not None:
        metadata = Metadata(title=title.text).or_else(metadata)
        body = [title, *(line for line in body if line is not title)]
    if facts is not None and metadata.published:
        # Who asks when something was published is shown the line that says so.
        body.insert(0 if title is None else 1, lines[facts])
    return Article(_without_repeated_summary(body), metadata, was_page=True)


def _first(lines: list[Line], test: Callable[[Line], bool]) -> int | None:
    return next((i for i, line in enumerate(lines) if test(line)), None)


def _is_prose(line: Line) -> bool:
    return line.width >= 25 and any(mark in line.text for mark in "，。,;；") and not _leads_on(line)


def _is_furniture(line: Line) -> bool:
    return bool(_BULLET.match(line.text)) or _leads_on(line) or _is_navigation(line)


def _leads_on(line: Line) -> bool:
    """Whether it ends in "[详情]" or the like; only its end is looked at, for a line may be a whole book."""
    return bool(_MORE.search(line.text[-_MORE_CHARS:]))


def _is_navigation(line: Line) -> bool:
    return len(line.text) <= _NAVIGATION_CHARS and len(_NAVIGATION.findall(line.text)) >= 2


def _body_start(lines: list[Line], crumb: int | None, facts: int | None) -> int:
    """After the labelled facts, else after the breadcrumb, else at the first line of prose."""
    for landmark in (facts, crumb):
        if landmark is not None and any(map(_is_prose, lines[landmark + 1 :])):
            return landmark + 1
    return next((i for i, line in enumerate(lines) if _is_prose(line)), 0)


def _body_end(lines: list[Line], first: int) -> int:
    """Before the first line, after some prose, that leads to other pages; else after the last line of prose."""
    seen_prose = False
    for i, line in enumerate(lines[first:], first):
        if seen_prose and line.width <= 40 and _AFTER.match(line.text):
            return i
        seen_prose = seen_prose or _is_prose(line)
    last_prose = max((i for i, line in enumerate(lines) if _is_prose(line)), default=len(lines) - 1)
    return max(last_prose, first) + 1


def _title(lines: list[Line], first: int, crumb: int | None, facts: int | None) -> Line | None:
    """The line right above the labelled facts, or the first one after the breadcrumb."""
    if facts is not None:
        candidates = lines[max(0, facts - 2) : facts][::-1]
    elif crumb is not None:
        candidates = lines[crumb + 1 : first + 1]
    else:
        candidates = lines[max(0, first - 1) : first]
    for i, line in enumerate(candidates):
        if 6 <= len(line.text) <= 60 and not _is_furniture(line) and not _BREADCRUMB.search(line.text):
            return line
        if i:
            break
    return None


def _without_repeated_summary(body: list[Line]) -> list[Line]:
    """A page's summary often repeats the beginning of its text; the full sentence is kept."""
    return [
        line
        for i, line in enumerate(body)
        if not any(
            len(later.text) > len(line.text) >= 15 and later.text.startswith(line.text) for later in body[i + 1 : i + 3]
        )
    ]
