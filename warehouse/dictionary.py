"""The table dictionary, which says what every column means, and the part of data/README.md that says it of the curated files.

`python -m warehouse.dictionary` writes that part anew from schema.sql.
"""

import re

import duckdb

from warehouse import places, snapshot

README = places.ROOT / "data" / "README.md"
BEGIN, END = "<!-- From here on written by python -m warehouse.dictionary -->\n", "<!-- To here -->\n"
# Tables that a build fills itself: no file of data/curated bears their name.
BUILT = {"fx", "sessions", "findings", "dictionary", "snapshot"}
BAR = "\\|"  # a bar inside a cell of a Markdown table
WORDS = {"VARCHAR": "text", "DATE": "date", "DOUBLE": "number", "BIGINT": "whole number", "INTEGER": "whole number", "BOOLEAN": "true or false", "TIMESTAMP WITH TIME ZONE": "time with zone"}


# The table dictionary ---------------------------------------------------------------------------------------

UNITS = {"_mn": "million", "_pct": "per cent", "_pp": "percentage points", "_hkd": "HKD", "_s": "seconds"}
# The table whose rows a macro's rows are: its columns mean there what they mean here.
HOMES = {**dict.fromkeys(("valuation_known", "valuation_latest", "valuation_window", "valuation_standing", "valuation_percentiles", "valuation_windows", "valuation_bands"), "valuation"),
         "forward_inputs": "estimate_eps", "forward_growth": "estimate_consensus"}
