"""What a provider of prices gives, by every way in which Yahoo, a folder of files and akshare can
answer.
"""

import csv
import json
import os
import random
import sys
import threading
import types
from datetime import UTC, date, datetime
from functools import lru_cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yfinance
from curl_cffi import requests as curl

from loaders.prices import akshare, files, provider
from loaders.prices.akshare import Akshare
from loaders.prices.files import Files, Read, Unusable
from loaders.prices.provider import ACTION_COLUMNS, BAR_COLUMNS, Asked, Outcome
from loaders.prices.yahoo import Yahoo
from tests.support.fake_yahoo import (
    HANGS_UP,
    HTML,
    NOT_FOUND,
    TOO_MANY,
    Diverted,
    FakeYahoo,
    chart,
    good,
)
from tests.support.warehouses import CURATED, ROOT

pytestmark = pytest.mark.unit


MARKET = Path(os.environ.get("HARBOURVIEW_MARKET") or ROOT.parent / "shared" / "market")
TENCENT = Asked("0700.HK", "HKEX", "HKD", date(2026, 8, 3))
EVENING = datetime(2026, 8, 7, 10, 0, tzinfo=UTC)  # 18:00 in Hong Kong, a Friday
CLOSES = {
    "2026-08-03": 100.0,
    "2026-08-04": 101.0,
    "2026-08-05": 99.5,
    "2026-08-06": 98.0,
    "2026-08-07": 97.5,
}
UNIVERSE = {
    "0700.HK": ["Tencent", "腾讯"],
    "9988.HK": ["Alibaba"],
    "BABA": [],
    "SE": ["Sea"],
    "^HSI": ["HSI"],
    "HSTECH": ["HSTECH.HK"],
}
LINES = {
    "0700.HK": Asked("0700.HK", "HKEX", "HKD"),
    "BABA": Asked("BABA", "NYSE", "USD"),
    "^HSI": Asked("^HSI", "HKEX", "PTS"),
    "9988.HK": Asked("9988.HK", "HKEX", "HKD"),
    "SE": Asked("SE", "NYSE", "USD"),
}


def shaped(answer) -> None:
    """An answer is of the interface's shape, whatever its outcome."""
    assert list(answer.bars.columns) == list(BAR_COLUMNS)
    assert list(answer.actions.columns) == list(ACTION_COLUMNS)
    assert answer.bars["date"].dtype == "datetime64[us]"
    assert all(answer.bars[name].dtype == "float64" for name in BAR_COLUMNS[1:])
    assert answer.bars["date"].is_monotonic_increasing
    assert answer.bars["date"].is_unique
    assert answer.outcome is Outcome.GOT or answer.note


def days_of(answer) -> list[str]:
    return list(answer.bars["date"].dt.strftime("%Y-%m-%d"))


# The trading day ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("exchange", "moment", "last"),
    [
        ("HKEX", "2026-08-07T07:59+00:00", "2026-08-06"),
        ("HKEX", "2026-08-07T08:29+00:00", "2026-08-06"),
        ("HKEX", "2026-08-07T08:30+00:00", "2026-08-07"),
        ("HKEX", "2026-08-09T12:00+00:00", "2026-08-07"),
        ("HKEX", "2026-02-16T04:31+00:00", "2026-02-16"),
        ("NASDAQ", "2026-08-07T20:00+00:00", "2026-08-06"),
        ("NYSE Arca", "2026-08-07T20:31+00:00", "2026-08-07"),
    ],
)
def test_a_session_is_finished_half_an_hour_after_its_close_on_half_days_too(
    exchange, moment, last
):
    assert provider.last_finished(exchange, datetime.fromisoformat(moment)) == date.fromisoformat(
        last
    )


def test_waiting_grows_with_each_attempt_and_never_passes_five_minutes():
    assert [provider.wait_for(attempt, 1.0) for attempt in range(9)] == [
        5,
        10,
        20,
        40,
        80,
        160,
        300,
        300,
        300,
    ]
    assert provider.wait_for(5, 0.25) == 40


# Yahoo --------------------------------------------------------------------------------------------


@pytest.fixture
def fake(tmp_path):
    yfinance.set_tz_cache_location(str(tmp_path / "yahoo"))
    server = FakeYahoo()
    yield server
    server.shutdown()
    server.server_close()


def asking(server: FakeYahoo, now: datetime = EVENING, **more) -> Yahoo:
    waited = more.pop("waited", [])
    return Yahoo(
        Diverted(server.address),
        waited.append,
        lambda: 1.0,
        lambda: now,
        timeouts=(0.5, 0.5),
        **more,
    )


def test_yahoo_gives_closes_adjusted_closes_and_volumes_apart_on_the_exchanges_own_days(fake):
    fake.replies["0700.HK"] = good(
        "0700.HK",
        CLOSES,
        adjusted={day: close - 1 for day, close in CLOSES.items()},
        volumes={"2026-08-05": None},
    )
    answer = asking(fake).fetch(TENCENT)
    shaped(answer)
    assert (answer.outcome, answer.currency, answer.raw_name) == (
        Outcome.GOT,
        "HKD",
        "0700.HK.json",
    )
    assert days_of(answer) == list(CLOSES)
    assert list(answer.bars["close"]) == list(CLOSES.values())
    assert list(answer.bars["adj_close"]) == [close - 1 for close in CLOSES.values()]
    assert [None if pd.isna(volume) else volume for volume in answer.bars["volume"]] == [
        1000,
        1000,
        None,
        1000,
        1000,
    ]
    assert answer.raw == fake.replies["0700.HK"][1], "the raw answer is kept as it was received"


def test_one_line_is_one_question_of_the_days_asked_for_unadjusted(fake):
    fake.replies["0700.HK"] = good("0700.HK", CLOSES)
    asking(fake).fetch(TENCENT)
    ((symbol, question),) = fake.asked
    assert symbol == "0700.HK"
    assert question["interval"] == "1d"
    assert "div" in question["events"]
    assert "split" in question["events"]
    assert (
        datetime.fromtimestamp(int(question["period1"]), UTC).isoformat()
        == "2026-08-02T16:00:00+00:00"
    ), "midnight of the first day in Hong Kong"


def test_the_whole_history_is_asked_for_where_no_day_is_named(fake):
    fake.replies["0700.HK"] = good("0700.HK", CLOSES)
    assert len(asking(fake).fetch(Asked("0700.HK", "HKEX", "HKD")).bars) == 5
    assert int(fake.questions("0700.HK")[0]["period1"]) < 2 * 86400


def test_dividends_and_splits_are_separate_and_a_dividend_has_only_yahoos_currency(
    fake,
):
    fake.replies["0700.HK"] = good(
        "0700.HK",
        CLOSES,
        dividends={
            "2026-08-04": {"amount": 0.98},
            "2026-08-05": {"amount": 0.5, "currency": "USD"},
        },
        splits={"2026-08-06": (5, 1)},
    )
    answer = asking(fake).fetch(TENCENT)
    shaped(answer)
    told = [
        tuple(None if pd.isna(value) else value for value in row)
        for row in answer.actions.itertuples(index=False)
    ]
    assert told == [
        (pd.Timestamp("2026-08-04"), "dividend", 0.98, None, None),
        (pd.Timestamp("2026-08-05"), "dividend", 0.5, "USD", None),
        (pd.Timestamp("2026-08-06"), "split", None, None, 5.0),
    ]
    assert list(answer.bars["close"]) == list(CLOSES.values()), "neither is applied to a close"


def test_a_row_without_a_close_is_dropped_and_counted(fake):
    fake.replies["0700.HK"] = good("0700.HK", CLOSES | {"2026-08-05": None, "2026-08-07": None})
    answer = asking(fake).fetch(TENCENT)
    assert days_of(answer) == ["2026-08-03", "2026-08-04", "2026-08-06"]
    assert answer.note == "2 rows without a close left out"


