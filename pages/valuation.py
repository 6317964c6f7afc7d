"""What does a company cost against its own past, and against all the others, as known on the evening shown?"""

from datetime import timedelta
from functools import partial

import pandas as pd
import streamlit as st

from ui import charts, formats, panels, stamp, tables
from ui.frame import view as of_this_run

view = of_this_run()
language, basis = view.language, view.state.basis
kinds = {entry.ticker: entry.kind for entry in view.universe.entries}
standing = view.ask("SELECT * FROM valuation_percentiles(?, ?) WHERE metric = 'pe_ttm' AND basis IN (?, 'quoted')", view.as_of, view.years, basis)
companies = standing[standing["ticker"].map(kinds).eq("company") | standing["ticker"].isin(view.state.tickers)]
window = view.window_words()

# Which company is drawn: the one chosen, or of several the one picked here; with none chosen, the longest history.
valued = [ticker for ticker in view.state.tickers if kinds[ticker] != "etf"]
for ticker in view.state.tickers:
    if kinds[ticker] == "etf":
        panels.missing(view.text("valuation.not_valued", name=view.name(ticker)))
if len(valued) > 1:
    focus = st.segmented_control(view.text("valuation.focus"), valued, default=valued[0], format_func=view.name, required=True, label_visibility="collapsed", key="valuation_focus_" + "_".join(valued))
elif valued:
    focus = valued[0]
else:
    focus = companies.sort_values(["n", "ticker"], ascending=[False, True]).iloc[0]["ticker"]
now = standing[standing["ticker"] == focus].iloc[0]
name = view.name(focus)
measure = view.text("metric.pe_ttm")
of_index = kinds[focus] == "index"
basis_words = view.text("basis.quoted") if of_index else view.text(f"basis.{basis}")
percentile = formats.percentile(now["percentile"], language)
# A window longer than the history is called by its first month, never by the window's full length.
shorter = pd.notna(now["first_date"]) and (view.years == 0 or now["first_date"].date() > view.as_of.replace(year=view.as_of.year - view.years, day=1) + timedelta(days=62))
window_of = view.text("window_since", month=formats.month(now["first_date"], language)) if shorter else view.text("window_of", window=window)
frequency = now["frequency"] if isinstance(now["frequency"], str) else "month_end"

# The finding.
if pd.notna(now["percentile"]):
    cheaper = now["percentile"] <= 50
    panels.finding(view.text("finding.valuation_cheaper" if cheaper else "finding.valuation_dearer", name=name, multiple=formats.multiple(now["value"], language), basis=basis_words,
                             share=formats.percent(100 - now["percentile"] if cheaper else now["percentile"], digits=0), observations=view.text(f"observations.{frequency}"), since=formats.month(now["first_date"], language)))
elif pd.notna(now["value"]):
    needed = 120 if frequency == "daily" else 30
    reason = view.text("missing.history", number=int(now["n"]), needed=needed) if now["status"] == "OK" else view.text(f"reason.{now['status']}")
    panels.finding(view.text("finding.valuation_unranked", name=name, multiple=formats.multiple(now["value"], language), basis=basis_words, reason=reason))
else:
    panels.finding(view.text("finding.valuation_missing", name=name, basis=basis_words, date=formats.day(view.as_of, language), reason=view.text(f"reason.{now['status']}")))

# The headline figures.
span = view.text("headline.range_value", low=formats.multiple(now["minimum"], language), high=formats.multiple(now["maximum"], language))
panels.headline([
    (view.text("headline.pe"), formats.valuation(now["value"], now["status"], language), f"{formats.price(now['close'], now['close_currency'], language)}, {formats.day(now['date'], language)}" if pd.notna(now["close"]) else None),
    (f"{view.text('headline.percentile')} ({window_of.removeprefix('of ')}, N {int(now['n'])})", percentile, view.text("help.percentile", first=formats.day(now["first_date"], language) if pd.notna(now["first_date"]) else formats.MISSING)),
    (view.text("headline.median"), formats.multiple(now["q50"], language), None),
    (view.text("headline.range"), span if pd.notna(now["minimum"]) else formats.MISSING, None),
    (view.text("headline.coverage"), formats.percent(now["coverage_pct"], digits=0), view.text(f"frequency.{frequency}")),
])

