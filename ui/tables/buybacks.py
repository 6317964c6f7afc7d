"""Who bought back, which days, which statements, and how they agree."""

import pandas as pd
import streamlit as st

from ui import formats, palette
from ui.memory import once
from ui.tables.parts import Table, date_format, show, table
from ui.view import View


def _published(quality: str, printed, view: View, doubted_by=None) -> str:
    """The mark of a row: the tests it fails, or what was printed where a ruling stands in its
    place.
    """
    if isinstance(doubted_by, str):
        return "? " + ", ".join(
            f"{code} {view.text(f'finding_rule.{code}')}" for code in doubted_by.split(", ")
        )
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
    return (
        view.text(
            f"buybacks.basis_{int(row.preference)}",
            date=formats.day(row.last_trade_date, view.language),
        )
        + cut
    )


def buyback_league(view: View, rows: pd.DataFrame, key: str, most: int = 23) -> str | None:
    """The year to date of every company: amounts in HK$ mn (亿), who has none last and why.

    Returns the ticker of the company whose name was clicked.
    """
    pressed = show(view, once(_league, view, rows, most), button="name", key=key)
    return None if pressed is None else rows.iloc[pressed]["ticker"]


def _league(view: View, rows: pd.DataFrame, most: int) -> Table:
    config, language = st.column_config, view.language
    rows = rows.reset_index(drop=True)
    theme = view.theme()
    unit, divisor = ("HK$ mn", 1e6) if language == "en" else ("亿港元", 1e8)
    date = "D MMM YY" if language == "en" else "YYYY-MM-DD"
    table = pd.DataFrame(
        {
            "rank": rows["rank"].astype("Float64"),
            "name": [view.name(ticker) for ticker in rows["ticker"]],
            "amount": rows["amount_hkd"] / divisor,
            "mark": [
                formats.qualified("", quality).strip()
                if isinstance(quality, str) and quality != "exact"
                else ""
                for quality in rows["quality"]
            ],
            "cap": rows["cap_share_pct"],
            "average": rows["price_average_hkd"],
            "above": rows["above_close_pct"],
            "gross": rows["gross_yield_pct"],
            "net": rows["net_reduction_pct"],
            "to": rows["last_trade_date"],
            "last": rows["last_purchase_date"],
            "prior": rows["prior_amount_hkd"] / divisor,
            "prior_to": rows["prior_to"],
            "change": rows["change_pct"],
            "basis": [
                view.text(
                    "buybacks.short_none"
                    if pd.isna(row.preference)
                    else f"buybacks.short_{int(row.preference)}"
                )
                for row in rows.itertuples()
            ],
        }
    )
    muted, absent = theme.colour("muted"), rows["amount_hkd"].isna().tolist()
    styler = table.style.apply(
        lambda row: [f"color: {muted}" if absent[row.name] else ""] * len(row), axis=1
    )
    styler = styler.map(
        lambda value: "" if pd.isna(value) else f"color: {palette.direction(value, theme)}",
        subset=["change"],
    )
    return Table(
        "buyback-league",
        table,
        {
            "rank": config.NumberColumn(
                view.text("column.rank"), format="%d", width=36, pinned=not view.is_phone
            ),
            "name": config.TextColumn(view.text("column.name"), pinned=view.is_phone, width=105),
            "amount": config.NumberColumn(
                f"{view.text('column.amount')} ({unit})",
                format="%,.1f" if language == "en" else "%,.2f",
                width=115,
            ),
            "mark": config.TextColumn("~", width=30, help=view.text("footer.dagger")),
            "cap": config.NumberColumn(
                view.text("column.cap_share"),
                format="%.2f",
                width=75,
                help=view.text("help.cap_share"),
            ),
            "average": config.NumberColumn(
                view.text("column.average_hkd"), format="%.2f", width=100
            ),
            "above": config.NumberColumn(view.text("column.above_close"), format="%+.1f", width=80),
            "gross": config.NumberColumn(
                view.text("column.buyback_gross"),
                format="%.2f",
                width=80,
                help=view.text("help.gross_yield"),
            ),
            "net": config.NumberColumn(
                view.text("column.buyback_net"),
                format="%+.2f",
                width=75,
                help=view.text("help.net_reduction"),
            ),
            "to": config.DateColumn(view.text("column.cut_off"), format=date, width=82),
            "last": config.DateColumn(view.text("column.last_trade"), format=date, width=82),
            "prior": config.NumberColumn(
                f"{view.text('column.year_ago')} ({unit})",
                format="%,.1f" if language == "en" else "%,.2f",
                width=130,
                help=view.text("column.same_day_last_year"),
            ),
            "prior_to": config.DateColumn(view.text("column.cut_off") + " ", format=date, width=82),
            "change": config.NumberColumn(
                view.text("column.change_year"), format="%+.1f", width=75
            ),
            "basis": config.TextColumn(view.text("column.basis_note"), width=290),
        },
        most=most,
        styler=styler,
    )


