"""What a reasoning model thinks aloud before it answers, kept apart from what it answers."""

from __future__ import annotations

import re
from itertools import product

__all__ = ["Draft", "without_thought"]

_NAMES = ("think", "thinking", "thought", "thoughts", "reasoning", "seed:think")
_BRACKETS = (("<", "</", ">"), ("◁", "◁/", "▷"), ("[", "[/", "]"))
_CHANNELS = ("<|channel|>analysis<|message|>", "<|channel|>final<|message|>")  # of the harmony format
_OPENING = frozenset([*(f"{o}{name}{c}" for name, (o, _, c) in product(_NAMES, _BRACKETS)), _CHANNELS[0]])
_CLOSING = frozenset([*(f"{e}{name}{c}" for name, (_, e, c) in product(_NAMES, _BRACKETS)), _CHANNELS[1]])
_TAGS = _OPENING | _CLOSING
_TAG = re.compile("|".join(map(re.escape, sorted(_TAGS, key=len, reverse=True))), re.IGNORECASE)
_LONGEST = max(map(len, _TAGS))
_STARTS = tuple({tag[0] for tag in _TAGS})


class Draft:
    """A written answer as it comes, in pieces: ``text`` is what was answered so far, without what was thought.

    Thought stands between ``<think>`` and ``</think>`` or their like, before a closing tag that was never opened (some
    servers open it in the prompt), or behind an opening one that is never closed. A tag right behind a backquote is
    only spoken of. ``thought`` tells whether anything was thought, ``thinking`` is what, and ``unopened`` tells whether
    that had no opening tag.
    """

    def __init__(self) -> None:
        self.text = ""
        self.thinking = ""
        self.thought = False
        self.unopened = False
        self._pending = ""
        self._thinking = False

    def add(self, piece: str) -> str:
        """Takes the next piece, and returns what it adds to the text; only what may yet be a tag is held back."""
        self._pending += piece
        added = self._without_tags()
        held = _undecided(self._pending)
        ready, self._pending = self._pending[: len(self._pending) - held], self._pending[len(self._pending) - held :]
        return added + self._take(ready)

    def end(self) -> str:
        """The last of the text, after the last piece."""
        rest, self._pending = self._pending, ""
        return self._take(rest)

    def _without_tags(self) -> str:
        added = ""
        while (tag := self._next_tag()) is not None:
            added += self._take(self._pending[: tag.start()])
            self._pending = self._pending[tag.end() :]
            self.thought = True
            opens = tag[0].casefold() in _OPENING
            if not opens and not self._thinking:
                self.unopened = True
                self.thinking += self.text
                self.text = added = ""  # what came before was thought
            self._thinking = opens
        return added

    def _next_tag(self) -> re.Match[str] | None:
        for tag in _TAG.finditer(self._pending):
            before = self._pending[: tag.start()] or ("" if self._thinking else self.text)
            if not before.endswith("`"):
                return tag
        return None

    def _take(self, words: str) -> str:
        if self._thinking:
            self.thinking += words
            return ""
        if not self.text:
            words = words.lstrip()
        self.text += words
        return words


def _undecided(text: str) -> int:
    """How many characters at the end of the text may be the beginning of a tag."""
    tail = text[-_LONGEST:].casefold()
    for start in range(len(tail)):
        if tail[start] in _STARTS and any(tag.startswith(tail[start:]) for tag in _TAGS):
            return len(tail) - start
    return 0


def without_thought(text: str) -> str:
    """What a whole reply says, without what was thought."""
    draft = Draft()
    draft.add(text)
    draft.end()
    return draft.text.strip() if draft.thought else text
