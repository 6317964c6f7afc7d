"""Visits to sites by size, who rose and fell, stay against visits, and figures of a sector side by
side.
"""

from __future__ import annotations

import math

import pandas as pd
import plotly.graph_objects as go

from ui import formats
from ui.charts.parts import (
    LEAST_ROWS,
    NARROW,
    complete,
    directed,
    empty_figure,
    floats,
    known_values,
    label,
    named,
    need,
    noted,
    plot_room,
    rows_room,
    ticks_between,
)
from ui.charts.points import Box, box_of, free_places, label_point
from ui.draft import Draft, bar_trace, scatter
from ui.palette import Theme, alpha, direction
from ui.stamp import BODY, FONTS, Stamp, escape, finish, measure, shorten
from ui.text import text

PITCH = 20  # px from one bar to the next
GAP = 22  # px between two columns of bars
NAMED = 11  # sites that carry their name among the points


def visits_words(value: float) -> str:
    """Millions with as many digits as they are counted to."""
    return formats.number(value, 0 if value >= 100 else 1 if value >= 10 else 2)


def beyond(values: list[float], words: list[str], plot: float) -> list[float]:
    """The scale of lying bars from zero, with room for the words that stand beyond the longest of
    either side.
    """
    low, high = min(0.0, *values), max(0.0, *values)
    before, after = (
        max(
            (measure(word, BODY) + 8 for value, word in zip(values, words) if (value < 0) is falls),
            default=0.0,
        )
        for falls in (True, False)
    )
    time = ((high - low) or 1.0) / max(plot - before - after, 24.0)  # of one px
    return [low - before * time, high + after * time]


def rows_down(count: int, pitch: float) -> tuple[list[float], float]:
    """The range of a y axis on which rows stand at n-1 .. 0, and its px: few rows keep their pitch,
    above, and leave the rest free.
    """
    rows = max(count, math.ceil(LEAST_ROWS / pitch))
    return [count - 0.4 - rows - 0.2, count - 0.4], (rows + 0.2) * pitch


def traffic_tiers(
    frame: pd.DataFrame, stamp: Stamp, theme: Theme, *, empty: str | None = None
) -> go.Figure:
    """Every site as a bar with its visits and change, in columns by size, each column on its own
    scale.

    frame: site, visits_mn, wow_pct, tier (1 the largest).
    """
    frame = need(frame, "site", "visits_mn", "wow_pct", "tier")
    if not len(frame):
        return empty_figure(empty, stamp, theme, None)
    frame = frame.sort_values(["tier", "visits_mn"], ascending=[True, False])
    groups = [
        (tier, part.reset_index(drop=True)) for tier, part in frame.groupby("tier", sort=True)
    ]
    room = theme.width - 32
    columns = min(len(groups), 1 if theme.width < NARROW else 2 if theme.width < 760 else 4)
    bands = [groups[i : i + columns] for i in range(0, len(groups), columns)]
    width = (room - GAP * (columns - 1)) / columns
    name_room, change_room, value_room = width * 0.4, 60.0, 34.0
    bar_room = max(20.0, width - name_room - change_room - value_room)
    figure, top, heads = Draft(), 0.0, []
    bars: dict[str, list] = {"y": [], "x": [], "base": [], "hover": []}
    labels: dict[str, list] = {"x": [], "y": [], "text": [], "colour": [], "place": []}

    def write(x: float, y: float, words: str, colour: str, place: str = "middle right") -> None:
        for name, value in zip(labels, (x, y, escape(words), colour, place)):
            labels[name].append(value)

    for band in bands:
        for column, (tier, part) in enumerate(band):
            left = column * (width + GAP)
            heads.append(
                label(
                    escape(text(f"tier.{tier}", theme.language)),
                    left,
                    -top - 0.1,
                    theme,
                    colour=theme.colour("muted"),
                    xanchor="left",
                    yanchor="middle",
                    bold=True,
                )
            )
            largest = part["visits_mn"].max() or 1.0
            for i, row in enumerate(part.itertuples()):
                y = -(top + 1.1 + i)
                length = bar_room * row.visits_mn / largest
                bars["y"].append(y)
                bars["x"].append(length)
                bars["base"].append(left + name_room)
                bars["hover"].append(
                    f"<b>{escape(row.site)}</b>  {visits_words(row.visits_mn)} · "
                    f"{formats.change(row.wow_pct, digits=2)}"
                )
                write(left, y, shorten(row.site, name_room - 6, BODY), theme.colour("ink"))
                write(
                    left + name_room + length, y, visits_words(row.visits_mn), theme.colour("muted")
                )
                write(
                    left + width,
                    y,
                    formats.change(row.wow_pct),
                    direction(row.wow_pct, theme),
                    "middle left",
                )
        top += max(len(part) for _, part in band) + 1.6
    figure.add_trace(
        bar_trace(
            x=bars["x"],
            y=bars["y"],
            base=bars["base"],
            orientation="h",
            width=0.62,
            hovertext=bars["hover"],
            hoverinfo="text",
            marker={"color": alpha(theme.colour("accent"), 0.55)},
        )
    )
    figure.add_trace(
        scatter(
            x=labels["x"],
            y=labels["y"],
            mode="text",
            text=labels["text"],
            textposition=labels["place"],
            hoverinfo="skip",
            cliponaxis=False,
            textfont={"size": BODY, "family": FONTS, "color": labels["colour"]},
        )
    )
    figure.update_xaxes(visible=False, range=[-1, room + 1])
    pitch = theme.pitch(PITCH)
    top = max(top, LEAST_ROWS / pitch)
    figure.update_yaxes(visible=False, range=[-top + 0.4, 0.6])
    figure.update_layout(annotations=heads)
    stamp = directed(stamp, theme)
    return finish(
        figure,
        stamp,
        theme,
        left=16,
        right=16,
        ticks=2,
        height=rows_room(stamp, theme, (top + 0.2) * pitch, ticks=2),
    )


