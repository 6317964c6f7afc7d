"""What brokers expect: which estimates make a consensus on a day, how two years are blended, and
the multiples that brokers print themselves.
"""

import csv
from datetime import date, timedelta
from statistics import median

import pandas as pd
import pytest
from currency_converter import CurrencyConverter

from tests.support.invention import companies_of, csv_of, days_after, sources_of
from tests.support.warehouses import CURATED, built, invented, kept

pytestmark = pytest.mark.unit


# Invented companies: a close of 100 on each session, so that the multiple is 100 / the blend ------

CLOSE = 100
# Company, day, month in which the fiscal year ends, end of FY1, days to it, of 365. Leap years have
# a 29 February in between.
WEIGHTS = (
    ("W1.HK", "2024-01-02", 12, "2024-12-31", 364),
    ("W2.HK", "2023-01-03", 12, "2023-12-31", 362),
    ("W3.HK", "2024-12-30", 12, "2024-12-31", 1),
    ("W4.HK", "2024-12-31", 12, "2024-12-31", 0),
    ("W5.HK", "2025-03-31", 3, "2025-03-31", 0),
    ("W6.HK", "2025-04-01", 3, "2026-03-31", 364),
    ("W7.HK", "2024-02-29", 3, "2024-03-31", 31),
    ("W8.HK", "2023-04-03", 3, "2024-03-31", 363),
    ("W9.HK", "2023-02-28", 2, "2023-02-28", 0),
    ("W10.HK", "2023-03-01", 2, "2024-02-29", 365),
    ("W11.HK", "2024-02-29", 2, "2024-02-29", 0),
    ("W12.HK", "2024-03-01", 2, "2025-02-28", 364),
)
COMPANIES = companies_of(
    *(
        {"ticker": f"{name}.HK"}
        for name in (
            "MED",
            "EDGE",
            "OLD",
            "ONE",
            "TWO",
            "NONE",
            "PROFIT",
            "ADS",
            "TWINS",
            "LOSS",
            "TURN",
            "BASES",
            "SPLIT",
            "MONTHS",
        )
    ),
    *({"ticker": ticker, "fiscal_year_end_month": month} for ticker, _, month, *_ in WEIGHTS),
    {"ticker": "YUAN.HK", "reporting_currency": "CNY"},
    {"ticker": "ADS", "kind": "line", "issuer_ticker": "ADS.HK"},
)
# The ADS was two ordinary shares, and is four from February 2024 on.
LISTINGS = csv_of(
    "listings",
    (
        {"ticker": "ADS", "code": "ADS", "issuer_ticker": "ADS.HK", "share_class": "ADS"} | ratio
        for ratio in (
            {"shares_per_ads": 2, "valid_to": "2024-01-31"},
            {"shares_per_ads": 4, "valid_from": "2024-02-01"},
        )
    ),
)
SPLIT = csv_of(
    "corporate_actions",
    [{"ticker": "SPLIT.HK", "ex_date": "2024-05-02", "kind": "split", "ratio": 2}],
)
# Averages of 2023Q3 and, known together, of 2023Q4 and of the year.
SHARES = csv_of(
    "shares",
    (
        {
            "ticker": "PROFIT.HK",
            "kind": "diluted_average",
            "period_start": start,
            "date": end,
            "announced_on": announced,
            "value": value,
        }
        for start, end, announced, value in (
            ("2023-07-01", "2023-09-30", "2023-11-15", 1000),
            ("2023-10-01", "2023-12-31", "2024-03-20", 1250),
            ("2023-01-01", "2023-12-31", "2024-03-20", 1100),
        )
    ),
)


def year_after(end: str) -> str:
    """The end of the fiscal year after the one that ends on a day: 28 February, then 29."""
    return str((pd.Timestamp(end) + pd.DateOffset(years=1) + pd.offsets.MonthEnd(0)).date())


def estimate(
    ticker: str,
    published: str | None,
    year_end: str | None,
    value: float,
    broker: str = "Ah",
    **more,
) -> dict:
    year = int((year_end or "2024")[:4])
    return {
        "ticker": ticker,
        "broker": broker,
        "broker_printed": broker,
        "metric_printed": "EPS",
        "fiscal_year": year,
        "fiscal_year_printed": f"{year}E",
        "fiscal_year_end": year_end,
        "fiscal_period": f"{year}FY",
        "period_end": year_end,
        "value": value,
        "published_on": published,
    } | more


def both_years(
    ticker: str, published: str | None, first: float, second: float, broker: str = "Ah", **more
) -> list[dict]:
    """Estimates of 2024 and 2025."""
    return [
        estimate(ticker, published, "2024-12-31", first, broker, **more),
        estimate(ticker, published, "2025-12-31", second, broker, **more),
    ]


