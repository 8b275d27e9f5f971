"""What is answered, as HTML: the sentences with their marks, or a refusal with the passages that come closest."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from markupsafe import Markup

from rag import Answer, AnswerSentence, Citation
from rag.proof.citations import led, parted
from ui.web.html.evidence import NEAREST_SHOWN, quoted
from ui.web.html.sentences import Stated, doubted, stated
from ui.web.html.templating import render
from ui.web.html.written import framed
from ui.web.words.interface import Words

__all__ = ["answered"]

_SNIPPET_CHARS = 90


@dataclass(frozen=True, slots=True)
class _Sentence:
    """A sentence as ``answer.html`` sets it: after what parts it from the one before, and its lead.

    ``own`` tells what Yinju says itself, which rests on nothing.
    """

    between: str
    lead: str
    led: str
    own: bool
    text: str | Markup
    stated: Stated | None


def answered(answer: Answer, words: Words) -> Markup:
    """The body of an answer."""
    if answer.refused:
        nearest = [(hit.rank, hit.passage.title, _snippet(hit.passage.text)) for hit in answer.hits[:NEAREST_SHOWN]]
        return render("refusal.html", answer=answer, nearest=nearest, words=words)
    citations = {citation.number: citation for citation in answer.citations}
    if answer.sentences and all(sentence.before is not None for sentence in answer.sentences):
        return render("answer.html", answer=answer, written=_written(answer, citations, words), sentences=())
    return render("answer.html", answer=answer, written=None, sentences=_sentences(answer, citations, words))


def _written(answer: Answer, citations: Mapping[int, Citation], words: Words) -> Markup:
    """What a language model wrote, with its structure."""
    parts = [(sentence.before or "", sentence.text, sentence.after) for sentence in answer.sentences]
    around = [stated(sentence, citations, words) for sentence in answer.sentences]
    return framed(parts, around, doubted("unchecked", (), words))


def _sentences(answer: Answer, citations: Mapping[int, Citation], words: Words) -> Iterator[_Sentence]:
    before: AnswerSentence | None = None
    for sentence in answer.sentences:
        cited = citations.get(sentence.citations[0]) if sentence.citations else None
        yield _Sentence(
            between=parted(before, sentence),
            lead=sentence.lead,
            led=led(sentence),
            own=answer.model == "extractive" and not sentence.citations,
            text=quoted(cited) if cited and cited.quote == sentence.text else sentence.text,
            stated=stated(sentence, citations, words),
        )
        before = sentence


def _snippet(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _SNIPPET_CHARS else line[:_SNIPPET_CHARS] + "…"
