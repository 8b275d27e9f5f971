"""Fits how sentences are chosen and how likely the documents answer: ``rag/extractive/fitted.json``.

    python benchmarks/fit_answers.py [--data FOLDER] [--cache FOLDER]

Questions: a third of those of the training passages that the reader did not learn from (``check.is_held_out``), asked
of their document and fifteen others of its kind, as a small folder has them; and, where FOLDER holds them, a hundred
of CMRC 2018 (trial) and of XQuAD's English questions over Chinese paragraphs, asked with and without their own
document. Choice is a conditional logit over the sentences of a question that has an answer (McFadden, 1974), confidence
a logistic regression over the signals of the sentence chosen, of whether it answers. Each public set weighs half of the
own one, and within a set sentences that answer weigh 1.4 times those that do not.
"""

from __future__ import annotations

import argparse
import json
import pickle
import random
import sys
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import torch
from kept_vectors import KeptVectors
from retrieval import asked
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

from embeddings import Encoder, Index, load_encoder, open_index, rebuild
from rag.evaluation.examiner import holds
from rag.evaluation.questionnaire import read_questionnaire
from rag.extractive.candidates import FEATURES, features_of
from rag.extractive.choice import ranked
from rag.extractive.confidence import SIGNALS, signals_of
from rag.extractive.presuppositions import denies
from rag.question.question import Question
from rag.reading.reader import Reader
from rag.retrieval.retriever import Retriever
from rag.settings import Settings

sys.path.insert(0, str(Path(__file__).parent / "training"))
import check  # beside the data it checks

FITTED = Path(__file__).parent.parent / "rag" / "extractive" / "fitted.json"
SETS = ("cmrc2018_trial", "xquad_en_to_zh")
SHELF, QUESTIONS, TOP_K = 16, 100, 8
ANSWER_WEIGHT = 1.4  # a wrong refusal is that much worse than a wrong answer, whose evidence a reader sees
OWN_WEIGHT = 2.0  # against a public set: small folders, people's own words
LOOKED_AT = 3  # of a question's sentences, the best, of which one is chosen
OWN = "training passages held out"


@dataclass
class Asked:
    """A question's sentences: features (sentences, features), signals of the best, and which answer."""

    features: np.ndarray
    signals: np.ndarray
    right: np.ndarray
    answerable: bool
    denied: bool


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--data", type=Path)
    parser.add_argument("--cache", type=Path, help="keeps vectors between runs")
    parser.add_argument("--keep", type=Path, help="a file for what was asked")
    parser.add_argument("--out", type=Path, default=FITTED)
    given = parser.parse_args()
    sets: dict[str, list[Asked]] = {}
    with tempfile.TemporaryDirectory() as folder:
        cache = given.cache or Path(folder)
        cache.mkdir(parents=True, exist_ok=True)
        model = load_encoder()
        encoder, reader = KeptVectors(model, cache / "vectors.sqlite"), Reader.beside(model)
        assert reader is not None
        sets[OWN] = list(own(Path(folder) / "own", encoder, reader))
        for name in SETS if given.data else ():
            sets[name] = list(public(given.data / f"{name}.jsonl.gz", Path(folder) / name, encoder, reader))
    if given.keep:
        given.keep.write_bytes(pickle.dumps(sets))
    choice = fit_choice(sets)
    weights, bias = fit_confidence(sets, choice)
    fitted = {
        "fitted": date.today().isoformat(),
        "by": "benchmarks/fit_answers.py",
        "questions": {name: len(rows) for name, rows in sets.items()},
        "choice": dict(zip(FEATURES, choice.astype(float).round(3).tolist(), strict=True)),
        "confidence": {**dict(zip(SIGNALS, weights.round(3).tolist(), strict=True)), "bias": round(bias, 3)},
    }
    given.out.write_text(json.dumps(fitted, indent=2) + "\n", encoding="utf-8")
    print(json.dumps(fitted, indent=2))
    print(json.dumps(figures(sets, choice, weights, bias), indent=2, ensure_ascii=False))


def own(home: Path, encoder: KeptVectors, reader: Reader) -> Iterator[Asked]:
    documents = check.by_document(row for row in check.rows("questions.jsonl.gz") if check.is_held_out(row["id"]))
    alike = sorted(documents, key=lambda name: (documents[name][0]["part"], name))
    for first in range(0, len(alike), SHELF):
        rows = [row for name in alike[first : first + SHELF] for row in documents[name]]
        retriever = Retriever(indexed(rows, home / str(first), encoder), encoder)
        for row in rows:
            name = f"{check.document_of(row['id'])}.md"
            for question in row["questions"][::3]:
                answer = question["answer"]
                yield ask(retriever, reader, question["q"], {name} if answer else set(), [answer] if answer else [])


def indexed(rows: Iterable[dict[str, Any]], home: Path, encoder: Encoder) -> Index:
    """An index of training passages, each document a Markdown file."""
    folder = home / "documents"
    folder.mkdir(parents=True, exist_ok=True)
    for document_id, passages in check.by_document(rows).items():
        parts = ["\n\n".join([*(f"## {heading}" for heading in row["headings"]), row["text"]]) for row in passages]
        (folder / f"{document_id}.md").write_text("\n\n".join([f"# {passages[0]['title']}", *parts]), encoding="utf-8")
    settings = Settings(home=home)
    rebuild(folder, settings.index_dir, encoder=encoder, max_chars=settings.passage_chars)
    return open_index(settings.index_dir)


