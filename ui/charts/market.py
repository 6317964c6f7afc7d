"""A month on one sheet: index against index by month, who led and who trailed with their excess,
what the sector costs.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import pandas as pd
import plotly.graph_objects as go

from ui import formats
from ui.charts.parts import (
    column_of,
    directed,
    empty_figure,
    flags_of,
    floats,
    known_values,
    label,
    need,
    ticks_between,
)
from ui.draft import Draft, bar_trace, scatter
from ui.palette import Theme, alpha, cheap_to_dear, direction
from ui.stamp import Stamp, escape, finish, shorten
from ui.text import text

EDGES = 12  # px left and right of the sheet
STACKED = 700  # px: below it the blocks stand under each other
MOST, FEW = 5, 3  # names from either end of a list, and where there is little room
BELOW_TALL, BELOW_TIGHT = 1020, 720  # px of the sheet whose blocks stand under each other
LEAST = 13  # rows that both lists take, however short they are


class Layout(NamedTuple):
    """Where the three blocks stand, as shares of the plot: x of labels, marks and figures, y of
    each block.
    """

    index_x: tuple[float, float]
    index_y: tuple[float, float]
    movers_left: float
    movers_x: tuple[float, float]
    movers_y: tuple[float, float]
    figures_x: tuple[float, float]
    sector_x: tuple[float, float]
    sector_y: tuple[float, float]


BESIDE = Layout(
    (0.125, 0.515),
    (0.31, 1.0),
    0.575,
    (0.715, 0.865),
    (0.0, 1.0),
    (0.935, 1.0),
    (0.27, 0.42),
    (0.0, 0.17),
)
BELOW = Layout(
    (0.29, 0.88), (0.75, 1.0), 0.0, (0.37, 0.6), (0.15, 0.69), (0.81, 1.0), (0.56, 0.8), (0.0, 0.07)
)


def month_sheet(
    indices: pd.DataFrame,
    movers: pd.DataFrame,
    sector: pd.DataFrame,
    stamp: Stamp,
    theme: Theme,
    *,
    heads: Mapping[str, tuple[str, float | None]],
    months: Sequence[Any],
    window: str,
    empty: str | None = None,
    height: int | None = None,
) -> go.Figure:
    """One sheet of a month, 16:9 as a picture.

    indices: ticker, name, first_day, return_pct; months: the first day of each month drawn, the
        one asked for last.
    movers: market, name, return_pct, excess_pp, and where known chosen (bool), note (words for
        the hover): each market's in order of rank; heads: market -> (words above its list, return
        of its benchmark). sector: name, value, prior_value, percentile, n. window: the
        percentile's, in words.
    """
    indices, movers, sector = (
        need(indices, "ticker", "name", "first_day", "return_pct"),
        need(movers, "market", "name", "return_pct", "excess_pp"),
        need(sector, "name", "value", "percentile", "n"),
    )
    if not len(indices) and not known_values(floats(movers["return_pct"])):
        return empty_figure(empty, stamp, theme, height)
    place = BELOW if theme.width < STACKED else BESIDE
    figure = Draft()
    labels = [
        *_indices(figure, indices, months, theme, place),
        *_movers(figure, movers, heads, theme, place),
        *_sector(figure, sector, window, theme, place),
    ]
    figure.update_layout(hovermode="closest", bargap=0.25, annotations=labels)
    tall = (
        int(height or theme.height)
        if place is BESIDE
        else BELOW_TIGHT
        if theme.tight
        else BELOW_TALL
    )
    return finish(
        figure,
        directed(stamp, theme),
        theme,
        left=EDGES,
        right=EDGES,
        ticks=2,
        above=20,
        height=tall,
    )


def _heading(words: str, x: float, y: float, theme: Theme) -> dict[str, Any]:
    return label(
        escape(words),
        x,
        y,
        theme,
        xref="paper",
        yref="paper",
        xanchor="left",
        yanchor="bottom",
        yshift=3,
        colour=theme.colour("ink"),
        bold=True,
    )


def _indices(
    figure: Draft, frame: pd.DataFrame, months: Sequence[Any], theme: Theme, place: Layout
) -> list[dict[str, Any]]:
    """A row of monthly bars for each index, all on one scale, the month asked for shaded.

    Returns its labels, as do the other blocks.
    """
    language = theme.language
    days = [pd.Timestamp(day) for day in months]
    names = list(dict.fromkeys(zip(frame["ticker"], frame["name"])))
    labels = [
        _heading(text("chart.indices", language, number=len(days)), 0, place.index_y[1], theme)
    ]
    values = known_values(floats(frame["return_pct"])) or [0.0]
    low, high = min(*values, 0.0), max(*values, 0.0)
    span = high - low or 1.0
    ticks = [
        tick
        for tick in ticks_between(low, high, 3)
        if (low - span * 0.02 if place is BESIDE else 0) <= tick <= high + span * 0.02
    ]  # a phone has no room for those below
    ticks = ticks[-1:] if theme.tight else ticks
    bottom, top = place.index_y
    step = (top - bottom) / max(len(names), 3)  # one index alone is no taller than three
    for row, (ticker, name) in enumerate(names):
        axis = str(row + 1) if row else ""
        own = {
            pd.Timestamp(day): value
            for day, value in zip(
                frame["first_day"][frame["ticker"] == ticker],
                floats(frame["return_pct"][frame["ticker"] == ticker]),
            )
        }
        returns = [own.get(day) for day in days]
        figure.add_trace(
            bar_trace(
                x=list(range(len(days))),
                y=returns,
                xaxis="x",
                yaxis=f"y{axis}",
                hoverinfo="text",
                hovertext=[
                    (
                        f"<b>{escape(name)}</b> {formats.month(day, language)}  "
                        f"{formats.percent(value, sign=True)}"
                    )
                    for day, value in zip(days, returns)
                ],
                marker={
                    "color": [
                        direction(value, theme)
                        if day == days[-1]
                        else alpha(direction(value, theme), 0.55)
                        for day, value in zip(days, returns)
                    ],
                    "line": {"width": 0},
                },
            )
        )
        ceiling = top - row * step
        figure.update_layout(
            {
                f"yaxis{axis}": {
                    "domain": [ceiling - step * 0.86, ceiling - step * 0.06],
                    "range": [low - span * 0.05, high + span * 0.05],
                    "side": "right",
                    "tickmode": "array",
                    "tickvals": ticks,
                    "ticktext": [formats.percent(tick, digits=0, sign=True) for tick in ticks],
                    "showgrid": True,
                    "ticks": "",
                    "showline": False,
                    "anchor": "x",
                }
            }
        )
        figure.add_shape(
            type="line",
            xref="x",
            yref=f"y{axis}",
            x0=-0.6,
            x1=len(days) - 0.4,
            y0=0,
            y1=0,
            line={"color": theme.colour("axis"), "width": 1},
        )
        said, colour = formats.percent(returns[-1], sign=True), direction(returns[-1], theme)
        lines = (
            (
                (
                    f'{escape(name)} <span style="color:{colour}">{said}</span>',
                    theme.colour("ink"),
                    "middle",
                ),
            )
            if theme.tight and place is BELOW
            else ((escape(name), theme.colour("ink"), "bottom"), (said, colour, "top"))
        )
        for words, ink, anchor in lines:
            labels.append(
                label(
                    words,
                    place.index_x[0],
                    ceiling - step * 0.46,
                    theme,
                    xref="paper",
                    yref="paper",
                    xanchor="right",
                    yanchor=anchor,
                    xshift=-4,
                    colour=ink,
                    bold=True,
                )
            )
    figure.add_shape(
        type="rect",
        xref="x",
        yref="paper",
        x0=len(days) - 1.5,
        x1=len(days) - 0.5,
        y0=bottom,
        y1=top,
        layer="below",
        line={"width": 0},
        fillcolor=alpha(theme.colour("stale"), 0.16),
    )
    named = [
        i for i in range(len(days)) if (len(days) - 1 - i) % (12 if place is BELOW else 6) == 0
    ]
    figure.update_layout(
        xaxis={
            "domain": list(place.index_x),
            "range": [-0.6, len(days) - 0.4],
            "anchor": f"y{len(names)}" if len(names) > 1 else "y",
            "tickmode": "array",
            "tickvals": named,
            "ticktext": [formats.month(days[i], language) for i in named],
            "showgrid": False,
            "ticks": "",
            "showline": False,
            "tickangle": 0,
        }
    )
    return labels


def _shown(part: pd.DataFrame, most: int) -> list[int | str]:
    """Places in one market's list that are drawn: the first and the last, whoever is chosen, and
    how many lie between.
    """
    chosen = flags_of(part, "chosen")
    kept = [
        i
        for i in range(len(part))
        if len(part) <= 2 * most + 1 or i < most or i >= len(part) - most or chosen[i]
    ]
    rows: list[int | str] = []
    for before, i in zip([-1, *kept], kept):
        if i > before + 1:
            rows.append(str(i - before - 1))
        rows.append(i)
    return rows


def _movers(
    figure: Draft,
    frame: pd.DataFrame,
    heads: Mapping[str, tuple[str, float | None]],
    theme: Theme,
    place: Layout,
) -> list[dict[str, Any]]:
    """Each market's list: diverging bars, a dotted line at the benchmark, return and excess in
    columns.
    """
    language, muted = theme.language, theme.colour("muted")
    cells = Cells(theme)
    at: float = 0
    bars: list[Bar] = []
    benchmarks: list[Benchmark] = []
    for market, (head, benchmark) in heads.items():
        part = frame[frame["market"] == market].reset_index(drop=True)
        if at:
            at += 0.5
        cells.write(head, place.movers_left, -at, "left", is_bold=True)
        cells.write("%", place.figures_x[0], -at, colour=muted)
        cells.write(text("chart.excess", language), place.figures_x[1], -at, colour=muted)
        first = at = at + 1
        for i in _shown(part, FEW if theme.tight else MOST):
            if isinstance(i, str):
                words = text("chart.between", language, number=i)
                cells.write(words, place.movers_x[0], -at, colour=muted)
            else:
                bars.append(_mover(cells, part, i, -at, theme, place))
            at += 1
        if not len(part):
            words = text("chart.no_close", language)
            cells.write(words, place.movers_left, -at, "left", colour=muted)
            at += 1
        elif benchmark is not None and benchmark == benchmark:
            benchmarks.append(Benchmark(benchmark, -first + 0.5, -at + 0.5))
    _draw_movers(figure, bars, benchmarks, -at + 0.5, theme, place)
    return cells.labels


class Bar(NamedTuple):
    """The return of one line, in the row at y."""

    y: float
    value: float | None
    hover: str


class Benchmark(NamedTuple):
    """The return of a market's benchmark, beside the rows from top to bottom."""

    value: float
    top: float
    bottom: float


