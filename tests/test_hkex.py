"""python -m loaders hkex: the exchange's report and vendors' tables, read from real workbooks into
the curated files.
"""

import csv
import io
import os
import random
import re
import shutil
import signal
import time
import zipfile
from datetime import date

import pytest

from loaders import amend, workbook
from loaders.hkex import run as hkex
from loaders.prices.progress import Progress
from tests.support import workbooks
from tests.support.invention import companies_of, csv_of, session_before, sessions, sources_of
from tests.support.warehouses import CURATED, ROOT, Built, loaders
from tests.support.workbooks import OLD, line, many_lines, old_line, put, report, xlsx
from warehouse import snapshot

pytestmark = pytest.mark.system


TODAY = date(2026, 11, 20)
EXCHANGE = {
    "grain": "day",
    "measure": "bought",
    "venue": "Hong Kong",
    "share_class": "ordinary",
    "share_unit": "share",
    "currency": "HKD",
    "method": "on exchange",
    "disposal": "cancelled",
    "published_on_basis": "convention",
    "trusted": "true",
    "quality": "exact",
}


def bought(ticker, day, shares, amount, **more):
    """A row of buybacks.csv as it stands there before a report is read."""
    return (
        EXCHANGE
        | {"ticker": ticker, "start_date": day, "end_date": day, "shares": shares, "amount": amount}
        | more
    )


def desk(folder, buybacks=(), first_day="2025-12-31", last_day="2026-07-03", **more):
    """A data folder with the curated files of a few companies and nothing built."""
    curated = folder / "curated"
    curated.mkdir(parents=True)
    texts = {
        "companies": companies_of(
            *({"ticker": ticker} for ticker in ("0700.HK", "1024.HK", "1810.HK", "9988.HK"))
        ),
        "sources": sources_of("made-up", "press", "vendor-table"),
        "buybacks": csv_of("buybacks", buybacks),
        "prices": csv_of("prices", [{"ticker": "0700.HK", "date": "2026-06-30", "close": 400}]),
        "closures": csv_of(
            "closures", [{"exchange": "XHKG", "date": "2023-09-01", "cause": "a typhoon"}]
        ),
        "buyback_reports": csv_of("buyback_reports", []),
        "buyback_coverage": csv_of(
            "buyback_coverage",
            [
                {
                    "ticker": "0700.HK",
                    "venue": "Hong Kong",
                    "currency": "HKD",
                    "first_day": first_day,
                    "last_day": last_day,
                    "complete": "true",
                },
                {
                    "ticker": "9988.HK",
                    "venue": "New York",
                    "currency": "USD",
                    "first_day": first_day,
                    "last_day": last_day,
                    "complete": "false",
                },
            ],
        ),
    } | more
    for name, text in texts.items():
        (curated / f"{name}.csv").write_text(text, "utf-8")
    return folder


def entered(data, *paths, **options):
    """Read files into the curated files as a run does, but for the build and its questions."""
    done, world = hkex.Done(), hkex.World(data)
    chosen = hkex.Options(**options)
    done.rejected = world.wrong_options(chosen, TODAY)
    known = {row["sha256"] for row in amend.rows_of(data, "buyback_reports")}
    reports, ledger = hkex.merged(
        data,
        hkex.read_all(
            list(paths), world, chosen, TODAY, known, done, Progress(len(paths), io.StringIO())
        ),
        world,
        done,
    )
    done.read = reports
    hkex.keep(data, reports)
    amend.replace(
        data, {table: amend.csv_of(table, rows) for table, rows in ledger.sorted_rows().items()}
    )
    return done


def rows(data, *columns, grain="day"):
    """Rows of buybacks.csv of a grain, as text."""
    return [
        tuple(row[column] for column in columns)
        for row in amend.rows_of(data, "buybacks")
        if row["grain"] == grain
    ]


def refusals(done):
    return [text for lines in done.refused.values() for text in lines]


def files(data):
    return {path.name: path.read_bytes() for path in (data / "curated").glob("*.csv")}


# The exchange's report, form by form --------------------------------------------------------------

FIGURES = (
    "ticker",
    "end_date",
    "venue",
    "share_class",
    "shares",
    "amount",
    "currency",
    "price_low",
    "price_high",
    "disposal",
)


