"""What does a company cost against its own past, against another, and against all the others, as
known on the evening shown?
"""

import pandas as pd
import streamlit as st

from ui import formats, frame, panels, tables
from ui.frame import view as of_this_run
from ui.links import ACROSS, VALUATION_CHARTS
from ui.memory import once
from ui.pictures.valuation import METRICS, YIELDS, Multiple

OWN = {
    "company": VALUATION_CHARTS,
    "index": ("history", "distribution", "percentile"),
    "basket": ("history", "distribution", "percentile"),
}
FX_SOURCE = "ecb-euro-reference-rates"

view = of_this_run()
language = view.language
day = view.day
kinds = view.kinds
valued = [ticker for ticker in view.state.tickers if kinds[ticker] != "etf"]


# What is shown: a company or index, a measure of it, and two pictures -----------------------------

answer = st.container()  # the finding comes first, whatever is chosen below it
figures = st.container()
choices = st.container(
    horizontal=True, vertical_alignment="center", gap="small", key="valuation_choices"
)
for ticker in view.state.tickers:
    if kinds[ticker] == "etf":
        with answer:
            panels.missing(
                view.text("valuation.not_valued", name=view.name(ticker))
                + ("" if valued else " " + view.text("empty.company"))
            )
with choices:
    # With none chosen, the longest history.
    focus = (
        view.one_of(valued) or valued[0]
        if len(valued) > 1
        else valued[0]
        if valued
        else view.ask(
            """
            SELECT p.ticker
            FROM valuation_percentiles(?, 0) AS p
            JOIN companies AS c USING (ticker)
            WHERE c.kind = 'company' AND metric = 'pe_ttm' AND basis = ?
            ORDER BY n DESC, ticker
            LIMIT 1
            """,
            view.as_of,
            view.state.basis,
        )["ticker"].iloc[0]
    )
    kind = kinds[focus] if kinds[focus] in METRICS else "company"
    metric = view.choice("metric", METRICS[kind], lambda m: view.text(f"metric.{m}"))
    own_chart = view.choice("chart", OWN[kind], lambda c: view.text(f"valuation.chart_{c}"))
    across = view.choice(
        "across",
        ACROSS if metric != "pe_forward" else ACROSS[::-1],
        lambda c: view.text(f"valuation.across_{c}"),
    )
one = once(Multiple, view, focus, metric)
now, history, write = one.now, one.history, one.write
name, measure, basis, basis_words, window_of, frequency = (
    one.name,
    one.measure,
    one.basis,
    one.basis_words,
    one.window_of,
    one.frequency,
)


# The finding, and the headline figures with what makes each of them -------------------------------


def finding() -> str:
    about = {
        "name": name,
        "trades": view.text(
            f"trades.{metric}" if kind != "index" else "trades.quoted",
            metric=measure,
            value=write(now["value"]),
            basis=basis_words,
        ),
    }
    if one.is_ranked:
        cheaper = now["percentile"] <= 50
        share = formats.percent(100 - now["percentile"] if cheaper else now["percentile"], digits=0)
        return view.text(
            "finding.valuation_cheaper" if cheaper else "finding.valuation_dearer",
            share=share,
            observations=view.text(f"observations.{frequency}"),
            since=formats.month(now["first_date"], language),
            **about,
        )
    if one.is_stale and kind == "company":
        return view.text("finding.valuation_stale", date=day(now["date"]), **about)
    if pd.notna(now["value"]):
        return view.text("finding.valuation_unranked", reason=one.reason, **about)
    return view.text(
        "finding.valuation_missing",
        name=name,
        metric=measure,
        basis=basis_words,
        date=day(view.as_of),
        reason=one.reason,
    )


def window_note() -> str:
    """How a percentile of this window is made: N, first and last, coverage, losses, frequency."""
    known = pd.notna(now["first_date"])
    return view.text(
        "computed.percentile",
        window=view.window_words(),
        number=int(now["n"]),
        first=day(now["first_date"]) if known else formats.MISSING,
        last=day(now["date"]) if pd.notna(now["date"]) else formats.MISSING,
        frequency=view.text(f"frequency.{frequency}"),
        coverage=formats.percent(now["coverage_pct"], digits=0),
        losses=int(now["losses_left_out"]),
    )


