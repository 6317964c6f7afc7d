"""What was bought: running totals by year, bars by period, the league, and the prices paid."""

from __future__ import annotations

import math
from collections.abc import Iterable
from datetime import date

import pandas as pd
import plotly.graph_objects as go

from ui import formats
from ui.charts.parts import (
    Write,
    column_of,
    date_axis,
    empty_figure,
    end_labels,
    flags_of,
    floats,
    headroom,
    height_of_chart,
    iso_days,
    known_values,
    line_trace,
    need,
    noted,
    period_axis,
    scaled,
    short_tick,
    value_axis,
    words_at,
)
from ui.palette import Theme, alpha, company
from ui.stamp import BODY, FONTS, Stamp, escape, finish, measure, shorten
from ui.text import text


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
    frame = need(frame, "date", "amount", "year")
    if len(frame):
        frame = frame[frame["date"].notna()].sort_values("date")
    amounts = known_values(floats(frame["amount"]))
    if not amounts:
        return empty_figure(empty, stamp, theme, height)
    years = sorted({int(y) for y in frame["year"]})
    figure, labels = go.Figure(), []
    low, high, left = value_axis(figure, amounts, theme, scaled(amounts, language), zero=True)
    for year in years:
        part = frame[frame["year"].astype(int) == year]
        # Every year on one leap year's axis, so that 29 February has a place.
        days = [pd.Timestamp(d).replace(year=2024).date().isoformat() for d in part["date"]]
        values = floats(part["amount"])
        latest = year == years[-1]
        back = len(years) - 1 - years.index(year)
        shade = (colour or theme.colour("accent")) if latest else theme.colour(("other3", "other1", "other2")[min(back, 3) - 1])
        hover = [f"<b>{formats.day(d, language)}</b>  {formats.money(v, currency, language)}" for d, v in zip(part["date"], values)]
        figure.add_trace(line_trace(["2024-01-01", *days], [0.0, *values], shade, width=2.6 if latest else 1.6, hover=["", *hover], shape="hv"))
        if known_values(values):
            end = known_values(values)[-1]
            labels.append((end, f"{year} {formats.money(end, currency, language)}", theme.colour("ink" if latest else "muted"), latest))
            figure.add_trace(
                go.Scatter(x=[days[-1]], y=[end], mode="markers", hoverinfo="skip", marker={"color": shade, "size": 8 if latest else 5})
            )
    right = end_labels(figure, labels, low, high, height_of_chart(theme, height) - 150, min(170, theme.width * 0.36))
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
    frame = need(frame, "period", "amount")
    amounts = floats(frame["amount"])
    if not known_values(amounts):
        return empty_figure(empty, stamp, theme, height)
    names = [str(p) for p in frame["period"]]
    incomplete, blackout, notes = flags_of(frame, "incomplete"), flags_of(frame, "blackout"), column_of(frame, "note")
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
    known = known_values(amounts)
    if currency:
        axis = scaled(known, language)
    else:
        axis = lambda value, digits: short_tick(write, value, digits)  # noqa: E731
    _, _, left = value_axis(figure, known, theme, axis, zero=True)
    room = theme.width - left - 16
    ticks = period_axis(figure, names, room)
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
                words_at(figure, escape(label), i, amount, theme, yanchor="bottom" if amount >= 0 else "top", colour=theme.colour("ink"))
        headroom(figure, known)
    if min(known) < 0:
        figure.add_hline(y=0, line={"color": theme.colour("axis"), "width": 1})
    figure.update_layout(hovermode="closest", bargap=0.2)
    stamp = noted(
        stamp,
        text("chart.note_incomplete", language) if any(incomplete) else "",
        text("chart.note_blackout", language) if any(blackout) else "",
    )
    return finish(figure, stamp, theme, left=left, right=16, ticks=ticks, height=height)


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
    frame = need(frame, "company", "amount")
    if len(frame):
        frame = frame[frame["amount"].notna()].sort_values("amount", ascending=False, kind="stable").reset_index(drop=True)
    if not len(frame):
        return empty_figure(empty, stamp, theme, height)
    amounts = known_values(floats(frame["amount"]))
    tickers = [None if formats.is_missing(t) else str(t) for t in column_of(frame, "ticker")]
    chosen, incomplete = set(highlight), flags_of(frame, "incomplete")
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
        words_at(
            figure, escape(write(amount)), amount, place, theme, colour=theme.colour("ink"), yanchor="middle",
            xanchor="left" if amount >= 0 else "right", xshift=5 if amount >= 0 else -5,
        )  # fmt: skip
    figure.add_vline(x=0, line={"color": theme.colour("axis"), "width": 1})
    figure.update_layout(hovermode="closest")
    tall = int(height or max(theme.height, 130 + 23 * len(frame)))
    stamp = noted(stamp, text("chart.note_incomplete", language) if any(incomplete) else "")
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
    bought = need(purchases, "date", "price_average", "amount")
    bought = bought[bought["date"].notna() & bought["price_average"].notna()].sort_values("date") if len(bought) else bought
    line = need(closes, "date", "close")
    line = line[line["date"].notna()].sort_values("date") if len(line) else line
    prices, closing = floats(bought["price_average"]), floats(line["close"])
    if not known_values(prices, closing):
        return empty_figure(empty, stamp, theme, height)
    main = colour or theme.colour("accent")
    figure, labels = go.Figure(), []
    days = iso_days(line["date"])
    if known_values(closing):
        hover = [f"<b>{formats.day(d, language)}</b><br>{text('chart.close', language)} {formats.price(v, currency, language)}" for d, v in zip(days, closing)]
        figure.add_trace(line_trace(days, closing, theme.colour("muted"), width=1.6, hover=hover))
        end = known_values(closing)[-1]
        labels.append((end, f"{text('chart.close', language)} {formats.price(end)}", theme.colour("muted"), False))
    amounts = [a or 0.0 for a in floats(bought["amount"])]
    largest = max(amounts, default=0.0) or 1.0
    if prices:
        figure.add_trace(
            go.Scatter(
                x=iso_days(bought["date"]), y=prices, mode="markers", hoverinfo="text", cliponaxis=False,
                hovertext=[
                    f"<b>{formats.day(d, language)}</b><br>{text('chart.average_price', language)} {formats.price(p, currency, language)}"
                    f"<br>{text('chart.amount', language)} {formats.money(a, currency, language)}"
                    for d, p, a in zip(bought["date"], prices, floats(bought["amount"]))
                ],
                marker={
                    "color": alpha(main, 0.55), "size": [5 + 13 * math.sqrt(max(a, 0) / largest) for a in amounts],
                    "line": {"color": main, "width": 0.8},
                },
            )  # fmt: skip
        )
    extra = [] if average is None or formats.is_missing(average) else [float(average)]
    low, high, left = value_axis(figure, known_values(prices, closing, extra), theme, lambda v, d: formats.number(v, d))
    if extra:
        figure.add_hline(y=extra[0], line={"color": main, "width": 1.2, "dash": "dash"})
        labels.append((extra[0], f"{text('chart.average_paid', language)} {formats.price(extra[0])}", theme.colour("ink"), True))
    right = end_labels(figure, labels, low, high, height_of_chart(theme, height) - 150, min(170, theme.width * 0.36))
    date_axis(figure, [d for d in (*days, *iso_days(bought["date"])) if d], theme, theme.width - left - right)
    figure.update_layout(hovermode="closest")
    return finish(figure, stamp, theme, left=left, right=right, height=height)
