"""Which companies does a broker cover, at which multiples; what do the same estimates cost today, and what changed since its table before?"""

from functools import partial

import pandas as pd
import streamlit as st

from ui import export, formats, frame, marks, panels, stamp, tables
from ui.links import COVERAGE_CHARTS

view = frame.view()
language = view.language
day = view.day


printed_tables = view.ask("SELECT c.broker, c.published_on, count(*) AS companies FROM (SELECT broker, published_on FROM broker_year_pe WHERE published_on <= ? GROUP BY broker, published_on, ticker) AS c GROUP BY ALL ORDER BY broker, published_on DESC", view.as_of)
if printed_tables.empty:
    panels.finding(view.text("finding.coverage_none", date=day(view.as_of)))
    st.stop()

# What is shown: a broker, one of its tables, as printed, today, or against another ---------------------------------------

answer = st.container()  # the finding comes first, whatever is chosen below it
figures = st.container()
with st.container(horizontal=True, vertical_alignment="center", gap="small", key="coverage_choices"):
    brokers = list(dict.fromkeys(printed_tables["broker"]))
    broker = view.choice("broker", brokers, lambda b: tables.broker_words(view, b), drop_down=True) if len(brokers) > 1 else brokers[0]
    days = [moment.date().isoformat() for moment in printed_tables[printed_tables["broker"] == broker]["published_on"]]
    kind = view.choice("chart", COVERAGE_CHARTS if len(days) > 1 else COVERAGE_CHARTS[1:], lambda k: view.text(f"coverage.chart_{k}"))
    later = view.choice("to", days, lambda d: view.text("coverage.table_of", date=day(d)), drop_down=True) if len(days) > 1 else days[0]
    before = [d for d in days if d < later]
    earlier = view.choice("from", before, lambda d: view.text("coverage.against", date=day(d)), drop_down=True) if kind == "changes" and len(before) > 1 else before[0] if before else None
    save = st.container(width="content")
name = tables.broker_words(view, broker)
chosen = {*view.state.tickers, *view.issuers}

table = view.ask("SELECT c.* FROM coverage_at(?, ?, ?) AS c ORDER BY table_row", later, view.as_of, broker)
changes = view.ask("SELECT * FROM coverage_changes(?, ?, ?)", earlier, later, broker) if earlier else pd.DataFrame()
contradictions = view.ask("SELECT * FROM coverage_contradictions WHERE broker = ? AND published_on = ? ORDER BY ticker", broker, later)
definitions = view.ask("""SELECT d.* REPLACE (benchmark_on(d.benchmark, 'HKEX') AS benchmark) FROM rating_definitions AS d JOIN sources AS s USING (source_id) WHERE d.broker = ? AND d.category = 'stock' AND coalesce(s.published_on, DATE '1900-01-01') <= ?
                          ORDER BY d.lower_bound_pct DESC NULLS LAST, d.upper_bound_pct DESC NULLS LAST""", broker, view.as_of)
year = int(table["fy1"].iloc[0])
named = dict(zip(table["ticker"], table["name_zh" if language == "zh" else "name_en"])) | (dict(zip(changes["ticker"], changes["name_zh" if language == "zh" else "name_en"])) if len(changes) else {})
whole = table
if chosen:
    outside = [ticker for ticker in view.state.tickers if not {ticker, view.universe.issuer(ticker)} & {*table["ticker"], *(changes["ticker"] if len(changes) else ())}]
    if outside:
        with answer:
            panels.missing(view.text("finding.coverage_outside", broker=name, date=day(later), names=", ".join(view.name(ticker) for ticker in outside)))
    table = table[table["ticker"].isin(chosen)]
    changes = changes[changes["ticker"].isin(chosen)] if len(changes) else changes


# The finding and the headline figures ---------------------------------------------------------------------------------

kept = changes[changes["eps_change_pct"].notna()] if len(changes) else changes
moved = kept[kept["eps_change_pct"] != 0] if len(kept) else kept
now = table[table["status_now"] == "OK"]


