"""What did each segment of a company earn, how fast did it grow, what did it add to the whole, and which operating figures stand behind it?"""

from functools import partial

import pandas as pd
import streamlit as st

from ui import formats, palette, panels, stamp, tables
from ui.frame import view as of_this_run
from ui.links import SEGMENT_CHARTS, THEMES

NAMES = 10  # more segments than these in one picture are colours that nobody tells apart
PARTIAL = 10  # per cent of revenue that may be unknown while the known segments still tell the story
VISIBLE = 0.05  # percentage points: a part below it is a bar of nothing
GRAINS = {"quarter": 3, "half": 6, "year": 12}
TOPICS = ("users", "time", "payers", "commerce", "ai", "products", "mix", "growth", "money")
WORDS = {"elimination": "segments.eliminations", "unallocated": "segments.unallocated", "not_itemised": "segments.not_itemised", "not_known": "segments.not_known"}
IN_SUM = ("segment", "elimination", "unallocated", "not_itemised", "not_known")
OWN = ("segment", "elimination", "unallocated", "sold")  # parts of growth that are somebody's own

view = of_this_run()
language = view.language
day = view.day
kinds = view.kinds
asked = view.companies
outside = view.without_figures


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
    return view.one_of(offered)


# The finding and the headline -----------------------------------------------------------------------------------

def mostly_known(row) -> bool:
    """Whether what no row itemises is too small to be the largest or the fastest part."""
    return row.result in ("reconciled", "not itemised") or (row.result == "incomplete" and -row.difference_pct < PARTIAL)


def finding(name: str, row, parts: pd.DataFrame) -> str:
    """The sentence of the latest period: growth on two scopes, what added most to growth, else what grew, else what is largest."""
    growth, whole, words = row.revenue_yoy_pct, mostly_known(row), row.period
    if pd.notna(row.like_for_like_pct) and pd.notna(growth):
        return view.text("finding.segments_like_for_like", name=name, growth=formats.percent(growth, sign=True), period=words, like_for_like=formats.percent(row.like_for_like_pct, sign=True), excludes=row.like_for_like_excludes)
    if len(parts) and pd.notna(parts["sold_pp"].iloc[0]):
        return view.text("finding.segments_disposal", name=name, growth=formats.percent(growth, sign=True), period=words, sold=formats.points(-parts["sold_pp"].iloc[0], language, sign=False), kept=formats.points(parts["kept_pp"].iloc[0], language, sign=False))
    if whole and pd.notna(row.leader_pp) and pd.notna(growth) and row.leader_pp > 0 and growth > 0:
        total = formats.points(growth, language, sign=False) if language == "en" else formats.percent(growth, sign=True)
        return view.text("finding.segments", segment=row.leader, contribution=formats.number(row.leader_pp, 1) if language == "en" else formats.points(row.leader_pp, language, sign=False), total=total, name=name, period=words)
    if isinstance(row.fastest, str) and pd.notna(growth):
        kind = "finding.segments_partial" if not whole else "finding.segments_compared" if row.is_partly_compared is True else "finding.segments_growth" if row.fastest_yoy_pct > 0 else "finding.segments_best"
        return view.text(kind, name=name, growth=formats.percent(growth, sign=True), period=words, segment=row.fastest, fastest=formats.percent(row.fastest_yoy_pct, sign=True))
    if isinstance(row.fastest, str):
        return view.text("finding.segments_only", name=name, segment=row.fastest, growth=formats.percent(row.fastest_yoy_pct, sign=True), period=words)
    if pd.notna(row.largest_share_pct) and whole:
        return view.text("finding.segments_largest", name=name, segment=row.largest, share=formats.percent(row.largest_share_pct), period=words)
    return view.text("finding.segments_known", name=name, segment=row.largest, period=words)


