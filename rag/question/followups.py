"""A question that leans on the turns before it, made to stand alone: "那补贴呢？", "What about 2020?", "它在哪里？".

Without a language model what is left unsaid is carried over by rules from the question before. Three things can be
unsaid, after the kinds of ellipsis and anaphora in conversational question answering (Choi et al., "QuAC", 2018;
Elgohary et al., "Can you unpack that?", 2019): everything but one new detail, which takes the place of its like; what a
pronoun stands for; and the subject of a fragment.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from corpus.language.names import PLACES, words_with_zones
from corpus.language.quantities import QuantityKind, quantities_of
from corpus.language.script import HAN, fold, has_han
from rag.conversation import Turn
from rag.question.kinds import Kind, kind_of

__all__ = ["is_followup", "standalone"]

_MORE = re.compile(
    r"(?:那|那么)?(?:还有|还有没有|其他的?|别的)(?:呢|吗|什么|哪些|谁)?(?:其他的?|别的)?(?:呢|吗)?"
    r"|(?:and )?(?:what|anything|something) (?:else|more)|more|go on|继续|详细(?:说说|点)|具体(?:呢|说说|点)?"
)
_LEAD = re.compile(r"^(?:那么?|那末|然后|还有|而且?|and|so|but|then)(?=[\s,，]|[^\x00-\x7f])[\s,，]*")
_ENGLISH_LEAD = re.compile(
    r"^(?:(?:and|so|but|then|ok(?:ay)?)[\s,]+)*(?:(?:what|how) about|what of)?\s*", re.IGNORECASE
)
_TAIL = re.compile(r"(?:呢|又如何|又怎样|怎么样|又是多少|又有多少)?\s*[?？!！。.]*$")
_CHINESE_PRONOUN = re.compile(
    rf"它们|他们|她们|它|他(?!人|国|乡)|她|(?:这|那|该|此|本)(?:个|些|家|所|项|位|名|座|两|三|几)[^\s，。？的]{{0,3}}?(?=[{HAN}])"
    rf"|该(?=[区市县省局厅院校司企项])|这里|那里|那儿|这儿|当地|其中|其(?=[{HAN}])|上述|前者|后者|当时|那年|这(?=[是有])"
)
_ENGLISH_PRONOUN = re.compile(
    r"\b(?:it|its|they|them|their|he|him|his|she|her|those|these|that (?:one|place|year|company)|there)\b",
    re.IGNORECASE,
)
_ASKING = re.compile(
    r"多少[^\s，。？]?|几[个家名项次位条种所年月日届]?|哪[一两些里儿几]?[个家名项次位条种所年月日届]?|什么时候|什么|谁|何时|为什么|为何|怎么|如何|是否|有没有|吗$"
)
_QUANTITY_ASKED = re.compile(
    r"(?P<ask>多少|几|哪[一两二三四五六七八九十些几]|哪)(?P<unit>[个家名项次位条种所届座支人])?(?P<thing>[^，。？?]*)$"
)
_ENGLISH_ASKING = re.compile(r"\b(?:who|whom|whose|what|which|when|where|why|how)\b", re.IGNORECASE)
_ENGLISH_NAME = re.compile(
    r"(?:\b[A-Z][\w'’&-]*(?:[\s-](?:of|the|and|for|de|van)\b(?=[\s-][A-Z])|[\s-][A-Z][\w'’&-]*)*)"
)
_NOUN_PHRASE = re.compile(
    r"\b((?:the|a|an)\s(?:\w+\s){0,3}?\w+)\b(?=\s(?:is|are|was|were|has|have|did|do|does)\b|\?|$)"
)
_QUESTION_WORDS = re.compile(
    r"(?:who|whom|whose|what|which|when|where|why|how|is|are|was|were|do|does|did|has|have|had|can|could|in|on|at|of)"
)
_AFTER_SUBJECT = frozenset({"v", "d", "r", "p", "c", "y", "uj", "ul"})
_SHORT_CHINESE, _SHORT_ENGLISH = 12, 7  # characters, words: a fragment is shorter


def standalone(question: str, history: Sequence[Turn]) -> str:
    """The question as it would be asked without the history; itself where it leans on nothing."""
    asked = [content for role, content in history if role == "user"]
    before = ""
    for earlier in [*asked, question]:
        before = _completed(earlier, before) if before else earlier
    return before


def is_followup(question: str) -> bool:
    """Whether a question's own words show that it leans on another."""
    folded = fold(question).strip()
    bare = folded.rstrip("?？!！。. ")
    if _MORE.fullmatch(bare):
        return True
    if has_han(folded):
        return bool(
            _CHINESE_PRONOUN.search(folded)
            or re.search(r"呢[?？]?$", folded)
            or _LEAD.match(folded)
            or (len(bare) <= _SHORT_CHINESE and not _subject(bare))
        )
    words = bare.split()
    if _ENGLISH_PRONOUN.search(_without_expletives(folded)) or re.match(
        r"(?:and|so|but|then|what about|how about)\b", folded
    ):
        return True
    return (
        len(words) <= _SHORT_ENGLISH
        and not _ENGLISH_ASKING.search(folded)
        and not re.search(r"\b(?:is|are|was|were|did|does|do)\b", folded)
    )


