"""Which companies does a broker cover, at which multiples; what do the same estimates cost today,
and what changed since its table before?
"""

import streamlit as st

from ui import formats, frame, marks, panels, tables
from ui.memory import once
from ui.pictures.coverage import Coverage, printed_tables

view = frame.view()
language = view.language
day = view.day


if printed_tables(view).empty:
    panels.finding(view.text("finding.coverage_none", date=day(view.as_of)))
    panels.what_next(view)
    st.stop()

# What is shown: a broker, one of its tables, as printed, today, or against another ----------------

answer = st.container()  # the finding comes first, whatever is chosen below it
figures = st.container()
with st.container(
    horizontal=True, vertical_alignment="center", gap="small", key="coverage_choices"
):
    chosen = tuple(sorted({*view.state.tickers, *view.issuers}))
    first = once(Coverage, view)
    broker = (
        view.choice("broker", first.brokers, lambda b: tables.broker_words(view, b), drop_down=True)
        if len(first.brokers) > 1
        else first.broker
    )
    newest = once(Coverage, view, broker)
    kind = view.choice("chart", newest.charts, lambda k: view.text(f"coverage.chart_{k}"))
    later = (
        view.choice(
            "to", newest.days, lambda d: view.text("coverage.table_of", date=day(d)), drop_down=True
        )
        if len(newest.days) > 1
        else newest.later
    )
    before = once(Coverage, view, broker, later).before
    earlier = (
        view.choice(
            "from", before, lambda d: view.text("coverage.against", date=day(d)), drop_down=True
        )
        if kind == "changes" and len(before) > 1
        else ""
    )
shown = once(Coverage, view, broker, later, earlier, chosen)
name, year, earlier, whole, table, changes, kept, now = (
    shown.name,
    shown.year,
    shown.earlier,
    shown.whole,
    shown.table,
    shown.changes,
    shown.kept,
    shown.now,
)
contradictions = view.ask(
    "SELECT * FROM coverage_contradictions WHERE broker = ? AND published_on = ? ORDER BY ticker",
    broker,
    later,
)
definitions = view.ask(
    """
    SELECT d.* REPLACE (benchmark_on(d.benchmark, 'HKEX') AS benchmark)
    FROM rating_definitions AS d
    JOIN sources AS s USING (source_id)
    WHERE d.broker = ? AND d.category = 'stock' AND coalesce(s.published_on, DATE '1900-01-01') <= ?
    ORDER BY d.lower_bound_pct DESC NULLS LAST, d.upper_bound_pct DESC NULLS LAST
    """,
    broker,
    view.as_of,
)
outside = [
    ticker
    for ticker in view.state.tickers
    if not {ticker, view.universe.issuer(ticker)}
    & {*whole["ticker"], *(shown.all_changes["ticker"] if len(shown.all_changes) else ())}
]
if outside:
    with answer:
        panels.missing(
            view.text(
                "finding.coverage_outside",
                broker=name,
                date=day(later),
                names=", ".join(view.name(ticker) for ticker in outside),
            )
        )


# The finding and the headline figures -------------------------------------------------------------

moved = kept[kept["eps_change_pct"] != 0] if len(kept) else kept


def companies(number: int) -> str:
    return (
        view.text("coverage.number_one")
        if number == 1
        else view.text("coverage.number_many", number=number)
    )


def finding() -> str:
    if table.empty and not (kind == "changes" and len(changes)):
        return view.text(
            "finding.coverage_outside",
            broker=name,
            date=day(later),
            names=", ".join(view.name(ticker) for ticker in view.state.tickers),
        )
    if kind == "changes" and len(moved):
        most = moved.loc[moved["eps_change_pct"].abs().idxmax()]
        return view.text(
            "finding.coverage_changes",
            broker=name,
            year=f"{year}E",
            companies=companies(len(moved)),
            before=day(earlier),
            date=day(later),
            raised=int((moved["eps_change_pct"] > 0).sum()),
            cut=int((moved["eps_change_pct"] < 0).sum()),
            most=view.name(most["ticker"]),
            change=formats.percent(most["eps_change_pct"], sign=True),
            old=formats.number(most["eps_before"], 1),
            new=formats.number(most["eps"], 1),
        )
    if kind == "today" and len(now):
        return view.text(
            "finding.coverage_today",
            broker=name,
            date=day(now["close_now_date"].max()),
            year=f"{year}E",
            published=day(later),
            now=formats.multiple(now["pe_fy1_now"].median(), language),
            then=formats.multiple(now["pe_fy1"].median(), language),
        )
    return view.text(
        "finding.coverage_printed",
        broker=name,
        companies=companies(len(table)),
        date=day(later),
        low=formats.multiple(table["pe_fy1"].min(), language, digits=0),
        high=formats.multiple(table["pe_fy1"].max(), language, digits=0),
        year=f"{year}E",
    )


