"""Ask the served snapshot: open it read-only, ask one question, close.

DuckDB connections must not be shared between threads (1.5 then silently mixes their answers), so
each question has a cursor of its own on a parent connection that answers nothing itself. The parent
can reach no file but its own.
"""

import threading
from collections.abc import Sequence
from pathlib import Path

import duckdb
import pandas as pd

from warehouse import engine, lake, snapshot

SETTINGS: snapshot.Settings = snapshot.SETTINGS | {
    "allow_community_extensions": "false",
    "memory_limit": "1GB",
}
OPEN_AT_ONCE = 3


class CannotAnswer(Exception):
    """A snapshot of another version lacks what is asked for."""


_lock = threading.Lock()
_parents: dict[Path | snapshot.Version, duckdb.DuckDBPyConnection] = {}
_verified: dict[str, snapshot.Served] = {}


def served() -> snapshot.Served:
    """The snapshot to read now. Raises snapshot.NoSnapshot when there is none.

    The pointer is read each time (it is one line); the bytes of a snapshot are verified once a
    process.
    """
    warehouse = engine.chosen()
    pointer = warehouse.pointer()
    with _lock:
        now = _verified.get(pointer)
    if now is None:
        now = warehouse.served()
        _cursor(now.path).close()
        with _lock:
            _verified.clear()
            _verified[pointer] = now
    return now


def _cursor(path: Path | snapshot.Version) -> duckdb.DuckDBPyConnection:
    """A cursor of its own on the parent of a snapshot, which answers although the parent may be
    closed meanwhile. Raises snapshot.NoSnapshot where the file cannot be opened.
    """
    with _lock:
        if path not in _parents:
            _parents[path] = _parent(path)
            for old in list(_parents)[:-OPEN_AT_ONCE]:
                _parents.pop(old).close()
        cursor = _parents[path].cursor()
    if isinstance(path, snapshot.Version):
        cursor.execute("USE warehouse")
    return cursor


def _parent(path: Path | snapshot.Version) -> duckdb.DuckDBPyConnection:
    """A connection that can reach nothing but one snapshot."""
    if isinstance(path, snapshot.Version):
        return lake.open_at(path, **SETTINGS)
    try:
        parent = duckdb.connect(str(path), read_only=True, config=SETTINGS)
    except duckdb.Error as error:
        raise snapshot.NoSnapshot(cannot_open(path, str(error))) from error
    parent.execute("SET enable_external_access = false; SET lock_configuration = true")
    return parent


def _forget(version: snapshot.Version) -> None:
    """Begin anew with a lake that broke off: its catalog may have been started again."""
    with _lock:
        parent = _parents.pop(version, None)
        _verified.clear()
    if parent:
        parent.close()


def cannot_open(path: Path, said: str) -> str:
    """Why a file cannot be read, and what to do."""
    if "version number" in said or "newer version" in said:
        return (
            f"{path.name} was written by a newer DuckDB than this one "
            f"({duckdb.__version__}): install the version of requirements.txt, or run: "
            "python -m loaders build"
        )
    return (
        f"{path.name} cannot be opened ({said.splitlines()[0][:160]}); run: python -m loaders build"
    )


def ask(
    question: str, parameters: Sequence[object] = (), path: Path | snapshot.Version | None = None
) -> pd.DataFrame:
    """The answer to one SQL question as a frame: dates as datetime64, absent figures as NaN, NaT or
    None.

    Values are bound to the question's `?`, never written into it. path: another snapshot than the
    served one. Raises CannotAnswer where the snapshot has no such table, macro or column.
    """
    path = path or served().path
    cursor = _cursor(path)
    try:
        return cursor.execute(question, list(parameters)).df()
    except (duckdb.CatalogException, duckdb.BinderException) as error:
        raise CannotAnswer(str(error).splitlines()[0]) from error
    except duckdb.Error as error:
        if not isinstance(path, snapshot.Version):
            raise
        _forget(path)
        raise lake.cannot_reach(path.address, str(error)) from error
    finally:
        cursor.close()
