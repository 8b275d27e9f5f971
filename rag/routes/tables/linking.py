"""Which words of a question name a column, a record or a value of a sheet."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from itertools import pairwise

from corpus.language.dates import FOUR_DIGITS
from corpus.language.quantities import Quantity, QuantityKind, quantities_of
from corpus.language.script import HAN, fold, has_han
from rag.question.dictionary import translations
from rag.question.recency import years_said
from rag.routes.tables.sheet import Sheet, squeeze, ways_of

__all__ = ["Mention", "Via", "Wording", "mentions_of", "pairs_of"]

_DIGITS = re.compile(r"(?<![\d.])\d{3,}(?![\d.])")
_BETWEEN = re.compile("到|至|-|~|—|–|to|through")
_RUNS = re.compile(rf"[{HAN}]{{2,}}|[a-z0-9]+(?: [a-z0-9]+)*")
_END = re.compile(r"(?:(?P<first>前|头|first)|最后|后|末|last)$")
_LONGEST_NAME = 40  # characters
_LONGEST_VALUE = 20
_MOST_NAMED = 500  # records
_WORDS = re.compile(r"[a-z0-9]+|.", re.DOTALL)


@dataclass(frozen=True)
class Wording:
    """The words of a question: ``folded``, and ``plain`` without white space, whose characters stand ``at`` those."""

    text: str
    today: date

    @cached_property
    def folded(self) -> str:
        """See ``fold``."""
        return fold(self.text)

    @cached_property
    def at(self) -> list[int]:
        """For each character of ``plain`` its place in ``folded``, and the end."""
        return [i for i, character in enumerate(self.folded) if not character.isspace()] + [len(self.folded)]

    @cached_property
    def plain(self) -> str:
        """Without white space."""
        return "".join(self.folded.split())

    @cached_property
    def quantities(self) -> tuple[Quantity, ...]:
        """The quantities, with their places in ``plain``."""
        back = {place: i for i, place in enumerate(self.at)}
        found = []
        for one in quantities_of(self.folded):
            start = next((back[place] for place in range(one.start, one.end) if place in back), None)
            if start is not None:
                length = sum(not character.isspace() for character in self.folded[one.start : one.end])
                found.append(replace(one, start=start, end=start + length))
        return tuple(found)

    @cached_property
    def periods(self) -> tuple[tuple[int, int, str], ...]:
        """The (start, end, ISO 8601 form) of the dates in ``plain``, "last year" among them by today's date."""
        found = [(one.start, one.end, one.iso) for one in self.quantities if one.kind is QuantityKind.DATE]
        back = {place: i for i, place in enumerate(self.at)}
        for start, end, years in years_said(self.folded):
            found.append((back[start], back[end - 1] + 1, str(self.today.year + years)))
        return tuple(found)

    @cached_property
    def pairs(self) -> frozenset[str]:
        """The pairs of characters, and the Latin words; of an English question also those of its translations."""
        if has_han(self.folded):
            return pairs_of(self.folded)
        chinese = [word for _, words in translations(self.text) for word in words]
        return frozenset().union(pairs_of(self.folded), *map(pairs_of, chinese))

    def finds(self, way: str) -> Iterable[tuple[int, int]]:
        """Where a name stands in ``plain``, but not as a piece of a Latin word or number."""
        start = self.plain.find(way)
        while start >= 0:
            end = start + len(way)
            if not self._joined(start) and not self._joined(end):
                yield start, end
            start = self.plain.find(way, start + 1)

    def _joined(self, place: int) -> bool:
        """Whether what stands before and behind a place in ``plain`` is one Latin word or number."""
        if not 0 < place < len(self.plain):
            return False
        before, behind = self.plain[place - 1], self.plain[place]
        apart = self.at[place] - self.at[place - 1] > 1
        return not apart and _latin(before) and _latin(behind)


@dataclass(frozen=True, slots=True)
class Via:
    """A cell elsewhere in the document that leads from a word of the question to a name: 上海 is among 一线城市."""

    sheet: Sheet
    record: int
    column: int


@dataclass(frozen=True, slots=True)
class Mention:
    """A stretch of ``Wording.plain`` that names ``columns``, or values in ``column`` of ``records`` (their numbers)."""

    start: int
    end: int
    columns: frozenset[int] = frozenset()
    records: frozenset[int] = frozenset()
    column: int = -1
    number: bool = False
    via: Via | None = None

    @property
    def length(self) -> int:
        """In characters."""
        return self.end - self.start

    def overlaps(self, other: Mention | Quantity) -> bool:
        """Whether some of the stretch is the other's too."""
        return self.start < other.end and other.start < self.end


