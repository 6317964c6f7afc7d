"""Daily prices from a folder of files, one a line: what a desk exports from its terminal, in the shapes that vendors give.

Whether a file's closes are adjusted for dividends is told by its columns, by its own dividends or by declaration, never
taken on trust: a PE on adjusted closes is silently too low. What cannot be told is not used, and the note says how to declare it.
"""

import csv
import fnmatch
import io
import json
import re
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import numpy as np
import pandas as pd

from loaders.curated import near_tickers
from loaders.prices.provider import BAR_COLUMNS, ZONES, Answer, Asked, Outcome, calendar_of, last_finished, no_actions, no_bars
from loaders.reference import CURRENCIES

SUFFIXES = {".csv", ".json", ".txt", ".tsv"}
DECLARATIONS = "columns.csv"
LARGEST = 50_000_000
SHOWN = 3
FIRST_YEAR = 1980

# What a column is called, folded: no case, no dots, one space for blanks and underscores.
MEANINGS = {
    "date": ("date", "dates", "datetime", "date time", "time", "timestamp", "day", "trade date", "trading day", "日期", "交易日期", "时间"),
    "open": ("open", "open price", "opening price", "px open", "开盘", "开盘价"),
    "high": ("high", "high price", "px high", "最高", "最高价"),
    "low": ("low", "low price", "px low", "最低", "最低价"),
    "close": ("close", "close price", "closing price", "close/last", "last", "last price", "px last", "price", "收盘", "收盘价"),
    "adj_close": ("adj close", "adjclose", "adjusted close", "close adj", "close adjusted", "后复权收盘价", "前复权收盘价"),
    "volume": ("volume", "vol", "px volume", "total volume", "成交量"),
    "dividend": ("dividends", "dividend"),
    "split": ("stock splits", "stock split", "splits", "split", "split ratio"),
    "symbol": ("symbol", "ticker", "code", "ric", "security", "代码", "股票代码"),
    "currency": ("currency", "crncy", "货币"),
    "flag": ("flag",),
}  # fmt: skip
MEANING_OF = {name: meaning for meaning, names in MEANINGS.items() for name in names}
NUMBERS = ("open", "high", "low", "close", "adj_close", "volume", "dividend", "split")
UNRELIABLE = "close_unreliable"  # flag of a vendor's bar on a half day: up to 1.2 % off

MISSING = {"", "nan", "null", "none", "n/a", "na", "#n/a", "-", "--", "—"}
PLAIN = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)
GROUPED = re.compile(r"[+-]?\d{1,3}(,\d{3})+(\.\d+)?", re.ASCII)
DOTTED = re.compile(r"[+-]?\d{1,3}(\.\d{3})+", re.ASCII)
DECIMAL_COMMA = re.compile(r"[+-]?(\d+|\d{1,3}(\.\d{3})+),\d+", re.ASCII)
SHORT = re.compile(r"(\d+(?:\.\d+)?)\s?([KMB])", re.ASCII | re.IGNORECASE)
SHORT_OF = {"K": 1e3, "M": 1e6, "B": 1e9}

ISO = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[T ]+(\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?)\s*(Z|UTC|[+-]\d{2}:?\d{2})?)?", re.ASCII)
COMPACT = re.compile(r"(?:19|20)\d{6}", re.ASCII)
EPOCH = re.compile(r"-?\d{8,13}(?:\.0)?", re.ASCII)
ORDERED = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})", re.ASCII)
NAMED = ("%d %b %Y", "%b %d %Y", "%d %B %Y", "%B %d %Y")
ORDERS = {"dmy": (0, 1), "mdy": (1, 0)}

# Words that may follow a ticker in a file's name, and what stands between them.
TAIL = re.compile(r"(?:[ _-]+(?:daily|day|1d|prices?|history|historical|hist|ohlcv?|eod|data|max|\d[\d-]*))+", re.IGNORECASE)

# A traded price lies on a tick of its exchange, a dividend-adjusted one by chance only.
RECENT = 250
FEWEST = 20
ON_TICKS, OFF_TICKS = 0.9, 0.5
TELLING = 0.5
STEP_ODDS = 5.0
TICKS_SINCE = date(2012, 1, 1)  # what vendors keep of older years is rounded on a later share basis, or in sixteenths of a dollar
RATIOS = (2, 3, 4, 5, 6, 8, 10, 15, 20)  # of the splits that may lie after a close
HOW_TO_DECLARE = f"export with an Adj Close column, or declare it by a line FILE,no under file,adjusted in {DECLARATIONS} of the folder; --unadjusted declares all that nothing tells"


class Unusable(Exception):
    """Why a file is not used, in words for the person who put it there."""


@dataclass(frozen=True)
class Declared:
    """One line of columns.csv: what a person says of the files whose name fits."""

    file: str
    adjusted: bool | None = None
    currency: str | None = None
    date_order: str | None = None
    by_name: bool = False


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


@dataclass
class Sheet:
    """The cells of one file by meaning, each row with the line where it stands."""

    columns: dict[str, list[str]]
    lines: list[int]
    place: str = "line"
    shape: str = ""
    actions: pd.DataFrame = field(default_factory=no_actions)
    cut: str | None = None  # the column whose last cell has no line end behind it
    headers: int = 1

    def keep(self, wanted: list[int]) -> None:
        self.columns = {name: [cells[i] for i in wanted] for name, cells in self.columns.items()}
        self.lines = [self.lines[i] for i in wanted]


