"""What every table shares: its height, its look, its dates, and the files in which it can be taken along."""

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from ui import export, formats
from ui.stamp import filename
from ui.view import View

ROW = 30  # px
SPREADSHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def height(rows: int, most: int = 16) -> int:
    """Pixels of a table that shows all of its rows, or most of them."""
    return ROW * (min(max(rows, 1), most) + 1) + 3


def show(view: View, name: str, frame: pd.DataFrame, columns: dict, *, key: str | None = None, most: int = 16, select: bool = False, styler=None, figures: pd.DataFrame | None = None, notes: Sequence[str] = ()):
    """A dense read-only table, and the two files in which it can be taken along. Returns the event of a selected cell, if asked.

    name: of the files; columns: name -> st.column_config; figures: the same rows with numbers where the table has words, for the files; notes: what stands beneath the figures of the spreadsheet.
    """
    options = {"on_select": "rerun", "selection_mode": "single-cell"} if select else {}
    event = st.dataframe(styler if styler is not None else frame, column_config=columns, column_order=list(columns), hide_index=True, row_height=ROW, height=height(len(frame), most), key=key, width="stretch",
                         placeholder=formats.MISSING, **options)
    if len(frame):
        offer(view, name, frame if figures is None else frame.assign(**{column: figures[column].to_numpy() for column in figures}), columns, notes)
    return event


def offer(view: View, name: str, frame: pd.DataFrame, columns: dict, notes: Sequence[str] = ()) -> None:
    """The table as XLSX and as CSV, made when one is pressed: then the page has named all its sources."""
    told = [(column, words(column, config)) for column, config in columns.items() if not is_drawing(config)]
    file = filename(name, view.state.tickers, view.as_of)
    view.offered.append(name)  # two tables of one name keep apart

    def spreadsheet() -> bytes:
        means = [(header, columns[column].get("help") or "") for column, header in told]
        sources = [(row["publisher"], row["title"], row["published_on"], row["url"]) for row in view.sources_of(view.cited)]
        state = state_of(view)
        return export.workbook(file, [state[0], state[-1]], told, frame, notes=notes, further={
            view.text("export.definitions"): [(view.text("export.column"), view.text("export.meaning")), *means], view.text("export.sources"): [tuple(view.text(f"export.{part}") for part in ("publisher", "title", "published_on", "link")), *sources],
            view.text("export.state"): [(view.text("export.setting"), view.text("export.value")), *state]})

    with st.container(horizontal=True, horizontal_alignment="right", gap="small"):
        for kind, make, mime in (("xlsx", spreadsheet, SPREADSHEET), ("csv", lambda: export.comma_separated(told, frame), "text/csv")):
            st.download_button(view.text(f"action.download_{kind}"), make, file_name=f"{file}.{kind}", mime=mime, type="tertiary", on_click="ignore", key=f"{kind}_{name}_{view.offered.count(name)}", help=view.text(f"export.help_{kind}"))


def state_of(view: View) -> list[tuple[str, str]]:
    """What brings this table back, (label, words): the evening first, the link last."""
    state = view.state
    return [(view.text("export.as_of"), view.as_of.isoformat()), (view.text("filter.tickers"), ", ".join(state.tickers) or view.text("filter.all")), (view.text("filter.window"), view.window_words()), (view.text("filter.basis"), view.text(f"basis.{state.basis}")),
            (view.text("export.latest"), view.latest.isoformat()), (view.text("export.snapshot"), view.served.snapshot_id), (view.text("export.link"), view.canonical)]


def words(column: str, config) -> str:
    return (config.get("label") or column) if isinstance(config, dict) else str(config or column)


def is_drawing(config) -> bool:
    """Whether a column is a picture of its figures, which no file can hold."""
    return isinstance(config, dict) and "chart" in str((config.get("type_config") or {}).get("type", ""))


def date_format(view: View) -> str:
    return "D MMM YYYY" if view.language == "en" else "YYYY-MM-DD"
