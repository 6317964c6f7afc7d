"""Where multiples stand: how often in their own past, each company in its own range and windows,
against its median, against the growth expected of it.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any, NamedTuple

import pandas as pd
import plotly.graph_objects as go

from ui import formats
from ui.charts.parts import (
    NARROW,
    Write,
    column_of,
    complete,
    decimals_of,
    digits_of,
    empty_figure,
    flags_of,
    floats,
    headroom,
    known_values,
    log_ticks,
    need,
    noted,
    plot_room,
    short_tick,
    ticks_inside,
    value_axis,
    words_at,
)
from ui.charts.points import Box, box_of, free_places, label_point
from ui.draft import Draft, bar_trace, scatter
from ui.palette import Theme, alpha, cheap_to_dear, company
from ui.stamp import BODY, FONTS, Stamp, escape, finish, measure, shorten, wrap
from ui.text import text

SPANS = ("1y", "3y", "5y", "10y", "max")
WASH = 0.5  # how strongly a cell takes its colour: ink stays readable on it, in light and in dark


def distribution(
    buckets: pd.DataFrame,
    stamp: Stamp,
    theme: Theme,
    *,
    value: float | None = None,
    median: float | None = None,
    percentile: float | None = None,
    write: Write | None = None,
    observations: str | None = None,
    empty: str | None = None,
    height: int | None = None,
) -> go.Figure:
    """How often a multiple stood where: one bar a bucket, the bucket of today in colour.

    buckets: lower, upper (times), observations (count), is_current (bool), one row a bucket;
        buckets without a row are empty. value (times), percentile (0-100): of today, written over
        its bucket; without a value no bucket is today's. median: times. write: multiple -> words.
        observations: what is counted, in words ("month-ends").
    """
    language = theme.language
    frame = need(buckets, "lower", "upper", "observations", "is_current")
    if len(frame):
        frame = (
            frame[frame["lower"].notna() & frame["upper"].notna() & frame["observations"].notna()]
            .sort_values("lower")
            .reset_index(drop=True)
        )
    counts = complete(floats(frame["observations"]))
    lowers, uppers = complete(floats(frame["lower"])), complete(floats(frame["upper"]))
    if not any(counts):
        return empty_figure(empty, stamp, theme, height)
    step = min(b - a for a, b in zip(lowers, uppers))
    edges = [
        round(lowers[0] + i * step, 10) for i in range(round((uppers[-1] - lowers[0]) / step) + 1)
    ]
    digits = digits_of(edges)
    tick = (
        partial(short_tick, write, digits=digits)
        if write
        else (lambda v: formats.multiple(v, language, digits=digits))
    )
    write = write or (lambda v: formats.multiple(v, language))
    value = None if formats.is_missing(value) else value
    median = None if formats.is_missing(median) else median
    current = next(
        (i for i, here in enumerate(flags_of(frame, "is_current")) if here and value is not None),
        None,
    )
    counted = partial(
        _count_of, unit=observations or text("chart.observations", language), language=language
    )
    middles = [(a + b) / 2 for a, b in zip(lowers, uppers)]
    figure = Draft(
        bar_trace(
            x=middles,
            y=counts,
            width=[b - a for a, b in zip(lowers, uppers)],
            hovertext=[
                _hover_of_bucket(
                    text("headline.range_value", language, low=tick(a), high=tick(b)),
                    counted(n),
                    100 * n / sum(counts),
                )
                for a, b, n in zip(lowers, uppers, counts)
            ],
            hoverinfo="text",
            marker={
                "color": [
                    theme.colour("accent" if i == current else "other1") for i in range(len(counts))
                ],
                "line": {"width": 1, "color": theme.colour("paper")},
            },
            unselected={"marker": {"opacity": 1}},
        )
    )
    _, _, left = value_axis(figure, counts, theme, lambda v, d: formats.number(v), zero=True)
    whole = [v for v in figure.yaxis["tickvals"] if v == int(v)]
    figure.update_yaxes(tickvals=whole, ticktext=[formats.number(v) for v in whole])
    headroom(figure, counts)

    span = Span(edges[0] - step * 0.15, edges[-1] + step * 0.15)
    right, above = max(16.0, measure(tick(edges[-1]), BODY) / 2 + 4), 0.0
    room = theme.width - left - right
    beside = None
    if current is not None and value is not None:
        above = 18.0 if median is None else 36.0
        parts = [
            write(value),
            "" if percentile is None else formats.percentile(percentile, language),
            counted(counts[current]),
        ]
        _mark_current(figure, parts, middles[current], counts[current], above, span, room, theme)
        beside = span.px(middles[current], room)
    if median is not None:
        above = max(above, 18.0)
        words = f"{text('chart.median', language)} {write(median)}"
        right = max(right, _mark_median(figure, words, float(median), beside, span, room, theme))
    room = theme.width - left - right
    px_a_step = step * room / span.width
    for i, (middle, count) in enumerate(zip(middles, counts)):
        label = formats.number(count)
        on_median = (
            median is not None
            and abs(float(median) - middle) * room / span.width < measure(label, BODY) / 2 + 2
        )
        if i != current and not on_median and count and measure(label, BODY) + 4 <= px_a_step:
            words_at(figure, label, middle, count, theme)

    widest = max(measure(tick(edge), BODY) for edge in edges) + 10
    every = max(1, math.ceil(widest / px_a_step))
    figure.update_xaxes(
        type="linear",
        range=[span.first, span.last],
        tickmode="array",
        tickvals=edges[::every],
        ticktext=[tick(edge) for edge in edges[::every]],
        tickangle=0,
        showgrid=False,
        ticks="outside",
        ticklen=4,
        showline=True,
    )
    figure.update_layout(hovermode="closest", bargap=0)
    tall, _ = plot_room(stamp, theme, height, above=above)
    return finish(figure, stamp, theme, left=left, right=right, above=above, height=tall)


class Span(NamedTuple):
    """What the axis of values shows."""

    first: float
    last: float

    @property
    def width(self) -> float:
        return self.last - self.first

    def px(self, value: float, room: float) -> float:
        """The px from the left of a value, in a plot of so many px."""
        return (value - self.first) * (room / self.width)


def _hover_of_bucket(bounds: str, count: str, share_pct: float) -> str:
    share = formats.percent(share_pct, digits=0)
    return f"<b>{escape(bounds)}</b><br>{escape(count)} · {share}"


def _count_of(count: float, unit: str, language: str) -> str:
    is_one = language == "en" and count == 1
    return text(
        "chart.count_of",
        language,
        number=formats.number(count),
        unit=unit.removesuffix("s") if is_one else unit,
    )


def _mark_current(
    figure: Draft,
    parts: list[str],
    middle: float,
    count: float,
    above: float,
    span: Span,
    room: float,
    theme: Theme,
) -> None:
    """Write today's figures over their bucket, as many of them as fit, joined to it by a line."""
    parts = [part for part in parts if part and part != formats.MISSING]
    while len(parts) > 1 and measure(" · ".join(parts), BODY, True) > room:
        parts.pop()
    words = " · ".join(parts)
    here, half = span.px(middle, room), measure(words, BODY, True) / 2
    anchor = "left" if here < half else "right" if here > room - half else "center"
    words_at(
        figure,
        escape(words),
        {"left": 0, "center": middle, "right": 1}[anchor],
        1,
        theme,
        colour=theme.colour("ink"),
        xref="x" if anchor == "center" else "paper",
        yref="paper",
        xanchor=anchor,
        yshift=above - 18,
        bold=True,
    )
    line = {"color": theme.colour("accent"), "width": 1}
    figure.add_shape(
        type="line", x0=middle, x1=middle, y0=count, y1=figure.yaxis["range"][1], line=line
    )
    figure.add_shape(
        type="line",
        x0=middle,
        x1=middle,
        yref="paper",
        ysizemode="pixel",
        yanchor=1,
        y0=0,
        y1=above - 16,
        line=line,
    )