# what is undated, ambiguous, no broker's, of another kind or another currency enters nothing
UNUSABLE = {
    "undated": {"published_on": None, "published_printed": "2024", "date_basis": "convention"},
    "of an ambiguous year": {"fiscal_year_end": None},
    "guidance": {"estimate_kind": "guidance"},
    "a consensus": {"estimate_kind": "consensus"},
    "of no basis": {"basis": None, "basis_basis": None},
    "in another currency": {"currency": "USD"},
    "of revenue": {"metric": "revenue", "unit": "million"},
    "a growth rate": {"metric": "eps_diluted_growth", "unit": "%"},
}
ESTIMATES = [
    *(
        row
        for ticker, day, _, end, _ in WEIGHTS
        for row in (
            estimate(ticker, str(days_after(day, -10)), end, 10),
            estimate(ticker, str(days_after(day, -10)), year_after(end), 20),
        )
    ),
    *both_years("MED.HK", "2024-01-10", 10, 20, "Ah"),
    *both_years("MED.HK", "2024-02-05", 12, 26, "Bo"),
    *both_years("MED.HK", "2024-03-05", 30, 60, "Che"),
    *both_years("MED.HK", "2024-04-10", 14, 22, "Ah"),
    *both_years("MONTHS.HK", "2024-01-10", 10, 20, "Ah"),
    *both_years("MONTHS.HK", "2024-02-05", 12, 26, "Bo"),
    estimate("MONTHS.HK", "2024-03-05", "2024-12-31", 18, "Che"),
    *both_years("EDGE.HK", "2024-01-10", 10, 20),
    *both_years("OLD.HK", "2024-01-10", 10, 20, "Ah"),
    *both_years("OLD.HK", "2024-03-05", 20, 40, "Bo"),
    estimate("ONE.HK", "2024-01-10", "2024-12-31", 10),
    estimate("TWO.HK", "2024-01-10", "2025-12-31", 10),
    *(
        row
        for number, (words, more) in enumerate(UNUSABLE.items())
        for row in both_years("NONE.HK", "2024-01-10", 10 + number, 20, words, **more)
    ),
    *(
        row | {"fiscal_period": row["fiscal_period"].replace("FY", "Q4")}
        for row in both_years("NONE.HK", "2024-01-10", 10, 20, "of a quarter")
    ),
    *both_years(
        "PROFIT.HK", "2023-11-14", 2000, 4000, "Ah", metric="net_income", unit="million"
    ),  # no count is known yet
    *both_years("PROFIT.HK", "2024-03-19", 2000, 4000, "Bo", metric="net_income", unit="million"),
    *both_years("PROFIT.HK", "2024-03-20", 2000, 4000, "Che", metric="net_income", unit="million"),
    *both_years("PROFIT.HK", "2024-03-22", 2000, 4000, "Dai", metric="net_income", unit="million"),
    *both_years("PROFIT.HK", "2024-03-22", 1.7, 3.4, "Dai"),  # EPS printed beside the profit
    *both_years("ADS.HK", "2024-01-10", 20, 40, "Ah", unit="per ADS"),
    *both_years("ADS.HK", "2024-02-05", 80, 160, "Bo", unit="per ADS"),
    *both_years("TWINS.HK", "2024-01-10", 10, 20, "not printed", broker_basis="not printed"),
    *both_years(
        "TWINS.HK",
        "2024-01-10",
        30,
        60,
        "not printed",
        broker_basis="not printed",
        source_id="made-up too",
    ),
    *both_years("LOSS.HK", "2024-01-10", -2, 1),
    *both_years("TURN.HK", "2024-01-10", -1, 30),
    *both_years("BASES.HK", "2024-01-10", 10, 20, basis="reported"),
    *both_years("BASES.HK", "2024-03-05", 40, 80, "Bo"),
    *both_years("SPLIT.HK", "2024-01-10", 20, 40, "Ah"),
    *both_years("SPLIT.HK", "2024-05-06", 12, 24, "Bo"),
    *both_years("YUAN.HK", "2024-01-10", 10, 20, currency="CNY"),
]
SESSIONS = (
    "2024-01-09",
    "2024-01-10",
    "2024-02-05",
    "2024-03-05",
    "2024-03-19",
    "2024-03-20",
    "2024-03-22",
    "2024-04-10",
    "2024-04-30",
    "2024-05-06",
    "2024-07-08",
    "2024-07-09",
    "2024-08-30",
    "2024-09-02",
)


@pytest.fixture(scope="module")
def expected():
    tickers = [line.split(",")[0] for line in COMPANIES.splitlines()[1:]]
    closes = (
        {(ticker, day, "daily") for ticker in tickers if ticker != "MONTHS.HK" for day in SESSIONS}
        | {(ticker, day, "daily") for ticker, day, *_ in WEIGHTS}
        | {("MONTHS.HK", day, "month_end") for day in ("2024-01-31", "2024-02-29", "2024-03-28")}
    )
    made = kept(
        "expected",
        lambda folder: invented(
            folder / "data",
            companies=COMPANIES,
            listings=LISTINGS,
            corporate_actions=SPLIT,
            shares=SHARES,
            sources=sources_of("made-up", "made-up too"),
            estimates=csv_of("estimates", ESTIMATES),
            prices=csv_of(
                "prices",
                (
                    {"ticker": ticker, "date": day, "close": CLOSE, "frequency": frequency}
                    for ticker, day, frequency in sorted(closes)
                ),
            ),
        ),
    )
    assert made.result.rejected == []
    return made


def forward(made, ticker: str, day: str, basis: str = "adjusted") -> tuple:
    """status and blended EPS of a session; the multiple must be the close over it."""
    ((status, value, per_share, rate),) = made.rows(
        """
        SELECT status, value, per_share, fx_rate
        FROM valuation
        WHERE ticker = ? AND date = ? AND metric = 'pe_forward' AND basis = ?
            AND frequency = 'daily'
        """,
        ticker,
        day,
        basis,
    )
    assert value == (pytest.approx(CLOSE / (per_share * rate)) if value is not None else None)
    return status, per_share


def blend(day: str, first: float, second: float, end: str = "2024-12-31") -> float:
    weight = (date.fromisoformat(end) - date.fromisoformat(day)).days / 365
    return pytest.approx(weight * first + (1 - weight) * second)


def consensus(
    made, ticker: str, day: str, year_end: str = "2024-12-31", basis: str = "adjusted"
) -> tuple:
    ((eps, n, status, brokers),) = made.rows(
        """
        SELECT eps, n, status, array_to_string(brokers, ' ')
        FROM estimate_consensus
        WHERE ticker = ? AND basis = ? AND fiscal_year_end = ? AND effective_on <= ?
        ORDER BY effective_on DESC
        LIMIT 1
        """,
        ticker,
        basis,
        year_end,
        day,
    )
    return eps, n, status, brokers


