"""The words of research in steps: the switch beside the question, and the steps above an answer."""

from __future__ import annotations

from dataclasses import dataclass

from rag.question.phrases import Language

__all__ = ["RESEARCH", "ResearchWords"]


@dataclass(frozen=True, slots=True)
class ResearchWords:
    """What is said of research, in one language. ``{}`` stands for a number; ``tools`` are by the tools' names."""

    switch: str
    hint: str
    taken: str
    given: str
    nothing: str
    under_way: str
    thinking: str
    tools: dict[str, str]


RESEARCH: dict[Language, ResearchWords] = {
    "zh-Hans": ResearchWords(
        switch="分步查找",
        hint="让语言模型自己分几步查找，再作答；较慢，适合对比、汇总和要查几处的问题。不勾选时按设置决定。",
        taken="查找了 {} 步",
        given="得到 {} 条",
        nothing="没有结果",
        under_way="进行中",
        thinking="正在考虑下一步…",
        tools={
            "search": "查找",
            "list_documents": "查看文档目录",
            "read": "阅读",
            "table": "查表",
            "compare": "对比",
        },
    ),
    "zh-Hant": ResearchWords(
        switch="分步查找",
        hint="讓語言模型自己分幾步查找，再作答；較慢，適合對比、彙總和要查幾處的問題。不勾選時按設定決定。",
        taken="查找了 {} 步",
        given="得到 {} 條",
        nothing="沒有結果",
        under_way="進行中",
        thinking="正在考慮下一步…",
        tools={
            "search": "查找",
            "list_documents": "查看文件目錄",
            "read": "閱讀",
            "table": "查表",
            "compare": "對比",
        },
    ),
    "en": ResearchWords(
        switch="In steps",
        hint="Let the language model look things up itself, in steps, before it answers: slower, for comparisons, "
        "summaries and questions that take several searches. Unticked, the settings decide.",
        taken="Looked up in {} steps",
        given="{} found",
        nothing="nothing found",
        under_way="under way",
        thinking="Thinking about the next step…",
        tools={
            "search": "Searched",
            "list_documents": "Listed documents",
            "read": "Read",
            "table": "Looked into a table",
            "compare": "Compared",
        },
    ),
}