def _completed(question: str, before: str) -> str:
    """The question completed from the one before it, which stands alone."""
    if not is_followup(question):
        return question
    if _MORE.fullmatch(fold(question).strip().rstrip("?？!！。. ")):
        return before
    return _chinese(question, before) if has_han(question) else _english(question, before)


def _chinese(question: str, before: str) -> str:
    detail = _LEAD.sub("", _TAIL.sub("", question.strip())).strip("，, ")
    pronoun = _CHINESE_PRONOUN.search(fold(detail))
    if not has_han(before):
        return f"{before.rstrip('?？ ')} {detail}？"
    if pronoun and len(fold(detail)) == len(detail):
        topic = _topic(before)
        owned = "的" if fold(pronoun[0]) == "其" else ""
        return f"{detail[: pronoun.start()]}{topic}{owned}{detail[pronoun.end() :]}？"
    if _ASKING.search(fold(detail)):
        # A question of its own, only without its subject.
        return f"{_constraints(before, detail)}{detail}？"
    return _with_detail(before, detail)


def _with_detail(before: str, detail: str) -> str:
    """The question before with a new detail in the place of its like: a date for a date, a place for a place."""
    dates = [quantity for quantity in quantities_of(detail) if quantity.kind is QuantityKind.DATE]
    if dates and dates[0].end - dates[0].start >= len(detail) - 2:
        held = [quantity for quantity in quantities_of(before) if quantity.kind is QuantityKind.DATE]
        if held:
            return before[: held[0].start] + detail + before[held[0].end :]
        return detail + before
    names, held_names = _names(detail), _names(before)
    if names and held_names and names[0] == (0, len(detail)):
        start, end = held_names[0]
        return before[:start] + detail + before[end:]
    asked = _QUANTITY_ASKED.search(before.rstrip("?？ "))
    if asked and asked["thing"]:
        thing = detail
        if detail.endswith("的"):
            # 瞪羚的: the thing itself is not said again.
            thing = detail[:-1] + _head(asked["thing"])
        return before[: asked.start("thing")] + thing + "？"
    return f"{_constraints(before, detail)}{detail}{_asking_end(before)}？"


def _topic(before: str) -> str:
    """What a question is about, without what it asks: 济南高新区首席政策官 of 济南高新区聘任了多少名首席政策官？."""
    subject = _subject(before)
    asked = _QUANTITY_ASKED.search(before.rstrip("?？ "))
    thing = asked["thing"] if asked else ""
    return subject + (_head(thing) if thing and thing not in subject else "") or _ASKING.sub("", before.rstrip("?？ "))


