"""What does all of this rest on: how new is it, what did the last run bring, what did the audit
find, which documents are behind it, and which snapshot is this?
"""

import pandas as pd
import streamlit as st

from ui import answers, formats, panels, tables
from ui.frame import view as of_this_run

view = of_this_run()
language = view.language
# Freshness is judged by the evening shown; where that is the latest session, by today. What is
# loaded at all is judged by today.
today = max(answers.today(), view.latest)
day = today if view.is_now else view.as_of
run = view.run if view.is_now else None
snapshot = view.ask("SELECT * FROM snapshot").iloc[0]
lines = view.ask("SELECT * FROM price_freshness(?)", day)
findings = view.ask(
    """
    SELECT severity, code, subject_table, ticker, ref, message
    FROM findings
    ORDER BY CASE severity WHEN 'stop' THEN 0 WHEN 'warn' THEN 1 ELSE 2 END, code, ticker, ref
    """
)
severities = list(dict.fromkeys(findings["severity"]))
if view.state.tickers:
    findings = findings[findings["ticker"].isin({*view.state.tickers, *view.issuers})]
    lines = lines[lines["ticker"].isin({*view.state.tickers, *view.issuers})]


# The finding, and the headline figures ------------------------------------------------------------

stale = int((lines["state"] == "stale").sum())
panels.finding(
    view.text(
        "finding.data",
        lines=int((lines["state"] != "none").sum()),
        stale=stale,
        date=formats.day(day, language),
        sources=formats.number(view.counts["sources"]),
        figures=formats.number(view.counts["figures"]),
        open=int(findings["severity"].isin(["stop", "warn"]).sum()),
        stop=int((findings["severity"] == "stop").sum()),
    )
)
refusal = answers.refusal() if view.is_current else None
if refusal:
    errors = (
        view.text("data.errors_one")
        if len(refusal.lines) == 1
        else view.text("data.errors", number=len(refusal.lines))
    )
    st.warning(
        panels.escape(
            view.text("data.refused", at=formats.minute(refusal.at, language), errors=errors)
        )
    )
    tables.refusal(view, refusal.lines)
last_run = (
    [
        panels.Tile(
            view.text("data.last_run"),
            formats.minute(run.began_at, language),
            view.text("data.last_run_help"),
        )
    ]
    if run
    else []
)
panels.headline(
    [
        panels.Tile(view.text("data.latest_session"), formats.day(view.latest, language)),
        *last_run,
        panels.Tile(
            view.text("data.warnings"),
            str(int((findings["severity"] == "warn").sum())),
            view.text("data.warnings_help"),
        ),
        panels.Tile(
            view.text("data.notes"),
            str(int((findings["severity"] == "note").sum())),
            view.text("data.notes_help"),
        ),
        panels.Tile(
            view.text("data.rulings"),
            str(len(view.ask("SELECT correction_id FROM corrections"))),
            view.text("data.rulings_help"),
        ),
        panels.Tile(
            view.text("data.snapshot"),
            view.served.snapshot_id,
            view.text(
                "data.built",
                built=formats.minute(snapshot["built_at"].tz_convert(answers.HONG_KONG), language),
            ),
        ),
    ]
)


# Freshness ----------------------------------------------------------------------------------------

only_stale = (
    view.choice("only", ("all", "stale"), lambda choice: view.text(f"data.only_{choice}"))
    == "stale"
)


def kept(rows: pd.DataFrame, *states: str) -> pd.DataFrame:
    """All rows, or those of which something is stale."""
    return rows[(rows[list(states)] == "stale").any(axis=1)] if only_stale else rows


left, right = st.columns([1, 1.9], gap="medium")
with left:
    st.markdown(f"**{view.text('data.tables')}**")
    tables.freshness(
        view,
        kept(
            view.ask("SELECT table_name, row_count, latest, state FROM table_freshness(?)", today),
            "state",
        ),
    )