@table
def buyback_days(view: View, rows: pd.DataFrame) -> Table:
    """The daily rows, newest first: as paid, with the average in HKD beside."""
    config, language = st.column_config, view.language
    rows = rows.reset_index(drop=True)
    unit, divisor = ("mn", 1e6) if language == "en" else ("万", 1e4)
    table = pd.DataFrame(
        {
            "date": rows["end_date"],
            "name": [view.name(ticker) for ticker in rows["ticker"]],
            "shares": rows["shares"],
            "amount": rows["amount"] / divisor,
            "currency": rows["currency"],
            "mark": [
                (
                    formats.qualified("", row.quality).strip()
                    if row.quality not in ("exact", "ruled", "derived") and pd.isna(row.doubted_by)
                    else _published(row.quality, row.printed, view, row.doubted_by)
                )
                for row in rows.itertuples()
            ],
            "low": rows["price_low"],
            "high": rows["price_high"],
            "average": rows["price_average"],
            "average_hkd": rows["price_average_hkd"],
            "turnover": rows["turnover_pct"],
            "venue": [view.text(f"venue.{venue}") for venue in rows["venue"]],
            "disposal": [
                view.text(f"disposal.{disposal}") if isinstance(disposal, str) else formats.MISSING
                for disposal in rows["disposal"]
            ],
            "source": rows["publisher"],
            "link": rows["url"],
        }
    )
    return Table(
        "buyback-days",
        table,
        {
            "date": config.DateColumn(
                view.text("column.date"), format=date_format(view), pinned=view.is_phone, width=95
            ),
            "name": config.TextColumn(view.text("column.name"), width=100),
            "shares": config.NumberColumn(view.text("column.shares"), format="%,d", width=100),
            "amount": config.NumberColumn(
                f"{view.text('column.amount')} ({unit})", format="%,.2f", width=105
            ),
            "currency": config.TextColumn(view.text("column.currency"), width=70),
            "mark": config.TextColumn(
                view.text("column.mark"),
                width=40
                if not (rows["printed"].notna() | rows["doubted_by"].notna()).any()
                else 230,
                help=view.text("footer.dagger"),
            ),
            "low": config.NumberColumn(view.text("column.price_low"), format="%.2f", width=80),
            "high": config.NumberColumn(view.text("column.price_high"), format="%.2f", width=80),
            "average": config.NumberColumn(
                view.text("column.price_average"), format="%.2f", width=95
            ),
            "average_hkd": config.NumberColumn(
                view.text("column.average_hkd"), format="%.2f", width=100
            ),
            **(
                {
                    "turnover": config.NumberColumn(
                        view.text("column.turnover"),
                        format="%.1f",
                        width=90,
                        help=view.text("help.turnover"),
                    )
                }
                if rows["turnover_pct"].notna().any()
                else {}
            ),
            "venue": config.TextColumn(view.text("column.venue"), width=85),
            "disposal": config.TextColumn(view.text("column.disposal"), width=85),
            "source": config.TextColumn(view.text("column.source"), width=110),
            "link": config.LinkColumn(view.text("column.link"), display_text="↗", width=36),
        },
        most=14,
    )


@table
def buyback_statements(view: View, rows: pd.DataFrame) -> Table:
    """What was said of longer periods, one row a statement; nothing here adds up."""
    config, language = st.column_config, view.language
    rows = rows.reset_index(drop=True)

    def note(row) -> str:
        parts = [
            _published(row.quality, row.printed, view, row.doubted_by)
            if isinstance(row.printed, str) or isinstance(row.doubted_by, str)
            else "",
            view.text("buybacks.mandate_note") if row.grain == "mandate" else "",
            "" if row.trusted else view.text("buybacks.untrusted"),
            row.note if isinstance(row.note, str) else "",
        ]
        return "; ".join(part for part in parts if part)

    table = pd.DataFrame(
        {
            "name": [view.name(ticker) for ticker in rows["ticker"]],
            "start": rows["start_date"],
            "end": rows["end_date"],
            "grain": [view.text(f"grain.{grain}") for grain in rows["grain"]],
            "measure": [view.text(f"measure.{measure}") for measure in rows["measure"]],
            "shares": [
                formats.number(row.shares, quality=row.quality) for row in rows.itertuples()
            ],
            "amount": [
                formats.money(row.amount, row.currency, language, digits=2, quality=row.quality)
                for row in rows.itertuples()
            ],
            "note": [note(row) for row in rows.itertuples()],
            "published": rows["published_on"],
            "source": rows["publisher"],
            "link": rows["url"],
        }
    )
    date = date_format(view)
    return Table(
        "buyback-statements",
        table,
        {
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
        },
        most=12,
    )


