"""Every chart carries its stamp, its own colours and text that can be read from the back of a room."""

import html
import inspect
import json
import math
import re
import tomllib
from datetime import date
from pathlib import Path

import pandas as pd
import plotly.graph_objects as go
import pytest

from ui import charts, palette, stamp
from ui.charts import Stamp, Theme, parts

AS_OF = date(2099, 7, 31)
NAMES = ["Invented Holdings", "一家名字非常非常非常长的虚构控股股份有限公司", "<b>Bold</b> & Sons", *[f"Company {i}" for i in range(9)]]


def a_stamp(**more):
    return Stamp("A finding about an invented company", "PE-TTM, times, adjusted, month-end", AS_OF, "Invented Exchange", number=60, snapshot="snap-1", **more)


def months(count):
    return [d.date() for d in pd.date_range(end="2099-07-31", periods=count, freq="ME")]


def history(count, stale=0):
    values = [20 + 5 * math.sin(i / 5) for i in range(count)]
    if count > 5:
        values[3] = float("nan")
    return pd.DataFrame({"date": months(count), "value": values, "status": ["OK"] * (count - stale) + ["STALE_EPS"] * stale})


def ranges(count):
    return pd.DataFrame(
        [
            {
                "ticker": f"{9000 + i}.HK", "name": NAMES[i % len(NAMES)], "minimum": 8.0 + i, "q25": 12.0 + i, "q50": 15.0 + i, "q75": 20.0 + i,
                "maximum": 30.0 + 20 * i, "value": None if i % 5 == 4 else 13.0 + i, "percentile": None if i % 5 == 4 else 8.0 * i,
                "status": "NM_LOSS" if i % 5 == 4 else "OK",
            }
            for i in range(count)
        ],
        columns=["ticker", "name", "minimum", "q25", "q50", "q75", "maximum", "value", "percentile", "status"],
    )  # fmt: skip


def segment_rows(periods, segments=4):
    rows = []
    for p in range(periods):
        for s in range(segments):
            rows.append(
                {
                    "period": f"{2090 + p // 4}Q{p % 4 + 1}", "segment": (["Others"] + NAMES)[s % 13], "revenue_mn": (-1 if s == 3 else 1) * (900.0 + 10 * p),
                    "share_pct": 100 / segments, "yoy_pct": float("nan") if p == 1 else 10.0 - s, "series_break": p == 2, "not_meaningful": p == 1 and s == 1,
                }
            )  # fmt: skip
    return pd.DataFrame(rows, columns=["period", "segment", "revenue_mn", "share_pct", "yoy_pct", "series_break", "not_meaningful"])


BANDS = {"q10": 14.0, "q25": 16.0, "q50": 20.0, "q75": 23.0, "q90": 25.0}


def amounts(count):
    return pd.DataFrame(
        {
            "period": [f"P{i}" for i in range(count)], "amount": [1e9 * (i - 1) for i in range(count)], "incomplete": [i == count - 1 for i in range(count)],
            "blackout": [i % 3 == 0 for i in range(count)],
        }
    )  # fmt: skip