@pytest.mark.system
@pytest.mark.parametrize(("ticker", "day", "month", "end", "days"), WEIGHTS)
def test_two_years_are_blended_by_the_days_that_the_first_still_has(
    expected, ticker, day, month, end, days
):
    assert days == (date.fromisoformat(end) - date.fromisoformat(day)).days
    status, per_share = forward(expected, ticker, day)
    assert status == "OK"
    assert per_share == pytest.approx(days / 365 * 10 + (1 - days / 365) * 20)
    assert expected.rows(
        """
        SELECT strftime(eps_period_end, '%Y-%m-%d')
        FROM valuation
        WHERE ticker = ? AND date = ? AND metric = 'pe_forward' AND basis = 'adjusted'
            AND frequency = 'daily'
        """,
        ticker,
        day,
    ) == [(end,)]
    assert expected.rows(
        """
        SELECT strftime(fiscal_year_end, '%Y-%m-%d'), weight, consensus_eps
        FROM forward_inputs(?, 'adjusted', ?)
        ORDER BY 1
        """,
        ticker,
        day,
    ) == [
        (end, pytest.approx(days / 365), 10),
        (year_after(end), pytest.approx(1 - days / 365), 20),
    ]


def test_the_consensus_is_the_median_of_one_two_and_three_brokers_and_of_each_only_its_latest(
    expected,
):
    found = {
        day: (forward(expected, "MED.HK", day), consensus(expected, "MED.HK", day))
        for day in ("2024-01-10", "2024-02-05", "2024-03-05", "2024-04-10")
    }
    assert found == {
        "2024-01-10": (("OK", blend("2024-01-10", 10, 20)), (10, 1, "OK", "Ah")),
        "2024-02-05": (("OK", blend("2024-02-05", 11, 23)), (11, 2, "OK", "Ah Bo")),
        "2024-03-05": (("OK", blend("2024-03-05", 12, 26)), (12, 3, "OK", "Ah Bo Che")),
        "2024-04-10": (
            ("OK", blend("2024-04-10", 14, 26)),
            (14, 3, "OK", "Ah Bo Che"),
        ),  # of 12, 14, 30 and of 22, 26, 60
    }


def test_before_the_first_estimate_there_is_none(expected):
    assert forward(expected, "MED.HK", "2024-01-09") == ("MISSING_ESTIMATE", None)


def test_an_estimate_is_fresh_for_180_days_and_stale_on_the_181st_with_its_value(expected):
    assert days_after("2024-01-10", 180) == date(2024, 7, 8)
    assert forward(expected, "EDGE.HK", "2024-07-08") == ("OK", blend("2024-07-08", 10, 20))
    assert forward(expected, "EDGE.HK", "2024-07-09") == (
        "STALE_ESTIMATE",
        blend("2024-07-09", 10, 20),
    )
    assert consensus(expected, "EDGE.HK", "2024-09-02") == (10, 1, "STALE_ESTIMATE", "Ah")


def test_of_two_brokers_the_older_leaves_first(expected):
    assert consensus(expected, "OLD.HK", "2024-07-08") == (15, 2, "OK", "Ah Bo")
    assert consensus(expected, "OLD.HK", "2024-07-09") == (20, 1, "OK", "Bo")
    assert forward(expected, "OLD.HK", "2024-08-30") == ("OK", blend("2024-08-30", 20, 40))


def test_a_consensus_that_grows_stale_keeps_the_value_it_had(expected):
    # 5 March + 181 days = 2 September: the only one left has grown old, and who had left before
    # does not come back
    assert forward(expected, "OLD.HK", "2024-09-02") == (
        "STALE_ESTIMATE",
        blend("2024-09-02", 20, 40),
    )
    assert consensus(expected, "OLD.HK", "2024-09-02") == (20, 1, "STALE_ESTIMATE", "Bo")


@pytest.mark.parametrize("ticker", ["ONE.HK", "TWO.HK"])
def test_one_year_alone_makes_no_blend(expected, ticker):
    assert forward(expected, ticker, "2024-01-10") == ("MISSING_ESTIMATE", None)


def test_what_is_undated_or_ambiguous_or_no_brokers_enters_nothing(expected):
    assert expected.rows("SELECT count(*) FROM estimates WHERE ticker = 'NONE.HK'") == [
        (2 * len(UNUSABLE) + 2,)
    ]
    assert expected.rows("SELECT broker FROM estimate_eps WHERE ticker = 'NONE.HK'") == []
    assert forward(expected, "NONE.HK", "2024-01-10") == ("MISSING_ESTIMATE", None)


def test_a_profit_becomes_eps_by_the_diluted_count_known_that_day_and_a_printed_eps_wins(expected):
    found = expected.rows(
        """
        SELECT broker, eps, quality, net_income_mn, shares_mn
        FROM estimate_eps
        WHERE ticker = 'PROFIT.HK' AND fiscal_year_end = '2024-12-31'
        ORDER BY 1
        """
    )
    assert found == [
        ("Bo", 2.0, "derived", 2000, 1000),
        ("Che", 1.6, "derived", 2000, 1250),
        ("Dai", 1.7, "exact", None, None),
    ]
    assert forward(expected, "PROFIT.HK", "2024-03-19") == ("OK", blend("2024-03-19", 2, 4))


def test_that_count_is_the_one_behind_the_market_cap_of_the_next_session(expected):
    # the average of the latest quarter, not that of the year which was printed beside it
    assert expected.rows(
        """
        SELECT shares_mn, share_kind
        FROM market_caps
        WHERE ticker = 'PROFIT.HK' AND date = '2024-03-22'
        """
    ) == [(1250, "diluted_average")]
    assert expected.rows(
        "SELECT DISTINCT shares_mn FROM estimate_eps WHERE ticker = 'PROFIT.HK' AND broker = 'Che'"
    ) == [(1250,)]


