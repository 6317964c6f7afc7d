"""What is served is whole, verified and never in between: whatever fails, breaks or runs at the
same time.
"""

import ast
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import threading
import time

import duckdb
import pytest

from loaders.build import build
from tests.support import source
from tests.support.good_files import GOOD, changed, good
from tests.support.screen import run_page, words
from tests.support.warehouses import ROOT, invented, loaders, publish_copy
from warehouse import definitions, snapshot
from warehouse.ask import ask, served

pytestmark = pytest.mark.system


HOLD = (
    "import sys; from pathlib import Path; from warehouse import snapshot\n"
    "with snapshot.lock(Path(sys.argv[1])): print('held', flush=True); sys.stdin.read()"
)


@pytest.fixture(scope="module")
def first():
    """A data folder with one published snapshot; never written to after that."""
    made = good()
    assert made.result.rejected == []
    return made


@pytest.fixture
def folder(first, tmp_path):
    """A copy of it: the data folder."""
    return shutil.copytree(first.folder, tmp_path / "data")


# Publishing ---------------------------------------------------------------------------------------


def test_unchanged_inputs_are_nothing_new(first, folder):
    again = build(folder, say=lambda text: None)
    assert again.unchanged
    assert again.snapshot_id == first.result.snapshot_id
    assert snapshot.published(folder / "warehouse") == [first.result.snapshot_id]


def test_the_command_line_says_so_and_names_the_file_to_open(first, folder):
    done = loaders("build", data=folder, in_process=False)
    assert (done.returncode, done.stdout, done.stderr) == (
        0,
        f"nothing new: {first.result.snapshot_id} was built from the same inputs and is served\n",
        "",
    )
    path = loaders("path", data=folder).stdout.strip()
    with duckdb.connect(path, read_only=True) as connection:
        assert connection.execute("SELECT snapshot_id FROM snapshot").fetchone() == (
            first.result.snapshot_id,
        )


def test_a_changed_figure_is_a_new_snapshot_and_the_old_one_stays(first, folder):
    (folder / "curated" / "prices.csv").write_text(changed("prices", ",46,,", ",47,,"), "utf-8")
    made = build(folder, say=lambda text: None)
    now = snapshot.served(folder / "warehouse")
    assert now.snapshot_id == made.snapshot_id != first.result.snapshot_id
    assert now.problem is None
    assert snapshot.verify(snapshot.file_of(folder / "warehouse", first.result.snapshot_id)) is None
    assert ask("SELECT close FROM prices ORDER BY date", path=now.path)["close"][0] == 47


def test_a_published_file_carries_no_log_no_index_and_no_leftovers(first):
    names = {file.name for file in (first.folder / "warehouse").iterdir()}
    snapshot_id = first.result.snapshot_id
    assert names == {
        "CURRENT",
        "loader.lock",
        f"harbourview-{snapshot_id}.duckdb",
        f"harbourview-{snapshot_id}.sha256",
    }
    assert first.rows("SELECT count(*) FROM duckdb_indexes()") == [(0,)]


def test_a_file_that_begins_as_a_copy_of_an_empty_one_is_what_a_build_from_nothing_makes(
    first, tmp_path, monkeypatch
):
    monkeypatch.setattr("warehouse.definitions._empty", {})
    monkeypatch.setattr(
        definitions, "PART", 1
    )  # nor does it matter in how many parts the multiples are made
    whole = invented(tmp_path / "data", **GOOD)
    assert len(whole.rows("SELECT DISTINCT ticker FROM valuation")) > 1
    told = (
        "schema_name, table_name, sql, comment FROM duckdb_tables()",
        (
            "schema_name, table_name, column_name, column_index, data_type, is_nullable, "
            "column_default, comment FROM duckdb_columns()"
        ),
        # DuckDB prints what an EXCLUDE names in any order
        (
            "schema_name, view_name, list_sort(regexp_extract_all(sql, '\\w+')), comment FROM "
            "duckdb_views()"
        ),
        (
            "schema_name, function_name, parameters::VARCHAR, "
            "list_sort(regexp_extract_all(macro_definition, '\\w+')), comment FROM "
            "duckdb_functions()"
        ),
    )
    with duckdb.connect() as connection:
        for name, made in (("whole", whole), ("copied", first)):
            connection.execute(f"ATTACH '{made.served.path}' AS {name} (READ_ONLY)")
        tables = connection.execute(
            """
            SELECT schema_name || '.' || table_name
            FROM duckdb_tables()
            WHERE database_name = 'whole' AND table_name <> 'snapshot'
            """
        ).fetchall()
        questions = [
            f"SELECT {columns} WHERE NOT internal AND database_name = '{{0}}'" for columns in told
        ] + [
            f"SELECT * {'EXCLUDE (found_at) ' * (name == 'main.findings')}FROM {{0}}.{name}"
            for (name,) in tables
        ]
        assert len(questions) > 60
        for question in questions:
            one, other = question.replace("{0}", "whole"), question.replace("{0}", "copied")
            assert (
                connection.execute(
                    f"({one} EXCEPT ALL {other}) UNION ALL ({other} EXCEPT ALL {one})"
                ).fetchall()
                == []
            ), question


