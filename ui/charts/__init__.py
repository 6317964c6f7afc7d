"""The pictures: a tidy DataFrame in, a finished Plotly figure out, one function a chart.

Every function takes `stamp` (what the picture says about itself) and `theme` (how it is drawn) and
ends in `finish`. Frames come as the warehouse's views give them, with the column names written in
each docstring; nothing is computed here beyond places and labels. No rows give a figure that says
why: `empty`.
"""

from ui.charts.buybacks import (
    bars_by_period,
    bought_and_net,
    cumulative_by_year,
    league_bars,
    price_paid,
    programme_bars,
    purchase_calendar,
)
from ui.charts.documents import event_timeline, price_with_events
from ui.charts.estimates import dumbbell, price_targets
from ui.charts.kpis import kpi_bars
from ui.charts.market import month_sheet
from ui.charts.parts import weekly
from ui.charts.segments import (
    contribution_waterfall,
    growth_by_segment,
    growth_multiples,
    mix,
    stacked_segments,
)
from ui.charts.standing import (
    against_median,
    cross_section,
    distribution,
    growth_scatter,
    too_short,
    windows_heat,
)
from ui.charts.traffic import movers, sector_bars, stay_against_visits, traffic_tiers
from ui.charts.valuation import (
    QUANTILES,
    index_history,
    lines,
    percentile_band,
    percentile_history,
    price_bands,
)
from ui.palette import Theme
from ui.stamp import Stamp, config, filename, finish

__all__ = [
    "QUANTILES",
    "Stamp",
    "Theme",
    "against_median",
    "bars_by_period",
    "bought_and_net",
    "config",
    "contribution_waterfall",
    "cross_section",
    "cumulative_by_year",
    "distribution",
    "dumbbell",
    "event_timeline",
    "filename",
    "finish",
    "growth_by_segment",
    "growth_multiples",
    "growth_scatter",
    "index_history",
    "kpi_bars",
    "league_bars",
    "lines",
    "mix",
    "month_sheet",
    "movers",
    "percentile_band",
    "percentile_history",
    "price_bands",
    "price_paid",
    "price_targets",
    "price_with_events",
    "programme_bars",
    "purchase_calendar",
    "sector_bars",
    "stacked_segments",
    "stay_against_visits",
    "too_short",
    "traffic_tiers",
    "weekly",
    "windows_heat",
]
