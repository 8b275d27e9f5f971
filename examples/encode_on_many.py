"""Encodes a documents folder on many machines, so that the rebuild that follows has nothing left to encode.

    pip install ray
    python examples/encode_on_many.py DOCUMENTS INDEX --engine ray      # on the machines of RAY_ADDRESS
    python examples/encode_on_many.py DOCUMENTS INDEX                   # on the cores of this one
    YINJU_HOME=... yinju rebuild

Files go out in bundles; each worker reads, splits and encodes its own, and sends texts and vectors back, which are kept
beside the index as they come: broken off, it loses what was under way. Every machine has to see DOCUMENTS under the
same path (a mounted bucket) and have Yinju installed. INDEX is the folder ``index`` in YINJU_HOME.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context
from pathlib import Path

import numpy as np

from corpus import Library
from embeddings import DEFAULT_MODEL, Encoder, keep_vectors, load_encoder, texts_of

Bundle = tuple[Path, ...]
Encoded = tuple[list[str], "np.ndarray[tuple[int, int], np.dtype[np.float16]]"]

_LOADED: dict[str, Encoder] = {}  # a worker's own, for all its bundles


def encode(files: Bundle, folder: Path, model: str, max_chars: int) -> Encoded:
    """What a worker does: the texts of these files, each once, and their vectors (texts, dimensions)."""
    library = Library(folder)
    documents = [document for outcome in library.read(files, workers=1) for document in outcome.documents]
    texts = list(dict.fromkeys(text for document in documents for text in texts_of(document, max_chars=max_chars)))
    if model not in _LOADED:
        _LOADED[model] = load_encoder(model)
    return texts, _LOADED[model].encode(texts, "document").astype(np.float16)


def with_processes(task: partial[Encoded], bundles: Iterable[Bundle]) -> Iterator[Encoded]:
    with ProcessPoolExecutor(mp_context=get_context("spawn")) as pool:
        yield from pool.map(task, bundles)


def with_ray(task: partial[Encoded], bundles: Iterable[Bundle]) -> Iterator[Encoded]:
    import ray

    ray.init(ignore_reinit_error=True)
    remote = ray.remote(encode)
    waiting = [remote.remote(bundle, **task.keywords) for bundle in bundles]
    while waiting:
        done, waiting = ray.wait(waiting)
        yield from ray.get(done)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("documents", type=Path)
    parser.add_argument("index", type=Path)
    parser.add_argument("--engine", choices=("processes", "ray"), default="processes")
    parser.add_argument("--model", default=DEFAULT_MODEL)
    parser.add_argument("--max-chars", type=int, default=400, help="YINJU_PASSAGE_CHARS of the rebuild")
    parser.add_argument("--bundle", type=int, default=32, help="files a task")
    given = parser.parse_args()
    task = partial(encode, folder=given.documents, model=given.model, max_chars=given.max_chars)
    run = with_ray if given.engine == "ray" else with_processes
    files = tuple(Library(given.documents).files())
    bundles = [files[i : i + given.bundle] for i in range(0, len(files), given.bundle)]
    kept = 0
    for texts, vectors in run(task, bundles):
        keep_vectors(given.index, given.model, texts, vectors)
        kept += len(texts)
        print(f"{kept:,} texts", flush=True)


if __name__ == "__main__":
    main()
