"""How much of a rebuild is encoding: against bare ``SentenceTransformer.encode`` over the same texts, in the same run.

    python benchmarks/rebuild.py [--documents FOLDER] [--rounds 3]

A rebuild encodes each passage and each of its sentences, a text that stands in many places once. The same texts are
given to the bare model, and the passages alone besides, so that the price of the sentence vectors is seen. The bare
model encodes in the precision that a rebuild does, with the batch size that is best for some of the texts; those tell
how much longer float32 takes too, which is what the model does by itself. Runs are interleaved, and the median ratio is
told.
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
from embeddings.encoders.transformer import mixed_precision
from embeddings.index.texts import texts_of_passage

BATCH_SIZES = (8, 16, 32, 64)
SAMPLE = 2000


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--documents", type=Path, default=Path(__file__).parent.parent / "corpus" / "articles")
    parser.add_argument("--rounds", type=int, default=3)
    given = parser.parse_args()
    documents_dir = given.documents
    encoder = load_encoder()
    documents = [read_document(path, documents_dir) for path in Library(documents_dir).files()]
    wanted = [
        texts_of_passage(document, passage, sentence_spans(document.text, passage.start, passage.end))
        for document in documents
        for passage in split(document)
    ]
    texts = list(dict.fromkeys(passage for passage, *_ in wanted))
    everything = list(dict.fromkeys([*texts, *(sentence for _, *spoken in wanted for sentence in spoken)]))
    some = everything[:: max(1, len(everything) // SAMPLE)]

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
    by_batch = {size: bare(some, size) for size in BATCH_SIZES}
    best = min(by_batch, key=lambda size: by_batch[size])
    float32_over_mixed = bare(some, best, mixed=False) / by_batch[best]
    rounds = [(bare(everything, best), bare(texts, best), rebuilt()) for _ in range(given.rounds)]
    share = statistics.median(everything_s / rebuild_s for everything_s, _, rebuild_s in rounds)
    all_s, passages_s, rebuild_s = (statistics.median(times) for times in zip(*rounds, strict=True))
    keep(
        "rebuild",
        {
            "documents": len(documents),
            "passages": len(wanted),
            "sentences": sum(len(spoken) for _, *spoken in wanted),
            "different_texts": len(everything),
            "rounds": given.rounds,
            "best_batch_size": best,
            "bare_encode_all_s": round(all_s, 3),
            "bare_encode_passages_s": round(passages_s, 3),
            "rebuild_s": round(rebuild_s, 3),
            "share_of_bare_encode": round(share, 3),
            "share_of_bare_encode_float32": round(float32_over_mixed * share, 3),
            "share_of_bare_encode_of_passages_alone": round(statistics.median(p / r for _, p, r in rounds), 3),
        },
    )


if __name__ == "__main__":
    main()
