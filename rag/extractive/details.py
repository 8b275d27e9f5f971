"""Contact details a question asks for, and whether a text has one: telephone, mail, web and street addresses."""

from __future__ import annotations

import re
from collections.abc import Iterable

from corpus.language.script import fold

__all__ = ["lacks_detail"]

_WHAT = "(?:号码|号)?(?:是|为|在)?(?:多少|什么|哪|何处)"
_DETAILS = (
    (
        rf"(?:电话|手机|热线|传真|联系方式){_WHAT}|\b(?:phone|telephone|fax) number",
        r"(?<!\d)\d[\d\s()-]*\d{2}(?![\d年月日%])",
    ),
    (rf"(?:邮箱|电子邮件|邮件)(?:地址)?{_WHAT}|\be-?mail address", "@"),
    (
        rf"(?:网址|官网|网站)(?:地址)?{_WHAT}|\bwebsite\b.*\baddress|\burl\b",
        r"://|www\.|\.(?:com|cn|org|net|gov|edu)\b",
    ),
    (
        rf"(?<!ip)(?<!网站)(?<!邮箱)(?<!邮件)(?:地址|住址){_WHAT}|\bstreet address|\bpostal address",
        r"[路街巷弄道镇村乡].{0,12}\d|\d.{0,6}[号楼室]|大厦|广场|\b(?:road|street|avenue|rd|st|ave)\b",
    ),
)
_PATTERNS = tuple((re.compile(asked), re.compile(held)) for asked, held in _DETAILS)


def lacks_detail(question: str, texts: Iterable[str]) -> bool:
    """Whether the question asks for such a detail and none of the texts has anything of its form."""
    folded = fold(question)
    wanted = [held for asked, held in _PATTERNS if asked.search(folded)]
    return bool(wanted) and not any(held.search(fold(text)) for text in texts for held in wanted)
