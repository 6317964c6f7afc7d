"""The frame of every page: one row of filters, the state that all pages share, and the link that
restates it.

The state lives in the address: what a reader filters stands there at once, and a link opens the
    same view. A page begins with `view = frame.view()`: a `View` with the controls that a page has.
"""

import os
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from copy import copy
from dataclasses import replace
from datetime import date, timedelta
from functools import lru_cache, partial
from pathlib import Path
from urllib.parse import urlencode

import streamlit as st

from ui import answers, formats, links, pack_panel, panels, sign_in, ticker_box
from ui.text import text
from ui.view import HOME, View, facts_of, universe_of
from warehouse.snapshot import Served

PAGES = (
    "overview",
    "company",
    "valuation",
    "buybacks",
    "segments",
    "estimates",
    "coverage",
    "market",
    "documents",
    "traffic",
    "data",
)
SCRIPTS = Path(__file__).resolve().parent.parent / "pages"
YEAR = timedelta(366)
SAME_PRESS = 3.0  # seconds
EARLIEST = date(2004, 6, 16)  # the first evening that can be shown: Tencent's listing
KEYS = {
    "tickers": ticker_box.KEY,
    "as_of": "filter_as_of",
    "window": "filter_window",
    "basis": "filter_basis",
    "currency": "filter_currency",
    "lang": "filter_lang",
    "updown": "filter_updown",
    "mode": "filter_mode",
}
# What a parameter of the link may be called, where the data says so; asked only for a link that has
# one.
WORDS = {
    "broker": "SELECT DISTINCT broker AS word FROM broker_year_pe ORDER BY 1",
    "vendor": "SELECT DISTINCT vendor AS word FROM site_traffic ORDER BY 1",
    "section": """
        SELECT DISTINCT section AS word
        FROM topics
        WHERE section IS NOT NULL
        UNION
        SELECT 'outside'
        ORDER BY 1
        """,
    "period": """
        SELECT fiscal_period AS word
        FROM segments
        UNION
        SELECT calendar_quarter
        FROM segments
        WHERE calendar_quarter IS NOT NULL
        ORDER BY 1 DESC
        """,
}


@lru_cache
def _page(name: str, language: str) -> st.Page:
    return st.Page(SCRIPTS / f"{name}.py", title=text(f"page.{name}", language), url_path=name)


def open_company(ticker: str) -> None:
    """Leave Overview for Company and show this one there."""
    state = st.session_state["harbourview_state"]
    wanted = links.write(replace(state, tickers=(ticker,)))
    # On the way Streamlit puts Overview with the new query into the browser's history. A press of
    # Back lands there; begin() then shows what Overview showed before.
    st.session_state["harbourview_overview_before"] = (wanted, links.write(state))
    st.switch_page(_page("company", state.lang), query_params=wanted)


def _way_back(query: dict[str, str], page: str) -> dict[str, str]:
    """The query to show: the one before a company was opened, where Back led to Overview's step in
    between.

    For some seconds only, since one press of Back may run the page twice with the old address.
    """
    last_page = st.session_state.get("harbourview_page")
    st.session_state["harbourview_page"] = page
    passed, before = st.session_state.get("harbourview_overview_before", (None, None))
    if page != "overview" or query != passed:
        return query
    now = time.monotonic()
    if last_page != "overview":
        st.session_state["harbourview_overview_until"] = now + SAME_PRESS
    return before if now < st.session_state.get("harbourview_overview_until", 0) else query


def pages(language: str) -> list[st.Page]:
    """The pages of the navigation.

    Each run has its own, as st.navigation marks the chosen one; made anew they would be looked up
    in the folder for each click.
    """
    return [copy(_page(name, language)) for name in PAGES]


