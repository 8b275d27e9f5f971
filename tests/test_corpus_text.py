"""Plain text and Markdown: paragraphs out of hard wraps, outlines of regulations, and each character traced."""

import html
import re
import unicodedata
from pathlib import Path

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from corpus import Document, UnreadableDocument, read_document, split
from corpus.readers.formats.markdown import clean_markdown
from corpus.readers.formats.text import clean_text

LAW = """济南市人才发展促进条例

第一章  总则

第一条 为了促进人才发展，推进人才强市建设，根据有关法律、法规，结合本市实际，制定本条例。

第二条 本条例适用于本市行政区域内的下列活动：

（一）人才的引进、培养和使用；

（二）人才的评价、激励和保障。

第二章  人才引进

第一节  一般规定

第三条 市、区县人民政府应当制定人才引进规划，每年投入资金不少于1,280,000元。

第三章  附则

第四条 本条例自2018年9月1日起施行。
"""
PARAGRAPHS = [
    "近年来，济宁经开区始终把“党管人才”作为一项战略性工作，强化“一把手”抓“第一资源”，紧紧围绕产业发展布局，抓实体制机制改革。",
    "2020年共引进省级以上职称人才6人，高层次人才创新创业团队5个，形成了“梯队发展、分类培育”的工作体系，为企业发展提供了智力支撑。",
    "此外，经开区还与济宁市技师学院开展校地合作，组织区内企业积极参与线上线下招聘活动，提升了园区人才、科技管理水平，推动产学研深入合作。",
    "全年累计发放各项青年人才补贴128000元，新增CIGS薄膜电池、激光熔覆等12个产业项目，全区人才总量突破39.63万人。",
]


def width(text: str) -> float:
    return sum(1.0 if unicodedata.east_asian_width(char) in "WFA" else 0.5 for char in text)


def wrapped(paragraph: str, column: int, indent: str) -> list[str]:
    lines, line = [], indent
    for char in paragraph:
        inside_word = line[-1:].isascii() and line[-1:].isalpha() and char.isascii() and char.isalpha()
        if width(line + char) > column and char not in "，。；：！？、”）》" and not inside_word:
            lines.append(line)
            line = ""
        line += char
    return [*lines, line]


@pytest.mark.parametrize("column", [13, 22, 38])
@pytest.mark.parametrize("indent", ["", "　　", "    "])
@pytest.mark.parametrize("blank", ["none", "paragraph", "line"])
def test_hard_wraps_are_joined_to_the_paragraphs_they_were(column: int, indent: str, blank: str) -> None:
    raw = ""
    for paragraph in PARAGRAPHS * 2:
        raw += ("\n\n" if blank == "line" else "\n").join(wrapped(paragraph, column, indent))
        raw += "\n\n" if blank != "none" else "\n"
    text = clean_text(raw, "a.txt").text
    # Without an indent or an empty line nothing shows that a full last line ended its paragraph.
    assert re.sub(r"\s", "", text) == "".join(PARAGRAPHS * 2)
    for paragraph in PARAGRAPHS:
        for sentence in paragraph.split("。")[:-1]:
            assert sentence in text
    if indent or blank == "paragraph":
        assert text.split("\n") == PARAGRAPHS * 2


@pytest.mark.parametrize("markup", [False, True])
def test_chapters_are_headings_and_articles_are_paragraphs(markup: bool) -> None:
    if markup:
        raw = re.sub(
            r"^(第.章)", r"## \1", re.sub(r"^(第.节)", r"### \1", "# " + LAW, flags=re.MULTILINE), flags=re.MULTILINE
        )
        document = clean_markdown(raw, "law.md")
    else:
        document = clean_text(LAW, "law.txt")
    assert document.title == "济南市人才发展促进条例"
    assert [(h.level, document.text[h.start : h.end]) for h in document.headings] == [
        (1, "第一章  总则"), (1, "第二章  人才引进"), (2, "第一节  一般规定"), (1, "第三章  附则"),
    ]  # fmt: skip
    for passage in split(document, max_chars=100):
        if "第三条" in passage.text:
            assert passage.headings == ("第二章  人才引进", "第一节  一般规定")
        if "第二条" in passage.text:
            assert "（二）人才的评价、激励和保障。" in passage.text


def test_short_lines_in_a_row_are_a_list_and_no_headings() -> None:
    raw = (
        "联系人名单\n\n"
        + PARAGRAPHS[0]
        + "\n\n张三\n李四\n王五\n赵六\n\n"
        + PARAGRAPHS[1]
        + "\n\n吉林省人民政府\n2022年1月27日\n"
    )
    document = clean_text(raw, "a.txt")
    assert [document.text[h.start : h.end] for h in document.headings] == []
    assert document.title == "联系人名单"


MARKDOWN = """---
title: 办法
date: 2024-4-1
---
第一段 **加粗** 和 `代码` 与 [链接](http://x.y/a_b)，a*b*c snake_case_x \\* &amp; 完。

小标题
---
- [x] 甲项
- 乙项 ~~删去~~
  1. 一

| 姓名 | 职务 |
|---|:--:|
| 张三 | 主任\\|甲 |
| 李四 |  |

> 引文 <b>粗</b> *斜体*。

```
code **block**
```
"""


def test_markdown_reads_without_its_marks() -> None:
    document = clean_markdown(MARKDOWN, "a.md")
    assert document.text.split("\n") == [
        "第一段 加粗 和 代码 与 链接，a*b*c snake_case_x * & 完。", "小标题", "[x] 甲项", "乙项 删去", "1. 一",
        "姓名：张三 | 职务：主任|甲", "姓名：李四", "引文 粗 斜体。", "code **block**",
    ]  # fmt: skip
    assert (document.title, document.published) == ("办法", "2024-04-01")
    check_traced(document, MARKDOWN)


