"""What is chosen in the page: kept for the next start, the key never shown or sent elsewhere."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from rag import Settings, SettingsError
from ui.web.store.preferences import Preferences

KEY = "sk-very-secret"


@pytest.fixture
def started_with(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path / "home", llm="extractive")


def test_choices_hold_after_a_restart(started_with: Settings) -> None:
    chosen = Preferences(started_with).choose({"llm": "openai:m", "top_k": 3, "research": "always", "llm_api_key": KEY})
    assert (chosen.llm, chosen.top_k, chosen.research) == ("openai:m", 3, "always")
    again = Preferences(started_with)
    assert again.settings == chosen
    assert again.settings.llm_api_key is not None
    assert again.settings.llm_api_key.get_secret_value() == KEY
    assert again.forget() == started_with
    assert Preferences(started_with).settings == started_with


def test_only_the_owner_may_read_the_file(started_with: Settings) -> None:
    preferences = Preferences(started_with)
    preferences.choose({"llm": "openai:m", "llm_api_key": KEY})
    assert preferences.path.stat().st_mode & 0o077 == 0
    assert not list(preferences.path.parent.glob("*.new"))


def test_a_key_stays_unless_it_is_written_anew(started_with: Settings) -> None:
    preferences = Preferences(started_with)
    preferences.choose({"llm": "openai:m", "llm_api_key": KEY})
    assert preferences.choose({"llm": "openai:other", "top_k": 2, "llm_api_key": None}).llm_api_key is not None
    assert preferences.choose({"llm_api_key": ""}).llm_api_key is None


@pytest.mark.parametrize("change", [{"llm_base_url": "http://elsewhere/v1"}, {"llm": "anthropic:m"}])
def test_a_key_is_not_sent_to_another_server(started_with: Settings, change: dict[str, str]) -> None:
    preferences = Preferences(started_with)
    preferences.choose({"llm": "openai:m", "llm_api_key": KEY})
    assert preferences.choose(change).llm_api_key is None
    assert KEY not in preferences.path.read_text(encoding="utf-8")


def test_a_key_of_the_environment_is_not_sent_to_another_server(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path, llm="openai:m", llm_api_key=KEY)
    assert Preferences(settings).choose({"llm_base_url": "http://elsewhere/v1"}).llm_api_key is None
    assert Preferences(settings).settings.llm_api_key is None


def test_wrong_values_change_nothing(started_with: Settings) -> None:
    preferences = Preferences(started_with)
    with pytest.raises(SettingsError, match="YINJU_TOP_K"):
        preferences.choose({"top_k": 0})
    assert preferences.settings == started_with
    assert not preferences.path.exists()


@pytest.mark.parametrize("content", ["{", "[]", '{"top_k": 0}', '{"research": "often"}'])
def test_a_broken_file_is_kept_aside_and_named(started_with: Settings, content: str) -> None:
    started_with.home.mkdir()
    broken = started_with.home / "page.json"
    broken.write_text(content)
    preferences = Preferences(started_with)
    assert preferences.settings == started_with
    assert preferences.problem
    assert not broken.exists()
    assert broken.with_suffix(".json.damaged").read_text() == content


def test_what_is_not_a_choice_is_left_out(started_with: Settings) -> None:
    started_with.home.mkdir()
    (started_with.home / "page.json").write_text(json.dumps({"home": "/elsewhere", "top_k": 4}))
    settings = Preferences(started_with).settings
    assert (settings.home, settings.top_k) == (started_with.home, 4)
