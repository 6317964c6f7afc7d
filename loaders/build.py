"""Build a snapshot: read, refuse or fill, add the views, audit, and only then publish."""

import hashlib
import json
import os
import re
import shutil
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path

import duckdb

from loaders import amend, checks, curated, losses, reading, reference
from warehouse import definitions, engine, runs, snapshot

VERSION = "0.1.0"


@dataclass
class Result:
    """What a build came to: the id it published (None: refused) and everything that was wrong."""

    snapshot_id: str | None
    rejected: list[str] = field(default_factory=list)
    findings: dict[str, int] = field(default_factory=dict)
    unchanged: bool = False


@dataclass(frozen=True)
class Inputs:
    """What a build reads: the landed files, those of them that are as a run of the price loader
    wrote them, those that were changed since, and one hash over all, the SQL and the loaders.
    """

    landed: list[Path]
    checked: list[Path]
    altered: list[Path]
    sha256: str


def inputs_of(data: Path) -> Inputs:
    """What the build of a folder reads."""
    prices = data / "prices"
    files = sorted((data / "curated").glob("*.csv"))
    landed = (
        sorted(prices.glob("*.csv"))
        + sorted((prices / "actions").glob("*.csv"))
        + sorted((prices / "fx").glob("*.csv"))
    )
    code = (
        sorted(snapshot.SQL.rglob("*.sql"))
        + sorted(Path(__file__).parent.glob("*.py"))
        + sorted(snapshot.SQL.glob("*.py"))
    )
    whole, written = hashlib.sha256(), hashes_of_run(prices)
    checked: list[Path] = []
    altered: list[Path] = []
    for file in files + landed + code:
        one = hash_of(file)
        name = file.relative_to(prices).as_posix() if file in landed else file.name
        whole.update(name.encode("utf-8", "backslashreplace") + b"\0" + one.digest())
        if file in landed and name in written:
            (checked if one.hexdigest() in written[name] else altered).append(file)
    whole.update("\n".join(file.name for file in altered).encode("utf-8", "backslashreplace"))
    return Inputs(landed, checked, altered, whole.hexdigest())


def hash_of(file: Path):
    """The hash of a file's bytes; of its size where no file of figures is so large, and of nothing
    where it is none: the reader says so without opening it.
    """
    if not file.is_file():
        return hashlib.sha256()
    size = file.stat().st_size
    return hashlib.sha256(file.read_bytes() if size <= reading.LARGEST_FILE else str(size).encode())


def hashes_of_run(prices: Path) -> dict[str, set[str]]:
    """The landed price files by name with the hash under which a run of the price loader checked
    and wrote each, and that of the one before where it was broken off in between.
    """
    try:
        record = prices / "run.json"
        lines = json.loads(record.read_text("utf-8"))["tickers"] if record.is_file() else {}
        return {
            f"{ticker}.csv": {line["sha256"], line.get("sha256_before")}
            for ticker, line in lines.items()
            if line.get("sha256")
        }
    except (OSError, ValueError, LookupError, TypeError, AttributeError):
        return {}


def build(
    data: Path,
    publish: bool = True,
    say: Callable[[str], None] = print,
    accept_loss: Collection[str] = (),
) -> Result:
    """Build from the inputs in data and publish; publish False only checks. Nothing served changes
    unless all is right.

    A rejected build leaves its reasons beside the snapshots, for the Data page; a check leaves
    nothing.
    accept_loss: tables that may have lost rows since the served snapshot.
    """
    with snapshot.lock(data / "warehouse"):
        return build_locked(data, publish, say, accept_loss)


