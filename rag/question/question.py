"""A question, read once: its language, what it wants, what it takes for granted, and its parts.

Retrieval, choice, confidence and editions take it; none reads the text again. What is costly is worked out when it is
first asked for, and kept.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cached_property

from corpus.language.names import identifiers_of
from corpus.language.script import fold
from embeddings import Term
from rag.conversation import Turn
from rag.question.compound import asks_twice, parts_of
from rag.question.details import Detail, details_asked
from rag.question.figures import Figure, figure_asked, scales_asked
from rag.question.identifiers import Identifier, identifiers_in, people_in
from rag.question.kinds import Kind, kind_of
from rag.question.phrases import Language, answer_language
from rag.question.presupposed import Place, numbers_of, places_of, years_of
from rag.question.proper_names import ProperName, proper_names_in
from rag.question.recency import now, relative_years, wants_newest
from rag.question.terms import content_of, terms_of

__all__ = ["Question"]


@dataclass(frozen=True)
class Question:
    """One question that stands by itself, in the words that are looked for.

    ``language`` is what it is answered in; "last year" and "now" are seen from ``today``.
    """

    text: str
    language: Language = field(default="zh-Hans", compare=False)
    today: date = field(default_factory=now)

    @classmethod
    def of(cls, text: str, history: Sequence[Turn] = ()) -> Question:
        """The question, answered in its own language; in that of the turn before where it has no words ("2020?")."""
        spoken = [content for role, content in history if role == "user"]
        worded = [said for said in [*spoken, text] if any(character.isalpha() for character in said)]
        return cls(text, answer_language(worded[-1] if worded else text))

    @cached_property
    def folded(self) -> str:
        """The text as ``fold`` has it."""
        return fold(self.text)

    @cached_property
    def parts(self) -> tuple[Question, ...]:
        """The questions that a message asks, each completed from those before it; itself where it asks one."""
        return tuple(Question(part, self.language, self.today) for part in parts_of(self.text))

    @cached_property
    def asks_twice(self) -> bool:
        """Whether two clauses of it ask for the same kind of thing."""
        return len(self.parts) == 1 and asks_twice(self.text)

    @cached_property
    def kind(self) -> Kind:
        """The kind of answer it wants."""
        return kind_of(self.text)

    @cached_property
    def figure(self) -> Figure | None:
        """The kind of figure it wants, None for none."""
        return figure_asked(self.folded)

    @cached_property
    def scales(self) -> frozenset[str]:
        """What the figure it wants may be measured in; see ``scales_asked``."""
        return scales_asked(self.folded)

    @cached_property
    def details(self) -> tuple[Detail, ...]:
        """The contact details it wants."""
        return details_asked(self.folded)

    @cached_property
    def years(self) -> frozenset[str]:
        """The years it names, which the document that answers must know of."""
        return years_of(self.text)

    @cached_property
    def relative_years(self) -> frozenset[str]:
        """The years it names by their distance from today: last year, next year."""
        return relative_years(self.folded, self.today)

    @cached_property
    def wants_newest(self) -> bool:
        """Whether it asks how things are now, or for the last there was."""
        return wants_newest(self.folded)

    @cached_property
    def editions(self) -> frozenset[str]:
        """The numbers of four digits in it, which may be the year of an edition (2024版)."""
        return frozenset(re.findall(r"(?<!\d)\d{4}(?!\d)", self.folded))

    @cached_property
    def numbers(self) -> frozenset[tuple[str, Decimal]]:
        """The editions, ranks and numbers of things it names, each with its unit: ("届", 4) of 第四届."""
        return numbers_of(self.folded)

    @cached_property
    def places(self) -> tuple[Place, ...]:
        """The places it names with their rank: 青岛高新区."""
        return places_of(self.folded)

    @cached_property
    def identifiers(self) -> tuple[str, ...]:
        """The codes it names, folded: x2, e05, gb/t 19001."""
        return tuple(identifiers_of(self.folded))

    @cached_property
    def names(self) -> tuple[Identifier, ...]:
        """The codes, numbers of documents and other figures in it that may be names of things."""
        return identifiers_in(self.text)

    @cached_property
    def people(self) -> tuple[str, ...]:
        """What seem to be names of people in it, folded."""
        return people_in(self.folded)

    @cached_property
    def proper_names(self) -> tuple[ProperName, ...]:
        """The names of places, organisations, brands and people in it that a dictionary knows."""
        return proper_names_in(self.text)

    def terms(self, language: str) -> list[Term]:
        """What to look for in documents of a language; see ``terms_of``."""
        return terms_of(self.text, language)

    def content(self, languages: Collection[str]) -> dict[Term, float]:
        """Its words, each with the weight of its being missing; see ``content_of``."""
        return content_of(self.text, languages)
