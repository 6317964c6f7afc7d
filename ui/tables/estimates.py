"""What was expected, what came, what brokers say now and said before, and in which words."""

import re

import pandas as pd
import streamlit as st

from ui import formats, palette
from ui.tables.parts import Table, date_format, table
from ui.text import TEXTS
from ui.view import View


def broker_words(view: View, broker: str) -> str:
    """A broker's name in the reader's language; of one that is not named, that it is not."""
    if broker.startswith("not printed"):
        return view.text("estimates.not_named")
    found = re.fullmatch(r"(.+) \((.*[\u4e00-\u9fff].*)\)", broker)
    return broker if not found else found[2 if view.language == "zh" else 1]


def brokers_words(view: View, brokers) -> str:
    """Several brokers, each once; those without a name are counted as they come."""
    separator = "、" if view.language == "zh" else ", "
    return separator.join(broker_words(view, broker) for broker in brokers)


def measure_words(view: View, metric: str, basis=None, printed=None) -> str:
    """A metric in words: adjusted net profit, revenue growth; one that is not known here as its
    source prints it.
    """
    base, growth = (
        (metric.removesuffix("_growth"), True) if metric.endswith("_growth") else (metric, False)
    )
    quarter = re.fullmatch(r"(.+)_q([1-4])", base)
    base = quarter[1] if quarter else base
    if f"measure.{base}" not in TEXTS:
        return printed if isinstance(printed, str) else metric.replace("_", " ")
    words = view.text(f"measure.{base}")
    if isinstance(basis, str):
        words = view.text("measure.with_basis", basis=view.text(f"basis.{basis}"), measure=words)
    if growth:
        words = view.text("measure.growth", measure=words)
    return view.text("measure.quarter", measure=words, quarter=quarter[2]) if quarter else words


def figure_words(
    view: View, value, unit: str, currency, quality: str = "exact", *, compact: bool = False
) -> str:
    """A figure in its unit: CNY 20,590mn or CNY 20.6bn, CNY 24.10, 14.2%."""
    if pd.isna(value):
        return formats.MISSING
    if unit == "%":
        return formats.percent(value, quality=quality)
    if unit == "x":
        return formats.multiple(value, view.language, quality=quality)
    if unit == "million":
        return (
            formats.money(value * 1e6, currency, view.language, quality=quality)
            if compact
            else formats.number(value, 0 if abs(value) >= 1000 else 1, quality=quality)
        )
    return formats.qualified(
        formats.price(value, currency if compact else None, view.language), quality
    )


def surprise_words(view: View, row) -> str:
    """How far an actual came from what was expected: per cent, points, or the bare difference where
    a percentage would mean nothing.
    """
    if pd.notna(row.surprise_pct):
        return formats.percent(row.surprise_pct, sign=True)
    if pd.notna(row.surprise_pp):
        return formats.points(row.surprise_pp, view.language)
    if pd.notna(row.difference):
        return (
            f"{formats.number(row.difference, 2 if row.unit != 'million' else 0, sign=True)} "
            f"{row.currency if isinstance(row.currency, str) else ''}"
        ).strip()
    return formats.MISSING


def _coloured(view: View, table: pd.DataFrame, columns: dict[str, pd.Series]):
    theme = view.theme()
    styler = table.style
    for name, values in columns.items():
        colours = [
            f"color: {palette.direction(value, theme)}"
            if pd.notna(value)
            else f"color: {theme.colour('muted')}"
            for value in values
        ]
        styler = styler.apply(lambda column, colours=colours: colours, subset=[name])
    return styler


