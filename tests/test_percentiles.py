"""The percentile of a multiple, computed another way: by scipy, by numpy and by a plain loop over the observations."""

import numpy as np
import pandas as pd
import pytest
from conftest import invented
from scipy.stats import percentileofscore

DAYS = ("2019-06-28", "2022-10-31", "2024-11-29", "2025-12-31", "2026-08-21")
WINDOWS = (1, 3, 5, 10, 0)


def observations(valuation: pd.DataFrame, as_of: str, years: int) -> dict[tuple, pd.DataFrame]:
    """The month-ends in the window, by line, metric and basis: the last row of each of the latest 12 x years calendar months.

    A close in New York is known in Hong Kong on the evening after it.
    """
    day = pd.Timestamp(as_of)
    known = valuation["date"] + pd.to_timedelta((~valuation["exchange"].eq("HKEX") & ~valuation["basis"].eq("quoted")).astype(int), unit="D")
    rows = valuation[(known <= day) & (valuation["frequency"] == "month_end")].sort_values("date")
    rows = rows.assign(month=rows["date"].dt.year * 12 + rows["date"].dt.month).drop_duplicates(["ticker", "metric", "basis", "month"], keep="last")
    if years:
        rows = rows[rows["month"] > day.year * 12 + day.month - 12 * years]
    return dict(iter(rows.groupby(["ticker", "metric", "basis"])))


def percentile_of(values: list[float], value: float) -> float:
    """100 x (L + (E - 1) / 2) / (N - 1), counted one by one."""
    lower = sum(other < value for other in values)
    equal = sum(other == value for other in values)
    return 100 * (lower + (equal - 1) / 2) / (len(values) - 1)


@pytest.fixture(scope="module")
def valuation(ask):
    return ask("SELECT v.ticker, metric, basis, frequency, date, value, status, c.exchange FROM valuation AS v JOIN companies AS c USING (ticker)")


@pytest.mark.parametrize("years", WINDOWS)
@pytest.mark.parametrize("as_of", DAYS)
def test_every_line_at_every_date_and_window_is_where_a_plain_loop_puts_it_and_its_bands_where_numpy_does(ask, valuation, as_of, years):
    answers = ask("SELECT * FROM valuation_percentiles(?, ?)", as_of, years).to_dict("records")
    expected = observations(valuation, as_of, years)
    ranked = 0
    for answer in answers:
        rows = expected.get((answer["ticker"], answer["metric"], answer["basis"]))
        if rows is None or rows.empty:
            assert answer["n"] == 0 and pd.isna(answer["percentile"])
            continue
        values = rows.loc[rows["status"] == "OK", "value"].tolist()
        assert answer["n"] == len(values)
        assert answer["losses_left_out"] == (rows["status"] == "NM_LOSS").sum()
        assert answer["coverage_pct"] == pytest.approx(100 * len(values) / len(rows))
        bands = [answer[band] for band in ("q10", "q25", "q50", "q75", "q90")]
        if len(values) < 30:
            assert all(pd.isna(band) for band in bands)
        else:
            assert bands == pytest.approx(np.quantile(values, [0.1, 0.25, 0.5, 0.75, 0.9]))
        if values:
            assert answer["first_date"] == rows.loc[rows["status"] == "OK", "date"].min()
            assert (answer["minimum"], answer["maximum"]) == (min(values), max(values))
        if answer["status"] != "OK" or len(values) < 30:
            assert pd.isna(answer["percentile"])
            continue
        ranked += 1
        assert answer["percentile"] == pytest.approx(percentile_of(values, answer["value"]), abs=1e-9)
        # scipy counts 100 x (L + E / 2) / N for 'mean'
        mean = percentileofscore(values, answer["value"], kind="mean") / 100 * len(values)
        assert answer["percentile"] == pytest.approx(100 * (mean - 0.5) / (len(values) - 1), abs=1e-9)
    assert ranked or years == 1 or as_of == DAYS[0]


def test_without_ties_it_is_the_percent_rank_of_sql(ask, rows):
    found = rows("""SELECT p.percentile, 100 * r.rank FROM valuation_percentiles('2025-12-31', 5) AS p JOIN (
                      SELECT ticker, metric, basis, date, percent_rank() OVER (PARTITION BY ticker, metric, basis ORDER BY value) AS rank, count(*) OVER (PARTITION BY ticker, metric, basis, value) AS equal
                      FROM valuation WHERE status = 'OK' AND ticker LIKE '%.HK' AND date > '2020-12-31' AND date <= '2025-12-31') AS r USING (ticker, metric, basis, date)
                    WHERE p.percentile IS NOT NULL AND r.equal = 1""")
    assert len(found) >= 4 and all(ours == pytest.approx(theirs) for ours, theirs in found)


