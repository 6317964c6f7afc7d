"""Fill the tables from the curated and the landed files, refusing every row that is not what
schema.sql declares.

Types, NOT NULL, CHECKs and keys are read back from the schema itself. All that is wrong in all
files is found in one pass; a single rejection stops the build and what was served is served still.
"""

import difflib
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

import duckdb
import pyarrow as pa
from pyarrow import csv as arrow_csv

from loaders import plausible
from loaders.reading import (
    TICKERS,
    Rejection,
    Rows,
    Table,
    declared,
    key_of,
    read,
    value_of,
    written,
)
from warehouse import snapshot

# A line that is not itself in the universe (BEKE) still has a dated ratio.
FREE_TICKERS = {("listings", "ticker"), ("companies", "ticker")}
ARROW = {
    "VARCHAR": pa.string(),
    "DATE": pa.date32(),
    "DOUBLE": pa.float64(),
    "BIGINT": pa.int64(),
    "INTEGER": pa.int32(),
    "BOOLEAN": pa.bool_(),
    "TIMESTAMP WITH TIME ZONE": pa.timestamp("us", tz="UTC"),
}


# Rules across rows and tables ---------------------------------------------------------------------


def repeated(rows: Rows) -> list[Rejection]:
    """Rows that share a key: P03."""
    first: dict[str, tuple[dict, tuple[str, int]]] = {}
    wrong = []
    for row, (name, line) in zip(rows.values, rows.places):
        key = key_of(row, rows.table)
        if key in first:
            other_row, (other_name, other_line) = first[key]
            same = all(row[c] == other_row[c] for c in rows.table.types)
            wrong.append(
                Rejection(
                    name,
                    line,
                    " ".join(rows.table.key),
                    key,
                    "P03",
                    (
                        f"{'the same row' if same else 'the same key with other values'} stands "
                        f"at {other_name}:{other_line}"
                    ),
                )
            )
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
                wrong.append(
                    Rejection(
                        name,
                        line,
                        column,
                        value,
                        "C10",
                        "no ticker of companies.csv"
                        + (f"; near: {', '.join(near)}" if near else ""),
                    )
                )
            elif is_source and value not in sources:
                near = difflib.get_close_matches(value, sources, 2)
                wrong.append(
                    Rejection(
                        name,
                        line,
                        column,
                        value,
                        "C17",
                        "no source of sources.csv" + (f"; near: {', '.join(near)}" if near else ""),
                    )
                )
    return wrong


def near_tickers(value: str, universe: Mapping[str, Iterable[str]]) -> list[str]:
    """Canonical tickers that a wrong one may mean: by its digits, its aliases, its spelling."""
    digits = re.sub(r"\D", "", value).lstrip("0")
    by_number = [
        ticker for ticker in universe if digits and re.sub(r"\D", "", ticker).lstrip("0") == digits
    ]
    by_alias = [
        ticker for ticker, names in universe.items() if value.lower() in (n.lower() for n in names)
    ]
    return list(
        dict.fromkeys(by_number + by_alias + difflib.get_close_matches(value, universe, 3))
    )[:3]


def canonical(rows: Rows, universe: dict[str, list[str]]) -> None:
    """Give the rows of landed price files the canonical ticker where they have the exchange's code
    or an alias, and note it.
    """
    aliases = {alias.casefold(): ticker for ticker, names in universe.items() for alias in names}
    renamed: dict[tuple[str, str, str], int] = defaultdict(int)
    for row, (name, _) in zip(rows.values, rows.places):
        printed = row["ticker"]
        if name.startswith("prices/") and printed not in universe:
            code = re.fullmatch(r"0*(\d{1,5})(\.HK)?", printed, re.ASCII | re.IGNORECASE)
            row["ticker"] = ticker = next(
                (
                    found
                    for found in (
                        code and f"{int(code[1]):04d}.HK",
                        aliases.get(printed.casefold()),
                    )
                    if found in universe
                ),
                printed,
            )
            renamed[name, printed, ticker] += ticker != printed
    rows.notes += [
        (
            name,
            "C10",
            (
                f"{printed} is {ticker} by companies.csv and aliases.csv: {count} "
                f"row{'s' * (count > 1)}"
            ),
        )
        for (name, printed, ticker), count in renamed.items()
        if count
    ]


