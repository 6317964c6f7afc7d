"""Published figures, asserted as they are printed: if one of these moves, a number on a page is
wrong.
"""

import csv
import os
from datetime import date
from pathlib import Path
from statistics import median

import pytest
from currency_converter import CurrencyConverter

from tests.support.invention import csv_of
from tests.support.warehouses import CURATED, ROOT, built, kept

pytestmark = pytest.mark.unit


MARKET = Path(os.environ.get("HARBOURVIEW_MARKET") or ROOT.parent / "shared" / "market")


SINCE = {"0700.HK": "2024-10-01", "9988.HK": "2021-10-01", "BABA": "2024-10-01"}


def curated(table: str, **wanted: str) -> list[dict]:
    """The rows of a curated file with these values, as printed."""
    with open(CURATED / f"{table}.csv", encoding="utf-8", newline="") as file:
        return [
            row
            for row in csv.DictReader(file)
            if all(row[column] == value for column, value in wanted.items())
        ]


def landed(**since: str) -> dict[str, str]:
    """Price files of real daily closes from a day on, as a loader lands them.

    Skips the test where the folder of market data is absent.
    """
    files = {}
    for ticker, first in since.items():
        daily = MARKET / "daily" / f"{ticker}.csv"
        if not daily.exists():
            pytest.skip(
                f"no daily prices here: HARBOURVIEW_MARKET names no folder with daily/{ticker}.csv"
            )
        with open(daily, encoding="utf-8", newline="") as file:
            closes = [
                row
                for row in csv.DictReader(file)
                if row["flag"] != "close_unreliable" and row["date"] >= first
            ]
        files[ticker] = csv_of(
            "prices",
            (
                {
                    "ticker": ticker,
                    "date": row["date"],
                    "close": row["close"],
                    "volume": row["volume"],
                    "currency": "HKD" if ticker.endswith(".HK") else "USD",
                    "source_id": "month-end-closes",
                }
                for row in closes
            ),
        )
    return files


# Valuation ----------------------------------------------------------------------------------------


def pe(rows, as_of, years, basis, ticker="0700.HK"):
    """value, percentile, n, first_date of one line's PE-TTM, at the digits in which they are
    quoted.
    """
    ((value, percentile, n, first_date),) = rows(
        """
        SELECT round(value, 2), round(percentile, 1), n, first_date
        FROM valuation_percentiles(?, ?)
        WHERE ticker = ? AND metric = 'pe_ttm' AND basis = ?
        """,
        as_of,
        years,
        ticker,
        basis,
    )
    return value, percentile, n, None if first_date is None else f"{first_date:%Y-%m-%d}"


def test_tencent_at_the_end_of_2025_stands_at_20_06_times_adjusted_earnings(rows):
    assert pe(rows, "2025-12-31", 3, "adjusted") == (20.06, 57.1, 36, "2023-01-31")


def test_tencent_at_the_end_of_2025_stands_at_23_03_times_reported_earnings(rows):
    assert pe(rows, "2025-12-31", 3, "reported")[0] == 23.03


def test_the_inputs_of_that_multiple_are_close_599_eps_26_86_and_0_899392_yuan_for_a_dollar(rows):
    assert rows(
        """
        SELECT basis, close, round(per_share, 3), round(1 / fx_rate, 6), eps_period_end::VARCHAR,
            frequency
        FROM valuation
        WHERE ticker = '0700.HK' AND date = '2025-12-31' AND metric = 'pe_ttm'
        ORDER BY 1
        """
    ) == [
        ("adjusted", 599.0, 26.86, 0.899392, "2025-09-30", "month_end"),
        ("reported", 599.0, 23.389, 0.899392, "2025-09-30", "month_end"),
    ]
    assert rows(
        "SELECT round(rate, 6) FROM fx WHERE base = 'HKD' AND quote = 'CNY' AND date = '2025-12-31'"
    ) == [(0.899392,)]


def test_that_eps_is_the_sum_of_the_four_quarters_from_2024q4_to_2025q3(rows):
    found = rows("""
        SELECT strftime(i.period_start, '%Y-%m-%d'), strftime(i.period_end, '%Y-%m-%d'), sign,
            derived, round(sum(i.value) OVER (), 3)
        FROM trailing_inputs AS i
        JOIN valuation AS v ON i.item = 'eps_diluted' AND v.ticker = i.ticker AND v.basis = i.basis
            AND v.eps_effective_on = i.effective_on
        WHERE v.ticker = '0700.HK' AND v.date = '2025-12-31' AND v.metric = 'pe_ttm'
            AND v.basis = 'adjusted'
        ORDER BY 1
        """)
    assert found == [
        ("2024-10-01", "2024-12-31", 1, False, 26.86),
        ("2025-01-01", "2025-03-31", 1, False, 26.86),
        ("2025-04-01", "2025-06-30", 1, False, 26.86),
        ("2025-07-01", "2025-09-30", 1, False, 26.86),
    ]


