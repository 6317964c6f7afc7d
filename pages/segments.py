"""What did each segment of a company earn, how fast did it grow, what did it add to the whole, and
which operating figures stand behind it?
"""

from collections.abc import Sequence
from typing import NamedTuple

import pandas as pd
import streamlit as st

from ui import formats, panels, tables
from ui.frame import view as of_this_run
from ui.links import SEGMENT_CHARTS
from ui.memory import once
from ui.pictures.segments import (
    GRAINS,
    Kpis,
    Segments,
    latest_of_theme,
    own_themes_first,
    theme_picture,
)

PARTIAL = (
    10  # per cent of revenue that may be unknown while the known segments still tell the story
)

view = of_this_run()
language = view.language
day = view.day
kinds = view.kinds
asked = view.companies
outside = view.without_figures


def choose_company(counts: pd.Series) -> str | None:
    """The company shown: the one chosen, one of several, or with none chosen that with the most
    rows.
    """
    if len(asked) == 1:
        return asked[0]
    offered = asked or counts.index.tolist()
    return view.one_of(offered)


# The finding and the headline ---------------------------------------------------------------------


def mostly_known(row) -> bool:
    """Whether what no row itemises is too small to be the largest or the fastest part."""
    return row.result in ("reconciled", "not itemised") or (
        row.result == "incomplete" and -row.difference_pct < PARTIAL
    )


def finding(name: str, row, parts: pd.DataFrame) -> str:
    """The sentence of the latest period: growth on two scopes, what added most to growth, else what
    grew, else what is largest.
    """
    growth, whole, words = row.revenue_yoy_pct, mostly_known(row), row.period
    if pd.notna(row.like_for_like_pct) and pd.notna(growth):
        return view.text(
            "finding.segments_like_for_like",
            name=name,
            growth=formats.percent(growth, sign=True),
            period=words,
            like_for_like=formats.percent(row.like_for_like_pct, sign=True),
            excludes=row.like_for_like_excludes,
        )
    if len(parts) and pd.notna(parts["sold_pp"].iloc[0]):
        return view.text(
            "finding.segments_disposal",
            name=name,
            growth=formats.percent(growth, sign=True),
            period=words,
            sold=formats.points(-parts["sold_pp"].iloc[0], language, sign=False),
            kept=formats.points(parts["kept_pp"].iloc[0], language, sign=False),
        )
    if whole and pd.notna(row.leader_pp) and pd.notna(growth) and row.leader_pp > 0 and growth > 0:
        total = (
            formats.points(growth, language, sign=False)
            if language == "en"
            else formats.percent(growth, sign=True)
        )
        return view.text(
            "finding.segments",
            segment=row.leader,
            contribution=formats.number(row.leader_pp, 1)
            if language == "en"
            else formats.points(row.leader_pp, language, sign=False),
            total=total,
            name=name,
            period=words,
        )
    if isinstance(row.fastest, str) and pd.notna(growth):
        kind = (
            "finding.segments_partial"
            if not whole
            else "finding.segments_compared"
            if row.is_partly_compared is True
            else "finding.segments_growth"
            if row.fastest_yoy_pct > 0
            else "finding.segments_best"
        )
        return view.text(
            kind,
            name=name,
            growth=formats.percent(growth, sign=True),
            period=words,
            segment=row.fastest,
            fastest=formats.percent(row.fastest_yoy_pct, sign=True),
        )
    if isinstance(row.fastest, str):
        return view.text(
            "finding.segments_only",
            name=name,
            segment=row.fastest,
            growth=formats.percent(row.fastest_yoy_pct, sign=True),
            period=words,
        )
    if pd.notna(row.largest_share_pct) and whole:
        return view.text(
            "finding.segments_largest",
            name=name,
            segment=row.largest,
            share=formats.percent(row.largest_share_pct),
            period=words,
        )
    return view.text("finding.segments_known", name=name, segment=row.largest, period=words)


