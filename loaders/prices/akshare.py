"""Daily prices for desks in mainland China through akshare (an optional extra): Sina's Hong Kong
and US lines, Bank of China's FX.

Sina's closes are the price on the day, on the share basis of that day. Splits known to us are
undone, each only where the closes show its step; what a line without a known split jumps by stays,
for the checks to stop.
"""

import json
import re
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from types import ModuleType

import pandas as pd

from loaders.prices.provider import (
    BAR_COLUMNS,
    Answer,
    Asked,
    Outcome,
    Patience,
    calendar_of,
    last_finished,
    no_bars,
    sessions_between,
)

EXTRA = "akshare is not installed: pip install -r requirements-akshare.txt"
INDICES = {"^HSI": "HSI", "HSTECH": "HSTECH"}
# What Bank of China calls the currencies; its central parity is yuan for 100 units.
CURRENCIES = {"HKD": "港币", "USD": "美元"}
PARITY, PARITY_DAY, PARITY_UNITS = "央行中间价", "日期", 100
CONTROL = Asked("0001.HK", "HKEX", "HKD")
ATTEMPTS = 4
LONGEST = 60.0
# How far the step of the closes may be from a split's ratio: one day's move besides.
NEAR_SPLIT = 0.25
LIMITED = re.compile(r"\b(429|456)\b|too many requests", re.IGNORECASE)  # 456 is Sina's own
FIRST_DAY = date(1980, 1, 1)


class Missing(RuntimeError):
    """The optional extra is not installed."""


class Hangs(Exception):
    """The vendor did not answer in time."""


