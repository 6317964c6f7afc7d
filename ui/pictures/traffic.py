"""The pictures of site visits in a vendor's week, and of the figures that reports count in the
sector.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

import pandas as pd

from ui import tables
from ui.pictures.parts import Picture, drawn, stamped
from ui.view import View

MOST_LINES = 6  # sites in the history
MOST_BARS, LEAST_BARS = 12, 2
DRAWN = {"tiers": "traffic_tiers", "movers": "movers", "stay": "stay_against_visits"}


def traffic_weeks(view: View) -> pd.DataFrame:
    """The weeks known that evening, each vendor's newest first."""
    return view.ask("SELECT * FROM traffic_weeks(?)", view.past)


def day_of(week) -> str:
    """A week as a link writes it: its last day."""
    return week.week_end.date().isoformat()


class Week:
    """A vendor's week on the evening of a view: its latest, or the one that ends on a day."""

    def __init__(self, view: View, vendor: str = "", last_day: str = "") -> None:
        weeks = traffic_weeks(view)
        self.view, self.vendors = view, weeks["vendor"].drop_duplicates().tolist()
        self.vendor = vendor if vendor in self.vendors else self.vendors[0]
        self.of_vendor = weeks[weeks["vendor"] == self.vendor].reset_index(drop=True)
        self.days = [day_of(week) for week in self.of_vendor.itertuples()]
        self.row = self.of_vendor.iloc[self.days.index(last_day) if last_day in self.days else 0]

    def words(self, row=None) -> str:
        row = self.row if row is None else row
        return self.view.text(
            "traffic.week",
            first=self.view.day(row["week_start"]),
            last=self.view.day(row["week_end"]),
        )

    @cached_property
    def every(self) -> pd.DataFrame:
        """The sites of this and all earlier weeks, the newest week first, the largest site
        first.
        """
        return self.view.ask(
            """
            SELECT *
            FROM traffic_as_of(?)
            WHERE vendor = ? AND week_start <= ?
            ORDER BY week_start DESC, visits_mn DESC, site
            """,
            self.view.past,
            self.vendor,
            self.row["week_start"].date(),
        )

    @cached_property
    def sites(self) -> pd.DataFrame:
        return self.every[self.every["week_start"] == self.row["week_start"]].reset_index(drop=True)

    def own_picture(self, kind: str) -> Picture:
        """The picture of this name: all sites by size, the movers, stay against visits, or the
        weeks known so far.
        """
        view, row, sites = self.view, self.row, self.sites
        source = (
            view.text("traffic.source", vendor=self.vendor, date=view.day(row["published_on"]))
            if pd.notna(row["published_on"])
            else view.text("traffic.source_undated", vendor=self.vendor)
        )
        said = view.stamp(
            "traffic",
            view.text(f"traffic.{kind}"),
            view.text(
                f"traffic.{kind}_subtitle",
                vendor=self.vendor,
                **({} if kind == "history" else {"week": self.words()}),
            ),
            source,
            number=len(sites),
            chart=kind,
            vendor=self.vendor if len(self.vendors) > 1 else None,
            to=day_of(row) if len(self.days) > 1 else None,
        )
        missing, last = "", ""
        if len(sites):
            visits = tables.kpi_figure(sites["visits_mn"].iloc[0])
            last = f"{sites['site'].iloc[0]} {view.text('traffic.millions', number=visits)}"
        if kind == "history":
            lines = self.every[self.every["site"].isin(sites["site"].head(MOST_LINES))][
                ["week_end", "site", "visits_mn"]
            ].rename(columns={"week_end": "date", "site": "series", "visits_mn": "value"})
            empty = view.text("traffic.history_one", vendor=self.vendor, week=self.words())
            if self.every["week_start"].nunique() < 2:
                lines, missing = lines.head(0), empty
            return stamped(
                view,
                "traffic-history",
                [self.vendor],
                said,
                lambda theme: drawn("lines", lines, said, theme, zero=True, empty=empty),
                last=last,
                missing=missing,
                sources=self.every["source_id"],
            )
        empty, data = (
            view.text("finding.traffic_none", date=view.day(view.as_of)),
            sites[["site", "visits_mn", "wow_pct", "average_stay_s", "tier"]],
        )
        return stamped(
            view,
            f"traffic-{kind}",
            [self.vendor],
            said,
            lambda theme: drawn(DRAWN[kind], data, said, theme, empty=empty),
            last=last,
            missing="" if len(data) else empty,
            sources=sites["source_id"],
        )


