"""One run of the price loader: ask each line, keep what came, check it, land what is right, then
build.

Each line lands whole or not at all, after its checks; a run that is broken off goes on where it
stopped.
"""

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from functools import cached_property, lru_cache
from importlib.metadata import version
from pathlib import Path
from typing import NamedTuple

import duckdb
import numpy as np
import pandas as pd

from loaders import build, curated, reading, reference
from loaders.prices import landing, rules
from loaders.prices.files import Files, Unusable
from loaders.prices.landing import Finding
from loaders.prices.progress import Log, Progress
from loaders.prices.provider import (
    BAR_COLUMNS,
    Answer,
    Asked,
    Outcome,
    Provider,
    calendar_of,
    closings,
)
from warehouse import engine, snapshot

OVERLAP = 10  # sessions asked again
KINDS = ("company", "peer", "line", "index", "etf")
PAIRS = (("CNY", "HKD"), ("USD", "HKD"), ("USD", "CNY"))
FX_OVERLAP = 10  # days
STOPPED, REJECTED = "stopped", "rejected"
# Outcomes after which the next line would be told the same: how many in a row end the asking.
HOPELESS = {Outcome.OFFLINE: 3, Outcome.RATE_LIMITED: 1}
LASTING = ("P05", "P15")  # findings that each run makes anew
TABLES = (
    "companies",
    "aliases",
    "closures",
    "corporate_actions",
    "price_rules",
    "price_exceptions",
    "vendor_corrections",
    "prices",
)


class Ended(NamedTuple):
    """What a line came to, in words, and what its record says besides."""

    outcome: str
    note: str
    more: dict


class Refused(Exception):
    """The curated files cannot be read: every line that is wrong."""


@dataclass
class Report:
    """What a run came to: each line's outcome, what is left out, and the build after it."""

    landed: int = 0
    rows: int = 0
    outcomes: dict[str, str] = field(default_factory=dict)
    left_out: list[str] = field(default_factory=list)
    built: build.Result | None = None
    answered: bool = True


@dataclass(eq=False)
class World:
    """The curated files that a run needs, typed and checked as a build does it."""

    tables: dict[str, list[dict]]
    provider: str
    mark: str = ""  # the same: a line's bars would be judged as they were

    @classmethod
    def read(cls, data: Path, provider: str) -> "World":
        """Raises Refused with every line that is wrong."""
        declared = reading.declared()
        found: dict[str, list[dict]] = {}
        wrong: list[reading.Rejection] = []
        mark = hashlib.sha256(version("exchange_calendars").encode())
        for path in sorted(Path(__file__).parent.glob("*.py")):
            mark.update(path.read_bytes())
        with duckdb.connect() as connection:
            for name in TABLES:
                path = data / "curated" / f"{name}.csv"
                if not path.exists():
                    found[name] = []
                    if name in ("companies", "price_rules"):
                        wrong.append(
                            reading.Rejection(path.name, 0, "file", None, "C11", "is missing")
                        )
                    continue
                rows, bad = reading.read(path, declared[name], path.name)
                found[name] = rows.values
                mark.update(name.encode() + build.hash_of(path).digest())
                wrong += bad + (curated.broken_checks(connection, rows) if not bad else [])
        if not wrong:
            have = {(row["code"], row["measure"]) for row in found["price_rules"]}
            wrong = [
                reading.Rejection(
                    "price_rules.csv",
                    0,
                    "measure",
                    measure,
                    "C30",
                    f"rule {code} lacks this measure",
                )
                for code, measure in MEASURES
                if (code, measure) not in have
            ]
        if wrong:
            raise Refused("\n".join(str(one) for one in wrong))
        return cls(found, provider, mark.hexdigest())

    @cached_property
    def universe(self) -> dict[str, dict]:
        return {row["ticker"]: row for row in self.tables["companies"] if row["kind"] in KINDS}

    @cached_property
    def names(self) -> dict[str, list[str]]:
        """Each line of the universe with its aliases."""
        return {
            ticker: [row["alias"] for row in self.tables["aliases"] if row["ticker"] == ticker]
            for ticker in self.universe
        }

    @cached_property
    def rules(self) -> rules.Rules:
        return {
            (row["code"], row["measure"]): rules.Rule(row["severity"], row["threshold"])
            for row in self.tables["price_rules"]
        }

    def excused(self, ticker: str) -> Callable[[str, date | None], bool]:
        own = [
            row
            for row in self.tables["price_exceptions"]
            if row["ticker"] == ticker and row["provider"] in (None, self.provider)
        ]

        def excused(code: str, day: date | None) -> bool:
            return any(
                row["code"] == code
                and (
                    day is None
                    or (row["first_day"] or date.min) <= day <= (row["last_day"] or date.max)
                )
                for row in own
            )

        return excused

    @lru_cache(maxsize=4)  # noqa: B019 - a run has one world
    def sessions(self, calendar: str) -> np.ndarray:
        days = closings(calendar).index.to_numpy().astype("datetime64[D]")
        return days[
            ~np.isin(
                days,
                np.array(
                    [row["date"] for row in self.tables["closures"] if row["exchange"] == calendar],
                    dtype="datetime64[D]",
                ),
            )
        ]

    @cached_property
    def month_ends(self) -> dict[str, pd.Series]:
        frame = pd.DataFrame(
            [
                (row["ticker"], row["date"], row["close"])
                for row in self.tables["prices"]
                if row["frequency"] == "month_end"
            ],
            columns=["ticker", "date", "close"],
        )
        frame["date"] = pd.to_datetime(frame["date"]).astype("datetime64[us]")
        return {
            ticker: rows.set_index("date")["close"].sort_index()
            for ticker, rows in frame.groupby("ticker")
        }

    def dividends(self, ticker: str) -> pd.DataFrame:
        rows = [
            (row["ex_date"], row["amount"])
            for row in self.tables["corporate_actions"]
            if row["ticker"] == ticker and row["kind"] != "split"
        ]
        frame = pd.DataFrame(rows, columns=["ex_date", "amount"])
        return frame.assign(
            ex_date=pd.to_datetime(frame["ex_date"]).astype("datetime64[us]"),
            amount=frame["amount"].astype("float64"),
        )

    def splits(self, ticker: str, told: Iterable[pd.DataFrame]) -> dict[date, float]:
        known = {
            row["ex_date"]: row["ratio"]
            for row in self.tables["corporate_actions"]
            if row["ticker"] == ticker and row["kind"] == "split" and row["ratio"]
        }
        for frame in told:
            for day, kind, ratio in zip(frame["ex_date"], frame["kind"], frame["ratio"]):
                if (
                    kind == "split"
                    and ratio > 0
                    and not any(
                        curated.is_same_split(day.date(), ratio, other, known[other])
                        for other in known
                    )
                ):
                    known[day.date()] = float(ratio)
        return known

    def corrections(self, ticker: str) -> list[dict]:
        return [
            row
            for row in self.tables["vendor_corrections"]
            if row["ticker"] == ticker and row["provider"] == self.provider
        ]


