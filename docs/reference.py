"""Writes docs/python.md, the reference of the public surface, from its signatures and docstrings.

    python docs/reference.py            # writes it
    python docs/reference.py --check    # says whether it is up to date, by its exit code

A test holds that it is. ``inspect`` and ``ast`` of the standard library do: docstrings are plain text here.
"""

from __future__ import annotations

import argparse
import ast
import importlib
import inspect
import sys
import textwrap
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from types import ModuleType
from typing import Any

sys.path.insert(0, str(Path(__file__).parent.parent))

PAGE = Path(__file__).parent / "python.md"
PACKAGES = ("rag", "embeddings", "corpus")
OURS = ("rag", "embeddings", "corpus", "ui")
_WIDTH = 110
_HEAD = """\
# From Python

What `from rag import ...`, `from embeddings import ...` and `from corpus import ...` give; these paths and names stay.
This page is written by `docs/reference.py` from the docstrings, and a test holds it so. How parts are exchanged:
[extending.md](extending.md).
"""


def reference() -> str:
    """The whole page, as Markdown."""
    parts = [_HEAD]
    for name in PACKAGES:
        package = importlib.import_module(name)
        parts.append(f"## {name}\n\n{_prose(package)}\n")
        parts += [_export(package, export) for export in package.__all__]
    return "\n".join(part.rstrip() + "\n" for part in parts)


def _export(package: ModuleType, name: str) -> str:
    value = getattr(package, name)
    head = f"### {package.__name__}.{name}\n"
    if inspect.isclass(value):
        return f"{head}\n{_class(value)}"
    if inspect.isfunction(value):
        return f"{head}\n{_code(f'def {name}{_signature(value)}')}\n{_prose(value)}\n"
    module = _home(package, name)
    told = _below(module).get(name, "")
    return f"{head}\n{_code(f'{name} = {_told(value)}')}\n{_markdown(told)}\n"


def _class(kind: type) -> str:
    bases = ", ".join(base.__name__ for base in kind.__bases__ if base.__module__.split(".")[0] in OURS)
    first = f"class {kind.__name__}({bases})" if bases else f"class {kind.__name__}"
    fields = _fields(kind)
    protocol = getattr(kind, "_is_protocol", False)
    own_init = "__init__" in vars(kind) and not fields and not protocol and not issubclass(kind, BaseException)
    if protocol:
        first = f"class {kind.__name__}(Protocol)"
    if own_init:
        first = f"class {kind.__name__}{_signature(kind.__init__, bound=True)}"
    lines = [_code(first), _prose(kind), ""]
    if own_init and _doc(kind.__init__):
        lines += [_markdown(_doc(kind.__init__)), ""]
    if fields:
        lines += [
            f"- `{name}: {type_}{f' = {default}' if default else ''}`{_markdown(told)}"
            for name, type_, default, told in fields
        ]
        lines.append("")
    for name, member in _members(kind):
        if isinstance(member, property):
            said = _markdown(inspect.getdoc(member.fget) or "")
            returns = inspect.signature(member.fget).return_annotation if member.fget else ""
            lines += [f"**`{name}: {returns}`**", "", said, ""]
        else:
            function = inspect.unwrap(getattr(member, "__func__", member))
            bound = not isinstance(member, staticmethod)
            way = "await " if inspect.iscoroutinefunction(function) else ""
            owner = f"{kind.__name__}." if isinstance(member, classmethod | staticmethod) else "."
            lines += [_code(f"{way}{owner}{name}{_signature(function, bound=bound)}"), _markdown(_doc(function)), ""]
    return "\n".join(lines)


def _members(kind: type) -> Iterator[tuple[str, Any]]:
    """What a class has of its own that is public: methods and properties, in their order."""
    for name, member in vars(kind).items():
        function = getattr(member, "__func__", member)
        if not name.startswith("_") and (isinstance(member, property) or inspect.isfunction(function)):
            told = member.fget if isinstance(member, property) else inspect.unwrap(function)
            if _doc(told):
                yield name, member


def _fields(kind: type) -> list[tuple[str, str, str, str]]:
    """Name, type, default and description of the fields of a dataclass, or of the settings."""
    if issubclass(kind, BaseException):
        return []
    tree = ast.parse(textwrap.dedent(inspect.getsource(kind))).body[0]
    assert isinstance(tree, ast.ClassDef)
    fields = []
    for i, node in enumerate(tree.body):
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and not node.target.id.startswith("_"):
            below = tree.body[i + 1] if i + 1 < len(tree.body) else None
            told = f": {' '.join(_string(below).split())}" if _string(below) else ""
            fields.append((node.target.id, ast.unparse(node.annotation), _default(node.value), told))
    return fields