def test_check_publishes_nothing(folder):
    (folder / "curated" / "prices.csv").write_text(changed("prices", ",46,,", ",47,,"), "utf-8")
    before = sorted(file.name for file in (folder / "warehouse").iterdir())
    made = build(folder, publish=False, say=lambda text: None)
    assert made.snapshot_id is None
    assert made.rejected == []
    assert sorted(file.name for file in (folder / "warehouse").iterdir()) == before


def test_a_build_that_fails_on_the_way_leaves_the_served_one(first, folder, monkeypatch):
    (folder / "curated" / "prices.csv").write_text(changed("prices", ",46,,", ",47,,"), "utf-8")
    monkeypatch.setattr("loaders.checks.audit", lambda *given: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        build(folder, say=lambda text: None)
    assert snapshot.served(folder / "warehouse").snapshot_id == first.result.snapshot_id
    assert list((folder / "warehouse").glob("stage-*")) == []


@pytest.mark.parametrize("words", ["lots", "0MB", "2", "-1GB", "2GB; DROP TABLE prices"])
def test_a_build_with_a_memory_that_is_none_names_the_setting(folder, monkeypatch, words):
    monkeypatch.setenv("HARBOURVIEW_BUILD_MEMORY", words)
    done = loaders("build", data=folder)
    assert done.returncode == 2
    assert done.stderr.startswith(
        f"HARBOURVIEW_BUILD_MEMORY {words!r}: an amount of memory is expected, such as 500MB or "
        "2GB; nothing was published"
    )
    assert "Traceback" not in done.stderr
    assert snapshot.build_memory() != words


@pytest.mark.parametrize("words", ["500MB", "1.5 GiB", "2gb"])
def test_a_memory_that_is_one_is_what_a_build_may_take(monkeypatch, words):
    monkeypatch.setenv("HARBOURVIEW_BUILD_MEMORY", words)
    assert snapshot.build_memory() == words
    duckdb.connect(config={"memory_limit": words}).close()


def test_only_the_newest_snapshots_are_kept(folder):
    ids = [publish_copy(folder / "warehouse", day) for day in range(1, snapshot.KEPT + 3)]
    assert snapshot.published(folder / "warehouse") == ids[::-1][: snapshot.KEPT]
    assert len(list((folder / "warehouse").glob("*.sha256"))) == snapshot.KEPT


# What was refused ---------------------------------------------------------------------------------

WRONG = (
    "prices.csv:2 close 'abc': rule C07, not a number",
    "prices.csv:4 ticker '9998.HK': rule C10, no ticker of companies.csv; near: 9999.HK",
)


def spoil(folder):
    (folder / "curated" / "prices.csv").write_text(
        changed("prices", ",46,,", ",abc,,").replace("9999.HK", "9998.HK"), "utf-8"
    )


def test_a_refused_build_leaves_its_reasons_until_a_build_is_published(first, folder):
    before = time.time()
    spoil(folder)
    refused = build(folder, say=lambda text: None)
    found = snapshot.refusal(folder / "warehouse")
    assert found.lines == tuple(refused.rejected) == WRONG
    assert before - 1 <= found.at.timestamp() <= time.time()
    assert str(found.at.utcoffset()) == "8:00:00"
    record = json.loads((folder / "warehouse" / "refused.json").read_text("utf-8"))
    assert record == {
        "at": found.at.isoformat(),
        "inputs_sha256": found.inputs_sha256,
        "count": 2,
        "lines": list(WRONG),
    }
    assert len(found.inputs_sha256) == 64
    assert snapshot.served(folder / "warehouse").snapshot_id == first.result.snapshot_id
    (folder / "curated" / "prices.csv").write_text(changed("prices", ",46,,", ",47,,"), "utf-8")
    assert build(folder, say=lambda text: None).snapshot_id != first.result.snapshot_id
    assert snapshot.refusal(folder / "warehouse") is None
    assert not (folder / "warehouse" / "refused.json").exists()


def test_and_no_longer_once_the_inputs_are_again_those_served(first, folder):
    spoil(folder)
    build(folder, say=lambda text: None)
    (folder / "curated" / "prices.csv").write_text(GOOD["prices"].lstrip(), "utf-8")
    assert build(folder, say=lambda text: None).unchanged
    assert snapshot.refusal(folder / "warehouse") is None


def test_a_check_neither_records_nor_forgets_a_refusal(folder):
    spoil(folder)
    assert build(folder, publish=False, say=lambda text: None).rejected == list(WRONG)
    assert snapshot.refusal(folder / "warehouse") is None
    build(folder, say=lambda text: None)
    (folder / "curated" / "prices.csv").write_text(GOOD["prices"].lstrip(), "utf-8")
    assert build(folder, publish=False, say=lambda text: None).rejected == []
    assert snapshot.refusal(folder / "warehouse").lines == WRONG


def test_what_the_audit_refuses_is_recorded_too(folder):
    (folder / "curated" / "prices.csv").write_text(
        GOOD["prices"].lstrip().splitlines()[0] + "\n", "utf-8"
    )
    (line,) = build(folder, say=lambda text: None).rejected
    assert "rule A04, no price is loaded" in line
    assert snapshot.refusal(folder / "warehouse").lines == (line,)


def test_status_tells_people_and_machines_of_the_refusal_and_exits_2(first, folder):
    assert loaders("status", data=folder).returncode == 0
    spoil(folder)
    loaders("build", data=folder)
    said, told = (
        loaders("status", data=folder, in_process=False),
        loaders("status", "--json", data=folder, in_process=False),
    )
    assert said.returncode == told.returncode == 2
    assert said.stderr == told.stderr == ""
    lines = said.stdout.splitlines()
    assert lines[0].startswith(f"snapshot {first.result.snapshot_id}, ")
    assert lines[1].startswith("the last build, of ")
    assert lines[1].endswith(
        " HKT, was refused: 2 errors; what is served is the snapshot before it"
    )
    assert lines[2:4] == [f"  {line}" for line in WRONG]
    status = json.loads(told.stdout)
    assert status["refused"]["lines"] == list(WRONG)
    assert status["refused"]["count"] == 2
    assert status["snapshot_id"] == first.result.snapshot_id
    (folder / "curated" / "prices.csv").write_text(GOOD["prices"].lstrip(), "utf-8")
    loaders("build", data=folder)
    healed = loaders("status", "--json", data=folder)
    assert healed.returncode == 0
    assert json.loads(healed.stdout)["refused"] is None


def test_status_tells_of_a_first_build_that_was_refused(folder):
    shutil.rmtree(folder / "warehouse")
    spoil(folder)
    loaders("build", data=folder)
    done = loaders("status", data=folder)
    assert done.returncode == 2
    assert "run: python -m loaders build" in done.stderr
    assert "was refused: 2 errors; nothing is served yet" in done.stdout
    assert WRONG[0] in done.stdout


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b'{"at": 3}',
        b'{"at": "today", "inputs_sha256": "", "lines": []}',
        b"\xff\xfe",
        b'{"at": "2026-11-24T20:00:00+08:00", "inputs_sha256": "", "lines": 7}',
    ],
)
def test_a_damaged_record_is_said_and_breaks_nothing(folder, content):
    (folder / "warehouse" / "refused.json").write_bytes(content)
    assert "refused.json is damaged" in snapshot.refusal(folder / "warehouse").lines[0]
    assert "refused.json is damaged" in loaders("status", data=folder).stdout


