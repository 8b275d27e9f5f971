"""The dresses of marks, what is none, and what stands between the sentences of a model's text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.proof.dresses import Settling, marks_in
from rag.proof.markdown import plain
from rag.proof.marks import marked_sentences


@pytest.mark.parametrize(
    "dress",
    [
        "[1]", "［1］", "【1】", "〔1〕", "[1†source]", "【1†source】", "【1†L3-L9】",
        "[citation:1]", "[^1]", "^1", "^[1]", "¹", "①",
        "(1)", "（1）", "(资料1)", "[资料1]",
        "【来源：1】", "（见资料1）", "[Source 1]", "(source: 1)", "<sup>1</sup>",
        "<sup>[1]</sup>", "<cite>1</cite>", "**[1]**", "*[1]*", "[1](#p)",
        "[[1]](https://a.example/b)", "\\[1\\]", "$^{[1]}$",
        "（来源：资料1）", "（参考资料1）", "[#1]", "[1：某泵站手册]", "[1: a manual]",
        "$^1$", "（来源：[1]）", "(see [1])", " [1]", "[1] ",
    ],
)  # fmt: skip
def test_every_dress_is_the_same_mark(dress: str) -> None:
    for text in (f"水泵的扬程为32米{dress}。", f"水泵的扬程为32米。{dress}"):
        (sentence,) = marked_sentences(text, 8)
        assert (sentence.text, sentence.marks) == ("水泵的扬程为32米。", (1,))


@pytest.mark.parametrize(
    ("dress", "numbers"),
    [
        ("[1][2]", (1, 2)),
        ("[1, 2]", (1, 2)),
        ("[1,2，4]", (1, 2, 4)),
        ("[1-3]", (1, 2, 3)),
        ("[2–4]", (2, 3, 4)),
        ("[1、2]", (1, 2)),
        ("[1]、[2]", (1, 2)),
        ("[1] 和 [2]", (1, 2)),
        ("[1; 2]", (1, 2)),
        ("[1和2]", (1, 2)),
        ("[资料1、资料3]", (1, 3)),
        ("（参见[1]、[2]）", (1, 2)),
        ("¹²", (1, 2)),
        ("①②", (1, 2)),
        ("<sup>1,2</sup>", (1, 2)),
        ("[^1][^2]", (1, 2)),
        ("（1）（2）", (1, 2)),
    ],
)
def test_several_numbers(dress: str, numbers: tuple[int, ...]) -> None:
    (sentence,) = marked_sentences(f"水泵的扬程为32米{dress}。", 8)
    assert (sentence.text, sentence.marks) == ("水泵的扬程为32米。", numbers)


@pytest.mark.parametrize(
    "text",
    [
        "取 a[1] 的值。",
        "先令 x = [1] 再算。",
        "row_sum[2] 是合计。",
        "用 `b[2]` 取值。",
        "面积为20m²，体积为3m³。",
        "10^3 是一千。",
        "x² 与 y^2 相加。",
        "见第三条（2）。",
        "见表（1）。",
        "函数 f(1) 的值。",
        "发文号为国发[2024]3号。",
        "提交资料3份。",
        "区间为[0, 1]。",
        "包括：（1）水泵；（2）阀门。",
        "包括：①水泵；②阀门。",
        "面积为20m<sup>2</sup>。",
        "共10⁶个，即2<sup>8</sup>的若干倍，或10^1。",
        "公式 $x_{[1]} + 1$ 成立。",
        "详见[官网](https://a.example/1)。",
        "共九人（9）。",
    ],
)
def test_what_only_looks_like_a_mark_stays(text: str) -> None:
    sentences = marked_sentences(text, 8)
    assert [sentence.marks for sentence in sentences] == [()] * len(sentences)
    assert "".join(sentence.before + sentence.text + sentence.after for sentence in sentences) == text


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("根据资料1，扬程为32米。", "扬程为32米。"),
        ("根据资料[1]，扬程为32米。", "扬程为32米。"),
        ("依据资料1中的内容，扬程为32米。", "扬程为32米。"),
        ("资料1显示，扬程为32米。", "扬程为32米。"),
        ("资料1提到扬程为32米。", "扬程为32米。"),
        ("According to passage 1, the head is 32 m.", "the head is 32 m."),
        ("Source 1 states that the head is 32 m.", "the head is 32 m."),
    ],
)
def test_words_that_only_name_the_passage_are_its_mark(text: str, said: str) -> None:
    (sentence,) = marked_sentences(text, 8)
    assert (sentence.text, sentence.marks) == (said, (1,))


def test_a_word_that_ends_like_a_clause_of_law_may_be_marked() -> None:
    (sentence,) = marked_sentences("收到发票后20日内付款（1）。", 8)
    assert (sentence.text, sentence.marks) == ("收到发票后20日内付款。", (1,))


@pytest.mark.parametrize("mark", ["³", "<sup>3</sup>", "^3"])
def test_a_figure_of_many_digits_is_marked_and_no_power(mark: str) -> None:
    (sentence,) = marked_sentences(f"扬程：32米，转速：2900{mark}", 8)
    assert (sentence.text, sentence.marks) == ("扬程：32米，转速：2900", (3,))
    (sentence,) = marked_sentences("台数：12¹", 8)
    assert (sentence.text, sentence.marks) == ("台数：12", (1,))


def test_a_mark_belongs_to_the_sentence_before_it_or_to_its_line() -> None:
    told = [(one.text, one.marks) for one in marked_sentences("甲是一。 [1] [2] 乙是二。[3]", 8)]
    assert told == [("甲是一。", (1, 2)), ("乙是二。", (3,))]
    assert [one.marks for one in marked_sentences("[1] 甲是一。\n[2] 乙是二。", 8)] == [(1,), (2,)]
    assert [one.marks for one in marked_sentences("甲是一。乙是二。\n\n[1][2]", 8)] == [(1, 2), (1, 2)]


@pytest.mark.parametrize(
    "sources",
    [
        "参考资料：\n[1] 某泵站手册\n[2] 另一本",
        "**来源**\n\n1. 某泵站手册\n2. 某泵站手册",
        "---\n## References\n- [1] A pump\n- [2] Another",
        "[^1]: 某泵站手册，第3页\n[^2]: 另一本",
        "来源：[1]、[2]",
        "资料来源：资料1、资料2",
        "[1] 某泵站手册\n[2] 某泵站手册",
    ],
)
def test_a_list_of_sources_goes_and_its_numbers_count(sources: str) -> None:
    (sentence,) = marked_sentences(f"水泵的扬程为32米。\n\n{sources}", 8, ["某泵站手册"])
    assert (sentence.text, sentence.marks, sentence.after, sentence.lent) == ("水泵的扬程为32米。", (1, 2), "", True)


def test_a_list_that_answers_is_no_list_of_sources() -> None:
    told = [(one.text, one.marks) for one in marked_sentences("资金来源：\n1. 财政拨款[1]\n2. 自筹[2]", 8, ["泵站"])]
    assert told == [("资金来源：", ()), ("财政拨款", (1,)), ("自筹", (2,))]


def test_items_headings_and_cells_stand_without_what_makes_them_so() -> None:
    text = (
        "## 参数 [2]\n\n水泵如下：\n1. 扬程32米[1]。\n   流量5吨[1]。\n- **重量**：8千克[2]\n（1）功率3千瓦。\n\n"
        "| 序号 | 名称 | 数值 |\n|---|---|---|\n| 1 | 电压 | 380伏 |\n| 2 | 电流 | 6安[1] |\n\n```\nx = a[1]\n```\n完。"
    )
    told = [(one.kind, one.text, one.marks, one.under) for one in marked_sentences(text, 8)]
    assert told == [
        ("heading", "参数", (2,), ""),
        ("lead", "水泵如下：", (), ""),
        ("statement", "扬程32米。", (1,), "参数\n水泵如下："),
        ("statement", "流量5吨。", (1,), "参数\n水泵如下："),
        ("statement", "**重量**：8千克", (2,), "参数\n水泵如下："),
        ("statement", "功率3千瓦。", (), "参数\n水泵如下："),
        ("label", "序号", (), ""),
        ("label", "名称", (), ""),
        ("label", "数值", (), ""),
        ("label", "1", (), ""),
        ("label", "电压", (), ""),
        ("cell", "380伏", (), "电压"),
        ("label", "2", (), ""),
        ("label", "电流", (), ""),
        ("cell", "6安", (1,), "电流"),
        ("verbatim", "```\nx = a[1]\n```", (), ""),
        ("statement", "完。", (), "参数"),
    ]


def test_a_cell_of_many_columns_is_named_by_its_row_and_column() -> None:
    text = "| 型号 | 扬程 | 流量 | 来源 |\n|---|---|---|---|\n| 甲 | 32米 | 5吨 | [1] |"
    cells = [(one.text, one.marks, one.under) for one in marked_sentences(text, 8) if one.kind == "cell"]
    assert cells == [("32米", (1,), "甲\n扬程"), ("5吨", (1,), "甲\n流量")]


def test_rows_that_are_only_counted_have_no_names() -> None:
    text = "| 序号 | 内容 |\n|---|---|\n| 1 | 扬程32米[1] |\n| 2 | 流量5吨 |"
    cells = [(one.text, one.marks, one.under) for one in marked_sentences(text, 8) if one.kind == "cell"]
    assert cells == [("扬程32米", (1,), ""), ("流量5吨", (), "")]


def test_a_mark_before_a_full_stop_ends_a_sentence_behind_a_unit() -> None:
    told = [(one.text, one.marks) for one in marked_sentences("Its power is 38 W [1]. Its noise is 52 dB [2].", 8)]
    assert told == [("Its power is 38 W.", (1,)), ("Its noise is 52 dB.", (2,))]


@pytest.mark.parametrize("text", ["", "[1]", "[1][2]\n", "----", "```"])
def test_no_sentence(text: str) -> None:
    assert [one.text for one in marked_sentences(text, 8) if one.kind != "verbatim"] == []


PIECES = st.sampled_from(
    ["甲是一", "。", "\n", "\n\n", "- ", "1. ", "[1]", "【2†s】", "| a | b |\n|---|---|\n| c | d |\n", "**", "`x`",
     "```\ny\n```\n", "$z$", "> ", "# "]
)  # fmt: skip


@given(st.lists(PIECES, max_size=14).map("".join))
def test_nothing_but_marks_is_lost(text: str) -> None:
    sentences = marked_sentences(text, 8)
    whole = "".join(one.before + one.text + one.after for one in sentences)
    kept = "".join(text.replace("【2†s】", "").replace("[1]", "").split())
    if sentences and "`" not in text:
        assert "".join(whole.split()) == kept


@pytest.mark.parametrize(
    ("pieces", "shown"),
    [
        (["扬程32米", "[", "1", "]。", "流量"], ["扬程32米", "", "", "[1]。", "流量"]),
        (["32米【1†so", "urce】。"], ["32米", "[1]。"]),
        (["32米[1]", "(#p)。"], ["32米", "[1]。"]),
        (["32米[cita", "tion:1]", "完"], ["32米", "", "[1]完"]),
        (["32米[1]", "[2]", "完"], ["32米", "", "[1][2]完"]),
        (["值为 a[", "1] 和"], ["值为 a", "[1] 和"]),
    ],
)
def test_no_half_of_a_mark_is_shown(pieces: list[str], shown: list[str]) -> None:
    settling = Settling(8)
    assert [settling.add(piece) for piece in pieces] == shown
    assert settling.end() == ""


def test_what_is_held_back_comes_at_the_end() -> None:
    settling = Settling(8)
    assert settling.add("32米[1]") == "32米"
    assert settling.end() == "[1]"


def test_a_mark_of_passages_that_there_are_not() -> None:
    assert [mark.numbers for mark in marks_in("甲[99]。", 8)] == [(99,)]
    assert marks_in("甲（99）。", 8) == []


def test_plain_words_of_markdown() -> None:
    assert plain("**电压：**380伏，`a[1]`，[官网](https://a.example)") == "电压：380伏，a[1]，官网"
    assert plain("$380\\,\\mathrm{V}$") == "380 V"
