"""What is loaded, found, refused and ruled, and the documents behind it."""

import re
from collections.abc import Sequence
from dataclasses import replace
from urllib.parse import urlencode

import pandas as pd
import streamlit as st

from ui import formats, links
from ui.tables.parts import Table, date_format, show, table
from ui.text import TEXTS
from ui.view import View
from warehouse.runs import Run
from warehouse.snapshot import Shelved

REFUSED = re.compile(
    r"(?P<place>\S+)(?P<cell>.*?): rule (?P<code>[A-Z]\d\d), (?P<wrong>.*)", re.DOTALL
)


def _shaded(table: pd.DataFrame, view: View, states: dict[str, list[str]]):
    """The table with each of these columns in the colours of its states of freshness."""
    theme = view.theme()
    shade = {
        "fresh": theme.colour("green"),
        "late": theme.colour("note"),
        "stale": theme.colour("red"),
        "none": theme.colour("muted"),
    }
    colours = pd.DataFrame(
        {column: [f"color: {shade[state]}" for state in found] for column, found in states.items()},
        index=table.index,
    ).reindex(columns=table.columns, fill_value="")
    return table.style.apply(
        lambda _: colours, axis=None
    )  # at once: a step for each column takes ten times as long


@table
def freshness(view: View, rows: pd.DataFrame) -> Table:
    """Rows and newest date of every table, green, amber or red by its own cadence."""
    config, rows = st.column_config, rows.reset_index(drop=True)
    return Table(
        "freshness",
        rows,
        {
            "table_name": config.TextColumn(view.text("column.table")),
            "row_count": config.NumberColumn(
                view.text("column.rows"), format="localized", width=80
            ),
            "latest": config.DateColumn(
                view.text("column.latest"), format=date_format(view), width=110
            ),
        },
        most=12,
        styler=_shaded(rows, view, {"latest": rows["state"].tolist()}),
    )


@table
def company_freshness(view: View, rows: pd.DataFrame) -> Table:
    """How far each company's figures reach, green, amber or red by their own cadence."""
    config, rows = st.column_config, rows.reset_index(drop=True)
    date = "D MMM YY" if view.language == "en" else "YYYY-MM-DD"
    columns = [
        "price_to",
        "eps_adjusted_to",
        "eps_reported_to",
        "revenue_to",
        "segments_to",
        "buybacks_to",
    ]
    table = rows.assign(name=[view.name(ticker) for ticker in rows["ticker"]])[["name", *columns]]
    return Table(
        "company-freshness",
        table,
        {"name": config.TextColumn(view.text("column.name"), pinned=view.is_phone, width=110)}
        | {
            column: config.DateColumn(view.text(f"data.{column}"), format=date, width=105)
            for column in columns
        },
        most=12,
        styler=_shaded(
            table,
            view,
            {column: rows[column.replace("_to", "_state")].tolist() for column in columns},
        ),
    )


