"""Who bought back, which days, which statements."""


import pandas as pd
import streamlit as st

from ui import formats, palette
from ui.frame import View
from ui.tables.parts import date_format, show


def _published(quality: str, printed, view: View) -> str:
    """The mark of a row: what was printed where a ruling stands in its place."""
    if isinstance(printed, str) and printed:
        return f"{formats.DAGGER} {view.text('buybacks.printed', printed=printed)}"
    return formats.DAGGER if quality in ("ruled", "derived") else ""


def basis_words(view: View, row) -> str:
    """What a year-to-date figure rests on, to which day, or why there is none."""
    if pd.isna(row.preference):
        return view.text("buybacks.basis_none")
    if view.language == "en":
        return row.basis_note
    cut = view.text("buybacks.basis_cut") if row.preference == 1 and row.cut_short else ""
    return view.text(f"buybacks.basis_{int(row.preference)}", date=formats.day(row.last_trade_date, view.language)) + cut


def buyback_league(view: View, rows: pd.DataFrame) -> None:
    """The year to date of every company: amounts in HK$ mn (亿), who has none last and why."""
    config, language = st.column_config, view.language
    rows = rows.reset_index(drop=True)
    theme = view.theme()
    unit, divisor = ("HK$ mn", 1e6) if language == "en" else ("亿港元", 1e8)
    date = "D MMM YY" if language == "en" else "YYYY-MM-DD"
    table = pd.DataFrame({
        "rank": rows["rank"].astype("Float64"),
        "name": [view.name(ticker) for ticker in rows["ticker"]],
        "amount": rows["amount_hkd"] / divisor,
        "mark": [formats.qualified("", quality).strip() if isinstance(quality, str) and quality != "exact" else "" for quality in rows["quality"]],
        "shares": rows["shares"],
        "average": rows["price_average_hkd"],
        "above": rows["above_close_pct"],
        "to": rows["last_trade_date"],
        "last": rows["last_purchase_date"].where(rows["amount_hkd"].notna()),
        "prior": rows["prior_amount_hkd"] / divisor,
        "prior_to": rows["prior_to"],
        "change": rows["change_pct"],
        "basis": [view.text("buybacks.short_none" if pd.isna(row.preference) else f"buybacks.short_{int(row.preference)}") for row in rows.itertuples()],
    })
    muted, absent = theme.colour("muted"), rows["amount_hkd"].isna().tolist()
    styler = table.style.apply(lambda row: [f"color: {muted}" if absent[row.name] else ""] * len(row), axis=1)
    styler = styler.map(lambda value: "" if pd.isna(value) else f"color: {palette.direction(value, theme)}", subset=["change"])
    show(table, {
        "rank": config.NumberColumn(view.text("column.rank"), format="%d", width=36, pinned=not view.is_phone),
        "name": config.TextColumn(view.text("column.name"), pinned=view.is_phone, width=105),
        "amount": config.NumberColumn(f"{view.text('column.amount')} ({unit})", format="%,.1f" if language == "en" else "%,.2f", width=115),
        "mark": config.TextColumn("~", width=30, help=view.text("footer.dagger")),
        "shares": config.NumberColumn(view.text("column.shares"), format="%,d", width=105),
        "average": config.NumberColumn(view.text("column.average_hkd"), format="%.2f", width=100),
        "above": config.NumberColumn(view.text("column.above_close"), format="%+.1f", width=80),
        "to": config.DateColumn(view.text("column.cut_off"), format=date, width=82),
        "last": config.DateColumn(view.text("column.last_trade"), format=date, width=82),
        "prior": config.NumberColumn(f"{view.text('column.year_ago')} ({unit})", format="%,.1f" if language == "en" else "%,.2f", width=130, help=view.text("column.same_day_last_year")),
        "prior_to": config.DateColumn(view.text("column.cut_off") + " ", format=date, width=82),
        "change": config.NumberColumn(view.text("column.change_year"), format="%+.1f", width=75),
        "basis": config.TextColumn(view.text("column.basis_note"), width=290),
    }, most=23, styler=styler)