def movers(
    frame: pd.DataFrame,
    stamp: Stamp,
    theme: Theme,
    *,
    most: int = 8,
    empty: str | None = None,
    height: int | None = None,
) -> go.Figure:
    """The strongest rises above, the strongest falls below. frame: site, visits_mn, wow_pct."""
    frame = need(frame, "site", "visits_mn", "wow_pct")
    if len(frame):
        frame = frame[frame["wow_pct"].notna()].sort_values(
            ["wow_pct", "site"], ascending=[False, True]
        )
    if not len(frame):
        return empty_figure(empty, stamp, theme, height)
    rises, falls = frame[frame["wow_pct"] > 0].head(most), frame[frame["wow_pct"] < 0].tail(most)
    shown = pd.concat([rises, falls]).reset_index(drop=True)
    if not len(shown):
        return empty_figure(empty, stamp, theme, height)
    values = complete(floats(shown["wow_pct"]))
    room = min(
        theme.width * 0.4,
        max(
            measure(f"{row.site}  {visits_words(row.visits_mn)}", BODY)
            for row in shown.itertuples()
        )
        + 2,
    )
    names, left = (
        [named(row.site, visits_words(row.visits_mn), room) for row in shown.itertuples()],
        room + 18,
    )
    colours = [
        direction(value, theme) if visits >= 1 else alpha(direction(value, theme), 0.4)
        for value, visits in zip(values, shown["visits_mn"])
    ]
    places = list(range(len(shown)))[::-1]
    hover = [
        (
            f"<b>{escape(row.site)}</b>  {formats.change(row.wow_pct, digits=2)} · "
            f"{visits_words(row.visits_mn)}"
        )
        for row in shown.itertuples()
    ]
    words = [formats.percent(value, sign=True) for value in values]
    figure = Draft(
        bar_trace(
            x=values,
            y=places,
            orientation="h",
            width=0.66,
            marker={"color": colours},
            hovertext=hover,
            hoverinfo="text",
            text=words,
            textposition="outside",
            constraintext="none",
            cliponaxis=False,
            textfont={"size": BODY, "family": FONTS, "color": theme.colour("ink")},
        )
    )
    figure.update_xaxes(
        range=beyond(values, words, theme.width - left - 20),
        showgrid=False,
        showticklabels=False,
        ticks="",
        zeroline=False,
    )
    down, plot = rows_down(len(shown), theme.pitch(PITCH))
    figure.update_yaxes(
        range=down,
        tickmode="array",
        tickvals=places,
        ticktext=[escape(name) for name in names],
        showgrid=False,
        ticks="",
        showline=False,
    )
    figure.add_shape(
        type="line",
        x0=0,
        x1=0,
        y0=-0.6,
        y1=len(shown) - 0.4,
        line={"color": theme.colour("axis"), "width": 1},
    )
    note = (
        text("traffic.movers_note", theme.language, number=most, total=len(frame))
        if len(shown) < len(frame)
        else ""
    )
    stamp = directed(noted(stamp, note), theme)
    return finish(
        figure,
        stamp,
        theme,
        left=left,
        right=20,
        ticks=2,
        height=height or rows_room(stamp, theme, plot, ticks=2),
    )


