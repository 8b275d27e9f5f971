"""Trains what tells which column of a table a question asks for: ``rag/routes/tables/columns.json``.

    python benchmarks/train_columns.py [--cache FOLDER]

A row of ``training/operations.jsonl.gz`` is a table (``title``, ``columns``, ``rows``) with ``questions``: ``q``,
``operation``, ``column`` (that the answer or the figures stand in, null where it takes several) and ``answer`` (its
strings). A conditional logit over ``rag.routes.tables.columns.FEATURES``, one for a cell and one for figures to reckon
with. The figures told are over six parts by table, each held out in turn.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import json
import tempfile
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
from kept_vectors import KeptVectors
from measured import keep
from scipy.optimize import minimize
from scipy.special import softmax
from sklearn.model_selection import GroupKFold

import rag.routes.tables.columns
from corpus import read_document
from corpus.language.script import simplified
from embeddings import load_encoder
from rag.reading.reader import Reader, SentenceReader
from rag.routes.tables.columns import FEATURES, Aim, columns_of
from rag.routes.tables.linking import Wording, mentions_of
from rag.routes.tables.selecting import select
from rag.routes.tables.sheet import Sheet, sheets_of

QUESTIONS = Path(__file__).parent / "training" / "operations.jsonl.gz"
COLUMNS = Path(rag.routes.tables.columns.__file__).with_suffix(".json")
PARTS = 6
PULL = 0.3


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--cache", type=Path, help="keeps vectors between runs")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        cache = given.cache or Path(folder)
        cache.mkdir(parents=True, exist_ok=True)
        bundled = load_encoder()
        figures, learned = learn_columns(KeptVectors(bundled, cache / "vectors.sqlite"), Reader.beside(bundled))
    keep("columns", figures)
    COLUMNS.write_text(json.dumps(learned, indent=1) + "\n", encoding="utf-8")


def learn_columns(
    encoder: KeptVectors, reader: SentenceReader | None
) -> tuple[dict[str, float], dict[Aim, dict[str, float]]]:
    """The held-out accuracy, and the weights, of choosing the column for each aim."""
    choices: dict[Aim, list[tuple[int, np.ndarray, int]]] = {"cell": [], "figures": []}
    with gzip.open(QUESTIONS, "rt", encoding="utf-8") as lines, tempfile.TemporaryDirectory() as folder:
        for number, line in enumerate(lines):
            row = json.loads(line)
            if row["title"]:
                sheet = sheet_of(row, Path(folder))
                for question in row["questions"]:
                    add_choice(choices, number, sheet=sheet, question=question, encoder=encoder, reader=reader)
    told, learned = {}, {}
    for aim, rows in choices.items():
        names = (*FEATURES, "reading") if aim == "cell" else FEATURES
        parts = GroupKFold(PARTS).split(rows, groups=[number for number, _, _ in rows])
        right = [
            int(np.argmax(rows[i][1] @ weights)) == rows[i][2]
            for train, held in parts
            for weights in [fit([rows[i][1:] for i in train])]
            for i in held
        ]
        told[aim] = round(float(np.mean(right)), 3)
        learned[aim] = dict(zip(names, np.round(fit([row[1:] for row in rows]), 4).tolist(), strict=True))
    return told, learned


def sheet_of(row: dict[str, Any], folder: Path) -> Sheet:
    """The table of a row as it is read from a file."""
    file = folder / f"{row['title'].replace('/', '-')}.csv"
    with file.open("w", encoding="utf-8-sig", newline="") as stream:
        csv.writer(stream).writerows([row["columns"], *row["rows"]])
    return next(iter(sheets_of(read_document(file))))


def add_choice(
    choices: dict[Aim, list[tuple[int, np.ndarray, int]]],
    number: int,
    *,
    sheet: Sheet,
    question: dict[str, Any],
    encoder: KeptVectors,
    reader: SentenceReader | None,
) -> None:
    """What speaks for each column that may be asked for, and which of them is."""
    right = next((one.index for one in sheet.columns if one.name == question["column"]), None)
    if right is None:
        return
    wording = Wording(question["q"], date(2026, 1, 1))
    mentions = mentions_of(wording, sheet)
    selection = select(wording, sheet, mentions, {})
    vector = encoder.encode([simplified(question["q"])], "query")[0]
    columns = columns_of(
        wording, sheet, mentions, records=selection.records, encoder=encoder, vector=vector, reader=reader
    )
    aim: Aim = "cell" if question["operation"] == "look_up" else "figures"
    among = [i for i in range(len(sheet.columns)) if aim == "cell" or i in sheet.numeric | sheet.timed]
    if right in among and len(among) > 1:
        choices[aim].append((number, columns.described(aim)[among], among.index(right)))


def fit(rows: Sequence[tuple[np.ndarray, int | np.ndarray]]) -> np.ndarray:
    """The weights of a conditional logit, held near 0, of choices given by their features, and which of them is right.

    Features have shape (choices, signs); where several would do, they are told by a mask.
    """

    def loss(weights: np.ndarray) -> tuple[float, np.ndarray]:
        total, slope = float(PULL * weights @ weights), 2 * PULL * weights
        for features, right in rows:
            shares = softmax(features @ weights)
            among = np.zeros_like(shares)
            among[right] = shares[right]
            held = max(among.sum(), 1e-12)
            total -= float(np.log(held))
            slope = slope + features.T @ (shares - among / held)
        return total, slope

    return np.asarray(minimize(loss, np.zeros(rows[0][0].shape[1]), jac=True, method="L-BFGS-B").x)


if __name__ == "__main__":
    main()
