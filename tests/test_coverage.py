"""A broker's coverage table: as printed to the digit, at today's closes, against the one before,
and as a spreadsheet that runs nothing.
"""

import io
import zipfile
from datetime import date

import pandas as pd
import pytest
from currency_converter import CurrencyConverter
from python_calamine import CalamineWorkbook

from ui import export

pytestmark = pytest.mark.unit


GUOSEN = "Guosen Securities (国信证券)"
# As the two reports print them: ticker, name, rating, close, market cap, EPS of 2024 and 2025, PE
# of both; one row a line.
PRINTED = {
    "2024-07-07": (
        ("0700.HK", "Tencent Holdings", "优于大市", 379.4, "HKD", 3549273, 19.5, 22.2, 18, 16),
        ("9999.HK", "NetEase", "优于大市", 148.9, "HKD", 478086, 11.2, 12.0, 12, 12),
        ("3690.HK", "Meituan", "优于大市", 117.1, "HKD", 728968, 5.8, 7.9, 19, 14),
        ("1024.HK", "Kuaishou Technology", "优于大市", 47.0, "HKD", 204909, 4.0, 5.7, 11, 8),
        ("PDD", "PDD Holdings", "优于大市", 137.3, "USD", 190734, 17.9, 25.9, 14, 10),
        ("9988.HK", "Alibaba Group", "优于大市", 72.2, "HKD", 1396744, 8.0, 9.2, 8, 7),
        ("6618.HK", "JD Health", "优于大市", 21.6, "HKD", 68892, 1.3, 1.6, 15, 13),
    ),
    "2024-12-02": (
        ("0700.HK", "Tencent Holdings", "优于大市", 398.0, "HKD", 3688428, 24.1, 26.3, 15, 14),
        ("9999.HK", "NetEase", "优于大市", 134.4, "HKD", 431529, 11.2, 12.0, 11, 10),
        ("3690.HK", "Meituan", "优于大市", 168.7, "HKD", 1026583, 7.1, 8.6, 22, 18),
        ("9988.HK", "Alibaba Group", "优于大市", 83.7, "HKD", 1599221, 7.8, 8.5, 10, 9),
    ),
}
COLUMNS = (
    "ticker, name_en, rating, close, close_currency, market_cap_mn, eps_fy1, eps_fy2, "
    "pe_fy1, pe_fy2"
)


@pytest.mark.parametrize("day", PRINTED)
@pytest.mark.parametrize("broker", [None, GUOSEN])
def test_a_table_is_what_was_printed_row_by_row_in_its_own_order(rows, day, broker):
    assert rows(f"SELECT {COLUMNS} FROM coverage(?, ?) ORDER BY table_row", day, broker) == list(
        PRINTED[day]
    )
    assert rows(
        """
        SELECT DISTINCT fy1, fy2, rating_code, strftime(published_on, '%Y-%m-%d')
        FROM coverage(?, ?)
        """,
        day,
        broker,
    ) == [(2024, 2025, "buy", day)]


@pytest.mark.parametrize("day", PRINTED)
def test_every_printed_multiple_comes_again_from_the_tables_own_inputs(rows, day):
    # PDD among them, whose price is of an ADS of four shares
    found = rows(
        """
        SELECT ticker, pe_fy1, pe_fy2, round(pe_fy1_recomputed), round(pe_fy2_recomputed),
            shares_per_line
        FROM coverage(?, NULL)
        """,
        day,
    )
    assert [(ticker, one, two) for ticker, one, two, *_ in found] == [
        (ticker, round_one, round_two) for ticker, _, _, round_one, round_two, _ in found
    ]
    assert {ticker: shares for ticker, *_, shares in found if shares != 1} == (
        {"PDD": 4} if day == "2024-07-07" else {}
    )


def test_an_evening_between_has_the_table_before_and_one_before_all_has_none(rows):
    assert rows(
        "SELECT DISTINCT strftime(published_on, '%Y-%m-%d') FROM coverage('2024-12-01', NULL)"
    ) == [("2024-07-07",)]
    assert rows("SELECT count(*) FROM coverage('2024-07-06', NULL)") == [(0,)]
    assert rows("SELECT count(*) FROM coverage('2024-12-02', 'nobody')") == [(0,)]


