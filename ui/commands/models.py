"""The command that looks for language models on this computer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from ui.commands.options import AsJson, settings_of
from ui.terminal import say, show

if TYPE_CHECKING:
    from rag.generative.servers import LocalModel, LocalServer

__all__ = ["models", "offered"]

_DEFAULT_OLLAMA = "http://127.0.0.1:11434"  # its client knows this one by itself


def models(
    try_it: Annotated[
        bool, typer.Option("--try", help="Put a question to the model of YINJU_LLM, and tell what it can do.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """List the language models of Ollama, LM Studio, llama.cpp and vLLM on this computer. None is used by that.

    Example: yinju models

    Whether the one that is set answers: yinju models --try
    """
    if try_it:
        _try(as_json=as_json)
        return
    from rag.generative.servers import PORTS, find_servers

    servers = find_servers()
    looked = ", ".join(f"{name} ({port})" for name, port in PORTS.items())
    text = "\n".join(map(_server_text, servers)) or f"No language model answers on this computer: {looked}."
    show([server.to_dict() for server in servers], text, as_json)


def offered(servers: list[LocalServer]) -> str:
    """One line that tells of the servers found and how to use the first one's first model."""
    first = servers[0]
    found = ", ".join(f"{server.name} ({len(server.models)})" for server in servers)
    return f"Language models on this computer: {found}. To use one: {_set(first, first.models[0])}; or the settings."


def _server_text(server: LocalServer) -> str:
    lines = [f"{server.name}  {server.base_url}"]
    for model in server.models:
        can = {"tools": model.tools, "thinks": model.thinks}
        facts = [f"{model.window_tokens:,} tokens"] if model.window_tokens else []
        facts += [ability for ability, there in can.items() if there]
        lines += [f"  {model.name}  {', '.join(facts)}".rstrip(), f"    {_set(server, model)}"]
    return "\n".join(lines)


def _set(server: LocalServer, model: LocalModel) -> str:
    address = "" if server.base_url == _DEFAULT_OLLAMA else f" YINJU_LLM_BASE_URL={server.base_url}"
    return f"YINJU_LLM={model.llm}{address}"


def _try(*, as_json: bool) -> None:
    from rag import LanguageModelError
    from rag.generative.trial import try_model
    from rag.messages import AnswerMessage
    from rag.settings import EXTRACTIVE

    settings = settings_of()
    if settings.llm == EXTRACTIVE:
        raise LanguageModelError(AnswerMessage.MODEL_NOT_SET)
    say(f"Asking {settings.llm}.")
    trial = try_model(settings)
    can = {
        "streams its answer": trial.streams,
        "marks what it rests on": trial.marks,
        "thinks before it answers": trial.thinks,
        "calls tools": trial.tools,
    }
    lines = [f"{'yes' if there else 'no ':3} {ability}" for ability, there in can.items()]
    show(trial.to_dict(), "\n".join([f"{trial.first_words_s:.1f} s  {trial.text}", *lines]), as_json)
