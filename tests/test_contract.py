"""The names that others rely on: every table, view, column, macro and exit code of the contract
exists and answers.
"""

import json
import re
import shutil
from datetime import date

import duckdb
import pandas as pd
import pytest

from loaders import __main__ as commands
from tests.support.warehouses import loaders
from warehouse import dictionary

pytestmark = pytest.mark.unit


# What an analyst's query, a colleague's link and a scheduler are built on. Adding is free; renaming
# or dropping one is a breaking change.
COLUMNS = {
    "companies": (
        "ticker kind issuer_ticker name_en name_zh exchange price_currency "
        "reporting_currency fiscal_year_end_month subsector"
    ),
    "listings": (
        "ticker issuer_ticker exchange code currency share_class shares_per_ads valid_from "
        "valid_to source_id"
    ),
    "aliases": "alias ticker",
    "sources": "source_id publisher title kind published_on url licence note",
    "prices": "ticker date close adj_close volume currency frequency source_id",
    "fx": "base quote date rate source_id",
    "corporate_actions": "ticker ex_date kind amount currency ratio source_id",
    "earnings": (
        "ticker basis fiscal_period period_start period_end announced_on effective_on "
        "version eps_diluted per net_income_mn revenue_mn currency"
    ),
    "earnings_items": (
        "ticker item basis fiscal_period period_start period_end announced_on effective_on "
        "version value unit currency from_profit"
    ),
    "eps_ttm": "ticker basis effective_on period_end eps_ttm currency status",
    "trailing_sums": "ticker item basis effective_on period_end value currency announced_on",
    "trailing_inputs": (
        "ticker item basis effective_on period_start period_end sign value currency "
        "announced_on derived restated_from source_id"
    ),
    "shares": "ticker date shares_mn kind",
    "market_caps": (
        "ticker date frequency close close_currency shares_mn share_kind share_date market_cap_mn"
    ),
    "basket_members": (
        "date frequency basis ticker market_cap_hkd_mn profit_hkd_mn profit_is_derived "
        "close_date period_end"
    ),
    "basket_valuation": (
        "date frequency basis members companies market_cap_hkd_mn profit_hkd_mn status value "
        "without_losses median_pe losses tickers"
    ),
    "valuation": (
        "ticker date metric basis value status close close_currency per_share "
        "per_share_currency fx_rate fx_date eps_period_end eps_announced_on eps_effective_on "
        "frequency known_on source_id"
    ),
    "estimate_eps": (
        "ticker basis fiscal_year_end broker published_on eps currency quality net_income_mn "
        "shares_mn source_id"
    ),
    "estimate_consensus": "ticker basis fiscal_year_end effective_on eps currency n status brokers",
    "broker_year_pe": (
        "broker ticker published_on fiscal_year eps close fx_rate fx_date pe pe_printed source_id"
    ),
    "buybacks": (
        "buyback_id ticker start_date end_date grain venue share_class share_unit shares "
        "amount currency amount_hkd price_low price_high price_average method disposal "
        "published_on published_on_basis"
    ),
    "buyback_coverage": "ticker venue currency first_day last_day complete note",
    "share_changes": (
        "ticker period_start period_end bought_shares net_change_shares opening_shares "
        "closing_shares share_unit published_on"
    ),
    "segments": (
        "ticker fiscal_period period_start period_end calendar_quarter segment "
        "parent_segment revenue_mn currency prior_revenue_mn yoy_pct yoy_basis share_pct "
        "contribution_pp series_break announced_on"
    ),
    "kpis": "ticker fiscal_period period_end kpi value unit yoy_pct announced_on",
    "estimates": (
        "broker estimate_kind ticker metric basis fiscal_year fiscal_year_end value "
        "previous_value currency unit per published_on"
    ),
    "target_prices": (
        "broker ticker quote_ticker target currency per method multiple multiple_metric "
        "multiple_year multiple_refers_to close_then upside_printed_pct published_on"
    ),
    "ratings": "broker ticker rating rating_code published_on source_id",
    "rating_definitions": (
        "broker rating rating_code rule lower_bound_pct upper_bound_pct horizon benchmark source_id"
    ),
    "surprises": (
        "ticker fiscal_period metric actual expected surprise_pct surprise_pp unit "
        "announced_on broker expected_basis"
    ),
    "index_valuation": "index_ticker date metric value percentile method source_id",
    "market_moves": "period_start period_end ticker entity return_pct benchmark excess_pp",
    "documents": (
        "document_id title publisher published_at zone_basis language kind summary url "
        "supersedes source_id"
    ),
    "document_tags": "document_id tag_kind tag",
    "events": "event_date ticker entity topic title source_id",
    "site_traffic": "vendor site week_start week_end visits_mn wow_pct average_stay_s",
    "sector_stats": "stat period_start period_end value unit",
    "corrections": (
        "correction_id subject_table subject_key column_name printed_value ruled_value test "
        "reason source_id"
    ),
    "findings": "code severity subject_table ticker ref message found_at",
    "dictionary": "object column_name type unit meaning",
    "snapshot": "snapshot_id built_at data_as_of app_version schema_version inputs_sha256",
}
FIGURES = [
    "earnings",
    "shares",
    "buybacks",
    "segments",
    "kpis",
    "estimates",
    "target_prices",
    "surprises",
    "sector_stats",
    "market_moves",
    "site_traffic",
]
PERCENTILES = (
    "ticker metric basis date value status percentile n first_date coverage_pct "
    "losses_left_out frequency q10 q25 q50 q75 q90 minimum maximum"
)
# Arguments, what a row is one of, columns.
MACROS = {
    "valuation_percentiles": ("?, 5", "ticker metric basis", PERCENTILES),
    "valuation_windows": ("?", "years ticker metric basis", PERCENTILES),
    "valuation_window": (
        "?, 5",
        "ticker metric basis date",
        "value status close per_share fx_rate frequency known_on in_window",
    ),
    "percentile_history": ("?, 5", "ticker metric basis date", "value percentile n frequency"),
    "valuation_bands": (
        "?, 5",
        "ticker metric basis date",
        (
            "close close_currency value status per_share fx_rate price_q10 price_q25 price_q50 "
            "price_q75 price_q90"
        ),
    ),
    "valuation_distribution": (
        "?, 5",
        "ticker metric basis lower",
        "upper observations share_pct is_current",
    ),
    "relative_valuation": (
        "?, 5, '0700.HK', '9988.HK'",
        "metric basis date",
        "value own_value other_value other_date frequency in_window",
    ),
    "relative_percentiles": (
        "?, 5, '0700.HK', '9988.HK'",
        "metric basis",
        (
            "date value own_value other_value percentile n first_date q10 q25 q50 q75 q90 "
            "minimum maximum"
        ),
    ),
    "forward_growth": (
        "?",
        "ticker basis",
        "date value status fy1_end fy2_end eps_fy1 eps_fy2 growth_pct currency n brokers",
    ),
    "forward_inputs": (
        "'1024.HK', 'adjusted', ?",
        "fiscal_year_end broker",
        (
            "weight consensus_eps n status eps currency quality net_income_mn shares_mn "
            "published_on source_id"
        ),
    ),
    "buyback_ytd": ("?", "ticker", "shares amount_hkd last_trade_date rank basis_note"),
    "display_rates": ("?, 'HKD'", "base", "quote rate rate_date"),
    "price_series": ("?", "ticker date", "close currency frequency source_id"),
    "price_latest": ("?", "ticker", "date close currency frequency price_is_stale source_id"),
    "price_freshness": ("?", "ticker", "frequency last_date sessions_since state"),
    "table_freshness": ("?", "table_name", "row_count latest state"),
    "price_changes": (
        "?",
        "ticker",
        "date close currency frequency price_is_stale change_1m_pct change_ytd_pct",
    ),
    "revenue_growth": (
        "?",
        "ticker",
        "fiscal_period period_end revenue_mn currency revenue_yoy_pct yoy_basis announced_on",
    ),
    "documents_as_of": (
        "?",
        "document_id",
        (
            "title publisher published_at published_on published_hkt zone_basis date_basis "
            "language kind summary url supersedes superseded_by story_id told tickers topics "
            "source_id"
        ),
    ),
    "document_search": ("?, '腾讯 回购'", "document_id", "title score story_id told published_on"),
    "events_as_of": (
        "?",
        "event_id",
        (
            "event_date first_day date_precision lane tickers topics entity title published_on "
            "is_ahead source_id"
        ),
    ),
    "traffic_as_of": (
        "?",
        "vendor site week_start",
        (
            "week_end visits_mn share_pct rank wow_pct wow_computed_pct four_week_pct "
            "average_stay_s tier is_latest source_id"
        ),
    ),
    "traffic_weeks": (
        "?",
        "vendor week_start",
        "week_end sites total_visits_mn total_wow_pct up down leader leader_share_pct",
    ),
    "sector_stats_as_of": (
        "?",
        "topic stat entity period_printed source_id",
        (
            "section value value_high unit currency yoy_pct mom_pct is_forecast points "
            "printed_value doubt quality"
        ),
    ),
    "overview": (
        "?, 5, 'adjusted'",
        "ticker",
        "kind close pe_ttm status percentile n buyback_ytd_hkd revenue_mn revenue_yoy_pct",
    ),
    "estimate_revisions": (
        "?",
        "broker ticker metric basis fiscal_year",
        "value previous_value change_pct published_on",
    ),
    "consensus": ("?", "ticker metric basis fiscal_year_end", "value n brokers status"),
    "targets_as_of": (
        "?",
        "broker quote_ticker published_on source_id",
        "target upside_then_pct upside_now_pct upside_printed_pct is_latest in_consensus",
    ),
    "target_consensus": ("?", "quote_ticker currency", "target n brokers close_now upside_now_pct"),
    "ratings_as_of": (
        "?",
        "broker ticker published_on source_id",
        "rating rating_code rule lower_bound_pct upper_bound_pct horizon benchmark",
    ),
    "coverage": (
        "?, NULL",
        "broker ticker",
        (
            "name_en name_zh rating rating_code close close_currency market_cap_mn fy1 fy2 "
            "eps_fy1 eps_fy2 pe_fy1 pe_fy2 close_now pe_fy1_now pe_fy2_now published_on source_id"
        ),
    ),
    "coverage_changes": (
        "'2024-07-07', ?, NULL",
        "broker ticker",
        "change eps_before eps eps_change_pct implied_shares_change_pct",
    ),
    "market_review": (
        "?",
        "ticker",
        (
            "return_pct total_return_pct benchmark benchmark_return_pct excess_pp base_date "
            "end_date rank status"
        ),
    ),
    "market_review_as_of": (
        "'2025-12-01', ?",
        "ticker",
        (
            "return_pct total_return_pct benchmark benchmark_return_pct excess_pp base_date "
            "end_date rank status is_running"
        ),
    ),
    "index_review": (
        "'2025-12-01', ?, 24",
        "ticker first_day",
        "return_pct base_date end_date frequency is_running is_asked",
    ),
    "sector_review": (
        "'2025-12-01', ?, 5",
        "ticker basis",
        "date value status percentile n prior_value",
    ),
}
METRICS = {"pe_ttm", "pe_forward", "ps_ttm", "earnings_yield_ttm", "pb", "dividend_yield"}
STATUSES = {
    "OK",
    "NM_LOSS",
    "MISSING_EPS",
    "STALE_EPS",
    "MISSING_FX",
    "STALE_PRICE",
    "MISSING_PRICE",
    "MISSING_SHARES",
    "MISSING_REVENUE",
    "MISSING_ESTIMATE",
    "STALE_ESTIMATE",
    "FEW_MEMBERS",
}
# What holds rows today, and so must hold some in any later build.
FILLED = set(COLUMNS) - {"findings"}


