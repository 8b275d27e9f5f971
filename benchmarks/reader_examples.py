"""What the reader learns from: questions and statements with their passages, varied, as token ids."""

from __future__ import annotations

import json
import random
import re
import sys
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from transformers import AutoTokenizer

from corpus import sentence_spans
from corpus.language.script import simplified
from embeddings import load_encoder
from embeddings.encoders.bundled import bundled_folder
from rag.reading.reader import Page

sys.path.insert(0, str(Path(__file__).parent / "training"))
import check  # beside the data it checks

__all__ = ["BATCH", "IGNORED", "VERDICTS", "Example", "Examples", "bigrams", "jaquad_rows", "neighbours_of", "own_rows"]

WINDOW_TOKENS, QUESTION_TOKENS, CONTEXT_TOKENS, ANSWER_TOKENS = 240, 64, 40, 48
BATCH = 24
VERDICTS = ("supported", "contradicted", "silent")
IGNORED = -100
FOREIGN, BARE, BESIDE, ELSEWHERE, TOGETHER, EXCHANGED = 0.1, 0.1, 0.33, 0.15, 0.3, 0.5
FEWEST, MOST = 3, 8  # sentences read beside each other
_IDENTIFIER = re.compile(r"[A-Za-z]{1,5}[- ]?\d{1,5}|第[一二三四五六七八九十百\d]+[条章节款项期届批号]|(?:19|20)\d\d")
_DIGITS = re.compile(r"\d+")
_NUMERALS = "一二三四五六七八九"


@dataclass(frozen=True, slots=True)
class Row:
    """What is asked or said of a passage, where it answers (None for nowhere) and what the passage says of it.

    ``passage`` is its number, -1 of JaQuAD's, and ``document`` the id of what it is of.
    """

    asked: str
    context: str
    text: str
    answer: tuple[int, int] | None
    verdict: int
    statement: bool
    passage: int = -1
    document: str = ""


@dataclass(frozen=True, slots=True)
class Example:
    """Token ids, the answer's first and last token (0 for none), where the text's tokens begin, and the verdict."""

    ids: list[int]
    start: int
    end: int
    first: int
    verdict: int


