"""Fifteen faults of the machine, each done to a real build or a real reader: what was served is
served still, nothing is a mixture, and the next run is whole.

Numbered after the table of the reliability file; those of the providers (7 to 10) are told by the
tests of daily prices.
"""

import errno
import json
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

import duckdb
import pytest

from loaders import build as building
from loaders.build import build
from tests.support import screen
from tests.support.good_files import GOOD
from tests.support.reader import read_on
from tests.support.warehouses import ROOT, invented, kept, loaders, publish_copy
from warehouse import snapshot
from warehouse.ask import ask, served

pytestmark = [
    pytest.mark.system,
    pytest.mark.skipif(os.name != "posix", reason="kill -9, limits and mounts are of POSIX"),
]
HOLD = (
    "import sys; from pathlib import Path; from warehouse import snapshot\n"
    "with snapshot.lock(Path(sys.argv[1])): print('held', flush=True); sys.stdin.read()"
)
RANDOM_MOMENTS = 40
REFUSED = 2
GOOD_PAGE = 10  # seconds within which a reader has a good page again

# The steps of a build in their order, each a call of snapshot.step.
STEPS = (
    "create",
    "read",
    "stage",
    "views",
    "audit",
    "publish",
    "named",
    "before pointer",
    "after pointer",
)


class Workshop:
    """Builds in processes that may be killed."""

    def __init__(self, scratch: Path):
        self.said = scratch / "said.txt"
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.support.workshop", str(scratch / "data")],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={
                name: value
                for name, value in os.environ.items()
                if not name.startswith("HARBOURVIEW_")
            }
            | {"PYTHONPATH": str(ROOT)},
        )
        assert self.process.stdout.readline() == "ready\n"

    def begin(
        self, data: Path, *command: str, file_size: int = 0, memory: int = 0, **environment: str
    ) -> int:
        """Start a command, a build where none is named; returns its process."""
        print(
            json.dumps(
                {
                    "data": str(data),
                    "said": str(self.said),
                    "command": command or ["build"],
                    "file_size": file_size,
                    "memory": memory,
                    "environment": environment,
                }
            ),
            file=self.process.stdin,
            flush=True,
        )
        return int(self.process.stdout.readline())

    def end(self) -> int:
        """How it ended: the exit code, 1 with a traceback, -9 killed."""
        print(file=self.process.stdin, flush=True)
        return int(self.process.stdout.readline())

    def run(self, data: Path, *command: str, **limits) -> int:
        self.begin(data, *command, **limits)
        return self.end()


@pytest.fixture(scope="module")
def workshop(tmp_path_factory):
    made = Workshop(tmp_path_factory.mktemp("workshop"))
    yield made
    made.process.stdin.close()
    made.process.wait(20)


@pytest.fixture(scope="module")
def first():
    """A data folder with one published snapshot of generation 0; never written to after that."""
    return kept(
        "generation",
        lambda folder: invented(folder / "data", **GOOD | generation(0)),
    )


@pytest.fixture
def folder(first, tmp_path):
    """A copy of it: the data folder; in memory where the machine has such a disk, for a killed
    process leaves the same there and many builds cost little.
    """
    memory = Path("/dev/shm")
    if not (
        memory.is_dir()
        and os.access(memory, os.W_OK)
        and shutil.disk_usage(memory).free > 2 * snapshot.LEAST_ROOM
    ):
        yield shutil.copytree(first.folder, tmp_path / "data")
        return
    with tempfile.TemporaryDirectory(dir=memory) as made:
        yield shutil.copytree(first.folder, Path(made) / "data")


def generation(number: int) -> dict[str, str]:
    """Figures of three tables that say which generation they are of."""
    return {
        "prices": GOOD["prices"].replace(",46,,", f",{1000 + number},,"),
        "segments": GOOD["segments"].replace(",600,CNY", f",{600 + number / 1000},CNY"),
        "earnings": GOOD["earnings"].replace(
            ",,1.5,per share", f",,{1.5 + number / 1000:.3f},per share"
        ),
    }


