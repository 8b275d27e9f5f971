"""Bytes to text in the encoding they were written in, never in the one this machine happens to use.

A byte order mark decides; then strict UTF-8, which other encodings hardly ever satisfy by accident; then what the file
declares, if it decodes; then the candidate whose characters look most like something written. GB2312 and GBK are read
as GB18030 and Big5 with the Hong Kong additions, their supersets.
"""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass, replace
from functools import cache

__all__ = ["Decoded", "NotText", "declared_encoding", "decode"]

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_SUPERSETS = {
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "big5": "big5hkscs",
    "cp950": "big5hkscs",
    "shift_jis": "cp932",
    "euc_kr": "cp949",
    "iso8859-1": "cp1252",
    "ascii": "cp1252",
}
_CANDIDATES = ("gb18030", "big5hkscs", "cp932", "euc_jp", "cp949", "cp1252")
_SAMPLE_BYTES = 256 * 1024
_MOST_DAMAGE = 0.05  # of the bytes that are not ASCII
_MOST_CONTROLS = 0.01
_PLAUSIBLE = 0.6
_LEAST_UTF16 = 16  # fewer bytes make sense in anything
_CONTROLS = re.compile("[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")
_SURELY_CHINESE = 0.9
_MOSTLY_ALONE = 0.6
_WITHIN_WORD = re.compile("(?<=[a-z])[^\x00-\x7f]{2}(?=[a-z])")
_FOREIGN = re.compile("[^\x00-\x7f]+")
_MOST_NULS = 0.01  # a page has a few by mistake, what is no text has many
_FEW_NULS = 3
_LEAST_PAGE = 80  # bytes: so little with NULs among it may be anything
_HIGH = re.compile(rb"[\x80-\xff]")
_DECLARATION = re.compile(
    rb"""<meta[^>]{0,300}?charset\s*=\s*["']?\s*([\w:.-]{2,40})       # HTML 4 and 5
       | ^\s*<\?xml[^>]{0,200}?encoding\s*=\s*["']([\w:.-]{2,40})    # XHTML
       | ^\s*<text\s[^>]{0,2000}?encoding\s*=\s*["']([\w:.-]{2,40})  # pages of the Sogou crawl""",
    re.IGNORECASE | re.VERBOSE,
)
_DECLARATION_BYTES = 8192


class NotText(ValueError):
    """The bytes are not text in any encoding known here."""


@dataclass(frozen=True, slots=True)
class Decoded:
    """Text, the codec it was read with, and how many bytes did not fit it (each stands as U+FFFD in the text)."""

    text: str
    encoding: str
    damaged_bytes: int = 0


def declared_encoding(data: bytes) -> str | None:
    """What an HTML or XML file says of itself near its beginning."""
    match = _DECLARATION.search(data[:_DECLARATION_BYTES])
    return next(group.decode("ascii", "replace") for group in match.groups() if group) if match else None


def decode(data: bytes, declared: str | None = None) -> Decoded:
    """The text in the bytes of a file, without its byte order mark.

    ``declared`` (from a header, or ``declared_encoding``) is believed only if the bytes fit it.

    Raises:
        NotText: the bytes fit no encoding, or hold control characters as no text does.
    """
    decoded = _decoded(data, declared)
    if "\0" in decoded.text:
        if decoded.text.count("\0") > max(_FEW_NULS, _MOST_NULS * len(decoded.text)) or len(data) < _LEAST_PAGE:
            raise NotText("it holds NUL characters")
        decoded = replace(decoded, text=decoded.text.replace("\0", ""))
    sample = decoded.text[: 1024 * 1024]
    controls = len(_CONTROLS.findall(sample))
    if controls > _MOST_CONTROLS * len(sample) or (controls and len(sample) < 40):
        raise NotText(f"it holds {controls} control characters among {len(sample)}")
    return decoded


def _decoded(data: bytes, declared: str | None) -> Decoded:
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return _with(data[len(mark) :], encoding)
    unmarked = _utf16_without_mark(data)
    if unmarked is not None:
        return _with(data, unmarked)
    try:
        decoded = Decoded(data.decode("utf-8"), "utf-8")
    except UnicodeDecodeError:
        pass
    else:
        if decoded.text.isascii() or not _is_gb_by_accident(data, decoded.text):
            return decoded
    codec = _codec(declared)
    if codec is not None and codec != "utf-8":
        attempt = _with(data, codec)
        if not attempt.damaged_bytes and _plausibility(attempt.text[:_SAMPLE_BYTES], codec, 0) >= _PLAUSIBLE:
            return attempt
    mixed = _mixed(data)
    return mixed if mixed is not None else _with(data, _likeliest(data, codec))


