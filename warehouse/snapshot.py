"""Publish, verify and roll back snapshots.

A snapshot is one DuckDB file under a name of its own, never written again once published. Readers
open what the
pointer file CURRENT names: DuckDB lets no reader and writer share a file, and a path that is
    replaced keeps answering from the old file in a process that has it open.
"""

import errno
import hashlib
import json
import os
import re
import shutil
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import duckdb
from filelock import FileLock, Timeout

SCHEMA_VERSION = 1
KEPT = 14
KEPT_MONTHS = 24  # of each of them the last snapshot
HONG_KONG = timezone(timedelta(hours=8))  # no summer time since 1979


MEMORY = "HARBOURVIEW_BUILD_MEMORY"  # what DuckDB may take for a build


def build_memory() -> str:
    """What DuckDB may take for a build: HARBOURVIEW_BUILD_MEMORY, else a quarter of the machine's
    memory. A desk's companies need 192 MB; what does not fit goes to the disk beside the file,
    where it can.
    """
    try:
        quarter = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 4_000_000
    except (AttributeError, ValueError, OSError):  # a system that does not tell
        quarter = 0
    asked = os.environ.get(MEMORY, "")
    return asked if is_memory(asked) else f"{max(192, quarter)}MB"


def is_memory(words: str) -> bool:
    """Whether words are an amount of memory: 500MB, 2 GB, 1.5GiB."""
    return bool(re.fullmatch(r"\s*(?=.*[1-9])\d+(\.\d+)?\s*[KMGT]i?B\s*", words, re.IGNORECASE))


# Tables of the transaction that builds them look empty to the planner, which would join them row by
# row: 7 times the time of a build.
Setting = str | bool | int | float | list[str]  # of duckdb.connect()
Settings = dict[str, Setting]
BUILD_SETTINGS: Settings = {"memory_limit": build_memory(), "asof_loop_join_threshold": "0"}
SETTINGS: Settings = {
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "threads": "2",
}
NAME = re.compile(r"^harbourview-(\d{8}-\d{6}-[0-9a-f]{6})\.duckdb$")
SQL = Path(__file__).parent
FAULT = "HARBOURVIEW_FAULT"  # the step of a build at which a test has the process killed
SPARE = 3  # a build needs the room of so many snapshots like the served one, and at least
LEAST_ROOM = 64 * 2**20


class NoSnapshot(Exception):
    """Nothing has been published yet, or nothing that is published can be verified."""


class Locked(Exception):
    """Another loader holds the lock."""


@dataclass(frozen=True)
class Version:
    """One snapshot as a version of a DuckLake: what a reader pins, so that no answer mixes two
    publications.
    """

    address: str = field(repr=False)  # may hold a password
    snapshot_id: str
    number: int

    def __str__(self) -> str:
        return f"version {self.number} of the lake"


@dataclass(frozen=True)
class Served:
    """The snapshot to read, and what was wrong on the way to it (None: the pointer named a good
    one).
    """

    snapshot_id: str
    path: Path | Version
    problem: str | None = None


@dataclass(frozen=True)
class Shelved:
    """A snapshot that is still here: when it was built (Hong Kong), whether it is served, and
    whether it is kept for good.
    """

    snapshot_id: str
    built_at: datetime
    is_served: bool
    is_pinned: bool


@dataclass(frozen=True)
class Refusal:
    """The last build, where it was refused: when (Hong Kong), of which inputs, and every line that
    was wrong.
    """

    at: datetime
    inputs_sha256: str
    lines: tuple[str, ...]


def step(name: str) -> None:
    """Tell that a build begins a step; a test names one in HARBOURVIEW_FAULT to have the process
    killed there, as a power cut would.
    """
    if os.environ.get(FAULT) == name:
        os.kill(os.getpid(), signal.SIGKILL)


def room_for(folder: Path) -> None:
    """Raise OSError where the disk has not the room of a build."""
    sizes = [path.stat().st_size for path in folder.glob("harbourview-*.duckdb")]
    needed, free = max(LEAST_ROOM, SPARE * max(sizes, default=0)), shutil.disk_usage(folder).free
    if free < needed:
        raise OSError(
            errno.ENOSPC,
            f"no space: a build needs {needed / 2**20:.0f} MB, {free / 2**20:.0f} MB are free",
            str(folder),
        )


