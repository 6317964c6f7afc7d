"""Tables as pages show them: right-aligned figures with their units in the header, grey where a figure is stale or missing."""

import re
from collections.abc import Sequence

import pandas as pd
import streamlit as st

from ui import formats, palette, panels
from ui.frame import View
from ui.text import TEXTS

ROW = 30  # px
# A line of a refused build: file and line, column and value, rule, what is wrong.
REFUSED = re.compile(r"(?P<place>\S+)(?P<cell>.*?): rule (?P<code>[A-Z]\d\d), (?P<wrong>.*)", re.DOTALL)


def height(rows: int, most: int = 16) -> int:
    """Pixels of a table that shows all of its rows, or most of them."""
    return ROW * (min(max(rows, 1), most) + 1) + 3


def show(frame: pd.DataFrame, columns: dict, *, key: str | None = None, most: int = 16, select: bool = False, styler=None):
    """A dense read-only table; columns maps names to st.column_config. Returns the event of a selected cell, if asked."""
    options = {"on_select": "rerun", "selection_mode": "single-cell"} if select else {}
    return st.dataframe(styler if styler is not None else frame, column_config=columns, column_order=list(columns), hide_index=True, row_height=ROW, height=height(len(frame), most), key=key, width="stretch",
                        placeholder=formats.MISSING, **options)


def _date_format(view: View) -> str:
    return "D MMM YYYY" if view.language == "en" else "YYYY-MM-DD"


def overview(view: View, rows: pd.DataFrame, key: str) -> str | None:
    """The coverage table; returns the ticker of the company whose name or ticker was clicked."""
    config, language = st.column_config, view.language
    theme = view.theme()
    rows = rows.reset_index(drop=True)

    def pe(row) -> str:
        if row.status == "STALE_EPS":
            return f"{formats.multiple(row.pe_ttm, language)} ({view.text('table.eps_to', date=formats.day(row.eps_period_end, language) if language == 'en' else f'{row.eps_period_end:%Y-%m-%d}')})"
        if row.status == "STALE_PRICE":
            return f"{formats.multiple(row.pe_ttm, language)} ({view.text('status.STALE_PRICE')})"
        return formats.multiple(row.pe_ttm, language) if row.status == "OK" else view.text(f"status.{row.status}")

    table = pd.DataFrame({
        "name": [f"{view.names[t][1]} {view.names[t][0]}" if language == "en" else f"{view.names[t][1]}" for t in rows["ticker"]],
        "ticker": rows["ticker"],
        "close": rows["close"],
        "date": rows["date"],
        "change_1m": rows["change_1m_pct"],
        "change_ytd": rows["change_ytd_pct"],
        "pe": [pe(row) for row in rows.itertuples()],
        "percentile": rows["percentile"],
        "buyback": rows["buyback_ytd_hkd"] / 1e9 if language == "en" else rows["buyback_ytd_hkd"] / 1e8,
        "revenue": rows["revenue_yoy_pct"],
        "period": [formats.period(p, e, m, language) if isinstance(p, str) else None for p, e, m in zip(rows["fiscal_period"], rows["revenue_period_end"], rows["fiscal_year_end_month"])],
        "trend": rows["trend"] if "trend" in rows else None,
    })
    grey, up_down = theme.colour("muted"), lambda value: "" if pd.isna(value) else f"color: {palette.direction(value, theme)}"
    stale = rows["price_is_stale"].fillna(True).astype(bool).tolist()
    stale_eps = [status != "OK" for status in rows["status"]]
    styler = (table.style
              .map(lambda _: f"color: {theme.colour('ink')}", subset=["name"])
              .map(up_down, subset=["change_1m", "change_ytd", "revenue"])
              .apply(lambda column: [f"color: {grey}" if s else "" for s in stale], subset=["close"])
              .apply(lambda column: [f"color: {grey}" if s else "" for s in stale], subset=["date"])
              .apply(lambda column: [f"color: {grey}" if s else "" for s in stale_eps], subset=["pe"]))
    first = rows["first_date"].dropna()
    event = show(table, {
        "name": config.TextColumn(view.text("column.name"), pinned=view.is_phone, width=140 if language == "en" else 90),
        "ticker": config.TextColumn(view.text("column.ticker"), width=70),
        "close": config.NumberColumn(view.text("column.close"), format="%.2f", help=view.text("help.close"), width=70),
        "date": config.DateColumn(view.text("column.date"), format="D MMM YY" if language == "en" else "YYYY-MM-DD", width=80),
        "change_1m": config.NumberColumn(view.text("column.change_1m"), format="%+.1f", help=view.text("help.change_1m"), width=60),
        "change_ytd": config.NumberColumn(view.text("column.change_ytd"), format="%+.1f", width=60 if language == "en" else 90),
        "pe": config.TextColumn(view.text("column.pe_ttm"), width=155, alignment="right", help=view.text(f"basis.{view.state.basis}_long")),
        "percentile": config.ProgressColumn(view.text("column.percentile_window", window=view.text(f"window.{view.state.window}")), min_value=0, max_value=100, format="%.0f", width=115, color=theme.colour("cheap"),
                                            help=view.text("help.percentile", first=formats.day(first.min(), language) if len(first) else formats.MISSING)),
        "buyback": config.NumberColumn(view.text("column.buyback_ytd") + (" (HK$ bn)" if language == "en" else "（亿港元）"), format="%.2f", width=140, help=view.text("help.buyback")),
        "revenue": config.NumberColumn(view.text("column.revenue_yoy"), format="%+.1f", width=115),
        "period": config.TextColumn(view.text("column.of_period"), width=140 if language == "en" else 165),
        "trend": config.LineChartColumn(view.text("column.trend"), width=95),
    }, key=key, most=23, select=True, styler=styler)
    picked = event.selection.cells if event else []
    return rows.iloc[picked[0][0]]["ticker"] if picked and picked[0][1] in ("name", "ticker") else None


