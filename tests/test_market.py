"""A month's moves: returns recomputed from the price rows another way, who is in a review, on which
sessions, and a broker's printed review beside ours.
"""

import csv
import os
from collections import defaultdict
from datetime import date
from functools import cache
from pathlib import Path

import pytest
from currency_converter import CurrencyConverter

from tests.support.invention import calendar, companies_of, csv_of, sessions, sources_of
from tests.support.warehouses import CURATED, ROOT, built, invented, kept
from ui import formats

pytestmark = pytest.mark.unit


MARKET = Path(os.environ.get("HARBOURVIEW_MARKET") or ROOT.parent / "shared" / "market")
BENCHMARK = {"XHKG": "HSTECH", "XNYS": "PNQI"}
# As the broker's review of November 2024 prints them.
PRINTED = {
    "HSTECH": "−3.2%",
    "3888.HK": "+16.7%",
    "9999.HK": "+9.1%",
    "0268.HK": "+7.7%",
    "PNQI": "+9.2%",
    "SE": "+21.0%",
    "AMZN": "+11.5%",
    "WB": "+6.1%",
}


def curated(table: str) -> list[dict]:
    with open(CURATED / f"{table}.csv", encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@cache
def dollar(day: date) -> float:
    """Hong Kong dollars for one US dollar on a day, or the last before it."""
    return CurrencyConverter(
        fallback_on_missing_rate=True, fallback_on_missing_rate_method="last_known"
    ).convert(1, "USD", "HKD", day)


def printed_of(value: float) -> str:
    return formats.percent(value, sign=True)


# The same once more, in plain Python over the rows of prices.csv ----------------------------------

EXCHANGE = {
    row["ticker"]: "XHKG" if row["exchange"] == "HKEX" else "XNYS" for row in curated("companies")
}
KIND = {row["ticker"]: row["kind"] for row in curated("companies")}


def month_before(month: str) -> str:
    year, number = int(month[:4]), int(month[5:])
    return f"{year - 1}-12" if number == 1 else f"{year}-{number - 1:02d}"


@cache
def ends_by_hand(as_of: str) -> dict[tuple[str, str], tuple[str, float]]:
    """ticker, month -> the last close of the month known on an evening, where it is of one of the
    month's last two sessions so far.
    """
    allowed: dict[tuple[str, str], list[str]] = defaultdict(list)
    for exchange in BENCHMARK:
        for day in calendar(exchange):
            if str(day) <= as_of and (exchange == "XHKG" or str(day) < as_of):
                allowed[exchange, str(day)[:7]].append(str(day))
    ends: dict[tuple[str, str], tuple[str, float]] = {}
    for row in sorted(curated("prices"), key=lambda row: row["date"]):
        days = allowed.get((EXCHANGE[row["ticker"]], row["date"][:7]), [])
        if row["frequency"] == "month_end" and row["date"] in days:
            ends[row["ticker"], row["date"][:7]] = row["date"], float(row["close"])
    return {
        key: end for key, end in ends.items() if end[0] in allowed[EXCHANGE[key[0]], key[1]][-2:]
    }


def returns_by_hand(ends: dict, month: str) -> dict[str, tuple]:
    """ticker -> base session, end session, return in per cent."""
    moved = {}
    for (ticker, held), (end_date, end) in ends.items():
        base = ends.get((ticker, month_before(month)))
        if held == month and base:
            moved[ticker] = base[0], end_date, (end / base[1] - 1) * 100
    return moved


@pytest.mark.system
def test_every_months_return_of_every_line_is_the_one_worked_out_by_hand(rows):
    ends = ends_by_hand("2026-08-22")
    by_hand = {
        (ticker, month): values
        for month in {month for _, month in ends}
        if month >= "2010-01"
        for ticker, values in returns_by_hand(ends, month).items()
    }
    found = {
        (ticker, f"{first:%Y-%m}"): (str(base.date()), str(end.date()), value)
        for ticker, first, base, end, value in rows(
            """
            SELECT ticker, first_day, base_date, end_date, return_pct
            FROM month_returns('2010-01-15', '2026-08-21', '2026-08-22')
            """
        )
    }
    assert len(by_hand) > 4000
    assert found.keys() == by_hand.keys()
    for key, (base, end, value) in by_hand.items():
        assert found[key][:2] == (base, end), key
        assert found[key][2] == pytest.approx(value, abs=1e-9), key


@pytest.mark.system
@pytest.mark.parametrize("month", ["2024-11", "2024-12", "2025-04", "2026-08"])
def test_a_review_is_the_one_worked_out_by_hand_with_its_excess_and_its_ranks(rows, month):
    moved = returns_by_hand(ends_by_hand("2026-08-22"), month)
    review = {
        row[0]: row[1:]
        for row in rows(
            "SELECT ticker, market, return_pct, excess_pp, rank, status FROM market_review(?)",
            f"{month}-07",
        )
        if row[5] == "OK"
    }
    assert review.keys() == {
        ticker for ticker in moved if KIND[ticker] in ("company", "peer", "line")
    }
    for market, exchange in (("HK", "XHKG"), ("US", "XNYS")):
        ranked = sorted(
            (
                ticker
                for ticker in review
                if EXCHANGE[ticker] == exchange and KIND[ticker] != "line"
            ),
            key=lambda ticker: -moved[ticker][2],
        )
        for ticker in (ticker for ticker in review if EXCHANGE[ticker] == exchange):
            base, end, value = moved[ticker]
            against = moved.get(BENCHMARK[exchange])
            excess = value - against[2] if against and against[:2] == (base, end) else None
            assert review[ticker][0] == market
            assert review[ticker][1] == pytest.approx(value, abs=1e-9)
            assert review[ticker][2] == (
                None if excess is None else pytest.approx(excess, abs=1e-9)
            ), ticker
            assert review[ticker][3] == (
                ranked.index(ticker) + 1 if ticker in ranked else None
            )  # no two moved alike in these months


@pytest.mark.system
def test_a_review_has_a_row_for_whoever_was_covered_and_a_reason_where_there_is_no_return(rows):
    assert rows(
        """
        SELECT ticker, status, CAST(last_close_date AS VARCHAR)
        FROM market_review('2026-04-01')
        WHERE return_pct IS NULL AND market = 'HK' AND list_contains($1, ticker)
        ORDER BY ticker
        """,
        ["0020.HK", "1357.HK", "1698.HK", "2076.HK", "2423.HK", "3888.HK", "9899.HK", "0700.HK"],
    ) == [
        ("0020.HK", "MISSING_END", "2026-04-16"),
        ("1357.HK", "MISSING_END", "2026-04-16"),
        ("1698.HK", "MISSING_END", "2025-10-30"),
        ("2076.HK", "MISSING_PRICE", None),
        ("2423.HK", "MISSING_END", "2026-04-16"),
        ("3888.HK", "MISSING_END", "2026-04-16"),
        ("9899.HK", "MISSING_END", "2026-04-16"),
    ]
    assert rows(
        """
        SELECT status, CAST(first_close_date AS VARCHAR), return_pct, rank
        FROM market_review('2021-02-11')
        WHERE ticker = '1024.HK'
        """
    ) == [("JOINED", "2021-02-26", None, None)]
    assert rows("SELECT count(*) FROM market_review('2021-01-31') WHERE ticker = '1024.HK'") == [
        (0,)
    ], "who was not listed is in no review"
    unpriced = dict(rows("SELECT ticker, status FROM market_review('1980-01-01')"))
    assert "2076.HK" in unpriced
    assert set(unpriced.values()) == {"NOT_BEGUN"}


# November 2024, and the broker's review of it -----------------------------------------------------


def lands_on_what_is_printed(rows) -> None:
    own = dict(
        rows(
            """
            SELECT ticker, return_pct
            FROM market_review('2024-11-30')
            UNION
            SELECT ticker, return_pct
            FROM index_review('2024-11-01', '2024-12-02', 1)
            """
        )
    )
    differences = {
        ticker: own[ticker] - float(words.replace("−", "-").rstrip("%"))
        for ticker, words in PRINTED.items()
    }
    assert {ticker for ticker, difference in differences.items() if abs(difference) > 0.1} == {
        "9999.HK"
    }
    assert round(differences["9999.HK"], 1) == -0.5
    ((base, end, plain, total, ex),) = rows(
        """
        SELECT CAST(base_date AS VARCHAR), CAST(end_date AS VARCHAR), return_pct, total_return_pct,
            CAST(ex_date AS VARCHAR)
        FROM market_review('2024-11-30')
        WHERE ticker = '9999.HK'
        """
    )
    assert (base, end, ex, printed_of(plain), printed_of(total)) == (
        "2024-10-31",
        "2024-11-29",
        "2024-11-28",
        "+8.6%",
        PRINTED["9999.HK"],
    )
    assert total == pytest.approx(
        ((134.4 + 0.087 * dollar(date(2024, 11, 28))) / 123.8 - 1) * 100, abs=1e-9
    )


@pytest.mark.system
def test_november_2024_lands_on_the_printed_returns_and_netease_alone_on_its_total_return(rows):
    lands_on_what_is_printed(rows)
    assert [
        (ticker, printed_of(value), formats.points(excess))
        for ticker, value, excess in rows(
            """
            SELECT ticker, return_pct, excess_pp
            FROM market_review('2024-11-30')
            WHERE rank <= 3
            ORDER BY market, rank
            """
        )
    ] == [
        ("3888.HK", "+16.7%", "+20.0 pp"),
        ("1357.HK", "+9.4%", "+12.7 pp"),
        ("9999.HK", "+8.6%", "+11.8 pp"),
        ("SE", "+21.0%", "+11.9 pp"),
        ("AMZN", "+11.5%", "+2.4 pp"),
        ("WB", "+6.1%", "−3.1 pp"),
    ]


@pytest.mark.system
def test_daily_closes_say_the_same_of_november_2024_as_month_ends(rows, tmp_path):
    if not (MARKET / "daily").exists():
        pytest.skip("no daily prices here: HARBOURVIEW_MARKET names no folder with daily/")
    files = {}
    for ticker in PRINTED:
        with open(MARKET / "daily" / f"{ticker}.csv", encoding="utf-8", newline="") as file:
            days = [
                row
                for row in csv.DictReader(file)
                if row["flag"] != "close_unreliable" and "2024-09-02" <= row["date"] <= "2025-01-31"
            ]
        files[ticker] = csv_of(
            "prices",
            (
                {
                    "ticker": ticker,
                    "date": row["date"],
                    "close": row["close"],
                    "currency": row["currency"],
                    "source_id": "month-end-closes",
                }
                for row in days
            ),
        )
    daily = built(tmp_path, landed=files)
    assert daily.result.rejected == []
    lands_on_what_is_printed(daily.rows)
    question = """
        SELECT ticker, return_pct, total_return_pct, excess_pp, base_date, end_date
        FROM market_review('2024-11-30')
        WHERE list_contains(?, ticker)
        ORDER BY ticker
        """
    assert daily.rows(
        "SELECT DISTINCT frequency FROM market_review('2024-11-30') WHERE list_contains(?, ticker)",
        list(PRINTED),
    ) == [("daily",)]
    assert [
        tuple(
            pytest.approx(value, abs=0.01) if isinstance(value, float) else value for value in row
        )
        for row in rows(question, list(PRINTED))
    ] == daily.rows(question, list(PRINTED))
    # HSTECH has a close of 30 December 2024 by the day and none by the month: only so the excess of
    # that month is known.
    assert rows(
        """
        SELECT excess_pp, excess_status, CAST(end_date AS VARCHAR)
        FROM market_review('2024-12-31')
        WHERE ticker = '3888.HK'
        """
    ) == [(None, "MISSING_BENCHMARK", "2024-12-30")]
    ((excess, end),) = daily.rows(
        """
        SELECT excess_pp, CAST(end_date AS VARCHAR)
        FROM market_review('2024-12-31')
        WHERE ticker = '3888.HK'
        """
    )
    assert end == "2024-12-30"
    assert excess is not None
    # By the middle of the month, New York's last close known in Hong Kong is that of the day
    # before.
    assert daily.rows(
        """
        SELECT ticker, CAST(end_date AS VARCHAR), is_running
        FROM market_review_as_of('2024-11-01', '2024-11-15')
        WHERE ticker IN ('3888.HK', 'SE')
        ORDER BY 1
        """
    ) == [("3888.HK", "2024-11-15", True), ("SE", "2024-11-14", True)]


@pytest.mark.system
def test_the_printed_us_excess_returns_do_not_fit_the_printed_benchmark_by_three_points(rows):
    printed = rows("""
        SELECT compared_with, printed_excess_pp, round(fitting_excess_pp, 1), round(misfit_pp, 1),
            round(implied_benchmark_pct, 1), excess_check, round(own_excess_pp, 1)
        FROM printed_review('2024-11-01', '2024-12-02')
        WHERE printed_excess_pp IS NOT NULL
        ORDER BY market, rank_in_group
        """)
    assert printed == [
        ("3888.HK", 20.0, 19.9, 0.1, -3.3, "fits", 20.0),
        ("9999.HK", 12.3, 12.3, 0.0, -3.2, "fits", 11.8),
        ("0268.HK", 11.0, 10.9, 0.1, -3.3, "fits", 11.0),
        ("SE", 14.8, 11.8, 3.0, 6.2, "does not fit", 11.9),
        ("AMZN", 5.3, 2.3, 3.0, 6.2, "does not fit", 2.4),
        ("WB", -0.1, -3.1, 3.0, 6.2, "does not fit", -3.1),
    ]
    assert rows(
        """
        SELECT compared_with, is_proxy, return_check
        FROM printed_review('2024-11-01', '2024-12-02')
        WHERE return_check <> 'agrees' OR is_proxy
        ORDER BY 1
        """
    ) == [("9999.HK", False, "total return"), ("PNQI", True, "agrees")]
    assert rows("SELECT count(*) FROM printed_review('2024-11-01', '2024-12-01')") == [(0,)], (
        "the report came out on 2 December"
    )


@pytest.mark.system
def test_the_sector_costs_20_59_times_at_the_end_of_november_2024_as_quoted_and_as_printed(rows):
    question = """
        SELECT value, round(percentile, 1), n, prior_value, round(percentile_since_start, 1),
            printed_value, printed_percentile
        FROM sector_review('2024-11-01', ?, 5)
        WHERE ticker = 'HSTECH'
        """
    assert rows(question, "2024-12-02") == [(20.59, 7.7, 53, 24.7, 7.7, 20.59, 8.85)]
    assert rows(question, "2024-11-30") == [(20.59, 7.7, 53, 24.7, 7.7, None, None)]
    assert rows(
        """
        SELECT basis, round(s.value, 2), s.value = b.value
        FROM sector_review('2024-11-01', '2024-12-02', 5) AS s
        JOIN basket_valuation AS b USING (date, basis, frequency)
        WHERE s.ticker = 'BASKET'
        ORDER BY 1
        """
    ) == [("adjusted", 13.89, True), ("reported", 18.04, True)]


def test_index_stands_against_index_for_two_years_where_prices_exist(rows):
    assert rows(
        """
        SELECT ticker, count(*), CAST(min(first_day) AS VARCHAR), count(*) FILTER (is_asked)
        FROM index_review('2024-11-20', '2024-12-02', 24)
        GROUP BY 1
        ORDER BY 1
        """
    ) == [
        ("HSTECH", 24, "2022-12-01", 1),
        ("KWEB", 16, "2023-08-01", 1),
        ("PNQI", 16, "2023-08-01", 1),
        ("^HSI", 24, "2022-12-01", 1),
    ]
    assert (
        rows(
            """
            SELECT round(return_pct, 1)
            FROM index_review('2024-11-20', '2024-11-29', 1)
            WHERE ticker = 'PNQI'
            """
        )
        == []
    ), "the close of New York's last session is known a day later"


# Invented lines: who counts, on which sessions, of which frequency --------------------------------

OCTOBER, NOVEMBER, DECEMBER = (
    sessions(f"2024-{month}-01", f"2024-{month}-31") for month in ("10", "11", "12")
)
RUNNING = DECEMBER[:8]  # the last session known


def closes(ticker: str, days, close: float, **more) -> list[dict]:
    """A close that is higher by one for each session."""
    return [
        {"ticker": ticker, "date": day, "close": close + place} | more
        for place, day in enumerate(days)
    ]


@pytest.fixture(scope="module")
def small():
    every = [*OCTOBER, *NOVEMBER, *RUNNING]
    york = [
        day
        for month in ("10", "11", "12")
        for day in sessions(f"2024-{month}-01", f"2024-{month}-31", "XNYS")
        if day <= RUNNING[-1]
    ]
    monthly = [OCTOBER[-1], NOVEMBER[-1], RUNNING[-1]]
    by_day = {day: 100 + place for place, day in enumerate(every)}
    prices = csv_of(
        "prices",
        [
            *closes("HSTECH", every, 5000, currency="PTS"),
            *closes("PNQI", york, 40, currency="USD"),
            *closes("DAY.HK", every, 100),
            *(
                {"ticker": "END.HK", "date": day, "close": by_day[day], "frequency": "month_end"}
                for day in monthly
            ),
            *(
                {
                    "ticker": "BOTH.HK",
                    "date": day,
                    "close": by_day[day] * 2,
                    "frequency": "month_end",
                }
                for day in monthly
            ),
            *closes("BOTH.HK", [*NOVEMBER, *RUNNING], 900),
            *closes("NEW.HK", [*NOVEMBER[5:], *RUNNING], 10),
            *closes("HALT.HK", [*OCTOBER, *NOVEMBER[:9]], 10),
            *closes("HALF.HK", [*OCTOBER, *NOVEMBER[:-1], *RUNNING], 10),
            *closes("BACK.HK", [*OCTOBER[:9], *NOVEMBER[3:], *RUNNING], 10),
            *closes("PAYS.HK", every, 50),
            *closes("GIVES.HK", every, 50),
            *closes("DAY", york, 20, currency="USD"),
            *closes("YORK", york, 30, currency="USD"),
        ],
    )
    companies = companies_of(
        *(
            {"ticker": f"{name}.HK"}
            for name in (
                "DAY",
                "END",
                "BOTH",
                "NEW",
                "HALT",
                "HALF",
                "BACK",
                "PAYS",
                "GIVES",
                "NONE",
            )
        ),
        {"ticker": "HSTECH", "kind": "index", "price_currency": "PTS"},
        {"ticker": "PNQI", "kind": "etf", "exchange": "NASDAQ", "price_currency": "USD"},
        {
            "ticker": "DAY",
            "kind": "line",
            "issuer_ticker": "DAY.HK",
            "exchange": "NYSE",
            "price_currency": "USD",
        },
        {"ticker": "YORK", "kind": "peer", "exchange": "NYSE", "price_currency": "USD"},
    )
    paid = csv_of(
        "corporate_actions",
        [
            {
                "ticker": "PAYS.HK",
                "ex_date": NOVEMBER[4],
                "kind": "dividend",
                "amount": 2,
                "currency": "HKD",
            },
            {
                "ticker": "PAYS.HK",
                "ex_date": NOVEMBER[9],
                "kind": "dividend",
                "amount": 1,
                "currency": "USD",
            },
            {
                "ticker": "PAYS.HK",
                "ex_date": OCTOBER[-1],
                "kind": "dividend",
                "amount": 9,
                "currency": "HKD",
            },
            {"ticker": "GIVES.HK", "ex_date": NOVEMBER[4], "kind": "in_specie", "ratio": 0.8},
        ],
    )
    made = kept(
        "market",
        lambda folder: invented(
            folder / "data",
            companies=companies,
            prices=prices,
            corporate_actions=paid,
            sources=sources_of(),
        ),
    )
    assert made.result.rejected == []
    return made


@pytest.mark.system
def test_who_joined_was_suspended_or_has_no_base_is_named_and_not_ranked(small):
    found = {
        ticker: rest
        for ticker, *rest in small.rows(
            """
            SELECT ticker, status, CAST(base_date AS VARCHAR), CAST(end_date AS VARCHAR), rank
            FROM market_review('2024-11-20')
            """
        )
    }
    assert {ticker: rest[0] for ticker, rest in found.items() if rest[0] != "OK"} == {
        "NEW.HK": "JOINED",
        "HALT.HK": "MISSING_END",
        "BACK.HK": "MISSING_BASE",
        "NONE.HK": "MISSING_PRICE",
    }
    assert all(rest[1:] == [None, None, None] for rest in found.values() if rest[0] != "OK")
    assert found["HALF.HK"][1:3] == [str(OCTOBER[-1]), str(NOVEMBER[-2])], (
        "the session before stands where the last has no close"
    )
    assert small.rows(
        "SELECT status, return_pct FROM market_review('2024-12-20') WHERE ticker = 'HALT.HK'"
    ) == [("MISSING_END", None)]


@pytest.mark.system
def test_excess_is_measured_on_the_lines_own_sessions(small):
    found = {
        ticker: (base, excess)
        for ticker, base, excess in small.rows(
            """
            SELECT ticker, benchmark_return_pct, excess_pp - (return_pct - benchmark_return_pct)
            FROM market_review('2024-11-20')
            WHERE status = 'OK'
            """
        )
    }
    base = 5000 + len(OCTOBER) - 1
    assert found["DAY.HK"][0] == pytest.approx(100 * len(NOVEMBER) / base)
    assert found["HALF.HK"][0] == pytest.approx(100 * (len(NOVEMBER) - 1) / base)
    assert all(abs(rest) < 1e-12 for _, rest in found.values())


def test_a_return_is_of_one_frequency_and_both_say_the_same(small):
    found = {
        ticker: (frequency, value)
        for ticker, frequency, value in small.rows(
            """
            SELECT ticker, frequency, return_pct
            FROM market_review('2024-11-20')
            WHERE ticker IN ('DAY.HK', 'END.HK', 'BOTH.HK')
            """
        )
    }
    assert [found[ticker][0] for ticker in ("DAY.HK", "END.HK", "BOTH.HK")] == [
        "daily",
        "month_end",
        "month_end",
    ], "BOTH has daily closes of November and none of October"
    assert (
        found["DAY.HK"][1]
        == found["END.HK"][1]
        == found["BOTH.HK"][1]
        == pytest.approx(100 * len(NOVEMBER) / (100 + len(OCTOBER) - 1))
    )


@pytest.mark.system
def test_a_month_that_runs_goes_as_far_as_the_evening_and_says_so(small):
    assert small.rows(
        """
        SELECT CAST(end_date AS VARCHAR), is_running
        FROM market_review('2024-12-31')
        WHERE ticker = 'DAY.HK'
        """
    ) == [(str(RUNNING[-1]), True)]
    half = NOVEMBER[8]
    asked = small.rows(
        """
        SELECT ticker, CAST(end_date AS VARCHAR), is_running, return_pct
        FROM market_review_as_of('2024-11-01', ?)
        WHERE ticker IN ('DAY.HK', 'YORK')
        ORDER BY 1
        """,
        half,
    )
    before = max(day for day in sessions("2024-11-01", "2024-11-30", "XNYS") if day < half)
    assert [row[:3] for row in asked] == [("DAY.HK", str(half), True), ("YORK", str(before), True)]
    assert asked[0][3] == pytest.approx(100 * 9 / (100 + len(OCTOBER) - 1))
    assert small.rows(
        """
        SELECT DISTINCT status
        FROM market_review_as_of('2024-11-01', '2024-10-31')
        WHERE ticker IN ('DAY.HK', 'YORK')
        """
    ) == [("NOT_BEGUN",)]
    evening = str(NOVEMBER[-1])  # over in Hong Kong, not yet in New York
    assert small.rows(
        """
        SELECT ticker, is_running
        FROM market_review_as_of('2024-11-01', ?)
        WHERE ticker IN ('DAY.HK', 'YORK')
        ORDER BY 1
        """,
        evening,
    ) == [("DAY.HK", False), ("YORK", True)]


@pytest.mark.system
def test_what_is_learnt_later_moves_no_earlier_review(small):
    question = "SELECT * FROM market_review_as_of('2024-11-01', ?) ORDER BY ticker"
    assert (
        small.rows(question, "2024-12-01")
        == small.rows(question, "2024-12-31")
        == small.rows("SELECT * FROM market_review('2024-11-01') ORDER BY ticker")
    )


@pytest.mark.system
def test_a_dividend_counts_from_its_ex_date_in_the_currency_of_the_price_and_in_kind_by_its_factor(
    small,
):
    found = {
        ticker: (value, total)
        for ticker, value, total in small.rows(
            """
            SELECT ticker, return_pct, total_return_pct
            FROM market_review('2024-11-20')
            WHERE ticker IN ('PAYS.HK', 'GIVES.HK', 'DAY.HK')
            """
        )
    }
    base, end = 50 + len(OCTOBER) - 1, 50 + len(OCTOBER) + len(NOVEMBER) - 1
    assert found["PAYS.HK"] == (
        pytest.approx(100 * (end / base - 1)),
        pytest.approx(100 * ((end + 2 + dollar(NOVEMBER[9])) / base - 1)),
    )
    assert found["GIVES.HK"][1] == pytest.approx(100 * (end / 0.8 / base - 1))
    assert found["DAY.HK"][1] is None


def test_one_line_an_issuer_is_ranked_the_hong_kong_one(small):
    assert small.rows(
        """
        SELECT ticker, market, rank, ranked, benchmark
        FROM market_review('2024-11-20')
        WHERE ticker IN ('DAY', 'YORK', 'DAY.HK')
        ORDER BY 1
        """
    ) == [
        ("DAY", "US", None, 1, "PNQI"),
        ("DAY.HK", "HK", 4, 6, "HSTECH"),
        ("YORK", "US", 1, 1, "PNQI"),
    ]
