"""A large index: size, memory, opening, searching, recall, beside bare FAISS over the same vectors.

    python benchmarks/scale.py --home FOLDER [--passages 1000000] [--folder FOLDER] [--thin] [--questions FILE]

The index of ``--home`` is tiled: its real documents are written again and again under new names, their vectors turned a
little at random (cosine .95 to the original, each another way), until there are so many passages. It is
written as a rebuild writes it. Queries are real sentences' vectors, turned as much. What is opened and asked is a
process of its own, once with the files in the system's cache and once, where the system lets us, without.

With ``--questions`` (the form of docs/evaluation.md) each of them is searched for and answered as ``ask`` does, the
encoding of the question left out.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import asdict, replace
from functools import lru_cache
from itertools import accumulate
from pathlib import Path

import faiss
import numpy as np
import numpy.typing as npt
from measured import keep, most_memory, own_memory_mb

import embeddings.local.generation
from corpus import Document, Origin
from embeddings import Term, lexical_tokens, load_encoder
from embeddings.index.matching import passage_tokens
from embeddings.local.generation import Entry, GenerationWriter
from embeddings.local.index import FaissIndex
from embeddings.local.layout import generations, point_to
from embeddings.local.parts import Block
from embeddings.local.rows import StoredPassage
from rag.evaluation.questionnaire import read_questionnaire
from rag.extractive.choice import extract
from rag.question.question import Question
from rag.reading.reader import Reader
from rag.retrieval.retriever import Retriever
from rag.settings import Settings

QUERIES = 300
TURN = 0.33  # length of what is added to a unit vector: cosine .95
SENTENCES = 5  # of a passage at most
TERMS = 12
THIN_CHARS = 24
BLOCK_ROWS = 2048
WRITTEN = "written.json"
Half = npt.NDArray[np.float16]
Written = tuple[Document, list[StoredPassage]]


class Turner:
    """Turns unit vectors a little, each time another way."""

    def __init__(self, seed: int) -> None:
        self._dice = np.random.default_rng(seed)

    def __call__(self, vectors: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
        """The vectors turned, of unit length again."""
        noise = self._dice.standard_normal(vectors.shape, dtype=np.float32)
        turned = vectors + noise * np.float32(TURN / np.sqrt(vectors.shape[1]))
        return turned / np.linalg.norm(turned, axis=1, keepdims=True)


def thinned(documents: list[Written]) -> list[Written]:
    """One document of the beginnings of all passages."""
    text, passages = "", []
    for _, stored in documents:
        for known in stored:
            beginning = known.passage.text[:THIN_CHARS]
            place = {"start": len(text), "end": len(text) + len(beginning), "text": beginning}
            passages.append(replace(known, passage=replace(known.passage, **place)))
            text += beginning
    return [(Document("thin", text, "", Origin(())), passages)]


def first_of(documents: list[Written], passages: int) -> list[Written]:
    """As many of the documents as hold so many passages."""
    before = accumulate((len(stored) for _, stored in documents), initial=0)
    return [entry for entry, count in zip(documents, before, strict=False) if count < passages]


def tile(home: Path, index_dir: Path, passages: int, *, thin: bool) -> None:
    """Writes the large index, and beside it what that took."""
    embeddings.local.generation.lexical_tokens = lru_cache(None)(lexical_tokens)  # type: ignore[attr-defined]
    source = FaissIndex.open(home / "index")
    turn = Turner(2)
    documents = first_of(
        [entry for file_id in source.rows.files() for entry in source.rows.documents_of(file_id)], passages
    )
    rows = [known.row for _, stored in documents for known in stored]
    if thin:
        documents = thinned(documents)
    counts = np.array([min(SENTENCES, source.sentence_count(row)) for row in rows])
    stored = [source.stored_sentences(row) for row in rows]
    spans = np.concatenate([s[:SENTENCES] for s, _ in stored])
    sentences = np.concatenate([v[:SENTENCES] for _, v in stored]).astype(np.float32)
    vectors = source.vectors(rows)
    copies = -(-passages // len(rows))

    def blocks() -> Iterator[Block]:
        begins = np.cumsum([0, *counts])
        for _ in range(copies):
            for first in range(0, len(rows), BLOCK_ROWS):
                here = slice(first, first + BLOCK_ROWS)
                held = slice(begins[first], begins[min(first + BLOCK_ROWS, len(rows))])
                yield Block(turn(vectors[here]), counts[here], spans[held], turn(sentences[held]).astype(np.float16))

    started = time.perf_counter()
    index_dir.mkdir(parents=True, exist_ok=True)
    writer = GenerationWriter(index_dir, None)
    for copy in range(copies):
        for number, (document, stored) in enumerate(documents):
            name = f"{copy:05}/{number:05}.txt"
            document = replace(document, id=name)
            passages = [replace(known.passage, document_id=name) for known in stored]
            keys = [copy.to_bytes(8) + known.key[:8] for known in stored]
            entries = [
                Entry(passage, key, passage_tokens(document, passage))
                for passage, key in zip(passages, keys, strict=True)
            ]
            writer.add_document(name, document, entries)
    added = time.perf_counter()
    before = own_memory_mb()
    with most_memory() as most:
        layout = writer.finish(
            blocks(),
            model=source.manifest.model,
            dimensions=source.manifest.dimensions,
            max_chars=source.manifest.max_chars,
        )
    point_to(layout.generation)
    figures = {
        "rows_and_postings_s": round(added - started, 1),
        "vectors_lists_checks_s": round(time.perf_counter() - added, 1),
        "vectors_lists_checks_memory_mb": most[0] - before,
    }
    (index_dir / WRITTEN).write_text(json.dumps(figures))


def ask(index_dir: Path, home: Path, questions: Path | None) -> None:
    """Opens the index and asks it, told as JSON."""
    before = own_memory_mb()
    started = time.perf_counter()
    index = FaissIndex.open(index_dir)
    opened = time.perf_counter() - started
    after_opening = own_memory_mb()
    source = FaissIndex.open(home / "index")
    chosen = np.random.default_rng(3).integers(0, source.manifest.rows, QUERIES).tolist()
    queries = Turner(4)(np.concatenate([source.sentences(row).vectors[:1] for row in chosen]))
    texts = [source.passage(row).text for row in chosen]
    terms = [[Term(((token,),)) for token in dict.fromkeys(lexical_tokens(text)[:TERMS])] for text in texts]
    laps: dict[str, list[float]] = {"dense": [], "lexical": [], "all": []}
    found = []
    for query, wanted in zip(queries, terms, strict=True):
        began = time.perf_counter()
        found.append(index.dense(query, 10).rows)
        dense = time.perf_counter()
        rows = [*index.dense(query, 60).rows.tolist(), *index.lexical(wanted, 60).rows.tolist()]
        legs = time.perf_counter()
        index.lexical(wanted, 60)
        lexical = time.perf_counter()
        index.dense_scores(query, rows)
        index.lexical_scores(wanted, rows)
        for row in rows:
            index.sentences(row)
        for row in rows[:8]:
            index.passage(row)
        laps["dense"].append(dense - began)
        laps["lexical"].append(lexical - legs)
        laps["all"].append(time.perf_counter() - lexical + legs - dense)
    memory = own_memory_mb()  # before the encoder is loaded
    if questions:
        laps |= whole(index, questions)
    figures: dict[str, object] = {f"{name}_ms": percentiles(times) for name, times in laps.items()}
    recall = np.mean(
        [len(np.intersect1d(rows, exact(index, query))) / 10 for rows, query in zip(found, queries, strict=True)]
    )
    bare = percentiles(bare_faiss(index, queries))
    print(
        json.dumps(
            {
                "opened_s": round(opened, 3),
                "memory_before_mb": before,
                "memory_opened_mb": after_opening,
                "memory_asked_mb": memory,
                **figures,
                "recall_at_10": round(float(recall), 4),
                "bare_faiss_ms": bare,
                "dense_over_bare_faiss": round(float(np.median(laps["dense"])) * 1000 / bare["p50"], 2),
            }
        )
    )


def exact(index: FaissIndex, query: npt.NDArray[np.float32]) -> npt.NDArray[np.int64]:
    """The ten nearest rows, every vector looked at."""
    found = [part.search(query, 10, exactly=True) for part in index.parts]
    best = np.argsort(-np.concatenate([matches.scores for matches in found]), kind="stable")[:10]
    rows: npt.NDArray[np.int64] = np.concatenate([matches.rows for matches in found])[best]
    return rows


def bare_faiss(index: FaissIndex, queries: npt.NDArray[np.float32]) -> list[float]:
    """Seconds of bare FAISS over the same vectors and lists, all of them in memory, where searching is fastest."""
    folders = [index.layout.part(number) for number in range(len(index.parts))]
    files = [next(path for path in (f / "lists.faiss", f / "passages.faiss") if path.exists()) for f in folders]
    held = [faiss.read_index(str(path)) for path in files]
    times = []
    for query in queries:
        began = time.perf_counter()
        for lists in held:
            lists.search(query[None, :], 10)
        times.append(time.perf_counter() - began)
    return times


def whole(index: FaissIndex, file: Path) -> dict[str, list[float]]:
    """Seconds of whole searches, and of answers made of what they found, with the small reader and without it."""
    encoder = load_encoder()
    retriever, reader, settings = Retriever(index, encoder), Reader.beside(encoder), Settings()
    laps: dict[str, list[float]] = {"search": [], "answer_unread": [], "answer": []}
    for question in read_questionnaire(file).questions:
        query = retriever.query(Question(question.text))
        marks = [time.perf_counter()]
        found = retriever.search(query, settings.top_k)
        marks.append(time.perf_counter())
        for chosen in (None, reader):
            extract(found, index, chosen)
            marks.append(time.perf_counter())
        for name, begun, ended in zip(laps, marks, marks[1:], strict=False):
            laps[name].append(ended - begun)
    return laps


def percentiles(seconds: list[float]) -> dict[str, float]:
    """Their median and 99th percentile in milliseconds."""
    return {f"p{p}": round(float(np.percentile(seconds, p)) * 1000, 2) for p in (50, 99)}


def forget(index_dir: Path) -> bool:
    """Has the system drop the index's files from its cache, where it can be told to."""
    if not hasattr(os, "posix_fadvise"):
        return False
    for path in index_dir.rglob("*"):
        if path.is_file():
            with path.open("rb") as stream:
                os.posix_fadvise(stream.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
    return True


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--home", type=Path, required=True)
    parser.add_argument("--passages", type=int, default=1_000_000)
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--thin", action="store_true", help="Whole vectors, but the beginnings of texts only.")
    parser.add_argument("--questions", type=Path, help="Asked besides, whole.")
    parser.add_argument("--name", default="scale", help="What the results are called.")
    parser.add_argument("--ask", action="store_true", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.ask:
        ask(arguments.folder, arguments.home, arguments.questions)
        return
    with tempfile.TemporaryDirectory() as temporary:
        index_dir = arguments.folder or Path(temporary)
        if not generations(index_dir):
            tile(arguments.home, index_dir, arguments.passages, thin=arguments.thin)
        index = FaissIndex.open(index_dir)
        manifest = index.manifest
        sizes: dict[str, float] = {}
        for name, size in manifest.sizes.items():
            kind = Path(name).name if name.startswith("parts/") else name.split("/", maxsplit=1)[0]
            sizes[kind] = round(sizes.get(kind, 0) + size / 1e6, 1)
        command = [sys.executable, __file__, "--ask", "--home", str(arguments.home), "--folder", str(index_dir)]
        command += ["--questions", str(arguments.questions)] if arguments.questions else []
        asked = {}
        for name, possible in (("cold", forget(index_dir)), ("warm", True)):
            if possible:
                asked[name] = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)
        keep(
            arguments.name,
            {
                "thin": arguments.thin,
                "passages": manifest.passages,
                "sentences": manifest.sentences,
                "documents": manifest.documents,
                "parts": [asdict(part) for part in manifest.parts],
                **json.loads((index_dir / WRITTEN).read_text()),
                "megabytes": sizes,
                "megabytes_in_all": round(manifest.bytes / 1e6),
                **asked,
            },
        )


if __name__ == "__main__":
    main()