def measure_note() -> str:
    return view.text(
        "valuation.index_method"
        if kind == "index"
        else "computed.basket"
        if kind == "basket"
        else f"computed.{metric}",
        basis=basis_words,
    )


is_thin = (
    bool(now["n"])
    and metric not in YIELDS
    and kind == "company"
    and (now["coverage_pct"] < 80 or now["losses_share_pct"] > 20)
)
with answer:
    panels.finding(finding())
    frame.offer_basis(one.other_basis)
    if not history["value"].notna().any():
        panels.what_next(view)
    tonight = view.ask(
        """
        SELECT DISTINCT announced_on
        FROM earnings_items
        WHERE ticker = ? AND announced_on = ? AND effective_on > ?
        """,
        view.universe.issuer(focus),
        view.as_of,
        view.as_of,
    )
    if len(tonight):
        panels.missing(view.text("finding.valuation_results", date=day(view.as_of)))
    if one.old_prices:
        panels.missing(one.old_prices)
    if is_thin:
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            note = view.text(
                "valuation.note_thin",
                coverage=formats.percent(now["coverage_pct"], digits=0),
                losses=int(now["losses_left_out"]),
            )
            st.markdown(f":orange[{panels.escape(note)}]", width="content")
            for other in [
                m for m in ("ps_ttm", "earnings_yield_ttm") if m in METRICS[kind] and m != metric
            ]:
                st.button(
                    view.text("valuation.see_instead", metric=view.text(f"metric.{other}")),
                    type="tertiary",
                    on_click=view.chosen,
                    args=("metric", other),
                    key=f"valuation_instead_{other}",
                )
with figures:
    panels.headline(
        [
            panels.Tile(measure, one.value_words, measure_note()),
            panels.Tile(
                (
                    f"{view.text('headline.percentile')} ({window_of.removeprefix('of ')}, N "
                    f"{int(now['n'])})"
                ),
                one.percentile_words,
                window_note(),
            ),
            panels.Tile(
                view.text("headline.median"),
                write(now["q50"]),
                view.text("help.median", window=window_of, number=int(now["n"])),
            ),
            panels.Tile(
                view.text("headline.range"),
                view.text(
                    "headline.range_value", low=write(now["minimum"]), high=write(now["maximum"])
                )
                if pd.notna(now["minimum"])
                else formats.MISSING,
                view.text("help.range"),
            ),
            panels.Tile(
                view.text("headline.coverage"),
                formats.percent(now["coverage_pct"], digits=0),
                view.text(
                    "help.coverage",
                    frequency=view.text(f"frequency.{frequency}"),
                    losses=int(now["losses_left_out"]),
                ),
            ),
            *(
                [
                    panels.Tile(
                        view.text("headline.close"),
                        view.price(now["close"], now["close_currency"]),
                        day(now["date"]),
                    )
                ]
                if pd.notna(now["close"])
                else []
            ),
        ]
    )


# The pictures: of the one that is shown, and of all -----------------------------------------------

left, right = st.columns([1.5, 1], gap="small")
with left:
    against = (
        view.choice(
            "against",
            one.others(),
            lambda t: view.text("valuation.against", name=view.name(t)),
            drop_down=True,
        )
        if own_chart == "relative"
        else ""
    )
    event = panels.picture(
        view,
        once(one.own_picture, own_chart, against),
        theme=view.theme(share=0.6, height=400 if is_thin else 450),
        of=metric,
        on_select="rerun",
        selection_mode="points",
    )
    # A click on a point opens its inputs below.
    clicked = [
        str(point["customdata"])[:10]
        for point in (event.selection.points if event else [])
        if isinstance(point.get("customdata"), str)
    ]
    if clicked and clicked[0] != st.session_state.get("valuation_picked", {}).get(one.of):
        st.session_state["valuation_picked"] = {one.of: clicked[0]}
with right:
    drawn_across = st.container()
    order = (
        view.choice("order", ("cheapest", "dearest"), lambda o: view.text(f"valuation.order_{o}"))
        if across != "growth"
        else "cheapest"
    )
    with drawn_across:
        panels.picture(
            view,
            once(one.across_picture, across, tuple(valued), order == "dearest"),
            theme=view.theme(share=0.4),
        )

panels.pictures_first()


# The proof: what one point is made of, the windows, every point, the sources ----------------------

