"""What was expected beside what came, and targets on the price of their own line."""

from __future__ import annotations

import pandas as pd
import plotly.graph_objects as go

from ui import formats
from ui.charts.parts import (
    LEAST_ROWS,
    NARROW,
    Write,
    column_of,
    date_axis,
    digits_of,
    directed,
    empty_figure,
    end_labels,
    flags_of,
    floats,
    height_of_chart,
    iso_days,
    known_values,
    line_trace,
    named,
    need,
    noted,
    rows_room,
    ticks_inside,
    value_axis,
)
from ui.draft import Draft, scatter
from ui.palette import Theme, direction
from ui.stamp import BODY, FONTS, Stamp, escape, finish, measure, shorten
from ui.text import text

ROW = 30  # px of one row of a dumbbell
MOST_NAMES = 8  # targets named beside the plot


def dumbbell(
    frame: pd.DataFrame,
    stamp: Stamp,
    theme: Theme,
    *,
    write: Write = str,
    zero: bool = False,
    legend: tuple[str, str] | None = None,
    empty: str | None = None,
    height: int | None = None,
) -> go.Figure:
    """Rows from one value to another: name, before, after, words (beside the row; details after two
    blanks), and where known good (1 better, -1 worse, else neither), hollow, hover.

    zero: the axis holds zero, where every row begins. legend: what the ring and the dot are.
    """
    frame = need(frame, "name", "before", "after", "words")
    if len(frame):
        frame = frame[frame["before"].notna() & frame["after"].notna()].reset_index(drop=True)
    if not len(frame):
        return empty_figure(empty, stamp, theme, height)
    before, after = floats(frame["before"]), floats(frame["after"])
    good, hollow = column_of(frame, "good"), flags_of(frame, "hollow")
    is_judged = any(not formats.is_missing(g) for g in good)
    colours = [
        theme.colour("accent") if formats.is_missing(g) else direction(float(g), theme)
        for g in good
    ]
    places = [-i for i in range(len(frame))]
    figure = Draft()
    for a, b, y, colour in zip(before, after, places, colours):
        figure.add_shape(
            type="line", x0=a, x1=b, y0=y, y1=y, line={"color": colour, "width": 3}, layer="below"
        )
    ring = {
        "color": theme.colour("paper"),
        "size": 11,
        "line": {"color": theme.colour("muted"), "width": 2},
    }
    dots = {
        "color": [theme.colour("paper") if h else c for h, c in zip(hollow, colours)],
        "size": 12,
        "line": {"color": colours, "width": 2},
    }
    hover = [
        str(h) if isinstance(h, str) else f"<b>{escape(n)}</b><br>{escape(w)}"
        for n, w, h in zip(frame["name"], frame["words"], column_of(frame, "hover"))
    ]
    for values, marker in ((before, ring), (after, dots)):
        figure.add_trace(
            scatter(
                x=values,
                y=places,
                mode="markers",
                marker=marker,
                hovertext=hover,
                hoverinfo="text",
                cliponaxis=False,
            )
        )
    names = [shorten(str(name), theme.width * 0.34) for name in frame["name"]]
    # Where there is no room for both, what stands behind two blanks is left to the hover.
    words = [
        shorten(str(w) if theme.width >= NARROW else str(w).split("  ")[0], theme.width * 0.36)
        for w in frame["words"]
    ]
    left = max(measure(name, BODY) for name in names) + 22
    right = max(measure(w, BODY, True) for w in words) + 24
    numbers = known_values(before, after, [0.0] if zero else [])
    _axis_of_numbers(figure, numbers, theme.width - left - right, write)
    figure.update_yaxes(
        range=[places[-1] - 0.7, 0.7],
        tickmode="array",
        tickvals=places,
        ticktext=[escape(name) for name in names],
        showgrid=False,
        ticks="",
        showline=False,
    )
    if zero:
        figure.add_vline(x=0, line={"color": theme.colour("axis"), "width": 1})
    for y, w, colour, g in zip(places, words, colours, good):
        _write_beside(figure, y, w, theme.colour("ink") if formats.is_missing(g) else colour)
    figure.update_layout(hovermode="closest")
    if any(hollow):
        stamp = noted(stamp, text("chart.note_rate", theme.language))
    if is_judged:
        stamp = directed(stamp, theme)
    marks = (theme.colour("muted"), theme.colour("ink" if is_judged else "accent"))
    keys = list(zip(legend, marks)) if legend else ()
    least = max(theme.pitch(ROW) * len(frame), LEAST_ROWS)
    return finish(
        figure,
        stamp,
        theme,
        left=left,
        right=right,
        height=height or max(300, rows_room(stamp, theme, least, legend=keys)),
        legend=keys,
    )


