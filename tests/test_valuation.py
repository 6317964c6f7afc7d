"""What stands behind a multiple: counts of shares, derived EPS, the basket, bands in prices,
buckets, and one line against another.
"""

import csv
from datetime import date
from statistics import fmean

import numpy as np
import pandas as pd
import pytest
from currency_converter import CurrencyConverter

from tests.support.invention import companies_of, csv_of, session_before, sources_of
from tests.support.warehouses import CURATED, invented, kept

pytestmark = pytest.mark.unit


QUANTILES = {"q10": 0.1, "q25": 0.25, "q50": 0.5, "q75": 0.75, "q90": 0.9}

# Invented companies: profits over shares ----------------------------------------------------------

# BASKET.1 to BASKET.5 are covered; all the others stand beside, so that the basket is these five.
COVERED = [f"B{number}.HK" for number in range(1, 6)]
BESIDE = [
    "PLAIN.HK",
    "LATER.HK",
    "BOTH.HK",
    "LOSS.HK",
    "COUNTED.HK",
    "SMALL.HK",
    "AHEAD.HK",
    "BACK.HK",
    "AVERAGE.HK",
    "AGED.HK",
]
COMPANIES = companies_of(
    *({"ticker": ticker} for ticker in COVERED),
    *({"ticker": ticker, "kind": "peer"} for ticker in BESIDE),
    {"ticker": "BASKET", "kind": "basket"},
)
Q4 = {"period_start": "2023-10-01", "period_end": "2023-12-31", "announced_on": "2024-03-20"}
YEAR_ENDS = {"2023-01-01": "2023-03-31", "2023-04-01": "2023-06-30", "2023-07-01": "2023-09-30"}


def quarter(ticker: str, reported: tuple | None, adjusted: tuple | None, **more) -> list[dict]:
    """Profit (million) and EPS of the quarter to December 2023 on each basis; an EPS of None is not
    printed.
    """
    rows = []
    for basis, figures in (("reported", reported), ("adjusted", adjusted)):
        for item, value in zip(("net_income", "eps_diluted"), figures or ()):
            if value is not None:
                rows.append(
                    {
                        "ticker": ticker,
                        "item": item,
                        "basis": basis,
                        "value": value,
                        "unit": "million" if item == "net_income" else "per share",
                    }
                    | Q4
                    | more
                )
    return rows