class Files:
    """The provider csv. universe: our tickers, each with its aliases. unadjusted declares every file of the folder that neither columns.csv nor its own columns tell.

    tickers() are the lines that the folder has, pairs() its exchange rates, unknown() an answer for every file of neither.
    """

    name = "csv"
    version = "files"
    source_id = "price-files"

    def __init__(self, folder: Path | str, universe: Mapping[str, Iterable[str]] | Iterable[str], unadjusted: bool = False, now: Callable[[], datetime] = lambda: datetime.now(UTC)):
        self.folder, self.unadjusted, self.now = Path(folder), unadjusted, now
        self.universe = {ticker: list(names) for ticker, names in universe.items()} if isinstance(universe, Mapping) else {ticker: [] for ticker in universe}
        self.names = _names_of(self.universe)
        self.declared = declarations(self.folder / DECLARATIONS)
        self.of_ticker: dict[str, list[Path]] = defaultdict(list)
        self.of_pair: dict[tuple[str, str], list[Path]] = defaultdict(list)
        self.of_none: list[Path] = []
        self.read_once: dict[Path, Read | Unusable] = {}
        for path in sorted(self.folder.rglob("*")):
            if path.suffix.lower() in SUFFIXES and path != self.folder / DECLARATIONS and not any(part.startswith(".") for part in path.relative_to(self.folder).parts) and path.is_file():
                self._place(path)

    def _place(self, path: Path) -> None:
        if pair := pair_of(path.stem):
            self.of_pair[pair].append(path)
        elif ticker := self._ticker_of(path.stem) or self._ticker_inside(path):
            self.of_ticker[ticker].append(path)
        else:
            self.of_none.append(path)

    def _ticker_of(self, stem: str) -> str | None:
        return next((ticker for spelling in spellings(stem) if (ticker := resolve(spelling, self.names))), None)

    def _ticker_inside(self, path: Path) -> str | None:
        """The one ticker that a file's own column of symbols names."""
        try:
            symbols = {symbol for symbol in sheet_of(path).columns.get("symbol", ()) if symbol}
        except Exception:  # a file of no line of ours may hold anything
            return None
        return resolve(symbols.pop(), self.names) if len(symbols) == 1 else None

    # What the folder has --------------------------------------------------------------------------------------

    def tickers(self) -> list[str]:
        return sorted(self.of_ticker)

    def pairs(self) -> list[tuple[str, str]]:
        return sorted(self.of_pair)

    def unknown(self) -> list[Answer]:
        """An answer for every file whose line is none of ours, with what may be meant."""
        answers = []
        for path in self.of_none:
            near = near_tickers(path.stem.split("__")[0], self.universe)
            answers.append(Answer(path.stem, Outcome.UNKNOWN_TICKER, note=f"{self._shown(path)}: no ticker of companies.csv" + (f"; near: {', '.join(near)}" if near else ""), raw_name=path.name))
        return answers

    def _shown(self, path: Path) -> str:
        return path.relative_to(self.folder).as_posix()

    # The two questions ----------------------------------------------------------------------------------------

    def fetch(self, asked: Asked) -> Answer:
        paths = self.of_ticker.get(asked.ticker)
        if not paths:
            return Answer(asked.ticker, Outcome.UNKNOWN_TICKER, note=f"the folder has no file of {asked.ticker}")
        return self._answer(asked, paths)

    def rates(self, base: str, quote: str, since: date) -> Answer:
        """Exchange rates as bars: close is units of quote for one of base; a file of the pair the other way round is turned."""
        if (base, quote) in self.of_pair:
            return self._answer(Asked(base + quote, "", quote, since), self.of_pair[base, quote])
        if (quote, base) not in self.of_pair:
            return Answer(base + quote, Outcome.UNKNOWN_TICKER, note=f"the folder has no file of {base}{quote} nor of {quote}{base}")
        answer = self._answer(Asked(base + quote, "", base, since), self.of_pair[quote, base])
        turned = answer.bars.assign(open=np.nan, high=np.nan, low=np.nan, volume=np.nan, adj_close=np.nan, close=1 / answer.bars["close"])
        return replace(answer, bars=turned[list(BAR_COLUMNS)], currency=None if answer.currency is None else quote, note="; ".join(filter(None, (answer.note, f"one over {quote}{base}"))))

    def _answer(self, asked: Asked, paths: list[Path]) -> Answer:
        found = [(path, self._read(path, asked)) for path in paths]
        usable = [(path, read) for path, read in found if isinstance(read, Read) and read.adjusted is False]
        refused = [f"{self._shown(path)} is not used: {_why_not(read)}" for path, read in found if (path, read) not in usable]
        if len(usable) > 1:
            return Answer(asked.ticker, Outcome.PROVIDER_FAULT, note=f"{len(usable)} files say that they are {asked.ticker}: {', '.join(self._shown(path) for path, _ in usable)}; keep one")
        if not usable:
            path, read = found[0]
            bars = read.bars if isinstance(read, Read) and read.adjusted else no_bars()
            return Answer(asked.ticker, Outcome.PROVIDER_FAULT, bars=bars, note="; ".join(refused), raw=_bytes(path), raw_name=f"{asked.ticker}{path.suffix.lower()}")
        (path, read), = usable
        bars, actions = read.bars, read.actions
        if asked.since:
            bars, actions = bars[bars["date"] >= pd.Timestamp(asked.since)].reset_index(drop=True), actions[actions["ex_date"] >= pd.Timestamp(asked.since)].reset_index(drop=True)
        note = "; ".join((f"{self._shown(path)}{': unadjusted by ' * bool(read.how)}{read.how}", *read.notes, *refused))
        return Answer(asked.ticker, Outcome.GOT if len(bars) else Outcome.NOTHING_NEW, bars, actions, read.currency, note, _bytes(path), f"{asked.ticker}{path.suffix.lower()}")

    def _read(self, path: Path, asked: Asked) -> Read | Unusable:
        if path not in self.read_once:
            try:
                read = read_file(path, asked, self._declared_of(path), self.now().date())
                if read.symbol and asked.exchange and (named := resolve(read.symbol, self.names)) != asked.ticker:
                    raise Unusable(f"its name says {asked.ticker}, its column of symbols {named or read.symbol}")
                self.read_once[path] = read
            except Unusable as error:
                self.read_once[path] = error
            except OSError as error:
                self.read_once[path] = Unusable(f"it cannot be read: {error.strerror}")
            except Exception as error:  # whatever a file holds is an outcome
                self.read_once[path] = Unusable(f"it cannot be read: {type(error).__name__}: {error}"[:300])
        return self.read_once[path]

    def _declared_of(self, path: Path) -> Declared:
        shown = self._shown(path)
        for declared in self.declared:
            if declared.file in (shown, path.name):
                return replace(declared, by_name=True)
        for declared in self.declared:
            if fnmatch.fnmatchcase(shown, declared.file) or fnmatch.fnmatchcase(path.name, declared.file):
                return declared
        return Declared("", adjusted=False if self.unadjusted else None)


