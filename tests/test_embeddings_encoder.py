"""Other sentence-transformers models, by a small real one made here."""

import json
import shutil
from pathlib import Path

import pytest
from sentence_transformers import SentenceTransformer
from sentence_transformers.sentence_transformer.modules import Pooling, Transformer
from tokenizers import Tokenizer, models, pre_tokenizers
from transformers import BertConfig, BertModel, PreTrainedTokenizerFast

from embeddings import load_encoder


@pytest.fixture(scope="module")
def small_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("small")
    vocabulary = {token: i for i, token in enumerate(["[PAD]", "[UNK]", "query", "passage", ":", *"人才补贴政策官"])}
    tokenizer = Tokenizer(models.WordLevel(vocabulary, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.Whitespace(), pre_tokenizers.Split("", "isolated")]
    )
    bert = BertConfig(
        vocab_size=len(vocabulary), hidden_size=16, num_hidden_layers=1, num_attention_heads=2, intermediate_size=32
    )
    BertModel(bert).save_pretrained(root / "bert")
    PreTrainedTokenizerFast(tokenizer_object=tokenizer, pad_token="[PAD]", unk_token="[UNK]").save_pretrained(
        root / "bert"
    )
    transformer = Transformer(str(root / "bert"))
    model = SentenceTransformer(modules=[transformer, Pooling(transformer.get_embedding_dimension())])
    model.save(str(root / "small-model"))
    return root / "small-model"


def test_a_local_folder_is_loaded(small_model: Path) -> None:
    encoder = load_encoder(str(small_model))
    assert encoder.name == str(small_model)
    assert encoder.dimensions == 16
    same = encoder.encode(["人才"], "query")[0] @ encoder.encode(["人才"], "document")[0]
    assert same == pytest.approx(1, abs=1e-5)  # it has no prompts


def test_a_models_own_prompts_are_used(small_model: Path, tmp_path: Path) -> None:
    folder = tmp_path / "with-prompts"
    model = SentenceTransformer(str(small_model), prompts={"query": "政策 ", "document": "官 "})
    model.save(str(folder))
    assert json.loads((folder / "config_sentence_transformers.json").read_text())["prompts"]["query"] == "政策 "
    encoder = load_encoder(str(folder))
    with_prompt = encoder.encode(["人才"], "query")[0]
    plain = load_encoder(str(small_model)).encode(["政策 人才"], "query")[0]
    assert with_prompt @ plain == pytest.approx(1, abs=1e-5)


def test_a_models_published_prompts_are_known(small_model: Path, tmp_path: Path) -> None:
    e5 = tmp_path / "multilingual-e5-base"
    SentenceTransformer(str(small_model)).save(str(e5))
    by_name = load_encoder(str(e5)).encode(["人才"], "query")[0]
    by_hand = load_encoder(str(small_model)).encode(["query: 人才"], "query")[0]
    assert by_name @ by_hand == pytest.approx(1, abs=1e-5)


def test_a_model_in_memory_serves_all_until_there_are_other_weights(small_model: Path, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(small_model, tmp_path / "model"))
    encoder = load_encoder(str(folder))
    assert load_encoder(str(folder)) is encoder
    changed = SentenceTransformer(str(folder))
    changed[0].auto_model.embeddings.word_embeddings.weight.data += 1
    changed.save(str(tmp_path / "changed"))
    shutil.rmtree(folder)
    (tmp_path / "changed").rename(folder)
    assert load_encoder(str(folder)) is not encoder
