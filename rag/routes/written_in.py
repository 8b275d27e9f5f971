"""The languages in which people ask for documents: 英文的那份, 用繁體字寫的, "in English"."""

from __future__ import annotations

import re

__all__ = ["language_asked"]

_CALLED = {
    "en": ("英[文语]", "english"),
    "zh-Hant": ("繁体(?:字|中文)?", "traditional chinese"),
    "zh-Hans": ("简体(?:字|中文)?", "simplified chinese"),
    "zh": ("中文|汉语", "chinese"),
    "ja": ("日[文语]", "japanese"),
    "ko": ("韩[文语]", "korean"),
    "de": ("德[文语]", "german"),
    "fr": ("法[文语]", "french"),
    "es": ("西班牙[文语]", "spanish"),
    "ru": ("俄[文语]", "russian"),
}
_OF_DOCUMENTS = r"(?:写的?|编写的?|版本?的?|的)?(?=\s*(?:$|[?,。吗]|是哪|有[哪几多没]|文[件档本]|资料|材料|[份篇封]))"
_ASKED = {
    tag: re.compile(
        rf"用(?:{chinese})(?:写|编写)(?:成)?的?|(?:{chinese}){_OF_DOCUMENTS}"
        rf"|\b(?:written )?in {english}\b|\b{english}(?= (?:documents?|files?|ones?)\b)"
    )
    for tag, (chinese, english) in _CALLED.items()
}


def language_asked(folded: str) -> tuple[str | None, str]:
    """The language of documents that a folded question names, a BCP 47 tag, and the question without those words."""
    for tag, pattern in _ASKED.items():
        if pattern.search(folded):
            return tag, pattern.sub(" ", folded, count=1)
    return None, folded
