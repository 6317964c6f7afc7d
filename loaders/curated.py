"""Read the curated CSV files into tables, refusing every row that is not what schema.sql declares.

The rules are not repeated here: types, NOT NULL, CHECKs and keys are read back from the schema itself. All that is
wrong in all files is found in one pass; a single rejection stops the build and what was served is served still.
"""

import csv
import difflib
import io
import math
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from statistics import fmean, median

import duckdb
import pyarrow as pa
from pyarrow import csv as arrow_csv

from warehouse import snapshot

LATEST_YEAR = 2099
TICKERS = {"ticker", "issuer_ticker", "index_ticker", "quote_ticker"}
# A line that is not itself in the universe (BEKE) still has a dated ratio.
FREE_TICKERS = {("listings", "ticker"), ("companies", "ticker")}
FILLED_BY_LOADER = {"correction_id"}
ARROW = {"VARCHAR": pa.string(), "DATE": pa.date32(), "DOUBLE": pa.float64(), "BIGINT": pa.int64(), "INTEGER": pa.int32(),
         "BOOLEAN": pa.bool_(), "TIMESTAMP WITH TIME ZONE": pa.timestamp("us", tz="UTC")}
NUMBER = re.compile(r"-?\d+(\.\d+)?([eE][+-]?\d+)?", re.ASCII)  # full-width digits are text
ISO_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
FORMULA = re.compile(r"[=@]|[+-](?!\d)")  # what a spreadsheet takes for the beginning of one
NOTHING = ("na", "n/a", "n.a.", "nan", "null", "none", "-", "--", "\u2014", "\u2013", "inf", "-inf")
HIDDEN = "\u00a0\u200b\u200c\u200d\u2060\ufeff\u3000"
# C13: no file of figures needs more; the first is asked before the file is opened.
LARGEST_FILE, LONGEST_CELL, MOST_COLUMNS = 64 * 2**20, 10_000, 200
EXACT = 2**53  # beyond it the digits of a whole number are lost
DAY_ZERO = date(1899, 12, 30)  # of a spreadsheet's day numbers
# C21, C22: a figure so many times its neighbours is in another unit; C25: no more of its shares is bought at a time.
OTHER_UNIT, NEIGHBOURS = 30, 6
MOST_BOUGHT = 0.1
# C29: how near a count of shares must stand in time to be compared, and how near a suspected factor a quotient must come.
COMPARED_DAYS = 3 * 365 + 1
NEAR_FACTOR = 0.2
# C29: an EPS or a profit whose last digit is worth more than this part of it says too little of the count.
COARSEST = 0.1


@dataclass(frozen=True)
class Rejection:
    """One thing wrong in an input file, in the words of the command line."""

    file: str
    line: int
    column: str
    value: str | None
    rule: str
    wrong: str

    def __str__(self) -> str:
        shown = "" if self.value is None else f" {self.value[:80]!r}"
        place = f"{self.file}:{self.line}" if self.line else self.file
        return f"{place} {self.column}{shown}: rule {self.rule}, {self.wrong}"


@dataclass
class Table:
    """What schema.sql declares of a table: column types, which may be empty, the key, the CHECKs."""

    schema: str
    name: str
    types: dict[str, str]
    required: set[str]
    key: tuple[str, ...]
    checks: list[str]

    @property
    def columns(self) -> list[str]:
        return [column for column in self.types if column not in FILLED_BY_LOADER or column in self.key]


@dataclass
class Rows:
    """The rows of one table: values by column, and where each came from; of each file what was put right in it."""

    table: Table
    values: list[dict] = field(default_factory=list)
    places: list[tuple[str, int]] = field(default_factory=list)
    notes: list[tuple[str, str, str]] = field(default_factory=list)  # file, rule, words


def tables(connection: duckdb.DuckDBPyConnection) -> dict[str, Table]:
    """The declared tables by name, read from an open database that holds schema.sql."""
    found, columns_of, checks_of = {}, defaultdict(list), defaultdict(list)
    for schema, name, *column in connection.execute(
        "SELECT schema_name, table_name, column_name, data_type, is_nullable FROM duckdb_columns() WHERE NOT internal ORDER BY column_index").fetchall():
        columns_of[schema, name].append(column)
    for schema, name, expression in connection.execute(
        "SELECT schema_name, table_name, expression FROM duckdb_constraints() WHERE constraint_type = 'CHECK'").fetchall():
        checks_of[schema, name].append(expression)
    for schema, name, comment in connection.execute(
        "SELECT schema_name, table_name, comment FROM duckdb_tables() WHERE NOT internal ORDER BY ALL").fetchall():
        columns, checks = columns_of[schema, name], checks_of[schema, name]
        key = re.match(r"One row per \(([^)]*)\)", comment or "")
        if not key:
            raise ValueError(f"schema.sql: the comment of {name} does not begin with its key, 'One row per (...)'")
        found[name] = Table(schema, name, {c: t for c, t, _ in columns}, {c for c, _, nullable in columns if not nullable},
                            tuple(part.strip() for part in key.group(1).split(",")), checks)
    return found


# Reading one file ------------------------------------------------------------------------------------------

