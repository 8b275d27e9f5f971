"""What of a model's thinking the page shows while an answer is made."""

from __future__ import annotations

import time
from dataclasses import replace

from rag import Event, TextDelta, ThoughtDelta
from ui.web.html.thought import Thinking

__all__ = ["ThoughtWatch"]

_SHOWN_S = 0.25  # between one showing of a thought and the next


class ThoughtWatch:
    """Follows what a model thinks, and tells what of it is to be shown."""

    def __init__(self) -> None:
        self.so_far = Thinking()
        self._began = self._shown = 0.0

    def takes(self, event: Event) -> bool:
        """Whether an event changes what is shown: text does, and thought a few times in a second."""
        if isinstance(event, TextDelta):
            self.so_far = replace(self.so_far, over=True)
            return True
        if not isinstance(event, ThoughtDelta):
            return False
        now = time.monotonic()
        self._began = self._began or now
        self.so_far = self.so_far.going_on(event.text, now - self._began)
        if now - self._shown < _SHOWN_S:
            return False
        self._shown = now
        return True