with right:
    st.markdown(f"**{view.text('data.by_company')}**")
    companies = view.ask("SELECT * FROM company_freshness(?)", day)
    companies = (
        companies[companies["ticker"].isin(view.issuers)] if view.state.tickers else companies
    )
    tables.company_freshness(
        view, kept(companies, *(column for column in companies if column.endswith("_state")))
    )

st.markdown(f"**{view.text('data.price_lines')}**")
if run:
    counted = view.text("mark.comma").join(
        f"{number} {view.text(f'outcome.{outcome}')}" for outcome, number in run.outcomes.items()
    ) or view.text("data.run_nothing")
    ended = (
        view.text("data.run_ended", at=formats.minute(run.finished_at, language))
        if run.finished_at
        else view.text("data.run_broken")
    )
    panels.missing(
        view.text(
            "data.run",
            began=formats.minute(run.began_at, language),
            ended=ended,
            provider=run.provider,
            version=run.version,
            outcomes=counted,
        )
    )
elif view.is_now:
    panels.missing(view.text("data.no_run"))
failed = {line.ticker for line in run.asked if line.failed} if run else set()
tables.price_lines(
    view,
    lines[(lines["state"] == "stale") | lines["ticker"].isin(failed)] if only_stale else lines,
    run,
    only_stale,
)


# Findings -----------------------------------------------------------------------------------------

st.markdown(f"**{view.text('data.findings')}**")
with st.container(horizontal=True, vertical_alignment="center", gap="small"):
    found = findings["severity"].value_counts()
    severity = st.segmented_control(
        view.text("column.severity"),
        severities,
        key="data_severity",
        label_visibility="collapsed",
        format_func=lambda severity: (
            f"{view.text(f'severity.{severity}')} {found.get(severity, 0)}"
        ),
    )
    findings = findings[findings["severity"] == severity] if severity else findings
    of_rule = findings["code"].value_counts()
    code = st.selectbox(
        view.text("data.rule"),
        sorted(of_rule.index),
        index=None,
        key=f"data_rule_{severity}",
        label_visibility="collapsed",
        placeholder=view.text("data.rule_all"),
        width=340,
        format_func=lambda code: f"{code} {tables.rule(view, 'finding', code)} ({of_rule[code]})",
    )
    findings = findings[findings["code"] == code] if code else findings
tables.findings(view, findings)


# Snapshots ----------------------------------------------------------------------------------------

shelf = answers.shelf()
if shelf:
    st.markdown(f"**{view.text('data.snapshots', number=len(shelf))}**")
    clicked = tables.snapshots(view, shelf)
    if clicked:
        st.session_state["data_snapshot_chosen"] = clicked
    earlier = [one.snapshot_id for one in shelf if not one.is_served]
    chosen = st.session_state.get("data_snapshot_chosen")
    chosen = chosen if chosen in [one.snapshot_id for one in shelf] else next(iter(earlier), None)
    if chosen:
        panels.missing(view.text("data.rollback_how"))
        st.code(tables.rollback(chosen), language=None)


# Rulings, sources, dictionary ---------------------------------------------------------------------

st.markdown(f"**{view.text('data.rulings')}**")
rulings = view.ask(
    """
    SELECT c.*, s.title, s.url
    FROM corrections AS c
    JOIN sources AS s USING (source_id)
    ORDER BY correction_id
    """
)
tables.rulings(view, rulings)
st.markdown(f"**{view.text('data.sources')}**")
tables.sources(
    view,
    view.ask(
        """
        SELECT publisher, title, kind, published_on, figure_count, tables, url, source_id
        FROM source_use
        ORDER BY figure_count DESC, publisher
        """
    ),
)
with st.expander(view.text("data.dictionary")):
    tables.dictionary(
        view,
        view.ask(
            """
            SELECT object, column_name, type, unit, meaning
            FROM dictionary
            ORDER BY object, column_name
            """
        ),
    )
with st.container(horizontal=True):
    panels.computed(view.text("data.computed"), language, of=view.text("data.freshness"))
