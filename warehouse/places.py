"""Where the data stands on this machine: the folders named by HARBOURVIEW_DATA and HARBOURVIEW_WAREHOUSE."""

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def data_folder() -> Path:
    """The folder with curated/, prices/ and warehouse/."""
    return Path(os.environ.get("HARBOURVIEW_DATA") or ROOT / "data")


def warehouse_folder() -> Path:
    """The folder with the snapshot files and the pointer to the served one."""
    return data_folder() / "warehouse"


def named_warehouse() -> Path | None:
    """The warehouse file that HARBOURVIEW_WAREHOUSE names in place of the served snapshot, if it does."""
    named = os.environ.get("HARBOURVIEW_WAREHOUSE")
    return Path(named) if named else None
