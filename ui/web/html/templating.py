"""The one Jinja environment. HTML is written in ``templates/`` only, and every value put into it is escaped."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

__all__ = ["TEMPLATES", "render"]

TEMPLATES = Path(__file__).parent / "templates"
"""A file a page or fragment; what begins with ``_`` holds macros that others import."""


def render(template: str, /, **values: object) -> Markup:
    """A template of ``templates/`` with these values; text among them is escaped, ``Markup`` is HTML already.

    Raises:
        jinja2.UndefinedError: a value that the template names was not given.
    """
    return Markup(_environment().get_template(template).render(values))


@cache
def _environment() -> Environment:
    """Each template is compiled at its first use and kept."""
    return Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        cache_size=-1,
    )
