"""Daily prices from a folder of files, one a line: what a desk exports from its terminal, in the
shapes that vendors give.

Whether a file's closes are adjusted for dividends is told by its columns, by its own dividends or
by declaration, never
taken on trust: a PE on adjusted closes is silently too low. What cannot be told is not used,
    and the note says how to declare it.
"""

import fnmatch
import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path

import numpy as np
import pandas as pd

from loaders.curated import near_tickers
from loaders.prices.basis import HOW_TO_DECLARE, basis_of
from loaders.prices.declarations import DECLARATIONS, Declared, declarations
from loaders.prices.names import names_of, pair_of, resolve, spellings
from loaders.prices.provider import (
    BAR_COLUMNS,
    ZONES,
    Answer,
    Asked,
    Outcome,
    calendar_of,
    last_finished,
    no_bars,
)
from loaders.prices.sheets import (
    LARGEST,
    SHOWN,
    UNRELIABLE,
    Unusable,
    actions_of,
    days_of,
    numbers_of,
    once_each,
    one_of,
    sheet_of,
    without_moments,
)

SUFFIXES = {".csv", ".json", ".txt", ".tsv"}


@dataclass(frozen=True)
class Read:
    """What one file came to. adjusted None: it cannot be told. how: by what it was told."""

    path: Path
    bars: pd.DataFrame
    actions: pd.DataFrame
    currency: str | None
    symbol: str | None
    adjusted: bool | None
    how: str
    notes: tuple[str, ...]


