"""What does a company cost against its own past, against another, and against all the others, as known on the evening shown?"""

from functools import partial

import pandas as pd
import streamlit as st

from ui import charts, formats, marks, panels, stamp, tables
from ui.frame import view as of_this_run
from ui.links import ACROSS, VALUATION_CHARTS

METRICS = {"company": ("pe_ttm", "pe_forward", "ps_ttm", "earnings_yield_ttm"), "index": ("pe_ttm", "pb", "dividend_yield"), "basket": ("pe_ttm",)}
OWN = {"company": VALUATION_CHARTS, "index": ("history", "distribution", "percentile"), "basket": ("history", "distribution", "percentile")}
YIELDS = ("earnings_yield_ttm", "dividend_yield")
FX_SOURCE = "ecb-euro-reference-rates"

view = of_this_run()
language = view.language
day = view.day
kinds = view.kinds
valued = [ticker for ticker in view.state.tickers if kinds[ticker] != "etf"]


def written(metric: str) -> partial:
    """value -> words: 14.3x of a multiple, 4.2 % of a yield."""
    return partial(formats.percent) if metric in YIELDS else partial(formats.multiple, language=language)


# What is shown: a company or index, a measure of it, and two pictures ---------------------------------------------

answer = st.container()  # the finding comes first, whatever is chosen below it
figures = st.container()
choices = st.container(horizontal=True, vertical_alignment="center", gap="small", key="valuation_choices")
for ticker in view.state.tickers:
    if kinds[ticker] == "etf":
        with answer:
            panels.missing(view.text("valuation.not_valued", name=view.name(ticker)))
with choices:
    if len(valued) > 1:
        focus = st.segmented_control(view.text("valuation.focus"), valued, default=valued[0], format_func=view.name, required=True, label_visibility="collapsed", key="valuation_focus_" + "_".join(valued))
    else:  # with none chosen, the longest history
        focus = valued[0] if valued else view.ask("SELECT p.ticker FROM valuation_percentiles(?, 0) AS p JOIN companies AS c USING (ticker) WHERE c.kind = 'company' AND metric = 'pe_ttm' AND basis = ? ORDER BY n DESC, ticker LIMIT 1",
                                                  view.as_of, view.state.basis)["ticker"].iloc[0]
    kind = kinds[focus] if kinds[focus] in METRICS else "company"
    metric = view.choice("metric", METRICS[kind], lambda m: view.text(f"metric.{m}"))
    own_chart = view.choice("chart", OWN[kind], lambda c: view.text(f"valuation.chart_{c}"))
    across = view.choice("across", ACROSS if metric != "pe_forward" else ACROSS[::-1], lambda c: view.text(f"valuation.across_{c}"))
basis = "quoted" if kind == "index" else "reported" if metric == "ps_ttm" else view.state.basis
basis_words = view.text(f"basis.{basis}")
name, measure, write = view.name(focus), view.text(f"metric.{metric}"), written(metric)
unit = view.text("unit.per_cent" if metric in YIELDS else "unit.times")
of = (focus, metric, basis)

standing = view.ask("SELECT * FROM valuation_windows(?) WHERE metric = ? AND basis IN (?, 'quoted')", view.as_of, metric, "reported" if metric == "ps_ttm" else view.state.basis)
windows = standing[standing["ticker"] == focus].set_index("years").reindex([1, 3, 5, 10, 0]).fillna({"status": "NOT_QUOTED" if kind == "index" else "MISSING_PRICE", "n": 0, "losses_left_out": 0})  # an index before its first quotation has no row
now = windows.loc[view.years]
is_ranked, frequency = pd.notna(now["percentile"]), now["frequency"] if isinstance(now["frequency"], str) else "month_end"
value_words, percentile_words = formats.NOT_MEANINGFUL if now["status"] == "NM_LOSS" else write(now["value"]), formats.percentile(now["percentile"], language)
# A window longer than the history is called by its first month, never by the window's full length.
shorter = pd.notna(now["first_date"]) and (view.years == 0 or bool(now["is_shorter"]))
window_of = view.text("window_since", month=formats.month(now["first_date"], language)) if shorter else view.text("window_of", window=view.window_words())
history = view.ask("SELECT * FROM valuation_window(?, ?) WHERE ticker = ? AND metric = ? AND basis = ? AND in_window ORDER BY date", view.as_of, view.years, *of)
results = history["eps_effective_on"].dropna().drop_duplicates() if metric != "pe_forward" else pd.Series(dtype="datetime64[us]")


