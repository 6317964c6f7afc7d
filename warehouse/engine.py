"""Which warehouse is read and published to: the snapshots of a folder, one named file, or a firm's
DuckLake, each by the same questions.

HARBOURVIEW_WAREHOUSE says it; without it the folder.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path

import duckdb

from warehouse import places, runs, snapshot
from warehouse.lake import PREFIX, Lake


@lru_cache(maxsize=64)
def _damage(path: Path, written: int) -> str | None:
    """Why a snapshot must not be read; its bytes are hashed once for as long as they are those
    written at that moment.
    """
    return snapshot.verify(path)


@dataclass(frozen=True)
class Folder:
    """The snapshot files of a data folder, its pointer and what stands beside them."""

    data: Path

    @property
    def folder(self) -> Path:
        return self.data / "warehouse"

    def pointer(self) -> str:
        """What tells one served snapshot from another: one line is read."""
        return f"{self.folder}|{snapshot.text_beside(self.folder / 'CURRENT') or ''}"

    def served(self) -> snapshot.Served:
        return snapshot.served(self.folder)

    def kept(self, snapshot_id: str) -> snapshot.Served | None:
        """An earlier snapshot that is still here and undamaged, or None."""
        path = snapshot.file_of(self.folder, snapshot_id)
        return (
            snapshot.Served(snapshot_id, path)
            if path.exists() and not _damage(path, path.stat().st_mtime_ns)
            else None
        )

    def shelf(self, served_id: str) -> list[snapshot.Shelved]:
        """The snapshots kept, newest first. served_id: of the one that is served; whoever asks
        knows it, and to find it out reads a whole file.
        """
        return snapshot.shelf(self.folder, served_id)

    def refusal(self) -> snapshot.Refusal | None:
        return snapshot.refusal(self.folder)

    def last_run(self) -> runs.Run | None:
        return runs.last_run(self.data / "prices")

    def tell_run(self, prices: Path) -> None:
        """The record stands beside the prices, where last_run() reads it."""

    @contextmanager
    def open(self, now: snapshot.Served) -> Iterator[duckdb.DuckDBPyConnection]:
        """A connection on one snapshot, for a loader that looks back at it."""
        with duckdb.connect(str(now.path), read_only=True, config=snapshot.SETTINGS) as connection:
            yield connection

    def path(self, now: snapshot.Served) -> str:
        return str(now.path)

    def publish(self, staged: Path, snapshot_id: str) -> None:
        snapshot.publish(self.folder, staged, snapshot_id)

    def point_to(self, snapshot_id: str) -> None:
        snapshot.point_to(self.folder, snapshot_id)

    def pin(self, snapshot_id: str) -> None:
        snapshot.pin(self.folder, snapshot_id)

    def refuse(self, at: datetime, inputs_sha256: str, lines: list[str]) -> None:
        snapshot.refuse(self.folder, at, inputs_sha256, lines)

    def accept(self) -> None:
        snapshot.accept(self.folder)


@dataclass(frozen=True)
class OneFile:
    """A warehouse file that is named: it is read, it has no shelf, and nobody publishes to it."""

    file: Path

    def pointer(self) -> str:
        if not self.file.exists():
            raise snapshot.NoSnapshot(
                f"HARBOURVIEW_WAREHOUSE names {self.file}, which does not exist"
            )
        return f"{self.file}|{self.file.stat().st_mtime_ns}"

    def served(self) -> snapshot.Served:
        return snapshot.Served(self.file.stem.removeprefix("harbourview-"), self.file)

    def kept(self, snapshot_id: str) -> None:
        return None

    def shelf(self, served_id: str) -> list[snapshot.Shelved]:
        return []

    def refusal(self) -> None:
        return None

    def last_run(self) -> None:
        return None


Published = Folder | Lake  # what loaders publish to


def chosen() -> Folder | OneFile | Lake:
    """The warehouse that pages read.

    Raises snapshot.NoSnapshot where HARBOURVIEW_WAREHOUSE names an engine that this is not.
    """
    named = places.named_warehouse()
    if named and not named.startswith(PREFIX):
        if named.startswith(("md:", "motherduck:", "postgres:", "postgresql:", "quack:")):
            raise snapshot.NoSnapshot(
                f"HARBOURVIEW_WAREHOUSE names {named.split(':')[0]}:, which is not opened from "
                "here: name a file or ducklake:..., see docs/engine.md"
            )
        return OneFile(Path(named))
    return published_to(places.data_folder())


def published_to(data: Path) -> Published:
    """The warehouse to which the loaders of a data folder publish."""
    named = places.named_warehouse()
    return Lake(named, places.lake_files()) if named and named.startswith(PREFIX) else Folder(data)
