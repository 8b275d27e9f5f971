"""The rooms there are, by the routes to them."""

from __future__ import annotations

from collections.abc import Mapping

from rag.answers import Route
from rag.routes.overview import overview
from rag.routes.room import Room

__all__ = ["ROOMS"]

ROOMS: Mapping[Route, Room] = {"overview": overview}
"""Single facts have no room here: they are what is left (``rag.extractive``)."""
