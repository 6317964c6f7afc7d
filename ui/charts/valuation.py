"""Multiples through time and across companies: history with bands, each company in its own range, a published index, several series."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from ui import formats
from ui.charts.parts import (
    NARROW,
    Write,
    column_of,
    date_axis,
    digits_of,
    empty_figure,
    end_labels,
    floats,
    height_of_chart,
    iso_days,
    known_values,
    line_trace,
    named,
    need,
    noted,
    short_tick,
    ticks_between,
    value_axis,
    words_at,
)
from ui.palette import Theme, alpha, cheap_to_dear, segments
from ui.stamp import BODY, FONTS, Stamp, escape, finish, measure, shorten
from ui.text import text

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
    frame = need(history, "date", "value", "status")
    if len(frame):
        frame = frame[frame["date"].notna()].sort_values("date").reset_index(drop=True)
    values = floats(frame["value"])
    if not known_values(values):
        return empty_figure(empty, stamp, theme, height)
    days = iso_days(frame["date"])
    stale = [str(s).startswith("STALE") for s in frame["status"]]
    hover = _valuation_hover(frame, write, language)
    figure = go.Figure()

    quantiles: dict[str, list[float | None]] = {}
    band_days: list[Any] = [days[0], days[-1]]
    if isinstance(bands, pd.DataFrame):
        band_days = iso_days(bands["date"])
        quantiles = {q: floats(bands[q]) for q in QUANTILES if q in bands.columns}
    elif bands:
        quantiles = {q: floats([bands[q]] * 2) for q in QUANTILES if not formats.is_missing(bands.get(q))}
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
        figure.add_trace(line_trace(band_days, quantiles["q50"], theme.colour("muted"), width=1, dash="dot"))

    main = colour or theme.colour("accent")
    fresh = [None if old else v for v, old in zip(values, stale)]
    # A stale run starts at the last fresh point, so that the line does not break where it turns grey.
    grey = [
        v if old or (v is not None and i + 1 < len(values) and stale[i + 1]) else None
        for i, (v, old) in enumerate(zip(values, stale))
    ]
    if any(stale):
        figure.add_trace(line_trace(days, grey, theme.colour("stale"), hover=hover))
    figure.add_trace(line_trace(days, fresh, main, hover=hover))

    last = max(i for i, v in enumerate(values) if v is not None)
    here = theme.colour("stale") if stale[last] else main
    figure.add_trace(
        go.Scatter(
            x=[days[last]], y=[values[last]], mode="markers",
            marker={"color": here, "size": 9, "line": {"color": theme.colour("paper"), "width": 1.5}},
            hovertext=[hover[last]], hoverinfo="text",
        )  # fmt: skip
    )
    low, high, left = value_axis(figure, known_values(values, *quantiles.values()), theme, lambda v, d: short_tick(write, v, d))

    marks = {day: text("chart.results_effective", language) for day in iso_days(results) if day}
    for day, words in zip(days, column_of(frame, "effective")):
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
    right = end_labels(figure, labels, low, high, height_of_chart(theme, height) - 150, min(150, theme.width * 0.32))
    date_axis(figure, days if len(days) == 1 else [d for d in (*days, *band_days) if d], theme, theme.width - left - right)
    figure.update_layout(hovermode="closest" if len(days) < 3 else "x")
    notes = (
        text("chart.note_results", language) if marks else "",
        text("chart.note_stale", language) if any(stale) else "",
    )
    return finish(figure, noted(stamp, *notes), theme, left=left, right=right, height=height)


def _valuation_hover(frame: pd.DataFrame, write: Write, language: str) -> list[str]:
    """Date, value, close, EPS-TTM, the day its EPS run to, and FX, a line each, where the frame knows them."""
    columns = {
        name: column_of(frame, name)
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
    frame = need(rows, "ticker", "name", "minimum", "q25", "q50", "q75", "maximum", "value", "percentile", "status")
    if not len(frame):
        return empty_figure(empty, stamp, theme, height)
    ranked = [not formats.is_missing(p) and s == "OK" for p, s in zip(frame["percentile"], frame["status"])]
    frame = frame.assign(_ranked=ranked)
    above = frame[frame["_ranked"]].sort_values(["percentile", "ticker"], kind="stable")
    below = frame[~frame["_ranked"]].sort_values("ticker", kind="stable")
    frame = pd.concat([above, below]).reset_index(drop=True)
    count = len(frame)
    bold = set(highlight)

    low_side, high_side = floats(frame["minimum"]), floats(frame["maximum"])
    firsts, lasts, middles, now = (floats(frame[c]) for c in ("q25", "q75", "q50", "value"))
    numbers = [v for v in known_values(low_side, high_side, firsts, lasts, middles, now)]
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
    colours = [cheap_to_dear(p if i < len(above) else None, theme) for i, p in enumerate(floats(frame["percentile"]))]
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
        ticks = [t for t in ticks_between(low, high, 6) if low - pad <= t <= high + pad]
        bounds = [low - pad, high + pad]
    digits = 0 if log else digits_of(ticks)
    most = max(2, int((theme.width - left - right) // 48))
    ticks = ticks[:: math.ceil(len(ticks) / most)]
    figure.update_xaxes(
        tickangle=0, type="log" if log else "linear", range=bounds, tickmode="array", tickvals=ticks,
        ticktext=[short_tick(write, t, digits) for t in ticks], showgrid=True, ticks="", showline=False,
    )  # fmt: skip
    figure.update_layout(hovermode="closest")
    stamp = noted(stamp, text("chart.note_log", language) if log else "")
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
    frame = need(history, "date", "value")
    if len(frame):
        frame = frame[frame["date"].notna()].sort_values("date").reset_index(drop=True)
    values = floats(frame["value"])
    points = need(printed, "date", "value", "percentile", "source")
    if not known_values(values) and not len(points):
        return empty_figure(empty, stamp, theme, height)
    days = iso_days(frame["date"])
    main = colour or theme.colour("accent")
    figure = go.Figure()
    hover = [f"<b>{formats.day(d, language)}</b>  {escape(write(v))}" for d, v in zip(days, values)]
    figure.add_trace(line_trace(days, values, main, hover=hover))
    low, high, left = value_axis(figure, known_values(values, floats(points["value"])), theme, lambda v, d: short_tick(write, v, d))
    labels = []
    if known_values(values):
        last = max(i for i, v in enumerate(values) if v is not None)
        figure.add_trace(
            go.Scatter(
                x=[days[last]], y=[values[last]], mode="markers", marker={"color": main, "size": 9, "line": {"color": theme.colour("paper"), "width": 1.5}},
                hovertext=[hover[last]], hoverinfo="text",
            )  # fmt: skip
        )
        labels = [(values[last], write(values[last]), theme.colour("ink"), True)]
    right = end_labels(figure, labels, low, high, height_of_chart(theme, height) - 150, min(140, theme.width * 0.32))
    every = [d for d in (*days, *iso_days(points["date"])) if d]
    date_axis(figure, every, theme, theme.width - left - right)
    notes: list[str] = []
    middle = pd.Timestamp(min(every)) + (pd.Timestamp(max(every)) - pd.Timestamp(min(every))) / 2
    for item in points.to_dict("records"):
        if formats.is_missing(item["value"]) or formats.is_missing(item["date"]):
            continue
        words = text("chart.printed_by", language, value=write(item["value"]), source=item["source"])
        if not formats.is_missing(item["percentile"]):
            printed_percentile = formats.number(item["percentile"], 2)
            words += " · " + text("chart.printed_percentile", language, percentile=printed_percentile)
        day = iso_days([item["date"]])[0]
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
        words_at(
            figure, escape(write(item["value"])), day, float(item["value"]), theme, colour=theme.colour("dear"),
            xanchor="right" if pd.Timestamp(day) > middle else "left", yanchor="bottom" if top else "top",
            yshift=6 if top else -6,
        )  # fmt: skip
    figure.update_layout(hovermode="closest")
    return finish(figure, noted(stamp, *notes), theme, left=left, right=right, height=height)


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
    frame = need(frame, "date", "series", "value")
    if len(frame):
        frame = frame[frame["date"].notna()].sort_values("date")
    if not known_values(floats(frame["value"])):
        return empty_figure(empty, stamp, theme, height)
    names = list(dict.fromkeys(str(n) for n in frame["series"]))
    own = dict(segments(names, theme)) | dict(colours or {})
    figure, labels = go.Figure(), []
    for name in names:
        part = frame[frame["series"].astype(str) == name]
        days, values = iso_days(part["date"]), floats(part["value"])
        hover = [f"<b>{formats.day(d, language)}</b>  {escape(name)} {escape(write(v))}" for d, v in zip(days, values)]
        figure.add_trace(line_trace(days, values, own[name], hover=hover))
        if known_values(values):
            labels.append((known_values(values)[-1], named(name, write(known_values(values)[-1]), min(190, theme.width * 0.3)), own[name], False))
    low, high, left = value_axis(figure, known_values(floats(frame["value"])), theme, lambda v, d: short_tick(write, v, d), zero=zero)
    direct = len(names) <= 6 and theme.width >= NARROW
    right = end_labels(
        figure, labels if direct else [], low, high, height_of_chart(theme, height) - 150, min(190, theme.width * 0.3), swatch=theme.colour("ink")
    )
    date_axis(figure, [d for d in iso_days(frame["date"]) if d], theme, theme.width - left - right)
    figure.update_layout(hovermode="closest")
    legend = [] if direct else [(name, own[name]) for name in names]
    return finish(figure, stamp, theme, left=left, right=right, legend=legend, height=height)