def change(folder: Path, number: int) -> None:
    for name, text in generation(number).items():
        (folder / "curated" / f"{name}.csv").write_text(text.lstrip(), "utf-8")


def generation_of(path: Path) -> int:
    """The generation of a snapshot; an error where its tables are of different ones."""
    with duckdb.connect(str(path), read_only=True, config=snapshot.SETTINGS) as connection:
        found = (
            connection.execute("""
                SELECT (
                    SELECT max(close) FROM prices
                ) - 1000 AS a, 1000 * ((
                    SELECT max(revenue_mn) FROM printed.segments
                ) - 600) AS b, 1000 * ((
                SELECT max(value)
                FROM printed.earnings
                WHERE item = 'eps_diluted') - 1.5) AS c, (
                SELECT count(*)
                FROM prices) AS n, (
                SELECT snapshot_id
                FROM snapshot) AS id
                """)
            .df()
            .iloc[0]
        )
    assert (
        round(found["a"]) == round(found["b"]) == round(found["c"])
        and found["n"] == 3
        and found["id"] in path.name
    ), dict(found)
    return round(found["a"])


def now_served(folder: Path) -> int:
    """The generation that is served, undamaged."""
    now = snapshot.served(folder / "warehouse")
    assert now.problem is None
    assert snapshot.verify(now.path) is None
    return generation_of(now.path)


def is_tidy(folder: Path) -> bool:
    """Whether the warehouse holds whole snapshots and nothing half done."""
    names = {path.name for path in (folder / "warehouse").iterdir()} - {
        "CURRENT",
        "loader.lock",
        "refused.json",
        "pins.txt",
    }
    whole = {
        name
        for snapshot_id in snapshot.published(folder / "warehouse")
        for name in (f"harbourview-{snapshot_id}.duckdb", f"harbourview-{snapshot_id}.sha256")
    }
    return names == whole


@pytest.fixture
def page(monkeypatch):
    """page(folder): the page that a reader of this data folder gets, and the seconds it took."""

    def run(folder: Path, name: str = "overview"):
        monkeypatch.setenv("HARBOURVIEW_DATA", str(folder))
        monkeypatch.delenv("HARBOURVIEW_WAREHOUSE", raising=False)
        begun = time.monotonic()
        return screen.run_page(name, lang="en"), time.monotonic() - begun

    return run


# 1 kill -9 ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "step",
    [
        step if step == "before pointer" else pytest.param(step, marks=pytest.mark.proof)
        for step in STEPS
    ],
)
def test_1_killed_at_a_named_step_the_old_or_the_new_one_is_served_and_the_next_run_is_whole(
    workshop, folder, step
):
    change(folder, 1)
    assert workshop.run(folder, HARBOURVIEW_FAULT=step) == -signal.SIGKILL
    assert now_served(folder) == (1 if step == "after pointer" else 0)
    change(folder, 2)
    assert workshop.run(folder) == 0
    assert now_served(folder) == 2
    assert is_tidy(folder)


def test_1_every_named_step_is_a_step_of_the_code():
    code = "".join(
        path.read_text("utf-8")
        for layer in ("loaders", "warehouse")
        for path in (ROOT / layer).glob("*.py")
    )
    assert [step for step in STEPS if f'step("{step}")' not in code] == []
    assert code.count("HARBOURVIEW_FAULT") == 2
    assert code.count("os.environ.get(FAULT)") == 1


def test_1_a_fault_is_for_a_named_step_only(workshop, folder):
    change(folder, 1)
    assert workshop.run(folder, HARBOURVIEW_FAULT="no such step") == 0
    assert now_served(folder) == 1


