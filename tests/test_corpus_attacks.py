"""Files and names made to stop the others: each is told of, and costs nobody else anything."""

from __future__ import annotations

import errno
import os
import shutil
import zipfile
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from quick_encoder import QuickEncoder

from corpus import DocumentError, Library, Limits, UnknownDocument
from corpus.language.names import words_with_zones
from corpus.language.quantities import quantities_of
from embeddings import open_index, rebuild
from embeddings.building import ingestion

pytestmark = pytest.mark.long

TEXT = "济南高新区创新聘任39名“首席政策官”，解决企业诉求3000余项。"


def library(tmp_path: Path) -> Library:
    folder = tmp_path / "documents"
    folder.mkdir(parents=True)
    (folder / "good.txt").write_text(TEXT, encoding="utf-8")
    return Library(folder)


def nested_forms(levels: int = 14, times: int = 9) -> bytes:
    """A PDF of some kilobytes whose page draws a form that draws a form ...: 9 to the 14th times a word."""
    objects = [b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[3 0 R]/Count 1>>"]
    objects.append(
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Contents 4 0 R/Resources<</XObject<</F 5 0 R>>>>>>"
    )
    objects.append(b"<</Length 5>>stream\n/F Do\nendstream")
    for level in range(levels):
        inner = b"/F Do " * times if level < levels - 1 else b"BT /T 9 Tf 50 50 Td (word) Tj ET"
        resources = (
            b"<</XObject<</F %d 0 R>>>>" % (6 + level)
            if level < levels - 1
            else b"<</Font<</T<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>>>>>"
        )
        objects.append(
            b"<</Type/XObject/Subtype/Form/BBox[0 0 600 800]/Resources%s/Length %d>>stream\n%s\nendstream"
            % (resources, len(inner), inner)
        )
    out, places = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    count = len(objects) + 1
    head = b"xref\n0 %d\n0000000000 65535 f \n" % count
    return out + head + table + b"trailer\n<</Root 1 0 R/Size %d>>\nstartxref\n%d\n%%%%EOF" % (count, len(out))


def many_paragraphs(count: int) -> bytes:
    from io import BytesIO

    body = "".join(f"<w:p><w:r><w:t>第{i}段。</w:t></w:r></w:p>" for i in range(count))
    main = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr(
            "[Content_Types].xml",
            '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" '
            'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
            f'<Override PartName="/word/document.xml" ContentType="{main}"/></Types>',
        )
        file.writestr(
            "_rels/.rels",
            '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship '
            f'Id="rId1" Type="{office}/officeDocument" Target="word/document.xml"/></Relationships>',
        )
        file.writestr(
            "word/document.xml",
            f'<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>{body}'
            "</w:body></w:document>",
        )
    return out.getvalue()


def test_small_files_that_cost_without_bound_end_themselves(tmp_path: Path) -> None:
    files = library(tmp_path)
    (files.folder / "forms.pdf").write_bytes(nested_forms())
    picture = Image.new("L", (9_900, 9_900), 255)
    picture.putpixel((99, 99), 0)
    picture.save(files.folder / "blank.png")
    limits = Limits(read_seconds=120, processor_seconds=20, memory_bytes=768 * 1024 * 1024)
    outcomes = {outcome.file: outcome for outcome in files.read(workers=1, limits=limits)}
    assert outcomes["good.txt"].was_read
    for name in ("forms.pdf", "blank.png"):
        problem = outcomes[name].problem or ""
        assert "than a file of its size is given" in problem or "made its reader crash" in problem, problem


def test_a_document_of_very_many_paragraphs_is_read_within_its_bounds(tmp_path: Path) -> None:
    files = library(tmp_path)
    (files.folder / "many.docx").write_bytes(many_paragraphs(400_000))
    for limits in (
        Limits(processor_seconds=1, bytes_a_processor_second=2**40),
        Limits(memory_bytes=64 * 1024 * 1024, memory_per_byte=1),
    ):
        outcomes = {outcome.file: outcome for outcome in files.read(workers=1, limits=limits)}
        assert outcomes["good.txt"].was_read
        assert "than a file of its size is given" in (outcomes["many.docx"].problem or "")
    assert all(outcome.was_read for outcome in files.read(workers=1))


def test_names_that_are_no_utf8_are_read_found_and_removed(tmp_path: Path) -> None:
    files = library(tmp_path)
    raw = os.fsencode(files.folder) + b"/" + "公告".encode("gbk") + b".txt"
    odd = os.fsencode(files.folder) + b"/\xff\xfe\x81.txt"
    try:
        for path in (raw, odd):
            Path(os.fsdecode(path)).write_text(TEXT, encoding="utf-8")
    except OSError:
        pytest.skip("this disk takes no such names")
    (files.folder / "公告.txt").write_text("另一份公告。", encoding="utf-8")
    ids = list(files.by_id())
    assert set(ids) == {"good.txt", "公告.txt", "\\xb9\\xab\\xb8\\xe6.txt", "\\xff\\xfe\\x81.txt"}
    report = rebuild(files.folder, tmp_path / "index", encoder=QuickEncoder())
    assert (report.documents, report.skipped) == (4, ())
    assert files.path_of("公告.txt").read_text(encoding="utf-8") == "另一份公告。"
    (files.folder / "公告.txt").unlink()
    assert files.path_of("公告.txt").read_text(encoding="utf-8") == TEXT
    files.remove("公告.txt")
    assert "公告.txt" not in files.by_id()
    outside = tmp_path / "more"
    outside.mkdir()
    Path(os.fsdecode(os.fsencode(outside) + b"/" + "办法".encode("gbk") + b".txt")).write_text(TEXT, encoding="utf-8")
    assert files.add(outside) == ["more/办法.txt"]
    assert (files.folder / "more" / "办法.txt").is_file()


def test_links_out_of_the_folder_are_told_and_not_followed(tmp_path: Path) -> None:
    files = library(tmp_path)
    secret = tmp_path / "elsewhere"
    secret.mkdir()
    (secret / "secret.txt").write_text("这是别处的机密文件。", encoding="utf-8")
    (files.folder / "link.txt").symlink_to(secret / "secret.txt")
    (files.folder / "folder").symlink_to(secret)
    (files.folder / "inside.txt").symlink_to(files.folder / "good.txt")
    (files.folder / "circle").symlink_to(files.folder)
    assert sorted(files.by_id()) == ["good.txt", "inside.txt"]
    with pytest.raises(UnknownDocument):
        files.path_of("link.txt")
    report = rebuild(files.folder, tmp_path / "index", encoder=QuickEncoder())
    assert sorted(skipped.id for skipped in report.skipped) == ["folder", "link.txt"]
    assert "YINJU_FOLLOW_LINKS" in report.skipped[0].problem
    followed = Library(files.folder, follow_links=True)
    assert sorted(followed.by_id()) == ["folder/secret.txt", "good.txt", "inside.txt", "link.txt"]
    assert rebuild(followed.folder, tmp_path / "index", encoder=QuickEncoder(), follow_links=True).documents == 4


def test_a_folder_above_is_added_by_its_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files = library(tmp_path / "home")
    below = tmp_path / "given" / "below"
    below.mkdir(parents=True)
    (below.parent / "new.txt").write_text(TEXT, encoding="utf-8")
    monkeypatch.chdir(below)
    assert files.add("..") == ["given/new.txt"]
    assert (files.folder / "given" / "new.txt").is_file()


def test_a_full_disk_leaves_no_unfinished_copy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files = library(tmp_path)
    (tmp_path / "new.txt").write_text(TEXT, encoding="utf-8")

    def full(source: Any, target: Any) -> None:
        Path(target).write_text("half")
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(shutil, "copyfile", full)
    with pytest.raises(DocumentError, match="No space left"):
        files.add(tmp_path / "new.txt")
    assert [path.name for path in files.folder.iterdir()] == ["good.txt"]


@pytest.mark.parametrize(
    "figure", ["9" * 27, "1" * 40 + "元", "7" * 5000, "0." + "3" * 500, "亿" * 300, "9亿" + "亿" * 900]
)
def test_figures_of_any_length_end_no_rebuild(tmp_path: Path, figure: str) -> None:
    files = library(tmp_path)
    (files.folder / "long.txt").write_text(
        f"合同编号为{figure}，金额{figure}万元，占百分之{figure}。", encoding="utf-8"
    )
    report = rebuild(files.folder, tmp_path / "index", encoder=QuickEncoder())
    assert (report.documents, report.skipped) == (2, ())


def test_a_long_figure_is_exact() -> None:
    (quantity,) = quantities_of("编号" + "1" * 40 + "元")
    assert str(quantity.value) == "1" * 40
    (scaled,) = quantities_of("12345678901234567890123456789012万元")
    assert f"{scaled.value:f}" == "123456789012345678901234567890120000"


def test_what_goes_wrong_after_reading_is_that_documents_outcome(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = library(tmp_path)
    (files.folder / "bad.txt").write_text("这一份会让切分出错。", encoding="utf-8")
    split = ingestion.split

    def fails(document: Any, **named: Any) -> Any:
        if document.id == "bad.txt":
            raise ZeroDivisionError("division by zero")
        return split(document, **named)

    monkeypatch.setattr(ingestion, "split", fails)
    report = rebuild(files.folder, tmp_path / "index", encoder=QuickEncoder())
    assert [(skipped.id, skipped.problem) for skipped in report.skipped] == [
        ("bad.txt", "bad.txt was read but can't be indexed: division by zero.")
    ]
    index = open_index(tmp_path / "index")
    assert [document.id for document in index.documents()] == ["good.txt"]
    index.close()


def test_halves_of_characters_in_json_are_replaced(tmp_path: Path) -> None:
    files = library(tmp_path)
    (files.folder / "odd.json").write_text(
        '{"title": "a\\ud800b", "text": "正文里有\\udfff半个字符。"}', encoding="utf-8"
    )
    report = rebuild(files.folder, tmp_path / "index", encoder=QuickEncoder())
    assert (report.documents, report.skipped) == (2, ())


def test_words_are_joined_in_time_that_grows_with_the_text() -> None:
    """Counted, not timed: a text twice as long makes twice as many words, each looked at once."""
    words = words_with_zones("济南市高新区" * 2000)
    assert "".join(word.text for word in words) == "济南市高新区" * 2000