@pytest.mark.parametrize(("hour", "kept"), [(7, 4), (8, 4), (9, 5)])
def test_the_bar_of_a_session_that_still_runs_is_not_given(fake, hour, kept):
    fake.replies["0700.HK"] = good("0700.HK", CLOSES)
    answer = asking(fake, datetime(2026, 8, 7, hour, 0, tzinfo=UTC)).fetch(TENCENT)
    assert len(answer.bars) == kept
    assert ("2026-08-07" in answer.note) == (kept == 4)


def test_a_new_york_bar_is_of_its_new_york_day_though_hong_kong_has_the_next(fake):
    fake.replies["BABA"] = good("BABA", CLOSES, exchange="NYQ", currency="USD")
    answer = asking(fake, datetime(2026, 8, 7, 23, 0, tzinfo=UTC)).fetch(
        Asked("BABA", "NYSE", "USD", date(2026, 8, 3))
    )
    assert days_of(answer) == list(CLOSES)
    assert answer.currency == "USD"


def test_no_bar_is_nothing_new_only_where_no_session_has_ended_since(fake):
    fake.replies["0700.HK"] = good("0700.HK", {})
    saturday, monday = (
        Asked("0700.HK", "HKEX", "HKD", date(2026, 8, 8)),
        datetime(2026, 8, 10, 7, 0, tzinfo=UTC),
    )
    assert asking(fake, monday).fetch(saturday).outcome is Outcome.NOTHING_NEW
    answer = asking(fake, datetime(2026, 8, 10, 9, 0, tzinfo=UTC)).fetch(saturday)
    assert answer.outcome is Outcome.PROVIDER_FAULT
    assert "1 sessions have ended since 2026-08-08" in answer.note
    assert asking(fake).fetch(Asked("0700.HK", "HKEX", "HKD")).outcome is Outcome.PROVIDER_FAULT


def test_a_rate_limit_is_waited_for_with_growing_pauses_and_the_answer_then_taken(fake):
    fake.replies["0700.HK"] = good("0700.HK", CLOSES)
    fake.limited_from, fake.limited_until, waited = 1, 6, []  # yfinance asks twice each time
    answer = asking(fake, waited=waited).fetch(TENCENT)
    assert answer.outcome is Outcome.GOT
    assert waited == [5, 10, 20]


@pytest.mark.system
def test_a_rate_limit_that_does_not_end_is_told_and_the_next_line_does_not_wait_again(fake):
    fake.replies |= {"0700.HK": good("0700.HK", CLOSES), "9988.HK": good("9988.HK", CLOSES)}
    fake.limited_from, waited = 2, []
    yahoo = asking(fake, waited=waited)
    assert yahoo.fetch(TENCENT).outcome is Outcome.GOT
    limited = yahoo.fetch(Asked("9988.HK", "HKEX", "HKD", date(2026, 8, 3)))
    shaped(limited)
    assert limited.outcome is Outcome.RATE_LIMITED
    assert limited.bars.empty
    assert waited == [5, 10, 20, 40, 80, 160]
    assert yahoo.fetch(TENCENT).outcome is Outcome.RATE_LIMITED
    assert len(waited) == 6
    fake.limited_from = None
    assert yahoo.fetch(TENCENT).outcome is Outcome.GOT


def test_a_ticker_is_unknown_only_by_yahoos_word_and_while_a_line_that_surely_exists_answers(fake):
    answer = asking(fake).fetch(Asked("0001.HK", "HKEX", "HKD"))
    assert answer.outcome is Outcome.UNKNOWN_TICKER
    assert "No data found, symbol may be delisted" in answer.note
    assert "MSFT answers" in answer.note
    assert json.loads(answer.raw)["chart"]["error"]["code"] == "Not Found", (
        "what is kept is the line's own answer, not the control's"
    )


@pytest.mark.parametrize(
    ("control", "outcome"),
    [
        (NOT_FOUND, Outcome.PROVIDER_FAULT),
        (HTML, Outcome.PROVIDER_FAULT),
        ((503, b""), Outcome.PROVIDER_FAULT),
        (TOO_MANY, Outcome.RATE_LIMITED),
        (good("MSFT", {}), Outcome.PROVIDER_FAULT),
    ],
)
def test_yahoos_delisted_is_not_believed_where_the_control_line_has_no_answer_either(
    fake, control, outcome
):
    fake.replies["MSFT"] = control
    assert asking(fake).fetch(Asked("0700.HK", "HKEX", "HKD")).outcome is outcome


WRONG = {
    "HTTP 503 of Yahoo": (503, b"Service Unavailable"),
    "HTTP 403 of Yahoo": (
        403,
        json.dumps(
            {"chart": {"result": None, "error": {"code": "Forbidden", "description": "no"}}}
        ).encode(),
    ),
    "HTML page": HTML,
    "HTML page in place of prices (HTTP 404)": (404, b"<html>404</html>"),
    "empty answer": (200, b""),
    "cut off or no chart": (200, good("0700.HK", CLOSES)[1][:300]),
    "cut off or no chart (HTTP 200, 2 bytes": (200, b"[]"),
    "no result and no reason": (200, b'{"chart": {"result": [], "error": null}}'),
    "answers for '9988.HK'": good("9988.HK", CLOSES),
    "Internal": (
        200,
        json.dumps(
            {
                "chart": {
                    "result": None,
                    "error": {"code": "Internal", "description": "Internal server error"},
                }
            }
        ).encode(),
    ),
}


@pytest.mark.parametrize("words", WRONG)
def test_what_is_no_chart_of_the_line_is_a_fault_of_the_provider_and_never_prices(fake, words):
    fake.replies["0700.HK"] = WRONG[words]
    answer = asking(fake).fetch(TENCENT)
    shaped(answer)
    assert answer.outcome is Outcome.PROVIDER_FAULT
    assert answer.bars.empty
    assert words in answer.note


@pytest.mark.parametrize(
    ("error", "outcome"),
    [
        (curl.exceptions.DNSError("Could not resolve host", 6), Outcome.OFFLINE),
        (curl.exceptions.ConnectionError("Could not connect", 7), Outcome.OFFLINE),
        (curl.exceptions.SSLError("Connection reset by peer", 35), Outcome.OFFLINE),
        (
            curl.exceptions.Timeout("Connection timed out after 10001 milliseconds", 28),
            Outcome.OFFLINE,
        ),
        (
            curl.exceptions.Timeout(
                "Operation timed out after 40000 milliseconds with 9 bytes received", 28
            ),
            Outcome.PROVIDER_FAULT,
        ),
        (curl.exceptions.ConnectionError("Recv failure", 56), Outcome.PROVIDER_FAULT),
        (curl.exceptions.IncompleteRead("transfer closed", 18), Outcome.PROVIDER_FAULT),
        (None, Outcome.PROVIDER_FAULT),
    ],
)
def test_no_way_to_yahoo_is_told_from_a_yahoo_that_does_not_finish(fake, error, outcome):
    yahoo = asking(fake)

    def request(*told, **more):
        if error:
            raise error
        raise RuntimeError("something else")

    yahoo.session.request = request
    assert yahoo.fetch(TENCENT).outcome is outcome


def test_a_connection_closed_without_an_answer_is_a_fault_of_the_provider(fake):
    fake.replies["0700.HK"] = (HANGS_UP, b"")
    answer = asking(fake).fetch(TENCENT)
    assert answer.outcome is Outcome.PROVIDER_FAULT
    assert "did not finish" in answer.note


@pytest.mark.parametrize("lacking", ["timestamp", "indicators"])
def test_a_chart_of_another_shape_is_a_fault_of_the_provider(fake, lacking):
    told = chart("0700.HK", CLOSES)
    del told["chart"]["result"][0][lacking]
    fake.replies["0700.HK"] = (200, json.dumps(told).encode())
    assert asking(fake).fetch(TENCENT).outcome is Outcome.PROVIDER_FAULT


@pytest.mark.system
def test_an_answer_that_drips_ends_by_the_clock(fake):
    fake.replies["0700.HK"], fake.drip = good("0700.HK", CLOSES), 0.05
    answer = asking(fake).fetch(TENCENT)
    assert answer.outcome is Outcome.PROVIDER_FAULT
    assert "did not finish" in answer.note
    assert answer.bars.empty


