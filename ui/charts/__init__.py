"""The pictures: a tidy DataFrame in, a finished Plotly figure out, one function a chart.

Every function takes `stamp` (what the picture says about itself) and `theme` (how it is drawn) and ends in
`finish`. Frames come as the warehouse's views give them, with the column names written in each docstring;
nothing is computed here beyond places and labels. No rows give a figure that says why: `empty`.
"""

from ui.charts.buybacks import bars_by_period, cumulative_by_year, league_bars, price_paid
from ui.charts.parts import weekly
from ui.charts.segments import growth_by_segment, mix, stacked_segments
from ui.charts.standing import against_median, cross_section, distribution, growth_scatter, windows_heat
from ui.charts.valuation import QUANTILES, index_history, lines, percentile_band, percentile_history, price_bands
from ui.palette import Theme
from ui.stamp import Stamp, config, filename, finish, light_copy

__all__ = [
    "QUANTILES", "Stamp", "Theme", "against_median", "bars_by_period", "config", "cross_section", "cumulative_by_year", "distribution",
    "filename", "finish", "growth_by_segment", "growth_scatter", "index_history", "league_bars", "light_copy", "lines", "mix",
    "percentile_band", "percentile_history", "price_bands", "price_paid", "stacked_segments", "weekly", "windows_heat",
]