def build_locked(
    data: Path,
    publish: bool = True,
    say: Callable[[str], None] = print,
    accept_loss: Collection[str] = (),
) -> Result:
    """The same for a caller that holds the loaders' lock already."""
    folder, warehouse = data / "warehouse", engine.published_to(data)
    asked = os.environ.get(snapshot.MEMORY)
    if asked and not snapshot.is_memory(asked):
        return Result(
            None,
            [f"{snapshot.MEMORY} {asked!r}: an amount of memory is expected, such as 500MB or 2GB"],
        )
    amend.complete(data)
    inputs = inputs_of(data)
    for leftover in folder.glob("stage-*"):
        _remove(leftover)
    if publish and (now := _already_served(warehouse, inputs.sha256)):
        warehouse.accept()
        return Result(now.snapshot_id, unchanged=True)
    built_at = datetime.now(UTC)
    snapshot_id = snapshot.snapshot_name(built_at, inputs.sha256)
    staged = folder / f"stage-{snapshot_id}.duckdb"

    def refused(lines: list[str]) -> Result:
        if publish:
            warehouse.refuse(built_at, inputs.sha256, lines)
        return Result(None, lines)

    connection = definitions.create(staged)
    try:
        say("reading curated files")
        rejected = curated.load(
            connection, data / "curated", inputs.landed, inputs.checked, built_at
        )
        if rejected:
            return refused([str(rejection) for rejection in rejected])
        with losses.Earlier(warehouse, data) as earlier:
            lost = losses.lost_rows(connection, earlier)
        if lines := losses.rejections(lost, accept_loss):
            return refused(lines)
        say("exchange rates and trading sessions")
        reference.load_fx(connection)
        complete_fx(connection)
        reference.load_sessions(connection)
        say("views")
        definitions.fill(connection)
        connection.execute(
            "INSERT INTO snapshot SELECT ?, ?, latest_evening(), ?, ?, ?, ?",
            [
                snapshot_id,
                built_at,
                VERSION,
                snapshot.SCHEMA_VERSION,
                inputs.sha256,
                losses.fingerprint(data),
            ],
        )
        say("audit")
        snapshot.step("audit")
        stops = checks.audit(connection, built_at)
        with losses.Earlier(warehouse, data) as earlier:
            losses.note_lost_points(connection, earlier, built_at)
        losses.note_lost_rows(connection, lost, built_at)
        tell_altered(connection, inputs.altered, built_at)
        if stops:
            return refused(
                [
                    f"{table} {ticker or ''} {ref or ''}: rule {code}, {message}"
                    for code, table, ticker, ref, message in stops
                ]
            )
        findings = dict(
            connection.execute(
                "SELECT severity, count(*) FROM findings GROUP BY severity"
            ).fetchall()
        )
        connection.execute("CHECKPOINT")
        connection.close()
        if not publish:
            return Result(None, [], findings)
        warehouse.publish(staged, snapshot_id)
        warehouse.accept()
        return Result(snapshot_id, [], findings)
    finally:
        connection.close()
        for leftover in folder.glob(re.sub(r"\.duckdb$", ".*", staged.name)):
            _remove(leftover)


def tell_altered(
    connection: duckdb.DuckDBPyConnection, altered: list[Path], found_at: datetime
) -> None:
    """M04: a landed file that somebody changed is read, every cell of it checked, and served; that
    no provider said so, a reader must know.
    """
    for file in altered:
        connection.execute(
            "INSERT INTO findings VALUES ('M04', 'warn', 'prices', ?, ?, ?, ?)",
            [
                file.stem,
                f"prices/{file.name}",
                (
                    f"prices/{file.name} is not as the price loader left it, it was changed "
                    "since: put it back, or delete it and the next run of the loader brings the "
                    "line whole"
                ),
                found_at,
            ],
        )


