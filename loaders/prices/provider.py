"""What a provider of prices is asked, what it answers, and how an answer may end.

Nothing else of a vendor leaves its module.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from functools import lru_cache
from typing import Protocol
from zoneinfo import ZoneInfo

import pandas as pd

from loaders import reference

BAR_COLUMNS = ("date", "open", "high", "low", "close", "adj_close", "volume")
ACTION_COLUMNS = ("ex_date", "kind", "amount", "currency", "ratio")


class Outcome(StrEnum):
    """How one question ended.

    Only GOT and NOTHING_NEW say something about the ticker; the rest about the provider or the way
    to it.
    """

    GOT = "got"
    NOTHING_NEW = "nothing new"
    UNKNOWN_TICKER = "unknown ticker"
    RATE_LIMITED = "rate limited"
    PROVIDER_FAULT = "provider fault"
    OFFLINE = "offline"


@dataclass(frozen=True)
class Asked:
    """One line and the first session wanted; since None is the whole history."""

    ticker: str
    exchange: str
    currency: str
    since: date | None = None


def no_bars() -> pd.DataFrame:
    return pd.DataFrame(
        {
            name: pd.Series(dtype="datetime64[us]" if name == "date" else "float64")
            for name in BAR_COLUMNS
        }
    )


def no_actions() -> pd.DataFrame:
    return pd.DataFrame(
        {
            name: pd.Series(
                dtype="datetime64[us]"
                if name == "ex_date"
                else "object"
                if name in ("kind", "currency")
                else "float64"
            )
            for name in ACTION_COLUMNS
        }
    )


def actions_frame(rows: list[tuple]) -> pd.DataFrame:
    """Dividends and splits in ACTION_COLUMNS, in the order of their days."""
    if not rows:
        return no_actions()
    return pd.DataFrame(sorted(rows, key=lambda row: row[:2]), columns=list(ACTION_COLUMNS)).astype(
        {"ex_date": "datetime64[us]", "kind": "object", "currency": "object"}
    )


@dataclass(frozen=True)
class Answer:
    """What a provider gave for one line.

    bars: one row a session in BAR_COLUMNS, dates of the listing's exchange without time or
        zone, ascending; close is split-adjusted and not dividend-adjusted, adj_close the vendor's
        dividend-adjusted one; what the vendor lacks is NaN.
    actions: dividends and splits in ACTION_COLUMNS (kind dividend, split). currency: as the
        provider says, None where it does not. raw: the bytes as received, raw_name a file name for
        them. note: one line for a reader. lasting: a fault that is told again, whatever the day, as
        long as the provider's mark is the same.
    """

    ticker: str
    outcome: Outcome
    bars: pd.DataFrame = field(default_factory=no_bars)
    actions: pd.DataFrame = field(default_factory=no_actions)
    currency: str | None = None
    note: str = ""
    raw: bytes = b""
    raw_name: str = ""
    lasting: bool = False


class Provider(Protocol):
    """A source of daily prices. fetch never raises for what a network or a vendor does: that is an
    outcome.

    One that knows it before it is asked may have a mark(name) for a line or a pair: the same mark,
    the same answer.
    """

    name: str
    version: str
    source_id: str

    def fetch(self, asked: Asked) -> Answer: ...

    def rates(self, base: str, quote: str, since: date) -> Answer:
        """Exchange rates as bars: close is units of quote for one of base."""
        ...


class Patience:
    """Asks a question again where the provider limits the rate; once it has limited to the end, the
    next questions are asked only once.
    """

    def __init__(self, attempts: int, wait: Callable[[float], None], chance: Callable[[], float]):
        self.attempts, self.left, self.wait, self.chance = attempts, attempts, wait, chance

    def ask(self, question: Callable[[], Answer]) -> Answer:
        for attempt in range(self.left):
            answer = question()
            if answer.outcome is not Outcome.RATE_LIMITED:
                self.left = self.attempts
                return answer
            if attempt + 1 < self.left:
                self.wait(wait_for(attempt, self.chance()))
        self.left = 1
        return answer


def wait_for(attempt: int, chance: float, first: float = 5.0, longest: float = 300.0) -> float:
    """Seconds before another attempt: exponential back-off with full jitter, never over five
    minutes. chance lies between 0 and 1.
    """
    return chance * min(longest, first * 2**attempt)


# The trading day ----------------------------------------------------------------------------------

CALENDARS = {"HKEX": "XHKG", "NYSE": "XNYS", "NASDAQ": "XNYS", "NYSE Arca": "XNYS"}
ZONES = {"XHKG": ZoneInfo("Asia/Hong_Kong"), "XNYS": ZoneInfo("America/New_York")}
# A close is printed after the closing auction, and vendors show it a quarter of an hour late.
SETTLED = timedelta(minutes=30)


def calendar_of(exchange: str) -> str:
    """The calendar of an exchange as companies.csv names it; a calendar's own name is itself.

    KeyError where neither is known.
    """
    return exchange if exchange in ZONES else CALENDARS[exchange]


@lru_cache(maxsize=len(ZONES))
def closings(calendar: str) -> pd.Series:
    """When each session closes, in UTC, by its day."""
    days, closes = reference.closings(calendar)
    return pd.Series(
        pd.DatetimeIndex(closes.astype("datetime64[us]")).tz_localize("UTC"),
        index=pd.DatetimeIndex(days.astype("datetime64[us]")),
    )


def last_finished(exchange: str, now: datetime, after: timedelta = SETTLED) -> date:
    """The newest session that had closed this long before a moment.

    By SETTLED its close is final: a later bar is of a session that still runs.
    """
    closes = closings(calendar_of(exchange))
    return closes.index[
        int(closes.searchsorted(pd.Timestamp(now - after), side="right")) - 1
    ].date()


def sessions_between(exchange: str, first: date, last: date) -> int:
    """How many sessions the calendar has from first to last, both included."""
    days = closings(calendar_of(exchange)).index
    return int(
        days.searchsorted(pd.Timestamp(last), side="right") - days.searchsorted(pd.Timestamp(first))
    )