class Cells:
    """Words in the rows and columns of the lists, as labels of the figure."""

    def __init__(self, theme: Theme) -> None:
        self.theme = theme
        self.labels: list[dict[str, Any]] = []

    def write(
        self,
        words: str,
        x: float,
        y: float,
        anchor: str = "right",
        *,
        colour: str | None = None,
        is_bold: bool = False,
    ) -> None:
        self.labels.append(
            label(
                escape(words),
                x,
                y,
                self.theme,
                xref="paper",
                yref="y11",
                xanchor=anchor,
                yanchor="middle",
                colour=colour or self.theme.colour("ink"),
                bold=is_bold,
            )
        )


def _mover(cells: Cells, part: pd.DataFrame, i: int, y: float, theme: Theme, place: Layout) -> Bar:
    """Write a line's name, return and excess in their columns; its bar."""
    row = part.iloc[i]
    (value,), (excess,) = (
        floats(part["return_pct"][i : i + 1]),
        floats(part["excess_pp"][i : i + 1]),
    )
    name, note = row["name"], column_of(part, "note")[i]
    room = (place.movers_x[0] - place.movers_left) * (theme.width - 2 * EDGES) - 8
    is_chosen = flags_of(part, "chosen")[i]
    cells.write(shorten(str(name), room), place.movers_x[0], y, is_bold=is_chosen)
    cells.write(
        formats.number(value, 1, sign=True),
        place.figures_x[0],
        y,
        colour=direction(value, theme),
        is_bold=True,
    )
    cells.write(
        formats.number(excess, 1, sign=True),
        place.figures_x[1],
        y,
        colour=theme.colour("muted") if excess is None else None,
    )
    hover = (
        f"<b>{escape(name)}</b>  {formats.percent(value, sign=True)} · "
        f"{formats.points(excess, theme.language)}"
    )
    return Bar(y, value, hover + (f"<br>{escape(note)}" if note else ""))