def wrong_prices(prices: Rows, companies: Rows, last: date) -> list[Rejection]:
    """Prices in another currency than the line's (P11), parts of shares (P02), and days on which
    nothing was traded yet (C06).
    """
    wrong = []
    currencies = {row["ticker"]: row["price_currency"] for row in companies.values}
    for row, (name, line) in zip(prices.values, prices.places):
        if row["currency"] != currencies.get(row["ticker"], row["currency"]):
            wrong.append(
                Rejection(
                    name,
                    line,
                    "currency",
                    row["currency"],
                    "P11",
                    f"{row['ticker']} is quoted in {currencies[row['ticker']]}",
                )
            )
        if row["volume"] is not None and row["volume"] % 1:
            wrong.append(
                Rejection(
                    name, line, "volume", written(row["volume"]), "P02", "no whole number of shares"
                )
            )
        if row["date"] > last:
            wrong.append(
                Rejection(
                    name,
                    line,
                    "date",
                    str(row["date"]),
                    "C06",
                    f"lies after the next session ({last})",
                )
            )
    return wrong


def next_session(today: date) -> date:
    """The latest day a close may bear: a weekday more than today, for clocks and time zones."""
    return today + timedelta(days={4: 3, 5: 2}.get(today.weekday(), 1))


# What a CHECK of schema.sql says in the error line: a pattern of its text, the rule, the column to
# name, the words.
RULE_OF_CHECK = (
    (
        r"amount / shares",
        "C24",
        "amount",
        "amount / shares lies outside price_low to price_high by more than 0.1 %",
    ),
    (r"announced_on > period_end", "C26", "announced_on", "announced before the period ended"),
    (r"^close > 0", "P01", "close", "a price that is not positive"),
    (r"^adj_close > 0", "P01", "adj_close", "a price that is not positive"),
    (r"^volume >= 0", "P02", "volume", "a volume below zero"),
    (r" IN \(", "C16", None, "not one of the allowed words"),
    (r"", "C20", None, "breaks the rule of the column"),
)


def broken_checks(connection: duckdb.DuckDBPyConnection, rows: Rows) -> list[Rejection]:
    """Rows that break a CHECK of schema.sql, found by the database itself."""
    if not (rows.values and rows.table.checks):
        return []
    wrong = []
    connection.register("staged", arrow_of(rows))
    asked = ", ".join(
        f"coalesce(NOT ({check}), false) AS broken_{number}"
        for number, check in enumerate(rows.table.checks)
    )
    found = connection.execute(
        f"""
        SELECT *
        FROM (SELECT row_number, {asked} FROM staged)
        WHERE {" OR ".join(f"broken_{number}" for number in range(len(rows.table.checks)))}
        ORDER BY 1
        """
    ).fetchall()
    for position, check in enumerate(rows.table.checks, 1):
        broken = [(row[0],) for row in found if row[position]]
        plain = re.sub(r'[()"]', "", check)
        rule, column, words = next(
            (rule, column, words)
            for pattern, rule, column, words in RULE_OF_CHECK
            if re.search(pattern, plain if "IN" not in pattern else check)
        )
        column = column or next(c for c in re.findall(r"\w+", check) if c in rows.table.types)
        for (number,) in broken:
            name, line = rows.places[number]
            value = rows.values[number][column]
            wrong.append(
                Rejection(
                    name,
                    line,
                    column,
                    None if value is None else written(value),
                    rule,
                    f"{words}: {check}",
                )
            )
    connection.unregister("staged")
    return wrong


