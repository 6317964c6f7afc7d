"""What moved in a month, why not as printed, and what the sector costs: index against index, who led and who trailed."""

import pandas as pd
import streamlit as st

from ui import formats, panels, stamp, tables
from ui.frame import view as of_this_run

MONTHS = 24
BENCHMARKS = {"HK": "HSTECH", "US": "PNQI"}
INDICES = ("HSTECH", "^HSI", "PNQI", "KWEB")

view = of_this_run()
language = view.language
day = view.day
kinds = view.kinds


def percent(value) -> str:
    return formats.percent(value, sign=True)


def key_of(first_day) -> str:
    """A month as the link writes it: '2024-11'."""
    return f"{first_day:%Y-%m}"


def choose_month() -> pd.Timestamp | None:
    """The month of the link, else the last one that is over; None where no price is known."""
    known = view.ask("SELECT first_day, is_running FROM month_sessions(?) WHERE exchange = 'XHKG' AND first_day >= (SELECT date_trunc('month', min(p.date)) FROM prices AS p JOIN companies AS c USING (ticker) WHERE c.kind = 'company') ORDER BY first_day DESC", view.as_of)
    if not len(known):
        panels.finding(view.text("finding.market_early", date=day(view.as_of)))
        return None
    months = {key_of(first): first for first in known["first_day"]}
    over = known[~known["is_running"].astype(bool)]["first_day"]
    usual, running = key_of(over.iloc[0] if len(over) else known["first_day"].iloc[0]), {key_of(first) for first in known[known["is_running"].astype(bool)]["first_day"]}
    asked = view.state.extras.get("month")
    if asked and asked not in months:
        st.warning(panels.escape(view.text("market.no_month", value=asked, date=day(view.as_of), shown=formats.month(months[usual], language))))
    with picker:
        chosen = view.choice("month", list(months), lambda key: view.text("market.running", month=formats.month(months[key], language)) if key in running else formats.month(months[key], language), drop_down=True, default=usual)
    return months[chosen]


# The finding and the headline figures --------------------------------------------------------------------------

def tell_one(ticker: str, rows: pd.DataFrame, own: pd.Series, words: str) -> None:
    """One line: how it did against its benchmark and where that put it, or why it has no return."""
    found = rows[rows["ticker"] == ticker]
    if not len(found):
        panels.finding(view.text("finding.market_out", name=view.name(ticker), month=words, reason=view.text("market.state.NOT_KNOWN")))
        return
    row = next(found.itertuples())
    if row.status != "OK":
        panels.finding(view.text("finding.market_out", name=view.name(ticker), month=words, reason=tables.market_state(view, row)))
        return
    excess = view.text("finding.market_excess", points=formats.points(row.excess_pp, language), benchmark=view.name(row.benchmark)) if pd.notna(row.excess_pp) else ""
    said = dict(name=view.name(ticker), value=percent(row.return_pct), month=words, excess=excess, index=view.name(row.benchmark), index_return=percent(own.get(row.benchmark)))
    if pd.isna(row.rank):
        panels.finding(view.text("finding.market_line", **said))
    else:
        panels.finding(view.text("finding.market_one", rank=formats.ordinal(int(row.rank)) if language == "en" else int(row.rank), total=int(row.ranked), market=view.text(f"market.{row.market}"), **said))


def tell(rows: pd.DataFrame, indices: pd.DataFrame, words: str) -> None:
    """One company asked for, else who led and who trailed in Hong Kong."""
    own = indices[indices["is_asked"]].set_index("ticker")["return_pct"]
    told = "HSTECH" if "HSTECH" in own else "^HSI"  # HSTECH begins in 2020
    moved = rows[rows["status"] == "OK"]
    if len(view.state.tickers) == 1 and kinds[view.state.tickers[0]] in ("company", "peer", "line"):
        tell_one(view.state.tickers[0], rows, own, words)
        return
    listed = moved[(moved["market"] == "HK") & moved["rank"].notna()]
    index = dict(month=words, index=view.name(told), index_return=percent(own.get(told)))
    if len(listed) > 1:
        measured = listed[listed["excess_pp"].notna()]
        beat = view.text("finding.market_beat", number=int((measured["excess_pp"] > 0).sum()), total=len(measured)) if len(measured) else ""
        best, worst = listed.iloc[0], listed.iloc[-1]
        panels.finding(view.text("finding.market", best=view.name(best["ticker"]), best_return=percent(best["return_pct"]), worst=view.name(worst["ticker"]), worst_return=percent(worst["return_pct"]), beat=beat, **index))
    elif len(listed):
        panels.finding(view.text("finding.market_alone", name=view.name(listed.iloc[0]["ticker"]), value=percent(listed.iloc[0]["return_pct"]), **index))
    elif told in own:
        panels.finding(view.text("finding.market_index", **index))
    else:
        panels.finding(view.text("finding.market_none", month=words, date=day(view.as_of)))