class Files:
    """The provider csv. universe: our tickers, each with its aliases. unadjusted declares every
    file of the folder that neither columns.csv nor its own columns tell.

    tickers() are the lines that the folder has, pairs() its exchange rates, unknown() an answer for
    every file of neither.
    """

    name = "csv"
    version = "files"
    source_id = "price-files"

    def __init__(
        self,
        folder: Path | str,
        universe: Mapping[str, Iterable[str]] | Iterable[str],
        unadjusted: bool = False,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ):
        self.folder, self.unadjusted, self.now = Path(folder), unadjusted, now
        self.universe = (
            {ticker: list(names) for ticker, names in universe.items()}
            if isinstance(universe, Mapping)
            else {ticker: [] for ticker in universe}
        )
        self.names = names_of(self.universe)
        self.declared = declarations(self.folder / DECLARATIONS)
        self.of_ticker: dict[str, list[Path]] = defaultdict(list)
        self.of_pair: dict[tuple[str, str], list[Path]] = defaultdict(list)
        self.of_none: list[Path] = []
        self.read_once: dict[Path, Read | Unusable] = {}
        for path in sorted(self.folder.rglob("*")):
            if (
                path.suffix.lower() in SUFFIXES
                and path != self.folder / DECLARATIONS
                and not any(part.startswith(".") for part in path.relative_to(self.folder).parts)
                and path.is_file()
            ):
                self._place(path)

    def _place(self, path: Path) -> None:
        if pair := pair_of(path.stem):
            self.of_pair[pair].append(path)
        elif ticker := self._ticker_of(path.stem) or self._ticker_inside(path):
            self.of_ticker[ticker].append(path)
        else:
            self.of_none.append(path)

    def _ticker_of(self, stem: str) -> str | None:
        return next(
            (ticker for spelling in spellings(stem) if (ticker := resolve(spelling, self.names))),
            None,
        )

    def _ticker_inside(self, path: Path) -> str | None:
        """The one ticker that a file's own column of symbols names."""
        try:
            symbols = {symbol for symbol in sheet_of(path).columns.get("symbol", ()) if symbol}
        except Exception:  # a file of no line of ours may hold anything
            return None
        return resolve(symbols.pop(), self.names) if len(symbols) == 1 else None

    # What the folder has --------------------------------------------------------------------------

    def tickers(self) -> list[str]:
        return sorted(self.of_ticker)

    def pairs(self) -> list[tuple[str, str]]:
        return sorted(self.of_pair)

    def unknown(self) -> list[Answer]:
        """An answer for every file whose line is none of ours, with what may be meant."""
        answers = []
        for path in self.of_none:
            near = near_tickers(path.stem.split("__")[0], self.universe)
            answers.append(
                Answer(
                    path.stem,
                    Outcome.UNKNOWN_TICKER,
                    note=f"{self._shown(path)}: no ticker of companies.csv"
                    + (f"; near: {', '.join(near)}" if near else ""),
                    raw_name=path.name,
                )
            )
        return answers

    def mark(self, name: str) -> str | None:
        """A hash of all that the answer for a line or a pair is made of: its files, when they were
        written, what is declared of them. None where one cannot be read.
        """
        whole = hashlib.sha256()
        for path in self.of_ticker.get(name) or [
            *self.of_pair.get((name[:3], name[3:]), ()),
            *self.of_pair.get((name[3:], name[:3]), ()),
        ]:
            try:
                found = path.stat()
                if found.st_size > LARGEST:
                    return None
                whole.update(
                    repr((self._shown(path), found.st_mtime_ns, self._declared_of(path))).encode(
                        "utf-8", "backslashreplace"
                    )
                    + hashlib.sha256(path.read_bytes()).digest()
                )
            except OSError:
                return None
        return whole.hexdigest()

    def _shown(self, path: Path) -> str:
        return path.relative_to(self.folder).as_posix()

    # The two questions ----------------------------------------------------------------------------

    def fetch(self, asked: Asked) -> Answer:
        paths = self.of_ticker.get(asked.ticker)
        if not paths:
            return Answer(
                asked.ticker,
                Outcome.UNKNOWN_TICKER,
                note=f"the folder has no file of {asked.ticker}",
            )
        return self._answer(asked, paths)

    def rates(self, base: str, quote: str, since: date) -> Answer:
        """Exchange rates as bars: close is units of quote for one of base; a file of the pair the
        other way round is turned.
        """
        if (base, quote) in self.of_pair:
            return self._answer(Asked(base + quote, "", quote, since), self.of_pair[base, quote])
        if (quote, base) not in self.of_pair:
            return Answer(
                base + quote,
                Outcome.UNKNOWN_TICKER,
                note=f"the folder has no file of {base}{quote} nor of {quote}{base}",
            )
        answer = self._answer(Asked(base + quote, "", base, since), self.of_pair[quote, base])
        turned = answer.bars.assign(
            open=np.nan,
            high=np.nan,
            low=np.nan,
            volume=np.nan,
            adj_close=np.nan,
            close=1 / answer.bars["close"],
        )
        return replace(
            answer,
            bars=turned[list(BAR_COLUMNS)],
            currency=None if answer.currency is None else quote,
            note="; ".join(filter(None, (answer.note, f"one over {quote}{base}"))),
        )

    def _answer(self, asked: Asked, paths: list[Path]) -> Answer:
        found = [(path, self._read(path, asked)) for path in paths]
        usable = [
            (path, read)
            for path, read in found
            if isinstance(read, Read) and read.adjusted is False
        ]
        lasting = all(
            isinstance(read, Read) for _, read in found
        )  # what cannot be read today, or lies in the future, may be of use tomorrow
        refused = [
            f"{self._shown(path)} is not used: {_why_not(read)}"
            for path, read in found
            if (path, read) not in usable
        ]
        if len(usable) > 1:
            return Answer(
                asked.ticker,
                Outcome.PROVIDER_FAULT,
                note=(
                    f"{len(usable)} files say that they are {asked.ticker}: "
                    f"{', '.join(self._shown(path) for path, _ in usable)}; keep one"
                ),
                lasting=lasting,
            )
        if not usable:
            path, read = found[0]
            bars = read.bars if isinstance(read, Read) and read.adjusted else no_bars()
            return Answer(
                asked.ticker,
                Outcome.PROVIDER_FAULT,
                bars=bars,
                note="; ".join(refused),
                raw=_bytes(path),
                raw_name=f"{asked.ticker}{path.suffix.lower()}",
                lasting=lasting,
            )
        ((path, read),) = usable
        bars, actions = read.bars, read.actions
        if asked.since:
            bars, actions = (
                bars[bars["date"] >= pd.Timestamp(asked.since)].reset_index(drop=True),
                actions[actions["ex_date"] >= pd.Timestamp(asked.since)].reset_index(drop=True),
            )
        note = "; ".join(
            (
                f"{self._shown(path)}{': unadjusted by ' * bool(read.how)}{read.how}",
                *read.notes,
                *refused,
            )
        )
        return Answer(
            asked.ticker,
            Outcome.GOT if len(bars) else Outcome.NOTHING_NEW,
            bars,
            actions,
            read.currency,
            note,
            _bytes(path),
            f"{asked.ticker}{path.suffix.lower()}",
        )

    def _read(self, path: Path, asked: Asked) -> Read | Unusable:
        if path not in self.read_once:
            try:
                read = read_file(path, asked, self._declared_of(path), self.now().date())
                if (
                    read.symbol
                    and asked.exchange
                    and (named := resolve(read.symbol, self.names)) != asked.ticker
                ):
                    raise Unusable(
                        f"its name says {asked.ticker}, its column of symbols "
                        f"{named or read.symbol}"
                    )
                self.read_once[path] = read
            except Unusable as error:
                self.read_once[path] = error
            except OSError as error:
                self.read_once[path] = Unusable(f"it cannot be read: {error.strerror}")
            except Exception as error:  # whatever a file holds is an outcome
                self.read_once[path] = Unusable(
                    f"it cannot be read: {type(error).__name__}: {error}"[:300]
                )
        return self.read_once[path]

    def _declared_of(self, path: Path) -> Declared:
        shown = self._shown(path)
        for declared in self.declared:
            if declared.file in (shown, path.name):
                return replace(declared, by_name=True)
        for declared in self.declared:
            if fnmatch.fnmatchcase(shown, declared.file) or fnmatch.fnmatchcase(
                path.name, declared.file
            ):
                return declared
        return Declared("", adjusted=False if self.unadjusted else None)


