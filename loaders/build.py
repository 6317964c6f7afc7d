"""Build a snapshot: read, refuse or fill, add the views, audit, and only then publish."""

import hashlib
import json
import re
import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path

import duckdb

from loaders import checks, curated, reference
from warehouse import snapshot

VERSION = "0.1.0"


@dataclass
class Result:
    """What a build came to: the id it published (None: refused) and everything that was wrong."""

    snapshot_id: str | None
    rejected: list[str] = field(default_factory=list)
    findings: dict[str, int] = field(default_factory=dict)
    unchanged: bool = False


def inputs_of(data: Path) -> tuple[list[Path], list[Path], str]:
    """The landed files, those of them that are as a run of the price loader wrote them, and one hash over these, the curated files, the SQL and the loaders."""
    prices = data / "prices"
    files = sorted((data / "curated").glob("*.csv"))
    landed = sorted(prices.glob("*.csv")) + sorted((prices / "actions").glob("*.csv")) + sorted((prices / "fx").glob("*.csv"))
    code = sorted(snapshot.SQL.rglob("*.sql")) + sorted(Path(__file__).parent.glob("*.py")) + sorted(snapshot.SQL.glob("*.py"))
    whole, written, checked = hashlib.sha256(), hashes_of_run(prices), []
    for file in files + landed + code:
        one = hashlib.sha256(file.read_bytes())
        name = file.relative_to(prices).as_posix() if file in landed else file.name
        whole.update(name.encode("utf-8", "backslashreplace") + b"\0" + one.digest())
        if file in landed and written.get(name) == one.hexdigest():
            checked.append(file)
    return landed, checked, whole.hexdigest()


def hashes_of_run(prices: Path) -> dict[str, str]:
    """The landed price files by name with the hash under which a run of the price loader checked and wrote each."""
    try:
        lines = json.loads((prices / "run.json").read_text("utf-8"))["tickers"]
        return {f"{ticker}.csv": line["sha256"] for ticker, line in lines.items() if line.get("sha256")}
    except (OSError, ValueError, LookupError, TypeError, AttributeError):
        return {}


def fill_dictionary(connection: duckdb.DuckDBPyConnection) -> None:
    """Write the comments of every table, view and macro into dictionary; a column without one is an error of ours."""
    connection.execute(r"""
        INSERT INTO dictionary
        WITH described AS (
            SELECT table_name AS object, '' AS column_name, 'table' AS type, comment, schema_name FROM duckdb_tables() WHERE NOT internal
            UNION ALL SELECT view_name, '', 'view', comment, schema_name FROM duckdb_views() WHERE NOT internal
            UNION ALL SELECT function_name, '', replace(function_type, '_', ' '), comment, schema_name FROM duckdb_functions() WHERE NOT internal AND function_type LIKE '%macro%'
            UNION ALL SELECT table_name, column_name, data_type, comment, schema_name FROM duckdb_columns() WHERE NOT internal
        )
        SELECT CASE WHEN schema_name = 'main' THEN object ELSE schema_name || '.' || object END, column_name, type,
               CASE WHEN column_name LIKE '%\_mn' ESCAPE '\' THEN 'million' WHEN column_name LIKE '%\_pct' ESCAPE '\' THEN 'per cent' WHEN column_name LIKE '%\_pp' ESCAPE '\' THEN 'percentage points'
                    WHEN column_name LIKE '%\_hkd' ESCAPE '\' THEN 'HKD' WHEN column_name LIKE '%\_s' ESCAPE '\' THEN 'seconds' END,
               coalesce(comment, '') FROM described""")
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
            rows.append([macro, name, kind, next((unit for suffix, unit in UNITS.items() if name.endswith(suffix)), None), text])
    connection.execute("INSERT INTO dictionary SELECT unnest(?), unnest(?), unnest(?), unnest(?), unnest(?)", [list(column) for column in zip(*rows)])
    nameless = connection.execute("SELECT object || '.' || column_name FROM dictionary WHERE meaning = ''").fetchall()
    if nameless:
        raise ValueError("no comment: " + ", ".join(name for (name,) in nameless))


UNITS = {"_mn": "million", "_pct": "per cent", "_pp": "percentage points", "_hkd": "HKD", "_s": "seconds"}
# The table whose rows a macro's rows are: its columns mean there what they mean here.
HOMES = {**dict.fromkeys(("valuation_known", "valuation_latest", "valuation_window", "valuation_standing", "valuation_percentiles", "valuation_windows", "valuation_bands"), "valuation"),
         "forward_inputs": "estimate_eps", "forward_growth": "estimate_consensus"}