@table
def surprises(view: View, rows: pd.DataFrame) -> Table:
    """One row a figure, the newest results first: actual, expected, the difference, and whose
    expectation it was.
    """
    config = st.column_config
    rows = rows.reset_index(drop=True)
    units = {
        "million": lambda row: f"{row.currency} {'百万' if view.language == 'zh' else 'mn'}",
        "per share": lambda row: f"{row.currency}",
        "%": lambda row: "%",
    }
    table = pd.DataFrame(
        {
            "period": rows["period"],
            "figure": [
                measure_words(view, row.metric, row.basis, row.metric_printed)
                for row in rows.itertuples()
            ],
            "unit": [units[row.unit](row) for row in rows.itertuples()],
            "actual": [
                figure_words(view, row.actual, row.unit, row.currency, row.quality)
                for row in rows.itertuples()
            ],
            "expected": [
                figure_words(
                    view,
                    row.expected,
                    row.unit,
                    row.currency,
                    "derived" if row.expected_quality == "derived" else "exact",
                )
                for row in rows.itertuples()
            ],
            "surprise": [surprise_words(view, row) for row in rows.itertuples()],
            "verdict": [
                row.verdict if isinstance(row.verdict, str) else "" for row in rows.itertuples()
            ],
            "basis": [view.text(f"expected_basis.{basis}") for basis in rows["expected_basis"]],
            "broker": [brokers_words(view, row.broker.split(", ")) for row in rows.itertuples()],
            "number": rows["n"],
            "expected_on": rows["expected_on"],
            "announced": rows["announced_on"],
            "source": rows["publisher"],
            "link": rows["url"],
            "note": rows["note"].fillna(""),
        }
    )
    return Table(
        "surprises",
        table,
        {
            "period": config.TextColumn(
                view.text("column.period"), pinned=not view.is_phone, width=130
            ),
            "figure": config.TextColumn(
                view.text("column.figure"), pinned=True, width=210 if not view.is_phone else 130
            ),
            "actual": config.TextColumn(view.text("column.actual"), alignment="right", width=90),
            "expected": config.TextColumn(
                view.text("column.expected"), alignment="right", width=100
            ),
            "unit": config.TextColumn(view.text("column.unit"), width=75),
            "surprise": config.TextColumn(
                view.text("column.surprise"), alignment="right", width=85
            ),
            "verdict": config.TextColumn(view.text("column.verdict"), width=140),
            "basis": config.TextColumn(view.text("column.expected_from"), width=180),
            "broker": config.TextColumn(view.text("column.broker"), width=190),
            "number": config.NumberColumn("N", width=40),
            "expected_on": config.DateColumn(
                view.text("column.published_on"), format=date_format(view), width=95
            ),
            "announced": config.DateColumn(
                view.text("column.announced_on"), format=date_format(view), width=95
            ),
            "source": config.TextColumn(view.text("column.source"), width=140),
            "link": config.LinkColumn(view.text("column.link"), display_text="↗", width=36),
            "note": config.TextColumn(view.text("column.note"), width=260),
        },
        most=12,
        styler=_coloured(
            view, table, {"surprise": rows["surprise_pct"].fillna(rows["surprise_pp"])}
        ),
    )


@table
def consensus(view: View, rows: pd.DataFrame) -> Table:
    """One row a measure and year: the median with its N and brokers, grey where all have grown
    old.
    """
    config = st.column_config
    rows = rows.reset_index(drop=True)
    table = pd.DataFrame(
        {
            "year": rows["year"],
            "figure": [measure_words(view, row.metric, row.basis) for row in rows.itertuples()],
            "value": [
                figure_words(
                    view,
                    row.value,
                    row.unit,
                    row.currency,
                    "derived" if row.is_derived else "exact",
                    compact=True,
                )
                for row in rows.itertuples()
            ],
            "lowest": [
                figure_words(view, row.lowest, row.unit, row.currency) for row in rows.itertuples()
            ],
            "highest": [
                figure_words(view, row.highest, row.unit, row.currency) for row in rows.itertuples()
            ],
            "number": [view.text("estimates.one") if n == 1 else str(n) for n in rows["n"]],
            "brokers": [brokers_words(view, brokers) for brokers in rows["brokers"]],
            "last": rows["last_published_on"],
            "status": [
                "" if status == "OK" else view.text("estimates.stale") for status in rows["status"]
            ],
        }
    )
    grey = [
        f"color: {view.theme().colour('stale')}" if status != "OK" else ""
        for status in rows["status"]
    ]
    return Table(
        "consensus",
        table,
        {
            "year": config.TextColumn(view.text("column.fiscal_year"), pinned=True, width=120),
            "figure": config.TextColumn(
                view.text("column.figure"), pinned=not view.is_phone, width=180
            ),
            "value": config.TextColumn(view.text("headline.median"), alignment="right", width=135),
            "lowest": config.TextColumn(view.text("column.lowest"), alignment="right", width=80),
            "highest": config.TextColumn(view.text("column.highest"), alignment="right", width=80),
            "number": config.TextColumn("N", width=85),
            "last": config.DateColumn(
                view.text("column.latest"), format=date_format(view), width=95
            ),
            "status": config.TextColumn(view.text("column.status"), width=140),
            "brokers": config.TextColumn(view.text("column.brokers"), width=360),
        },
        most=10,
        styler=table.style.apply(lambda column: grey) if any(grey) else None,
    )


