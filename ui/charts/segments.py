"""Revenue by segment: stacked, as a mix, its growth, what each part added to it, and one line of
business at many companies.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

import pandas as pd
import plotly.graph_objects as go

from ui import formats
from ui.charts.parts import (
    NARROW,
    Write,
    complete,
    directed,
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
from ui.draft import Draft, bar_trace, scatter
from ui.palette import Theme, alpha, company, direction, is_other, segments
from ui.stamp import BODY, Stamp, escape, finish, measure, shorten
from ui.text import text


def _segment_table(
    frame: pd.DataFrame, value: str
) -> tuple[list[str], list[str], dict[tuple[str, str], dict[str, Any]]]:
    """Periods in the order given, segments by weight with the rest-lines last, and the rows by
    both.
    """
    periods = list(dict.fromkeys(str(p) for p in frame["period"]))
    weights: dict[str, float] = {}
    rows: dict[tuple[str, str], dict[str, Any]] = {}
    for item in frame.to_dict("records"):
        segment = str(item["segment"])
        rows[str(item["period"]), segment] = item
        size = item.get("revenue_mn", item.get(value))
        weights[segment] = weights.get(segment, 0.0) + (
            0.0 if formats.is_missing(size) else abs(float(size))
        )
    ordered = sorted(weights, key=lambda s: (is_other(s), -weights[s]))
    return periods, ordered, rows


def _breaks(figure: Draft, frame: pd.DataFrame, periods: Sequence[str], theme: Theme) -> list[int]:
    """Dotted lines before the periods whose rows say series_break. Returns their places."""
    if "series_break" not in frame.columns:
        return []
    broken = {str(p) for p, flag in zip(frame["period"], flags_of(frame, "series_break")) if flag}
    places = [i for i, p in enumerate(periods) if p in broken]
    for i in places:
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
        right = i > len(periods) / 2
        words_at(
            figure,
            text("chart.break", theme.language),
            i - 0.5,
            1,
            theme,
            yref="paper",
            yanchor="bottom",
            xanchor="right" if right else "left",
            xshift=2 if right else -2,
            yshift=-2,
        )
    return places


def _segment_frame(frame: pd.DataFrame | None, value: str) -> pd.DataFrame:
    frame = need(frame, "period", "segment", value)
    return frame[frame["period"].notna() & frame["segment"].notna()] if len(frame) else frame


def _stack(
    frame: pd.DataFrame,
    value: str,
    factor: float,
    stamp: Stamp,
    theme: Theme,
    write: Write,
    axis: Callable[..., Any],
    totals: bool,
    empty: str | None,
    height: int | None,
) -> go.Figure:
    language = theme.language
    frame = _segment_frame(frame, value)
    if not known_values(floats(frame[value])):
        return empty_figure(empty, stamp, theme, height)
    periods, names, rows = _segment_table(frame, value)
    colours = segments(names, theme)
    place = {p: i for i, p in enumerate(periods)}
    figure = Draft()
    positive, negative = [0.0] * len(periods), [0.0] * len(periods)
    middles: dict[str, float] = {}
    for name in names:
        ys: list[float | None] = []
        hover: list[str] = []
        for period in periods:
            item = rows.get((period, name))
            raw = (
                None
                if item is None or formats.is_missing(item[value])
                else float(item[value]) * factor
            )
            ys.append(raw)
            words = f"<b>{escape(period)}</b>  {escape(name)} {escape(write(raw))}"
            if (
                item is not None
                and value != "share_pct"
                and not formats.is_missing(item.get("share_pct"))
            ):
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
            bar_trace(
                x=list(range(len(periods))),
                y=ys,
                width=0.74,
                hovertext=hover,
                hoverinfo="text",
                marker={
                    "color": colours[name],
                    "line": {"color": theme.colour("paper"), "width": 0.6},
                },
            )
        )
    figure.update_layout(barmode="relative", hovermode="closest")
    low, high, left = value_axis(
        figure, [*positive, *negative], theme, axis([*positive, *negative]), zero=True
    )
    direct = len(names) <= 8 and theme.width >= NARROW
    if totals:
        headroom(figure, [*positive, *negative])
    low, high = figure.yaxis["range"]
    labels = (
        [(middles[n], n, colours[n], False) for n in reversed(names) if n in middles]
        if direct
        else []
    )
    right = end_labels(
        figure,
        labels,
        low,
        high,
        height_of_chart(theme, height) - 160,
        min(190, theme.width * 0.3),
        swatch=theme.colour("ink"),
    )
    room = theme.width - left - right
    ticks = period_axis(figure, periods, room)
    if totals:
        # The currency stands in the subtitle. Where the totals do not fit side by side, only the
        # last is written.
        sums = [formats.compact(a + b, language) for a, b in zip(positive, negative)]
        slot = room / len(periods)
        if max(measure(words, BODY) for words in sums) + 4 <= slot:
            for i, words in enumerate(sums):
                words_at(figure, escape(words), i, positive[i], theme, colour=theme.colour("ink"))
        else:
            covered = math.ceil(measure(sums[-1], BODY, True) / slot) + 1
            words_at(
                figure,
                escape(sums[-1]),
                len(periods) - 0.6,
                max(positive[-covered:]),
                theme,
                colour=theme.colour("ink"),
                xanchor="right",
                bold=True,
            )
    broken = _breaks(figure, frame, periods, theme)
    if min(negative) < 0:
        figure.add_hline(y=0, line={"color": theme.colour("axis"), "width": 1})
    legend = [] if direct else [(n, colours[n]) for n in names]
    stamp = noted(stamp, text("chart.note_break", language) if broken else "")
    return finish(
        figure,
        stamp,
        theme,
        left=left,
        right=right,
        ticks=ticks,
        legend=legend,
        above=14 if broken else 0,
        height=height,
    )


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

    frame: period (words, in order), segment, revenue_mn (millions of `currency`), and where
        known series_break (bool), share_pct, yoy_pct. Negative lines (eliminations) hang below
        zero. No row is a total.
    """

    def write(value: Any) -> str:
        return formats.money(value, currency, theme.language)

    return _stack(
        frame,
        "revenue_mn",
        1e6,
        stamp,
        theme,
        write,
        lambda values: scaled(values, theme.language),
        True,
        empty,
        height,
    )


