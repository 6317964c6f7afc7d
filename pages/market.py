"""What moved in a month, why not as printed, and what the sector costs: index against index, who
led and who trailed.
"""

import pandas as pd
import streamlit as st

from ui import formats, panels, tables
from ui.frame import view as of_this_run
from ui.memory import once
from ui.pictures.market import INDICES, Month, percent

view = of_this_run()
language = view.language
day = view.day
kinds = view.kinds


def choose_month() -> Month | None:
    """The month of the link, else the last one that is over; None where no price is known."""
    found = once(Month, view)
    if not found.months:
        panels.finding(view.text("finding.market_early", date=day(view.as_of)))
        panels.what_next(view)
        return None
    asked = view.state.extras.get("month")
    if asked and asked not in found.months:
        st.warning(
            panels.escape(
                view.text(
                    "market.no_month",
                    value=asked,
                    date=day(view.as_of),
                    shown=formats.month(found.months[found.usual], language),
                )
            )
        )

    def words(key: str) -> str:
        month = formats.month(found.months[key], language)
        return view.text("market.running", month=month) if key in found.running_months else month

    with picker:
        return once(
            Month,
            view,
            view.choice("month", list(found.months), words, drop_down=True, default=found.usual),
        )


# The finding and the headline figures -------------------------------------------------------------


def tell_one(ticker: str, rows: pd.DataFrame, own: pd.Series, words: str) -> None:
    """One line: how it did against its benchmark and where that put it, or why it has no return."""
    found = rows[rows["ticker"] == ticker]
    if not len(found):
        panels.finding(
            view.text(
                "finding.market_out",
                name=view.name(ticker),
                month=words,
                reason=view.text("market.state.NOT_KNOWN"),
            )
        )
        return
    row = next(found.itertuples())
    if row.status != "OK":
        panels.finding(
            view.text(
                "finding.market_out",
                name=view.name(ticker),
                month=words,
                reason=tables.market_state(view, row),
            )
        )
        return
    excess = (
        view.text(
            "finding.market_excess",
            points=formats.points(row.excess_pp, language),
            benchmark=view.name(row.benchmark),
        )
        if pd.notna(row.excess_pp)
        else ""
    )
    said = {
        "name": view.name(ticker),
        "value": percent(row.return_pct),
        "month": words,
        "excess": excess,
        "index": view.name(row.benchmark),
        "index_return": percent(own.get(row.benchmark)),
    }
    if pd.isna(row.rank):
        panels.finding(view.text("finding.market_line", **said))
    else:
        panels.finding(
            view.text(
                "finding.market_one",
                rank=formats.ordinal(int(row.rank)) if language == "en" else int(row.rank),
                total=int(row.ranked),
                market=view.text(f"market.{row.market}"),
                **said,
            )
        )


def tell(rows: pd.DataFrame, indices: pd.DataFrame, words: str) -> None:
    """One company asked for, else who led and who trailed in Hong Kong."""
    own = indices[indices["is_asked"]].set_index("ticker")["return_pct"]
    told = "HSTECH" if "HSTECH" in own else "^HSI"  # HSTECH begins in 2020
    moved = rows[rows["status"] == "OK"]
    if len(view.state.tickers) == 1 and kinds[view.state.tickers[0]] in ("company", "peer", "line"):
        tell_one(view.state.tickers[0], rows, own, words)
        return
    listed = moved[(moved["market"] == "HK") & moved["rank"].notna()]
    index = {"month": words, "index": view.name(told), "index_return": percent(own.get(told))}
    if len(listed) > 1:
        measured = listed[listed["excess_pp"].notna()]
        beat = (
            view.text(
                "finding.market_beat",
                number=int((measured["excess_pp"] > 0).sum()),
                total=len(measured),
            )
            if len(measured)
            else ""
        )
        best, worst = listed.iloc[0], listed.iloc[-1]
        panels.finding(
            view.text(
                "finding.market",
                best=view.name(best["ticker"]),
                best_return=percent(best["return_pct"]),
                worst=view.name(worst["ticker"]),
                worst_return=percent(worst["return_pct"]),
                beat=beat,
                **index,
            )
        )
    elif len(listed):
        panels.finding(
            view.text(
                "finding.market_alone",
                name=view.name(listed.iloc[0]["ticker"]),
                value=percent(listed.iloc[0]["return_pct"]),
                **index,
            )
        )
    elif told in own:
        panels.finding(view.text("finding.market_index", **index))
    else:
        panels.finding(view.text("finding.market_none", month=words, date=day(view.as_of)))