class Akshare:
    """The provider akshare. splits: ticker -> (ex date, new shares for one old), those of
    corporate_actions. Tests give the module.
    """

    name = "akshare"
    source_id = "akshare-sina"

    def __init__(
        self,
        splits: Mapping[str, Iterable[tuple[date, float]]] | None = None,
        module: ModuleType | None = None,
        wait: Callable[[float], None] = time.sleep,
        chance: Callable[[], float] = lambda: 0.5,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        longest: float = LONGEST,
    ):
        if module is None:
            try:
                import akshare  # takes seconds, and most desks do without it
            except ImportError as error:
                raise Missing(EXTRA) from error
            module = akshare
        self.module, self.splits, self.now, self.longest, self.patience = (
            module,
            splits or {},
            now,
            longest,
            Patience(ATTEMPTS, wait, chance),
        )
        self.version = f"akshare {getattr(module, '__version__', 'of unknown version')}"

    def fetch(self, asked: Asked) -> Answer:
        return self.patience.ask(lambda: self._once(asked))

    def rates(self, base: str, quote: str, since: date) -> Answer:
        """Exchange rates as bars: close is units of quote for one of base, of the central parities
        against the yuan.
        """
        return self.patience.ask(lambda: self._rates(base, quote, since))

    def _asked(self, function: str, **arguments) -> pd.DataFrame:
        """What akshare answers, within the time allowed: it sets none itself.

        A thread that hangs ends with the process.
        """
        found: list = []

        def question() -> None:
            try:
                found.append(getattr(self.module, function)(**arguments))
            except Exception as error:  # whatever a vendor's library raises is an outcome
                found.append(error)

        thread = threading.Thread(target=question, daemon=True)
        thread.start()
        thread.join(self.longest)
        if not found:
            raise Hangs(f"no answer of {function} within {self.longest:.0f} s")
        if isinstance(found[0], Exception):
            raise found[0]
        return found[0]

    def _daily(self, asked: Asked) -> pd.DataFrame:
        if asked.ticker in INDICES:
            return self._asked("stock_hk_index_daily_sina", symbol=INDICES[asked.ticker])
        if calendar_of(asked.exchange) == "XHKG":
            return self._asked(
                "stock_hk_daily", symbol=asked.ticker.removesuffix(".HK").zfill(5), adjust=""
            )
        return self._asked("stock_us_daily", symbol=asked.ticker, adjust="")

    def _once(self, asked: Asked) -> Answer:
        try:
            frame = self._daily(asked)
        except Exception as error:
            return Answer(asked.ticker, *_of(error))
        if isinstance(frame, pd.DataFrame) and frame.empty:
            return self._empty(asked)
        if not isinstance(frame, pd.DataFrame) or not {"date", "close"} <= set(frame.columns):
            return Answer(
                asked.ticker,
                Outcome.PROVIDER_FAULT,
                note=(
                    "akshare answers in another shape than it did: "
                    f"{list(getattr(frame, 'columns', [type(frame).__name__]))[:8]}"
                ),
            )
        raw = frame.to_csv(index=False).encode()
        try:
            bars, note = _bars(frame, asked.since, last_finished(asked.exchange, self.now()))
            bars, undone = _on_todays_shares(bars, frame, self.splits.get(asked.ticker, ()))
        except (ValueError, TypeError, KeyError) as error:
            return Answer(
                asked.ticker,
                Outcome.PROVIDER_FAULT,
                note=f"akshare answers in another shape than it did: {error}"[:300],
                raw=raw,
                raw_name=f"{asked.ticker}.csv",
            )
        answer = Answer(
            asked.ticker,
            Outcome.GOT,
            bars,
            note="; ".join(filter(None, (note, undone))),
            raw=raw,
            raw_name=f"{asked.ticker}.csv",
        )
        if len(bars):
            return answer
        first = asked.since or FIRST_DAY
        missed = sessions_between(
            asked.exchange, max(first, FIRST_DAY), last_finished(asked.exchange, self.now())
        )
        return replace(
            answer,
            outcome=Outcome.PROVIDER_FAULT if missed else Outcome.NOTHING_NEW,
            note="; ".join(
                filter(
                    None,
                    (f"no close since {first}, in which time {missed} sessions have ended", note),
                )
            ),
        )

    def _empty(self, asked: Asked) -> Answer:
        """No rows: believed of the ticker only while a line that surely exists has some."""
        try:
            known = len(self._daily(CONTROL)) > 0
        except Exception as error:
            outcome, note = (
                _of(error)[0],
                f"no rows; the control line {CONTROL.ticker} has no answer either: {error}",
            )
            return Answer(asked.ticker, outcome, note=note[:300])
        if known:
            return Answer(
                asked.ticker,
                Outcome.UNKNOWN_TICKER,
                note=f"Sina has no rows for it, and some for {CONTROL.ticker}",
            )
        return Answer(
            asked.ticker,
            Outcome.PROVIDER_FAULT,
            note=f"Sina has no rows for it, and none for {CONTROL.ticker}, which surely exists",
        )

    def _rates(self, base: str, quote: str, since: date) -> Answer:
        pair, today = base + quote, self.now().astimezone().date()
        parities, raw = {}, {}
        for currency in sorted({base, quote} - {"CNY"}):
            if currency not in CURRENCIES:
                return Answer(
                    pair,
                    Outcome.UNKNOWN_TICKER,
                    note=f"no central parity of {currency} is asked for",
                )
            try:
                frame = self._asked(
                    "currency_boc_sina",
                    symbol=CURRENCIES[currency],
                    start_date=f"{since:%Y%m%d}",
                    end_date=f"{today:%Y%m%d}",
                )
                values = pd.Series(
                    pd.to_numeric(frame[PARITY], errors="coerce").to_numpy() / PARITY_UNITS,
                    index=pd.to_datetime(frame[PARITY_DAY]),
                ).dropna()
            except Exception as error:
                return Answer(pair, *_of(error))
            parities[currency], raw[currency] = (
                values[~values.index.duplicated(keep="first")].sort_index(),
                frame.astype(str).to_dict("list"),
            )
        yuan = [
            parities.get(currency, pd.Series(1.0, index=next(iter(parities.values())).index))
            for currency in (base, quote)
        ]
        rate = (yuan[0] / yuan[1]).dropna()
        rate = rate[(rate.index >= pd.Timestamp(since)) & (rate.index <= pd.Timestamp(today))]
        bars = (
            no_bars()
            if rate.empty
            else pd.DataFrame(
                {"date": rate.index.astype("datetime64[us]"), "close": rate.to_numpy()}
            )
            .reindex(columns=list(BAR_COLUMNS))
            .astype(dict.fromkeys(BAR_COLUMNS[1:], "float64"))
        )
        few = since < today - timedelta(days=10)
        outcome = (
            Outcome.GOT if len(bars) else Outcome.PROVIDER_FAULT if few else Outcome.NOTHING_NEW
        )
        return Answer(
            pair,
            outcome,
            bars,
            currency=quote,
            note=f"central parity of the yuan, {len(bars)} days",
            raw=json.dumps(raw, ensure_ascii=False).encode(),
            raw_name=f"{pair}.json",
        )