def _mixed(data: bytes) -> Decoded | None:
    """Lines of UTF-8 and of GBK in one file, as come of pasting one into the other; None where it is not so."""
    lines = data.split(b"\n")
    decoded: list[str] = []
    utf8 = gbk = 0
    for line in lines:
        if line.isascii():
            decoded.append(line.decode("ascii"))
            continue
        try:
            decoded.append(line.decode("utf-8"))
            utf8 += 1
        except UnicodeDecodeError:
            try:
                text = line.decode("gb18030")
            except UnicodeDecodeError:
                return None
            if _plausibility(text, "gb18030", 0) < _SURELY_CHINESE:
                return None
            decoded.append(text)
            gbk += 1
    return Decoded("\n".join(decoded), "utf-8") if utf8 and gbk and utf8 >= gbk / 4 else None


def _with(data: bytes, encoding: str) -> Decoded:
    try:
        return Decoded(data.decode(encoding), encoding)
    except UnicodeDecodeError:
        pass
    text = data.decode(encoding, errors=_COUNTING)
    damaged = text.count(_DAMAGED)
    return Decoded(text.replace(_DAMAGED, "\ufffd"), encoding, damaged)


# A replacement character may stand in the file itself; those the decoder puts in are told apart by this noncharacter.
_DAMAGED = "\ufdd0"
_COUNTING = "yinju-count-damage"


