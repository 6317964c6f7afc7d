"""Daily prices of Yahoo through yfinance, one line a question.

What an answer means is read from Yahoo's own bytes, kept by the session, never from yfinance's
guess: it calls every ticker without an answer "possibly delisted", also where the network is down.
"""

import json
import logging
import random
import time
import warnings
from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pandas as pd
import yfinance
from curl_cffi import requests as curl
from yfinance.data import YfData
from yfinance.exceptions import YFRateLimitError
from yfinance.scrapers.history import PriceHistory

from loaders.prices.provider import (
    BAR_COLUMNS,
    ZONES,
    Answer,
    Asked,
    Outcome,
    Patience,
    actions_frame,
    calendar_of,
    last_finished,
    no_bars,
    sessions_between,
)

CHART = "https://query2.finance.yahoo.com/v8/finance/chart/"
# Where Yahoo's symbol is another than ours: nowhere in today's universe, since ours follow Yahoo's
# form.
SYMBOLS: dict[str, str] = {}
NOT_THERE = {
    "HSTECH": (
        "Yahoo has no history of the Hang Seng TECH Index; the provider csv reads one from a "
        "file, akshare has one"
    )
}
# A line outside every universe that Yahoo surely has: while it answers, a "no data found" is about
# the ticker.
CONTROL = "MSFT"
ATTEMPTS = 7
CONNECT_SECONDS, READ_SECONDS = 10.0, 30.0
# Before every history of Yahoo. Its period 'max' would need a list in the answer that not every
# answer has.
FIRST_DAY = date(1970, 1, 2)
# Of curl: an empty reply, a connection lost while sending or receiving, a part only. Yahoo was
# reached and did not finish.
BROKEN_OFF = {18, 52, 55, 56}
FX_ZONE = ZoneInfo("Europe/London")
COLUMNS = {
    "Open": "open",
    "High": "high",
    "Low": "low",
    "Close": "close",
    "Adj Close": "adj_close",
    "Volume": "volume",
}


class Listening(curl.Session):
    """A session that keeps what the chart endpoint answers, and lets no question last longer than
    ours may.
    """

    def __init__(self, **more) -> None:
        super().__init__(**more)
        self.timeouts = (CONNECT_SECONDS, READ_SECONDS)
        self.received: tuple[int, bytes] | None = None

    def request(self, method, url, **more):  # type: ignore[override]  # hands all of it on
        # curl counts the pair together, from the first byte to the last, so that a slow drip ends
        # too.
        response = super().request(method, url, **(more | {"timeout": self.timeouts}))
        if "/v8/finance/chart/" in url:
            self.received = response.status_code, response.content
        return response