@pytest.mark.proof
def test_1_killed_at_forty_random_moments_nothing_is_torn_or_lost(workshop, folder):
    change(folder, 1)
    begun = time.monotonic()
    assert workshop.run(folder) == 0
    lasting, moments, before = time.monotonic() - begun, random.Random(40), 1
    killed = published = 0
    for number in range(2, 2 + RANDOM_MOMENTS):
        change(folder, number)
        child = workshop.begin(folder)
        time.sleep(moments.uniform(0, 1.05) * lasting)
        os.kill(
            child, signal.SIGKILL
        )  # nobody has asked for its end yet, so the number is still its own
        ended = workshop.end()
        now = now_served(folder)
        assert now in (before, number), (
            f"generation {now} is served, {before} was and {number} was being built"
        )
        assert ended != 0 or now == number
        killed, published, before = (
            killed + (ended == -signal.SIGKILL),
            published + (now == number),
            now,
        )
    change(folder, 99)
    assert workshop.run(folder) == 0
    assert now_served(folder) == 99
    assert is_tidy(folder)
    print(
        f"1 kill -9 at {RANDOM_MOMENTS} random moments of {lasting:.2f} s: {killed} killed, "
        f"{published} had published, 0 torn, 0 lost"
    )
    assert killed >= RANDOM_MOMENTS / 2


# 2 the disk is full -------------------------------------------------------------------------------


def test_2_no_room_while_writing_leaves_the_old_one(workshop, folder):
    """A limit on the size of a file strikes as a full disk does, at whatever write is the first
    beyond it.
    """
    change(folder, 1)
    for limit in (4096, 300_000, 1_000_000):
        assert snapshot.served(folder / "warehouse").path.stat().st_size > limit
        ended = workshop.run(folder, file_size=limit)
        assert ended == REFUSED, workshop.said.read_text()
        assert now_served(folder) == 0
    assert workshop.run(folder) == 0
    assert now_served(folder) == 1
    assert is_tidy(folder)


def test_2_no_room_for_the_pointer_leaves_the_old_one(first, folder, monkeypatch):
    change(folder, 1)
    sync = os.fsync

    def full(handle):
        if os.readlink(f"/proc/self/fd/{handle}").endswith("CURRENT.new"):
            raise OSError(errno.ENOSPC, "No space left on device", "CURRENT.new")
        sync(handle)

    monkeypatch.setattr(os, "fsync", full)
    done = loaders("build", data=folder)
    assert done.returncode == 2
    assert (
        f"No space left on device; nothing was published, still serving {first.result.snapshot_id}"
        in done.stderr
    )
    assert now_served(folder) == 0
    monkeypatch.setattr(os, "fsync", sync)
    assert loaders("build", data=folder).returncode == 0
    assert now_served(folder) == 1
    assert is_tidy(folder)


def test_2_the_room_is_asked_for_before_any_work(first, folder, monkeypatch):
    change(folder, 1)
    usage = shutil.disk_usage(folder)
    monkeypatch.setattr(shutil, "disk_usage", lambda path: usage._replace(free=5 * 2**20))
    done = loaders("build", data=folder)
    assert done.returncode == 2
    assert done.stderr == (
        f"{folder / 'warehouse'}: no space: a build needs 64 MB, 5 MB are free; nothing "
        f"was published, still serving {first.result.snapshot_id}\n"
    )
    assert now_served(folder) == 0
    assert is_tidy(folder)


@contextmanager
def mounted(path: Path, *options: str):
    """Mount on path for a while; skipped, loudly, where this user may not.

    Let go at once, for a reader may still have a file open.
    """
    done = (
        subprocess.run(["mount", *options, str(path)], capture_output=True, text=True)
        if shutil.which("mount") and os.geteuid() == 0
        else None
    )
    if done is None or done.returncode:
        pytest.skip(
            "NOT TESTED HERE: a mount needs root "
            f"({done.stderr.strip() if done else 'another user'})"
        )
    try:
        yield
    finally:
        subprocess.run(["umount", "-l", str(path)], check=True)


