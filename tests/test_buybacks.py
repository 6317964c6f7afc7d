"""Buybacks: what adds up, what stands beside, and what the year to date rests on."""

import pandas as pd
import pytest

from tests.support.warehouses import invented, kept

pytestmark = pytest.mark.unit


COMPANIES = """
ticker,kind,issuer_ticker,name_en,name_zh,short_en,short_zh,exchange,price_currency,reporting_currency,fiscal_year_end_month,subsector,source_id
DAYS.HK,company,DAYS.HK,Days,日,Days,日,HKEX,HKD,HKD,12,invented,made-up
SAID.HK,company,SAID.HK,Said,说,Said,说,HKEX,HKD,HKD,12,invented,made-up
TILE.HK,company,TILE.HK,Tile,砖,Tile,砖,HKEX,HKD,HKD,12,invented,made-up
NONE.HK,company,NONE.HK,None,无,None,无,HKEX,HKD,HKD,12,invented,made-up
GAPS.HK,company,GAPS.HK,Gaps,缺,Gaps,缺,HKEX,HKD,HKD,12,invented,made-up
ODD.HK,company,ODD.HK,Odd,奇,Odd,奇,HKEX,HKD,HKD,12,invented,made-up
DOLLAR.HK,company,DOLLAR.HK,Dollar,元,Dollar,元,HKEX,HKD,USD,12,invented,made-up
"""
SOURCES = (
    "source_id,publisher,title,kind,published_on,url,licence,note\n"
    "made-up,nobody,invented for a test,derived,,,ours,\n"
    "other,somebody,invented too,derived,,,ours,\n"
)
PRICES = """ticker,date,close,adj_close,volume,currency,frequency,source_id
DAYS.HK,2023-12-28,11,,90000,HKD,daily,made-up
DAYS.HK,2024-01-10,10,,2000,HKD,daily,made-up
DAYS.HK,2024-03-05,14,,,HKD,daily,made-up
DAYS.HK,2024-06-20,12,,3000,HKD,daily,made-up
ODD.HK,2024-02-29,50,,,HKD,month_end,made-up
ODD.HK,2024-03-28,60,,,HKD,month_end,made-up
ODD.HK,2024-04-30,55,,,HKD,month_end,made-up
"""
LISTINGS = (
    "ticker,issuer_ticker,exchange,code,currency,share_class,shares_per_ads,valid_from,"
    "valid_to,source_id,note\nDLR,DOLLAR.HK,NYSE,DLR,USD,ADS,8,,,made-up,\n"
)
COVERAGE = (
    "ticker,venue,currency,first_day,last_day,complete,note,source_id\n"
    "DAYS.HK,Hong Kong,HKD,2023-07-01,2024-06-28,true,,made-up\n"
    "GAPS.HK,Hong Kong,HKD,2024-01-01,2024-06-28,false,days are missing,made-up\n"
)
HEADER = (
    "ticker,grain,measure,start_date,end_date,venue,share_class,share_unit,shares,amount,"
    "currency,price_low,price_high,method,disposal,published_on,published_on_basis,"
    "superseded_on,trusted,quality,source_id,locator,note"
)


def line(
    ticker,
    grain,
    start,
    end,
    shares,
    amount,
    *,
    currency="HKD",
    unit="share",
    venue="Hong Kong",
    published="",
    trusted="true",
    quality="exact",
    measure="bought",
    source="made-up",
    paid=",",
):
    basis = "printed" if published else "convention"
    return (
        f"{ticker},{grain},{measure},{start},{end},{venue},ordinary,{unit},{shares},{amount},"
        f"{currency},{paid},unknown,unknown,{published},{basis},,{trusted},{quality},"
        f"{source},,"
    )


