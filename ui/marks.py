"""Which of the prices shown are stale, or were not brought by the last run of the price loader, and
how a page and its pictures say so.

Stale is judged by the evening shown. What the last run came to is about now: of a past evening, or
an earlier snapshot, it is not said.
"""

from collections.abc import Iterable

import pandas as pd

from ui import formats, panels
from ui.view import View
from warehouse.runs import Line

NAMED = 4  # lines that are named; of the others how many


def failed(view: View) -> dict[str, Line]:
    """The lines whose latest question to their provider failed, where that concerns the reader; not
    those that a provider is known to lack.
    """
    run = view.run if view.is_now else None
    if run is None:
        return {}
    lacking = set(
        view.ask("SELECT ticker, provider FROM price_exceptions WHERE code = 'P15'").itertuples(
            index=False, name=None
        )
    )
    return {
        line.ticker: line
        for line in run.asked
        if line.failed and not {(line.ticker, line.provider), (line.ticker, None)} & lacking
    }


def prices(view: View, tickers: Iterable[str]) -> str:
    """One or two sentences on those of these lines whose price is stale or whose last run failed,
    each with the date of its price; empty where there is none.
    """
    latest = view.ask(
        "SELECT ticker, date, price_is_stale FROM price_latest(?)", view.as_of
    ).set_index("ticker")
    not_brought = failed(view)
    groups: dict[str, list[tuple[pd.Timestamp, str]]] = {}
    for ticker in dict.fromkeys(tickers):
        if ticker in latest.index and (
            ticker in not_brought or latest.at[ticker, "price_is_stale"]
        ):
            groups.setdefault(
                not_brought[ticker].outcome if ticker in not_brought else "", []
            ).append((latest.at[ticker, "date"], ticker))
    return " ".join(
        _sentence(view, outcome, sorted(lines))
        for outcome, lines in sorted(groups.items(), reverse=True)
    )


def _sentence(view: View, outcome: str, lines: list[tuple[pd.Timestamp, str]]) -> str:
    """Oldest first, lines of one date together: 'Prices of Tencent Music to 30 Oct 2025, SenseTime,
    Meitu to 16 Apr 2026 and 3 more: stale.'
    """
    by_date: dict[pd.Timestamp, list[str]] = {}
    for date, ticker in lines[:NAMED]:
        by_date.setdefault(date, []).append(view.name(ticker))
    comma = view.text("mark.comma")
    named = comma.join(
        view.text("mark.to", names=comma.join(names), date=formats.day(date, view.language))
        for date, names in by_date.items()
    )
    more = view.text("mark.more", number=len(lines) - NAMED) if len(lines) > NAMED else ""
    return (
        view.text("mark.failed", lines=named + more, reason=view.text(f"outcome.{outcome}"))
        if outcome
        else view.text("mark.stale", lines=named + more)
    )


def tell(view: View, tickers: Iterable[str]) -> None:
    """The same as a grey line on the page."""
    if words := prices(view, tickers):
        panels.missing(words)
