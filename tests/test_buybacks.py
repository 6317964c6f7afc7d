"""Buybacks: what adds up, what stands beside, and what the year to date rests on."""

import pandas as pd
import pytest
from conftest import invented

COMPANIES = """
ticker,kind,issuer_ticker,name_en,name_zh,short_en,short_zh,exchange,price_currency,reporting_currency,fiscal_year_end_month,subsector,source_id
DAYS.HK,company,DAYS.HK,Days,日,Days,日,HKEX,HKD,HKD,12,invented,made-up
SAID.HK,company,SAID.HK,Said,说,Said,说,HKEX,HKD,HKD,12,invented,made-up
TILE.HK,company,TILE.HK,Tile,砖,Tile,砖,HKEX,HKD,HKD,12,invented,made-up
NONE.HK,company,NONE.HK,None,无,None,无,HKEX,HKD,HKD,12,invented,made-up
GAPS.HK,company,GAPS.HK,Gaps,缺,Gaps,缺,HKEX,HKD,HKD,12,invented,made-up
DOLLAR.HK,company,DOLLAR.HK,Dollar,元,Dollar,元,HKEX,HKD,USD,12,invented,made-up
"""
SOURCES = "source_id,publisher,title,kind,published_on,url,licence,note\nmade-up,nobody,invented for a test,derived,,,ours,\nother,somebody,invented too,derived,,,ours,\n"
PRICES = "ticker,date,close,adj_close,volume,currency,frequency,source_id\nDAYS.HK,2024-05-14,46,,,HKD,daily,made-up\n"
LISTINGS = "ticker,issuer_ticker,exchange,code,currency,share_class,shares_per_ads,valid_from,valid_to,source_id,note\nDLR,DOLLAR.HK,NYSE,DLR,USD,ADS,8,,,made-up,\n"
COVERAGE = "ticker,venue,currency,first_day,last_day,complete,note,source_id\nDAYS.HK,Hong Kong,HKD,2023-07-01,2024-06-28,true,,made-up\nGAPS.HK,Hong Kong,HKD,2024-01-01,2024-06-28,false,days are missing,made-up\n"
HEADER = "ticker,grain,measure,start_date,end_date,venue,share_class,share_unit,shares,amount,currency,price_low,price_high,method,disposal,published_on,published_on_basis,trusted,quality,source_id,locator,note"


def line(ticker, grain, start, end, shares, amount, *, currency="HKD", unit="share", venue="Hong Kong", published="", trusted="true", quality="exact", measure="bought", source="made-up"):
    basis = "printed" if published else "convention"
    return f"{ticker},{grain},{measure},{start},{end},{venue},ordinary,{unit},{shares},{amount},{currency},,,unknown,unknown,{published},{basis},{trusted},{quality},{source},,"