def text_of(path: Path, name: str) -> tuple[str | None, list[Rejection]]:
    """The text of a UTF-8 file, or why it is none."""
    def refused(line: int, rule: str, wrong: str, value: str | None = None) -> tuple[None, list[Rejection]]:
        return None, [Rejection(name, line, "file", value, rule, wrong)]

    try:
        if not path.is_file():
            return refused(0, "C13", "is no regular file: a folder, a pipe or a link that leads nowhere")
        if path.stat().st_size > LARGEST_FILE:
            return refused(0, "C13", f"has {path.stat().st_size:,} bytes, a file of figures at most {LARGEST_FILE:,}: it was not opened")
        raw = path.read_bytes()
    except OSError as error:
        return refused(0, "C13", f"cannot be read: {error.strerror}")
    if raw.startswith(b"PK\x03\x04"):
        return refused(0, "C01", "is a workbook or another ZIP file, not CSV: save the sheet as CSV UTF-8")
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")) or raw[:200].count(0) * 3 > len(raw[:200]) > 0:
        return refused(0, "C01", "is UTF-16, not UTF-8: save it as UTF-8")
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        looks = encoding_of(raw)
        return refused(raw[:error.start].count(b"\n") + 1, "C01", f"not UTF-8 at byte {error.start}{f'; looks like {looks}' if looks else ''}: save it as UTF-8")
    if found := CONTROL.search(text):
        where = len(text[:found.start()].encode("utf-8")) + (len(raw) - len(text.encode("utf-8")))
        return refused(lines_before(text, found.start()) + 1, "C04", f"a {'NUL byte' if found[0] == chr(0) else f'control character (byte {ord(found[0]):#04x})'} at byte {where}")
    if not text.strip():
        return refused(0, "C11", "the file is empty; a table without rows keeps its header line")
    if text.lstrip()[:1] == "<":
        return refused(1, "C11", "an HTML page, not a CSV file: an error page was saved in its place", text.strip().splitlines()[0])
    if not text.endswith(("\n", "\r")):
        return text, [Rejection(name, lines_before(text, len(text)) + 1, "file", re.split(r"[\r\n]", text)[-1], "C03", "the last line has no line end: the file may be cut off")]
    return text, []


def lines_before(text: str, position: int) -> int:
    """How many line ends, of any kind, stand before a position."""
    return len(re.findall(r"\r\n|\r|\n", text[:position]))


def encoding_of(raw: bytes) -> str | None:
    """The encoding that a Chinese text which is not UTF-8 seems to have: to be named, never to be assumed."""
    for encoding, words in (("gb2312", "GB18030"), ("big5", "Big5"), ("gb18030", "GB18030")):
        try:
            raw.decode(encoding)
        except UnicodeDecodeError:
            continue
        return words
    return None


