"""Text made safe for HTML."""

from __future__ import annotations

import html

__all__ = ["escape"]


def escape(text: str) -> str:
    """Text that a browser shows as it is, inside an element or an attribute."""
    return html.escape(text, quote=True)