def _count_damage(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    # One byte at a time: the second byte of a broken pair is often an intact character.
    return _DAMAGED, error.start + 1


codecs.register_error(_COUNTING, _count_damage)


def _codec(name: str | None) -> str | None:
    if not name:
        return None
    try:
        codec = codecs.lookup(name.strip().lower()).name
    except LookupError:
        return None
    if codec not in _TEXT_CODECS:
        return None
    return _SUPERSETS.get(codec, codec)


# Python knows codecs that are no character encodings (zip, rot13, idna), and UTF-16 would have been told by its mark.
_TEXT_CODECS = frozenset(
    [
        "utf-8",
        "gb2312",
        "gbk",
        "gb18030",
        "hz",
        "big5",
        "big5hkscs",
        "cp950",
        "shift_jis",
        "cp932",
        "euc_jp",
        "iso2022_jp",
        "euc_kr",
        "cp949",
        "ascii",
        "iso8859-1",
        "iso8859-2",
        "iso8859-5",
        "iso8859-7",
        "iso8859-9",
        "iso8859-15",
        "cp1250",
        "cp1251",
        "cp1252",
        "cp1253",
        "cp1254",
        "cp1257",
        "koi8-r",
        "koi8-u",
        "tis-620",
        "cp874",
    ]
)


def _utf16_without_mark(data: bytes) -> str | None:
    """UTF-16 shows by the zero bytes of its ASCII characters, and by making sense in one order of the bytes."""
    sample = data[:_SAMPLE_BYTES]
    if len(data) % 2 or b"\0" not in sample:
        return None
    likely: dict[str, float] = {}
    for encoding, zeros in (("utf-16-le", sample[1::2].count(0)), ("utf-16-be", sample[0::2].count(0))):
        text = sample.decode(encoding, "replace")
        if "\0" not in text and zeros:
            likely[encoding] = _plausibility(text, encoding, text.count("\ufffd"))
    best = max(likely, key=lambda encoding: likely[encoding], default=None)
    return best if best and likely[best] >= _PLAUSIBLE else None


def _is_gb_by_accident(data: bytes, text: str) -> bool:
    """A few words of GB2312 may be valid UTF-8 of two bytes a character: letters that spell nothing."""
    if max(text) > "\u07ff" or len(data) > 200:
        return False
    try:
        other = data.decode("gb2312")
    except UnicodeDecodeError:
        return False
    foreign = [char for char in text if not char.isascii()]
    letters = sum(char.isalpha() for char in foreign)
    mixed = len({ord(char) >> 8 for char in foreign}) > 2
    return (mixed or letters < len(foreign)) and _plausibility(other, "gb18030", 0) > 0.95


def _likeliest(data: bytes, declared: str | None) -> str:
    sample = data[:_SAMPLE_BYTES]
    high = len(_HIGH.findall(sample))
    scores: dict[str, float] = {}
    utf8 = _with(sample, "utf-8").damaged_bytes
    # Bytes that fit UTF-8 but for a few are damaged UTF-8; a sample may also end inside a character.
    scores["utf-8"] = 1 - 4 * max(0, utf8 - 3) / max(1, high) if utf8 <= max(3, high / 4) else 0.0
    if utf8 >= high / 2:
        scores["utf-8"] = 0.0
    for codec in dict.fromkeys((declared, *_CANDIDATES)):
        if codec is None or codec == "utf-8":
            continue
        attempt = _with(sample, codec)
        damaged = attempt.damaged_bytes - 1 if len(data) > len(sample) else attempt.damaged_bytes
        if damaged > max(2, _MOST_DAMAGE * high):
            continue
        scores[codec] = _plausibility(attempt.text, codec, damaged) + (0.05 if codec == declared else 0)
    if len(data) % 2 == 0 and len(data) >= _LEAST_UTF16:
        for codec in ("utf-16-le", "utf-16-be"):
            likelihood = _plausibility(sample.decode(codec, "replace"), codec, 0)
            scores[codec] = likelihood if likelihood > 0.9 else 0.0
    best = max(scores, key=lambda codec: scores[codec])
    if scores[best] < _PLAUSIBLE / 2:
        raise NotText(f"its {high} bytes beyond ASCII fit no known encoding")
    return best


def _plausibility(text: str, codec: str, damaged: int) -> float:
    """The share of the characters beyond ASCII that writers commonly use, from 0 to 1; damage counts double."""
    foreign = [char for char in text if char > "\x7f"]
    if not foreign:
        return 1.0
    if codec.startswith(("cp125", "iso8859", "koi8")):
        # Letters between letters; accents and quotes elsewhere are what double-byte text looks like in one byte each.
        single = [char for char in foreign if char.isalpha() or char in "’‘“”–—…«»°·€£©®§ "]
        share = len(foreign) / len(text)
        cyrillic = codec in ("cp1251", "koi8-r", "koi8-u", "iso8859-5")
        alone = _stand_alone(text)
        usual_share = share < 0.25 or cyrillic or alone >= _MOSTLY_ALONE
        within = 1.1 if alone == 1 and not cyrillic else 0.9 if usual_share else 0.2
        return max(0.0, (len(single) - 2 * damaged) / len(foreign)) * within
    common = _common_characters()
    usual = sum(common.get(char, 0.0) for char in foreign)
    if codec == "gb18030":
        # EUC-JP has its kana where GB2312 has them too, and its Chinese characters elsewhere.
        usual -= 0.5 * sum("\u3041" <= char <= "\u30fe" for char in foreign)
    return max(0.0, (usual - 2 * damaged) / len(foreign))


def _stand_alone(text: str) -> float:
    """The share of the characters beyond ASCII that stand in words as accented letters do, and halves never."""
    runs = _FOREIGN.findall(text)
    alone = sum(len(run) == 1 for run in runs) + 2 * len(_WITHIN_WORD.findall(text))
    return alone / sum(map(len, runs))


@cache
def _common_characters() -> dict[str, float]:
    """How usual each character is in print: 1 for the first levels of GB2312 and Big5, kana, Hangul, punctuation."""
    weights: dict[str, float] = {}
    for first in range(0xA1, 0xF8):
        for second in range(0xA1, 0xFF):
            char = bytes((first, second)).decode("gb2312", "ignore")
            if char:
                weights[char] = 1.0 if 0xB0 <= first <= 0xD7 else 0.8 if first <= 0xA3 else 0.3
    for first in range(0xA1, 0xFA):
        for second in (*range(0x40, 0x7F), *range(0xA1, 0xFF)):
            char = bytes((first, second)).decode("big5", "ignore")
            if char:
                weight = 1.0 if 0xA4 <= first <= 0xC6 else 0.8 if first <= 0xA3 else 0.3
                weights[char] = max(weight, weights.get(char, 0.0))
    weights.update((chr(code), 0.95) for code in range(0x3041, 0x30FF))
    weights.update((chr(code), 0.8) for code in range(0xAC00, 0xD7A4) if chr(code).encode("euc_kr", "ignore"))
    # Half-width katakana is what many pairs of bytes look like in Shift JIS.
    weights.update((chr(code), 0.0) for code in range(0xFF61, 0xFFA0))
    weights.update(dict.fromkeys("，。、；：？！“”‘’（）《》「」『』—…·　", 1.0))
    weights.update(
        dict.fromkeys(
            "的一是不了在有人我他这中大来上国和到说时要们就出会可也你对生能而子那得于着下自之年过发后作里", 1.2
        )
    )
    weights.update(dict.fromkeys("來這個們國說時會對過發後裡為學經與開關長現點當動從還進種實樣", 1.2))
    return weights
