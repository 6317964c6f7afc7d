"""What happened: events in time, and events beside a price."""

from __future__ import annotations

import pandas as pd
import plotly.graph_objects as go

from ui import formats
from ui.charts.parts import (
    complete,
    date_axis,
    empty_figure,
    floats,
    height_of_chart,
    iso_days,
    known_values,
    label,
    line_trace,
    need,
    plot_room,
    short_tick,
    value_axis,
)
from ui.draft import Draft, scatter
from ui.palette import Theme, alpha
from ui.stamp import BODY, FONTS, LINE, Stamp, escape, finish, measure, shorten, wrap
from ui.text import text

LANES = ("policy", "product", "results", "personnel", "deals", "market")
MOST_TOLD = 9  # events that a picture tells in words; more are marks in lanes
LEAST_BESIDE = 0.36  # of the plot: free beside each event that is told
MARK, MARK_ROOM = 9, 25  # px: of a mark in a lane, and between two numbered ones


def event_day(day, precision: str, language: str) -> str:
    """The day, month or year of an event, as exactly as it is printed."""
    if precision == "day":
        return formats.day(day, language)
    return (
        formats.month(day, language)
        if precision == "month"
        else f"{pd.Timestamp(day).year}" + ("" if language == "en" else "年")
    )


def lane_colours(theme: Theme) -> dict[str, str]:
    return {
        lane: theme.colour(token)
        for lane, token in zip(LANES, ("hue5", "hue1", "hue3", "hue4", "hue2", "other1"))
    }


