"""A firm's engine: the snapshots as versions of one DuckLake, its catalog in PostgreSQL, its
figures as Parquet in a folder or an object store.

A publication is one transaction and so one version of the lake, whose message names the snapshot.
Schema shelf says which
snapshot is served, which are kept for good and why the last build was refused: to roll back
    writes one row and no figure.
"""

import hashlib
import importlib.util
import os
import random
import re
import tempfile
import threading
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import duckdb

from warehouse import definitions, places, runs, snapshot

PREFIX = "ducklake:"
STORE = "s3://"  # begins the name of a place in an object store
ATTEMPTS = 12  # of two who publish at once one begins again
LASTING = 1.0  # seconds for which a reader believes what it knows to be served
# for so long the files of a snapshot that is no longer kept stay: somebody may be reading them
OUTDATED_FOR = "1 day"
PUBLISHED = "publish "  # and the snapshot's id: the message of its version
VIEWS = "views and macros"  # among the contents
MADE = re.compile(r"CREATE\s+(?:OR\s+REPLACE\s+)?(VIEW|MACRO)\s+([\w.]+)", re.ASCII)
# What a commit finds when another was faster; DuckLake tells it in the words of the catalog's own
# database too. No lake where one was looked for: the catalog's database is there, or can be made.
# ("database "x" does not exist" is PostgreSQL's, and an error.)
ABSENT = re.compile(r"Existing DuckLake .* does not exist|: database does not exist")
OVERTAKEN = re.compile(
    (
        r"conflict|already exists|duplicate key|could not serialize|deadlock|concurrent|has been "
        r"(altered|dropped)|being used by another"
    ),
    re.IGNORECASE,
)


def plain(text: str) -> str:
    """A message of the database in one line, and without a password."""
    line = " ".join(str(text).split())
    line = re.sub(r"(password\s*=\s*)('[^']*'|[^\s\"]+)", r"\1***", line, flags=re.IGNORECASE)
    return re.sub(r"(://[^:/@\s]+:)[^@\s]+@", r"\1***@", line)


def cannot_reach(address: str, said: str) -> snapshot.NoSnapshot:
    """Why the lake does not answer, and what to do, in one sentence."""
    if ABSENT.search(said):
        return snapshot.NoSnapshot(
            f"nothing has been published to {plain(address)}; run: python -m loaders build"
        )
    reason = plain(said).removesuffix(
        " Is the server running on that host and accepting TCP/IP connections?"
    )
    return snapshot.NoSnapshot(
        f"the warehouse {plain(address)} cannot be reached ({reason[-240:]}); see "
        "docs/engine.md, or unset HARBOURVIEW_WAREHOUSE to read the snapshots of this machine"
    )


def _extension(name: str) -> str:
    """Path of an extension that came as a package: nothing is downloaded.

    Raises snapshot.NoSnapshot where it is not installed.
    """
    found = importlib.util.find_spec(f"duckdb_extension_{name}")
    files = (
        sorted(
            Path(found.submodule_search_locations[0]).glob(
                f"extensions/v{duckdb.__version__}/{name}.duckdb_extension"
            )
        )
        if found and found.submodule_search_locations
        else []
    )
    if not files:
        raise snapshot.NoSnapshot(
            f"HARBOURVIEW_WAREHOUSE names a DuckLake, and the extension {name} for DuckDB "
            f"{duckdb.__version__} is not installed; run: pip install -r "
            "requirements-ducklake.txt"
        )
    return str(files[0])


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _in_memory(address: str, **settings: snapshot.Setting) -> duckdb.DuckDBPyConnection:
    # What a question cannot hold goes there, not into the folder in which the process was started;
    # two that share a place would overwrite each other's.
    connection = duckdb.connect(
        config=snapshot.SETTINGS
        | {"temp_directory": f"{tempfile.gettempdir()}/harbourview-{uuid.uuid4().hex}"}
        | settings
    )
    is_in_store = places.lake_files().startswith(STORE)
    try:
        for name in (
            "ducklake",
            *(["postgres_scanner"] if address.startswith(PREFIX + "postgres") else []),
            *(["httpfs"] if is_in_store else []),
        ):
            connection.execute(f"LOAD {_quoted(_extension(name))}")
        if is_in_store:
            connection.execute(
                "CREATE SECRET store (TYPE s3, "
                f"{', '.join(f'{name} {value}' for name, value in _store_settings().items())})"
            )
    except (duckdb.Error, snapshot.NoSnapshot):
        connection.close()
        raise
    os.environ.setdefault(
        "PGCONNECT_TIMEOUT", "10"
    )  # seconds; libpq would wait for minutes for a host that is silent
    return connection


