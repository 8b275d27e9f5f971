"""Where the time of a question goes: encoding it, searching, answering; beside bare encoding and bare FAISS search.

    python benchmarks/query.py [--home FOLDER]

Without ``--home`` an index of the bundled articles is made and asked about.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from pathlib import Path

import faiss
import numpy as np
from measured import keep

from embeddings import Encoder, load_encoder, rebuild
from embeddings.local.index import FaissIndex
from rag import Assistant, Settings

QUESTIONS = (
    "济南高新区聘任了多少名首席政策官？",
    "2020年经开区发放了多少青年人才补贴？",
    "济南高新区的人才总量是多少？",
    "经开区与哪三所高校对接，请来了专家教授？",
    "How many chief policy officers did Jinan High-tech Zone appoint?",
    "北京市朝阳区人才公寓的租金是多少？",
)
ROUNDS = 30


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--home", type=Path)
    home = parser.parse_args().home
    encoder = load_encoder()
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(home=home or Path(folder), llm="extractive")
        if home is None:
            settings.library.seed()
            rebuild(settings.library.folder, settings.index_dir, encoder=encoder)
        measure(Assistant.from_settings(settings), encoder, settings)


def measure(assistant: Assistant, encoder: Encoder, settings: Settings) -> None:
    index = FaissIndex.open(settings.index_dir)
    bare = faiss.IndexFlatIP(index.manifest.dimensions)
    bare.add(index.vectors(range(index.manifest.rows)))
    for question in QUESTIONS:
        assistant.ask(question)
    laps: dict[str, list[float]] = {"encode": [], "search": [], "answer": [], "bare_encode": [], "bare_search": []}
    for _ in range(ROUNDS):
        for question in QUESTIONS:
            for name, took in assistant.ask(question).timings_ms.items():
                laps[name].append(took)
            started = time.perf_counter()
            vector = encoder.encode([question], "query")
            encoded = time.perf_counter()
            bare.search(vector, 60)
            laps["bare_encode"].append((encoded - started) * 1000)
            laps["bare_search"].append((time.perf_counter() - encoded) * 1000)
    figures: dict[str, object] = {
        f"{name}_ms": {"p50": round(float(np.median(times)), 2), "p99": round(float(np.percentile(times, 99)), 2)}
        for name, times in laps.items()
    }
    ratio = np.median(laps["encode"]) / np.median(laps["bare_encode"])
    keep("query", {"passages": bare.ntotal, "encode_over_bare_encode": round(float(ratio), 3), **figures})


if __name__ == "__main__":
    main()