def records_of(text: str, name: str) -> tuple[list[tuple[int, list[str]]], list[Rejection]]:
    """The records of a CSV text with the line on which each begins."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    records, wrong, start = [], [], 1
    try:
        for record in reader:
            if record and reader.line_num > start:
                wrong.append(Rejection(name, start, "line", ",".join(record), "C04", f"a quote that opens here closes on line {reader.line_num}: a cell holds no line break"))
            elif record:
                records.append((start, record))
            start = reader.line_num + 1
    except csv.Error as error:
        if "field limit" in str(error):
            wrong.append(Rejection(name, start, "line", None, "C13", f"a cell of more than {LONGEST_CELL:,} characters"))
        else:
            wrong.append(Rejection(name, start, "line", None, "C04", f"{error}: a quote that opens here does not close as it should"))
    return records, wrong


def header_of(record: list[str], table: Table, name: str, line: int) -> list[Rejection]:
    wrong = []
    header = [column.strip() for column in record]
    if len(header) > MOST_COLUMNS:
        return [Rejection(name, line, "line", None, "C13", f"{len(header):,} columns, this table has {len(table.columns)}")]
    if len(header) == 1 and (other := next((mark for mark in (";", "\t", "|") if mark in header[0]), None)):
        return [Rejection(name, line, "line", header[0], "C09", f"fields are set apart by {other!r}: save it with commas, and decimals with a point")]
    for column in sorted({c for c in header if header.count(c) > 1}):
        wrong.append(Rejection(name, line, column, None, "C09", "stands twice in the header"))
    missing = [c for c in table.columns if c not in header]
    unknown = [c for c in header if c not in table.columns]
    for column in missing:
        near = difflib.get_close_matches(column, unknown, 1)
        wrong.append(Rejection(name, line, column, None, "C09", "the column is missing" + (f"; is {near[0]!r} meant?" if near else "")))
    for column in unknown:
        if not any(column in rejection.wrong for rejection in wrong):
            wrong.append(Rejection(name, line, column, None, "C09", f"is no column of this table ({', '.join(table.columns)})"))
    return wrong


def day_meant(text: str) -> str:
    """What a date in another form might mean, as the end of an error line."""
    plain = unicodedata.normalize("NFKC", text)
    found, order = [], ""
    if re.fullmatch(r"\d{5}", plain):
        found, order = [(DAY_ZERO + timedelta(days=int(plain))).isoformat()], "a spreadsheet's day number"
    elif parts := re.fullmatch(r"(\d{4})\D?(\d{1,2})\D?(\d{1,2})\D?", plain):
        found = [iso_of(*parts.groups())]
    elif parts := re.fullmatch(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})", plain):
        first, second, year = parts.groups()
        found, order = [iso_of(year, second, first), iso_of(year, first, second)], "the order of day and month is ambiguous"
    found = list(dict.fromkeys(day for day in found if day))
    return (f" ({order})" if order else "") + (f"; is {' or '.join(found)} meant?" if found else "")


def iso_of(year: str, month: str, day: str) -> str | None:
    try:
        return date(int(year), int(month), int(day)).isoformat()
    except ValueError:
        return None


def value_of(text: str, kind: str):
    """The typed value of a cell. Raises ValueError(rule, what is wrong)."""
    if kind == "VARCHAR":
        return text
    if kind == "DATE":
        if not ISO_DATE.fullmatch(text):
            raise ValueError("C05", f"no date of the form 2026-07-31{day_meant(text)}")
        try:
            day = date.fromisoformat(text)
        except ValueError:
            raise ValueError("C05", "no such day in the calendar") from None
        if not 1980 <= day.year <= LATEST_YEAR:
            raise ValueError("C06", f"the year lies outside 1980 to {LATEST_YEAR}")
        return day
    if kind == "TIMESTAMP WITH TIME ZONE":
        try:
            moment = datetime.fromisoformat(text)
        except ValueError:
            raise ValueError("C05", "no time of the form 2026-07-31T17:30:00+08:00") from None
        if moment.tzinfo is None:
            raise ValueError("C05", "the time has no zone, such as +08:00")
        return moment
    if kind == "BOOLEAN":
        if text not in ("true", "false"):
            raise ValueError("C07", "neither true nor false")
        return text == "true"
    if not NUMBER.fullmatch(text):
        plain = unicodedata.normalize("NFKC", text).replace("\u2212", "-")
        if re.search(r"[%\uff05\u4ebf\u4e07]|[a-zA-Z]", plain) and re.search(r"\d", plain):
            raise ValueError("C08", "a number with its unit: the unit belongs in the unit column or the column's name")
        hint = f"; is {plain.replace(',', '')} meant?" if NUMBER.fullmatch(plain.replace(",", "")) else "; a value that is not known is an empty cell" if plain.lower() in NOTHING else ""
        raise ValueError("C07", f"not a number{hint}")
    number = float(text)
    if not math.isfinite(number):
        raise ValueError("C07", "not a finite number")
    if abs(number) > EXACT:
        raise ValueError("C07", "more digits than a number here can hold")
    if kind in ("BIGINT", "INTEGER"):
        if number != int(number):
            raise ValueError("C07", "not a whole number")
        return int(number)
    return number


def read(path: Path, table: Table, name: str) -> tuple[Rows, list[Rejection]]:
    """The typed rows of one CSV file, and all that is wrong in it (rules C01 to C13, C18)."""
    rows = Rows(table)
    text, wrong = text_of(path, name)
    if text is None:
        return rows, wrong
    records, broken = records_of(text, name)
    wrong += broken
    if not records:
        return rows, wrong
    in_header = header_of(records[0][1], table, name, records[0][0])
    if in_header:
        return rows, wrong + in_header
    header, hidden = [column.strip() for column in records[0][1]], 0
    names = {column for column in header if table.types[column] == "VARCHAR" and (column in TICKERS or column in table.key or column.endswith(("_id", "currency")))}
    for line, record in records[1:]:
        if len(record) != len(header):
            wrong.append(Rejection(name, line, "line", ",".join(record), "C02", f"{len(record)} fields, the header has {len(header)}"))
            continue
        values, good = dict.fromkeys(table.types), True
        for column, printed in zip(header, record):
            cell = printed.strip().strip(HIDDEN).strip()
            hidden += column in names and cell != printed
            if what := wrong_text(cell, column in names):
                wrong.append(Rejection(name, line, column, cell, *what))
                good = False
                continue
            if cell == "":
                if column in table.required:
                    wrong.append(Rejection(name, line, column, None, "C18", "is empty and must not be"))
                    good = False
                continue
            try:
                values[column] = value_of(cell, table.types[column])
            except ValueError as error:
                rule, what = error.args
                wrong.append(Rejection(name, line, column, cell, rule, what))
                good = False
        if good:
            rows.values.append(values)
            rows.places.append((name, line))
    if starts_with_mark(path):
        rows.notes.append((name, "C01", "begins with a byte order mark: taken off"))
    if hidden:
        rows.notes.append((name, "C10", f"blanks around {hidden} name{'s' * (hidden > 1)}: taken off"))
    return rows, wrong


def starts_with_mark(path: Path) -> bool:
    with open(path, "rb") as file:
        return file.read(3) == b"\xef\xbb\xbf"


def wrong_text(cell: str, is_name: bool) -> tuple[str, str] | None:
    """Rule and words where a cell is too long, or a name what no name is."""
    if len(cell) > LONGEST_CELL:
        return "C13", f"{len(cell):,} characters, a cell has at most {LONGEST_CELL:,}"
    if is_name and FORMULA.match(cell):
        return "C12", "begins as a formula does: a spreadsheet would run it"
    if is_name and (strange := next((c for c in cell if unicodedata.category(c) in ("Cf", "Co", "Cn")), None)):
        return "C12", f"holds the hidden character U+{ord(strange):04X}"
    return None


# Rules across rows and tables ------------------------------------------------------------------------------

def key_of(row: dict, table: Table) -> str:
    """The key of a row as corrections.csv writes it."""
    return "|".join("" if row[column] is None else _plain(row[column]) for column in table.key)


def _plain(value) -> str:
    if isinstance(value, float) and value == int(value):
        return str(int(value))
    return str(value)


def repeated(rows: Rows) -> list[Rejection]:
    """Rows that share a key: P03."""
    first, wrong = {}, []
    for row, (name, line) in zip(rows.values, rows.places):
        key = key_of(row, rows.table)
        if key in first:
            other_row, (other_name, other_line) = first[key]
            same = all(row[c] == other_row[c] for c in rows.table.types)
            wrong.append(Rejection(name, line, " ".join(rows.table.key), key, "P03",
                                   f"{'the same row' if same else 'the same key with other values'} stands at {other_name}:{other_line}"))
        else:
            first[key] = (row, (name, line))
    return wrong


def unknown_names(rows: Rows, universe: dict[str, list[str]], sources: set[str]) -> list[Rejection]:
    """Tickers outside the universe (C10) and sources that sources.csv lacks (C17)."""
    wrong = []
    for column in rows.table.types:
        is_ticker = column in TICKERS and (rows.table.name, column) not in FREE_TICKERS
        is_source = column.endswith("source_id") and rows.table.name != "sources"
        if not (is_ticker or is_source):
            continue
        for row, (name, line) in zip(rows.values, rows.places):
            value = row[column]
            if value is None:
                continue
            if is_ticker and value not in universe:
                near = near_tickers(value, universe)
                wrong.append(Rejection(name, line, column, value, "C10", "no ticker of companies.csv" + (f"; near: {', '.join(near)}" if near else "")))
            elif is_source and value not in sources:
                near = difflib.get_close_matches(value, sources, 2)
                wrong.append(Rejection(name, line, column, value, "C17", "no source of sources.csv" + (f"; near: {', '.join(near)}" if near else "")))
    return wrong


def near_tickers(value: str, universe: dict[str, list[str]]) -> list[str]:
    """Canonical tickers that a wrong one may mean: by its digits, its aliases, its spelling."""
    digits = re.sub(r"\D", "", value).lstrip("0")
    by_number = [ticker for ticker in universe if digits and re.sub(r"\D", "", ticker).lstrip("0") == digits]
    by_alias = [ticker for ticker, names in universe.items() if value.lower() in (n.lower() for n in names)]
    return list(dict.fromkeys(by_number + by_alias + difflib.get_close_matches(value, universe, 3)))[:3]


def canonical(rows: Rows, universe: dict[str, list[str]]) -> None:
    """Give the rows of landed price files the canonical ticker where they have the exchange's code or an alias, and note it."""
    aliases = {alias.casefold(): ticker for ticker, names in universe.items() for alias in names}
    renamed = defaultdict(int)
    for row, (name, _) in zip(rows.values, rows.places):
        printed = row["ticker"]
        if name.startswith("prices/") and printed not in universe:
            code = re.fullmatch(r"0*(\d{1,5})(\.HK)?", printed, re.ASCII | re.IGNORECASE)
            row["ticker"] = ticker = next((found for found in (code and f"{int(code[1]):04d}.HK", aliases.get(printed.casefold())) if found in universe), printed)
            renamed[name, printed, ticker] += ticker != printed
    rows.notes += [(name, "C10", f"{printed} is {ticker} by companies.csv and aliases.csv: {count} row{'s' * (count > 1)}") for (name, printed, ticker), count in renamed.items() if count]


