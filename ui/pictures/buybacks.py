"""The pictures of buybacks: of one company (how much, when, at what price, what it did to the
count, what is left), and of all side by side.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property, partial

import pandas as pd

from ui import charts, formats, marks, palette
from ui.palette import Theme
from ui.pictures.parts import Picture, drawn, something, stamped
from ui.view import View

NARROW = 480  # px: below it no picture has room for a second half of a name
MONTHS_SHOWN, CALENDAR_MONTHS = 36, 15
GRAINS, STATED = (
    ("month", "half", "year"),
    ("quarter", "half", "month", "year", "fiscal_year", "ytd"),
)
FREQUENCY = {"month": "M", "quarter": "Q"}
DETAIL = """
    SELECT d.*, t.turnover_pct, row_number()
        OVER (PARTITION BY d.ticker, grain, measure, start_date, end_date ORDER BY trusted DESC,
        amount IS NOT NULL DESC, quality = 'exact' DESC, published_on DESC, buyback_id) AS choice,
        row_number()
        OVER (PARTITION BY d.ticker, grain, measure, year(start_date) ORDER BY trusted AND amount
        IS NOT NULL DESC, end_date DESC, published_on DESC, buyback_id) AS latest_of_year
    FROM buyback_detail AS d
    LEFT JOIN buyback_turnover(?) AS t ON t.ticker = d.ticker AND t.date = d.end_date
        AND d.grain = 'day' AND d.venue = 'Hong Kong'
    WHERE published_on <= ? AND (superseded_on IS NULL OR superseded_on > ?)
        AND (end_date <= ? OR measure <> 'bought') AND list_contains(?, d.ticker)
    ORDER BY end_date DESC NULLS LAST, d.ticker, buyback_id
    """


def detail(view: View, tickers: Sequence[str]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """All that stood that evening on buybacks of these companies: days bought, and statements of
    longer periods.
    """
    rows = view.ask(DETAIL, *[view.as_of] * 4, list(tickers))
    days = rows[(rows["grain"] == "day") & (rows["measure"] == "bought")]
    return days, rows[~rows.index.isin(days.index)]


TOTAL = """
    SELECT companies, reported, reported_hkd, reported_quality, first_to, last_to, cut_off,
        complete, bought, amount_hkd, quality, left_out, compared, compared_hkd, prior_amount_hkd,
        change_pct, not_compared
    FROM buyback_total(?, ?)
    """


def total(view: View, tickers: Sequence[str]) -> pd.Series | None:
    """What several companies bought back this year: the row of buyback_total; None in a snapshot of
    an earlier version.
    """
    rows = view.ask_if_known(TOTAL, view.as_of, list(tickers))
    return None if rows is None else rows.iloc[0]


def of_year(days: pd.DataFrame, year: int) -> pd.DataFrame:
    return days[days["end_date"].dt.year == year]


def tall(view: View, height: int) -> int:
    return height + 40 if view.is_phone else height


class Buybacks:
    """What one company bought back, as known on the evening of a view, and the pictures of it."""

    def __init__(self, view: View, ticker: str) -> None:
        self.view, self.ticker, self.language, self.name = (
            view,
            ticker,
            view.language,
            view.name(ticker),
        )

    # What is known --------------------------------------------------------------------------------

    @cached_property
    def days(self) -> pd.DataFrame:
        """The days bought that count."""
        days = detail(self.view, [self.ticker])[0]
        return days[days["trusted"].astype(bool)]

    @cached_property
    def stated(self) -> pd.DataFrame:
        """The company's own statements that count, one a period; of figures since 1 January the
        last of each year.
        """
        rows = detail(self.view, [self.ticker])[1]
        rows = rows[
            rows["trusted"].astype(bool)
            & (rows["measure"] == "bought")
            & rows["amount"].notna()
            & rows["start_date"].notna()
            & rows["grain"].isin(STATED)
        ]
        return rows[
            ((rows["grain"] != "ytd") & (rows["choice"] == 1))
            | ((rows["grain"] == "ytd") & (rows["latest_of_year"] == 1))
        ]

    @cached_property
    def has_report(self) -> bool:
        """Whether the exchange's daily report tells of it."""
        return (
            len(
                self.view.ask(
                    "SELECT 1 FROM buyback_running WHERE ticker = ? AND published_on <= ? LIMIT 1",
                    self.ticker,
                    self.view.as_of,
                )
            )
            > 0
        )

    @cached_property
    def grains(self) -> list[str]:
        """The lengths of period that can be shown; of statements first that of which most are
        known.
        """
        counts = self.stated["grain"].value_counts()
        return (
            list(GRAINS)
            if self.has_report
            else sorted(counts.index, key=lambda g: (-counts[g], STATED.index(g)))
        )

    @cached_property
    def prices(self) -> pd.DataFrame:
        """What was paid, year by year, against the closes."""
        return self.view.ask(
            "SELECT * FROM buyback_prices(?) WHERE ticker = ? ORDER BY year",
            self.view.as_of,
            self.ticker,
        )

    @cached_property
    def programmes(self) -> pd.DataFrame:
        """The authorisations, running ones first."""
        return self.view.ask(
            """
            SELECT *
            FROM buyback_programmes(?)
            WHERE ticker = ?
            ORDER BY is_running DESC, start_date DESC NULLS FIRST
            """,
            self.view.as_of,
            self.ticker,
        )

    @cached_property
    def silences(self) -> pd.DataFrame:
        return self.view.ask(
            """
            SELECT from_date, to_date FROM buyback_silences(?) WHERE ticker = ? ORDER BY from_date
            """,
            self.view.as_of,
            self.ticker,
        )

    # What a picture says --------------------------------------------------------------------------

    def _colour(self, theme: Theme) -> str:
        return palette.company(self.ticker, theme)

    def _said(
        self,
        chart: str,
        title: str,
        subtitle: str,
        source: str,
        *notes: str,
        number: int | None = None,
        grain: str | None = None,
    ) -> charts.Stamp:
        return self.view.stamp(
            "buybacks",
            title,
            subtitle,
            source,
            *notes,
            number=number,
            tickers=[self.ticker],
            chart=chart,
            grain=grain,
        )

    def _picture(
        self,
        name: str,
        said: charts.Stamp,
        draw,
        rows: pd.DataFrame,
        empty: str,
        *,
        last: str = "",
        height: int = 400,
        sources=None,
    ) -> Picture:
        found = (
            rows["source_id"]
            if sources is None and "source_id" in rows
            else ()
            if sources is None
            else sources
        )
        return stamped(
            self.view,
            f"buybacks-{name}",
            [self.ticker],
            said,
            draw,
            last=last,
            height=tall(self.view, height),
            missing="" if len(rows) else empty,
            sources=found,
        )

    def _money(self, value, currency: str = "HKD") -> str:
        return formats.money(value, currency, self.language)

    def _publishers(self, source_ids: pd.Series) -> str:
        """At most three publishers by name."""
        names = list(
            dict.fromkeys(
                row["publisher"] for row in self.view.sources_of(source_ids.dropna().unique())
            )
        )
        return (
            ", ".join(names[:3]) + (", …" if len(names) > 3 else "") if names else formats.MISSING
        )

    def _side(self, pct: float) -> str:
        return self.view.text(
            "buybacks.side_at"
            if round(pct, 1) == 0
            else "buybacks.side_above"
            if pct > 0
            else "buybacks.side_below",
            pct=formats.percent(abs(pct)),
        )

    # The pictures ---------------------------------------------------------------------------------

    def running_picture(self) -> Picture:
        """The amount since 1 January, a line a year."""
        view = self.view
        running = view.ask(
            """
            SELECT *
            FROM buyback_running
            WHERE ticker = ? AND date <= ? AND published_on <= ?
            ORDER BY date
            """,
            self.ticker,
            view.as_of,
            view.as_of,
        )
        whole = running[running["from_1_january"]]
        left_out = sorted({str(year) for year in running[~running["from_1_january"]]["year"]})
        said = self._said(
            "running",
            view.text("chart.buyback_cumulative", name=self.name),
            view.text("chart.buyback_cumulative_subtitle", currency="HKD"),
            view.text("source.hkex_report"),
            view.text("buybacks.year_short", years=", ".join(left_out)) if left_out else "",
        )
        empty = view.text("buybacks.rows_none")
        return self._picture(
            "cumulative",
            said,
            lambda theme: drawn(
                "cumulative_by_year",
                whole.rename(columns={"amount_hkd": "amount"})[["date", "amount", "year"]],
                said,
                theme,
                currency="HKD",
                colour=self._colour(theme),
                empty=empty,
            ),
            whole,
            empty,
            last=self._money(whole["amount_hkd"].iloc[-1]) if len(whole) else "",
            sources=self.days["source_id"],
        )

    def periods_picture(self, grain: str = "") -> Picture:
        """Bars by month, half or year of the daily report; where it tells nothing, of the company's
        own statements.
        """
        view, grain = (
            self.view,
            grain if grain in self.grains else self.grains[0] if self.grains else "month",
        )
        if not self.has_report:
            return self._stated_picture(grain)
        rows = view.ask(
            """
            SELECT *
            FROM buyback_periods(?)
            WHERE ticker = ? AND period_kind = ?
            ORDER BY period_start
            """,
            view.as_of,
            self.ticker,
            grain,
        )
        if grain == "month":
            rows = rows.tail(MONTHS_SHOWN)
            names = [formats.month(start, self.language) for start in rows["period_start"]]
        elif grain == "half":
            names = [
                formats.period(
                    f"{start.year}H{1 if start.month == 1 else 2}", language=self.language
                )
                for start in rows["period_start"]
            ]
        else:
            names = [str(start.year) for start in rows["period_start"]]
        bars = rows.assign(
            period=names,
            amount=rows["amount_hkd"],
            incomplete=~rows["complete"].astype(bool),
            blackout=rows["mostly_closed"].astype(bool),
            note=[
                (
                    f"{formats.shares(row.shares, self.language)} · "
                    f"{formats.price(row.price_average_hkd, 'HKD', self.language)}"
                )
                for row in rows.itertuples()
            ],
        )[["period", "amount", "incomplete", "blackout", "note"]]
        said = self._said(
            "periods",
            view.text("chart.buyback_bars", name=self.name, grain=view.text(f"grain.{grain}")),
            view.text("chart.buyback_bars_subtitle", currency="HKD"),
            view.text("source.hkex_report"),
            view.text("buybacks.month_count", number=MONTHS_SHOWN)
            if grain == "month" and len(rows) == MONTHS_SHOWN
            else "",
            grain=grain,
        )
        empty = view.text("buybacks.rows_none")
        return self._picture(
            "periods",
            said,
            lambda theme: drawn(
                "bars_by_period",
                bars,
                said,
                theme,
                currency="HKD",
                colour=self._colour(theme),
                empty=empty,
            ),
            bars,
            empty,
            last=self._money(bars["amount"].iloc[-1]) if len(bars) else "",
            sources=self.days["source_id"],
        )

    def _stated_picture(self, grain: str) -> Picture:
        """Bars of a company's own statements of one length."""
        view = self.view
        if self.stated.empty:
            empty = view.text("buybacks.rows_none")
            said = self._said(
                "periods",
                view.text("chart.buyback_cumulative", name=self.name),
                view.text("chart.buyback_cumulative_subtitle", currency="HKD"),
                view.text("source.league"),
            )
            return self._picture(
                "none",
                said,
                lambda theme: drawn("bars_by_period", pd.DataFrame(), said, theme, empty=empty),
                self.stated,
                empty,
                height=260 - (40 if view.is_phone else 0),
            )
        rows = self.stated[self.stated["grain"] == grain].sort_values("end_date")
        one_currency = rows["currency"].nunique() == 1
        currency = rows["currency"].iloc[0] if one_currency else "HKD"
        rows = _spine(rows, grain)

        def period(place, row) -> str:
            if grain == "quarter":
                return str(place)
            if grain == "month":
                return formats.month(place.start_time, self.language)
            if grain == "year":
                return str(row.end_date.year)
            return f"{formats.month(row.start_date, self.language)} – {view.day(row.end_date)}"

        bars = pd.DataFrame(
            {
                "period": [period(place, row) for place, row in zip(rows.index, rows.itertuples())],
                "amount": rows["amount" if one_currency else "amount_hkd"].to_numpy(),
                "incomplete": [
                    grain == "ytd" and pd.notna(end) and (end.month, end.day) != (12, 31)
                    for end in rows["end_date"]
                ],
            }
        )
        said = self._said(
            "periods",
            view.text("chart.buyback_bars", name=self.name, grain=view.text(f"grain.{grain}")),
            view.text("buybacks.stated_subtitle", currency=currency),
            view.text("source.statements", names=self._publishers(rows["source_id"])),
            number=int(rows["amount"].notna().sum()),
            grain=grain,
        )
        return self._picture(
            "stated",
            said,
            lambda theme: drawn(
                "bars_by_period", bars, said, theme, currency=currency, colour=self._colour(theme)
            ),
            bars,
            "",
            last=self._money(bars["amount"].dropna().iloc[-1], currency),
            sources=rows["source_id"],
        )

    def calendar_picture(self) -> Picture:
        """Each day bought, a row a month."""
        view = self.view
        bought = self.days[self.days["amount_hkd"].notna()].assign(
            date=lambda f: f["end_date"], amount=lambda f: f["amount_hkd"]
        )[["date", "amount"]]
        empty = view.text("buybacks.no_calendar")

        def said(months: int) -> charts.Stamp:
            return self._said(
                "calendar",
                view.text("chart.buyback_calendar", name=self.name),
                view.text("chart.buyback_calendar_subtitle", number=months),
                view.text("source.hkex_report"),
            )

        def draw(theme: Theme):
            months = CALENDAR_MONTHS if theme.width >= NARROW else 12
            return drawn(
                "purchase_calendar",
                bought,
                said(months),
                theme,
                months=months,
                last=view.as_of,
                silences=self.silences,
                colour=self._colour(theme),
                empty=empty,
            )

        shown = bought[
            bought["date"] > pd.Timestamp(view.as_of) - pd.DateOffset(months=CALENDAR_MONTHS)
        ]
        return self._picture(
            "calendar",
            said(CALENDAR_MONTHS),
            draw,
            shown,
            empty,
            last=f"{self._money(bought['amount'].iloc[0])}, {view.day(bought['date'].iloc[0])}"
            if len(bought)
            else "",
            height=430,
            sources=self.days["source_id"],
        )

    def paid_picture(self) -> Picture:
        """What was paid, on the line of closes; the title says whether it was bought well."""
        view, days = self.view, self.days[self.days["price_average_hkd"].notna()]
        if view.years:
            days = days[
                days["end_date"] >= pd.Timestamp(view.as_of) - pd.DateOffset(years=view.years)
            ]
        closes = view.ask(
            """
            SELECT date, close
            FROM price_series(?)
            WHERE ticker = ? AND currency = 'HKD'
            ORDER BY date
            """,
            view.as_of,
            self.ticker,
        )
        if len(days):
            closes = closes[closes["date"] >= days["end_date"].min() - pd.Timedelta(days=35)]
        latest = self.prices.iloc[-1] if len(self.prices) else None
        title, notes = view.text("chart.price_paid", name=self.name), []
        if (
            latest is not None
            and pd.notna(latest["above_average_pct"])
            and pd.notna(latest["above_close_pct"])
        ):
            title = view.text(
                "chart.price_paid_finding",
                name=self.name,
                paid=formats.price(latest["price_average_hkd"], "HKD", self.language),
                year=latest["year"],
                average=self._side(latest["above_average_pct"]),
                now=self._side(latest["above_close_pct"]),
            )
            notes.append(view.text("buybacks.note_average"))
        if (days["currency"] != "HKD").any():
            notes.append(view.text("buybacks.in_hkd"))
        said = self._said(
            "paid",
            title,
            view.text("chart.price_paid_subtitle", currency="HKD"),
            view.text("source.hkex_and_daily" if view.has_daily else "source.hkex_and_closes"),
            *notes,
            marks.prices(view, [self.ticker]),
            number=len(days),
        )
        bought = days.assign(
            date=days["end_date"],
            price_average=days["price_average_hkd"],
            amount=days["amount_hkd"],
        )[["date", "price_average", "amount"]]
        empty, average = (
            view.text("buybacks.rows_none"),
            None if latest is None else latest["price_average_hkd"],
        )
        return self._picture(
            "price",
            said,
            lambda theme: drawn(
                "price_paid",
                bought,
                closes,
                said,
                theme,
                currency="HKD",
                average=average,
                silences=self.silences,
                colour=self._colour(theme),
                empty=empty,
            ),
            bought,
            empty,
            last=formats.price(bought["price_average"].iloc[0], "HKD", self.language)
            if len(bought)
            else "",
            sources=days["source_id"],
        )

    def turnover_picture(self) -> Picture:
        """The part of the day's trading that was the company's own, by month."""
        view = self.view
        rows = view.ask(
            "SELECT * FROM buyback_turnover_by_month(?) WHERE ticker = ? ORDER BY period_start",
            view.as_of,
            self.ticker,
        ).tail(MONTHS_SHOWN)
        bars = rows.assign(
            period=[formats.month(start, self.language) for start in rows["period_start"]],
            amount=rows["turnover_pct"],
            note=[view.text("chart.days_of", number=row.days) for row in rows.itertuples()],
        )[["period", "amount", "note"]]
        said = self._said(
            "turnover",
            view.text("chart.buyback_turnover", name=self.name),
            view.text("chart.buyback_turnover_subtitle"),
            view.text("source.hkex_and_daily"),
            number=int(rows["days"].sum()),
        )
        empty = view.text("buybacks.no_turnover")
        return self._picture(
            "turnover",
            said,
            lambda theme: drawn(
                "bars_by_period",
                bars,
                said,
                theme,
                currency=None,
                write=partial(formats.percent),
                colour=self._colour(theme),
                empty=empty,
            ),
            bars,
            empty,
            last=formats.percent(bars["amount"].iloc[-1]) if len(bars) else "",
            sources=self.days["source_id"],
        )

    def net_picture(self) -> Picture:
        """Shares bought against the fall of the count: what new shares took back."""
        view = self.view
        rows = view.ask(
            "SELECT * FROM buyback_net(?) WHERE ticker = ? ORDER BY period_end, period_start",
            view.as_of,
            self.ticker,
        )
        quarters = rows[(rows["period_end"] - rows["period_start"]).dt.days.between(85, 95)]
        rows = quarters.tail(10) if len(quarters) else rows.tail(8)
        names = [
            f"{start.year}Q{start.quarter}"
            if len(quarters)
            else f"{formats.month(start, self.language)} – {view.day(end)}"
            for start, end in zip(rows["period_start"], rows["period_end"])
        ]
        both = rows[rows["bought_shares"].notna() & rows["net_change_shares"].notna()]
        title, last = view.text("chart.buyback_net", name=self.name), ""
        if len(both):
            shares = both.iloc[-1]["net_change_shares"]
            last = ("+" if shares > 0 else formats.MINUS if shares < 0 else "") + formats.compact(
                abs(shares), self.language, digits=0
            )
            if len(quarters):
                title = view.text(
                    "chart.buyback_net_finding",
                    name=self.name,
                    bought=formats.compact(both.iloc[-1]["bought_shares"], self.language, digits=0),
                    period=names[rows.index.get_loc(both.index[-1])],
                    net=last,
                )
        said = self._said(
            "net",
            title,
            view.text(
                "chart.buyback_net_subtitle",
                unit=formats.scale(
                    rows[["bought_shares", "net_reduction_shares"]].abs().max().max(), self.language
                ).word
                or "–",
            ),
            view.text("source.statements", names=self._publishers(rows["source_id"])),
            number=len(rows),
        )
        empty, bars = (
            view.text("buybacks.no_net", name=self.name),
            rows.assign(
                period=names,
                bought=rows["bought_shares"],
                net_reduction=rows["net_reduction_shares"],
            )[["period", "bought", "net_reduction"]],
        )
        return self._picture(
            "net",
            said,
            lambda theme: drawn(
                "bought_and_net", bars, said, theme, colour=self._colour(theme), empty=empty
            ),
            bars[["bought", "net_reduction"]].dropna(how="all"),
            empty,
            last=last,
            sources=rows["source_id"],
        )

    def counts_picture(self) -> Picture:
        """Shares outstanding and diluted through the window."""
        view = self.view
        rows = view.ask(
            "SELECT * FROM buyback_counts(?) WHERE ticker = ? ORDER BY date",
            view.as_of,
            self.ticker,
        )
        if view.years:
            rows = rows[rows["date"] >= pd.Timestamp(view.as_of) - pd.DateOffset(years=view.years)]
        names = {
            kind: view.text(f"buybacks.kind_{kind}") for kind in ("outstanding", "diluted_average")
        }
        said = self._said(
            "counts",
            view.text("chart.buyback_counts", name=self.name),
            view.text("chart.buyback_counts_subtitle"),
            view.text("source.statements", names=self._publishers(rows["source_id"].iloc[::-1])),
            number=len(rows),
        )
        write = partial(
            formats.compact, language=self.language, digits=2 if self.language == "en" else 1
        )
        lines, empty = (
            rows.assign(series=rows["kind"].map(names), value=rows["shares"])[
                ["date", "series", "value"]
            ],
            view.text("buybacks.no_counts", name=self.name),
        )
        return self._picture(
            "counts",
            said,
            lambda theme: drawn(
                "lines",
                lines,
                said,
                theme,
                colours={
                    names["outstanding"]: self._colour(theme),
                    names["diluted_average"]: theme.colour("other1"),
                },
                write=write,
                empty=empty,
            ),
            rows,
            empty,
            last=write(rows["shares"].iloc[-1]) if len(rows) else "",
        )

    def programmes_picture(self) -> Picture:
        """What each authorisation allows, what of it is used, and what is left."""
        view, rows, day, bars = self.view, self.programmes, self.view.day, []
        for row in rows.itertuples():
            start, end = pd.notna(row.start_date), pd.notna(row.expires_on)
            span = (
                view.text(
                    "buybacks.programme_from_to"
                    if start and end
                    else "buybacks.programme_from"
                    if start
                    else "buybacks.programme_to",
                    start=day(row.start_date),
                    end=day(row.expires_on),
                )
                if start or end
                else ""
            )
            of_part, to = pd.notna(row.used), day(row.used_to)
            used = (
                view.text(
                    "buybacks.used" if pd.notna(row.base_on) else "buybacks.used_to",
                    amount=formats.money(
                        row.used,
                        row.currency,
                        self.language,
                        quality="over" if row.used_quality == "over" else "exact",
                    ),
                    start=day(row.base_on),
                    to=to,
                )
                if of_part
                else view.text("buybacks.used_unknown")
            )
            left = (
                view.text("buybacks.left_unknown")
                if pd.isna(row.left_amount)
                else view.text("buybacks.left_met", to=to)
                if row.left_amount == 0
                else view.text(
                    "buybacks.left",
                    amount=formats.money(row.left_amount, row.currency, self.language),
                    to=to,
                )
            )
            bars.append(
                {
                    "name": view.text(
                        "buybacks.programme_name",
                        amount=formats.money(
                            row.authorised,
                            row.currency,
                            self.language,
                            quality="over" if row.quality == "over" else "exact",
                        ),
                        span=span,
                    )
                    + ("" if row.is_running else view.text("buybacks.programme_ended")),
                    "base": row.base_amount,
                    "used": row.used,
                    "left_amount": row.left_amount,
                    "words_used": used,
                    "words_left": left,
                }
            )
        frame, both = pd.DataFrame(bars), pd.concat([rows["source_id"], rows["used_source_id"]])
        said = self._said(
            "programmes",
            view.text("chart.buyback_programmes", name=self.name),
            view.text(
                "chart.buyback_programmes_subtitle",
                currency=", ".join(rows["currency"].unique()) or formats.MISSING,
            ),
            view.text("source.statements", names=self._publishers(both)),
            view.text("buybacks.programme_note")
            if (rows["basis"] == "daily returns").any()
            else "",
            number=len(rows),
        )
        empty = view.text("buybacks.no_programme", name=self.name)
        return self._picture(
            "programmes",
            said,
            lambda theme: drawn(
                "programme_bars", frame, said, theme, colour=self._colour(theme), empty=empty
            ),
            frame,
            empty,
            last=bars[0]["words_left"] if bars else "",
            height=430,
            sources=both,
        )

    def own_picture(self, chart: str, grain: str = "") -> Picture:
        """The picture of this name, one of ui.links.BUYBACK_CHARTS; without a daily report the
        running line is bars of statements too.
        """
        if chart == "running" and self.has_report:
            return self.running_picture()
        return (
            self.periods_picture(grain)
            if chart in ("running", "periods")
            else getattr(self, f"{chart}_picture")()
        )


