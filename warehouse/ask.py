"""Ask the served snapshot: open it read-only, ask one question, close.

DuckDB connections must not be shared between threads (1.5 then silently mixes their answers), so each question has
a cursor of its own on a parent connection that answers nothing itself. The parent can reach no file but its own.
"""

import threading
from pathlib import Path

import duckdb
import pandas as pd

from warehouse import places, snapshot

SETTINGS = snapshot.SETTINGS | {"allow_community_extensions": "false", "memory_limit": "1GB"}
OPEN_AT_ONCE = 3


class CannotAnswer(Exception):
    """A snapshot of another version lacks what is asked for."""


_lock = threading.Lock()
_parents: dict[Path, duckdb.DuckDBPyConnection] = {}
_verified: dict[str, snapshot.Served] = {}


def served() -> snapshot.Served:
    """The snapshot to read now. Raises snapshot.NoSnapshot when there is none.

    The pointer is read each time (it is one line); the bytes of a snapshot are verified once a process.
    """
    named = places.named_warehouse()
    if named:
        if not named.exists():
            raise snapshot.NoSnapshot(f"HARBOURVIEW_WAREHOUSE names {named}, which does not exist")
        _cursor(named).close()
        return snapshot.Served(named.stem.removeprefix("harbourview-"), named)
    folder = places.warehouse_folder()
    pointer = folder / "CURRENT"
    key = f"{folder}|{pointer.read_text('utf-8', errors='replace') if pointer.exists() else ''}"
    with _lock:
        now = _verified.get(key)
    if now is None:
        now = snapshot.served(folder)
        _cursor(now.path).close()
        with _lock:
            _verified.clear()
            _verified[key] = now
    return now


def _cursor(path: Path) -> duckdb.DuckDBPyConnection:
    """A cursor of its own on the parent of a snapshot, which answers although the parent may be closed meanwhile. Raises snapshot.NoSnapshot where the file cannot be opened."""
    with _lock:
        if path not in _parents:
            try:
                parent = duckdb.connect(str(path), read_only=True, config=SETTINGS)
            except duckdb.Error as error:
                raise snapshot.NoSnapshot(cannot_open(path, str(error))) from error
            parent.execute("SET enable_external_access = false; SET lock_configuration = true")
            _parents[path] = parent
            for old in list(_parents)[:-OPEN_AT_ONCE]:
                _parents.pop(old).close()
        return _parents[path].cursor()


def cannot_open(path: Path, said: str) -> str:
    """Why a file cannot be read, and what to do."""
    if "version number" in said or "newer version" in said:
        return f"{path.name} was written by a newer DuckDB than this one ({duckdb.__version__}): install the version of requirements.txt, or run: python -m loaders build"
    return f"{path.name} cannot be opened ({said.splitlines()[0][:160]}); run: python -m loaders build"


def ask(question: str, parameters: list | tuple = (), path: Path | None = None) -> pd.DataFrame:
    """The answer to one SQL question as a frame: dates as datetime64, absent figures as NaN, NaT or None.

    Values are bound to the question's `?`, never written into it. path: another snapshot than the served one.
    Raises CannotAnswer where the snapshot has no such table, macro or column.
    """
    cursor = _cursor(path or served().path)
    try:
        return cursor.execute(question, list(parameters)).df()
    except (duckdb.CatalogException, duckdb.BinderException) as error:
        raise CannotAnswer(str(error).splitlines()[0]) from error
    finally:
        cursor.close()