def event_timeline(
    frame: pd.DataFrame,
    stamp: Stamp,
    theme: Theme,
    *,
    empty: str | None = None,
    height: int | None = None,
) -> go.Figure:
    """Events in time: a few told in words, one a line, oldest above; many as marks in a lane for
    each kind.

    frame: first_day, event_date, date_precision, lane, entity, title, is_ahead. A month without
        a day is a bar over the month; hollow: after the evening shown.
    """
    frame = need(
        frame, "first_day", "event_date", "date_precision", "lane", "entity", "title", "is_ahead"
    )
    if not len(frame):
        return empty_figure(empty, stamp, theme, height)
    frame = frame.sort_values(["event_date", "first_day", "title"], kind="stable").reset_index(
        drop=True
    )
    colours, language = lane_colours(theme), theme.language
    told = len(frame) <= MOST_TOLD
    lanes = [lane for lane in LANES if (frame["lane"] == lane).any()]
    names = [text(f"lane.{lane}", language) for lane in lanes]
    left = 14 if told else max(measure(name, BODY) for name in names) + 18
    room = theme.width - left - 16
    places = list(range(len(frame)))[::-1] if told else _stacked(frame, lanes, room)
    figure = Draft()
    starts = complete(iso_days(frame["first_day"]))
    ends = complete(iso_days(frame["event_date"]))
    hover = [
        (
            f"<b>{escape(event_day(row.event_date, row.date_precision, language))}</b> · "
            f"{escape(text(f'lane.{row.lane}', language))}"
        )
        + (f" · {escape(text('documents.ahead', language))}" if row.is_ahead else "")
        + f"<br>{escape(row.entity)}<br>"
        + "<br>".join(escape(line) for line in wrap(row.title, 340, BODY))
        for row in frame.itertuples()
    ]
    for i, row in enumerate(frame.itertuples()):
        if row.date_precision != "day":
            figure.add_trace(
                scatter(
                    x=[starts[i], ends[i]],
                    y=[places[i]] * 2,
                    mode="lines",
                    hoverinfo="skip",
                    line={"color": alpha(colours[row.lane], 0.35), "width": 5},
                )
            )
    figure.add_trace(
        scatter(
            x=[
                start if row.date_precision == "day" else middle(start, end)
                for start, end, row in zip(starts, ends, frame.itertuples())
            ],
            y=places,
            mode="markers",
            hovertext=hover,
            hoverinfo="text",
            cliponaxis=False,
            marker={
                "size": MARK,
                "color": [
                    theme.colour("paper") if ahead else colours[lane]
                    for lane, ahead in zip(frame["lane"], frame["is_ahead"])
                ],
                "line": {"width": 2, "color": [colours[lane] for lane in frame["lane"]]},
            },
        )
    )
    first, last = pd.Timestamp(min(starts)), pd.Timestamp(max(ends))
    if (
        told and last > first
        # an event of a month or a year leaves no room for its words beside it, unless the axis goes
        # further
    ):
        beside = min(
            max(pd.Timestamp(start) - first, last - pd.Timestamp(end))
            for start, end in zip(starts, ends)
        )
        wider = max(
            (LEAST_BESIDE * (last - first) - beside) / (1 - 2 * LEAST_BESIDE), pd.Timedelta(0)
        )
        first, last = first - wider, last + wider
    date_axis(
        figure, [first.date().isoformat(), last.date().isoformat(), *starts, *ends], theme, room
    )
    legend = [(name, colours[lane]) for lane, name in zip(lanes, names)] if told else []
    if told:
        _, plot = plot_room(stamp, theme, height, legend=legend)
        most = int(plot / (len(frame) + 0.4) / (BODY * LINE))  # lines that a row has room for
        words = []
        for start, end, place, row in zip(starts, ends, places, frame.itertuples()):
            left_of, right_of = (
                (
                    (pd.Timestamp(start) - first) / (last - first),
                    (last - pd.Timestamp(end)) / (last - first),
                )
                if last > first
                else (0.5, 0.5)
            )
            before = left_of > right_of
            width = room * max(left_of, right_of) - 24
            head = f"{event_day(row.event_date, row.date_precision, language)}  "
            lines = (wrap(row.title, width, BODY) or [""]) if most > 2 else [row.title]
            if most > 1:
                lines = [
                    "",
                    lines[0] if len(lines) > 1 else shorten(lines[0], width),
                    *([shorten(" ".join(lines[1:]), width)] if len(lines) > 1 else []),
                ]
            else:  # the day and the title share one line
                lines = [shorten(row.title, width - measure(head, BODY, True))]
            side = "right" if before else "left"
            words.append(
                label(
                    f"<b>{escape(head)}</b>" + "<br>".join(escape(line) for line in lines),
                    start if before else end,
                    place,
                    theme,
                    colour=theme.colour("ink"),
                    xanchor=side,
                    yanchor="middle",
                    xshift=-10 if before else 10,
                )
                | {"align": side}
            )
        figure.update_layout(annotations=words)
        figure.update_yaxes(visible=False, range=[-0.7, len(frame) - 0.3])
    else:
        figure.update_yaxes(
            range=[-0.5, len(lanes) - 0.5],
            tickmode="array",
            tickvals=[len(lanes) - 1 - i for i in range(len(lanes))],
            ticktext=[escape(name) for name in names],
            showgrid=True,
            ticks="",
            showline=False,
        )
    figure.update_layout(hovermode="closest")
    return finish(figure, stamp, theme, left=left, right=16, legend=legend, height=height)


def middle(start: str, end: str) -> str:
    return (pd.Timestamp(start) + (pd.Timestamp(end) - pd.Timestamp(start)) / 2).date().isoformat()


def _stacked(frame: pd.DataFrame, lanes: list[str], room: float) -> list[float]:
    """A place for each mark in its lane: those that would cover each other stand above and below
    the lane's line.
    """
    days = [pd.Timestamp(day).toordinal() for day in frame["event_date"]]
    span = max(days) - min(days) or 1
    groups: dict[tuple[str, int], list[int]] = {}
    for i, (lane, day) in enumerate(zip(frame["lane"], days)):
        groups.setdefault((lane, round((day - min(days)) / span * room / (MARK + 3))), []).append(i)
    places = [0.0] * len(frame)
    for (lane, _), members in groups.items():
        step = min(0.16, 0.8 / max(len(members), 1))
        for k, i in enumerate(members):
            places[i] = len(lanes) - 1 - lanes.index(lane) + step * (k - (len(members) - 1) / 2)
    return places


def _neighbours(events: pd.DataFrame, gap: pd.Timedelta) -> list[pd.DataFrame]:
    """Events in the order of time, in groups of those so near their first that the marks would
    meet.
    """
    groups: list[list[int]] = []
    for place, day in enumerate(events["event_date"]):
        if groups and day - events["event_date"].iloc[groups[-1][0]] <= gap:
            groups[-1].append(place)
        else:
            groups.append([place])
    return [events.iloc[group] for group in groups]


