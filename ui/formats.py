"""How a figure is written on the screen: 18.4x, HK$63.5bn, 3rd, 31 Jul 2026, n.m.

Every function takes a raw value (None, NaN and NaT included) and returns a string;
a missing value is the dash `MISSING`. Languages are 'en' and 'zh'. Negative numbers
carry U+2212, which is for screens and pictures: exports write plain ASCII numbers.
"""

from __future__ import annotations

import math
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, NamedTuple

MISSING = "–"
NOT_MEANINGFUL = "n.m."
MINUS = "\u2212"
DAGGER = "†"

MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

# English writes the currency before the figure, Chinese after the unit.
CURRENCY_BEFORE = {"HKD": "HK$", "USD": "US$", "CNY": "CNY ", "RMB": "CNY "}
CURRENCY_AFTER = {"HKD": "港元", "USD": "美元", "CNY": "元人民币", "RMB": "元人民币"}

# What a figure's quality adds to it: (before, after).
QUALITY_MARKS = {
    "exact": ("", ""),
    "rounded": ("~", ""),
    "about": ("~", ""),
    "over": (">", ""),
    "truncated": ("≥", ""),
    "derived": ("", DAGGER),
    "ruled": ("", DAGGER),
}


class Scale(NamedTuple):
    """A unit that figures are divided by, with the word that follows them ('bn', '亿')."""

    divisor: float
    word: str


SCALES = {
    "en": (Scale(1e12, "tn"), Scale(1e9, "bn"), Scale(1e6, "mn"), Scale(1.0, "")),
    "zh": (Scale(1e12, "万亿"), Scale(1e8, "亿"), Scale(1e4, "万"), Scale(1.0, "")),
}


def is_missing(value: Any) -> bool:
    """True for None, NaN, NaT and pandas' NA."""
    if value is None:
        return True
    try:
        return bool(value != value)
    except (TypeError, ValueError):  # pandas.NA refuses to be a boolean
        return True


def _check(language: str) -> None:
    if language not in SCALES:
        raise ValueError(f"language is 'en' or 'zh', not {language!r}")


def _rounded(value: float, digits: int) -> Decimal:
    """Half away from zero, on the shortest decimal form of the float, as a reader would round
    it.
    """
    return Decimal(repr(float(value))).quantize(Decimal(1).scaleb(-digits), rounding=ROUND_HALF_UP)


def number(value: Any, digits: int = 0, *, sign: bool = False, quality: str = "exact") -> str:
    """A plain figure with thousands separators: 9570 -> '9,570', -3.25 -> '−3.3' (digits=1)."""
    if is_missing(value) or math.isinf(float(value)):
        return MISSING
    exact = _rounded(value, digits)
    body = f"{abs(exact):,}"
    lead = MINUS if exact < 0 else "+" if sign and exact > 0 else ""
    return qualified(lead + body, quality)


def qualified(figure: str, quality: str = "exact") -> str:
    """A written figure with the mark of its quality: over '>300', about '~9,570', ruled
    '18.4x†'.
    """
    if quality not in QUALITY_MARKS:
        raise ValueError(f"quality {quality!r} is not one of {', '.join(QUALITY_MARKS)}")
    if figure in (MISSING, NOT_MEANINGFUL):
        return figure
    before, after = QUALITY_MARKS[quality]
    return before + figure + after


def multiple(value: Any, language: str = "en", *, digits: int = 1, quality: str = "exact") -> str:
    """A valuation multiple: 18.4 -> '18.4x', in Chinese '18.4倍'."""
    _check(language)
    if is_missing(value):
        return MISSING
    return qualified(number(value, digits) + ("x" if language == "en" else "倍"), quality)


def valuation(value: Any, status: str, language: str = "en", *, quality: str = "exact") -> str:
    """A multiple under its status: a loss is 'n.m.', whatever else has no value is a dash."""
    if status == "NM_LOSS":
        return NOT_MEANINGFUL
    return multiple(value, language, quality=quality)


def percent(value: Any, *, digits: int = 1, sign: bool = False, quality: str = "exact") -> str:
    """A percentage that is already in per cent: 3.2 -> '3.2%'; sign=True puts '+' before gains."""
    if is_missing(value):
        return MISSING
    return qualified(number(value, digits, sign=sign) + "%", quality)