OLD = marks.prices(view, [focus]) if kind == "company" else ""
is_stale = now["status"] == "STALE_PRICE"


# The finding, and the headline figures with what makes each of them -----------------------------------------------

def finding() -> str:
    about = dict(name=name, trades=view.text(f"trades.{metric}" if kind != "index" else "trades.quoted", metric=measure, value=write(now["value"]), basis=basis_words))
    if is_ranked:
        cheaper = now["percentile"] <= 50
        share = formats.percent(100 - now["percentile"] if cheaper else now["percentile"], digits=0)
        return view.text("finding.valuation_cheaper" if cheaper else "finding.valuation_dearer", share=share, observations=view.text(f"observations.{frequency}"), since=formats.month(now["first_date"], language), **about)
    if is_stale and kind == "company":
        return view.text("finding.valuation_stale", date=day(now["date"]), **about)
    if pd.notna(now["value"]):
        needed = 120 if frequency == "daily" else 30
        reason = view.text("missing.history", number=int(now["n"]), needed=needed) if now["status"] == "OK" else view.text(f"reason.{now['status']}")
        return view.text("finding.valuation_unranked", reason=reason, **about)
    return view.text("finding.valuation_missing", name=name, metric=measure, basis=basis_words, date=day(view.as_of), reason=view.text(f"reason.{now['status']}"))


def window_note() -> str:
    """How a percentile of this window is made: N, first and last, coverage, losses, frequency."""
    known = pd.notna(now["first_date"])
    return view.text("computed.percentile", window=view.window_words(), number=int(now["n"]), first=day(now["first_date"]) if known else formats.MISSING, last=day(now["date"]) if pd.notna(now["date"]) else formats.MISSING,
                     frequency=view.text(f"frequency.{frequency}"), coverage=formats.percent(now["coverage_pct"], digits=0), losses=int(now["losses_left_out"]))


def measure_note() -> str:
    return view.text("valuation.index_method" if kind == "index" else "computed.basket" if kind == "basket" else f"computed.{metric}", basis=basis_words)


is_thin = bool(now["n"]) and metric not in YIELDS and kind == "company" and (now["coverage_pct"] < 80 or now["losses_share_pct"] > 20)
with answer:
    panels.finding(finding())
    tonight = view.ask("SELECT DISTINCT announced_on FROM earnings_items WHERE ticker = ? AND announced_on = ? AND effective_on > ?", view.universe.issuer(focus), view.as_of, view.as_of)
    if len(tonight):
        panels.missing(view.text("finding.valuation_results", date=day(view.as_of)))
    if OLD:
        panels.missing(OLD)
    if is_thin:
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.markdown(f":orange[{panels.escape(view.text('valuation.note_thin', coverage=formats.percent(now['coverage_pct'], digits=0), losses=int(now['losses_left_out'])))}]", width="content")
            for other in [m for m in ("ps_ttm", "earnings_yield_ttm") if m in METRICS[kind] and m != metric]:
                st.button(view.text("valuation.see_instead", metric=view.text(f"metric.{other}")), type="tertiary", on_click=view.chosen, args=("metric", other), key=f"valuation_instead_{other}")
with figures:
    panels.headline([
        (measure, value_words, measure_note()),
        (f"{view.text('headline.percentile')} ({window_of.removeprefix('of ')}, N {int(now['n'])})", percentile_words, window_note()),
        (view.text("headline.median"), write(now["q50"]), view.text("help.median", window=window_of, number=int(now["n"]))),
        (view.text("headline.range"), view.text("headline.range_value", low=write(now["minimum"]), high=write(now["maximum"])) if pd.notna(now["minimum"]) else formats.MISSING, view.text("help.range")),
        (view.text("headline.coverage"), formats.percent(now["coverage_pct"], digits=0), view.text("help.coverage", frequency=view.text(f"frequency.{frequency}"), losses=int(now["losses_left_out"]))),
        *([(view.text("headline.close"), formats.price(now["close"], now["close_currency"], language), day(now["date"]))] if pd.notna(now["close"]) else []),
    ])


# Pictures of the one that is shown ----------------------------------------------------------------------------------

announced = history["eps_announced_on"].dropna()
SOURCE = view.text("source.quoted") if kind == "index" else view.text("source.computed_basket") if kind == "basket" else view.text("source.computed_estimates") if metric == "pe_forward" else view.text("source.computed", frequency=view.text(f"frequency.{frequency}")) if announced.empty else \
    view.text("source.computed_of" if frequency == "month_end" else "source.computed_of_daily", name=name, announced=day(announced.iloc[-1]))
