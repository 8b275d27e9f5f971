"""The rooms there are, by the routes to them."""

from __future__ import annotations

from collections.abc import Mapping

from rag.answers import Route
from rag.routes.chain import chain
from rag.routes.comparison import comparison
from rag.routes.room import Room

__all__ = ["ROOMS"]

ROOMS: Mapping[Route, Room] = {"comparison": comparison, "chain": chain}
"""Single facts have no room here: they are what is left (``rag.extractive``)."""