def _mark_median(
    figure: Draft,
    words: str,
    median: float,
    beside: float | None,
    span: Span,
    room: float,
    theme: Theme,
) -> float:
    """Draw the median with its words, clear of the line of today's bucket at beside px; the px that
    they need to the right of the plot.
    """
    here, half = span.px(median, room), measure(words, BODY) / 2
    anchor = "center"
    if beside is not None and abs(here - beside) < half + 6:
        anchor = "left" if here >= beside else "right"
    if (anchor == "right" and here < 2 * half) or (anchor == "center" and here < half):
        anchor = "left" if beside is None or here >= beside else anchor
    words_at(
        figure,
        escape(words),
        median,
        1,
        theme,
        yref="paper",
        xanchor=anchor,
        xshift={"left": 1, "center": 0, "right": -1}[anchor],
    )
    figure.add_shape(
        type="line",
        x0=median,
        x1=median,
        yref="paper",
        y0=0,
        y1=1,
        line={"color": theme.colour("ink"), "width": 1.2, "dash": "dot"},
    )
    # Beyond the right edge there is a margin to grow; beyond the left one there are the words of
    # the axis, which end lower.
    return here + {"left": 2 * half + 4, "center": half, "right": 0}[anchor] - room + 12


def cross_section(
    rows: pd.DataFrame,
    stamp: Stamp,
    theme: Theme,
    *,
    write: Write | None = None,
    highlight: Iterable[str] = (),
    dearest_first: bool = False,
    empty: str | None = None,
    height: int | None = None,
) -> go.Figure:
    """Each company's range with its current point, cheapest percentile first, the unranked below in
    grey.

    rows: ticker, name, minimum, q25, q50, q75, maximum, value, percentile, status, one row a
        company.
    highlight: tickers whose names are bold. dearest_first: the other way round, the unranked
        still below. height: px; by default from the number of rows, at least the theme's.
    """
    language = theme.language
    write = write or (lambda value: formats.multiple(value, language))
    frame = need(
        rows,
        "ticker",
        "name",
        "minimum",
        "q25",
        "q50",
        "q75",
        "maximum",
        "value",
        "percentile",
        "status",
    )
    if not len(frame):
        return empty_figure(empty, stamp, theme, height)
    frame, ranked = _ranked_first(frame, dearest_first)
    # The gap between the ranked and the rest is a row of its own.
    gap = 1 if 0 < ranked < len(frame) else 0
    rows_y = [-(i + (gap if i >= ranked else 0)) for i in range(len(frame))]
    figure = Draft()
    _draw_ranges(figure, frame, rows_y, ranked, theme)
    _draw_now(figure, frame, rows_y, ranked, write, theme)
    notes = [
        (
            f"{write(item['value'])} · {formats.percentile(item['percentile'], language)}",
            theme.colour("ink"),
        )
        if i < ranked
        else (_reason(item, write, language), theme.colour("muted"))
        for i, item in enumerate(frame.to_dict("records"))
    ]
    left = _name_rows(figure, frame, rows_y, highlight, theme)
    right = _words_beside(figure, notes, rows_y)
    numbers = known_values(
        *(floats(frame[c]) for c in ("minimum", "maximum", "q25", "q75", "q50", "value"))
    )
    log = _times_axis(figure, list(numbers), write, theme.width - left - right)
    figure.update_layout(hovermode="closest")
    stamp = noted(stamp, text("chart.note_log", language) if log else "")
    tall, _ = plot_room(stamp, theme, height, least=theme.pitch(21) * (len(frame) + gap))
    return finish(figure, stamp, theme, left=left, right=right, height=tall, names_in_ink=True)