# What reports count in the sector -----------------------------------------------------------------


def sector_stats(view: View, tickers: Sequence[str] = ()) -> pd.DataFrame:
    """The figures known that evening, of these lines and their issuers where any is given."""
    question = """
        SELECT s.*, o.publisher, o.url
        FROM sector_stats_as_of(?) AS s
        JOIN sources AS o USING (source_id)
        ORDER BY s.unit <> 'million', s.unit, s.topic, s.value DESC NULLS LAST, s.stat, s.entity,
            s.period_end NULLS LAST, s.source_id
        """
    return (
        view.ask_among(
            sorted({*tickers, *(view.universe.issuer(ticker) for ticker in tickers)}),
            question,
            view.past,
        )
        if tickers
        else view.ask(question, view.past)
    )


def of_section(rows: pd.DataFrame, section: str) -> pd.DataFrame:
    return rows[rows["section"] == section]


def comparable(rows: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """What of a section can stand side by side, by the name that a link gives it: a figure over
    periods of one length, else what one counts in one unit; the first by how much they hold.
    """
    sound = rows[rows["doubt"].isna() & rows["value"].notna()].assign(
        currency=rows["currency"].fillna("")
    )
    series = {
        ("series", *key): part.sort_values("period_end")
        for key, part in sound[sound["points"] > 1].groupby(["stat", "entity", "unit", "currency"])
    }
    counted = {
        ("counted", "", *key): part.sort_values("value", ascending=False)
        for key, part in sound[sound["points"] == 1].groupby(["entity", "unit", "currency"])
    }
    found = {
        key: part.head(MOST_BARS)
        for key, part in (series | counted).items()
        if len(part) >= LEAST_BARS
    }
    return {
        ", ".join(filter(None, key[1:])): part.assign(
            side="series" if key[0] == "series" else "counted",
            stat_words=key[1],
            entity_words=key[2],
        )
        for key, part in sorted(found.items(), key=lambda item: (-len(item[1]), item[0]))
    }


def about(view: View, part: pd.DataFrame) -> list[str]:
    """What a comparison counts, of whom, and in which unit."""
    return [
        words
        for words in (
            part["stat_words"].iloc[0],
            part["entity_words"].iloc[0],
            tables.stat_unit(view, part.iloc[0]),
        )
        if words
    ]


def sector_picture(view: View, section: str, name: str, part: pd.DataFrame) -> Picture:
    """Bars of figures of one section that can stand side by side."""
    labels = [
        tables.stat_period(row) if row.side == "series" else row.stat for row in part.itertuples()
    ]
    stat = " · ".join(
        words for words in (part["stat_words"].iloc[0], part["entity_words"].iloc[0]) if words
    )
    said = view.stamp(
        "traffic",
        view.text("traffic.sector_chart", section=view.text(f"section.{section}")),
        view.text("traffic.sector_subtitle", stat=stat, unit=tables.stat_unit(view, part.iloc[0])),
        view.text("traffic.sector_source"),
        number=len(part),
        tickers=view.state.tickers,
        section=section,
        kpi=name,
    )
    data = part[["value", "value_high", "quality", "is_forecast"]].assign(label=labels)
    at = -1 if part["side"].iloc[0] == "series" else 0
    return stamped(
        view,
        f"sector-{section}",
        [],
        said,
        lambda theme: drawn("sector_bars", data, said, theme),
        last=f"{labels[at]} {tables.kpi_figure(data['value'].iloc[at])}",
        sources=part["source_id"],
    )
