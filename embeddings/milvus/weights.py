"""What a token weighs in a passage and among all of them, and where it stands in the sparse vectors."""

from __future__ import annotations

import hashlib
import math
from dataclasses import dataclass

__all__ = ["BM25", "dimension_of"]


@dataclass(frozen=True, slots=True)
class BM25:
    """Robertson and Zaragoza, "The Probabilistic Relevance Framework", 2009, with the parameters of the postings."""

    passages: int
    average_length: float
    k1: float = 1.2
    b: float = 0.75

    def weight(self, count: int, length: int) -> float:
        """Of a token that stands ``count`` times in a passage of ``length`` tokens, without its rarity."""
        norm = 1 - self.b + self.b * length / self.average_length
        return count * (self.k1 + 1) / (count + self.k1 * norm)

    def rarity(self, frequency: int) -> float:
        """Of a token that stands in so many passages."""
        return math.log(1 + (self.passages - frequency + 0.5) / (frequency + 0.5))


def dimension_of(token: str) -> int:
    """The dimension of a token in the sparse vectors: 32 bits of its hash."""
    return int.from_bytes(hashlib.blake2b(token.encode(errors="surrogatepass"), digest_size=4).digest()) % (2**32 - 1)