def _why_not(read: Read | Unusable) -> str:
    if isinstance(read, Unusable):
        return str(read)
    if read.adjusted:
        return (
            f"its closes are adjusted for dividends ({read.how}), which is no price for a multiple"
        )
    return (
        f"whether its closes are adjusted for dividends cannot be told ({read.how}): "
        f"{HOW_TO_DECLARE}"
    )


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes() if path.stat().st_size <= LARGEST else b""
    except OSError:
        return b""


# One file -----------------------------------------------------------------------------------------


def read_file(path: Path, asked: Asked, declared: Declared, today: date) -> Read:
    """The bars of one file, what its closes are and by what that was told.

    Raises Unusable in words for a reader.
    """
    sheet, notes = sheet_of(path), []
    zone = ZONES[calendar_of(asked.exchange)] if asked.exchange else None
    if sheet.headers > 1:
        notes.append(f"its header stands {sheet.headers} times")
    if sheet.cut in ("date", "flag"):  # without either the row says nothing
        sheet.keep(list(range(len(sheet.lines) - 1)))
        notes.append("the last line has no line end: it may be cut off and is left out")
    elif sheet.cut:
        sheet.columns[sheet.cut][-1] = ""
        notes.append(
            f"the last line has no line end: its {sheet.cut} may be cut off and is left out"
        )
    flags = sheet.columns.get("flag")
    if flags and any(flags):
        unreliable = [i for i, flag in enumerate(flags) if flag == UNRELIABLE]
        if unreliable:
            notes.append(
                f"{len(unreliable)} row{'s' * (len(unreliable) != 1)} flagged {UNRELIABLE} left out"
            )
            gone = set(unreliable)
            sheet.keep([i for i in range(len(flags)) if i not in gone])
    symbol, currency = one_of(sheet, "symbol"), one_of(sheet, "currency")
    days, times = days_of(sheet, zone, declared.date_order, today)
    if moments := without_moments(days, times):
        notes.append(
            f"{len(moments)} row{'s' * (len(moments) != 1)} of a moment within a session left "
            f"out ({', '.join(sorted({f'{days[i]} {times[i]}' for i in moments})[:SHOWN])})"
        )
        kept = [i for i in range(len(days)) if i not in moments]
        sheet.keep(kept)
        days = [days[i] for i in kept]
    numbers = numbers_of(sheet)
    frame = pd.DataFrame(
        {"date": np.array(days, dtype="datetime64[D]").astype("datetime64[us]")} | numbers
    )
    frame["line"] = sheet.lines
    frame, dropped = once_each(frame, sheet.place)
    if dropped:
        notes.append(f"{dropped} repeated row{'s' * (dropped != 1)} left out")
    price = "close" if "close" in frame else "adj_close"
    without = frame[price].isna()
    actions = sheet.actions if len(sheet.actions) else actions_of(frame)
    if without.any():
        notes.append(f"{without.sum()} row{'s' * int(without.sum() != 1)} without a close left out")
        frame = frame[~without]
    if frame.empty:
        raise Unusable("no row of it has a close")
    frame = frame.sort_values("date").reset_index(drop=True)
    if (
        asked.exchange
        and len(frame) > 1
        and _was_running(
            frame["date"].iloc[-1].date(),
            asked.exchange,
            datetime.fromtimestamp(path.stat().st_mtime, UTC),
        )
    ):
        notes.append(
            f"the bar of {frame['date'].iloc[-1]:%Y-%m-%d} left out: the file was written before "
            "that session had ended"
        )
        frame = frame.iloc[:-1]
    bars = frame.reindex(columns=list(BAR_COLUMNS)).astype(
        dict.fromkeys(BAR_COLUMNS[1:], "float64")
    )
    adjusted, how, said = basis_of(bars, actions, sheet, asked, declared)
    if said:
        notes.append(said)
    if adjusted and "close" in frame:
        bars = bars.assign(
            adj_close=bars["close"], open=np.nan, high=np.nan, low=np.nan, close=np.nan
        )
    return Read(
        path, bars, actions, declared.currency or currency, symbol, adjusted, how, tuple(notes)
    )


def _was_running(day: date, exchange: str, written: datetime) -> bool:
    """Whether a file written at that moment of that day can only hold a price of the running
    session.
    """
    return (
        written.astimezone(ZONES[calendar_of(exchange)]).date() == day
        and last_finished(exchange, written) < day
    )
