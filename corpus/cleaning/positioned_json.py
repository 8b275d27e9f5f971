"""JSON whose strings know their place in the file; nesting of any depth, in time that grows with the length."""

from __future__ import annotations

import re
from json.decoder import scanstring  # type: ignore[attr-defined]
from typing import TypeAlias

from corpus.cleaning.traced import Traced, concat
from corpus.documents import Place

__all__ = ["BrokenJSON", "Value", "parse_json", "traced_string"]

_SPACE = re.compile(r"[ \t\n\r]*")
_SCALAR = re.compile(r"-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null|NaN|-?Infinity")
_ESCAPES = re.compile(r"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|\\u[0-9a-fA-F]{4}|\\.", re.DOTALL)
_SHORT = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f"}


class BrokenJSON(ValueError):
    """The text is not JSON."""


class Span(tuple[int, int]):
    """Where a scalar stands in the file: a string with its quotes, a number, a word."""

    __slots__ = ()


Value: TypeAlias = "Span | list[Value] | dict[str, Value]"


def parse_json(raw: str, position: int = 0) -> tuple[Value, int]:
    """The value that begins at ``position`` and where it ends; each scalar is its ``Span``.

    Raises:
        BrokenJSON: there is no whole value.
    """
    outer: list[list[Value] | dict[str, Value]] = []
    keys: list[str] = []
    while True:
        value, position, begins = _begin(raw, _skip(raw, position))
        if begins and not isinstance(value, Span):
            outer.append(value)
        else:
            # Put the value where it belongs, and close what ends with it.
            while outer:
                parent = outer[-1]
                if isinstance(parent, dict):
                    parent[keys.pop()] = value
                else:
                    parent.append(value)
                position, ends = _next(raw, position, parent)
                if not ends:
                    break
                value = outer.pop()
            else:
                return value, position
        if isinstance(outer[-1], dict):
            key, position = _key(raw, position)
            keys.append(key)


def _begin(raw: str, position: int) -> tuple[Value, int, bool]:
    """A scalar, or an object or list of which only the beginning was read unless it is empty."""
    for opening, closing, empty in (("{", "}", dict[str, Value]), ("[", "]", list[Value])):
        if raw.startswith(opening, position):
            position = _skip(raw, position + 1)
            if raw.startswith(closing, position):
                return empty(), position + 1, False
            return empty(), position, True
    scalar, position = _scalar(raw, position)
    return scalar, position, False


def _next(raw: str, position: int, parent: list[Value] | dict[str, Value]) -> tuple[int, bool]:
    """Where to go on after a value in ``parent``, and whether ``parent`` ends there."""
    position = _skip(raw, position)
    if raw.startswith(",", position):
        return position + 1, False
    if raw.startswith("}" if isinstance(parent, dict) else "]", position):
        return position + 1, True
    raise BrokenJSON(f"character {position} should be a comma or a bracket")


def _skip(raw: str, position: int) -> int:
    match = _SPACE.match(raw, position)
    return match.end() if match else position


def _scalar(raw: str, position: int) -> tuple[Span, int]:
    if raw.startswith('"', position):
        return _string(raw, position)
    match = _SCALAR.match(raw, position)
    if match is None:
        raise BrokenJSON(f"character {position} begins no value")
    return Span(match.span()), match.end()


def _string(raw: str, position: int) -> tuple[Span, int]:
    try:
        _, end = scanstring(raw, position + 1, False)
    except ValueError as exc:
        raise BrokenJSON(f"the string at character {position} is not closed or has a wrong escape") from exc
    return Span((position, end)), end


def _key(raw: str, position: int) -> tuple[str, int]:
    position = _skip(raw, position)
    if not raw.startswith('"', position):
        raise BrokenJSON(f"character {position} should begin a name")
    span, end = _string(raw, position)
    position = _skip(raw, end)
    if not raw.startswith(":", position):
        raise BrokenJSON(f"character {position} should be a colon")
    return traced_string(raw, span).text, position + 1


def traced_string(raw: str, span: Span) -> Traced:
    """The characters of a scalar; each escape is one place."""
    start, end = span
    if not raw.startswith('"', start):
        return Traced.of(raw[start:end], start)
    start, end = start + 1, end - 1
    pieces: list[Traced] = []
    last = start
    for match in _ESCAPES.finditer(raw, start, end):
        pieces.append(Traced.of(raw[last : match.start()], last))
        pieces.append(Traced.at(_unescaped(match[0]), Place(match.start(), match.end())))
        last = match.end()
    pieces.append(Traced.of(raw[last:end], last))
    return concat(pieces)


def _unescaped(escape: str) -> str:
    if len(escape) == 2:
        return _SHORT.get(escape[1], escape[1])
    # A pair of surrogates is one character; one alone is none.
    units = bytes.fromhex(escape.replace("\\u", ""))
    return units.decode("utf-16-be", "replace")