NOTES = ([view.text("valuation.note_coverage", coverage=formats.percent(now["coverage_pct"], digits=0))] if pd.notna(now["coverage_pct"]) and now["coverage_pct"] < 80 else []) + \
    ([view.text("valuation.note_losses", losses=int(now["losses_left_out"]))] if now["losses_left_out"] else [])
WEEKLY = view.text("valuation.note_weekly") if len(charts.weekly(history)) < len(history) else ""
EMPTY = view.text(f"reason.{now['status']}") + (" " + view.text("valuation.bring_estimates") if metric == "pe_forward" else "")


def stamped(title: str, subtitle: str, *notes: str, number: int | None = None, source: str = SOURCE) -> stamp.Stamp:
    return stamp.Stamp(title, subtitle, as_of=view.as_of, source=source, note=" ".join(note for note in (*notes, *NOTES, OLD) if note), number=int(now["n"]) if number is None else number, snapshot=view.served.snapshot_id)


def about(part: str, **more: str) -> str:
    """The subtitle of a picture: what it measures, unit, basis, frequency, window."""
    words = dict(metric=measure, unit=unit, basis=basis_words, frequency=view.text(f"frequency.{frequency}"), window=window_of)
    return view.text(f"chart.{part}_subtitle", **words | more)


def show(figure, key: str) -> None:
    """One picture; a click on a point opens its inputs below."""
    event = panels.show(figure, f"valuation_{key}_{focus}_{metric}", stamp.filename(f"valuation-{key}", [focus], view.as_of),
                        view.text("alt.valuation", name=name, ticker=focus, metric=measure, value=write(now["value"]), percentile=percentile_words, window=window_of, date=day(view.as_of)), language=language, on_select="rerun", selection_mode="points")
    picked = [str(point["customdata"])[:10] for point in (event.selection.points if event else []) if isinstance(point.get("customdata"), str)]
    if picked and picked[0] != st.session_state.get("valuation_picked", {}).get(of):
        st.session_state["valuation_picked"] = {of: picked[0]}


def draw_history(theme) -> None:
    title = view.text("chart.pe_history_finding", name=name, multiple=write(now["value"]), percentile=percentile_words, window=window_of) if is_ranked else view.text("chart.pe_history", name=name, metric=measure)
    bands = {q: now[q] for q in charts.QUANTILES} if pd.notna(now["q50"]) else None
    if kind == "index":
        basket = view.ask("SELECT date, value FROM valuation_window(?, ?) WHERE ticker = 'BASKET' AND metric = ? AND basis = ? AND in_window AND status = 'OK' ORDER BY date", view.as_of, view.years, metric, view.state.basis)
        printed = view.ask("""SELECT v.date, v.value, v.percentile, s.publisher AS source FROM index_valuation AS v JOIN sources AS s USING (source_id)
                              WHERE v.index_ticker = ? AND v.metric = ? AND v.percentile IS NOT NULL AND coalesce(v.published_on, v.date) <= ?""", focus, metric, view.as_of)
        entered = view.ask("SELECT members, companies FROM basket_valuation WHERE basis = ? AND date <= ? ORDER BY date DESC LIMIT 1", view.state.basis, view.as_of)
        note = view.text("valuation.basket_note", basis=view.text(f"basis.{view.state.basis}"), members=int(entered["members"].iloc[0]), companies=int(entered["companies"].iloc[0])) if len(basket) else ""
        figure = panels.drawn("index_history", history[["date", "value"]], stamped(title, view.text("chart.index_history_subtitle", metric=measure, unit=unit, frequency=view.text("frequency.month_end"), publisher=view.text("source.quoted_by")),
                                                                               view.text("valuation.index_method"), note), theme, printed=printed, bands=bands, percentile=now["percentile"], high_is_cheap=metric in YIELDS,
                              name=name, others=basket.assign(series=view.name("BASKET")) if len(basket) else None, write=partial(write, digits=2), empty=EMPTY)
    else:
        figure = panels.drawn("percentile_band", charts.weekly(history), bands, stamped(title, about("pe_history"), WEEKLY), theme, results=results[results > history["date"].min()], price_is_stale=is_stale, percentile=now["percentile"], high_is_cheap=metric in YIELDS,
                              per_share=tables.per_share_words(view, metric), write=write, empty=EMPTY)
    show(figure, "history")