ROWS = [
    # DAYS.HK: a complete daily report, and statements beside it that must never be added
    line("DAYS.HK", "day", "2023-12-28", "2023-12-28", 900, 9000),
    line("DAYS.HK", "day", "2024-01-10", "2024-01-10", 100, 1000),
    line("DAYS.HK", "day", "2024-03-05", "2024-03-05", 200, 2400),
    line("DAYS.HK", "day", "2024-06-20", "2024-06-20", 300, 3300, paid="10.9,11.2"),
    line("DAYS.HK", "week", "2024-03-04", "2024-03-08", 200, 2400),
    line("DAYS.HK", "month", "2024-01-01", "2024-01-31", 100, 1000),
    line("DAYS.HK", "quarter", "2024-01-01", "2024-03-31", 300, 3400),
    line("DAYS.HK", "ytd", "2024-01-01", "2024-06-20", 600, 6700),
    line("DAYS.HK", "mandate", "2023-05-10", "2024-06-20", 1500, 15700),
    # SAID.HK: statements of the year, one of them below the one before, one not trusted, and a day
    # after the last
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
    line(
        "DOLLAR.HK",
        "day",
        "2024-02-01",
        "2024-02-01",
        10,
        800,
        currency="USD",
        unit="ADS",
        venue="New York",
    ),
    line(
        "DOLLAR.HK",
        "ytd",
        "2024-01-01",
        "2024-02-05",
        20,
        1600,
        currency="USD",
        unit="ADS",
        venue="New York",
    ),
    # ODD.HK: no report of the exchange. Statements that can be, and beside each one that cannot
    line("ODD.HK", "day", "2024-03-04", "2024-03-04", 1000, 55000),
    line("ODD.HK", "day", "2024-03-06", "2024-03-06", 1200, 66000),
    line("ODD.HK", "day", "2024-03-07", "2024-03-07", 400, 22000),
    line(
        "ODD.HK", "day", "2024-03-08", "2024-03-08", 100, 5500
    ),  # ten times too small in both, so that the price is right
    line("ODD.HK", "week", "2024-03-11", "2024-03-15", 5000, 275000),
    line("ODD.HK", "week", "2024-03-18", "2024-03-22", 50000, 275000),  # 5.5 a share
    line(
        "ODD.HK", "month", "2024-03-01", "2024-03-31", 9000, 720000, published="2024-04-02"
    ),  # 80 a share: high, and within half of the closes
    line(
        "ODD.HK", "quarter", "2024-01-01", "2024-03-31", 9000, 7200000, published="2024-04-02"
    ),  # 800 a share: the only basis of a year to date
    # DAYS.HK again: statements of days whose prices are known
    line("DAYS.HK", "multi_day", "2024-06-18", "2024-06-21", 300, 3300),
    line("DAYS.HK", "multi_day", "2024-06-19", "2024-06-21", 3000, 3300),
]


@pytest.fixture(scope="module")
def bought():
    made = kept(
        "bought",
        lambda folder: invented(
            folder / "data",
            companies=COMPANIES,
            sources=SOURCES,
            prices=PRICES,
            listings=LISTINGS,
            buyback_coverage=COVERAGE,
            buybacks="\n".join([HEADER, *ROWS, ""]),
        ),
    )
    assert made.result.rejected == []
    return made


def ytd(made, ticker: str, as_of: str) -> tuple:
    ((shares, amount, to, preference, note),) = made.rows(
        """
        SELECT shares, amount_hkd, strftime(last_trade_date, '%Y-%m-%d'), preference, basis_note
        FROM buyback_ytd(?)
        WHERE ticker = ?
        """,
        as_of,
        ticker,
    )
    return shares, amount, to, preference, note


@pytest.mark.system
def test_a_complete_daily_report_comes_first_and_its_days_add_up(bought):
    # 1000 + 2400; the day of December and every longer statement stay outside
    assert ytd(bought, "DAYS.HK", "2024-03-31") == (
        300,
        3400,
        "2024-03-31",
        1,
        "2 daily returns of the exchange's complete report to 2024-03-31",
    )


def test_a_year_begins_again_on_1_january(bought):
    assert (
        ytd(bought, "DAYS.HK", "2023-12-31")[3] != 1
    )  # the report begins in July: no complete year
    assert ytd(bought, "DAYS.HK", "2024-01-09")[:4] == (0, 0, "2024-01-09", 1)


def test_beyond_the_end_of_the_report_the_total_says_where_it_ends(bought):
    assert ytd(bought, "DAYS.HK", "2024-09-30") == (
        600,
        6700,
        "2024-06-28",
        1,
        (
            "3 daily returns of the exchange's complete report to 2024-06-28 (incomplete: "
            "nothing later is loaded)"
        ),
    )


def test_else_the_latest_statement_of_the_year_known_by_then(bought):
    assert ytd(bought, "SAID.HK", "2024-02-29")[:4] == (50, 500, "2024-02-29", 2)
    assert ytd(bought, "SAID.HK", "2024-05-05")[:3] == (
        57,
        570,
        "2024-03-05",
    )  # the April statement is out on 7 May: February's and a day after it


def test_and_the_days_after_it(bought):
    assert ytd(bought, "SAID.HK", "2024-05-07") == (
        110,
        1120,
        "2024-05-06",
        2,
        (
            "statement of the year to 2024-04-30 and 1 daily row to 2024-05-06 (at least: a day "
            "between may be missing)"
        ),
    )


def test_a_running_total_below_an_earlier_one_and_one_that_is_contradicted_are_not_used(bought):
    assert ytd(bought, "SAID.HK", "2024-06-28")[:3] == (110, 1120, "2024-05-06")
    assert bought.rows(
        """
        SELECT code, ticker
        FROM findings
        WHERE code IN ('B01', 'B02') AND ref LIKE '%2024-05-10%' OR code = 'B01'
        ORDER BY 1
        """
    ) == [("B01", "SAID.HK"), ("B02", "SAID.HK")]