def buyback_days(view: View, rows: pd.DataFrame) -> None:
    """The daily rows, newest first: as paid, with the average in HKD beside."""
    config, language = st.column_config, view.language
    rows = rows.reset_index(drop=True)
    unit, divisor = ("mn", 1e6) if language == "en" else ("万", 1e4)
    table = pd.DataFrame({
        "date": rows["end_date"],
        "name": [view.name(ticker) for ticker in rows["ticker"]],
        "shares": rows["shares"],
        "amount": rows["amount"] / divisor,
        "currency": rows["currency"],
        "mark": [(formats.qualified("", row.quality).strip() if row.quality not in ("exact", "ruled", "derived") else _published(row.quality, row.printed, view)) for row in rows.itertuples()],
        "low": rows["price_low"],
        "high": rows["price_high"],
        "average": rows["price_average"],
        "average_hkd": rows["price_average_hkd"],
        "venue": [view.text(f"venue.{venue}") for venue in rows["venue"]],
        "disposal": [view.text(f"disposal.{disposal}") if isinstance(disposal, str) else formats.MISSING for disposal in rows["disposal"]],
        "source": rows["publisher"],
        "link": rows["url"],
    })
    show(table, {
        "date": config.DateColumn(view.text("column.date"), format=date_format(view), pinned=view.is_phone, width=95),
        "name": config.TextColumn(view.text("column.name"), width=100),
        "shares": config.NumberColumn(view.text("column.shares"), format="%,d", width=100),
        "amount": config.NumberColumn(f"{view.text('column.amount')} ({unit})", format="%,.2f", width=105),
        "currency": config.TextColumn(view.text("column.currency"), width=70),
        "mark": config.TextColumn(view.text("column.mark"), width=40 if not rows["printed"].notna().any() else 230, help=view.text("footer.dagger")),
        "low": config.NumberColumn(view.text("column.price_low"), format="%.2f", width=80),
        "high": config.NumberColumn(view.text("column.price_high"), format="%.2f", width=80),
        "average": config.NumberColumn(view.text("column.price_average"), format="%.2f", width=95),
        "average_hkd": config.NumberColumn(view.text("column.average_hkd"), format="%.2f", width=100),
        "venue": config.TextColumn(view.text("column.venue"), width=85),
        "disposal": config.TextColumn(view.text("column.disposal"), width=85),
        "source": config.TextColumn(view.text("column.source"), width=110),
        "link": config.LinkColumn(view.text("column.link"), display_text="↗", width=36),
    }, most=14)


def buyback_statements(view: View, rows: pd.DataFrame) -> None:
    """What was said of longer periods, one row a statement; nothing here adds up."""
    config, language = st.column_config, view.language
    rows = rows.reset_index(drop=True)

    def note(row) -> str:
        parts = [_published(row.quality, row.printed, view) if isinstance(row.printed, str) else "", view.text("buybacks.mandate_note") if row.grain == "mandate" else "",
                 "" if row.trusted else view.text("buybacks.untrusted"), row.note if isinstance(row.note, str) else ""]
        return "; ".join(part for part in parts if part)

    table = pd.DataFrame({
        "name": [view.name(ticker) for ticker in rows["ticker"]],
        "start": rows["start_date"],
        "end": rows["end_date"],
        "grain": [view.text(f"grain.{grain}") for grain in rows["grain"]],
        "measure": [view.text(f"measure.{measure}") for measure in rows["measure"]],
        "shares": [formats.number(row.shares, quality=row.quality) for row in rows.itertuples()],
        "amount": [formats.money(row.amount, row.currency, language, digits=2, quality=row.quality) for row in rows.itertuples()],
        "note": [note(row) for row in rows.itertuples()],
        "published": rows["published_on"],
        "source": rows["publisher"],
        "link": rows["url"],
    })
    date = date_format(view)
    show(table, {
        "name": config.TextColumn(view.text("column.name"), pinned=view.is_phone, width=90),
        "start": config.DateColumn(view.text("filter.from"), format=date, width=95),
        "end": config.DateColumn(view.text("filter.to"), format=date, width=95),
        "grain": config.TextColumn(view.text("column.grain"), width=90),
        "measure": config.TextColumn(view.text("column.measure"), width=80),
        "shares": config.TextColumn(view.text("column.shares"), alignment="right", width=110),
        "amount": config.TextColumn(view.text("column.amount"), alignment="right", width=110),
        "note": config.TextColumn(view.text("column.note"), width=330),
        "published": config.DateColumn(view.text("column.published_on"), format=date, width=95),
        "source": config.TextColumn(view.text("column.source"), width=130),
        "link": config.LinkColumn(view.text("column.link"), display_text="↗", width=36),
    }, most=12)
