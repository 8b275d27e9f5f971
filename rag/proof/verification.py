"""Whether the text a sentence cites bears it out: figures, names, negation, and the rest by a small judge.

What the words tell (a figure that is not there, a name, an opposite) can be shown to the reader; what the sentence as a
whole says is judged by ``rag/reading/judge.py``. No language model is asked, and the same sentence over the same text
always gets the same verdict. docs/verification.md tells the method, its figures and its limits.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

import numpy as np
import numpy.typing as npt

from corpus import sentence_spans
from corpus.language.lists import mark_length
from corpus.language.modality import exchanged_duties
from corpus.language.names import squeezed, strange_names, words_of
from corpus.language.negation import contradictions, exchanged_denials, without_told, worded_alike
from corpus.language.order import exchanged_order
from corpus.language.quantities import quantities_of
from corpus.language.script import fold, has_han, simplified
from rag.answers import AnswerSentence, Citation, Verdict
from rag.proof.bearing import border, likelihood, signals_of
from rag.proof.evidence import Evidence
from rag.proof.held_figures import (
    missing_digits,
    missing_quantities,
    of_same_unit,
    unbound,
    written_alike,
)
from rag.proof.misplaced import misplaced
from rag.question.cedict import entries_of
from rag.question.identifiers import people_in
from rag.question.phrases import Language, say
from rag.reading.judge import Pair

__all__ = [
    "coverage",
    "findings_of",
    "pair_of",
    "problems_of",
    "repeats",
    "share_told",
    "shown",
    "stands_whole",
    "verify",
]

_LEAST_COVERAGE = 0.5
_REPEATED = 3  # characters in a row
_LEAST_REPEATED = 0.8  # of a sentence's characters
_LEAST_LIKENESS = 0.92
_LEAST_LIKENESS_ACROSS = 0.80
_ABSENCE = re.compile(
    r"(?:文档|文件|资料|材料|原文|文中|文章|报道|上文|条文)[^，。；]{0,12}?(?:没有|没|未|并未|未能|不曾)[^，。；]{0,4}"
    r"(?:提到|提及|提供|说明|写明|给出|记载|涉及|包含|列出|指出|明确|披露|介绍|回答)"
    r"|\b(?:passages?|documents?|texts?|sources?|articles?)\b[^.;]{0,40}?\b(?:not|n['’]t|no)\b[^.;]{0,20}?"
    r"\b(?:state|mention|say|specif|provide|contain|give|tell|indicate|answer|include)"
    r"|\b(?:not|never)\s(?:stated|mentioned|specified|given)\b"
)


@dataclass(frozen=True, slots=True)
class Finding:
    """What the words of a sentence have against it: its kind, and in plain words what it is.

    "wording" is a common word where the evidence has another: it says something only of a sentence that repeats that.
    """

    kind: Literal["figure", "name", "words", "wording"]
    problem: str


def verify(
    text: str,
    citations: tuple[Citation, ...],
    language: Language,
    *,
    before: str = "",
    likeness: float | None = None,
    judged: npt.NDArray[np.float32] | None = None,
) -> AnswerSentence:
    """The sentence with its verdict, and in plain words of ``language`` what speaks against it.

    ``before`` are the sentences that stand before the quotations in their passages. ``likeness`` is the inner product
    of the sentence's vector and its best quotation's (-1 to 1), None where it was not encoded. ``judged`` is the
    judge's word on ``pair_of`` the sentence (log-probabilities, shape (3,)); without it the words alone decide. A
    sentence that says the documents are silent is unchecked, since no quotation can bear that out, unless the judge
    finds that they are not silent.
    """
    numbers = tuple(citation.number for citation in citations)
    if _ABSENCE.search(fold(text)):
        if judged is None or judged.argmax() != 1:
            return AnswerSentence(text, numbers, "unchecked")
        return AnswerSentence(text, numbers, "unsupported", (say("not_silent", language),))
    if not citations:
        return AnswerSentence(text, (), "unsupported", (say("no_citation", language),))
    above = [part for citation in citations for part in (citation.title, citation.source, citation.published)]
    evidence = Evidence.of("\n".join(citation.quote for citation in citations), [*above, before])
    problems = problems_of(text, evidence, language, likeness, judged)
    verdict: Verdict = "unsupported" if problems else "supported"
    return AnswerSentence(text, numbers, verdict, problems)


def pair_of(text: str, citations: Sequence[Citation]) -> Pair:
    """What the judge is given of a sentence: it, and the quotations that it cites, under the first one's title."""
    quotes = "\n".join(one.quote for one in citations)
    return shown(text, quotes, citations[0].title if citations else "")


