"""What did each segment of a company earn, how fast did it grow, and does it add up to the revenue reported?"""

import pandas as pd
import streamlit as st

from ui import formats, panels, stamp, tables
from ui.frame import view as of_this_run

SHOWN = 16  # periods, unless all are asked for
NAMES = 10  # more segments than these in one picture are colours that nobody tells apart
PARTIAL = 10  # per cent of revenue that may be unknown while the known segments still tell the story
GRAINS = {3: "quarter", 6: "half", 12: "year"}
WORDS = {"elimination": "segments.eliminations", "unallocated": "segments.unallocated", "not_itemised": "segments.not_itemised", "not_known": "segments.not_known"}
IN_SUM = ("segment", "elimination", "unallocated", "not_itemised", "not_known")

view = of_this_run()
language = view.language
kinds = {entry.ticker: entry.kind for entry in view.universe.entries}
asked = [ticker for ticker in view.issuers if kinds[ticker] in ("company", "peer")]
outside = [ticker for ticker in view.state.tickers if kinds[ticker] in ("index", "etf", "basket")]


def day(value) -> str:
    return formats.day(value, language)


def period_words(row, year_end: int, calendar: bool) -> str:
    """A period under its fiscal or its calendar name; only the dates count for the second."""
    if not calendar or year_end == 12:
        return formats.period(row.fiscal_period if isinstance(row.fiscal_period, str) else formats.month(row.period_end, language), row.period_end, year_end, language)
    if row.months == 3 and isinstance(row.calendar_quarter, str):
        return row.calendar_quarter
    return view.text("segments.half_to" if row.months == 6 else "segments.year_to", month=formats.month(row.period_end, language))


def choose_company(counts: pd.Series) -> str | None:
    """The company shown: the one chosen, one of several, or with none chosen that with the most rows."""
    if len(asked) == 1:
        return asked[0]
    offered = asked or counts.index.tolist()
    if not offered:
        return None
    key = "segments_focus_" + "_".join(asked)
    if 1 < len(asked) <= 4:
        return st.segmented_control(view.text("segments.focus"), offered, default=offered[0], format_func=view.name, required=True, label_visibility="collapsed", key=key)
    return st.selectbox(view.text("segments.focus"), offered, format_func=view.name, label_visibility="collapsed", width=180, key=key)


def mostly_known(row) -> bool:
    """Whether what no row itemises is too small to be the largest or the fastest part."""
    return row.result in ("reconciled", "not itemised") or (row.result == "incomplete" and -row.difference_pct < PARTIAL)


def tell(name: str, row, words: str) -> None:
    """The finding of the latest period: what added most to growth, else what grew, else what is largest."""
    growth, whole = row.revenue_yoy_pct, mostly_known(row)
    if whole and pd.notna(row.leader_pp) and pd.notna(growth) and row.leader_pp > 0 and growth > 0:
        total = formats.points(growth, language, sign=False) if language == "en" else formats.percent(growth, sign=True)
        panels.finding(view.text("finding.segments", segment=row.leader, contribution=formats.number(row.leader_pp, 1) if language == "en" else formats.points(row.leader_pp, language, sign=False), total=total, name=name, period=words))
    elif isinstance(row.fastest, str) and pd.notna(growth) and not whole:
        panels.finding(view.text("finding.segments_partial", name=name, growth=formats.percent(growth, sign=True), period=words, segment=row.fastest, fastest=formats.percent(row.fastest_yoy_pct, sign=True)))
    elif isinstance(row.fastest, str) and pd.notna(growth):
        panels.finding(view.text("finding.segments_growth" if row.fastest_yoy_pct > 0 else "finding.segments_best", name=name, growth=formats.percent(growth, sign=True), period=words, segment=row.fastest, fastest=formats.percent(row.fastest_yoy_pct, sign=True)))
    elif isinstance(row.fastest, str):
        panels.finding(view.text("finding.segments_only", name=name, segment=row.fastest, growth=formats.percent(row.fastest_yoy_pct, sign=True), period=words))
    elif pd.notna(row.largest_share_pct) and whole:
        panels.finding(view.text("finding.segments_largest", name=name, segment=row.largest, share=formats.percent(row.largest_share_pct), period=words))
    else:
        panels.finding(view.text("finding.segments_known", name=name, segment=row.largest, period=words))