def test_tencent_at_the_end_of_july_2026_stands_at_14_25_times_lower_than_nearly_all_of_five_years(
    rows,
):
    assert pe(rows, "2026-07-31", 5, "adjusted") == (14.25, 3.4, 60, "2021-08-31")
    assert pe(rows, "2026-07-31", 5, "reported")[0] == 16.13


def test_hang_seng_tech_in_november_2024_is_quoted_at_20_59_the_8th_percentile_since_launch(
    rows,
):
    assert rows(
        """
        SELECT value, round(percentile, 1), n, strftime(date, '%Y-%m-%d')
        FROM valuation_percentiles('2024-11-29', 0)
        WHERE ticker = 'HSTECH' AND metric = 'pe_ttm' AND basis = 'quoted'
        """
    ) == [(20.59, 7.7, 53, "2024-11-29")]


def test_the_percentile_that_a_broker_printed_for_it_is_kept_beside_ours_with_its_source(rows):
    assert rows("""
            SELECT v.value, v.percentile, s.kind, s.publisher <> ''
            FROM index_valuation AS v
            JOIN sources AS s USING (source_id)
            WHERE v.index_ticker = 'HSTECH' AND v.metric = 'pe_ttm' AND v.percentile IS NOT NULL
            """) == [(20.59, 8.85, "broker report", True)]


def test_on_21_august_2026_seven_companies_have_fresh_earnings_and_meituan_a_loss(rows):
    found = dict(
        rows(
            """
            SELECT ticker, status
            FROM valuation_percentiles('2026-08-21', 5)
            WHERE metric = 'pe_ttm' AND basis = 'adjusted'
            """
        )
    )
    assert {
        found[ticker]
        for ticker in ("0700.HK", "9988.HK", "9999.HK", "1810.HK", "9888.HK", "PDD", "9626.HK")
    } == {"OK"}
    assert found["3690.HK"] == "NM_LOSS"


# As known -----------------------------------------------------------------------------------------


def test_the_quarter_announced_on_13_november_2024_counts_from_the_next_session(rows):
    assert rows(
        """
        SELECT basis, strftime(effective_on, '%Y-%m-%d'), strftime(period_end, '%Y-%m-%d'),
            round(eps_ttm, 3)
        FROM eps_ttm
        WHERE ticker = '0700.HK' AND announced_on = '2024-11-13'
        ORDER BY 1
        """
    ) == [
        ("adjusted", "2024-11-14", "2024-09-30", 22.06),
        ("reported", "2024-11-14", "2024-09-30", 17.831),
    ]


def test_the_segments_of_that_quarter_are_known_the_same_evening(rows):
    assert rows(
        """
        SELECT DISTINCT strftime(known_on, '%Y-%m-%d')
        FROM segments
        WHERE ticker = '0700.HK' AND fiscal_period = '2024Q3' AND is_latest
        """
    ) == [("2024-11-13",)]


@pytest.fixture(scope="module")
def daily():
    """The repository's own figures with real daily closes of Tencent and of both lines of
    Alibaba.
    """
    made = kept("daily", lambda folder: built(folder, landed=landed(**SINCE)))
    assert made.result.rejected == []
    return made


def test_with_daily_prices_the_pe_of_the_results_day_still_uses_the_old_earnings(daily, rows):
    found = daily.rows("""
        SELECT strftime(date, '%Y-%m-%d'), round(per_share, 3),
            strftime(eps_period_end, '%Y-%m-%d'), abs(value - close / (per_share * fx_rate)) < 1e-9
        FROM valuation
        WHERE ticker = '0700.HK' AND metric = 'pe_ttm' AND basis = 'adjusted'
            AND frequency = 'daily' AND date IN ('2024-11-13', '2024-11-14')
        ORDER BY 1
        """)
    ((before,),) = rows(
        """
        SELECT round(arg_max(eps_ttm, effective_on), 3)
        FROM eps_ttm
        WHERE ticker = '0700.HK' AND basis = 'adjusted' AND effective_on <= '2024-11-13'
        """
    )
    assert found == [
        ("2024-11-13", before, "2024-06-30", True),
        ("2024-11-14", 22.06, "2024-09-30", True),
    ]


