"""One company: what changed between two evenings, its profits on both bases, its results days, its
operating figures, its documents. Drawn as plain tables, which print as they stand.
"""

from collections.abc import Callable
from datetime import date
from functools import partial, wraps

import pandas as pd
import streamlit as st

from ui import formats, palette, panels
from ui.compat import only_colours
from ui.memory import once, show_once
from ui.tables.documents import BADGES, document_publisher, published, title
from ui.tables.estimates import broker_words, definition_words, figure_words, measure_words
from ui.tables.parts import offer
from ui.tables.segments import kpi_figure, moved
from ui.view import View

OF_BROKERS = ("estimate", "broker_target", "rating")
METRICS = ("eps_diluted", "net_income", "revenue")  # medians shown; the others stand on Estimates
SHOWN = 6  # figures of brokers that are shown


def static(show: Callable[..., None]) -> Callable[..., None]:
    """A function (view, ...) that shows what has no controls, written once for equal views and the
    same rows.
    """
    return wraps(show)(partial(show_once, show))


def _plain(
    table: pd.DataFrame,
    headers: dict[str, str],
    alt: str,
    *,
    right: tuple[str, ...] = (),
    colours: dict[str, list[str]] | None = None,
) -> None:
    """A small table that prints as it stands: words only, figures to the right, a colour where a
    direction is meant.
    """
    shown = table.map(
        lambda value: panels.escape(value) if isinstance(value, str) else value
    ).rename(columns=headers)
    styler = shown.style.set_properties(
        subset=[headers[name] for name in right], **{"text-align": "right"}
    )
    for name, found in (colours or {}).items():
        styler = styler.apply(lambda column, found=found: found, subset=[headers[name]])
    st.table(only_colours(styler), border="horizontal", hide_index=True, alt=alt)


def _measure(view: View, metric: str, basis, year: str) -> tuple[str, str]:
    return measure_words(
        view, metric, basis
    ), f"FY{year[:4]}" if view.language == "en" else f"{year[:4]}财年"


def _label(view: View, row) -> str:
    """What a figure of company_changes is, in words."""
    basis = view.text(f"basis.{row.basis}") if isinstance(row.basis, str) else ""
    currency = row.currency if isinstance(row.currency, str) else ""
    broker = broker_words(view, row.broker) if isinstance(row.broker, str) else ""
    words = {"basis": basis, "currency": currency, "window": view.window_words(), "broker": broker}
    if row.item in ("consensus", "estimate"):
        metric, year = row.detail.split("|")
        words["measure"], words["year"] = _measure(view, metric, row.basis, year)
        words["unit"] = (
            f"{currency} {view.text('company.mn')}".strip() if row.unit == "million" else currency
        )
    elif row.item in ("target", "broker_target"):
        words["line"] = view.name(row.detail)
    return view.text(f"change.{row.item}", **words)


def _figure(view: View, row, value, status: str) -> str:
    """A figure of either evening; why there is none."""
    if row.item == "rating":
        return value if isinstance(value, str) else formats.MISSING
    if status == "NM_LOSS":
        return formats.NOT_MEANINGFUL
    if pd.isna(value):
        return (
            view.text("company.lapsed")
            if status == "MISSING_ESTIMATE" and row.item in ("consensus", "target")
            else formats.MISSING
        )
    if row.item in ("pe_ttm", "pe_forward"):
        return formats.multiple(value, view.language)
    if row.item == "percentile":
        return formats.percentile(value, view.language)
    if row.item == "buyback_ytd":
        return formats.money(value, "HKD", view.language)
    if row.item == "documents":
        return formats.number(value)
    if row.item == "eps_ttm":
        return formats.price(value, None, view.language, digits=3)
    return figure_words(
        view,
        value,
        row.unit if row.unit in ("million", "%", "x") else "per share",
        row.currency if isinstance(row.currency, str) else None,
    )


def _moved(view: View, row) -> tuple[str, float]:
    """The change in words, and its direction."""
    if row.item == "rating":
        return view.text("company.reiterated") if row.words_then == row.words_now else view.text(
            "company.first_seen"
        ) if not isinstance(row.words_then, str) else formats.MISSING, 0.0
    if row.item == "documents":
        return (
            view.text("company.new_stories", number=int(row.difference))
            if row.difference > 0
            else "0"
        ), 0.0
    if pd.isna(row.difference) and pd.isna(row.change_pct):
        return formats.MISSING, 0.0
    if row.item == "percentile":
        return formats.points(row.difference, view.language, digits=0), row.difference
    if row.item == "buyback_ytd":
        return ("+" if row.difference > 0 else "") + formats.money(
            row.difference, "HKD", view.language
        ), 0.0
    if row.item == "estimate" and row.unit == "%":
        return formats.points(row.change_pct, view.language), row.change_pct
    return formats.change(row.change_pct), row.change_pct


