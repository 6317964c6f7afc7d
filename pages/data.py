"""What does all of this rest on: how much is loaded, how new is it, what did the audit find, which documents are behind it?"""

import streamlit as st

from ui import formats, panels, tables
from ui.frame import view as of_this_run

view = of_this_run()
language = view.language
snapshot = view.ask("SELECT * FROM snapshot").iloc[0]
findings = view.ask("SELECT severity, code, subject_table, ticker, ref, message FROM findings ORDER BY CASE severity WHEN 'stop' THEN 0 WHEN 'warn' THEN 1 ELSE 2 END, code, ticker, ref")
if view.state.tickers:
    findings = findings[findings["ticker"].isin(view.issuers)]

panels.finding(view.text("finding.data", sources=formats.number(view.counts["sources"]), figures=formats.number(view.counts["figures"]), built=formats.minute(snapshot["built_at"], language),
                         open=int(findings["severity"].isin(["stop", "warn"]).sum()), stop=int((findings["severity"] == "stop").sum())))
panels.headline([
    (view.text("data.latest_session"), formats.day(view.latest, language), None),
    (view.text("data.warnings"), str(int((findings["severity"] == "warn").sum())), view.text("data.warnings_help")),
    (view.text("data.notes"), str(int((findings["severity"] == "note").sum())), view.text("data.notes_help")),
    (view.text("data.rulings"), str(len(view.ask("SELECT correction_id FROM corrections"))), view.text("data.rulings_help")),
    (view.text("data.snapshot"), view.served.snapshot_id, None),
])

left, right = st.columns([1, 1.9], gap="medium")
with left:
    st.markdown(f"**{view.text('data.tables')}**")
    tables.freshness(view, view.ask("SELECT table_name, row_count, latest FROM freshness ORDER BY row_count DESC"))
with right:
    st.markdown(f"**{view.text('data.by_company')}**")
    tables.company_freshness(view, view.ask("SELECT * FROM company_freshness(?)", view.as_of))

st.markdown(f"**{view.text('data.findings')}**")
tables.findings(view, findings)
st.markdown(f"**{view.text('data.rulings')}**")
rulings = view.ask("SELECT c.*, s.title, s.url FROM corrections AS c JOIN sources AS s USING (source_id) ORDER BY correction_id")
tables.rulings(view, rulings)
st.markdown(f"**{view.text('data.sources')}**")
tables.sources(view, view.ask("SELECT publisher, title, kind, published_on, figure_count, tables, url, source_id FROM source_use ORDER BY figure_count DESC, publisher"))
with st.expander(view.text("data.dictionary")):
    tables.dictionary(view, view.ask("SELECT object, column_name, type, unit, meaning FROM dictionary ORDER BY object, column_name"))