def test_another_witness_has_tencent_at_16_33_times_reported_earnings_on_7_august_2026(daily):
    # a quote vendor's trailing PE at the close of 478.8; ours lies within one per cent of it
    ((close, value, status),) = daily.rows(
        """
        SELECT close, value, status
        FROM valuation
        WHERE ticker = '0700.HK' AND metric = 'pe_ttm' AND basis = 'reported'
            AND frequency = 'daily' AND date = '2026-08-07'
        """
    )
    assert (close, status) == (478.8, "OK")
    assert value == pytest.approx(16.33, rel=0.01)


@pytest.mark.system
@pytest.mark.parametrize(("other", "days_before"), [("9988.HK", (0,)), ("BABA", (1, 3, 4))])
def test_by_the_day_a_line_is_set_against_the_others_last_close_known_that_evening(
    daily, other, days_before
):
    # New York closes when Hong Kong sleeps: of BABA the close of the day before is known, after a
    # weekend that of Friday
    found = daily.ask(
        """
        SELECT *
        FROM relative_valuation('2026-08-21', 1, '0700.HK', ?)
        WHERE metric = 'pe_ttm' AND basis = 'reported' AND frequency = 'daily'
        ORDER BY date
        """,
        other,
    )
    values = {
        ticker: dict(
            daily.rows(
                """
                SELECT date, value
                FROM valuation
                WHERE ticker = ? AND metric = 'pe_ttm' AND basis = 'reported'
                    AND frequency = 'daily' AND status = 'OK'
                """,
                ticker,
            )
        )
        for ticker in ("0700.HK", other)
    }
    known = {
        evening: max(day for day in values[other] if (evening - day).days >= min(days_before))
        for evening in values["0700.HK"]
        if evening > min(values[other])
    }
    assert len(found) > 300
    assert list(found["date"]) == sorted(
        evening for evening, day in known.items() if (evening - day).days <= 7
    )
    for row in found.itertuples():
        assert row.other_date == known[row.date]
        assert row.value == pytest.approx(
            values["0700.HK"][row.date] / values[other][row.other_date]
        )
    gaps = (found["date"] - found["other_date"]).dt.days
    assert set(days_before) <= set(gaps)
    assert gaps.isin(days_before).mean() > 0.95


def test_alibabas_quarter_to_december_2021_was_7_51_an_ads_in_february_and_10_19_in_may(rows):
    assert rows(
        """
        SELECT eps_diluted, per, strftime(announced_on, '%Y-%m-%d'), version, fiscal_period
        FROM earnings
        WHERE ticker = '9988.HK' AND basis = 'reported' AND period_end = '2021-12-31'
            AND fiscal_period LIKE '%Q3'
        ORDER BY version
        """
    ) == [(7.51, "ads", "2022-02-24", 1, "2022Q3"), (10.19, "ads", "2022-05-26", 2, "2022Q3")]


def test_a_multiple_between_the_two_uses_the_first(rows):
    assert rows("""
            SELECT DISTINCT round(8 * i.value, 2)
            FROM valuation AS v
            JOIN trailing_inputs AS i ON i.item = 'eps_diluted' AND i.ticker = v.ticker
                AND i.basis = v.basis AND i.effective_on = v.eps_effective_on
            WHERE v.ticker = '9988.HK' AND v.metric = 'pe_ttm' AND v.basis = 'reported'
                AND v.date BETWEEN '2022-02-25' AND '2022-05-26' AND i.period_end = '2021-12-31'
            """) == [(7.51,)]
    assert rows(
        """
        SELECT round(8 * value, 2)
        FROM trailing_inputs
        WHERE item = 'eps_diluted' AND ticker = '9988.HK' AND basis = 'reported'
            AND effective_on = '2022-05-27' AND period_end = '2021-12-31'
        """
    ) == [(10.19,)]


@pytest.fixture(scope="module")
def daily_without_restatement():
    """The same as if Alibaba had restated nothing in May 2022."""
    rest = [
        row
        for row in curated("earnings")
        if not (row["ticker"] == "9988.HK" and row["supersedes"] == "2022-02-24")
    ]
    assert len(curated("earnings")) - len(rest) == 2  # EPS and profit
    made = kept(
        "unrestated",
        lambda folder: built(
            folder, {"earnings": csv_of("earnings", rest)}, landed(**{"9988.HK": SINCE["9988.HK"]})
        ),
    )
    assert made.result.rejected == []
    return made