def _ranked_first(frame: pd.DataFrame, dearest_first: bool) -> tuple[pd.DataFrame, int]:
    """The rows in their order, the unranked below; how many are ranked."""
    is_ranked = frame["percentile"].notna() & (frame["status"] == "OK")
    above = frame[is_ranked].sort_values(
        ["percentile", "ticker"], ascending=[not dearest_first, True], kind="stable"
    )
    below = frame[~is_ranked].sort_values("ticker", kind="stable")
    return pd.concat([above, below]).reset_index(drop=True), len(above)


def _draw_ranges(
    figure: Draft, frame: pd.DataFrame, rows_y: list[int], ranked: int, theme: Theme
) -> None:
    """A thin line from minimum to maximum, a thick one over the middle half, a tick at the
    median.
    """
    thin = floats(frame["minimum"]), floats(frame["maximum"])
    thick = floats(frame["q25"]), floats(frame["q75"])
    of_ranked, of_rest = range(ranked), range(ranked, len(frame))
    for rows, colour in ((of_ranked, theme.colour("axis")), (of_rest, theme.colour("grid"))):
        for (starts, ends), width in ((thin, 2), (thick, 8)):
            xs: list[float | None] = []
            ys: list[float | None] = []
            for i in rows:
                if starts[i] is not None and ends[i] is not None:
                    xs += [starts[i], ends[i], None]
                    ys += [rows_y[i], rows_y[i], None]
            if xs:
                figure.add_trace(
                    scatter(
                        x=xs,
                        y=ys,
                        mode="lines",
                        line={"color": colour, "width": width},
                        hoverinfo="skip",
                    )
                )
    medians = [(m, rows_y[i]) for i, m in enumerate(floats(frame["q50"])) if m is not None]
    if medians:
        figure.add_trace(
            scatter(
                x=[m for m, _ in medians],
                y=[y for _, y in medians],
                mode="markers",
                hoverinfo="skip",
                marker={
                    "symbol": "line-ns-open",
                    "size": 11,
                    "color": theme.colour("muted"),
                    "line": {"width": 2, "color": theme.colour("muted")},
                },
            )
        )


def _draw_now(
    figure: Draft,
    frame: pd.DataFrame,
    rows_y: list[int],
    ranked: int,
    write: Write,
    theme: Theme,
) -> None:
    """The current multiple of each row, in the colour of its percentile."""
    now, percentiles = floats(frame["value"]), floats(frame["percentile"])
    items = frame.to_dict("records")
    points = [i for i, v in enumerate(now) if v is not None]
    figure.add_trace(
        scatter(
            x=[now[i] for i in points],
            y=[rows_y[i] for i in points],
            mode="markers",
            marker={
                "color": [
                    cheap_to_dear(percentiles[i] if i < ranked else None, theme) for i in points
                ],
                "size": 11,
                "line": {"color": theme.colour("paper"), "width": 1.5},
            },
            hovertext=[_hover_of_range(items[i], write, theme.language) for i in points],
            hoverinfo="text",
        )
    )


