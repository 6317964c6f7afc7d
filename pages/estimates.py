"""What does the street expect of a company, how did it move, where does it see the price, and did
the last results beat it?
"""

import pandas as pd
import streamlit as st

from ui import formats, panels, tables
from ui.frame import view as of_this_run
from ui.memory import once
from ui.pictures.estimates import Street

RECENT = 200  # days within which results are told in the finding

view = of_this_run()
language = view.language
day = view.day
kinds = view.kinds
asked = view.companies
outside = view.without_figures


def choose_company() -> str | None:
    """The company shown: the one chosen, one of several, or with none chosen that of which brokers
    say most.
    """
    if len(asked) == 1:
        return asked[0]
    counts = view.ask(
        """
        SELECT issuer_ticker AS ticker, count(*) AS number
        FROM (
            SELECT ticker
            FROM estimate_revisions(?)
            UNION ALL
            SELECT ticker
            FROM targets_as_of(?)
            UNION ALL
            SELECT ticker
            FROM ratings_as_of(?)
        )
        JOIN companies USING (ticker)
        GROUP BY issuer_ticker
        ORDER BY number DESC, ticker
        """,
        view.as_of,
        view.as_of,
        view.as_of,
    )
    offered = asked or counts["ticker"].tolist()
    return view.one_of(offered)


answer = st.container()  # the finding comes first, whatever is chosen below it
figures = st.container()
choices = st.container(
    horizontal=True, vertical_alignment="center", gap="small", key="estimates_choices"
)
if outside:
    sentence = view.text(
        "estimates.no_company", names=", ".join(view.name(ticker) for ticker in outside)
    )
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
        panels.what_next(view)
    st.stop()
street = once(Street, view, focus)
name = street.name

# What is known that evening -----------------------------------------------------------------------

consensus, revisions, undated, targets, medians, surprises, ratings = (
    street.consensus,
    street.revisions,
    street.undated,
    street.targets,
    street.medians,
    street.surprises,
    street.ratings,
)

with choices:
    chart = (
        view.choice("chart", street.charts, lambda c: view.text(f"estimates.chart_{c}"))
        if len(street.charts) > 1
        else street.charts[0]
    )
    line = (
        view.choice("line", street.lines, str, default=street.line)
        if len(street.lines) > 1 and chart == "targets"
        else street.line
    )


# The finding and the headline figures -------------------------------------------------------------

ahead, told, median = street.ahead, street.told, street.median(line)


def finding() -> str:
    clauses = []
    if len(ahead):
        first = ahead.iloc[0]
        after = ahead[
            (ahead["metric"] == first["metric"])
            & (ahead["fiscal_year_end"] > first["fiscal_year_end"])
        ]
        next_year = (
            view.text(
                "finding.estimates_after",
                value=tables.figure_words(
                    view, after.iloc[0]["value"], first["unit"], first["currency"], compact=True
                ),
                year=after.iloc[0]["year"],
            )
            if len(after)
            else ""
        )
        clauses.append(
            view.text(
                "finding.estimates_expected",
                brokers=view.text("estimates.one_expects")
                if first["n"] == 1
                else view.text("finding.estimates_many", number=int(first["n"])),
                metric=tables.measure_words(view, first["metric"], first["basis"]),
                value=tables.figure_words(
                    view, first["value"], first["unit"], first["currency"], compact=True
                ),
                year=first["year"],
                after=next_year,
            )
        )
    elif len(consensus) and not (consensus["status"] == "OK").any():
        clauses.append(view.text("finding.estimates_stale"))
    if median is not None and pd.notna(median["upside_now_pct"]):
        clauses.append(
            view.text(
                "finding.estimates_target",
                target=view.price(median["target"], median["currency"]),
                number=int(median["n"]),
                upside=street.above(median["upside_now_pct"]),
            )
        )
    if len(told) and told.iloc[0]["announced_on"] >= pd.Timestamp(view.as_of) - pd.Timedelta(
        days=RECENT
    ):
        row = told.iloc[0]
        clauses.append(
            view.text(
                "finding.estimates_surprise",
                metric=tables.measure_words(
                    view, row["metric"], row["basis"], row["metric_printed"]
                ),
                period=row["period"],
                surprise=formats.percent(abs(row["surprise_pct"])),
                side=view.text(
                    "finding.estimates_over"
                    if row["surprise_pct"] >= 0
                    else "finding.estimates_under"
                ),
            )
        )
    if not clauses and len(ratings[ratings["is_latest"]]):
        clauses.append(
            view.text("finding.estimates_ratings", number=int(ratings["is_latest"].sum()))
        )
    if not clauses and len(revisions) + len(undated) + len(targets) + len(ratings):
        clauses.append(view.text("finding.estimates_undated"))
    return (
        view.text(
            "finding.estimates",
            name=name,
            clauses=view.text("finding.estimates_joint").join(clauses),
        )
        if clauses
        else view.text("finding.estimates_none", name=name, date=day(view.as_of))
    )


