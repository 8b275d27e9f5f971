"""True sentences pass however they are written; a changed figure, unit, date, name or negation does not."""

import numpy as np
import numpy.typing as npt
import pytest

from rag.answers import AnswerSentence, Citation
from rag.proof.verification import verify

TITLE = "济南高新区再获两项省级荣誉"


def check(
    sentence: str,
    *quotes: str,
    before: str = "",
    likeness: float | None = None,
    judged: npt.NDArray[np.float32] | None = None,
) -> AnswerSentence:
    citations = tuple(
        Citation(i, "d.txt", TITLE, "济南高新区", "2024-04-24", None, None, "d.txt#0-9", quote, 0, len(quote))
        for i, quote in enumerate(quotes, 1)
    )
    return verify(sentence, citations, "zh-Hans", before=before, likeness=likeness, judged=judged)


@pytest.mark.parametrize(
    ("sentence", "quote"),
    [
        ("全区人才总量达396,300人。", "全区人才总量达到39.63万人。"),
        ("全區人才總量達３９．６３萬人。", "全区人才总量达到39.63万人。"),
        ("解决企业诉求三千余项。", "解决企业诉求3000余项。"),
        ("解決企業訴求3000多項。", "解决企业诉求3000余项。"),
        ("贡献了全市百分之四十点八的研发投入增量。", "贡献了全市40.8%的研发投入增量。"),
        ("近40万人才在此工作。", "全区工作的人才达到39.63万人。"),
        ("第32条规定了处罚。", "第三十二条 对违法行为规定处罚。"),
        ("聘任了39位首席政策官。", "创新聘任39名“首席政策官”。"),
        ("2020年4月24日印发通知。", "二〇二〇年四月二十四日，印发了通知。"),
        ("该文发布于2024年4月24日。", "该文当日发布。"),
        ("济南高新区聘任了39名首席政策官。", "创新聘任39名“首席政策官”,解决企业诉求3000余项。"),
        ("企业尚未完成搬迁。", "该企业没有完成搬迁。"),
        ("不得转让补贴。", "补贴禁止转让。"),
        ("The zone appointed 39 chief policy officers.", "创新聘任39名“首席政策官”。"),
        ("馆内寄存物品免费。", "馆内寄存物品不收取费用。"),
        ("船票须在开船前取好。", "船票应当在开船前取好。"),
        ("可以带一件行李，但必须托运。", "乘客可以带一件行李，行李必须托运。"),
        ("救生艇载客至少要有12人。", "救生艇载客不少于12人。"),
        ("每船最多载客40人。", "每船载客不得超过40人。"),
        ("罚款为200元至500元。", "处200元以上500元以下罚款。"),
        ("船行90分钟。", "船行1.5小时。"),
        ("船票在24个月内有效。", "船票两年内有效。"),
        ("行李重0.5公斤。", "行李重500克。"),
        ("水压为0.32MPa。", "水压为320kPa。"),
        ("启航七天前可以改签。", "启航的七日前可以改签。"),
        ("每船限乘二人。", "每船限乘2人。"),
        ("印发《渡口管理办法（二〇二六年修订）》。", "印发《渡口管理办法（2026年修订）》。"),
        ("补办船票不收费。", "补办船票免收费用。"),
        ("青鹭号没有救生筏。", "船名：青鹭号 | 救生筏：无 | 载客：40人"),
        ("青鹭号不带救生筏。", "船名：青鹭号 | 救生筏：× | 载客：40人"),
        ("青鹭号配有救生筏。", "船名：青鹭号 | 救生筏：有 | 载客：40人"),
        ("开船前交验船票。", "船票应在开船前交验。"),
        ("先验票，再登船。", "乘客先验票，然后登船。"),
        ("新增8家市级码头。", "新增6家省级码头，8家市级码头。"),
        ("青鹭号载客40人。", "船名：青鹭号，长：12米，载客：40人；船名：白鹭号，长：9米，载客：25人"),
        ("青鹭号押金100元。", "青鹭号租金38元，押金100元。"),
        ("对渡船满意：12，一般：5，不满意：3。", "项目：渡船 | 对渡船满意：12 | 一般：5 | 不满意：3"),
        ("渡船检修完成，共1,960条，合并八百条。", "1. 渡船检修完成，共1960条，合并800条。"),
        ("（十二）其他破壞渡口的行爲。", "（十二）其他破坏渡口的行为。"),
        ("第三步用3小时。", "第三步：演练，用3小时。"),
        ("没有票的乘客不得登船。", "无票的乘客禁止登船。"),
        ("Spending rose to 40 percent of the total.", "Spending rose to 40% of the total in that year."),
    ],
)
def test_true_sentences_pass(sentence: str, quote: str) -> None:
    assert check(sentence, quote) == AnswerSentence(sentence, (1,), "supported")


