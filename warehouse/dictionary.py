"""The table dictionary, which says what every column means, and the part of data/README.md that
says it of the curated files.

`python -m warehouse.dictionary` writes that part anew from schema.sql.
"""

import re

import duckdb

from warehouse import places, snapshot

README = places.ROOT / "data" / "README.md"
BEGIN, END = (
    "<!-- From here on written by python -m warehouse.dictionary -->\n",
    "<!-- To here -->\n",
)
# Tables that a build fills itself: no file of data/curated bears their name.
BUILT = {"fx", "sessions", "findings", "dictionary", "input_files", "snapshot"}
BAR = "\\|"  # a bar inside a cell of a Markdown table
WORDS = {
    "VARCHAR": "text",
    "DATE": "date",
    "DOUBLE": "number",
    "BIGINT": "whole number",
    "INTEGER": "whole number",
    "BOOLEAN": "true or false",
    "TIMESTAMP WITH TIME ZONE": "time with zone",
}


# The table dictionary -----------------------------------------------------------------------------

UNITS = {
    "_mn": "million",
    "_pct": "per cent",
    "_pp": "percentage points",
    "_hkd": "HKD",
    "_s": "seconds",
}
# The table whose rows a macro's rows are: its columns mean there what they mean here.
HOMES = {
    **dict.fromkeys(
        ("market_review", "market_review_as_of", "month_returns", "month_payments", "index_review"),
        "prices",
    ),
    "printed_review": "market_moves",
    "sector_review": "valuation",
    **dict.fromkeys(
        (
            "valuation_known",
            "valuation_latest",
            "valuation_window",
            "valuation_standing",
            "valuation_standing_worked_out",
            "valuation_percentiles",
            "valuation_windows",
            "valuation_bands",
        ),
        "valuation",
    ),
    "documents_as_of": "documents",
    "document_search": "documents",
    "events_as_of": "events",
    "traffic_as_of": "site_traffic",
    "traffic_weeks": "site_traffic",
    "sector_stats_as_of": "sector_stats",
    "segments_as_of": "segments",
    "kpi_history": "kpis",
    "forward_inputs": "estimate_eps",
    "forward_growth": "estimate_consensus",
    **dict.fromkeys(("price_known", "price_series"), "prices"),
    "estimate_revisions": "estimates",
    "consensus": "estimates",
    "targets_as_of": "target_prices",
    "target_consensus": "target_prices",
    "ratings_as_of": "ratings",
    "coverage_printed": "printed.coverage",
    "coverage_at": "printed.coverage",
    "coverage": "printed.coverage",
    "coverage_changes": "printed.coverage",
    "buyback_net": "share_changes",
    "buyback_counts": "shares",
    **dict.fromkeys(("buybacks_known", "buyback_programmes", "buyback_mandate"), "buybacks"),
}
# Every table macro with arguments by which its columns can be asked.
MACROS = {
    "valuation_known": "'2025-12-31'",
    "valuation_latest": "'2025-12-31'",
    **dict.fromkeys(
        ("valuation_standing", "valuation_standing_worked_out"), "'2025-12-31', [5, 0]"
    ),
    "valuation_window": "'2025-12-31', 5",
    "valuation_percentiles": "'2025-12-31', 5",
    "valuation_windows": "'2025-12-31'",
    "percentile_history": "'2025-12-31', 5",
    "valuation_bands": "'2025-12-31', 5",
    "valuation_distribution": "'2025-12-31', 5",
    "relative_valuation": "'2025-12-31', 5, '0700.HK', '9988.HK'",
    "relative_percentiles": "'2025-12-31', 5, '0700.HK', '9988.HK'",
    "forward_growth": "'2025-12-31'",
    "forward_inputs": "'0700.HK', 'adjusted', '2024-12-30'",
    "display_rates": "'2025-12-31', 'HKD'",
    "buyback_ytd": "'2025-12-31'",
    "revenue_growth": "'2025-12-31'",
    "overview": "'2025-12-31', 5, 'adjusted'",
    "subsectors": "'2025-12-31', 5, 'adjusted'",
    **dict.fromkeys(
        (
            "oldest_fresh",
            "price_known",
            "price_series",
            "price_latest",
            "price_latest_worked_out",
            "price_changes",
            "price_changes_worked_out",
            "price_freshness",
            "table_freshness",
            "company_freshness",
        ),
        "'2025-12-31'",
    ),
    "buyback_periods": "'2025-12-31'",
    "buyback_league": "'2025-12-31'",
    "buyback_total": "'2025-12-31', ['0700.HK']",
    "buybacks_known": "'2025-12-31'",
    **{
        f"buyback_{name}": "'2025-12-31'"
        for name in (
            "days",
            "caps",
            "yield",
            "net",
            "counts",
            "programmes",
            "mandate",
            "silences",
            "prices",
            "turnover",
            "turnover_by_month",
        )
    },
    "revenue_as_of": "'2025-12-31'",
    "segments_as_of": "'2025-12-31'",
    "segment_contributions": "'2025-12-31'",
    "segment_periods": "'2025-12-31'",
    "theme_growth": "'2025-12-31'",
    "kpi_history": "'2025-12-31'",
    "documents_known": "'2025-12-31'",
    "documents_as_of": "'2025-12-31'",
    "document_search": "'2025-12-31', '快手'",
    "events_as_of": "'2025-12-31'",
    "traffic_as_of": "'2025-12-31'",
    "traffic_weeks": "'2025-12-31'",
    "sector_stats_as_of": "'2025-12-31'",
    "estimate_revisions": "'2025-12-31'",
    "consensus": "'2025-12-31'",
    "targets_as_of": "'2025-12-31'",
    "target_consensus": "'2025-12-31'",
    "ratings_as_of": "'2025-12-31'",
    "coverage_printed": "'2024-12-02', NULL",
    "coverage_at": "'2024-07-07', '2024-12-02', NULL",
    "coverage": "'2024-12-02', NULL",
    "coverage_changes": "'2024-07-07', '2024-12-02', NULL",
    "market_review": "'2024-11-01'",
    "market_review_as_of": "'2024-11-01', '2024-12-02'",
    "month_sessions": "'2024-12-02'",
    "month_returns": "'2024-11-01', '2024-11-01', '2024-12-02'",
    **dict.fromkeys(
        (
            "profit_growth",
            "profit_bridge",
            "results_calendar",
            "results_cadence",
            "missing_eps",
            "next_results",
            "shareholder_yield",
        ),
        "'2025-12-31'",
    ),
    "company_changes": "'2024-07-31', '2024-12-02'",
    "month_payments": "'2024-11-01', '2024-11-01', '2024-12-02'",
    "index_review": "'2024-11-01', '2024-12-02', 24",
    "sector_review": "'2024-11-01', '2024-12-02', 5",
    "printed_review": "'2024-11-01', '2024-12-02'",
}
# What a macro's own columns mean, by macro and column or by column alone.
MACRO_COLUMNS = {
    "date": "Session of the close, or of the multiple",
    "value": "The multiple at date, times",
    "percentile": (
        "0 cheapest in the window, 100 dearest; NULL unless OK and at least 30 month-ends or "
        "120 sessions count"
    ),
    "n": "Observations that count (OK) in the window, the current one included",
    "first_date": "First of them",
    "coverage_pct": "OK observations of all in the window, per cent",
    "losses_left_out": "Observations left out because trailing EPS was not positive",
    "q10": "10 % quantile of the window, times",
    "q25": "25 % quantile, times",
    "q50": "Median of the window, times",
    "q75": "75 % quantile, times",
    "q90": "90 % quantile, times",
    "minimum": "Lowest in the window, times",
    "maximum": "Highest in the window, times",
    "last_date": "Last of them",
    "losses_share_pct": "Losses of all observations in the window, per cent",
    "premium_pct": "value over the median of the window, per cent",
    "is_shorter": "true: the history is shorter than the window asked for",
    "years": "Length of the window in years; 0 since listing",
    "span": "Length of the window in years; 0 since listing",
    "age": (
        "Age of the observation at as_of in days of a calendar of 372 a year; a month-end's "
        "in months of 31"
    ),
    "forward_growth.value": "Forward PE on date, times",
    "forward_growth.status": "OK or why not: see valuation.status",
    "valuation_bands.value": "The multiple, times",
    "percentile_history.percentile": (
        "Percentile of that day in the window that ended on it, as known then; NULL under 30 "
        "month-ends or 120 sessions"
    ),
    "percentile_history.n": "OK observations in that window, the day included",
    "percentile_history.date": "Session",
    "percentile_history.value": "The multiple, times, or the yield, per cent",
    **{
        f"price_q{q}": (
            f"Close at which the line would stand at the {q} % quantile of the window, "
            "close_currency"
        )
        for q in (10, 25, 50, 75, 90)
    },
    "lower": "Lower edge of the bucket, included",
    "upper": "Upper edge, excluded",
    "observations": "OK observations in the bucket",
    "valuation_distribution.share_pct": "Their share of all in the window, per cent",
    "is_current": "true: the latest observation lies here",
    "relative_valuation.value": "own_value / other_value",
    "relative_percentiles.value": "own_value / other_value on date",
    "own_value": "Multiple of the line, times",
    "other_value": "Multiple of the other, times",
    "other_date": "Session of the other's multiple",
    "fy1_end": "Last day of the fiscal year that contains date",
    "fy2_end": "Last day of the year after",
    "eps_fy1": "Consensus EPS of FY1, currency per ordinary share",
    "eps_fy2": "Consensus EPS of FY2",
    "growth_pct": "EPS of FY2 over FY1, per cent; NULL where FY1 is no profit",
    "forward_growth.n": "Brokers in the thinner of the two medians",
    "forward_growth.brokers": "Brokers in either median, as text",
    "weight": "Weight of the year in the blend, 0 to 1",
    "consensus_eps": "Median of the brokers' EPS for the year",
    "forward_inputs.n": "Brokers in the median",
    "forward_inputs.status": "OK, or STALE_ESTIMATE where all are older than 180 days",
    "status": "OK or why not: see valuation.status; STALE_PRICE, MISSING_PRICE at as_of",
    "rank": "1 is the largest amount; NULL where the amount is unknown",
    "last_trade_date": "End of what the figure covers",
    "basis_note": "What the figure rests on, and to which day",
    "preference": "1 daily report, 2 running statement, 3 closed periods; NULL nothing",
    "oldest_fresh.exchange": "Trading calendar",
    "oldest_fresh.session": "Oldest session of which a daily close is not stale",
    "fresh_days": "Days for which the newest row is fresh; NULL: the table has no cadence",
    "late_days": "Days after which it is stale",
    "price_freshness.last_date": "Session of the last close",
    "sessions_since": "Sessions after it and before as_of; NULL for month-ends",
    "state": "fresh, late, stale, or none where nothing is known",
    "price_is_stale": "true: the close is older than 10 sessions (daily) or 35 days (month-end)",
    "change_1m_pct": "Price return since month_base_date, per cent",
    "month_base_date": (
        "Session of the month's base: the last close of the month before, a month earlier "
        "for daily prices"
    ),
    "change_1d_pct": (
        "Price return since day_base_date, per cent; NULL where a line has month-ends only"
    ),
    "day_base_date": "Session before",
    "pe_forward": "Price / EPS expected over the next twelve months, times",
    "forward_status": "OK or why there is none: see valuation.status",
    "yield_basis": "twelve_months or last_year: see buyback_yield",
    "subsectors.companies": "Companies covered, one line an issuer",
    "ranked": "Those with a percentile",
    "median_percentile": "Median of their percentiles",
    "median_pe": "Median of their PE-TTM where it is OK, times",
    "median_change_1m_pct": "Median price return over one month, per cent",
    "median_change_ytd_pct": "Median price return since the year before, per cent",
    "median_revenue_yoy_pct": "Median growth of the latest revenue, per cent",
    "subsectors.buyback_ytd_hkd": (
        "Sum of what is known of their purchases since 1 January, full HKD"
    ),
    "buybacks_known": "Companies in that sum",
    "subsectors.tickers": "Members, cheapest first",
    "change_ytd_pct": "Price return since year_base_date, per cent",
    "year_base_date": "Last session of the year before",
    "revenue_yoy_pct": "Growth of revenue on the year before, per cent",
    "yoy_basis": "printed, or prior_row (last year's figure)",
    "from_rounded": "true: computed from rounded figures",
    "buyback_ytd_hkd": "Own shares bought since 1 January, full HKD",
    "buyback_to": "End of what the buyback figure covers",
    "buyback_note": "What the buyback figure rests on",
    "buyback_basis": "1 daily report, 2 running statement, 3 closed periods; NULL nothing",
    "pe_ttm": "Price / trailing EPS, times",
    "revenue_currency": "Currency of revenue_mn",
    "price_source_id": "Source of the close",
    "revenue_source_id": "Source of the revenue",
    "revenue_mn": "Revenue of fiscal_period, million of its currency",
    **{
        f"{what}_to": f"Latest day to which {words} reach"
        for what, words in (
            ("price", "prices"),
            ("eps_adjusted", "adjusted trailing EPS"),
            ("eps_reported", "reported trailing EPS"),
            ("revenue", "revenues"),
            ("segments", "segment revenues"),
            ("buybacks", "purchases"),
        )
    },
    **{
        f"{what}_state": "fresh, late, stale or none"
        for what in ("price", "eps_adjusted", "eps_reported", "revenue", "segments", "buybacks")
    },
    "revenue_period_end": "Last day of the period of the revenue",
    "in_window": "true: lies in the window that ends at as_of",
    "shares": "Ordinary shares bought since 1 January, full units",
    "amount_hkd": "Consideration, full HKD at trade-date rates",
    # buyback_total
    "buyback_total.companies": "Companies asked for",
    "buyback_total.reported": "Of them those with a figure, to whatever day",
    "reported_hkd": "Sum of these figures, full HKD, to different days",
    "reported_quality": (
        "over where one of the figures is a minimum, about where one is not exact, else exact"
    ),
    "first_to": "The earliest day on which one of these figures ends",
    "last_to": "The latest",
    "cut_off": "Day on which most of the complete figures end",
    "complete": "Companies with a complete figure to cut_off",
    "bought": "Of them those that bought anything",
    "buyback_total.amount_hkd": "Sum of the figures to cut_off, full HKD",
    "buyback_total.quality": "exact where all figures in amount_hkd are, else about",
    "left_out": "Companies whose figure ends on another day or is a minimum, the largest first",
    "compared": (
        "Companies complete to cut_off whose figure of last year to the same day is known, "
        "zero included"
    ),
    "compared_hkd": "Their sum of this year, full HKD",
    "buyback_total.prior_amount_hkd": "Their sum of last year to the same day, full HKD",
    "buyback_total.change_pct": "Change between the two sums, per cent",
    "not_compared": "Companies complete to cut_off without such a figure of last year",
    # buyback_periods, buyback_league, buyback_total
    "buyback_periods.shares": "Ordinary shares bought in the period, full units",
    "days": "Purchase days",
    "covered_to": "Last day of the complete report, as known at as_of",
    "closed_days": (
        "Days of a month that lie in the month before results, when no purchase is allowed"
    ),
    "mostly_closed": "true: more than half of the month's days are closed",
    "price_average_hkd": "amount_hkd / shares, HKD per ordinary share",
    "last_purchase_date": "Latest purchase day among the daily rows known at as_of",
    "cut_short": "true: the figure ends before as_of",
    "venues": "Where it was bought",
    "prior_amount_hkd": "Consideration from 1 January to the same day of the year before, full HKD",
    "prior_to": "End of what the figure of the year before covers",
    "change_pct": (
        "Change on the same day of the year before, per cent; NULL where the two cut-offs differ"
    ),
    "close": "Last close on or before the day, HKD",
    "close_date": "Session of the close",
    "above_close_pct": (
        "Average price paid above (negative: below) the last close at as_of, per cent"
    ),
    "close_then": "Last close known on the last purchase day, HKD",
    "close_then_date": "Its session",
    "above_close_then_pct": (
        "Average price paid above (negative: below) the close at the last purchase, per cent"
    ),
    "companies": "Companies asked for",
    # buyback_days to buyback_turnover
    "buyback_days.date": "Trade day",
    "buyback_days.first_day": "First day of the complete report",
    "buyback_prices.first_day": "First purchase day known in the year",
    "buyback_prices.last_day": "Last of them",
    "buyback_prices.frequency": "daily or month_end: the closes behind average_close",
    "buyback_turnover.date": "Trade day",
    "market_cap_date": "Session of the close behind the market cap",
    "market_cap_hkd_mn": "Market cap, million HKD at the rate of as_of",
    "cap_share_pct": "Consideration since 1 January as a part of the market cap, per cent",
    "consideration_hkd": "Consideration from from_date to to_date, full HKD at trade-date rates",
    "from_date": "First day",
    "to_date": "Last day",
    "buyback_yield.basis": (
        "twelve_months (to as_of, without a gap), last_year (the last completed year that is "
        "known); NULL: blank"
    ),
    "gross_yield_pct": "consideration_hkd / market cap, per cent",
    "opening_date": "Day of the count at the start",
    "closing_date": "Day of the count at the end",
    "opening_shares": "Ordinary shares at the start, full units",
    "closing_shares": "Ordinary shares at the end, full units",
    "net_reduction_pct": (
        "By how much the count of shares fell from opening_date to closing_date, per cent; "
        "negative: it grew"
    ),
    "net_quality": "How exact that is: exact, rounded, derived",
    "net_reduction_shares": (
        "By how much the count of shares fell over the period, full units; negative: it grew"
    ),
    "issued_shares": (
        "bought_shares less net_reduction_shares: new shares of the period, full units"
    ),
    "buyback_counts.date": "Day of the count, or last day of the averaging quarter",
    "buyback_counts.shares": "Ordinary shares of today, full units",
    "authorised": "The limit as announced, full units of currency",
    "expires_on": "Last day of the authorisation; NULL: not seen",
    "buyback_programmes.is_running": "false: it has ended by as_of; true: nothing says so",
    "buyback_programmes.start_date": "First day of the authorisation; NULL: not seen",
    "buyback_programmes.basis": (
        "left printed (what was left on two days), used printed, daily returns (of the "
        "complete report); NULL: neither is known"
    ),
    "base_amount": "What used and left_amount are parts of, full units of currency",
    "base_on": "Day on which that much was left or authorised",
    "used": "Bought since base_on, full units of currency",
    "left_amount": "What is left of base_amount, full units of currency",
    "used_to": "Day to which used and left_amount reach",
    "used_quality": "How exact used is",
    "used_source_id": "Source of used or left_amount",
    "resolved_on": "Day of the general meeting that granted the mandate; NULL: not seen",
    "buyback_mandate.shares": "Ordinary shares bought under the mandate, full units",
    "buyback_mandate.end_date": "Last trade day of the count",
    "issued_pct": (
        "The same as a part of the issued shares on the day of the resolution, per cent, as printed"
    ),
    "limit_shares": "The most that the mandate allows to buy, ordinary shares",
    "left_shares": "limit_shares - shares",
    "buyback_mandate.issued_shares": (
        "Issued shares on the day of the resolution, derived: ten times the limit, else the "
        "count over its percentage"
    ),
    "daily_shares": (
        "Ordinary shares in the daily returns of the same days; NULL where the report does "
        "not cover them"
    ),
    "buyback_silences.from_date": "First day of the month before the results",
    "buyback_silences.to_date": "Last day before the results",
    "results_on": "Day of the results",
    "buyback_prices.year": "Calendar year",
    "buyback_prices.days": "Purchase days known",
    "average_close": "Mean close of the year to as_of, HKD",
    "closes": "Closes in that mean",
    "above_average_pct": (
        "Average price paid above (negative: below) the mean close of the year, per cent"
    ),
    "close_of_days": (
        "Closes of the purchase days weighted by the shares bought, HKD; NULL where more "
        "than one in ten has no daily close"
    ),
    "above_close_of_days_pct": "Average price paid above (negative: below) those closes, per cent",
    "buyback_turnover.shares": "Shares bought that day in Hong Kong",
    "buyback_turnover_by_month.days": "Purchase days with a volume",
    "buyback_turnover_by_month.volume": "Shares traded on those days",
    "buyback_turnover_by_month.period_start": "First day of the month",
    "buyback_turnover_by_month.shares": "Shares bought on those days in Hong Kong",
    "turnover_pct": "Those shares as a part of all shares traded that day, per cent",
    # segments_as_of, segment_periods
    "is_break": (
        "true: the company cuts this series differently from this period on (not a mere rename)"
    ),
    "segment_periods.yoy_basis": "printed, comparative, prior_row",
    "segments_as_of.yoy_basis": "printed, comparative, prior_row",
    "segments_as_of.is_sum": "true: not printed; the sum of the quarters of a half or a year",
    "segment_periods.is_sum": (
        "true: no row of the period is printed; each is the sum of its quarters"
    ),
    "is_partly_compared": "true: not every segment of the period has a growth",
    "disposal": (
        "What was sold within the year, where the revenue of the year before still holds it; "
        "else NULL"
    ),
    "like_for_like_pct": (
        "Growth on the same scope as the company prints it, per cent; NULL where none is printed"
    ),
    "like_for_like_excludes": "What is left out of it",
    "like_for_like_source_id": "Its source",
    "segment_periods.prior_revenue_mn": (
        "Revenue of the year before as it was reported, million of currency"
    ),
    # segment_contributions, theme_growth, kpi_history
    "part": "Series, or the kind of what no series explains",
    "segment_contributions.kind": (
        "segment, elimination, unallocated; sold (a business of the year before); "
        "not_comparable (cut differently since), no_base (without a figure of the year "
        "before), not_itemised: what is left of the growth"
    ),
    "change_mn": "Change on the year before, million of currency",
    "contribution_pp": "change_mn / total revenue of the year before, percentage points",
    "segment_contributions.growth_pct": "Growth of reported revenue, per cent",
    "sold_pp": (
        "What businesses sold within the year took from growth, percentage points; NULL "
        "where none was"
    ),
    "kept_pp": "Growth without that, percentage points",
    "is_compared": "true: at least one segment of the period can be compared with the year before",
    "segment_contributions.revenue_mn": "Revenue as reported, million of currency",
    "segment_contributions.prior_revenue_mn": (
        "Revenue of the year before as it was reported, million of currency"
    ),
    "theme_growth.segments": "Segments that make the figure, largest first",
    "theme_growth.revenue_mn": "Their revenue, million of currency",
    "theme_growth.yoy_basis": "printed, comparative, prior_row",
    "theme_growth.calendar_quarter": "Calendar quarter in which the period ends",
    "kpi_history.prior_value": (
        "Value of the year before by which the growth is computed; NULL where the two may "
        "not be compared"
    ),
    "kpi_history.yoy_pct": (
        "Growth on the year before, per cent: printed, else computed where both are exact or "
        "rounded and of one definition"
    ),
    "change_pp": "Change of a rate or share on the year before, percentage points",
    "kpi_history.yoy_quality": "How exact the growth is",
    "kpi_history.yoy_basis": "printed, comparative, prior_row",
    "no_growth": (
        "Why there is no growth: no base, redefined, not exact (over, about, a range), not "
        "meaningful (base not positive), is a growth; NULL where there is one"
    ),
    "kpi_history.yoy_source_id": "Source of the growth",
    "kpi_history.is_latest": "true: the latest value known of the figure",
    "is_stale": "true: no value of the figure is newer than 15 months",
    "segment_periods.is_stale": (
        "true: announced more than 5 months (quarter) or 8 months (longer) before as_of"
    ),
    "kpi_history.months": "Length of the period in months",
    "segments_as_of.revenue_mn": "Revenue of the segment, million of currency",
    "segment_periods.revenue_mn": "Revenue as reported, million of currency",
    "segments_as_of.role": (
        "segment; elimination, unallocated (reconcile to the total); revenue_type (another "
        "split, outside the sum); not_itemised, not_known (derived: reported revenue less "
        "the known rows)"
    ),
    "leader": "Segment that added most to growth",
    "leader_pp": "What it added, percentage points",
    "fastest": "Named segment (not Others) with the highest growth",
    "fastest_yoy_pct": "Its growth, per cent",
    "largest": "Segment with the most revenue",
    "largest_share_pct": "Its share of revenue, per cent",
    "segment_periods.result": (
        "reconciled (within 0.5 %), incomplete, not itemised, no total, no rows (a quarter "
        "of which nothing is known)"
    ),
    # documents_as_of, document_search, events_as_of
    "story_id": "Document shown for the story; its own where it tells it first",
    "told": "Documents known that tell this story, this one included",
    "superseded_by": "Document known that replaces this one",
    "tickers": "Companies of the universe in it",
    "topics": "Topics of it, lower case",
    "entities": "Codes outside the universe in it",
    "score": "How well the document answers the query; NULL without a query",
    "events_as_of.topics": "All topics, lower case",
    "first_day": "First day of the printed month or year; the day itself where it is printed",
    "lane": "policy, product, results, personnel, deals, market (and macro, conferences)",
    "is_ahead": "true: lies after the evening of as_of",
    "events_as_of.tickers": "Companies of the universe in it",
    # traffic_as_of, traffic_weeks, sector_stats_as_of
    "traffic_as_of.share_pct": "Visits of all in the vendor's table of that week, per cent",
    "traffic_as_of.rank": "1 is the most visits in the vendor's table of that week",
    "wow_computed_pct": (
        "Change on the week before by that week's own row, per cent; NULL without one"
    ),
    "four_week_pct": (
        "Change on the week four weeks before by that week's row, per cent; NULL without one"
    ),
    "tier": "1: 100 million visits and more; 2: 10 to 100; 3: 1 to 10; 4: below",
    "is_latest": "true: the vendor's latest week known",
    "sites": "Sites in the table",
    "total_visits_mn": "Visits of all sites in the table, millions",
    "total_wow_pct": (
        "Change of the total that the printed changes of all its sites imply, per cent "
        "(derived); NULL where one is not printed"
    ),
    "up": "Sites whose change is above zero",
    "down": "Sites whose change is below zero",
    "no_change_printed": "Sites without a printed change",
    "traffic_weeks.leader": "Site with the most visits",
    "leader_visits_mn": "Its visits, millions",
    "leader_share_pct": "Its share of the table, per cent",
    "leader_wow_pct": "Its change on the week before as printed, per cent",
    "section": "Part of the sector: payments, games, apps, ai ...",
    "topic_en": "Topic in English",
    "topic_zh": "Topic in Chinese",
    "display_rates.base": "Currency of the money as it is quoted",
    "display_rates.quote": "Currency in which it is shown",
    "display_rates.rate": (
        "Units of quote for one unit of base; 1 of the currency itself; NULL where the last "
        "known is older than 10 days"
    ),
    "rate_date": "Day of the last known rate; NULL of the currency itself",
    "display_rates.source_id": "Source of that rate",
    "points": "Periods known of the same figure",
    "printed_value": "Value as printed, where a ruling withdrew or replaced it",
    "doubt": "What speaks against the figure; NULL where nothing is known",
    # profit_growth, profit_bridge, results_calendar, results_cadence, missing_eps, next_results
    "cadence_months": "3 for a quarterly reporter, 6 for a half-year one",
    "results_cadence.period_end": "Last day of the latest period of which results are out",
    "results_cadence.announced_on": "Day of those results (Hong Kong)",
    "missing_eps.eps_period_end": "Last day of the trailing EPS of this basis",
    "results_period_end": "Last day of the latest period of which results are out",
    "results_announced_on": "Day of those results (Hong Kong)",
    "missing_eps.fiscal_period": "A period without an EPS on this basis",
    "missing_eps.period_end": "Its last day",
    "prior_net_income_mn": (
        "Attributable profit of the same period a year before, million of currency"
    ),
    "profit_growth.net_income_mn": "Attributable profit of fiscal_period, million of currency",
    "profit_growth.yoy_pct": (
        "Growth on the year before, per cent; NULL across a change of sign, or without last "
        "year's figure"
    ),
    "profit_growth.yoy_basis": "printed, prior_row (last year's figure)",
    "profit_growth.is_stale": (
        "true: announced more than 5 months (quarter) or 8 months (longer) before as_of"
    ),
    "prior_source_id": "Source of last year's figure",
    "profit_growth.months": "Length of the period in months",
    "profit_bridge.months": "Length of the period in months",
    "reported_mn": "Reported attributable profit, million of currency",
    "adjusted_mn": "Adjusted attributable profit, million of currency",
    "adjustments_mn": (
        "adjusted_mn less reported_mn: the sum of all items between, million of currency; no "
        "document here prints them one by one"
    ),
    "adjustments_pct": "adjustments_mn as a part of reported_mn, whatever its sign, per cent",
    "profit_bridge.quality": "exact (both printed to the million), rounded, derived",
    "profit_bridge.known_on": "Day from which both are known",
    "recency": "1 is the latest period",
    "reported_source_id": "Source of the reported profit",
    "adjusted_source_id": "Source of the adjusted profit",
    "reported_note": "Doubt or detail of the reported profit",
    "adjusted_note": "Doubt or detail of the adjusted profit",
    "results_calendar.announced_on": (
        "First day on which a figure of a period that ends there was announced (Hong Kong)"
    ),
    "days_after": "Days from the end of the period to the announcement",
    "results_calendar.fiscal_period": "The year where it ends there, else the shortest period",
    "results_calendar.source_id": "Source of the announcement",
    "next_results.announced_on": "Day of the last results (Hong Kong)",
    "next_results.fiscal_period": "Period of the last results",
    "next_results.period_end": "Its last day",
    "next_period_end": "Last day of the period that comes next",
    "next_fiscal_period": "That period",
    "is_missing": (
        "true: by the days of earlier years, or the law, it has come, and none of its "
        "figures is here"
    ),
    "stated_on": (
        "Day of the next results where a document known at as_of states it; NULL: none does"
    ),
    "stated_source_id": "That document",
    "earlier_on": (
        "Days on which the same period was announced in the four years before, latest first"
    ),
    # shareholder_yield
    "shareholder_yield.close": "Last close at as_of that is not stale",
    "dividend_from": "First day of the year to as_of",
    "dividend_to": "as_of",
    "dividends": (
        "Cash dividends with an ex-date in that year; NULL where dividend_coverage does not "
        "cover it, or the price is stale"
    ),
    "dividend_per_share": (
        "Their sum, price_currency per share of the line, at the rate of each ex-date; NULL "
        "where one is unknown or in kind"
    ),
    "dividend_yield_pct": "dividend_per_share / close, per cent",
    "gross_from": "First day of the twelve months of the purchases",
    "gross_to": "Last of them",
    "gross_basis": "twelve_months (to as_of), last_year (the last completed year that is known)",
    "gross_dividend_per_share": (
        "Cash dividends with an ex-date in those months, price_currency per share"
    ),
    "gross_dividend_pct": "The same over the close, per cent",
    "gross_buyback_pct": "Purchases of those months over the market cap, per cent",
    "gross_total_pct": "gross_dividend_pct + gross_buyback_pct",
    "net_from": "First day of the twelve months to the later count of shares",
    "net_to": "Day of that count",
    "net_dividend_per_share": (
        "Cash dividends with an ex-date in those months, price_currency per share"
    ),
    "net_dividend_pct": "The same over the close, per cent",
    "net_total_pct": "net_dividend_pct + net_reduction_pct: new shares are taken off",
    # company_changes
    "place": "Order of the items",
    "company_changes.item": (
        "price, pe_ttm, percentile, eps_ttm, pe_forward, consensus, target, buyback_ytd, "
        "documents: as known on both evenings; estimate, broker_target, rating: what a "
        "broker published between them"
    ),
    "detail": "Metric and year of an estimate, separated by |, or the line of a target",
    "company_changes.broker": "Who published it; NULL where several or none",
    "value_then": (
        "The figure on the evening of since, in unit; of a broker: the figure it replaces"
    ),
    "date_then": "Its session, end of period or last publication",
    "company_changes.status_then": (
        "OK or why it cannot be compared: see valuation.status; UNKNOWN where nothing "
        "complete is known"
    ),
    "value_now": "The figure on the evening of as_of, in unit",
    "date_now": "Its session, end of period or last publication",
    "company_changes.status_now": "The same of as_of",
    "company_changes.difference": (
        "value_now - value_then; NULL unless both are OK, and of purchases unless both lie "
        "in one year"
    ),
    "company_changes.change_pct": (
        "Change, per cent (of a broker's rate: percentage points); NULL where it says nothing"
    ),
    "words_then": "The broker's rating before",
    "words_now": "The broker's rating",
    "company_changes.unit": (
        "per share, times, percentile, million (of currency), full HKD, stories; of an "
        "estimate as printed"
    ),
    "company_changes.source_id": "Source of the figure now, where it rests on one document",
    "company_changes.currency": "Currency of the figure; NULL where it has none",
    "company_changes.basis": "adjusted or reported; NULL where it has none",
    # estimate_revisions, consensus
    "estimate_revisions.value": "Latest forecast, in unit and currency of the row",
    "estimate_revisions.previous_value": (
        "Forecast it replaces, in the same unit: printed with it, or the same broker's before"
    ),
    "previous_basis": (
        "printed (with the new figure), prior_row (the same broker's figure before), "
        "change_printed (only the change is printed)"
    ),
    "previous_published_on": "Day of the figure before; NULL where not seen",
    "estimate_revisions.difference": "value - previous_value, in unit; NULL for a rate",
    "estimate_revisions.change_pp": "Change of a rate, percentage points",
    "estimate_revisions.change_pct": (
        "Change on the figure before, per cent; NULL across a change of sign and for a rate"
    ),
    "estimate_revisions.broker": 'Broker; "not printed (source)" where the copy seen names none',
    "consensus.value": "Median of the brokers, in unit",
    "consensus.lowest": "Lowest of them",
    "consensus.highest": "Highest of them",
    "consensus.n": "Brokers in the median",
    "consensus.unit": "million (of currency), or per share (ordinary, of today)",
    "consensus.metric": "eps_diluted, net_income, revenue, operating_profit, ebita, <line>_revenue",
    "consensus.status": "OK, or STALE_ESTIMATE where all are older than 180 days",
    "is_derived": "true: at least one of them is a profit over diluted shares",
    # targets_as_of, target_consensus, ratings_as_of
    "previous_target": (
        "Target it replaces, same currency: printed with it, or the same broker's before"
    ),
    "targets_as_of.change_pct": "Change on the target before, per cent",
    "targets_as_of.close_then": (
        "Close when the target was set, currency of the target: as printed with it, else the "
        "line's last known within 16 days (daily) or 35 (month-end)"
    ),
    "close_then_basis": (
        "printed, line (its own close), derived (the issuer's own line, by ratio and rate)"
    ),
    "targets_as_of.close_then_date": "Its session; NULL where printed",
    "upside_then_pct": "Target over the close then, per cent",
    "upside_printed_pct": "Upside as printed, per cent",
    "close_now": "Last close known at as_of, currency of the line",
    "close_now_basis": "line, or derived (the issuer's own line, by ratio and rate)",
    "close_now_date": "Its session",
    "upside_now_pct": (
        "Target over the last close, per cent; only of a broker's latest target for the line"
    ),
    "target_today": "Target on the shares of today",
    "targets_as_of.is_latest": "true: the broker's latest",
    "in_consensus": "true: the latest and not older than 180 days",
    "target_consensus.target": (
        "Median target, currency per unit of the line, on the shares of today"
    ),
    "target_consensus.lowest": "Lowest target",
    "target_consensus.highest": "Highest target",
    "target_consensus.n": "Brokers in the median",
    "is_fresh": "true: the latest and not older than 180 days",
    "ratings_as_of.is_latest": "true: the broker's latest",
    "previous_rating": "The broker's word before",
    "defined_on": "Day of the report that defines the rating",
    "definition_source_id": "Source of the definition",
    "ratings_as_of.rule": (
        "What the broker means by the word; NULL where its definition was not seen"
    ),
    "ratings_as_of.benchmark": "What it is measured against on the exchange of the company",
    # coverage, coverage_changes
    "pe_fy1_recomputed": (
        "PE of fy1 from the printed close and EPS at the exchange rate of the table's day, times"
    ),
    "pe_fy2_recomputed": "PE of fy2 likewise, times",
    **{
        f"{macro}.fx_rate": (
            "Units of close_currency for one of eps_currency on the day of the table"
        )
        for macro in ("coverage_printed", "coverage_at", "coverage")
    },
    "implied_shares_mn": "Printed market capitalisation / printed close, million units of the line",
    "close_change_pct": "Close on the close before, per cent",
    **{
        f"{macro}.close_change_pct": "close_now on the printed close, per cent, splits since undone"
        for macro in ("coverage_at", "coverage")
    },
    "fx_now": (
        "Units of close_currency for one of eps_currency at as_of, last known, at most 10 days old"
    ),
    "status_now": "OK, STALE_PRICE (value kept, not to be ranked), MISSING_PRICE, MISSING_FX",
    "pe_fy1_now": "PE of fy1: the same EPS at close_now and the rate of as_of, times",
    "pe_fy2_now": "PE of fy2 likewise, times",
    "coverage_changes.change": "kept, added or dropped",
    "published_before": "Day of the earlier table",
    "rating_before": "Rating in the earlier table",
    "close_before": "Close in the earlier table",
    "coverage_changes.close": "Close in the later table",
    "coverage_changes.fiscal_year": "First forecast year of the later table",
    "eps_before": "EPS of that year in the earlier table",
    "coverage_changes.eps": "EPS of that year in the later table",
    "eps_change_pct": "Its change, per cent",
    "eps_fy2_before": "EPS of the year after in the earlier table",
    "eps_fy2_change_pct": "Its change, per cent",
    "pe_before": "PE of that year as the earlier table prints it",
    "pe": "PE of that year as the later table prints it",
    "pe_fy2_before": "PE of the year after as the earlier table prints it",
    "implied_shares_before_mn": "Implied shares of the earlier table, million",
    "implied_shares_change_pct": "Change of the implied shares, per cent",
    "source_id_before": "Source of the earlier table",
    # market_review, market_review_as_of and what they rest on
    **{
        f"{macro}.first_day": "First day of the month"
        for macro in ("month_sessions", "month_returns", "month_payments", "index_review")
    },
    "last_session": "Last session of the month as far as it is known",
    "earliest": "The session before that: the earliest whose close may stand for the month's end",
    "is_running": "true: the month is not over",
    "is_asked": "true: the month asked for",
    "base_date": "Session of the base: the last with a close of the month before",
    "base_close": "Close of the base, in the currency of the line",
    "end_close": "Close at the end, in the currency of the line",
    "cash": (
        "Dividends that went ex, in the currency of the price per share of the line, at the "
        "rate of the ex-date"
    ),
    "kept_in_price": "Price after / price before distributions in kind; 1 where there was none",
    "all_known": "true: every amount and rate is known",
    **{
        f"{macro}.{column}": meaning
        for macro in (
            "market_review",
            "market_review_as_of",
            "month_returns",
            "index_review",
            "month_payments",
        )
        for column, meaning in {
            "return_pct": "Close at end_date over close at base_date, per cent: a price return",
            "total_return_pct": (
                "The same with what went ex in between added, not reinvested, per cent; NULL "
                "where no dividend is known to have gone ex"
            ),
            "benchmark": (
                "HSTECH for Hong Kong lines; PNQI, an ETF that stands for the Nasdaq "
                "internet index, for US lines"
            ),
            "benchmark_return_pct": (
                "Price return of the benchmark on the very sessions of the line, per cent; "
                "NULL where it has no close on both"
            ),
            "excess_pp": "return_pct less benchmark_return_pct, percentage points",
            "rank": (
                "1 is the highest return of its market; one line an issuer, the Hong Kong "
                "one where there is one: NULL for the other"
            ),
            "ranked": "Lines ranked in that market",
            "status": (
                "OK, JOINED (first close in this month), MISSING_BASE (none at the end of "
                "the month before), MISSING_END (none at its end: suspended, or the prices "
                "end), MISSING_PRICE (no price at all), NOT_BEGUN (no session yet)"
            ),
            "excess_status": "OK, or MISSING_BENCHMARK: no close of the benchmark on both sessions",
            "end_date": "Session of the close at the end",
            "first_close_date": "First close known",
            "last_close_date": "Last close known up to the end of the month",
            "ex_date": "Last ex-date between the two closes",
        }.items()
    },
    "prior_value": "The multiple at the end of the month before, times",
    "prior_date": "Its session",
    "percentile_since_start": "Percentile among all observations since start_date",
    "n_since_start": "Observations since start_date",
    "sector_review.start_date": "First observation",
    "sector_review.printed_value": (
        "The multiple as a broker's review of the month prints it, times"
    ),
    "printed_percentile": "Percentile as printed, 0 is cheapest",
    "sector_review.source_id": "Source of what is printed",
    "sector_review.value": "PE at date, times",
    "compared_with": "Line, index or ETF of ours beside which it is set",
    "is_proxy": "true: an ETF that stands for the index printed",
    "printed_return_pct": "Return as printed, per cent",
    "own_return_pct": "Price return by our prices, per cent",
    "printed_review.total_return_pct": (
        "Total return by our prices where a dividend went ex, per cent"
    ),
    "difference_pp": "own_return_pct less printed_return_pct, percentage points",
    "return_check": (
        "agrees (within 0.1 point), total return (only that agrees: the printed series takes "
        "dividends off), differs, no close"
    ),
    "printed_benchmark": "Benchmark as printed",
    "printed_benchmark_pct": "Its return as printed, per cent",
    "fitting_excess_pp": "printed_return_pct less printed_benchmark_pct, percentage points",
    "misfit_pp": "Printed excess less fitting_excess_pp, percentage points",
    "implied_benchmark_pct": "Return of the benchmark that the printed excess implies, per cent",
    "excess_check": "fits (within the rounding of 0.1 point) or does not fit its own benchmark",
    "own_benchmark": "Benchmark of ours",
    "own_excess_pp": "Excess by our prices, percentage points",
    "printed_review.end_date": "Session of the close at the end",
    "printed_review.rank_in_group": "Rank in the broker's list",
    "printed_review.ex_date": "Ex-date of the dividend",
}


