"""The pictures of segments: of one company (revenue, mix, growth, what each part added), of one
line of business at all companies, and of an operating figure.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property, partial

import pandas as pd

from ui import formats, palette, tables
from ui.links import THEMES
from ui.pictures.parts import Picture, drawn, something, stamped
from ui.stamp import Stamp
from ui.view import View

NAMES = 10  # more segments than these in one picture are colours that nobody tells apart
VISIBLE = 0.05  # percentage points: a part below it is a bar of nothing
GRAINS = {"quarter": 3, "half": 6, "year": 12}
TOPICS = ("users", "time", "payers", "commerce", "ai", "products", "mix", "growth", "money")
WORDS = {
    "elimination": "segments.eliminations",
    "unallocated": "segments.unallocated",
    "not_itemised": "segments.not_itemised",
    "not_known": "segments.not_known",
}
IN_SUM = ("segment", "elimination", "unallocated", "not_itemised", "not_known")
OWN = ("segment", "elimination", "unallocated", "sold")  # parts of growth that are somebody's own
KEYS = {"revenue": "chart.segments", "growth": "chart.segments_growth", "mix": "chart.segments_mix"}
MEASURES = {"revenue": "revenue_mn", "growth": "yoy_pct", "mix": "share_pct"}


class Segments:
    """The segments of one company on the evening of a view, of one history (as reported or recast)
    and one length of period, and the pictures of them.

    grain: where it is not offered, the shortest that is. calendar: periods under their calendar
        names.
    """

    def __init__(
        self,
        view: View,
        ticker: str,
        history: str = "as_reported",
        grain: str = "",
        calendar: bool = False,
    ) -> None:
        self.view, self.ticker, self.history, self.calendar, self.name = (
            view,
            ticker,
            history,
            calendar,
            view.name(ticker),
        )
        self.grain = grain if grain in self.grains or not self.grains else self.grains[0]
        self.months = GRAINS.get(self.grain, 3)

    # What is known --------------------------------------------------------------------------------

    @cached_property
    def rows(self) -> pd.DataFrame:
        return self.view.ask_for(self.ticker, "SELECT * FROM segments_as_of(?)", self.view.as_of)

    @cached_property
    def periods(self) -> pd.DataFrame:
        return self.view.ask_for(
            self.ticker,
            "SELECT * FROM segment_periods(?) ORDER BY months, period_end",
            self.view.as_of,
        )

    @cached_property
    def year_end(self) -> int:
        """The month in which the fiscal year ends."""
        month = self.view.ask(
            "SELECT fiscal_year_end_month AS month FROM companies WHERE ticker = ?", self.ticker
        )["month"].iloc[0]
        return 12 if pd.isna(month) else int(month)

    @cached_property
    def histories(self) -> list[str]:
        return [
            history
            for history in ("as_reported", "recast")
            if (self.periods["history"] == history).any()
        ]

    @cached_property
    def grains(self) -> list[str]:
        """The lengths of period of which this history has rows, the shortest first."""
        own = self.periods[
            (self.periods["history"] == self.history) & (self.periods["result"] != "no rows")
        ]
        return [grain for grain, months in GRAINS.items() if (own["months"] == months).any()]

    @cached_property
    def own(self) -> pd.DataFrame:
        """All periods of this history and length, with their names."""
        own = self.periods[
            (self.periods["history"] == self.history) & (self.periods["months"] == self.months)
        ]
        return own.assign(period=[self.period_words(row) for row in own.itertuples()])

    def period_words(self, row) -> str:
        """A period under its fiscal or its calendar name; only the dates count for the second."""
        language = self.view.language
        if not self.calendar or self.year_end == 12:
            return formats.period(
                row.fiscal_period
                if isinstance(row.fiscal_period, str)
                else formats.month(row.period_end, language),
                row.period_end,
                self.year_end,
                language,
            )
        if row.months == 3 and isinstance(row.calendar_quarter, str):
            return row.calendar_quarter
        return self.view.text(
            "segments.half_to" if row.months == 6 else "segments.year_to",
            month=formats.month(row.period_end, language),
        )

    @cached_property
    def latest(self) -> pd.Series:
        return self.own[self.own["result"] != "no rows"].iloc[-1]

    @cached_property
    def parts(self) -> pd.DataFrame:
        """What each part added to the growth of each period."""
        return self.view.ask_for(
            self.ticker,
            "SELECT * FROM segment_contributions(?) WHERE history = ? AND months = ?",
            self.view.as_of,
            self.history,
            self.months,
        )

    @cached_property
    def named(self) -> pd.DataFrame:
        rows = self.rows[
            (self.rows["history"] == self.history) & (self.rows["months"] == self.months)
        ]
        return rows.assign(
            label=[
                self.view.text(WORDS[role]) if role in WORDS else series
                for role, series in zip(rows["role"], rows["series"])
            ]
        )

    @cached_property
    def top(self) -> pd.DataFrame:
        """The rows that add up to the whole."""
        return self.named[self.named["parent_segment"].isna() & self.named["role"].isin(IN_SUM)]

    @cached_property
    def drawn(self) -> pd.DataFrame:
        """The periods that are drawn: those that end in the window (of a company whose figures end
        before it, all), and of a company that has cut its segments again and again only the
        latest structures that fit one picture.
        """
        view, own, top = self.view, self.own, self.top
        if not view.years:
            return own
        recent = own[own["period_end"] > pd.Timestamp(view.as_of) - pd.DateOffset(years=view.years)]
        own = recent if (recent["result"] != "no rows").any() else own

        def names(since) -> int:
            return top[
                (top["period_end"] >= since) & (top["period_end"] <= own["period_end"].max())
            ]["label"].nunique()

        starts = [
            own["period_end"].min(),
            *sorted(
                top[top["is_break"] & (top["period_end"] > own["period_end"].min())][
                    "period_end"
                ].unique()
            ),
        ]
        since = next((start for start in starts if names(start) <= NAMES), starts[-1])
        return own[own["period_end"] >= since]

    @cached_property
    def listed(self) -> pd.DataFrame:
        """The rows of the drawn periods, newest period first; in it the largest segment first, each
        part under its parent, what reconciles last. name_words: what a row is called.
        """
        rows, view = (
            self.named.merge(self.drawn[["period_end", "period"]], on="period_end"),
            self.view,
        )
        sizes = {
            (row.period_end, row.segment): row.revenue_mn
            for row in rows[rows["parent_segment"].isna()].itertuples()
        }
        rank = {"segment": 0, "revenue_type": 2}
        rows = rows.assign(
            parent_size=[
                -sizes.get(
                    (
                        row.period_end,
                        row.parent_segment if isinstance(row.parent_segment, str) else row.segment,
                    ),
                    0,
                )
                for row in rows.itertuples()
            ],
            parent_name=rows["parent_segment"].fillna(rows["segment"]),
            part=rows["parent_segment"].notna(),
            group=[rank.get(role, 1) for role in rows["role"]],
            size=-rows["revenue_mn"],
        )
        rows = rows.sort_values(
            ["period_end", "group", "parent_size", "parent_name", "part", "size"],
            ascending=[False, True, True, True, True, True],
        )
        return rows.assign(
            name_words=[
                view.text(WORDS[row.role])
                if row.role in ("not_itemised", "not_known")
                else f"{row.segment} ({view.text('segments.revenue_types')})"
                if row.role == "revenue_type"
                else row.segment
                for row in rows.itertuples()
            ]
        )

    @cached_property
    def labels(self) -> pd.Series:
        """The drawn periods: fiscal period -> its name."""
        return self.drawn.dropna(subset=["fiscal_period"]).set_index("fiscal_period")["period"]

    @cached_property
    def comparable(self) -> list[str]:
        """The drawn periods whose growth can be taken apart, the latest first."""
        return [
            period
            for period in self.parts[self.parts["is_compared"]]["fiscal_period"].unique()
            if period in self.labels.index
        ][::-1]

    # The pictures ---------------------------------------------------------------------------------

    def _said(
        self,
        chart: str,
        title: str,
        subtitle: str,
        *notes: str,
        number: int,
        **parameters: str | None,
    ) -> Stamp:
        return self.view.stamp(
            "segments",
            title,
            subtitle,
            self.view.text("segments.source", name=self.name),
            *notes,
            number=number,
            tickers=[self.ticker],
            chart=chart,
            history=self.history if self.history != "as_reported" else None,
            grain=self.grain,
            calendar="calendar" if self.calendar else None,
            evening=None,
            **parameters,
        )

    def history_picture(self, chart: str) -> Picture:
        """Revenue, its mix or its growth: the top rows of the periods of the window; what no row
        itemises hangs on in grey.
        """
        view, shown = self.view, self.drawn
        frame = shown[["period_end", "period"]].merge(
            self.top[
                [
                    "period_end",
                    "label",
                    "revenue_mn",
                    "share_pct",
                    "yoy_pct",
                    "yoy_from_rounded",
                    "role",
                    "is_break",
                    "source_id",
                ]
            ],
            on="period_end",
            how="left",
        )
        frame["series_break"] = frame["is_break"].fillna(False).astype(bool) & (
            frame["period_end"] > shown["period_end"].min()
        )
        frame["segment"] = (
            frame["label"].fillna(frame["label"].dropna().iloc[-1])
            if frame["label"].notna().any()
            else None
        )  # an empty quarter keeps its place
        notes = [view.text("segments.note_recast")] if self.history == "recast" else []
        notes += (
            [view.text("segments.note_rest")]
            if frame["role"].isin(["not_itemised", "not_known"]).any() and chart != "growth"
            else []
        )
        notes += [view.text("segments.note_gap")] if (shown["result"] == "no rows").any() else []
        notes += (
            [view.text("segments.note_shown", number=len(shown), total=len(self.own))]
            if len(shown) < len(self.own)
            else []
        )
        currency = shown["currency"].dropna().iloc[-1]
        subtitle = view.text(
            f"{KEYS[chart]}_subtitle",
            grain=view.text(f"grain.{self.grain}"),
            history=view.text(f"history.{self.history}"),
            **({"currency": currency} if chart == "revenue" else {}),
        )
        said = self._said(
            chart,
            view.text(KEYS[chart], name=self.name),
            subtitle,
            *notes,
            number=int((shown["result"] != "no rows").sum()),
        )
        empty, names = (
            view.text("missing.no_rows", date=view.day(view.as_of)),
            frame["label"].nunique(),
        )
        if chart == "growth":
            frame = frame[frame["role"].isna() | (frame["role"] == "segment")].assign(
                not_meaningful=False
            )
        made, options = {
            "revenue": ("stacked_segments", {"currency": currency}),
            "mix": ("mix", {}),
            "growth": ("growth_by_segment", {}),
        }[chart]
        revenue = formats.money(
            self.latest["revenue_mn"] * 1e6, self.latest["currency"], view.language
        )
        growth = formats.percent(self.latest["revenue_yoy_pct"], sign=True)
        last = f"{self.latest['period']} {revenue}, {growth}"
        return stamped(
            view,
            f"segments-{chart}",
            [self.ticker],
            said,
            lambda theme: drawn(made, frame, said, theme, empty=empty, **options),
            last=last,
            sources=frame["source_id"],
            missing="" if frame[MEASURES[chart]].notna().any() else empty,
            height=400
            + (16 if view.is_phone else 5) * max(0, names - (4 if view.is_phone else NAMES)),
        )

    def contribution_picture(self, period: str = "") -> Picture:
        """What each part added to the growth of one period: the latest that can be compared, or the
        one asked for (as its fiscal name).
        """
        view = self.view
        period = (
            period
            if period in self.comparable
            else self.comparable[0]
            if self.comparable
            else self.labels.index[-1]
        )
        shown = self.parts[
            (self.parts["fiscal_period"] == period)
            & ((self.parts["contribution_pp"].abs() >= VISIBLE) | self.parts["kind"].isin(OWN))
        ]
        shown = shown.assign(
            is_rest=~shown["kind"].isin(OWN),
            part=[self._part_words(row) for row in shown.itertuples()],
        )
        end = self.drawn["period_end"].max()
        breaks = view.ask(
            """
            SELECT what_changed
            FROM segment_breaks
            WHERE ticker = ? AND kind <> 'rename' AND period_start <= ? AND period_start > ?
            ORDER BY period_start DESC
            """,
            self.ticker,
            end.date(),
            (end - pd.DateOffset(years=1)).date(),
        )
        reason = "; ".join(breaks["what_changed"].unique()) or view.text("segments.no_year_before")
        latest = self.drawn[self.drawn["result"] != "no rows"].iloc[-1]
        why = (
            view.text("segments.no_contribution", period=latest["period"], reason=reason)
            if latest["fiscal_period"] not in self.comparable
            else ""
        )
        total = shown["growth_pct"].iloc[0] if len(shown) else None
        said = self._said(
            "contribution",
            view.text("chart.contribution", name=self.name, period=self.labels[period]),
            view.text("chart.contribution_subtitle"),
            why if self.comparable else "",
            number=len(shown) if self.comparable else 0,
            period=period,
        )
        data = shown[["part", "contribution_pp", "is_rest"]] if self.comparable else None
        return stamped(
            view,
            "segments-contribution",
            [self.ticker],
            said,
            lambda theme: drawn(
                "contribution_waterfall", data, said, theme, total=total, empty=why
            ),
            last=formats.percent(total, sign=True) if total is not None else "",
            height=400,
            missing="" if self.comparable else why,
            sources=self.rows["source_id"].dropna(),
        )

    def _part_words(self, row) -> str:
        if row.kind in WORDS:
            return (
                self.view.text(WORDS[row.kind])
                if row.kind != "not_itemised"
                else self.view.text("segments.part_not_itemised")
            )
        return (
            row.part
            if row.kind == "segment"
            else self.view.text(
                f"segments.part_{row.kind}", **({"part": row.part} if row.kind == "sold" else {})
            )
        )


# One line of business at every company ------------------------------------------------------------


def own_themes_first(view: View, ticker: str) -> list[str]:
    """The lines of business, those of the company before the others."""
    its = set(
        view.ask("SELECT DISTINCT theme FROM segment_themes WHERE ticker = ?", ticker)["theme"]
    )
    return sorted(THEMES, key=lambda theme: (theme not in its, THEMES.index(theme)))


def theme_growth(view: View, theme: str) -> pd.DataFrame:
    """The growth of a line of business, period by period of each company."""
    growth = view.ask(
        """
        SELECT g.*, s.publisher, s.url
        FROM theme_growth(?) AS g
        LEFT JOIN sources AS s USING (source_id)
        WHERE g.theme = ?
        ORDER BY g.ticker, g.period_end
        """,
        view.as_of,
        theme,
    )
    return growth.assign(name=[view.name(ticker) for ticker in growth["ticker"]])


def latest_of_theme(view: View, theme: str) -> pd.DataFrame:
    """The latest quarter of each company that has this line of business, fastest first."""
    return (
        theme_growth(view, theme)
        .groupby("ticker")
        .tail(1)
        .sort_values("yoy_pct", ascending=False, na_position="last")
    )


def theme_picture(view: View, business: str, focus: str) -> Picture:
    """The growth of one line of business at every company that has it; the title compares one
    quarter only, the newest that two companies have.
    """
    growth = theme_growth(view, business)
    recent = (
        growth[growth["period_end"] > pd.Timestamp(view.as_of) - pd.DateOffset(years=view.years)]
        if view.years
        else growth
    )
    latest = (
        recent.dropna(subset=["yoy_pct"])
        .groupby("ticker")
        .tail(1)
        .sort_values(["calendar_quarter", "yoy_pct"], ascending=False)
    )
    order = {ticker: place for place, ticker in enumerate(latest["ticker"])}
    words = view.text(f"theme.{business}")
    told = (
        recent.dropna(subset=["yoy_pct"])
        .groupby("calendar_quarter")
        .filter(lambda quarter: len(quarter) > 1)
    )
    told = told[told["calendar_quarter"] == told["calendar_quarter"].max()].sort_values(
        "yoy_pct", ascending=False
    )
    title = (
        view.text("chart.theme", theme=words)
        if told.empty
        else view.text(
            "chart.theme_finding",
            theme=words,
            quarter=told["calendar_quarter"].iloc[0],
            name=told["name"].iloc[0],
            fastest=formats.percent(told["yoy_pct"].iloc[0], sign=True),
            last=told["name"].iloc[-1],
            slowest=formats.percent(told["yoy_pct"].iloc[-1], sign=True),
        )
    )
    absent = [view.name(ticker) for ticker in growth["ticker"].unique() if ticker not in order]
    frame = (
        recent[recent["ticker"].isin(order)]
        .assign(
            place=lambda f: f["ticker"].map(order),
            period=lambda f: f["calendar_quarter"],
            series_break=lambda f: f["is_break"],
            value=lambda f: [
                f"{row.segments} {formats.money(row.revenue_mn * 1e6, row.currency, view.language)}"
                for row in f.itertuples()
            ],
        )
        .sort_values(["place", "period_end"])
    )
    said = view.stamp(
        "segments",
        title,
        view.text("chart.theme_subtitle", of=view.text("segments.theme_latest")),
        view.text("segments.source_theme"),
        view.text("segments.theme_absent", names=", ".join(absent)) if absent else "",
        number=len(order),
        tickers=[focus],
        chart="theme",
        theme=business,
    )
    empty, data = (
        view.text("segments.theme_nobody", theme=words, date=view.day(view.as_of)),
        frame[["ticker", "name", "period", "yoy_pct", "series_break", "value"]],
    )
    return stamped(
        view,
        f"segments-theme-{business}",
        [],
        said,
        lambda theme: drawn(
            "growth_multiples",
            data,
            said,
            theme,
            highlight=focus if focus in order else None,
            empty=empty,
        ),
        height=420,
        missing="" if order else empty,
        sources=frame["source_id"],
    )


# Operating figures --------------------------------------------------------------------------------


class Kpis:
    """The operating figures of a company on the evening of a view, and the picture of one of them:
    the one asked for, else that of most weight.
    """

    def __init__(self, view: View, ticker: str, year_end: int = 12) -> None:
        self.view, self.ticker, self.year_end = view, ticker, year_end

    @cached_property
    def history(self) -> pd.DataFrame:
        history = self.view.ask_for(self.ticker, "SELECT * FROM kpi_history(?)", self.view.as_of)
        rank, language = {topic: place for place, topic in enumerate(TOPICS)}, self.view.language
        names = [
            formats.period(row.fiscal_period, row.period_end, self.year_end, language)
            if isinstance(row.fiscal_period, str)
            else formats.month(row.period_end, language)
            for row in history.itertuples()
        ]
        return history.assign(
            period=names,
            rank=history["topic"].map(rank).fillna(len(rank)),
            known=history.groupby("kpi")["kpi"].transform("size"),
        )

    @cached_property
    def latest(self) -> pd.DataFrame:
        """The latest of each figure, that of most weight first."""
        return (
            self.history[self.history["is_latest"]]
            .assign(short=lambda f: f["known"] < 3)
            .sort_values(
                ["is_stale", "short", "rank", "known", "kpi"],
                ascending=[True, True, True, False, True],
            )
        )

    @cached_property
    def fresh(self) -> pd.DataFrame:
        """The first few of those that are not stale."""
        return self.latest[~self.latest["is_stale"]].head(6) if len(self.latest) else self.latest

    def values(self, kpi: str) -> pd.DataFrame:
        return self.history[self.history["kpi"] == kpi]

    def picture(self, kpi: str = "") -> Picture:
        """Quarters, halves and years of one figure are no series together: the length with the most
        values is drawn.
        """
        view, kpi = self.view, kpi or self.latest["kpi"].iloc[0]
        values = self.values(kpi)
        lengths = values["months"].value_counts()
        line = values[values["months"] == lengths.idxmax()] if len(lengths) else values
        grain = {months: words for words, months in GRAINS.items()}.get(
            lengths.idxmax() if len(lengths) else 1, "month"
        )
        said = view.stamp(
            "segments",
            view.text("chart.kpi", name=view.name(self.ticker), kpi=kpi),
            view.text(
                "chart.kpi_subtitle", unit=line["unit"].iloc[0], grain=view.text(f"grain.{grain}")
            ),
            view.text("segments.kpi_source"),
            number=len(line),
            tickers=[self.ticker],
            kpi=kpi,
        )
        frame = line[["period", "value", "quality", "definition_change"]].assign(
            growth=[
                f"{view.text('column.yoy_pct')} {tables.moved(view, row)}"
                for row in line.itertuples()
            ]
        )
        return stamped(
            view,
            "segments-kpi",
            [self.ticker],
            said,
            lambda theme: drawn(
                "kpi_bars",
                frame,
                said,
                theme,
                colour=palette.company(self.ticker, theme),
                write=partial(tables.kpi_figure),
            ),
            last=f"{line['period'].iloc[-1]} {tables.kpi_figure(line['value'].iloc[-1])}",
            sources=line["source_id"],
        )


# What other pages show ----------------------------------------------------------------------------


def _shortest(view: View, ticker: str, chart: str) -> Picture | None:
    """The picture by the shortest periods that have what it shows."""
    for grain in Segments(view, ticker).grains:
        if found := something(Segments(view, ticker, grain=grain).history_picture(chart)):
            return found
    return None


def revenue(view: View, ticker: str) -> Picture | None:
    """Revenue by segment in the view's window; None where no row is known."""
    return _shortest(view, ticker, "revenue")


def growth(view: View, ticker: str) -> Picture | None:
    """Growth by segment over three years at most: what is told of today; None where nothing can be
    compared with the year before.
    """
    return _shortest(
        replace(view, state=replace(view.state, window="3y"))
        if view.years > 3 or not view.years
        else view,
        ticker,
        "growth",
    )
