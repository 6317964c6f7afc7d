"""Every chart carries its stamp, its own colours and text that can be read from the back of a
room.
"""

import html
import inspect
import itertools
import json
import math
import re
import tomllib
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import plotly.graph_objects as go
import pytest

from ui import charts, formats, palette, stamp
from ui.charts import Stamp, Theme, parts
from ui.draft import Draft
from ui.text import text

pytestmark = pytest.mark.unit


AS_OF = date(2099, 7, 31)
NAMES = [
    "Invented Holdings",
    "一家名字非常非常非常长的虚构控股股份有限公司",
    "<b>Bold</b> & Sons",
    *[f"Company {i}" for i in range(9)],
]


def a_stamp(**more):
    return Stamp(
        "A finding about an invented company",
        "PE-TTM, times, adjusted, month-end",
        AS_OF,
        "Invented Exchange",
        number=60,
        link=(
            "127.0.0.1:8501/valuation?t=9000.HK&as_of=2099-07-31&w=5y&basis=adjusted&"
            "s=20991231-101500-abcdef"
        ),
        **more,
    )


def months(count):
    return [d.date() for d in pd.date_range(end="2099-07-31", periods=count, freq="ME")]


def history(count, stale=0):
    values = [20 + 5 * math.sin(i / 5) for i in range(count)]
    if count > 5:
        values[3] = float("nan")
    return pd.DataFrame(
        {
            "date": months(count),
            "value": values,
            "status": ["OK"] * (count - stale) + ["STALE_EPS"] * stale,
        }
    )


def ranges(count):
    return pd.DataFrame(
        [
            {
                "ticker": f"{9000 + i}.HK",
                "name": NAMES[i % len(NAMES)],
                "minimum": 8.0 + i,
                "q25": 12.0 + i,
                "q50": 15.0 + i,
                "q75": 20.0 + i,
                "maximum": 30.0 + 20 * i,
                "value": None if i % 5 == 4 else 13.0 + i,
                "percentile": None if i % 5 == 4 else 8.0 * i,
                "status": "NM_LOSS" if i % 5 == 4 else "OK",
            }
            for i in range(count)
        ],
        columns=[
            "ticker",
            "name",
            "minimum",
            "q25",
            "q50",
            "q75",
            "maximum",
            "value",
            "percentile",
            "status",
        ],
    )


def segment_rows(periods, segments=4):
    rows = []
    for p in range(periods):
        for s in range(segments):
            rows.append(
                {
                    "period": f"{2090 + p // 4}Q{p % 4 + 1}",
                    "segment": (["Others", *NAMES])[s % 13],
                    "revenue_mn": (-1 if s == 3 else 1) * (900.0 + 10 * p),
                    "share_pct": 100 / segments,
                    "yoy_pct": float("nan") if p == 1 else 10.0 - s,
                    "series_break": p == 2,
                    "not_meaningful": p == 1 and s == 1,
                }
            )
    return pd.DataFrame(
        rows,
        columns=[
            "period",
            "segment",
            "revenue_mn",
            "share_pct",
            "yoy_pct",
            "series_break",
            "not_meaningful",
        ],
    )


BANDS = {"q10": 14.0, "q25": 16.0, "q50": 20.0, "q75": 23.0, "q90": 25.0}


def priced(count, missing=(), grows=0.0):
    """Closes with EPS of 10, growing by so much a month: each band is its multiple times EPS."""
    eps = [None if i in missing else 10.0 * (1 + grows) ** i for i in range(count)]
    frame = pd.DataFrame(
        {"date": months(count), "close": [150.0 + i for i in range(count)], "close_currency": "HKD"}
    )
    frame["value"] = [None if e is None else close / e for e, close in zip(eps, frame["close"])]
    frame["status"] = ["MISSING_EPS" if e is None else "OK" for e in eps]
    return frame.assign(
        **{f"price_{q}": [None if e is None else k * e for e in eps] for q, k in BANDS.items()}
    )


def buckets(count, here=2):
    return pd.DataFrame(
        {
            "lower": [12.0 + 2 * i for i in range(count)],
            "upper": [14.0 + 2 * i for i in range(count)],
            "observations": [1 + i % 5 for i in range(count)],
            "is_current": [i == here for i in range(count)],
        }
    )


def ranked(count, unranked=()):
    return pd.DataFrame(
        {
            "date": months(count),
            "percentile": [None if i in unranked else 100.0 * i / count for i in range(count)],
            "value": [10.0 + i for i in range(count)],
            "n": [30 + i for i in range(count)],
        }
    )


def windows(count):
    return pd.DataFrame(
        [
            {
                "ticker": f"{9000 + i}.HK",
                "name": NAMES[i % len(NAMES)],
                "span": span,
                "percentile": None if span == "1y" else min(100.0, 4.0 * i),
                "n": 12 * years,
                "coverage_pct": 100.0,
                "value": None if i % 5 == 4 else 13.0 + i,
                "status": "NM_LOSS" if i % 5 == 4 else "STALE_EPS" if i % 5 == 3 else "OK",
            }
            for i in range(count)
            for span, years in (("1y", 1), ("3y", 3), ("5y", 5), ("10y", 10), ("max", 12))
        ],
        columns=["ticker", "name", "span", "percentile", "n", "coverage_pct", "value", "status"],
    )


def medians(count):
    frame = ranges(count)
    return frame.assign(
        premium_pct=[
            None if formats.is_missing(v) else 100 * (v / m - 1)
            for v, m in zip(frame["value"], frame["q50"])
        ]
    )


def expected(count):
    """Points in a crowd: a little spiral around PE 15 and growth 20 per cent."""
    return pd.DataFrame(
        [
            {
                "ticker": f"{9000 + i}.HK",
                "name": f"{NAMES[i % len(NAMES)]} {i}",
                "value": 15 + 0.5 * i * math.sin(i),
                "growth_pct": 20 + i * math.cos(i),
                "n": 1 + i % 3,
                "brokers": "Invented & Sons, Imagined Securities",
            }
            for i in range(count)
        ],
        columns=["ticker", "name", "value", "growth_pct", "n", "brokers"],
    )


def amounts(count):
    return pd.DataFrame(
        {
            "period": [f"P{i}" for i in range(count)],
            "amount": [1e9 * (i - 1) for i in range(count)],
            "incomplete": [i == count - 1 for i in range(count)],
            "blackout": [i % 3 == 0 for i in range(count)],
        }
    )