def test_without_a_network_every_line_is_offline_not_delisted_and_the_second_asks_once(
    fake, caplog
):
    yahoo = asking(fake)
    fake.shutdown()
    fake.server_close()
    calls, request = [], yahoo.session.request
    yahoo.session.request = lambda *told, **more: (calls.append(told), request(*told, **more))[1]
    first = yahoo.fetch(TENCENT)
    assert first.outcome is Outcome.OFFLINE
    assert "cannot be reached" in first.note
    assert "delisted" not in first.note
    calls.clear()
    assert yahoo.fetch(Asked("9988.HK", "HKEX", "HKD")).outcome is Outcome.OFFLINE
    assert len(calls) == 1
    assert caplog.text == "", "yfinance is silent"


def test_the_currency_is_yahoos_word_not_ours(fake):
    fake.replies["0700.HK"] = good("0700.HK", CLOSES, currency="CNY")
    answer = asking(fake).fetch(TENCENT)
    assert answer.outcome is Outcome.GOT
    assert answer.currency == "CNY"


def test_the_hang_seng_tech_index_is_not_asked_for_since_yahoo_has_none(fake):
    answer = asking(fake).fetch(Asked("HSTECH", "HKEX", "PTS"))
    assert answer.outcome is Outcome.UNKNOWN_TICKER
    assert "no history" in answer.note
    assert fake.asked == []


def test_exchange_rates_are_units_of_the_quote_and_todays_is_left_out(fake):
    fake.replies["CNYHKD=X"] = good(
        "CNYHKD=X", {"2026-08-05": 1.17, "2026-08-06": 1.18, "2026-08-07": 1.19}, exchange="CCY"
    )
    fake.replies["USDCNY=X"] = good(
        "CNY=X", {"2026-08-06": 6.7}, exchange="CCY", currency="CNY"
    )  # Yahoo's own name of it
    answer = asking(fake).rates("CNY", "HKD", date(2026, 8, 5))
    shaped(answer)
    assert (answer.ticker, answer.outcome, days_of(answer), list(answer.bars["close"])) == (
        "CNYHKD",
        Outcome.GOT,
        ["2026-08-05", "2026-08-06"],
        [1.17, 1.18],
    )
    assert asking(fake).rates("USD", "CNY", date(2026, 8, 5)).outcome is Outcome.GOT


# A folder of files --------------------------------------------------------------------------------

BARS = [("2026-08-03", 100.0), ("2026-08-04", 101.5), ("2026-08-05", 99.5)]


def folder_of(path: Path, universe=UNIVERSE, unadjusted=True, **texts) -> Files:
    for name, text in texts.items():
        (path / name).parent.mkdir(parents=True, exist_ok=True)
        (path / name).write_bytes(text if isinstance(text, bytes) else text.encode())
    return Files(path, universe, unadjusted, lambda: EVENING)


def one(path: Path, text, name: str = "0700.HK.csv", line: str = "0700.HK", unadjusted=True):
    answer = folder_of(path, unadjusted=unadjusted, **{name: text}).fetch(LINES[line])
    shaped(answer)
    return answer


SHAPES = {
    "plain": (
        "Date,Open,High,Low,Close,Volume\n2026-08-03,1,1,1,100,5\n2026-08-04,1,1,1,101.5,5\n"
        "2026-08-05,1,1,1,99.5,5\n"
    ),
    "lower case, other order, symbol": (
        "date,symbol,currency,open,close\n2026-08-03,0700.HK,HKD,1,100\n"
        "2026-08-04,0700.HK,HKD,1,101.5\n2026-08-05,0700.HK,HKD,1,99.5\n"
    ),
    "zone in the date": (
        "Date,Close\n2026-08-03 00:00:00+08:00,100\n2026-08-04 00:00:00+08:00,101.5\n"
        "2026-08-05 00:00:00+08:00,99.5\n"
    ),
    "midnight of Hong Kong in UTC": (
        "Date,Close\n2026-08-02 16:00:00+00:00,100\n2026-08-03 16:00:00+00:00,101.5\n"
        "2026-08-04T16:00:00Z,99.5\n"
    ),
    "seconds": "timestamp,close\n1785720600,100\n1785807000,101.5\n1785893400,99.5\n",
    "milliseconds at midnight UTC": (
        "timestamp,close\n1785715200000,100\n1785801600000,101.5\n1785888000000,99.5\n"
    ),
    "compact": "日期,收盘\n20260803,100\n20260804,101.5\n20260805,99.5\n",
    "named months": "Date,Close\n03-Aug-2026,100\n04-Aug-2026,101.5\n05-Aug-2026,99.5\n",
    "newest first": "Date,Close\n2026-08-05,99.5\n2026-08-04,101.5\n2026-08-03,100\n",
    "a byte order mark, CR LF": (
        b"\xef\xbb\xbfDate,Close\r\n2026-08-03,100\r\n2026-08-04,101.5\r\n2026-08-05,99.5\r\n"
    ),
    "semicolons and decimal commas": (
        "Date;Close;Volume\n2026-08-03;100,0;1.000\n2026-08-04;101,5;12.345.678\n"
        "2026-08-05;99,5;5\n"
    ),
    "tabs": "Date\tClose\n2026-08-03\t100\n2026-08-04\t101.5\n2026-08-05\t99.5\n",
    "thousands separators": (
        'Date,Close,Volume\n2026-08-03,100,"1,000"\n2026-08-04,101.5,"12,345,678"\n'
        '2026-08-05,99.5,"5"\n'
    ),
    "a title above": (
        "Tencent Holdings\n\nDate,Last Price\n2026-08-03,100\n2026-08-04,101.5\n2026-08-05,99.5\n"
    ),
    "three header lines of yfinance": (
        "Price,Close,High\nTicker,0700.HK,0700.HK\nDate,,\n2026-08-03,100,1\n"
        "2026-08-04,101.5,1\n2026-08-05,99.5,1\n"
    ),
    "a header in the middle, days twice": (
        "Date,Close\n2026-08-03,100\n2026-08-04,101.5\nDate,Close\n2026-08-04,101.5\n"
        "2026-08-05,99.5\n"
    ),
    "a short volume": (
        "Date,Price,Vol.\n2026-08-03,100,19.62M\n2026-08-04,101.5,1K\n2026-08-05,99.5,-\n"
    ),
    "records": json.dumps([{"date": day, "close": close, "ma5": 1} for day, close in BARS]),
    "records within": json.dumps(
        {"symbol": "0700.HK", "historical": [{"date": day, "close": close} for day, close in BARS]}
    ),
    "columns": json.dumps(
        {
            "name": "x",
            "dates": [day for day, _ in BARS],
            "close": [close for _, close in BARS],
            "pe": [1, 2, 3],
            "code": "00700",
        }
    ),
    "pandas by column": json.dumps(
        {"Close": {"1785715200000": 100, "1785801600000": 101.5, "1785888000000": 99.5}}
    ),
    "pandas by row": json.dumps({day: {"Close": close} for day, close in BARS}),
}


@pytest.mark.parametrize("shape", SHAPES)
def test_every_shape_in_which_vendors_write_the_same_three_closes_is_read(tmp_path, shape):
    text = SHAPES[shape]
    answer = one(
        tmp_path,
        text,
        "0700.HK.json" if isinstance(text, str) and text[0] in "[{" else "0700.HK.csv",
    )
    assert answer.outcome is Outcome.GOT, answer.note
    assert list(zip(days_of(answer), answer.bars["close"])) == BARS
    assert answer.raw == (text if isinstance(text, bytes) else text.encode())


