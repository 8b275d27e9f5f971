"""Are questions in people's own words answered in full, and those that the documents don't answer refused?

    python benchmarks/understanding.py --data FOLDER [--set NAME ...] [--cache FOLDER]

FOLDER holds office/ (documents/ and questions_dev.jsonl), plain_questions_dev.jsonl, laws_questions_dev.jsonl and
seeds_questions_dev.jsonl with the files of their documents. The questions over regulations are asked of their own
documents and of 100 others. "In full": a citation's quote or the answer's text holds a string of every group.
Questions whose answer is marked ``likely`` count as neither answered nor refused. ``held_out`` asks
nothing of FOLDER: it reads the passages that are kept out of training and needs no index.
"""

from __future__ import annotations

import argparse
import gzip
import json
import random
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from kept_vectors import KeptVectors
from measured import keep
from sklearn.metrics import roc_auc_score

from corpus import sentence_spans
from embeddings import load_encoder, open_index, rebuild
from rag.answers import Answer
from rag.assistant import Assistant
from rag.evaluation.examiner import holds
from rag.evaluation.questionnaire import Item, read_questionnaire
from rag.reading.reader import Page, Reader
from rag.settings import Settings

sys.path.insert(0, str(Path(__file__).parent / "training"))
import check  # beside the data it checks

OTHERS = 100
REGULATIONS = ("corpus_laws.jsonl.gz", "news_3k.jsonl.gz")
ARTICLES = Path(__file__).parent.parent / "corpus" / "articles"


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--set", action="append", dest="sets", choices=["held_out", "office", "plain", "laws", "seeds"])
    parser.add_argument("--cache", type=Path, help="keeps vectors and indexes between runs")
    parser.add_argument("--answers", type=Path, help="a file for every question with its answer, JSON lines")
    given = parser.parse_args()
    figures: dict[str, object] = {}
    kept: list[dict[str, object]] = []
    with tempfile.TemporaryDirectory() as folder:
        cache = given.cache or Path(folder)
        cache.mkdir(parents=True, exist_ok=True)
        model = load_encoder()
        reader = Reader.beside(model)
        for name in given.sets or ("held_out", "office", "plain", "laws", "seeds"):
            if name == "held_out":
                assert reader is not None
                figures[name] = held_out(reader)
            else:
                encoder = KeptVectors(model, cache / "vectors.sqlite")
                figures[name] = asked(name, given.data, cache / f"{name}-home", encoder, reader, kept=kept)
            print(name, json.dumps(figures[name], ensure_ascii=False, indent=1), flush=True)
    if given.answers:
        given.answers.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in kept), encoding="utf-8")
    keep("understanding", {"sets": figures})


def held_out(reader: Reader) -> dict[str, object]:
    """The reader alone, over the passages it did not learn from."""
    answerable, scores, first, kinds = [], [], [], defaultdict(list)
    for row in check.rows("questions.jsonl.gz"):
        if not check.is_held_out(row["id"]):
            continue
        page = page_of(row)
        for question in row["questions"]:
            readings = reader.read(question["q"], [page])[0]
            best = max(range(len(readings)), key=lambda i: readings[i].score)
            scores.append(readings[best].score)
            answerable.append(question["answer"] is not None)
            if question["answer"] is not None:
                first_of_it, end_of_it = check.place_of(row["text"], question)
                start, end = page.sentences[best]
                right = start < end_of_it and first_of_it < end
                first.append(right)
                kinds[question["style"]].append(right)
    return {
        "questions": len(scores),
        "auroc": round(float(roc_auc_score(answerable, scores)), 4),
        "first": mean(first),
        "first by style": {style: mean(values) for style, values in sorted(kinds.items())},
    }


def page_of(row: dict[str, Any]) -> Page:
    """A training passage as the reader gets it."""
    text = row["text"]
    return Page(Page.context_over(text, row["title"], row["headings"]), text, tuple(sentence_spans(text)))


