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
from datetime import date, datetime
from pathlib import Path
from statistics import fmean, median

import duckdb
import pyarrow as pa

LATEST_YEAR = 2099
TICKERS = {"ticker", "issuer_ticker", "index_ticker", "quote_ticker"}
# A line that is not itself in the universe (BEKE) still has a dated ratio.
FREE_TICKERS = {("listings", "ticker")}
FILLED_BY_LOADER = {"correction_id"}
ARROW = {"VARCHAR": pa.string(), "DATE": pa.date32(), "DOUBLE": pa.float64(), "BIGINT": pa.int64(), "INTEGER": pa.int32(),
         "BOOLEAN": pa.bool_(), "TIMESTAMP WITH TIME ZONE": pa.timestamp("us", tz="UTC")}
NUMBER = re.compile(r"-?\d+(\.\d+)?([eE][+-]?\d+)?", re.ASCII)  # full-width digits are text
ISO_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
HIDDEN = "\u00a0\u200b\u200c\u200d\u2060\ufeff\u3000"
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
    """The rows of one table: values by column, and where each came from."""

    table: Table
    values: list[dict] = field(default_factory=list)
    places: list[tuple[str, int]] = field(default_factory=list)


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
    raw = path.read_bytes()
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        return None, [Rejection(name, 0, "file", None, "C01", "is UTF-16, not UTF-8: save it as UTF-8")]
    if b"\x00" in raw:
        return None, [Rejection(name, raw[:raw.index(b"\x00")].count(b"\n") + 1, "file", None, "C04", f"a NUL byte at byte {raw.index(bytes(1))}")]
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        return None, [Rejection(name, raw[:error.start].count(b"\n") + 1, "file", None, "C01", f"not UTF-8 at byte {error.start}: save it as UTF-8")]
    if not text.strip():
        return None, [Rejection(name, 0, "file", None, "C11", "the file is empty; a table without rows keeps its header line")]
    if text.lstrip()[:1] == "<":
        return None, [Rejection(name, 1, "file", text.strip().splitlines()[0], "C11", "an HTML page, not a CSV file: an error page was saved in its place")]
    if not text.endswith(("\n", "\r")):
        return None, [Rejection(name, text.count("\n") + 1, "file", text.splitlines()[-1], "C03", "the last line has no line end: the file may be cut off")]
    return text, []