def test_else_closed_periods_that_tile_from_1_january(bought):
    # the quarter is known on 31 May (two months after its end), April follows it, June leaves a
    # hole
    assert ytd(bought, "TILE.HK", "2024-05-30")[3] is None
    assert ytd(bought, "TILE.HK", "2024-05-31") == (
        1100,
        11100,
        "2024-04-30",
        3,
        "2 closed periods to 2024-04-30",
    )
    assert ytd(bought, "TILE.HK", "2024-07-31")[:3] == (1100, 11100, "2024-04-30")


def test_else_nothing_and_never_a_partial_sum(bought):
    said = "not reported: neither a complete daily report nor a statement of this year is loaded"
    assert ytd(bought, "NONE.HK", "2024-06-28") == (None, None, None, None, said)
    assert ytd(bought, "GAPS.HK", "2024-06-28") == (None, None, None, None, said)


def test_every_covered_company_has_a_row_and_only_amounts_are_ranked(bought):
    found = bought.rows(
        """
        SELECT ticker, rank, amount_hkd IS NULL
        FROM buyback_ytd('2024-06-28')
        ORDER BY rank NULLS LAST, ticker
        """
    )
    assert [(ticker, rank) for ticker, rank, _ in found] == [
        ("DOLLAR.HK", 1),
        ("TILE.HK", 2),
        ("DAYS.HK", 3),
        ("SAID.HK", 4),
        ("GAPS.HK", None),
        ("NONE.HK", None),
        ("ODD.HK", None),
    ]
    assert all((rank is None) == missing for _, rank, missing in found)


def test_an_ads_counts_as_its_ordinary_shares_and_dollars_at_the_rate_of_the_day(bought):
    ((rate,),) = bought.rows(
        "SELECT rate FROM fx WHERE base = 'USD' AND quote = 'HKD' AND date = '2024-02-01'"
    )
    assert bought.rows(
        """
        SELECT shares, amount, round(amount_hkd, 6), price_average
        FROM buybacks
        WHERE ticker = 'DOLLAR.HK' AND grain = 'day'
        """
    ) == [(80, 800, round(800 * rate, 6), 10)]
    ((later,),) = bought.rows(
        "SELECT rate FROM fx WHERE base = 'USD' AND quote = 'HKD' AND date = '2024-02-05'"
    )
    assert later != rate
    assert ytd(bought, "DOLLAR.HK", "2024-02-29")[:3] == (
        160,
        pytest.approx(1600 * later),
        "2024-02-05",
    )


def test_only_days_of_a_complete_report_enter_the_ledger(bought):
    assert bought.rows("SELECT DISTINCT ticker, grain FROM buyback_ledger") == [("DAYS.HK", "day")]
    assert bought.rows(
        """
        SELECT period_kind, strftime(period_start, '%Y-%m-%d'), shares, amount, price_average,
            days, complete
        FROM buyback_by_period
        WHERE period_kind <> 'month'
        ORDER BY 1, 2
        """
    ) == [
        ("half", "2023-07-01", 900, 9000, 10, 1, True),
        ("half", "2024-01-01", 600, 6700, pytest.approx(6700 / 600), 3, False),
        ("year", "2023-01-01", 900, 9000, 10, 1, False),
        ("year", "2024-01-01", 600, 6700, pytest.approx(6700 / 600), 3, False),
    ]


def test_what_is_authorised_is_not_bought(bought):
    assert bought.rows(
        """
        SELECT count(*)
        FROM buybacks
        WHERE measure = 'authorised' AND ticker IN (
            SELECT ticker FROM buyback_ytd('2024-12-31') WHERE amount_hkd >= 100000
        )
        """
    ) == [(0,)]


# The real ones ------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def ledger(ask):
    days = ask(
        """
        SELECT b.*, f.rate
        FROM printed.buybacks AS b
        LEFT JOIN fx AS f ON f.base = b.currency AND f.quote = 'HKD' AND f.date = b.end_date
        WHERE grain = 'day' AND measure = 'bought'
        """
    )
    spans = ask("SELECT * FROM buyback_coverage WHERE complete")
    joined = days.merge(spans.drop(columns="currency"), on=["ticker", "venue"])
    return joined[
        (joined["end_date"] >= joined["first_day"]) & (joined["end_date"] <= joined["last_day"])
    ]


