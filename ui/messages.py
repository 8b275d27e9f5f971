"""What goes wrong on the terminal and the page; see ``corpus.messages``."""
# ruff: noqa: E501 - a catalogue reads best with an entry a line

from __future__ import annotations

from corpus.errors import Message

__all__ = ["PageMessage"]


class PageMessage(Message):
    """Of the command line and the page."""

    FILE_NO_PLACE = "{file} can't be written: it is a folder, or its folder does not exist."
    FILE_UNWRITABLE = "{file} can't be written: {reason}."
    PAGE_OPEN_TO_ALL = "Listening on {host}, anybody who reaches this computer could read its documents. Name its users with --auth-file, or pass --allow-open if everybody may."
    PAGE_NOT_SERVED = "The page can't be served on {host}:{port}: {reason}. Stop the program that listens there, or choose another port with 'yinju chat --port'."
    PORT_NO_NUMBER = "The variable {variable} is no number but {value!r}. Unset it: the page is served on the port that 'yinju chat --port' names."
    PASSWORDS_WRONG = "Too many wrong passwords. Wait five minutes."
    TOP_K = "top_k must be a whole number, 1 to {most}."
    QUEUE_FULL = "{waiting} questions wait for an answer already. Ask again in {seconds} seconds."
    ALLOWANCE_SPENT = "At most {per_minute} questions a minute can be asked. Ask again in {seconds} seconds."
    FILE_TOO_NEW = "A newer version of Yinju made {file}. Install that version, or move the file away to start anew."
    CONVERSATIONS_NOT_KEPT = "The conversations can't be kept in {file}: {reason}."
    ORIGINAL_GONE = "The file of {document} is not in the library any more."
    ORIGINAL_WITHOUT_PAGES = "{document} has no pages that can be shown."
    ORIGINAL_TOO_SLOW = "A page of {file} takes longer to draw than a page is given."
    ORIGINAL_CRASHED = "{file} made what draws its pages crash. It may be damaged."
    CHOICES_SHAPE = "The page's settings in {file} are not a JSON object. Choose them anew."
    CHOICES_NOT_REMOVED = "The page's settings in {file} can't be removed: {reason}."
    CHOICES_UNREADABLE = "The page's settings in {file} can't be read: {reason}. Choose them anew."
    CHOICES_NOT_KEPT = "The page's settings can't be kept in {file}: {reason}."
    DOCUMENT_NOT_RESTORED = "{document} can't be put back: {reason}."
    USER_NAME = "{name!r} can't be a user's name: it has 1 to 64 small Latin letters, digits and . _ @ -, and begins with a letter or a digit."
    PASSWORD_TOO_SHORT = "The password has {characters} characters; it needs at least {least}."
    USER_UNKNOWN = "{file} has no user {name!r}."
    USERS_NONE = "The file of users {file} is empty. 'yinju user NAME --auth-file {file}' adds one."
    USERS_BROKEN = "The file of users {file} can't be read: {reason}."
    USERS_LINE = "Line {line} of the file of users {file} is no user. 'yinju user NAME --auth-file {file}' writes them."
    USERS_UNREADABLE = (
        "The file of users {file} can't be read: {reason}. 'yinju user NAME --auth-file {file}' makes it."
    )
    USERS_UNWRITABLE = "The file of users {file} can't be written: {reason}."
    REBUILD_FAILED = "The index could not be rebuilt ({reason}); the log has more. The old index still answers."
    UNEXPECTED = "Something unexpected went wrong; it is in the log. Please try again."
    TURN_DAMAGED = "What was kept of this turn is damaged and can't be shown."
    CONVERSATIONS_SET_ASIDE = "The earlier conversations could not be read: their file was damaged. It is kept as {file}, and a new one has been begun."
    USERS_AS_BEFORE = "{problem} Until it is mended, the users are those it had before."
    CHOICES_FIXED = "How answers are made is set by whoever runs this page and can't be changed here."
    MODEL_UNNAMED = "Name a model, or choose quoted sentences."
    NO_DATE = "“{text}” is no date; write it as 2023, 2023-05 or 2023-05-01."
