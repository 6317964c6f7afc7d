"""A broker's coverage table: as printed, at today's closes, and against an earlier one."""

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from ui import formats, palette
from ui.tables.estimates import definition_words
from ui.tables.parts import Table, date_format, table
from ui.view import View

MONEY = "%,.2f"


def headers(view: View, kind: str, year: int) -> list[tuple[str, str]]:
    """The columns of each of the three tables with their headers, in order: what the screen shows
    and the spreadsheet holds.
    """
    named = [("ticker", view.text("column.ticker")), ("name", view.text("column.name"))]
    if kind == "printed":
        return [
            *named,
            ("rating", view.text("column.rating")),
            ("close", view.text("column.close")),
            ("close_currency", view.text("column.currency")),
            ("market_cap_mn", view.text("column.market_cap_in")),
            *((f"eps_fy{n}", view.text("column.eps_of", year=year + n - 1)) for n in (1, 2)),
            ("eps_currency", view.text("column.unit")),
            *((f"pe_fy{n}", view.text("column.pe_of", year=year + n - 1)) for n in (1, 2)),
            *(
                (f"pe_fy{n}_recomputed", view.text("column.pe_again", year=year + n - 1))
                for n in (1, 2)
            ),
            ("implied_shares_mn", view.text("column.implied_shares")),
        ]
    if kind == "today":
        return [
            *named,
            ("rating", view.text("column.rating")),
            ("close", view.text("column.close")),
            ("close_now", view.text("column.close_now")),
            ("close_currency", view.text("column.currency")),
            ("close_change_pct", view.text("column.close_change")),
            ("close_now_date", view.text("column.date")),
            *((f"eps_fy{n}", view.text("column.eps_of", year=year + n - 1)) for n in (1, 2)),
            *((f"pe_fy{n}", view.text("column.pe_of", year=year + n - 1)) for n in (1, 2)),
            *((f"pe_fy{n}_now", view.text("column.pe_now", year=year + n - 1)) for n in (1, 2)),
            ("status", view.text("column.status")),
        ]
    return [
        *named,
        ("change_words", view.text("column.in_table")),
        ("rating_before", view.text("column.rating_before")),
        ("rating", view.text("column.rating")),
        ("eps_before", view.text("column.eps_before", year=year)),
        ("eps", view.text("column.eps_of", year=year)),
        ("eps_change_pct", view.text("column.eps_change", year=year)),
        ("eps_fy2_before", view.text("column.eps_before", year=year + 1)),
        ("eps_fy2", view.text("column.eps_of", year=year + 1)),
        ("eps_fy2_change_pct", view.text("column.eps_change", year=year + 1)),
        ("pe_before", view.text("column.pe_before", year=year)),
        ("pe", view.text("column.pe_of", year=year)),
        ("close_before", view.text("column.close_then")),
        ("close", view.text("column.close")),
        ("close_change_pct", view.text("column.close_change")),
        ("implied_shares_change_pct", view.text("column.implied_change")),
    ]


@table
def coverage(
    view: View, kind: str, rows: pd.DataFrame, year: int, notes: Sequence[str] = ()
) -> Table:
    """One of the three tables, kind printed, today or changes; rows as headers() names them. notes:
    what the spreadsheet says beneath.
    """
    config = st.column_config
    rows = rows.reset_index(drop=True)
    formatted = {
        "close": MONEY,
        "close_now": MONEY,
        "close_before": MONEY,
        "market_cap_mn": "%,d",
        "implied_shares_mn": "%,.1f",
        **dict.fromkeys(("pe_fy1", "pe_fy2", "pe", "pe_before"), "%.0f"),
        **dict.fromkeys(
            ("pe_fy1_recomputed", "pe_fy2_recomputed", "pe_fy1_now", "pe_fy2_now"), "%.1f"
        ),
        **dict.fromkeys(("close_change_pct", "eps_change_pct", "eps_fy2_change_pct"), "%+.1f"),
        "implied_shares_change_pct": "%+.2f",
        **dict.fromkeys(("eps", "eps_before", "eps_fy1", "eps_fy2", "eps_fy2_before"), "%.1f"),
    }
    widths = {
        "ticker": 80,
        "name": 150 if not view.is_phone else 100,
        "rating": 85,
        "rating_before": 85,
        "close_currency": 70,
        "eps_currency": 60,
        "market_cap_mn": 125,
        "implied_shares_mn": 150,
        "status": 130,
        "change_words": 150,
    }
    columns = {}
    for name, header in headers(view, kind, year):
        if name in formatted:
            columns[name] = config.NumberColumn(
                header, format=formatted[name], width=widths.get(name, 105)
            )
        elif name == "close_now_date":
            columns[name] = config.DateColumn(header, format=date_format(view), width=95)
        else:
            columns[name] = config.TextColumn(
                header,
                pinned=name == "name" or (name == "ticker" and not view.is_phone),
                width=widths.get(name, 100),
            )
    theme, styler = view.theme(), rows[list(columns)].style
    for name in ("close_change_pct", "eps_change_pct", "eps_fy2_change_pct"):
        if name in columns:
            colours = [f"color: {palette.direction(value, theme)}" for value in rows[name]]
            styler = styler.apply(lambda column, colours=colours: colours, subset=[name])
    if "status_now" in rows and kind == "today":
        grey = [
            f"color: {theme.colour('stale')}" if status != "OK" else ""
            for status in rows["status_now"]
        ]
        styler = styler.apply(
            lambda column: grey,
            subset=["close_now", "close_change_pct", "pe_fy1_now", "pe_fy2_now"],
        )
    return Table(f"coverage-{kind}", rows, columns, most=16, styler=styler, notes=notes)


def definitions(view: View, rows: pd.DataFrame) -> str:
    """The broker's own scale in lines: its word, the step of five, what it means."""
    return (
        "  \n".join(
            (
                f"{row.rating} ({view.text(f'rating_code.{row.rating_code}')}): "
                f"{definition_words(view, row) or row.rule}"
            )
            for row in rows.itertuples()
        )
        or formats.MISSING
    )
