"""The small pieces that pages are built of, on Streamlit: finding, headline row, chart, sources,
notes.

Only this module of the kit imports streamlit.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

import plotly.graph_objects as go
import streamlit as st

from ui import links
from ui.memory import once, show_once
from ui.palette import Theme
from ui.pictures.parts import Picture
from ui.stamp import FORMATS, config, filename, fitted, is_finished
from ui.text import text
from ui.view import WIDTHS, Screen

# Figures are wrapped by the server, and only the browser knows how wide it is. It speaks up once,
# and only where it is not a desk; there is nothing to see. Words of a presentation grow with the
# screen.
SCREEN_JS = """
export default function(component) {
  const width = window.innerWidth;
  const kind = width < 640 ? 'phone' : width < 1100 ? 'tablet' : 'desk';
  const before = (component.data && component.data.kind) || 'desk';
  if (kind !== before) component.setStateValue('kind', kind);
  const presented = component.data && component.data.presented;
  const size = `${Math.min(24, Math.max(16, width / 90))}px`;
  document.documentElement.style.fontSize = presented ? size : '';
}
"""

# The chart of a file is drawn by the browser some time after the click; its camera is pressed once,
# as soon as it is there.
PRESS_JS = """
export default function(component) {
  const { sheet, number } = component.data, begun = Date.now();
  if (window.harbourviewPressed === number) return;
  window.harbourviewPressed = number;
  const look = async () => {
    const camera = document.querySelector(`.st-key-${sheet} .js-plotly-plot .modebar-btn`);
    if (camera) { await document.fonts.ready; camera.click(); }
    else if (Date.now() - begun < 20000) setTimeout(look, 30);
  };
  look();
}
"""

# On the first page of a visit the browser has everything yet to fetch that draws charts and tables;
# it says when the first chart stands.
DRAWN_JS = """
export default function(component) {
  const begun = Date.now();
  const place = '[data-testid="stSkeleton"], [data-testid="stPlotlyChart"]';
  const coming = () => document.querySelector(place)
    && !document.querySelector('.js-plotly-plot .main-svg');
  const look = () => {
    if (coming() && Date.now() - begun < 5000) setTimeout(look, 20);
    else component.setTriggerValue('drawn', true);
  };
  setTimeout(look, 20);
}
"""


def escape(words: Any) -> str:
    """Text that Streamlit's Markdown shows as it stands: no bold, no links, no formulas."""
    return "".join("\\" + c if c in "\\`*_{}[]()#+-.!|$~<>:&=" else c for c in str(words))


def _told() -> None:
    """The browser has spoken: remember what it said before the run that it started begins to
    draw.
    """
    kind = getattr(st.session_state.get("harbourview_screen"), "kind", None)
    st.session_state["harbourview_screen_kind"] = kind if kind in WIDTHS else "desk"


def screen(presented: bool = False) -> None:
    """Let the browser say which kind of screen this is: 'desk' (also where nobody knows), 'tablet'
    or 'phone'. Once a run, at its end. presented: the words of the page are enlarged.
    """
    mount = st.components.v2.component("harbourview_screen", js=SCREEN_JS)
    mount(
        key="harbourview_screen",
        data={
            "kind": st.session_state.get("harbourview_screen_kind", "desk"),
            "presented": presented,
        },
        on_kind_change=_told,
        height=1,
    )


def screen_of(state: links.State) -> Screen:
    """What the reader's browser told of itself. Presentation mode is always light."""
    kind, theme = st.session_state.get("harbourview_screen_kind", "desk"), "light"
    if state.mode != "present":
        try:
            theme = "dark" if st.context.theme.type == "dark" else "light"
        except AttributeError:
            theme = "light"
    return Screen(kind if kind in WIDTHS else "desk", theme)


COPY_HTML = '<button type="button"></button>'
COPY_CSS = """
button {
  font: inherit; font-size: 0.875rem; color: var(--st-text-color);
  background: var(--st-background-color); border: 1px solid var(--st-border-color);
  border-radius: var(--st-base-radius); padding: 0.25rem 0.75rem; min-height: 2rem;
  white-space: nowrap; cursor: pointer;
}
button:hover, button:focus-visible {
  color: var(--st-primary-color); border-color: var(--st-primary-color); outline: none;
}
"""
# Without https a browser has no clipboard for pages: then an area is selected and copied as by
# hand.
COPY_JS = """
export default function(component) {
  const { parentElement, data, setTriggerValue } = component;
  const button = parentElement.querySelector('button');
  button.textContent = data.label;
  const byHand = () => {
    const area = document.createElement('textarea');
    area.value = data.link; area.style.position = 'fixed'; area.style.opacity = '0';
    document.body.appendChild(area); area.select();
    const done = document.execCommand('copy');
    area.remove();
    return done ? Promise.resolve() : Promise.reject();
  };
  const copy = () => navigator.clipboard
    ? navigator.clipboard.writeText(data.link).catch(byHand) : byHand();
  button.onclick = () => copy().then(() => {
    button.textContent = data.done;
    setTimeout(() => { button.textContent = data.label; }, 2000);
    setTriggerValue('copied', data.link);
  }).catch(() => { button.textContent = data.failed; });
}
"""