def _hover_of_range(item: Mapping, write: Write, language: str) -> str:
    lines = [
        f"<b>{escape(item['name'])}</b> {escape(item['ticker'])}",
        f"{escape(write(item['value']))} · {formats.percentile(item['percentile'], language)}",
    ]
    if not formats.is_missing(item["minimum"]) and not formats.is_missing(item["maximum"]):
        low, high = write(item["minimum"]), write(item["maximum"])
        bounds = text("headline.range_value", language, low=low, high=high)
        lines.append(
            f"{text('chart.range', language)} {bounds} · {text('chart.median', language)} "
            f"{write(item['q50'])}"
        )
    if item["status"] != "OK":
        lines.append(text(f"status.{item['status']}", language))
    return "<br>".join(lines)


def windows_heat(
    rows: pd.DataFrame,
    stamp: Stamp,
    theme: Theme,
    *,
    highlight: Iterable[str] = (),
    write: Write | None = None,
    empty: str | None = None,
    height: int | None = None,
) -> go.Figure:
    """The percentile of each company in each window, companies down in the order given, windows
    across.

    rows: ticker, name, span (1y, 3y, 5y, 10y, max), percentile (0-100, missing where not
        ranked), n (observations), coverage_pct (per cent of the window), value (the multiple now,
        times), status, one row a (ticker, span).
    highlight: tickers whose names are bold. write: multiple -> words. height: px; by default
        from the number of rows.
    """
    language = theme.language
    write = write or (lambda value: formats.multiple(value, language))
    frame = need(
        rows, "ticker", "name", "span", "percentile", "n", "coverage_pct", "value", "status"
    )
    if len(frame):
        frame = frame[frame["span"].isin(SPANS)].reset_index(drop=True)
    if not len(frame):
        return empty_figure(empty, stamp, theme, height)
    spans = [span for span in SPANS if span in set(frame["span"])]
    companies = frame.drop_duplicates("ticker").reset_index(drop=True)
    place = {ticker: -i for i, ticker in enumerate(companies["ticker"])}
    columns = [spans.index(span) for span in frame["span"]]
    rows_y = [place[ticker] for ticker in frame["ticker"]]
    # Only a fresh multiple is ranked; a rank beside another status would speak of a day long gone.
    ranks = [
        p if status == "OK" else None
        for p, status in zip(floats(frame["percentile"]), frame["status"])
    ]
    figure = Draft(
        bar_trace(
            base=[c - 0.48 for c in columns],
            x=[0.96] * len(frame),
            y=rows_y,
            width=0.92,
            orientation="h",
            hovertext=[
                _hover_of_window(item, rank, write, language)
                for item, rank in zip(frame.to_dict("records"), ranks)
            ],
            hoverinfo="text",
            marker={
                "color": [
                    theme.colour("panel") if r is None else alpha(cheap_to_dear(r, theme), WASH)
                    for r in ranks
                ],
                "line": {"width": 0},
            },
        )
    )
    places = list(place.values())
    left = _name_rows(figure, companies, places, highlight, theme)
    beside = [_multiple_now(item, write, theme) for item in companies.to_dict("records")]
    right = _words_beside(figure, beside, places)
    figure.update_yaxes(range=[places[-1] - 0.5, 0.5])
    figure.update_xaxes(
        type="linear",
        range=[-0.5, len(spans) - 0.5],
        showticklabels=False,
        showgrid=False,
        ticks="",
        showline=False,
    )
    now = text("chart.now", language)
    right = max(right, measure(now, BODY) + 20)
    cell = (theme.width - left - right) / len(spans)
    in_two_lines = _write_windows(figure, spans, cell, theme)
    words_at(figure, now, 1, 1, theme, xref="paper", yref="paper", xanchor="left", xshift=9)
    figure.update_layout(hovermode="closest", bargap=0)
    options: dict[str, Any] = {"ticks": 2, "above": 32 if in_two_lines else 16}
    tall, plot = plot_room(stamp, theme, height, least=theme.pitch(21) * len(places), **options)
    with_number = plot / len(places) >= 30 and cell >= 60  # room for two lines
    for is_ranked, colour in ((True, theme.colour("ink")), (False, theme.colour("muted"))):
        cells = [i for i, r in enumerate(ranks) if (r is not None) == is_ranked]
        written = [formats.number(ranks[i]) if is_ranked else formats.MISSING for i in cells]
        if with_number:
            written = [f"{w}<br>N {formats.number(frame['n'][i])}" for w, i in zip(written, cells)]
        if cells:
            figure.add_trace(
                scatter(
                    x=[columns[i] for i in cells],
                    y=[rows_y[i] for i in cells],
                    mode="text",
                    text=written,
                    textposition="middle center",
                    hoverinfo="skip",
                    textfont={"family": FONTS, "size": BODY, "color": colour},
                    cliponaxis=False,
                )
            )
    return finish(
        figure, stamp, theme, left=left, right=right, height=tall, names_in_ink=True, **options
    )