def wrong_prices(prices: Rows, companies: Rows, last: date) -> list[Rejection]:
    """Prices in another currency than the line's (P11), parts of shares (P02), and days on which nothing was traded yet (C06)."""
    wrong = []
    currencies = {row["ticker"]: row["price_currency"] for row in companies.values}
    for row, (name, line) in zip(prices.values, prices.places):
        if row["currency"] != currencies.get(row["ticker"], row["currency"]):
            wrong.append(Rejection(name, line, "currency", row["currency"], "P11", f"{row['ticker']} is quoted in {currencies[row['ticker']]}"))
        if row["volume"] is not None and row["volume"] % 1:
            wrong.append(Rejection(name, line, "volume", _plain(row["volume"]), "P02", "no whole number of shares"))
        if row["date"] > last:
            wrong.append(Rejection(name, line, "date", str(row["date"]), "C06", f"lies after the next session ({last})"))
    return wrong


def next_session(today: date) -> date:
    """The latest day a close may bear: a weekday more than today, for clocks and time zones."""
    return today + timedelta(days={4: 3, 5: 2}.get(today.weekday(), 1))


# Rules of results ----------------------------------------------------------------------------------------------

def wrong_currencies(earnings: Rows, companies: Rows) -> list[Rejection]:
    """Figures in another currency than that of the company's accounts that do not say so, and those that say so and are not: C27."""
    wrong = []
    reporting = {row["ticker"]: row["reporting_currency"] for row in companies.values}
    for row, (name, line) in zip(earnings.values, earnings.places):
        if row["ticker"] not in reporting:
            continue  # C10 says so
        own = reporting[row["ticker"]]
        if own is None:
            wrong.append(Rejection(name, line, "ticker", row["ticker"], "C27", "companies.csv names no reporting_currency for it, so that no figure of its results has a meaning"))
        elif row["currency"] != own and row["translation"] is None:
            wrong.append(Rejection(name, line, "currency", row["currency"], "C27",
                                   f"{row['ticker']} reports in {own}; a translation for the reader's convenience is marked 'convenience' in the column translation and enters no trailing sum"))
        elif row["currency"] == own and row["translation"] is not None:
            wrong.append(Rejection(name, line, "translation", row["translation"], "C27", f"{row['ticker']} reports in {own}: a figure in {own} is no translation"))
    return wrong


def unexplained_restatements(earnings: Rows) -> list[Rejection]:
    """Second figures of one fact that do not name the day of the one they restate, and names of days that are not that: C28."""
    wrong = []
    figures = defaultdict(list)
    for row, place in zip(earnings.values, earnings.places):
        figures[tuple(row[column] for column in ("ticker", "item", "basis", "period_start", "period_end", "currency"))].append((row, place))
    for fact, printed in figures.items():
        printed.sort(key=lambda figure: figure[0]["announced_on"] or date.min)
        days = [row["announced_on"] for row, _ in printed]
        for number, (row, (name, line)) in enumerate(printed):
            day, supersedes, before = days[number], row["supersedes"], days[number - 1] if number else None
            if number == 0 and supersedes is None or number and (day == before or supersedes == before is not None):
                continue  # a first print; one key twice, which is P03; a restatement as it should be
            words = "{} {} {}, {} to {}, in {}".format(*fact)
            beside = "{}:{}".format(*printed[number - 1][1]) + (f", announced on {before}" if before else ", whose announced_on is not known")
            if supersedes is None:
                what = f"a second figure of {words}, beside {beside}; where it is restated, supersedes names the day of the figure before it"
            elif day is None or supersedes >= day:
                what = f"a restatement is announced after the figure it restates; this one on {day or 'a day not known'}"
            elif supersedes in days:
                what = f"the figure before this one is {beside}"
            else:
                what = f"no figure of {words} was announced on that day"
            column = "announced_on" if supersedes is None else "supersedes"
            wrong.append(Rejection(name, line, column, str(row[column]), "C28", what))
    return wrong


# Figures against each other ------------------------------------------------------------------------------------

def misfits(every: dict[str, Rows]) -> list[Rejection]:
    """Figures that contradict those beside them: a unit (C21, C22), a currency (C27), more shares bought than can be (C25), a statement of what was yet to come (C26)."""
    return other_units(every) + other_totals(every) + too_many_bought(every) + stated_too_early(every)


def months_of(row: dict) -> int:
    return round((row["period_end"] - row["period_start"]).days / 30.4) if row["period_start"] and row["period_end"] else 0