def tell_headline(name: str, latest, parts: pd.DataFrame) -> None:
    panels.finding(finding(name, latest, parts))
    if pd.notna(latest["announced_on"]) and latest["announced_on"].date() == view.as_of:
        panels.missing(view.text("segments.results_today", date=day(view.as_of)) + " " + view.text("finding.valuation_results", date=day(view.as_of)))
    if latest["is_stale"]:
        panels.missing(view.text("segments.stale", period=latest["period"], announced=day(latest["known_on"])))
    growth_note = view.text("segments.growth_help")
    if isinstance(latest["disposal"], str) and len(parts) and pd.notna(parts["sold_pp"].iloc[0]):
        growth_note = view.text("segments.disposal_help", what=latest["disposal"], sold=formats.points(parts["sold_pp"].iloc[0], language), kept=formats.points(parts["kept_pp"].iloc[0], language))
    reconciled = {"reconciled": "✓", "incomplete": "…", "not itemised": formats.DAGGER}.get(latest["result"], formats.MISSING)
    panels.headline([
        (f"{view.text('segments.revenue')} {latest['period']}", formats.money(latest["revenue_mn"] * 1e6, latest["currency"], language), None),
        (view.text("segments.growth"), formats.change(latest["revenue_yoy_pct"]), growth_note),
        *([(view.text("segments.like_for_like"), formats.change(latest["like_for_like_pct"]), view.text("segments.like_for_like_help", excludes=latest["like_for_like_excludes"]))] if pd.notna(latest["like_for_like_pct"]) else []),
        (view.text("segments.fastest"), f"{latest['fastest']} {formats.percent(latest['fastest_yoy_pct'], sign=True)}" if isinstance(latest["fastest"], str) else formats.MISSING, None),
        (view.text("segments.largest"), f"{latest['largest']} {formats.percent(latest['largest_share_pct'], digits=0) if pd.notna(latest['largest_share_pct']) else ''}".strip() if isinstance(latest["largest"], str) and mostly_known(latest) else formats.MISSING,
         None if mostly_known(latest) else view.text(f"reconciliation.{latest['result']}")),
        (view.text("segments.adds_up"), reconciled, view.text(f"reconciliation.{latest['result']}")),
    ])


# The page ---------------------------------------------------------------------------------------------------------

def page() -> None:
    counts = view.ask("SELECT ticker, count(*) AS number FROM segments WHERE known_on <= ? AND history = 'as_reported' AND role <> 'revenue_type' AND NOT is_sum GROUP BY ticker ORDER BY number DESC, ticker", view.as_of).set_index("ticker")["number"]
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
    year_end = view.ask("SELECT fiscal_year_end_month AS month FROM companies WHERE ticker = ?", focus)["month"].iloc[0]
    year_end = 12 if pd.isna(year_end) else int(year_end)
    used = [*rows["source_id"].dropna(), *periods["like_for_like_source_id"].dropna()]

    if not (periods["history"] == "as_reported").any():
        with answer:
            panels.finding(view.text("finding.segments_missing", name=name, date=day(view.as_of)))
    else:
        with controls:
            chart = view.choice("chart", SEGMENT_CHARTS, lambda c: view.text(f"segments.chart_{c}"))
            theme = view.choice("theme", own_themes_first(focus), lambda t: view.text(f"theme.{t}"), drop_down=True) if chart == "theme" else None
            histories = [history for history in ("as_reported", "recast") if (periods["history"] == history).any()]
            history = view.choice("history", histories, lambda h: view.text(f"history.{h}")) if len(histories) > 1 and chart != "theme" else "as_reported"
            own = periods[periods["history"] == history]
            offered = [grain for grain, months in GRAINS.items() if ((own["months"] == months) & (own["result"] != "no rows")).any()]
            grain = view.choice("grain", offered, lambda g: view.text(f"grain.{g}")) if len(offered) > 1 and chart != "theme" else offered[0]
            calendar = year_end != 12 and chart != "theme" and view.choice("calendar", ("fiscal", "calendar"), lambda c: view.text(f"calendar.{c}")) == "calendar"
        months = GRAINS[grain]
        own = own[own["months"] == months].assign(period=lambda frame: [period_words(row, year_end, calendar) for row in frame.itertuples()])
        latest = own[own["result"] != "no rows"].iloc[-1]
        asked_for = chart == "contribution" or isinstance(latest["disposal"], str)
        parts = view.ask("SELECT * FROM segment_contributions(?) WHERE ticker = ? AND history = ? AND months = ?", view.as_of, focus, history, months) if asked_for else pd.DataFrame(columns=["period_end"])
        with answer:
            tell_headline(name, latest, parts[parts["period_end"] == latest["period_end"]])
            wanted = view.state.extras.get("grain")
            if wanted in GRAINS and wanted not in offered:
                panels.missing(view.text("segments.not_offered", name=name, asked=view.text(f"grain.{wanted}"), grain=view.text(f"grain.{grain}")))
        named = rows[(rows["history"] == history) & (rows["months"] == months)].assign(label=lambda frame: [view.text(WORDS[role]) if role in WORDS else series for role, series in zip(frame["role"], frame["series"])])
        top = named[named["parent_segment"].isna() & named["role"].isin(IN_SUM)]
        drawn = readable(in_window(own), top) if view.years else own
        if chart == "theme":
            used += show_theme(theme, focus)
        elif chart == "contribution":
            show_contribution(controls, focus, name, drawn, parts)
        else:
            show_history(focus, name, own, drawn, top, chart, grain, history)
        tell_breaks(focus, drawn, latest, history, months)
        tell_like_for_like(focus, drawn, year_end)
        st.markdown(f"**{view.text('segments.table')}**")
        tables.segments(view, in_order(named, drawn), latest["currency"])
        st.markdown(f"**{view.text('segments.reconciliation')}**")
        tables.segment_reconciliation(view, drawn[drawn["result"] != "no rows"].iloc[::-1], latest["currency"])
        if named["is_sum"].any():
            panels.missing(view.text("segments.note_sums"))
    used += show_kpis(focus, name, year_end)
    with st.container(horizontal=True):
        panels.computed(view.text("computed.segment_growth"), language, of=view.text("segments.growth"))
        panels.computed(view.text("computed.segment_contribution"), language, of=view.text("segments.chart_contribution"))
        panels.computed(view.text("computed.theme"), language, of=view.text("segments.chart_theme"))
        panels.computed(view.text("computed.kpi_growth"), language, of=view.text("choice.kpi"))
    panels.missing(view.text("footer.dagger"))
    panels.sources(view.sources_of(used), language)


