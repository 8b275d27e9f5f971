"""What comes back: an Answer of sentences, the Citations they rest on, and the Hits they were looked for in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any, Literal

from corpus import Passage

__all__ = ["Answer", "AnswerSentence", "Certainty", "Citation", "Hit", "Route", "Step", "Verdict"]

Verdict = Literal["supported", "unsupported", "unchecked"]
"""Whether the cited text says it; "unchecked" where a sentence cites nothing that it could be held against."""

Certainty = Literal["answered", "likely", "none"]
"""Whether the documents answer, may answer with what is shown, or do not."""

Route = Literal["fact", "list", "table", "overview", "comparison", "chain", "library"]
"""The way an answer was come by: single facts; a list or steps whole; cells, and what is computed from them; an
overview of documents; sides set beside each other; one question after another; what the library holds."""


@dataclass(frozen=True, slots=True)
class Step:
    """A step of research: a tool, and what it was asked for, in a few words. ``number`` counts from 1.

    ``given`` is how many passages, documents or tables came of it, None while it is under way.
    """

    number: int
    tool: str
    asked: str
    given: int | None = None


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage found for a question. ``rank`` counts from 1; scores compare within one search only.

    ``copies`` are passages of other documents that say the same, shown once. ``superseded_by`` is the id of a later
    edition of the passage's document, where one was found too.
    """

    rank: int
    score: float
    passage: Passage
    copies: tuple[Passage, ...] = ()
    superseded_by: str | None = None

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return {
            "rank": self.rank,
            "score": round(self.score, 4),
            "passage": self.passage.to_dict(),
            "copies": [passage.to_dict() for passage in self.copies],
            "superseded_by": self.superseded_by,
        }

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Hit:
        """The hit of ``to_dict``'s values; an earlier version's had no copies."""
        copies = tuple(map(_passage, values.get("copies", ())))
        return cls(values["rank"], values["score"], _passage(values["passage"]), copies, values.get("superseded_by"))


@dataclass(frozen=True, slots=True)
class Citation:
    """The sentence or two that carry a fact: ``document.text[start:end] == quote``. ``number`` counts from 1.

    ``key`` is where in the document the words stand that answer (the figure, the date, the name), if that is known.
    """

    number: int
    document_id: str
    title: str
    source: str | None
    published: str | None
    url: str | None
    page: int | None
    passage_id: str
    quote: str
    start: int
    end: int
    key: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class AnswerSentence:
    """A sentence without its marks, the numbers of the citations it rests on, and whether they bear it out.

    ``problems`` say in plain words what is not in the source, in the question's language. ``lead`` is what Yinju puts
    before it, on a line of its own: the heading it stands under, the side of a comparison, the document it is of; the
    sentences after it go on under the same until the next.

    A language model's sentences are Markdown. ``before`` is what it wrote between the sentence and the one before: line
    ends, an item's number, the border of a cell; ``after`` what it wrote behind the last. ``before`` is None where
    Yinju sets the sentences. ``frame`` tells a heading, a table's names or a lead such as "如下：", which state nothing
    and are unchecked.
    """

    text: str
    citations: tuple[int, ...]
    verdict: Verdict
    problems: tuple[str, ...] = ()
    lead: str = ""
    before: str | None = None
    after: str = ""
    frame: bool = False

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> AnswerSentence:
        """The sentence of ``to_dict``'s values, also of an earlier version's."""
        known = {one.name: values[one.name] for one in fields(cls) if one.name in values}
        return cls(**{**known, "citations": tuple(values["citations"]), "problems": tuple(values["problems"])})


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer with its evidence.

    ``text`` has a mark such as ``[1]`` at the end of each sentence that cites. ``certainty`` tells whether the
    documents answer: "answered"; "likely", where the one sentence quoted may be the answer and the text says so;
    "none" for a refusal. ``model`` is "extractive" or the language model. ``confidence`` (0 to 1) says how likely the
    documents answer at all. ``notice`` tells the reader what went wrong, where something did. ``timings_ms`` splits
    the time.
    ``search_question`` is what was searched: the question, with what it leaves to the turns before filled in. Small
    talk is answered without citations and hits. ``route`` is the way that was taken, ``steps`` what a model looked up
    for it. ``generation`` names the state of the index that the citations' offsets point into (``Assistant.document``).
    """

    question: str
    text: str
    sentences: tuple[AnswerSentence, ...]
    citations: tuple[Citation, ...]
    hits: tuple[Hit, ...]
    certainty: Certainty
    model: str
    confidence: float
    timings_ms: dict[str, float]
    notice: str | None = None
    search_question: str = ""
    generation: str = ""
    route: Route = "fact"
    steps: tuple[Step, ...] = ()

    @property
    def refused(self) -> bool:
        """Whether the documents do not answer."""
        return self.certainty == "none"

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Answer:
        """The answer of ``to_dict``'s values, also of an earlier version's; those of a later one are passed over."""
        known = {one.name for one in fields(cls)}
        kept = {name: value for name, value in values.items() if name in known}
        kept.setdefault("certainty", "none" if values.get("refused") else "answered")
        sentences = tuple(map(AnswerSentence.from_dict, values["sentences"]))
        citations = tuple(
            Citation(**{**item, "key": tuple(item["key"]) if item.get("key") else None}) for item in values["citations"]
        )
        return cls(
            **{
                **kept,
                "sentences": sentences,
                "citations": citations,
                "hits": tuple(map(Hit.from_dict, values["hits"])),
                "steps": tuple(Step(**step) for step in values.get("steps", ())),
            }
        )

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return {
            "question": self.question,
            "text": self.text,
            "sentences": [asdict(sentence) for sentence in self.sentences],
            "citations": [asdict(citation) for citation in self.citations],
            "hits": [hit.to_dict() for hit in self.hits],
            "certainty": self.certainty,
            "refused": self.refused,
            "model": self.model,
            "confidence": round(self.confidence, 4),
            "timings_ms": self.timings_ms,
            "notice": self.notice,
            "search_question": self.search_question,
            "generation": self.generation,
            "route": self.route,
            "steps": [asdict(step) for step in self.steps],
        }


def _passage(values: Mapping[str, Any]) -> Passage:
    kept = {key: value for key, value in values.items() if key not in ("id", "headings")}
    return Passage(**kept, headings=tuple(values["headings"]))