@table
def buyback_reconciliation(view: View, rows: pd.DataFrame) -> Table:
    """Statements as printed beside the sum of the daily returns of the same days: both figures, the
    difference, the verdict.
    """
    config, language = st.column_config, view.language
    rows = rows.reset_index(drop=True)
    unit, divisor = ("mn", 1e6) if language == "en" else ("百万", 1e6)
    date = date_format(view)
    table = pd.DataFrame(
        {
            "name": [view.name(ticker) for ticker in rows["ticker"]],
            "grain": [view.text(f"grain.{grain}") for grain in rows["grain"]],
            "start": rows["start_date"],
            "end": rows["end_date"],
            "currency": rows["currency"],
            "printed": rows["printed_amount"] / divisor,
            "daily": rows["daily_amount"] / divisor,
            "off": rows["amount_difference"] / divisor,
            "off_pct": rows["amount_difference_pct"],
            "shares": rows["printed_shares"],
            "daily_shares": rows["daily_shares"],
            "shares_pct": rows["shares_difference_pct"],
            "verdict": [
                view.text(f"verdict.{row.verdict.replace(' ', '_')}")
                + (f" {formats.DAGGER}" if isinstance(row.correction_id, str) else "")
                for row in rows.itertuples()
            ],
            "reached": rows["reached_on"],
            "source": rows["publisher"],
        }
    )
    note = palette.TOKENS[view.theme().name]["note"]
    styler = table.style.apply(
        lambda column: [
            f"color: {note}" if verdict in ("differs", "days missing") else ""
            for verdict in rows["verdict"]
        ],
        subset=["verdict"],
    )
    return Table(
        "buyback-reconciliation",
        table,
        {
            **(
                {
                    "name": config.TextColumn(
                        view.text("column.name"), pinned=view.is_phone, width=85
                    )
                }
                if rows["ticker"].nunique() > 1
                else {}
            ),
            "grain": config.TextColumn(view.text("column.grain"), width=85),
            "start": config.DateColumn(view.text("filter.from"), format=date, width=90),
            "end": config.DateColumn(view.text("filter.to"), format=date, width=90),
            "currency": config.TextColumn(view.text("column.currency"), width=65),
            "printed": config.NumberColumn(
                f"{view.text('column.stated')} ({unit})", format="%,.1f", width=105
            ),
            "daily": config.NumberColumn(
                f"{view.text('column.daily_sum')} ({unit})", format="%,.1f", width=110
            ),
            "off": config.NumberColumn(
                f"{view.text('column.buyback_difference')} ({unit})", format="%,.1f", width=105
            ),
            "off_pct": config.NumberColumn("%", format="%+.1f", width=55),
            "shares": config.NumberColumn(
                view.text("column.stated_shares"), format="%,d", width=105
            ),
            "daily_shares": config.NumberColumn(
                view.text("column.daily_shares"), format="%,d", width=105
            ),
            "shares_pct": config.NumberColumn("% ", format="%+.1f", width=55),
            "verdict": config.TextColumn(view.text("column.buyback_verdict"), width=110),
            "reached": config.DateColumn(
                view.text("column.reached_on"),
                format=date,
                width=110,
                help=view.text("help.reached_on"),
            ),
            "source": config.TextColumn(view.text("column.source"), width=120),
        },
        most=14,
        styler=styler,
    )


@table
def buyback_rulings(view: View, rows: pd.DataFrame) -> Table:
    """What was printed, what is used in its place, the test and the reason."""
    config = st.column_config
    rows = rows.reset_index(drop=True)

    def figure(value, column) -> str | None:
        return (
            None
            if not isinstance(value, str)
            else formats.number(
                float(value), 2 if isinstance(column, str) and column.startswith("price") else 0
            )
        )

    table = pd.DataFrame(
        {
            "name": [view.name(ticker) for ticker in rows["ticker"]],
            "span": [
                (
                    f"{view.text(f'grain.{row.grain}')} "
                    f"{formats.day(row.start_date, view.language)} – "
                    f"{formats.day(row.end_date, view.language)}"
                )
                if row.grain != "day"
                else formats.day(row.end_date, view.language)
                for row in rows.itertuples()
            ],
            "figure": [
                view.text(f"ruled.{column}")
                if isinstance(column, str)
                else view.text("buybacks.untrusted")
                for column in rows["column_name"]
            ],
            "printed": [figure(row.printed_value, row.column_name) for row in rows.itertuples()],
            "ruled": [
                (figure(row.ruled_value, row.column_name) or formats.MISSING) + formats.DAGGER
                if isinstance(row.column_name, str)
                else None
                for row in rows.itertuples()
            ],
            "found": [
                ", ".join(
                    f"{code} {view.text(f'finding_rule.{code}')}" for code in found.split(", ")
                )
                if isinstance(found, str)
                else view.text("buybacks.found_by_hand")
                for found in rows["found_by"]
            ],
            "test": rows["test"].where(rows["correction_id"].notna()),
            "reason": rows["reason"],
            "source": rows["publisher"],
        }
    )
    return Table(
        "buyback-rulings",
        table,
        {
            "name": config.TextColumn(view.text("column.name"), pinned=view.is_phone, width=85),
            "span": config.TextColumn(view.text("column.grain"), width=210),
            "figure": config.TextColumn(view.text("column.measure"), width=95),
            "printed": config.TextColumn(view.text("column.printed"), alignment="right", width=115),
            "ruled": config.TextColumn(view.text("column.ruled"), alignment="right", width=120),
            "found": config.TextColumn(view.text("column.found_by"), width=190),
            "test": config.TextColumn(view.text("column.test"), width=260),
            "reason": config.TextColumn(view.text("column.reason"), width=330),
            "source": config.TextColumn(view.text("column.source"), width=120),
        },
        most=10,
    )


