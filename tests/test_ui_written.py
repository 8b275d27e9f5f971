"""What a language model wrote, on the page and in the terminal: its structure shown, nothing of it run."""

from dataclasses import replace
from html.parser import HTMLParser

from hypothesis import given, settings
from hypothesis import strategies as st

from corpus import Passage
from rag import Answer, AnswerSentence, Citation, Hit
from rag.proof.citations import join_sentences
from ui.terminal import markdown
from ui.web.html import thread
from ui.web.html.sentences import Doubt, Mark, Stated
from ui.web.html.written import draft, framed
from ui.web.store.plain_text import cited
from ui.web.store.turns import Turn
from ui.web.words.interface import words

ZH = words("zh-Hans")
PASSAGE = Passage("a.txt", 0, 20, "扬程为32米。流量为5吨。", "泵站手册", (), None)
CITATION = Citation(1, "a.txt", "泵站手册", None, None, None, None, PASSAGE.id, "扬程为32米。", 0, 7)
SENTENCES = (
    AnswerSentence("水泵如下：", (), "unchecked", before="## 参数\n\n", frame=True),
    AnswerSentence("扬程为**32米**。", (1,), "supported", before="\n\n1. "),
    AnswerSentence("流量为6吨。", (1,), "unsupported", ("没有“6吨”",), before="\n2. "),
    AnswerSentence("参数", (), "unchecked", before="\n\n| ", frame=True),
    AnswerSentence("数值", (), "unchecked", before=" | ", frame=True),
    AnswerSentence("扬程", (), "unchecked", before=" |\n|---|---|\n| ", frame=True),
    AnswerSentence("32米", (1,), "supported", before=" | "),
    AnswerSentence("```\nx = a[1]\n```", (), "unchecked", before=" |\n\n", after=""),
)
ANSWER = Answer(
    question="参数？",
    text=join_sentences(SENTENCES),
    sentences=SENTENCES,
    citations=(CITATION,),
    hits=(Hit(1, 2.0, PASSAGE),),
    certainty="answered",
    model="openai:m",
    confidence=1.0,
    timings_ms={"answer": 1.0},
)
VOID = {"br", "hr"}
BEGIN = '<span class="yj-sentence" data-verdict="supported"><span class="yj-words">'


class Tags(HTMLParser):
    """Every tag with its attributes and the tags around it; all that is opened must be closed in order."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None], tuple[str, ...]]] = []
        self.open: list[str] = []
        self.text = ""
        self.feed(text)
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs), tuple(self.open)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


def test_an_answers_structure_is_shown_with_a_mark_in_its_cell() -> None:
    shown = Tags(thread.thread([Turn("参数？", ANSWER)], ZH))
    marks = [around for tag, attrs, around in shown.found if attrs.get("class") == "yj-mark"]
    assert [("td" in around, "li" in around) for around in marks] == [(False, True), (False, True), (True, False)]
    verdicts = [attrs["data-verdict"] for _, attrs, _ in shown.found if attrs.get("class") == "yj-sentence"]
    assert verdicts == ["supported", "unsupported", "supported"]
    assert [tag for tag, _, _ in shown.found if tag in {"h3", "ol", "table", "strong", "pre"}][:5] == [
        "h3", "ol", "strong", "table", "pre",
    ]  # fmt: skip
    assert "x = a[1]" in shown.text


def test_frames_have_no_verdict_and_are_not_counted() -> None:
    shown = thread.thread([Turn("参数？", replace(ANSWER, sentences=SENTENCES[:-1]))], ZH)
    assert ZH.unchecked not in Tags(shown).text
    assert f"{ZH.supported} {ZH.sentences.format(2)}" in shown


def test_emphasis_over_the_border_of_a_sentence_is_closed_and_opened_again() -> None:
    parts = [("**1. ", "扬程**：32米。", ""), ("", "**流量5吨。", ""), ("", "完。**", "")]
    shown = framed(parts, [Stated("supported")] * 3, None)
    Tags(shown)
    assert f"<strong>1. </strong>{BEGIN}<strong>扬程</strong>：32米。</span></span>{BEGIN}<strong>流量" in shown
    assert "**" not in shown


def test_no_html_no_picture_and_no_link_of_the_models_lives() -> None:
    attack = "<script>alert(1)</script> ![p](http://e.example/p.png) [官网](javascript:alert(2)) [a](http://e.example)"
    for shown in (draft(attack), framed([("", attack, "")], [None], None), draft(f"```\n{attack}\n```")):
        assert {tag for tag, _, _ in Tags(shown).found} <= {"p", "span", "pre", "code"}
        assert not any(name in {"href", "src", "onerror"} for _, attrs, _ in Tags(shown).found for name in attrs)


@settings(deadline=None)
@given(st.text(st.sampled_from("<>&\"'`*_[]()|-#\n $\\甲1\ue000\ue001"), max_size=40))
def test_whatever_is_written_the_page_is_whole(text: str) -> None:
    around = [Stated("unchecked", (Mark(1, '"', "<", "&"),), Doubt("unchecked", "○", "<?>")), Stated("supported")]
    for shown in (draft(text), framed([("- ", text, ""), ("", "乙", "")], around, around[0].doubt)):
        assert {tag for tag, _, _ in Tags(shown).found} <= {
            "p", "h3", "h4", "h5", "h6", "ul", "ol", "li", "blockquote", "div", "table", "thead", "tbody", "tr", "th",
            "td", "pre", "code", "span", "strong", "em", "s", "br", "hr", "button", "sup", "sub",
        }  # fmt: skip


def test_what_comes_is_shown_with_its_structure_and_marks_that_wait() -> None:
    shown = thread.live("参数？", "扬程为32米【1】。\n\n- `a[1]`\n- 5 mAh[2]", ZH)
    waiting = [around for _, attrs, around in Tags(shown).found if "yj-mark-pending" in (attrs.get("class") or "")]
    assert len(waiting) == 2
    assert "<code>a[1]</code>" in shown


def test_an_answer_of_before_has_no_structure_and_one_of_now_keeps_it() -> None:
    values = ANSWER.to_dict()
    assert Answer.from_dict(values) == ANSWER
    for sentence in values["sentences"]:
        for name in ("before", "after", "frame"):
            del sentence[name]
    assert Answer.from_dict(values).sentences[1] == AnswerSentence("扬程为**32米**。", (1,), "supported")


def test_an_export_keeps_the_markdown() -> None:
    assert cited(ANSWER).startswith(
        "## 参数\n\n水泵如下：\n\n1. 扬程为**32米**。[1]\n2. 流量为6吨。[1]\n\n| 参数 | 数值 |"
    )


def test_the_terminal_sets_markdown_as_the_page_reads_it() -> None:
    from rich.console import Console

    console = Console(width=40, record=True, force_terminal=True, file=open("/dev/null", "w"))  # noqa: SIM115, PTH123
    console.print(markdown("**扬程：**32米[1]\n\n- $a_1$\n\n| 参数 | 值 |\n|---|---|\n| 扬程 | 32米[1] |"))
    told = console.export_text()
    assert "扬程：32米[1]" in told
    assert "$a_1$" in told
    assert "|---|" not in told
