"""What other packages bring, found as a person's installed package is: by its entry points alone."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from quick_encoder import QuickEncoder
from test_docs_extending import NOTE, TEXT
from test_ui_cli import one_line, yinju, yinju_here

from corpus import read_document
from embeddings import (
    EncoderUnavailable,
    IndexMismatch,
    IndexMissing,
    IndexUnreadable,
    keep_vectors,
    load_encoder,
    open_index,
    rebuild,
    texts_of,
)
from rag import Assistant, Settings, ask

QUESTION = "图书馆几点开馆？"
PAIRS, COPY = (
    next(code for code in re.findall(r"```python\n(.*?)```", TEXT, re.DOTALL) if words in code)
    for words in ("class PairEncoder", "def publish")
)
Install = Callable[..., Path]


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Install:
    """Puts a package of one module and one entry point where this process finds it, and those it begins."""

    def installed(group: str, point: str, code: str) -> Path:
        name, _, target = point.partition("=")
        site, module = tmp_path / f"site-{name}", target.partition(":")[0]
        info = site / f"{module}-1.dist-info"
        info.mkdir(parents=True)
        (site / f"{module}.py").write_text(code, encoding="utf-8")
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {module}\nVersion: 1\n", encoding="utf-8")
        (info / "entry_points.txt").write_text(f"[{group}]\n{name} = {target}\n", encoding="utf-8")
        monkeypatch.syspath_prepend(site)
        monkeypatch.setenv("PYTHONPATH", str(site), prepend=":")
        return site

    return installed


@pytest.fixture
def documents(home: Path) -> Path:
    (home / "documents").mkdir(parents=True)
    (home / "documents" / "a.txt").write_text(NOTE, encoding="utf-8")
    return home / "documents"


def test_an_encoder_builds_an_index_and_answers(home: Path, documents: Path, install: Install) -> None:
    install("yinju.encoders", "pairs=house_of_pairs:PairEncoder", PAIRS)
    variables = {"YINJU_EMBEDDING_MODEL": "pairs:48"}
    report = json.loads(yinju("rebuild", "--json", home=home, **variables).stdout)
    assert (report["model"], report["documents"]) == ("pairs:48", 1)
    process = yinju_here("search", QUESTION, "--json", home=home, **variables)
    assert (process.returncode, process.stderr) == (0, "")
    assert json.loads(process.stdout)[0]["passage"]["document_id"] == "a.txt"
    answer = json.loads(yinju("ask", QUESTION, "--json", home=home, **variables).stdout)
    assert answer["hits"][0]["passage"]["document_id"] == "a.txt"
    again = json.loads(yinju_here("rebuild", "--json", home=home, **variables).stdout)
    assert not again["changed"]
    assert "pairs:64" in one_line(yinju_here("ask", QUESTION, home=home, YINJU_EMBEDDING_MODEL="pairs:64"))
    status = json.loads(yinju_here("status", "--json", home=home, **variables).stdout)
    assert (status["model"], status["dimensions"]) == ("pairs:48", 48)


SEALED = (
    PAIRS
    + """
from pathlib import Path


class Sealed(PairEncoder):
    def __init__(self, called_with):
        super().__init__()
        self.fingerprint = Path(__file__).with_name("weights.txt").read_text()

    def encode(self, texts, role, progress=None):
        if self.fingerprint == "resting":
            raise RuntimeError("resting")
        return super().encode(texts, role, progress)