def arrow_of(rows: Rows) -> pa.Table:
    """The rows as Arrow with their number: DuckDB reads Arrow right where it misreads some pandas
    frames.
    """
    columns = {
        c: pa.array([row[c] for row in rows.values], ARROW[t]) for c, t in rows.table.types.items()
    }
    return pa.table(columns | {"row_number": pa.array(range(len(rows.values)), pa.int32())})


def apply_corrections(every: dict[str, Rows]) -> list[Rejection]:
    """Put each ruled value in place of the printed one, and the ruling's name beside it.

    A correction that finds no row, or another value than the one it was made for, is itself an
    error (C30, C31): the source has been mended or the file edited, and the ruling must be looked
    at again.
    """
    wrong: list[Rejection] = []
    if "corrections" not in every:
        return wrong
    ruled: dict[tuple[str, str], dict] = {}
    for correction, (name, line) in zip(every["corrections"].values, every["corrections"].places):
        table, key, column = (
            correction["subject_table"],
            correction["subject_key"],
            correction["column_name"],
        )
        rows = every.get(table)
        if rows is None or column not in rows.table.types:
            wrong.append(
                Rejection(
                    name, line, "column_name", f"{table}.{column}", "C30", "no such table or column"
                )
            )
            continue
        subject = next((row for row in rows.values if key_of(row, rows.table) == key), None)
        subject = subject if subject is not None else ruled.get((table, key))
        if subject is None:
            wrong.append(
                Rejection(
                    name, line, "subject_key", key, "C30", f"no row of {table}.csv has this key"
                )
            )
            continue
        kind = rows.table.types[column]
        try:
            printed = (
                None
                if correction["printed_value"] is None
                else value_of(correction["printed_value"], kind)
            )
            value = (
                None
                if correction["ruled_value"] is None
                else value_of(correction["ruled_value"], kind)
            )
        except ValueError as error:
            wrong.append(
                Rejection(name, line, "ruled_value", correction["ruled_value"], *error.args)
            )
            continue
        if subject[column] != printed:
            wrong.append(
                Rejection(
                    name,
                    line,
                    "printed_value",
                    correction["printed_value"],
                    "C31",
                    (
                        f"{table}.csv now says {subject[column]!r}: the ruling was made for "
                        "another value"
                    ),
                )
            )
            continue
        ruled[(table, key)] = subject
        subject[column] = value
        subject["correction_id"] = correction["correction_id"]
        if "quality" in rows.table.types:
            subject["quality"] = "ruled"
    return wrong


# Landed files -------------------------------------------------------------------------------------


def landed_table(path: Path, prices: Path) -> str:
    """The table whose rows a file of data/prices holds."""
    return {"actions": "corporate_actions", "fx": "fx"}.get(
        path.parent.name if path.parent != prices else "",
        "findings" if path.name == "findings.csv" else "prices",
    )


def insert_checked(
    connection: duckdb.DuckDBPyConnection,
    files: list[Path],
    table: Table,
    universe: Iterable[str],
    sources: Iterable[str],
) -> list[int] | None:
    """Fill a table from files whose very bytes a run of the price loader wrote, without a look at
    each cell.

    Returns the rows of each file. Where anything is not as it should be the table stays as it was
    and
    the answer is None: read() then names it.
    """
    if not files:
        return []
    kinds = {column: ARROW[kind] for column, kind in table.types.items()}
    options = arrow_csv.ConvertOptions(
        column_types=kinds, include_columns=list(kinds), null_values=[""], strings_can_be_null=True
    )
    try:
        parts = [arrow_csv.read_csv(path, convert_options=options) for path in files]
    except (pa.ArrowInvalid, pa.ArrowKeyError):
        return None
    whole = pa.table(pa.concat_tables(parts))
    connection.register("staged", whole)
    try:
        name = f"{table.schema}.{table.name}"
        known = connection.execute(
            """
            SELECT count(*)
            FROM staged
            WHERE ticker IN (SELECT unnest(?)) AND source_id IN (SELECT unnest(?))
            """,
            [list(universe), list(sources)],
        ).fetchall()[0][0]
        keys = ", ".join(table.key)
        twice = connection.execute(
            f"""
            SELECT count(*)
            FROM (SELECT {keys} FROM staged UNION ALL SELECT {keys} FROM {name})
            GROUP BY {keys}
            HAVING count(*) > 1
            LIMIT 1
            """
        ).fetchone()
        if known != len(whole) or twice:
            return None
        connection.execute(
            f"INSERT INTO {name} SELECT {', '.join(table.types)} FROM staged ORDER BY {keys}"
        )
        return [len(part) for part in parts]
    except duckdb.ConstraintException:
        return None
    finally:
        connection.unregister("staged")


