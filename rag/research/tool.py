"""What a tool is: its name, what it tells a model of itself, its typed arguments, and what it gives."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, StringConstraints

if TYPE_CHECKING:
    from rag.research.toolbox import Toolbox

__all__ = ["LISTS", "Arguments", "Listed", "Text", "Texts", "Tool", "ToolError"]

LISTS = ("passages", "documents", "tables")
"""What the items that tools give are called."""

_UNTOLD = ("title", "maxLength")  # of a schema; what is too long is refused all the same
_LONGEST = 300  # characters of a text that a model calls a tool with

Text = Annotated[str, StringConstraints(max_length=_LONGEST)]
"""A text of a call."""

Texts = Annotated[list[Text], BeforeValidator(lambda value: [value] if isinstance(value, str) else value)]
"""Several; a single one stands for a list of one."""


class ToolError(Exception):
    """Why a call gives nothing: one sentence for the model that made it."""


class Arguments(BaseModel):
    """The arguments of a tool; what it does not know is passed over."""

    model_config = ConfigDict(extra="ignore")


@dataclass(frozen=True)
class Listed:
    """What a tool gives: facts as plain data, and items of which the last are left out where there is no room.

    ``resume`` are the places in the text from which to go on, one an item, where a text is read.
    """

    facts: Mapping[str, Any]
    items: Sequence[dict[str, Any]]
    name: str = "passages"
    resume: Sequence[int] = field(default=())


@dataclass(frozen=True)
class Tool:
    """A tool. ``run`` raises ``ToolError`` where a call can't be answered; ``said`` tells people what a call asks."""

    name: str
    description: str
    arguments: type[Arguments]
    run: Callable[[Toolbox, Any], Listed]
    said: Callable[[Toolbox, Any], str]

    @cached_property
    def schema(self) -> dict[str, Any]:
        """The JSON schema of its arguments, without references, which some servers can't follow, and in few words."""
        whole = self.arguments.model_json_schema()
        plain: dict[str, Any] = _plain(whole, whole.get("$defs", {}))
        return plain


def _plain(value: Any, defined: Mapping[str, Any]) -> Any:
    if isinstance(value, list):
        return [_plain(one, defined) for one in value]
    if not isinstance(value, dict):
        return value
    if "$ref" in value:
        return _plain(defined[value["$ref"].rpartition("/")[2]], defined)
    kept = {name: one for name, one in value.items() if name not in _UNTOLD or isinstance(one, dict)}
    kept.pop("$defs", None)
    return {name: _plain(one, defined) for name, one in kept.items()}