def mix(
    frame: pd.DataFrame,
    stamp: Stamp,
    theme: Theme,
    *,
    empty: str | None = None,
    height: int | None = None,
) -> go.Figure:
    """Shares of revenue, stacked to 100 %: period, segment, share_pct (per cent), and where known
    series_break, yoy_pct.
    """
    return _stack(
        frame,
        "share_pct",
        1.0,
        stamp,
        theme,
        formats.percent,
        lambda values: lambda value, digits: formats.percent(value, digits=digits),
        False,
        empty,
        height,
    )


def growth_by_segment(
    frame: pd.DataFrame,
    stamp: Stamp,
    theme: Theme,
    *,
    empty: str | None = None,
    height: int | None = None,
) -> go.Figure:
    """Growth of each segment as a line with dots; gaps where it is missing, n.m. or cut by a change
    of segments.

    frame: period (words, in order), segment, yoy_pct (per cent), and where known series_break
        (bool), not_meaningful (bool), revenue_mn (for the order).
    """
    language = theme.language
    frame = _segment_frame(frame, "yoy_pct")
    values = known_values(floats(frame["yoy_pct"]))
    if not values:
        return empty_figure(empty, stamp, theme, height)
    periods, names, rows = _segment_table(frame, "yoy_pct")
    colours = segments(names, theme)
    figure, labels = Draft(), []
    absent: dict[int, list[str]] = {}
    for name in names:
        xs: list[float | None] = []
        ys: list[float | None] = []
        hover: list[str] = []
        for i, period in enumerate(periods):
            item = rows.get((period, name), {})
            flag = item.get("series_break")
            if flag is not None and not formats.is_missing(flag) and bool(flag):
                xs.append(None)
                ys.append(None)
                hover.append("")
            growth = item.get("yoy_pct")
            void = item.get("not_meaningful")
            if void is not None and not formats.is_missing(void) and bool(void):
                absent.setdefault(i, []).append(name)
                growth = None
            missing = formats.is_missing(growth)
            xs.append(float(i))
            ys.append(None if growth is None or missing else float(growth))
            hover.append(f"<b>{escape(period)}</b>  {escape(name)} {formats.change(growth)}")
        colour = colours[name]
        figure.add_trace(
            scatter(
                x=xs,
                y=ys,
                mode="lines+markers",
                connectgaps=False,
                line={"color": colour, "width": 2},
                marker={"color": colour, "size": 6},
                hovertext=hover,
                hoverinfo="text",
            )
        )
        if known_values(ys) and ys[-1] is not None:
            labels.append(
                (
                    ys[-1],
                    named(
                        name,
                        formats.percent(ys[-1], digits=0, sign=True),
                        min(210, theme.width * 0.34),
                    ),
                    colour,
                    False,
                )
            )
        elif known_values(ys):
            labels.append((known_values(ys)[-1], name, colour, False))
    low, high, left = value_axis(
        figure, values, theme, lambda v, d: formats.percent(v, digits=d), zero=True
    )
    direct = len(names) <= 6 and theme.width >= NARROW
    right = end_labels(
        figure,
        labels if direct else [],
        low,
        high,
        height_of_chart(theme, height) - 150,
        min(210, theme.width * 0.34),
        swatch=theme.colour("ink"),
    )
    ticks = period_axis(figure, periods, theme.width - left - right)
    for i, missing_names in absent.items():
        words_at(figure, formats.NOT_MEANINGFUL, i, 0, theme, yanchor="bottom")
        figure.add_trace(
            scatter(
                x=[i],
                y=[0],
                mode="markers",
                marker={"size": 12, "color": alpha(theme.colour("muted"), 0)},
                hoverinfo="text",
                hovertext=[
                    (
                        f"<b>{escape(periods[i])}</b>  {formats.NOT_MEANINGFUL}: "
                        f"{escape(', '.join(missing_names))}"
                    )
                ],
            )
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
    return finish(
        figure,
        stamp,
        theme,
        left=left,
        right=right,
        ticks=ticks,
        legend=legend,
        above=14 if broken else 0,
        height=height,
    )


def contribution_waterfall(
    frame: pd.DataFrame,
    stamp: Stamp,
    theme: Theme,
    *,
    total: float | None = None,
    total_name: str | None = None,
    empty: str | None = None,
    height: int | None = None,
) -> go.Figure:
    """What each part added to growth, from zero to the growth of the whole.

    frame: part (words), contribution_pp in the order to be drawn, and where known is_rest
        (bool): what is no segment of its own, hatched. total: growth of the whole, per cent, the
        last bar; the parts sum to it.
    """
    language = theme.language
    frame = need(frame, "part", "contribution_pp")
    frame = frame[frame["contribution_pp"].notna()].reset_index(drop=True) if len(frame) else frame
    if not len(frame) or total is None or formats.is_missing(total):
        return empty_figure(empty, stamp, theme, height)
    steps = complete(floats(frame["contribution_pp"]))
    rest = flags_of(frame, "is_rest")
    ends = [sum(steps[: i + 1]) for i in range(len(steps))]
    room = min(260.0, theme.width * 0.36)
    names = [shorten(str(part), room) for part in frame["part"]] + [
        total_name or text("chart.total_growth", language)
    ]
    bases, lengths = [end - step for end, step in zip(ends, steps)] + [0.0], [*steps, float(total)]
    words = [formats.points(step, language) for step in steps] + [formats.percent(total, sign=True)]
    colours = [direction(step, theme) for step in steps] + [theme.colour("ink")]
    places = [-i for i in range(len(names))]
    figure = Draft(
        bar_trace(
            x=lengths,
            base=bases,
            y=places,
            orientation="h",
            width=0.62,
            hoverinfo="text",
            customdata=lengths,
            hovertext=[
                f"<b>{escape(name)}</b>  {escape(word)}"
                for name, word in zip([*frame["part"], names[-1]], words)
            ],
            marker={
                "color": [
                    alpha(colour, 0.35) if part else colour
                    for colour, part in zip(colours, [*rest, False])
                ],
                "line": {"width": 0},
                "pattern": {
                    "shape": ["/" if part else "" for part in [*rest, False]],
                    "fgcolor": colours,
                    "size": 6,
                    "solidity": 0.35,
                },
            },
        )
    )
    left = max(measure(name, BODY, name == names[-1]) for name in names) + 18
    edges = [0.0, *ends, float(total)]
    low, high = min(edges), max(edges)
    span = high - low or 1.0
    plot = max(80.0, theme.width - left - 16)
    share = min((max(measure(word, BODY, True) for word in words) + 14) / plot, 0.3)
    pad = span * share / (1 - 2 * share)
    figure.update_xaxes(
        type="linear",
        range=[low - (pad if low < 0 else 0), high + pad],
        showgrid=False,
        showticklabels=False,
        ticks="",
        showline=False,
    )
    figure.update_yaxes(
        range=[places[-1] - 0.7, 0.7],
        tickmode="array",
        tickvals=places,
        ticktext=[*[escape(name) for name in names[:-1]], f"<b>{escape(names[-1])}</b>"],
        showgrid=False,
        ticks="",
        showline=False,
    )
    for place, base, length, word in zip(places, bases, lengths, words):
        forward = length >= 0
        words_at(
            figure,
            escape(word),
            base + length,
            place,
            theme,
            colour=theme.colour("ink"),
            yanchor="middle",
            xanchor="left" if forward else "right",
            xshift=5 if forward else -5,
            bold=place == places[-1],
        )
    for i, end in enumerate(ends):  # from the end of a bar to the beginning of the next
        figure.add_shape(
            type="line",
            x0=end,
            x1=end,
            y0=places[i] - 0.31,
            y1=places[i + 1] + 0.31,
            line={"color": theme.colour("axis"), "width": 1, "dash": "dot"},
        )
    figure.add_vline(x=0, line={"color": theme.colour("axis"), "width": 1})
    figure.update_layout(hovermode="closest")
    stamp = directed(
        noted(stamp, text("chart.note_rest_part", language) if any(rest) else ""), theme
    )
    tall = int(max(height or theme.height, 150 + 26 * len(names)))
    return finish(
        figure, stamp, theme, left=left, right=16, ticks=4, height=tall, names_in_ink=True
    )


def growth_multiples(
    frame: pd.DataFrame,
    stamp: Stamp,
    theme: Theme,
    *,
    highlight: str | None = None,
    empty: str | None = None,
    height: int | None = None,
) -> go.Figure:
    """One line of business at many companies, a small picture each, all on one scale.

    frame: ticker, name (words), period (words, in order of time over all companies), yoy_pct,
        and where known series_break (bool), value (words). Companies stand in the order of the
        frame.
    """
    frame = need(frame, "ticker", "name", "period", "yoy_pct")
    values = known_values(floats(frame["yoy_pct"]))
    if not values:
        return empty_figure(empty, stamp, theme, height)
    frame = frame[frame["ticker"].isin(frame[frame["yoy_pct"].notna()]["ticker"])]
    periods = sorted(frame["period"].unique())
    tickers = list(dict.fromkeys(frame["ticker"]))
    columns = min(len(tickers), 2 if theme.width < NARROW else 3 if len(tickers) <= 6 else 4)
    grid = Grid(len(tickers), columns)
    figure = Draft()
    low, high, left = value_axis(
        figure, values, theme, lambda v, d: formats.percent(v, digits=d), zero=True
    )
    y_axis = {
        "range": [low - 0.1 * (high - low), high],  # the lowest tick keeps clear of the periods
        "tickmode": "array",
        "tickvals": figure.yaxis["tickvals"],
        "showgrid": True,
        "ticks": "",
        "showline": False,
    }
    y_words = figure.yaxis["ticktext"]
    broken = False
    for number, ticker in enumerate(tickers):
        own = frame[frame["ticker"] == ticker].sort_values("period")
        by_period = {row["period"]: row for row in own.to_dict("records")}
        is_chosen = highlight is None or ticker == highlight
        last = _draw_growth(figure, own, by_period, periods, grid.suffix(number), is_chosen, theme)
        _write_head(figure, own["name"].iloc[0], last, grid, number, theme)
        _set_axes(figure, periods, y_axis, y_words, grid, number)
        broken |= _draw_zero_and_breaks(figure, by_period, periods, grid.suffix(number), theme)
    figure.update_layout(hovermode="closest")
    stamp = noted(stamp, text("chart.note_break", theme.language) if broken else "")
    return finish(
        figure,
        stamp,
        theme,
        left=left,
        right=22,
        ticks=22,
        height=int(max(height or theme.height, 120 + 120 * grid.lines)),
    )


GAP = 0.05  # between two small pictures, as a share of the plot


class Grid(NamedTuple):
    """Where each of the small pictures lies, in shares of the plot."""

    pictures: int
    columns: int

    @property
    def lines(self) -> int:
        return math.ceil(self.pictures / self.columns)

    @property
    def width(self) -> float:
        return (1 - GAP * (self.columns - 1)) / self.columns

    def suffix(self, number: int) -> str:
        """What the names of its axes end with."""
        return "" if number == 0 else str(number + 1)

    def x(self, number: int) -> tuple[float, float]:
        left = (number % self.columns) * (self.width + GAP)
        return left, left + self.width

    def y(self, number: int) -> tuple[float, float]:
        """Bottom and top, with the head above the plot."""
        top = 1 - (number // self.columns) * (1 / self.lines)
        return top - 1 / self.lines, top

    def is_lowest(self, number: int) -> bool:
        """Whether no other lies under it."""
        is_last_line = number // self.columns == self.lines - 1
        return is_last_line or number + self.columns >= self.pictures


def _draw_growth(
    figure: Draft,
    own: pd.DataFrame,
    by_period: Mapping[str, Mapping],
    periods: list[str],
    suffix: str,
    is_chosen: bool,
    theme: Theme,
) -> tuple[str, float]:
    """Draw one company's line; its last period with a growth, and that growth."""
    colour, name = company(own["ticker"].iloc[0], theme), own["name"].iloc[0]
    ys: list[float | None] = []
    hover = []
    for period in periods:
        row = by_period.get(period, {})
        growth = row.get("yoy_pct")
        ys.append(None if growth is None or formats.is_missing(growth) else float(growth))
        hover.append(
            f"<b>{escape(period)}</b>  {escape(name)} {formats.change(growth)}"
            f"<br>{escape(str(row.get('value') or ''))}"
        )
    alone = [
        y is not None and (i == 0 or ys[i - 1] is None) and (i == len(ys) - 1 or ys[i + 1] is None)
        for i, y in enumerate(ys)
    ]
    axes = {"xaxis": f"x{suffix}", "yaxis": f"y{suffix}"}
    figure.add_trace(
        scatter(
            x=list(range(len(periods))),
            y=ys,
            mode="lines+markers",
            connectgaps=False,
            **axes,
            hovertext=hover,
            hoverinfo="text",
            line={"color": colour, "width": 2.4 if is_chosen else 1.8},
            marker={"color": colour, "size": [6 if one else 3 for one in alone]},
        )
    )
    at, last = [(x, y) for x, y in enumerate(ys) if y is not None][-1]
    figure.add_trace(
        scatter(
            x=[at],
            y=[last],
            mode="markers",
            **axes,
            hoverinfo="skip",
            marker={"color": colour, "size": 8},
        )
    )
    return periods[at], last


def _write_head(
    figure: Draft, name: str, last: tuple[str, float], grid: Grid, number: int, theme: Theme
) -> None:
    period, growth = last
    head = shorten(str(name), theme.width * grid.width * 0.5)
    words_at(
        figure,
        f"<b>{escape(head)}</b>  {formats.percent(growth, digits=0, sign=True)}  {escape(period)}",
        grid.x(number)[0],
        grid.y(number)[1],
        theme,
        colour=theme.colour("ink"),
        xref="paper",
        yref="paper",
        xanchor="left",
        yanchor="top",
    )


def _set_axes(
    figure: Draft,
    periods: list[str],
    y_axis: Mapping[str, Any],
    y_words: list[str],
    grid: Grid,
    number: int,
) -> None:
    suffix, (bottom, top) = grid.suffix(number), grid.y(number)
    of_periods = [periods[0], periods[-1]] if grid.is_lowest(number) else ["", ""]
    several = grid.lines > 1
    figure.update_layout(
        {
            f"xaxis{suffix}": {
                "domain": list(grid.x(number)),
                "anchor": f"y{suffix}",
                "range": [-0.6, len(periods) - 0.4],
                "showgrid": False,
                "showline": False,
                "ticks": "",
                "tickmode": "array",
                "tickvals": [0, len(periods) - 1],
                "ticktext": of_periods,
                "tickangle": 0,
            },
            f"yaxis{suffix}": {
                **y_axis,
                "domain": [bottom + (0.08 if several else 0), top - (0.11 if several else 0.1)],
                "anchor": f"x{suffix}",
                "ticktext": y_words if number % grid.columns == 0 else [""] * len(y_words),
            },
        }
    )


def _draw_zero_and_breaks(
    figure: Draft,
    by_period: Mapping[str, Mapping],
    periods: list[str],
    suffix: str,
    theme: Theme,
) -> bool:
    """Draw the line of zero, and one where a series breaks; whether one breaks."""
    figure.add_shape(
        type="line",
        xref=f"x{suffix} domain",
        x0=0,
        x1=1,
        yref=f"y{suffix}",
        y0=0,
        y1=0,
        line={"color": theme.colour("axis"), "width": 1},
    )
    breaks = [
        periods.index(period)
        for period, row in by_period.items()
        if not formats.is_missing(row.get("series_break")) and bool(row["series_break"])
    ]
    for place in breaks:
        figure.add_shape(
            type="line",
            xref=f"x{suffix}",
            x0=place - 0.5,
            x1=place - 0.5,
            yref=f"y{suffix} domain",
            y0=0,
            y1=1,
            line={"color": theme.colour("muted"), "width": 1, "dash": "dot"},
        )
    return bool(breaks)
