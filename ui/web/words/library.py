"""The words of the library."""

from __future__ import annotations

from dataclasses import dataclass

from rag.question.phrases import Language

__all__ = ["LIBRARY", "LibraryWords"]


@dataclass(frozen=True, slots=True)
class LibraryWords:
    """What the library says, in one language. ``{}`` stands for a number or a name."""

    title: str
    add_files: str
    adding: str
    added: str
    refused_file: str
    search: str
    sort: str
    sort_title: str
    sort_date: str
    sort_passages: str
    column_title: str
    column_source: str
    column_date: str
    column_passages: str
    column_state: str
    ready: str
    waiting: str
    skipped: str
    remove: str
    undo: str
    rebuild: str
    rebuilding: str
    up_to_date: str
    nothing_found: str
    more: str


LIBRARY: dict[Language, LibraryWords] = {
    "zh-Hans": LibraryWords(
        title="文档库",
        add_files="把文件拖到这里，或点击选择",
        adding="正在读入 {done}/{total}……",
        added="已读入",
        refused_file="没有加入",
        search="按标题、来源或文件名查找",
        sort="排序",
        sort_title="按标题",
        sort_date="按日期，新的在前",
        sort_passages="按段落数，多的在前",
        column_title="标题",
        column_source="来源",
        column_date="日期",
        column_passages="段落",
        column_state="状态",
        ready="可以提问",
        waiting="等待入索引",
        skipped="读不了",
        remove="移除",
        undo="撤销移除",
        rebuild="重建索引",
        rebuilding="正在更新索引 {done}/{total}，对话照常进行",
        up_to_date="索引里有 {documents} 篇文档、{passages} 个段落",
        nothing_found="没有这样的文档。",
        more="另有 {} 篇，请缩小查找范围。",
    ),
    "zh-Hant": LibraryWords(
        title="文件庫",
        add_files="把檔案拖到這裡，或點擊選擇",
        adding="正在讀入 {done}/{total}……",
        added="已讀入",
        refused_file="沒有加入",
        search="按標題、來源或檔名查找",
        sort="排序",
        sort_title="按標題",
        sort_date="按日期，新的在前",
        sort_passages="按段落數，多的在前",
        column_title="標題",
        column_source="來源",
        column_date="日期",
        column_passages="段落",
        column_state="狀態",
        ready="可以提問",
        waiting="等待入索引",
        skipped="讀不了",
        remove="移除",
        undo="復原移除",
        rebuild="重建索引",
        rebuilding="正在更新索引 {done}/{total}，對話照常進行",
        up_to_date="索引裡有 {documents} 篇文件、{passages} 個段落",
        nothing_found="沒有這樣的文件。",
        more="另有 {} 篇，請縮小查找範圍。",
    ),
    "en": LibraryWords(
        title="Library",
        add_files="Drop files here, or click to choose",
        adding="Reading, {done} of {total} done…",
        added="Read",
        refused_file="Not added",
        search="Find by title, source or file name",
        sort="Sort",
        sort_title="By title",
        sort_date="By date, newest first",
        sort_passages="By passages, most first",
        column_title="Title",
        column_source="Source",
        column_date="Date",
        column_passages="Passages",
        column_state="State",
        ready="Ready",
        waiting="Waiting for the index",
        skipped="Can't be read",
        remove="Remove",
        undo="Undo",
        rebuild="Rebuild the index",
        rebuilding="Updating the index, {done} of {total}; the chat goes on",
        up_to_date="The index holds {documents} documents in {passages} passages",
        nothing_found="No such document.",
        more="{} more; narrow the search.",
    ),
}