def _draw_movers(
    figure: Draft,
    bars: list[Bar],
    benchmarks: list[Benchmark],
    bottom: float,
    theme: Theme,
    place: Layout,
) -> None:
    """The bars of both lists on one scale, with the line of zero and those of the benchmarks."""
    values = [
        0.0,
        *known_values([bar.value for bar in bars]),
        *[benchmark.value for benchmark in benchmarks],
    ]
    span = max(values) - min(values) or 1.0
    figure.add_trace(
        bar_trace(
            x=[bar.value for bar in bars],
            y=[bar.y for bar in bars],
            orientation="h",
            width=0.62,
            xaxis="x2",
            yaxis="y11",
            hoverinfo="text",
            hovertext=[bar.hover for bar in bars],
            marker={
                "color": [direction(bar.value, theme) for bar in bars],
                "line": {"width": 0},
            },
        )
    )
    no_axis = {"showgrid": False, "showticklabels": False, "ticks": "", "showline": False}
    figure.update_layout(
        xaxis2={
            "domain": [place.movers_x[0] + 0.01, place.movers_x[1]],
            "range": [min(values) - span * 0.02, max(values) + span * 0.02],
            "anchor": "y11",
            **no_axis,
        },
        yaxis11={
            "domain": list(place.movers_y),
            "range": [min(bottom, -LEAST), 0.5],
            "anchor": "x2",
            **no_axis,
        },
    )
    axes = {"type": "line", "xref": "x2", "yref": "y11"}
    zero = {"color": theme.colour("axis"), "width": 1}
    figure.add_shape(**axes, x0=0, x1=0, y0=bottom, y1=-0.5, line=zero)
    dotted = {"color": theme.colour("ink"), "width": 1.4, "dash": "dot"}
    for value, top, end in benchmarks:
        figure.add_shape(**axes, x0=value, x1=value, y0=end, y1=top, line=dotted)


