"""The windows of a multiple, and the proof of one point."""

import pandas as pd
import streamlit as st

from ui import formats, panels
from ui.tables.parts import Table, date_format, table
from ui.view import View


@table
def windows(view: View, rows: pd.DataFrame, write) -> Table:
    """One line a window: percentile, how many observations, since when, median, coverage."""
    config = st.column_config
    table = pd.DataFrame(
        {
            "window": [
                view.text(f"window.{span}")
                for span in rows["years"].map({1: "1y", 3: "3y", 5: "5y", 10: "10y", 0: "max"})
            ],
            "percentile": rows["percentile"],
            "number": rows["n"],
            "first": rows["first_date"],
            "median": [write(value) for value in rows["q50"]],
            "coverage": rows["coverage_pct"],
        }
    )
    return Table(
        "windows",
        table,
        {
            "window": config.TextColumn(view.text("column.window"), width=60),
            "percentile": config.ProgressColumn(
                view.text("column.percentile"),
                min_value=0,
                max_value=100,
                format="%.1f",
                width=130,
                color=view.theme().colour("cheap"),
            ),
            "number": config.NumberColumn("N", width=45),
            "first": config.DateColumn(
                view.text("column.first"), format=date_format(view), width=95
            ),
            "median": config.TextColumn(view.text("headline.median"), width=70, alignment="right"),
            "coverage": config.NumberColumn(
                view.text("column.coverage_pct"), format="%.0f", width=85
            ),
        },
    )


def trailing_inputs(view: View, inputs: pd.DataFrame, point: pd.Series, metric: str) -> None:
    """The periods behind one trailing sum, each with its announcement and its source, and the whole
    sum in one line.
    """
    _trailing(view, inputs, metric)
    _equation(view, point, metric)


@table
def _trailing(view: View, inputs: pd.DataFrame, metric: str) -> Table:
    config, language = st.column_config, view.language
    currency, of_revenue = inputs["currency"].iloc[0], metric == "ps_ttm"
    marks = ["†" if derived else "" for derived in inputs["derived"]]
    restated = [
        view.text("valuation.restated_from", value=formats.number(value, 3))
        if pd.notna(value)
        else ""
        for value in inputs["restated_from"]
    ]
    table = pd.DataFrame(
        {
            "period": [
                f"{formats.day(a, language)} – {formats.day(b, language)}"
                for a, b in zip(inputs["period_start"], inputs["period_end"])
            ],
            "value": inputs["value"] * inputs["sign"],
            "announced": inputs["announced_on"],
            "mark": [f"{m} {r}".strip() for m, r in zip(marks, restated)],
            "source": inputs["title"],
            "link": inputs["url"],
        }
    )
    return Table(
        "trailing-inputs",
        table,
        {
            "period": config.TextColumn(view.text("column.period"), width=190),
            "value": config.NumberColumn(
                f"{view.text('column.revenue_mn')} ({currency})"
                if of_revenue
                else f"EPS ({currency})",
                format="%.0f" if of_revenue else "%.3f",
                width=90,
            ),
            "mark": config.TextColumn(
                "†", width=30 if not any(restated) else 150, help=view.text("footer.dagger")
            ),
            "announced": config.DateColumn(
                view.text("column.announced_on"), format=date_format(view), width=100
            ),
            "source": config.TextColumn(view.text("column.source")),
            "link": config.LinkColumn("↗", display_text="↗", width=40),
        },
    )


def _equation(view: View, point: pd.Series, metric: str) -> None:
    """The multiple of one session as the calculation it is, with the day of each of its parts."""
    language = view.language
    close, per_share = (
        formats.price(point["close"], point["close_currency"], language),
        f"{formats.number(point['per_share'], 3)} {point['per_share_currency']}",
    )
    rate = f" x {formats.number(point['fx_rate'], 6)}" if pd.notna(point["fx_date"]) else ""
    dated = ""
    if pd.notna(point["fx_date"]):
        fx_of = view.text(
            "valuation.fx_of",
            pair=point["per_share_currency"] + point["close_currency"],
            date=formats.day(point["fx_date"], language),
        )
        dated = f" · {fx_of}"
    if metric == "earnings_yield_ttm":
        words = f"({per_share}{rate}) / {close} = {formats.percent(point['value'], digits=2)}"
    else:
        words = (
            f"{close} / ({per_share}{rate}) = "
            f"{formats.multiple(point['value'], language, digits=2)}"
        )
    status = "" if point["status"] == "OK" else f" · {view.text('status.' + point['status'])}"
    close_of = view.text("valuation.close_of", date=formats.day(point["date"], language))
    st.caption(panels.escape(f"{words} · {close_of}{dated}{status}"))


def forward_inputs(view: View, inputs: pd.DataFrame, point: pd.Series) -> None:
    """The estimates behind one forward PE: broker, year, EPS, its day; the two medians and their
    weights in one line.
    """
    _forward(view, inputs)
    parts = [
        (
            f"{formats.percent(100 * row.weight, digits=0)} x "
            f"{formats.number(row.consensus_eps, 2)} (N {row.n})"
        )
        for row in inputs.drop_duplicates("fiscal_year_end").itertuples()
    ]
    st.caption(
        panels.escape(
            " + ".join(parts)
            + (
                f" = {formats.number(point['per_share'], 2)} {point['per_share_currency']}"
                if parts
                else ""
            )
        )
    )
    _equation(view, point, "pe_forward")


