"""The small pieces that pages are built of, on Streamlit: finding, headline row, chart, sources, notes.

Only this module of the kit imports streamlit.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from functools import partial
from typing import Any

import plotly.graph_objects as go
import streamlit as st

from ui import charts, links
from ui.palette import TOKENS, Theme
from ui.stamp import config, filename, light_copy
from ui.text import text

# The narrowest figure that a screen of each kind shows, by how many charts stand side by side.
WIDTHS = {"desk": {1: 900, 2: 520, 3: 340}, "tablet": {1: 580, 2: 320, 3: 320}, "phone": {1: 330, 2: 330, 3: 330}}

# Figures are wrapped by the server, and only the browser knows how wide it is. It speaks up once, and only
# where it is not a desk; there is nothing to see.
SCREEN_JS = """
export default function(component) {
  const width = window.innerWidth;
  const kind = width < 640 ? 'phone' : width < 1100 ? 'tablet' : 'desk';
  const before = (component.data && component.data.kind) || 'desk';
  if (kind !== before) component.setStateValue('kind', kind);
}
"""


def escape(words: Any) -> str:
    """Text that Streamlit's Markdown shows as it stands: no bold, no links, no formulas."""
    return "".join("\\" + c if c in "\\`*_{}[]()#+-.!|$~<>:" else c for c in str(words))


def _told() -> None:
    """The browser has spoken: remember what it said before the run that it started begins to draw."""
    kind = getattr(st.session_state.get("harbourview_screen"), "kind", None)
    st.session_state["harbourview_screen_kind"] = kind if kind in WIDTHS else "desk"


def screen() -> None:
    """Let the browser say which kind of screen this is: 'desk' (also where nobody knows), 'tablet' or 'phone'. Once a run, at its end."""
    mount = st.components.v2.component("harbourview_screen", js=SCREEN_JS)
    mount(key="harbourview_screen", data={"kind": st.session_state.get("harbourview_screen_kind", "desk")}, on_kind_change=_told, height=1)


def is_phone() -> bool:
    """Whether the reader's screen is a phone's, as far as it has been told."""
    return st.session_state.get("harbourview_screen_kind") == "phone"


def theme(state: links.State, *, columns: int = 1, share: float = 1.0, height: int = 430) -> Theme:
    """How this page draws: the browser's light or dark, the reader's language and colours, the room there is.

    columns: how many charts stand side by side (1 to 3); share: of the page's width, where they are not
    equally wide; height: px. Presentation mode is always light.
    """
    name = "light"
    if state.mode != "present":
        try:
            name = "dark" if st.context.theme.type == "dark" else "light"
        except AttributeError:
            name = "light"
    kind = st.session_state.get("harbourview_screen_kind", "desk")
    width = WIDTHS[kind if kind in WIDTHS else "desk"][min(max(columns, 1), 3)]
    if kind != "phone":
        width = int(width * share)
    return Theme(name=name, updown=state.updown, language=state.lang, width=width, height=height)


def finding(sentence: str) -> None:
    """The sentence that opens a page: one bold line, not a banner."""
    st.markdown(f"**{escape(sentence)}**")


def headline(metrics: Sequence[tuple[str, str, str | None]]) -> None:
    """A compact row of figures: (label, value, help), all as they are to be read."""
    with st.container(horizontal=True, gap="medium"):
        for label, value, note in metrics:
            st.metric(escape(label), value, help=note, width="content")


def notice(problems: Sequence[links.Problem], language: str = "en") -> None:
    """Names what the link said and nobody understood; nothing where all was understood."""
    if problems:
        words = "  \n".join(escape(links.sentence(problem, language)) for problem in problems)
        st.warning(f"{escape(text('panel.not_understood', language))}  \n{words}")


