"""The drawer of conversations: Gradio's components for it, and the list as HTML."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import gradio as gr
from markupsafe import Markup

from corpus import YinjuError
from rag.question.phrases import Language
from ui.web.html.templating import render
from ui.web.store.conversation_stores import ConversationStores
from ui.web.store.conversations import Summary
from ui.web.words.errors import told
from ui.web.words.interface import Words, words

__all__ = ["ConversationList", "conversation_list"]

# Opening, renaming and deleting are one event each, told apart by its action.
_CLICKS = """
element.addEventListener("click", (event) => {
  const button = event.target.closest("[data-act]");
  if (!button) return;
  const { act, id, title, sure } = button.dataset;
  const text = act === "rename" ? prompt(button.textContent, title) : "";
  if (text !== null && (act !== "delete" || confirm(sure))) trigger("click", { act, id, text });
});
"""


def conversation_list(
    summaries: Sequence[Summary] | None, current: str | None, spoken: Words, *, problem: str = "", user: str = ""
) -> Markup:
    """The list; its buttons say what to do with which conversation in ``data-act`` and ``data-id``.

    Above it stands a ``problem``, under it, where there are users, the way out. None: the list could not be read.
    """
    return render(
        "conversation_list.html", summaries=summaries, current=current, problem=problem, user=user, words=spoken
    )


class ConversationList:
    """What was asked before, found again."""

    def __init__(self, stores: ConversationStores, first: Words) -> None:
        self.stores = stores
        with gr.Column(elem_id="yj-drawer"):
            self.query = gr.Textbox(
                label=first.search_conversations,
                placeholder=first.search_conversations,
                show_label=False,
                container=False,
            )
            self.list = gr.HTML("", elem_id="yj-conversations", apply_default_css=False, js_on_load=_CLICKS)

    def words(self, spoken: Words) -> dict[str, Any]:
        """The search box in another language."""
        return {"label": spoken.search_conversations, "placeholder": spoken.search_conversations}

    def show(self, language: Language, query: str, current: str | None, request: gr.Request) -> Markup:
        """The list as it is now; under it, where there are users, the way out."""
        user, listed = request.username, None
        kept = self.stores.of(user)
        try:
            listed = kept.listed(query)
            problem = kept.database.problem
        except YinjuError as exc:
            problem = exc.problem
        said = told(problem, language) if problem else ""
        return conversation_list(listed, current, words(language), problem=said, user=user or "")