def company_changes(view: View, rows: pd.DataFrame, since: date) -> None:
    """Each figure then and now; rows: those of company_changes of one company and its line.

    What is unknown on both evenings is left out, and of what brokers said the first few are shown.
    """
    show_once(_changes, view, rows, since)
    figures, headers = once(_changed, view, rows)[0], _headers(view, since)
    if figures.empty:
        return
    config = st.column_config
    offer(
        view,
        "company-changes",
        {
            name: config.Column(label)
            for name, label in {
                "what": headers["what"],
                "value_then": headers["then"],
                "date_then": view.text("column.date"),
                "value_now": headers["now"],
                "date_now": view.text("column.date"),
                "difference": view.text("column.difference"),
                "change_pct": view.text("column.change"),
                "unit": view.text("column.unit"),
                "currency": view.text("column.currency"),
            }.items()
        },
        (),
        lambda: figures.assign(what=[_label(view, row) for row in figures.itertuples()]),
    )


def _headers(view: View, since: date) -> dict[str, str]:
    return {
        "what": view.text("column.what_changed"),
        "then": view.text("column.then", date=view.day(since)),
        "now": view.text("column.now", date=view.day(view.as_of)),
        "change": view.text("column.moved_by"),
    }


def _changed(view: View, rows: pd.DataFrame) -> tuple[pd.DataFrame, int]:
    """The rows that are shown, and how many more brokers said something."""
    known = rows[
        (
            rows["value_then"].notna()
            | rows["value_now"].notna()
            | rows["words_now"].notna()
            | rows["status_now"].isin(["NM_LOSS"])
        )
        & (
            rows["basis"].isna()
            | (rows["basis"] == view.state.basis)
            | rows["item"].isin(["consensus", "estimate"])
        )
    ]
    metric = known["detail"].fillna("").str.split("|").str[0]
    known = known[~known["item"].isin(["consensus"]) | metric.isin(METRICS)]
    brokers = known[known["item"].isin(OF_BROKERS)]
    return pd.concat([known[~known["item"].isin(OF_BROKERS)], brokers.head(SHOWN)]).reset_index(
        drop=True
    ), max(0, len(brokers) - SHOWN)


def _changes(view: View, rows: pd.DataFrame, since: date) -> None:
    shown, more = once(_changed, view, rows)
    if shown.empty:
        panels.missing(view.text("company.no_changes"))
        return
    told = [_moved(view, row) for row in shown.itertuples()]
    theme = view.theme()

    def dated(row, value, day, status: str) -> str:
        words = _figure(view, row, value, status)
        return (
            view.text("change.to", value=words, date=view.day(day))
            if pd.notna(day) and row.item in ("eps_ttm", "buyback_ytd") and words != formats.MISSING
            else words
        )

    table = pd.DataFrame(
        {
            "what": [_label(view, row) for row in shown.itertuples()],
            "then": [
                dated(
                    row,
                    row.words_then if row.item == "rating" else row.value_then,
                    row.date_then,
                    row.status_then,
                )
                for row in shown.itertuples()
            ],
            "now": [
                dated(
                    row,
                    row.words_now if row.item == "rating" else row.value_now,
                    row.date_now,
                    row.status_now,
                )
                for row in shown.itertuples()
            ],
            "change": [words for words, _ in told],
        }
    )
    _plain(
        table,
        _headers(view, since),
        view.text(
            "alt.changes",
            name=view.name(shown["ticker"].iloc[0]),
            since=view.day(since),
            date=view.day(view.as_of),
        ),
        right=("then", "now", "change"),
        colours={
            "change": [f"color: {palette.direction(way, theme)}" if way else "" for _, way in told]
        },
    )
    if more:
        panels.missing(view.text("company.more", number=more))


@static
def company_bridge(view: View, rows: pd.DataFrame, year_end: int) -> None:
    """Reported profit, the sum of the items between, adjusted profit: the latest period first.
    rows: those of profit_bridge.
    """
    table = pd.DataFrame(
        {
            "period": [
                formats.period(row.fiscal_period, row.period_end, year_end, view.language)
                for row in rows.itertuples()
            ],
            "reported": [
                formats.number(row.reported_mn, quality=row.quality) for row in rows.itertuples()
            ],
            "items": [
                formats.number(row.adjustments_mn, sign=True, quality=row.quality)
                for row in rows.itertuples()
            ],
            "adjusted": [
                formats.number(row.adjusted_mn, quality=row.quality) for row in rows.itertuples()
            ],
        }
    )
    _plain(
        table,
        {
            "period": view.text("column.period"),
            "reported": view.text("column.bridge_reported"),
            "items": view.text("column.bridge_items"),
            "adjusted": view.text("column.bridge_adjusted"),
        },
        view.text("alt.bridge", name=view.name(rows["ticker"].iloc[0])),
        right=("reported", "items", "adjusted"),
    )
    panels.missing(view.text("company.bridge_unit", currency=rows["currency"].iloc[0]))


