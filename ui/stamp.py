"""What must every picture say about itself? Title, measure, date, source, number and the link that opens it.

`finish` is the one step that each chart passes through. It writes the stamp into the figure, as
annotations tied to its edges, wrapped to the width and with margins counted from the lines, so that
the same figure holds on the screen and in the exported file.

Export: Plotly lays the figure out again at 960 x 540 with the same pixel sizes and draws it twice as
large. The smallest text here is 12 px, so it is 24 px in the 1920 x 1080 picture.
"""

from __future__ import annotations

import json
import math
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import plotly.graph_objects as go

from ui import formats
from ui.palette import Theme, alpha, twins
from ui.text import text

FONTS = 'Inter, "Noto Sans CJK SC", "PingFang SC", "Microsoft YaHei", sans-serif'
TITLE, SUBTITLE, BODY, SMALL = 16, 13, 12, 12  # px
LINE = 1.3  # Plotly's line height in em
EDGE = 10  # px between the stamp and the figure's edge
BUTTONS = 62  # px kept free of the title for the picture button
LONGEST_TITLE = 90

EXPORT_WIDTH, EXPORT_HEIGHT, EXPORT_SCALE = 960, 540, 2


@dataclass(frozen=True)
class Stamp:
    """What a picture says about itself.

    title: the finding, or a plain name, at most 90 characters. subtitle: measure, unit, currency, basis,
    frequency. as_of: the date of the figures. source: publisher and document. note: restatements, stale
    inputs, rulings. number: how many observations, where that means something. link: what opens this very picture; it names the snapshot.
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


NARROW = set("iljtfrI.,:;'|!()[]{}·-–/ ")
WIDE = set("mwMW%@&—…▲▼")


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
NOT_FIRST = set("，。、；：！？）》」』”’％,.;:!?)%倍元亿万年月日")


def wrap(words: str, width: float, size: float, bold: bool = False) -> list[str]:
    """The lines of a text at `size` px in `width` px; breaks at spaces and between Chinese characters."""
    lines: list[str] = []
    line = ""
    for token in TOKEN.findall(" ".join(str(words).split())):
        if measure(line + token, size, bold) <= width or (token in NOT_FIRST and line):
            line += token
            continue
        if line.strip():
            lines.append(line.strip())
        line = token.lstrip()
        while measure(line, size, bold) > width and len(line) > 1:
            cut = max(1, int(len(line) * width / measure(line, size, bold)) - 1)
            lines.append(line[:cut])
            line = line[cut:]
    if line.strip():
        lines.append(line.strip())
    return lines


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


def finish(
    figure: go.Figure,
    stamp: Stamp,
    theme: Theme,
    *,
    left: float = 46,
    right: float = 16,
    ticks: float = 24,
    legend: Sequence[tuple[str, str]] = (),
    above: float = 0,
    height: int | None = None,
) -> go.Figure:
    """Write the stamp into a figure, give it fonts, colours and margins, and return it.

    left, right: px that labels need beside the plot; ticks: px that the x axis needs under it;
    legend: (name, colour) pairs set as a line of words above the plot; above: px that marks need between
    that and the plot; height: px, the theme's if None.
    """
    inner = theme.width - 2 * EDGE
    title = wrap(_headline(stamp.title), inner - BUTTONS, TITLE, bold=True)
    subtitle = wrap(stamp.subtitle, inner, SUBTITLE)
    keys = _legend_lines(legend, inner)
    notes = wrap(stamp.note, inner, SMALL) if stamp.note else []
    foot = wrap(footer(stamp, theme.language), inner, SMALL) + wrap(stamp.link, inner, SMALL)

    y_title = EDGE
    y_subtitle = y_title + height_of(len(title), TITLE) + 1
    y_legend = y_subtitle + height_of(len(subtitle), SUBTITLE) + 3
    top = math.ceil(y_legend + height_of(len(keys), BODY) + 12 + above)
    bottom_text = height_of(len(notes) + len(foot), SMALL)
    bottom = math.ceil(ticks + 8 + bottom_text + EDGE - 2)

    def pinned(name: str, lines: list[str], size: float, colour: str, *, down: float | None = None) -> dict[str, Any]:
        place = (
            {"y": 1, "yanchor": "top", "yshift": top - down}
            if down is not None
            else {"y": 0, "yanchor": "bottom", "yshift": -(bottom - EDGE + 2)}
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

    marks = [
        pinned("title", [f"<b>{escape(line)}</b>" for line in title], TITLE, theme.colour("ink"), down=y_title),
        pinned("subtitle", [escape(line) for line in subtitle], SUBTITLE, theme.colour("muted"), down=y_subtitle),
        pinned("footer", [escape(line) for line in (*notes, *foot)], SMALL, theme.colour("muted")),
    ]
    if keys:
        marks.append(pinned("legend", keys, BODY, theme.colour("ink"), down=y_legend))
    figure.update_layout(
        annotations=[*figure.layout.annotations, *marks],  # at once: each one added is taken as long as all before it
        template=go.layout.Template(),
        height=int(height or theme.height),
        autosize=True,
        margin={"l": left, "r": right, "t": top, "b": bottom, "pad": 0, "autoexpand": False},
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
        meta={"title": _headline(stamp.title), "subtitle": stamp.subtitle, "footer": footer(stamp, theme.language), "link": stamp.link},
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
    figure.update_xaxes(**axis)
    figure.update_yaxes(**axis, ticklabelstandoff=4)
    return figure


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


def config(filename: str) -> dict[str, Any]:
    """Plotly's settings for a chart: one button, a 1920 x 1080 PNG of the given name (no ending)."""
    safe = re.sub(r"[^\w.-]+", "-", filename, flags=re.ASCII).strip("-.") or "harbourview"
    return {
        "displaylogo": False,
        "displayModeBar": "hover",
        "modeBarButtons": [["toImage"]],
        "scrollZoom": False,
        "responsive": True,
        "toImageButtonOptions": {
            "format": "png",
            "filename": safe,
            "width": EXPORT_WIDTH,
            "height": EXPORT_HEIGHT,
            "scale": EXPORT_SCALE,
        },
    }


def filename(page: str, tickers: Sequence[str] = (), as_of: date | None = None) -> str:
    """The name of a picture: 'valuation-0700.HK-2026-07-31'."""
    names = "-".join(tickers[:3]) + ("-and-more" if len(tickers) > 3 else "")
    return "-".join(part for part in (page, names.replace("^", ""), as_of.isoformat() if as_of else "") if part)


def light_copy(figure: go.Figure) -> go.Figure:
    """The light twin of a dark figure, for a picture on white paper: each dark token becomes its light one."""
    pairs: dict[str, str] = {}
    for dark, light in twins().items():
        pairs[dark.lower()] = light
        pairs[alpha(dark, 0)[:-2]] = alpha(light, 0)[:-2]

    def exchange(found: re.Match[str]) -> str:
        return pairs.get(found.group(0).lower(), found.group(0))

    words = re.sub(r"#[0-9A-Fa-f]{6}\b|rgba\(\d+,\d+,\d+,", exchange, figure.to_json())
    return go.Figure(json.loads(words))
