"""What the charts share: axes and their ticks, labels at line ends, frames that lack a column, a
figure that says why it is empty.
"""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeVar

import pandas as pd
import plotly.graph_objects as go

from ui import formats
from ui.draft import Draft, Props, scatter
from ui.palette import Theme
from ui.stamp import BODY, FONTS, Stamp, Words, escape, finish, measure, shorten, wrap
from ui.text import text

Write = Callable[[Any], str]
T = TypeVar("T")

LABEL_GAP = 16  # px between two labels at line ends
LEAST_ROWS = 126  # px of plot, however few the rows
LEAST_PLOT = 190  # px: below it, labels at line ends would meet
# observations in one line: three years of sessions; beyond, a picture shows weeks, and a browser
# draws it in half the time
MOST_DAYS = 800
NARROW = 480  # px: below it, names stand in a line above the plot and not beside it


def iso_days(values: Iterable[Any]) -> list[str | None]:
    return [None if formats.is_missing(v) else pd.Timestamp(v).date().isoformat() for v in values]


def floats(values: Iterable[Any]) -> list[float | None]:
    return [None if formats.is_missing(v) or math.isinf(float(v)) else float(v) for v in values]


def weekly(frame: pd.DataFrame) -> pd.DataFrame:
    """The last row of each week where the frame (date ...) holds more days than a picture can show;
    else as it is.
    """
    if len(frame) <= MOST_DAYS:
        return frame
    return frame[
        frame["date"].dt.to_period("W").ne(frame["date"].dt.to_period("W").shift(-1))
    ].reset_index(drop=True)


def plot_room(
    stamp: Stamp, theme: Theme, height: int | None, *, least: float = LEAST_PLOT, **options: Any
) -> tuple[int, float]:
    """The height of a figure and of its plot, px.

    Where the stamp leaves too little, the figure grows, unless its height was asked for.
    """
    used = Words.of(stamp, theme, **options).taken
    tall = int(height or max(theme.height, used + least))
    return tall, float(tall - used)


def rows_room(stamp: Stamp, theme: Theme, plot: float, **options: Any) -> int:
    """The height of a figure that grows with its rows: so many px of plot, whatever the stamp
    takes.
    """
    return math.ceil(Words.of(stamp, theme, **options).taken + plot)


def known_values(*groups: Iterable[float | None]) -> list[float]:
    return [v for group in groups for v in group if v is not None]


def complete(values: Iterable[T | None]) -> list[T]:
    """The values of a column that must have no gap, so that it stays beside the other columns."""
    full = list(values)
    known = [value for value in full if value is not None]
    if len(known) != len(full):
        raise ValueError(f"{len(full) - len(known)} of {len(full)} values are missing")
    return known


def ticks_between(low: float, high: float, wanted: int = 5) -> list[float]:
    """Round values that cover low..high in about `wanted` steps."""
    span = high - low or abs(high) or 1.0
    raw = span / max(wanted, 1)
    power = 10 ** math.floor(math.log10(raw))
    step = next((m * power for m in (1, 2, 2.5, 5, 10) if m * power >= raw * 0.999), 10 * power)
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    return [round(i * step, 10) for i in range(first, last + 1)]


def ticks_inside(low: float, high: float, wanted: int = 5) -> list[float]:
    """Round values within low..high in about `wanted` steps, at least two of them.

    Where the span is too narrow for that many round values, the steps become finer.
    """
    slack = 1e-9 * max(1.0, abs(low), abs(high))
    for finer in (1, 2, 4, 8, 16):
        ticks = [
            tick
            for tick in ticks_between(low, high, wanted * finer)
            if low - slack <= tick <= high + slack
        ]
        if len(ticks) >= 2:
            return ticks
    return [low, high]


def log_ticks(low: float, high: float) -> list[float]:
    """Values 1, 2 and 5 of each power of ten within low..high (both positive), at least two."""
    powers = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    ticks = [m * 10.0**power for power in powers for m in (1, 2, 5)]
    ticks = [tick for tick in ticks if low <= tick <= high]
    return ticks if len(ticks) >= 2 else ticks_inside(low, high, 4)


def digits_of(ticks: Sequence[float]) -> int:
    """Decimals that tell neighbouring ticks apart."""
    return decimals_of(min((b - a for a, b in itertools.pairwise(ticks)), default=1.0))


