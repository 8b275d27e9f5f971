"""Names of files as text: a disk may hold names in an older encoding, which are no text as they are."""

from __future__ import annotations

import os
from pathlib import Path

__all__ = ["escaped", "path_text", "readable"]


def readable(name: str) -> str:
    """The name as text: itself, or as its bytes read in GB18030, or with ``\\x..`` for those that fit nothing."""
    try:
        name.encode()
    except UnicodeEncodeError:
        try:
            text = os.fsencode(name).decode("gb18030")
        except UnicodeDecodeError:
            return escaped(name)
        return text if text.isprintable() else escaped(name)
    return name


def escaped(name: str) -> str:
    """The name with ``\\x..`` for bytes that are no UTF-8."""
    return os.fsencode(name).decode("utf-8", "backslashreplace")


def path_text(path: Path) -> str:
    """A path as a sentence may name it."""
    return str(Path(*map(readable, path.parts)))
