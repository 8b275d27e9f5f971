"""Equations of Office as a line of text, as Word itself writes them in its linear form: W=Q×P+S/12, x^2, √(a+b)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from corpus.readers.word.package import local_name

__all__ = ["equation_text"]

_M = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
_DEEPEST = 100


def equation_text(element: Any, depth: int = 0) -> str:
    """The text of an ``m:oMath`` or anything in one."""
    if depth > _DEEPEST:
        return "".join(element.itertext())
    name = local_name(element)
    if name == "t":
        return element.text or ""
    if name.endswith("Pr") or name in _NOT_SEEN:
        return ""
    write = _FORMS.get(name)
    return write(_Node(element, depth)) if write is not None else _all(element, depth)


class _Node:
    """An element of an equation, by the texts of its parts."""

    def __init__(self, element: Any, depth: int) -> None:
        self._element = element
        self._depth = depth

    def __getitem__(self, name: str) -> str:
        """The text of a part; "" where it is missing."""
        child = self._element.find(_M + name)
        return "" if child is None else _all(child, self._depth)

    def grouped(self, name: str) -> str:
        """The same in brackets, unless it is one number or name."""
        return _grouped(self[name])

    def each(self, name: str) -> list[str]:
        """The texts of the parts of a name."""
        return [_all(child, self._depth) for child in self._element.findall(_M + name)]

    def value(self, path: str, default: str) -> str:
        """A setting, such as the sign of a sum."""
        found = self._element.find("/".join(_M + name for name in path.split("/")))
        given = found.get(f"{_M}val") if found is not None else None
        return default if given is None else given


def _fraction(node: _Node) -> str:
    if node.value("fPr/type", "bar") == "noBar":
        return f"({node['num']}¦{node['den']})"
    return f"{node.grouped('num')}/{node.grouped('den')}"


def _root(node: _Node) -> str:
    return f"√({node['deg']}&{node['e']})" if node["deg"] else f"√{node.grouped('e')}"


def _sum(node: _Node) -> str:
    bounds = "".join(f"{mark}{node.grouped(name)}" for mark, name in (("_", "sub"), ("^", "sup")) if node[name])
    return f"{node.value('naryPr/chr', '∫')}{bounds} {node['e']}"


def _bracketed(node: _Node) -> str:
    inner = node.value("dPr/sepChr", "|").join(node.each("e"))
    return node.value("dPr/begChr", "(") + inner + node.value("dPr/endChr", ")")


_NOT_SEEN = frozenset(("del", "moveFrom", "delText", "instrText"))
_FORMS: dict[str, Callable[[_Node], str]] = {
    "f": _fraction,
    "rad": _root,
    "nary": _sum,
    "d": _bracketed,
    "sSup": lambda node: f"{node.grouped('e')}^{node.grouped('sup')}",
    "sSub": lambda node: f"{node.grouped('e')}_{node.grouped('sub')}",
    "sSubSup": lambda node: f"{node.grouped('e')}_{node.grouped('sub')}^{node.grouped('sup')}",
    "sPre": lambda node: f"_{node.grouped('sub')}^{node.grouped('sup')}{node['e']}",
    "func": lambda node: f"{node['fName']} {node['e']}".strip(),
    "limLow": lambda node: f"{node['e']}_{node.grouped('lim')}",
    "limUpp": lambda node: f"{node['e']}^{node.grouped('lim')}",
    "m": lambda node: f"[{'; '.join(node.each('mr'))}]",
    "mr": lambda node: "&".join(node.each("e")),
    "eqArr": lambda node: "; ".join(node.each("e")),
    "acc": lambda node: node["e"] + node.value("accPr/chr", "\u0302"),
}


def _all(element: Any, depth: int) -> str:
    if local_name(element) == "mr":
        return _FORMS["mr"](_Node(element, depth + 1))
    return "".join(equation_text(child, depth + 1) for child in element).replace("\u2061", "")


def _grouped(text: str) -> str:
    """In brackets where it is more than one number, name or bracket."""
    simple = len(text) == 1 or text.isalnum() or text.replace(".", "", 1).isdigit()
    bracketed = text.startswith("(") and text.endswith(")") and text.count("(") == 1
    return text if simple or bracketed else f"({text})"