def test_a_month_end_window_never_holds_more_than_twelve_observations_a_year(rows):
    for years in WINDOWS[:-1]:
        assert rows("SELECT count(*) FROM valuation_percentiles('2026-08-21', ?) WHERE frequency = 'month_end' AND n > 12 * ?", years, years) == [(0,)]


# Invented lines: EPS of 1, so that each close is its own multiple --------------------------------------------------

MONTHS = [day.strftime("%Y-%m-%d") for day in pd.date_range("2021-01-31", periods=40, freq="ME")]
SESSIONS = [day.strftime("%Y-%m-%d") for day in pd.bdate_range("2023-06-01", periods=130)]
LINES = {
    "RISE.HK": ("month_end", dict(zip(MONTHS[:31], range(10, 41)))),  # the last is the dearest
    "FALL.HK": ("month_end", dict(zip(MONTHS[:31], range(40, 9, -1)))),  # the last is the cheapest
    "SAME.HK": ("month_end", dict.fromkeys(MONTHS[:31], 20)),
    "TIED.HK": ("month_end", dict(zip(MONTHS[:31], [10] * 10 + [30] * 20 + [10]))),  # L = 0, E = 11, N = 31
    "FEW.HK": ("month_end", dict(zip(MONTHS[:29], range(10, 39)))),
    "LAST.HK": ("month_end", dict(zip(MONTHS[:30], range(10, 40)))),
    "DAILY.HK": ("daily", dict(zip(SESSIONS, range(100, 230)))),
    "SHORT.HK": ("daily", dict(zip(SESSIONS[-119:], range(100, 219)))),
}  # fmt: skip


@pytest.fixture(scope="module")
def drawn(tmp_path_factory):
    quarters = [(f"{year}-{month:02d}-01", end) for year in range(2019, 2024) for month, end in ((1, f"{year}-03-31"), (4, f"{year}-06-30"), (7, f"{year}-09-30"), (10, f"{year}-12-31"))]
    announced = {end: (pd.Timestamp(end) + pd.Timedelta(days=40)).strftime("%Y-%m-%d") for _, end in quarters}
    made = invented(
        tmp_path_factory.mktemp("drawn") / "data",
        companies="ticker,kind,issuer_ticker,name_en,name_zh,short_en,short_zh,exchange,price_currency,reporting_currency,fiscal_year_end_month,subsector,source_id\n"
        + "".join(f"{t},company,{t},{t},{t},{t},{t},HKEX,HKD,HKD,12,invented,made-up\n" for t in LINES),
        sources="source_id,publisher,title,kind,published_on,url,licence,note\nmade-up,nobody,invented for a test,derived,,,ours,\n",
        earnings="ticker,item,basis,period_start,period_end,announced_on,value,unit,currency,yoy_pct,quality,date_basis,source_id,locator,note\n"
        + "".join(f"{t},eps_diluted,adjusted,{start},{end},{announced[end]},0.25,per share,HKD,,exact,printed,made-up,,\n" for t in LINES for start, end in quarters),
        prices="ticker,date,close,adj_close,volume,currency,frequency,source_id\n"
        + "".join(f"{t},{day},{close},,,HKD,{frequency},made-up\n" for t, (frequency, closes) in LINES.items() for day, close in closes.items()),
    )
    assert made.result.rejected == []
    return made


def standing(made, ticker: str, years: int = 0) -> tuple:
    last = list(LINES[ticker][1])[-1]
    ((percentile, n, frequency, q50),) = made.rows(
        "SELECT percentile, n, frequency, q50 FROM valuation_percentiles(?, ?) WHERE ticker = ? AND metric = 'pe_ttm' AND basis = 'adjusted'", last, years, ticker)
    return percentile, n, frequency, q50


def test_the_dearest_stands_at_100_and_the_cheapest_at_0(drawn):
    assert standing(drawn, "RISE.HK")[:2] == (100, 31)
    assert standing(drawn, "FALL.HK")[:2] == (0, 31)


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
    last = pd.Timestamp(list(LINES["RISE.HK"][1])[-1])
    for days, status, percentile in ((35, "OK", 100), (36, "STALE_PRICE", None)):
        assert drawn.rows("SELECT status, percentile, value FROM valuation_percentiles(?, 0) WHERE ticker = 'RISE.HK' AND metric = 'pe_ttm' AND basis = 'adjusted'", str((last + pd.Timedelta(days=days)).date())) == [
            (status, percentile, 40)]
