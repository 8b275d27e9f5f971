"""Yinju inside LangChain: its search as a retriever, its whole answer as a runnable.

Callbacks, tags and metadata of a ``config`` reach the language model that writes, as they do in a chain of LangChain's
own: what it is sent and every word it writes are told to them as a part of this run.

Example::

    from rag import Assistant
    from rag.langchain import YinjuRetriever, as_runnable

    assistant = Assistant.from_settings()
    retriever = YinjuRetriever(assistant=assistant, top_k=5)
    chain = as_runnable(assistant) | (lambda answer: answer.text)
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from langchain_core.callbacks import CallbackManagerForRetrieverRun
from langchain_core.documents import Document as LangChainDocument
from langchain_core.retrievers import BaseRetriever
from langchain_core.runnables import Runnable, RunnableLambda
from pydantic import ConfigDict

from rag.answers import Answer
from rag.assistant import Assistant
from rag.errors import QuestionError
from rag.filters import Filters
from rag.messages import AnswerMessage

__all__ = ["YinjuRetriever", "as_runnable"]


class YinjuRetriever(BaseRetriever):
    """The passages of an assistant's index as LangChain documents, best first.

    ``metadata`` holds the passage's ``document_id``, ``start``, ``end``, ``title``, ``headings``, ``page`` and the
    ``score``; ``id`` is the passage's id.
    """

    model_config = ConfigDict(arbitrary_types_allowed=True)

    assistant: Assistant
    top_k: int = 8
    filters: Filters | None = None

    def _get_relevant_documents(
        self,
        query: str,
        *,
        run_manager: CallbackManagerForRetrieverRun,  # noqa: ARG002 - LangChain gives it
    ) -> list[LangChainDocument]:
        documents = []
        for hit in self.assistant.search(query, self.top_k, filters=self.filters):
            facts = hit.passage.to_dict()
            text, passage_id = facts.pop("text"), facts.pop("id")
            documents.append(LangChainDocument(text, id=passage_id, metadata={**facts, "score": hit.score}))
        return documents


def as_runnable(assistant: Assistant) -> Runnable[str | Mapping[str, Any], Answer]:
    """The assistant as a runnable: a question, or {"question", "history", "filters"}, to an ``Answer``.

    Invoking raises as ``Assistant.ask`` does, and ``QuestionError`` for a mapping without a question.
    """

    # LangChain calls a function within a context that holds the run's config, on the event loop's side on a thread with
    # a copy of it; a chat model that is asked within takes it from there.
    def answer(asked: str | Mapping[str, Any]) -> Answer:
        if isinstance(asked, str):
            return assistant.ask(asked)
        if "question" not in asked:
            raise QuestionError(AnswerMessage.QUESTION_MISSING, keys=", ".join(map(repr, asked)))
        return assistant.ask(asked["question"], history=asked.get("history", ()), filters=asked.get("filters"))

    return RunnableLambda(answer, name="Yinju")
