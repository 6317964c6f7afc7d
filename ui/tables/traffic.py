"""The sites of a week, and figures of the sector with what speaks against them."""

import pandas as pd
import streamlit as st

from ui import formats, palette
from ui.tables.parts import Table, date_format, table
from ui.view import View


@table
def site_traffic(view: View, rows: pd.DataFrame) -> Table:
    """Every site of one week of one vendor, most visited first. rows: those of traffic_as_of."""
    config = st.column_config
    rows = rows.reset_index(drop=True)
    table = pd.DataFrame(
        {
            "rank": rows["rank"],
            "site": [
                row.site if row.site == row.site_printed else f"{row.site} ({row.site_printed})"
                for row in rows.itertuples()
            ],
            "category": rows["category_zh" if view.language == "zh" else "category_en"].fillna(""),
            "visits": rows["visits_mn"],
            "share": rows["share_pct"],
            "wow": [
                formats.percent(value, digits=2, sign=True) if pd.notna(value) else formats.MISSING
                for value in rows["wow_pct"]
            ],
            "own_wow": rows["wow_computed_pct"],
            "four_week": rows["four_week_pct"],
            "stay": [
                f"{int(value) // 60}:{int(value) % 60:02d}" if pd.notna(value) else formats.MISSING
                for value in rows["average_stay_s"]
            ],
            "tier": [view.text(f"tier.{tier}") for tier in rows["tier"]],
        }
    )
    theme = view.theme()
    colours = [f"color: {palette.direction(value, theme)}" for value in rows["wow_pct"]]
    columns = {
        "rank": config.NumberColumn(view.text("traffic.rank"), width=40),
        "site": config.TextColumn(view.text("column.site"), width=190, pinned=view.is_phone),
        "category": config.TextColumn(view.text("traffic.category"), width=170),
        "visits": config.NumberColumn(view.text("column.visits"), format="%.2f", width=90),
        "share": config.NumberColumn(
            view.text("traffic.share_column"),
            format="%.2f",
            width=75,
            help=view.text("computed.traffic"),
        ),
        "wow": config.TextColumn(view.text("column.wow_pct"), alignment="right", width=80),
        "own_wow": config.NumberColumn(view.text("traffic.own_wow"), format="%+.2f", width=110),
        "four_week": config.NumberColumn(view.text("traffic.four_week"), format="%+.2f", width=85),
        "stay": config.TextColumn(view.text("column.stay"), alignment="right", width=95),
        "tier": config.TextColumn(view.text("traffic.tier"), width=120),
    }
    known = {
        name: column
        for name, column in columns.items()
        if name not in ("own_wow", "four_week") or table[name].notna().any()
    }
    return Table(
        "site-traffic",
        table,
        known,
        most=16,
        styler=table.style.apply(lambda column: colours, subset=["wow"]),
    )


def stat_period(row) -> str:
    return row.period_printed if isinstance(row.period_printed, str) else formats.MISSING


def stat_unit(view: View, row) -> str:
    if row.unit == "million" and isinstance(row.currency, str):
        return view.text("unit.million", currency=row.currency)
    return row.unit if isinstance(row.unit, str) else ""


@table
def sector_stats(view: View, rows: pd.DataFrame) -> Table:
    """Figures of the sector as printed, the doubtful ones marked and explained. rows: those of
    sector_stats_as_of with publisher and url.
    """
    config = st.column_config
    rows = rows.reset_index(drop=True)

    def value(row) -> str:
        if pd.isna(row.value):
            return (
                view.text("traffic.withdrawn", value=formats.number(row.printed_value))
                + f" {formats.DAGGER}"
                if pd.notna(row.printed_value)
                else formats.MISSING
            )
        digits = (
            0
            if float(row.value).is_integer()
            else 1
            if round(row.value, 1) == row.value
            else 4
            if abs(row.value) < 0.01
            else 3
            if abs(row.value) < 1
            else 2
        )
        high = f" – {formats.number(row.value_high, digits)}" if pd.notna(row.value_high) else ""
        return (
            formats.number(row.value, digits, quality=row.quality)
            + high
            + (f" {formats.DAGGER}" if isinstance(row.doubt, str) else "")
        )

    table = pd.DataFrame(
        {
            "topic": rows["topic_zh" if view.language == "zh" else "topic_en"],
            "stat": rows["stat"],
            "entity": rows["entity"],
            "period": [
                stat_period(row)
                + (f" ({view.text('traffic.forecast')})" if row.is_forecast else "")
                for row in rows.itertuples()
            ],
            "value": [value(row) for row in rows.itertuples()],
            "unit": [stat_unit(view, row) for row in rows.itertuples()],
            "yoy": rows["yoy_pct"],
            "mom": rows["mom_pct"],
            "doubt": rows["doubt"].fillna(""),
            "published": rows["published_on"],
            "source": rows["publisher"],
            "link": rows["url"],
            "note": rows["note"].fillna(""),
        }
    )
    theme = view.theme()
    colours = [f"color: {theme.colour('note')}" if doubt else "" for doubt in table["doubt"]]
    return Table(
        "sector-stats",
        table,
        {
            "topic": config.TextColumn(view.text("column.topic"), width=110),
            "stat": config.TextColumn(view.text("column.stat"), width=290, pinned=view.is_phone),
            "entity": config.TextColumn(view.text("column.entity"), width=160),
            "period": config.TextColumn(view.text("column.period"), width=130),
            "value": config.TextColumn(
                view.text("column.value_printed"), alignment="right", width=110
            ),
            "unit": config.TextColumn(view.text("column.unit"), width=100),
            "yoy": config.NumberColumn(view.text("column.yoy_short"), format="%+.1f", width=70),
            "mom": config.NumberColumn(view.text("column.mom_short"), format="%+.1f", width=70),
            "doubt": config.TextColumn(view.text("column.doubt"), width=260),
            "published": config.DateColumn(
                view.text("column.published_on"), format=date_format(view), width=95
            ),
            "source": config.TextColumn(view.text("column.source"), width=130),
            "link": config.LinkColumn(view.text("column.link"), display_text="↗", width=36),
            "note": config.TextColumn(view.text("column.note"), width=260),
        },
        most=14,
        styler=table.style.apply(lambda column: colours, subset=["value", "doubt"]),
    )
