"""The pictures of a broker's coverage table: what it changed since its table before, its multiples
as printed, and the same estimates at today's closes.
"""

from __future__ import annotations

from collections.abc import Collection
from functools import cached_property, partial
from typing import Any

import pandas as pd

from ui import formats, marks, tables
from ui.links import COVERAGE_CHARTS
from ui.pictures.parts import Picture, drawn, stamped
from ui.view import View


def printed_tables(view: View) -> pd.DataFrame:
    """The tables known that evening: broker, day, how many companies; the newest of each broker
    first.
    """
    return view.ask(
        """
        SELECT c.broker, c.published_on, count(*) AS companies
        FROM (
            SELECT broker, published_on
            FROM broker_year_pe
            WHERE published_on <= ?
            GROUP BY broker, published_on, ticker
        ) AS c
        GROUP BY ALL
        ORDER BY broker, published_on DESC
        """,
        view.as_of,
    )


class Coverage:
    """A broker's table of one day, beside the same broker's of a day before; the rows of the
    companies chosen, or all.

    later, earlier: days as a link writes them; by default the newest, and the one before it.
    """

    def __init__(
        self,
        view: View,
        broker: str = "",
        later: str = "",
        earlier: str = "",
        chosen: Collection[str] = (),
    ) -> None:
        self.view, self.chosen = view, chosen
        known = printed_tables(view)
        self.brokers = list(dict.fromkeys(known["broker"]))
        self.broker = broker if broker in self.brokers else self.brokers[0]
        self.days = [
            moment.date().isoformat()
            for moment in known[known["broker"] == self.broker]["published_on"]
        ]
        self.later = later if later in self.days else self.days[0]
        self.before = [moment for moment in self.days if moment < self.later]
        self.earlier = (
            earlier if earlier in self.before else self.before[0] if self.before else None
        )
        self.name = tables.broker_words(view, self.broker)

    # What is known --------------------------------------------------------------------------------

    @property
    def charts(self) -> tuple[str, ...]:
        return COVERAGE_CHARTS if len(self.days) > 1 else COVERAGE_CHARTS[1:]

    @cached_property
    def whole(self) -> pd.DataFrame:
        """All rows of the table, at the closes of the evening shown."""
        return self.view.ask(
            "SELECT c.* FROM coverage_at(?, ?, ?) AS c ORDER BY table_row",
            self.later,
            self.view.as_of,
            self.broker,
        )

    @cached_property
    def all_changes(self) -> pd.DataFrame:
        return (
            self.view.ask(
                "SELECT * FROM coverage_changes(?, ?, ?)", self.earlier, self.later, self.broker
            )
            if self.earlier
            else pd.DataFrame()
        )

    @cached_property
    def table(self) -> pd.DataFrame:
        return self.whole[self.whole["ticker"].isin(self.chosen)] if self.chosen else self.whole

    @cached_property
    def changes(self) -> pd.DataFrame:
        """What changed since the table before, the companies that came or went too."""
        return (
            self.all_changes[self.all_changes["ticker"].isin(self.chosen)]
            if self.chosen and len(self.all_changes)
            else self.all_changes
        )

    @cached_property
    def kept(self) -> pd.DataFrame:
        """The changes of companies that stand in both tables."""
        return (
            self.changes[self.changes["eps_change_pct"].notna()]
            if len(self.changes)
            else self.changes
        )

    @cached_property
    def now(self) -> pd.DataFrame:
        """The rows that have a multiple at the closes of the evening shown."""
        return self.table[self.table["status_now"] == "OK"]

    @property
    def year(self) -> int:
        """The first fiscal year of the table."""
        return int(self.whole["fy1"].iloc[0])

    @property
    def closes_of(self):
        """The day of the newest close behind the multiples of today."""
        return self.now["close_now_date"].max() if len(self.now) else self.view.as_of

    def listed(self, kind: str) -> pd.DataFrame:
        """The rows of a table, in words where they are words; name: as the broker prints it."""
        view, names = self.view, "name_zh" if self.view.language == "zh" else "name_en"
        named = dict(zip(self.whole["ticker"], self.whole[names])) | (
            dict(zip(self.all_changes["ticker"], self.all_changes[names]))
            if len(self.all_changes)
            else {}
        )
        rows = (
            self.changes.assign(
                change_words=[view.text(f"coverage.{change}") for change in self.changes["change"]]
            )
            if kind == "changes"
            else self.table.assign(
                status=[view.text(f"status.{status}") for status in self.table["status_now"]]
            )
        )
        return rows.assign(name=[named[ticker] for ticker in rows["ticker"]])

    # The picture ----------------------------------------------------------------------------------

    def kind(self, chart: str) -> str:
        """What is really shown: a broker's first table, or companies without a row in either, as
        printed.
        """
        return "printed" if chart == "changes" and not len(self.changes) else chart

    def own_picture(self, chart: str) -> Picture:
        """The picture of this name: changes, printed or today, a row a company."""
        view, kind, day, language = self.view, self.kind(chart), self.view.day, self.view.language
        words: dict[str, Any]
        if kind == "changes":
            shown = self.kept.sort_values("eps_change_pct", ascending=False)
            rows = pd.DataFrame(
                {
                    "name": [view.name(t) for t in shown["ticker"]],
                    "before": 0.0,
                    "after": shown["eps_change_pct"],
                    "good": shown["eps_change_pct"].map(
                        lambda v: 1 if v > 0 else -1 if v < 0 else 0
                    ),
                    "words": [
                        (
                            f"{formats.percent(row.eps_change_pct, sign=True)}  "
                            f"{formats.number(row.eps_before, 1)} → {formats.number(row.eps, 1)}"
                        )
                        for row in shown.itertuples()
                    ],
                }
            )
            words, options = (
                {"before": day(self.earlier), "date": day(self.later)},
                {"zero": True, "write": partial(formats.percent, digits=0)},
            )
            gone = [
                view.name(t) for t in self.changes[self.changes["change"] == "dropped"]["ticker"]
            ]
            notes = [view.text("coverage.gone", names=", ".join(gone))] if gone else []
        else:
            ends = ("pe_fy1", "pe_fy2") if kind == "printed" else ("pe_fy1", "pe_fy1_now")
            shown = self.table[self.table[list(ends)].notna().all(axis=1)].sort_values(ends[1])
            rows = pd.DataFrame(
                {
                    "name": [view.name(t) for t in shown["ticker"]],
                    "before": shown[ends[0]],
                    "after": shown[ends[1]],
                    "words": [
                        f"{formats.multiple(a, language, digits=0)} → "
                        f"{formats.multiple(b, language, digits=0 if kind == 'printed' else 1)}"
                        for a, b in zip(shown[ends[0]], shown[ends[1]])
                    ],
                }
            )
            words = (
                {"next": self.year + 1, "date": day(self.later), "published": day(self.later)}
                if kind == "printed"
                else {"date": day(self.closes_of), "published": day(self.later)}
            )
            options, notes = (
                {"write": partial(formats.multiple, language=language, digits=0)},
                [marks.prices(view, shown["ticker"])] if kind == "today" else [],
            )
        said = view.stamp(
            "coverage",
            view.text(f"chart.coverage_{kind}", broker=self.name, year=self.year, **words),
            view.text(f"chart.coverage_{kind}_subtitle", year=self.year, **words),
            view.text("coverage.source", broker=self.name, date=day(self.later)),
            *notes,
            number=len(shown),
            tickers=view.state.tickers if self.chosen else (),
            broker=self.broker if len(self.brokers) > 1 else None,
            chart=kind,
            evening=None,
            to=self.later if len(self.days) > 1 else None,
            **{"from": self.earlier if kind == "changes" else None},
        )
        empty = view.text("missing.no_rows", date=day(view.as_of))
        return stamped(
            view,
            f"coverage-{kind}",
            [],
            said,
            lambda theme: drawn("dumbbell", rows, said, theme, **options, empty=empty),
            last=f"{rows['name'].iloc[0]} {rows['words'].iloc[0].split('  ')[0]}"
            if len(rows)
            else "",
            missing="" if len(rows) else empty,
            sources=shown["source_id"] if "source_id" in shown else self.whole["source_id"],
        )
