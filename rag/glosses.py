"""What the words of a Chinese text mean, for readers of its quotations who don't know Chinese: from CC-CEDICT."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from corpus.language.names import Word, words_of
from corpus.language.script import has_han, simplified
from rag.question.cedict import Entry, entries_of
from rag.question.dictionary import SKIPPED

__all__ = ["Gloss", "glosses_of"]

_MOST_SENSES = 2
_MOST_JOINED, _JOINED_CHARS = 4, 4  # words that make a longer entry together, and how long it is at least
_TONES = "\u0304\u0301\u030c\u0300"
_NAMES = ("nr", "ns", "nt", "nz")  # jieba's parts of speech, as the others here


@dataclass(frozen=True, slots=True)
class Gloss:
    """A word as the text writes it, its ``reading`` in pinyin ("jǐ nán"), and its first senses in English.

    A word of several readings has the first two of them with " / " between them, and a sense of each: which of them
    is read here the dictionary can't tell.
    """

    word: str
    reading: str
    senses: tuple[str, ...]


def glosses_of(text: str) -> tuple[Gloss, ...]:
    """The Chinese words of a text that the dictionary knows, each once, in order; particles are left out.

    A word of jieba's that it does not know is taken apart into those that it does.
    """
    found: dict[str, Gloss] = {}
    at = 0
    plain = simplified(text)
    for word in _known(words_of(plain)):
        written = text[at : at + len(word.text)]
        at += len(word.text)
        if word.text not in found and has_han(word.text):
            gloss = _gloss(written, word)
            if gloss is not None:
                found[word.text] = gloss
    return tuple(found.values())


def _known(words: Sequence[Word]) -> Iterator[Word]:
    """The words as the dictionary has them: joined where it has a longer one, taken apart where it has none."""
    at = 0
    while at < len(words):
        for count in range(min(_MOST_JOINED, len(words) - at), 1, -1):
            joined = "".join(word.text for word in words[at : at + count])
            if len(joined) >= _JOINED_CHARS and _knows(joined):
                yield Word(joined, "")
                at += count
                break
        else:
            yield from [words[at]] if _knows(words[at].text) else _parts(words[at])
            at += 1


def _parts(word: Word) -> Iterator[Word]:
    """The longest words that the dictionary knows from the left; a character that it does not know by itself."""
    left, kind = word.text, "q" if word.kind == "m" else ""  # 余家, "more than … companies": the measure ends a number
    while left:
        length = next((length for length in range(len(left), 1, -1) if _knows(left[:length])), 1)
        yield Word(left[:length], kind)
        left = left[length:]


def _knows(word: str) -> bool:
    return next(entries_of(word), None) is not None


def _gloss(written: str, word: Word) -> Gloss | None:
    """None for what the dictionary does not know, and for particles."""
    entries = list(entries_of(word.text))
    if word.kind[:1] in {"u", "y"} and any("particle" in entry.senses or entry.reading[-1] == "5" for entry in entries):
        return None
    # Beside common words stand names of places and people that are written alike.
    entries.sort(key=lambda entry: entry.is_name != word.kind.startswith(_NAMES))
    told = _told(entries, word.kind)
    if not told:
        return None
    read = [(" ".join(map(_toned, reading.split())), senses) for reading, senses in told.values()]
    if len(read) == 1:
        return Gloss(written, read[0][0], tuple(read[0][1][:_MOST_SENSES]))
    shown = read[:_MOST_SENSES]
    return Gloss(written, " / ".join(reading for reading, _ in shown), tuple(senses[0] for _, senses in shown))


def _told(entries: Sequence[Entry], kind: str) -> dict[str, tuple[str, list[str]]]:
    """By their readings, folded, the readings and their senses: those of the word's part of speech first, then the
    reading that has more of them, which is the usual one."""
    told: dict[str, tuple[str, list[str]]] = {}
    meant = [(entry, [sense for sense in entry.senses.split("/") if not _is_aside(sense)]) for entry in entries]
    if not any(senses for _, senses in meant):
        meant = [(entry, entry.senses.split("/")) for entry in entries]
    for entry, senses in meant:
        if senses:
            told.setdefault(entry.reading.lower(), (entry.reading, []))[1].extend(map(_plain, senses))
    for _, senses in told.values():
        senses.sort(key=lambda sense: _unlike(sense, kind))
    return dict(sorted(told.items(), key=lambda one: (_unlike(one[1][1][0], kind), -len(one[1][1]))))


def _is_aside(sense: str) -> bool:
    """Whether a sense tells of another word, or of the word's sound."""
    return sense.startswith((*SKIPPED, "used in", "also pr.")) or "variant of" in sense


def _unlike(sense: str, kind: str) -> bool:
    """Whether a sense is of another part of speech than the word: 补贴 may be "to subsidize" or "subsidy"."""
    if kind == "v":
        return not sense.startswith("to ")
    if kind == "q":
        return "classifier" not in sense
    return kind.startswith("n") and sense.startswith("to ")


def _plain(sense: str) -> str:
    """A sense with the Chinese words in it as they are: 陕西省 for "陝西省|陕西省[Shan3 xi1 Sheng3]"."""
    before, opening, behind = sense.partition("[")
    if not opening or not has_han(before[-1:]):
        return sense
    first, both, second = before.rpartition("|")
    written = first[: -len(second)] + second if both else before
    return written + _plain(behind.partition("]")[2])


def _toned(syllable: str) -> str:
    """A syllable with its tone as a mark: "nǚ" for "nu:3"; as it is where it has no vowel to bear one."""
    letters, tone = syllable[:-1].replace("u:", "ü").replace("U:", "Ü"), syllable[-1:]
    if tone not in set("12345"):
        return syllable
    if tone == "5":
        return letters
    folded = letters.lower()
    borne = next((folded.index(one) for one in ("a", "e", "ou") if one in folded), -1)
    if borne < 0:
        borne = max(folded.rfind(vowel) for vowel in "iouü")
    if borne < 0:
        return syllable
    return unicodedata.normalize("NFC", letters[: borne + 1] + _TONES[int(tone) - 1] + letters[borne + 1 :])