EARNINGS = [
    *quarter("PLAIN.HK", (1000, 0.5), (1200, None)),  # 1000 / 0.5 = 2000 shares; 1200 / 2000 = 0.6
    *quarter("LATER.HK", (1000, 0.5), (1200, None)),
    {"ticker": "LATER.HK", "value": 0.61} | Q4 | {"announced_on": "2024-06-03"},
    *(
        {
            "ticker": "LATER.HK",
            "value": 0.5,
            "period_start": start,
            "period_end": end,
            "announced_on": "2023-11-14",
        }
        for start, end in YEAR_ENDS.items()
    ),
    *quarter("BOTH.HK", (1000, 0.5), (1200, 0.59)),
    *quarter("LOSS.HK", (-1000, -0.5), (300, None)),  # a loss is divided by the basic count
    *quarter("COUNTED.HK", (1000, 0.5), (1200, None)),
    *quarter(
        "SMALL.HK", (60, 0.03), (120, None)
    ),  # of 0.03 the next digit is not known: 1714 to 2400 shares
    *quarter("AHEAD.HK", (1000, None), (1200, None)),
    {"ticker": "AHEAD.HK", "basis": "reported", "value": 0.5}
    | Q4
    | {"announced_on": "2062-03-20"},  # a slip of the pen
    # profits of the basket, a year each: of four always 100 or 150, of the fifth 500 and then a
    # loss of 1,000
    *(
        {
            "ticker": ticker,
            "item": "net_income",
            "unit": "million",
            "period_start": f"{year}-01-01",
            "period_end": f"{year}-12-31",
            "announced_on": f"{year + 1}-03-20",
            "value": value,
        }
        for ticker in COVERED
        for year, value in (
            (2022, 500 if ticker == "B5.HK" else 100),
            (2023, -1000 if ticker == "B5.HK" else 100),
            (2024, 150),
        )
    ),
]
SHARES = [
    {
        "ticker": "COUNTED.HK",
        "kind": "diluted_average",
        "period_start": "2023-10-01",
        "date": "2023-12-31",
        "announced_on": "2024-03-20",
        "value": 1900,
    },
    # a count of May that is printed after that of June
    {"ticker": "BACK.HK", "date": "2024-06-28", "announced_on": "2024-07-03", "value": 1000},
    {"ticker": "BACK.HK", "date": "2024-05-31", "announced_on": "2024-07-15", "value": 900},
    {
        "ticker": "AVERAGE.HK",
        "kind": "diluted_average",
        "period_start": "2024-04-01",
        "date": "2024-06-30",
        "announced_on": "2024-08-14",
        "value": 1000,
    },
    {
        "ticker": "AVERAGE.HK",
        "kind": "diluted_average",
        "period_start": "2023-10-01",
        "date": "2023-12-31",
        "announced_on": "2024-08-20",
        "value": 900,
    },
    {"ticker": "AGED.HK", "date": "2024-05-31", "announced_on": "2024-06-03", "value": 1000},
    {
        "ticker": "AGED.HK",
        "kind": "diluted_average",
        "period_start": "2024-01-01",
        "date": "2024-03-31",
        "announced_on": "2024-05-14",
        "value": 1100,
    },
    *(
        {
            "ticker": ticker,
            "kind": "diluted_average",
            "period_start": "2022-01-01",
            "date": "2022-12-31",
            "announced_on": "2023-03-20",
            "value": 100,
        }
        for ticker in COVERED
    ),
]
# The fifth has its first close in May 2023. In August 2024 there is a close in mid-month, and later
# the month's last.
MONTHS = [
    "2023-03-31",
    "2023-04-28",
    "2023-05-31",
    "2024-05-31",
    "2024-08-21",
    "2024-08-30",
    "2025-05-30",
]
PRICES = [
    *(
        {"ticker": ticker, "date": day, "close": 10 * number, "frequency": "month_end"}
        for number, ticker in enumerate(COVERED, 1)
        for day in MONTHS
        if ticker != "B5.HK" or day >= "2023-05"
    ),
    *(
        {"ticker": ticker, "date": day, "close": 20}
        for ticker in BESIDE
        for day in (
            "2024-03-20",
            "2024-03-21",
            "2024-06-03",
            "2024-06-04",
            "2024-07-03",
            "2024-07-04",
            "2024-07-31",
            "2024-08-30",
            "2024-09-05",
            "2024-09-09",
        )
    ),
]


@pytest.fixture(scope="module")
def small():
    made = kept(
        "small",
        lambda folder: invented(
            folder / "data",
            companies=COMPANIES,
            sources=sources_of(),
            earnings=csv_of("earnings", EARNINGS),
            shares=csv_of("shares", SHARES),
            prices=csv_of("prices", PRICES),
        ),
    )
    assert made.result.rejected == []
    return made


def adjusted_eps(made, ticker: str) -> list[tuple]:
    return made.rows(
        """
        SELECT round(value, 6), from_profit, quality, version, strftime(effective_on, '%Y-%m-%d')
        FROM earnings_items
        WHERE ticker = ? AND item = 'eps_diluted' AND basis = 'adjusted'
            AND period_start = '2023-10-01'
        ORDER BY version
        """,
        ticker,
    )


@pytest.mark.system
def test_where_no_eps_is_printed_it_is_the_profit_over_the_diluted_shares_and_marked_derived(small):
    assert adjusted_eps(small, "PLAIN.HK") == [(0.6, True, "derived", 1, "2024-03-21")]
    assert small.rows("SELECT shares_mn, quality, note FROM shares WHERE ticker = 'PLAIN.HK'") == [
        (2000, "derived", "reported profit / diluted EPS")
    ]
    assert small.rows(
        "SELECT eps_diluted, quality FROM earnings WHERE ticker = 'PLAIN.HK' AND basis = 'adjusted'"
    ) == [(0.6, "derived")]


