"""How figures are written."""

from datetime import date, datetime

import numpy as np
import pandas as pd
import pytest

from ui import formats as f

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    ("made", "expected"),
    [
        (f.multiple(18.4), "18.4x"),
        (f.multiple(18.4, "zh"), "18.4倍"),
        (f.multiple(1234.56), "1,234.6x"),
        (f.multiple(-3.14), "−3.1x"),
        (f.multiple(18.4, quality="ruled"), "18.4x†"),
        (f.percent(3.2), "3.2%"),
        (f.percent(10.6, sign=True), "+10.6%"),
        (f.percent(-20.7, sign=True), "−20.7%"),
        (f.percent(-0.04, sign=True), "0.0%"),
        (f.change(10.6), "▲ +10.6%"),
        (f.change(-20.7), "▼ −20.7%"),
        (f.change(0), "0.0%"),
        (f.points(6.1), "+6.1 pp"),
        (f.points(-6.1, "zh"), "−6.1个百分点"),
        (f.percentile(3.0), "3rd"),
        (f.percentile(3, "zh"), "第3百分位"),
        (f.percentile(0), "0th"),
        (f.percentile(100), "100th"),
        (f.percentile(2.5), "3rd"),
        (f.money(63.51e9, "HKD"), "HK$63.5bn"),
        (f.money(63.51e9, "HKD", "zh"), "635.1亿港元"),
        (f.money(1.2e9, "USD"), "US$1.2bn"),
        (f.money(192.9e9, "CNY"), "CNY 192.9bn"),
        (f.money(4.3e12, "HKD"), "HK$4.3tn"),
        (f.money(4.3e12, "HKD", "zh"), "4.3万亿港元"),
        (f.money(999.96e6, "USD"), "US$1.0bn"),
        (f.money(-2e9, "HKD"), "−HK$2.0bn"),
        (f.money(-2e9, "HKD", "zh"), "−20.0亿港元"),
        (f.money(950, "HKD"), "HK$950"),
        (f.money(0, "HKD"), "HK$0"),
        (f.money(5e6, "SGD"), "SGD 5.0mn"),
        (f.price(475.2, "HKD"), "HK$475.20"),
        (f.price(-1.5, "CNY", "zh"), "−1.50元人民币"),
        (f.shares(110_420_000), "110.4mn"),
        (f.shares(110_420_000, "zh"), "1.1亿股"),
        (f.seconds(372), "6m 12s"),
        (f.number(9570, quality="about"), "~9,570"),
        (f.number(300, quality="over"), ">300"),
        (f.number(300, quality="truncated"), "≥300"),
        (f.day(date(2026, 7, 31)), "31 Jul 2026"),
        (f.day("2026-07-31", "zh"), "2026年7月31日"),
        (f.day(pd.Timestamp("2026-07-31 16:10")), "31 Jul 2026"),
        (f.day(np.datetime64("2026-07-31")), "31 Jul 2026"),
        (f.month("2026-07-31"), "Jul 2026"),
        (f.minute(datetime(2026, 7, 31, 16, 10)), "31 Jul 2026 16:10"),
    ],
)
def test_a_figure_is_written_as_the_field_writes_it(made, expected):
    assert made == expected


@pytest.mark.parametrize("value", [None, float("nan"), pd.NaT, pd.NA, np.nan])
def test_a_missing_value_is_a_dash_in_every_format(value):
    assert {
        f.multiple(value),
        f.percent(value),
        f.percentile(value),
        f.money(value, "HKD"),
        f.shares(value),
    } == {"–"}
    assert {
        f.number(value),
        f.change(value),
        f.points(value),
        f.price(value),
        f.day(value),
        f.month(value),
    } == {"–"}
    assert {f.period(value), f.seconds(value), f.minute(value), f.compact(value)} == {"–"}


def test_a_missing_value_carries_no_quality_mark():
    assert f.money(None, "HKD", quality="over") == "–"


def test_ordinals_follow_english():
    assert [f.ordinal(n) for n in (1, 2, 3, 4, 11, 12, 13, 21, 22, 23, 91)] == (
        ["1st", "2nd", "3rd", "4th", "11th", "12th", "13th", "21st", "22nd", "23rd", "91st"]
    )


def test_a_loss_is_not_a_multiple():
    assert f.valuation(None, "NM_LOSS") == "n.m."
    assert f.valuation(None, "MISSING_EPS") == "–"
    assert f.valuation(18.4, "STALE_EPS") == "18.4x"


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (("2025Q3",), "2025Q3"),
        (("2025Q3", "2025-09-30", 12, "zh"), "2025Q3"),
        (("2025FY",), "FY2025"),
        (("2025FY", None, 12, "zh"), "2025全年"),
        (("2025H1", None, 12, "zh"), "2025上半年"),
        (("2025M9",), "2025 9M"),
        (("2022Q3", "2021-12-31", 3), "FY2022 Q3 (Dec 2021)"),
        (("2022Q3", date(2021, 12, 31), 3, "zh"), "2022财年第三季（2021年12月止）"),
        (("2022FY", "2022-03-31", 3), "FY2022 (Mar 2022)"),
        (("2022Q3", None, 3), "FY2022 Q3"),
        (("week 26", None, 3), "week 26"),
        (("", None, 12), "–"),
    ],
)
def test_a_fiscal_period_names_its_year_and_its_end(arguments, expected):
    assert f.period(*arguments) == expected


def test_short_names_drop_the_share_class():
    assert f.short_name("Meituan", "美团-W", "zh") == "美团"
    assert f.short_name("Tencent Holdings", "腾讯控股", "en") == "Tencent Holdings"
    assert f.short_name(None, "美团-W", "en") == "美团"
    assert f.short_name(None, None) == "–"


def test_an_unknown_quality_or_language_is_an_error():
    with pytest.raises(ValueError, match="guessed"):
        f.number(1, quality="guessed")
    with pytest.raises(ValueError, match="fr"):
        f.money(1, "HKD", "fr")