@table
def price_lines(view: View, rows: pd.DataFrame, run: Run | None, only_stale: bool) -> Table | str:
    """How far the prices of each line reach, and what its latest question to a provider came to:
    the failed first, then the oldest; only_stale: rows are of the stale alone.
    """
    config, asked = st.column_config, {line.ticker: line for line in run.asked} if run else {}
    pairs = [
        ticker
        for ticker in asked
        if ticker not in {entry.ticker for entry in view.universe.entries}
        and not view.state.tickers
    ]
    lines = rows[["ticker", "frequency", "last_date", "sessions_since", "state"]].to_dict(
        "records"
    ) + [
        {"ticker": pair, "last_date": pd.to_datetime(asked[pair].last_session), "state": "none"}
        for pair in pairs
        if asked[pair].failed or not only_stale
    ]
    lines = sorted(
        lines,
        key=lambda line: (
            not (line["ticker"] in asked and asked[line["ticker"]].failed),
            line["ticker"] in pairs,
            str(line["last_date"]),
            line["ticker"],
        ),
    )
    if not lines:
        return view.text("data.none_stale" if only_stale else "data.no_lines")
    table = pd.DataFrame(
        [
            {
                "name": view.name(line["ticker"]),
                "ticker": line["ticker"],
                "last": line["last_date"],
                "state": view.text(f"state.{line['state']}"),
                "since": line.get("sessions_since"),
                "frequency": view.text(f"frequency.{line['frequency']}")
                if isinstance(line.get("frequency"), str)
                else None,
            }
            | (
                {
                    "outcome": view.text(f"outcome.{one.outcome}"),
                    "at": formats.minute(one.at, view.language) if one.at else None,
                    "provider": one.provider,
                    "new": one.rows_new,
                    "rejected": one.rejected,
                    "note": one.note,
                }
                if (one := asked.get(line["ticker"]))
                else {}
            )
            for line in lines
        ]
    ).reindex(
        columns=[
            "name",
            "ticker",
            "last",
            "state",
            "since",
            "frequency",
            "outcome",
            "at",
            "provider",
            "new",
            "rejected",
            "note",
        ]
    )
    table = table.astype(dict.fromkeys(("since", "new", "rejected"), "Float64")).assign(
        last=pd.to_datetime(table["last"])
    )
    ended = [
        "stale" if line["ticker"] in asked and asked[line["ticker"]].failed else "fresh"
        for line in lines
    ]
    states = [line["state"] for line in lines]
    return Table(
        "price-lines",
        table,
        {
            "name": config.TextColumn(view.text("column.name"), pinned=view.is_phone, width=120),
            "ticker": config.TextColumn(view.text("column.ticker"), width=75),
            "last": config.DateColumn(
                view.text("data.prices_to"), format=date_format(view), width=100
            ),
            "state": config.TextColumn(view.text("data.state"), width=60),
            "since": config.NumberColumn(view.text("data.sessions_since"), format="%d", width=105),
            "frequency": config.TextColumn(view.text("column.frequency"), width=120),
        }
        | (
            {
                "outcome": config.TextColumn(view.text("data.outcome"), width=130),
                "note": config.TextColumn(view.text("column.note"), width=330),
                "at": config.TextColumn(view.text("data.asked_at"), width=135),
                "provider": config.TextColumn(view.text("data.provider"), width=75),
                "new": config.NumberColumn(
                    view.text("data.rows_new"), format="localized", width=75
                ),
                "rejected": config.NumberColumn(
                    view.text("data.rejected"), format="localized", width=75
                ),
            }
            if asked
            else {}
        ),
        most=12,
        styler=_shaded(
            table, view, {"last": states, "state": states} | ({"outcome": ended} if asked else {})
        ),
    )


def snapshots(view: View, shelf: Sequence[Shelved]) -> str | None:
    """The snapshots that are kept, newest first, each with a link that opens this page on it;
    returns the id of the one that was clicked.
    """
    config = st.column_config
    shown, served = view.text("data.snapshot_shown"), view.text("data.snapshot_served")
    table = pd.DataFrame(
        {
            "id": [one.snapshot_id for one in shelf],
            "built": [formats.minute(one.built_at, view.language) for one in shelf],
            "state": [
                ", ".join(
                    [served] * one.is_served
                    + [shown] * (one.snapshot_id == view.served.snapshot_id)
                )
                for one in shelf
            ],
            "pinned": [one.is_pinned for one in shelf],
            "link": [
                f"data?{urlencode(links.write(state), safe=',:^')}"
                for state in (
                    replace(view.state, snapshot="" if one.is_served else one.snapshot_id)
                    for one in shelf
                )
            ],
            "command": [rollback(one.snapshot_id) for one in shelf],
        }
    )
    pressed = show(
        view,
        Table(
            "snapshots",
            table,
            {
                "id": config.TextColumn(view.text("data.snapshot"), width=185),
                "built": config.TextColumn(view.text("data.built_at"), width=140),
                "state": config.TextColumn(view.text("data.state"), width=150),
                "pinned": config.CheckboxColumn(
                    view.text("data.pinned"), width=60, help=view.text("data.pinned_help")
                ),
                "link": config.LinkColumn(view.text("data.open"), display_text="↗", width=50),
                "command": config.TextColumn(view.text("data.rollback"), width=330),
            },
            most=8,
        ),
        button="id",
        key="data_snapshots",
    )
    return None if pressed is None else shelf[pressed].snapshot_id


def rollback(snapshot_id: str) -> str:
    """The command that serves a snapshot."""
    return f"python -m loaders rollback {snapshot_id}"


def rule(view: View, group: str, code: str) -> str:
    """What a rule asks, in a few words; of a rule that a later version made or an earlier one
    dropped, its code.
    """
    key = f"{group}_rule.{code}"
    return view.text(key) if key in TEXTS else code