def companies(number: int) -> str:
    return view.text("coverage.number_one") if number == 1 else view.text("coverage.number_many", number=number)


def finding() -> str:
    if table.empty and not (kind == "changes" and len(changes)):
        return view.text("finding.coverage_outside", broker=name, date=day(later), names=", ".join(view.name(ticker) for ticker in view.state.tickers))
    if kind == "changes" and len(moved):
        most = moved.loc[moved["eps_change_pct"].abs().idxmax()]
        return view.text("finding.coverage_changes", broker=name, year=f"{year}E", companies=companies(len(moved)), before=day(earlier), date=day(later), raised=int((moved["eps_change_pct"] > 0).sum()), cut=int((moved["eps_change_pct"] < 0).sum()),
                         most=view.name(most["ticker"]), change=formats.percent(most["eps_change_pct"], sign=True), old=formats.number(most["eps_before"], 1), new=formats.number(most["eps"], 1))
    if kind == "today" and len(now):
        return view.text("finding.coverage_today", broker=name, date=day(now["close_now_date"].max()), year=f"{year}E", published=day(later), now=formats.multiple(now["pe_fy1_now"].median(), language), then=formats.multiple(now["pe_fy1"].median(), language))
    return view.text("finding.coverage_printed", broker=name, companies=companies(len(table)), date=day(later), low=formats.multiple(table["pe_fy1"].min(), language, digits=0), high=formats.multiple(table["pe_fy1"].max(), language, digits=0), year=f"{year}E")


def contradiction(row) -> str:
    """What the table prints, what the text of the same report says, and which of them its own inputs give."""
    printed = table[table["ticker"] == row.ticker].iloc[0]
    return view.text("coverage.contradiction", name=view.name(row.ticker), year=printed[row.column_name.removeprefix("pe_")], kept=formats.multiple(float(row.kept_value), language, digits=0), other=formats.multiple(float(row.other_value), language, digits=0),
                     recomputed=formats.multiple(printed[f"{row.column_name}_recomputed"], language))


doubts = [contradiction(row) for row in contradictions[contradictions["ticker"].isin(table["ticker"])].itertuples()]
reproduced = sum(int((table[f"pe_fy{n}_recomputed"].round() == table[f"pe_fy{n}"]).sum()) for n in (1, 2))
with answer:
    panels.finding(finding())
    if kind == "today":
        marks.tell(view, table["ticker"])
with figures:
    panels.headline([
        (view.text("coverage.companies"), str(len(table)), None),
        (view.text("coverage.median_pe", year=year), formats.multiple(table["pe_fy1"].median(), language), None),
        (view.text("coverage.median_now"), formats.multiple(now["pe_fy1_now"].median(), language), day(now["close_now_date"].max()) if len(now) else None),
        *([(view.text("coverage.raised"), f"{int((kept['eps_change_pct'] > 0).sum())} · {int((kept['eps_change_pct'] < 0).sum())}", f"{day(earlier)} – {day(later)}")] if len(changes) else []),
        (view.text("coverage.reproduced"), f"{reproduced} / {int(table[['pe_fy1', 'pe_fy2']].notna().sum().sum())}", view.text("coverage.reproduced_help")),
    ])
    if doubts:
        st.markdown("  \n".join(f":orange[{panels.escape(sentence)}]" for sentence in doubts))


# The picture, and the table as it stands --------------------------------------------------------------------------------

def stamped(**words) -> stamp.Stamp:
    return stamp.Stamp(view.text(f"chart.coverage_{kind}", broker=name, year=year, **words), view.text(f"chart.coverage_{kind}_subtitle", year=year, **words), as_of=view.as_of, source=view.text("coverage.source", broker=name, date=day(later)), number=len(drawn),
                       note=view.text("coverage.gone", names=", ".join(view.name(t) for t in changes[changes["change"] == "dropped"]["ticker"])) if kind == "changes" and (changes["change"] == "dropped").any() else "", link=view.link("coverage", view.state.tickers, **view.state.extras))


