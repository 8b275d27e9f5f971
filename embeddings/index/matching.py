"""The tokens that a passage is found by: its words, its figures in one spelling, and what stands over it.

Figures are matched by value, however they are written: 39.63万 and 396300, 百分之四十 and 40%, 第三十二条 and 第32条,
2024-04-24 and 2024年4月24日 have a token in common. Title, headings, source and date of a passage count as words of it.
"""

from __future__ import annotations

from collections.abc import Iterator

from corpus import Document, Passage
from corpus.language.numerals import EXACT, rounded
from corpus.language.quantities import Quantity, quantities_of
from embeddings.index.tokens import lexical_tokens

__all__ = ["figure_tokens", "passage_tokens"]

_DECIMALS = 8


def passage_tokens(document: Document, passage: Passage) -> list[str]:
    """The tokens of a passage, with repetitions; lines over it that it repeats itself count once."""
    over = (passage.title, *passage.headings, document.source, document.author, document.number, document.published)
    text = "\n".join([*(line for line in over if line and line not in passage.text), passage.text])
    return [*lexical_tokens(text), *figure_tokens(text)]


def figure_tokens(text: str) -> list[str]:
    """Tokens of the figures and dates in a text by their values, but for those that are tokens of it already.

    "三十二" gives 32, "39.63万" 396300, "2024-04-24" 4 and 2024-04-24. What is often only an article (一个, "one") and
    times of the day give none.
    """
    known = set(lexical_tokens(text))
    tokens = dict.fromkeys(token for quantity in quantities_of(text) for token in _spellings(quantity))
    return [token for token in tokens if token not in known]


def _spellings(quantity: Quantity) -> Iterator[str]:
    if quantity.value is not None:
        if not quantity.indefinite:
            yield f"{rounded(quantity.value, _DECIMALS).normalize(EXACT):f}"
    elif ":" not in quantity.iso:
        year, *rest = quantity.iso.split("-")
        yield from (part.lstrip("0") for part in (year, *rest) if part.isdigit())
        if year and rest:
            yield quantity.iso