def test_the_form_of_14_columns_with_every_trap(tmp_path):
    lines = [
        line(
            "700",
            "2026/07/06",
            "1,020,000",
            "HKD 500.5",
            "HKD 490",
            "HKD 505,410,000.5",
            mandate="20,000,000",
            percentage="0.21825",
        ),
        None,
        line(
            1024.0,
            date(2026, 7, 6),
            "1,000",
            "HKD 43.2",
            "-",
            "HKD 43,200",
            name="KUAISHOU",
            kind="WVR B",
            cancelled="0",
            treasury="1,000",
        ),
        line(
            "01810",
            46209.0,
            2500.0,
            "HKD 27.10",
            "N/A",
            "HKD 67,750",
            name="XIAOMI",
            kind="WVR B",
            cancelled="1,500",
            treasury="1,000",
        ),
        line(
            "9988",
            "2026/07/06",
            "800,000",
            "USD 12.5",
            "USD 12.1",
            "USD 9,840,000",
            name="ALIBABA",
            method="New York Stock Exchange",
            total="",
            cancelled="",
            treasury="",
            mandate="",
        ),
        line(
            "9988",
            "2026/07/06",
            "100,000",
            "HKD 98",
            "",
            "HKD 9,800,000",
            name="ALIBABA",
            total="900,000",
            cancelled="900,000",
            mandate="9,900,000",
            percentage="0.05",
        ),
        line(
            "5",
            "2026/07/06",
            "1,000",
            "GBP 7.1",
            "GBP 7.0",
            "GBP 7,050",
            name="HSBC",
            method="London Stock Exchange",
        ),
    ]
    data = desk(tmp_path / "data")
    done = entered(data, put(tmp_path, "SRRPT20260707.xls", report("07/07/2026", lines)))
    assert refusals(done) == []
    assert rows(data, *FIGURES) == [
        (
            "0700.HK",
            "2026-07-06",
            "Hong Kong",
            "ordinary",
            "1020000",
            "505410000.5",
            "HKD",
            "490",
            "500.5",
            "cancelled",
        ),
        (
            "1024.HK",
            "2026-07-06",
            "Hong Kong",
            "Class B",
            "1000",
            "43200",
            "HKD",
            "43.2",
            "43.2",
            "treasury",
        ),  # one price: low is high
        (
            "1810.HK",
            "2026-07-06",
            "Hong Kong",
            "Class B",
            "2500",
            "67750",
            "HKD",
            "27.1",
            "27.1",
            "unknown",
        ),
        (
            "9988.HK",
            "2026-07-06",
            "Hong Kong",
            "ordinary",
            "100000",
            "9800000",
            "HKD",
            "98",
            "98",
            "cancelled",
        ),  # merged columns stand on the last line of the issuer
        (
            "9988.HK",
            "2026-07-06",
            "New York",
            "ordinary",
            "800000",
            "9840000",
            "USD",
            "12.1",
            "12.5",
            "cancelled",
        ),
    ]
    assert rows(data, "ticker", "start_date", "end_date", "shares", "note", grain="mandate") == [
        ("0700.HK", "", "2026-07-06", "20000000", "0.21825% of issued shares at the resolution"),
        ("9988.HK", "", "2026-07-06", "9900000", "0.05% of issued shares at the resolution"),
    ]
    assert rows(data, "note")[2] == ("1,500 for cancellation and 1,000 for treasury",)
    assert rows(data, "published_on", "published_on_basis", "source_id", "locator")[0] == (
        "",
        "convention",
        "hkex-srrpt-20260707",
        "SRRPT20260707.xls row 7",
    )
    (kept,) = amend.rows_of(data, "buyback_reports")
    assert [
        kept[name]
        for name in (
            "file",
            "kind",
            "printed_on",
            "first_trade_day",
            "last_trade_day",
            "rows_read",
            "rows_kept",
            "rows_outside",
        )
    ] == [
        "SRRPT20260707.xls",
        "main board",
        "2026-07-07",
        "2026-07-06",
        "2026-07-06",
        "6",
        "5",
        "1",
    ]
    assert (data / "hkex" / "raw" / f"{kept['sha256']}.xls").read_bytes() == (
        tmp_path / "SRRPT20260707.xls"
    ).read_bytes()
    (source,) = [
        row for row in amend.rows_of(data, "sources") if row["source_id"] == "hkex-srrpt-20260707"
    ]
    assert (source["publisher"], source["kind"], source["published_on"], source["url"]) == (
        "HKEX",
        "exchange",
        "2026-07-07",
        "https://www3.hkexnews.hk/reports/sharerepur/documents/SRRPT20260707.xls",
    )


def test_the_form_of_11_columns_before_treasury_shares(tmp_path):
    lines = [
        old_line(
            "700",
            "2023/09/20",
            "1,260,000",
            "HKD 321.6",
            "HKD 313.8",
            "HKD 400,381,000",
            mandate="50,000,000",
            percentage="0.52",
        ),
        old_line(1024.0, 45189, 1000, "HKD 64.5", "", "HKD 64,500", kind="B", name="KUAISHOU"),
    ]
    data = desk(tmp_path / "data", first_day="2022-12-30", last_day="2023-09-19")
    done = entered(
        data,
        put(
            tmp_path,
            "as received.xls",
            report("21/09/2023", lines, OLD, blank=9, gap=False, sheet="Sheet1", title=""),
        ),
    )
    assert refusals(done) == []
    assert done.coverage == ["complete to 2023-09-20 (before: 2023-09-19): 0700.HK"]
    assert rows(data, *FIGURES) == [
        (
            "0700.HK",
            "2023-09-20",
            "Hong Kong",
            "ordinary",
            "1260000",
            "400381000",
            "HKD",
            "313.8",
            "321.6",
            "unknown",
        ),
        (
            "1024.HK",
            "2023-09-20",
            "Hong Kong",
            "Class B",
            "1000",
            "64500",
            "HKD",
            "64.5",
            "64.5",
            "unknown",
        ),
    ]
    assert rows(data, "ticker", "grain", "shares", grain="mandate") == [
        ("0700.HK", "mandate", "50000000")
    ]  # the old title says year to date and means since the resolution
    assert rows(data, "ticker", grain="ytd") == []


def test_a_gem_report_is_read_and_may_have_no_line(tmp_path):
    data = desk(tmp_path / "data")
    done = entered(
        data,
        put(
            tmp_path,
            "SRGemRPT20260707.xls",
            report(
                "07/07/2026",
                [line("8001", "2026/07/06", "1,000", "HKD 1", "HKD 1", "HKD 1,000", name="SMALL")],
            ),
        ),
        put(tmp_path, "SRGemRPT20260708.xls", report("08/07/2026", [])),
    )
    assert refusals(done) == []
    assert [(one.kind, one.rows_read, one.rows_outside) for one in done.read] == [
        ("GEM", 1, 1),
        ("GEM", 0, 0),
    ]
    assert [row["source_id"] for row in amend.rows_of(data, "buyback_reports")] == [
        "hkex-srgemrpt-20260707",
        "hkex-srgemrpt-20260708",
    ]
    assert (
        done.coverage == []
    )  # silence of the GEM report proves nothing of a company of the main board


