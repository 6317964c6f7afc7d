"""Tables of the market: a month line by line with its base sessions, a broker's printed review
beside ours, other moves as printed.
"""

from collections.abc import Collection

import pandas as pd
import streamlit as st

from ui import formats, palette
from ui.tables.parts import Table, date_format, table
from ui.view import View


def market_state(view: View, row) -> str:
    """What a reader must know of a row: why it has no return or no excess, which line is ranked,
    when it went ex.
    """
    if row.status != "OK":
        seen = row.first_close_date if row.status == "JOINED" else row.last_close_date
        return view.text(
            f"market.state.{row.status}",
            **(
                {"date": formats.day(seen, view.language)}
                if row.status in ("JOINED", "MISSING_END")
                else {}
            ),
        )
    said = (
        [view.text("market.state.RUNNING", date=formats.day(row.end_date, view.language))]
        if row.is_running
        else []
    )
    said += (
        [view.text("market.state.MISSING_BENCHMARK", benchmark=view.name(row.benchmark))]
        if row.excess_status != "OK"
        else []
    )
    said += (
        [view.text("market.state.EX", date=formats.day(row.ex_date, view.language))]
        if pd.notna(row.ex_date)
        else []
    )
    said += [view.text("market.state.LINE")] if row.kind == "line" else []
    return "; ".join(said)


@table
def market_review(view: View, rows: pd.DataFrame, chosen: Collection[str] = ()) -> Table:
    """One line a row, each market by rank, what cannot be ranked last and with its reason; of the
    lines chosen, where one of them is there.
    """
    config, theme, date = st.column_config, view.theme(), date_format(view)
    wanted = rows["ticker"].isin(chosen)
    rows = rows[wanted | ~wanted.any()].reset_index(drop=True)
    table = pd.DataFrame(
        {
            "market": [view.text(f"market.{market}") for market in rows["market"]],
            "rank": rows["rank"],
            "name": [view.name(ticker) for ticker in rows["ticker"]],
            "ticker": rows["ticker"],
            "base_date": rows["base_date"],
            "base_close": rows["base_close"],
            "end_date": rows["end_date"],
            "end_close": rows["end_close"],
            "return_pct": rows["return_pct"],
            "total": rows["total_return_pct"],
            "benchmark": rows["benchmark_return_pct"],
            "excess": rows["excess_pp"],
            "state": [market_state(view, row) for row in rows.itertuples()],
        }
    )

    def up_down(value):
        return ("") if pd.isna(value) else (f"color: {palette.direction(value, theme)}")

    return Table(
        "market-review",
        table,
        {
            "market": config.TextColumn(view.text("column.market"), width=80),
            "rank": config.NumberColumn(view.text("column.rank"), format="%d", width=40),
            "name": config.TextColumn(view.text("column.name"), pinned=view.is_phone, width=115),
            "ticker": config.TextColumn(view.text("column.ticker"), width=70),
            "base_date": config.DateColumn(view.text("column.base_date"), format=date, width=95),
            "base_close": config.NumberColumn(
                view.text("column.base_close"), format="%.2f", width=85
            ),
            "end_date": config.DateColumn(view.text("column.end_date"), format=date, width=95),
            "end_close": config.NumberColumn(view.text("column.close"), format="%.2f", width=75),
            "return_pct": config.NumberColumn(
                view.text("column.return_pct"), format="%+.1f", width=75
            ),
            "total": config.NumberColumn(
                view.text("column.total_return_pct"), format="%+.1f", width=100
            ),
            "benchmark": config.NumberColumn(
                view.text("column.benchmark_pct"), format="%+.1f", width=95
            ),
            "excess": config.NumberColumn(view.text("column.excess_pp"), format="%+.1f", width=90),
            "state": config.TextColumn(view.text("column.state"), width=260),
        },
        most=18,
        styler=table.style.map(up_down, subset=["return_pct", "total", "excess"]),
    )