def _why_not(read: Read | Unusable) -> str:
    if isinstance(read, Unusable):
        return str(read)
    if read.adjusted:
        return f"its closes are adjusted for dividends ({read.how}), which is no price for a multiple"
    return f"whether its closes are adjusted for dividends cannot be told ({read.how}): {HOW_TO_DECLARE}"


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes() if path.stat().st_size <= LARGEST else b""
    except OSError:
        return b""


def declarations(path: Path) -> list[Declared]:
    """The lines of columns.csv. Raises ValueError, naming the line, for one that says what it cannot."""
    if not path.exists():
        return []
    rows = list(csv.DictReader(io.StringIO(path.read_text("utf-8-sig"), newline="")))
    found = []
    for line, row in enumerate(rows, 2):
        cells = {(name or "").strip().lower(): (cell or "").strip() for name, cell in row.items() if not isinstance(cell, list)}
        adjusted, order, currency = cells.get("adjusted", "").lower(), cells.get("date_order", "").lower(), cells.get("currency", "")
        if not cells.get("file"):
            raise ValueError(f"{path.name}:{line} names no file; its columns are file,adjusted,currency,date_order")
        if adjusted not in ("", "yes", "no"):
            raise ValueError(f"{path.name}:{line} adjusted {adjusted!r}: yes or no")
        if order not in ("", "ymd", *ORDERS):
            raise ValueError(f"{path.name}:{line} date_order {order!r}: dmy, mdy or ymd")
        found.append(Declared(cells["file"], {"yes": True, "no": False}.get(adjusted), currency or None, order or None))
    return found


# Which line a file is ----------------------------------------------------------------------------------------

def _fold(text: str) -> str:
    return re.sub(r"\s+", " ", unicodedata.normalize("NFKC", text)).strip().casefold()


def _names_of(universe: Mapping[str, Iterable[str]]) -> dict[str, str]:
    """Every folded spelling that stands for one ticker; a ticker goes before an alias, an alias of two is none."""
    aliases = defaultdict(set)
    for ticker, names in universe.items():
        for name in names:
            aliases[_fold(name)].add(ticker)
    return {name: next(iter(tickers)) for name, tickers in aliases.items() if len(tickers) == 1} | {_fold(ticker): ticker for ticker in universe}


def pair_of(stem: str) -> tuple[str, str] | None:
    """A file of exchange rates: six letters of two known currencies."""
    letters = re.fullmatch(r"([A-Z]{3})[_-]?([A-Z]{3})(?:=X)?", stem.split("__")[0].upper())
    pair = letters.groups() if letters else None
    return pair if pair and pair[0] != pair[1] and set(pair) <= set(CURRENCIES) else None


def spellings(stem: str) -> list[str]:
    """What in a file's name may be the ticker: all of it, what stands before two underscores, before a word such as daily or a date."""
    first = stem.split("__")[0]
    bare = TAIL.sub("", first)
    return list(dict.fromkeys(spelling for text in (stem, first, bare) for spelling in (text, re.sub(r"[_-]", ".", text), re.sub(r"[_-]", " ", text)) if spelling))


def resolve(typed: str, names: Mapping[str, str]) -> str | None:
    """The ticker that a spelling stands for: itself, its form (00700, HK.00700, 700 HK, BABA.N, HSI), an alias."""
    folded = _fold(typed)
    shapes = [folded]
    if code := re.fullmatch(r"(?:hk[.:\s]?)?0*([1-9]\d{0,4})(?:[.:\s]?hk)?(?: equity)?", folded):
        digits = code.group(1)
        shapes += [f"{digits.zfill(4)}.hk"] + [f"{digits[1:]}.hk"] * (len(digits) == 5 and digits[0] == "8")  # the RMB counter: the same shares
    if american := re.fullmatch(r"(?:us[.:])?([a-z]{1,6})(?:[.\s](?:o|oq|n|us|uq|un|uw|k))?(?: equity)?", folded):
        shapes.append(american.group(1))
    if index := re.fullmatch(r"\^?([a-z]{2,8})(?:\.hi)?(?: index)?", folded):
        shapes += [f"^{index.group(1)}", index.group(1)]
    return next((names[shape] for shape in shapes if shape in names), None)


