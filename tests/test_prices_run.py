"""A run of the price loader on real files and a real warehouse: what lands, what stays, and what a
broken run leaves.
"""

import csv
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
import pytest
import yfinance

from loaders import build, reference
from loaders.prices import landing, run
from loaders.prices.progress import Progress
from loaders.prices.provider import Answer, Asked, Outcome, no_actions
from loaders.prices.yahoo import Yahoo
from tests.support.fake_yahoo import Diverted, FakeYahoo, good
from tests.support.invention import companies_of, csv_of, sessions, sources_of
from tests.support.warehouses import CURATED, ROOT, kept, loaders
from warehouse import snapshot

pytestmark = pytest.mark.system


TICKERS = ("0001.HK", "0002.HK", "0003.HK", "AAA")
EXCHANGES = {"AAA": ("NASDAQ", "USD", "XNYS")}
FIRST, LAST = "2025-11-03", "2026-11-20"
EVENING = datetime(
    2026, 11, 20, 23, 0, tzinfo=UTC
)  # Friday in New York, six hours after the close there
EDGE = "2026-11-13"  # the last session of the first run


class Market:
    """A provider with its answers in hand: whole histories, and what a test wants to go wrong."""

    name, version, source_id = "yahoo", "invented 1", "made-up"

    def __init__(self, last: str = EDGE, **bars: pd.DataFrame):
        self.bars = {ticker: history(ticker) for ticker in TICKERS} | bars
        self.last, self.actions, self.outcomes, self.asked, self.currency = last, {}, {}, [], {}
        self.fx = {
            pair: rates_of("2026-10-01", "2026-11-20", 1.1)
            for pair in ("CNYHKD", "USDHKD", "USDCNY")
        }
        self.interrupt: str | None = None

    def fetch(self, asked: Asked) -> Answer:
        self.asked.append((asked.ticker, asked.since))
        if asked.ticker == self.interrupt:
            raise KeyboardInterrupt
        if asked.ticker in self.outcomes:
            return Answer(asked.ticker, self.outcomes[asked.ticker], note="so the test wants it")
        bars = self.bars[asked.ticker]
        bars = bars[
            (bars["date"] <= self.last)
            & (bars["date"] >= pd.Timestamp(asked.since or "1990-01-01"))
        ].reset_index(drop=True)
        actions = self.actions.get(asked.ticker, no_actions())
        actions = actions[
            (actions["ex_date"] <= self.last)
            & (actions["ex_date"] >= pd.Timestamp(asked.since or "1990-01-01"))
        ]
        return Answer(
            asked.ticker,
            Outcome.GOT if len(bars) else Outcome.NOTHING_NEW,
            bars,
            actions,
            self.currency.get(asked.ticker),
            raw=bars.to_csv(index=False).encode(),
            raw_name=f"{asked.ticker}.json",
        )

    def rates(self, base: str, quote: str, since: date) -> Answer:
        self.asked.append((base + quote, since))
        if base + quote not in self.fx:
            return Answer(base + quote, Outcome.UNKNOWN_TICKER)
        bars = self.fx[base + quote]
        return Answer(
            base + quote,
            Outcome.GOT,
            bars[bars["date"] >= pd.Timestamp(since)].reset_index(drop=True),
        )


def history(ticker: str, first: str = FIRST, last: str = LAST) -> pd.DataFrame:
    """Bars of a line as Yahoo gives them: the same for the same ticker, on every session."""
    days = sessions(first, LAST, EXCHANGES.get(ticker, ("HKEX", "HKD", "XHKG"))[2])
    chance = np.random.default_rng(list(ticker.encode()))
    close = np.round(150 * np.exp(np.cumsum(chance.normal(0, 0.01, len(days)))), 1)
    bars = pd.DataFrame(
        {
            "date": pd.to_datetime(days).astype("datetime64[us]"),
            "open": close,
            "high": close * 1.01,
            "low": close * 0.99,
            "close": close,
            "adj_close": close,
            "volume": np.floor(chance.lognormal(14, 0.4, len(days))),
        }
    )
    return bars[bars["date"] <= last]


def rates_of(first: str, last: str, start: float) -> pd.DataFrame:
    days = pd.bdate_range(first, last).astype("datetime64[us]")
    return pd.DataFrame({"date": days, "close": start * (1 + 0.0001 * np.arange(len(days)))})


@pytest.fixture
def data(tmp_path) -> Path:
    """A data folder with four lines and the project's own rules."""
    folder = tmp_path / "data" / "curated"
    folder.mkdir(parents=True)
    (folder / "companies.csv").write_text(
        companies_of(
            *(
                {"ticker": ticker}
                | dict(zip(("exchange", "price_currency"), EXCHANGES.get(ticker, ("HKEX", "HKD"))))
                for ticker in TICKERS
            )
        ),
        "utf-8",
    )
    (folder / "sources.csv").write_text(
        sources_of("made-up", "harbourview-ruling", "yahoo-finance"), "utf-8"
    )
    shutil.copy(CURATED / "price_rules.csv", folder)
    for name in ("price_exceptions", "vendor_corrections"):
        (folder / f"{name}.csv").write_text(csv_of(name, ()), "utf-8")
    return tmp_path / "data"


@pytest.fixture(scope="module")
def first_run() -> Path:
    """Such a folder after its first run; never written to after that."""

    def make(folder: Path) -> Path:
        bring(made := data.__wrapped__(folder), Market())
        return made

    return kept("first run", make)


@pytest.fixture
def begun(first_run, tmp_path) -> Path:
    """A copy of it."""
    return shutil.copytree(first_run, tmp_path / "data")


class Silent:
    """A stream that keeps what is said."""

    def __init__(self):
        self.text = ""

    def isatty(self):
        return False

    def write(self, text):
        self.text += text

    def flush(self):
        pass


def bring(data: Path, market, now: datetime = EVENING, **more) -> run.Report:
    report = run.run(data, market, progress=Progress(0, Silent()), now=lambda: now, **more)
    assert report.built.rejected == []
    return report


