"""What stands in a paragraph, as its reader sees it: insertions but no deletions, results of fields, no hidden text."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from corpus.messages import Unread
from corpus.readers.word.equations import equation_text
from corpus.readers.word.package import W, attribute, is_on, local_name
from corpus.readers.word.styles import Styles
from corpus.readers.word.symbols import symbol

__all__ = ["Inline", "InlineReader"]

_W14 = "{http://schemas.microsoft.com/office/word/2010/wordml}"
_RELATIONS = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
_NOT_SEEN = frozenset((
    "del", "moveFrom", "delText", "delInstrText", "rPr", "pPr", "sdtPr", "sdtEndPr", "smartTagPr", "customXmlPr",
    "rt", "rubyPr", "fldData", "txbxContent", "tbl",
))  # fmt: skip
_PRIVATE = ("\uf000", "\uf0ff")
_MATH_TYPE = ("Equation.", "MathType", "Equation.DSMT")


@dataclass(slots=True)
class Inline:
    """A paragraph's text, and what hangs on it.

    ``boxes`` are the contents of text boxes, ``notes`` and ``comments`` elements that refer to some, ``charts``,
    ``diagrams`` and ``pictures`` ids of relations; ``unread`` counts what was recognised and can't be read here.
    """

    text: str = ""
    boxes: list[Any] = field(default_factory=list)
    notes: list[Any] = field(default_factory=list)
    comments: list[str] = field(default_factory=list)
    charts: list[str] = field(default_factory=list)
    diagrams: list[str] = field(default_factory=list)
    pictures: list[str] = field(default_factory=list)
    unread: Counter[Unread] = field(default_factory=Counter)


class _Field:
    """A field between its marks: code until "separate", then what it shows."""

    def __init__(self) -> None:
        self.code = ""
        self.shows = False


class InlineReader:
    """Reads the paragraphs of one part, in order: fields may go on from one to the next."""

    def __init__(self, styles: Styles, part: str) -> None:
        """``part`` is the name of the part."""
        self.part = part
        self._styles = styles
        self._fields: list[_Field] = []

    def read(self, paragraph: Any) -> Inline:
        """What stands in the paragraph."""
        found = Inline()
        found.text = "".join(self._pieces(paragraph, paragraph, None, found))
        return found

    def _in_contents(self) -> bool:
        """Whether this is a table of contents, which a program has made of the headings."""
        return any(field.code.split()[:1] == ["TOC"] for field in self._fields)

    def _pieces(self, element: Any, paragraph: Any, font: str | None, found: Inline) -> Iterator[str]:
        for child in element:
            name = local_name(child)
            if name == "r" and child.tag.startswith(W):
                yield from self._run(child, paragraph, found)
            elif name == "fldChar":
                yield from self._mark(child)
            elif name == "instrText":
                if self._fields:
                    self._fields[-1].code += child.text or ""
            elif name not in _NOT_SEEN:
                yield from self._piece(name, child, paragraph, font, found)

    def _piece(self, name: str, element: Any, paragraph: Any, font: str | None, found: Inline) -> Iterator[str]:
        if self._in_contents() or any(not field.shows for field in self._fields):
            yield from self._pieces(element, paragraph, font, found)
        elif name in _LEAVES:
            yield _LEAVES[name](element, font)
        elif name in _REFERRED:
            _REFERRED[name](element, found)
        elif name == "AlternateContent":
            yield from self._alternative(element, paragraph, font, found)
        elif name == "sdt":
            yield from self._control(element, paragraph, font, found)
        else:
            yield from self._pieces(element, paragraph, font, found)

    def _run(self, run: Any, paragraph: Any, found: Inline) -> Iterator[str]:
        properties = run.find(f"{W}rPr")
        if self._styles.hides(paragraph, properties):
            self._only_fields(run)
            return
        fonts = properties.find(f"{W}rFonts") if properties is not None else None
        yield from self._pieces(run, paragraph, attribute(fonts, "ascii"), found)

    def _only_fields(self, run: Any) -> None:
        """A hidden run may still begin and end fields."""
        for child in run:
            if local_name(child) == "fldChar":
                for _ in self._mark(child):
                    pass

    def _mark(self, mark: Any) -> Iterator[str]:
        match attribute(mark, "fldCharType"):
            case "begin":
                if all(field.shows for field in self._fields):
                    yield _form_value(mark)
                self._fields.append(_Field())
            case "separate" if self._fields:
                self._fields[-1].shows = True
            case "end" if self._fields:
                self._fields.pop()

    def _control(self, control: Any, paragraph: Any, font: str | None, found: Inline) -> Iterator[str]:
        """What was filled into a content control; its prompt was written by nobody."""
        properties = control.find(f"{W}sdtPr")
        if properties is not None and is_on(properties.find(f"{W}showingPlcHdr")):
            box = properties.find(f"{_W14}checkbox")
            if box is None:
                return
        yield from self._pieces(control, paragraph, font, found)

    def _alternative(self, element: Any, paragraph: Any, font: str | None, found: Inline) -> Iterator[str]:
        """The first of several forms of one thing that holds anything; the others are for older programs."""
        for form in element:
            trial = Inline()
            pieces = list(self._pieces(form, paragraph, font, trial))
            anything = (trial.boxes, trial.notes, trial.charts, trial.diagrams, trial.pictures, trial.unread)
            if any(pieces) or any(anything):
                yield from pieces
                for name in ("boxes", "notes", "comments", "charts", "diagrams", "pictures"):
                    getattr(found, name).extend(getattr(trial, name))
                found.unread.update(trial.unread)
                return


def _drawing(element: Any, found: Inline) -> None:
    """What is in a drawing: text boxes, charts, diagrams, pictures, and what is told of objects."""
    waiting = list(element)
    pictures: list[str] = []
    while waiting:
        child = waiting.pop(0)
        name = local_name(child)
        relation = child.get(f"{_RELATIONS}{'dm' if name == 'relIds' else 'id'}")
        if name == "txbxContent":
            found.boxes.append(child)
        elif name == "chart" and relation:
            found.charts.append(relation)
        elif name == "relIds" and relation:
            found.diagrams.append(relation)
        elif name == "OLEObject":
            formula = (child.get("ProgID") or "").startswith(_MATH_TYPE)
            found.unread[Unread.FORMULAS if formula else Unread.OBJECTS] += 1
            pictures = pictures[:-1]  # what is shown of it is a picture
        elif name in ("blip", "imagedata"):
            pictures.append(child.get(f"{_RELATIONS}{'embed' if name == 'blip' else 'id'}") or "")
        else:
            waiting[:0] = list(child)[:1] if name == "AlternateContent" else list(child)
    found.pictures += pictures


def _text(text: str, font: str | None) -> str:
    if not any(_PRIVATE[0] <= char <= _PRIVATE[1] for char in text):
        return text
    return "".join(symbol(ord(char), font) if _PRIVATE[0] <= char <= _PRIVATE[1] else char for char in text)


def _is_hex(code: str) -> bool:
    return bool(code) and len(code) <= 6 and all(char in "0123456789abcdefABCDEF" for char in code)


def _form_value(mark: Any) -> str:
    """What a form field of old shows that has no text: whether its box is ticked, which entry is chosen."""
    data = mark.find(f"{W}ffData")
    if data is None:
        return ""
    box = data.find(f"{W}checkBox")
    if box is not None:
        state = box.find(f"{W}checked")
        return "☑" if is_on(state if state is not None else box.find(f"{W}default")) else "☐"
    choices = data.find(f"{W}ddList")
    if choices is None:
        return ""
    entries = [attribute(entry, "val") or "" for entry in choices.findall(f"{W}listEntry")]
    chosen = choices.find(f"{W}result")
    at = attribute(chosen if chosen is not None else choices.find(f"{W}default"), "val") or "0"
    return entries[int(at)] if at.isdigit() and int(at) < len(entries) else ""


def _symbol(element: Any) -> str:
    code = attribute(element, "char") or ""
    return symbol(int(code, 16), attribute(element, "font")) if _is_hex(code) else ""


def _embedded(_: Any, found: Inline) -> None:
    found.unread[Unread.DOCUMENTS] += 1


_LEAVES: dict[str, Callable[[Any, str | None], str]] = {
    "t": lambda element, font: _text(element.text or "", font),
    "sym": lambda element, _: _symbol(element),
    "oMath": lambda element, _: equation_text(element),
    "oMathPara": lambda element, _: equation_text(element),
    **dict.fromkeys(("tab", "ptab"), lambda *_: "\t"),
    **dict.fromkeys(("br", "cr"), lambda *_: "\n"),
    "noBreakHyphen": lambda *_: "-",
}
_REFERRED: dict[str, Callable[[Any, Inline], None]] = {
    **dict.fromkeys(("footnoteReference", "endnoteReference"), lambda element, found: found.notes.append(element)),
    "commentReference": lambda element, found: found.comments.append(attribute(element, "id") or ""),
    **dict.fromkeys(("drawing", "pict", "object"), _drawing),
    "altChunk": _embedded,
}
