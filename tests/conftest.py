"""What every test stands on: a home of its own, and once a session the real model and a real index."""

from __future__ import annotations

import importlib.util
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings
from openai_server import ScriptedServer

from embeddings import Encoder, load_encoder, rebuild
from rag import Assistant, Settings

# The same examples every time; `pytest --hypothesis-profile=default` looks for new ones.
settings.register_profile("steady", derandomize=True)
settings.load_profile("steady")

# Before anything reads it: no test asks the hub, or waits for one that can't be reached.
os.environ["HF_HUB_OFFLINE"] = "1"

ARTICLES = Path(__file__).parent.parent / "corpus" / "articles"
TRAINING = Path(__file__).parent.parent / "benchmarks" / "training"


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty ``YINJU_HOME``; no setting of the developer's own reaches a test."""
    for name in list(os.environ):
        if name.startswith("YINJU_") and name not in ("YINJU_CACHE", "YINJU_REQUIRE_BROWSER"):
            monkeypatch.delenv(name)
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    monkeypatch.setenv("YINJU_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


@pytest.fixture(scope="session")
def encoder() -> Encoder:
    return load_encoder()


@pytest.fixture(scope="session")
def bundled_home(tmp_path_factory: pytest.TempPathFactory, encoder: Encoder) -> Path:
    """A home with the bundled articles and their index. Not to be written to."""
    home = tmp_path_factory.mktemp("bundled")
    settings = Settings(home=home)
    settings.library.seed()
    rebuild(settings.library.folder, settings.index_dir, encoder=encoder)
    return home


@pytest.fixture(scope="session")
def assistant(bundled_home: Path) -> Assistant:
    return Assistant.from_settings(Settings(home=bundled_home, llm="extractive"))


@pytest.fixture(scope="session")
def check() -> Any:
    """The rules of the training data, a script beside it."""
    spec = importlib.util.spec_from_file_location("check", TRAINING / "check.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def llm_server() -> Iterator[ScriptedServer]:
    with ScriptedServer() as server:
        yield server
