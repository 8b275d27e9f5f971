"""The drawer of conversations: Gradio's components for it, and the list as HTML."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import gradio as gr

from corpus import YinjuError
from rag.question.phrases import Language
from ui.web.html.escaping import escape
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


def conversation_list(summaries: Sequence[Summary], current: str | None, spoken: Words) -> str:
    """The list; its buttons say what to do with which conversation in ``data-act`` and ``data-id``."""
    if not summaries:
        return f'<p class="yj-quiet">{escape(spoken.no_conversations)}</p>'
    return f'<ul class="yj-conversations">{"".join(_line(summary, current, spoken) for summary in summaries)}</ul>'


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

    def show(self, language: Language, query: str, current: str | None, request: gr.Request) -> str:
        """The list as it is now; under it, where there are users, the way out."""
        spoken, user = words(language), request.username
        kept = self.stores.of(user)
        try:
            listed = conversation_list(kept.listed(query), current, spoken)
            problem = kept.database.problem
        except YinjuError as exc:
            listed, problem = "", exc.problem
        if problem:
            listed = f'<p class="yj-notice" role="status">{escape(told(problem, language))}</p>{listed}'
        return listed + (_way_out(user, spoken) if user else "")


def _way_out(user: str, spoken: Words) -> str:
    name = escape(spoken.logout.format(user))
    return f'<form class="yj-logout" method="post" action="logout"><button type="submit">{name}</button></form>'


def _line(summary: Summary, current: str | None, spoken: Words) -> str:
    key, title = escape(summary.id), escape(summary.title)
    here = ' aria-current="true"' if summary.id == current else ""
    about = f"{summary.updated[:10]} · {spoken.turns.format(summary.turns)}"
    return (
        f'<li><button type="button" class="yj-conversation" data-act="open" data-id="{key}"{here} dir="auto">{title}'
        f"<small>{escape(about)}</small></button>"
        f'<div class="yj-acts"><button type="button" data-act="rename" data-id="{key}" data-title="{title}">'
        f'{escape(spoken.rename)}</button><a href="export/{key}.md" download>Markdown</a>'
        f'<a href="export/{key}.json" download>JSON</a>'
        f'<button type="button" data-act="delete" data-id="{key}" '
        f'data-sure="{escape(f"{spoken.delete}：{summary.title}")}">{escape(spoken.delete)}</button></div></li>'
    )