def page() -> None:
    counts = view.ask("SELECT ticker, count(*) AS number FROM segments WHERE known_on <= ? AND history = 'as_reported' AND role <> 'revenue_type' GROUP BY ticker ORDER BY number DESC, ticker", view.as_of).set_index("ticker")["number"]
    answer = st.container()  # the finding comes first, whatever is chosen below it
    controls = st.container(horizontal=True, vertical_alignment="center", gap="small", key="segments_choices")
    with controls:
        focus = choose_company(counts)
    if focus is None:
        answer.markdown(f"**{panels.escape(view.text('segments.nobody', date=day(view.as_of)))}**")
        return
    name = view.name(focus)
    for line in view.state.tickers:
        if kinds[line] == "line" and view.universe.issuer(line) == focus:
            with answer:
                panels.missing(view.text("segments.line", line=f"{view.name(line)} {line}", name=name))
    rows = view.ask("SELECT * FROM segments_as_of(?) WHERE ticker = ?", view.as_of, focus)
    periods = view.ask("SELECT * FROM segment_periods(?) WHERE ticker = ? ORDER BY months, period_end", view.as_of, focus)
    kpis = view.ask("""SELECT k.*, s.publisher, s.url FROM kpis AS k JOIN sources AS s USING (source_id)
                       WHERE k.ticker = ? AND k.period_end IS NOT NULL AND coalesce(k.announced_on, presumed_known_on(coalesce(k.period_start, k.period_end), k.period_end)) <= ?
                       QUALIFY row_number() OVER (PARTITION BY k.kpi ORDER BY k.period_end DESC, k.announced_on DESC NULLS LAST, k.source_id) = 1 ORDER BY k.period_end DESC, k.kpi""", focus, view.as_of)
    year_end = view.ask("SELECT fiscal_year_end_month AS month FROM companies WHERE ticker = ?", focus)["month"].iloc[0]
    year_end = 12 if pd.isna(year_end) else int(year_end)
    own = periods[(periods["history"] == "as_reported")]
    offered = [months for months in GRAINS if ((own["months"] == months) & (own["result"] != "no rows")).any()]

    if not offered:
        with answer:
            panels.finding(view.text("finding.segments_missing", name=name, date=day(view.as_of)))
    else:
        months, chart, calendar, everything = choose_chart(controls, focus, offered, year_end)
        own = own[own["months"] == months].assign(period=lambda frame: [period_words(row, year_end, calendar) for row in frame.itertuples()])
        latest = own[own["result"] != "no rows"].iloc[-1]
        with answer:
            tell_headline(name, latest)
        show_segments(focus, name, rows, own, latest, months, chart, everything)
    show_rest(name, rows, periods, kpis, year_end)


def choose_chart(controls, focus: str, offered: list[int], year_end: int) -> tuple[int, str, bool, bool]:
    with controls:
        chart = st.segmented_control(view.text("segments.view"), ["stack", "growth", "mix"], default="stack", required=True, format_func=lambda kind: view.text(f"segments.view_{kind}"), label_visibility="collapsed", key="segments_view")
        months = offered[0] if len(offered) == 1 else st.segmented_control(view.text("filter.grain"), offered, default=offered[0], required=True, format_func=lambda m: view.text(f"grain.{GRAINS[m]}"), label_visibility="collapsed", key=f"segments_months_{focus}_{len(offered)}")
        calendar = year_end != 12 and st.segmented_control(view.text("filter.calendar"), ["fiscal", "calendar"], default="fiscal", required=True, format_func=lambda c: view.text(f"calendar.{c}"), label_visibility="collapsed", key="segments_calendar") == "calendar"
        everything = st.toggle(view.text("segments.all"), key="segments_all")
    return months, chart, calendar, everything