# History with bands, and beside it every company in its own range.
history = view.ask("""SELECT date, value, status, close, close_currency, per_share, per_share_currency, fx_rate, eps_period_end, eps_announced_on, eps_effective_on, source_id
                      FROM valuation_window(?, ?) WHERE ticker = ? AND metric = 'pe_ttm' AND basis = ? AND in_window ORDER BY date""", view.as_of, view.years, focus, "quoted" if of_index else basis)
notes = [view.text("valuation.note_coverage", coverage=formats.percent(now["coverage_pct"], digits=0))] if pd.notna(now["coverage_pct"]) and now["coverage_pct"] < 80 else []
notes += [view.text("valuation.note_losses", losses=int(now["losses_left_out"]))] if now["losses_left_out"] else []
title = view.text("chart.pe_history_finding", name=name, multiple=formats.multiple(now["value"], language), percentile=percentile, window=window_of) if pd.notna(now["percentile"]) else view.text("chart.pe_history", name=name, metric=measure)
results = history["eps_effective_on"].dropna().drop_duplicates()
about = dict(as_of=view.as_of, snapshot=view.served.snapshot_id)
announced = history["eps_announced_on"].dropna()
source_words = view.text("source.quoted") if of_index else view.text("source.computed") if announced.empty else \
    view.text("source.computed_of" if frequency == "month_end" else "source.computed_of_daily", name=name, announced=formats.day(announced.iloc[-1], language))


exact = partial(formats.multiple, language=language, digits=2)


def printed_points(index: str) -> pd.DataFrame:
    """What brokers printed of an index's PE and its percentile, as known on the evening shown."""
    return view.ask("""SELECT v.date, v.value, v.percentile, s.publisher AS source FROM index_valuation AS v JOIN sources AS s USING (source_id)
                       WHERE v.index_ticker = ? AND v.metric = 'pe_ttm' AND v.percentile IS NOT NULL AND coalesce(v.published_on, v.date) <= ?""", index, view.as_of)


def draw_history(theme) -> None:
    subtitle = view.text("chart.index_history_subtitle", metric=measure, frequency=view.text("frequency.month_end"), publisher=view.text("source.quoted_by")) if of_index else \
        view.text("chart.pe_history_subtitle", metric=measure, basis=basis_words, frequency=view.text(f"frequency.{frequency}"), window=window_of)
    figure_stamp = stamp.Stamp(title, subtitle, source=source_words, number=int(now["n"]), note=" ".join([view.text("valuation.index_method"), *notes] if of_index else notes), **about)
    if of_index:
        figure = panels.drawn("index_history", history[["date", "value"]], figure_stamp, theme, printed=printed_points(focus), write=exact, empty=view.text(f"reason.{now['status']}"))
    else:
        bands = {q: now[q] for q in charts.QUANTILES} if pd.notna(now["q50"]) else None
        figure = panels.drawn("percentile_band", history, bands, figure_stamp, theme, results=results[results > history["date"].min()], percentile=now["percentile"], empty=view.text(f"reason.{now['status']}"))
    panels.show(figure, "valuation_history", stamp.filename("valuation", [focus], view.as_of),
                view.text("alt.valuation", name=name, ticker=focus, metric=measure, value=formats.multiple(now["value"], language), percentile=percentile, window=window_of, date=formats.day(view.as_of, language)), language=language)


def draw_ranges(theme) -> None:
    own = companies[companies["basis"] != "quoted"]
    rows = own[own["value"].notna() | own["ticker"].isin(view.state.tickers)]
    rows = rows.assign(name=[view.name(t) for t in rows["ticker"]])
    absent = view.text("valuation.note_absent", number=len(own) - len(rows), total=len(own)) if len(own) > len(rows) else ""
    figure = panels.drawn("cross_section", rows, stamp.Stamp(view.text("chart.cross_section"), view.text("chart.cross_section_subtitle", metric=measure, basis=view.text(f"basis.{basis}"), window=window),
                                                    source=view.text("source.computed"), number=int(rows["percentile"].notna().sum()), note=absent, **about),
                                  theme, highlight=[focus], empty=view.text("missing.no_rows", date=formats.day(view.as_of, language)))
    panels.show(figure, "valuation_ranges", stamp.filename("valuation-all", [], view.as_of), view.text("chart.cross_section"), language=language)


