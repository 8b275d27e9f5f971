"""What a document says of itself in its own lines: its number, who issued or wrote it, and when."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from corpus.cleaning.dated import dates_in, edition_of, is_dated
from corpus.cleaning.imprint import is_organization, is_person, read_imprint
from corpus.cleaning.labels import Labelled, facts_of, labelled_in
from corpus.cleaning.metadata import Metadata
from corpus.cleaning.numbers import document_number

__all__ = ["ends_of", "stated_facts"]

_ENACTED = ("通过", "公布", "发布", "修订", "修正", "批准", "施行", "印发")
_RECORDS = ("纪要", "记录", "记实", "minutes")  # of something that happened when they were made
_HEAD = 16
_TITLES = 6
_END_CHARS = 20_000
_TAIL = 12
_FAR = 200
_LONGEST = 120
_LONGEST_SHORT = 40


def ends_of(text: str) -> list[str]:
    """The lines of a text that ``stated_facts`` looks at: those at its beginning and its end."""
    if len(text) <= 2 * _END_CHARS:
        return text.split("\n")
    return [*text[:_END_CHARS].split("\n")[:-1], *text[-_END_CHARS:].split("\n")[1:]]


def stated_facts(lines: Sequence[str]) -> Metadata:
    """The facts in a document's lines: labelled ones near its beginning and end, its number, who signed it when."""
    lines = [line.strip() for line in lines if line.strip()]
    near = [*lines[:_HEAD], *(lines[max(_HEAD, len(lines) - _TAIL) :])]
    labelled = _of_the_whole([one for line in near if _may_be_labelled(line) for one in labelled_in(line)])
    number = next(filter(None, map(document_number, near)), None)
    record = any(word in line.lower() for line in lines[:2] for word in _RECORDS)
    told = facts_of(labelled, events=False).or_else(Metadata(number=number))
    held = told.or_else(_under_title(lines[:_HEAD])).or_else(_signature(lines)).or_else(_enacted(lines[:_HEAD]))
    if held.published is None and record:
        held = held.or_else(Metadata(published=facts_of(labelled).published))
    return held.or_else(Metadata(published=next(filter(None, map(_edition, lines[:_TITLES])), None)))


def _may_be_labelled(line: str) -> bool:
    return len(line) <= 4 * _LONGEST and "。" not in line


def _of_the_whole(labelled: Sequence[Labelled]) -> list[Labelled]:
    """Those told once: what is told again in other words is a column of a table, and no fact about the whole."""
    values: dict[str, set[str]] = {}
    for one in labelled:
        values.setdefault(one.label, set()).add(one.value)
    return [one for one in labelled if len(values[one.label]) == 1]


def _under_title(head: Sequence[str]) -> Metadata:
    """What the lines between the title and the text say: a date, a body and a date, who speaks."""
    facts = Metadata()
    for i, line in enumerate(head[:_TITLES]):
        if "。" in line:
            break
        if i == 0:
            continue
        date = is_dated(line)
        if date is not None:
            above = head[i - 1] if i > 1 else ""
            body = above if is_organization(above) else None
            facts = facts.or_else(Metadata(published=date, source=body))
            continue
        facts = facts.or_else(read_imprint(line) or Metadata())
        words = line.split()
        if facts.author is None and len(words) == 2 and len(line) <= 14 and words[0][0] != "第" and is_person(words[1]):
            facts = facts.or_else(Metadata(author=line))
    return facts


def _enacted(head: Sequence[str]) -> Metadata:
    """The last date in the brackets under the title of a law （2001年…通过 根据2018年…修正）, or that of a dateline."""
    for line in head[:_TITLES]:
        if line[0] not in "（(":
            continue
        inside, closed, after = line[1:].replace(")", "）").partition("）")
        if any(word in inside for word in _ENACTED) and not (closed and after):
            return Metadata(published=max(dates_in(inside), default=None))
        if closed and after and len(inside) <= _LONGEST_SHORT:
            return Metadata(published=next((date for date in dates_in(inside) if len(date) == 10), None))
    return Metadata()


def _edition(line: str) -> str | None:
    """The edition that a title names at its end: 员工手册（2025版）, 体检须知（体检中心 2026年版）."""
    _, bracket, inside = line.replace("(", "（").rpartition("（")
    words = (inside if bracket else line).strip("）) ").split()
    return edition_of(words[-1]) if words and (bracket or len(words) == 1) else None


def _signature(lines: Sequence[str]) -> Metadata:
    """Who signed at the end, and when: a name over a date or beside it, or the line of printing."""
    printed = Metadata()
    for i in range(len(lines) - 1, max(-1, len(lines) - _FAR), -1):
        line = lines[i]
        if len(line) > _LONGEST:
            continue
        if line.endswith("印发") and (found := _printed(line)) is not None:
            printed = found
            continue
        if i < 1 or len(line) > _LONGEST_SHORT:
            continue
        last = i >= len(lines) - 3
        date = is_dated(line)
        if date is not None and len(date) == 10:
            signer = _signer(lines[i - 1])
            if signer.source or last:
                return replace(signer, published=date)
        elif last and (beside := read_imprint(line)) is not None and (beside.source or beside.author):
            return beside
    return printed


def _signer(line: str) -> Metadata:
    if len(line) > _LONGEST_SHORT:
        return Metadata()
    if is_organization("".join(line.split())):
        return Metadata(source="".join(line.split()))
    *bodies, name = line.split() or [""]
    if len(bodies) == 1 and is_organization(bodies[0]):
        return Metadata(source=bodies[0], author=name if is_person(name) else None)
    return Metadata(author=line) if not bodies and is_person(name) else Metadata()


def _printed(line: str) -> Metadata | None:
    """衡川市人民政府办公室　2025年2月8日印发."""
    words = line.removesuffix("印发").split()
    if len(words) < 2 or not 4 <= len("".join(words[:-1])) <= _LONGEST_SHORT:
        return None
    date = next(dates_in(words[-1]), None)
    body = " ".join(words[:-1])
    return Metadata(source=body, published=date) if date and not set(body) & set("，。；,;") else None