def price_with_events(
    prices: pd.DataFrame,
    events: pd.DataFrame,
    stamp: Stamp,
    theme: Theme,
    *,
    currency: str | None,
    colour: str,
    empty: str | None = None,
    height: int | None = None,
) -> go.Figure:
    """A line's closes (date, close), and over them the events of its company as numbered marks at
    their day.

    events: number (in the order of time), event_date, date_precision, lane, title. Only a month
        printed: the mark is hollow, at the month's end. Marks that would meet are one, in grey
        where their kinds differ.
    """
    prices, language = need(prices, "date", "close"), theme.language
    closes = floats(prices["close"])
    if not known_values(closes):
        return empty_figure(empty, stamp, theme, height)
    events = need(events, "number", "event_date", "date_precision", "lane", "title")
    days, colours = complete(iso_days(prices["date"])), lane_colours(theme)
    hover = [
        f"<b>{formats.day(day, language)}</b>  {formats.price(close, currency, language)}"
        for day, close in zip(days, closes)
    ]
    figure = Draft(line_trace(days, closes, colour, hover=hover))
    low, high, left = value_axis(
        figure,
        known_values(closes),
        theme,
        lambda value, digits: short_tick(
            lambda v: formats.price(v, None, language, digits=digits), value, digits
        ),
    )
    span = high - low
    right = 16
    figure.update_yaxes(range=[low, high + span * 0.26])
    room = theme.width - left - right
    shown = complete(iso_days(events["event_date"]))
    first, last = pd.Timestamp(min([*days, *shown])), pd.Timestamp(max([*days, *shown]))
    before, level = None, 0
    for group in _neighbours(
        events.sort_values("event_date", kind="stable"), (last - first) / max(room / MARK_ROOM, 1)
    ):
        numbers, at = (
            sorted(group["number"]),
            pd.Timestamp(
                middle(
                    *(
                        pd.Timestamp(group["event_date"].agg(edge)).date().isoformat()
                        for edge in ("min", "max")
                    )
                )
            ),
        )
        level = (
            1 - level
            if before is not None and (at - before) / (last - first) * room < 2 * MARK_ROOM
            else 0
        )  # a row of its own where two would touch
        before, y = at, high + span * (0.07 + 0.1 * level)
        exact, lane = (
            (group["date_precision"] == "day").any(),
            group["lane"].iloc[0] if group["lane"].nunique() == 1 else None,
        )
        colour_of = colours[lane] if lane else theme.colour("other3")
        lines = [
            (
                f"<b>{row.number} · "
                f"{escape(event_day(row.event_date, row.date_precision, language))}</b> · "
                f"{escape(text(f'lane.{row.lane}', language))}<br>"
            )
            + "<br>".join(escape(line) for line in wrap(row.title, 340, BODY))
            for row in group.itertuples()
        ]
        for row in group.itertuples():
            day = pd.Timestamp(row.event_date).date().isoformat()
            figure.add_trace(
                scatter(
                    x=[day, day],
                    y=[low, y],
                    mode="lines",
                    hoverinfo="skip",
                    line={
                        "color": alpha(colours[row.lane], 0.5),
                        "width": 1,
                        "dash": "solid" if row.date_precision == "day" else "dot",
                    },
                )
            )
        figure.add_annotation(
            name="mark",
            x=at.date().isoformat(),
            y=y,
            showarrow=False,
            borderpad=2,
            borderwidth=1.5,
            bordercolor=colour_of,
            text=f"{numbers[0]}" if len(numbers) == 1 else f"{numbers[0]}–{numbers[-1]}",
            hovertext="<br>".join(lines),
            bgcolor=colour_of if exact else theme.colour("paper"),
            font={
                "size": BODY,
                "family": FONTS,
                "color": theme.colour("paper" if exact else "ink"),
            },
        )
    date_axis(figure, [*days, *shown], theme, room)
    figure.update_layout(hovermode="closest")
    lanes = [lane for lane in LANES if (events["lane"] == lane).any()]
    return finish(
        figure,
        stamp,
        theme,
        left=left,
        right=right,
        legend=[(text(f"lane.{lane}", language), colours[lane]) for lane in lanes],
        height=height_of_chart(theme, height),
    )
