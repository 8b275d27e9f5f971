"""Settings, from ``YINJU_*`` variables or arguments."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

import platformdirs
from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from corpus import Library
from embeddings import DEFAULT_MODEL
from rag.errors import SettingsError
from rag.messages import AnswerMessage

__all__ = ["EXTRACTIVE", "ResearchMode", "Settings"]

EXTRACTIVE = "extractive"

ResearchMode = Literal["auto", "always", "never"]
"""Whether a language model looks for itself, with tools: where one search does not answer, always, or never."""


class Settings(BaseSettings):
    """What can be set. Each field is read from ``YINJU_<FIELD>`` unless given as an argument.

    Raises:
        SettingsError: a value can't be used; the message names the setting.
    """

    model_config = SettingsConfigDict(env_prefix="YINJU_", frozen=True, extra="forbid")

    home: Path = Field(default_factory=lambda: platformdirs.user_data_path("yinju"))
    """The folder of documents and index (default: the platform's user data folder)."""
    embedding_model: str = DEFAULT_MODEL
    """"bundled:multilingual-e5-small", or any sentence-transformers name or folder."""
    llm: str = EXTRACTIVE
    """"extractive" quotes the documents; "<provider>:<model>" has a language model write from them."""
    llm_base_url: str | None = None
    """Where the language model's server is, for OpenAI-compatible servers of one's own."""
    llm_api_key: SecretStr | None = None
    """The key for it; never shown or logged."""
    llm_timeout_s: float = Field(default=60.0, gt=0, le=3600)
    """How long to wait for the language model's next words, in seconds."""
    llm_retries: int = Field(default=2, ge=0, le=10)
    """How often a request that failed in passing (429, 5xx, no connection) is sent again, at growing distances."""
    llm_window_tokens: int = Field(default=8192, ge=1024, le=10_000_000)
    """How many tokens the language model reads and writes at once; what is beyond is not sent. Ollama is told it."""
    llm_temperature: float = Field(default=0.0, ge=0, le=2)
    """How freely the language model chooses its words; 0: the likeliest ones."""
    llm_reasoning: Literal["off", "on", "low", "medium", "high"] | None = None
    """Whether, or how long, a reasoning model thinks before it answers; None leaves it to the model."""
    llm_prompt: Path | None = None
    """A template file of what the language model is told (docs/models.md); None: the built-in one."""
    research: ResearchMode = "auto"
    """Whether the language model looks for itself, in steps: "auto" for questions that one search does not answer."""
    research_steps: int = Field(default=8, ge=1, le=50)
    """How many steps it may take."""
    research_time_s: float = Field(default=120.0, gt=0, le=3600)
    """How long they may take together, in seconds; then it answers from what was found."""
    strict: bool = False
    """Whether sentences that the documents do not bear out are left out of answers."""
    top_k: int = Field(default=8, ge=1, le=100)
    """How many passages an answer is made from."""
    passage_chars: int = Field(default=400, ge=40, le=4000)
    """How long a passage may be, in characters; a change takes effect at the next rebuild."""
    reader: Literal["bundled", "none"] = "bundled"
    """Whether the small reader helps to choose the sentences of an extractive answer; it needs the bundled encoder."""
    answer_threshold: float = Field(default=0.5, ge=0, le=1)
    """How likely the documents must hold the answer for one to be given."""
    likely_threshold: float = Field(default=0.35, ge=0, le=1)
    """How likely for a sentence to be shown as what may answer; below it the question is refused."""
    reranker: str | None = None
    """A sentence-transformers CrossEncoder, by its name or folder, that reads the best passages again; None: no one."""
    follow_links: bool = False
    """Whether links in the documents folder that lead out of it are followed."""
    watch: bool = False
    """Whether the page rebuilds the index by itself when files of the documents folder change."""
    index: str = "faiss"
    """Where the index is asked: "faiss", in the folder ``home/index``; "milvus:<uri>", on a Milvus server, to which
    every rebuild of that folder is brought."""

    def __init__(self, **values: Any) -> None:
        try:
            super().__init__(**values)
        except ValidationError as exc:
            first = exc.errors()[0]
            name = "YINJU_" + "_".join(str(part) for part in first["loc"]).upper()
            problem = first["msg"].removeprefix("Value error, ")
            raise SettingsError(
                AnswerMessage.SETTING_UNUSABLE, setting=name, problem=problem, value=first["input"]
            ) from exc

    @field_validator("llm")
    @classmethod
    def _check_llm(cls, value: str) -> str:
        if value != EXTRACTIVE and not all(value.partition(":")):
            raise ValueError(f"it must be '{EXTRACTIVE}' or '<provider>:<model>', such as 'openai:gpt-4o-mini'")
        return value

    @field_validator("index")
    @classmethod
    def _check_index(cls, value: str) -> str:
        if value != "faiss" and not all(part.strip() for part in value.partition(":")):
            raise ValueError(
                "it must be 'faiss', 'milvus:<uri>', such as 'milvus:http://localhost:19530', or what a package brings"
            )
        return value

    @field_validator("home")
    @classmethod
    def _expand_home(cls, value: Path) -> Path:
        return value.expanduser().absolute()

    @property
    def library(self) -> Library:
        """The documents folder."""
        return Library(self.home / "documents", self.follow_links)

    @property
    def index_dir(self) -> Path:
        """The index folder."""
        return self.home / "index"

    @property
    def publish_to(self) -> str | None:
        """The server that a rebuild brings the index to, if there is one."""
        return None if self.index == "faiss" else self.index

    @property
    def index_location(self) -> str | Path:
        """What ``open_index`` opens: the server, else the index folder."""
        return self.publish_to or self.index_dir
