"""Questions with what is expected of their answers, and the documents they may bring along, from JSON lines."""

from __future__ import annotations

import gzip
import json
import re
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from corpus.messages import DocumentMessage
from corpus.readers.formats.markdown import looks_like_markdown
from rag.errors import EvaluationError
from rag.messages import AnswerMessage

__all__ = ["GivenDocument", "Item", "Questionnaire", "read_questionnaire"]

_GZIP = b"\x1f\x8b"
_FACTS = ("source", "published", "author", "url")
_FILE_NAME = re.compile(r"\w[\w.\-]{0,80}")
_ROLES = ("user", "assistant")


@dataclass(frozen=True, slots=True)
class Item:
    """A question and what is expected.

    Where there are ``answer_groups``, a full answer holds one string of every group, else any of ``answers``.
    ``evidence`` are stretches of the documents that carry the answer. ``superseded_ids`` are older versions that must
    not be used. ``history`` are the turns before, oldest first, as (role, content).
    """

    id: str
    text: str
    document_ids: tuple[str, ...]
    answers: tuple[str, ...] = ()
    answer_groups: tuple[tuple[str, ...], ...] = ()
    evidence: tuple[str, ...] = ()
    superseded_ids: tuple[str, ...] = ()
    history: tuple[tuple[str, str], ...] = ()
    lang: str | None = None
    kind: str | None = None

    @property
    def answerable(self) -> bool:
        """Whether any document has the answer."""
        return bool(self.document_ids)

    @property
    def groups(self) -> tuple[tuple[str, ...], ...]:
        """The groups of which each must be met; none where no answer was written down."""
        return self.answer_groups or ((self.answers,) if self.answers else ())


@dataclass(frozen=True, slots=True)
class GivenDocument:
    """A document in the file of questions; ``facts`` are its source, published, author and url, as far as given."""

    id: str
    text: str
    title: str | None = None
    facts: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Questionnaire:
    """What is asked, over which documents: its own, or where it has none, those of the index at hand."""

    files: tuple[str, ...]
    questions: tuple[Item, ...]
    documents: tuple[GivenDocument, ...] = ()

    def write_documents(self, folder: Path) -> dict[str, str]:
        """Writes the documents into a folder as files that the corpus reads; returns their ids by the files' names.

        Raises OSError where the folder can't be written.
        """
        folder.mkdir(parents=True, exist_ok=True)
        names: dict[str, str] = {}
        taken: set[str] = set()  # without case: some file systems have none
        for number, document in enumerate(self.documents, 1):
            stem = document.id if _FILE_NAME.fullmatch(document.id) else f"document-{number}"
            while stem.lower() in taken:
                stem += f"-{number}"
            taken.add(stem.lower())
            suffix, content = _file_of(document)
            (folder / f"{stem}{suffix}").write_text(content, encoding="utf-8")
            names[f"{stem}{suffix}"] = document.id
        return names


def _file_of(document: GivenDocument) -> tuple[str, str]:
    """The suffix and content that have the corpus read the text as it would a text file's, and the title as given."""
    facts = {"title": document.title or "", **document.facts}
    facts = {key: " ".join(value.split()) for key, value in facts.items() if value.strip()}
    if looks_like_markdown(document.text):
        head = "\n".join(f"{key}: {value}" for key, value in facts.items())
        return ".md", f"---\n{head}\n---\n{document.text}" if head else document.text
    return ".json", json.dumps({**facts, "text": document.text}, ensure_ascii=False)


def read_questionnaire(*files: str | Path) -> Questionnaire:
    """The questions and documents in one or more files of JSON lines, plain or compressed by gzip.

    Raises:
        EvaluationError: a file can't be read, a line is not as it should be, or there is no question.
    """
    questions: dict[str, Item] = {}
    documents: dict[str, GivenDocument] = {}
    for file in files:
        for line in _lines(Path(file)):
            if line.is_document:
                document = line.document()
                if documents.setdefault(document.id, document) != document:
                    raise line.error(f"another document has the id {document.id!r} already")
            else:
                question = line.question()
                if question.id in questions:
                    raise line.error(f"another question has the id {question.id!r} already")
                questions[question.id] = question
    if not questions:
        named = " and ".join(str(file) for file in files)
        raise EvaluationError(AnswerMessage.QUESTIONS_NONE, file=named)
    return Questionnaire(tuple(map(str, files)), tuple(questions.values()), tuple(documents.values()))