def _constraints(before: str, detail: str) -> str:
    """The time and subject of a question, but for what the detail says anew."""
    kept = ""
    if not any(quantity.kind is QuantityKind.DATE for quantity in quantities_of(detail)):
        kept = "".join(
            before[quantity.start : quantity.end]
            for quantity in quantities_of(before)
            if quantity.kind is QuantityKind.DATE
        )
    return kept + ("" if _names(detail) else _subject(before).replace(kept, ""))


def _subject(text: str) -> str:
    """The nouns that a Chinese question begins with, up to its first verb or asking word, without times."""
    subject = ""
    for word in words_with_zones(text):
        if _ASKING.match(fold(word.text)) or (subject and word.kind in _AFTER_SUBJECT):
            break
        if subject or word.kind[0] in "nlbag" or word.kind in {"vn", "eng"} or quantities_of(word.text):
            subject += word.text
    for quantity in reversed(quantities_of(subject)):
        if quantity.kind is QuantityKind.DATE:
            subject = subject[: quantity.start] + subject[quantity.end :]
    return subject.strip("，,。？? 年")


def _names(text: str) -> list[tuple[int, int]]:
    """The spans of names of places and organisations."""
    spans: list[tuple[int, int]] = []
    at = 0
    for word in words_with_zones(text):
        end = at + len(word.text)
        if word.kind in PLACES:
            spans.append((at, end))
        at = end
    return spans


def _head(thing: str) -> str:
    """The nouns that a phrase ends with: 企业 of 专精特新“小巨人”企业."""
    head = ""
    for word in reversed(words_with_zones(thing.rstrip('？?。 」』”’"》）)'))):
        if not (word.kind[0] in "nblgkt" or word.kind == "vn"):
            break
        head = word.text + head
    return head


def _asking_end(before: str) -> str:
    match = _ASKING.search(fold(before))
    return match[0] if match and kind_of(before) is not Kind.OTHER else "是什么" if not match else match[0]


def _english(question: str, before: str) -> str:
    detail = _ENGLISH_LEAD.sub("", question.strip()).rstrip("?!. ")
    subject = _english_subject(before)
    pronoun = _ENGLISH_PRONOUN.search(_without_expletives(detail))
    if has_han(before):
        return f"{before.rstrip('？? ')} {detail}?"
    if pronoun and subject:
        owned = "'s" if pronoun[0].lower() in {"its", "their", "his", "her"} else ""
        return f"{detail[: pronoun.start()]}{subject}{owned}{detail[pronoun.end() :]}?"
    dates = [quantity for quantity in quantities_of(detail) if quantity.kind is QuantityKind.DATE]
    held = [quantity for quantity in quantities_of(before) if quantity.kind is QuantityKind.DATE]
    if dates and held and len(detail.split()) <= 2:
        new = detail[dates[0].start : dates[0].end]
        return before[: held[0].start] + new + before[held[0].end :]
    name, held_name = _english_name(detail), _english_name(before)
    if name and held_name and name == detail.removeprefix("the "):
        return before.replace(held_name, name, 1)
    return f"{before.rstrip('?. ')}, {detail}?"


def _english_name(text: str) -> str:
    """The longest name of a text, "" if it has none."""
    names = [name for name in _ENGLISH_NAME.findall(text) if not _QUESTION_WORDS.fullmatch(name.lower())]
    return max(names, key=lambda name: len(name.split()), default="")


def _english_subject(before: str) -> str:
    name = _english_name(before)
    if name:
        return f"the {name}" if f"the {name}" in before else name
    match = _NOUN_PHRASE.search(before)
    return match[1] if match else ""


def _without_expletives(text: str) -> str:
    """The text with "is there", "it takes" and the like blanked, in place."""
    return re.sub(
        r"\b(?:is|are|was|were) there\b|\bthere (?:is|are|was|were)\b|\bit (?:takes?|took)\b",
        lambda match: " " * len(match[0]),
        text,
        flags=re.IGNORECASE,
    )
