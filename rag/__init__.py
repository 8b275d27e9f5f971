"""A question to passages to an answer that cites them."""

from rag.answers import Answer, AnswerSentence, Certainty, Citation, Hit, Step
from rag.assistant import Assistant, ask
from rag.errors import AnswerError, LanguageModelError, QuestionError, RerankerUnavailable, SettingsError
from rag.events import Answered, Event, Searched, TextDelta, ThoughtDelta
from rag.filters import Filters
from rag.settings import Settings

__all__ = [
    "Answer",
    "AnswerError",
    "AnswerSentence",
    "Answered",
    "Assistant",
    "Certainty",
    "Citation",
    "Event",
    "Filters",
    "Hit",
    "LanguageModelError",
    "QuestionError",
    "RerankerUnavailable",
    "Searched",
    "Settings",
    "SettingsError",
    "Step",
    "TextDelta",
    "ThoughtDelta",
    "ask",
]
