"""Build a snapshot: read, refuse or fill, add the views, audit, and only then publish."""

import hashlib
import json
import re
import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path

import duckdb

from loaders import checks, curated, reading, reference
from warehouse import dictionary, snapshot

VERSION = "0.1.0"


@dataclass
class Result:
    """What a build came to: the id it published (None: refused) and everything that was wrong."""

    snapshot_id: str | None
    rejected: list[str] = field(default_factory=list)
    findings: dict[str, int] = field(default_factory=dict)
    unchanged: bool = False


def inputs_of(data: Path) -> tuple[list[Path], list[Path], str]:
    """The landed files, those of them that are as a run of the price loader wrote them, and one hash over these, the curated files, the SQL and the loaders."""
    prices = data / "prices"
    files = sorted((data / "curated").glob("*.csv"))
    landed = sorted(prices.glob("*.csv")) + sorted((prices / "actions").glob("*.csv")) + sorted((prices / "fx").glob("*.csv"))
    code = sorted(snapshot.SQL.rglob("*.sql")) + sorted(Path(__file__).parent.glob("*.py")) + sorted(snapshot.SQL.glob("*.py"))
    whole, written, checked = hashlib.sha256(), hashes_of_run(prices), []
    for file in files + landed + code:
        one = hash_of(file)
        name = file.relative_to(prices).as_posix() if file in landed else file.name
        whole.update(name.encode("utf-8", "backslashreplace") + b"\0" + one.digest())
        if file in landed and written.get(name) == one.hexdigest():
            checked.append(file)
    return landed, checked, whole.hexdigest()


def hash_of(file: Path):
    """The hash of a file's bytes; of its size where no file of figures is so large, and of nothing where it is none: the reader says so without opening it."""
    if not file.is_file():
        return hashlib.sha256()
    size = file.stat().st_size
    return hashlib.sha256(file.read_bytes() if size <= reading.LARGEST_FILE else str(size).encode())


def hashes_of_run(prices: Path) -> dict[str, str]:
    """The landed price files by name with the hash under which a run of the price loader checked and wrote each."""
    try:
        lines = json.loads((prices / "run.json").read_text("utf-8"))["tickers"]
        return {f"{ticker}.csv": line["sha256"] for ticker, line in lines.items() if line.get("sha256")}
    except (OSError, ValueError, LookupError, TypeError, AttributeError):
        return {}


def build(data: Path, publish: bool = True, say: Callable[[str], None] = print) -> Result:
    """Build from the inputs in data and publish; publish False only checks. Nothing served changes unless all is right.

    A refused build leaves its reasons beside the snapshots, for the reader of the pages; a check leaves nothing.
    """
    with snapshot.lock(data / "warehouse"):
        return build_locked(data, publish, say)


def build_locked(data: Path, publish: bool = True, say: Callable[[str], None] = print) -> Result:
    """The same for who holds the loaders' lock already."""
    folder = data / "warehouse"
    landed, checked, inputs_sha256 = inputs_of(data)
    for leftover in folder.glob("stage-*"):
        _remove(leftover)
    if publish and _already_served(folder, inputs_sha256):
        snapshot.accept(folder)
        return Result(snapshot.served(folder).snapshot_id, unchanged=True)
    built_at = datetime.now(UTC)
    snapshot_id = snapshot.snapshot_name(built_at, inputs_sha256)
    staged = folder / f"stage-{snapshot_id}.duckdb"

    def refused(lines: list[str]) -> Result:
        if publish:
            snapshot.refuse(folder, built_at, inputs_sha256, lines)
        return Result(None, lines)

    connection = snapshot.create(staged)
    try:
        say("reading curated files")
        rejected = curated.load(connection, data / "curated", landed, checked, built_at)
        if rejected:
            return refused([str(rejection) for rejection in rejected])
        say("exchange rates and trading sessions")
        reference.load_fx(connection)
        complete_fx(connection)
        reference.load_sessions(connection)
        say("views")
        snapshot.add_views(connection)
        connection.execute("""INSERT INTO snapshot SELECT ?, ?, (SELECT max(m.date) FROM market_caps AS m JOIN companies AS c USING (ticker) WHERE c.kind = 'company' AND m.known_on = m.date), ?, ?, ?""",
                           [snapshot_id, built_at, VERSION, snapshot.SCHEMA_VERSION, inputs_sha256])
        dictionary.fill(connection)
        say("audit")
        snapshot.step("audit")
        stops = checks.audit(connection, built_at)
        if stops:
            return refused([f"{table} {ticker or ''} {ref or ''}: rule {code}, {message}" for code, table, ticker, ref, message in stops])
        findings = dict(connection.execute("SELECT severity, count(*) FROM findings GROUP BY severity").fetchall())
        connection.execute("CHECKPOINT")
        connection.close()
        if not publish:
            return Result(None, [], findings)
        snapshot.publish(folder, staged, snapshot_id)
        snapshot.accept(folder)
        return Result(snapshot_id, [], findings)
    finally:
        connection.close()
        for leftover in folder.glob(re.sub(r"\.duckdb$", ".*", staged.name)):
            _remove(leftover)


