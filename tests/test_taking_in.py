"""Files on their way into the library and the index: each read once, no bad one stops another, all of it told."""

import json
from pathlib import Path

import pytest
from quick_encoder import QuickEncoder
from test_ui_cli import yinju_here

from corpus import Library, ReadAlready, UnreadableDocument
from embeddings import Encoder, open_index, rebuild
from rag import Filters
from tests.word_files import p, word_file
from ui.web.words.errors import told

NOTICE = "停车通知\n泽政办发〔2025〕6号\n停车每小时三元，夜间免费。\n泽安市公安局\n2025年2月14日\n"


@pytest.fixture
def library(tmp_path: Path) -> Library:
    (tmp_path / "documents").mkdir()
    return Library(tmp_path / "documents")


def test_one_bad_file_stops_no_other(library: Library, tmp_path: Path) -> None:
    given = tmp_path / "given"
    given.mkdir()
    (given / "good.txt").write_text(NOTICE, encoding="utf-8")
    (given / "bad.docx").write_bytes(b"PK\x03\x04 broken")
    (given / "odd.xyz").write_bytes(b"?")
    outcomes = {outcome.file: outcome.problem for outcome in library.take_in(given)}
    assert outcomes["given/good.txt"] is None
    assert "ZIP" in (outcomes["given/bad.docx"] or "")
    assert ".xyz" in (outcomes["given/odd.xyz"] or "")
    assert [path.name for path in library.files()] == ["good.txt"]
    assert library.add(given) == ["given/good.txt"]
    with pytest.raises(UnreadableDocument, match="ZIP"):
        library.add(given / "bad.docx")


def test_what_was_read_before_is_not_read_again(library: Library, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(NOTICE, encoding="utf-8")
    already = ReadAlready()
    for outcome in library.take_in(tmp_path / "a.txt"):
        already.keep(outcome)
    (library.folder / "a.txt").write_text("换成了别的。", encoding="utf-8")  # reading it again would show this
    rebuild(library.folder, tmp_path / "index", encoder=QuickEncoder(), already=already)
    assert "夜间免费" in open_index(str(tmp_path / "index")).document("a.txt").text


def test_author_and_number_are_kept_and_what_was_not_read_is_told_until_it_is_mended(
    library: Library, tmp_path: Path
) -> None:
    picture = '<w:p><w:r><w:drawing><a:blip r:embed="rId7"/></w:drawing></w:r></w:p>'
    core = "<dc:creator>冯工</dc:creator>"
    (library.folder / "图.docx").write_bytes(word_file(p("如图所示，泵站在河边。") + picture, core=core))
    (library.folder / "通知.txt").write_text(NOTICE, encoding="utf-8")
    (library.folder / "坏.docx").write_bytes(b"PK\x03\x04 broken")
    place, encoder = tmp_path / "index", QuickEncoder()
    rebuild(library.folder, place, encoder=encoder)
    for text in (NOTICE, NOTICE + "附注一。\n"):  # written anew, then carried over
        (library.folder / "通知.txt").write_text(text, encoding="utf-8")
        rebuild(library.folder, place, encoder=encoder)
        index = open_index(str(place))
        summaries = {summary.id: summary for summary in index.documents()}
        assert summaries["图.docx"].author == "冯工"
        assert summaries["通知.txt"].number == "泽政办发〔2025〕6号"
        problems = {skipped.id: skipped.problem for skipped in index.skipped()}
        assert problems["图.docx#pictures"] == "图.docx was read, but not its pictures (1)."
        assert told(problems["图.docx#pictures"], "zh-Hans") == "图.docx 读了，但其中的图片没有读（1 处）。"
        assert problems["坏.docx"].code == "archive_broken"
        assert Filters(numbers=("泽政办发〔2025〕6号",)).choose(summaries.values()) == {"通知.txt"}
        assert Filters(authors=("冯工",)).choose(summaries.values()) == {"图.docx"}
        index.close()
    (library.folder / "图.docx").write_bytes(word_file(p("泵站在河边。")))
    (library.folder / "坏.docx").unlink()
    rebuild(library.folder, place, encoder=encoder)
    assert open_index(str(place)).skipped() == []


def test_the_command_adds_the_good_and_tells_of_the_bad(home: Path, tmp_path: Path, encoder: Encoder) -> None:
    (tmp_path / "通知.txt").write_text(NOTICE, encoding="utf-8")
    (tmp_path / "旧.ofd").write_bytes(b"old")

    added = yinju_here("add", str(tmp_path / "旧.ofd"), str(tmp_path / "通知.txt"), "--json", home=home)
    values = json.loads(added.stdout)
    assert (added.returncode, values["added"]) == (0, ["通知.txt"])
    assert [refused["id"] for refused in values["refused"]] == ["旧.ofd"]
    assert "save it as .pdf" in added.stderr
    assert "泽政办发〔2025〕6号 泽安市公安局 2025-02-14" in yinju_here("list", home=home).stdout
