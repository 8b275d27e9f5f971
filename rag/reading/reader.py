"""A small reader: how well each sentence of a passage answers a question, and with which words.

It finds the answer's first and last token as BERT does (Devlin et al., 2019), with "no answer" as a span of its own
(Rajpurkar et al., "Know what you don't know", 2018), by the shared layers with adapters of its own:
``reader.safetensors``, trained by ``benchmarks/train_reader.py``; docs/answers.md tells from what and with what gain.
As what it reads is long, the adapters are added to a copy of the layers, not worked out beside them.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Protocol
from weakref import WeakKeyDictionary

import numpy as np
import numpy.typing as npt

from corpus.language.script import simplified
from embeddings import Encoder
from embeddings.encoders.transformer import mixed_precision
from rag.reading.adapters import AdaptersByName, adapters_in, at_work
from rag.reading.layers import ReadingLayers, loaded, products_in, with_added

if TYPE_CHECKING:
    import torch

__all__ = ["Learned", "Page", "Quote", "Reader", "Reading", "SentenceReader"]

_WEIGHTS = "reader.safetensors"
_QUESTION_TOKENS = 64
_CONTEXT_TOKENS = 40
_MOST_TOKENS = 512  # that the encoder takes
_WINDOW_TOKENS = 384  # of a passage's text, of which half are in the next window too
_ANSWER_TOKENS = 40
_BATCH = 4
_NEVER = -1e4


@dataclass(frozen=True, slots=True)
class Quote:
    """A sentence of a document, and the title that it is read under, "" for none."""

    text: str
    title: str = ""


@dataclass(frozen=True, slots=True)
class Page:
    """What is read: a text, the (start, end) of its sentences, and the title it stands under."""

    context: str
    text: str
    sentences: tuple[tuple[int, int], ...]

    @staticmethod
    def context_over(text: str, title: str, headings: Sequence[str]) -> str:
        """The lines that a text stands under, but for those that it says itself."""
        return "\n".join(line for line in (title, *headings) if line and line not in text)

    @classmethod
    def beside(cls, quotes: Sequence[Quote]) -> Page:
        """Sentences beside each other, a line each, those that follow each other under one title after it."""
        text, spans, title = "", [], ""
        for quote in quotes:
            if quote.title != title:
                title = quote.title
                text += f"{title}\n"
            spans.append((len(text), len(text) + len(quote.text)))
            text += f"{quote.text}\n"
        return cls("", text, tuple(spans))


@dataclass(frozen=True, slots=True)
class Reading:
    """What the reader makes of a sentence.

    ``score`` is the log-odds of the answer's being in it against there being none in the passage; ``start`` and
    ``end`` are the answer's characters in the text.
    """

    score: float
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Learned:
    """A head of two logits a token (weight, bias), and the adapters that were learned with it."""

    head: tuple[torch.Tensor, torch.Tensor]
    adapters: AdaptersByName

    @classmethod
    def of(cls, weights: Mapping[str, torch.Tensor]) -> Learned:
        """What a file holds."""
        return cls((weights["head.weight"], weights["head.bias"]), adapters_in(weights))


class SentenceReader(Protocol):
    """What says how well each sentence of some texts answers a question."""

    def read(self, question: str, pages: Sequence[Page]) -> list[list[Reading]]:
        """A reading of every sentence of every page, in their order."""
        ...


class Reader:
    """Reads passages for answers. Safe to use from several threads."""

    def __init__(self, shared: ReadingLayers) -> None:
        """A reader on shared layers."""
        learned = loaded(_WEIGHTS)
        self.shared = shared
        self.tokenizer, self.thread = shared.tokenizer, shared.thread
        self.layers = with_added(shared.layers, products_in(learned))
        self._learned = Learned((learned["head.weight"], learned["head.bias"]), {})

    @classmethod
    def beside(cls, encoder: Encoder) -> Reader | None:
        """The reader where the encoder is the bundled one, whose weights it needs; else None."""
        shared = ReadingLayers.beside(encoder)
        if shared is None:
            return None
        with _BESIDE:
            if encoder not in _made:  # one for all assistants: its layers are 57 MB
                _made[encoder] = cls(shared)
            return _made[encoder]

    def read(self, question: str, pages: Sequence[Page]) -> list[list[Reading]]:
        """A reading of every sentence of every page."""
        return self.read_as(self._learned, partial(self._asked, question), pages)

    def read_as(self, learned: Learned, asked: Callable[[], list[int]], pages: Sequence[Page]) -> list[list[Reading]]:
        """The same by what else was learned on these layers, of a question's token ids, made on their thread."""
        windows = self.thread.run(partial(self._all_windows, asked, pages))
        windows.sort(key=lambda window: len(window.ids))
        readings: list[dict[int, Reading]] = [{} for _ in pages]
        for first in range(0, len(windows), _BATCH):
            batch = windows[first : first + _BATCH]
            logits = self.thread.run(partial(self._logits, learned, batch))
            for window, (starts, ends) in zip(batch, logits, strict=True):
                best = readings[window.page]
                for i, reading in window.readings(starts, ends, pages[window.page].sentences):
                    if i not in best or reading.score > best[i].score:
                        best[i] = reading
        return [
            [best.get(i, Reading(_NEVER, *span)) for i, span in enumerate(page.sentences)]
            for page, best in zip(pages, readings, strict=True)
        ]

    def _asked(self, question: str) -> list[int]:
        return self._tokens(f"query: {question}")[0][:_QUESTION_TOKENS]

    def _all_windows(self, asked: Callable[[], list[int]], pages: Sequence[Page]) -> list[_Window]:
        ids = asked()
        return [window for number, page in enumerate(pages) for window in self._windows(number, page, ids)]

    def _windows(self, number: int, page: Page, asked: list[int]) -> list[_Window]:
        bos, eos = self.tokenizer.cls_token_id, self.tokenizer.sep_token_id
        context = self._tokens(f"{page.context}\n")[0][:_CONTEXT_TOKENS] if page.context else []
        head = [bos, *asked, eos, eos, *context]
        ids, offsets = self._tokens(page.text)
        most = min(_WINDOW_TOKENS, _MOST_TOKENS - len(head) - 1)
        return [
            _Window(number, [*head, *ids[i : i + most], eos], len(head), offsets[i : i + most])
            for i in range(0, max(1, len(ids) - most // 2), most // 2)
        ]

    def _tokens(self, text: str) -> tuple[list[int], npt.NDArray[np.int64]]:
        text = simplified(text)
        encoded = self.tokenizer(text, add_special_tokens=False, return_offsets_mapping=True, verbose=False)
        return encoded["input_ids"], np.array(encoded["offset_mapping"], dtype=np.int64).reshape(-1, 2)

    def _logits(
        self, learned: Learned, windows: Sequence[_Window]
    ) -> list[tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]]:
        """The start and end logits of each window's tokens, the special first one included."""
        import torch

        longest = max(len(window.ids) for window in windows)
        ids = torch.full((len(windows), longest), self.tokenizer.pad_token_id)
        mask = torch.zeros((len(windows), longest), dtype=torch.long)
        for i, window in enumerate(windows):
            ids[i, : len(window.ids)] = torch.tensor(window.ids)
            mask[i, : len(window.ids)] = 1
        with torch.inference_mode():
            with mixed_precision(self.layers), at_work(learned.adapters, self.layers):
                states = self.layers(input_ids=ids, attention_mask=mask).last_hidden_state
            logits = torch.nn.functional.linear(states.float(), *learned.head).numpy()
        return [(logits[i, : len(window.ids), 0], logits[i, : len(window.ids), 1]) for i, window in enumerate(windows)]


_BESIDE = threading.Lock()
_made: WeakKeyDictionary[Encoder, Reader] = WeakKeyDictionary()


@dataclass(frozen=True, slots=True)
class _Window:
    """A stretch of a page as the model gets it: its text's tokens begin at ``first``, and stand at ``offsets``."""

    page: int
    ids: list[int]
    first: int
    offsets: npt.NDArray[np.int64]

    def readings(
        self, starts: npt.NDArray[np.float32], ends: npt.NDArray[np.float32], sentences: Sequence[tuple[int, int]]
    ) -> list[tuple[int, Reading]]:
        """The best span within each sentence that lies in the window."""
        none = float(starts[0] + ends[0])
        starts, ends = starts[self.first : -1], ends[self.first : -1]
        found = []
        for i, (start, end) in enumerate(sentences):
            inside = np.flatnonzero((self.offsets[:, 1] > start) & (self.offsets[:, 0] < end))
            if not len(inside):
                continue
            spans = starts[inside][:, None] + ends[inside][None, :]
            length = np.arange(len(inside))[None, :] - np.arange(len(inside))[:, None]
            spans = np.where((length >= 0) & (length < _ANSWER_TOKENS), spans, _NEVER)
            a, b = np.unravel_index(int(spans.argmax()), spans.shape)
            left, right = int(self.offsets[inside[a], 0]), int(self.offsets[inside[b], 1])
            found.append((i, Reading(float(spans[a, b]) - none, max(left, start), min(right, end))))
        return found