def _of(error: Exception) -> tuple[Outcome, pd.DataFrame, pd.DataFrame, None, str]:
    """The outcome of an error, in the places of an Answer after the ticker."""
    blank = Answer("", Outcome.OFFLINE)
    names, text = (
        {kind.__name__ for kind in type(error).__mro__},
        f"{type(error).__name__}: {error}"[:200],
    )
    if LIMITED.search(str(error)):
        outcome, note = Outcome.RATE_LIMITED, f"Sina limits the rate of questions: {text}"
    elif names & {"Hangs", "Timeout", "TimeoutError"} and "ConnectTimeout" not in names:
        outcome, note = Outcome.PROVIDER_FAULT, f"Sina did not finish its answer: {text}"
    elif names & {"ConnectionError", "ProxyError", "gaierror"}:
        outcome, note = Outcome.OFFLINE, f"Sina cannot be reached: {text}"
    else:
        # akshare cuts pages at '=' and raises IndexError for whatever else came: an unknown code, a
        # page of a block, a change.
        outcome, note = Outcome.PROVIDER_FAULT, f"akshare cannot read what Sina sent: {text}"
    return outcome, blank.bars, blank.actions, None, note


def _bars(frame: pd.DataFrame, since: date | None, finished: date) -> tuple[pd.DataFrame, str]:
    """The finished sessions with a close from the first one wanted, and what was left out."""
    bars = frame.reindex(columns=list(BAR_COLUMNS)).astype(
        dict.fromkeys(BAR_COLUMNS[1:], "float64")
    )
    bars["date"] = pd.to_datetime(bars["date"]).astype("datetime64[us]")
    bars["adj_close"] = float("nan")
    if bars["date"].isna().any():
        raise ValueError("a row without a date")
    running, without = bars["date"] > pd.Timestamp(finished), bars["close"].isna()
    notes = (
        [f"{int((without & ~running).sum())} row(s) without a close left out"]
        if (without & ~running).any()
        else []
    )
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
    kept = bars[~running & ~without & (bars["date"] >= pd.Timestamp(since or FIRST_DAY))]
    if not kept["date"].is_unique:
        raise ValueError(f"{int(kept['date'].duplicated().sum())} days stand twice")
    return kept.sort_values("date").reset_index(drop=True), "; ".join(notes)


def _on_todays_shares(
    bars: pd.DataFrame, frame: pd.DataFrame, splits: Iterable[tuple[date, float]]
) -> tuple[pd.DataFrame, str]:
    """Prices and volumes before a split on today's share basis, where the closes step by its ratio;
    where they do not, they are so already.
    """
    if bars.empty:
        return bars, ""
    closes = (
        pd.Series(pd.to_numeric(frame["close"]).to_numpy(), index=pd.to_datetime(frame["date"]))
        .dropna()
        .sort_index()
    )
    bars, notes = bars.copy(), []
    for day, ratio in sorted(splits, reverse=True):
        ex_date = pd.Timestamp(day)
        before, after = closes[closes.index < ex_date], closes[closes.index >= ex_date]
        if before.empty or after.empty:
            continue
        step = before.iloc[-1] / after.iloc[0]
        if abs(step / ratio - 1) <= NEAR_SPLIT and abs(step / ratio - 1) < abs(step - 1):
            earlier = bars["date"] < ex_date
            for name in ("open", "high", "low", "close"):
                bars.loc[earlier, name] /= ratio
            bars.loc[earlier, "volume"] *= ratio
            notes.append(f"split of {day} ({ratio:g} for 1) undone")
        else:
            notes.append(f"the closes show no step of {ratio:g} on {day}")
    return bars, "; ".join(notes)