def shown(text: str, quotes: str, title: str) -> Pair:
    """A sentence and its quotations as the judge is shown them: what is compared by value or word is written alike."""
    alike = written_alike(text, Evidence.of(quotes))
    return Pair(worded_alike(simplified(alike), simplified(quotes)), quotes, title)


def problems_of(
    text: str,
    evidence: Evidence,
    language: Language,
    likeness: float | None = None,
    judged: npt.NDArray[np.float32] | None = None,
) -> tuple[str, ...]:
    """What speaks against a sentence, in plain words; empty if its evidence bears it out. See ``verify``."""
    findings = findings_of(text, evidence, language)
    problems = tuple(dict.fromkeys(finding.problem for finding in findings))
    if judged is None:
        if not problems and not _is_like(text, evidence, likeness):
            return (say("not_said", language),)
        return problems
    if not findings and stands_whole(text, evidence):
        return ()
    if findings and repeats(text, evidence):
        return problems
    signals = signals_of(
        judged,
        [finding.kind for finding in findings],
        share_told(text, evidence),
        likeness,
        _is_across(text, evidence),
    )
    if likelihood(signals) >= border():
        return ()
    telling = tuple(dict.fromkeys(finding.problem for finding in findings if finding.kind != "wording"))
    return telling or (say("otherwise" if judged[1] > judged[2] else "not_said", language),)


def findings_of(text: str, evidence: Evidence, language: Language = "zh-Hans") -> list[Finding]:
    """Figures, names and oppositions of a sentence that its evidence does not bear out."""
    return [*_figures(text, evidence, language), *_words(text, fold(text), evidence, language)]


def _figures(text: str, evidence: Evidence, language: Language) -> Iterator[Finding]:
    for quantity in missing_quantities(text, evidence):
        written = text[quantity.start : quantity.end]
        near = of_same_unit(quantity, evidence.quantities)
        if near is None:
            yield Finding("figure", say("missing_figure", language, figure=written))
        else:
            other = evidence.text[near.start : near.end].strip()
            yield Finding("figure", say("other_figure", language, figure=written, other=other))
    for figure in missing_digits(text, evidence):
        yield Finding("figure", say("missing_figure", language, figure=figure))
    for quantity in misplaced(text, evidence.text):
        yield Finding("figure", say("other_place", language, figure=text[quantity.start : quantity.end]))


def _words(text: str, folded: str, evidence: Evidence, language: Language) -> Iterator[Finding]:
    figures = {fold(text[quantity.start : quantity.end]) for quantity in quantities_of(text) if not quantity.indefinite}
    around = evidence.folded + "\n" + evidence.leans_on
    for name in strange_names(folded, around):
        if name in figures or squeezed(fold(written_alike(name, evidence))) in squeezed(around):
            continue
        kind: Literal["figure", "name", "wording"] = "name" if _is_name(name, folded) else "wording"
        kind = "figure" if name[0].isdigit() else kind  # 1450rpm, of no unit that is known
        yield Finding(kind, say("missing_name", language, name=_as_written(name, text, folded)))
    for quantity in unbound(text, evidence):
        yield Finding("words", say("other_bound", language, figure=text[quantity.start : quantity.end]))
    for words in exchanged_duties(folded, evidence.folded):
        yield Finding("words", say("other_duty", language, words=_as_written(words, text, folded)))
    opposite = [*exchanged_order(folded, evidence.folded), *contradictions(folded, evidence.folded)]
    if not opposite and repeats(text, evidence):
        opposite = exchanged_denials(squeezed(folded), squeezed(evidence.folded))
    for words in dict.fromkeys(opposite):
        yield Finding("words", say("contradiction", language, words=_as_written(words, text, folded)))