# From bytes to cells -----------------------------------------------------------------------------------------

def _meaning(name: str) -> str | None:
    return MEANING_OF.get(re.sub(r"[\s_]+", " ", _fold(name).replace(".", "")).strip())


def text_of(path: Path) -> str:
    if path.stat().st_size > LARGEST:
        raise Unusable(f"it has {path.stat().st_size / 1e6:,.0f} MB, more than a line's daily prices can have")
    raw = path.read_bytes()
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise Unusable("it is UTF-16, not UTF-8: save it as UTF-8")
    if b"\x00" in raw:
        raise Unusable(f"a NUL byte at byte {raw.index(bytes(1))}")
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Unusable(f"not UTF-8 at byte {error.start}: save it as UTF-8") from None
    if not text.strip():
        raise Unusable("it is empty")
    if text.lstrip().startswith("<"):
        raise Unusable("an HTML page, no prices: an error page was saved in their place")
    return text


def sheet_of(path: Path) -> Sheet:
    text = text_of(path)
    return sheet_of_json(text) if path.suffix.lower() == ".json" or text.lstrip()[:1] in "[{" else sheet_of_csv(text)


def _columns(names: list[str]) -> dict[str, int]:
    """Where each meaning stands in a header. Two columns of one meaning: which is meant cannot be told."""
    found: dict[str, int] = {}
    for i, name in enumerate(names):
        meaning = _meaning(name)
        if meaning and meaning in found:
            raise Unusable(f"two columns for {meaning}: {names[found[meaning]]!r} and {name!r}")
        if meaning:
            found[meaning] = i
    return found


def _is_header(cells: list[str]) -> bool:
    meanings = {_meaning(cell) for cell in cells}
    return "date" in meanings and bool(meanings & {"close", "adj_close"})


def sheet_of_csv(text: str) -> Sheet:
    """The cells of a CSV text. A header may stand again in the middle; every row has as many cells as its header."""
    top = "\n".join(text.splitlines()[:20])
    delimiter = max(",;\t|", key=top.count)
    reader, records, start = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True), [], 1
    try:
        for record in reader:
            if any(cell.strip() for cell in record):
                records.append((start, [cell.strip() for cell in record]))
            start = reader.line_num + 1
    except csv.Error as error:
        raise Unusable(f"line {start}: {error}") from None
    if not records:
        raise Unusable("it is empty")
    # yfinance writes three lines: Price,Close,High / Ticker,0700.HK,0700.HK / Date,,
    symbol = None
    if len(records) > 2 and _fold(records[0][1][0]) == "price" and _fold(records[1][1][0]) == "ticker" and _meaning(records[2][1][0]) == "date":
        symbol = next(iter(set(records[1][1][1:]) - {""}), None)
        records = [(records[2][0], [records[2][1][0], *records[0][1][1:]])] + records[3:]
    at = next((i for i, (_, cells) in enumerate(records[:20]) if _is_header(cells)), None)
    if at is None:
        raise Unusable(f"no header with a date and a close in it; its first line is {','.join(records[0][1])[:80]!r}")
    header, found = records[at][1], _columns(records[at][1])
    lines, rows, headers = [], [], 1
    for line, cells in records[at + 1:]:
        if cells == header:
            headers += 1
        elif not cells[min(found["date"], len(cells) - 1)][:1].isdigit() and _is_header(cells):
            raise Unusable(f"line {line}: another header than that of line {records[at][0]}")
        elif len(cells) != len(header):
            raise Unusable(f"line {line}: {len(cells)} fields, the header has {len(header)}")
        else:
            lines.append(line)
            rows.append(cells)
    if not rows:
        raise Unusable("a header and no rows")
    columns = dict(zip(found, map(list, zip(*([cells[i] for i in found.values()] for cells in rows)))))
    if symbol:
        columns.setdefault("symbol", [symbol] * len(rows))
    cut = None if text.endswith(("\n", "\r")) else next((meaning for meaning, i in found.items() if i == len(header) - 1), None)
    return Sheet(columns, lines, cut=cut, headers=headers)


def sheet_of_json(text: str) -> Sheet:
    """The cells of a JSON text: Yahoo's chart, a list of records, a dict of columns, pandas' dicts of dicts."""
    try:
        told = json.loads(text)
    except ValueError as error:
        raise Unusable(f"no JSON, or cut off: {error}") from None
    if isinstance(told, dict) and isinstance(told.get("chart"), dict):
        return _sheet_of_chart(told["chart"])
    if isinstance(told, dict):
        inner = [value for value in told.values() if isinstance(value, list) and value and all(isinstance(row, dict) for row in value)]
        told = inner[0] if len(inner) == 1 else told
    if isinstance(told, dict) and told and all(isinstance(value, dict) for value in told.values()):
        if any(_meaning(name) for name in told):
            days = list(dict.fromkeys(day for cells in told.values() for day in cells))
            told = {"date": days} | {name: [cells.get(day) for day in days] for name, cells in told.items() if _meaning(name) != "date"}
        else:
            told = [{"date": day, **row} for day, row in told.items()]
    if isinstance(told, list) and told and all(isinstance(row, dict) for row in told):
        names = list(dict.fromkeys(name for row in told for name in row))
        told = {name: [row.get(name) for row in told] for name in names}
    if not isinstance(told, dict):
        raise Unusable("JSON of a shape that is not known: neither records nor columns")
    found = _columns(list(told))
    if "date" not in found or not {"close", "adj_close"} & set(found):
        raise Unusable(f"no date and close in it; it has {', '.join(list(told)[:8])}")
    named = {meaning: list(told.values())[i] for meaning, i in found.items()}
    length = len(named["date"]) if isinstance(named["date"], list) else 0
    columns = {}
    for meaning, cells in named.items():
        if isinstance(cells, list) and len(cells) != length:
            raise Unusable(f"{length} dates and {len(cells)} values of {meaning}")
        columns[meaning] = [_cell(cell) for cell in cells] if isinstance(cells, list) else [_cell(cells)] * length
    if not length:
        raise Unusable("no rows in it")
    return Sheet(columns, list(range(1, length + 1)), place="record")


