"""Who buys back its own shares: how much, at what price, how much is left, do the shares really
fall, and which documents say so?
"""

import pandas as pd
import streamlit as st

from ui import formats, frame, marks, panels, tables
from ui.frame import view as of_this_run
from ui.links import BUYBACK_ACROSS, BUYBACK_CHARTS
from ui.memory import once
from ui.pictures import buybacks

view = of_this_run()
language = view.language
day = view.day
kinds = view.kinds
asked = view.companies
outside = view.without_figures


def money(value, **options) -> str:
    return view.money(value, "HKD", **options)


# The finding and the headline figures -------------------------------------------------------------


def year_before(row) -> str:
    """The label of last year's figure: the same day, or the day to which it is known."""
    if pd.notna(row.change_pct) or pd.isna(row.prior_to):
        return view.text("buybacks.same_day")
    return view.text("buybacks.to", label=view.text("buybacks.year_before"), date=day(row.prior_to))


def yields_of(row) -> panels.Tile:
    """Gross yield and net reduction side by side, each with what it is made of."""
    star = "*" if row.yield_basis == "last_year" else ""
    basis = (
        view.text(f"buybacks.basis_{row.yield_basis}")
        if isinstance(row.yield_basis, str)
        else formats.MISSING
    )
    mark = star if pd.notna(row.gross_yield_pct) else ""
    quality = row.net_quality if isinstance(row.net_quality, str) else "exact"
    net = formats.percent(row.net_reduction_pct, quality=quality)
    return panels.Tile(
        view.text("buybacks.yield"),
        f"{formats.percent(row.gross_yield_pct)}{mark} · {net}",
        view.text(
            "buybacks.yield_help",
            from_date=day(row.yield_from),
            to_date=day(row.yield_to),
            basis=basis,
            cap_date=day(row.market_cap_date),
            opening=day(row.opening_date),
            closing=day(row.closing_date),
        ),
    )


def tell_one(row) -> None:
    """One company: what it has bought this year, at which average price, against the close."""
    if pd.isna(row.amount_hkd):
        tell_nothing_known(row)
    elif not row.amount_hkd:
        tell_no_purchase(row)
    else:
        tell_purchases(row)


def tell_nothing_known(row) -> None:
    panels.finding(
        view.text("finding.buybacks_none", name=view.name(row.ticker), date=day(view.as_of))
    )
    panels.missing(tables.basis_words(view, row))
    panels.what_next(view)
    panels.headline(
        [
            panels.Tile(
                view.text("headline.buyback_ytd"),
                formats.MISSING,
                view.text("buybacks.basis_none"),
            ),
            yields_of(row),
            panels.Tile(view.text("buybacks.last_purchase"), day(row.last_purchase_date)),
            panels.Tile(
                view.text("headline.close"), view.price(row.close, "HKD"), day(row.close_date)
            ),
            last_year_of(row),
        ]
    )


def tell_no_purchase(row) -> None:
    panels.finding(
        view.text(
            "finding.buybacks_zero", name=view.name(row.ticker), date=day(row.last_trade_date)
        )
    )
    panels.headline(
        [
            this_year_of(row, money(0.0)),
            yields_of(row),
            panels.Tile(view.text("buybacks.last_purchase"), day(row.last_purchase_date)),
            last_year_of(row),
        ]
    )
    marks.tell(view, [row.ticker])


def tell_purchases(row) -> None:
    amount = money(row.amount_hkd, quality=row.quality)
    average = view.price(row.price_average_hkd, "HKD")
    words = {"name": view.name(row.ticker), "amount": amount, "date": day(row.last_trade_date)}
    if pd.notna(row.above_close_pct):
        panels.finding(
            view.text("finding.buybacks", difference=against_close(row), average=average, **words)
        )
    elif pd.notna(row.price_average_hkd):
        panels.finding(view.text("finding.buybacks_average", average=average, **words))
    else:
        panels.finding(view.text("finding.buybacks_plain", **words))
    tiles = [this_year_of(row, amount)]
    if pd.notna(row.shares):
        tiles.append(panels.Tile(view.text("buybacks.shares"), formats.number(row.shares)))
    if pd.notna(row.price_average_hkd):
        tiles += [
            panels.Tile(view.text("headline.average_price"), average),
            panels.Tile(
                view.text("buybacks.against_close"),
                f"{formats.percent(row.above_close_pct, sign=True)} · "
                f"{formats.percent(row.above_close_then_pct, sign=True)}",
                view.text(
                    "buybacks.against_close_help",
                    now=formats.price(row.close),
                    now_date=day(row.close_date),
                    then=formats.price(row.close_then),
                    then_date=day(row.close_then_date),
                ),
            ),
        ]
    panels.headline([*tiles, yields_of(row), last_year_of(row)])
    marks.tell(view, [row.ticker])


