"""The percentile of a multiple, computed another way: by scipy, by numpy and by a plain loop over
the observations.
"""

import random
import re
from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from scipy.stats import percentileofscore

from tests.support.invention import (
    calendar,
    companies_of,
    csv_of,
    days_after,
    month_ends,
    session_before,
    sessions,
    sources_of,
)
from tests.support.warehouses import invented, kept
from warehouse import definitions

pytestmark = pytest.mark.unit


DAYS = ("2019-06-28", "2022-10-31", "2024-11-29", "2025-12-31", "2026-08-21")
WINDOWS = (1, 3, 5, 10, 0)
YIELDS = ("earnings_yield_ttm", "dividend_yield")
QUANTILES = {"q10": 0.1, "q25": 0.25, "q50": 0.5, "q75": 0.75, "q90": 0.9}


def percentile_of(values: list[float], value: float, metric: str = "pe_ttm") -> float:
    """100 x (L + (E - 1) / 2) / (N - 1), counted one by one; of a yield the higher is the
    cheaper.
    """
    lower = sum(other > value if metric in YIELDS else other < value for other in values)
    equal = sum(other == value for other in values)
    return 100 * (lower + (equal - 1) / 2) / (len(values) - 1)


def percentile_by_scipy(
    values: list[float], value: float, metric: str = "pe_ttm"
) -> tuple[float, float]:
    """The same from scipy's kinds: 'strict' is 100 L / N and 'weak' 100 (L + E) / N, whose mean is
    'mean'; 'rank' is 100 (L + (E + 1) / 2) / N.
    """
    sign, count = -1 if metric in YIELDS else 1, len(values)
    strict, weak, mean, rank = (
        percentileofscore(sign * np.array(values), sign * value, kind=kind) * count / 100
        for kind in ("strict", "weak", "mean", "rank")
    )
    assert mean == pytest.approx((strict + weak) / 2)
    return 100 * (mean - 0.5) / (count - 1), 100 * (rank - 1) / (count - 1)


# The repository's own figures ---------------------------------------------------------------------


def observations(valuation: pd.DataFrame, as_of: str, years: int) -> dict[tuple, pd.DataFrame]:
    """The month-ends in the window, by line, metric and basis: the last row of each of the latest
    12 x years calendar months.

    A close in New York is known in Hong Kong on the evening after it.
    """
    day = pd.Timestamp(as_of)
    known = valuation["date"] + pd.to_timedelta(
        (~valuation["exchange"].eq("HKEX") & ~valuation["basis"].eq("quoted")).astype(int), unit="D"
    )
    rows = valuation[(known <= day) & (valuation["frequency"] == "month_end")].sort_values("date")
    rows = rows.assign(month=rows["date"].dt.year * 12 + rows["date"].dt.month).drop_duplicates(
        ["ticker", "metric", "basis", "month"], keep="last"
    )
    if years:
        rows = rows[rows["month"] > day.year * 12 + day.month - 12 * years]
    return dict(iter(rows.groupby(["ticker", "metric", "basis"])))


@pytest.fixture(scope="module")
def valuation(ask):
    return ask(
        """
        SELECT v.ticker, metric, basis, frequency, date, value, status, c.exchange
        FROM valuation AS v
        JOIN companies AS c USING (ticker)
        """
    )


@pytest.mark.system
@pytest.mark.parametrize("years", WINDOWS)
@pytest.mark.parametrize("as_of", DAYS)
@pytest.mark.few(9)
def test_every_percentile_and_band_equals_a_plain_loop_and_numpy(ask, valuation, as_of, years):
    answers = ask("SELECT * FROM valuation_percentiles(?, ?)", as_of, years).to_dict("records")
    expected = observations(valuation, as_of, years)
    ranked = 0
    for answer in answers:
        rows = expected.get((answer["ticker"], answer["metric"], answer["basis"]))
        if rows is None or rows.empty:
            assert answer["n"] == 0
            assert pd.isna(answer["percentile"])
            continue
        values = rows.loc[rows["status"] == "OK", "value"].tolist()
        assert answer["n"] == len(values)
        assert answer["losses_left_out"] == (rows["status"] == "NM_LOSS").sum()
        assert answer["coverage_pct"] == pytest.approx(100 * len(values) / len(rows))
        bands = [answer[band] for band in QUANTILES]
        if len(values) < 30:
            assert all(pd.isna(band) for band in bands)
        else:
            assert bands == pytest.approx(np.quantile(values, list(QUANTILES.values())))
        if values:
            assert answer["first_date"] == rows.loc[rows["status"] == "OK", "date"].min()
            assert (answer["minimum"], answer["maximum"]) == (min(values), max(values))
        if answer["status"] != "OK" or len(values) < 30:
            assert pd.isna(answer["percentile"])
            continue
        ranked += 1
        assert answer["percentile"] == pytest.approx(
            percentile_of(values, answer["value"], answer["metric"]), abs=1e-9
        )
        if as_of == DAYS[-1]:  # scipy takes its time
            assert percentile_by_scipy(values, answer["value"], answer["metric"]) == pytest.approx(
                (answer["percentile"], answer["percentile"]), abs=1e-9
            )
    assert ranked or years == 1 or as_of == DAYS[0]


