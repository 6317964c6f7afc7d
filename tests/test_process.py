"""Settings of the process: made by the app, and by no import."""

import os
import subprocess
import sys

import pytest

from tests.support.warehouses import ROOT

pytestmark = pytest.mark.system


SETTINGS = """
import gc, os
import pandas as pd

def settings():
    return (
        gc.get_threshold(), gc.get_freeze_count(), gc.isenabled(), pd.options.mode.string_storage,
        pd.options.styler.render.max_elements, os.environ.get("DUCKDB_JE_MALLOC_CONF"),
    )

before = settings()
"""


def in_a_process_of_its_own(code: str, **settings: str) -> subprocess.CompletedProcess:
    environment = {
        name: value for name, value in os.environ.items() if name != "DUCKDB_JE_MALLOC_CONF"
    }
    return subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env=environment | settings,
        capture_output=True,
        text=True,
        timeout=60,
    )


@pytest.mark.parametrize(
    "modules",
    [
        "ui.memory, ui.answers, ui.frame, ui.pack, ui.process, ui.compat, ui.tables, ui.pictures",
        "warehouse.engine, loaders.build, loaders.prices.yahoo",
    ],
)
def test_an_import_changes_no_setting_of_the_process(modules):
    told = in_a_process_of_its_own(
        f"{SETTINGS}\nimport {modules}\nassert settings() == before, (before, settings())"
    )
    assert told.returncode == 0, told.stderr


def test_the_app_makes_all_settings_once():
    told = in_a_process_of_its_own(
        f"""{SETTINGS}
from ui import process
process.before_duckdb()
import ui.frame
process.configure()
after = settings()
assert after[0] == (20_000, 20, 20) and after[1] > 50_000, after
assert after[3] == "python" and "dirty_decay_ms:500" in after[5], after
gc.set_threshold(1, 2, 3)
process.configure()
assert gc.get_threshold() == (1, 2, 3), "made a second time"
"""
    )
    assert told.returncode == 0, told.stderr


def test_only_the_app_makes_settings():
    calls = ("gc.freeze(", "gc.set_threshold(", "gc.collect(", "pd.options.mode", "pd.set_option(")
    of_ours = [
        path
        for layer in ("ui", "pages", "warehouse", "loaders")
        for path in ROOT.glob(f"{layer}/**/*.py")
    ]
    assert {
        path.relative_to(ROOT).as_posix()
        for path in of_ours
        if any(call in path.read_text("utf-8") for call in calls)
    } == {"ui/process.py"}
    assert {
        path.relative_to(ROOT).as_posix()
        for path in (*of_ours, ROOT / "app.py")
        if "process.configure(" in (text := path.read_text("utf-8"))
        or "process.before_duckdb(" in text
    } == {"app.py", "ui/main.py"}


@pytest.mark.skipif(
    sys.platform != "linux", reason="DuckDB has an allocator of its own on Linux only"
)
def test_duckdb_is_told_to_give_memory_back_before_it_is_imported():
    told = in_a_process_of_its_own(
        "import sys, os, app; print('_duckdb' in sys.modules, os.environ['DUCKDB_JE_MALLOC_CONF']);"
        "import duckdb; duckdb.connect().execute('SELECT 1')"
    )
    assert told.stdout.startswith("False background_thread:true"), told.stderr
    assert "jemalloc" not in told.stderr
    wrong = in_a_process_of_its_own(
        "import app, duckdb; duckdb.connect().execute('SELECT 1')",
        DUCKDB_JE_MALLOC_CONF="nonsense:1",
    )
    assert "Invalid conf pair: nonsense:1" in wrong.stderr  # so the right words are read too