def complete_fx(connection: duckdb.DuckDBPyConnection) -> None:
    """Of a provider's rates keep the days after the last of the central bank's, and tell each the other way round too."""
    connection.execute("DELETE FROM fx WHERE source_id <> ? AND date <= (SELECT max(date) FROM fx WHERE source_id = ?)", [reference.FX_SOURCE] * 2)
    connection.execute("""INSERT INTO fx SELECT quote, base, date, 1 / rate, source_id FROM fx AS f
                          WHERE source_id <> ? AND NOT EXISTS (FROM fx AS other WHERE other.base = f.quote AND other.quote = f.base AND other.date = f.date)""", [reference.FX_SOURCE])


def _remove(leftover: Path) -> None:
    """A file of a build that was broken off, or the folder in which it kept what memory did not hold."""
    if leftover.is_dir():
        shutil.rmtree(leftover)
    else:
        leftover.unlink()


def _already_served(folder: Path, inputs_sha256: str) -> bool:
    """Whether the served snapshot was built from these very inputs and is undamaged."""
    try:
        now = snapshot.served(folder)
    except snapshot.NoSnapshot:
        return False
    if now.problem:
        return False
    with duckdb.connect(str(now.path), read_only=True, config=snapshot.SETTINGS) as connection:
        return connection.execute("SELECT inputs_sha256 FROM snapshot").fetchone() == (inputs_sha256,)


def refused(data: Path) -> dict | None:
    """The last build as plain values where it was refused, else None."""
    found = snapshot.refusal(data / "warehouse")
    return found and {"at": found.at.isoformat(), "inputs_sha256": found.inputs_sha256, "count": len(found.lines), "lines": list(found.lines)}


def status(data: Path, today: date | None = None) -> dict:
    """The served snapshot, the freshness of each table and price line, the open findings, the last runs, as plain values."""
    now = snapshot.served(data / "warehouse")
    today = today or datetime.now(snapshot.HONG_KONG).date()
    with duckdb.connect(str(now.path), read_only=True, config=snapshot.SETTINGS) as connection:
        row = connection.execute("SELECT snapshot_id, built_at, data_as_of, app_version, schema_version, inputs_sha256 FROM snapshot").fetchone()
        tables = connection.execute("SELECT table_name, row_count, latest FROM freshness ORDER BY 1").fetchall()
        findings = connection.execute("SELECT severity, code, count(*) FROM findings GROUP BY ALL ORDER BY 1, 2").fetchall()
        prices = connection.execute(PRICES, {"today": today}).fetchall()
    return {"snapshot_id": row[0], "built_at": row[1].isoformat(), "data_as_of": str(row[2]), "app_version": row[3], "schema_version": row[4], "inputs_sha256": row[5],
            "file": str(now.path), "problem": now.problem, "earlier": [i for i in snapshot.published(data / "warehouse") if i != now.snapshot_id], "pinned": snapshot.pins(data / "warehouse"),
            "tables": [{"table": name, "rows": count, "latest": str(latest) if latest else None} for name, count, latest in tables],
            "prices": [{"ticker": ticker, "frequency": frequency, "last_date": str(last) if last else None, "sessions_since": since, "state": state} for ticker, frequency, last, since, state in prices],
            "last_run": last_run(data / "prices"),
            "refused": refused(data),
            "findings": [{"severity": severity, "code": code, "count": count} for severity, code, count in findings]}


# Each line at its finer frequency, and whether that is fresh: daily within a session, late within ten; month-ends within 35 days.
PRICES = """
    WITH held AS (SELECT ticker, frequency, max(date) AS last_date FROM prices WHERE frequency IN ('daily', 'month_end') GROUP BY ALL),
    latest AS (SELECT * FROM held QUALIFY row_number() OVER (PARTITION BY ticker ORDER BY frequency) = 1),
    counted AS (
        SELECT c.ticker, l.frequency, l.last_date, CASE WHEN l.frequency = 'daily' THEN (SELECT count(*) FROM sessions AS s WHERE s.exchange = calendar_of(c.exchange) AND s.session > l.last_date AND s.session < $today) END AS sessions_since
        FROM companies AS c LEFT JOIN latest AS l USING (ticker) WHERE c.kind <> 'basket'
    )
    SELECT ticker, frequency, last_date, sessions_since, CASE WHEN frequency IS NULL THEN 'none' WHEN frequency = 'daily' THEN CASE WHEN sessions_since = 0 THEN 'fresh' WHEN sessions_since <= 10 THEN 'late' ELSE 'stale' END
                                                              WHEN last_date >= $today - 35 THEN 'fresh' ELSE 'stale' END FROM counted ORDER BY ticker"""


def last_run(prices: Path) -> dict | None:
    """The last run of the price loader as plain values: when, of which provider, what each line came to; None where there was none."""
    try:
        state = json.loads((prices / "run.json").read_text("utf-8"))
        lines = [{"ticker": ticker} | {name: line.get(name) for name in ("outcome", "note", "last_session", "rows_new", "rejected", "at")} for ticker, line in sorted(state["tickers"].items()) if line.get("run") == state["run"]["began_at"]]
        outcomes: dict[str, int] = {}
        for line in lines:
            outcomes[line["outcome"]] = outcomes.get(line["outcome"], 0) + 1
        return {name: state["run"].get(name) for name in ("began_at", "finished_at", "provider", "version", "left_out")} | {"outcomes": outcomes, "lines": lines}
    except (OSError, ValueError, LookupError, TypeError, AttributeError):
        return None
