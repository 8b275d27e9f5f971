"""Language models that run on this computer: Ollama, LM Studio, llama.cpp and vLLM, asked for what they have.

Only this computer's own ports are looked at, only when somebody asks for it, and nothing that is found is used by that.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from typing import Any

import httpx

__all__ = ["PORTS", "LocalModel", "LocalServer", "find_servers"]

PORTS: Mapping[str, int] = {"Ollama": 11434, "LM Studio": 1234, "llama.cpp": 8080, "vLLM": 8000}
"""Where each listens unless it is told otherwise."""

_HOST = "127.0.0.1"
_CONNECT_S = 0.3  # on this computer somebody listens at once, or nobody does
_WHOLE_S = 3.0  # for all that one server is asked
_MOST_BYTES = 4_000_000
_MOST_SHOWN = 50  # models of Ollama whose abilities are asked for
_OURSELVES = "yinju"


@dataclass(frozen=True, slots=True)
class LocalModel:
    """A model by its name; ``llm`` is what ``YINJU_LLM`` is set to for it.

    ``window_tokens`` is how much it reads and writes at most at once, ``tools`` whether it calls tools and ``thinks``
    whether it reasons first; None where its server does not say.
    """

    name: str
    llm: str
    window_tokens: int | None = None
    tools: bool | None = None
    thinks: bool | None = None


@dataclass(frozen=True, slots=True)
class LocalServer:
    """A server by the name of its program, its address as ``YINJU_LLM_BASE_URL`` takes it, and its models."""

    name: str
    base_url: str
    models: tuple[LocalModel, ...]

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return asdict(self)


def find_servers(ports: Mapping[str, int] = PORTS) -> list[LocalServer]:
    """The servers that answer on this computer with at least one model, in the order of ``ports``; in a few seconds."""
    with ThreadPoolExecutor(max(1, len(ports)), "yinju-looking") as workers:
        found = workers.map(lambda kind: _server(kind, ports[kind]), ports)
        return [server for server in found if server is not None and server.models]


def _server(kind: str, port: int) -> LocalServer | None:
    until = time.monotonic() + _WHOLE_S
    address = f"http://{_HOST}:{port}"
    timeout = httpx.Timeout(_WHOLE_S, connect=_CONNECT_S)
    with httpx.Client(base_url=address, timeout=timeout, trust_env=False, follow_redirects=False) as client:

        def ask(path: str, body: dict[str, Any] | None = None) -> Any:
            return _asked(client, path, body, until)

        try:
            if kind == "Ollama":
                return LocalServer(kind, address, _of_ollama(ask))
            models = _of_lm_studio(ask) if kind == "LM Studio" else ()
            return LocalServer(kind, f"{address}/v1", models or _of_openai(ask, kind))
        except (httpx.HTTPError, ValueError, TypeError, LookupError, AttributeError):
            return None  # nobody listens there, or something else does


_Ask = Callable[..., Any]


def _of_ollama(ask: _Ask) -> tuple[LocalModel, ...]:
    models = []
    for tag in ask("/api/tags")["models"][:_MOST_SHOWN]:
        name = str(tag["name"])
        shown = ask("/api/show", {"model": name})
        abilities = shown.get("capabilities") or []
        facts = shown.get("model_info") or {}
        window = next((value for key, value in facts.items() if key.endswith(".context_length")), None)
        if not abilities:
            models.append(LocalModel(name, f"ollama:{name}", window))
        elif "completion" in abilities:  # the others embed
            models.append(LocalModel(name, f"ollama:{name}", window, "tools" in abilities, "thinking" in abilities))
    return tuple(models)


def _of_lm_studio(ask: _Ask) -> tuple[LocalModel, ...]:
    try:
        listed = ask("/api/v0/models")["data"]
    except (ValueError, TypeError, LookupError, httpx.HTTPError):
        return ()  # another version, or another program on its port
    return tuple(
        LocalModel(
            str(model["id"]),
            f"openai:{model['id']}",
            model.get("loaded_context_length") or model.get("max_context_length"),
            "tool_use" in model["capabilities"] if "capabilities" in model else None,
        )
        for model in listed
        if model.get("type") in ("llm", "vlm")
    )


def _of_openai(ask: _Ask, kind: str) -> tuple[LocalModel, ...]:
    listed = [model for model in ask("/v1/models")["data"] if model.get("owned_by") != _OURSELVES]
    window = ask("/props")["default_generation_settings"]["n_ctx"] if kind == "llama.cpp" and listed else None
    return tuple(
        LocalModel(str(model["id"]), f"openai:{model['id']}", model.get("max_model_len") or window) for model in listed
    )


def _asked(client: httpx.Client, path: str, body: dict[str, Any] | None, until: float) -> Any:
    """The JSON at a path, within bounds of size and time, whatever it is that listens there."""
    with client.stream("GET" if body is None else "POST", path, json=body) as reply:
        reply.raise_for_status()
        content = b""
        for piece in reply.iter_bytes():
            content += piece
            if len(content) > _MOST_BYTES or time.monotonic() > until:
                raise ValueError("it answers with more than a list of models")
        return httpx.Response(200, content=content).json()