class Yahoo:
    """The provider yahoo. Tests give the session, the clock, the chance and the waiting."""

    name = "yahoo"
    version = f"yfinance {yfinance.__version__}"
    source_id = "yahoo-finance"

    def __init__(
        self,
        session: Listening | None = None,
        wait: Callable[[float], None] = time.sleep,
        chance: Callable[[], float] = random.random,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        timeouts: tuple[float, float] = (CONNECT_SECONDS, READ_SECONDS),
    ):
        self.session, self.now, self.patience = (
            session or Listening(impersonate="chrome"),
            now,
            Patience(ATTEMPTS, wait, chance),
        )
        self.session.timeouts = timeouts
        self.was_offline = False

    # The two questions ----------------------------------------------------------------------------

    def fetch(self, asked: Asked) -> Answer:
        if asked.ticker in NOT_THERE:
            return Answer(asked.ticker, Outcome.UNKNOWN_TICKER, note=NOT_THERE[asked.ticker])
        zone = ZONES[calendar_of(asked.exchange)]
        return self._patiently(asked, SYMBOLS.get(asked.ticker, asked.ticker), zone)

    def rates(self, base: str, quote: str, since: date) -> Answer:
        """Exchange rates as bars: close is units of quote for one of base."""
        return self._patiently(Asked(base + quote, "", quote, since), f"{base}{quote}=X", FX_ZONE)

    def _patiently(self, asked: Asked, symbol: str, zone: ZoneInfo) -> Answer:
        answer = self.patience.ask(lambda: self._once(asked, symbol, zone))
        self.was_offline = answer.outcome is Outcome.OFFLINE
        return answer

    def _once(self, asked: Asked, symbol: str, zone: ZoneInfo) -> Answer:
        def ended(outcome: Outcome, note: str) -> Answer:
            return Answer(
                asked.ticker,
                outcome,
                note=note,
                raw=self.session.received[1] if self.session.received else b"",
                raw_name=f"{asked.ticker}.json",
            )

        self.session.received = None
        if self.was_offline and (note := self._unreachable()):
            return ended(Outcome.OFFLINE, note)
        frame, trouble = None, None
        try:
            frame = self._history(symbol, asked.since, zone)
        except YFRateLimitError:
            return ended(Outcome.RATE_LIMITED, "Yahoo limits the rate of questions (HTTP 429)")
        except Exception as error:  # whatever a vendor's library raises is an outcome
            trouble = error
        if self.session.received is None:
            return ended(*_of_network(trouble))
        status, raw = self.session.received
        chart, outcome, note = _chart_of(status, raw)
        if outcome is Outcome.UNKNOWN_TICKER:
            return ended(*self._unknown(symbol, note))
        if outcome is not Outcome.GOT:
            return ended(outcome, note)
        meta = chart["meta"]
        if meta.get("symbol") not in (symbol, symbol.removeprefix("USD")):
            return ended(
                Outcome.PROVIDER_FAULT,
                f"Yahoo answers for {meta.get('symbol')!r} when asked for {symbol!r}",
            )
        answer = replace(ended(Outcome.GOT, ""), currency=meta.get("currency"))
        finished = (
            last_finished(asked.exchange, self.now())
            if asked.exchange
            else self.now().astimezone(zone).date() - timedelta(days=1)
        )
        if chart.get("timestamp"):
            if frame is None:
                return ended(
                    Outcome.PROVIDER_FAULT,
                    f"yfinance cannot read Yahoo's answer: {type(trouble).__name__}: {trouble}"[
                        :300
                    ],
                )
            try:
                bars, note = _bars_of(frame, chart, zone, asked.since, finished)
                answer = replace(
                    answer,
                    bars=bars,
                    actions=_actions_of(chart, zone, asked.since, finished),
                    note=note,
                )
            except (KeyError, ValueError, TypeError, AttributeError, ZeroDivisionError) as error:
                return ended(
                    Outcome.PROVIDER_FAULT,
                    (
                        f"Yahoo's answer has another shape than it had: {type(error).__name__}: "
                        f"{error}"
                    )[:300],
                )
        if not len(answer.bars):
            return self._without_bars(answer, asked, finished)
        return answer

    def _history(self, symbol: str, since: date | None, zone: ZoneInfo) -> pd.DataFrame:
        with _outspoken():
            # A Ticker would ask Yahoo for the zone first, and remember a wrong answer; here it is
            # known.
            return PriceHistory(YfData(self.session), symbol, zone.key, self.session).history(
                start=(since or FIRST_DAY).isoformat(),
                interval="1d",
                auto_adjust=False,
                actions=True,
                repair=False,
                keepna=True,
                timeout=self.session.timeouts[1],
            )

    def _without_bars(self, answer: Answer, asked: Asked, finished: date) -> Answer:
        """No bar is news only where no session has ended since the day asked for."""
        ended = (
            ""
            if asked.since is None or not asked.exchange
            else sessions_between(asked.exchange, asked.since, finished)
        )
        if ended == 0:
            return replace(
                answer,
                outcome=Outcome.NOTHING_NEW,
                note=answer.note or f"no session has ended since {asked.since}",
            )
        told = (
            f"{ended} sessions have ended since {asked.since}"
            if ended
            else f"asked for all since {asked.since or 'the first day'}"
        )
        return replace(
            answer,
            outcome=Outcome.PROVIDER_FAULT,
            note=f"Yahoo gives no close, though {told}{'; ' * bool(answer.note)}{answer.note}",
        )

    # What a missing answer means ------------------------------------------------------------------

    def _ask_control(self) -> tuple[int, bytes] | None:
        self.session.request("GET", CHART + CONTROL, params={"range": "5d", "interval": "1d"})
        return self.session.received

    def _unreachable(self) -> str:
        """After a line that found no network: why there is still none, by one quick question."""
        try:
            self._ask_control()
        except Exception as error:
            outcome, note = _of_network(error)
            return note if outcome is Outcome.OFFLINE else ""
        self.session.received = None
        return ""

    def _unknown(self, symbol: str, note: str) -> tuple[Outcome, str]:
        """Yahoo says that there is no such symbol: believed only while a line that surely exists
        has an answer.
        """
        kept = self.session.received
        try:
            received = self._ask_control()
            if received is None:
                raise TypeError("a question that nothing was kept of")
            chart, outcome, _ = _chart_of(*received)
        except Exception as error:
            chart, outcome = None, _of_network(error)[0]
        self.session.received = kept
        if outcome is Outcome.GOT and chart and chart.get("timestamp"):
            return Outcome.UNKNOWN_TICKER, f"Yahoo knows no {symbol}: {note}; {CONTROL} answers"
        if outcome in (Outcome.RATE_LIMITED, Outcome.OFFLINE):
            return (
                outcome,
                (
                    f"Yahoo said of {symbol}: {note}; the control line {CONTROL} has no answer "
                    f"either ({outcome})"
                ),
            )
        return (
            Outcome.PROVIDER_FAULT,
            (
                f"Yahoo said of {symbol}: {note}; but {CONTROL}, which surely exists, has no "
                "answer either"
            ),
        )