@pytest.mark.parametrize(
    ("sentence", "quote", "problem"),
    [
        ("聘任了45名首席政策官。", "聘任39名首席政策官。", "没有“45名”，原文是“39名”"),
        ("人才总量达到39.63亿人。", "人才总量达到39.63万人。", "39.63亿人"),
        ("人才总量达到39.36万人。", "人才总量达到39.63万人。", "原文是“39.63万人”"),
        ("自给率仅为10。", "自给率仅为10%。", "“10”"),
        ("全长30公里。", "全长30米。", "原文是“30米”"),
        ("补贴128000美元。", "补贴128000元。", "原文是“128000元”"),
        ("近3000项。", "解决3000余项。", "3000项"),
        ("共引进6家企业。", "共引进6人企业家。", "6家"),
        ("2021年引进人才6人。", "2020年引进人才6人。", "没有“2021年”，原文是“2020年”"),
        ("4月25日印发。", "4月24日印发。", "4月25日"),
        ("（十八）其他破坏渡口的行为。", "（十二）其他破坏渡口的行为。", "十八"),
        ("R-201、R-203泵停用。", "R-201、R-202泵停用。", "203"),
        ("使用了5G网络。", "使用了4G网络。", "5"),
        ("王婷婷发表了报告。", "刘培鹤发表了报告。", "没有提到“王婷婷”"),
        ("他出生于山东济南。", "他出生于江苏南京。", "山东"),
        ("印发《实施方案》。", "印发《三年计划》。", "实施方案"),
        ("由NASUWT主办。", "由NUT主办。", "NASUWT"),
        ("企业未完成搬迁。", "企业完成搬迁。", "说法相反"),
        ("企业完成搬迁。", "企业没有完成搬迁。", "说法相反"),
        ("投入同比下降6%。", "投入同比增长6%。", "说法相反"),
        ("寄存行李免费。", "寄存行李每件收取6元。", "“免费”，引用的原文说法相反"),
        ("寄存行李不收费。", "寄存行李每件收取6元。", "说法相反"),
        ("码头停靠渔船300艘。", "码头停靠渔船超过300艘。", "“300艘”的上下限"),
        ("载客12人。", "载客不少于12人。", "“12人”的上下限"),
        ("船长应当检查救生衣。", "船长可以检查救生衣。", "“应当检查”：可以还是必须"),
        ("乘客可以出示证件。", "乘客必须出示证件。", "“可以出示证件”：可以还是必须"),
        ("Crew must wear a helmet on deck today.", "Crew may wear a helmet on deck today.", "“must wear”"),
        ("船行80分钟。", "船行1.5小时。", "80分钟"),
        ("船票在18个月内有效。", "船票两年内有效。", "18个月"),
        ("行李重0.5吨。", "行李重500克。", "0.5吨"),
        ("载客不超过12人。", "载客不少于12人。", "“12人”的上下限"),
        ("水温低于60度。", "水温高于60度。", "“60度”的上下限"),
        ("行李重30，限带30公斤。", "行李重占30%，限带30公斤。", "“30”"),
        ("演练4天完成。", "4.演练用3小时完成。", "4天"),
        ("聘用没有会计。", "聘用会计。", "说法相反"),
        ("不需要12分钟。", "需要12分钟。", "说法相反"),
        ("补办船票要收费。", "补办船票免收费用。", "说法相反"),
        ("青鹭号配有救生筏。", "船名：青鹭号 | 救生筏：无 | 载客：40人", "“配有救生筏”，引用的原文说法相反"),
        ("青鹭号不带救生筏。", "船名：青鹭号 | 救生筏：有 | 载客：40人", "说法相反"),
        ("开船后交验船票。", "船票应在开船前交验。", "“开船后”，引用的原文说法相反"),
        ("5日后交验。", "5日前交验。", "“5日后”，引用的原文说法相反"),
        ("先登船，再验票。", "乘客先验票，然后登船。", "说法相反"),
        ("新增8家省级码头。", "新增6家省级码头，8家市级码头。", "“8家”说的是别的"),
        ("白鹭号载客40人。", "船名：青鹭号，载客：40人；船名：白鹭号，载客：25人", "“40人”说的是别的"),
        ("3月试航，5月开航。", "5月试航，3月开航。", "“3月”说的是别的"),
        ("对渡船满意：12，并未一般：5，不满意：3。", "对渡船满意：12 | 一般：5 | 不满意：3", "说法相反"),
        ("驾驶员须笔试，不得分75分以上方可开船。", "驾驶员须笔试，得分75分以上方可开船。", "说法相反"),
        ("对渡船并未满意：12，一般：5，不满意：3。", "对渡船满意：12 | 一般：5 | 不满意：3", "说法相反"),
        ("The plan was not approved by the council.", "The plan was approved by the council.", "说法相反"),
        ("公司都不晓得上哪儿寻觅。", "聘任首席政策官，服务企业。", "没有这样说"),
    ],
)
def test_what_the_source_does_not_say_is_named(sentence: str, quote: str, problem: str) -> None:
    checked = check(sentence, quote)
    assert checked.verdict == "unsupported"
    assert any(problem in said for said in checked.problems), checked.problems