def test_an_estimate_per_ads_is_converted_by_the_ratio_of_its_day(expected):
    # 20 for an ADS of two shares is 10 a share; 80 for one of four is 20
    assert expected.rows(
        """
        SELECT broker, eps
        FROM estimate_eps
        WHERE ticker = 'ADS.HK' AND fiscal_year_end = '2024-12-31'
        ORDER BY 1
        """
    ) == [("Ah", 10), ("Bo", 20)]
    assert forward(expected, "ADS.HK", "2024-02-05") == ("OK", blend("2024-02-05", 15, 30))
    assert forward(expected, "ADS", "2024-02-05") == (
        "OK",
        blend("2024-02-05", 60, 120),
    )  # and the line is four shares


def test_an_estimate_of_before_a_split_is_told_in_shares_of_today(expected):
    assert consensus(expected, "SPLIT.HK", "2024-04-30") == (10, 1, "OK", "Ah")
    assert consensus(expected, "SPLIT.HK", "2024-05-06") == (11, 2, "OK", "Ah Bo")


def test_two_brokers_whose_names_are_not_printed_are_two(expected):
    assert consensus(expected, "TWINS.HK", "2024-01-10") == (
        20,
        2,
        "OK",
        "not printed (made-up too) not printed (made-up)",
    )


def test_a_blend_that_is_a_loss_has_no_multiple_and_one_that_is_none_has(expected):
    # 10 January: 356 days of 365 are left of the first year
    assert forward(expected, "LOSS.HK", "2024-01-10") == ("NM_LOSS", blend("2024-01-10", -2, 1))
    assert forward(expected, "LOSS.HK", "2024-07-08") == ("NM_LOSS", blend("2024-07-08", -2, 1))
    assert forward(expected, "TURN.HK", "2024-01-10")[0] == "NM_LOSS"
    assert forward(expected, "TURN.HK", "2024-03-05") == ("OK", blend("2024-03-05", -1, 30))
    assert expected.rows(
        """
        SELECT growth_pct
        FROM forward_growth('2024-03-05')
        WHERE ticker = 'TURN.HK' AND basis = 'adjusted'
        """
    ) == [(None,)]


def test_another_basis_is_another_series(expected):
    assert forward(expected, "BASES.HK", "2024-01-10", "reported") == (
        "OK",
        blend("2024-01-10", 10, 20),
    )
    assert forward(expected, "BASES.HK", "2024-01-10") == ("MISSING_ESTIMATE", None)
    assert forward(expected, "BASES.HK", "2024-03-05", "reported") == (
        "OK",
        blend("2024-03-05", 10, 20),
    )
    assert forward(expected, "BASES.HK", "2024-03-05") == ("OK", blend("2024-03-05", 40, 80))


@pytest.mark.system
def test_estimates_in_another_currency_than_the_price_are_converted_at_the_rate_of_the_session(
    expected,
):
    ((rate, day),) = expected.rows(
        """
        SELECT fx_rate, strftime(fx_date, '%Y-%m-%d')
        FROM valuation
        WHERE ticker = 'YUAN.HK' AND date = '2024-03-05' AND metric = 'pe_forward'
            AND basis = 'adjusted'
        """
    )
    assert rate == pytest.approx(CurrencyConverter().convert(1, "CNY", "HKD", date(2024, 3, 5)))
    assert day == "2024-03-05"
    assert forward(expected, "YUAN.HK", "2024-03-05") == ("OK", blend("2024-03-05", 10, 20))


def growth(made, ticker: str, as_of: str) -> tuple:
    ((found),) = made.rows(
        """
        SELECT strftime(date, '%Y-%m-%d'), eps_fy1, eps_fy2, growth_pct, n, brokers,
            strftime(fy1_end, '%Y-%m-%d'), strftime(fy2_end, '%Y-%m-%d')
        FROM forward_growth(?)
        WHERE ticker = ? AND basis = 'adjusted'
        """,
        as_of,
        ticker,
    )
    return found


def test_growth_is_that_of_the_second_year_over_the_first_with_the_thinner_count_of_brokers(
    expected,
):
    assert growth(expected, "MONTHS.HK", "2024-02-29") == (
        "2024-02-29",
        11,
        23,
        pytest.approx(100 * (23 / 11 - 1)),
        2,
        "Ah, Bo",
        "2024-12-31",
        "2025-12-31",
    )
    assert growth(expected, "MONTHS.HK", "2024-03-28") == (
        "2024-03-28",
        12,
        23,
        pytest.approx(100 * (23 / 12 - 1)),
        2,
        "Ah, Bo, Che",
        "2024-12-31",
        "2025-12-31",
    )


def test_no_later_estimate_is_told(expected):
    assert growth(expected, "MED.HK", "2024-01-09")[:5] == ("2024-01-09", None, None, None, None)


# The bundled estimates: every forward PE again, by a plain loop -----------------------------------


