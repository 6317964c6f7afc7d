"""One company through time: its multiple with bands, its price on the scale of its multiples, its
percentile, a published index, several series.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
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
    date_axis,
    decimals_of,
    empty_figure,
    end_labels,
    floats,
    height_of_chart,
    iso_days,
    known_values,
    line_trace,
    log_ticks,
    named,
    need,
    noted,
    plot_room,
    short_tick,
    value_axis,
    words_at,
)
from ui.draft import Draft, Props, scatter
from ui.palette import Theme, alpha, segments
from ui.stamp import BODY, Stamp, escape, finish, measure
from ui.text import text

QUANTILES = ("q10", "q25", "q50", "q75", "q90")
AREAS = (("q10", "q25", "cheap", 0.16), ("q25", "q75", "stale", 0.12), ("q75", "q90", "dear", 0.16))
STALE_DAYS = 35  # a month-end value is the current one for so long
# months of twelve years; beyond so many observations a click is answered as well, but marks
# nothing: a thousand unseen marks take a browser a quarter of a second
SHOWN_POINTS = 150


def percentile_band(
    history: pd.DataFrame,
    bands: Mapping[str, float] | pd.DataFrame | None,
    stamp: Stamp,
    theme: Theme,
    *,
    results: Iterable[Any] = (),
    percentile: float | None = None,
    price_is_stale: bool = False,
    high_is_cheap: bool = False,
    per_share: str | None = None,
    colour: str | None = None,
    write: Write | None = None,
    empty: str | None = None,
    height: int | None = None,
) -> go.Figure:
    """A valuation through time with its quantile bands.

    history: date, value, status (OK and STALE rows carry values), and for the hover, where
        known: close, close_currency, per_share, per_share_currency, eps_period_end, fx_rate,
        effective (words for the day that results take effect). bands: q10 q25 q50 q75 q90 as
        constants of the window, or a frame with date and those columns. results: further days on
        which results take effect. percentile: the current one, 0-100.
    price_is_stale: the last close is too old for the day shown: the last value is grey.
        high_is_cheap: for a yield, whose 90th quantile is the 10th percentile from cheap to dear,
        and is so named and coloured. per_share: what per_share is called in the hover (EPS-TTM).
        write: value -> words (18.4x). Logarithmic where the highest is more than twelve times the
        lowest. A click on an observation gives its ISO day as customdata.
    """
    language = theme.language
    write = write or (lambda value: formats.multiple(value, language))
    frame = _with_gaps(_by_date(need(history, "date", "value", "status")))
    values = floats(frame["value"])
    if not known_values(values):
        return empty_figure(empty, stamp, theme, height)
    days = complete(iso_days(frame["date"]))
    stale = [str(s).startswith("STALE") for s in frame["status"]]
    figure = Draft()

    band_days, quantiles = _quantiles(bands, days, high_is_cheap)
    _draw_bands(figure, band_days, quantiles, theme)
    main = colour or theme.colour("accent")
    _draw_line(figure, days, values, stale, main, theme)
    last = _last(values)
    current = _is_current(days, last, stamp) and not price_is_stale
    fresh = current and not stale[last]
    _mark_last(figure, days, values, main if fresh else theme.colour("stale"), theme)
    numbers = known_values(values, *quantiles.values())
    log = min(numbers) > 0 and max(numbers) / min(numbers) > 12
    place = math.log10 if log else float
    tick = partial(short_tick, write)
    low, high, left = (
        _log_axis(figure, numbers, tick) if log else value_axis(figure, numbers, theme, tick)
    )
    plain = _valuation_hover(frame, write, per_share or text("chart.eps_ttm", language), language)
    hover = _mark_results(
        figure, results, days, plain, theme, 10**low if log else low, column_of(frame, "effective")
    )
    figure.add_trace(_points(days, values, main, hover))

    notes = (
        text("chart.note_results", language) if hover != plain else "",
        text("chart.note_stale", language) if any(stale) else "",
        text("chart.note_log", language) if log else "",
    )
    stamp = noted(stamp, *notes)
    tall, plot = plot_room(stamp, theme, height)
    room, latest = _label_room(theme), known_values(values)[-1]
    now = write(latest)
    if not current:
        now = _fitting(room, f"{now} · {formats.month(days[last], language)}", now)
    elif stale[last]:
        now = _fitting(room, f"{now} · {text('chart.stale', language)}", now)
    elif percentile is not None and not formats.is_missing(percentile):
        now = _fitting(room, f"{now} · {formats.percentile(percentile, language)}", now)
    labels = [
        (place(latest), now, theme.colour("ink" if fresh else "muted"), current),
        *(
            (place(at), words, shade, bold)
            for at, words, shade, bold in _band_labels(quantiles, write, theme)
        ),
    ]
    right = end_labels(figure, labels, low, high, plot, room)
    date_axis(
        figure,
        days if len(days) == 1 else [d for d in (*days, *band_days) if d],
        theme,
        theme.width - left - right,
    )
    figure.update_layout(hovermode="closest" if len(days) < 3 else "x")
    return finish(figure, stamp, theme, left=left, right=right, height=tall)


def price_bands(
    history: pd.DataFrame,
    multiples: Mapping[str, float] | None,
    stamp: Stamp,
    theme: Theme,
    *,
    results: Iterable[Any] = (),
    price_is_stale: bool = False,
    write: Write | None = None,
    empty: str | None = None,
    height: int | None = None,
) -> go.Figure:
    """The close among the prices at which the line would have stood at the quantiles of its own
    multiple.

    history: date, close (close_currency), close_currency, status, price_q10 price_q25 price_q50
        price_q75 price_q90 (close_currency; missing where there is no positive EPS: the bands break
        there), value (the multiple, times).
    multiples: q10 q25 q50 q75 q90 -> the multiple behind each band, times. results: days on
        which results take effect. price_is_stale: the last close is too old for the day shown: it
        is grey. write: multiple -> words. Logarithmic where the highest is more than eight times
        the lowest. A click on a close gives its ISO day as customdata.
    """
    language = theme.language
    write = write or (lambda value: formats.multiple(value, language))
    prices = {q: f"price_{q}" for q in QUANTILES}
    frame = _with_gaps(
        _by_date(
            need(history, "date", "close", "close_currency", "status", "value", *prices.values())
        )
    )
    closes = floats(frame["close"])
    if not known_values(closes):
        return empty_figure(empty, stamp, theme, height)
    days, values = complete(iso_days(frame["date"])), floats(frame["value"])
    stale = [str(s).startswith("STALE") for s in frame["status"]]
    bands = {q: floats(frame[column]) for q, column in prices.items()}
    bands = {q: series for q, series in bands.items() if known_values(series)}
    words = {
        q: f"{_quantile_name(q, language)} · {write(multiples[q])}"
        for q in bands
        if multiples and not formats.is_missing(multiples.get(q))
    }

    figure = Draft()
    band_days, quantiles = _drawn_days(days, bands)
    _draw_bands(figure, band_days, quantiles, theme)
    main = theme.colour("accent")
    _draw_line(figure, days, closes, stale, main, theme)
    plain = []
    for i, (day, currency) in enumerate(zip(days, frame["close_currency"])):
        written = [
            (
                f"<b>{formats.day(day, language)}</b>  "
                f"{formats.price(closes[i], _or_none(currency), language)}"
            ),
            f"<b>{escape(write(values[i]))}</b>",
        ]
        if values[i] is None and closes[i] is not None:
            written[1] = text(f"status.{frame['status'][i]}", language)
        elif stale[i]:
            written[1] += f" · {text('chart.stale', language)}"
        for q in reversed(bands):
            if q in words and bands[q][i] is not None:
                written.append(
                    f"{escape(words[q])} = "
                    f"{formats.price(bands[q][i], _or_none(currency), language)}"
                )
        plain.append("<br>".join(written))
    last = _last(closes)
    old = stale[last] or price_is_stale
    _mark_last(figure, days, closes, theme.colour("stale") if old else main, theme)

    numbers = known_values(closes, *quantiles.values())
    log = min(numbers) > 0 and max(numbers) / min(numbers) > 8
    place = math.log10 if log else float
    low, high, left = (
        _log_axis(figure, numbers, formats.number)
        if log
        else value_axis(figure, numbers, theme, formats.number)
    )
    hover = _mark_results(figure, results, days, plain, theme, 10**low if log else low)
    figure.add_trace(_points(days, closes, main, hover))

    broken = any(
        close is not None and all(series[i] is None for series in bands.values())
        for i, close in enumerate(closes)
    )
    notes = (
        text("chart.note_results", language) if hover != plain else "",
        text("chart.note_no_band", language) if broken else "",
        text("chart.note_stale", language) if any(stale) else "",
        text("chart.note_log", language) if log else "",
    )
    stamp = noted(stamp, *notes)
    tall, plot = plot_room(stamp, theme, height)
    room, latest = _label_room(theme), known_values(closes)[-1]
    close = _price(latest)
    multiple = (
        write(values[last])
        if values[last] is not None
        else formats.valuation(None, frame["status"][last], language)
    )
    multiple = text("chart.stale", language) if old else multiple
    called = f"{text('chart.close', language)} " if theme.width >= NARROW else ""
    now = _fitting(room, f"{called}{close} · {multiple}", f"{close} · {multiple}", close)
    labels = [(place(latest), now, theme.colour("muted" if old else "ink"), True)]
    labels += [
        (place(at), words[q], theme.colour("muted"), False)
        for q in words
        if (at := bands[q][last]) is not None
    ]
    right = end_labels(figure, labels, low, high, plot, room)
    date_axis(
        figure,
        days if len(days) == 1 else [d for d in (*days, *band_days) if d],
        theme,
        theme.width - left - right,
    )
    figure.update_layout(hovermode="closest" if len(days) < 3 else "x")
    return finish(figure, stamp, theme, left=left, right=right, height=tall)


def percentile_history(
    history: pd.DataFrame,
    stamp: Stamp,
    theme: Theme,
    *,
    results: Iterable[Any] = (),
    price_is_stale: bool = False,
    write: Write | None = None,
    empty: str | None = None,
    height: int | None = None,
) -> go.Figure:
    """Where a multiple stood in its own past, as known on each day: 0 cheapest, 100 dearest.

    history: date, percentile (0-100, missing where not ranked), value (the multiple, times), n
        (observations behind the percentile). Gaps stay gaps. results: days on which results take
        effect. price_is_stale:
    the last close is too old for the day shown: the last rank is grey. write: multiple ->
        words. A click on an observation gives its ISO day as customdata.
    """
    language = theme.language
    write = write or (lambda value: formats.multiple(value, language))
    frame = _by_date(need(history, "date", "percentile", "value", "n"))
    if not known_values(floats(frame["percentile"])):
        return empty_figure(empty, stamp, theme, height)
    # What comes before the first rank is not drawn: too few observations to rank among.
    frame = _with_gaps(frame.loc[frame["percentile"].first_valid_index() :].reset_index(drop=True))
    ranks = floats(frame["percentile"])
    days, values = complete(iso_days(frame["date"])), floats(frame["value"])
    main = theme.colour("accent")
    figure = Draft()
    low, high = -3.0, 103.0
    for bottom, top, token in ((low, 20, "cheap"), (80, high, "dear")):
        figure.add_shape(
            type="rect",
            xref="paper",
            x0=0,
            x1=1,
            y0=bottom,
            y1=top,
            layer="below",
            line={"width": 0},
            fillcolor=alpha(theme.colour(token), 0.12),
        )
    _draw_line(figure, days, ranks, [False] * len(days), main, theme)
    plain = [
        (
            f"<b>{formats.day(day, language)}</b>  {formats.percentile(rank, language)}"
            f"<br>{escape(write(value))}"
        )
        + ("" if formats.is_missing(n) else f" · N {formats.number(n)}")
        for day, rank, value, n in zip(days, ranks, values, frame["n"])
    ]
    last = _last(ranks)
    ranked_now = _is_current(days, last, stamp) and not price_is_stale
    _mark_last(figure, days, ranks, main if ranked_now else theme.colour("stale"), theme)
    hover = _mark_results(figure, results, days, plain, theme, low)
    figure.add_trace(_points(days, ranks, main, hover))
    places = [0, 20, 50, 80, 100]
    figure.update_yaxes(
        range=[low, high],
        tickmode="array",
        tickvals=places,
        ticktext=[str(p) for p in places],
        showgrid=True,
        ticks="",
        showline=False,
    )
    left = measure("100", BODY) + 16

    stamp = noted(stamp, text("chart.note_results", language) if hover != plain else "")
    tall, plot = plot_room(stamp, theme, height)
    rank = formats.percentile(ranks[last], language)
    words = _fitting(
        _label_room(theme),
        f"{rank} · {write(values[last]) if ranked_now else formats.month(days[last], language)}",
        rank,
    )
    labels = [
        (known_values(ranks)[-1], words, theme.colour("ink" if ranked_now else "muted"), ranked_now)
    ]
    right = end_labels(figure, labels, low, high, plot, _label_room(theme))
    room = theme.width - left - right
    date_axis(
        figure,
        days if ranked_now or stamp.as_of is None else [*days, stamp.as_of.isoformat()],
        theme,
        room,
    )
    first, end = (pd.Timestamp(bound) for bound in figure.xaxis["range"])
    for key, y, anchor in (("chart.cheap", low, "bottom"), ("chart.dear", high, "top")):
        words = text(key, language)
        share = (measure(words, BODY) + 14) / room
        inside = [
            (pd.Timestamp(day) - first) / (end - first)
            for day, rank in zip(days, ranks)
            if rank is not None and abs(rank - y) < 14
        ]
        # At the left, unless the line runs there: then at the first place where it does not.
        spots = [i / 20 for i in range(20) if i / 20 + share <= 1]
        x = next((p for p in spots if not any(p - 0.01 <= at <= p + share for at in inside)), 0.0)
        words_at(
            figure,
            words,
            x,
            y,
            theme,
            colour=theme.colour(key.removeprefix("chart.")),
            xref="paper",
            xanchor="left",
            yanchor=anchor,
            xshift=6,
            yshift=8 if anchor == "bottom" else -3,
        )
    figure.update_layout(hovermode="closest" if len(days) < 3 else "x")
    return finish(figure, stamp, theme, left=left, right=right, height=tall)


def index_history(
    history: pd.DataFrame,
    stamp: Stamp,
    theme: Theme,
    *,
    printed: pd.DataFrame | None = None,
    name: str | None = None,
    others: pd.DataFrame | None = None,
    bands: Mapping[str, float] | None = None,
    percentile: float | None = None,
    high_is_cheap: bool = False,
    colour: str | None = None,
    write: Write | None = None,
    empty: str | None = None,
    height: int | None = None,
) -> go.Figure:
    """A published series (date, value), with points that others printed: printed = date, value,
    percentile, source.

    others: date, series, value: further series on the same axis, each in a colour of its own;
        name: what the first is called beside them. bands: q10 q25 q50 q75 q90 of the first, as
        constants of the window. percentile: the first's current one, 0-100. high_is_cheap: for a
        yield, as in percentile_band. write: value -> words. A click on an observation of the first
        gives its ISO day as customdata.
    """
    language = theme.language
    write = write or (lambda value: formats.multiple(value, language))
    frame = _by_date(need(history, "date", "value"))
    values = floats(frame["value"])
    points = need(printed, "date", "value", "percentile", "source")
    points = points[points["date"].notna() & points["value"].notna()]
    beside = _by_date(need(others, "date", "series", "value"))
    if not known_values(values, floats(beside["value"])) and not len(points):
        return empty_figure(empty, stamp, theme, height)
    days = complete(iso_days(frame["date"]))
    main = colour or theme.colour("accent")
    figure = Draft()
    band_days, quantiles = _quantiles(bands, days, high_is_cheap) if days else ([], {})
    _draw_bands(figure, band_days, quantiles, theme)
    called = f"{escape(name)} " if name else ""
    ends = _draw_others(figure, beside, write, theme)
    _draw_line(figure, days, values, [False] * len(days), main, theme)
    hover = [
        f"<b>{formats.day(d, language)}</b>  {called}{escape(write(v))}"
        for d, v in zip(days, values)
    ]
    figure.add_trace(_points(days, values, main, hover))
    low, high, left = value_axis(
        figure,
        known_values(values, floats(beside["value"]), floats(points["value"]), *quantiles.values()),
        theme,
        lambda v, d: short_tick(write, v, d),
    )
    current = bool(known_values(values)) and _is_current(days, _last(values), stamp)
    if known_values(values):
        last = _last(values)
        _mark_last(figure, days, values, main if current else theme.colour("stale"), theme)
        words = _words_of_last(
            write(values[last]), None if current else days[last], percentile, theme
        )
        ends.insert(0, End(known_values(values)[-1], name or "", words, main))
    every = [d for d in (*days, *iso_days(beside["date"]), *iso_days(points["date"])) if d]
    notes = _draw_printed(figure, points, days, values, every, (low + high) / 2, write, theme)
    stamp, several, room = noted(stamp, *notes), bool(len(beside)), _label_room(theme)
    # Names stand beside the ends where all of them have room, else in a line above the plot.
    direct = (
        several
        and theme.width >= NARROW
        and all(measure(f"{end.name} {end.words}", BODY, True) + 14 <= room for end in ends)
    )
    legend = [(end.name, end.colour) for end in ends if end.name] if several and not direct else []
    tall, plot = plot_room(stamp, theme, height, legend=legend)
    one_colour = theme.colour("ink" if current else "muted")
    labels = [
        (
            end.value,
            f"{end.name} {end.words}" if direct and end.name else end.words,
            end.colour if several else one_colour,
            current and end.colour == main,
        )
        for end in ends
    ]
    right = end_labels(
        figure,
        [*labels, *_band_labels(quantiles, write, theme)],
        low,
        high,
        plot,
        room,
        swatch=theme.colour("ink") if several else None,
    )
    _without_squares(figure, theme.colour("muted"))
    date_axis(figure, every, theme, theme.width - left - right)
    figure.update_layout(hovermode="closest")
    return finish(figure, stamp, theme, left=left, right=right, legend=legend, height=tall)


class End(NamedTuple):
    """Where a series ends, and what is written there."""

    value: float
    name: str
    words: str
    colour: str


def _draw_others(figure: Draft, beside: pd.DataFrame, write: Write, theme: Theme) -> list[End]:
    """Draw the further series, each in a colour of its own; where they end."""
    ends: list[End] = []
    for series in dict.fromkeys(str(s) for s in beside["series"]):
        part = beside[beside["series"].astype(str) == series]
        colour = theme.colour(("hue5", "hue3", "hue7", "hue2", "hue10")[len(ends) % 5])
        days, values = iso_days(part["date"]), floats(part["value"])
        hover = [
            f"<b>{formats.day(d, theme.language)}</b>  {escape(series)} {escape(write(v))}"
            for d, v in zip(days, values)
        ]
        figure.add_trace(line_trace(days, values, colour, hover=hover))
        if known := known_values(values):
            ends.append(End(known[-1], series, write(known[-1]), colour))
    return ends


def _words_of_last(value: str, old_day: str | None, percentile: float | None, theme: Theme) -> str:
    """The last value with its percentile, or with its month where it is old, as far as there is
    room.
    """
    if old_day is not None:
        more = formats.month(old_day, theme.language)
    elif percentile is None or formats.is_missing(percentile):
        return value
    else:
        more = formats.percentile(percentile, theme.language)
    return _fitting(_label_room(theme) - 16, f"{value} · {more}", value)


def _draw_printed(
    figure: Draft,
    points: pd.DataFrame,
    days: list[str],
    values: Sequence[float | None],
    every: list[str],
    centre: float,
    write: Write,
    theme: Theme,
) -> list[str]:
    """Draw what others printed as diamonds with their value; what stands in the note, as beside
    the points the words would lie over the line.
    """
    notes: list[str] = []
    middle = pd.Timestamp(min(every)) + (pd.Timestamp(max(every)) - pd.Timestamp(min(every))) / 2
    for item in points.to_dict("records"):
        words = _words_of_printed(item, write, theme.language)
        (day,) = iso_days([item["date"]])
        when = formats.day(day, theme.language)
        figure.add_trace(
            scatter(
                x=[day],
                y=[float(item["value"])],
                mode="markers",
                unselected={"marker": {"opacity": 1}},
                marker={
                    "symbol": "diamond",
                    "size": 10,
                    "color": theme.colour("dear"),
                    "line": {"color": theme.colour("paper"), "width": 1.5},
                },
                hovertext=[f"<b>{when}</b>  {escape(words)}"],
                hoverinfo="text",
            )
        )
        notes.append(f"◆ {when}: {words}{'.' if theme.language == 'en' else '。'}")
        near = [
            v
            for d, v in zip(days, values)
            if v is not None and abs((pd.Timestamp(d) - pd.Timestamp(day)).days) <= 120
        ]
        top = float(item["value"]) > (sum(near) / len(near) if near else centre)
        words_at(
            figure,
            escape(write(item["value"])),
            day,
            float(item["value"]),
            theme,
            colour=theme.colour("dear"),
            xanchor="right" if pd.Timestamp(day) > middle else "left",
            yanchor="bottom" if top else "top",
            yshift=6 if top else -6,
        )
    return notes


def _words_of_printed(item: Mapping, write: Write, language: str) -> str:
    words = text("chart.printed_by", language, value=write(item["value"]), source=item["source"])
    if formats.is_missing(item["percentile"]):
        return words
    percentile = formats.number(item["percentile"], 2)
    return f"{words} · {text('chart.printed_percentile', language, percentile=percentile)}"


def _without_squares(figure: Draft, colour: str) -> None:
    """A square of colour would call a band a series: the labels of bands are words alone."""
    square = f'<span style="color:{colour}">■</span> '
    for label in figure.annotations:
        if label["text"].startswith(square):
            label |= {
                "text": label["text"].removeprefix(square),
                "font": label["font"] | {"color": colour},
            }


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
    """Several series over time: date, series, value.

    Direct labels up to six, a line of names above beyond.
    """
    language = theme.language
    write = write or (lambda value: formats.number(value, 1))
    frame = need(frame, "date", "series", "value")
    if len(frame):
        frame = frame[frame["date"].notna()].sort_values("date")
    if not known_values(floats(frame["value"])):
        return empty_figure(empty, stamp, theme, height)
    names = list(dict.fromkeys(str(n) for n in frame["series"]))
    own = dict(segments(names, theme)) | dict(colours or {})
    figure, labels = Draft(), []
    for name in names:
        part = frame[frame["series"].astype(str) == name]
        days, values = iso_days(part["date"]), floats(part["value"])
        hover = [
            f"<b>{formats.day(d, language)}</b>  {escape(name)} {escape(write(v))}"
            for d, v in zip(days, values)
        ]
        figure.add_trace(line_trace(days, values, own[name], hover=hover))
        if known_values(values):
            labels.append(
                (
                    known_values(values)[-1],
                    named(name, write(known_values(values)[-1]), min(190, theme.width * 0.3)),
                    own[name],
                    False,
                )
            )
    low, high, left = value_axis(
        figure,
        known_values(floats(frame["value"])),
        theme,
        lambda v, d: short_tick(write, v, d),
        zero=zero,
    )
    direct = len(names) <= 6 and theme.width >= NARROW
    right = end_labels(
        figure,
        labels if direct else [],
        low,
        high,
        height_of_chart(theme, height) - 150,
        min(190, theme.width * 0.3),
        swatch=theme.colour("ink"),
    )
    date_axis(figure, [d for d in iso_days(frame["date"]) if d], theme, theme.width - left - right)
    figure.update_layout(hovermode="closest")
    legend = [] if direct else [(name, own[name]) for name in names]
    return finish(figure, stamp, theme, left=left, right=right, legend=legend, height=height)


def _label_room(theme: Theme) -> float:
    return min(190.0, theme.width * 0.4)


def _fitting(room: float, *wordings: str) -> str:
    """The first wording that fits in bold, else the last: a label gives up a part, never half of a
    figure.
    """
    return next((words for words in wordings if measure(words, BODY, True) <= room), wordings[-1])


def _by_date(frame: pd.DataFrame) -> pd.DataFrame:
    return (
        frame[frame["date"].notna()].sort_values("date", kind="stable").reset_index(drop=True)
        if len(frame)
        else frame
    )


def _with_gaps(frame: pd.DataFrame) -> pd.DataFrame:
    """The frame with an empty row wherever observations are absent: what has no row must not be
    drawn over either.
    """
    if len(frame) < 3:
        return frame
    dates = pd.to_datetime(frame["date"])
    steps = dates.diff().dt.days
    # A month-end left out is a gap, and so are three weeks of closes; holidays are not.
    behind = steps.index[steps > max(1.8 * steps.median(), 20)].tolist()
    if not behind:
        return frame
    frame = frame.astype(object).reindex(sorted([*range(len(frame)), *(i - 0.5 for i in behind)]))
    frame["date"] = [
        dates[int(i)] if i == int(i) else dates[int(i - 0.5)] + pd.Timedelta(days=1)
        for i in frame.index
    ]
    return frame.reset_index(drop=True)


def _last(values: Sequence[float | None]) -> int:
    return max(i for i, v in enumerate(values) if v is not None)


def _quantiles(
    bands: Mapping[str, float] | pd.DataFrame | None, days: Sequence[str], high_is_cheap: bool
) -> tuple[list[Any], dict[str, list[float | None]]]:
    """The days over which bands are drawn, and each quantile on them, counted from cheap to
    dear.
    """
    of = dict(zip(QUANTILES, reversed(QUANTILES) if high_is_cheap else QUANTILES))
    if isinstance(bands, pd.DataFrame):
        return _drawn_days(
            iso_days(bands["date"]),
            {q: floats(bands[of[q]]) for q in QUANTILES if of[q] in bands.columns},
        )
    known = (
        {
            q: floats([bands[of[q]]] * 2)
            for q in QUANTILES
            if not formats.is_missing(bands.get(of[q]))
        }
        if bands
        else {}
    )
    return _drawn_days([days[0], days[-1]], known)


def _drawn_days(
    days: Sequence[Any], quantiles: dict[str, list[float | None]]
) -> tuple[list[Any], dict[str, list[float | None]]]:
    """A single day gets half a month on either side, so that its bands can be seen."""
    if len(set(days)) != 1:
        return list(days), quantiles
    moment = pd.Timestamp(days[0])
    around = [(moment + pd.Timedelta(days=shift)).date().isoformat() for shift in (-15, 15)]
    return around, {q: [v[0], v[-1]] for q, v in quantiles.items()}


def _draw_bands(
    figure: Draft, days: Sequence[Any], quantiles: Mapping[str, list[float | None]], theme: Theme
) -> None:
    """Areas from cheap to dear and the median as a dotted line.

    Where a quantile is missing they break.
    """
    for lower, upper, token, opacity in AREAS:
        if lower not in quantiles or upper not in quantiles:
            continue
        xs: list[Any] = []
        ys: list[float | None] = []
        run: list[tuple[Any, float, float]] = []
        for day, bottom, top in [
            *zip(days, quantiles[lower], quantiles[upper]),
            (None, None, None),
        ]:
            if bottom is not None and top is not None:
                run.append((day, bottom, top))
                continue
            if len(run) > 1:
                xs += [
                    *([None] if xs else []),
                    *(d for d, _, _ in run),
                    *(d for d, _, _ in reversed(run)),
                ]
                ys += [
                    *([None] if ys else []),
                    *(b for _, b, _ in run),
                    *(t for _, _, t in reversed(run)),
                ]
            run = []
        fill = alpha(theme.colour(token), opacity)
        figure.add_trace(
            scatter(
                x=xs,
                y=ys,
                mode="lines",
                line={"width": 0, "color": theme.colour(token)},
                fill="toself",
                fillcolor=fill,
                hoverinfo="skip",
            )
        )
    if "q50" in quantiles:
        figure.add_trace(
            line_trace(days, quantiles["q50"], theme.colour("muted"), width=1, dash="dot")
        )


def _quantile_name(quantile: str, language: str) -> str:
    return formats.ordinal(int(quantile[1:])) if language == "en" else quantile[1:] + "%"


def _band_labels(
    quantiles: Mapping[str, list[float | None]], write: Write, theme: Theme
) -> list[tuple[float, str, str, bool]]:
    return [
        (
            series[-1],
            f"{_quantile_name(q, theme.language)} {write(series[-1])}",
            theme.colour("muted"),
            False,
        )
        for q, series in quantiles.items()
        if series and series[-1] is not None
    ]


def _draw_line(
    figure: Draft,
    days: Sequence[Any],
    values: Sequence[float | None],
    stale: Sequence[bool],
    colour: str,
    theme: Theme,
) -> None:
    fresh = [None if old else v for v, old in zip(values, stale)]
    # A stale run starts at the last fresh point and ends at the next, so that the line does not
    # break where it turns grey.
    beside = [any(stale[max(i - 1, 0) : i + 2]) for i in range(len(stale))]
    grey = [v if near else None for v, near in zip(values, beside)]
    for series, own in (
        ((grey, theme.colour("stale")), (fresh, colour)) if any(stale) else ((fresh, colour),)
    ):
        trace = line_trace(days, series, own)
        figure.add_trace(
            trace | {"unselected": {"marker": {"opacity": 1}}}
            if trace["mode"] != "lines"
            else trace
        )


def _points(
    days: Sequence[Any], values: Sequence[float | None], colour: str, hover: Sequence[str]
) -> Props:
    """An unseen mark on each observation, with the hover and the day: a bare line answers no click.

    The one clicked is seen.
    """
    return scatter(
        name="observations",
        x=list(days),
        y=list(values),
        mode="markers",
        customdata=list(days),
        hovertext=list(hover),
        hoverinfo="text",
        marker={
            "color": colour,
            "size": 10,
            "opacity": 0,
            "maxdisplayed": 1 if len(days) > SHOWN_POINTS else 0,
        },
        selected={"marker": {"opacity": 1}},
        unselected={"marker": {"opacity": 0}},
    )


def _is_current(days: Sequence[str], last: int, stamp: Stamp) -> bool:
    """Whether the last value may stand for the day shown.

    One that ends before is called by its month: a loss, or no results, came after it.
    """
    return last == len(days) - 1 and (
        stamp.as_of is None
        or (pd.Timestamp(stamp.as_of) - pd.Timestamp(days[last])).days <= STALE_DAYS
    )


def _mark_last(
    figure: Draft, days: Sequence[Any], values: Sequence[float | None], colour: str, theme: Theme
) -> None:
    """A dot on the last value."""
    last = _last(values)
    figure.add_trace(
        scatter(
            x=[days[last]],
            y=[values[last]],
            mode="markers",
            hoverinfo="skip",
            unselected={"marker": {"opacity": 1}},
            marker={
                "color": colour,
                "size": 9,
                "line": {"color": theme.colour("paper"), "width": 1.5},
            },
        )
    )


def _mark_results(
    figure: Draft,
    results: Iterable[Any],
    days: Sequence[Any],
    hover: Sequence[str],
    theme: Theme,
    low: float,
    effective: Sequence[Any] = (),
) -> list[str]:
    """Ticks on the axis for the days on which results take effect; the hover, which names them at
    the first observation that they reach.

    effective: words beside the days, where a frame has them. The ticks themselves answer
        neither hover nor click: they are no observations.
    """
    language = theme.language
    marks = {day: "" for day in iso_days(results) if day}
    for day, words in zip(days, effective):
        if day and not formats.is_missing(words) and words is not False and str(words):
            marks[day] = "" if words is True else f": {words}"
    marks = {day: words for day, words in sorted(marks.items()) if days[0] <= day <= days[-1]}
    told = list(hover)
    for day, words in marks.items():
        first = next(i for i, observed in enumerate(days) if observed >= day)
        told[first] += (
            f"<br>{text('chart.results_effective', language)} "
            f"{formats.day(day, language)}{escape(words)}"
        )
    if marks:
        figure.add_trace(
            scatter(
                x=list(marks),
                y=[low] * len(marks),
                mode="markers",
                cliponaxis=False,
                hoverinfo="skip",
                unselected={"marker": {"opacity": 1}},
                marker={
                    "symbol": "line-ns-open",
                    "size": 9,
                    "color": theme.colour("muted"),
                    "line": {"width": 1.5, "color": theme.colour("muted")},
                },
            )
        )
    return told


def _log_axis(
    figure: Draft, values: Sequence[float], write: Callable[[float, int], str]
) -> tuple[float, float, float]:
    """Set a logarithmic y axis with ticks written as write(value, decimals).

    Returns low and high as powers of ten, and the px that the labels need on the left.
    """
    lowest, highest = min(values) * 0.94, max(values) * 1.08
    low, high, ticks = math.log10(lowest), math.log10(highest), log_ticks(lowest, highest)
    labels = [write(t, decimals_of(t)) for t in ticks]
    figure.update_yaxes(
        type="log",
        range=[low, high],
        tickmode="array",
        tickvals=ticks,
        ticktext=labels,
        showgrid=True,
        ticks="",
        showline=False,
    )
    return low, high, max(measure(label, BODY) for label in labels) + 16


def _price(value: float) -> str:
    return formats.number(value, 2 if abs(value) < 100 else 1)


def _valuation_hover(frame: pd.DataFrame, write: Write, per_share: str, language: str) -> list[str]:
    """Date, value, close, the figure per share under its name, the day it runs to, and FX, a line
    each, where the frame knows them.
    """
    columns = {
        name: column_of(frame, name)
        for name in (
            "date",
            "value",
            "status",
            "close",
            "close_currency",
            "per_share",
            "per_share_currency",
            "eps_period_end",
            "fx_rate",
        )
    }
    hover = []
    for row in zip(*columns.values()):
        item = dict(zip(columns, row))
        lines = [f"<b>{formats.day(item['date'], language)}</b>  {escape(write(item['value']))}"]
        if not formats.is_missing(item["status"]) and item["status"] != "OK":
            lines[0] += " · " + text(f"status.{item['status']}", language)
        if not formats.is_missing(item["close"]):
            lines.append(
                f"{text('chart.close', language)} "
                f"{formats.price(item['close'], _or_none(item['close_currency']), language)}"
            )
        if not formats.is_missing(item["per_share"]):
            currency = _or_none(item["per_share_currency"])
            lines.append(f"{per_share} {formats.price(item['per_share'], currency, language)}")
        if not formats.is_missing(item["eps_period_end"]):
            lines.append(
                text("chart.eps_to", language, date=formats.day(item["eps_period_end"], language))
            )
        if not formats.is_missing(item["fx_rate"]):
            lines.append(f"{text('chart.fx', language)} {formats.number(item['fx_rate'], 4)}")
        hover.append("<br>".join(lines))
    return hover


def _or_none(value: Any) -> str | None:
    return None if formats.is_missing(value) else str(value)
