"""Web pages: the article alone, its facts, and each character where it stands in the source."""

import html
import time
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus import Document, Limits, UnreadableDocument
from corpus.cleaning.blocks import page_lines
from corpus.cleaning.markup import parse
from corpus.readers.reading import read_bytes

SENTENCES = [
    "近年来，济宁经开区始终把“党管人才”作为一项战略性工作，强化“一把手”抓“第一资源”。",
    "2020年共引进省级以上及副高级以上职称人才6人，高层次人才创新创业团队5个，“双一流”高校毕业生35人。",
    "全年累计发放包括人才住房补贴在内的各项青年人才补贴128000元，并高标准建设人才公寓。",
    "此外，经开区还与济宁市技师学院开展校地合作，组织区内企业积极参与线上线下招聘活动。",
]
MENU = "".join(
    f'<li><a href="/{i}">{name}</a></li>' for i, name in enumerate(["新闻", "政策", "技术", "创业", "孵化器", "企业"])
)
RELATED = "".join(f'<li><a href="/r{i}">深圳南山，一家孵化器举办第{i}次活动，现场来了很多人</a></li>' for i in range(8))


def read(page: str, name: str = "page.html") -> Document:
    (document,) = read_bytes(page.encode(), name, name, Limits())
    assert isinstance(document, Document)
    return document


def modern(body: str) -> str:
    return f"""<!DOCTYPE html><html><head><meta charset="utf-8"><title>优化人才发展环境_齐鲁晚报网</title>
    <script type="application/ld+json">{{"@type":"NewsArticle","headline":"优化人才发展环境",
   "datePublished":"2021-01-08T10:00:00+08:00",
    "author":{{"name":"王婷婷"}},"publisher":{{"name":"齐鲁晚报"}}}}</script><style>p{{}}</style></head>
    <body>
    <nav><ul>{MENU}</ul></nav>
    <div class="crumb">当前位置：<a href="/">首页</a> &gt; <a href="/n">新闻</a> &gt; 正文</div>
    <div class="main"><h1>优化人才发展环境</h1><div class="info">发布时间：2021-01-08 来源：齐鲁晚报</div>
    <div class="article-content">{body}</div><div class="share">分享到：<a href="#">微信</a></div></div>
    <div class="related"><h3>相关新闻</h3><ul>{RELATED}</ul></div>
    <footer>Copyright © 2021 齐鲁晚报 版权所有 鲁ICP备1号</footer></body></html>"""


def table_layout(body: str) -> str:
    cells = body.replace("</p>", "<br><br>").replace("<p>", "&nbsp;&nbsp;&nbsp;&nbsp;")
    return f"""<TITLE>优化人才发展环境-经开区网</TITLE>
    <TABLE width=760><TR><TD><A href=/>首页</A> | <A href=/n>新闻</A> | <A href=/t>图片</A></TABLE>
    <TABLE><TR><TD width=200>{"<br>".join(f"·<a href=/x{i}>第{i}条短新闻标题在此</a>" for i in range(12))}
    <TD><center><font size=5><b>优化人才发展环境</b></font></center><br>
    2021年1月8日 来源：齐鲁晚报<br><br>{cells}
    <TR><TD colspan=2>【<a href=#>打印</a>】【<a href=#>关闭</a>】</TABLE>
    <TABLE><TR><TD>热门评论
    <TR><TD>网友甲：这个政策真是太好了，我们公司的年轻人都很高兴，希望多来一些。
    <TR><TD>版权所有 未经许可不得转载</TABLE>"""


@pytest.mark.parametrize("page", [modern, table_layout])
def test_the_article_is_taken_and_nothing_around_it(page) -> None:
    document = read(page("".join(f"<p>{sentence}</p>" for sentence in SENTENCES)))
    # The line that says when it was published may stay: it is what answers that question.
    lines = [line for line in document.text.split("\n") if len(line) > 20 and "来源" not in line]
    assert lines == SENTENCES
    assert document.title == "优化人才发展环境"
    assert (document.source, document.published) == ("齐鲁晚报", "2021-01-08")


def test_a_box_of_links_inside_the_article_does_not_end_it() -> None:
    box = '<div class="box">相关阅读：<a href="/1">另一篇新闻的标题很长很长</a></div>'
    body = (
        "".join(f"<p>{sentence}</p>" for sentence in SENTENCES[:2])
        + box
        + "".join(f"<p>{s}</p>" for s in SENTENCES[2:])
    )
    text = read(modern(body)).text
    assert all(sentence in text for sentence in SENTENCES)
    assert "另一篇新闻" not in text


