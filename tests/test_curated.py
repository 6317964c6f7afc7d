"""The files of data/curated as a reader of their diffs meets them, and a dozen exchange rates typed
by hand.
"""

import csv
import re

import pytest

from loaders import reading
from loaders.build import VERSION
from tests.support.warehouses import CURATED, ROOT
from warehouse import dictionary

pytestmark = pytest.mark.unit


FILES = sorted(CURATED.glob("*.csv"))
# Rows of each file today; figures are added and restated by further rows, never taken away.
AT_LEAST = {
    "aliases": 77,
    "alternatives": 31,
    "buyback_coverage": 6,
    "buyback_mandates": 10,
    "buybacks": 1248,
    "closures": 2,
    "companies": 41,
    "corporate_actions": 116,
    "corrections": 14,
    "coverage": 11,
    "dividend_coverage": 15,
    "dividends_declared": 12,
    "document_tags": 193,
    "documents": 42,
    "earnings": 1623,
    "estimates": 170,
    "events": 98,
    "index_valuation": 592,
    "kpis": 402,
    "kpi_topics": 143,
    "like_for_like": 2,
    "listings": 39,
    "market_moves": 25,
    "prices": 5084,
    "rating_definitions": 7,
    "ratings": 51,
    "sector_stats": 265,
    "segment_breaks": 17,
    "segment_series": 8,
    "segment_themes": 42,
    "segments": 1135,
    "share_changes": 25,
    "shares": 169,
    "site_traffic": 43,
    "sources": 1083,
    "surprises": 9,
    "target_prices": 55,
    "topics": 87,
    "buyback_reports": 0,
    "price_rules": 32,
    "price_exceptions": 1,
    "vendor_corrections": 4,
}
# Where rows stand in another order than that of their key: by time, or a line beside its issuer.
ORDER = {
    "buybacks": "ticker grain measure end_date start_date venue share_class currency source_id",
    "earnings": "ticker item basis period_end period_start currency announced_on",
    "listings": "issuer_ticker ticker valid_from",
    "segment_breaks": "ticker series period_start",
    "segments": "ticker history period_end period_start parent_segment segment announced_on",
}
# Tables whose rows are names, not figures: they need no source.
UNSOURCED = {"aliases", "document_tags", "sources", "topics", "kpi_topics", "segment_themes"}
# Sources on which no row of data/curated rests: the exchange rates that come with a package.
OUTSIDE = {"ecb-euro-reference-rates", "akshare-sina", "price-files"}
# HKD to CNY and USD to CNY on the last day of a month, as the European Central Bank's rates give
# them.
RATES = (
    ("HKD", "CNY", "2005-04-29", 1.061594),
    ("HKD", "CNY", "2008-09-30", 0.881484),
    ("HKD", "CNY", "2015-08-31", 0.823504),
    ("HKD", "CNY", "2018-12-31", 0.878182),
    ("HKD", "CNY", "2021-12-31", 0.814497),
    ("HKD", "CNY", "2024-11-29", 0.930338),
    ("HKD", "CNY", "2025-12-31", 0.899392),
    ("HKD", "CNY", "2026-07-31", 0.860789),
    ("USD", "CNY", "2014-01-31", 6.061187),
    ("USD", "CNY", "2022-10-31", 7.300787),
    ("USD", "CNY", "2025-12-31", 7.001021),
    ("USD", "HKD", "2020-03-31", 7.753286),
    ("USD", "HKD", "2023-05-31", 7.834503),
    ("USD", "HKD", "2026-06-30", 7.841847),
)

each = pytest.mark.parametrize("path", FILES, ids=[path.stem for path in FILES])


@pytest.fixture(scope="module")
def declared():
    """What schema.sql declares of each table."""
    return reading.declared()


def read(path) -> tuple[list[str], list[dict]]:
    with open(path, encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file, strict=True)
        return list(reader.fieldnames), list(reader)


def test_every_file_is_known_and_holds_at_least_its_rows():
    found = {path.stem: len(read(path)[1]) for path in FILES}
    assert set(found) == set(AT_LEAST)
    assert {name: count for name, count in found.items() if count < AT_LEAST[name]} == {}


@each
def test_a_file_is_utf_8_with_plain_line_ends_and_no_stray_blanks(path):
    raw = path.read_bytes()
    text = raw.decode("utf-8")
    assert b"\r" not in raw
    assert not text.startswith("\ufeff")
    assert text.endswith("\n")
    assert not text.endswith("\n\n")
    _, rows = read(path)
    assert [
        row
        for row in rows
        if any(value != value.strip() for column, value in row.items() if column != "note")
    ] == []


@each
def test_columns_stand_in_the_order_of_the_schema(path, declared):
    assert read(path)[0] == declared[path.stem].columns