@pytest.mark.system
def test_the_ledger_by_year_is_the_sum_that_pandas_gives(ledger, ask):
    ours = ask(
        """
        SELECT ticker, year(period_start) AS year, shares, amount, days
        FROM buyback_by_period
        WHERE period_kind = 'year'
        ORDER BY ALL
        """
    )
    theirs = (
        ledger.assign(year=ledger["end_date"].dt.year)
        .groupby(["ticker", "year"])
        .agg(shares=("shares", "sum"), amount=("amount", "sum"), days=("end_date", "nunique"))
        .reset_index()
    )
    pd.testing.assert_frame_equal(ours, theirs, check_dtype=False, rtol=1e-12)


@pytest.mark.system
@pytest.mark.parametrize("as_of", ["2023-06-30", "2024-12-31", "2025-11-21", "2026-07-03"])
def test_the_year_to_date_of_a_complete_report_is_the_sum_that_pandas_gives(ledger, rows, as_of):
    day = pd.Timestamp(as_of)
    for (
        ticker,
        shares,
        amount,
    ) in rows("SELECT ticker, shares, amount_hkd FROM buyback_ytd(?) WHERE preference = 1", as_of):
        known = ledger["published_on"].fillna(ledger["end_date"]) <= day
        mine = ledger[
            known
            & (ledger["ticker"] == ticker)
            & (ledger["end_date"].dt.year == day.year)
            & (ledger["end_date"] <= day)
        ]
        assert shares == mine["shares"].sum()
        assert amount == pytest.approx(mine["amount"].sum(), rel=1e-12)
        assert (mine["currency"] == "HKD").all()


def test_tencents_daily_returns_agree_with_the_annual_totals_of_the_press(rows):
    # 2023: about HKD 49 billion; 2024: over HKD 112 billion, as its results announcements say
    found = {
        year: round(amount / 1e9)
        for year, amount in rows(
            """
            SELECT year(period_start), amount_hkd
            FROM buyback_by_period
            WHERE ticker = '0700.HK' AND period_kind = 'year' AND complete
            """
        )
    }
    assert (found[2023], found[2024]) == (48, 112) or (found[2023], found[2024]) == (49, 112)


def test_dollar_amounts_are_in_hong_kong_dollars_at_the_rate_of_their_last_day(ask):
    found = ask("""
        SELECT b.amount, b.amount_hkd, f.rate
        FROM buybacks AS b
        ASOF JOIN fx AS f ON f.base = b.currency AND f.quote = 'HKD' AND b.end_date >= f.date
        WHERE b.currency = 'USD' AND b.amount_hkd IS NOT NULL
        """)
    assert len(found) > 50
    assert found["amount_hkd"].tolist() == pytest.approx((found["amount"] * found["rate"]).tolist())


def test_no_day_row_lies_outside_the_prices_of_its_day(rows):
    assert rows(
        """
        SELECT count(*)
        FROM buybacks
        WHERE grain = 'day' AND price_low IS NOT NULL
            AND price_average NOT BETWEEN price_low * 0.999 AND price_high * 1.001
        """
    ) == [(0,)]


def test_the_wrong_running_total_of_september_2025_is_kept_shown_and_not_used(rows):
    assert rows(
        """
        SELECT shares, trusted
        FROM buybacks
        WHERE ticker = '0700.HK' AND grain = 'ytd' AND end_date = '2025-09-18'
        """
    ) == [(105000000, False)]
    assert rows(
        """
        SELECT shares, round(amount_hkd / 1e6, 1)
        FROM buyback_ytd('2025-09-18')
        WHERE ticker = '0700.HK'
        """
    ) == [(110420000, 53257.4)]


# What a statement cannot be -----------------------------------------------------------------------


def test_planted_defects_are_found_and_what_is_right_beside_them_is_not(bought):
    found = bought.rows(
        """
        SELECT ticker, code, strftime(start_date, '%Y-%m-%d'), strftime(end_date, '%Y-%m-%d'),
            round(stated, 2), round(low, 2), round(high, 2), against
        FROM buyback_doubts
        ORDER BY 1, 2, 3, 4
        """
    )
    assert found == [
        (
            "DAYS.HK",
            "B05",
            "2024-06-19",
            "2024-06-21",
            1.1,
            10.9,
            11.2,
            "the prices paid on its days",
        ),
        (
            "ODD.HK",
            "B05",
            "2024-01-01",
            "2024-03-31",
            800,
            50,
            60,
            "the month-end closes around its days",
        ),
        (
            "ODD.HK",
            "B05",
            "2024-03-18",
            "2024-03-22",
            5.5,
            50,
            50,
            "the month-end closes around its days",
        ),
        (
            "ODD.HK",
            "B06",
            "2024-03-08",
            "2024-03-08",
            5500,
            55000,
            55000,
            "the median of 3 statements of the year before",
        ),
        ("SAID.HK", "B02", "2024-01-01", "2024-05-10", 900, 1000, 1000, "an earlier running total"),
    ]


