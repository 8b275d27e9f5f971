"""The room for questions about the library itself: how many documents, which, the latest, by whom, of when.

Everything is answered from the index's list and its words, exactly; nothing is guessed from passages.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass

from corpus.language.script import fold, has_han
from rag.question.phrases import say
from rag.routes.asking_words import Particular
from rag.routes.catalogue import Catalogue, Entry, Mention, catalogue_of, says
from rag.routes.entries import Lines
from rag.routes.file_types import counted_types, suffix_of
from rag.routes.likeness import likest
from rag.routes.particulars import told_of
from rag.routes.request import Request, Thing, request_of
from rag.routes.room import Asking, Reply

__all__ = ["library"]

_SURE = 0.95
_INFERRED = 0.6  # how sure it is where a question does not speak of documents as such
_CALLED = 0.86  # how near (cosine) the name of the document that a question means must be to its words
_MOST_MEANT = 4
_LIKELY = 0.5  # that the likest document is the one meant
_AS_WELL = 0.1  # how much less a document may be meant than the likeliest
_MOST_MENTIONING_TOO = 10
_NAMES = 0.905  # how near (cosine) a question's words are to the name of a document that they name
_MOSTLY = 0.65  # of a question's words, in the document's name or the line that answers
_HALF = 0.5  # the same of words that had to be translated
_OVERVIEW = 0.905  # cosine of a question to one of ``_OVERVIEWS``; of 158 about what documents say none is above .899
_OVERVIEWS = (
    "你都知道些什么",
    "你这里有什么资料",
    "这里面都有些什么",
    "库里都有什么",
    "我可以问你哪些方面的问题",
    "what do you have",
    "what do you know about",
    "what is in this library",
    "what can I ask you about",
)
_CLAUSE = re.compile(r"[,，;；。?？]+")


@dataclass(frozen=True)
class _Selection:
    """The documents that have everything asked for, and how: by their names, by what they say, or nearly."""

    entries: tuple[Entry, ...]
    how: str = "called"
    thing: Thing | None = None
    mentions: dict[str, Mention] | None = None
    too: tuple[Entry, ...] = ()


def library(asking: Asking) -> Reply | None:
    """The answer to a question about the library, None where it is not one."""
    catalogue = catalogue_of(asking.retriever)
    among = [entry for entry in catalogue.entries if asking.within is None or entry.id in asking.within]
    if not among:
        return None
    request = request_of(asking.question.text, asking.today, asking.index.languages)
    room = _Library(asking, catalogue, among, request, Lines(asking.index, asking.language))
    if not room.answer():
        return None
    lines = room.lines
    return Reply(tuple(lines.sentences), lines.citations, lines.hits, _SURE if room.is_plain else _INFERRED)


@dataclass
class _Library:
    """One question about the library on its way to its lines."""

    asking: Asking
    catalogue: Catalogue
    among: list[Entry]
    request: Request
    lines: Lines

    def answer(self) -> bool:
        """Writes the lines; False where the question is not about the library."""
        request = self.request
        if request.particulars and not (request.of_documents and not request.things and not request.order):
            return self._tell_particulars()
        things = [thing for thing in request.things if self._counts(thing)]
        if not request.narrows and not any(thing.bound for thing in things) and self._asks_for_all(things):
            self._tell_all()
            return True
        if not things and not request.narrows:
            return False
        if not self._about_documents(things):
            return False
        return self._tell_selection(things)

    def _counts(self, thing: Thing) -> bool:
        """Whether a thing narrows the documents down, and is not only a manner of speaking."""
        return thing.bound or bool(self.catalogue.called(thing, self.among)) or len(self.request.things) == 1

    @property
    def is_plain(self) -> bool:
        """Whether the question speaks of documents as such: files, one of them, their type, all there are."""
        request = self.request
        return bool(
            request.of_documents or request.of_one or request.file_type or request.language or not request.things
        )

    def _about_documents(self, things: Sequence[Thing]) -> bool:
        """Whether the question is about documents, and not about what they say."""
        request = self.request
        if request.of_documents or request.file_type or request.language or any(thing.quoted for thing in things):
            return True
        if request.asks_whether and any(thing.subject for thing in things):
            return True
        if request.asks_whether and any(self.catalogue.alike(thing, self.among, said=True) for thing in things):
            return True
        if request.order is not None and not things:
            return True
        if len(things) < len(request.things) or (request.counts and not request.counts_things):
            return False
        return bool(things) and any(entry.ends_with(things[-1].words[-1]) for entry in self.among)

    def _tell_all(self) -> None:
        """How many documents there are, of which types, from when to when, and what they are called."""
        counted = counted_types((entry.id for entry in self.among), self.asking.language)
        types = "、".join(f"{name} {count}" for name, count in counted)
        if self.asking.language == "en":
            types = ", ".join(f"{count} {name}" for name, count in counted)
        self.lines.say("library_holds", count=str(len(self.among)), types=types)
        dates = sorted(entry.date for entry in self.among if entry.date)
        if dates:
            self.lines.say("library_dates", first=dates[0], last=dates[-1])
        self.lines.documents(sorted(self.among, key=lambda entry: entry.date, reverse=True))

    def _asks_for_all(self, things: Sequence[Thing]) -> bool:
        """Whether a question asks what there is: it speaks of documents alone, or says as much as such a question."""
        if not things and self.request.of_documents:
            return True
        if any(self.catalogue.called(thing, self.among) for thing in things):
            return False
        return max(self.catalogue.likeness(self.asking.question.text, _OVERVIEWS)) >= _OVERVIEW

    def _narrowed(self) -> list[Entry]:
        """The documents of the type, language and period asked for."""
        kept, period = self.among, self.request.period
        if self.request.file_type is not None:
            kept = [entry for entry in kept if suffix_of(entry.id) in self.request.file_type.suffixes]
        if self.request.language is not None:
            kept = [entry for entry in kept if f"{entry.summary.language}-".startswith(f"{self.request.language}-")]
        if period is None:
            return kept
        named = bool(self.request.things) or self.request.order is not None
        return [
            entry
            for entry in kept
            if period.holds(entry.date) or (period.year and period.year in entry.called and (named or not entry.date))
        ]

    def _select(self, things: Sequence[Thing]) -> _Selection:
        """The documents that have all the things, or where there are none those that have what they must."""
        pool = self._narrowed()
        in_order = sorted(things, key=lambda thing: thing.quoted or not self.catalogue.called(thing, pool))
        chosen = self._having(in_order, pool)
        bound = [thing for thing in things if thing.bound]
        return chosen if chosen.entries or not bound or bound == list(things) else self._having(bound, pool)

    def _having(self, things: Sequence[Thing], pool: list[Entry]) -> _Selection:
        """The documents that have all the things: by name where some do, else by what they say."""
        entries, how, about, mentions, too = pool, "called", None, None, set[str]()
        for thing in things:
            said = self._mentions(thing)
            called = [] if thing.quoted else self.catalogue.called(thing, entries)
            called += self.catalogue.as_near(thing, called, entries)
            if called:
                if thing.subject:
                    too |= {entry.id for entry in entries if entry.id in said} - {entry.id for entry in called}
                    about = thing
                kept = {entry.id for entry in called}
                entries = [entry for entry in entries if entry.id in kept]
                continue
            alike = [] if thing.quoted else self.catalogue.alike(thing, entries, said=bool(said))
            how, about = ("alike" if alike else "quoted" if thing.quoted else "said"), thing
            mentions = None if alike else said
            entries = alike or [entry for entry in entries if entry.id in said]
        also = [entry for entry in pool if entry.id in too]
        for thing in things:
            if not thing.subject:
                also = self.catalogue.called(thing, also)
        return _Selection(tuple(entries), how, about, mentions, tuple(also) if how == "called" else ())

    def _mentions(self, thing: Thing) -> dict[str, Mention]:
        within = self.asking.within
        return self.catalogue.mentions(((thing.text,),), within) or self.catalogue.mentions(thing.words, within)

    def _tell_selection(self, things: Sequence[Thing]) -> bool:
        chosen = self._select(things)
        if not chosen.entries:
            if any(self._may_be_said_otherwise(thing) for thing in things):
                return False
            self._tell_none(things)
        elif self.request.order is not None:
            self._tell_first(chosen)
        else:
            self._tell_list(chosen)
        return True

    def _may_be_said_otherwise(self, thing: Thing) -> bool:
        """Whether documents in another language may have a thing in words that the dictionary does not give for it."""
        chinese = any(language.startswith("zh") for language in self.asking.index.languages)
        return not thing.quoted and not has_han(thing.text) and chinese and any(map(str.isalpha, thing.text))

    def _as_said(self, thing: Thing) -> str:
        """A thing in the question's own letters."""
        text, folded = self.asking.question.text, self.asking.question.folded
        at = folded.find(thing.text) if len(text) == len(folded) else -1
        return text[at : at + len(thing.text)] if at >= 0 else thing.text

    def _tell_first(self, chosen: _Selection) -> None:
        """The latest or the earliest of the documents, by their dates."""
        dated = [entry for entry in chosen.entries if entry.date]
        pick = max if self.request.order == "newest" else min
        if dated:
            border = pick(entry.date for entry in dated)
            self.lines.say(f"library_{self.request.order}")
            self.lines.documents([entry for entry in dated if entry.date == border])
        undated = [entry for entry in chosen.entries if not entry.date]
        if undated:
            self.lines.go_on("library_undated", count=str(len(undated)))
            if not dated:
                self.lines.documents(undated)

    def _tell_list(self, chosen: _Selection) -> None:
        count, thing = str(len(chosen.entries)), self._as_said(chosen.thing) if chosen.thing else ""
        ways = (chosen.thing.text, *(way for word in chosen.thing.words for way in word)) if chosen.thing else ()
        phrase = {"quoted": "library_mentioned", "said": "library_mentioned_only", "alike": "library_alike"}
        found = "library_yes" if self.request.asks_whether else "library_count"
        self.lines.say(phrase.get(chosen.how, found), count=count, thing=thing)
        self.lines.documents(chosen.entries, chosen.mentions, ways)
        if chosen.too and chosen.thing is not None:
            self.lines.go_on("library_mentioned_too", count=str(len(chosen.too)), thing=thing)
            self.lines.documents(chosen.too, self._mentions(chosen.thing), ways, _MOST_MENTIONING_TOO)

    def _tell_none(self, things: Sequence[Thing]) -> None:
        request, language = self.request, self.asking.language
        if things:
            what = say("library_none_thing", language, thing=" ".join(map(self._as_said, things)))
        elif request.file_type is not None:
            what = say("library_none_type", language, thing=request.file_type.name(language))
        elif request.period is not None:
            what = say("library_none_period", language, thing=str(request.period))
        else:
            what = say("library_none_such", language)
        self.lines.say("library_none", what=what, count=str(len(self.among)))

    def _tell_particulars(self) -> bool:
        """Who, when and the like of the document that the question means."""
        told_any = False
        meant = self._meant()
        for entry in meant:
            document = self.asking.index.document(entry.id)
            lead = self.lines.named(entry)
            for particular in self.request.particulars:
                told = told_of(document, entry, particular, self._clause(particular), self.asking.reader)
                if told is None or not self._names_document(entry, "".join(document.text[a:b] for a, b in told.lines)):
                    continue
                told_any = True
                for start, end in told.lines:
                    if self.lines.quote(document, start, end, lead):
                        lead = ""
                if not told.lines:
                    self.lines.say(f"library_told_{particular}", lead, value=told.value)
                    lead = ""
        return told_any

    def _names_document(self, entry: Entry, line: str) -> bool:
        """Whether a question names the document and asks of it, and not of what it says.

        Then most of its words stand in the document's name or in the line that answers.
        """
        things = [thing for thing in self.request.things if thing.words]
        if self.request.of_one or self.request.of_documents or not things:
            return True
        text = fold("".join(thing.text for thing in things))
        if self.catalogue.near(text, [entry])[0][1] >= _NAMES:
            return True
        told = f"{entry.called}\n{fold(line)}"
        alone = [Thing(ways[0], (ways,)) for thing in things for ways in thing.words]
        held = sum(says(told, one.words[0]) or self._is_of_kind(one, entry) for one in alone)
        return held >= (_MOSTLY if has_han(text) else _HALF) * len(alone)

    def _is_of_kind(self, thing: Thing, entry: Entry) -> bool:
        """Whether a document is called otherwise, but is of the kind that a thing names."""
        return bool(self.catalogue.as_near(thing, self.catalogue.called(thing, self.among), [entry]))

    def _clause(self, particular: Particular) -> str:
        """The clause of the question that asks for this, by the things it names; the question where it has one."""
        clauses = [clause for clause in _CLAUSE.split(self.asking.question.text) if clause.strip()]
        languages = self.asking.index.languages
        for clause in clauses:
            if particular in request_of(clause, self.asking.today, languages).particulars:
                return clause
        return self.asking.question.text

    def _meant(self) -> list[Entry]:
        """The documents that the question's words name, the likeliest first; several where it names them alike."""
        request = self.request
        things = [thing for thing in request.things if thing.words]
        if request.order is not None:
            chosen = self._select([thing for thing in things if self._counts(thing)])
            dated = sorted((entry for entry in chosen.entries if entry.date), key=lambda entry: entry.date)
            return dated[-1:] if request.order == "newest" else dated[:1]
        if not things:
            return self.among if len(self.among) == 1 else []
        pool = self._narrowed() or self.among
        held = self._held(things, pool)
        near = {
            entry.id: score for entry, score in self.catalogue.near(fold("".join(thing.text for thing in things)), pool)
        }
        best = max(held[entry.id] + 5 * near[entry.id] for entry in pool)
        meant = [entry for entry in pool if held[entry.id] + 5 * near[entry.id] >= best - _AS_WELL]
        meant = [entry for entry in meant if held[entry.id] or near[entry.id] >= _CALLED]
        if meant or not things:
            return meant[:_MOST_MEANT]
        saying = [self._mentions(thing) for thing in things if self._mentions(thing)]
        told_by = [entry for entry in pool if saying and all(entry.id in said for said in saying)]
        if 0 < len(told_by) <= _MOST_MEANT:
            return told_by
        alike = likest(self.asking)
        return [entry for entry in pool if entry.id in alike.ids] if alike.likelihood >= _LIKELY else []

    def _held(self, things: Sequence[Thing], pool: Sequence[Entry]) -> dict[str, float]:
        """How much of the words that some document is called by is in each one's name (0 to 1), rare words the more."""
        weights: dict[tuple[str, ...], tuple[float, frozenset[str]]] = {}
        for thing in things:
            for ways in thing.words:
                one = Thing(ways[0], (ways,))
                called = self.catalogue.called(one, pool)
                called += self.catalogue.as_near(one, called, pool)
                if called:
                    rarity = math.log(1 + len(pool) / len(called))
                    weights[ways] = (rarity, frozenset(entry.id for entry in called))
        total = sum(weight for weight, _ in weights.values()) or 1.0
        return {
            entry.id: sum(weight for weight, called in weights.values() if entry.id in called) / total for entry in pool
        }
