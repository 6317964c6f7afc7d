"""A warehouse in a firm's engine: the same answers as the file, no torn read and no lost
publication, and one that does not answer is told in a sentence, without a password.
"""

import importlib.util
import os
import shutil
import subprocess
import sys
import threading
import time
import urllib.request
from datetime import date
from pathlib import Path

import pandas as pd
import pytest
from test_contract import MACROS

from tests.support import screen
from tests.support.browser import ROOT, free_port
from tests.support.invention import companies_of, csv_of, sessions, sources_of
from tests.support.warehouses import invented, loaders
from warehouse import ask as asking
from warehouse import engine, snapshot
from warehouse.ask import ask as ask_served
from warehouse.ask import served

pytestmark = pytest.mark.system


PLACES = [
    *sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True),
    *([Path(found).parent] if (found := shutil.which("initdb")) else []),
]
CANNOT = (
    "NO ENGINE: install postgresql and requirements-ducklake.txt; the warehouse in a "
    "DuckLake is not proven by this run"
)


@pytest.mark.parametrize(
    "address",
    [
        "ducklake:{folder}/none/catalog.ducklake",
        "ducklake:postgres:host=127.0.0.1 port=1 dbname=none password=secret",
        "quack:localhost:9494",
    ],
)
def test_an_engine_that_does_not_answer_is_a_sentence(tmp_path, monkeypatch, address):
    monkeypatch.setenv("HARBOURVIEW_LAKE_FILES", str(tmp_path / "files"))
    monkeypatch.setenv("HARBOURVIEW_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("HARBOURVIEW_WAREHOUSE", address.format(folder=tmp_path))
    at = screen.run_page("overview")
    assert len(at.error) == 1
    assert "secret" not in at.error[0].value
    assert "Traceback" not in at.error[0].value
    done = loaders("status", data=tmp_path / "data")
    assert done.returncode == 2
    assert "secret" not in done.stdout + done.stderr
    assert "Traceback" not in done.stderr


# A lake with its catalog in PostgreSQL ------------------------------------------------------------


class Postgres:
    """A database server of our own on a port of this machine.

    PostgreSQL refuses to run as root: then as its own user.
    """

    def __init__(self, folder: Path) -> None:
        self.bin, self.folder, self.port = PLACES[0], folder, free_port()
        self.user = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
        if self.user:
            shutil.chown(folder, "postgres")
        self._run("initdb", "-D", str(folder / "db"), "-A", "trust", "-U", "postgres", "--no-sync")
        self.start()

    def _run(self, program: str, *arguments: str) -> None:
        subprocess.run(
            [*self.user, str(self.bin / program), *arguments],
            check=True,
            cwd=self.folder,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=120,
        )

    def lake(self, name: str) -> str:
        """The address of a lake whose catalog is a new database."""
        self._run("createdb", "-h", "127.0.0.1", "-p", str(self.port), "-U", "postgres", name)
        return f"ducklake:postgres:host=127.0.0.1 port={self.port} dbname={name} user=postgres"

    def start(self) -> None:
        self._run(
            "pg_ctl",
            "-D",
            str(self.folder / "db"),
            "-o",
            f"-p {self.port} -c listen_addresses=127.0.0.1 -c fsync=off -k {self.folder}",
            "-w",
            "start",
        )

    def stop(self) -> None:
        self._run("pg_ctl", "-D", str(self.folder / "db"), "-m", "immediate", "-w", "stop")


@pytest.fixture(scope="module")
def postgres(tmp_path_factory):
    if (
        not PLACES
        or not importlib.util.find_spec("duckdb_extension_ducklake")
        or (os.geteuid() == 0 and not shutil.which("runuser"))
    ):
        pytest.skip(CANNOT)
    folder = tmp_path_factory.mktemp("postgres")
    for place in (folder, *folder.parents):  # its own user must reach it
        if place.stat().st_uid == os.geteuid() and place != Path("/"):
            place.chmod(place.stat().st_mode | 0o011)
    server = Postgres(folder)
    yield server
    server.stop()


def published(warehouse, folder: Path) -> engine.Lake:
    """The repository's own figures, published to the lake that HARBOURVIEW_WAREHOUSE names; folder:
    a place for a copy of them.
    """
    staged = folder / "staged.duckdb"
    shutil.copyfile(warehouse.served.path, staged)
    engine.published_to(folder).publish(staged, warehouse.served.snapshot_id)
    staged.unlink()
    return engine.chosen()


@pytest.fixture(scope="module")
def lake(postgres, warehouse, tmp_path_factory):
    """HARBOURVIEW_WAREHOUSE names a lake that holds the repository's own figures; the engine
    on it.
    """
    folder = tmp_path_factory.mktemp("lake")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HARBOURVIEW_WAREHOUSE", postgres.lake("lake"))
        patch.setenv("HARBOURVIEW_LAKE_FILES", str(folder))
        yield published(warehouse, folder)


def test_every_table_view_and_macro_answers_as_the_file_does(lake, warehouse):
    """Row by row, to the last bits, which the order of adding may change."""
    now = served()
    assert now.snapshot_id == warehouse.served.snapshot_id
    assert isinstance(now.path, snapshot.Version)
    names = ask_served(
        """
        SELECT DISTINCT CASE schema_name WHEN 'main' THEN '' ELSE schema_name || '.'
            END || table_name AS name
        FROM duckdb_columns()
        WHERE NOT internal
        ORDER BY 1
        """,
        (),
        warehouse.served.path,
    )["name"].tolist()
    assert len(names) > 60
    for question, values in [
        *((f"SELECT * FROM {name} ORDER BY ALL", ()) for name in names),
        *(
            (
                f"SELECT * FROM {name}({arguments}) ORDER BY {', '.join(key.split())}",
                (date(2025, 12, 31),),
            )
            for name, (arguments, key, _) in MACROS.items()
        ),
    ]:
        pd.testing.assert_frame_equal(
            ask_served(question, values, now.path),
            ask_served(question, values, warehouse.served.path),
            check_exact=False,
            rtol=1e-12,
            obj=question,
        )


def test_the_latest_evening_moves_with_each_publication_and_stays_with_the_one_before(
    postgres, tmp_path, monkeypatch
):
    days, places = sessions("2026-06-01", "2026-07-31"), {}
    monkeypatch.delenv("HARBOURVIEW_WAREHOUSE", raising=False)
    made = {
        evening: invented(
            tmp_path / evening.isoformat(),
            companies=companies_of({"ticker": "1111.HK"}),
            sources=sources_of(),
            prices=csv_of(
                "prices",
                [
                    {"ticker": "1111.HK", "date": day, "close": 100, "frequency": "daily"}
                    for day in days
                    if day <= evening
                ],
            ),
        )
        for evening in days[-2:]
    }
    monkeypatch.setenv("HARBOURVIEW_WAREHOUSE", postgres.lake("evenings"))
    monkeypatch.setenv("HARBOURVIEW_LAKE_FILES", str(tmp_path / "files"))
    for evening, one in made.items():
        places[evening] = (
            one.served.path,
            published(one, tmp_path).kept(one.served.snapshot_id).path,
        )
    asked = """
        SELECT latest_evening() AS evening, (
            SELECT count(*) FROM price_latest(?)
        ) AS lines, (SELECT max(date) FROM valuation_percentiles(?, 5)) AS valued
        """
    for evening, (file, version) in places.items():
        for day in days[-2:]:
            told = [
                ask_served(asked, (day, day), place).iloc[0].tolist() for place in (file, version)
            ]
            assert told[0] == told[1] == [pd.Timestamp(evening), 1, pd.Timestamp(min(day, evening))]


@pytest.mark.parametrize("page", ["overview", "valuation"])
def test_a_page_shows_the_same_from_the_lake(lake, warehouse, page, monkeypatch):
    from_lake = screen.run_page(page, t="0700.HK", as_of="2026-07-31")
    monkeypatch.delenv("HARBOURVIEW_WAREHOUSE")
    from_file = screen.run_page(page, t="0700.HK", as_of="2026-07-31")
    assert screen.words(from_lake) == screen.words(from_file)
    assert screen.figures(from_lake) == screen.figures(from_file)


def test_a_rollback_and_a_pin_change_no_figure(lake, warehouse, tmp_path):
    before = served().snapshot_id
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "tests.support.lake_writer",
            str(warehouse.served.path),
            "1",
            "9",
        ],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=120,
    )
    newest = done.stdout.split()[1]
    assert done.stdout.startswith("published "), done.stdout + done.stderr
    assert set(lake.versions()) >= {before, newest}
    told = loaders("rollback", data=tmp_path)
    assert (
        told.returncode == 0 and lake.versions() and engine.chosen().served().snapshot_id == before
    ), told.stdout + told.stderr
    earlier = lake.kept(newest)
    assert (
        ask_served("SELECT name_en FROM companies WHERE ticker = '0700.HK'", (), earlier.path)[
            "name_en"
        ].iloc[0]
        == newest
    )
    assert loaders("pin", newest, data=tmp_path).returncode == 0
    assert [one.snapshot_id for one in lake.shelf(before) if one.is_pinned] == [newest]