def _store_settings() -> dict[str, str]:
    """How an object store is reached, as SQL: by the names in the environment that the tools of
    such stores share. Without a key it is asked as a stranger.
    """
    get = os.environ.get
    told = {
        "KEY_ID": get("AWS_ACCESS_KEY_ID"),
        "SECRET": get("AWS_SECRET_ACCESS_KEY"),
        "SESSION_TOKEN": get("AWS_SESSION_TOKEN"),
        "REGION": get("AWS_REGION") or get("AWS_DEFAULT_REGION") or "us-east-1",
    }
    settings = {name: _quoted(value) for name, value in told.items() if value}
    if address := get(
        "AWS_ENDPOINT_URL"
    ):  # a store of the firm's own: buckets are folders there, no names of hosts
        where = urlsplit(address if "://" in address else f"https://{address}")
        settings |= {
            "ENDPOINT": _quoted(where.netloc),
            "URL_STYLE": "'path'",
            "USE_SSL": "false" if where.scheme == "http" else "true",
        }
    return settings


def open_at(version: snapshot.Version, **settings: snapshot.Setting) -> duckdb.DuckDBPyConnection:
    """A connection that reads one version and nothing else: who takes a cursor of it says `USE
    warehouse`. Raises snapshot.NoSnapshot where it cannot be reached.
    """
    connection = _in_memory(version.address, **settings)
    try:
        connection.execute(
            f"ATTACH {_quoted(version.address)} AS warehouse (READ_ONLY, SNAPSHOT_VERSION "
            f"{int(version.number)})"
        )
        files = connection.execute(
            """
            SELECT value
            FROM __ducklake_metadata_warehouse.ducklake_metadata
            WHERE key = 'data_path'
            """
        ).fetchall()[0][0]
        connection.execute(
            f"SET allowed_directories = [{_quoted(files)}]; SET enable_external_access = "
            "false; SET lock_configuration = true"
        )
    except duckdb.Error as error:
        connection.close()
        raise cannot_reach(version.address, str(error)) from error
    return connection


def _version(now: snapshot.Served) -> snapshot.Version:
    """The version of the lake that is served: a lake serves nothing else."""
    if not isinstance(now.path, snapshot.Version):
        raise TypeError(f"{now.path} is a file, not a version of a lake")
    return now.path


def statements() -> Iterator[tuple[str, str, str]]:
    """Of views/*.sql the views and macros in the order in which they build on each other: kind,
    name, text.
    """
    for name in definitions.VIEWS:
        for text in definitions.statements(name):
            if made := MADE.match(text):
                yield made[1], made[2], text


