"""The tokens of what the small models are given."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from corpus.language.script import simplified

__all__ = ["first_tokens", "turn_tokens"]

_MOST_TURNS = 3


def first_tokens(tokenizer: Any, text: str, most: int) -> list[int]:
    """The ids of the first tokens of a text in Simplified characters, without special ones."""
    ids: list[int] = tokenizer(simplified(text), add_special_tokens=False, verbose=False)["input_ids"]
    return ids[:most]


def turn_tokens(tokenizer: Any, turns: Sequence[tuple[str, str]], most: int) -> list[int]:
    """Those of the last turns of a conversation (question and answer), a line each, ``most`` of a line."""
    said = [line for turn in turns[-_MOST_TURNS:] for line in turn]
    return [token for line in said for token in first_tokens(tokenizer, f"{line}\n", most)]