def tell_headline(name: str, latest) -> None:
    tell(name, latest, latest["period"])
    if pd.notna(latest["announced_on"]) and latest["announced_on"].date() == view.as_of:
        panels.missing(view.text("segments.results_today", date=day(view.as_of)) + " " + view.text("finding.valuation_results", date=day(view.as_of)))
    reconciled = {"reconciled": "✓", "incomplete": "…", "not itemised": formats.DAGGER}.get(latest["result"], formats.MISSING)
    panels.headline([
        (f"{view.text('segments.revenue')} {latest['period']}", formats.money(latest["revenue_mn"] * 1e6, latest["currency"], language), None),
        (view.text("segments.growth"), formats.change(latest["revenue_yoy_pct"]), None),
        (view.text("segments.fastest"), f"{latest['fastest']} {formats.percent(latest['fastest_yoy_pct'], sign=True)}" if isinstance(latest["fastest"], str) else formats.MISSING, None),
        (view.text("segments.largest"), f"{latest['largest']} {formats.percent(latest['largest_share_pct'], digits=0) if pd.notna(latest['largest_share_pct']) else ''}".strip() if isinstance(latest["largest"], str) and mostly_known(latest) else formats.MISSING,
         None if mostly_known(latest) else view.text(f"reconciliation.{latest['result']}")),
        (view.text("segments.adds_up"), reconciled, view.text(f"reconciliation.{latest['result']}")),
    ])


def show_segments(focus: str, name: str, rows: pd.DataFrame, own: pd.DataFrame, latest, months: int, chart: str, everything: bool) -> None:
    currency = latest["currency"]
    # The picture: the top rows of as many periods as asked for; what no row itemises hangs on in grey.
    named = rows[(rows["history"] == "as_reported") & (rows["months"] == months)].assign(label=lambda frame: [view.text(WORDS[role]) if role in WORDS else series for role, series in zip(frame["role"], frame["series"])])
    top = named[named["parent_segment"].isna() & named["role"].isin(IN_SUM)]
    drawn = own if everything else readable(own.tail(SHOWN), top)
    frame = drawn[["period_end", "period"]].merge(top[["period_end", "label", "revenue_mn", "share_pct", "yoy_pct", "yoy_from_rounded", "role", "is_break", "source_id"]], on="period_end", how="left")
    frame["series_break"] = frame["is_break"].fillna(False).astype(bool) & (frame["period_end"] > drawn["period_end"].min())
    if frame["label"].notna().any():
        frame["segment"] = frame["label"].fillna(frame["label"].dropna().iloc[-1])  # an empty quarter keeps its place
    else:
        frame["segment"] = None
    notes = [view.text("segments.note_rest")] if frame["role"].isin(["not_itemised", "not_known"]).any() and chart != "growth" else []
    notes += [view.text("segments.note_gap")] if (drawn["result"] == "no rows").any() else []
    notes += [view.text("segments.note_shown", number=len(drawn), total=len(own))] if len(drawn) < len(own) else []
    grain = view.text(f"grain.{GRAINS[months]}")
    titles = {"stack": "chart.segments", "growth": "chart.segments_growth", "mix": "chart.segments_mix"}
    subtitle = view.text(f"{titles[chart]}_subtitle", grain=grain, **({"currency": currency} if chart == "stack" else {}))
    figure_stamp = stamp.Stamp(view.text(titles[chart], name=name), subtitle, view.as_of, view.text("segments.source", name=name), note=" ".join(notes), snapshot=view.served.snapshot_id)
    theme, height, empty = view.theme(), 400 + (16 if view.is_phone else 5) * max(0, frame["label"].nunique() - (4 if view.is_phone else NAMES)), view.text("missing.no_rows", date=day(view.as_of))
    if chart == "stack":
        figure = panels.drawn("stacked_segments", frame, figure_stamp, theme, currency=currency, empty=empty, height=height)
    elif chart == "mix":
        figure = panels.drawn("mix", frame, figure_stamp, theme, empty=empty, height=height)
    else:
        lines = frame[frame["role"].isna() | (frame["role"] == "segment")]
        figure = panels.drawn("growth_by_segment", lines.assign(not_meaningful=False), figure_stamp, theme, empty=empty, height=height)
    said = figure.layout.meta
    panels.show(figure, f"segments_{chart}", stamp.filename(f"segments-{chart}", [focus], view.as_of), view.text("alt.chart", title=said["title"], subtitle=said["subtitle"], date=day(view.as_of)), language=language)

    # Breaks in words.
    breaks = view.ask("SELECT period_start, kind, series, what_changed FROM segment_breaks WHERE ticker = ? AND period_start <= ? ORDER BY period_start DESC", focus, latest["period_end"].date())
    within = breaks[breaks["period_start"] > drawn["period_end"].min() - pd.DateOffset(months=months)]
    if len(within):
        panels.missing(view.text("segments.breaks") + ": " + " · ".join(f"{day(row.period_start)} ({view.text(f'segments.{row.kind}')}) {row.what_changed}" for row in within.itertuples()))

    # The figures, parts under their parents; then whether each period adds up.
    st.markdown(f"**{view.text('segments.table')}**")
    tables.segments(view, in_order(named, drawn), currency)
    st.markdown(f"**{view.text('segments.reconciliation')}**")
    tables.segment_reconciliation(view, drawn[drawn["result"] != "no rows"].iloc[::-1], currency)


