"""The words of the settings."""

from __future__ import annotations

from dataclasses import dataclass

from rag.question.phrases import Language

__all__ = ["SETTINGS", "SettingsWords"]


@dataclass(frozen=True, slots=True)
class SettingsWords:
    """What the settings say, in one language. ``{}`` stands for a number or a name."""

    title: str
    answers: str
    source: str
    extractive: str
    model: str
    extractive_hint: str
    model_hint: str
    look: str
    found: str
    found_hint: str
    found_none: str
    provider: str
    provider_hint: str
    name: str
    name_hint: str
    address: str
    address_hint: str
    key: str
    key_kept: str
    key_none: str
    key_hint: str
    research: str
    research_hint: str
    research_auto: str
    research_always: str
    research_never: str
    top_k: str
    top_k_hint: str
    threshold: str
    threshold_hint: str
    strict: str
    strict_hint: str
    save: str
    reset: str
    saved: str
    trying: str
    reached: str
    test: str
    tested: str
    streams: str
    marks: str
    thinks: str
    tools: str
    was_reset: str
    fixed: str
    page: str
    theme: str
    theme_system: str
    theme_light: str
    theme_dark: str
    ratings: str
    ratings_count: str
    ratings_hint: str
    ratings_export: str


SETTINGS: dict[Language, SettingsWords] = {
    "zh-Hans": SettingsWords(
        title="设置",
        answers="怎样回答",
        source="回答由谁写",
        extractive="摘录原句",
        model="语言模型",
        extractive_hint="直接引用文档里的句子，不用语言模型，什么也不会发到别处。",
        model_hint="问题和找到的段落会发给您填的服务，由它写成回答，再逐句与原文核对。",
        look="找找这台电脑上的模型",
        found="这台电脑上的模型",
        found_hint="选一个就填好下面几项；保存之前什么也不会用。",
        found_none="这台电脑上没有找到 Ollama、LM Studio、llama.cpp 或 vLLM。",
        provider="服务类型",
        provider_hint="与 OpenAI 兼容的服务都选 openai",
        name="模型名",
        name_hint="如 gpt-4o-mini、deepseek-chat、qwen3:8b",
        address="服务地址",
        address_hint="OpenAI 自己的服务不用填；自己的服务如 http://127.0.0.1:11434/v1",
        key="密钥",
        key_kept="已保存；留空则不变",
        key_none="没有就不填",
        key_hint="只写不读：不会再显示，不进对话和日志。换了服务要重新填。",
        research="分步查找",
        research_hint="由模型自己分几步查找再作答：较慢，适合对比、汇总和要查几处的问题。",
        research_auto="由问题决定",
        research_always="总是",
        research_never="从不",
        top_k="每次读几个段落",
        top_k_hint="多读些，答得全，也慢些。",
        threshold="有多大把握才回答",
        threshold_hint="低些，少说“没有找到”；高些，少答错。只对摘录原句有效。",
        strict="只说原文能证实的话",
        strict_hint="没通过核对的句子不显示。",
        save="保存",
        reset="恢复默认",
        saved="已保存，从下一问起生效。",
        trying="已保存，正在试着连接 {}……",
        reached="已保存，{} 能用。",
        test="试一试",
        tested="{} 在 {} 秒后开始回答",
        streams="边写边显示",
        marks="标注出处",
        thinks="先思考再回答",
        tools="会用工具",
        was_reset="已恢复默认。",
        fixed="回答方式由开设这个页面的人设定，这里不能改。",
        page="页面",
        theme="深浅色",
        theme_system="随系统",
        theme_light="浅色",
        theme_dark="深色",
        ratings="您的评价",
        ratings_count="评价过 {rated} 个回答，其中 {questions} 个可用作测试题。",
        ratings_hint="说明了该怎么答的评价，可以导出成测试题，用 yinju eval 量一量改了设置或文档后好了多少。",
        ratings_export="导出测试题",
    ),
    "zh-Hant": SettingsWords(
        title="設定",
        answers="怎樣回答",
        source="回答由誰寫",
        extractive="摘錄原句",
        model="語言模型",
        extractive_hint="直接引用文件裡的句子，不用語言模型，什麼也不會傳到別處。",
        model_hint="問題和找到的段落會傳給您填的服務，由它寫成回答，再逐句與原文核對。",
        look="找找這台電腦上的模型",
        found="這台電腦上的模型",
        found_hint="選一個就填好下面幾項；儲存之前什麼也不會用。",
        found_none="這台電腦上沒有找到 Ollama、LM Studio、llama.cpp 或 vLLM。",
        provider="服務類型",
        provider_hint="與 OpenAI 相容的服務都選 openai",
        name="模型名稱",
        name_hint="如 gpt-4o-mini、deepseek-chat、qwen3:8b",
        address="服務位址",
        address_hint="OpenAI 自己的服務不用填；自己的服務如 http://127.0.0.1:11434/v1",
        key="金鑰",
        key_kept="已儲存；留空則不變",
        key_none="沒有就不填",
        key_hint="只寫不讀：不會再顯示，不進對話和日誌。換了服務要重新填。",
        research="分步查找",
        research_hint="由模型自己分幾步查找再作答：較慢，適合對比、彙總和要查幾處的問題。",
        research_auto="由問題決定",
        research_always="總是",
        research_never="從不",
        top_k="每次讀幾個段落",
        top_k_hint="多讀些，答得全，也慢些。",
        threshold="有多大把握才回答",
        threshold_hint="低些，少說「沒有找到」；高些，少答錯。只對摘錄原句有效。",
        strict="只說原文能證實的話",
        strict_hint="沒通過核對的句子不顯示。",
        save="儲存",
        reset="恢復預設",
        saved="已儲存，從下一問起生效。",
        trying="已儲存，正在試著連接 {}……",
        reached="已儲存，{} 能用。",
        test="試一試",
        tested="{} 在 {} 秒後開始回答",
        streams="邊寫邊顯示",
        marks="標註出處",
        thinks="先思考再回答",
        tools="會用工具",
        was_reset="已恢復預設。",
        fixed="回答方式由開設這個頁面的人設定，這裡不能改。",
        page="頁面",
        theme="深淺色",
        theme_system="隨系統",
        theme_light="淺色",
        theme_dark="深色",
        ratings="您的評價",
        ratings_count="評價過 {rated} 個回答，其中 {questions} 個可用作測試題。",
        ratings_hint="說明了該怎麼答的評價，可以匯出成測試題，用 yinju eval 量一量改了設定或文件後好了多少。",
        ratings_export="匯出測試題",
    ),
    "en": SettingsWords(
        title="Settings",
        answers="How answers are made",
        source="Written by",
        extractive="Quoted sentences",
        model="A language model",
        extractive_hint="Sentences of the documents as they stand. No language model; nothing leaves this computer.",
        model_hint="Your question and the passages found go to the service you name. It writes the answer, and each "
        "sentence is checked against its source.",
        look="Look for models on this computer",
        found="Models on this computer",
        found_hint="Choosing one fills in what is below; nothing is used before you save.",
        found_none="No Ollama, LM Studio, llama.cpp or vLLM answers on this computer.",
        provider="Kind of service",
        provider_hint="Choose openai for everything compatible with it",
        name="Model",
        name_hint="such as gpt-4o-mini, deepseek-chat, qwen3:8b",
        address="Address of the service",
        address_hint="Empty for OpenAI's own; one of yours is such as http://127.0.0.1:11434/v1",
        key="Key",
        key_kept="Kept; leave empty to keep it",
        key_none="Empty if there is none",
        key_hint="Written, never read: it is not shown again, nor put into conversations or logs. "
        "Another service asks for it anew.",
        research="Look up in steps",
        research_hint="The model looks things up itself, in steps: slower, for comparisons, summaries and chains.",
        research_auto="As the question needs",
        research_always="Always",
        research_never="Never",
        top_k="Passages to read for an answer",
        top_k_hint="More make answers fuller, and slower.",
        threshold="How sure to be before answering",
        threshold_hint="Lower refuses less, higher errs less. For quoted sentences only.",
        strict="Say only what the sources bear out",
        strict_hint="Sentences that fail the check are not shown.",
        save="Save",
        reset="Back to the defaults",
        saved="Saved; it holds from the next question on.",
        trying="Saved. Trying to reach {}…",
        reached="Saved. {} answers.",
        test="Test",
        tested="{} began to answer after {} seconds",
        streams="streams",
        marks="marks its sources",
        thinks="thinks first",
        tools="calls tools",
        was_reset="The defaults are back.",
        fixed="How answers are made is set by whoever runs this page and can't be changed here.",
        page="This page",
        theme="Light or dark",
        theme_system="As the system",
        theme_light="Light",
        theme_dark="Dark",
        ratings="Your ratings",
        ratings_count="{rated} answers rated; {questions} of them can be used as test questions.",
        ratings_hint="Ratings that tell what is right can be exported as questions, for yinju eval to measure what a "
        "change of settings or documents is worth.",
        ratings_export="Export test questions",
    ),
}