def test_that_restatement_moves_no_multiple_before_the_session_after_it(
    daily, daily_without_restatement
):
    question = """
        SELECT date, metric, basis, value, status, per_share
        FROM valuation
        WHERE ticker IN ('9988.HK', 'BABA') AND metric IN ('pe_ttm', 'earnings_yield_ttm')
            AND date BETWEEN ? AND ?
        ORDER BY ALL
        """
    before = "2022-02-25", "2022-05-26"
    assert daily.rows(question, *before) == daily_without_restatement.rows(question, *before)
    assert len(daily.rows(question, *before)) > 200
    # from the next session on it does: the quarter had been too low by 2.68 an ADS, 0.335 a share
    moved = [
        dict(
            made.rows(
                """
                SELECT strftime(date, '%Y-%m-%d'), per_share
                FROM valuation
                WHERE ticker = '9988.HK' AND metric = 'pe_ttm' AND basis = 'reported'
                    AND frequency = 'daily' AND date BETWEEN '2022-05-26' AND '2022-06-02'
                """
            )
        )
        for made in (daily, daily_without_restatement)
    ]
    assert {day: round(eps - moved[1][day], 3) for day, eps in moved[0].items()} == {
        "2022-05-26": 0
    } | dict.fromkeys(("2022-05-27", "2022-05-30", "2022-05-31", "2022-06-01", "2022-06-02"), 0.335)


# Forward PE ---------------------------------------------------------------------------------------


def test_kuaishou_at_the_end_of_2025_stands_at_10_25_times_the_year_ahead_by_two_brokers(rows):
    # On the last day of 2025 all weight is on 2026. Of it two brokers have printed a profit by
    # then, and none an EPS.
    profits = {
        row["source_id"]: float(row["value"])
        for row in curated(
            "estimates",
            ticker="1024.HK",
            metric="net_income",
            basis="adjusted",
            fiscal_year_end="2026-12-31",
            estimate_kind="broker",
        )
        if row["published_on"] and row["published_on"] <= "2025-12-31"
    }
    assert sorted(profits.values()) == [23670, 24800]
    # shares: profit over EPS of the quarter to September, the latest results then
    figures = {
        row["item"]: float(row["value"])
        for row in curated(
            "earnings",
            ticker="1024.HK",
            basis="reported",
            period_start="2025-07-01",
            period_end="2025-09-30",
        )
    }
    assert (figures["net_income"], figures["eps_diluted"]) == (4489, 1.039)
    eps = median(profits.values()) / (figures["net_income"] / figures["eps_diluted"])
    ((close,),) = [
        (float(row["close"]),)
        for row in curated("prices", ticker="1024.HK", date="2025-12-31", frequency="month_end")
    ]
    assert close == 63.95
    assert (
        round(close / (eps * CurrencyConverter().convert(1, "CNY", "HKD", date(2025, 12, 31))), 2)
        == 10.25
    )
    assert rows(
        """
        SELECT round(value, 2), status, round(eps_fy2, 4), n, strftime(fy1_end, '%Y-%m-%d')
        FROM forward_growth('2025-12-31')
        WHERE ticker = '1024.HK' AND basis = 'adjusted'
        """
    ) == [(10.25, "OK", round(eps, 4), 2, "2025-12-31")]
    assert rows(
        """
        SELECT n, percentile
        FROM valuation_percentiles('2025-12-31', 5)
        WHERE ticker = '1024.HK' AND metric = 'pe_forward' AND basis = 'adjusted'
        """
    ) == [(8, None)]  # eight month-ends are too few to rank


def test_tencent_in_july_2024_stands_at_15_89_times_guosens_19_5_and_22_2(rows):
    estimates = {
        row["fiscal_year"]: float(row["value"])
        for row in curated(
            "estimates", ticker="0700.HK", metric="eps_diluted", published_on="2024-07-07"
        )
    }
    assert estimates == {"2024": 19.5, "2025": 22.2}
    weight = (date(2024, 12, 31) - date(2024, 7, 31)).days / 365
    eps = weight * 19.5 + (1 - weight) * 22.2
    rate = CurrencyConverter().convert(1, "CNY", "HKD", date(2024, 7, 31))
    assert rows(
        """
        SELECT close, per_share, fx_rate, strftime(fx_date, '%Y-%m-%d'), value
        FROM valuation
        WHERE ticker = '0700.HK' AND metric = 'pe_forward' AND basis = 'adjusted'
            AND date = '2024-07-31'
        """
    ) == [
        (
            362.2,
            pytest.approx(eps),
            pytest.approx(rate),
            "2024-07-31",
            pytest.approx(362.2 / (eps * rate)),
        )
    ]
    assert round(362.2 / (eps * rate), 2) == 15.89