def largest_words(latest: pd.Series) -> str:
    """The largest segment and its share of revenue, where most of the period is known."""
    if not isinstance(latest["largest"], str) or not mostly_known(latest):
        return formats.MISSING
    if pd.isna(latest["largest_share_pct"]):
        return latest["largest"]
    return f"{latest['largest']} {formats.percent(latest['largest_share_pct'], digits=0)}"


def tell_headline(name: str, latest, parts: pd.DataFrame) -> None:
    panels.finding(finding(name, latest, parts))
    if pd.notna(latest["announced_on"]) and latest["announced_on"].date() == view.as_of:
        panels.missing(
            view.text("segments.results_today", date=day(view.as_of))
            + " "
            + view.text("finding.valuation_results", date=day(view.as_of))
        )
    if latest["is_stale"]:
        panels.missing(
            view.text("segments.stale", period=latest["period"], announced=day(latest["known_on"]))
        )
    growth_note = view.text("segments.growth_help")
    if isinstance(latest["disposal"], str) and len(parts) and pd.notna(parts["sold_pp"].iloc[0]):
        growth_note = view.text(
            "segments.disposal_help",
            what=latest["disposal"],
            sold=formats.points(parts["sold_pp"].iloc[0], language),
            kept=formats.points(parts["kept_pp"].iloc[0], language),
        )
    reconciled = {"reconciled": "✓", "incomplete": "…", "not itemised": formats.DAGGER}.get(
        latest["result"], formats.MISSING
    )
    panels.headline(
        [
            panels.Tile(
                f"{view.text('segments.revenue')} {latest['period']}",
                view.money(latest["revenue_mn"] * 1e6, latest["currency"]),
            ),
            panels.Tile(
                view.text("segments.growth"), formats.change(latest["revenue_yoy_pct"]), growth_note
            ),
            *(
                [
                    panels.Tile(
                        view.text("segments.like_for_like"),
                        formats.change(latest["like_for_like_pct"]),
                        view.text(
                            "segments.like_for_like_help", excludes=latest["like_for_like_excludes"]
                        ),
                    )
                ]
                if pd.notna(latest["like_for_like_pct"])
                else []
            ),
            panels.Tile(
                view.text("segments.fastest"),
                f"{latest['fastest']} {formats.percent(latest['fastest_yoy_pct'], sign=True)}"
                if isinstance(latest["fastest"], str)
                else formats.MISSING,
            ),
            panels.Tile(
                view.text("segments.largest"),
                largest_words(latest),
                None if mostly_known(latest) else view.text(f"reconciliation.{latest['result']}"),
            ),
            panels.Tile(
                view.text("segments.adds_up"),
                reconciled,
                view.text(f"reconciliation.{latest['result']}"),
            ),
        ]
    )


# The page -----------------------------------------------------------------------------------------


class Chosen(NamedTuple):
    """What the reader chose for the picture; theme is None for all pictures but that of themes."""

    chart: str
    theme: str | None
    history: str
    grain: str
    is_calendar: bool
    grains: Sequence[str]


def page() -> None:
    counts = view.ask(
        """
        SELECT ticker, count(*) AS number
        FROM segments
        WHERE known_on <= ? AND history = 'as_reported' AND role <> 'revenue_type' AND NOT is_sum
        GROUP BY ticker
        ORDER BY number DESC, ticker
        """,
        view.as_of,
    ).set_index("ticker")["number"]
    answer = st.container()  # the finding comes first, whatever is chosen below it
    controls = st.container(
        horizontal=True, vertical_alignment="center", gap="small", key="segments_choices"
    )
    with controls:
        focus = choose_company(counts)
    if focus is None:
        with answer:
            panels.finding(view.text("segments.nobody", date=day(view.as_of)))
            panels.what_next(view)
        return
    name = view.name(focus)
    for line in view.state.tickers:
        if kinds[line] == "line" and view.universe.issuer(line) == focus:
            with answer:
                panels.missing(
                    view.text("segments.line", line=f"{view.name(line)} {line}", name=name)
                )
    company = once(Segments, view, focus)
    used = [
        *company.rows["source_id"].dropna(),
        *company.periods["like_for_like_source_id"].dropna(),
    ]
    if company.grains:
        used += show_segments(focus, company, answer, controls)
    else:
        with answer:
            panels.finding(view.text("finding.segments_missing", name=name, date=day(view.as_of)))
            panels.what_next(view)
    used += show_kpis(focus, name, company.year_end)
    show_definitions()
    panels.missing(view.text("footer.dagger"))
    panels.sources(view.sources_of(used), language)


