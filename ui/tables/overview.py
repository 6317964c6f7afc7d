"""The coverage universe in one table."""

import pandas as pd
import streamlit as st

from ui import formats, marks, palette
from ui.tables.parts import show
from ui.view import View


def overview(view: View, rows: pd.DataFrame, key: str) -> str | None:
    """The coverage table; returns the ticker of the company whose name or ticker was clicked."""
    config, language = st.column_config, view.language
    theme = view.theme()
    rows = rows.reset_index(drop=True)

    def pe(row) -> str:
        if row.status == "STALE_EPS":
            return f"{formats.multiple(row.pe_ttm, language)} ({view.text('table.eps_to', date=formats.day(row.eps_period_end, language) if language == 'en' else f'{row.eps_period_end:%Y-%m-%d}')})"
        if row.status == "STALE_PRICE":
            return f"{formats.multiple(row.pe_ttm, language)} ({view.text('status.STALE_PRICE')})"
        return formats.multiple(row.pe_ttm, language) if row.status == "OK" else view.text(f"status.{row.status}")

    table = pd.DataFrame({
        "name": [f"{view.names[t][1]} {view.names[t][0]}" if language == "en" else f"{view.names[t][1]}" for t in rows["ticker"]],
        "ticker": rows["ticker"],
        "close": rows["close"],
        "date": rows["date"],
        "change_1m": rows["change_1m_pct"],
        "change_ytd": rows["change_ytd_pct"],
        "pe": [pe(row) for row in rows.itertuples()],
        "percentile": rows["percentile"],
        "buyback": rows["buyback_ytd_hkd"] / 1e9 if language == "en" else rows["buyback_ytd_hkd"] / 1e8,
        "revenue": rows["revenue_yoy_pct"],
        "period": [formats.period(p, e, m, language) if isinstance(p, str) else None for p, e, m in zip(rows["fiscal_period"], rows["revenue_period_end"], rows["fiscal_year_end_month"])],
        "trend": rows["trend"] if "trend" in rows else None,
    })
    grey, up_down = theme.colour("muted"), lambda value: "" if pd.isna(value) else f"color: {palette.direction(value, theme)}"
    stale, failed = rows["price_is_stale"].fillna(True).astype(bool).tolist(), marks.failed(view)
    dated = [grey if is_stale else theme.colour("note") if ticker in failed else "" for is_stale, ticker in zip(stale, rows["ticker"])]
    stale_eps = [status != "OK" for status in rows["status"]]
    styler = (table.style
              .map(lambda _: f"color: {theme.colour('ink')}", subset=["name"])
              .map(up_down, subset=["change_1m", "change_ytd", "revenue"])
              .apply(lambda column: [f"color: {grey}" if s else "" for s in stale], subset=["close"])
              .apply(lambda column: [f"color: {colour}" if colour else "" for colour in dated], subset=["date"])
              .apply(lambda column: [f"color: {grey}" if s else "" for s in stale_eps], subset=["pe"]))
    first = rows["first_date"].dropna()
    event = show(table, {
        "name": config.TextColumn(view.text("column.name"), pinned=view.is_phone, width=140 if language == "en" else 90),
        "ticker": config.TextColumn(view.text("column.ticker"), width=70),
        "close": config.NumberColumn(view.text("column.close"), format="%.2f", help=view.text("help.close"), width=70),
        "date": config.DateColumn(view.text("column.date"), format="D MMM YY" if language == "en" else "YYYY-MM-DD", width=80),
        "change_1m": config.NumberColumn(view.text("column.change_1m"), format="%+.1f", help=view.text("help.change_1m"), width=60),
        "change_ytd": config.NumberColumn(view.text("column.change_ytd"), format="%+.1f", width=60 if language == "en" else 90),
        "pe": config.TextColumn(view.text("column.pe_ttm"), width=155, alignment="right", help=view.text(f"basis.{view.state.basis}_long")),
        "percentile": config.ProgressColumn(view.text("column.percentile_window", window=view.text(f"window.{view.state.window}")), min_value=0, max_value=100, format="%.0f", width=115, color=theme.colour("cheap"),
                                            help=view.text("help.percentile", first=formats.day(first.min(), language) if len(first) else formats.MISSING)),
        "buyback": config.NumberColumn(view.text("column.buyback_ytd") + (" (HK$ bn)" if language == "en" else "（亿港元）"), format="%.2f", width=140, help=view.text("help.buyback")),
        "revenue": config.NumberColumn(view.text("column.revenue_yoy"), format="%+.1f", width=115),
        "period": config.TextColumn(view.text("column.of_period"), width=140 if language == "en" else 165),
        "trend": config.LineChartColumn(view.text("column.trend"), width=95),
    }, key=key, most=23, select=True, styler=styler)
    picked = event.selection.cells if event else []
    return rows.iloc[picked[0][0]]["ticker"] if picked and picked[0][1] in ("name", "ticker") else None
