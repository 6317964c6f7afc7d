"""Published figures, asserted as they are printed: if one of these moves, a number on a page is wrong."""

import os
from pathlib import Path

import pandas as pd
import pytest
from conftest import CURATED, ROOT, invented

MARKET = Path(os.environ.get("HARBOURVIEW_MARKET") or ROOT.parent / "shared" / "market")


# Valuation ------------------------------------------------------------------------------------------------

def pe(rows, as_of, years, basis, ticker="0700.HK"):
    """value, percentile, n, first_date of one line's PE-TTM, at the digits in which they are quoted."""
    ((value, percentile, n, first_date),) = rows(
        "SELECT round(value, 2), round(percentile, 1), n, first_date FROM valuation_percentiles(?, ?) WHERE ticker = ? AND metric = 'pe_ttm' AND basis = ?",
        as_of, years, ticker, basis)
    return value, percentile, n, None if first_date is None else f"{first_date:%Y-%m-%d}"


def test_tencent_at_the_end_of_2025_stands_at_20_06_times_adjusted_earnings(rows):
    assert pe(rows, "2025-12-31", 3, "adjusted") == (20.06, 57.1, 36, "2023-01-31")


def test_tencent_at_the_end_of_2025_stands_at_23_03_times_reported_earnings(rows):
    assert pe(rows, "2025-12-31", 3, "reported")[0] == 23.03


def test_the_inputs_of_that_multiple_are_close_599_eps_26_86_and_0_899392_yuan_for_a_dollar(rows):
    assert rows("SELECT basis, close, round(per_share, 3), round(1 / fx_rate, 6), eps_period_end::VARCHAR, frequency FROM valuation WHERE ticker = '0700.HK' AND date = '2025-12-31' AND metric = 'pe_ttm' ORDER BY 1") == [
        ("adjusted", 599.0, 26.86, 0.899392, "2025-09-30", "month_end"), ("reported", 599.0, 23.389, 0.899392, "2025-09-30", "month_end")]
    assert rows("SELECT round(rate, 6) FROM fx WHERE base = 'HKD' AND quote = 'CNY' AND date = '2025-12-31'") == [(0.899392,)]


def test_that_eps_is_the_sum_of_the_four_quarters_from_2024q4_to_2025q3(rows):
    found = rows("""SELECT strftime(i.period_start, '%Y-%m-%d'), strftime(i.period_end, '%Y-%m-%d'), sign, derived, round(sum(eps_diluted) OVER (), 3)
                    FROM eps_ttm_inputs AS i JOIN valuation AS v ON v.ticker = i.ticker AND v.basis = i.basis AND v.eps_effective_on = i.effective_on
                    WHERE v.ticker = '0700.HK' AND v.date = '2025-12-31' AND v.metric = 'pe_ttm' AND v.basis = 'adjusted' ORDER BY 1""")
    assert found == [("2024-10-01", "2024-12-31", 1, False, 26.86), ("2025-01-01", "2025-03-31", 1, False, 26.86), ("2025-04-01", "2025-06-30", 1, False, 26.86), ("2025-07-01", "2025-09-30", 1, False, 26.86)]


def test_tencent_at_the_end_of_july_2026_stands_at_14_25_times_lower_than_nearly_all_of_five_years(rows):
    assert pe(rows, "2026-07-31", 5, "adjusted") == (14.25, 3.4, 60, "2021-08-31")
    assert pe(rows, "2026-07-31", 5, "reported")[0] == 16.13


def test_the_hang_seng_tech_index_of_november_2024_is_quoted_at_20_59_in_the_8th_percentile_since_launch(rows):
    assert rows("SELECT value, round(percentile, 1), n, strftime(date, '%Y-%m-%d') FROM valuation_percentiles('2024-11-29', 0) WHERE ticker = 'HSTECH' AND basis = 'quoted'") == [(20.59, 7.7, 53, "2024-11-29")]


def test_the_percentile_that_a_broker_printed_for_it_is_kept_beside_ours_with_its_source(rows):
    assert rows("""SELECT v.value, v.percentile, s.kind, s.publisher <> '' FROM index_valuation AS v JOIN sources AS s USING (source_id)
                   WHERE v.index_ticker = 'HSTECH' AND v.metric = 'pe_ttm' AND v.percentile IS NOT NULL""") == [(20.59, 8.85, "broker report", True)]