class Page(View):
    """The view of one run, and the controls of its page: what is chosen stands in the link."""

    def choice(
        self,
        name: str,
        options,
        words,
        *,
        drop_down: bool = False,
        default: str | None = None,
        width: int = 260,
    ) -> str:
        """What the link says for a parameter of the page, else the default or the first option;
        drawn as a control that writes it there.
        """
        asked = self.state.extras.get(name)
        key = f"choice_{name}"
        st.session_state[key] = asked if asked in options else default or options[0]
        drop_down = drop_down or (
            self.is_phone and len(options) > 3
        )  # a phone has no room for more side by side
        draw: Callable[..., str] = (
            st.selectbox if drop_down else partial(st.segmented_control, required=True)
        )
        return draw(
            self.text(f"choice.{name}"),
            options,
            format_func=words,
            label_visibility="collapsed",
            key=key,
            on_change=_chosen,
            args=(name, key),
            **({"width": width} if drop_down else {}),
        )

    def one_of(self, offered: Sequence[str], default: str | None = None) -> str | None:
        """The line shown, of those offered: a button each where a few are chosen, else a list; None
        where none is offered.
        """
        if not offered:
            return None
        return self.choice(
            "focus",
            list(offered),
            self.name,
            drop_down=not 1 < len(self.state.tickers) <= 4,
            default=default,
            width=180,
        )

    @staticmethod
    def chosen(name: str, value: str) -> None:
        """Write a parameter of the page into the link, as a button does."""
        before = st.session_state["harbourview_state"]
        st.session_state["harbourview_state"] = replace(
            before, extras=dict(before.extras) | {name: value}
        )


def _chosen(name: str, key: str) -> None:
    Page.chosen(name, st.session_state[key])


def view() -> Page:
    """The view that the frame made for this run; a page takes it once."""
    return st.session_state.pop("harbourview_view")


# The state and the address ------------------------------------------------------------------------


def _take_up(state: links.State, names: Iterable[str] = tuple(KEYS)) -> None:
    """Put these parts of a state (all of them by default) into the widgets that show them."""
    values = {
        "tickers": list(state.tickers),
        "as_of": state.as_of,
        "window": state.window,
        "basis": state.basis,
        "currency": state.currency,
        "lang": state.lang,
        "updown": state.updown,
        "mode": state.mode == "present",
    }
    for name in names:
        st.session_state[KEYS[name]] = values[name]


def _of_widgets(before: links.State) -> links.State:
    get = st.session_state.get
    return replace(
        before,
        tickers=tuple(get(KEYS["tickers"]) or ()),
        as_of=get(KEYS["as_of"]),
        window=get(KEYS["window"]) or before.window,
        basis=get(KEYS["basis"]) or before.basis,
        currency=get(KEYS["currency"]) or before.currency,
        lang=get(KEYS["lang"]) or before.lang,
        updown=get(KEYS["updown"]) or before.updown,
        mode="present" if get(KEYS["mode"]) else "",
    )


def _keep_list() -> None:
    """What is chosen becomes the reader's own list; it stands in the link from then on."""
    st.session_state["harbourview_state"] = replace(
        st.session_state["harbourview_state"], my=tuple(st.session_state[KEYS["tickers"]])
    )


def _show_list() -> None:
    st.session_state[KEYS["tickers"]] = list(st.session_state["harbourview_state"].my)


def _leave_presentation() -> None:
    st.session_state[KEYS["mode"]] = False


def _copied() -> None:
    """The link has been copied: keep the snapshot that it names for good, where that can be written
    down.
    """
    state = st.session_state["harbourview_state"]
    # This process may not be allowed to write to the warehouse: then the link works for as long as
    # its snapshot is kept.
    with suppress(answers.NoSnapshot, OSError):
        answers.pin(state.snapshot or answers.served().snapshot_id)


def show_date(day: date | None) -> None:
    """Move the as-of date, as a button of a page does."""
    st.session_state[KEYS["as_of"]] = day


def offer_basis(offered: tuple[str, str] | None) -> None:
    """A button that changes to the other EPS basis. offered: the basis and the button's words."""
    if offered:
        basis, words = offered
        st.button(
            panels.escape(words),
            type="tertiary",
            key="offer_basis",
            on_click=_show_basis,
            args=(basis,),
        )


def _show_basis(basis: str) -> None:
    st.session_state[KEYS["basis"]] = basis


