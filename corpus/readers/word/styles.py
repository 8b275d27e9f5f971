"""The styles of a Word file: what a paragraph is by its style, and by the styles that one is based on."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cached_property
from typing import Any

from corpus.readers.word.package import W, attribute, is_on

__all__ = ["Styles"]

_HEADING = re.compile(r"(?:heading|标题|標題|überschrift|titre)\s*([1-9])", re.IGNORECASE)
_TITLES = frozenset(("title", "标题", "標題"))
_CONTENTS = re.compile(r"toc\s*\d|toc heading|目录\s*\d", re.IGNORECASE)
_DEEPEST = 32  # styles based on one another; a circle would never end


class Styles:
    """The styles by their ids; ``root`` is the tree of styles.xml, None where there is none."""

    def __init__(self, root: Any) -> None:
        """See the class."""
        styles = [] if root is None else root.findall(f"{W}style")
        self._styles = {attribute(style, "styleId") or "": style for style in styles}
        self._default = next(
            (
                attribute(style, "styleId")
                for style in styles
                if attribute(style, "type") == "paragraph" and is_on_attribute(style, "default")
            ),
            None,
        )
        self._defaults = None if root is None else root.find(f"{W}docDefaults/{W}rPrDefault/{W}rPr")

    def of_paragraph(self, paragraph: Any) -> Iterator[Any]:
        """The paragraph's style, and those it is based on, the nearest first."""
        yield from self._chain(attribute(paragraph.find(f"{W}pPr/{W}pStyle"), "val") or self._default)

    def of_run(self, properties: Any) -> Iterator[Any]:
        """The style of a run with these properties, and those it is based on."""
        yield from self._chain(attribute(properties.find(f"{W}rStyle"), "val") if properties is not None else None)

    def _chain(self, style_id: str | None) -> Iterator[Any]:
        for _ in range(_DEEPEST):
            style = self._styles.get(style_id or "")
            if style is None:
                return
            yield style
            style_id = attribute(style.find(f"{W}basedOn"), "val")

    def level(self, paragraph: Any) -> int | None:
        """1 to 9 for a heading, 0 for the title, None for the rest."""
        for style in self.of_paragraph(paragraph):
            name = (attribute(style.find(f"{W}name"), "val") or "").strip().lower()
            match = _HEADING.match(name)
            if match:
                return int(match[1])
            if name in _TITLES:
                return 0
        value = self.property(paragraph, "outlineLvl")
        level = attribute(value, "val") or ""
        return int(level) + 1 if level.isdigit() and int(level) < 9 else None

    def is_contents(self, paragraph: Any) -> bool:
        """Whether the paragraph is a line of a table of contents."""
        names = (attribute(style.find(f"{W}name"), "val") or "" for style in self.of_paragraph(paragraph))
        return _CONTENTS.fullmatch(next(names, "").strip()) is not None

    def property(self, paragraph: Any, name: str) -> Any:
        """A property of the paragraph: its own, or its style's; None where neither has it."""
        own = paragraph.find(f"{W}pPr/{W}{name}")
        if own is not None:
            return own
        found = (style.find(f"{W}pPr/{W}{name}") for style in self.of_paragraph(paragraph))
        return next((value for value in found if value is not None), None)

    def run_property(self, paragraph: Any, properties: Any, name: str) -> Any:
        """A property of a run: its own, or that of its style, its paragraph's style, the document's defaults."""
        if properties is not None and (own := properties.find(W + name)) is not None:
            return own
        styles = (*self.of_run(properties), *self.of_paragraph(paragraph))
        found = (style.find(f"{W}rPr/{W}{name}") for style in styles)
        given = next((value for value in found if value is not None), None)
        return given if given is not None or self._defaults is None else self._defaults.find(W + name)

    def hides(self, paragraph: Any, properties: Any) -> bool:
        """Whether a run with these properties is hidden text."""
        if properties is not None and (own := properties.find(f"{W}vanish")) is not None:
            return is_on(own)
        return self._hides_somewhere and is_on(self.run_property(paragraph, properties, "vanish"))

    @cached_property
    def _hides_somewhere(self) -> bool:
        """Hardly any file has a style of hidden text; each run would be asked for it."""
        return any(style.find(f"{W}rPr/{W}vanish") is not None for style in self._styles.values())


def is_on_attribute(element: Any, name: str) -> bool:
    """Whether an attribute that is a switch is on."""
    return (attribute(element, name) or "0").lower() in ("1", "true", "on")