def test_without_ties_it_is_the_percent_rank_of_sql_taken_downwards_for_a_yield(rows):
    found = rows("""
        SELECT p.percentile, 100 * r.rank, p.metric
        FROM valuation_percentiles('2025-12-31', 5) AS p
        JOIN (
            SELECT ticker, metric, basis, date, percent_rank()
                OVER (PARTITION BY ticker, metric, basis ORDER BY CASE WHEN metric IN
                ('earnings_yield_ttm', 'dividend_yield') THEN -value ELSE value END) AS rank,
                count(*) OVER (PARTITION BY ticker, metric, basis, value) AS equal
            FROM valuation
            WHERE status = 'OK' AND ticker LIKE '%.HK' AND date > '2020-12-31'
                AND date <= '2025-12-31'
        ) AS r USING (ticker, metric, basis, date)
        WHERE p.percentile IS NOT NULL AND r.equal = 1
        """)
    assert len(found) >= 4
    assert {"pe_ttm", "earnings_yield_ttm"} <= {metric for *_, metric in found}
    assert all(ours == pytest.approx(theirs) for ours, theirs, _ in found)


def test_a_yield_and_a_multiple_of_the_same_months_say_the_same(rows):
    # without losses the earnings yield is 100 / PE: the cheapest month of one is the cheapest of
    # the other
    found = rows("""
        SELECT y.percentile, m.percentile
        FROM valuation_percentiles('2025-12-31', 5) AS y
        JOIN valuation_percentiles('2025-12-31', 5) AS m USING (ticker, basis)
        WHERE y.metric = 'earnings_yield_ttm' AND m.metric = 'pe_ttm' AND y.n = m.n
            AND m.percentile IS NOT NULL
        """)
    assert len(found) >= 3
    assert all(by_yield == pytest.approx(by_multiple) for by_yield, by_multiple in found)


def test_a_month_end_window_never_holds_more_than_twelve_observations_a_year(rows):
    for years in WINDOWS[:-1]:
        assert rows(
            """
            SELECT count(*)
            FROM valuation_percentiles('2026-08-21', ?)
            WHERE frequency = 'month_end' AND n > 12 * ?
            """,
            years,
            years,
        ) == [(0,)]


@pytest.mark.system
@pytest.mark.parametrize("as_of", ["2024-11-29", "2026-08-21"])
def test_all_windows_at_once_are_the_five_windows(ask, as_of):
    at_once = ask("SELECT * FROM valuation_windows(?)", as_of)
    assert sorted(at_once["years"].unique()) == sorted(WINDOWS)
    for years in WINDOWS:
        alone = ask(
            "SELECT * FROM valuation_percentiles(?, ?) ORDER BY ticker, metric, basis", as_of, years
        )
        same = (
            at_once[at_once["years"] == years]
            .sort_values(["ticker", "metric", "basis"])
            .reset_index(drop=True)
        )
        shared = [column for column in alone if column in same]
        assert {
            "percentile",
            "n",
            "value",
            "status",
            "first_date",
            "coverage_pct",
            "losses_left_out",
            "minimum",
            "maximum",
            *QUANTILES,
        } <= set(shared)
        pd.testing.assert_frame_equal(same[shared], alone[shared], check_dtype=False, rtol=1e-9)


KEPT = (
    (
        "latest_standing",
        "valuation_standing_worked_out(latest_evening(), [0, 1, 3, 5, 10])",
        "valuation_percentiles(?, 5)",
    ),
    ("latest_prices", "price_changes_worked_out(latest_evening())", "price_changes(?)"),
    (
        (
            "(SELECT ticker, date, close, currency, frequency, exchange, source_id, "
            "price_is_stale FROM latest_prices)"
        ),
        "price_latest_worked_out(latest_evening())",
        "price_latest(?)",
    ),
)