def _cell(value) -> str:
    return "" if value is None else repr(value) if isinstance(value, float) else str(value).strip()


def _sheet_of_chart(chart: dict) -> Sheet:
    try:
        result = chart["result"][0]
        meta, stamps, quote = result["meta"], result["timestamp"], result["indicators"]["quote"][0]
        columns = {"date": [str(stamp) for stamp in stamps]} | {name: [_cell(value) for value in quote[name]] for name in ("open", "high", "low", "close", "volume") if name in quote}
        if "adjclose" in result["indicators"]:
            columns["adj_close"] = [_cell(value) for value in result["indicators"]["adjclose"][0]["adjclose"]]
        events = result.get("events") or {}
        zone = ZONES.get(next((name for name, zone in ZONES.items() if zone.key == meta.get("exchangeTimezoneName")), ""))
        day = lambda stamp: pd.Timestamp(datetime.fromtimestamp(stamp, zone or UTC).date())  # noqa: E731
        rows = [(day(event["date"]), "dividend", float(event["amount"]), event.get("currency") or None, np.nan) for event in events.get("dividends", {}).values()]
        rows += [(day(event["date"]), "split", np.nan, None, event["numerator"] / event["denominator"]) for event in events.get("splits", {}).values()]
        for name in ("symbol", "currency"):
            columns[name] = [_cell(meta.get(name))] * len(stamps)
        if any(len(cells) != len(stamps) for cells in columns.values()) or "close" not in columns:
            raise KeyError("close")
    except (KeyError, TypeError, IndexError, ValueError, ZeroDivisionError) as error:
        raise Unusable(f"a chart of Yahoo without prices, or cut off ({type(error).__name__} {error})") from None
    return Sheet(columns, list(range(1, len(stamps) + 1)), place="bar", shape="Yahoo's chart, whose close is not adjusted", actions=_actions(rows))


def _actions(rows: list[tuple]) -> pd.DataFrame:
    if not rows:
        return no_actions()
    return pd.DataFrame(sorted(rows, key=lambda row: row[:2]), columns=list(no_actions().columns)).astype({"ex_date": "datetime64[us]", "kind": "object", "currency": "object"})


# From cells to values ----------------------------------------------------------------------------------------

def _several(wrong: list[str]) -> Unusable:
    more = f"; and {len(wrong) - SHOWN} more" if len(wrong) > SHOWN else ""
    return Unusable("; ".join(wrong[:SHOWN]) + more)


def comma_of(cells: list[str]) -> str:
    """What a comma within the numbers of a file means: 'thousands', 'decimal', or '' where there is none. Raises where both are possible."""
    with_comma = [cell for cell in cells if "," in cell]
    if not with_comma:
        return ""
    thousands, decimal = all(GROUPED.fullmatch(cell) for cell in with_comma), all(DECIMAL_COMMA.fullmatch(cell) for cell in with_comma)
    if thousands and decimal:
        # Every one is like 1,512: only a number with a dot that can be no thousands (512.5) tells.
        if any("." in cell and PLAIN.fullmatch(cell) and not DOTTED.fullmatch(cell) for cell in cells):
            return "thousands"
        raise Unusable(f"{with_comma[0]!r} may be a thousand or a decimal: write numbers without thousands separators")
    return "decimal" if decimal else "thousands"


def numbers_of(sheet: Sheet) -> dict[str, np.ndarray]:
    """The numbers by meaning, NaN where the vendor has none. Raises for a cell that is no number: nothing of such a file is believed."""
    every = {name: sheet.columns[name] for name in NUMBERS if name in sheet.columns}
    comma = comma_of([cell for cells in every.values() for cell in cells if "," in cell or "." in cell])
    found, wrong = {}, []
    for name, cells in every.items():
        values = np.full(len(cells), np.nan)
        for i, cell in enumerate(cells):
            if PLAIN.fullmatch(cell) and not (comma == "decimal" and "." in cell):
                values[i] = float(cell)
            elif cell.lower() in MISSING:
                continue
            elif comma == "thousands" and GROUPED.fullmatch(cell):
                values[i] = float(cell.replace(",", ""))
            elif comma == "decimal" and (DECIMAL_COMMA.fullmatch(cell) or DOTTED.fullmatch(cell)):
                values[i] = float(cell.replace(".", "").replace(",", "."))
            elif name == "volume" and (short := SHORT.fullmatch(cell)):
                values[i] = float(short.group(1)) * SHORT_OF[short.group(2).upper()]
            else:
                wrong.append(f"{sheet.place} {sheet.lines[i]}: {name} {cell[:40]!r} is no number")
        if np.isinf(values).any():
            wrong.append(f"{sheet.place} {sheet.lines[int(np.isinf(values).argmax())]}: {name} is beyond all numbers")
        found[name] = values
    if wrong:
        raise _several(wrong)
    return found