def cumulative(count):
    return pd.DataFrame([{"date": date(2096 + i % 4, 1 + i // 4 % 12, 28), "amount": 1e9 * (i + 1), "year": 2096 + i % 4} for i in range(count)], columns=["date", "amount", "year"])


def league(count):
    return pd.DataFrame([{"company": NAMES[i], "amount": 1e9 * (i - 1), "ticker": f"{9000 + i}.HK"} for i in range(count)], columns=["company", "amount", "ticker"])


def purchases(count):
    return pd.DataFrame({"date": months(count), "price_average": [400.0 + i for i in range(count)], "amount": [1e8 * (i + 1) for i in range(count)]})


def closes(count):
    return pd.DataFrame({"date": months(count), "close": [410.0 - i for i in range(count)]})


def several(count):
    return pd.DataFrame([{"date": d, "series": NAMES[s], "value": float(s)} for s in range(min(count, 8)) for d in months(count)], columns=["date", "series", "value"])


# name -> how to draw it with so many rows
DRAW = {
    "percentile_band": lambda n, s, t: charts.percentile_band(history(n, n // 10), BANDS if n else None, s, t, percentile=3.0),
    "cross_section": lambda n, s, t: charts.cross_section(ranges(min(n, 12)), s, t),
    "index_history": lambda n, s, t: charts.index_history(
        history(n), s, t, printed=pd.DataFrame([{"date": "2099-05-29", "value": 20.59, "percentile": 8.85, "source": "Invented <Securities>"}]) if n else None
    ),
    "lines": lambda n, s, t: charts.lines(several(n), s, t),
    "cumulative_by_year": lambda n, s, t: charts.cumulative_by_year(cumulative(n), s, t),
    "bars_by_period": lambda n, s, t: charts.bars_by_period(amounts(n), s, t),
    "league_bars": lambda n, s, t: charts.league_bars(league(min(n, 12)), s, t),
    "price_paid": lambda n, s, t: charts.price_paid(purchases(n), closes(n), s, t, average=405.0 if n else None),
    "stacked_segments": lambda n, s, t: charts.stacked_segments(segment_rows(n), s, t),
    "mix": lambda n, s, t: charts.mix(segment_rows(n), s, t),
    "growth_by_segment": lambda n, s, t: charts.growth_by_segment(segment_rows(n), s, t),
}  # fmt: skip
THEMES = [Theme("light", language="en"), Theme("dark", language="zh", width=330), Theme("light", updown="cn", width=520)]


def public_charts():
    """Every function of the module that takes a stamp and gives a figure."""
    functions = {name: getattr(charts, name) for name in charts.__all__ if inspect.isfunction(getattr(charts, name))}
    return {n for n, f in functions.items() if n != "finish" and inspect.signature(f).return_annotation == "go.Figure" and "stamp" in inspect.signature(f).parameters}


def sizes(node):
    if isinstance(node, dict):
        for key, value in node.items():
            if key in ("font", "tickfont") and isinstance(value, dict) and "size" in value:
                yield value["size"]
            yield from sizes(value)
    elif isinstance(node, list):
        for value in node:
            yield from sizes(value)


def named(figure, name):
    return [a for a in figure.layout.annotations if a.name == name]


def test_every_public_chart_is_tested_here():
    assert public_charts() == set(DRAW)


@pytest.mark.parametrize("theme", THEMES, ids=lambda t: f"{t.name}-{t.language}-{t.width}")
@pytest.mark.parametrize("rows", [0, 1, 2, 12, 60])
@pytest.mark.parametrize("name", DRAW)
def test_every_chart_is_stamped_coloured_and_legible(name, rows, theme):
    figure = DRAW[name](rows, a_stamp(), theme)
    spec = json.loads(figure.to_json())
    title, subtitle, footer = (named(figure, part)[0] for part in ("title", "subtitle", "footer"))
    plain = re.sub(r"<br>", " ", footer.text)
    assert "Invented Exchange" in plain.replace("  ", " ") and "N 60" in plain and "snap-1" in plain
    assert ("31 Jul 2099" if theme.language == "en" else "2099年7月31日") in plain.replace(" ", " ")
    assert all(part.font.color and part.font.family == stamp.FONTS for part in (title, subtitle, footer))
    assert min(sizes(spec["layout"])) >= 12
    layout = figure.layout
    assert layout.paper_bgcolor == layout.plot_bgcolor == theme.colour("paper")
    assert layout.font.color and layout.xaxis.tickfont.color and layout.yaxis.tickfont.color
    for trace in figure.data:
        mode = getattr(trace, "mode", None) or "bar"
        if "lines" in mode:
            assert trace.line.color, trace
        if "markers" in mode or mode == "bar":
            assert trace.marker.color is not None, trace
    # The stamp and the plot share the height without meeting.
    assert layout.height - layout.margin.t - layout.margin.b > 120
    lines = sum(len(part.text.split("<br>")) * part.font.size * stamp.LINE for part in (title, subtitle))
    assert layout.margin.t >= lines + stamp.EDGE
    assert layout.margin.b >= len(footer.text.split("<br>")) * 12 * stamp.LINE
    for part in (title, subtitle, footer):
        for line in part.text.split("<br>"):
            assert stamp.measure(html.unescape(re.sub(r"<[^>]+>", "", line)), part.font.size) <= theme.width


@pytest.mark.parametrize("name", DRAW)
def test_no_rows_give_a_figure_that_says_why(name):
    figure = DRAW[name](0, a_stamp(), Theme())
    assert named(figure, "empty")[0].text == "Nothing to draw for this choice."


def test_the_caller_says_why_there_is_nothing():
    figure = charts.mix(None, a_stamp(), Theme(), empty="12 of 23 companies report segments.")
    assert named(figure, "empty")[0].text == "12 of 23 companies report segments."


def test_a_stale_valuation_is_drawn_grey_and_named():
    theme = Theme()
    figure = charts.percentile_band(history(24, 3), BANDS, a_stamp(), theme, percentile=3.0)
    grey = [t for t in figure.data if t.mode == "lines" and t.line.color == theme.colour("stale") and t.fill is None and t.line.width == 2]
    assert len(grey) == 1 and sum(v is not None for v in grey[0].y) == 4  # from the last fresh point on
    assert "stale" in [a.text for a in named(figure, "label")][0] and "3rd" not in figure.to_json()
    assert "not ranked" in named(figure, "footer")[0].text


def test_only_ranked_companies_are_sorted_and_the_rest_stand_below():
    figure = charts.cross_section(ranges(6).sample(frac=1, random_state=3), a_stamp(), Theme())
    labels = [a.text for a in named(figure, "label")]
    assert labels[:2] == ["13.0x · 0th", "14.0x · 8th"] and labels[-1] == "n.m. (loss)"


def test_incomplete_periods_are_hatched():
    figure = charts.bars_by_period(amounts(4), a_stamp(), Theme())
    assert list(figure.data[0].marker.pattern.shape) == ["", "", "", "/"]


def test_a_change_of_segments_cuts_the_line_and_is_marked():
    figure = charts.growth_by_segment(segment_rows(6, 2), a_stamp(), Theme())
    assert [a.text for a in named(figure, "label") if "basis" in a.text] == ["basis changed"]
    assert None in list(figure.data[0].x) or any(x != x for x in figure.data[0].x)
    assert "n.m." in [a.text for a in named(figure, "label")]


def test_words_from_the_data_cannot_become_markup():
    figure = charts.league_bars(league(3), a_stamp(note="<a href='x'>y</a>"), Theme())
    words = json.dumps(json.loads(figure.to_json()), ensure_ascii=False)
    assert "<b>Bold</b> & Sons" not in words and "&lt;b&gt;Bold" in words and "<a href" not in words


def test_labels_at_line_ends_keep_apart():
    places = parts.spread([5.0, 5.1, 5.2, 9.9, 0.0], 1.0, 0.0, 10.0)
    ordered = sorted(places)
    assert all(b - a >= 0.999 for a, b in zip(ordered, ordered[1:])) and 0 <= ordered[0] and ordered[-1] <= 10
    assert sorted(range(5), key=lambda i: places[i]) == [4, 0, 1, 2, 3]


def test_a_picture_without_title_measure_or_source_is_refused():
    for part in ("title", "subtitle", "source"):
        words = {"title": "t", "subtitle": "s", "source": "x", part: " "}
        with pytest.raises(ValueError, match=part):
            Stamp(words["title"], words["subtitle"], AS_OF, words["source"])


def test_titles_are_at_most_ninety_characters():
    figure = charts.finish(go.Figure(), Stamp("word " * 40, "s", AS_OF, "x"), Theme())
    assert len(figure.layout.meta["title"]) <= 90 and figure.layout.meta["title"].endswith("…")


def test_the_exported_picture_is_full_hd_with_text_of_22_px():
    options = charts.config("valuation 0700.HK/2026")["toImageButtonOptions"]
    assert (options["width"] * options["scale"], options["height"] * options["scale"]) == (1920, 1080)
    assert min(stamp.TITLE, stamp.SUBTITLE, stamp.BODY, stamp.SMALL) * options["scale"] >= 22
    assert options["filename"] == "valuation-0700.HK-2026"
    assert charts.filename("valuation", ["0700.HK"], AS_OF) == "valuation-0700.HK-2099-07-31"


@pytest.mark.parametrize("name", DRAW)
def test_a_dark_figure_has_a_light_twin(name):
    light = DRAW[name](12, a_stamp(), Theme("light")).to_json()
    twin = charts.light_copy(DRAW[name](12, a_stamp(), Theme("dark"))).to_json()
    assert json.loads(twin) == json.loads(light)


def luminance(colour):
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    r, g, b = (c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * r + 0.7152 * g + 0.0722 * b


def contrast(a, b):
    first, second = sorted((luminance(a), luminance(b)), reverse=True)
    return (first + 0.05) / (second + 0.05)


@pytest.mark.parametrize("name", ["light", "dark"])
def test_text_and_marks_stand_out_from_the_paper(name):
    tokens = palette.TOKENS[name]
    for token in ("ink", "muted", "accent", "green", "red", "cheap", "dear", "note"):
        assert contrast(tokens[token], tokens["paper"]) >= 4.5, token
    for token in ("stale", "fair", "other1", *[f"hue{i}" for i in range(1, 13)]):
        assert contrast(tokens[token], tokens["paper"]) >= 3, token


def test_only_direction_colours_flip():
    hk, cn = Theme(updown="hk"), Theme(updown="cn")
    assert palette.direction(1, hk) == palette.direction(-1, cn) == hk.colour("green")
    assert palette.direction(-1, hk) == palette.direction(1, cn) == hk.colour("red")
    assert palette.cheap_to_dear(0, hk) == palette.cheap_to_dear(0, cn) == hk.colour("cheap")
    assert palette.cheap_to_dear(100, cn) == cn.colour("dear")


def test_companies_and_segments_have_steady_colours():
    theme = Theme()
    assert palette.company("0700.HK", theme) == theme.colour("hue1")
    assert palette.company("BABA", theme) == palette.company("9988.HK", theme)
    assert palette.company("8888.HK", theme) == palette.company("8888.HK", theme)
    colours = palette.segments(["Others", "其他", *"abcdefgh"], theme)
    greys = {theme.colour(token) for token in palette.GREYS}
    assert {colours["Others"], colours["其他"], colours["g"], colours["h"]} <= greys
    assert len({colours[name] for name in "abcdef"} - greys) == 6


def test_the_frame_has_the_colours_of_the_charts():
    path = Path(__file__).parent.parent / ".streamlit" / "config.toml"
    settings = tomllib.loads(path.read_text(encoding="utf-8"))
    pairs = {
        "primaryColor": "accent", "backgroundColor": "paper", "secondaryBackgroundColor": "panel", "textColor": "ink", "linkColor": "accent",
        "borderColor": "grid", "grayColor": "muted", "greenColor": "green", "redColor": "red", "blueColor": "accent", "orangeColor": "dear",
    }  # fmt: skip
    for name in ("light", "dark"):
        assert settings["theme"][name] == {option: palette.TOKENS[name][token] for option, token in pairs.items()}
    assert settings["server"]["address"] == "127.0.0.1" and settings["browser"]["gatherUsageStats"] is False


def test_wrapped_lines_fit_and_lose_nothing():
    for words in ("A long finding about Invented Holdings and its earnings", "市盈率（TTM），倍，经调整，月末收盘；区间带：五年", "x" * 200, "短"):
        lines = stamp.wrap(words, 150, 13)
        assert all(stamp.measure(line, 13) <= 150 + 13 for line in lines)
        assert "".join(lines).replace(" ", "") == words.replace(" ", "")


def test_a_whole_tick_keeps_its_magnitude() -> None:
    """20.00x became 200x when ".0" was cut out of the middle."""
    assert parts.short_tick(lambda value: f"{value:.2f}x", 50.0, 0) == "50x"
    assert parts.short_tick(lambda value: f"{value:.1f}倍", 20.0, 0) == "20倍"
    assert parts.short_tick(lambda value: f"{value:.1f}x", 20.5, 1) == "20.5x"
    assert parts.short_tick(lambda value: f"{value:,.0f}", 1000.0, 0) == "1,000"
