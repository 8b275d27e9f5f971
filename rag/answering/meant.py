"""Which way to complete a question is meant: its words leave it open, and what the documents have for each tells."""

from __future__ import annotations

import math

from rag.answering.quoting import Evidence
from rag.answering.run import Run
from rag.question.question import Question
from rag.retrieval.coverage import coverages

__all__ = ["ENOUGH", "SIGNALS", "WEIGHTS", "Meaning"]

SIGNALS = ("likelihood", "confidence", "covered", "said before")
"""The logarithm of how likely its words are, the log-odds of the answer's confidence, the share of the question's own
words in what is quoted (0 to 1), and whether the last answer quoted it too: who asks on wants to hear something else.
"""

WEIGHTS = (0.2, 1.0, 2.0, -1.0)
"""What each of ``SIGNALS`` counts (``benchmarks/fit_meant.py``). In small folders the first tells nothing; where there
are many subjects it keeps a question without its own ("花多少钱") from being answered by any document.
"""

ENOUGH = 2.0
"""The weighed sum of ``SIGNALS`` from which on no other way is tried, by the same script."""

_SUREST = 0.993  # a confidence counts as between this and what is left to 1
_LEAST_LIKELY = 1e-9  # what is less likely counts as this


class Meaning:
    """What a question that leans on a conversation may mean."""

    def __init__(self, run: Run) -> None:
        """The question's own words, and what was answered last."""
        self._content = run.retriever.query(Question(run.asked, run.language, run.today)).content
        self._said = next((text for role, text in reversed(run.history) if role == "assistant"), "")

    def signals(self, likely: float, evidence: Evidence) -> tuple[float, ...]:
        """What speaks for a way that is ``likely`` by its words (0 to 1), in the order of ``SIGNALS``."""
        sure = min(_SUREST, max(1 - _SUREST, evidence.confidence))
        quotes = evidence.quotes
        covered = coverages(self._content, [" ".join(quotes)], "")[0]
        said_before = bool(quotes) and quotes[0] in self._said
        return math.log(max(likely, _LEAST_LIKELY)), math.log(sure / (1 - sure)), covered, float(said_before)