def against_close(row) -> str:
    """How far the average price lies above or below the latest close, in words."""
    above = row.above_close_pct
    side = "at"
    if round(above, 1) != 0:
        side = "above" if above > 0 else "below"
    return view.text(f"difference.{side}", pct=formats.percent(abs(above)))


def this_year_of(row, amount: str) -> panels.Tile:
    label = view.text("headline.buyback_ytd")
    return panels.Tile(
        view.text("buybacks.to", label=label, date=day(row.last_trade_date)),
        amount,
        tables.basis_words(view, row),
    )


def last_year_of(row) -> panels.Tile:
    """Last year to the same day, with the change where this year has a figure."""
    value, change = money(row.prior_amount_hkd), formats.MISSING
    if row.amount_hkd and pd.notna(row.amount_hkd):
        change = formats.change(row.change_pct)
        if pd.notna(row.change_pct):
            value += f" {change}"
    return panels.Tile(
        year_before(row),
        value,
        view.text("buybacks.same_day_help", date=day(row.prior_to), change=change),
    )


def tell_all(rows: pd.DataFrame, total) -> None:
    """Several companies, or all: the sum of those complete to one day, who leads, who is left
    out.
    """
    if not total["reported"]:
        panels.finding(view.text("finding.buybacks_nobody", total=len(rows), date=day(view.as_of)))
        panels.what_next(view)
        return
    known = rows[rows["amount_hkd"].notna()]
    panels.finding(sentence_of_all(known, total, len(rows)))
    largest = known.iloc[0]  # complete or not
    date = day(total["cut_off"])
    counts = {"number": int(total["complete"]), "total": len(rows)}
    tiles = [
        panels.Tile(
            view.text("buybacks.to", label=view.text("buybacks.total"), date=date),
            money(total["amount_hkd"], quality=total["quality"]),
            view.text("buybacks.total_help", date=date, **counts),
        ),
        panels.Tile(
            view.text("buybacks.complete", date=date),
            view.text("buybacks.complete_value", **counts),
        ),
    ]
    if largest["amount_hkd"]:
        tiles.append(
            panels.Tile(
                view.text("buybacks.leader"),
                f"{view.name(largest['ticker'])} {amount_of(largest)}",
                tables.basis_words(view, largest),
            )
        )
    if total["compared"]:
        change = f" {formats.change(total['change_pct'])}" if pd.notna(total["change_pct"]) else ""
        tiles.append(
            panels.Tile(
                view.text("buybacks.compared", number=int(total["compared"])),
                f"{money(total['compared_hkd'])} · {money(total['prior_amount_hkd'])}{change}",
                view.text("buybacks.compared_help", number=int(total["compared"]), date=date),
            )
        )
    panels.headline(tiles)
    tell_left_out(rows, total)


def amount_of(row) -> str:
    return money(row["amount_hkd"], quality=row["quality"])


def sentence_of_all(known: pd.DataFrame, total, companies: int) -> str:
    """The finding on several companies; known has those with a figure, the largest first."""
    date = day(total["cut_off"])
    left_out = formats.listed(total["left_out"])
    complete = known[~known["ticker"].isin(left_out)]
    leader = (complete if len(complete) else known).iloc[0]
    words = {"name": view.name(leader["ticker"]), "amount": amount_of(leader)}
    if not total["complete"]:
        return view.text(
            "finding.buybacks_minimum",
            date=day(known.iloc[0]["last_trade_date"]),
            number=int(total["reported"]),
            **words,
        )
    number = int(total["complete"])
    if not total["bought"]:
        return view.text("finding.buybacks_no_purchase", number=number, date=date)
    if total["bought"] == 1 < number:
        return view.text("finding.buybacks_alone", date=date, number=number, **words)
    if number == 1:
        return view.text("finding.buybacks_one", date=date, total=companies, **words)
    largest = known.iloc[0]  # complete or not
    leads = (
        "finding.buybacks_largest" if largest["ticker"] in left_out else "finding.buybacks_leads"
    )
    return view.text(
        "finding.buybacks_league",
        number=int(total["bought"]),
        amount=money(total["amount_hkd"], quality=total["quality"]),
        date=date,
        leader=view.text(
            leads,
            name=view.name(largest["ticker"]),
            amount=amount_of(largest),
            date=day(largest["last_trade_date"]),
        ),
    )


