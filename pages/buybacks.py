"""Who bought back its own shares: how much this year, at which price against the close, and which documents say so?"""

import pandas as pd
import streamlit as st

from ui import formats, palette, panels, stamp, tables
from ui.frame import view as of_this_run

MONTHS_SHOWN, STATED = 36, ("quarter", "half", "month", "year", "fiscal_year", "ytd")
FREQUENCY = {"month": "M", "quarter": "Q"}

view = of_this_run()
language = view.language
kinds = {entry.ticker: entry.kind for entry in view.universe.entries}
asked = [ticker for ticker in view.issuers if kinds[ticker] in ("company", "peer")]
outside = [ticker for ticker in view.state.tickers if kinds[ticker] in ("index", "etf", "basket")]
about = dict(as_of=view.as_of, snapshot=view.served.snapshot_id)


def day(value) -> str:
    return formats.day(value, language)


def money(value, **options) -> str:
    return formats.money(value, "HKD", language, **options)


def shown_as(figure, key: str, tickers: list[str]) -> None:
    said = figure.layout.meta
    panels.show(figure, key, stamp.filename(key.replace("_", "-"), tickers, view.as_of), view.text("alt.chart", title=said["title"], subtitle=said["subtitle"], date=day(view.as_of)), language=language)


def tall(height: int) -> int:
    return height if not view.is_phone else height + 40


# The finding and the headline figures --------------------------------------------------------------------------

def year_before(row) -> str:
    """The label of last year's figure: the same day, or the day to which it is known."""
    if pd.notna(row.change_pct) or pd.isna(row.prior_to):
        return view.text("buybacks.same_day")
    return view.text("buybacks.to", label=view.text("buybacks.year_before"), date=day(row.prior_to))


def tell_one(row) -> None:
    """One company: what it has bought this year, at which average price, against the close."""
    name = view.name(row.ticker)
    if pd.isna(row.amount_hkd):
        panels.finding(view.text("finding.buybacks_none", name=name, date=day(view.as_of)))
        panels.missing(tables.basis_words(view, row))
        panels.headline([
            (view.text("headline.buyback_ytd"), formats.MISSING, view.text("buybacks.basis_none")),
            (view.text("buybacks.last_purchase"), day(row.last_purchase_date), None),
            (view.text("headline.close"), formats.price(row.close, "HKD", language), day(row.close_date)),
            (year_before(row), money(row.prior_amount_hkd), view.text("buybacks.same_day_help", date=day(row.prior_to), change=formats.MISSING)),
        ])
        return
    amount, average, above = money(row.amount_hkd, quality=row.quality), formats.price(row.price_average_hkd, "HKD", language), row.above_close_pct
    words = dict(name=name, amount=amount, date=day(row.last_trade_date), average=average)
    if pd.notna(above):
        side = "at" if round(above, 1) == 0 else "above" if above > 0 else "below"
        panels.finding(view.text("finding.buybacks", difference=view.text(f"difference.{side}", pct=formats.percent(abs(above))), **words))
    elif pd.notna(row.price_average_hkd):
        panels.finding(view.text("finding.buybacks_average", **words))
    else:
        panels.finding(view.text("finding.buybacks_plain", name=name, amount=amount, date=words["date"]))
    against = f"{formats.percent(above, sign=True)} · {formats.percent(row.above_close_then_pct, sign=True)}" if pd.notna(row.price_average_hkd) else formats.MISSING
    panels.headline([
        (view.text("buybacks.to", label=view.text("headline.buyback_ytd"), date=day(row.last_trade_date)), amount, tables.basis_words(view, row)),
        (view.text("buybacks.shares"), formats.number(row.shares), None),
        (view.text("headline.average_price"), average, None),
        (view.text("buybacks.against_close"), against, view.text("buybacks.against_close_help", now=formats.price(row.close), now_date=day(row.close_date), then=formats.price(row.close_then), then_date=day(row.close_then_date))),
        (view.text("buybacks.last_purchase"), day(row.last_purchase_date), None),
        (year_before(row), money(row.prior_amount_hkd) + (f" {formats.change(row.change_pct)}" if pd.notna(row.change_pct) else ""),
         view.text("buybacks.same_day_help", date=day(row.prior_to), change=formats.change(row.change_pct))),
    ])