def test_on_21_august_2026_seven_companies_have_fresh_earnings_and_meituan_a_loss(rows):
    found = dict(rows("SELECT ticker, status FROM valuation_percentiles('2026-08-21', 5) WHERE metric = 'pe_ttm' AND basis = 'adjusted'"))
    assert {found[ticker] for ticker in ("0700.HK", "9988.HK", "9999.HK", "1810.HK", "9888.HK", "PDD", "9626.HK")} == {"OK"}
    assert found["3690.HK"] == "NM_LOSS"


# As known -------------------------------------------------------------------------------------------------

def test_the_quarter_announced_on_13_november_2024_counts_from_the_next_session(rows):
    assert rows("SELECT basis, strftime(effective_on, '%Y-%m-%d'), strftime(period_end, '%Y-%m-%d'), round(eps_ttm, 3) FROM eps_ttm WHERE ticker = '0700.HK' AND announced_on = '2024-11-13' ORDER BY 1") == [
        ("adjusted", "2024-11-14", "2024-09-30", 22.06), ("reported", "2024-11-14", "2024-09-30", 17.831)]


def test_the_segments_of_that_quarter_are_known_the_same_evening(rows):
    assert rows("SELECT DISTINCT strftime(known_on, '%Y-%m-%d') FROM segments WHERE ticker = '0700.HK' AND fiscal_period = '2024Q3' AND is_latest") == [("2024-11-13",)]


def test_with_daily_prices_the_pe_of_the_results_day_still_uses_the_old_earnings(tmp_path, rows):
    daily = MARKET / "daily" / "0700.HK.csv"
    if not daily.exists():
        pytest.skip("no daily prices here: HARBOURVIEW_MARKET names no folder with daily/0700.HK.csv")
    printed = pd.read_csv(daily, dtype=str)
    printed = printed[printed["date"].between("2024-11-01", "2024-11-29") & (printed["flag"] != "close_unreliable")]
    lines = [f"0700.HK,{row.date},{row.close},,{row.volume},HKD,daily,month-end-closes" for row in printed.itertuples()]
    kept = {name: (CURATED / f"{name}.csv").read_text("utf-8") for name in ("companies", "sources", "listings", "corporate_actions", "earnings")}
    made = invented(tmp_path / "data", **kept, prices="\n".join(["ticker,date,close,adj_close,volume,currency,frequency,source_id", *lines, ""]))
    assert made.result.rejected == []
    found = made.rows("""SELECT strftime(date, '%Y-%m-%d'), round(per_share, 3), strftime(eps_period_end, '%Y-%m-%d'), abs(value - close / (per_share * fx_rate)) < 1e-9
                         FROM valuation WHERE ticker = '0700.HK' AND basis = 'adjusted' AND frequency = 'daily' AND date IN ('2024-11-13', '2024-11-14') ORDER BY 1""")
    ((before,),) = rows("SELECT round(arg_max(eps_ttm, effective_on), 3) FROM eps_ttm WHERE ticker = '0700.HK' AND basis = 'adjusted' AND effective_on <= '2024-11-13'")
    assert found == [("2024-11-13", before, "2024-06-30", True), ("2024-11-14", 22.06, "2024-09-30", True)]


def test_alibabas_quarter_to_december_2021_was_7_51_an_ads_in_february_and_10_19_in_may(rows):
    assert rows("SELECT eps_diluted, per, strftime(announced_on, '%Y-%m-%d'), version, fiscal_period FROM earnings WHERE ticker = '9988.HK' AND basis = 'reported' AND period_end = '2021-12-31' AND fiscal_period LIKE '%Q3' ORDER BY version") == [
        (7.51, "ads", "2022-02-24", 1, "2022Q3"), (10.19, "ads", "2022-05-26", 2, "2022Q3")]