def test_volumes_in_thousands_millions_and_european_writing(tmp_path):
    assert [
        None if pd.isna(v) else v for v in one(tmp_path, SHAPES["a short volume"]).bars["volume"]
    ] == [19_620_000, 1000, None]
    assert list(one(tmp_path, SHAPES["semicolons and decimal commas"]).bars["volume"]) == [
        1000,
        12_345_678,
        5,
    ]
    assert list(one(tmp_path, SHAPES["thousands separators"]).bars["volume"]) == [
        1000,
        12_345_678,
        5,
    ]


def test_equal_repeated_days_are_counted_and_different_ones_reject_the_file_with_both_lines(
    tmp_path,
):
    assert (
        "1 repeated row left out"
        in one(tmp_path, SHAPES["a header in the middle, days twice"]).note
    )
    answer = one(
        tmp_path, "Date,Close\n2026-08-03,100\n2026-08-04,101.5\nDate,Close\n2026-08-04,101.6\n"
    )
    assert answer.outcome is Outcome.PROVIDER_FAULT
    assert "lines 3 and 5 both say 2026-08-04, close 101.5 and 101.6" in answer.note
    assert answer.bars.empty


def test_day_first_dates_are_read_where_the_whole_file_tells_and_refused_where_it_does_not(
    tmp_path,
):
    assert days_of(one(tmp_path, "Date,Close\n03/08/2026,1\n31/07/2026,1\n")) == [
        "2026-07-31",
        "2026-08-03",
    ]
    assert days_of(one(tmp_path, "Date,Close\n08/03/2026,1\n07/31/2026,1\n")) == [
        "2026-07-31",
        "2026-08-03",
    ]
    assert "cannot be told apart" in one(tmp_path, "Date,Close\n03/08/2026,1\n04/08/2026,1\n").note
    assert "change places" in one(tmp_path, "Date,Close\n31/07/2026,1\n07/31/2026,1\n").note
    (tmp_path / "columns.csv").write_text("file,adjusted,currency,date_order\n*,no,HKD,dmy\n")
    answer = one(tmp_path, "Date,Close\n03/08/2026,1\n04/08/2026,1\n", unadjusted=False)
    assert days_of(answer) == ["2026-08-03", "2026-08-04"]
    assert answer.currency == "HKD"


REFUSED = {
    "line 3: close 'abc' is no number": "Date,Close\n2026-08-03,100\n2026-08-04,abc\n",
    "line 3: close 'inf' is no number": "Date,Close\n2026-08-03,100\n2026-08-04,inf\n",
    "line 2: close '1_00' is no number": "Date,Close\n2026-08-03,1_00\n",
    "line 2: close '５１２' is no number": "Date,Close\n2026-08-03,５１２\n",
    "beyond all numbers": "Date,Close\n2026-08-03,1e999\n",
    "'1,512' may be a thousand or a decimal": 'Date,Close\n2026-08-03,"1,512"\n',
    "line 3: 3 fields, the header has 2": "Date,Close\n2026-08-03,100\n2026-08-04,1,512.5\n",
    "line 3: 1 fields, the header has 2": "Date,Close\n2026-08-03,100\n2026-0",
    "two columns for close: 'Close' and 'Last'": "Date,Close,Last\n2026-08-03,100,100\n",
    "line 2: date '2026-02-30' is no date": "Date,Close\n2026-02-30,100\n",
    "lies in the future": "Date,Close\n2062-02-20,100\n",
    "lies before 1980": "Date,Close\n0226-02-20,100\n",
    "line 2: date '46346' is no date": "Date,Close\n46346,100\n",
    "3 of 3 dates fall on a weekend": (
        "Date,Close\n2026-08-01,100\n2026-08-02,100\n2026-07-26,100\n"
    ),
    "no header with a date and a close": "a,b\n1,2\n",
    "a header and no rows": "Date,Close\n",
    "it is empty": "",
    "an HTML page": "<html>Too Many Requests</html>",
    "it is UTF-16": "Date,Close\n2026-08-03,100\n".encode("utf-16"),
    "not UTF-8 at byte 0": "日期,收盘\n2026-08-03,100\n".encode("gb18030"),
    "a NUL byte at byte 16": b"Date,Close\n2026-\x00-03,100\n",
    "unexpected end of data": 'Date,Close\n2026-08-03,"100\n',
    "no row of it has a close": "Date,Close\n2026-08-03,\n",
    "its column of symbols 9988.HK": "Date,Symbol,Close\n2026-08-03,9988.HK,100\n",
    "more than one symbol in one file": (
        "Date,Symbol,Close\n2026-08-03,0700.HK,100\n2026-08-03,9988.HK,100\n"
    ),
    "more than one currency in one file": (
        "Date,Currency,Close\n2026-08-03,HKD,100\n2026-08-04,USD,100\n"
    ),
}


@pytest.mark.parametrize("words", REFUSED)
def test_a_file_that_is_wrong_is_refused_whole_naming_line_and_value(tmp_path, words):
    answer = one(tmp_path, REFUSED[words])
    assert answer.outcome is Outcome.PROVIDER_FAULT
    assert answer.bars.empty
    assert words in answer.note


@pytest.mark.parametrize(
    "words",
    [
        "no JSON, or cut off",
        "without prices, or cut off",
        "2 dates and 1 values of close",
        "neither records nor columns",
        "no date and close in it",
    ],
)
def test_json_that_is_wrong_is_refused(tmp_path, words):
    text = {
        "no JSON, or cut off": '{"dates": ["2026-08',
        "without prices, or cut off": '{"chart": {"result": null}}',
        "2 dates and 1 values of close": '{"date": ["2026-08-03", "2026-08-04"], "close": [1]}',
        "neither records nor columns": "[1, 2]",
        "no date and close in it": '{"date": ["2026-08-03"]}',
    }[words]
    assert words in one(tmp_path, text, "0700.HK.json").note


def test_every_fault_of_a_file_up_to_three_is_named_in_one_pass(tmp_path):
    note = one(
        tmp_path, "Date,Close\n" + "".join(f"2026-08-0{day},x{day}\n" for day in range(3, 8))
    ).note
    assert "line 2: close 'x3'" in note
    assert "line 4: close 'x5'" in note
    assert "and 2 more" in note
    assert "'x6'" not in note


def test_a_last_line_without_its_end_loses_its_last_value_since_it_may_be_cut_off(tmp_path):
    assert days_of(one(tmp_path, "Date,Close\n2026-08-03,100\n2026-08-04,51")) == ["2026-08-03"]
    assert days_of(one(tmp_path, "Close,Date\n100,2026-07-31\n101,2026-08-1")) == ["2026-07-31"]
    answer = one(tmp_path, "Date,Close,Volume\n2026-08-03,100,5\n2026-08-04,51,7")
    assert list(answer.bars["close"]) == [100, 51]
    assert pd.isna(answer.bars["volume"].iloc[-1])
    assert "may be cut off" in answer.note


def test_prices_of_a_moment_within_a_session_are_told_from_bars_by_their_time(tmp_path):
    days = pd.bdate_range("2026-06-01", "2026-08-04").strftime("%Y-%m-%d")
    text = (
        "Date,Close\n"
        + "".join(f"{day} 13:30:00,80\n" for day in days)
        + "2026-08-05 16:54:46,81\n"
    )
    answer = one(tmp_path, text, "BABA.csv", "BABA")
    assert days_of(answer)[-1] == "2026-08-04"
    assert "1 row of a moment within a session left out (2026-08-05 16:54:46)" in answer.note


def test_rows_flagged_as_unreliable_are_dropped_and_counted(tmp_path):
    answer = one(
        tmp_path,
        (
            "date,open,high,low,close,volume,currency,flag\n2026-08-03,1,1,1,100,5,HKD,\n"
            "2026-08-04,1,1,1,101,0,HKD,close_unreliable\n2026-08-05,,,,99,,HKD,close_only\n"
        ),
        unadjusted=False,
    )
    assert days_of(answer) == ["2026-08-03", "2026-08-05"]
    assert "1 row flagged close_unreliable left out" in answer.note
    assert answer.currency == "HKD"