@each
def test_rows_are_sorted_by_their_key(path, declared):
    table, (_, rows) = declared[path.stem], read(path)
    order = ORDER[path.stem].split() if path.stem in ORDER else table.key
    keys = [tuple(sortable(row[part], table.types[part]) for part in order) for row in rows]
    assert keys == sorted(keys)


def sortable(value: str, kind: str):
    return float(value or "-inf") if kind in ("DOUBLE", "INTEGER", "BIGINT") else value


@each
def test_dates_are_iso_numbers_plain_and_absent_is_empty(path, declared):
    table, (_, rows) = declared[path.stem], read(path)
    for column, kind in table.types.items():
        for row in rows:
            value = row.get(column)
            if not value:
                continue
            if kind == "DATE":
                assert re.fullmatch(r"(19|20)\d\d-\d\d-\d\d", value, re.ASCII), (column, value)
            elif kind in ("DOUBLE", "INTEGER", "BIGINT"):
                assert re.fullmatch(r"-?\d+(\.\d+)?", value, re.ASCII), (column, value)
            else:
                assert value.lower() not in ("n/a", "nan", "none", "null", "-"), (column, value)


@each
def test_every_row_names_a_source_that_exists(path):
    header, rows = read(path)
    if path.stem in UNSOURCED:
        return
    there = {row["source_id"] for row in read(CURATED / "sources.csv")[1]}
    assert "source_id" in header
    assert {row["source_id"] for row in rows} - there == set()


def test_every_source_is_used():
    there = {row["source_id"] for row in read(CURATED / "sources.csv")[1]}
    used = {
        value
        for path in FILES
        if path.stem != "sources"
        for row in read(path)[1]
        for column, value in row.items()
        if column.endswith("source_id") and value
    }
    assert there - used - OUTSIDE == set()
    assert there >= OUTSIDE


def test_a_source_says_who_published_what_and_what_may_be_passed_on():
    for row in read(CURATED / "sources.csv")[1]:
        assert row["publisher"] and row["title"] and row["licence"], row["source_id"]


def test_every_ruling_names_the_test_that_the_printed_value_fails():
    for row in read(CURATED / "corrections.csv")[1]:
        assert (
            row["test"]
            and row["reason"]
            and row["printed_value"]
            and row["printed_value"] != row["ruled_value"]
        ), row["correction_id"]


def test_every_figure_kept_of_two_that_disagree_is_still_there(declared):
    rows_of = {path.stem: read(path)[1] for path in FILES}
    keys = {
        name: {"|".join(row.get(part) or "" for part in declared[name].key) for row in rows}
        for name, rows in rows_of.items()
    }
    missing = [
        (row["subject_table"], row["subject_key"])
        for row in rows_of["alternatives"]
        if row["kept_value"] and row["subject_key"] not in keys[row["subject_table"]]
    ]
    assert missing == []


@pytest.mark.parametrize(("base", "quote", "date", "rate"), RATES)
def test_the_built_in_exchange_rates_are_those_of_the_european_central_bank(
    rows, base, quote, date, rate
):
    assert rows(
        "SELECT round(rate, 6) FROM fx WHERE base = ? AND quote = ? AND date = ?", base, quote, date
    ) == [(rate,)]


def test_a_rate_and_its_inverse_are_one(rows):
    assert rows(
        """
        SELECT count(*)
        FROM fx AS a
        JOIN fx AS b ON a.base = b.quote AND a.quote = b.base AND a.date = b.date
        WHERE abs(a.rate * b.rate - 1) > 1e-12
        """
    ) == [(0,)]


# The papers of the data folder --------------------------------------------------------------------


def test_the_readme_names_every_file_and_every_column(declared):
    text = (ROOT / "data" / "README.md").read_text("utf-8")
    sections = dict(
        re.findall(r"^### `(\w+)\.csv`\n(.*?)(?=^### |^## |\Z)", text, re.MULTILINE | re.DOTALL)
    )
    assert set(sections) == set(AT_LEAST)
    for name, section in sections.items():
        assert re.findall(r"^\| `(\w+)` \|", section, re.MULTILINE) == declared[name].columns, name


def test_the_readme_is_what_the_schema_says():
    text = (ROOT / "data" / "README.md").read_text("utf-8")
    assert dictionary.tables_part(text) == dictionary.of_schema(), (
        "run: python -m warehouse.dictionary"
    )


def test_the_changelog_begins_with_the_version_of_the_code():
    first = re.search(
        r"^## (\d+\.\d+\.\d+)", (ROOT / "CHANGELOG.md").read_text("utf-8"), re.MULTILINE
    )
    assert first
    assert first.group(1) == VERSION