def _hover_of_window(item: Mapping, rank: float | None, write: Write, language: str) -> str:
    window = text(f"window_long.{item['span']}", language)
    ranked = (
        formats.percentile(rank, language)
        if rank is not None
        else _reason({**item, "value": None}, write, language)
    )
    return (
        f"<b>{escape(item['name'])}</b> {escape(item['ticker'])}"
        f"<br>{window}: <b>{escape(ranked)}</b>"
        f"<br>N {formats.number(item['n'])} · {text('headline.coverage', language)} "
        f"{formats.percent(item['coverage_pct'], digits=0)}<br>{escape(write(item['value']))}"
    )


def _multiple_now(item: Mapping, write: Write, theme: Theme) -> tuple[str, str]:
    """The multiple of a company in words, and their colour: grey where it is not fresh."""
    if formats.is_missing(item["value"]):
        words = formats.valuation(None, item["status"], theme.language)
        return words, theme.colour("muted")
    return write(item["value"]), theme.colour("ink" if item["status"] == "OK" else "muted")


def _write_windows(figure: Draft, spans: list[str], cell: float, theme: Theme) -> bool:
    """Write each window over its column, in two lines where a column of cell px is narrower than
    the words; whether one took two.
    """
    in_two_lines = False
    for column, span in enumerate(spans):
        head = text(f"window.{span}", theme.language)
        if measure(head, BODY) + 4 > cell:
            half = (len(head) + 1) // 2
            head, in_two_lines = f"{head[:half]}<br>{head[half:]}", True
        words_at(figure, head, column, 1, theme, yref="paper")
    return in_two_lines


def against_median(
    rows: pd.DataFrame,
    stamp: Stamp,
    theme: Theme,
    *,
    highlight: Iterable[str] = (),
    high_is_cheap: bool = False,
    write: Write | None = None,
    empty: str | None = None,
    height: int | None = None,
) -> go.Figure:
    """Each company's multiple beside the median of its own window, in the order given.

    rows: ticker, name, value (now, times), q50 (median, times), premium_pct (now / median - 1,
        per cent), status, one row a company. highlight: tickers whose names are bold. write:
        multiple -> words. height: px; by default from the rows.
    """
    language = theme.language
    write = write or (lambda value: formats.multiple(value, language))
    frame = need(rows, "ticker", "name", "value", "q50", "premium_pct", "status")
    if not len(frame):
        return empty_figure(empty, stamp, theme, height)
    rows_y = [-i for i in range(len(frame))]
    now, medians = floats(frame["value"]), floats(frame["q50"])
    set_against = [
        v is not None and m is not None and s == "OK"
        for v, m, s in zip(now, medians, frame["status"])
    ]
    cheaper = (lambda v, m: v > m) if high_is_cheap else (lambda v, m: v < m)
    colours = [
        theme.colour(
            "stale" if not fair else "muted" if v == m else "cheap" if cheaper(v, m) else "dear"
        )
        for v, m, fair in zip(now, medians, set_against)
    ]
    figure, hover, words = Draft(), [], []
    for i, item in enumerate(frame.to_dict("records")):
        premium = formats.percent(item["premium_pct"], digits=0, sign=True)
        words.append(
            (f"{write(item['value'])} · {premium}", theme.colour("ink"))
            if set_against[i]
            else (_reason(item, write, language), theme.colour("muted"))
        )
        hover.append(
            f"<b>{escape(item['name'])}</b> {escape(item['ticker'])}<br>{escape(words[-1][0])}"
            + (
                ""
                if medians[i] is None
                else f"<br>{text('chart.median', language)} {escape(write(medians[i]))}"
            )
        )
    for colour in dict.fromkeys(colours):
        pairs = [
            i
            for i, own in enumerate(colours)
            if own == colour and now[i] is not None and medians[i] is not None
        ]
        xs = [x for i in pairs for x in (medians[i], now[i], None)]
        figure.add_trace(
            scatter(
                x=xs,
                y=[y for i in pairs for y in (rows_y[i], rows_y[i], None)],
                mode="lines",
                line={"color": alpha(colour, 0.55), "width": 4},
                hoverinfo="skip",
            )
        )
    for series, own, marker in (
        (medians, [theme.colour("muted")] * len(frame), {"symbol": "line-ns-open", "size": 13}),
        (now, colours, {"size": 11}),
    ):
        seen = [i for i, v in enumerate(series) if v is not None]
        edge = (
            {"width": 2, "color": theme.colour("muted")}
            if series is medians
            else {"width": 1.5, "color": theme.colour("paper")}
        )
        figure.add_trace(
            scatter(
                x=[series[i] for i in seen],
                y=[rows_y[i] for i in seen],
                mode="markers",
                hovertext=[hover[i] for i in seen],
                hoverinfo="text",
                marker={**marker, "color": [own[i] for i in seen], "line": edge},
                cliponaxis=False,
            )
        )
    left, right = (
        _name_rows(figure, frame, rows_y, highlight, theme),
        _words_beside(figure, words, rows_y),
    )
    log = _times_axis(figure, known_values(now, medians), write, theme.width - left - right)
    figure.update_layout(hovermode="closest")
    stamp = noted(stamp, text("chart.note_log", language) if log else "")
    tall, _ = plot_room(stamp, theme, height, least=theme.pitch(21) * len(frame))
    return finish(figure, stamp, theme, left=left, right=right, height=tall, names_in_ink=True)


