"""The interface's words in three languages. A word that one of them lacks is a type error, not a hole in the page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rag.question.phrases import Language
from ui.web.words.book import BOOK, BookWords
from ui.web.words.conversation import TALK, TalkWords
from ui.web.words.library import LIBRARY, LibraryWords
from ui.web.words.research import RESEARCH, ResearchWords
from ui.web.words.settings import SETTINGS, SettingsWords

__all__ = ["LANGUAGES", "Words", "choose_language", "words"]

LANGUAGES: dict[Language, str] = {"zh-Hans": "简体", "zh-Hant": "繁體", "en": "EN"}
"""The interface languages with the name each calls itself."""


@dataclass(frozen=True, slots=True)
class Words:
    """Everything the page says, in one language. ``{}`` stands for a number or a name."""

    language: Language
    tagline: str
    intro: str
    holdings: str
    examples_title: str
    examples: tuple[str, ...]
    ask_label: str
    ask_placeholder: str
    language_label: str
    new: str
    answer: str
    answering: str
    ahead: str
    login: str
    login_name: str
    login_password: str
    login_wrong: str
    login_wait: str
    logout: str
    evidence: str
    evidence_hint: str
    evidence_count: str
    nearest: str
    nearest_hint: str
    also_in: str
    newer_edition: str
    close: str
    back: str
    citation: str
    page: str
    no_date: str
    read_document: str
    original: str
    view_label: str
    view_text: str
    view_pages: str
    view_original: str
    zoom_in: str
    zoom_out: str
    page_of: str
    cited_here: str
    glossary: str
    glossary_none: str
    glossary_source: str
    original_of: str
    original_hint: str
    original_changed: str
    original_gone: str
    quote_gone: str
    download: str
    supported: str
    unsupported: str
    unchecked: str
    sentences: str
    model: str
    extractive: str
    seconds: str
    failed: str
    back_to_chat: str
    conversations: str
    search_conversations: str
    no_conversations: str
    turns: str
    rename: str
    delete: str
    library: LibraryWords
    book: BookWords
    talk: TalkWords
    research: ResearchWords
    settings: SettingsWords


_WORDS: dict[Language, Words] = {
    "zh-Hans": Words(
        language="zh-Hans",
        tagline="每句话都有原文为证",
        intro="问您的文档。回答里的每一句都标着它依据的原文，点开就能核对。",
        holdings="{documents} 篇文档 · {passages} 个段落",
        examples_title="可以这样问",
        examples=(
            "济南高新区聘任了多少名首席政策官？",
            "2020年经开区发放了多少青年人才补贴？",
            "2023年济南高新区新入选市级以上高层次人才多少人？",
            "How many chief policy officers did Jinan High-tech Zone appoint?",
        ),
        ask_label="您的问题",
        ask_placeholder="问一个文档能回答的问题……",
        language_label="界面语言",
        new="新对话",
        answer="回答",
        answering="正在查找原文……",
        ahead="前面还有 {} 个问题在等……",
        login="登录",
        login_name="用户名",
        login_password="密码",
        login_wrong="用户名或密码不对。",
        login_wait="错的次数太多了。请五分钟后再试。",
        logout="退出登录：{}",
        evidence="原文依据",
        evidence_hint="点击句末的编号，这里会显示它所依据的原文。",
        evidence_count="原文依据 {}",
        nearest="最接近的段落",
        nearest_hint="它们没有回答这个问题，但最接近它。",
        also_in="同样的内容也见于：{}",
        newer_edition="有更新的版本：{}",
        close="关闭",
        back="返回依据列表",
        citation="依据 {number}：{title}",
        page="第 {} 页",
        no_date="日期不详",
        read_document="阅读全文",
        original="原网页",
        view_label="显示方式",
        view_text="文字",
        view_pages="原页",
        view_original="原文件",
        zoom_in="放大",
        zoom_out="缩小",
        page_of="第 {page} 页：{title}",
        cited_here="依据 {number} 的引文：{quote}",
        glossary="这段引文的词",
        glossary_none="词典里没有这些词。",
        glossary_source="逐词的释义，有删节，不是译文。出自",
        original_of="原网页：{title}",
        original_hint="保存的网页，只供查看：其中的脚本不运行，也不从网上取任何东西。",
        original_changed="这个文件在建索引之后改动过，引文的位置对不上了。请在文档库里重建索引。",
        original_gone="原文件打不开了：它可能已被移走或损坏。文字仍可阅读。",
        quote_gone="这个文件在这次回答之后改动过，引用的话已不在其中，或不止一处，所以没有标出。请再问一次。",
        download="下载原文件",
        supported="原文可证",
        unsupported="原文未见",
        unchecked="未核对",
        sentences="{} 句",
        model="由 {} 回答",
        extractive="摘录原句",
        seconds="{} 秒",
        failed="没能回答",
        back_to_chat="回到对话",
        conversations="以前的对话",
        search_conversations="在以前的对话里查找",
        no_conversations="还没有对话。",
        turns="{} 问",
        rename="改名",
        delete="删除",
        library=LIBRARY["zh-Hans"],
        book=BOOK["zh-Hans"],
        talk=TALK["zh-Hans"],
        research=RESEARCH["zh-Hans"],
        settings=SETTINGS["zh-Hans"],
    ),
    "zh-Hant": Words(
        language="zh-Hant",
        tagline="每句話都有原文為證",
        intro="問您的文件。回答裡的每一句都標著它依據的原文，點開就能核對。",
        holdings="{documents} 篇文件 · {passages} 個段落",
        examples_title="可以這樣問",
        examples=(
            "濟南高新區聘任了多少名首席政策官？",
            "2020年經開區發放了多少青年人才補貼？",
            "2023年濟南高新區新入選市級以上高層次人才多少人？",
            "How many chief policy officers did Jinan High-tech Zone appoint?",
        ),
        ask_label="您的問題",
        ask_placeholder="問一個文件能回答的問題……",
        language_label="介面語言",
        new="新對話",
        answer="回答",
        answering="正在查找原文……",
        ahead="前面還有 {} 個問題在等……",
        login="登入",
        login_name="使用者名稱",
        login_password="密碼",
        login_wrong="使用者名稱或密碼不對。",
        login_wait="錯的次數太多了。請五分鐘後再試。",
        logout="登出：{}",
        evidence="原文依據",
        evidence_hint="點擊句末的編號，這裡會顯示它所依據的原文。",
        evidence_count="原文依據 {}",
        nearest="最接近的段落",
        nearest_hint="它們沒有回答這個問題，但最接近它。",
        also_in="同樣的內容也見於：{}",
        newer_edition="有更新的版本：{}",
        close="關閉",
        back="返回依據列表",
        citation="依據 {number}：{title}",
        page="第 {} 頁",
        no_date="日期不詳",
        read_document="閱讀全文",
        original="原網頁",
        view_label="顯示方式",
        view_text="文字",
        view_pages="原頁",
        view_original="原檔案",
        zoom_in="放大",
        zoom_out="縮小",
        page_of="第 {page} 頁：{title}",
        cited_here="依據 {number} 的引文：{quote}",
        glossary="這段引文的詞",
        glossary_none="詞典裡沒有這些詞。",
        glossary_source="逐詞的釋義，有刪節，不是譯文。出自",
        original_of="原網頁：{title}",
        original_hint="儲存的網頁，只供查看：其中的指令碼不執行，也不從網上取任何東西。",
        original_changed="這個檔案在建索引之後改動過，引文的位置對不上了。請在文件庫裡重建索引。",
        original_gone="原檔案打不開了：它可能已被移走或損壞。文字仍可閱讀。",
        quote_gone="這個檔案在這次回答之後改動過，引用的話已不在其中，或不止一處，所以沒有標出。請再問一次。",
        download="下載原檔案",
        supported="原文可證",
        unsupported="原文未見",
        unchecked="未核對",
        sentences="{} 句",
        model="由 {} 回答",
        extractive="摘錄原句",
        seconds="{} 秒",
        failed="沒能回答",
        back_to_chat="回到對話",
        conversations="以前的對話",
        search_conversations="在以前的對話裡查找",
        no_conversations="還沒有對話。",
        turns="{} 問",
        rename="改名",
        delete="刪除",
        library=LIBRARY["zh-Hant"],
        book=BOOK["zh-Hant"],
        talk=TALK["zh-Hant"],
        research=RESEARCH["zh-Hant"],
        settings=SETTINGS["zh-Hant"],
    ),
    "en": Words(
        language="en",
        tagline="Every sentence proves itself",
        intro="Ask your documents. Each sentence of an answer carries the passage it rests on, one click away.",
        holdings="{documents} documents · {passages} passages",
        examples_title="Try asking",
        examples=(
            "How many chief policy officers did Jinan High-tech Zone appoint?",
            "How many universities signed talent agreements?",
            "2020年经开区发放了多少青年人才补贴？",
        ),
        ask_label="Your question",
        ask_placeholder="Ask your documents…",
        language_label="Interface language",
        new="New conversation",
        answer="Answer",
        answering="Looking it up…",
        ahead="{} questions are ahead of yours…",
        login="Sign in",
        login_name="Name",
        login_password="Password",
        login_wrong="Name or password is wrong.",
        login_wait="Too many wrong tries. Wait five minutes.",
        logout="Sign out {}",
        evidence="Evidence",
        evidence_hint="Click the number at the end of a sentence to see what it rests on.",
        evidence_count="Evidence {}",
        nearest="Nearest passages",
        nearest_hint="They do not answer the question; they come closest to it.",
        also_in="The same is said in: {}",
        newer_edition="There is a newer edition: {}",
        close="Close",
        back="Back to the list",
        citation="Evidence {number}: {title}",
        page="page {}",
        no_date="no date",
        read_document="Read in full",
        original="Web page",
        view_label="View",
        view_text="Text",
        view_pages="Pages",
        view_original="Original",
        zoom_in="Magnify",
        zoom_out="Reduce",
        page_of="Page {page}: {title}",
        cited_here="Quotation {number}: {quote}",
        glossary="Words of this quote",
        glossary_none="The dictionary has none of these words.",
        glossary_source="Meanings word by word, shortened; not a translation. From",
        original_of="Web page: {title}",
        original_hint="The saved page, to look at only: none of its scripts runs, and nothing is fetched from the web.",
        original_changed="The file has been changed since it was indexed, so the quotations can't be placed in it. "
        "Rebuild the index in the library.",
        original_gone="The file can't be opened: it may have been moved or damaged. Its text can still be read.",
        quote_gone="The document has changed since this answer, and what was quoted is no longer in it, or more than "
        "once, so it is not marked. Please ask again.",
        download="Download the file",
        supported="In the source",
        unsupported="Not in the source",
        unchecked="Not checked",
        sentences="{}",
        model="Answered by {}",
        extractive="Quoted",
        seconds="{} s",
        failed="No answer could be made",
        back_to_chat="Back to the conversation",
        conversations="Earlier conversations",
        search_conversations="Search earlier conversations",
        no_conversations="No conversations yet.",
        turns="{} asked",
        rename="Rename",
        delete="Delete",
        library=LIBRARY["en"],
        book=BOOK["en"],
        talk=TALK["en"],
        research=RESEARCH["en"],
        settings=SETTINGS["en"],
    ),
}


def words(language: Language) -> Words:
    """The words of a language."""
    return _WORDS[language]


def choose_language(preferences: Sequence[str]) -> Language:
    """The interface language for a browser's languages, the most preferred first; English where none is spoken."""
    for preference in preferences:
        tag = preference.strip().lower()
        if tag == "zh" or tag.startswith("zh-"):
            traditional = any(part in tag.split("-") for part in ("hant", "tw", "hk", "mo"))
            return "zh-Hant" if traditional and "hans" not in tag.split("-") else "zh-Hans"
        if tag == "en" or tag.startswith("en-"):
            return "en"
    return "en"
