"""The rooms there are, by the routes to them."""

from __future__ import annotations

from collections.abc import Mapping

from rag.answers import Route
from rag.routes.room import Room
from rag.routes.tables import table_room

__all__ = ["ROOMS"]

ROOMS: Mapping[Route, Room] = {"table": table_room}
"""Single facts have no room here: they are what is left (``rag.extractive``)."""