def test_each_is_a_finding_with_what_became_of_it(bought):
    said = dict(
        bought.rows(
            """
            SELECT code || ' ' || ticker || ' ' || ref, message
            FROM findings
            WHERE code IN ('B05', 'B06')
            """
        )
    )
    assert said[
        "B05 ODD.HK ODD.HK-quarter-2024-01-01-2024-03-31-HongKong-ordinary-HKD-made-up"
    ] == (
        "as printed, HKD 800.00 a share lies outside the month-end closes around its "
        "days, 50.00 to 60.00: not used"
    )
    assert said["B06 ODD.HK ODD.HK-day-2024-03-08-HongKong-ordinary-HKD-made-up"] == (
        "as printed, HKD 0.0 million a session is 10 times less than the median of 3 "
        "statements of the year before, HKD 0.1 million: used as it stands, with a "
        "warning"
    )


def test_a_statement_at_an_impossible_price_is_no_year_to_date(bought):
    assert ytd(bought, "ODD.HK", "2024-04-30")[:3] == (None, None, None)


def test_a_statement_is_reconciled_with_the_days_of_a_complete_report(bought):
    found = bought.rows(
        """
        SELECT grain, strftime(start_date, '%Y-%m-%d'), printed_amount, daily_amount,
            amount_difference, verdict
        FROM buyback_reconciliation
        WHERE ticker = 'DAYS.HK' AND grain IN ('month', 'quarter', 'ytd', 'multi_day')
        ORDER BY 1, 2
        """
    )
    assert found == [
        ("month", "2024-01-01", 1000, 1000, 0, "agrees"),
        ("multi_day", "2024-06-18", 3300, 3300, 0, "agrees"),
        ("multi_day", "2024-06-19", 3300, 3300, 0, "differs"),
        ("quarter", "2024-01-01", 3400, 3400, 0, "agrees"),
        ("ytd", "2024-01-01", 6700, 6700, 0, "agrees"),
    ]
    assert bought.rows(
        """
        SELECT count(*) FROM buyback_reconciliation WHERE ticker IN ('SAID.HK', 'TILE.HK', 'ODD.HK')
        """
    ) == [(0,)]


def test_what_was_paid_against_the_closes_of_the_year_of_the_days_and_of_now(bought):
    # 2024: 6700 / 600 = 11.1667 against (10 + 14 + 12) / 3 = 12, against (100 x 10 + 200 x 14 + 300
    # x 12) / 600 = 12.3333, and against 12 now
    ((paid, year, days, now),) = bought.rows(
        """
        SELECT price_average_hkd, above_average_pct, above_close_of_days_pct, above_close_pct
        FROM buyback_prices('2024-06-28')
        WHERE ticker = 'DAYS.HK' AND year = 2024
        """
    )
    assert (paid, year, days, now) == (
        pytest.approx(6700 / 600),
        pytest.approx(100 * (6700 / 600 / 12 - 1)),
        pytest.approx(100 * (6700 / 600 / (7400 / 600) - 1)),
        pytest.approx(100 * (6700 / 600 / 12 - 1)),
    )
    ((before,),) = bought.rows(
        """
        SELECT price_average_hkd
        FROM buyback_prices('2024-03-05')
        WHERE ticker = 'DAYS.HK' AND year = 2024
        """
    )
    assert before == pytest.approx(3400 / 300)


def test_a_part_of_the_turnover_only_where_the_volume_is_known(bought):
    assert bought.rows(
        """
        SELECT strftime(date, '%Y-%m-%d'), turnover_pct
        FROM buyback_turnover('2024-06-28')
        WHERE ticker = 'DAYS.HK'
        """
    ) == [("2023-12-28", 1), ("2024-01-10", 5), ("2024-06-20", 10)]


# The real ones: what the issue of the tracker asks for by its printed value -----------------------