@dataclass(frozen=True)
class Lake:
    """A DuckLake by its address, as HARBOURVIEW_WAREHOUSE says it: ducklake:postgres:host=...
    dbname=...; files: where a new one keeps its Parquet.
    """

    address: str = field(repr=False)
    files: str

    # For readers ----------------------------------------------------------------------------------

    def pointer(self) -> str:
        """What tells one served snapshot from another."""
        return f"{self.address}|{self.served().snapshot_id}"

    def served(self) -> snapshot.Served:
        """The snapshot to read now; asked of the catalog once a second at most."""
        with _lock:
            known = _known.get(self.address)
        if known and time.monotonic() - known[0] < LASTING:
            return known[1]
        now = time.monotonic()
        row = self._head(
            """
            SELECT s.snapshot_id, v.snapshot_id AS number
            FROM shelf.served AS s
            LEFT JOIN (
                SELECT snapshot_id, commit_message FROM ducklake_snapshots('warehouse')
            ) AS v ON v.commit_message = ? || s.snapshot_id
            """,
            [PUBLISHED],
        )
        if not row or row[0][1] is None:
            raise snapshot.NoSnapshot(
                f"nothing has been published to {plain(self.address)}; run: python -m loaders build"
            )
        found = snapshot.Served(row[0][0], snapshot.Version(self.address, *row[0]))
        with _lock:
            _known[self.address] = now, found
        return found

    def versions(self) -> dict[str, int]:
        """The snapshots that are kept, newest first, with the version of the lake that each is."""
        rows = self._head(
            """
            SELECT substr(commit_message, ?), snapshot_id
            FROM ducklake_snapshots('warehouse')
            WHERE starts_with(commit_message, ?)
            ORDER BY 1 DESC
            """,
            [len(PUBLISHED) + 1, PUBLISHED],
        )
        return dict(rows)

    def kept(self, snapshot_id: str) -> snapshot.Served | None:
        """An earlier snapshot that is still here, or None."""
        number = self.versions().get(snapshot_id)
        return (
            None
            if number is None
            else snapshot.Served(snapshot_id, snapshot.Version(self.address, snapshot_id, number))
        )

    def shelf(self, served_id: str) -> list[snapshot.Shelved]:
        pinned = {name for (name,) in self._head("FROM shelf.pins")}
        return [
            snapshot.shelved(name, name == served_id, name in pinned) for name in self.versions()
        ]

    def refusal(self) -> snapshot.Refusal | None:
        """What was wrong with the inputs of the last build, or None where it was published."""
        rows = self._head("SELECT refused_at, inputs_sha256, lines FROM shelf.refusal")
        return (
            snapshot.Refusal(
                rows[0][0].astimezone(snapshot.HONG_KONG), rows[0][1], tuple(rows[0][2])
            )
            if rows
            else None
        )

    def last_run(self) -> runs.Run | None:
        """The last run of the price loader of whoever publishes here."""
        rows = self._head("SELECT record FROM shelf.run")
        return runs.run_of(rows[0][0]) if rows else None

    def _head(self, question: str, parameters: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        """The answer of the lake as it is now.

        Raises snapshot.NoSnapshot where it cannot be reached, or has no shelf yet.
        """
        with _lock:
            parent = _heads.get(self.address)
        try:
            if parent is None:
                parent = _in_memory(self.address, memory_limit="256MB")
                parent.execute(f"ATTACH {_quoted(self.address)} AS warehouse (READ_ONLY)")
                with _lock:
                    parent = _heads.setdefault(self.address, parent)
            cursor = parent.cursor()
            try:
                cursor.execute("USE warehouse")
                return cursor.execute(question, list(parameters)).fetchall()
            finally:
                cursor.close()
        except duckdb.CatalogException:
            raise snapshot.NoSnapshot(
                f"nothing has been published to {plain(self.address)}; run: python -m loaders build"
            ) from None
        except duckdb.Error as error:
            with _lock:  # a catalog that was started again is asked through a new connection
                if _heads.get(self.address) is parent:
                    _heads.pop(self.address, None)
            raise cannot_reach(self.address, str(error)) from error

    # For loaders ----------------------------------------------------------------------------------

    @contextmanager
    def open(self, now: snapshot.Served) -> Iterator[duckdb.DuckDBPyConnection]:
        """A connection on one snapshot, for a loader that looks back at it."""
        with open_at(_version(now)) as connection:
            connection.execute("USE warehouse")
            yield connection

    def path(self, now: snapshot.Served) -> str:
        """What an analyst gives to `duckdb -cmd` to stand in a snapshot."""
        return (
            f"LOAD ducklake; ATTACH {_quoted(plain(self.address))} AS harbourview "
            f"(READ_ONLY, SNAPSHOT_VERSION {_version(now).number}); USE harbourview;"
        )

    def publish(self, staged: Path, snapshot_id: str) -> None:
        """Put the tables of the finished and closed file, the views and the macros into the lake as
        one version, and serve it.
        """
        snapshot.step("publish")
        tables = contents(staged)

        def publication(connection: duckdb.DuckDBPyConnection) -> None:
            served = connection.execute("FROM lake.shelf.served").fetchone()
            snapshot.not_before(served[0] if served else "", snapshot_id)
            held = dict(connection.execute("FROM lake.shelf.contents").fetchall())
            holds = _tables(connection, held, tables) | _views(connection, held)
            # Written anew each time: of two publications at once the later finds it changed and
            # begins again, so that none rests on tables that the other has replaced.
            connection.execute(
                """
                CREATE OR REPLACE TABLE lake.shelf.contents AS
                SELECT unnest(?::VARCHAR[]) AS object, unnest(?::VARCHAR[]) AS fingerprint
                """,
                [list(holds), list(holds.values())],
            )
            connection.execute(
                "CREATE OR REPLACE TABLE lake.shelf.served AS SELECT ?::VARCHAR AS snapshot_id",
                [snapshot_id],
            )
            snapshot.step("before pointer")

        self._commit(publication, PUBLISHED + snapshot_id, staged)
        snapshot.step("after pointer")
        self.tidy()

    def point_to(self, snapshot_id: str) -> None:
        """Serve a snapshot that is kept from now on.

        Raises snapshot.NoSnapshot when it is not here; then nothing changes.
        """
        self._must_have(snapshot_id)
        self._commit(
            lambda connection: connection.execute(
                "CREATE OR REPLACE TABLE lake.shelf.served AS SELECT ?::VARCHAR AS snapshot_id",
                [snapshot_id],
            ),
            f"serve {snapshot_id}",
        )

    def pin(self, snapshot_id: str) -> None:
        """Keep a snapshot for good. Raises snapshot.NoSnapshot when it is not here."""
        self._must_have(snapshot_id)
        self._commit(
            lambda connection: connection.execute(
                """
                INSERT INTO lake.shelf.pins
                SELECT ?
                WHERE NOT EXISTS (FROM lake.shelf.pins WHERE snapshot_id = ?)
                """,
                [snapshot_id] * 2,
            ),
            f"pin {snapshot_id}",
        )

    def refuse(self, at: datetime, inputs_sha256: str, lines: list[str]) -> None:
        """Record that the build of a moment was refused, and every reason."""
        lines = [
            line.encode("utf-8", "backslashreplace").decode() for line in lines
        ]  # a file's name may be no text
        self._commit(
            lambda connection: connection.execute(
                """
                CREATE OR REPLACE TABLE lake.shelf.refusal AS
                SELECT ?::TIMESTAMPTZ AS refused_at, ?::VARCHAR AS inputs_sha256, ?::VARCHAR[]
                    AS lines
                """,
                [at.astimezone(UTC), inputs_sha256, lines],
            ),
            "refused",
        )

    def accept(self) -> None:
        """The last build was not refused: what is served is what the inputs say."""
        if self._head("FROM shelf.refusal LIMIT 1"):
            self._commit(
                lambda connection: connection.execute("DELETE FROM lake.shelf.refusal"), "accepted"
            )

    def tell_run(self, prices: Path) -> None:
        """Put the record of the last run of the price loader where the machines that only read find
        it.
        """
        path = prices / "run.json"
        record = path.read_text("utf-8") if path.is_file() else ""
        self._commit(
            lambda connection: connection.execute(
                "CREATE OR REPLACE TABLE lake.shelf.run AS SELECT ?::VARCHAR AS record", [record]
            ),
            "run",
        )

    def tidy(self) -> list[str]:
        """Let go of the snapshots that are not to be kept, and remove the files that none has
        needed for a day; returns their ids.
        """
        gone: list[str] = []

        def clean(connection: duckdb.DuckDBPyConnection) -> None:
            rows = connection.execute(
                "SELECT snapshot_id, commit_message FROM ducklake_snapshots('lake') ORDER BY 1"
            ).fetchall()
            numbers = {
                message.removeprefix(PUBLISHED): number
                for number, message in rows
                if message and message.startswith(PUBLISHED)
            }
            pinned, served = (
                [name for (name,) in connection.execute("FROM lake.shelf.pins").fetchall()],
                connection.execute("FROM lake.shelf.served").fetchall()[0][0],
            )
            keep = snapshot.kept(sorted(numbers, reverse=True), pinned, served)
            needed = {number for name, number in numbers.items() if name in keep} | {rows[-1][0]}
            gone[:] = [name for name in numbers if name not in keep]
            old = [number for number, _ in rows if number not in needed]
            if old:
                connection.execute(f"CALL ducklake_expire_snapshots('lake', versions => {old})")
            connection.execute(
                "CALL ducklake_cleanup_old_files('lake', older_than => now() - INTERVAL "
                f"'{OUTDATED_FOR}')"
            )

        self._again(clean)
        return gone

    def _must_have(self, snapshot_id: str) -> None:
        here = self.versions()
        if snapshot_id not in here:
            raise snapshot.NoSnapshot(
                f"no snapshot {snapshot_id[:60]} in {plain(self.address)}; here are: "
                f"{', '.join(here) or 'none'}"
            )

    def _commit(
        self,
        work: Callable[[duckdb.DuckDBPyConnection], object],
        message: str,
        staged: Path | None = None,
    ) -> None:
        """Do some work as one version of the lake, all of it or none; from the beginning where
        another commit came first.
        """

        def whole(connection: duckdb.DuckDBPyConnection) -> None:
            if staged:
                connection.execute(f"ATTACH {_quoted(str(staged))} AS staged (READ_ONLY)")
            connection.begin()
            connection.execute("""
                CREATE SCHEMA IF NOT EXISTS lake.shelf;
                CREATE TABLE IF NOT EXISTS lake.shelf.served (snapshot_id VARCHAR);
                CREATE TABLE IF NOT EXISTS lake.shelf.pins (snapshot_id VARCHAR);
                CREATE TABLE IF NOT EXISTS lake.shelf.contents (
                    object VARCHAR, fingerprint VARCHAR
                );
                CREATE TABLE IF NOT EXISTS lake.shelf.run (record VARCHAR);
                CREATE TABLE IF NOT EXISTS lake.shelf.refusal (
                    refused_at TIMESTAMPTZ, inputs_sha256 VARCHAR, lines VARCHAR[]
                );
            """)
            work(connection)
            connection.execute("CALL lake.set_commit_message('Harbourview', ?)", [message])
            connection.commit()

        self._again(whole)
        with _lock:
            _known.pop(self.address, None)

    def _again(self, work: Callable[[duckdb.DuckDBPyConnection], None]) -> None:
        for attempt in range(1, ATTEMPTS + 1):
            connection = _in_memory(
                self.address, **snapshot.BUILD_SETTINGS | {"memory_limit": "512MB"}
            )
            try:
                where = "" if self._is_there(connection) else f" (DATA_PATH {_quoted(self.files)})"
                connection.execute(f"ATTACH {_quoted(self.address)} AS lake{where}")
                work(connection)
                return
            except duckdb.Error as error:
                if attempt == ATTEMPTS or not OVERTAKEN.search(str(error)):
                    raise cannot_reach(self.address, str(error)) from error
                time.sleep(random.uniform(0, 0.2) * attempt)
            finally:
                connection.close()

    def _is_there(self, connection: duckdb.DuckDBPyConnection) -> bool:
        """Whether the catalog holds a lake already, which then knows itself where its files are."""
        try:
            connection.execute(
                f"ATTACH {_quoted(self.address)} AS looked_at (READ_ONLY, CREATE_IF_NOT_EXISTS "
                "false)"
            )
        except duckdb.Error as error:
            if ABSENT.search(str(error)):
                return False
            raise
        connection.execute("DETACH looked_at")
        return True


@dataclass(frozen=True)
class Told:
    """A table of a finished file: what it holds, in a few words, and its comments by column (None:
    the table's own).
    """

    fingerprint: str
    comments: dict[str | None, str]


def contents(staged: Path) -> dict[str, Told]:
    """The tables of a finished file by schema and name.

    Two with the same fingerprint have the same columns, comments and rows.
    """
    with duckdb.connect(
        str(staged), read_only=True, config=snapshot.SETTINGS | snapshot.BUILD_SETTINGS
    ) as connection:
        comments: dict[str, dict[str | None, str]] = {}
        for schema, table, column, comment in connection.execute("""
            SELECT schema_name, table_name, NULL, comment
            FROM duckdb_tables()
            WHERE NOT internal
            UNION ALL
            SELECT schema_name, table_name, column_name, c.comment
            FROM duckdb_columns() AS c
            SEMI JOIN duckdb_tables() AS t USING (schema_name, table_name)
            WHERE NOT internal
            """).fetchall():
            comments.setdefault(f"{schema}.{table}", {})[column] = comment or ""
        found = {}
        for name, its in sorted(comments.items()):
            columns = [row[:2] for row in connection.execute(f"DESCRIBE {name}").fetchall()]
            rows = connection.execute(
                f"SELECT count(*), sum(hash(whole)::HUGEINT) FROM {name} AS whole"
            ).fetchone()
            found[name] = Told(
                hashlib.sha256(
                    repr((columns, rows, sorted(its.items(), key=str))).encode()
                ).hexdigest(),
                its,
            )
        return found


def _tables(
    connection: duckdb.DuckDBPyConnection, held: dict[str, str], tables: dict[str, Told]
) -> dict[str, str]:
    """Write the tables of staged that are others than those in the lake, drop what is no more; the
    fingerprint of each.
    """
    connection.execute("CREATE SCHEMA IF NOT EXISTS lake.printed")
    for name, told in tables.items():
        if held.get(name) == told.fingerprint:
            continue
        connection.execute(f"CREATE OR REPLACE TABLE lake.{name} AS FROM staged.{name}")
        for column, comment in told.comments.items():
            if comment:
                connection.execute(
                    f"COMMENT ON {'TABLE' if column is None else 'COLUMN'} "
                    f"lake.{name}{'' if column is None else f'.{column}'} IS {_quoted(comment)}"
                )
    for name in held.keys() - tables.keys() - {VIEWS, definitions.EVENING}:
        connection.execute(f"DROP TABLE IF EXISTS lake.{name}")
    return {name: told.fingerprint for name, told in tables.items()}


def _views(connection: duckdb.DuckDBPyConnection, held: dict[str, str]) -> dict[str, str]:
    """Write the views and macros from the very SQL that made those of the file, where it is another
    than the lake's, and the day of the latest evening, which moves.
    """
    connection.execute("USE staged")
    made, evening = list(statements()), definitions.evening_as_day(connection)
    fingerprint = {
        VIEWS: hashlib.sha256("\n".join(text for _, _, text in made).encode()).hexdigest(),
        definitions.EVENING: evening,
    }
    connection.execute("USE lake")
    if held.get(VIEWS) != fingerprint[VIEWS]:
        _made_anew(connection, made)
    if fingerprint.items() - held.items():
        connection.execute(evening)
    connection.execute("USE memory")
    return fingerprint


def _made_anew(connection: duckdb.DuckDBPyConnection, made: list[tuple[str, str, str]]) -> None:
    """Every view and macro of the lake, which the connection uses."""
    for (name,) in connection.execute(
        "SELECT view_name FROM duckdb_views() WHERE database_name = 'lake' AND NOT internal"
    ).fetchall():
        connection.execute(f"DROP VIEW lake.{name}")
    for name, kind in connection.execute(
        """
        SELECT DISTINCT function_name, function_type
        FROM duckdb_functions()
        WHERE database_name = 'lake' AND NOT internal AND function_type LIKE '%macro%'
        """
    ).fetchall():
        connection.execute(f"DROP MACRO {'TABLE ' * (kind == 'table_macro')}lake.{name}")
    comments = dict(
        connection.execute(
            """
            SELECT view_name, comment
            FROM duckdb_views()
            WHERE database_name = 'staged' AND NOT internal
            """
        ).fetchall()
    )
    for kind, name, text in made:
        connection.execute(text)
        if kind == "VIEW" and comments.get(name):
            connection.execute(f"COMMENT ON VIEW {name} IS {_quoted(comments[name])}")


_lock = threading.Lock()
_heads: dict[str, duckdb.DuckDBPyConnection] = {}
_known: dict[str, tuple[float, snapshot.Served]] = {}