def land(data: Path, market, now: datetime = EVENING, **more) -> run.Report:
    """The same without the build after it, for what no snapshot has to tell."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(build, "build_locked", lambda *ignored: build.Result(None, unchanged=True))
        return bring(data, market, now, **more)


def landed(data: Path, ticker: str) -> list[dict]:
    with open(data / "prices" / f"{ticker}.csv", encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def rows(data: Path, question: str, *parameters) -> list[tuple]:
    with duckdb.connect(
        str(snapshot.served(data / "warehouse").path), read_only=True
    ) as connection:
        return connection.execute(question, list(parameters)).fetchall()


def findings(data: Path, code: str) -> list[tuple]:
    """What the run tells of a rule: ticker, where, words."""
    return sorted(
        (row["ticker"], row["ref"], row["message"])
        for row in landing.read_rows(data / "prices" / "findings.csv")
        if row["code"] == code
    )


def files(data: Path) -> dict[str, tuple[int, bytes]]:
    """Every file that a build reads, with when it was written and what it says."""
    paths = [
        *(data / "prices").glob("*.csv"),
        *(data / "prices" / "actions").glob("*.csv"),
        *(data / "prices" / "fx").glob("*.csv"),
        *(data / "prices" / "rejects").glob("*.csv"),
    ]
    return {
        path.relative_to(data).as_posix(): (path.stat().st_mtime_ns, path.read_bytes())
        for path in paths
    }


def record(data: Path) -> dict:
    return json.loads((data / "prices" / "run.json").read_text("utf-8"))


def steps(data: Path) -> str:
    return "".join(
        path.read_text("utf-8") for path in sorted((data / "prices" / "log").glob("*.log"))
    )


# The first run ------------------------------------------------------------------------------------


def test_the_first_run_lands_every_line_whole_and_publishes_it(data):
    market = Market(LAST)
    report = bring(data, market)
    assert (report.landed, report.left_out, report.rows) == (
        7,
        [],
        sum(len(history(ticker)) for ticker in TICKERS),
    )
    assert [since for _, since in market.asked[:4]] == [None] * 4
    told = history("0001.HK")
    rows_landed = landed(data, "0001.HK")
    assert list(rows_landed[0]) == list(landing.PRICES)
    assert len(rows_landed) == len(told)
    assert [float(row["close"]) for row in rows_landed] == told["close"].tolist()
    assert {row["frequency"] for row in rows_landed} == {"daily"}
    assert rows(
        data,
        """
        SELECT ticker, count(*), max(date)::VARCHAR, any_value(currency), any_value(source_id)
        FROM prices
        GROUP BY 1
        ORDER BY 1
        """,
    ) == [
        (ticker, len(history(ticker)), LAST, "USD" if ticker == "AAA" else "HKD", "made-up")
        for ticker in TICKERS
    ]
    assert rows(data, "SELECT count(*) FROM findings WHERE code LIKE 'P%'") == [(0,)]


def test_what_was_received_is_kept_as_it_came_with_its_hash_and_cannot_be_written_over(begun):
    folder = (
        begun / "prices" / "raw" / "yahoo" / "2026-11-21"
    )  # the evening in New York is the next day in Hong Kong
    said = json.loads((folder / "0002.HK.json.json").read_text("utf-8"))
    kept = (folder / "0002.HK.json").read_bytes()
    assert said == {
        "sha256": landing.sha256(kept),
        "fetched_at": "2026-11-20T23:00:00+00:00",
        "provider": "yahoo",
        "version": "invented 1",
        "ticker": "0002.HK",
        "outcome": "got",
    }
    assert kept == history("0002.HK", last=EDGE).to_csv(index=False).encode()
    assert not os.stat(folder / "0002.HK.json").st_mode & 0o222
    land(begun, Market(LAST), EVENING + timedelta(minutes=5))
    assert (folder / "0002.HK.json").read_bytes() == kept
    assert (folder / "0002.HK-2.json").exists()


def test_a_run_says_each_step_in_a_log_and_each_outcome_in_its_record(begun):
    log = steps(begun).splitlines()
    assert [line[9:].split()[:2] for line in log if "0001.HK" in line] == [
        ["0001.HK", step] for step in ("asked", "answer", "checked", "landed")
    ]
    line = record(begun)["tickers"]["0001.HK"]
    assert {name: line[name] for name in ("outcome", "rows_new", "rejected", "last_session")} == {
        "outcome": "got",
        "rows_new": len(history("0001.HK", last=EDGE)),
        "rejected": 0,
        "last_session": EDGE,
    }
    assert line["at"].endswith("+08:00")
    assert record(begun)["run"]["finished_at"]
    assert not list((begun / "prices").rglob("*.new"))


# The next ones ------------------------------------------------------------------------------------


def test_a_run_that_brings_nothing_new_touches_no_file_and_takes_under_two_seconds(begun):
    first = snapshot.served(begun / "warehouse").snapshot_id
    before = files(begun)
    started = (
        time.process_time()
    )  # of this process: the tests beside it take their share of the clock
    market = Market()
    again = bring(begun, market, EVENING + timedelta(hours=1))
    assert time.process_time() - started < 2
    assert files(begun) == before
    assert again.built.unchanged
    assert again.built.snapshot_id == first
    assert set(again.outcomes.values()) == {"nothing new"}
    assert again.landed == 0
    assert market.asked[0] == ("0001.HK", sessions(FIRST, EDGE)[-run.OVERLAP])


def test_new_sessions_are_added_to_what_has_landed(begun):
    report = bring(begun, Market(LAST))
    assert report.rows == 4 * 5
    assert rows(
        begun, "SELECT count(*), count(DISTINCT date) FROM prices WHERE ticker = '0001.HK'"
    ) == [(len(history("0001.HK")),) * 2]
    assert not (begun / "prices" / "vintages").exists()


def test_a_split_in_the_overlap_brings_the_history_whole_as_a_new_vintage_and_says_so(begun):
    old = landed(begun, "0002.HK")
    split = history("0002.HK")
    split[["open", "high", "low", "close", "adj_close"]] /= 5
    split["volume"] *= 5
    market = Market(LAST, **{"0002.HK": split})
    market.actions["0002.HK"] = pd.DataFrame(
        {
            "ex_date": pd.to_datetime(["2026-11-17"]).astype("datetime64[us]"),
            "kind": ["split"],
            "amount": [np.nan],
            "currency": [None],
            "ratio": [5.0],
        }
    )
    bring(begun, market)
    assert [since for ticker, since in market.asked if ticker == "0002.HK"] == [
        sessions(FIRST, EDGE)[-run.OVERLAP],
        None,
    ]
    new = landed(begun, "0002.HK")
    assert len(new) == len(split)
    assert all(
        abs(float(row["close"]) * 5 - float(before["close"])) < 1e-3
        for row, before in zip(new, old)
    )
    (vintage,) = (begun / "prices" / "vintages").glob("0002.HK-*.csv")
    assert list(csv.DictReader(vintage.open(encoding="utf-8"))) == old
    (found,) = findings(begun, "P12")
    assert found[0] == "0002.HK"
    assert "the history was rewritten by the split of 5" in found[2]
    assert rows(begun, "SELECT ticker, ex_date::VARCHAR, kind, ratio FROM corporate_actions") == [
        ("0002.HK", "2026-11-17", "split", 5.0)
    ]
    after = bring(begun, market, EVENING + timedelta(hours=1))
    assert after.built.unchanged
    assert len(findings(begun, "P12")) == 1


def test_a_history_that_a_provider_rewrote_is_a_new_vintage_with_the_difference(begun):
    changed = history("0003.HK")
    changed.loc[
        changed["date"].isin([pd.Timestamp("2026-03-02"), pd.Timestamp("2026-11-12")]),
        ["open", "high", "low", "close", "adj_close"],
    ] *= 1.02
    land(begun, Market(LAST, **{"0003.HK": changed}))
    ((ticker, _, message),) = findings(begun, "P12")
    assert ticker == "0003.HK"
    assert message.startswith("the history was rewritten: 2 of ")
    assert next(
        float(row["close"]) for row in landed(begun, "0003.HK") if row["date"] == "2026-03-02"
    ) == pytest.approx(changed.loc[changed["date"] == "2026-03-02", "close"].iloc[0], abs=1e-4)
    assert len(list((begun / "prices" / "vintages").iterdir())) == 1


def test_a_history_in_another_currency_does_not_land_and_what_had_landed_stays(begun):
    before = (begun / "prices" / "0003.HK.csv").read_bytes()
    yuan = history("0003.HK")
    yuan[["open", "high", "low", "close", "adj_close"]] *= 0.85
    report = land(begun, Market(LAST, **{"0003.HK": yuan}))
    assert report.outcomes["0003.HK"] == "stopped"
    assert len(report.left_out) == 1
    assert report.left_out[0].endswith(f"; stays on its data of {EDGE}")
    assert (begun / "prices" / "0003.HK.csv").read_bytes() == before
    assert [found[0] for found in findings(begun, "P10")] == ["0003.HK"]
    assert findings(begun, "P10")[0][2].startswith("not landed: ")
    land(begun, Market(LAST), EVENING + timedelta(hours=1))
    assert findings(begun, "P10") == []
    assert landed(begun, "0003.HK")[-1]["date"] == LAST


def test_the_findings_of_a_history_outlive_runs_that_see_only_its_end(data):
    jump = history("0001.HK")
    jump.loc[jump["date"] >= "2026-06-01", ["open", "high", "low", "close", "adj_close"]] *= 1.4
    land(data, Market(EDGE, **{"0001.HK": jump}))
    found = [
        row for row in landing.read_rows(data / "prices" / "findings.csv") if row["code"] == "P07"
    ]
    assert [row["ref"] for row in found] == ["2026-06-01"]
    land(data, Market(LAST, **{"0001.HK": jump}), EVENING + timedelta(days=1))
    assert [
        row for row in landing.read_rows(data / "prices" / "findings.csv") if row["code"] == "P07"
    ] == found


def test_adjusted_closes_that_a_dividend_moved_are_brought_again_whole(begun):
    paid = history("AAA")
    at = paid.index[paid["date"] == "2026-11-18"][0]
    amount = round(0.01 * paid["close"].iloc[at - 1], 2)
    paid.loc[: at - 1, "adj_close"] = (
        paid["close"] * (1 - amount / paid["close"].iloc[at - 1])
    ).round(6)
    market = Market(LAST, AAA=paid)
    market.actions["AAA"] = pd.DataFrame(
        {
            "ex_date": [paid["date"].iloc[at]],
            "kind": ["dividend"],
            "amount": [amount],
            "currency": ["USD"],
            "ratio": [np.nan],
        }
    )
    report = land(begun, market)
    assert report.outcomes["AAA"] == "got"
    assert findings(begun, "P12") == []
    assert findings(begun, "P13") == []
    assert [float(row["adj_close"]) for row in landed(begun, "AAA")] == pytest.approx(
        paid["adj_close"].tolist(), abs=1e-4
    )
    assert [
        (row["ticker"], row["kind"], float(row["amount"]), row["currency"])
        for row in landing.read_rows(begun / "prices" / "actions" / "AAA.csv")
    ] == [("AAA", "dividend", amount, "USD")]


def test_since_asks_for_no_more_than_that(data):
    land(data, Market(), since=date(2026, 6, 1))
    assert landed(data, "0001.HK")[0]["date"] == "2026-06-01"
    market = Market(LAST)
    land(data, market, since=date(2026, 2, 2))
    assert market.asked[0] == ("0001.HK", date(2026, 2, 2))
    assert landed(data, "0001.HK")[0]["date"] == "2026-02-02"


def test_yahoo_itself_brings_a_line_then_nothing_then_a_split_and_its_history(data, tmp_path):
    """The provider yahoo against a server of its shape, through a run to a snapshot."""
    yfinance.set_tz_cache_location(str(tmp_path / "yahoo"))
    server = FakeYahoo()
    try:
        provider = Yahoo(
            Diverted(server.address),
            lambda seconds: None,
            lambda: 1.0,
            lambda: EVENING,
            timeouts=(5, 5),
        )
        closes = {
            f"{day:%Y-%m-%d}": close
            for day, close in zip(history("0001.HK")["date"], history("0001.HK")["close"])
        }
        early = {day: close for day, close in closes.items() if day <= EDGE}
        server.replies["0001.HK"] = good("0001.HK", early)
        report = bring(data, provider, tickers=["0001.HK"])
        assert report.outcomes == {"0001.HK": "got"}
        assert [float(row["close"]) for row in landed(data, "0001.HK")] == list(early.values())
        assert rows(data, "SELECT DISTINCT source_id FROM prices") == [("yahoo-finance",)]
        assert bring(data, provider, tickers=["0001.HK"]).built.unchanged
        server.replies["0001.HK"] = good(
            "0001.HK",
            {day: close / 4 for day, close in closes.items()},
            splits={"2026-11-17": (4, 1)},
        )
        assert bring(data, provider, tickers=["0001.HK"]).outcomes == {"0001.HK": "got"}
        assert rows(
            data, "SELECT ex_date::VARCHAR, ratio FROM corporate_actions WHERE kind = 'split'"
        ) == [("2026-11-17", 4.0)]
        assert "by the split of 4" in findings(data, "P12")[0][2]
        assert [float(row["close"]) for row in landed(data, "0001.HK")] == pytest.approx(
            [close / 4 for close in closes.values()], abs=1e-4
        )
    finally:
        server.shutdown()
        server.server_close()


# What goes wrong ----------------------------------------------------------------------------------


def test_a_line_that_fails_is_left_out_and_named_and_the_others_are_published(begun):
    market = Market(LAST)
    market.outcomes["0002.HK"] = Outcome.PROVIDER_FAULT
    report = bring(begun, market)
    assert report.left_out == [
        f"0002.HK: provider fault: so the test wants it; stays on its data of {EDGE}"
    ]
    assert report.answered
    assert rows(begun, "SELECT ticker, max(date)::VARCHAR FROM prices GROUP BY 1 ORDER BY 1") == [
        (ticker, EDGE if ticker == "0002.HK" else LAST) for ticker in TICKERS
    ]
    assert (
        findings(begun, "P15")
        == rows(begun, "SELECT ticker, ref, message FROM findings WHERE code = 'P15'")
        == [
            (
                "0002.HK",
                EDGE,
                f"left out of the last run, provider fault: stays on its data of {EDGE}",
            )
        ]
    )
    land(begun, Market(LAST), EVENING + timedelta(hours=1))
    assert findings(begun, "P15") == []


def test_a_known_outage_is_no_finding_and_leaves_the_run_whole(data):
    (data / "curated" / "price_exceptions.csv").write_text(
        csv_of(
            "price_exceptions",
            [{"code": "P15", "ticker": "AAA", "provider": "yahoo", "reason": "it has none"}],
        ),
        "utf-8",
    )
    market = Market()
    market.outcomes["AAA"] = Outcome.UNKNOWN_TICKER
    report = land(data, market)
    assert report.left_out == []
    assert findings(data, "P15") == []
    assert report.outcomes["AAA"] == "unknown ticker"


def test_without_a_network_three_lines_are_asked_nothing_is_touched_and_the_old_snapshot_is_served(
    begun,
):
    first = snapshot.served(begun / "warehouse").snapshot_id
    before = files(begun)
    market = Market(LAST)
    market.outcomes = dict.fromkeys(TICKERS, Outcome.OFFLINE)
    report = bring(begun, market, EVENING + timedelta(days=1))
    assert len(market.asked) == 3
    assert not report.answered
    assert len(report.left_out) == 3
    assert files(begun) == before
    assert snapshot.served(begun / "warehouse").snapshot_id == first


def test_a_rate_limit_ends_the_asking_and_the_rest_is_left_for_the_next_run(data):
    market = Market()
    market.outcomes["0002.HK"] = Outcome.RATE_LIMITED
    report = land(data, market)
    assert [ticker for ticker, _ in market.asked if ticker in TICKERS] == ["0001.HK", "0002.HK"]
    assert report.outcomes["AAA"] == "rate limited"
    assert {found[0] for found in findings(data, "P15")} == {"0002.HK", "0003.HK", "AAA"}


def test_an_answer_without_a_row_is_a_fault_and_never_an_empty_history(begun):
    market = Market(LAST)
    market.fetch = lambda asked: Answer(asked.ticker, Outcome.GOT, history("0001.HK").iloc[:0])
    assert set(land(begun, market).outcomes.values()) == {"provider fault"}
    assert len(landed(begun, "0001.HK")) == len(history("0001.HK", last=EDGE))


def test_a_bad_row_stands_in_the_rejects_and_the_rest_lands(data):
    spoilt = history("0001.HK")
    spoilt.loc[spoilt["date"] == "2026-05-04", "close"] *= 1.2
    land(data, Market(EDGE, **{"0001.HK": spoilt}))
    (reject,) = landing.read_rows(data / "prices" / "rejects" / "0001.HK.csv")
    assert (reject["date"], reject["code"], reject["severity"]) == ("2026-05-04", "P01", "W")
    assert float(reject["value"]) == spoilt.loc[spoilt["date"] == "2026-05-04", "close"].iloc[0]
    assert len(landed(data, "0001.HK")) + 1 == len(history("0001.HK", last=EDGE))
    assert record(data)["tickers"]["0001.HK"]["rejected"] == 1
    land(data, Market(EDGE, **{"0001.HK": spoilt}), EVENING + timedelta(hours=1))
    assert len(landing.read_rows(data / "prices" / "rejects" / "0001.HK.csv")) == 1


def test_a_row_that_stops_a_line_is_in_the_rejects_too_and_nothing_of_the_line_lands(data):
    spoilt = history("0001.HK")
    spoilt.loc[spoilt["date"] == "2026-05-04", "close"] = -3
    report = land(data, Market(EDGE, **{"0001.HK": spoilt}))
    assert report.outcomes["0001.HK"] == "stopped"
    assert not (data / "prices" / "0001.HK.csv").exists()
    assert [
        row["code"] for row in landing.read_rows(data / "prices" / "rejects" / "0001.HK.csv")
    ] == ["P01"]
    assert [found[0] for found in findings(data, "P01")] == ["0001.HK"]


def test_a_great_move_lands_once_a_person_has_looked_at_it(data):
    great = history("0001.HK")
    great.loc[great["date"] >= "2026-11-18", ["open", "high", "low", "close", "adj_close"]] *= 1.7
    land(data, Market())
    assert land(data, Market(LAST, **{"0001.HK": great})).outcomes["0001.HK"] == "stopped"
    (data / "curated" / "price_exceptions.csv").write_text(
        csv_of(
            "price_exceptions",
            [
                {
                    "code": "P07",
                    "ticker": "0001.HK",
                    "first_day": "2026-11-18",
                    "last_day": "2026-11-18",
                    "reason": "an offer was announced",
                }
            ],
        ),
        "utf-8",
    )
    assert (
        land(data, Market(LAST, **{"0001.HK": great}), EVENING + timedelta(hours=1)).outcomes[
            "0001.HK"
        ]
        == "got"
    )
    assert landed(data, "0001.HK")[-1]["date"] == LAST


def test_a_landed_file_that_cannot_be_read_is_set_aside_and_brought_again(begun):
    path = begun / "prices" / "0001.HK.csv"
    path.write_text(path.read_text("utf-8")[:-20] + "x", "utf-8")
    market = Market(LAST)
    assert land(begun, market).outcomes["0001.HK"] == "got"
    assert market.asked[0] == ("0001.HK", None)
    assert len(landed(begun, "0001.HK")) == len(history("0001.HK"))
    assert len(list((begun / "prices" / "vintages").iterdir())) == 1


def test_a_landed_file_that_was_changed_by_hand_stops_its_line(begun):
    path = begun / "prices" / "0001.HK.csv"
    lines = path.read_text("utf-8").splitlines(keepends=True)
    cells = lines[40].split(",")
    lines[40] = ",".join([*cells[:2], "9.9", *cells[3:]])
    path.write_text("".join(lines), "utf-8")
    report = land(begun, Market(LAST))
    assert report.outcomes["0001.HK"] == "stopped"
    assert (
        f"P18 {cells[1]} to {cells[1]}: 1 sessions that were not asked for differ from the "
        "snapshot served"
    ) in report.left_out[0]


def test_a_landed_file_changed_by_hand_is_a_finding_and_grows_only_after_a_full_download(
    begun,
):
    path = begun / "prices" / "0001.HK.csv"
    as_left = path.read_text("utf-8")
    path.write_text(as_left.replace(f"0001.HK,{EDGE},", f"0001.HK,{EDGE},1", 1), "utf-8")
    assert build.build(begun, say=lambda text: None).rejected == []
    ((severity, table, ticker, ref, message),) = rows(
        begun,
        "SELECT severity, subject_table, ticker, ref, message FROM findings WHERE code = 'M04'",
    )
    assert (severity, table, ticker, ref) == ("warn", "prices", "0001.HK", "prices/0001.HK.csv")
    assert message.startswith(
        "prices/0001.HK.csv is not as the price loader left it, it was changed since: put it "
        "back, or delete it"
    )
    market = Market(LAST)
    market.bars["0001.HK"] = market.bars["0001.HK"].query(
        "date > @EDGE"
    )  # nothing of the overlap tells
    report = land(begun, market, EVENING + timedelta(hours=1))
    assert report.outcomes["0001.HK"] == "stopped"
    assert "P18 0001.HK.csv: 0001.HK.csv is not as a run left it" in report.left_out[0]
    path.unlink()
    assert land(begun, Market(LAST), EVENING + timedelta(hours=2)).outcomes["0001.HK"] == "got"
    assert landed(begun, "0001.HK")[-1]["date"] == LAST
    path.write_text(as_left, "utf-8")
    state = record(begun)
    state["tickers"]["0001.HK"]["sha256_before"] = landing.sha256(
        as_left.encode()
    )  # broken off before the file took its place
    (begun / "prices" / "run.json").write_text(json.dumps(state), "utf-8")
    assert build.inputs_of(begun).altered == []


def test_curated_files_that_cannot_be_read_refuse_the_run_before_anything_is_asked(data):
    path = data / "curated" / "price_rules.csv"
    path.write_text(
        path.read_text("utf-8").replace("P12,history,W,0.01", "P12,history,W,a little"), "utf-8"
    )
    market = Market()
    with pytest.raises(
        run.Refused, match="price_rules.csv:.* threshold 'a little': rule C07, not a number"
    ):
        bring(data, market)
    path.write_text(
        "\n".join(
            line
            for line in (CURATED / "price_rules.csv").read_text("utf-8").splitlines()
            if not line.startswith("P12")
        )
        + "\n",
        "utf-8",
    )
    with pytest.raises(run.Refused, match="rule P12 lacks this measure"):
        bring(data, market)
    assert market.asked == []
    assert not (data / "prices").exists()


# A provider's known faults ------------------------------------------------------------------------


def scaled_history() -> pd.DataFrame:
    """The closes of 0001.HK as a provider scales them before 2026-06-01."""
    bars = history("0001.HK")
    bars.loc[bars["date"] < "2026-06-01", ["open", "high", "low", "close", "adj_close"]] *= 0.95
    return bars


def corrected(data: Path, **more) -> float:
    """Declare that fault, with the witness that history() gives; returns the right value."""
    true = history("0001.HK").set_index("date")["close"].loc["2026-05-29"]
    row = {
        "provider": "yahoo",
        "ticker": "0001.HK",
        "column_name": "close",
        "last_day": "2026-05-31",
        "factor": 0.95,
        "witness_day": "2026-05-29",
        "wrong_value": true * 0.95,
        "right_value": true,
        "tolerance_pct": 0.1,
        "reason": "scaled",
    }
    (data / "curated" / "vendor_corrections.csv").write_text(
        csv_of("vendor_corrections", [row | more]), "utf-8"
    )
    return true


def test_a_known_fault_is_undone_where_the_wrong_value_is_found(data):
    corrected(data)
    land(data, Market(EDGE, **{"0001.HK": scaled_history().assign(adj_close=np.nan)}))
    assert [float(row["close"]) for row in landed(data, "0001.HK")] == pytest.approx(
        history("0001.HK", last=EDGE)["close"].tolist(), abs=1e-4
    )
    assert findings(data, "V02") == []
    assert findings(data, "P07") == []
    assert (
        land(
            data,
            Market(EDGE, **{"0001.HK": scaled_history().assign(adj_close=np.nan)}),
            EVENING + timedelta(hours=1),
        ).outcomes["0001.HK"]
        == "nothing new"
    )


def test_where_the_provider_has_mended_it_nothing_is_undone_and_the_build_says_so(data):
    true = corrected(data)
    bring(data, Market())
    assert [float(row["close"]) for row in landed(data, "0001.HK")] == history(
        "0001.HK", last=EDGE
    )["close"].tolist()
    ((ticker, ref, message),) = findings(data, "V02")
    assert (ticker, ref) == ("0001.HK", "the first day to 2026-05-31")
    assert f"on 2026-05-29 the provider gives {true:g}, the right value" in message
    assert rows(data, "SELECT severity FROM findings WHERE code = 'V02'") == [("warn",)]


def test_where_neither_value_is_found_the_line_does_not_land(data):
    corrected(data, wrong_value=77, right_value=88)
    report = land(data, Market())
    assert report.outcomes["0001.HK"] == "stopped"
    assert "V02" in report.left_out[0]
    assert "neither the wrong value 77 nor the right one 88" in findings(data, "V02")[0][2]


def test_a_column_that_is_withdrawn_is_missing_and_the_close_stays(data):
    corrected(
        data,
        column_name="adj_close",
        last_day="",
        factor="",
        witness_day="",
        wrong_value="",
        right_value="",
        tolerance_pct="",
    )
    land(data, Market())
    assert {row["adj_close"] for row in landed(data, "0001.HK")} == {""}
    assert {row["adj_close"] for row in landed(data, "0002.HK")} != {""}
    assert [float(row["close"]) for row in landed(data, "0001.HK")] == history(
        "0001.HK", last=EDGE
    )["close"].tolist()


def test_the_project_s_own_corrections_name_what_was_seen():
    world = run.World.read(CURATED.parent, "yahoo")
    later, earlier = sorted(
        world.corrections("0700.HK"), key=lambda row: row["last_day"], reverse=True
    )
    assert [
        (row["factor"], str(row["witness_day"]), row["right_value"]) for row in (later, earlier)
    ] == [(0.949779, "2023-01-04", 361), (0.921856, "2022-01-19", 455.8)]
    assert all(
        abs(row["wrong_value"] / row["right_value"] / row["factor"] - 1) < 1e-5
        for row in (later, earlier)
    )
    bars = pd.DataFrame(
        {
            "date": pd.to_datetime(["2022-01-19", "2022-01-20", "2023-01-04", "2023-01-05"]).astype(
                "datetime64[us]"
            ),
            "close": [420.182119, 447.915554, 342.870071, 347.8],
        }
    ).assign(open=np.nan, high=np.nan, low=np.nan)
    mended, found = run.mended(bars, [later, earlier], "0700.HK")
    assert mended["close"].tolist() == pytest.approx([455.8, 471.6, 361, 347.8], abs=0.001)
    assert found == []
    assert {
        ticker
        for ticker in world.universe
        for row in world.corrections(ticker)
        if row["column_name"] == "adj_close" and row["factor"] is None
    } == {"9988.HK", "9618.HK", "9961.HK", "9999.HK"}


# Exchange rates -----------------------------------------------------------------------------------


def test_a_provider_s_rates_fill_the_days_after_the_central_bank_s_and_no_other(data):
    bank = reference.last_rate_of_bank()
    market = Market()
    market.fx = {"CNYHKD": rates_of("2026-10-01", "2026-11-20", 1.08)}
    report = bring(data, market)
    assert [line.split(":")[0] for line in report.left_out] == ["USDHKD", "USDCNY"]
    after = pd.bdate_range(bank + timedelta(days=1), "2026-11-20")
    assert rows(
        data,
        """
        SELECT base, quote, count(*), min(date)::VARCHAR, max(date)::VARCHAR
        FROM fx
        WHERE source_id = 'made-up'
        GROUP BY ALL
        ORDER BY ALL
        """,
    ) == [
        ("CNY", "HKD", len(after), f"{after[0]:%Y-%m-%d}", "2026-11-20"),
        ("HKD", "CNY", len(after), f"{after[0]:%Y-%m-%d}", "2026-11-20"),
    ]
    assert rows(
        data, "SELECT count(*) FROM fx WHERE date <= ? AND source_id = 'made-up'", bank
    ) == [(0,)]
    ((one, other),) = rows(
        data,
        """
        SELECT (
            SELECT rate FROM fx WHERE base = 'CNY' AND quote = 'HKD' AND date = '2026-11-20'
        ), (SELECT rate FROM fx WHERE base = 'HKD' AND quote = 'CNY' AND date = '2026-11-20')
        """,
    )
    assert one * other == pytest.approx(1)
    assert one == pytest.approx(market.fx["CNYHKD"]["close"].iloc[-1], abs=1e-6)
    market.fx["CNYHKD"] = rates_of("2026-10-01", "2026-11-24", 1.08)
    land(data, market, EVENING + timedelta(days=4))
    assert landing.read_rows(data / "prices" / "fx" / "CNYHKD.csv")[-1]["date"] == "2026-11-24"


def test_a_rate_that_jumps_does_not_land(data):
    market = Market()
    market.fx["CNYHKD"] = rates_of("2026-10-01", "2026-11-20", 1.08)
    market.fx["CNYHKD"].loc[market.fx["CNYHKD"]["date"] >= "2026-11-17", "close"] = 7.8
    report = land(data, market)
    assert report.outcomes["CNYHKD"] == "stopped"
    assert not (data / "prices" / "fx" / "CNYHKD.csv").exists()
    assert findings(data, "P07")[0][1] == "CNYHKD 2026-11-17"


# Broken off ---------------------------------------------------------------------------------------


def test_a_run_that_is_broken_off_at_the_keyboard_goes_on_where_it_stopped(data):
    market = Market()
    market.interrupt = "0003.HK"
    with pytest.raises(KeyboardInterrupt):
        land(data, market)
    assert record(data)["run"]["finished_at"] is None
    assert not (data / "prices" / "0003.HK.csv").exists()
    assert len(landed(data, "0002.HK")) == len(history("0002.HK", last=EDGE))
    market = Market()
    report = land(data, market, EVENING + timedelta(hours=1))
    assert [ticker for ticker, _ in market.asked if ticker in TICKERS] == ["0003.HK", "AAA"]
    assert report.left_out == []
    assert all(len(landed(data, ticker)) == len(history(ticker, last=EDGE)) for ticker in TICKERS)
    market = Market()
    land(data, market, EVENING + timedelta(hours=2))
    assert [ticker for ticker, _ in market.asked if ticker in TICKERS] == list(TICKERS)


def test_a_run_of_another_day_or_kind_asks_all_again(data):
    for later, more in (
        (timedelta(days=1), {}),
        (timedelta(minutes=1), {"options": {"unadjusted": True}}),
    ):
        market = Market()
        market.interrupt = "0003.HK"
        with pytest.raises(KeyboardInterrupt):
            land(data, market)
        market = Market()
        land(data, market, EVENING + later, **more)
        assert market.asked[0][0] == "0001.HK"


BLOW = """
import os, signal, sys
from datetime import timedelta
from pathlib import Path
import test_prices_run as here
from loaders.prices import progress
where = sys.argv[2]
if where.isdigit():
    left, replace = [int(where)], os.replace
    def counted(*given):
        left[0] -= 1
        if left[0] == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        replace(*given)
    os.replace = counted