def _sector(
    figure: Draft, frame: pd.DataFrame, window: str, theme: Theme, place: Layout
) -> list[dict[str, Any]]:
    """A track from 0 (cheapest) to 100 for each PE of the sector."""
    language, ink, muted = theme.language, theme.colour("ink"), theme.colour("muted")
    bottom, top = place.sector_y
    labels = [_heading(text("chart.sector", language, window=window), 0, top, theme)]
    percentiles, values, before = (
        floats(frame["percentile"]),
        floats(frame["value"]),
        floats(column_of(frame, "prior_value")),
    )
    places = [-row for row in range(len(frame))]
    figure.add_trace(
        scatter(
            x=[value if value is not None else 0 for value in percentiles],
            y=places,
            mode="markers",
            xaxis="x3",
            yaxis="y12",
            hoverinfo="skip",
            cliponaxis=False,
            marker={
                "color": [cheap_to_dear(value, theme) for value in percentiles],
                "size": 13,
                "opacity": [0 if value is None else 1 for value in percentiles],
            },
        )
    )
    figure.update_layout(
        xaxis3={
            "domain": list(place.sector_x),
            "range": [0, 100],
            "anchor": "y12",
            "showgrid": False,
            "showticklabels": False,
            "ticks": "",
            "showline": False,
        },
        yaxis12={
            "domain": [bottom, top],
            "range": [-max(len(frame), 1) + 0.5, 0.5],
            "anchor": "x3",
            "showgrid": False,
            "showticklabels": False,
            "ticks": "",
            "showline": False,
        },
    )
    if not len(frame):
        labels.append(
            label(
                escape(text("chart.no_pe", language)),
                0,
                0,
                theme,
                xref="paper",
                yref="y12",
                xanchor="left",
                yanchor="middle",
            )
        )
    for y, name, value, prior, percentile, number in zip(
        places, frame["name"], values, before, percentiles, frame["n"]
    ):
        figure.add_shape(
            type="line",
            xref="x3",
            yref="y12",
            x0=0,
            x1=100,
            y0=y,
            y1=y,
            layer="below",
            line={"color": theme.colour("grid"), "width": 6},
        )
        arrow = (
            ""
            if prior is None or value is None or round(value, 1) == round(prior, 1)
            else " ▲"
            if value > prior
            else " ▼"
        )
        room = place.sector_x[0] * (theme.width - 2 * EDGES) - 12
        labels.append(
            label(
                (
                    f"{escape(shorten(str(name), room - 60))} "
                    f"<b>{formats.multiple(value, language)}</b>{arrow}"
                ),
                0,
                y,
                theme,
                xref="paper",
                yref="y12",
                xanchor="left",
                yanchor="middle",
                colour=ink,
            )
        )
        said = (
            f"<b>{formats.percentile(percentile, language)}</b>"
            + (f" · N {formats.number(number)}" if place is BESIDE else "")
            if percentile is not None
            else formats.MISSING
        )
        labels.append(
            label(
                said,
                place.sector_x[1],
                y,
                theme,
                xref="paper",
                yref="y12",
                xanchor="left",
                yanchor="middle",
                xshift=12,
                colour=ink if percentile is not None else muted,
            )
        )
    return labels
