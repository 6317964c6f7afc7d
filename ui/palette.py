"""Which colours do pictures use? One set of tokens for light and for dark, all of them explicit.

.streamlit/config.toml repeats the tokens for the frame around the charts (a test holds the two
together).
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterable
from dataclasses import dataclass

# hue1 to hue6 and other1 keep apart for eyes that see no red, no green or no blue, and in grey
# print.
TOKENS: dict[str, dict[str, str]] = {
    "light": {
        "paper": "#FFFFFF",
        "panel": "#F4F6F9",
        "ink": "#12171E",
        "muted": "#586170",
        "axis": "#B4BCC8",
        "grid": "#E7EAEF",
        "stale": "#8B94A1",
        "accent": "#1F5FBF",
        "green": "#0A7F63",
        "red": "#9B1C1C",
        "cheap": "#0F766E",
        "fair": "#8E8C78",
        "dear": "#B45309",
        "note": "#9A6700",
        "other1": "#8A919C",
        "other2": "#545C68",
        "other3": "#6B7380",
        "hue1": "#246DE7",
        "hue2": "#B87203",
        "hue3": "#276C58",
        "hue4": "#9939A3",
        "hue5": "#6B291C",
        "hue6": "#16316E",
        "hue7": "#7B4FB5",
        "hue8": "#A3482B",
        "hue9": "#2E7D8C",
        "hue10": "#B0305C",
        "hue11": "#5F7A1F",
        "hue12": "#4C5FB0",
    },
    "dark": {
        "paper": "#12161C",
        "panel": "#1B2129",
        "ink": "#E9ECF1",
        "muted": "#A6AFBC",
        "axis": "#4C5562",
        "grid": "#262D37",
        "stale": "#7E8896",
        "accent": "#6EA8FE",
        "green": "#57DDA3",
        "red": "#F2645A",
        "cheap": "#2DC5B4",
        "fair": "#A5A28B",
        "dear": "#F0A030",
        "note": "#E3B341",
        "other1": "#8F98A5",
        "other2": "#6C7582",
        "other3": "#B3BAC5",
        "hue1": "#5D78DA",
        "hue2": "#E99E49",
        "hue3": "#A6FAC2",
        "hue4": "#8C6490",
        "hue5": "#C4762C",
        "hue6": "#7DC9F0",
        "hue7": "#B391E6",
        "hue8": "#D98A6E",
        "hue9": "#6FB7C4",
        "hue10": "#EC7BA0",
        "hue11": "#A3BF5C",
        "hue12": "#93A3EC",
    },
}

# Companies keep their colour on every page; a US line has its issuer's.
COMPANIES = {
    "0700.HK": "hue1",
    "9988.HK": "hue5",
    "3690.HK": "hue2",
    "1024.HK": "hue8",
    "9999.HK": "hue10",
    "9618.HK": "hue4",
    "9888.HK": "hue12",
    "PDD": "hue7",
    "9626.HK": "hue6",
    "1810.HK": "hue11",
    "9961.HK": "hue9",
    "1698.HK": "hue3",
    "BABA": "hue5",
    "JD": "hue4",
    "NTES": "hue10",
    "BIDU": "hue12",
    "BILI": "hue6",
    "TCOM": "hue9",
    "TME": "hue3",
    "HSTECH": "ink",
    "^HSI": "other3",
}

SEGMENT_HUES = ("hue1", "hue2", "hue3", "hue4", "hue5", "hue6")
GREYS = ("other1", "other2", "other3")
OTHERS = re.compile(
    (
        r"^(all )?other(s|\b)|^unallocated|^eliminations?|^其他|^其它|^未分配|^分部间抵销|^not "
        r"itemised"
    ),
    re.IGNORECASE,
)


TIGHTEST = 16.5  # px between rows of 12 px text, at the least


@dataclass(frozen=True)
class Theme:
    """How figures are drawn: `name` light or dark, direction colours, language, and the room there
    is.

    `width` is the narrowest the figure will be on screen, in px: text is wrapped to it. `height` is
    px. `tight`: rows as close as their text lets them be, and no more names than needed, for a
    picture file whose shape has no room for more.
    """

    name: str = "light"
    updown: str = "hk"
    language: str = "en"
    width: int = 900
    height: int = 430
    tight: bool = False

    def __post_init__(self) -> None:
        if self.name not in TOKENS:
            raise ValueError(f"theme is 'light' or 'dark', not {self.name!r}")
        if self.updown not in ("hk", "cn"):
            raise ValueError(f"updown is 'hk' or 'cn', not {self.updown!r}")
        if self.language not in ("en", "zh"):
            raise ValueError(f"language is 'en' or 'zh', not {self.language!r}")

    def pitch(self, wanted: float) -> float:
        """Px from one row to the next."""
        return min(wanted, TIGHTEST) if self.tight else wanted

    def colour(self, token: str) -> str:
        """The hex colour of a token; KeyError where there is no such token."""
        return TOKENS[self.name][token]


def alpha(colour: str, opacity: float) -> str:
    """A hex colour made translucent: 'rgba(r,g,b,a)'."""
    red, green, blue = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    return f"rgba({red},{green},{blue},{opacity:g})"


def direction(value: float | None, theme: Theme) -> str:
    """The colour of a rise or a fall under the reader's switch; ink for no change, muted for no
    value.
    """
    if value is None or value != value:
        return theme.colour("muted")
    if value == 0:
        return theme.colour("ink")
    up = value > 0
    return theme.colour("green" if up == (theme.updown == "hk") else "red")


def cheap_to_dear(percentile: float | None, theme: Theme) -> str:
    """The colour of a percentile from 0 (cheapest, teal) over 50 to 100 (dearest, amber)."""
    if percentile is None or percentile != percentile:
        return theme.colour("stale")
    # Eleven steps: as many as a legend can show.
    return SCALES[theme.name][round(min(max(float(percentile), 0.0), 100.0) / 10)]


def _mix(first: str, second: str, share: float) -> str:
    channels = (
        round(int(first[i : i + 2], 16) * (1 - share) + int(second[i : i + 2], 16) * share)
        for i in (1, 3, 5)
    )
    return "#" + "".join(f"{channel:02X}" for channel in channels)


SCALES = {
    name: tuple(
        _mix(tokens["cheap"], tokens["fair"], step / 5)
        if step <= 5
        else _mix(tokens["fair"], tokens["dear"], (step - 5) / 5)
        for step in range(11)
    )
    for name, tokens in TOKENS.items()
}


def company(ticker: str, theme: Theme) -> str:
    """A company's own colour; one that has none of its own gets a steady one from its ticker."""
    token = COMPANIES.get(ticker)
    if token is None:
        token = f"hue{zlib.crc32(ticker.encode()) % 12 + 1}"
    return theme.colour(token)


def is_other(segment: str) -> bool:
    """True for the lines that collect the rest: Others, 其他, eliminations, unallocated."""
    return bool(OTHERS.match(segment.strip()))


def segments(names: Iterable[str], theme: Theme) -> dict[str, str]:
    """A colour for each segment, the names in order of weight: six hues, then greys; Others always
    grey.
    """
    colours: dict[str, str] = {}
    hues, greys = list(SEGMENT_HUES), 0
    for name in names:
        if name in colours:
            continue
        if is_other(name) or not hues:
            colours[name] = theme.colour(GREYS[greys % len(GREYS)])
            greys += 1
        else:
            colours[name] = theme.colour(hues.pop(0))
    return colours
