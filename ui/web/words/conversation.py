"""The words of the conversation: what stands under an answer, and the filters beside the question."""

from __future__ import annotations

from dataclasses import dataclass

from rag.answers import Route
from rag.question.phrases import Language

__all__ = ["TALK", "TalkWords"]


@dataclass(frozen=True, slots=True)
class TalkWords:
    """What the conversation says, in one language. ``{}`` stands for a number or a name.

    ``routes`` names the ways to an answer that are worth telling: all but that of single facts.
    """

    acts: str
    copy: str
    copied: str
    not_copied: str
    link: str
    link_copied: str
    edit: str
    again: str
    good: str
    bad: str
    comment_good: str
    comment_bad: str
    right_answer: str
    unanswerable: str
    save: str
    cancel: str
    versions: str
    version: str
    version_before: str
    version_after: str
    version_replaced: str
    noted: str
    editing: str
    editing_earlier: str
    within: str
    routes: dict[Route, str]
    how_asked: str
    how_searched: str
    how_passages: str
    how_confidence: str
    unkept: str
    thinking: str
    thought: str
    steps: dict[str, str]
    step_other: str
    milliseconds: str
    everywhere: str
    only_in: str
    in_none: str
    documents: str
    folders: str
    sources: str
    languages: str
    language_names: dict[str, str]
    published_from: str
    published_to: str
    date_example: str
    since: str
    until: str
    period: str
    several_documents: str
    clear: str