def draw_price(theme) -> None:
    rows = view.ask("SELECT * FROM valuation_bands(?, ?) WHERE ticker = ? AND metric = ? AND basis = ? ORDER BY date", view.as_of, view.years, *of) if metric not in YIELDS else history.iloc[:0]
    multiples = {q: now[q] for q in charts.QUANTILES} if pd.notna(now["q50"]) else {}
    show(panels.drawn("price_bands", charts.weekly(rows), multiples, stamped(view.text("chart.price_bands", name=name, metric=measure), about("price_bands", currency=now["close_currency"] if isinstance(now["close_currency"], str) else ""), WEEKLY), theme,
                      results=results[results > history["date"].min()], price_is_stale=is_stale, write=write, empty=EMPTY if metric not in YIELDS else view.text("valuation.no_price_bands")), "price")


def draw_distribution(theme) -> None:
    rows = view.ask("SELECT * FROM valuation_distribution(?, ?) WHERE ticker = ? AND metric = ? AND basis = ? ORDER BY lower", view.as_of, view.years, *of)
    here = now["value"] if now["status"] == "OK" else None
    show(panels.drawn("distribution", rows, stamped(view.text("chart.distribution", name=name, metric=measure), about("distribution")), theme, value=here, median=now["q50"], percentile=now["percentile"], write=write,
                      observations=view.text(f"observations.{frequency}"), empty=EMPTY), "distribution")


def draw_percentile(theme) -> None:
    rows = view.ask("SELECT date, percentile, value, n FROM percentile_history(?, ?) WHERE ticker = ? AND metric = ? AND basis = ? ORDER BY date", view.as_of, view.years, *of)
    show(panels.drawn("percentile_history", charts.weekly(rows[rows["date"] >= history["date"].min()] if len(history) else rows), stamped(view.text("chart.percentile_history", name=name, metric=measure), about("percentile_history", rolling=view.window_words()), WEEKLY), theme,
                      results=results[results > history["date"].min()], price_is_stale=is_stale, write=write, empty=EMPTY), "percentile")


def draw_relative(theme) -> None:
    offered = [entry.ticker for entry in view.universe.entries if entry.ticker != focus and entry.kind in ("basket", "index", "company", "peer", "line") and (entry.kind != "basket" or metric == "pe_ttm")]
    against = view.choice("against", sorted(offered, key=lambda t: (kinds[t] != "basket", kinds[t] != "index", t)), lambda t: view.text("valuation.against", name=view.name(t)), drop_down=True)
    rows = view.ask("SELECT *, 'OK' AS status FROM relative_valuation(?, ?, ?, ?) WHERE metric = ? AND basis = ? AND in_window ORDER BY date", view.as_of, view.years, focus, against, metric, basis)
    stands = view.ask("SELECT * FROM relative_percentiles(?, ?, ?, ?) WHERE metric = ? AND basis = ?", view.as_of, view.years, focus, against, metric, basis)
    ratio = partial(formats.multiple, language=language, digits=2)
    if len(stands):
        row = stands.iloc[0]
        words = view.text("chart.relative_finding", name=name, other=view.name(against), ratio=ratio(row["value"]), percentile=formats.percentile(row["percentile"], language)) if pd.notna(row["percentile"]) else view.text("chart.relative", name=name, other=view.name(against), metric=measure)
        bands, place, number = ({q: row[q] for q in charts.QUANTILES} if pd.notna(row["q50"]) else None), row["percentile"], int(row["n"])
    else:
        words, bands, place, number = view.text("chart.relative", name=name, other=view.name(against), metric=measure), None, None, 0
    note = view.text("valuation.quoted_against", name=view.name(against)) if kinds[against] == "index" else view.text("computed.basket_short") if kinds[against] == "basket" else marks.prices(view, [against])
    of_both = view.text(f"frequency.{stands['frequency'].iloc[0]}") if len(stands) else view.text(f"frequency.{frequency}")  # by month where either has month-ends only
    show(panels.drawn("percentile_band", charts.weekly(rows), bands, stamped(words, about("relative", other=view.name(against), frequency=of_both), note, WEEKLY if len(charts.weekly(rows)) < len(rows) else "", number=number), theme, percentile=place, write=ratio,
                      empty=view.text("valuation.no_relative", name=name, other=view.name(against), metric=measure)), "relative")


# Pictures of all --------------------------------------------------------------------------------------------------

