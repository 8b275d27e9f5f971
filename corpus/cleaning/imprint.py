"""Lines of nothing but a body, a number, a date and a version: 行政部　2025年11月, 知识库 · KB-0117 · 2025-10-09."""

from __future__ import annotations

from corpus.cleaning.dated import is_dated
from corpus.cleaning.metadata import Metadata
from corpus.cleaning.numbers import document_number
from corpus.language.names import people_of
from corpus.language.script import has_han

__all__ = ["is_organization", "is_person", "read_imprint"]

_ORGANIZATIONS = (
    *[
        "政府",
        "委员会",
        "办公室",
        "办公厅",
        "局",
        "厅",
        "部",
        "委",
        "院",
        "会",
        "处",
        "所",
        "社",
        "科",
        "站",
        "队",
        "组",
        "中心",
        "公司",
        "集团",
        "大学",
        "学院",
        "学校",
        "中学",
        "小学",
    ],
    *[
        "银行",
        "协会",
        "基金会",
        "医院",
        "法院",
        "检察院",
        "指挥部",
        "总经办",
        "事务所",
        "工作室",
        "研究所",
        "图书馆",
        "博物馆",
        "幼儿园",
    ],
    *("Ltd", "Ltd.", "Inc", "Inc.", "University", "Committee", "Department", "Office", "Bureau", "Ministry", "Council"),
)
_NO_BODY = ("附件", "附录", "联系人", "抄送", "主送")
_MARKED = ("·", "•", "|", "｜")
_PUNCTUATION = frozenset('：:，。；、！？,;!?“”"《》')
_VERSIONS = ("版本", "第")
_LONGEST = 80
_LONGEST_BODY = 40


def is_organization(text: str) -> bool:
    """Whether a short text is the name of a body, by how it ends."""
    text = text.strip()
    return (
        3 <= len(text) <= _LONGEST_BODY
        and text.endswith(_ORGANIZATIONS)
        and not text.startswith(_NO_BODY)
        and not _PUNCTUATION & set(text)
        and text[0].isalpha()
        and not any(char.isdigit() for char in text[:1])
    )


def is_person(text: str) -> bool:
    """Whether two to four characters are the name of a person."""
    return 2 <= len(text) <= 4 and all(map(has_han, text)) and people_of(text) == [text]


def read_imprint(line: str) -> Metadata | None:
    """What a line says that holds a date and, set apart from it, a body, a number or a version; None if it is none."""
    if len(line) > _LONGEST or _PUNCTUATION & set(line):
        return None
    marked = any(mark in line for mark in _MARKED)
    for mark in (*_MARKED, "\u3000", "\t", "\xa0"):
        line = line.replace(mark, "  ")
    pieces = [piece.strip() for piece in line.split("  ") if piece.strip()]
    if len(pieces) < 2:
        pieces = line.split()
    if not 2 <= len(pieces) <= 5:
        return None
    date = number = None
    names: list[str] = []
    for piece in pieces:
        if date is None and (found := is_dated(piece)) is not None:
            date = found
        elif number is None and (found := document_number(piece) or (piece if marked and _is_code(piece) else None)):
            number = found
        elif not _is_version(piece):
            names.append(piece)
    if date is None or len(names) > 1:
        return None
    who = _who(names[0], marked=marked) if names else Metadata()
    return None if who is None else Metadata(published=date, number=number).or_else(who)


def _who(name: str, *, marked: bool) -> Metadata | None:
    if is_organization(name):
        return Metadata(source=name)
    body, _, person = name.rpartition(" ")
    if is_person(person) and (not body or is_organization(body)):
        return Metadata(source=body or None, author=person)
    return Metadata(source=name) if marked and has_han(name) else None


def _is_code(text: str) -> bool:
    """KB-0117: letters and figures."""
    return text.isascii() and " " not in text and any(map(str.isdigit, text)) and any(map(str.isalpha, text))


def _is_version(text: str) -> bool:
    return (
        text.startswith(_VERSIONS)
        or text.endswith("版")
        or (text[0] in "Vv" and text[1:2].isdigit() and text.isascii())
    )
