"""How many visits did each AI site have, who rose and who fell, and what do reports count in the
sector?
"""

import pandas as pd
import streamlit as st

from ui import formats, panels, tables
from ui.frame import view as of_this_run
from ui.links import TRAFFIC_CHARTS
from ui.memory import once
from ui.pictures.traffic import (
    Week,
    about,
    comparable,
    of_section,
    sector_picture,
    sector_stats,
    traffic_weeks,
)

SECTIONS = (
    "payments",
    "games",
    "apps",
    "ai",
    "commerce",
    "advertising",
    "regulation",
    "media",
    "devices",
    "market",
    "corporate",
    "outside",
)
FIRST = "games"  # the section shown until another is asked for

view = of_this_run()
language = view.language
day = view.day


def millions(value: float) -> str:
    return view.text("traffic.millions", number=formats.number(value, 2))


def choose_week() -> Week | None:
    """The vendor's week shown: its latest, until another is chosen. None where none is known."""
    if traffic_weeks(view).empty:
        return None
    first = once(Week, view)
    vendor = view.choice("vendor", first.vendors, str) if len(first.vendors) > 1 else first.vendor
    own = once(Week, view, vendor)
    names = {
        last_day: own.words(row) for last_day, (_, row) in zip(own.days, own.of_vendor.iterrows())
    }
    return (
        once(Week, view, vendor, view.choice("to", own.days, names.get, drop_down=True))
        if len(own.days) > 1
        else own
    )


def tell(shown: Week) -> None:
    week, rows = shown.row, shown.sites
    change = (
        formats.percent(week["leader_wow_pct"], digits=2, sign=True)
        if pd.notna(week["leader_wow_pct"])
        else view.text("traffic.change_none")
    )
    panels.finding(
        view.text(
            "finding.traffic",
            first=week["leader"],
            visits=millions(week["leader_visits_mn"]),
            week=shown.words(),
            share=formats.percent(week["leader_share_pct"], digits=2),
            sites=int(week["sites"]),
            vendor=week["vendor"],
            change=change,
            up=int(week["up"]),
            down=int(week["down"]),
        )
    )
    moved = rows[rows["wow_pct"].notna() & (rows["visits_mn"] >= 1)].sort_values("wow_pct")

    def mover(row) -> str:
        return f"{row['site']} {formats.percent(row['wow_pct'], sign=True)}"

    panels.headline(
        [
            panels.Tile(
                view.text("traffic.total"),
                f"{millions(week['total_visits_mn'])}"
                + (
                    f" · {formats.change(week['total_wow_pct'])}{formats.DAGGER}"
                    if pd.notna(week["total_wow_pct"])
                    else ""
                ),
                view.text("traffic.total_help", sites=int(week["sites"])),
            ),
            panels.Tile(
                view.text("traffic.share"),
                formats.percent(week["leader_share_pct"], digits=2),
            ),
            panels.Tile(
                view.text("traffic.top_riser"),
                mover(moved.iloc[-1])
                if len(moved) and moved.iloc[-1]["wow_pct"] > 0
                else formats.MISSING,
                view.text("tier.3") + " +",
            ),
            panels.Tile(
                view.text("traffic.top_faller"),
                mover(moved.iloc[0])
                if len(moved) and moved.iloc[0]["wow_pct"] < 0
                else formats.MISSING,
                view.text("tier.3") + " +",
            ),
            panels.Tile(view.text("traffic.weeks"), formats.number(len(shown.days))),
        ]
    )


def show_traffic() -> list[str]:
    """Sites: the sentence, the figures, the picture, the table. Returns the sources behind them."""
    answer = st.container()
    shown = choose_week()
    if shown is None:
        with answer:
            panels.finding(view.text("finding.traffic_none", date=day(view.as_of)))
            panels.what_next(view)
        return []
    with answer:
        tell(shown)
    rows = shown.sites
    panels.picture(
        view,
        once(
            shown.own_picture,
            view.choice("chart", TRAFFIC_CHARTS, lambda name: view.text(f"traffic.view_{name}")),
        ),
    )
    panels.pictures_first()
    st.markdown(
        f"**{view.text('traffic.table')}** · {panels.escape(shown.vendor)}, "
        f"{panels.escape(shown.words())}"
    )
    tables.site_traffic(view, rows)
    if len(shown.vendors) > 1:
        panels.missing(view.text("traffic.vendors_apart"))
    if rows["four_week_pct"].isna().all():
        panels.missing(view.text("traffic.four_week_none"))
    panels.computed(view.text("computed.traffic"), language, of=view.text("page.traffic"))
    return rows["source_id"].drop_duplicates().tolist()


def show_sector() -> list[str]:
    """Figures of the sector: how many, one picture of what can be compared, the table.

    Returns the sources behind them.
    """
    every = once(sector_stats, view, view.state.tickers)
    st.markdown(f"**{view.text('traffic.sector')}**")
    names = ", ".join(view.name(ticker) for ticker in view.state.tickers)
    if not len(every):
        panels.missing(
            view.text("finding.traffic_companies_none", names=names, date=day(view.as_of))
            if names
            else view.text("traffic.sector_none", date=day(view.as_of))
        )
        panels.what_next(view)
        return []
    panels.missing(
        (
            view.text(
                "finding.traffic_companies", names=names, number=len(every), date=day(view.as_of)
            )
            + " "
            if names
            else ""
        )
        + view.text(
            "traffic.sector_finding",
            number=len(every),
            sources=every["source_id"].nunique(),
            date=day(view.as_of),
            doubtful=int(every["doubt"].notna().sum()),
        )
    )
    there = [section for section in SECTIONS if (every["section"] == section).any()]
    with st.container(
        horizontal=True, vertical_alignment="center", gap="small", key="traffic_sector_choices"
    ):
        counts = every["section"].value_counts()
        section = view.choice(
            "section",
            there,
            lambda name: f"{view.text(f'section.{name}')} ({counts[name]})",
            drop_down=True,
            default=FIRST if FIRST in there else None,
        )
        rows = once(of_section, every, section)
        offered = once(comparable, rows)
        chosen = (
            view.choice(
                "kpi",
                list(offered),
                lambda name: " · ".join(about(view, offered[name])),
                drop_down=True,
                width=340,
            )
            if offered
            else None
        )
    if chosen:
        panels.picture(view, once(sector_picture, view, section, chosen, offered[chosen]))
    tables.sector_stats(view, rows)
    panels.computed(view.text("computed.sector"), language, of=view.text("traffic.sector"))
    return rows["source_id"].drop_duplicates().tolist()


rests_on = show_traffic()
st.divider()
rests_on += show_sector()
panels.sources(view.sources_of(rests_on), language)