@table
def buyback_prices(view: View, rows: pd.DataFrame) -> Table:
    """What was paid on average in each year, against three closes, the last year first. rows: the
    first year first.
    """
    config = st.column_config
    rows = rows.iloc[::-1].reset_index(drop=True)
    date = date_format(view)
    table = pd.DataFrame(
        {
            "year": [str(year) for year in rows["year"]],
            "days": rows["days"],
            "paid": rows["price_average_hkd"],
            "average": rows["average_close"],
            "above_average": rows["above_average_pct"],
            "of_days": rows["close_of_days"],
            "above_days": rows["above_close_of_days_pct"],
            "close": rows["close"],
            "above": rows["above_close_pct"],
            "last": rows["last_day"],
        }
    )
    return Table(
        "buyback-prices",
        table,
        {
            "year": config.TextColumn(view.text("column.year"), width=60),
            "days": config.NumberColumn(view.text("column.purchase_days"), format="%d", width=90),
            "paid": config.NumberColumn(view.text("column.average_hkd"), format="%.2f", width=110),
            "average": config.NumberColumn(
                view.text("column.close_of_year"),
                format="%.2f",
                width=130,
                help=view.text("help.close_of_year"),
            ),
            "above_average": config.NumberColumn("%", format="%+.1f", width=60),
            "of_days": config.NumberColumn(
                view.text("column.close_of_days"),
                format="%.2f",
                width=150,
                help=view.text("help.close_of_days"),
            ),
            "above_days": config.NumberColumn("% ", format="%+.1f", width=60),
            "close": config.NumberColumn(
                view.text("column.close_latest"), format="%.2f", width=110
            ),
            "above": config.NumberColumn("%  ", format="%+.1f", width=60),
            "last": config.DateColumn(view.text("column.last_trade"), format=date, width=100),
        },
        most=8,
    )


@table
def buyback_mandates(view: View, rows: pd.DataFrame) -> Table:
    """Counts since the last general mandate, with their own denominator."""
    config = st.column_config
    rows = rows.reset_index(drop=True)
    date = date_format(view)
    table = pd.DataFrame(
        {
            "name": [view.name(ticker) for ticker in rows["ticker"]],
            "start": rows["resolved_on"],
            "end": rows["end_date"],
            "shares": rows["shares"],
            "pct": rows["issued_pct"],
            "issued": rows["issued_shares"],
            "limit": rows["limit_shares"],
            "left": rows["left_shares"],
            "daily": rows["daily_shares"],
            "source": rows["publisher"],
        }
    )
    return Table(
        "buyback-mandates",
        table,
        {
            "name": config.TextColumn(view.text("column.name"), pinned=view.is_phone, width=85),
            "start": config.DateColumn(view.text("column.resolved_on"), format=date, width=105),
            "end": config.DateColumn(view.text("filter.to"), format=date, width=95),
            "shares": config.NumberColumn(view.text("column.shares"), format="%,d", width=110),
            "pct": config.NumberColumn(
                view.text("column.issued_pct"),
                format="%.4f",
                width=105,
                help=view.text("help.issued_pct"),
            ),
            "issued": config.NumberColumn(
                view.text("column.issued_shares") + f" {formats.DAGGER}",
                format="%,d",
                width=130,
                help=view.text("help.issued_shares"),
            ),
            "limit": config.NumberColumn(view.text("column.limit_shares"), format="%,d", width=115),
            "left": config.NumberColumn(
                view.text("column.left_shares") + f" {formats.DAGGER}", format="%,d", width=115
            ),
            "daily": config.NumberColumn(view.text("column.daily_shares"), format="%,d", width=115),
            "source": config.TextColumn(view.text("column.source"), width=130),
        },
        most=8,
    )