def windows(view: View, rows: pd.DataFrame, write) -> None:
    """One line a window: percentile, how many observations, since when, median, coverage."""
    config = st.column_config
    table = pd.DataFrame({
        "window": [view.text(f"window.{span}") for span in rows["years"].map({1: "1y", 3: "3y", 5: "5y", 10: "10y", 0: "max"})], "percentile": rows["percentile"], "number": rows["n"], "first": rows["first_date"],
        "median": [write(value) for value in rows["q50"]], "coverage": rows["coverage_pct"],
    })
    show(table, {
        "window": config.TextColumn(view.text("column.window"), width=60),
        "percentile": config.ProgressColumn(view.text("column.percentile"), min_value=0, max_value=100, format="%.1f", width=130, color=view.theme().colour("cheap")),
        "number": config.NumberColumn("N", width=45),
        "first": config.DateColumn(view.text("column.first"), format=_date_format(view), width=95),
        "median": config.TextColumn(view.text("headline.median"), width=70, alignment="right"),
        "coverage": config.NumberColumn(view.text("column.coverage_pct"), format="%.0f", width=85),
    })


def trailing_inputs(view: View, inputs: pd.DataFrame, point: pd.Series, metric: str) -> None:
    """The periods behind one trailing sum, each with its announcement and its source, and the whole sum in one line."""
    config, language = st.column_config, view.language
    currency, of_revenue = inputs["currency"].iloc[0], metric == "ps_ttm"
    marks = ["†" if derived else "" for derived in inputs["derived"]]
    restated = [view.text("valuation.restated_from", value=formats.number(value, 3)) if pd.notna(value) else "" for value in inputs["restated_from"]]
    table = pd.DataFrame({
        "period": [f"{formats.day(a, language)} – {formats.day(b, language)}" for a, b in zip(inputs["period_start"], inputs["period_end"])],
        "value": inputs["value"] * inputs["sign"], "announced": inputs["announced_on"], "mark": [f"{m} {r}".strip() for m, r in zip(marks, restated)], "source": inputs["title"], "link": inputs["url"],
    })
    show(table, {
        "period": config.TextColumn(view.text("column.period"), width=190),
        "value": config.NumberColumn(f"{view.text('column.revenue_mn')} ({currency})" if of_revenue else f"EPS ({currency})", format="%.0f" if of_revenue else "%.3f", width=90),
        "mark": config.TextColumn("†", width=30 if not any(restated) else 150, help=view.text("footer.dagger")),
        "announced": config.DateColumn(view.text("column.announced_on"), format=_date_format(view), width=100),
        "source": config.TextColumn(view.text("column.source")),
        "link": config.LinkColumn("↗", display_text="↗", width=40),
    })
    _equation(view, point, metric)


