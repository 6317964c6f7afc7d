"""Who buys back its own shares: how much, at what price, how much is left, do the shares really fall, and which documents say so?"""

from functools import partial

import pandas as pd
import streamlit as st

from ui import formats, frame, marks, palette, panels, stamp, tables
from ui.frame import view as of_this_run
from ui.links import BUYBACK_ACROSS, BUYBACK_CHARTS

MONTHS_SHOWN, CALENDAR_MONTHS, STATED = 36, 15, ("quarter", "half", "month", "year", "fiscal_year", "ytd")
FREQUENCY = {"month": "M", "quarter": "Q"}

view = of_this_run()
language = view.language
day = view.day
kinds = view.kinds
asked = view.companies
outside = view.without_figures
about = dict(as_of=view.as_of, link=view.link("buybacks", view.state.tickers, **view.state.extras))
colour = palette.company(asked[0], view.theme()) if asked else None


def money(value, **options) -> str:
    return formats.money(value, "HKD", language, **options)


def shown_as(figure, key: str, tickers: list[str]) -> None:
    panels.picture_of(view, figure, key, key.replace("_", "-"), tickers)


def tall(height: int) -> int:
    return height if not view.is_phone else height + 40


# The finding and the headline figures --------------------------------------------------------------------------

def year_before(row) -> str:
    """The label of last year's figure: the same day, or the day to which it is known."""
    if pd.notna(row.change_pct) or pd.isna(row.prior_to):
        return view.text("buybacks.same_day")
    return view.text("buybacks.to", label=view.text("buybacks.year_before"), date=day(row.prior_to))


def yields_of(row) -> tuple[str, str, str]:
    """Gross yield and net reduction side by side, each with what it is made of."""
    star = "*" if row.yield_basis == "last_year" else ""
    basis = view.text(f"buybacks.basis_{row.yield_basis}") if isinstance(row.yield_basis, str) else formats.MISSING
    return (view.text("buybacks.yield"), f"{formats.percent(row.gross_yield_pct)}{star if pd.notna(row.gross_yield_pct) else ''} · {formats.percent(row.net_reduction_pct, quality=row.net_quality if isinstance(row.net_quality, str) else 'exact')}",
            view.text("buybacks.yield_help", from_date=day(row.yield_from), to_date=day(row.yield_to), basis=basis, cap_date=day(row.market_cap_date), opening=day(row.opening_date), closing=day(row.closing_date)))