@contextmanager
def _outspoken():
    """yfinance raising what it would hide, and printing nothing."""
    logs, hidden = (
        [logging.getLogger(name) for name in ("yfinance", "bs4")],
        yfinance.config.debug.hide_exceptions,
    )
    levels = [log.level for log in logs]
    yfinance.config.debug.hide_exceptions = False
    for log in logs:
        log.setLevel(logging.CRITICAL + 1)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Pandas4Warning at ten places of yfinance
            yield
    finally:
        yfinance.config.debug.hide_exceptions = hidden
        for log, level in zip(logs, levels):
            log.setLevel(level)


def _of_network(error: Exception | None) -> tuple[Outcome, str]:
    """What a question without any answer says: the way to Yahoo is closed, or Yahoo does not
    finish.
    """
    names = {kind.__name__ for kind in type(error).__mro__}
    told = f"{type(error).__name__}: {error}"[:200]
    if "ConnectTimeout" in names or (
        names & {"Timeout", "TimeoutError"} and "Connection timed out" in str(error)
    ):
        return Outcome.OFFLINE, f"Yahoo cannot be reached: {told}"
    if getattr(error, "code", None) in BROKEN_OFF or names & {
        "Timeout",
        "TimeoutError",
        "IncompleteRead",
        "HTTPError",
        "ChunkedEncodingError",
        "ContentDecodingError",
        "ReadTimeout",
    }:
        return Outcome.PROVIDER_FAULT, f"Yahoo did not finish its answer: {told}"
    if names & {"ConnectionError", "ProxyError", "gaierror"}:
        return Outcome.OFFLINE, f"Yahoo cannot be reached: {told}"
    return Outcome.PROVIDER_FAULT, f"no answer of Yahoo: {told}"