def growth_scatter(
    rows: pd.DataFrame,
    stamp: Stamp,
    theme: Theme,
    *,
    highlight: Iterable[str] = (),
    write: Write | None = None,
    empty: str | None = None,
    height: int | None = None,
) -> go.Figure:
    """Forward PE over the growth of EPS that brokers expect, a named point a company.

    rows: ticker, name, value (forward PE, times), growth_pct (expected EPS growth FY1 to FY2,
        per cent), n (brokers), brokers (words), and where known status. A hollow point rests on one
        broker. Highlighted tickers (or, without any, all) are drawn in the company's own colour,
        the others grey. write: multiple -> words.
    """
    language = theme.language
    write = write or (lambda value: formats.multiple(value, language))
    frame = need(rows, "ticker", "name", "value", "growth_pct", "n", "brokers")
    if len(frame):
        is_known = [
            v is not None and g is not None
            for v, g in zip(floats(frame["value"]), floats(frame["growth_pct"]))
        ]
        frame = frame[is_known].reset_index(drop=True)
    if not len(frame):
        return empty_figure(empty, stamp, theme, height)
    multiples, growth = complete(floats(frame["value"])), complete(floats(frame["growth_pct"]))
    chosen = set(highlight)
    stale = [str(s).startswith("STALE") for s in column_of(frame, "status")]
    single = [not formats.is_missing(n) and n == 1 for n in frame["n"]]
    colours = [
        _colour_of_point(ticker, old, chosen, theme) for ticker, old in zip(frame["ticker"], stale)
    ]
    figure = Draft(
        scatter(
            x=growth,
            y=multiples,
            mode="markers",
            hovertext=[
                _hover_of_growth(item, old, write, language)
                for item, old in zip(frame.to_dict("records"), stale)
            ],
            hoverinfo="text",
            cliponaxis=False,
            marker={
                "color": [theme.colour("paper") if one else c for one, c in zip(single, colours)],
                "size": 11,
                "line": {"width": 2.2, "color": colours},
            },
        )
    )
    axes = _growth_axes(figure, growth, multiples, write, theme)
    options: dict[str, Any] = {"ticks": 42, "above": 16}
    stamp = noted(
        stamp,
        text("chart.note_one_broker", language) if any(single) else "",
        text("chart.note_stale", language) if any(stale) else "",
    )
    tall, plot_height = plot_room(
        stamp,
        theme,
        height,
        least=max(250, 17 * len(frame)) if theme.width < NARROW else 220,
        **options,
    )
    plot = Plot(axes, theme.width - axes.left - axes.right, plot_height)
    points = [plot.place(g, v) for g, v in zip(growth, multiples)]
    taken: list[Box] = [(x - 7, y - 7, x + 7, y + 7) for x, y in points]
    guide = _peg_line(figure, plot, taken, theme)
    for name in _names_beside_points(frame, chosen, plot, points, taken, guide, theme):
        label_point(
            figure,
            name.words,
            growth[name.row],
            multiples[name.row],
            name.place,
            theme,
            theme.colour("muted" if stale[name.row] else "ink"),
        )
    return finish(figure, stamp, theme, left=axes.left, right=axes.right, height=tall, **options)


class Axes(NamedTuple):
    """The range of both axes in their units, and the px beside the plot."""

    start: float
    end: float
    bottom: float
    top: float
    left: float
    right: float


class Plot(NamedTuple):
    """The px inside the axes."""

    axes: Axes
    width: float
    height: float

    def place(self, x: float, y: float) -> tuple[float, float]:
        """The px from the left and from the top of a point."""
        start, end, bottom, top, *_ = self.axes
        return (x - start) / (end - start) * self.width, (top - y) / (top - bottom) * self.height


