"""Documents found for questions: nDCG@10 of Yinju, of its parts, and of other libraries with the same encoder.

    python benchmarks/retrieval.py --set NAME=questions.jsonl[,documents.jsonl.gz...] [--set ...] [--cache FOLDER]
                                   [--peers PYTHON] [--with documents.jsonl.gz] [--milvus]

The files are those of ``yinju eval`` (docs/evaluation.md). ``--peers`` is the Python of an environment with
benchmarks/peers.txt installed. ``--cache`` keeps vectors between runs. ``--with`` adds documents that answer nothing;
``--milvus`` asks an index on milvus-lite instead of the folder's, and tries nothing that takes another search.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from unittest.mock import patch

import numpy as np
from kept_vectors import KeptVectors
from measured import keep

from embeddings import Encoder, Index, LanguageMeans, figure_tokens, load_encoder, open_index, rebuild
from embeddings.encoders.bundled import bundled_folder
from embeddings.encoders.protocol import Vectors
from rag.evaluation.measures import DEPTH, ranking_measures
from rag.evaluation.questionnaire import Item, Questionnaire, read_questionnaire
from rag.question import question as asking
from rag.question import terms
from rag.question.question import Question
from rag.reading.questions import QuestionEncoder
from rag.retrieval.fusion import Signals, fused, standard
from rag.retrieval.retriever import Retriever
from rag.settings import Settings

NDCG = "nDCG@10"
Ranked = list[str]  # ids of documents, best first


def words(signals: Signals) -> Vectors:
    return standard(signals.bm25 + signals.coverage)


def vectors(signals: Signals) -> Vectors:
    return standard(signals.dense) + standard(signals.sentence)


def blind(signals: Signals, *names: str) -> Vectors:
    """Yinju's score with some of the signals taken away."""
    return fused(replace(signals, **dict.fromkeys(names, np.zeros_like(signals.dense))))


VARIANTS: dict[str, Callable[[Signals], Vectors]] = {
    "passage vectors alone": lambda s: s.dense,
    "sentence vectors alone": lambda s: s.sentence,
    "BM25 alone": lambda s: s.bm25,
    "passage vectors + BM25": lambda s: standard(s.dense) + standard(s.bm25),
    "+ sentence vectors": lambda s: vectors(s) + standard(s.bm25),
    "+ weight by visibility": lambda s: vectors(s) + s.visibility * standard(s.bm25),
    "+ coverage": lambda s: vectors(s) + s.visibility * words(s),
    "+ title and headings": lambda s: blind(replace(s, document_ids=list(map(str, range(len(s.dense))))), "together"),
    "+ other passages": lambda s: blind(s, "together"),
    "+ words together (Yinju)": fused,
    "Yinju without sentence vectors": lambda s: blind(s, "sentence"),
    "Yinju without BM25 and coverage": lambda s: blind(s, "bm25", "coverage"),
    "Yinju without weight by visibility": lambda s: fused(replace(s, visibility=np.ones_like(s.visibility))),
    "Yinju without title and headings": lambda s: blind(s, "over"),
}


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--set", action="append", required=True, metavar="NAME=FILE,...")
    parser.add_argument("--with", dest="others", type=Path)
    parser.add_argument("--peers", type=Path)
    parser.add_argument("--cache", type=Path)
    parser.add_argument("--milvus", action="store_true")
    parser.add_argument("--name", default="retrieval", help="what the results are called")
    given = parser.parse_args()
    figures: dict[str, dict[str, object]] = {}
    with tempfile.TemporaryDirectory() as folder:
        cache = given.cache or Path(folder)
        cache.mkdir(parents=True, exist_ok=True)
        encoder = KeptVectors(load_encoder(), cache / "vectors.sqlite")
        for name, _, files in (entry.partition("=") for entry in given.set):
            chosen = [*files.split(","), *([given.others] if given.others else [])]
            questionnaire = read_questionnaire(*chosen)
            figures[name] = measure(questionnaire, encoder, Path(folder) / name, milvus=given.milvus)
            if given.peers:
                figures[name]["peers"] = peers(given.peers, questionnaire, Path(folder) / f"{name}.json")
            keep(given.name, {NDCG: figures})


