"""The pictures of estimates: brokers' targets on the price of their own line, and what was expected
of the last results beside what came.
"""

from __future__ import annotations

from functools import cached_property, partial

import pandas as pd

from ui import formats, marks, tables
from ui.pictures.parts import Picture, drawn, something, stamped
from ui.stamp import Stamp, escape
from ui.view import View

MEASURES = ("eps_diluted", "net_income", "operating_profit", "revenue")


class Street:
    """What brokers say of one company on the evening of a view, and the pictures of it."""

    def __init__(self, view: View, ticker: str) -> None:
        self.view, self.ticker, self.language, self.name = (
            view,
            ticker,
            view.language,
            view.name(ticker),
        )

    # What is known --------------------------------------------------------------------------------

    @cached_property
    def year_end(self) -> int:
        """The month in which the fiscal year ends."""
        return self.view.ask(
            "SELECT coalesce(fiscal_year_end_month, 12) AS month FROM companies WHERE ticker = ?",
            self.ticker,
        )["month"].iloc[0]

    @cached_property
    def consensus(self) -> pd.DataFrame:
        """The medians of the view's basis. year: the fiscal year in words."""
        rows = self.view.ask_for(
            self.ticker,
            """
            SELECT *
            FROM consensus(?)
            WHERE basis = ? OR basis IS NULL
            ORDER BY fiscal_year_end, metric
            """,
            self.view.as_of,
            self.view.state.basis,
        )
        return rows.assign(
            year=[
                formats.period(f"{end.year}FY", end, self.year_end, self.language)
                for end in rows["fiscal_year_end"]
            ]
        )

    @cached_property
    def ahead(self) -> pd.DataFrame:
        """The medians that count, of years that are not over: the next year's EPS first."""
        rows = self.consensus[
            (self.consensus["status"] == "OK")
            & (self.consensus["fiscal_year_end"] >= pd.Timestamp(self.view.as_of))
        ]
        return rows.assign(
            place=rows["metric"]
            .map({metric: place for place, metric in enumerate(MEASURES)})
            .fillna(len(MEASURES))
        ).sort_values(["fiscal_year_end", "place", "metric"])

    @cached_property
    def revisions(self) -> pd.DataFrame:
        return self._of_years(
            self.view.ask_for(
                self.ticker,
                """
                SELECT r.*, s.publisher, s.url, NULL AS published_printed
                FROM estimate_revisions(?) AS r
                JOIN sources AS s USING (source_id)
                ORDER BY r.published_on DESC, r.fiscal_year, r.metric, r.broker
                """,
                self.view.as_of,
            )
        )

    @cached_property
    def undated(self) -> pd.DataFrame:
        """Estimates of which no day is known."""
        return self._of_years(
            self.view.ask(
                """
                SELECT e.*, s.publisher, s.url, CASE
                    WHEN e.previous_value IS NOT NULL THEN 'printed'
                    WHEN e.revision_pct IS NOT NULL THEN 'change_printed' END AS previous_basis,
                    CAST(NULL AS DATE) AS previous_published_on, e.revision_pct AS change_pct,
                    CAST(NULL AS DOUBLE) AS change_pp, CAST(NULL AS DOUBLE) AS difference
                FROM estimates AS e
                JOIN sources AS s USING (source_id)
                WHERE e.ticker = ? AND e.published_on IS NULL AND e.unit <> 'x'
                    AND presumed_published_on(e.published_printed) <= ?
                ORDER BY e.broker, e.fiscal_year, e.metric
                """,
                self.ticker,
                self.view.as_of,
            )
        )

    def _of_years(self, rows: pd.DataFrame) -> pd.DataFrame:
        """With the fiscal year of each forecast in words; as printed where its end is not
        certain.
        """
        return rows.assign(
            year=[
                formats.period(row.fiscal_period, row.fiscal_year_end, self.year_end, self.language)
                if pd.notna(row.fiscal_year_end)
                else str(row.fiscal_year_printed)
                for row in rows.itertuples()
            ]
        )

    @cached_property
    def ratings(self) -> pd.DataFrame:
        return self.view.ask_for(
            self.ticker,
            """
            SELECT r.*, s.publisher, s.url
            FROM ratings_as_of(?) AS r
            JOIN sources AS s USING (source_id)
            ORDER BY r.published_on DESC NULLS LAST, r.broker
            """,
            self.view.as_of,
        )

    @cached_property
    def targets(self) -> pd.DataFrame:
        return self.view.ask_for(
            self.ticker,
            """
            SELECT t.*, s.publisher, s.url
            FROM targets_as_of(?) AS t
            JOIN sources AS s USING (source_id)
            ORDER BY t.published_on DESC NULLS LAST, t.broker
            """,
            self.view.as_of,
        )

    @cached_property
    def medians(self) -> pd.DataFrame:
        """The median target of each of the company's lines."""
        return self.view.ask_for(
            self.ticker,
            "SELECT * FROM target_consensus(?) ORDER BY n DESC, quote_ticker",
            self.view.as_of,
        )

    @cached_property
    def surprises(self) -> pd.DataFrame:
        rows = self.view.ask(
            """
            SELECT p.*, s.publisher, s.url
            FROM surprises AS p
            JOIN sources AS s USING (source_id)
            WHERE p.ticker = ? AND p.known_on <= ?
            ORDER BY p.period_end DESC, p.announced_on DESC, abs(p.surprise_pct) DESC NULLS LAST,
                p.metric
            """,
            self.ticker,
            self.view.as_of,
        )
        return rows.assign(
            period=[
                formats.period(row.fiscal_period, row.period_end, self.year_end, self.language)
                for row in rows.itertuples()
            ]
        )

    @cached_property
    def newest(self) -> pd.DataFrame:
        """The surprises of the newest results."""
        return (
            self.surprises[self.surprises["period_end"] == self.surprises["period_end"].max()]
            if len(self.surprises)
            else self.surprises
        )

    @cached_property
    def told(self) -> pd.DataFrame:
        """The surprises of the newest results that a sentence can tell: the adjusted profit
        first.
        """
        rows = self.newest[
            self.newest["surprise_pct"].notna() & self.newest["metric"].isin(MEASURES)
        ]
        return rows.assign(
            place=rows["metric"].map(
                {"net_income": 0, "eps_diluted": 1, "operating_profit": 2, "revenue": 3}
            ),
            other=rows["basis"] == "reported",
        ).sort_values(["other", "place"])

    @cached_property
    def lines(self) -> list[str]:
        """The lines that brokers have a target for, that of most brokers first."""
        return list(dict.fromkeys([*self.medians["quote_ticker"], *self.targets["quote_ticker"]]))

    @property
    def line(self) -> str:
        """The line whose targets are shown: one that the reader chose, the company's own, or that
        of most brokers.
        """
        typed = next(
            (
                ticker
                for ticker in self.view.state.tickers
                if ticker in self.lines and self.view.universe.issuer(ticker) == self.ticker
            ),
            self.ticker if self.ticker in self.lines else None,
        )
        return typed or (self.lines[0] if self.lines else self.ticker)

    @property
    def charts(self) -> list[str]:
        """The pictures of which something is known; where nothing is, that which says so."""
        return (["targets"] if len(self.targets) else []) + (
            ["expected"] if len(self.surprises) else []
        ) or ["targets"]

    def median(self, line: str) -> pd.Series | None:
        found = self.medians[self.medians["quote_ticker"] == line]
        return found.iloc[0] if len(found) else None

    # The pictures ---------------------------------------------------------------------------------

    def above(self, pct: float) -> str:
        return self.view.text(
            "finding.estimates_above" if pct >= 0 else "finding.estimates_below",
            pct=formats.percent(abs(pct)),
        )

    def _said(
        self, chart: str, title: str, subtitle: str, *notes: str, number: int, **parameters: str
    ) -> Stamp:
        return self.view.stamp(
            "estimates",
            title,
            subtitle,
            self.view.text("estimates.source"),
            *notes,
            number=number,
            tickers=[self.ticker],
            chart=chart,
            evening=None,
            **parameters,
        )

    def _hover(self, row) -> str:
        view = self.view
        parts = [
            (
                f"<b>{view.day(row.published_on)}</b>  "
                f"{escape(tables.broker_words(view, row.broker))} "
                f"{formats.price(row.target, row.currency, self.language)}"
            )
        ]
        parts += [escape(method)] if (method := tables.method_words(view, row)) else []
        parts += [
            f"{view.text(f'column.upside_{key}')} {formats.percent(value, sign=True)}"
            for key, value in (
                ("then", row.upside_then_pct),
                ("printed", row.upside_printed_pct),
                ("now", row.upside_now_pct),
            )
            if pd.notna(value)
        ]
        return "<br>".join(parts)

    def targets_picture(self, line: str | None = None) -> Picture:
        """Each target on the price of its own line, from half a year before the first that is
        shown.
        """
        view, line = self.view, line or self.line
        median = self.median(line)
        shown = self.targets[
            (self.targets["quote_ticker"] == line) & self.targets["published_on"].notna()
        ]
        since = (
            shown["published_on"].min() - pd.DateOffset(months=6)
            if len(shown)
            else pd.Timestamp(view.as_of) - pd.DateOffset(years=2)
        )
        closes = view.ask(
            """
            SELECT date, close, frequency
            FROM market_caps
            WHERE ticker = ? AND known_on <= ? AND date >= ?
            QUALIFY row_number() OVER (PARTITION BY date ORDER BY frequency) = 1
            ORDER BY date
            """,
            line,
            view.as_of,
            since.date(),
        )
        currency, number = (
            shown["currency"].iloc[0] if len(shown) else "",
            int(median["n"]) if median is not None else 0,
        )
        is_told = median is not None and pd.notna(median["upside_now_pct"])
        target = (
            formats.price(median["target"], median["currency"], self.language)
            if median is not None
            else ""
        )
        title = (
            view.text(
                "chart.price_targets_finding",
                name=self.name,
                target=target,
                upside=self.above(median["upside_now_pct"]),
                line=line,
            )
            if median is not None and is_told
            else view.text("chart.price_targets", name=self.name, line=line)
        )
        subtitle = view.text(
            "chart.price_targets_subtitle",
            line=line,
            currency=currency,
            unit=view.text(
                "unit.ads" if len(shown) and shown["per"].iloc[0] == "ads" else "unit.share"
            ),
            number=number,
            frequency=view.text(
                "frequency.daily"
                if len(closes) and (closes["frequency"] == "daily").any()
                else "frequency.month_end"
            ),
        )
        said = self._said(
            "targets",
            title,
            subtitle,
            view.text("estimates.note_filled"),
            marks.prices(view, [line]),
            number=len(shown),
            line=line,
        )
        data = shown.assign(
            hover=[self._hover(row) for row in shown.itertuples()],
            broker=[tables.broker_words(view, broker) for broker in shown["broker"]],
        )[["published_on", "target_today", "in_consensus", "broker", "hover"]]
        empty = view.text("estimates.no_target", line=line, date=view.day(view.as_of))
        return stamped(
            view,
            "estimates-targets",
            [self.ticker],
            said,
            lambda theme: drawn(
                "price_targets",
                data,
                closes,
                said,
                theme,
                currency=currency,
                median=median["target"] if median is not None else None,
                empty=empty,
            ),
            last=target,
            height=400,
            missing="" if len(shown) else empty,
            sources=shown["source_id"],
        )

    def expected_picture(self) -> Picture:
        """One row a figure of the newest results; where two tell of it, what was printed before the
        results goes first.
        """
        view, newest = self.view, self.newest
        shown = (
            newest[newest["surprise_pct"].notna() | newest["surprise_pp"].notna()]
            .assign(first=newest["expected_basis"] != "printed_before")
            .sort_values("first")
            .drop_duplicates(["metric", "basis"])
        )
        rows = []
        for row in shown.itertuples():
            is_rate = pd.isna(row.surprise_pct)
            change = row.surprise_pp if is_rate else row.surprise_pct
            words = f"{tables.surprise_words(view, row)}  " + view.text(
                "estimates.against",
                actual=tables.figure_words(view, row.actual, row.unit, row.currency, row.quality),
                expected=tables.figure_words(
                    view,
                    row.expected,
                    row.unit,
                    row.currency,
                    "derived" if row.expected_quality == "derived" else "exact",
                ),
            )
            name = tables.measure_words(view, row.metric, row.basis, row.metric_printed)
            rows.append(
                {
                    "name": name,
                    "before": 0.0,
                    "after": change,
                    "words": words,
                    "hollow": is_rate,
                    "good": (-1 if row.metric.endswith("_expense") else 1)
                    * (1 if change > 0 else -1 if change < 0 else 0),
                    "hover": (
                        f"<b>{escape(name)}</b><br>{escape(words)}"
                        f"<br>{view.text(f'expected_basis.{row.expected_basis}')}"
                        f"<br>{escape(tables.brokers_words(view, row.broker.split(', ')))}"
                    ),
                }
            )
        frame = pd.DataFrame(
            rows, columns=["name", "before", "after", "words", "hollow", "good", "hover"]
        ).sort_values(["hollow", "after"], ascending=[True, False])
        period, announced = (
            (shown["period"].iloc[0], view.day(shown["announced_on"].iloc[0]))
            if len(shown)
            else ("", "")
        )
        said = self._said(
            "expected",
            view.text("chart.dumbbell_expected", name=self.name, period=period),
            view.text("chart.dumbbell_expected_subtitle", announced=announced),
            view.text("footer.dagger"),
            number=len(frame),
        )
        empty = view.text("estimates.actual_none")
        return stamped(
            view,
            "estimates-expected",
            [self.ticker],
            said,
            lambda theme: drawn(
                "dumbbell",
                frame,
                said,
                theme,
                write=partial(formats.percent),
                zero=True,
                legend=(view.text("estimates.expected_ring"), view.text("estimates.actual_dot")),
                empty=empty,
            ),
            last=f"{frame['name'].iloc[0]} {frame['words'].iloc[0].split('  ')[0]}"
            if len(frame)
            else "",
            missing="" if len(frame) else empty,
            sources=shown["source_id"],
        )

    def own_picture(self, chart: str, line: str | None = None) -> Picture:
        """The picture of this name: targets or expected."""
        return self.targets_picture(line) if chart == "targets" else self.expected_picture()


# What other pages show ----------------------------------------------------------------------------


def targets(view: View, ticker: str, line: str | None = None) -> Picture | None:
    """Brokers' targets on the price of a line, by default the company's own; None where no dated
    target is known.
    """
    return something(Street(view, ticker).targets_picture(line))


def expected(view: View, ticker: str) -> Picture | None:
    """What was expected of the newest results beside what came; None where neither is known."""
    return something(Street(view, ticker).expected_picture())