def test_an_eps_that_is_printed_later_wins_from_its_session_on(small):
    assert adjusted_eps(small, "LATER.HK") == [
        (0.6, True, "derived", 1, "2024-03-21"),
        (0.61, False, "exact", 2, "2024-06-04"),
    ]
    # 3 x 0.5 + 0.6 = 2.1 until 3 June, and 2.11 from the next session
    found = small.rows(
        """
        SELECT strftime(date, '%Y-%m-%d'), round(per_share, 6), value
        FROM valuation
        WHERE ticker = 'LATER.HK' AND metric = 'pe_ttm' AND basis = 'adjusted'
            AND date IN ('2024-03-21', '2024-06-03', '2024-06-04')
        ORDER BY 1
        """
    )
    assert found == [
        ("2024-03-21", 2.1, pytest.approx(20 / 2.1)),
        ("2024-06-03", 2.1, pytest.approx(20 / 2.1)),
        ("2024-06-04", 2.11, pytest.approx(20 / 2.11)),
    ]
    assert small.rows(
        """
        SELECT derived
        FROM trailing_inputs
        WHERE ticker = 'LATER.HK' AND item = 'eps_diluted' AND basis = 'adjusted'
            AND period_end = '2023-12-31'
        ORDER BY effective_on
        """
    ) == [(True,), (False,)]


def test_an_eps_that_is_printed_at_once_leaves_nothing_to_derive(small):
    assert adjusted_eps(small, "BOTH.HK") == [(0.59, False, "exact", 1, "2024-03-21")]


@pytest.mark.parametrize("ticker", ["LOSS.HK", "SMALL.HK"])
def test_the_quotient_of_a_loss_or_of_too_few_digits_is_no_count(small, ticker):
    assert adjusted_eps(small, ticker) == []
    assert small.rows("SELECT count(*) FROM shares WHERE ticker = ?", ticker) == [(0,)]


def test_a_printed_count_goes_before_the_quotient(small):
    assert adjusted_eps(small, "COUNTED.HK") == [
        (round(1200 / 1900, 6), True, "derived", 1, "2024-03-21")
    ]
    assert small.rows("SELECT shares_mn, quality FROM shares WHERE ticker = 'COUNTED.HK'") == [
        (1900, "exact")
    ]


def test_a_figure_announced_beyond_the_calendar_implies_nothing_before(small):
    # profit and EPS make a count from the later of their days on, also where that day has no
    # session yet
    assert (
        small.rows(
            """
            SELECT strftime(known_on, '%Y-%m-%d')
            FROM shares
            WHERE ticker = 'AHEAD.HK' AND known_on <= '2027-01-01'
            """
        )
        == []
    )
    assert [row for row in adjusted_eps(small, "AHEAD.HK") if row[-1] is not None] == []


def cap(made, ticker: str, day: str) -> tuple:
    ((found),) = made.rows(
        """
        SELECT shares_mn, share_kind, market_cap_mn FROM market_caps WHERE ticker = ? AND date = ?
        """,
        ticker,
        day,
    )
    return found


def test_the_count_of_a_session_is_the_one_known_before_it_and_a_hundred_days_old_at_most(small):
    assert cap(small, "AGED.HK", "2024-06-03") == (
        1100,
        "diluted_average",
        22000,
    )  # out that evening
    assert cap(small, "AGED.HK", "2024-06-04") == (1000, "outstanding", 20000)
    assert cap(small, "AGED.HK", "2024-09-05") == (1000, "outstanding", 20000)  # 97 days
    assert cap(small, "AGED.HK", "2024-09-09") == (1100, "diluted_average", 22000)  # 101 days


def test_a_count_of_an_earlier_day_that_is_printed_later_replaces_none(small):
    assert cap(small, "BACK.HK", "2024-07-04") == (1000, "outstanding", 20000)
    assert cap(small, "BACK.HK", "2024-07-31") == (1000, "outstanding", 20000)


def test_nor_does_an_average_of_an_earlier_quarter(small):
    assert cap(small, "AVERAGE.HK", "2024-08-30") == (1000, "diluted_average", 20000)


# The basket ---------------------------------------------------------------------------------------


def basket(made, day: str, basis: str = "adjusted") -> tuple | None:
    found = made.rows(
        """
        SELECT status, members, losses, round(value, 6), market_cap_hkd_mn, profit_hkd_mn
        FROM basket_valuation
        WHERE date = ? AND basis = ?
        """,
        day,
        basis,
    )
    return found[0] if found else None


