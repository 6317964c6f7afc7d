"""The pictures of the board: where each company stands in its range, and the heat of its
percentiles in every window.
"""

from __future__ import annotations

from functools import cached_property

import pandas as pd

from ui import formats, marks
from ui.pictures import buybacks
from ui.pictures.parts import CELLS, Picture, drawn, picture
from ui.view import View

SPANS = {1: "1y", 3: "3y", 5: "5y", 10: "10y", 0: "max"}


BESIDE = {  # what a set of columns needs beside the macro overview
    "buybacks": """
        SELECT ticker, change_pct, cap_share_pct, last_purchase_date FROM buyback_league(?)
        """,
    "growth": """
        SELECT c.ticker, g.growth_pct, g.n AS n_brokers, t.upside_now_pct
        FROM companies AS c
        LEFT JOIN forward_growth($1) AS g ON g.ticker = c.ticker AND g.basis = $2
            AND g.status = 'OK'
        LEFT JOIN (
            SELECT quote_ticker, upside_now_pct FROM target_consensus($1)
        ) AS t ON t.quote_ticker = c.ticker
        """,
    "freshness": "SELECT * FROM company_freshness(?)",
    "windows": """
        SELECT ticker, max(percentile) FILTER (years = 1) AS percentile_1, max(percentile)
            FILTER (years = 3) AS percentile_3, max(percentile) FILTER (years = 5) AS percentile_5,
            max(percentile) FILTER (years = 10) AS percentile_10, max(percentile)
            FILTER (years = 0) AS percentile_0
        FROM valuation_windows($1)
        WHERE metric = 'pe_ttm' AND basis = $2
        GROUP BY ticker
        """,
}
TRENDS = """
    SELECT ticker, list(close ORDER BY date) AS trend
    FROM (
        SELECT ticker, date_trunc('month', date) AS month, max(date) AS date, arg_max(close, date)
            AS close
        FROM price_series(?)
        WHERE date > CAST(? AS DATE) - INTERVAL 2 YEAR
        GROUP BY ALL
    )
    GROUP BY ticker
    """


class Board:
    """What stands on the board on the evening of a view."""

    def __init__(self, view: View) -> None:
        self.view = view

    @cached_property
    def rows(self) -> pd.DataFrame:
        """Every line, its close in the currency of display."""
        view = self.view
        return view.in_display(
            view.ask("SELECT * FROM overview(?, ?, ?)", view.as_of, view.years, view.state.basis),
            ["close"],
            "currency",
        )

    @cached_property
    def companies(self) -> pd.DataFrame:
        return self.rows[self.rows["kind"] == "company"]

    @cached_property
    def ranked(self) -> pd.DataFrame:
        """The companies that have a percentile."""
        return self.companies[self.companies["percentile"].notna()]

    @cached_property
    def bought(self) -> pd.Series | None:
        """What the companies bought back this year together; None in a snapshot of an earlier
        version.
        """
        return buybacks.total(self.view, self.companies["ticker"].tolist())

    @cached_property
    def results(self) -> pd.DataFrame:
        """The companies whose results came in the month of the evening shown."""
        return self.companies[
            pd.to_datetime(self.companies["announced_on"]).dt.strftime("%Y-%m")
            == self.view.as_of.strftime("%Y-%m")
        ]

    @cached_property
    def index(self) -> pd.DataFrame:
        return self.view.ask(
            """
            SELECT *
            FROM valuation_percentiles(?, ?)
            WHERE metric = 'pe_ttm' AND basis = 'quoted' AND ticker = 'HSTECH'
            """,
            self.view.as_of,
            self.view.years,
        )

    def shown(self, columns: str, group: str, my: tuple[str, ...] = ()) -> pd.DataFrame:
        """The rows of the board, of the reader's own list my where that is the group, with what its
        columns need: ranked first, cheapest on top; then those with a multiple, then those
        without.
        """
        view, rows = self.view, self.rows
        rows = (
            rows[rows["ticker"].isin(my)]
            if group == "mine"
            else rows[rows["ticker"].isin(view.state.tickers)]
            if view.state.tickers
            else self.companies
        )
        if rows.empty:
            return rows
        rows = rows.assign(
            place=rows["status"]
            .map({"OK": 0, "STALE_EPS": 1, "STALE_PRICE": 2, "NM_LOSS": 3})
            .fillna(4)
        ).sort_values(
            (["subsector"] if group == "subsector" else []) + ["percentile", "place", "ticker"],
            na_position="last",
        )
        rows = rows.merge(view.ask(TRENDS, view.as_of, view.as_of), on="ticker", how="left")
        if columns not in BESIDE:
            return rows
        return rows.merge(
            view.ask(
                BESIDE[columns],
                *((view.as_of, view.state.basis) if "$2" in BESIDE[columns] else (view.as_of,)),
            ),
            on="ticker",
            how="left",
        )