@pytest.mark.parametrize("name", COLUMNS)
def test_every_name_of_the_contract_answers_with_its_columns(ask, name):
    assert set(COLUMNS[name].split()) <= set(ask(f"SELECT * FROM {name} LIMIT 1").columns)


@pytest.mark.parametrize("name", sorted(FILLED))
def test_none_of_them_is_empty(rows, name):
    assert rows(f"SELECT count(*) > 0 FROM {name}") == [(True,)]


@pytest.mark.system
@pytest.mark.parametrize("name", FIGURES)
def test_every_figure_says_how_good_it_is_who_ruled_on_it_and_where_it_comes_from(rows, ask, name):
    assert {"quality", "correction_id", "date_basis", "source_id"} <= set(
        ask(f"SELECT * FROM {name} LIMIT 0").columns
    )
    assert (
        rows(
            f"""
            SELECT DISTINCT quality
            FROM {name}
            WHERE quality IS NULL
                OR quality NOT IN ('exact', 'rounded', 'over', 'about', 'truncated', 'derived',
                'ruled')
            """
        )
        == []
    )
    assert (
        rows(
            f"""
            SELECT DISTINCT date_basis
            FROM {name}
            WHERE date_basis IS NULL OR date_basis NOT IN ('printed', 'inferred', 'convention')
            """
        )
        == []
    )
    assert (
        rows(
            f"""
            SELECT DISTINCT source_id
            FROM {name}
            WHERE source_id IS NULL OR source_id NOT IN (SELECT source_id FROM sources)
            """
        )
        == []
    )
    assert (
        rows(
            f"""
            SELECT DISTINCT correction_id
            FROM {name}
            WHERE correction_id NOT IN (SELECT correction_id FROM corrections)
            """
        )
        == []
    )