def change(value: Any, *, digits: int = 1) -> str:
    """A change in per cent with arrow and sign: '▲ +10.6%', '▼ −20.7%', '0.0%'."""
    if is_missing(value):
        return MISSING
    exact = _rounded(value, digits)
    arrow = "▲ " if exact > 0 else "▼ " if exact < 0 else ""
    return arrow + percent(value, digits=digits, sign=True)


def points(
    value: Any, language: str = "en", *, digits: int = 1, sign: bool = True, quality: str = "exact"
) -> str:
    """A difference in percentage points: '+6.1 pp', in Chinese '+6.1个百分点'."""
    _check(language)
    if is_missing(value):
        return MISSING
    return qualified(
        number(value, digits, sign=sign) + (" pp" if language == "en" else "个百分点"), quality
    )


def ordinal(value: int) -> str:
    """An English ordinal: 3 -> '3rd', 11 -> '11th', 0 -> '0th'."""
    if value % 100 in (11, 12, 13):
        return f"{value}th"
    return f"{value}{ {1: 'st', 2: 'nd', 3: 'rd'}.get(value % 10, 'th') }"


def percentile(value: Any, language: str = "en", *, quality: str = "exact") -> str:
    """A percentile from 0 to 100, rounded to a whole one: '3rd', in Chinese '第3百分位'."""
    _check(language)
    if is_missing(value):
        return MISSING
    whole = int(_rounded(value, 0))
    return qualified(ordinal(whole) if language == "en" else f"第{whole}百分位", quality)


def scale(largest: Any, language: str = "en") -> Scale:
    """The unit in which a figure, or an axis up to `largest`, is written."""
    _check(language)
    size = 0.0 if is_missing(largest) else abs(float(largest))
    steps = SCALES[language]
    for step, larger in zip(steps[1:], steps):
        if size >= step.divisor or step.divisor == 1.0:
            # 999.96mn rounds up to the next unit's 1.0bn
            full = larger.divisor / step.divisor
            if size >= larger.divisor or float(_rounded(size / step.divisor, 1)) >= full:
                return larger
            return step
    return steps[-1]


def compact(value: Any, language: str = "en", *, digits: int = 1) -> str:
    """A count in its natural unit without any currency: '110.4mn', '1.1亿'."""
    if is_missing(value):
        return MISSING
    unit = scale(value, language)
    small = unit.divisor == 1.0
    return number(float(value) / unit.divisor, 0 if small else digits) + unit.word


def money(
    value: Any, currency: str, language: str = "en", *, digits: int = 1, quality: str = "exact"
) -> str:
    """An amount in full units of its currency: 'HK$63.5bn', 'CNY 192.9bn'; Chinese '635.0亿港元'.

    A currency outside HKD, USD and CNY is written by its code. Whoever holds millions multiplies
    first.
    """
    _check(language)
    if is_missing(value):
        return MISSING
    figure = compact(abs(float(value)), language, digits=digits)
    lead = MINUS if float(value) < 0 else ""
    if language == "en":
        return qualified(lead + CURRENCY_BEFORE.get(currency, f"{currency} ") + figure, quality)
    return qualified(lead + figure + CURRENCY_AFTER.get(currency, f" {currency}"), quality)


def price(value: Any, currency: str | None = None, language: str = "en", *, digits: int = 2) -> str:
    """A price or a figure per share: 'HK$475.20', '475.20港元'; without a currency '475.20'."""
    _check(language)
    if is_missing(value):
        return MISSING
    figure = number(abs(float(value)), digits)
    lead = MINUS if float(value) < 0 else ""
    if not currency:
        return lead + figure
    if language == "en":
        return lead + CURRENCY_BEFORE.get(currency, f"{currency} ") + figure
    return lead + figure + CURRENCY_AFTER.get(currency, f" {currency}")


def shares(value: Any, language: str = "en", *, quality: str = "exact") -> str:
    """A count of ordinary shares in full units: '110.4mn', in Chinese '1.1亿股'."""
    _check(language)
    if is_missing(value):
        return MISSING
    return qualified(compact(value, language) + ("" if language == "en" else "股"), quality)


def seconds(value: Any, language: str = "en") -> str:
    """A length of stay: 372 -> '6m 12s', in Chinese '6分12秒'."""
    _check(language)
    if is_missing(value):
        return MISSING
    minutes, rest = divmod(int(_rounded(value, 0)), 60)
    return f"{minutes}m {rest:02d}s" if language == "en" else f"{minutes}分{rest:02d}秒"