def test_a_bar_of_the_session_in_which_the_file_was_written_is_left_out(tmp_path):
    (tmp_path / "0700.HK.csv").write_text(SHAPES["plain"])
    for hour, last in ((7, "2026-08-04"), (9, "2026-08-05")):
        written = datetime(2026, 8, 5, hour, tzinfo=UTC).timestamp()
        os.utime(tmp_path / "0700.HK.csv", (written, written))
        answer = folder_of(tmp_path).fetch(LINES["0700.HK"])
        assert days_of(answer)[-1] == last
        assert ("had ended" in answer.note) == (hour == 7)


def test_a_file_that_may_not_be_read_and_one_that_holds_anything_are_refused(tmp_path):
    folder = folder_of(
        tmp_path,
        **{
            "0700.HK.json": "[" * 100_000,
            "BABA.csv": SHAPES["plain"],
            "SE.csv": ",,,\n",
            "9988.HK.csv": SHAPES["plain"],
        },
    )
    (tmp_path / "9988.HK.csv").unlink()
    assert "cannot be read" in folder.fetch(LINES["9988.HK"]).note
    assert folder.fetch(LINES["9988.HK"]).outcome is Outcome.PROVIDER_FAULT
    assert folder.fetch(LINES["0700.HK"]).outcome is Outcome.PROVIDER_FAULT
    assert "it is empty" in folder.fetch(LINES["SE"]).note
    assert folder.fetch(LINES["BABA"]).outcome is Outcome.GOT


def test_only_what_was_asked_for_is_given_and_nothing_later_is_nothing_new(tmp_path):
    folder = folder_of(tmp_path, **{"0700.HK.csv": SHAPES["plain"]})
    assert days_of(folder.fetch(Asked("0700.HK", "HKEX", "HKD", date(2026, 8, 4)))) == [
        "2026-08-04",
        "2026-08-05",
    ]
    nothing = folder.fetch(Asked("0700.HK", "HKEX", "HKD", date(2026, 8, 6)))
    assert nothing.outcome is Outcome.NOTHING_NEW
    assert nothing.bars.empty


def test_a_file_is_read_once_however_often_it_is_asked_for(tmp_path, monkeypatch):
    folder = folder_of(tmp_path, **{"0700.HK.csv": SHAPES["plain"]})
    read = []
    monkeypatch.setattr(
        files,
        "read_file",
        lambda *told: (
            read.append(told[0]),
            Read(told[0], provider.no_bars(), provider.no_actions(), None, None, False, "", ()),
        )[1],
    )
    folder.fetch(LINES["0700.HK"]), folder.fetch(TENCENT)
    assert len(read) == 1


NAMES = {
    "0700.HK": [
        "0700.HK.csv",
        "00700.csv",
        "700.csv",
        "HK.00700.csv",
        "0700_HK.csv",
        "700 HK.csv",
        "0700.HK__zjplab.csv",
        "00700_daily.csv",
        "80700.csv",
        "Tencent.csv",
        "腾讯.csv",
        "0700.HK_2024-01-01_2026-08-21.csv",
        "sub/0700.HK.csv",
    ],
    "BABA": ["BABA.csv", "baba.csv", "BABA.N.csv", "US.BABA.csv", "BABA_daily.csv"],
    "^HSI": ["HSI.csv", "^HSI.csv", "HSI.HI.csv"],
    "HSTECH": ["HSTECH.csv", "HSTECH.HK.csv"],
}


@pytest.mark.parametrize(
    ("ticker", "name"), [(ticker, name) for ticker, names in NAMES.items() for name in names]
)
def test_a_files_name_is_a_ticker_in_any_spelling_that_people_use(tmp_path, ticker, name):
    assert folder_of(tmp_path, **{name: SHAPES["plain"]}).tickers() == [ticker]


@pytest.mark.parametrize(
    "name",
    [
        "0001.HK.csv",
        "SE_Asia.csv",
        "TENCENTX.csv",
        "notes.txt",
        "7000.csv",
        "ABCDEF.csv",
        "HKDHKD.csv",
    ],
)
def test_a_file_of_no_ticker_of_ours_is_listed_with_near_ones_and_not_used(tmp_path, name):
    folder = folder_of(tmp_path, **{name: SHAPES["plain"]})
    (answer,) = folder.unknown()
    shaped(answer)
    assert folder.tickers() == folder.pairs() == []
    assert answer.outcome is Outcome.UNKNOWN_TICKER
    assert name in answer.note


def test_an_unknown_file_says_what_may_be_meant(tmp_path):
    (answer,) = folder_of(tmp_path, **{"0700.HKG.csv": SHAPES["plain"]}).unknown()
    assert "near: 0700.HK" in answer.note


def test_a_file_whose_name_says_nothing_is_placed_by_its_own_symbols(tmp_path):
    assert folder_of(
        tmp_path, **{"export.csv": SHAPES["lower case, other order, symbol"]}
    ).tickers() == ["0700.HK"]


def test_two_files_of_one_line_are_not_chosen_between(tmp_path):
    answer = folder_of(
        tmp_path, **{"0700.HK.csv": SHAPES["plain"], "00700.csv": SHAPES["plain"]}
    ).fetch(LINES["0700.HK"])
    assert answer.outcome is Outcome.PROVIDER_FAULT
    assert "00700.csv, 0700.HK.csv" in answer.note
    assert folder_of(tmp_path / "none").fetch(LINES["0700.HK"]).outcome is Outcome.UNKNOWN_TICKER


def test_six_letters_of_two_currencies_are_an_exchange_rate_and_the_other_way_round_is_turned(
    tmp_path,
):
    folder = folder_of(tmp_path, **{"USDHKD.csv": "date,close\n2026-08-03,7.8\n2026-08-04,8\n"})
    assert folder.pairs() == [("USD", "HKD")]
    assert folder.tickers() == []
    answer, turned = (
        folder.rates("USD", "HKD", date(2026, 8, 4)),
        folder.rates("HKD", "USD", date(2026, 8, 4)),
    )
    shaped(answer), shaped(turned)
    assert list(answer.bars["close"]) == [8]
    assert list(turned.bars["close"]) == [0.125]
    assert "one over USDHKD" in turned.note
    assert folder.rates("CNY", "HKD", date(2026, 8, 4)).outcome is Outcome.UNKNOWN_TICKER


# Adjusted or not ----------------------------------------------------------------------------------


def series(seed: int, line: str, pays: float, days: int = 600) -> pd.DataFrame:
    """A line's closes on ticks of its exchange, with a dividend each hundred sessions, and what
    adjusting makes of them.
    """
    chance = np.random.default_rng(seed)
    step = 0.2 if line == "0700.HK" else 0.01
    paying = np.arange(days) % 100 == 50
    close = (
        np.round(
            300
            * np.exp(np.cumsum(chance.normal(pays / 100, 0.006, days) + paying * np.log(1 - pays)))
            / step
        )
        * step
    )
    dividend = np.where(paying, np.round(np.roll(close, 1) * pays, 2), 0.0)
    factor = 1 - dividend / np.concatenate(([np.inf], close[:-1]))
    later = np.concatenate((np.cumprod(factor[::-1])[::-1][1:], [1.0]))
    return pd.DataFrame(
        {
            "Date": pd.bdate_range("2024-01-02", periods=days).strftime("%Y-%m-%d"),
            "Close": close,
            "Adjusted": close * later,
            "Dividends": dividend,
            "Stock Splits": 0.0,
        }
    )


def told(path: Path, frame: pd.DataFrame, line: str, unadjusted: bool = False) -> Read:
    return _read(
        folder_of(path, unadjusted=unadjusted, **{f"{line}.csv": frame.to_csv(index=False)}), line
    )


def _read(folder: Files, line: str, number: int = 0) -> Read | Unusable:
    return folder._read(folder.of_ticker[line][number], LINES[line])


