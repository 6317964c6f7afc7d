"""The pictures of a multiple: of one line against its own past and against another, and of all
lines side by side.
"""

from __future__ import annotations

from functools import cached_property, partial

import pandas as pd

from ui import charts, formats, links, marks, tables
from ui.palette import Theme
from ui.pictures.parts import CELLS, Picture, drawn, picture
from ui.stamp import Stamp
from ui.view import View

METRICS = {
    "company": ("pe_ttm", "pe_forward", "ps_ttm", "earnings_yield_ttm"),
    "index": ("pe_ttm", "pb", "dividend_yield"),
    "basket": ("pe_ttm",),
}
YIELDS = ("earnings_yield_ttm", "dividend_yield")
ACROSS = {
    "windows": "windows_heat",
    "ranges": "cross_section",
    "median": "against_median",
    "growth": "growth_scatter",
}


def written(metric: str, language: str) -> partial:
    """value -> words: 14.3x of a multiple, 4.2 % of a yield."""
    return (
        partial(formats.percent)
        if metric in YIELDS
        else partial(formats.multiple, language=language)
    )


class Multiple:
    """One measure of one line on the evening of a view: where it stands in its windows, and the
    pictures of that.
    """

    def __init__(self, view: View, ticker: str, metric: str = "pe_ttm") -> None:
        self.view, self.ticker, self.metric, self.language = view, ticker, metric, view.language
        self.line_kind = view.kinds[ticker]
        self.kind = self.line_kind if self.line_kind in METRICS else "company"
        self.basis = (
            "quoted"
            if self.kind == "index"
            else "reported"
            if metric == "ps_ttm"
            else view.state.basis
        )
        self.of = (ticker, metric, self.basis)
        self.name, self.measure, self.basis_words = (
            view.name(ticker),
            view.text(f"metric.{metric}"),
            view.text(f"basis.{self.basis}"),
        )
        self.unit = view.text("unit.per_cent" if metric in YIELDS else "unit.times")
        self.write = written(metric, view.language)

    @cached_property
    def everybody(self) -> pd.DataFrame:
        """All lines in all windows by this measure."""
        return self.view.ask(
            "SELECT * FROM valuation_windows(?) WHERE metric = ? AND basis IN (?, 'quoted')",
            self.view.as_of,
            self.metric,
            "reported" if self.metric == "ps_ttm" else self.view.state.basis,
        )

    @cached_property
    def windows(self) -> pd.DataFrame:
        """This line in each window, by years; an index before its first quotation has no row and
        says so.
        """
        own = (
            self.everybody[self.everybody["ticker"] == self.ticker]
            .set_index("years")
            .reindex([1, 3, 5, 10, 0])
        )
        return own.fillna(
            {
                "status": "NOT_QUOTED" if self.kind == "index" else "MISSING_PRICE",
                "n": 0,
                "losses_left_out": 0,
            }
        )

    @cached_property
    def now(self) -> pd.Series:
        return self.windows.loc[self.view.years]

    @cached_property
    def history(self) -> pd.DataFrame:
        return self.view.ask(
            """
            SELECT *
            FROM valuation_window(?, ?)
            WHERE ticker = ? AND metric = ? AND basis = ? AND in_window
            ORDER BY date
            """,
            self.view.as_of,
            self.view.years,
            *self.of,
        )

    @property
    def is_ranked(self) -> bool:
        return pd.notna(self.now["percentile"])

    @property
    def is_stale(self) -> bool:
        return self.now["status"] == "STALE_PRICE"

    @property
    def frequency(self) -> str:
        return self.now["frequency"] if isinstance(self.now["frequency"], str) else "month_end"

    @property
    def frequency_words(self) -> str:
        return self.view.text(f"frequency.{self.frequency}")

    @property
    def value_words(self) -> str:
        return (
            formats.NOT_MEANINGFUL
            if self.now["status"] == "NM_LOSS"
            else self.write(self.now["value"])
        )

    @property
    def percentile_words(self) -> str:
        return formats.percentile(self.now["percentile"], self.language)

    @property
    def window_of(self) -> str:
        """'of 5 years'; a window longer than the history is called by its first month, never by its
        full length.
        """
        shorter = pd.notna(self.now["first_date"]) and (
            self.view.years == 0 or bool(self.now["is_shorter"])
        )
        return (
            self.view.text(
                "window_since", month=formats.month(self.now["first_date"], self.language)
            )
            if shorter
            else self.view.text("window_of", window=self.view.window_words())
        )

    @cached_property
    def old_prices(self) -> str:
        """A sentence where the price is stale or was not brought."""
        return marks.prices(self.view, [self.ticker]) if self.kind == "company" else ""

    @cached_property
    def missing_eps(self) -> pd.DataFrame:
        """The periods whose results are out and whose EPS on this basis is not here.

        Rows of the macro missing_eps, none where the measure does not rest on trailing EPS.
        """
        rows = self.view.ask_if_known("SELECT * FROM missing_eps(?)", self.view.as_of)
        if rows is None:
            return pd.DataFrame()
        issuer = self.view.universe.issuer(self.ticker)
        is_meant = (rows["ticker"] == issuer) & (rows["basis"] == self.basis)
        return rows[is_meant & (self.metric in ("pe_ttm", "earnings_yield_ttm"))]

    def _eps_words(self) -> dict[str, str]:
        """Which EPS is missing and which results are out, in words."""
        view, rows = self.view, self.missing_eps
        periods = [
            formats.period(
                row.fiscal_period, row.period_end, row.fiscal_year_end_month, view.language
            )
            for row in rows.itertuples()
        ]
        first = rows.iloc[0]
        return {
            "basis": self.basis_words,
            "periods": view.text("mark.and").join(periods),
            "results": formats.month(first["results_period_end"], view.language),
            "date": view.day(first["results_announced_on"]),
        }

    @cached_property
    def why_unranked(self) -> str:
        """Why there is no percentile, in a few words without a full stop; '' where there is one."""
        view, now = self.view, self.now
        if self.is_ranked:
            return ""
        if now["status"] == "OK":
            return charts.too_short(now, view.years, view.language)
        if now["status"] == "STALE_EPS" and len(self.missing_eps):
            return view.text("unranked.eps", **self._eps_words())
        return view.text(f"status.{now['status']}")

    @cached_property
    def reason(self) -> str:
        """Why there is no multiple, or no percentile of it, as a sentence."""
        status = self.now["status"]
        if status == "OK" and self.why_unranked:
            return self.view.text("reason.sentence", words=self.why_unranked)
        if status == "STALE_EPS" and len(self.missing_eps):
            return self.view.text("reason.eps", **self._eps_words())
        return self.view.text(f"reason.{status}")

    @cached_property
    def other_basis(self) -> tuple[str, str] | None:
        """Where this basis has no percentile and the other one has: that basis, and its figure in
        words.
        """
        view = self.view
        if (
            self.is_ranked
            or self.kind != "company"
            or self.basis not in links.BASES
            or self.metric == "ps_ttm"
        ):
            return None
        other = next(basis for basis in links.BASES if basis != self.basis)
        rows = view.ask(
            "SELECT * FROM valuation_windows(?) WHERE metric = ? AND basis = ?",
            view.as_of,
            self.metric,
            other,
        )
        rows = rows[
            (rows["ticker"] == self.ticker)
            & (rows["years"] == view.years)
            & rows["percentile"].notna()
        ]
        if rows.empty:
            return None
        words = {
            "basis": view.text(f"basis.{other}"),
            "value": self.write(rows.iloc[0]["value"]),
            "percentile": formats.percentile(rows.iloc[0]["percentile"], self.language),
        }
        return other, view.text("action.other_basis", **words)

    @cached_property
    def empty(self) -> str:
        """The sentence in the place of a picture without a figure."""
        return self.reason + (
            " " + self.view.text("valuation.bring_estimates") if self.metric == "pe_forward" else ""
        )

    @cached_property
    def results(self) -> pd.Series:
        """The sessions from which results count."""
        found = (
            self.history["eps_effective_on"].dropna().drop_duplicates()
            if self.metric != "pe_forward"
            else pd.Series(dtype="datetime64[us]")
        )
        return found[found > self.history["date"].min()]

    @cached_property
    def documents(self) -> list[str]:
        """The ids of the documents behind the history, and behind the results of its last point."""
        known = (
            self.history["eps_effective_on"].dropna()
            if self.kind == "company" and self.metric != "pe_forward"
            else pd.Series(dtype="datetime64[us]")
        )
        inputs = (
            self.view.ask(
                """
                SELECT source_id
                FROM trailing_inputs
                WHERE ticker = ? AND basis = ? AND item = ? AND effective_on = ?
                ORDER BY period_end DESC
                """,
                self.view.universe.issuer(self.ticker),
                self.basis,
                "revenue" if self.metric == "ps_ttm" else "eps_diluted",
                known.iloc[-1].date(),
            )["source_id"].tolist()
            if len(known)
            else []
        )
        return [*inputs, *self.history["source_id"].dropna().unique()]

    @cached_property
    def source(self) -> str:
        view, announced = self.view, self.history["eps_announced_on"].dropna()
        if self.kind == "index":
            return view.text("source.quoted")
        if self.kind == "basket":
            return view.text("source.computed_basket")
        if self.metric == "pe_forward":
            return view.text("source.computed_estimates")
        if announced.empty:
            return view.text("source.computed", frequency=self.frequency_words)
        return view.text(
            "source.computed_of" if self.frequency == "month_end" else "source.computed_of_daily",
            name=self.name,
            announced=view.day(announced.iloc[-1]),
        )

    def _notes(self) -> list[str]:
        view, now = self.view, self.now
        return (
            (
                [
                    view.text(
                        "valuation.note_coverage",
                        coverage=formats.percent(now["coverage_pct"], digits=0),
                    )
                ]
                if pd.notna(now["coverage_pct"]) and now["coverage_pct"] < 80
                else []
            )
            + (
                [view.text("valuation.note_losses", losses=int(now["losses_left_out"]))]
                if now["losses_left_out"]
                else []
            )
            + [self.old_prices]
        )

    def _thinned(self, rows: pd.DataFrame) -> str:
        return (
            self.view.text("valuation.note_weekly") if len(charts.weekly(rows)) < len(rows) else ""
        )

    def _stamp(
        self,
        chart: str,
        title: str,
        subtitle: str,
        *notes: str,
        number: int | None = None,
        **parameters: str,
    ) -> Stamp:
        return self.view.stamp(
            "valuation",
            title,
            subtitle,
            self.source,
            *notes,
            *self._notes(),
            number=int(self.now["n"]) if number is None else number,
            tickers=[self.ticker],
            metric=self.metric,
            chart=chart,
            evening=None,
            **parameters,
        )

    def _about(self, part: str, **more: str) -> str:
        """The subtitle of a picture: what it measures, unit, basis, frequency, window."""
        words = {
            "metric": self.measure,
            "unit": self.unit,
            "basis": self.basis_words,
            "frequency": self.frequency_words,
            "window": self.window_of,
        }
        return self.view.text(f"chart.{part}_subtitle", **words | more)

    def _picture(self, chart: str, draw) -> Picture:
        alt = self.view.text(
            "alt.valuation",
            name=self.name,
            ticker=self.ticker,
            metric=self.measure,
            value=self.write(self.now["value"]),
            percentile=self.percentile_words,
            window=self.window_of,
            date=self.view.day(self.view.as_of),
        )
        return picture(
            self.view,
            f"valuation-{chart}",
            [self.ticker],
            alt,
            draw,
            missing="" if self.history["value"].notna().any() else self.empty,
            sources=self.documents,
        )

    def history_picture(self) -> Picture:
        """The multiple through the window with its bands and its last value."""
        view, now = self.view, self.now
        title = (
            view.text(
                "chart.pe_history_finding",
                name=self.name,
                multiple=self.write(now["value"]),
                percentile=self.percentile_words,
                window=self.window_of,
            )
            if self.is_ranked
            else view.text("chart.pe_history", name=self.name, metric=self.measure)
        )
        bands = {q: now[q] for q in charts.QUANTILES} if pd.notna(now["q50"]) else None
        if self.kind == "index":
            return self._picture("history", partial(self._draw_index, title, bands))
        said = self._stamp("history", title, self._about("pe_history"), self._thinned(self.history))
        return self._picture(
            "history",
            lambda theme: drawn(
                "percentile_band",
                charts.weekly(self.history),
                bands,
                said,
                theme,
                results=self.results,
                price_is_stale=self.is_stale,
                percentile=now["percentile"],
                high_is_cheap=self.metric in YIELDS,
                per_share=tables.per_share_words(view, self.metric),
                write=self.write,
                empty=self.empty,
            ),
        )

    def _draw_index(self, title: str, bands, theme: Theme):
        view = self.view
        basket = view.ask(
            """
            SELECT date, value
            FROM valuation_window(?, ?)
            WHERE ticker = 'BASKET' AND metric = ? AND basis = ? AND in_window AND status = 'OK'
            ORDER BY date
            """,
            view.as_of,
            view.years,
            self.metric,
            view.state.basis,
        )
        printed = view.ask(
            """
            SELECT v.date, v.value, v.percentile, s.publisher AS source
            FROM index_valuation AS v
            JOIN sources AS s USING (source_id)
            WHERE v.index_ticker = ? AND v.metric = ? AND v.percentile IS NOT NULL
                AND coalesce(v.published_on, v.date) <= ?
            """,
            self.ticker,
            self.metric,
            view.as_of,
        )
        entered = view.ask(
            """
            SELECT members, companies
            FROM basket_valuation
            WHERE basis = ? AND date <= ?
            ORDER BY date DESC
            LIMIT 1
            """,
            view.state.basis,
            view.as_of,
        )
        note = (
            view.text(
                "valuation.basket_note",
                basis=view.text(f"basis.{view.state.basis}"),
                members=int(entered["members"].iloc[0]),
                companies=int(entered["companies"].iloc[0]),
            )
            if len(basket)
            else ""
        )
        said = self._stamp(
            "history",
            title,
            view.text(
                "chart.index_history_subtitle",
                metric=self.measure,
                unit=self.unit,
                frequency=view.text("frequency.month_end"),
                publisher=view.text("source.quoted_by"),
            ),
            view.text("valuation.index_method"),
            note,
        )
        return drawn(
            "index_history",
            self.history[["date", "value"]],
            said,
            theme,
            printed=printed,
            bands=bands,
            percentile=self.now["percentile"],
            high_is_cheap=self.metric in YIELDS,
            name=self.name,
            others=basket.assign(series=view.name("BASKET")) if len(basket) else None,
            write=partial(self.write, digits=2),
            empty=self.empty,
        )

    def price_picture(self) -> Picture:
        """The price on bands of constant multiples."""
        view, now = self.view, self.now
        rows = (
            view.ask(
                """
                SELECT *
                FROM valuation_bands(?, ?)
                WHERE ticker = ? AND metric = ? AND basis = ?
                ORDER BY date
                """,
                view.as_of,
                view.years,
                *self.of,
            )
            if self.metric not in YIELDS
            else self.history.iloc[:0]
        )
        multiples = {q: now[q] for q in charts.QUANTILES} if pd.notna(now["q50"]) else {}
        said = self._stamp(
            "price",
            view.text("chart.price_bands", name=self.name, metric=self.measure),
            self._about(
                "price_bands",
                currency=now["close_currency"] if isinstance(now["close_currency"], str) else "",
            ),
            self._thinned(self.history),
        )
        empty = self.empty if self.metric not in YIELDS else view.text("valuation.no_price_bands")
        return self._picture(
            "price",
            lambda theme: drawn(
                "price_bands",
                charts.weekly(rows),
                multiples,
                said,
                theme,
                results=self.results,
                price_is_stale=self.is_stale,
                write=self.write,
                empty=empty,
            ),
        )

    def distribution_picture(self) -> Picture:
        """How often the multiple was where, and where it is now."""
        view, now = self.view, self.now
        rows = view.ask(
            """
            SELECT *
            FROM valuation_distribution(?, ?)
            WHERE ticker = ? AND metric = ? AND basis = ?
            ORDER BY lower
            """,
            view.as_of,
            view.years,
            *self.of,
        )
        said = self._stamp(
            "distribution",
            view.text("chart.distribution", name=self.name, metric=self.measure),
            self._about("distribution"),
        )
        return self._picture(
            "distribution",
            lambda theme: drawn(
                "distribution",
                rows,
                said,
                theme,
                value=now["value"] if now["status"] == "OK" else None,
                median=now["q50"],
                percentile=now["percentile"],
                write=self.write,
                observations=view.text(f"observations.{self.frequency}"),
                empty=self.empty,
            ),
        )

    def percentile_picture(self) -> Picture:
        """The percentile as it was known on each day."""
        view = self.view
        rows = view.ask(
            """
            SELECT date, percentile, value, n
            FROM percentile_history(?, ?)
            WHERE ticker = ? AND metric = ? AND basis = ?
            ORDER BY date
            """,
            view.as_of,
            view.years,
            *self.of,
        )
        rows = charts.weekly(
            rows[rows["date"] >= self.history["date"].min()] if len(self.history) else rows
        )
        said = self._stamp(
            "percentile",
            view.text("chart.percentile_history", name=self.name, metric=self.measure),
            self._about("percentile_history", rolling=view.window_words()),
            self._thinned(self.history),
        )
        return self._picture(
            "percentile",
            lambda theme: drawn(
                "percentile_history",
                rows,
                said,
                theme,
                results=self.results,
                price_is_stale=self.is_stale,
                write=self.write,
                empty=self.empty,
            ),
        )

    def others(self) -> list[str]:
        """The lines that this one can be set against: the basket and the indices first."""
        view = self.view
        offered = [
            entry.ticker
            for entry in view.universe.entries
            if entry.ticker != self.ticker
            and entry.kind in ("basket", "index", "company", "peer", "line")
            and (entry.kind != "basket" or self.metric == "pe_ttm")
        ]
        return sorted(
            offered,
            key=lambda ticker: (
                view.kinds[ticker] != "basket",
                view.kinds[ticker] != "index",
                ticker,
            ),
        )

    def relative_picture(self, against: str) -> Picture:
        """The ratio of this line's multiple to another's."""
        view = self.view
        rows = view.ask(
            """
            SELECT *, 'OK' AS status
            FROM relative_valuation(?, ?, ?, ?)
            WHERE metric = ? AND basis = ? AND in_window
            ORDER BY date
            """,
            view.as_of,
            view.years,
            self.ticker,
            against,
            self.metric,
            self.basis,
        )
        stands = view.ask(
            "SELECT * FROM relative_percentiles(?, ?, ?, ?) WHERE metric = ? AND basis = ?",
            view.as_of,
            view.years,
            self.ticker,
            against,
            self.metric,
            self.basis,
        )
        ratio, other = (
            partial(formats.multiple, language=self.language, digits=2),
            view.name(against),
        )
        title, bands, place, number = (
            view.text("chart.relative", name=self.name, other=other, metric=self.measure),
            None,
            None,
            0,
        )
        if len(stands):
            row = stands.iloc[0]
            bands, place, number = (
                ({q: row[q] for q in charts.QUANTILES} if pd.notna(row["q50"]) else None),
                row["percentile"],
                int(row["n"]),
            )
            if pd.notna(place):
                title = view.text(
                    "chart.relative_finding",
                    name=self.name,
                    other=other,
                    ratio=ratio(row["value"]),
                    percentile=formats.percentile(place, self.language),
                )
        kind = view.kinds[against]
        note = (
            view.text("valuation.quoted_against", name=other)
            if kind == "index"
            else view.text("computed.basket_short")
            if kind == "basket"
            else marks.prices(view, [against])
        )
        of_both = (
            view.text(f"frequency.{stands['frequency'].iloc[0]}")
            if len(stands)
            else self.frequency_words
        )  # by month where either has month-ends only
        said = self._stamp(
            "relative",
            title,
            self._about("relative", other=other, frequency=of_both),
            note,
            self._thinned(rows),
            number=number,
            against=against,
        )
        return self._picture(
            "relative",
            lambda theme: drawn(
                "percentile_band",
                charts.weekly(rows),
                bands,
                said,
                theme,
                percentile=place,
                write=ratio,
                empty=view.text(
                    "valuation.no_relative", name=self.name, other=other, metric=self.measure
                ),
            ),
        )

    def own_picture(self, chart: str, against: str = "") -> Picture:
        """The picture of this name: history, price, distribution, percentile or relative."""
        return (
            self.relative_picture(against)
            if chart == "relative"
            else getattr(self, f"{chart}_picture")()
        )

    # Side by side with all others -----------------------------------------------------------------

    def _compared(self, chosen: list[str]) -> pd.DataFrame:
        """All that are compared: the companies covered and whatever else is chosen; on indices, the
        indices.
        """
        among = self.everybody["ticker"].map(self.view.kinds)
        return self.everybody[
            (among == "index")
            if self.kind == "index" and self.metric != "pe_ttm"
            else among.eq("company") | among.eq("basket") | self.everybody["ticker"].isin(chosen)
        ]

    def _ordered(self, rows: pd.DataFrame, by: str, dearest_first: bool) -> pd.DataFrame:
        """Sorted either way with what has no figure last."""
        return rows.assign(name=[self.view.name(t) for t in rows["ticker"]]).sort_values(
            [by, "ticker"], ascending=[not dearest_first, True], na_position="last"
        )

    def across_picture(
        self, across: str, chosen: list[str], dearest_first: bool = False
    ) -> Picture:
        """All lines side by side: percentiles by window, ranges with the present, distance from the
        median, or multiple against growth; chosen: lines that are shown in any case.
        """
        view = self.view
        rows = self._compared(chosen)
        here = rows[rows["years"] == view.years]
        shown = here[here["value"].notna() | here["ticker"].isin(chosen)]
        absent = (
            view.text("valuation.note_absent", number=len(here) - len(shown), total=len(here))
            if len(here) > len(shown)
            else ""
        )
        source = (
            view.text("source.quoted")
            if self.kind == "index" and self.metric != "pe_ttm"
            else view.text("source.computed_estimates")
            if self.metric == "pe_forward" or across == "growth"
            else view.text("source.computed", frequency=view.closes)
        )
        empty = (
            self.empty
            if self.metric == "pe_forward"
            else view.text("missing.no_rows", date=view.day(view.as_of))
        )
        words = {
            "metric": self.measure,
            "basis": self.basis_words
            if self.kind != "index"
            else view.text(f"basis.{view.state.basis}"),
            "window": view.window_words(),
            "unit": self.unit,
        }
        part = ACROSS[across]
        old = marks.prices(
            view,
            [ticker for ticker in shown["ticker"] if view.kinds[ticker] not in ("index", "basket")],
        )

        def said(number: int, *notes: str) -> Stamp:
            return view.stamp(
                "valuation",
                view.text(f"chart.{part}", **words),
                view.text(f"chart.{part}_subtitle", **words),
                source,
                *notes,
                old,
                number=number,
                tickers=chosen,
                metric=self.metric,
                across=across,
                focus=self.ticker if len(chosen) > 1 else None,
                order="dearest" if dearest_first else None,
            )

        if across == "windows":
            order = self._ordered(shown, "percentile", dearest_first)["ticker"].tolist()
            table = rows[
                rows["ticker"].isin(order) & (view.has_daily | (rows["years"] != 1))
            ].assign(
                span=lambda f: f["years"].map({1: "1y", 3: "3y", 5: "5y", 10: "10y", 0: "max"}),
                name=lambda f: [view.name(t) for t in f["ticker"]],
            )
            table = table.assign(
                place=table["ticker"].map({t: i for i, t in enumerate(order)}),
                column=table["years"].replace(0, 99),
            ).sort_values(["place", "column"])

            def draw(theme):
                return drawn(
                    part,
                    table.filter(CELLS),
                    said(int(shown["percentile"].notna().sum()), absent),
                    theme,
                    highlight=[self.ticker],
                    write=self.write,
                    empty=empty,
                )
        elif across == "ranges":

            def draw(theme):
                return drawn(
                    part,
                    self._ordered(shown, "percentile", dearest_first),
                    said(int(shown["percentile"].notna().sum()), absent),
                    theme,
                    highlight=[self.ticker],
                    dearest_first=dearest_first,
                    write=self.write,
                    empty=empty,
                )
        elif across == "median":

            def draw(theme):
                return drawn(
                    part,
                    self._ordered(shown, "premium_pct", dearest_first != (self.metric in YIELDS)),
                    said(int(shown["premium_pct"].notna().sum()), absent),
                    theme,
                    highlight=[self.ticker],
                    high_is_cheap=self.metric in YIELDS,
                    write=self.write,
                    empty=empty,
                )
        else:
            growth = view.ask(
                """
                SELECT g.*
                FROM forward_growth(?) AS g
                JOIN companies AS c USING (ticker)
                WHERE g.basis = ? AND g.status = 'OK' AND g.growth_pct IS NOT NULL
                    AND (c.kind = 'company' OR list_contains(?, ticker))
                ORDER BY g.ticker
                """,
                view.as_of,
                view.state.basis,
                chosen,
            )
            note = view.text(
                "valuation.note_growth",
                number=len(growth),
                total=sum(k == "company" for k in view.kinds.values()),
            )

            def draw(theme):
                return drawn(
                    part,
                    growth.drop(columns="source_ids").assign(
                        name=[view.name(t) for t in growth["ticker"]]
                    ),
                    said(len(growth), note),
                    theme,
                    highlight=[self.ticker],
                    write=partial(formats.multiple, language=self.language),
                    empty=view.text("reason.MISSING_ESTIMATE")
                    + " "
                    + view.text("valuation.bring_estimates"),
                )

        alt = view.text(
            "alt.chart",
            title=view.text(f"chart.{part}", **words),
            subtitle=self.measure,
            date=view.day(view.as_of),
        )
        return picture(view, f"valuation-{across}", [], alt, draw)