def test_2_a_disk_of_twenty_four_megabytes(first, folder):
    with mounted(folder / "warehouse", "-t", "tmpfs", "-o", "size=24m", "tmpfs"):
        shutil.copytree(first.folder / "warehouse", folder / "warehouse", dirs_exist_ok=True)
        change(folder, 1)
        done = loaders("build", data=folder)
        assert done.returncode == 2
        assert "no space: a build needs 64 MB" in done.stderr
        assert now_served(folder) == 0
        with (
            pytest.MonkeyPatch.context() as patch
        ):  # and where the room is gone after it was asked for
            patch.setattr(snapshot, "room_for", lambda path: None)
            (folder / "warehouse" / "filler").write_bytes(
                bytes(shutil.disk_usage(folder / "warehouse").free - 200_000)
            )
            with pytest.raises(
                (duckdb.Error, OSError),
                match="(?i)no space|could not write|cannot write|failed to write",
            ):
                build(folder, say=lambda text: None)
        (folder / "warehouse" / "filler").unlink()
        assert now_served(folder) == 0
        assert is_tidy(folder)


# 3 to 5 a damaged snapshot, log, pointer ----------------------------------------------------------


def flip(path: Path, seed: int) -> None:
    content = bytearray(path.read_bytes())
    place = random.Random(seed).randrange(len(content))
    content[place] ^= 1 << seed % 8
    path.write_bytes(content)