def test_the_counter_in_renminbi_is_the_same_companys(tmp_path):
    data = desk(tmp_path / "data")
    entered(
        data,
        put(
            tmp_path,
            "a.xls",
            report(
                "07/07/2026",
                [line("80700", "2026/07/06", "1,000", "CNY 460", "RMB 450", "RMB 455,000")],
            ),
        ),
    )
    assert rows(data, "ticker", "venue", "currency", "amount") == [
        ("0700.HK", "Hong Kong", "CNY", "455000")
    ]


# Once each trade ----------------------------------------------------------------------------------

TENCENT = ("700", "2026/07/06", "1,000,000", "HKD 500", "HKD 490", "HKD 495,000,000")
AGAIN = ("700", "2026/07/06", "1,100,000", "HKD 500", "HKD 490", "HKD 544,500,000")


def test_lines_of_one_trade_day_are_told_apart_by_class_and_venue_and_a_repeated_line_is_one(
    tmp_path,
):
    data = desk(tmp_path / "data")
    lines = [
        line(*TENCENT, total=""),
        line(*TENCENT, total=""),
        line("700", "2026/07/06", "500", "HKD 499", "HKD 499", "HKD 249,500", total=""),
        line(
            "700",
            "2026/07/06",
            "2,000",
            "HKD 500",
            "HKD 490",
            "HKD 990,000",
            kind="WVR B",
            total="",
        ),
        line(
            "700",
            "2026/07/06",
            "3,000",
            "HKD 500",
            "HKD 490",
            "HKD 1,485,000",
            method="Private arrangement",
            total="1,005,500",
            cancelled="1,005,500",
        ),
    ]
    entered(data, put(tmp_path, "a.xls", report("07/07/2026", lines)))
    assert sorted(rows(data, "venue", "share_class", "shares", "amount", "method", "note")) == [
        ("Hong Kong", "Class B", "2000", "990000", "on exchange", ""),
        (
            "Hong Kong",
            "ordinary",
            "1000500",
            "495249500",
            "on exchange",
            "sum of 2 lines of the report",
        ),
        ("off exchange (private arrangement)", "ordinary", "3000", "1485000", "off exchange", ""),
    ]


def test_a_total_that_its_lines_do_not_sum_to_is_said(tmp_path):
    data = desk(tmp_path / "data")
    entered(data, put(tmp_path, "a.xls", report("07/07/2026", [line(*TENCENT, total="1,200,000")])))
    assert rows(data, "shares", "note") == [
        ("1000000", "the report's total of the day is 1,200,000, its lines sum to 1,000,000")
    ]


def test_what_already_stands_with_the_same_figures_stays_as_it_is(tmp_path):
    standing = [
        bought("0700.HK", "2026-07-06", 1000000, 495000000, price_low=490, price_high=500),
        bought("1024.HK", "2026-07-06", 1000, 43000, share_class="Class B"),
    ]
    data = desk(tmp_path / "data", standing)
    before = (data / "curated" / "buybacks.csv").read_bytes()
    done = entered(
        data,
        put(
            tmp_path,
            "a.xls",
            report(
                "07/07/2026",
                [
                    line(*TENCENT),
                    line(
                        "1024",
                        "2026/07/06",
                        "1,000",
                        "HKD 43",
                        "HKD 43",
                        "HKD 43,000",
                        name="KUAISHOU",
                    ),
                ],
            ),
        ),
    )
    assert (done.counted.new, done.counted.there, done.counted.corrected) == (
        0,
        2,
        0,
    )  # ORD is the one class that Kuaishou has
    assert (data / "curated" / "buybacks.csv").read_bytes() == before


def test_the_exchanges_own_report_takes_the_place_of_what_the_press_said(tmp_path):
    data = desk(
        tmp_path / "data",
        [bought("1810.HK", "2026-07-06", 800000, 30300000, quality="rounded", source_id="press")],
    )
    done = entered(
        data,
        put(
            tmp_path,
            "a.xls",
            report(
                "07/07/2026",
                [
                    line(
                        "1810",
                        "2026/07/06",
                        "8,000,000",
                        "HKD 38",
                        "HKD 37.5",
                        "HKD 303,000,000",
                        kind="WVR B",
                        name="XIAOMI",
                    )
                ],
            ),
        ),
    )
    assert done.counted.corrected == 1
    assert rows(data, "shares", "source_id", "superseded_on") == [
        ("8000000", "hkex-srrpt-20260707", ""),
        ("800000", "press", "2026-07-06"),
    ]


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 0, 2)], ids=str)
def test_a_report_printed_later_corrects_and_never_adds_in_whatever_order_they_are_read(
    tmp_path, order
):
    paths = [
        put(tmp_path, "a.xls", report("07/07/2026", [line(*TENCENT)])),
        put(tmp_path, "b.xls", report("10/07/2026", [line(*AGAIN)])),
        put(tmp_path, "c.xls", report("13/07/2026", [line(*AGAIN)])),
    ]
    data = desk(tmp_path / "data")
    for number in order:
        assert refusals(entered(data, paths[number])) == []
    assert rows(
        data, "shares", "published_on", "published_on_basis", "superseded_on", "source_id"
    ) == [
        ("1000000", "", "convention", "2026-07-10", "hkex-srrpt-20260707"),
        ("1100000", "2026-07-10", "printed", "", "hkex-srrpt-20260710"),
    ]


def test_two_files_of_one_day_that_disagree_are_no_correction(tmp_path):
    data = desk(tmp_path / "data")
    entered(data, put(tmp_path, "a.xls", report("07/07/2026", [line(*TENCENT)])))
    before = files(data)
    done = entered(data, put(tmp_path, "b.xls", report("07/07/2026", [line(*AGAIN)])))
    assert refusals(done) == [
        (
            "b.xls:7 shares '1100000': rule P03, another file of the report printed on "
            "2026-07-07 says 1000000 shares for 495000000: which one is right is not told"
        )
    ]
    assert files(data) == before


