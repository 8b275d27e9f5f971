"""What goes wrong with documents, one English sentence each; ``ui.web.words.errors`` says it in other languages."""
# ruff: noqa: E501 - a catalogue reads best with an entry a line

from __future__ import annotations

from corpus.errors import Message

__all__ = ["DocumentMessage", "Unread"]


class DocumentMessage(Message):
    """Of files and documents."""

    FILE_TOO_LARGE = "{file} is {size:,} bytes; files of at most {most:,} are read. Divide it."
    FILE_UNREADABLE = "{file} can't be read: {reason}."
    FORMAT_BROKEN = "{file} can't be read as {format}: {reason}."
    FORMAT_UNKNOWN = "{file} can't be read: its format {format} is not known (known are {known})."
    READER_BROUGHT_FAILS = "{file} can't be read: its format {format} is not known, and a reader that the package {package} brings can't be loaded ({reason}). Mend or update that package."
    MEMORY_SHORT = "{file} needs more memory than a file of its size is given. Divide it."
    NOT_TEXT = "{file} is not text: {reason}. Only text can be read under this suffix."
    TEXT_TOO_LONG = "{file} holds {characters:,} characters; at most {most:,} are read. Divide it into smaller files."
    DOCUMENTS_SEVERAL = "{file} holds {documents} documents: read them with read_documents()."
    DOCUMENT_MISSING = "There is no document {document!r} in {folder}. 'yinju list' shows the ids."
    FILE_OUTSIDE = "{file} is not in the documents folder {folder}. Add it with 'yinju add {file}'."
    FOLDER_EMPTY = "The folder {folder} holds no files to add."
    NAME_TAKEN = "The library has another document {document!r} already. Remove it first with 'yinju remove {document}', or give the new file another name."
    FILE_NOT_REMOVED = "{file} can't be removed: {reason}."
    FOLDER_NOT_MADE = (
        "The documents folder {folder} can't be made: {reason}. Set YINJU_HOME to a folder that can be written."
    )
    FILE_NOT_COPIED = "{file} can't be copied to {target}: {reason}."
    EMPTY_TEXT = "{file} is empty: it holds no text."
    EMPTY_PAGES = "{file} is empty: there is no text on its pages."
    EMPTY_PDF = "{file} is empty: it is a PDF without pages."
    EMPTY_TABLE = "{file} is empty: it holds no values."
    EMPTY_CELLS = "{file} is empty: its cells hold nothing."
    EMPTY_CHAPTERS = "{file} is empty: its chapters hold no text."
    EMPTY_WEB_PAGE = "{file} is empty: the page shows no text."
    EMPTY_PICTURE = "{file} is empty: no text was found in the picture."
    EMPTY_ARTICLES = "{file} is empty: none of its {articles} articles holds text."
    EMPTY_SLIDES = "{file} is empty: its slides hold no text."
    OCR_MISSING = (
        "Scanned pages and pictures can't be read: rapidocr is not installed. Run \"pip install 'yinju[ocr]'\"."
    )
    OCR_INCOMPLETE = "Scanned pages and pictures can't be read: {model} is missing from {folder}. Run 'pip install --force-reinstall rapidocr'."
    PAGE_TOO_INTRICATE = "{file} can't be read: its page {page} is made of {pieces:,} pieces, more than {most:,}."
    PAGE_TOO_LONG = "{file} can't be read: its page {page} holds {characters:,} characters, more than {most:,}."
    PAGE_DAMAGED = "Page {page} of {file} is damaged. Open and save the file again in a PDF program."
    PAGE_MISSING = "{file} has no page {page}: it has {pages}."
    PICTURE_BROKEN = "{file} is not a picture that can be read ({kind}: {reason})."
    FRAMES_TOO_MANY = "{file} can't be read: it holds {frames:,} frames, more than {most:,}."
    PICTURE_TOO_LARGE = "{file} can't be read: it has {width:,} by {height:,} pixels, more than {most:,} in all. Save it smaller and add it again."
    PICTURE_TOO_SLOW = "{file} takes too long to read: {done} of {pages} pages in {seconds:.0f} seconds."
    PDF_TOO_SLOW = (
        "{file} takes too long to read: {done} of {pages} pages in {seconds:.0f} seconds. Divide it, and add the parts."
    )
    PAGES_TOO_MANY = "{file} can't be read: it has {pages:,} pages, more than {most:,}. Divide it."
    SCANS_TOO_MANY = "{file} can't be read: it has more than {most} scanned pages. Divide it, and add the parts."
    VALUES_TOO_MANY = "{file} has more than {most:,} values. Divide it."
    CELLS_TOO_MANY = "{file} has more than {most:,} cells. Divide it, or delete empty columns."
    SLIDES_TOO_MANY = "{file} has {slides:,} slides; at most {most:,} are read."
    BOOK_WITHOUT_LIST = "{file} is no EPUB book: it lacks the list of its chapters."
    PART_NOT_TEXT = "{file} is damaged: its part {part!r} is not text."
    BOOK_TOO_LONG = "{file} holds more than {most:,} characters. Divide it into smaller books."
    CHAPTER_MISSING = "{file} lacks its chapter {chapter}."
    JSON_BROKEN = "{file} is not JSON: {reason}. Check the file and save it again."
    MAIL_WITHOUT_HEADER = "{file} is no mail: it does not begin with a header."
    MAIL_BROKEN = "{file} is no mail."
    MAIL_PART_BROKEN = "{file} is damaged: a part of it can't be decoded."
    ARCHIVE_TOO_DEEP = "{file} lies too deep: archives within archives are read no further."
    ARCHIVE_TOO_MANY = "{file} holds {files:,} files; at most {most:,} are read. Unpack it."
    ARCHIVE_TOO_LARGE = "{file} unpacks to {size:,} bytes; at most {most:,} are read. Unpack it."
    ARCHIVE_BOMB = "{file} unpacks to {times:,} times its size, as only bombs do (at most {most} times is read). Don't open it unless you know where it is from."
    ARCHIVE_LOCKED = "{file} is protected by a password. Save it without one and add it again."
    ARCHIVE_BROKEN = "{file} is not a whole ZIP container: {reason}. Save it again."
    PART_BROKEN = "{file} is damaged: its part {part!r} can't be unpacked ({reason})."
    XML_ENTITIES = "{file} declares XML entities, which no office program writes."
    READING_BROKEN_OFF = "{file} was not read: reading was broken off."
    READING_TOO_SLOW = "{file} took longer to read than a file of its size is given. Divide it."
    READER_CRASHED = "{file} made its reader crash. It is damaged, or needs more memory than there is."
    PDF_LOCKED = "{file} is encrypted: it asks for a password. Save it without one and add it again."
    PDF_BROKEN = "{file} is not a PDF that can be read: it is damaged, cut off, or something else."
    ARCHIVE_EMPTY = "{file} holds nothing that can be read."
    ARCHIVE_USELESS = "{file} holds nothing that can be read. {problem}"
    FORMAT_NOT_READ = "{file} is of the format {format}, which can't be read here. Open it in its program, save it as {newer}, and add that."
    LIBREOFFICE_MISSING = "{file} is of the format {format}, which is read only where LibreOffice is installed. Install it, or open the file in its program, save it as {newer}, and add that."
    FILE_NOT_CONVERTED = (
        "{file} can't be converted by LibreOffice. Open it in its program, save it as {newer}, and add that."
    )
    OFFICE_OLDER = "{file} is an older office file (.doc, .xls, .ppt) under a new suffix. Open it in its program, save it in the new format, and add that."
    RICH_TEXT_BROKEN = "{file} is no rich text. Save it again, or give it the suffix of what it is."
    OUTLOOK_BROKEN = "{file} is no mail of Outlook. Save the mail as .eml, and add that."
    WORKBOOK_BROKEN = "{file} can't be read as a workbook: {reason}. Open it in its program and save it as .xlsx."
    WORD_WITHOUT_TEXT = "{file} is no Word file: it has no text part. Open it in Word and save it."
    WORD_PART_BROKEN = "{file} is damaged: its part {part!r} is no XML ({reason}). Open it in Word and save it."
    TABLE_CELLS_TOO_MANY = "{file} has more than {most:,} cells in its tables. Divide it."
    PAGE_WITHOUT_LANGUAGE = "Page {page} of {file} was left out: its text makes no language, and none was recognised in its picture. Make the PDF anew with its fonts embedded, or scan the page again."
    NOT_READ = "{file} was read, but not its {kind} ({count})."


class Unread(Message):
    """Kinds of things in a document that are recognised and not read."""

    PICTURES = "pictures"
    CHARTS = "charts"
    DIAGRAMS = "SmartArt drawings"
    FORMULAS = "formulas"
    OBJECTS = "embedded objects"
    DOCUMENTS = "embedded documents"
    NESTED = "parts nested too deep"
    HIDDEN_SHEETS = "hidden sheets"
    HIDDEN_ROWS = "hidden rows and columns"
    HIDDEN_SLIDES = "hidden slides"
    UNSAVED_VALUES = "values of formulas that were not saved"
