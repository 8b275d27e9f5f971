"""The terms of a question: its tokens, and for words their translations beside them."""

from __future__ import annotations

from collections.abc import Collection
from functools import cache
from importlib import resources
from statistics import median

from corpus.language.names import guessed_words_of
from corpus.language.script import fold, has_han
from embeddings import Term, figure_tokens, lexical_tokens
from rag.question.dictionary import english_of, translations
from rag.question.kinds import without_asking_words

__all__ = ["content_of", "terms_of"]


def terms_of(question: str, language: str = "zh") -> list[Term]:
    """What to look for in documents of a language, each term once.

    A Chinese question gives a term for each of its tokens, but for its asking words ("多少", "什么"); in English
    documents, one for each word that the dictionary knows: any of its English translations. In a question without
    Chinese characters each content word or phrase is one term: itself, or any of its Chinese translations. Words that
    only hold a sentence together are left out of it, since a stray "the" in a Chinese document would outweigh the
    subject.
    """
    figures = [Term(((token,),)) for token in figure_tokens(question)]
    if has_han(question):
        asked = without_asking_words(question)
        said = [_in_english(word.text) for word in guessed_words_of(fold(asked))] if language == "en" else ()
        english = [Term(ways) for ways in said if ways]
        words = [word for word in lexical_tokens(asked) if not english or not has_han(word)]
        return list(dict.fromkeys([*(Term(((word,),)) for word in words), *english, *figures]))
    terms = figures
    for phrase, chinese in translations(question):
        ways = [tuple(lexical_tokens(phrase)), *(_pairs(word) for word in chinese)]
        terms.append(Term(tuple(dict.fromkeys(ways))))
    return list(dict.fromkeys(terms))


def content_of(question: str, languages: Collection[str] = ("zh",)) -> dict[Term, float]:
    """What the question is about, word by word, each with the weight of its being missing.

    A Chinese word may be said in English too where that is among ``languages``, those of the documents.

    Chinese is cut into words by jieba, and a word weighs its inverse document frequency in jieba's table, which was
    counted over general Chinese: the documents at hand may be too few to tell a rare word from a common one. Asking
    words, single characters and words that say nothing by themselves ("到底", "那个"; told by their parts of speech)
    are left out. English words and phrases weigh the same each.
    """
    if not has_han(question):
        return dict.fromkeys(terms_of(question), 1.0)
    rarity, usual = _general_rarity()
    content: dict[Term, float] = {}
    for word in guessed_words_of(fold(without_asking_words(question))):
        tokens = _pairs(word.text) if has_han(word.text) else tuple(lexical_tokens(word.text))
        if tokens and (not word.is_function or word.kind == "m"):
            ways = (tokens, *(_in_english(word.text) if "en" in languages else ()))
            content[Term(ways)] = rarity.get(word.text, usual)
    return content


def _in_english(word: str) -> tuple[tuple[str, ...], ...]:
    """The ways of saying a Chinese word in English."""
    ways = (tuple(lexical_tokens(gloss + plural)) for gloss in english_of(word) for plural in ("", "s"))
    return tuple(dict.fromkeys(ways))


@cache
def _general_rarity() -> tuple[dict[str, float], float]:
    """Inverse document frequencies of words in general Chinese, and the median for words not among them."""
    lines = resources.files("jieba").joinpath("analyse/idf.txt").read_text(encoding="utf-8").splitlines()
    rarity = {word: float(value) for word, _, value in (line.rpartition(" ") for line in lines)}
    return rarity, median(rarity.values())


def _pairs(word: str) -> tuple[str, ...]:
    """The pairs of characters of a Chinese word: together they find the word and little else."""
    return tuple(dict.fromkeys(token for token in lexical_tokens(word) if len(token) == 2))
