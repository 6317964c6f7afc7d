"""The picture of a month: index against index over two years, who led and who trailed, and what the
sector costs.
"""

from __future__ import annotations

from functools import cached_property, partial

import pandas as pd

from ui import formats
from ui.palette import Theme
from ui.pictures.parts import Picture, drawn, stamped
from ui.view import View

MONTHS = 24
NARROW = 480  # px: below it a name stands without its basis
BENCHMARKS = {"HK": "HSTECH", "US": "PNQI"}
INDICES = ("HSTECH", "^HSI", "PNQI", "KWEB")

percent = partial(formats.percent, sign=True)


def key_of(first_day) -> str:
    """A month as the link writes it: '2024-11'."""
    return f"{first_day:%Y-%m}"


class Month:
    """One month as known on the evening of a view: by default, and where the one asked for is not
    known, the last that is over.
    """

    def __init__(self, view: View, asked: str = "") -> None:
        self.view = view
        known = view.ask(
            """
            SELECT first_day, is_running
            FROM month_sessions(?)
            WHERE exchange = 'XHKG' AND first_day >= (
                SELECT date_trunc('month', min(p.date))
                FROM prices AS p
                JOIN companies AS c USING (ticker)
                WHERE c.kind = 'company'
            )
            ORDER BY first_day DESC
            """,
            view.as_of,
        )
        self.months = {key_of(first): first for first in known["first_day"]}
        over = known[~known["is_running"].astype(bool)]["first_day"]
        self.running_months = {
            key_of(first) for first in known[known["is_running"].astype(bool)]["first_day"]
        }
        self.usual = (
            key_of(over.iloc[0] if len(over) else known["first_day"].iloc[0]) if len(known) else ""
        )
        self.key = asked if asked in self.months else self.usual

    # What is known --------------------------------------------------------------------------------

    @property
    def month(self) -> pd.Timestamp:
        return self.months[self.key]

    @cached_property
    def rows(self) -> pd.DataFrame:
        """Each line's return and rank."""
        return self.view.ask(
            "SELECT * FROM market_review_as_of(?, ?)", self.month.date(), self.view.as_of
        )

    @cached_property
    def indices(self) -> pd.DataFrame:
        """The indices, month by month."""
        return self.view.ask(
            "SELECT * FROM index_review(?, ?, ?)", self.month.date(), self.view.as_of, MONTHS
        )

    @cached_property
    def own(self) -> pd.Series:
        """What each index did in the month."""
        return self.indices[self.indices["is_asked"]].set_index("ticker")["return_pct"]

    @cached_property
    def sector(self) -> pd.DataFrame:
        """What the sector costs."""
        return self.view.ask(
            "SELECT * FROM sector_review(?, ?, ?)",
            self.month.date(),
            self.view.as_of,
            self.view.years,
        )

    @cached_property
    def printed(self) -> pd.DataFrame:
        """The reviews that brokers printed of the month."""
        return self.view.ask(
            """
            SELECT p.*, s.publisher
            FROM printed_review(?, ?) AS p
            JOIN sources AS s USING (source_id)
            """,
            self.month.date(),
            self.view.as_of,
        )

    @cached_property
    def running(self) -> dict[str, pd.DataFrame]:
        """The markets whose month still runs: New York's ends an evening later here."""
        return dict(iter(self.rows[self.rows["is_running"].astype(bool)].groupby("market")))

    @property
    def words(self) -> str:
        """The month in words; of one that runs, to which day."""
        month = formats.month(self.month, self.view.language)
        return (
            self.view.text(
                "market.to",
                month=month,
                date=self.view.day(self.running["HK"]["last_session"].max()),
            )
            if "HK" in self.running
            else month
        )

    # The picture ----------------------------------------------------------------------------------

    def _contradictions(self) -> list[str]:
        """What a broker's printed review says otherwise than ours, and where it does not fit
        itself.
        """
        view, printed, said = self.view, self.printed, []
        for (publisher, market, benchmark), part in printed[
            printed["excess_check"] == "does not fit"
        ].groupby(["publisher", "market", "printed_benchmark"]):
            misfits, implied = (
                list(dict.fromkeys(part[column].round(1)))
                for column in ("misfit_pp", "implied_benchmark_pct")
            )
            said.append(
                view.text(
                    "market.note_misfit",
                    publisher=publisher,
                    market=view.text(f"market.{market}"),
                    benchmark=benchmark,
                    value=percent(part["printed_benchmark_pct"].iloc[0]),
                    misfit=", ".join(formats.number(value, 1) for value in misfits),
                    implied=", ".join(percent(value) for value in implied),
                )
            )
        for row in printed[printed["return_check"].isin(["total return", "differs"])].itertuples():
            words = {
                "publisher": row.publisher,
                "name": view.name(row.compared_with),
                "printed": percent(row.printed_return_pct),
                "value": percent(row.own_return_pct),
            }
            said.append(
                view.text(
                    "market.note_total",
                    date=view.day(row.ex_date),
                    total=percent(row.total_return_pct),
                    **words,
                )
                if row.return_check == "total return"
                else view.text("market.note_differs", **words)
            )
        for row in self.sector[self.sector["printed_percentile"].notna()].itertuples():
            publisher = printed[printed["source_id"] == row.source_id]["publisher"]
            said.append(
                view.text(
                    "market.note_percentile",
                    publisher=publisher.iloc[0] if len(publisher) else formats.MISSING,
                    name=view.name(row.ticker),
                    value=formats.multiple(row.printed_value, view.language, digits=2),
                    printed=formats.number(row.printed_percentile, 2),
                    percentile=formats.number(row.percentile_since_start, 1),
                    number=int(row.n_since_start),
                )
            )
        return said

    def _notes(self) -> list[str]:
        view, rows = self.view, self.rows
        silent = rows[rows["excess_status"].eq("MISSING_BENCHMARK") & (rows["kind"] != "line")]
        reached = ", ".join(
            view.text(
                "market.reached",
                market=view.text(f"market.{market}"),
                date=view.day(part["end_date"].max()),
            )
            for market, part in self.running.items()
            if part["end_date"].notna().any()
        )
        return (
            ([view.text("market.running_note", reached=reached)] if reached else [])
            + self._contradictions()
            + [
                view.text(
                    "market.no_excess",
                    number=len(part),
                    total=int(part["ranked"].iloc[0]),
                    benchmark=view.name(benchmark),
                    dates=" – ".join(
                        dict.fromkeys(
                            view.day(value)
                            for value in (part["base_date"].min(), part["end_date"].max())
                        )
                    ),
                )
                for benchmark, part in silent.groupby("benchmark")
            ]
            + [view.text("market.proxy_note")]
        )

    def sheet_picture(self) -> Picture:
        """The month on one sheet; the lines chosen stand out."""
        view, rows, indices = self.view, self.rows, self.indices
        heads = {
            market: (
                view.text(
                    "chart.movers",
                    market=view.text(f"market.{market}"),
                    benchmark=view.name(ticker),
                    value=percent(self.own.get(ticker)),
                ),
                self.own.get(ticker),
            )
            for market, ticker in BENCHMARKS.items()
        }
        chosen = rows["ticker"].isin(view.state.tickers) | (
            rows["ticker"].isin(view.issuers) & (rows["kind"] != "line")
        )
        movers = rows[(rows["status"] == "OK") & (rows["rank"].notna() | chosen)].sort_values(
            ["market", "return_pct"], ascending=[True, False]
        )
        movers = movers.assign(
            name=[view.name(ticker) for ticker in movers["ticker"]],
            chosen=chosen[movers.index],
            note=[
                f"{view.day(row.base_date)} – {view.day(row.end_date)}"
                for row in movers.itertuples()
            ],
        )[["market", "name", "return_pct", "excess_pp", "chosen", "note"]]
        months = indices.assign(
            name=[view.name(ticker) for ticker in indices["ticker"]],
            place=[INDICES.index(ticker) for ticker in indices["ticker"]],
        ).sort_values(["place", "first_day"])[["ticker", "name", "first_day", "return_pct"]]
        costs, empty = (
            self.sector[self.sector["basis"].isin(["quoted", view.state.basis])],
            view.text("finding.market_none", month=self.words, date=view.day(view.as_of)),
        )
        said = view.stamp(
            "market",
            view.text("chart.month_sheet", month=self.words),
            view.text("chart.month_sheet_subtitle"),
            view.text("source.market"),
            *self._notes(),
            number=len(movers),
            tickers=view.state.tickers,
            month=self.key,
        )

        def draw(theme: Theme):
            named = costs.assign(
                name=[
                    view.name(row.ticker)
                    + (f" ({view.text(f'basis.{row.basis}')})" if theme.width >= NARROW else "")
                    for row in costs.itertuples()
                ]
            )[["name", "value", "prior_value", "percentile", "n"]]
            return drawn(
                "month_sheet",
                months,
                movers,
                named,
                said,
                theme,
                heads=heads,
                months=[
                    first.date()
                    for first in pd.date_range(end=self.month, periods=MONTHS, freq="MS")
                ],
                window=view.window_words(),
                empty=empty,
            )

        return stamped(
            view,
            f"market-{self.key}",
            view.state.tickers,
            said,
            draw,
            last=heads["HK"][0],
            height=540,
            missing="" if len(movers) or self.own.notna().any() else empty,
            sources=[*rows["source_id"], *indices["source_id"], *self.printed["source_id"]],
        )