@pytest.mark.system
def test_every_fresh_forward_pe_is_what_a_plain_loop_over_the_estimates_gives(ask):
    estimates, by_fact = ask("SELECT * FROM estimate_eps"), {}
    for row in estimates.itertuples():
        by_fact.setdefault((row.ticker, row.basis, row.fiscal_year_end.date()), []).append(
            (row.published_on.date(), row.broker, row.eps)
        )

    def consensus_of(fact: tuple, day: date) -> float | None:
        latest = {
            broker: (published, eps)
            for published, broker, eps in sorted(by_fact.get(fact, ()))
            if published <= day
        }
        fresh = [eps for published, eps in latest.values() if (day - published).days <= 180]
        return median(fresh) if fresh else None

    checked = 0
    for row in ask(
        """
        SELECT v.*, c.issuer_ticker, c.fiscal_year_end_month AS month, m.shares_per_line
        FROM valuation AS v
        JOIN companies AS c USING (ticker)
        JOIN market_caps AS m USING (ticker, date, frequency)
        WHERE v.metric = 'pe_forward'
        """
    ).itertuples():
        day = row.date.date()
        ends = [
            (pd.Timestamp(year=year, month=row.month, day=1) + pd.offsets.MonthEnd(0)).date()
            for year in (day.year, day.year + 1, day.year + 2)
        ]
        first = next(end for end in ends if end >= day)
        second = ends[ends.index(first) + 1]
        one, two = (
            consensus_of((row.issuer_ticker, row.basis, end), day) for end in (first, second)
        )
        if one is None or two is None:
            assert row.status in ("MISSING_ESTIMATE", "STALE_ESTIMATE", "NM_LOSS")
            continue
        weight = (first - day).days / 365
        per_share = (weight * one + (1 - weight) * two) * row.shares_per_line
        checked += 1
        assert row.per_share == pytest.approx(per_share)
        assert (row.status, row.value) == (
            ("OK", pytest.approx(row.close / (per_share * row.fx_rate)))
            if per_share > 0
            else ("NM_LOSS", pytest.approx(float("nan"), nan_ok=True))
        )
    assert checked >= 80


@pytest.mark.system
def test_the_inputs_of_a_forward_pe_are_its_proof(rows):
    for ticker, day in (
        ("1024.HK", "2025-12-31"),
        ("0700.HK", "2024-07-31"),
        ("9988.HK", "2025-11-28"),
        ("PDD", "2024-10-31"),
        ("3690.HK", "2025-06-30"),
    ):
        ((per_share, line),) = rows(
            """
            SELECT v.per_share, m.shares_per_line
            FROM valuation AS v
            JOIN market_caps AS m USING (ticker, date, frequency)
            WHERE v.ticker = ? AND v.date = ? AND v.metric = 'pe_forward' AND v.basis = 'adjusted'
            """,
            ticker,
            day,
        )
        inputs = rows(
            """
            SELECT weight, eps, fiscal_year_end, n, consensus_eps
            FROM forward_inputs(?, 'adjusted', ?)
            """,
            ticker,
            day,
        )
        years = {
            year: [row for row in inputs if row[2] == year] for year in {row[2] for row in inputs}
        }
        assert len(years) == 2
        assert all(
            len(found) == found[0][3]
            and median(row[1] for row in found) == pytest.approx(found[0][4])
            for found in years.values()
        )
        assert per_share == pytest.approx(
            line * sum(found[0][0] * median(row[1] for row in found) for found in years.values())
        )


# The multiples that brokers print -----------------------------------------------------------------


def test_every_whole_number_pe_of_both_coverage_tables_reproduces_from_its_own_inputs(rows):
    found = rows(
        """
        SELECT strftime(published_on, '%Y-%m-%d'), ticker, fiscal_year, pe, pe_printed
        FROM broker_year_pe
        """
    )
    assert len(found) == 22
    assert {day for day, *_ in found} == {"2024-07-07", "2024-12-02"}
    assert [row for row in found if round(row[3]) != row[4]] == []


@pytest.mark.system
def test_at_the_rate_of_the_central_bank_on_the_day_or_the_last_before_it(rows):
    converter, checked = CurrencyConverter(), 0
    with open(CURATED / "coverage.csv", encoding="utf-8", newline="") as file:
        printed = {(row["ticker"], row["published_on"]): row for row in csv.DictReader(file)}
    for day, ticker, year, pe, rate, rate_day, shares, eps in rows(
        """
        SELECT strftime(published_on, '%Y-%m-%d'), ticker, fiscal_year, pe, fx_rate,
            strftime(fx_date, '%Y-%m-%d'), shares_per_line, eps
        FROM broker_year_pe
        """
    ):
        row = printed[ticker, day]
        known = next(
            date.fromisoformat(day) - timedelta(back)
            for back in range(10)
            if (date.fromisoformat(day) - timedelta(back)).weekday() < 5
        )
        assert (
            rate_day == str(known) == {"2024-07-07": "2024-07-05", "2024-12-02": "2024-12-02"}[day]
        )
        assert rate == pytest.approx(
            converter.convert(1, row["eps_currency"], row["close_currency"], known)
        )
        assert eps == float(row["eps_fy1" if year == int(row["fy1"]) else "eps_fy2"])
        assert pe == pytest.approx(float(row["close"]) / (eps * shares * rate))
        checked += 1
    assert checked == 22


def test_pdd_in_dollars_with_four_shares_an_ads(rows):
    assert rows(
        """
        SELECT fiscal_year, close, close_currency, eps, eps_currency, shares_per_line,
            round(fx_rate, 4), round(pe), pe_printed
        FROM broker_year_pe
        WHERE ticker = 'PDD'
        ORDER BY 1
        """
    ) == [
        (2024, 137.3, "USD", 17.9, "CNY", 4, 0.1376, 14, 14),
        (2025, 137.3, "USD", 25.9, "CNY", 4, 0.1376, 10, 10),
    ]


# Revisions, consensus, what came of it ------------------------------------------------------------