def snapshot_name(built_at: datetime, inputs_sha256: str) -> str:
    return f"{built_at:%Y%m%d-%H%M%S}-{inputs_sha256[:6]}"


def file_of(folder: Path, snapshot_id: str) -> Path:
    return folder / f"harbourview-{snapshot_id}.duckdb"


def hash_of(path: Path) -> str:
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def text_beside(path: Path) -> str | None:
    """The text of a small file beside the snapshots; None where it is missing, a folder or
    unreadable.

    Bytes that are not UTF-8 are replaced: such a text matches nothing, so that it counts as
    damaged.
    """
    try:
        return path.read_text("utf-8", errors="replace")
    except OSError:
        return None


def set_aside(path: Path) -> None:
    """Rename a folder that has the place of a file which a build must write. Nothing is deleted."""
    if path.is_dir():
        for number in range(1000):
            aside = path.with_name(f"{path.name}.damaged-{number}")
            if not aside.exists():
                path.rename(aside)
                return


def verify(path: Path) -> str | None:
    """Why the snapshot at path must not be served, or None when its bytes are those that were
    published.
    """
    if not path.is_file():
        return f"{path.name} is gone"
    if path.with_suffix(".duckdb.wal").exists():
        return f"{path.name} has a write-ahead log beside it: it was never finished"
    recorded = text_beside(path.with_suffix(".sha256"))
    if recorded is None:
        return f"{path.name} has no recorded hash"
    try:
        if hash_of(path) != recorded.strip():
            return f"{path.name} is not the file that was published (its hash differs)"
    except OSError as error:
        return f"{path.name} cannot be read: {error.strerror or error}"
    return None


def published(folder: Path) -> list[str]:
    """Ids of the snapshot files in folder, newest first; whether they verify is not asked."""
    found = (
        NAME.match(file.name) for file in folder.glob("harbourview-*.duckdb") if file.is_file()
    )
    return sorted((match.group(1) for match in found if match), reverse=True)


def shelf(folder: Path, served_id: str) -> list[Shelved]:
    """The snapshots in folder, newest first; whether they verify is not asked."""
    pinned = pins(folder)
    return [shelved(name, name == served_id, name in pinned) for name in published(folder)]


def shelved(snapshot_id: str, is_served: bool, is_pinned: bool) -> Shelved:
    return Shelved(
        snapshot_id,
        datetime.strptime(snapshot_id[:15], "%Y%m%d-%H%M%S")
        .replace(tzinfo=UTC)
        .astimezone(HONG_KONG),
        is_served,
        is_pinned,
    )


def served(folder: Path) -> Served:
    """The snapshot that the pointer names, or the newest that verifies when that one is damaged."""
    pointer = text_beside(folder / "CURRENT")
    named = (pointer or "").strip()
    ids = published(folder)
    if not ids:
        raise NoSnapshot(f"no snapshot in {folder}; run: python -m loaders build")
    problem: str | None
    if pointer is None:
        problem = "the pointer CURRENT is missing or cannot be read"
    elif named in ids:
        problem = verify(file_of(folder, named))
    else:
        problem = f"the pointer names {named[:60]!r}, which is not here"
    if problem is None:
        return Served(named, file_of(folder, named))
    for snapshot_id in ids:
        if verify(file_of(folder, snapshot_id)) is None:
            return Served(snapshot_id, file_of(folder, snapshot_id), problem)
    raise NoSnapshot(
        f"{problem}; no other snapshot in {folder} can be verified; run: python -m loaders build"
    )


def sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def write(path: Path, content: str | bytes, lasting: bool = True) -> bool:
    """Put content at path so that whoever looks sees the old file or the new one; False where it
    says the same already.

    lasting: also through a loss of power, not only through the death of this process.
    """
    content = content.encode("utf-8") if isinstance(content, str) else content
    if path.exists() and path.stat().st_size == len(content) and path.read_bytes() == content:
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(path.name + ".new")
    with open(beside, "wb") as file:
        file.write(content)
        file.flush()
        if lasting:
            os.fsync(file.fileno())
    os.replace(beside, path)
    if lasting and os.name == "posix":
        sync(path.parent)
    return True