# Segments -----------------------------------------------------------------------------------------


def test_kuaishous_third_quarter_of_2025_by_segment_grows_as_printed(rows):
    assert rows(
        """
        SELECT segment, revenue_mn, round(yoy_pct, 1), yoy_basis, quality
        FROM segments
        WHERE ticker = '1024.HK' AND fiscal_period = '2025Q3' AND is_latest
        ORDER BY revenue_mn DESC
        """
    ) == [
        ("Online marketing services", 20102, 14.0, "printed", "exact"),
        ("Live streaming", 9570, 2.5, "printed", "about"),
        ("Other services", 5880, 41.3, "printed", "exact"),
    ]


def test_and_its_revenue_of_35_554_million_grew_by_14_2_per_cent(rows):
    assert rows(
        """
        SELECT revenue_mn, round(revenue_yoy_pct, 1)
        FROM earnings
        WHERE ticker = '1024.HK' AND fiscal_period = '2025Q3' AND basis = 'reported'
        """
    ) == [(35554, 14.2)]
    assert rows(
        """
        SELECT result
        FROM segment_reconciliation
        WHERE ticker = '1024.HK' AND fiscal_period = '2025Q3'
        """
    ) == [("reconciled",)]


def test_each_quarter_of_tencent_from_2019_to_june_2026_adds_up_to_reported_revenue(rows):
    found = rows("""
        SELECT fiscal_period, result, abs(difference_pct) <= 0.5
        FROM segment_reconciliation
        WHERE ticker = '0700.HK' AND months = 3 AND period_start >= '2019-01-01'
            AND period_end <= '2026-06-30' AND history = 'as_reported'
        ORDER BY period_end
        """)
    quarters = [f"{year}Q{quarter}" for year in range(2019, 2027) for quarter in range(1, 5)][:30]
    assert found == [(quarter, "reconciled", True) for quarter in quarters]
    assert rows(
        """
        SELECT segments_mn, revenue_mn
        FROM segment_reconciliation
        WHERE ticker = '0700.HK' AND fiscal_period = '2026Q2' AND history = 'as_reported'
        """
    ) == [(204785, 204785)]


# Buybacks -----------------------------------------------------------------------------------------


def test_on_21_november_2025_tencent_bought_1_042_000_shares_for_635_86_million(rows):
    assert rows(
        """
        SELECT shares, round(amount_hkd / 1e6, 2), round(price_average, 2), price_low, price_high,
            currency
        FROM buybacks
        WHERE ticker = '0700.HK' AND grain = 'day' AND end_date = '2025-11-21'
        """
    ) == [(1042000, 635.86, 610.23, 606.5, 614.5, "HKD")]


def test_and_since_january_126_242_000_shares_for_63_507_79_million_on_104_days(rows):
    ((shares, amount, to, rank, basis),) = rows(
        """
        SELECT shares, round(amount_hkd / 1e6, 2), strftime(last_trade_date, '%Y-%m-%d'), rank,
            basis_note
        FROM buyback_ytd('2025-11-21')
        WHERE ticker = '0700.HK'
        """
    )
    assert (shares, amount, to, rank) == (126242000, 63507.79, "2025-11-21", 1)
    assert basis.startswith("104 daily returns of the exchange's complete report to 2025-11-21")


def test_the_74_828_000_printed_as_a_year_to_date_count_from_the_mandate(rows):
    assert rows(
        """
        SELECT strftime(start_date, '%Y-%m-%d'), strftime(end_date, '%Y-%m-%d')
        FROM buybacks
        WHERE ticker = '0700.HK' AND grain = 'mandate' AND shares = 74828000
        """
    ) == [("2025-05-14", "2025-11-21")]


def test_and_stand_as_a_ruled_year_to_date_row_with_both_values(rows):
    assert rows("""
            SELECT b.shares, b.quality, c.printed_value, c.ruled_value, c.reason <> ''
            FROM buybacks AS b
            JOIN corrections AS c USING (correction_id)
            WHERE b.ticker = '0700.HK' AND b.grain = 'ytd' AND b.end_date = '2025-11-21'
            """) == [(126242000, "ruled", "74828000", "126242000", True)]