def fill(connection: duckdb.DuckDBPyConnection) -> None:
    """Write the comments of every table, view and macro into dictionary; a column without one is an
    error of ours.
    """
    connection.execute("""
        INSERT INTO dictionary WITH described AS (
            SELECT table_name AS object, '' AS column_name, 'table' AS type, comment, schema_name
            FROM duckdb_tables()
            WHERE NOT internal
            UNION ALL
            SELECT view_name, '', 'view', comment, schema_name
            FROM duckdb_views()
            WHERE NOT internal
            UNION ALL
            SELECT function_name, '', replace(function_type, '_', ' '), comment, schema_name
            FROM duckdb_functions()
            WHERE NOT internal AND function_type LIKE '%macro%'
            UNION ALL
            SELECT table_name, column_name, data_type, comment, schema_name
            FROM duckdb_columns()
            WHERE NOT internal
        )
        SELECT CASE WHEN schema_name = 'main' THEN object ELSE schema_name || '.' || object END,
            column_name, type, NULL, coalesce(comment, '')
        FROM described
        """)
    # A table macro's columns have no comments of their own: they bear the names, and the meanings,
    # of the views they come from.
    meanings: dict[str, str] = {}
    for name, meaning in connection.execute(
        """
        SELECT column_name, meaning
        FROM dictionary
        WHERE meaning <> ''
        ORDER BY object IN ('valuation', 'buybacks', 'companies', 'prices') DESC, rowid
        """
    ).fetchall():
        meanings.setdefault(name, meaning)
    of_home = {
        (home, name): meaning
        for home, name, meaning in connection.execute(
            "SELECT object, column_name, meaning FROM dictionary WHERE column_name <> ''"
        ).fetchall()
    }
    rows = []
    for macro, example in MACROS.items():
        for name, kind, *_ in connection.execute(
            f"DESCRIBE SELECT * FROM {macro}({example})"
        ).fetchall():
            text = (
                MACRO_COLUMNS.get(f"{macro}.{name}")
                or of_home.get((HOMES.get(macro), name))
                or MACRO_COLUMNS.get(name)
                or meanings.get(name, "")
            )
            meanings.setdefault(name, text)
            rows.append([macro, name, kind, text])
    connection.execute(
        "INSERT INTO dictionary SELECT unnest(?), unnest(?), unnest(?), NULL, unnest(?)",
        [list(column) for column in zip(*rows)],
    )
    for suffix, unit in UNITS.items():
        connection.execute(
            "UPDATE dictionary SET unit = ? WHERE ends_with(column_name, ?)", [unit, suffix]
        )
    nameless = connection.execute(
        "SELECT object || '.' || column_name FROM dictionary WHERE meaning = ''"
    ).fetchall()
    if nameless:
        raise ValueError("no comment: " + ", ".join(name for (name,) in nameless))