def test_headings_tables_and_lists_of_an_article_stay() -> None:
    body = (
        f"<h2>一、人才引进</h2><p>{SENTENCES[0]}</p><p>{SENTENCES[1]}</p>"
        "<ul><li>省级专家服务基地</li><li>市级技能大师工作室</li></ul>"
        "<table><tr><th>年份</th><th>补贴（元）</th></tr>"
        "<tr><td>2019</td><td>96000</td></tr><tr><td>2020</td><td>128000</td></tr></table>"
        f"<h2>二、平台建设</h2><p>{SENTENCES[2]}</p><p><strong>合作办学</strong></p><p>{SENTENCES[3]}</p>"
    )
    document = read(modern(body))
    lines = document.text.split("\n")
    assert "年份：2020 | 补贴（元）：128000" in lines
    assert "省级专家服务基地" in lines
    assert document.heading_path(document.text.index(SENTENCES[2])) == ("二、平台建设",)
    assert document.heading_path(document.text.index(SENTENCES[3])) == ("二、平台建设", "合作办学")


def test_comments_and_older_entries_are_no_part_of_the_article() -> None:
    comments = "".join(
        f'<div class="comment"><p>网友{i}认为这项政策很好，应该继续推行下去，让更多的年轻人受益，也要注意落实。</p>'
        f"<p>回复({i})</p></div>"
        for i in range(30)
    )
    body = "".join(f"<p>{sentence}</p>" for sentence in SENTENCES)
    page = modern(body).replace('<div class="related">', comments + '<div class="related">')
    assert "网友" not in read(page).text


def test_a_line_that_announces_links_alone_goes_with_them() -> None:
    body = "".join(f"<p>{sentence}</p>" for sentence in SENTENCES)
    links = "".join(f'<p><a href="/{i}">转到第{i}个网站</a></p>' for i in range(3))
    page = "<html><body><article>{}<p>把本文转给朋友：</p>{}</article></body></html>".format
    assert read(page(body, links)).text.split("\n") == SENTENCES
    files = '<p><a href="/a.docx">申请表.docx</a></p>'
    assert read(page(body, files)).text.split("\n") == [*SENTENCES, "把本文转给朋友：", "申请表.docx"]


@pytest.mark.parametrize("around", ['id="comments"', 'class="commentlist"', 'class="commentArea wide"'])
def test_many_comments_on_a_short_post_are_not_taken_for_it(around: str) -> None:
    post = "<p>今天去了西山的水库，水位比去年低了不少，岸边露出一大片旧田埂，护林员说三月以后只下过两场雨。</p>"
    comments = "".join(
        f"<li><p>第{i}位网友说，我们村子边上的水库也是这样，往年这个时候水都漫到路边了，今年连渠道都干了。</p></li>"
        for i in range(40)
    )
    page = "<html><body><div><h2>西山水库</h2>{}</div><div {}><ol>{}</ol></div></body></html>".format
    assert read(page(post, around, comments)).text.split("\n") == ["西山水库", post[3:-4]]
    # What holds all the prose but a notice is the article, whatever it is called.
    article = f"<article>{''.join(f'<p>{sentence}</p>' for sentence in SENTENCES)}</article>"
    assert SENTENCES[0] in read(page(post, around, article * 4)).text


def check_traced(document: Document, raw: str) -> None:
    last = 0
    for segment in document.origin.segments:
        assert segment.start >= last
        last = segment.start + segment.length
        shown = document.text[segment.start : last]
        stands = raw[segment.place.start : segment.place.end]
        assert shown == stands or html.unescape(stands) == shown, (shown, stands)
    assert last <= len(document.text)


def test_every_character_is_traced_through_entities_and_layout() -> None:
    page = table_layout(
        "".join(f"<p>{sentence.replace('“', '&ldquo;').replace('，', '&#65292;')}</p>" for sentence in SENTENCES)
    )
    document = read(page)
    check_traced(document, page)
    start = document.text.index("128000元")
    (place,) = document.origin.locate(start, start + 7)
    assert page[place.start : place.end] == "128000元"
    start = document.text.index("“党管人才”")
    places = document.origin.locate(start, start + 6)
    assert page[places[0].start : places[-1].end] == "&ldquo;党管人才”"