@pytest.mark.system
@pytest.mark.parametrize("line", ["0700.HK", "BABA"])
@pytest.mark.parametrize("pays", [0.002, 0.01, 0.03])
@pytest.mark.few(3)
def test_yfinances_adjusted_shape_is_told_from_the_same_unadjusted_by_the_closes_around_ex_dates(
    tmp_path, line, pays
):
    for seed in range(10):
        frame = series(seed, line, pays)
        adjusted = frame.assign(Close=frame["Adjusted"].astype("float32").astype("float64")).drop(
            columns="Adjusted"
        )
        unadjusted = frame.assign(Close=frame["Close"].astype("float32").astype("float64")).drop(
            columns="Adjusted"
        )
        assert told(tmp_path, adjusted, line).adjusted is True
        assert told(tmp_path, unadjusted, line).adjusted is False


@pytest.mark.system
@pytest.mark.parametrize("line", ["0700.HK", "BABA"])
@pytest.mark.parametrize("digits", [2, 3, 4])
@pytest.mark.few(3)
def test_closes_rounded_by_a_vendor_are_told_rightly_or_not_at_all(tmp_path, line, digits):
    right = 0
    for seed in range(10):
        frame = series(seed, line, 0.01)
        adjusted = told(
            tmp_path,
            frame.assign(Close=frame["Adjusted"].round(digits)).drop(columns="Adjusted"),
            line,
        ).adjusted
        unadjusted = told(
            tmp_path,
            frame.assign(Close=frame["Close"].round(digits)).drop(columns="Adjusted"),
            line,
        ).adjusted
        assert adjusted is not False
        assert unadjusted is not True
        right += adjusted is True
    assert right == 10 or (digits == 2 and line == "BABA")


def test_a_dividends_column_without_any_says_unadjusted_only_where_the_closes_lie_on_ticks(
    tmp_path,
):
    frame = series(5, "0700.HK", 0.01).assign(Dividends=0.0)
    assert told(tmp_path, frame.drop(columns="Adjusted"), "0700.HK").adjusted is False
    assert (
        told(
            tmp_path,
            frame.assign(Close=frame["Adjusted"]).drop(columns="Adjusted").head(500),
            "0700.HK",
        ).adjusted
        is None
    ), "one paid after its last day has adjusted it"


def test_what_cannot_be_told_is_not_used_and_the_note_says_how_to_declare_it(tmp_path):
    answer = one(tmp_path, SHAPES["plain"], unadjusted=False)
    assert answer.outcome is Outcome.PROVIDER_FAULT
    assert answer.bars.empty
    assert "cannot be told" in answer.note
    assert "columns.csv" in answer.note
    assert "--unadjusted" in answer.note


def test_adjusted_closes_are_no_price_and_stand_in_their_own_column(tmp_path):
    frame = series(1, "0700.HK", 0.01)
    answer = one(
        tmp_path,
        frame.assign(Close=frame["Adjusted"]).drop(columns="Adjusted").to_csv(index=False),
        unadjusted=False,
    )
    assert answer.outcome is Outcome.PROVIDER_FAULT
    assert "adjusted for dividends" in answer.note
    assert answer.bars["close"].isna().all()
    assert answer.bars["adj_close"].notna().all()
    only = one(tmp_path, "date,adj_close\n2026-08-03,100\n")
    assert only.outcome is Outcome.PROVIDER_FAULT
    assert "having an adjusted close only" in only.note
    assert only.bars["close"].isna().all()
    assert list(only.bars["adj_close"]) == [100]


def test_unadjusted_by_option_or_pattern_is_rejected_between_ticks_and_by_name_accepted(
    tmp_path,
):
    frame = series(2, "0700.HK", 0.01)
    adjusted = frame.assign(Close=frame["Adjusted"])[["Date", "Close"]]
    assert told(tmp_path, adjusted, "0700.HK", unadjusted=True).adjusted is None
    answer = one(tmp_path, adjusted.to_csv(index=False))
    assert answer.outcome is Outcome.PROVIDER_FAULT
    assert "lie between the ticks" in answer.note
    (tmp_path / "columns.csv").write_text("file,adjusted\n*.csv,no\n")
    assert one(tmp_path, adjusted.to_csv(index=False)).outcome is Outcome.PROVIDER_FAULT
    (tmp_path / "columns.csv").write_text("file,adjusted\n*.csv,yes\n0700.HK.csv,no\n")
    believed = one(tmp_path, adjusted.to_csv(index=False))
    assert believed.outcome is Outcome.GOT
    assert "lie between the ticks" in believed.note
    assert told(tmp_path, frame[["Date", "Close"]], "0700.HK").adjusted is False


def test_a_split_is_no_sign_of_adjusting(tmp_path):
    frame = series(3, "0700.HK", 0.0)[["Date", "Close"]]
    split = frame.assign(Close=np.where(frame.index < 380, frame["Close"] / 5, frame["Close"]))
    assert told(tmp_path, split, "0700.HK", unadjusted=True).adjusted is False


def test_an_adj_close_beside_close_says_unadjusted_unless_close_is_adjusted_too(tmp_path):
    frame = series(4, "BABA", 0.01).rename(columns={"Adjusted": "Adj Close"})[
        ["Date", "Close", "Adj Close"]
    ]
    read = told(tmp_path, frame, "BABA")
    assert read.adjusted is False
    assert np.allclose(read.bars["adj_close"], frame["Adj Close"])
    assert told(tmp_path, frame.assign(Close=frame["Adj Close"]), "BABA").adjusted is None


def test_an_index_has_no_dividends_to_adjust_for(tmp_path):
    assert (
        one(
            tmp_path, "Date,Close\n2026-08-03,25012.37\n", "HSI.csv", "^HSI", unadjusted=False
        ).outcome
        is Outcome.GOT
    )


def test_a_raw_answer_of_yahoo_is_a_file_like_another(tmp_path):
    answer = one(
        tmp_path,
        good("0700.HK", CLOSES, dividends={"2026-08-04": {"amount": 1.5}})[1],
        "0700.HK.json",
        unadjusted=False,
    )
    assert answer.outcome is Outcome.GOT
    assert days_of(answer) == list(CLOSES)
    assert answer.currency == "HKD"
    assert list(answer.actions["amount"]) == [1.5]


@pytest.mark.parametrize("line", ["*,maybe,,", ",no,,", "*,no,,ddmm"])
def test_a_declaration_that_says_nothing_is_refused_by_its_line(tmp_path, line):
    (tmp_path / "columns.csv").write_text(f"file,adjusted,currency,date_order\n{line}\n")
    with pytest.raises(ValueError, match="columns.csv:2"):
        Files(tmp_path, UNIVERSE)


@pytest.mark.system
def test_two_thousand_spoilt_files_are_read_with_closes_that_stand_in_them_or_refused(tmp_path):
    """No spoiling of a good file lets through a close that stands in no line of it."""
    chance, path = random.Random(20261124), tmp_path / "0700.HK.csv"
    good_text = "Date,Open,Close,Volume\n" + "".join(
        f"2026-0{month}-{day:02},{100 + day}.5,{100 + day},{day * 1000}\n"
        for month in (6, 7)
        for day in range(1, 29)
        if date(2026, month, day).weekday() < 5
    )
    used = refused = 0
    for _ in range(2_000):
        text = bytearray(good_text.encode())
        for _ in range(chance.randint(1, 3)):
            at = chance.randrange(len(text))
            kind = chance.randrange(4)
            if kind == 0:
                del text[at : at + chance.randint(1, 12)]
            elif kind == 1:
                text[at:at] = chance.choice(
                    [b",", b"\n", b'"', b"\x00", b"\xff", b"x", b"-", b" ", b"\r", b";"]
                )
            elif kind == 2:
                del text[at:]
            else:
                text[at] = chance.randrange(33, 127)
            if not text:
                break
        path.write_bytes(bytes(text))
        try:
            read = files.read_file(
                path, LINES["0700.HK"], files.Declared("", adjusted=False), date(2026, 8, 7)
            )
        except Unusable:
            refused += 1
            continue
        used += 1
        cells = {
            cell.strip().strip('"')
            for line in bytes(text).decode("utf-8-sig").splitlines()
            for cell in line.replace(";", ",").split(",")
        }
        assert all(
            any(cell_is(cell, close) for cell in cells) for close in read.bars["close"].dropna()
        )
    assert used + refused == 2_000
    assert used > 100
    assert refused > 100