def asked(
    name: str, data: Path, home: Path, encoder: KeptVectors, reader: Reader | None, *, kept: list[dict[str, object]]
) -> dict[str, object]:
    """Every question of a set, asked of an assistant over its documents."""
    settings = Settings(home=home)
    questions = items(name, data)
    documents = library(name, data, home, questions)
    rebuild(documents, settings.index_dir, encoder=encoder, max_chars=settings.passage_chars)
    assistant = Assistant(open_index(settings.index_dir), encoder, settings, reader=reader)
    groups: dict[str, list[tuple[bool, bool, bool]]] = defaultdict(list)
    calibration: list[tuple[float, bool]] = []
    for question in questions:
        if question.kind == "chitchat":
            continue
        answer = assistant.ask(question.text, history=question.history)
        full, certainty = in_full(question, answer), answer.certainty
        kind = question.kind or "any"
        calibration.append((answer.confidence, bool(question.answerable)))
        groups["unanswerable" if not question.answerable and kind != "library" else kind].append(
            (full and certainty == "answered", full and certainty != "none", certainty == "answered")
        )
        shown = [citation.quote for citation in answer.citations]
        kept.append(
            {"set": name, "id": question.id, "kind": kind, "question": question.text, "certainty": certainty,
             "confidence": answer.confidence, "full": full, "text": answer.text, "quotes": shown,
             "wanted": question.groups}
        )  # fmt: skip
    everything = [row for kind, rows in groups.items() if kind != "unanswerable" for row in rows]
    refused = groups.get("unanswerable", [])
    return {
        "answered in full": mean([row[0] for row in everything]),
        "or likely": mean([row[1] for row in everything]),
        "answerable answered": mean([row[2] for row in everything]),
        "refused": mean([not row[2] for row in refused]),
        "by kind": {
            kind: [mean([row[0] for row in rows]), mean([row[1] for row in rows]), len(rows)]
            for kind, rows in sorted(groups.items())
            if kind != "unanswerable"
        },
        "expected calibration error": calibration_error(calibration),
    }


def items(name: str, data: Path) -> Sequence[Item]:
    """A set's questions."""
    file = data / "office" / "questions_dev.jsonl" if name == "office" else data / f"{name}_questions_dev.jsonl"
    return read_questionnaire(file).questions


def library(name: str, data: Path, home: Path, questions: Sequence[Item]) -> Path:
    """The folder of a set's documents, made if it has to be."""
    if name == "office":
        return data / "office" / "documents"
    if name == "seeds":
        return ARTICLES
    folder = home / "documents"
    if folder.exists():
        return folder
    folder.mkdir(parents=True)
    documents = {row["id"]: row for file in REGULATIONS for row in rows_of(data / file)}
    own = {document_id for question in questions for document_id in question.document_ids}
    others = sorted(set(documents) - own)
    for document_id in [*sorted(own & set(documents)), *random.Random(1).sample(others, OTHERS)]:
        document = documents[document_id]
        title = document.get("title") or ""
        (folder / f"{document_id}.md").write_text(f"# {title}\n\n{document['text']}\n", encoding="utf-8")
    return folder


def rows_of(path: Path) -> Iterator[dict[str, str]]:
    """The documents of a file."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            if row.get("type", "doc") == "doc":
                yield row


def in_full(question: Item, answer: Answer) -> bool:
    """Whether a string of every group is quoted or said."""
    said = "\n".join([answer.text, *(citation.quote for citation in answer.citations)])
    return bool(question.groups) and all(any(holds(said, text) for text in group) for group in question.groups)


def calibration_error(told: Sequence[tuple[float, bool]]) -> float:
    """The expected calibration error in ten bins (Naeini et al., 2015)."""
    sure, truth = np.array([row[0] for row in told]), np.array([row[1] for row in told], dtype=float)
    bins = np.minimum((sure * 10).astype(int), 9)
    parts = [(bins == i) for i in range(10) if (bins == i).any()]
    return round(float(sum(part.mean() * abs(sure[part].mean() - truth[part].mean()) for part in parts)), 4)


def mean(values: Sequence[bool | np.bool_]) -> float:
    """Their mean, 0 of none."""
    return round(float(np.mean(values)), 4) if len(values) else 0.0


if __name__ == "__main__":
    main()
