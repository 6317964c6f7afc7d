"""The meeting pack in the dashboard: pages and companies are chosen in a dialog, the files come as
they are made.
"""

from __future__ import annotations

from contextlib import suppress

import streamlit as st

from ui import answers, pack, panels
from ui.stamp import filename
from ui.view import View

FLAG = "harbourview_pack"
TYPES = {
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "pdf": "application/pdf",
}


def ask_for() -> None:
    """Open the dialog in the run that follows, as a button does."""
    st.session_state[FLAG] = True


def show(view: View) -> None:
    """The dialog, where it was asked for."""
    if st.session_state.pop(FLAG, False):
        st.dialog(view.text("action.pack"), width="medium")(_dialog)(view)


def _dialog(view: View) -> None:
    problem = pack.lacking()
    if problem:
        st.info(panels.escape(view.text("pack.unable", reason=problem)))
        return
    companies = [
        entry.ticker for entry in view.universe.entries if entry.kind in ("company", "peer")
    ]
    pages = st.multiselect(
        view.text("pack.pages"),
        pack.PAGES,
        default=list(pack.OF_EACH),
        format_func=lambda page: view.text(f"page.{page}"),
        key="pack_pages",
    )
    tickers = st.multiselect(
        view.text("filter.tickers"),
        companies,
        default=view.companies or companies[:1],
        format_func=view.name,
        key="pack_tickers",
    )
    if st.button(view.text("pack.make"), type="primary", disabled=not pages):
        bar = st.progress(0.0)
        try:
            made = pack.make(
                view,
                pages,
                tickers,
                on_progress=lambda done, whole, name: bar.progress(
                    done / whole, view.text("pack.at_work", done=done, whole=whole)
                ),
            )
        except pack.Unable as error:
            bar.empty()
            st.info(panels.escape(view.text("pack.unable", reason=error)))
            return
        bar.empty()
        # The links in the pack name the snapshot. This process may not be allowed to write there.
        with suppress(answers.NoSnapshot, OSError):
            answers.pin(view.served.snapshot_id)
        st.session_state["harbourview_pack_made"] = made
    offered = st.session_state.get("harbourview_pack_made")
    if offered:
        _offer(view, offered, tickers)


def _offer(view: View, made: pack.Pack, tickers: list[str]) -> None:
    st.caption(panels.escape(view.text("pack.made", number=made.pictures)))
    if made.left_out:
        st.caption(
            panels.escape(
                view.text(
                    "pack.left_out",
                    what=view.text("mark.comma").join(
                        f"{view.text(f'page.{page}')} {name}".strip()
                        for page, name in made.left_out
                    ),
                )
            )
        )
    with st.container(horizontal=True):
        for kind, content in made.files.items():
            st.download_button(
                kind.upper(),
                content,
                file_name=f"{filename('harbourview-pack', tickers, view.as_of)}.{kind}",
                mime=TYPES[kind],
                on_click="ignore",
                key=f"pack_{kind}",
            )