def show_snapshot(snapshot_id: str) -> None:
    """Show a snapshot that is kept, '' the served one, from the next run on: as a link with `s`
    does.
    """
    st.session_state["harbourview_state"] = replace(
        st.session_state["harbourview_state"], snapshot=snapshot_id
    )


def choose(*tickers: str) -> None:
    """Choose these companies, as a click in a table does; takes effect from the next run on."""
    st.session_state["harbourview_choose"] = list(tickers)


def begin(page: str) -> Page | None:
    """Read the address, draw the filters, write the address again. None where there is nothing to
    show, and the page says why.

    page: the name of the page that follows.
    """
    try:
        current = answers.served()
    except answers.NoSnapshot as error:
        st.error(f"{text('frame.no_snapshot', 'en')}  \n{panels.escape(error)}")
        return None
    query = st.query_params.to_dict()
    asked = _way_back(query, page)
    is_known = query == st.session_state.get("harbourview_query") and asked == query
    is_new = "harbourview_state" not in st.session_state or bool(query and not is_known)
    wanted = query.get("s", "") if is_new else st.session_state["harbourview_state"].snapshot
    now = current
    if wanted and wanted != current.snapshot_id and links.SNAPSHOT.fullmatch(wanted):
        now = answers.kept(wanted) or current
    try:
        facts = facts_of(now)
    except answers.CannotAnswer:
        now = current
    try:
        facts = facts_of(now)
    except answers.CannotAnswer:
        st.error(
            panels.escape(
                text(
                    "frame.build_first",
                    "zh" if query.get("lang") == "zh" else "en",
                    snapshot=now.snapshot_id,
                )
            )
        )
        return None
    universe, names = universe_of(now)
    latest = facts["latest"].date()
    if is_new:
        words = {
            name: answers.ask(current, question)["word"].tolist()
            for name, question in WORDS.items()
            if name in asked
        }
        state, problems = links.parse(asked, universe, latest=latest, words=words)
        st.session_state["harbourview_state"] = state
        st.session_state["harbourview_problems"] = problems
        st.session_state.setdefault(
            "harbourview_hint", not query
        )  # whoever opens a link came to see something
        _take_up(state)
    if "harbourview_choose" in st.session_state:
        chosen = st.session_state.pop("harbourview_choose")
        state = replace(st.session_state["harbourview_state"], tickers=tuple(chosen))
        st.session_state["harbourview_state"] = state
        st.session_state[KEYS["tickers"]] = chosen
    state = st.session_state["harbourview_state"]
    # Streamlit drops the value of a widget that the last run did not draw (after st.switch_page,
    # or in presentation mode). Only those are restored: the others hold what was just chosen.
    _take_up(state, [name for name, key in KEYS.items() if key not in st.session_state])
    _fit(universe, latest)

    language = st.session_state.get(KEYS["lang"]) or state.lang
    _filters(universe, names, latest, current, bool(facts["has_daily"]), language)
    state = _of_widgets(state)
    st.session_state["harbourview_state"] = state
    written = links.write(state)
    if written != query:
        st.query_params.from_dict(written)
    st.session_state["harbourview_query"] = written
    _hint(state)
    _notices(state, current, now, latest)
    made = Page(
        state,
        now,
        universe,
        names,
        latest,
        bool(facts["has_daily"]),
        now is current,
        {"sources": int(facts["sources"]), "figures": int(facts["figures"])},
        panels.screen_of(state),
        _address(),
        _canonical(latest, current),
        answers.last_run(),
    )
    st.session_state["harbourview_view"] = made
    _tell_currency(made)
    pack_panel.show(made)
    return made