def sources(rows: Iterable[Any], language: str = "en") -> None:
    """A closed expander with one line a source: (publisher, title, published_on, url), mappings or tuples.

    Only http and https addresses become links.
    """
    lines = []
    for row in rows:
        get: Callable[[str, int], Any] = (
            (lambda name, _i, row=row: row.get(name)) if hasattr(row, "get") else (lambda _name, i, row=row: row[i] if i < len(row) else None)
        )
        publisher, title, published_on, url = (get(n, i) for i, n in enumerate(("publisher", "title", "published_on", "url")))
        words = escape(" · ".join(str(part)[:200] for part in (publisher, title) if _said(part)))
        if _said(url) and str(url).startswith(("https://", "http://")) and not any(c in str(url) for c in " <>()[]\\\n"):
            words = f"[{words}]({url})"
        when = f" · {str(published_on)[:10]}" if _said(published_on) else ""
        lines.append(f"- {words}{when}")
    if lines:
        with st.expander(text("panel.sources", language, number=len(lines))):
            st.markdown("\n".join(lines))


def _said(value: Any) -> bool:
    return value is not None and value == value and str(value).strip() not in ("", "NaT", "<NA>")


def computed(note: str, language: str = "en", of: str = "") -> None:
    """A small popover with the formula in words; of: what it computes, where a page has several."""
    with st.popover(f"{of}: {text('panel.computed', language)}" if of else text("panel.computed", language), type="tertiary"):
        st.markdown(escape(note))


def missing(message: str) -> None:
    """A grey line that says what is not there, and why."""
    st.caption(escape(message))


@st.cache_resource(max_entries=300, show_spinner=False, hash_funcs={partial: lambda write: (write.func.__qualname__, write.args, sorted(write.keywords.items()))})
def drawn(chart: str, *data: Any, **options: Any) -> go.Figure:
    """The figure that ui.charts draws of these data: drawn once, then handed out again. Nobody may change it."""
    return getattr(charts, chart)(*data, **options)


def one_of(view, offered: Sequence[str], page: str) -> str | None:
    """The company shown, of those offered: a button each where a few are chosen, else a list; None where none is offered."""
    if not offered:
        return None
    chosen = view.companies
    key = f"{page}_focus_{'_'.join(chosen)}"
    if 1 < len(chosen) <= 4:
        return st.segmented_control(view.text("segments.focus"), offered, default=offered[0], format_func=view.name, required=True, label_visibility="collapsed", key=key)
    return st.selectbox(view.text("segments.focus"), offered, format_func=view.name, label_visibility="collapsed", width=180, key=key)


def picture(view, figure: go.Figure, key: str, name: str, tickers: Sequence[str], evening: date | None = None) -> Any:
    """Draw a stamped figure that proves itself: its file is named after name, tickers and evening (the view's), and who does not see it is told its title and subtitle."""
    said, evening = figure.layout.meta, evening or view.as_of
    return show(figure, key, filename(name, tickers, evening), view.text("alt.chart", title=said["title"], subtitle=said["subtitle"], date=view.day(evening)), language=view.language)


def show(figure: go.Figure, key: str, file: str, alt: str, *, language: str = "en", **options: Any) -> Any:
    """Draw a finished figure with its picture button; what st.plotly_chart returns.

    alt: one sentence with ticker, measure, last value, percentile and as-of date. The picture is light
    whatever the screen is. Plotly's button draws what it sees, so a dark figure has no button; a switch
    beneath it exchanges it for its light twin, which has one.
    """
    dark = figure.layout.paper_bgcolor == TOKENS["dark"]["paper"]
    light = dark and bool(st.session_state.get(f"{key}_light", False))
    settings = config(file)
    if dark and not light:
        settings["displayModeBar"] = False
    elif light:
        settings["displayModeBar"] = True
    drawn = st.plotly_chart(
        light_copy(figure) if light else figure, width="stretch", theme=None, key=key, config=settings, alt=alt, **options
    )
    if dark:
        st.toggle(text("action.picture_light", language), key=f"{key}_light", help=text("action.picture_hint", language))
    return drawn