def cumulative(count):
    return pd.DataFrame(
        [
            {
                "date": date(2096 + i % 4, 1 + i // 4 % 12, 28),
                "amount": 1e9 * (i + 1),
                "year": 2096 + i % 4,
            }
            for i in range(count)
        ],
        columns=["date", "amount", "year"],
    )


def league(count):
    return pd.DataFrame(
        [
            {"company": NAMES[i], "amount": 1e9 * (i - 1), "ticker": f"{9000 + i}.HK"}
            for i in range(count)
        ],
        columns=["company", "amount", "ticker"],
    )


def purchases(count):
    return pd.DataFrame(
        {
            "date": months(count),
            "price_average": [400.0 + i for i in range(count)],
            "amount": [1e8 * (i + 1) for i in range(count)],
        }
    )


def closes(count):
    return pd.DataFrame({"date": months(count), "close": [410.0 - i for i in range(count)]})


def several(count):
    return pd.DataFrame(
        [
            {"date": d, "series": NAMES[s], "value": float(s)}
            for s in range(min(count, 8))
            for d in months(count)
        ],
        columns=["date", "series", "value"],
    )


def surprises(n):
    """n figures against what was expected: better, worse, a rate among them."""
    n = min(n, 12)
    return pd.DataFrame(
        {
            "name": [f"adjusted net profit {i}" for i in range(n)],
            "before": 0.0,
            "after": [1.1 * i - 2 for i in range(n)],
            "words": [f"{i}.0%  4,990 v 4,835" for i in range(n)],
            "good": [1 if i > 2 else -1 for i in range(n)],
            "hollow": [i == 3 for i in range(n)],
        }
    )


def targets(n):
    """n targets on the days of n closes, the last ones counting."""
    days = closes(n)["date"]
    return pd.DataFrame(
        {
            "published_on": days,
            "target_today": [420.0 + i for i in range(len(days))],
            "in_consensus": [i > n - 3 for i in range(len(days))],
            "broker": "Invented & Co",
        }
    )


def growth_parts(n):
    """n parts of growth, 3, 2, 1 and so on points, the last of them no segment."""
    return pd.DataFrame(
        {
            "part": [NAMES[i % len(NAMES)] for i in range(n)],
            "contribution_pp": [3.0 - i for i in range(n)],
            "is_rest": [i == n - 1 for i in range(n)],
        }
    )


def multiples(n):
    """The growth of n companies over six quarters, each but the first with a gap."""
    return pd.DataFrame(
        [
            {
                "ticker": f"{9000 + i}.HK",
                "name": NAMES[i % len(NAMES)],
                "period": f"209{1 + q // 4}Q{q % 4 + 1}",
                "yoy_pct": float("nan") if i and q == 2 else 10.0 * i - 4 * q,
                "series_break": q == 3,
                "value": "A <segment>",
            }
            for i in range(n)
            for q in range(6)
        ],
        columns=["ticker", "name", "period", "yoy_pct", "series_break", "value"],
    )


def told(n):
    """n values of one figure, every third told as over, the definition changed before the fifth."""
    return pd.DataFrame(
        {
            "period": [f"209{q // 4}Q{q % 4 + 1}" for q in range(n)],
            "value": [300.0 + 10 * q for q in range(n)],
            "quality": ["over" if q % 3 == 2 else "exact" for q in range(n)],
            "growth": "+4% <a>",
            "definition_change": [q == 4 for q in range(n)],
        }
    )


def sites(n):
    """n sites, each a third smaller than the one before it, every fifth without a change."""
    visits = [210.0 / 1.5**i for i in range(n)]
    return pd.DataFrame(
        {
            "site": [f"a{'-long' * (i % 4)}-site-{i}.example" for i in range(n)],
            "visits_mn": visits,
            "wow_pct": [float("nan") if i % 5 == 4 else 9.0 - 3 * i for i in range(n)],
            "average_stay_s": [float("nan") if i == 3 else 40.0 + 61 * i for i in range(n)],
            "tier": [1 + sum(v < least for least in (100, 10, 1)) for v in visits],
        }
    )


def stats(n):
    """n figures of a sector: spans, rough ones, forecasts, one without a value."""
    return pd.DataFrame(
        {
            "label": [f"{NAMES[i % len(NAMES)]} {i}" for i in range(n)],
            "value": [float("nan") if i == 3 else 120.5 - 11 * i for i in range(n)],
            "value_high": [140.0 if i == 1 else float("nan") for i in range(n)],
            "quality": ["over" if i % 4 == 2 else "exact" for i in range(n)],
            "is_forecast": [i % 3 == 1 for i in range(n)],
        }
    )


def programmes(n):
    """n authorisations: used in part, used up, and of which nothing is known."""
    return pd.DataFrame(
        [
            {
                "name": f"US$5.0bn <new>, from 1 Jan 209{i % 10}",
                "base": 5e9,
                "used": None if i % 3 == 2 else 5e9 if i % 3 else 1.2e9,
                "left_amount": None if i % 3 == 2 else 0.0 if i % 3 else 3.8e9,
                "words_used": "Used US$1.2bn by 30 Jun 2099",
                "words_left": "Left US$3.8bn on 30 Jun 2099",
            }
            for i in range(n)
        ]
    )


def happenings(n):
    """n events, one a month: every third known by its month alone, of every kind, two in one
    day.
    """
    days = [d if i != 1 else months(n)[0] for i, d in enumerate(months(n))]
    return pd.DataFrame(
        {
            "number": range(1, n + 1),
            "event_date": days,
            "first_day": [d.replace(day=1) if i % 3 == 0 else d for i, d in enumerate(days)],
            "date_precision": ["month" if i % 3 == 0 else "day" for i in range(n)],
            "lane": [charts.documents.LANES[i % 6] for i in range(n)],
            "entity": "Invented Holdings",
            "title": [
                f"A rule on <invented> things takes effect and {NAMES[i % len(NAMES)]} answers it"
                for i in range(n)
            ],
            "is_ahead": [i == n - 1 for i in range(n)],
        }
    )


def sheet(n):
    """What a month's sheet takes: three indices over n months, n names in one market and none in
    the other, two PEs, one of them not ranked.
    """
    indices = pd.DataFrame(
        [
            {
                "ticker": f"^I{s}",
                "name": f"Index {s}",
                "first_day": d.replace(day=1),
                "return_pct": float("nan") if s and i == 1 else 5 * math.sin(i + s),
            }
            for s in range(3)
            for i, d in enumerate(months(n))
        ]
    )
    market = pd.DataFrame(
        {
            "market": "HK",
            "name": [NAMES[i % len(NAMES)] for i in range(n)],
            "return_pct": [9.0 - i for i in range(n)],
            "excess_pp": [None if i == 1 else 7.5 - i for i in range(n)],
            "chosen": [i == 6 for i in range(n)],
        }
    )
    sector = pd.DataFrame(
        {
            "name": ["Invented index", "Our basket"],
            "value": [20.6, None],
            "prior_value": [19.0, None],
            "percentile": [8.9, None],
            "n": [120, 0],
        }
    )
    return (
        indices,
        market,
        sector,
        {
            "heads": {"HK": ("Hong Kong v Index 0 +1.5%", 1.5), "US": ("US v Index 1", None)},
            "months": [d.replace(day=1) for d in months(n)],
            "window": "5 years",
        },
    )


def drawn_sheet(n, s, t):
    indices, market, sector, more = sheet(n)
    return charts.month_sheet(indices, market, sector, s, t, **more)


# name -> how to draw it with so many rows
DRAW = {
    "percentile_band": lambda n, s, t: charts.percentile_band(
        history(n, n // 10), BANDS if n else None, s, t, percentile=3.0
    ),
    "cross_section": lambda n, s, t: charts.cross_section(ranges(min(n, 12)), s, t),
    "index_history": lambda n, s, t: charts.index_history(
        history(n),
        s,
        t,
        printed=pd.DataFrame(
            [
                {
                    "date": "2099-05-29",
                    "value": 20.59,
                    "percentile": 8.85,
                    "source": "Invented <Securities>",
                }
            ]
        )
        if n
        else None,
    ),
    "lines": lambda n, s, t: charts.lines(several(n), s, t),
    "price_bands": lambda n, s, t: charts.price_bands(
        priced(n, missing=range(5, 9), grows=0.02), BANDS, s, t, results=["2099-05-29"]
    ),
    "distribution": lambda n, s, t: charts.distribution(
        buckets(min(n, 16), here=min(n, 3) - 1),
        s,
        t,
        value=10.5 + 2 * min(n, 3),
        median=12.4 + min(n, 16) - 1,
        percentile=31.0,
        observations="month-ends",
    ),
    "percentile_history": lambda n, s, t: charts.percentile_history(
        ranked(n, unranked=(0, 1, 7) if n > 9 else ()), s, t, results=["2099-05-29"]
    ),
    "windows_heat": lambda n, s, t: charts.windows_heat(
        windows(min(n, 24)), s, t, highlight=["9000.HK"]
    ),
    "against_median": lambda n, s, t: charts.against_median(
        medians(min(n, 24)), s, t, highlight=["9000.HK"]
    ),
    "growth_scatter": lambda n, s, t: charts.growth_scatter(
        expected(min(n, 20)), s, t, highlight=["9000.HK"]
    ),
    "cumulative_by_year": lambda n, s, t: charts.cumulative_by_year(cumulative(n), s, t),
    "bars_by_period": lambda n, s, t: charts.bars_by_period(amounts(n), s, t),
    "league_bars": lambda n, s, t: charts.league_bars(league(min(n, 12)), s, t),
    "price_paid": lambda n, s, t: charts.price_paid(
        purchases(n), closes(n), s, t, average=405.0 if n else None
    ),
    "dumbbell": lambda n, s, t: charts.dumbbell(
        surprises(n), s, t, zero=True, legend=("expected", "actual")
    ),
    "price_targets": lambda n, s, t: charts.price_targets(
        targets(n), closes(n), s, t, median=430.0 if n else None
    ),
    "stacked_segments": lambda n, s, t: charts.stacked_segments(segment_rows(n), s, t),
    "mix": lambda n, s, t: charts.mix(segment_rows(n), s, t),
    "growth_by_segment": lambda n, s, t: charts.growth_by_segment(segment_rows(n), s, t),
    "contribution_waterfall": lambda n, s, t: charts.contribution_waterfall(
        growth_parts(min(n, 9)), s, t, total=sum(3.0 - i for i in range(min(n, 9)))
    ),
    "growth_multiples": lambda n, s, t: charts.growth_multiples(
        multiples(min(n, 8)), s, t, highlight="9000.HK"
    ),
    "kpi_bars": lambda n, s, t: charts.kpi_bars(told(n), s, t),
    "purchase_calendar": lambda n, s, t: charts.purchase_calendar(
        purchases(n),
        s,
        t,
        months=5,
        last=AS_OF,
        silences=pd.DataFrame({"from_date": [date(2099, 6, 20)], "to_date": [date(2099, 7, 20)]}),
    ),
    "bought_and_net": lambda n, s, t: charts.bought_and_net(
        amounts(n).assign(
            bought=lambda f: f["amount"].abs(),
            net_reduction=lambda f: f["amount"].where(f.index != 1) / 2,
        ),
        s,
        t,
    ),
    "programme_bars": lambda n, s, t: charts.programme_bars(programmes(min(n, 3)), s, t),
    "traffic_tiers": lambda n, s, t: charts.traffic_tiers(sites(min(n, 14)), s, t),
    "movers": lambda n, s, t: charts.movers(sites(min(n, 14)), s, t),
    "stay_against_visits": lambda n, s, t: charts.stay_against_visits(sites(min(n, 14)), s, t),
    "sector_bars": lambda n, s, t: charts.sector_bars(stats(min(n, 12)), s, t),
    "event_timeline": lambda n, s, t: charts.event_timeline(happenings(min(n, 12)), s, t),
    "price_with_events": lambda n, s, t: charts.price_with_events(
        closes(n), happenings(min(n, 12)), s, t, currency="HKD", colour=t.colour("hue1")
    ),
    "month_sheet": lambda n, s, t: drawn_sheet(min(n, 13), s, t),
}
# The same charts with what they may be given besides.
MORE = {
    "index_history": lambda n, s, t: charts.index_history(
        history(n),
        s,
        t,
        name=NAMES[0],
        others=several(n)[lambda f: f["series"] == NAMES[2]],
        bands=BANDS,
        percentile=61.0,
    ),
    "percentile_band": lambda n, s, t: charts.percentile_band(
        history(n).assign(value=lambda f: f["value"] / 8),
        {q: v / 8 for q, v in BANDS.items()},
        s,
        t,
        percentile=44.0,
        high_is_cheap=True,
        write=formats.percent,
    ),
    "cross_section": lambda n, s, t: charts.cross_section(ranges(n), s, t, dearest_first=True),
    "price_bands": lambda n, s, t: charts.price_bands(priced(n, grows=0.06), BANDS, s, t),
    "distribution": lambda n, s, t: charts.distribution(
        buckets(n, here=n - 1), s, t, value=11.5 + 2 * n, median=11.2 + 2 * n, percentile=100.0
    ),
}
OF_VALUATION = [
    "percentile_band",
    "price_bands",
    "distribution",
    "percentile_history",
    "cross_section",
    "windows_heat",
    "against_median",
    "growth_scatter",
    "index_history",
]
THEMES = [
    Theme("light", language="en"),
    Theme("dark", language="zh", width=330),
    Theme("light", updown="cn", width=520),
]


def public_charts():
    """Every function of the module that takes a stamp and gives a figure."""
    functions = {
        name: getattr(charts, name)
        for name in charts.__all__
        if inspect.isfunction(getattr(charts, name))
    }
    return {
        n
        for n, f in functions.items()
        if n != "finish"
        and inspect.signature(f).return_annotation == "go.Figure"
        and "stamp" in inspect.signature(f).parameters
    }


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


def plain(words):
    return html.unescape(re.sub(r"<(?!br)[^>]+>", "", words))


def boxes(figure, width):
    """The room of each label in px (left, top, right, bottom), as Plotly sets it in a figure of
    this width.
    """
    layout, found = figure.layout, []
    across, down = (
        width - layout.margin.l - layout.margin.r,
        layout.height - layout.margin.t - layout.margin.b,
    )

    def share(axis, value):
        if axis.type == "date":
            value, low, high = (pd.Timestamp(v).timestamp() for v in (value, *axis.range))
        else:
            low, high = axis.range
        return (value - low) / (high - low)

    for label in named(figure, "label"):
        x = layout.margin.l + across * (
            label.x if label.xref == "paper" else share(layout.xaxis, label.x)
        )
        y = layout.margin.t + down * (
            1 - (label.y if label.yref == "paper" else share(layout.yaxis, label.y))
        )
        x, y = (
            (x + label.ax, y + label.ay)
            if label.showarrow
            else (x + (label.xshift or 0), y - (label.yshift or 0))
        )
        lines = plain(label.text).split("<br>")
        wide, tall = (
            max(stamp.measure(line, 12, "<b>" in label.text) for line in lines),
            12 * len(lines),
        )
        left = x - {"left": 0, "center": wide / 2, "right": wide}[label.xanchor]
        top = y - {"top": 0, "middle": tall / 2, "bottom": tall}[label.yanchor]
        found.append((plain(label.text), left, top, left + wide, top + tall))
    return found


def long_but(every_run: bool, *values, id: str | None = None):
    """A case of a wide grid: of every run, or of the long proofs alone."""
    return pytest.param(*values, id=id, marks=() if every_run else pytest.mark.proof)


@pytest.mark.parametrize(
    ("width", "language"), [(312, "zh"), (330, "en"), (540, "zh"), (900, "en")]
)
@pytest.mark.parametrize("rows", [long_but(rows == 60, rows) for rows in (1, 2, 5, 12, 60)])
@pytest.mark.parametrize(
    "draw",
    [*((name, DRAW) for name in OF_VALUATION), *((name, MORE) for name in MORE)],
    ids=lambda d: d[0] + ("" if d[1] is DRAW else "-more"),
)
def test_labels_keep_apart_and_inside_the_picture(draw, rows, language, width):
    name, how = draw
    placed = boxes(how[name](rows, a_stamp(), Theme(language=language, width=width)), width)
    for i, (words, left, top, right, bottom) in enumerate(placed):
        assert left >= 0 and right <= width + 1, words
        for other, left_, top_, right_, bottom_ in placed[:i]:
            assert (
                right <= left_ + 1 or right_ <= left + 1 or bottom <= top_ + 1 or bottom_ <= top + 1
            ), f"{words!r} over {other!r}"


def test_every_public_chart_is_tested_here():
    assert public_charts() == set(DRAW)


@pytest.mark.parametrize(
    ("rows", "theme"),
    [
        long_but(
            (rows, place) in ((0, 0), (2, 1), (12, 2), (60, 1)),
            rows,
            theme,
            id=f"{rows}-{theme.name}-{theme.language}-{theme.width}",
        )
        for rows in (0, 1, 2, 12, 60)
        for place, theme in enumerate(THEMES)
    ],
)
@pytest.mark.parametrize("name", DRAW)
def test_every_chart_is_stamped_coloured_and_legible(name, rows, theme):
    figure = DRAW[name](rows, a_stamp(), theme)
    spec = json.loads(figure.to_json())
    title, subtitle, footer = (named(figure, part)[0] for part in ("title", "subtitle", "footer"))
    plain = re.sub(r"<br>", " ", footer.text)
    assert "Invented Exchange" in plain.replace("  ", " ")
    assert "N 60" in plain
    assert "20991231-101500-abcdef" in plain
    assert ("31 Jul 2099" if theme.language == "en" else "2099年7月31日") in plain.replace(" ", " ")
    assert all(
        part.font.color and part.font.family == stamp.FONTS for part in (title, subtitle, footer)
    )
    assert min(sizes(spec["layout"])) >= 12
    layout = figure.layout
    assert layout.paper_bgcolor == layout.plot_bgcolor == theme.colour("paper")
    assert layout.font.color
    assert layout.xaxis.tickfont.color
    assert layout.yaxis.tickfont.color
    for trace in figure.data:
        mode = getattr(trace, "mode", None) or "bar"
        if "lines" in mode:
            assert trace.line.color, trace
        if "markers" in mode or mode == "bar":
            assert trace.marker.color is not None, trace
    # The stamp and the plot share the height without meeting.
    assert layout.height - layout.margin.t - layout.margin.b > 120
    lines = sum(
        len(part.text.split("<br>")) * part.font.size * stamp.LINE for part in (title, subtitle)
    )
    assert layout.margin.t >= lines + stamp.EDGE
    assert layout.margin.b >= len(footer.text.split("<br>")) * 12 * stamp.LINE
    for part in (title, subtitle, footer):
        for line in part.text.split("<br>"):
            assert (
                stamp.measure(html.unescape(re.sub(r"<[^>]+>", "", line)), part.font.size)
                <= theme.width
            )


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
    grey = [
        t
        for t in figure.data
        if t.mode == "lines"
        and t.line.color == theme.colour("stale")
        and t.fill is None
        and t.line.width == 2
    ]
    assert len(grey) == 1
    assert sum(v is not None for v in grey[0].y) == 4
    assert "stale" in next(a.text for a in named(figure, "label"))
    assert "3rd" not in figure.to_json()
    assert "not ranked" in named(figure, "footer")[0].text


def observations_of(figure):
    return next(t for t in figure.data if t.name == "observations")


@pytest.mark.parametrize("name", ["percentile_band", "price_bands", "percentile_history"])
def test_a_click_is_answered_by_observations_alone(name):
    """Streamlit hands back marks, never bare lines: each observation has one, and nothing else may
    be hit.
    """
    figure = DRAW[name](60, a_stamp(), Theme())
    points = observations_of(figure)
    assert points.mode == "markers"
    assert points.hoverinfo == "text"
    assert points.marker.opacity == 0
    assert points.selected.marker.opacity == 1
    assert all(t.hoverinfo == "skip" for t in figure.data if t is not points)
    assert list(points.customdata) == list(points.x)
    assert len(points.x) == len(points.hovertext)
    drawn = {
        x
        for t in figure.data
        if t.mode == "lines" and t.line.width == 2
        for x, y in zip(t.x, t.y)
        if y is not None
    }
    assert drawn == {x for x, y in zip(points.x, points.y) if y is not None}
    assert points.customdata[-1] == "2099-07-31"


def test_an_index_answers_clicks_too():
    points = observations_of(DRAW["index_history"](12, a_stamp(), Theme()))
    assert list(points.customdata) == [d.isoformat() for d in months(12)]


def test_thousands_of_observations_are_not_thousands_of_marks():
    days = pd.date_range(end="2099-07-31", periods=2000, freq="D")
    figure = charts.percentile_band(
        pd.DataFrame({"date": days, "value": 20.0, "status": "OK"}), None, a_stamp(), Theme()
    )
    assert observations_of(figure).marker.maxdisplayed == 1
    assert len(observations_of(figure).customdata) == 2000
    assert observations_of(DRAW["percentile_band"](60, a_stamp(), Theme())).marker.maxdisplayed == 0


def test_results_are_named_where_they_first_count():
    figure = charts.percentile_band(history(12), BANDS, a_stamp(), Theme(), results=["2099-05-15"])
    told = [
        day
        for day, words in zip(observations_of(figure).x, observations_of(figure).hovertext)
        if "Results effective 15 May 2099" in words
    ]
    assert told == ["2099-05-31"]


def areas(figure):
    return [t for t in figure.data if t.fill == "toself"]


def test_price_bands_break_where_there_is_no_eps():
    figure = charts.price_bands(priced(24, missing=range(8, 12)), BANDS, a_stamp(), Theme())
    days = [d.isoformat() for d in months(24)]
    assert len(areas(figure)) == 3
    for area in areas(figure):
        cut = list(area.x).index(None)
        assert list(area.x[:cut]) == [*days[:8], *reversed(days[:8])]
        assert list(area.x[cut + 1 :]) == [*days[12:], *reversed(days[12:])]
    assert set(areas(figure)[0].y) == {None, 140.0, 160.0}
    assert "No band where the figure per share is missing" in named(figure, "footer")[
        0
    ].text.replace("<br>", " ")
    assert (
        "No band"
        not in named(charts.price_bands(priced(24), BANDS, a_stamp(), Theme()), "footer")[0].text
    )


def test_price_bands_say_the_multiple_behind_each_band():
    figure = charts.price_bands(priced(12), BANDS, a_stamp(), Theme())
    assert [plain(a.text) for a in named(figure, "label")] == [
        "Close 161.0 · 16.1x",
        "10th · 14.0x",
        "25th · 16.0x",
        "50th · 20.0x",
        "75th · 23.0x",
        "90th · 25.0x",
    ]
    assert [a.y for a in named(figure, "label")] != sorted(
        a.y for a in named(figure, "label")
    )  # the close stands among them
    assert observations_of(figure).hovertext[0].split("<br>") == [
        "<b>31 Aug 2098</b>  HK$150.00",
        "<b>15.0x</b>",
        "90th · 25.0x = HK$250.00",
        "75th · 23.0x = HK$230.00",
        "50th · 20.0x = HK$200.00",
        "25th · 16.0x = HK$160.00",
        "10th · 14.0x = HK$140.00",
    ]
    lost = charts.price_bands(priced(12, missing=[11]), BANDS, a_stamp(), Theme())
    assert [plain(a.text) for a in named(lost, "label")] == ["Close 161.0 · –"]
    assert "no EPS" in observations_of(lost).hovertext[-1]


def test_prices_that_grew_eightfold_have_a_logarithmic_axis():
    for grows, log in ((0.005, False), (0.06, True)):
        figure = charts.price_bands(priced(60, grows=grows), BANDS, a_stamp(), Theme())
        assert (figure.layout.yaxis.type == "log") is log
        assert ("Logarithmic axis" in named(figure, "footer")[0].text) is log
        low, high = figure.layout.yaxis.range
        assert all(
            low <= (math.log10(v) if log else v) <= high
            for t in figure.data
            for v in t.y
            if v is not None
        )
        assert len(figure.layout.yaxis.ticktext) >= 3


def test_months_without_a_row_are_a_gap_like_months_without_a_value():
    whole, holed = history(24), history(24).drop(index=[10, 11])
    for frame, breaks in ((whole, 1), (holed, 2)):  # one value is missing in either
        line = next(
            t
            for t in charts.percentile_band(frame, BANDS, a_stamp(), Theme()).data
            if t.fill is None and t.line.width == 2
        )
        assert sum(y is None for y in line.y) == breaks
        assert line.connectgaps is False


def test_a_grey_run_joins_the_fresh_line_on_both_sides():
    frame = history(12).assign(status=["STALE_EPS" if i in (6, 7) else "OK" for i in range(12)])
    grey = next(
        t
        for t in charts.percentile_band(frame, BANDS, a_stamp(), Theme()).data
        if t.fill is None and t.mode == "lines" and t.line.width == 2
    )
    assert [i for i, y in enumerate(grey.y) if y is not None] == [5, 6, 7, 8]


def test_a_yield_is_cheap_where_it_is_high():
    for high, cheap, first in (
        (False, {14.0, 16.0}, "10th 14.0%"),
        (True, {23.0, 25.0}, "10th 25.0%"),
    ):
        figure = charts.percentile_band(
            history(24), BANDS, a_stamp(), Theme(), write=formats.percent, high_is_cheap=high
        )
        area = next(
            a for a in areas(figure) if a.fillcolor == palette.alpha(Theme().colour("cheap"), 0.16)
        )
        assert set(area.y) == cheap
        assert first in [a.text for a in named(figure, "label")]


def test_ratios_keep_their_decimals():
    def ratio(value):
        return formats.multiple(value, digits=2)

    figure = charts.percentile_band(
        history(24).assign(value=lambda f: f["value"] / 25),
        {q: v / 25 for q, v in BANDS.items()},
        a_stamp(),
        Theme(),
        write=ratio,
        percentile=3.0,
    )
    assert {"0.60x", "0.80x", "1.00x"} <= set(figure.layout.yaxis.ticktext)
    assert "50th 0.80x" in [a.text for a in named(figure, "label")]


def test_a_distribution_shows_where_today_stands():
    theme = Theme()
    figure = charts.distribution(
        buckets(8),
        a_stamp(),
        theme,
        value=16.2,
        median=19.0,
        percentile=31.0,
        observations="month-ends",
    )
    bars = figure.data[0]
    assert [c == theme.colour("accent") for c in bars.marker.color] == [i == 2 for i in range(8)]
    assert [plain(a.text) for a in named(figure, "label")] == [
        "16.2x · 31st · 3 month-ends",
        "median 19.0x",
        "1",
        "2",
        "5",
        "1",
        "2",
        "3",
    ]  # the median covers its bar's 4
    assert bars.hovertext[0] == "<b>12x to 14x</b><br>1 month-end · 5%"
    assert list(figure.layout.xaxis.ticktext) == [f"{x}x" for x in range(12, 30, 2)]
    assert (
        theme.colour("accent")
        not in charts.distribution(buckets(8), a_stamp(), theme, median=19.0).data[0].marker.color
    )
    assert list(
        charts.distribution(
            buckets(8).assign(observations=1), a_stamp(), theme
        ).layout.yaxis.ticktext
    ) == ["0", "1"]  # no half observations


def test_buckets_without_observations_keep_their_place():
    figure = charts.distribution(buckets(8).drop(index=[3, 4, 5]), a_stamp(), Theme(), value=16.2)
    assert list(figure.layout.xaxis.ticktext) == [f"{x}x" for x in range(12, 30, 2)]
    assert list(figure.data[0].x) == [13, 15, 17, 25, 27]


def test_narrow_buckets_are_told_apart():
    narrow = buckets(8).assign(lower=lambda f: f["lower"] / 8, upper=lambda f: f["upper"] / 8)
    assert list(charts.distribution(narrow, a_stamp(), Theme(), value=2.0).layout.xaxis.ticktext)[
        :3
    ] == ["1.50x", "1.75x", "2.00x"]


def test_percentiles_through_time_have_fixed_zones_and_keep_their_gaps():
    theme = Theme()
    figure = charts.percentile_history(ranked(40, unranked=(0, 1, 20, 21)), a_stamp(), theme)
    points = observations_of(figure)
    assert points.x[0] == months(40)[2].isoformat()
    assert [i + 2 for i, y in enumerate(points.y) if y is None] == [20, 21]
    assert {(s.y0, s.y1, s.fillcolor) for s in figure.layout.shapes} == {
        (-3, 20, palette.alpha(theme.colour("cheap"), 0.12)),
        (80, 103, palette.alpha(theme.colour("dear"), 0.12)),
    }
    assert list(figure.layout.yaxis.range) == [-3, 103]
    assert list(figure.layout.yaxis.ticktext) == ["0", "20", "50", "80", "100"]
    assert [plain(a.text) for a in named(figure, "label")] == ["98th · 49.0x", "cheap", "dear"]
    assert points.hovertext[0] == f"<b>{formats.day(points.x[0])}</b>  5th<br>12.0x · N 32"


def test_a_rank_of_the_past_is_not_shown_as_todays():
    for frame in (
        ranked(40, unranked=(38, 39)),
        ranked(40).iloc[:38],
    ):  # not ranked, or without a row
        label = next(
            a for a in named(charts.percentile_history(frame, a_stamp(), Theme()), "label")
        )
        assert label.text == "93rd · May 2099"
        assert label.font.color == Theme().colour("muted")


def test_a_multiple_of_the_past_is_not_shown_as_todays():
    """After a loss, or where a publisher stopped, the last value stands there with its month,
    without a percentile.
    """
    lost = history(24).assign(
        value=lambda f: [*f["value"][:22], None, None], status=["OK"] * 22 + ["NM_LOSS"] * 2
    )
    for figure in (
        charts.percentile_band(lost, BANDS, a_stamp(), Theme(), percentile=3.0),
        charts.index_history(history(24).iloc[:22], a_stamp(), Theme(), percentile=3.0),
    ):
        label = named(figure, "label")[0]
        assert plain(label.text) == f"{formats.multiple(history(24)['value'].iloc[21])} · May 2099"
        assert "3rd" not in figure.to_json()
    assert named(charts.percentile_band(lost, BANDS, a_stamp(), Theme()), "label")[
        0
    ].font.color == Theme().colour("muted")


def test_the_zones_are_named_where_the_line_does_not_run():
    figure = charts.percentile_history(
        ranked(40).assign(percentile=[5.0] * 20 + [50.0] * 20), a_stamp(), Theme()
    )
    cheap, dear = (
        next(a for a in named(figure, "label") if a.text == words) for words in ("cheap", "dear")
    )
    assert dear.x == 0
    assert 0.5 <= cheap.x < 1


def mixed(colour, paper, share):
    return "#" + "".join(
        f"{round(int(colour[i : i + 2], 16) * share + int(paper[i : i + 2], 16) * (1 - share)):02X}"
        for i in (1, 3, 5)
    )


@pytest.mark.parametrize("name", ["light", "dark"])
def test_every_cell_can_be_read(name):
    theme = Theme(name)
    figure = charts.windows_heat(windows(24), a_stamp(), theme)
    cells = figure.data[0].marker.color
    shades = {
        palette.alpha(shade, 0.5): mixed(shade, theme.colour("paper"), 0.5)
        for shade in palette.SCALES[name]
    }
    ink = {
        (x, y): (t.textfont.color, words)
        for t in figure.data[1:]
        for x, y, words in zip(t.x, t.y, t.text)
    }
    seen = set()
    for base, y, cell in zip(figure.data[0].base, figure.data[0].y, cells):
        colour, words = ink[(round(base + 0.48), y)]
        assert contrast(colour, shades.get(cell, cell)) >= 4.5, (cell, words)
        assert (words.split("<br>")[0] == "–") == (cell == theme.colour("panel"))
        seen.add(cell)
    assert len(seen & set(shades)) >= 9


def test_the_heat_table_keeps_the_order_and_ranks_only_what_is_fresh():
    rows = windows(6)
    rows = pd.concat(
        [rows[rows["ticker"] == t] for t in ("9002.HK", "9000.HK", "9003.HK", "9004.HK")]
    )
    figure = charts.windows_heat(rows, a_stamp(), Theme(), highlight=["9000.HK"])
    assert [plain(t) for t in figure.layout.yaxis.ticktext] == [
        "<b>Bold</b> & Sons",
        NAMES[0],
        "Company 0",
        "Company 1",
    ]
    assert list(figure.layout.yaxis.ticktext)[1].startswith("<b>")
    labels = [plain(a.text) for a in named(figure, "label")]
    assert sorted(labels) == sorted(
        ["15.0x", "13.0x", "16.0x", "n.m.", "1y", "3y", "5y", "10y", "max", "now"]
    )
    text_of = {(x, y): words for t in figure.data[1:] for x, y, words in zip(t.x, t.y, t.text)}
    assert [text_of[(c, 0)] for c in range(5)] == [
        "–<br>N 12",
        "8<br>N 36",
        "8<br>N 60",
        "8<br>N 120",
        "8<br>N 144",
    ]
    assert [text_of[(4, -r)].split("<br>")[0] for r in range(4)] == [
        "8",
        "0",
        "–",
        "–",
    ]  # stale, then a loss
    stale = figure.data[0].hovertext[list(figure.data[0].y).index(-2) + 2]
    assert "5 years: <b>EPS stale</b>" in stale
    assert "N 60 · Coverage 100%" in stale
    assert "16.0x" in stale


@pytest.mark.parametrize("width", [330, 540, 900])
def test_rows_are_never_closer_than_words(width):
    for rows in (1, 12, 24):
        for name, figure in (
            ("heat", charts.windows_heat(windows(rows), a_stamp(), Theme(width=width))),
            ("median", charts.against_median(medians(rows), a_stamp(), Theme(width=width))),
        ):
            high = figure.layout.height - figure.layout.margin.t - figure.layout.margin.b
            low, top = figure.layout.yaxis.range
            assert high / (top - low) >= 19.5
            assert name != "heat" or high / rows >= 21
            if name == "heat":
                small = [words for t in figure.data[1:] for words in t.text if "N" in words]
                assert bool(small) is (rows < 24 and high / rows >= 30 and width > 330)


def test_a_dumbbell_is_cheap_below_its_median_and_a_yield_above():
    theme, rows = (
        Theme(),
        medians(2).assign(value=[12.0, 20.0], q50=[15.0, 16.0], premium_pct=[-20.0, 25.0]),
    )
    for high, tokens in ((False, ("cheap", "dear")), (True, ("dear", "cheap"))):
        figure = charts.against_median(rows, a_stamp(), theme, high_is_cheap=high)
        assert list(figure.data[-1].marker.color) == [theme.colour(token) for token in tokens]
        assert [a.text for a in named(figure, "label")] == ["12.0x · −20%", "20.0x · +25%"]
        assert figure.data[-2].marker.symbol == "line-ns-open"
        assert list(figure.data[-2].x) == [15.0, 16.0]


def test_what_has_no_median_is_named_in_grey():
    theme = Theme()
    rows = medians(4).assign(
        value=[12.0, None, 14.0, 15.0],
        q50=[None, 16.0, 17.0, 18.0],
        status=["OK", "NM_LOSS", "STALE_EPS", "OK"],
    )
    rows = rows.assign(n=[14, 0, 40, 60], needed=30, frequency="month_end")
    labels = named(charts.against_median(rows, a_stamp(), theme), "label")
    assert [a.text for a in labels][:3] == [
        "12.0x · 14 of the 30 month-ends needed",
        "n.m. (loss)",
        "14.0x · EPS stale",
    ]
    of_old = charts.against_median(
        rows.drop(columns="needed"), a_stamp(), theme
    )  # a snapshot of an earlier version
    assert named(of_old, "label")[0].text == "12.0x · the history is too short"
    assert [a.font.color == theme.colour("muted") for a in labels] == [True, True, True, False]


@pytest.mark.parametrize("count", [1, 2, 5, 20])
@pytest.mark.parametrize("width", [330, 540, 900])
def test_every_point_of_the_scatter_is_named_inside_the_plot(count, width):
    figure = charts.growth_scatter(expected(count), a_stamp(), Theme(width=width))
    layout = figure.layout
    names = [
        box for box in boxes(figure, width) if re.search(r"\d$|…$", box[0]) and box[0] != "PEG 1"
    ]
    assert len(names) == count
    for _, left, top, right, bottom in names:
        assert layout.margin.l - 1 <= left
        assert right <= width - layout.margin.r + 1
        assert layout.margin.t - 1 <= top
        assert bottom <= layout.height - layout.margin.b + 1


def test_neighbours_in_the_scatter_are_not_torn_apart():
    layout = charts.growth_scatter(
        expected(2).assign(growth_pct=[20.0, 20.1], value=[15.0, 15.1]), a_stamp(), Theme()
    ).layout
    assert layout.xaxis.range[1] - layout.xaxis.range[0] >= 10
    assert layout.yaxis.range[1] - layout.yaxis.range[0] >= 3


def test_a_point_of_one_broker_is_hollow_and_says_so():
    theme = Theme()
    figure = charts.growth_scatter(expected(3), a_stamp(), theme)
    fills = list(figure.data[0].marker.color)
    assert [fill == theme.colour("paper") for fill in fills] == [True, False, False]
    assert theme.colour("paper") not in figure.data[0].marker.line.color
    assert "Hollow: rests on one broker." in named(figure, "footer")[0].text
    assert "N 1: Invented &amp; Sons" in figure.data[0].hovertext[0]
    assert (
        "Hollow"
        not in named(charts.growth_scatter(expected(3).assign(n=2), a_stamp(), theme), "footer")[
            0
        ].text
    )
    old = charts.growth_scatter(
        expected(3).assign(status=["OK", "STALE_ESTIMATE", "OK"]), a_stamp(), theme
    )
    assert old.data[0].marker.line.color[1] == theme.colour("stale")
    assert "Grey: input stale" in named(old, "footer")[0].text


def test_peg_one_is_drawn_only_where_it_crosses_the_plot():
    for growth, crosses in (([10.0, 30.0], True), ([60.0, 90.0], False)):
        figure = charts.growth_scatter(
            expected(2).assign(growth_pct=growth, value=[12.0, 25.0]), a_stamp(), Theme()
        )
        guides = [s for s in figure.layout.shapes if s.line.dash == "dot"]
        assert len(guides) == crosses
        assert ("PEG 1" in [a.text for a in named(figure, "label")]) is crosses
        assert all(s.x0 == s.y0 and s.x1 == s.y1 for s in guides)


def test_a_second_series_is_named_and_bands_are_no_series():
    theme = Theme()
    other = pd.DataFrame({"date": months(24), "series": "Our basket", "value": 14.8})
    figure = charts.index_history(
        history(24), a_stamp(), theme, name="An index", others=other, bands=BANDS, percentile=61.2
    )
    labels = {plain(a.text): a.text for a in named(figure, "label")}
    first = next(words for words in labels if "An index" in words)
    assert first.endswith(" · 61st")
    assert theme.colour("accent") in labels[first]
    assert "■ Our basket 14.8x" in labels
    assert labels["50th 20.0x"] == "50th 20.0x"
    assert len(areas(figure)) == 3
    phone = charts.index_history(
        history(24), a_stamp(), Theme(width=330), name="An index", others=other
    )
    assert "Our basket" in named(phone, "legend")[0].text
    assert not any("basket" in a.text for a in named(phone, "label"))


def test_an_index_alone_is_labelled_by_its_value():
    figure = charts.index_history(history(24), a_stamp(), Theme(), name="An index")
    assert [plain(a.text) for a in named(figure, "label")] == [
        formats.multiple(history(24)["value"].iloc[-1])
    ]


def test_a_figure_grows_where_its_stamp_leaves_no_room():
    for width, theirs in ((330, None), (330, 430), (900, None)):
        figure = charts.percentile_band(
            history(24),
            BANDS,
            a_stamp(note="A long note about what was left out and why. " * 5),
            Theme(width=width),
            height=theirs,
        )
        plot = figure.layout.height - figure.layout.margin.t - figure.layout.margin.b
        assert figure.layout.height == theirs if theirs else plot >= 190


def test_the_dearest_can_come_first():
    labels = [
        a.text
        for a in named(
            charts.cross_section(ranges(6), a_stamp(), Theme(), dearest_first=True), "label"
        )
    ]
    assert labels[:2] == ["18.0x · 40th", "16.0x · 24th"]
    assert labels[-1] == "n.m. (loss)"


def test_every_window_of_the_heat_table_has_words():
    assert all(
        text(f"{group}.{span}", language)
        for span in charts.standing.SPANS
        for group in ("window", "window_long")
        for language in ("en", "zh")
    )


def test_only_ranked_companies_are_sorted_and_the_rest_stand_below():
    figure = charts.cross_section(ranges(6).sample(frac=1, random_state=3), a_stamp(), Theme())
    labels = [a.text for a in named(figure, "label")]
    assert labels[:2] == ["13.0x · 0th", "14.0x · 8th"]
    assert labels[-1] == "n.m. (loss)"


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
    assert "<b>Bold</b> & Sons" not in words
    assert "&lt;b&gt;Bold" in words
    assert "<a href" not in words


def test_labels_at_line_ends_keep_apart():
    places = parts.spread([5.0, 5.1, 5.2, 9.9, 0.0], 1.0, 0.0, 10.0)
    ordered = sorted(places)
    assert all(b - a >= 0.999 for a, b in itertools.pairwise(ordered))
    assert ordered[0] >= 0
    assert ordered[-1] <= 10
    assert sorted(range(5), key=lambda i: places[i]) == [4, 0, 1, 2, 3]


def test_a_picture_without_title_measure_or_source_is_refused():
    for part in ("title", "subtitle", "source"):
        words = {"title": "t", "subtitle": "s", "source": "x", part: " "}
        with pytest.raises(ValueError, match=part):
            Stamp(words["title"], words["subtitle"], AS_OF, words["source"])


def test_titles_are_at_most_ninety_characters():
    figure = charts.finish(Draft(), Stamp("word " * 40, "s", AS_OF, "x"), Theme())
    assert len(figure.layout.meta["title"]) <= 90
    assert figure.layout.meta["title"].endswith("…")


def test_a_chart_without_its_stamp_is_refused():
    assert not stamp.is_finished(go.Figure(go.Scatter(x=[1], y=[1])))
    assert stamp.is_finished(DRAW["percentile_band"](3, a_stamp(), Theme()))


def test_a_page_shows_no_button_and_a_file_is_as_large_as_its_format():
    assert charts.config()["displayModeBar"] is False
    for name, size in {"wide": (1920, 1080), "half": (1440, 1080), "tall": (1080, 1350)}.items():
        form = stamp.FORMATS[name]
        for room in (form, stamp.Format(form.width * 6 // 5, form.height * 6 // 5)):
            options = charts.config("valuation 0700.HK/2026", form, room)["toImageButtonOptions"]
            assert (
                int(options["width"] * options["scale"]),
                int(options["height"] * options["scale"]),
            ) == size
        assert min(stamp.TITLE, stamp.SUBTITLE, stamp.BODY, stamp.SMALL) * stamp.SCALE >= 22
    assert options["filename"] == "valuation-0700.HK-2026"
    assert charts.filename("valuation", ["0700.HK"], AS_OF) == "valuation-0700.HK-2099-07-31"


@pytest.mark.parametrize("form", [long_but(form == "half", form) for form in stamp.FORMATS])
@pytest.mark.parametrize("name", DRAW)
def test_a_file_holds_all_its_words_in_every_format(name, form):
    """Laid out in the shape of its file, light from a dark page, a picture's stamp stays within its
    margins and its text large.
    """
    figure, room = stamp.fitted(
        lambda theme: DRAW[name](12, a_stamp(), theme),
        Theme("dark", width=330),
        stamp.FORMATS[form],
    )
    layout, size = figure.layout, stamp.FORMATS[form]
    assert layout.paper_bgcolor == palette.TOKENS["light"]["paper"]
    assert layout.height <= room.height
    assert room.width * size.height == room.height * size.width
    assert 12 * stamp.SCALE * size.width / room.width >= 22
    above, below = (
        sum(
            len(part.text.split("<br>")) * part.font.size * stamp.LINE
            for name_ in names
            for part in named(figure, name_)
        )
        for names in (("title", "subtitle", "legend"), ("footer",))
    )
    assert above <= layout.margin.t
    assert below <= layout.margin.b
    assert layout.margin.t + layout.margin.b < room.height - 120
    for part in ("title", "subtitle", "footer"):
        assert all(
            stamp.measure(plain(line), mark.font.size, part == "title")
            <= room.width - 2 * stamp.EDGE + 1
            for mark in named(figure, part)
            for line in mark.text.split("<br>")
        )
        assert all(
            mark.xanchor == mark.align == "left" and mark.xshift == stamp.EDGE - layout.margin.l
            for mark in named(figure, part)
        )


@pytest.mark.system
def test_a_long_table_is_laid_out_larger_and_its_rows_never_meet():
    """Its rows draw closer first, to 16 px for text of 12, and only then is all of it smaller."""
    for count, larger in ((12, False), (24, False), (48, True)):
        figure, room = stamp.fitted(
            lambda theme, count=count: charts.windows_heat(windows(count), a_stamp(), theme),
            Theme(),
            stamp.FORMATS["wide"],
        )
        assert (room.height > 540) == larger
        assert (room.height - figure.layout.margin.t - figure.layout.margin.b) / count >= 16


@pytest.mark.parametrize("name", DRAW)
def test_the_colours_of_up_and_down_are_told_where_red_is_up(name):
    theme = Theme(updown="cn")
    figure = DRAW[name](12, a_stamp(), theme)
    coloured = {
        theme.colour("red"),
        theme.colour("green"),
        *(
            palette.alpha(theme.colour(token), share)
            for token in ("red", "green")
            for share in (0.35, 0.4, 0.55)
        ),
    }
    words = json.dumps(json.loads(figure.to_json()))
    told = text("footer.colours_cn") in named(figure, "footer")[0].text.replace("<br>", " ")
    assert any(colour in words for colour in coloured) == told


def test_a_link_is_broken_between_its_parameters():
    lines = stamp.wrap(
        (
            "127.0.0.1:8501/valuation?t=0700.HK&as_of=2099-07-31&metric=pe_ttm&"
            "s=20991231-101500-abcdef"
        ),
        300,
        12,
        parts=stamp.PARAMETER,
    )
    assert len(lines) > 1
    assert all(line[-1] in "?&" for line in lines[:-1])


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
    for token in ("stale", "fair", *palette.GREYS, *[f"hue{i}" for i in range(1, 13)]):
        assert contrast(tokens[token], tokens["paper"]) >= 3, token


# How eyes without one kind of cone see linear RGB: Machado, Oliveira and Fernandes 2009, severity
# 1.0.
EYES = {
    "all": [[1, 0, 0], [0, 1, 0], [0, 0, 1]],
    "no red": [
        [0.152286, 1.052583, -0.204868],
        [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ],
    "no green": [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ],
    "no blue": [
        [1.255528, -0.076749, -0.178779],
        [-0.078411, 0.930809, 0.147602],
        [0.004733, 0.691367, 0.303900],
    ],
}
# OKLab (Ottosson 2020): linear RGB to cones, their cube roots to lightness and two axes of hue. 100
# is from black to white; 2 is just seen.
CONES = [
    [0.4122214708, 0.5363325363, 0.0514459929],
    [0.2119034982, 0.6806995451, 0.1073969566],
    [0.0883024619, 0.2817188376, 0.6299787005],
]
OKLAB = [
    [0.2104542553, 0.7936177850, -0.0040720468],
    [1.9779984951, -2.4285922050, 0.4505937099],
    [0.0259040371, 0.7827717662, -0.8086757660],
]


def seen(colour, eyes):
    """A hex colour in OKLab as these eyes see it, times 100."""
    shares = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = np.array([c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in shares])
    return (
        100
        * np.array(OKLAB)
        @ np.cbrt(np.array(CONES) @ np.clip(np.array(EYES[eyes]) @ linear, 0, 1))
    )


@pytest.mark.parametrize("name", ["light", "dark"])
@pytest.mark.parametrize(
    ("together", "least"),
    [
        ((*palette.SEGMENT_HUES, "other1"), 10),
        (("green", "red"), 10),
        (("cheap", "dear"), 10),
        (("accent", "dear"), 10),
        (("accent", "stale"), 10),
        (palette.GREYS, 7),
    ],
    ids=["series", "direction", "dearness", "line", "stale", "greys"],
)
def test_colours_shown_together_keep_apart_for_all_eyes(together, least, name):
    tokens = palette.TOKENS[name]
    nearest = min(
        (
            float(np.linalg.norm(seen(tokens[one], eyes) - seen(tokens[other], eyes))),
            eyes,
            one,
            other,
        )
        for one, other in itertools.combinations(together, 2)
        for eyes in EYES
    )
    assert nearest[0] >= least, nearest


@pytest.mark.parametrize("name", ["light", "dark"])
def test_six_series_keep_apart_in_grey_print(name):
    shades = sorted(
        seen(palette.TOKENS[name][token], "all")[0] for token in (*palette.SEGMENT_HUES, "other1")
    )
    assert min(after - before for before, after in itertools.pairwise(shades)) >= 3.5


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
        "primaryColor": "accent",
        "backgroundColor": "paper",
        "secondaryBackgroundColor": "panel",
        "textColor": "ink",
        "linkColor": "accent",
        "borderColor": "grid",
        "grayColor": "muted",
        "greenColor": "green",
        "redColor": "red",
        "blueColor": "accent",
        "orangeColor": "dear",
    }
    for name in ("light", "dark"):
        assert settings["theme"][name] == {
            option: palette.TOKENS[name][token] for option, token in pairs.items()
        }
    assert settings["server"]["address"] == "127.0.0.1"
    assert settings["browser"]["gatherUsageStats"] is False


def test_wrapped_lines_fit_and_lose_nothing():
    for words in (
        "A long finding about Invented Holdings and its earnings",
        "市盈率（TTM），倍，经调整，月末收盘；区间带：五年",
        "x" * 200,
        "短",
        "回购金额为800.36亿港元，较上年下降28.5%；阿里巴巴回购金额为1,234.5亿元。",
    ):
        for width in range(100, 300, 7):
            lines = stamp.wrap(words, width, 13)
            assert all(stamp.measure(line, 13) <= width + 13 / 2 for line in lines)
            assert not [line for line in lines if line[0] in stamp.NOT_FIRST]
            assert "".join(lines).replace(" ", "") == words.replace(" ", "")


def test_a_whole_tick_keeps_its_magnitude() -> None:
    """20.00x became 200x when ".0" was cut out of the middle."""
    assert parts.short_tick(lambda value: f"{value:.2f}x", 50.0, 0) == "50x"
    assert parts.short_tick(lambda value: f"{value:.1f}倍", 20.0, 0) == "20倍"
    assert parts.short_tick(lambda value: f"{value:.1f}x", 20.5, 1) == "20.5x"
    assert parts.short_tick(lambda value: f"{value:,.0f}", 1000.0, 0) == "1,000"


def test_more_days_than_a_picture_can_show_are_drawn_by_week_with_the_last_day_kept():
    few = pd.DataFrame({"date": pd.bdate_range("2021-01-04", periods=800), "value": range(800)})
    assert charts.weekly(few) is few
    many = pd.DataFrame({"date": pd.bdate_range("2016-01-04", periods=2503), "value": range(2503)})
    drawn = charts.weekly(many)
    assert len(drawn) == 501
    assert drawn["value"].iloc[-1] == 2502
    assert (drawn["date"].iloc[:-1].dt.day_of_week == 4).all()


def test_a_gap_in_a_column_that_must_be_complete_is_refused_not_dropped():
    assert parts.complete([1.0, 0.0]) == [1.0, 0.0]
    with pytest.raises(ValueError, match="1 of 3 values are missing"):
        parts.complete([1.0, None, 2.0])
