"""The tools there are: a language model researches with them, and other programs call them over MCP."""

from __future__ import annotations

from collections.abc import Mapping

from rag.question.phrases import Language
from rag.research.reading import LIST_DOCUMENTS, READ
from rag.research.searching import COMPARE, SEARCH
from rag.research.tabulating import TABLE
from rag.research.tool import Tool
from rag.research.toolbox import Toolbox
from rag.retrieval.retriever import Retriever

__all__ = ["TOOLS", "toolbox"]

TOOLS: Mapping[str, Tool] = {one.name: one for one in (SEARCH, LIST_DOCUMENTS, READ, TABLE, COMPARE)}
"""By their names."""


def toolbox(retriever: Retriever, within: frozenset[str] | None = None, language: Language = "zh-Hans") -> Toolbox:
    """All of them over one state of an index, reaching only the documents ``within``, None for all."""
    return Toolbox(TOOLS, retriever, within, language)