def choose_picture(focus: str, company: Segments) -> Chosen:
    chart = view.choice("chart", SEGMENT_CHARTS, lambda c: view.text(f"segments.chart_{c}"))
    if chart == "theme":
        theme = view.choice(
            "theme",
            own_themes_first(view, focus),
            lambda t: view.text(f"theme.{t}"),
            drop_down=True,
        )
        grains = once(Segments, view, focus, "as_reported").grains
        return Chosen(chart, theme, "as_reported", grains[0], False, grains)
    history = "as_reported"
    if len(company.histories) > 1:
        history = view.choice("history", company.histories, lambda h: view.text(f"history.{h}"))
    grains = once(Segments, view, focus, history).grains
    grain = grains[0]
    if len(grains) > 1:
        grain = view.choice("grain", grains, lambda g: view.text(f"grain.{g}"))
    is_calendar = company.year_end != 12 and (
        view.choice("calendar", ("fiscal", "calendar"), lambda c: view.text(f"calendar.{c}"))
        == "calendar"
    )
    return Chosen(chart, None, history, grain, is_calendar, grains)


def show_segments(focus: str, company: Segments, answer, controls) -> list[str]:
    """The finding, the picture chosen, and the tables of a company's segments; the sources that
    only the picture of a theme has.
    """
    with controls:
        chosen = choose_picture(focus, company)
    company = once(Segments, view, focus, chosen.history, chosen.grain, chosen.is_calendar)
    latest, drawn = company.latest, company.drawn
    with answer:
        tell_finding(focus, company, chosen)
    if chosen.theme is not None:
        panels.picture(view, once(theme_picture, view, chosen.theme, focus))
    elif chosen.chart == "contribution":
        period = ""
        if company.comparable:
            with controls:
                period = view.choice(
                    "period", company.comparable, company.labels.get, drop_down=True
                )
        panels.picture(view, once(company.contribution_picture, period))
    else:
        panels.picture(view, once(company.history_picture, chosen.chart))
    panels.pictures_first()
    used = [] if chosen.theme is None else show_theme(chosen.theme)
    tell_breaks(focus, drawn, latest, chosen.history, company.months)
    tell_like_for_like(focus, drawn, company.year_end)
    st.markdown(f"**{view.text('segments.table')}**")
    tables.segments(view, company.listed, latest["currency"])
    st.markdown(f"**{view.text('segments.reconciliation')}**")
    tables.segment_reconciliation(view, drawn, latest["currency"])
    if company.named["is_sum"].any():
        panels.missing(view.text("segments.note_sums"))
    return used


def tell_finding(focus: str, company: Segments, chosen: Chosen) -> None:
    name, latest = view.name(focus), company.latest
    parts = pd.DataFrame(columns=["period_end"])
    if chosen.chart == "contribution" or isinstance(latest["disposal"], str):
        parts = company.parts
    tell_headline(name, latest, parts[parts["period_end"] == latest["period_end"]])
    wanted = view.state.extras.get("grain")
    if wanted in GRAINS and wanted not in chosen.grains:
        panels.missing(
            view.text(
                "segments.not_offered",
                name=name,
                asked=view.text(f"grain.{wanted}"),
                grain=view.text(f"grain.{chosen.grain}"),
            )
        )


def show_definitions() -> None:
    with st.container(horizontal=True):
        for computed, of in (
            ("computed.segment_growth", "segments.growth"),
            ("computed.segment_contribution", "segments.chart_contribution"),
            ("computed.theme", "segments.chart_theme"),
            ("computed.kpi_growth", "choice.kpi"),
        ):
            panels.computed(view.text(computed), language, of=view.text(of))


def show_theme(theme: str) -> list[str]:
    """The latest growth of each company that has this line of business, under its picture; the
    sources of what is shown.
    """
    st.markdown(f"**{view.text('segments.theme_table')}**")
    last = once(latest_of_theme, view, theme)
    tables.theme_growth(view, last)
    return last["source_id"].dropna().tolist()


