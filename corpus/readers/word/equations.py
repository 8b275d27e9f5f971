"""Equations of Office as a line of text, as Word itself writes them in its linear form: W=Q×P+S/12, x^2, √(a+b)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from corpus.readers.word.package import local_name

__all__ = ["equation_text"]

_M = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
_DEEPEST = 100


def equation_text(element: Any, depth: int = 0) -> str:
    """The text of an ``m:oMath`` or anything in one."""
    if depth > _DEEPEST:
        return "".join(element.itertext())

    def inner(name: str) -> str:
        child = element.find(_M + name)
        return "" if child is None else _all(child, depth)

    def value(path: str, default: str) -> str:
        found = element.find("/".join(_M + name for name in path.split("/")))
        given = found.get(f"{_M}val") if found is not None else None
        return default if given is None else given

    match local_name(element):
        case "t":
            return element.text or ""
        case "f":
            if value("fPr/type", "bar") == "noBar":
                return f"({inner('num')}¦{inner('den')})"
            return f"{_grouped(inner('num'))}/{_grouped(inner('den'))}"
        case "sSup":
            return f"{_grouped(inner('e'))}^{_grouped(inner('sup'))}"
        case "sSub":
            return f"{_grouped(inner('e'))}_{_grouped(inner('sub'))}"
        case "sSubSup":
            return f"{_grouped(inner('e'))}_{_grouped(inner('sub'))}^{_grouped(inner('sup'))}"
        case "sPre":
            return f"_{_grouped(inner('sub'))}^{_grouped(inner('sup'))}{inner('e')}"
        case "rad":
            degree = inner("deg")
            return f"√({degree}&{inner('e')})" if degree else f"√{_grouped(inner('e'))}"
        case "nary":
            bounds = "".join(
                f"{mark}{_grouped(text)}" for mark, text in (("_", inner("sub")), ("^", inner("sup"))) if text
            )
            return f"{value('naryPr/chr', '∫')}{bounds} {inner('e')}"
        case "func":
            return f"{inner('fName')} {inner('e')}".strip()
        case "limLow":
            return f"{inner('e')}_{_grouped(inner('lim'))}"
        case "limUpp":
            return f"{inner('e')}^{_grouped(inner('lim'))}"
        case "d":
            parts = [_all(part, depth) for part in element.findall(f"{_M}e")]
            return value("dPr/begChr", "(") + value("dPr/sepChr", "|").join(parts) + value("dPr/endChr", ")")
        case "m":
            rows = ("&".join(_all(cell, depth) for cell in row.findall(f"{_M}e")) for row in element.findall(f"{_M}mr"))
            return f"[{'; '.join(rows)}]"
        case "eqArr":
            return "; ".join(_all(part, depth) for part in element.findall(f"{_M}e"))
        case "acc":
            return inner("e") + value("accPr/chr", "\u0302")
        case name if name.endswith("Pr"):
            return ""
        case "rPr" | "del" | "moveFrom" | "delText" | "instrText":
            return ""
    return _all(element, depth)


def _all(element: Any, depth: int) -> str:
    return _joined(equation_text(child, depth + 1) for child in element)


def _joined(texts: Iterable[str]) -> str:
    return "".join(texts).replace("\u2061", "")


def _grouped(text: str) -> str:
    """In brackets where it is more than one number, name or bracket."""
    simple = len(text) == 1 or text.isalnum() or text.replace(".", "", 1).isdigit()
    bracketed = text.startswith("(") and text.endswith(")") and text.count("(") == 1
    return text if simple or bracketed else f"({text})"
