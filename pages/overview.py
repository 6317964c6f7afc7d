"""The coverage universe in one table: what does each company cost, against its own past, and what happens at it?"""

import pandas as pd
import streamlit as st

from ui import formats, frame, marks, panels, stamp, tables

view = frame.view()
rows = view.ask("SELECT * FROM overview(?, ?, ?)", view.as_of, view.years, view.state.basis)
shown = rows[rows["ticker"].isin(view.state.tickers)] if view.state.tickers else rows[rows["kind"] == "company"]
companies = rows[rows["kind"] == "company"]
index = view.ask("SELECT * FROM valuation_percentiles(?, ?) WHERE metric = 'pe_ttm' AND basis = 'quoted' AND ticker = 'HSTECH'", view.as_of, view.years)
fresh = view.ask("SELECT * FROM freshness_by_month WHERE basis = ? AND date <= ? ORDER BY date DESC", view.state.basis, view.as_of)

# The finding: how many are cheap, or on which date most are fresh.
ranked = companies[companies["percentile"].notna()]
window = view.window_words()
here = fresh.iloc[0] if len(fresh) else None
full = fresh[fresh["fresh"] * 2 > fresh["ever_ranked"]]
if here is not None and here["fresh"] * 2 < here["ever_ranked"]:
    if len(full):
        then = full.iloc[0]
        panels.finding(view.text("finding.overview_thin", ok=int(here["fresh"]), ever=int(here["ever_ranked"]), date=formats.day(here["date"], view.language),
                                 full=formats.day(then["date"], view.language), full_ok=int(then["fresh"])))
        st.button(view.text("action.go_to_date", date=formats.day(then["date"], view.language)), on_click=frame.show_date, args=(then["date"].date(),))
    else:
        panels.finding(view.text("finding.overview_none", date=formats.day(view.as_of, view.language)))
elif len(index) and pd.notna(index.iloc[0]["percentile"]):
    panels.finding(view.text("finding.overview", cheap=int((ranked["percentile"] <= 20).sum()), ranked=len(ranked), window=window, index=view.name("HSTECH"),
                             multiple=formats.multiple(index.iloc[0]["value"], view.language), percentile=formats.percentile(index.iloc[0]["percentile"], view.language)))
else:
    panels.finding(view.text("finding.overview_plain", cheap=int((ranked["percentile"] <= 20).sum()), ranked=len(ranked), window=window))

# The headline figures.
bought = companies[companies["buyback_ytd_hkd"].notna()]
results = companies[pd.to_datetime(companies["announced_on"]).dt.strftime("%Y-%m") == view.as_of.strftime("%Y-%m")]
panels.headline([
    (f"{view.name('HSTECH')} PE", formats.multiple(index.iloc[0]["value"], view.language) + " · " + formats.percentile(index.iloc[0]["percentile"], view.language) if len(index) else formats.MISSING, view.text("help.index_pe")),
    (view.text("headline.median_percentile"), formats.percentile(ranked["percentile"].median(), view.language), view.text("help.median_percentile", number=len(ranked), total=len(companies))),
    (view.text("headline.buyback_ytd"), formats.money(bought["buyback_ytd_hkd"].sum() if len(bought) else None, "HKD", view.language), view.text("help.buyback_total", number=len(bought), total=len(companies))),
    (view.text("headline.results_this_month"), str(len(results)), None),
])

# The table: one company a row, cheapest first, what cannot be ranked last and grey.
trends = view.ask("""SELECT ticker, list(close ORDER BY date) AS trend FROM (SELECT ticker, date_trunc('month', date) AS month, max(date) AS date, arg_max(close, date) AS close FROM price_series(?)
                     WHERE date > CAST(? AS DATE) - INTERVAL 2 YEAR GROUP BY ALL) GROUP BY ticker""", view.as_of, view.as_of)
# Ranked first, cheapest on top; then those with a multiple, then those without.
shown = shown.assign(place=shown["status"].map({"OK": 0, "STALE_EPS": 1, "STALE_PRICE": 2, "NM_LOSS": 3}).fillna(4)).sort_values(["percentile", "place", "ticker"], na_position="last")
shown = shown.merge(trends, on="ticker", how="left")
outside = [ticker for ticker in view.state.tickers if ticker not in set(shown["ticker"])]
if outside:
    st.info(view.text("overview.no_company", names=", ".join(view.name(ticker) for ticker in outside)))
marks.tell(view, shown["ticker"])
if len(shown):
    chosen = tables.overview(view, shown, key="overview_table")
    if chosen is not None:
        frame.choose(chosen)
        st.switch_page("pages/valuation.py")

    picture = panels.drawn("cross_section", shown.assign(name=[view.name(t) for t in shown["ticker"]], value=shown["pe_ttm"])[["ticker", "name", "value", "percentile", "status"]].merge(
            view.ask("SELECT ticker, minimum, q25, q50, q75, maximum FROM valuation_percentiles(?, ?) WHERE metric = 'pe_ttm' AND basis = ?", view.as_of, view.years, view.state.basis), on="ticker", how="left"),
        stamp.Stamp(view.text("chart.cross_section"), view.text("chart.cross_section_subtitle", unit=view.text("unit.times"), metric="PE-TTM", basis=view.text(f"basis.{view.state.basis}"), window=window), view.as_of,
                    view.text("source.computed", frequency=view.closes), note=marks.prices(view, shown["ticker"]), link=view.link("overview", view.state.tickers, **view.state.extras), number=len(ranked)),
        view.theme(), height=200 + 28 * len(shown) if len(shown) < 9 else None, empty=view.text("missing.no_rows", date=formats.day(view.as_of, view.language)))
    panels.show(picture, "overview_ranges", stamp.filename("overview", view.state.tickers, view.as_of), view.text("chart.cross_section"), language=view.language)

with st.container(horizontal=True):
    panels.computed(view.text("computed.pe_ttm", basis=view.text(f"basis.{view.state.basis}")), view.language)
panels.sources(view.sources_of(pd.concat([shown["price_source_id"], shown["revenue_source_id"]])), view.language)
