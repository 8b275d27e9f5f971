"""Every error Yinju raises, and those of the corpus.

YinjuError
├── DocumentError          one document can't be used
│   ├── UnreadableDocument     the file is missing, not permitted, or not what its name says
│   ├── UnsupportedFormat      no reader knows the file's format
│   └── UnknownDocument        no document has this id
├── EmbeddingError         the encoder or the index (``embeddings.errors``)
└── AnswerError            questions, settings and language models (``rag.errors``)

Each message is one sentence or two: what happened, to which file or setting, and what to do. It has a code and fields
beside its English words, so that a program can tell one from another and a page say it in its reader's language.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from pathlib import Path
from typing import Any

__all__ = [
    "DocumentError",
    "Message",
    "Problem",
    "UnknownDocument",
    "UnreadableDocument",
    "UnsupportedFormat",
    "YinjuError",
]

_SENTENCE = "sentence"  # the code of what is said in words only


class Message(Enum):
    """What can be said of something that goes wrong: a code, and an English sentence with the names of its fields.

    Each floor has its own in its ``messages`` module.
    """

    _value_: str

    @property
    def code(self) -> str:
        """The stable name that programs and translations know it by."""
        return self.name.lower()


class Problem(str):
    """What went wrong: an English sentence that carries its ``code`` and its ``fields`` wherever it goes.

    A field is a text, a number, or another problem. What is said in words only has the code "sentence" and no fields.
    """

    code: str
    fields: Mapping[str, str | int | float]

    def __new__(
        cls, sentence: str, code: str = _SENTENCE, fields: Mapping[str, str | int | float] | None = None
    ) -> Problem:
        """The sentence with its code and fields as they are; ``of`` makes it from a message."""
        problem = super().__new__(cls, sentence)
        problem.code = code
        problem.fields = dict(fields or {})
        return problem

    def __getnewargs__(self) -> tuple[str, str, Mapping[str, str | int | float]]:  # type: ignore[override]
        """What it is made of again in another process."""
        return str(self), self.code, self.fields

    @classmethod
    def of(cls, message: Message | str, **fields: str | float | Path | BaseException) -> Problem:
        """The message with its fields filled in; a problem stays itself, and a plain sentence is one without a code."""
        if isinstance(message, Problem):
            return message
        if isinstance(message, str):
            return cls(message)
        kept = {name: value if isinstance(value, str | int | float) else str(value) for name, value in fields.items()}
        return cls(message.value.format(**kept), message.code, kept)

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        fields = {name: value.to_dict() if isinstance(value, Problem) else value for name, value in self.fields.items()}
        return {"sentence": str(self), "code": self.code, "fields": fields}

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Problem:
        """The problem of ``to_dict``'s values."""
        fields = {
            name: cls.from_dict(value) if isinstance(value, dict) else value for name, value in values["fields"].items()
        }
        return cls(values["sentence"], values["code"], fields)


class YinjuError(Exception):
    """The root of every error that leaves a public function.

    ``str()`` of it is an English sentence; ``problem`` is the same with its ``code`` and ``fields``. A reader of
    another house may raise it with a sentence of its own.
    """

    def __init__(self, message: Message | str, **fields: str | float | Path | BaseException) -> None:
        self.problem = Problem.of(message, **fields)
        super().__init__(self.problem)

    @property
    def code(self) -> str:
        """What kind of thing went wrong, by a name that stays."""
        return self.problem.code

    @property
    def fields(self) -> Mapping[str, str | int | float]:
        """What it went wrong with: a file, a setting, a figure."""
        return self.problem.fields


class DocumentError(YinjuError):
    """One document can't be used; the others are not affected."""


class UnreadableDocument(DocumentError):
    """The file is missing, may not be read, or its bytes are not what its name says."""


class UnsupportedFormat(DocumentError):
    """No reader is registered for the file's format."""


class UnknownDocument(DocumentError):
    """The documents folder or the index has no document of this id."""