def _fit(universe: links.Universe, latest: date) -> None:
    """A snapshot chosen meanwhile may end earlier, or know fewer lines, than what was asked of the
    one before: name it, as of a link.
    """
    found = []
    day, known = st.session_state[KEYS["as_of"]], {entry.ticker for entry in universe.entries}
    if day is not None and not EARLIEST <= day <= latest:
        st.session_state[KEYS["as_of"]] = None
        found.append(
            links.Problem("as_of", day.isoformat(), "link.too_late", (latest.isoformat(),))
            if day > latest
            else links.Problem("as_of", day.isoformat(), "link.too_early", ())
        )
    strange = [ticker for ticker in st.session_state[KEYS["tickers"]] if ticker not in known]
    if strange:
        st.session_state[KEYS["tickers"]] = [
            ticker for ticker in st.session_state[KEYS["tickers"]] if ticker in known
        ]
        found += [links.Problem("t", ticker, "link.no_ticker", ()) for ticker in strange]
    if found:
        st.session_state["harbourview_problems"] = [
            *st.session_state.get("harbourview_problems", []),
            *found,
        ]


def _hint(state: links.State) -> None:
    """One line for whoever is here for the first time, until it is closed or a filter was used."""
    if not st.session_state["harbourview_hint"]:
        return
    if replace(state, lang=links.DEFAULT_LANGUAGE) != links.State():
        _close_hint()
        return
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="hint"):
        st.caption(text("frame.hint", state.lang), width="content")
        st.button(
            text("action.close_hint", state.lang),
            type="tertiary",
            key="close_hint",
            on_click=_close_hint,
        )


def _close_hint() -> None:
    st.session_state["harbourview_hint"] = False


def _notices(state: links.State, current: Served, now: Served, latest: date) -> None:
    """What a reader must know before the first figure: of the snapshot, of the clock, of the
    link.
    """
    language, today = state.lang, answers.today()
    if current.problem:
        st.warning(
            panels.escape(
                text(
                    "frame.damaged", language, problem=current.problem, snapshot=current.snapshot_id
                )
            )
        )
    if state.snapshot and state.snapshot not in (now.snapshot_id, current.snapshot_id):
        st.warning(
            panels.escape(
                text(
                    "missing.snapshot",
                    language,
                    snapshot=state.snapshot,
                    current=current.snapshot_id,
                )
            )
        )
    if now is not current:
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            earlier = text(
                "frame.earlier",
                language,
                snapshot=now.snapshot_id,
                current=current.snapshot_id,
            )
            st.markdown(f":orange[{panels.escape(earlier)}]", width="content")
            st.button(
                text("action.current_snapshot", language),
                type="tertiary",
                on_click=show_snapshot,
                args=("",),
            )
    elif today < latest or today > latest + YEAR:
        st.info(
            panels.escape(
                text(
                    "frame.clock_behind" if today < latest else "frame.clock_ahead",
                    language,
                    today=formats.day(today, language),
                    latest=formats.day(latest, language),
                )
            )
        )
    problems = st.session_state.get("harbourview_problems", [])
    for problem in problems:
        if (problem.parameter, problem.reason) == ("as_of", "link.too_late"):
            st.info(
                panels.escape(
                    text(
                        "frame.too_late",
                        language,
                        asked=formats.day(problem.value, language),
                        latest=formats.day(latest, language),
                    )
                )
            )
    panels.notice(
        [
            problem
            for problem in problems
            if (problem.parameter, problem.reason) != ("as_of", "link.too_late")
        ],
        language,
    )


def _tell_currency(view: Page) -> None:
    """At which rates the money of this evening is shown in one currency, and what stays as it is
    quoted.
    """
    currency = view.state.currency
    if currency != links.DEFAULT_CURRENCY:
        rates = [
            (base, rate, day)
            for base, rate, day in view.rates.values()
            if base != currency and rate is not None
        ]
        told = ", ".join(
            view.text("frame.rate", rate=formats.number(rate, 4), base=base)
            for base, rate, _ in rates
        )
        panels.missing(
            view.text(
                "frame.in_currency",
                currency=currency,
                rates=told,
                date=view.day(max(day for *_, day in rates if day)),
            )
            if rates
            else view.text("frame.no_rate", currency=currency, date=view.day(view.as_of))
        )


# The row of filters -------------------------------------------------------------------------------