def times(quotient: float) -> str:
    return f"{max(quotient, 1 / quotient):,.0f} times {'more' if quotient > 1 else 'less'}"


def other_units(every: dict[str, Rows]) -> list[Rejection]:
    """Revenues thirty times those nearest to them in time, or a thirtieth: C21."""
    wrong, series = [], defaultdict(list)
    for ticker, found in by_company(every, "earnings").items():
        for row, place in found:
            if row["item"] == "revenue" and row["value"] > 0:
                series[ticker, "", row["currency"], months_of(row)].append((row["period_end"], row["value"], "value", place))
    for ticker, found in by_company(every, "segments").items():
        for row, place in found:
            if (row["revenue_mn"] or 0) > 0:
                series[ticker, row["segment"], row["currency"], months_of(row)].append((row["period_end"], row["revenue_mn"], "revenue_mn", place))
    for (ticker, segment, currency, months), figures in series.items():
        for figure in figures:
            day, value, column, (name, line) = figure
            near = sorted((other for other in figures if other is not figure and abs((other[0] - day).days) <= COMPARED_DAYS), key=lambda other: abs((other[0] - day).days))[:NEIGHBOURS]
            if len(near) < 2:
                continue
            usual = median(other[1] for other in near)
            if not 1 / OTHER_UNIT < value / usual < OTHER_UNIT:
                what = f"{ticker} {segment}".strip()
                wrong.append(Rejection(name, line, column, _plain(value), "C21", f"{times(value / usual)} than the {usual:,.10g} million {currency} of the {len(near)} other figures of {what} nearest to it ({months} months each): is it in million?"))
    return wrong


def other_totals(every: dict[str, Rows]) -> list[Rejection]:
    """Segments in another unit than the revenue of their period (C22) or another currency than the accounts (C27)."""
    wrong, revenue = [], {}
    reporting = {row["ticker"]: row["reporting_currency"] for row in every["companies"].values}
    for ticker, found in by_company(every, "earnings").items():
        revenue |= {(ticker, row["period_start"], row["period_end"], row["currency"]): (row["value"], place) for row, place in found if row["item"] == "revenue" and row["value"] > 0}
    for ticker, found in by_company(every, "segments").items():
        sums = defaultdict(list)
        for row, (name, line) in found:
            if reporting.get(ticker) and row["currency"] != reporting[ticker]:
                wrong.append(Rejection(name, line, "currency", row["currency"], "C27", f"{ticker} reports in {reporting[ticker]}"))
            if row["parent_segment"] is None and row["revenue_mn"]:
                sums[row["history"], row["announced_on"], row["period_start"], row["period_end"], row["currency"]].append((row["revenue_mn"], (name, line)))
        for (_, _, start, end, currency), parts in sums.items():
            total, (of, at) = revenue.get((ticker, start, end, currency), (None, (None, None)))
            largest, (name, line) = max(parts)
            summed = sum(value for value, _ in parts)
            if total and (largest > OTHER_UNIT * total or 0 < summed < total / OTHER_UNIT and len(parts) > 1):
                quotient = (largest if largest > OTHER_UNIT * total else summed) / total
                wrong.append(Rejection(name, line, "revenue_mn", _plain(largest), "C22", f"the segments of {start} to {end} sum to {summed:,.10g} million, the revenue of {of}:{at} is {total:,.10g} million: {times(quotient)}; are both in million?"))
    return wrong


def too_many_bought(every: dict[str, Rows]) -> list[Rejection]:
    """Purchases of more than a tenth of all shares: C25."""
    wrong = []
    listings, actions, shares, earnings = by_company(every, "listings", "issuer_ticker"), by_company(every, "corporate_actions"), by_company(every, "shares"), by_company(every, "earnings")
    for ticker, found in by_company(every, "buybacks").items():
        ratios = [(row["valid_from"] or date.min, row["valid_to"] or date.max, row["shares_per_ads"]) for row, _ in listings[ticker] if row["share_class"] == "ADS" and (row["shares_per_ads"] or 0) > 0]
        splits = [(row["ex_date"], row["ratio"]) for row, _ in actions[ticker] if row["kind"] == "split" and (row["ratio"] or 0) > 0]
        printed, implied = counts_of(shares[ticker], earnings[ticker], ratios, splits)
        counts = printed or implied
        for row, (name, line) in found if counts else ():
            day = row["end_date"] or row["start_date"]
            if row["measure"] != "bought" or not row["shares"] or day is None:
                continue
            per = next((ratio for first, last, ratio in ratios if first <= day <= last), 1) if row["share_unit"] == "ADS" else 1
            bought = row["shares"] * per * math.prod(new for ex_date, new in splits if ex_date > day) / 1e6
            count = min(counts, key=lambda count: abs((count.day - day).days))
            if bought > MOST_BOUGHT * count.shares:
                beside = f"{count.place[0]}:{count.place[1]}"
                wrong.append(Rejection(name, line, "shares", _plain(row["shares"]), "C25", f"{100 * bought / count.shares:,.1f} % of the {count.shares:,.0f} million shares of {beside} ({count.day}); at most {100 * MOST_BOUGHT:g} % can be"))
    return wrong


def stated_too_early(every: dict[str, Rows]) -> list[Rejection]:
    """Purchases that were published before the period of which they tell ended: C26. A programme is announced before it begins."""
    return [Rejection(name, line, "published_on", str(row["published_on"]), "C26", f"published before the period ended ({row['end_date']})")
            for found in by_company(every, "buybacks").values() for row, (name, line) in found
            if row["measure"] == "bought" and row["grain"] not in ("programme", "mandate") and row["published_on"] and row["end_date"] and row["published_on"] < row["end_date"]]


# An EPS against the shares -----------------------------------------------------------------------------------

@dataclass(frozen=True)
class Count:
    """Ordinary shares of today, million, as printed or as a profit and its EPS imply them."""

    day: date
    shares: float
    row: dict
    place: tuple[str, int]
    beside: str = ""  # where the profit stands

    def far_from(self, other: "Count") -> int:
        return abs((self.day - other.day).days)