def test_fewer_than_five_members_make_no_basket(small):
    assert basket(small, "2023-04-28") == ("FEW_MEMBERS", 4, 0, None, 10000, 400)
    assert small.rows(
        """
        SELECT status, value
        FROM valuation
        WHERE ticker = 'BASKET' AND date = '2023-04-28' AND basis = 'adjusted'
        """
    ) == [("FEW_MEMBERS", None)]


def test_five_are_the_sum_of_their_caps_over_the_sum_of_their_profits(small):
    # 100 shares at 10 to 50 are 15,000 together, the profits 4 x 100 + 500; the mean of 10, 20, 30,
    # 40 and 10 would be 22
    assert basket(small, "2023-05-31") == ("OK", 5, 0, round(15000 / 900, 6), 15000, 900)
    assert small.rows(
        """
        SELECT median_pe, without_losses
        FROM basket_valuation
        WHERE date = '2023-05-31' AND basis = 'adjusted'
        """
    ) == [(20, pytest.approx(15000 / 900))]


def test_a_loss_that_outweighs_the_profits_leaves_no_multiple(small):
    assert basket(small, "2024-05-31") == ("NM_LOSS", 5, 1, None, 15000, -600)
    assert small.rows(
        """
        SELECT status, value
        FROM valuation
        WHERE ticker = 'BASKET' AND date = '2024-05-31' AND basis = 'adjusted'
        """
    ) == [("NM_LOSS", None)]
    # without the loss four are left, too few for a variant
    assert small.rows(
        """
        SELECT without_losses, median_pe
        FROM basket_valuation
        WHERE date = '2024-05-31' AND basis = 'adjusted'
        """
    ) == [(None, None)]


def test_of_the_other_basis_nothing_is_known_and_so_there_is_no_basket(small):
    assert basket(small, "2023-05-31", "reported") is None


def test_an_evening_in_mid_month_has_its_basket_also_after_the_month_has_ended(small):
    # on 21 August the last close so far stood for August; that the month went on does not undo it
    assert small.rows(
        """
        SELECT count(*)
        FROM valuation
        WHERE ticker = 'B1.HK' AND metric = 'pe_ttm' AND basis = 'adjusted' AND date = '2024-08-21'
        """
    ) == [(1,)]
    assert basket(small, "2024-08-21") == ("NM_LOSS", 5, 1, None, 15000, -600)


# The repository's own figures ---------------------------------------------------------------------


@pytest.mark.system
def test_market_cap_and_price_to_sales_of_tencent_rest_on_its_printed_count(rows):
    # 457.0 on 21 August 2026, 8,980 million shares on the 5th
    assert rows(
        """
        SELECT close, shares_mn, share_kind, market_cap_mn
        FROM market_caps
        WHERE ticker = '0700.HK' AND date = '2026-08-21'
        """
    ) == [(457.0, 8980, "outstanding", pytest.approx(457.0 * 8980))]
    with open(CURATED / "earnings.csv", encoding="utf-8", newline="") as file:
        quarters = {
            row["period_end"]: float(row["value"])
            for row in csv.DictReader(file)
            if (row["ticker"], row["item"]) == ("0700.HK", "revenue")
            and (
                date.fromisoformat(row["period_end"]) - date.fromisoformat(row["period_start"])
            ).days
            < 93
        }
    revenue = sum(quarters[end] for end in ("2025-09-30", "2025-12-31", "2026-03-31", "2026-06-30"))
    rate = CurrencyConverter().convert(1, "CNY", "HKD", date(2026, 8, 21))
    ((value, status),) = rows(
        """
        SELECT value, status
        FROM valuation
        WHERE ticker = '0700.HK' AND metric = 'ps_ttm' AND date = '2026-08-21'
        """
    )
    assert status == "OK"
    assert value == pytest.approx(457.0 * 8980 / (revenue * rate))


