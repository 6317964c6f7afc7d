"""Read a CSV file of figures: its text, its records, its typed rows, and in one pass all that is
wrong in it (rules C01 to C13, C18).

What a table is, its types, its key and which columns may be empty, is read from schema.sql and not
repeated here.
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
from datetime import date, datetime, timedelta
from functools import lru_cache
from pathlib import Path

import duckdb

from warehouse import definitions

LATEST_YEAR = 2099
TICKERS = {"ticker", "issuer_ticker", "index_ticker", "quote_ticker"}
FILLED_BY_LOADER = {"correction_id"}
NUMBER = re.compile(r"-?\d+(\.\d+)?([eE][+-]?\d+)?", re.ASCII)  # full-width digits are text
ISO_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
FORMULA = re.compile(r"[=@]|[+-](?!\d)")  # what a spreadsheet takes for the beginning of one
NOTHING = ("na", "n/a", "n.a.", "nan", "null", "none", "-", "--", "\u2014", "\u2013", "inf", "-inf")
HIDDEN = "\u00a0\u200b\u200c\u200d\u2060\ufeff\u3000"
# C13: no file of figures needs more; the first is asked before the file is opened. A row takes 200
# bytes of memory where it has two in the file.
LARGEST_FILE, LONGEST_CELL, MOST_COLUMNS, MOST_ROWS = 64 * 2**20, 10_000, 200, 1_000_000
EXACT = 2**53  # beyond it the digits of a whole number are lost
DAY_ZERO = date(1899, 12, 30)  # of a spreadsheet's day numbers


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
    """What schema.sql declares of a table: column types, which may be empty, the key, the
    CHECKs.
    """

    schema: str
    name: str
    types: dict[str, str]
    required: set[str]
    key: tuple[str, ...]
    checks: list[str]

    @property
    def columns(self) -> list[str]:
        return [
            column for column in self.types if column not in FILLED_BY_LOADER or column in self.key
        ]


@dataclass
class Rows:
    """The rows of one table: values by column, and where each came from; of each file what was put
    right in it.
    """

    table: Table
    values: list[dict] = field(default_factory=list)
    places: list[tuple[str, int]] = field(default_factory=list)
    notes: list[tuple[str, str, str]] = field(default_factory=list)  # file, rule, words


def tables(connection: duckdb.DuckDBPyConnection) -> dict[str, Table]:
    """The declared tables by name, read from an open database that holds schema.sql."""
    found, columns_of, checks_of = {}, defaultdict(list), defaultdict(list)
    for schema, name, *column in connection.execute(
        """
        SELECT schema_name, table_name, column_name, data_type, is_nullable
        FROM duckdb_columns()
        WHERE NOT internal
        ORDER BY column_index
        """
    ).fetchall():
        columns_of[schema, name].append(column)
    for schema, name, expression in connection.execute(
        """
        SELECT schema_name, table_name, expression
        FROM duckdb_constraints()
        WHERE constraint_type = 'CHECK'
        """
    ).fetchall():
        checks_of[schema, name].append(expression)
    for schema, name, comment in connection.execute(
        """
        SELECT schema_name, table_name, comment FROM duckdb_tables() WHERE NOT internal ORDER BY ALL
        """
    ).fetchall():
        columns, checks = columns_of[schema, name], checks_of[schema, name]
        key = re.match(r"One row per \(([^)]*)\)", comment or "")
        if not key:
            raise ValueError(
                f"schema.sql: the comment of {name} does not begin with its key, 'One row per "
                "(...)'"
            )
        found[name] = Table(
            schema,
            name,
            {c: t for c, t, _ in columns},
            {c for c, _, nullable in columns if not nullable},
            tuple(part.strip() for part in key.group(1).split(",")),
            checks,
        )
    return found


def meant(typed: str, there: Iterable[str]) -> str:
    """What may have been meant by a word that is not there, as the end of an error line."""
    near = difflib.get_close_matches(typed, list(there), 1)
    return f"; is {near[0]!r} meant?" if near else ""


def key_of(row: dict, table: Table) -> str:
    """The key of a row as corrections.csv writes it."""
    return "|".join("" if row[column] is None else written(row[column]) for column in table.key)


def written(value) -> str:
    """A value as a file writes it."""
    if isinstance(value, float) and value == int(value):
        return str(int(value))
    return str(value)


@lru_cache(maxsize=1)
def declared() -> dict[str, Table]:
    """The tables of schema.sql by name."""
    with duckdb.connect() as connection:
        connection.begin()
        for statement in connection.extract_statements(definitions.sql("schema")):
            if not statement.query.lstrip().startswith(
                "COMMENT ON COLUMN"
            ):  # nothing that is asked here, and four fifths of the time
                connection.execute(statement)
        return tables(connection)


# Reading one file ---------------------------------------------------------------------------------


def text_of(path: Path, name: str) -> tuple[str | None, list[Rejection]]:
    """The text of a UTF-8 file, or why it is none."""

    def refused(
        line: int, rule: str, wrong: str, value: str | None = None
    ) -> tuple[None, list[Rejection]]:
        return None, [Rejection(name, line, "file", value, rule, wrong)]

    try:
        if not path.is_file():
            return refused(
                0, "C13", "is no regular file: a folder, a pipe or a link that leads nowhere"
            )
        if path.stat().st_size > LARGEST_FILE:
            return refused(
                0,
                "C13",
                (
                    f"has {path.stat().st_size:,} bytes, a file of figures at most "
                    f"{LARGEST_FILE:,}: it was not opened"
                ),
            )
        raw = path.read_bytes()
    except OSError as error:
        return refused(0, "C13", f"cannot be read: {error.strerror}")
    if raw.startswith(b"PK\x03\x04"):
        return refused(
            0, "C01", "is a workbook or another ZIP file, not CSV: save the sheet as CSV UTF-8"
        )
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")) or raw[:200].count(0) * 3 > len(raw[:200]) > 0:
        return refused(0, "C01", "is UTF-16, not UTF-8: save it as UTF-8")
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        looks = encoding_of(raw)
        return refused(
            raw[: error.start].count(b"\n") + 1,
            "C01",
            (
                f"not UTF-8 at byte {error.start}{f'; looks like {looks}' if looks else ''}: "
                "save it as UTF-8"
            ),
        )
    if found := CONTROL.search(text):
        where = len(text[: found.start()].encode("utf-8")) + (len(raw) - len(text.encode("utf-8")))
        number = ord(found[0])
        what = f"control character (byte {number:#04x})" if number else "NUL byte"
        return refused(lines_before(text, found.start()) + 1, "C04", f"a {what} at byte {where}")
    if not text.strip():
        return refused(0, "C11", "the file is empty; a table without rows keeps its header line")
    if text.lstrip()[:1] == "<":
        return refused(
            1,
            "C11",
            "an HTML page, not a CSV file: an error page was saved in its place",
            text.strip().splitlines()[0],
        )
    if not text.endswith(("\n", "\r")):
        return text, [
            Rejection(
                name,
                lines_before(text, len(text)) + 1,
                "file",
                re.split(r"[\r\n]", text)[-1],
                "C03",
                "the last line has no line end: the file may be cut off",
            )
        ]
    return text, []


def lines_before(text: str, position: int) -> int:
    """How many line ends, of any kind, stand before a position."""
    return len(re.findall(r"\r\n|\r|\n", text[:position]))


def encoding_of(raw: bytes) -> str | None:
    """The encoding that a Chinese text which is not UTF-8 seems to have: to be named, never to be
    assumed.
    """
    for encoding, words in (("gb2312", "GB18030"), ("big5", "Big5"), ("gb18030", "GB18030")):
        try:
            raw.decode(encoding)
        except UnicodeDecodeError:
            continue
        return words
    return None


def records_of(
    text: str, name: str, most: int = MOST_ROWS
) -> tuple[list[tuple[int, list[str]]], list[Rejection]]:
    """The records of a CSV text with the line on which each begins; of one with more than the most,
    so many.
    """
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    records, wrong, start = [], [], 1
    try:
        for record in reader:
            if record and reader.line_num > start:
                wrong.append(
                    Rejection(
                        name,
                        start,
                        "line",
                        ",".join(record),
                        "C04",
                        (
                            f"a quote that opens here closes on line {reader.line_num}: a cell "
                            "holds no line break"
                        ),
                    )
                )
            elif record:
                records.append((start, record))
            start = reader.line_num + 1
            if start > most:
                if next(reader, None) is not None:
                    wrong.append(
                        Rejection(name, start, "line", None, "C13", f"more than {most:,} lines")
                    )
                break
    except csv.Error as error:
        if "field limit" in str(error):
            wrong.append(
                Rejection(
                    name,
                    start,
                    "line",
                    None,
                    "C13",
                    f"a cell of more than {LONGEST_CELL:,} characters",
                )
            )
        else:
            wrong.append(
                Rejection(
                    name,
                    start,
                    "line",
                    None,
                    "C04",
                    f"{error}: a quote that opens here does not close as it should",
                )
            )
    return records, wrong


def header_of(record: list[str], table: Table, name: str, line: int) -> list[Rejection]:
    wrong = []
    header = [column.strip() for column in record]
    if len(header) > MOST_COLUMNS:
        return [
            Rejection(
                name,
                line,
                "line",
                None,
                "C13",
                f"{len(header):,} columns, this table has {len(table.columns)}",
            )
        ]
    if len(header) == 1 and (
        other := next((mark for mark in (";", "\t", "|") if mark in header[0]), None)
    ):
        return [
            Rejection(
                name,
                line,
                "line",
                header[0],
                "C09",
                (
                    f"fields are set apart by {other!r}: save it with commas, and decimals with "
                    "a point"
                ),
            )
        ]
    for column in sorted({c for c in header if header.count(c) > 1}):
        wrong.append(Rejection(name, line, column, None, "C09", "stands twice in the header"))
    missing = [c for c in table.columns if c not in header]
    unknown = [c for c in header if c not in table.columns]
    for column in missing:
        near = difflib.get_close_matches(column, unknown, 1)
        wrong.append(
            Rejection(
                name,
                line,
                column,
                None,
                "C09",
                "the column is missing" + (f"; is {near[0]!r} meant?" if near else ""),
            )
        )
    for column in unknown:
        if not any(column in rejection.wrong for rejection in wrong):
            wrong.append(
                Rejection(
                    name,
                    line,
                    column,
                    None,
                    "C09",
                    f"is no column of this table ({', '.join(table.columns)})",
                )
            )
    return wrong


def day_meant(text: str) -> str:
    """What a date in another form might mean, as the end of an error line."""
    plain = unicodedata.normalize("NFKC", text)
    found: list[str | None] = []
    order = ""
    if re.fullmatch(r"\d{5}", plain):
        found, order = (
            [(DAY_ZERO + timedelta(days=int(plain))).isoformat()],
            "a spreadsheet's day number",
        )
    elif parts := re.fullmatch(r"(\d{4})\D?(\d{1,2})\D?(\d{1,2})\D?", plain):
        found = [iso_of(*parts.groups())]
    elif parts := re.fullmatch(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})", plain):
        first, second, year = parts.groups()
        found, order = (
            [iso_of(year, second, first), iso_of(year, first, second)],
            "the order of day and month is ambiguous",
        )
    days = list(dict.fromkeys(day for day in found if day))
    return (f" ({order})" if order else "") + (f"; is {' or '.join(days)} meant?" if days else "")


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
            raise ValueError(
                "C08",
                "a number with its unit: the unit belongs in the unit column or the column's name",
            )
        hint = (
            f"; is {plain.replace(',', '')} meant?"
            if NUMBER.fullmatch(plain.replace(",", ""))
            else "; a value that is not known is an empty cell"
            if plain.lower() in NOTHING
            else ""
        )
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
    names = {
        column
        for column in header
        if table.types[column] == "VARCHAR"
        and (column in TICKERS or column in table.key or column.endswith(("_id", "currency")))
    }
    known: list[dict[str, tuple]] = [
        {} for _ in header
    ]  # what a cell says is asked once a column: most stand in many rows
    for line, record in records[1:]:
        if len(record) != len(header):
            wrong.append(
                Rejection(
                    name,
                    line,
                    "line",
                    ",".join(record),
                    "C02",
                    f"{len(record)} fields, the header has {len(header)}",
                )
            )
            continue
        values, good = dict.fromkeys(table.types), True
        for column, printed, seen in zip(header, record, known):
            if printed not in seen:
                seen[printed] = cell_of(
                    printed, table.types[column], column in names, column in table.required
                )
            values[column], what, shown, padded = seen[printed]
            hidden += padded
            if what:
                wrong.append(Rejection(name, line, column, shown, *what))
                good = False
        if good:
            rows.values.append(values)
            rows.places.append((name, line))
    if starts_with_mark(path):
        rows.notes.append((name, "C01", "begins with a byte order mark: taken off"))
    if hidden:
        rows.notes.append(
            (name, "C10", f"blanks around {hidden} name{'s' * (hidden > 1)}: taken off")
        )
    return rows, wrong


def cell_of(printed: str, kind: str, is_name: bool, required: bool) -> tuple:
    """What a cell comes to: its value; the rule that it breaks with the words, or None; how an
    error line shows it; whether blanks stood around a name.
    """
    cell = printed.strip().strip(HIDDEN).strip()
    padded = is_name and cell != printed
    if what := wrong_text(cell, is_name):
        return None, what, cell, padded
    if cell == "":
        return None, ("C18", "is empty and must not be") if required else None, None, padded
    try:
        return value_of(cell, kind), None, cell, padded
    except ValueError as error:
        return None, error.args, cell, padded


def starts_with_mark(path: Path) -> bool:
    with open(path, "rb") as file:
        return file.read(3) == b"\xef\xbb\xbf"


def wrong_text(cell: str, is_name: bool) -> tuple[str, str] | None:
    """Rule and words where a cell is too long, or a name what no name is."""
    if len(cell) > LONGEST_CELL:
        return "C13", f"{len(cell):,} characters, a cell has at most {LONGEST_CELL:,}"
    if is_name and FORMULA.match(cell):
        return "C12", "begins as a formula does: a spreadsheet would run it"
    if is_name and (
        strange := next((c for c in cell if unicodedata.category(c) in ("Cf", "Co", "Cn")), None)
    ):
        return "C12", f"holds the hidden character U+{ord(strange):04X}"
    return None