def test_a_catalog_that_is_started_again_is_asked_again(lake, postgres):
    assert served().snapshot_id
    postgres.stop()
    try:
        with pytest.raises(snapshot.NoSnapshot, match="cannot be reached|not answer|published"):
            for _ in range(50):
                lake._head("SELECT 1")
    finally:
        postgres.start()
    assert lake._head("SELECT 1") == [(1,)]
    assert len(ask_served("SELECT * FROM snapshot"))


@pytest.mark.proof
def test_two_writers_and_four_readers_at_once_lose_nothing_and_tear_nothing(lake, warehouse):
    over, torn, seen, faults = threading.Event(), [], set(), []

    def read() -> None:
        while not over.is_set():
            try:
                now = served()
                rows = ask_served(
                    """
                    SELECT s.snapshot_id, c.name_en
                    FROM snapshot AS s, companies AS c
                    WHERE c.ticker = '0700.HK'
                    """,
                    (),
                    now.path,
                ).iloc[0]
            except Exception as error:  # noqa: BLE001 - every fault of a reader counts
                faults.append(str(error))
                continue
            seen.add(rows["snapshot_id"])
            if rows["snapshot_id"] != now.snapshot_id or (
                rows["name_en"] != rows["snapshot_id"] and rows["name_en"].startswith("20")
            ):
                torn.append(tuple(rows))

    readers = [threading.Thread(target=read) for _ in range(4)]
    for reader in readers:
        reader.start()
    writers = [
        subprocess.Popen(
            [
                sys.executable,
                "-m",
                "tests.support.lake_writer",
                str(warehouse.served.path),
                "6",
                str(number),
            ],
            cwd=ROOT,
            env=os.environ | {"PYTHONPATH": str(ROOT)},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for number in (1, 2)
    ]
    told = [writer.communicate(timeout=280) for writer in writers]
    over.set()
    for reader in readers:
        reader.join()
    assert [writer.returncode for writer in writers] == [0, 0], told
    acknowledged = {
        line.split()[1]
        for said, _ in told
        for line in said.splitlines()
        if line.startswith("published")
    }
    assert len(acknowledged) >= 6
    assert acknowledged <= set(lake.versions())
    assert not torn and not faults and len(seen) >= 3, (torn[:3], faults[:3], seen)


# Its files in an object store ---------------------------------------------------------------------


@pytest.fixture(scope="module")
def store():
    """An object store of our own on a port of this machine: its address."""
    if not importlib.util.find_spec("moto") or not importlib.util.find_spec(
        "duckdb_extension_httpfs"
    ):
        pytest.skip(
            "NO STORE: install moto[s3,server] and requirements-ducklake.txt; a DuckLake in an "
            "object store is not proven by this run"
        )
    port = free_port()
    serving = subprocess.Popen(
        [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        for _ in range(300):
            try:
                urllib.request.urlopen(
                    urllib.request.Request(f"http://127.0.0.1:{port}/desk", method="PUT"), timeout=5
                ).close()
                break
            except OSError:
                time.sleep(0.1)
        yield f"http://127.0.0.1:{port}"
    finally:
        serving.terminate()
        serving.wait(10)


@pytest.fixture
def in_store(store, monkeypatch):
    """The environment of a machine that knows the store."""
    for name, value in {
        "HARBOURVIEW_LAKE_FILES": "s3://desk/harbourview/",
        "AWS_ACCESS_KEY_ID": "desk",
        "AWS_SECRET_ACCESS_KEY": "not-for-anyone",
        "AWS_ENDPOINT_URL": store,
    }.items():
        monkeypatch.setenv(name, value)
    return store


@pytest.fixture
def lake_in_store(in_store, postgres, warehouse, tmp_path, monkeypatch):
    """A lake of its own that holds the repository's own figures in the store."""
    monkeypatch.setenv("HARBOURVIEW_WAREHOUSE", postgres.lake("in_store"))
    return published(warehouse, tmp_path)


def test_a_lake_in_an_object_store_answers_as_the_file_does_and_reaches_nothing_else(
    lake_in_store, in_store, warehouse, monkeypatch
):
    now = served()
    for question, values in [
        ("SELECT * FROM valuation ORDER BY ALL", ()),
        ("SELECT * FROM overview(?, 5, 'adjusted') ORDER BY ticker", (date(2025, 12, 31),)),
        ("SELECT * FROM buyback_ytd(?) ORDER BY ticker", (date(2025, 11, 21),)),
    ]:
        pd.testing.assert_frame_equal(
            ask_served(question, values, now.path),
            ask_served(question, values, warehouse.served.path),
            check_exact=False,
            rtol=1e-12,
            obj=question,
        )
    urllib.request.urlopen(
        urllib.request.Request(f"{in_store}/desk/elsewhere.csv", data=b"a\n1\n", method="PUT"),
        timeout=10,
    ).close()
    for question in (
        "FROM read_csv('s3://desk/elsewhere.csv')",
        f"FROM read_csv('{in_store}/desk/elsewhere.csv')",
        "FROM read_csv('/etc/passwd')",
    ):
        with pytest.raises(snapshot.NoSnapshot, match="disabled by configuration"):
            ask_served(question, (), now.path)
    with pytest.raises(
        snapshot.NoSnapshot
    ) as said:  # a store that is gone is a sentence that tells no secret
        asking._forget(now.path)
        monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{free_port()}")
        ask_served("SELECT max(value) FROM valuation", (), now.path)
    assert "cannot be reached" in str(said.value)
    assert "not-for-anyone" not in str(said.value)
