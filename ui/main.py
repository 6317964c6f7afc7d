"""The frame of every page: page config, navigation, the filter bar, the line on the age of the
data; no figures.
"""

from pathlib import Path

import streamlit as st

from ui import frame, panels, process, sign_in, turns
from ui.view import TooOld

process.configure()
process.clicked()
st.set_page_config(
    page_title="Harbourview",
    page_icon=str(Path(__file__).parent / "icon.png"),
    layout="wide",
    initial_sidebar_state="collapsed",
)

language = st.session_state.get(frame.KEYS["lang"]) or (
    "zh" if st.query_params.get("lang") == "zh" else "en"
)
pages = frame.pages(language)


def hand_over() -> None:
    """The address without a page is Overview; its query goes along."""
    st.switch_page(pages[0], query_params=st.query_params.to_dict())


with turns.turn():
    is_admitted = sign_in.admitted(language)
    is_presented = st.session_state.get(
        frame.KEYS["mode"], st.query_params.get("mode") == "present"
    )
    chosen = st.navigation(
        [st.Page(hand_over, title="Harbourview", default=True, visibility="hidden"), *pages],
        position="top" if is_admitted and not is_presented else "hidden",
    )
    if is_admitted and chosen.url_path == "":
        chosen.run()
    elif is_admitted:
        view = frame.begin(chosen.url_path)
        if view is not None:
            try:
                chosen.run()
                frame.end(view)
            except panels.PicturesFirst:
                pass
            except TooOld as error:
                st.warning(
                    panels.escape(
                        view.text(
                            "frame.build_first" if view.is_current else "frame.too_old",
                            snapshot=error,
                        )
                    )
                )
        panels.paper()
        panels.screen(is_presented)
