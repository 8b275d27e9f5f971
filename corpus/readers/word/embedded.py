"""What a paragraph shows of other parts of the file: charts, SmartArt and pictures."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from functools import partial

from corpus.cleaning.assembly import Part
from corpus.cleaning.traced import Traced
from corpus.documents import Place
from corpus.errors import UnreadableDocument
from corpus.messages import Unread
from corpus.readers.charts import chart_parts
from corpus.readers.diagrams import diagram_lines
from corpus.readers.pictures import PictureReader
from corpus.readers.word.inline import Inline
from corpus.readers.word.package import Package, Relation

__all__ = ["EmbeddedReader"]


class EmbeddedReader:
    """Reads what the paragraphs of one file embed. ``unread`` counts what was not read, by its kind."""

    def __init__(self, package: Package, pictures: PictureReader) -> None:
        """See the class."""
        self.unread: Counter[Unread] = Counter()
        self._package = package
        self._pictures = pictures
        self._relations: dict[str, dict[str, Relation]] = {}

    def parts(self, found: Inline, part: str, where: str) -> Iterator[Part]:
        """The lines and rows of what hangs on a paragraph of a part of the file; ``where`` names its place."""
        for kind, name, relations, read in (
            (Unread.CHARTS, "chart", found.charts, self._chart),
            (Unread.DIAGRAMS, "diagram", found.diagrams, self._diagram),
            (Unread.PICTURES, "picture", found.pictures, self._picture),
        ):
            for number, target in enumerate(self._targets(part, relations), 1):
                try:
                    lines = read(target, f"{where}, {name} {number}") if target is not None else None
                except UnreadableDocument:  # a broken part costs no other
                    lines = None
                self.unread[kind] += lines is None
                yield from lines or ()

    def _targets(self, part: str, relations: Iterable[str]) -> Iterator[str | None]:
        if part not in self._relations:
            self._relations[part] = self._package.relations(part)
        for relation in relations:
            known = self._relations[part].get(relation)
            within = known is not None and not known.external and self._package.has(known.target)
            yield known.target if known is not None and within else None

    def _chart(self, name: str, where: str) -> list[Part] | None:
        return chart_parts(self._package.tree(name), partial(Traced.of, start=0, part=where)) or None

    def _diagram(self, name: str, where: str) -> list[Part] | None:
        lines = diagram_lines(self._package.tree(name))
        return [Part(Traced.of(line, 0, part=where)) for line in lines] or None

    def _picture(self, name: str, where: str) -> list[Part] | None:
        return self._pictures.parts(self._package.data(name), Place(part=where))