def _spine(rows: pd.DataFrame, grain: str) -> pd.DataFrame:
    """Months and quarters of which no statement is known keep their place on the axis."""
    if grain not in FREQUENCY or not len(rows):
        return rows
    slots = rows["end_date"].dt.to_period(FREQUENCY[grain])
    return rows.set_index(slots).reindex(
        pd.period_range(slots.min(), slots.max(), freq=FREQUENCY[grain])
    )


# All side by side ---------------------------------------------------------------------------------


def league(view: View, tickers: Sequence[str] = ()) -> pd.DataFrame:
    """The companies chosen, else all, by what they bought since 1 January, with their yields."""
    rows = view.ask(
        """
        SELECT l.*, y.gross_yield_pct, y.basis AS yield_basis, y.from_date AS yield_from, y.to_date
            AS yield_to, y.market_cap_date, y.opening_date, y.closing_date, y.net_reduction_pct,
            y.net_quality
        FROM buyback_league(?) AS l
        LEFT JOIN buyback_yield(?) AS y USING (ticker)
        ORDER BY l.rank NULLS LAST, l.ticker
        """,
        view.as_of,
        view.as_of,
    )
    return rows[rows["ticker"].isin(tickers)] if tickers else rows


def league_picture(view: View, across: str = "league", tickers: Sequence[str] = ()) -> Picture:
    """The companies side by side: the amount of this year, the same as a part of the market cap, or
    the yield with the net fall of the count.
    """
    rows, day = league(view, tickers), view.day
    measure = {"yield": "gross_yield_pct", "cap": "cap_share_pct", "league": "amount_hkd"}[across]
    known = (
        rows[rows[measure].notna()].sort_values(measure, ascending=False)
        if across == "yield"
        else rows[rows[measure].notna()]
    )
    last = known["last_trade_date"].max()  # whose figure ends earlier says so, and is hatched
    if across == "yield":
        title, subtitle, write, empty = (
            view.text("chart.buyback_yield"),
            view.text("chart.buyback_yield_subtitle"),
            partial(formats.percent),
            view.text("buybacks.no_yield"),
        )
    else:
        empty = view.text("finding.buybacks_nobody", total=len(rows), date=day(view.as_of))
        if across == "cap":
            title, subtitle, write = (
                view.text("chart.buyback_cap"),
                view.text(
                    "chart.buyback_cap_subtitle",
                    date=day(known["market_cap_date"].max() if len(known) else view.as_of),
                ),
                partial(formats.percent, digits=2),
            )
        else:
            title, subtitle, write = (
                view.text("chart.buyback_league"),
                view.text(
                    "chart.buyback_league_subtitle",
                    currency="HKD",
                    date=day(last if len(known) else view.as_of),
                ),
                None,
            )

    def name(row, theme: Theme) -> str:
        own = view.name(row.ticker)
        if across == "yield":
            return view.text(
                "buybacks.net_of",
                name=own + ("*" if row.yield_basis == "last_year" else ""),
                pct=formats.percent(row.net_reduction_pct),
            )
        return (
            own
            if row.last_trade_date == last or theme.width < NARROW
            else view.text("buybacks.bar_to", name=own, date=day(row.last_trade_date))
        )

    def draw(theme: Theme):
        bars = known.assign(
            company=[name(row, theme) for row in known.itertuples()],
            amount=known[measure],
            incomplete=(known["last_trade_date"] < last) & (across != "yield"),
        )
        return drawn(
            "league_bars",
            bars[["ticker", "company", "amount", "incomplete"]],
            said,
            theme,
            highlight=list(tickers),
            height=theme.height,
            empty=empty,
            **({"write": write} if write else {}),
        )

    said = view.stamp(
        "buybacks",
        title,
        subtitle,
        view.text("source.league"),
        number=len(known),
        tickers=tickers,
        across=across,
    )
    leader = ""
    if len(known):
        in_words = write or partial(formats.money, currency="HKD", language=view.language)
        leader = f"{view.name(known['ticker'].iloc[0])} {in_words(known[measure].iloc[0])}"
    return stamped(
        view,
        f"buybacks-{across}",
        tickers,
        said,
        draw,
        last=leader,
        height=tall(view, min(420, max(260, 150 + 30 * len(known)))),
        missing="" if len(known) else empty,
    )


# What other pages show ----------------------------------------------------------------------------


def paid(view: View, ticker: str) -> Picture | None:
    """What was paid, on the line of closes; None where no day with a price is known."""
    return something(Buybacks(view, ticker).paid_picture())


def periods(view: View, ticker: str, grain: str = "") -> Picture | None:
    """Bars by month, or of the company's own statements; None where neither is known."""
    return something(Buybacks(view, ticker).periods_picture(grain))