def mentions_of(wording: Wording, sheet: Sheet, others: Sequence[Sheet] = ()) -> tuple[Mention, ...]:
    """The mentions in the order of the question, the longest where they overlap.

    ``others`` are the sheets of the same document: a word that stands among others in one of their cells leads to the
    name of its record.
    """
    found = [*_headers(wording, sheet), *_values(wording, sheet), *_periods(wording, sheet), *_ends(wording, sheet)]
    found += [one for one in _numbers(wording, sheet) if not any(one.overlaps(other) for other in found)]
    found += [one for one in _parts(wording, sheet) if not any(one.overlaps(other) for other in found)]
    found += _led(wording, sheet, others, found)
    found.sort(key=lambda one: (-one.length, one.via is not None, one.number))
    kept: list[Mention] = []
    for one in found:
        if not any(one.overlaps(other) and (one.start, one.end) != (other.start, other.end) for other in kept):
            kept.append(one)
    return _ranges(wording, sheet, sorted(kept, key=lambda one: one.start))


def _headers(wording: Wording, sheet: Sheet) -> Iterable[Mention]:
    columns: dict[str, set[int]] = {}
    for column in sheet.columns:
        for name in column.names:
            for way in ways_of(name):
                columns.setdefault(way, set()).add(column.index)
    for way, named in _begun(sheet).items():
        columns.setdefault(way, named)
    for way, named in columns.items():
        for start, end in wording.finds(way):
            yield Mention(start, end, columns=frozenset(named))


def _begun(sheet: Sheet) -> dict[str, set[int]]:
    """The first two characters of Chinese names of columns, where they tell one from the others: 招募 of 招募人数."""
    found: dict[str, set[int]] = {}
    for column in sheet.columns:
        name = squeeze(column.names[-1]) if column.names else ""
        if len(name) > 2 and has_han(name[0]) and has_han(name[1]):
            found.setdefault(name[:2], set()).add(column.index)
    return {way: named for way, named in found.items() if len(named) == 1}


def _values(wording: Wording, sheet: Sheet) -> Iterable[Mention]:
    for way, places in sheet.ways.items():
        for start, end in wording.finds(way):
            for column in {column for _, column in places}:
                records = frozenset(number for number, of in places if of == column)
                yield Mention(start, end, records=records, column=column)


def _parts(wording: Wording, sheet: Sheet) -> Iterable[Mention]:
    """Stretches of what cells of words say that no other value of their column has: 水泥厂 of 鑫源水泥厂, X16 Pro."""
    for column in range(len(sheet.columns)):
        if column in sheet.numeric | sheet.timed:
            continue
        named: dict[str, set[int]] = {}
        for record in sheet.body[:_MOST_NAMED]:
            named.setdefault(fold(sheet.text(record, column)), set()).add(record.number)
        held: dict[str, list[str]] = {}
        for value in named:
            for part in set(_stretches(value)):
                held.setdefault(part, []).append(value)
        for part, values in held.items():
            if len(values) == 1 and (column in sheet.keys or len(values[0]) <= _LONGEST_VALUE):
                for start, end in wording.finds(part):
                    one = Mention(start, end, records=frozenset(named[values[0]]), column=column)
                    if column in sheet.keys or not any(one.overlaps(other) for other in wording.quantities):
                        yield one


def _stretches(name: str) -> Iterable[str]:
    """The stretches of a folded name: two Chinese characters or more, and Latin words of some length, codes or both."""
    for run in _RUNS.findall(name[:_LONGEST_NAME]):
        if has_han(run):
            yield from (run[start:end] for start in range(len(run) - 1) for end in range(start + 2, len(run) + 1))
            continue
        words = run.split()
        for start in range(len(words)):
            for end in range(start + 1, len(words) + 1):
                said = "".join(words[start:end])
                if (len(said) > 3 and said[:4].isalpha()) or not (said.isalpha() or said.isdigit()):
                    yield said


