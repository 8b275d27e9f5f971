"""A language model's own tokenizer, where its server lends it: llama.cpp, vLLM and SGLang do, Ollama does not."""

from __future__ import annotations

import httpx

from rag.generative.windows import count_tokens
from rag.settings import Settings

__all__ = ["ServerTokenizer"]

_WAIT_S = 3.0


class ServerTokenizer:
    """Counts a text's tokens as its model reads them; by the estimate, from the first time that the server can't."""

    def __init__(self, settings: Settings) -> None:
        """A server of OpenAI's protocol at an address of its own is asked, and no other."""
        address = settings.llm_base_url if settings.llm.startswith("openai:") else None
        self._path = f"{address.rstrip('/').removesuffix('/v1')}/tokenize" if address else None
        self._model = settings.llm.partition(":")[2]
        key = settings.llm_api_key.get_secret_value() if settings.llm_api_key else ""
        self._headers = {"Authorization": f"Bearer {key}"} if key else {}
        self._wait_s = min(settings.llm_timeout_s, _WAIT_S)

    def count(self, text: str) -> int:
        """How many tokens the text is."""
        if self._path is None:
            return count_tokens(text)
        # llama.cpp reads the text and the wish of the first line, vLLM and SGLang those of the second
        body = {"content": text, "add_special": False}
        body |= {"model": self._model, "prompt": text, "add_special_tokens": False}
        try:
            reply = httpx.post(self._path, json=body, headers=self._headers, timeout=self._wait_s)
            return len(reply.raise_for_status().json()["tokens"])
        except (httpx.HTTPError, httpx.InvalidURL, ValueError, TypeError, LookupError):
            self._path = None
            return count_tokens(text)