ROWS = [
    # DAYS.HK: a complete daily report, and statements beside it that must never be added
    line("DAYS.HK", "day", "2023-12-28", "2023-12-28", 900, 9000),
    line("DAYS.HK", "day", "2024-01-10", "2024-01-10", 100, 1000),
    line("DAYS.HK", "day", "2024-03-05", "2024-03-05", 200, 2400),
    line("DAYS.HK", "day", "2024-06-20", "2024-06-20", 300, 3300),
    line("DAYS.HK", "week", "2024-03-04", "2024-03-08", 200, 2400),
    line("DAYS.HK", "month", "2024-01-01", "2024-01-31", 100, 1000),
    line("DAYS.HK", "quarter", "2024-01-01", "2024-03-31", 300, 3400),
    line("DAYS.HK", "ytd", "2024-01-01", "2024-06-20", 600, 6700),
    line("DAYS.HK", "mandate", "2023-05-10", "2024-06-20", 1500, 15700),
    # SAID.HK: statements of the year, one of them below the one before, one not trusted, and a day after the last
    line("SAID.HK", "ytd", "2024-01-01", "2024-02-29", 50, 500),
    line("SAID.HK", "ytd", "2024-01-01", "2024-04-30", 100, 1000, published="2024-05-07"),
    line("SAID.HK", "ytd", "2024-01-01", "2024-05-10", 90, 900),
    line("SAID.HK", "ytd", "2024-01-01", "2024-05-20", 500, 9999, trusted="false"),
    line("SAID.HK", "day", "2024-03-05", "2024-03-05", 7, 70),
    line("SAID.HK", "day", "2024-05-06", "2024-05-06", 10, 120),
    line("SAID.HK", "programme", "2024-01-01", "2024-12-31", "", 100000, measure="authorised"),
    # TILE.HK: closed periods that tile from 1 January, out two months after their end
    line("TILE.HK", "quarter", "2024-01-01", "2024-03-31", 1000, 10000),
    line("TILE.HK", "month", "2024-04-01", "2024-04-30", 100, 1100, published="2024-05-03"),
    line("TILE.HK", "month", "2024-06-01", "2024-06-30", 100, 1200, published="2024-07-03"),
    line("TILE.HK", "day", "2024-05-14", "2024-05-14", 5, 60),
    # GAPS.HK: daily rows of an incomplete report are no total
    line("GAPS.HK", "day", "2024-02-01", "2024-02-01", 100, 1000),
    line("GAPS.HK", "day", "2024-02-02", "2024-02-02", 100, 1000),
    # DOLLAR.HK: ADS bought in dollars on two days
    line("DOLLAR.HK", "day", "2024-02-01", "2024-02-01", 10, 800, currency="USD", unit="ADS", venue="New York"),
    line("DOLLAR.HK", "ytd", "2024-01-01", "2024-02-05", 20, 1600, currency="USD", unit="ADS", venue="New York"),
]  # fmt: skip


@pytest.fixture(scope="module")
def bought(tmp_path_factory):
    made = invented(tmp_path_factory.mktemp("bought") / "data", companies=COMPANIES, sources=SOURCES, prices=PRICES, listings=LISTINGS, buyback_coverage=COVERAGE, buybacks="\n".join([HEADER, *ROWS, ""]))
    assert made.result.rejected == []
    return made


def ytd(made, ticker: str, as_of: str) -> tuple:
    ((shares, amount, to, preference, note),) = made.rows("SELECT shares, amount_hkd, strftime(last_trade_date, '%Y-%m-%d'), preference, basis_note FROM buyback_ytd(?) WHERE ticker = ?", as_of, ticker)
    return shares, amount, to, preference, note


def test_a_complete_daily_report_comes_first_and_its_days_add_up(bought):
    # 1000 + 2400; the day of December and every longer statement stay outside
    assert ytd(bought, "DAYS.HK", "2024-03-31") == (300, 3400, "2024-03-31", 1, "2 daily returns of the exchange's complete report to 2024-03-31")


def test_a_year_begins_again_on_1_january(bought):
    assert ytd(bought, "DAYS.HK", "2023-12-31")[3] != 1  # the report begins in July: no complete year
    assert ytd(bought, "DAYS.HK", "2024-01-09")[:4] == (0, 0, "2024-01-09", 1)


def test_beyond_the_end_of_the_report_the_total_says_where_it_ends(bought):
    assert ytd(bought, "DAYS.HK", "2024-09-30") == (600, 6700, "2024-06-28", 1, "3 daily returns of the exchange's complete report to 2024-06-28 (incomplete: nothing later is loaded)")


def test_else_the_latest_statement_of_the_year_known_by_then(bought):
    assert ytd(bought, "SAID.HK", "2024-02-29")[:4] == (50, 500, "2024-02-29", 2)
    assert ytd(bought, "SAID.HK", "2024-05-05")[:3] == (57, 570, "2024-03-05")  # the April statement is out on 7 May: February's and a day after it


def test_and_the_days_after_it(bought):
    assert ytd(bought, "SAID.HK", "2024-05-07") == (110, 1120, "2024-05-06", 2, "statement of the year to 2024-04-30 and 1 daily row to 2024-05-06")


