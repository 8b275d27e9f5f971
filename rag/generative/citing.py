"""What a language model wrote, sentence by sentence: each mark resolved, each sentence verified."""

from __future__ import annotations

from corpus.language.script import simplified
from embeddings import Encoder, Index
from rag.answers import AnswerSentence, Citation
from rag.generative.alignment import Aligner
from rag.proof.citations import Numbering, marked_sentences
from rag.proof.verification import verify
from rag.question.phrases import Language
from rag.retrieval.retriever import Found

__all__ = ["cite_sentences"]


def cite_sentences(
    text: str, found: Found, index: Index, encoder: Encoder, language: Language
) -> tuple[tuple[AnswerSentence, ...], tuple[Citation, ...]]:
    """The sentences of a written answer, each mark resolved to the sentence or two that carry it, and verified.

    See ``Aligner.resolve`` for what becomes of wrong marks. A sentence left without any is unsupported.
    """
    written = marked_sentences(text)
    numbering = Numbering()
    aligner = Aligner(found, index, language)
    sentences = []
    vectors = encoder.encode([simplified(sentence.text) for sentence in written], "query")
    for sentence, vector in zip(written, vectors, strict=True):
        places = aligner.resolve(sentence.text, vector, sentence.marks)
        numbers = [numbering.cite(place.document, place.hit.passage, place.start, place.end) for place in places]
        cited = tuple(numbering.citations[number - 1] for number in dict.fromkeys(numbers))
        leans_on = "\n".join(part for place in places for part in (*place.hit.passage.headings, place.before))
        likeness = max((place.likeness for place in places), default=None)
        sentences.append(verify(sentence.text, cited, language, before=leans_on, likeness=likeness))
    return tuple(sentences), tuple(numbering.citations)
