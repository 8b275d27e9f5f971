"""The proper names of a question, held against the documents found for it.

A document that is about another place than the question names does not answer it, as far as neither lies in the other.
A name may be said only by the way ("I am in Tokyo: ..."), and documents do not repeat the name of whose they are: a
document that merely lacks it counts less. What is nowhere in the index is told, and no answer is sure without it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from corpus import Document
from corpus.language.script import fold, has_han
from embeddings import Index
from rag.question.proper_names import ProperName, places_in

__all__ = ["MISSED", "NamesAsked"]

MISSED = 1.5
"""Points taken from a sentence for what is asked for and it lacks; twice where its passage lacks it or has another."""

_BEGINNING = 4000  # characters that tell what place a document is about
_OFTEN = 3


class NamesAsked:
    """The names; ``papers`` are the documents found, each with what stands in and over it, folded."""

    def __init__(self, names: Sequence[ProperName], papers: Mapping[str, tuple[Document, str]], index: Index) -> None:
        self._papers = papers
        self._index = index
        self._names = names
        self._standing = {
            key: [name for name in names if not name.can_be_in(folded) or name.stands_in(folded)]
            for key, (_, folded) in papers.items()
        }
        found = [name for name in names if any(name.stands_in(folded) for _, folded in papers.values())]
        self._held = {
            key: [name for name in names if name in self._standing[key] or not _tells(name, folded, name in found)]
            for key, (_, folded) in papers.items()
        }
        self._about = {key: _places_of(document) for key, (document, _) in papers.items()} if self._places else {}

    @property
    def strangers(self) -> list[ProperName]:
        """Those that stand nowhere in the index."""
        unheld = [name for name in self.unheld if not name.spelled]
        return [name for name in unheld if not len(self._index.lexical([name.term], 1).rows)]

    @property
    def unheld(self) -> list[ProperName]:
        """Those that none of the documents has."""
        return [name for name in self._names if not any(name in held for held in self._held.values())]

    @property
    def other_places(self) -> tuple[str, ...]:
        """The places that the documents found are about, each once."""
        return tuple(dict.fromkeys(place for places in self._about.values() for place in places))

    def denied(self, document_id: str) -> bool:
        """Whether a document is about other places than the question names."""
        places, about = self._places, self._about.get(document_id, ())
        if not about or any(name in self._standing[document_id] for name in places):
            return False
        return not any(name.lies_with(place) for name in places for place in about)

    def short(self, document_id: str) -> float:
        """The points taken from the sentences of a document for the names that it lacks."""
        return MISSED * (len(self._names) - len(self._held[document_id]))

    @property
    def _places(self) -> list[ProperName]:
        return [name for name in self._names if name.is_place]


def _tells(name: ProperName, folded: str, found: bool) -> bool:
    """Whether a document's lacking a name tells anything, for there are many ways to write it in another script.

    It does where one of the documents is ``found`` to write it as the dictionary does.
    """
    return found or has_han(name.text) == has_han(folded)


def _places_of(document: Document) -> tuple[str, ...]:
    """The places that a document is about: those of its title, else the one that it names mostly."""
    if not has_han(document.text):
        return ()
    titled = tuple(dict.fromkeys(places_in(fold(document.title))))
    if titled:
        return titled
    named = Counter(places_in(fold(document.text[:_BEGINNING])))
    return tuple(place for place, count in named.most_common(1) if count >= max(_OFTEN, named.total() / 2))
