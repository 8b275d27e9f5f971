"""LangChain's chat model of the settings, with all that is set really passed on to whoever serves it."""

from __future__ import annotations

import time
from typing import Any
from urllib.parse import urlsplit

import httpx
from langchain.chat_models import init_chat_model
from langchain_core.language_models import BaseChatModel
from langchain_core.outputs import ChatGenerationChunk, ChatResult
from langchain_openai import ChatOpenAI

from rag.settings import Settings

__all__ = ["chat_model", "has_bare_address"]

_FIRST_WAIT_S = 0.5  # doubled with each try
_PASSING = frozenset({429, 500, 502, 503, 504})
_NO_KEY = "none"  # servers of one's own ask for none, but the client insists on one


def chat_model(settings: Settings) -> BaseChatModel:
    """The chat model that ``settings.llm`` names, as LangChain's ``init_chat_model`` makes it.

    Requests that fail in passing (no connection, 429, 5xx) are sent again ``llm_retries`` times at growing distances.

    Raises:
        ImportError: the provider's package is not installed.
        ValueError: there is no such provider.
        Exception: whatever the provider raises of options that it can't use, a missing key for example.
    """
    provider, _, model = settings.llm.partition(":")
    key = settings.llm_api_key.get_secret_value() if settings.llm_api_key else ""
    if provider == "openai":
        return _openai(model, key, settings)
    if provider == "ollama":
        return _ollama(model, key, settings)
    options: dict[str, Any] = {
        "timeout": settings.llm_timeout_s,
        "max_retries": settings.llm_retries,
        "temperature": settings.llm_temperature,
    }
    if key or settings.llm_base_url:
        options["api_key"] = key or _NO_KEY
    if settings.llm_base_url:
        options["base_url"] = settings.llm_base_url
    made: BaseChatModel = init_chat_model(model, model_provider=provider, **options)
    if settings.llm_reasoning in ("low", "medium", "high") and "reasoning_effort" in type(made).model_fields:
        made = made.model_copy(update={"reasoning_effort": settings.llm_reasoning})
    return made


def _address_of(settings: Settings) -> str | None:
    """The address that is asked, as the provider's client wants it: Ollama's own protocol knows no ``/v1``."""
    address = settings.llm_base_url
    if address and settings.llm.startswith("ollama:"):
        return address.rstrip("/").removesuffix("/v1")
    return address


def _openai(model: str, key: str, settings: Settings) -> BaseChatModel:
    options: dict[str, Any] = {}
    if key or settings.llm_base_url:
        options["api_key"] = key or _NO_KEY
    if settings.llm_base_url:
        options["base_url"] = settings.llm_base_url
    reasoning = settings.llm_reasoning
    if reasoning in ("low", "medium", "high"):
        options["reasoning_effort"] = reasoning
    elif reasoning and settings.llm_base_url:
        # DashScope and SiliconFlow take the first, vLLM, SGLang and llama.cpp the second; OpenAI itself neither.
        wanted = {"enable_thinking": reasoning == "on"}
        options["extra_body"] = {**wanted, "chat_template_kwargs": wanted}
    return _ChatOpenAI(
        model=model,
        timeout=settings.llm_timeout_s,
        max_retries=settings.llm_retries,
        temperature=settings.llm_temperature,
        **options,
    )


def _ollama(model: str, key: str, settings: Settings) -> BaseChatModel:
    address = _address_of(settings)
    client: dict[str, Any] = {"timeout": settings.llm_timeout_s}
    if key:
        client["headers"] = {"Authorization": f"Bearer {key}"}
    return init_chat_model(
        model,
        model_provider="ollama",
        base_url=address,
        num_ctx=settings.llm_window_tokens,  # else it reads a few thousand and forgets the beginning without a word
        temperature=settings.llm_temperature,
        reasoning=_ollama_reasoning(model, address, key, settings),
        client_kwargs=client,
        sync_client_kwargs={"transport": _Again(settings.llm_retries)},
    )


def _ollama_reasoning(model: str, address: str | None, key: str, settings: Settings) -> bool | str | None:
    """What is asked for; else to part thought from the answer, if the server says that the model can think."""
    wanted = settings.llm_reasoning
    if wanted is not None:
        return {"on": True, "off": False}.get(wanted, wanted)
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    try:
        with httpx.Client(timeout=min(settings.llm_timeout_s, 3.0), trust_env=False, headers=headers) as client:
            shown = client.post(f"{address or 'http://127.0.0.1:11434'}/api/show", json={"model": model})
            capabilities = shown.raise_for_status().json().get("capabilities", [])
    except (httpx.HTTPError, httpx.InvalidURL, ValueError, AttributeError):
        return None  # the first question will tell
    return True if "thinking" in capabilities else None


class _ChatOpenAI(ChatOpenAI):
    """OpenAI's protocol with the fields in which other servers send what a model thinks, which LangChain drops.

    DeepSeek, Qwen, LM Studio and llama.cpp name it ``reasoning_content``, vLLM, Ollama and OpenRouter ``reasoning``.
    It is kept where LangChain keeps that of its other providers, so that ``content_blocks`` tells it.
    """

    def _convert_chunk_to_generation_chunk(
        self, chunk: dict[str, Any], default_chunk_class: type, base_generation_info: dict[str, Any] | None
    ) -> ChatGenerationChunk | None:
        made = super()._convert_chunk_to_generation_chunk(chunk, default_chunk_class, base_generation_info)
        choices = chunk.get("choices") or [{}]
        thought = _thought_in(choices[0].get("delta"))
        if made is not None and thought:
            made.message.additional_kwargs["reasoning_content"] = thought
        return made

    def _create_chat_result(self, response: Any, generation_info: dict[str, Any] | None = None) -> ChatResult:
        result = super()._create_chat_result(response, generation_info)
        values = response if isinstance(response, dict) else response.model_dump(warnings=False)
        for choice, made in zip(values.get("choices") or (), result.generations, strict=False):
            if thought := _thought_in(choice.get("message")):
                made.message.additional_kwargs["reasoning_content"] = thought
        return result


def _thought_in(message: Any) -> str:
    if not isinstance(message, dict):
        return ""
    thought = message.get("reasoning_content") or message.get("reasoning")
    return thought if isinstance(thought, str) else ""


class _Again(httpx.BaseTransport):
    """Sends a request that failed in passing again, as OpenAI's client does by itself and Ollama's does not."""

    def __init__(self, retries: int) -> None:
        self._retries = retries
        self._inner = httpx.HTTPTransport()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        for turn in range(self._retries):
            try:
                response = self._inner.handle_request(request)
            except (httpx.ConnectError, httpx.ConnectTimeout):
                pass
            else:
                if response.status_code not in _PASSING:
                    return response
                response.close()
            time.sleep(_FIRST_WAIT_S * 2**turn)
        return self._inner.handle_request(request)

    def close(self) -> None:
        self._inner.close()


def has_bare_address(settings: Settings) -> bool:
    """Whether an OpenAI-compatible server is asked at an address without a path, which few answer at."""
    address = settings.llm_base_url if settings.llm.startswith("openai:") else None
    return address is not None and urlsplit(address).path.strip("/") == ""
