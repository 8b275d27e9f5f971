"""How many tokens a text costs a language model, and what of a conversation fits into its window."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from functools import cache

from rag.answers import Hit
from rag.conversation import Turn
from rag.errors import LanguageModelError
from rag.generative.prompts import Prompt
from rag.messages import AnswerMessage
from rag.question.phrases import Language

__all__ = ["Count", "cost_of", "count_tokens", "fitting_messages", "fitting_rewriting"]

Count = Callable[[str], int]
"""What tells how many tokens a text is."""

_ASCII_WORD = re.compile(r"[A-Za-z]+|\d|[^\sA-Za-z\d]")
_LETTERS_A_TOKEN = 4  # this and the next by benchmarks/tokens.py
_TOKENS_A_SIGN = 1.25
_MESSAGE_TOKENS = 6  # role and separators
_ANSWER_SHARE = 4  # a quarter of the window is left for the answer,
_MOST_ANSWER_TOKENS = 2048  # but no more than this
_HISTORY_SHARE = 4  # at most a quarter of what remains is history


def count_tokens(text: str) -> int:
    """An estimate of a text's tokens, for a model whose tokenizer is not known.

    Chinese characters and other signs count one and a quarter each, Latin words one for every four letters begun,
    digits one each. It is above what the vocabularies of today need (docs/models.md); older ones, of few Chinese words,
    need more in the Traditional script, which the room left for the answer takes.
    """
    ascii_tokens = sum(math.ceil(len(word) / _LETTERS_A_TOKEN) for word in _ASCII_WORD.findall(text) if word.isascii())
    others = sum(1 for character in text if not character.isascii() and not character.isspace())
    return ascii_tokens + math.ceil(_TOKENS_A_SIGN * others)


def fitting_messages(
    prompt: Prompt,
    question: str,
    hits: Sequence[Hit],
    history: Sequence[Turn],
    language: Language,
    *,
    window: int,
    count: Count = count_tokens,
) -> list[Turn]:
    """The conversation to send, with as many of the latest turns and the best passages as a window of tokens holds.

    ``count`` is asked only where, by the estimate, something would have to be left out.

    Raises:
        LanguageModelError: not even the best passage fits.
    """

    def messages(hits: Sequence[Hit], history: Sequence[Turn] = ()) -> list[Turn]:
        return prompt.messages(question, hits, history, language)

    kept, fitting = _fitting(messages, hits, history, _readable(window), count_tokens)
    if count is not count_tokens and len(kept) + len(fitting) < len(history) + len(hits):
        kept, fitting = _fitting(messages, hits, history, _readable(window), cache(count))
    if hits and not fitting:
        raise LanguageModelError(AnswerMessage.WINDOW_TOO_SMALL, tokens=window)
    return messages(fitting, kept)


def fitting_rewriting(
    prompt: Prompt,
    question: str,
    history: Sequence[Turn],
    language: Language,
    *,
    window: int,
    count: Count = count_tokens,
) -> list[Turn]:
    """What to send to have a question rewritten, with as many of the latest turns as a window of tokens holds.

    ``count`` is asked only where, by the estimate, a turn would have to be left out.
    """
    alone = prompt.rewriting(question, (), language)
    kept = _latest(history, _readable(window) - cost_of(alone), count_tokens)
    if count is not count_tokens and len(kept) < len(history):
        kept = _latest(history, _readable(window) - cost_of(alone, count), count)
    return prompt.rewriting(question, kept, language)


def cost_of(turns: Sequence[Turn], count: Count = count_tokens) -> int:
    """The tokens of a conversation, by the estimate or by what counts them."""
    return sum(count(content) + _MESSAGE_TOKENS for _, content in turns)


def _fitting(
    messages: Callable[[Sequence[Hit]], list[Turn]],
    hits: Sequence[Hit],
    history: Sequence[Turn],
    room: int,
    count: Count,
) -> tuple[list[Turn], list[Hit]]:
    """The latest turns and the best passages that fit into a room of tokens; ``messages`` writes what is sent."""
    alone = cost_of(messages(()), count)
    room -= alone
    kept = _latest(history, room // _HISTORY_SHARE, count)
    room -= cost_of(kept, count)
    fitting: list[Hit] = []
    for hit in hits:
        room -= cost_of(messages([hit]), count) - alone  # with what stands around it
        if room < 0:
            break
        fitting.append(hit)
    return kept, fitting


def _readable(window: int) -> int:
    return window - min(window // _ANSWER_SHARE, _MOST_ANSWER_TOKENS)


def _latest(history: Sequence[Turn], room: int, count: Count) -> list[Turn]:
    kept: list[Turn] = []
    for turn in reversed(history):
        room -= cost_of([turn], count)
        if room < 0:
            break
        kept.insert(0, turn)
    return kept
