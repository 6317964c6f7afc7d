"""Whether the closes of a file are adjusted for dividends: told by its columns, by declaration, or
by the ticks and the steps of the closes themselves.
"""

from datetime import date

import numpy as np
import pandas as pd

from loaders.prices.declarations import DECLARATIONS, Declared
from loaders.prices.provider import Asked, calendar_of
from loaders.prices.sheets import FEWEST, Sheet

# A traded price lies on a tick of its exchange, a dividend-adjusted one by chance only.
RECENT = 250
ON_TICKS, OFF_TICKS = 0.9, 0.5
TELLING = 0.5
STEP_ODDS = 5.0
TICKS_SINCE = date(
    2012,
    1,
    1,
    # what vendors keep of older years is rounded on a later share basis, or in sixteenths of a
    # dollar
)
RATIOS = (2, 3, 4, 5, 6, 8, 10, 15, 20)  # of the splits that may lie after a close
HOW_TO_DECLARE = (
    "export with an Adj Close column, or declare it by a line FILE,no under file,adjusted "
    f"in {DECLARATIONS} of the folder; --unadjusted declares all that nothing tells"
)


def basis_of(
    bars: pd.DataFrame, actions: pd.DataFrame, sheet: Sheet, asked: Asked, declared: Declared
) -> tuple[bool | None, str, str]:
    """Whether the closes are adjusted for dividends (None: cannot be told), by what that was told,
    and a remark.
    """
    has = set(sheet.columns)
    if not asked.exchange:
        return False, "", ""
    if declared.file and declared.adjusted is not None:
        how = f"the line {declared.file} of {DECLARATIONS}"
        if declared.adjusted or "close" not in has:
            return True, how, ""
        doubt = _between_ticks(bars, actions, asked)
        # A line that names the file has been written for it; a pattern for whatever lies in the
        # folder.
        return (
            (False, how, doubt)
            if declared.by_name or not doubt
            else (None, f"{how} says unadjusted, but {doubt}", "")
        )
    if "close" not in has:
        return True, "having an adjusted close only", ""
    if asked.currency == "PTS":
        return False, "being a price index", ""
    adjusted, how = None, "no column of it tells"
    if "adj_close" in has:
        adjusted, how = False, "its Adj Close beside Close"
    elif sheet.shape:
        adjusted, how = False, sheet.shape
    elif {"currency", "flag"} <= has:
        adjusted, how = False, "its columns currency and flag, Harbourview's own shape"
    elif {"dividend", "split"} <= has:
        adjusted, how = _told_by_dividends(bars, actions, asked)
    if adjusted:
        return adjusted, how, ""
    if adjusted is None and declared.adjusted is False:
        adjusted, how = False, "the option --unadjusted"
    doubt = _between_ticks(bars, actions, asked)
    if adjusted is None:
        return None, f"{how}{'; ' * bool(doubt)}{doubt}", ""
    return (None, f"unadjusted by {how}, but {doubt}", "") if doubt else (adjusted, how, "")


def ticks(calendar: str, prices: np.ndarray) -> np.ndarray:
    """A step on which every close of an exchange lies, in the old and in the new table of
    spreads.
    """
    if calendar == "XNYS":
        return np.where(prices >= 1, 0.01, 0.0001)
    return np.select(
        [
            prices < 0.5,
            prices < 10,
            prices < 50,
            prices < 100,
            prices < 200,
            prices < 500,
            prices < 1000,
        ],
        [0.001, 0.005, 0.01, 0.05, 0.1, 0.2, 0.5],
        1.0,
    )


def lies_on_ticks(
    bars: pd.DataFrame, actions: pd.DataFrame, calendar: str, ratio: float = 1
) -> tuple[np.ndarray, float]:
    """Which of these closes lie on ticks of the exchange, and which part would by chance.

    Later splits, and one more of this ratio, are undone first.
    """
    closes, undone = bars["close"].to_numpy(), np.full(len(bars), float(ratio))
    for split in actions[actions["kind"] == "split"].itertuples() if len(actions) else ():
        undone[(bars["date"] < split.ex_date).to_numpy()] *= split.ratio
    prices = closes * undone
    step = ticks(calendar, prices)
    # A vendor keeps single precision, or so many decimals: a close rounded to cents lies on a tick
    # of cents whatever it is.
    digits = next(
        (
            digits
            for digits in range(2, 7)
            if np.all(np.abs(closes - np.round(closes, digits)) < 1e-9)
        ),
        None,
    )
    room = (
        1e-6
        + 1.2e-7 * prices
        + (0 if digits is None else undone * 0.5 * 10.0**-digits * (digits > 2 or undone != 1))
    )
    away = np.abs(prices / step - np.round(prices / step)) * step
    chance = np.minimum(
        1.0, np.maximum(2 * room, 0 if digits is None else undone * 10.0**-digits) / step
    )
    return away <= room, float(np.mean(chance))


