"""Fits and measures how likely the documents answer: ``rag.extractive.confidence``.

    python benchmarks/confidence.py --data FOLDER [--cache FOLDER]

FOLDER holds cmrc2018_trial, drcd_dev400, xquad_zh and xquad_en_to_zh as JSON lines (.jsonl.gz) of documents and
questions. From each set small and large indexes are made, of one subject and of many, each lacking a fifth of its
documents: questions about those that are there can be answered, questions about the missing ones can't. The weights
are fitted on the first two sets (and half of the last, across scripts) and the rest is measured.
"""

from __future__ import annotations

import argparse
import gzip
import json
import random
import tempfile
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from kept_vectors import KeptVectors
from measured import keep
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

from corpus import Document, Origin, Passage, language_of, sentence_spans
from corpus.language.script import simplified
from embeddings import load_encoder
from embeddings.index.matching import passage_tokens
from embeddings.local.generation import Entry, GenerationWriter
from embeddings.local.index import FaissIndex
from embeddings.local.parts import Block
from rag.extractive.choice import ranked
from rag.extractive.confidence import signals_of
from rag.extractive.reader import Reader
from rag.question.question import Question
from rag.retrieval.retriever import Retriever

FITTED = ("cmrc2018_trial", "drcd_dev400")
MEASURED = ("cmrc2018_trial", "drcd_dev400", "xquad_zh")
ACROSS = "xquad_en_to_zh"
SUBJECTS = ((1, 12, 15), (2, 8, 20))  # subjects in an index, indexes, questions of each kind
SIZES = ((15, 8, 20), (40, 6, 25), (10_000, 1, 400))  # documents in an index, indexes, questions of each kind


def rows_of(path: Path, encoder: KeptVectors) -> Iterator[tuple[float, ...]]:
    """(answerable, documents in the index, and the signals) of each question asked."""
    reader = Reader.beside(encoder.encoder)
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        records = [json.loads(line) for line in lines]
    documents = [record for record in records if record["type"] == "doc"]
    questions = [record for record in records if record["type"] == "question" and record["doc_ids"]]
    encoder.encode([simplified(question["text"]) for question in questions], "query")
    spans = [sentence_spans(document["text"]) for document in documents]
    texts = [document["text"] for document in documents]
    vectors = encoder.encode([simplified(text) for text in texts], "document")
    flat = encoder.encode([simplified(t[a:b]) for t, s in zip(texts, spans, strict=True) for a, b in s], "document")
    sentences = np.split(flat, np.cumsum([len(s) for s in spans])[:-1])
    subjects: dict[str, list[int]] = defaultdict(list)
    for i, document in enumerate(documents):
        subjects[document["id"].rpartition("-")[0] or document["id"]].append(i)
    shared = [group for group in subjects.values() if len(group) > 1]

    rng = random.Random(1)
    plan: list[tuple[list[int], int]] = []
    for count, indexes, asked in SUBJECTS if len(shared) > 10 else ():
        plan += [([i for group in rng.sample(shared, count) for i in group], asked) for _ in range(indexes)]
    for size, indexes, asked in SIZES:
        chosen = min(size, len(documents))
        plan += [(rng.sample(range(len(documents)), chosen), asked) for _ in range(indexes)]

    for chosen, asked in plan:
        missing = set(rng.sample(chosen, max(1, len(chosen) // 5)))
        there = sorted(set(chosen) - missing)
        with tempfile.TemporaryDirectory() as folder:
            writer = GenerationWriter(Path(folder), None)
            for i in there:
                writer.add_document("set", *_entry(documents[i]))
            block = Block(
                vectors[there],
                np.array([len(spans[i]) for i in there]),
                np.array([span for i in there for span in spans[i]], dtype=np.int32).reshape(-1, 2),
                np.concatenate([sentences[i] for i in there]).astype(np.float16),
            )
            layout = writer.finish([block], model=encoder.name, dimensions=vectors.shape[1], max_chars=10_000)
            index = FaissIndex.open_generation(layout)
            retriever = Retriever(index, encoder)
            by_answer = [_about(questions, documents, there), _about(questions, documents, missing)]
            count = min(asked, *map(len, by_answer))
            for answerable, about in ((1, by_answer[0]), (0, by_answer[1])):
                for question in rng.sample(about, count):
                    found = retriever.search(retriever.query(Question(question["text"])), 8)
                    for best in ranked(found, index, reader)[:1]:
                        yield answerable, len(chosen), *signals_of(found, best, index)
            index.close()


def _entry(record: dict[str, Any]) -> tuple[Document, list[Entry]]:
    text = record["text"]
    document = Document(id=record["id"], text=text, title="", origin=Origin(()), language=language_of(text))
    passage = Passage(document.id, 0, len(document.text), document.text)
    return document, [Entry(passage, document.id.encode(), passage_tokens(document, passage))]


def _about(questions: list[dict[str, Any]], documents: list[dict[str, Any]], chosen: Any) -> list[dict[str, Any]]:
    ids = {documents[i]["id"] for i in chosen}
    return [question for question in questions if question["doc_ids"][0] in ids]


def fit(rows: np.ndarray, answer_weight: float) -> LogisticRegression:
    """Every size and both kinds weigh the same, but for a wrong refusal's ``answer_weight``."""
    weights = np.empty(len(rows))
    for size in np.unique(rows[:, 1]):
        for answerable in (0, 1):
            group = (rows[:, 1] == size) & (rows[:, 0] == answerable)
            weights[group] = (answer_weight if answerable else 1) / group.sum()
    model = LogisticRegression(max_iter=5000, C=100)
    return model.fit(rows[:, 2:], rows[:, 0], sample_weight=weights / weights.mean())


def table(rows: np.ndarray, model: LogisticRegression) -> dict[str, dict[str, float]]:
    """By the documents in the index: AUROC, answered when answerable, refused when not."""
    confidence = model.predict_proba(rows[:, 2:])[:, 1]
    figures = {}
    for size in np.unique(rows[:, 1]):
        group = rows[:, 1] == size
        answerable, sure = rows[group, 0] == 1, confidence[group] > 0.5
        figures[str(int(size))] = {
            "auroc": round(float(roc_auc_score(answerable, confidence[group])), 3),
            "answered": round(float(sure[answerable].mean()), 3),
            "refused": round(float((~sure[~answerable]).mean()), 3),
        }
    return figures


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True, help="the folder of the question sets")
    parser.add_argument("--cache", type=Path, help="keeps vectors between runs")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        cache = given.cache or Path(folder)
        cache.mkdir(parents=True, exist_ok=True)
        encoder = KeptVectors(load_encoder(), cache / "vectors.sqlite")
        sets = (*MEASURED, ACROSS)
        rows = {name: np.array(list(rows_of(given.data / f"{name}.jsonl.gz", encoder))) for name in sets}
    within = fit(np.concatenate([rows[name] for name in FITTED]), 2.0)
    half = np.arange(len(rows[ACROSS])) % 2 == 0
    across = fit(rows[ACROSS][half], 1.3)
    keep(
        "confidence",
        {
            "within_script": {
                "weights": within.coef_[0].round(2).tolist(),
                "bias": round(float(within.intercept_[0]), 2),
            },
            "across_scripts": {
                "weights": across.coef_[0].round(2).tolist(),
                "bias": round(float(across.intercept_[0]), 2),
            },
            **{name: table(rows[name], within) for name in MEASURED},
            ACROSS: table(rows[ACROSS][~half], across),
        },
    )


if __name__ == "__main__":
    main()