def decimals_of(value: float) -> int:
    """Decimals that a round value needs, four at most."""
    for digits in range(4):
        if abs(round(value, digits) - value) < 1e-9 * max(1.0, abs(value)):
            return digits
    return 4


def value_axis(
    figure: Draft,
    values: Sequence[float],
    theme: Theme,
    write: Callable[[float, int], str],
    *,
    zero: bool = False,
) -> tuple[float, float, float]:
    """Set the y axis with written ticks.

    Returns low, high and the px that the labels need on the left.
    """
    low, high = (min(values), max(values)) if values else (0.0, 1.0)
    if zero:
        low, high = min(low, 0.0), max(high, 0.0)
    if high == low:
        pad = abs(high) * 0.1 or 1.0
        low, high = (low if zero and low == 0 else low - pad), high + pad
    span = high - low
    floor = low if zero and low == 0 else low - span * 0.04
    ceiling = high if zero and high == 0 else high + span * 0.06
    ticks = ticks_inside(floor, ceiling)
    digits = digits_of(ticks)
    labels = [write(t, digits) for t in ticks]
    figure.update_yaxes(
        range=[floor, ceiling],
        tickmode="array",
        tickvals=ticks,
        ticktext=labels,
        showgrid=True,
        ticks="",
        showline=False,
    )
    return floor, ceiling, max(measure(label, BODY) for label in labels) + 16


