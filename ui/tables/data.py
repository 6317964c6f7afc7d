"""What is loaded, found, refused and ruled, and the documents behind it."""

import re
from collections.abc import Sequence

import pandas as pd
import streamlit as st

from ui import panels
from ui.frame import View
from ui.tables.parts import date_format, show
from ui.text import TEXTS

REFUSED = re.compile(r"(?P<place>\S+)(?P<cell>.*?): rule (?P<code>[A-Z]\d\d), (?P<wrong>.*)", re.DOTALL)


def freshness(view: View, rows: pd.DataFrame) -> None:
    """Rows and newest date of every table."""
    config = st.column_config
    show(rows, {
        "table_name": config.TextColumn(view.text("column.table")),
        "row_count": config.NumberColumn(view.text("column.rows"), format="localized", width=80),
        "latest": config.DateColumn(view.text("column.latest"), format=date_format(view), width=110),
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
        "published_on": config.DateColumn(view.text("column.published_on"), format=date_format(view), width=110),
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