# Rolling back -------------------------------------------------------------------------------------


def test_rollback_serves_the_one_before_and_a_name_serves_that_one(first, folder):
    later = publish_copy(folder / "warehouse", 1)
    done = loaders("rollback", data=folder)
    assert (done.returncode, done.stdout) == (0, f"serving {first.result.snapshot_id}\n")
    assert snapshot.served(folder / "warehouse").snapshot_id == first.result.snapshot_id
    done = loaders("rollback", data=folder)
    assert (done.returncode, done.stderr) == (
        2,
        f"there is no snapshot before {first.result.snapshot_id}\n",
    )
    assert loaders("rollback", later, data=folder).returncode == 0
    assert snapshot.served(folder / "warehouse").snapshot_id == later


def test_a_damaged_or_unknown_snapshot_is_not_rolled_back_to(first, folder):
    later = publish_copy(folder / "warehouse", 1)
    with open(snapshot.file_of(folder / "warehouse", first.result.snapshot_id), "r+b") as file:
        file.truncate(4096)
    for name in (first.result.snapshot_id, "19990101-000000-000000", "../../etc"):
        with pytest.raises(snapshot.NoSnapshot):
            snapshot.point_to(folder / "warehouse", name)
    assert snapshot.served(folder / "warehouse").snapshot_id == later


