"""What was published, about whom and by whom, what does it say, and what happened?"""

from typing import Any

import pandas as pd
import streamlit as st

from ui import formats, links, panels, tables
from ui.frame import view as of_this_run
from ui.memory import once
from ui.pictures.documents import Happenings

SHOWN = 12  # stories, and as many again with each press of the button
KINDS = ("filing", "results", "broker report", "news")
QUOTED = 60  # letters of a title in the sentence that opens the page

view = of_this_run()
language = view.language
day = view.day
asked = view.past
evening = once(Happenings, view).evening
words = view.ask("SELECT topic, name_en, name_zh FROM topics ORDER BY topic")
topic_names = dict(zip(words["topic"], words["name_zh" if language == "zh" else "name_en"]))


def of_link(name: str, options: list[str], near: dict[str, str] | None = None) -> str:
    """The value of a parameter of the link where it is one of the options, in any spelling that
    near knows; else all, and the page names it.
    """
    typed = view.state.extras.get(name, "")
    meant = {option.casefold(): option for option in options} | {
        spelling.casefold(): option for spelling, option in (near or {}).items()
    }
    if typed and typed.casefold() not in meant:
        panels.notice(
            [links.Problem(name, typed, "link.not_a_choice", tuple(options[: links.NEAR]))],
            language,
        )
        return ""
    return meant.get(typed.casefold(), "")


def write(name: str, key: str) -> None:
    """Put what a control says into the link."""
    value = st.session_state[key]
    view.chosen(name, value.isoformat() if hasattr(value, "isoformat") else value or "")


def control(draw, name: str, value, *arguments, **options):
    """A control that shows what the link says and writes it there."""
    key = f"documents_{name}"
    st.session_state[key] = value
    return draw(
        *arguments,
        key=key,
        on_change=write,
        args=(name, key),
        label_visibility="collapsed",
        **options,
    )


def choices() -> dict[str, str]:
    """The filters of this page, all of them from the link."""
    known = view.ask(
        """
        SELECT publisher, count(*) AS number
        FROM documents_as_of(?)
        WHERE publisher IS NOT NULL
        GROUP BY publisher
        ORDER BY number DESC, publisher
        """,
        asked,
    )
    counted = view.ask(
        """
        SELECT topic, count(*) AS number
        FROM (
            SELECT unnest(topics) AS topic
            FROM documents_as_of(?)
            UNION ALL
            SELECT unnest(topics)
            FROM events_as_of(?)
        )
        GROUP BY topic
        ORDER BY number DESC, topic
        """,
        asked,
        asked,
    )
    topics, publishers = counted["topic"].tolist(), known["publisher"].tolist()
    spellings = {
        name: topic
        for column in ("name_en", "name_zh")
        for topic, name in zip(words["topic"], words[column])
        if topic in topics
    }
    chosen = {
        "topic": of_link("topic", topics, spellings),
        "kind": of_link("kind", list(KINDS)),
        "publisher": of_link("publisher", publishers),
    }
    chosen |= {name: view.state.extras.get(name, "") for name in ("q", "from", "to")}
    days = {
        name: pd.Timestamp(chosen[name]).date() if chosen[name] else None for name in ("from", "to")
    }
    with st.container(
        horizontal=True, vertical_alignment="center", gap="small", key="documents_choices"
    ):
        control(
            st.text_input,
            "q",
            chosen["q"],
            view.text("documents.search"),
            placeholder=view.text("documents.search"),
            icon=":material/search:",
            max_chars=links.LONGEST_VALUE,
            width="stretch" if view.is_phone else 270,
        )
        control(
            st.selectbox,
            "topic",
            chosen["topic"],
            view.text("filter.topic"),
            ["", *topics],
            format_func=lambda topic: (
                topic_names.get(topic, topic) if topic else view.text("documents.all_topics")
            ),
            width=175,
        )
        control(
            st.selectbox,
            "kind",
            chosen["kind"],
            view.text("filter.kind"),
            ["", *KINDS],
            format_func=lambda kind: (
                view.text(f"kind.{kind}") if kind else view.text("documents.all_kinds")
            ),
            width=140,
        )
        control(
            st.selectbox,
            "publisher",
            chosen["publisher"],
            view.text("filter.publisher"),
            ["", *publishers],
            format_func=lambda name: name or view.text("documents.all_publishers"),
            width=175,
        )
        for name in ("from", "to"):
            st.caption(view.text(f"filter.{name}"), width="content")
            control(
                st.date_input,
                name,
                days[name],
                view.text(f"filter.{name}"),
                format="YYYY-MM-DD",
                min_value="1990-01-01",
                max_value="2099-12-31",
                width=135,
            )
    return chosen