# data/README.md -----------------------------------------------------------------------------------


def of_schema() -> str:
    """One Markdown section for each file of data/curated: its key, and its columns with type,
    whether they may be empty, and meaning.
    """
    with duckdb.connect() as connection:
        connection.execute((snapshot.SQL / "schema.sql").read_text("utf-8"))
        tables = connection.execute(
            """
            SELECT schema_name, table_name, comment
            FROM duckdb_tables()
            WHERE NOT internal
            ORDER BY table_name
            """
        ).fetchall()
        columns = connection.execute(
            """
            SELECT schema_name, table_name, column_name, data_type, is_nullable, comment
            FROM duckdb_columns()
            WHERE NOT internal
            ORDER BY column_index
            """
        ).fetchall()
    sections = []
    for schema, table, comment in tables:
        if table in BUILT:
            continue
        lines = [
            f"### `{table}.csv`",
            "",
            comment,
            "",
            "| column | type | may be empty | meaning |",
            "|---|---|---|---|",
        ]
        for owner, name, column, kind, nullable, meaning in columns:
            if (owner, name) == (schema, table) and (
                column != "correction_id" or table == "corrections"
            ):
                lines.append(
                    f"| `{column}` | {WORDS[kind]} | {'yes' if nullable else 'no'} | "
                    f"{meaning.replace('|', BAR)} |"
                )
        sections.append("\n".join(lines) + "\n")
    return "\n".join(sections)


def tables_part(text: str) -> str:
    """What stands between the two marks. Raises ValueError where they are not there."""
    found = re.search(re.escape(BEGIN) + "\n(.*)\n" + re.escape(END), text, re.DOTALL)
    if not found:
        raise ValueError("data/README.md has lost the marks between which the dictionary stands")
    return found.group(1)


def main() -> None:
    text = README.read_text("utf-8")
    README.write_text(text.replace(tables_part(text), of_schema()), "utf-8")


if __name__ == "__main__":
    main()