def test_metrics_bases_and_statuses_are_the_words_of_the_contract(rows):
    assert {metric for (metric,) in rows("SELECT DISTINCT metric FROM valuation")} == METRICS
    assert {basis for (basis,) in rows("SELECT DISTINCT basis FROM valuation")} == {
        "adjusted",
        "reported",
        "quoted",
    }
    assert {
        status
        for (status,) in rows(
            """
            SELECT DISTINCT status
            FROM valuation
            UNION
            SELECT status
            FROM valuation_windows('2026-08-21')
            UNION
            SELECT status
            FROM basket_valuation
            """
        )
    } <= STATUSES


@pytest.mark.system
@pytest.mark.parametrize("name", MACROS)
@pytest.mark.few(14)
def test_a_macro_takes_a_date_and_a_text_and_answers_the_same(ask, name):
    arguments, key, columns = MACROS[name]
    key, columns = key.split(), columns.split()
    question = f"SELECT * FROM {name}({arguments}) ORDER BY {', '.join(key)}"
    by_text = ask(question, "2025-12-31")
    by_date = ask(question, date(2025, 12, 31))
    literal = ask(question.replace("?", "DATE '2025-12-31'"))
    assert set(key + columns) <= set(by_text.columns)
    assert len(by_text)
    assert not by_text.duplicated(key).any()
    for other in (by_date, literal):  # to the last bits, which the order of adding may change
        pd.testing.assert_frame_equal(by_text, other, check_exact=False, rtol=1e-12)