def days_of(sheet: Sheet, zone, order: str | None, today: date) -> tuple[list[date], list[str]]:
    """The exchange's day of every row and the time of day that the cell gives ('' for none or midnight).

    A time with a zone, or an epoch, is turned into the exchange's day; midnight as written is that very day.
    """
    cells = sheet.columns["date"]
    epochs = [float(cell) for cell in cells if EPOCH.fullmatch(cell) and not COMPACT.fullmatch(cell)]
    midnight = all(_seconds(epoch) % 86400 == 0 for epoch in epochs)
    order = order if order in ORDERS else _order_of(cells, sheet)
    days, times, wrong = [], [], []
    for line, cell in zip(sheet.lines, cells):
        try:
            day, time = _day_of(cell, zone, midnight, order)
            if not FIRST_YEAR <= day.year:
                raise ValueError(f"lies before {FIRST_YEAR}")
            if day > today + timedelta(days=1):
                raise ValueError("lies in the future")
            days.append(day), times.append(time)
        except (ValueError, OverflowError, OSError) as error:
            wrong.append(f"{sheet.place} {line}: date {cell[:40]!r} {error if 'lies' in str(error) else 'is no date'}")
    if wrong:
        raise _several(wrong)
    weekend = sum(day.weekday() >= 5 for day in days)
    if weekend > max(2, len(days) * 0.05):
        raise Unusable(f"{weekend} of {len(days)} dates fall on a weekend: they may be written in another zone than the exchange's")
    return days, times


def _seconds(epoch: float) -> float:
    return epoch / 1000 if abs(epoch) >= 1e11 else epoch


def _order_of(cells: list[str], sheet: Sheet) -> str | None:
    """Whether 03/04/2026 is in April or in March, by the whole file. Raises where no day of it is beyond the 12th, and where both occur."""
    parts = [match.groups() for cell in cells if (match := ORDERED.match(cell))]
    if not parts:
        return None
    first, second = any(int(a) > 12 for a, _, _ in parts), any(int(b) > 12 for _, b, _ in parts)
    if first and second:
        raise Unusable("day and month change places within its dates")
    if not first and not second:
        raise Unusable(f"day and month cannot be told apart in its dates ({cells[0]!r}): declare date_order dmy or mdy in {DECLARATIONS}, or write 2026-07-31")
    return "dmy" if first else "mdy"


def _day_of(cell: str, zone, midnight: bool, order: str | None) -> tuple[date, str]:
    if iso := ISO.fullmatch(cell):
        year, month, day, time, offset = iso.groups()
        written = date(int(year), int(month), int(day))
        if not time or not time.strip("0:."):
            return written, ""
        if offset and zone:
            clock = f"{time if len(time.split(':')[0]) == 2 else '0' + time}"
            moment = datetime.fromisoformat(f"{written}T{clock}{'+00:00' if offset in ('Z', 'UTC') else offset}").astimezone(zone)
            return moment.date(), "" if not moment.hour and not moment.minute else f"{moment:%H:%M:%S}"
        return written, time
    if COMPACT.fullmatch(cell):
        return date(int(cell[:4]), int(cell[4:6]), int(cell[6:])), ""
    if EPOCH.fullmatch(cell):
        moment = datetime.fromtimestamp(_seconds(float(cell)), UTC if midnight or not zone else zone)
        return moment.date(), "" if midnight else f"{moment:%H:%M:%S}"
    if (dated := ORDERED.match(cell)) and order and (dated.end() == len(cell) or cell[dated.end()] in " T"):
        parts, (day, month) = dated.groups(), ORDERS[order]
        return date(int(parts[2]), int(parts[month]), int(parts[day])), ""
    plain = re.sub(r"[\s,.-]+", " ", cell).strip()
    for form in NAMED:
        try:
            return datetime.strptime(plain, form).date(), ""
        except ValueError:
            continue
    raise ValueError("is no date")


def _without_moments(days: list[date], times: list[str]) -> set[int]:
    """The rows whose time of day is none at which this file's bars stand: prices of a moment within a session."""
    on = defaultdict(set)
    for day, time in zip(days, times):
        on[time].add(day)
    if len(on) <= 1 or max(map(len, on.values())) < FEWEST:
        return set()
    usual = {time for time, found in on.items() if len(found) >= 5}
    return {i for i, time in enumerate(times) if time not in usual}


# One file ----------------------------------------------------------------------------------------------------