@table
def estimates(view: View, rows: pd.DataFrame) -> Table:
    """One row a broker, measure and year: new, previous, change, the day of both.

    Rows without a day say what is known of it.
    """
    config = st.column_config
    rows = rows.reset_index(drop=True)

    def change(row) -> str:
        if pd.notna(row.change_pct):
            return formats.percent(row.change_pct, sign=True)
        if pd.notna(row.change_pp):
            return formats.points(row.change_pp, view.language)
        return (
            figure_words(view, row.difference, row.unit, row.currency)
            if pd.notna(row.difference)
            else formats.MISSING
        )

    units = [
        f"{row.currency} {'百万' if view.language == 'zh' else 'mn'}"
        if row.unit == "million"
        else f"{row.currency} {view.text('unit.ads' if row.per == 'ads' else 'unit.share')}"
        if row.unit.startswith("per")
        else row.unit
        for row in rows.itertuples()
    ]
    table = pd.DataFrame(
        {
            "published": [
                formats.day(row.published_on, view.language)
                if pd.notna(row.published_on)
                else row.published_printed
                if isinstance(row.published_printed, str)
                else view.text("estimates.undated_short")
                for row in rows.itertuples()
            ],
            "broker": [broker_words(view, broker) for broker in rows["broker"]],
            "kind": [
                "" if kind == "broker" else view.text(f"estimate_kind.{kind}")
                for kind in rows["estimate_kind"]
            ],
            "figure": [
                measure_words(view, row.metric, row.basis, row.metric_printed)
                for row in rows.itertuples()
            ],
            "year": rows["year"],
            "value": [
                figure_words(view, row.value, row.unit, row.currency, row.quality)
                for row in rows.itertuples()
            ],
            "previous": [
                figure_words(view, row.previous_value, row.unit, row.currency)
                for row in rows.itertuples()
            ],
            "unit": units,
            "change": [change(row) for row in rows.itertuples()],
            "replaces": [
                "" if not isinstance(basis, str) else view.text(f"previous_basis.{basis}")
                for basis in rows["previous_basis"]
            ],
            "before": rows["previous_published_on"],
            "source": rows["publisher"],
            "link": rows["url"],
            "note": rows["note"].fillna(""),
        }
    )
    return Table(
        "estimates",
        table,
        {
            "published": config.TextColumn(
                view.text("column.published_on"),
                pinned=not view.is_phone,
                width=110 if rows["published_on"].notna().any() else 190,
            ),
            "broker": config.TextColumn(
                view.text("column.broker"), pinned=True, width=170 if not view.is_phone else 120
            ),
            "figure": config.TextColumn(view.text("column.figure"), width=190),
            "year": config.TextColumn(view.text("column.fiscal_year"), width=110),
            "value": config.TextColumn(view.text("column.estimate"), alignment="right", width=85),
            "previous": config.TextColumn(
                view.text("column.previous"), alignment="right", width=85
            ),
            "change": config.TextColumn(
                view.text("column.target_change"), alignment="right", width=75
            ),
            "unit": config.TextColumn(view.text("column.unit"), width=80),
            "replaces": config.TextColumn(view.text("column.replaces"), width=150),
            "before": config.DateColumn(
                view.text("column.previous_on"), format=date_format(view), width=95
            ),
            "kind": config.TextColumn(view.text("column.kind"), width=120),
            "source": config.TextColumn(view.text("column.source"), width=140),
            "link": config.LinkColumn(view.text("column.link"), display_text="↗", width=36),
            "note": config.TextColumn(view.text("column.note"), width=260),
        },
        most=12,
        styler=_coloured(
            view,
            table,
            {"change": rows["change_pct"].fillna(rows["change_pp"]).fillna(rows["difference"])},
        ),
    )


