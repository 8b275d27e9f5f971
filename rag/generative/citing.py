"""What a language model wrote, sentence by sentence: each mark resolved, each sentence verified."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

import numpy as np
import numpy.typing as npt

from corpus.language.quantities import quantities_of
from corpus.language.script import has_han, simplified
from embeddings import Encoder, Index
from embeddings.encoders.protocol import Vectors
from rag.answers import AnswerSentence, Citation
from rag.generative.alignment import Aligner, Place, is_bare_figure, is_statement
from rag.generative.refusal import denied, denies, parted_by_denial
from rag.proof.citations import Numbering
from rag.proof.dresses import named_passages
from rag.proof.markdown import plain
from rag.proof.marks import MarkedSentence, marked_sentences
from rag.proof.verification import pair_of, verify
from rag.question.phrases import Language, answer_language, say
from rag.reading.judge import StatementJudge
from rag.reading.reader import SentenceReader
from rag.retrieval.retriever import Found

__all__ = ["cite_sentences", "is_foreign"]

_SURELY_TOLD = 2.0  # log-odds: half of the false denials of held-out passages, and one in twenty of the true ones
_LATIN_WORDS = re.compile(r"(?:[A-Za-z]+\W+){3}[A-Za-z]+")


@dataclass(frozen=True, slots=True)
class _Claim:
    """A written sentence and what it claims, as it is held against the passages."""

    written: MarkedSentence
    text: str
    vector: Vectors


@dataclass(frozen=True, eq=False, slots=True)
class _Placed:
    """A claim and the places that it rests on; ``spare`` ones nothing but the judge can tell to bear it.

    ``parts`` are what is judged by which of the citations: all of it by all of them, or each clause by its own.
    """

    claim: _Claim
    places: tuple[Place, ...]
    citations: tuple[Citation, ...]
    parts: tuple[tuple[str, tuple[Citation, ...]], ...]
    leans_on: str
    likeness: float | None
    spare: bool
    is_judged: bool


def cite_sentences(
    text: str,
    found: Found,
    index: Index,
    encoder: Encoder,
    language: Language,
    *,
    question: str = "",
    judge: StatementJudge | None = None,
    reader: SentenceReader | None = None,
) -> tuple[tuple[AnswerSentence, ...], tuple[Citation, ...]]:
    """The sentences of a written answer, each mark resolved to the sentence or two that carry it, and verified.

    See ``Aligner.resolve`` for what becomes of wrong marks. A sentence left without any is unsupported. Headings, leads
    to a list and the names of a table's rows and columns are ``frame`` and unchecked, code and formulas unchecked, and
    so is what says that the passages do not tell something; where a sentence says that beside something else, the two
    are parted. Where there is a ``judge`` it has its word on every statement, all of them together; where there is a
    ``reader`` it looks whether the passages tell what they are said not to.
    """
    written = marked_sentences(text, len(found.hits), [hit.passage.title for hit in found.hits])
    parts = [part for sentence in written for part in _parts(sentence)]
    texts = [_claimed(part, found) for part in parts]
    vectors = encoder.encode([simplified(claim) for claim in texts], "query") if texts else ()
    claims = [_Claim(*values) for values in zip(parts, texts, vectors, strict=True)]
    counts = {one.value for one in quantities_of(question) if one.value is not None}
    counts |= {Decimal(count) for count in range(len(written) + 1)}
    citing = _Citing(
        found, Aligner(found, index, language, question), language, judge=judge, reader=reader, counts=counts
    )
    return tuple(citing.sentences(claims)), tuple(citing.numbering.citations)


def is_foreign(sentences: Sequence[AnswerSentence], language: Language) -> bool:
    """Whether an answer is in another language than the question: English for Chinese, or Chinese for English."""
    said = " ".join(sentence.text for sentence in sentences if not sentence.text.startswith("```"))
    if language == "en":
        return answer_language(said) != "en"
    return not has_han(said) and _LATIN_WORDS.search(said) is not None


class _Citing:
    """The sentences of one answer on their way to their citations."""

    def __init__(
        self,
        found: Found,
        aligner: Aligner,
        language: Language,
        *,
        judge: StatementJudge | None,
        reader: SentenceReader | None,
        counts: Collection[Decimal],
    ) -> None:
        self.numbering = Numbering()
        self._found = found
        self._aligner = aligner
        self._language = language
        self._judge = judge
        self._reader = reader
        self._counts = counts

    def sentences(self, claims: Sequence[_Claim]) -> Iterator[AnswerSentence]:
        placed = [None if self._is_frame(claim) else self._placed(claim) for claim in claims]
        judged = self._judged([place for place in placed if place is not None])
        for claim, place in zip(claims, placed, strict=True):
            written = claim.written
            kept = _named(written, self._found)
            if place is None:
                frame = written.kind != "verbatim"
                yield AnswerSentence(kept, (), "unchecked", before=written.before, after=written.after, frame=frame)
            else:
                verified = self._verified(place, judged.get(place))
                yield replace(verified, text=kept, before=written.before, after=written.after)

    def _is_frame(self, claim: _Claim) -> bool:
        return claim.written.kind == "verbatim" or self._states_nothing(claim)

    def _states_nothing(self, claim: _Claim) -> bool:
        """Whether it only leads to what follows: every figure in it is the question's or a count of what is listed.

        The names of a table's rows and headings may hold any figure of the passages.
        """
        if claim.written.kind not in {"heading", "lead", "label"}:
            return False
        strange = [one for one in quantities_of(claim.text) if one.value not in self._counts]
        if claim.written.kind == "lead" or not strange:
            return not strange
        passages = "\n".join(f"{hit.passage.title}\n{hit.passage.text}" for hit in self._found.hits)
        held = {(one.value, one.iso) for one in quantities_of(passages)}
        return all((one.value, one.iso) in held for one in strange)

    def _placed(self, claim: _Claim) -> _Placed:
        written = claim.written
        places = self._aligner.resolve(claim.text, claim.vector, written.marks, under=written.under, lent=written.lent)
        stated = not is_bare_figure(claim.text)
        is_judged = self._judge is not None and written.kind == "statement" and is_statement(claim.text)
        spare = denies(claim.text) or (not places and is_judged)
        if not places and is_judged:
            places = self._aligner.likeliest(claim.text, claim.vector)
        numbering = Numbering() if spare else self.numbering
        cited = {self._aligner.cite(place, numbering): place.clauses for place in places}
        citations = tuple(numbering.citations[number - 1] for number in cited)
        parts = [(clauses, (citation,)) for clauses, citation in zip(cited.values(), citations, strict=True) if clauses]
        return _Placed(
            claim,
            tuple(places),
            citations,
            tuple(parts) or ((claim.text, citations),),
            "\n".join(part for place in places for part in (*place.hit.passage.headings, place.before)),
            max((place.likeness for place in places), default=None) if stated else None,
            spare,
            is_judged and bool(places),
        )

    def _judged(self, placed: Sequence[_Placed]) -> dict[_Placed, npt.NDArray[np.float32]]:
        """The judge's words on the parts of each, shape (parts, 3)."""
        some = [place for place in placed if place.is_judged]
        if self._judge is None or not some:
            return {}
        words = self._judge.judge([pair_of(*part) for place in some for part in place.parts])
        ends = np.cumsum([len(place.parts) for place in some])
        return dict(zip(some, np.split(words, ends[:-1]), strict=True))

    def _verified(self, placed: _Placed, judged: npt.NDArray[np.float32] | None) -> AnswerSentence:
        claim = placed.claim
        verified = self._by_parts(placed, judged)
        if denies(claim.text) and verified.verdict != "supported":
            return self._denial(claim, verified)
        if not placed.spare:
            return verified
        if verified.verdict != "supported":
            return verify(claim.text, (), self._language)
        numbers = dict.fromkeys(self._aligner.cite(place, self.numbering) for place in placed.places)
        return replace(verified, citations=tuple(numbers))

    def _denial(self, claim: _Claim, verified: AnswerSentence) -> AnswerSentence:
        """What says that the passages are silent: unchecked, unless the reader finds that they tell it."""
        suspected = say("not_silent", self._language) in verified.problems
        told = None
        if self._reader is not None:
            least = _SURELY_TOLD if not suspected else 0.0
            told = self._aligner.told(denied(claim.text), claim.vector, self._reader, least)
        if told is None:
            return AnswerSentence(claim.text, (), "unchecked")
        number = self._aligner.cite(told, self.numbering)
        return AnswerSentence(claim.text, (number,), "unsupported", (say("not_silent", self._language),))

    def _by_parts(self, placed: _Placed, judged: npt.NDArray[np.float32] | None) -> AnswerSentence:
        """The sentence with the verdict on its parts: what any of them lacks, it lacks."""
        words = [None] * len(placed.parts) if judged is None else judged
        verdicts = [
            verify(text, cited, self._language, before=placed.leans_on, likeness=placed.likeness, judged=word)
            for (text, cited), word in zip(placed.parts, words, strict=True)
        ]
        worst = next((one for one in verdicts if one.verdict != "supported"), verdicts[0])
        numbers = tuple(citation.number for citation in placed.citations)
        problems = tuple(dict.fromkeys(problem for one in verdicts for problem in one.problems))
        return AnswerSentence(placed.claim.text, numbers, worst.verdict, problems)


