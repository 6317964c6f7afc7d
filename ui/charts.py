"""The pictures: a tidy DataFrame in, a finished Plotly figure out, one function a chart.

Every function takes `stamp` (what the picture says about itself) and `theme` (how it is drawn) and ends in
`finish`. Frames come as the warehouse's views give them, with the column names written in each docstring;
nothing is computed here beyond places and labels. No rows give a figure that says why: `empty`.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from ui import formats
from ui.palette import Theme, alpha, cheap_to_dear, company, is_other, segments
from ui.stamp import (
    BODY,
    FONTS,
    Stamp,
    config,
    escape,
    filename,
    finish,
    light_copy,
    measure,
    shorten,
    wrap,
)
from ui.text import text

__all__ = [
    "Stamp", "Theme", "bars_by_period", "config", "cross_section", "cumulative_by_year", "filename", "finish",
    "growth_by_segment", "index_history", "league_bars", "light_copy", "lines", "mix", "percentile_band",
    "price_paid", "stacked_segments",
]  # fmt: skip

Write = Callable[[Any], str]

EXPORT_PLOT = 540 - 150  # px of plot in the exported picture, about: labels must not meet there either
LABEL_GAP = 16  # px between two labels at line ends
NARROW = 480  # px: below it, names stand in a line above the plot and not beside it


# --- shared pieces -----------------------------------------------------------------------------------------------


def _iso(values: Iterable[Any]) -> list[str | None]:
    return [None if formats.is_missing(v) else pd.Timestamp(v).date().isoformat() for v in values]


def _floats(values: Iterable[Any]) -> list[float | None]:
    return [None if formats.is_missing(v) or math.isinf(float(v)) else float(v) for v in values]


def _known(*groups: Iterable[float | None]) -> list[float]:
    return [v for group in groups for v in group if v is not None]


def _ticks(low: float, high: float, wanted: int = 5) -> list[float]:
    """Round values that cover low..high in about `wanted` steps."""
    span = high - low or abs(high) or 1.0
    raw = span / max(wanted, 1)
    power = 10 ** math.floor(math.log10(raw))
    step = next((m * power for m in (1, 2, 2.5, 5, 10) if m * power >= raw * 0.999), 10 * power)
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    return [round(i * step, 10) for i in range(first, last + 1)]


def _digits(ticks: Sequence[float]) -> int:
    """Decimals that tell neighbouring ticks apart."""
    step = min((b - a for a, b in zip(ticks, ticks[1:])), default=1.0)
    for digits in range(4):
        if abs(round(step, digits) - step) < 1e-9 * max(1.0, abs(step)):
            return digits
    return 4


def _value_axis(
    figure: go.Figure, values: Sequence[float], theme: Theme, write: Callable[[float, int], str], *, zero: bool = False
) -> tuple[float, float, float]:
    """Set the y axis with written ticks. Returns low, high and the px that the labels need on the left."""
    low, high = (min(values), max(values)) if values else (0.0, 1.0)
    if zero:
        low, high = min(low, 0.0), max(high, 0.0)
    if high == low:
        pad = abs(high) * 0.1 or 1.0
        low, high = (low if zero and low == 0 else low - pad), high + pad
    span = high - low
    floor = low if zero and low == 0 else low - span * 0.04
    ceiling = high if zero and high == 0 else high + span * 0.06
    ticks = [t for t in _ticks(floor, ceiling) if floor - 1e-9 <= t <= ceiling + 1e-9]
    digits = _digits(ticks)
    labels = [write(t, digits) for t in ticks]
    figure.update_yaxes(
        range=[floor, ceiling], tickmode="array", tickvals=ticks, ticktext=labels, showgrid=True, ticks="", showline=False
    )
    return floor, ceiling, max([measure(label, BODY) for label in labels] or [20]) + 16


def _date_axis(figure: go.Figure, days: Sequence[str], theme: Theme, room: float) -> None:
    """Set the x axis over ISO days with ticks at years, quarters or months, written in the theme's language."""
    first, last = pd.Timestamp(min(days)), pd.Timestamp(max(days))
    if first == last:
        figure.update_xaxes(
            type="date", range=[(first - pd.Timedelta(days=20)).isoformat(), (last + pd.Timedelta(days=20)).isoformat()],
            tickmode="array", tickvals=[first.date().isoformat()], ticktext=[formats.day(first, theme.language)],
            showgrid=False, ticks="outside", ticklen=4, showline=True,
        )  # fmt: skip
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
        type="date", range=[(first - pad).isoformat(), (last + pad).isoformat()], tickmode="array", tickvals=places,
        ticktext=labels, showgrid=False, ticks="outside", ticklen=4, showline=True,
    )  # fmt: skip


def _period_axis(figure: go.Figure, names: Sequence[str], room: float) -> float:
    """Set a numeric x axis 0..n-1 that carries names, thinned to the room. Returns the px it needs below."""
    count = max(len(names), 1)
    slot = room / count
    widest = max([max(measure(part, BODY) for part in _two_lines(name)) for name in names] or [20.0]) + 10
    every = max(1, math.ceil(widest / slot))
    # Counted from the latest, which is always named.
    places = [i for i in range(len(names)) if (len(names) - 1 - i) % every == 0]
    labels = ["<br>".join(escape(part) for part in _two_lines(names[i])) for i in places]
    figure.update_xaxes(
        type="linear", range=[-0.6, count - 0.4], tickmode="array", tickvals=places, ticktext=labels, showgrid=False,
        ticks="", showline=True, tickangle=0,
    )  # fmt: skip
    return 40 if any("<br>" in label for label in labels) else 24


def _two_lines(name: str) -> list[str]:
    """'FY2022 Q3 (Dec 2021)' stands in two lines under an axis."""
    for bracket in (" (", "（"):
        if bracket in name:
            head, tail = name.split(bracket, 1)
            return [head, tail.rstrip(")）")]
    return [name]


def _spread(wanted: Sequence[float], gap: float, low: float, high: float) -> list[float]:
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


