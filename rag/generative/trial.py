"""A language model tried out: whether it answers, piece by piece, with marks, and whether it calls tools."""

from __future__ import annotations

import time
from contextlib import suppress
from dataclasses import asdict, dataclass
from typing import Any

from corpus import Passage
from rag.answers import Hit
from rag.events import ThoughtDelta
from rag.generative.model import LanguageModel
from rag.proof.marks import marked_sentences
from rag.settings import Settings
from rag.thought import Draft

__all__ = ["Trial", "try_model"]

_TEXTS = ("The red door is opened with the brass key.", "The blue door is opened with the iron key.")
_QUESTION = "Which key opens the blue door?"
_MARK = 2  # the passage that answers


@dataclass(frozen=True, slots=True)
class Trial:
    """What came of it. ``streams``: in pieces; ``marks``: the sentence names the passage that it rests on; ``thinks``:
    it reasons first; ``tools``: it calls one. ``first_words_s``: seconds to the first words of the answer.
    """

    text: str
    streams: bool
    marks: bool
    thinks: bool
    tools: bool
    first_words_s: float

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return asdict(self)


def try_model(settings: Settings) -> Trial:
    """Puts a question with two passages to the settings' language model, and then one that wants a tool.

    Raises:
        LanguageModelError: it can't be used, can't be reached, or gives no answer.
    """
    model = LanguageModel(settings)
    hits = [
        Hit(rank, 1.0, Passage("doors.txt", 0, len(text), text, "Doors")) for rank, text in enumerate(_TEXTS, start=1)
    ]
    began, first, pieces, thinks, draft = time.monotonic(), 0.0, 0, False, Draft()
    for piece in model.stream(_QUESTION, hits, (), "en"):
        if isinstance(piece, ThoughtDelta):
            thinks = True
        elif isinstance(piece, str) and draft.add(piece):
            pieces += 1
            first = first or time.monotonic() - began
    draft.end()
    marks = {mark for sentence in marked_sentences(draft.text) for mark in sentence.marks}
    return Trial(
        text=draft.text.strip(),
        streams=pieces > 1,
        marks=_MARK in marks,
        thinks=thinks or draft.thought,
        tools=_calls_tools(model),
        first_words_s=round(first, 4),
    )


def _calls_tools(model: LanguageModel) -> bool:
    from langchain_core.tools import tool

    @tool
    def key_of(door: str) -> str:
        """Tell which key opens a door, by the door's colour."""
        return door

    with suppress(Exception):  # servers and models without tools refuse in every way there is
        written: Any = None
        for chunk in model.chat_model.bind_tools([key_of]).stream(f"{_QUESTION} Look it up with the tool key_of."):
            written = chunk if written is None else written + chunk
        return bool(getattr(written, "tool_calls", ()))
    return False
