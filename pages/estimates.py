"""What does the street expect of a company, how did it move, where does it see the price, and did the last results beat it?"""

from functools import partial

import pandas as pd
import streamlit as st

from ui import formats, marks, panels, stamp, tables
from ui.frame import view as of_this_run

RECENT = 200  # days within which results are told in the finding

view = of_this_run()
language = view.language
day = view.day
kinds = view.kinds
asked = view.companies
outside = view.without_figures


def year_words(row) -> str:
    """The fiscal year of a forecast; as printed where its end is not certain."""
    return formats.period(row.fiscal_period, row.fiscal_year_end, year_end, language) if pd.notna(row.fiscal_year_end) else str(row.fiscal_year_printed)


def choose_company() -> str | None:
    """The company shown: the one chosen, one of several, or with none chosen that of which brokers say most."""
    if len(asked) == 1:
        return asked[0]
    counts = view.ask("""SELECT issuer_ticker AS ticker, count(*) AS number FROM (SELECT ticker FROM estimate_revisions(?) UNION ALL SELECT ticker FROM targets_as_of(?) UNION ALL SELECT ticker FROM ratings_as_of(?)) JOIN companies USING (ticker)
                         GROUP BY issuer_ticker ORDER BY number DESC, ticker""", view.as_of, view.as_of, view.as_of)
    offered = asked or counts["ticker"].tolist()
    return view.one_of(offered)


def above(pct: float) -> str:
    return view.text("finding.estimates_above" if pct >= 0 else "finding.estimates_below", pct=formats.percent(abs(pct)))


answer = st.container()  # the finding comes first, whatever is chosen below it
figures = st.container()
choices = st.container(horizontal=True, vertical_alignment="center", gap="small", key="estimates_choices")
if outside:
    sentence = view.text("estimates.no_company", names=", ".join(view.name(ticker) for ticker in outside))
    with answer:
        if asked:
            panels.missing(sentence)
        else:
            panels.finding(sentence)
            st.info(panels.escape(view.text("segments.choose")))
    if not asked:
        st.stop()
with choices:
    focus = choose_company()
if focus is None:
    with answer:
        panels.finding(view.text("estimates.nobody", date=day(view.as_of)))
    st.stop()
name = view.name(focus)
year_end = view.ask("SELECT coalesce(fiscal_year_end_month, 12) AS month FROM companies WHERE ticker = ?", focus)["month"].iloc[0]

# What is known that evening --------------------------------------------------------------------------------------------

consensus = view.ask("SELECT * FROM consensus(?) WHERE ticker = ? AND (basis = ? OR basis IS NULL) ORDER BY fiscal_year_end, metric", view.as_of, focus, view.state.basis)
consensus = consensus.assign(year=[formats.period(f"{end.year}FY", end, year_end, language) for end in consensus["fiscal_year_end"]])
revisions = view.ask("SELECT r.*, s.publisher, s.url, NULL AS published_printed FROM estimate_revisions(?) AS r JOIN sources AS s USING (source_id) WHERE r.ticker = ? ORDER BY r.published_on DESC, r.fiscal_year, r.metric, r.broker", view.as_of, focus)
undated = view.ask("""SELECT e.*, s.publisher, s.url, CASE WHEN e.previous_value IS NOT NULL THEN 'printed' WHEN e.revision_pct IS NOT NULL THEN 'change_printed' END AS previous_basis, CAST(NULL AS DATE) AS previous_published_on, e.revision_pct AS change_pct, CAST(NULL AS DOUBLE) AS change_pp, CAST(NULL AS DOUBLE) AS difference
                       FROM estimates AS e JOIN sources AS s USING (source_id) WHERE e.ticker = ? AND e.published_on IS NULL AND e.unit <> 'x' AND presumed_published_on(e.published_printed) <= ? ORDER BY e.broker, e.fiscal_year, e.metric""", focus, view.as_of)
targets = view.ask("SELECT t.*, s.publisher, s.url FROM targets_as_of(?) AS t JOIN sources AS s USING (source_id) WHERE t.ticker = ? ORDER BY t.published_on DESC NULLS LAST, t.broker", view.as_of, focus)
medians = view.ask("SELECT * FROM target_consensus(?) WHERE ticker = ? ORDER BY n DESC, quote_ticker", view.as_of, focus)
ratings = view.ask("SELECT r.*, s.publisher, s.url FROM ratings_as_of(?) AS r JOIN sources AS s USING (source_id) WHERE r.ticker = ? ORDER BY r.published_on DESC NULLS LAST, r.broker", view.as_of, focus)
surprises = view.ask("SELECT p.*, s.publisher, s.url FROM surprises AS p JOIN sources AS s USING (source_id) WHERE p.ticker = ? AND p.known_on <= ? ORDER BY p.period_end DESC, p.announced_on DESC, abs(p.surprise_pct) DESC NULLS LAST, p.metric", focus, view.as_of)
surprises = surprises.assign(period=[formats.period(row.fiscal_period, row.period_end, year_end, language) for row in surprises.itertuples()])

