"""What the numbers are worth that were weighed by hand: the loss with each as it is, at half of it and at twice.

    python benchmarks/weighed.py PART ... --data FOLDER [--cache FOLDER]

A number of a module that has a fraction was weighed; a whole one is a bound. One between 0 and 1 is a share or a
likelihood: its odds are halved and doubled. A case is looked at again only where a function that reads the number was
called for it. What is found goes to ``results/weighed.json``, which a test holds equal to the code.

- **answers**: the questions of FOLDER/office. The loss is the share that is missing of what an answer must hold, and 1
  for an answer to what the documents do not say; what is only told as likely counts half.
- **search**: questions of public sets in FOLDER; the loss is 1 - nDCG@10.
- **followups**: FOLDER/followups_dev.jsonl; a question completed wrongly.
- **articles**: FOLDER/html_zh.jsonl.gz, web pages with their article; 1 - F1.
- **pages**: made-up pages of newspapers, reports and papers; articles that do not come out whole.
"""

from __future__ import annotations

import argparse
import ast
import importlib
import json
import pickle
import pkgutil
import random
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from types import CodeType, FrameType, ModuleType
from typing import Any
from unittest import mock

import numpy as np

ROOT = Path(__file__).parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests"), str(ROOT / "benchmarks")]
RESULTS = ROOT / "benchmarks" / "results" / "weighed.json"
SETS, QUESTIONS = ("xquad_zh", "xquad_en_to_zh", "drcd_dev400"), 100
PAGES = 60
PACKAGES = {
    "answers": ("rag.extractive", "rag.routes"),
    "search": ("rag.retrieval",),
    "followups": ("rag.question.followups", "rag.question.intents"),
    "articles": ("corpus.cleaning.article",),
    "pages": ("corpus.pages",),
}
WHOLE = {"articles"}  # parts whose whole numbers were weighed too


@dataclass(frozen=True)
class Number:
    """A number that a module names."""

    module: str
    name: str
    value: float

    @property
    def neighbours(self) -> tuple[float, float]:
        """Half of it and twice; of what lies between 0 and 1 the odds are halved and doubled."""
        if 0 < self.value < 1:
            odds = self.value / (1 - self.value)
            return odds / (2 + odds), 2 * odds / (1 + 2 * odds)
        return type(self.value)(self.value / 2), self.value * 2

    def holders(self) -> list[ModuleType]:
        """The modules that have it: its own and those that import it."""
        own = vars(sys.modules[self.module])[self.name]
        return [one for one in tuple(sys.modules.values()) if getattr(one, "__dict__", {}).get(self.name) is own]

    @contextmanager
    def at(self, value: float) -> Iterator[None]:
        """With another value meanwhile."""
        holders, before = self.holders(), self.value
        for one in holders:
            setattr(one, self.name, value)
        try:
            yield
        finally:
            for one in holders:
                setattr(one, self.name, before)


@dataclass
class Part:
    """Cases, what each costs, and how whatever was remembered is forgotten."""

    cases: Sequence[Any]
    loss: Callable[[Any], float]
    forget: Callable[[], None] = field(default=lambda: None)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("parts", nargs="+", choices=PACKAGES)
    parser.add_argument("--data", type=Path)
    parser.add_argument("--again", action="store_true", help="also the numbers that are as they were measured before")
    parser.add_argument("--cache", type=Path, required=True, help="keeps vectors, indexes and readings between runs")
    given = parser.parse_args()
    if given.data is None and given.parts != ["pages"]:
        parser.error("these parts need --data")
    given.cache.mkdir(parents=True, exist_ok=True)
    for name in given.parts:
        measure(name, PARTS[name](given.data, given.cache), again=given.again)


def numbers_of(part: str) -> list[Number]:
    """The weighed numbers of what a part measures, in the order of their names."""
    kinds = (int, float) if part in WHOLE else (float,)
    found = []
    for name in PACKAGES[part]:
        root = importlib.import_module(name)
        below = pkgutil.walk_packages(getattr(root, "__path__", ()), f"{name}.")
        for module in (name, *(one.name for one in below)):
            source = Path(importlib.import_module(module).__file__ or "").read_text(encoding="utf-8")
            for statement in ast.parse(source).body:
                if isinstance(statement, ast.Assign):
                    found += [Number(module, *pair) for pair in _named(statement) if type(pair[1]) in kinds and pair[1]]
    return sorted(found, key=lambda one: (one.module, one.name))


