"""Questions over tables: a cell by its row and column, rows that meet a condition, and what is computed of figures."""

from rag.routes.tables.room import table_room

__all__ = ["table_room"]