def complete_fx(connection: duckdb.DuckDBPyConnection) -> None:
    """Of a provider's rates keep the days after the last of the central bank's, and tell each the
    other way round too.
    """
    connection.execute(
        """
        DELETE FROM fx
        WHERE source_id <> ? AND date <= (SELECT max(date) FROM fx WHERE source_id = ?)
        """,
        [reference.FX_SOURCE] * 2,
    )
    connection.execute(
        """
        INSERT INTO fx
        SELECT quote, base, date, 1 / rate, source_id
        FROM fx AS f
        WHERE source_id <> ? AND NOT EXISTS (
            FROM fx AS other
            WHERE other.base = f.quote AND other.quote = f.base AND other.date = f.date
        )
        """,
        [reference.FX_SOURCE],
    )


def _remove(leftover: Path) -> None:
    """A file of a build that was broken off, or the folder in which it kept what memory did not
    hold.
    """
    if leftover.is_dir():
        shutil.rmtree(leftover)
    else:
        leftover.unlink()


def _already_served(warehouse: engine.Published, inputs_sha256: str) -> snapshot.Served | None:
    """The served snapshot where it was built from these very inputs and is undamaged."""
    try:
        now = warehouse.served()
    except snapshot.NoSnapshot:
        return None
    if now.problem:
        return None
    with warehouse.open(now) as connection:
        return (
            now
            if connection.execute("SELECT inputs_sha256 FROM snapshot").fetchone()
            == (inputs_sha256,)
            else None
        )


def refused(data: Path) -> dict | None:
    """The last build as plain values where it was refused, else None."""
    found = engine.published_to(data).refusal()
    return (
        None
        if found is None
        else {
            "at": found.at.isoformat(),
            "inputs_sha256": found.inputs_sha256,
            "count": len(found.lines),
            "lines": list(found.lines),
        }
    )


def status(data: Path, today: date | None = None) -> dict:
    """The served snapshot and those kept, the freshness of each table and price line, the open
    findings, the last runs, as plain values: what the Data page shows.
    """
    warehouse = engine.published_to(data)
    now = warehouse.served()
    today = today or datetime.now(snapshot.HONG_KONG).date()
    with warehouse.open(now) as connection:
        [row] = connection.execute(
            """
            SELECT snapshot_id, built_at, data_as_of, app_version, schema_version, inputs_sha256
            FROM snapshot
            """
        ).fetchall()
        tables = connection.execute(
            "SELECT table_name, row_count, latest, state FROM table_freshness(?) ORDER BY 1",
            [today],
        ).fetchall()
        findings = connection.execute(
            "SELECT severity, code, count(*) FROM findings GROUP BY ALL ORDER BY 1, 2"
        ).fetchall()
        prices = connection.execute(
            """
            SELECT ticker, frequency, last_date, sessions_since, state
            FROM price_freshness(?)
            ORDER BY ticker
            """,
            [today],
        ).fetchall()
    shelf, run = warehouse.shelf(now.snapshot_id), runs.last_run(data / "prices")
    return {
        "snapshot_id": row[0],
        "built_at": row[1].isoformat(),
        "data_as_of": str(row[2]),
        "app_version": row[3],
        "schema_version": row[4],
        "inputs_sha256": row[5],
        "file": str(now.path),
        "problem": now.problem,
        "earlier": [one.snapshot_id for one in shelf if not one.is_served],
        "pinned": [one.snapshot_id for one in shelf if one.is_pinned],
        "snapshots": [
            {
                "snapshot_id": one.snapshot_id,
                "built_at": one.built_at.isoformat(),
                "served": one.is_served,
                "pinned": one.is_pinned,
            }
            for one in shelf
        ],
        "tables": [
            {
                "table": name,
                "rows": count,
                "latest": str(latest) if latest else None,
                "state": state,
            }
            for name, count, latest, state in tables
        ],
        "prices": [
            {
                "ticker": ticker,
                "frequency": frequency,
                "last_date": str(last) if last else None,
                "sessions_since": since,
                "state": state,
            }
            for ticker, frequency, last, since, state in prices
        ],
        "last_run": run and run.plain(),
        "refused": refused(data),
        "findings": [
            {"severity": severity, "code": code, "count": count}
            for severity, code, count in findings
        ],
    }
