"""The tables, views and macros of a snapshot, made from schema.sql and views/*.sql.

A build begins with a file that defines everything and holds no figure (`create`), loads the inputs
and then works out the tables that the views keep (`fill`). A process makes the definitions once;
its later builds begin with a copy of them, which saves most of the time of a small build.

What a statement of the views does shows in its first words. `CREATE VIEW`, `CREATE MACRO` and
`COMMENT` define; every other one depends on figures, and runs again in `fill`. So a kept table and
the macro of the latest evening are written with `OR REPLACE`.
"""

import re
from pathlib import Path

import duckdb

from warehouse import dictionary, snapshot

# In the order in which they build on each other.
VIEWS = (
    "periods",
    "prices",
    "currencies",
    "earnings",
    "shares",
    "estimates",
    "surprises",
    "valuation",
    "percentiles",
    "comparisons",
    "market",
    "buybacks",
    "buyback_returns",
    "segments",
    "kpis",
    "documents",
    "traffic",
    "overview",
    "targets",
    "coverage",
    "company",
)
EVENING = "latest_evening"  # the macro that says to which evening the figures reach
PART = 100  # lines whose multiples are made at once
DEFINES = re.compile("CREATE (VIEW|MACRO) |COMMENT ON ")
REPLACES = re.compile(r"CREATE OR REPLACE (?:TABLE|MACRO) (\w+)")
COMMENTS = re.compile(r"COMMENT ON (?:TABLE|COLUMN|MACRO(?: TABLE)?) (\w+)")

_empty: dict[tuple[str, ...], bytes] = {}  # by the texts of the SQL: the file without figures


def sql(name: str) -> str:
    """The text of schema.sql ("schema") or of one file of the views."""
    folder = snapshot.SQL if name == "schema" else snapshot.SQL / "views"
    return (folder / f"{name}.sql").read_text("utf-8")


def statements(name: str) -> list[str]:
    """The statements of one file of the views, without the comments before each."""
    return [
        re.sub(r"\A(\s|--[^\n]*\n)+", "", statement.query)
        for statement in duckdb.extract_statements(sql(name))
    ]


def create_tables(path: Path) -> duckdb.DuckDBPyConnection:
    """A new database file at path with the tables of schema.sql, open for writing."""
    connection = _connect(path)
    connection.execute(f"BEGIN;{sql('schema')};COMMIT")  # one transaction: half the time
    return connection


def create(path: Path) -> duckdb.DuckDBPyConnection:
    """A new database file at path with every table, view, macro and word of the dictionary and no
    figure, open for writing. Raises OSError where the disk has no room for a build.
    """
    snapshot.room_for(path.parent)
    snapshot.step("create")
    texts = tuple(sql(name) for name in ("schema", *VIEWS))
    try:
        if texts not in _empty:
            _define(path)
            _empty[texts] = path.read_bytes()
        else:
            path.write_bytes(_empty[texts])
        return _connect(path)
    except (OSError, duckdb.Error):
        path.unlink(missing_ok=True)  # half a file, where the disk is full
        raise


def _define(path: Path) -> None:
    with create_tables(path) as connection:
        connection.begin()  # one transaction: half the time
        for name in VIEWS:
            for statement in statements(name):
                _run(connection, statement)
        connection.commit()
        dictionary.fill(connection)
        connection.execute("CHECKPOINT")


def fill(connection: duckdb.DuckDBPyConnection) -> None:
    """Work out the tables that the views keep, and the latest evening, from the figures of an open
    snapshot that `create` made.
    """
    snapshot.step("views")
    connection.begin()
    for name in VIEWS:
        replaced: set[str] = set()  # a table that is replaced loses its comments
        for statement in statements(name):
            comment = COMMENTS.match(statement)
            if (comment and comment[1] in replaced) or not DEFINES.match(statement):
                _run(connection, statement)
                replaced |= set(REPLACES.findall(statement))
    connection.commit()


def _connect(path: Path) -> duckdb.DuckDBPyConnection:
    return duckdb.connect(str(path), config=snapshot.SETTINGS | snapshot.BUILD_SETTINGS)


def _run(connection: duckdb.DuckDBPyConnection, statement: str) -> None:
    """Run a statement of the views: one that names first_line and last_line for each part of the
    lines, so that no part needs more memory than a desk's companies; the macro of the latest
    evening says its day from then on.
    """
    if "getvariable(" not in statement:
        connection.execute(statement)
        if f"MACRO {EVENING}()" in statement:
            connection.execute(evening_as_day(connection))
        return
    parts = connection.execute(
        """
        SELECT min(ticker), max(ticker)
        FROM (
            SELECT ticker, (row_number() OVER (ORDER BY ticker) - 1) // ? AS part
            FROM (SELECT DISTINCT ticker FROM line_closes)
        )
        GROUP BY part
        ORDER BY part
        """,
        [PART],
    ).fetchall()
    for first, last in parts:
        connection.execute("SET VARIABLE first_line = ?", [first])
        connection.execute("SET VARIABLE last_line = ?", [last])
        connection.execute(statement)


def evening_as_day(connection: duckdb.DuckDBPyConnection) -> str:
    """The statement that has the macro of the latest evening say its day, which a plan knows before
    it begins, in place of the question that finds it.
    """
    [(day,)] = connection.execute(f"SELECT {EVENING}()").fetchall()
    return f"CREATE OR REPLACE MACRO {EVENING}() AS " + (
        f"DATE '{day}'" if day else "CAST(NULL AS DATE)"
    )