def side_by_side(view: View, rows: pd.DataFrame, across: str = "ranges") -> Picture:
    """The companies of rows (of the macro overview, in their order) by PE-TTM: ranges with the
    present in them, or windows as heat.
    """
    tickers = view.state.tickers
    words = {
        "unit": view.text("unit.times"),
        "metric": "PE-TTM",
        "basis": view.text(f"basis.{view.state.basis}"),
        "window": view.window_words(),
    }
    chart = "cross_section" if across == "ranges" else "windows_heat"
    said = view.stamp(
        "overview",
        view.text(f"chart.{chart}", **words),
        view.text(f"chart.{chart}_subtitle", **words),
        view.text("source.computed", frequency=view.closes),
        marks.prices(view, rows["ticker"]),
        number=int(rows["percentile"].notna().sum()),
        tickers=tickers,
        across=across,
    )
    names = rows[["ticker", "status"]].assign(name=[view.name(ticker) for ticker in rows["ticker"]])
    empty = view.text("missing.no_rows", date=view.day(view.as_of))
    if across == "ranges":
        stands = view.ask(
            """
            SELECT * EXCLUDE (status)
            FROM valuation_percentiles(?, ?)
            WHERE metric = 'pe_ttm' AND basis = ?
            """,
            view.as_of,
            view.years,
            view.state.basis,
        )
        data = names.merge(stands, on="ticker", how="left")
    else:
        standing = view.ask(
            """
            SELECT *
            FROM valuation_windows(?)
            WHERE metric = 'pe_ttm' AND basis = ? AND (years <> 1 OR ?)
            """,
            view.as_of,
            view.state.basis,
            view.has_daily,
        )
        data = (
            names.drop(columns="status")
            .merge(standing, on="ticker", how="inner")
            .assign(
                span=lambda f: f["years"].map(SPANS), column=lambda f: f["years"].replace(0, 99)
            )
        )
        place = {ticker: at for at, ticker in enumerate(rows["ticker"])}
        data = (
            data.assign(place=data["ticker"].map(place))
            .sort_values(["place", "column"])
            .filter(CELLS)
        )
    first = rows[rows["percentile"].notna()].sort_values("percentile")
    cheapest = (
        view.text(
            "alt.cheapest",
            name=view.name(first.iloc[0]["ticker"]),
            percentile=formats.percentile(first.iloc[0]["percentile"], view.language),
        )
        if len(first)
        else empty
    )
    alt = view.text(
        "alt.chart",
        title=view.text(f"chart.{chart}", **words),
        subtitle=cheapest,
        date=view.day(view.as_of),
    )
    height = 200 + 28 * len(rows) if len(rows) < 9 else None
    return picture(
        view,
        f"overview-{across}",
        tickers,
        alt,
        lambda theme: drawn(
            chart,
            data,
            said,
            theme,
            empty=empty,
            **({"height": height} if height and across == "ranges" else {}),
        ),
    )