"""
)


def test_an_encoder_tells_its_weights_from_others_of_its_name(home: Path, documents: Path, install: Install) -> None:
    site = install("yinju.encoders", "sealed=house_of_weights:Sealed", SEALED)
    settings, model = Settings(embedding_model="sealed:x"), "sealed:x"
    weights = site / "weights.txt"
    weights.write_text("first")
    rebuild(documents, settings.index_dir, model=model)
    assistant = Assistant.from_settings(settings)
    assert assistant.index.manifest.fingerprint == "first"
    assert assistant.encoder.name == assistant.index.manifest.model == model
    assert not rebuild(documents, settings.index_dir, model=model).changed
    weights.write_text("second")
    with pytest.raises(IndexMismatch, match="other weights"):
        Assistant.from_settings(settings)
    assert rebuild(documents, settings.index_dir, model=model).encoded
    assert open_index(settings.index_dir).manifest.fingerprint == "second"


def test_vectors_made_elsewhere_serve_an_encoder_with_a_fingerprint(
    home: Path, documents: Path, install: Install
) -> None:
    (install("yinju.encoders", "resting=house_of_rest:Sealed", SEALED) / "weights.txt").write_text("resting")
    texts = list(texts_of(read_document(documents / "a.txt", documents), max_chars=400))
    keep_vectors(home / "index", "resting:x", texts, np.eye(len(texts), 64, dtype=np.float32))
    assert rebuild(documents, home / "index", model="resting:x").encoded == 1


def test_an_index_is_brought_there_and_asked(home: Path, documents: Path, install: Install, tmp_path: Path) -> None:
    install("yinju.encoders", "pairs=house_of_pairs:PairEncoder", PAIRS)
    install("yinju.indexes", "copy=house_of_copies", COPY)
    there = tmp_path / "there"
    variables = {"YINJU_EMBEDDING_MODEL": "pairs:64", "YINJU_INDEX": f"copy:{there}"}
    missing = one_line(yinju_here("ask", QUESTION, home=home, **variables))
    assert str(there) in missing
    assert "yinju rebuild" in missing
    built = yinju("rebuild", home=home, **variables)
    assert (built.returncode, built.stdout) == (0, ""), built.stderr
    assert (there / "current").read_text() == "generation-000001"
    (home / "index").rename(home / "elsewhere")  # what answers is the copy
    answer = json.loads(yinju("ask", QUESTION, "--json", home=home, **variables).stdout)
    assert answer["hits"][0]["passage"]["document_id"] == "a.txt"
    assert json.loads(yinju_here("list", "--json", home=home, **variables).stdout)[0]["id"] == "a.txt"
    (home / "elsewhere").rename(home / "index")
    (documents / "b.txt").write_text(NOTE.replace("八", "九"), encoding="utf-8")
    yinju_here("rebuild", home=home, **variables)
    assert len(json.loads(yinju_here("list", "--json", home=home, **variables).stdout)) == 2
    assert yinju_here("rollback", home=home, **variables).returncode == 0
    assert len(json.loads(yinju_here("list", "--json", home=home, **variables).stdout)) == 1


def test_the_running_assistant_moves_to_what_is_brought(home: Path, documents: Path, install: Install) -> None:
    install("yinju.indexes", "moving=house_of_moves", COPY)
    settings = Settings(index=f"moving:{home / 'there'}")
    rebuild(documents, settings.index_dir, encoder=QuickEncoder(), publish_to=settings.publish_to)
    assistant = Assistant(open_index(settings.index_location), QuickEncoder(), settings)
    (documents / "b.txt").write_text(NOTE.replace("八", "九"), encoding="utf-8")
    rebuild(documents, settings.index_dir, encoder=QuickEncoder(), publish_to=settings.publish_to)
    assert {hit.passage.document_id for hit in assistant.search(QUESTION)} == {"a.txt", "b.txt"}


ENCODERS = {
    "does not exist": ("house_of_nothing:make", "", "AttributeError"),
    "needs a package that is not there": ("house_without:make", "import no_such_package", "No module named"),
    "raises": ("house_on_fire:make", "def make(rest):\n    raise OSError(f'no server at {rest}')", "no server at x"),
    "is no encoder": ("house_of_none:make", "def make(rest):\n    return None", "dimensions"),
}


@pytest.mark.parametrize("case", ENCODERS)
def test_an_encoder_that_fails_is_told(case: str, home: Path, documents: Path, install: Install) -> None:
    target, code, reason = ENCODERS[case]
    install("yinju.encoders", f"bad={target}", code)
    with pytest.raises(EncoderUnavailable) as told:
        rebuild(documents, home / "index", model="bad:x")
    assert told.value.code == "encoder_brought_fails"
    assert told.value.fields["package"] == target.partition(":")[0]
    assert reason in str(told.value)
    with pytest.raises(EncoderUnavailable, match="'bad'"):
        load_encoder("bad:x")


BREAKING = (
    PAIRS
    + """