def test_a_return_that_came_late_is_known_from_its_report_and_not_before(tmp_path):
    data = desk(tmp_path / "data")
    entered(
        data,
        put(
            tmp_path,
            "a.xls",
            report(
                "10/07/2026",
                [
                    line(*TENCENT),
                    line(
                        "9988",
                        "2026/07/08",
                        "800",
                        "USD 12.5",
                        "",
                        "USD 10,000",
                        name="ALIBABA",
                        method="New York Stock Exchange",
                    ),
                ],
            ),
        ),
    )
    assert rows(data, "ticker", "published_on", "published_on_basis") == [
        ("0700.HK", "2026-07-10", "printed"),
        ("9988.HK", "", "convention"),
    ]  # New York's day ends in Hong Kong's next


def test_the_repositorys_own_days_read_again_from_reports_change_no_purchase(tmp_path):
    data = tmp_path / "data"
    shutil.copytree(CURATED, data / "curated")
    standing, days = amend.rows_of(data, "buybacks"), {}
    for row in standing:
        if (
            row["grain"] == "day"
            and row["source_id"] == "hkex-share-repurchases-report"
            and row["end_date"] >= "2026-05-15"
        ):
            days.setdefault(date.fromisoformat(row["end_date"]), []).append(row)
    paths = []
    for day, found in days.items():
        printed = next(session for session in sessions("2026-01-01", "2026-12-31") if session > day)
        lines = [
            line(
                row["ticker"][:4],
                f"{day:%Y/%m/%d}",
                f"{int(row['shares']):,}",
                f"{row['currency']} {row['price_high']}",
                f"{row['currency']} {row['price_low']}",
                f"{row['currency']} {float(row['amount']):,}",
                method="Exchange" if row["venue"] == "Hong Kong" else "New York Stock Exchange",
            )
            for row in found
        ]
        paths.append(put(tmp_path, f"{day}.xls", report(f"{printed:%d/%m/%Y}", lines)))
    done = entered(data, *paths)
    assert refusals(done) == []
    assert (done.counted.new, done.counted.corrected) == (0, 0)
    assert done.counted.there > 60
    assert amend.rows_of(data, "buybacks") == standing
    assert last_day(data) == [
        row["last_day"] for row in csv.DictReader((CURATED / "buyback_coverage.csv").open())
    ]


# How far the complete report reaches --------------------------------------------------------------


def daily(tmp_path, trade_day, *lines):
    printed = next(day for day in sessions("2026-01-01", "2026-12-31") if day > trade_day)
    return put(
        tmp_path,
        workbooks.name_of(printed),
        report(f"{printed:%d/%m/%Y}", [*lines, *many_lines(trade_day, 1)]),
    )


def last_day(data):
    return [row["last_day"] for row in amend.rows_of(data, "buyback_coverage")]


def test_coverage_moves_over_sessions_that_join_it_and_stops_at_a_gap(tmp_path):
    data, days = desk(tmp_path / "data"), sessions("2026-07-06", "2026-07-13")
    done = entered(data, *(daily(tmp_path, day) for day in days[:2] + days[4:5]))
    assert done.coverage == [
        "complete to 2026-07-07 (before: 2026-07-03): 0700.HK",
        (
            "the reports of 2026-07-08 to 2026-07-09 are missing (printed 2026-07-09 to "
            "2026-07-10, 2 sessions): complete only to 2026-07-07: 0700.HK"
        ),
    ]
    assert last_day(data) == [
        "2026-07-07",
        "2026-07-03",
    ]  # days without a line are days without a purchase; what is incomplete stays so
    done = entered(data, *(daily(tmp_path, day) for day in days[2:4]))
    assert done.coverage == ["complete to 2026-07-10 (before: 2026-07-07): 0700.HK"]
    assert last_day(data)[0] == "2026-07-10"


def test_a_report_that_does_not_join_moves_nothing(tmp_path):
    data = desk(tmp_path / "data")
    done = entered(data, daily(tmp_path, date(2026, 7, 9)))
    assert last_day(data)[0] == "2026-07-03"
    assert done.coverage == [
        (
            "the reports of 2026-07-06 to 2026-07-08 are missing (printed 2026-07-07 to "
            "2026-07-09, 3 sessions): complete only to 2026-07-03: 0700.HK"
        )
    ]


# A year of reports --------------------------------------------------------------------------------


def test_250_reports_of_130_lines_and_again(tmp_path, capsys):
    """The time is printed, not asserted: under ten seconds on a quiet machine."""
    days = sessions("2025-07-02", "2026-07-08")[:250]
    some_day = date(2001, 2, 3)
    own = [
        line(
            code,
            "2001/02/03",
            "1,000",
            "HKD 100",
            "HKD 98",
            "HKD 99,000",
            mandate="10,000",
            percentage="0.1",
        )
        for code in ("700", "1024", "1810", "9988")
    ]
    pattern, paths = report("09/08/2001", own + many_lines(some_day, 126)), []
    for printed in days:  # the same workbook with other days in the same bytes
        content = pattern.replace(b"09/08/2001", f"{printed:%d/%m/%Y}".encode()).replace(
            b"2001/02/03", f"{session_before(printed):%Y/%m/%d}".encode()
        )
        paths.append(put(tmp_path / "in", workbooks.name_of(printed), content))
    data = desk(tmp_path / "data", first_day="2025-06-30", last_day="2025-06-30")
    begun = time.perf_counter()
    done = entered(data, *paths)
    took = time.perf_counter() - begun
    with capsys.disabled():
        print(f"\n250 daily reports of 130 lines read and written in {took:.1f} s")
    assert refusals(done) == []
    assert sum(one.rows_read for one in done.read) == 32_500
    assert done.counted.new == 1000
    assert done.coverage == [
        f"complete to {session_before(days[-1])} (before: 2025-06-30): 0700.HK"
    ]
    before = files(data)
    again = entered(data, *paths)
    assert (again.known, again.read, files(data)) == (250, [], before)


