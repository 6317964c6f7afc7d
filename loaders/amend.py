"""Change curated files in one step: what a build would refuse never gets there, and a reader sees
all the old files or all the new.

The new files are first written whole beside the old ones. From the moment their folder has its
final name they are the
truth: a process that is killed later has its moves made by the next loader.
"""

import csv
import io
import os
import re
import shutil
from collections.abc import Iterable, Mapping
from pathlib import Path

from loaders import reading
from loaders.reading import Rejection
from warehouse import snapshot

PENDING, STAGED = ".amended", ".amending"
LICENCE = (
    "facts only; the document is not redistributed"  # of a source that a command enters by itself
)


def files_of(
    given: Iterable[str], suffixes: tuple[str, ...], what: str
) -> tuple[list[Path], list[Rejection]]:
    """The files named, those of a folder with one of the suffixes in the order of their names; a
    folder without any is an error that says what it lacks.
    """
    found, wrong = [], []
    for one in map(Path, given):
        inside = (
            sorted(
                path
                for path in one.iterdir()
                if path.suffix.lower() in suffixes and not path.name.startswith(".")
            )
            if one.is_dir()
            else [one]
        )
        found += inside
        wrong += (
            []
            if inside
            else [
                Rejection(
                    name_of(one),
                    0,
                    "folder",
                    None,
                    "C11",
                    f"holds no {what} ({', '.join(suffixes)})",
                )
            ]
        )
    return list(dict.fromkeys(found)), wrong


def name_of(path: Path) -> str:
    """The name of a file as a row may bear it: letters, digits and plain marks."""
    return re.sub(r"[^\w.\-+() ]", "_", path.name or str(path)).strip()


def rows_of(data: Path, table: str) -> list[dict[str, str]]:
    """The rows of a curated file as text, in their order; none where there is no such file."""
    path = data / "curated" / f"{table}.csv"
    if not path.exists():
        return []
    with open(path, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, strict=True))


def csv_of(table: str, rows: Iterable[Mapping[str, str]]) -> str:
    """The text of a curated file: the columns of the schema, absent cells empty."""
    text = io.StringIO()
    write = csv.DictWriter(text, reading.declared()[table].columns, restval="", lineterminator="\n")
    write.writeheader()
    write.writerows(rows)
    return text.getvalue()


def refused(data: Path, texts: Mapping[str, str]) -> list[str]:
    """What a build would refuse if the files of these tables had these texts: error lines, none
    where all is well. Nothing is changed.
    """
    from loaders import build  # which itself completes what is pending

    stage = data / "warehouse" / "amending"
    shutil.rmtree(stage, ignore_errors=True)
    try:
        shutil.copytree(
            (data / "curated").resolve(), stage / "curated", ignore=shutil.ignore_patterns(".*")
        )
        (stage / "warehouse").mkdir()
        if (data / "prices").exists():
            (stage / "prices").symlink_to((data / "prices").resolve(), target_is_directory=True)
        for table, text in texts.items():
            (stage / "curated" / f"{table}.csv").write_text(text, "utf-8")
        return build.build_locked(stage, publish=False, say=lambda text: None).rejected
    finally:
        shutil.rmtree(stage, ignore_errors=True)


def replace(data: Path, texts: Mapping[str, str]) -> list[str]:
    """Give the curated files of these tables these texts, all or none; returns their names.

    For who holds the loaders' lock and has asked refused().
    """
    curated = (data / "curated").resolve()
    changed = {
        table: text
        for table, text in texts.items()
        if not (curated / f"{table}.csv").exists()
        or (curated / f"{table}.csv").read_text("utf-8") != text
    }
    if not changed:
        return []
    staged = curated / STAGED
    shutil.rmtree(staged, ignore_errors=True)
    staged.mkdir()
    for table, text in changed.items():
        with open(staged / f"{table}.csv", "w", encoding="utf-8", newline="") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
    snapshot.step("amend staged")
    os.replace(staged, curated / PENDING)
    snapshot.step("amend pending")
    complete(data)
    return sorted(changed)


def enter(data: Path, texts: Mapping[str, str]) -> list[str]:
    """Give the curated files of these tables these texts where a build takes them; else nothing is
    changed: the error lines. For who holds the loaders' lock.
    """
    lines = refused(data, texts)
    if not lines:
        replace(data, texts)
    return lines


def complete(data: Path) -> None:
    """Make the moves of a change that was broken off; nothing where none is pending.

    Every build does so first.
    """
    curated = (data / "curated").resolve()
    pending = curated / PENDING
    if not pending.is_dir():
        return
    for path in sorted(pending.glob("*.csv")):
        os.replace(path, curated / path.name)
        snapshot.step(f"amend {path.stem}")
    shutil.rmtree(pending)
    if os.name == "posix":
        snapshot.sync(curated)