def read_file(path: Path, asked: Asked, declared: Declared, today: date) -> Read:
    """The bars of one file, what its closes are and by what that was told. Raises Unusable in words for a reader."""
    sheet, notes = sheet_of(path), []
    zone = ZONES[calendar_of(asked.exchange)] if asked.exchange else None
    if sheet.headers > 1:
        notes.append(f"its header stands {sheet.headers} times")
    if sheet.cut in ("date", "flag"):  # without either the row says nothing
        sheet.keep(list(range(len(sheet.lines) - 1)))
        notes.append("the last line has no line end: it may be cut off and is left out")
    elif sheet.cut:
        sheet.columns[sheet.cut][-1] = ""
        notes.append(f"the last line has no line end: its {sheet.cut} may be cut off and is left out")
    flags = sheet.columns.get("flag")
    if flags and any(flags):
        unreliable = [i for i, flag in enumerate(flags) if flag == UNRELIABLE]
        if unreliable:
            notes.append(f"{len(unreliable)} row{'s' * (len(unreliable) != 1)} flagged {UNRELIABLE} left out")
            gone = set(unreliable)
            sheet.keep([i for i in range(len(flags)) if i not in gone])
    symbol, currency = _one(sheet, "symbol"), _one(sheet, "currency")
    days, times = days_of(sheet, zone, declared.date_order, today)
    if moments := _without_moments(days, times):
        notes.append(f"{len(moments)} row{'s' * (len(moments) != 1)} of a moment within a session left out ({', '.join(sorted({f'{days[i]} {times[i]}' for i in moments})[:SHOWN])})")
        kept = [i for i in range(len(days)) if i not in moments]
        sheet.keep(kept)
        days = [days[i] for i in kept]
    numbers = numbers_of(sheet)
    frame = pd.DataFrame({"date": pd.Series(days, dtype="datetime64[us]")} | numbers)
    frame["line"] = sheet.lines
    frame, dropped = _once_each(frame, sheet.place)
    if dropped:
        notes.append(f"{dropped} repeated row{'s' * (dropped != 1)} left out")
    price = "close" if "close" in frame else "adj_close"
    without = frame[price].isna()
    actions = sheet.actions if len(sheet.actions) else _actions_of(frame)
    if without.any():
        notes.append(f"{without.sum()} row{'s' * int(without.sum() != 1)} without a close left out")
        frame = frame[~without]
    if frame.empty:
        raise Unusable("no row of it has a close")
    frame = frame.sort_values("date").reset_index(drop=True)
    if asked.exchange and len(frame) > 1 and _was_running(frame["date"].iloc[-1].date(), asked.exchange, datetime.fromtimestamp(path.stat().st_mtime, UTC)):
        notes.append(f"the bar of {frame['date'].iloc[-1]:%Y-%m-%d} left out: the file was written before that session had ended")
        frame = frame.iloc[:-1]
    bars = frame.reindex(columns=list(BAR_COLUMNS)).astype({name: "float64" for name in BAR_COLUMNS[1:]})
    adjusted, how, said = basis_of(bars, actions, sheet, asked, declared)
    if said:
        notes.append(said)
    if adjusted and "close" in frame:
        bars = bars.assign(adj_close=bars["close"], open=np.nan, high=np.nan, low=np.nan, close=np.nan)
    return Read(path, bars, actions, declared.currency or currency, symbol, adjusted, how, tuple(notes))


def _was_running(day: date, exchange: str, written: datetime) -> bool:
    """Whether a file written at that moment of that day can only hold a price of the running session."""
    return written.astimezone(ZONES[calendar_of(exchange)]).date() == day and last_finished(exchange, written) < day


def _one(sheet: Sheet, name: str) -> str | None:
    """The one value of a column that must not change within a file."""
    values = sorted({cell for cell in sheet.columns.get(name, ()) if cell})
    if len(values) > 1:
        raise Unusable(f"more than one {name} in one file: {', '.join(values[:SHOWN])}")
    return values[0] if values else None


def _once_each(frame: pd.DataFrame, place: str) -> tuple[pd.DataFrame, int]:
    """Each day once: rows that say the same are dropped and counted, rows that do not stop the file with both lines named."""
    if frame["date"].is_unique:
        return frame, 0
    again = frame["date"].duplicated()
    once, other = frame[~again], frame[again]
    one = once.set_index("date").loc[other["date"]].reset_index()
    values = [name for name in frame.columns if name not in ("date", "line")]
    # Two prints of one binary number may differ in the sixteenth digit.
    differ = ~np.isclose(one[values], other[values], rtol=1e-9, atol=0, equal_nan=True)
    if differ.any():
        wrong = []
        for i in np.flatnonzero(differ.any(axis=1)):
            name = values[int(differ[i].argmax())]
            wrong.append(f"{place}s {one['line'].iloc[i]} and {other['line'].iloc[i]} both say {other['date'].iloc[i]:%Y-%m-%d}, {name} {one[name].iloc[i]:.10g} and {other[name].iloc[i]:.10g}")
        raise _several(wrong)
    return once, len(other)


def _actions_of(frame: pd.DataFrame) -> pd.DataFrame:
    rows = []
    for meaning, kind in (("dividend", "dividend"), ("split", "split")):
        if meaning in frame:
            for day, amount in frame.loc[frame[meaning] > 0, ["date", meaning]].itertuples(index=False):
                rows.append((day, kind, amount if kind == "dividend" else np.nan, None, amount if kind == "split" else np.nan))
    return _actions(rows)


# Adjusted or not ---------------------------------------------------------------------------------------------

def basis_of(bars: pd.DataFrame, actions: pd.DataFrame, sheet: Sheet, asked: Asked, declared: Declared) -> tuple[bool | None, str, str]:
    """Whether the closes are adjusted for dividends (None: cannot be told), by what that was told, and a remark."""
    has = set(sheet.columns)
    if not asked.exchange:
        return False, "", ""
    if declared.file and declared.adjusted is not None:
        how = f"the line {declared.file} of {DECLARATIONS}"
        if declared.adjusted or "close" not in has:
            return True, how, ""
        doubt = _between_ticks(bars, actions, asked)
        # A line that names the file has been written for it; a pattern for whatever lies in the folder.
        return (False, how, doubt) if declared.by_name or not doubt else (None, f"{how} says unadjusted, but {doubt}", "")
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
    """A step on which every close of an exchange lies, in the old and in the new table of spreads."""
    if calendar == "XNYS":
        return np.where(prices >= 1, 0.01, 0.0001)
    return np.select([prices < 0.5, prices < 10, prices < 50, prices < 100, prices < 200, prices < 500, prices < 1000], [0.001, 0.005, 0.01, 0.05, 0.1, 0.2, 0.5], 1.0)