lines = list(dict.fromkeys([*medians["quote_ticker"], *targets["quote_ticker"]]))
typed = next((ticker for ticker in view.state.tickers if ticker in lines), focus if focus in lines else None)
with choices:
    offered = (["targets"] if len(targets) else []) + (["expected"] if len(surprises) else []) or ["targets"]
    chart = view.choice("chart", offered, lambda c: view.text(f"estimates.chart_{c}")) if len(offered) > 1 else offered[0]
    line = view.choice("line", lines, str, default=typed) if len(lines) > 1 and chart == "targets" else typed or (lines[0] if lines else focus)


# The finding and the headline figures ---------------------------------------------------------------------------------

fresh = consensus[consensus["status"] == "OK"]
order = {"eps_diluted": 0, "net_income": 1, "operating_profit": 2, "revenue": 3}
ahead = fresh[fresh["fiscal_year_end"] >= pd.Timestamp(view.as_of)]
ahead = ahead.assign(place=ahead["metric"].map(order).fillna(len(order))).sort_values(["fiscal_year_end", "place", "metric"])
median = medians[medians["quote_ticker"] == line]
median = median.iloc[0] if len(median) else None
newest = surprises[surprises["period_end"] == surprises["period_end"].max()] if len(surprises) else surprises
told = newest[newest["surprise_pct"].notna() & newest["metric"].isin(list(order))]
told = told.assign(place=told["metric"].map({"net_income": 0, "eps_diluted": 1, "operating_profit": 2, "revenue": 3}), other=told["basis"] == "reported").sort_values(["other", "place"])


def finding() -> str:
    clauses = []
    if len(ahead):
        first = ahead.iloc[0]
        after = ahead[(ahead["metric"] == first["metric"]) & (ahead["fiscal_year_end"] > first["fiscal_year_end"])]
        next_year = view.text("finding.estimates_after", value=tables.figure_words(view, after.iloc[0]["value"], first["unit"], first["currency"], compact=True), year=after.iloc[0]["year"]) if len(after) else ""
        clauses.append(view.text("finding.estimates_expected", brokers=view.text("estimates.one_expects") if first["n"] == 1 else view.text("finding.estimates_many", number=int(first["n"])),
                                 metric=tables.measure_words(view, first["metric"], first["basis"]), value=tables.figure_words(view, first["value"], first["unit"], first["currency"], compact=True), year=first["year"], after=next_year))
    elif len(consensus) and fresh.empty:
        clauses.append(view.text("finding.estimates_stale"))
    if median is not None and pd.notna(median["upside_now_pct"]):
        clauses.append(view.text("finding.estimates_target", target=formats.price(median["target"], median["currency"], language), number=int(median["n"]), upside=above(median["upside_now_pct"])))
    if len(told) and told.iloc[0]["announced_on"] >= pd.Timestamp(view.as_of) - pd.Timedelta(days=RECENT):
        row = told.iloc[0]
        clauses.append(view.text("finding.estimates_surprise", metric=tables.measure_words(view, row["metric"], row["basis"], row["metric_printed"]), period=row["period"], surprise=formats.percent(abs(row["surprise_pct"])),
                                 side=view.text("finding.estimates_over" if row["surprise_pct"] >= 0 else "finding.estimates_under")))
    if not clauses and len(ratings[ratings["is_latest"]]):
        clauses.append(view.text("finding.estimates_ratings", number=int(ratings["is_latest"].sum())))
    if not clauses and len(revisions) + len(undated) + len(targets) + len(ratings):
        clauses.append(view.text("finding.estimates_undated"))
    return view.text("finding.estimates", name=name, clauses=view.text("finding.estimates_joint").join(clauses)) if clauses else view.text("finding.estimates_none", name=name, date=day(view.as_of))


with answer:
    panels.finding(finding())
    for ticker in view.state.tickers:
        if kinds[ticker] == "line" and view.universe.issuer(ticker) == focus:
            panels.missing(view.text("estimates.line", line=f"{view.name(ticker)} {ticker}", name=name))
