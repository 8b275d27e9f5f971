"""Contact details that a question may ask for: telephone, mail, web and street addresses."""

from __future__ import annotations

import re
from dataclasses import dataclass

from corpus.language.script import fold

__all__ = ["Detail", "details_asked"]


@dataclass(frozen=True, slots=True)
class Detail:
    """A kind of contact detail: the words that ask for one, and the form that it has."""

    asked: re.Pattern[str]
    form: re.Pattern[str]

    def is_in(self, text: str) -> bool:
        """Whether a text has anything of the form."""
        return self.form.search(fold(text)) is not None


_WHAT = "(?:号码|号)?(?:是|为|在)?(?:多少|(?:什么|啥)(?!时候)|哪(?!个部门)|何处)"
_CALLED = "(?:电话|热线|传真|联系方式)"
_BARE = r"的[^的\W]{0,4}"  # 某人的办公电话
_END = r"(?:号码|号)?[?？]?$"
_TELEPHONE = r"(?<![\d-])(?:\+?\d[\d\s()-]{5,}\d(?!-?\d)(?![年月日%元])|12\d{3}(?![\d年月日%元]))"
_SHORT = r"(?:电话|热线|拨打|拨|呼叫|\b(?:call|dial))[^\w\n]{0,3}\d{3,5}(?![\d年月日%元-])"
_EXTENSION = r"分机[^\w\n]{0,3}\d{3,5}"
_DETAILS = (
    (
        rf"{_CALLED}{_WHAT}|{_BARE}{_CALLED}{_END}|\b(?:phone|telephone|fax) number",
        rf"{_TELEPHONE}|{_EXTENSION}|{_SHORT}",
    ),
    (rf"手机{_WHAT}|{_BARE}手机{_END}|\b(?:mobile|cell)(?: phone)? number", r"(?<!\d)1[3-9]\d(?:[\s-]?\d{4}){2}(?!\d)"),
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
_KINDS = tuple(Detail(re.compile(asked), re.compile(form)) for asked, form in _DETAILS)


def details_asked(folded: str) -> tuple[Detail, ...]:
    """The details that the words of a question, folded, ask for."""
    return tuple(kind for kind in _KINDS if kind.asked.search(folded))
