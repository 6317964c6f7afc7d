"""The pictures of the board: where each company stands in its range, and the heat of its percentiles in every window."""

from __future__ import annotations

import pandas as pd

from ui import formats, marks
from ui.pictures.parts import Picture, drawn, picture
from ui.view import View

SPANS = {1: "1y", 3: "3y", 5: "5y", 10: "10y", 0: "max"}


def side_by_side(view: View, rows: pd.DataFrame, across: str = "ranges") -> Picture:
    """The companies of rows (of the macro overview, in their order) by PE-TTM: ranges with the present in them, or windows as heat."""
    tickers = view.state.tickers
    words = dict(unit=view.text("unit.times"), metric="PE-TTM", basis=view.text(f"basis.{view.state.basis}"), window=view.window_words())
    chart = "cross_section" if across == "ranges" else "windows_heat"
    said = view.stamp("overview", view.text(f"chart.{chart}", **words), view.text(f"chart.{chart}_subtitle", **words), view.text("source.computed", frequency=view.closes), marks.prices(view, rows["ticker"]),
                      number=int(rows["percentile"].notna().sum()), tickers=tickers, across=across)
    names = rows[["ticker", "status"]].assign(name=[view.name(ticker) for ticker in rows["ticker"]])
    empty = view.text("missing.no_rows", date=view.day(view.as_of))
    if across == "ranges":
        stands = view.ask("SELECT ticker, value, percentile, minimum, q25, q50, q75, maximum FROM valuation_percentiles(?, ?) WHERE metric = 'pe_ttm' AND basis = ?", view.as_of, view.years, view.state.basis)
        data = names.merge(stands, on="ticker", how="left")
    else:
        standing = view.ask("SELECT * FROM valuation_windows(?) WHERE metric = 'pe_ttm' AND basis = ? AND (years <> 1 OR ?)", view.as_of, view.state.basis, view.has_daily)
        data = names.drop(columns="status").merge(standing, on="ticker", how="inner").assign(span=lambda f: f["years"].map(SPANS), column=lambda f: f["years"].replace(0, 99))
        place = {ticker: at for at, ticker in enumerate(rows["ticker"])}
        data = data.assign(place=data["ticker"].map(place)).sort_values(["place", "column"])[["ticker", "name", "span", "percentile", "n", "coverage_pct", "value", "status"]]
    first = rows[rows["percentile"].notna()].sort_values("percentile")
    cheapest = view.text("alt.cheapest", name=view.name(first.iloc[0]["ticker"]), percentile=formats.percentile(first.iloc[0]["percentile"], view.language)) if len(first) else empty
    alt = view.text("alt.chart", title=view.text(f"chart.{chart}", **words), subtitle=cheapest, date=view.day(view.as_of))
    height = 200 + 28 * len(rows) if len(rows) < 9 else None
    return picture(view, f"overview-{across}", tickers, alt, lambda theme: drawn(chart, data, said, theme, empty=empty, **({"height": height} if height and across == "ranges" else {})))