def tell_all(rows: pd.DataFrame, total) -> None:
    """Several companies, or all: the sum, how many stand behind it, who leads."""
    known = rows[rows["amount_hkd"].notna()]
    if not len(known):
        panels.finding(view.text("finding.buybacks_nobody", total=len(rows), date=day(view.as_of)))
        return
    first = known.iloc[0]
    name, amount = view.name(first["ticker"]), money(first["amount_hkd"], quality=first["quality"])
    if len(known) == 1:
        panels.finding(view.text("finding.buybacks_one", name=name, amount=amount, date=day(first["last_trade_date"]), total=len(rows)))
    else:
        panels.finding(view.text("finding.buybacks_league", number=len(known), amount=money(total["amount_hkd"]), date=day(total["last_to"]), first=name, first_amount=amount))
    panels.headline([
        (view.text("buybacks.to", label=view.text("buybacks.total"), date=day(total["last_to"])), money(total["amount_hkd"]), view.text("help.buyback_total", number=len(known), total=len(rows))),
        (view.text("buybacks.reported"), view.text("buybacks.reported_value", number=len(known), total=len(rows)), None),
        (view.text("buybacks.leader"), f"{name} {amount}", tables.basis_words(view, first)),
        (view.text("buybacks.same_day"), money(total["prior_amount_hkd"]) + (f" {formats.change(total['change_pct'])}" if pd.notna(total["change_pct"]) else ""),
         view.text("buybacks.same_day_total_help", number=int(total["compared"]), change=formats.change(total["change_pct"]))),
    ])


# The pictures --------------------------------------------------------------------------------------------------

def draw_league(rows: pd.DataFrame, highlight: list[str]) -> None:
    known = rows[rows["amount_hkd"].notna()]
    last = known["last_trade_date"].max()  # whose figure ends earlier says so, and is hatched
    bars = known.assign(company=[view.name(row.ticker) if row.last_trade_date == last or view.is_phone else view.text("buybacks.bar_to", name=view.name(row.ticker), date=day(row.last_trade_date)) for row in known.itertuples()],
                        amount=known["amount_hkd"], incomplete=known["last_trade_date"] < last)
    figure = panels.drawn("league_bars", bars[["ticker", "company", "amount", "incomplete"]],
                                stamp.Stamp(view.text("chart.buyback_league"), view.text("chart.buyback_league_subtitle", currency="HKD", date=day(last if len(known) else view.as_of)), source=view.text("source.league"), number=len(known), **about),
                                view.theme(), highlight=highlight, empty=view.text("finding.buybacks_nobody", total=len(rows), date=day(view.as_of)), height=tall(min(420, max(260, 150 + 30 * len(known)))))
    shown_as(figure, "buybacks_league", highlight)


def draw_running(focus: str, running: pd.DataFrame) -> None:
    whole = running[running["from_1_january"]]
    left_out = sorted({str(year) for year in running[~running["from_1_january"]]["year"]})
    note = view.text("buybacks.year_short", years=", ".join(left_out)) if left_out else ""
    figure = panels.drawn("cumulative_by_year", whole.rename(columns={"amount_hkd": "amount"})[["date", "amount", "year"]],
                                       stamp.Stamp(view.text("chart.buyback_cumulative", name=view.name(focus)), view.text("chart.buyback_cumulative_subtitle", currency="HKD"), source=view.text("source.hkex_report"), note=note, **about),
                                       view.theme(), currency="HKD", colour=palette.company(focus, view.theme()), empty=view.text("buybacks.rows_none"), height=tall(400))
    shown_as(figure, "buybacks_cumulative", [focus])