def measure(questionnaire: Questionnaire, encoder: Encoder, home: Path, *, milvus: bool) -> dict[str, object]:
    settings = Settings(home=home)
    names = questionnaire.write_documents(settings.library.folder)
    server = f"milvus:{home / 'milvus.db'}" if milvus else None
    folder, place = settings.library.folder, settings.index_dir
    rebuild(folder, place, encoder=encoder, max_chars=settings.passage_chars, publish_to=server)
    index = open_index(server or place)
    questions = asked(questionnaire)
    encoder.encode([question.text for question in questions], "query")  # all at once: the rest finds them kept
    signals = signals_of(questions, index, encoder)
    table = {name: ndcg([ranked(score(s), s, names) for s in signals], questions) for name, score in VARIANTS.items()}
    table["Yinju, oracle over the first 50"] = ndcg(
        [oracle(s, names, question) for s, question in zip(signals, questions, strict=True)], questions
    )
    for left_out, (owner, name, replacement) in LEFT_OUT.items() if not milvus else ():
        with patch.object(owner, name, replacement):
            signals = signals_of(questions, index, encoder)
        table[f"Yinju without {left_out}"] = ndcg([ranked(fused(s), s, names) for s in signals], questions)
    return {"documents": index.manifest.documents, "passages": index.manifest.passages,
            "questions": len(questions), "parts": table}  # fmt: skip


def asked(questionnaire: Questionnaire) -> list[Item]:
    """Those that a document answers and that stand for themselves."""
    return [question for question in questionnaire.questions if question.answerable and not question.history]


def signals_of(questions: Sequence[Item], index: Index, encoder: Encoder) -> list[Signals]:
    retriever = Retriever(index, encoder)
    taken = []
    for question in questions:
        query = retriever.query(Question(question.text))
        rows = retriever.candidates(query)
        taken.append(retriever.signals(query, rows, [index.passage(row) for row in rows]))
    return taken


def without_dictionary(question: str, language: str) -> list[terms.Term]:
    return list(dict.fromkeys(terms.Term(term.ways[:1]) for term in terms.terms_of(question, language)))


def without_figures(question: str, language: str) -> list[terms.Term]:
    figures = {terms.Term(((token,),)) for token in figure_tokens(question)}
    return [term for term in terms.terms_of(question, language) if term not in figures]


def unmoved(means: LanguageMeans, vector: Vectors, language: str, own: str | None = None) -> Vectors:  # noqa: ARG001
    return vector


def unadapted(encoder: Encoder) -> None:  # noqa: ARG001
    return None


LEFT_OUT = {
    "language means": (LanguageMeans, "moved", unmoved),
    "adapters for questions": (QuestionEncoder, "beside", unadapted),
    "dictionary": (asking, "terms_of", without_dictionary),
    "figures": (asking, "terms_of", without_figures),
}


def ranked(scores: Vectors, signals: Signals, names: dict[str, str]) -> Ranked:
    order = np.argsort(-scores, kind="stable").tolist()
    return list(dict.fromkeys(names.get(signals.document_ids[i], signals.document_ids[i]) for i in order))


def oracle(signals: Signals, names: dict[str, str], question: Item) -> Ranked:
    """The order of a reranker that knows the answer and sees the first 50 passages."""
    scores = fused(signals)
    scores[np.argsort(-scores, kind="stable")[50:]] = -np.inf
    kept = int(np.isfinite(scores).sum())
    order = np.argsort(-scores, kind="stable")[:kept].tolist()
    found = list(dict.fromkeys(names.get(signals.document_ids[i], signals.document_ids[i]) for i in order))
    return sorted(found, key=lambda name: name not in question.document_ids)


def ndcg(rankings: Sequence[Ranked], questions: Sequence[Item]) -> float:
    ranks = []
    for found, question in zip(rankings, questions, strict=True):
        places = {name: rank for rank, name in enumerate(found[:DEPTH], 1)}
        ranks.append(tuple(places.get(name) for name in question.document_ids))
    return round(float(np.mean([values[NDCG] for values in ranking_measures(ranks)])), 4)


def peers(python: Path, questionnaire: Questionnaire, file: Path) -> dict[str, float]:
    questions = asked(questionnaire)
    task = {
        "model": str(bundled_folder()),
        "documents": [[document.id, document.text] for document in questionnaire.documents],
        "questions": [question.text for question in questions],
    }
    file.write_text(json.dumps(task, ensure_ascii=False), encoding="utf-8")
    script = Path(__file__).with_name("peers.py")
    subprocess.run([python, script, file], check=True)
    found: dict[str, list[Ranked]] = json.loads(file.read_text(encoding="utf-8"))
    return {name: ndcg(rankings, questions) for name, rankings in found.items()}


if __name__ == "__main__":
    main()
