"""The coverage universe in one table: what a company costs and did, in five sets of columns."""

import pandas as pd
import streamlit as st

from ui import formats, marks, palette
from ui.memory import once
from ui.tables.parts import Table, date_format, show, table
from ui.view import View

WINDOWS = {1: "1y", 3: "3y", 5: "5y", 10: "10y", 0: "max"}
REACHES = ("price", "eps_adjusted", "eps_reported", "revenue", "segments", "buybacks")


def overview(
    view: View, rows: pd.DataFrame, columns: str, key: str, *, by_subsector: bool = False
) -> str | None:
    """The board; rows: those of the macro overview with what the set of columns (price, windows,
    buybacks, growth, freshness) needs beside. Returns the ticker of the company whose name was
    clicked.
    """
    pressed = show(view, once(_board, view, rows, columns, by_subsector), button="name", key=key)
    return None if pressed is None else rows.iloc[pressed]["ticker"]


def _board(view: View, rows: pd.DataFrame, columns: str, by_subsector: bool) -> Table:
    rows = rows.reset_index(drop=True)
    table, config, figures = {
        "price": _price,
        "windows": _windows,
        "buybacks": _buybacks,
        "growth": _growth,
        "freshness": _freshness,
    }[columns](view, rows)
    text = st.column_config.TextColumn
    # What stays when the table is moved aside; Streamlit greys it, so a desk keeps the code there
    # and the name in ink.
    first = {
        "ticker": text(view.text("column.ticker"), width=72, pinned=not view.is_phone),
        "name": text(
            view.text("column.name"),
            pinned=view.is_phone,
            width=152 if view.language == "en" and not view.is_phone else 95,
        ),
    }
    if by_subsector:
        first["subsector"] = text(view.text("column.subsector"), width=140)
    table = pd.concat(
        [
            pd.DataFrame(
                {
                    "name": [
                        view.name(t)
                        if view.is_phone or view.language == "zh"
                        else f"{view.names[t][1]} {view.names[t][0]}"
                        for t in rows["ticker"]
                    ],
                    "ticker": rows["ticker"],
                    "subsector": rows["subsector"],
                }
            ),
            table,
        ],
        axis=1,
    )
    return Table(
        f"overview-{columns}",
        table,
        first | config,
        most=23,
        styler=_dressed(view, rows, table, columns),
        figures=figures,
    )


def _pe(view: View, row) -> str:
    language = view.language
    if row.status == "STALE_EPS":
        return (
            f"{formats.multiple(row.pe_ttm, language)} "
            f"({view.text('table.eps_to', date=formats.month(row.eps_period_end, language))})"
        )
    if row.status == "STALE_PRICE":
        return f"{formats.multiple(row.pe_ttm, language)} ({view.text('status.STALE_PRICE')})"
    return (
        formats.multiple(row.pe_ttm, language)
        if row.status == "OK"
        else view.text(f"status.{row.status}")
    )


def _forward(view: View, row) -> str:
    return (
        formats.multiple(row.pe_forward, view.language)
        if row.forward_status == "OK"
        else formats.MISSING
    )


def _percentile(view: View, rows: pd.DataFrame):
    first = rows["first_date"].dropna()
    return st.column_config.ProgressColumn(
        view.text("column.percentile_window", window=view.text(f"window.{view.state.window}")),
        min_value=0,
        max_value=100,
        format="%.0f",
        width=110,
        color=view.theme().colour("cheap"),
        help=view.text(
            "help.percentile",
            first=formats.day(first.min(), view.language) if len(first) else formats.MISSING,
        ),
    )


def _money_column(view: View):
    return st.column_config.NumberColumn(
        view.text("board.buyback"), format="%.2f", width=108, help=view.text("help.buyback")
    )


def _in_words(view: View, amounts: pd.Series) -> pd.Series:
    """Full HKD in the unit of the header: billions, or 亿."""
    return amounts / (1e9 if view.language == "en" else 1e8)