# Tables of vendors --------------------------------------------------------------------------------

DAILY = (
    "代码,简称,回购股数(万股),回购金额(万港元),回购最高价(港元),回购最低价(港元),年内累计回购"
    "金额(万港元)\n00700,腾讯控股,100.00,49500.00,500.0,490.0,2541000.00\n"
    "01024,快手-W,0.10,4.30,43.2,42.8,149000.50\n"
    "HK00005,汇丰控股,10.00,710.00,71.2,70.8,1.00\n"
)


def test_a_days_table_of_companies_in_units_of_ten_thousand(tmp_path):
    data = desk(
        tmp_path / "data", [bought("1024.HK", "2026-07-06", 1013, 43600, share_class="Class B")]
    )
    path = put(tmp_path, "table.csv", DAILY.encode())
    assert refusals(entered(data, path)) == [
        (
            "table.csv:1 file: rule C18, a vendor's table names no source: --source SOURCE_ID "
            "gives it, a row of sources.csv"
        )
    ]
    assert refusals(entered(data, path, source_id="vendor-table")) == [
        "table.csv:1 日期: rule C18, the table names no day: --day DATE gives it"
    ]
    done = entered(data, path, source_id="vendor-table", day=date(2026, 7, 6))
    assert refusals(done) == []
    assert (done.counted.new, done.counted.there) == (3, 1)
    assert rows(
        data, "ticker", "shares", "amount", "price_low", "price_high", "quality", "source_id"
    ) == [
        ("0700.HK", "1000000", "495000000", "490", "500", "rounded", "vendor-table"),
        ("1024.HK", "1013", "43600", "", "", "exact", "made-up"),
    ]
    assert rows(data, "ticker", "start_date", "end_date", "shares", "amount", grain="ytd") == [
        ("0700.HK", "2026-01-01", "2026-07-06", "", "25410000000"),
        ("1024.HK", "2026-01-01", "2026-07-06", "", "1490005000"),
    ]
    assert amend.rows_of(data, "buyback_reports")[0]["kind"] == "vendor table"
    assert last_day(data)[0] == "2026-07-03"
    entered(data, put(tmp_path, "a.xls", report("07/07/2026", [line(*AGAIN)])))
    assert rows(data, "shares", "superseded_on")[:2] == [("1100000", ""), ("1000000", "2026-07-06")]


def test_a_vendors_table_must_name_its_currency(tmp_path):
    data = desk(tmp_path / "data")
    table = "日期,回购股数(万股),回购金额(万元),最高价,最低价,回购方式\n"
    path = put(tmp_path, "a.csv", f"{table}2026-07-06,100.00,49500.00,500,490,纽约回购\n".encode())
    done = entered(data, path, source_id="vendor-table", ticker="0700.HK")
    assert refusals(done) == [
        (
            "a.csv:2 回购金额(万元): rule C18, neither the unit nor a column names the currency of "
            "the amount"
        )
    ]
    assert rows(data, "ticker") == []


def test_one_companys_table_of_days_and_its_page_of_returns(tmp_path):
    data = desk(tmp_path / "data")
    one = put(
        tmp_path,
        "days.xlsx",
        xlsx(
            [
                ["数据宝"],
                ["日期", "回购股数（万股）", "最高价", "最低价", "回购金额（万港元）"],
                ["2026.07.06", 100, 500, 490, 49500],
                ["2026.07.07", 0.03, 500, 499.9, 15],
            ]
        ),
    )
    assert refusals(entered(data, one, source_id="vendor-table")) == [
        "days.xlsx:2 代码: rule C18, the table names no company: --ticker TICKER gives it"
    ]
    page = put(
        tmp_path,
        "HK700.xls",
        report(
            None,
            [["2026-07-09", "2026-07-08", "5,000.0", "10", "501", "499", "场内回购", "港元"]],
            [
                "公告日期",
                "回购日期",
                "回购金额(万元)",
                "回购数量(万股)",
                "最高价(元)",
                "最低价(元)",
                "回购方式",
                "币种",
            ],
            foot=(),
        ),
    )
    done = entered(data, one, page, source_id="vendor-table", ticker="00700")
    assert refusals(done) == []
    assert rows(data, "end_date", "shares", "amount", "price_high", "published_on") == [
        ("2026-07-06", "1000000", "495000000", "500", ""),
        ("2026-07-07", "300", "150000", "500", ""),
        ("2026-07-08", "100000", "50000000", "501", "2026-07-09"),
    ]
    assert hkex.World(data).wrong_options(
        hkex.Options("0701.HK", date(2027, 1, 1), "nobody"), TODAY
    ) == [
        "--day 2027-01-01: lies after today (2026-11-20)",
        "--ticker 0701.HK: no company of companies.csv; near: 0700.HK",
        (
            "--source nobody: no source of sources.csv; add the vendor there first: publisher, "
            "title, licence"
        ),
    ]


# Bad input ----------------------------------------------------------------------------------------


def changed(**cells):
    """The report with one line in which cells are put in place of the right ones."""
    places = {"code": 1, "day": 3, "shares": 4, "high": 5, "low": 6, "amount": 7, "total": 9}
    one = line(*TENCENT)
    for name, value in cells.items():
        one[places[name]] = value
    return report("07/07/2026", [one])


def bomb():
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/worksheets/sheet1.xml", bytes(70 * 2**20))
    return content.getvalue()