def on_ticks(bars: pd.DataFrame, actions: pd.DataFrame, calendar: str) -> tuple[float, float]:
    """Which part of these closes lies on ticks of the exchange, and which part would by chance."""
    lies, chance = lies_on_ticks(bars, actions, calendar)
    return float(np.mean(lies)), chance


def _between_ticks(bars: pd.DataFrame, actions: pd.DataFrame, asked: Asked) -> str:
    """What speaks against unadjusted closes: years of them that lie between ticks, whatever later
    split may have divided them.
    """
    if asked.currency == "PTS":
        return ""
    bars = bars[bars["date"] >= pd.Timestamp(TICKS_SINCE)]
    for end in range(len(bars), FEWEST - 1, -RECENT):
        part = bars.iloc[max(0, end - RECENT) : end]
        if len(part) < FEWEST:
            continue
        lies, chance = lies_on_ticks(part, actions, calendar_of(asked.exchange))
        if chance > TELLING or np.mean(lies) >= ON_TICKS:
            continue
        # A split may lie after these closes, or among them.
        share = max(
            float(
                np.mean(lies | lies_on_ticks(part, actions, calendar_of(asked.exchange), ratio)[0])
            )
            for ratio in RATIOS
        )
        if share < ON_TICKS:
            return (
                f"{1 - share:.0%} of its closes from {part['date'].iloc[0]:%Y-%m-%d} to "
                f"{part['date'].iloc[-1]:%Y-%m-%d} lie between the ticks of the exchange, as "
                "adjusted ones do"
            )
    return ""


def _told_by_dividends(
    bars: pd.DataFrame, actions: pd.DataFrame, asked: Asked
) -> tuple[bool | None, str]:
    """A file with dividends and splits and no Adj Close, yfinance's adjusted shape: told by the
    closes on both sides of its last ex-date.
    """
    calendar = calendar_of(asked.exchange)
    paid = actions[(actions["kind"] == "dividend") & (actions["ex_date"] > bars["date"].iloc[0])]
    if paid.empty:
        share, chance = on_ticks(bars.tail(RECENT), actions, calendar)
        if share >= ON_TICKS and chance <= TELLING:
            return False, "its dividends column, which has none since its first day"
        # One paid after its last day would have adjusted them too.
        where = (
            "closes rounded to cents"
            if chance > TELLING
            else (
                f"{1 - share:.0%} of its last {min(RECENT, len(bars))} closes between the "
                "ticks of the exchange"
            )
        )
        return None, f"no dividend in it, and {where}"
    last = paid["ex_date"].max()
    before, after = bars[bars["date"] < last].tail(RECENT), bars[bars["date"] >= last].head(RECENT)
    share, chance = on_ticks(before, actions, calendar)
    share_after = on_ticks(after, actions, calendar)[0] if len(after) >= FEWEST else 1.0
    odds = _odds_of_steps(bars, paid)
    if len(before) >= FEWEST and chance <= TELLING and share_after >= ON_TICKS:
        told = (
            f"{share:.0%} of the {len(before)} closes before its last ex-date "
            f"({last:%Y-%m-%d}) lie on ticks of the exchange, {share_after:.0%} of those "
            "after"
        )
        if share <= OFF_TICKS:
            return True, told
        if share >= ON_TICKS:
            return False, told
    if abs(odds) >= STEP_ODDS:
        return bool(
            odds < 0
        ), f"the closes {'do not ' * (odds < 0)}fall on its {len(paid)} ex-dates"
    return None, f"neither the ticks nor the steps on its {len(paid)} ex-dates tell"


def _odds_of_steps(bars: pd.DataFrame, paid: pd.DataFrame) -> float:
    """Log odds that the closes fall by the dividend on ex-dates, as unadjusted ones do, against
    that they do not.
    """
    closes = bars.set_index("date")["close"]
    returns = np.log(closes / closes.shift())
    spread = 1.4826 * (returns - returns.median()).abs().median()
    odds = 0.0
    for day, amount in paid[["ex_date", "amount"]].itertuples(index=False):
        at = closes.index.searchsorted(day)
        if 0 < at < len(closes) and closes.index[at] == day and amount < closes.iloc[at - 1]:
            step, seen = (
                np.log(1 - amount / closes.iloc[at - 1]),
                np.clip(returns.iloc[at], -4 * spread, 4 * spread),
            )
            odds += (seen**2 - (seen - step) ** 2) / (2 * spread**2) if spread > 0 else 0.0
    return float(odds)