MEASURES = (
    ("P01", "positive"),
    ("P01", "range"),
    ("P02", "volume"),
    ("P02", "idle"),
    ("P03", "repeated"),
    ("P04", "no_session"),
    ("P04", "missing"),
    ("P04", "missing_new"),
    ("P05", "late"),
    ("P06", "frozen"),
    ("P07", "return_warn"),
    ("P07", "deviations"),
    ("P07", "return_stop"),
    ("P07", "rate"),
    ("P08", "spike"),
    ("P08", "spike_warn"),
    ("P08", "undone"),
    ("P09", "ratio"),
    ("P09", "split"),
    ("P10", "unit"),
    ("P10", "level"),
    ("P11", "currency"),
    ("P12", "history"),
    ("P13", "adjusted"),
    ("P13", "factors"),
    ("P14", "repaired"),
    ("P15", "answered"),
    ("P16", "share"),
    ("P16", "witness"),
    ("P17", "calendar"),
    ("P18", "changed"),
    ("P18", "shorter"),
)


def mended(bars: pd.DataFrame, rows: list[dict], ticker: str) -> tuple[pd.DataFrame, list[Finding]]:
    """Undo a provider's known faults in its bars; V02 where a fault is no longer, or not as, it was
    seen.
    """
    bars, found = bars.copy(), []
    for row in rows:
        first, last = (
            pd.Timestamp(row["first_day"] or date(1900, 1, 1)),
            pd.Timestamp(row["last_day"] or date(2200, 1, 1)),
        )
        at_fault = bars["date"].between(first, last)
        if not at_fault.any():
            continue
        column, days = (
            row["column_name"],
            f"{row['first_day'] or 'the first day'} to {row['last_day'] or 'today'}",
        )
        if row["witness_day"]:
            seen = bars.loc[bars["date"] == pd.Timestamp(row["witness_day"]), column]
            value = float(seen.iloc[0]) if len(seen) else None
            near = {
                name: value is not None
                and row[name] is not None
                and abs(value / row[name] - 1) <= (row["tolerance_pct"] or 0) / 100
                for name in ("wrong_value", "right_value")
            }
            words = (
                f"{column} of {days}: on {row['witness_day']} the provider gives "
                f"{landing.plain(value) if value else 'nothing'}"
            )
            if near["right_value"]:
                found.append(
                    Finding(
                        "V02",
                        "warn",
                        ticker,
                        days,
                        (
                            f"{words}, the right value: it has mended its fault, and the "
                            "correction is not applied"
                        ),
                        "vendor_corrections",
                    )
                )
                continue
            if not near["wrong_value"]:
                found.append(
                    Finding(
                        "V02",
                        "stop",
                        ticker,
                        days,
                        (
                            f"{rules.NOT_LANDED}{words}, neither the wrong value "
                            f"{row['wrong_value']:g} nor the right one {row['right_value']:g}: "
                            "the correction must be looked at"
                        ),
                        "vendor_corrections",
                    )
                )
                continue
        for name in ("open", "high", "low", "close") if column == "close" else (column,):
            bars.loc[at_fault, name] = (
                np.nan if row["factor"] is None else bars.loc[at_fault, name] / row["factor"]
            )
    return bars, found