@dataclass(frozen=True, slots=True)
class _Line:
    """One JSON object and where it stands; what is taken out of it is checked."""

    file: Path
    number: int
    values: dict[str, Any]

    @property
    def is_document(self) -> bool:
        kind = self.values.get("type", "question")
        if kind not in ("doc", "question"):
            raise self.error(f'"type" is {kind!r}; it can be "doc" or "question"')
        return bool(kind == "doc")

    def document(self) -> GivenDocument:
        text = self._text("text")
        facts = {key: self.values[key] for key in _FACTS if isinstance(self.values.get(key), str)}
        return GivenDocument(self._text("id"), text, self._optional("title"), facts)

    def question(self) -> Item:
        if "doc_ids" not in self.values:
            raise self.error('a question needs "doc_ids", the documents that answer it, or [] if none does')
        return Item(
            id=str(self.values.get("id") or f"line {self.number}"),
            text=self._text("text").strip(),
            document_ids=self._texts("doc_ids"),
            answers=self._texts("answers"),
            answer_groups=tuple(self._strings(group, "answer_groups") for group in self._list("answer_groups")),
            evidence=self._texts("evidence"),
            superseded_ids=self._texts("superseded_doc_ids"),
            history=tuple(self._turn(turn) for turn in self._list("history")),
            lang=self._optional("lang"),
            kind=self._optional("kind"),
        )

    def error(self, problem: str) -> EvaluationError:
        return _error(self.file, self.number, problem)

    def _text(self, key: str) -> str:
        value = self._optional(key)
        if value is None or not value.strip():
            raise self.error(f'"{key}" is missing or empty')
        return value

    def _optional(self, key: str) -> str | None:
        value = self.values.get(key)
        if value is not None and not isinstance(value, str):
            raise self.error(f'"{key}" must be text, not {_shown(value)}')
        return value

    def _list(self, key: str) -> list[Any]:
        value = self.values.get(key)
        if value is not None and not isinstance(value, list):
            raise self.error(f'"{key}" must be a list, not {_shown(value)}')
        return value or []

    def _texts(self, key: str) -> tuple[str, ...]:
        return self._strings(self._list(key), key)

    def _strings(self, values: object, key: str) -> tuple[str, ...]:
        if not isinstance(values, list) or not all(isinstance(value, str) and value.strip() for value in values):
            raise self.error(f'"{key}" must hold texts that are not empty, not {_shown(values)}')
        return tuple(values)

    def _turn(self, turn: object) -> tuple[str, str]:
        role, content = (turn.get("role"), turn.get("content")) if isinstance(turn, dict) else (None, None)
        if role not in _ROLES or not isinstance(content, str):
            raise self.error(f'"history" has a turn that is not {{"role", "content"}}: {_shown(turn)}')
        return role, content


def _lines(file: Path) -> Iterator[_Line]:
    number = 0
    try:
        for number, raw in enumerate(_raw_lines(file), 1):
            text = raw.decode("utf-8-sig" if number == 1 else "utf-8").strip()
            if not text:
                continue
            values = json.loads(text)
            if not isinstance(values, dict):
                raise _error(file, number, f"it must be a JSON object, not {_shown(values)}")
            yield _Line(file, number, values)
    except UnicodeDecodeError as exc:
        raise _error(file, number, "it is not UTF-8; save the file in that encoding") from exc
    except (json.JSONDecodeError, RecursionError) as exc:
        reason = exc.msg if isinstance(exc, json.JSONDecodeError) else "it is nested too deeply"
        raise _error(file, number, f"it is not JSON ({reason})") from exc
    except (EOFError, zlib.error, gzip.BadGzipFile) as exc:
        raise EvaluationError(AnswerMessage.GZIP_BROKEN, file=file, reason=exc) from exc
    except OSError as exc:
        raise EvaluationError(DocumentMessage.FILE_UNREADABLE, file=file, reason=exc.strerror or exc) from exc


def _raw_lines(file: Path) -> Iterable[bytes]:
    with file.open("rb") as stream:
        compressed = stream.read(2) == _GZIP
        stream.seek(0)
        if compressed:
            with gzip.open(stream) as unpacked:
                yield from unpacked
        else:
            yield from stream


def _error(file: Path, number: int, problem: str) -> EvaluationError:
    return EvaluationError(AnswerMessage.LINE_BROKEN, file=file, line=number, problem=problem)


def _shown(value: object) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 60 else text[:60] + "…"
