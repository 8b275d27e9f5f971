"""A reranker, with a real cross-encoder: a very small one, made here, of random weights."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from sentence_transformers import CrossEncoder
from transformers import BertConfig, BertForSequenceClassification, BertTokenizerFast

from corpus import Passage
from embeddings import Encoder
from embeddings.building.ingestion import embedded_text
from embeddings.encoders.bundled import bundled_folder
from rag import Assistant, Settings
from rag.errors import RerankerUnavailable
from rag.evaluation.questionnaire import Item, Questionnaire
from rag.evaluation.run import evaluate
from rag.question.question import Question
from rag.retrieval.reranking import load_reranker
from rag.retrieval.retriever import Retriever

QUESTION = "人才补贴"


@pytest.fixture(scope="session")
def model_folder(tmp_path_factory: pytest.TempPathFactory, bundled_home: Path) -> str:
    """A BERT with one layer of 32 dimensions over the characters of the bundled articles."""
    folder = tmp_path_factory.mktemp("reranker")
    texts = [path.read_text(encoding="utf-8") for path in (bundled_home / "documents").glob("*.txt")]
    vocabulary = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *sorted(set("".join(texts)) - set(" \n\r\t"))]
    (folder / "vocab.txt").write_text("\n".join(vocabulary), encoding="utf-8")
    torch.manual_seed(7)
    config = BertConfig(
        vocab_size=len(vocabulary),
        hidden_size=32,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=64,
        num_labels=1,
        initializer_range=0.5,
    )
    BertForSequenceClassification(config).save_pretrained(folder)
    BertTokenizerFast(str(folder / "vocab.txt"), model_max_length=512).save_pretrained(folder)
    return str(folder)


@pytest.fixture
def reranking(bundled_home: Path, model_folder: str) -> Assistant:
    return Assistant.from_settings(Settings(home=bundled_home, reranker=model_folder))


def test_passages_come_in_its_order(reranking: Assistant, assistant: Assistant, model_folder: str) -> None:
    hits = reranking.search(QUESTION, 16)
    pairs = [(QUESTION, embedded_text(hit.passage)) for hit in hits]
    own = CrossEncoder(model_folder).predict(pairs, show_progress_bar=False).tolist()
    assert own == sorted(own, reverse=True)
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)
    without = assistant.search(QUESTION, 16)
    assert {hit.passage.id for hit in without} == {hit.passage.id for hit in hits}
    assert [hit.passage.id for hit in without] != [hit.passage.id for hit in hits]


def test_ask_and_eval_see_it(reranking: Assistant, bundled_home: Path, encoder: Encoder, model_folder: str) -> None:
    first = reranking.search(QUESTION, 8)
    assert [hit.passage.id for hit in reranking.ask(QUESTION).hits] == [hit.passage.id for hit in first]
    questions = Questionnaire(("q.jsonl",), (Item("1", QUESTION, (first[0].passage.document_id,)),))
    settings = Settings(home=bundled_home, reranker=model_folder)
    result = evaluate(questions, settings, encoder=encoder).results[0]
    assert [found.document_id for found in result.found] == [hit.passage.document_id for hit in first[:3]]


def test_any_object_with_scores_can_rerank(assistant: Assistant, encoder: Encoder) -> None:
    class Shortest:
        def scores(self, question: str, passages: list[Passage]) -> list[float]:
            assert question == QUESTION
            return [-len(passage.text) for passage in passages]

    retriever = Retriever(assistant.index, encoder, Shortest())  # type: ignore[arg-type]
    lengths = [len(hit.passage.text) for hit in retriever.search(retriever.query(Question(QUESTION)), 8).hits]
    assert lengths == sorted(lengths)


def test_no_reranker_of_that_name(tmp_path: Path) -> None:
    with pytest.raises(RerankerUnavailable, match="YINJU_RERANKER"):
        load_reranker(str(tmp_path / "none"))


def test_a_model_of_another_kind_is_not_taken_for_one() -> None:
    with pytest.raises(RerankerUnavailable, match="not made to give one score"):
        load_reranker(str(bundled_folder()))