def _axis_of_numbers(figure: Draft, values: list[float], room: float, write: Write) -> None:
    """The axis over these values, with as many ticks as room px hold."""
    low, high = min(values), max(values)
    span = high - low or abs(high) or 1.0
    low, high = low - span * 0.08, high + span * 0.08
    ticks = ticks_inside(low, high, max(2, int(room // 70)))
    digits = digits_of(ticks) if len(ticks) > 1 else 1
    figure.update_xaxes(
        type="linear",
        range=[low, high],
        tickmode="array",
        tickvals=ticks,
        ticktext=[write(round(t, digits)) for t in ticks],
        showgrid=True,
        ticks="",
        showline=False,
    )


def _write_beside(figure: Draft, y: float, words: str, colour: str) -> None:
    """Bold words to the right of the plot, in the row at y."""
    figure.add_annotation(
        name="label",
        text=f"<b>{escape(words)}</b>",
        xref="paper",
        x=1,
        xanchor="left",
        xshift=12,
        yref="y",
        y=y,
        yanchor="middle",
        showarrow=False,
        borderpad=0,
        align="left",
        font={"size": BODY, "color": colour, "family": FONTS},
    )


def price_targets(
    targets: pd.DataFrame,
    closes: pd.DataFrame,
    stamp: Stamp,
    theme: Theme,
    *,
    currency: str = "HKD",
    median: float | None = None,
    empty: str | None = None,
    height: int | None = None,
) -> go.Figure:
    """Targets on the closes of their own line: targets = published_on, target_today, and where
    known in_consensus, broker (words), hover; closes = date, close.

    Filled: a broker's latest, not older than 180 days, named at the right where there is room;
        rings: older or superseded. median: of the filled ones, dashed.
    """
    language = theme.language
    marks = need(targets, "published_on", "target_today")
    marks = (
        marks[marks["published_on"].notna() & marks["target_today"].notna()].sort_values(
            "published_on"
        )
        if len(marks)
        else marks
    )
    line = need(closes, "date", "close")
    line = line[line["date"].notna()].sort_values("date") if len(line) else line
    prices, closing = floats(marks["target_today"]), floats(line["close"])
    if not known_values(prices):
        return empty_figure(empty, stamp, theme, height)
    figure, labels, room = Draft(), [], min(210, theme.width * 0.36)
    days = iso_days(line["date"])
    if known_values(closing):
        told = [
            (
                f"<b>{formats.day(d, language)}</b>"
                f"<br>{text('chart.close', language)} {formats.price(v, currency, language)}"
            )
            for d, v in zip(days, closing)
        ]
        figure.add_trace(line_trace(days, closing, theme.colour("ink"), width=1.8, hover=told))
        labels.append(
            (
                known_values(closing)[-1],
                f"{text('chart.close', language)} {formats.price(known_values(closing)[-1])}",
                theme.colour("ink"),
                False,
            )
        )
    now = flags_of(marks, "in_consensus")
    accent = theme.colour("accent")
    hover = [
        h
        if isinstance(h, str)
        else f"<b>{formats.day(d, language)}</b><br>{formats.price(p, currency, language)}"
        for h, d, p in zip(column_of(marks, "hover"), marks["published_on"], prices)
    ]
    figure.add_trace(
        scatter(
            x=iso_days(marks["published_on"]),
            y=prices,
            mode="markers",
            hovertext=hover,
            hoverinfo="text",
            cliponaxis=False,
            marker={
                "color": [accent if n else theme.colour("paper") for n in now],
                "size": 11,
                "line": {"color": accent, "width": 1.8},
            },
        )
    )
    extra = [] if median is None or formats.is_missing(median) else [float(median)]
    low, high, left = value_axis(
        figure, known_values(prices, closing, extra), theme, lambda v, d: formats.number(v, d)
    )
    if extra:
        figure.add_hline(y=extra[0], line={"color": accent, "width": 1.2, "dash": "dash"})
        labels.append(
            (
                extra[0],
                named(text("chart.median_target", language), formats.price(extra[0]), room / 1.05),
                accent,
                True,
            )
        )  # bold is wider
    brokers = [
        (p, f"{broker} {formats.price(p)}", theme.colour("muted"), False)
        for p, broker, n in zip(prices, column_of(marks, "broker"), now)
        if n and p is not None and isinstance(broker, str)
    ]
    if len(brokers) <= MOST_NAMES and theme.width >= NARROW:
        labels += brokers
    right = end_labels(figure, labels, low, high, height_of_chart(theme, height) - 150, room)
    date_axis(
        figure,
        [d for d in (*days, *iso_days(marks["published_on"])) if d],
        theme,
        theme.width - left - right,
    )
    figure.update_layout(hovermode="closest")
    return finish(figure, stamp, theme, left=left, right=right, height=height)
