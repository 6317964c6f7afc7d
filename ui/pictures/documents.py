"""The pictures of what happened: events in time by topic, and over a company's price."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from functools import cached_property
from typing import Any

import pandas as pd

from ui import formats, marks, palette
from ui.pictures.parts import Picture, drawn, stamped
from ui.stamp import Stamp
from ui.view import View

FILTERS = ("topic", "kind", "publisher", "q", "from", "to")


class Happenings:
    """The events of some lines (of all where none is given) on the evening of a view. filters: of
    the page, as a link writes them; topic, from and to narrow the events, the others are of
    documents.
    """

    def __init__(
        self,
        view: View,
        tickers: tuple[str, ...] = (),
        filters: Mapping[str, str] | Iterable[tuple[str, str]] = (),
    ) -> None:
        self.view, self.tickers = view, tickers
        self.filters = dict.fromkeys(FILTERS, "") | {
            name: value for name, value in dict(filters).items() if name in FILTERS
        }

    # What is known --------------------------------------------------------------------------------

    @cached_property
    def evening(self) -> date:
        """The evening asked for; now is the last day on which the snapshot read documents, which
        may be after the latest session.
        """
        return (
            self.view.past
            or self.view.ask("SELECT reading_day() AS reading_day")["reading_day"].iloc[0].date()
        )

    @cached_property
    def topic_names(self) -> dict[str, str]:
        words = self.view.ask("SELECT topic, name_en, name_zh FROM topics ORDER BY topic")
        return dict(
            zip(words["topic"], words["name_zh" if self.view.language == "zh" else "name_en"])
        )

    @cached_property
    def lines(self) -> list[str]:
        """The lines and their issuers: an event may name either."""
        return sorted(
            {*self.tickers, *(self.view.universe.issuer(ticker) for ticker in self.tickers)}
        )

    @cached_property
    def events(self) -> pd.DataFrame:
        """Newest first, numbered as the table is."""
        values: list[Any]
        question, values = (
            """
            SELECT e.*, s.publisher
            FROM events_as_of(?) AS e
            JOIN sources AS s USING (source_id)
            WHERE true
            """,
            [self.view.past],
        )
        if self.lines:
            question, values = question + " AND list_has_any(tickers, ?)", [*values, self.lines]
        for name, part in (
            ("topic", " AND list_contains(topics, ?)"),
            ("from", " AND event_date >= ?"),
            ("to", " AND first_day <= ?"),
        ):
            if self.filters[name]:
                question, values = question + part, [*values, self.filters[name]]
        rows = self.view.ask(question + " ORDER BY e.event_date DESC, e.event_id", *values)
        return rows.assign(number=range(1, len(rows) + 1))

    @property
    def about(self) -> str:
        """Lines and topic in words; empty where all is shown."""
        parts = (
            [
                ", ".join(self.view.name(ticker) for ticker in self.tickers[:3])
                + ("…" if len(self.tickers) > 3 else "")
            ]
            if self.tickers
            else []
        )
        return " · ".join(
            parts
            + (
                [self.topic_names.get(self.filters["topic"], self.filters["topic"])]
                if self.filters["topic"]
                else []
            )
        )

    @property
    def since(self) -> pd.Timestamp:
        """The first day drawn: of the window, unless the reader gave one."""
        return (
            pd.Timestamp(self.evening) - pd.DateOffset(years=self.view.years)
            if self.view.years and not self.filters["from"]
            else pd.Timestamp.min
        )

    @cached_property
    def in_window(self) -> pd.DataFrame:
        return self.events.loc[
            self.events["event_date"] > self.since,
            [
                "number",
                "first_day",
                "event_date",
                "date_precision",
                "lane",
                "entity",
                "title",
                "is_ahead",
                "source_id",
            ],
        ]

    # The pictures ---------------------------------------------------------------------------------

    def _said(
        self, chart: str, title: str, subtitle: str, source: str, *notes: str, number: int
    ) -> Stamp:
        said = self.view.stamp(
            "documents",
            title,
            subtitle,
            source,
            *notes,
            number=number,
            tickers=self.tickers,
            chart=chart if len(self.tickers) == 1 else None,
            evening=None,
            **self.filters,
        )
        return replace(said, as_of=self.evening)

    def events_picture(self) -> Picture:
        """Events in time, a lane a topic."""
        view, shown = self.view, self.in_window
        left_out = len(self.events) - len(shown)
        said = self._said(
            "events",
            view.text("documents.timeline", about=self.about)
            if self.about
            else view.text("documents.timeline_all"),
            view.text("documents.timeline_subtitle"),
            view.text("documents.timeline_source"),
            view.text("documents.outside_window", number=left_out, window=view.window_words())
            if left_out
            else "",
            number=len(shown),
        )
        empty = view.text("documents.timeline_none", date=view.day(self.evening))
        return self._picture(
            "events",
            said,
            lambda theme: drawn(
                "event_timeline", shown.drop(columns="source_id"), said, theme, empty=empty
            ),
            shown,
            "" if len(shown) else empty,
        )

    def price_picture(self) -> Picture:
        """Events over the price of the one line."""
        view, line = self.view, self.tickers[0]
        prices = view.ask(
            """
            SELECT date, close, currency, frequency
            FROM price_series(?)
            WHERE ticker = ? AND date > ?
            ORDER BY date
            """,
            self.evening,
            line,
            self.since.date(),
        )
        name, currency = view.name(line), prices["currency"].iloc[0] if len(prices) else ""
        shown = self.in_window[
            (self.in_window["event_date"] >= prices["date"].min())
            & ~self.in_window["is_ahead"].astype(bool)
        ]
        said = self._said(
            "price",
            view.text("documents.price", name=name),
            view.text(
                "documents.price_subtitle",
                currency=currency,
                frequency=view.text(f"frequency.{prices['frequency'].iloc[0]}")
                if len(prices)
                else formats.MISSING,
            ),
            view.text("documents.price_source"),
            view.text("documents.outside_range") if len(shown) < len(self.events) else "",
            marks.prices(view, [line]),
            number=len(shown),
        )
        empty = view.text("documents.price_none", name=name, date=view.day(self.evening))
        return self._picture(
            "price",
            said,
            lambda theme: drawn(
                "price_with_events",
                prices,
                shown.drop(columns="source_id"),
                said,
                theme,
                currency=currency,
                colour=palette.company(line, theme),
                empty=empty,
            ),
            shown,
            "" if len(prices) else empty,
        )

    def _picture(self, name: str, said: Stamp, draw, shown: pd.DataFrame, missing: str) -> Picture:
        last = shown["title"].iloc[0].rstrip(".。") if len(shown) else ""
        return stamped(
            self.view,
            f"documents-{name}",
            self.tickers,
            said,
            draw,
            last=last,
            missing=missing,
            sources=shown["source_id"],
        )

    def own_picture(self, chart: str) -> Picture:
        """The picture of this name: events or price."""
        return self.price_picture() if chart == "price" else self.events_picture()