class Breaking(PairEncoder):
    def __init__(self, when):
        super().__init__()
        self.when = when

    def encode(self, texts, role, progress=None):
        if role == self.when:
            raise ConnectionRefusedError(111, "Connection refused")
        if self.when == "short":
            return super().encode(texts, role, progress)[:, 1:]
        return super().encode(texts, role, progress)
"""
)


def test_an_encoder_that_breaks_at_work_is_told(home: Path, documents: Path, install: Install) -> None:
    install("yinju.encoders", "breaking=house_that_breaks:Breaking", BREAKING)
    for when, reason in (("document", "Connection refused"), ("short", "63")):  # nothing of the index's folder
        with pytest.raises(EncoderUnavailable, match=reason):
            rebuild(documents, home / "index", model=f"breaking:{when}")
        with pytest.raises(IndexMissing):
            open_index(home / "index")
    rebuild(documents, home / "index", model="breaking:query")
    with pytest.raises(EncoderUnavailable, match="house_that_breaks"):
        ask(QUESTION, settings=Settings(embedding_model="breaking:query"))
    line = one_line(yinju_here("ask", QUESTION, home=home, YINJU_EMBEDDING_MODEL="breaking:query"))
    assert "The encoder 'breaking' that the package house_that_breaks brings can't be used" in line


def test_an_encoder_that_no_package_brings_is_told(home: Path, documents: Path) -> None:
    process = yinju_here("rebuild", home=home, YINJU_EMBEDDING_MODEL="nobodys:x")
    assert process.returncode == 1
    assert process.stderr.strip().splitlines()[-1].startswith("yinju: The embedding model 'nobodys:x' can't be loaded")
    assert "no installed package brings an encoder 'nobodys'" in process.stderr
    assert "Traceback" not in process.stderr


INDEXES = {
    "does not exist": ("house_of_nowhere:index", "", "AttributeError"),
    "needs a package that is not there": ("house_wanting", "import no_such_package", "No module named"),
    "has nothing": ("house_empty", "", "has no attribute"),
    "raises": (
        "house_of_storms",
        "def open(location):\n    raise OSError('lost')\ndef publish(index, location):\n    raise OSError('lost')",
        "lost",
    ),
}


@pytest.mark.parametrize("case", INDEXES)
def test_an_index_that_fails_is_told(case: str, home: Path, documents: Path, install: Install) -> None:
    target, code, reason = INDEXES[case]
    install("yinju.indexes", f"bad={target}", code)
    for work in (
        lambda: open_index("bad:secret@there"),
        lambda: rebuild(documents, home / "index", encoder=QuickEncoder(), publish_to="bad:secret@there"),
    ):
        with pytest.raises(IndexUnreadable) as told:
            work()
        assert told.value.code == "index_brought_fails"
        assert told.value.fields["package"] == target.partition(":")[0]
        assert reason in str(told.value)
        assert "secret" not in str(told.value)
    if case == "raises":  # what was built here is kept
        assert len(open_index(home / "index").documents()) == 1
    process = yinju_here("ask", QUESTION, home=home, YINJU_INDEX="bad:there")
    assert "The index 'bad' that the package" in one_line(process)


def test_an_index_that_no_package_brings_is_told_before_anything_is_built(home: Path, documents: Path) -> None:
    for command in (("rebuild",), ("ask", QUESTION), ("list",)):
        process = yinju_here(*command, home=home, YINJU_INDEX="nobodys:there")
        assert one_line(process).startswith("yinju: YINJU_INDEX names an index 'nobodys', and no installed package")
    assert not (home / "index").exists()


def test_a_reader_that_can_not_be_loaded_costs_no_other_file(home: Path, documents: Path, install: Install) -> None:
    install("yinju.readers", "bad=house_without_readers", "import no_such_package\nSUFFIXES = ('.note',)")
    (documents / "b.note").write_text(NOTE, encoding="utf-8")
    report = rebuild(documents, home / "index", encoder=QuickEncoder())
    assert report.documents == 1
    (skipped,) = report.skipped
    assert skipped.problem.code == "reader_brought_fails"
    assert "the package house_without_readers brings can't be loaded (ModuleNotFoundError: No module" in skipped.problem