def of_documents(chosen: dict[str, str]) -> tuple[str, list]:
    """The question that finds the documents asked for, with its values."""
    values: list[Any]
    question, values = "FROM document_search(?, ?) WHERE true", [asked, chosen["q"]]
    if view.state.tickers:
        marks = ", ".join("?" for _ in {*view.state.tickers, *view.issuers})
        question, values = (
            question + f" AND list_has_any(tickers, [{marks}])",
            values + sorted({*view.state.tickers, *view.issuers}),
        )
    for name, part in (
        ("topic", " AND list_contains(topics, ?)"),
        ("kind", " AND kind = ?"),
        ("publisher", " AND publisher = ?"),
        ("from", " AND published_on >= ?"),
        ("to", " AND published_on <= ?"),
    ):
        if chosen[name]:
            question, values = question + part, [*values, chosen[name]]
    return question, values


def about(chosen: dict[str, str]) -> str:
    """What the reader has chosen, in words; nothing where all is shown."""
    parts = (
        [
            ", ".join(view.name(ticker) for ticker in view.state.tickers[:3])
            + ("…" if len(view.state.tickers) > 3 else "")
        ]
        if view.state.tickers
        else []
    )
    parts += [topic_names.get(chosen["topic"], chosen["topic"])] if chosen["topic"] else []
    parts += [view.text(f"kind.{chosen['kind']}")] if chosen["kind"] else []
    parts += [chosen["publisher"]] if chosen["publisher"] else []
    return " · ".join(parts)


def tell(chosen: dict[str, str], counts, head, happened: pd.DataFrame) -> None:
    """The sentence that opens the page: how much is known, the newest of it or the best, and what
    happened last.
    """
    subject = about(chosen)
    if head is None:
        panels.finding(
            view.text("finding.documents_not_found", query=chosen["q"], date=day(evening))
            if chosen["q"]
            else view.text("finding.documents_none", date=day(evening))
        )
        if chosen["q"]:
            panels.missing(view.text("documents.none_hint"))
        panels.what_next(view, filters=any(chosen.values()))
        return
    title = head.title if len(head.title) <= QUOTED else head.title[: QUOTED - 1] + "…"
    when = day(head.published_on) if pd.notna(head.published_on) else view.text("documents.undated")
    said = {
        "stories": int(counts.stories),
        "documents": int(counts.documents),
        "date": day(evening),
        "publisher": tables.document_publisher(view, head),
        "title": title,
        "when": when,
    }
    if chosen["q"]:
        sentence = view.text(
            "finding.documents_found",
            query=chosen["q"],
            **{name: value for name, value in said.items() if name != "date"},
        )
    elif subject and counts.documents == 1:
        sentence = view.text(
            "finding.documents_one",
            about=subject,
            **{name: value for name, value in said.items() if name not in ("stories", "documents")},
        )
    else:
        sentence = (
            view.text("finding.documents_of", about=subject, **said)
            if subject
            else view.text("finding.documents", **said)
        )
    past = happened[~happened["is_ahead"].astype(bool)]
    if chosen["topic"] and not chosen["q"] and len(past):
        last = past.iloc[0]
        sentence += view.text(
            "finding.documents_event",
            event=last["title"].rstrip("."),
            when=tables.event_day(last["event_date"], last["date_precision"], language),
        )
    panels.finding(sentence)


