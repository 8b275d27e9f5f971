"""Quantities as people write them. Cases that look like numbers and are none stand in a test of their own."""

from decimal import Decimal

import cn2an
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from opencc import OpenCC

from corpus.language.numerals import chinese_numeral, english_numeral
from corpus.language.quantities import Quantity, QuantityKind, quantities_of

TRADITIONAL = OpenCC("s2t")


def canonical(text: str) -> list[str]:
    return [quantity.canonical for quantity in quantities_of(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("39.63万人", "396300 人"),
        ("396,300人", "396300 人"),
        ("３９．６３萬人", "396300 人"),
        ("三十九万六千三百人", "396300 人"),
        ("三千余项", "3000 项"),
        ("3000餘項", "3000 项"),
        ("3千多项", "3000 项"),
        ("12万3456人", "123456 人"),
        ("3亿5000万元", "350000000 元"),
        ("壹佰贰拾万元整", "1200000 元"),
        ("两点五亿", "250000000"),
        ("一百零五", "105"),
        ("一百二", "120"),
        ("三千五", "3500"),
        ("五千瓦", "5 kw"),
        ("5000万千瓦时", "50000000 kwh"),
        ("300千米", "300 km"),
        ("300 kilometres", "300 km"),
        ("30㎡", "30 m2"),
        ("25平方公里", "25 km2"),
        ("两个半小时", "2.5 小时"),
        ("三年半", "3.5 年"),
        ("5个工作日", "5 工作日"),
        ("在二十四小时内", "24 小时"),
        ("共六万人", "60000 人"),
        ("增加产假六十日", "60 天"),
        ("自收到之日起60日", "60 天"),
        ("五日以上", "5 天"),
        ("廿五人", "25 人"),
        ("近百家", "100 家"),
        ("千余名", "1000 人"),
        ("百分之四十", "40 %"),
        ("40％", "40 %"),
        ("40 percent", "40 %"),
        ("四成", "40 %"),
        ("三成五", "35 %"),
        ("千分之五", "0.5 %"),
        ("5‰", "0.5 %"),
        ("四分之三", "75 %"),
        ("-3.5%", "-3.5 %"),
        ("零下5度", "-5 ℃"),
        ("3个百分点", "3 %点"),
        ("1.2 million", "1200000"),
        ("two hundred and six people", "206 人"),
        ("Thirty-nine", "39"),
        ("$3.5 million", "3500000 美元"),
        ("US$1.2bn", "1200000000 美元"),
        ("300美金", "300 美元"),
        ("30万新台币", "300000 台币"),
        ("¥300", "300 元"),
        ("第三十二条", "第32 条"),
        ("第32條", "第32 条"),
        ("Article 32", "第32 条"),
        ("第五届", "第5 届"),
        ("5th", "第5"),
        ("三等奖", "第3 等奖"),
        ("三季度", "第3 季度"),
        ("第3季度", "第3 季度"),
        ("Q3", "第3 季度"),
        ("the third quarter", "第3 季度"),
        ("二〇二四年四月二十四日", "2024-04-24"),
        ("2024年04月24日", "2024-04-24"),
        ("2024 年 4 月 24 日", "2024-04-24"),
        ("2024-04-24", "2024-04-24"),
        ("2024/4/24", "2024-04-24"),
        ("April 24, 2024", "2024-04-24"),
        ("24 April 2024", "2024-04-24"),
        ("2024年4月", "2024-04"),
        ("2023年度", "2023"),
        ("民国三十八年", "1949"),
        ("民國38年10月1日", "1949-10-01"),
        ("公元前221年", "-0221"),
        ("4月24日", "--04-24"),
        ("上世纪九十年代", "199X"),
        ("一九八〇年代", "198X"),
        ("三年级", "3 年级"),
        ("the 1980s", "198X"),
        ("十九世纪", "18XX"),
        ("19th century", "18XX"),
        ("in 2020", "2020"),
        ("14:30", "14:30"),
        ("停止入场：17:30", "17:30"),
        ("下午两点半", "14:30"),
        ("晚上八點一刻", "20:15"),
        ("十九时零五分", "19:05"),
        ("每天7点更新", "07:00"),
        ("中午12点", "12:00"),
        ("晚上12点", "00:00"),
        ("at 6.15 p.m.", "18:15"),
        ("12 a.m.", "00:00"),
    ],
)
def test_every_spelling_has_one_canonical_form(text: str, expected: str) -> None:
    assert canonical(text) == [expected]


