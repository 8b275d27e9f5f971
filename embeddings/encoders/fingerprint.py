"""What tells a model's weights from others of the same name, without loading them where they are ours to find."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

from embeddings.encoders.brought import BroughtEncoder
from embeddings.encoders.bundled import BUNDLED_MODEL, bundled_weights
from embeddings.encoders.protocol import Encoder

__all__ = ["fingerprint_at", "fingerprint_of", "same_weights"]

_EDGE_BYTES = 64 * 1024  # of each file that are looked at, at its begin, its middle and its end
_WEIGHTS = (".safetensors", ".bin", ".pt", ".json", ".model", ".txt")


def fingerprint_of(name: str) -> str:
    """Another one for other weights under the same name; "" where it can't be told.

    Of the bundled model and of a folder it is a hash of the files' sizes and of pieces of them, of a model from the hub
    the commit that the hub's cache holds, and of an encoder that a package brings what it says of itself once loaded.
    """
    brought = BroughtEncoder.of(name)
    if brought is not None:
        return brought.fingerprint
    if name == f"bundled:{BUNDLED_MODEL}":
        weights = bundled_weights()
        return _digest([weights]) if weights is not None else ""
    folder = Path(name)
    if folder.is_dir():
        return _digest(sorted(path for path in folder.rglob("*") if path.suffix in _WEIGHTS and path.is_file()))
    from huggingface_hub import try_to_load_from_cache
    from huggingface_hub.errors import HFValidationError

    try:
        known = try_to_load_from_cache(name if "/" in name else f"sentence-transformers/{name}", "config.json")
    except HFValidationError:
        return ""
    return Path(known).parent.name[:16] if isinstance(known, str) else ""


def fingerprint_at(encoder: Encoder) -> str:
    """The encoder's own, "" where it has none."""
    return str(getattr(encoder, "fingerprint", ""))


def same_weights(one: str, other: str) -> bool:
    """Whether two fingerprints may be of the same weights: one that can't be told may be any."""
    return not one or not other or one == other


def _digest(files: list[Path]) -> str:
    digest = hashlib.blake2b(digest_size=8)
    for path in files:
        size = path.stat().st_size
        digest.update(f"{path.name}\0{size}\0".encode(errors="surrogatepass"))
        with path.open("rb") as file:
            for place in (0, size // 2, max(0, size - _EDGE_BYTES)):
                file.seek(place, os.SEEK_SET)
                digest.update(file.read(_EDGE_BYTES))
    return digest.hexdigest()
