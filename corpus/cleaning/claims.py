"""What a file's properties claim of it, without what a program or a machine has put there."""

from __future__ import annotations

import re

__all__ = ["sensible_title", "somebody"]

_NO_TITLE = re.compile(
    r"\.(?:docx?|dotx?|pptx?|xlsx?|pdf|wps|et|dps|rtf|odt|html?|txt|indd|qxd|tex|dvi|cdr|ai|fbd|s2|s92)$|^.{0,3}$"
    r"|[\\/]\w+[\\/]"
    r"|^(?:microsoft|powerpoint|幻灯片|演示文稿|untitled|无标题|未命名|文档\s*\d*$|document\s*\d*$|slide|sheet"
    r"|book\s*\d*$|工作簿\s*\d*$|print|scan|adobe|\d+$|[0-9a-f-]{16,}$)",
    re.IGNORECASE,
)
_NOBODY = re.compile(
    r"^(?:administrator|admin|users?|owner|微软用户|用户|unknown|un-?named|author|anonymous|root|pc|lenovo|dell|hp"
    r"|windows.*|microsoft.*|.*\bcorp\b.*|openpyxl|python-docx|python-pptx|apache poi|xlsxwriter|docx4j"
    r"|phpword|phpexcel|.*(?:www\.|https?:|\bteam\b|discuz|wordpress|admin|cms|hanweb|大汉网络|拓尔思|织梦|动易).*"
    r"|aspose.*|wps.*|deepbbs.*|雨林木风|番茄花园|reportlab.*|.{0,1}|[A-Za-z]+-?[0-9A-Z]{4,}|\d+)$",
    re.IGNORECASE,
)
_SAVED_BY = "Microsoft "
_LONGEST_NAME = 60


def sensible_title(title: str) -> str | None:
    """The title, unless it is a file's name or what a program calls every file."""
    title = " ".join(title.split())
    if title.startswith(_SAVED_BY):
        title = title.partition(" - ")[2]  # "Microsoft Word - 年度报告"
    return None if not title or _NO_TITLE.search(title) or "\ufffd" in title else title


def somebody(author: str) -> str | None:
    """The author, unless it is an account or a program."""
    author = " ".join(author.split())
    return None if not author or len(author) > _LONGEST_NAME or _NOBODY.match(author) else author
