"""The style sheets, scripts and pictures that the page is served with."""

from __future__ import annotations

from pathlib import Path

__all__ = ["ASSETS"]

ASSETS = Path(__file__).parent.parent / "assets"