def draw_periods(focus: str, grain: str, theme) -> None:
    rows = view.ask("SELECT * FROM buyback_periods(?) WHERE ticker = ? AND period_kind = ? ORDER BY period_start", view.as_of, focus, grain)
    if grain == "month":
        rows = rows.tail(MONTHS_SHOWN)
        names = [formats.month(start, language) for start in rows["period_start"]]
    elif grain == "half":
        names = [formats.period(f"{start.year}H{1 if start.month == 1 else 2}", language=language) for start in rows["period_start"]]
    else:
        names = [str(start.year) for start in rows["period_start"]]
    bars = rows.assign(period=names, amount=rows["amount_hkd"], incomplete=~rows["complete"].astype(bool), blackout=rows["mostly_closed"].astype(bool),
                       note=[f"{formats.shares(row.shares, language)} · {formats.price(row.price_average_hkd, 'HKD', language)}" for row in rows.itertuples()])
    title = view.text("chart.buyback_bars", name=view.name(focus), grain=view.text(f"grain.{grain}"))
    figure = panels.drawn("bars_by_period", bars[["period", "amount", "incomplete", "blackout", "note"]],
                                   stamp.Stamp(title, view.text("chart.buyback_bars_subtitle", currency="HKD"), source=view.text("source.hkex_report"),
                                               note=view.text("buybacks.month_count", number=MONTHS_SHOWN) if grain == "month" and len(rows) == MONTHS_SHOWN else "", **about),
                                   theme, currency="HKD", colour=palette.company(focus, theme), empty=view.text("buybacks.rows_none"), height=tall(400))
    shown_as(figure, "buybacks_periods", [focus])


def draw_price(focus: str, days: pd.DataFrame, row, theme) -> None:
    if view.years:
        days = days[days["end_date"] >= pd.Timestamp(view.as_of) - pd.DateOffset(years=view.years)]
    closes = view.ask("SELECT date, any_value(close) AS close FROM prices WHERE ticker = ? AND currency = 'HKD' AND date <= ? GROUP BY date ORDER BY date", focus, view.as_of)
    if len(days):
        closes = closes[closes["date"] >= days["end_date"].min() - pd.Timedelta(days=35)]
    average = None if row is None or pd.isna(row.price_average_hkd) else row.price_average_hkd
    notes = ([view.text("buybacks.note_average")] if average is not None else []) + ([view.text("buybacks.in_hkd")] if (days["currency"] != "HKD").any() else [])
    bought = days.rename(columns={"end_date": "date"}).assign(price_average=days["price_average_hkd"], amount=days["amount_hkd"])
    figure = panels.drawn("price_paid", bought[["date", "price_average", "amount"]], closes,
                               stamp.Stamp(view.text("chart.price_paid", name=view.name(focus)), view.text("chart.price_paid_subtitle", currency="HKD"), source=view.text("source.hkex_and_closes"), number=len(days),
                                           note=" ".join(notes), **about),
                               theme, currency="HKD", average=average, colour=palette.company(focus, theme), empty=view.text("buybacks.rows_none"), height=tall(400))
    shown_as(figure, "buybacks_price", [focus])


def spine(rows: pd.DataFrame, grain: str) -> pd.DataFrame:
    """Months and quarters of which no statement is known keep their place on the axis."""
    if grain not in FREQUENCY or not len(rows):
        return rows
    slots = rows["end_date"].dt.to_period(FREQUENCY[grain])
    return rows.set_index(slots).reindex(pd.period_range(slots.min(), slots.max(), freq=FREQUENCY[grain]))


def choose_stated(focus: str, stated: pd.DataFrame, key: str) -> str:
    """The length of the statements drawn: at first the one of which most are known."""
    counts = stated["grain"].value_counts()
    offered = [grain for grain in STATED if grain in counts.index]
    longest = max(offered, key=lambda grain: (counts[grain], -offered.index(grain)))
    return longest if len(offered) == 1 else st.segmented_control(view.text("buybacks.periods"), offered, default=longest, required=True, format_func=lambda kind: view.text(f"grain.{kind}"), label_visibility="collapsed", key=f"{key}_{focus}")


