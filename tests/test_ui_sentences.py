"""What goes wrong is said in the interface's language, and no sentence a page can show lacks its translation."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from ui.web.words.errors import CHINESE, told

HOUSE = Path(__file__).parent.parent
ERRORS = {
    "UnreadableDocument", "UnsupportedFormat", "UnknownDocument", "DocumentError", "IndexBusy", "IndexMissing",
    "IndexUnreadable", "IndexUnwritable", "IndexMismatch", "LanguageModelError", "QuestionError", "TooManyQuestions",
    "Skipped", "YinjuError",
}  # fmt: skip
ELSEWHERE = (  # said on a terminal or to a program, where the page is not
    "rag/evaluation/run.py", "rag/evaluation/questionnaire.py", "rag/evaluation/comparison.py", "rag/langchain.py",
    "ui/web/store/originals.py", "ui/cli.py",
)  # fmt: skip
NOT_SHOWN = {
    "{} holds {} documents: read them with read_documents().",
    "{} is not in the documents folder {}. Add it with 'yinju add {}'.",
    (
        "Turn {} of the history is none. Give turns as {'role': 'user' or 'assistant', 'content': text} or as (role, "
        "text)."
    ),
    (
        "{} is not an index of Yinju: it has other files but no {}. Name another folder, or empty this one and run "
        "'yinju rebuild'."
    ),
}


def text_of(node: ast.expr) -> str | None:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(part.value if isinstance(part, ast.Constant) else "{}" for part in node.values)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        left, right = text_of(node.left), text_of(node.right)
        return None if left is None or right is None else left + right
    return None


def said() -> Iterator[tuple[str, str]]:
    """The sentences of errors in the source, with what is named in them as ``{}``, and where they stand."""
    for folder in ("corpus", "embeddings", "rag", "ui"):
        for path in sorted((HOUSE / folder).rglob("*.py")):
            where = path.relative_to(HOUSE).as_posix()
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call) and getattr(node.func, "id", "") in ERRORS and node.args:
                    sentence = text_of(node.args[-1])
                    if sentence and sentence.strip("{}") and where not in ELSEWHERE:
                        yield sentence, f"{where}:{node.lineno}"


def test_every_sentence_of_an_error_has_its_translation() -> None:
    found = dict(said())
    assert len(found) > 50
    missing = {
        sentence: where for sentence, where in found.items()
        if sentence not in NOT_SHOWN and told(sentence.replace("{}", "x"), "zh-Hans") == sentence.replace("{}", "x")
    }  # fmt: skip
    assert missing == {}


@pytest.mark.parametrize("sentence", CHINESE)
def test_a_translation_names_what_the_sentence_names(sentence: str) -> None:
    holes = sentence.count("{}")
    used = {int(number) for number in re.findall(r"\{(\d)\}", CHINESE[sentence])}
    assert max(used, default=-1) < holes
    names = iter(f"<{number}>" for number in range(holes))
    spoken = re.sub(r"\{\}", lambda _: next(names), sentence)
    for language in ("zh-Hans", "zh-Hant"):
        assert told(spoken, language) != spoken  # type: ignore[arg-type]
    assert told(spoken, "en") == spoken
    assert all(f"<{number}>" in told(spoken, "zh-Hans") for number in used)


def test_files_and_reasons_are_carried_over() -> None:
    sentence = "年报 v2.xyz can't be read: its format .xyz is not known (known are .csv .docx)."
    assert told(sentence, "zh-Hans") == "年报 v2.xyz 读不了：不认识 .xyz 格式（能读的有 .csv .docx）。"
    assert told("a.pdf is empty: it holds no text.", "zh-Hant") == "a.pdf 是空的：裡面沒有文字。"
    assert told("Something new.", "zh-Hans") == "Something new."