# Damage -------------------------------------------------------------------------------------------


def flip_a_byte(path):
    with open(path, "r+b") as file:
        file.seek(path.stat().st_size // 2)
        byte = file.read(1)
        file.seek(-1, os.SEEK_CUR)
        file.write(bytes([byte[0] ^ 1]))


def cut_in_half(path):
    os.truncate(path, path.stat().st_size // 2)


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (flip_a_byte, "is not the file that was published (its hash differs)"),
        (cut_in_half, "is not the file that was published (its hash differs)"),
        (lambda path: path.unlink(), "which is not here"),
        (lambda path: path.with_suffix(".sha256").unlink(), "has no recorded hash"),
        (
            lambda path: path.with_suffix(".duckdb.wal").write_bytes(b""),
            "has a write-ahead log beside it",
        ),
    ],
    ids=["byte flipped", "cut", "gone", "no hash", "stray log"],
)
def test_a_damaged_snapshot_gives_way_to_the_newest_good_one_and_says_so(
    first, folder, damage, said
):
    later = publish_copy(folder / "warehouse", 1)
    damage(snapshot.file_of(folder / "warehouse", later))
    now = snapshot.served(folder / "warehouse")
    assert now.snapshot_id == first.result.snapshot_id
    assert said in now.problem
    assert ask("SELECT count(*) AS n FROM prices", path=now.path)["n"][0] == 3


@pytest.mark.parametrize(
    "pointer",
    [b"", b"\n", b"nonsense\n", b"\xff\xfe\x00", b"../../elsewhere\n", None],
    ids=["empty", "blank", "nonsense", "bytes", "path", "gone"],
)
def test_a_pointer_that_names_nothing_serves_the_newest_good_one_and_says_so(folder, pointer):
    later = publish_copy(folder / "warehouse", 1)
    current = folder / "warehouse" / "CURRENT"
    current.unlink() if pointer is None else current.write_bytes(pointer)
    now = snapshot.served(folder / "warehouse")
    said = "the pointer CURRENT is missing" if pointer is None else "the pointer names"
    assert now.snapshot_id == later
    assert said in now.problem


def test_where_nothing_can_be_verified_nothing_is_served(folder):
    cut_in_half(snapshot.served(folder / "warehouse").path)
    with pytest.raises(
        snapshot.NoSnapshot, match="no other snapshot .* run: python -m loaders build"
    ):
        snapshot.served(folder / "warehouse")


