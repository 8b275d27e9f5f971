"""What goes wrong is said in the interface's language by its code, and nothing is raised without one."""

from __future__ import annotations

import ast
import pickle
import string
from collections.abc import Iterator
from pathlib import Path

import pytest

from corpus import Problem, UnreadableDocument
from corpus.errors import Message
from corpus.messages import DocumentMessage, Unread
from embeddings.messages import IndexMessage
from rag.messages import AnswerMessage
from ui.messages import PageMessage
from ui.web.store.conversations import Conversations
from ui.web.store.turns import Turn
from ui.web.words.errors import SIMPLIFIED, TRADITIONAL, told

HOUSE = Path(__file__).parent.parent
CATALOGUES = (DocumentMessage, Unread, IndexMessage, AnswerMessage, PageMessage)
MESSAGES: list[Message] = [message for catalogue in CATALOGUES for message in catalogue.__members__.values()]
NAMES = {catalogue.__name__: catalogue for catalogue in CATALOGUES}
ERRORS = {
    "YinjuError", "DocumentError", "UnreadableDocument", "UnsupportedFormat", "UnknownDocument", "EmbeddingError",
    "EncoderUnavailable", "IndexProblem", "IndexBusy", "IndexMissing", "IndexUnreadable", "IndexMismatch",
    "IndexUnwritable", "AnswerError", "QuestionError", "SettingsError", "LanguageModelError", "RerankerUnavailable",
    "EvaluationError", "TooManyQuestions", "_TooManyTries",
}  # fmt: skip
HANDED_ON = {
    "message",
    "problem",
    "outcome.problem",
    "self.problem",
    "error",
    "kind",
}  # what was made elsewhere, with its code


def fields(sentence: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(sentence) if name}


def raised() -> Iterator[tuple[str, ast.Call]]:
    """The calls that make an error or a problem of a message, and where they stand."""
    for folder in ("corpus", "embeddings", "rag", "ui"):
        for path in sorted((HOUSE / folder).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call) and (
                    (isinstance(node.func, ast.Name) and node.func.id in ERRORS)
                    or ast.unparse(node.func) == "Problem.of"
                ):
                    yield f"{path.relative_to(HOUSE).as_posix()}:{node.lineno}", node


def test_codes_are_told_apart() -> None:
    assert len(MESSAGES) > 130
    assert len({message.code for message in MESSAGES}) == len(MESSAGES)
    assert {message.code for message in MESSAGES} == set(SIMPLIFIED)
    assert set(TRADITIONAL) <= set(SIMPLIFIED)


@pytest.mark.parametrize("message", MESSAGES, ids=lambda message: message.code)
def test_every_code_has_its_sentence_in_three_languages(message: Message) -> None:
    names = fields(message.value)
    assert fields(SIMPLIFIED[message.code]) == names
    values = {name: 1000 + number for number, name in enumerate(sorted(names))}
    problem = Problem.of(message, **values)
    said = {language: told(problem, language) for language in ("zh-Hans", "zh-Hant", "en")}
    assert said["en"] == str(problem)
    assert said["zh-Hans"] != said["en"] != said["zh-Hant"]
    for sentence in said.values():
        assert all(str(value) in sentence or f"{value:,}" in sentence for value in values.values())


def test_nothing_is_raised_without_a_code_and_all_its_fields() -> None:
    wrong, seen = [], 0
    for where, call in raised():
        what = call.args[0] if call.args else None
        if isinstance(what, ast.Attribute) and getattr(what.value, "id", "") in NAMES:
            names = fields(NAMES[what.value.id][what.attr].value)  # type: ignore[attr-defined]
            if {keyword.arg for keyword in call.keywords} != names:
                wrong.append(f"{where}: fields")
            seen += 1
        elif what is None or ast.unparse(what) not in HANDED_ON:
            wrong.append(f"{where}: no code")
    assert wrong == []
    assert seen > 130


def test_a_problem_stays_itself_on_its_way() -> None:
    inner = Problem.of(DocumentMessage.EMPTY_TEXT, file="a.txt")
    problem = UnreadableDocument(DocumentMessage.ARCHIVE_USELESS, file="b.zip", problem=inner).problem
    for again in (pickle.loads(pickle.dumps(problem)), Problem.from_dict(problem.to_dict())):
        assert (again, again.code, again.fields) == (problem, "archive_useless", problem.fields)
        assert told(again, "zh-Hans") == "b.zip 里没有能读的东西。a.txt 是空的：里面没有文字。"
    assert UnreadableDocument(problem).code == "archive_useless"
    assert str(UnreadableDocument("Something new.")) == told(Problem("Something new."), "zh-Hant") == "Something new."


def test_a_kept_turn_is_told_in_the_language_of_who_opens_it(tmp_path: Path) -> None:
    kept = Conversations(tmp_path / "conversations.sqlite")
    error = Problem.of(AnswerMessage.QUESTION_TOO_LONG, characters=2500, most=2000)
    conversation, _ = kept.append(None, Turn("?", error=error))
    (turn,) = Conversations(tmp_path / "conversations.sqlite").turns(conversation)
    assert turn.error is not None
    assert told(turn.error, "zh-Hans").startswith("问题有 2,500 个字，最多能问 2,000 个字。")