def _equation(view: View, point: pd.Series, metric: str) -> None:
    """The multiple of one session as the calculation it is, with the day of each of its parts."""
    language = view.language
    close, per_share = formats.price(point["close"], point["close_currency"], language), f"{formats.number(point['per_share'], 3)} {point['per_share_currency']}"
    rate = f" x {formats.number(point['fx_rate'], 6)}" if pd.notna(point["fx_date"]) else ""
    dated = f" · {view.text('valuation.fx_of', pair=point['per_share_currency'] + point['close_currency'], date=formats.day(point['fx_date'], language))}" if pd.notna(point["fx_date"]) else ""
    if metric == "earnings_yield_ttm":
        words = f"({per_share}{rate}) / {close} = {formats.percent(point['value'], digits=2)}"
    else:
        words = f"{close} / ({per_share}{rate}) = {formats.multiple(point['value'], language, digits=2)}"
    status = "" if point["status"] == "OK" else f" · {view.text('status.' + point['status'])}"
    st.caption(panels.escape(f"{words} · {view.text('valuation.close_of', date=formats.day(point['date'], language))}{dated}{status}"))


def forward_inputs(view: View, inputs: pd.DataFrame, point: pd.Series) -> None:
    """The estimates behind one forward PE: broker, year, EPS, its day; the two medians and their weights in one line."""
    config, language = st.column_config, view.language
    table = inputs.assign(year=[formats.month(end, language) for end in inputs["fiscal_year_end"]], mark=["†" if q == "derived" else "" for q in inputs["quality"]])
    show(table, {
        "year": config.TextColumn(view.text("column.fiscal_year_to"), width=100),
        "broker": config.TextColumn(view.text("column.broker")),
        "eps": config.NumberColumn(f"EPS ({inputs['currency'].iloc[0]})" if len(inputs) else "EPS", format="%.2f", width=90),
        "mark": config.TextColumn("†", width=30, help=view.text("help.estimate_derived")),
        "published_on": config.DateColumn(view.text("column.published_on"), format=_date_format(view), width=100),
    })
    parts = [f"{formats.percent(100 * row.weight, digits=0)} x {formats.number(row.consensus_eps, 2)} (N {row.n})" for row in inputs.drop_duplicates("fiscal_year_end").itertuples()]
    st.caption(panels.escape(" + ".join(parts) + (f" = {formats.number(point['per_share'], 2)} {point['per_share_currency']}" if parts else "")))
    _equation(view, point, "pe_forward")


