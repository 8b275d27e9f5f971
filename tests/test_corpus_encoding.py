"""Bytes become the text that was written, in whatever encoding, or are refused as no text."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus import UnreadableDocument, read_document
from corpus.cleaning.charset import NotText, declared_encoding, decode
from corpus.language.tags import language_of

SIMPLIFIED = "2020年，经开区累计发放青年人才补贴128000元，聘任39名“首席政策官”。"
TRADITIONAL = "經開區於2020年發放青年人才補貼，聘任三十九名「首席政策官」，解決訴求三千餘項。"
JAPANESE = "これは日本語の文章です。開発区の人材政策について説明します。"


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        *(
            (SIMPLIFIED, name)
            for name in ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "gb18030", "gbk", "gb2312")
        ),
        *((TRADITIONAL, name) for name in ("utf-8", "utf-16-le", "big5", "big5hkscs", "gb18030")),
        *((JAPANESE, name) for name in ("utf-8", "shift_jis", "euc_jp")),
        ("Börte’s café naïve — “quoted” text, 5 €.", "cp1252"),
        ("济南", "gbk"),
        ("plain ASCII", "ascii"),
        ("全是汉字没有任何标点数字与空格的一段话也要认得出来", "utf-16-be"),
    ],
)
def test_text_is_read_in_the_encoding_it_was_written_in(text: str, encoding: str) -> None:
    found = decode(text.encode(encoding))
    assert (found.text, found.damaged_bytes) == (text, 0)


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "big5"])
def test_bad_bytes_are_counted_and_the_rest_is_kept(encoding: str, tmp_path) -> None:
    text = TRADITIONAL if encoding == "big5" else SIMPLIFIED
    good = (text * 30).encode(encoding)
    path = tmp_path / "a.txt"
    path.write_bytes(good + b"\xff" + b"\n" + good)
    document = read_document(path)
    assert 1 <= document.damaged_bytes <= 2
    assert document.text.count(text) >= 59


def test_what_a_page_declares_is_believed_only_if_it_decodes() -> None:
    page = f'<html><meta http-equiv="Content-Type" content="text/html; charset={{}}"><p>{SIMPLIFIED}</p>'
    for declared, written in (
        ("gb2312", "gb18030"),
        ("utf-8", "gb18030"),
        ("gb2312", "utf-8"),
        ("big5", "gb18030"),
        ("rot13", "utf-8"),
    ):
        data = page.format(declared).encode(written)
        assert declared_encoding(data) == declared
        assert SIMPLIFIED in decode(data, declared_encoding(data)).text


@pytest.mark.parametrize("size", [200, 5000])
def test_random_bytes_are_no_text(size: int) -> None:
    rng = random.Random(size)
    for _ in range(50):
        with pytest.raises(NotText):
            decode(rng.randbytes(size))


def test_a_program_named_txt_is_refused_and_long_chinese_is_not(tmp_path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(b"\x7fELF\x02\x01\x01" + bytes(64) + b"some strings")
    with pytest.raises(UnreadableDocument, match=r"a\.txt is not text"):
        read_document(path)
    path.write_bytes((SIMPLIFIED.replace("，", "") * 2000).encode("gb18030"))
    assert len(read_document(path).text) > 60_000


@given(st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), min_size=1))
def test_utf8_always_reads_back(text: str) -> None:
    assert decode(b"\xef\xbb\xbf" + text.encode()).text == text


@pytest.mark.parametrize(
    ("text", "language"),
    [
        (SIMPLIFIED, "zh-Hans"),
        (TRADITIONAL, "zh-Hant"),
        (JAPANESE, "ja"),
        ("고신구는 정책관 39명을 임명했다.", "ko"),
        ("The zone appointed thirty-nine policy officers in 2023, and it was the first to do so.", "en"),
        ("Die Zone hat im Jahr 2023 neununddreißig Beamte ernannt und ist damit die erste.", "de"),
        ("Зона назначила тридцать девять чиновников.", "ru"),
        ("人才工作 GDP 占比达到 6.79%，R&D 投入 100 亿，政策官 39 名，开发区。", "zh-Hans"),
        ("12345 67", "und"),
    ],
)
def test_language_and_script(text: str, language: str) -> None:
    assert language_of(text) == language