def test_a_printed_count_gives_way_to_the_average_after_a_hundred_days(rows):
    # 9,354.6 million on 28 June 2024: 94 days to 30 September, 125 to 31 October
    assert rows(
        """
        SELECT shares_mn, share_kind
        FROM market_caps
        WHERE ticker = '0700.HK' AND date IN ('2024-09-30', '2024-10-31')
        ORDER BY date
        """
    ) == [(9354.6, "outstanding"), (pytest.approx(9537.44, abs=0.01), "diluted_average")]


def test_pdds_adjusted_quarter_to_june_2024_is_its_profit_over_the_implied_count(rows):
    figures = dict(
        rows(
            """
            SELECT basis || ' ' || item, value
            FROM earnings_items
            WHERE ticker = 'PDD' AND period_end = '2024-06-30' AND months = 3
            """
        )
    )
    ((eps, note, quality),) = rows(
        """
        SELECT value, note, quality
        FROM earnings_items
        WHERE ticker = 'PDD' AND period_end = '2024-06-30' AND from_profit
        """
    )
    ((printed,),) = rows(
        """
        SELECT value / 4
        FROM printed.earnings
        WHERE ticker = 'PDD' AND item = 'eps_diluted' AND basis = 'reported'
            AND period_end = '2024-06-30' AND unit = 'per ADS'
        """
    )
    assert eps == pytest.approx(
        figures["adjusted net_income"] / (figures["reported net_income"] / printed)
    )
    assert (note, quality) == ("attributable profit / diluted shares", "derived")


def test_no_count_is_the_quotient_of_a_loss_and_every_derived_eps_is_flagged(rows):
    assert (
        rows("""
            SELECT s.ticker, s.date
            FROM shares AS s
            JOIN earnings_items AS e ON e.ticker = s.ticker AND e.period_start = s.period_start
                AND e.period_end = s.date AND e.item = 'eps_diluted'
            WHERE s.note LIKE e.basis || ' profit / diluted EPS' AND e.value <= 0
            """)
        == []
    )
    assert rows("SELECT DISTINCT quality, unit FROM earnings_items WHERE from_profit") == [
        ("derived", "per share")
    ]
    # and none of them stands from the session on from which the figure itself is printed
    assert (
        rows("""
            SELECT d.ticker, d.period_end
            FROM earnings_items AS d
            JOIN earnings_items AS p USING (ticker, item, basis, period_start, period_end)
            WHERE d.from_profit AND NOT p.from_profit AND p.in_reporting_currency
                AND p.value IS NOT NULL AND p.effective_on <= d.effective_on
            """)
        == []
    )


@pytest.mark.system
@pytest.mark.parametrize("basis", ["adjusted", "reported"])
@pytest.mark.parametrize("day", ["2021-06-30", "2024-07-31", "2026-08-21"])
def test_the_basket_is_a_plain_loop_over_caps_and_profits(ask, rows, day, basis):
    evening = date.fromisoformat(day)
    sums = ask("SELECT * FROM trailing_sums WHERE basis = ? AND effective_on <= ?", basis, day)
    quarterly = dict(
        rows(
            "SELECT ticker, min(effective_on) FROM earnings_items WHERE months = 3 GROUP BY ticker"
        )
    )
    caps = ask(
        """
        SELECT m.*
        FROM market_caps AS m
        JOIN companies AS c USING (ticker)
        WHERE c.kind = 'company' AND m.frequency = 'month_end' AND m.known_on <= ?
            AND m.market_cap_mn IS NOT NULL
        """,
        day,
    )
    converter = CurrencyConverter()

    def in_hkd(amount: float, currency: str) -> float:
        known = max(
            evening - pd.Timedelta(days=back)
            for back in range(10)
            if (evening - pd.Timedelta(days=back)).weekday() < 5
        )
        return (
            amount if currency == "HKD" else amount * converter.convert(1, currency, "HKD", known)
        )

    members, losses = {}, 0
    for ticker in rows("SELECT ticker FROM companies WHERE kind = 'company'"):
        (ticker,) = ticker
        own = caps[caps["ticker"] == ticker].sort_values("date")
        if own.empty or (pd.Timestamp(evening) - own.iloc[-1]["date"]).days > 35:
            continue
        last, profit = own.iloc[-1], None
        for item, factor in (("net_income", 1), ("eps_diluted", last["shares_mn"])):
            known = sums[(sums["ticker"] == ticker) & (sums["item"] == item)].sort_values(
                "effective_on"
            )
            months = 5 if ticker in quarterly and quarterly[ticker] <= pd.Timestamp(evening) else 8
            if (
                profit is None
                and len(known)
                and pd.Timestamp(evening)
                <= known.iloc[-1]["announced_on"] + pd.DateOffset(months=months)
            ):
                profit = in_hkd(known.iloc[-1]["value"] * factor, known.iloc[-1]["currency"])
        if profit is not None:
            members[ticker] = in_hkd(last["market_cap_mn"], last["close_currency"]), profit
            losses += profit <= 0
    ((tickers, value, found_losses, count),) = rows(
        """
        SELECT array_to_string(list_sort(tickers), ' '), value, losses, members
        FROM basket_valuation
        WHERE date = ? AND basis = ? AND frequency = 'month_end'
        """,
        day,
        basis,
    )
    assert tickers == " ".join(sorted(members))
    assert found_losses == losses
    assert count == len(members) >= 5
    pe = sum(cap for cap, _ in members.values()) / sum(profit for _, profit in members.values())
    assert value == pytest.approx(pe, rel=1e-9)
    assert value != pytest.approx(
        fmean(cap / profit for cap, profit in members.values() if profit > 0), rel=1e-6
    )  # never the mean
    assert rows(
        """
        SELECT value, status
        FROM valuation
        WHERE ticker = 'BASKET' AND metric = 'pe_ttm' AND basis = ? AND date = ?
        """,
        basis,
        day,
    ) == [(pytest.approx(pe), "OK")]