@pytest.mark.parametrize(
    "text",
    [
        *(
            "一些",
            "三亚",
            "十分重要",
            "万科",
            "一条龙服务",
            "千家万户",
            "四面八方",
            "统一",
            "唯一",
            "星期三",
            "周五",
            "万一",
            "三国",
        ),
        *(
            "三五个",
            "几十人",
            "数百家",
            "成千上万",
            "成立",
            "一成不变",
            "三峡",
            "十四五规划",
            "一国两制",
            "九一八事变",
            "陆军",
            "百姓",
        ),
        *("R&D", "5G", "COVID-19", "1+N", "A4", "H5N1", "192.168.1.1", "I may go", "千方百计", "二氧化碳", "四周"),
    ],
)
def test_names_idioms_and_guesses_are_no_quantities(text: str) -> None:
    assert canonical(text) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("5-10人", ["5 人", "10 人"]),
        ("3-5万元", ["30000 元", "50000 元"]),
        ("2019-2023年", ["2019", "2023"]),
        ("4月24日至26日", ["--04-24", "---26"]),
        ("10至20%", ["10 %", "20 %"]),
        ("6家省级平台，8家市级平台", ["6 家", "8 家"]),
        ("占GDP比重达到6.79%,超过北上广深", ["6.79 %"]),
        ("造成四十名民工受伤，形成五个片区", ["40 人", "5 个"]),
        ("2020年引进1人、7人", ["2020", "1 人", "7 人"]),
    ],
)
def test_several_in_one_text(text: str, expected: list[str]) -> None:
    assert canonical(text) == expected


@pytest.mark.parametrize(
    ("text", "bound"),
    [
        ("3000余项", "over"),
        ("超过3000项", "over"),
        ("3000人以上", "over"),
        ("近4万人", "under"),
        ("不足30%", "under"),
        ("约3成", "about"),
        ("300人左右", "about"),
        ("不低于3000项", "over"),
        ("不得少于3000项", "over"),
        ("至少要有3000项", "over"),
        ("不能超过30%", "under"),
        ("最高可罚3000元", "under"),
        ("300人", ""),
        ("附近3家", ""),
    ],
)
def test_what_is_said_of_an_amount_besides(text: str, bound: str) -> None:
    assert [quantity.bound for quantity in quantities_of(text)] == [bound]


@pytest.mark.parametrize(("text", "indefinite"), [("一个", True), ("1个", False), ("one", True), ("两个", False)])
def test_words_that_are_often_articles_are_told_apart(text: str, indefinite: bool) -> None:
    assert quantities_of(text)[0].indefinite is indefinite


@pytest.mark.parametrize(
    ("text", "times"),
    [
        ("下午2点到5点", ["14:00", "17:00"]),
        ("早上9点至5点", ["09:00", "17:00"]),
        ("22:00-6:00", ["22:00", "06:00"]),
        ("晚上10点到6点", ["22:00", "06:00"]),
        ("晚上8点到12点", ["20:00", "00:00"]),
        ("上午9点至下午5点", ["09:00", "17:00"]),
        ("凌晨一时至五时", ["01:00", "05:00"]),
        ("提出三点要求", []),
        ("有以下3点建议", []),
        ("早一点来，一时说不清", []),
        ("24小时营业，上涨三点五", []),
    ],
)
def test_times_are_told_from_points_and_moments(text: str, times: list[str]) -> None:
    assert [quantity.iso for quantity in quantities_of(text) if quantity.kind is QuantityKind.TIME] == times


def test_kinds() -> None:
    kinds = [quantity.kind for quantity in quantities_of("3,000；39名；2亿元；40%；2024-04-24；14:30；第五届")]
    assert kinds == list(QuantityKind)


numbers = st.integers(0, 10**9).map(Decimal) | st.decimals("0", "9999", places=2)


@settings(max_examples=150, deadline=None)
@given(numbers)
def test_any_number_is_read_in_any_width_grouping_and_scale(number: Decimal) -> None:
    for written in (f"{number:f}", f"{number:,}", f"{number / 10**4:f}万"):
        wide = written.translate({ord(narrow): chr(ord(narrow) + 0xFEE0) for narrow in "0123456789.,"})
        for text in (f"有{written}人", f"有{wide}人", TRADITIONAL.convert(f"有{written}人")):
            [quantity] = quantities_of(text)
            assert quantity.value == number
            assert text[quantity.start : quantity.end] == text[1:]


