"""Operating figures through time: a bar where a value is told, and how exactly it is told."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd
import plotly.graph_objects as go

from ui import formats
from ui.charts.parts import (
    Write,
    empty_figure,
    flags_of,
    floats,
    headroom,
    known_values,
    need,
    noted,
    period_axis,
    value_axis,
    words_at,
)
from ui.draft import Draft, bar_trace
from ui.palette import Theme, alpha
from ui.stamp import BODY, Stamp, escape, finish, measure
from ui.text import text


def kpi_bars(
    frame: pd.DataFrame,
    stamp: Stamp,
    theme: Theme,
    *,
    colour: str | None = None,
    write: Write | None = None,
    tick: Callable[[float, int], str] | None = None,
    empty: str | None = None,
    height: int | None = None,
) -> go.Figure:
    """One operating figure by period.

    frame: period (words, in order of time), value, quality, and where known growth (words),
        definition_change (bool). A value that is not exact (over, about, truncated) is hatched and
        written as such: ">300", never 300.
    """
    language = theme.language
    write = write or formats.number
    frame = need(frame, "period", "value", "quality")
    values = floats(frame["value"])
    if not known_values(values):
        return empty_figure(empty, stamp, theme, height)
    main = colour or theme.colour("accent")
    loose = [str(quality) in ("over", "about", "truncated") for quality in frame["quality"]]
    words = [
        "" if value is None else formats.qualified(write(value), str(quality))
        for value, quality in zip(values, frame["quality"])
    ]
    growth = [
        None if formats.is_missing(g) else str(g)
        for g in (frame["growth"] if "growth" in frame.columns else [None] * len(frame))
    ]
    periods = [str(period) for period in frame["period"]]
    figure = Draft(
        bar_trace(
            x=list(range(len(frame))),
            y=values,
            width=0.72,
            hoverinfo="text",
            hovertext=[
                f"<b>{escape(period)}</b>  {escape(word)}"
                + (f"<br>{escape(grown)}" if grown else "")
                for period, word, grown in zip(periods, words, growth)
            ],
            marker={
                "color": [alpha(main, 0.3) if rough else main for rough in loose],
                "line": {"color": main, "width": [1 if rough else 0 for rough in loose]},
                "pattern": {
                    "shape": ["/" if rough else "" for rough in loose],
                    "fgcolor": main,
                    "size": 6,
                    "solidity": 0.3,
                },
            },
        )
    )
    known = known_values(values)
    value_axis(
        figure,
        known,
        theme,
        tick or (lambda value, digits: formats.number(value, digits)),
        zero=True,
    )
    headroom(figure, known)
    left = max(measure(label, BODY) for label in figure.yaxis["ticktext"]) + 16
    room = theme.width - left - 16
    slot = room / len(frame)
    shown = all(measure(word, BODY) + 4 <= slot for word in words)
    for i, (value, word) in enumerate(zip(values, words)):
        if value is not None and (
            shown
            or i == len(values) - 1
            or (value == max(known) and (len(values) - 1 - i) * slot > measure(word, BODY) + 20)
        ):
            words_at(
                figure,
                escape(word),
                i,
                value,
                theme,
                colour=theme.colour("ink"),
                yanchor="bottom" if value >= 0 else "top",
                bold=i == len(values) - 1,
            )
    ticks = period_axis(figure, periods, room)
    changed = [i for i, flag in enumerate(flags_of(frame, "definition_change")) if flag]
    for i in changed:
        figure.add_shape(
            type="line",
            xref="x",
            yref="paper",
            x0=i - 0.5,
            x1=i - 0.5,
            y0=0,
            y1=1,
            line={"color": theme.colour("muted"), "width": 1, "dash": "dot"},
        )
    if min(known) < 0:
        figure.add_hline(y=0, line={"color": theme.colour("axis"), "width": 1})
    figure.update_layout(hovermode="closest")
    stamp = noted(
        stamp,
        text("chart.note_loose", language) if any(loose) else "",
        text("chart.note_definition", language) if changed else "",
    )
    return finish(figure, stamp, theme, left=left, right=16, ticks=ticks, height=height)