def own_themes_first(focus: str) -> list[str]:
    """The lines of business, those of the company shown before the others."""
    its = set(view.ask("SELECT DISTINCT theme FROM segment_themes WHERE ticker = ?", focus)["theme"])
    return sorted(THEMES, key=lambda theme: (theme not in its, THEMES.index(theme)))


def in_window(own: pd.DataFrame) -> pd.DataFrame:
    """The periods that end in the window; of a company whose figures end before it, all."""
    recent = own[own["period_end"] > pd.Timestamp(view.as_of) - pd.DateOffset(years=view.years)]
    return recent if (recent["result"] != "no rows").any() else own


def readable(own: pd.DataFrame, top: pd.DataFrame) -> pd.DataFrame:
    """Of a company that has cut its segments again and again, only the latest structures that fit one picture."""
    def names(since) -> int:
        return top[(top["period_end"] >= since) & (top["period_end"] <= own["period_end"].max())]["label"].nunique()

    starts = [own["period_end"].min(), *sorted(top[top["is_break"] & (top["period_end"] > own["period_end"].min())]["period_end"].unique())]
    since = next((start for start in starts if names(start) <= NAMES), starts[-1])
    return own[own["period_end"] >= since]


# The pictures -----------------------------------------------------------------------------------------------------

def stamped(title: str, subtitle: str, *notes: str, number: int | None = None, source: str) -> stamp.Stamp:
    return stamp.Stamp(title, subtitle, view.as_of, source, note=" ".join(note for note in notes if note), number=number, link=view.link("segments", view.state.tickers, **view.state.extras))


def show(figure, kind: str, tickers: list[str]) -> None:
    panels.picture_of(view, figure, f"segments_{kind}", f"segments-{kind}", tickers)