with figures:
    cells = []
    for row in ahead[ahead["metric"] == ahead.iloc[0]["metric"]].head(2).itertuples() if len(ahead) else ():
        number = view.text("estimates.one") if row.n == 1 else f"N {row.n}"
        cells.append((f"{view.text('headline.expected', metric=tables.measure_words(view, row.metric, row.basis), year=row.year)} ({number})", tables.figure_words(view, row.value, row.unit, row.currency, "derived" if row.is_derived else "exact", compact=True),
                      view.text("help.expected", brokers=tables.brokers_words(view, row.brokers), date=day(row.last_published_on))))
    for row in medians.itertuples():
        number = view.text("estimates.one") if row.n == 1 else f"N {row.n}"
        cells.append((f"{view.text('headline.median_target', line=row.quote_ticker)} ({number})", f"{formats.price(row.target, row.currency, language)} {formats.change(row.upside_now_pct)}",
                      view.text("help.target", brokers=tables.brokers_words(view, row.brokers), date=day(row.close_now_date))))
    counted = ratings[ratings["is_fresh"]]["rating_code"].replace({"strong_buy": "buy"}).value_counts()
    if len(ratings):
        cells.append((view.text("headline.ratings"), " · ".join(str(counted.get(code, 0)) for code in ("buy", "hold", "sell")), view.text("help.ratings")))
    if len(told):
        row = told.iloc[0]
        cells.append((f"{view.text('headline.surprise')} {row['period']}", f"{tables.measure_words(view, row['metric'], row['basis'], row['metric_printed'])} {formats.change(row['surprise_pct'])}", view.text(f"expected_basis.{row['expected_basis']}")))
    if cells:
        panels.headline(cells)


# The picture ------------------------------------------------------------------------------------------------------------

def stamped(title: str, subtitle: str, *, number: int | None = None, note: str = "") -> stamp.Stamp:
    return stamp.Stamp(title, subtitle, as_of=view.as_of, source=view.text("estimates.source"), note=note, number=number, link=view.link("estimates", view.state.tickers, **view.state.extras))


def hover(row) -> str:
    parts = [f"<b>{day(row.published_on)}</b>  {stamp.escape(tables.broker_words(view, row.broker))} {formats.price(row.target, row.currency, language)}"]
    parts += [stamp.escape(method)] if (method := tables.method_words(view, row)) else []
    parts += [f"{view.text(f'column.upside_{key}')} {formats.percent(value, sign=True)}" for key, value in (("then", row.upside_then_pct), ("printed", row.upside_printed_pct), ("now", row.upside_now_pct)) if pd.notna(value)]
    return "<br>".join(parts)


def draw_targets():
    shown = targets[(targets["quote_ticker"] == line) & targets["published_on"].notna()]
    # The line from half a year before the first target that is shown, at most the window.
    since = shown["published_on"].min() - pd.DateOffset(months=6) if len(shown) else pd.Timestamp(view.as_of) - pd.DateOffset(years=2)
    closes = view.ask("SELECT date, close, frequency FROM market_caps WHERE ticker = ? AND known_on <= ? AND date >= ? QUALIFY row_number() OVER (PARTITION BY date ORDER BY frequency) = 1 ORDER BY date", line, view.as_of, since.date())
    currency = shown["currency"].iloc[0] if len(shown) else ""
    number = int(median["n"]) if median is not None else 0
    title = view.text("chart.price_targets_finding", name=name, target=formats.price(median["target"], median["currency"], language), upside=above(median["upside_now_pct"]), line=line) if median is not None and pd.notna(median["upside_now_pct"]) else view.text("chart.price_targets", name=name, line=line)
    subtitle = view.text("chart.price_targets_subtitle", line=line, currency=currency, unit=view.text("unit.ads" if len(shown) and shown["per"].iloc[0] == "ads" else "unit.share"), number=number,
                         frequency=view.text("frequency.daily" if len(closes) and (closes["frequency"] == "daily").any() else "frequency.month_end"))
    return panels.drawn("price_targets", shown.assign(hover=[hover(row) for row in shown.itertuples()], broker=[tables.broker_words(view, broker) for broker in shown["broker"]])[["published_on", "target_today", "in_consensus", "broker", "hover"]], closes, stamped(title, subtitle, number=len(shown), note=f"{view.text('estimates.note_filled')} {marks.prices(view, [line])}".strip()),
                        view.theme(height=400), currency=currency, median=median["target"] if median is not None else None, empty=view.text("estimates.no_target", line=line, date=day(view.as_of)))