def year_pe(view: View, rows: pd.DataFrame) -> None:
    """What a broker's table printed for each year, and the same from its own inputs at the rate of its day."""
    config = st.column_config
    table = rows.assign(printed=rows["pe_printed"], inputs=[f"{formats.price(r.close, r.close_currency, view.language)} / ({formats.number(r.eps, 2)} {r.eps_currency}{f' x {r.shares_per_line:.0f}' if r.shares_per_line != 1 else ''} x {formats.number(r.fx_rate, 4)})" for r in rows.itertuples()])
    show(table, {
        "published_on": config.DateColumn(view.text("column.published_on"), format=_date_format(view), width=100),
        "broker": config.TextColumn(view.text("column.broker"), width=200),
        "fiscal_year": config.NumberColumn(view.text("column.fiscal_year"), format="%dE", width=80),
        "printed": config.NumberColumn(view.text("column.pe_printed"), format="%.0f", width=110),
        "pe": config.NumberColumn(view.text("column.pe_recomputed"), format="%.2f", width=130),
        "inputs": config.TextColumn(view.text("column.close_over_eps")),
        "url": config.LinkColumn("↗", display_text="↗", width=40),
    })


def basket_members(view: View, rows: pd.DataFrame) -> None:
    """Who entered the basket of one session, and with what."""
    config, unit = st.column_config, (1e3, "HK$ bn") if view.language == "en" else (1e2, "亿港元")
    table = pd.DataFrame({"name": [view.name(t) for t in rows["ticker"]], "ticker": rows["ticker"], "cap": rows["market_cap_hkd_mn"] / unit[0], "profit": rows["profit_hkd_mn"] / unit[0], "mark": ["†" if derived else "" for derived in rows["profit_is_derived"]], "close": rows["close_date"], "to": rows["period_end"]})
    show(table, {
        "name": config.TextColumn(view.text("column.name")),
        "ticker": config.TextColumn(view.text("column.ticker"), width=80),
        "cap": config.NumberColumn(f"{view.text('headline.market_cap')} ({unit[1]})", format="%.0f", width=130),
        "profit": config.NumberColumn(f"{view.text('column.profit_ttm')} ({unit[1]})", format="%.1f", width=140),
        "mark": config.TextColumn("†", width=30, help=view.text("help.profit_derived")),
        "close": config.DateColumn(view.text("column.close_date"), format=_date_format(view), width=100),
        "to": config.DateColumn(view.text("column.eps_to"), format=_date_format(view), width=100),
    }, most=12)


def points(view: View, history: pd.DataFrame, metric: str) -> None:
    """Every observation of the window with the inputs of its multiple, newest first."""
    config = st.column_config
    date = _date_format(view)
    table = history.iloc[::-1].reset_index(drop=True).assign(words=[view.text(f"status.{s}") for s in history["status"].iloc[::-1]])
    show(table, {
        "date": config.DateColumn(view.text("column.date"), format=date),
        "value": config.NumberColumn(view.text(f"metric.{metric}"), format="%.2f"),
        "close": config.NumberColumn(view.text("column.close"), format="%.2f"),
        "close_currency": config.TextColumn(view.text("column.currency")),
        "per_share": config.NumberColumn(view.text("column.revenue_per_share" if metric == "ps_ttm" else "column.eps_expected" if metric == "pe_forward" else "column.eps_ttm"), format="%.3f"),
        "per_share_currency": config.TextColumn(view.text("column.currency")),
        "fx_rate": config.NumberColumn(view.text("column.fx"), format="%.6f"),
        "fx_date": config.DateColumn(view.text("column.fx_date"), format=date),
        "eps_period_end": config.DateColumn(view.text("column.eps_to"), format=date),
        "eps_announced_on": config.DateColumn(view.text("column.announced_on"), format=date),
        "words": config.TextColumn(view.text("column.status")),
    })


def freshness(view: View, rows: pd.DataFrame) -> None:
    """Rows and newest date of every table."""
    config = st.column_config
    show(rows, {
        "table_name": config.TextColumn(view.text("column.table")),
        "row_count": config.NumberColumn(view.text("column.rows"), format="localized", width=80),
        "latest": config.DateColumn(view.text("column.latest"), format=_date_format(view), width=110),
    }, most=14)


