"""The language and script of a text as a BCP 47 tag, by the characters and the commonest words in it."""

from __future__ import annotations

import re
from collections import Counter
from functools import cache

from corpus.language.script import HAN_CHARACTER, KANA, LATIN_WORD

__all__ = ["language_of"]

_SAMPLE_CHARS = 5_000
_HANGUL = re.compile(r"[\u1100-\u11ff\uac00-\ud7a3]")
# Letters of other scripts, each used by many languages of which the commonest is named.
_SCRIPTS = {
    "ru": re.compile(r"[\u0400-\u04ff]"),
    "ar": re.compile(r"[\u0600-\u06ff]"),
    "th": re.compile(r"[\u0e00-\u0e7f]"),
    "el": re.compile(r"[\u0370-\u03ff]"),
    "he": re.compile(r"[\u0590-\u05ff]"),
    "hi": re.compile(r"[\u0900-\u097f]"),
}
_WORDS = {
    "en": "the of and to in is that for it as was with be by on not he his but at are this have from or had an they "
    "which how did does when many name you we their has been will would there who what all were can",
    "de": "der die und das ist von zu den mit sich des auf für nicht ein eine im dem auch es an werden aus er hat dass",
    "fr": "le la les des et est un une du que dans pour qui par sur pas au ce il plus ne avec se sont cette aux mais",
    "es": "el la de que y en los del las por con una para es se no su al lo como más o pero sus le ha sí porque esta",
    "pt": "de que do da em um para com não uma os no se na por mais as dos como mas ao ele das seu sua ou são",
    "it": "il di che e la per un in non una sono con del si le da al come della ma più anche dei nel alla gli questo",
    "nl": "de het een van en in is dat op te zijn met voor niet aan er om ook als dan maar bij uit nog worden naar",
    "vi": "và của là các có được cho không một những với trong người này để khi đã đến từ cũng như về",
    "id": "yang dan di untuk dengan ini dari pada tidak dalam akan itu adalah oleh juga atau telah sebagai mereka",
}
_LEAST_KANA = 0.1
_UNKNOWN = "und"


def language_of(text: str) -> str:
    """The main language of a text: "zh-Hans", "zh-Hant", "ja", "ko", "en" and a dozen others, or "und".

    Chinese that uses only characters common to both scripts is told as "zh".
    """
    sample = text[:_SAMPLE_CHARS]
    han, kana, hangul = (len(pattern.findall(sample)) for pattern in (HAN_CHARACTER, KANA, _HANGUL))
    words = [word.lower() for word in LATIN_WORD.findall(sample) if len(word) > 1]
    sizes = {"cjk": han + kana + hangul, "latin": 1.5 * len(words)}
    sizes |= {name: len(pattern.findall(sample)) / 3 for name, pattern in _SCRIPTS.items()}
    main = max(sizes, key=lambda name: sizes[name])
    if not sizes[main]:
        return _UNKNOWN
    if main == "cjk":
        if hangul > kana and hangul >= 0.2 * sizes["cjk"]:
            return "ko"
        return "ja" if kana > _LEAST_KANA * sizes["cjk"] else _chinese(sample)
    return _latin(words) if main == "latin" else main


def _chinese(sample: str) -> str:
    simplified, traditional = _script_marks()
    counts = Counter(sample)
    hans = sum(count for char, count in counts.items() if char in simplified)
    hant = sum(count for char, count in counts.items() if char in traditional)
    if hans == hant:
        return "zh"
    return "zh-Hans" if hans > hant else "zh-Hant"


@cache
def _script_marks() -> tuple[frozenset[str], frozenset[str]]:
    """The characters only GB2312 has, and those only the first level of Big5 has."""
    han = [chr(code) for code in range(0x4E00, 0xA000)]
    in_gb = {char for char in han if char.encode("gb2312", "ignore")}
    in_big5 = {char for char in han if char.encode("big5", "ignore")}
    first_level = {char for char in in_big5 if char.encode("big5") < b"\xc6\xa1"}
    return frozenset(in_gb - in_big5), frozenset(first_level - in_gb)


def _latin(words: list[str]) -> str:
    counts = Counter(words)
    scores = {tag: sum(counts[word] for word in common.split()) / len(words) for tag, common in _WORDS.items()}
    best = max(scores, key=lambda tag: scores[tag])
    return best if scores[best] >= 0.08 else _UNKNOWN