@pytest.mark.parametrize("years", [1, 3, 5, 10, 0])
def test_every_window_answers_one_row_a_line_metric_and_basis(ask, years):
    found = ask("SELECT ticker, metric, basis FROM valuation_percentiles('2025-12-31', ?)", years)
    assert len(found)
    assert not found.duplicated().any()


@pytest.mark.system
def test_an_evening_before_all_figures_answers_absent_and_never_fails(ask):
    for name, (arguments, *_) in MACROS.items():
        found = ask(f"SELECT * FROM {name}({arguments})", "1990-01-01")
        assert "percentile" not in found or found["percentile"].isna().all()


@pytest.mark.system
def test_every_table_of_the_inputs_is_counted_and_rests_on_its_sources(warehouse, rows):
    """A table that is new in data/curated is new in both views too."""
    tables = {
        path.stem
        for path in (warehouse.folder / "curated").glob("*.csv")
        if path.stem not in ("aliases", "topics", "document_tags", "kpi_topics", "segment_themes")
    }  # words for what others hold
    of_source = dict(
        rows(
            """
            SELECT c.table_name, c.schema_name || '.' || c.table_name
            FROM duckdb_columns() AS c
            JOIN duckdb_tables() AS t USING (schema_name, table_name)
            WHERE c.column_name = 'source_id'
            ORDER BY c.schema_name
            """
        )
    )
    used = {
        name
        for (tables,) in rows("SELECT tables FROM source_use WHERE tables IS NOT NULL")
        for name in tables.split(", ")
    }
    assert {
        name
        for name, whole in of_source.items()
        if name in tables - {"sources"} and rows(f"SELECT 1 FROM {whole} LIMIT 1")
    } <= used
    assert rows(
        """
        SELECT coalesce(sum(figure_count), 0)
        FROM source_use
        WHERE source_id = 'ex-dates-vendor-column'
        """
    ) == rows(
        """
        SELECT count(*)
        FROM (
            SELECT source_id
            FROM dividend_coverage
            UNION ALL
            SELECT source_id
            FROM corporate_actions
        )
        WHERE source_id = 'ex-dates-vendor-column'
        """
    )
    assert {"dividend_coverage", "buyback_coverage", "dividends_declared"} <= {
        name for (name,) in rows("SELECT table_name FROM freshness WHERE latest IS NOT NULL")
    }