def is_same_split(day: date, ratio: float, other_day: date, other_ratio: float) -> bool:
    """Whether two sources tell of one split: their days differ by a month at most, their ratios by
    less than 1 %.
    """
    return abs((day - other_day).days) <= 31 and abs(ratio / other_ratio - 1) < 0.01


def without_told(every: dict[str, Rows], prices: str = "prices/") -> None:
    """Drop the landed corporate actions that corporate_actions.csv tells itself: the same kind on
    the same day, a split of the same ratio within a month.
    """
    rows = every.get("corporate_actions")
    if rows is None:
        return
    ours = [row for row, (name, _) in zip(rows.values, rows.places) if not name.startswith(prices)]
    days = {(row["ticker"], row["kind"], row["ex_date"]) for row in ours}
    splits = [
        (row["ticker"], row["ex_date"], row["ratio"])
        for row in ours
        if row["kind"] == "split" and row["ratio"]
    ]

    def told(row: dict) -> bool:
        return (row["ticker"], row["kind"], row["ex_date"]) in days or (
            row["kind"] == "split"
            and row["ratio"]
            and any(
                ticker == row["ticker"] and is_same_split(row["ex_date"], row["ratio"], day, ratio)
                for ticker, day, ratio in splits
            )
        )

    kept = [
        (row, place)
        for row, place in zip(rows.values, rows.places)
        if not (place[0].startswith(prices) and told(row))
    ]
    rows.values, rows.places = [row for row, _ in kept], [place for _, place in kept]


def load(
    connection: duckdb.DuckDBPyConnection,
    folder: Path,
    landed: Iterable[Path] = (),
    checked: Iterable[Path] = (),
    now: datetime | None = None,
) -> list[Rejection]:
    """Fill the tables of an open database from folder/*.csv and from the files of data/prices.

    checked: those of the landed files whose bytes are the ones that a run of the price loader
        wrote. now: the clock. Returns all that is wrong; the tables are filled only when nothing
        is.
    """
    snapshot.step("read")
    now = now or datetime.now(UTC)
    tables = declared()
    prices, checked = folder.parent / "prices", set(checked)
    files = [(path, path.stem, path.name) for path in sorted(folder.glob("*.csv"))]
    if not files:
        return [Rejection(str(folder), 0, "folder", None, "C11", "holds no curated file")]
    files += [
        (path, landed_table(path, prices), f"prices/{path.relative_to(prices).as_posix()}")
        for path in sorted(landed)
        if path not in checked
    ]
    every, counts, wrong = _read(files, tables)
    if any(rejection.file in ("companies.csv", "sources.csv") for rejection in wrong):
        return wrong  # every other row would be refused for a name that may be right
    corrections = every["corrections"].values if "corrections" in every else []
    if checked and any(row["subject_table"] == "prices" for row in corrections):
        return load(connection, folder, landed, (), now)  # a ruling names its row: read each
    aliases = every["aliases"].values if "aliases" in every else []
    universe = {
        row["ticker"]: [a["alias"] for a in aliases if a["ticker"] == row["ticker"]]
        for row in every["companies"].values
    }
    known_sources = {row["source_id"] for row in every["sources"].values}
    wrong += _judge(connection, every, universe, known_sources, now)
    if wrong:
        return wrong
    note(every, tables["findings"], now)
    snapshot.step("stage")
    for rows in every.values():
        insert(connection, rows)
    in_checked = insert_checked(
        connection, sorted(checked), tables["prices"], universe, known_sources
    )
    if in_checked is None:
        for rows in every.values():
            connection.execute(f"DELETE FROM {rows.table.schema}.{rows.table.name}")
        return load(connection, folder, landed, (), now)
    counts += [
        InputFile(f"prices/{path.relative_to(prices).as_posix()}", "prices", number)
        for path, number in zip(sorted(checked), in_checked)
    ]
    connection.executemany("INSERT INTO input_files VALUES (?, ?, ?)", counts)
    return []