@pytest.mark.system
@pytest.mark.parametrize(("kept", "worked_out", "asked"), KEPT)
def test_what_is_kept_of_the_latest_evening_is_what_is_worked_out_of_it_and_is_read_for_no_other(
    rows, kept, worked_out, asked
):
    assert rows(
        """
        SELECT latest_evening(), (
            SELECT max(date) FROM market_caps WHERE date = known_on AND ticker = '0700.HK'
        )
        """
    ) == rows("SELECT data_as_of, data_as_of FROM snapshot")
    assert rows(
        f"""
        SELECT (
            SELECT count(*) FROM (FROM {kept} EXCEPT ALL FROM {worked_out})
        ), (
        SELECT count(*)
        FROM (FROM {worked_out} EXCEPT ALL FROM {kept})), (
        SELECT count(*) > 20
        FROM {kept})
        """
    ) == [(0, 0, True)]
    for evening, reads_all in (("2026-08-21", False), ("2026-08-20", True), ("2026-08-22", True)):
        read = set(
            re.findall(
                r'\.main\.(\w+)"',
                rows(f"EXPLAIN (FORMAT json) SELECT * FROM {asked}", evening)[0][1],
            )
        )
        assert (
            bool(read & {"valuation", "prices"}) == reads_all
            and bool(read & {"latest_prices", "latest_standing"}) != reads_all
        ), read


def test_a_window_that_is_not_kept_is_worked_out_on_the_latest_evening_too(rows):
    asked = (
        "SELECT span, count(percentile) FROM valuation_standing(?, ?) GROUP BY span ORDER BY span"
    )
    (kept, some), (other, more) = rows(asked, "2026-08-21", [7, 5])
    assert (kept, other) == (5, 7)
    assert 0 < some <= more
    assert rows(asked, "2026-08-21", [5]) == [(5, some)]