def test_a_basket_of_three_is_said_to_be_too_few(rows):
    found = rows("SELECT members, status, value FROM basket_valuation WHERE members < 5")
    assert found
    assert {(status, value) for _, status, value in found} == {("FEW_MEMBERS", None)}


# Bands, buckets, one line against another ---------------------------------------------------------


@pytest.mark.system
@pytest.mark.parametrize("as_of", ["2025-12-31", "2026-08-21"])
def test_the_price_over_a_band_is_the_multiple_over_its_quantile_on_every_day(ask, as_of):
    bands = ask(
        """
        SELECT b.*, p.q10, p.q25, p.q50, p.q75, p.q90
        FROM valuation_bands(?, 5) AS b
        JOIN valuation_percentiles(?, 5) AS p USING (ticker, metric, basis)
        """,
        as_of,
        as_of,
    )
    assert len(bands) > 1000
    assert set(bands["metric"]) == {"pe_ttm", "pe_forward", "ps_ttm"}
    valued = bands[bands["value"].notna() & bands["q50"].notna()]
    assert len(valued) > 1000
    assert valued["price_q50"].notna().all()
    for band in QUANTILES:
        np.testing.assert_allclose(
            valued["close"] / valued[f"price_{band}"], valued["value"] / valued[band], rtol=1e-9
        )
    # a band breaks where there is no multiple, and has none under thirty months
    broken = bands[
        bands["status"].isin(
            [
                "NM_LOSS",
                "MISSING_EPS",
                "MISSING_FX",
                "MISSING_SHARES",
                "MISSING_REVENUE",
                "MISSING_ESTIMATE",
            ]
        )
        | bands["q50"].isna()
    ]
    assert len(broken)
    assert broken["price_q50"].isna().all()


@pytest.mark.system
@pytest.mark.parametrize("years", [1, 5, 0])
def test_the_buckets_hold_every_observation_and_the_current_one_the_current_multiple(ask, years):
    buckets = ask("SELECT * FROM valuation_distribution('2026-08-21', ?)", years)
    window = ask(
        "SELECT * FROM valuation_window('2026-08-21', ?) WHERE in_window AND status = 'OK'", years
    )
    lines = dict(iter(window.groupby(["ticker", "metric", "basis"])))
    assert len(lines) >= 30
    assert set(lines) == set(buckets.groupby(["ticker", "metric", "basis"]).groups)
    for key, own in buckets.groupby(["ticker", "metric", "basis"]):
        values = lines[key].sort_values("date")["value"]
        assert own["observations"].sum() == len(values)
        assert own["share_pct"].sum() == pytest.approx(100)
        assert np.allclose(own["upper"] - own["lower"], (own["upper"] - own["lower"]).iloc[0])
        assert len(own) <= 18
        (current,) = own[own["is_current"]].itertuples()
        assert current.lower - 1e-9 <= values.iloc[-1] < current.upper + 1e-9


