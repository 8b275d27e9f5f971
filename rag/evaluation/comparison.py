"""Two saved evaluations of the same questions held against each other, question by question.

Each measure's mean difference is tested by paired randomisation: were the two runs alike, each question's difference
might as well have had the other sign (Smucker, Allan and Carterette, "A comparison of statistical significance tests
for information retrieval evaluation", 2007). Its 95% interval is a percentile bootstrap over the questions. Both are
SciPy's, with a fixed seed.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from corpus.messages import DocumentMessage
from rag.errors import EvaluationError
from rag.messages import AnswerMessage

__all__ = ["Change", "Comparison", "MeasureChange", "SavedRun", "compare", "read_run"]

MEASURES = {
    "documents.nDCG@10": "documents nDCG@10",
    "documents.recall@1": "documents recall@1",
    "documents.recall@10": "documents recall@10",
    "passages.nDCG@10": "passages nDCG@10",
    "passages.recall@1": "passages recall@1",
    "passages.recall@10": "passages recall@10",
    "answer.first": "answer in the first quote",
    "answer.first_three": "answer in the first three",
    "answer.right_document": "first quote from a right document",
    "decision": "rightly answered or refused",
}
"""What is compared, by its name in a result's measures; of each, more is better."""

_RESAMPLES = 9999
_SEED = 20240424
_CONFIDENCE = 0.95
_SAME = 1e-9

Differences = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class SavedRun:
    """A saved evaluation, as far as it is compared: each question's text and measures by its id."""

    file: str
    questions: dict[str, str]
    measures: dict[str, dict[str, float]]


@dataclass(frozen=True, slots=True)
class MeasureChange:
    """How a measure changed over the questions that have it in both runs.

    ``difference`` is the mean of after minus before, ``low`` and ``high`` its 95% interval (None for one question),
    ``p`` the two-sided p-value of the randomisation test.
    """

    measure: str
    questions: int
    before: float
    after: float
    difference: float
    low: float | None
    high: float | None
    p: float
    better: int
    worse: int


@dataclass(frozen=True, slots=True)
class Change:
    """A question that came out differently: (before, after) by measure, and the sum of the differences."""

    id: str
    question: str
    total: float
    measures: dict[str, tuple[float, float]]


@dataclass(frozen=True, slots=True)
class Comparison:
    """What got better or worse. ``only_before`` and ``only_after`` are the ids of questions that one run lacks."""

    before: str
    after: str
    test: str
    questions: int
    measures: tuple[MeasureChange, ...]
    better: tuple[Change, ...]
    worse: tuple[Change, ...]
    only_before: tuple[str, ...]
    only_after: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return asdict(self)


def read_run(file: str | Path) -> SavedRun:
    """A run that 'yinju eval --out' saved.

    Raises:
        EvaluationError: the file can't be read, or is no saved run.
    """
    try:
        values = json.loads(Path(file).read_text(encoding="utf-8"))
        results = values["results"]
        return SavedRun(
            file=str(file),
            questions={result["id"]: str(result["question"]) for result in results},
            measures={
                result["id"]: {name: float(value) for name, value in result["measures"].items()} for result in results
            },
        )
    except OSError as exc:
        raise EvaluationError(DocumentMessage.FILE_UNREADABLE, file=file, reason=exc.strerror or exc) from exc
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as exc:
        raise EvaluationError(AnswerMessage.RUN_BROKEN, file=file) from exc


def compare(before: SavedRun, after: SavedRun) -> Comparison:
    """What changed from one run to the other, over the questions that both have.

    Raises:
        EvaluationError: they have no question in common, or an id stands for different questions.
    """
    common = [name for name in before.questions if name in after.questions]
    if not common:
        raise EvaluationError(AnswerMessage.RUNS_APART, before=before.file, after=after.file)
    for name in common:
        if before.questions[name] != after.questions[name]:
            raise EvaluationError(AnswerMessage.RUNS_DIFFER, question=name, before=before.file, after=after.file)
    changes = [change for name in common if (change := _change(name, before, after)) is not None]
    return Comparison(
        before=before.file,
        after=after.file,
        test="paired randomisation",
        questions=len(common),
        measures=tuple(_measure_changes(common, before, after)),
        better=tuple(sorted((change for change in changes if change.total > 0), key=lambda change: -change.total)),
        worse=tuple(sorted((change for change in changes if change.total <= 0), key=lambda change: change.total)),
        only_before=tuple(name for name in before.questions if name not in after.questions),
        only_after=tuple(name for name in after.questions if name not in before.questions),
    )


def _change(name: str, before: SavedRun, after: SavedRun) -> Change | None:
    first, second = before.measures[name], after.measures[name]
    changed = {
        shown: (first[key], second[key])
        for key, shown in MEASURES.items()
        if key in first and key in second and abs(first[key] - second[key]) > _SAME
    }
    if not changed:
        return None
    total = sum(new - old for old, new in changed.values())
    return Change(name, before.questions[name], round(total, 6), changed)


def _measure_changes(common: Sequence[str], before: SavedRun, after: SavedRun) -> list[MeasureChange]:
    changes = []
    for key, shown in MEASURES.items():
        pairs = [
            (before.measures[name][key], after.measures[name][key])
            for name in common
            if key in before.measures[name] and key in after.measures[name]
        ]
        if not pairs:
            continue
        old, new = np.array(pairs, dtype=np.float64).T
        differences = new - old
        low, high = _interval(differences)
        changes.append(
            MeasureChange(
                measure=shown,
                questions=len(pairs),
                before=_rounded(old.mean()),
                after=_rounded(new.mean()),
                difference=_rounded(differences.mean()),
                low=low,
                high=high,
                p=_p_value(differences),
                better=int((differences > _SAME).sum()),
                worse=int((differences < -_SAME).sum()),
            )
        )
    return changes


def _p_value(differences: Differences) -> float:
    """Of the randomisation test; exact where the changed questions are few enough to try all signs."""
    from scipy.stats import permutation_test

    changed = differences[np.abs(differences) > _SAME]  # the others are the same with either sign
    if len(changed) < 2:
        return 1.0
    result = permutation_test(
        (changed,),
        np.mean,
        permutation_type="samples",
        vectorized=True,
        n_resamples=_RESAMPLES,
        batch=500,
        rng=np.random.default_rng(_SEED),
    )
    return _rounded(result.pvalue)


def _interval(differences: Differences) -> tuple[float | None, float | None]:
    from scipy.stats import bootstrap

    if len(differences) < 2:
        return None, None
    if np.ptp(differences) < _SAME:
        return _rounded(differences[0]), _rounded(differences[0])
    interval = bootstrap(
        (differences,),
        np.mean,
        method="percentile",
        confidence_level=_CONFIDENCE,
        n_resamples=_RESAMPLES,
        batch=500,
        rng=np.random.default_rng(_SEED),
    ).confidence_interval
    return _rounded(interval.low), _rounded(interval.high)


def _rounded(value: float | np.floating[Any]) -> float:
    return round(float(value), 6)
