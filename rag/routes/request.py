"""What a question asks of the library: which documents it narrows down to, and what it wants to know of them.

Its typed parts are read first and blanked: quoted words, periods, types of files, what is the latest, who and when.
What is left falls into the things that the documents are to have, between the words that only ask.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Literal

from corpus.language.names import words_of
from corpus.language.script import fold, has_han
from rag.question.dictionary import english_of, translations
from rag.question.kinds import Kind, kind_of
from rag.question.period import Period, period_of
from rag.routes.file_types import FileType, file_type_asked

__all__ = ["Particular", "Request", "Thing", "request_of"]

Particular = Literal["who", "when", "number", "version"]
"""What may be asked of one document: who wrote or issued it, when, its number, its edition."""

Order = Literal["newest", "oldest"]


@dataclass(frozen=True, slots=True)
class Thing:
    """Words that stand together in a question, folded: a subject, a kind of document, a name.

    Each of ``words`` has the ways in which a document may say it. ``bound`` tells that the documents asked for must
    have it; what is not may only be a manner of speaking. ``quoted`` asks for the text to say it.
    """

    text: str
    words: tuple[tuple[str, ...], ...]
    bound: bool = False
    quoted: bool = False
    subject: bool = False


@dataclass(frozen=True, slots=True)
class Request:
    """A question about the library, read.

    ``of_documents`` tells that it speaks of documents as such ("哪几份", "files"), ``counts`` that it asks how many of
    something.
    """

    things: tuple[Thing, ...]
    file_type: FileType | None
    period: Period | None
    order: Order | None
    particulars: tuple[Particular, ...]
    of_documents: bool
    counts: bool

    @property
    def narrows(self) -> bool:
        """Whether anything but things narrows it down."""
        return bool(self.file_type or self.period or self.order)


_BREAK, _ABOUT, _SAYS, _DOCUMENT, _ASKED, _OF = "\ue000\ue001\ue002\ue003\ue004\ue005"
_SIGNS = re.compile(f"[{_BREAK}-{_OF}]")
_QUOTED = re.compile(r"《([^《》]{1,60})》|“([^“”]{1,40})”|「([^「」]{1,40})」|『([^『』]{1,40})』|\"([^\"]{1,40})\"")

_NEWEST = re.compile(
    r"最新|最近期?的?(?!\s*[\d一两二三四五六七八九十半]?\s*个?[天日周星月年])|最晚|\b(?:newest|latest|most recent(?:ly)?)\b"
)
_OLDEST = re.compile(r"最早|最旧|最老|\b(?:oldest|earliest)\b")
_PARTICULARS: tuple[tuple[Particular, re.Pattern[str]], ...] = (
    (
        "who",
        re.compile(
            r"(?:是|由|被)?(?:谁|何人|什么人|哪[个位]人|哪[一]?[个家些]?(?:部门|单位|机构|机关|公司|组织|作者|科室|局|处))"
            r"|(?:作者|撰写人|发布单位|发文机关|发布机构|签署人|起草人|编制人)是?(?:什么|哪[个位家])?(?=[?吗呢]|$)"
            r"|\bwho(?:m|se)?\b|\b(?:which|what) (?:department|office|body|agency|authority|organi[sz]ation|company|author)\b"
            r"|\bauthor of\b"
        ),
    ),
    (
        "when",
        re.compile(
            r"(?:是|在|于)?(?:什么时[候间]|何时|啥时候|几时|哪一?[年天]|哪个?月|几月几?[日号]?|几号|(?<=[发布文更新签订])日期)"
            r"(?:的版本)?|(?:发布|签订|更新|成文|印发|签署)(?:日期|时间)|\bwhen\b|\b(?:what|which) (?:date|year|day|month)\b|\bhow old\b"
        ),
    ),
    ("number", re.compile(r"文号|编号|\b(?:document|reference|file|contract) (?:number|no\.?)(?![a-z])")),
    ("version", re.compile(r"(?:是?哪个?|什么|第几|几)版本?|\b(?:which|what) (?:version|edition|revision)\b")),
)
_MEASURE = "[份篇封件本]"
_SIGNED: tuple[tuple[str, str], ...] = (
    (
        _ASKED,
        rf"(?:一共|总共|共)?(?:有|是|出了)?(?:哪些|哪几|哪一|哪|几|多少|什么)(?:{_MEASURE}|[个种类项期](?=\s*(?:{_DOCUMENT}|$|[?,。]|是|有|文|资|材)))"
        rf"|(?:[这那]|一|两|某|每)(?:几|些|一)?{_MEASURE}|\bhow many\b|\bnumber of\b",
    ),
    (
        _DOCUMENT,
        r"文件|文档|资料|材料|档案|文章|文本|文献|内容|东西|\b(?:documents?|docs?|files?|papers?|texts?|articles?|materials?|records?"
        r"|sources?|stuff)\b",
    ),
    (
        _SAYS,
        r"(?:有|被)?(?:提到|提及|提过|谈到|谈及|讲到|说到|写到|涉及|包含|含有|出现|写着|写有|载有|说起|提起)(?:过|了|有)*"
        r"|\b(?:mention|contain|refer(?:s|ring|red)? to|includ|nam)(?:s|es|e|ed|ing)?\b|\bsays?\b",
    ),
    (
        _ABOUT,
        r"关于|有关|围绕|针对|介绍|讲述|讲解|说明(?=的|了)|(?<![演宣听])讲(?!话|座|师|解|义)|(?:与|和|跟)(?=.{1,12}(?:有关|相关))"
        r"|\b(?:about|on|regarding|concerning|related to|relating to|cover(?:s|ing)?|deal(?:s|ing)? with|discuss(?:es|ing)?"
        r"|explain(?:s|ing)?|describ(?:es?|ing))\b",
    ),
    (_OF, r"的|\b(?:by|from|of|issued|written|published|signed)\b"),
    (
        _BREAK,
        r"有没有|有无|是否有?|哪些|哪个|哪[几一]?|什么|多少|几个?|啥|怎么|一共|总共|共有|全部|所有|都有|都|分别|列[出举]?(?:来|一下)?"
        r"|请问|请|麻烦|帮忙?我?|给我|告诉我?|我?想(?:知道|问|看|找|了解|查)|能不能|能否|可以|可不可以|[看查找问说](?:一下|一看|看|找|到|一找)"
        r"|知识库|资料库|文件夹|数据库|库里面?|库中|这里面?|里面|当中|其中|手上|手头|手里|目前|现在|现有|存有|收录|上传|保存|相关|一下|大概"
        r"|(?:发布|印发|出台|公布|制定|编写|撰写|起草|签署|签订|签发|编制|更新|修订)(?:过|了|出)?|有些|存在|叫做?|名为|标题|题目|名字"
        r"|最(?:好|终)|真的|到底|还|吗|呢|吧|呀|啊|嘛|和|与|以及|或者?|跟|[,，.。;；:：!！?？、()（）]"
        r"|\b(?:library|folder|collection|database|knowledge base|list|show|tell|give|find|get|see|know|anything|something"
        r"|everything|please|available|titled?|called|named|contents?|kinds?|types?|sorts?|total|altogether|exist|there|dated"
        r"|updated|released|made|wrote|write|publish|issue|sign|release|update)\b",
    ),
)
_SIGNING = [(sign, re.compile(pattern)) for sign, pattern in _SIGNED]
_EDGE = frozenset("有是在发写出说找要看问查给用做定下签订编过了的等于为由被就还也个些份篇封件版期年月日里中上")
_AFTER = re.compile(
    r"^(?:有|是|在|发|写|出|过|了|的|下|来|里|中|类|方面)+|(?:有|是|在|发|写|出|说|过|了|的|下|来|里|中|上|类|方面|签|订|编|定)+$"
)
_WORD = re.compile(r"[a-z\d][a-z\d./&+_-]*[a-z\d]|[a-z\d]")
_LITTLE = frozenset(
    ["a", "an", "the", "is", "are", "was", "were", "be", "been", "do", "does", "did", "have", "has", "had", "you", "your", "we", "our", "i", "my", "me", "it", "its", "this", "that", "these", "those", "any", "some", "all", "in", "at", "to", "for", "with", "and", "or", "not", "can", "could", "will", "would", "what", "which", "how", "as", "one", "ones", "new", "recent", "got", "hold", "holds", "s", "t", "re", "ve", "here", "them", "they"]
)


def request_of(text: str, today: date, languages: Collection[str]) -> Request:
    """The question read; ``languages`` are those of the documents, in whose words it may be said."""
    folded = fold(text)
    things: list[Thing] = []
    for match in _QUOTED.finditer(text):
        said = fold(next(filter(None, match.groups())))
        things.append(Thing(said, ((said,),), bound=True, quoted=match[1] is None))
        folded = folded.replace(fold(match[0]), f"{_BREAK}", 1)
    particulars: list[Particular] = []
    for name, pattern in _PARTICULARS:
        if pattern.search(folded):
            particulars.append(name)
            folded = pattern.sub(_BREAK, folded)
    order, folded = _order(folded)
    period, folded = period_of(folded, today)
    file_type, folded = file_type_asked(folded)
    for sign, pattern in _SIGNING:
        folded = pattern.sub(sign, folded)
    things += _things(folded, languages, has_han(text))
    return Request(
        tuple(things),
        file_type,
        period,
        order,
        tuple(particulars),
        of_documents=any(sign in folded for sign in (_DOCUMENT, _ASKED)) and not _counts_other(folded, text),
        counts=kind_of(text) is Kind.NUMBER,
    )


def _counts_other(folded: str, text: str) -> bool:
    """Whether an English question counts or asks for something that is called otherwise than documents are."""
    return not has_han(text) and _DOCUMENT not in folded and _ASKED not in folded


def _order(folded: str) -> tuple[Order | None, str]:
    if _NEWEST.search(folded):
        return "newest", _NEWEST.sub(_BREAK, folded)
    if _OLDEST.search(folded):
        return "oldest", _OLDEST.sub(_BREAK, folded)
    return None, folded


def _things(signed: str, languages: Collection[str], chinese: bool) -> list[Thing]:
    """What stands between the signs, with what the signs around it make of it."""
    things: list[Thing] = []
    pieces = [(match.start(), match.end()) for match in re.finditer(f"[^{_BREAK}-{_OF}]+", signed)]
    for start, end in pieces:
        before = re.search(f"[{_BREAK}-{_OF}\\s]*$", signed[:start])
        behind = re.match(f"[{_BREAK}-{_OF}\\s]*", signed[end:])
        ahead, after = before[0] if before else "", behind[0] if behind else ""
        said = _words(signed[start:end], languages, chinese)
        if said is None:
            continue
        text, words = said
        quoted, subject = _SAYS in ahead, _ABOUT in ahead
        direct = after.replace(_OF, "").replace(" ", "").startswith(_DOCUMENT)
        things.append(Thing(text, words, quoted or subject or direct, quoted, subject))
    return things


def _words(piece: str, languages: Collection[str], chinese: bool) -> tuple[str, tuple[tuple[str, ...], ...]] | None:
    """A piece of the question without the little words around it, and its words; None where nothing is left."""
    if not chinese:
        found = [word for word in _WORD.findall(piece) if word not in _LITTLE]
        if not found:
            return None
        text = " ".join(found)
        return text, tuple((phrase, *others) for phrase, others in translations(text)) or ((text,),)
    text = _AFTER.sub("", piece.strip()).strip()
    words = [word for word in words_of(text) if word.text.strip()]
    while words and (words[0].text in _EDGE or words[0].kind in ("r", "p", "d", "c", "uj", "ul", "y")):
        words.pop(0)
    while words and (words[-1].text in _EDGE or words[-1].kind in ("r", "p", "d", "c", "uj", "ul", "y")):
        words.pop()
    text = "".join(word.text for word in words).strip()
    if len(text) < 2 and not _WORD.fullmatch(text):
        return None
    whole = [word.text for word in words if len(word.text) > 1 or _WORD.fullmatch(word.text)] or [text]
    return text, tuple((word, *(english_of(word) if "en" in languages else ())) for word in whole)
