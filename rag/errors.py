"""Errors of questions, settings and language models; the whole tree is drawn in ``corpus.errors``.

AnswerError
├── QuestionError          the question can't be asked as it is
├── SettingsError          a setting has no such value
├── LanguageModelError     the language model can't be reached, or refuses
├── RerankerUnavailable    the reranker can't be loaded
└── EvaluationError        the questions to measure by, or a saved run, can't be used
"""

from __future__ import annotations

from corpus import YinjuError

__all__ = [
    "AnswerError",
    "EvaluationError",
    "LanguageModelError",
    "QuestionError",
    "RerankerUnavailable",
    "SettingsError",
]


class AnswerError(YinjuError):
    """No answer can be made."""


class QuestionError(AnswerError):
    """The question is empty, too long, or its history is not one."""


class SettingsError(AnswerError):
    """A setting has a value that can't be used."""


class LanguageModelError(AnswerError):
    """The language model can't be reached, refuses, or gives nothing."""


class RerankerUnavailable(AnswerError):
    """There is no such reranker, or it is not one."""


class EvaluationError(AnswerError):
    """A file of questions or a saved run can't be used; the message names the file and, where it is one, the line."""
