"""What a question asks of the library: which documents it narrows down to, and what it wants to know of them.

Its typed parts are read first and blanked: quoted words, periods, types of files, what is the latest, who and when.
What is left falls into the things that the documents are to have, between the words that only ask.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Literal

from corpus.language.names import QUOTED, words_of
from corpus.language.script import fold, has_han
from rag.question.dictionary import english_of, translations
from rag.question.kinds import Kind, kind_of
from rag.question.period import Period, period_of
from rag.routes.asking_words import (
    ABOUT,
    ASKED,
    BREAK,
    COUNTING,
    DOCUMENT,
    NEWEST,
    OF,
    OLDEST,
    ONE,
    PARTICULARS,
    SAYS,
    SIGNS,
    WHETHER,
    Particular,
    signed,
)
from rag.routes.file_types import FileType, file_type_asked
from rag.routes.written_in import language_asked

__all__ = ["Request", "Thing", "request_of"]

Order = Literal["newest", "oldest"]


@dataclass(frozen=True, slots=True)
class Thing:
    """Words that stand together in a question, folded: a subject, a kind of document, a name.

    Each of ``words`` has the ways in which a document may say it. ``bound`` tells that the documents asked for must
    have it; what is not may only be a manner of speaking. ``quoted`` asks for the text to say it.
    """

    text: str
    words: tuple[tuple[str, ...], ...]
    bound: bool = False
    quoted: bool = False
    subject: bool = False


@dataclass(frozen=True, slots=True)
class Request:
    """A question about the library, read.

    ``of_documents`` tells that it speaks of documents as such ("哪几份", "files"), ``of_one`` of a certain one
    ("那份"), ``counts`` that it asks how many of
    something, ``counts_things`` that it does in words that documents may be counted with, ``asks_whether`` that it asks
    if there are any. ``language`` is the one that they are to be in, a BCP 47 tag.
    """

    things: tuple[Thing, ...]
    file_type: FileType | None
    language: str | None
    period: Period | None
    order: Order | None
    particulars: tuple[Particular, ...]
    of_documents: bool
    of_one: bool
    counts: bool
    counts_things: bool
    asks_whether: bool

    @property
    def narrows(self) -> bool:
        """Whether anything but things narrows it down."""
        return bool(self.file_type or self.language or self.period or self.order)


_EDGE = frozenset("有是在发写出说找要看问查给用做定下签订编过了的等于为由被就还也个些份篇封件")
_AROUND = re.compile(r"^[有是在过了的]+|(?:[有是在过了的里]|方面|这个?人|的?名字)+$")
_WORD = re.compile(r"[a-z\d][a-z\d./&+_-]*[a-z\d]|[a-z\d]")
# fmt: off
_LITTLE = frozenset({
    "a", "an", "the", "is", "are", "was", "were", "be", "been", "do", "does", "did", "have", "has", "had",
    "you", "your", "we", "our", "i", "my", "me", "it", "its", "this", "that", "these", "those", "any", "some",
    "all", "in", "at", "to", "for", "with", "and", "or", "not", "can", "could", "will", "would", "what",
    "which", "how", "as", "one", "ones", "new", "recent", "got", "hold", "holds", "s", "t", "re", "ve", "here",
    "them", "they"
})
# fmt: on


def request_of(text: str, today: date, languages: Collection[str]) -> Request:
    """The question read; ``languages`` are those of the documents, in whose words it may be said."""
    folded = fold(text)
    things: list[Thing] = []
    for match in QUOTED.finditer(text):
        said = fold(next(filter(None, match.groups())))
        things.append(Thing(said, ((said,),), bound=True, quoted=match[1] is None))
        folded = folded.replace(fold(match[0]), BREAK, 1)
    particulars: list[Particular] = []
    for name, pattern in PARTICULARS:
        if pattern.search(folded):
            particulars.append(name)
            folded = pattern.sub(BREAK, folded)
    order, folded = _order(folded)
    period, folded = period_of(folded, today)
    file_type, folded = file_type_asked(folded)
    language, folded = language_asked(folded)
    folded = signed(folded)
    things += _things(folded, languages, has_han(text))
    return Request(
        tuple(things),
        file_type,
        language,
        period,
        order,
        tuple(particulars),
        of_documents=DOCUMENT in folded or ASKED in folded,
        of_one=ONE in folded,
        counts=kind_of(text) is Kind.NUMBER,
        counts_things=COUNTING.search(fold(text)) is not None,
        asks_whether=WHETHER.search(fold(text)) is not None and ASKED not in folded,
    )


def _order(folded: str) -> tuple[Order | None, str]:
    if NEWEST.search(folded):
        return "newest", NEWEST.sub(BREAK, folded)
    if OLDEST.search(folded):
        return "oldest", OLDEST.sub(BREAK, folded)
    return None, folded


def _things(marked: str, languages: Collection[str], chinese: bool) -> list[Thing]:
    """What stands between the signs, with what the signs around it make of it."""
    things: list[Thing] = []
    pieces = [(match.start(), match.end()) for match in re.finditer(f"[^{SIGNS}]+", marked)]
    for start, end in pieces:
        before = re.search(f"[{SIGNS}\\s]*$", marked[:start])
        behind = re.match(f"[{SIGNS}\\s]*", marked[end:])
        ahead, after = ("".join(found[0].split()) if found else "" for found in (before, behind))
        said = _words(marked[start:end], languages, chinese)
        if said is None:
            continue
        text, words = said
        quoted = ahead.endswith(SAYS)
        subject = ahead.endswith(ABOUT) or after.startswith(ABOUT + OF)
        direct = after.replace(OF, "").startswith(DOCUMENT) or (not chinese and ahead.endswith(OF))
        of_another = chinese and after == OF and end + len(OF) < len(marked)
        things.append(Thing(text, words, quoted or subject or direct or of_another, quoted, subject))
    return things


def _words(piece: str, languages: Collection[str], chinese: bool) -> tuple[str, tuple[tuple[str, ...], ...]] | None:
    """A piece of the question without the little words around it, and its words; None where nothing is left."""
    if not chinese:
        found = [word for word in _WORD.findall(piece) if word not in _LITTLE]
        if not found:
            return None
        text = " ".join(found)
        return text, tuple((phrase, *others) for phrase, others in translations(text)) or ((text,),)
    text = _AROUND.sub("", piece.strip()).strip()
    words = [word for word in words_of(text) if word.text.strip()]
    while words and (words[0].text in _EDGE or words[0].kind in ("r", "p", "d", "c", "uj", "ul", "y")):
        words.pop(0)
    while words and (words[-1].text in _EDGE or words[-1].kind in ("r", "p", "d", "c", "uj", "ul", "y")):
        words.pop()
    text = "".join(word.text for word in words).strip()
    if len(text) < 2 and not _WORD.fullmatch(text):
        return None
    whole = [word.text for word in words if len(word.text) > 1 or _WORD.fullmatch(word.text)] or [text]
    return text, tuple((word, *(english_of(word) if "en" in languages else ())) for word in whole)
