"""The checks of daily prices, P01 to P18, on the bars of one line. Thresholds and severities are
rows of price_rules.csv.

H stops the line: what has landed stays. W lands and is a finding. A fault of a row keeps the
    row out.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import cached_property

import numpy as np
import pandas as pd

from loaders.prices.landing import Finding, Reject, plain
from loaders.prices.provider import last_finished

DEVIATION = 1.4826  # of a median absolute value to a standard deviation
LOOK_BACK, ENOUGH = 250, 60
WITNESSES = 10  # month-ends that tell adjusted closes from a few wrong ones
SPLITS = (2, 3, 4, 5, 8, 10, 20, 50, 100)
UNITS = {100: "hundredths", 7.8: "USD in place of HKD"}
# The exchange's spread table, before its reform of 2025: the coarser one, as a tolerance should be.
TICKS = (
    (0.25, 0.001),
    (0.5, 0.005),
    (10, 0.01),
    (20, 0.02),
    (100, 0.05),
    (200, 0.1),
    (500, 0.2),
    (1000, 0.5),
    (2000, 1),
    (5000, 2),
    (np.inf, 5),
)
NOT_LANDED = "not landed: "


@dataclass(frozen=True)
class Rule:
    severity: str
    threshold: float

    @property
    def part(self) -> float:
        return self.threshold / 100

    @property
    def found(self) -> str:
        """The severity of what is found by it, in the words of the table findings."""
        return "stop" if self.severity == "H" else "warn"


Rules = dict[tuple[str, str], Rule]


def finding(
    rule: Rule, code: str, ticker: str | None, ref: str, message: str, table: str = "prices"
) -> Finding:
    """What a rule found of rows that were to land; where it stops them, the words say so."""
    return Finding(
        code, rule.found, ticker, ref, NOT_LANDED * (rule.found == "stop") + message, table
    )


@dataclass
class Line:
    """What the bars of a line are held against."""

    ticker: str
    kind: str
    exchange: str
    currency: str
    sessions: np.ndarray  # datetime64[D] of its calendar less our closures, ascending
    calendar: str = "XHKG"
    landed: pd.DataFrame = field(
        default_factory=lambda: pd.DataFrame(
            {"date": pd.Series(dtype="datetime64[us]"), "close": pd.Series(dtype="float64")}
        )
    )
    dividends: pd.DataFrame | None = None  # ex_date, amount: of corporate_actions.csv
    splits: dict[date, float] = field(
        default_factory=dict
    )  # ex-date: new for one old, of all we know
    witness: pd.Series | None = None  # month-end closes of another source by day
    excused: Callable[[str, date | None], bool] = lambda code, day: False
    peers_moved: Callable[[list[date]], bool | None] = lambda days: None

    def tick(self, close):
        """The smallest step of a price."""
        if self.calendar != "XHKG" or self.kind == "index":
            return np.full(np.shape(close), 0.01)
        return np.select([np.less(close, limit) for limit, _ in TICKS], [step for _, step in TICKS])


@dataclass
class Verdict:
    """What the rules leave of the bars of a line, and all that they found."""

    bars: pd.DataFrame
    rejects: list[Reject] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    dropped: int = 0

    @property
    def stops(self) -> list[Finding]:
        return [finding for finding in self.findings if finding.severity == "stop"]


def days_of(dates: pd.Series) -> list[date]:
    return [moment.date() for moment in dates]


def span(days: list[date]) -> str:
    """A set of days as a reader names it."""
    return str(days[0]) if len(days) == 1 else f"{days[0]} to {days[-1]}"


class Check:
    """The rules on one line's bars, one after another."""

    def __init__(self, line: Line, bars: pd.DataFrame, rules: Rules, whole: bool):
        self.line, self.rules, self.whole = line, rules, whole
        self.verdict = Verdict(bars.sort_values("date", kind="stable", ignore_index=True))

    def found(
        self, code: str, measure: str, ref: str, message: str, day: date | None = None
    ) -> None:
        if not self.line.excused(code, day):
            self.verdict.findings.append(
                finding(self.rules[code, measure], code, self.line.ticker, ref, message)
            )

    def keep_out(
        self,
        rows: pd.Series,
        code: str,
        measure: str,
        column: str,
        words: str,
        other: str | None = None,
    ) -> None:
        """Put these rows into the rejects, and one finding for all of them."""
        bars = self.verdict.bars
        rows = (
            rows
            & ~bars["date"].map(lambda moment: self.line.excused(code, moment.date())).astype(bool)
            if rows.any()
            else rows
        )
        if not rows.any():
            return
        out, severity = bars[rows], self.rules[code, measure].severity
        for bar in out.itertuples():
            value = "/".join(
                "" if pd.isna(number) else repr(float(number))
                for number in (getattr(bar, column), *([getattr(bar, other)] if other else []))
            )
            self.verdict.rejects.append(
                Reject(
                    self.line.ticker, f"{bar.date:%Y-%m-%d}", code, severity, column, value, words
                )
            )
        days = days_of(out["date"])
        self.found(
            code,
            measure,
            span(days),
            f"{len(days)} row{'s' if len(days) > 1 else ''} kept out: {words}",
        )
        self.verdict.bars = bars[~rows].reset_index(drop=True)

    # Rows -----------------------------------------------------------------------------------------

    def rows(self) -> None:
        twice = self.verdict.bars.duplicated(keep="first")
        self.verdict.dropped, self.verdict.bars = (
            int(twice.sum()),
            self.verdict.bars[~twice].reset_index(drop=True),
        )
        self.keep_out(
            self.verdict.bars.duplicated("date", keep=False),
            "P03",
            "repeated",
            "close",
            "the session stands twice with different values",
        )
        bars = self.verdict.bars
        prices = bars[["open", "high", "low", "close"]]
        wrong = ((prices <= self.rules["P01", "positive"].threshold) | np.isinf(prices)).any(
            axis=1
        ) | bars["close"].isna()
        self.keep_out(wrong, "P01", "positive", "close", "a price that is not positive and finite")
        bars = self.verdict.bars
        slack = (
            self.line.tick(bars["close"].to_numpy())
            * self.rules["P01", "range"].threshold
            * 1.000001
        )
        self.keep_out(
            (bars["low"] - bars["close"] > slack)
            | (bars["close"] - bars["high"] > slack)
            | (bars["low"] - bars["high"] > slack),
            "P01",
            "range",
            "close",
            "the close lies outside low to high",
        )
        volume = self.verdict.bars["volume"]
        self.keep_out(
            (volume < self.rules["P02", "volume"].threshold) | (volume % 1 != 0) & volume.notna(),
            "P02",
            "volume",
            "volume",
            "volume is no whole number of shares",
        )
        bars = self.verdict.bars
        self.keep_out(
            pd.Series(
                ~np.isin(bars["date"].to_numpy().astype("datetime64[D]"), self.line.sessions),
                bars.index,
            )
            & (bars["date"] >= self.line.sessions[0]),
            "P04",
            "no_session",
            "close",
            f"no session of {self.line.exchange}",
        )
        if self.line.kind != "index":
            bars = self.verdict.bars
            before = bars["close"].shift()
            if len(bars) and len(
                earlier := self.line.landed[self.line.landed["date"] < bars["date"].iloc[0]]
            ):
                before.iloc[0] = earlier["close"].iloc[-1]
            idle = (
                (bars["volume"] <= self.rules["P02", "idle"].threshold)
                & before.notna()
                & ((bars["close"] - before).abs() > 1e-4 * before)
            )
            self.keep_out(
                idle,
                "P02",
                "idle",
                "close",
                "no share was traded and the close differs from the one before",
            )
        if "repaired_close" in self.verdict.bars:
            bars = self.verdict.bars
            self.keep_out(
                (bars["repaired_close"] / bars["close"] - 1).abs()
                > self.rules["P14", "repaired"].part,
                "P14",
                "repaired",
                "close",
                "the provider's repaired close differs from its raw one",
                "repaired_close",
            )

    # The series -----------------------------------------------------------------------------------

    @cached_property
    def series(self) -> pd.DataFrame:
        """The closes to judge with those that have landed before them; is_new tells which are
        judged.
        """
        bars = self.verdict.bars[["date", "close", "volume", "high", "low"]].assign(is_new=True)
        if not self.whole:
            landed = self.line.landed
            bars["is_new"] = ~bars["date"].isin(landed["date"])
            known = (
                landed[~landed["date"].isin(bars["date"])]
                .reindex(columns=["date", "close", "volume", "high", "low"])
                .assign(is_new=False)
            )
            bars = pd.concat([known, bars], ignore_index=True) if len(known) else bars
        bars = bars.sort_values("date", kind="stable", ignore_index=True)
        bars["day"] = bars["date"].dt.date
        bars["move"] = bars["close"] / bars["close"].shift()
        size = np.log(bars["move"]).abs()
        bars["deviations"] = size / (
            size.rolling(LOOK_BACK, min_periods=ENOUGH).median().shift() * DEVIATION
        ).replace(0, np.nan)
        return bars

    def holes(self) -> None:
        """P04: sessions that are missing between two rows."""
        series, sessions, holes = self.series, self.line.sessions, []
        place = np.searchsorted(sessions, series["date"].to_numpy().astype("datetime64[D]"))
        for position in (
            np.flatnonzero(np.diff(place) - 1 > self.rules["P04", "missing"].threshold) + 1
        ):
            if not series["is_new"].iloc[position] or series["date"].iloc[
                position - 1
            ] < pd.Timestamp(sessions[0]):
                continue
            missing = [day.item() for day in sessions[place[position - 1] + 1 : place[position]]]
            if self.line.excused("P04", missing[0]):
                continue
            after = (
                not self.whole
                and len(self.line.landed)
                and pd.Timestamp(missing[0]) > self.line.landed["date"].iloc[-1]
            )
            if after and len(missing) > self.rules["P04", "missing_new"].threshold:
                self.found(
                    "P04",
                    "missing_new",
                    span(missing),
                    f"{len(missing)} sessions are missing: a halt, or rows that were not brought?",
                    missing[0],
                )
            else:
                holes.append(missing)
        if holes:
            longest = max(holes, key=len)
            self.found(
                "P04",
                "missing",
                span([holes[0][0], holes[-1][-1]]) if len(holes) > 1 else span(holes[0]),
                f"{sum(map(len, holes))} session{'s' if sum(map(len, holes)) > 1 else ''} missing"
                + (
                    f" in {len(holes)} places, the longest {len(longest)} from {longest[0]}"
                    if len(holes) > 1
                    else ""
                ),
            )

    def frozen(self) -> None:
        """P06: a close that stands still while the exchange moves."""
        series, least = self.series, int(self.rules["P06", "frozen"].threshold)
        if self.line.kind == "index":
            return
        ends = (
            np.flatnonzero(
                np.append(series["close"].to_numpy()[1:] != series["close"].to_numpy()[:-1], True)
            )
            + 1
        )
        for first, end in zip(np.append(0, ends[:-1]), ends):
            if end - first < least:
                continue
            same = series.iloc[first:end]
            if (
                not same["is_new"].any()
                or (same["volume"].iloc[1:] == 0).any()
                or self.line.tick(same["close"].iloc[:1].to_numpy())[0]
                >= 0.005 * same["close"].iloc[0]
            ):
                continue
            days = list(same["day"])
            if self.line.peers_moved(days) is not False:
                self.found(
                    "P06",
                    "frozen",
                    span(days),
                    f"{len(days)} sessions with the same close {plain(same['close'].iloc[0])}",
                    days[0],
                )

    def witnessed(self, day: date) -> bool:
        """Whether month-end closes of another source stand on both sides of a step, each within a
        quarter and on our close.
        """
        witness = self.line.witness
        if witness is None or not len(witness):
            return False
        closes, moment = self.closes_on(witness.index), pd.Timestamp(day)
        near = (closes / witness - 1).abs() <= self.rules["P16", "witness"].part
        near = near[near & (abs(near.index - moment) <= pd.Timedelta(days=92))]
        return bool(len(near) and (near.index < moment).any() and (near.index >= moment).any())

    def closes_on(self, days: pd.DatetimeIndex) -> pd.Series:
        return self.series.set_index("date")["close"].reindex(days)

    def steps(self) -> None:
        """P07 to P10: moves of one session that no market makes, or that somebody must look at."""
        series, rules = self.series, self.rules
        size, deviations = (series["move"] - 1).abs(), series["deviations"].fillna(np.inf)
        strange = deviations >= rules["P07", "deviations"].threshold
        ratio = np.maximum(series["move"], 1 / series["move"])
        back = series["move"] * series["move"].shift()
        least = 1 + rules["P08", "spike_warn"].part
        spikes = (
            (ratio >= least)
            & (ratio.shift() >= least)
            & (back.sub(1).abs() <= rules["P08", "undone"].part)
            & strange.shift(fill_value=False)
            & (series["is_new"] | series["is_new"].shift(fill_value=False))
        )
        part_of_spike = spikes | spikes.shift(-1, fill_value=False)
        for position in np.flatnonzero(spikes):
            before, spike, after = series["close"].iloc[position - 2 : position + 1]
            measure = (
                "spike"
                if ratio.iloc[position - 1] >= 1 + rules["P08", "spike"].part
                else "spike_warn"
            )
            self.found(
                "P08",
                measure,
                str(series["day"].iloc[position - 1]),
                (
                    f"{plain(before)}, {plain(spike)}, {plain(after)}: a jump that the next "
                    "session undoes"
                ),
                series["day"].iloc[position - 1],
            )
        for position in np.flatnonzero(
            (size > rules["P07", "return_warn"].part) & series["is_new"] & ~part_of_spike
        ):
            day, move = series["day"].iloc[position], series["move"].iloc[position]
            words = (
                f"{plain(series['close'].iloc[position - 1])} to "
                f"{plain(series['close'].iloc[position])} ({100 * (move - 1):+.1f} %)"
            )
            times = max(move, 1 / move)
            unit = next(
                (unit for unit in UNITS if abs(times / unit - 1) <= rules["P10", "unit"].part), None
            )
            split = next(
                (split for split in SPLITS if abs(times / split - 1) <= rules["P09", "ratio"].part),
                None,
            )
            if (unit or split) and not self.witnessed(day):
                traded, volume_change = "", self.volume_change(int(position))
                if volume_change is not None:
                    is_inverse = abs(np.log(volume_change * move)) < np.log(2)
                    how = "moved the other way" if is_inverse else "did not move with it"
                    traded = f"; volume {how}"
                known = next(
                    (
                        (
                            f"; a split of {told:g} is known for {when}: it is not undone in the "
                            "history"
                        )
                        for when, told in self.line.splits.items()
                        if abs((when - day).days) <= 7
                    ),
                    "",
                )
                if unit:
                    self.found(
                        "P10",
                        "unit",
                        str(day),
                        f"{words}: a step of {unit:g} times: {UNITS[unit]} from here on?{traded}",
                        day,
                    )
                else:
                    self.found(
                        "P09",
                        "ratio",
                        str(day),
                        f"{words}: a step of {split} times: a split or a unit?{traded}{known}",
                        day,
                    )
            elif (
                size.iloc[position] > rules["P07", "return_stop"].part
                and not self.acted(day)
                and not self.witnessed(day)
            ):
                self.found(
                    "P07", "return_stop", str(day), f"{words}, without a corporate action", day
                )
            elif strange.iloc[position]:
                self.found("P07", "return_warn", str(day), words, day)

    def volume_change(self, position: int) -> float | None:
        """How many times the volume of five sessions is that of the five before."""
        before, after = (
            self.series["volume"].iloc[max(position - 5, 0) : position].median(),
            self.series["volume"].iloc[position : position + 5].median(),
        )
        return after / before if before > 0 and after > 0 else None

    def acted(self, day: date) -> bool:
        """Whether a corporate action of the line falls on the day."""
        dividends = self.line.dividends
        return day in self.line.splits or (
            dividends is not None and (dividends["ex_date"] == pd.Timestamp(day)).any()
        )

    def witness(self) -> None:
        """P16 and P10: against the month-end closes of another source."""
        witness = self.line.witness
        if witness is None or not len(witness):
            return
        closes = self.closes_on(witness.index)
        if not self.whole:
            closes = closes.where(closes.index.isin(self.series.loc[self.series["is_new"], "date"]))
        quotient = (closes / witness).dropna()
        # What was split since the witness was written stands on another share basis.
        for day, ratio in self.line.splits.items():
            if pd.Timestamp(day) > witness.index[-1]:
                quotient = quotient * ratio
        last = quotient.iloc[-6:]
        if (
            len(last) >= 3
            and (last - 1).abs().min() > self.rules["P10", "level"].part
            and last.max() / last.min() - 1 < self.rules["P10", "level"].part
        ):
            self.found(
                "P10",
                "level",
                span(days_of(last.index)),
                (
                    f"closes stand at {last.median():.4g} times the month-end closes of another "
                    "source: another currency, unit or share basis"
                ),
            )
            return
        off = quotient[(quotient - 1).abs() > self.rules["P16", "witness"].part]
        if len(off):
            worst = (off - 1).abs().idxmax()
            adjusted = len(quotient) >= WITNESSES and len(off) > self.rules[
                "P16", "share"
            ].part * len(quotient)
            self.found(
                "P16",
                "share" if adjusted else "witness",
                span(days_of(off.index)),
                (
                    f"{len(off)} of {len(quotient)} month-end closes differ from another "
                    f"source's, most on {worst:%Y-%m-%d}: {plain(closes[worst])} against "
                    f"{plain(witness[worst])}"
                )
                + (": are the closes adjusted for dividends?" if adjusted else ""),
            )

    # Dividends ------------------------------------------------------------------------------------

    def adjusted(self, told: pd.DataFrame) -> None:
        """P13: the adjusted close against the close and the dividends. told: what the provider
        itself tells.
        """
        bars = self.verdict.bars
        both = bars[bars["adj_close"].notna()]
        if len(both) < 2:
            return
        own = told[told["kind"] == "dividend"].groupby("ex_date")["amount"].sum()
        known = (
            own
            if len(own) or self.line.dividends is None
            else self.line.dividends.groupby("ex_date")["amount"].sum()
        )
        dividend = both["date"].map(known).astype("float64").fillna(0)
        factor = both["adj_close"] / both["close"]
        change = np.log(factor / factor.shift())
        expected = -np.log1p(-(dividend / both["close"].shift()).clip(upper=0.99))
        rounding = 2e-6 / both["adj_close"] + 2e-6 / both["close"]
        limit = self.rules["P13", "adjusted"].part + rounding + rounding.shift()
        unadjusted = (dividend > 0) & (expected > limit) & (change.abs() < 0.1 * expected)
        paid = (dividend > 0) & (expected > limit) & change.notna()
        if paid.any() and unadjusted.sum() == paid.sum():
            days = days_of(both.loc[unadjusted, "date"])
            self.found(
                "P13",
                "adjusted",
                span(days),
                (
                    f"close and adjusted close do not part over {len(days)} "
                    f"ex-date{'s' if len(days) > 1 else ''}: the close itself is adjusted for "
                    "dividends"
                ),
                days[0],
            )
            return
        off = (change - expected).abs() > self.rules[
            "P13", "factors"
        ].part + rounding + rounding.shift()
        if len(own) and off.any():
            days = days_of(both.loc[off, "date"])
            self.found(
                "P13",
                "factors",
                span(days),
                (
                    f"adjusted closes are not close times the dividends told on {len(days)} "
                    f"session{'s' if len(days) > 1 else ''}: landed without adjusted closes"
                ),
                days[0],
            )
            if not self.line.excused("P13", days[0]):
                self.verdict.bars = bars.assign(adj_close=np.nan)


