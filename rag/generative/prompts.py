"""What a language model is told: rules in the question's language, and passages fenced and numbered as data."""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any, Protocol, get_args

from jinja2 import DictLoader, StrictUndefined, TemplateError, nodes
from jinja2.loaders import ChoiceLoader, FileSystemLoader
from jinja2.sandbox import ImmutableSandboxedEnvironment

from corpus import Passage
from corpus.language.script import traditional
from rag.answers import Hit
from rag.conversation import Turn
from rag.errors import SettingsError
from rag.generative.sourced import Sourced
from rag.messages import AnswerMessage
from rag.question.phrases import Language
from rag.question.recency import now

__all__ = ["NO_ANSWER", "Prompt", "TemplatePrompt"]

NO_ANSWER = "NO_ANSWER"
"""What the model writes when the passages do not answer."""

_TEMPLATES = Path(__file__).parent / "templates"
_BUILT_IN = "prompt.j2"
_STALE_MARK = re.compile(r" ?\[\d{1,3}\]")
_SAMPLE = (Hit(1, 0.0, Passage("a.txt", 0, 1, "a", "a")),)


class Prompt(Protocol):
    """What a language model is told; hand one to ``Assistant`` to have it told something else."""

    def messages(self, question: str, hits: Sequence[Hit], history: Sequence[Turn], language: Language) -> list[Turn]:
        """The conversation to send for an answer from these passages: turns of "system", "user" and "assistant"."""
        ...

    def rewriting(self, question: str, history: Sequence[Turn], language: Language) -> list[Turn]:
        """What to send to have a question rewritten so that it stands alone."""
        ...


class TemplatePrompt:
    """The built-in prompt, or one that a Jinja template file makes of it."""

    def __init__(self, file: Path | None = None) -> None:
        """Raises ``SettingsError`` if the file can't be read, is no template, or asks for what there is not."""
        self._file = file
        self._source = "" if file is None else _read(file)
        try:
            for language in get_args(Language):
                told = self.messages("?", _SAMPLE, (), language) + self.rewriting("?", [("user", "?")], language)
                if not all(content for _, content in told):
                    raise TemplateError("a part of it is empty")  # noqa: TRY301 - told like the others
        except (TemplateError, ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as exc:
            reason = str(exc).rstrip(".") or type(exc).__name__
            raise SettingsError(AnswerMessage.PROMPT_UNUSABLE, file=str(file), reason=reason) from exc

    def messages(self, question: str, hits: Sequence[Hit], history: Sequence[Turn], language: Language) -> list[Turn]:
        """The conversation to send: rules, the turns so far, then the passages and the question.

        The fence around each passage holds a random word, so that no text in a document can close it. A passage that
        goes on where another one ends says so: what it speaks of may be named there. Marks in the turns so far are
        left out: they number passages of another search.
        """
        ends = {(hit.passage.document_id, hit.passage.end): hit.rank for hit in hits}
        passages = [_described(hit, ends) for hit in hits]
        material = self._part(
            "material", language, passages=passages, question=question, fence=f"{secrets.token_hex(4)}"
        )
        return [("system", self._part("rules", language)), *_unmarked(history), ("user", material)]

    def rewriting(self, question: str, history: Sequence[Turn], language: Language) -> list[Turn]:
        """What to send to have a question rewritten so that it stands alone."""
        turns = self._part("turns", language, history=_unmarked(history), question=question)
        return [("system", self._part("rewriting", language)), ("user", turns)]

    @cached_property
    def _template(self) -> Any:
        environment = ImmutableSandboxedEnvironment(
            loader=ChoiceLoader([DictLoader({"own": self._source}), FileSystemLoader(_TEMPLATES)]),
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            autoescape=False,  # what a language model reads is no HTML
        )
        environment.filters |= {"quoted": _quoted, "script": _in_script}
        if not self._source:
            return environment.get_template(_BUILT_IN)
        if environment.parse(self._source).find(nodes.Extends) is None:
            rules = f"{{% extends '{_BUILT_IN}' %}}{{% block rules %}}{self._source}{{% endblock %}}"
            return environment.from_string(rules)
        return environment.get_template("own")

    def _part(self, part: str, language: Language, **values: Any) -> str:
        today = now().isoformat()
        told: str = self._template.render(part=part, language=language, today=today, no_answer=NO_ANSWER, **values)
        return told.strip()


def _described(hit: Hit, ends: Mapping[tuple[str, int], int]) -> dict[str, Any]:
    passage = hit.passage
    told: dict[str, Any] = {
        "number": hit.rank,
        "title": passage.title,
        "headings": passage.headings,
        "file": passage.document_id,
        "page": passage.page,
        "text": passage.text,
        "continues": _continued(hit, ends),
        "superseded_by": hit.superseded_by,
        "source": None,
        "published": None,
    }
    if isinstance(hit, Sourced):
        told |= {"source": hit.source, "published": hit.published, "superseded_by": hit.superseded_by_title}
    return told


def _continued(hit: Hit, ends: Mapping[tuple[str, int], int]) -> int | None:
    document_id, start = hit.passage.document_id, hit.passage.start
    places = ((document_id, start), (document_id, start - 1))  # on the same line, or on the next
    return next((ends[place] for place in places if place in ends), None)


def _unmarked(history: Sequence[Turn]) -> list[Turn]:
    return [(role, _STALE_MARK.sub("", text) if role == "assistant" else text) for role, text in history]


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _in_script(text: str, language: Language) -> str:
    return traditional(text) if language == "zh-Hant" else text


def _read(file: Path) -> str:
    try:
        source = file.expanduser().read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as exc:
        reason = getattr(exc, "strerror", None) or "it is not UTF-8 text"
        raise SettingsError(AnswerMessage.PROMPT_UNUSABLE, file=str(file), reason=reason) from exc
    if not source.strip():
        raise SettingsError(AnswerMessage.PROMPT_UNUSABLE, file=str(file), reason="it is empty")
    return source