def draw_stated(focus: str, stated: pd.DataFrame, grain: str, key: str, theme) -> None:
    """Bars of a company's own statements of one length."""
    rows = stated[stated["grain"] == grain].sort_values("end_date")
    one_currency = rows["currency"].nunique() == 1
    currency = rows["currency"].iloc[0] if one_currency else "HKD"
    rows = spine(rows, grain)

    def period(place, row) -> str:
        if grain == "quarter":
            return str(place)
        if grain == "month":
            return formats.month(place.start_time, language)
        if grain == "year":
            return str(row.end_date.year)
        return f"{formats.month(row.start_date, language)} – {day(row.end_date)}"

    bars = pd.DataFrame({
        "period": [period(place, row) for place, row in zip(rows.index, rows.itertuples())],
        "amount": rows["amount" if one_currency else "amount_hkd"].to_numpy(),
        "incomplete": [grain == "ytd" and pd.notna(end) and (end.month, end.day) != (12, 31) for end in rows["end_date"]],
    })
    names = ", ".join(dict.fromkeys(rows["publisher"].dropna()))
    title = view.text("chart.buyback_bars", name=view.name(focus), grain=view.text(f"grain.{grain}"))
    figure = panels.drawn("bars_by_period", bars, stamp.Stamp(title, view.text("buybacks.stated_subtitle", currency=currency), source=view.text("source.statements", names=names), number=int(rows["amount"].notna().sum()), **about),
                                   theme, currency=currency, colour=palette.company(focus, theme), height=tall(400))
    shown_as(figure, key, [focus])


# The page ------------------------------------------------------------------------------------------------------