@table
def _forward(view: View, inputs: pd.DataFrame) -> Table:
    config, language = st.column_config, view.language
    table = inputs.assign(
        year=[formats.month(end, language) for end in inputs["fiscal_year_end"]],
        mark=["†" if q == "derived" else "" for q in inputs["quality"]],
    )
    return Table(
        "forward-inputs",
        table,
        {
            "year": config.TextColumn(view.text("column.fiscal_year_to"), width=100),
            "broker": config.TextColumn(view.text("column.broker")),
            "eps": config.NumberColumn(
                f"EPS ({inputs['currency'].iloc[0]})" if len(inputs) else "EPS",
                format="%.2f",
                width=90,
            ),
            "mark": config.TextColumn("†", width=30, help=view.text("help.estimate_derived")),
            "published_on": config.DateColumn(
                view.text("column.published_on"), format=date_format(view), width=100
            ),
        },
    )


def _pe_inputs(row, language: str) -> str:
    """What makes the PE of a broker's table: close / (EPS x shares per line x exchange rate)."""
    close = formats.price(row.close, row.close_currency, language)
    shares = f" x {row.shares_per_line:.0f}" if row.shares_per_line != 1 else ""
    eps = f"{formats.number(row.eps, 2)} {row.eps_currency}{shares}"
    return f"{close} / ({eps} x {formats.number(row.fx_rate, 4)})"


@table
def year_pe(view: View, rows: pd.DataFrame) -> Table:
    """What a broker's table printed for each year, and the same from its own inputs at the rate of
    its day.
    """
    config = st.column_config
    table = rows.assign(
        printed=rows["pe_printed"],
        inputs=[_pe_inputs(row, view.language) for row in rows.itertuples()],
    )
    return Table(
        "year-pe",
        table,
        {
            "published_on": config.DateColumn(
                view.text("column.published_on"), format=date_format(view), width=100
            ),
            "broker": config.TextColumn(view.text("column.broker"), width=200),
            "fiscal_year": config.NumberColumn(
                view.text("column.fiscal_year"), format="%dE", width=80
            ),
            "printed": config.NumberColumn(
                view.text("column.pe_printed"), format="%.0f", width=110
            ),
            "pe": config.NumberColumn(view.text("column.pe_recomputed"), format="%.2f", width=130),
            "inputs": config.TextColumn(view.text("column.close_over_eps")),
            "url": config.LinkColumn("↗", display_text="↗", width=40),
        },
    )


@table
def basket_members(view: View, rows: pd.DataFrame) -> Table:
    """Who entered the basket of one session, and with what."""
    config, unit = st.column_config, (1e3, "HK$ bn") if view.language == "en" else (1e2, "亿港元")
    table = pd.DataFrame(
        {
            "name": [view.name(t) for t in rows["ticker"]],
            "ticker": rows["ticker"],
            "cap": rows["market_cap_hkd_mn"] / unit[0],
            "profit": rows["profit_hkd_mn"] / unit[0],
            "mark": ["†" if derived else "" for derived in rows["profit_is_derived"]],
            "close": rows["close_date"],
            "to": rows["period_end"],
        }
    )
    return Table(
        "basket-members",
        table,
        {
            "name": config.TextColumn(view.text("column.name")),
            "ticker": config.TextColumn(view.text("column.ticker"), width=80),
            "cap": config.NumberColumn(
                f"{view.text('headline.market_cap')} ({unit[1]})", format="%.0f", width=130
            ),
            "profit": config.NumberColumn(
                f"{view.text('column.profit_ttm')} ({unit[1]})", format="%.1f", width=140
            ),
            "mark": config.TextColumn("†", width=30, help=view.text("help.profit_derived")),
            "close": config.DateColumn(
                view.text("column.close_date"), format=date_format(view), width=100
            ),
            "to": config.DateColumn(
                view.text("column.eps_to"), format=date_format(view), width=100
            ),
        },
        most=12,
    )


def per_share_words(view: View, metric: str) -> str:
    """What a multiple is a multiple of."""
    return view.text(
        {"ps_ttm": "column.revenue_per_share", "pe_forward": "column.eps_expected"}.get(
            metric, "column.eps_ttm"
        )
    )


@table
def points(view: View, history: pd.DataFrame, metric: str) -> Table:
    """Every observation of the window with the inputs of its multiple, newest first."""
    config = st.column_config
    date = date_format(view)
    table = (
        history.iloc[::-1]
        .reset_index(drop=True)
        .assign(words=[view.text(f"status.{s}") for s in history["status"].iloc[::-1]])
    )
    return Table(
        "points",
        table,
        {
            "date": config.DateColumn(view.text("column.date"), format=date),
            "value": config.NumberColumn(view.text(f"metric.{metric}"), format="%.2f"),
            "close": config.NumberColumn(view.text("column.close"), format="%.2f"),
            "close_currency": config.TextColumn(view.text("column.currency")),
            "per_share": config.NumberColumn(per_share_words(view, metric), format="%.3f"),
            "per_share_currency": config.TextColumn(view.text("column.currency")),
            "fx_rate": config.NumberColumn(view.text("column.fx"), format="%.6f"),
            "fx_date": config.DateColumn(view.text("column.fx_date"), format=date),
            "eps_period_end": config.DateColumn(view.text("column.eps_to"), format=date),
            "eps_announced_on": config.DateColumn(view.text("column.announced_on"), format=date),
            "words": config.TextColumn(view.text("column.status")),
        },
    )