def company_freshness(view: View, rows: pd.DataFrame) -> None:
    """How far each company's figures reach, green, amber or red by their own cadence."""
    config = st.column_config
    date = "D MMM YY" if view.language == "en" else "YYYY-MM-DD"
    if view.state.tickers:
        rows = rows[rows["ticker"].isin(view.issuers)]
    rows = rows.reset_index(drop=True)
    theme = view.theme()
    shade = {"fresh": theme.colour("green"), "late": theme.colour("note"), "stale": theme.colour("red"), "none": theme.colour("muted")}
    columns = ["price_to", "eps_adjusted_to", "eps_reported_to", "revenue_to", "segments_to", "buybacks_to"]
    table = rows.assign(name=[view.name(ticker) for ticker in rows["ticker"]])
    styler = table.style
    for column in columns:
        states = table[column.replace("_to", "_state")].tolist()
        styler = styler.apply(lambda values, states=states: [f"color: {shade[state]}" for state in states], subset=[column])
    styler = styler.map(lambda _: f"color: {theme.colour('ink')}", subset=["name"])
    show(table, {"name": config.TextColumn(view.text("column.name"), pinned=view.is_phone, width=110)} |
         {column: config.DateColumn(view.text(f"data.{column}"), format=date, width=105) for column in columns}, most=14, styler=styler)


def rule(view: View, group: str, code: str) -> str:
    """What a rule asks, in a few words; of a rule that a later version made or an earlier one dropped, its code."""
    key = f"{group}_rule.{code}"
    return view.text(key) if key in TEXTS else code


def findings(view: View, rows: pd.DataFrame) -> None:
    """What the audit found, the severe first."""
    config, theme = st.column_config, view.theme()
    if not len(rows):
        panels.missing(view.text("data.no_findings"))
        return
    rows = rows.reset_index(drop=True)
    shade = {"stop": theme.colour("red"), "warn": theme.colour("note"), "note": theme.colour("muted")}
    colours = [f"color: {shade[severity]}" for severity in rows["severity"]]
    table = rows.assign(severity=[view.text(f"severity.{severity}") for severity in rows["severity"]], rule=[rule(view, "finding", code) for code in rows["code"]])
    show(table, {
        "severity": config.TextColumn(view.text("column.severity"), width=70),
        "code": config.TextColumn(view.text("column.code"), width=50),
        "rule": config.TextColumn(view.text("data.rule"), width=190),
        "subject_table": config.TextColumn(view.text("column.table"), width=90),
        "ticker": config.TextColumn(view.text("column.ticker"), width=75),
        "message": config.TextColumn(view.text("column.message"), width=620),
        "ref": config.TextColumn(view.text("data.ref"), width=260),
    }, most=12, styler=table.style.apply(lambda column: colours, subset=["severity"]))


def refusal(view: View, lines: Sequence[str]) -> None:
    """What was wrong in the inputs of a build that was refused, in the words of the command line."""
    config = st.column_config
    parts = [REFUSED.fullmatch(line) for line in lines]
    show(pd.DataFrame({
        "place": [found["place"] if found else "" for found in parts],
        "cell": [found["cell"].strip() if found else "" for found in parts],
        "code": [found["code"] if found else "" for found in parts],
        "rule": [rule(view, "refusal", found["code"]) if found else "" for found in parts],
        "wrong": [found["wrong"] if found else line for found, line in zip(parts, lines)],
    }), {
        "place": config.TextColumn(view.text("data.refused_place"), width=170),
        "cell": config.TextColumn(view.text("data.refused_cell"), width=220),
        "code": config.TextColumn(view.text("column.code"), width=50),
        "rule": config.TextColumn(view.text("data.rule"), width=190),
        "wrong": config.TextColumn(view.text("column.message"), width=620),
    }, most=8)


