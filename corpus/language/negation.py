"""Whether a sentence denies what a text affirms, affirms what it denies, or says up where it says down.

A negation is compared with the words right behind it: 未聘任 contradicts a text that has 聘任 and denies it nowhere.
After the cue and scope view of negation (Morante & Blanco, "*SEM 2012 shared task: resolving the scope and focus of
negation"), with the scope cut down to its first word. All texts are expected folded (``embeddings.fold``).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from difflib import SequenceMatcher

from corpus.language.names import frequency_of
from corpus.language.script import HAN

__all__ = ["contradictions", "exchanged_denials", "without_told", "worded_alike"]

_NO_NEGATION = (
    r"不仅|不但|不只|不光|不单|不断|不过|不久|不少|不同|不论|不管|不惜|不得不|不可不|不由|不禁|不足|不到|不超过|不低于|不少于|不高于"
    r"|无论|无不|无锡|非常|非但|非洲|除非|(?<!并)未来(?!自|到)|未必|莫不|莫斯科|没收|没落|无线|不等"
)
_CUE = re.compile(
    rf"(?P<none>{_NO_NEGATION})"
    r"|(?P<cue>没有|没能|没|免(?=[收交缴征])|未曾|未能|未被|未有|未|不曾|不能够?|不会|不可以?|不得|不应该?|不宜|不准|不许|不允许|不再|不是"
    r"|不需要?|不必|不用|不要|不愿意?|不肯|不予|不|无法|无须|无需|无权|不存在|无|并非|绝非|非|勿|禁止|严禁|拒绝|难以"
    r"|\b(?:not|never|without|neither|nor|cannot|none|no)\b|n['’]t\b)"
)
_FILLERS = re.compile(r"(?:[被能会可将再在把对曾有给向为得]|进行|\s)*")
_KERNEL = re.compile(rf"[{HAN}]{{2}}")
_ENGLISH_FILLERS = re.compile(r"\s*(?:\b(?:be|been|being|have|had|has|a|an|the|any|to|yet|only)\b\s*)*")
_ENGLISH_KERNEL = re.compile(r"[a-z]{4,}")
_LONGEST_CUE = 5  # characters, with what goes with it (也并没有)
_STEM = 5  # letters of an English word that are compared

_FREE = (
    r"(?<!不)免费|免收(?:任何|一切)?(?:费用?)?|无偿|不收(?:取?(?:任何|一切)?费用?|取)"
    r"|[不无](?:用|需|须|需要|必)[交付花缴支](?:任何|一切)?(?:费用?|钱)?"
)
_OPPOSITES: tuple[tuple[str, str], ...] = (
    (
        r"增长|增加|上升|提高|上涨|增至|提升|升至|\b(?:increas|rose|risen|grew|grow)",
        r"下降|减少|降低|下跌|减至|降至|\b(?:decreas|fell|fall|declin|drop)",
    ),
    (r"允许|准许|\ballow|\bpermit", r"禁止|严禁|不得|不允许|不准|\bforbid|\bprohibit|\bban"),
    (r"支持|赞成|赞同|\bsupport|\bin favou?r", r"反对|\boppos"),
    (r"同意|接受|\baccept|\bagree", r"拒绝|\brefus|\breject"),
    (r"成功|\bsucce", r"失败|\bfail"),
    (
        r"最大|最高|最多|最长|\b(?:largest|highest|most|longest)\b",
        r"最小|最低|最少|最短|\b(?:smallest|lowest|least|shortest)\b",
    ),
    (
        rf"{_FREE}|\bfree\b|\bno charge",
        r"(?<!不)收[费取]|(?<![需须])[缴交付]费|缴纳|\d元|\bcharge|\bfee\b",
    ),
    (r"最早|\bearliest\b", r"最晚|最迟|\blatest\b"),
    (r"盈利|\bprofit", r"亏损|\bloss"),
    (r"之前|以前|早于|\bbefore\b", r"之后|以后|晚于|迟于|\bafter\b"),
)


_CELL = re.compile(  # 蓝牙：无
    r"(?:(?<=[，；|\n,;])|^)\s*(?P<name>[^，；|：\n,;:]{2,16}?)\s*[：:]\s*"
    r"(?:(?P<has>是|有|支持|√|✓|✔|yes)|否|无|没有|不支持|×|✗|✘|no|none)\s*(?=$|[，；|。\n,;])"
)
_HAVING = r"(?:具?有|支持|提供|配[有备]|具备|带有?|包?含|包括|设有?)"
_LACKING = rf"(?:没有?|[不无未非]){_HAVING}?"


def contradictions(sentence: str, text: str) -> list[str]:
    """The words about which the two say opposite things, each once; empty where they agree or speak of other things."""
    found = list(_unlike_cells(sentence, text))
    text = _CELL.sub("", text)
    # A text that both affirms and denies a word allows a sentence to do either; a sentence must not deny on its own.
    found += [*_one_sided(sentence, text, strict=True), *_one_sided(text, sentence, strict=False)]
    for one, other in _OPPOSITES:
        for mine, its in ((one, other), (other, one)):
            match = re.search(mine, sentence)
            if match and not re.search(mine, text) and re.search(its, text) and not re.search(its, sentence):
                found.append(match[0])
    return list(dict.fromkeys(found))


def worded_alike(sentence: str, text: str) -> str:
    """The sentence with what it says to be free worded as in the text, where that says the same."""
    free = re.search(_FREE, text)
    return re.sub(_FREE, free[0], sentence) if free else sentence


def without_told(sentence: str, text: str) -> str:
    """The sentence without what it says that there is, or is not, where a cell of the text says the same."""
    for told, cell in list(_told_of_cells(sentence, text)):
        if bool(told["lacks"]) != bool(cell["has"]):
            sentence = sentence.replace(told[0], "")
    return sentence


def exchanged_denials(sentence: str, text: str) -> list[str]:
    """The words denied, or no longer denied, where a sentence differs that is a text's own words but for a few.

    This tells which word it is where the text both affirms and denies one (满意：12，不满意：3).
    """
    found = []
    for _, start, end, first, last in SequenceMatcher(None, sentence, text, autojunk=False).get_opcodes():
        here, there = _has_cue(sentence, start, end), _has_cue(text, first, last)
        if here != there and max(end - start, last - first) <= _LONGEST_CUE:
            found.append(sentence[start : end + 4])
    return found


def _has_cue(text: str, start: int, end: int) -> bool:
    return any(match["cue"] and start <= match.start() < end for match in _CUE.finditer(text))


def _unlike_cells(sentence: str, text: str) -> Iterator[str]:
    """The names of cells that say yes where the sentence says no of what they name, or no where it says yes."""
    for told, cell in _told_of_cells(sentence, text):
        if bool(told["lacks"]) == bool(cell["has"]):
            yield told[0]


def _told_of_cells(sentence: str, text: str) -> Iterator[tuple[re.Match[str], re.Match[str]]]:
    """What the sentence says that there is or is not, with the cell of the text that tells whether."""
    for cell in _CELL.finditer(text):
        name = re.escape(cell["name"])
        told = re.search(rf"(?P<lacks>{_LACKING}\s*{name}|{name}{_LACKING})|{_HAVING}\s*{name}", sentence)
        if told:
            yield told, cell


def _one_sided(denying: str, other: str, *, strict: bool) -> Iterator[str]:
    """Words denied in the one text that stand in the other and are denied nowhere in it."""
    denied_there = {kernel for kernel, _ in _denied(other)}
    for kernel, place in _denied(denying):
        affirmed_here = not strict and denying.count(denying[place : place + max(4, len(kernel))]) > 1
        if kernel in other and kernel not in denied_there and not affirmed_here:
            yield denying[place : place + max(4, len(kernel))].strip("，。；,. ")


def _denied(text: str) -> Iterator[tuple[str, int]]:
    """The first word behind each negation, and where it stands."""
    for match in _CUE.finditer(text):
        if match["none"]:
            continue
        latin = match["cue"].isascii() or "’" in match["cue"]
        filler = (_ENGLISH_FILLERS if latin else _FILLERS).match(text, match.end())
        start = filler.end() if filler else match.end()
        if not latin and start == match.end() + 1 and frequency_of(text[start - 1 : start + 1]):
            start -= 1  # 会 of 会计 is no filler
        kernel = (_ENGLISH_KERNEL if latin else _KERNEL).match(text, start)
        if kernel:
            yield kernel[0][:_STEM] if latin else kernel[0], start
        elif not latin and len(match["cue"]) > 2:  # 不需要12分钟
            yield match["cue"][-2:], match.end() - 2