def _numbers(wording: Wording, sheet: Sheet) -> Iterable[Mention]:
    """Numbers of three digits or more that are what a cell says."""
    for match in _DIGITS.finditer(wording.plain):
        for column in sheet.numeric:
            records = frozenset(one.number for one in sheet.records if squeeze(sheet.text(one, column)) == match[0])
            if records:
                yield Mention(*match.span(), records=records, column=column, number=True)


def _periods(wording: Wording, sheet: Sheet) -> Iterable[Mention]:
    """Names of columns and records that are periods, however the question says them: 三月份, 3月."""
    if not wording.periods:
        return
    dated = [
        i for i in range(len(sheet.columns)) if i in sheet.timed or re.search("年|year", fold(sheet.columns[i].name))
    ]
    for start, end, iso in wording.periods:
        columns = frozenset(column.index for column in sheet.columns if any(_iso(name) == iso for name in column.names))
        if columns:
            yield Mention(start, end, columns=columns)
        for column in dated:
            records = frozenset(one.number for one in sheet.records if iso in _isos(sheet.text(one, column)))
            if records:
                yield Mention(start, end, records=records, column=column)


def _ends(wording: Wording, sheet: Sheet) -> Iterable[Mention]:
    """The first or last records of a running column: the first three months, 最后两周."""
    column = next((i for i in sheet.keys if i in sheet.timed), None)
    for one in wording.quantities if column is not None else ():
        number = int(one.value) if one.value is not None and one.kind is QuantityKind.AMOUNT else 0
        before = _END.search(wording.plain[: one.start])
        if column is None or before is None or not 0 < number < len(sheet.body):
            continue
        ends = sheet.body[:number] if before["first"] else sheet.body[-number:]
        yield Mention(before.start(), one.end, records=frozenset(record.number for record in ends), column=column)


def _iso(text: str) -> str:
    found = quantities_of(text) if len(text) <= 20 else []
    return found[0].iso if len(found) == 1 and found[0].kind is QuantityKind.DATE else ""


def _isos(text: str) -> tuple[str, str]:
    """The period that a cell is, and the number of a year alone."""
    return _iso(text), text if FOUR_DIGITS.fullmatch(text) else ""


def _led(wording: Wording, sheet: Sheet, others: Sequence[Sheet], found: Sequence[Mention]) -> Iterable[Mention]:
    """The names that a member of a list in another sheet leads to."""
    names = _names(sheet)
    for other in others:
        if other.table is sheet.table or other.turned or not other.keys:
            continue
        for mention in _values(wording, other):
            if mention.column in other.keys or any(mention.overlaps(one) for one in found):
                continue
            for number in mention.records:
                key = squeeze(other.text(other.by_number[number], other.keys[-1]))
                for one in names.get(key, ()):
                    via = Via(other, number, mention.column)
                    yield replace(one, start=mention.start, end=mention.end, via=via)


def _names(sheet: Sheet) -> dict[str, list[Mention]]:
    """What may be led to: the names of columns and of records, squeezed, as mentions without a place."""
    names: dict[str, list[Mention]] = {}
    for column in sheet.columns:
        for name in column.names:
            names.setdefault(squeeze(name), []).append(Mention(0, 0, columns=frozenset({column.index})))
    for key in sheet.keys:
        for record in sheet.records:
            way = squeeze(sheet.text(record, key))
            names.setdefault(way, []).append(Mention(0, 0, records=frozenset({record.number}), column=key))
    return names


def _ranges(wording: Wording, sheet: Sheet, found: list[Mention]) -> tuple[Mention, ...]:
    """The mentions, and between two records of a running column (4月到6月) those in between."""
    for i in range(len(found) - 1):
        first, last = found[i], found[i + 1]
        if not (first.records and last.records and first.column == last.column and first.column in sheet.timed):
            continue
        if _BETWEEN.fullmatch(wording.plain[first.end : last.start]):
            low, high = min(first.records), max(last.records)
            between = frozenset(one.number for one in sheet.body if low <= one.number <= high)
            found[i] = replace(first, records=between)
    return tuple(found)


def _latin(character: str) -> bool:
    return character.isascii() and character.isalnum()


def pairs_of(folded: str) -> frozenset[str]:
    """The pairs of Chinese characters, and the Latin words and numbers, of a folded text."""
    tokens = _WORDS.findall(folded)
    found = {token for token in tokens if _latin(token[0])}
    for before, behind in pairwise(tokens):
        if has_han(before) and has_han(behind):
            found.add(before + behind)
    return frozenset(found)