MACROS = {"valuation_known": "'2025-12-31'", "valuation_latest": "'2025-12-31'", "valuation_standing": "'2025-12-31', [5, 0]", "valuation_window": "'2025-12-31', 5", "valuation_percentiles": "'2025-12-31', 5", "valuation_windows": "'2025-12-31'", "percentile_history": "'2025-12-31', 5", "valuation_bands": "'2025-12-31', 5", "valuation_distribution": "'2025-12-31', 5",
          "relative_valuation": "'2025-12-31', 5, '0700.HK', '9988.HK'", "relative_percentiles": "'2025-12-31', 5, '0700.HK', '9988.HK'", "forward_growth": "'2025-12-31'", "forward_inputs": "'0700.HK', 'adjusted', '2024-12-30'", "buyback_ytd": "'2025-12-31'", "price_changes": "'2025-12-31'", "revenue_growth": "'2025-12-31'",
          "overview": "'2025-12-31', 5, 'adjusted'", "company_freshness": "'2025-12-31'",
          "buyback_periods": "'2025-12-31'", "buyback_league": "'2025-12-31'", "buyback_total": "'2025-12-31', ['0700.HK']", "segments_as_of": "'2025-12-31'", "segment_periods": "'2025-12-31'"}
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


def build(data: Path, publish: bool = True, say: Callable[[str], None] = print) -> Result:
    """Build from the inputs in data and publish; publish False only checks. Nothing served changes unless all is right.

    A refused build leaves its reasons beside the snapshots, for the reader of the pages; a check leaves nothing.
    """
    with snapshot.lock(data / "warehouse"):
        return build_locked(data, publish, say)


def build_locked(data: Path, publish: bool = True, say: Callable[[str], None] = print) -> Result:
    """The same for who holds the loaders' lock already."""
    folder = data / "warehouse"
    landed, checked, inputs_sha256 = inputs_of(data)
    for leftover in folder.glob("stage-*"):
        _remove(leftover)
    if publish and _already_served(folder, inputs_sha256):
        snapshot.accept(folder)
        return Result(snapshot.served(folder).snapshot_id, unchanged=True)
    built_at = datetime.now(UTC)
    snapshot_id = snapshot.snapshot_name(built_at, inputs_sha256)
    staged = folder / f"stage-{snapshot_id}.duckdb"

    def refused(lines: list[str]) -> Result:
        if publish:
            snapshot.refuse(folder, built_at, inputs_sha256, lines)
        return Result(None, lines)

    connection = snapshot.create(staged)
    try:
        say("reading curated files")
        rejected = curated.load(connection, data / "curated", landed, checked)
        if rejected:
            return refused([str(rejection) for rejection in rejected])
        say("exchange rates and trading sessions")
        reference.load_fx(connection)
        complete_fx(connection)
        reference.load_sessions(connection)
        say("views")
        snapshot.add_views(connection)
        connection.execute("""INSERT INTO snapshot SELECT ?, ?, (SELECT max(m.date) FROM market_caps AS m JOIN companies AS c USING (ticker) WHERE c.kind = 'company' AND m.known_on = m.date), ?, ?, ?""",
                           [snapshot_id, built_at, VERSION, snapshot.SCHEMA_VERSION, inputs_sha256])
        fill_dictionary(connection)
        say("audit")
        stops = checks.audit(connection, built_at)
        if stops:
            return refused([f"{table} {ticker or ''} {ref or ''}: rule {code}, {message}" for code, table, ticker, ref, message in stops])
        findings = dict(connection.execute("SELECT severity, count(*) FROM findings GROUP BY severity").fetchall())
        connection.execute("CHECKPOINT")
        connection.close()
        if not publish:
            return Result(None, [], findings)
        snapshot.publish(folder, staged, snapshot_id)
        snapshot.accept(folder)
        return Result(snapshot_id, [], findings)
    finally:
        connection.close()
        for leftover in folder.glob(re.sub(r"\.duckdb$", ".*", staged.name)):
            _remove(leftover)


def complete_fx(connection: duckdb.DuckDBPyConnection) -> None:
    """Of a provider's rates keep the days after the last of the central bank's, and tell each the other way round too."""
    connection.execute("DELETE FROM fx WHERE source_id <> ? AND date <= (SELECT max(date) FROM fx WHERE source_id = ?)", [reference.FX_SOURCE] * 2)
    connection.execute("""INSERT INTO fx SELECT quote, base, date, 1 / rate, source_id FROM fx AS f
                          WHERE source_id <> ? AND NOT EXISTS (FROM fx AS other WHERE other.base = f.quote AND other.quote = f.base AND other.date = f.date)""", [reference.FX_SOURCE])


def _remove(leftover: Path) -> None:
    """A file of a build that was broken off, or the folder in which it kept what memory did not hold."""
    if leftover.is_dir():
        shutil.rmtree(leftover)
    else:
        leftover.unlink()