def rulings(view: View, rows: pd.DataFrame) -> None:
    """Printed figures that cannot be right, what is used instead, and why."""
    config = st.column_config
    show(rows, {
        "correction_id": config.TextColumn(view.text("column.code"), width=70),
        "subject_table": config.TextColumn(view.text("column.table"), width=110),
        "column_name": config.TextColumn(view.text("data.column"), width=90),
        "printed_value": config.TextColumn(view.text("column.printed"), width=120, alignment="right"),
        "ruled_value": config.TextColumn(view.text("column.ruled"), width=120, alignment="right"),
        "reason": config.TextColumn(view.text("column.reason"), width=430),
        "test": config.TextColumn(view.text("data.test"), width=300),
        "title": config.TextColumn(view.text("column.source"), width=200),
    }, most=14)


def sources(view: View, rows: pd.DataFrame) -> None:
    """Every source and how many rows rest on it."""
    config = st.column_config
    show(rows, {
        "publisher": config.TextColumn(view.text("column.publisher"), width=170),
        "title": config.TextColumn(view.text("column.title"), width=420),
        "kind": config.TextColumn(view.text("column.kind"), width=100),
        "published_on": config.DateColumn(view.text("column.published_on"), format=_date_format(view), width=110),
        "figure_count": config.NumberColumn(view.text("column.figures"), format="localized", width=80),
        "tables": config.TextColumn(view.text("column.table"), width=160),
        "url": config.LinkColumn("↗", display_text="↗", width=40),
        "source_id": config.TextColumn("source_id", width=260),
    }, most=14)


def dictionary(view: View, rows: pd.DataFrame) -> None:
    """The meaning of every table, view, macro and column."""
    config = st.column_config
    show(rows, {
        "object": config.TextColumn(view.text("column.table"), width=180), "column_name": config.TextColumn(view.text("data.column"), width=180), "type": config.TextColumn("SQL", width=110),
        "unit": config.TextColumn(view.text("column.unit"), width=90), "meaning": config.TextColumn(view.text("data.meaning"), width=700),
    }, most=16)


# Buybacks and segments -----------------------------------------------------------------------------------------

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
        "date": config.DateColumn(view.text("column.date"), format=_date_format(view), pinned=view.is_phone, width=95),
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
    date = _date_format(view)
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


def segments(view: View, rows: pd.DataFrame, currency: str) -> None:
    """Segments by period, newest first, parts under their parents. rows: period (words) and name (words) beside the macro's columns."""
    config = st.column_config
    rows = rows.reset_index(drop=True)

    def growth(row) -> str:
        return formats.percent(row.yoy_pct, digits=0 if row.yoy_from_rounded is True else 1, sign=True, quality="about" if row.yoy_from_rounded is True else "exact")

    table = pd.DataFrame({
        "period": rows["period"],
        "segment": [("\u2003\u21b3 " if isinstance(row.parent_segment, str) else "") + row.name_words for row in rows.itertuples()],
        "revenue": [formats.number(row.revenue_mn, quality=row.quality) for row in rows.itertuples()],
        "yoy": [growth(row) for row in rows.itertuples()],
        "yoy_basis": [view.text(f"yoy_basis.{basis}") if isinstance(basis, str) else "" for basis in rows["yoy_basis"]],
        "share": rows["share_pct"],
        "contribution": rows["contribution_pp"],
        "announced": rows["announced_on"],
        "source": rows["publisher"],
        "link": rows["url"],
        "note": [row.note if isinstance(row.note, str) else "" for row in rows.itertuples()],
    })
    theme = view.theme()
    direction = [f"color: {palette.direction(value, theme)}" if pd.notna(value) else f"color: {theme.colour('muted')}" for value in rows["yoy_pct"]]
    show(table, {
        "period": config.TextColumn(view.text("column.period"), pinned=not view.is_phone, width=150),
        "segment": config.TextColumn(view.text("column.segment"), pinned=view.is_phone, width=260 if not view.is_phone else 150),
        "revenue": config.TextColumn(view.text("column.revenue_in", currency=currency), alignment="right", width=130),
        "yoy": config.TextColumn(view.text("column.yoy_pct"), alignment="right", width=80),
        "yoy_basis": config.TextColumn(view.text("column.yoy_basis"), width=110, help=view.text("computed.segment_growth")),
        "share": config.NumberColumn(view.text("column.share_pct"), format="%.1f", width=70),
        "contribution": config.NumberColumn(view.text("column.contribution_pp"), format="%+.1f", width=120),
        "announced": config.DateColumn(view.text("column.announced_on"), format=_date_format(view), width=95),
        "source": config.TextColumn(view.text("column.source"), width=140),
        "link": config.LinkColumn(view.text("column.link"), display_text="↗", width=36),
        "note": config.TextColumn(view.text("column.note"), width=260),
    }, most=16, styler=table.style.apply(lambda column: direction, subset=["yoy"]))