# The dictionary -----------------------------------------------------------------------------------


def test_the_dictionary_covers_every_column_of_every_table_and_view(rows):
    described = set(rows("SELECT object, column_name FROM dictionary"))
    there = set(
        rows(
            """
            SELECT CASE schema_name WHEN 'main' THEN '' ELSE schema_name || '.' END || table_name,
                column_name
            FROM duckdb_columns()
            WHERE NOT internal
            """
        )
    )
    assert there <= described
    assert {(name, "") for name, _ in there} <= described


@pytest.mark.system
def test_it_covers_every_macro_and_every_column_of_the_table_macros(rows, ask):
    described = set(rows("SELECT object, column_name FROM dictionary"))
    macros = {
        name
        for (name,) in rows(
            """
            SELECT function_name
            FROM duckdb_functions()
            WHERE NOT internal AND function_type LIKE '%macro'
            """
        )
    }
    tables = {
        name
        for (name,) in rows(
            """
            SELECT function_name
            FROM duckdb_functions()
            WHERE NOT internal AND function_type = 'table_macro'
            """
        )
    }
    assert {(name, "") for name in macros} <= described
    assert set(MACROS) <= tables == set(dictionary.MACROS)
    for name, example in dictionary.MACROS.items():
        assert {
            (name, column) for column in ask(f"SELECT * FROM {name}({example}) LIMIT 0").columns
        } <= described


def test_it_says_nothing_twice_and_nothing_of_what_is_not_there(rows):
    assert rows("SELECT object, column_name FROM dictionary GROUP BY ALL HAVING count(*) > 1") == []
    assert rows("SELECT object, column_name FROM dictionary WHERE trim(meaning) = ''") == []


def test_every_table_and_every_table_macro_says_what_one_row_is(rows):
    assert (
        rows(
            """
            SELECT object, meaning
            FROM dictionary
            WHERE column_name = '' AND type IN ('table', 'view', 'table macro')
                AND meaning NOT ILIKE '%one row%'
            """
        )
        == []
    )


MEANT = {  # a name that means one thing here and another there
    ("valuation_window", "ticker"): "Line",
    ("valuation_window", "close"): "close_currency",
    ("valuation_bands", "close"): "close_currency",
    ("valuation_windows", "close"): "close_currency",
    ("valuation_window", "value"): "per cent",
    ("percentile_history", "percentile"): "ended on it",
    ("percentile_history", "n"): "in that window",
    ("valuation_distribution", "share_pct"): "of all in the window",
    ("relative_valuation", "value"): "own_value / other_value",
    ("forward_growth", "currency"): "EPS",
    ("forward_growth", "n"): "Brokers",
    ("forward_inputs", "currency"): "EPS",
    ("forward_inputs", "eps"): "expected",
    ("forward_inputs", "net_income_mn"): "expected",
    ("forward_inputs", "published_on"): "estimate",
    ("forward_inputs", "n"): "Brokers",
    ("basket_valuation", "value"): "basket",
    ("estimate_eps", "eps"): "EPS expected",
}


@pytest.mark.parametrize(("name", "column"), MEANT)
def test_a_column_is_told_by_what_it_is_in_its_own_table(rows, name, column):
    ((meaning,),) = rows(
        "SELECT meaning FROM dictionary WHERE object = ? AND column_name = ?", name, column
    )
    assert MEANT[name, column].lower() in meaning.lower()


def test_units_stand_in_the_names_and_the_dictionary_says_them(rows):
    assert rows(
        r"SELECT DISTINCT unit FROM dictionary WHERE column_name LIKE '%\_mn' ESCAPE '\'"
    ) == [("million",)]
    assert rows(
        r"SELECT DISTINCT unit FROM dictionary WHERE column_name LIKE '%\_pct' ESCAPE '\'"
    ) == [("per cent",)]
    assert rows(
        r"SELECT DISTINCT unit FROM dictionary WHERE column_name LIKE '%\_pp' ESCAPE '\'"
    ) == [("percentage points",)]