class Examples:
    """Makes examples of rows."""

    def __init__(self, own: list[Row], foreign: list[Row], neighbours: dict[int, list[int]]) -> None:
        """``neighbours`` are the passages like a passage, the likest first."""
        self.own, self.foreign, self.neighbours = own, foreign, neighbours
        self.passages = {row.passage: row for row in own}
        self.documents: dict[str, list[Row]] = defaultdict(list)
        for row in self.passages.values():
            self.documents[row.document].append(row)
        self.tokenizer: Any = AutoTokenizer.from_pretrained(str(bundled_folder()))

    def batches(self) -> Iterator[list[Example]]:
        """Without end, texts of like length together."""
        while True:
            random.shuffle(self.own)
            for first in range(0, len(self.own), BATCH * 32):
                rows = [self.varied(row) for row in self.own[first : first + BATCH * 32]]
                if self.foreign:
                    rows += [self.varied(row) for row in random.sample(self.foreign, int(len(rows) * FOREIGN))]
                made = (self.example(row) for row in rows)
                chunk = sorted((example for example in made if example), key=lambda example: len(example.ids))
                groups = [chunk[i : i + BATCH] for i in range(0, len(chunk), BATCH)]
                random.shuffle(groups)
                yield from groups

    def varied(self, row: Row) -> Row:
        """The row as it is; or made unanswerable, or, of a statement, untrue."""
        context = "" if random.random() < BARE else row.context
        said = row.asked
        if row.statement:
            if row.verdict == 0 and random.random() < EXCHANGED:
                said = _exchanged(said, row.context + row.text, _DIGITS) or said
            verdict = row.verdict if said == row.asked else 1
            return replace(row, asked=said, context=context, verdict=verdict)
        if random.random() < TOGETHER:
            row = self.together(row) or row
            context = context and row.context
        if row.answer is None:
            return replace(row, context=context)
        if random.random() < EXCHANGED:
            changed = _exchanged(said, row.context + row.text, _IDENTIFIER)
            if changed is not None:
                return replace(row, asked=changed, answer=None, verdict=2)
        near = self.elsewhere(row)
        if near is not None:
            return replace(near, asked=said, answer=None, verdict=2, statement=False)
        return replace(row, context=context)

    def together(self, row: Row) -> Row | None:
        """A question with some sentences of its passage and, where it has an answer, of others of its document."""
        sentences = [row.text[start:end] for start, end in sentence_spans(row.text)]
        right = 0
        if row.answer is not None:
            spans = sentence_spans(row.text)
            holding = [i for i, (start, end) in enumerate(spans) if start <= row.answer[0] and row.answer[1] <= end]
            if not holding:
                return None
            answer, right = row.text[slice(*row.answer)], holding[0]
            for other in self.documents.get(row.document, ()):
                found = (other.text[start:end] for start, end in sentence_spans(other.text))
                sentences += (one for one in found if answer not in one and other.passage != row.passage)
        words = bigrams(row.asked)
        rank = {i: len(words & bigrams(one)) + random.expovariate(0.5) for i, one in enumerate(sentences)}
        kept = sorted(rank, key=lambda i: -rank[i])[: random.randint(FEWEST, MOST)]
        if row.answer is not None and right not in kept:
            kept[-1] = right
        random.shuffle(kept)
        text = "\n".join(sentences[i] for i in kept)
        if row.answer is None:
            return replace(row, context="", text=text)
        first = sum(len(sentences[i]) + 1 for i in kept[: kept.index(right)]) + row.answer[0] - spans[right][0]
        return replace(row, context="", text=text, answer=(first, first + row.answer[1] - row.answer[0]))

    def elsewhere(self, row: Row) -> Row | None:
        """Now and then, of a question with an answer, a row of another passage, which does not hold it."""
        answer, words = row.text[slice(*(row.answer or ()))], bigrams(row.asked)
        siblings = [one for one in self.documents.get(row.document, ()) if answer not in one.text]
        if siblings:  # the row's own passage is none
            siblings.sort(key=lambda one: -len(words & bigrams(one.text)))
            place = min(len(siblings) - 1, int(random.expovariate(1)))
            return siblings[place] if random.random() < BESIDE else None
        if random.random() < ELSEWHERE:
            for other in self.neighbours.get(row.passage, ())[:4]:
                near = self.passages[other]
                if answer not in near.text and random.random() < 0.5:
                    return near
        return None

    def example(self, row: Row) -> Example | None:
        """The tokens, of a long text a window that holds the answer; None where the answer is too long."""
        encode = self.tokenizer
        asked = encode(f"query: {row.asked}", add_special_tokens=False)["input_ids"][:QUESTION_TOKENS]
        above = encode(f"{row.context}\n", add_special_tokens=False)["input_ids"][:CONTEXT_TOKENS]
        encoded = encode(row.text, add_special_tokens=False, return_offsets_mapping=True, verbose=False)
        ids, head = encoded["input_ids"], [0, *asked, 2, 2, *(above if row.context else [])]
        start = end = 0
        first = 0 if row.statement else random.randint(0, max(0, len(ids) - WINDOW_TOKENS))
        most = WINDOW_TOKENS * 3 // 2 if row.statement else WINDOW_TOKENS
        if row.answer is not None:
            left, right = row.answer
            inside = [i for i, (a, b) in enumerate(encoded["offset_mapping"]) if b > left and a < right]
            if not inside or len(inside) > ANSWER_TOKENS:
                return None
            low, high = max(0, inside[-1] + 1 - most), min(inside[0], max(0, len(ids) - most))
            first = random.randint(min(low, high), high)
            start, end = inside[0] + len(head) - first, inside[-1] + len(head) - first
        elif row.statement:
            start = end = IGNORED
        return Example([*head, *ids[first : first + most], 2], start, end, len(head), row.verdict)