GOOD = report("07/07/2026", [line(*TENCENT)])
BAD = {
    "an XLSX renamed": (
        ".xls",
        xlsx([["Company"]]),
        r" file: rule C01, is an XLSX workbook under the name of an old one",
    ),
    "an HTML page": (
        ".xls",
        b"<!DOCTYPE html><html>Too many requests",
        r":1 file '<!doctype html><html>too many requests': rule C11, an HTML page, no workbook",
    ),
    "nothing": (".xls", b"", r" file: rule C11, the file is empty"),
    "an empty workbook": (
        ".xls",
        report(None, [], [], title="", foot=()),
        r" file: rule C11, the sheet is empty",
    ),
    "no Company": (
        ".xls",
        report("07/07/2026", [line(*TENCENT)], ("Issuer", *workbooks.NEW[1:])),
        r" file: rule C09, no header within 60 rows",
    ),
    "a column missing": (
        ".xls",
        report("07/07/2026", [line(*TENCENT)], (*workbooks.NEW[:4], "Shares", *workbooks.NEW[5:])),
        r":5 shares: rule C09, the column is missing; the header has Company, Stock code",
    ),
    "a column twice": (
        ".xls",
        report(
            "07/07/2026",
            [line(*TENCENT)],
            (*workbooks.NEW[:10], workbooks.NEW[9], *workbooks.NEW[11:]),
        ),
        r":5 Total number of shares/units repurchased\*: rule C09, stands twice in the header",
    ),
    "no print day": (
        ".xls",
        report(None, [line(*TENCENT)]),
        r" Date Printed: rule C05, no line says on which day",
    ),
    "printed tomorrow": (
        ".xls",
        report("21/11/2026", [line(*TENCENT)]),
        r" Date Printed 'Date Printed : 21/11/2026': rule C06, lies after today \(2026-11-20\)",
    ),
    "no line": (
        ".xls",
        report("07/07/2026", []),
        r":5 line: rule C11, no line of purchases follows the header",
    ),
    "a negative count": (
        ".xls",
        changed(shares="-1,000"),
        r":7 Number of shares/units repurchased '-1,000': rule C20, a count below zero",
    ),
    "part of a share": (
        ".xls",
        changed(shares=10.5),
        r":7 Number of shares/units repurchased '10\.5': rule C07, not a whole number",
    ),
    "no count": (
        ".xls",
        changed(shares="1.000.000"),
        r":7 Number of shares/units repurchased '1\.000\.000': rule C07, not a number",
    ),
    "full-width digits": (
        ".xls",
        changed(shares="１００"),
        r":7 Number of shares/units repurchased '１００': rule C07, not a number",
    ),
    "a day to come": (
        ".xls",
        changed(day="2026/07/08"),
        (
            r":7 Trading date \(yyyy/mm/dd\) '2026/07/08': rule C06, lies after the day on which "
            r"the report was printed \(2026-07-07\)"
        ),
    ),
    "day and month turned": (
        ".xls",
        changed(day="06/07/2026"),
        (
            r":7 Trading date \(yyyy/mm/dd\) '06/07/2026': rule C05, no date of the form "
            r"2026/07/31 \(the order of day and month is ambiguous\)"
        ),
    ),
    "no such day": (
        ".xls",
        changed(day="2026/02/30"),
        r":7 Trading date \(yyyy/mm/dd\) '2026/02/30': rule C05, no such day in the calendar",
    ),
    "an unknown currency": (
        ".xls",
        changed(high="XYZ 500"),
        r":7 Repurchase price .* 'XYZ 500': rule C16, XYZ is no known currency",
    ),
    "no currency": (
        ".xls",
        changed(amount="495,000,000"),
        (
            r":7 Aggregate price paid \(\$\) '495,000,000': rule C27, a price or amount without "
            r"its currency"
        ),
    ),
    "two currencies": (
        ".xls",
        changed(low="USD 490"),
        (
            r":7 Lowest repurchase price .* 'USD 490': rule C27, a price in USD beside an amount "
            r"in HKD"
        ),
    ),
    "low above high": (
        ".xls",
        changed(low="HKD 501"),
        r":7 Lowest repurchase price .* 'HKD 501': rule C20, lies above the highest price, 500",
    ),
    "an average outside": (
        ".xls",
        changed(amount="HKD 49,500,000"),
        (
            r":7 Aggregate price paid \(\$\) 'HKD 49,500,000': rule C24, amount / shares is "
            r"49\.5000, outside 490 to 500 by more than 0\.1 %"
        ),
    ),
    "no code": (
        ".xls",
        changed(code="7OO"),
        r":7 Stock code '7OO': rule C10, a line of purchases without a stock code of digits",
    ),
    "a company of no interest": (
        ".xls",
        report("07/07/2026", [line("9990", "2026/07/06", "x", "HKD 1", "", "HKD 1")]),
        r":7 Number of shares/units repurchased 'x': rule C07, not a number",
    ),
    "cut off": (".xls", GOOD[:1500], r" file: rule C(01|13), is (a )?damaged"),
    "not a workbook": (
        ".xls",
        b"Company,Stock code\n",
        r" file: rule C01, is no workbook: it begins with 43 6f 6d 70",
    ),
    "a bomb": (".xlsx", bomb(), r" file: rule C13, unpacks to 73,400,320 bytes in 1 parts"),
    "a table cut off": (
        ".csv",
        DAILY.rstrip().encode(),
        r":4 file .*: rule C03, the last line has no line end",
    ),
    "a table in GBK": (
        ".csv",
        DAILY.encode("gbk"),
        r":1 file: rule C01, not UTF-8 at byte 0; looks like GB18030",
    ),
}


def test_a_bad_file_is_named_refused_whole_and_nothing_else_is_lost(tmp_path):
    data = desk(tmp_path / "data")
    paths = [
        put(tmp_path, f"bad{number}{suffix}", content)
        for number, (suffix, content, _) in enumerate(BAD.values())
    ]
    huge = put(tmp_path, "huge.xls", b"")
    os.truncate(huge, 100 * 2**20)
    done = entered(
        data,
        *paths,
        huge,
        tmp_path / "nowhere.xls",
        put(tmp_path, "good.xls", GOOD),
        source_id="vendor-table",
        day=date(2026, 7, 6),
    )
    for (what, (_, _, expected)), path in zip(BAD.items(), paths):
        assert re.match(re.escape(path.name) + expected, done.refused[path.name][0]), (
            what,
            done.refused[path.name],
        )
    assert done.refused["huge.xls"] == [
        (
            "huge.xls file: rule C13, has 104,857,600 bytes, a table here at most 8,388,608: it "
            "was not opened"
        )
    ]
    assert done.refused["nowhere.xls"] == ["nowhere.xls file: rule C13, is not there"]
    assert [one.name for one in done.read] == ["good.xls"]
    assert rows(data, "shares", "amount") == [("1000000", "495000000")]
    assert len(amend.rows_of(data, "buyback_reports")) == 1


