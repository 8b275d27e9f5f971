"""Marking answers by what a questionnaire expects of them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache, lru_cache
from pathlib import PurePosixPath

from corpus import split
from corpus.language.script import fold
from rag.answers import Answer, Hit
from rag.assistant import Assistant
from rag.errors import EvaluationError, QuestionError
from rag.evaluation.measures import DEPTH
from rag.evaluation.questionnaire import Item, Questionnaire
from rag.evaluation.results import Found, Quote, Result
from rag.messages import AnswerMessage

__all__ = ["Examiner", "holds"]

_SEARCHED = 2 * DEPTH  # passages, so that several of one document leave room for the others
_SHOWN = 3  # passages found that are kept with their text
_SNIPPET_CHARS = 160


class Examiner:
    """Marks answers by what the questionnaire expects."""

    def __init__(self, assistant: Assistant, names: Mapping[str, str]) -> None:
        self.assistant = assistant
        self.max_chars = assistant.index.manifest.max_chars
        self.present = {names.get(summary.id, summary.id): summary.id for summary in assistant.index.documents()}
        self.given = {index_id: given_id for given_id, index_id in self.present.items()}
        # A user's own files have suffixes that the questions may leave out.
        stems: dict[str, list[str]] = {}
        for given_id in self.present:
            stems.setdefault(str(PurePosixPath(given_id).with_suffix("")), []).append(given_id)
        self.by_stem = {stem: ids[0] for stem, ids in stems.items() if len(ids) == 1}
        self.passages = lru_cache(maxsize=256)(self._passages)

    def called(self, document_id: str) -> str:
        """The document's name in the index's list of documents, by what a question calls it."""
        return document_id if document_id in self.present else self.by_stem.get(document_id, document_id)

    def unknown(self, questionnaire: Questionnaire) -> tuple[str, ...]:
        """The documents that questions name and the index lacks; raises EvaluationError if it lacks them all."""
        named = dict.fromkeys(name for question in questionnaire.questions for name in question.document_ids)
        unknown = tuple(name for name in named if self.called(name) not in self.present)
        if unknown and len(unknown) == len(named):
            raise EvaluationError(
                AnswerMessage.QUESTIONS_ASTRAY, files=" and ".join(questionnaire.files), document=unknown[0]
            )
        return unknown

    def mark(self, question: Item, answer: Answer | None, error: str | None) -> Result:
        """What the answer is worth; the measures of its ranking are put in later, for all questions at once."""
        right = {self.called(document_id) for document_id in question.document_ids}
        hits = self._ranking(question, answer)
        documents = list(dict.fromkeys(self._given(hit.passage.document_id) for hit in hits))
        found = {hit.passage.id: rank for rank, hit in enumerate(hits, 1)}
        return Result(
            id=question.id,
            question=question.text,
            lang=question.lang,
            kind=question.kind,
            expected_answers=question.answers or tuple(text for group in question.groups for text in group),
            expected_documents=tuple(sorted(right)),
            refused=answer is None or answer.refused,
            likely=answer is not None and answer.certainty == "likely",
            confidence=None if answer is None else round(answer.confidence, 6),
            found=tuple(self._found(hit, rank, right) for rank, hit in enumerate(hits[:_SHOWN], 1)),
            quotes=() if answer is None else tuple(self._quotes(answer, right)),
            document_ranks=tuple(
                _within_depth(documents.index(name) + 1 if name in documents else None) for name in sorted(right)
            ),
            passage_ranks=tuple(_within_depth(found.get(passage)) for passage in self._relevant(question, right)),
            measures=self._measures(question, answer, right),
            timings_ms={} if answer is None else dict(answer.timings_ms),
            error=error,
        )

    def _ranking(self, question: Item, answer: Answer | None) -> list[Hit]:
        """What the answer was made from, and what the search finds beyond it."""
        try:
            # A question that leans on its history is searched as it was understood.
            searched = self.assistant.search((answer and answer.search_question) or question.text, _SEARCHED)
        except QuestionError:
            searched = []
        hits = [*(answer.hits if answer is not None else ()), *searched]
        return list({hit.passage.id: hit for hit in reversed(hits)}.values())[::-1]

    def _given(self, index_id: str) -> str:
        return self.given.get(index_id, index_id)

    def _found(self, hit: Hit, rank: int, right: set[str]) -> Found:
        document_id = self._given(hit.passage.document_id)
        return Found(rank, document_id, hit.passage.title, _snippet(hit.passage.text), document_id in right)

    def _quotes(self, answer: Answer, right: set[str]) -> Iterator[Quote]:
        for citation in answer.citations:
            document_id = self._given(citation.document_id)
            text = self.assistant.document(citation.document_id).text
            exact = text[citation.start : citation.end] == citation.quote
            yield Quote(document_id, citation.quote, exact, document_id in right)

    def _relevant(self, question: Item, right: set[str]) -> list[str]:
        """The passages of the right documents that hold the evidence, or where none does or is given, an answer."""
        passages = [
            passage for name in sorted(right) if name in self.present for passage in self.passages(self.present[name])
        ]
        answers = [text for group in question.groups for text in group]
        for wanted in (question.evidence, answers):
            relevant = [
                passage_id for passage_id, text in passages if any(_folded_holds(text, words) for words in wanted)
            ]
            if relevant:
                return relevant
        return []

    def _passages(self, index_id: str) -> list[tuple[str, str]]:
        document = self.assistant.document(index_id)
        return [(passage.id, fold(passage.text)) for passage in split(document, max_chars=self.max_chars)]

    def _measures(self, question: Item, answer: Answer | None, right: set[str]) -> dict[str, float]:
        quotes = [] if answer is None else list(self._quotes(answer, right))
        # Small talk is no answer, nor is what only may answer.
        answered = answer is not None and answer.certainty == "answered" and bool(answer.citations)
        decided = answer is not None and answered == question.answerable
        measures = {"decision": float(decided)}
        if question.answerable:
            measures["answer.right_document"] = float(bool(quotes) and quotes[0].relevant)
            if question.groups:
                for name, most in (("answer.first", 1), ("answer.first_three", 3)):
                    text = "\n".join(quote.text for quote in quotes[:most])
                    full = all(any(holds(text, words) for words in group) for group in question.groups)
                    measures[name] = float(full)
        if question.superseded_ids:
            outdated = {self.called(document_id) for document_id in question.superseded_ids}
            measures["answer.outdated"] = float(any(quote.document_id in outdated for quote in quotes))
        if quotes:
            measures["answer.exact"] = sum(quote.exact for quote in quotes) / len(quotes)
        return measures


def holds(text: str, words: str) -> bool:
    """Whether the text holds the words, folded and white space aside; a number is not found in a longer one."""
    return _folded_holds(fold(text), words)


def _folded_holds(text: str, words: str) -> bool:
    return _pattern(words).search(text) is not None


@cache
def _pattern(words: str) -> re.Pattern[str]:
    characters = [character for character in fold(words) if not character.isspace()]
    before = r"(?<!\d)" if characters and characters[0].isdigit() else ""
    after = r"(?!\d)" if characters and characters[-1].isdigit() else ""
    return re.compile(before + r"\s*".join(map(re.escape, characters)) + after)


def _within_depth(rank: int | None) -> int | None:
    return rank if rank is not None and rank <= DEPTH else None


def _snippet(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _SNIPPET_CHARS else line[:_SNIPPET_CHARS] + "…"
