"""The words with which people ask for documents, as signs: what is left between them is what the documents must have.

All is for folded text. These are the words that hold such questions together, and no subjects.
"""

from __future__ import annotations

import re
from typing import Literal

__all__ = ["ABOUT", "ASKED", "BREAK", "COUNTING", "DOCUMENT", "NEWEST", "OF", "OLDEST", "ONE", "PARTICULARS"]
__all__ += ["SAYS", "SIGNS", "WHETHER", "Particular", "signed"]

Particular = Literal["who", "when", "number", "version"]
"""What may be asked of one document: who wrote or issued it, when, its number, its edition."""

BREAK, ABOUT, SAYS, DOCUMENT, ASKED, ONE, OF = "\ue000\ue001\ue002\ue003\ue004\ue005\ue006"
"""Signs for words that only ask, for "about", for "mentions", for "document", for "how many (copies)",
for "that (copy)", and for "of"."""

SIGNS = f"{BREAK}-{OF}"
"""All signs, as a regular expression's character class has them between its brackets."""

NEWEST = re.compile(
    r"(?:日期|时间)?(?:最新|最近期?的?(?!\s*[\d一两二三四五六七八九十半]?\s*个?[天日周星月年])|最晚)"
    r"|\b(?:newest|latest|most recent(?:ly)?)\b"
)
OLDEST = re.compile(r"最早|最旧|最老|\b(?:oldest|earliest)\b")
WHETHER = re.compile(
    r"内容|东西|有没有|有无|是否有|^有|有.{0,30}[吗嘛]|\b(?:is|are) there\b|\bdo (?:you|we) have\b|\bany(?:thing)?\b"
)
"""What asks if there are any."""

COUNTING = re.compile(r"(?:几|多少)[个种项类期]|\bhow many\b")
"""What counts things by a word that is not only for documents."""

_BODY = "部门|单位|机构|机关|公司|组织|作者|科室|局|处"
_BODIES = r"department|office|body|agency|authority|organi[sz]ation|company|author"
_ASKING: tuple[tuple[Particular, tuple[str, ...]], ...] = (
    (
        "who",
        (
            rf"(?:是|由|被)?(?:谁|何人|什么人|哪[个位]人|哪一?[个家些]?(?:{_BODY}))",
            r"(?:作者|撰写人|发布单位|发文机关|发布机构|签署人|起草人|编制人)是?(?:什么|哪[个位家])?(?=[?吗呢]|$)",
            rf"\bwho(?:m|se)?\b|\b(?:which|what) (?:{_BODIES})\b|\bauthor of\b",
        ),
    ),
    (
        "when",
        (
            r"(?:是|在|于)?(?:什么时[候间]|何时|啥时候|几时|哪一?[年天]|什么(?:日期|日子)|哪个?月|几月几?[日号]?|几号)(?:的版本)?",
            r"(?:发布|签订|更新|成文|印发|签署)(?:日期|时间)",
            r"\bwhen\b|\b(?:what|which) (?:date|year|day|month)\b|\bhow old\b",
        ),
    ),
    ("number", (r"文号|编号", r"\b(?:document|reference|file|contract) (?:number|no\.?)(?![a-z])")),
    ("version", (r"(?:是?哪个?|什么|第几|几)版本?", r"\b(?:which|what) (?:version|edition|revision)\b")),
)
PARTICULARS: tuple[tuple[Particular, re.Pattern[str]], ...] = tuple(
    (name, re.compile("|".join(patterns))) for name, patterns in _ASKING
)

_MEASURE = "[份篇封本]"
_ANY_MEASURE = r"[个种类项期](?=\s*(?:$|[?,。]|是|有|文[件档]|资料|材料))"
_SIGNING = tuple(
    (sign, re.compile("|".join(patterns)))
    for sign, patterns in (
        (
            ASKED,
            (
                rf"(?:一共|总共|共)?(?:有|是|出了)?(?:哪些|哪几|哪一|哪|几|多少|什么)(?:{_MEASURE}|{_ANY_MEASURE})",
                r"\bhow many\b|\bnumber of\b",
            ),
        ),
        (ONE, (rf"(?:[这那]|一|两|某|每)(?:几|些|一)?{_MEASURE}",)),
        (
            DOCUMENT,
            (
                "文件|文档|资料|材料|档案|文章|文本|文献",
                r"\b(?:documents?|docs?|files?|papers?|texts?|articles?|materials?|records?|sources?|stuff)\b",
                r"\b(?:anything|something|everything|information)\b",
            ),
        ),
        (
            SAYS,
            (
                "(?:有|被)?(?:提到|提及|提过|谈到|谈及|讲到|说到|写到|涉及|包含|含有|出现|写着|写有|载有|说起|提起|[规写说]定?(?=了))(?:过|了|有)*",
                r"\b(?:mention|contain|refer(?:s|ring|red)? to|includ|nam)(?:s|es|e|ed|ing)?\b|\bsays?\b",
            ),
        ),
        (
            ABOUT,
            (
                "关于|有关|相关|围绕|针对|介绍(?=.{1,20}的)|讲述|讲解|说明(?=的|了)|(?<![演宣听])讲(?!话|座|师|解|义)",
                r"\b(?:about|on|regarding|concerning|relat(?:ed|ing) to|cover(?:s|ing)?|deal(?:s|ing)? with)\b",
                r"\b(?:discuss(?:es|ing)?|explain(?:s|ing)?|describ(?:es?|ing))\b",
            ),
        ),
        (OF, (r"的|\b(?:by|from|of|issued|written|published|signed)\b",)),
        (
            BREAK,
            (
                "内容|东西|有没有|有无|是否有?|哪些|哪个|哪[几一]?|什么|多少|几个?|啥|怎么|一共|总共|共有|全部|所有|都有|分别|列[出举]?(?:来|一下)?",
                "请问|麻烦|帮(?:忙|我)+|请?给我|告诉我?|我?想(?:知道|问|看|找|了解|查)|能不能|能否|可以|可不可以",
                "[看查找问说](?:一下|一看|看|找|到|一找)|知识库|资料库|文件夹|数据库|库里面?|库中|这里面?|里面|当中|其中",
                "手上|手头|手里|目前|现在|现有|存有|收录|上传|保存|一下|大概|有些|存在|叫做?|名为|标题|题目|名字|真的|到底",
                "(?:发布|印发|出台|公布|制定|编写|撰写|起草|签署|签订|签发|编制|更新|修订)(?:过|了|出)?|[吗呢吧呀啊嘛]",
                "[,，.。;；:：!！?？、()（）]",
                r"\b(?:library|folder|collection|database|knowledge base|list|show|tell|give|find|get|see|know)\b",
                r"\b(?:available|titled?|called|named|contents?|kinds?|types?|sorts?|total|altogether|exist|there)\b",
                r"\b(?:please|come|comes|came|dated|updated|released|made|wrote|write|publish|issue|sign|release|update)\b",
            ),
        ),
    )
)


def signed(folded: str) -> str:
    """The question with signs for its asking words."""
    for sign, pattern in _SIGNING:
        folded = pattern.sub(sign, folded)
    return folded
