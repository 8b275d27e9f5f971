"""Extractive answers: do they quote the answer, exactly, and are they refused where the documents have none?

    python benchmarks/sentences.py --data FOLDER [--set NAME ...] [--questions 400] [--cache FOLDER]

FOLDER holds question sets (``NAME.jsonl.gz``, the form of docs/evaluation.md). Each question is asked of the index of
its set, and again with its own documents filtered away: what is answered then is answered wrongly. "first" and "three"
are the shares of questions whose gold answer stands in the best sentence, and in the best three; "quoted" in what an
answer quotes, be it refused or not. Times are without the encoding of the question.
"""

from __future__ import annotations

import argparse
import random
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from kept_vectors import KeptVectors
from measured import keep
from retrieval import asked
from sklearn.metrics import roc_auc_score

from embeddings import load_encoder, open_index, rebuild
from rag.evaluation.examiner import holds
from rag.evaluation.questionnaire import Item, read_questionnaire
from rag.extractive.choice import extract, ranked
from rag.proof.citations import Numbering
from rag.question.question import Question
from rag.reading.reader import Reader
from rag.retrieval.retriever import Retriever
from rag.settings import Settings

SETS = ("xquad_zh", "drcd_dev400", "cmrc2018_trial", "xquad_en_to_zh")


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--set", action="append", dest="sets")
    parser.add_argument("--questions", type=int, default=400, help="of each set, drawn at random")
    parser.add_argument("--cache", type=Path, help="keeps vectors between runs")
    given = parser.parse_args()
    figures = {}
    with tempfile.TemporaryDirectory() as folder:
        cache = given.cache or Path(folder)
        cache.mkdir(parents=True, exist_ok=True)
        model = load_encoder()
        encoder = KeptVectors(model, cache / "vectors.sqlite")
        for name in given.sets or SETS:
            questionnaire = read_questionnaire(given.data / f"{name}.jsonl.gz")
            settings = Settings(home=Path(folder) / name)
            names = questionnaire.write_documents(settings.library.folder)
            rebuild(settings.library.folder, settings.index_dir, encoder=encoder, max_chars=settings.passage_chars)
            index = open_index(settings.index_dir)
            questions = asked(questionnaire)
            questions = random.Random(1).sample(questions, min(given.questions, len(questions)))
            files = {given_name: file for file, given_name in names.items()}
            without = [{files.get(name, name) for name in question.document_ids} for question in questions]
            retriever = Retriever(index, encoder)
            figures[name] = measure(questions, without, retriever, Reader.beside(model), settings)
            keep("sentences", {"sets": figures})


def measure(
    questions: Sequence[Item],
    without: Sequence[set[str]],
    retriever: Retriever,
    reader: Reader | None,
    settings: Settings,
) -> dict[str, object]:
    index = retriever.index
    everything = frozenset(summary.id for summary in index.documents())
    first, three, quoted, exact, counts = [], [], [], [], []
    confidences: dict[bool, list[float]] = {True: [], False: []}
    seconds: list[tuple[float, float]] = []
    for question, own in zip(questions, without, strict=True):
        query = retriever.query(Question(question.text))
        begun = time.perf_counter()
        found = retriever.search(query, settings.top_k)
        searched = time.perf_counter()
        extracted = extract(found, index, reader)
        seconds.append((searched - begun, time.perf_counter() - searched))
        best = [candidate.text for candidate in ranked(found, index, reader)[:3]]
        numbering = Numbering()
        extracted.cite(numbering)
        quotes = [citation.quote for citation in numbering.citations]
        exact += [
            index.document(citation.document_id).text[citation.start : citation.end] == citation.quote
            for citation in numbering.citations
        ]
        first.append(any(holds("".join(best[:1]), answer) for answer in question.answers))
        three.append(any(holds("\n".join(best), answer) for answer in question.answers))
        quoted.append(any(holds("\n".join(quotes), answer) for answer in question.answers))
        counts.append(len(quotes))
        confidences[True].append(extracted.confidence)
        other = retriever.search(query, settings.top_k, everything - own)
        confidences[False].append(extract(other, index, reader).confidence)
    truth = [True] * len(questions) + [False] * len(questions)
    return {
        "questions": len(questions),
        "first": mean(first),
        "three": mean(three),
        "quoted": mean(quoted),
        "sentences": mean(counts),
        "exact": mean(exact),
        "auroc": round(float(roc_auc_score(truth, confidences[True] + confidences[False])), 4),
        "answered": mean([value >= settings.answer_threshold for value in confidences[True]]),
        "refused": mean([value < settings.answer_threshold for value in confidences[False]]),
        "median_ms": dict(
            zip(("search", "answer"), (np.median(seconds, axis=0) * 1000).round(1).tolist(), strict=True)
        ),
    }


def mean(values: Sequence[float]) -> float:
    return round(float(np.mean(values)), 4)


if __name__ == "__main__":
    main()