def cell_is(cell: str, value: float) -> bool:
    try:
        return float(cell) == value
    except ValueError:
        return False


# The real files -----------------------------------------------------------------------------------

ROWS = {
    row["ticker"]: row
    for row in csv.DictReader((CURATED / "companies.csv").read_text("utf-8").splitlines())
}
ALIASES = list(csv.DictReader((CURATED / "aliases.csv").read_text("utf-8").splitlines()))
OURS = {ticker: [row["alias"] for row in ALIASES if row["ticker"] == ticker] for ticker in ROWS}
# What each vendor file is: True adjusted, False not, None cannot be told by its columns. Judged
# against daily/, which holds the traded price.
VENDOR = {
    "0700.HK__tonyleung.csv": None,
    "0700.HK__zjplab.csv": True,
    "1024.HK__zjplab.csv": True,
    "1698.HK__luciusneo1017.csv": None,
    "3690.HK__zjplab.csv": False,
    "3888.HK__luciusneo1017.csv": None,
    "9988.HK__tonyleung.csv": None,
    "9988.HK__zjplab.csv": True,
    "9999.HK__zjplab.csv": True,
    "BABA__dieperdev.csv": False,
    "BABA__fleporquier.csv": None,
    "BABA__koiwest.csv": None,
    "BABA__ramadhanep.csv": None,
    "BABA__zoomies_adjclose.csv": True,
    "HSI__hjyssg.csv": False,
    "HSI__zedmon3tr.json": False,
    "HSTECH__zedmon3tr.json": False,
    "KWEB__landonio.csv": False,
    "PDD__growwanalysis.csv": False,
}


def asked(ticker: str) -> Asked:
    return Asked(ticker, ROWS[ticker]["exchange"], ROWS[ticker]["price_currency"])


@pytest.fixture(scope="module")
def daily() -> Files:
    if not (MARKET / "daily").is_dir():
        pytest.skip("no market files here: HARBOURVIEW_MARKET names no folder with daily/")
    return Files(MARKET / "daily", OURS)


@lru_cache(maxsize=2)
def vendor(**more) -> dict[str, Read]:
    if not (MARKET / "vendor").is_dir():
        pytest.skip("no market files here: HARBOURVIEW_MARKET names no folder with vendor/")
    folder = Files(MARKET / "vendor", OURS, **more)
    assert folder.unknown() == []
    return {
        path.name: folder._read(path, asked(ticker))
        for ticker, paths in folder.of_ticker.items()
        for path in paths
    }


@pytest.mark.system
def test_every_daily_file_is_read_whole_as_unadjusted(daily):
    assert daily.unknown() == []
    assert daily.pairs() == [("HKD", "CNY"), ("USD", "CNY"), ("USD", "HKD")]
    for ticker in daily.tickers():
        answer = daily.fetch(asked(ticker))
        shaped(answer)
        assert (
            answer.outcome is Outcome.GOT and answer.currency == ROWS[ticker]["price_currency"]
        ), answer.note
        rows = list(csv.DictReader(daily.of_ticker[ticker][0].read_text("utf-8").splitlines()))
        assert list(zip(days_of(answer), answer.bars["close"])) == [
            (row["date"], float(row["close"])) for row in rows if row["flag"] != "close_unreliable"
        ]
    for base, quote in daily.pairs():
        assert daily.rates(base, quote, date(2000, 1, 1)).outcome is Outcome.GOT


@pytest.mark.system
def test_every_vendor_file_is_told_for_what_it_is():
    found = vendor()
    assert {name: read.adjusted for name, read in found.items()} == VENDOR
    assert all(len(read.bars) > 90 for read in found.values())


def off_daily(read: Read, daily: Files, column: str) -> pd.Series:
    """How far a vendor's closes are from the traded ones, in percent, on the days that both
    have.
    """
    ticker = next(
        ticker
        for ticker in daily.tickers()
        if read.path.name.startswith(ticker.removeprefix("^") + "__")
    )
    both = read.bars.merge(
        daily.fetch(asked(ticker)).bars[["date", "close"]].rename(columns={"close": "traded"}),
        on="date",
    )
    assert len(both) > 90
    return ((both[column] / both["traded"] - 1).abs() * 100).dropna()


@pytest.mark.system
def test_vendor_closes_taken_for_unadjusted_are_those_really_traded(daily):
    """Declared or told; a vendor slips on one day in three hundred at most, and none of these files
    is off by a dividend for a year.
    """
    used = {name: read for name, read in vendor(unadjusted=True).items() if read.adjusted is False}
    assert set(used) == {name for name, adjusted in VENDOR.items() if adjusted is False} | {
        "0700.HK__tonyleung.csv",
        "9988.HK__tonyleung.csv",
        "BABA__ramadhanep.csv",
    }
    for name, read in used.items():
        off = off_daily(read, daily, "close")
        assert off.median() < 0.001 and (off > 0.1).mean() < 1 / 300 + 1 / len(off), name


@pytest.mark.system
def test_no_adjusted_vendor_file_passes_for_unadjusted_not_even_where_the_whole_folder_is_declared(
    daily,
):
    found = vendor(unadjusted=True)
    for name in (
        "1698.HK__luciusneo1017.csv",
        "3888.HK__luciusneo1017.csv",
        "BABA__fleporquier.csv",
        "BABA__koiwest.csv",
    ):
        assert found[name].adjusted is None
        assert "lie between the ticks" in found[name].how
        assert off_daily(found[name], daily, "close").median() > 0.2, "it is adjusted indeed"
    for name, adjusted in VENDOR.items():
        assert not adjusted or found[name].adjusted is True, (
            "what the columns tell goes before the option"
        )


@pytest.mark.system
def test_the_vendor_with_one_snapshot_in_each_of_thirteen_blocks_gives_its_249_bars():
    read = vendor()["BABA__ramadhanep.csv"]
    assert len(read.bars) == 249
    assert read.notes[0].startswith(
        "13 rows of a moment within a session left out (2025-03-10 16:54:46"
    )
    assert read.notes[1] == "2988 repeated rows left out"


def test_yahoos_recorded_answers_are_read_as_files(tmp_path):
    if not (MARKET / "fixtures").is_dir():
        pytest.skip("no market files here: HARBOURVIEW_MARKET names no folder with fixtures/")
    for path, closes in (
        (MARKET / "fixtures" / "yahoo_chart_0700.HK_5d_2026-08-07.json", 5),
        (MARKET / "fixtures" / "SYNTHETIC_yahoo_chart_0700.HK_with_dividend_event.json", 6),
    ):
        folder = folder_of(
            tmp_path / path.stem, OURS, unadjusted=False, **{path.name: path.read_bytes()}
        )
        assert folder.tickers() == ["0700.HK"]
        assert len(folder.fetch(asked("0700.HK")).bars) == closes


def test_yahoos_recorded_answer_is_read_through_yfinance(fake):
    path = MARKET / "fixtures" / "yahoo_chart_0700.HK_5d_2026-08-07.json"
    if not path.exists():
        pytest.skip("no market files here: HARBOURVIEW_MARKET names no folder with fixtures/")
    fake.replies["0700.HK"] = (200, path.read_bytes())
    for line in (TENCENT, LINES["0700.HK"]):
        answer = asking(fake).fetch(line)
        shaped(answer)
        assert answer.outcome is Outcome.GOT
        assert len(answer.bars) == 5
        assert round(answer.bars["close"].iloc[-1], 2) == 478.8
        assert answer.bars["adj_close"].isna().all()


# akshare ------------------------------------------------------------------------------------------


def sina(closes: dict[str, float], **more) -> pd.DataFrame:
    """The shape of akshare's stock_hk_daily: floats, the day as a date object."""
    return pd.DataFrame(
        {
            "open": 1.0,
            "high": 1.0,
            "low": 1.0,
            "close": list(closes.values()),
            "volume": 1000.0,
            **more,
        }
        | {"date": [date.fromisoformat(day) for day in closes]},
        index=range(len(closes)),
    )