def by_company(every: dict[str, Rows], name: str, column: str = "ticker") -> dict[str, list[tuple[dict, tuple[str, int]]]]:
    """The rows of a table and their places, by company."""
    found = defaultdict(list)
    if name in every:
        for row, place in zip(every[name].values, every[name].places):
            found[row[column]].append((row, place))
    return found


def counts_of(shares: list, earnings: list, ratios: list[tuple[date, date, float]], splits: list[tuple[date, float]]) -> tuple[list[Count], list[Count]]:
    """The counts of shares printed of a company, and those that its profits and their EPS imply.

    ratios: first day, last day, ordinary shares of one ADS; splits: ex-date, new shares for one old. A count that is
    rounded away, or of a profit and an EPS near zero beside the others, implies nothing.
    """
    def ordinary(count: float, unit: str, day: date) -> float | None:
        ratio = next((ratio for first, last, ratio in ratios if first <= day <= last), None) if "ADS" in unit else 1
        return ratio and count * ratio * math.prod(new for ex_date, new in splits if ex_date > day)

    def known_on(row: dict) -> date:
        return row["announced_on"] or row["period_end"]

    def kind(row: dict) -> tuple:
        return row["item"], row["basis"], row["unit"], (row["period_end"] - row["period_start"]).days // 80  # quarters

    def near_zero(row: dict) -> bool:
        return abs(row["value"]) < COARSEST * fmean(abs(other["value"]) for other, _ in earnings if kind(other) == kind(row) and abs((other["period_end"] - row["period_end"]).days) <= COMPARED_DAYS)

    earnings = [(row, place) for row, place in earnings if row["value"]]
    printed = [Count(row["date"], count, row, place) for row, place in shares if (count := ordinary(row["value"] or 0, row["unit"], row["announced_on"] or row["date"]) or 0) > 0]
    implied = []
    for eps, place in earnings:
        profits = [(row, where) for row, where in earnings if eps["item"] == "eps_diluted" and row["item"] == "net_income" and all(row[c] == eps[c] for c in ("basis", "period_start", "period_end", "currency"))]
        if not profits:
            continue
        profit, (name, line) = min(profits, key=lambda found: abs((known_on(found[0]) - known_on(eps)).days))
        count = ordinary(profit["value"] / eps["value"], eps["unit"], known_on(eps)) or 0
        if count > 0 and max(coarseness(eps), coarseness(profit)) <= COARSEST and not (near_zero(eps) and near_zero(profit)):
            implied.append(Count(eps["period_end"], count, eps, place, f"{name}:{line}"))
    return printed, implied


def coarseness(row: dict) -> float:
    """Half a unit of the last digit of a figure as a part of it: 0.1 for an EPS of 0.05. An exact EPS has two decimals at least."""
    decimals = len(repr(row["value"]).removesuffix(".0").partition(".")[2])
    if row["quality"] == "exact" and row["unit"] != "million":
        decimals = max(decimals, 2)
    return 0.5 * 10**-decimals / abs(row["value"])


def implausible_counts(every: dict[str, Rows]) -> list[Rejection]:
    """EPS that with their profit imply a count of shares a known factor away from what else is known of the company: C29.

    The factor of its ADS is an EPS per ADS that is marked per share, or the reverse; ten, a hundred and a thousand are
    a unit. Honest quotients agree within some per cent, through buybacks, issues and dilution.
    """
    wrong = []
    listings, actions, shares = by_company(every, "listings", "issuer_ticker"), by_company(every, "corporate_actions"), by_company(every, "shares")
    for ticker, earnings in by_company(every, "earnings").items():
        ratios = [(row["valid_from"] or date.min, row["valid_to"] or date.max, row["shares_per_ads"]) for row, _ in listings[ticker] if row["share_class"] == "ADS" and (row["shares_per_ads"] or 0) > 0]
        splits = [(row["ex_date"], row["ratio"]) for row, _ in actions[ticker] if row["kind"] == "split" and (row["ratio"] or 0) > 0]
        printed, implied = counts_of(shares[ticker], earnings, ratios, splits)
        factors = {ratio for *_, ratio in ratios if not 0.5 < ratio < 2}
        for count in implied:
            near = sorted((other for other in printed if count.far_from(other) <= COMPARED_DAYS), key=count.far_from)
            others = [other.shares for other in implied if other is not count and count.far_from(other) <= COMPARED_DAYS]
            if near:
                reference, of = near[0].shares, f"of {near[0].place[0]}:{near[0].place[1]} ({near[0].day})"
            elif sum(abs(other / median(others) - 1) <= NEAR_FACTOR for other in others) >= 2:
                reference, of = median(others), f"that {len(others)} other results within three years imply"
            else:
                continue
            suspect = suspected(count.shares / reference, count.row["unit"], factors)
            if suspect:
                off = f"{max(count.shares / reference, reference / count.shares):,.1f} times {'more' if count.shares > reference else 'fewer'}"
                wrong.append(Rejection(*count.place, "value", _plain(count.row["value"]), "C29",
                                       f"with the profit of {count.beside} it implies {count.shares:,.0f} million shares, {off} than the {reference:,.0f} million {of}: {suspect}"))
    return wrong


def suspected(quotient: float, unit: str, ratios: set[float]) -> str | None:
    """What makes a count of shares this many times too large, or None where no known factor comes near."""
    words = {}
    for power in (10, 100, 1000):
        words[power], words[1 / power] = f"is the EPS {power} times too small, or the profit too large?", f"is the EPS {power} times too large, or the profit too small?"
    for ratio in ratios:
        words[ratio] = f"is this per share (one ADS is {ratio:g} shares)?" if unit == "per ADS" else f"is this divided by the {ratio:g} shares of an ADS twice?"
        words[1 / ratio] = f"is this per ADS ({ratio:g} shares)?" if unit == "per share" else f"is this multiplied by the {ratio:g} shares of an ADS twice?"
    nearest = min(words, key=lambda factor: abs(quotient / factor - 1))
    return words[nearest] if abs(quotient / nearest - 1) <= NEAR_FACTOR else None