def test_a_revision_is_new_against_previous_of_the_same_broker_measure_and_year(rows):
    found = rows(
        """
        SELECT fiscal_year, value, previous_value, previous_basis,
            strftime(previous_published_on, '%Y-%m-%d'), round(change_pct, 1),
            strftime(published_on, '%Y-%m-%d')
        FROM estimate_revisions('2024-12-31')
        WHERE ticker = '0700.HK' AND metric = 'eps_diluted'
        ORDER BY 1
        """
    )
    assert found == [
        (2024, 24.1, 19.5, "prior_row", "2024-07-07", 23.6, "2024-12-02"),
        (2025, 26.3, 22.2, "prior_row", "2024-07-07", 18.5, "2024-12-02"),
    ]
    assert rows(
        """
        SELECT value, previous_value, previous_basis
        FROM estimate_revisions('2024-12-01')
        WHERE ticker = '0700.HK' AND metric = 'eps_diluted'
        ORDER BY fiscal_year
        """
    ) == [(19.5, None, None), (22.2, None, None)]
    # what the broker prints of the figure before, and where it prints the change alone
    assert rows(
        """
        SELECT broker[:5], value, previous_value, previous_basis, round(change_pct, 1)
        FROM estimate_revisions('2025-12-31')
        WHERE ticker = '1024.HK' AND metric = 'net_income' AND fiscal_year = 2025
            AND previous_basis IS NOT NULL
        ORDER BY 1
        """
    ) == [("CICC ", 20600, None, "change_printed", 3.0), ("China", 20590, 20015, "printed", 2.9)]


def test_revisions_are_what_a_plain_loop_over_the_rows_gives(rows):
    """Every dated forecast but multiples: the latest of a broker, measure, basis and year, and the
    one before it.
    """
    with open(CURATED / "estimates.csv", encoding="utf-8", newline="") as file:
        printed = [
            row
            for row in csv.DictReader(file)
            if row["published_on"] and row["published_on"] <= "2026-08-21" and row["unit"] != "x"
        ]
    by_fact = {}
    for row in sorted(printed, key=lambda row: row["published_on"]):
        broker = (
            f"not printed ({row['source_id']})"
            if row["broker_basis"] == "not printed"
            else row["broker"]
        )
        by_fact.setdefault(
            (broker, row["ticker"], row["metric"], row["basis"] or None, int(row["fiscal_year"])),
            [],
        ).append(row)
    found = {
        row[:5]: row[5:]
        for row in rows(
            """
            SELECT broker, ticker, metric, basis, fiscal_year, value, previous_value, change_pct,
                change_pp
            FROM estimate_revisions('2026-08-21')
            """
        )
    }
    assert set(found) == set(by_fact)
    assert len(found) >= 90
    for fact, history in by_fact.items():
        new, before = history[-1], history[-2]["value"] if len(history) > 1 else ""
        old = new["previous_value"] or before
        value, previous, change, points = found[fact]
        assert value == float(new["value"]) and previous == (float(old) if old else None), fact
        if old and new["unit"] != "%":
            assert (
                change == pytest.approx(100 * (value - float(old)) / abs(float(old)))
                and points is None
            ), fact


@pytest.mark.system
def test_the_consensus_of_an_evening_is_that_of_the_forward_pe(rows):
    for day in ("2024-08-30", "2025-12-31", "2026-02-27"):
        ours = rows(
            """
            SELECT ticker, basis, fiscal_year_end, value, n, status
            FROM consensus(?)
            WHERE metric = 'eps_diluted'
            ORDER BY ALL
            """,
            day,
        )
        table = rows(
            """
            SELECT ticker, basis, fiscal_year_end, arg_max(eps, effective_on),
                arg_max(n, effective_on), arg_max(status, effective_on)
            FROM estimate_consensus
            WHERE effective_on <= ?
            GROUP BY ALL
            ORDER BY ALL
            """,
            day,
        )
        assert ours == table
        assert len(ours) > 5


def test_the_consensus_of_a_profit_names_its_brokers_and_leaves_out_what_is_old(rows):
    assert rows(
        """
        SELECT value, lowest, highest, n, len(brokers), status
        FROM consensus('2025-12-31')
        WHERE ticker = '1024.HK' AND metric = 'net_income' AND fiscal_year_end = '2025-12-31'
        """
    ) == [(20590, 20500, 20600, 3, 3, "OK")]
    assert rows(
        """
        SELECT n, status
        FROM consensus('2025-12-31')
        WHERE ticker = '0700.HK' AND metric = 'eps_diluted' AND fiscal_year_end = '2025-12-31'
        """
    ) == [(1, "STALE_ESTIMATE")]


def test_the_surprises_of_kuaishou_are_kept_as_printed(rows):
    found = {
        (metric, basis): rest
        for metric, basis, *rest in rows(
            """
            SELECT metric, basis, actual, round(expected, 1), surprise_pct, surprise_pp,
                expected_basis
            FROM surprises
            WHERE ticker = '1024.HK' AND fiscal_period = '2025Q3' AND expected IS NOT NULL
            """
        )
    }
    after = "printed_after_by_broker"
    assert found == {
        ("revenue", None): [35500, 35256.7, 0.69, None, after],
        ("net_income", "reported"): [4500, 4198.2, 7.19, None, after],
        ("net_income", "adjusted"): [4990, 4835.3, 3.2, None, after],
        ("other_services_revenue", None): [5900, 5641.1, 4.59, None, after],
        ("advertising_revenue", None): [20100, 19879.3, 1.11, None, after],
        ("revenue_growth", None): [14.2, 13.5, None, 0.7, "consensus_quoted_after"],
        ("net_income_growth", "adjusted"): [26.3, 22.4, None, 3.9, "consensus_quoted_after"],
    }
    # the expectation that a printed surprise implies follows from that report's own actual
    assert all(
        actual / expected - 1 == pytest.approx(pct / 100, abs=5e-5)
        for actual, expected, pct, _, basis in found.values()
        if basis == after
    )