def test_markdown_without_headings_has_none() -> None:
    document = clean_markdown("---\ntitle: 新办法\n---\n青年人才每月补贴1500元。\n\n最长三年。\n", "a.md")
    assert (document.title, document.headings) == ("新办法", ())


def check_traced(document: Document, raw: str) -> None:
    last = 0
    for segment in document.origin.segments:
        assert segment.start >= last
        last = segment.start + segment.length
        shown = document.text[segment.start : last]
        stands = raw[segment.place.start : segment.place.end]
        assert shown == stands or html.unescape(stands) == shown
        assert document.origin.locate(segment.start, last)[0].start == segment.place.start


lines = st.lists(
    st.one_of(
        st.sampled_from(
            [
                *PARAGRAPHS,
                "第一章 总则",
                "# 标题",
                "---",
                "| a | b |",
                "|---|---|",
                "- 项",
                "> 引",
                "```",
                "记者 王婷婷 晋森",
                "来源：晚报",
                "首页 > 新闻",
                "",
            ]
        ),
        st.text(st.characters(exclude_categories=["Cs"]), max_size=30),
    ),
    min_size=1,
    max_size=25,
)


@settings(max_examples=200, deadline=None)
@given(lines, st.sampled_from(["\n", "\r\n", "\n\n"]), st.sampled_from([clean_text, clean_markdown]))
def test_any_text_is_traced_and_divided_without_loss(parts: list[str], end: str, clean) -> None:
    raw = end.join(parts)
    try:
        document = clean(raw, "a.txt")
    except UnreadableDocument:
        assume(False)
    check_traced(document, raw)
    passages = split(document, max_chars=60)
    for passage in passages:
        assert document.text[passage.start : passage.end] == passage.text
        assert len(passage.text) <= 60
    assert re.sub(r"\s", "", "".join(p.text for p in passages)) == re.sub(r"\s", "", document.text)


TOKENS = re.compile(r"\d{4}年\d{1,2}月\d{1,2}日|\d{4}-\d{2}-\d{2}|\d+(?:[.,]\d+)*|[A-Za-z]+")


@settings(max_examples=150, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            ["2024年4月24日", "2024-04-24", "128,000.50", "Nanjing", "首席政策官", "的", "，", "39", "R&D", " ", "、"]
        ),
        min_size=30,
        max_size=150,
    ),
    st.integers(40, 120),
)
def test_numbers_dates_and_words_are_never_parted(words: list[str], max_chars: int) -> None:
    text = "甲" + "".join(f"{word}乙" for word in words)
    assume(text.strip())
    document = clean_text(text, "a.txt")
    cuts = {passage.start for passage in split(document, max_chars=max_chars)}
    for match in TOKENS.finditer(document.text):
        assert not any(match.start() < cut < match.end() for cut in cuts if match.end() - match.start() <= 30)


def test_a_line_of_many_megabytes_is_read_in_seconds() -> None:
    document = clean_text(PARAGRAPHS[0] * 20_000, "a.txt")
    assert len(split(document)) > 3000


def test_a_long_article_of_a_law_shares_no_passage_and_each_part_says_what_it_is_of() -> None:
    items = "\n".join(
        f"（{n}）属于第{n}类的房屋，包括未取得许可证或者未按照许可证规定建设的；" for n in "一二三四五六七八九十"
    )
    document = clean_text(
        "第一条　为了规范租赁，制定本条例。\n第八条　有下列情形之一的房屋，不得出租：\n"
        f"{items}\n（十一）其他情形。\n第九条　租赁合同应当备案。\n",
        "a.txt",
    )
    passages = split(document, max_chars=200)
    parts = [passage for passage in passages if "（" in passage.text]
    assert len(parts) > 1
    assert all("不得出租：" in passage.text + "".join(passage.headings) for passage in parts)
    assert not any("第一条" in passage.text or "第九条" in passage.text for passage in parts)
    assert "".join("".join(passage.text.split()) for passage in passages) == "".join(document.text.split())


def test_a_title_is_no_passage_of_its_own() -> None:
    document = clean_text(
        "停车场管理办法\n\n第一章　总则\n第一条　为了规范停车，制定本办法。\n\n"
        "第二章　收费\n第二条　首小时不超过六元。\n",
        "a.txt",
    )
    assert document.title == "停车场管理办法"
    first, second = split(document)
    assert first.text.startswith("停车场管理办法\n第一章")
    assert (first.headings, second.headings) == (("第一章　总则",), ("第二章　收费",))


FORM = """学生会例会纪要

时间：2025年4月22日（星期二）19:00—20:40
地点：大学生活动中心304室，出席者请从北门进
缺席：陆大勇（手术）

1号线随车老师：范小芸　手机：138-0000-4127
2号线随车老师：邵国强　手机：138-0000-5863

甲方（托运方）：临港仓储服务有限公司
乙方（承运方）：远桥物流有限公司
甲方联系人：董雅琴    电话：0577-6620-415

星期一上午 心血管内科 何敏之 主任医师 203诊室 限号20个
星期一下午 骨科 陆大勇 副主任医师 115诊室 限号25个
星期二上午 儿科 方淑萍 主任医师 108诊室 限号30个

（三）体质测试不达标的，因病免测者除外；
（四）无故拖欠学费的。
"""


@pytest.mark.parametrize("name", ["a.txt", "a.md"])
def test_entries_of_one_kind_keep_their_lines(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text(FORM, encoding="utf-8")
    read = [re.sub(r"\s+", " ", line) for line in read_document(tmp_path / name).text.splitlines()]
    assert set(read) >= {re.sub(r"\s+", " ", line) for line in FORM.splitlines()[2:] if line}
