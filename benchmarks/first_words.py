"""When the first words of a written answer come, beside those of a bare client.

    python benchmarks/first_words.py [--questions N] [--wait MS]

A scripted server speaks OpenAI's protocol and begins to write ``--wait`` milliseconds after it was asked, a few
characters at a time. Each question over the bundled articles is put to the assistant, and then what the assistant sent
is sent by the bare ``openai`` client, once each in turn. "search": from the question to the passages. "after the
search": from there to the first words that are shown. "bare": from the client's call to its first words.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from measured import keep
from openai import OpenAI
from streaming import served

from embeddings import load_encoder, open_index, rebuild
from rag import Assistant, Settings
from rag.events import Searched, TextDelta

WRITTEN = "济南高新区聘任了39名首席政策官[1]。他们解决企业诉求3000余项[1]。"
QUESTIONS = (
    "济南高新区聘任了多少名首席政策官？",
    "首席政策官解决了多少项企业诉求？",
    "济南高新区的人才总量是多少？",
    "首席政策官由谁担任？",
    "济南高新区获得了哪些省级荣誉？",
    "What did Jinan High-tech Zone appoint?",
    "企业怎样申请人才补贴？",
    "人才政策的目标是什么？",
)


def asked(assistant: Assistant, question: str) -> tuple[float, float]:
    """Seconds from the question to its passages, and from them to the first words."""
    began = time.perf_counter()
    searched = first = 0.0
    for event in assistant.events(question):
        if isinstance(event, Searched):
            searched = time.perf_counter()
        elif isinstance(event, TextDelta) and event.text and not first:
            first = time.perf_counter()
    return searched - began, first - searched


def bare(client: OpenAI, request: dict[str, Any]) -> float:
    """Seconds from the client's call to its first words, of the same conversation."""
    began = time.perf_counter()
    first = 0.0
    for chunk in client.chat.completions.create(model="m", messages=request["messages"], stream=True):
        if chunk.choices[0].delta.content and not first:
            first = time.perf_counter() - began
    return first


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--questions", type=int, default=40)
    parser.add_argument("--wait", type=float, default=100.0, help="milliseconds before the server begins to write")
    given = parser.parse_args()
    encoder, requests = load_encoder(), []

    def write(request: dict[str, Any]) -> list[str]:
        requests.append(request)
        time.sleep(given.wait / 1000)
        return [WRITTEN[start : start + 3] for start in range(0, len(WRITTEN), 3)]

    with tempfile.TemporaryDirectory() as folder, served(write) as url:
        settings = Settings(home=Path(folder), llm="openai:m", llm_base_url=url, research="never")
        settings.library.seed()
        rebuild(settings.library.folder, settings.index_dir, encoder=encoder)
        index = open_index(settings.index_dir)
        client = OpenAI(base_url=url, api_key="none")
        assistant = Assistant(index, encoder, settings)
        cold = asked(assistant, QUESTIONS[0])
        bare(client, requests[-1])
        times = []
        for number in range(given.questions):
            search, ours = asked(assistant, QUESTIONS[number % len(QUESTIONS)])
            times.append((search, ours, bare(client, requests[-1])))
        index.close()
    keep("first_words", figures(times, cold), packages=("openai", "langchain-openai", "torch"))


def figures(times: Sequence[tuple[float, float, float]], cold: tuple[float, float]) -> dict[str, Any]:
    """Medians and the slowest tenth, in milliseconds, and how they compare."""
    search, ours, theirs = ([1000 * value for value in column] for column in zip(*times, strict=True))
    later = [our - their for our, their in zip(ours, theirs, strict=True)]
    return {
        "questions": len(times),
        "search ms": spread(search),
        "first words after the search ms": spread(ours),
        "bare client ms": spread(theirs),
        "later than the bare client ms": spread(later),
        "ratio to the bare client": round(statistics.median(ours) / statistics.median(theirs), 2),
        "the first question after the search ms": round(1000 * cold[1], 1),
    }


def spread(values: Sequence[float]) -> dict[str, float]:
    """The median and the ninth decile."""
    return {"median": round(statistics.median(values), 1), "p90": round(statistics.quantiles(values, n=10)[-1], 1)}


if __name__ == "__main__":
    main()
