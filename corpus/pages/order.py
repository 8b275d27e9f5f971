"""The order in which a person reads the blocks of a page.

Two ideas carry it. Within an article, blocks are put into the order of Breuel ("High performance document layout
analysis", 2003): one comes before another if it stands above it in the same columns, or if it is to the left of it and
nothing that spans both stands between their heights. A topological sort of these relations reads columns one after
another, however long they are, and stops at what runs across them.

That alone mixes up newspaper articles that interlock: a column running down beside the article below belongs to the
headline over it. So articles come first: a headline is what spans more than one column, and each column belongs to
the lowest headline over it that reaches across it. Rectangles drawn around text are pages within the page.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from corpus.cleaning.bylines import is_byline
from corpus.pages.blocks import TextBlock
from corpus.pages.model import Box, union

__all__ = ["Article", "breuel_order", "reading_order"]

_HEADING = 1.16  # times the body size
_HEADING_SCANNED = 1.35
_LARGE = 1.5
_SMALL = 0.96
_SMALL_SCANNED = 0.88
_CAPTION = re.compile(r"^(?:图[为：:\d]|圖|上图|下图|左图|右图|▲|△|Fig|Photo|Figure)|[摄攝]$|供图$|资料图")
_MOST_BLOCKS = 700
_CAPTION_LINES = 4


@dataclass(slots=True)
class Article:
    """What belongs to one headline, or stands alone: each list in reading order."""

    head: list[TextBlock] = field(default_factory=list)
    body: list[TextBlock] = field(default_factory=list)
    captions: list[TextBlock] = field(default_factory=list)

    @property
    def blocks(self) -> list[TextBlock]:
        """All of it, in reading order."""
        return [*self.head, *self.body, *self.captions]


@dataclass(slots=True)
class _Head:
    """Headlines standing over one another, and how far to the left and right what is below them may reach."""

    blocks: list[TextBlock]
    box: Box
    reach: Box


def reading_order(
    blocks: Sequence[TextBlock],
    body: float,
    *,
    pictures: Sequence[Box] = (),
    rules: Sequence[Box] = (),
    frames: Sequence[Box] = (),
    scanned: bool = False,
) -> list[Article]:
    """The articles of a page in reading order; ``body`` is the size of its running text.

    Side by side the left one comes first. Blocks under no headline are articles of their own.
    """
    framed, rest = _framed(blocks, frames)
    inner = [
        reading_order(
            inside,
            body,
            pictures=[picture for picture in pictures if frame.holds(picture)],
            rules=[rule for rule in rules if frame.holds(rule) and rule.width < 0.95 * frame.width],
            frames=[other for other in frames if other != frame and frame.holds(other)],
            scanned=scanned,
        )
        for frame, inside in framed
    ]
    captions = [block for block in rest if _is_caption(block, body, pictures, rest, scanned)]
    text = [block for block in rest if block not in captions]
    if not text and not inner:
        return [Article(captions=captions)] if captions else []
    articles, places = _articles(text, [frame for frame, _ in framed], body, rules, scanned)
    groups = [[article] for article in articles] + inner
    places += [frame for frame, _ in framed]
    ordered = [articles for i in breuel_order(places) for articles in groups[i]]
    for caption in captions:
        _nearest(caption, ordered).captions.append(caption)
    return ordered


def breuel_order(boxes: Sequence[Box]) -> list[int]:
    """The indices of the boxes in reading order.

    Where the relations contradict each other (boxes that interlock) the upper left box goes first.
    """
    count = len(boxes)
    if count > _MOST_BLOCKS:
        return sorted(range(count), key=lambda i: (boxes[i].top, boxes[i].left))
    before = _relations(boxes)
    waiting = before.sum(axis=0)
    left = set(range(count))
    order: list[int] = []
    while left:
        free = [i for i in left if waiting[i] == 0] or list(left)
        chosen = min(free, key=lambda i: (waiting[i], boxes[i].left, boxes[i].top))
        left.remove(chosen)
        order.append(chosen)
        waiting -= before[chosen]
    return order


def _relations(boxes: Sequence[Box]) -> NDArray[np.int_]:
    """A matrix of int: 1 where the box of the row is read before the box of the column."""
    edges = np.array([(box.left, box.top, box.right, box.bottom) for box in boxes], dtype=float).reshape(-1, 4)
    left, top, right, bottom = edges.T
    width = np.minimum.outer(right - left, right - left)
    shared = np.minimum.outer(right, right) - np.maximum.outer(left, left)
    in_line = shared > np.minimum(0.2 * width, 12)
    middle = (top + bottom) / 2
    above = in_line & (middle[:, None] < middle[None, :])
    slack = 0.25 * np.minimum.outer(bottom - top, bottom - top)
    over = bottom[:, None] <= top[None, :] + slack
    to_left = ~in_line & ((left + right)[:, None] < (left + right)[None, :])
    for c in range(len(boxes)):
        spans = in_line[c][:, None] & in_line[c][None, :]
        between = (over[:, c][:, None] & over[c][None, :]) | (over[c][:, None] & over[:, c][None, :])
        to_left &= ~(spans & between)
    relations: NDArray[np.int_] = (above | to_left).astype(int)
    np.fill_diagonal(relations, 0)
    return relations


def _framed(
    blocks: Sequence[TextBlock], frames: Sequence[Box]
) -> tuple[list[tuple[Box, list[TextBlock]]], list[TextBlock]]:
    """The outermost frames with the blocks in them, and the blocks in none. A frame around everything is none."""
    rest = list(blocks)
    framed = []
    for frame in sorted(frames, key=lambda frame: -frame.width * frame.height):
        inside = [block for block in rest if frame.holds(block.box, slack=2)]
        cut = any(frame.over(b.box) > 2 and frame.beside(b.box) > 2 for b in rest if b not in inside)
        if inside and not cut and len(inside) < len(blocks):
            framed.append((frame, inside))
            rest = [block for block in rest if block not in inside]
    return framed, rest


def _is_caption(
    block: TextBlock, body: float, pictures: Sequence[Box], blocks: Sequence[TextBlock], scanned: bool
) -> bool:
    """A few lines right under a picture and no wider, in smaller print or with the words of a caption."""
    if len(block.lines) > _CAPTION_LINES or block.rows:
        return False
    worded = _CAPTION.search(block.text) is not None
    for picture in pictures:
        gap = block.box.top - picture.bottom
        inside = block.box.left > picture.left - body and block.box.right < picture.right + body
        if not (inside and -0.5 * body < gap < 2.5 * body and block.size < _HEADING * body):
            continue
        if any(
            other is not block
            and other.box.over(block.box) > 0
            and picture.bottom < other.box.center[1] < block.box.top
            for other in blocks
        ):
            continue
        if block.size < (_SMALL_SCANNED if scanned else _SMALL) * body or worded:
            return True
    return False


def _nearest(caption: TextBlock, articles: list[Article]) -> Article:
    """The article whose text comes closest to the caption, in the same columns rather than beside it."""

    def distance(article: Article) -> tuple[bool, float]:
        return min(
            (
                (
                    caption.box.over(block.box) < 0.3 * min(caption.box.width, block.box.width),
                    max(0.0, -caption.box.over(block.box)) + max(0.0, -caption.box.beside(block.box)),
                )
                for block in (*article.head, *article.body)
            ),
            default=(True, float("inf")),
        )

    return min(articles, key=distance)


def _articles(
    text: list[TextBlock], walls: list[Box], body: float, rules: Sequence[Box], scanned: bool
) -> tuple[list[Article], list[Box]]:
    """The articles, unordered, and the box that stands for each in the order of the page."""
    heads = _heads(text, walls, body, rules, scanned)
    narrow = _most_columns(text, body) >= 3
    while True:
        under, alone = _assigned(text, heads)
        kept = [
            head
            for i, head in enumerate(heads)
            if _spans_columns(under[i]) or (_is_large(head, body) and (narrow or _interrupts(head, text, body)))
        ]
        if len(kept) == len(heads):
            break
        heads = kept
    articles: list[Article] = []
    places: list[Box] = []
    for i, head in enumerate(heads):
        order = breuel_order([block.box for block in under[i]])
        articles.append(Article(head=head.blocks, body=[under[i][j] for j in order]))
        places.append(head.box)
    for block in alone:
        articles.append(Article(body=[block]))
        places.append(block.box)
    return articles, places


def _heads(text: list[TextBlock], walls: list[Box], body: float, rules: Sequence[Box], scanned: bool) -> list[_Head]:
    """Large blocks, those right over one another taken together with the bylines below them."""
    least = (_HEADING_SCANNED if scanned else _HEADING) * body
    candidates = [
        block
        for block in sorted(text, key=lambda block: block.box.top)
        if not block.rows and (block.size >= least or _is_byline(block))
    ]
    groups: list[list[TextBlock]] = []
    for block in candidates:
        over = [group for group in groups if _stands_under(block, group, text)]
        beside = [
            other
            for other in candidates
            if other is not block and other.box.beside(block.box) > 0.5 * min(other.box.height, block.box.height)
        ]
        if len(over) == 1 and not any(other.box.over(union(b.box for b in over[0])) > body for other in beside):
            over[0].append(block)
        elif block.size >= least:
            groups.append([block])
    heads = []
    for group in groups:
        box = union(block.box for block in group)
        reach = _reach(box, [b.box for b in text if b not in group] + walls, text, rules)
        wrapped = [block for block in group if len(block.lines) > 1 and block.box.width > 0.8 * box.width]
        if wrapped:
            # It was broken because there was no more room.
            room = 2 * wrapped[0].size
            reach = replace(reach, left=max(reach.left, box.left - room), right=min(reach.right, box.right + room))
        heads.append(_Head(group, box, reach))
    return heads


def _is_byline(block: TextBlock) -> bool:
    return len(block.lines) == 1 and is_byline(block.lines[0].text)


def _stands_under(block: TextBlock, group: list[TextBlock], text: list[TextBlock]) -> bool:
    box = union(b.box for b in group)
    gap = block.box.top - box.bottom
    if not -0.3 * block.size < gap < 2.2 * max(block.size, group[-1].size) or box.over(block.box) < 0.5 * min(
        box.width, block.box.width
    ):
        return False
    return not any(
        other is not block
        and other not in group
        and other.box.over(block.box) > 0
        and box.bottom - 1 < other.box.center[1] < block.box.top + 1
        for other in text
    )


def _reach(box: Box, others: list[Box], text: list[TextBlock], rules: Sequence[Box]) -> Box:
    """The box widened to its neighbours at the same height, to rules beside it, else to the edges of the text."""
    page = union(block.box for block in text)
    beside = [other for other in others if other.beside(box) > 0.15 * box.height]
    beside += [rule for rule in rules if rule.height > rule.width and rule.beside(box) > 0.5 * box.height]
    left = max((other.right for other in beside if other.center[0] < box.left), default=page.left)
    right = min((other.left for other in beside if other.center[0] > box.right), default=page.right)
    return replace(box, left=min(left, box.left), right=max(right, box.right))


def _assigned(text: list[TextBlock], heads: list[_Head]) -> tuple[list[list[TextBlock]], list[TextBlock]]:
    """The blocks under each headline, and those under none."""
    under: list[list[TextBlock]] = [[] for _ in heads]
    alone: list[TextBlock] = []
    in_heads = {id(block) for head in heads for block in head.blocks}
    flush = [_is_flush(head, text) for head in heads]
    for block in text:
        if id(block) in in_heads:
            continue
        over = [
            i
            for i, head in enumerate(heads)
            if head.box.bottom <= block.box.top + 0.4 * block.size
            and head.reach.over(block.box) >= 0.6 * block.box.width
            and _is_set_over(head, block, flush[i])
        ]
        if not over:
            alone.append(block)
            continue

        def closeness(i: int, block: TextBlock = block) -> tuple[float, ...]:
            head = heads[i]
            level = round(head.box.bottom / (2 * block.size))
            # Headlines at one height: the one whose words are over the block, or that is centred over it and another.
            evidence = 2 * (head.box.over(block.box) > 0.3 * block.box.width) + _has_twin(head, block, text)
            if block.box.top - head.box.bottom < 3 * block.size:
                return 1, evidence, level, min(0.0, head.box.over(block.box))
            return 0, level, evidence, min(0.0, head.box.over(block.box))

        under[max(over, key=closeness)].append(block)
    return under, alone


def _has_twin(head: _Head, block: TextBlock, text: list[TextBlock]) -> bool:
    """Whether there is a column as far to the other side of the headline's middle."""
    left, right = 2 * head.box.center[0] - block.box.right, 2 * head.box.center[0] - block.box.left
    slack = 1.5 * block.size
    return any(
        abs(other.box.left - left) < slack and abs(other.box.right - right) < slack and other.box.beside(block.box) > 0
        for other in text
    )


