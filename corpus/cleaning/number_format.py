"""Values of cells as a sheet shows them, by the number formats of ECMA-376 (part 1, 18.8.31)."""

from __future__ import annotations

import datetime as dt
import re
from decimal import ROUND_HALF_UP, Decimal

__all__ = ["shown"]

_TOKEN = re.compile(
    r'"(?P<quoted>[^"]*)"|\\(?P<escaped>.)|\[\$(?P<currency>[^\]-]*)[^\]]*\]|\[(?P<elapsed>[hms]+)\]|\[[^\]]*\]|_.|\*.'
    r"|(?P<general>general)|(?P<digits>[0#?][0#?,]*(?:\.[0#?]*)?,*|\.[0#?]+)|(?P<exponent>E[+-]0+)|(?P<percent>%)"
    r"|(?P<clock>AM/PM|上午/下午)|(?P<date>y+|m+|d+|h+|s+(?:\.0+)?)|(?P<fraction>/)|(?P<text>@)|(?P<literal>.)",
    re.IGNORECASE | re.DOTALL,
)
_HAN = re.compile(r"[\u4e00-\u9fff]")
_MOST_DECIMALS = 15


def shown(value: object, number_format: str = "") -> str:
    """The value much as the sheet shows it: 0.21 under ``0.00"万元"`` is "0.21万元", 50021 under ``000000`` "050021".

    Days are written by ISO 8601 unless their format has Chinese characters, which say themselves what they are.
    """
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    section = _section(value, number_format)
    if isinstance(value, dt.timedelta):
        return _duration(value, section)
    if isinstance(value, dt.datetime | dt.date | dt.time):
        return _moment(value, section)
    if isinstance(value, int | float):
        return _number(value, section, number_format)
    return str(value)


def _section(value: object, number_format: str) -> list[re.Match[str]]:
    """The part of the format that is for values of this sign."""
    sections: list[list[re.Match[str]]] = [[]]
    for match in _TOKEN.finditer(number_format):
        if match["literal"] == ";":
            sections.append([])
        else:
            sections[-1].append(match)
    if isinstance(value, int | float):
        if value < 0 and len(sections) > 1:
            return sections[1]
        if value == 0 and len(sections) > 2:
            return sections[2]
    return sections[0]


def _number(value: float, section: list[re.Match[str]], number_format: str) -> str:
    digits = next((match["digits"] for match in section if match["digits"]), None)
    conditional = re.search(r"\[[<>=]", number_format) is not None
    unusual = any(match["fraction"] or match["exponent"] or match["date"] for match in section)
    own = "".join(match[0] for match in section if match["quoted"] or match["literal"])
    if digits is None and not own and not any(match["general"] for match in section):
        return _general(value)
    if conditional or unusual or (digits is None and not any(match["general"] for match in section)):
        return _general(value)
    sections = number_format.count(";")
    amount = Decimal(repr(value)) if isinstance(value, float) else Decimal(value)
    sign = "-" if amount < 0 and not (sections and value < 0) else ""
    amount = abs(amount)
    amount *= 100 ** sum(match["percent"] is not None for match in section)
    text = _general(abs(value)) if digits is None else _digits(amount, digits)
    parts: list[str] = []
    placed = False
    for match in section:
        if match["digits"] or match["general"]:
            parts.append("" if placed else text)
            placed = True
        else:
            parts.append(_literal(match))
    return sign + "".join(parts).strip()


def _literal(match: re.Match[str]) -> str:
    for name in ("quoted", "escaped", "currency", "percent", "literal"):
        if match[name] is not None:
            return match[name]
    return ""


def _digits(amount: Decimal, pattern: str) -> str:
    scale = len(pattern) - len(pattern.rstrip(","))
    whole, _, decimals = pattern.rstrip(",").partition(".")
    amount /= 1000**scale
    most = min(len(decimals), _MOST_DECIMALS)
    least = len(decimals.rstrip("#"))
    text = f"{amount.quantize(Decimal(1).scaleb(-most), ROUND_HALF_UP):f}" if amount < 10**20 else f"{amount:f}"
    left, _, right = text.partition(".")
    while len(right) > least and right.endswith("0"):
        right = right[:-1]
    left = left.zfill(whole.count("0")) if whole.count("0") else left
    if "," in whole:
        left = f"{int(left):,}" if left.isdigit() else left
    return f"{left}.{right}" if right else left


def _general(value: float) -> str:
    if isinstance(value, float):
        return f"{value:.0f}" if value.is_integer() and abs(value) < 1e15 else f"{value:.12g}"
    return str(value)


def _duration(value: dt.timedelta, section: list[re.Match[str]]) -> str:
    seconds = round(value.total_seconds())
    sign, seconds = ("-", -seconds) if seconds < 0 else ("", seconds)
    minutes, rest = divmod(seconds, 60)
    with_seconds = any((match["date"] or "").lower().startswith("s") for match in section) or rest
    clock = f"{sign}{minutes // 60}:{minutes % 60:02}"
    return f"{clock}:{rest:02}" if with_seconds else clock


def _moment(value: dt.datetime | dt.date | dt.time, section: list[re.Match[str]]) -> str:
    if any(_HAN.search(_literal(match)) for match in section):
        return _as_written(value, section)
    if isinstance(value, dt.time):
        return value.isoformat("seconds" if value.second else "minutes")
    if isinstance(value, dt.datetime):
        midnight = value.time() == dt.time()
        return value.date().isoformat() if midnight else value.isoformat(sep=" ", timespec="minutes")
    return value.isoformat()


def _as_written(value: dt.datetime | dt.date | dt.time, section: list[re.Match[str]]) -> str:
    dates = [match for match in section if match["date"]]
    parts: list[str] = []
    for match in section:
        token = (match["date"] or "").lower()
        if not token:
            parts.append(_literal(match))
            continue
        i = dates.index(match)
        before = (dates[i - 1]["date"] or "").lower() if i else ""
        after = (dates[i + 1]["date"] or "").lower() if i + 1 < len(dates) else ""
        minutes = token[0] == "m" and len(token) <= 2 and (before.startswith("h") or after.startswith("s"))
        parts.append(_field(value, token, minutes=minutes))
    return "".join(parts).strip()


def _field(value: dt.datetime | dt.date | dt.time, token: str, *, minutes: bool) -> str:
    name = {"y": "year", "m": "minute" if minutes else "month", "d": "day", "h": "hour", "s": "second"}[token[0]]
    number = int(getattr(value, name, 0))
    if token[0] == "y":
        return str(number) if len(token) > 2 else f"{number % 100:02}"
    return f"{number:02}" if len(token) >= 2 else str(number)