def boc(days: list[str], parity: list[float | None]) -> pd.DataFrame:
    """The shape of akshare's currency_boc_sina."""
    return pd.DataFrame(
        {
            "日期": [date.fromisoformat(day) for day in days],
            "中行汇买价": 1.0,
            "中行钞买价": 1.0,
            "中行钞卖价/汇卖价": 1.0,
            "央行中间价": parity,
            "中行折算价": 1.0,
        }
    )


def raising(error: Exception):
    def answer(**ignored):
        raise error

    return answer


def akshare_of(
    now: datetime = EVENING, splits=None, waited=None, longest: float = 5.0, **functions
) -> Akshare:
    def asked(name: str):
        reply = functions[name]
        return (
            reply
            if callable(reply)
            else lambda **arguments: (calls.append((name, arguments)), reply)[1]
        )

    calls: list = []
    module = types.SimpleNamespace(
        __version__="1.19.5", calls=calls, **{name: asked(name) for name in functions}
    )
    return Akshare(
        splits,
        module,
        (waited if waited is not None else []).append,
        lambda: 1.0,
        lambda: now,
        longest,
    )


def test_akshare_gives_hong_kong_closes_unadjusted_by_sinas_five_digits():
    provider_of = akshare_of(stock_hk_daily=sina(CLOSES))
    answer = provider_of.fetch(Asked("0700.HK", "HKEX", "HKD", date(2026, 8, 4)))
    shaped(answer)
    assert provider_of.module.calls == [("stock_hk_daily", {"symbol": "00700", "adjust": ""})]
    assert answer.outcome is Outcome.GOT
    assert days_of(answer) == list(CLOSES)[1:]
    assert answer.bars["adj_close"].isna().all()
    assert answer.raw
    assert answer.raw_name == "0700.HK.csv"
    assert provider_of.version == "akshare 1.19.5"


def test_akshare_has_the_indices_and_new_york_under_their_own_functions():
    provider_of = akshare_of(stock_hk_index_daily_sina=sina(CLOSES), stock_us_daily=sina(CLOSES))
    for line in (
        Asked("HSTECH", "HKEX", "PTS"),
        Asked("^HSI", "HKEX", "PTS"),
        Asked("BABA", "NYSE", "USD"),
    ):
        assert provider_of.fetch(line).outcome is Outcome.GOT
    assert provider_of.module.calls == [
        ("stock_hk_index_daily_sina", {"symbol": "HSTECH"}),
        ("stock_hk_index_daily_sina", {"symbol": "HSI"}),
        ("stock_us_daily", {"symbol": "BABA", "adjust": ""}),
    ]


def test_a_running_session_and_rows_without_a_close_are_left_out_of_akshares_too():
    answer = akshare_of(
        datetime(2026, 8, 7, 7, 0, tzinfo=UTC),
        stock_hk_daily=sina(CLOSES | {"2026-08-05": float("nan")}),
    ).fetch(TENCENT)
    assert days_of(answer) == ["2026-08-03", "2026-08-04", "2026-08-06"]
    assert "1 row(s) without a close" in answer.note
    assert "2026-08-07" in answer.note


def test_a_known_split_is_undone_only_where_the_closes_step_by_it():
    splits = {"0700.HK": [(date(2026, 8, 5), 5.0)]}
    stepped = {"2026-08-03": 500.0, "2026-08-04": 505.0, "2026-08-05": 100.0, "2026-08-06": 101.0}
    undone = akshare_of(splits=splits, stock_hk_daily=sina(stepped)).fetch(TENCENT)
    assert list(undone.bars["close"]) == [100, 101, 100, 101]
    assert list(undone.bars["volume"]) == [5000, 5000, 1000, 1000]
    assert "undone" in undone.note
    smooth = akshare_of(splits=splits, stock_hk_daily=sina(CLOSES)).fetch(TENCENT)
    assert list(smooth.bars["close"]) == list(CLOSES.values())
    assert "no step of 5" in smooth.note


class ConnectionError_(OSError):
    pass


ConnectionError_.__name__ = "ConnectionError"


@pytest.mark.parametrize(
    ("error", "outcome"),
    [
        (ConnectionError_("no route"), Outcome.OFFLINE),
        (TimeoutError("read timed out"), Outcome.PROVIDER_FAULT),
        (IndexError("list index out of range"), Outcome.PROVIDER_FAULT),
        (ValueError("HTTP 456"), Outcome.RATE_LIMITED),
    ],
)
def test_what_akshare_raises_is_an_outcome(error, outcome):
    waited: list[float] = []
    answer = akshare_of(stock_hk_daily=raising(error), waited=waited).fetch(TENCENT)
    shaped(answer)
    assert answer.outcome is outcome
    assert waited == ([5, 10, 20] if outcome is Outcome.RATE_LIMITED else [])


def test_akshare_that_hangs_ends_by_the_clock():
    never = threading.Event()
    answer = akshare_of(longest=0.05, stock_hk_daily=lambda **ignored: never.wait(30)).fetch(
        TENCENT
    )
    never.set()
    assert answer.outcome is Outcome.PROVIDER_FAULT
    assert "within" in answer.note


def test_no_rows_of_akshare_are_an_unknown_ticker_only_while_another_line_has_some():
    known = akshare_of(
        stock_hk_daily=lambda symbol, adjust: sina(CLOSES) if symbol == "00001" else pd.DataFrame()
    ).fetch(TENCENT)
    assert known.outcome is Outcome.UNKNOWN_TICKER
    assert "0001.HK" in known.note
    assert (
        akshare_of(stock_hk_daily=pd.DataFrame()).fetch(TENCENT).outcome is Outcome.PROVIDER_FAULT
    )
    assert (
        akshare_of(stock_hk_daily=pd.DataFrame({"日期": ["x"]})).fetch(TENCENT).outcome
        is Outcome.PROVIDER_FAULT
    )


def test_no_close_since_the_day_asked_for_is_nothing_new_only_where_no_session_has_ended():
    on_monday = akshare_of(datetime(2026, 8, 10, 7, 0, tzinfo=UTC), stock_hk_daily=sina(CLOSES))
    assert (
        on_monday.fetch(Asked("0700.HK", "HKEX", "HKD", date(2026, 8, 8))).outcome
        is Outcome.NOTHING_NEW
    )
    in_the_evening = akshare_of(
        datetime(2026, 8, 10, 10, 0, tzinfo=UTC), stock_hk_daily=sina(CLOSES)
    )
    assert (
        in_the_evening.fetch(Asked("0700.HK", "HKEX", "HKD", date(2026, 8, 8))).outcome
        is Outcome.PROVIDER_FAULT
    )


def test_akshares_rates_are_central_parities_for_one_unit_turned_and_crossed():
    days = ["2026-08-05", "2026-08-06", "2026-08-07"]
    both = {"港币": boc(days, [80.0, None, 100.0]), "美元": boc(days, [640.0, 650.0, 700.0])}
    provider_of = akshare_of(currency_boc_sina=lambda symbol, start_date, end_date: both[symbol])
    hkd = provider_of.rates("CNY", "HKD", date(2026, 8, 5))
    shaped(hkd)
    assert list(zip(days_of(hkd), hkd.bars["close"])) == [("2026-08-05", 1.25), ("2026-08-07", 1.0)]
    assert list(provider_of.rates("USD", "HKD", date(2026, 8, 5)).bars["close"]) == [8.0, 7.0]
    assert list(provider_of.rates("USD", "CNY", date(2026, 8, 6)).bars["close"]) == [6.5, 7.0]
    assert provider_of.rates("EUR", "CNY", date(2026, 8, 6)).outcome is Outcome.UNKNOWN_TICKER


def test_without_the_extra_the_message_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "akshare", None)
    with pytest.raises(akshare.Missing, match="requirements-akshare.txt"):
        Akshare()
