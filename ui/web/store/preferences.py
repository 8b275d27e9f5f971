"""How the page's answers are made, as chosen in the page: kept in one file that only its owner may read."""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from corpus import Problem
from rag import Settings, SettingsError
from ui.messages import PageMessage

__all__ = ["CHOICES", "Preferences"]

_log = logging.getLogger(__name__)

CHOICES = tuple(
    name
    for name in ("llm", "llm_base_url", "llm_api_key", "research", "top_k", "answer_threshold", "strict", "watch")
    if name in Settings.model_fields
)
"""The fields of ``Settings`` that can be chosen in the page."""


class Preferences:
    """What was chosen in the page, over what the program was started with.

    The key is written only: nothing here shows it, and it is not kept when the server or the provider that it was
    given for changes. Whoever can open the page could otherwise have it sent to a server of their own.
    """

    def __init__(self, started_with: Settings) -> None:
        """A file of an earlier visit that can't be used is kept aside, and ``problem`` says so."""
        self.started_with = started_with
        self.path = started_with.home / "page.json"
        self.problem: Problem | None = None
        """Why what was chosen at an earlier visit is not in use."""
        try:
            self._chosen = self._read()
            self.settings = self._over(self._chosen)
        except SettingsError as exc:
            self.problem = exc.problem
            self._chosen, self.settings = {}, started_with
            aside = self.path.with_suffix(".json.damaged")
            with suppress(OSError):
                self.path.replace(aside)
            _log.warning("%s It is kept as %s.", exc, aside)

    def choose(self, values: Mapping[str, Any]) -> Settings:
        """Keeps values for some of ``CHOICES`` and returns what comes of them; of wrong ones nothing is kept.

        An ``llm_api_key`` that is None stays as it was, an empty one is forgotten.

        Raises:
            SettingsError: a value can't be used, or the file can't be written.
        """
        chosen = {**self._chosen, **{name: value for name, value in values.items() if name != "llm_api_key"}}
        key = values.get("llm_api_key")
        if key is not None:
            chosen["llm_api_key"] = key
        settings = self._over(chosen)
        if key is None and _receiver(settings) != _receiver(self.settings):
            chosen["llm_api_key"] = ""
            settings = self._over(chosen)
        self._write(chosen)
        self._chosen, self.settings = chosen, settings
        return settings

    def forget(self) -> Settings:
        """Goes back to what the program was started with; raises ``SettingsError`` if the file can't be removed."""
        try:
            self.path.unlink(missing_ok=True)
        except OSError as exc:
            raise SettingsError(PageMessage.CHOICES_NOT_REMOVED, file=self.path, reason=exc.strerror or exc) from exc
        self._chosen, self.settings = {}, self.started_with
        return self.settings

    def _over(self, chosen: Mapping[str, Any]) -> Settings:
        values = {name: getattr(self.started_with, name) for name in Settings.model_fields}
        values |= chosen
        values["llm_api_key"] = values["llm_api_key"] or None
        return Settings(**values)

    def _read(self) -> dict[str, Any]:
        try:
            values = json.loads(self.path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return {}
        except (OSError, ValueError) as exc:
            raise SettingsError(PageMessage.CHOICES_UNREADABLE, file=self.path, reason=exc) from exc
        if not isinstance(values, dict):
            raise SettingsError(PageMessage.CHOICES_SHAPE, file=self.path)
        return {name: value for name, value in values.items() if name in CHOICES}

    def _write(self, chosen: dict[str, Any]) -> None:
        beside = self.path.with_suffix(".new")
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            beside.unlink(missing_ok=True)
            with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
                json.dump(chosen, file, ensure_ascii=False, indent=2)
            beside.replace(self.path)
        except OSError as exc:
            raise SettingsError(PageMessage.CHOICES_NOT_KEPT, file=self.path, reason=exc.strerror or exc) from exc


def _receiver(settings: Settings) -> tuple[str, str | None]:
    """Who would get the key."""
    return settings.llm.partition(":")[0], settings.llm_base_url