def check(
    line: Line,
    bars: pd.DataFrame,
    told: pd.DataFrame,
    currency: str | None,
    rules: Rules,
    whole: bool,
) -> Verdict:
    """Hold the bars of a line against the rules of a line: P01 to P04, P06 to P11, P13, P14,
    P16.
    """
    the = Check(line, bars, rules, whole)
    if currency and line.kind != "index" and currency != line.currency:
        the.found(
            "P11",
            "currency",
            currency,
            f"the provider quotes in {currency}, companies.csv says {line.currency}",
        )
    the.rows()
    if len(the.verdict.bars):
        the.holes()
        the.frozen()
        the.steps()
        the.witness()
        the.adjusted(told)
    return the.verdict


# Against what has landed --------------------------------------------------------------------------


def in_both(bars: pd.DataFrame, landed: pd.DataFrame) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The sessions that stand in both, ascending, and the rows of each where they stand."""
    return np.intersect1d(bars["date"].to_numpy(), landed["date"].to_numpy(), return_indices=True)


def differing(line: Line, bars: pd.DataFrame, tolerance: float) -> pd.DataFrame:
    """Sessions that stand in both with closes apart beyond rounding (P12): date, close,
    close_landed.
    """
    days, here, there = in_both(bars, line.landed)
    close, landed = bars["close"].to_numpy()[here], line.landed["close"].to_numpy()[there]
    apart = (
        np.abs(close - landed) > np.maximum(tolerance * landed, 0.5 * line.tick(landed)) * 1.000001
    )
    return pd.DataFrame({"date": days[apart], "close": close[apart], "close_landed": landed[apart]})


def rewritten(line: Line, bars: pd.DataFrame, told: pd.DataFrame, rules: Rules) -> list[Finding]:
    """What a history brought again whole did to the one that has landed: P09, P10, P12, P18.

    Empty where they agree.
    """
    landed, found = line.landed, []

    def find(code: str, measure: str, ref: str, message: str) -> None:
        if not line.excused(code, None):
            found.append(finding(rules[code, measure], code, line.ticker, ref, message))

    if not len(landed):
        return found
    first, last = landed["date"].iloc[0], landed["date"].iloc[-1]
    common = bars[bars["date"].between(first, last)]
    fewer = len(landed) - len(common)
    late = (
        int(
            np.searchsorted(line.sessions, bars["date"].iloc[0].to_datetime64())
            - np.searchsorted(line.sessions, first.to_datetime64())
        )
        if len(bars)
        else len(landed)
    )
    if fewer > rules["P18", "shorter"].threshold or late > rules["P18", "shorter"].threshold:
        begins = f"begins on {bars['date'].iloc[0]:%Y-%m-%d} and " if len(bars) else ""
        find(
            "P18",
            "shorter",
            f"{first:%Y-%m-%d} to {last:%Y-%m-%d}",
            (
                f"the history brought again {begins}holds {fewer} fewer rows than the "
                f"{len(landed)} that have landed"
            ),
        )
    apart = differing(line, bars, rules["P12", "history"].part)
    new_split = np.prod(
        [
            ratio
            for day, kind, ratio in zip(told["ex_date"], told["kind"], told["ratio"])
            if kind == "split" and day > last
        ]
        or [1.0]
    )
    both = bars[["date", "close"]].merge(
        landed[["date", "close"]], on="date", suffixes=("", "_landed")
    )
    if not len(both):
        return found
    quotient = (both["close"] / both["close_landed"]).median()
    constant = ((both["close"] / both["close_landed"] / quotient - 1).abs() <= 0.005).mean() > 0.98
    is_split = next(
        (
            n
            for n in SPLITS
            if min(abs(quotient * n - 1), abs(quotient / n - 1)) <= rules["P09", "split"].part
        ),
        None,
    )
    ref = f"{both['date'].iloc[0]:%Y-%m-%d} to {both['date'].iloc[-1]:%Y-%m-%d}"
    if new_split != 1 and abs(quotient * new_split - 1) > rules["P09", "split"].part:
        find(
            "P09",
            "split",
            ref,
            (
                f"a split of {new_split:g} is told, and the history before it stands at "
                f"{quotient:.4g} times what has landed in place of {1 / new_split:.4g}"
            ),
        )
    elif new_split == 1 and constant and abs(quotient - 1) > rules["P10", "level"].part:
        if is_split and not any(
            min(abs(quotient / unit - 1), abs(quotient * unit - 1)) <= rules["P10", "unit"].part
            for unit in UNITS
        ):
            find(
                "P09",
                "split",
                ref,
                (
                    f"the whole history stands at {quotient:.4g} times what has landed, and no "
                    "split is told or known"
                ),
            )
        else:
            find(
                "P10",
                "level",
                ref,
                (
                    f"the whole history stands at {quotient:.4g} times what has landed: another "
                    "currency, unit or adjustment"
                ),
            )
    if len(apart):
        worst = apart.loc[(apart["close"] / apart["close_landed"] - 1).abs().idxmax()]
        why = (
            f" by the split of {new_split:g}"
            if new_split != 1 and abs(quotient * new_split - 1) <= rules["P09", "split"].part
            else ""
        )
        find(
            "P12",
            "history",
            ref,
            (
                f"the history was rewritten{why}: {len(apart)} of {len(both)} closes differ, "
                f"most on {worst['date']:%Y-%m-%d}: {plain(worst['close_landed'])} had landed, "
                f"{plain(worst['close'])} is given"
            ),
        )
    return found


def changed(
    line: Line,
    candidate: pd.DataFrame,
    served: pd.DataFrame,
    since: pd.Timestamp | None,
    rules: Rules,
) -> list[Finding]:
    """P18: sessions before those asked for that differ from the snapshot served, or that it has and
    we lack.
    """
    old = served if since is None else served[served["date"] < since]
    both = old.merge(candidate[["date", "close"]], on="date", how="left", suffixes=("_served", ""))
    if not len(both) or line.excused("P18", None):
        return []
    lost = both["close"].isna()
    limit = (
        np.maximum(
            rules["P18", "changed"].part * both["close_served"],
            0.5 * line.tick(both["close_served"].to_numpy()),
        )
        * 1.000001
    )
    off = both[lost | ((both["close"] - both["close_served"]).abs() > limit)]
    if not len(off):
        return []
    return [
        finding(
            rules["P18", "changed"],
            "P18",
            line.ticker,
            f"{off['date'].iloc[0]:%Y-%m-%d} to {off['date'].iloc[-1]:%Y-%m-%d}",
            (
                f"{len(off)} sessions that were not asked for differ from the snapshot served "
                f"({int(lost.sum())} are gone): the landed file was changed"
            ),
        )
    ]


def altered(line: Line, name: str, rules: Rules) -> list[Finding]:
    """P18: the landed file is not the one that a run of this loader wrote, so that what it says of
    earlier sessions was never held against a provider.
    """
    if line.excused("P18", None):
        return []
    return [
        finding(
            rules["P18", "changed"],
            "P18",
            line.ticker,
            name,
            (
                f"{name} is not as a run left it, it was changed since: put it back, or delete "
                "it and the next run brings the line whole"
            ),
        )
    ]


# Of a run -----------------------------------------------------------------------------------------


def last_due(line: Line, now: datetime, hours: float) -> date | None:
    """The latest session that should have a close by now."""
    position = (
        np.searchsorted(
            line.sessions,
            np.datetime64(last_finished(line.calendar, now, timedelta(hours=hours))),
            side="right",
        )
        - 1
    )
    return line.sessions[position].item() if position >= 0 else None


def late(line: Line, last: date | None, now: datetime, rules: Rules) -> list[Finding]:
    """P05: the latest session has no close, this long after it ended."""
    due = last_due(line, now, rules["P05", "late"].threshold)
    if due is None or last is None or last >= due or line.excused("P05", last):
        return []
    return [
        Finding(
            "P05",
            rules["P05", "late"].found,
            line.ticker,
            str(last),
            f"stale since {last}: a later session has ended and has no close",
        )
    ]


def calendar_ends(name: str, sessions: np.ndarray, now: datetime, rules: Rules) -> list[Finding]:
    """P17: the calendar reaches not far enough."""
    last = sessions[-1].item()
    if (last - now.astimezone(UTC).date()).days >= rules["P17", "calendar"].threshold:
        return []
    return [
        Finding(
            "P17",
            "warn",
            None,
            f"{name} {last}",
            f"the calendar of {name} ends on {last}: a newer exchange_calendars is needed",
            "sessions",
        )
    ]


def unanswered(
    asked: int, left_out: list[tuple[str, str, str]], excused: Callable[[str], bool], rules: Rules
) -> list[Finding]:
    """P15: lines that were asked for and not answered, known outages apart. left_out: ticker,
    outcome, last day landed.
    """
    missing = [out for out in left_out if not excused(out[0])]
    if not asked or 100 * (1 - len(missing) / asked) >= rules["P15", "answered"].threshold:
        return []
    return [
        Finding(
            "P15",
            "warn",
            ticker,
            last or "nothing landed",
            f"left out of the last run, {outcome}: "
            + (f"stays on its data of {last}" if last else "has no daily data"),
        )
        for ticker, outcome, last in missing
    ]


def rate_steps(pair: str, rates: pd.DataFrame, known: float | None, rules: Rules) -> list[Finding]:
    """P07 for exchange rates, from the last rate known before them."""
    before = rates["close"].shift()
    if len(rates) and known:
        before.iloc[0] = known
    off = rates[(rates["close"] / before - 1).abs() > rules["P07", "rate"].part]
    return [
        finding(
            rules["P07", "rate"],
            "P07",
            None,
            f"{pair} {day:%Y-%m-%d}",
            f"{pair} moved by more than {rules['P07', 'rate'].threshold:g} % to {plain(rate)}",
            "fx",
        )
        for day, rate in zip(off["date"], off["close"])
    ]