def contradiction(row) -> str:
    """What the table prints, what the text of the same report says, and which of them its own
    inputs give.
    """
    printed = table[table["ticker"] == row.ticker].iloc[0]
    return view.text(
        "coverage.contradiction",
        name=view.name(row.ticker),
        year=printed[row.column_name.removeprefix("pe_")],
        kept=formats.multiple(float(row.kept_value), language, digits=0),
        other=formats.multiple(float(row.other_value), language, digits=0),
        recomputed=formats.multiple(printed[f"{row.column_name}_recomputed"], language),
    )


doubts = [
    contradiction(row)
    for row in contradictions[contradictions["ticker"].isin(table["ticker"])].itertuples()
]
reproduced = sum(
    int((table[f"pe_fy{n}_recomputed"].round() == table[f"pe_fy{n}"]).sum()) for n in (1, 2)
)
with answer:
    panels.finding(finding())
    if table.empty and not len(changes):
        panels.what_next(view)
    if kind == "today":
        marks.tell(view, table["ticker"])
with figures:
    panels.headline(
        [
            panels.Tile(view.text("coverage.companies"), str(len(table))),
            panels.Tile(
                view.text("coverage.median_pe", year=year),
                formats.multiple(table["pe_fy1"].median(), language),
            ),
            panels.Tile(
                view.text("coverage.median_now"),
                formats.multiple(now["pe_fy1_now"].median(), language),
                day(now["close_now_date"].max()) if len(now) else None,
            ),
            *(
                [
                    panels.Tile(
                        view.text("coverage.raised"),
                        (
                            f"{int((kept['eps_change_pct'] > 0).sum())} · "
                            f"{int((kept['eps_change_pct'] < 0).sum())}"
                        ),
                        f"{day(earlier)} – {day(later)}",
                    )
                ]
                if len(changes)
                else []
            ),
            panels.Tile(
                view.text("coverage.reproduced"),
                f"{reproduced} / {int(table[['pe_fy1', 'pe_fy2']].notna().sum().sum())}",
                view.text("coverage.reproduced_help"),
            ),
        ]
    )
    if doubts:
        st.markdown("  \n".join(f":orange[{panels.escape(sentence)}]" for sentence in doubts))


# The picture, and the table as it stands ----------------------------------------------------------

kind = shown.kind(kind)
made = once(shown.listed, kind)
title = (
    view.text("coverage.table_changes", before=day(earlier), date=day(later))
    if kind == "changes"
    else view.text(
        f"coverage.table_{kind}", date=day(later if kind == "printed" else shown.closes_of)
    )
)
if len(made):
    panels.picture(view, once(shown.own_picture, kind))
    st.markdown(f"**{panels.escape(title)}**")
    tables.coverage(
        view,
        kind,
        made,
        year,
        (
            *doubts,
            *(
                [view.text("coverage.date_inferred")]
                if (whole["date_basis"] == "inferred").any()
                else []
            ),
        ),
    )
    if (whole["date_basis"] == "inferred").any():
        panels.missing(view.text("coverage.date_inferred"))

with st.container(horizontal=True):
    if len(definitions):
        with st.popover(
            view.text(
                "estimates.definition", broker=name, rating=" / ".join(whole["rating"].unique())
            ),
            type="tertiary",
        ):
            st.markdown(panels.escape(tables.definitions(view, definitions)))
    panels.computed(view.text("computed.coverage"), language)
panels.sources(
    view.sources_of(
        [
            *whole["source_id"],
            *(changes["source_id_before"].dropna() if len(changes) else ()),
            *definitions["source_id"],
        ]
    ),
    language,
)