def records_of(text: str, name: str) -> tuple[list[tuple[int, list[str]]], list[Rejection]]:
    """The records of a CSV text with the line on which each begins."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    records, start = [], 1
    try:
        for record in reader:
            if record:
                records.append((start, record))
            start = reader.line_num + 1
    except csv.Error as error:
        return records, [Rejection(name, start, "line", None, "C04", f"{error}: a quote that opens here does not close as it should")]
    return records, []


def header_of(record: list[str], table: Table, name: str) -> list[Rejection]:
    wrong = []
    header = [column.strip() for column in record]
    for column in sorted({c for c in header if header.count(c) > 1}):
        wrong.append(Rejection(name, 1, column, None, "C09", "stands twice in the header"))
    missing = [c for c in table.columns if c not in header]
    unknown = [c for c in header if c not in table.columns]
    for column in missing:
        near = difflib.get_close_matches(column, unknown, 1)
        wrong.append(Rejection(name, 1, column, None, "C09", "the column is missing" + (f"; is {near[0]!r} meant?" if near else "")))
    for column in unknown:
        if not any(column in rejection.wrong for rejection in wrong):
            wrong.append(Rejection(name, 1, column, None, "C09", f"is no column of this table ({', '.join(table.columns)})"))
    return wrong


def value_of(text: str, kind: str):
    """The typed value of a cell. Raises ValueError(rule, what is wrong)."""
    if kind == "VARCHAR":
        return text
    if kind == "DATE":
        if not ISO_DATE.fullmatch(text):
            slash = " (the order of day and month is ambiguous)" if re.fullmatch(r"\d{1,2}[/.]\d{1,2}[/.]\d{4}", text) else ""
            raise ValueError("C05", f"no date of the form 2026-07-31{slash}")
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
        hint = f"; is {plain.replace(',', '')} meant?" if NUMBER.fullmatch(plain.replace(",", "")) else ""
        raise ValueError("C07", f"not a number{hint}")
    number = float(text)
    if not math.isfinite(number):
        raise ValueError("C07", "not a finite number")
    if kind in ("BIGINT", "INTEGER"):
        if number != int(number):
            raise ValueError("C07", "not a whole number")
        return int(number)
    return number


def read(path: Path, table: Table, name: str) -> tuple[Rows, list[Rejection]]:
    """The typed rows of one CSV file, and all that is wrong in it (rules C01 to C11)."""
    rows = Rows(table)
    text, wrong = text_of(path, name)
    if text is None:
        return rows, wrong
    records, wrong = records_of(text, name)
    if not records:
        return rows, wrong
    wrong += header_of(records[0][1], table, name)
    if any(rejection.rule == "C09" for rejection in wrong):
        return rows, wrong
    header = [column.strip() for column in records[0][1]]
    for line, record in records[1:]:
        if len(record) != len(header):
            wrong.append(Rejection(name, line, "line", ",".join(record), "C02", f"{len(record)} fields, the header has {len(header)}"))
            continue
        values, good = dict.fromkeys(table.types), True
        for column, cell in zip(header, record):
            cell = cell.strip().strip(HIDDEN).strip()
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
    return rows, wrong


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
        is_ticker = column in TICKERS and (rows.table.name, column) not in FREE_TICKERS and rows.table.name != "companies"
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
                 (r" IN \(", "C16", None, "not one of the allowed words"),
                 (r"", "C20", None, "breaks the rule of the column"))


def broken_checks(connection: duckdb.DuckDBPyConnection, rows: Rows) -> list[Rejection]:
    """Rows that break a CHECK of schema.sql, found by the database itself."""
    if not rows.values:
        return []
    wrong = []
    connection.register("staged", arrow_of(rows))
    for check in rows.table.checks:
        broken = connection.execute(f"SELECT row_number FROM staged WHERE NOT ({check}) ORDER BY 1").fetchall()
        plain = re.sub(r"[()]", "", check)
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


def load(connection: duckdb.DuckDBPyConnection, folder: Path, landed: Iterable[Path] = ()) -> list[Rejection]:
    """Fill the tables of an open database from folder/*.csv and from landed price files.

    Returns all that is wrong; the tables are filled only when nothing is.
    """
    declared = tables(connection)
    every: dict[str, Rows] = {}
    wrong: list[Rejection] = []
    files = [(path, path.stem, path.name) for path in sorted(folder.glob("*.csv"))]
    files += [(path, "prices", f"prices/{path.name}") for path in sorted(landed)]
    if not files:
        return [Rejection(str(folder), 0, "folder", None, "C11", "holds no curated file")]
    for path, table_name, name in files:
        if table_name not in declared:
            near = difflib.get_close_matches(table_name, declared, 1)
            wrong.append(Rejection(name, 0, "file", None, "C09", "is no table of schema.sql" + (f"; is {near[0]}.csv meant?" if near else "")))
            continue
        rows, bad = read(path, declared[table_name], name)
        wrong += bad
        kept = every.setdefault(table_name, Rows(declared[table_name]))
        kept.values += rows.values
        kept.places += rows.places
    for needed in ("companies", "sources"):
        if needed not in every:
            wrong.append(Rejection(f"{needed}.csv", 0, "file", None, "C11", "is missing"))
    if any(rejection.file in ("companies.csv", "sources.csv") for rejection in wrong):
        return wrong  # every other row would be refused for a name that may be right
    aliases = every.get("aliases", Rows(declared["aliases"])).values
    universe = {row["ticker"]: [a["alias"] for a in aliases if a["ticker"] == row["ticker"]] for row in every["companies"].values}
    known_sources = {row["source_id"] for row in every["sources"].values}
    for rows in every.values():
        wrong += repeated(rows) + unknown_names(rows, universe, known_sources)
    wrong += apply_corrections(every)
    if "earnings" in every:
        wrong += wrong_currencies(every["earnings"], every["companies"]) + unexplained_restatements(every["earnings"]) + implausible_counts(every)
    for rows in every.values():
        wrong += broken_checks(connection, rows)
    if wrong:
        return wrong
    for rows in every.values():
        insert(connection, rows)
    return []


def insert(connection: duckdb.DuckDBPyConnection, rows: Rows) -> None:
    if rows.values:
        connection.register("staged", arrow_of(rows))
        connection.execute(f"INSERT INTO {rows.table.schema}.{rows.table.name} SELECT * EXCLUDE (row_number) FROM staged ORDER BY row_number")
        connection.unregister("staged")