def test_a_multiple_between_the_two_uses_the_first(rows):
    assert rows("""SELECT DISTINCT round(8 * i.eps_diluted, 2) FROM valuation AS v JOIN eps_ttm_inputs AS i ON i.ticker = v.ticker AND i.basis = v.basis AND i.effective_on = v.eps_effective_on
                   WHERE v.ticker = '9988.HK' AND v.metric = 'pe_ttm' AND v.basis = 'reported' AND v.date BETWEEN '2022-02-25' AND '2022-05-26' AND i.period_end = '2021-12-31'""") == [(7.51,)]
    assert rows("SELECT round(8 * eps_diluted, 2) FROM eps_ttm_inputs WHERE ticker = '9988.HK' AND basis = 'reported' AND effective_on = '2022-05-27' AND period_end = '2021-12-31'") == [(10.19,)]


# Segments -------------------------------------------------------------------------------------------------

def test_kuaishous_third_quarter_of_2025_by_segment_grows_as_printed(rows):
    assert rows("SELECT segment, revenue_mn, round(yoy_pct, 1), yoy_basis, quality FROM segments WHERE ticker = '1024.HK' AND fiscal_period = '2025Q3' AND is_latest ORDER BY revenue_mn DESC") == [
        ("Online marketing services", 20102, 14.0, "printed", "exact"), ("Live streaming", 9570, 2.5, "printed", "about"), ("Other services", 5880, 41.3, "printed", "exact")]


def test_and_its_revenue_of_35_554_million_grew_by_14_2_per_cent(rows):
    assert rows("SELECT revenue_mn, round(revenue_yoy_pct, 1) FROM earnings WHERE ticker = '1024.HK' AND fiscal_period = '2025Q3' AND basis = 'reported'") == [(35554, 14.2)]
    assert rows("SELECT result FROM segment_reconciliation WHERE ticker = '1024.HK' AND fiscal_period = '2025Q3'") == [("reconciled",)]


def test_each_quarter_of_tencent_from_2019_to_june_2026_adds_up_to_reported_revenue(rows):
    found = rows("""SELECT fiscal_period, result, abs(difference_pct) <= 0.5 FROM segment_reconciliation
                    WHERE ticker = '0700.HK' AND months = 3 AND period_start >= '2019-01-01' AND period_end <= '2026-06-30' AND history = 'as_reported' ORDER BY period_end""")
    quarters = [f"{year}Q{quarter}" for year in range(2019, 2027) for quarter in range(1, 5)][:30]
    assert found == [(quarter, "reconciled", True) for quarter in quarters]
    assert rows("SELECT segments_mn, revenue_mn FROM segment_reconciliation WHERE ticker = '0700.HK' AND fiscal_period = '2026Q2' AND history = 'as_reported'") == [(204785, 204785)]


# Buybacks -------------------------------------------------------------------------------------------------

def test_on_21_november_2025_tencent_bought_1_042_000_shares_for_635_86_million(rows):
    assert rows("SELECT shares, round(amount_hkd / 1e6, 2), round(price_average, 2), price_low, price_high, currency FROM buybacks WHERE ticker = '0700.HK' AND grain = 'day' AND end_date = '2025-11-21'") == [
        (1042000, 635.86, 610.23, 606.5, 614.5, "HKD")]


def test_and_since_january_126_242_000_shares_for_63_507_79_million_on_104_days(rows):
    ((shares, amount, to, rank, basis),) = rows("SELECT shares, round(amount_hkd / 1e6, 2), strftime(last_trade_date, '%Y-%m-%d'), rank, basis_note FROM buyback_ytd('2025-11-21') WHERE ticker = '0700.HK'")
    assert (shares, amount, to, rank) == (126242000, 63507.79, "2025-11-21", 1)
    assert basis.startswith("104 daily returns of the exchange's complete report to 2025-11-21")


def test_the_74_828_000_printed_as_a_year_to_date_count_from_the_mandate(rows):
    assert rows("SELECT strftime(start_date, '%Y-%m-%d'), strftime(end_date, '%Y-%m-%d') FROM buybacks WHERE ticker = '0700.HK' AND grain = 'mandate' AND shares = 74828000") == [("2025-05-14", "2025-11-21")]


def test_and_stand_as_a_ruled_year_to_date_row_with_both_values(rows):
    assert rows("""SELECT b.shares, b.quality, c.printed_value, c.ruled_value, c.reason <> '' FROM buybacks AS b JOIN corrections AS c USING (correction_id)
                   WHERE b.ticker = '0700.HK' AND b.grain = 'ytd' AND b.end_date = '2025-11-21'""") == [(126242000, "ruled", "74828000", "126242000", True)]