def test_what_was_expected_before_the_results_is_set_against_their_first_print(rows):
    found = rows(
        """
        SELECT ticker, fiscal_period, metric, actual, expected, round(surprise_pct, 1), n,
            strftime(expected_on, '%Y-%m-%d'), strftime(announced_on, '%Y-%m-%d')
        FROM surprises
        WHERE expected_basis = 'printed_before' AND metric <> 'eps_diluted'
        ORDER BY ALL
        """
    )
    assert (
        "1024.HK",
        "2025FY",
        "revenue",
        142800,
        141850,
        0.7,
        2,
        "2026-03-04",
        "2026-03-25",
    ) in found
    assert (
        "9618.HK",
        "2025FY",
        "net_income",
        27032,
        26163,
        3.3,
        1,
        "2025-12-24",
        "2026-03-05",
    ) in found
    assert all(expected_on < announced_on for *_, expected_on, announced_on in found)
    # Guosen's 24.10 of December 2024 against Tencent's profit over its diluted shares
    assert rows(
        """
        SELECT round(actual, 2), expected, round(surprise_pct, 1), quality
        FROM surprises
        WHERE ticker = '0700.HK' AND metric = 'eps_diluted'
        """
    ) == [(23.51, 24.1, -2.5, "derived")]


@pytest.mark.parametrize(
    ("new", "old", "change"),
    [
        (110, 100, 10),
        (-50, -100, 50),
        (-150, -100, -50),
        (5, -5, None),
        (-5, 5, None),
        (120, 10, None),
        (90, 10, 800),
        (0, 10, None),
        (10, 0, None),
        (None, 10, None),
    ],
)
def test_a_percentage_of_next_to_nothing_or_across_a_change_of_sign_is_none(rows, new, old, change):
    assert rows("SELECT change_in_pct(CAST(? AS DOUBLE), CAST(? AS DOUBLE))", new, old) == [
        (change,)
    ]


# Targets and ratings ------------------------------------------------------------------------------


@pytest.mark.system
def test_a_target_stands_on_its_own_line(rows):
    found = rows(
        """
        SELECT quote_ticker, target, currency, per, close_now, round(upside_now_pct, 1)
        FROM targets_as_of('2025-12-31')
        WHERE broker LIKE 'Citi%' AND ticker = '9988.HK'
        ORDER BY 1
        """
    )
    assert found == [
        ("9988.HK", 223, "HKD", "share", 142.8, 56.2),
        ("BABA", 225, "USD", "ads", 157.3, 43.0),
    ]
    assert {
        line for (line,) in rows("SELECT DISTINCT quote_ticker FROM target_consensus('2025-12-31')")
    } == {"0700.HK", "1024.HK", "3690.HK", "TCOM", "9988.HK", "BABA", "NTES"}


@pytest.mark.system
def test_upside_then_and_now_and_as_printed(rows):
    goldman = rows(
        """
        SELECT target, close_then, close_then_basis, round(upside_then_pct, 1), upside_printed_pct,
            close_now, round(upside_now_pct, 1)
        FROM targets_as_of('2025-12-31')
        WHERE broker LIKE 'Goldman%' AND ticker = '1024.HK'
        """
    )
    assert goldman == [(83, 68.65, "printed", 20.9, 20.9, 63.95, 29.8)]
    # without a printed price: the line's last close known that day
    assert rows(
        """
        SELECT close_then, close_then_basis, strftime(close_then_date, '%Y-%m-%d'),
            round(upside_then_pct, 1)
        FROM targets_as_of('2025-12-31')
        WHERE broker LIKE 'CMB%' AND quote_ticker = 'NTES'
        """
    ) == [(138.05, "line", "2025-11-28", 18.8)]
    # only a broker's latest has an upside now, and an undated one is neither latest nor counted
    assert rows(
        """
        SELECT strftime(published_on, '%Y-%m-%d'), is_latest, close_now
        FROM targets_as_of('2025-12-31')
        WHERE broker = 'J.P. Morgan' AND quote_ticker = '0700.HK'
        ORDER BY 1
        """
    ) == [("2025-05-15", False, None), ("2025-12-17", True, 599)]
    assert rows(
        """
        SELECT count(*)
        FROM targets_as_of('2026-08-21')
        WHERE published_on IS NULL AND (is_latest OR in_consensus OR upside_now_pct IS NOT NULL)
        """
    ) == [(0,)]


def test_a_median_target_is_of_the_latest_of_each_broker_not_older_than_180_days(rows):
    targets = rows(
        """
        SELECT target
        FROM targets_as_of('2025-12-31')
        WHERE quote_ticker = '1024.HK' AND in_consensus
        """
    )
    assert rows(
        """
        SELECT target, n, close_now, round(upside_now_pct, 1)
        FROM target_consensus('2025-12-31')
        WHERE quote_ticker = '1024.HK'
        """
    ) == [(88, 4, 63.95, 37.6)]
    assert median(target for (target,) in targets) == 88


@pytest.mark.system
def test_what_has_no_day_is_not_known_before_the_month_or_year_named_for_it_is_over(rows):
    # "2025-11; day not shown"
    undated = (
        "SELECT count(*) FROM targets_as_of(?) WHERE broker LIKE 'BOCOM%' AND ticker = '0700.HK'"
    )
    assert rows(undated, "2025-11-29") == [(0,)]
    assert rows(undated, "2025-11-30") == [(1,)]
    without = "SELECT count(*) FROM targets_as_of(?) WHERE broker LIKE 'CMSC%'"  # "day not shown"
    assert rows(without, "2026-08-20") == [(0,)]
    assert rows(without, "2026-08-21") == [(1,)]


