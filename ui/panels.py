"""The small pieces that pages are built of, on Streamlit: finding, headline row, chart, sources, notes.

Only this module of the kit imports streamlit.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from typing import Any

import plotly.graph_objects as go
import streamlit as st

from ui import links
from ui.palette import TOKENS, Theme
from ui.pictures.parts import Picture, drawn
from ui.stamp import config, filename, light_copy
from ui.text import text
from ui.view import WIDTHS, Screen

__all__ = ["drawn"]  # for the pages whose pictures have no room of their own yet

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


def screen_of(state: links.State) -> Screen:
    """What the reader's browser told of itself. Presentation mode is always light."""
    kind, theme = st.session_state.get("harbourview_screen_kind", "desk"), "light"
    if state.mode != "present":
        try:
            theme = "dark" if st.context.theme.type == "dark" else "light"
        except AttributeError:
            theme = "light"
    return Screen(kind if kind in WIDTHS else "desk", theme)


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


def picture_of(view, figure: go.Figure, key: str, name: str, tickers: Sequence[str], evening: date | None = None) -> Any:
    """Draw a stamped figure that proves itself: its file is named after name, tickers and evening (the view's), and who does not see it is told its title and subtitle."""
    said, evening = figure.layout.meta, evening or view.as_of
    return show(figure, key, filename(name, tickers, evening), view.text("alt.chart", title=said["title"], subtitle=said["subtitle"], date=view.day(evening)), language=view.language)


def picture(view, shown: Picture, *, theme: Theme | None = None, of: str = "", **options: Any) -> Any:
    """Show a picture that proves itself, in the view's own theme where none is given; what st.plotly_chart returns.

    of: what a selection in it belongs to beside its lines: another measure begins without one.
    """
    key = re.sub(r"\W+", "_", "_".join(["picture", shown.name, *shown.tickers, of]))
    return show(shown.draw(theme or view.theme()), key, filename(shown.name, shown.tickers, shown.evening), shown.alt, language=view.language, **options)


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