def _named(statement: ast.Assign) -> Iterator[tuple[str, Any]]:
    (target,) = statement.targets
    pairs: Sequence[tuple[ast.expr, ast.expr]] = [(target, statement.value)]
    if isinstance(target, ast.Tuple) and isinstance(statement.value, ast.Tuple):
        pairs = list(zip(target.elts, statement.value.elts, strict=True))
    for name, expression in pairs:
        try:
            value = ast.literal_eval(expression)
        except ValueError:
            continue
        if isinstance(name, ast.Name):
            yield name.id, value


def measure(name: str, part: Part, *, again: bool) -> None:
    """Keeps the loss as the numbers are, and how much more it is at the neighbours of each, as soon as it is known."""
    losses, called = [], []
    for case in part.cases:
        part.forget()
        with calls() as seen:
            losses.append(part.loss(case))
        called.append({(code.co_filename, name) for code in seen for name in code.co_names})
    kept = json.loads(RESULTS.read_text(encoding="utf-8")) if RESULTS.exists() else {}
    before: dict[str, Any] = {} if again else kept.get(name, {}).get("numbers", {})
    numbers = {f"{one.module}.{one.name}": one for one in numbers_of(name)}
    told = {key: one for key, one in before.items() if key in numbers and numbers[key].value == one["value"]}

    def save() -> None:
        kept[name] = {
            "date": date.today().isoformat(),
            "cases": len(losses),
            "loss": round(float(np.mean(losses)), 5),
            "numbers": dict(sorted(told.items())),
        }
        RESULTS.write_text(json.dumps(kept, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")

    for key, number in numbers.items():
        if key in told:
            continue
        files = {one.__file__ for one in number.holders()}
        touched = [i for i, names in enumerate(called) if any((file, number.name) in names for file in files)]
        more = []
        for value in number.neighbours:
            part.forget()
            with number.at(value):
                more.append(sum(part.loss(part.cases[i]) - losses[i] for i in touched) / len(losses))
        part.forget()
        half, twice = (round(one, 5) for one in more)
        told[key] = {"value": number.value, "half": half, "twice": twice, "cases": len(touched)}
        print(key, told[key], flush=True)
        save()
    save()


@contextmanager
def calls() -> Iterator[set[CodeType]]:
    """The code of every function that is called meanwhile."""
    seen: set[CodeType] = set()

    def note(frame: FrameType, event: str, _: Any) -> None:
        if event == "call":
            seen.add(frame.f_code)

    sys.setprofile(note)
    try:
        yield seen
    finally:
        sys.setprofile(None)


def forgotten(packages: Sequence[str]) -> None:
    """Empties what functions of these packages remember of earlier calls."""
    for name, module in tuple(sys.modules.items()):
        if name.startswith(tuple(packages)):
            for value in tuple(vars(module).values()):
                if hasattr(value, "cache_clear"):
                    value.cache_clear()


class Remembered:
    """A reader that reads each page once for a question, and keeps what it read in a file."""

    def __init__(self, reader: Any, file: Path) -> None:
        self._reader, self._file = reader, file
        self._kept: dict[Any, Any] = pickle.loads(file.read_bytes()) if file.exists() else {}
        self._saved = len(self._kept)

    def read(self, question: str, pages: Sequence[Any]) -> list[Any]:
        """See ``SentenceReader``."""
        new = [page for page in dict.fromkeys(pages) if (question, page) not in self._kept]
        if new:
            readings = self._reader.read(question, new)
            self._kept.update(((question, page), one) for page, one in zip(new, readings, strict=True))
        if len(self._kept) > 1.05 * self._saved:
            self._file.write_bytes(pickle.dumps(self._kept))
            self._saved = len(self._kept)
        return [self._kept[question, page] for page in pages]


def answers(data: Path, cache: Path) -> Part:
    from kept_vectors import KeptVectors
    from kinds import share_of

    from embeddings import load_encoder, open_index, rebuild
    from rag import Assistant, Settings
    from rag.evaluation.questionnaire import Item, read_questionnaire
    from rag.reading.reader import Reader

    model = load_encoder()
    encoder = KeptVectors(model, cache / "vectors.sqlite")
    reader = Remembered(Reader.beside(model), cache / "readings.pickle")
    settings = Settings(home=cache / "office")
    rebuild(data / "office" / "documents", settings.index_dir, encoder=encoder)
    holder: list[Assistant] = []
    shown = {"none": 0.0, "likely": 0.5, "answered": 1.0}

    def forget() -> None:  # what is kept for an index goes with it
        forgotten(PACKAGES["answers"])
        holder[:] = [Assistant(open_index(settings.index_dir), encoder, settings, reader=reader)]

    def loss(item: Item) -> float:
        answer = holder[0].ask(item.text, history=item.history)
        told = shown[answer.certainty]
        return 1 - told * share_of(item, answer) if item.groups else told

    rows = read_questionnaire(data / "office" / "questions_dev.jsonl").questions
    return Part([row for row in rows if row.kind != "chitchat"], loss, forget)


def search(data: Path, cache: Path) -> Part:
    from kept_vectors import KeptVectors
    from retrieval import NDCG, asked

    from embeddings import load_encoder, open_index, rebuild
    from rag.evaluation.measures import ranking_measures
    from rag.evaluation.questionnaire import read_questionnaire
    from rag.question.question import Question
    from rag.retrieval.retriever import Retriever
    from rag.settings import Settings

    encoder = KeptVectors(load_encoder(), cache / "vectors.sqlite")
    cases = []
    for name in SETS:
        questionnaire = read_questionnaire(data / f"{name}.jsonl.gz")
        settings = Settings(home=cache / name)
        names = {given: own for own, given in questionnaire.write_documents(settings.library.folder).items()}
        rebuild(settings.library.folder, settings.index_dir, encoder=encoder, max_chars=settings.passage_chars)
        retriever = Retriever(open_index(settings.index_dir), encoder)
        cases += [
            (retriever, Question(item.text), {names.get(one, one) for one in item.document_ids})
            for item in random.Random(1).sample(asked(questionnaire), QUESTIONS)
        ]

    def loss(case: tuple[Retriever, Question, set[str]]) -> float:
        retriever, question, wanted = case
        hits = retriever.search(retriever.query(question), 20).hits
        ids = list(dict.fromkeys(hit.passage.document_id for hit in hits))
        ranks = tuple(ids.index(one) + 1 if one in ids else None for one in sorted(wanted))
        return 1 - float(ranking_measures([ranks])[0][NDCG])

    return Part(cases, loss, lambda: forgotten(PACKAGES["search"]))


def followups(data: Path, cache: Path) -> Part:  # noqa: ARG001
    from followups import holds_all

    from embeddings import load_encoder
    from rag.conversation import turns_of
    from rag.question.followups import candidates
    from rag.reading.completions import Listener

    encoder, scores, kept = load_encoder(), Listener.scores, {}

    def remembered(listener: Listener, texts: Sequence[str], question: str, before: Any) -> Any:
        key = (tuple(texts), question, before)
        if key not in kept:
            kept[key] = scores(listener, texts, question, before)
        return kept[key]

    mock.patch.object(Listener, "scores", remembered).start()
    lines = (data / "followups_dev.jsonl").read_text(encoding="utf-8").splitlines()

    def loss(row: dict[str, Any]) -> float:
        return float(not holds_all(candidates(row["question"], turns_of(row["history"]), encoder)[0][0], row))

    return Part([json.loads(line) for line in lines], loss, lambda: forgotten(PACKAGES["followups"]))


def articles(data: Path, cache: Path) -> Part:  # noqa: ARG001
    from reading import f1, plain, read, records

    def loss(row: dict[str, Any]) -> float:
        return 1 - float(f1(plain(read(row["html"].encode(), "page.html")), row["text"]))

    return Part(list(records(data / "html_zh.jsonl.gz")), loss)


def pages(data: Path, cache: Path) -> Part:  # noqa: ARG001
    from layouts import random_page

    from corpus import Limits
    from corpus.readers.formats import pdf

    def loss(sample: Any) -> float:
        (document,) = pdf.read(sample.data, "page.pdf", Limits())
        text = f"\n{document.text}\n"
        return float(np.mean(["\n" + "\n".join(article) + "\n" not in text for article in sample.articles]))

    return Part([random_page(seed) for seed in range(100_000, 100_000 + PAGES)], loss)


PARTS: dict[str, Callable[[Path, Path], Part]] = {
    "answers": answers,
    "search": search,
    "followups": followups,
    "articles": articles,
    "pages": pages,
}

if __name__ == "__main__":
    main()