def test_outperform_is_what_guosen_says_it_is(rows):
    found = rows(
        """
        SELECT ticker, rating, rating_code, lower_bound_pct, upper_bound_pct, horizon, benchmark
        FROM ratings_as_of('2024-07-07')
        WHERE ticker IN ('0700.HK', 'PDD')
        ORDER BY 1
        """
    )
    assert found == [
        (
            "0700.HK",
            "优于大市",
            "buy",
            10,
            None,
            "6 to 12 months after the report",
            "Hang Seng Index (HSI.HI)",
        ),
        (
            "PDD",
            "优于大市",
            "buy",
            10,
            None,
            "6 to 12 months after the report",
            "S&P 500 (SPX.GI) or Nasdaq Composite (IXIC.GI)",
        ),
    ]
    assert rows(
        "SELECT DISTINCT rule FROM ratings_as_of('2026-08-21') WHERE broker LIKE 'Citi%'"
    ) == [(None,)]  # its own definition was not seen
    assert rows(
        "SELECT code, severity FROM findings WHERE code = 'R01' AND ref = 'Citi (花旗) Buy'"
    ) == [("R01", "note")]
    assert rows("SELECT count(*) FROM findings WHERE code = 'R01' AND ref LIKE 'Guosen%'") == [(0,)]


STREET = csv_of(
    "companies",
    (
        {
            "ticker": t,
            "issuer_ticker": "AH.HK",
            "name_en": t,
            "name_zh": t,
            "short_en": t,
            "short_zh": t,
        }
        | more
        for t, more in (
            ("AH.HK", {}),
            ("AHD", {"kind": "line", "exchange": "NYSE", "price_currency": "USD"}),
        )
    ),
)


@pytest.mark.system
def test_a_target_of_a_line_without_a_close_is_seen_through_the_ratio_and_the_rate(tmp_path):
    """Eight shares an ADS; the home line at HKD 80 is USD 82 an ADS at that day's rate, and marked
    derived.
    """
    target = {
        "broker": "Ah",
        "broker_basis": "printed",
        "broker_printed": "Ah",
        "ticker": "AH.HK",
        "quote_ticker": "AHD",
        "quote_basis": "printed",
        "target": 100,
        "currency": "USD",
        "per": "ads",
        "published_on": "2024-03-06",
        "quality": "exact",
        "date_basis": "printed",
    }
    made = invented(
        tmp_path / "data",
        companies=STREET,
        sources=sources_of(),
        target_prices=csv_of("target_prices", [target]),
        listings=csv_of(
            "listings",
            [
                {
                    "ticker": "AHD",
                    "code": "AHD",
                    "issuer_ticker": "AH.HK",
                    "exchange": "NYSE",
                    "currency": "USD",
                    "share_class": "ADS",
                    "shares_per_ads": 8,
                }
            ],
        ),
        prices=csv_of("prices", [{"ticker": "AH.HK", "date": "2024-03-05", "close": 80}]),
    )
    assert made.result.rejected == []
    rate = CurrencyConverter().convert(1, "HKD", "USD", date(2024, 3, 6))
    ((close, basis, upside, now),) = made.rows(
        """
        SELECT close_then, close_then_basis, upside_then_pct, close_now_basis
        FROM targets_as_of('2024-03-06')
        """
    )
    assert (close, basis, upside, now) == (
        pytest.approx(80 * 8 * rate),
        "derived",
        pytest.approx(100 * (100 / (80 * 8 * rate) - 1)),
        "derived",
    )


# Bad input ----------------------------------------------------------------------------------------


@pytest.mark.system
def test_bad_estimates_targets_and_ratings_are_refused_by_name_all_in_one_pass(tmp_path):
    changes = {
        "estimates": [
            (
                "24.1,19.5,23.6,,CNY,inferred,per share,share,2024-12-02",
                "24.1,19.5,23.6,,CNY,inferred,per share,share,2025-03-20",
            ),  # a day after the results
            (
                "adjusted,printed,2025,2025E,2025-12-31,2025FY,2025-12-31,38000,",
                "adjusted,printed,2023,2023E,2023-12-31,2023FY,2023-12-31,38000,",
            ),
        ],
        "target_prices": [
            (
                "Arete,printed,Arete,PDD,PDD,printed,121,USD",
                "Arete,printed,Arete,PDD,PDD,printed,121,HKD",
            ),
            ("1024.HK,1024.HK,inferred,89,HKD,", "1024.HK,1024.HK,inferred,89,,"),
        ],
        "ratings": [("Arete,printed,PDD,Buy,Buy,buy,", "Arete,printed,PDD,Buy,Buy,accumulate,")],
        "rating_definitions": [
            ("stock,优于大市,Outperform,buy,", "stock,优于大市,Outperform,strong_buy,")
        ],
    }
    files = {}
    for table, pairs in changes.items():
        files[table] = (CURATED / f"{table}.csv").read_text("utf-8")
        for old, new in pairs:
            assert files[table].count(old) == 1, (table, old)
            files[table] = files[table].replace(old, new)
    lines = [str(rejection) for rejection in built(tmp_path / "data", files).result.rejected]

    def told(*parts: str) -> bool:
        return any(all(part in line for part in parts) for line in lines)

    assert told(
        "estimates.csv:",
        "published_on '2025-03-20'",
        "rule C41, the results to 2024-12-31 were announced on 2025-03-19",
    )
    assert told("estimates.csv:", "rule C41, 2023FY ended on 2023-12-31") or told(
        "estimates.csv:", "rule C41, the results to 2023-12-31"
    )
    assert told("target_prices.csv:2 currency 'HKD'", "rule C42, PDD is quoted in USD")
    assert told("target_prices.csv:", "currency", "rule C18")
    assert told("ratings.csv:2 rating_code 'accumulate'", "rule C16")
    assert told("rule C43, Guosen Securities (国信证券) itself means strong_buy by '优于大市'")