def draw_expected():
    # One row a figure of the newest results; where two tell of it, what was printed before the results goes first.
    shown = newest[newest["surprise_pct"].notna() | newest["surprise_pp"].notna()].assign(first=newest["expected_basis"] != "printed_before").sort_values("first").drop_duplicates(["metric", "basis"])
    rows = []
    for row in shown.itertuples():
        is_rate = pd.isna(row.surprise_pct)
        change = row.surprise_pp if is_rate else row.surprise_pct
        words = f"{tables.surprise_words(view, row)}  " + view.text("estimates.against", actual=tables.figure_words(view, row.actual, row.unit, row.currency, row.quality), expected=tables.figure_words(view, row.expected, row.unit, row.currency, "derived" if row.expected_quality == "derived" else "exact"))
        rows.append({"name": tables.measure_words(view, row.metric, row.basis, row.metric_printed), "before": 0.0, "after": change, "words": words, "hollow": is_rate, "good": (-1 if row.metric.endswith("_expense") else 1) * (1 if change > 0 else -1 if change < 0 else 0),
                     "hover": f"<b>{stamp.escape(tables.measure_words(view, row.metric, row.basis, row.metric_printed))}</b><br>{stamp.escape(words)}<br>{view.text(f'expected_basis.{row.expected_basis}')}<br>{stamp.escape(tables.brokers_words(view, row.broker.split(', ')))}"})
    frame = pd.DataFrame(rows, columns=["name", "before", "after", "words", "hollow", "good", "hover"]).sort_values(["hollow", "after"], ascending=[True, False])
    period, announced = (shown["period"].iloc[0], day(shown["announced_on"].iloc[0])) if len(shown) else ("", "")
    return panels.drawn("dumbbell", frame, stamped(view.text("chart.dumbbell_expected", name=name, period=period), view.text("chart.dumbbell_expected_subtitle", announced=announced), number=len(frame), note=view.text("footer.dagger")), view.theme(),
                        write=partial(formats.percent), zero=True, legend=(view.text("estimates.expected_ring"), view.text("estimates.actual_dot")), empty=view.text("estimates.actual_none"))


if len(targets) or len(surprises):
    figure = draw_targets() if chart == "targets" else draw_expected()
    panels.picture_of(view, figure, f"estimates_{chart}", f"estimates-{chart}", [focus])


# The tables, the definitions, the sources ------------------------------------------------------------------------------

if len(consensus):
    st.markdown(f"**{view.text('estimates.consensus')}**")
    tables.consensus(view, consensus)
if len(surprises):
    st.markdown(f"**{view.text('estimates.actual')}**")
    tables.surprises(view, surprises)
if len(revisions):
    st.markdown(f"**{view.text('estimates.revisions')}**")
    tables.estimates(view, revisions.assign(year=[year_words(row) for row in revisions.itertuples()]))
if len(undated):
    with st.expander(f"{view.text('estimates.undated')} ({len(undated)})"):
        tables.estimates(view, undated.assign(year=[year_words(row) for row in undated.itertuples()]))
if len(targets):
    st.markdown(f"**{view.text('estimates.targets')}**")
    tables.targets(view, targets)
    panels.missing(view.text("estimates.note_close_then"))
if len(ratings):
    st.markdown(f"**{view.text('estimates.ratings')}**")
    tables.ratings(view, ratings)
    defined = ratings[ratings["rule"].notna()].drop_duplicates(["broker", "rating"])
    with st.container(horizontal=True):
        for row in defined.itertuples():
            with st.popover(view.text("estimates.definition", broker=tables.broker_words(view, row.broker), rating=row.rating), type="tertiary"):
                st.markdown(panels.escape(f"{tables.definition_words(view, row)} ({view.text('estimates.definition_since', date=day(row.defined_on))})"))
with st.container(horizontal=True):
    panels.computed(view.text("computed.consensus"), language, of=view.text("column.estimate"))
    panels.computed(view.text("computed.target"), language, of=view.text("column.target"))
    panels.computed(view.text("computed.surprise"), language, of=view.text("column.surprise"))
panels.missing(view.text("footer.dagger"))
used = [source for frame in (revisions, undated, targets, ratings, surprises) for source in frame["source_id"]] + ratings["definition_source_id"].dropna().tolist() + [source for sources in surprises["expected_source_ids"] for source in sources]
panels.sources(view.sources_of(used), language)
