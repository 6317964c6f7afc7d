"""What does all of this rest on: how much is loaded, how new is it, what did the audit find, which documents are behind it?"""

import streamlit as st

from ui import answers, formats, panels, tables
from ui.frame import view as of_this_run

view = of_this_run()
language = view.language
snapshot = view.ask("SELECT * FROM snapshot").iloc[0]
findings = view.ask("SELECT severity, code, subject_table, ticker, ref, message FROM findings ORDER BY CASE severity WHEN 'stop' THEN 0 WHEN 'warn' THEN 1 ELSE 2 END, code, ticker, ref")
severities = list(dict.fromkeys(findings["severity"]))
if view.state.tickers:
    findings = findings[findings["ticker"].isin({*view.state.tickers, *view.issuers})]

panels.finding(view.text("finding.data", sources=formats.number(view.counts["sources"]), figures=formats.number(view.counts["figures"]), built=formats.minute(snapshot["built_at"].tz_convert(answers.HONG_KONG), language),
                         open=int(findings["severity"].isin(["stop", "warn"]).sum()), stop=int((findings["severity"] == "stop").sum())))
refusal = answers.refusal()
if refusal:
    errors = view.text("data.errors_one") if len(refusal.lines) == 1 else view.text("data.errors", number=len(refusal.lines))
    st.warning(panels.escape(view.text("data.refused", at=formats.minute(refusal.at, language), errors=errors)))
    tables.refusal(view, refusal.lines)
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
with st.container(horizontal=True, vertical_alignment="center", gap="small"):
    found = findings["severity"].value_counts()
    severity = st.segmented_control(view.text("column.severity"), severities, key="data_severity", label_visibility="collapsed",
                                    format_func=lambda severity: f"{view.text(f'severity.{severity}')} {found.get(severity, 0)}")
    findings = findings[findings["severity"] == severity] if severity else findings
    of_rule = findings["code"].value_counts()
    code = st.selectbox(view.text("data.rule"), sorted(of_rule.index), index=None, key=f"data_rule_{severity}", label_visibility="collapsed", placeholder=view.text("data.rule_all"), width=340,
                        format_func=lambda code: f"{code} {tables.rule(view, 'finding', code)} ({of_rule[code]})")
    findings = findings[findings["code"] == code] if code else findings
tables.findings(view, findings)
st.markdown(f"**{view.text('data.rulings')}**")
rulings = view.ask("SELECT c.*, s.title, s.url FROM corrections AS c JOIN sources AS s USING (source_id) ORDER BY correction_id")
tables.rulings(view, rulings)
st.markdown(f"**{view.text('data.sources')}**")
tables.sources(view, view.ask("SELECT publisher, title, kind, published_on, figure_count, tables, url, source_id FROM source_use ORDER BY figure_count DESC, publisher"))
with st.expander(view.text("data.dictionary")):
    tables.dictionary(view, view.ask("SELECT object, column_name, type, unit, meaning FROM dictionary ORDER BY object, column_name"))