@pytest.mark.parametrize(
    ("ticker", "kind", "start", "shares", "millions", "days"),
    [
        ("0700.HK", "year", "2023-01-01", 152_205_700, 49_432.7, 125),
        ("0700.HK", "year", "2024-01-01", 307_238_500, 112_003.4, 129),
        ("0700.HK", "year", "2025-01-01", 153_415_000, 80_036.3, 130),
        ("0700.HK", "half", "2024-01-01", 154_730_000, 52_349.9, 56),
        ("3690.HK", "half", "2024-01-01", 141_333_000, 13_946.5, 33),
        ("1024.HK", "half", "2024-01-01", 43_940_000, 2_042.5, 81),
    ],
)
def test_the_daily_ledger_of_a_period_by_its_printed_value(
    ledger, rows, ticker, kind, start, shares, millions, days
):
    assert rows(
        """
        SELECT shares, round(amount / 1e6, 1), days
        FROM buyback_by_period
        WHERE ticker = ? AND period_kind = ? AND period_start = ?
        """,
        ticker,
        kind,
        start,
    ) == [(shares, millions, days)]
    first = pd.Timestamp(start)
    mine = ledger[
        (ledger["ticker"] == ticker)
        & (ledger["end_date"] >= first)
        & (ledger["end_date"] < first + pd.DateOffset(months=12 if kind == "year" else 6))
    ]
    assert (
        mine["shares"].sum(),
        round(mine["amount"].sum() / 1e6, 1),
        mine["end_date"].nunique(),
    ) == (shares, millions, days)


def test_tencent_from_18_to_21_november_2025(rows):
    assert rows(
        """
        SELECT sum(shares), round(sum(amount) / 1e6, 2), min(price_low), max(price_high)
        FROM buyback_ledger
        WHERE ticker = '0700.HK' AND end_date BETWEEN '2025-11-18' AND '2025-11-21'
        """
    ) == [(4_099_000, 2_542.96, 606.5, 640.5)]


@pytest.mark.parametrize(
    ("as_of", "shares", "millions"),
    [
        ("2024-06-30", 154_730_000, 52_349.9),
        ("2025-11-21", 126_242_000, 63_507.8),
        ("2026-07-03", 52_326_100, 25_410.2),
        ("2026-08-21", 52_326_100, 25_410.2),
    ],
)
def test_tencents_year_to_date_as_known(rows, as_of, shares, millions):
    assert rows(
        """
        SELECT shares, round(amount_hkd / 1e6, 1), quality
        FROM buyback_ytd(?)
        WHERE ticker = '0700.HK'
        """,
        as_of,
    ) == [(shares, millions, "exact")]


def test_a_year_to_date_uses_only_what_was_published_by_then(rows):
    """On 30 June 2024 Alibaba's quarter to June (out on 2 July) and Xiaomi's later statements are
    not known.
    """
    assert rows(
        """
        SELECT ticker, strftime(last_trade_date, '%Y-%m-%d'), preference
        FROM buyback_ytd('2024-06-30')
        WHERE preference > 1 AND amount_hkd IS NOT NULL
        ORDER BY 1
        """
    ) == [("1810.HK", "2024-02-20", 2), ("9618.HK", "2024-03-31", 3), ("9988.HK", "2024-03-31", 3)]
    assert rows(
        """
        SELECT strftime(last_trade_date, '%Y-%m-%d')
        FROM buyback_ytd('2024-07-02')
        WHERE ticker = '9988.HK'
        """
    ) == [("2024-06-30",)]


def test_single_days_after_a_statement_are_at_least(rows):
    ((amount, quality, note),) = rows(
        """
        SELECT amount_hkd, quality, basis_note
        FROM buyback_ytd('2025-12-31')
        WHERE ticker = '1810.HK'
        """
    )
    assert (amount, quality) == (2_950_000_000, "over")
    assert note.endswith("and 2 daily rows to 2025-12-15 (at least: a day between may be missing)")


def test_the_brokers_half_years_were_running_totals_of_7_june_and_28_february(ledger, rows):
    found = rows("""
        SELECT ticker, printed_amount / 1e6, stated_amount / 1e6, round(daily_amount / 1e6, 1),
            round(amount_difference_pct, 1), verdict, strftime(reached_on, '%Y-%m-%d'),
            correction_id
        FROM buyback_reconciliation
        WHERE grain = 'half' AND start_date = '2024-01-01' AND ticker <> '0700.HK'
        ORDER BY 1
        """)
    assert found == [
        ("1024.HK", 970, 2042.46, 2042.5, -52.5, "differs", "2024-02-28", "C26b"),
        ("3690.HK", 7700, 13946.52, 13946.5, -44.8, "differs", "2024-06-07", "C26a"),
    ]
    for ticker, printed, half_a_digit, reached in [
        ("1024.HK", 970e6, 5e6, "2024-02-28"),
        ("3690.HK", 7700e6, 50e6, "2024-06-07"),
    ]:
        year = ledger[
            (ledger["ticker"] == ticker) & (ledger["end_date"].dt.year == 2024)
        ].sort_values("end_date")
        assert year["end_date"][year["amount"].cumsum() >= printed - half_a_digit].iloc[
            0
        ] == pd.Timestamp(reached)


def test_the_press_counted_149_million_shares_of_2023(rows):
    assert rows(
        """
        SELECT printed_shares, daily_shares, round(shares_difference_pct, 1), printed_amount / 1e6,
            verdict
        FROM buyback_reconciliation
        WHERE ticker = '0700.HK' AND grain = 'year' AND year(start_date) = 2023
        """
    ) == [(149_000_000, 152_205_700, -2.1, 49_433, "differs")]


