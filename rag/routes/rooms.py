"""The rooms there are, by the routes to them."""

from __future__ import annotations

from collections.abc import Mapping

from rag.answers import Route
from rag.routes.listing import listing
from rag.routes.room import Room

__all__ = ["ROOMS"]

ROOMS: Mapping[Route, Room] = {"list": listing}
"""Single facts have no room here: they are what is left (``rag.extractive``)."""