def test_today_is_the_same_eps_at_the_last_close_and_the_rate_of_that_evening(rows):
    rate = CurrencyConverter().convert(1, "CNY", "HKD", date(2026, 8, 21))
    found = rows(
        """
        SELECT ticker, close_now, pe_fy1_now, pe_fy2_now, status_now, close_change_pct
        FROM coverage('2026-08-21', NULL)
        ORDER BY table_row
        """
    )
    printed = {
        ticker: (close, one, two)
        for ticker, _, _, close, _, _, one, two, *_ in PRINTED["2024-12-02"]
    }
    assert len(found) == 4
    for ticker, close, one, two, status, change in found:
        then, eps_one, eps_two = printed[ticker]
        assert status == "OK"
        assert (one, two, change) == (
            pytest.approx(close / eps_one / rate),
            pytest.approx(close / eps_two / rate),
            pytest.approx(100 * (close / then - 1)),
        )
    assert found[0][:2] == ("0700.HK", 457.0)
    assert round(found[0][2], 2) == 16.25


def test_an_ads_counts_four_shares_today_too(rows):
    # 2024-07-31: the evening before the close of New York is known, so that of 30 or earlier
    ((close, multiple, rate),) = rows(
        """
        SELECT close_now, pe_fy1_now, fx_now FROM coverage('2024-08-14', NULL) WHERE ticker = 'PDD'
        """
    )
    assert multiple == pytest.approx(close / (17.9 * 4 * rate))
    assert 10 < multiple < 16


def test_what_changed_from_july_to_december(rows):
    found = {
        row[0]: row[1:]
        for row in rows(
            """
            SELECT ticker, change, eps_before, eps, round(eps_change_pct, 1),
                round(implied_shares_change_pct, 2)
            FROM coverage_changes('2024-07-07', '2024-12-02', ?)
            """,
            GUOSEN,
        )
    }
    assert found == {
        "0700.HK": ("kept", 19.5, 24.1, 23.6, -0.94),
        "9999.HK": ("kept", 11.2, 11.2, 0.0, 0.0),
        "3690.HK": ("kept", 5.8, 7.1, 22.4, -2.25),
        "9988.HK": ("kept", 8.0, 7.8, -2.5, -1.23),
        "1024.HK": ("dropped", 4.0, None, None, None),
        "PDD": ("dropped", 17.9, None, None, None),
        "6618.HK": ("dropped", 1.3, None, None, None),
    }


def test_where_the_text_of_a_report_contradicts_its_table_both_are_kept(rows):
    assert rows(
        """
        SELECT ticker, strftime(published_on, '%Y-%m-%d'), column_name, kept_value, other_value
        FROM coverage_contradictions
        ORDER BY 1
        """
    ) == [
        ("0700.HK", "2024-12-02", "pe_fy1", "15", "16"),
        ("3690.HK", "2024-12-02", "pe_fy1", "22", "21"),
    ]


# The spreadsheet ----------------------------------------------------------------------------------


def test_a_spreadsheet_says_what_it_is_and_runs_nothing():
    frame = pd.DataFrame(
        {
            "name": ['=HYPERLINK("http://x.invalid")', "@SUM(A1)", "https://x.invalid"],
            "eps": [24.1, None, 7.0],
            "day": pd.to_datetime(["2024-12-02", None, "2024-07-07"]),
        }
    )
    made = export.workbook(
        "=1+1",
        [
            ("As of", "2024-12-02"),
            ("Source", "=2+2"),
            ("Link", "https://x.invalid/coverage?as_of=2024-12-02"),
        ],
        [("name", "Name"), ("eps", "EPS"), ("day", "Day")],
        frame,
        notes=["=3+3"],
    )
    sheet = (
        CalamineWorkbook.from_filelike(io.BytesIO(made))
        .get_sheet_by_index(0)
        .to_python(skip_empty_area=False)
    )
    assert sheet[:5] == [
        ["=1+1", "", ""],
        ["As of", "2024-12-02", ""],
        ["Source", "=2+2", ""],
        ["Link", "https://x.invalid/coverage?as_of=2024-12-02", ""],
        ["", "", ""],
    ]
    assert sheet[5:9] == [
        ["Name", "EPS", "Day"],
        ['=HYPERLINK("http://x.invalid")', 24.1, date(2024, 12, 2)],
        ["@SUM(A1)", "", ""],
        ["https://x.invalid", 7, date(2024, 7, 7)],
    ]
    assert sheet[10] == ["=3+3", "", ""]
    cells = zipfile.ZipFile(io.BytesIO(made)).read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in cells
    assert "hyperlink" not in cells
    assert cells.count('t="s"') == 14