def test_status_warns_of_it_and_exits_2_and_the_next_build_heals_it(first, folder):
    later = publish_copy(folder / "warehouse", 1)
    flip_a_byte(snapshot.file_of(folder / "warehouse", later))
    done = loaders("status", data=folder)
    assert done.returncode == 2
    assert f"snapshot {first.result.snapshot_id}" in done.stdout
    assert "warning: " in done.stdout
    assert "Traceback" not in done.stderr
    healed = build(folder, say=lambda text: None)
    assert not healed.unchanged
    now = snapshot.served(folder / "warehouse")
    assert now.problem is None
    assert now.snapshot_id == healed.snapshot_id


# At the same time ---------------------------------------------------------------------------------


def test_a_second_loader_exits_4_and_names_the_first_while_it_is_at_work(folder):
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(folder / "warehouse")],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as holder:
        assert holder.stdout.readline() == "held\n"
        done = loaders("build", data=folder, in_process=False)
        rolled = loaders("rollback", data=folder)
        holder.stdin.close()
    assert done.returncode == rolled.returncode == 4
    assert re.fullmatch(
        (
            rf"another loader \(process {holder.pid}, for \d+ s\) is at work in "
            rf"{re.escape(str(folder / 'warehouse'))}; nothing was changed\n"
        ),
        done.stderr,
    )
    assert loaders("build", data=folder).returncode == 0


def test_the_lock_of_a_killed_loader_frees_itself(folder):
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(folder / "warehouse")],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as holder:
        assert holder.stdout.readline() == "held\n"
        holder.kill()
    with snapshot.lock(folder / "warehouse"):
        pass


@pytest.mark.skipif(os.name != "posix", reason="SIGKILL is of POSIX")
def test_a_build_killed_at_any_moment_leaves_the_served_one_and_the_next_build_cleans_up(
    first, folder
):
    (folder / "curated" / "prices.csv").write_text(changed("prices", ",46,,", ",47,,"), "utf-8")
    command = [sys.executable, "-m", "loaders", "build"]
    killed = left = 0
    for wait in (0.0, 0.15, 0.3, 0.6):
        with subprocess.Popen(
            command,
            cwd=ROOT,
            env=os.environ | {"HARBOURVIEW_DATA": str(folder)},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        ) as loader:
            deadline = time.monotonic() + 10
            while (
                not list((folder / "warehouse").glob("stage-*.duckdb"))
                and loader.poll() is None
                and time.monotonic() < deadline
            ):
                time.sleep(0.01)
            time.sleep(wait)
            killed += loader.poll() is None
            loader.send_signal(signal.SIGKILL)
        assert snapshot.served(folder / "warehouse").problem is None
        if snapshot.served(folder / "warehouse").snapshot_id != first.result.snapshot_id:
            break  # fast enough to be done before the blow
        left += bool(list((folder / "warehouse").glob("stage-*")))
    assert killed
    assert left
    made = build(folder, say=lambda text: None)
    assert snapshot.served(folder / "warehouse").snapshot_id == made.snapshot_id
    assert list((folder / "warehouse").glob("stage-*")) == []


def test_readers_see_no_error_and_no_mixture_during_ten_publishes(folder, monkeypatch):
    monkeypatch.setenv("HARBOURVIEW_DATA", str(folder))
    monkeypatch.delenv("HARBOURVIEW_WAREHOUSE", raising=False)
    seen, wrong, done = set(), [], threading.Event()

    def read():
        while not done.is_set():
            try:
                now = served()
                answered = ask(
                    "SELECT snapshot_id, (SELECT count(*) FROM prices) AS n FROM snapshot",
                    path=now.path,
                ).iloc[0]
                seen.add(now.snapshot_id)
                if (answered["snapshot_id"], answered["n"]) != (now.snapshot_id, 3) or now.problem:
                    wrong.append((now, tuple(answered)))
            except Exception as error:  # whatever it is, a reader must not see it
                wrong.append(error)

    readers = [threading.Thread(target=read) for _ in range(4)]
    for reader in readers:
        reader.start()
    try:
        ids = [publish_copy(folder / "warehouse", day) for day in range(1, 11)]
        time.sleep(0.1)
    finally:
        done.set()
        for reader in readers:
            reader.join()
    assert wrong == []
    assert ids[-1] in seen
    assert len(seen) > 2