def show_history(focus: str, name: str, own: pd.DataFrame, drawn: pd.DataFrame, top: pd.DataFrame, chart: str, grain: str, history: str) -> None:
    """Revenue, its mix or its growth: the top rows of the periods of the window; what no row itemises hangs on in grey."""
    frame = drawn[["period_end", "period"]].merge(top[["period_end", "label", "revenue_mn", "share_pct", "yoy_pct", "yoy_from_rounded", "role", "is_break", "source_id"]], on="period_end", how="left")
    frame["series_break"] = frame["is_break"].fillna(False).astype(bool) & (frame["period_end"] > drawn["period_end"].min())
    frame["segment"] = frame["label"].fillna(frame["label"].dropna().iloc[-1]) if frame["label"].notna().any() else None  # an empty quarter keeps its place
    notes = [view.text("segments.note_recast")] if history == "recast" else []
    notes += [view.text("segments.note_rest")] if frame["role"].isin(["not_itemised", "not_known"]).any() and chart != "growth" else []
    notes += [view.text("segments.note_gap")] if (drawn["result"] == "no rows").any() else []
    notes += [view.text("segments.note_shown", number=len(drawn), total=len(own))] if len(drawn) < len(own) else []
    currency = drawn["currency"].dropna().iloc[-1]
    key = {"revenue": "chart.segments", "growth": "chart.segments_growth", "mix": "chart.segments_mix"}[chart]
    subtitle = view.text(f"{key}_subtitle", grain=view.text(f"grain.{grain}"), history=view.text(f"history.{history}"), **({"currency": currency} if chart == "revenue" else {}))
    figure_stamp = stamped(view.text(key, name=name), subtitle, *notes, number=int((drawn["result"] != "no rows").sum()), source=view.text("segments.source", name=name))
    theme, height, empty = view.theme(), 400 + (16 if view.is_phone else 5) * max(0, frame["label"].nunique() - (4 if view.is_phone else NAMES)), view.text("missing.no_rows", date=day(view.as_of))
    if chart == "revenue":
        figure = panels.drawn("stacked_segments", frame, figure_stamp, theme, currency=currency, empty=empty, height=height)
    elif chart == "mix":
        figure = panels.drawn("mix", frame, figure_stamp, theme, empty=empty, height=height)
    else:
        figure = panels.drawn("growth_by_segment", frame[frame["role"].isna() | (frame["role"] == "segment")].assign(not_meaningful=False), figure_stamp, theme, empty=empty, height=height)
    show(figure, chart, [focus])


def show_contribution(controls, focus: str, name: str, drawn: pd.DataFrame, parts: pd.DataFrame) -> None:
    """What each part added to the growth of one period: the latest that can be compared, or the one chosen."""
    labels = drawn.dropna(subset=["fiscal_period"]).set_index("fiscal_period")["period"]
    comparable = [period for period in parts[parts["is_compared"]]["fiscal_period"].unique() if period in labels.index][::-1]
    with controls:
        period = view.choice("period", comparable, labels.get, drop_down=True) if comparable else labels.index[-1]
    shown = parts[(parts["fiscal_period"] == period) & ((parts["contribution_pp"].abs() >= VISIBLE) | parts["kind"].isin(OWN))]
    shown = shown.assign(is_rest=~shown["kind"].isin(OWN), part=[part_words(row) for row in shown.itertuples()])
    breaks = view.ask("SELECT what_changed FROM segment_breaks WHERE ticker = ? AND kind <> 'rename' AND period_start <= ? AND period_start > ? ORDER BY period_start DESC", focus, drawn["period_end"].max().date(), (drawn["period_end"].max() - pd.DateOffset(years=1)).date())
    reason = "; ".join(breaks["what_changed"].unique()) or view.text("segments.no_year_before")
    latest = drawn[drawn["result"] != "no rows"].iloc[-1]
    why = view.text("segments.no_contribution", period=latest["period"], reason=reason) if latest["fiscal_period"] not in comparable else ""
    total = shown["growth_pct"].iloc[0] if len(shown) else None
    figure_stamp = stamped(view.text("chart.contribution", name=name, period=labels[period]), view.text("chart.contribution_subtitle"), why if comparable else "", number=len(shown) if comparable else 0, source=view.text("segments.source", name=name))
    show(panels.drawn("contribution_waterfall", shown[["part", "contribution_pp", "is_rest"]] if comparable else None, figure_stamp, view.theme(), total=total, empty=why, height=400), "contribution", [focus])


