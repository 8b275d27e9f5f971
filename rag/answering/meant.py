"""Which way to complete a question is meant: its words leave it open, and what the documents have for each tells."""

from __future__ import annotations

import math
from collections.abc import Sequence

from rag.answering.quoting import Evidence
from rag.answering.run import Run
from rag.question.followups import pairs_of
from rag.reading.conversational import ConversationalReader
from rag.reading.reader import Quote

__all__ = ["ENOUGH", "SIGNALS", "WEIGHTS", "Meaning"]

SIGNALS = ("likelihood", "confidence", "said before", "heard")
"""The logarithm of how likely its words are, the log-odds of the answer's confidence, whether the last answer quoted it
too: who asks on wants to hear something else, and the log-odds of what is quoted answering the question as it stands in
the conversation (``ConversationalReader``; 0 without one).
"""

WEIGHTS = (0.2, 1.0, -1.0, 0.4)
"""What each of ``SIGNALS`` counts (``benchmarks/fit_meant.py``). In small folders the first tells nothing; where there
are many subjects it keeps a question without its own ("花多少钱") from being answered by any document.
"""

ENOUGH = 4.0
"""The weighed sum of ``SIGNALS`` from which on no other way is tried, by the same script."""

_SUREST = 0.993  # a confidence counts as between this and what is left to 1
_LEAST_LIKELY = 1e-9  # what is less likely counts as this
_MOST_QUOTES = 3  # that are read


class Meaning:
    """What a question that leans on a conversation may mean."""

    def __init__(self, run: Run) -> None:
        """The question as it was asked, and what was answered before."""
        self._said = next((text for role, text in reversed(run.history) if role == "assistant"), "")
        self._asked, self._turns = run.asked, pairs_of(run.history)
        self._reader = ConversationalReader.on(run.reader)

    def signals(self, likely: float, evidence: Evidence) -> tuple[float, ...]:
        """What speaks for a way that is ``likely`` by its words (0 to 1), in the order of ``SIGNALS``."""
        sure = min(_SUREST, max(1 - _SUREST, evidence.confidence))
        quotes = evidence.quotes
        said_before = bool(quotes) and quotes[0].text in self._said
        words, confidence = math.log(max(likely, _LEAST_LIKELY)), math.log(sure / (1 - sure))
        return words, confidence, float(said_before), self._heard(quotes[:_MOST_QUOTES])

    def _heard(self, quotes: Sequence[Quote]) -> float:
        """How well the best of some quotes answers the question as it stands in the conversation."""
        if self._reader is None or not quotes:
            return 0.0
        return float(self._reader.scores(self._asked, self._turns, quotes).max())
