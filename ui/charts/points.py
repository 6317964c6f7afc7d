"""Where the names of points stand: beside their point where that is free, farther off on a thin
line where it is not, never over another.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from ui.draft import Draft
from ui.palette import Theme
from ui.stamp import BODY, FONTS, LINE

# The sides of a point on which its name may stand, as (right, down): beside it, above and below,
# then whatever lies between.
SIDES = (
    (1, 0),
    (-1, 0),
    (0, -1),
    (0, 1),
    *((math.cos(math.pi * i / 16), math.sin(math.pi * i / 16)) for i in range(32) if i % 8),
)
Box = tuple[float, float, float, float]  # left, top, right, bottom in px


def _meet(one: Box, other: Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def box_of(x: float, y: float, place: tuple[float, float], width: float) -> Box:
    """The room of a label whose middle stands at `place` from the point (x, y)."""
    half, tall = width / 2 + 1, BODY * LINE / 2
    return x + place[0] - half, y + place[1] - tall, x + place[0] + half, y + place[1] + tall


def free_places(
    width: float,
    point: tuple[float, float],
    taken: Sequence[Box],
    plot: tuple[float, float],
    guide: Sequence[Box] = (),
    *,
    rings: Sequence[int] = (9, 18, 30, 46, 64, 86, 110, 140, 170, 200, 240, 280),
    sides: Sequence[tuple[float, float]] = SIDES,
) -> Iterator[tuple[float, float]]:
    """Where the middle of a label may stand from its point, px right and down, nearest first:
    inside the plot and over nothing taken.

    plot: its width and height; taken: what is there already; guide: what had better be left free.
    """
    half, tall = width / 2 + 1, BODY * LINE / 2
    for ring in rings:
        free = []
        for right, down in sides:
            right, down = round(right, 3), round(down, 3)
            place = (
                right * ring + (half if right > 0 else -half if right < 0 else 0),
                down * ring + (tall if down > 0 else -tall if down < 0 else 0),
            )
            box = box_of(*point, place, width)
            inside = box[0] >= 0 and box[1] >= 0 and box[2] <= plot[0] and box[3] <= plot[1]
            if inside and not any(_meet(box, other) for other in taken):
                free.append((any(_meet(box, other) for other in guide), place))
        yield from (place for _, place in sorted(free, key=lambda one: one[0]))


def label_point(
    figure: Draft,
    words: str,
    x: float,
    y: float,
    place: tuple[float, float],
    theme: Theme,
    colour: str,
) -> None:
    """Words at (x, y) shifted by px right and down; those farther above or below are led to their
    point by a thin line.
    """
    far = abs(place[1]) > 18
    shift = (
        {
            "showarrow": True,
            "arrowhead": 0,
            "arrowwidth": 1,
            "arrowcolor": theme.colour("axis"),
            "standoff": 6,
            "ax": place[0],
            "ay": place[1],
        }
        if far
        else {"showarrow": False, "xshift": place[0], "yshift": -place[1]}
    )
    figure.add_annotation(
        name="label",
        text=words,
        x=x,
        y=y,
        xanchor="center",
        yanchor="middle",
        borderpad=1,
        font={"size": BODY, "color": colour, "family": FONTS},
        **shift,
    )