def _price(view: View, rows: pd.DataFrame):
    config, language = st.column_config, view.language
    table = pd.DataFrame(
        {
            "close": rows["close"],
            "currency": rows["currency"],
            "date": rows["date"],
            "change_1d": rows["change_1d_pct"],
            "change_1m": rows["change_1m_pct"],
            "change_ytd": rows["change_ytd_pct"],
            "pe": [_pe(view, row) for row in rows.itertuples()],
            "percentile": rows["percentile"],
            "forward": [_forward(view, row) for row in rows.itertuples()],
            "buyback": _in_words(view, rows["buyback_ytd_hkd"]),
            "yield": rows["gross_yield_pct"],
            "revenue": rows["revenue_yoy_pct"],
            "trend": rows["trend"],
        }
    )
    columns = {
        "close": config.NumberColumn(
            view.text("column.close"), format="%.2f", help=view.text("help.close"), width=68
        ),
        "currency": config.TextColumn(view.text("column.currency_short"), width=44),
        "date": config.DateColumn(
            view.text("column.date"),
            format="D MMM YY" if language == "en" else "YYYY-MM-DD",
            width=78,
        ),
        "change_1d": config.NumberColumn(
            view.text("column.change_1d"),
            format="%+.1f",
            help=view.text("help.change_1d"),
            width=55,
        ),
        "change_1m": config.NumberColumn(
            view.text("column.change_1m"),
            format="%+.1f",
            help=view.text("help.change_1m"),
            width=60,
        ),
        "change_ytd": config.NumberColumn(
            view.text("column.change_ytd"), format="%+.1f", width=60 if language == "en" else 90
        ),
        "pe": config.TextColumn(
            view.text("column.pe_ttm"),
            width=146,
            alignment="right",
            help=view.text(f"basis.{view.state.basis}_long"),
        ),
        "percentile": _percentile(view, rows),
        "forward": config.TextColumn(
            view.text("board.forward"),
            width=72,
            alignment="right",
            help=view.text("help.pe_forward"),
        ),
        "buyback": _money_column(view),
        "yield": config.NumberColumn(
            view.text("board.yield"), format="%.2f", width=66, help=view.text("help.gross_yield")
        ),
        "revenue": config.NumberColumn(view.text("board.revenue"), format="%+.1f", width=92),
        "trend": config.LineChartColumn(view.text("column.trend"), width=90),
    }
    if not rows["change_1d_pct"].notna().any():
        columns.pop("change_1d")
    return (
        table,
        columns,
        pd.DataFrame(
            {
                "pe": rows["pe_ttm"].where(rows["status"].isin(["OK", "STALE_EPS", "STALE_PRICE"])),
                "forward": rows["pe_forward"].where(rows["forward_status"] == "OK"),
            }
        ),
    )


def _windows(view: View, rows: pd.DataFrame):
    """Percentiles of all windows side by side, as heat."""
    config = st.column_config
    spans = [years for years in WINDOWS if years != 1 or view.has_daily]
    table = pd.DataFrame(
        {
            "pe": [_pe(view, row) for row in rows.itertuples()],
            **{WINDOWS[years]: rows[f"percentile_{years}"] for years in spans},
            "forward": [_forward(view, row) for row in rows.itertuples()],
            "trend": rows["trend"],
        }
    )
    columns = {
        "pe": config.TextColumn(
            view.text("column.pe_ttm"),
            width=150,
            alignment="right",
            help=view.text(f"basis.{view.state.basis}_long"),
        ),
        **{
            WINDOWS[years]: config.NumberColumn(
                view.text(f"window.{WINDOWS[years]}"),
                format="%.0f",
                width=80,
                help=view.text("help.windows"),
            )
            for years in spans
        },
        "forward": config.TextColumn(
            view.text("column.pe_forward"),
            width=95,
            alignment="right",
            help=view.text("help.pe_forward"),
        ),
        "trend": config.LineChartColumn(view.text("column.trend"), width=120),
    }
    return (
        table,
        columns,
        pd.DataFrame(
            {
                "pe": rows["pe_ttm"].where(rows["status"].isin(["OK", "STALE_EPS", "STALE_PRICE"])),
                "forward": rows["pe_forward"].where(rows["forward_status"] == "OK"),
            }
        ),
    )


def _buybacks(view: View, rows: pd.DataFrame):
    config = st.column_config
    table = pd.DataFrame(
        {
            "buyback": _in_words(view, rows["buyback_ytd_hkd"]),
            "to": rows["buyback_to"],
            "change": rows["change_pct"],
            "cap": rows["cap_share_pct"],
            "yield": rows["gross_yield_pct"],
            "net": rows["net_reduction_pct"],
            "last": rows["last_purchase_date"],
        }
    )
    return (
        table,
        {
            "buyback": _money_column(view),
            "to": config.DateColumn(
                view.text("data.buybacks_to"), format=date_format(view), width=110
            ),
            "change": config.NumberColumn(
                view.text("column.year_before"), format="%+.1f", width=150
            ),
            "cap": config.NumberColumn(view.text("column.cap_share"), format="%.2f", width=100),
            "yield": config.NumberColumn(
                view.text("column.gross_yield"),
                format="%.2f",
                width=110,
                help=view.text("help.gross_yield"),
            ),
            "net": config.NumberColumn(
                view.text("column.net_reduction"),
                format="%+.2f",
                width=120,
                help=view.text("help.net_reduction"),
            ),
            "last": config.DateColumn(
                view.text("column.last_purchase"), format=date_format(view), width=120
            ),
        },
        None,
    )


