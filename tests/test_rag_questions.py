"""Vectors of questions: nearer to what answers them than the encoder's own."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from quick_encoder import QuickEncoder

from corpus.language.script import simplified
from embeddings import Encoder
from rag.question.question import Question
from rag.reading.questions import QuestionEncoder
from rag.retrieval.retriever import Retriever


@pytest.fixture
def questions(encoder: Encoder) -> QuestionEncoder:
    found = QuestionEncoder.beside(encoder)
    assert found is not None
    return found


def test_questions_held_out_lie_nearer_to_their_passages(
    encoder: Encoder, questions: QuestionEncoder, check: Any
) -> None:
    held_out = [row for row in check.rows("questions.jsonl.gz") if check.is_held_out(row["id"])]
    rows = held_out[::9]  # some fifty: among more it is harder
    passages = encoder.encode([f"{row['title']}\n{row['text']}" for row in rows], "document")
    asked = [(one["q"], i) for i, row in enumerate(rows) for one in row["questions"] if one["answer"]][::2]
    texts, own = [text for text, _ in asked], np.array([i for _, i in asked])
    plain = encoder.encode([simplified(text) for text in texts], "query")
    nearer = questions.encode(texts)
    right, before = (float(((vectors @ passages.T).argmax(1) == own).mean()) for vectors in (nearer, plain))
    assert right > before + 0.1
    assert right > 0.6


def test_vectors_are_of_unit_length_and_of_either_script(questions: QuestionEncoder) -> None:
    simple, traditional, other = questions.encode(["高新区有多少企业？", "高新區有多少企業？", "谁是校长"])
    assert np.linalg.norm(other) == pytest.approx(1, abs=1e-5)
    assert simple @ traditional == pytest.approx(1, abs=1e-4)
    assert simple @ other < 0.95


def test_documents_are_searched_by_the_mean_of_both(assistant: Any, questions: QuestionEncoder) -> None:
    text = "没主的狗怎么处理"
    query = Retriever(assistant.index, assistant.encoder).query(Question(text))
    own, learned = assistant.encoder.encode([text], "query")[0], questions.encode([text])[0]
    assert query.asked_in("zh").own @ own == pytest.approx(1, abs=1e-4)
    assert query.asked_in("zh").vector @ (own + learned) == pytest.approx(np.linalg.norm(own + learned), abs=1e-4)


def test_another_encoder_has_none() -> None:
    assert QuestionEncoder.beside(QuickEncoder()) is None
