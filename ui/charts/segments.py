"""Revenue by segment: stacked, as a mix, and its growth."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from ui import formats
from ui.charts.parts import (
    NARROW,
    Write,
    empty_figure,
    end_labels,
    flags_of,
    floats,
    headroom,
    height_of_chart,
    known_values,
    named,
    need,
    noted,
    period_axis,
    scaled,
    value_axis,
    words_at,
)
from ui.palette import Theme, alpha, is_other, segments
from ui.stamp import BODY, Stamp, escape, finish, measure
from ui.text import text


def _segment_table(frame: pd.DataFrame, value: str) -> tuple[list[str], list[str], dict[tuple[str, str], dict[str, Any]]]:
    """Periods in the order given, segments by weight with the rest-lines last, and the rows by both."""
    periods = list(dict.fromkeys(str(p) for p in frame["period"]))
    weights: dict[str, float] = {}
    rows: dict[tuple[str, str], dict[str, Any]] = {}
    for item in frame.to_dict("records"):
        segment = str(item["segment"])
        rows[str(item["period"]), segment] = item
        size = item.get("revenue_mn", item.get(value))
        weights[segment] = weights.get(segment, 0.0) + (0.0 if formats.is_missing(size) else abs(float(size)))
    ordered = sorted(weights, key=lambda s: (is_other(s), -weights[s]))
    return periods, ordered, rows


def _breaks(figure: go.Figure, frame: pd.DataFrame, periods: Sequence[str], theme: Theme) -> list[int]:
    """Dotted lines before the periods whose rows say series_break. Returns their places."""
    if "series_break" not in frame.columns:
        return []
    broken = {str(p) for p, flag in zip(frame["period"], flags_of(frame, "series_break")) if flag}
    places = [i for i, p in enumerate(periods) if p in broken]
    for i in places:
        figure.add_shape(
            type="line", xref="x", yref="paper", x0=i - 0.5, x1=i - 0.5, y0=0, y1=1,
            line={"color": theme.colour("muted"), "width": 1, "dash": "dot"},
        )  # fmt: skip
        right = i > len(periods) / 2
        words_at(
            figure, text("chart.break", theme.language), i - 0.5, 1, theme, yref="paper", yanchor="bottom",
            xanchor="right" if right else "left", xshift=2 if right else -2, yshift=-2,
        )  # fmt: skip
    return places


def _segment_frame(frame: pd.DataFrame | None, value: str) -> pd.DataFrame:
    frame = need(frame, "period", "segment", value)
    return frame[frame["period"].notna() & frame["segment"].notna()] if len(frame) else frame


def _stack(
    frame: pd.DataFrame, value: str, factor: float, stamp: Stamp, theme: Theme, write: Write, axis: Callable[..., Any],
    totals: bool, empty: str | None, height: int | None,
) -> go.Figure:  # fmt: skip
    language = theme.language
    frame = _segment_frame(frame, value)
    if not known_values(floats(frame[value])):
        return empty_figure(empty, stamp, theme, height)
    periods, names, rows = _segment_table(frame, value)
    colours = segments(names, theme)
    place = {p: i for i, p in enumerate(periods)}
    figure = go.Figure()
    positive, negative = [0.0] * len(periods), [0.0] * len(periods)
    middles: dict[str, float] = {}
    for name in names:
        ys: list[float | None] = []
        hover: list[str] = []
        for period in periods:
            item = rows.get((period, name))
            raw = None if item is None or formats.is_missing(item[value]) else float(item[value]) * factor
            ys.append(raw)
            words = f"<b>{escape(period)}</b>  {escape(name)} {escape(write(raw))}"
            if item is not None and value != "share_pct" and not formats.is_missing(item.get("share_pct")):
                words += f" · {formats.percent(item['share_pct'])}"
            if item is not None and not formats.is_missing(item.get("yoy_pct")):
                words += f"<br>{text('column.yoy_pct', language)} {formats.change(item['yoy_pct'])}"
            hover.append(words)
            if raw is not None:
                i, side = place[period], positive if raw >= 0 else negative
                if period == periods[-1]:
                    middles[name] = side[i] + raw / 2
                side[i] += raw
        figure.add_trace(
            go.Bar(
                x=list(range(len(periods))), y=ys, width=0.74, hovertext=hover, hoverinfo="text",
                marker={"color": colours[name], "line": {"color": theme.colour("paper"), "width": 0.6}},
            )  # fmt: skip
        )
    figure.update_layout(barmode="relative", hovermode="closest")
    low, high, left = value_axis(figure, [*positive, *negative], theme, axis([*positive, *negative]), zero=True)
    direct = len(names) <= 8 and theme.width >= NARROW
    if totals:
        headroom(figure, [*positive, *negative])
    low, high = figure.layout.yaxis.range
    labels = [(middles[n], n, colours[n], False) for n in reversed(names) if n in middles] if direct else []
    right = end_labels(
        figure, labels, low, high, height_of_chart(theme, height) - 160, min(190, theme.width * 0.3), swatch=theme.colour("ink")
    )
    room = theme.width - left - right
    ticks = period_axis(figure, periods, room)
    if totals:
        # The currency stands in the subtitle. Where the totals do not fit side by side, only the last is written.
        sums = [formats.compact(a + b, language) for a, b in zip(positive, negative)]
        slot = room / len(periods)
        if max(measure(words, BODY) for words in sums) + 4 <= slot:
            for i, words in enumerate(sums):
                words_at(figure, escape(words), i, positive[i], theme, colour=theme.colour("ink"))
        else:
            covered = math.ceil(measure(sums[-1], BODY, True) / slot) + 1
            words_at(
                figure, escape(sums[-1]), len(periods) - 0.6, max(positive[-covered:]), theme, colour=theme.colour("ink"),
                xanchor="right", bold=True,
            )  # fmt: skip
    broken = _breaks(figure, frame, periods, theme)
    if min(negative) < 0:
        figure.add_hline(y=0, line={"color": theme.colour("axis"), "width": 1})
    legend = [] if direct else [(n, colours[n]) for n in names]
    stamp = noted(stamp, text("chart.note_break", language) if broken else "")
    return finish(figure, stamp, theme, left=left, right=right, ticks=ticks, legend=legend, above=14 if broken else 0, height=height)


def stacked_segments(
    frame: pd.DataFrame,
    stamp: Stamp,
    theme: Theme,
    *,
    currency: str = "CNY",
    empty: str | None = None,
    height: int | None = None,
) -> go.Figure:
    """Revenue by segment, stacked, with the total above each bar.

    frame: period (words, in order), segment, revenue_mn (millions of `currency`), and where known series_break
    (bool), share_pct, yoy_pct. Negative lines (eliminations) hang below zero. No row is a total.
    """

    def write(value: Any) -> str:
        return formats.money(value, currency, theme.language)

    return _stack(
        frame, "revenue_mn", 1e6, stamp, theme, write, lambda values: scaled(values, theme.language), True, empty, height
    )


def mix(
    frame: pd.DataFrame,
    stamp: Stamp,
    theme: Theme,
    *,
    empty: str | None = None,
    height: int | None = None,
) -> go.Figure:
    """Shares of revenue, stacked to 100 %: period, segment, share_pct (per cent), and where known series_break, yoy_pct."""
    return _stack(
        frame, "share_pct", 1.0, stamp, theme, formats.percent,
        lambda values: lambda value, digits: formats.percent(value, digits=digits), False, empty, height,
    )  # fmt: skip


def growth_by_segment(
    frame: pd.DataFrame,
    stamp: Stamp,
    theme: Theme,
    *,
    empty: str | None = None,
    height: int | None = None,
) -> go.Figure:
    """Growth of each segment as a line with dots; gaps where it is missing, n.m. or cut by a change of segments.

    frame: period (words, in order), segment, yoy_pct (per cent), and where known series_break (bool),
    not_meaningful (bool), revenue_mn (for the order).
    """
    language = theme.language
    frame = _segment_frame(frame, "yoy_pct")
    values = known_values(floats(frame["yoy_pct"]))
    if not values:
        return empty_figure(empty, stamp, theme, height)
    periods, names, rows = _segment_table(frame, "yoy_pct")
    colours = segments(names, theme)
    figure, labels = go.Figure(), []
    absent: dict[int, list[str]] = {}
    for name in names:
        xs: list[float | None] = []
        ys: list[float | None] = []
        hover: list[str] = []
        for i, period in enumerate(periods):
            item = rows.get((period, name), {})
            flag = item.get("series_break")
            if flag is not None and not formats.is_missing(flag) and bool(flag):
                xs.append(None), ys.append(None), hover.append("")
            growth = item.get("yoy_pct")
            void = item.get("not_meaningful")
            if void is not None and not formats.is_missing(void) and bool(void):
                absent.setdefault(i, []).append(name)
                growth = None
            missing = formats.is_missing(growth)
            xs.append(float(i))
            ys.append(None if missing else float(growth))
            hover.append(f"<b>{escape(period)}</b>  {escape(name)} {formats.change(growth)}")
        colour = colours[name]
        figure.add_trace(
            go.Scatter(
                x=xs, y=ys, mode="lines+markers", connectgaps=False, line={"color": colour, "width": 2},
                marker={"color": colour, "size": 6}, hovertext=hover, hoverinfo="text",
            )  # fmt: skip
        )
        if known_values(ys) and ys[-1] is not None:
            labels.append((ys[-1], named(name, formats.percent(ys[-1], digits=0, sign=True), min(210, theme.width * 0.34)), colour, False))
        elif known_values(ys):
            labels.append((known_values(ys)[-1], name, colour, False))
    low, high, left = value_axis(figure, values, theme, lambda v, d: formats.percent(v, digits=d), zero=True)
    direct = len(names) <= 6 and theme.width >= NARROW
    right = end_labels(
        figure, labels if direct else [], low, high, height_of_chart(theme, height) - 150, min(210, theme.width * 0.34), swatch=theme.colour("ink")
    )
    ticks = period_axis(figure, periods, theme.width - left - right)
    for i, missing_names in absent.items():
        words_at(figure, formats.NOT_MEANINGFUL, i, 0, theme, yanchor="bottom")
        figure.add_trace(
            go.Scatter(
                x=[i], y=[0], mode="markers", marker={"size": 12, "color": alpha(theme.colour("muted"), 0)}, hoverinfo="text",
                hovertext=[f"<b>{escape(periods[i])}</b>  {formats.NOT_MEANINGFUL}: {escape(', '.join(missing_names))}"],
            )  # fmt: skip
        )
    broken = _breaks(figure, frame, periods, theme)
    figure.add_hline(y=0, line={"color": theme.colour("axis"), "width": 1})
    figure.update_layout(hovermode="closest")
    stamp = noted(
        stamp,
        text("chart.note_break", language) if broken else "",
        text("chart.note_nm", language) if absent else "",
    )
    legend = [] if direct else [(n, colours[n]) for n in names]
    return finish(figure, stamp, theme, left=left, right=right, ticks=ticks, legend=legend, above=14 if broken else 0, height=height)