def _growth(view: View, rows: pd.DataFrame):
    config, language = st.column_config, view.language
    table = pd.DataFrame(
        {
            "revenue": rows["revenue_yoy_pct"],
            "period": [
                formats.period(p, e, m, language) if isinstance(p, str) else None
                for p, e, m in zip(
                    rows["fiscal_period"], rows["revenue_period_end"], rows["fiscal_year_end_month"]
                )
            ],
            "announced": rows["announced_on"],
            "forward": [_forward(view, row) for row in rows.itertuples()],
            "growth": rows["growth_pct"],
            "brokers": rows["n_brokers"],
            "target": rows["upside_now_pct"],
        }
    )
    return (
        table,
        {
            "revenue": config.NumberColumn(
                view.text("column.revenue_yoy"), format="%+.1f", width=115
            ),
            "period": config.TextColumn(
                view.text("column.of_period"), width=140 if language == "en" else 165
            ),
            "announced": config.DateColumn(
                view.text("column.announced_on"), format=date_format(view), width=110
            ),
            "forward": config.TextColumn(
                view.text("column.pe_forward"),
                width=110,
                alignment="right",
                help=view.text("help.pe_forward"),
            ),
            "growth": config.NumberColumn(
                view.text("column.eps_growth"),
                format="%+.1f",
                width=130,
                help=view.text("help.eps_growth"),
            ),
            "brokers": config.NumberColumn(view.text("column.brokers"), format="%d", width=75),
            "target": config.NumberColumn(
                view.text("column.target_upside"),
                format="%+.1f",
                width=130,
                help=view.text("help.target_upside"),
            ),
        },
        pd.DataFrame({"forward": rows["pe_forward"].where(rows["forward_status"] == "OK")}),
    )


def _freshness(view: View, rows: pd.DataFrame):
    table = pd.DataFrame({f"{what}_to": rows[f"{what}_to"] for what in REACHES})
    return (
        table,
        {
            f"{what}_to": st.column_config.DateColumn(
                view.text(f"data.{what}_to"), format=date_format(view), width=130
            )
            for what in REACHES
        },
        None,
    )


def _dressed(view: View, rows: pd.DataFrame, table: pd.DataFrame, columns: str):
    """The colours: direction of changes, grey for what is stale, heat for percentiles, freshness by
    its state.
    """
    theme, styler = (
        view.theme(),
        table.style.map(lambda _: f"color: {view.theme().colour('ink')}", subset=["name"]),
    )

    def colour(column: str, colours: list[str], what: str = "color") -> None:
        if column in table:
            styler.apply(
                lambda _: [f"{what}: {one}" if one else "" for one in colours], subset=[column]
            )

    for column in ("change_1d", "change_1m", "change_ytd", "revenue", "change", "growth", "target"):
        if column in table:
            colour(
                column,
                [
                    palette.direction(value, theme) if pd.notna(value) else ""
                    for value in table[column]
                ],
            )
    grey, failed = theme.colour("muted"), marks.failed(view)
    stale = rows["price_is_stale"].fillna(True).astype(bool).tolist()
    colour("close", [grey if is_stale else "" for is_stale in stale])
    colour(
        "date",
        [
            grey if is_stale else theme.colour("note") if ticker in failed else ""
            for is_stale, ticker in zip(stale, rows["ticker"])
        ],
    )
    colour("pe", [grey if status != "OK" else "" for status in rows["status"]])
    for window in WINDOWS.values():
        if columns == "windows" and window in table:
            colour(
                window,
                [
                    palette.alpha(palette.cheap_to_dear(value, theme), 0.45)
                    if pd.notna(value)
                    else ""
                    for value in table[window]
                ],
                "background-color",
            )
    for what in REACHES if columns == "freshness" else ():
        colour(
            f"{what}_to",
            [
                {
                    "fresh": theme.colour("green"),
                    "late": theme.colour("note"),
                    "stale": theme.colour("red"),
                }.get(state, "")
                for state in rows[f"{what}_state"]
            ],
        )
    return styler


@table
def subsectors(view: View, rows: pd.DataFrame) -> Table:
    """What the members of each subsector have in the middle; the last row is all of them."""
    config = st.column_config
    table = pd.DataFrame(
        {
            "name": rows["subsector"].fillna(view.text("filter.all")),
            "companies": rows["companies"],
            "percentile": rows["median_percentile"],
            "ranked": rows["ranked"],
            "pe": rows["median_pe"],
            "month": rows["median_change_1m_pct"],
            "ytd": rows["median_change_ytd_pct"],
            "revenue": rows["median_revenue_yoy_pct"],
        }
    )
    return Table(
        "subsectors",
        table,
        {
            "name": config.TextColumn(view.text("column.subsector"), pinned=True, width=150),
            "companies": config.NumberColumn(view.text("column.companies"), width=85),
            "percentile": config.ProgressColumn(
                view.text("column.median_percentile"),
                min_value=0,
                max_value=100,
                format="%.0f",
                width=130,
                color=view.theme().colour("cheap"),
            ),
            "ranked": config.NumberColumn("N", width=45),
            "pe": config.NumberColumn(view.text("column.median_pe"), format="%.1f", width=90),
            "month": config.NumberColumn(view.text("column.median_1m"), format="%+.1f", width=110),
            "ytd": config.NumberColumn(view.text("column.median_ytd"), format="%+.1f", width=110),
            "revenue": config.NumberColumn(
                view.text("column.median_revenue"), format="%+.1f", width=160
            ),
        },
        most=24,
    )
