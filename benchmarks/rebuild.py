"""How much of a rebuild is encoding: against bare ``SentenceTransformer.encode`` over the same texts, in the same run.

    python benchmarks/rebuild.py [--documents FOLDER]

A rebuild encodes each passage and each of its sentences. Both are given to the bare model too, and the passages alone
besides, so that the price of the sentence vectors is seen. The bare model encodes in the precision that a rebuild does,
and once in float32, which is what it does by itself. Runs are interleaved, and the median ratio is told.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from contextlib import nullcontext
from pathlib import Path

from measured import keep

from corpus import Library, read_document, sentence_spans, split
from embeddings import load_encoder, rebuild
from embeddings.encoder import mixed_precision
from embeddings.texts import texts_of_passage

ROUNDS = 3
BATCH_SIZES = (8, 16, 32, 64)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--documents", type=Path, default=Path(__file__).parent.parent / "corpus" / "articles")
    documents_dir = parser.parse_args().documents
    encoder = load_encoder()
    documents = [read_document(path, documents_dir) for path in Library(documents_dir).files()]
    wanted = [
        texts_of_passage(document, passage, sentence_spans(document.text, passage.start, passage.end))
        for document in documents
        for passage in split(document)
    ]
    texts = [passage for passage, *_ in wanted]
    sentences = [sentence for _, *spoken in wanted for sentence in spoken]
    everything = texts + sentences

    def bare(of: list[str], batch_size: int, *, mixed: bool = True) -> float:
        started = time.perf_counter()
        with mixed_precision(encoder.model) if mixed else nullcontext():
            encoder.model.encode(of, prompt="passage: ", batch_size=batch_size, normalize_embeddings=True)
        return time.perf_counter() - started

    def rebuilt() -> float:
        with tempfile.TemporaryDirectory() as folder:
            started = time.perf_counter()
            rebuild(documents_dir, folder, encoder=encoder)
            return time.perf_counter() - started

    bare(everything[:50], 16)  # warm
    by_batch = {size: bare(everything, size) for size in BATCH_SIZES}
    best = min(by_batch, key=lambda size: by_batch[size])
    rounds = [
        (bare(everything, best), bare(everything, best, mixed=False), bare(texts, best), rebuilt())
        for _ in range(ROUNDS)
    ]
    all_s, single_s, passages_s, rebuild_s = (statistics.median(times) for times in zip(*rounds, strict=True))
    keep(
        "rebuild",
        {
            "documents": len(documents),
            "passages": len(texts),
            "sentences": len(sentences),
            "best_batch_size": best,
            "bare_encode_all_s": round(all_s, 3),
            "bare_encode_all_float32_s": round(single_s, 3),
            "bare_encode_passages_s": round(passages_s, 3),
            "rebuild_s": round(rebuild_s, 3),
            "share_of_bare_encode": round(statistics.median(a / r for a, _, _, r in rounds), 3),
            "share_of_bare_encode_float32": round(statistics.median(f / r for _, f, _, r in rounds), 3),
            "share_of_bare_encode_of_passages_alone": round(statistics.median(p / r for _, _, p, r in rounds), 3),
        },
    )


if __name__ == "__main__":
    main()
