"""Trains which outcome the room of tables takes, and how likely it is right (rag/routes/tables/outcomes.json).

    python benchmarks/train_outcomes.py [--cache FOLDER]

The tables of ``training/operations.jsonl.gz`` are the library. Each question that ``train_classifier.py`` did not learn
from is asked of it as it is, and again with the column, or the record, that answers taken out of its table: then
nothing is right. Nor is anything for the near misses that were written beside them. Which outcome is taken is a
conditional logit over ``rag.routes.tables.room.SIGNALS``; how likely that one is right a logistic regression over
``SURENESS``, its bias moved to where ``ANSWERED`` of the questions have an answer: fewer than here, where tables are
all that there is, as ``libraries.py`` tells. The figures told are held out by table.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import json
import math
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any
from unittest import mock

import numpy as np
from kept_vectors import KeptVectors
from measured import keep
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import GroupKFold, cross_val_predict
from train_classifier import is_learned
from train_columns import PARTS, QUESTIONS, fit

from embeddings import Index, load_encoder, open_index, rebuild
from rag.evaluation.examiner import holds
from rag.proof.citations import join_sentences
from rag.question.question import Question
from rag.reading.reader import Reader
from rag.retrieval.retriever import Found, Retriever
from rag.routes.room import Asking
from rag.routes.tables import room
from rag.routes.tables.sheet import Sheet, squeeze
from rag.routes.tables.wording import Citing, sentences_of
from rag.settings import Settings

ANSWERED = 0.63
WEIGHTS = Path(room.__file__).with_name("outcomes.json")


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--cache", type=Path, help="keeps vectors and the index between runs")
    given = parser.parse_args()
    with gzip.open(QUESTIONS, "rt", encoding="utf-8") as lines:
        tables = [row for row in map(json.loads, lines) if row["title"]]
    for row in tables:
        row["questions"] = [one for one in row["questions"] if not is_learned(row["title"], one["q"])]
    with tempfile.TemporaryDirectory() as folder:
        cache = given.cache or Path(folder)
        documents = cache / "tables"
        documents.mkdir(parents=True, exist_ok=True)
        for row in tables:
            with (documents / name_of(row)).open("w", encoding="utf-8-sig", newline="") as stream:
                csv.writer(stream).writerows([row["columns"], *row["rows"]])
        model = load_encoder()
        encoder = KeptVectors(model, cache / "vectors.sqlite")
        settings = Settings(home=cache / "tables-home")
        rebuild(documents, settings.index_dir, encoder=encoder)
        retriever = Retriever(open_index(settings.index_dir), encoder)
        reader = Reader.beside(model)
        rows = list(asked(tables, retriever, reader))
    groups = np.array([row.table for row in rows])
    taken = np.empty(len(rows), dtype=int)
    kept = json.loads(WEIGHTS.read_text("utf-8"))["rank"]
    before = [row.best(np.array([kept.get(name, 0.0) for name in room.SIGNALS])) for row in rows]
    for train, held in GroupKFold(PARTS).split(rows, groups=groups):
        rank = learned([rows[i] for i in train])
        taken[held] = [rows[i].best(rank) for i in held]
    answerable = np.array([not row.lacking for row in rows])
    right = np.array([bool(row.right[i]) for row, i in zip(rows, taken, strict=True)])
    signals = np.array([row.told[i].sureness_signals(reader) for row, i in zip(rows, taken, strict=True)])
    near = np.array([row.lacking == "near" for row in rows])
    logit = LogisticRegression(C=1.0, max_iter=1000)
    told = cross_val_predict(logit, signals, right, groups=groups, cv=GroupKFold(PARTS), method="predict_proba")[:, 1]
    logit.fit(signals, right)
    moved = math.log(ANSWERED / (1 - ANSWERED)) - math.log(right.mean() / (1 - right.mean()))
    sure = 1 / (1 + np.exp(-(np.log(told / (1 - told)) + moved)))
    figures = {
        "questions": sum(len(table["questions"]) for table in tables),
        "with outcomes": int(answerable.sum()),
        "right among them": int(sum(row.right.any() for row in rows)),
        "right by the weights before": int(sum(row.right[i] for row, i in zip(rows, before, strict=True))),
        "right": int(right.sum()),
        "auroc": round(float(roc_auc_score(right, told)), 3),
        "right ones answered": round(float((sure[right] >= 0.5).mean()), 3),
        "others answered": round(float((sure[~right] >= 0.5).mean()), 3),
        "near misses": int(near.sum()),
        "near misses answered": round(float((sure[near] >= 0.5).mean()), 3),
    }
    weights = [float(logit.intercept_[0]) + moved, *logit.coef_[0].tolist()]
    weighed = {
        "rank": dict(zip(room.SIGNALS, np.round(learned(rows), 4).tolist(), strict=True)),
        "confidence": dict(zip(("bias", *room.SURENESS), np.round(weights, 4).tolist(), strict=True)),
    }
    WEIGHTS.write_text(json.dumps(weighed, indent=1) + "\n", encoding="utf-8")
    keep("table_outcomes", figures)


@dataclass(frozen=True)
class Asked:
    """A question of a table, what is ``lacking`` ("" for nothing, "near" where it is a near miss), its outcomes, and
    which are right."""

    table: int
    lacking: str
    told: list[room.Told]
    right: np.ndarray

    @cached_property
    def signals(self) -> np.ndarray:
        """What speaks for the outcomes (outcomes, signals)."""
        return np.array([one.signals for one in self.told])

    def best(self, rank: np.ndarray) -> int:
        """The outcome that is taken by weights in the order of ``room.SIGNALS``."""
        return int(np.argmax(self.signals @ rank))


def learned(rows: Sequence[Asked]) -> np.ndarray:
    """The weights under which the right outcomes are likeliest."""
    return fit([(row.signals, row.right) for row in rows if row.right.any() and not row.right.all()])


def name_of(row: dict[str, Any]) -> str:
    """The file of a table."""
    return row["title"].replace("/", "-") + ".csv"


def asked(tables: list[dict[str, Any]], retriever: Retriever, reader: Reader | None) -> Iterator[Asked]:
    """Every question as it is, and with its column or record lacking; those without any outcome are left out."""
    whole = room._sheets  # noqa: SLF001
    for number, row in enumerate(tables):
        for question in (*row["questions"], *row["near_misses"]):
            asking = Asking(Question.of(question["q"]), retriever, reader, None, 8, date(2026, 1, 1))
            query = retriever.query(asking.question)
            found = retriever.search(query, room.SEARCHED)
            for lacking in ("", "column", "record") if "answer" in question else ("near",):
                if (lacking == "column" and not question["column"]) or (
                    lacking == "record" and question["operation"] not in ("look_up", "product")
                ):
                    continue

                def sheets(index: Index, document_id: str, lacking: str = lacking) -> tuple[Sheet, ...]:
                    found = whole(index, document_id)
                    if lacking in ("", "near") or document_id != name_of(row):  # noqa: B023
                        return found
                    left = [without(sheet, lacking, question) for sheet in found if not sheet.turned]  # noqa: B023
                    return tuple(left)

                with mock.patch.object(room, "_sheets", sheets):
                    told = room.outcomes_of(asking, query, found)
                if told:
                    right = [not lacking and is_right(one, found, asking, question) for one in told]
                    yield Asked(number, lacking, told, np.array(right))


def is_right(told: room.Told, found: Found, asking: Asking, question: dict[str, Any]) -> bool:
    """Whether an outcome, as it would be told, says what a person would."""
    said = join_sentences(sentences_of(told.outcome, told.situation.sheet, Citing(found.hits), asking.language))
    records = {place.record.number for place in told.outcome.places}
    more = question["operation"] == "filter" and len(records) > len(question["answer"])
    return not more and all(holds(said, text) for text in question["answer"])


def without(sheet: Sheet, lacking: str, question: dict[str, Any]) -> Sheet:
    """The sheet without the column, or the records, that the question is about."""
    if lacking == "record":
        said = squeeze(question["q"])
        named = [any(squeeze(sheet.text(one, i)) in said for i in sheet.keys) for one in sheet.records]
        left = [one for one, is_named in zip(sheet.records, named, strict=True) if not is_named]
        return replace(sheet, records=tuple(left), _figures={})
    kept = [one.index for one in sheet.columns if one.name != question["column"]]
    columns = tuple(replace(sheet.columns[old], index=new) for new, old in enumerate(kept))
    records = tuple(replace(one, cells=tuple(one.cells[i] for i in kept)) for one in sheet.records)
    keys = tuple(new for new, old in enumerate(kept) if old in sheet.keys) or (0,)
    return replace(sheet, columns=columns, records=records, keys=keys, _figures={})


if __name__ == "__main__":
    main()
