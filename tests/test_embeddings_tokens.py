from corpus.language.script import fold, simplified
from embeddings import Term, lexical_tokens


def test_characters_and_pairs_of_chinese() -> None:
    assert lexical_tokens("首席官") == ["首", "席", "官", "首席", "席官"]


def test_words_and_numbers_of_everything_else() -> None:
    assert lexical_tokens("R&D 增长17.5%, 3,000 items") == ["r", "d", "增", "长", "增长", "17.5", "3000", "items"]


def test_width_case_and_script_are_folded() -> None:
    assert fold("濟南ＡＢＣ，Ⅳ") == "济南abc,iv"
    assert lexical_tokens("臺灣２０２４年") == lexical_tokens("台湾2024年")


def test_japanese_keeps_its_characters() -> None:
    assert simplified("濟南東京，ＡＢＣ") == "济南东京，ＡＢＣ"
    assert simplified("東京タワーの高さ") == "東京タワーの高さ"


def test_nothing_to_find() -> None:
    assert lexical_tokens(" …！?\n") == []


def test_a_term_stands_where_one_of_its_ways_does() -> None:
    term = Term((("chief",), ("首席",), ("高新", "新区")))
    assert term.share({"首席", "官"}) == 1
    assert term.share({"高新", "新区"}) == 1
    assert term.share({"高新", "席"}) == 0.5
    assert term.share({"席"}) == 0