def _end_labels(
    figure: go.Figure, labels: Sequence[tuple[float, str, str, bool]], low: float, high: float, plot: float, widest: float,
    *, swatch: str | None = None,
) -> float:  # fmt: skip
    """Write (y, words, colour, bold) beside the right end of the plot, apart from each other.

    With `swatch`, an ink colour, the words are in ink behind a square of their colour: the hues of series are
    strong enough for marks, not for small text. Returns the px they need on the right.
    """
    if not labels:
        return 16
    plot = max(60.0, min(plot, EXPORT_PLOT))
    places = _spread([label[0] for label in labels], LABEL_GAP / plot * (high - low), low, high)
    need = 0.0
    for place, (_, words, colour, bold) in zip(places, labels):
        words = shorten(words, widest)
        need = max(need, measure(words, BODY, bold) + (14 if swatch else 0))
        shown = f"<b>{escape(words)}</b>" if bold else escape(words)
        if swatch:
            shown = f'<span style="color:{colour}">■</span> {shown}'
        figure.add_annotation(
            name="label", text=shown, xref="paper", x=1, xanchor="left",
            xshift=8, yref="y", y=place, yanchor="middle", showarrow=False, borderpad=0, align="left",
            font={"size": BODY, "color": swatch or colour, "family": FONTS},
        )  # fmt: skip
    return need + 18


def _named(name: str, value: str, room: float) -> str:
    """A label of name and value in which the name gives way, never the value."""
    return f"{shorten(name, room - measure(' ' + value, BODY) - 2)} {value}"


def _words(
    figure: go.Figure, words: str, x: Any, y: Any, theme: Theme, *, colour: str | None = None, xanchor: str = "center",
    yanchor: str = "bottom", yshift: float = 0, xshift: float = 0, xref: str = "x", yref: str = "y", bold: bool = False,
) -> None:  # fmt: skip
    """One label inside the plot."""
    figure.add_annotation(
        name="label", text=f"<b>{words}</b>" if bold else words, x=x, y=y, xref=xref, yref=yref, xanchor=xanchor,
        yanchor=yanchor, yshift=yshift, xshift=xshift, showarrow=False, borderpad=1, align="left",
        font={"size": BODY, "color": colour or theme.colour("muted"), "family": FONTS},
    )  # fmt: skip


def _empty(words: str | None, stamp: Stamp, theme: Theme, height: int | None) -> go.Figure:
    """A figure without a plot that says why there is none."""
    figure = go.Figure(go.Scatter(x=[], y=[], mode="markers", marker={"color": theme.colour("muted")}))
    lines = wrap(words or text("chart.empty", theme.language), theme.width - 80, 13)
    figure.add_annotation(
        name="empty", text="<br>".join(escape(line) for line in lines), xref="paper", yref="paper", x=0.5, y=0.5,
        showarrow=False, font={"size": 13, "color": theme.colour("muted"), "family": FONTS},
    )  # fmt: skip
    figure.update_xaxes(visible=False, range=[0, 1])
    figure.update_yaxes(visible=False, range=[0, 1])
    return finish(figure, stamp, theme, left=16, right=16, ticks=4, height=height)


def _noted(stamp: Stamp, *notes: str) -> Stamp:
    """The stamp with the chart's own notes after the caller's."""
    words = " ".join(note for note in (stamp.note, *notes) if note)
    return Stamp(stamp.title, stamp.subtitle, stamp.as_of, stamp.source, words, stamp.number, stamp.snapshot)


def _height(theme: Theme, height: int | None) -> int:
    return int(height or theme.height)


def _scaled(values: Sequence[float], language: str) -> Callable[[float, int], str]:
    """Axis labels in one unit for the whole axis: '5bn', '50亿'."""
    unit = formats.scale(max((abs(v) for v in values), default=0.0), language)

    def write(value: float, _digits: int) -> str:
        share = value / unit.divisor
        digits = next((d for d in range(3) if abs(round(share, d) - share) < 1e-9), 2)
        return formats.number(share, digits) + (unit.word if value else "")

    return write


def _column(frame: pd.DataFrame, name: str) -> list[Any]:
    return list(frame[name]) if name in frame.columns else [None] * len(frame)


def _flags(frame: pd.DataFrame, name: str) -> list[bool]:
    return [False if formats.is_missing(v) else bool(v) for v in _column(frame, name)]


def _need(frame: pd.DataFrame | None, *names: str) -> pd.DataFrame:
    """The frame, or an empty one for None; KeyError names the columns that are absent."""
    if frame is None:
        return pd.DataFrame(columns=list(names))
    absent = [name for name in names if name not in frame.columns]
    if absent and len(frame):
        raise KeyError(f"the chart needs the columns {', '.join(absent)}")
    return frame.reset_index(drop=True) if not absent else pd.DataFrame(columns=list(names))


def _line(
    days: Sequence[Any], values: Sequence[float | None], colour: str, *, width: float = 2, hover: Sequence[str] | None = None,
    dash: str = "solid", shape: str = "linear",
) -> go.Scatter:  # fmt: skip
    """A line with gaps where values are missing; a point alone between gaps gets a dot."""
    alone = [
        v is not None and (i == 0 or values[i - 1] is None) and (i == len(values) - 1 or values[i + 1] is None)
        for i, v in enumerate(values)
    ]
    return go.Scatter(
        x=list(days), y=list(values), mode="lines+markers" if any(alone) else "lines", connectgaps=False,
        line={"color": colour, "width": width, "dash": dash, "shape": shape},
        marker={"color": colour, "size": [6 if a else 0 for a in alone] if any(alone) else 0, "line": {"width": 0}},
        hovertext=list(hover) if hover is not None else None, hoverinfo="text" if hover is not None else "skip",
    )  # fmt: skip


# --- valuation ---------------------------------------------------------------------------------------------------

QUANTILES = ("q10", "q25", "q50", "q75", "q90")


