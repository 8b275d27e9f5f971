"""A question as an index sees it: asked of documents in each of their languages."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np

from corpus import Document, Passage, language_of
from corpus.language.script import has_han, simplified
from embeddings import Encoder, Index, LanguageMeans, Term, base_of, figure_tokens, lexical_tokens
from embeddings.encoders.protocol import Vectors
from rag.question.question import Question
from rag.reading.questions import QuestionEncoder

__all__ = ["Asked", "Queries", "Query"]

_LANGUAGES = 4  # of the documents, the commonest, that a question is put into
_BM25_CEILING = 2.2  # k1 + 1: what a token's rarity is multiplied by at the most


@dataclass(frozen=True)
class Asked:
    """A question as it is asked of documents in one language: its vector, and its terms with their rarity.

    ``vector`` is what is searched by, ``own`` the encoder's; they are ``moved`` where that is another language than
    the question's. ``ahead`` is how much nearer texts of that language are to it than texts of the question's own to
    the question. ``rarity`` is each term's inverse document frequency as BM25 has it, ``visible`` that of the terms
    which stand in some passage.
    """

    vector: Vectors
    own: Vectors
    moved: bool
    ahead: float
    rarity: dict[Term, float]
    visible: dict[Term, float]

    @property
    def terms(self) -> list[Term]:
        """The terms, in the order of the question."""
        return list(self.rarity)

    @property
    def visibility(self) -> float:
        """The share of the terms' rarity that belongs to visible ones (0 to 1)."""
        return sum(self.visible.values()) / sum(self.rarity.values()) if self.rarity else 0.0

    @property
    def most_bm25(self) -> float:
        """More than BM25 can give a passage for these terms."""
        return _BM25_CEILING * sum(self.rarity.values())

    def share_over(self, passage: Passage) -> float:
        """How much of the visible terms stands in the title and headings over a passage (0 to 1)."""
        tokens = _tokens_over((passage.title, *passage.headings))
        if tokens not in self._shares:
            found = sum(weight for term, weight in self.visible.items() if any(map(tokens.issuperset, term.ways)))
            self._shares[tokens] = found / sum(self.visible.values()) if self.visible else 0.0
        return self._shares[tokens]

    @cached_property
    def _shares(self) -> dict[frozenset[str], float]:
        """By the tokens over a passage: many passages stand under the same lines."""
        return {}


@dataclass(frozen=True)
class Query:
    """A question as the index sees it.

    ``question`` is what is asked, ``vector`` the encoder's own of it. ``asked`` has the question for each language of
    the documents, under "" for those that are not among the commonest. ``content`` holds the words of ``content_of``,
    each weighed by how rare it is in general and in the passages.
    """

    question: Question
    vector: Vectors
    asked: dict[str, Asked]
    content: dict[Term, float]

    @property
    def text(self) -> str:
        """The question's words."""
        return self.question.text

    def asked_as(self, language: str) -> str:
        """The key in ``asked`` for passages in a language, a BCP 47 tag."""
        base = base_of(language)
        return base if base in self.asked else ""

    def asked_in(self, language: str) -> Asked:
        """The question for passages in a language, a BCP 47 tag."""
        return self.asked[self.asked_as(language)]

    def crosses(self, document: Document) -> bool:
        """Whether the document is in another language than the question."""
        return self.asked_in(document.language).moved or has_han(self.text) != has_han(document.text)


class Queries:
    """Makes queries of questions to one index, with the encoder that built it."""

    def __init__(self, index: Index, encoder: Encoder, means: LanguageMeans) -> None:
        self._index = index
        self._encoder = encoder
        self._questions = QuestionEncoder.beside(encoder)
        self._means = means
        counts: Counter[str] = Counter()
        for language, count in index.languages.items():
            counts[base_of(language)] += count
        self._languages = [language for language, _ in counts.most_common(_LANGUAGES)]
        self._others = [""] if len(counts) != len(self._languages) or not counts else []

    def __call__(self, question: Question) -> Query:
        """The question encoded, and its tokens looked up."""
        vector = self._encoder.encode([simplified(question.text)], "query")[0]
        asking = self._placed(question, vector)
        terms = {language: list(question.terms(language)) for language in [*self._languages, *self._others]}
        weights = question.content(self._languages)
        known = {term for found in terms.values() for term in found}
        rarity = self._rarities({*known, *weights})
        asked = {
            language: self._asked(question, vector, asking, language, {term: rarity[term] for term in found})
            for language, found in terms.items()
        }
        content = {term: weight * rarity[term] for term, weight in weights.items()}
        if content.keys() <= known:  # translations: one that stands nowhere may be the wrong one
            visible = {term for one in asked.values() for term in one.visible}
            content = {term: weight for term, weight in content.items() if term in visible} or content
        return Query(question, vector, asked, content)

    def _placed(self, question: Question, vector: Vectors) -> Vectors:
        """The vector that is searched by: halfway from the encoder's own to where answers were learned to stand."""
        if self._questions is None:
            return vector
        both = vector + self._questions.encode([question.text])[0]
        return np.asarray(both / np.linalg.norm(both), dtype=np.float32)

    def _asked(
        self, question: Question, vector: Vectors, asking: Vectors, language: str, rarity: dict[Term, float]
    ) -> Asked:
        unseen = self._rarity_of(0)
        visible = {term: weight for term, weight in rarity.items() if weight < unseen}
        alone = self._languages == ["zh"] and base_of(language_of(question.text)) == "zh"  # needs no means
        if alone or language not in self._means.languages:
            return Asked(asking, vector, False, 0.0, rarity, visible)
        spoken = self._means.language_of(vector)
        searched, own = (self._means.moved(one, language, spoken) for one in (asking, vector))
        return Asked(searched, own, spoken != language, self._means.ahead(spoken, language), rarity, visible)

    def _rarities(self, terms: Collection[Term]) -> dict[Term, float]:
        """A term is as rare as its commonest way, which is as rare as its rarest token; all are looked up at once."""
        counts = self._index.document_frequencies({token for term in terms for way in term.ways for token in way})
        return {term: self._rarity_of(max(min(counts[token] for token in way) for way in term.ways)) for term in terms}

    def _rarity_of(self, count: int) -> float:
        passages = self._index.manifest.passages
        return math.log(1 + (passages - count + 0.5) / (count + 0.5))


@lru_cache(maxsize=4096)
def _tokens_over(lines: tuple[str, ...]) -> frozenset[str]:
    text = "\n".join(lines)
    return frozenset([*lexical_tokens(text), *figure_tokens(text)])
