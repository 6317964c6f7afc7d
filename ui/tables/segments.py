"""Segments, their reconciliation, operating figures."""

import pandas as pd
import streamlit as st

from ui import formats, palette
from ui.tables.parts import Table, date_format, table
from ui.view import View


def growth_words(row) -> str:
    """The growth of a segment; one digit fewer where it comes from rounded figures."""
    rough = pd.notna(row.yoy_from_rounded) and bool(row.yoy_from_rounded)
    return formats.percent(
        row.yoy_pct, digits=0 if rough else 1, sign=True, quality="about" if rough else "exact"
    )


@table
def segments(view: View, rows: pd.DataFrame, currency: str) -> Table:
    """Segments by period, newest first, parts under their parents. rows: period (words) and name
    (words) beside the macro's columns.
    """
    config = st.column_config
    rows = rows.reset_index(drop=True)
    table = pd.DataFrame(
        {
            "period": rows["period"],
            "segment": [
                ("\u2003\u21b3 " if isinstance(row.parent_segment, str) else "") + row.name_words
                for row in rows.itertuples()
            ],
            "revenue": [
                formats.number(row.revenue_mn, quality=row.quality) for row in rows.itertuples()
            ],
            "yoy": [growth_words(row) for row in rows.itertuples()],
            "yoy_basis": [
                view.text(f"yoy_basis.{basis}") if isinstance(basis, str) else ""
                for basis in rows["yoy_basis"]
            ],
            "share": rows["share_pct"],
            "contribution": rows["contribution_pp"],
            "announced": rows["announced_on"],
            "source": rows["publisher"],
            "link": rows["url"],
            "note": [row.note if isinstance(row.note, str) else "" for row in rows.itertuples()],
        }
    )
    theme = view.theme()
    direction = [
        f"color: {palette.direction(value, theme)}"
        if pd.notna(value)
        else f"color: {theme.colour('muted')}"
        for value in rows["yoy_pct"]
    ]
    return Table(
        "segments",
        table,
        {
            "period": config.TextColumn(
                view.text("column.period"), pinned=not view.is_phone, width=150
            ),
            "segment": config.TextColumn(
                view.text("column.segment"),
                pinned=view.is_phone,
                width=260 if not view.is_phone else 150,
            ),
            "revenue": config.TextColumn(
                view.text("column.revenue_in", currency=currency), alignment="right", width=130
            ),
            "yoy": config.TextColumn(view.text("column.yoy_pct"), alignment="right", width=80),
            "yoy_basis": config.TextColumn(
                view.text("column.yoy_basis"), width=110, help=view.text("computed.segment_growth")
            ),
            "share": config.NumberColumn(view.text("column.share_pct"), format="%.1f", width=70),
            "contribution": config.NumberColumn(
                view.text("column.contribution_pp"), format="%+.1f", width=120
            ),
            "announced": config.DateColumn(
                view.text("column.announced_on"), format=date_format(view), width=95
            ),
            "source": config.TextColumn(view.text("column.source"), width=140),
            "link": config.LinkColumn(view.text("column.link"), display_text="↗", width=36),
            "note": config.TextColumn(view.text("column.note"), width=260),
        },
        most=16,
        styler=table.style.apply(lambda column: direction, subset=["yoy"]),
    )


@table
def segment_reconciliation(view: View, rows: pd.DataFrame, currency: str) -> Table:
    """One row a period, newest first: the top rows against reported revenue. rows: oldest first,
    those without rows among them.
    """
    config = st.column_config
    rows = rows[rows["result"] != "no rows"].iloc[::-1].reset_index(drop=True)
    table = pd.DataFrame(
        {
            "period": rows["period"],
            "sum": rows["segments_mn"],
            "revenue": rows["revenue_mn"],
            "difference": rows["difference_mn"],
            "difference_pct": rows["difference_pct"],
            "result": [view.text(f"reconciliation.{result}") for result in rows["result"]],
        }
    )
    theme = view.theme()
    shade = {
        "reconciled": theme.colour("ink"),
        "not itemised": theme.colour("note"),
        "incomplete": theme.colour("note"),
    }
    colours = [f"color: {shade.get(result, theme.colour('muted'))}" for result in rows["result"]]
    return Table(
        "segment-reconciliation",
        table,
        {
            "period": config.TextColumn(
                view.text("column.period"), pinned=view.is_phone, width=150
            ),
            "sum": config.NumberColumn(
                view.text("column.segments_sum"), format="%,d", width=120, help=currency
            ),
            "revenue": config.NumberColumn(
                view.text("column.revenue_in", currency=currency), format="%,d", width=130
            ),
            "difference": config.NumberColumn(
                view.text("column.difference"), format="%,d", width=90
            ),
            "difference_pct": config.NumberColumn(
                view.text("column.difference_pct"), format="%+.2f", width=100
            ),
            "result": config.TextColumn(view.text("column.result"), width=210),
        },
        most=8,
        styler=table.style.apply(lambda column: colours, subset=["result"]),
    )


