"""What every table shares: its height, its look, its dates, and the files in which it can be taken
along.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, wraps
from typing import Any

import pandas as pd
import streamlit as st
from pandas.io.formats.style import Styler

from ui import export, formats, panels
from ui.compat import only_colours
from ui.memory import show_once
from ui.stamp import filename, measure
from ui.view import View

ROW, PADDING, FONT = (
    30,
    16,
    12.25,
)  # px: of a row, of a cell at both sides, and the size of its letters
SPREADSHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def height(rows: int, most: int = 16) -> int:
    """Pixels of a table that shows all of its rows, or most of them."""
    return ROW * (min(max(rows, 1), most) + 1) + 3


@dataclass(frozen=True, eq=False)
class Table:
    """A dense read-only table as it is laid out. name: of its files; columns: name ->
    st.column_config; styler: the frame with its colours.

    figures: the same rows with numbers where the table has words, for the files; notes: what
        stands beneath the figures of the spreadsheet; most: rows shown before it scrolls.
    """

    name: str
    frame: pd.DataFrame
    columns: dict
    most: int = 16
    styler: Styler | None = None
    figures: pd.DataFrame | None = None
    notes: Sequence[str] = ()

    @property
    def offered(self) -> tuple[str, dict, Sequence[str]] | None:
        """What its files are offered with (name, columns, notes); None of a table without rows."""
        return (self.name, self.columns, self.notes) if len(self.frame) else None

    @property
    def in_files(self) -> pd.DataFrame:
        return (
            self.frame
            if self.figures is None
            else self.frame.assign(
                **{column: self.figures[column].to_numpy() for column in self.figures}
            )
        )

    @cached_property
    def whole(self) -> dict:
        """The columns, with words that stand to the right as wide as the longest of them: what has
        no room there loses its first digits, and 11.2x reads 1.2x.
        """
        right = {
            name: config
            for name, config in self.columns.items()
            if isinstance(config, dict) and config.get("alignment") == "right"
        }
        needed = {
            name: PADDING
            + math.ceil(
                max((measure(str(words), FONT) for words in self.frame[name].dropna()), default=0)
            )
            for name in right
        }
        return self.columns | {
            name: config | {"width": max(config.get("width") or 0, needed[name])}
            for name, config in right.items()
        }

    def draw(self, **options: Any):
        return st.dataframe(
            only_colours(self.styler) if self.styler is not None else self.frame,
            column_config=self.whole,
            column_order=list(self.columns),
            hide_index=True,
            row_height=ROW,
            height=height(len(self.frame), self.most),
            width="stretch",
            placeholder=formats.MISSING,
            **options,
        )


def table(lay_out: Callable[..., Table | str]) -> Callable[..., None]:
    """A function (view, ...) that lays out a table, or says in a sentence why there is none,
    becomes one that shows it; for equal views and the same rows what went to the browser is
    remembered, and the table is laid out anew for a file.
    """

    @wraps(lay_out)
    def shown(view: View, *arguments: Any, **named: Any) -> None:
        offered = show_once(_drawn, lay_out, view, *arguments, **named)
        if offered:
            name, columns, notes = offered
            offer(
                view,
                name,
                columns,
                notes,
                lambda: _in_files(lay_out(view, *arguments, **named)),
            )

    return shown


def _in_files(laid_out: Table | str) -> pd.DataFrame:
    """The rows of the files of a table that was drawn, and so has some."""
    if isinstance(laid_out, str):
        raise TypeError(laid_out)
    return laid_out.in_files


def _drawn(
    lay_out: Callable[..., Table | str], view: View, *arguments: Any, **named: Any
) -> tuple[str, dict, Sequence[str]] | None:
    """Draw a table, or say why there is none; what its files are offered with, where it has
    rows.
    """
    laid_out = lay_out(view, *arguments, **named)
    if isinstance(laid_out, str):
        panels.missing(laid_out)
        return None
    laid_out.draw()
    return laid_out.offered


def show(view: View, laid_out: Table, *, button: str, key: str) -> int | None:
    """Draw a table with one button a row, in the column `button`, and its two files.

    Returns the position in laid_out.frame of the row whose button was pressed for this run, however
    the reader has sorted the table, or None. Cell selection is not used for this: Streamlit reports
    the top-left cell as selected when a column header is clicked to sort.
    """
    config = laid_out.columns[button]
    press = st.column_config.ButtonColumn(
        config["label"],
        width=config["width"],
        pinned=config["pinned"],
        alignment="left",
        type="tertiary",
        key=f"{key}_pressed",
    )
    replace(laid_out, columns=laid_out.columns | {button: press}).draw(key=key)
    if laid_out.offered:
        offer(view, *laid_out.offered, lambda: laid_out.in_files)
    pressed = st.session_state.get(f"{key}_pressed")
    return pressed["row"] if pressed else None


def offer(
    view: View, name: str, columns: dict, notes: Sequence[str], frame: Callable[[], pd.DataFrame]
) -> None:
    """The table as XLSX and as CSV, made when one is pressed: then the page has named all its
    sources.
    """
    told = [
        (column, words(column, config))
        for column, config in columns.items()
        if not is_drawing(config)
    ]
    file = filename(name, view.state.tickers, view.as_of)
    view.offered.append(name)  # two tables of one name keep apart

    def spreadsheet() -> bytes:
        means = [(header, columns[column].get("help") or "") for column, header in told]
        sources = [
            (row["publisher"], row["title"], row["published_on"], row["url"])
            for row in view.sources_of(view.cited)
        ]
        state = state_of(view)
        return export.workbook(
            file,
            [state[0], state[-1]],
            told,
            frame(),
            notes=notes,
            further={
                view.text("export.definitions"): [
                    (view.text("export.column"), view.text("export.meaning")),
                    *means,
                ],
                view.text("export.sources"): [
                    tuple(
                        view.text(f"export.{part}")
                        for part in ("publisher", "title", "published_on", "link")
                    ),
                    *sources,
                ],
                view.text("export.state"): [
                    (view.text("export.setting"), view.text("export.value")),
                    *state,
                ],
            },
        )

    with st.container(horizontal=True, horizontal_alignment="right", gap="small"):
        for kind, make, mime in (
            ("xlsx", spreadsheet, SPREADSHEET),
            ("csv", lambda: export.comma_separated(told, frame()), "text/csv"),
        ):
            st.download_button(
                view.text(f"action.download_{kind}"),
                make,
                file_name=f"{file}.{kind}",
                mime=mime,
                type="tertiary",
                on_click="ignore",
                key=f"{kind}_{name}_{view.offered.count(name)}",
                help=view.text(f"export.help_{kind}"),
            )


def state_of(view: View) -> list[tuple[str, str]]:
    """What brings this table back, (label, words): the evening first, the link last."""
    state = view.state
    return [
        (view.text("export.as_of"), view.as_of.isoformat()),
        (view.text("filter.tickers"), ", ".join(state.tickers) or view.text("filter.all")),
        (view.text("filter.window"), view.window_words()),
        (view.text("filter.basis"), view.text(f"basis.{state.basis}")),
        (view.text("export.latest"), view.latest.isoformat()),
        (view.text("export.snapshot"), view.served.snapshot_id),
        (view.text("export.link"), view.canonical),
    ]


def words(column: str, config) -> str:
    return (config.get("label") or column) if isinstance(config, dict) else str(config or column)


def is_drawing(config) -> bool:
    """Whether a column is a picture of its figures, which no file can hold."""
    return isinstance(config, dict) and "chart" in str(
        (config.get("type_config") or {}).get("type", "")
    )


def date_format(view: View) -> str:
    return "D MMM YYYY" if view.language == "en" else "YYYY-MM-DD"
