"""What a follow-up wants of the turns before, as far as words that are said for nothing else tell."""

from __future__ import annotations

from functools import lru_cache

__all__ = ["Cue", "cues_of"]

Cue = str
"""One of the names below."""

_CUES: dict[Cue, tuple[str, ...]] = {
    "more": (
        "还有",
        "其他",
        "其它",
        "别的",
        "另外",
        "继续",
        "然后",
        "详细",
        "具体",
        "展开",
        "细",
        "多讲",
        "多说",
        "说说",
        "讲讲",
        "举例",
        "例子",
        "解释",
        "进一步",
        "补充",
        "就这",
        "else",
        "more",
        "further",
        "detail",
        "example",
        "explain",
        "other",
    ),  # fmt: skip
    "why": (
        "为什么",
        "为啥",
        "为何",
        "原因",
        "怎么会",
        "怎么回事",
        "why",
        "reason",
        "how come",
    ),  # fmt: skip
    "sure": (
        "确定",
        "真的",
        "真有",
        "没错",
        "看错",
        "弄错",
        "搞错",
        "没错",
        "记得",
        "听说",
        "依据",
        "根据",
        "出处",
        "出自",
        "哪条",
        "哪一条",
        "第几条",
        "可靠",
        "不是",
        "对吗",
        "sure",
        "certain",
        "really",
        "isn't",
        "correct",
        "source",
    ),  # fmt: skip
    "if": (
        "如果",
        "要是",
        "假如",
        "的话",
        "万一",
        "就算",
        "即使",
        "但是",
        "只",
        "已经",
        "没",
        "if",
        "unless",
        "even",
        "without",
    ),  # fmt: skip
    "back": (
        "回到",
        "回头",
        "回过头",
        "刚才",
        "刚刚",
        "刚说",
        "前面",
        "之前",
        "先前",
        "最开始",
        "最初",
        "一开始",
        "再说",
        "说回",
        "问回",
        "接着",
        "上面",
        "还是说",
        "还是看",
        "最前",
        "earlier",
        "back",
        "again",
    ),  # fmt: skip
    "not": (
        "不对",
        "不是",
        "错",
        "我说",
        "我问",
        "我是",
        "我要",
        "我指",
        "问的",
        "应该是",
        "没问",
        "谁问",
        "不用",
        "抱歉",
        "不好意思",
        "sorry",
        "meant",
        "typo",
        "not",
        "no",
    ),  # fmt: skip
    "compare": (
        "比",
        "跟",
        "和",
        "差",
        "相差",
        "更",
        "哪个",
        "两者",
        "合起来",
        "还是",
        "than",
        "difference",
        "compared",
        "which",
    ),  # fmt: skip
    "turn": (
        "换个",
        "换一个",
        "顺便",
        "话说",
        "不说这",
        "不问这",
        "请问",
        "想问",
        "问下",
        "问一下",
        "对了",
        "想了解",
    ),  # fmt: skip
    "thanks": (
        "谢",
        "感谢",
        "好的",
        "明白",
        "知道了",
        "收到",
        "辛苦",
        "懂了",
        "太好",
        "哈哈",
        "哦",
        "嗯",
        "thanks",
        "thank",
        "great",
        "ok",
        "nice",
    ),  # fmt: skip
    "second": (
        "后者",
        "第二",
        "第三",
        "最后",
        "前者",
        "第一",
        "中间",
        "头一",
        "latter",
        "former",
        "second",
        "first",
        "last",
    ),  # fmt: skip
}


@lru_cache(maxsize=64)
def cues_of(folded: str) -> tuple[Cue, ...]:
    """The cues in a folded question, in the order of their names above."""
    spoken = f" {' '.join(folded.replace(',', ' ').replace('?', ' ').split())} "
    return tuple(
        name
        for name, words in _CUES.items()
        if any((f" {word} " if word.isascii() else word) in spoken for word in words)
    )
