"""The rooms there are, by the routes to them."""

from __future__ import annotations

from collections.abc import Mapping

from rag.answers import Route
from rag.routes.chain import chain
from rag.routes.comparison import comparison
from rag.routes.library import library
from rag.routes.listing import listing
from rag.routes.overview import overview
from rag.routes.room import Room
from rag.routes.tables import table_room

__all__ = ["ROOMS"]

ROOMS: Mapping[Route, Room] = {
    "list": listing,
    "table": table_room,
    "overview": overview,
    "comparison": comparison,
    "chain": chain,
    "library": library,
}
"""Single facts have no room here: they are what is left (``rag.extractive``)."""