def by_month(ask, ticker: str, as_of: str) -> pd.DataFrame:
    """The last OK month-end of each calendar month."""
    rows = ask(
        """
        SELECT metric, basis, date, value
        FROM valuation
        WHERE ticker = ? AND known_on <= ? AND frequency = 'month_end' AND status = 'OK'
        """,
        ticker,
        as_of,
    )
    return (
        rows.assign(month=rows["date"].dt.to_period("M"))
        .sort_values("date")
        .drop_duplicates(["metric", "basis", "month"], keep="last")
    )


@pytest.mark.system
@pytest.mark.parametrize(
    ("line", "other"),
    [
        ("0700.HK", "9988.HK"),
        ("0700.HK", "BASKET"),
        ("0700.HK", "HSTECH"),
        ("PDD", "0700.HK"),
        ("9999.HK", "NTES"),
    ],
)
def test_a_relative_multiple_is_own_over_other_of_the_same_month_and_stands_among_such_ratios(
    ask, line, other
):
    as_of = "2026-08-21"
    own, theirs = by_month(ask, line, as_of), by_month(ask, other, as_of)
    quoted = theirs[
        theirs["basis"] == "quoted"
    ]  # an index has one basis: it stands against both of ours
    theirs = pd.concat(
        [
            theirs[theirs["basis"] != "quoted"],
            *(quoted.assign(basis=basis) for basis in ("adjusted", "reported")),
        ]
    )
    both = own.merge(theirs, on=["metric", "basis", "month"], suffixes=("", "_other"))
    both = both[both["metric"].isin(["pe_ttm", "pe_forward", "ps_ttm", "pb"])].assign(
        ratio=lambda rows: rows["value"] / rows["value_other"]
    )
    found = ask("SELECT * FROM relative_valuation(?, 5, ?, ?)", as_of, line, other)
    assert (found["value"] == found["own_value"] / found["other_value"]).all()
    assert not found.duplicated(["metric", "basis", "date"]).any()
    same = both.merge(found, on=["metric", "basis", "date"], suffixes=("_loop", ""))
    assert len(same) == len(both) == len(found) >= 20
    np.testing.assert_allclose(same["value"], same["ratio"], rtol=1e-12)
    assert (same["other_date"].dt.to_period("M") == same["month"]).all()
    for answer in ask("SELECT * FROM relative_percentiles(?, 5, ?, ?)", as_of, line, other).to_dict(
        "records"
    ):
        ratios = (
            same[
                (same["metric"] == answer["metric"])
                & (same["basis"] == answer["basis"])
                & (same["month"] > pd.Period("2021-08"))
            ]
            .sort_values("date")["value"]
            .tolist()
        )
        assert answer["n"] == len(ratios)
        assert answer["value"] == ratios[-1]
        if len(ratios) < 30:
            assert pd.isna(answer["percentile"])
            assert pd.isna(answer["q50"])
            continue
        lower, equal = sum(ratio < ratios[-1] for ratio in ratios), ratios.count(ratios[-1])
        assert answer["percentile"] == pytest.approx(
            100 * (lower + (equal - 1) / 2) / (len(ratios) - 1)
        )
        assert [answer[band] for band in QUANTILES] == pytest.approx(
            np.quantile(ratios, list(QUANTILES.values()))
        )


def test_a_close_on_a_day_that_is_no_session_is_valued_nowhere(rows):
    assert (
        rows(
            """
            SELECT v.ticker, v.date
            FROM valuation AS v
            JOIN companies AS c USING (ticker)
            ANTI JOIN sessions AS s ON s.exchange = calendar_of(c.exchange) AND s.session = v.date
            WHERE c.kind IN ('company', 'peer', 'line', 'basket')
            """
        )
        == []
    )
    assert str(session_before(date(2023, 9, 4))) == "2023-08-31"  # 1 September 2023: a typhoon