def tell_left_out(rows: pd.DataFrame, total) -> None:
    """Which companies the total or the comparison with last year leaves out, and why."""
    figures = rows.set_index("ticker")
    others = [
        view.text(
            "buybacks.left_out_one",
            name=view.name(ticker),
            amount=money(figures.loc[ticker, "amount_hkd"], quality=figures.loc[ticker, "quality"]),
            date=day(figures.loc[ticker, "last_trade_date"]),
        )
        for ticker in formats.listed(total["left_out"])
    ]
    if others:
        ends = day(total["last_to"])
        if total["first_to"] != total["last_to"]:
            ends = view.text("buybacks.different_ends", first=day(total["first_to"]), last=ends)
        words = {
            "names": view.text("mark.comma").join(others),
            "amount": money(total["reported_hkd"], quality=total["reported_quality"]),
        }
        panels.missing(
            view.text("buybacks.left_out", date=day(total["cut_off"]), ends=ends, **words)
        )
    if total["compared"] and (missing := formats.listed(total["not_compared"])):
        names = view.text("mark.comma").join(view.name(ticker) for ticker in missing)
        panels.missing(view.text("buybacks.not_compared", names=names))


def venue_names(rows: pd.DataFrame) -> str:
    return (
        ", ".join(
            view.text(f"venue.{venue}")
            for venue in sorted(
                {venue for words in rows["venues"].dropna() for venue in words.split(", ")}
            )
        )
        or formats.MISSING
    )


# The page -----------------------------------------------------------------------------------------


def page() -> None:
    league = once(buybacks.league, view)
    shown = once(buybacks.league, view, tuple(asked)) if asked else league
    focus = asked[0] if len(asked) == 1 else None
    tell_finding(shown, focus)
    used = show_picture(focus)
    panels.pictures_first()
    show_league(league, shown, focus)
    wanted = tuple(asked or league["ticker"])
    days, statements = once(buybacks.detail, view, wanted)
    show_reconciliation(wanted, focus)
    show_rulings(wanted)
    show_days(days)
    show_mandates(wanted)
    if len(statements):
        with st.expander(view.text("buybacks.statements") + f" ({len(statements)})"):
            tables.buyback_statements(view, statements)
    show_definitions(shown, focus)
    panels.missing(view.text("footer.dagger"))
    panels.sources(
        view.sources_of(
            [
                *days["source_id"].dropna(),
                *statements["source_id"].dropna(),
                *used,
                "ecb-euro-reference-rates",
            ]
        ),
        language,
    )


def tell_finding(shown: pd.DataFrame, focus: str | None) -> None:
    if focus and shown.empty:
        panels.finding(
            view.text("finding.buybacks_none", name=view.name(focus), date=day(view.as_of))
        )
        panels.missing(view.text("buybacks.basis_none"))
        panels.what_next(view)
    elif focus:
        tell_one(shown.iloc[0])
    else:
        total = buybacks.total(view, shown["ticker"])
        if total is None:
            panels.missing(view.text("buybacks.no_total"))
        else:
            tell_all(shown, total)
    for line in view.state.tickers:
        if kinds[line] == "line":
            panels.missing(
                view.text(
                    "buybacks.line",
                    line=f"{view.name(line)} {line}",
                    name=view.name(view.universe.issuer(line)),
                )
            )


# The picture --------------------------------------------------------------------------------------


def show_picture(focus: str | None) -> list[str]:
    """One picture, the choice of it in the link; the sources that no other table of the page
    names.
    """
    if focus:
        return show_picture_of_one(focus)
    across = view.choice("across", BUYBACK_ACROSS, lambda c: view.text(f"buybacks.across_{c}"))
    panels.picture(view, once(buybacks.league_picture, view, across, tuple(asked)))
    return []


def show_picture_of_one(focus: str) -> list[str]:
    company = once(buybacks.Buybacks, view, focus)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        chart = view.choice("chart", BUYBACK_CHARTS, lambda c: view.text(f"buybacks.chart_{c}"))
        grain = ""
        if len(company.grains) > 1 and (
            chart == "periods" or (chart == "running" and not company.has_report)
        ):
            grain = view.choice("grain", company.grains, lambda g: view.text(f"grain.{g}"))
    panels.picture(view, once(company.own_picture, chart, grain))
    if chart == "paid" and len(company.prices):
        st.markdown(f"**{view.text('buybacks.prices')}**")
        tables.buyback_prices(view, company.prices)
    if chart != "programmes":
        return []
    return [*company.programmes["source_id"], *company.programmes["used_source_id"].dropna()]


# The league, with its scope and its cut-off beneath it --------------------------------------------


def show_league(league: pd.DataFrame, shown: pd.DataFrame, focus: str | None) -> None:
    st.markdown(f"**{view.text('buybacks.league')}** · {view.text('buybacks.click')}")
    rows = shown if len(shown) and not focus else league
    picked = tables.buyback_league(
        view, rows, "buybacks_table_" + "_".join(asked), most=8 if focus else 23
    )
    if picked and picked != focus:
        frame.choose(picked)
        st.rerun()
    with_figure = rows[rows["amount_hkd"].notna()]
    if len(with_figure):
        panels.missing(
            view.text(
                "buybacks.universe",
                total=len(rows),
                number=len(with_figure),
                venues=venue_names(with_figure),
                first=day(with_figure["last_trade_date"].min()),
                last=day(with_figure["last_trade_date"].max()),
            )
        )
    known = shown[shown["amount_hkd"].notna()]
    if focus and len(known):
        panels.missing(
            view.text(
                "buybacks.universe_one",
                name=view.name(focus),
                venues=venue_names(known),
                last=day(known.iloc[0]["last_trade_date"]),
                basis=tables.basis_words(view, known.iloc[0]),
            )
        )