if kind == "changes" and len(changes):
    drawn = kept.sort_values("eps_change_pct", ascending=False)
    rows = pd.DataFrame({"name": [view.name(t) for t in drawn["ticker"]], "before": 0.0, "after": drawn["eps_change_pct"], "good": drawn["eps_change_pct"].map(lambda v: 1 if v > 0 else -1 if v < 0 else 0),
                         "words": [f"{formats.percent(row.eps_change_pct, sign=True)}  {formats.number(row.eps_before, 1)} → {formats.number(row.eps, 1)}" for row in drawn.itertuples()]})
    words, options, made = {"before": day(earlier), "date": day(later)}, {"zero": True, "write": partial(formats.percent, digits=0)}, changes.assign(change_words=[view.text(f"coverage.{change}") for change in changes["change"]])
    title = view.text("coverage.table_changes", before=day(earlier), date=day(later))
else:
    kind = "printed" if kind == "changes" else kind
    ends = ("pe_fy1", "pe_fy2") if kind == "printed" else ("pe_fy1", "pe_fy1_now")
    drawn = table[table[list(ends)].notna().all(axis=1)].sort_values(ends[1])
    rows = pd.DataFrame({"name": [view.name(t) for t in drawn["ticker"]], "before": drawn[ends[0]], "after": drawn[ends[1]],
                         "words": [f"{formats.multiple(a, language, digits=0)} → {formats.multiple(b, language, digits=0 if kind == 'printed' else 1)}" for a, b in zip(drawn[ends[0]], drawn[ends[1]])]})
    words = {"next": year + 1, "date": day(later), "published": day(later)} if kind == "printed" else {"date": day(now["close_now_date"].max() if len(now) else view.as_of), "published": day(later)}
    options, made = {"write": partial(formats.multiple, language=language, digits=0)}, table.assign(status=[view.text(f"status.{status}") for status in table["status_now"]])
    title = view.text(f"coverage.table_{kind}", date=day(later) if kind == "printed" else words["date"])
made = made.assign(name=[named[t] for t in made["ticker"]])
if len(made):
    figure = panels.drawn("dumbbell", rows, stamped(**words), view.theme(), **options, empty=view.text("missing.no_rows", date=day(view.as_of)))
    panels.picture_of(view, figure, f"coverage_{kind}", f"coverage-{kind}", [])
    st.markdown(f"**{panels.escape(title)}**")
    tables.coverage(view, kind, made, year)
    sources = view.sources_of(pd.concat([made["source_id"], made["source_id_before"]]) if kind == "changes" else made["source_id"])
    about = [(view.text("export.as_of"), view.as_of.isoformat()), (view.text("export.source"), " | ".join(f"{row['publisher']}, {row['title']}" for row in sources)), (view.text("export.link"), view.link())]
    notes = [*doubts, *([view.text("coverage.date_inferred")] if (whole["date_basis"] == "inferred").any() else [])]
    with save:
        st.download_button(view.text("coverage.xlsx"), export.workbook(f"{name}: {title}", about, tables.headers(view, kind, year), made, notes=notes), file_name=f"{stamp.filename(f'coverage-{kind}', [], pd.Timestamp(later).date())}.xlsx",
                           mime="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", on_click="ignore", icon=":material/download:", help=view.text("coverage.xlsx_help"))
    if (whole["date_basis"] == "inferred").any():
        panels.missing(view.text("coverage.date_inferred"))

with st.container(horizontal=True):
    if len(definitions):
        with st.popover(view.text("estimates.definition", broker=name, rating=" / ".join(whole["rating"].unique())), type="tertiary"):
            st.markdown(panels.escape(tables.definitions(view, definitions)))
    panels.computed(view.text("computed.coverage"), language)
panels.sources(view.sources_of([*whole["source_id"], *(changes["source_id_before"].dropna() if len(changes) else ()), *definitions["source_id"]]), language)