def _filters(
    universe: links.Universe,
    names: Mapping[str, tuple[str, str]],
    latest: date,
    current: Served,
    has_daily: bool,
    language: str,
) -> None:
    if st.session_state.get(KEYS["mode"]):  # a projector shows no filters
        st.button(
            text("action.leave_presentation", language),
            type="tertiary",
            on_click=_leave_presentation,
            shortcut="Esc",
        )
        return

    windows = [
        w
        for w in links.WINDOWS
        if w != "1y" or has_daily or st.session_state.get(KEYS["window"]) == "1y"
    ]
    my = st.session_state["harbourview_state"].my
    is_phone = (
        st.session_state.get("harbourview_screen_kind") == "phone"
    )  # one row: what does not fit stands behind the dots

    def of_figures() -> None:
        st.date_input(
            text("filter.as_of", language),
            value=None,
            min_value=EARLIEST,
            max_value=latest,
            key=KEYS["as_of"],
            format="YYYY-MM-DD",
            label_visibility="collapsed",
            width=150,
        )
        st.segmented_control(
            text("filter.window", language),
            windows,
            key=KEYS["window"],
            format_func=lambda w: text(f"window.{w}", language),
            required=True,
            label_visibility="collapsed",
        )
        st.segmented_control(
            text("filter.basis", language),
            links.BASES,
            key=KEYS["basis"],
            format_func=lambda b: text(f"basis.{b}", language),
            required=True,
            label_visibility="collapsed",
        )

    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="filters"):
        ticker_box.draw(universe, names, language)
        if not is_phone:
            of_figures()
        link = _canonical(latest, current)
        panels.copy_link(link, language, _copied)
        with st.popover("…", help=text("filter.more", language)):
            if is_phone:
                of_figures()
            st.segmented_control(
                text("filter.currency", language),
                links.CURRENCIES,
                key=KEYS["currency"],
                format_func=lambda value: text(f"currency.{value}", language),
                required=True,
            )
            st.segmented_control(
                text("filter.language", language),
                links.LANGUAGES,
                key=KEYS["lang"],
                format_func=lambda value: text(f"language.{value}", language),
                required=True,
            )
            st.radio(
                text("filter.updown", language),
                links.UPDOWN,
                key=KEYS["updown"],
                format_func=lambda value: text(f"updown.{value}", language),
            )
            st.toggle(text("filter.mode", language), key=KEYS["mode"])
            with st.container(horizontal=True, gap="small"):
                st.button(
                    text("action.keep_list", language),
                    on_click=_keep_list,
                    disabled=not st.session_state[KEYS["tickers"]],
                )
                st.button(
                    text("action.show_list", language, number=len(my)),
                    on_click=_show_list,
                    disabled=not my,
                )
            st.button(text("action.pack", language), on_click=pack_panel.ask_for)
            st.caption(text("action.link_itself", language))
            st.code(link, language=None, wrap_lines=True)
            sign_in.way_out(language)


def _address() -> str:
    """Where the pages are, as the reader's browser sees it; HARBOURVIEW_URL names it where a proxy
    hides that.
    """
    return (
        os.environ.get("HARBOURVIEW_URL", "").rstrip("/")
        or (st.context.url or HOME).split("?")[0].rsplit("/", 1)[0]
    )


def _canonical(latest: date, current: Served) -> str:
    """The link that shows this very view next month: every value stated, the date and the snapshot
    too.
    """
    state = _of_widgets(st.session_state["harbourview_state"])
    stated = links.write(
        replace(state, as_of=state.as_of or latest, snapshot=state.snapshot or current.snapshot_id)
    )
    address = (st.context.url or "").split("?")[0]
    return f"{address}?{urlencode(stated, safe=',:^')}"


def end(view: Page) -> None:
    """The line under every page: how new the data is, what kind of closes stand behind it, and from
    which snapshot.
    """
    st.caption(
        view.text(
            "frame.footer",
            as_of=formats.day(view.as_of, view.language),
            latest=formats.day(view.latest, view.language),
            frequency=view.closes,
            snapshot=view.served.snapshot_id,
        )
    )