class Run:
    """One run over the lines asked for."""

    def __init__(
        self,
        data: Path,
        provider: Provider,
        progress: Progress,
        now: Callable[[], datetime],
        world: World,
    ):
        self.data, self.prices, self.provider, self.progress, self.now, self.world = (
            data,
            data / "prices",
            provider,
            progress,
            now,
            world,
        )
        self.log, self.report = Log(self.prices, now), Report()
        self.state = landing.read_run(self.prices) or {"run": {}, "tickers": {}}
        self.earlier = landing.read_rows(self.prices / "findings.csv")
        self.findings: dict[str, list[Finding]] = {}
        for row in self.earlier:
            self.findings.setdefault(row["ticker"], []).append(
                Finding(
                    row["code"],
                    row["severity"],
                    row["ticker"] or None,
                    row["ref"],
                    row["message"],
                    row["subject_table"],
                )
            )

    # The lines ------------------------------------------------------------------------------------

    def lines(self, tickers: list[str], since: date | None, options: dict) -> None:
        """Ask each line in turn; those that a run of the same day and kind was done with before it
        was broken off are left.
        """
        began, today = self.now(), f"{self.now().astimezone(snapshot.HONG_KONG):%Y-%m-%d}"
        kind = {"provider": self.provider.name, "day": today, **options}
        done = {}
        if self.state["run"].get("finished_at") is None and self.state["run"].get("kind") == kind:
            done = {
                ticker: line
                for ticker, line in self.state["tickers"].items()
                if line.get("run") == self.state["run"].get("began_at")
                and line.get("outcome") in (Outcome.GOT, Outcome.NOTHING_NEW)
            }
            began = datetime.fromisoformat(self.state["run"]["began_at"])
        self.began = began.astimezone(snapshot.HONG_KONG).isoformat(timespec="microseconds")
        self.state["run"] = {
            "began_at": self.began,
            "finished_at": None,
            "kind": kind,
            "provider": self.provider.name,
            "version": self.provider.version,
        }
        landing.write_run(self.prices, self.state)
        hopeless, in_a_row = None, 0
        for ticker in tickers:
            if ticker in done:
                self.report.outcomes[ticker] = done[ticker]["outcome"]
                self.progress.done(ticker, "done", "before the run was broken off")
                continue
            self.progress.begin(ticker)
            if hopeless:
                note = "not asked: the lines before it were told the same"
                ended = Ended(str(hopeless), note, {})
                self.log.line(ticker, "skipped", f"{ended.outcome}: {note}")
            else:
                ended = self.one(ticker, since)
                in_a_row = in_a_row + 1 if ended.outcome in HOPELESS else 0
                hopeless = (
                    Outcome(ended.outcome)
                    if in_a_row and in_a_row >= HOPELESS[Outcome(ended.outcome)]
                    else None
                )
            self.record(ticker, *ended)
            self.progress.done(ticker, ended.outcome, ended.note)

    def record(self, ticker: str, outcome: str, note: str, more: dict) -> None:
        """Write what a line came to; a reader sees this line's record or the one before."""
        self.report.outcomes[ticker] = outcome
        at = self.now().astimezone(snapshot.HONG_KONG).isoformat(timespec="seconds")
        before = self.state["tickers"].get(ticker, {})
        self.state["tickers"][ticker] = (
            before
            | {
                "outcome": outcome,
                "note": note,
                "rows_new": 0,
                "rejected": 0,
                "mark": None,
                "sha256_before": None,
            }
            | more
            | {"provider": self.provider.name, "at": at, "run": self.began}
        )
        landing.write_run(self.prices, self.state)

    def line_of(self, ticker: str, landed: pd.DataFrame, told: pd.DataFrame) -> rules.Line:
        company, calendar = (
            self.world.universe[ticker],
            calendar_of(self.world.universe[ticker]["exchange"]),
        )
        return rules.Line(
            ticker,
            company["kind"],
            company["exchange"],
            company["price_currency"],
            self.world.sessions(calendar),
            calendar,
            landed,
            self.world.dividends(ticker),
            self.world.splits(ticker, (landing.read_actions(self.prices, ticker), told)),
            self.world.month_ends.get(ticker),
            self.world.excused(ticker),
            lambda days: self.peers_moved(ticker, days),
        )

    def peers_moved(self, ticker: str, days: list[date]) -> bool | None:
        """Whether other lines of the exchange moved over these days, by what has landed of five of
        them; None where that is not known.
        """
        exchange, moved = self.world.universe[ticker]["exchange"], []
        for other, company in self.world.universe.items():
            if (
                other != ticker
                and company["exchange"] == exchange
                and company["kind"] != "index"
                and landing.file_of(self.prices, other).exists()
            ):
                closes = (
                    landing.read(self.prices, other)
                    .set_index("date")["close"]
                    .reindex(pd.to_datetime(days))
                    .dropna()
                )
                if len(closes) >= len(days) - 1:
                    moved.append(closes.pct_change().abs().median() > 0.001)
            if len(moved) == 5:
                break
        return sum(moved) * 2 >= len(moved) if moved else None

    def mark(self, name: str, besides: str = "") -> dict:
        """What the record of a line or a pair says of the answer that the provider would give and
        of all that judges it; empty where that is not known beforehand.
        """
        own = self.provider.mark(name) if hasattr(self.provider, "mark") else None
        return (
            {
                "mark": landing.sha256(
                    " ".join((self.provider.version, own, self.world.mark, besides)).encode()
                )
            }
            if own
            else {}
        )

    def is_as_before(
        self,
        name: str,
        path: Path,
        mark: dict,
        outcomes: tuple[Outcome, ...] = (Outcome.GOT, Outcome.NOTHING_NEW),
    ) -> bool:
        """Whether a question would be answered and judged as the last one was, of which all that
        was right has landed and still stands.
        """
        line = self.state["tickers"].get(name, {})
        return (
            bool(mark)
            and line.get("mark") == mark["mark"]
            and line.get("outcome") in outcomes
            and line.get("sha256")
            == (landing.sha256(path.read_bytes()) if path.is_file() else None)
        )

    def one(self, ticker: str, since: date | None) -> Ended:
        """Bring one line."""
        mark = self.mark(ticker)
        path = landing.file_of(self.prices, ticker)
        if since is None and self.is_as_before(ticker, path, mark, (Outcome.PROVIDER_FAULT,)):
            return self.ended(
                ticker,
                Answer(
                    ticker,
                    Outcome.PROVIDER_FAULT,
                    note=self.state["tickers"][ticker]["note"],
                    lasting=True,
                ),
                landing.read(self.prices, ticker),
                mark,
            )
        if since is None and self.is_as_before(ticker, path, mark):
            self.findings[ticker] = self.lasting(ticker)
            self.log.line(ticker, "same", "nothing new: what would be read has been")
            return Ended(str(Outcome.NOTHING_NEW), "as it was read before", mark)
        ended = self.brought(ticker, since)
        return ended._replace(more=mark | ended.more)

    def brought(self, ticker: str, since: date | None) -> Ended:
        """Ask for one line, judge and land what comes."""
        try:
            landed = landing.read(self.prices, ticker)
        except ValueError as error:
            self.log.line(
                ticker,
                "damaged",
                (
                    f"{landing.file_of(self.prices, ticker).name} cannot be read ({error}): "
                    "asked for whole"
                ),
            )
            landing.keep_vintage(self.prices, ticker, self.now())
            landing.file_of(self.prices, ticker).unlink()
            landed = landing.read(self.prices, ticker)
        company = self.world.universe[ticker]
        last = landed["date"].iloc[-1].date() if len(landed) else None
        first_asked = since
        if last:
            sessions = self.world.sessions(calendar_of(company["exchange"]))
            overlap = sessions[
                max(int(np.searchsorted(sessions, np.datetime64(last), side="right")) - OVERLAP, 0)
            ].item()
            first_asked = min(overlap, since) if since else overlap
        asked = Asked(ticker, company["exchange"], company["price_currency"], first_asked)
        self.log.line(ticker, "asked", f"{self.provider.name} since {first_asked or 'listing'}")
        answer = self.ask(asked)
        whole = not len(landed)
        more = {"last_session": str(last) if last else None} | self.raw(ticker, answer)
        if answer.outcome is not Outcome.GOT:
            return self.ended(ticker, answer, landed, more)
        bars, corrected = mended(self.typed(answer), self.world.corrections(ticker), ticker)
        calendar = calendar_of(company["exchange"])
        line = rules.Line(
            ticker,
            company["kind"],
            company["exchange"],
            company["price_currency"],
            self.world.sessions(calendar),
            calendar,
            landed,
        )
        history: list[Finding] = []
        if not whole and self.apart(line, bars):
            self.log.line(ticker, "overlap", "differs from what has landed: asked for whole")
            answer = self.ask(replace(asked, since=None))
            more |= self.raw(ticker, answer)
            if answer.outcome is not Outcome.GOT:
                return self.ended(ticker, answer, landed, more)
            whole = True
            bars, corrected = mended(self.typed(answer), self.world.corrections(ticker), ticker)
            line = self.line_of(ticker, landed, answer.actions)
            history = rules.rewritten(
                line, bars.drop_duplicates("date"), answer.actions, self.world.rules
            )
        elif (
            not whole
            and bars["date"].isin(landed["date"]).all()
            and not any(finding.severity == "stop" for finding in corrected)
            and not self.news(ticker, answer.actions)
        ):
            return self.ended(ticker, replace(answer, outcome=Outcome.NOTHING_NEW), landed, more)
        return self.judge(
            self.line_of(ticker, landed, answer.actions),
            bars,
            answer,
            whole,
            corrected + history,
            first_asked,
            more,
        )

    def judge(
        self,
        line: rules.Line,
        bars: pd.DataFrame,
        answer: Answer,
        whole: bool,
        known: list[Finding],
        since: date | None,
        more: dict,
    ) -> Ended:
        """Check what came and land it."""
        ticker, landed = line.ticker, line.landed
        verdict = rules.check(line, bars, answer.actions, answer.currency, self.world.rules, whole)
        verdict.findings = known + verdict.findings
        candidate = verdict.bars.assign(source_id=self.provider.source_id)[list(landed.columns)]
        if not whole:
            candidate = self.joined(line, candidate)
            verdict.findings += self.changed_since(line, candidate, since)
        more |= {"rejected": len(verdict.rejects)}
        self.log.line(
            ticker,
            "checked",
            (
                f"{len(bars)} rows, {verdict.dropped} repeated, {len(verdict.rejects)} kept out, "
                f"{len(verdict.findings)} findings"
            ),
        )
        if verdict.rejects or whole:
            landing.write_rejects(self.prices, ticker, verdict.rejects, whole and not verdict.stops)
        if not len(candidate) and not verdict.stops:
            verdict.findings.append(
                Finding("P18", "stop", ticker, "nothing", f"{rules.NOT_LANDED}no row is left")
            )
        if verdict.stops:
            return self.stopped(line, verdict, more)
        rewritten = any(finding.code == "P12" for finding in known)
        self.land(line, candidate, verdict, answer, whole, rewritten)
        new = int((~candidate["date"].isin(landed["date"])).sum())
        last = candidate["date"].iloc[-1]
        words = (
            f"{new} new session{'s' if new != 1 else ''}"
            + (f", {len(verdict.rejects)} kept out" if verdict.rejects else "")
            + (", the history was rewritten: a new vintage" if rewritten else "")
        )
        self.log.line(ticker, "landed", f"{words}, to {last:%Y-%m-%d}")
        self.report.landed += 1
        self.report.rows += new
        more |= {"rows_new": new, "last_session": f"{last:%Y-%m-%d}"}
        return Ended(str(Outcome.GOT), words, more)

    def joined(self, line: rules.Line, came: pd.DataFrame) -> pd.DataFrame:
        """What has landed with the sessions that came after it."""
        if not len(line.landed):
            return came
        new = came[~came["date"].isin(line.landed["date"])]
        return pd.concat([line.landed, new], ignore_index=True).sort_values(
            "date", kind="stable", ignore_index=True
        )

    def changed_since(
        self, line: rules.Line, candidate: pd.DataFrame, since: date | None
    ) -> list[Finding]:
        """Whether the landed file is other than the served closes, or than a run wrote it."""
        served = self.served_closes.get(line.ticker)
        if served is not None:
            first = pd.Timestamp(since) if since else None
            differs = rules.changed(line, candidate, served, first, self.world.rules)
            if differs:
                return differs
        path = landing.file_of(self.prices, line.ticker)
        if landing.is_altered(path, self.state["tickers"].get(line.ticker, {})):
            return rules.altered(line, path.name, self.world.rules)
        return []

    def stopped(self, line: rules.Line, verdict: rules.Verdict, more: dict) -> Ended:
        """A line that a rule stops: it stays on its old data, and the findings say so."""
        ticker, landed = line.ticker, line.landed
        self.findings[ticker] = (
            self.lasting(ticker)
            + verdict.stops
            + [
                finding
                for finding in verdict.findings
                if finding.code == "V02" and finding.severity == "warn"
            ]
        )
        self.tell()
        note = "; ".join(
            f"{stop.code} {stop.ref}: {stop.message.removeprefix(rules.NOT_LANDED)}"
            for stop in verdict.stops
        )
        stays = (
            f"; stays on its data of {landed['date'].iloc[-1]:%Y-%m-%d}"
            if len(landed)
            else "; nothing of it has landed"
        )
        self.report.left_out.append(f"{ticker}: {note}{stays}")
        self.log.line(ticker, STOPPED, note + stays)
        return Ended(STOPPED, note + stays, more)

    def land(
        self,
        line: rules.Line,
        candidate: pd.DataFrame,
        verdict: rules.Verdict,
        answer: Answer,
        whole: bool,
        rewritten: bool,
    ) -> None:
        """Write findings, actions, record and closes, in this order: whenever it is broken off,
        what is said of a line is said at least once, and the next run lands it again.
        """
        ticker, path = line.ticker, landing.file_of(self.prices, line.ticker)
        text = landing.prices_text(ticker, line.currency, candidate)
        if whole and len(line.landed) and path.read_text("utf-8") != text:
            landing.keep_vintage(self.prices, ticker, self.now())
        self.findings[ticker] = verdict.findings + (
            [] if whole and not rewritten else self.lasting(ticker)
        )
        self.tell()
        self.land_actions(ticker, answer.actions, whole)
        record = self.state["tickers"].setdefault(ticker, {})
        record |= {
            "sha256": landing.sha256(text.encode("utf-8")),
            "sha256_before": record.get("sha256"),
        }
        landing.write_run(self.prices, self.state)
        snapshot.write(path, text)

    def tell(self) -> None:
        """Write what is found by now to findings.csv."""
        if landing.write_findings(
            self.prices,
            [finding for found in self.findings.values() for finding in found],
            self.earlier,
            self.now(),
        ):
            self.earlier = landing.read_rows(self.prices / "findings.csv")

    def ask(self, asked: Asked) -> Answer:
        answer = self.provider.fetch(asked)
        count = f", {len(answer.bars)} rows" if answer.outcome is Outcome.GOT else ""
        note = f"; {answer.note}" if answer.note else ""
        self.log.line(asked.ticker, "answer", f"{answer.outcome}{count}{note}")
        if answer.outcome is Outcome.GOT and not len(answer.bars):
            return replace(
                answer, outcome=Outcome.PROVIDER_FAULT, note=answer.note or "the answer has no row"
            )
        return answer

    def raw(self, ticker: str, answer: Answer) -> dict:
        where, _ = landing.keep_raw(
            self.prices,
            self.provider.name,
            self.provider.version,
            answer,
            self.now(),
            self.state["tickers"].get(ticker, {}).get("raw"),
        )
        return {"raw": where} if where else {}

    def typed(self, answer: Answer) -> pd.DataFrame:
        """The bars with the types the rules rely on; what a provider adds (repaired_close)
        stays.
        """
        bars = answer.bars.reindex(
            columns=[*BAR_COLUMNS, *(["repaired_close"] if "repaired_close" in answer.bars else [])]
        )
        numbers = [column for column in bars if column != "date"]
        bars[numbers] = bars[numbers].astype("float64")
        return bars.assign(
            date=pd.to_datetime(bars["date"])
            .dt.tz_localize(None)
            .dt.normalize()
            .astype("datetime64[us]")
        )

    def apart(self, line: rules.Line, bars: pd.DataFrame) -> bool:
        """Whether the overlap disagrees with what has landed: a close beyond rounding, or adjusted
        closes that a dividend moved.
        """
        if len(rules.differing(line, bars, self.world.rules["P12", "history"].part)):
            return True
        _, here, there = rules.in_both(bars, line.landed)
        change = np.abs(
            bars["adj_close"].to_numpy()[here] / line.landed["adj_close"].to_numpy()[there] - 1
        )
        change = change[np.isfinite(change)]
        return bool(len(change) and (change > 1e-4).mean() > 0.5)

    def news(self, ticker: str, actions: pd.DataFrame) -> bool:
        """Whether the provider tells a dividend or a split that has not landed."""
        if not len(actions):
            return False
        known = landing.read_actions(self.prices, ticker)
        return not set(zip(actions["ex_date"], actions["kind"])) <= set(
            zip(known["ex_date"], known["kind"])
        )

    def land_actions(self, ticker: str, actions: pd.DataFrame, whole: bool) -> None:
        kept = actions
        if not whole:
            known = landing.read_actions(self.prices, ticker)
            fresh = actions[
                [
                    pair not in set(zip(known["ex_date"], known["kind"]))
                    for pair in zip(actions["ex_date"], actions["kind"])
                ]
            ]
            kept = (
                pd.concat([known, fresh], ignore_index=True)
                if len(known) and len(fresh)
                else fresh
                if len(fresh)
                else known
            )
        kept = kept.drop_duplicates(["ex_date", "kind", "amount"])
        if len(kept):
            snapshot.write(
                self.prices / "actions" / f"{ticker}.csv",
                landing.actions_text(ticker, kept, self.provider.source_id),
            )
        elif whole:
            (self.prices / "actions" / f"{ticker}.csv").unlink(missing_ok=True)

    def lasting(self, ticker: str) -> list[Finding]:
        """What earlier runs found of what has landed; what each run finds anew is left out."""
        return [
            finding
            for finding in self.findings.get(ticker, [])
            if finding.code not in LASTING and not finding.message.startswith(rules.NOT_LANDED)
        ]

    def ended(self, ticker: str, answer: Answer, landed: pd.DataFrame, more: dict) -> Ended:
        """A line that brings no row: there is none, or it is left out."""
        self.findings[ticker] = self.lasting(ticker)
        if answer.outcome is Outcome.NOTHING_NEW:
            self.log.line(ticker, "same", "nothing new")
        else:
            stays = (
                f"stays on its data of {landed['date'].iloc[-1]:%Y-%m-%d}"
                if len(landed)
                else "has no daily data"
            )
            if not self.world.excused(ticker)("P15", None):
                self.report.left_out.append(
                    f"{ticker}: {answer.outcome}{': ' + answer.note if answer.note else ''}; "
                    f"{stays}"
                )
            self.log.line(ticker, "left out", f"{answer.outcome}; {stays}")
            more |= {} if answer.lasting else {"mark": None}
        return Ended(str(answer.outcome), answer.note, more)

    @cached_property
    def served_closes(self) -> dict[str, pd.DataFrame]:
        """The daily closes of the snapshot served, of the lines whose landed file is not as the
        last run left it.
        """
        altered = []
        for ticker, line in self.state["tickers"].items():
            path = landing.file_of(self.prices, ticker)
            if (
                ticker in self.world.universe
                and path.is_file()
                and line.get("sha256") != landing.sha256(path.read_bytes())
            ):
                altered.append(ticker)
        if not altered:
            return {}
        try:
            warehouse = engine.published_to(self.data)
            now = warehouse.served()
        except snapshot.NoSnapshot:
            return {}
        with warehouse.open(now) as connection:
            frame = connection.execute(
                """
                SELECT ticker, date, close
                FROM prices
                WHERE frequency = 'daily' AND list_contains(?, ticker)
                ORDER BY ALL
                """,
                [altered],
            ).df()
        frame["date"] = frame["date"].astype("datetime64[us]")
        return {ticker: rows[["date", "close"]] for ticker, rows in frame.groupby("ticker")}

    # Exchange rates -------------------------------------------------------------------------------

    def rates(self, pairs: Iterable[tuple[str, str]], after: date) -> None:
        """Bring the rates of the days after the last of the central bank's history."""
        for base, quote in pairs:
            pair = base + quote
            self.progress.begin(pair)
            path, mark = self.prices / "fx" / f"{pair}.csv", self.mark(pair, str(after))
            if self.is_as_before(pair, path, mark):
                self.log.line(pair, "same", "nothing new: what would be read has been")
                self.record(pair, str(Outcome.NOTHING_NEW), "as it was read before", mark)
                self.progress.done(pair, str(Outcome.NOTHING_NEW), "as it was read before")
                continue
            landed = list(landing.read_rows(path))
            since = max(after, date.fromisoformat(landed[-1]["date"])) if landed else after
            since = date.fromordinal(since.toordinal() - FX_OVERLAP)
            self.log.line(pair, "asked", f"{self.provider.name} since {since}")
            answer = self.provider.rates(base, quote, since)
            self.log.line(
                pair, "answer", f"{answer.outcome}{'; ' + answer.note if answer.note else ''}"
            )
            more = mark | self.raw(pair, answer)
            outcome, note = str(answer.outcome), answer.note
            self.findings[""] = [
                finding for finding in self.findings.get("", []) if not finding.ref.startswith(pair)
            ]
            if answer.outcome is Outcome.GOT:
                bars = self.typed(answer).drop_duplicates("date").sort_values("date")
                bars = bars[(bars["close"] > 0) & np.isfinite(bars["close"])]
                have = {row["date"] for row in landed}
                new = bars[
                    (bars["date"] > pd.Timestamp(after))
                    & ~bars["date"].dt.strftime("%Y-%m-%d").isin(have)
                ]
                stops = rules.rate_steps(
                    pair,
                    bars[bars["date"] >= new["date"].iloc[0]] if len(new) else new,
                    self.rate_before(pair, landed, bars, new),
                    self.world.rules,
                )
                self.findings[""] += stops
                if any(stop.severity == "stop" for stop in stops):
                    outcome, note = STOPPED, "; ".join(stop.message for stop in stops)
                    self.report.left_out.append(f"{pair}: {note}")
                elif len(new):
                    rows = sorted(
                        [tuple(row.values()) for row in landed]
                        + [
                            (base, quote, f"{day:%Y-%m-%d}", f"{rate:.6f}", self.provider.source_id)
                            for day, rate in zip(new["date"], new["close"])
                        ],
                        key=lambda row: row[2],
                    )
                    text = landing.text_of(landing.FX, rows)
                    snapshot.write(path, text)
                    self.report.landed += 1
                    note = f"{len(new)} new day{'s' if len(new) != 1 else ''}"
                    more |= {
                        "rows_new": len(new),
                        "last_session": rows[-1][2],
                        "sha256": landing.sha256(text.encode("utf-8")),
                    }
                else:
                    outcome = str(Outcome.NOTHING_NEW)
            elif answer.outcome is not Outcome.NOTHING_NEW:
                self.report.left_out.append(
                    f"{pair}: {answer.outcome}{': ' + answer.note if answer.note else ''}"
                )
            self.log.line(
                pair,
                "landed" if more.get("rows_new") else outcome if outcome == STOPPED else "same",
                note,
            )
            self.record(pair, outcome, note, more)
            self.progress.done(pair, outcome, note)

    def rate_before(
        self, pair: str, landed: list[dict], bars: pd.DataFrame, new: pd.DataFrame
    ) -> float | None:
        """The last rate known before the new ones: ours, else the provider's own."""
        if not len(new):
            return None
        earlier = [
            float(row["rate"]) for row in landed if row["date"] < f"{new['date'].iloc[0]:%Y-%m-%d}"
        ]
        own = bars.loc[bars["date"] < new["date"].iloc[0], "close"]
        return earlier[-1] if earlier else float(own.iloc[-1]) if len(own) else None

    # The end --------------------------------------------------------------------------------------

    def finish(self, tickers: list[str], foreign: list[Answer]) -> None:
        """The findings of the run as a whole, findings.csv, and the record that it is done."""
        outcomes = {ticker: self.report.outcomes[ticker] for ticker in tickers}
        self.report.answered = any(
            outcome in (Outcome.GOT, Outcome.NOTHING_NEW, STOPPED) for outcome in outcomes.values()
        )
        left = []
        for ticker, outcome in outcomes.items():
            last = self.state["tickers"][ticker].get("last_session")
            if outcome in (Outcome.GOT, Outcome.NOTHING_NEW, STOPPED):
                line = rules.Line(
                    ticker,
                    "",
                    "",
                    "",
                    self.world.sessions(calendar_of(self.world.universe[ticker]["exchange"])),
                    calendar_of(self.world.universe[ticker]["exchange"]),
                    excused=self.world.excused(ticker),
                )
                self.findings[ticker] = [
                    finding
                    for finding in self.findings.get(ticker, [])
                    if finding.code not in LASTING
                ] + rules.late(
                    line, date.fromisoformat(last) if last else None, self.now(), self.world.rules
                )
            else:
                left.append((ticker, outcome, last))
        for finding in rules.unanswered(
            len(tickers),
            left,
            lambda ticker: self.world.excused(ticker)("P15", None),
            self.world.rules,
        ):
            if finding.ticker is not None:  # it is of one line
                self.findings.setdefault(finding.ticker, []).append(finding)
        for answer in foreign:
            self.report.left_out.append(
                f"{answer.raw_name or answer.ticker}: {answer.outcome}: {answer.note}"
            )
            self.log.line("-", "left out", answer.note)
        self.findings[""] = [
            finding for finding in self.findings.get("", []) if finding.table == "fx"
        ] + [
            finding
            for name in ("XHKG", "XNYS")
            for finding in rules.calendar_ends(
                name, self.world.sessions(name), self.now(), self.world.rules
            )
        ]
        if self.report.answered:
            self.tell()
        self.state["run"] |= {
            "finished_at": self.now().astimezone(snapshot.HONG_KONG).isoformat(timespec="seconds"),
            "left_out": self.report.left_out,
        }
        landing.write_run(self.prices, self.state)