def _is_flush(head: _Head, text: list[TextBlock]) -> bool:
    """Whether a headline begins where the first column under it does."""
    return any(
        abs(block.box.left - head.box.left) < 0.8 * block.size and block.box.top > head.box.top and block.box.height > 0
        for block in text
        if block not in head.blocks
    )


def _is_set_over(head: _Head, block: TextBlock, flush: bool) -> bool:
    """Whether a headline set like this one, flush left or centred, can be meant to stand over the block.

    Of its first and last column a headline need not cover anything; but a centred one has as much room on both sides.
    """
    em = block.size
    if flush or head.box.over(block.box) > 0.3 * block.box.width or head.box.left - head.reach.left < 3 * em:
        return True
    center = head.box.center[0]
    mirrored = (2 * center - block.box.right, 2 * center - block.box.left)
    return mirrored[0] > head.reach.left - 2 * em and mirrored[1] < head.reach.right + 2 * em


def _spans_columns(blocks: list[TextBlock]) -> bool:
    return any(
        a.box.beside(b.box) > 0.5 * min(a.box.height, b.box.height) and a.box.over(b.box) <= 0
        for i, a in enumerate(blocks)
        for b in blocks[i + 1 :]
    )


def _most_columns(text: list[TextBlock], body: float) -> int:
    """How many columns of running text stand side by side; three or more only newspapers have."""
    columns = [block.box for block in text if len(block.lines) >= 3 and block.size < _HEADING * body and not block.rows]
    return max((sum(other.top <= box.center[1] <= other.bottom for other in columns) for box in columns), default=0)


def _is_large(head: _Head, body: float) -> bool:
    return max(block.size for block in head.blocks) >= _LARGE * body


def _interrupts(head: _Head, text: list[TextBlock], body: float) -> bool:
    """A headline over one column that stands under an unfinished sentence begins another article."""
    over = [
        block
        for block in text
        if block.box.bottom <= head.box.top + 1
        and block.box.over(head.box) > 0.5 * min(block.box.width, head.box.width)
    ]
    if not over:
        return False
    last = max(over, key=lambda block: block.box.bottom)
    line = last.lines[-1]
    return last.size < _HEADING * body and not line.ends_sentence and line.box.right > last.box.right - 2 * body
