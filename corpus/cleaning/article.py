"""The article on a web page, told from what stands around it by our own judgement of its lines.

Every line gets a score: prose counts for as many words as it has, links against, and words that only furniture uses
much against. The article is the run of lines with the highest sum, looked for twice: the second time, what stands in
the same element as most of the first result is taken for part of it unless it looks like furniture.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Sequence

from corpus.cleaning.assembly import Drawn
from corpus.cleaning.blocks import PageLine
from corpus.cleaning.element_names import asks_consent, named_around, named_article, named_body, named_comments
from corpus.cleaning.markup import Element
from corpus.language.script import HAN

__all__ = ["article_lines", "article_span"]

_WORDS = re.compile(rf"[\u3041-\u30fa{HAN}]|[^\W\d_\u3041-\u30fa{HAN}]+|\d+")
_CLAUSES = re.compile(rf"[，。；！？]|[,.;!?](?=\s|$|[{HAN}])")
_LEAST_PROSE_WORDS = 10
_BARRIER = -300.0  # the score of furniture between two elements
_BOX = -5.0
_LEAST_POST_WORDS = 100
_LINK_WORDS = 30
_SHORT = -2.0
_LEAST_UNPUNCTUATED_WORDS = 15
_UNPUNCTUATED = 0.6  # of what prose of as many words scores
_MOSTLY_LINKS, _FEW_LINKS, _ALL_LINKS = 0.5, 0.3, 0.8  # of a line's characters
_CORE = 0.7  # of the prose is in the article's element
_NOT_TEXT = 3.0  # words of text that a word of anything else outweighs in an element
_MOST_ATTACHMENTS = 40
_LEAST_CELLS = 4
_ATTACHED = ("附件", "附：", "附件下载", "Attachment")
_FILES = tuple(
    f".{name}" for name in ("doc", "docx", "xls", "xlsx", "ppt", "pptx", "pdf", "wps", "et", "rtf", "ofd", "csv", "zip")
)
_CONTAINERS = frozenset(("td", "th", "div", "section", "article", "main", "li", "dd", "body", "center", "form"))
_ENDS = re.compile(
    r"""^[\s\[【〖「『(（<《·•>»■□◆|*-]*(?:
      (?:(?:当前|您的|您现在的?|你的|所在|目前|當前)?(?:位置|栏目)|您?现在(?:的位置|位于))\s*[:：]
     |(?:相关|相關|更多|热门|熱門|热点|最新|推荐|推薦|精彩|精选|延伸|其他|其它|往期|近期|本类|同类|栏目|今日|图片|視頻|视频|站内|专题)
        (?:新闻|新聞|阅读|閱讀|链接|連結|文章|推荐|推薦|报道|報導|资讯|专题|內容|内容|评论|評論|信息|主题|帖子|话题|图文|回顾|导读|排行|专栏)
     |推荐(?:阅读|给)|猜你喜欢|您可能|你可能|大家都在|编辑推荐|小编推荐|点击排行|阅读排行|排行榜|新闻排行
     |上一[篇条页則则]|下一[篇条页則则]|上篇|下篇|前一篇|后一篇|下一頁|返回(?:首页|列表|顶部|上一页|页首|频道)|回到(?:首页|顶部)
     |分享(?:到|至|给)|扫一扫|扫描二维码|打印|列印|关闭(?:窗口|本页|此页|页面)?[\]】〗)）]*$|收藏本|加入收藏|投稿|纠错|我要(?:纠错|说说|评论|发言|留言)
     |(?:网友|热门|最新|用户|全部|查看|发表|我来|文章|共有|精彩|我要|添加|参与)\d*条?(?:评论|評論|留言|跟帖|回复|意见|说两句|说说)|评论[(（\d]|留言板|发表(?:您|你)的|暂无评论|引用\s*投诉
     |版权(?:所有|声明|与|信息)|版權|免责|免責|著作权|本网站?(?:所有|声明|转载|凡)|凡(?:本网|本站|注明|来源)|未经.{0,20}(?:授权|许可|书面)|转载请|聲明[:：]|(?:郑重|特别|反侵权|侵权)(?:声明|公告|投诉)
     |友情链接|合作(?:媒体|伙伴)|网站(?:地图|简介|声明|导航)|关于(?:我们|本站|本网)|联系(?:我们|方式)|广告服务|主办单位[:：]|主办[:：]|承办[:：]|技术支持|制作单位|地址[:：].{0,40}(?:邮编|电话)
     |(?:we|this\s+(?:web)?site)\s+uses?\s+cookies|by\s+(?:using|continuing)|accept\s+cookies|cookie\s+polic|privacy\s+policy|sign\s+up\s+(?:for|to)|subscribe\s|newsletter
     |copyright|©|all\s+rights?\s+reserved|[京沪粤浙苏鲁川渝豫鄂湘闽皖赣冀晋辽吉黑蒙陕甘宁青新藏云贵桂琼津滇]ICP[备证]|(?:互联网)?新闻信息服务许可|违法和?不良信息|powered\s+by|icp
     |related\s|share\s|comments?\b|leave\s+a|previous\s|next\s
    )""",
    re.IGNORECASE | re.VERBOSE,
)
_POST = re.compile(
    r"\d\s*[篇条个]?(?:评论|評論|回复|回覆|留言|引用|跟帖)|发表评论|(?:评论|評論|回复|回應|留言|引用|浏览|人氣|閱讀)\s*[(（:：]\s*\d"
)
_NOTICE = re.compile(
    r"版权所有|未经.{0,16}(?:授权|许可).{0,12}(?:转载|使用|镜像)|copyright|©|all\s+rights?\s+reserved|ICP[备证]|不代表本[网站]|违法和?不良信息举报|本[网站]联系",
    re.IGNORECASE,
)
_CREDITS = re.compile(
    r"[\s(（【\[]*(?:责任编辑|責任編輯|责编|编辑|編輯|来源|來源|稿源|作者|文章来源|信息来源|发布(?:时间|日期|人)?|發佈(?:時間|日期)?|时间|日期|浏览|点击|阅读|字号|審核|审核|责任校对|记者|通讯员)"
    r"[\s\u3000]*[:：]"
)
_LEAST_ARTICLE_SHARE = 0.25
_MOST_COMMENTS_SHARE = 0.9
_LEAST_COMMENTED_WORDS = 30
_OUTSIDE = 0.4


def article_span(lines: Sequence[PageLine]) -> tuple[int, int]:
    """The first line of the article and the one after its last; (0, 0) if there are no lines.

    Of a page without prose what it names as its article is taken, else (a list of links, a notice) the whole.
    """
    lines = lines[: _end_of_first_post(lines)]
    scores = _scores(lines)
    first, last = _best_run(scores)
    if first == last:
        return _body_span(lines)
    core = _core(lines, first, last, scores)
    again = [
        max(score, _within(line)) if core in line.path and not _is_furniture(line) else score
        for line, score in zip(lines, scores, strict=True)
    ]
    first, last = _best_run(again)
    last = _with_attachments(lines, last)
    while last - first > 1 and (_CREDITS.match(lines[first].text) and words_in(lines[first].text) < 40):
        first += 1
    return first, last


def _body_span(lines: Sequence[PageLine]) -> tuple[int, int]:
    """The lines of the element named as the article's with the most of them, else all: a recipe, a poem, a notice."""
    held = Counter(element for line in lines for element in line.path)
    body = max(_bodies(lines), key=lambda element: held[element], default=None)
    inside = [i for i, line in enumerate(lines) if body is None or body in line.path]
    return (inside[0], inside[-1] + 1) if inside else (0, 0)


def _with_attachments(lines: Sequence[PageLine], last: int) -> int:
    """The end of the article with the files that are named right below it."""
    end = last
    for i, line in enumerate(lines[last : last + _MOST_ATTACHMENTS], last):
        if is_attachment(line):
            end = i + 1
        elif not line.text.startswith(_ATTACHED):
            break
    return end


def is_attachment(line: PageLine) -> bool:
    """Whether a line is a link to a file that belongs to the article: 附件：申请表.docx."""
    hrefs = (element.attributes.get("href", "") for element in line.path if element.tag == "a")
    names = [line.text, *(href.partition("?")[0] for href in hrefs)]
    return line.link_chars > 0 and any(name.lower().rstrip(")）]】 ").endswith(_FILES) for name in names)


def _end_of_first_post(lines: Sequence[PageLine]) -> int:
    """Where the comments on an article, the answers in a forum or the older entries of a diary begin."""
    feet = [i for i, line in enumerate(lines) if len(line.text) <= 80 and _POST.search(line.text)]
    kinds = Counter(_kind(lines[i]) for i in feet)
    for i in feet:
        if kinds[_kind(lines[i])] > 1:
            prose = sum(max(0.0, _score(line)) for line in lines[:i])
            if prose >= _LEAST_POST_WORDS:
                return i
    return len(lines)


def _kind(line: PageLine) -> tuple[str, ...]:
    return tuple(f"{element.tag}.{element.attributes.get('class', '')}" for element in line.path[-4:])


def words_in(text: str) -> int:
    """Chinese characters, Latin words and numbers."""
    return len(_WORDS.findall(text))


def _scores(lines: Sequence[PageLine]) -> list[float]:
    prose: Counter[Element] = Counter()
    plain = [_score(line) for line in lines]
    total = 0.0
    for line, score in zip(lines, plain, strict=True):
        if score > 0:
            total += score
            prose.update(dict.fromkeys(line.path, score))
    around = _around(lines, plain, prose, total)
    article = max(
        (element for element in around if prose[element] >= _LEAST_ARTICLE_SHARE * total and named_article(element)),
        key=lambda element: prose[element],
        default=None,
    )
    scores = []
    for line, score in zip(lines, plain, strict=True):
        if any(around[element] for element in line.path):
            score = min(score, -abs(score) / 2 - 5)
        elif article is not None and article not in line.path and score > 0:
            score *= _OUTSIDE
        scores.append(score)
    return _with_barriers(lines, scores)


def _around(
    lines: Sequence[PageLine], scores: Sequence[float], prose: Counter[Element], total: float
) -> dict[Element, bool]:
    """The elements of the page, each with whether its name says that it stands around the article."""
    around: dict[Element, bool] = {}
    bodies = _bodies(lines)
    within = Counter(element for path in bodies.values() for element in path)
    before = 0.0
    for line, score in zip(lines, scores, strict=True):
        for depth, element in enumerate(line.path):
            if element not in around:
                # An element with most of the prose is the article's, whatever its author called it.
                comments = named_comments(element)
                small = prose[element] < (_MOST_COMMENTS_SHARE if comments else _LEAST_ARTICLE_SHARE) * total
                if comments and not small:
                    small = before >= _LEAST_COMMENTED_WORDS and not _holds_article(lines, element)
                beside = not comments and len(bodies) > within[element] + sum(
                    outer in bodies for outer in line.path[: depth + 1]
                )
                around[element] = asks_consent(element) or ((small or beside) and named_around(element))
        if score > 0 and not any(around[element] for element in line.path):
            before += score
    return around


def _bodies(lines: Sequence[PageLine]) -> dict[Element, tuple[Element, ...]]:
    """The elements that their page names as the article's and that hold words, each with what it stands in."""
    words: Counter[Element] = Counter()
    paths: dict[Element, tuple[Element, ...]] = {}
    seen: set[Element] = set()
    for line in lines:
        for i, element in enumerate(line.path):
            if element not in seen:
                seen.add(element)
                if named_body(element):
                    paths[element] = line.path[:i]
        inside = paths.keys() & line.path
        if inside and _link_share(line) < _FEW_LINKS:
            words.update(dict.fromkeys(inside, words_in(line.text)))
    return {
        element: path
        for element, path in paths.items()
        if words[element] >= _LEAST_COMMENTED_WORDS and not any(named_around(outer) for outer in path)
    }


def _with_barriers(lines: Sequence[PageLine], scores: list[float]) -> list[float]:
    """Furniture parts what it stands between, unless both sides are in one element: then it is a box in an article."""
    before: list[Element | None] = []
    last = None
    for line, score in zip(lines, scores, strict=True):
        before.append(last)
        if score > 0:
            last = _container(line)
    barred = list(scores)
    last = None
    for i in range(len(lines) - 1, -1, -1):
        if scores[i] > 0:
            last = _container(lines[i])
        elif last is not None and last is before[i]:
            barred[i] = max(scores[i], _BOX)
        elif _is_furniture(lines[i]):
            barred[i] = _BARRIER
    return barred


def _container(line: PageLine) -> Element | None:
    return next((element for element in reversed(line.path) if element.tag in _CONTAINERS), None)


def _holds_article(lines: Sequence[PageLine], element: Element) -> bool:
    """Whether what has the name of an article, and not of a comment, stands in the element."""
    return any(
        named_article(inner) and not named_comments(inner)
        for line in lines
        if element in line.path
        for inner in line.path[line.path.index(element) + 1 :]
    )


def _score(line: PageLine) -> float:
    text = line.text
    words = words_in(text)
    if not words:
        return 0.0
    links = _link_share(line)
    if _is_furniture(line):
        return -1.0
    if links > _MOSTLY_LINKS:
        return -min(words, _LINK_WORDS) + _SHORT
    if words >= _LEAST_PROSE_WORDS and _CLAUSES.search(text) and not _CREDITS.match(text):
        return words * (1 - 2 * links)
    if words >= _LEAST_UNPUNCTUATED_WORDS and not _CREDITS.match(text):
        return _UNPUNCTUATED * words * (1 - 2 * links)
    return _SHORT


def _within(line: PageLine) -> float:
    return 1.0 if _link_share(line) < _FEW_LINKS else -math.inf


def _link_share(line: PageLine) -> float:
    return min(1.0, line.link_chars / max(1, len(line.text)))


def _is_furniture(line: PageLine) -> bool:
    text = line.text
    return len(text) <= 200 and bool(
        (len(text) <= 60 and (_ENDS.match(text) or _POST.search(text))) or _NOTICE.search(text)
    )


def _best_run(scores: Sequence[float]) -> tuple[int, int]:
    """The run of scores with the greatest sum; empty if none is positive."""
    best, first, last = 0.0, 0, 0
    total, start = 0.0, 0
    for i, score in enumerate(scores):
        if total <= 0:
            total, start = 0.0, i
        total += score
        if total > best:
            best, first, last = total, start, i + 1
    return first, last


def _core(lines: Sequence[PageLine], first: int, last: int, scores: Sequence[float]) -> Element:
    """The innermost element with most of the prose of the run, or one around it that adds little but text."""
    held: Counter[Element] = Counter()
    balance: Counter[Element] = Counter()
    total = 0.0
    for i, (line, score) in enumerate(zip(lines, scores, strict=True)):
        if first <= i < last and score > 0:
            total += score
            held.update(dict.fromkeys(line.path, score))
        words = words_in(line.text)
        kept = score > 0 or (_link_share(line) < _FEW_LINKS and score > _BOX)
        balance.update(dict.fromkeys(line.path, words if kept else -_NOT_TEXT * words))
    chain = next(line.path for line in lines[first:last] if held[line.path[0]] >= _CORE * total)
    core = chain[0]
    path: tuple[Element, ...] = ()
    for line in lines[first:last]:
        inside = [element for element in line.path if held[element] >= _CORE * total]
        if len(inside) > len(path):
            path, core = tuple(inside), inside[-1]
    best = balance[core]
    for element in reversed(path[:-1]):
        if balance[element] > best:
            core, best = element, balance[element]
    return core


def article_lines(lines: Sequence[PageLine]) -> list[PageLine]:
    """The lines of an article without the boxes between them that lead elsewhere."""
    banners = {element for line in lines for element in line.path if asks_consent(element)}
    lines = [line for line in lines if not banners.intersection(line.path)] or list(lines)
    again = _repeated_tables(lines)
    lines = [line for line in lines if line.row is None or line.row.table not in again]
    stays = [
        is_attachment(line)
        or (not _is_furniture(line) and not (_link_share(line) > _ALL_LINKS and words_in(line.text) < _LINK_WORDS))
        for line in lines
    ]
    prose = next((i for i, line in enumerate(lines) if stays[i] and _score(line) > 0), len(lines))
    names = {i for i in range(prose + 1, len(lines) - 2) if not any(stays[i + 1 : i + 3]) and _is_name(lines[i])}
    kept = [line for i, line in enumerate(lines) if stays[i] and i not in names]
    while len(kept) > 1 and _announces(kept[-1]):
        kept.pop()
    return kept or list(lines)


def _is_name(line: PageLine) -> bool:
    """Whether it may name the links below it: a few words, no sentence and no date."""
    few = line.row is None and words_in(line.text) < _LEAST_PROSE_WORDS
    return few and not _CLAUSES.search(line.text) and not any(map(str.isdigit, line.text))


def _announces(line: PageLine) -> bool:
    """Whether a few words and a colon say what stands below them: "Share this:", over links that are left out."""
    return line.row is None and line.text.endswith((":", "：")) and words_in(line.text) < _LEAST_PROSE_WORDS


def _repeated_tables(lines: Sequence[PageLine]) -> set[Drawn | None]:
    """Tables that say what one before them says, as pages have them for narrow screens and for wide ones."""
    tables = dict.fromkeys(line.row.table for line in lines if line.row is not None and line.row.table is not None)
    seen: set[frozenset[str]] = set()
    again: set[Drawn | None] = set()
    for table in tables:
        cells = frozenset(cell.text for row in table.grid.at for cell in row if cell is not None)
        if len(cells) >= _LEAST_CELLS and cells in seen:
            again.add(table)
        seen.add(cells)
    return again
