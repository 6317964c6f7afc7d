"""What pages ask the warehouse, remembered by snapshot: the same question on the same snapshot is asked once.

And what stands beside the snapshots and is about now: the day by this machine's clock, the last runs, what is kept.
"""

from datetime import date, datetime
from pathlib import Path

import pandas as pd
import streamlit as st

from warehouse import places, runs, snapshot
from warehouse.ask import CannotAnswer, served
from warehouse.ask import ask as ask_warehouse

__all__ = ["ask", "kept", "last_run", "refusal", "served", "shelf", "today", "CannotAnswer", "HONG_KONG", "NoSnapshot"]

NoSnapshot = snapshot.NoSnapshot
HONG_KONG = snapshot.HONG_KONG
REMEMBERED = 400


@st.cache_data(max_entries=REMEMBERED, show_spinner=False)
def _remembered(path: str, question: str, parameters: tuple) -> pd.DataFrame:
    return ask_warehouse(question, parameters, Path(path))


def ask(now: snapshot.Served, question: str, *parameters) -> pd.DataFrame:
    """The answer of one snapshot to a question with its bound values, in order of its `?`."""
    return _remembered(str(now.path), question, parameters)


@st.cache_data(max_entries=REMEMBERED, show_spinner=False)
def _damage(path: str, written: int) -> str | None:
    """Why a snapshot must not be read; its bytes are hashed once for as long as they are those written at that moment."""
    return snapshot.verify(Path(path))


def kept(snapshot_id: str) -> snapshot.Served | None:
    """An earlier snapshot that is still here and undamaged, or None."""
    path = snapshot.file_of(places.warehouse_folder(), snapshot_id)
    if places.named_warehouse() or not path.exists() or _damage(str(path), path.stat().st_mtime_ns):
        return None
    return snapshot.Served(snapshot_id, path)


def shelf() -> list[snapshot.Shelved]:
    """The snapshots that are kept, newest first; none where the warehouse is one named file."""
    return [] if places.named_warehouse() else snapshot.shelf(places.warehouse_folder(), served().snapshot_id)


def refusal() -> snapshot.Refusal | None:
    """The last build where it was refused, so that what is served is older than its inputs; None where all is well."""
    return None if places.named_warehouse() else snapshot.refusal(places.warehouse_folder())


def last_run() -> runs.Run | None:
    """The last run of the price loader; None where there was none."""
    return None if places.named_warehouse() else runs.last_run(places.data_folder() / "prices")


def today() -> date:
    """The day in Hong Kong by this machine's clock."""
    return datetime.now(HONG_KONG).date()