def _is_name(words: str, sentence: str) -> bool:
    """Whether words of a folded sentence that its evidence lacks are a name: by the dictionary, quoted, or a person's.

    Of 2,702 statements that their passages bear out 593 have other words than those (一共, 能领), of 2,945 that they
    contradict 251.
    """
    if not has_han(words) or re.search(f'[《“「『"·]{re.escape(words)}', sentence):
        return True
    meanings = list(entries_of(words))
    if meanings:
        return any(entry.is_name for entry in meanings)
    return len(words_of(words)) == 1 or people_in(words) == (words,)


def stands_whole(text: str, evidence: Evidence) -> bool:
    """Whether each sentence of the text stands word for word in the evidence, as a whole sentence or line there.

    Or all of it does but for what a cell of the evidence tells: 青鹭号没有救生筏 of 船名：青鹭号 | 救生筏：无.
    """
    alike = written_alike(text, evidence)
    rest = without_told(fold(alike), evidence.folded)
    if rest != fold(alike) and squeezed(rest) in squeezed(evidence.folded):
        return True
    return _sentences(alike) <= _sentences(evidence.text)


def repeats(text: str, evidence: Evidence) -> bool:
    """Whether a text is its evidence's own words, but for a few: then what is found in them is what it says."""
    said, there = squeezed(fold(written_alike(text, evidence))), squeezed(evidence.folded)
    if sum(character in there for character in said) < _LEAST_REPEATED * len(said):
        return False
    blocks = SequenceMatcher(None, said, there, autojunk=False).get_matching_blocks()
    return sum(block.size for block in blocks if block.size >= _REPEATED) >= _LEAST_REPEATED * len(said)


def _sentences(text: str) -> set[str]:
    """The sentences of a text, folded, without signs and without what numbers them."""
    sentences = (text[start:end].strip() for start, end in sentence_spans(text))
    return {squeezed(fold(sentence[mark_length(sentence) :])) for sentence in sentences} - {""}


def _is_like(text: str, evidence: Evidence, likeness: float | None) -> bool:
    """Whether the rest of the sentence stands in its evidence, by words, or where it was encoded, by meaning."""
    if _is_across(text, evidence):
        return likeness is None or likeness >= _LEAST_LIKENESS_ACROSS
    if share_told(text, evidence) >= _LEAST_COVERAGE:
        return True
    return likeness is not None and likeness >= _LEAST_LIKENESS


def _is_across(text: str, evidence: Evidence) -> bool:
    return has_han(text) != has_han(evidence.folded)


def share_told(text: str, evidence: Evidence) -> float:
    """The share of a sentence's content, in characters, whose words its evidence holds, or what that leans on."""
    alike = text if _is_across(text, evidence) else written_alike(text, evidence)
    return coverage(fold(alike), evidence.folded + evidence.leans_on)


def coverage(folded: str, text: str) -> float:
    """The share of a sentence's content, in characters, whose words the text holds (0 to 1); both folded."""
    held = squeezed(text)
    if has_han(folded):
        words = [word.text for word in words_of(folded) if not word.is_function and re.search(r"\w", word.text)]
    else:
        words = [word[:6] for word in re.findall(r"[a-z]{4,}", folded)]
    total = sum(map(len, words))
    return sum(len(word) for word in words if word in held) / total if total else 1.0


def _as_written(words: str, text: str, folded: str) -> str:
    """The words in the sentence's own script and case, where folding kept its length."""
    at = folded.find(words)
    return text[at : at + len(words)] if at >= 0 and len(folded) == len(text) else words