def stay_against_visits(
    frame: pd.DataFrame,
    stamp: Stamp,
    theme: Theme,
    *,
    empty: str | None = None,
    height: int | None = None,
) -> go.Figure:
    """One point a site: visits on a log scale, average stay. frame: site, visits_mn,
    average_stay_s, wow_pct.
    """
    frame = need(frame, "site", "visits_mn", "average_stay_s", "wow_pct")
    if len(frame):
        frame = frame[(frame["visits_mn"] > 0) & frame["average_stay_s"].notna()].reset_index(
            drop=True
        )
    if not len(frame):
        return empty_figure(empty, stamp, theme, height)
    stays = complete(floats(frame["average_stay_s"]))
    wanted = (
        set(frame.nlargest(NAMED - 5, "visits_mn").index)
        | set(frame.nlargest(4, "average_stay_s").index)
        | {frame["average_stay_s"].idxmin()}
    )
    hover = [
        (
            f"<b>{escape(row.site)}</b>  {visits_words(row.visits_mn)} · "
            f"{formats.seconds(row.average_stay_s, theme.language)} · "
            f"{formats.change(row.wow_pct)}"
        )
        for row in frame.itertuples()
    ]
    figure = Draft(
        scatter(
            x=[math.log10(v) for v in frame["visits_mn"]],
            y=stays,
            mode="markers",
            hovertext=hover,
            hoverinfo="text",
            marker={
                "size": 9,
                "color": alpha(theme.colour("accent"), 0.6),
                "line": {"width": 1, "color": theme.colour("accent")},
            },
        )
    )
    first, last = math.log10(frame["visits_mn"].min()), math.log10(frame["visits_mn"].max())
    if last - first < 1:  # within one decade: round steps between
        marks = [
            tick for tick in ticks_between(10 ** (first - 0.15), 10 ** (last + 0.35), 4) if tick > 0
        ]
    else:
        marks = [10.0**d for d in range(math.floor(first), math.ceil(last) + 1)]
    figure.update_xaxes(
        range=[first - 0.15, last + 0.35],
        tickmode="array",
        tickvals=[math.log10(m) for m in marks],
        ticktext=[visits_words(m) if m % 1 else formats.number(m) for m in marks],
        showgrid=True,
        ticks="",
        showline=True,
    )
    high = max(stays) or 60.0
    step = next(s for s in (60, 120, 180, 300, 600, 1200, 3600, 10**9) if high / s <= 7)
    ticks = list(range(0, int(high * 1.08) + 1, step))
    figure.update_yaxes(
        range=[0, high * 1.1],
        tickmode="array",
        tickvals=ticks,
        ticktext=[f"{t // 60}:{t % 60:02d}" for t in ticks],
        showgrid=True,
        ticks="",
        showline=False,
    )
    tall, plot = plot_room(stamp, theme, height)
    room = theme.width - 62
    points = {
        row.Index: (
            (math.log10(row.visits_mn) - first + 0.15) / (last - first + 0.5) * room,
            (1 - row.average_stay_s / (high * 1.1)) * plot,
        )
        for row in frame.itertuples()
    }
    taken: list[Box] = [(x - 6, y - 6, x + 6, y + 6) for x, y in points.values()]
    for row in frame.loc[sorted(wanted)].sort_values("visits_mn", ascending=False).itertuples():
        site = shorten(row.site, room * 0.45)
        wide = measure(site, BODY)
        place = next(
            free_places(wide, points[row.Index], taken, (room, plot), rings=(9, 18, 30, 46)), None
        )
        if place:
            taken.append(box_of(*points[row.Index], place, wide))
            label_point(
                figure,
                escape(site),
                math.log10(row.visits_mn),
                row.average_stay_s,
                place,
                theme,
                theme.colour("ink"),
            )
    figure.update_layout(hovermode="closest")
    return finish(figure, stamp, theme, left=46, right=16, height=tall)


def sector_bars(
    frame: pd.DataFrame, stamp: Stamp, theme: Theme, *, empty: str | None = None
) -> go.Figure:
    """Figures of one kind and unit side by side, in the order given. frame: label, value,
    value_high, quality, is_forecast (hollow).
    """
    frame = need(frame, "label", "value", "value_high", "quality", "is_forecast")
    values = floats(frame["value"])
    if not known_values(values):
        return empty_figure(empty, stamp, theme, None)
    colour = theme.colour("accent")
    left = min(theme.width * 0.4, max(measure(str(name), BODY) for name in frame["label"])) + 18
    places = list(range(len(frame)))[::-1]

    def written(row) -> str:
        digits = (
            0 if float(row.value).is_integer() else 1 if round(row.value, 1) == row.value else 2
        )
        return formats.number(row.value, digits, quality=row.quality) + (
            f" – {formats.number(row.value_high, digits)}" if pd.notna(row.value_high) else ""
        )

    words = [written(row) for row in frame.itertuples()]
    figure = Draft(
        bar_trace(
            x=values,
            y=places,
            orientation="h",
            width=0.62,
            text=words,
            textposition="outside",
            constraintext="none",
            cliponaxis=False,
            textfont={"size": BODY, "family": FONTS, "color": theme.colour("ink")},
            hoverinfo="skip",
            marker={
                "color": [
                    theme.colour("paper") if ahead else alpha(colour, 0.7)
                    for ahead in frame["is_forecast"]
                ],
                "line": {"width": 1.5, "color": colour},
            },
        )
    )
    figure.update_xaxes(
        range=beyond([value or 0.0 for value in values], words, theme.width - left - 20),
        showgrid=False,
        showticklabels=False,
        ticks="",
    )
    down, plot = rows_down(len(frame), theme.pitch(24))
    figure.update_yaxes(
        range=down,
        tickmode="array",
        tickvals=places,
        ticktext=[escape(shorten(str(name), left - 14, BODY)) for name in frame["label"]],
        showgrid=False,
        ticks="",
        showline=False,
    )
    return finish(
        figure,
        stamp,
        theme,
        left=left,
        right=20,
        ticks=2,
        height=rows_room(stamp, theme, plot, ticks=2),
    )