def test_all_that_is_wrong_in_a_file_is_said_in_one_pass(tmp_path):
    done = entered(
        desk(tmp_path / "data"),
        put(
            tmp_path,
            "a.xls",
            report(
                "07/07/2026",
                [
                    line("700", "2026/07/09", "-5", "XYZ 500", "", "1"),
                    line("1024", "yesterday", "1", "HKD 1", "", "HKD 1"),
                ],
            ),
        ),
    )
    assert [re.search(r"a\.xls:(\d+).* rule (\w+)", text).groups() for text in refusals(done)] == [
        ("7", "C06"),
        ("7", "C20"),
        ("7", "C27"),
        ("7", "C16"),
        ("7", "C20"),
        ("7", "C20"),
        ("8", "C05"),
    ]


def test_spoiled_workbooks_end_the_reader_and_never_the_loader():
    chance, found = random.Random(7), {"read": 0, "named": 0}
    with workbook.Reader() as reader:
        for number in range(60):
            raw = bytearray(GOOD)
            for _ in range(chance.choice((1, 5, 40))):
                raw[chance.randrange(len(raw))] = chance.randrange(256)
            try:
                reader.cells(
                    ROOT / f"{number}.xls",
                    f"{number}.xls",
                    bytes(raw[: chance.choice((len(raw), chance.randrange(600, len(raw))))]),
                )
                found["read"] += 1
            except workbook.Unreadable as error:
                assert error.rule in ("C01", "C11", "C13")
                assert error.wrong
                found["named"] += 1
        assert found["read"] + found["named"] == 60
        assert found["named"] > 10
        assert reader.cells(ROOT / "good.xls", "good.xls", GOOD)[6][1] == "700"  # and reads on


# The command, whole -------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def loaded(tmp_path_factory):
    """A folder of reports read by the command: what it said, and the warehouse it built."""
    tmp_path = tmp_path_factory.mktemp("hkex")
    standing = [
        bought("0700.HK", "2026-07-03", 1149000, 500891957.7, price_low=431.4, price_high=443.8),
        bought("0700.HK", "2026-07-06", 1000000, 495000000),
    ]
    data = desk(
        tmp_path / "data",
        standing,
        first_day="2025-12-31",
        shares=csv_of("shares", [{"ticker": "1810.HK", "date": "2026-06-30", "value": 26000}]),
        listings=csv_of(
            "listings",
            [
                {
                    "ticker": "BABA",
                    "issuer_ticker": "9988.HK",
                    "exchange": "NYSE",
                    "code": "BABA",
                    "currency": "USD",
                    "share_class": "ADS",
                    "shares_per_ads": 8,
                }
            ],
        ),
    )
    folder = tmp_path / "in"
    daily(
        folder,
        date(2026, 7, 6),
        line(*TENCENT, mandate="44,382,700", percentage="0.48676"),
        line(
            "9988",
            "2026/07/06",
            "4,203,480",
            "USD 12.16",
            "USD 11.81",
            "USD 49,993,984.29",
            name="ALIBABA",
            method="New York Stock Exchange",
        ),
    )
    daily(
        folder, date(2026, 7, 7), line("700", "2026/07/07", "1,000", "HKD 500", "", "HKD 500,000")
    )
    daily(
        folder,
        date(2026, 7, 8),
        line(*AGAIN),
        line(
            "1024", "2026/07/05", "1,000", "HKD 50", "", "HKD 50,000", kind="WVR B", name="KUAISHOU"
        ),
    )  # a Sunday
    put(
        folder,
        "SRRPT20260710.xls",
        report(
            "10/07/2026",
            [
                line(
                    "1810",
                    "2026/07/09",
                    "3,000,000,000",
                    "HKD 27",
                    "",
                    "HKD 81,000,000,000",
                    name="XIAOMI",
                )
            ],
        ),
    )  # more than a tenth of its shares
    put(folder, "page.xls", b"<html>")
    first, before = loaders("hkex", str(folder), data=data), files(data)
    again = loaders(
        "hkex", *(str(path) for path in sorted(folder.glob("SRRPT2026070*"))), data=data
    )
    return Built(data, None), first, again, before


def test_the_command_says_what_became_of_every_file_and_exits_3(loaded):
    first = loaded[1]
    assert first.returncode == 3
    assert (
        "files: 3 read, 0 read before, 2 refused; rows: 5 kept, 3 outside the universe; "
        "purchases: 3 new, 1 already there, 1 corrected; 1 new counts since a mandate"
    ) in first.stdout
    assert (
        "  SRRPT20260707.xls read: 3 lines, 2 of the universe, printed 2026-07-07\n" in first.stdout
    )
    assert "published " in first.stdout
    assert "complete to 2026-07-08 (before: 2026-07-03): 0700.HK" in first.stdout
    assert (
        "SRRPT20260710.xls:7 shares '3000000000': rule C25, 11.5 % of the 26,000 million "
        "shares of shares.csv:2 (2026-06-30); at most 10 % can be; SRRPT20260710.xls was "
        "left out, nothing else is lost\n"
    ) in first.stderr
    assert "page.xls:1 file '<html>': rule C11" in first.stderr