# Every table macro with arguments by which its columns can be asked.
MACROS = {
    "valuation_known": "'2025-12-31'", "valuation_latest": "'2025-12-31'", "valuation_standing": "'2025-12-31', [5, 0]", "valuation_window": "'2025-12-31', 5",
    "valuation_percentiles": "'2025-12-31', 5", "valuation_windows": "'2025-12-31'", "percentile_history": "'2025-12-31', 5", "valuation_bands": "'2025-12-31', 5",
    "valuation_distribution": "'2025-12-31', 5", "relative_valuation": "'2025-12-31', 5, '0700.HK', '9988.HK'",
    "relative_percentiles": "'2025-12-31', 5, '0700.HK', '9988.HK'", "forward_growth": "'2025-12-31'", "forward_inputs": "'0700.HK', 'adjusted', '2024-12-30'",
    "buyback_ytd": "'2025-12-31'", "price_changes": "'2025-12-31'", "revenue_growth": "'2025-12-31'", "overview": "'2025-12-31', 5, 'adjusted'",
    "company_freshness": "'2025-12-31'", "buyback_periods": "'2025-12-31'", "buyback_league": "'2025-12-31'", "buyback_total": "'2025-12-31', ['0700.HK']",
    "segments_as_of": "'2025-12-31'", "segment_periods": "'2025-12-31'",
}
# What a macro's own columns mean, by macro and column or by column alone.
MACRO_COLUMNS = {
    "date": "Session of the close, or of the multiple", "value": "The multiple at date, times", "percentile": "0 cheapest in the window, 100 dearest; NULL unless OK and at least 30 month-ends or 120 sessions count",
    "n": "Observations that count (OK) in the window, the current one included", "first_date": "First of them", "coverage_pct": "OK observations of all in the window, per cent",
    "losses_left_out": "Observations left out because trailing EPS was not positive", "q10": "10 % quantile of the window, times", "q25": "25 % quantile, times", "q50": "Median of the window, times",
    "q75": "75 % quantile, times", "q90": "90 % quantile, times", "minimum": "Lowest in the window, times", "maximum": "Highest in the window, times",
    "last_date": "Last of them", "losses_share_pct": "Losses of all observations in the window, per cent", "premium_pct": "value over the median of the window, per cent", "is_shorter": "true: the history is shorter than the window asked for",
    "years": "Length of the window in years; 0 since listing", "span": "Length of the window in years; 0 since listing", "age": "Age of the observation at as_of in days of a calendar of 372 a year; a month-end's in months of 31",
    "forward_growth.value": "Forward PE on date, times", "forward_growth.status": "OK or why not: see valuation.status", "valuation_bands.value": "The multiple, times", "percentile_history.percentile": "Percentile of that day in the window that ended on it, as known then; NULL under 30 month-ends or 120 sessions",
    "percentile_history.n": "OK observations in that window, the day included", "percentile_history.date": "Session", "percentile_history.value": "The multiple, times, or the yield, per cent",
    **{f"price_q{q}": f"Close at which the line would stand at the {q} % quantile of the window, close_currency" for q in (10, 25, 50, 75, 90)},
    "lower": "Lower edge of the bucket, included", "upper": "Upper edge, excluded", "observations": "OK observations in the bucket", "valuation_distribution.share_pct": "Their share of all in the window, per cent", "is_current": "true: the latest observation lies here",
    "relative_valuation.value": "own_value / other_value", "relative_percentiles.value": "own_value / other_value on date", "own_value": "Multiple of the line, times", "other_value": "Multiple of the other, times", "other_date": "Session of the other's multiple",
    "fy1_end": "Last day of the fiscal year that contains date", "fy2_end": "Last day of the year after", "eps_fy1": "Consensus EPS of FY1, currency per ordinary share", "eps_fy2": "Consensus EPS of FY2", "growth_pct": "EPS of FY2 over FY1, per cent; NULL where FY1 is no profit",
    "forward_growth.n": "Brokers in the thinner of the two medians", "forward_growth.brokers": "Brokers in either median, as text", "weight": "Weight of the year in the blend, 0 to 1", "consensus_eps": "Median of the brokers' EPS for the year", "forward_inputs.n": "Brokers in the median",
    "forward_inputs.status": "OK, or STALE_ESTIMATE where all are older than 180 days",
    "status": "OK or why not: see valuation.status; STALE_PRICE, MISSING_PRICE at as_of", "rank": "1 is the largest amount; NULL where the amount is unknown",
    "last_trade_date": "End of what the figure covers", "basis_note": "What the figure rests on, and to which day", "preference": "1 daily report, 2 running statement, 3 closed periods; NULL nothing",
    "price_is_stale": "true: the close is older than 10 sessions (daily) or 35 days (month-end)", "change_1m_pct": "Price return since month_base_date, per cent", "month_base_date": "Session of the month's base: the last close of the month before, a month earlier for daily prices",
    "change_ytd_pct": "Price return since year_base_date, per cent", "year_base_date": "Last session of the year before", "revenue_yoy_pct": "Growth of revenue on the year before, per cent",
    "yoy_basis": "printed, or prior_row (last year's figure)", "from_rounded": "true: computed from rounded figures", "buyback_ytd_hkd": "Own shares bought since 1 January, full HKD", "buyback_to": "End of what the buyback figure covers",
    "buyback_note": "What the buyback figure rests on", "buyback_basis": "1 daily report, 2 running statement, 3 closed periods; NULL nothing", "pe_ttm": "Price / trailing EPS, times", "revenue_currency": "Currency of revenue_mn",
    "price_source_id": "Source of the close", "revenue_source_id": "Source of the revenue", "revenue_mn": "Revenue of fiscal_period, million of its currency",
    **{f"{what}_to": f"Latest day to which {words} reach" for what, words in (("price", "prices"), ("eps_adjusted", "adjusted trailing EPS"), ("eps_reported", "reported trailing EPS"),
                                                                             ("revenue", "revenues"), ("segments", "segment revenues"), ("buybacks", "purchases"))},
    **{f"{what}_state": "fresh, late, stale or none" for what in ("price", "eps_adjusted", "eps_reported", "revenue", "segments", "buybacks")},
    "revenue_period_end": "Last day of the period of the revenue", "in_window": "true: lies in the window that ends at as_of",
    "shares": "Ordinary shares bought since 1 January, full units", "amount_hkd": "Consideration, full HKD at trade-date rates",
    # buyback_periods, buyback_league, buyback_total
    "buyback_periods.shares": "Ordinary shares bought in the period, full units", "days": "Purchase days", "covered_to": "Last day of the complete report, as known at as_of",
    "closed_days": "Days of a month that lie in the month before results, when no purchase is allowed", "mostly_closed": "true: more than half of the month's days are closed",
    "price_average_hkd": "amount_hkd / shares, HKD per ordinary share", "last_purchase_date": "Latest purchase day among the daily rows known at as_of", "cut_short": "true: the figure ends before as_of",
    "venues": "Where it was bought", "prior_amount_hkd": "Consideration from 1 January to the same day of the year before, full HKD", "prior_to": "End of what the figure of the year before covers",
    "change_pct": "Change on the same day of the year before, per cent; NULL where the two cut-offs differ", "close": "Last close on or before the day, HKD", "close_date": "Session of the close",
    "above_close_pct": "Average price paid above (negative: below) the last close at as_of, per cent", "close_then": "Last close known on the last purchase day, HKD", "close_then_date": "Its session",
    "above_close_then_pct": "Average price paid above (negative: below) the close at the last purchase, per cent", "companies": "Companies asked for", "reported": "Companies with a figure",
    "compared": "Companies in change_pct", "first_to": "Earliest cut-off among the figures", "last_to": "Latest cut-off among the figures",
    # segments_as_of, segment_periods
    "is_break": "true: the company cuts this series differently from this period on (not a mere rename)", "segment_periods.yoy_basis": "printed, comparative, prior_row", "segments_as_of.yoy_basis": "printed, comparative, prior_row",
    "segments_as_of.revenue_mn": "Revenue of the segment, million of currency", "segment_periods.revenue_mn": "Revenue as reported, million of currency",
    "segments_as_of.role": "segment; elimination, unallocated (reconcile to the total); revenue_type (another split, outside the sum); not_itemised, not_known (derived: reported revenue less the known rows)",
    "leader": "Segment that added most to growth", "leader_pp": "What it added, percentage points", "fastest": "Named segment (not Others) with the highest growth", "fastest_yoy_pct": "Its growth, per cent",
    "largest": "Segment with the most revenue", "largest_share_pct": "Its share of revenue, per cent", "segment_periods.result": "reconciled (within 0.5 %), incomplete, not itemised, no total, no rows (a quarter of which nothing is known)",
}