def headlines(rows: pd.DataFrame, indices: pd.DataFrame, sector: pd.DataFrame) -> None:
    own = indices[indices["is_asked"]].set_index("ticker")
    figures = [
        panels.Tile(
            view.name(ticker),
            formats.change(own["return_pct"].get(ticker)),
            f"{day(own['base_date'].get(ticker))} – {day(own['end_date'].get(ticker))}",
        )
        for ticker in INDICES
    ]
    for row in sector[sector["basis"].isin(["quoted", view.state.basis])].itertuples():
        before = formats.multiple(row.prior_value, language)
        note = (
            view.text("market.pe_help_quoted", date=day(row.date), number=int(row.n), before=before)
            if row.basis == "quoted"
            else view.text(
                "market.pe_help_basket",
                basis=view.text(f"basis.{row.basis}"),
                date=day(row.date),
                number=int(row.n),
                before=before,
            )
        )
        figures.append(
            panels.Tile(
                view.text("market.pe_of", name=view.name(row.ticker)),
                formats.valuation(row.value, row.status, language)
                + (
                    f" · {formats.percentile(row.percentile, language)}"
                    if pd.notna(row.percentile)
                    else ""
                ),
                note,
            )
        )
    ranked = rows[rows["rank"].notna()]
    if len(ranked):
        figures.append(
            panels.Tile(
                view.text("market.up"),
                view.text(
                    "market.up_value", up=int((ranked["return_pct"] > 0).sum()), total=len(ranked)
                ),
                view.text("market.up_help"),
            )
        )
    panels.headline(figures)


# The page -----------------------------------------------------------------------------------------

opening, row_of_figures = (
    st.container(),
    st.container()
    if view.is_phone
    else st.container(horizontal=True, gap="medium", vertical_alignment="center"),
)
picker = row_of_figures.container(width=190)


def page(shown: Month) -> None:
    first, rows, indices, printed, words = (
        shown.month.date(),
        shown.rows,
        shown.indices,
        shown.printed,
        shown.words,
    )
    others = view.ask(
        """
        SELECT v.*, s.publisher, s.url
        FROM market_moves AS v
        JOIN sources AS s USING (source_id)
        WHERE date_trunc('month', v.period_end) = ?
            AND NOT (v.period_start = ? AND v.period_end = last_day(v.period_start))
            AND coalesce(v.published_on, v.period_end) <= ?
        ORDER BY v.period_end DESC, v.entity_type, v.market, v.ticker NULLS LAST, v.entity
        """,
        first,
        first,
        view.as_of,
    )
    with opening:
        tell(rows, indices, words)
    with row_of_figures:
        headlines(rows, indices, shown.sector)
    panels.picture(view, once(shown.sheet_picture))
    panels.pictures_first()

    outside = view.without_figures
    if outside:
        panels.missing(
            view.text("market.no_company", names=", ".join(view.name(ticker) for ticker in outside))
        )
    st.markdown(f"**{view.text('market.table')}**")
    tables.market_review(view, rows, tuple(sorted({*view.state.tickers, *view.issuers})))
    absent: dict[str, list[str]] = {}
    for row in rows[rows["status"] != "OK"].itertuples():
        absent.setdefault(tables.market_state(view, row), []).append(view.name(row.ticker))
    if absent:
        panels.missing(
            view.text(
                "market.left_out",
                words="; ".join(f"{', '.join(names)} ({state})" for state, names in absent.items()),
            )
        )
    for publisher in sorted(printed["publisher"].unique()):
        st.markdown(f"**{panels.escape(view.text('market.printed', publisher=publisher))}**")
        tables.printed_review(view, printed, publisher)
    if len(others):
        with st.expander(f"{view.text('market.other_moves')} ({len(others)})"):
            tables.printed_moves(view, others)
    with st.container(horizontal=True):
        panels.computed(view.text("computed.market"), language, of=view.text("column.return_pct"))
        panels.computed(
            view.text("computed.sector_pe", basis=view.text(f"basis.{view.state.basis}")),
            language,
            of="PE",
        )
    quoted = view.ask(
        """
        SELECT DISTINCT source_id
        FROM valuation
        WHERE ticker = 'HSTECH' AND metric = 'pe_ttm' AND source_id IS NOT NULL
        """
    )
    panels.sources(
        view.sources_of(
            [
                *rows["source_id"].dropna(),
                *indices["source_id"].dropna(),
                *printed["source_id"],
                *others["source_id"],
                *quoted["source_id"],
            ]
        ),
        language,
    )


month = choose_month()
if month is not None:
    page(month)