def method_words(view: View, row) -> str:
    """How a target was made: SOTP; PE, 14.0x PE 2026 (at the target or at the price of the day)."""
    parts = [row.method] if isinstance(row.method, str) else []
    if pd.notna(row.multiple):
        words = view.text(
            "method.multiple",
            multiple=formats.multiple(row.multiple, view.language),
            metric=row.multiple_metric_printed or row.multiple_metric,
            year=int(row.multiple_year) if pd.notna(row.multiple_year) else "",
        ).strip()
        parts.append(
            f"{words} ({view.text('method.at_price')})"
            if row.multiple_refers_to == "price at publication"
            else words
        )
    return ", ".join(parts)


def _close_then(row, language: str) -> str:
    """The close on the day of a target, with its day where the report does not print it."""
    if pd.isna(row.close_then):
        return formats.MISSING
    words = formats.price(row.close_then)
    if row.close_then_basis in ("printed", None) or pd.isna(row.close_then_date):
        return words
    mark = formats.DAGGER if row.close_then_basis == "derived" else ""
    return f"{words} ({formats.day(row.close_then_date, language)}{mark})"


@table
def targets(view: View, rows: pd.DataFrame) -> Table:
    """One row a target, the newest first, each on its own line: the price then and now, the upside
    of both and the upside as printed.
    """
    config = st.column_config
    rows = rows.reset_index(drop=True)
    table = pd.DataFrame(
        {
            "published": [
                formats.day(row.published_on, view.language)
                if pd.notna(row.published_on)
                else row.published_printed
                if isinstance(row.published_printed, str)
                else view.text("estimates.undated_short")
                for row in rows.itertuples()
            ],
            "broker": [broker_words(view, broker) for broker in rows["broker"]],
            "line": rows["quote_ticker"],
            "target": [
                formats.price(row.target, row.currency, view.language) for row in rows.itertuples()
            ],
            "previous": [formats.price(value) for value in rows["previous_target"]],
            "change": [formats.percent(value, sign=True) for value in rows["change_pct"]],
            "close_then": [_close_then(row, view.language) for row in rows.itertuples()],
            "then": [formats.percent(value, sign=True) for value in rows["upside_then_pct"]],
            "printed": [formats.percent(value, sign=True) for value in rows["upside_printed_pct"]],
            "now": [
                formats.percent(
                    row.upside_now_pct,
                    sign=True,
                    quality="derived" if row.close_now_basis == "derived" else "exact",
                )
                for row in rows.itertuples()
            ],
            "method": [method_words(view, row) for row in rows.itertuples()],
            "rating": rows["rating_printed"].fillna(""),
            "source": rows["publisher"],
            "link": rows["url"],
            "note": rows["note"].fillna(""),
        }
    )
    return Table(
        "targets",
        table,
        {
            "published": config.TextColumn(
                view.text("column.published_on"), pinned=not view.is_phone, width=115
            ),
            "broker": config.TextColumn(
                view.text("column.broker"), pinned=True, width=160 if not view.is_phone else 120
            ),
            "line": config.TextColumn(view.text("column.line"), width=75),
            "target": config.TextColumn(view.text("column.target"), alignment="right", width=95),
            "previous": config.TextColumn(
                view.text("column.previous"), alignment="right", width=75
            ),
            "change": config.TextColumn(
                view.text("column.target_change"), alignment="right", width=70
            ),
            "close_then": config.TextColumn(
                view.text("column.close_then"), alignment="right", width=145
            ),
            "then": config.TextColumn(view.text("column.upside_then"), alignment="right", width=95),
            "printed": config.TextColumn(
                view.text("column.upside_printed"), alignment="right", width=85
            ),
            "now": config.TextColumn(view.text("column.upside_now"), alignment="right", width=95),
            "method": config.TextColumn(view.text("column.method_used"), width=220),
            "rating": config.TextColumn(view.text("column.rating"), width=110),
            "source": config.TextColumn(view.text("column.source"), width=140),
            "link": config.LinkColumn(view.text("column.link"), display_text="↗", width=36),
            "note": config.TextColumn(view.text("column.note"), width=260),
        },
        most=12,
        styler=_coloured(
            view,
            table,
            {
                "change": rows["change_pct"],
                "then": rows["upside_then_pct"],
                "printed": rows["upside_printed_pct"],
                "now": rows["upside_now_pct"],
            },
        ),
    )


