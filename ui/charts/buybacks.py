"""What was bought: running totals by year, bars by period, the days on a calendar, the league, the
prices paid, what is net of new shares, and what a programme has left.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from datetime import date

import pandas as pd
import plotly.graph_objects as go

from ui import formats
from ui.charts.parts import (
    LEAST_ROWS,
    Write,
    column_of,
    complete,
    date_axis,
    empty_figure,
    end_labels,
    flags_of,
    floats,
    headroom,
    height_of_chart,
    iso_days,
    known_values,
    label,
    line_trace,
    need,
    noted,
    period_axis,
    rows_room,
    scaled,
    short_tick,
    value_axis,
    words_at,
)
from ui.draft import Draft, bar_trace, scatter
from ui.palette import Theme, alpha, company
from ui.stamp import BODY, Stamp, escape, finish, measure, shorten
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
    figure, labels = Draft(), []
    low, high, left = value_axis(figure, amounts, theme, scaled(amounts, language), zero=True)
    for year in years:
        part = frame[frame["year"].astype(int) == year]
        # Every year on one leap year's axis, so that 29 February has a place.
        days = [pd.Timestamp(d).replace(year=2024).date().isoformat() for d in part["date"]]
        values = floats(part["amount"])
        latest = year == years[-1]
        back = len(years) - 1 - years.index(year)
        shade = (
            (colour or theme.colour("accent"))
            if latest
            else theme.colour(("other2", "other3", "other1")[min(back, 3) - 1])
        )
        hover = [
            f"<b>{formats.day(d, language)}</b>  {formats.money(v, currency, language)}"
            for d, v in zip(part["date"], values)
        ]
        figure.add_trace(
            line_trace(
                ["2024-01-01", *days],
                [0.0, *values],
                shade,
                width=2.6 if latest else 1.6,
                hover=["", *hover],
                shape="hv",
            )
        )
        if known_values(values):
            end = known_values(values)[-1]
            labels.append(
                (
                    end,
                    f"{year} {formats.money(end, currency, language)}",
                    theme.colour("ink" if latest else "muted"),
                    latest,
                )
            )
            figure.add_trace(
                scatter(
                    x=[days[-1]],
                    y=[end],
                    mode="markers",
                    hoverinfo="skip",
                    marker={"color": shade, "size": 8 if latest else 5},
                )
            )
    right = end_labels(
        figure,
        labels,
        low,
        high,
        height_of_chart(theme, height) - 150,
        min(170, theme.width * 0.36),
    )
    step = 1 if theme.width - left - right > 560 else 3
    places = [date(2024, m, 1) for m in range(1, 13, step)]
    figure.update_xaxes(
        type="date",
        range=["2023-12-30", "2025-01-01"],
        tickmode="array",
        tickvals=[d.isoformat() for d in places],
        ticktext=[
            formats.MONTHS[d.month - 1] if language == "en" else f"{d.month}月" for d in places
        ],
        showgrid=False,
        ticks="outside",
        ticklen=4,
        showline=True,
    )
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

    frame: period (words), amount (full units; may be negative or missing), and where known
        incomplete (bool), blackout (bool), note (words for the hover). write: value -> words where
        the amount is not money.
    """
    language = theme.language
    write = write or (
        lambda value: (
            formats.money(value, currency, language) if currency else formats.number(value, 1)
        )
    )
    frame = need(frame, "period", "amount")
    amounts = floats(frame["amount"])
    if not known_values(amounts):
        return empty_figure(empty, stamp, theme, height)
    names = [str(p) for p in frame["period"]]
    incomplete, blackout, notes = (
        flags_of(frame, "incomplete"),
        flags_of(frame, "blackout"),
        column_of(frame, "note"),
    )
    main = colour or theme.colour("accent")
    hover = []
    for name, amount, part, note in zip(names, amounts, incomplete, notes):
        words = f"<b>{escape(name)}</b>  {escape(write(amount))}"
        words += f" · {text('chart.incomplete', language)}" if part else ""
        hover.append(
            words + (f"<br>{escape(note)}" if not formats.is_missing(note) and str(note) else "")
        )
    figure = Draft(
        bar_trace(
            x=list(range(len(names))),
            y=amounts,
            hovertext=hover,
            hoverinfo="text",
            width=0.72,
            marker={
                "color": [alpha(main, 0.35) if part else main for part in incomplete],
                "line": {"width": [1 if part else 0 for part in incomplete], "color": main},
                "pattern": {
                    "shape": ["/" if part else "" for part in incomplete],
                    "fgcolor": main,
                    "size": 6,
                    "solidity": 0.35,
                },
            },
        )
    )
    known = known_values(amounts)
    if currency:
        axis = scaled(known, language)
    else:

        def axis(value, digits):
            return short_tick(write, value, digits)

    _, _, left = value_axis(figure, known, theme, axis, zero=True)
    room = theme.width - left - 16
    ticks = period_axis(figure, names, room)
    for i, closed in enumerate(blackout):
        if closed:
            figure.add_shape(
                type="rect",
                xref="x",
                yref="paper",
                x0=i - 0.5,
                x1=i + 0.5,
                y0=0,
                y1=1,
                layer="below",
                line={"width": 0},
                fillcolor=alpha(theme.colour("stale"), 0.16),
            )
    labels = [write(a) for a in amounts]
    if max(measure(label, BODY) for label in labels) + 6 <= room / len(names):
        for i, (amount, label) in enumerate(zip(amounts, labels)):
            if amount is not None:
                words_at(
                    figure,
                    escape(label),
                    i,
                    amount,
                    theme,
                    yanchor="bottom" if amount >= 0 else "top",
                    colour=theme.colour("ink"),
                )
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

    Highlighted tickers (or, without any, all) are drawn in the company's own colour, the others
    grey.
    """
    language = theme.language
    write = write or (lambda value: formats.money(value, currency, language))
    frame = need(frame, "company", "amount")
    if len(frame):
        frame = (
            frame[frame["amount"].notna()]
            .sort_values("amount", ascending=False, kind="stable")
            .reset_index(drop=True)
        )
    if not len(frame):
        return empty_figure(empty, stamp, theme, height)
    amounts = known_values(floats(frame["amount"]))
    tickers = [None if formats.is_missing(t) else str(t) for t in column_of(frame, "ticker")]
    chosen, incomplete = set(highlight), flags_of(frame, "incomplete")
    colours = [
        theme.colour("other3")
        if chosen and t not in chosen
        else company(t, theme)
        if t
        else theme.colour("accent")
        for t in tickers
    ]
    room = min(190.0, theme.width * 0.32)
    names = [shorten(str(name), room) for name in frame["company"]]
    places = [-i for i in range(len(frame))]
    figure = Draft(
        bar_trace(
            x=amounts,
            y=places,
            orientation="h",
            width=0.66,
            hoverinfo="text",
            hovertext=[
                f"<b>{escape(n)}</b>  {escape(write(a))}" for n, a in zip(frame["company"], amounts)
            ],
            marker={
                "color": [alpha(c, 0.35) if part else c for c, part in zip(colours, incomplete)],
                "line": {"width": 0},
                "pattern": {
                    "shape": ["/" if part else "" for part in incomplete],
                    "fgcolor": colours,
                    "size": 6,
                    "solidity": 0.35,
                },
            },
        )
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
    figure.update_xaxes(
        type="linear",
        range=[low - left_pad, high + right_pad],
        showgrid=False,
        showticklabels=False,
        ticks="",
        showline=False,
    )
    figure.update_yaxes(
        range=[places[-1] - 0.7, 0.7],
        tickmode="array",
        tickvals=places,
        ticktext=[escape(n) for n in names],
        showgrid=False,
        ticks="",
        showline=False,
    )
    for place, amount in zip(places, amounts):
        words_at(
            figure,
            escape(write(amount)),
            amount,
            place,
            theme,
            colour=theme.colour("ink"),
            yanchor="middle",
            xanchor="left" if amount >= 0 else "right",
            xshift=5 if amount >= 0 else -5,
        )
    figure.add_vline(x=0, line={"color": theme.colour("axis"), "width": 1})
    figure.update_layout(hovermode="closest")
    tall = int(height or max(theme.height, 130 + 23 * len(frame)))
    stamp = noted(stamp, text("chart.note_incomplete", language) if any(incomplete) else "")
    return finish(
        figure, stamp, theme, left=left, right=16, ticks=4, height=tall, names_in_ink=True
    )


def price_paid(
    purchases: pd.DataFrame,
    closes: pd.DataFrame,
    stamp: Stamp,
    theme: Theme,
    *,
    currency: str = "HKD",
    average: float | None = None,
    silences: pd.DataFrame | None = None,
    colour: str | None = None,
    empty: str | None = None,
    height: int | None = None,
) -> go.Figure:
    """Purchases on the line of closes: purchases = date, price_average, amount (full units); closes
    = date, close.

    The area of a dot is its amount. average: the price paid over the period shown, drawn as a
    dashed line.
    silences: from_date, to_date of the closed months before results, shaded.
    """
    language = theme.language
    bought = need(purchases, "date", "price_average", "amount")
    bought = (
        bought[bought["date"].notna() & bought["price_average"].notna()].sort_values("date")
        if len(bought)
        else bought
    )
    line = need(closes, "date", "close")
    line = line[line["date"].notna()].sort_values("date") if len(line) else line
    prices, closing = floats(bought["price_average"]), floats(line["close"])
    if not known_values(prices, closing):
        return empty_figure(empty, stamp, theme, height)
    main = colour or theme.colour("accent")
    figure, labels = Draft(), []
    days = iso_days(line["date"])
    if known_values(closing):
        hover = [
            (
                f"<b>{formats.day(d, language)}</b>"
                f"<br>{text('chart.close', language)} {formats.price(v, currency, language)}"
            )
            for d, v in zip(days, closing)
        ]
        figure.add_trace(line_trace(days, closing, theme.colour("muted"), width=1.6, hover=hover))
        end = known_values(closing)[-1]
        labels.append(
            (
                end,
                f"{text('chart.close', language)} {formats.price(end)}",
                theme.colour("muted"),
                False,
            )
        )
    amounts = [a or 0.0 for a in floats(bought["amount"])]
    largest = max(amounts, default=0.0) or 1.0
    if prices:
        figure.add_trace(
            scatter(
                x=iso_days(bought["date"]),
                y=prices,
                mode="markers",
                hoverinfo="text",
                cliponaxis=False,
                hovertext=[
                    f"<b>{formats.day(d, language)}</b>"
                    f"<br>{text('chart.average_price', language)} "
                    f"{formats.price(p, currency, language)}"
                    f"<br>{text('chart.amount', language)} {formats.money(a, currency, language)}"
                    for d, p, a in zip(bought["date"], prices, floats(bought["amount"]))
                ],
                marker={
                    "color": alpha(main, 0.55),
                    "size": [5 + 13 * math.sqrt(max(a, 0) / largest) for a in amounts],
                    "line": {"color": main, "width": 0.8},
                },
            )
        )
    extra = [] if average is None or formats.is_missing(average) else [float(average)]
    low, high, left = value_axis(
        figure, known_values(prices, closing, extra), theme, lambda v, d: formats.number(v, d)
    )
    if extra:
        figure.add_hline(y=extra[0], line={"color": main, "width": 1.2, "dash": "dash"})
        labels.append(
            (
                extra[0],
                f"{text('chart.average_paid', language)} {formats.price(extra[0])}",
                theme.colour("ink"),
                True,
            )
        )
    right = end_labels(
        figure,
        labels,
        low,
        high,
        height_of_chart(theme, height) - 150,
        min(170, theme.width * 0.36),
    )
    shown = [d for d in (*days, *iso_days(bought["date"])) if d]
    date_axis(figure, shown, theme, theme.width - left - right)
    closed = [
        (max(a, min(shown)), min(b, max(shown)))
        for a, b in zip(
            *(iso_days(need(silences, "from_date", "to_date")[c]) for c in ("from_date", "to_date"))
        )
        if b >= min(shown) and a <= max(shown)
    ]
    for first, last in closed:
        _shade(figure, theme, first, last, "x", 0, 1, "paper")
    figure.update_layout(hovermode="closest")
    return finish(
        figure,
        noted(stamp, text("chart.note_blackout", language) if closed else ""),
        theme,
        left=left,
        right=right,
        height=height,
    )


def _shade(figure: Draft, theme: Theme, x0, x1, xref: str, y0, y1, yref: str) -> None:
    """A closed span before results."""
    figure.add_shape(
        type="rect",
        xref=xref,
        yref=yref,
        x0=x0,
        x1=x1,
        y0=y0,
        y1=y1,
        layer="below",
        line={"width": 0},
        fillcolor=alpha(theme.colour("stale"), 0.16),
    )


def purchase_calendar(
    purchases: pd.DataFrame,
    stamp: Stamp,
    theme: Theme,
    *,
    months: int = 15,
    last: date | None = None,
    currency: str = "HKD",
    silences: pd.DataFrame | None = None,
    colour: str | None = None,
    empty: str | None = None,
    height: int | None = None,
) -> go.Figure:
    """Each purchase day in its month: purchases = date, amount (full units); the fuller the colour,
    the larger the amount.

    months: how many are shown, up to that of last. silences: from_date, to_date of the closed
        months before results, shaded. Beside each month its total and its purchase days.
    """
    language = theme.language
    frame = need(purchases, "date", "amount")
    frame = frame[frame["date"].notna() & frame["amount"].notna()] if len(frame) else frame
    if not len(frame):
        return empty_figure(empty, stamp, theme, height)
    frame = (
        frame.assign(date=pd.to_datetime(frame["date"]))
        .groupby("date", as_index=False)["amount"]
        .sum()
    )
    end = pd.Timestamp(last or frame["date"].max()).to_period("M")
    spine = pd.period_range(end - months + 1, end, freq="M")
    frame = frame.assign(month=frame["date"].dt.to_period("M"))
    frame = frame[frame["month"].isin(spine)]
    if not len(frame):
        return empty_figure(empty, stamp, theme, height)
    main, largest = colour or theme.colour("accent"), float(frame["amount"].max()) or 1.0
    place = {month: -i for i, month in enumerate(spine)}
    amounts = complete(floats(frame["amount"]))
    figure = Draft(
        bar_trace(
            base=[d.day - 0.44 for d in frame["date"]],
            x=[0.88] * len(frame),
            y=[place[m] for m in frame["month"]],
            width=0.84,
            orientation="h",
            hoverinfo="text",
            hovertext=[
                f"<b>{formats.day(d, language)}</b>  {formats.money(a, currency, language)}"
                for d, a in zip(frame["date"], amounts)
            ],
            # Six steps, so that a day of a tenth of the largest is still seen.
            marker={
                "color": [
                    alpha(
                        main,
                        (0.25, 0.4, 0.55, 0.7, 0.85, 1)[min(5, int(6 * math.sqrt(a / largest)))],
                    )
                    for a in amounts
                ],
                "line": {"width": 0},
            },
        )
    )
    closed = need(silences, "from_date", "to_date")
    is_closed = False
    for first, until in zip(closed["from_date"], closed["to_date"]):
        for month in pd.period_range(pd.Timestamp(first), pd.Timestamp(until), freq="M"):
            if month in place:
                is_closed = True
                start, stop = (
                    max(pd.Timestamp(first), month.start_time),
                    min(pd.Timestamp(until), month.end_time),
                )
                _shade(
                    figure,
                    theme,
                    start.day - 0.5,
                    stop.day + 0.5,
                    "x",
                    place[month] - 0.5,
                    place[month] + 0.5,
                    "y",
                )
    names = [formats.month(month.start_time, language) for month in spine]
    totals = frame.groupby("month")["amount"].agg(["sum", "count"])
    beside = []
    for month in spine:
        row = totals.loc[month] if month in totals.index else None
        beside.append(
            formats.MISSING
            if row is None
            else (
                f"{formats.money(row['sum'], currency, language)} · "
                f"{text('chart.days_of', language, number=int(row['count']))}"
            )
        )
    left, right = (
        max(measure(name, BODY) for name in names) + 18,
        max(measure(words, BODY) for words in beside) + 20,
    )
    figure.update_layout(
        annotations=[
            label(
                escape(words),
                1,
                place[month],
                theme,
                xref="paper",
                xanchor="left",
                xshift=8,
                yanchor="middle",
                colour=theme.colour("ink" if words != formats.MISSING else "muted"),
            )
            for month, words in zip(spine, beside)
        ]
    )
    ticks = (1, 5, 10, 15, 20, 25, 31)
    figure.update_xaxes(
        type="linear",
        range=[0.4, 31.6],
        tickmode="array",
        tickvals=list(ticks),
        ticktext=[str(t) for t in ticks],
        showgrid=False,
        ticks="outside",
        ticklen=4,
        showline=True,
    )
    figure.update_yaxes(
        range=[place[spine[-1]] - 0.6, 0.6],
        tickmode="array",
        tickvals=list(place.values()),
        ticktext=[escape(n) for n in names],
        showgrid=False,
        ticks="",
        showline=False,
    )
    figure.update_layout(hovermode="closest", bargap=0)
    stamp = noted(stamp, text("chart.note_blackout", language) if is_closed else "")
    return finish(
        figure,
        stamp,
        theme,
        left=left,
        right=right,
        height=int(height or max(theme.height, rows_room(stamp, theme, 19 * months))),
        names_in_ink=True,
    )


def bought_and_net(
    frame: pd.DataFrame,
    stamp: Stamp,
    theme: Theme,
    *,
    colour: str | None = None,
    empty: str | None = None,
    height: int | None = None,
) -> go.Figure:
    """Two bars a period: shares bought, and by how many the count fell (below the line where it
    grew).

    frame: period (words), bought, net_reduction (shares, full units; either may be missing), in
        the order given.
    """
    language = theme.language
    frame = need(frame, "period", "bought", "net_reduction")
    bought, net = floats(frame["bought"]), floats(frame["net_reduction"])
    if not known_values(bought, net):
        return empty_figure(empty, stamp, theme, height)
    names, main = [str(p) for p in frame["period"]], colour or theme.colour("accent")
    figure = Draft()
    known = known_values(bought, net)
    unit = formats.scale(
        max(abs(value) for value in known), language
    )  # one unit for all, named in the subtitle
    left_words, right_words = (
        [formats.number(None if v is None else sign * v / unit.divisor) for v in values]
        for values, sign in ((bought, 1), (net, -1))
    )
    series = (
        (bought, -0.2, alpha(main, 0.4), left_words, "chart.bought"),
        (net, 0.2, main, right_words, "chart.net_change"),
    )
    for values, shift, shade, words, name in series:
        figure.add_trace(
            bar_trace(
                x=[i + shift for i in range(len(names))],
                y=values,
                width=0.36,
                marker={"color": shade, "line": {"width": 0}},
                hoverinfo="text",
                hovertext=[
                    (
                        f"<b>{escape(period)}</b>"
                        f"<br>{text(name, language)} "
                        f"{escape(word)}{unit.word if word != formats.MISSING else ''}"
                    )
                    for period, word in zip(names, words)
                ],
            )
        )
    _, _, left = value_axis(figure, known, theme, scaled(known, language), zero=True)
    room = theme.width - left - 16
    ticks = period_axis(figure, names, room)
    if max(measure(word, BODY) for word in (*left_words, *right_words)) + 2 <= 0.42 * room / len(
        names
    ):
        figure.update_layout(
            annotations=[
                label(
                    escape(word),
                    i + shift,
                    value or 0,
                    theme,
                    yanchor="top" if value is not None and value < 0 else "bottom",
                    colour=theme.colour("ink" if value is not None else "muted"),
                )
                for values, shift, _, words, _ in series
                for i, (value, word) in enumerate(zip(values, words))
            ]
        )
        headroom(figure, known)
    figure.add_hline(y=0, line={"color": theme.colour("axis"), "width": 1})
    figure.update_layout(hovermode="closest")
    return finish(
        figure,
        stamp,
        theme,
        left=left,
        right=16,
        ticks=ticks,
        legend=[(text(name, language), shade) for _, _, shade, _, name in series],
        height=height,
    )


def programme_bars(
    frame: pd.DataFrame,
    stamp: Stamp,
    theme: Theme,
    *,
    colour: str | None = None,
    empty: str | None = None,
    height: int | None = None,
) -> go.Figure:
    """One bar a programme, used and left as parts of it; an outline where neither is known.

    frame: name (words), base (full units), used, left_amount (either may be missing),
        words_used, words_left.
    """
    frame = need(frame, "name", "base", "used", "left_amount", "words_used", "words_left")
    if not len(frame):
        return empty_figure(empty, stamp, theme, height)
    main, places = colour or theme.colour("accent"), [-i for i in range(len(frame))]
    narrow = theme.width < 480
    figure = Draft()
    for place, row in zip(places, frame.to_dict("records")):
        known = not formats.is_missing(row["used"]) and not formats.is_missing(row["left_amount"])
        whole = (row["used"] + row["left_amount"]) if known else 1.0  # a target may be passed
        used = 100 * row["used"] / whole if known and whole else 0.0
        figure.add_trace(
            bar_trace(
                base=[0],
                x=[100],
                y=[place],
                width=0.36,
                orientation="h",
                hoverinfo="text",
                hovertext=[
                    (
                        f"<b>{escape(row['name'])}</b><br>{escape(row['words_used'])}"
                        f"<br>{escape(row['words_left'])}"
                    )
                ],
                marker={
                    "color": alpha(main, 0.25 if known else 0.0),
                    "line": {"width": 1, "color": alpha(main, 0.6)},
                },
            )
        )
        if used:
            figure.add_trace(
                bar_trace(
                    base=[0],
                    x=[used],
                    y=[place],
                    width=0.36,
                    orientation="h",
                    hoverinfo="skip",
                    marker={"color": main, "line": {"width": 0}},
                )
            )
        room = theme.width - 40
        words_at(
            figure,
            f"<b>{escape(shorten(row['name'], room))}</b>",
            0,
            place + 0.2,
            theme,
            xanchor="left",
            yanchor="bottom",
            colour=theme.colour("ink"),
        )
        words_at(
            figure,
            escape(shorten(row["words_used"], room / (1 if narrow else 2))),
            0,
            place - 0.2,
            theme,
            xanchor="left",
            yanchor="top",
            colour=theme.colour("ink" if known else "muted"),
        )
        if not narrow:
            words_at(
                figure,
                escape(shorten(row["words_left"], room / 2)),
                100,
                place - 0.2,
                theme,
                xanchor="right",
                yanchor="top",
                colour=theme.colour("ink" if known else "muted"),
            )
    figure.update_xaxes(
        type="linear",
        range=[0, 100.4],
        showticklabels=False,
        showgrid=False,
        ticks="",
        showline=False,
    )
    figure.update_yaxes(
        range=[places[-1] - 0.6, 0.6],
        showticklabels=False,
        showgrid=False,
        ticks="",
        showline=False,
    )
    figure.update_layout(hovermode="closest", barmode="overlay")
    return finish(
        figure,
        stamp,
        theme,
        left=16,
        right=16,
        ticks=4,
        height=height or rows_room(stamp, theme, max(72 * len(frame), LEAST_ROWS), ticks=4),
    )
