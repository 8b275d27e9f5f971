"""A real language model behind real HTTP: llama.cpp's own server with the GGUF file that YINJU_TEST_GGUF names.

    pip install xllamacpp
    YINJU_TEST_GGUF=/models/a-small-instruct-model.gguf pytest tests/test_rag_gguf.py

What it writes is its own affair; that every sentence is held against the documents, and every quote is theirs, is ours.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from rag import Answer, Assistant, Settings

MODEL = os.environ.get("YINJU_TEST_GGUF", "")
pytestmark = pytest.mark.skipif(not MODEL, reason="YINJU_TEST_GGUF names no GGUF file")


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    xllamacpp = pytest.importorskip("xllamacpp")
    params = xllamacpp.CommonParams()
    params.model.path = MODEL
    params.port = 0
    params.n_ctx, params.n_parallel, params.n_predict = 16_384, 1, 256
    server = xllamacpp.Server(params)
    yield f"{server.listening_address}/v1"
    del server  # it stops when it goes


@pytest.mark.parametrize("question", ["济南高新区聘任了多少名首席政策官？", "What did Jinan High-tech Zone appoint?"])
def test_a_real_model_answers_and_is_held_to_the_documents(address: str, bundled_home: Path, question: str) -> None:
    settings = Settings(home=bundled_home, llm="openai:local", llm_base_url=address, llm_window_tokens=16_384)
    assistant = Assistant.from_settings(settings)
    *pieces, answer = assistant.stream(question)
    assert isinstance(answer, Answer)
    assert pieces
    assert answer.model == "openai:local"
    assert answer.notice is None
    for citation in answer.citations:
        assert assistant.document(citation.document_id).text[citation.start : citation.end] == citation.quote
    assert all(sentence.verdict != "supported" or sentence.citations for sentence in answer.sentences)