TALK: dict[Language, TalkWords] = {
    "zh-Hans": TalkWords(
        acts="对这个回答",
        copy="复制",
        copied="已复制",
        not_copied="浏览器不让复制",
        link="链接",
        link_copied="已复制链接",
        edit="修改再问",
        again="重新回答",
        good="有用",
        bad="有误",
        comment_good="好在哪里？（可不填）",
        comment_bad="哪里不对？（可不填）",
        right_answer="正确的答案，若您知道",
        unanswerable="文档里其实没有答案",
        save="保存",
        cancel="取消",
        versions="这个回答的各个版本",
        version="第 {} 版，共 {} 版",
        version_before="前一版",
        version_after="后一版",
        version_replaced="已被后来的回答取代",
        noted="已记下。",
        editing="正在修改第 {} 问",
        editing_earlier="正在修改第 {} 问：会另开一个对话，这个保持原样",
        within="只问了：{}",
        routes={
            "list": "清单",
            "table": "表格计算",
            "overview": "概览",
            "comparison": "对比",
            "chain": "多步查找",
            "library": "文档库目录",
        },
        how_asked="查找时用的问题",
        how_searched="查找范围",
        how_passages="读过的段落",
        how_confidence="文档能回答它的把握",
        unkept="这一轮没有保存。",
        thinking="思考中，{} 秒",
        thought="思考了 {} 秒",
        steps={
            "rewrite": "补全问题",
            "encode": "理解问题",
            "search": "查找段落",
            "research": "分步查找",
            "answer": "组织回答",
            "verify": "核对",
        },
        step_other="其他",
        milliseconds="{} 毫秒",
        everywhere="全部文档",
        only_in="只问 {count} 篇：{which}",
        in_none="没有符合的文档：{which}",
        documents="文档",
        folders="文件夹",
        sources="来源",
        languages="语言",
        language_names={"zh-Hans": "简体中文", "zh-Hant": "繁体中文", "zh": "中文", "en": "英文", "und": "未知"},
        published_from="发布日期，从",
        published_to="到",
        date_example="2023、2023-05 或 2023-05-01",
        since="{} 以来",
        until="到 {} 为止",
        period="{} 到 {}",
        several_documents="{} 篇选定的文档",
        clear="清除筛选",
    ),
    "zh-Hant": TalkWords(
        acts="對這個回答",
        copy="複製",
        copied="已複製",
        not_copied="瀏覽器不讓複製",
        link="連結",
        link_copied="已複製連結",
        edit="修改再問",
        again="重新回答",
        good="有用",
        bad="有誤",
        comment_good="好在哪裡？（可不填）",
        comment_bad="哪裡不對？（可不填）",
        right_answer="正確的答案，若您知道",
        unanswerable="文件裡其實沒有答案",
        save="儲存",
        cancel="取消",
        versions="這個回答的各個版本",
        version="第 {} 版，共 {} 版",
        version_before="前一版",
        version_after="後一版",
        version_replaced="已被後來的回答取代",
        noted="已記下。",
        editing="正在修改第 {} 問",
        editing_earlier="正在修改第 {} 問：會另開一個對話，這個保持原樣",
        within="只問了：{}",
        routes={
            "list": "清單",
            "table": "表格計算",
            "overview": "概覽",
            "comparison": "對比",
            "chain": "多步查找",
            "library": "文件庫目錄",
        },
        how_asked="查找時用的問題",
        how_searched="查找範圍",
        how_passages="讀過的段落",
        how_confidence="文件能回答它的把握",
        unkept="這一輪沒有儲存。",
        thinking="思考中，{} 秒",
        thought="思考了 {} 秒",
        steps={
            "rewrite": "補全問題",
            "encode": "理解問題",
            "search": "查找段落",
            "research": "分步查找",
            "answer": "組織回答",
            "verify": "核對",
        },
        step_other="其他",
        milliseconds="{} 毫秒",
        everywhere="全部文件",
        only_in="只問 {count} 篇：{which}",
        in_none="沒有符合的文件：{which}",
        documents="文件",
        folders="資料夾",
        sources="來源",
        languages="語言",
        language_names={"zh-Hans": "簡體中文", "zh-Hant": "繁體中文", "zh": "中文", "en": "英文", "und": "未知"},
        published_from="發布日期，從",
        published_to="到",
        date_example="2023、2023-05 或 2023-05-01",
        since="{} 以來",
        until="到 {} 為止",
        period="{} 到 {}",
        several_documents="{} 篇選定的文件",
        clear="清除篩選",
    ),
    "en": TalkWords(
        acts="About this answer",
        copy="Copy",
        copied="Copied",
        not_copied="The browser won't copy",
        link="Link",
        link_copied="Link copied",
        edit="Edit",
        again="Ask again",
        good="Useful",
        bad="Wrong",
        comment_good="What was good? (optional)",
        comment_bad="What is wrong? (optional)",
        right_answer="The right answer, if you know it",
        unanswerable="The documents do not answer it at all",
        save="Save",
        cancel="Cancel",
        versions="Versions of this answer",
        version="{} of {}",
        version_before="Earlier version",
        version_after="Later version",
        version_replaced="Replaced by a later answer",
        noted="Noted.",
        editing="Editing question {}",
        editing_earlier="Editing question {}: another conversation will begin, this one stays as it is",
        within="Asked only of: {}",
        routes={
            "list": "List",
            "table": "From a table",
            "overview": "Overview",
            "comparison": "Comparison",
            "chain": "Step by step",
            "library": "About the library",
        },
        how_asked="Searched for",
        how_searched="Searched in",
        how_passages="Passages read",
        how_confidence="Likelihood that the documents answer it",
        unkept="This turn was not kept.",
        thinking="Thinking, {} s",
        thought="Thought for {} s",
        steps={
            "rewrite": "Completing the question",
            "encode": "Understanding the question",
            "search": "Finding passages",
            "research": "Looking up in steps",
            "answer": "Making the answer",
            "verify": "Checking",
        },
        step_other="Other",
        milliseconds="{} ms",
        everywhere="All documents",
        only_in="Only {which} ({count})",
        in_none="No document fits: {which}",
        documents="Documents",
        folders="Folders",
        sources="Sources",
        languages="Languages",
        language_names={
            "zh-Hans": "Simplified Chinese",
            "zh-Hant": "Traditional Chinese",
            "zh": "Chinese",
            "en": "English",
            "und": "unknown",
        },
        published_from="Published from",
        published_to="to",
        date_example="2023, 2023-05 or 2023-05-01",
        since="since {}",
        until="until {}",
        period="{} to {}",
        several_documents="{} chosen documents",
        clear="Clear the filter",
    ),
}
