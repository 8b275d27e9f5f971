"""Filters as a condition in SQL."""

from __future__ import annotations

import json

from embeddings.index.documents import Filters

__all__ = ["condition"]

_AFTER = {"/": "0", "-": "."}
"""The character that comes after the one with which a beginning ends."""


def condition(filters: Filters) -> tuple[str, tuple[str | int, ...]]:
    """What ``Filters.fits`` tells, as a condition on the table of documents and its values.

    Where no beginning of ids is asked for, the plus keeps SQLite from going by another index than the one that lists
    the documents: it would have to look up each row with the whole document in it.
    """
    parts: list[str] = []
    values: list[str | int] = []
    for column, wanted in (
        ("id", filters.documents),
        ("+source", filters.sources),
        ("+author", filters.authors),
        ("+number", filters.numbers),
    ):
        if wanted:
            parts.append(f"{column} IN (SELECT value FROM json_each(?))")
            values.append(json.dumps(list(wanted)))
    if filters.folders:
        beginnings = [_beginning("id", f"{folder.strip('/')}/") for folder in filters.folders]
        parts.append(" OR ".join(part for part, _ in beginnings))
        values += [value for _, found in beginnings for value in found]
    if filters.languages:
        beginnings = [_beginning("+language", f"{tag}-") for tag in filters.languages]
        parts.append(" OR ".join(["+language IN (SELECT value FROM json_each(?))", *(part for part, _ in beginnings)]))
        values += [json.dumps(list(filters.languages)), *(value for _, found in beginnings for value in found)]
    if filters.published_from or filters.published_to:
        parts.append("published <> '' AND published >= ?")
        values.append(_writable(filters.published_from or ""))
    if filters.published_to:
        parts.append("substr(published, 1, ?) <= ?")
        values += [len(filters.published_to), _writable(filters.published_to)]
    return " AND ".join(f"({part})" for part in parts) or "1", tuple(values)


def _beginning(column: str, text: str) -> tuple[str, tuple[str, str]]:
    text = _writable(text)
    return f"{column} >= ? AND {column} < ?", (text, text[:-1] + _AFTER[text[-1]])


def _writable(text: str) -> str:
    """The text as SQLite takes it: half a character, which no document holds, as a noncharacter, which none does."""
    return "".join("\uffff" if "\ud800" <= character <= "\udfff" else character for character in text)
