"""Warehouses for tests: one of the repository's own figures, kept between runs, and invented ones;
and the command line on a data folder.
"""

import hashlib
import io
import os
import pickle
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import pytest
from filelock import FileLock

from loaders import __main__ as commands
from loaders.build import Result, build, inputs_of
from warehouse import snapshot
from warehouse.ask import ask as ask_file

ROOT = Path(__file__).resolve().parent.parent.parent
CURATED = ROOT / "data" / "curated"


@dataclass(frozen=True)
class Built:
    """A data folder with what its build came to, and a way to ask the snapshot it serves."""

    folder: Path
    result: Result

    @property
    def served(self) -> snapshot.Served:
        return snapshot.served(self.folder / "warehouse")

    def ask(self, question: str, *parameters) -> pd.DataFrame:
        return ask_file(question, parameters, self.served.path)

    def rows(self, question: str, *parameters) -> list[tuple]:
        """The answer as plain tuples, absent figures as None."""
        frame = self.ask(question, *parameters)
        return [
            tuple(None if pd.isna(value) else value for value in row)
            for row in frame.itertuples(index=False, name=None)
        ]


def built(
    folder: Path, curated: dict[str, str] | None = None, landed: dict[str, str] | None = None
) -> Built:
    """Build in folder: the repository's curated files with those of curated put in their place, and
    landed price files.
    """
    (folder / "prices").mkdir(parents=True, exist_ok=True)
    if not (folder / "curated").exists():
        shutil.copytree(CURATED, folder / "curated")
    for name, text in (curated or {}).items():
        (folder / "curated" / f"{name}.csv").write_text(text, "utf-8")
    for name, text in (landed or {}).items():
        (folder / "prices" / f"{name}.csv").write_text(text, "utf-8")
    return Built(folder, build(folder, say=lambda text: None))


def invented(folder: Path, **curated: str) -> Built:
    """Build in folder from nothing but these CSV texts, one for each table."""
    (folder / "curated").mkdir(parents=True, exist_ok=True)
    return built(folder, {name: text.lstrip() for name, text in curated.items()})


def publish_copy(folder: Path, number: int) -> str:
    """Publish a copy of the snapshot that a warehouse folder serves under a later name, as a loader
    would, without a build; returns its id.
    """
    snapshot_id = f"2099{1 + number // 28:02d}{1 + number % 28:02d}-000000-{number:06x}"
    staged = folder / f"stage-{snapshot_id}.duckdb"
    shutil.copyfile(snapshot.served(folder).path, staged)
    with duckdb.connect(str(staged)) as connection:
        connection.execute("UPDATE snapshot SET snapshot_id = ?", [snapshot_id])
        connection.execute("CHECKPOINT")
    snapshot.publish(folder, staged, snapshot_id)
    return snapshot_id


def loaders(*arguments: str, data, in_process: bool = True) -> subprocess.CompletedProcess:
    """Run the command line on a data folder: within this process, or as a scheduler does."""
    if in_process:
        said, told = io.StringIO(), io.StringIO()
        with pytest.MonkeyPatch.context() as patch, redirect_stdout(said), redirect_stderr(told):
            patch.setenv("HARBOURVIEW_DATA", str(data))
            return subprocess.CompletedProcess(
                arguments, commands.main(list(arguments)), said.getvalue(), told.getvalue()
            )
    return subprocess.run(
        [sys.executable, "-m", "loaders", *arguments],
        cwd=ROOT,
        env=os.environ | {"HARBOURVIEW_DATA": str(data)},
        capture_output=True,
        text=True,
        timeout=60,
    )


# Kept between runs --------------------------------------------------------------------------------

KEPT = ROOT / ".pytest_cache" / "harbourview"
KEPT_FOLDERS = 40  # those last asked for


def kept(name: str, make: Callable[[Path], Any]) -> Any:
    """What make(folder) answers, made once for the day, the code, the repository's figures, this
    package and the module that make is written in. All workers and later runs get the same folder,
    so no test writes into it; a test that must takes a copy.
    """
    folder = KEPT / f"{date.today():%Y%m%d}-{_hash_for(make)}-{name}"
    done = folder.with_suffix(".done")
    KEPT.mkdir(parents=True, exist_ok=True)
    with FileLock(folder.with_suffix(".lock")):
        if not done.exists():
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir()
            done.write_bytes(pickle.dumps(make(folder)))
            _forget_old_ones()
    done.touch()
    return pickle.loads(done.read_bytes())


def _hash_for(make: Callable) -> str:
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "curated").symlink_to(CURATED, target_is_directory=True)
        whole = hashlib.sha256(inputs_of(Path(folder)).sha256.encode())
    for module in (*sorted(Path(__file__).parent.glob("*.py")), Path(make.__code__.co_filename)):
        whole.update(module.read_bytes())
    return whole.hexdigest()[:16]


def _forget_old_ones() -> None:
    used = sorted(KEPT.glob("*.done"), key=lambda path: path.stat().st_mtime)
    for old in used[:-KEPT_FOLDERS]:
        old.unlink(missing_ok=True)
        old.with_suffix(".lock").unlink(missing_ok=True)
        shutil.rmtree(old.with_suffix(""), ignore_errors=True)


def kept_warehouse() -> Built:
    """The warehouse of the repository's own figures."""
    return kept("warehouse", lambda folder: built(folder))


def copy_of(made: Built, folder: Path) -> Built:
    """A copy of a built folder, to be changed."""
    return Built(shutil.copytree(made.folder, folder), made.result)