@static
def company_calendar(view: View, rows: pd.DataFrame, year_end: int) -> None:
    """The days on which results came, the latest first. rows: those of results_calendar."""
    table = pd.DataFrame(
        {
            "period": [
                formats.period(row.fiscal_period, row.period_end, year_end, view.language)
                for row in rows.itertuples()
            ],
            "announced": [
                view.day(row.announced_on)
                if row.date_basis == "printed"
                else view.text("company.inferred", date=view.day(row.announced_on))
                for row in rows.itertuples()
            ],
            "after": [str(row.days_after) for row in rows.itertuples()],
        }
    )
    _plain(
        table,
        {
            "period": view.text("column.period"),
            "announced": view.text("column.announced_on"),
            "after": view.text("column.days_after"),
        },
        view.text("alt.calendar", name=view.name(rows["ticker"].iloc[0])),
        right=("announced", "after"),
    )


@static
def company_kpis(view: View, rows: pd.DataFrame) -> None:
    """The latest of a few operating figures. rows: those of ui.pictures.segments.Kpis.latest."""
    theme = view.theme()
    table = pd.DataFrame(
        {
            "kpi": rows["kpi"],
            "value": [
                (
                    f"{kpi_figure(row.value, row.value_high, row.quality)} "
                    f"{row.unit if isinstance(row.unit, str) else ''}"
                ).strip()
                for row in rows.itertuples()
            ],
            "yoy": [moved(view, row) for row in rows.itertuples()],
            "period": rows["period"],
        }
    ).reset_index(drop=True)
    changes = rows["yoy_pct"].fillna(rows["change_pp"])
    _plain(
        table,
        {
            "kpi": view.text("column.kpi"),
            "value": view.text("column.value"),
            "yoy": view.text("column.moved"),
            "period": view.text("column.period"),
        },
        view.text("alt.kpis", name=view.name(rows["ticker"].iloc[0])),
        right=("value", "yoy"),
        colours={
            "yoy": [
                f"color: {palette.direction(change, theme)}" if pd.notna(change) else ""
                for change in changes
            ]
        },
    )


@static
def company_documents(view: View, rows: pd.DataFrame) -> None:
    """A line a story: its kind, publisher, day and title, with its link where it is public. rows:
    those of documents_as_of.
    """
    st.markdown(
        "\n".join(
            (
                f"- {BADGES[row.kind].format(panels.escape(view.text(f'kind.{row.kind}')))} "
                f"{title(row, [])} :gray[{panels.escape(document_publisher(view, row))} · "
                f"{panels.escape(published(view, row))}]"
            )
            for row in rows.itertuples()
        )
    )


@static
def company_brokers(
    view: View, medians: pd.DataFrame, aims: pd.DataFrame, ratings: pd.DataFrame
) -> None:
    """Medians of what brokers expect, of their targets, and their ratings in their own words, with
    what they mean by them.
    """
    lines = []
    for row in medians.itertuples():
        measure, year = _measure(view, row.metric, row.basis, str(row.fiscal_year_end))

        def write(value, row=row):
            return figure_words(
                view,
                value,
                row.unit,
                row.currency,
                "derived" if row.is_derived else "exact",
                compact=True,
            )

        lines.append(
            panels.escape(
                view.text(
                    "company.consensus",
                    measure=measure,
                    year=year,
                    value=write(row.value),
                    number=row.n,
                    range=view.text("company.range", low=write(row.lowest), high=write(row.highest))
                    if row.n > 1
                    else "",
                    old="" if row.status == "OK" else view.text("company.older"),
                )
            )
        )
    for row in aims.itertuples():
        lines.append(
            panels.escape(
                view.text(
                    "company.target",
                    line=view.name(row.quote_ticker),
                    value=formats.price(row.target, row.currency, view.language),
                    number=row.n,
                    upside=formats.percent(row.upside_now_pct, sign=True),
                )
            )
        )
    for row in ratings.itertuples():
        word = (
            row.rating
            if row.rating == row.rating_en
            or view.language == "zh"
            or not isinstance(row.rating_en, str)
            else f"{row.rating} ({row.rating_en})"
        )
        told = panels.escape(
            view.text(
                "company.rating",
                broker=broker_words(view, row.broker),
                rating=word,
                date=view.day(row.published_on),
            )
        )
        lines.append(
            told
            + (f" :gray[{panels.escape(meant)}]" if (meant := definition_words(view, row)) else "")
        )
    st.markdown("\n".join(f"- {words}" for words in lines))
