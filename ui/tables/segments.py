"""Segments, their reconciliation, operating figures."""

import pandas as pd
import streamlit as st

from ui import formats, palette
from ui.frame import View
from ui.tables.parts import date_format, show


def segments(view: View, rows: pd.DataFrame, currency: str) -> None:
    """Segments by period, newest first, parts under their parents. rows: period (words) and name (words) beside the macro's columns."""
    config = st.column_config
    rows = rows.reset_index(drop=True)

    def growth(row) -> str:
        return formats.percent(row.yoy_pct, digits=0 if row.yoy_from_rounded is True else 1, sign=True, quality="about" if row.yoy_from_rounded is True else "exact")

    table = pd.DataFrame({
        "period": rows["period"],
        "segment": [("\u2003\u21b3 " if isinstance(row.parent_segment, str) else "") + row.name_words for row in rows.itertuples()],
        "revenue": [formats.number(row.revenue_mn, quality=row.quality) for row in rows.itertuples()],
        "yoy": [growth(row) for row in rows.itertuples()],
        "yoy_basis": [view.text(f"yoy_basis.{basis}") if isinstance(basis, str) else "" for basis in rows["yoy_basis"]],
        "share": rows["share_pct"],
        "contribution": rows["contribution_pp"],
        "announced": rows["announced_on"],
        "source": rows["publisher"],
        "link": rows["url"],
        "note": [row.note if isinstance(row.note, str) else "" for row in rows.itertuples()],
    })
    theme = view.theme()
    direction = [f"color: {palette.direction(value, theme)}" if pd.notna(value) else f"color: {theme.colour('muted')}" for value in rows["yoy_pct"]]
    show(table, {
        "period": config.TextColumn(view.text("column.period"), pinned=not view.is_phone, width=150),
        "segment": config.TextColumn(view.text("column.segment"), pinned=view.is_phone, width=260 if not view.is_phone else 150),
        "revenue": config.TextColumn(view.text("column.revenue_in", currency=currency), alignment="right", width=130),
        "yoy": config.TextColumn(view.text("column.yoy_pct"), alignment="right", width=80),
        "yoy_basis": config.TextColumn(view.text("column.yoy_basis"), width=110, help=view.text("computed.segment_growth")),
        "share": config.NumberColumn(view.text("column.share_pct"), format="%.1f", width=70),
        "contribution": config.NumberColumn(view.text("column.contribution_pp"), format="%+.1f", width=120),
        "announced": config.DateColumn(view.text("column.announced_on"), format=date_format(view), width=95),
        "source": config.TextColumn(view.text("column.source"), width=140),
        "link": config.LinkColumn(view.text("column.link"), display_text="↗", width=36),
        "note": config.TextColumn(view.text("column.note"), width=260),
    }, most=16, styler=table.style.apply(lambda column: direction, subset=["yoy"]))


def segment_reconciliation(view: View, rows: pd.DataFrame, currency: str) -> None:
    """One row a period: the top rows against reported revenue."""
    config = st.column_config
    rows = rows.reset_index(drop=True)
    table = pd.DataFrame({
        "period": rows["period"], "sum": rows["segments_mn"], "revenue": rows["revenue_mn"], "difference": rows["difference_mn"], "difference_pct": rows["difference_pct"],
        "result": [view.text(f"reconciliation.{result}") for result in rows["result"]],
    })
    theme = view.theme()
    shade = {"reconciled": theme.colour("ink"), "not itemised": theme.colour("note"), "incomplete": theme.colour("note")}
    colours = [f"color: {shade.get(result, theme.colour('muted'))}" for result in rows["result"]]
    show(table, {
        "period": config.TextColumn(view.text("column.period"), pinned=view.is_phone, width=150),
        "sum": config.NumberColumn(view.text("column.segments_sum"), format="%,d", width=120, help=currency),
        "revenue": config.NumberColumn(view.text("column.revenue_in", currency=currency), format="%,d", width=130),
        "difference": config.NumberColumn(view.text("column.difference"), format="%,d", width=90),
        "difference_pct": config.NumberColumn(view.text("column.difference_pct"), format="%+.2f", width=100),
        "result": config.TextColumn(view.text("column.result"), width=210),
    }, most=8, styler=table.style.apply(lambda column: colours, subset=["result"]))


def kpis(view: View, rows: pd.DataFrame) -> None:
    """The latest of each operating figure, with its period."""
    config = st.column_config
    rows = rows.reset_index(drop=True)

    def value(row) -> str:
        digits = 0 if float(row.value).is_integer() else 1 if round(row.value, 1) == row.value else 2
        high = f" – {formats.number(row.value_high, digits)}" if pd.notna(row.value_high) else ""
        return formats.number(row.value, digits, quality=row.quality) + high

    table = pd.DataFrame({
        "kpi": rows["kpi"], "value": [value(row) for row in rows.itertuples()], "unit": rows["unit"], "yoy": [formats.percent(v, sign=True) if pd.notna(v) else formats.MISSING for v in rows["yoy_pct"]],
        "period": rows["period"], "announced": rows["announced_on"], "note": [view.text("segments.kpi_changed") if changed else "" for changed in rows["definition_change"]], "source": rows["publisher"], "link": rows["url"],
    })
    show(table, {
        "kpi": config.TextColumn(view.text("column.kpi"), pinned=not view.is_phone, width=270),
        "value": config.TextColumn(view.text("column.value"), alignment="right", width=110),
        "unit": config.TextColumn(view.text("column.unit"), width=100),
        "yoy": config.TextColumn(view.text("column.yoy_pct"), alignment="right", width=75),
        "period": config.TextColumn(view.text("column.period"), width=150),
        "announced": config.DateColumn(view.text("column.announced_on"), format=date_format(view), width=95),
        "note": config.TextColumn(view.text("column.note"), width=120),
        "source": config.TextColumn(view.text("column.source"), width=140),
        "link": config.LinkColumn(view.text("column.link"), display_text="↗", width=36),
    }, most=12)