def publish(folder: Path, staged: Path, snapshot_id: str) -> Path:
    """Give the finished and closed file its name, record its hash, verify it, and point readers to
    it.
    """
    if staged.with_name(staged.name + ".wal").exists():
        raise NoSnapshot(f"{staged.name} was not checkpointed")
    clock_runs_on(folder, snapshot_id)
    step("publish")
    sync(staged)
    path = file_of(folder, snapshot_id)
    os.replace(staged, path)
    step("named")
    set_aside(path.with_suffix(".sha256"))
    write(path.with_suffix(".sha256"), hash_of(path) + "\n")
    problem = verify(path)
    if problem:
        raise NoSnapshot(problem)
    step("before pointer")
    point_to(folder, snapshot_id)
    step("after pointer")
    tidy(folder)
    return path


def clock_runs_on(folder: Path, snapshot_id: str) -> None:
    """Raise NoSnapshot where a new snapshot would be older than the one that a folder serves."""
    try:
        now = served(folder).snapshot_id
    except NoSnapshot:
        return
    not_before(now, snapshot_id)


def not_before(now: str, snapshot_id: str) -> None:
    """Raise NoSnapshot where a new snapshot would be older than the served one: what was known when
    would be told wrongly.
    """
    if snapshot_id[:15] < now[:15]:
        raise NoSnapshot(
            f"by this machine's clock it is {snapshot_id[:15]} UTC, before the served snapshot "
            f"{now} was built: set the clock right; "
            "where it was wrong then, serve an earlier snapshot first (python -m loaders "
            "rollback)"
        )


def pins(folder: Path) -> list[str]:
    """Ids of the snapshots that are kept for good: each on a line of pins.txt, words after it are a
    note.
    """
    lines = (text_beside(folder / "pins.txt") or "").splitlines()
    return [line.split()[0] for line in lines if line.strip() and not line.lstrip().startswith("#")]


def pin(folder: Path, snapshot_id: str) -> None:
    """Keep a snapshot for good. Raises NoSnapshot when it is not here."""
    if snapshot_id not in published(folder):
        raise NoSnapshot(
            f"no snapshot {snapshot_id} in {folder}; here are: "
            f"{', '.join(published(folder)) or 'none'}"
        )
    path = folder / "pins.txt"
    if path.is_dir():
        raise NoSnapshot(
            f"{path} is a folder, not the list of snapshots that are kept for good: move it "
            f"away; {snapshot_id} was not added"
        )
    if snapshot_id not in pins(folder):
        lines = (text_beside(path) or "").splitlines()
        write(path, "\n".join([*lines, snapshot_id]) + "\n")


def kept(ids: list[str], pinned: list[str], served_id: str) -> set[str]:
    """Of the ids, newest first, those to keep: the last 14, the last of each month for two years
    back from the newest, the pinned and the served one.
    """
    newest = int(ids[0][:4]) * 12 + int(ids[0][4:6]) if ids else 0
    last_of_month: dict[str, str] = {}
    for snapshot_id in ids:
        last_of_month.setdefault(snapshot_id[:6], snapshot_id)
    monthly = {
        snapshot_id
        for month, snapshot_id in last_of_month.items()
        if int(month[:4]) * 12 + int(month[4:]) > newest - KEPT_MONTHS
    }
    return {*ids[:KEPT], *monthly, *(set(pinned) & set(ids)), served_id}