else:
    line = progress.Log.line
    def told(self, ticker, step, text=""):
        line(self, ticker, step, text)
        if f"{ticker} {step}" == where:
            os.kill(os.getpid(), signal.SIGKILL)
    progress.Log.line = told
here.land(Path(sys.argv[1]), here.later(), here.EVENING + timedelta(minutes=10))
print("done")
"""


def later() -> Market:
    """The market of the second run: five more sessions of each line, and one whose history was
    rewritten.
    """
    changed = history("0003.HK")
    changed.loc[
        changed["date"].isin([pd.Timestamp("2026-03-02"), pd.Timestamp("2026-11-12")]),
        ["open", "high", "low", "close", "adj_close"],
    ] *= 1.02
    return Market(LAST, **{"0003.HK": changed})


def struck(data: Path, where: str) -> bool:
    """Run in a process of its own that kills itself at a step, or before the n-th file takes its
    place; whether it was killed.
    """
    done = subprocess.run(
        [sys.executable, "-c", BLOW, str(data), where],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'tests'}"},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode in (0, -signal.SIGKILL), done.stderr
    return done.returncode != 0


def whole(data: Path) -> dict[str, bytes]:
    """Landed files by name, each of which is an old or a new one to its last byte."""
    return {
        path.name: path.read_bytes()
        for path in (data / "prices").glob("*.csv")
        if path.name != "findings.csv"
    }


@pytest.fixture(scope="module")
def before_and_after(tmp_path_factory):
    """A data folder after its first run, and what one more run makes of it."""
    folder = tmp_path_factory.mktemp("struck") / "data"
    data.__wrapped__(folder.parent)
    bring(folder, Market())
    after = shutil.copytree(folder, folder.parent / "after")
    bring(after, later(), EVENING + timedelta(minutes=10))
    return folder, after


def survives(folder: Path, after: Path, where: str) -> bool:
    data = shutil.copytree(folder, folder.parent / "trial")
    try:
        killed = struck(data, where)
        old, new = whole(folder), whole(after)
        assert set(whole(data)) == set(old) and all(
            content in (old[name], new[name]) for name, content in whole(data).items()
        ), where
        served = snapshot.served(data / "warehouse")
        assert served.problem is None, where
        dates = rows(data, "SELECT ticker, max(date)::VARCHAR FROM prices GROUP BY 1 ORDER BY 1")
        assert dates in (
            [(ticker, EDGE) for ticker in TICKERS],
            [(ticker, LAST) for ticker in TICKERS],
        ), where
        bring(data, later(), EVENING + timedelta(minutes=20))
        assert (
            whole(data) == new
            and findings(data, "P12") == findings(after, "P12") != []
            and rows(data, "SELECT ticker, count(*), sum(close) FROM prices GROUP BY 1 ORDER BY 1")
            == rows(after, "SELECT ticker, count(*), sum(close) FROM prices GROUP BY 1 ORDER BY 1")
        ), where
        assert not list(data.rglob("stage-*")), where
        return killed
    finally:
        shutil.rmtree(data)


@pytest.mark.proof
@pytest.mark.skipif(os.name != "posix", reason="SIGKILL is of POSIX")
@pytest.mark.parametrize(
    "where",
    [
        "0001.HK asked",
        "0001.HK answer",
        "0002.HK checked",
        "0002.HK landed",
        "0003.HK overlap",
        "0003.HK landed",
        "AAA landed",
        "- build",
        "- built",
    ],
)
def test_a_run_killed_at_a_step_leaves_old_or_new_and_the_next_completes_it(
    before_and_after, where
):
    assert survives(*before_and_after, where)


@pytest.mark.proof
@pytest.mark.skipif(os.name != "posix", reason="SIGKILL is of POSIX")
def test_a_run_killed_before_any_file_takes_its_place_leaves_old_or_new_and_the_next_completes_it(
    before_and_after,
):
    blows = 1
    while survives(*before_and_after, str(blows)):
        blows += 3
    assert blows > 15


# The command line ---------------------------------------------------------------------------------


@pytest.fixture
def market(monkeypatch) -> Market:
    """The provider that the command line gets, whatever it asks for; the clock stands at the
    evening.
    """
    made = Market()
    monkeypatch.setattr(run, "provider_of", lambda *given: made)
    real = run.run
    monkeypatch.setattr(
        run, "run", lambda *given, **more: real(*given, progress=None, now=lambda: EVENING, **more)
    )
    return made


def test_the_command_line_publishes_lists_and_exits_as_the_contract_says(data, market):
    done = loaders("prices", data=data)
    assert done.returncode == 0
    assert f"  0001.HK   got: {len(history('0001.HK', last=EDGE))} new sessions\n" in done.stdout
    assert "published " in done.stdout
    assert done.stderr == ""
    assert "\r" not in done.stdout
    again = loaders("prices", data=data)
    assert again.returncode == 0
    assert "nothing new: " in again.stdout
    market.last, market.outcomes["AAA"] = LAST, Outcome.UNKNOWN_TICKER
    part = loaders("prices", data=data)
    assert part.returncode == 3
    assert (
        f"left out: AAA: unknown ticker: so the test wants it; stays on its data of {EDGE}\n"
        == part.stderr
    )
    market.outcomes = dict.fromkeys(TICKERS, Outcome.OFFLINE)
    served = snapshot.served(data / "warehouse").snapshot_id
    none = loaders("prices", data=data)
    assert none.returncode == 2
    assert f"no line was answered; nothing was published, still serving {served}\n" in none.stderr
    market.outcomes, market.interrupt = {}, "0002.HK"
    broken = loaders("prices", data=data)
    assert broken.returncode == 130
    assert "broken off; what has landed is whole" in broken.stderr


def test_lines_are_named_in_any_spelling_and_an_unknown_one_is_listed_with_what_is_near(
    data, market
):
    done = loaders("prices", "--tickers", "00001", "hk.0002,0004.HK", data=data)
    assert [ticker for ticker, _ in market.asked] == ["0001.HK", "0002.HK"]
    assert done.returncode == 3
    assert done.stderr.startswith(
        "left out: 0004.HK: no ticker of companies.csv that has daily prices; near: 000"
    )
    assert loaders("prices", "--tickers", "ZZZZ", data=data).returncode == 2


def test_two_loaders_at_once_the_second_exits_4_and_names_the_first_and_its_age(data, market):
    hold = (
        "import sys; from pathlib import Path; from warehouse import snapshot\n"
        "with snapshot.lock(Path(sys.argv[1])): print('held', flush=True); sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", hold, str(data / "warehouse")],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as holder:
        assert holder.stdout.readline() == "held\n"
        os.utime(data / "warehouse" / "loader.pid", (time.time() - 300,) * 2)
        done = loaders("prices", data=data)
        holder.stdin.close()
    assert done.returncode == 4
    assert done.stderr == (
        f"another loader (process {holder.pid}, for 5 min) is at work in "
        f"{data / 'warehouse'}; nothing was changed\n"
    )
    assert market.asked == []
    assert loaders("prices", data=data).returncode in (0, 3)


def test_a_folder_that_is_none_is_said_before_any_work(data):
    done = loaders("prices", "--provider", "csv", "--from", str(data / "nowhere"), data=data)
    assert done.returncode == 2
    assert "nowhere is none; nothing was published, nothing is served yet" in done.stderr


def test_files_of_a_folder_land_and_a_file_of_an_unknown_line_is_listed(data, tmp_path):
    (data / "curated" / "sources.csv").write_text(
        sources_of("made-up", "harbourview-ruling", "price-files"), "utf-8"
    )
    folder = tmp_path / "desk"
    folder.mkdir()
    for ticker, name in (
        ("0001.HK", "0001.HK.csv"),
        ("AAA", "AAA.csv"),
        ("0002.HK", "9876.HK.csv"),
    ):
        history(ticker).drop(columns="adj_close").to_csv(folder / name, index=False)
    done = loaders("prices", "--provider", "csv", "--from", str(folder), "--unadjusted", data=data)
    assert done.returncode == 3
    assert "left out: 9876.HK.csv: unknown ticker: " in done.stderr
    assert rows(
        data, "SELECT ticker, count(*), any_value(source_id) FROM prices GROUP BY 1 ORDER BY 1"
    ) == [(ticker, len(history(ticker)), "price-files") for ticker in ("0001.HK", "AAA")]
    # Told apart by bytes, by the moment of writing, by what is declared of it, by the rules: what
    # was read and judged is not read and judged again.
    command, read = (
        ("prices", "--provider", "csv", "--from", str(folder), "--unadjusted"),
        lambda done: [
            line.split()[0]
            for line in done.stdout.splitlines()
            if line.startswith("  ") and "as it was read before" not in line
        ],
    )
    assert read(again := loaders(*command, data=data)) == []
    assert again.returncode == 3
    assert "nothing new: " in again.stdout
    assert "left out: 9876.HK.csv" in again.stderr
    os.utime(folder / "AAA.csv", (0, 1))
    assert read(loaders(*command, data=data)) == ["AAA"]
    (folder / "columns.csv").write_text("file,adjusted\n0001.HK.csv,no\n", "utf-8")
    assert read(loaders(*command, data=data)) == ["0001.HK"]
    rules, judged = data / "curated" / "price_rules.csv", run.World.read(data, "csv").mark
    rules.write_text(
        rules.read_text("utf-8").replace("P04,missing,W,0,", "P04,missing,W,1,"), "utf-8"
    )
    assert run.World.read(data, "csv").mark != judged


def test_status_tells_each_line_s_freshness_and_the_last_run(data, market):
    market.outcomes["0002.HK"] = Outcome.PROVIDER_FAULT
    loaders("prices", data=data)
    told = json.loads(loaders("status", "--json", data=data).stdout)
    assert {row["ticker"]: row["last_date"] for row in told["prices"]} == {
        ticker: None if ticker == "0002.HK" else EDGE for ticker in TICKERS
    }
    assert told["last_run"]["outcomes"] == {"got": 6, "provider fault": 1}
    assert told["last_run"]["provider"] == "yahoo"
    at = build.status(data, date(2026, 11, 14))["prices"]
    assert {row["ticker"]: (row["state"], row["sessions_since"]) for row in at} == {
        ticker: ("none", None) if ticker == "0002.HK" else ("fresh", 0) for ticker in TICKERS
    }
    assert {row["state"] for row in build.status(data, date(2026, 11, 18))["prices"]} == {
        "late",
        "none",
    }
    assert {row["state"] for row in build.status(data, date(2026, 12, 18))["prices"]} == {
        "stale",
        "none",
    }
    text = loaders("status", data=data).stdout
    assert (
        "last run of prices: yahoo, began 2026-11-21 07:00, ended 2026-11-21 07:00: 6 got, 1 "
        "provider fault\n"
    ) in text
    assert "  0002.HK   provider fault: so the test wants it\n" in text


def test_a_bar_moves_on_a_terminal():
    class Terminal(Silent):
        def isatty(self):
            return True

    stream = Terminal()
    shown = Progress(2, stream)
    shown.begin("0001.HK")
    shown.done("0001.HK", "got", "5 new sessions")
    shown.begin("AAA")
    assert stream.text == (
        f"\r\033[K[{'.' * 24}] 0/2 0001.HK\r\033[K  0001.HK   got: 5 new sessions\n"
        f"\r\033[K[{'#' * 12}{'.' * 12}] 1/2 AAA"
    )


# What a build reads of it -------------------------------------------------------------------------


def test_actions_that_the_curated_file_tells_are_not_told_twice(data):
    (data / "curated" / "corporate_actions.csv").write_text(
        csv_of(
            "corporate_actions",
            [
                {"ticker": "0001.HK", "ex_date": "2026-05-04", "kind": "split", "ratio": 2},
                {
                    "ticker": "0001.HK",
                    "ex_date": "2026-06-01",
                    "kind": "dividend",
                    "amount": 0.5,
                    "currency": "HKD",
                },
            ],
        ),
        "utf-8",
    )
    market = Market()
    days = pd.to_datetime(["2026-05-05", "2026-06-01", "2026-08-03"]).astype("datetime64[us]")
    market.actions["0001.HK"] = pd.DataFrame(
        {
            "ex_date": days,
            "kind": ["split", "dividend", "dividend"],
            "amount": [np.nan, 0.51, 0.2],
            "currency": [None, None, "HKD"],
            "ratio": [2.0, np.nan, np.nan],
        }
    )
    market.bars["0001.HK"] = market.bars["0001.HK"].assign(adj_close=np.nan)
    bring(data, market)
    assert rows(
        data, "SELECT ex_date::VARCHAR, kind, amount, ratio FROM corporate_actions ORDER BY 1"
    ) == [
        ("2026-05-04", "split", None, 2.0),
        ("2026-06-01", "dividend", 0.5, None),
        ("2026-08-03", "dividend", 0.2, None),
    ]


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (
            lambda lines: [*lines[:5], lines[5].replace("0001.HK", "0009.HK"), *lines[6:]],
            "rule C10",
        ),
        (
            lambda lines: [*lines[:5], lines[5].replace("HKD,daily", "HKD,hourly"), *lines[6:]],
            "rule C16",
        ),
        (lambda lines: [*lines[:5], *lines[4:]], "rule P03"),
        (
            lambda lines: [
                *lines[:5],
                "0001.HK,2026-02-30," + lines[5].split(",", 2)[2],
                *lines[6:],
            ],
            "rule C05",
        ),
    ],
)
def test_a_landed_file_with_a_fault_is_refused_by_line_also_where_a_run_is_said_to_have_written_it(
    begun, spoil, said
):
    path = begun / "prices" / "0001.HK.csv"
    path.write_text("".join(spoil(path.read_text("utf-8").splitlines(keepends=True))), "utf-8")
    by_hand = build.build(begun, say=lambda text: None).rejected
    state = record(begun)
    state["tickers"]["0001.HK"]["sha256"] = landing.sha256(path.read_bytes())
    (begun / "prices" / "run.json").write_text(json.dumps(state), "utf-8")
    believed = build.build(begun, say=lambda text: None).rejected
    assert by_hand == believed
    assert len(by_hand) == 1
    assert by_hand[0].startswith("prices/0001.HK.csv:6 ")
    assert said in by_hand[0]


# Snapshots kept -----------------------------------------------------------------------------------


def made_up(folder: Path, *days: str) -> list[str]:
    """Files that look like snapshots of these days, oldest first."""
    folder.mkdir(parents=True, exist_ok=True)
    ids = [f"{day.replace('-', '')}-120000-{number:06x}" for number, day in enumerate(days)]
    for snapshot_id in ids:
        snapshot.file_of(folder, snapshot_id).write_bytes(snapshot_id.encode())
        snapshot.file_of(folder, snapshot_id).with_suffix(".sha256").write_text(
            landing.sha256(snapshot_id.encode()), "ascii"
        )
    return ids


def test_the_last_fourteen_the_last_of_each_month_for_two_years_and_the_pinned_are_kept(tmp_path):
    days = [
        f"{month:%Y-%m}-{day:02d}"
        for month in pd.period_range("2023-06", "2026-10", freq="M").to_timestamp()
        for day in (5, 20)
    ] + [f"2026-11-{day:02d}" for day in range(1, 21)]
    ids = made_up(tmp_path, *days)
    snapshot.point_to(tmp_path, ids[-1])
    snapshot.pin(tmp_path, ids[0])
    (tmp_path / "pins.txt").write_text(
        (tmp_path / "pins.txt").read_text("utf-8")
        + f"# kept for the committee\n{ids[3]} copied into a pack\n20000101-000000-ffffff\n",
        "utf-8",
    )
    gone = snapshot.tidy(tmp_path)
    left = snapshot.published(tmp_path)[::-1]
    monthly = [
        snapshot_id
        for snapshot_id in ids
        if snapshot_id[6:8] == "20" and "202412" <= snapshot_id[:6] <= "202610"
    ]
    assert left == [ids[0], ids[3], *monthly, *ids[-14:]]
    assert sorted(gone + left) == sorted(ids)
    assert len(monthly) == 23
    assert {path.stem for path in tmp_path.glob("*.sha256")} == {
        f"harbourview-{snapshot_id}" for snapshot_id in left
    }


def test_the_snapshot_served_is_kept_however_old_it_is(tmp_path):
    ids = made_up(tmp_path, "2020-01-01", *(f"2026-11-{day:02d}" for day in range(1, 20)))
    snapshot.point_to(tmp_path, ids[0])
    snapshot.tidy(tmp_path)
    assert ids[0] in snapshot.published(tmp_path)
    assert len(snapshot.published(tmp_path)) == 15


def test_pin_keeps_one_that_is_here_and_names_those_that_are_where_it_is_not(begun):
    data, published = begun, snapshot.served(begun / "warehouse").snapshot_id
    assert loaders("pin", published, data=data).returncode == 0
    assert loaders("pin", published, data=data).returncode == 0
    assert (data / "warehouse" / "pins.txt").read_text("utf-8") == f"{published}\n"
    assert build.status(data)["pinned"] == [published]
    missing = loaders("pin", "20000101-000000-ffffff", data=data)
    assert missing.returncode == 2
    assert f"here are: {published}" in missing.stderr


def test_a_line_that_is_quoted_in_another_currency_than_the_master_says_does_not_land(data):
    market = Market()
    market.currency["0001.HK"] = "CNY"
    report = land(data, market)
    assert report.outcomes["0001.HK"] == "stopped"
    assert findings(data, "P11") == [
        ("0001.HK", "CNY", "not landed: the provider quotes in CNY, companies.csv says HKD")
    ]


def test_two_files_of_one_line_are_remembered_until_one_of_them_changes(data, tmp_path):
    (data / "curated" / "sources.csv").write_text(
        sources_of("made-up", "harbourview-ruling", "price-files"), "utf-8"
    )
    folder = tmp_path / "desk"
    folder.mkdir()
    for name in ("0001.HK.csv", "0001.HK__other.csv", "AAA.csv"):
        history(name.split("_")[0].removesuffix(".csv")).drop(columns="adj_close").to_csv(
            folder / name, index=False
        )
    command = ("prices", "--provider", "csv", "--from", str(folder), "--unadjusted")
    first = loaders(*command, data=data)
    assert first.returncode == 3
    assert "2 files say that they are 0001.HK" in first.stderr
    again = loaders(*command, data=data)
    assert again.returncode == 3
    assert "2 files say that they are 0001.HK" in again.stderr
    (folder / "0001.HK__other.csv").unlink()
    mended = loaders(*command, data=data)
    assert mended.returncode == 0
    assert "files say" not in mended.stderr
    assert rows(data, "SELECT count(*) FROM prices WHERE ticker = '0001.HK'") == [
        (len(history("0001.HK")),)
    ]


def test_a_kept_calendar_is_used_only_as_it_was_written(tmp_path, monkeypatch):
    days = reference.closings("XHKG")
    reference.keep_calendars(tmp_path)
    monkeypatch.setattr(reference, "_calendars", {})
    reference.recall_calendars(tmp_path)
    assert (reference.closings("XHKG")[0] == days[0]).all()
    assert (reference.closings("XHKG")[1] == days[1]).all()
    file = tmp_path / "XHKG.csv"
    whole = file.read_text("ascii")
    for spoiled in (
        whole.replace("2024-12-24,", "2024-12-25,"),
        whole.replace("exchange_calendars ", "exchange_calendars 0."),
        whole[:-20],
        "",
    ):
        file.write_text(spoiled, "ascii")
        monkeypatch.setattr(reference, "_calendars", {})
        reference.recall_calendars(tmp_path)
        assert "XHKG" not in reference._calendars