class Name(NamedTuple):
    """The name of a row's point, with its place beside the point."""

    row: int
    words: str
    place: tuple[float, float]


def _colour_of_point(ticker: str, is_stale: bool, chosen: set[str], theme: Theme) -> str:
    if is_stale:
        return theme.colour("stale")
    return theme.colour("other3") if chosen and ticker not in chosen else company(ticker, theme)


def _hover_of_growth(item: Mapping, is_stale: bool, write: Write, language: str) -> str:
    growth = formats.percent(item["growth_pct"], digits=0, sign=True)
    brokers = "" if formats.is_missing(item["brokers"]) else str(item["brokers"])
    number = f"N {formats.number(item['n'])}" + (f": {brokers}" if brokers else "")
    lines = [
        f"<b>{escape(item['name'])}</b> {escape(item['ticker'])}",
        f"{text('metric.pe_forward', language)} {escape(write(item['value']))}"
        + (f" · {text('chart.stale', language)}" if is_stale else ""),
        f"{text('chart.growth', language)} {growth}",
        *(escape(line) for line in wrap(number, 300, BODY)),
    ]
    return "<br>".join(lines)


def _growth_axes(
    figure: Draft, growth: list[float], multiples: list[float], write: Write, theme: Theme
) -> Axes:
    # Neighbours are not torn apart: a fifth of the multiple and ten points of growth are the least
    # that the axes show.
    middle = (min(multiples) + max(multiples)) / 2
    low, high, left = value_axis(
        figure,
        [*multiples, 0.9 * middle, 1.1 * middle],
        theme,
        lambda v, d: short_tick(write, v, d),
    )
    bottom, top = low - (high - low) * 0.06, high + (high - low) * 0.06
    figure.update_yaxes(range=[bottom, top])
    half = max((max(growth) - min(growth)) * 0.58, 5.0)
    start, end = ((min(growth) + max(growth)) / 2 + side for side in (-half, half))
    right = 20.0
    ticks = ticks_inside(start, end, max(2, int((theme.width - left - right) // 80)))
    digits = digits_of(ticks)
    figure.update_xaxes(
        type="linear",
        range=[start, end],
        tickmode="array",
        tickvals=ticks,
        ticktext=[formats.percent(t, digits=digits, sign=True) for t in ticks],
        tickangle=0,
        showgrid=True,
        ticks="",
        showline=True,
    )
    if start < 0 < end:
        figure.add_vline(x=0, line={"color": theme.colour("axis"), "width": 1})
    over, right_of = text("metric.pe_forward", theme.language), "chart.growth_axis"
    corner: dict[str, Any] = {"xref": "paper", "yref": "paper"}
    words_at(figure, f"↑ {over}", 0, 1, theme, xanchor="left", xshift=-left + 9, **corner)
    words_at(
        figure,
        f"{text(right_of, theme.language)} →",
        1,
        0,
        theme,
        xanchor="right",
        yanchor="top",
        yshift=-20,
        **corner,
    )
    figure.update_layout(hovermode="closest")
    return Axes(start, end, bottom, top, left, right)


def _peg_line(figure: Draft, plot: Plot, taken: list[Box], theme: Theme) -> list[Box]:
    """Draw where the multiple equals the growth (PEG 1), with its name where there is room, which
    is then taken; the px along the line, which names keep off.
    """
    start, end, bottom, top, *_ = plot.axes
    first, last = max(start, bottom), min(end, top)
    if last - first <= 0.1 * min(end - start, top - bottom):
        return []
    figure.add_shape(
        type="line",
        x0=first,
        y0=first,
        x1=last,
        y1=last,
        layer="below",
        line={"color": theme.colour("muted"), "width": 1, "dash": "dot"},
    )
    words = text("chart.peg", theme.language)
    for share in (0.97, 0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.2, 0.1, 0.03):
        at = first + (last - first) * share
        places = free_places(
            measure(words, BODY),
            plot.place(at, at),
            taken,
            (plot.width, plot.height),
            rings=(3,),
            sides=((0.7, 0.7), (-0.7, -0.7)),
        )
        if place := next(places, None):
            label_point(figure, words, at, at, place, theme, theme.colour("muted"))
            taken.append(box_of(*plot.place(at, at), place, measure(words, BODY)))
            break
    along = (plot.place(at, at) for at in (first + (last - first) * i / 80 for i in range(81)))
    return [(x - 3, y - 3, x + 3, y + 3) for x, y in along]


def _names_beside_points(
    frame: pd.DataFrame,
    chosen: set[str],
    plot: Plot,
    points: list[tuple[float, float]],
    taken: list[Box],
    guide: list[Box],
    theme: Theme,
) -> Iterator[Name]:
    """The names that find a free place; each takes its place."""
    names = [shorten(str(name), min(110.0, theme.width * 0.26)) for name in frame["name"]]
    bold = [ticker in chosen for ticker in frame["ticker"]]
    widths = [measure(name, BODY, strong) for name, strong in zip(names, bold)]
    room = (plot.width, plot.height)
    left_over = set(range(len(frame)))
    while left_over:
        # The point with the fewest places beside it comes first, one with no place after all
        # others.
        beside = {
            i: sum(1 for _ in free_places(widths[i], points[i], taken, room, rings=(9,)))
            for i in left_over
        }
        i = min(left_over, key=lambda j: (beside[j] == 0, beside[j], j))
        left_over.remove(i)
        if place := next(free_places(widths[i], points[i], taken, room, guide), None):
            taken.append(box_of(*points[i], place, widths[i]))
            yield Name(i, f"<b>{escape(names[i])}</b>" if bold[i] else escape(names[i]), place)


def too_short(item: Mapping, years: int | None, language: str) -> str:
    """Which part of the observations that a percentile needs is there: 14 of the 30 month-ends
    needed.

    item: a row of valuation_standing (n, needed, frequency). years: length of its window, 0 since
    listing, None where it does not matter.
    """
    needed = item.get("needed")
    if needed is None or formats.is_missing(needed):  # a snapshot of an earlier version
        return text("unranked.short", language)
    if item["frequency"] == "month_end" and years and 12 * years < needed:
        return text("unranked.daily", language, window=text(f"window.{years}y", language))
    observations = text(f"observations.{item['frequency']}", language)
    counts = {"number": int(item["n"]), "needed": int(needed)}
    return text("unranked.history", language, observations=observations, **counts)


def _reason(item: Mapping, write: Write, language: str) -> str:
    """Why a company is not ranked, after its multiple where it has one."""
    is_fresh = item["status"] == "OK"
    reason = (
        too_short(item, None, language) if is_fresh else text(f"status.{item['status']}", language)
    )
    return reason if formats.is_missing(item["value"]) else f"{write(item['value'])} · {reason}"


def _name_rows(
    figure: Draft,
    frame: pd.DataFrame,
    rows_y: Sequence[float],
    highlight: Iterable[str],
    theme: Theme,
) -> float:
    """Set the y axis of one row a company, named.

    Returns the px that the names need on the left.
    """
    bold, room = set(highlight), min(190.0, theme.width * 0.3)
    names = [shorten(str(name), room) for name in frame["name"]]
    figure.update_yaxes(
        range=[rows_y[-1] - 0.7, 0.7],
        tickmode="array",
        tickvals=rows_y,
        showgrid=False,
        ticks="",
        showline=False,
        ticktext=[
            f"<b>{escape(n)}</b>" if t in bold else escape(n)
            for n, t in zip(names, frame["ticker"])
        ],
    )
    return max(measure(name, BODY, True) for name in names) + 20


def _words_beside(
    figure: Draft, words: Sequence[tuple[str, str]], rows_y: Sequence[float]
) -> float:
    """Write (words, colour) at the right of each row. Returns the px that they need."""
    for (written, colour), y in zip(words, rows_y):
        figure.add_annotation(
            name="label",
            text=escape(written),
            xref="paper",
            x=1,
            xanchor="left",
            xshift=10,
            yref="y",
            y=y,
            yanchor="middle",
            showarrow=False,
            borderpad=0,
            font={"size": BODY, "color": colour, "family": FONTS},
        )
    return max(measure(written, BODY) for written, _ in words) + 20


def _times_axis(figure: Draft, numbers: Sequence[float], write: Write, room: float) -> bool:
    """Set the x axis of multiples with written ticks; True where it is logarithmic: the highest
    more than twelve times the lowest.
    """
    low, high = (min(numbers), max(numbers)) if numbers else (0.0, 1.0)
    log = low > 0 and high / low > 12
    if log:
        ticks = log_ticks(low / 1.05, high * 1.05)
        bounds = [math.log10(low / 1.08), math.log10(high * 1.08)]
    else:
        pad = (high - low or abs(high) or 1.0) * 0.04
        ticks = ticks_inside(low - pad, high + pad, 6)
        bounds = [low - pad, high + pad]
    digits = digits_of(ticks)
    most = max(2, int(room // 48))
    ticks = ticks[:: math.ceil(len(ticks) / most)]
    figure.update_xaxes(
        tickangle=0,
        type="log" if log else "linear",
        range=bounds,
        tickmode="array",
        tickvals=ticks,
        ticktext=[short_tick(write, t, decimals_of(t) if log else digits) for t in ticks],
        showgrid=True,
        ticks="",
        showline=False,
    )
    return log