pieces = st.lists(
    st.one_of(
        st.sampled_from(
            [
                "<p>",
                "</p>",
                "<div class=content>",
                "</div>",
                "<b>",
                "</b>",
                "<br>",
                "<td>",
                "<table>",
                "</table>",
                "<tr>",
                "<li>",
                "<a href=x>",
                "</a>",
                "<h2>",
                "</h2>",
                "&amp;",
                "&nbsp;",
                "&#x4e2d;",
                "&lt",
                "&bogus;",
                "<!-- c -->",
                "<script>x<y</script>",
                "<pre>a\n b</pre>",
                " ",
                "\n  ",
                "<",
                ">",
                '<p title="a>b">',
                "<p",
                "</",
                "<![CDATA[x]]>",
                "<title>t</title>",
                "<th>",
            ]
        ),
        st.sampled_from(SENTENCES),
        st.text(max_size=12),
    ),
    max_size=40,
)


@settings(max_examples=300, deadline=None)
@given(pieces)
def test_any_markup_is_some_tree_and_stays_traced(parts: list[str]) -> None:
    raw = "".join(parts)
    for line in page_lines(raw, parse(raw)):
        for segment in line.content.segments:
            shown = line.text[segment.start : segment.start + segment.length]
            stands = raw[segment.place.start : segment.place.end]
            assert shown == stands or html.unescape(stands) == shown
    try:
        document = read(raw.encode("utf-8", "replace").decode())
    except UnreadableDocument:
        return
    assert document.text.strip()