def _chart_of(status: int, raw: bytes) -> tuple[dict | None, Outcome, str]:
    """The one result of a chart answer, or what the answer is instead."""
    head = raw.lstrip()[:200]
    if status == 429 or b"Too Many Requests" in head:
        return None, Outcome.RATE_LIMITED, f"Yahoo limits the rate of questions (HTTP {status})"
    if status >= 500:
        return None, Outcome.PROVIDER_FAULT, f"HTTP {status} of Yahoo"
    if head.startswith(b"<"):
        return (
            None,
            Outcome.PROVIDER_FAULT,
            f"Yahoo sends an HTML page in place of prices (HTTP {status})",
        )
    if not head:
        return None, Outcome.PROVIDER_FAULT, f"Yahoo sends an empty answer (HTTP {status})"
    try:
        chart = json.loads(raw)["chart"]
        error, result = chart.get("error"), chart.get("result")
        described = "" if not error else str(error.get("description") or error.get("code"))
        first = result[0] if result else None
        if first is not None and not (
            isinstance(first["meta"], dict) and first["indicators"]["quote"]
        ):
            raise KeyError("meta")
    except (ValueError, KeyError, TypeError, AttributeError, IndexError) as wrong:
        return (
            None,
            Outcome.PROVIDER_FAULT,
            (
                f"Yahoo's answer is cut off or no chart (HTTP {status}, {len(raw)} bytes, "
                f"{type(wrong).__name__})"
            ),
        )
    if "no data found" in described.lower() or (
        status == 404 and error and str(error.get("code")).lower() == "not found"
    ):
        return None, Outcome.UNKNOWN_TICKER, described
    if error or status >= 400:
        return (
            None,
            Outcome.PROVIDER_FAULT,
            f"HTTP {status} of Yahoo: {described or 'no reason given'}",
        )
    if first is None:
        return None, Outcome.PROVIDER_FAULT, "Yahoo's answer holds no result and no reason"
    return first, Outcome.GOT, ""


def _day(stamp: float, zone: ZoneInfo) -> pd.Timestamp:
    return pd.Timestamp(datetime.fromtimestamp(stamp, zone).date())


def _bars_of(
    frame: pd.DataFrame, chart: dict, zone: ZoneInfo, since: date | None, finished: date
) -> tuple[pd.DataFrame, str]:
    """The finished sessions with a close, in the exchange's own days, and what was left out."""
    bars = (
        frame.rename(columns=COLUMNS)
        .reindex(columns=list(BAR_COLUMNS)[1:])
        .astype("float64")
        .reset_index(drop=True)
    )
    bars.insert(
        0,
        "date",
        pd.DatetimeIndex(frame.index)
        .tz_convert(zone)
        .tz_localize(None)
        .normalize()
        .astype("datetime64[us]"),
    )
    # yfinance writes 0 where Yahoo has no volume.
    volumes = chart["indicators"]["quote"][0].get("volume") or []
    lacking = {
        _day(stamp, zone) for stamp, volume in zip(chart["timestamp"], volumes) if volume is None
    }
    bars.loc[bars["date"].isin(lacking), "volume"] = float("nan")
    if "adjclose" not in chart["indicators"]:
        bars["adj_close"] = float("nan")
    running = bars["date"] > pd.Timestamp(finished)
    empty = bars["close"].isna() & ~running
    early = bars["date"] < pd.Timestamp(since) if since else pd.Series(False, index=bars.index)
    without = int(empty.sum())
    notes = [f"{without} row{'s' * (without != 1)} without a close left out"] if without else []
    notes += (
        [
            (
                f"the bar of {bars.loc[running, 'date'].iloc[-1]:%Y-%m-%d} left out: its session "
                "has not ended"
            )
        ]
        if running.any()
        else []
    )
    kept = (
        bars[~running & ~empty & ~early]
        .drop_duplicates("date", keep="last")
        .sort_values("date")
        .reset_index(drop=True)
    )
    return (kept if len(kept) else no_bars()), "; ".join(notes)


def _actions_of(chart: dict, zone: ZoneInfo, since: date | None, finished: date) -> pd.DataFrame:
    """Dividends and splits.

    A dividend's currency is the event's own word: Yahoo gives USD amounts beside HKD prices and
    mostly does not say so.
    """
    rows = []
    for event in (chart.get("events") or {}).get("dividends", {}).values():
        rows.append(
            (
                _day(event["date"], zone),
                "dividend",
                float(event["amount"]),
                event.get("currency") or None,
                float("nan"),
            )
        )
    for event in (chart.get("events") or {}).get("splits", {}).values():
        rows.append(
            (
                _day(event["date"], zone),
                "split",
                float("nan"),
                None,
                float(event["numerator"]) / float(event["denominator"]),
            )
        )
    return actions_frame(
        [
            row
            for row in rows
            if (since is None or row[0].date() >= since)
            and row[0].date() <= max(finished, since or finished)
        ]
    )
