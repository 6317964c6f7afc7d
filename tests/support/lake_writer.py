"""A writer of the lake, as a loader on another machine: publishes copies of a snapshot file under
new ids, and prints each that was acknowledged.

python -m tests.support.lake_writer FILE HOW_MANY NUMBER
"""

import shutil
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

import duckdb

from warehouse import engine, snapshot


def main() -> None:
    file, how_many, number = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
    for turn in range(how_many):
        with tempfile.TemporaryDirectory() as folder:
            staged = Path(folder) / "staged.duckdb"
            shutil.copyfile(file, staged)
            snapshot_id = f"{datetime.now(UTC):%Y%m%d-%H%M%S}-{number:02d}{turn:04d}"
            with duckdb.connect(
                str(staged)
            ) as connection:  # two tables tell the id: a reader who sees both must see it in both
                connection.execute("UPDATE snapshot SET snapshot_id = ?", [snapshot_id])
                connection.execute(
                    "UPDATE companies SET name_en = ? WHERE ticker = '0700.HK'", [snapshot_id]
                )
            try:
                engine.published_to(Path(folder)).publish(staged, snapshot_id)
            except (
                snapshot.NoSnapshot
            ) as error:  # the other was a second later and is served: an older one is refused
                print(f"refused {snapshot_id} {error}", flush=True)
                continue
        print(f"published {snapshot_id}", flush=True)


if __name__ == "__main__":
    main()
