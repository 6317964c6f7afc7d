"""How many visits did each AI site have, who rose and who fell, and what do reports count in the sector?"""

import pandas as pd
import streamlit as st

from ui import formats, panels, stamp, tables
from ui.frame import view as of_this_run
from ui.links import TRAFFIC_CHARTS

SECTIONS = ("payments", "games", "apps", "ai", "commerce", "advertising", "regulation", "media", "devices", "market", "corporate", "outside")
FIRST = "games"  # the section shown until another is asked for
MOST_LINES = 6  # sites in the history
MOST_BARS, LEAST_BARS = 12, 2

view = of_this_run()
language = view.language
day = view.day
asked = view.past


def week_words(row) -> str:
    return view.text("traffic.week", first=day(row.week_start), last=day(row.week_end))


def millions(value: float) -> str:
    return view.text("traffic.millions", number=formats.number(value, 2))


def choose_week(weeks: pd.DataFrame):
    """The vendor's week shown: its latest, until another is chosen. None where none is known."""
    vendors = weeks["vendor"].drop_duplicates().tolist()
    if not vendors:
        return None
    vendor = view.choice("vendor", vendors, str) if len(vendors) > 1 else vendors[0]
    own = weeks[weeks["vendor"] == vendor].reset_index(drop=True)
    at = 0
    if len(own) > 1:
        at = st.selectbox(view.text("traffic.week_choice"), range(len(own)), format_func=lambda i: week_words(own.iloc[i]), label_visibility="collapsed", width=260, key=f"traffic_week_{vendor}")
    return own.iloc[at]


def tell(week, rows: pd.DataFrame, number: int) -> None:
    change = formats.percent(week["leader_wow_pct"], digits=2, sign=True) if pd.notna(week["leader_wow_pct"]) else view.text("traffic.change_none")
    panels.finding(view.text("finding.traffic", first=week["leader"], visits=millions(week["leader_visits_mn"]), week=week_words(week), share=formats.percent(week["leader_share_pct"], digits=2), sites=int(week["sites"]),
                             vendor=week["vendor"], change=change, up=int(week["up"]), down=int(week["down"])))
    moved = rows[rows["wow_pct"].notna() & (rows["visits_mn"] >= 1)].sort_values("wow_pct")

    def mover(row) -> str:
        return f"{row['site']} {formats.percent(row['wow_pct'], sign=True)}"

    panels.headline([
        (view.text("traffic.total"), f"{millions(week['total_visits_mn'])}" + (f" · {formats.change(week['total_wow_pct'])}{formats.DAGGER}" if pd.notna(week["total_wow_pct"]) else ""), view.text("traffic.total_help", sites=int(week["sites"]))),
        (view.text("traffic.share"), formats.percent(week["leader_share_pct"], digits=2), None),
        (view.text("traffic.top_riser"), mover(moved.iloc[-1]) if len(moved) and moved.iloc[-1]["wow_pct"] > 0 else formats.MISSING, view.text("tier.3") + " +"),
        (view.text("traffic.top_faller"), mover(moved.iloc[0]) if len(moved) and moved.iloc[0]["wow_pct"] < 0 else formats.MISSING, view.text("tier.3") + " +"),
        (view.text("traffic.weeks"), formats.number(number), None),
    ])


def draw(week, every: pd.DataFrame, rows: pd.DataFrame) -> None:
    """The week's picture: all sites by size, the movers, stay against visits, or the weeks known so far."""
    kind = view.choice("chart", TRAFFIC_CHARTS, lambda name: view.text(f"traffic.view_{name}"))
    source = view.text("traffic.source", vendor=week["vendor"], date=day(week["published_on"])) if pd.notna(week["published_on"]) else view.text("traffic.source_undated", vendor=week["vendor"])
    said = stamp.Stamp(view.text(f"traffic.{kind}"), view.text(f"traffic.{kind}_subtitle", vendor=week["vendor"], **({} if kind == "history" else {"week": week_words(week)})), view.as_of, source, number=len(rows), link=view.link("traffic", view.state.tickers, **view.state.extras))
    theme, empty = view.theme(), view.text("finding.traffic_none", date=day(view.as_of))
    if kind == "history":
        largest = rows["site"].head(MOST_LINES).tolist()
        lines = every[every["site"].isin(largest)][["week_end", "site", "visits_mn"]].rename(columns={"week_end": "date", "site": "series", "visits_mn": "value"})
        single = every["week_start"].nunique() < 2
        figure = panels.drawn("lines", lines.head(0) if single else lines, said, theme, zero=True, empty=view.text("traffic.history_one", vendor=week["vendor"], week=week_words(week)))
    else:
        figure = panels.drawn({"tiers": "traffic_tiers", "movers": "movers", "stay": "stay_against_visits"}[kind], rows[["site", "visits_mn", "wow_pct", "average_stay_s", "tier"]], said, theme, empty=empty)
    panels.picture_of(view, figure, f"traffic_{kind}", f"traffic-{kind}", [week["vendor"]])