@table
def printed_review(view: View, rows: pd.DataFrame, publisher: str) -> Table:
    """A broker's list beside ours: what agrees, what does not, and by how much."""
    config, theme = st.column_config, view.theme()
    rows = rows[rows["publisher"] == publisher].reset_index(drop=True)

    def name(row) -> str:
        if row.is_proxy:
            return view.text(
                "market.stands_for",
                name=view.name(row.compared_with),
                entity=row.entity if view.language == "en" else row.name_zh,
            )
        return view.name(row.ticker) if isinstance(row.ticker, str) else row.entity

    def fit(row) -> str:
        if not isinstance(row.excess_check, str):
            return ""
        return view.text(
            f"check.{row.excess_check}",
            **(
                {
                    "misfit": formats.number(row.misfit_pp, 1),
                    "implied": formats.percent(row.implied_benchmark_pct, sign=True),
                }
                if row.excess_check == "does not fit"
                else {}
            ),
        )

    table = pd.DataFrame(
        {
            "market": [view.text(f"market.{market}") for market in rows["market"]],
            "name": [name(row) for row in rows.itertuples()],
            "printed": rows["printed_return_pct"],
            "own": rows["own_return_pct"],
            "total": rows["total_return_pct"],
            "difference": rows["difference_pp"],
            "check": [view.text(f"check.{word}") for word in rows["return_check"]],
            "printed_excess": rows["printed_excess_pp"],
            "fitting": rows["fitting_excess_pp"],
            "own_excess": rows["own_excess_pp"],
            "fit": [fit(row) for row in rows.itertuples()],
        }
    )

    def flagged(column):
        return [
            f"color: {theme.colour('note')}; font-weight: 600" if bad else ""
            for bad in (
                rows["return_check"] != "agrees"
                if column.name == "check"
                else rows["excess_check"] == "does not fit"
            )
        ]

    return Table(
        "printed-review",
        table,
        {
            "market": config.TextColumn(view.text("column.market"), width=70),
            "name": config.TextColumn(view.text("column.name"), pinned=view.is_phone, width=195),
            "printed": config.NumberColumn(
                view.text("column.printed_pct"), format="%+.1f", width=70
            ),
            "own": config.NumberColumn(view.text("column.own_pct"), format="%+.2f", width=65),
            "total": config.NumberColumn(
                view.text("column.total_return_pct"), format="%+.2f", width=95
            ),
            "difference": config.NumberColumn(
                view.text("column.difference_pp"), format="%+.2f", width=100
            ),
            "check": config.TextColumn(view.text("column.check"), width=135),
            "printed_excess": config.NumberColumn(
                view.text("column.printed_excess"), format="%+.1f", width=120
            ),
            "fitting": config.NumberColumn(
                view.text("column.fitting_excess"), format="%+.1f", width=140
            ),
            "own_excess": config.NumberColumn(
                view.text("column.own_excess"), format="%+.1f", width=70
            ),
            "fit": config.TextColumn(view.text("column.check"), width=160),
        },
        styler=table.style.apply(flagged, subset=["check", "fit"]),
    )


@table
def printed_moves(view: View, rows: pd.DataFrame) -> Table:
    """Moves of other periods, as their documents print them."""
    config = st.column_config
    rows = rows.reset_index(drop=True)

    def name(row) -> str:
        if isinstance(row.ticker, str):
            return view.name(row.ticker)
        return row.name_zh if view.language == "zh" and isinstance(row.name_zh, str) else row.entity

    def move(row) -> str:
        written = formats.percent(
            row.return_pct,
            sign=True,
            digits=2 if round(row.return_pct, 1) != row.return_pct else 1,
            quality=row.quality,
        )
        return written.replace(
            f">{formats.MINUS}", f"<{formats.MINUS}"
        )  # a fall of more than 5 % lies below -5 %

    table = pd.DataFrame(
        {
            "period": [
                row.period_printed
                if isinstance(row.period_printed, str)
                else formats.day(row.period_end, view.language)
                for row in rows.itertuples()
            ],
            "name": [name(row) for row in rows.itertuples()],
            "move": [move(row) for row in rows.itertuples()],
            "note": rows["note"],
            "source": rows["publisher"],
            "link": rows["url"],
        }
    )
    return Table(
        "printed-moves",
        table,
        {
            "period": config.TextColumn(view.text("column.period_printed"), width=190),
            "name": config.TextColumn(view.text("column.name"), pinned=view.is_phone, width=230),
            "move": config.TextColumn(view.text("column.move"), alignment="right", width=80),
            "note": config.TextColumn(view.text("column.note"), width=330),
            "source": config.TextColumn(view.text("column.source"), width=150),
            "link": config.LinkColumn(view.text("column.link"), display_text="↗", width=36),
        },
        most=12,
    )
