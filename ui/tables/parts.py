"""What every table shares: its height, its look, its dates."""

import pandas as pd
import streamlit as st

from ui import formats
from ui.view import View

ROW = 30  # px


def height(rows: int, most: int = 16) -> int:
    """Pixels of a table that shows all of its rows, or most of them."""
    return ROW * (min(max(rows, 1), most) + 1) + 3


def show(frame: pd.DataFrame, columns: dict, *, key: str | None = None, most: int = 16, select: bool = False, styler=None):
    """A dense read-only table; columns maps names to st.column_config. Returns the event of a selected cell, if asked."""
    options = {"on_select": "rerun", "selection_mode": "single-cell"} if select else {}
    return st.dataframe(styler if styler is not None else frame, column_config=columns, column_order=list(columns), hide_index=True, row_height=ROW, height=height(len(frame), most), key=key, width="stretch",
                        placeholder=formats.MISSING, **options)


def date_format(view: View) -> str:
    return "D MMM YYYY" if view.language == "en" else "YYYY-MM-DD"
