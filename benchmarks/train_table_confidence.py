"""Trains how likely the outcome of the room of tables is right (rag/routes/tables/confidence.json).

    python benchmarks/train_table_confidence.py [--cache FOLDER]

The tables of ``training/operations.jsonl.gz`` are the library. Each question is asked of it as it is, and again
with the column, or the record, that answers taken out of its table: then nothing is right. A logistic regression over
``rag.routes.tables.room.SIGNALS``, its bias moved to where ``ANSWERED`` of the questions have an answer; the
figures told are held out by table.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import json
import math
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any
from unittest import mock

import numpy as np
from kept_vectors import KeptVectors
from measured import keep
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import GroupKFold, cross_val_predict
from train_operations import PARTS, QUESTIONS

from embeddings import Index, load_encoder, open_index, rebuild
from rag.evaluation.examiner import holds
from rag.extractive.reader import Reader
from rag.proof.citations import join_sentences
from rag.question.question import Question
from rag.retrieval.retriever import Retriever
from rag.routes.room import Asking
from rag.routes.tables import room
from rag.routes.tables.sheet import Sheet, squeeze
from rag.settings import Settings

ANSWERED = 0.85
WEIGHTS = Path(room.__file__).with_name("confidence.json")


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--cache", type=Path, help="keeps vectors and the index between runs")
    given = parser.parse_args()
    with gzip.open(QUESTIONS, "rt", encoding="utf-8") as lines:
        tables = [row for row in map(json.loads, lines) if row["title"]]
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
        rows = list(asked(tables, retriever, Reader.beside(model)))
    signals = np.array([row[1] for row in rows])
    right = np.array([row[2] for row in rows])
    model_of = LogisticRegression(C=1.0, max_iter=1000)
    groups = [row[0] for row in rows]
    told = cross_val_predict(model_of, signals, right, groups=groups, cv=GroupKFold(PARTS), method="predict_proba")[
        :, 1
    ]
    model_of.fit(signals, right)
    moved = math.log(ANSWERED / (1 - ANSWERED)) - math.log(right.mean() / (1 - right.mean()))
    sure = 1 / (1 + np.exp(-(np.log(told / (1 - told)) + moved)))
    figures = {
        "outcomes": len(rows),
        "right": int(right.sum()),
        "auroc": round(float(roc_auc_score(right, told)), 3),
        "right ones answered": round(float((sure[right] >= 0.5).mean()), 3),
        "others answered": round(float((sure[~right] >= 0.5).mean()), 3),
    }
    weights = [float(model_of.intercept_[0]) + moved, *model_of.coef_[0].tolist()]
    names = ("bias", *room.SIGNALS)
    text = json.dumps(dict(zip(names, (round(one, 4) for one in weights), strict=True)), indent=1)
    WEIGHTS.write_text(text + "\n", encoding="utf-8")
    keep("table_confidence", figures)


def name_of(row: dict[str, Any]) -> str:
    """The file of a table."""
    return row["title"].replace("/", "-") + ".csv"


def asked(
    tables: list[dict[str, Any]], retriever: Retriever, reader: Reader | None
) -> Iterator[tuple[int, tuple[float, ...], bool]]:
    """The signals of each outcome with the number of its table, and whether it is right."""
    whole = room._sheets  # noqa: SLF001
    for number, row in enumerate(tables):
        for question in row["questions"]:
            asking = Asking(Question.of(question["q"]), retriever, reader, None, 8, date(2026, 1, 1))
            for lacking in ("", "column", "record"):
                if (lacking == "column" and not question["column"]) or (
                    lacking == "record" and question["operation"] not in ("look_up", "product")
                ):
                    continue

                def sheets(index: Index, document_id: str, lacking: str = lacking) -> tuple[Sheet, ...]:
                    found = whole(index, document_id)
                    if not lacking or document_id != name_of(row):  # noqa: B023
                        return found
                    left = [without(sheet, lacking, question) for sheet in found if not sheet.turned]  # noqa: B023
                    return tuple(left)

                chosen: list[room.Told] = []
                best_of = room._best_of  # noqa: SLF001

                def kept(*given: Any) -> room.Told | None:
                    best = best_of(*given)  # noqa: B023
                    chosen.extend([best] if best else [])  # noqa: B023
                    return best

                with mock.patch.object(room, "_sheets", sheets), mock.patch.object(room, "_best_of", kept):
                    reply = room.table_room(asking)
                if chosen and reply is not None:
                    said = join_sentences(reply.sentences)
                    right = not lacking and all(holds(said, text) for text in question["answer"])
                    yield number, chosen[0].signals, right


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