picked = st.session_state.get("valuation_picked", {}).get(one.of)
usable = history[history["value"].notna() | history["per_share"].notna()]
at = usable[usable["date"] <= pd.Timestamp(picked)] if picked else usable
point = (at if len(at) else usable).iloc[-1] if len(usable) else None
left, right = st.columns([1, 1.35], gap="medium")
used: list[str] = []
with left:
    st.markdown(f"**{view.text('valuation.windows')}**")
    tables.windows(view, one.windows.reset_index(), write)
    with st.container(horizontal=True):
        panels.computed(measure_note(), language, of=measure)
        panels.computed(window_note(), language, of=view.text("headline.percentile"))
        if own_chart in ("price", "relative", "percentile"):
            panels.computed(
                view.text(
                    "computed.percentile_rolling"
                    if own_chart == "percentile"
                    else f"computed.{own_chart}"
                ),
                language,
                of=view.text(f"valuation.chart_{own_chart}"),
            )
with right:
    inputs_of = view.text(
        "valuation.inputs_of",
        metric=measure,
        date=day(point["date"]) if point is not None else formats.MISSING,
    )
    st.markdown(
        f"**{inputs_of}**"
        + (
            f"  {view.text('valuation.click_a_point')}"
            if point is not None and own_chart != "distribution" and kind == "company"
            else ""
        )
    )
    if point is None or kind == "index":
        panels.missing(view.text("valuation.index_method") if kind == "index" else one.empty)
    elif kind == "basket":
        members = view.ask(
            """
            SELECT *
            FROM basket_members
            WHERE basis = ? AND date = ? AND frequency = ?
            ORDER BY market_cap_hkd_mn DESC
            """,
            basis,
            point["date"].date(),
            frequency,
        )
        tables.basket_members(view, members)
        whole = view.ask(
            "SELECT * FROM basket_valuation WHERE basis = ? AND date = ? AND frequency = ?",
            basis,
            point["date"].date(),
            frequency,
        ).iloc[0]
        panels.missing(
            view.text(
                "valuation.basket_sum",
                cap=view.money(whole["market_cap_hkd_mn"] * 1e6, "HKD"),
                profit=view.money(whole["profit_hkd_mn"] * 1e6, "HKD"),
                value=formats.multiple(whole["value"], language, digits=2),
                members=int(whole["members"]),
                companies=int(whole["companies"]),
                median=formats.multiple(whole["median_pe"], language),
                without=formats.multiple(whole["without_losses"], language),
            )
        )
    elif metric == "pe_forward":
        inputs = view.ask(
            "SELECT * FROM forward_inputs(?, ?, ?) ORDER BY fiscal_year_end, broker",
            focus,
            basis,
            point["date"].date(),
        )
        tables.forward_inputs(view, inputs, point)
        used = inputs["source_id"].tolist()
    else:
        inputs = (
            view.ask(
                """
                SELECT i.*, s.publisher, s.title, s.url
                FROM trailing_inputs AS i
                JOIN sources AS s USING (source_id)
                WHERE i.ticker = ? AND i.basis = ? AND i.item = ? AND i.effective_on = ?
                ORDER BY i.period_end
                """,
                view.universe.issuer(focus),
                basis,
                "revenue" if metric == "ps_ttm" else "eps_diluted",
                point["eps_effective_on"].date(),
            )
            if pd.notna(point["eps_effective_on"])
            else pd.DataFrame()
        )
        if len(inputs):
            tables.trailing_inputs(view, inputs, point, metric)
            used = inputs["source_id"].tolist()
        else:
            panels.missing(
                one.reason
                if point["status"] == now["status"]
                else view.text(f"reason.{point['status']}")
            )

if metric == "pe_forward":
    printed = view.ask(
        """
        SELECT b.*, s.publisher, s.url
        FROM broker_year_pe AS b
        JOIN sources AS s USING (source_id)
        WHERE b.ticker = ? AND b.published_on <= ?
        ORDER BY b.published_on DESC, b.fiscal_year
        """,
        focus,
        view.as_of,
    )
    if len(printed):
        st.markdown(f"**{view.text('valuation.year_pe')}**")
        tables.year_pe(view, printed)
        used += printed["source_id"].tolist()
with st.expander(view.text("valuation.points")):
    tables.points(view, history, metric)
panels.sources(
    view.sources_of([*history["source_id"].dropna().unique(), *used, FX_SOURCE]), language
)