def test_without_a_citation_nothing_is_supported() -> None:
    assert check("聘任了39名首席政策官。") == AnswerSentence(
        "聘任了39名首席政策官。", (), "unsupported", ("没有引用原文",)
    )


@pytest.mark.parametrize(
    "sentence", ["文档没有提到租金。", "资料中未说明面积。", "The documents do not state the rent."]
)
def test_that_the_documents_are_silent_can_not_be_borne_out(sentence: str) -> None:
    assert check(sentence).verdict == "unchecked"


def test_several_quotations_bear_a_sentence_together() -> None:
    assert check("引进6人，新增8家。", "引进6人。", "新增8家。").verdict == "supported"


def test_sentences_before_lend_names_and_years_but_no_figures() -> None:
    quote, before = "该区引进人才6人。", "2020年，济宁经开区新增8家平台。"
    assert check("2020年济宁经开区引进人才6人。", quote, before=before).verdict == "supported"
    assert check("2020年济宁经开区引进人才6人。", quote).verdict == "unsupported"
    assert check("该区引进人才8人。", quote, before=before).verdict == "unsupported"
    assert check("2020年引进人才6人。", "2021年引进人才6人。", before=before).verdict == "unsupported"


def test_the_sentences_before_lend_no_day_where_a_quotation_has_its_own() -> None:
    quote, before = "试航定于4月底前完成。", "2020年5月开航。"
    assert check("试航定于2020年4月底前完成。", quote, before=before).verdict == "supported"
    assert check("试航定于5月底前完成。", quote, before=before).verdict == "unsupported"


def test_the_judge_does_not_overrule_what_is_found_in_the_texts_own_words() -> None:
    quote = "船票由乘客到码头领取，船员不负责更换。"
    sure = np.log(np.array([0.998, 0.001, 0.001], np.float32))
    for said, verdict in (
        ("船票由乘客到码头领取，船员不负责更换。", "supported"),
        ("船票由乘客到码头没有领取，船员不负责更换。", "unsupported"),
        ("船票由乘客到码头领取，船员不负责不更换。", "unsupported"),
        ("领船票，乘客自己到码头去，换票不归船员管。", "supported"),
    ):
        assert check(said, quote, likeness=0.95, judged=sure).verdict == verdict


def test_likeness_speaks_where_words_differ() -> None:
    assert check("公司都不晓得上哪儿寻觅。", "企业不知道去哪里找。", likeness=0.95).verdict == "supported"
    assert check("公司都不晓得上哪儿寻觅。", "企业不知道去哪里找。", likeness=0.80).verdict == "unsupported"


@pytest.mark.parametrize(
    ("language", "words"), [("zh-Hans", "原文是“39名”"), ("zh-Hant", "原文是「39名」"), ("en", "which has “39名”")]
)
def test_problems_are_in_the_questions_language(language: str, words: str) -> None:
    citation = Citation(1, "d", "", None, None, None, None, "d#0-1", "聘任39名官员。", 0, 8)
    checked = verify("聘任45名官员。", (citation,), language)  # type: ignore[arg-type]
    assert words in checked.problems[0]