def draw(happened: Happenings) -> None:
    """Events in time, within the window; for one company, over its price where that is asked
    for.
    """
    kind = (
        view.choice(
            "chart", links.DOCUMENT_CHARTS, lambda name: view.text(f"documents.view_{name}")
        )
        if len(view.state.tickers) == 1
        else "events"
    )
    panels.picture(view, once(happened.own_picture, kind), theme=view.theme(columns=2))


def feed(stories: pd.DataFrame, rows: pd.DataFrame, total: int, terms: list[str]) -> None:
    """The stories asked for, each once: its document, then those that tell it too."""
    tables.stories(view, stories, rows, tuple(topic_names.items()), tuple(terms))
    if total > len(stories) and st.button(
        view.text("documents.more", number=min(SHOWN, total - len(stories)))
    ):
        st.session_state["documents_shown"] = st.session_state.get("documents_shown", SHOWN) + SHOWN
        st.rerun()


def page() -> None:
    answer = st.container()  # the finding comes first, whatever is chosen below it
    chosen = choices()
    whole = str((view.state.tickers, evening, sorted(chosen.items())))
    if (
        st.session_state.get("documents_whole") != whole
    ):  # another question begins at its first stories
        st.session_state["documents_whole"], st.session_state["documents_shown"] = whole, SHOWN
    question, values = of_documents(chosen)
    counts = next(
        view.ask(
            """
            SELECT count(*) AS documents, count(DISTINCT story_id) AS stories, count(*)
                FILTER (kind IN ('filing', 'results')) AS first_hand, count(*)
                FILTER (kind = 'broker report') AS brokers, count(*) FILTER (kind = 'news')
                AS news, count(*) FILTER (published_on IS NULL) AS undated, max(published_on)
                AS latest
            """
            + question,
            *values,
        ).itertuples()
    )
    stories = view.ask(
        "SELECT story_id "
        + question
        + (
            " GROUP BY story_id ORDER BY max(score) DESC NULLS LAST, max(published_on) DESC "
            "NULLS LAST, max(published_hkt) DESC NULLS LAST, story_id LIMIT ?"
        ),
        *values,
        st.session_state["documents_shown"],
    )
    events = once(Happenings, view, view.state.tickers, tuple(sorted(chosen.items())))
    happened = events.events
    marks = ", ".join("?" for _ in range(max(len(stories), 1)))
    rows = view.ask(
        f"SELECT * FROM documents_as_of(?) WHERE story_id IN ({marks})",
        asked,
        *(stories["story_id"].tolist() or [""]),
    )
    head = (
        next(rows[rows["document_id"] == stories["story_id"].iloc[0]].itertuples())
        if len(stories)
        else None
    )
    with answer:
        tell(chosen, counts, head, happened)
        panels.headline(
            [
                panels.Tile(
                    view.text("documents.stories"),
                    formats.number(counts.stories),
                    view.text("documents.stories_help", documents=formats.number(counts.documents)),
                ),
                panels.Tile(
                    view.text("documents.primary"),
                    formats.number(counts.first_hand),
                    view.text("documents.primary_help"),
                ),
                panels.Tile(view.text("documents.brokers"), formats.number(counts.brokers)),
                panels.Tile(view.text("documents.news"), formats.number(counts.news)),
                panels.Tile(view.text("documents.events"), formats.number(len(happened))),
                panels.Tile(
                    view.text("documents.latest"),
                    day(counts.latest) if pd.notna(counts.latest) else formats.MISSING,
                ),
            ]
        )
    left, right = (
        (st.container(), st.container()) if view.is_phone else st.columns([3, 2], gap="medium")
    )
    with left if view.is_phone else right:
        draw(events)
    with right if view.is_phone else left:
        feed(stories, rows, int(counts.stories), tables.search_terms(chosen["q"]))
    panels.pictures_first()
    if len(happened):
        st.markdown(f"**{view.text('documents.event_table')}**")
        tables.document_events(view, happened)
    if counts.undated:
        panels.missing(view.text("documents.undated_note", number=int(counts.undated)))
    elif asked:
        panels.missing(view.text("documents.undated_left_out"))
    panels.computed(view.text("computed.documents"), language)
    panels.sources(view.sources_of([*rows["source_id"], *happened["source_id"]]), language)


page()