def copy_link(link: str, language: str, on_copied: Callable[[], None]) -> None:
    """A button that puts a link on the reader's clipboard; on_copied runs on the server after it
    has.
    """
    mount = st.components.v2.component("harbourview_copy", html=COPY_HTML, css=COPY_CSS, js=COPY_JS)
    mount(
        key="harbourview_copy",
        data={
            "link": link,
            "label": text("action.copy_link", language),
            "done": text("action.copied", language),
            "failed": text("action.copy_failed", language),
        },
        on_copied_change=on_copied,
        width="content",
        height="content",
    )


# On paper a page is as on a desk, made smaller: one column of A4 holds Company whole. What can only
# be clicked is left out.
PAPER_CSS = """<style>
.st-key-harbourview_enter { position: absolute; }  /* not a place in the row of filters */
@media print {
  @page { size: A4; margin: 8mm; }
  :has([data-testid="stMainBlockContainer"]) {
    position: static !important; overflow: visible !important;
    height: auto !important; display: block !important;
  }
  [data-testid="stMainBlockContainer"] {
    width: 1400px !important; max-width: none !important; padding: 0 !important; zoom: 0.52;
  }
  [data-testid="stHeader"], [data-testid="stToolbar"], .st-key-filters,
  [class*="st-key-picture_"][class*="_files"], [data-testid="stPopover"],
  [data-testid="stDownloadButton"], [data-testid="stTooltipIcon"],
  [data-testid="stExpander"]:has(> details:not([open])) { display: none !important; }
  [data-testid="stHorizontalBlock"]:has(> [data-testid="stColumn"]) {
    display: flex !important; flex-wrap: nowrap !important;
  }
  [data-testid="stColumn"] { min-width: 0 !important; flex: 1 1 0 !important; }
  [data-testid="stMarkdownContainer"] li { margin: 0 !important; line-height: 1.3 !important; }
  :is([data-testid="stMarkdownContainer"], [data-testid="stTable"]) :is(td, th) {
    padding-top: 3px !important; padding-bottom: 3px !important; line-height: 1.3 !important;
  }
  [data-testid="stPlotlyChart"], tr { break-inside: avoid; }
}</style>"""


def paper() -> None:
    """How a page looks when the reader prints it. Once a run."""
    st.html(PAPER_CSS)


def finding(sentence: str) -> None:
    """The sentence that opens a page: one bold line, not a banner."""
    st.markdown(f"**{escape(sentence)}**")


class Tile(NamedTuple):
    """A figure of the headline row, as it is to be read."""

    label: str
    value: str
    help: str | None = None


def headline(tiles: Sequence[Tile]) -> None:
    """A compact row of figures."""
    with st.container(horizontal=True, gap="medium" if len(tiles) < 7 else "small"):
        for tile in tiles:
            st.metric(escape(tile.label), tile.value, help=tile.help, width="content")


def notice(problems: Sequence[links.Problem], language: str = "en") -> None:
    """Names what the link said and nobody understood; nothing where all was understood."""
    if problems:
        lines = [escape(links.sentence(problem, language)) for problem in problems]
        if any(problem.parameter for problem in problems):
            lines.insert(0, escape(text("panel.not_understood", language)))
        st.warning("  \n".join(lines))


def _part(row: Any, name: str, place: int) -> Any:
    """What a mapping has under the name, a tuple at the place, else None."""
    if hasattr(row, "get"):
        return row.get(name)
    return row[place] if place < len(row) else None


def sources(rows: Iterable[Any], language: str = "en") -> None:
    """A closed expander with one line a source: (publisher, title, published_on, url), mappings or
    tuples.

    Only http and https addresses become links.
    """
    lines = []
    for row in rows:
        publisher, title, published_on, url = (
            _part(row, n, i) for i, n in enumerate(("publisher", "title", "published_on", "url"))
        )
        words = escape(" · ".join(str(part)[:200] for part in (publisher, title) if _said(part)))
        if (
            _said(url)
            and str(url).startswith(("https://", "http://"))
            and not any(c in str(url) for c in " <>()[]\\\n")
        ):
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
    with st.popover(
        f"{of}: {text('panel.computed', language)}" if of else text("panel.computed", language),
        type="tertiary",
    ):
        st.markdown(escape(note))