@pytest.mark.system
def test_every_statement_that_the_days_cover_is_judged_as_python_judges_it(ask, ledger):
    found = ask(
        """
        SELECT r.*, c.complete
        FROM buyback_reconciliation AS r
        JOIN buyback_coverage AS c ON c.ticker = r.ticker AND c.complete
        WHERE r.currency = 'HKD'
        """
    )
    assert len(found) > 45
    for row in found.itertuples():
        days = ledger[
            (ledger["ticker"] == row.ticker)
            & (ledger["end_date"] >= row.start_date)
            & (ledger["end_date"] <= row.end_date)
        ]
        assert (row.daily_shares, row.daily_amount, row.purchase_days) == (
            days["shares"].sum(),
            pytest.approx(days["amount"].sum()),
            days["end_date"].nunique(),
        )
        off = [
            abs(printed / daily - 1)
            for printed, daily in (
                (row.printed_shares, row.daily_shares),
                (row.printed_amount, row.daily_amount),
            )
            if not pd.isna(printed)
        ]
        if row.quality not in ("over", "about"):
            assert (row.verdict == "agrees") == (max(off) < 0.004), (
                row
            )  # half a unit of the last digit is never more here
    assert (found["verdict"].value_counts().to_dict()) == {
        "agrees": 43,
        "differs": 6,
        "at least": 2,
    }


def test_the_tests_find_the_known_contradictions_and_nothing_else(rows):
    assert rows(
        """
        SELECT ticker, strftime(end_date, '%Y-%m-%d'), code, correction_id
        FROM buyback_doubts
        ORDER BY code, 1, 2, 4
        """
    ) == [
        ("0700.HK", "2025-09-18", "B02", None),
        ("0700.HK", "2025-11-21", "B05", "C01"),
        ("0700.HK", "2025-11-21", "B05", "C03b"),
        ("1810.HK", "2025-11-21", "B06", "C06b"),
    ]
    assert rows(
        "SELECT round(stated, 2), low, high FROM buyback_doubts WHERE correction_id = 'C03b'"
    ) == [(6203.95, 606.5, 640.5)]


def test_gross_yield_is_twelve_months_over_the_market_cap_else_the_last_year_else_blank(
    ledger, rows, covered
):
    found = {
        ticker: row
        for ticker, *row in rows(
            """
            SELECT ticker, basis, strftime(from_date, '%Y-%m-%d'), strftime(to_date, '%Y-%m-%d'),
                consideration_hkd, market_cap_hkd_mn, gross_yield_pct
            FROM buyback_yield('2025-11-21')
            """
        )
    }
    year = ledger[
        (ledger["ticker"] == "0700.HK")
        & (ledger["end_date"] > "2024-11-21")
        & (ledger["end_date"] <= "2025-11-21")
    ]["amount"].sum()
    ((cap,),) = rows(
        """
        SELECT market_cap_mn
        FROM market_caps
        WHERE ticker = '0700.HK' AND date = '2025-10-31' AND frequency = 'month_end'
        """
    )
    assert found["0700.HK"] == [
        "twelve_months",
        "2024-11-22",
        "2025-11-21",
        pytest.approx(year),
        cap,
        pytest.approx(100 * year / (cap * 1e6)),
    ]
    assert round(found["0700.HK"][5], 1) == 1.4
    assert found["9988.HK"][:3] == ["last_year", "2024-04-01", "2025-03-31"]
    assert round(found["9988.HK"][5], 1) == 2.9
    assert found["1810.HK"][:4] == [None] * 4
    assert len(found) == covered
    later = dict(
        rows(
            """
            SELECT ticker, basis || ' ' || from_date
            FROM buyback_yield('2026-08-21')
            WHERE basis IS NOT NULL
            """
        )
    )
    assert later["0700.HK"] == "last_year 2025-01-01"
    assert later["1810.HK"] == "last_year 2025-01-01"
    assert "9618.HK" not in later


def test_net_reduction_is_the_fall_of_the_count(rows):
    found = {
        ticker: row
        for ticker, *row in rows(
            """
            SELECT ticker, opening_shares, closing_shares, round(net_reduction_pct, 1), net_quality
            FROM buyback_yield('2025-11-21')
            WHERE net_reduction_pct IS NOT NULL
            """
        )
    }
    assert found == {
        "0700.HK": [9_480_000_000, 9_220_000_000, 2.7, "rounded"],
        "9988.HK": [19_469_000_000, 18_474_235_708, 5.1, "derived"],
    }


