"""Documents of the list as an answer shows them: a line each, which cites the title where it stands."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from corpus import Document, Passage, sentence_spans, split
from corpus.language.script import fold
from embeddings import Index
from rag.answers import AnswerSentence, Citation, Hit
from rag.proof.citations import Numbering
from rag.question.phrases import Language, say
from rag.routes.catalogue import Entry, Mention, says

__all__ = ["MOST_LINES", "Lines"]

MOST_LINES = 20
"""Documents that are named one by one; of more, how many."""

_LONGEST_TITLE_LINE = 200


_APART = re.compile(r"\s{2,}|\u3000")  # what a web page has beside its author's name


@dataclass
class Lines:
    """The sentences of an answer about documents, with what they cite, as they are written."""

    index: Index
    language: Language
    sentences: list[AnswerSentence] = field(default_factory=list)
    _numbering: Numbering = field(default_factory=Numbering)
    _passages: dict[str, Passage] = field(default_factory=dict)

    @property
    def citations(self) -> tuple[Citation, ...]:
        """What is cited."""
        return tuple(self._numbering.citations)

    @property
    def hits(self) -> tuple[Hit, ...]:
        """The passages that are cited, in the order of the answer."""
        return tuple(Hit(rank, 1.0, passage) for rank, passage in enumerate(self._passages.values(), 1))

    def say(self, phrase: str, lead: str = "", /, **values: str) -> None:
        """Yinju's own words, under a lead where one is given."""
        self.sentences.append(AnswerSentence(say(phrase, self.language, **values), (), "unchecked", lead=lead))

    def go_on(self, phrase: str, **values: str) -> None:
        """Yinju's own words on a line of their own, where documents stand before them."""
        said = say(phrase, self.language, **values)
        self.sentences.append(AnswerSentence(f"• {said}" if self.sentences else said, (), "unchecked"))

    def documents(
        self,
        entries: Sequence[Entry],
        mentions: dict[str, Mention] | None = None,
        ways: tuple[str, ...] = (),
        most: int = MOST_LINES,
    ) -> None:
        """A line for each document, by its title or, with ``mentions``, where it says one of the ``ways``."""
        for number, entry in enumerate(entries[:most], 1):
            document = self.index.document(entry.id)
            mention = (mentions or {}).get(entry.id)
            start, end = _saying(document, mention, ways) if mention else _title_line(document)
            text = f"{number}. {self.named(entry)}"
            if end <= start:  # a document without text
                self.sentences.append(AnswerSentence(text, (), "unchecked"))
            else:
                self.sentences.append(AnswerSentence(text, (self.cite(document, start, end),), "supported"))
        if len(entries) > most:
            self.go_on("library_more", count=str(len(entries) - most))

    def named(self, entry: Entry) -> str:
        """A document's title with its date, who it is of, and its file where that is called otherwise."""
        summary = entry.summary
        said = fold(summary.title)
        by = next((name for name in (summary.source, summary.author) if name), "")
        told = [entry.date, _APART.split(by)[0]]
        told.append("" if entry.stem == said else summary.id)
        known = [one for one in told if one]
        if self.language == "en":
            return f"{summary.title} ({', '.join(known)})" if known else summary.title
        return f"{summary.title}（{'，'.join(known)}）" if known else summary.title

    def quote(self, document: Document, start: int, end: int, lead: str = "") -> bool:
        """A line of a document, word for word; False where it was quoted before."""
        number = self.cite(document, start, end)
        if any(number in sentence.citations for sentence in self.sentences):
            return False
        self.sentences.append(AnswerSentence(document.text[start:end], (number,), "supported", lead=lead))
        return True

    def cite(self, document: Document, start: int, end: int) -> int:
        """The number of a place."""
        passage = self._passage(document, start)
        self._passages.setdefault(passage.id, passage)
        return self._numbering.cite(document, passage, start, end)

    def _passage(self, document: Document, start: int) -> Passage:
        passages = split(document, max_chars=self.index.manifest.max_chars)
        return next((one for one in passages if one.start <= start < one.end), passages[0])


def _title_line(document: Document) -> tuple[int, int]:
    """The line that is the document's title, else the one that has it, else its first sentence."""
    text, title = document.text, document.title.strip()
    at = text.find(title) if title else -1
    if at >= 0:
        start = text.rfind("\n", 0, at) + 1
        end = text.find("\n", at)
        end = len(text) if end < 0 else end
        if end - start <= max(_LONGEST_TITLE_LINE, len(title)):
            line = text[start:end]
            return start + len(line) - len(line.lstrip()), end - len(line) + len(line.rstrip())
        return at, at + len(title)
    return next(iter(sentence_spans(text, 0, min(len(text), 2000))), (0, 0))


def _saying(document: Document, mention: Mention, ways: tuple[str, ...]) -> tuple[int, int]:
    """The sentence of a passage that says one of the words; its first where they stand apart."""
    spans = sentence_spans(document.text, mention.start, mention.end)
    return next((span for span in spans if says(fold(document.text[slice(*span)]), ways)), spans[0])
