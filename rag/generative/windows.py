"""How many tokens a text costs a language model, and what of a conversation fits into its window."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence

from rag.answers import Hit
from rag.conversation import Turn
from rag.errors import LanguageModelError
from rag.generative.prompts import messages
from rag.messages import AnswerMessage
from rag.question.phrases import Language

__all__ = ["count_tokens", "fitting_messages"]

_ASCII_WORD = re.compile(r"[A-Za-z]+|\d|[^\sA-Za-z\d]")
_LETTERS_A_TOKEN = 4
_MESSAGE_TOKENS = 6  # role and separators
_ANSWER_SHARE = 4  # a quarter of the window is left for the answer,
_MOST_ANSWER_TOKENS = 2048  # but no more than this
_HISTORY_SHARE = 4  # at most a quarter of what remains is history


def count_tokens(text: str) -> int:
    """An upper estimate of a text's tokens, for any model's vocabulary.

    Chinese characters and other signs count one and a quarter each, Latin words one for every four letters begun,
    digits one each. Tokenizers differ and most are not on this machine; this errs on the side of what still fits.
    """
    ascii_tokens = sum(math.ceil(len(word) / _LETTERS_A_TOKEN) for word in _ASCII_WORD.findall(text) if word.isascii())
    others = sum(1 for character in text if not character.isascii() and not character.isspace())
    return ascii_tokens + math.ceil(1.25 * others)


def fitting_messages(
    question: str, hits: Sequence[Hit], history: Sequence[Turn], language: Language, window: int
) -> list[Turn]:
    """The conversation to send, with as many of the latest turns and the best passages as a window of tokens holds.

    Raises:
        LanguageModelError: not even the best passage fits.
    """
    room = window - min(window // _ANSWER_SHARE, _MOST_ANSWER_TOKENS) - _cost(messages(question, [], [], language))
    kept: list[Turn] = []
    history_room = room // _HISTORY_SHARE
    for turn in reversed(history):
        history_room -= _cost([turn])
        if history_room < 0:
            break
        kept.insert(0, turn)
    room -= _cost(kept)
    fitting: list[Hit] = []
    for hit in hits:
        # What stands around a passage is counted with it.
        room -= _cost(messages("", [hit], [], language)) - _cost(messages("", [], [], language))
        if room < 0:
            break
        fitting.append(hit)
    if hits and not fitting:
        raise LanguageModelError(AnswerMessage.WINDOW_TOO_SMALL, tokens=window)
    return messages(question, fitting, kept, language)


def _cost(turns: Sequence[Turn]) -> int:
    return sum(count_tokens(content) + _MESSAGE_TOKENS for _, content in turns)