def fill(connection: duckdb.DuckDBPyConnection) -> None:
    """Write the comments of every table, view and macro into dictionary; a column without one is an error of ours."""
    connection.execute("""
        INSERT INTO dictionary
        WITH described AS (
            SELECT table_name AS object, '' AS column_name, 'table' AS type, comment, schema_name FROM duckdb_tables() WHERE NOT internal
            UNION ALL SELECT view_name, '', 'view', comment, schema_name FROM duckdb_views() WHERE NOT internal
            UNION ALL SELECT function_name, '', replace(function_type, '_', ' '), comment, schema_name FROM duckdb_functions() WHERE NOT internal AND function_type LIKE '%macro%'
            UNION ALL SELECT table_name, column_name, data_type, comment, schema_name FROM duckdb_columns() WHERE NOT internal
        )
        SELECT CASE WHEN schema_name = 'main' THEN object ELSE schema_name || '.' || object END, column_name, type, NULL, coalesce(comment, '') FROM described""")
    # A table macro's columns have no comments of their own: they bear the names, and the meanings, of the views they come from.
    meanings: dict[str, str] = {}
    for name, meaning in connection.execute("SELECT column_name, meaning FROM dictionary WHERE meaning <> '' ORDER BY object IN ('valuation', 'buybacks', 'companies', 'prices') DESC, rowid").fetchall():
        meanings.setdefault(name, meaning)
    of_home = {(home, name): meaning for home, name, meaning in connection.execute("SELECT object, column_name, meaning FROM dictionary WHERE column_name <> ''").fetchall()}
    rows = []
    for macro, example in MACROS.items():
        for name, kind, *_ in connection.execute(f"DESCRIBE SELECT * FROM {macro}({example})").fetchall():
            text = MACRO_COLUMNS.get(f"{macro}.{name}") or of_home.get((HOMES.get(macro), name)) or MACRO_COLUMNS.get(name) or meanings.get(name, "")
            meanings.setdefault(name, text)
            rows.append([macro, name, kind, text])
    connection.execute("INSERT INTO dictionary SELECT unnest(?), unnest(?), unnest(?), NULL, unnest(?)", [list(column) for column in zip(*rows)])
    for suffix, unit in UNITS.items():
        connection.execute("UPDATE dictionary SET unit = ? WHERE ends_with(column_name, ?)", [unit, suffix])
    nameless = connection.execute("SELECT object || '.' || column_name FROM dictionary WHERE meaning = ''").fetchall()
    if nameless:
        raise ValueError("no comment: " + ", ".join(name for (name,) in nameless))


# data/README.md ------------------------------------------------------------------------------------------------

def of_schema() -> str:
    """One Markdown section for each file of data/curated: its key, and its columns with type, whether they may be empty, and meaning."""
    with duckdb.connect() as connection:
        connection.execute((snapshot.SQL / "schema.sql").read_text("utf-8"))
        tables = connection.execute("SELECT schema_name, table_name, comment FROM duckdb_tables() WHERE NOT internal ORDER BY table_name").fetchall()
        columns = connection.execute("SELECT schema_name, table_name, column_name, data_type, is_nullable, comment FROM duckdb_columns() WHERE NOT internal ORDER BY column_index").fetchall()
    sections = []
    for schema, table, comment in tables:
        if table in BUILT:
            continue
        lines = [f"### `{table}.csv`", "", comment, "", "| column | type | may be empty | meaning |", "|---|---|---|---|"]
        for owner, name, column, kind, nullable, meaning in columns:
            if (owner, name) == (schema, table) and (column != "correction_id" or table == "corrections"):
                lines.append(f"| `{column}` | {WORDS[kind]} | {'yes' if nullable else 'no'} | {meaning.replace('|', BAR)} |")
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