def test_alibaba_bought_613_and_17_million_shares_and_the_count_fell_by_445_and_3(rows):
    assert rows(
        """
        SELECT strftime(period_end, '%Y-%m-%d'), bought_shares / 1e6, net_change_shares / 1e6,
            issued_shares / 1e6
        FROM buyback_net('2025-11-21')
        WHERE ticker = '9988.HK' AND period_end IN ('2024-06-30', '2025-09-30')
        ORDER BY 1
        """
    ) == [("2024-06-30", 613, -445, 168), ("2025-09-30", 17, -3, 14)]
    assert rows(
        """
        SELECT max(strftime(period_end, '%Y-%m-%d'))
        FROM buyback_net('2024-07-01')
        WHERE ticker = '9988.HK'
        """
    ) == [("2024-03-31",)]  # the quarter to June is out on 2 July


def test_a_programme_is_what_was_authorised_used_and_left(ledger, rows):
    found = {
        (ticker, start): row
        for ticker, start, *row in rows(
            """
            SELECT ticker, strftime(start_date, '%Y-%m-%d'), authorised / 1e9, currency,
                base_amount / 1e9, round(used / 1e9, 1), round(left_amount / 1e9, 1),
                strftime(used_to, '%Y-%m-%d'), basis
            FROM buyback_programmes('2025-11-21')
            """
        )
    }
    assert found["9988.HK", "2024-02-01"] == [
        25,
        "USD",
        31.9,
        12.8,
        19.1,
        "2025-09-30",
        "left printed",
    ]
    assert found["9618.HK", None][1] == "USD"
    assert found["9618.HK", None][2:] == [None] * 5
    days = ledger[
        (ledger["ticker"] == "1024.HK")
        & (ledger["end_date"] >= "2024-05-22")
        & (ledger["end_date"] <= "2025-11-21")
    ]["amount"].sum()
    assert found["1024.HK", "2024-05-22"] == [
        16,
        "HKD",
        16,
        round(days / 1e9, 1),
        round(16 - days / 1e9, 1),
        "2025-11-21",
        "daily returns",
    ]
    assert rows(
        """
        SELECT max(left_amount) / 1e9
        FROM buyback_programmes('2024-07-01')
        WHERE ticker = '9988.HK' AND start_date = '2024-02-01'
        """
    ) == [(31.9,)]


def test_the_mandate_is_another_number_with_its_own_denominator(rows):
    assert rows(
        """
        SELECT strftime(resolved_on, '%Y-%m-%d'), shares, daily_shares, limit_shares, issued_shares
        FROM buyback_mandate('2025-12-31')
        WHERE ticker = '0700.HK' AND end_date = '2025-11-21'
        """
    ) == [("2025-05-14", 74_828_000, 74_828_000, 918_901_866, 9_189_018_660)]
    for shares, percent, issued in rows(
        """
        SELECT shares, issued_pct, issued_shares
        FROM buyback_mandate('2025-12-31')
        WHERE issued_pct IS NOT NULL AND limit_shares IS NOT NULL
        """
    ):
        assert 100 * shares / issued == pytest.approx(percent, abs=6e-3)


def test_tencent_buys_nothing_in_the_month_before_results(rows):
    assert rows(
        """
        SELECT count(*)
        FROM buyback_ledger AS b
        JOIN buyback_silences('2026-08-21') AS s ON s.ticker = b.ticker
            AND b.end_date BETWEEN s.from_date AND s.to_date
        WHERE b.ticker = '0700.HK'
        """
    ) == [(0,)]
    assert rows(
        """
        SELECT strftime(from_date, '%Y-%m-%d'), strftime(to_date, '%Y-%m-%d')
        FROM buyback_silences('2025-11-13')
        WHERE ticker = '0700.HK' AND results_on = '2025-11-13'
        """
    ) == [("2025-10-13", "2025-11-12")]
    assert rows(
        """
        SELECT count(*)
        FROM buyback_silences('2025-11-12')
        WHERE ticker = '0700.HK' AND results_on = '2025-11-13'
        """
    ) == [(0,)]


def test_tencents_price_of_2025_against_its_month_end_closes(rows, ask):
    ((paid, average, above),) = rows(
        """
        SELECT round(price_average_hkd, 2), average_close, round(above_average_pct, 1)
        FROM buyback_prices('2025-11-21')
        WHERE ticker = '0700.HK' AND year = 2025
        """
    )
    closes = ask(
        """
        SELECT close
        FROM prices
        WHERE ticker = '0700.HK' AND frequency = 'month_end' AND date BETWEEN '2025-01-01'
            AND '2025-11-21'
        """
    )["close"]
    assert (paid, average, above) == (503.06, pytest.approx(closes.mean()), -4.9)
