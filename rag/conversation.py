"""A conversation as the assistant is told of it."""

from __future__ import annotations

__all__ = ["Turn"]

Turn = tuple[str, str]
"""A turn of a conversation: its role ("user" or "assistant") and its text."""
