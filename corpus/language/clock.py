"""Times of day in Chinese and English text, in ISO 8601's form: 14:30, 下午两点半, 19时30分, 6 p.m."""

from __future__ import annotations

import re
from dataclasses import dataclass

from corpus.language.numerals import numeral
from corpus.language.script import HAN

__all__ = ["CLOCK", "POINTS", "ClockTime", "clock_time"]

POINTS = "要求|建议|意见|原因|内容|注意|说明|体会|希望|看法|问题|理由|共识|措施|经验|启示|不足"
"""What 三点 counts where it is no time, a pattern of folded text."""

_S = r"\s{0,2}"
_NINE = "一二三四五六七八九"
_HOUR = rf"(?:1\d|2[0-4]|0?\d|二十[一二三四]?|十[{_NINE}]?|[{_NINE}两])"
_MINUTE = rf"(?:[0-5]\d|[二三四五]?十[{_NINE}]?|[零〇][{_NINE}])"
# 三点 may be three points, 一时 a while: without 上午 or 半 the words on either side say that it is a time.
_BEFORE = (
    "(?:(?<=[至到于从自~-])|(?<=[每当今明昨次翌][天日])|(?<=[0-9十][日号])|(?<=[周期拜][一二三四五六日天末])"
    "|(?<=最[晚迟早]))"
)
_BEHIND = (
    rf"(?={_S}(?:[前后起止至到]|[之以][前后]|左右|から|まで|[开关][始门放馆场]"
    rf"|[-–—~～]{{1,2}}{_S}(?:[次翌]日|{_HOUR}{_S}[点时:])))|(?:(?<=[\d十]点)|(?<=十[{_NINE}]点))(?![{HAN}]{{0,3}}(?:{POINTS}))"
)

CLOCK = rf"""
      (?P<clock>(?P<part>(?:(?P<morning>早晨|早上|早间|清晨|清早|上午|凌晨|早(?!{_S}一[点时]))|(?P<noon>中午|正午|午间)
              |(?P<afternoon>下午|午后|傍晚|黄昏)|(?P<night>晚上|晚间|夜里|夜间|半夜|午夜|深夜|[晚夜](?!{_S}[一两][点时]))
          ){_S})?(?<![\d.第])(?<!\d:)(?:
          (?P<english_hour>1[0-2]|0?[1-9])(?:[:.](?P<english_minute>[0-5]\d))?\s?(?P<meridiem>[ap]\.?m\b\.?|o['’]clock\b)
        | (?P<hour>[01]?\d|2[0-4]):(?P<minute>[0-5]\d)(?P<second>:[0-5]\d)?(?![\d:])
        | (?P<before>{_BEFORE})?(?P<hour_said>{_HOUR}){_S}(?:点|时(?![间候段期代刻空差速长效限装事局务机许]))
          (?P<ending>钟|整|半|[一三]刻|{_S}(?P<minute_said>\d(?=分)|{_MINUTE})(?:分(?!钟)|(?![\d{_NINE}%年月日.分])))?(?![{_NINE}\d])
          (?(part)|(?(ending)|(?(before)(?<![^十]一[点时])|(?:{_BEHIND}))))))
"""
"""A verbose pattern of times in folded text, for ``clock_time`` to read."""

_QUARTERS = {"半": 30, "一刻": 15, "三刻": 45}
_SMALL_HOURS = 5  # 晚上一点 is after midnight, 晚上六点 before


@dataclass(frozen=True, slots=True)
class ClockTime:
    """A time as ISO 8601 has it, and whether the text says which half of the day it is in."""

    iso: str
    is_known_half: bool


def clock_time(match: re.Match[str]) -> ClockTime | None:
    """The time that a pattern with ``CLOCK`` in it found, None if it found something else."""
    if not match["clock"]:
        return None
    spelt = numeral(match["english_hour"] or match["hour"] or match["hour_said"])
    if spelt is None:
        return None
    hour = int(spelt)
    minutes = match["minute_said"] or match["minute"] or match["english_minute"]
    minute = int(numeral(minutes) or 0) if minutes else _QUARTERS.get(match["ending"] or "", 0)
    half = (match["meridiem"] or "")[:1]
    if half == "p" or match["afternoon"] or (match["noon"] and hour < _SMALL_HOURS):
        hour = hour % 12 + 12 if hour <= 12 else hour
    elif half == "a" or (match["morning"] and hour == 12):
        hour %= 12
    elif match["night"] and hour <= 12:
        hour = hour + 12 if _SMALL_HOURS <= hour < 12 else hour % 12
    known = bool(match["part"] or half in {"a", "p"} or match["hour"] or hour > 12)
    return ClockTime(f"{hour:02}:{minute:02}{match['second'] or ''}", known)
