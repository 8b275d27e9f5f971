# ruff: noqa: E501 - a catalogue reads best with an entry a line
"""What went wrong, in the interface's language.

The floors below say it in one English sentence. As in gettext, that sentence is the key: what is named in it (a file, a
setting, a figure) is carried over into the translation. One without a translation stays as it is; a test finds it.
"""

from __future__ import annotations

import re
from functools import cache

from rag.question.phrases import Language

__all__ = ["CHINESE", "told"]

_LIBRARY: dict[str, str] = {
    "{} is {} bytes; files of at most {} are read. Divide it.": "{0} 有 {1} 字节，最多能读 {2} 字节的文件。请把它拆开。",
    "{} can't be read: {}.": "{0} 读不了：{1}。",
    "{} can't be read as {}: {}.": "{0} 不能当作 {1} 来读：{2}。",
    "{} can't be read: its format {} is not known (known are {}).": "{0} 读不了：不认识 {1} 格式（能读的有 {2}）。",
    "{} needs more memory than a file of its size is given. Divide it.": "读 {0} 需要的内存超过了这么大的文件应有的内存。请把它拆开。",
    "{} is a link out of the documents folder. Copy what it leads to into the folder, or set YINJU_FOLLOW_LINKS=1 if whoever can put a link there may read every file of yours.": "{0} 是指向文档文件夹之外的链接。请把它所指的文件复制进来；如果能在那里放链接的人可以读您所有的文件，可设 YINJU_FOLLOW_LINKS=1。",
    "{} was read but can't be indexed: {}.": "{0} 读了，但建不了索引：{1}。",
    "{} is not text: {}. Only text can be read under this suffix.": "{0} 不是文本（{1}）；这种后缀的文件只能是文本。",
    "{} holds {} characters; at most {} are read. Divide it into smaller files.": (
        "{0} 有 {1} 个字符，最多能读 {2} 个。请把它拆成几个小文件。"
    ),
    "There is no document {} in {}. 'yinju list' shows the ids.": "{1} 里没有文档 {0}。",
    "The index has no document {}. 'yinju list' shows the ids.": "索引里没有文档 {0}。",
    "The folder {} holds no files to add.": "文件夹 {0} 里没有可以加入的文件。",
    "The library has another document {} already. Remove it first with 'yinju remove {}', or give the new file another "
    "name.": "文档库里已经有另一个叫 {0} 的文档。请先移除它，或者给新文件换个名字。",
    "{} can't be removed: {}.": "{0} 移除不了：{1}。",
    "{} can't be put back: {}.": "{0} 放不回去：{1}。",
    "The documents folder {} can't be made: {}. Set YINJU_HOME to a folder that can be written.": (
        "建不了文档文件夹 {0}：{1}。请把 YINJU_HOME 设成一个可以写的文件夹。"
    ),
    "{} can't be copied to {}: {}.": "{0} 不能复制到 {1}：{2}。",
    "{} took longer to read than a file of its size is given. Divide it.": "读 {0} 用的时间超过了这么大的文件应有的时间。请把它拆开。",
    "{} was not read: reading was broken off.": "{0} 没有读：阅读中断了。",
    "{} made its reader crash. It is damaged, or needs more memory than there is.": (
        "{0} 使阅读程序崩溃：它已损坏，或者需要的内存超过了现有的内存。"
    ),
}
_FORMATS: dict[str, str] = {
    "{} was read, but not its pictures ({}).": "{0} 读了，但其中的图片没有读（{1} 处）。",
    "{} was read, but not its charts ({}).": "{0} 读了，但其中的图表没有读（{1} 处）。",
    "{} was read, but not its SmartArt drawings ({}).": "{0} 读了，但其中的SmartArt 图没有读（{1} 处）。",
    "{} was read, but not its formulas ({}).": "{0} 读了，但其中的公式没有读（{1} 处）。",
    "{} was read, but not its embedded objects ({}).": "{0} 读了，但其中的嵌入对象没有读（{1} 处）。",
    "{} was read, but not its embedded documents ({}).": "{0} 读了，但其中的嵌入文档没有读（{1} 处）。",
    "{} was read, but not its parts nested too deep ({}).": "{0} 读了，但其中的嵌套过深的部分没有读（{1} 处）。",
    "{} was read, but not its notes ({}).": "{0} 读了，但其中的备注没有读（{1} 处）。",
    "{} was read, but not its hidden slides ({}).": "{0} 读了，但其中的隐藏的幻灯片没有读（{1} 处）。",
    "{} was read, but not its {} ({}).": "{0} 读了，但其中的 {1} 没有读（{2} 处）。",
    "{} is of the format {}, which can't be read here. Open it in its program, save it as {}, and add that.": "{0} 是 {1} 格式，这里读不了。请用原来的程序打开，另存为 {2} 再加入。",
    "{} is of the format {}, which is read only where LibreOffice is installed. Install it, or open the file in its program, save it as {}, and add that.": "{0} 是 {1} 格式，装了 LibreOffice 才能读。请安装它，或者用原来的程序打开文件，另存为 {2} 再加入。",
    "{} can't be converted by LibreOffice. Open it in its program, save it as {}, and add that.": "LibreOffice 转换不了 {0}。请用原来的程序打开，另存为 {1} 再加入。",
    "{} is an older office file (.doc, .xls, .ppt) under a new suffix. Open it in its program, save it in the new format, and add that.": "{0} 是换了后缀的旧版 Office 文件（.doc、.xls、.ppt）。请用原来的程序打开，另存为新格式再加入。",
    "{} is no rich text. Save it again, or give it the suffix of what it is.": "{0} 不是 RTF 文件。请重新保存，或者改成它本来的后缀。",
    "{} is no mail of Outlook. Save the mail as .eml, and add that.": "{0} 不是 Outlook 的邮件。请把邮件存为 .eml 再加入。",
    "{} can't be read as a workbook: {}. Open it in its program and save it as .xlsx.": "{0} 不能当作工作簿来读：{1}。请用原来的程序打开，另存为 .xlsx。",
    "{} is no Word file: it has no text part. Open it in Word and save it.": "{0} 不是 Word 文件：里面没有正文。请用 Word 打开后重新保存。",
    "{} is damaged: its part {} is no XML ({}). Open it in Word and save it.": "{0} 已损坏：其中的 {1} 不是 XML（{2}）。请用 Word 打开后重新保存。",
    "{} has more than {} cells in its tables. Divide it.": "{0} 的表格超过 {1} 个单元格。请把它拆开。",
    "{} is empty: it holds no text.": "{0} 是空的：里面没有文字。",
    "{} is empty: there is no text on its pages.": "{0} 是空的：各页上都没有文字。",
    "{} is empty: it is a PDF without pages.": "{0} 是空的：这个 PDF 没有页。",
    "{} is empty: it holds no values.": "{0} 是空的：里面没有数据。",
    "{} is empty: its cells hold nothing.": "{0} 是空的：单元格里没有内容。",
    "{} is empty: its chapters hold no text.": "{0} 是空的：各章都没有文字。",
    "{} is empty: the page shows no text.": "{0} 是空的：网页上没有文字。",
    "{} is empty: no text was found in the picture.": "{0} 是空的：图片里没有找到文字。",
    "{} is empty: none of its {} articles holds text.": "{0} 是空的：其中 {1} 篇文章都没有文字。",
    "{} is empty: its slides hold no text. Pictures of text are not read here.": (
        "{0} 是空的：幻灯片里没有文字。这里不识别图片里的文字。"
    ),
    "Scanned pages and pictures can't be read: rapidocr is not installed. Run 'pip install rapidocr'.": (
        "扫描页和图片读不了：没有安装 rapidocr。请运行 pip install rapidocr。"
    ),
    "Scanned pages and pictures can't be read: {} is missing from {}. Run 'pip install --force-reinstall rapidocr'.": (
        "扫描页和图片读不了：{1} 里缺少 {0}。请运行 pip install --force-reinstall rapidocr。"
    ),
    "{} can't be read: its page {} is made of {} pieces, more than {}.": (
        "{0} 读不了：第 {1} 页由 {2} 个部件组成，超过了 {3} 个。"
    ),
    "{} holds {} characters, more than {}.": "{0} 有 {1} 个字符，超过了 {2} 个。",
    "{} is encrypted: it asks for a password. Save it without one and add it again.": (
        "{0} 加了密，要密码才能打开。请另存成没有密码的再加入。"
    ),
    "{} is not a PDF that can be read: it is damaged, cut off, or something else.": (
        "{0} 不是能读的 PDF：它已损坏、不完整，或者根本不是 PDF。"
    ),
    "Page {} of {} is damaged. Open and save the file again in a PDF program.": (
        "{1} 的第 {0} 页已损坏。请用 PDF 软件打开它，再保存一次。"
    ),
    "{} has no page {}: it has {}.": "{0} 没有第 {1} 页：它共有 {2} 页。",
    "{} can't be read: it has {} pages, more than {}. Divide it.": "{0} 读不了：它有 {1} 页，超过了 {2} 页。请把它拆开。",
    "{} takes too long to read: {} of {} pages in {} seconds. Divide it, and add the parts.": (
        "{0} 读得太久：{3} 秒只读了 {2} 页中的 {1} 页。请把它拆开再分别加入。"
    ),
    "{} takes too long to read: {} of {} pages in {} seconds.": "{0} 读得太久：{3} 秒只读了 {2} 页中的 {1} 页。",
    "{} can't be read: it has more than {} scanned pages. Divide it, and add the parts.": (
        "{0} 读不了：扫描页超过了 {1} 页。请把它拆开再分别加入。"
    ),
    "{} can't be read: it holds {} frames, more than {}.": "{0} 读不了：它有 {1} 帧，超过了 {2} 帧。",
    "{} can't be read: it has {} by {} pixels, more than {} in all. Save it smaller and add it again.": (
        "{0} 读不了：它有 {1} × {2} 像素，总数超过了 {3}。请存得小一些再加入。"
    ),
    "{} is not a picture that can be read ({}: {}).": "{0} 不是能读的图片（{1}：{2}）。",
    "{} lies too deep: archives within archives are read no further.": "{0} 套得太深：压缩包里的压缩包只读到一定的层数。",
    "{} holds {} files; at most {} are read. Unpack it.": "{0} 里有 {1} 个文件，最多能读 {2} 个。请先解压。",
    "{} unpacks to {} bytes; at most {} are read. Unpack it.": "{0} 解压后有 {1} 字节，最多能读 {2} 字节。请先解压。",
    "{} unpacks to {} times its size, as only bombs do (at most {} times is read). Don't open it unless you know where "
    "it is from.": "{0} 解压后是原来的 {1} 倍，只有压缩炸弹才这样（最多读 {2} 倍）。不清楚来历就不要打开它。",
    "{} is protected by a password. Save it without one and add it again.": "{0} 有密码保护。请另存成没有密码的再加入。",
    "{} is not a whole ZIP container: {}. Save it again.": "{0} 不是完整的 ZIP 文件：{1}。请重新保存。",
    "{} is damaged: its part {} can't be unpacked ({}).": "{0} 已损坏：其中的 {1} 解压不了（{2}）。",
    "{} is damaged: its part {} is not text.": "{0} 已损坏：其中的 {1} 不是文本。",
    "{} is damaged: a part of it can't be decoded.": "{0} 已损坏：其中有一部分不能解码。",
    "{} declares XML entities, which no office program writes.": "{0} 里声明了 XML 实体，办公软件不会这样写。",
    "{} has more than {} values. Divide it.": "{0} 的数据超过了 {1} 个。请把它拆开。",
    "{} has more than {} cells. Divide it, or delete empty columns.": "{0} 的单元格超过了 {1} 个。请把它拆开，或删去空列。",
    "{} has {} slides; at most {} are read.": "{0} 有 {1} 张幻灯片，最多能读 {2} 张。",
    "{} is no EPUB book: it lacks the list of its chapters.": "{0} 不是 EPUB 电子书：它没有章节目录。",
    "{} lacks its chapter {}.": "{0} 缺了其中的 {1}。",
    "{} holds more than {} characters. Divide it into smaller books.": "{0} 超过了 {1} 个字符。请把它拆成几本小的。",
    "{} is not JSON: {}. Check the file and save it again.": "{0} 不是 JSON：{1}。请检查文件，再保存一次。",
    "{} is no mail: it does not begin with a header.": "{0} 不是邮件：它的开头不是邮件头。",
    "{} is no mail.": "{0} 不是邮件。",
    "{} holds nothing that can be read. {}": "{0} 里没有能读的东西。{1}",
    "{} holds nothing that can be read.": "{0} 里没有能读的东西。",
}
_INDEX: dict[str, str] = {
    "There is no documents folder {}. Make it and put documents into it.": "没有文档文件夹 {0}。请建一个，把文档放进去。",
    "Another rebuild of {} is running{}. Wait for it to end, then try again.": "{0} 正在另一处重建{1}。请等它结束再试。",
    "{} has no generation before the current one: there is nothing to go back to.": "{0} 没有更早的一代索引可以退回。",
    "The index {} is damaged: {} is missing or not as it was written. Run 'yinju rebuild'.": "索引 {0} 已损坏：{1} 缺失，或与写入时不同。请重建索引。",
    "The index {} fails its own check ({}). Any older index is unchanged. Run 'yinju rebuild' again.": "索引 {0} 没有通过自检（{1}）。旧索引没有变。请再重建一次。",
    "The index {} fails its own check: passage {} {}. Any older index is unchanged. Run 'yinju rebuild' again; with --force, if this happens twice.": "索引 {0} 没有通过自检：段落 {1} {2}。旧索引没有变。请再重建一次。",
    "The index can't be written to {}: {}. The old index is unchanged, and what has been encoded is kept; free some space, or set YINJU_HOME to a folder that can be written.": "索引写不进 {0}：{1}。旧索引没有变，已编码的也留着；请腾出空间，或把 YINJU_HOME 设成一个可以写的文件夹。",
    "YINJU_INDEX is 'milvus:' without an address: write it as milvus:http://host:19530.": "YINJU_INDEX 的 milvus: 后面没有地址，请写成 milvus:http://host:19530。",
    "There is no {} yet. Build it with 'yinju rebuild'.": "还没有 {0}。请重建索引。",
    "An index on Milvus needs the package pymilvus: pip install 'yinju[milvus]', or unset YINJU_INDEX.": "放在 Milvus 上的索引需要 pymilvus 包：请运行 pip install 'yinju[milvus]'，或去掉 YINJU_INDEX。",
    "The {} can't be used: {}. See that the server runs and that YINJU_INDEX names it, or run 'yinju rebuild'.": "{0} 用不了：{1}。请看服务器是否在运行、YINJU_INDEX 写得对不对，或者重建索引。",
    "The {} has no manifest. Run 'yinju rebuild'.": "{0} 没有清单。请重建索引。",
    "The server holds {} passages of {}. Run 'yinju rebuild'.": "服务器上只有 {1} 个段落中的 {0} 个。请重建索引。",
    "The server does not find passage {} by its own vector. Run 'yinju rebuild'.": "服务器用段落 {0} 自己的向量找不到它。请重建索引。",
    "There is no index in {} yet. Build it with 'yinju rebuild'.": "{0} 里还没有索引。请重建索引。",
    "{} can't be read ({}). Build the index with 'yinju rebuild'.": "{0} 读不了（{1}）。请重建索引。",
    "{} names {}, which is not a generation of this index. Run 'yinju rebuild'.": (
        "{0} 指向 {1}，它不属于这个索引。请重建索引。"
    ),
    "The index {} is of format {}, this version reads {}. Run 'yinju rebuild'.": (
        "索引 {0} 的格式是 {1}，这个版本读的是 {2}。请重建索引。"
    ),
    "The index {} is damaged ({}). Run 'yinju rebuild'.": "索引 {0} 已损坏（{1}）。请重建索引。",
    "The index was built by {}, but YINJU_EMBEDDING_MODEL is {}. Run 'yinju rebuild' to build it anew, or set "
    "YINJU_EMBEDDING_MODEL back.": (
        "索引是用 {0} 建的，而 YINJU_EMBEDDING_MODEL 现在是 {1}。请重建索引，或把 YINJU_EMBEDDING_MODEL 改回去。"
    ),
}
_ASKING: dict[str, str] = {
    "The question is empty. Ask something, such as: 济南高新区聘任了多少名首席政策官？": (
        "问题是空的。请问点什么，例如：济南高新区聘任了多少名首席政策官？"
    ),
    "The question has {} characters; at most {} can be asked. Shorten it, or add the long text as a document with 'yinju "
    "add'.": "问题有 {0} 个字，最多能问 {1} 个字。请缩短它，或者把长文当作文档加入文档库。",
    "The language model {} gave an empty answer. Ask again.": "语言模型 {0} 的回答是空的。请再问一次。",
    "The language model {} can't be used: {}. Check YINJU_LLM and YINJU_LLM_API_KEY.": (
        "语言模型 {0} 用不了：{1}。请检查 YINJU_LLM 和 YINJU_LLM_API_KEY。"
    ),
    "The question and the best passage do not fit into the language model's window of {} tokens. Set "
    "YINJU_LLM_WINDOW_TOKENS to the model's real window, or ask a shorter question.": (
        "问题和最好的一段原文超出了语言模型的窗口（{0} 个词元）。请把 YINJU_LLM_WINDOW_TOKENS 设为模型真实的窗口，"
        "或把问题问短些。"
    ),
    "The language model {}{} {}: {}. Check YINJU_LLM, YINJU_LLM_BASE_URL and YINJU_LLM_API_KEY, or set "
    "YINJU_LLM=extractive.": (
        "语言模型 {0}{1} 没有给出完整的回答：{3}。请检查 YINJU_LLM、YINJU_LLM_BASE_URL 和 YINJU_LLM_API_KEY，"
        "或设 YINJU_LLM=extractive。"
    ),
    "The setting {} can't be used: {} (given: {}).": "设置 {0} 用不了：{1}（给的是 {2}）。",
    "A newer version of Yinju made {}. Install that version, or move the file away to start anew.": "{0} 是更新版本的引据建的。请安装那个版本，或把这个文件移开重新开始。",
    "What was kept of this turn is damaged and can't be shown.": "这一轮保存的内容已损坏，显示不了。",
    "The earlier conversations could not be read: their file was damaged. It is kept as {}, and a new one has been begun.": "以前的对话读不了：它们的文件已损坏。那个文件保留为 {0}，并另开了一个新的。",
    "The conversations can't be kept in {}: {}.": "对话不能保存到 {0}：{1}。",
    "At most {} questions a minute can be asked. Ask again in {} seconds.": "每分钟最多问 {0} 个问题。请过 {1} 秒再问。",
    "{} questions wait for an answer already. Ask again in {} seconds.": "已有 {0} 个问题在等回答。请过 {1} 秒再问。",
    "top_k must be a whole number, 1 to {}.": "top_k 必须是 1 到 {0} 的整数。",
    "The index was built by other weights of {} than those at hand. Run 'yinju rebuild' to build it anew.": "索引是用另一套 {0} 的权重建的。请运行 yinju rebuild 重建。",
    "There is no such filter: there are {}.": "没有这个筛选项，只有 {0}。",
    "The filters must be a mapping of {} to texts.": "筛选项是从 {0} 到文字的对应。",
    "The filter {} must be {}.": "筛选项 {0} 必须是 {1}。",
    "The question holds halves of characters (lone surrogates). Send it as UTF-8 text.": "问题里有不完整的字符。请用 UTF-8 文本发送。",
}
CHINESE: dict[str, str] = _LIBRARY | _FORMATS | _INDEX | _ASKING
"""Simplified Chinese by the English sentence, ``{}`` standing for what is named."""


def told(sentence: str, language: Language) -> str:
    """The sentence of an error in a language; what has no translation stays English."""
    if language == "en":
        return sentence
    for pattern, chinese in _patterns():
        match = pattern.fullmatch(sentence)
        if match is not None:
            named = [told(name, language) for name in match.groups()]
            return (chinese if language == "zh-Hans" else _traditional(chinese)).format(*named)
    return sentence


@cache
def _patterns() -> list[tuple[re.Pattern[str], str]]:
    """The sentences that say most first: "{} can't be read: {}." fits many of the others."""
    ordered = sorted(CHINESE.items(), key=lambda item: len(item[0].replace("{}", "")), reverse=True)
    return [(re.compile(re.escape(key).replace(r"\{\}", "(.*?)"), re.DOTALL), chinese) for key, chinese in ordered]


@cache
def _traditional(chinese: str) -> str:
    """In the words of Taiwan, as the interface has them."""
    from opencc import OpenCC

    return str(OpenCC("s2twp").convert(chinese))