DAMAGES = {
    "3 one byte flipped": lambda file, pointer: flip(file, 3),
    "3 cut to a half": lambda file, pointer: os.truncate(file, file.stat().st_size // 2),
    "3 one byte short": lambda file, pointer: os.truncate(file, file.stat().st_size - 1),
    "3 empty": lambda file, pointer: os.truncate(file, 0),
    "3 another file": lambda file, pointer: file.write_bytes(b"not a database\n" * 1000),
    "3 gone": lambda file, pointer: file.unlink(),
    "3 its hash gone": lambda file, pointer: file.with_suffix(".sha256").unlink(),
    "4 a stray log": lambda file, pointer: file.with_suffix(".duckdb.wal").write_bytes(bytes(100)),
    "4 a log cut off": lambda file, pointer: file.with_suffix(".duckdb.wal").write_bytes(b""),
    "5 pointer empty": lambda file, pointer: pointer.write_bytes(b""),
    "5 pointer cut off": lambda file, pointer: os.truncate(pointer, 8),
    "5 pointer of zeros": lambda file, pointer: pointer.write_bytes(bytes(23)),
    "5 pointer gone": lambda file, pointer: pointer.unlink(),
}
SEEN_THROUGH = (
    "3 one byte flipped",
    "4 a stray log",
    "5 pointer empty",
)  # to the page and the next build, which know no other kinds than these


@pytest.mark.parametrize("damage", list(DAMAGES))
@pytest.mark.few(6)
def test_3_to_5_a_reader_has_a_good_page_with_a_warning_at_once_and_the_next_build_heals_it(
    first, workshop, folder, page, damage
):
    later = publish_copy(folder / "warehouse", 1)
    DAMAGES[damage](snapshot.file_of(folder / "warehouse", later), folder / "warehouse" / "CURRENT")
    now = snapshot.served(folder / "warehouse")
    assert now.snapshot_id == (later if damage.startswith("5") else first.result.snapshot_id)
    assert now.problem
    assert workshop.run(folder, "status") == REFUSED
    assert "warning: " in workshop.said.read_text()
    if damage not in SEEN_THROUGH:
        return
    at, seconds = page(folder)
    assert seconds < GOOD_PAGE and [
        warning for warning in at.warning if now.snapshot_id in str(warning.value).replace("\\", "")
    ], damage
    change(folder, 1)
    if damage.startswith("5"):
        snapshot.point_to(
            folder / "warehouse", first.result.snapshot_id
        )  # the copy's name is of a year to come
    assert workshop.run(folder) == 0
    assert now_served(folder) == 1


def test_3_no_byte_can_be_changed_unseen(first, folder):
    path, refused = snapshot.served(folder / "warehouse").path, 0
    whole = path.read_bytes()
    for seed in range(100):
        flip(path, seed)
        refused += snapshot.verify(path) is not None
        path.write_bytes(whole)
    assert refused == 100
    assert snapshot.verify(path) is None
    print("3 one byte flipped: 100 of 100 refused")


def test_3_a_snapshot_that_is_deleted_while_a_reader_has_it_answers_on(folder):
    now = snapshot.served(folder / "warehouse")
    assert ask("SELECT max(close) AS c FROM prices", path=now.path)["c"][0] == 1000
    now.path.unlink()
    assert ask("SELECT max(close) AS c FROM prices", path=now.path)["c"][0] == 1000


def test_3_where_nothing_is_left_the_page_says_what_to_do(folder, page):
    flip(snapshot.served(folder / "warehouse").path, 9)
    at, seconds = page(folder)
    assert seconds < GOOD_PAGE
    assert "run: python -m loaders build" in str(at.error[0].value).replace("\\", "")


# 6 the clock --------------------------------------------------------------------------------------


def clock(monkeypatch, away: timedelta) -> None:
    """Let the build's clock be wrong."""

    class Wrong(datetime):
        @classmethod
        def now(cls, zone=None):
            return datetime.now(zone) + away

    monkeypatch.setattr(building, "datetime", Wrong)


def test_6_a_clock_a_day_behind_publishes_nothing(first, folder, monkeypatch):
    change(folder, 1)
    clock(monkeypatch, -timedelta(days=1))
    done = loaders("build", data=folder)
    assert done.returncode == 2
    assert (
        f"before the served snapshot {first.result.snapshot_id} was built: set the clock right"
        in done.stderr
    )
    assert "Traceback" not in done.stderr
    assert now_served(folder) == 0
    assert is_tidy(folder)
    monkeypatch.undo()
    assert loaders("build", data=folder).returncode == 0
    assert now_served(folder) == 1


def test_6_a_clock_a_year_ahead_is_found_when_it_is_right_again(folder, monkeypatch):
    change(folder, 1)
    clock(monkeypatch, timedelta(days=365))
    assert loaders("build", data=folder).returncode == 0
    assert now_served(folder) == 1
    monkeypatch.undo()
    change(folder, 2)
    done = loaders("build", data=folder)
    assert done.returncode == 2
    assert "serve an earlier snapshot first (python -m loaders rollback)" in done.stderr
    assert now_served(folder) == 1
    assert loaders("rollback", data=folder).returncode == 0
    assert now_served(folder) == 0
    assert loaders("build", data=folder).returncode == 0
    assert now_served(folder) == 2


@pytest.mark.proof
def test_6_figures_are_the_same_in_every_time_zone(workshop, folder):
    contents = []
    for number, zone in enumerate(("Asia/Hong_Kong", "America/Los_Angeles", "Pacific/Kiritimati")):
        shutil.rmtree(folder / "warehouse")
        assert workshop.run(folder, TZ=zone) == 0
        path = snapshot.served(folder / "warehouse").path
        contents.append(
            [
                ask(f"SELECT * {leave} FROM {table} ORDER BY ALL", path=path).to_csv()
                for table, leave in (
                    ("prices", ""),
                    ("valuation", ""),
                    ("buybacks", ""),
                    ("segment_periods('2024-12-31')", ""),
                    ("findings", "EXCLUDE (found_at)"),
                    ("snapshot", "EXCLUDE (snapshot_id, built_at, inputs_sha256)"),
                )
            ]
        )
        assert contents[number] == contents[0], zone


# 11 readers during publishing ---------------------------------------------------------------------

THREADS, PROCESSES, SEEN_WITHIN = 8, 2, 2.0


@pytest.mark.parametrize("publications", [6, pytest.param(25, marks=pytest.mark.proof)])
def test_11_readers_see_no_error_no_mixture_and_the_newest_within_two_seconds(
    folder, monkeypatch, publications
):
    monkeypatch.setenv("HARBOURVIEW_DATA", str(folder))
    monkeypatch.delenv("HARBOURVIEW_WAREHOUSE", raising=False)
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    processes = [
        subprocess.Popen(
            [sys.executable, "-m", "tests.support.reader"],
            cwd=ROOT,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(PROCESSES)
    ]
    done, logs = threading.Event(), [({}, [], {}) for _ in range(THREADS)]
    threads = [threading.Thread(target=read_on, args=(done.is_set, *log)) for log in logs]
    try:
        assert all(process.stdout.readline() == "ready\n" for process in processes)
        for thread in threads:
            thread.start()
        published = {}
        for number in range(publications):
            snapshot_id = publish_copy(folder / "warehouse", number)
            published[snapshot_id] = time.time()
            time.sleep(0.05)
        deadline = time.time() + SEEN_WITHIN
        while time.time() < deadline and not all(max(published) in seen for seen, *_ in logs):
            time.sleep(0.02)
        time.sleep(0.5)  # the other processes' turn
    finally:
        done.set()
        for thread in threads:
            thread.join()
        for process in processes:
            process.stdin.close()
    logs += [json.loads(process.stdout.readline()) for process in processes]
    for process in processes:
        process.wait(10)
        process.stdout.close()
    assert [line for _, wrong, _ in logs for line in wrong] == []
    assert all(max(published) in seen for seen, *_ in logs)
    # how long after a publication each reader saw it, or one newer still
    delays = [
        max(0.0, min(moment for other, moment in seen.items() if other >= snapshot_id) - at)
        for snapshot_id, at in published.items()
        for seen, *_ in logs
    ]
    reads = sum(counts["reads"] for *_, counts in logs)
    print(
        f"11 {publications} publications under {THREADS} threads and {PROCESSES} processes: "
        f"{reads} reads, 0 errors, 0 torn; seen after {1000 * sum(delays) / len(delays):.0f} ms "
        f"(mean), {1000 * max(delays):.0f} ms (worst)"
    )
    assert reads > 5 * publications
    assert max(delays) < SEEN_WITHIN


# 12 two loaders -----------------------------------------------------------------------------------


def test_12_the_second_of_two_loaders_exits_4_with_the_process_and_age_of_the_first(
    workshop, folder
):
    change(folder, 1)
    child = workshop.begin(folder)
    holder, deadline = folder / "warehouse" / "loader.pid", time.monotonic() + 20
    while not (holder.exists() and holder.read_text()) and time.monotonic() < deadline:
        time.sleep(0.002)
    second = loaders("build", data=folder)
    assert workshop.end() == 0
    assert now_served(folder) == 1
    assert second.returncode == 4
    assert f"another loader (process {child}, for 0 s) is at work" in second.stderr


def test_12_the_lock_of_a_dead_loader_frees_itself(folder):
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(folder / "warehouse")],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as holder:
        assert holder.stdout.readline() == "held\n"
        assert loaders("build", data=folder).returncode == 4
        holder.kill()
    assert (folder / "warehouse" / "loader.pid").read_text() == str(
        holder.pid
    )  # it could not clean up
    change(folder, 1)
    assert loaders("build", data=folder).returncode == 0
    assert now_served(folder) == 1
    assert is_tidy(folder)


# 13 memory ----------------------------------------------------------------------------------------


@pytest.mark.proof
@pytest.mark.skipif(
    not Path("/proc/self/statm").exists(), reason="the limit is set from what /proc tells"
)
@pytest.mark.parametrize("megabytes", [1, 16, 64])
def test_13_without_memory_the_old_one_stays(workshop, folder, megabytes):
    change(folder, 1)
    ended = workshop.run(folder, memory=megabytes * 2**20)
    assert ended == REFUSED or (ended == 0 and megabytes > 1), (
        workshop.said.read_text()
    )  # 16 MB more than at its start may be enough for so small a build
    assert now_served(folder) == (0 if ended == REFUSED else 1)
    assert workshop.run(folder) == 0
    assert now_served(folder) == 1
    assert is_tidy(folder)


# 14 the surroundings ------------------------------------------------------------------------------


@contextmanager
def read_only(path: Path):
    """Nobody writes into a folder: its rights are taken away, of root by a mount."""
    if os.geteuid():
        path.chmod(0o555)
        try:
            yield
        finally:
            path.chmod(0o755)
        return
    with mounted(path, "--bind", str(path)):
        done = subprocess.run(
            ["mount", "-o", "remount,bind,ro", str(path)], capture_output=True, text=True
        )
        if done.returncode:
            pytest.skip(f"NOT TESTED HERE: {done.stderr.strip()}")
        yield


def test_14_a_folder_that_may_not_be_written_is_named_and_read_on(first, folder, page):
    change(folder, 1)
    with read_only(folder / "warehouse"):
        done = loaders("build", data=folder)
        at, seconds = page(folder)
    assert done.returncode == 2
    assert len(done.stderr.splitlines()) == 1
    assert "Traceback" not in done.stderr
    assert str(folder / "warehouse") in done.stderr
    assert "Read-only file system" in done.stderr or "Permission denied" in done.stderr
    assert f"still serving {first.result.snapshot_id}" in done.stderr
    assert seconds < GOOD_PAGE
    assert not at.error
    assert snapshot.served(folder / "warehouse").snapshot_id == first.result.snapshot_id
    assert is_tidy(folder)


def test_14_a_file_where_a_folder_should_be_is_named(folder):
    shutil.rmtree(folder / "warehouse")
    (folder / "warehouse").write_text("")
    done = loaders("build", data=folder)
    assert done.returncode == 2
    assert str(folder / "warehouse") in done.stderr
    assert "Traceback" not in done.stderr


def test_14_a_port_in_use_is_said_in_a_line(folder):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = subprocess.run(
            [
                sys.executable,
                "-m",
                "streamlit",
                "run",
                "app.py",
                "--server.headless",
                "true",
                "--server.address",
                "127.0.0.1",
                "--server.port",
                str(port),
            ],
            cwd=ROOT,
            env=os.environ | {"HARBOURVIEW_DATA": str(folder)},
            capture_output=True,
            text=True,
            timeout=30,
        )
    assert done.returncode
    assert f"Port {port} is not available" in done.stdout + done.stderr
    assert "Traceback" not in done.stderr


# 15 another DuckDB --------------------------------------------------------------------------------


def newer(path: Path) -> None:
    """Make a snapshot one of a DuckDB to come, with the hash under which it would have been
    published.
    """
    content = bytearray(path.read_bytes())
    content[12:20] = (4711).to_bytes(
        8, "little"
    )  # the version of the storage, behind a checksum and the letters DUCK
    checksum = 5381
    for place in range(8, 4096, 8):
        checksum ^= (
            int.from_bytes(content[place : place + 8], "little") * 0xBF58476D1CE4E5B9 % 2**64
        )
    content[:8] = checksum.to_bytes(8, "little")
    path.write_bytes(content)
    path.with_suffix(".sha256").write_text(snapshot.hash_of(path) + "\n")


def test_15_a_file_of_a_newer_duckdb_is_told_as_one(folder, page, monkeypatch):
    path = snapshot.served(folder / "warehouse").path
    newer(path)
    monkeypatch.setenv("HARBOURVIEW_DATA", str(folder))
    with pytest.raises(
        snapshot.NoSnapshot,
        match=(
            "was written by a newer DuckDB than this one .*install the version of requirements.txt"
        ),
    ):
        served()
    at, _ = page(folder)
    assert "newer DuckDB" in str(at.error[0].value)


@pytest.mark.parametrize(
    "content", [b"", b"not a database\n" * 1000, os.urandom(5000)], ids=["empty", "words", "noise"]
)
def test_15_a_named_warehouse_that_is_none_is_told(tmp_path, monkeypatch, content):
    path = tmp_path / "named.duckdb"
    path.write_bytes(content)
    monkeypatch.setenv("HARBOURVIEW_WAREHOUSE", str(path))
    at = screen.run_page("overview", lang="en")
    assert "named" in str(at.error[0].value)
    assert "cannot be opened" in str(at.error[0].value).replace("\\", "")
