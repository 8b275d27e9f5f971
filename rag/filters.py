"""Which documents a question is asked of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from embeddings import Filters
from rag.conversation import is_text
from rag.errors import QuestionError
from rag.messages import AnswerMessage

__all__ = ["Filters", "filters_of"]


def filters_of(values: Filters | Mapping[str, Any] | None) -> Filters:
    """Filters from a mapping of the fields of ``Filters``; a single string stands for a list of one.

    Raises:
        QuestionError: there is no such field, or a value is not text.
    """
    if values is None or isinstance(values, Filters):
        return values or Filters()
    known = [field.name for field in fields(Filters)]
    if not isinstance(values, Mapping):
        raise QuestionError(AnswerMessage.FILTERS_SHAPE, known=", ".join(known))
    chosen: dict[str, Any] = {}
    for name, value in values.items():
        if name not in known:
            raise QuestionError(AnswerMessage.FILTER_UNKNOWN, known=", ".join(known))
        single = name.startswith("published")
        texts = [value] if isinstance(value, str) or value is None else value
        if (
            not isinstance(texts, list | tuple | set | frozenset)
            or not all(is_text(text) for text in texts if text is not None)
            or (single and len(texts) != 1)
        ):
            message = AnswerMessage.FILTER_DATE if single else AnswerMessage.FILTER_TEXT
            raise QuestionError(message, filter=name)
        chosen[name] = next(iter(texts)) if single else tuple(text for text in texts if text)
    return Filters(**chosen)
