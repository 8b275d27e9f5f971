"""Is what a faithful language model writes proven whole, whatever its dress, and one error in it found?

    python benchmarks/perfect_writer.py --data FOLDER [--answers N] [--errors N] [--cache FOLDER]
        [--seed N] [--show N]

FOLDER holds office/ (documents/ and questions_dev.jsonl). A scripted writer stands behind a real HTTP server that
speaks OpenAI's protocol. It answers from the passages that it is sent: the sentences that hold what the questionnaire
expects, as they stand or with their figures in other numerals, as running text, a list, a table or under a heading,
with marks in another dress each time. Each question is asked once so, and ``--errors`` times for an answer with one
error in one sentence: a figure, a date, a unit or a negation changed. "kept": of the answers without an error, those
with every sentence cited and supported. "found": of those with one, those of which that sentence is unsupported and
every other is cited and supported. Questions whose answer is in none of the passages sent are left out, and counted.
"""

from __future__ import annotations

import argparse
import random
import re
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from answers import CORRUPTIONS, numerals
from kept_vectors import KeptVectors
from measured import keep
from streaming import served

from corpus import sentence_spans
from corpus.language.lists import mark_length
from embeddings import load_encoder, open_index, rebuild
from rag.answers import Answer
from rag.assistant import Assistant
from rag.evaluation.examiner import holds
from rag.evaluation.questionnaire import Item, read_questionnaire
from rag.reading.reader import Reader
from rag.settings import Settings

MOST_SENTENCES = 4
PASSAGE = re.compile(r"<(passage-\w+)\b[^>]*?\bnumber=\"?(\d+)\b.*?>\n(.*?)\n</\1>", re.DOTALL)
DRESSES: tuple[Callable[[str, int], str], ...] = (
    lambda text, n: before_stop(text, f"[{n}]"),
    lambda text, n: f"{text}[{n}]",
    lambda text, n: f"{text}【{n}†source】",
    lambda text, n: before_stop(text, f"[citation:{n}]"),
    lambda text, n: before_stop(text, f"[^{n}]"),
    lambda text, n: f"根据资料{n}，{text}",
    lambda text, n: before_stop(text, f"（资料{n}）"),
    lambda text, n: before_stop(text, f"<sup>{n}</sup>"),
    lambda text, n: f"{text} **[{n}]**",
    lambda text, n: f"{text}[{n}](#p{n})",
    lambda text, n: before_stop(text, "⁰¹²³⁴⁵⁶⁷⁸⁹"[n] if n < 10 else f"[{n}]"),
    lambda text, n: before_stop(text, "⓪①②③④⑤⑥⑦⑧⑨"[n] if n < 10 else f"［{n}］"),
    lambda text, n: before_stop(text, f"（{n}）"),
    lambda text, n: f"{text}（来源：[{n}]）",
    lambda text, _: text,
)
SHAPES = ("text", "bullets", "numbers", "heading", "table")


@dataclass
class Draft:
    """What the writer wrote: its sentences, which of them has an error and of what kind, and how it was set."""

    sentences: list[str]
    wrong: int | None
    error: str
    shape: str
    text: str