# Under the picture --------------------------------------------------------------------------------


def tell_breaks(focus: str, drawn: pd.DataFrame, latest, history: str, months: int) -> None:
    """Where the company cut its segments differently within what is drawn, in words."""
    breaks = view.ask(
        """
        SELECT period_start, kind, series, what_changed
        FROM segment_breaks
        WHERE ticker = ? AND period_start <= ?
        ORDER BY period_start DESC
        """,
        focus,
        latest["period_end"].date(),
    )
    within = breaks[
        breaks["period_start"] > drawn["period_end"].min() - pd.DateOffset(months=months)
    ]
    if len(within) and history == "as_reported":
        panels.missing(
            view.text("segments.breaks")
            + ": "
            + " · ".join(
                f"{day(row.period_start)} ({view.text(f'segments.{row.kind}')}) {row.what_changed}"
                for row in within.itertuples()
            )
        )


def tell_like_for_like(focus: str, drawn: pd.DataFrame, year_end: int) -> None:
    """The growths that the company prints on the same scope, each with what it leaves out and who
    says so.
    """
    rows = view.ask(
        """
        SELECT l.*, s.publisher, fiscal_period(l.period_start, l.period_end, ?) AS fiscal_period
        FROM like_for_like AS l
        JOIN sources AS s USING (source_id)
        WHERE l.ticker = ?
            AND coalesce(l.announced_on, presumed_known_on(l.period_start, l.period_end)) <= ?
            AND l.period_end >= ?
        ORDER BY l.period_end DESC, l.segment NULLS FIRST
        """,
        year_end,
        focus,
        view.as_of,
        drawn["period_end"].min().date(),
    )
    if len(rows):
        panels.missing(
            view.text("segments.like_for_like_rows")
            + ": "
            + " · ".join(
                view.text(
                    "segments.like_for_like_row",
                    what=row.segment
                    if isinstance(row.segment, str)
                    else view.text("segments.all_revenue"),
                    growth=formats.percent(row.yoy_pct, sign=True, quality=row.quality),
                    excludes=row.excludes,
                    period=formats.period(row.fiscal_period, row.period_end, year_end, language),
                    publisher=row.publisher,
                )
                for row in rows.itertuples()
            )
        )


# Operating figures --------------------------------------------------------------------------------


def show_kpis(focus: str, name: str, year_end: int) -> list[str]:
    """The latest of each operating figure beside the picture of a chosen one; the sources of what
    is shown.
    """
    st.markdown(f"**{view.text('segments.kpis')}**")
    figures = once(Kpis, view, focus, year_end)
    if figures.history.empty:
        panels.missing(view.text("segments.kpis_none", date=day(view.as_of)))
        return []
    left, right = (
        (st.container(), st.container()) if view.is_phone else st.columns([1.15, 1], gap="medium")
    )
    with right:
        offered = figures.latest["kpi"].tolist()
        kpi = view.choice("kpi", offered, str, drop_down=True)
        wanted = view.state.extras.get("kpi")
        if wanted and wanted not in offered:
            panels.missing(view.text("segments.kpi_unknown", kpi=wanted, name=name, shown=kpi))
        panels.picture(
            view, once(figures.picture, kpi), theme=view.theme(share=1.0 if view.is_phone else 0.46)
        )
    values = once(figures.values, kpi)
    with left:
        tables.kpis(view, figures.latest)
    with st.expander(view.text("segments.kpi_values", kpi=kpi)):
        tables.kpi_values(view, values)
    return [
        *figures.latest["source_id"].dropna(),
        *values["source_id"].dropna(),
        *values["yoy_source_id"].dropna(),
    ]


if outside:
    sentence = view.text(
        "segments.no_company", names=", ".join(view.name(ticker) for ticker in outside)
    )
    if asked:
        panels.missing(sentence)
    else:
        panels.finding(sentence)
        st.info(panels.escape(view.text("segments.choose")))
if asked or not view.state.tickers:
    page()