with answer:
    panels.finding(finding())
    if not len(revisions) + len(undated) + len(targets) + len(ratings) + len(surprises):
        panels.what_next(view)
    for ticker in view.state.tickers:
        if kinds[ticker] == "line" and view.universe.issuer(ticker) == focus:
            panels.missing(
                view.text("estimates.line", line=f"{view.name(ticker)} {ticker}", name=name)
            )
with figures:
    cells = []
    for row in (
        ahead[ahead["metric"] == ahead.iloc[0]["metric"]].head(2).itertuples() if len(ahead) else ()
    ):
        number = view.text("estimates.one") if row.n == 1 else f"N {row.n}"
        measure = tables.measure_words(view, row.metric, row.basis)
        expected = view.text("headline.expected", metric=measure, year=row.year)
        cells.append(
            panels.Tile(
                f"{expected} ({number})",
                tables.figure_words(
                    view,
                    row.value,
                    row.unit,
                    row.currency,
                    "derived" if row.is_derived else "exact",
                    compact=True,
                ),
                view.text(
                    "help.expected",
                    brokers=tables.brokers_words(view, row.brokers),
                    date=day(row.last_published_on),
                ),
            )
        )
    for row in medians.itertuples():
        number = view.text("estimates.one") if row.n == 1 else f"N {row.n}"
        cells.append(
            panels.Tile(
                f"{view.text('headline.median_target', line=row.quote_ticker)} ({number})",
                f"{view.price(row.target, row.currency)} {formats.change(row.upside_now_pct)}",
                view.text(
                    "help.target",
                    brokers=tables.brokers_words(view, row.brokers),
                    date=day(row.close_now_date),
                ),
            )
        )
    counted = (
        ratings[ratings["is_fresh"]]["rating_code"].replace({"strong_buy": "buy"}).value_counts()
    )
    if len(ratings):
        cells.append(
            panels.Tile(
                view.text("headline.ratings"),
                " · ".join(str(counted.get(code, 0)) for code in ("buy", "hold", "sell")),
                view.text("help.ratings"),
            )
        )
    if len(told):
        row = told.iloc[0]
        measure = tables.measure_words(view, row["metric"], row["basis"], row["metric_printed"])
        cells.append(
            panels.Tile(
                f"{view.text('headline.surprise')} {row['period']}",
                f"{measure} {formats.change(row['surprise_pct'])}",
                view.text(f"expected_basis.{row['expected_basis']}"),
            )
        )
    if cells:
        panels.headline(cells)


# The picture --------------------------------------------------------------------------------------

if len(targets) or len(surprises):
    panels.picture(view, once(street.own_picture, chart, line))
    panels.pictures_first()


# The tables, the definitions, the sources ---------------------------------------------------------

if len(consensus):
    st.markdown(f"**{view.text('estimates.consensus')}**")
    tables.consensus(view, consensus)
if len(surprises):
    st.markdown(f"**{view.text('estimates.actual')}**")
    tables.surprises(view, surprises)
if len(revisions):
    st.markdown(f"**{view.text('estimates.revisions')}**")
    tables.estimates(view, revisions)
if len(undated):
    with st.expander(f"{view.text('estimates.undated')} ({len(undated)})"):
        tables.estimates(view, undated)
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
            with st.popover(
                view.text(
                    "estimates.definition",
                    broker=tables.broker_words(view, row.broker),
                    rating=row.rating,
                ),
                type="tertiary",
            ):
                st.markdown(
                    panels.escape(
                        f"{tables.definition_words(view, row)} "
                        f"({view.text('estimates.definition_since', date=day(row.defined_on))})"
                    )
                )
with st.container(horizontal=True):
    panels.computed(view.text("computed.consensus"), language, of=view.text("column.estimate"))
    panels.computed(view.text("computed.target"), language, of=view.text("column.target"))
    panels.computed(view.text("computed.surprise"), language, of=view.text("column.surprise"))
panels.missing(view.text("footer.dagger"))
used = (
    [
        source
        for frame in (revisions, undated, targets, ratings, surprises)
        for source in frame["source_id"]
    ]
    + ratings["definition_source_id"].dropna().tolist()
    + [source for sources in surprises["expected_source_ids"] for source in sources]
)
panels.sources(view.sources_of(used), language)
