"""What did the inputs lose since the served snapshot was built?

A table that lost many rows, or its file, stops the build: a file cut off while it was saved is
    valid CSV. A smaller loss is a note, and so are derived points that disappear although the
    inputs are complete (a rule or the code changed).
"""

import hashlib
import platform
from collections.abc import Collection
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import duckdb

from loaders.reading import Rejection
from warehouse import engine, snapshot

# A build may lose so many rows of a table, or so many per cent of them, whichever is more.
MOST_ROWS, MOST_PCT = 20, 2
# Written by the price loader for the last run only.
SHRINKING = ("findings",)
INPUTS = "SELECT table_name, file, row_count FROM input_files ORDER BY ALL"
POINTS = """SELECT metric, basis, ticker, year(date) AS year, count(*) AS points FROM valuation
            WHERE value IS NOT NULL GROUP BY ALL ORDER BY ALL"""


def fingerprint(data: Path) -> str:
    """A name for a data folder on this machine that does not reveal its path."""
    place = f"{platform.node()}|{data.resolve()}"
    return hashlib.sha256(place.encode("utf-8", "backslashreplace")).hexdigest()[:16]


@dataclass
class Table:
    """What a build read of a table: the rows of each file."""

    name: str
    files: dict[str, int]

    @property
    def rows(self) -> int:
        return sum(self.files.values())

    @property
    def place(self) -> str:
        """The file to name in an error line."""
        return next(iter(self.files)) if len(self.files) == 1 else f"{self.name}.csv"


class Earlier:
    """The served snapshot as something to compare with. Use as a context manager; falsy where there
    is none.

    There is none on a first build, after a rollback (the newest snapshot is not the served one),
    where the snapshot was built by an earlier version or, in a shared engine, from another data
    folder.
    """

    def __init__(self, warehouse: engine.Published, data: Path) -> None:
        self._warehouse, self._data, self._open = warehouse, data, ExitStack()
        self._connection: duckdb.DuckDBPyConnection | None = None
        self.snapshot_id = ""

    def __enter__(self) -> "Earlier":
        try:
            now = self._warehouse.served()
        except snapshot.NoSnapshot:
            return self
        shelf = self._warehouse.shelf(now.snapshot_id)
        is_rolled_back = not now.problem and shelf and shelf[0].snapshot_id != now.snapshot_id
        if is_rolled_back:
            return self
        try:
            connection = self._open.enter_context(self._warehouse.open(now))
            [(folder,)] = connection.execute("SELECT data_folder FROM snapshot").fetchall()
        except duckdb.Error:
            return self
        is_shared = not isinstance(self._warehouse, engine.Folder)
        if is_shared and folder != fingerprint(self._data):
            return self
        self._connection, self.snapshot_id = connection, now.snapshot_id
        return self

    def __exit__(self, *error: object) -> None:
        self._open.close()

    def __bool__(self) -> bool:
        return self._connection is not None

    def ask(self, question: str) -> list[tuple]:
        if self._connection is None:
            raise ValueError("there is no earlier snapshot to ask")
        return self._connection.execute(question).fetchall()


def tables_of(rows: list[tuple]) -> dict[str, Table]:
    found: dict[str, Table] = {}
    for table, file, count in rows:
        found.setdefault(table, Table(table, {})).files[file] = count
    return found


@dataclass(frozen=True)
class Loss:
    """Rows of a table that the served snapshot has and the inputs of this build lack."""

    table: str
    rejection: Rejection
    stops: bool  # too many to be published without a word


def lost_rows(connection: duckdb.DuckDBPyConnection, earlier: Earlier) -> list[Loss]:
    """What each input table lost (L01)."""
    if not earlier:
        return []
    now = tables_of(connection.execute(INPUTS).fetchall())
    return [
        loss
        for before in tables_of(earlier.ask(INPUTS)).values()
        if before.name not in SHRINKING
        and (loss := _lost(before, now.get(before.name), earlier.snapshot_id))
    ]


def _lost(before: Table, now: Table | None, snapshot_id: str) -> Loss | None:
    rows = now.rows if now else 0
    lost = before.rows - rows
    if lost <= 0:
        return None
    if now is None:
        wrong = f"is missing; snapshot {snapshot_id} has its {before.rows:,} rows"
        return Loss(before.name, Rejection(before.place, 0, "file", None, "L01", wrong), True)
    gone = [file for file in before.files if file not in now.files]
    files = f" ({', '.join(gone[:3])}{', ...' if len(gone) > 3 else ''} missing)" if gone else ""
    percent = f"{100 * lost / before.rows:.1f} %"
    wrong = (
        f"{lost:,} of the {before.rows:,} rows in snapshot {snapshot_id} are gone, {percent}{files}"
    )
    rejection = Rejection(before.place, 0, "row count", f"{rows:,}", "L01", wrong)
    return Loss(before.name, rejection, lost > MOST_ROWS and 100 * lost > MOST_PCT * before.rows)


def rejections(lost: list[Loss], accepted: Collection[str]) -> list[str]:
    """An error line for each loss that stops the build; accepted: tables that may lose rows."""
    remedy = "if this is intended: python -m loaders build --accept-loss"
    return [
        f"{loss.rejection}; {remedy} {loss.table}"
        for loss in lost
        if loss.stops and loss.table not in accepted
    ]


def note_lost_rows(
    connection: duckdb.DuckDBPyConnection, lost: list[Loss], found_at: datetime
) -> None:
    """L01 as a note: the losses of a build that is published all the same."""
    for loss in lost:
        finding = [loss.table, loss.rejection.file, loss.rejection.wrong, found_at]
        statement = "INSERT INTO findings VALUES ('L01', 'note', ?, NULL, ?, ?, ?)"
        connection.execute(statement, finding)


def note_lost_points(
    connection: duckdb.DuckDBPyConnection, earlier: Earlier, found_at: datetime
) -> None:
    """L02: multiples that the served snapshot has and this build does not, by measure."""
    if not earlier:
        return
    now = {
        key: points
        for *key_parts, points in connection.execute(POINTS).fetchall()
        for key in [tuple(key_parts)]
    }
    lost: dict[tuple[str, str], dict[str, int]] = {}
    before: dict[tuple[str, str], int] = {}
    for metric, basis, ticker, year, points in earlier.ask(POINTS):
        before[metric, basis] = before.get((metric, basis), 0) + points
        fewer = points - now.get((metric, basis, ticker, year), 0)
        if fewer > 0:
            by_ticker = lost.setdefault((metric, basis), {})
            by_ticker[ticker] = by_ticker.get(ticker, 0) + fewer
    for (metric, basis), tickers in sorted(lost.items()):
        count, total = sum(tickers.values()), before[metric, basis]
        if count <= MOST_ROWS or 100 * count <= MOST_PCT * total:
            continue
        names = sorted(tickers, key=lambda ticker: (-tickers[ticker], ticker))[:3]
        message = (
            f"{count:,} of {total:,} points of snapshot {earlier.snapshot_id} are gone, "
            f"most of them of {', '.join(names)}"
        )
        ref = f"{metric} {basis}"
        connection.execute(
            "INSERT INTO findings VALUES ('L02', 'note', 'valuation', NULL, ?, ?, ?)",
            [ref, message, found_at],
        )