def headlines(rows: pd.DataFrame, indices: pd.DataFrame, sector: pd.DataFrame) -> None:
    own = indices[indices["is_asked"]].set_index("ticker")
    figures = [(view.name(ticker), formats.change(own["return_pct"].get(ticker)), f"{day(own['base_date'].get(ticker))} – {day(own['end_date'].get(ticker))}") for ticker in INDICES]
    for row in sector[sector["basis"].isin(["quoted", view.state.basis])].itertuples():
        before = formats.multiple(row.prior_value, language)
        note = (view.text("market.pe_help_quoted", date=day(row.date), number=int(row.n), before=before) if row.basis == "quoted" else
                view.text("market.pe_help_basket", basis=view.text(f"basis.{row.basis}"), date=day(row.date), number=int(row.n), before=before))
        figures.append((view.text("market.pe_of", name=view.name(row.ticker)), formats.valuation(row.value, row.status, language) + (f" · {formats.percentile(row.percentile, language)}" if pd.notna(row.percentile) else ""), note))
    ranked = rows[rows["rank"].notna()]
    if len(ranked):
        figures.append((view.text("market.up"), view.text("market.up_value", up=int((ranked["return_pct"] > 0).sum()), total=len(ranked)), view.text("market.up_help")))
    panels.headline(figures)


# The sheet -----------------------------------------------------------------------------------------------------

def contradictions(printed: pd.DataFrame, sector: pd.DataFrame) -> list[str]:
    """What a broker's printed review says otherwise than ours, and where it does not fit itself."""
    said = []
    for (publisher, market, benchmark), part in printed[printed["excess_check"] == "does not fit"].groupby(["publisher", "market", "printed_benchmark"]):
        misfits, implied = (list(dict.fromkeys(part[column].round(1))) for column in ("misfit_pp", "implied_benchmark_pct"))
        said.append(view.text("market.note_misfit", publisher=publisher, market=view.text(f"market.{market}"), benchmark=benchmark, value=percent(part["printed_benchmark_pct"].iloc[0]),
                              misfit=", ".join(formats.number(value, 1) for value in misfits), implied=", ".join(percent(value) for value in implied)))
    for row in printed[printed["return_check"].isin(["total return", "differs"])].itertuples():
        words = dict(publisher=row.publisher, name=view.name(row.compared_with), printed=percent(row.printed_return_pct), value=percent(row.own_return_pct))
        said.append(view.text("market.note_total", date=day(row.ex_date), total=percent(row.total_return_pct), **words) if row.return_check == "total return" else view.text("market.note_differs", **words))
    for row in sector[sector["printed_percentile"].notna()].itertuples():
        publisher = printed[printed["source_id"] == row.source_id]["publisher"]
        said.append(view.text("market.note_percentile", publisher=publisher.iloc[0] if len(publisher) else formats.MISSING, name=view.name(row.ticker), value=formats.multiple(row.printed_value, language, digits=2),
                              printed=formats.number(row.printed_percentile, 2), percentile=formats.number(row.percentile_since_start, 1), number=int(row.n_since_start)))
    return said


def draw_sheet(month: pd.Timestamp, rows: pd.DataFrame, indices: pd.DataFrame, sector: pd.DataFrame, notes: list[str], words: str) -> None:
    own = indices[indices["is_asked"]].set_index("ticker")["return_pct"]
    heads = {market: (view.text("chart.movers", market=view.text(f"market.{market}"), benchmark=view.name(ticker), value=percent(own.get(ticker))), own.get(ticker)) for market, ticker in BENCHMARKS.items()}
    chosen = rows["ticker"].isin(view.state.tickers) | (rows["ticker"].isin(view.issuers) & (rows["kind"] != "line"))
    movers = rows[(rows["status"] == "OK") & (rows["rank"].notna() | chosen)].sort_values(["market", "return_pct"], ascending=[True, False])
    movers = movers.assign(name=[view.name(ticker) for ticker in movers["ticker"]], chosen=chosen[movers.index], note=[f"{day(row.base_date)} – {day(row.end_date)}" for row in movers.itertuples()])
    shown = sector[sector["basis"].isin(["quoted", view.state.basis])]
    shown = shown.assign(name=[view.name(row.ticker) + (f" ({view.text(f'basis.{row.basis}')})" if not view.is_phone else "") for row in shown.itertuples()])
    figure = panels.drawn(
        "month_sheet", indices.assign(name=[view.name(ticker) for ticker in indices["ticker"]], place=[INDICES.index(ticker) for ticker in indices["ticker"]]).sort_values(["place", "first_day"])[["ticker", "name", "first_day", "return_pct"]],
        movers[["market", "name", "return_pct", "excess_pp", "chosen", "note"]], shown[["name", "value", "prior_value", "percentile", "n"]],
        stamp.Stamp(view.text("chart.month_sheet", month=words), view.text("chart.month_sheet_subtitle"), view.as_of, view.text("source.market"), " ".join(notes), len(movers), view.link("market", view.state.tickers, **view.state.extras)),
        view.theme(), heads=heads, months=[first.date() for first in pd.date_range(end=month, periods=MONTHS, freq="MS")], window=view.window_words(), empty=view.text("finding.market_none", month=words, date=day(view.as_of)), height=540)
    panels.picture_of(view, figure, "market_sheet", f"market-{key_of(month)}", view.state.tickers)