left, right = st.columns([1.55, 1], gap="small")
with left:
    draw_history(view.theme(share=0.6))
with right:
    draw_ranges(view.theme(share=0.4))

# The windows side by side, and what today's multiple is made of.
windows = view.ask("""SELECT * FROM (SELECT '3y' AS span, 1 AS place, * FROM valuation_percentiles($1, 3) UNION ALL SELECT '5y', 2, * FROM valuation_percentiles($1, 5)
                      UNION ALL SELECT '10y', 3, * FROM valuation_percentiles($1, 10) UNION ALL SELECT 'max', 4, * FROM valuation_percentiles($1, 0)) WHERE ticker = $2 AND metric = 'pe_ttm' AND basis = $3 ORDER BY place""",
                   view.as_of, focus, "quoted" if of_index else basis)
left, right = st.columns([1, 1.2], gap="medium")
with left:
    st.markdown(f"**{view.text('valuation.windows')}**")
    tables.windows(view, windows)
with right:
    st.markdown(f"**{view.text('valuation.inputs')}**")
    inputs = view.ask("SELECT i.*, s.publisher, s.title, s.url FROM eps_ttm_inputs AS i JOIN sources AS s USING (source_id) WHERE i.ticker = ? AND i.basis = ? AND i.effective_on = ? ORDER BY i.period_end",
                      view.universe.issuer(focus), basis, history["eps_effective_on"].iloc[-1]) if len(history) and pd.notna(history["eps_effective_on"].iloc[-1]) else pd.DataFrame()
    if len(inputs):
        tables.eps_inputs(view, inputs, history.iloc[-1])
    else:
        panels.missing(view.text("valuation.index_method") if of_index else view.text(f"reason.{now['status']}"))

# The index beside it, when no company was asked for.
if not view.state.tickers:
    series = view.ask("SELECT date, value FROM valuation_window(?, 0) WHERE ticker = 'HSTECH' AND basis = 'quoted' ORDER BY date", view.as_of)
    since = view.ask("SELECT * FROM valuation_percentiles(?, 0) WHERE ticker = 'HSTECH' AND basis = 'quoted'", view.as_of)
    if len(since):
        figure = panels.drawn("index_history", series, stamp.Stamp(
            view.text("chart.pe_history_finding", name=view.name("HSTECH"), multiple=formats.multiple(since.iloc[0]["value"], language), percentile=formats.percentile(since.iloc[0]["percentile"], language), window=view.text("window_since", month=formats.month(since.iloc[0]["first_date"], language))),
            view.text("chart.index_history_subtitle", metric=measure, frequency=view.text("frequency.month_end"), publisher=view.text("source.quoted_by")), source=view.text("source.quoted"), number=int(since.iloc[0]["n"]),
            note=view.text("valuation.index_method"), **about), view.theme(), printed=printed_points("HSTECH"), write=exact)
        panels.show(figure, "valuation_index", stamp.filename("valuation", ["HSTECH"], view.as_of), view.text("chart.index_history", name=view.name("HSTECH"), metric=measure), language=language)

with st.expander(view.text("valuation.points")):
    tables.points(view, history)
with st.container(horizontal=True):
    panels.computed(view.text("computed.pe_ttm", basis=basis_words), language, of=measure)
    panels.computed(view.text("computed.percentile", window=window, number=int(now["n"]), first=formats.day(now["first_date"], language) if pd.notna(now["first_date"]) else formats.MISSING, last=formats.day(now["date"], language) if pd.notna(now["date"]) else formats.MISSING,
                              frequency=view.text(f"frequency.{frequency}"), coverage=formats.percent(now["coverage_pct"], digits=0), losses=int(now["losses_left_out"])), language, of=view.text("headline.percentile"))
panels.sources(view.sources_of([*history["source_id"].dropna(), *(inputs["source_id"] if len(inputs) else []), "ecb-euro-reference-rates"]), language)