# What a CHECK of schema.sql says in the error line: a pattern of its text, the rule, the column to name, the words.
RULE_OF_CHECK = ((r"amount / shares", "C24", "amount", "amount / shares lies outside price_low to price_high by more than 0.1 %"),
                 (r"announced_on > period_end", "C26", "announced_on", "announced before the period ended"),
                 (r"^close > 0", "P01", "close", "a price that is not positive"),
                 (r"^adj_close > 0", "P01", "adj_close", "a price that is not positive"),
                 (r"^volume >= 0", "P02", "volume", "a volume below zero"),
                 (r" IN \(", "C16", None, "not one of the allowed words"),
                 (r"", "C20", None, "breaks the rule of the column"))


def broken_checks(connection: duckdb.DuckDBPyConnection, rows: Rows) -> list[Rejection]:
    """Rows that break a CHECK of schema.sql, found by the database itself."""
    if not (rows.values and rows.table.checks):
        return []
    wrong = []
    connection.register("staged", arrow_of(rows))
    asked = ", ".join(f"coalesce(NOT ({check}), false) AS broken_{number}" for number, check in enumerate(rows.table.checks))
    found = connection.execute(f"SELECT * FROM (SELECT row_number, {asked} FROM staged) WHERE {' OR '.join(f'broken_{number}' for number in range(len(rows.table.checks)))} ORDER BY 1").fetchall()
    for position, check in enumerate(rows.table.checks, 1):
        broken = [(row[0],) for row in found if row[position]]
        plain = re.sub(r'[()"]', "", check)
        rule, column, words = next((rule, column, words) for pattern, rule, column, words in RULE_OF_CHECK if re.search(pattern, plain if "IN" not in pattern else check))
        column = column or next(c for c in re.findall(r"\w+", check) if c in rows.table.types)
        for (number,) in broken:
            name, line = rows.places[number]
            value = rows.values[number][column]
            wrong.append(Rejection(name, line, column, None if value is None else _plain(value), rule, f"{words}: {check}"))
    connection.unregister("staged")
    return wrong


def arrow_of(rows: Rows) -> pa.Table:
    """The rows as Arrow with their number: DuckDB reads Arrow right where it misreads some pandas frames."""
    columns = {c: pa.array([row[c] for row in rows.values], ARROW[t]) for c, t in rows.table.types.items()}
    return pa.table(columns | {"row_number": pa.array(range(len(rows.values)), pa.int32())})


def apply_corrections(every: dict[str, Rows]) -> list[Rejection]:
    """Put each ruled value in place of the printed one, and the ruling's name beside it.

    A correction that finds no row, or another value than the one it was made for, is itself an error (C30, C31):
    the source has been mended or the file edited, and the ruling must be looked at again.
    """
    wrong = []
    if "corrections" not in every:
        return wrong
    ruled: dict[tuple, str] = {}
    for correction, (name, line) in zip(every["corrections"].values, every["corrections"].places):
        table, key, column = correction["subject_table"], correction["subject_key"], correction["column_name"]
        rows = every.get(table)
        if rows is None or column not in rows.table.types:
            wrong.append(Rejection(name, line, "column_name", f"{table}.{column}", "C30", "no such table or column"))
            continue
        subject = next((row for row in rows.values if key_of(row, rows.table) == key), None)
        subject = subject if subject is not None else ruled.get((table, key))
        if subject is None:
            wrong.append(Rejection(name, line, "subject_key", key, "C30", f"no row of {table}.csv has this key"))
            continue
        kind = rows.table.types[column]
        try:
            printed = None if correction["printed_value"] is None else value_of(correction["printed_value"], kind)
            value = None if correction["ruled_value"] is None else value_of(correction["ruled_value"], kind)
        except ValueError as error:
            wrong.append(Rejection(name, line, "ruled_value", correction["ruled_value"], *error.args))
            continue
        if subject[column] != printed:
            wrong.append(Rejection(name, line, "printed_value", correction["printed_value"], "C31",
                                   f"{table}.csv now says {subject[column]!r}: the ruling was made for another value"))
            continue
        ruled[(table, key)] = subject
        subject[column] = value
        subject["correction_id"] = correction["correction_id"]
        if "quality" in rows.table.types:
            subject["quality"] = "ruled"
    return wrong


# Landed files -------------------------------------------------------------------------------------------------

def landed_table(path: Path, prices: Path) -> str:
    """The table whose rows a file of data/prices holds."""
    return {"actions": "corporate_actions", "fx": "fx"}.get(path.parent.name if path.parent != prices else "", "findings" if path.name == "findings.csv" else "prices")


def insert_checked(connection: duckdb.DuckDBPyConnection, files: list[Path], table: Table, universe: Iterable[str], sources: Iterable[str]) -> bool:
    """Fill a table from files whose very bytes a run of the price loader wrote, without a look at each cell.

    Where anything is not as it should be the table stays as it was and the answer is False: read() then names it.
    """
    if not files:
        return True
    kinds = {column: ARROW[kind] for column, kind in table.types.items()}
    options = arrow_csv.ConvertOptions(column_types=kinds, include_columns=list(kinds), null_values=[""], strings_can_be_null=True)
    try:
        whole = pa.table(pa.concat_tables([arrow_csv.read_csv(path, convert_options=options) for path in files]))
    except (pa.ArrowInvalid, pa.ArrowKeyError):
        return False
    connection.register("staged", whole)
    try:
        name = f"{table.schema}.{table.name}"
        known = connection.execute("SELECT count(*) FROM staged WHERE list_contains(?, ticker) AND list_contains(?, source_id)", [list(universe), list(sources)]).fetchone()[0]
        keys = ", ".join(table.key)
        twice = connection.execute(f"SELECT count(*) FROM (SELECT {keys} FROM staged UNION ALL SELECT {keys} FROM {name}) GROUP BY {keys} HAVING count(*) > 1 LIMIT 1").fetchone()
        if known != len(whole) or twice:
            return False
        connection.execute(f"INSERT INTO {name} SELECT {', '.join(table.types)} FROM staged ORDER BY {keys}")
        return True
    except duckdb.ConstraintException:
        return False
    finally:
        connection.unregister("staged")