@settings(max_examples=150, deadline=None)
@example(2000, "人")
@example(60_000, "人")
@given(st.integers(1, 10**12 - 1), st.sampled_from(["人", "元", "家", "名", "天"]))
def test_chinese_numerals_mean_the_number_they_spell(number: int, unit: str) -> None:
    assert chinese_numeral(in_chinese(number)) == number
    if number > 1:
        assert [quantity.value for quantity in quantities_of(f"共{in_chinese(number)}{unit}")] == [number]


@settings(max_examples=100, deadline=None)
@given(st.dates())
def test_any_date_is_read_in_every_form(day: object) -> None:
    year, month, date = day.year, day.month, day.day  # type: ignore[attr-defined]
    if year < 1000 or year >= 2200:
        return
    digits = "".join("〇一二三四五六七八九"[int(digit)] for digit in str(year))
    for text in (
        f"{year}年{month}月{date}日",
        f"{digits}年{in_chinese(month).removeprefix('一') or '一'}月{in_chinese(date)}日".replace("一十", "十"),
        f"{day:%B} {date}, {year}",
    ):
        assert canonical(text) == [f"{year}-{month:02d}-{date:02d}"], text


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet="0123456789一二三百千万亿十年月日第%,.-/~余近元个 aZ㎡①½İ\n", max_size=40))
def test_any_text_gives_ordered_spans_that_hold_something(text: str) -> None:
    end = 0
    for quantity in quantities_of(text):
        assert isinstance(quantity, Quantity)
        assert end <= quantity.start < quantity.end <= len(text)
        assert quantity.canonical
        end = quantity.end


@pytest.mark.parametrize("text", ["三五", "二三十", "七八百"])
def test_guesses_have_no_value(text: str) -> None:
    assert chinese_numeral(text) is None


def test_an_ordinal_without_a_value_is_none() -> None:
    assert quantities_of("第一一") == []


def test_english_numerals() -> None:
    assert english_numeral("one hundred and twenty-three thousand four hundred and five") == 123405


def in_chinese(number: int) -> str:
    """The number in Chinese characters, written here by groups of four digits, as the reader does not do it."""
    groups = []
    while number:
        groups.append(number % 10_000)
        number //= 10_000
    spelled = ""
    for power in range(len(groups) - 1, -1, -1):
        group = groups[power]
        if group == 0:
            continue
        if spelled and (group < 1000 or groups[power + 1] == 0):
            spelled += "零"
        spelled += four_digits(group) + ("", "万", "亿")[power]
    return spelled


def four_digits(number: int) -> str:
    spelled, gap = "", False
    for scale, name in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit = number // scale % 10
        if digit:
            spelled += ("零" if gap and spelled else "") + "零一二三四五六七八九"[digit] + name
            gap = False
        else:
            gap = True
    return spelled


@pytest.mark.parametrize(
    ("text", "value", "unit"),
    [
        ("电池容量5000mAh", 5000, "mah"),
        ("额定电压220V", 220, "v"),
        ("功率65W", 65, "w"),
        ("电流10A。", 10, "a"),
        ("噪声不超过45dB", 45, "db"),
        ("带宽300Mbps", 300, "mbps"),
        ("压力1.6MPa", Decimal("1.6"), "mpa"),
        ("转速3000rpm", 3000, "rpm"),
        ("进水压力250kPa", 250, "kpa"),
        ("水温60℃", 60, "℃"),
    ],
)
def test_units_of_engineering(text: str, value: Decimal, unit: str) -> None:
    (quantity,) = quantities_of(text)
    assert (quantity.value, quantity.unit) == (value, unit)


@pytest.mark.parametrize("text", ["5A级旅游景区", "3A大作", "5G网络", "3M胶带"])
def test_letters_that_are_no_units(text: str) -> None:
    assert not [quantity for quantity in quantities_of(text) if quantity.unit]


def test_ten_thousand_ten_thousands() -> None:
    assert chinese_numeral("三万万") == 300_000_000
    assert chinese_numeral("一万万五千万") == 150_000_000
    assert chinese_numeral("三亿五万") == 300_050_000


@given(st.integers(min_value=11, max_value=10**15))
def test_numerals_as_cn2an_writes_them(number: int) -> None:
    assert chinese_numeral(cn2an.an2cn(number)) == number
    assert chinese_numeral(cn2an.an2cn(number, "up")) == number