def test_a_running_total_below_an_earlier_one_and_one_that_is_contradicted_are_not_used(bought):
    assert ytd(bought, "SAID.HK", "2024-06-28")[:3] == (110, 1120, "2024-05-06")
    assert bought.rows("SELECT code, ticker FROM findings WHERE code IN ('B01', 'B02') AND ref LIKE '%2024-05-10%' OR code = 'B01' ORDER BY 1") == [("B01", "SAID.HK"), ("B02", "SAID.HK")]


def test_else_closed_periods_that_tile_from_1_january(bought):
    # the quarter is known on 31 May (two months after its end), April follows it, June leaves a hole
    assert ytd(bought, "TILE.HK", "2024-05-30")[3] is None
    assert ytd(bought, "TILE.HK", "2024-05-31") == (1100, 11100, "2024-04-30", 3, "2 closed periods to 2024-04-30")
    assert ytd(bought, "TILE.HK", "2024-07-31")[:3] == (1100, 11100, "2024-04-30")


def test_else_nothing_and_never_a_partial_sum(bought):
    said = "not reported: neither a complete daily report nor a statement of this year is loaded"
    assert ytd(bought, "NONE.HK", "2024-06-28") == (None, None, None, None, said)
    assert ytd(bought, "GAPS.HK", "2024-06-28") == (None, None, None, None, said)


def test_every_covered_company_has_a_row_and_only_amounts_are_ranked(bought):
    found = bought.rows("SELECT ticker, rank, amount_hkd IS NULL FROM buyback_ytd('2024-06-28') ORDER BY rank NULLS LAST, ticker")
    assert [(ticker, rank) for ticker, rank, _ in found] == [("DOLLAR.HK", 1), ("TILE.HK", 2), ("DAYS.HK", 3), ("SAID.HK", 4), ("GAPS.HK", None), ("NONE.HK", None)]
    assert all((rank is None) == missing for _, rank, missing in found)


def test_an_ads_counts_as_its_ordinary_shares_and_dollars_at_the_rate_of_the_day(bought):
    ((rate,),) = bought.rows("SELECT rate FROM fx WHERE base = 'USD' AND quote = 'HKD' AND date = '2024-02-01'")
    assert bought.rows("SELECT shares, amount, round(amount_hkd, 6), price_average FROM buybacks WHERE ticker = 'DOLLAR.HK' AND grain = 'day'") == [(80, 800, round(800 * rate, 6), 10)]
    ((later,),) = bought.rows("SELECT rate FROM fx WHERE base = 'USD' AND quote = 'HKD' AND date = '2024-02-05'")
    assert later != rate
    assert ytd(bought, "DOLLAR.HK", "2024-02-29")[:3] == (160, pytest.approx(1600 * later), "2024-02-05")


def test_only_days_of_a_complete_report_enter_the_ledger(bought):
    assert bought.rows("SELECT DISTINCT ticker, grain FROM buyback_ledger") == [("DAYS.HK", "day")]
    assert bought.rows("SELECT period_kind, strftime(period_start, '%Y-%m-%d'), shares, amount, price_average, days, complete FROM buyback_by_period WHERE period_kind <> 'month' ORDER BY 1, 2") == [
        ("half", "2023-07-01", 900, 9000, 10, 1, True), ("half", "2024-01-01", 600, 6700, pytest.approx(6700 / 600), 3, False),
        ("year", "2023-01-01", 900, 9000, 10, 1, False), ("year", "2024-01-01", 600, 6700, pytest.approx(6700 / 600), 3, False)]


def test_what_is_authorised_is_not_bought(bought):
    assert bought.rows("SELECT count(*) FROM buybacks WHERE measure = 'authorised' AND ticker IN (SELECT ticker FROM buyback_ytd('2024-12-31') WHERE amount_hkd >= 100000)") == [(0,)]


