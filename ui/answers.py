"""What pages ask the warehouse, remembered by snapshot: the same question on the same snapshot is asked once."""

from pathlib import Path

import pandas as pd
import streamlit as st

from warehouse import places, snapshot
from warehouse.ask import ask as ask_warehouse
from warehouse.ask import served

__all__ = ["ask", "kept", "refusal", "served", "HONG_KONG", "NoSnapshot"]

NoSnapshot = snapshot.NoSnapshot
HONG_KONG = snapshot.HONG_KONG
REMEMBERED = 400


@st.cache_data(max_entries=REMEMBERED, show_spinner=False)
def _remembered(path: str, question: str, parameters: tuple) -> pd.DataFrame:
    return ask_warehouse(question, parameters, Path(path))


def ask(now: snapshot.Served, question: str, *parameters) -> pd.DataFrame:
    """The answer of one snapshot to a question with its bound values, in order of its `?`."""
    return _remembered(str(now.path), question, parameters)


def kept(snapshot_id: str) -> snapshot.Served | None:
    """An earlier snapshot that is still here and undamaged, or None."""
    path = snapshot.file_of(places.warehouse_folder(), snapshot_id)
    if places.named_warehouse() or snapshot.verify(path):
        return None
    return snapshot.Served(snapshot_id, path)


def refusal() -> snapshot.Refusal | None:
    """The last build where it was refused, so that what is served is older than its inputs; None where all is well."""
    return None if places.named_warehouse() else snapshot.refusal(places.warehouse_folder())