def segment_reconciliation(view: View, rows: pd.DataFrame, currency: str) -> None:
    """One row a period: the top rows against reported revenue."""
    config = st.column_config
    rows = rows.reset_index(drop=True)
    table = pd.DataFrame({
        "period": rows["period"], "sum": rows["segments_mn"], "revenue": rows["revenue_mn"], "difference": rows["difference_mn"], "difference_pct": rows["difference_pct"],
        "result": [view.text(f"reconciliation.{result}") for result in rows["result"]],
    })
    theme = view.theme()
    shade = {"reconciled": theme.colour("ink"), "not itemised": theme.colour("note"), "incomplete": theme.colour("note")}
    colours = [f"color: {shade.get(result, theme.colour('muted'))}" for result in rows["result"]]
    show(table, {
        "period": config.TextColumn(view.text("column.period"), pinned=view.is_phone, width=150),
        "sum": config.NumberColumn(view.text("column.segments_sum"), format="%,d", width=120, help=currency),
        "revenue": config.NumberColumn(view.text("column.revenue_in", currency=currency), format="%,d", width=130),
        "difference": config.NumberColumn(view.text("column.difference"), format="%,d", width=90),
        "difference_pct": config.NumberColumn(view.text("column.difference_pct"), format="%+.2f", width=100),
        "result": config.TextColumn(view.text("column.result"), width=210),
    }, most=8, styler=table.style.apply(lambda column: colours, subset=["result"]))


def kpis(view: View, rows: pd.DataFrame) -> None:
    """The latest of each operating figure, with its period."""
    config = st.column_config
    rows = rows.reset_index(drop=True)

    def value(row) -> str:
        digits = 0 if float(row.value).is_integer() else 1 if round(row.value, 1) == row.value else 2
        high = f" – {formats.number(row.value_high, digits)}" if pd.notna(row.value_high) else ""
        return formats.number(row.value, digits, quality=row.quality) + high

    table = pd.DataFrame({
        "kpi": rows["kpi"], "value": [value(row) for row in rows.itertuples()], "unit": rows["unit"], "yoy": [formats.percent(v, sign=True) if pd.notna(v) else formats.MISSING for v in rows["yoy_pct"]],
        "period": rows["period"], "announced": rows["announced_on"], "note": [view.text("segments.kpi_changed") if changed else "" for changed in rows["definition_change"]], "source": rows["publisher"], "link": rows["url"],
    })
    show(table, {
        "kpi": config.TextColumn(view.text("column.kpi"), pinned=not view.is_phone, width=270),
        "value": config.TextColumn(view.text("column.value"), alignment="right", width=110),
        "unit": config.TextColumn(view.text("column.unit"), width=100),
        "yoy": config.TextColumn(view.text("column.yoy_pct"), alignment="right", width=75),
        "period": config.TextColumn(view.text("column.period"), width=150),
        "announced": config.DateColumn(view.text("column.announced_on"), format=_date_format(view), width=95),
        "note": config.TextColumn(view.text("column.note"), width=120),
        "source": config.TextColumn(view.text("column.source"), width=140),
        "link": config.LinkColumn(view.text("column.link"), display_text="↗", width=36),
    }, most=12)