def run(
    data: Path,
    provider: Provider,
    tickers: list[str] | None = None,
    since: date | None = None,
    progress: Progress | None = None,
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
    options: dict | None = None,
    world: World | None = None,
) -> Report:
    """Bring prices of the lines asked for (None: all the provider may have) and build, under the
    loaders' lock.

    Raises snapshot.Locked where another loader is at work, Refused where the curated files cannot
    be read.
    """
    with snapshot.lock(data / "warehouse"):
        world = world or World.read(data, provider.name)
        chosen = (
            tickers
            if tickers is not None
            else [
                ticker
                for ticker in getattr(provider, "tickers", lambda: world.universe)()
                if ticker in world.universe
            ]
        )
        pairs = [
            (base, quote)
            for base, quote in PAIRS
            if not hasattr(provider, "pairs")
            or {(base, quote), (quote, base)} & set(provider.pairs())
        ]
        after = reference.last_rate_of_bank()
        wants_rates = tickers is None and now().astimezone(snapshot.HONG_KONG).date() > after
        progress = progress or Progress(len(chosen) + (len(pairs) if wants_rates else 0))
        progress.total = len(chosen) + (len(pairs) if wants_rates else 0)
        reference.recall_calendars(data / "prices" / "calendars")
        the = Run(data, provider, progress, now, world)
        the.lines(
            chosen,
            since,
            {"tickers": tickers, "since": str(since) if since else None, **(options or {})},
        )
        if wants_rates and any(
            outcome in (Outcome.GOT, Outcome.NOTHING_NEW, STOPPED)
            for outcome in the.report.outcomes.values()
        ):
            the.rates(pairs, after)
        reference.keep_calendars(data / "prices" / "calendars")
        the.finish(
            chosen, provider.unknown() if tickers is None and hasattr(provider, "unknown") else []
        )
        the.log.line("-", "build")
        the.report.built = build.build_locked(
            data, True, lambda text: progress.begin(text) if progress.terminal else None
        )
        built = the.report.built
        the.log.line(
            "-",
            "built",
            "nothing new"
            if built.unchanged
            else built.snapshot_id or f"refused: {len(built.rejected)} lines",
        )
        return the.report


# From the command line ----------------------------------------------------------------------------


def provider_of(name: str, folder: str | None, unadjusted: bool, world: World) -> Provider:
    """The provider of that name.

    Raises ValueError where its package is not there, or its folder declares what cannot be.
    """
    try:
        if name == "csv":
            if folder is None:
                raise ValueError("the provider csv reads a folder: --from DIR")
            return Files(folder, world.names, unadjusted)
        # A vendor's package is loaded only where it is asked.
        if name == "akshare":
            from loaders.prices import akshare

            return akshare.Akshare(
                {ticker: list(world.splits(ticker, ()).items()) for ticker in world.universe}
            )
        from loaders.prices import yahoo

        return yahoo.Yahoo()
    except (ImportError, RuntimeError, Unusable) as error:
        raise ValueError(str(error)) from error