def part_words(row) -> str:
    if row.kind in WORDS:
        return view.text(WORDS[row.kind]) if row.kind != "not_itemised" else view.text("segments.part_not_itemised")
    return row.part if row.kind == "segment" else view.text(f"segments.part_{row.kind}", **({"part": row.part} if row.kind == "sold" else {}))


def show_theme(theme: str, focus: str) -> list[str]:
    """The growth of one line of business at every company that has it; the sources of what is shown."""
    growth = view.ask("SELECT g.*, s.publisher, s.url FROM theme_growth(?) AS g LEFT JOIN sources AS s USING (source_id) WHERE g.theme = ? ORDER BY g.ticker, g.period_end", view.as_of, theme)
    growth = growth.assign(name=[view.name(ticker) for ticker in growth["ticker"]])
    recent = growth[growth["period_end"] > pd.Timestamp(view.as_of) - pd.DateOffset(years=view.years)] if view.years else growth
    latest = recent.dropna(subset=["yoy_pct"]).groupby("ticker").tail(1).sort_values(["calendar_quarter", "yoy_pct"], ascending=False)
    order = {ticker: place for place, ticker in enumerate(latest["ticker"])}
    words = view.text(f"theme.{theme}")
    # The title compares one quarter only: the newest that two companies have.
    told = recent.dropna(subset=["yoy_pct"]).groupby("calendar_quarter").filter(lambda quarter: len(quarter) > 1)
    told = told[told["calendar_quarter"] == told["calendar_quarter"].max()].sort_values("yoy_pct", ascending=False)
    title = view.text("chart.theme", theme=words) if told.empty else view.text("chart.theme_finding", theme=words, quarter=told["calendar_quarter"].iloc[0], name=told["name"].iloc[0], fastest=formats.percent(told["yoy_pct"].iloc[0], sign=True),
                                                                               last=told["name"].iloc[-1], slowest=formats.percent(told["yoy_pct"].iloc[-1], sign=True))
    absent = [view.name(ticker) for ticker in growth["ticker"].unique() if ticker not in order]
    frame = recent[recent["ticker"].isin(order)].assign(place=lambda f: f["ticker"].map(order), period=lambda f: f["calendar_quarter"], series_break=lambda f: f["is_break"],
                                                        value=lambda f: [f"{row.segments} {formats.money(row.revenue_mn * 1e6, row.currency, language)}" for row in f.itertuples()]).sort_values(["place", "period_end"])
    figure_stamp = stamped(title, view.text("chart.theme_subtitle", of=view.text("segments.theme_latest")), view.text("segments.theme_absent", names=", ".join(absent)) if absent else "", number=len(order), source=view.text("segments.source_theme"))
    show(panels.drawn("growth_multiples", frame[["ticker", "name", "period", "yoy_pct", "series_break", "value"]], figure_stamp, view.theme(), highlight=focus if focus in order else None,
                      empty=view.text("segments.theme_nobody", theme=words, date=day(view.as_of)), height=420), f"theme-{theme}", [])
    st.markdown(f"**{view.text('segments.theme_table')}**")
    last = growth.groupby("ticker").tail(1).sort_values("yoy_pct", ascending=False, na_position="last")
    tables.theme_growth(view, last)
    return last["source_id"].dropna().tolist()


# Under the picture ------------------------------------------------------------------------------------------------

def tell_breaks(focus: str, drawn: pd.DataFrame, latest, history: str, months: int) -> None:
    """Where the company cut its segments differently within what is drawn, in words."""
    breaks = view.ask("SELECT period_start, kind, series, what_changed FROM segment_breaks WHERE ticker = ? AND period_start <= ? ORDER BY period_start DESC", focus, latest["period_end"].date())
    within = breaks[breaks["period_start"] > drawn["period_end"].min() - pd.DateOffset(months=months)]
    if len(within) and history == "as_reported":
        panels.missing(view.text("segments.breaks") + ": " + " · ".join(f"{day(row.period_start)} ({view.text(f'segments.{row.kind}')}) {row.what_changed}" for row in within.itertuples()))


