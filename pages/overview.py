"""The morning board: what does each company cost, against its own past, and what happened at it?"""

import pandas as pd
import streamlit as st

from ui import formats, frame, marks, panels, tables
from ui.links import COLUMNS, GROUPS
from ui.memory import once
from ui.pictures.overview import Board, side_by_side

view = frame.view()
language = view.language
board = once(Board, view)
rows, companies, ranked, index = board.rows, board.companies, board.ranked, board.index


# The finding: how many are cheap, or on which date most are fresh ---------------------------------


def finding() -> None:
    fresh = view.ask(
        "SELECT * FROM freshness_by_month WHERE basis = ? AND date <= ? ORDER BY date DESC",
        view.state.basis,
        view.as_of,
    )
    here = fresh.iloc[0] if len(fresh) else None
    full = fresh[fresh["fresh"] * 2 > fresh["ever_ranked"]]
    is_thin = here is not None and here["fresh"] * 2 < here["ever_ranked"]
    if not len(full) and (is_thin or not len(ranked)):
        panels.finding(view.text("finding.overview_none", date=view.day(view.as_of)))
        panels.what_next(view)
        return
    cheap = {
        "cheap": int((ranked["percentile"] <= 20).sum()),
        "ranked": len(ranked),
        "window": view.window_words(),
    }
    if here is not None and is_thin:
        then = full.iloc[0]
        panels.finding(
            view.text(
                "finding.overview_thin",
                ok=int(here["fresh"]),
                ever=int(here["ever_ranked"]),
                date=view.day(here["date"]),
                full=view.day(then["date"]),
                full_ok=int(then["fresh"]),
            )
        )
        st.button(
            view.text("action.go_to_date", date=view.day(then["date"])),
            on_click=frame.show_date,
            args=(then["date"].date(),),
        )
    elif len(index) and pd.notna(index.iloc[0]["percentile"]):
        panels.finding(
            view.text(
                "finding.overview",
                index=view.name("HSTECH"),
                multiple=formats.multiple(index.iloc[0]["value"], language),
                percentile=formats.percentile(index.iloc[0]["percentile"], language),
                **cheap,
            )
        )
    else:
        panels.finding(view.text("finding.overview_plain", **cheap))


finding()
results, bought = board.results, board.bought
buyback_label, buyback_value = view.text("headline.buyback_ytd"), formats.MISSING
if bought is None:
    buyback_help = view.text("buybacks.no_total")
elif not bought["reported"]:
    buyback_help = view.text(
        "finding.buybacks_nobody", total=len(companies), date=view.day(view.as_of)
    )
else:
    cut_off = view.day(bought["cut_off"])
    buyback_label = view.text("buybacks.to", label=buyback_label, date=cut_off)
    counts = {"number": int(bought["complete"]), "total": int(bought["companies"])}
    amount = view.money(bought["amount_hkd"], "HKD", quality=bought["quality"])
    buyback_value = f"{amount} · {view.text('buybacks.complete_value', **counts)}"
    buyback_help = view.text("buybacks.total_help", date=cut_off, **counts)
    if left_out := formats.listed(bought["left_out"]):
        names = view.text("mark.comma").join(view.name(ticker) for ticker in left_out)
        buyback_help += " " + view.text("buybacks.left_out_names", names=names)
panels.headline(
    [
        panels.Tile(
            f"{view.name('HSTECH')} PE",
            formats.multiple(index.iloc[0]["value"], language)
            + " · "
            + formats.percentile(index.iloc[0]["percentile"], language)
            if len(index)
            else formats.MISSING,
            view.text("help.index_pe"),
        ),
        panels.Tile(
            view.text("headline.median_percentile"),
            formats.percentile(ranked["percentile"].median(), language),
            view.text("help.median_percentile", number=len(ranked), total=len(companies)),
        ),
        panels.Tile(buyback_label, buyback_value, buyback_help),
        panels.Tile(
            view.text("headline.results_this_month"),
            str(len(results)),
            ", ".join(view.name(ticker) for ticker in results["ticker"]) or None,
        ),
    ]
)


# The board: one company a row ---------------------------------------------------------------------

with st.container(
    horizontal=True, vertical_alignment="center", gap="small", key="overview_choices"
):
    columns = view.choice("columns", COLUMNS, lambda c: view.text(f"board.columns_{c}"))
    group = view.choice("group", GROUPS, lambda g: view.text(f"board.group_{g}"))
    across = view.choice("across", ("ranges", "windows"), lambda a: view.text(f"board.across_{a}"))
shown = once(board.shown, columns, group, view.state.my if group == "mine" else ())
if group == "mine" and not view.state.my:
    st.info(view.text("board.no_list"))
outside = [ticker for ticker in view.state.tickers if ticker not in set(rows["ticker"])]
if outside:
    st.info(
        view.text("overview.no_company", names=", ".join(view.name(ticker) for ticker in outside))
    )
marks.tell(view, shown["ticker"])
if len(shown):
    chosen = tables.overview(
        view, shown, columns, f"overview_table_{columns}", by_subsector=group == "subsector"
    )
    if chosen is not None:
        frame.open_company(chosen)
    if group == "subsector" and not view.state.tickers:
        tables.subsectors(
            view,
            view.ask("SELECT * FROM subsectors(?, ?, ?)", view.as_of, view.years, view.state.basis),
        )
        panels.missing(view.text("board.one_member"))
    panels.picture(view, once(side_by_side, view, shown, across))

with st.container(horizontal=True):
    panels.computed(
        view.text("computed.pe_ttm", basis=view.text(f"basis.{view.state.basis}")), language
    )
panels.sources(
    view.sources_of(pd.concat([shown["price_source_id"], shown["revenue_source_id"]])), language
)