@dataclass
class Writer:
    """Writes the answer to a question from the passages it is sent; ``drafts`` has what it wrote to each."""

    chance: random.Random
    item: Item | None = None
    plant: bool = False
    count: int = 0
    drafts: list[Draft | None] = field(default_factory=list)

    def write(self, asked: str) -> str:
        """The reply to a request's last message."""
        assert self.item is not None
        passages = {int(number): text for _, number, text in PASSAGE.findall(asked)}
        chosen = list(bearing(self.item, passages))[:MOST_SENTENCES]
        wrong = self._error(chosen) if self.plant else None
        if not chosen or (self.plant and wrong is None):
            self.drafts.append(None)
            return "NO_ANSWER"
        sentences = [text if wrong and i == wrong[0] else self._said(text) for i, (text, _) in enumerate(chosen)]
        if wrong:
            sentences[wrong[0]] = wrong[1]
        dress = DRESSES[self.count % len(DRESSES)]
        shape = SHAPES[self.count // 2 % len(SHAPES)]
        self.count += 1
        text = shaped(shape, [dress(said, n) for said, (_, n) in zip(sentences, chosen, strict=True)], self.item.text)
        self.drafts.append(Draft(sentences, wrong[0] if wrong else None, wrong[2] if wrong else "", shape, text))
        return text

    def _said(self, text: str) -> str:
        return numerals(text, self.chance) if self.chance.random() < 0.5 else text

    def _error(self, chosen: list[tuple[str, int]]) -> tuple[int, str, str] | None:
        ways = [(i, *one) for i in range(len(chosen)) for one in CORRUPTIONS.items()]
        self.chance.shuffle(ways)
        for i, kind, corrupt in ways:
            wrong = corrupt(chosen[i][0], self.chance)
            if wrong is not None and wrong != chosen[i][0]:
                return i, wrong, kind
        return None


def bearing(item: Item, passages: dict[int, str]) -> Iterator[tuple[str, int]]:
    """The sentences of the passages that hold what is expected, each once, with the passage's number."""
    seen = set()
    for group in item.groups:
        for number, text in passages.items():
            spans = [text[start:end] for start, end in sentence_spans(text)]
            found = next((one for one in spans if any(holds(one, said) for said in group) and len(one) > 8), None)
            if found is not None:
                if found not in seen:
                    seen.add(found)
                    yield found[mark_length(found) :].replace(" | ", "，").replace("|", "，"), number
                break


def before_stop(text: str, mark: str) -> str:
    stop = re.search(r"[。！？.；;]+$", text)
    return text[: stop.start()] + mark + stop[0] if stop else text + mark


def shaped(shape: str, lines: list[str], question: str) -> str:
    if shape == "bullets":
        return "\n".join(f"- {line}" for line in lines)
    if shape == "numbers":
        return "情况如下：\n\n" + "\n".join(f"{i}. {line}" for i, line in enumerate(lines, 1))
    if shape == "heading":
        return f"## {question}\n\n" + "\n\n".join(lines)
    if shape == "table":
        rows = "\n".join(f"| {i} | {line} |" for i, line in enumerate(lines, 1))
        return f"| 序号 | 内容 |\n|---|---|\n{rows}"
    return "\n".join(lines)


def streamed(write: Callable[[str], str], request: dict[str, Any]) -> list[str]:
    """What is written to the last message of a request, a few characters at a time."""
    text = write(request["messages"][-1]["content"])
    return [text[i : i + 5] for i in range(0, len(text), 5)]


def right(draft: Draft, answer: Answer) -> bool:
    """Whether every true sentence is cited and supported, and the planted error, and nothing else, is flagged."""
    stated = [sentence for sentence in answer.sentences if not sentence.frame]
    flagged = [sentence for sentence in stated if sentence.verdict != "supported" or not sentence.citations]
    if draft.wrong is None:
        return bool(stated) and not flagged
    wrong = "".join(draft.sentences[draft.wrong].split())
    return bool(flagged) and all(
        sentence.verdict == "unsupported" and "".join(sentence.text.split()) in wrong for sentence in flagged
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--answers", type=int, default=300, help="of each kind, at most")
    parser.add_argument("--errors", type=int, default=3, help="answers with an error asked for each question")
    parser.add_argument("--cache", type=Path, help="keeps vectors and the index between runs")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--show", type=int, default=0, help="misjudged answers to print")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        cache = given.cache or Path(folder)
        cache.mkdir(parents=True, exist_ok=True)
        encoder = KeptVectors(load_encoder(), cache / "vectors.sqlite")
        writer = Writer(random.Random(given.seed))
        home = cache / "office-home"
        rebuild(given.data / "office" / "documents", home / "index", encoder=encoder)
        index = open_index(home / "index")
        with served(partial(streamed, writer.write)) as url:
            settings = Settings(home=home, llm="openai:perfect", llm_base_url=url, llm_window_tokens=32_768)
            assistant = Assistant(index, encoder, settings, reader=Reader.beside(encoder))  # and so the judge
            items = read_questionnaire(given.data / "office" / "questions_dev.jsonl").questions
            figures = measured(assistant, writer, items, given)
        index.close()
    keep("perfect_writer", figures)


def measured(
    assistant: Assistant, writer: Writer, items: Sequence[Item], given: argparse.Namespace
) -> dict[str, object]:
    """The shares over the questions, each asked once for an answer without an error and then for some with one."""
    shown = given.show
    marks: dict[bool, list[bool]] = {False: [], True: []}
    shapes: dict[str, Counter[bool]] = {shape: Counter() for shape in SHAPES}
    errors: dict[str, Counter[bool]] = {kind: Counter() for kind in CORRUPTIONS}
    left_out = 0
    for item in items:
        for plant in (False, *[True] * given.errors):
            if not item.groups or item.history or len(marks[plant]) >= given.answers:
                continue
            writer.item, writer.plant = item, plant
            answer = assistant.ask(item.text)
            draft = writer.drafts[-1] if writer.drafts else None
            if draft is None:
                left_out += 1
                continue
            well = right(draft, answer)
            marks[plant].append(well)
            shapes[draft.shape][well] += 1
            if plant:
                errors[draft.error][well] += 1
            print(item.id, plant, draft.shape, well, flush=True)
            if not well and shown > 0:
                shown -= 1
                told = [(one.text, one.citations, one.verdict, one.problems) for one in answer.sentences]
                print(f"--- {draft.text}\n", *told, sep="\n", flush=True)
    return {
        "kept": share(marks[False]),
        "found": share(marks[True]),
        "errors": {kind: counted(counts) for kind, counts in errors.items()},
        "shapes": {shape: counted(counts) for shape, counts in shapes.items()},
        "not in the passages sent, or nothing to change": left_out,
    }


def counted(counts: Counter[bool]) -> dict[str, float | int]:
    return share([one for one in (True, False) for _ in range(counts[one])])


def share(ones: list[bool]) -> dict[str, float | int]:
    return {"share": round(sum(ones) / max(1, len(ones)), 4), "of": len(ones)}


if __name__ == "__main__":
    main()