def missing(message: str) -> None:
    """A grey line that says what is not there, and why."""
    st.caption(escape(message))


def what_next(view, *, filters: bool = False) -> None:
    """Beneath a sentence that nothing is known: what to do about it. filters: the page has filters
    of its own, and one of them is set.
    """
    steps = [
        ("empty.filter", filters),
        ("empty.company", bool(view.state.tickers)),
        ("empty.date", view.past is not None),
    ]
    missing(
        " ".join(view.text(step) for step, applies in steps if applies)
        or view.text("empty.nothing")
    )


def picture(
    view, shown: Picture, *, theme: Theme | None = None, of: str = "", **options: Any
) -> Any:
    """Show a picture that proves itself, in the view's own theme where none is given, and a button
    for each format of its file; what st.plotly_chart returns.

    of: what a selection in it belongs to beside its lines: another measure begins without one.
    """
    key = re.sub(r"\W+", "_", "_".join(["picture", shown.name, *shown.tickers, of]))
    theme = theme or view.theme(height=shown.height)
    if view.state.mode == "present":
        theme = replace(theme, height=theme.height * 5 // 4)
    event = (
        show(once(shown.draw, theme), key, shown.alt, **options)
        if options
        else show_once(_draw, shown, theme, key)
    )
    _files(view, shown, key)
    return event


class PicturesFirst(Exception):
    """The rest of a page waits until the browser has drawn its pictures; ui/main.py lets it."""


def _drawn() -> None:
    st.session_state["harbourview_drawn"] = True


def pictures_first() -> None:
    """Between the pictures of a page and the tables beneath them: the first page of a visit ends
    here until its first picture is drawn, which it is sooner then. PicturesFirst says so.
    """
    if "harbourview_drawn" not in st.session_state and st.context.url:  # no address, no browser
        st.components.v2.component("harbourview_drawn", js=DRAWN_JS)(
            key="harbourview_drawn_mark", on_drawn_change=_drawn, height=1
        )
        raise PicturesFirst


def _draw(shown: Picture, theme: Theme, key: str) -> None:
    show(shown.draw(theme), key, shown.alt)


def _files(view, shown: Picture, key: str) -> None:
    """A quiet row of buttons.

    One click draws the picture anew in a format, light and out of sight, and presses the camera of
    that chart: the browser makes the file.
    """
    with st.container(
        horizontal=True, gap="small", vertical_alignment="center", key=f"{key}_files"
    ):
        st.caption(view.text("action.picture"), width="content")
        for name in FORMATS:
            st.button(
                view.text(f"format.{name}"),
                type="tertiary",
                help=view.text(f"help.format_{name}"),
                key=f"{key}_{name}",
                on_click=_ask,
                args=(key, name),
            )
    asked_of, name, number = st.session_state.get("harbourview_file", ("", "", 0))
    if asked_of != key:
        return
    st.session_state["harbourview_file"] = ("", "", number)
    figure, room = fitted(shown.draw, view.theme(), FORMATS[name])
    # A box of one pixel: the chart in it is drawn as ever, and moves nothing on the page.
    with st.container(height=1, border=False, key=f"{key}_{name}_sheet"):
        show(
            figure,
            f"{key}_{name}_{number}",
            shown.alt,
            settings=config(
                filename(shown.name, shown.tickers, shown.evening), FORMATS[name], room
            ),
        )
    st.components.v2.component("harbourview_press", js=PRESS_JS)(
        key="harbourview_press", data={"sheet": f"{key}_{name}_sheet", "number": number}, height=1
    )


def _ask(key: str, name: str) -> None:
    st.session_state["harbourview_file"] = (
        key,
        name,
        st.session_state.get("harbourview_file", ("", "", 0))[2] + 1,
    )


def show(
    figure: go.Figure, key: str, alt: str, *, settings: dict[str, Any] | None = None, **options: Any
) -> Any:
    """Draw a finished figure; what st.plotly_chart returns. ValueError for one without its stamp.

    alt: one sentence with line, measure, last value, percentile and evening. settings:
        Plotly's, without any button if None.
    """
    if not is_finished(figure):
        raise ValueError(
            "a chart without its stamp: every function of ui.charts ends in ui.stamp.finish"
        )
    if not alt.strip():
        raise ValueError("a chart without words for who does not see it")
    return st.plotly_chart(
        figure,
        width="stretch",
        theme=None,
        key=key,
        config=settings or config(),
        alt=alt,
        **options,
    )