def date_axis(figure: Draft, days: Sequence[str], theme: Theme, room: float) -> None:
    """Set the x axis over ISO days with ticks at years, quarters or months, written in the theme's
    language.
    """
    first, last = pd.Timestamp(min(days)), pd.Timestamp(max(days))
    if first == last:
        figure.update_xaxes(
            type="date",
            range=[
                (first - pd.Timedelta(days=20)).isoformat(),
                (last + pd.Timedelta(days=20)).isoformat(),
            ],
            tickmode="array",
            tickvals=[first.date().isoformat()],
            ticktext=[formats.day(first, theme.language)],
            showgrid=False,
            ticks="outside",
            ticklen=4,
            showline=True,
        )
        return
    months = (last.year - first.year) * 12 + last.month - first.month + 1
    most = max(2, int(room // 74))
    step = next((s for s in (1, 2, 3, 6, 12, 24, 36, 60, 120) if months / s <= most), 240)
    places, labels = [], []
    for index in range(first.year * 12 + first.month - 1, last.year * 12 + last.month):
        if index % step:
            continue
        place = pd.Timestamp(year=index // 12, month=index % 12 + 1, day=1)
        if place < first or place > last:
            continue
        places.append(place.date().isoformat())
        if step >= 12:
            labels.append(str(place.year) if theme.language == "en" else f"{place.year}年")
        else:
            labels.append(formats.month(place, theme.language))
    if not places:
        places = [pd.Timestamp(days[0]).date().isoformat()]
        labels = [formats.day(days[0], theme.language)]
    pad = (last - first) * 0.012
    figure.update_xaxes(
        type="date",
        range=[(first - pad).isoformat(), (last + pad).isoformat()],
        tickmode="array",
        tickvals=places,
        ticktext=labels,
        showgrid=False,
        ticks="outside",
        ticklen=4,
        showline=True,
    )


def period_axis(figure: Draft, names: Sequence[str], room: float) -> float:
    """Set a numeric x axis 0..n-1 that carries names, thinned to the room.

    Returns the px it needs below.
    """
    count = max(len(names), 1)
    slot = room / count
    widest = (
        max([max(measure(part, BODY) for part in two_lines(name)) for name in names] or [20.0]) + 10
    )
    every = max(1, math.ceil(widest / slot))
    # Counted from the latest, which is always named.
    places = [i for i in range(len(names)) if (len(names) - 1 - i) % every == 0]
    labels = ["<br>".join(escape(part) for part in two_lines(names[i])) for i in places]
    figure.update_xaxes(
        type="linear",
        range=[-0.6, count - 0.4],
        tickmode="array",
        tickvals=places,
        ticktext=labels,
        showgrid=False,
        ticks="",
        showline=True,
        tickangle=0,
    )
    return 40 if any("<br>" in label for label in labels) else 24


def two_lines(name: str) -> list[str]:
    """'FY2022 Q3 (Dec 2021)' stands in two lines under an axis."""
    for bracket in (" (", "（"):
        if bracket in name:
            head, tail = name.split(bracket, 1)
            return [head, tail.rstrip(")）")]
    return [name]


def spread(wanted: Sequence[float], gap: float, low: float, high: float) -> list[float]:
    """Places near the wanted ones that keep `gap` apart and within low..high, in the same order."""
    order = sorted(range(len(wanted)), key=lambda i: wanted[i])
    gap = min(gap, (high - low) / max(len(wanted) - 1, 1))
    groups: list[list[float]] = []  # [sum of centres, members]
    for i in order:
        groups.append([min(max(wanted[i], low), high), 1])
        while len(groups) > 1:
            (a, m), (b, n) = groups[-2], groups[-1]
            if b - a >= gap * (m + n) / 2:
                break
            groups[-2:] = [[(a * m + b * n) / (m + n), m + n]]
    places: list[float] = []
    for centre, members in groups:
        start = centre - gap * (members - 1) / 2
        places.extend(start + gap * k for k in range(int(members)))
    for k in range(1, len(places)):
        places[k] = max(places[k], places[k - 1] + gap)
    if places and places[-1] > high:
        places[-1] = high
        for k in range(len(places) - 2, -1, -1):
            places[k] = min(places[k], places[k + 1] - gap)
    if places and places[0] < low:
        places[0] = low
        for k in range(1, len(places)):
            places[k] = max(places[k], places[k - 1] + gap)
    result = [0.0] * len(wanted)
    for place, i in zip(places, order):
        result[i] = place
    return result


def end_labels(
    figure: Draft,
    labels: Sequence[tuple[float, str, str, bool]],
    low: float,
    high: float,
    plot: float,
    widest: float,
    *,
    swatch: str | None = None,
) -> float:
    """Write (y, words, colour, bold) beside the right end of the plot, apart from each other.

    With `swatch`, an ink colour, the words are in ink behind a square of their colour: the hues of
    series are strong enough for marks, not for small text. Returns the px they need on the right.
    """
    if not labels:
        return 16
    places = spread(
        [label[0] for label in labels], LABEL_GAP / max(60.0, plot) * (high - low), low, high
    )
    need = 0.0
    for place, (_, words, colour, bold) in zip(places, labels):
        words = shorten(words, widest)
        need = max(need, measure(words, BODY, bold) + (14 if swatch else 0))
        shown = f"<b>{escape(words)}</b>" if bold else escape(words)
        if swatch:
            shown = f'<span style="color:{colour}">■</span> {shown}'
        figure.add_annotation(
            name="label",
            text=shown,
            xref="paper",
            x=1,
            xanchor="left",
            xshift=8,
            yref="y",
            y=place,
            yanchor="middle",
            showarrow=False,
            borderpad=0,
            align="left",
            font={"size": BODY, "color": swatch or colour, "family": FONTS},
        )
    return need + 18


def named(name: str, value: str, room: float) -> str:
    """A label of name and value in which the name gives way, never the value."""
    return f"{shorten(name, room - measure(' ' + value, BODY) - 2)} {value}"


def label(
    words: str,
    x: Any,
    y: Any,
    theme: Theme,
    *,
    colour: str | None = None,
    xanchor: str = "center",
    yanchor: str = "bottom",
    yshift: float = 0,
    xshift: float = 0,
    xref: str = "x",
    yref: str = "y",
    bold: bool = False,
) -> dict[str, Any]:
    """One label inside the plot, for a chart that sets its many labels at once: Plotly takes each
    one added as long as all before it.
    """
    return {
        "name": "label",
        "text": f"<b>{words}</b>" if bold else words,
        "x": x,
        "y": y,
        "xref": xref,
        "yref": yref,
        "xanchor": xanchor,
        "yanchor": yanchor,
        "yshift": yshift,
        "xshift": xshift,
        "showarrow": False,
        "borderpad": 1,
        "align": "left",
        "font": {"size": BODY, "color": colour or theme.colour("muted"), "family": FONTS},
    }


def words_at(figure: Draft, words: str, x: Any, y: Any, theme: Theme, **options: Any) -> None:
    """One label inside the plot, added to the figure."""
    figure.add_annotation(**label(words, x, y, theme, **options))


def empty_figure(words: str | None, stamp: Stamp, theme: Theme, height: int | None) -> go.Figure:
    """A figure without a plot that says why there is none."""
    figure = Draft(scatter(x=[], y=[], mode="markers", marker={"color": theme.colour("muted")}))
    lines = wrap(words or text("chart.empty", theme.language), theme.width - 80, 13)
    figure.add_annotation(
        name="empty",
        text="<br>".join(escape(line) for line in lines),
        xref="paper",
        yref="paper",
        x=0.5,
        y=0.5,
        showarrow=False,
        font={"size": 13, "color": theme.colour("muted"), "family": FONTS},
    )
    figure.update_xaxes(visible=False, range=[0, 1])
    figure.update_yaxes(visible=False, range=[0, 1])
    return finish(figure, stamp, theme, left=16, right=16, ticks=4, height=height)


def noted(stamp: Stamp, *notes: str) -> Stamp:
    """The stamp with the chart's own notes after the caller's."""
    words = " ".join(note for note in (stamp.note, *notes) if note)
    return Stamp(
        stamp.title, stamp.subtitle, stamp.as_of, stamp.source, words, stamp.number, stamp.link
    )


def directed(stamp: Stamp, theme: Theme) -> Stamp:
    """The stamp of a chart in the colours of rise and fall: it says which is which where red
    is up.
    """
    return (
        noted(stamp, text("footer.colours_cn", theme.language)) if theme.updown == "cn" else stamp
    )


def height_of_chart(theme: Theme, height: int | None) -> int:
    return int(height or theme.height)


def scaled(values: Sequence[float], language: str) -> Callable[[float, int], str]:
    """Axis labels in one unit for the whole axis: '5bn', '50亿'."""
    unit = formats.scale(max((abs(v) for v in values), default=0.0), language)

    def write(value: float, digits_of: int) -> str:
        share = value / unit.divisor
        digits = next((d for d in range(3) if abs(round(share, d) - share) < 1e-9), 2)
        return formats.number(share, digits) + (unit.word if value else "")

    return write


def column_of(frame: pd.DataFrame, name: str) -> list[Any]:
    return list(frame[name]) if name in frame.columns else [None] * len(frame)


def flags_of(frame: pd.DataFrame, name: str) -> list[bool]:
    return [False if formats.is_missing(v) else bool(v) for v in column_of(frame, name)]


def need(frame: pd.DataFrame | None, *names: str) -> pd.DataFrame:
    """The frame, or an empty one for None; KeyError names the columns that are absent."""
    if frame is None:
        return pd.DataFrame(columns=list(names))
    absent = [name for name in names if name not in frame.columns]
    if absent and len(frame):
        raise KeyError(f"the chart needs the columns {', '.join(absent)}")
    return frame.reset_index(drop=True) if not absent else pd.DataFrame(columns=list(names))


def line_trace(
    days: Sequence[Any],
    values: Sequence[float | None],
    colour: str,
    *,
    width: float = 2,
    hover: Sequence[str] | None = None,
    dash: str = "solid",
    shape: str = "linear",
) -> Props:
    """A line with gaps where values are missing; a point alone between gaps gets a dot."""
    alone = [
        v is not None
        and (i == 0 or values[i - 1] is None)
        and (i == len(values) - 1 or values[i + 1] is None)
        for i, v in enumerate(values)
    ]
    return scatter(
        x=list(days),
        y=list(values),
        mode="lines+markers" if any(alone) else "lines",
        connectgaps=False,
        line={"color": colour, "width": width, "dash": dash, "shape": shape},
        marker={
            "color": colour,
            "size": [6 if a else 0 for a in alone] if any(alone) else 0,
            "line": {"width": 0},
        },
        hovertext=list(hover) if hover is not None else None,
        hoverinfo="text" if hover is not None else "skip",
    )


def short_tick(write: Write, value: float, digits: int) -> str:
    """A tick label: the chart's own words without decimals where the ticks are whole."""
    return re.sub(r"\.0+(?!\d)", "", write(value), count=1) if digits == 0 else write(value)


def headroom(figure: Draft, values: Sequence[float]) -> None:
    """Stretch the y axis so that a label beyond the longest bar stays inside."""
    low, high = figure.yaxis["range"]
    span = max([*values, 0.0]) - min([*values, 0.0]) or 1.0
    low = min(low, min(values) - span * 0.12) if min(values) < 0 else low
    high = max(high, max(values) + span * 0.12) if max(values) > 0 else high
    figure.update_yaxes(range=[low, high])