def _default(value: ast.expr | None) -> str:
    """A default as it reads; of pydantic's and dataclasses' ``Field`` that in it."""
    if isinstance(value, ast.Call) and ast.unparse(value.func) in ("Field", "field"):
        value = next((keyword.value for keyword in value.keywords if keyword.arg == "default"), None)
    return ast.unparse(value) if value is not None else ""


def _home(package: ModuleType, name: str) -> ModuleType:
    """The module that a constant or an alias is written in."""
    tree = ast.parse(inspect.getsource(package))
    for node in tree.body:
        if isinstance(node, ast.ImportFrom) and node.module and name in (alias.name for alias in node.names):
            return importlib.import_module(node.module)
    return package


def _below(module: ModuleType) -> dict[str, str]:
    """The strings that stand below a module's assignments, by name."""
    body = ast.parse(inspect.getsource(module)).body
    told: dict[str, str] = {}
    for node, after in pairwise(body):
        target = node.targets[0] if isinstance(node, ast.Assign) else getattr(node, "target", None)
        if isinstance(target, ast.Name) and _string(after):
            told[target.id] = inspect.cleandoc(_string(after))
    return told


def _string(node: ast.stmt | None) -> str:
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str):
        return node.value.value
    return ""


def _told(value: object) -> str:
    """An alias or a constant as it would be written."""
    return " ".join(repr(value).replace("typing.", "").replace("'", '"').split())


def _signature(function: Any, *, bound: bool = False) -> str:
    signature = inspect.signature(function)
    parameters = [_plain(parameter) for parameter in signature.parameters.values()]
    signature = signature.replace(parameters=parameters[1:] if bound else parameters)
    if signature.return_annotation in (None, "None") and function.__name__ == "__init__":
        signature = signature.replace(return_annotation=inspect.Signature.empty)
    text = str(signature).replace("'", "") if "'" in str(signature) else str(signature)
    if len(text) <= _WIDTH - 20:
        return text
    inside, _, after = text[1:].rpartition(")")
    return "(\n" + "".join(f"    {part},\n" for part in _split(inside)) + ")" + after


class _Made:
    """A default that is made by calling a class of ours without arguments."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __repr__(self) -> str:
        return f"{self._name}()"


def _plain(parameter: inspect.Parameter) -> inspect.Parameter:
    kind = type(parameter.default)
    if kind.__module__.split(".")[0] in OURS and parameter.default == kind():
        return parameter.replace(default=_Made(kind.__name__))
    return parameter


def _split(parameters: str) -> list[str]:
    """Parameters apart: at commas that stand in no bracket."""
    parts, depth, start = [], 0, 0
    for i, char in enumerate(parameters):
        depth += (char in "([{") - (char in ")]}")
        if char == "," and depth == 0:
            parts.append(parameters[start:i].strip())
            start = i + 1
    return [*parts, parameters[start:].strip()]


def _doc(value: Any) -> str:
    return inspect.cleandoc(value.__doc__ or "")


def _prose(value: Any) -> str:
    return _markdown(_doc(value))


def _markdown(doc: str) -> str:
    """A docstring as Markdown: its ``Raises`` become a list."""
    lines: list[str] = []
    listing = False
    pieces = doc.split("``")  # every other one is code, in which Markdown takes nothing for HTML
    pieces[::2] = (piece.replace("<", "\\<") for piece in pieces[::2])
    for line in "``".join(pieces).splitlines():
        if line.strip() in ("Raises:", "Args:", "Yields:", "Returns:"):
            listing = True
            lines += [line.strip(), ""]
        elif listing and line.startswith("    ") and not line.startswith("     "):
            lines.append(f"- {line.strip()}")
        elif listing and line.strip():
            lines.append(f"  {line.strip()}")
        else:
            listing = listing and bool(line.strip())
            lines.append(line.rstrip())
    return "\n".join(lines)


def _code(text: str) -> str:
    return f"```python\n{text}\n```\n"


def main() -> None:
    """Writes the page, or compares it."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--check", action="store_true", help="write nothing; 1 if the page is not up to date")
    page = reference()
    if not parser.parse_args().check:
        PAGE.write_text(page, encoding="utf-8")
    elif not PAGE.exists() or PAGE.read_text(encoding="utf-8") != page:
        sys.exit("docs/python.md is not up to date. Run: python docs/reference.py")


if __name__ == "__main__":
    main()