def public(file: Path, home: Path, encoder: KeptVectors, reader: Reader) -> Iterator[Asked]:
    questionnaire = read_questionnaire(file)
    settings = Settings(home=home)
    names = {given: name for name, given in questionnaire.write_documents(settings.library.folder).items()}
    rebuild(settings.library.folder, settings.index_dir, encoder=encoder, max_chars=settings.passage_chars)
    retriever = Retriever(open_index(settings.index_dir), encoder)
    everything = frozenset(summary.id for summary in retriever.index.documents())
    questions = asked(questionnaire)[::2]
    for question in random.Random(1).sample(questions, min(QUESTIONS, len(questions))):
        right = {names.get(name, name) for name in question.document_ids}
        yield ask(retriever, reader, question.text, right, question.answers)
        yield ask(retriever, reader, question.text, set(), [], within=everything - right)


def ask(
    retriever: Retriever,
    reader: Reader,
    text: str,
    documents: set[str],
    answers: Sequence[str],
    *,
    within: frozenset[str] | None = None,
) -> Asked:
    found = retriever.search(retriever.query(Question(text)), TOP_K, within)
    candidates = ranked(found, retriever.index, reader)
    looked_at = candidates[:LOOKED_AT]
    right = [
        candidate.document.id in documents and any(holds(candidate.text, answer) for answer in answers)
        for candidate in candidates
    ]
    return Asked(
        np.array([features_of(candidate) for candidate in candidates]).reshape(-1, len(FEATURES)),
        np.array([signals_of(found, [one], retriever.index) for one in looked_at]).reshape(-1, len(SIGNALS)),
        np.array(right, dtype=bool),
        bool(answers),
        any(denies(found.query.question, one) for one in looked_at[:1]),
    )


def fit_choice(sets: dict[str, list[Asked]]) -> np.ndarray:
    weights = torch.zeros(len(FEATURES), requires_grad=True)
    groups = {
        name: [(torch.tensor(one.features).float(), torch.tensor(one.right)) for one in rows if one.right.any()]
        for name, rows in sets.items()
    }
    optimizer = torch.optim.LBFGS([weights], max_iter=200, line_search_fn="strong_wolfe")

    def closure() -> torch.Tensor:
        optimizer.zero_grad()
        loss = 0.001 * (weights**2).sum()
        for name, rows in groups.items():
            terms = [
                torch.logsumexp(features @ weights, 0) - torch.logsumexp((features @ weights)[right], 0)
                for features, right in rows
            ]
            loss = loss + weight_of(name) * torch.stack(terms).mean()
        loss.backward()
        return loss

    optimizer.step(closure)
    return weights.detach().numpy()


def weight_of(name: str) -> float:
    return OWN_WEIGHT if name == OWN else 1.0


def chosen(rows: Sequence[Asked], choice: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The signals of each question's best sentence, whether it is answerable, and whether that sentence answers."""
    rows = [row for row in rows if len(row.features)]
    best = [int((row.features[:LOOKED_AT] @ choice).argmax()) for row in rows]
    signals = np.array([row.signals[i] for row, i in zip(rows, best, strict=True)])
    right = np.array([row.right[i] for row, i in zip(rows, best, strict=True)])
    return signals, np.array([row.answerable for row in rows]), right


def fit_confidence(sets: dict[str, list[Asked]], choice: np.ndarray) -> tuple[np.ndarray, float]:
    signals, truth, weights = [], [], []
    for name, rows in sets.items():
        x, _, right = chosen(rows, choice)
        weight = weight_of(name) * np.where(right, ANSWER_WEIGHT / max(1, right.sum()), 1 / max(1, (~right).sum()))
        signals.append(x)
        truth.append(right)
        weights.append(weight)
    weight = np.concatenate(weights)
    model = LogisticRegression(max_iter=5000, C=10)
    model.fit(np.concatenate(signals), np.concatenate(truth), sample_weight=weight / weight.mean())
    return model.coef_[0], float(model.intercept_[0])


def figures(sets: dict[str, list[Asked]], choice: np.ndarray, weights: np.ndarray, bias: float) -> dict[str, Any]:
    told = {}
    for name, rows in sets.items():
        signals, answerable, right = chosen(rows, choice)
        sure = 1 / (1 + np.exp(-(signals @ weights + bias)))
        each = {signal: round(float(roc_auc_score(answerable, signals[:, i])), 3) for i, signal in enumerate(SIGNALS)}
        told[name] = {
            "questions": len(rows),
            "right sentence first": round(float(right[answerable].mean()), 3),
            "among those read": round(float(np.mean([row.right.any() for row in rows if row.answerable])), 3),
            "auroc": round(float(roc_auc_score(answerable, sure)), 3),
            "auroc of each": each,
            **{
                f"answered, of them right, refused at {border}": [
                    round(float((sure[answerable] >= border).mean()), 3),
                    round(float(right[answerable & (sure >= border)].mean()), 3),
                    round(float((sure[~answerable] < border).mean()), 3),
                ]
                for border in (0.3, 0.4, 0.5, 0.6)
            },
        }
        told[name]["denied: of answerable, of others"] = [
            round(float(np.mean([row.denied for row in rows if row.answerable is wanted])), 3)
            for wanted in (True, False)
        ]
    return told


if __name__ == "__main__":
    main()
