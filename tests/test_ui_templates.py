"""HTML is written in templates that are compiled once; what is put into them is escaped by itself."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
from jinja2 import UndefinedError
from markupsafe import Markup

from ui.web.html.notices import heading, notice, status
from ui.web.html.templating import TEMPLATES, _environment, render

ROOT = Path(__file__).parent.parent
TEMPLATE_NAMES = sorted(path.name for path in TEMPLATES.iterdir())


def _sources() -> dict[str, str]:
    return {path.relative_to(ROOT).as_posix(): path.read_text("utf-8") for path in (ROOT / "ui").rglob("*.py")}


def test_text_is_escaped_and_html_is_not() -> None:
    assert heading("<b>\"'&") == "<h3>&lt;b&gt;&#34;&#39;&amp;</h3>"
    assert heading(Markup("<b>1</b>")) == "<h3><b>1</b></h3>"
    assert notice("<i>") == '<p class="yj-notice" role="note">&lt;i&gt;</p>'
    assert status("gone", bad=True) == '<p role="alert" dir="auto">gone</p>'
    assert isinstance(heading("a"), Markup)


def test_a_value_that_was_forgotten_is_an_error() -> None:
    with pytest.raises(UndefinedError, match="'text' is undefined"):
        render("heading.html")


def test_nothing_is_escaped_by_hand() -> None:
    by_hand = {
        name for name, source in _sources().items() if re.search(r"html\.escape|\bescape\(|html import escape", source)
    }
    assert by_hand == set()


def test_no_element_is_written_in_python() -> None:
    """But for style sheets and scripts of our own, and the mark put into a saved page, which is HTML already."""
    written = {name for name, source in _sources().items() if re.search(r"</[a-z]+[0-9]?>", source)}
    assert written == {"ui/web/server/app.py", "ui/web/html/originals.py"}


@pytest.mark.parametrize("name", TEMPLATE_NAMES)
def test_every_template_compiles_and_is_used(name: str) -> None:
    assert _environment().get_template(name) is _environment().get_template(name)
    used = "".join(_sources().values()) + "".join(path.read_text("utf-8") for path in TEMPLATES.iterdir())
    assert f'"{name}"' in used


def test_templates_are_part_of_the_package() -> None:
    data = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["setuptools"]["package-data"]["ui"]
    packed = {path.name for pattern in data for path in (ROOT / "ui").glob(pattern)}
    assert packed >= set(TEMPLATE_NAMES)