def _already_served(folder: Path, inputs_sha256: str) -> bool:
    """Whether the served snapshot was built from these very inputs and is undamaged."""
    try:
        now = snapshot.served(folder)
    except snapshot.NoSnapshot:
        return False
    if now.problem:
        return False
    with duckdb.connect(str(now.path), read_only=True, config=snapshot.SETTINGS) as connection:
        return connection.execute("SELECT inputs_sha256 FROM snapshot").fetchone() == (inputs_sha256,)


def refused(data: Path) -> dict | None:
    """The last build as plain values where it was refused, else None."""
    found = snapshot.refusal(data / "warehouse")
    return found and {"at": found.at.isoformat(), "inputs_sha256": found.inputs_sha256, "count": len(found.lines), "lines": list(found.lines)}


def status(data: Path, today: date | None = None) -> dict:
    """The served snapshot, the freshness of each table and price line, the open findings, the last runs, as plain values."""
    now = snapshot.served(data / "warehouse")
    today = today or datetime.now(snapshot.HONG_KONG).date()
    with duckdb.connect(str(now.path), read_only=True, config=snapshot.SETTINGS) as connection:
        row = connection.execute("SELECT snapshot_id, built_at, data_as_of, app_version, schema_version, inputs_sha256 FROM snapshot").fetchone()
        tables = connection.execute("SELECT table_name, row_count, latest FROM freshness ORDER BY 1").fetchall()
        findings = connection.execute("SELECT severity, code, count(*) FROM findings GROUP BY ALL ORDER BY 1, 2").fetchall()
        prices = connection.execute(PRICES, {"today": today}).fetchall()
    return {"snapshot_id": row[0], "built_at": row[1].isoformat(), "data_as_of": str(row[2]), "app_version": row[3], "schema_version": row[4], "inputs_sha256": row[5],
            "file": str(now.path), "problem": now.problem, "earlier": [i for i in snapshot.published(data / "warehouse") if i != now.snapshot_id], "pinned": snapshot.pins(data / "warehouse"),
            "tables": [{"table": name, "rows": count, "latest": str(latest) if latest else None} for name, count, latest in tables],
            "prices": [{"ticker": ticker, "frequency": frequency, "last_date": str(last) if last else None, "sessions_since": since, "state": state} for ticker, frequency, last, since, state in prices],
            "last_run": last_run(data / "prices"),
            "refused": refused(data),
            "findings": [{"severity": severity, "code": code, "count": count} for severity, code, count in findings]}


# Each line at its finer frequency, and whether that is fresh: daily within a session, late within ten; month-ends within 35 days.
PRICES = """
    WITH held AS (SELECT ticker, frequency, max(date) AS last_date FROM prices WHERE frequency IN ('daily', 'month_end') GROUP BY ALL),
    latest AS (SELECT * FROM held QUALIFY row_number() OVER (PARTITION BY ticker ORDER BY frequency) = 1),
    counted AS (
        SELECT c.ticker, l.frequency, l.last_date, CASE WHEN l.frequency = 'daily' THEN (SELECT count(*) FROM sessions AS s WHERE s.exchange = calendar_of(c.exchange) AND s.session > l.last_date AND s.session < $today) END AS sessions_since
        FROM companies AS c LEFT JOIN latest AS l USING (ticker) WHERE c.kind <> 'basket'
    )
    SELECT ticker, frequency, last_date, sessions_since, CASE WHEN frequency IS NULL THEN 'none' WHEN frequency = 'daily' THEN CASE WHEN sessions_since = 0 THEN 'fresh' WHEN sessions_since <= 10 THEN 'late' ELSE 'stale' END
                                                              WHEN last_date >= $today - 35 THEN 'fresh' ELSE 'stale' END FROM counted ORDER BY ticker"""


def last_run(prices: Path) -> dict | None:
    """The last run of the price loader as plain values: when, of which provider, what each line came to; None where there was none."""
    try:
        state = json.loads((prices / "run.json").read_text("utf-8"))
        lines = [{"ticker": ticker} | {name: line.get(name) for name in ("outcome", "note", "last_session", "rows_new", "rejected", "at")} for ticker, line in sorted(state["tickers"].items()) if line.get("run") == state["run"]["began_at"]]
        outcomes: dict[str, int] = {}
        for line in lines:
            outcomes[line["outcome"]] = outcomes.get(line["outcome"], 0) + 1
        return {name: state["run"].get(name) for name in ("began_at", "finished_at", "provider", "version", "left_out")} | {"outcomes": outcomes, "lines": lines}
    except (OSError, ValueError, LookupError, TypeError, AttributeError):
        return None