def without_told(every: dict[str, Rows], prices: str = "prices/") -> None:
    """Drop the landed corporate actions that corporate_actions.csv tells itself: the same kind on the same day, a split of the same ratio within a month."""
    rows = every.get("corporate_actions")
    if rows is None:
        return
    ours = [row for row, (name, _) in zip(rows.values, rows.places) if not name.startswith(prices)]
    days = {(row["ticker"], row["kind"], row["ex_date"]) for row in ours}
    splits = [(row["ticker"], row["ex_date"], row["ratio"]) for row in ours if row["kind"] == "split" and row["ratio"]]

    def told(row: dict) -> bool:
        return (row["ticker"], row["kind"], row["ex_date"]) in days or row["kind"] == "split" and any(
            ticker == row["ticker"] and abs((day - row["ex_date"]).days) <= 31 and row["ratio"] and abs(row["ratio"] / ratio - 1) < 0.01 for ticker, day, ratio in splits)

    kept = [(row, place) for row, place in zip(rows.values, rows.places) if not (place[0].startswith(prices) and told(row))]
    rows.values, rows.places = [row for row, _ in kept], [place for _, place in kept]


def load(connection: duckdb.DuckDBPyConnection, folder: Path, landed: Iterable[Path] = (), checked: Iterable[Path] = (), now: datetime | None = None) -> list[Rejection]:
    """Fill the tables of an open database from folder/*.csv and from the files of data/prices.

    checked: those of the landed files whose bytes are the ones that a run of the price loader wrote. now: the clock.
    Returns all that is wrong; the tables are filled only when nothing is.
    """
    snapshot.step("read")
    now = now or datetime.now(UTC)
    declared = tables(connection)
    every: dict[str, Rows] = {}
    wrong: list[Rejection] = []
    prices, checked = folder.parent / "prices", set(checked)
    files = [(path, path.stem, path.name) for path in sorted(folder.glob("*.csv"))]
    if not files:
        return [Rejection(str(folder), 0, "folder", None, "C11", "holds no curated file")]
    files += [(path, landed_table(path, prices), f"prices/{path.relative_to(prices).as_posix()}") for path in sorted(landed) if path not in checked]
    for path, table_name, name in files:
        if table_name not in declared:
            near = difflib.get_close_matches(table_name, declared, 1)
            wrong.append(Rejection(name, 0, "file", None, "C09", "is no table of schema.sql" + (f"; is {near[0]}.csv meant?" if near else "")))
            continue
        rows, bad = read(path, declared[table_name], name)
        wrong += bad
        if not rows.values and not bad and table_name == "prices" and name.startswith("prices/"):
            wrong.append(Rejection(name, 0, "file", None, "C11", "holds a header and no row: a landed file without a price is none"))
        kept = every.setdefault(table_name, Rows(declared[table_name]))
        kept.values += rows.values
        kept.places += rows.places
        kept.notes += rows.notes
    for needed in ("companies", "sources"):
        if needed not in every:
            wrong.append(Rejection(f"{needed}.csv", 0, "file", None, "C11", "is missing"))
    if any(rejection.file in ("companies.csv", "sources.csv") for rejection in wrong):
        return wrong  # every other row would be refused for a name that may be right
    aliases = every.get("aliases", Rows(declared["aliases"])).values
    universe = {row["ticker"]: [a["alias"] for a in aliases if a["ticker"] == row["ticker"]] for row in every["companies"].values}
    known_sources = {row["source_id"] for row in every["sources"].values}
    if any(row["subject_table"] == "prices" for row in every.get("corrections", Rows(declared["corrections"])).values) and checked:
        return load(connection, folder, landed, (), now)  # a ruling names its row: read each
    without_told(every)
    if "prices" in every:
        canonical(every["prices"], universe)
        wrong += wrong_prices(every["prices"], every["companies"], next_session(now.astimezone(snapshot.HONG_KONG).date()))
    for rows in every.values():
        wrong += repeated(rows) + unknown_names(rows, universe, known_sources)
    wrong += apply_corrections(every)
    if "earnings" in every:
        wrong += wrong_currencies(every["earnings"], every["companies"]) + unexplained_restatements(every["earnings"]) + implausible_counts(every)
    wrong += misfits(every)
    for rows in every.values():
        wrong += broken_checks(connection, rows)
    if wrong:
        return wrong
    note(every, declared["findings"], now)
    snapshot.step("stage")
    for rows in every.values():
        insert(connection, rows)
    if not insert_checked(connection, sorted(checked), declared["prices"], universe, known_sources):
        for rows in every.values():
            connection.execute(f"DELETE FROM {rows.table.schema}.{rows.table.name}")
        return load(connection, folder, landed, (), now)
    return []


def note(every: dict[str, Rows], findings: Table, now: datetime) -> None:
    """What was put right in a file, as findings that a reader sees."""
    told = [{"code": rule, "severity": "note", "subject_table": table, "ticker": None, "ref": name, "message": f"{name} {words}", "found_at": now}
            for table, rows in every.items() for name, rule, words in rows.notes]
    rows = every.setdefault("findings", Rows(findings))
    rows.values += told
    rows.places += [(row["ref"], 0) for row in told]


def insert(connection: duckdb.DuckDBPyConnection, rows: Rows) -> None:
    if rows.values:
        connection.register("staged", arrow_of(rows))
        connection.execute(f"INSERT INTO {rows.table.schema}.{rows.table.name} SELECT * EXCLUDE (row_number) FROM staged ORDER BY row_number")
        connection.unregister("staged")
