"""The reader, with its real weights."""

from __future__ import annotations

import gc
import weakref

import numpy as np
import pytest

from corpus import sentence_spans
from embeddings import Encoder
from embeddings.encoders.transformer import SentenceTransformerEncoder
from rag.reading.layers import ReadingLayers
from rag.reading.reader import Page, Reader, Reading

POLICY = "济南高新区推出新政策。全区聘任了39名首席政策官。他们到企业去宣讲政策。"
FOOD = "红烧肉要先焯水。然后加糖炒色。最后小火慢炖一小时。"
QUESTION = "济南高新区聘任了多少名首席政策官？"


@pytest.fixture(scope="module")
def reader(encoder: Encoder) -> Reader:
    found = Reader.beside(encoder)
    assert found is not None
    return found


def page(text: str, context: str = "") -> Page:
    return Page(context, text, tuple(sentence_spans(text)))


def best(readings: list[Reading]) -> int:
    return max(range(len(readings)), key=lambda i: readings[i].score)


@pytest.mark.parametrize(
    ("question", "text", "sentence", "words"),
    [
        (QUESTION, POLICY, 1, "39"),
        ("濟南高新區聘任了多少名首席政策官？", POLICY, 1, "39"),
        ("红烧肉要炖多久？", FOOD, 2, "一小时"),
        ("When was the bridge built?", "The bridge is long. It was built in 1931. Many people cross it.", 1, "1931"),
    ],
)
def test_the_sentence_that_answers_is_read_best_and_its_words_are_found(
    reader: Reader, question: str, text: str, sentence: int, words: str
) -> None:
    readings = reader.read(question, [page(text)])[0]
    assert best(readings) == sentence
    assert words in text[readings[sentence].start : readings[sentence].end]


def test_a_passage_about_something_else_reads_worse(reader: Reader) -> None:
    right, wrong = reader.read(QUESTION, [page(POLICY), page(FOOD)])
    assert max(reading.score for reading in right) > max(reading.score for reading in wrong) + 2


def test_words_lie_within_their_sentence(reader: Reader) -> None:
    for start, end in zip(sentence_spans(POLICY), reader.read(QUESTION, [page(POLICY, "政策")])[0], strict=True):
        assert start[0] <= end.start < end.end <= start[1]


def test_pages_read_together_are_read_as_alone(reader: Reader) -> None:
    together = reader.read(QUESTION, [page(FOOD * 3), page(POLICY)])
    alone = [reader.read(QUESTION, [page(FOOD * 3)])[0], reader.read(QUESTION, [page(POLICY)])[0]]
    for one, other in zip(together, alone, strict=True):
        np.testing.assert_allclose([r.score for r in one], [r.score for r in other], atol=0.5)


def test_the_end_of_a_long_text_is_read(reader: Reader) -> None:
    text = "会议讨论了道路、桥梁和学校的建设，大家都发了言。" * 40 + POLICY
    readings = reader.read(QUESTION, [page(text)])[0]
    assert all(reading.score > -100 for reading in readings)
    assert "39名" in text[slice(*sentence_spans(text)[best(readings)])]


def test_nothing_to_read(reader: Reader) -> None:
    assert reader.read(QUESTION, []) == []
    assert reader.read(QUESTION, [page("")]) == [[]]


def test_the_encoder_stays_as_it_was_and_its_word_vectors_are_shared(encoder: Encoder) -> None:
    assert isinstance(encoder, SentenceTransformerEncoder)
    before = encoder.encode([QUESTION, POLICY], "document")
    shared = ReadingLayers(encoder)
    reader = Reader(shared)
    np.testing.assert_array_equal(before, encoder.encode([QUESTION, POLICY], "document"))
    base = encoder.model[0].auto_model
    words = "embeddings.word_embeddings.weight"
    for layers in (shared.layers, reader.layers):
        assert layers.get_parameter(words).data_ptr() == base.get_parameter(words).data_ptr()


def test_it_goes_with_its_encoder(encoder: Encoder) -> None:
    assert isinstance(encoder, SentenceTransformerEncoder)
    own = SentenceTransformerEncoder(encoder.model, encoder.name)
    found = weakref.ref(Reader.beside(own))
    assert found() is Reader.beside(own)
    del own
    gc.collect()
    assert found() is None


def test_what_the_reader_learned_leaves_the_shared_layers_as_they_were(encoder: Encoder) -> None:
    assert isinstance(encoder, SentenceTransformerEncoder)
    shared = ReadingLayers(encoder)
    before = {name: value.clone() for name, value in shared.layers.state_dict().items()}
    changed = Reader(shared).layers.state_dict()
    assert all(value.equal(before[name]) for name, value in shared.layers.state_dict().items())
    assert any(not value.equal(before[name]) for name, value in changed.items())


def test_another_encoder_has_no_reader(encoder: Encoder) -> None:
    assert isinstance(encoder, SentenceTransformerEncoder)
    assert Reader.beside(SentenceTransformerEncoder(encoder.model, "another")) is None