def tell_like_for_like(focus: str, drawn: pd.DataFrame, year_end: int) -> None:
    """The growths that the company prints on the same scope, each with what it leaves out and who says so."""
    rows = view.ask("""SELECT l.*, s.publisher, fiscal_period(l.period_start, l.period_end, ?) AS fiscal_period FROM like_for_like AS l JOIN sources AS s USING (source_id)
                       WHERE l.ticker = ? AND coalesce(l.announced_on, presumed_known_on(l.period_start, l.period_end)) <= ? AND l.period_end >= ? ORDER BY l.period_end DESC, l.segment NULLS FIRST""",
                    year_end, focus, view.as_of, drawn["period_end"].min().date())
    if len(rows):
        panels.missing(view.text("segments.like_for_like_rows") + ": " + " · ".join(
            view.text("segments.like_for_like_row", what=row.segment if isinstance(row.segment, str) else view.text("segments.all_revenue"), growth=formats.percent(row.yoy_pct, sign=True, quality=row.quality), excludes=row.excludes,
                      period=formats.period(row.fiscal_period, row.period_end, year_end, language), publisher=row.publisher) for row in rows.itertuples()))


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


# Operating figures ------------------------------------------------------------------------------------------------

def show_kpis(focus: str, name: str, year_end: int) -> list[str]:
    """The latest of each operating figure beside the picture of a chosen one; the sources of what is shown."""
    st.markdown(f"**{view.text('segments.kpis')}**")
    history = view.ask("SELECT * FROM kpi_history(?) WHERE ticker = ?", view.as_of, focus)
    if history.empty:
        panels.missing(view.text("segments.kpis_none", date=day(view.as_of)))
        return []
    rank = {topic: place for place, topic in enumerate(TOPICS)}
    history = history.assign(period=[formats.period(row.fiscal_period, row.period_end, year_end, language) if isinstance(row.fiscal_period, str) else formats.month(row.period_end, language) for row in history.itertuples()],
                             rank=history["topic"].map(rank).fillna(len(rank)), known=history.groupby("kpi")["kpi"].transform("size"))
    latest = history[history["is_latest"]].assign(short=lambda f: f["known"] < 3).sort_values(["is_stale", "short", "rank", "known", "kpi"], ascending=[True, True, True, False, True])
    left, right = (st.container(), st.container()) if view.is_phone else st.columns([1.15, 1], gap="medium")
    with right:
        offered = latest["kpi"].tolist()
        kpi = view.choice("kpi", offered, str, drop_down=True)
        wanted = view.state.extras.get("kpi")
        if wanted and wanted not in offered:
            panels.missing(view.text("segments.kpi_unknown", kpi=wanted, name=name, shown=kpi))
        values = history[history["kpi"] == kpi]
        lengths = values["months"].value_counts()
        # Quarters, halves and years of one figure are no series together: the length with the most values is drawn.
        line = values[values["months"] == lengths.idxmax()] if len(lengths) else values
        grain = {months: words for words, months in GRAINS.items()}.get(lengths.idxmax() if len(lengths) else 1, "month")
        subtitle = view.text("chart.kpi_subtitle", unit=line["unit"].iloc[0], grain=view.text(f"grain.{grain}"))
        figure_stamp = stamped(view.text("chart.kpi", name=name, kpi=kpi), subtitle, number=len(line), source=view.text("segments.kpi_source"))
        frame = line[["period", "value", "quality", "definition_change"]].assign(growth=[f"{view.text('column.yoy_pct')} {tables.moved(view, row)}" for row in line.itertuples()])
        show(panels.drawn("kpi_bars", frame, figure_stamp, view.theme(share=1.0 if view.is_phone else 0.46), colour=palette.company(focus, view.theme()), write=partial(tables.kpi_figure)), "kpi", [focus])
    with left:
        tables.kpis(view, latest.sort_values(["rank", "is_stale", "known", "kpi"], ascending=[True, True, False, True]))
    with st.expander(view.text("segments.kpi_values", kpi=kpi)):
        tables.kpi_values(view, values.iloc[::-1])
    return [*latest["source_id"].dropna(), *values["source_id"].dropna(), *values["yoy_source_id"].dropna()]


if outside:
    sentence = view.text("segments.no_company", names=", ".join(view.name(ticker) for ticker in outside))
    if asked:
        panels.missing(sentence)
    else:
        panels.finding(sentence)
        st.info(panels.escape(view.text("segments.choose")))
if asked or not view.state.tickers:
    page()