# What was said of the same days, and what was ruled -----------------------------------------------


def show_reconciliation(wanted: tuple[str, ...], focus: str | None) -> None:
    agreed = view.ask_among(
        wanted,
        """
        SELECT r.*, s.publisher
        FROM buyback_reconciliation AS r
        JOIN sources AS s USING (source_id)
        WHERE r.published_on <= ?
        ORDER BY r.verdict = 'differs' DESC, r.end_date DESC, r.ticker, r.buyback_id
        """,
        view.as_of,
    )
    if agreed.empty:
        return
    differ = int((agreed["verdict"] == "differs").sum())
    counts = view.text(
        "buybacks.reconciliation_said",
        number=len(agreed),
        agree=int(agreed["verdict"].isin(["agrees", "at least"]).sum()),
        differ=differ,
    )
    with st.expander(
        f"{view.text('buybacks.reconciliation')}: {counts}", expanded=bool(focus) and differ > 0
    ):
        for row in agreed[agreed["reached_on"].notna()].itertuples():
            panels.missing(
                view.text(
                    "buybacks.reached",
                    name=view.name(row.ticker),
                    amount=view.money(row.printed_amount, row.currency, digits=2),
                    start=day(row.start_date),
                    end=day(row.end_date),
                    reached=day(row.reached_on),
                    daily=view.money(row.daily_amount, row.currency, digits=2),
                )
            )
        tables.buyback_reconciliation(view, agreed)
        panels.computed(
            view.text("computed.buyback_reconciliation"),
            language,
            of=view.text("buybacks.reconciliation"),
        )


def show_rulings(wanted: tuple[str, ...]) -> None:
    ruled = view.ask_among(
        wanted,
        """
        SELECT r.*, s.publisher
        FROM buyback_rulings AS r
        JOIN sources AS s USING (source_id)
        WHERE r.published_on <= ?
        ORDER BY r.end_date DESC, r.ticker, r.column_name
        """,
        view.as_of,
    )
    if len(ruled):
        with st.expander(f"{view.text('buybacks.rulings')} ({len(ruled)})"):
            tables.buyback_rulings(view, ruled)


# The rows and their documents ---------------------------------------------------------------------


def show_days(days: pd.DataFrame) -> None:
    """Every day of the companies asked for; without a filter those of this year."""
    st.markdown(f"**{view.text('buybacks.rows')}**")
    of_days = days if asked else once(buybacks.of_year, days, view.as_of.year)
    if of_days.empty:
        panels.missing(view.text("buybacks.rows_none"))
        return
    tables.buyback_days(view, of_days)
    panels.missing(
        view.text(
            "buybacks.rows_note",
            number=formats.number(len(of_days)),
            first=day(of_days["end_date"].min()),
            last=day(of_days["end_date"].max()),
        )
    )


def show_mandates(wanted: tuple[str, ...]) -> None:
    mandates = view.ask_among(
        wanted,
        """
        SELECT m.*, s.publisher
        FROM buyback_mandate(?) AS m
        JOIN sources AS s USING (source_id)
        ORDER BY m.end_date DESC, m.ticker
        """,
        view.as_of,
    )
    if len(mandates):
        with st.expander(f"{view.text('buybacks.mandates')} ({len(mandates)})"):
            tables.buyback_mandates(view, mandates)


def show_definitions(shown: pd.DataFrame, focus: str | None) -> None:
    if focus and len(shown):
        basis = tables.basis_words(view, shown.iloc[0])
    elif focus:
        basis = view.text("buybacks.basis_none")
    else:
        known = shown["amount_hkd"].notna().sum()
        basis = view.text("buybacks.basis_several", number=known, total=len(shown))
    with st.container(horizontal=True):
        panels.computed(
            view.text("computed.buyback_ytd", basis_note=basis),
            language,
            of=view.text("headline.buyback_ytd"),
        )
        panels.computed(
            view.text("computed.buyback_yield"), language, of=view.text("buybacks.yield")
        )


if outside:
    words = view.text(
        "buybacks.no_company", names=", ".join(view.name(ticker) for ticker in outside)
    )
    if asked:
        panels.missing(words)
    else:
        panels.finding(words)
        st.info(panels.escape(view.text("buybacks.choose")))
if asked or not view.state.tickers:
    page()