def percentile_band(
    history: pd.DataFrame,
    bands: Mapping[str, float] | pd.DataFrame | None,
    stamp: Stamp,
    theme: Theme,
    *,
    results: Iterable[Any] = (),
    percentile: float | None = None,
    colour: str | None = None,
    write: Write | None = None,
    empty: str | None = None,
    height: int | None = None,
) -> go.Figure:
    """A valuation through time with its quantile bands.

    history: date, value, status (OK and STALE rows carry values), and for the hover, where known: close,
    close_currency, per_share, per_share_currency, eps_period_end, fx_rate, effective (words for the day that
    results take effect). bands: q10 q25 q50 q75 q90 as constants of the window, or a frame with date and
    those columns. results: further days on which results take effect. percentile: the current one, 0-100.
    write: value -> words (18.4x).
    """
    language = theme.language
    write = write or (lambda value: formats.multiple(value, language))
    frame = _need(history, "date", "value", "status")
    if len(frame):
        frame = frame[frame["date"].notna()].sort_values("date").reset_index(drop=True)
    values = _floats(frame["value"])
    if not _known(values):
        return _empty(empty, stamp, theme, height)
    days = _iso(frame["date"])
    stale = [str(s).startswith("STALE") for s in frame["status"]]
    hover = _valuation_hover(frame, write, language)
    figure = go.Figure()

    quantiles: dict[str, list[float | None]] = {}
    band_days: list[Any] = [days[0], days[-1]]
    if isinstance(bands, pd.DataFrame):
        band_days = _iso(bands["date"])
        quantiles = {q: _floats(bands[q]) for q in QUANTILES if q in bands.columns}
    elif bands:
        quantiles = {q: _floats([bands[q]] * 2) for q in QUANTILES if not formats.is_missing(bands.get(q))}
    if len(set(band_days)) == 1:
        moment = pd.Timestamp(band_days[0])
        band_days = [(moment - pd.Timedelta(days=15)).date().isoformat(), (moment + pd.Timedelta(days=15)).date().isoformat()]
        quantiles = {q: [v[0], v[-1]] for q, v in quantiles.items()}
    fills = (("q10", "q25", "cheap", 0.16), ("q25", "q75", "stale", 0.12), ("q75", "q90", "dear", 0.16))
    for lower, upper, token, opacity in fills:
        if lower in quantiles and upper in quantiles:
            for name, fill in ((lower, None), (upper, "tonexty")):
                figure.add_trace(
                    go.Scatter(
                        x=band_days, y=quantiles[name], mode="lines", line={"width": 0, "color": theme.colour(token)},
                        fill=fill, fillcolor=alpha(theme.colour(token), opacity), hoverinfo="skip",
                    )  # fmt: skip
                )
    if "q50" in quantiles:
        figure.add_trace(_line(band_days, quantiles["q50"], theme.colour("muted"), width=1, dash="dot"))

    main = colour or theme.colour("accent")
    fresh = [None if old else v for v, old in zip(values, stale)]
    # A stale run starts at the last fresh point, so that the line does not break where it turns grey.
    grey = [
        v if old or (v is not None and i + 1 < len(values) and stale[i + 1]) else None
        for i, (v, old) in enumerate(zip(values, stale))
    ]
    if any(stale):
        figure.add_trace(_line(days, grey, theme.colour("stale"), hover=hover))
    figure.add_trace(_line(days, fresh, main, hover=hover))

    last = max(i for i, v in enumerate(values) if v is not None)
    here = theme.colour("stale") if stale[last] else main
    figure.add_trace(
        go.Scatter(
            x=[days[last]], y=[values[last]], mode="markers",
            marker={"color": here, "size": 9, "line": {"color": theme.colour("paper"), "width": 1.5}},
            hovertext=[hover[last]], hoverinfo="text",
        )  # fmt: skip
    )
    low, high, left = _value_axis(figure, _known(values, *quantiles.values()), theme, lambda v, d: _short(write, v, d))

    marks = {day: text("chart.results_effective", language) for day in _iso(results) if day}
    for day, words in zip(days, _column(frame, "effective")):
        if day and not formats.is_missing(words) and words is not False and str(words):
            marks[day] = text("chart.results_effective", language) + ("" if words is True else f": {words}")
    marks = {day: words for day, words in marks.items() if days[0] <= day <= days[-1]}
    if marks:
        figure.add_trace(
            go.Scatter(
                x=list(marks), y=[low] * len(marks), mode="markers", cliponaxis=False,
                marker={"symbol": "line-ns-open", "size": 9, "color": theme.colour("muted"), "line": {"width": 1.5, "color": theme.colour("muted")}},
                hovertext=[f"{formats.day(day, language)}<br>{escape(words)}" for day, words in marks.items()], hoverinfo="text",
            )  # fmt: skip
        )

    now = write(values[last])
    if percentile is not None and not formats.is_missing(percentile) and not stale[last]:
        now += " · " + formats.percentile(percentile, language)
    elif stale[last]:
        now += " · " + text("chart.stale", language)
    labels = [(values[last], now, theme.colour("muted" if stale[last] else "ink"), True)]
    for name, series in quantiles.items():
        if series and series[-1] is not None:
            labels.append((series[-1], f"{formats.ordinal(int(name[1:])) if language == 'en' else name[1:] + '%'} {write(series[-1])}", theme.colour("muted"), False))
    right = _end_labels(figure, labels, low, high, _height(theme, height) - 150, min(150, theme.width * 0.32))
    _date_axis(figure, days if len(days) == 1 else [d for d in (*days, *band_days) if d], theme, theme.width - left - right)
    figure.update_layout(hovermode="closest" if len(days) < 3 else "x")
    notes = (
        text("chart.note_results", language) if marks else "",
        text("chart.note_stale", language) if any(stale) else "",
    )
    return finish(figure, _noted(stamp, *notes), theme, left=left, right=right, height=height)


def _short(write: Write, value: float, digits: int) -> str:
    """A tick label: the chart's own words without decimals where the ticks are whole."""
    return re.sub(r"\.0+(?!\d)", "", write(value), count=1) if digits == 0 else write(value)


def _valuation_hover(frame: pd.DataFrame, write: Write, language: str) -> list[str]:
    """Date, value, close, EPS-TTM, the day its EPS run to, and FX, a line each, where the frame knows them."""
    columns = {
        name: _column(frame, name)
        for name in ("date", "value", "status", "close", "close_currency", "per_share", "per_share_currency", "eps_period_end", "fx_rate")
    }
    hover = []
    for row in zip(*columns.values()):
        item = dict(zip(columns, row))
        lines = [f"<b>{formats.day(item['date'], language)}</b>  {escape(write(item['value']))}"]
        if not formats.is_missing(item["status"]) and item["status"] != "OK":
            lines[0] += " · " + text(f"status.{item['status']}", language)
        if not formats.is_missing(item["close"]):
            lines.append(f"{text('chart.close', language)} {formats.price(item['close'], _or_none(item['close_currency']), language)}")
        if not formats.is_missing(item["per_share"]):
            lines.append(f"{text('chart.eps_ttm', language)} {formats.price(item['per_share'], _or_none(item['per_share_currency']), language)}")
        if not formats.is_missing(item["eps_period_end"]):
            lines.append(text("chart.eps_to", language, date=formats.day(item["eps_period_end"], language)))
        if not formats.is_missing(item["fx_rate"]):
            lines.append(f"{text('chart.fx', language)} {formats.number(item['fx_rate'], 4)}")
        hover.append("<br>".join(lines))
    return hover


