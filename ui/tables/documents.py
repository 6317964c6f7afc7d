"""The feed of documents, each story once, with the words searched for marked; and the events."""

import re
import unicodedata

import pandas as pd
import streamlit as st

from ui import formats, panels
from ui.charts.documents import event_day
from ui.memory import show_once
from ui.tables.parts import Table, table
from ui.view import View

# What companies publish themselves looks different from what others think of it.
BADGES = {
    "filing": ":green-badge[:material/gavel: {}]",
    "results": ":green-badge[:material/gavel: {}]",
    "broker report": ":orange-badge[{}]",
    "news": ":gray-badge[{}]",
}
WORDS = re.compile(r"[\u3400-\u9fff]+|[^\W\u3400-\u9fff]+")


def search_terms(query: str) -> list[str]:
    """The words of a search, as the warehouse takes them apart, longest first."""
    return sorted(
        set(WORDS.findall(unicodedata.normalize("NFKC", query).replace("_", " ").lower())),
        key=len,
        reverse=True,
    )


def marked(words: str, terms: list[str]) -> str:
    """Text as Markdown that shows it as it stands, the terms in it on a coloured ground."""
    if not terms:
        return panels.escape(words)
    plain = "".join(
        low if len(low := unicodedata.normalize("NFKC", letter).lower()) == 1 else letter
        for letter in words
    )  # letter by letter: places stay
    out, at = [], 0
    for found in re.finditer("|".join(re.escape(term) for term in terms), plain):
        out += [
            panels.escape(words[at : found.start()]),
            f":orange-background[{panels.escape(words[found.start() : found.end()])}]",
        ]
        at = found.end()
    return "".join(out) + panels.escape(words[at:])


def published(view: View, row) -> str:
    """When a document came out, in Hong Kong, and how sure that is."""
    if pd.notna(row.published_hkt):
        return view.text(
            "documents.hkt_inferred" if row.zone_basis == "inferred" else "documents.hkt",
            time=formats.minute(row.published_hkt, view.language),
        )
    if pd.notna(row.published_on):
        day = formats.day(row.published_on, view.language)
        return view.text("documents.day_inferred", day=day) if row.date_basis == "inferred" else day
    return view.text("documents.undated")


def document_publisher(view: View, row) -> str:
    return row.publisher if isinstance(row.publisher, str) else view.text("documents.nobody")


def address(row) -> str | None:
    """The link of a document where it is one that can be shown as such."""
    url = row.url if isinstance(row.url, str) else ""
    return (
        url
        if url.startswith(("https://", "http://")) and not any(c in url for c in " <>()[]\\\n")
        else None
    )


def title(row, terms: list[str]) -> str:
    words = marked(row.title, terms)
    return f"[{words}]({link})" if (link := address(row)) else words


def stories(
    view: View,
    found: pd.DataFrame,
    rows: pd.DataFrame,
    topics: tuple[tuple[str, str], ...],
    terms: tuple[str, ...],
) -> None:
    """The stories found, in their order: each its document, then those that tell it too. rows:
    those of documents_as_of; topics: their names.
    """
    show_once(_stories, view, found, rows, topics, terms)


def _stories(
    view: View,
    found: pd.DataFrame,
    rows: pd.DataFrame,
    topics: tuple[tuple[str, str], ...],
    terms: tuple[str, ...],
) -> None:
    by_story = dict(iter(rows.groupby("story_id", sort=False)))
    for story_id in found["story_id"]:
        group = by_story[story_id]
        with st.container(border=True, gap="xxsmall"):
            _story(
                view,
                next(group[group["document_id"] == story_id].itertuples()),
                group[group["document_id"] != story_id],
                dict(topics),
                list(terms),
            )


def _story(
    view: View, head, others: pd.DataFrame, topics: dict[str, str], terms: list[str]
) -> None:
    """One story of the feed: its document, then what else tells it.

    The rows are those of documents_as_of.
    """
    kind = BADGES[head.kind].format(panels.escape(view.text(f"kind.{head.kind}")))
    foreign = (
        ""
        if head.language == view.language
        else " · " + view.text(f"documents.original_{head.language}")
    )
    st.markdown(
        f"{kind} **{marked(document_publisher(view, head), terms)}** · "
        f"{panels.escape(published(view, head) + foreign)}"
    )
    lines = [
        f"**{title(head, terms)}**",
        marked(head.summary, terms)
        if isinstance(head.summary, str)
        else f":gray[{panels.escape(view.text('documents.title_only'))}]",
    ]
    tags = [view.name(ticker) for ticker in head.tickers] + [
        topics.get(topic, topic) for topic in head.topics
    ]
    if tags:
        lines.append(f":gray[{' · '.join(marked(tag, terms) for tag in tags)}]")
    st.markdown("  \n".join(lines))
    if len(others):
        with st.expander(
            view.text(
                "documents.copies_one" if len(others) == 1 else "documents.copies",
                number=len(others),
            )
        ):
            for row in others.itertuples():
                replaced = (
                    f" · {view.text('documents.replaced')}"
                    if isinstance(row.superseded_by, str)
                    else ""
                )
                summary = (
                    f"  \n{marked(row.summary, terms)}" if isinstance(row.summary, str) else ""
                )
                st.markdown(
                    f"**{marked(document_publisher(view, row), terms)}** · "
                    f"{panels.escape(published(view, row) + replaced)}  \n"
                    f"{title(row, terms)}{summary}"
                )


@table
def document_events(view: View, rows: pd.DataFrame) -> Table:
    """Events, newest first, numbered as the marks of the picture are. rows: number, and the columns
    of events_as_of with publisher.
    """
    config = st.column_config
    rows = rows.reset_index(drop=True)
    table = pd.DataFrame(
        {
            "number": rows["number"],
            "when": [
                event_day(row.event_date, row.date_precision, view.language)
                + (f" ({view.text('documents.ahead')})" if row.is_ahead else "")
                for row in rows.itertuples()
            ],
            "lane": [view.text(f"lane.{lane}") for lane in rows["lane"]],
            "title": rows["title"],
            "who": rows["entity"],
            "figures": [value if isinstance(value, str) else "" for value in rows["figures"]],
            "source": [
                value if isinstance(value, str) else view.text("documents.nobody")
                for value in rows["publisher"]
            ],
            "note": [value if isinstance(value, str) else "" for value in rows["note"]],
        }
    )
    return Table(
        "document-events",
        table,
        {
            "number": config.NumberColumn("#", width=36, pinned=view.is_phone),
            "when": config.TextColumn(view.text("column.date"), width=105),
            "lane": config.TextColumn(view.text("column.kind"), width=90),
            "title": config.TextColumn(view.text("documents.what_happened"), width=430),
            "who": config.TextColumn(view.text("documents.who"), width=190),
            "figures": config.TextColumn(view.text("documents.event_figures"), width=210),
            "source": config.TextColumn(view.text("column.publisher"), width=110),
            "note": config.TextColumn(view.text("column.note"), width=240),
        },
        most=10,
    )