class InputFile(NamedTuple):
    """A row of input_files."""

    file: str
    table: str
    rows: int


def _read(
    files: list[tuple[Path, str, str]], tables: dict[str, Table]
) -> tuple[dict[str, Rows], list[InputFile], list[Rejection]]:
    """The rows of each table, how many each file had, and what is wrong in the files themselves;
    files: path, table and name of each.
    """
    every: dict[str, Rows] = {}
    counts: list[InputFile] = []
    wrong: list[Rejection] = []
    for path, table_name, name in files:
        if table_name not in tables:
            near = difflib.get_close_matches(table_name, tables, 1)
            meant = f"; is {near[0]}.csv meant?" if near else ""
            wrong.append(
                Rejection(name, 0, "file", None, "C09", f"is no table of schema.sql{meant}")
            )
            continue
        rows, bad = read(path, tables[table_name], name)
        wrong += bad
        if not rows.values and not bad and table_name == "prices" and name.startswith("prices/"):
            reason = "holds a header and no row: a landed file without a price is none"
            wrong.append(Rejection(name, 0, "file", None, "C11", reason))
        kept = every.setdefault(table_name, Rows(tables[table_name]))
        kept.values += rows.values
        kept.places += rows.places
        kept.notes += rows.notes
        counts.append(InputFile(name, table_name, len(rows.values)))
    wrong += [
        Rejection(f"{needed}.csv", 0, "file", None, "C11", "is missing")
        for needed in ("companies", "sources")
        if needed not in every
    ]
    return every, counts, wrong


def _judge(
    connection: duckdb.DuckDBPyConnection,
    every: dict[str, Rows],
    universe: dict[str, list[str]],
    known_sources: set[str],
    now: datetime,
) -> list[Rejection]:
    """What is wrong in the rows, each by itself and among the others; corrections are applied."""
    wrong: list[Rejection] = []
    without_told(every)
    if "prices" in every:
        canonical(every["prices"], universe)
        last = next_session(now.astimezone(snapshot.HONG_KONG).date())
        wrong += wrong_prices(every["prices"], every["companies"], last)
    for rows in every.values():
        wrong += repeated(rows) + unknown_names(rows, universe, known_sources)
    wrong += apply_corrections(every)
    if "earnings" in every:
        wrong += plausible.wrong_currencies(every["earnings"], every["companies"])
        wrong += plausible.unexplained_restatements(every["earnings"])
    wrong += plausible.misfits(every)
    for rows in every.values():
        wrong += broken_checks(connection, rows)
    return wrong


def note(every: dict[str, Rows], findings: Table, now: datetime) -> None:
    """What was put right in a file, as findings that a reader sees."""
    told: list[dict] = [
        {
            "code": rule,
            "severity": "note",
            "subject_table": table,
            "ticker": None,
            "ref": name,
            "message": f"{name} {words}",
            "found_at": now,
        }
        for table, rows in every.items()
        for name, rule, words in rows.notes
    ]
    rows = every.setdefault("findings", Rows(findings))
    rows.values += told
    rows.places += [(row["ref"], 0) for row in told]


def insert(connection: duckdb.DuckDBPyConnection, rows: Rows) -> None:
    if rows.values:
        connection.register("staged", arrow_of(rows))
        connection.execute(
            f"""
            INSERT INTO {rows.table.schema}.{rows.table.name}
            SELECT * EXCLUDE (row_number)
            FROM staged
            ORDER BY row_number
            """
        )
        connection.unregister("staged")