def _exchanged(said: str, text: str, what: re.Pattern[str]) -> str | None:
    """What is said with one thing of the kind that stands in the text exchanged for one that does not."""
    held = [match for match in what.finditer(said) if match[0] in text]
    if not held:
        return None
    match = random.choice(held)
    for _ in range(6):
        places = [i for i, character in enumerate(match[0]) if character.isdecimal() or character in _NUMERALS]
        if not places:
            return None
        i = random.choice(places)
        other = random.choice("123456789" if match[0][i].isdecimal() else _NUMERALS)
        new = match[0][:i] + other + match[0][i + 1 :]
        if new not in text:
            return said[: match.start()] + new + said[match.end() :]
    return None


def own_rows(*names: str, dwell_on: str | None = None) -> tuple[list[Row], list[str]]:
    """What of the named files may be trained on, and the passages it is of.

    The rows of passages whose id begins with ``dwell_on`` are there as often as all others together.
    """
    rows: list[Row] = []
    dwelt: list[Row] = []
    texts: list[str] = []
    for name in names:
        for record in check.rows(name):
            if check.is_held_out(record["id"]):
                continue
            text = simplified(record["text"])
            context = simplified(Page.context_over(record["text"], record["title"], record["headings"]))
            number, first, document = len(texts), len(rows), check.document_of(record["id"])
            texts.append(text)
            for one in record.get("questions", ()):
                answer, place = one["answer"], None
                if answer is not None:
                    place = check.place_of(record["text"], one)
                verdict = 2 if answer is None else {"yes": 0, "no": 1}.get(one.get("polarity"), IGNORED)
                rows.append(Row(simplified(one["q"]), context, text, place, verdict, False, number, document))
            for one in record.get("statements", ()):
                verdict = VERDICTS.index(one["label"])
                rows.append(Row(simplified(one["s"]), context, text, None, verdict, True, number, document))
            if dwell_on and record["id"].startswith(dwell_on):
                dwelt += rows[first:]
    return rows + dwelt * max(0, len(rows) // max(1, len(dwelt)) - 1), texts


def neighbours_of(texts: list[str]) -> dict[int, list[int]]:
    """The eight passages that each is likest to by the encoder's vectors, but for those that share its beginning."""
    vectors = load_encoder().encode([text[:240] for text in texts], "document")
    near = np.argsort(-(vectors @ vectors.T), axis=1)[:, :12]
    return {i: [int(j) for j in row if texts[int(j)][:40] != texts[i][:40]][:8] for i, row in enumerate(near)}


def jaquad_rows(folder: Path) -> list[Row]:
    """JaQuAD's questions, and each fourth beside another paragraph of its article, where it has no answer."""
    rows = []
    for path in sorted(folder.glob("jaquad_train_*.json")):
        for article in json.loads(path.read_text(encoding="utf-8"))["data"]:
            texts = [paragraph["context"] for paragraph in article["paragraphs"]]
            for own, paragraph in enumerate(article["paragraphs"]):
                for i, asked in enumerate(paragraph["qas"]):
                    answer = asked["answers"][0]
                    at = answer["answer_start"]
                    place: tuple[int, int] | None = (at, at + len(answer["text"]))
                    text, verdict = texts[own], IGNORED
                    others = [other for other in texts if answer["text"] not in other]
                    if i % 4 == 0 and others:
                        text = max(others, key=lambda other: len(bigrams(asked["question"]) & bigrams(other)))
                        place, verdict = None, 2
                    rows.append(Row(asked["question"], article["title"], text, place, verdict, False))
    return rows


def bigrams(text: str) -> set[str]:
    return {text[i : i + 2] for i in range(len(text) - 1)}