def _parts(written: MarkedSentence) -> list[MarkedSentence]:
    """A sentence, parted where it tells something with a figure and says that something else is not told."""
    runs = parted_by_denial(written.text) if written.kind == "statement" else [written.text]
    if len(runs) == 1 or not all(denies(run) or quantities_of(run) for run in runs):
        return [written]
    last = len(runs) - 1
    return [
        replace(written, text=run, before="" if i else written.before, after=written.after if i == last else "")
        for i, run in enumerate(runs)
    ]


def _claimed(written: MarkedSentence, found: Found) -> str:
    """What a sentence claims, without its dress; a cell claims its value of what its row and column name."""
    text = plain(_named(written, found))
    if written.kind != "cell" or not written.under:
        return text
    names = " ".join(plain(name) for name in written.under.split("\n"))
    return f"{names}：{text}" if has_han(names) else f"{names}: {text}"


def _named(written: MarkedSentence, found: Found) -> str:
    """The sentence with each passage it speaks of by its number called by its title: numbers are given anew."""
    text = written.text
    if written.kind == "verbatim":
        return text
    for mark in reversed(named_passages(text, len(found.hits))):
        titles = dict.fromkeys(found.hits[number - 1].passage.title for number in mark.numbers)
        called = "、".join(f"《{title}》" for title in titles) if has_han(text) else ", ".join(f"“{t}”" for t in titles)
        text = text[: mark.start] + called + text[mark.end :]
    return text