def tidy(folder: Path) -> list[str]:
    """Remove the snapshots that are not to be kept, and what a publication that was broken off has
    left; returns their ids.
    """
    for half in folder.glob("*.new"):
        if half.is_file():
            half.unlink()
    if (folder / "pins.txt").exists() and text_beside(folder / "pins.txt") is None:
        return []  # which snapshots are kept for good is not known
    ids = published(folder)
    keep = kept(ids, pins(folder), (text_beside(folder / "CURRENT") or "").strip())
    gone = [
        snapshot_id
        for snapshot_id in ids
        if snapshot_id not in keep
        or not file_of(folder, snapshot_id).with_suffix(".sha256").exists()
    ]
    for old in gone:
        file_of(folder, old).unlink(missing_ok=True)
        recorded = file_of(folder, old).with_suffix(".sha256")
        set_aside(recorded)
        recorded.unlink(missing_ok=True)
    return gone


def point_to(folder: Path, snapshot_id: str) -> None:
    """Serve the snapshot from now on.

    Raises NoSnapshot when it is not here or damaged; then nothing changes.
    """
    problem = verify(file_of(folder, snapshot_id))
    if problem:
        raise NoSnapshot(problem)
    for path in (folder / "CURRENT", folder / "CURRENT.new"):
        set_aside(path)
    write(folder / "CURRENT", snapshot_id + "\n")


def refuse(folder: Path, at: datetime, inputs_sha256: str, lines: list[str]) -> None:
    """Record beside the snapshots that the build of a moment was refused, and every reason; readers
    see all of it or the record before.
    """
    written = json.dumps(
        {
            "at": at.astimezone(HONG_KONG).isoformat(timespec="seconds"),
            "inputs_sha256": inputs_sha256,
            "count": len(lines),
            "lines": lines,
        },
        ensure_ascii=False,
        indent=1,
    )
    set_aside(folder / "refused.json")
    write(
        folder / "refused.json", (written + "\n").encode("utf-8", "backslashreplace")
    )  # a file's name may be no text


def accept(folder: Path) -> None:
    """The last build was not refused: what is served is what the inputs say."""
    set_aside(folder / "refused.json")
    (folder / "refused.json").unlink(missing_ok=True)


def refusal(folder: Path) -> Refusal | None:
    """What was wrong with the inputs of the last build, or None where it was published."""
    path = folder / "refused.json"
    try:
        record = json.loads(path.read_text("utf-8"))
        return Refusal(
            datetime.fromisoformat(record["at"]).astimezone(HONG_KONG),
            str(record["inputs_sha256"]),
            tuple(str(line) for line in record["lines"]),
        )
    except FileNotFoundError:
        return None
    except (OSError, ValueError, LookupError, TypeError):
        return Refusal(
            datetime.fromtimestamp(path.stat().st_mtime, HONG_KONG),
            "",
            (f"{path.name} is damaged: run python -m loaders check",),
        )


def _at_work(holder: Path) -> str:
    """Who holds the lock and for how long: 'process 4711, for 3 min'."""
    try:
        seconds = max(0, int(time.time() - holder.stat().st_mtime))
        process = (text_beside(holder) or "unknown").strip()
        return f"process {process}, for " + (
            f"{seconds} s"
            if seconds < 120
            else f"{seconds // 60} min"
            if seconds < 7200
            else f"{seconds // 3600} h"
        )
    except FileNotFoundError:
        return "process unknown"  # it has the lock and not yet said its name


@contextmanager
def lock(folder: Path) -> Iterator[None]:
    """Hold the loaders' lock on folder. Raises Locked at once, naming the holder, when another has
    it.

    What the machine refuses to the holder, room on the disk or memory, is an OSError in one line.
    """
    folder.mkdir(parents=True, exist_ok=True)
    holder = folder / "loader.pid"
    for path in (holder, folder / "loader.lock"):
        set_aside(path)
    guard = FileLock(folder / "loader.lock")
    try:
        guard.acquire(timeout=0)
    except Timeout:
        raise Locked(f"another loader ({_at_work(holder)}) is at work in {folder}") from None
    try:
        holder.write_text(str(os.getpid()))
        yield
    except (
        duckdb.IOException,
        duckdb.TransactionException,
        duckdb.OutOfMemoryException,
        MemoryError,
    ) as error:
        raise OSError(
            errno.EIO,
            f"broken off: {(str(error).splitlines() or ['out of memory'])[0]}",
            str(folder),
        ) from error
    finally:
        holder.unlink(missing_ok=True)
        guard.release()
