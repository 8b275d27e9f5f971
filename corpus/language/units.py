"""Units of quantities, each with one name for all its spellings.

``unit_of("公里")`` and ``unit_of("km")`` are both "km". Classifiers that count (个, 家) keep their own
character, but for those that count people (名, 位), which are all 人.
"""

from __future__ import annotations

import re
from decimal import Decimal

__all__ = ["CURRENCIES", "MEASURES", "UNIT", "UNITS", "is_counter", "measured_alike", "unit_of"]

CURRENCIES: dict[str, str] = {
    spelling: name
    for name, spellings in {
        "元": "元 人民币 元人民币 圆 块钱 yuan rmb renminbi cny ¥ rmb¥",
        "美元": "美元 美金 usd dollars dollar us$ $",
        "港元": "港元 港币 hkd hk$",
        "台币": "新台币 台币 元新台币 ntd nt$ twd",
        "欧元": "欧元 eur euros euro €",
        "日元": "日元 日圆 jpy yen",
        "英镑": "英镑 gbp pounds £",
        "卢布": "卢布 roubles rubles",
        "韩元": "韩元 韩圆 krw won",
        "法郎": "法郎 francs",
        "马克": "马克",
        "卢比": "卢比 rupees",
    }.items()
    for spelling in spellings.split()
}
"""Currencies by their spellings, folded."""

MEASURES: dict[str, str] = {
    spelling: name
    for name, spellings in {
        "km": "公里 千米 km kilometers kilometres kilometer kilometre",
        "m": "米 公尺 m meters metres meter metre",
        "cm": "厘米 公分 cm centimeters centimetres",
        "mm": "毫米 mm millimeters millimetres",
        "nm": "纳米 nm",
        "里": "里 华里",
        "英里": "英里 miles mile",
        "海里": "海里",
        "英尺": "英尺 ft feet",
        "英寸": "英寸 寸 inches",
        "km2": "平方公里 平方千米 km2",
        "m2": "平方米 平米 m2",
        "ha": "公顷 ha hectares hectare",
        "亩": "亩 mu",
        "英亩": "英亩 acres",
        "m3": "立方米 m3",
        "l": "升 l liters litres",
        "ml": "毫升 ml",
        "t": "吨 公吨 t tonnes tons tonne",
        "kg": "公斤 千克 kg kilograms kilogram",
        "g": "克 g grams",
        "mg": "毫克 mg",
        "斤": "斤 市斤",
        "磅": "磅",
        "kw": "千瓦 kw kilowatts",
        "mw": "兆瓦 mw megawatts",
        "w": "瓦 watts w",
        "wh": "瓦时 wh",
        "a": "安培 安 amperes a",
        "ma": "毫安 ma",
        "mah": "毫安时 mah",
        "ah": "安时 ah",
        "kv": "千伏 kv",
        "db": "分贝 db",
        "kbps": "kbps",
        "mbps": "mbps 兆比特每秒",
        "gbps": "gbps",
        "rpm": "rpm 转/分 转每分钟",
        "kwh": "千瓦时 度电 kwh",
        "℃": "摄氏度 ℃ °c 度",
        "年": "年 周年 载 years year",
        "岁": "岁 周岁 years\u00a0old",
        "月": "个月 个多月 months month",
        "周": "周 星期 个星期 礼拜 weeks week",
        "天": "天 日 昼夜 days day",
        "工作日": "个工作日 工作日 个工作天 工作天 working\u00a0days",
        "小时": "小时 个小时 钟头 个钟头 hours hour h",
        "分钟": "分钟 minutes minute min",
        "秒": "秒 秒钟 seconds second s",
        "倍": "倍 times",
        "hz": "赫兹 赫 hz",
        "mhz": "兆赫 mhz",
        "ghz": "ghz 吉赫",
        "ev": "电子伏特 ev",
        "v": "伏特 伏 volts v",
        "帕": "帕 帕斯卡 pa",
        "kpa": "千帕 kpa",
        "mpa": "兆帕 mpa",
        "马力": "马力 hp horsepower",
        "光年": "光年",
        "%点": "个百分点 百分点 percentage\u00a0points percentage\u00a0point",
        "世纪": "个世纪 centuries",
        "gb": "gb",
        "mb": "mb",
    }.items()
    for spelling in (word.replace("\u00a0", " ") for word in spellings.split(" "))
}
"""What is measured rather than counted: a change of it changes the fact."""

