"""Questions in English: the auxiliary before its subject, and the question word for the figure at the front.

Only sentences with an auxiliary or a form of "be" are turned (Tenants must give 30 days' notice → How many days' notice
must tenants give?): their verb stays as it is. What reads otherwise is left.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from corpus.language.quantities import Quantity, QuantityKind, quantities_of

__all__ = ["about", "asked", "section", "value"]

_LONGEST = 110  # characters of a question
_LONGEST_SUBJECT = 7  # words
_LONGEST_THING = 5  # words behind a figure that say what is counted
_BE = frozenset({"is", "are", "was", "were"})
_AUXILIARIES = _BE | {"will", "must", "can", "may", "shall", "should"}
_DETERMINERS = frozenset({"the", "a", "an", "all", "each", "every", "no", "any", "both"})
_PRONOUNS = {"it", "they", "this", "these", "that", "those", "there", "he", "she", "we", "you", "i", "such", "here"}
_POSSESSIVES = {"its", "their", "his", "her", "our", "your"}
_CLAUSES = {"which", "who", "what", "if", "when", "where", "while", "because", "although", "unless", "so", "however"}
_PREPOSITIONS = frozenset(
    {"in", "on", "at", "for", "by", "from", "with", "of", "to", "after", "before", "during", "under", "within", "per"}
    | {"and", "or", "but", "as"}
)
_LEANING = frozenset(_PRONOUNS | _POSSESSIVES | _CLAUSES | _PREPOSITIONS)
_ENDING = (_PREPOSITIONS | _AUXILIARIES) - {"of"}  # what ends the name of what is counted
_WHEN = {"on": "When", "in": "When", "at": "When", "by": "By when"}


def asked(sentence: str, common: Collection[str]) -> Iterator[tuple[str, str]]:
    """Questions that a sentence answers, each with the words that answer it.

    ``common`` are the words that the document writes with a small letter too.
    """
    words = sentence.rstrip(".;! ").split()
    aux = next((i for i, word in enumerate(words) if word in _AUXILIARIES), 0)
    if not 1 <= aux <= _LONGEST_SUBJECT or any(mark in sentence for mark in '|()“”":;?'):
        return
    subject = words[:aux]
    if {word.lower() for word in subject} & _LEANING - {"of", "for", "and"} or any("," in word for word in subject):
        return
    if subject[0].lower() in _LEANING or subject[-1].lower() in _PREPOSITIONS:
        return
    rest = " ".join(words[aux + 1 :])
    if ", " in rest:
        return
    begin = " ".join([_small(subject[0], common), *subject[1:]])
    for quantity in quantities_of(rest):
        made = _asking_for(rest, quantity, begin, words[aux])
        if made is not None and len(made) <= _LONGEST:
            yield made, rest[quantity.start : quantity.end]


def _asking_for(rest: str, quantity: Quantity, subject: str, auxiliary: str) -> str | None:
    """The sentence with a question word for a quantity of what follows its auxiliary; None where it would not read."""
    before, after = rest[: quantity.start].split(), rest[quantity.end :].strip()
    if quantity.indefinite or after[:1] in {"%", "/", "-"} or before[-1:] in (["about"], ["not"], ["no"]):
        return None
    preposition = before.pop() if before and before[-1].lower() in _PREPOSITIONS else ""
    asked = (auxiliary, subject, *before)
    match quantity.kind:
        case QuantityKind.DATE if not after and preposition in _WHEN:
            return _joined(_WHEN[preposition], *asked)
        case QuantityKind.PERCENT if not preposition and after.startswith("of "):
            return _joined("What percentage", after, *asked)
        case QuantityKind.MONEY | QuantityKind.PERCENT if not preposition:
            return _joined("How much", *asked, after)
        case QuantityKind.AMOUNT | QuantityKind.NUMBER if quantity.value != 1:
            return _counting(rest[quantity.start :], preposition, asked)
    return None


def _counting(figure: str, preposition: str, asked: tuple[str, ...]) -> str | None:
    """The question how many; ``figure`` is the sentence from its figure on."""
    thing, left = _thing(figure.split()[1:])
    tells_subject = asked[0] in _BE and len(asked) == 2 and not preposition  # The warranty period is 24 months
    if not thing or not thing[0].strip("’'").isalpha() or (tells_subject and (left or thing[-1] in {"old", "long"})):
        return None
    return _joined(f"{preposition.capitalize()} how many" if preposition else "How many", *thing, *asked, *left)


def _thing(words: Sequence[str]) -> tuple[list[str], list[str]]:
    """What is counted, and what follows it."""
    end = next((i for i, word in enumerate(words) if word.lower() in _ENDING), len(words))
    return (list(words[:end]), list(words[end:])) if 1 <= end <= _LONGEST_THING else ([], list(words))


def _joined(*words: str) -> str:
    return " ".join(word for word in words if word) + "?"


def _small(word: str, common: Collection[str]) -> str:
    """A sentence's first word as it stands within one."""
    return word.lower() if word.lower() in _DETERMINERS or word.lower() in common else word


def value(row: str, column: str) -> str:
    """The question for a value of a table by its names."""
    return f"What is the {_lowered(column)} for {row}?"


def section(title: str, heading: str) -> str | None:
    """The question what a section says; None where it would be too long."""
    made = f"What does “{title}” say about {_lowered(heading)}?"
    return made if len(made) <= _LONGEST else None


def about(title: str) -> str:
    """The question what a document is about."""
    return f"What is “{title}” about?"


def _lowered(phrase: str) -> str:
    """A heading's words as they stand within a sentence: names of several capitals stay."""
    return " ".join(word.lower() if word[1:].islower() or len(word) == 1 else word for word in phrase.split())