def page() -> None:
    league = view.ask("SELECT * FROM buyback_league(?)", view.as_of)
    shown = league[league["ticker"].isin(asked)] if asked else league
    focus = asked[0] if len(asked) == 1 else None
    one = shown.iloc[0] if focus and len(shown) else None
    if focus and one is None:
        panels.finding(view.text("finding.buybacks_none", name=view.name(focus), date=day(view.as_of)))
        panels.missing(view.text("buybacks.basis_none"))
    elif focus:
        tell_one(one)
    else:
        total = view.ask("SELECT * FROM buyback_total(?, ?)", view.as_of, shown["ticker"].tolist()).iloc[0]
        tell_all(shown, total)
    for line in view.state.tickers:
        if kinds[line] == "line":
            panels.missing(view.text("buybacks.line", line=f"{view.name(line)} {line}", name=view.name(view.universe.issuer(line))))

    wanted = asked or league["ticker"].tolist()
    rows = view.ask("""SELECT *, row_number() OVER (PARTITION BY ticker, grain, measure, start_date, end_date ORDER BY trusted DESC, amount IS NOT NULL DESC, quality = 'exact' DESC, published_on DESC, buyback_id) AS choice,
                              row_number() OVER (PARTITION BY ticker, grain, measure, year(start_date) ORDER BY trusted AND amount IS NOT NULL DESC, end_date DESC, published_on DESC, buyback_id) AS latest_of_year
                       FROM buyback_detail WHERE published_on <= ? AND (end_date <= ? OR measure <> 'bought') AND list_contains(?, ticker)
                       ORDER BY end_date DESC NULLS LAST, ticker, buyback_id""", view.as_of, view.as_of, wanted)
    days = rows[(rows["grain"] == "day") & (rows["measure"] == "bought")]
    statements = rows[~rows.index.isin(days.index)]
    trusted = statements[statements["trusted"].astype(bool) & (statements["measure"] == "bought") & statements["amount"].notna() & statements["start_date"].notna() & statements["grain"].isin(STATED)]
    stated = trusted[((trusted["grain"] != "ytd") & (trusted["choice"] == 1)) | ((trusted["grain"] == "ytd") & (trusted["latest_of_year"] == 1))]
    running = view.ask("SELECT * FROM buyback_running WHERE date <= ? AND published_on <= ? ORDER BY ticker, date", view.as_of, view.as_of)
    reported = set(running["ticker"])

    # The first picture: one company against its own past, else all beside each other.
    if focus in reported:
        draw_running(focus, running[running["ticker"] == focus])
    elif focus and len(stated):
        draw_stated(focus, stated, choose_stated(focus, stated, "buybacks_stated_first"), "buybacks_stated_first", view.theme())
    elif league["amount_hkd"].notna().any():
        draw_league(shown if not focus else league, asked)

    # Periods and prices of one company.
    able = [ticker for ticker in wanted if ticker in reported or ticker in set(days["ticker"]) or ticker in set(stated["ticker"])]
    able = sorted(able, key=lambda ticker: (ticker not in reported, wanted.index(ticker)))
    detail, grain = focus, None
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        if focus is None and able:
            detail = able[0] if len(able) == 1 else st.selectbox(view.text("buybacks.focus"), able, format_func=view.name, label_visibility="collapsed", width=220, key="buybacks_focus_" + "_".join(asked))
        own_stated = stated[stated["ticker"] == detail]
        if detail in reported:
            grain = st.segmented_control(view.text("buybacks.periods"), ["month", "half", "year"], default="month", required=True, format_func=lambda kind: view.text(f"grain.{kind}"), label_visibility="collapsed", key="buybacks_grain")
        elif detail and len(own_stated) and focus is None:
            grain = choose_stated(detail, own_stated, "buybacks_stated")
    if detail in able:
        own_days = days[(days["ticker"] == detail) & days["trusted"].astype(bool) & days["price_average_hkd"].notna()]
        known = league[league["ticker"] == detail]
        beside = grain is not None and len(own_days) > 0
        parts = st.columns(2, gap="small") if beside else [st.container()] * 2
        theme = view.theme(columns=2 if beside else 1)
        with parts[0]:
            if detail in reported:
                draw_periods(detail, grain, theme)
            elif grain:
                draw_stated(detail, own_stated, grain, "buybacks_stated", theme)
        if len(own_days):
            with parts[1]:
                draw_price(detail, own_days, known.iloc[0] if len(known) else None, theme)

    # The tables, and what they rest on.
    st.markdown(f"**{view.text('buybacks.league')}**")
    tables.buyback_league(view, shown if len(shown) and not focus else league)
    known = shown[shown["amount_hkd"].notna()]
    venues = ", ".join(view.text(f"venue.{venue}") for venue in sorted({venue for words in known["venues"].dropna() for venue in words.split(", ")})) or formats.MISSING
    if focus and len(known):
        panels.missing(view.text("buybacks.universe_one", name=view.name(focus), venues=venues, last=day(known.iloc[0]["last_trade_date"]), basis=tables.basis_words(view, known.iloc[0])))
    elif len(known):
        panels.missing(view.text("buybacks.universe", total=len(shown), number=len(known), venues=venues, first=day(known["last_trade_date"].min()), last=day(known["last_trade_date"].max())))
    st.markdown(f"**{view.text('buybacks.rows')}**")
    listed = days if asked else days[days["end_date"].dt.year == view.as_of.year]  # of all companies, this year's
    if len(listed):
        tables.buyback_days(view, listed)
        panels.missing(view.text("buybacks.rows_note", number=formats.number(len(listed)), first=day(listed["end_date"].min()), last=day(listed["end_date"].max())))
    else:
        panels.missing(view.text("buybacks.rows_none"))
    if len(statements):
        with st.expander(view.text("buybacks.statements") + f" ({len(statements)})", expanded=bool(focus) and focus not in reported):
            tables.buyback_statements(view, statements)
    basis = tables.basis_words(view, one) if one is not None else view.text("buybacks.basis_none") if focus else view.text("help.buyback_total", number=len(known), total=len(shown))
    with st.container(horizontal=True):
        panels.computed(view.text("computed.buyback_ytd", basis_note=basis), language)
    panels.missing(view.text("footer.dagger"))
    panels.sources(view.sources_of([*rows["source_id"].dropna(), "ecb-euro-reference-rates"]), language)


if outside:
    words = view.text("buybacks.no_company", names=", ".join(view.name(ticker) for ticker in outside))
    if asked:
        panels.missing(words)
    else:
        panels.finding(words)
        st.info(panels.escape(view.text("buybacks.choose")))
if asked or not view.state.tickers:
    page()