def test_each_day_counts_once_and_an_evening_shows_what_was_known(loaded):
    made = loaded[0]
    ytd = """
        SELECT CAST(shares AS BIGINT), CAST(last_trade_date AS VARCHAR)
        FROM buyback_ytd(?)
        WHERE ticker = '0700.HK'
        """
    assert made.rows(ytd, "2026-07-08") == [(1149000 + 1000000 + 1000, "2026-07-08")]
    assert made.rows(ytd, "2026-07-09") == [
        (1149000 + 1100000 + 1000, "2026-07-08")
    ]  # corrected on the 9th
    assert made.rows(
        """
        SELECT CAST(shares AS BIGINT) FROM buyback_ledger WHERE ticker = '0700.HK' ORDER BY end_date
        """
    ) == [(1149000,), (1100000,), (1000,)]
    assert made.rows(
        "SELECT code, ticker FROM findings WHERE code IN ('B07', 'B08') ORDER BY 1"
    ) == [("B07", "1024.HK"), ("B08", "0700.HK")]


def test_a_row_in_dollars_is_in_hong_kong_dollars_by_that_days_rate(loaded):
    made = loaded[0]
    ((amount, hkd, rate),) = made.rows(
        """
        SELECT b.amount, b.amount_hkd, f.rate
        FROM buybacks AS b
        ASOF JOIN fx AS f ON f.base = 'USD' AND f.quote = 'HKD' AND b.end_date >= f.date
        WHERE b.ticker = '9988.HK' AND b.grain = 'day'
        """
    )
    assert amount == 49993984.29
    assert hkd == pytest.approx(amount * rate)
    assert 7.75 < rate < 7.85
    assert made.rows(
        """
        SELECT grain, CAST(shares AS BIGINT), note
        FROM buybacks
        WHERE ticker = '0700.HK' AND grain = 'mandate'
        """
    ) == [("mandate", 44382700, "0.48676% of issued shares at the resolution")]
    assert made.rows(
        """
        SELECT b.ticker, r.file
        FROM buybacks AS b
        JOIN buyback_reports AS r USING (source_id)
        WHERE b.grain = 'day'
        ORDER BY ALL
        """
    ) == [
        ("0700.HK", "SRRPT20260708.xls"),
        ("0700.HK", "SRRPT20260709.xls"),
        ("1024.HK", "SRRPT20260709.xls"),
        ("9988.HK", "SRRPT20260707.xls"),
    ]


def test_loading_it_again_changes_nothing(loaded):
    made, first, again, before = loaded
    assert again.returncode == 0
    assert "purchases: 0 new, 0 already there, 0 corrected" in again.stdout
    assert f"nothing new: {made.served.snapshot_id} was built from the same inputs" in again.stdout
    assert f"published {made.served.snapshot_id}" in first.stdout
    assert files(made.folder) == before


def test_where_every_file_is_refused_the_old_snapshot_is_served_and_the_code_is_2(loaded, tmp_path):
    made = loaded[0]
    before = files(made.folder)
    refused = loaders(
        "hkex", str(put(tmp_path, "a.xls", b"")), str(tmp_path / "none"), data=made.folder
    )
    assert refused.returncode == 2
    assert (
        "a.xls file: rule C11, the file is empty; nothing was published, still serving "
        f"{made.served.snapshot_id}"
    ) in refused.stderr
    (tmp_path / "empty").mkdir()
    assert (
        "empty folder: rule C11, holds no workbook (.xls, .xlsx)"
        in loaders("hkex", str(tmp_path / "empty"), data=made.folder).stderr
    )
    assert files(made.folder) == before


def test_two_loaders_do_not_meet(loaded, tmp_path):
    made = loaded[0]
    with snapshot.lock(made.folder / "warehouse"):
        assert loaders("hkex", str(put(tmp_path, "a.xls", GOOD)), data=made.folder).returncode == 4


# Broken off ---------------------------------------------------------------------------------------


def killed_at(step, data, path):
    """Read a file in a process that is killed at a step; whether it was."""
    entered_by = os.fork()
    if entered_by == 0:
        try:
            os.environ["HARBOURVIEW_FAULT"] = step
            entered(data, path)
        finally:
            os._exit(70)
    return os.waitstatus_to_exitcode(os.waitpid(entered_by, 0)[1]) == -signal.SIGKILL


@pytest.mark.parametrize(
    ("step", "is_new"), [("amend staged", False), ("amend pending", True), ("amend buybacks", True)]
)
def test_killed_at_any_point_the_files_are_the_old_or_the_new_and_the_next_run_completes_them(
    tmp_path, step, is_new
):
    data, path = desk(tmp_path / "data"), put(tmp_path, "SRRPT20260707.xls", GOOD)
    other = desk(tmp_path / "other")
    before = files(data)
    entered(other, path)
    assert killed_at(step, data, path)
    amend.complete(data)  # what every command does first
    assert files(data) == (files(other) if is_new else before)
    entered(data, path)
    assert files(data) == files(other)


def test_curated_files_are_written_as_the_tests_of_the_folder_want_them(tmp_path):
    data = desk(tmp_path / "data")
    entered(
        data,
        *(
            daily(
                tmp_path,
                day,
                line(
                    "700", f"{day:%Y/%m/%d}", "1,000", "HKD 500", "", "HKD 500,000", mandate="5,000"
                ),
            )
            for day in reversed(sessions("2026-07-06", "2026-07-10"))
        ),
    )
    for name, order in (
        (
            "buybacks",
            "ticker grain measure end_date start_date venue share_class currency source_id",
        ),
        ("sources", "source_id"),
        ("buyback_reports", "kind printed_on sha256"),
    ):
        with open(data / "curated" / f"{name}.csv", encoding="utf-8", newline="") as file:
            found = [tuple(row[part] for part in order.split()) for row in csv.DictReader(file)]
        assert found == sorted(found)
        assert len(found) >= 5