def definition_words(view: View, row) -> str:
    """What a broker means by its rating, from its own bounds, benchmark and horizon; nothing where
    it was not seen.
    """
    if not isinstance(row.rule, str):
        return ""
    horizon = (
        view.text("estimates.horizon_6_12")
        if row.horizon == "6 to 12 months after the report"
        else row.horizon or ""
    )
    benchmark = re.sub(r" \([^)]*\)", "", row.benchmark or "")
    lower, upper = row.lower_bound_pct, row.upper_bound_pct
    if pd.notna(lower) and pd.notna(upper):
        return view.text(
            "estimates.means_within",
            lower=formats.number(lower, sign=True),
            upper=formats.number(upper, sign=True),
            benchmark=benchmark,
            horizon=horizon,
        )
    if pd.notna(lower):
        return view.text(
            "estimates.means_over",
            lower=formats.number(lower),
            benchmark=benchmark,
            horizon=horizon,
        )
    if pd.notna(upper):
        return view.text(
            "estimates.means_under",
            upper=formats.number(-upper),
            benchmark=benchmark,
            horizon=horizon,
        )
    return row.rule


@table
def ratings(view: View, rows: pd.DataFrame) -> Table:
    """One row a rating, the newest first: the broker's word, the step of five, and what the broker
    means by it.
    """
    config = st.column_config
    rows = rows.reset_index(drop=True)
    table = pd.DataFrame(
        {
            "published": [
                formats.day(row.published_on, view.language)
                if pd.notna(row.published_on)
                else row.published_printed
                if isinstance(row.published_printed, str)
                else view.text("estimates.undated_short")
                for row in rows.itertuples()
            ],
            "broker": [broker_words(view, broker) for broker in rows["broker"]],
            "rating": [
                row.rating
                if row.rating == row.rating_en or view.language == "zh"
                else f"{row.rating} ({row.rating_en})"
                for row in rows.itertuples()
            ],
            "before": rows["previous_rating"].fillna(""),
            "code": [view.text(f"rating_code.{code}") for code in rows["rating_code"]],
            "means": [
                definition_words(view, row) or view.text("estimates.definition_unseen")
                for row in rows.itertuples()
            ],
            "source": rows["publisher"],
            "link": rows["url"],
            "note": rows["note"].fillna(""),
        }
    )
    return Table(
        "ratings",
        table,
        {
            "published": config.TextColumn(
                view.text("column.published_on"), pinned=not view.is_phone, width=115
            ),
            "broker": config.TextColumn(
                view.text("column.broker"), pinned=True, width=170 if not view.is_phone else 120
            ),
            "rating": config.TextColumn(view.text("column.rating"), width=150),
            "code": config.TextColumn(view.text("column.rating_code"), width=95),
            "before": config.TextColumn(view.text("column.rating_before"), width=90),
            "means": config.TextColumn(view.text("column.means"), width=430),
            "source": config.TextColumn(view.text("column.source"), width=140),
            "link": config.LinkColumn(view.text("column.link"), display_text="↗", width=36),
            "note": config.TextColumn(view.text("column.note"), width=240),
        },
        most=10,
    )