def _or_none(value: Any) -> str | None:
    return None if formats.is_missing(value) else str(value)


def cross_section(
    rows: pd.DataFrame,
    stamp: Stamp,
    theme: Theme,
    *,
    write: Write | None = None,
    highlight: Iterable[str] = (),
    empty: str | None = None,
    height: int | None = None,
) -> go.Figure:
    """Each company's range with its current point, cheapest percentile first, the unranked below in grey.

    rows: ticker, name, minimum, q25, q50, q75, maximum, value, percentile, status, one row a company.
    highlight: tickers whose names are bold. height: px; by default from the number of rows, at least the theme's.
    """
    language = theme.language
    write = write or (lambda value: formats.multiple(value, language))
    frame = _need(rows, "ticker", "name", "minimum", "q25", "q50", "q75", "maximum", "value", "percentile", "status")
    if not len(frame):
        return _empty(empty, stamp, theme, height)
    ranked = [not formats.is_missing(p) and s == "OK" for p, s in zip(frame["percentile"], frame["status"])]
    frame = frame.assign(_ranked=ranked)
    above = frame[frame["_ranked"]].sort_values(["percentile", "ticker"], kind="stable")
    below = frame[~frame["_ranked"]].sort_values("ticker", kind="stable")
    frame = pd.concat([above, below]).reset_index(drop=True)
    count = len(frame)
    bold = set(highlight)

    low_side, high_side = _floats(frame["minimum"]), _floats(frame["maximum"])
    firsts, lasts, middles, now = (_floats(frame[c]) for c in ("q25", "q75", "q50", "value"))
    numbers = [v for v in _known(low_side, high_side, firsts, lasts, middles, now)]
    log = bool(numbers) and min(numbers) > 0 and max(numbers) / min(numbers) > 12
    # The gap between the ranked and the rest is a row of its own.
    gap = 1 if len(above) and len(below) else 0
    rows_y = [-(i + (gap if i >= len(above) else 0)) for i in range(count)]

    def segments_of(starts: Sequence[float | None], ends: Sequence[float | None], keep: Callable[[int], bool]):
        xs: list[float | None] = []
        ys: list[float | None] = []
        for i, (a, b) in enumerate(zip(starts, ends)):
            if a is not None and b is not None and keep(i):
                xs += [a, b, None]
                ys += [rows_y[i], rows_y[i], None]
        return xs, ys

    figure = go.Figure()
    for keep, line, bar in (
        (lambda i: i < len(above), theme.colour("axis"), theme.colour("axis")),
        (lambda i: i >= len(above), theme.colour("grid"), theme.colour("grid")),
    ):
        for starts, ends, colour, width in ((low_side, high_side, line, 2), (firsts, lasts, bar, 8)):
            xs, ys = segments_of(starts, ends, keep)
            if xs:
                figure.add_trace(go.Scatter(x=xs, y=ys, mode="lines", line={"color": colour, "width": width}, hoverinfo="skip"))
    medians = [(m, rows_y[i]) for i, m in enumerate(middles) if m is not None]
    if medians:
        figure.add_trace(
            go.Scatter(
                x=[m for m, _ in medians], y=[y for _, y in medians], mode="markers", hoverinfo="skip",
                marker={"symbol": "line-ns-open", "size": 11, "color": theme.colour("muted"), "line": {"width": 2, "color": theme.colour("muted")}},
            )  # fmt: skip
        )
    colours = [cheap_to_dear(p if i < len(above) else None, theme) for i, p in enumerate(_floats(frame["percentile"]))]
    hover = []
    for item in frame.to_dict("records"):
        lines_ = [f"<b>{escape(item['name'])}</b> {escape(item['ticker'])}", f"{escape(write(item['value']))} · {formats.percentile(item['percentile'], language)}"]
        if not formats.is_missing(item["minimum"]) and not formats.is_missing(item["maximum"]):
            words = text("headline.range_value", language, low=write(item["minimum"]), high=write(item["maximum"]))
            lines_.append(f"{text('chart.range', language)} {words} · {text('chart.median', language)} {write(item['q50'])}")
        if item["status"] != "OK":
            lines_.append(text(f"status.{item['status']}", language))
        hover.append("<br>".join(lines_))
    points = [i for i, v in enumerate(now) if v is not None]
    figure.add_trace(
        go.Scatter(
            x=[now[i] for i in points], y=[rows_y[i] for i in points], mode="markers",
            marker={"color": [colours[i] for i in points], "size": 11, "line": {"color": theme.colour("paper"), "width": 1.5}},
            hovertext=[hover[i] for i in points], hoverinfo="text",
        )  # fmt: skip
    )

    room = min(190.0, theme.width * 0.3)
    names = [shorten(str(name), room) for name in frame["name"]]
    left = max(measure(name, BODY, True) for name in names) + 20
    right = 0.0
    for i, item in enumerate(frame.to_dict("records")):
        if i < len(above):
            words = f"{write(item['value'])} · {formats.percentile(item['percentile'], language)}"
            colour = theme.colour("ink")
        else:
            reason = text(f"status.{item['status']}", language) if item["status"] != "OK" else text("chart.unranked", language)
            words = reason if formats.is_missing(item["value"]) else f"{write(item['value'])} · {reason}"
            colour = theme.colour("muted")
        right = max(right, measure(words, BODY))
        figure.add_annotation(
            name="label", text=escape(words), xref="paper", x=1, xanchor="left", xshift=10, yref="y", y=rows_y[i],
            yanchor="middle", showarrow=False, borderpad=0, font={"size": BODY, "color": colour, "family": FONTS},
        )  # fmt: skip
    right += 20

    figure.update_yaxes(
        range=[rows_y[-1] - 0.7, 0.7], tickmode="array", tickvals=rows_y, showgrid=False, ticks="", showline=False,
        ticktext=[f"<b>{escape(n)}</b>" if t in bold else escape(n) for n, t in zip(names, frame["ticker"])],
    )  # fmt: skip
    low, high = (min(numbers), max(numbers)) if numbers else (0.0, 1.0)
    if log:
        ticks = [t for t in (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000) if low / 1.05 <= t <= high * 1.05] or [low, high]
        bounds = [math.log10(low / 1.08), math.log10(high * 1.08)]
    else:
        pad = (high - low or abs(high) or 1.0) * 0.04
        ticks = [t for t in _ticks(low, high, 6) if low - pad <= t <= high + pad]
        bounds = [low - pad, high + pad]
    digits = 0 if log else _digits(ticks)
    most = max(2, int((theme.width - left - right) // 48))
    ticks = ticks[:: math.ceil(len(ticks) / most)]
    figure.update_xaxes(
        tickangle=0, type="log" if log else "linear", range=bounds, tickmode="array", tickvals=ticks,
        ticktext=[_short(write, t, digits) for t in ticks], showgrid=True, ticks="", showline=False,
    )  # fmt: skip
    figure.update_layout(hovermode="closest")
    stamp = _noted(stamp, text("chart.note_log", language) if log else "")
    tall = int(height or max(theme.height, 150 + 21 * (count + gap)))
    figure = finish(figure, stamp, theme, left=left, right=right, height=tall)
    figure.update_yaxes(tickfont={"family": FONTS, "size": BODY, "color": theme.colour("ink")})
    return figure


def index_history(
    history: pd.DataFrame,
    stamp: Stamp,
    theme: Theme,
    *,
    printed: pd.DataFrame | None = None,
    colour: str | None = None,
    write: Write | None = None,
    empty: str | None = None,
    height: int | None = None,
) -> go.Figure:
    """A published series (date, value), with points that others printed: printed = date, value, percentile, source."""
    language = theme.language
    write = write or (lambda value: formats.multiple(value, language))
    frame = _need(history, "date", "value")
    if len(frame):
        frame = frame[frame["date"].notna()].sort_values("date").reset_index(drop=True)
    values = _floats(frame["value"])
    points = _need(printed, "date", "value", "percentile", "source")
    if not _known(values) and not len(points):
        return _empty(empty, stamp, theme, height)
    days = _iso(frame["date"])
    main = colour or theme.colour("accent")
    figure = go.Figure()
    hover = [f"<b>{formats.day(d, language)}</b>  {escape(write(v))}" for d, v in zip(days, values)]
    figure.add_trace(_line(days, values, main, hover=hover))
    low, high, left = _value_axis(figure, _known(values, _floats(points["value"])), theme, lambda v, d: _short(write, v, d))
    labels = []
    if _known(values):
        last = max(i for i, v in enumerate(values) if v is not None)
        figure.add_trace(
            go.Scatter(
                x=[days[last]], y=[values[last]], mode="markers", marker={"color": main, "size": 9, "line": {"color": theme.colour("paper"), "width": 1.5}},
                hovertext=[hover[last]], hoverinfo="text",
            )  # fmt: skip
        )
        labels = [(values[last], write(values[last]), theme.colour("ink"), True)]
    right = _end_labels(figure, labels, low, high, _height(theme, height) - 150, min(140, theme.width * 0.32))
    every = [d for d in (*days, *_iso(points["date"])) if d]
    _date_axis(figure, every, theme, theme.width - left - right)
    notes: list[str] = []
    middle = pd.Timestamp(min(every)) + (pd.Timestamp(max(every)) - pd.Timestamp(min(every))) / 2
    for item in points.to_dict("records"):
        if formats.is_missing(item["value"]) or formats.is_missing(item["date"]):
            continue
        words = text("chart.printed_by", language, value=write(item["value"]), source=item["source"])
        if not formats.is_missing(item["percentile"]):
            printed_percentile = formats.number(item["percentile"], 2)
            words += " · " + text("chart.printed_percentile", language, percentile=printed_percentile)
        day = _iso([item["date"]])[0]
        figure.add_trace(
            go.Scatter(
                x=[day], y=[float(item["value"])], mode="markers",
                marker={"symbol": "diamond", "size": 10, "color": theme.colour("dear"), "line": {"color": theme.colour("paper"), "width": 1.5}},
                hovertext=[f"<b>{formats.day(day, language)}</b>  {escape(words)}"], hoverinfo="text",
            )  # fmt: skip
        )
        # The words stand in the note: beside the point they would lie over the line.
        notes.append(f"◆ {formats.day(day, language)}: {words}{'.' if language == 'en' else '。'}")
        near = [v for d, v in zip(days, values) if v is not None and abs((pd.Timestamp(d) - pd.Timestamp(day)).days) <= 120]
        top = float(item["value"]) > (sum(near) / len(near) if near else (low + high) / 2)
        _words(
            figure, escape(write(item["value"])), day, float(item["value"]), theme, colour=theme.colour("dear"),
            xanchor="right" if pd.Timestamp(day) > middle else "left", yanchor="bottom" if top else "top",
            yshift=6 if top else -6,
        )  # fmt: skip
    figure.update_layout(hovermode="closest")
    return finish(figure, _noted(stamp, *notes), theme, left=left, right=right, height=height)


def lines(
    frame: pd.DataFrame,
    stamp: Stamp,
    theme: Theme,
    *,
    colours: Mapping[str, str] | None = None,
    write: Write | None = None,
    zero: bool = False,
    empty: str | None = None,
    height: int | None = None,
) -> go.Figure:
    """Several series over time: date, series, value. Direct labels up to six, a line of names above beyond."""
    language = theme.language
    write = write or (lambda value: formats.number(value, 1))
    frame = _need(frame, "date", "series", "value")
    if len(frame):
        frame = frame[frame["date"].notna()].sort_values("date")
    if not _known(_floats(frame["value"])):
        return _empty(empty, stamp, theme, height)
    names = list(dict.fromkeys(str(n) for n in frame["series"]))
    own = dict(segments(names, theme)) | dict(colours or {})
    figure, labels = go.Figure(), []
    for name in names:
        part = frame[frame["series"].astype(str) == name]
        days, values = _iso(part["date"]), _floats(part["value"])
        hover = [f"<b>{formats.day(d, language)}</b>  {escape(name)} {escape(write(v))}" for d, v in zip(days, values)]
        figure.add_trace(_line(days, values, own[name], hover=hover))
        if _known(values):
            labels.append((_known(values)[-1], _named(name, write(_known(values)[-1]), min(190, theme.width * 0.3)), own[name], False))
    low, high, left = _value_axis(figure, _known(_floats(frame["value"])), theme, lambda v, d: _short(write, v, d), zero=zero)
    direct = len(names) <= 6 and theme.width >= NARROW
    right = _end_labels(
        figure, labels if direct else [], low, high, _height(theme, height) - 150, min(190, theme.width * 0.3), swatch=theme.colour("ink")
    )
    _date_axis(figure, [d for d in _iso(frame["date"]) if d], theme, theme.width - left - right)
    figure.update_layout(hovermode="closest")
    legend = [] if direct else [(name, own[name]) for name in names]
    return finish(figure, stamp, theme, left=left, right=right, legend=legend, height=height)


# --- buybacks ----------------------------------------------------------------------------------------------------


def cumulative_by_year(
    frame: pd.DataFrame,
    stamp: Stamp,
    theme: Theme,
    *,
    currency: str = "HKD",
    colour: str | None = None,
    empty: str | None = None,
    height: int | None = None,
) -> go.Figure:
    """Running totals by day of the year, the latest year in colour, earlier ones in grey.

    frame: date (of the trade), amount (running total of its year, full units), year.
    """
    language = theme.language
    frame = _need(frame, "date", "amount", "year")
    if len(frame):
        frame = frame[frame["date"].notna()].sort_values("date")
    amounts = _known(_floats(frame["amount"]))
    if not amounts:
        return _empty(empty, stamp, theme, height)
    years = sorted({int(y) for y in frame["year"]})
    figure, labels = go.Figure(), []
    low, high, left = _value_axis(figure, amounts, theme, _scaled(amounts, language), zero=True)
    for year in years:
        part = frame[frame["year"].astype(int) == year]
        # Every year on one leap year's axis, so that 29 February has a place.
        days = [pd.Timestamp(d).replace(year=2024).date().isoformat() for d in part["date"]]
        values = _floats(part["amount"])
        latest = year == years[-1]
        back = len(years) - 1 - years.index(year)
        shade = (colour or theme.colour("accent")) if latest else theme.colour(("other3", "other1", "other2")[min(back, 3) - 1])
        hover = [f"<b>{formats.day(d, language)}</b>  {formats.money(v, currency, language)}" for d, v in zip(part["date"], values)]
        figure.add_trace(_line(["2024-01-01", *days], [0.0, *values], shade, width=2.6 if latest else 1.6, hover=["", *hover], shape="hv"))
        if _known(values):
            end = _known(values)[-1]
            labels.append((end, f"{year} {formats.money(end, currency, language)}", theme.colour("ink" if latest else "muted"), latest))
            figure.add_trace(
                go.Scatter(x=[days[-1]], y=[end], mode="markers", hoverinfo="skip", marker={"color": shade, "size": 8 if latest else 5})
            )
    right = _end_labels(figure, labels, low, high, _height(theme, height) - 150, min(170, theme.width * 0.36))
    step = 1 if theme.width - left - right > 560 else 3
    places = [date(2024, m, 1) for m in range(1, 13, step)]
    figure.update_xaxes(
        type="date", range=["2023-12-30", "2025-01-01"], tickmode="array", tickvals=[d.isoformat() for d in places],
        ticktext=[formats.MONTHS[d.month - 1] if language == "en" else f"{d.month}月" for d in places],
        showgrid=False, ticks="outside", ticklen=4, showline=True,
    )  # fmt: skip
    figure.update_layout(hovermode="closest")
    return finish(figure, stamp, theme, left=left, right=right, height=height)


def bars_by_period(
    frame: pd.DataFrame,
    stamp: Stamp,
    theme: Theme,
    *,
    currency: str | None = "HKD",
    colour: str | None = None,
    write: Write | None = None,
    empty: str | None = None,
    height: int | None = None,
) -> go.Figure:
    """One bar a period, in the order given; incomplete ones hatched, closed periods shaded.

    frame: period (words), amount (full units; may be negative or missing), and where known incomplete (bool),
    blackout (bool), note (words for the hover). write: value -> words where the amount is not money.
    """
    language = theme.language
    write = write or (lambda value: formats.money(value, currency, language) if currency else formats.number(value, 1))
    frame = _need(frame, "period", "amount")
    amounts = _floats(frame["amount"])
    if not _known(amounts):
        return _empty(empty, stamp, theme, height)
    names = [str(p) for p in frame["period"]]
    incomplete, blackout, notes = _flags(frame, "incomplete"), _flags(frame, "blackout"), _column(frame, "note")
    main = colour or theme.colour("accent")
    hover = []
    for name, amount, part, note in zip(names, amounts, incomplete, notes):
        words = f"<b>{escape(name)}</b>  {escape(write(amount))}"
        words += f" · {text('chart.incomplete', language)}" if part else ""
        hover.append(words + (f"<br>{escape(note)}" if not formats.is_missing(note) and str(note) else ""))
    figure = go.Figure(
        go.Bar(
            x=list(range(len(names))), y=amounts, hovertext=hover, hoverinfo="text", width=0.72,
            marker={
                "color": [alpha(main, 0.35) if part else main for part in incomplete],
                "line": {"width": [1 if part else 0 for part in incomplete], "color": main},
                "pattern": {"shape": ["/" if part else "" for part in incomplete], "fgcolor": main, "size": 6, "solidity": 0.35},
            },
        )  # fmt: skip
    )
    known = _known(amounts)
    if currency:
        axis = _scaled(known, language)
    else:
        axis = lambda value, digits: _short(write, value, digits)  # noqa: E731
    _, _, left = _value_axis(figure, known, theme, axis, zero=True)
    room = theme.width - left - 16
    ticks = _period_axis(figure, names, room)
    for i, closed in enumerate(blackout):
        if closed:
            figure.add_shape(
                type="rect", xref="x", yref="paper", x0=i - 0.5, x1=i + 0.5, y0=0, y1=1, layer="below",
                line={"width": 0}, fillcolor=alpha(theme.colour("stale"), 0.16),
            )  # fmt: skip
    labels = [write(a) for a in amounts]
    if max(measure(label, BODY) for label in labels) + 6 <= room / len(names):
        for i, (amount, label) in enumerate(zip(amounts, labels)):
            if amount is not None:
                _words(figure, escape(label), i, amount, theme, yanchor="bottom" if amount >= 0 else "top", colour=theme.colour("ink"))
        _headroom(figure, known)
    if min(known) < 0:
        figure.add_hline(y=0, line={"color": theme.colour("axis"), "width": 1})
    figure.update_layout(hovermode="closest", bargap=0.2)
    stamp = _noted(
        stamp,
        text("chart.note_incomplete", language) if any(incomplete) else "",
        text("chart.note_blackout", language) if any(blackout) else "",
    )
    return finish(figure, stamp, theme, left=left, right=16, ticks=ticks, height=height)


def _headroom(figure: go.Figure, values: Sequence[float]) -> None:
    """Stretch the y axis so that a label beyond the longest bar stays inside."""
    low, high = figure.layout.yaxis.range
    span = max(values + [0.0]) - min(values + [0.0]) or 1.0
    low = min(low, min(values) - span * 0.12) if min(values) < 0 else low
    high = max(high, max(values) + span * 0.12) if max(values) > 0 else high
    figure.update_yaxes(range=[low, high])


def league_bars(
    frame: pd.DataFrame,
    stamp: Stamp,
    theme: Theme,
    *,
    currency: str = "HKD",
    highlight: Iterable[str] = (),
    write: Write | None = None,
    empty: str | None = None,
    height: int | None = None,
) -> go.Figure:
    """A ranking: company (words), amount (full units), and where known ticker, incomplete (bool).

    Highlighted tickers (or, without any, all) are drawn in the company's own colour, the others grey.
    """
    language = theme.language
    write = write or (lambda value: formats.money(value, currency, language))
    frame = _need(frame, "company", "amount")
    if len(frame):
        frame = frame[frame["amount"].notna()].sort_values("amount", ascending=False, kind="stable").reset_index(drop=True)
    if not len(frame):
        return _empty(empty, stamp, theme, height)
    amounts = _known(_floats(frame["amount"]))
    tickers = [None if formats.is_missing(t) else str(t) for t in _column(frame, "ticker")]
    chosen, incomplete = set(highlight), _flags(frame, "incomplete")
    colours = [
        theme.colour("other2") if chosen and t not in chosen else company(t, theme) if t else theme.colour("accent")
        for t in tickers
    ]
    room = min(190.0, theme.width * 0.32)
    names = [shorten(str(name), room) for name in frame["company"]]
    places = [-i for i in range(len(frame))]
    figure = go.Figure(
        go.Bar(
            x=amounts, y=places, orientation="h", width=0.66, hoverinfo="text",
            hovertext=[f"<b>{escape(n)}</b>  {escape(write(a))}" for n, a in zip(frame["company"], amounts)],
            marker={
                "color": [alpha(c, 0.35) if part else c for c, part in zip(colours, incomplete)],
                "line": {"width": 0},
                "pattern": {"shape": ["/" if part else "" for part in incomplete], "fgcolor": colours, "size": 6, "solidity": 0.35},
            },
        )  # fmt: skip
    )
    widest = max(measure(write(a), BODY) for a in amounts) + 14
    left = max(measure(name, BODY) for name in names) + 18
    plot = max(80.0, theme.width - left - 16)
    low, high = min([*amounts, 0.0]), max([*amounts, 0.0])
    span = high - low or 1.0
    # Room in the scale for the words beyond each bar.
    share = min(widest / plot, 0.45)
    right_pad = span * share / (1 - share) if high > 0 else 0.0
    left_pad = span * share / (1 - share) if low < 0 else 0.0
    figure.update_xaxes(type="linear", range=[low - left_pad, high + right_pad], showgrid=False, showticklabels=False, ticks="", showline=False)
    figure.update_yaxes(
        range=[places[-1] - 0.7, 0.7], tickmode="array", tickvals=places, ticktext=[escape(n) for n in names], showgrid=False,
        ticks="", showline=False,
    )  # fmt: skip
    for place, amount in zip(places, amounts):
        _words(
            figure, escape(write(amount)), amount, place, theme, colour=theme.colour("ink"), yanchor="middle",
            xanchor="left" if amount >= 0 else "right", xshift=5 if amount >= 0 else -5,
        )  # fmt: skip
    figure.add_vline(x=0, line={"color": theme.colour("axis"), "width": 1})
    figure.update_layout(hovermode="closest")
    tall = int(height or max(theme.height, 130 + 23 * len(frame)))
    stamp = _noted(stamp, text("chart.note_incomplete", language) if any(incomplete) else "")
    figure = finish(figure, stamp, theme, left=left, right=16, ticks=4, height=tall)
    figure.update_yaxes(tickfont={"family": FONTS, "size": BODY, "color": theme.colour("ink")})
    return figure


def price_paid(
    purchases: pd.DataFrame,
    closes: pd.DataFrame,
    stamp: Stamp,
    theme: Theme,
    *,
    currency: str = "HKD",
    average: float | None = None,
    colour: str | None = None,
    empty: str | None = None,
    height: int | None = None,
) -> go.Figure:
    """Purchases on the line of closes: purchases = date, price_average, amount (full units); closes = date, close.

    The area of a dot is its amount. average: the price paid over the period shown, drawn as a dashed line.
    """
    language = theme.language
    bought = _need(purchases, "date", "price_average", "amount")
    bought = bought[bought["date"].notna() & bought["price_average"].notna()].sort_values("date") if len(bought) else bought
    line = _need(closes, "date", "close")
    line = line[line["date"].notna()].sort_values("date") if len(line) else line
    prices, closing = _floats(bought["price_average"]), _floats(line["close"])
    if not _known(prices, closing):
        return _empty(empty, stamp, theme, height)
    main = colour or theme.colour("accent")
    figure, labels = go.Figure(), []
    days = _iso(line["date"])
    if _known(closing):
        hover = [f"<b>{formats.day(d, language)}</b><br>{text('chart.close', language)} {formats.price(v, currency, language)}" for d, v in zip(days, closing)]
        figure.add_trace(_line(days, closing, theme.colour("muted"), width=1.6, hover=hover))
        end = _known(closing)[-1]
        labels.append((end, f"{text('chart.close', language)} {formats.price(end)}", theme.colour("muted"), False))
    amounts = [a or 0.0 for a in _floats(bought["amount"])]
    largest = max(amounts, default=0.0) or 1.0
    if prices:
        figure.add_trace(
            go.Scatter(
                x=_iso(bought["date"]), y=prices, mode="markers", hoverinfo="text", cliponaxis=False,
                hovertext=[
                    f"<b>{formats.day(d, language)}</b><br>{text('chart.average_price', language)} {formats.price(p, currency, language)}"
                    f"<br>{text('chart.amount', language)} {formats.money(a, currency, language)}"
                    for d, p, a in zip(bought["date"], prices, _floats(bought["amount"]))
                ],
                marker={
                    "color": alpha(main, 0.55), "size": [5 + 13 * math.sqrt(max(a, 0) / largest) for a in amounts],
                    "line": {"color": main, "width": 0.8},
                },
            )  # fmt: skip
        )
    extra = [] if average is None or formats.is_missing(average) else [float(average)]
    low, high, left = _value_axis(figure, _known(prices, closing, extra), theme, lambda v, d: formats.number(v, d))
    if extra:
        figure.add_hline(y=extra[0], line={"color": main, "width": 1.2, "dash": "dash"})
        labels.append((extra[0], f"{text('chart.average_paid', language)} {formats.price(extra[0])}", theme.colour("ink"), True))
    right = _end_labels(figure, labels, low, high, _height(theme, height) - 150, min(170, theme.width * 0.36))
    _date_axis(figure, [d for d in (*days, *_iso(bought["date"])) if d], theme, theme.width - left - right)
    figure.update_layout(hovermode="closest")
    return finish(figure, stamp, theme, left=left, right=right, height=height)


# --- segments ----------------------------------------------------------------------------------------------------


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
    broken = {str(p) for p, flag in zip(frame["period"], _flags(frame, "series_break")) if flag}
    places = [i for i, p in enumerate(periods) if p in broken]
    for i in places:
        figure.add_shape(
            type="line", xref="x", yref="paper", x0=i - 0.5, x1=i - 0.5, y0=0, y1=1,
            line={"color": theme.colour("muted"), "width": 1, "dash": "dot"},
        )  # fmt: skip
        right = i > len(periods) / 2
        _words(
            figure, text("chart.break", theme.language), i - 0.5, 1, theme, yref="paper", yanchor="bottom",
            xanchor="right" if right else "left", xshift=2 if right else -2, yshift=-2,
        )  # fmt: skip
    return places


def _segment_frame(frame: pd.DataFrame | None, value: str) -> pd.DataFrame:
    frame = _need(frame, "period", "segment", value)
    return frame[frame["period"].notna() & frame["segment"].notna()] if len(frame) else frame


def _stack(
    frame: pd.DataFrame, value: str, factor: float, stamp: Stamp, theme: Theme, write: Write, axis: Callable[..., Any],
    totals: bool, empty: str | None, height: int | None,
) -> go.Figure:  # fmt: skip
    language = theme.language
    frame = _segment_frame(frame, value)
    if not _known(_floats(frame[value])):
        return _empty(empty, stamp, theme, height)
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
    low, high, left = _value_axis(figure, [*positive, *negative], theme, axis([*positive, *negative]), zero=True)
    direct = len(names) <= 8 and theme.width >= NARROW
    if totals:
        _headroom(figure, [*positive, *negative])
    low, high = figure.layout.yaxis.range
    labels = [(middles[n], n, colours[n], False) for n in reversed(names) if n in middles] if direct else []
    right = _end_labels(
        figure, labels, low, high, _height(theme, height) - 160, min(190, theme.width * 0.3), swatch=theme.colour("ink")
    )
    room = theme.width - left - right
    ticks = _period_axis(figure, periods, room)
    if totals:
        # The currency stands in the subtitle. Where the totals do not fit side by side, only the last is written.
        sums = [formats.compact(a + b, language) for a, b in zip(positive, negative)]
        slot = room / len(periods)
        if max(measure(words, BODY) for words in sums) + 4 <= slot:
            for i, words in enumerate(sums):
                _words(figure, escape(words), i, positive[i], theme, colour=theme.colour("ink"))
        else:
            covered = math.ceil(measure(sums[-1], BODY, True) / slot) + 1
            _words(
                figure, escape(sums[-1]), len(periods) - 0.6, max(positive[-covered:]), theme, colour=theme.colour("ink"),
                xanchor="right", bold=True,
            )  # fmt: skip
    broken = _breaks(figure, frame, periods, theme)
    if min(negative) < 0:
        figure.add_hline(y=0, line={"color": theme.colour("axis"), "width": 1})
    legend = [] if direct else [(n, colours[n]) for n in names]
    stamp = _noted(stamp, text("chart.note_break", language) if broken else "")
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
        frame, "revenue_mn", 1e6, stamp, theme, write, lambda values: _scaled(values, theme.language), True, empty, height
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
    values = _known(_floats(frame["yoy_pct"]))
    if not values:
        return _empty(empty, stamp, theme, height)
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
        if _known(ys) and ys[-1] is not None:
            labels.append((ys[-1], _named(name, formats.percent(ys[-1], digits=0, sign=True), min(210, theme.width * 0.34)), colour, False))
        elif _known(ys):
            labels.append((_known(ys)[-1], name, colour, False))
    low, high, left = _value_axis(figure, values, theme, lambda v, d: formats.percent(v, digits=d), zero=True)
    direct = len(names) <= 6 and theme.width >= NARROW
    right = _end_labels(
        figure, labels if direct else [], low, high, _height(theme, height) - 150, min(210, theme.width * 0.34), swatch=theme.colour("ink")
    )
    ticks = _period_axis(figure, periods, theme.width - left - right)
    for i, missing_names in absent.items():
        _words(figure, formats.NOT_MEANINGFUL, i, 0, theme, yanchor="bottom")
        figure.add_trace(
            go.Scatter(
                x=[i], y=[0], mode="markers", marker={"size": 12, "color": alpha(theme.colour("muted"), 0)}, hoverinfo="text",
                hovertext=[f"<b>{escape(periods[i])}</b>  {formats.NOT_MEANINGFUL}: {escape(', '.join(missing_names))}"],
            )  # fmt: skip
        )
    broken = _breaks(figure, frame, periods, theme)
    figure.add_hline(y=0, line={"color": theme.colour("axis"), "width": 1})
    figure.update_layout(hovermode="closest")
    stamp = _noted(
        stamp,
        text("chart.note_break", language) if broken else "",
        text("chart.note_nm", language) if absent else "",
    )
    legend = [] if direct else [(n, colours[n]) for n in names]
    return finish(figure, stamp, theme, left=left, right=right, ticks=ticks, legend=legend, above=14 if broken else 0, height=height)