def readable(own: pd.DataFrame, top: pd.DataFrame) -> pd.DataFrame:
    """Of a company that has cut its segments again and again, only the latest structures that fit one picture."""
    def names(since) -> int:
        return top[(top["period_end"] >= since) & (top["period_end"] <= own["period_end"].max())]["label"].nunique()

    starts = [own["period_end"].min(), *sorted(top[top["is_break"] & (top["period_end"] > own["period_end"].min())]["period_end"].unique())]
    since = next((start for start in starts if names(start) <= NAMES), starts[-1])
    return own[own["period_end"] >= since]


def in_order(named: pd.DataFrame, drawn: pd.DataFrame) -> pd.DataFrame:
    """Newest period first; in it the largest segment first, each part under its parent, what reconciles last."""
    table = named.merge(drawn[["period_end", "period"]], on="period_end")
    sizes = {(row.period_end, row.segment): row.revenue_mn for row in table[table["parent_segment"].isna()].itertuples()}
    rank = {"segment": 0, "revenue_type": 2}
    table["parent_size"] = [-sizes.get((row.period_end, row.parent_segment if isinstance(row.parent_segment, str) else row.segment), 0) for row in table.itertuples()]
    table["parent_name"] = table["parent_segment"].fillna(table["segment"])
    table["part"], table["group"], table["size"] = table["parent_segment"].notna(), [rank.get(role, 1) for role in table["role"]], -table["revenue_mn"]
    table = table.sort_values(["period_end", "group", "parent_size", "parent_name", "part", "size"], ascending=[False, True, True, True, True, True])
    return table.assign(name_words=[view.text(WORDS[row.role]) if row.role in ("not_itemised", "not_known") else f"{row.segment} ({view.text('segments.revenue_types')})" if row.role == "revenue_type" else row.segment for row in table.itertuples()])


def show_rest(name: str, rows: pd.DataFrame, periods: pd.DataFrame, kpis: pd.DataFrame, year_end: int) -> None:
    recast = rows[(rows["history"] == "recast") & ~rows["role"].isin(["not_itemised", "not_known"])]
    if len(recast):
        with st.expander(view.text("segments.recast") + f" ({len(recast)})"):
            second = periods[periods["history"] == "recast"].assign(period=lambda frame: [period_words(row, year_end, False) for row in frame.itertuples()])
            for months in sorted(recast["months"].unique()):
                part = second[second["months"] == months]
                tables.segments(view, in_order(recast[recast["months"] == months], part), recast["currency"].iloc[0])
    st.markdown(f"**{view.text('segments.kpis')}**")
    if len(kpis):
        tables.kpis(view, kpis.assign(period=[formats.period(row.fiscal_period, row.period_end, year_end, language) if isinstance(row.fiscal_period, str) else formats.month(row.period_end, language) for row in kpis.itertuples()]))
    else:
        panels.missing(view.text("segments.kpis_none", date=day(view.as_of)))
    with st.container(horizontal=True):
        panels.computed(view.text("computed.segment_growth"), language)
    panels.missing(view.text("footer.dagger"))
    panels.sources(view.sources_of([*rows["source_id"].dropna(), *kpis["source_id"].dropna()]), language)


if outside:
    sentence = view.text("segments.no_company", names=", ".join(view.name(ticker) for ticker in outside))
    if asked:
        panels.missing(sentence)
    else:
        panels.finding(sentence)
        st.info(panels.escape(view.text("segments.choose")))
if asked or not view.state.tickers:
    page()