def _day(value: Any) -> date:
    if isinstance(value, str):
        return date.fromisoformat(value[:10])
    if isinstance(value, datetime):  # pandas.Timestamp too
        return value.date()
    if isinstance(value, date):
        return value
    import pandas  # numpy.datetime64 and the rest

    return pandas.Timestamp(value).date()


def day(value: Any, language: str = "en") -> str:
    """A date: '31 Jul 2026', in Chinese '2026年7月31日'. Takes a date, a Timestamp or ISO text."""
    _check(language)
    if is_missing(value):
        return MISSING
    moment = _day(value)
    if language == "en":
        return f"{moment.day} {MONTHS[moment.month - 1]} {moment.year}"
    return f"{moment.year}年{moment.month}月{moment.day}日"


def month(value: Any, language: str = "en") -> str:
    """The month of a date: 'Jul 2026', in Chinese '2026年7月'."""
    _check(language)
    if is_missing(value):
        return MISSING
    moment = _day(value)
    return (
        f"{MONTHS[moment.month - 1]} {moment.year}"
        if language == "en"
        else f"{moment.year}年{moment.month}月"
    )


def minute(value: Any, language: str = "en") -> str:
    """A moment, in the zone it comes in: '31 Jul 2026 16:10', in Chinese '2026年7月31日 16:10'."""
    if is_missing(value):
        return MISSING
    moment = datetime.fromisoformat(value) if isinstance(value, str) else value
    return f"{day(moment, language)} {moment.hour:02d}:{moment.minute:02d}"


SPANS_EN = {"FY": "FY{year}", "H1": "{year}H1", "H2": "{year}H2", "M9": "{year} 9M"}
SPANS_ZH = {"FY": "{year}全年", "H1": "{year}上半年", "H2": "{year}下半年", "M9": "{year}前九个月"}
FISCAL_ZH = {
    "FY": "全年",
    "H1": "上半年",
    "H2": "下半年",
    "M9": "前九个月",
    "Q1": "第一季",
    "Q2": "第二季",
    "Q3": "第三季",
    "Q4": "第四季",
}


def listed(values: Any) -> list:
    """A list in a cell of an answer; an absent one is empty."""
    return list(values) if hasattr(values, "__len__") else []


def period(
    label: Any, period_end: Any = None, fiscal_year_end_month: int | None = 12, language: str = "en"
) -> str:
    """A fiscal period as it is shown.

    '2025Q3' stays where the fiscal year is the calendar year; Alibaba's '2022Q3' (year end month 3,
    period_end 2021-12-31) becomes 'FY2022 Q3 (Dec 2021)', in Chinese
    '2022财年第三季（2021年12月止）'. The date in brackets is `period_end`, never worked out from
    the label; without it there are no brackets. An unknown form of label is shown as it is.
    """
    _check(language)
    if is_missing(label) or label == "":
        return MISSING
    label = str(label)
    year, span = label[:4], label[4:]
    if not year.isdigit() or span not in FISCAL_ZH:
        return label
    if (
        fiscal_year_end_month is None
        or is_missing(fiscal_year_end_month)
        or int(fiscal_year_end_month) == 12
    ):
        forms = SPANS_EN if language == "en" else SPANS_ZH
        return forms.get(span, "{year}" + span).format(year=year)
    ending = "" if is_missing(period_end) else month(period_end, language)
    if language == "en":
        words = f"FY{year}" if span == "FY" else f"FY{year} {'9M' if span == 'M9' else span}"
        return words + (f" ({ending})" if ending else "")
    return f"{year}财年{FISCAL_ZH[span]}" + (f"（{ending}止）" if ending else "")


CORPORATE_TAILS = ("-SW", "-W", "-S")


def short_name(name_en: Any, name_zh: Any, language: str = "en") -> str:
    """A company's name for a label: Chinese without its share-class tail ('美团-W' -> '美团').

    Falls back to the other language's name, then to the dash.
    """
    _check(language)
    first, second = (name_en, name_zh) if language == "en" else (name_zh, name_en)
    name = second if is_missing(first) or not str(first).strip() else first
    if is_missing(name) or not str(name).strip():
        return MISSING
    name = str(name).strip()
    for tail in CORPORATE_TAILS:
        if name.endswith(tail):
            return name[: -len(tail)]
    return name