@table
def findings(view: View, rows: pd.DataFrame) -> Table | str:
    """What the audit found, the severe first."""
    config, theme = st.column_config, view.theme()
    if not len(rows):
        return view.text("data.no_findings")
    rows = rows.reset_index(drop=True)
    shade = {
        "stop": theme.colour("red"),
        "warn": theme.colour("note"),
        "note": theme.colour("muted"),
    }
    colours = [f"color: {shade[severity]}" for severity in rows["severity"]]
    table = rows.assign(
        severity=[view.text(f"severity.{severity}") for severity in rows["severity"]],
        rule=[rule(view, "finding", code) for code in rows["code"]],
    )
    return Table(
        "findings",
        table,
        {
            "severity": config.TextColumn(view.text("column.severity"), width=70),
            "code": config.TextColumn(view.text("column.code"), width=50),
            "rule": config.TextColumn(view.text("data.rule"), width=190),
            "subject_table": config.TextColumn(view.text("column.table"), width=90),
            "ticker": config.TextColumn(view.text("column.ticker"), width=75),
            "message": config.TextColumn(view.text("column.message"), width=620),
            "ref": config.TextColumn(view.text("data.ref"), width=260),
        },
        most=12,
        styler=table.style.apply(lambda column: colours, subset=["severity"]),
    )


@table
def refusal(view: View, lines: tuple[str, ...]) -> Table:
    """What was wrong in the inputs of a build that was refused, in the words of the command
    line.
    """
    config = st.column_config
    parts = [REFUSED.fullmatch(line) for line in lines]
    return Table(
        "refusal",
        pd.DataFrame(
            {
                "place": [found["place"] if found else "" for found in parts],
                "cell": [found["cell"].strip() if found else "" for found in parts],
                "code": [found["code"] if found else "" for found in parts],
                "rule": [rule(view, "refusal", found["code"]) if found else "" for found in parts],
                "wrong": [found["wrong"] if found else line for found, line in zip(parts, lines)],
            }
        ),
        {
            "place": config.TextColumn(view.text("data.refused_place"), width=170),
            "cell": config.TextColumn(view.text("data.refused_cell"), width=220),
            "code": config.TextColumn(view.text("column.code"), width=50),
            "rule": config.TextColumn(view.text("data.rule"), width=190),
            "wrong": config.TextColumn(view.text("column.message"), width=620),
        },
        most=8,
    )


@table
def rulings(view: View, rows: pd.DataFrame) -> Table:
    """Printed figures that cannot be right, what is used instead, and why."""
    config = st.column_config
    return Table(
        "rulings",
        rows,
        {
            "correction_id": config.TextColumn(view.text("column.code"), width=70),
            "subject_table": config.TextColumn(view.text("column.table"), width=110),
            "column_name": config.TextColumn(view.text("data.column"), width=90),
            "printed_value": config.TextColumn(
                view.text("column.printed"), width=120, alignment="right"
            ),
            "ruled_value": config.TextColumn(
                view.text("column.ruled"), width=120, alignment="right"
            ),
            "reason": config.TextColumn(view.text("column.reason"), width=430),
            "test": config.TextColumn(view.text("data.test"), width=300),
            "title": config.TextColumn(view.text("column.source"), width=200),
        },
        most=14,
    )


@table
def sources(view: View, rows: pd.DataFrame) -> Table:
    """Every source and how many rows rest on it."""
    config = st.column_config
    return Table(
        "sources",
        rows,
        {
            "publisher": config.TextColumn(view.text("column.publisher"), width=170),
            "title": config.TextColumn(view.text("column.title"), width=420),
            "kind": config.TextColumn(view.text("column.kind"), width=100),
            "published_on": config.DateColumn(
                view.text("column.published_on"), format=date_format(view), width=110
            ),
            "figure_count": config.NumberColumn(
                view.text("column.figures"), format="localized", width=80
            ),
            "tables": config.TextColumn(view.text("column.table"), width=160),
            "url": config.LinkColumn("↗", display_text="↗", width=40),
            "source_id": config.TextColumn("source_id", width=260),
        },
        most=14,
    )


@table
def dictionary(view: View, rows: pd.DataFrame) -> Table:
    """The meaning of every table, view, macro and column."""
    config = st.column_config
    return Table(
        "dictionary",
        rows,
        {
            "object": config.TextColumn(view.text("column.table"), width=180),
            "column_name": config.TextColumn(view.text("data.column"), width=180),
            "type": config.TextColumn("SQL", width=110),
            "unit": config.TextColumn(view.text("column.unit"), width=90),
            "meaning": config.TextColumn(view.text("data.meaning"), width=700),
        },
        most=16,
    )