def tell_one(row) -> None:
    """One company: what it has bought this year, at which average price, against the close."""
    name = view.name(row.ticker)
    if pd.isna(row.amount_hkd):
        panels.finding(view.text("finding.buybacks_none", name=name, date=day(view.as_of)))
        panels.missing(tables.basis_words(view, row))
        panels.headline([
            (view.text("headline.buyback_ytd"), formats.MISSING, view.text("buybacks.basis_none")),
            yields_of(row),
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
    against = f"{formats.percent(above, sign=True)} · {formats.percent(row.above_close_then_pct, sign=True)}"
    panels.headline([
        (view.text("buybacks.to", label=view.text("headline.buyback_ytd"), date=day(row.last_trade_date)), amount, tables.basis_words(view, row)),
        *([(view.text("buybacks.shares"), formats.number(row.shares), None)] if pd.notna(row.shares) else []),
        *([(view.text("headline.average_price"), average, None),
           (view.text("buybacks.against_close"), against, view.text("buybacks.against_close_help", now=formats.price(row.close), now_date=day(row.close_date), then=formats.price(row.close_then), then_date=day(row.close_then_date)))] if pd.notna(row.price_average_hkd) else []),
        yields_of(row),
        (year_before(row), money(row.prior_amount_hkd) + (f" {formats.change(row.change_pct)}" if pd.notna(row.change_pct) else ""),
         view.text("buybacks.same_day_help", date=day(row.prior_to), change=formats.change(row.change_pct))),
    ])
    marks.tell(view, [row.ticker])


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


# The pictures: of all companies, and of one --------------------------------------------------------------------

def figure_of(chart: str, *data, title: str, subtitle: str, source: str, number: int | None = None, note: str = "", **options):
    return panels.drawn(chart, *data, stamp.Stamp(title, subtitle, source=source, number=number, note=note, **about), options.pop("theme", None) or view.theme(), **options)


def draw_league(rows: pd.DataFrame, across: str, highlight: list[str]) -> None:
    """The companies side by side: the amount of this year, the same as a part of the market cap, or the yield with the net fall of the count."""
    if across == "yield":
        known = rows[rows["gross_yield_pct"].notna()].sort_values("gross_yield_pct", ascending=False)
        names = [view.text("buybacks.net_of", name=view.name(row.ticker) + ("*" if row.yield_basis == "last_year" else ""), pct=formats.percent(row.net_reduction_pct)) for row in known.itertuples()]
        bars = known.assign(company=names, amount=known["gross_yield_pct"], incomplete=False)
        options = dict(title=view.text("chart.buyback_yield"), subtitle=view.text("chart.buyback_yield_subtitle"), write=partial(formats.percent), empty=view.text("buybacks.no_yield"))
    else:
        measure = "cap_share_pct" if across == "cap" else "amount_hkd"
        known = rows[rows[measure].notna()]
        last = known["last_trade_date"].max()  # whose figure ends earlier says so, and is hatched
        names = [view.name(row.ticker) if row.last_trade_date == last or view.is_phone else view.text("buybacks.bar_to", name=view.name(row.ticker), date=day(row.last_trade_date)) for row in known.itertuples()]
        bars = known.assign(company=names, amount=known[measure], incomplete=known["last_trade_date"] < last)
        empty = view.text("finding.buybacks_nobody", total=len(rows), date=day(view.as_of))
        if across == "cap":
            options = dict(title=view.text("chart.buyback_cap"), subtitle=view.text("chart.buyback_cap_subtitle", date=day(known["market_cap_date"].max() if len(known) else view.as_of)), write=partial(formats.percent, digits=2), empty=empty)
        else:
            options = dict(title=view.text("chart.buyback_league"), subtitle=view.text("chart.buyback_league_subtitle", currency="HKD", date=day(last if len(known) else view.as_of)), empty=empty)
    figure = figure_of("league_bars", bars[["ticker", "company", "amount", "incomplete"]], source=view.text("source.league"), number=len(known), highlight=highlight, height=tall(min(420, max(260, 150 + 30 * len(known)))), **options)
    shown_as(figure, f"buybacks_{across}", highlight)


def draw_running(focus: str) -> None:
    running = view.ask("SELECT * FROM buyback_running WHERE ticker = ? AND date <= ? AND published_on <= ? ORDER BY date", focus, view.as_of, view.as_of)
    whole = running[running["from_1_january"]]
    left_out = sorted({str(year) for year in running[~running["from_1_january"]]["year"]})
    note = view.text("buybacks.year_short", years=", ".join(left_out)) if left_out else ""
    figure = figure_of("cumulative_by_year", whole.rename(columns={"amount_hkd": "amount"})[["date", "amount", "year"]], title=view.text("chart.buyback_cumulative", name=view.name(focus)), subtitle=view.text("chart.buyback_cumulative_subtitle", currency="HKD"),
                       source=view.text("source.hkex_report"), note=note, currency="HKD", colour=colour, empty=view.text("buybacks.rows_none"), height=tall(400))
    shown_as(figure, "buybacks_cumulative", [focus])


def draw_periods(focus: str, grain: str) -> None:
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
    figure = figure_of("bars_by_period", bars[["period", "amount", "incomplete", "blackout", "note"]], title=view.text("chart.buyback_bars", name=view.name(focus), grain=view.text(f"grain.{grain}")), subtitle=view.text("chart.buyback_bars_subtitle", currency="HKD"),
                       source=view.text("source.hkex_report"), note=view.text("buybacks.month_count", number=MONTHS_SHOWN) if grain == "month" and len(rows) == MONTHS_SHOWN else "", currency="HKD", colour=colour, empty=view.text("buybacks.rows_none"), height=tall(400))
    shown_as(figure, "buybacks_periods", [focus])


def silences(focus: str) -> pd.DataFrame:
    return view.ask("SELECT from_date, to_date FROM buyback_silences(?) WHERE ticker = ? ORDER BY from_date", view.as_of, focus)


def draw_calendar(focus: str, days: pd.DataFrame) -> None:
    bought = days[days["amount_hkd"].notna()].rename(columns={"end_date": "date"}).assign(amount=lambda f: f["amount_hkd"])
    months = CALENDAR_MONTHS if not view.is_phone else 12
    figure = figure_of("purchase_calendar", bought[["date", "amount"]], title=view.text("chart.buyback_calendar", name=view.name(focus)), subtitle=view.text("chart.buyback_calendar_subtitle", number=months), source=view.text("source.hkex_report"), months=months, last=view.as_of,
                       silences=silences(focus), colour=colour, empty=view.text("buybacks.no_calendar"), height=tall(430))
    shown_as(figure, "buybacks_calendar", [focus])


def draw_paid(focus: str, days: pd.DataFrame, prices: pd.DataFrame) -> None:
    """What was paid, on the line of closes; the title says whether it was bought well."""
    if view.years:
        days = days[days["end_date"] >= pd.Timestamp(view.as_of) - pd.DateOffset(years=view.years)]
    closes = view.ask("SELECT date, close FROM price_series(?) WHERE ticker = ? AND currency = 'HKD' ORDER BY date", view.as_of, focus)
    if len(days):
        closes = closes[closes["date"] >= days["end_date"].min() - pd.Timedelta(days=35)]
    latest = prices.iloc[-1] if len(prices) else None
    title, notes = view.text("chart.price_paid", name=view.name(focus)), []
    if latest is not None and pd.notna(latest["above_average_pct"]) and pd.notna(latest["above_close_pct"]):
        title = view.text("chart.price_paid_finding", name=view.name(focus), paid=formats.price(latest["price_average_hkd"], "HKD", language), year=latest["year"], average=side(latest["above_average_pct"]), now=side(latest["above_close_pct"]))
        notes.append(view.text("buybacks.note_average"))
    if (days["currency"] != "HKD").any():
        notes.append(view.text("buybacks.in_hkd"))
    notes.append(marks.prices(view, [focus]))
    bought = days.rename(columns={"end_date": "date"}).assign(price_average=days["price_average_hkd"], amount=days["amount_hkd"])
    figure = figure_of("price_paid", bought[["date", "price_average", "amount"]], closes, title=title, subtitle=view.text("chart.price_paid_subtitle", currency="HKD"), source=view.text("source.hkex_and_daily" if view.has_daily else "source.hkex_and_closes"), number=len(days), note=" ".join(filter(None, notes)), currency="HKD",
                       average=None if latest is None else latest["price_average_hkd"], silences=silences(focus), colour=colour, empty=view.text("buybacks.rows_none"), height=tall(400))
    shown_as(figure, "buybacks_price", [focus])


def signed(shares: float) -> str:
    return ("+" if shares > 0 else formats.MINUS if shares < 0 else "") + formats.compact(abs(shares), language, digits=0)


def side(pct: float) -> str:
    return view.text("buybacks.side_at" if round(pct, 1) == 0 else "buybacks.side_above" if pct > 0 else "buybacks.side_below", pct=formats.percent(abs(pct)))


def draw_turnover(focus: str) -> None:
    rows = view.ask("SELECT * FROM buyback_turnover_by_month(?) WHERE ticker = ? ORDER BY period_start", view.as_of, focus).tail(MONTHS_SHOWN)
    bars = rows.assign(period=[formats.month(start, language) for start in rows["period_start"]], amount=rows["turnover_pct"], note=[view.text("chart.days_of", number=row.days) for row in rows.itertuples()])
    figure = figure_of("bars_by_period", bars[["period", "amount", "note"]], title=view.text("chart.buyback_turnover", name=view.name(focus)), subtitle=view.text("chart.buyback_turnover_subtitle"), source=view.text("source.hkex_and_daily"), number=int(rows["days"].sum()), currency=None, write=partial(formats.percent),
                       colour=colour, empty=view.text("buybacks.no_turnover"), height=tall(400))
    shown_as(figure, "buybacks_turnover", [focus])


def draw_net(focus: str) -> None:
    rows = view.ask("SELECT * FROM buyback_net(?) WHERE ticker = ? ORDER BY period_end, period_start", view.as_of, focus)
    quarters = rows[(rows["period_end"] - rows["period_start"]).dt.days.between(85, 95)]
    rows = quarters.tail(10) if len(quarters) else rows.tail(8)
    names = [f"{start.year}Q{start.quarter}" if len(quarters) else f"{formats.month(start, language)} – {day(end)}" for start, end in zip(rows["period_start"], rows["period_end"])]
    both = rows[rows["bought_shares"].notna() & rows["net_change_shares"].notna()]
    title = view.text("chart.buyback_net", name=view.name(focus))
    if len(both) and len(quarters):
        last = both.iloc[-1]
        title = view.text("chart.buyback_net_finding", name=view.name(focus), bought=formats.compact(last["bought_shares"], language, digits=0), period=names[rows.index.get_loc(both.index[-1])], net=signed(last["net_change_shares"]))
    figure = figure_of("bought_and_net", rows.assign(period=names, bought=rows["bought_shares"], net_reduction=rows["net_reduction_shares"])[["period", "bought", "net_reduction"]], title=title, subtitle=view.text("chart.buyback_net_subtitle", unit=formats.scale(rows[["bought_shares", "net_reduction_shares"]].abs().max().max(), language).word or "–"),
                       source=view.text("source.statements", names=publishers(rows["source_id"])), number=len(rows), colour=colour, empty=view.text("buybacks.no_net", name=view.name(focus)), height=tall(400))
    shown_as(figure, "buybacks_net", [focus])


def draw_counts(focus: str) -> None:
    rows = view.ask("SELECT * FROM buyback_counts(?) WHERE ticker = ? ORDER BY date", view.as_of, focus)
    if view.years:
        rows = rows[rows["date"] >= pd.Timestamp(view.as_of) - pd.DateOffset(years=view.years)]
    names = {"outstanding": view.text("buybacks.kind_outstanding"), "diluted_average": view.text("buybacks.kind_diluted_average")}
    figure = figure_of("lines", rows.assign(series=rows["kind"].map(names), value=rows["shares"])[["date", "series", "value"]], title=view.text("chart.buyback_counts", name=view.name(focus)), subtitle=view.text("chart.buyback_counts_subtitle"),
                       source=view.text("source.statements", names=publishers(rows["source_id"].iloc[::-1])), number=len(rows), colours={names["outstanding"]: colour, names["diluted_average"]: view.theme().colour("other1")}, write=partial(formats.compact, language=language, digits=2 if language == "en" else 1),
                       empty=view.text("buybacks.no_counts", name=view.name(focus)), height=tall(400))
    shown_as(figure, "buybacks_counts", [focus])


def publishers(source_ids: pd.Series) -> str:
    """At most three publishers by name."""
    names = list(dict.fromkeys(row["publisher"] for row in view.sources_of(source_ids.dropna().unique())))
    return ", ".join(names[:3]) + (", …" if len(names) > 3 else "") if names else formats.MISSING


def draw_programmes(focus: str) -> list[str]:
    """The authorisations of a company, running ones first; returns their sources."""
    rows = view.ask("SELECT * FROM buyback_programmes(?) WHERE ticker = ? ORDER BY is_running DESC, start_date DESC NULLS FIRST", view.as_of, focus)
    bars = []
    for row in rows.itertuples():
        start, end = pd.notna(row.start_date), pd.notna(row.expires_on)
        span = view.text("buybacks.programme_from_to" if start and end else "buybacks.programme_from" if start else "buybacks.programme_to", start=day(row.start_date), end=day(row.expires_on)) if start or end else ""
        of_part, to = pd.notna(row.used), day(row.used_to)
        used = view.text("buybacks.used" if pd.notna(row.base_on) else "buybacks.used_to", amount=formats.money(row.used, row.currency, language, quality="over" if row.used_quality == "over" else "exact"), start=day(row.base_on), to=to) if of_part else view.text("buybacks.used_unknown")
        left = view.text("buybacks.left_unknown") if pd.isna(row.left_amount) else view.text("buybacks.left_met", to=to) if row.left_amount == 0 else view.text("buybacks.left", amount=formats.money(row.left_amount, row.currency, language), to=to)
        bars.append({"name": view.text("buybacks.programme_name", amount=formats.money(row.authorised, row.currency, language, quality="over" if row.quality == "over" else "exact"), span=span) + ("" if row.is_running else view.text("buybacks.programme_ended")),
                     "base": row.base_amount, "used": row.used, "left_amount": row.left_amount, "words_used": used, "words_left": left})
    figure = figure_of("programme_bars", pd.DataFrame(bars), title=view.text("chart.buyback_programmes", name=view.name(focus)), subtitle=view.text("chart.buyback_programmes_subtitle", currency=", ".join(rows["currency"].unique()) or formats.MISSING),
                       source=view.text("source.statements", names=publishers(pd.concat([rows["source_id"], rows["used_source_id"]]))), number=len(rows), note=view.text("buybacks.programme_note") if (rows["basis"] == "daily returns").any() else "", colour=colour, empty=view.text("buybacks.no_programme", name=view.name(focus)))
    shown_as(figure, "buybacks_programmes", [focus])
    return [*rows["source_id"], *rows["used_source_id"].dropna()]


def spine(rows: pd.DataFrame, grain: str) -> pd.DataFrame:
    """Months and quarters of which no statement is known keep their place on the axis."""
    if grain not in FREQUENCY or not len(rows):
        return rows
    slots = rows["end_date"].dt.to_period(FREQUENCY[grain])
    return rows.set_index(slots).reindex(pd.period_range(slots.min(), slots.max(), freq=FREQUENCY[grain]))


def draw_stated(focus: str, stated: pd.DataFrame, grain: str) -> None:
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
    figure = figure_of("bars_by_period", bars, title=view.text("chart.buyback_bars", name=view.name(focus), grain=view.text(f"grain.{grain}")), subtitle=view.text("buybacks.stated_subtitle", currency=currency), source=view.text("source.statements", names=publishers(rows["source_id"])),
                       number=int(rows["amount"].notna().sum()), currency=currency, colour=colour, height=tall(400))
    shown_as(figure, "buybacks_stated", [focus])


def draw_one(focus: str, chart: str, grain: str | None, days: pd.DataFrame, stated: pd.DataFrame, prices: pd.DataFrame, has_report: bool) -> list[str]:
    """The picture chosen of one company; returns further sources on which it rests."""
    if chart in ("running", "periods"):
        if chart == "running" and has_report:
            draw_running(focus)
        elif has_report:
            draw_periods(focus, grain)
        elif len(stated):
            draw_stated(focus, stated, grain)
        else:
            shown_as(figure_of("bars_by_period", pd.DataFrame(), title=view.text("chart.buyback_cumulative", name=view.name(focus)), subtitle=view.text("chart.buyback_cumulative_subtitle", currency="HKD"), source=view.text("source.league"), empty=view.text("buybacks.rows_none"), height=260), "buybacks_none", [focus])
    elif chart == "calendar":
        draw_calendar(focus, days)
    elif chart == "paid":
        draw_paid(focus, days[days["price_average_hkd"].notna()], prices)
    elif chart == "turnover":
        draw_turnover(focus)
    elif chart == "net":
        draw_net(focus)
    elif chart == "counts":
        draw_counts(focus)
    else:
        return draw_programmes(focus)
    return []


def venue_names(rows: pd.DataFrame) -> str:
    return ", ".join(view.text(f"venue.{venue}") for venue in sorted({venue for words in rows["venues"].dropna() for venue in words.split(", ")})) or formats.MISSING


# The page ------------------------------------------------------------------------------------------------------

def page() -> None:
    league = view.ask("""SELECT l.*, y.gross_yield_pct, y.basis AS yield_basis, y.from_date AS yield_from, y.to_date AS yield_to, y.market_cap_date, y.opening_date, y.closing_date, y.net_reduction_pct, y.net_quality
                         FROM buyback_league(?) AS l LEFT JOIN buyback_yield(?) AS y USING (ticker) ORDER BY l.rank NULLS LAST, l.ticker""", view.as_of, view.as_of)
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
    rows = view.ask("""SELECT d.*, t.turnover_pct, row_number() OVER (PARTITION BY d.ticker, grain, measure, start_date, end_date ORDER BY trusted DESC, amount IS NOT NULL DESC, quality = 'exact' DESC, published_on DESC, buyback_id) AS choice,
                              row_number() OVER (PARTITION BY d.ticker, grain, measure, year(start_date) ORDER BY trusted AND amount IS NOT NULL DESC, end_date DESC, published_on DESC, buyback_id) AS latest_of_year
                       FROM buyback_detail AS d LEFT JOIN buyback_turnover(?) AS t ON t.ticker = d.ticker AND t.date = d.end_date AND d.grain = 'day' AND d.venue = 'Hong Kong'
                       WHERE published_on <= ? AND (superseded_on IS NULL OR superseded_on > ?) AND (end_date <= ? OR measure <> 'bought') AND list_contains(?, d.ticker)
                       ORDER BY end_date DESC NULLS LAST, d.ticker, buyback_id""", view.as_of, view.as_of, view.as_of, view.as_of, wanted)
    days = rows[(rows["grain"] == "day") & (rows["measure"] == "bought")]
    statements = rows[~rows.index.isin(days.index)]
    used: list[str] = []

    # One picture, the choice of it in the link.
    if focus:
        trusted = statements[statements["trusted"].astype(bool) & (statements["measure"] == "bought") & statements["amount"].notna() & statements["start_date"].notna() & statements["grain"].isin(STATED)]
        stated = trusted[((trusted["grain"] != "ytd") & (trusted["choice"] == 1)) | ((trusted["grain"] == "ytd") & (trusted["latest_of_year"] == 1))]
        has_report = len(view.ask("SELECT 1 FROM buyback_running WHERE ticker = ? AND published_on <= ? LIMIT 1", focus, view.as_of)) > 0
        own_days, grain = days[days["trusted"].astype(bool)], None
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            chart = view.choice("chart", BUYBACK_CHARTS, lambda c: view.text(f"buybacks.chart_{c}"))
            if has_report and chart == "periods":
                grain = view.choice("grain", ("month", "half", "year"), lambda g: view.text(f"grain.{g}"))
            elif not has_report and len(stated) and chart in ("running", "periods"):
                counts = stated["grain"].value_counts()
                offered = sorted(counts.index, key=lambda g: (-counts[g], STATED.index(g)))  # first the length of which most are known
                grain = view.choice("grain", offered, lambda g: view.text(f"grain.{g}")) if len(offered) > 1 else offered[0]
        prices = view.ask("SELECT * FROM buyback_prices(?) WHERE ticker = ? ORDER BY year", view.as_of, focus)
        used += draw_one(focus, chart, grain, own_days, stated, prices, has_report)
        if chart == "paid" and len(prices):
            st.markdown(f"**{view.text('buybacks.prices')}**")
            tables.buyback_prices(view, prices.iloc[::-1])
    else:
        across = view.choice("across", BUYBACK_ACROSS, lambda c: view.text(f"buybacks.across_{c}"))
        draw_league(shown, across, asked)

    # The league is always here: its scope and its cut-off beneath it.
    st.markdown(f"**{view.text('buybacks.league')}** · {view.text('buybacks.click')}")
    listed = shown if len(shown) and not focus else league
    picked = tables.buyback_league(view, listed, "buybacks_table_" + "_".join(asked), most=8 if focus else 23)
    if picked and picked != focus:
        frame.choose(picked)
        st.rerun()
    with_figure, known = listed[listed["amount_hkd"].notna()], shown[shown["amount_hkd"].notna()]
    if len(with_figure):
        panels.missing(view.text("buybacks.universe", total=len(listed), number=len(with_figure), venues=venue_names(with_figure), first=day(with_figure["last_trade_date"].min()), last=day(with_figure["last_trade_date"].max())))
    if focus and len(known):
        panels.missing(view.text("buybacks.universe_one", name=view.name(focus), venues=venue_names(known), last=day(known.iloc[0]["last_trade_date"]), basis=tables.basis_words(view, known.iloc[0])))

    # What was said of the same days, and what was ruled.
    agreed = view.ask("SELECT r.*, s.publisher FROM buyback_reconciliation AS r JOIN sources AS s USING (source_id) WHERE r.published_on <= ? AND list_contains(?, r.ticker) ORDER BY r.verdict = 'differs' DESC, r.end_date DESC, r.ticker, r.buyback_id", view.as_of, wanted)
    if len(agreed):
        differ = int((agreed["verdict"] == "differs").sum())
        with st.expander(f"{view.text('buybacks.reconciliation')}: {view.text('buybacks.reconciliation_said', number=len(agreed), agree=int(agreed['verdict'].isin(['agrees', 'at least']).sum()), differ=differ)}", expanded=bool(focus) and differ > 0):
            for row in agreed[agreed["reached_on"].notna()].itertuples():
                panels.missing(view.text("buybacks.reached", name=view.name(row.ticker), amount=formats.money(row.printed_amount, row.currency, language, digits=2), start=day(row.start_date), end=day(row.end_date), reached=day(row.reached_on), daily=formats.money(row.daily_amount, row.currency, language, digits=2)))
            tables.buyback_reconciliation(view, agreed)
            panels.computed(view.text("computed.buyback_reconciliation"), language, of=view.text("buybacks.reconciliation"))
    ruled = view.ask("SELECT r.*, s.publisher FROM buyback_rulings AS r JOIN sources AS s USING (source_id) WHERE r.published_on <= ? AND list_contains(?, r.ticker) ORDER BY r.end_date DESC, r.ticker, r.column_name", view.as_of, wanted)
    if len(ruled):
        with st.expander(f"{view.text('buybacks.rulings')} ({len(ruled)})"):
            tables.buyback_rulings(view, ruled)

    # The rows and their documents.
    st.markdown(f"**{view.text('buybacks.rows')}**")
    of_days = days if asked else days[days["end_date"].dt.year == view.as_of.year]  # of all companies, this year's
    if len(of_days):
        tables.buyback_days(view, of_days)
        panels.missing(view.text("buybacks.rows_note", number=formats.number(len(of_days)), first=day(of_days["end_date"].min()), last=day(of_days["end_date"].max())))
    else:
        panels.missing(view.text("buybacks.rows_none"))
    mandates = view.ask("SELECT m.*, s.publisher FROM buyback_mandate(?) AS m JOIN sources AS s USING (source_id) WHERE list_contains(?, m.ticker) ORDER BY m.end_date DESC, m.ticker", view.as_of, wanted)
    if len(mandates):
        with st.expander(f"{view.text('buybacks.mandates')} ({len(mandates)})"):
            tables.buyback_mandates(view, mandates)
    if len(statements):
        with st.expander(view.text("buybacks.statements") + f" ({len(statements)})"):
            tables.buyback_statements(view, statements)
    basis = tables.basis_words(view, one) if one is not None else view.text("buybacks.basis_none") if focus else view.text("help.buyback_total", number=len(known), total=len(shown))
    with st.container(horizontal=True):
        panels.computed(view.text("computed.buyback_ytd", basis_note=basis), language, of=view.text("headline.buyback_ytd"))
        panels.computed(view.text("computed.buyback_yield"), language, of=view.text("buybacks.yield"))
    panels.missing(view.text("footer.dagger"))
    panels.sources(view.sources_of([*rows["source_id"].dropna(), *used, "ecb-euro-reference-rates"]), language)


if outside:
    words = view.text("buybacks.no_company", names=", ".join(view.name(ticker) for ticker in outside))
    if asked:
        panels.missing(words)
    else:
        panels.finding(words)
        st.info(panels.escape(view.text("buybacks.choose")))
if asked or not view.state.tickers:
    page()
