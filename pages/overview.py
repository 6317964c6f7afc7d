"""The morning board: what does each company cost, against its own past, and what happened at it?"""

import pandas as pd
import streamlit as st

from ui import formats, frame, marks, panels, tables
from ui.links import COLUMNS, GROUPS
from ui.pictures import overview as pictures

BESIDE = {  # what a set of columns needs beside the macro overview
    "buybacks": "SELECT ticker, change_pct, cap_share_pct, last_purchase_date FROM buyback_league(?)",
    "growth": """SELECT c.ticker, g.growth_pct, g.n AS n_brokers, t.upside_now_pct FROM companies AS c LEFT JOIN forward_growth($1) AS g ON g.ticker = c.ticker AND g.basis = $2 AND g.status = 'OK'
                 LEFT JOIN (SELECT quote_ticker, upside_now_pct FROM target_consensus($1)) AS t ON t.quote_ticker = c.ticker""",
    "freshness": "SELECT * FROM company_freshness(?)",
    "windows": "SELECT ticker, max(percentile) FILTER (years = 1) AS percentile_1, max(percentile) FILTER (years = 3) AS percentile_3, max(percentile) FILTER (years = 5) AS percentile_5, max(percentile) FILTER (years = 10) AS percentile_10, max(percentile) FILTER (years = 0) AS percentile_0 FROM valuation_windows($1) WHERE metric = 'pe_ttm' AND basis = $2 GROUP BY ticker",
}
TRENDS = """SELECT ticker, list(close ORDER BY date) AS trend FROM (SELECT ticker, date_trunc('month', date) AS month, max(date) AS date, arg_max(close, date) AS close FROM price_series(?)
            WHERE date > CAST(? AS DATE) - INTERVAL 2 YEAR GROUP BY ALL) GROUP BY ticker"""

view = frame.view()
language = view.language
rows = view.in_display(view.ask("SELECT * FROM overview(?, ?, ?)", view.as_of, view.years, view.state.basis), ["close"], "currency")
companies = rows[rows["kind"] == "company"]
ranked = companies[companies["percentile"].notna()]
index = view.ask("SELECT * FROM valuation_percentiles(?, ?) WHERE metric = 'pe_ttm' AND basis = 'quoted' AND ticker = 'HSTECH'", view.as_of, view.years)


# The finding: how many are cheap, or on which date most are fresh --------------------------------------------------

def finding() -> None:
    fresh = view.ask("SELECT * FROM freshness_by_month WHERE basis = ? AND date <= ? ORDER BY date DESC", view.state.basis, view.as_of)
    here = fresh.iloc[0] if len(fresh) else None
    full = fresh[fresh["fresh"] * 2 > fresh["ever_ranked"]]
    cheap = dict(cheap=int((ranked["percentile"] <= 20).sum()), ranked=len(ranked), window=view.window_words())
    if here is not None and here["fresh"] * 2 < here["ever_ranked"]:
        if not len(full):
            panels.finding(view.text("finding.overview_none", date=view.day(view.as_of)))
            return
        then = full.iloc[0]
        panels.finding(view.text("finding.overview_thin", ok=int(here["fresh"]), ever=int(here["ever_ranked"]), date=view.day(here["date"]), full=view.day(then["date"]), full_ok=int(then["fresh"])))
        st.button(view.text("action.go_to_date", date=view.day(then["date"])), on_click=frame.show_date, args=(then["date"].date(),))
    elif len(index) and pd.notna(index.iloc[0]["percentile"]):
        panels.finding(view.text("finding.overview", index=view.name("HSTECH"), multiple=formats.multiple(index.iloc[0]["value"], language), percentile=formats.percentile(index.iloc[0]["percentile"], language), **cheap))
    else:
        panels.finding(view.text("finding.overview_plain", **cheap))


finding()
bought = companies[companies["buyback_ytd_hkd"].notna()]
results = companies[pd.to_datetime(companies["announced_on"]).dt.strftime("%Y-%m") == view.as_of.strftime("%Y-%m")]
panels.headline([
    (f"{view.name('HSTECH')} PE", formats.multiple(index.iloc[0]["value"], language) + " · " + formats.percentile(index.iloc[0]["percentile"], language) if len(index) else formats.MISSING, view.text("help.index_pe")),
    (view.text("headline.median_percentile"), formats.percentile(ranked["percentile"].median(), language), view.text("help.median_percentile", number=len(ranked), total=len(companies))),
    (view.text("headline.buyback_ytd"), view.money(bought["buyback_ytd_hkd"].sum() if len(bought) else None, "HKD"), view.text("help.buyback_total", number=len(bought), total=len(companies))),
    (view.text("headline.results_this_month"), str(len(results)), ", ".join(view.name(ticker) for ticker in results["ticker"]) or None),
])


# The board: one company a row ---------------------------------------------------------------------------------------

with st.container(horizontal=True, vertical_alignment="center", gap="small", key="overview_choices"):
    columns = view.choice("columns", COLUMNS, lambda c: view.text(f"board.columns_{c}"))
    group = view.choice("group", GROUPS, lambda g: view.text(f"board.group_{g}"))
    across = view.choice("across", ("ranges", "windows"), lambda a: view.text(f"board.across_{a}"))
shown = rows[rows["ticker"].isin(view.state.tickers)] if view.state.tickers else rows[rows["kind"] == "company"]
if group == "mine":
    shown = rows[rows["ticker"].isin(view.state.my)]
    if not view.state.my:
        st.info(view.text("board.no_list"))
outside = [ticker for ticker in view.state.tickers if ticker not in set(rows["ticker"])]
if outside:
    st.info(view.text("overview.no_company", names=", ".join(view.name(ticker) for ticker in outside)))
marks.tell(view, shown["ticker"])
if len(shown):
    # Ranked first, cheapest on top; then those with a multiple, then those without.
    shown = shown.assign(place=shown["status"].map({"OK": 0, "STALE_EPS": 1, "STALE_PRICE": 2, "NM_LOSS": 3}).fillna(4)).sort_values((["subsector"] if group == "subsector" else []) + ["percentile", "place", "ticker"], na_position="last")
    shown = shown.merge(view.ask(TRENDS, view.as_of, view.as_of), on="ticker", how="left")
    if columns in BESIDE:
        beside = view.ask(BESIDE[columns], *((view.as_of, view.state.basis) if "$2" in BESIDE[columns] else (view.as_of,)))
        shown = shown.merge(beside, on="ticker", how="left")
    chosen = tables.overview(view, shown, columns, f"overview_table_{columns}", by_subsector=group == "subsector")
    if chosen is not None:
        frame.choose(chosen)
        st.switch_page("pages/company.py")
    if group == "subsector" and not view.state.tickers:
        tables.subsectors(view, view.ask("SELECT * FROM subsectors(?, ?, ?)", view.as_of, view.years, view.state.basis))
        panels.missing(view.text("board.one_member"))
    panels.picture(view, pictures.side_by_side(view, shown, across))

with st.container(horizontal=True):
    panels.computed(view.text("computed.pe_ttm", basis=view.text(f"basis.{view.state.basis}")), language)
panels.sources(view.sources_of(pd.concat([shown["price_source_id"], shown["revenue_source_id"]])), language)