@pytest.mark.parametrize(
    "token", ["<div>", "<b", '<a href="', "<td>", "<!--", "&amp", "<p>x", "<script>", "<table><tr><td>x"]
)
def test_hostile_markup_takes_no_more_than_its_length_in_time(token: str) -> None:
    page = token * (100_000 // len(token))
    started = time.process_time()
    with suppress(UnreadableDocument):
        read(page)
    assert time.process_time() - started < 10


def test_an_article_that_only_a_script_would_show_is_read_from_its_json() -> None:
    page = (
        '<html><head><title>水厂投产</title><script type="application/ld+json">{"@type": "NewsArticle", "headline": '
        '"水厂投产", "datePublished": "2025-06-02", "author": {"name": "方宁"}, "articleBody": '
        '"石龙湾海水淡化厂六月二日投产。\\n日产淡水五万吨。"}</script></head><body><div id="app"></div></body></html>'
    )
    document = read(page, "a.html")
    assert document.text == "石龙湾海水淡化厂六月二日投产。\n日产淡水五万吨。"
    assert (document.title, document.published, document.author) == ("水厂投产", "2025-06-02", "方宁")
    (place,) = document.origin.locate(document.text.index("五万吨"), document.text.index("五万吨") + 3)
    assert page[place.start : place.end] == "五万吨"


def test_an_article_of_wechat_hidden_until_its_script_has_run() -> None:
    page = (
        '<html><body><div id="js_content" style="visibility: hidden;">'
        "<p>湖滨步道五月一日开放，全长三公里，免费。</p></div></body></html>"
    )
    document = read(page, "a.html")
    assert document.text == "湖滨步道五月一日开放，全长三公里，免费。"


def test_the_source_of_a_page_ends_where_the_next_fact_begins() -> None:
    page = (
        "<html><head><title>关于停车的通知</title></head><body><h1>关于停车的通知</h1>"
        "<p>发布日期：2025-02-18 15:32　来源：市政府办公室　浏览次数：1024　字体：[大中小]</p>"
        "<p>各单位请按规定停车，每小时三元，夜间免费，老人免费。</p></body></html>"
    )
    document = read(page, "a.html")
    assert document.source == "市政府办公室"


def test_the_files_of_a_notice_are_named_with_it() -> None:
    links = '<p><a href="./P1.docx">1.补助申请表.docx</a></p><p><a href="/P2.xls">2.材料清单</a></p>'
    files = f'<div class="fj"><p>附件：</p>{links}</div>'
    body = "".join(f"<p>{sentence}</p>" for sentence in SENTENCES)
    page = modern(body).replace('<div class="share">', f'{files}<div class="share">')
    lines = read(page).text.split("\n")
    assert lines[-3:] == ["附件：", "1.补助申请表.docx", "2.材料清单"]


def test_a_banner_about_cookies_is_not_the_article_of_a_short_notice() -> None:
    banner = "我们使用必要的Cookie让网站运行，也希望设置可选的Cookie，以便了解您如何使用本网站，并改进我们的服务。"
    notice = "本周六九时至十二时检修配电房，停电三小时。"
    page = (
        f'<html><title>停电通知</title><div id="cookie-consent"><p>{banner}</p><p>{banner}</p></div>'
        f"<div><h1>停电通知</h1><p>{notice}</p></div></html>"
    )
    text = read(page).text
    assert notice in text
    assert "Cookie" not in text


def test_the_day_on_which_an_article_of_wechat_was_sent() -> None:
    page = (
        '<html><script>var ct = "1741996800";</script><h1>新增车位</h1><div><span class="rich_media_meta">小禾</span>'
        '<span class="rich_media_meta"><a>湖滨发布</a></span></div>'
        f'<div id="js_content" style="visibility: hidden">{"".join(f"<p>{s}</p>" for s in SENTENCES)}</div></html>'
    )
    document = read(page)
    assert document.published == "2025-03-15"
    assert "小禾湖滨发布" not in document.text


def test_the_facts_over_an_official_document_are_pairs_and_stand_once() -> None:
    pairs = [
        ("索 引 号：", "0011-4/2025-17"),
        ("发文机关：", "青河县人民政府"),
        ("成文日期：", "2025年2月14日"),
        ("文&nbsp;号：", "青政发〔2025〕6号"),
    ]
    cells = [f"<td>{name}</td><td>{value}</td>" for name, value in pairs]
    script = '<script>document.write("<tr></tr>")</script>'
    narrow = f"<table>{''.join(f'<tr>{cell}</tr>' for cell in cells)}{script}</table>"
    wide = f"<div><table><tr>{cells[0]}{cells[1]}</tr><tr>{cells[2]}{cells[3]}</tr></table></div>"
    body = "".join(f"<p>{sentence}</p>" for sentence in SENTENCES)
    document = read(f'<html><title>停车办法</title><div id="zoom"><h1>停车办法</h1>{narrow}{wide}{body}</div></html>')
    assert "发文机关：青河县人民政府" in document.text.split("\n")
    assert document.text.count("0011-4/2025-17") == 1
    assert (document.published, document.source, document.number) == (
        "2025-02-14",
        "青河县人民政府",
        "青政发〔2025〕6号",
    )


POSTED = "type-post hentry tag-hotel category-links"  # what a weblog's program says of an entry: its topics, too
POEM = "".join(f"<p>{line}</p>" for line in ["床前明月光", "疑是地上霜", "举头望明月", "低头思故乡"] * 2)


@pytest.mark.parametrize("body", ["".join(f"<p>{s}</p>" for s in SENTENCES[:2]), POEM], ids=["short", "without-prose"])
def test_a_short_post_stands_against_a_side_bar_with_more_words(body: str) -> None:
    bar = "".join(f"<p>{sentence}</p>" for sentence in SENTENCES[2:] * 3)
    page = f"""<html><title>夜记_博客</title><div id="wrapper"><ul>{MENU}</ul>
    <div class="{POSTED}"><h2>夜记</h2>{body}</div><div id="sidebar"><h3>关于本站</h3>{bar}</div></div></html>"""
    text = read(page).text
    first, *_, last = body.removeprefix("<p>").removesuffix("</p>").split("</p><p>")
    assert first in text
    assert last in text
    assert SENTENCES[2] not in text


def test_a_page_named_a_page_is_not_the_numbers_of_its_pages() -> None:
    sections = "".join(f'<div class="m-page-text"><p>{sentence}</p></div>' for sentence in SENTENCES)
    text = read(f'<html><title>人才</title><ul>{MENU}</ul><div class="main">{sections}</div></html>').text
    assert all(sentence in text for sentence in SENTENCES)


def test_the_name_of_links_that_are_left_out_goes_with_them() -> None:
    links = "".join(f'<li><a href="/{i}">深圳南山，一家孵化器举办活动</a></li>' for i in range(2))
    before, after = ("".join(f"<p>{sentence}</p>" for sentence in some) for some in (SENTENCES[:2], SENTENCES[2:]))
    page = (
        f'<html><title>人才</title><ul>{MENU}</ul><div id="content">{before}'
        f"<h3>Mehr zum Thema</h3><ul>{links}</ul><h3>住房补贴</h3>{after}</div></html>"
    )
    text = read(page).text
    assert "Mehr zum Thema" not in text
    assert "住房补贴" in text
    assert all(sentence in text for sentence in SENTENCES)