def of_all() -> pd.DataFrame:
    """All that are compared: the companies covered and whatever else is chosen; on indices, the indices."""
    among = standing["ticker"].map(kinds)
    return standing[(among == "index") if kind == "index" and metric != "pe_ttm" else among.eq("company") | among.eq("basket") | standing["ticker"].isin(valued)]


def ordered(rows: pd.DataFrame, by: str, dearest_first: bool) -> pd.DataFrame:
    """Sorted either way with what has no figure last."""
    return rows.assign(name=[view.name(t) for t in rows["ticker"]]).sort_values([by, "ticker"], ascending=[not dearest_first, True], na_position="last")


def draw_across(theme, across: str, dearest_first: bool) -> None:
    rows = of_all()
    here = rows[rows["years"] == view.years]
    shown = here[here["value"].notna() | here["ticker"].isin(valued)]
    absent = view.text("valuation.note_absent", number=len(here) - len(shown), total=len(here)) if len(here) > len(shown) else ""
    source = view.text("source.quoted") if kind == "index" and metric != "pe_ttm" else view.text("source.computed_estimates") if metric == "pe_forward" else view.text("source.computed", frequency=view.closes)
    empty = EMPTY if metric == "pe_forward" else view.text("missing.no_rows", date=day(view.as_of))
    words = dict(metric=measure, basis=basis_words if kind != "index" else view.text(f"basis.{view.state.basis}"), window=view.window_words(), unit=unit)

    def mark(part: str, number: int, *notes: str) -> stamp.Stamp:
        old = marks.prices(view, [ticker for ticker in shown["ticker"] if kinds[ticker] not in ("index", "basket")])
        return stamp.Stamp(view.text(f"chart.{part}", **words), view.text(f"chart.{part}_subtitle", **words), as_of=view.as_of, source=source, note=" ".join(n for n in (*notes, old) if n), number=number, snapshot=view.served.snapshot_id)

    if across == "windows":
        order = ordered(shown, "percentile", dearest_first)["ticker"].tolist()
        table = rows[rows["ticker"].isin(order) & (view.has_daily | (rows["years"] != 1))].assign(span=lambda f: f["years"].map({1: "1y", 3: "3y", 5: "5y", 10: "10y", 0: "max"}), name=lambda f: [view.name(t) for t in f["ticker"]])
        table = table.assign(place=table["ticker"].map({t: i for i, t in enumerate(order)}), column=table["years"].replace(0, 99)).sort_values(["place", "column"])
        figure = panels.drawn("windows_heat", table[["ticker", "name", "span", "percentile", "n", "coverage_pct", "value", "status"]], mark("windows_heat", int(shown["percentile"].notna().sum()), absent), theme, highlight=[focus], write=write, empty=empty)
    elif across == "ranges":
        figure = panels.drawn("cross_section", ordered(shown, "percentile", dearest_first), mark("cross_section", int(shown["percentile"].notna().sum()), absent), theme, highlight=[focus], dearest_first=dearest_first, write=write, empty=empty)
    elif across == "median":
        figure = panels.drawn("against_median", ordered(shown, "premium_pct", dearest_first != (metric in YIELDS)), mark("against_median", int(shown["premium_pct"].notna().sum()), absent), theme, highlight=[focus], high_is_cheap=metric in YIELDS, write=write, empty=empty)
    else:
        growth = view.ask("SELECT g.* FROM forward_growth(?) AS g JOIN companies AS c USING (ticker) WHERE g.basis = ? AND g.status = 'OK' AND g.growth_pct IS NOT NULL AND (c.kind = 'company' OR list_contains(?, ticker)) ORDER BY g.ticker", view.as_of, view.state.basis, valued)
        source = view.text("source.computed_estimates")
        figure = panels.drawn("growth_scatter", growth.drop(columns="source_ids").assign(name=[view.name(t) for t in growth["ticker"]]), mark("growth_scatter", len(growth), view.text("valuation.note_growth", number=len(growth), total=sum(k == "company" for k in kinds.values()))), theme, highlight=[focus],
                              write=partial(formats.multiple, language=language), empty=view.text("reason.MISSING_ESTIMATE") + " " + view.text("valuation.bring_estimates"))
    panels.show(figure, f"valuation_across_{across}_{metric}", stamp.filename(f"valuation-{across}", [], view.as_of), view.text("alt.chart", title=view.text(f"chart.{dict(windows='windows_heat', ranges='cross_section', median='against_median', growth='growth_scatter')[across]}", **words),
                subtitle=measure, date=day(view.as_of)), language=language)