def test_each_question_has_its_own_cursor_so_threads_get_their_own_answers(first):
    path, wrong = first.served.path, []

    def question(thread: int):
        for number in range(40):
            answered = ask(
                """
                SELECT ? AS thread, ? AS number, count(*) AS n
                FROM sessions
                WHERE session > make_date(2000 + ?, 1, 1)
                """,
                [thread, number, thread],
                path=path,
            ).iloc[0]
            expected = ask(
                "SELECT count(*) AS n FROM sessions WHERE year(session) >= 2000 + ?",
                [thread],
                path=path,
            )["n"][0]
            if (answered["thread"], answered["number"], answered["n"]) != (
                thread,
                number,
                expected,
            ):
                wrong.append((thread, number, tuple(answered)))

    threads = [threading.Thread(target=question, args=(thread,)) for thread in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


@pytest.mark.parametrize(
    "question",
    [
        "CREATE TABLE t (a INT)",
        "DELETE FROM prices",
        "SELECT * FROM read_csv('{path}')",
        "COPY prices TO '{path}.csv'",
        "ATTACH '{path}.other'",
        "SET enable_external_access = true",
    ],
)
def test_a_question_can_neither_write_nor_reach_another_file(first, question):
    csv_file = first.folder / "curated" / "prices.csv"
    with pytest.raises(duckdb.Error):
        ask(question.format(path=csv_file), path=first.served.path)


def test_a_warehouse_that_is_named_and_missing_is_said_by_name(tmp_path, monkeypatch):
    monkeypatch.setenv("HARBOURVIEW_WAREHOUSE", str(tmp_path / "gone.duckdb"))
    with pytest.raises(
        snapshot.NoSnapshot, match="HARBOURVIEW_WAREHOUSE names .*gone.duckdb, which does not exist"
    ):
        served()


def test_a_named_warehouse_is_served_in_place_of_the_pointer(first, monkeypatch):
    monkeypatch.setenv("HARBOURVIEW_WAREHOUSE", str(first.served.path))
    assert served().path == first.served.path
    assert served().snapshot_id == first.result.snapshot_id


# Two rules of DuckDB ------------------------------------------------------------------------------


def is_arrow(value: ast.expr, module: ast.Module) -> bool:
    """Whether an expression is an Arrow table: pa.table(...), one of ours that returns one, or a
    name assigned from these.
    """
    if isinstance(value, ast.Call):
        return ast.unparse(value.func) in ("pa.table", "arrow_of", "cross_rates")
    given = [
        node.value
        for node in ast.walk(module)
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == ast.unparse(value)
    ]
    return bool(given) and all(is_arrow(one, module) for one in given)


@pytest.mark.parametrize(
    "path",
    sorted([*ROOT.glob("loaders/*.py"), *ROOT.glob("warehouse/*.py")]),
    ids=lambda path: f"{path.parent.name}.{path.stem}",
)
def test_no_pandas_frame_is_given_to_duckdb(path):
    module = source.tree(path)
    annotations = {
        id(node)
        for owner in ast.walk(module)
        for held in (getattr(owner, "returns", None), getattr(owner, "annotation", None))
        if held is not None
        for node in ast.walk(held)
    }
    used = [
        node
        for node in ast.walk(module)
        if isinstance(node, ast.Name)
        and node.id in ("pd", "pandas")
        and id(node) not in annotations
    ]
    assert used == []
    for call in (
        node
        for node in ast.walk(module)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
    ):
        assert call.func.attr not in (
            "from_df",
            "from_arrow",
            "append",
            "df_to_sql",
        ) or not ast.unparse(call.func).startswith(("duckdb.", "connection."))
        if call.func.attr == "register":
            assert is_arrow(call.args[1], module), ast.unparse(call)


# Damaged files beside the snapshots ---------------------------------------------------------------


def as_folder(path):
    if path.is_dir():
        return
    path.unlink(missing_ok=True)
    path.mkdir()
    (path / "inside").write_text("kept")


DAMAGE = {
    "a foreign byte in the hash file": lambda folder, name: (
        folder / f"harbourview-{name}.sha256"
    ).write_bytes(b"\xff\xfe"),
    "a hash file that is a folder": lambda folder, name: as_folder(
        folder / f"harbourview-{name}.sha256"
    ),
    "a snapshot that is a folder": lambda folder, name: as_folder(
        folder / f"harbourview-{name}.duckdb"
    ),
    "a pointer that is a folder": lambda folder, name: as_folder(folder / "CURRENT"),
    "foreign bytes in the pointer": lambda folder, name: (folder / "CURRENT").write_bytes(
        b"\xff\x00\xfe"
    ),
    "an empty pointer": lambda folder, name: (folder / "CURRENT").write_bytes(b""),
    "a half pointer that is a folder": lambda folder, name: as_folder(folder / "CURRENT.new"),
    "pins that are a folder": lambda folder, name: as_folder(folder / "pins.txt"),
    "foreign bytes in the pins": lambda folder, name: (folder / "pins.txt").write_bytes(
        b"\xff\xfe"
    ),
    "a record of a rejection that is a folder": lambda folder, name: as_folder(
        folder / "refused.json"
    ),
    "a lock that is a folder": lambda folder, name: as_folder(folder / "loader.lock"),
    "a holder that is a folder": lambda folder, name: as_folder(folder / "loader.pid"),
}


@pytest.fixture
def two(first, folder):
    """A data folder with two snapshots: (folder, the earlier id, the served id)."""
    (folder / "curated" / "prices.csv").write_text(changed("prices", ",46,,", ",47,,"), "utf-8")
    return folder, first.result.snapshot_id, build(folder, say=lambda text: None).snapshot_id


@pytest.mark.parametrize("damage", DAMAGE, ids=lambda name: name.replace(" ", "-"))
def test_a_damaged_file_beside_the_snapshots_stops_no_command(two, damage):
    folder, earlier, later = two
    DAMAGE[damage](folder / "warehouse", later)
    for command in (
        ["status"],
        ["path"],
        ["check"],
        ["pin", earlier],
        ["rollback", earlier],
        ["rollback", later],
    ):
        done = loaders(
            *command, data=folder
        )  # an exception that is not handled fails the test here
        assert done.returncode in (0, 2)
        assert "Traceback" not in done.stderr
        assert "Errno" not in done.stderr


@pytest.mark.parametrize("damage", DAMAGE, ids=lambda name: name.replace(" ", "-"))
def test_a_damaged_file_beside_the_snapshots_is_replaced_by_the_next_build(two, damage):
    folder, earlier, later = two
    warehouse = folder / "warehouse"
    DAMAGE[damage](warehouse, later)
    now = snapshot.served(warehouse)
    assert now.snapshot_id in (earlier, later)
    assert snapshot.verify(now.path) is None
    done = loaders("build", data=folder)
    assert done.returncode == 0, done.stderr
    now = snapshot.served(warehouse)
    assert now.problem is None
    assert now.snapshot_id >= later
    assert earlier in snapshot.published(warehouse)
    assert all((aside / "inside").read_text() == "kept" for aside in warehouse.glob("*.damaged-*"))


@pytest.mark.parametrize(
    "damage",
    [
        "a foreign byte in the hash file",
        "a pointer that is a folder",
        "foreign bytes in the pointer",
    ],
)
def test_a_page_shows_the_snapshot_before_where_a_file_beside_it_is_damaged(
    warehouse, tmp_path, monkeypatch, damage
):
    folder = shutil.copytree(warehouse.folder, tmp_path / "data")
    monkeypatch.setenv("HARBOURVIEW_DATA", str(folder))
    earlier = snapshot.served(folder / "warehouse").snapshot_id
    later = publish_copy(folder / "warehouse", 0)
    DAMAGE[damage](folder / "warehouse", later)
    at = run_page("data")  # fails on an exception
    assert (earlier if "hash" in damage else later) in words(at)
    assert at.warning
    assert "hash" in at.warning[0].value or "pointer" in at.warning[0].value
