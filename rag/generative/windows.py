"""How many tokens a text costs a language model, and what of a conversation fits into its window."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence

from rag.answers import Hit
from rag.conversation import Turn
from rag.errors import LanguageModelError
from rag.generative.prompts import Prompt
from rag.messages import AnswerMessage
from rag.question.phrases import Language

__all__ = ["cost_of", "count_tokens", "fitting_messages", "fitting_rewriting"]

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
    prompt: Prompt, question: str, hits: Sequence[Hit], history: Sequence[Turn], language: Language, *, window: int
) -> list[Turn]:
    """The conversation to send, with as many of the latest turns and the best passages as a window of tokens holds.

    Raises:
        LanguageModelError: not even the best passage fits.
    """
    alone = cost_of(prompt.messages(question, (), (), language))
    room = _readable(window) - alone
    kept = _latest(history, room // _HISTORY_SHARE)
    room -= cost_of(kept)
    fitting: list[Hit] = []
    for hit in hits:
        room -= cost_of(prompt.messages(question, [hit], (), language)) - alone  # with what stands around it
        if room < 0:
            break
        fitting.append(hit)
    if hits and not fitting:
        raise LanguageModelError(AnswerMessage.WINDOW_TOO_SMALL, tokens=window)
    return prompt.messages(question, fitting, kept, language)


def fitting_rewriting(
    prompt: Prompt, question: str, history: Sequence[Turn], language: Language, *, window: int
) -> list[Turn]:
    """What to send to have a question rewritten, with as many of the latest turns as a window of tokens holds."""
    room = _readable(window) - cost_of(prompt.rewriting(question, (), language))
    return prompt.rewriting(question, _latest(history, room), language)


def cost_of(turns: Sequence[Turn]) -> int:
    """An upper estimate of the tokens of a conversation."""
    return sum(count_tokens(content) + _MESSAGE_TOKENS for _, content in turns)


def _readable(window: int) -> int:
    return window - min(window // _ANSWER_SHARE, _MOST_ANSWER_TOKENS)


def _latest(history: Sequence[Turn], room: int) -> list[Turn]:
    kept: list[Turn] = []
    for turn in reversed(history):
        room -= cost_of([turn])
        if room < 0:
            break
        kept.insert(0, turn)
    return kept