left, right = st.columns([1.5, 1], gap="small")
with left:
    {"history": draw_history, "price": draw_price, "distribution": draw_distribution, "percentile": draw_percentile, "relative": draw_relative}[own_chart](view.theme(share=0.6, height=400 if is_thin else 450))
with right:
    drawn_across = st.container()
    order = view.choice("order", ("cheapest", "dearest"), lambda o: view.text(f"valuation.order_{o}")) if across != "growth" else "cheapest"
    with drawn_across:
        draw_across(view.theme(share=0.4), across, order == "dearest")


# The proof: what one point is made of, the windows, every point, the sources -----------------------------------------

picked = st.session_state.get("valuation_picked", {}).get(of)
usable = history[history["value"].notna() | history["per_share"].notna()]
at = usable[usable["date"] <= pd.Timestamp(picked)] if picked else usable
point = (at if len(at) else usable).iloc[-1] if len(usable) else None
left, right = st.columns([1, 1.35], gap="medium")
used: list[str] = []
with left:
    st.markdown(f"**{view.text('valuation.windows')}**")
    tables.windows(view, windows.reset_index(), write)
    with st.container(horizontal=True):
        panels.computed(measure_note(), language, of=measure)
        panels.computed(window_note(), language, of=view.text("headline.percentile"))
        if own_chart in ("price", "relative", "percentile"):
            panels.computed(view.text("computed.percentile_rolling" if own_chart == "percentile" else f"computed.{own_chart}"), language, of=view.text(f"valuation.chart_{own_chart}"))
with right:
    st.markdown(f"**{view.text('valuation.inputs_of', metric=measure, date=day(point['date']) if point is not None else formats.MISSING)}**" + (f"  {view.text('valuation.click_a_point')}" if point is not None and own_chart != "distribution" and kind == "company" else ""))
    if point is None or kind == "index":
        panels.missing(view.text("valuation.index_method") if kind == "index" else EMPTY)
    elif kind == "basket":
        members = view.ask("SELECT * FROM basket_members WHERE basis = ? AND date = ? AND frequency = ? ORDER BY market_cap_hkd_mn DESC", basis, point["date"].date(), frequency)
        tables.basket_members(view, members)
        whole = view.ask("SELECT * FROM basket_valuation WHERE basis = ? AND date = ? AND frequency = ?", basis, point["date"].date(), frequency).iloc[0]
        panels.missing(view.text("valuation.basket_sum", cap=formats.money(whole["market_cap_hkd_mn"] * 1e6, "HKD", language), profit=formats.money(whole["profit_hkd_mn"] * 1e6, "HKD", language), value=formats.multiple(whole["value"], language, digits=2),
                                 members=int(whole["members"]), companies=int(whole["companies"]), median=formats.multiple(whole["median_pe"], language), without=formats.multiple(whole["without_losses"], language)))
    elif metric == "pe_forward":
        inputs = view.ask("SELECT * FROM forward_inputs(?, ?, ?) ORDER BY fiscal_year_end, broker", focus, basis, point["date"].date())
        tables.forward_inputs(view, inputs, point)
        used = inputs["source_id"].tolist()
    else:
        inputs = view.ask("SELECT i.*, s.publisher, s.title, s.url FROM trailing_inputs AS i JOIN sources AS s USING (source_id) WHERE i.ticker = ? AND i.basis = ? AND i.item = ? AND i.effective_on = ? ORDER BY i.period_end",
                          view.universe.issuer(focus), basis, "revenue" if metric == "ps_ttm" else "eps_diluted", point["eps_effective_on"].date()) if pd.notna(point["eps_effective_on"]) else pd.DataFrame()
        if len(inputs):
            tables.trailing_inputs(view, inputs, point, metric)
            used = inputs["source_id"].tolist()
        else:
            panels.missing(view.text(f"reason.{point['status']}"))

if metric == "pe_forward":
    printed = view.ask("SELECT b.*, s.publisher, s.url FROM broker_year_pe AS b JOIN sources AS s USING (source_id) WHERE b.ticker = ? AND b.published_on <= ? ORDER BY b.published_on DESC, b.fiscal_year", focus, view.as_of)
    if len(printed):
        st.markdown(f"**{view.text('valuation.year_pe')}**")
        tables.year_pe(view, printed)
        used += printed["source_id"].tolist()
with st.expander(view.text("valuation.points")):
    tables.points(view, history, metric)
panels.sources(view.sources_of([*history["source_id"].dropna().unique(), *used, FX_SOURCE]), language)
