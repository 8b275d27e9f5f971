"""The questions that may be asked of a document, from its figures, its tables and its headings."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain, islice, zip_longest

from corpus import Document, sentence_spans
from corpus.language.quantities import QuantityKind, quantities_of
from corpus.language.script import has_han, simplified, traditional
from corpus.tables import Table, Value
from rag.question.phrases import Language
from rag.routes.overview import bare_heading
from rag.suggesting import chinese, english
from rag.suggesting.candidate import Candidate

__all__ = ["candidates_of", "in_script"]

_READ_CHARS = 60_000
_EACH = 12  # candidates of a kind
_NAME = range(2, 21)  # characters of the name of a row or a column
_LONGEST_VALUE = 40
_LONGEST_TITLE = 26
_LONGEST_LATIN_TITLE = 60


def candidates_of(document: Document) -> list[Candidate]:
    """The questions, those of figures, tables and sections by turns, the one about the whole document last."""
    is_chinese = document.language.startswith("zh")
    if not is_chinese and document.language != "en":
        return []
    kinds = (
        _spread(list(_figures(document, is_chinese))),
        _spread(list(_values(document, is_chinese))),
        _spread(list(_sections(document, is_chinese))),
    )
    by_turns = [one for one in chain.from_iterable(zip_longest(*kinds)) if one is not None]
    once = {one.question: one for one in reversed([*by_turns, *_whole(document, is_chinese)])}
    return list(reversed(once.values()))


def in_script(question: str, language: Language) -> str:
    """A Chinese question in the script of the interface; one that is not Chinese as it is."""
    if language == "en" or not has_han(question):
        return question
    return traditional(simplified(question)) if language == "zh-Hant" else simplified(question)


def _figures(document: Document, is_chinese: bool) -> Iterator[Candidate]:
    text = document.text[:_READ_CHARS]
    inside = [(table.start, table.end) for table in document.tables]
    inside += [(heading.start, heading.end) for heading in document.headings]
    common = frozenset(text.split()) if not is_chinese else frozenset()
    for start, end in sentence_spans(text):
        if any(left < end and start < right for left, right in inside):
            continue
        said = text[start:end]
        for question, answer in chinese.asked(said) if is_chinese else english.asked(said, common):
            yield Candidate(_written(question, document), start, end, answer)


def _values(document: Document, is_chinese: bool) -> Iterator[Candidate]:
    for table in document.tables:
        for value in islice(table.values(), 400):
            question = _of_value(document, table, value, is_chinese)
            start, end = value.cell.start, value.cell.end
            if question and start is not None and end is not None:
                yield Candidate(_written(question, document), start, end, value.cell.text)


def _of_value(document: Document, table: Table, value: Value, is_chinese: bool) -> str | None:
    said = value.cell.text.strip()
    row = next((name for name in reversed(value.row_names) if _is_name(name)), "")
    column = next((_without_unit(name) for name in reversed(value.column_names)), "")
    if not row or not 0 < len(said) <= _LONGEST_VALUE or not any(map(str.isalnum, said)):
        return None
    if table.form:
        title = _title(document)
        if not title:
            return None
        row = _without_unit(row)
        return f"《{title}》的{row}{chinese.question_word(said)}？" if is_chinese else english.value(f"“{title}”", row)
    if not _is_name(column) or row == column:
        return None
    if is_chinese:
        return f"{row}的{column}{chinese.question_word(said)}？"
    return english.value(row, column)


def _sections(document: Document, is_chinese: bool) -> Iterator[Candidate]:
    title = _title(document)
    for place, heading in enumerate(document.headings):
        said = bare_heading(document.text[heading.start : heading.end]).lstrip("0123456789. ")
        later = (one.start for one in document.headings[place + 1 :] if one.level <= heading.level)
        end = next(later, len(document.text))
        if not title or len(said) not in _NAME or said == document.title or has_han(said) != is_chinese:
            continue
        question = chinese.section(title, said) if is_chinese else english.section(title, said)
        if question:
            yield Candidate(_written(question, document), heading.end, end)


def _whole(document: Document, is_chinese: bool) -> Iterator[Candidate]:
    title = _title(document)
    if title:
        question = chinese.about(title) if is_chinese else english.about(title)
        yield Candidate(_written(question, document), 0, len(document.text))


def _title(document: Document) -> str:
    """The title where it can stand in a question: in the document's own language, and short enough."""
    title = " ".join(document.title.split())
    longest = _LONGEST_TITLE if has_han(title) else _LONGEST_LATIN_TITLE
    fits = title and len(title) <= longest and not set('《》“”"|') & set(title)
    return title if fits and has_han(title) == document.language.startswith("zh") else ""


def _is_name(text: str) -> bool:
    """Whether a cell names what is in its row or column: words, and no figure."""
    if len(text) not in _NAME or not any(map(str.isalpha, text)):
        return False
    figures = [one for one in quantities_of(text) if one.kind is not QuantityKind.ORDINAL]
    return sum(one.end - one.start for one in figures) < len(text)


def _without_unit(name: str) -> str:
    """A column's name without the unit in brackets behind it: 金额（万元）."""
    return name.replace("（", "(").split("(")[0].strip(" ：:")


def _written(question: str, document: Document) -> str:
    """A question in the script of its document."""
    return traditional(question) if document.language == "zh-Hant" else question


def _spread(found: Sequence[Candidate]) -> list[Candidate]:
    """Some of the candidates, from all over the document."""
    step = max(1, len(found) // _EACH)
    return list(found[::step])[:_EACH]
