"""How an encoder places languages apart, and a question's vector moved from one to another.

A multilingual encoder puts texts of one language together, whatever they say, so that a question is nearer to those of
its own and, among others, to those that happen to lean its way. The mean of a language's vectors is taken from them and
another's added (Libovický, Rosa and Fraser, "On the language neutrality of pre-trained multilingual representations",
2020). The means are those of a dozen questions that are the same in every language. Even so, texts of some languages
lie nearer to a question than those of others that say the same; by how much is told by the same questions, encoded as
documents.
"""

from __future__ import annotations

import json
from collections.abc import Collection
from functools import cache, cached_property
from importlib import resources

import numpy as np

from embeddings.encoders.protocol import Encoder, Vectors

__all__ = ["LanguageMeans", "base_of"]


def base_of(language: str) -> str:
    """The language of a BCP 47 tag without its script: "zh" of "zh-Hant"."""
    return language.partition("-")[0]


class LanguageMeans:
    """Where one encoder places questions of each language it is asked about; encoded when they are first needed."""

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder
        self.ahead = cache(self._ahead)
        self._level = cache(self._level_of)
        self._documents = cache(self._encoded)

    @property
    def languages(self) -> Collection[str]:
        """The languages whose means are known: "zh", "en" and others."""
        return self._means.keys()

    def language_of(self, vector: Vectors) -> str:
        """The language whose mean is nearest to a question's vector, shape (dimensions,)."""
        return min(self._means, key=lambda language: float(np.linalg.norm(self._means[language] - vector)))

    def way(self, own: str, language: str) -> Vectors:
        """What leads from questions in one of ``languages`` to those in another, shape (dimensions,)."""
        return self._means[language] - self._means[own]

    def moved(self, vector: Vectors, language: str, own: str | None = None) -> Vectors:
        """A question's vector as if it were asked in one of ``languages``, of unit length; itself if it was.

        ``own`` is its language, by default the one whose mean is nearest.
        """
        own = own or self.language_of(vector)
        if own == language:
            return vector
        moved = vector + self.way(own, language)
        return np.asarray(moved / np.linalg.norm(moved), dtype=np.float32)

    def _ahead(self, own: str, language: str) -> float:
        """``ahead(own, language)``: how much nearer texts of a language are to questions of another, moved there.

        The difference of inner products, to those of the questions with texts in their own language.
        """
        return self._level(own, language) - self._level(own, own)

    def _level_of(self, own: str, language: str) -> float:
        """Halfway between the inner products of questions with texts that say the same and with others."""
        moved = np.array([self.moved(question, language) for question in self._questions[own]])
        likeness = moved @ self._documents(language).T
        others = likeness[~np.eye(len(likeness), dtype=bool)]
        return float((likeness.diagonal().mean() + others.mean()) / 2)

    def _encoded(self, language: str) -> Vectors:
        return self._encoder.encode(self._texts[language], "document")

    @cached_property
    def _texts(self) -> dict[str, list[str]]:
        file = resources.files("embeddings.encoders").joinpath("languages.json")
        texts: dict[str, list[str]] = json.loads(file.read_text(encoding="utf-8"))
        return texts

    @cached_property
    def _questions(self) -> dict[str, Vectors]:
        vectors = self._encoder.encode([text for texts in self._texts.values() for text in texts], "query")
        ends = np.cumsum([len(texts) for texts in self._texts.values()])[:-1]
        return dict(zip(self._texts, np.split(vectors, ends), strict=True))

    @cached_property
    def _means(self) -> dict[str, Vectors]:
        return {language: vectors.mean(axis=0) for language, vectors in self._questions.items()}