def lies_on_ticks(bars: pd.DataFrame, actions: pd.DataFrame, calendar: str, ratio: float = 1) -> tuple[np.ndarray, float]:
    """Which of these closes lie on ticks of the exchange, and which part would by chance. Later splits, and one more of this ratio, are undone first."""
    closes, undone = bars["close"].to_numpy(), np.full(len(bars), float(ratio))
    for split in actions[actions["kind"] == "split"].itertuples() if len(actions) else ():
        undone[(bars["date"] < split.ex_date).to_numpy()] *= split.ratio
    prices = closes * undone
    step = ticks(calendar, prices)
    # A vendor keeps single precision, or so many decimals: a close rounded to cents lies on a tick of cents whatever it is.
    digits = next((digits for digits in range(2, 7) if np.all(np.abs(closes - np.round(closes, digits)) < 1e-9)), None)
    room = 1e-6 + 1.2e-7 * prices + (0 if digits is None else undone * 0.5 * 10.0**-digits * (digits > 2 or undone != 1))
    away = np.abs(prices / step - np.round(prices / step)) * step
    chance = np.minimum(1.0, np.maximum(2 * room, 0 if digits is None else undone * 10.0**-digits) / step)
    return away <= room, float(np.mean(chance))


def on_ticks(bars: pd.DataFrame, actions: pd.DataFrame, calendar: str) -> tuple[float, float]:
    """Which part of these closes lies on ticks of the exchange, and which part would by chance."""
    lies, chance = lies_on_ticks(bars, actions, calendar)
    return float(np.mean(lies)), chance


def _between_ticks(bars: pd.DataFrame, actions: pd.DataFrame, asked: Asked) -> str:
    """What speaks against unadjusted closes: years of them that lie between ticks, whatever later split may have divided them."""
    if asked.currency == "PTS":
        return ""
    bars = bars[bars["date"] >= pd.Timestamp(TICKS_SINCE)]
    for end in range(len(bars), FEWEST - 1, -RECENT):
        part = bars.iloc[max(0, end - RECENT):end]
        if len(part) < FEWEST:
            continue
        lies, chance = lies_on_ticks(part, actions, calendar_of(asked.exchange))
        if chance > TELLING or np.mean(lies) >= ON_TICKS:
            continue
        # A split may lie after these closes, or among them.
        share = max(float(np.mean(lies | lies_on_ticks(part, actions, calendar_of(asked.exchange), ratio)[0])) for ratio in RATIOS)
        if share < ON_TICKS:
            return f"{1 - share:.0%} of its closes from {part['date'].iloc[0]:%Y-%m-%d} to {part['date'].iloc[-1]:%Y-%m-%d} lie between the ticks of the exchange, as adjusted ones do"
    return ""


def _told_by_dividends(bars: pd.DataFrame, actions: pd.DataFrame, asked: Asked) -> tuple[bool | None, str]:
    """A file with dividends and splits and no Adj Close, yfinance's adjusted shape: told by the closes on both sides of its last ex-date."""
    calendar = calendar_of(asked.exchange)
    paid = actions[(actions["kind"] == "dividend") & (actions["ex_date"] > bars["date"].iloc[0])]
    if paid.empty:
        share, chance = on_ticks(bars.tail(RECENT), actions, calendar)
        if share >= ON_TICKS and chance <= TELLING:
            return False, "its dividends column, which has none since its first day"
        # One paid after its last day would have adjusted them too.
        where = "closes rounded to cents" if chance > TELLING else f"{1 - share:.0%} of its last {min(RECENT, len(bars))} closes between the ticks of the exchange"
        return None, f"no dividend in it, and {where}"
    last = paid["ex_date"].max()
    before, after = bars[bars["date"] < last].tail(RECENT), bars[bars["date"] >= last].head(RECENT)
    share, chance = on_ticks(before, actions, calendar)
    share_after = on_ticks(after, actions, calendar)[0] if len(after) >= FEWEST else 1.0
    odds = _odds_of_steps(bars, paid)
    if len(before) >= FEWEST and chance <= TELLING and share_after >= ON_TICKS:
        told = f"{share:.0%} of the {len(before)} closes before its last ex-date ({last:%Y-%m-%d}) lie on ticks of the exchange, {share_after:.0%} of those after"
        if share <= OFF_TICKS:
            return True, told
        if share >= ON_TICKS:
            return False, told
    if abs(odds) >= STEP_ODDS:
        return bool(odds < 0), f"the closes {'do not ' * (odds < 0)}fall on its {len(paid)} ex-dates"
    return None, f"neither the ticks nor the steps on its {len(paid)} ex-dates tell"


def _odds_of_steps(bars: pd.DataFrame, paid: pd.DataFrame) -> float:
    """Log odds that the closes fall by the dividend on ex-dates, as unadjusted ones do, against that they do not."""
    closes = bars.set_index("date")["close"]
    returns = np.log(closes / closes.shift())
    spread = 1.4826 * (returns - returns.median()).abs().median()
    odds = 0.0
    for day, amount in paid[["ex_date", "amount"]].itertuples(index=False):
        at = closes.index.searchsorted(day)
        if 0 < at < len(closes) and closes.index[at] == day and amount < closes.iloc[at - 1]:
            step, seen = np.log(1 - amount / closes.iloc[at - 1]), np.clip(returns.iloc[at], -4 * spread, 4 * spread)
            odds += (seen**2 - (seen - step) ** 2) / (2 * spread**2) if spread > 0 else 0.0
    return float(odds)