# The real ones --------------------------------------------------------------------------------------------------

@pytest.fixture(scope="module")
def ledger(ask):
    days = ask("SELECT b.*, f.rate FROM printed.buybacks AS b LEFT JOIN fx AS f ON f.base = b.currency AND f.quote = 'HKD' AND f.date = b.end_date WHERE grain = 'day' AND measure = 'bought'")
    spans = ask("SELECT * FROM buyback_coverage WHERE complete")
    joined = days.merge(spans.drop(columns="currency"), on=["ticker", "venue"])
    return joined[(joined["end_date"] >= joined["first_day"]) & (joined["end_date"] <= joined["last_day"])]


def test_the_ledger_by_year_is_the_sum_that_pandas_gives(ledger, ask):
    ours = ask("SELECT ticker, year(period_start) AS year, shares, amount, days FROM buyback_by_period WHERE period_kind = 'year' ORDER BY ALL")
    theirs = ledger.assign(year=ledger["end_date"].dt.year).groupby(["ticker", "year"]).agg(shares=("shares", "sum"), amount=("amount", "sum"), days=("end_date", "nunique")).reset_index()
    pd.testing.assert_frame_equal(ours, theirs, check_dtype=False, rtol=1e-12)


@pytest.mark.parametrize("as_of", ["2023-06-30", "2024-12-31", "2025-11-21", "2026-07-03"])
def test_the_year_to_date_of_a_complete_report_is_the_sum_that_pandas_gives(ledger, rows, as_of):
    day = pd.Timestamp(as_of)
    for ticker, shares, amount, in rows("SELECT ticker, shares, amount_hkd FROM buyback_ytd(?) WHERE preference = 1", as_of):
        known = ledger["published_on"].fillna(ledger["end_date"]) <= day
        mine = ledger[known & (ledger["ticker"] == ticker) & (ledger["end_date"].dt.year == day.year) & (ledger["end_date"] <= day)]
        assert shares == mine["shares"].sum()
        assert amount == pytest.approx(mine["amount"].sum(), rel=1e-12) and (mine["currency"] == "HKD").all()


def test_tencents_daily_returns_agree_with_the_annual_totals_of_the_press(rows):
    # 2023: about HKD 49 billion; 2024: over HKD 112 billion, as its results announcements say
    found = {year: round(amount / 1e9) for year, amount in rows("SELECT year(period_start), amount_hkd FROM buyback_by_period WHERE ticker = '0700.HK' AND period_kind = 'year' AND complete")}
    assert (found[2023], found[2024]) == (48, 112) or (found[2023], found[2024]) == (49, 112)


def test_dollar_amounts_are_in_hong_kong_dollars_at_the_rate_of_their_last_day(ask):
    found = ask("""SELECT b.amount, b.amount_hkd, f.rate FROM buybacks AS b ASOF JOIN fx AS f ON f.base = b.currency AND f.quote = 'HKD' AND b.end_date >= f.date
                   WHERE b.currency = 'USD' AND b.amount_hkd IS NOT NULL""")
    assert len(found) > 50 and found["amount_hkd"].tolist() == pytest.approx((found["amount"] * found["rate"]).tolist())


def test_no_day_row_lies_outside_the_prices_of_its_day(rows):
    assert rows("SELECT count(*) FROM buybacks WHERE grain = 'day' AND price_low IS NOT NULL AND price_average NOT BETWEEN price_low * 0.999 AND price_high * 1.001") == [(0,)]


def test_the_wrong_running_total_of_september_2025_is_kept_shown_and_not_used(rows):
    assert rows("SELECT shares, trusted FROM buybacks WHERE ticker = '0700.HK' AND grain = 'ytd' AND end_date = '2025-09-18'") == [(105000000, False)]
    assert rows("SELECT shares, round(amount_hkd / 1e6, 1) FROM buyback_ytd('2025-09-18') WHERE ticker = '0700.HK'") == [(110420000, 53257.4)]