# The page ------------------------------------------------------------------------------------------------------

opening, row_of_figures = st.container(), st.container() if view.is_phone else st.container(horizontal=True, gap="medium", vertical_alignment="center")
picker = row_of_figures.container(width=190)


def page(month: pd.Timestamp) -> None:
    first = month.date()
    rows = view.ask("SELECT * FROM market_review_as_of(?, ?)", first, view.as_of)
    indices = view.ask("SELECT * FROM index_review(?, ?, ?)", first, view.as_of, MONTHS)
    sector = view.ask("SELECT * FROM sector_review(?, ?, ?)", first, view.as_of, view.years)
    printed = view.ask("SELECT p.*, s.publisher FROM printed_review(?, ?) AS p JOIN sources AS s USING (source_id)", first, view.as_of)
    others = view.ask("""SELECT v.*, s.publisher, s.url FROM market_moves AS v JOIN sources AS s USING (source_id)
                         WHERE date_trunc('month', v.period_end) = ? AND NOT (v.period_start = ? AND v.period_end = last_day(v.period_start)) AND coalesce(v.published_on, v.period_end) <= ? ORDER BY v.period_end DESC, v.entity_type, v.market, v.ticker NULLS LAST, v.entity""",
                      first, first, view.as_of)
    running = {market: part for market, part in rows[rows["is_running"].astype(bool)].groupby("market")}  # New York's month ends an evening later here
    words = view.text("market.to", month=formats.month(month, language), date=day(running["HK"]["last_session"].max())) if "HK" in running else formats.month(month, language)
    with opening:
        tell(rows, indices, words)
    with row_of_figures:
        headlines(rows, indices, sector)

    silent = rows[rows["excess_status"].eq("MISSING_BENCHMARK") & (rows["kind"] != "line")]
    reached = ", ".join(view.text("market.reached", market=view.text(f"market.{market}"), date=day(part["end_date"].max())) for market, part in running.items() if part["end_date"].notna().any())
    notes = ([view.text("market.running_note", reached=reached)] if reached else []) + contradictions(printed, sector) + [
        view.text("market.no_excess", number=len(part), total=int(part["ranked"].iloc[0]), benchmark=view.name(benchmark), dates=" – ".join(dict.fromkeys(day(value) for value in (part["base_date"].min(), part["end_date"].max())))) for benchmark, part in silent.groupby("benchmark")]
    draw_sheet(month, rows, indices, sector, [*notes, view.text("market.proxy_note")], words)

    wanted = rows[rows["ticker"].isin({*view.state.tickers, *view.issuers})]
    outside = view.without_figures
    if outside:
        panels.missing(view.text("market.no_company", names=", ".join(view.name(ticker) for ticker in outside)))
    st.markdown(f"**{view.text('market.table')}**")
    tables.market_review(view, wanted if len(wanted) else rows)
    absent: dict[str, list[str]] = {}
    for row in rows[rows["status"] != "OK"].itertuples():
        absent.setdefault(tables.market_state(view, row), []).append(view.name(row.ticker))
    if absent:
        panels.missing(view.text("market.left_out", words="; ".join(f"{', '.join(names)} ({state})" for state, names in absent.items())))
    for publisher, part in printed.groupby("publisher"):
        st.markdown(f"**{panels.escape(view.text('market.printed', publisher=publisher))}**")
        tables.printed_review(view, part)
    if len(others):
        with st.expander(f"{view.text('market.other_moves')} ({len(others)})"):
            tables.printed_moves(view, others)
    with st.container(horizontal=True):
        panels.computed(view.text("computed.market"), language, of=view.text("column.return_pct"))
        panels.computed(view.text("computed.sector_pe", basis=view.text(f"basis.{view.state.basis}")), language, of="PE")
    quoted = view.ask("SELECT DISTINCT source_id FROM valuation WHERE ticker = 'HSTECH' AND metric = 'pe_ttm' AND source_id IS NOT NULL")
    panels.sources(view.sources_of([*rows["source_id"].dropna(), *indices["source_id"].dropna(), *printed["source_id"], *others["source_id"], *quoted["source_id"]]), language)


month = choose_month()
if month is not None:
    page(month)
