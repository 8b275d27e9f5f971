"""The command as a person runs it: its output, its exit code; a process where it is one's own that is tested."""

import io
import json
import os
import subprocess
import sys
import time
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from unittest import mock

import pytest
from conftest import ARTICLES

from embeddings import Encoder
from ui.cli import main

FIRST = "济南高新区聘任了多少名首席政策官？"


def yinju(*arguments: str, home: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "YINJU_HOME": str(home), **variables}
    command = [sys.executable, "-c", "from ui.cli import main; main()", *arguments]
    return subprocess.run(
        command, env=environment, capture_output=True, text=True, encoding="utf-8", timeout=120, check=False
    )


def yinju_here(*arguments: str, home: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    """The same in this process, which has loaded already what the command needs."""
    told, said = io.StringIO(), io.StringIO()
    with (
        mock.patch.object(sys, "argv", ["yinju", *arguments]),
        mock.patch.dict(os.environ, {"YINJU_HOME": str(home), **variables}),
        redirect_stdout(told),
        redirect_stderr(said),
        pytest.raises(SystemExit) as ended,
    ):
        main()
    return subprocess.CompletedProcess(arguments, int(ended.value.code or 0), told.getvalue(), said.getvalue())


def one_line(process: subprocess.CompletedProcess[str]) -> str:
    """The error that a command told, which must be one line and no traceback."""
    assert process.returncode == 1, process.stderr
    assert process.stdout == ""
    lines = process.stderr.strip().splitlines()
    assert len(lines) == 1, process.stderr
    return lines[0]


def test_help_is_quick_because_nothing_heavy_is_imported(home: Path) -> None:
    code = (
        "import sys\nfrom ui.cli import main\ntry: main()\nexcept SystemExit: pass\n"
        "print(sorted({'torch', 'gradio', 'faiss', 'numpy', 'pydantic', 'transformers'} & set(sys.modules)))"
    )
    process = subprocess.run(
        [sys.executable, "-c", code, "--help"], capture_output=True, text=True, encoding="utf-8", check=False
    )
    assert process.stdout.endswith("[]\n")
    assert "rebuild" in process.stdout


@pytest.mark.parametrize(
    "command", ["chat", "ask", "search", "rebuild", "add", "remove", "list", "status", "models", "eval"]
)
def test_every_command_has_an_example(command: str, home: Path) -> None:
    process = yinju_here(command, "--help", home=home)
    assert process.returncode == 0
    assert f"Example: yinju {command}" in process.stdout


def test_a_refusal_shows_what_comes_closest(bundled_home: Path) -> None:
    text = yinju_here("ask", "济南高新区图书馆星期几闭馆？", home=bundled_home).stdout
    assert text.startswith("文档中没有找到")
    assert "What comes closest:\n\n1. " in text
    assert "济南高新区" in text


def test_ask_in_text_and_json(bundled_home: Path) -> None:
    text = yinju("ask", FIRST, home=bundled_home)
    assert (text.returncode, text.stderr) == (0, "")
    assert "39名“首席政策官”" in text.stdout
    assert "[1]" in text.stdout
    assert "2024-04-24" in text.stdout
    values = json.loads(yinju_here("ask", FIRST, "--json", home=bundled_home).stdout)
    assert values["citations"][0]["document_id"] == "003_5e9ebf8f6c1b539e.txt"


def test_search_list_and_status(bundled_home: Path) -> None:
    hits = json.loads(yinju_here("search", "人才补贴", "--top-k", "2", "--json", home=bundled_home).stdout)
    assert [hit["rank"] for hit in hits] == [1, 2]
    documents = json.loads(yinju_here("list", "--json", home=bundled_home).stdout)
    assert {document["id"] for document in documents} == {path.name for path in ARTICLES.glob("*.txt")}
    assert "双榜提名" in yinju_here("list", home=bundled_home).stdout
    status = json.loads(yinju_here("status", "--json", home=bundled_home).stdout)
    assert (status["documents"], status["stale"]) == (2, False)
    assert "stale      no" in yinju_here("status", home=bundled_home).stdout


def test_a_home_from_nothing(home: Path, tmp_path: Path, encoder: Encoder) -> None:
    first = yinju("rebuild", home=home)
    assert (first.returncode, first.stdout) == (0, "")
    assert "2 documents" in first.stderr
    own = tmp_path / "闭馆.txt"
    own.write_text("济南市图书馆每周一闭馆，周二至周日九点开馆。", encoding="utf-8")
    added = yinju_here("add", str(own), "--json", home=home)
    values = json.loads(added.stdout)
    assert (values["added"], values["rebuild"]["encoded"]) == (["闭馆.txt"], 1)
    answer = json.loads(yinju_here("ask", "济南市图书馆星期几闭馆？", "--json", home=home).stdout)
    assert "周一闭馆" in answer["text"]
    removed = yinju_here("remove", "闭馆.txt", home=home)
    assert removed.stdout == "removed 闭馆.txt\n"
    assert json.loads(yinju_here("ask", "济南市图书馆星期几闭馆？", "--json", home=home).stdout)["refused"]


class TestErrors:
    def test_no_index(self, home: Path) -> None:
        assert "yinju rebuild" in one_line(yinju("ask", FIRST, home=home))
        assert not home.exists()

    def test_an_empty_question(self, bundled_home: Path) -> None:
        assert "empty" in one_line(yinju_here("ask", " ", home=bundled_home))

    def test_a_hundred_thousand_characters(self, bundled_home: Path) -> None:
        assert "100,001 characters" in one_line(yinju_here("ask", "why " * 25_000 + "?", home=bundled_home))

    def test_another_model(self, bundled_home: Path) -> None:
        process = yinju_here("ask", FIRST, home=bundled_home, YINJU_EMBEDDING_MODEL="some/model")
        assert "some/model" in one_line(process)

    def test_an_unknown_model(self, home: Path) -> None:
        process = yinju_here("rebuild", "--model", "/no/such/model", home=home)
        assert process.returncode == 1
        assert "'/no/such/model' can't be loaded" in process.stderr
        assert "Traceback" not in process.stderr

    def test_a_language_model_that_refuses_the_connection(self, bundled_home: Path) -> None:
        variables = {"YINJU_LLM": "openai:x", "YINJU_LLM_BASE_URL": "http://127.0.0.1:9/v1"}
        process = yinju_here("ask", FIRST, home=bundled_home, **variables)
        assert process.returncode == 0
        assert "39" in process.stdout
        assert "127.0.0.1:9" in process.stdout

    def test_a_wrong_setting(self, bundled_home: Path) -> None:
        assert "YINJU_TOP_K" in one_line(yinju("ask", FIRST, home=bundled_home, YINJU_TOP_K="many"))

    def test_a_variable_of_gradio_that_is_no_number(self, bundled_home: Path) -> None:
        process = yinju("chat", home=bundled_home, GRADIO_SERVER_PORT="many")
        assert process.returncode == 1
        told = process.stderr.strip().splitlines()[-1]
        assert told == (
            "yinju: The variable GRADIO_SERVER_PORT is no number but 'many'. Unset it: the page is served on the port "
            "that 'yinju chat --port' names."
        )

    def test_an_empty_variable_of_gradio_is_none(self, bundled_home: Path) -> None:
        code = "from rag import Settings\nfrom ui.web.server.app import build\nbuild(Settings())"
        process = subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, encoding="utf-8", check=False,
            env={**os.environ, "YINJU_HOME": str(bundled_home), "GRADIO_SERVER_PORT": "", "GRADIO_NUM_PORTS": " "},
        )  # fmt: skip
        assert process.returncode == 0, process.stderr

    def test_a_file_that_cannot_be_read(self, home: Path, tmp_path: Path) -> None:
        (tmp_path / "x.bin").write_bytes(b"\x00")
        process = yinju_here("add", str(tmp_path / "x.bin"), home=home)
        assert "x.bin can't be read" in process.stderr
        assert process.returncode == 1
        assert not (home / "documents" / "x.bin").exists()

    def test_an_unknown_document(self, bundled_home: Path) -> None:
        assert "'../x' in" in one_line(yinju_here("remove", "../x", home=bundled_home))
        assert len(list((bundled_home / "documents").iterdir())) == 2

    @pytest.mark.parametrize(
        "arguments", [("ask",), ("frob",), ("search", "x", "--top-k", "0"), ("ask", "x", "--frob")]
    )
    def test_wrong_usage(self, arguments: tuple[str, ...], home: Path) -> None:
        process = yinju_here(*arguments, home=home)
        assert process.returncode == 2
        assert "Traceback" not in process.stderr

    def test_the_traceback_comes_only_when_asked_for(self, home: Path) -> None:
        assert "Traceback" in yinju("--debug", "ask", FIRST, home=home).stderr


def test_the_command_is_installed(home: Path) -> None:
    script = Path(sys.executable).with_name("yinju")
    if not script.exists():
        pytest.skip("yinju is not installed in this environment")
    started = time.monotonic()
    assert subprocess.run([script, "--help"], capture_output=True, check=False).returncode == 0
    assert time.monotonic() - started < 30
