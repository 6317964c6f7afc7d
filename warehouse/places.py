"""Where the data stands on this machine: the folders named by HARBOURVIEW_DATA and
HARBOURVIEW_WAREHOUSE.
"""

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def data_folder() -> Path:
    """The folder with curated/, prices/ and warehouse/."""
    return Path(os.environ.get("HARBOURVIEW_DATA") or ROOT / "data")


def warehouse_folder() -> Path:
    """The folder with the snapshot files and the pointer to the served one."""
    return data_folder() / "warehouse"


def named_warehouse() -> str | None:
    """What HARBOURVIEW_WAREHOUSE names in place of the snapshots of the folder, if it does: a file,
    or a firm's engine as ducklake:...
    """
    return os.environ.get("HARBOURVIEW_WAREHOUSE") or None


def lake_files() -> str:
    """Where a new DuckLake keeps its Parquet: HARBOURVIEW_LAKE_FILES, a folder that every machine
    sees or an object store (s3://bucket/folder/). One that is there knows it itself; a machine
    that reads must be told only of an object store.
    """
    return os.environ.get("HARBOURVIEW_LAKE_FILES") or str(data_folder() / "lake")