@pytest.mark.system
def test_absent_is_null_and_never_a_word_or_an_empty_text(rows):
    texts = rows(
        """
        SELECT CASE schema_name WHEN 'main' THEN '' ELSE schema_name || '.' END || table_name,
            column_name
        FROM duckdb_columns()
        WHERE NOT internal AND data_type = 'VARCHAR' AND table_name <> 'dictionary'
        """
    )
    for table, columns in {
        table: [c for t, c in texts if t == table] for table, _ in texts
    }.items():
        bad = " OR ".join(
            f"""lower(trim("{column}")) IN ('', 'n/a', 'nan', 'none', 'null', '-')"""
            for column in columns
        )
        assert rows(f"SELECT count(*) FROM {table} WHERE {bad}") == [(0,)], table


# The file and the command line --------------------------------------------------------------------


@pytest.fixture
def elsewhere(warehouse, tmp_path):
    """The snapshot file as it reaches a colleague: a copy, opened by nothing of ours."""
    return shutil.copyfile(warehouse.served.path, tmp_path / "harbourview.duckdb")


def test_an_analyst_opens_the_file_with_any_duckdb(elsewhere):
    with duckdb.connect(str(elsewhere), read_only=True) as connection:
        assert connection.execute(
            """
            SELECT round(value, 2)
            FROM valuation_percentiles('2026-07-31', 5)
            WHERE ticker = '0700.HK' AND metric = 'pe_ttm' AND basis = 'adjusted'
            """
        ).fetchone() == (14.25,)


@pytest.mark.system
def test_or_attaches_it_and_uses_it(elsewhere):
    with duckdb.connect() as connection:
        connection.execute(f"ATTACH '{elsewhere}' AS harbourview (READ_ONLY); USE harbourview")
        assert connection.execute(
            "SELECT count(*) > 0 FROM buyback_ytd('2025-11-21') WHERE rank = 1"
        ).fetchone() == (True,)


def test_the_snapshot_says_what_it_is(warehouse):
    ((snapshot_id, as_of, version, schema, sha),) = warehouse.rows(
        """
        SELECT snapshot_id, strftime(data_as_of, '%Y-%m-%d'), app_version, schema_version,
            inputs_sha256
        FROM snapshot
        """
    )
    assert snapshot_id == warehouse.served.snapshot_id == warehouse.result.snapshot_id
    assert as_of >= "2026-08-21"
    assert re.fullmatch(r"\d+\.\d+\.\d+", version)
    assert schema >= 1
    assert re.fullmatch(r"[0-9a-f]{64}", sha)


def test_exit_codes_are_0_2_and_4():
    assert (commands.PUBLISHED, commands.REJECTED, commands.LOCKED) == (0, 2, 4)


def test_path_prints_the_served_file_and_nothing_else(warehouse, capsys):
    assert commands.main(["path"]) == 0
    assert capsys.readouterr().out == f"{warehouse.served.path}\n"


@pytest.mark.system
def test_status_tells_people_and_machines_the_same(warehouse):
    said, told = (
        loaders("status", data=warehouse.folder, in_process=False),
        loaders("status", "--json", data=warehouse.folder, in_process=False),
    )
    assert said.returncode == told.returncode == 0
    assert said.stderr == told.stderr == ""
    status = json.loads(told.stdout)
    assert {
        "snapshot_id",
        "built_at",
        "data_as_of",
        "problem",
        "earlier",
        "tables",
        "findings",
    } <= set(status)
    assert status["snapshot_id"] == warehouse.served.snapshot_id
    assert status["problem"] is None
    assert said.stdout.startswith(f"snapshot {status['snapshot_id']}, built ")
    assert f"data as of {status['data_as_of']}" in said.stdout
    assert all(
        row["table"] in said.stdout and str(row["rows"]) in said.stdout for row in status["tables"]
    )


@pytest.mark.parametrize(
    "command", ["build", "check", "hkex", "status", "path", "rollback", "documents", "traffic"]
)
def test_every_command_explains_itself(command, capsys):
    with pytest.raises(SystemExit) as left:
        commands.main([command, "--help"])
    assert left.value.code == 0
    assert command in capsys.readouterr().out


@pytest.mark.parametrize("command", [["status"], ["path"], ["rollback"]])
def test_before_the_first_build_a_command_says_what_to_run(command, tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("HARBOURVIEW_DATA", str(tmp_path))
    assert commands.main(command) == 2
    assert "run: python -m loaders build" in capsys.readouterr().err