def show_traffic() -> list[str]:
    """Sites: the sentence, the figures, the picture, the table. Returns the sources behind them."""
    weeks = view.ask("SELECT * FROM traffic_weeks(?)", asked)
    answer = st.container()
    week = choose_week(weeks)
    if week is None:
        with answer:
            panels.finding(view.text("finding.traffic_none", date=day(view.as_of)))
        return []
    every = view.ask("SELECT * FROM traffic_as_of(?) WHERE vendor = ? AND week_start <= ? ORDER BY week_start DESC, visits_mn DESC, site", asked, week["vendor"], week["week_start"].date())
    rows = every[every["week_start"] == week["week_start"]].reset_index(drop=True)
    with answer:
        tell(week, rows, int((weeks["vendor"] == week["vendor"]).sum()))
    draw(week, every, rows)
    st.markdown(f"**{view.text('traffic.table')}** · {panels.escape(week['vendor'])}, {panels.escape(week_words(week))}")
    tables.site_traffic(view, rows)
    if weeks["vendor"].nunique() > 1:
        panels.missing(view.text("traffic.vendors_apart"))
    if rows["four_week_pct"].isna().all():
        panels.missing(view.text("traffic.four_week_none"))
    panels.computed(view.text("computed.traffic"), language, of=view.text("page.traffic"))
    return rows["source_id"].drop_duplicates().tolist()


def pictures(rows: pd.DataFrame) -> dict[tuple, pd.DataFrame]:
    """What of a section can stand side by side: a figure over periods of one length, else what one counts in one unit; the first by how much they hold."""
    sound = rows[rows["doubt"].isna() & rows["value"].notna()].assign(currency=rows["currency"].fillna(""))
    series = {("series", *key): part.sort_values("period_end") for key, part in sound[sound["points"] > 1].groupby(["stat", "entity", "unit", "currency"])}
    counted = {("counted", "", *key): part.sort_values("value", ascending=False) for key, part in sound[sound["points"] == 1].groupby(["entity", "unit", "currency"])}
    found = {key: part.head(MOST_BARS) for key, part in (series | counted).items() if len(part) >= LEAST_BARS}
    return dict(sorted(found.items(), key=lambda item: (-len(item[1]), item[0])))


def show_sector() -> list[str]:
    """Figures of the sector: how many, one picture of what can be compared, the table. Returns the sources behind them."""
    question, values = "SELECT s.*, o.publisher, o.url FROM sector_stats_as_of(?) AS s JOIN sources AS o USING (source_id) WHERE true", [asked]
    if view.state.tickers:
        marks = ", ".join("?" for _ in {*view.state.tickers, *view.issuers})
        question, values = question + f" AND s.ticker IN ({marks})", values + sorted({*view.state.tickers, *view.issuers})
    every = view.ask(question + " ORDER BY s.unit <> 'million', s.unit, s.topic, s.value DESC NULLS LAST, s.stat, s.entity, s.period_end NULLS LAST, s.source_id", *values)
    st.markdown(f"**{view.text('traffic.sector')}**")
    names = ", ".join(view.name(ticker) for ticker in view.state.tickers)
    if not len(every):
        panels.missing(view.text("finding.traffic_companies_none", names=names, date=day(view.as_of)) if names else view.text("traffic.sector_none", date=day(view.as_of)))
        return []
    panels.missing((view.text("finding.traffic_companies", names=names, number=len(every), date=day(view.as_of)) + " " if names else "")
                   + view.text("traffic.sector_finding", number=len(every), sources=every["source_id"].nunique(), date=day(view.as_of), doubtful=int(every["doubt"].notna().sum())))
    there = [section for section in SECTIONS if (every["section"] == section).any()]
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="traffic_sector_choices"):
        counts = every["section"].value_counts()
        section = view.choice("section", there, lambda name: f"{view.text(f'section.{name}')} ({counts[name]})", drop_down=True, default=FIRST if FIRST in there else None)
        rows = every[every["section"] == section]
        offered = pictures(rows)
        key = st.selectbox(view.text("documents.view"), list(offered), format_func=lambda key: " · ".join(part for part in (key[1], key[2], tables.stat_unit(view, offered[key].iloc[0])) if part), label_visibility="collapsed", width=340, key=f"traffic_picture_{section}_{len(offered)}") if offered else None
    if key:
        part = offered[key]
        label = [tables.stat_period(row) if key[0] == "series" else row.stat for row in part.itertuples()]
        said = stamp.Stamp(view.text("traffic.sector_chart", section=view.text(f"section.{section}")), view.text("traffic.sector_subtitle", stat=" · ".join(words for words in key[1:3] if words), unit=tables.stat_unit(view, part.iloc[0])), view.as_of,
                           view.text("traffic.sector_source"), number=len(part), link=view.link("traffic", view.state.tickers, **view.state.extras))
        figure = panels.drawn("sector_bars", part[["value", "value_high", "quality", "is_forecast"]].assign(label=label), said, view.theme())
        panels.picture_of(view, figure, "traffic_sector", f"sector-{section}", [])
    tables.sector_stats(view, rows)
    panels.computed(view.text("computed.sector"), language, of=view.text("traffic.sector"))
    return rows["source_id"].drop_duplicates().tolist()


rests_on = show_traffic()
st.divider()
rests_on += show_sector()
panels.sources(view.sources_of(rests_on), language)
