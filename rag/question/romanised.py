"""Chinese names in Latin letters: "Wanghu" is 望湖, by the readings that CC-CEDICT gives each character."""

from __future__ import annotations

import re
from functools import cache

from corpus.language.script import fold
from rag.question.cedict import entries

__all__ = ["is_spelled", "names_romanised", "stands_romanised"]

_LETTERS = re.compile(r"[^a-z]")
_LONGEST = 4  # characters of a name


def names_romanised(name: str, text: str) -> bool:
    """Whether Latin letters spell a name of two to four characters that stands in a Chinese text, without tones."""
    letters = _LETTERS.sub("", name.lower())
    folded = fold(text)
    return bool(letters) and any(_spells(letters, folded[i : i + _LONGEST]) for i in range(len(folded) - 1))


def stands_romanised(name: str, folded: str) -> bool:
    """Whether a folded text names a person of Chinese characters in Latin letters, in either order of its parts."""
    words = _LETTERS.sub(" ", folded).split()
    parts = range(1, len(name) + 1)
    runs = {"".join(words[i : i + count]) for i in range(len(words)) for count in parts}
    return any(_spells(run, order, len(name)) for run in runs for order in (name, name[1:] + name[0]))


def is_spelled(name: str) -> bool:
    """Whether Latin letters may spell a name of two to four Chinese characters."""
    letters = _LETTERS.sub("", name.lower())
    return _syllables(letters) and letters not in _sounds()


def _syllables(letters: str, most: int = _LONGEST) -> bool:
    return not letters or (
        most > 0
        and any(letters[:i] in _sounds() and _syllables(letters[i:], most - 1) for i in range(1, len(letters) + 1))
    )


@cache
def _sounds() -> frozenset[str]:
    return frozenset().union(*_readings().values())


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
    for entry in entries({1}):
        reading = entry.reading.rstrip("12345").lower().replace("u:", "v")
        readings.setdefault(entry.word, set()).add(reading)
    return {character: frozenset(found) for character, found in readings.items()}
