"""What does the street expect of a company, how did it move, where does it see the price, and did the last results beat it?"""

import pandas as pd
import streamlit as st

from ui import formats, panels, tables
from ui.frame import view as of_this_run
from ui.pictures.estimates import Street

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
street = Street(view, focus)
name, year_end = street.name, street.year_end

# What is known that evening --------------------------------------------------------------------------------------------

consensus = view.ask("SELECT * FROM consensus(?) WHERE ticker = ? AND (basis = ? OR basis IS NULL) ORDER BY fiscal_year_end, metric", view.as_of, focus, view.state.basis)
consensus = consensus.assign(year=[formats.period(f"{end.year}FY", end, year_end, language) for end in consensus["fiscal_year_end"]])
revisions = view.ask("SELECT r.*, s.publisher, s.url, NULL AS published_printed FROM estimate_revisions(?) AS r JOIN sources AS s USING (source_id) WHERE r.ticker = ? ORDER BY r.published_on DESC, r.fiscal_year, r.metric, r.broker", view.as_of, focus)
undated = view.ask("""SELECT e.*, s.publisher, s.url, CASE WHEN e.previous_value IS NOT NULL THEN 'printed' WHEN e.revision_pct IS NOT NULL THEN 'change_printed' END AS previous_basis, CAST(NULL AS DATE) AS previous_published_on, e.revision_pct AS change_pct, CAST(NULL AS DOUBLE) AS change_pp, CAST(NULL AS DOUBLE) AS difference
                       FROM estimates AS e JOIN sources AS s USING (source_id) WHERE e.ticker = ? AND e.published_on IS NULL AND e.unit <> 'x' AND presumed_published_on(e.published_printed) <= ? ORDER BY e.broker, e.fiscal_year, e.metric""", focus, view.as_of)
targets, medians, surprises, newest = street.targets, street.medians, street.surprises, street.newest
ratings = view.ask("SELECT r.*, s.publisher, s.url FROM ratings_as_of(?) AS r JOIN sources AS s USING (source_id) WHERE r.ticker = ? ORDER BY r.published_on DESC NULLS LAST, r.broker", view.as_of, focus)

with choices:
    chart = view.choice("chart", street.charts, lambda c: view.text(f"estimates.chart_{c}")) if len(street.charts) > 1 else street.charts[0]
    line = view.choice("line", street.lines, str, default=street.line) if len(street.lines) > 1 and chart == "targets" else street.line


# The finding and the headline figures ---------------------------------------------------------------------------------

fresh = consensus[consensus["status"] == "OK"]
order = {"eps_diluted": 0, "net_income": 1, "operating_profit": 2, "revenue": 3}
ahead = fresh[fresh["fiscal_year_end"] >= pd.Timestamp(view.as_of)]
ahead = ahead.assign(place=ahead["metric"].map(order).fillna(len(order))).sort_values(["fiscal_year_end", "place", "metric"])
median = street.median(line)
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
        clauses.append(view.text("finding.estimates_target", target=view.price(median["target"], median["currency"]), number=int(median["n"]), upside=street.above(median["upside_now_pct"])))
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
        cells.append((f"{view.text('headline.median_target', line=row.quote_ticker)} ({number})", f"{view.price(row.target, row.currency)} {formats.change(row.upside_now_pct)}",
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

if len(targets) or len(surprises):
    panels.picture(view, street.own_picture(chart, line))


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
