"""Whether a text names one side of a comparison, and not the other."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from corpus.language.names import squeezed, words_of
from corpus.language.script import fold, has_han
from embeddings import lexical_tokens
from rag.extractive.candidates import Candidate
from rag.question.dictionary import translations
from rag.question.proper_names import without_rank
from rag.question.romanised import names_romanised

__all__ = ["Name", "names_of"]


@dataclass(frozen=True)
class Name:
    """What a side is called; ``year`` is the year that it stands for, "" for none, and ``longer`` are the names of
    other sides that begin with this one: S50 is not S50 Max."""

    label: str
    year: str = ""
    longer: tuple[str, ...] = ()

    @cached_property
    def _folded(self) -> str:
        return fold(self.label).strip()

    @property
    def is_code(self) -> bool:
        """Whether it is a name made of letters and figures, which can't be said otherwise."""
        return any(map(str.isdigit, self._folded)) and any(map(str.isalpha, self._folded)) and not self.year

    def stands_in(self, text: str) -> bool:
        """Whether a text names it, in its own words or in another language's."""
        folded = fold(text)
        for longer in self.longer:
            folded = folded.replace(fold(longer), " ")
        if self.year:
            return re.search(rf"(?<!\d){self.year}(?!\d)", folded) is not None
        if self._written_in(folded):
            return True
        if has_han(self._folded):
            return self._worded_in(folded)
        return has_han(folded) and not self.is_code and self._translated_in(folded)

    def _written_in(self, folded: str) -> bool:
        """Whether it stands there as it is written, and not as part of another code or word."""
        pattern = re.escape(self._folded)
        if self._folded[:1].isascii() and self._folded[:1].isalnum():
            pattern = rf"(?<![a-z\d]){pattern}"
        if self._folded[-1:].isascii() and self._folded[-1:].isalnum():
            pattern += r"(?![a-z\d])"
        elif self._folded[:1].isdigit():
            pattern = rf"(?<!\d){pattern}"
        return re.search(pattern, folded) is not None or (
            has_han(self._folded) and not self._folded[:1].isdigit() and squeezed(self._folded) in squeezed(folded)
        )

    def _worded_in(self, folded: str) -> bool:
        """Whether its words stand there, if apart; a place may be named without its rank."""
        held = squeezed(folded)
        words = [
            word.text
            for word in words_of(self._folded)
            if (not word.is_function or word.kind == "m") and len(word.text) > 1
        ]
        if len(words) > 1 and sum(map(len, words)) >= len(self._folded) - 1 and all(word in held for word in words):
            return True
        stem = without_rank(self._folded)
        return stem != self._folded and stem in held

    def _translated_in(self, folded: str) -> bool:
        if names_romanised(self._folded, folded):
            return True
        said = [chinese for _, chinese in translations(self._folded)]
        tokens = set(lexical_tokens(folded))
        return bool(said) and all(
            any(all(token in tokens for token in lexical_tokens(word)) for word in ways) for ways in said
        )

    def is_of(self, candidate: Candidate, others: Sequence[Name], row: str = "") -> bool:
        """Whether a sentence is about it: it names it, or stands under its name and names no other side.

        A ``row`` of a table that is called after another side is that side's, whatever else it mentions.
        """
        if row and any(other.stands_in(row) for other in others) and not self.stands_in(row):
            return False
        if self.stands_in(candidate.text):
            return True
        passage = candidate.hit.passage
        line = candidate.document.text.rfind("\n", passage.start, max(passage.start, candidate.start - 1)) + 1
        before = candidate.document.text[max(line, passage.start) : candidate.start]
        for over in (candidate.text, before, "\n".join(passage.headings), passage.title, self._dated(candidate)):
            mine, its = self.stands_in(over), any(other.stands_in(over) for other in others)
            if mine or its:
                return mine and not its
        return False

    def _dated(self, candidate: Candidate) -> str:
        """The year of a document of which this is an edition's."""
        return (candidate.document.published or "")[:4] if self.year else ""


def names_of(labels: Sequence[str], years: Sequence[str]) -> tuple[Name, ...]:
    """The names of the sides of a question, each with those of the others that begin with it."""
    return tuple(
        Name(label, year, tuple(other for other in labels if other != label and fold(other).startswith(fold(label))))
        for label, year in zip(labels, years, strict=True)
    )