def moved(view: View, row) -> str:
    """What a KPI did in a year: its growth, its change in points, or why neither is told."""
    if pd.notna(row.yoy_pct):
        whole = (
            row.yoy_basis == "printed" and float(row.yoy_pct).is_integer()
        ) or row.yoy_quality == "rounded"
        return formats.percent(
            row.yoy_pct, digits=0 if whole else 1, sign=True, quality=row.yoy_quality
        )
    if pd.notna(row.change_pp):
        return formats.points(row.change_pp, view.language, quality=row.yoy_quality)
    return (
        view.text(f"no_growth.{row.no_growth}")
        if row.no_growth in ("redefined", "not exact", "not meaningful")
        else formats.MISSING
    )


def kpi_figure(value, high=None, quality: str = "exact") -> str:
    """A KPI's value with as many decimals as it has, two at most; a range with both ends."""
    digits = 0 if float(value).is_integer() else 1 if round(value, 1) == value else 2
    return formats.number(value, digits, quality=quality) + (
        f" – {formats.number(high, digits)}" if pd.notna(high) else ""
    )


@table
def kpis(view: View, rows: pd.DataFrame) -> Table:
    """The latest of each operating figure, with its period, under the headings of kpi_topics."""
    config = st.column_config
    rows = rows.sort_values(
        ["rank", "is_stale", "known", "kpi"], ascending=[True, True, False, True]
    ).reset_index(drop=True)
    table = pd.DataFrame(
        {
            "topic": [
                view.text(f"kpi_topic.{topic if isinstance(topic, str) else 'other'}")
                for topic in rows["topic"]
            ],
            "kpi": rows["kpi"],
            "value": [
                kpi_figure(row.value, row.value_high, row.quality) for row in rows.itertuples()
            ],
            "unit": rows["unit"],
            "yoy": [moved(view, row) for row in rows.itertuples()],
            "period": rows["period"],
            "announced": rows["announced_on"],
            "note": [
                " · ".join(
                    part
                    for part in (
                        view.text("segments.kpi_changed") if row.definition_change else "",
                        row.note if isinstance(row.note, str) else "",
                    )
                    if part
                )
                for row in rows.itertuples()
            ],
            "source": rows["publisher"],
            "link": rows["url"],
        }
    )
    theme = view.theme()
    direction = [
        (
            "color: "
            f"{palette.direction(row.yoy_pct if pd.notna(row.yoy_pct) else row.change_pp, theme)}"
        )
        for row in rows.itertuples()
    ]
    return Table(
        "kpis",
        table,
        {
            "topic": config.TextColumn(view.text("column.kpi_topic"), width=85),
            "kpi": config.TextColumn(view.text("column.kpi"), pinned=not view.is_phone, width=230),
            "value": config.TextColumn(view.text("column.value"), alignment="right", width=85),
            "unit": config.TextColumn(view.text("column.unit"), width=85),
            "yoy": config.TextColumn(
                view.text("column.moved"),
                alignment="right",
                width=80,
                help=view.text("computed.kpi_growth"),
            ),
            "period": config.TextColumn(
                view.text("column.period"), width=90 if view.language == "en" else 110
            ),
            "announced": config.DateColumn(
                view.text("column.announced_on"), format=date_format(view), width=95
            ),
            "source": config.TextColumn(view.text("column.source"), width=120),
            "link": config.LinkColumn(view.text("column.link"), display_text="↗", width=36),
            "note": config.TextColumn(view.text("column.note"), width=260),
        },
        most=12,
        styler=table.style.apply(lambda column: direction, subset=["yoy"]),
    )


