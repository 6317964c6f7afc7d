"""What must every picture say about itself? Title, measure, date, source, number and the link that
opens it.

`finish` is the one step that each chart passes through. It writes the stamp into the figure, as
annotations tied to its edges, wrapped to the width and with margins counted from the lines, so that
the same figure holds on the screen and in the exported file.

A picture file is drawn anew in the shape of its format, always light, and then enlarged twice: the
smallest text here is 12 px, so it is 24 px in the 1920 x 1080 picture.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import plotly.graph_objects as go

from ui import formats
from ui.draft import Draft
from ui.palette import Theme, alpha
from ui.text import text

FONTS = 'Inter, "Noto Sans CJK SC", "PingFang SC", "Microsoft YaHei", sans-serif'
TITLE, SUBTITLE, BODY, SMALL = 16, 13, 12, 12  # px
LINE = 1.3  # Plotly's line height in em
EDGE = 10  # px between the stamp and the figure's edge
LONGEST_TITLE = 90
LEAST_PLOT = (
    120  # px that a stamp and a legend of many lines leave to the plot: the figure grows instead
)
SCALE = 2  # a picture file has so many px for each one here


@dataclass(frozen=True)
class Format:
    """The shape of a picture file: px as it is laid out; the file has SCALE times as many."""

    width: int
    height: int


# A slide, half a slide of the older shape, a phone held upright.
FORMATS = {"wide": Format(960, 540), "half": Format(720, 540), "tall": Format(540, 675)}


@dataclass(frozen=True)
class Stamp:
    """What a picture says about itself.

    title: the finding, or a plain name, at most 90 characters. subtitle: measure, unit,
        currency, basis, frequency. as_of: the date of the figures. source: publisher and document.
        note: restatements, stale inputs, rulings. number: how many observations, where that means
        something. link: what opens this very picture; it names the snapshot.
    """

    title: str
    subtitle: str
    as_of: date | None
    source: str
    note: str = ""
    number: int | None = None
    link: str = ""

    def __post_init__(self) -> None:
        for name in ("title", "subtitle", "source"):
            if not str(getattr(self, name) or "").strip():
                raise ValueError(f"a chart's stamp has no {name}")


def escape(words: Any) -> str:
    """Text that Plotly will show as it stands: its labels read a little HTML."""
    return str(words).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


NARROW = set("iljtfrI.,:;'|!()[]{}-–/ ")
WIDE = set(
    "mwMW%@&—…▲▼·"
)  # the middle dot is as wide as a Chinese character where one of their fonts draws it


def measure(words: str, size: float, bold: bool = False) -> float:
    """The width of one line in px, on the generous side: fonts differ from machine to machine."""
    ems = 0.0
    for character in words:
        if unicodedata.east_asian_width(character) in "WF":
            ems += 1.0
        elif character in NARROW:
            ems += 0.34
        elif character in WIDE:
            ems += 0.92
        elif character.isupper():
            ems += 0.68
        elif character.isdigit() or character in "+$~><=≥−":
            ems += 0.61
        else:
            ems += 0.56
    return ems * size * (1.05 if bold else 1.0)


TOKEN = re.compile(r"\s+|[^\s\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef]+|.", re.DOTALL)
PARAMETER = re.compile(r"[^?&]+[?&]*")
NOT_FIRST = set("，。、；：！？）》」』”’％,.;:!?)%倍元亿万年月日")
HALF_EMPTY = set("，。、；：！？")


def wrap(
    words: str, width: float, size: float, bold: bool = False, parts: re.Pattern[str] = TOKEN
) -> list[str]:
    """The lines of a text at `size` px in `width` px; breaks at spaces and between Chinese
    characters, or between other parts. No line begins with a character of NOT_FIRST: a full-width
    stop hangs over the end by its empty half, and before any other the last part moves down too.
    """
    lines: list[str] = []
    line: list[str] = []
    for token in parts.findall(" ".join(str(words).split())):
        hangs = size / 2 if token in HALF_EMPTY and line else 0
        if measure("".join((*line, token)), size, bold) <= width + hangs:
            line.append(token)
            continue
        down = [token.lstrip()]
        while len(line) > 1 and down[0] in NOT_FIRST:
            down.insert(0, line.pop())
        if "".join(line).strip():
            lines.append("".join(line).strip())
        line = _cut("".join(down), width, size, bold, lines)
    if "".join(line).strip():
        lines.append("".join(line).strip())
    return lines


def _cut(words: str, width: float, size: float, bold: bool, lines: list[str]) -> list[str]:
    """The end of a part longer than a line, as the beginning of the next line; its full lines are
    added to lines.
    """
    while measure(words, size, bold) > width and len(words) > 1:
        cut = max(1, int(len(words) * width / measure(words, size, bold)) - 1)
        lines.append(words[:cut])
        words = words[cut:]
    return [words]


def shorten(words: str, width: float, size: float = BODY) -> str:
    """One line that fits into `width` px, cut with an ellipsis where it must be."""
    words = str(words)
    if measure(words, size) <= width:
        return words
    while words and measure(words + "…", size) > width:
        words = words[:-1]
    return words.rstrip() + "…"


def _headline(title: str) -> str:
    title = " ".join(title.split())
    return title if len(title) <= LONGEST_TITLE else title[: LONGEST_TITLE - 1].rstrip() + "…"


def footer(stamp: Stamp, language: str) -> str:
    """The line of the stamp: 'As of 31 Jul 2026 · Source: … · N 60 · Harbourview'."""
    parts = []
    if stamp.as_of is not None:
        parts.append(text("footer.as_of", language, date=formats.day(stamp.as_of, language)))
    parts.append(text("footer.source", language, source=stamp.source))
    if stamp.number is not None:
        parts.append(text("footer.number", language, number=formats.number(stamp.number)))
    parts.append("Harbourview")
    return " · ".join(parts)


def height_of(lines: int, size: float) -> float:
    """Px that so many lines of annotation take."""
    return lines * size * LINE


@dataclass(frozen=True)
class Words:
    """The lines of a stamp as they are set in a figure of so much width, and the px that they take
    above and below the plot.
    """

    title: list[str]
    subtitle: list[str]
    legend: list[str]
    footer: list[str]
    top: int
    bottom: int

    @classmethod
    def of(
        cls,
        stamp: Stamp,
        theme: Theme,
        *,
        ticks: float = 24,
        legend: Sequence[tuple[str, str]] = (),
        above: float = 0,
    ) -> Words:
        inner = theme.width - 2 * EDGE
        title, subtitle, keys = (
            wrap(_headline(stamp.title), inner, TITLE, bold=True),
            wrap(stamp.subtitle, inner, SUBTITLE),
            _legend_lines(legend, inner),
        )
        foot = (
            (wrap(stamp.note, inner, SMALL) if stamp.note else [])
            + wrap(footer(stamp, theme.language), inner, SMALL)
            + wrap(stamp.link, inner, SMALL, parts=PARAMETER)
        )
        top = math.ceil(
            EDGE
            + height_of(len(title), TITLE)
            + 1
            + height_of(len(subtitle), SUBTITLE)
            + 3
            + height_of(len(keys), BODY)
            + 12
            + above
        )
        return cls(
            title,
            subtitle,
            keys,
            foot,
            top,
            math.ceil(ticks + 8 + height_of(len(foot), SMALL) + EDGE - 2),
        )

    @property
    def taken(self) -> int:
        """Px that the plot leaves to them."""
        return self.top + self.bottom


def finish(
    draft: Draft,
    stamp: Stamp,
    theme: Theme,
    *,
    left: float = 46,
    right: float = 16,
    ticks: float = 24,
    legend: Sequence[tuple[str, str]] = (),
    above: float = 0,
    height: int | None = None,
    names_in_ink: bool = False,
) -> go.Figure:
    """Write the stamp into a draft, give it fonts, colours and margins, and return the figure.

    left, right: px that labels need beside the plot; ticks: px that the x axis needs under it;
    legend: (name, colour) pairs set as a line of words above the plot; above: px that marks
        need between that and the plot; height: px, the theme's if None; names_in_ink: the labels of
        the y axis are names, not values.
    """
    words = Words.of(stamp, theme, ticks=ticks, legend=legend, above=above)
    y_subtitle = EDGE + height_of(len(words.title), TITLE) + 1
    y_legend = y_subtitle + height_of(len(words.subtitle), SUBTITLE) + 3

    def pinned(
        name: str, lines: list[str], size: float, colour: str, *, down: float | None = None
    ) -> dict[str, Any]:
        place = (
            {"y": 1, "yanchor": "top", "yshift": words.top - down}
            if down is not None
            else {"y": 0, "yanchor": "bottom", "yshift": -(words.bottom - EDGE + 2)}
        )
        return {
            "name": name,
            "text": "<br>".join(lines),
            "xref": "paper",
            "yref": "paper",
            "x": 0,
            "xanchor": "left",
            "xshift": EDGE - left,
            "align": "left",
            "showarrow": False,
            "borderpad": 0,
            "font": {"size": size, "color": colour, "family": FONTS},
            **place,
        }

    draft.annotations.extend(
        [
            pinned(
                "title",
                [f"<b>{escape(line)}</b>" for line in words.title],
                TITLE,
                theme.colour("ink"),
                down=EDGE,
            ),
            pinned(
                "subtitle",
                [escape(line) for line in words.subtitle],
                SUBTITLE,
                theme.colour("muted"),
                down=y_subtitle,
            ),
            pinned("footer", [escape(line) for line in words.footer], SMALL, theme.colour("muted")),
            *(
                [pinned("legend", words.legend, BODY, theme.colour("ink"), down=y_legend)]
                if words.legend
                else []
            ),
        ]
    )
    draft.update_layout(
        template={},
        height=max(int(height or theme.height), words.taken + LEAST_PLOT),
        autosize=True,
        margin={
            "l": left,
            "r": right,
            "t": words.top,
            "b": words.bottom,
            "pad": 0,
            "autoexpand": False,
        },
        paper_bgcolor=theme.colour("paper"),
        plot_bgcolor=theme.colour("paper"),
        font={"family": FONTS, "size": BODY, "color": theme.colour("ink")},
        hoverlabel={
            "bgcolor": theme.colour("panel"),
            "bordercolor": theme.colour("axis"),
            "align": "left",
            "font": {"family": FONTS, "size": BODY, "color": theme.colour("ink")},
        },
        modebar={
            "bgcolor": alpha(theme.colour("paper"), 0),
            "color": theme.colour("muted"),
            "activecolor": theme.colour("ink"),
        },
        showlegend=False,
        dragmode=False,
        meta={
            "title": _headline(stamp.title),
            "subtitle": stamp.subtitle,
            "footer": footer(stamp, theme.language),
            "link": stamp.link,
        },
    )
    axis = {
        "automargin": False,
        "zeroline": False,
        "fixedrange": True,
        "color": theme.colour("muted"),
        "gridcolor": theme.colour("grid"),
        "linecolor": theme.colour("axis"),
        "tickcolor": theme.colour("axis"),
        "tickfont": {"family": FONTS, "size": BODY, "color": theme.colour("muted")},
    }
    draft.update_xaxes(**axis)
    draft.update_yaxes(**axis, ticklabelstandoff=4)
    if names_in_ink:
        draft.update_yaxes(tickfont={"color": theme.colour("ink")})
    return draft.figure()


def _legend_lines(legend: Sequence[tuple[str, str]], width: float) -> list[str]:
    lines: list[str] = []
    line, used = "", 0.0
    for name, colour in legend:
        name = shorten(name, width - 30)
        room = measure(name, BODY) + 34
        if used and used + room > width:
            lines.append(line)
            line, used = "", 0.0
        line += f'<span style="color:{colour}">■</span> {escape(name)}\u2003'
        used += room
    if line:
        lines.append(line)
    return lines


def is_finished(figure: go.Figure) -> bool:
    """Whether a figure has passed through `finish`."""
    said = figure.layout.meta
    return (
        isinstance(said, dict)
        and {"title", "subtitle", "footer"} <= said.keys()
        and {"title", "subtitle", "footer"} <= {mark.name for mark in figure.layout.annotations}
    )


def fitted(
    draw: Callable[[Theme], go.Figure], theme: Theme, form: Format
) -> tuple[go.Figure, Format]:
    """The light figure of a picture file, and the px that it is laid out in: those of the format,
    its rows close together where it has many, or more px of the same shape where even those need
    it. Rows never meet; their text is smaller then.
    """
    room, part, tight = form, math.gcd(form.width, form.height), False
    while True:
        figure = draw(
            replace(theme, name="light", width=room.width, height=room.height, tight=tight)
        )
        if figure.layout.height <= room.height:
            return figure, room
        if tight:
            parts = math.ceil(figure.layout.height / (form.height // part))
            room = Format(form.width // part * parts, form.height // part * parts)
        tight = True


def config(
    filename: str = "", form: Format | None = None, room: Format | None = None
) -> dict[str, Any]:
    """Plotly's settings for a chart: no button; with a format, one that saves a PNG of that shape
    under the given name (no ending), laid out in so much room.
    """
    settings: dict[str, Any] = {
        "displaylogo": False,
        "displayModeBar": form is not None,
        "scrollZoom": False,
        "responsive": True,
    }
    if form is None:
        return settings
    room = room or form  # a canvas has whole px: half a px less would be a px less
    safe = re.sub(r"[^\w.-]+", "-", filename, flags=re.ASCII).strip("-.") or "harbourview"
    return settings | {
        "modeBarButtons": [["toImage"]],
        "toImageButtonOptions": {
            "format": "png",
            "filename": safe,
            "width": room.width,
            "height": room.height,
            "scale": SCALE if room == form else form.width * SCALE / room.width + 1e-9,
        },
    }


def filename(page: str, tickers: Sequence[str] = (), as_of: date | None = None) -> str:
    """The name of a picture: 'valuation-0700.HK-2026-07-31'."""
    names = "-".join(tickers[:3]) + ("-and-more" if len(tickers) > 3 else "")
    return "-".join(
        part for part in (page, names.replace("^", ""), as_of.isoformat() if as_of else "") if part
    )