@pytest.mark.system
@pytest.mark.parametrize("ticker", ["0700.HK", "9988.HK", "BABA", "HSTECH", "BASKET"])
def test_the_percentile_of_an_evening_in_the_history_is_the_one_asked_for_that_evening(ask, ticker):
    """A line, a restated one, its line in New York, a quoted index and the basket.

    The window of an evening ends with its month: what closed in New York on the last day of a
        month is known in the next.
    """
    history = ask("SELECT * FROM percentile_history('2026-08-21', 5) WHERE ticker = ?", ticker)
    known = ask(
        """
        SELECT metric, basis, date, known_on
        FROM valuation
        WHERE ticker = ? AND status = 'OK' AND frequency = 'month_end'
        """,
        ticker,
    ).drop_duplicates()
    history = history.merge(known, on=["metric", "basis", "date"], validate="one_to_one")
    evenings = sorted(
        history.loc[history["known_on"].dt.month == history["date"].dt.month, "known_on"].unique()
    )
    asked = 0
    for evening in evenings[:: max(1, len(evenings) // 6)] + evenings[-1:]:
        then = ask(
            """
            SELECT metric, basis, date, percentile AS asked, n AS asked_n
            FROM valuation_percentiles(?, 5)
            WHERE ticker = ?
            """,
            str(evening)[:10],
            ticker,
        )
        both = history[history["known_on"] == evening].merge(then, on=["metric", "basis", "date"])
        asked += len(both)
        np.testing.assert_allclose(
            both["percentile"].astype(float), both["asked"].astype(float), rtol=0, atol=1e-9
        )
        assert (both["n"] == both["asked_n"]).all()
    assert asked >= 6
    assert history["percentile"].notna().any()


# Invented lines: EPS of 1, so that each close is its own multiple ---------------------------------

MONTHS = month_ends("2021-01-01", "2024-04-30")
SESSIONS = sessions("2023-06-01", "2024-01-31")[:130]
LINES = {
    "RISE.HK": ("month_end", dict(zip(MONTHS[:31], range(10, 41)))),  # the last is the dearest
    "FALL.HK": ("month_end", dict(zip(MONTHS[:31], range(40, 9, -1)))),  # the last is the cheapest
    "SAME.HK": ("month_end", dict.fromkeys(MONTHS[:31], 20)),
    "TIED.HK": (
        "month_end",
        dict(zip(MONTHS[:31], [10] * 10 + [30] * 20 + [10])),
    ),  # L = 0, E = 11, N = 31
    "FEW.HK": ("month_end", dict(zip(MONTHS[:29], range(10, 39)))),
    "LAST.HK": ("month_end", dict(zip(MONTHS[:30], range(10, 40)))),
    "DAILY.HK": ("daily", dict(zip(SESSIONS, range(100, 230)))),
    "SHORT.HK": ("daily", dict(zip(SESSIONS[-119:], range(100, 219)))),
}


@pytest.fixture(scope="module")
def drawn():
    quarters = [
        (f"{year}-{month:02d}-01", end)
        for year in range(2019, 2024)
        for month, end in (
            (1, f"{year}-03-31"),
            (4, f"{year}-06-30"),
            (7, f"{year}-09-30"),
            (10, f"{year}-12-31"),
        )
    ]
    made = kept(
        "drawn",
        lambda folder: invented(
            folder / "data",
            companies=companies_of(*({"ticker": ticker} for ticker in LINES)),
            sources=sources_of(),
            earnings=csv_of(
                "earnings",
                (
                    {
                        "ticker": ticker,
                        "period_start": start,
                        "period_end": end,
                        "announced_on": days_after(end, 40),
                        "value": 0.25,
                    }
                    for ticker in LINES
                    for start, end in quarters
                ),
            ),
            # and on a Saturday a close that never was: it is no observation
            prices=csv_of(
                "prices",
                [
                    {"ticker": ticker, "date": day, "close": close, "frequency": frequency}
                    for ticker, (frequency, closes) in LINES.items()
                    for day, close in closes.items()
                ]
                + [
                    {
                        "ticker": "RISE.HK",
                        "date": "2023-07-29",
                        "close": 999,
                        "frequency": "month_end",
                    }
                ],
            ),
        ),
    )
    assert made.result.rejected == []
    return made


def standing(made, ticker: str, years: int = 0) -> tuple:
    last = list(LINES[ticker][1])[-1]
    ((percentile, n, frequency, q50),) = made.rows(
        """
        SELECT percentile, n, frequency, q50
        FROM valuation_percentiles(?, ?)
        WHERE ticker = ? AND metric = 'pe_ttm' AND basis = 'adjusted'
        """,
        last,
        years,
        ticker,
    )
    return percentile, n, frequency, q50


@pytest.mark.system
def test_the_dearest_stands_at_100_and_the_cheapest_at_0(drawn):
    assert standing(drawn, "RISE.HK")[:2] == (100, 31)
    assert standing(drawn, "FALL.HK")[:2] == (0, 31)


def test_a_yield_is_turned_round_so_that_the_dearest_line_is_dearest_by_its_yield_too(drawn):
    last = list(LINES["RISE.HK"][1])[-1]
    assert drawn.rows(
        """
        SELECT ticker, percentile
        FROM valuation_percentiles(?, 0)
        WHERE metric = 'earnings_yield_ttm' AND basis = 'adjusted'
            AND ticker IN ('RISE.HK', 'FALL.HK', 'SAME.HK')
        ORDER BY 1
        """,
        last,
    ) == [("FALL.HK", 0), ("RISE.HK", 100), ("SAME.HK", 50)]


def test_where_all_are_equal_it_is_50(drawn):
    assert standing(drawn, "SAME.HK") == (50, 31, "month_end", 20)


def test_ties_share_the_middle_of_their_ranks(drawn):
    # 100 x (0 + (11 - 1) / 2) / 30 = 16.667
    assert standing(drawn, "TIED.HK")[0] == pytest.approx(100 * 5 / 30)


def test_fewer_than_30_month_ends_or_120_sessions_are_not_ranked(drawn):
    assert standing(drawn, "FEW.HK") == (None, 29, "month_end", None)
    assert standing(drawn, "LAST.HK")[:2] == (100, 30)
    assert standing(drawn, "SHORT.HK")[0] is None


def test_with_120_sessions_and_more_the_sessions_are_ranked(drawn):
    assert standing(drawn, "DAILY.HK") == (100, 130, "daily", 164.5)


def test_a_window_leaves_out_what_lies_before_it(drawn):
    # 31 month-ends to July 2023: one year is the last twelve, too few to rank
    assert standing(drawn, "RISE.HK", years=1)[:2] == (None, 12)
    assert standing(drawn, "RISE.HK", years=3)[:2] == (100, 31)


def test_a_close_older_than_35_days_is_stale_and_not_ranked(drawn):
    last = list(LINES["RISE.HK"][1])[-1]
    for days, status, percentile in ((35, "OK", 100), (36, "STALE_PRICE", None)):
        assert drawn.rows(
            """
            SELECT status, percentile, value
            FROM valuation_percentiles(?, 0)
            WHERE ticker = 'RISE.HK' AND metric = 'pe_ttm' AND basis = 'adjusted'
            """,
            last + timedelta(days),
        ) == [(status, percentile, 40)]


def test_a_daily_close_older_than_ten_sessions_is_stale(drawn):
    last = SESSIONS[-1]
    after = [day for day in sessions(str(last), "2024-12-31") if day > last]
    for day, status, percentile in ((after[9], "OK", 100), (after[10], "STALE_PRICE", None)):
        assert drawn.rows(
            """
            SELECT status, percentile, value
            FROM valuation_percentiles(?, 0)
            WHERE ticker = 'DAILY.HK' AND metric = 'pe_ttm' AND basis = 'adjusted'
            """,
            day,
        ) == [(status, percentile, 229)]


# Random histories: ties, gaps, losses, short ones, in the very macros that are published ----------

LAST = {
    "HKEX": session_before(date(2026, 7, 1), "XHKG"),
    "NYSE": session_before(date(2026, 7, 1), "XNYS"),
}
CALENDAR = {"HKEX": "XHKG", "NYSE": "XNYS"}
SORTS = (
    ("pe_ttm", "adjusted"),
    ("pe_forward", "reported"),
    ("ps_ttm", "reported"),
    ("earnings_yield_ttm", "adjusted"),
    ("dividend_yield", "quoted"),
)


@dataclass(frozen=True)
class Observation:
    day: date
    known_on: date
    frequency: str
    value: float | None
    status: str

    def _repr_pretty_(self, printer, cycle) -> None:  # a failing example shows hundreds
        printer.text(f"{self.day} {self.frequency} {self.status} {self.value}")


@dataclass(frozen=True)
class History:
    """What one line of an exchange was worth on its sessions."""

    exchange: str
    metric: str
    basis: str
    rows: tuple[Observation, ...]
    factor: float
    place: float  # 0 to 1: which of its observations is asked for again on its own evening


@dataclass(frozen=True)
class Evening:
    """The evening and window for which one asks of some lines at once: a question costs the same
    for one and for four.
    """

    as_of: date
    years: int
    lines: tuple[History, ...]


@st.composite
def histories(draw) -> History:
    exchange, (metric, basis) = draw(st.sampled_from(sorted(LAST))), draw(st.sampled_from(SORTS))
    months, days = draw(st.sampled_from([(1, 0), (0, 1), (1, 1)]))
    months *= draw(st.one_of(st.integers(26, 40), st.integers(0, 150)))
    days *= draw(st.one_of(st.integers(115, 130), st.integers(0, 300), st.just(820)))
    left_behind = draw(
        st.sampled_from([0, 0, 15, 25])
    )  # sessions by which the daily closes end before the month-ends: 31 days are about 21
    gaps, losses, old = (
        draw(st.sampled_from([0, 0.02, 0.4])),
        draw(st.sampled_from([0, 0.05, 0.5])),
        draw(st.sampled_from([0, 0.1])),
    )
    levels, rng = (
        draw(st.sampled_from([1, 2, 7, 40, 10_000])),
        random.Random(draw(st.integers(0, 2**32))),
    )
    known_after = timedelta(exchange == "NYSE" and basis != "quoted")
    every_month, every_day = (
        month_ends("2013-01-01", str(LAST[exchange]), CALENDAR[exchange]),
        sessions("2022-01-01", str(LAST[exchange]), CALENDAR[exchange]),
    )
    every_day = every_day[: len(every_day) - left_behind]
    rows = []
    for frequency, day in [
        ("month_end", day) for day in every_month[len(every_month) - months :]
    ] + [("daily", day) for day in every_day[len(every_day) - days :]]:
        if rng.random() < gaps:
            continue
        value, status = 5 + rng.randrange(levels) / 8, "OK"
        if metric == "earnings_yield_ttm":
            value -= 7  # a loss has a yield, below nothing
        elif rng.random() < losses:
            value, status = None, "NM_LOSS"
        if rng.random() < old:
            value, status = (
                (value, "STALE_ESTIMATE" if metric == "pe_forward" else "STALE_EPS")
                if value is not None and rng.random() < 0.5
                else (None, "MISSING_EPS")
            )
        rows.append(Observation(day, day + known_after, frequency, value, status))
    return History(
        exchange,
        metric,
        basis,
        tuple(rows),
        draw(st.sampled_from([0.01, 0.7, 3.7, 64.0])),
        draw(st.floats(0, 1)),
    )


@st.composite
def evenings(draw) -> Evening:
    back = draw(st.one_of(st.integers(-60, 0), st.integers(1, 1500)))
    return Evening(
        max(LAST.values()) - timedelta(back),
        draw(st.sampled_from(WINDOWS)),
        tuple(draw(st.lists(histories(), min_size=4, max_size=4))),
    )


def years_before(day: date, years: int) -> date:
    return day.replace(
        year=day.year - years, day=28 if (day.month, day.day) == (2, 29) and years % 4 else day.day
    )


def in_window(day: date, end: date, years: int, frequency: str) -> bool:
    """Daily: (end - years, end]. Month-end: one of the latest 12 x years calendar months, that of
    end included.
    """
    if years == 0:
        return day <= end
    if frequency == "daily":
        return years_before(end, years) < day <= end
    return 0 <= (end.year - day.year) * 12 + end.month - day.month < 12 * years and day <= end


def known_observations(rows: tuple[Observation, ...], as_of: date) -> list[Observation]:
    """What is known that evening at the line's one frequency: daily where there is enough of it and
    it is not left behind, else the last close of each month.
    """
    known = [row for row in rows if row.known_on <= as_of]
    daily, monthly = (
        [row.day for row in known if row.frequency == frequency]
        for frequency in ("daily", "month_end")
    )
    behind = (
        max(monthly) - max(daily) if daily and monthly else timedelta(-99)
    )  # what there is alone is the series; so is what goes on after the other has grown stale
    if daily and (
        behind < timedelta(-35)
        or (behind < timedelta(31) and (len(daily) >= 120 or min(daily) <= min(monthly)))
    ):
        return sorted((row for row in known if row.frequency == "daily"), key=lambda row: row.day)
    by_month = {
        (row.day.year, row.day.month): row
        for row in sorted(known, key=lambda row: row.day)
        if row.frequency == "month_end"
    }
    return list(by_month.values())


def is_stale(latest: Observation, as_of: date, exchange: str) -> bool:
    if latest.frequency == "month_end":
        return latest.day < as_of - timedelta(35)
    return (
        sum(latest.day < session <= as_of for session in calendar(CALENDAR[exchange])[-1200:]) > 10
    )


def enough(frequency: str) -> int:
    return {"daily": 120, "month_end": 30}[frequency]


COLUMNS = (
    "ticker",
    "date",
    "metric",
    "basis",
    "value",
    "status",
    "close",
    "close_currency",
    "per_share",
    "per_share_currency",
    "fx_rate",
    "frequency",
    "known_on",
    "source_id",
)


class Market:
    """The published macros over a table of the published shape, filled anew for each example."""

    def __init__(self, shape: pd.DataFrame):
        self.connection = definitions.create_tables(Path(":memory:"))
        self.connection.execute("SET threads = 1")
        self.connection.execute(
            "CREATE TABLE valuation ("
            + ", ".join(f"{row.column_name} {row.data_type}" for row in shape.itertuples())
            + ")"
        )
        for name in ("periods", "prices", "percentiles"):
            self.connection.execute(definitions.sql(name))
        for exchange in LAST:
            for ticker in (
                f"{name} {number} {exchange}"
                for name in ("base", "scaled", "raised")
                for number in range(4)
            ):
                self.connection.execute(
                    """
                    INSERT INTO companies
                    SELECT ?, 'company', ?, ?, ?, ?, ?, ?, 'HKD', 'HKD', 12, 'invented', 'made-up'
                    """,
                    [ticker] * 6 + [exchange],
                )
            self.connection.executemany(
                "INSERT INTO sessions VALUES (?, ?)",
                [
                    [CALENDAR[exchange], day]
                    for day in sessions("2022-01-01", "2026-12-31", CALENDAR[exchange])
                ],
            )

    def fill(
        self, evening: Evening, *names: str
    ) -> dict[str, tuple[History, tuple[Observation, ...]]]:
        """The rows of each ticker: the history (base); the same with all values multiplied
        (scaled); and the same with its latest known value raised (raised).
        """
        lines = {}
        for number, history in enumerate(evening.lines):
            newest = {
                max(
                    (
                        row
                        for row in history.rows
                        if row.known_on <= evening.as_of and row.frequency == frequency
                    ),
                    key=lambda row: row.day,
                    default=None,
                )
                for frequency in ("daily", "month_end")
            }
            changed = {
                "base": lambda row, history: row.value,
                "scaled": lambda row, history: row.value * history.factor,
                "raised": lambda row, history, newest=newest: (
                    row.value + (3.3 if row in newest else 0)
                ),
            }
            for name in names:
                lines[f"{name} {number} {history.exchange}"] = (
                    history,
                    tuple(
                        row
                        if row.value is None
                        else replace(row, value=changed[name](row, history))
                        for row in history.rows
                    ),
                )
        # EPS moves with the months, and a loss is a loss; where EPS is missing so is the band
        values = [
            (
                ticker,
                r.day,
                history.metric,
                history.basis,
                r.value,
                r.status,
                (r.value or 1) * (2 + r.day.month) * 1.1,
                "HKD",
                {"NM_LOSS": -1.0, "MISSING_EPS": None}.get(r.status, 2.0 + r.day.month),
                "CNY",
                1.1,
                r.frequency,
                r.known_on,
                "made-up",
            )
            for ticker, (history, rows) in lines.items()
            for r in rows
        ]
        self.connection.execute("DELETE FROM valuation")
        if values:
            self.connection.register(
                "staged", pa.table(dict(zip(COLUMNS, map(list, zip(*values)))))
            )
            self.connection.execute(
                """
                INSERT INTO valuation BY NAME SELECT *
                FROM staged
                ORDER BY ticker, metric, basis, frequency, date
                """
            )
            self.connection.unregister("staged")
        return lines

    def ask(self, question: str, *parameters) -> list[dict]:
        cursor = self.connection.execute(question, parameters)
        names = [column[0] for column in cursor.description]
        return [dict(zip(names, row)) for row in cursor.fetchall()]


@pytest.fixture(scope="module")
def market(ask):
    return Market(
        ask(
            """
            SELECT column_name, data_type
            FROM duckdb_columns()
            WHERE table_name = 'valuation'
            ORDER BY column_index
            """
        )
    )


# Four lines an evening: two hundred histories.
many = settings(
    max_examples=20,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)


@pytest.mark.system
@many
@given(evening=evenings())
def test_random_histories_stand_where_scipy_and_a_plain_loop_put_them(market, evening):
    lines = market.fill(evening, "base", "scaled", "raised")
    answers = {
        (row["ticker"], row["metric"], row["basis"]): row
        for row in market.ask(
            "SELECT * FROM valuation_percentiles(?, ?)", evening.as_of, evening.years
        )
    }
    percentiles = {}
    for ticker, (history, rows) in lines.items():
        known, answer = (
            known_observations(rows, evening.as_of),
            answers.get((ticker, history.metric, history.basis)),
        )
        if not known:
            assert answer is None or (answer["n"], answer["status"], answer["percentile"]) == (
                0,
                "MISSING_PRICE",
                None,
            )
            continue
        latest = known[-1]
        window = [
            row for row in known if in_window(row.day, evening.as_of, evening.years, row.frequency)
        ]
        counted = [row for row in window if row.status == "OK"]
        values = [row.value for row in counted]
        status = (
            "STALE_PRICE"
            if latest.status in ("OK", "STALE_EPS", "STALE_ESTIMATE")
            and is_stale(latest, evening.as_of, history.exchange)
            else latest.status
        )
        assert (
            answer["date"],
            answer["value"],
            answer["status"],
            answer["frequency"],
            answer["n"],
        ) == (latest.day, latest.value, status, latest.frequency, len(values))
        assert answer["losses_left_out"] == sum(row.status == "NM_LOSS" for row in window)
        assert (answer["first_date"], answer["minimum"], answer["maximum"]) == (
            counted[0].day if counted else None,
            min(values, default=None),
            max(values, default=None),
        )
        assert answer["coverage_pct"] == (
            pytest.approx(100 * len(values) / len(window)) if window else None
        )
        ranked = len(values) >= enough(latest.frequency)
        assert [answer[band] for band in QUANTILES] == (
            pytest.approx(np.quantile(values, list(QUANTILES.values()))) if ranked else [None] * 5
        )
        percentiles[ticker] = answer["percentile"]
        if not ranked or status != "OK":
            assert answer["percentile"] is None
            continue
        assert 0 <= answer["percentile"] <= 100
        assert answer["percentile"] == pytest.approx(
            percentile_of(values, latest.value, history.metric), abs=1e-9
        )
        assert percentile_by_scipy(values, latest.value, history.metric) == pytest.approx(
            (answer["percentile"],) * 2, abs=1e-9
        )
        if len(set(values)) == 1:
            assert answer["percentile"] == 50
    for number, history in enumerate(evening.lines):
        base, scaled, raised = (
            percentiles.get(f"{name} {number} {history.exchange}")
            for name in ("base", "scaled", "raised")
        )
        assert scaled == (None if base is None else pytest.approx(base, abs=1e-9))
        if base is not None:  # dearer by its multiple, cheaper by its yield
            assert raised <= base if history.metric in YIELDS else raised >= base


@pytest.mark.system
@many
@given(evening=evenings())
def test_a_random_history_ranks_each_session_among_what_was_known_on_it(market, evening):
    lines = market.fill(evening, "base")
    found = defaultdict(list)
    for row in market.ask(
        "SELECT * FROM percentile_history(?, ?) ORDER BY date", evening.as_of, evening.years
    ):
        found[row["ticker"]].append(row)
    for ticker, (history, rows) in lines.items():
        known = [row for row in known_observations(rows, evening.as_of) if row.status == "OK"]
        assert [(row["date"], row["value"]) for row in found[ticker]] == [
            (row.day, row.value) for row in known
        ]
        days, values = (
            np.array([row.day.toordinal() for row in known]),
            np.array([row.value for row in known]) * (-1 if history.metric in YIELDS else 1),
        )
        months = np.array([row.day.year * 12 + row.day.month for row in known])
        for place, (row, answer) in enumerate(zip(known, found[ticker])):
            first = 0
            if evening.years:  # the first of the window, by the day or by the month
                first = (
                    np.searchsorted(days, years_before(row.day, evening.years).toordinal(), "right")
                    if row.frequency == "daily"
                    else np.searchsorted(months, months[place] - 12 * evening.years, "right")
                )
            window, value = values[first : place + 1], values[place]
            assert answer["n"] == len(window)
            if len(window) < enough(row.frequency):
                assert answer["percentile"] is None
            else:
                assert answer["percentile"] == pytest.approx(
                    100
                    * ((window < value).sum() + ((window == value).sum() - 1) / 2)
                    / (len(window) - 1),
                    abs=1e-9,
                )
    # and it is what one would have been told that evening, had one asked; here of one of the lines
    ticker, (history, rows) = next(iter(lines.items()))
    if found[ticker]:
        told = found[ticker][round(history.place * (len(found[ticker]) - 1))]
        known_on = next(row.known_on for row in rows if row.day == told["date"])
        if evening.years == 0 or known_on == told["date"]:
            for then in market.ask(
                """
                SELECT *
                FROM valuation_percentiles(?, ?)
                WHERE ticker = ? AND metric = ? AND basis = ? AND frequency = ? AND date = ?
                """,
                known_on,
                evening.years,
                ticker,
                history.metric,
                history.basis,
                told["frequency"],
                told["date"],
            ):
                assert then["n"] == told["n"]
                assert then["percentile"] == (
                    None
                    if told["percentile"] is None
                    else pytest.approx(told["percentile"], abs=1e-9)
                )


@pytest.mark.system
@settings(many, max_examples=20)
@given(evening=evenings())
def test_random_bands_and_distributions_hold_every_observation(market, evening):
    lines = market.fill(evening, "base")
    bands = market.ask("SELECT * FROM valuation_bands(?, ?)", evening.as_of, evening.years)
    standings = {
        (row["ticker"], row["metric"], row["basis"]): row
        for row in market.ask(
            "SELECT * FROM valuation_percentiles(?, ?)", evening.as_of, evening.years
        )
    }
    buckets = market.ask("SELECT * FROM valuation_distribution(?, ?)", evening.as_of, evening.years)
    for ticker, (history, rows) in lines.items():
        window = [
            row
            for row in known_observations(rows, evening.as_of)
            if in_window(row.day, evening.as_of, evening.years, row.frequency)
        ]
        drawn_bands = [row for row in bands if row["ticker"] == ticker]
        assert [row["date"] for row in drawn_bands] == (
            [row.day for row in window] if history.metric not in YIELDS else []
        )
        for row in drawn_bands:
            for band in QUANTILES:
                level = standings[ticker, history.metric, history.basis][band]
                if level is None or row["status"] in ("NM_LOSS", "MISSING_EPS"):
                    assert row[f"price_{band}"] is None
                else:
                    assert row["close"] / row[f"price_{band}"] == pytest.approx(
                        row["value"] / level, rel=1e-9
                    )
        counted = [row.value for row in window if row.status == "OK"]
        own = [row for row in buckets if row["ticker"] == ticker]
        assert sum(row["observations"] for row in own) == len(counted)
        assert sum(row["share_pct"] for row in own) == pytest.approx(100 if counted else 0)
        for row in own:
            assert row["observations"] == sum(
                row["lower"] - 1e-9 <= value < row["upper"] - 1e-9 for value in counted
            )
        if counted:
            (current,) = (row for row in own if row["is_current"])
            assert current["lower"] - 1e-9 <= counted[-1] < current["upper"] + 1e-9