@table
def kpi_values(view: View, rows: pd.DataFrame) -> Table:
    """Every value known of one operating figure, newest first. rows: oldest first."""
    config = st.column_config
    rows = rows.iloc[::-1].reset_index(drop=True)
    table = pd.DataFrame(
        {
            "period": rows["period"],
            "value": [
                kpi_figure(row.value, row.value_high, row.quality) for row in rows.itertuples()
            ],
            "unit": rows["unit"],
            "yoy": [moved(view, row) for row in rows.itertuples()],
            "basis": [
                view.text(f"yoy_basis.{basis}") if isinstance(basis, str) else ""
                for basis in rows["yoy_basis"]
            ],
            "announced": rows["announced_on"],
            "note": [
                " · ".join(
                    part
                    for part in (
                        view.text("segments.kpi_changed") if row.definition_change else "",
                        row.note if isinstance(row.note, str) else "",
                    )
                    if part
                )
                for row in rows.itertuples()
            ],
            "source": rows["publisher"],
            "link": rows["url"],
        }
    )
    return Table(
        "kpi-values",
        table,
        {
            "period": config.TextColumn(view.text("column.period"), pinned=True, width=140),
            "value": config.TextColumn(view.text("column.value"), alignment="right", width=90),
            "unit": config.TextColumn(view.text("column.unit"), width=95),
            "yoy": config.TextColumn(view.text("column.moved"), alignment="right", width=85),
            "basis": config.TextColumn(view.text("column.growth_basis"), width=110),
            "announced": config.DateColumn(
                view.text("column.announced_on"), format=date_format(view), width=95
            ),
            "source": config.TextColumn(view.text("column.source"), width=140),
            "link": config.LinkColumn(view.text("column.link"), display_text="↗", width=36),
            "note": config.TextColumn(view.text("column.note"), width=260),
        },
        most=12,
    )


@table
def theme_growth(view: View, rows: pd.DataFrame) -> Table:
    """One line of business: the latest quarter of each company, fastest first. rows: name (words)
    beside the macro's columns and its source's.
    """
    config = st.column_config
    rows = rows.reset_index(drop=True)
    table = pd.DataFrame(
        {
            "company": rows["name"],
            "segment": rows["segments"],
            "quarter": rows["calendar_quarter"],
            "revenue": [
                formats.money(row.revenue_mn * 1e6, row.currency, view.language)
                for row in rows.itertuples()
            ],
            "yoy": [growth_words(row) for row in rows.itertuples()],
            "basis": [
                view.text(f"yoy_basis.{basis}") if isinstance(basis, str) else ""
                for basis in rows["yoy_basis"]
            ],
            "announced": rows["announced_on"],
            "source": rows["publisher"],
            "link": rows["url"],
        }
    )
    theme = view.theme()
    direction = [f"color: {palette.direction(value, theme)}" for value in rows["yoy_pct"]]
    return Table(
        "theme-growth",
        table,
        {
            "company": config.TextColumn(view.text("column.name"), pinned=True, width=110),
            "segment": config.TextColumn(view.text("column.segment"), width=280),
            "quarter": config.TextColumn(view.text("column.period"), width=80),
            "revenue": config.TextColumn(
                view.text("segments.revenue"), alignment="right", width=110
            ),
            "yoy": config.TextColumn(view.text("column.yoy_pct"), alignment="right", width=80),
            "basis": config.TextColumn(
                view.text("column.yoy_basis"), width=110, help=view.text("computed.segment_growth")
            ),
            "announced": config.DateColumn(
                view.text("column.announced_on"), format=date_format(view), width=95
            ),
            "source": config.TextColumn(view.text("column.source"), width=140),
            "link": config.LinkColumn(view.text("column.link"), display_text="↗", width=36),
        },
        styler=table.style.apply(lambda column: direction, subset=["yoy"]),
    )
