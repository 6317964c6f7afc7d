"""What every picture is: a name, a sentence for who does not see it, and how it is drawn at any
size.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import plotly.graph_objects as go

from ui import charts
from ui.palette import Theme
from ui.stamp import Stamp

# What a cell of a percentile heat map is made of; a snapshot of an earlier version lacks some.
CELLS = [
    "ticker",
    "name",
    "span",
    "percentile",
    "n",
    "needed",
    "frequency",
    "coverage_pct",
    "value",
    "status",
]


@dataclass(frozen=True, eq=False)
class Picture:
    """A picture that can be drawn at any size. name: of its file and its element,
    'valuation-history'; alt: one sentence with line, measure, last value and evening.

    height: px on a page. missing: what stands in the place of a picture without a figure, else
        empty. sources: ids of the documents behind it.
    """

    name: str
    tickers: tuple[str, ...]
    evening: date
    alt: str
    draw: Callable[[Theme], go.Figure]
    height: int = 430
    missing: str = ""
    sources: tuple[str, ...] = ()


def drawn(chart: str, *data: Any, **options: Any) -> go.Figure:
    """The figure that ui.charts draws of these data."""
    return getattr(charts, chart)(*data, **options)


def picture(
    view,
    name: str,
    tickers: Sequence[str],
    alt: str,
    draw: Callable[[Theme], go.Figure],
    evening: date | None = None,
    *,
    height: int = 430,
    missing: str = "",
    sources: Iterable[Any] = (),
) -> Picture:
    """A picture of the view's evening, or of another."""
    return Picture(
        name,
        tuple(tickers),
        evening or view.as_of,
        alt,
        draw,
        height,
        missing,
        tuple(dict.fromkeys(source for source in sources if isinstance(source, str) and source)),
    )


def stamped(
    view,
    name: str,
    tickers: Sequence[str],
    said: Stamp,
    draw: Callable[[Theme], go.Figure],
    *,
    last: str = "",
    **options: Any,
) -> Picture:
    """A picture whose sentence is what its stamp says, with the last value where it has one."""
    alt = view.text(
        "alt.chart",
        title=said.title,
        subtitle=said.subtitle + (view.text("alt.last", value=last) if last else ""),
        date=view.day(said.as_of),
    )
    return picture(view, name, tickers, alt, draw, said.as_of, **options)


def something(shown: Picture) -> Picture | None:
    """The picture, or None where there is nothing to draw."""
    return None if shown.missing else shown
