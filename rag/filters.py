"""Which documents a question is asked of."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from typing import Any

from embeddings import DocumentSummary
from rag.conversation import is_text
from rag.errors import QuestionError
from rag.messages import AnswerMessage

__all__ = ["Filters", "filters_of"]


@dataclass(frozen=True, slots=True)
class Filters:
    """What a document must be to be asked; what is empty or None does not matter.

    ``documents`` are ids, ``folders`` folders in the documents folder ("policies/2023"), ``sources`` publishers as the
    documents name them, ``authors`` and ``numbers`` (泽政办发〔2025〕6号) likewise, ``languages`` BCP 47 tags ("zh"
    holds for "zh-Hans" too). ``published_from`` and ``published_to`` are ISO 8601 dates or beginnings of one ("2023",
    "2023-05"), both included; a document without a date fits neither.
    """

    documents: tuple[str, ...] = ()
    folders: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    published_from: str | None = None
    published_to: str | None = None
    authors: tuple[str, ...] = ()
    numbers: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        """Whether anything is asked for."""
        return any(getattr(self, field.name) for field in fields(self))

    def fits(self, document: DocumentSummary) -> bool:
        """Whether a document is all that is asked for."""
        return (
            (not self.documents or document.id in self.documents)
            and (not self.folders or any(document.id.startswith(f"{folder.strip('/')}/") for folder in self.folders))
            and (not self.sources or document.source in self.sources)
            and (not self.authors or document.author in self.authors)
            and (not self.numbers or document.number in self.numbers)
            and (not self.languages or any(_holds(tag, document.language) for tag in self.languages))
            and self._in_range(document.published)
        )

    def choose(self, documents: Iterable[DocumentSummary]) -> frozenset[str]:
        """The ids of the documents that fit."""
        return frozenset(document.id for document in documents if self.fits(document))

    def _in_range(self, published: str | None) -> bool:
        if not self.published_from and not self.published_to:
            return True
        if not published:
            return False
        first, last = self.published_from or "", self.published_to or "9999"
        return first <= published and published[: len(last)] <= last


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


def _holds(tag: str, language: str) -> bool:
    return language == tag or language.startswith(f"{tag}-")