_SCALES: dict[str, tuple[str, Decimal]] = {
    unit: (scale, Decimal(size))
    for scale, sizes in {
        "length": {"nm": "1e-9", "mm": "0.001", "cm": "0.01", "m": "1", "里": "500", "km": "1000"},
        "area": {"m2": "1", "ha": "10000", "km2": "1000000"},
        "volume": {"ml": "0.001", "l": "1", "m3": "1000"},
        "mass": {"mg": "0.001", "g": "1", "斤": "500", "kg": "1000", "t": "1000000"},
        "duration": {"秒": "1", "分钟": "60", "小时": "3600", "天": "86400", "周": "604800"},
        "calendar": {"月": "1", "年": "12"},
        "power": {"w": "1", "kw": "1000", "mw": "1000000"},
        "energy": {"wh": "1", "kwh": "1000"},
        "charge": {"mah": "1", "ah": "1000"},
        "current": {"ma": "1", "a": "1000"},
        "voltage": {"v": "1", "kv": "1000"},
        "pressure": {"帕": "1", "kpa": "1000", "mpa": "1000000"},
        "frequency": {"hz": "1", "mhz": "1000000", "ghz": "1000000000"},
        "rate": {"kbps": "1", "mbps": "1000", "gbps": "1000000"},
    }.items()
    for unit, size in sizes.items()
}
"""What units that measure the same are worth, in the smallest or the plainest of them, where that is exact."""

_PEOPLE = "人 名 位 口人"
_COUNTERS = (
    "个 家 项 条 所 次 种 座 套 件 张 只 台 辆 部 支 场 届 本 册 批 户 间 栋 幢 层 级 期 篇 句 章 节 "
    "颗 株 枚 粒 艘 架 匹 头 棵 份 门 类 组 对 双 轮 段 处 片 笔 起 例 集 首 幅 任 代 席 款 站 号 县 "
    "省 市 州 镇 乡 村 国 版 队 队伍 排 营 团 师 军 连 票 球 分 局 胜 负 面 根 把 床 尊 道 具 卷 字 "
    "楼 声 步 眼 口 页 行 列 亿次 万次 字节 像素 座位 床位 车次 架次 班次 人次 种类 项目 企业 公司 学校 大学 "
    "医院 平台 基地 学生 成员 年级 星级 年制"
)
_WORDS = {"people": "人", "persons": "人", "person": "人", "companies": "家", "projects": "项"}

UNITS: dict[str, str] = {
    **{spelling: spelling for spelling in _COUNTERS.split()},
    **dict.fromkeys(_PEOPLE.split(), "人"),
    **_WORDS,
    **MEASURES,
    **CURRENCIES,
}
"""Every unit's name by its spellings, folded."""


def _whole(spelling: str) -> str:
    """A pattern of a unit that is not the beginning of a word, nor a sign that belongs to the next amount."""
    last = spelling[-1]
    return re.escape(spelling) + (r"(?![a-z])" if "a" <= last <= "z" else r"(?!\s?\d)" if last in "$¥€£" else "")


UNIT = "|".join(map(_whole, sorted(UNITS, key=len, reverse=True)))
"""A pattern of units in folded text."""


def unit_of(spelling: str) -> str:
    """The unit's one name, "" if it is not known."""
    return UNITS.get(spelling, "")


def is_counter(unit: str) -> bool:
    """Whether the unit only counts (个, 人, 家), so that another word may stand for it."""
    return unit not in _MEASURED


def measured_alike(value: Decimal, unit: str) -> tuple[Decimal, str]:
    """The amount in the one unit that amounts of its scale are compared in: 1.5 小时 and 90 分钟 are 5400 of duration.

    What has no such scale (元, 岁, 工作日) stays as it is.
    """
    scale, size = _SCALES.get(unit, (unit, Decimal(1)))
    return value * size, scale


_MEASURED = frozenset([*MEASURES.values(), *CURRENCIES.values(), "%", "‰"])
