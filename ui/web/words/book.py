"""The words of a document's own page, of what is offered to be asked, and of the ways into the library."""

from __future__ import annotations

from dataclasses import dataclass

from rag.question.phrases import Language

__all__ = ["BOOK", "BookWords"]


@dataclass(frozen=True, slots=True)
class BookWords:
    """What these say, in one language. ``{}`` stands for a number or a name."""

    open: str
    number: str
    source: str
    author: str
    date: str
    pages: str
    tables: str
    passages: str
    chars: str
    file: str
    overview: str
    overview_hint: str
    overview_none: str
    outline: str
    outline_more: str
    table: str
    unread: str
    questions: str
    questions_hint: str
    questions_none: str
    making: str
    next: str
    folder: str
    loose: str
    paste: str
    paste_title: str
    paste_text: str
    paste_save: str
    paste_empty: str
    watch: str


BOOK: dict[Language, BookWords] = {
    "zh-Hans": BookWords(
        open="打开：{}",
        number="文号",
        source="来源",
        author="作者",
        date="日期",
        pages="页数",
        tables="表格",
        passages="段落",
        chars="字数",
        file="文件",
        overview="概要",
        overview_hint="文档里最能说明它的原句，点击即在原文中打开。",
        overview_none="这篇文档没有可以摘出的完整句子。",
        outline="目录",
        outline_more="其余 {} 处",
        table="表：{}",
        unread="没有读到的内容",
        questions="可以问它",
        questions_hint="这些问题都试问过，答案就在这篇文档里。",
        questions_none="没有找到适合推荐的问题；您可以直接提问。",
        making="正在准备……",
        next="接着可以问",
        folder="{} 篇",
        loose="文件夹之外",
        paste="粘贴文字",
        paste_title="标题",
        paste_text="文字",
        paste_save="加入文档库",
        paste_empty="请先填写标题和文字。",
        watch="文件夹有改动时自动更新",
    ),
    "zh-Hant": BookWords(
        open="開啟：{}",
        number="文號",
        source="來源",
        author="作者",
        date="日期",
        pages="頁數",
        tables="表格",
        passages="段落",
        chars="字數",
        file="檔案",
        overview="概要",
        overview_hint="文件裡最能說明它的原句，點擊即在原文中開啟。",
        overview_none="這篇文件沒有可以摘出的完整句子。",
        outline="目錄",
        outline_more="其餘 {} 處",
        table="表：{}",
        unread="沒有讀到的內容",
        questions="可以問它",
        questions_hint="這些問題都試問過，答案就在這篇文件裡。",
        questions_none="沒有找到適合推薦的問題；您可以直接提問。",
        making="正在準備……",
        next="接著可以問",
        folder="{} 篇",
        loose="資料夾之外",
        paste="貼上文字",
        paste_title="標題",
        paste_text="文字",
        paste_save="加入文件庫",
        paste_empty="請先填寫標題和文字。",
        watch="資料夾有改動時自動更新",
    ),
    "en": BookWords(
        open="Open {}",
        number="Number",
        source="Source",
        author="Author",
        date="Date",
        pages="Pages",
        tables="Tables",
        passages="Passages",
        chars="Characters",
        file="File",
        overview="Overview",
        overview_hint="The document's own sentences that tell most of it. Each opens where it stands.",
        overview_none="The document has no full sentences to quote.",
        outline="Outline",
        outline_more="{} more",
        table="Table: {}",
        unread="What could not be read",
        questions="Ask this document",
        questions_hint="Each of these has been tried: its answer stands in this document.",
        questions_none="No question to suggest was found. Ask one of your own.",
        making="Getting ready…",
        next="Ask next",
        folder="{}",
        loose="Outside folders",
        paste="Paste text",
        paste_title="Title",
        paste_text="Text",
        paste_save="Add to the library",
        paste_empty="Fill in a title and the text first.",
        watch="Update by itself when the folder changes",
    ),
}
