"""What is wrong in a file is refused by file, line, column, value and rule, all of it in one pass,
and what was served is served still.
"""

import csv
import io
import os
import random
import re
import resource
import shutil
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import duckdb
import pytest

from loaders import checks, curated, plausible, reading
from loaders.build import build
from tests.support import screen
from tests.support.good_files import GOOD, changed, good
from tests.support.warehouses import CURATED, built, copy_of, invented, kept, loaders
from warehouse import definitions, snapshot

pytestmark = pytest.mark.system


LINE = re.compile(
    r"^(?P<file>[\w./-]+\.csv)(:(?P<line>\d+))? (?P<column>[^:]+?)( (?P<value>['\"].*['\"]))?: "
    r"rule (?P<rule>[CP]\d\d), (?P<wrong>.+)$"
)
HEADER = GOOD["prices"].lstrip().splitlines()[0] + "\n"
PRICE = "0700.HK,2024-05-17,46,,100,HKD,daily,made-up\n"

# Each is the first row of its file with one cell changed (others only to keep its key its own):
# what is said of it.
CELLS = (
    ("earnings", {"ticker": "00700"}, "C10", "no ticker of companies.csv; near: 0700.HK"),
    ("earnings", {"ticker": "0701.HK"}, "C10", "near: 0700.HK"),
    (
        "earnings",
        {"source_id": "made-upp", "announced_on": "2024-05-15", "supersedes": "2024-05-14"},
        "C17",
        "no source of sources.csv; near: made-up",
    ),
    ("prices", {"date": "yesterday"}, "C05", "no date"),
    ("prices", {"date": "2026-02-30"}, "C05", "no such day"),
    ("prices", {"date": "14/05/2024"}, "C05", "ambiguous"),
    ("prices", {"date": "03/04/2024"}, "C05", "ambiguous"),
    ("prices", {"date": "2024年5月14日"}, "C05", "no date"),
    ("prices", {"date": "２０２４-05-14"}, "C05", "no date"),
    ("prices", {"date": "45426"}, "C05", "no date"),
    ("prices", {"date": "0224-05-14"}, "C06", "year"),
    ("prices", {"close": "abc"}, "C07", "not a number"),
    ("prices", {"close": "1,512.5"}, "C07", "is 1512.5 meant?"),
    ("prices", {"close": "４６"}, "C07", "is 46 meant?"),
    ("prices", {"close": "−46"}, "C07", "is -46 meant?"),
    ("prices", {"close": "(46)"}, "C07", "not a number"),
    ("prices", {"close": "12.5%"}, "C08", "unit"),
    ("prices", {"close": "5.1亿"}, "C08", "unit"),
    ("prices", {"close": "3.2bn"}, "C08", "unit"),
    ("prices", {"close": "inf"}, "C07", "not a number"),
    ("prices", {"close": "nan"}, "C07", "not a number"),
    ("prices", {"close": "1e999"}, "C07", "finite"),
    ("prices", {"close": "N/A"}, "C07", "not a number"),
    ("prices", {"close": "—"}, "C07", "not a number"),
    ("prices", {"close": ""}, "C18", "is empty and must not be"),
    ("prices", {"close": "-46", "date": "2024-05-20"}, "P01", "a price that is not positive"),
    ("prices", {"close": "0", "date": "2024-05-21"}, "P01", "a price that is not positive"),
    ("prices", {"volume": "-1", "date": "2024-05-22"}, "P02", "a volume below zero"),
    ("buybacks", {"trusted": "yes"}, "C07", "neither true nor false"),
    ("buybacks", {"grain": "days"}, "C16", "not one of the allowed words"),
    (
        "buybacks",
        {"amount": "50000", "start_date": "2024-05-17", "end_date": "2024-05-17"},
        "C24",
        "price_low to price_high",
    ),
    (
        "earnings",
        {"announced_on": "2024-03-30", "basis": "reported"},
        "C26",
        "announced before the period ended",
    ),
    ("earnings", {"currency": ""}, "C18", "is empty and must not be"),
    (
        "earnings",
        {"currency": "USD"},
        "C27",
        (
            "0700.HK reports in CNY; a translation for the reader's convenience is marked "
            "'convenience' in the column translation"
        ),
    ),
    (
        "earnings",
        {"currency": "HKD", "item": "net_income", "unit": "million"},
        "C27",
        "0700.HK reports in CNY",
    ),
    (
        "earnings",
        {"translation": "convenience", "period_start": "2023-01-01", "period_end": "2023-03-31"},
        "C27",
        "0700.HK reports in CNY: a figure in CNY is no translation",
    ),
    (
        "earnings",
        {
            "translation": "yes",
            "currency": "USD",
            "period_end": "2023-06-30",
            "period_start": "2023-04-01",
        },
        "C16",
        "not one of the allowed words",
    ),
    (
        "earnings",
        {"announced_on": "2024-06-14"},
        "C28",
        (
            "a second figure of 0700.HK eps_diluted adjusted, 2024-01-01 to 2024-03-31, in CNY, "
            "beside earnings.csv:6, announced on 2024-05-15; where it is restated, supersedes "
            "names"
        ),
    ),
    (
        "earnings",
        {"supersedes": "2024-05-15", "announced_on": "2024-07-14"},
        "C28",
        "the figure before this one is earnings.csv:13, announced on 2024-06-14",
    ),
    (
        "earnings",
        {"supersedes": "2023-03-20", "ticker": "9999.HK"},
        "C28",
        (
            "no figure of 9999.HK eps_diluted adjusted, 2024-01-01 to 2024-03-31, in CNY was "
            "announced on that day"
        ),
    ),
    (
        "earnings",
        {"supersedes": "2024-07-14", "announced_on": "2024-07-14", "ticker": "9999.HK"},
        "C28",
        "a restatement is announced after the figure it restates; this one on 2024-07-14",
    ),
    (
        "earnings",
        {"supersedes": "2024-05-14", "announced_on": "", "basis": "reported", "ticker": "9999.HK"},
        "C28",
        "this one on a day not known",
    ),
    ("segments", {"announced_on": "2024-03-31"}, "C26", "announced before the period ended"),
    (
        "corrections",
        {
            "printed_value": "3400001",
            "correction_id": "C02",
            "column_name": "amount",
            "ruled_value": "1",
        },
        "C31",
        "buybacks.csv now says 3400000.0: the ruling was made for another value",
    ),
    (
        "corrections",
        {"subject_key": "0700.HK|week", "correction_id": "C03"},
        "C30",
        "no row of buybacks.csv has this key",
    ),
    (
        "corrections",
        {"column_name": "share", "correction_id": "C04"},
        "C30",
        "no such table or column",
    ),
)

# Each is a file of landed prices: where it is refused, the rule, and what is said.
FILES = (
    (
        "renamed",
        HEADER.replace("close", "closing", 1) + PRICE,
        ":1 close",
        "C09",
        "the column is missing; is 'closing' meant?",
    ),
    ("missing", HEADER.replace(",volume", "") + PRICE, ":1 volume", "C09", "the column is missing"),
    (
        "unknown",
        HEADER.replace("source_id", "source_id,turnover") + PRICE,
        ":1 turnover",
        "C09",
        "is no column of this table (ticker, date, close",
    ),
    (
        "twice",
        HEADER.replace("adj_close", "close") + PRICE,
        ":1 close",
        "C09",
        "stands twice in the header",
    ),
    (
        "extra",
        HEADER + PRICE.replace("made-up", "made-up,7"),
        ":2 line",
        "C02",
        "9 fields, the header has 8",
    ),
    ("few", HEADER + PRICE.replace(",daily", ""), ":2 line", "C02", "7 fields, the header has 8"),
    (
        "thousands",
        HEADER + PRICE.replace(",46,", ",1,512.5,"),
        ":2 line",
        "C02",
        "9 fields, the header has 8",
    ),
    (
        "quote",
        HEADER + PRICE.replace("HKD", '"HKD') + PRICE,
        ":2 line",
        "C04",
        "a quote that opens here does not close as it should",
    ),
    ("nul", HEADER + PRICE.replace("46", "4\x006"), ":2 file", "C04", "a NUL byte at byte 84"),
    ("empty", "", " file", "C11", "the file is empty"),
    ("blank", "\n \n", " file", "C11", "the file is empty"),
    (
        "html",
        "<!DOCTYPE html><title>Too Many Requests</title>\n",
        ":1 file",
        "C11",
        "an HTML page, not a CSV file",
    ),
    ("utf16", HEADER.encode("utf-16"), " file", "C01", "UTF-16"),
    (
        "gbk",
        (HEADER + PRICE.replace("0700.HK", "腾讯")).encode("gbk"),
        ":2 file",
        "C01",
        "not UTF-8 at byte 64",
    ),
    (
        "cut",
        HEADER + PRICE[:-9],
        ":2 file",
        "C03",
        "the last line has no line end: the file may be cut off",
    ),
    (
        "other",
        HEADER + "0700.HK,2024-05-14,47,,,HKD,daily,made-up\n",
        ":2 ticker frequency date",
        "P03",
        "the same key with other values stands at prices.csv:2",
    ),
    (
        "same",
        HEADER + "0700.HK,2024-05-14,46,,100,HKD,daily,made-up\n",
        ":2 ticker frequency date",
        "P03",
        "the same row stands at prices.csv:2",
    ),
    ("semicolon", HEADER.replace(",", ";"), ":1 line", "C09", "fields are set apart by ';'"),
)


def bad_line(table: str, cells: dict[str, str]) -> str:
    """The first row of the good file with these cells changed, as a CSV line."""
    header, first, *_ = csv.reader(io.StringIO(GOOD[table].lstrip()))
    assert set(cells) <= set(header)
    line = io.StringIO()
    csv.writer(line, lineterminator="\n").writerow(
        cells.get(column, cell) for column, cell in zip(header, first)
    )
    return line.getvalue()


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    """A data folder whose good files are built and served."""
    return copy_of(good(), tmp_path_factory.mktemp("desk") / "data")


@pytest.fixture(scope="module")
def refused(tmp_path_factory):
    """What one build says of a folder with all of CELLS and FILES in it, while the snapshot before
    it is served.
    """
    made = copy_of(good(), tmp_path_factory.mktemp("refused") / "data")
    before = made.served
    for table in {table for table, *_ in CELLS}:
        path = made.folder / "curated" / f"{table}.csv"
        path.write_text(
            path.read_text("utf-8")
            + "".join(bad_line(t, cells) for t, cells, *_ in CELLS if t == table),
            "utf-8",
        )
    for name, content, *_ in FILES:
        (made.folder / "prices" / f"{name}.csv").write_bytes(
            content if isinstance(content, bytes) else content.encode("utf-8")
        )
    result = build(made.folder, say=lambda text: None)
    assert result.snapshot_id is None
    assert made.served == before
    assert made.served.problem is None
    assert list((made.folder / "warehouse").glob("stage-*")) == []
    return result.rejected


# What is refused ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "case",
    range(len(CELLS)),
    ids=[f"{table}-{'-'.join(next(iter(cells.items())))}" for table, cells, *_ in CELLS],
)
def test_a_wrong_cell_is_named_by_file_line_column_value_and_rule(refused, case):
    table, cells, rule, words = CELLS[case]
    line = len(GOOD[table].strip().splitlines()) + 1 + sum(t == table for t, *_ in CELLS[:case])
    column, value = next(iter(cells.items()))
    (said,) = [rejection for rejection in refused if rejection.startswith(f"{table}.csv:{line} ")]
    found = LINE.match(said)
    assert found, said
    assert (found["column"], found["rule"]) == (
        "column_name" if words == "no such table or column" else column,
        rule,
    )
    assert found["value"] is None if value == "" else value in found["value"]
    assert words in found["wrong"]


@pytest.mark.parametrize(
    ("name", "content", "place", "rule", "words"), FILES, ids=[name for name, *_ in FILES]
)
def test_a_file_that_is_not_what_its_name_says_is_refused(
    refused, name, content, place, rule, words
):
    said = [rejection for rejection in refused if rejection.startswith(f"prices/{name}.csv")]
    assert any(
        rejection.startswith(f"prices/{name}.csv{place}")
        and f"rule {rule}, " in rejection
        and words in rejection
        for rejection in said
    ), said


def test_all_of_it_is_said_in_one_pass_and_nothing_else_is(refused):
    places = {re.match(r"[^: ]+(:\d+)?", rejection)[0] for rejection in refused}
    assert len({place for place in places if not place.startswith("prices/")}) == len(CELLS)
    assert {place.split(":")[0] for place in places if place.startswith("prices/")} == {
        f"prices/{name}.csv" for name, *_ in FILES
    }
    assert all(LINE.match(rejection) for rejection in refused)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "companies.csv file: rule C11, is missing"),
        (
            b"",
            (
                "companies.csv file: rule C11, the file is empty; a table without rows keeps its "
                "header line"
            ),
        ),
        (
            GOOD["companies"].lstrip().encode("gbk"),
            "companies.csv:2 file: rule C01, not UTF-8 at byte",
        ),
    ],
    ids=["missing", "empty", "gbk"],
)
def test_without_a_universe_only_that_is_said(desk, content, said):
    path = desk.folder / "curated" / "companies.csv"
    path.unlink() if content is None else path.write_bytes(content)
    try:
        (rejection,) = build(desk.folder, say=lambda text: None).rejected
    finally:
        path.write_text(GOOD["companies"].lstrip(), "utf-8")
    assert rejection.startswith(said)


def test_a_file_that_no_table_bears_names_the_nearest_one(desk):
    path = desk.folder / "curated" / "buyback.csv"
    path.write_text("a\n")
    try:
        assert build(desk.folder, say=lambda text: None).rejected == [
            "buyback.csv file: rule C09, is no table of schema.sql; is buybacks.csv meant?"
        ]
    finally:
        path.unlink()


# An EPS against the shares ------------------------------------------------------------------------

# One defect each in the repository's own figures: ticker, basis, period, cells in place of those
# printed, what is suspected.
DEFECTS = (
    (
        "0700.HK",
        "adjusted",
        "2018-07-01",
        "2018-09-30",
        {"value": "20.61"},
        "is the EPS 10 times too large",
    ),
    (
        "0700.HK",
        "adjusted",
        "2024-07-01",
        "2024-09-30",
        {"value": "634"},
        "is the EPS 100 times too large",
    ),
    (
        "0700.HK",
        "reported",
        "2019-07-01",
        "2019-09-30",
        {"value": "0.2127"},
        "is the EPS 10 times too small",
    ),
    (
        "0700.HK",
        "reported",
        "2026-04-01",
        "2026-06-30",
        {"value": "6104"},
        "is the EPS 1000 times too large",
    ),
    (
        "0772.HK",
        "adjusted",
        "2024-01-01",
        "2024-12-31",
        {"value": "112"},
        "is the EPS 100 times too large",
    ),
    (
        "1024.HK",
        "adjusted",
        "2025-04-01",
        "2025-06-30",
        {"value": "13.19"},
        "is the EPS 10 times too large",
    ),
    (
        "1024.HK",
        "reported",
        "2022-04-01",
        "2022-06-30",
        {"value": "-7.48"},
        "is the EPS 10 times too large",
    ),
    (
        "1698.HK",
        "adjusted",
        "2025-01-01",
        "2025-03-31",
        {"unit": "per share"},
        "is this per ADS (2 shares)?",
    ),
    ("1698.HK", "reported", "2019-01-01", "2019-06-30", {"unit": "per ADS"}, None),
    (
        "1698.HK",
        "reported",
        "2024-01-01",
        "2024-12-31",
        {"unit": "per share"},
        "is this per ADS (2 shares)?",
    ),
    (
        "1810.HK",
        "reported",
        "2020-01-01",
        "2020-03-31",
        {"value": "0.89"},
        "is the EPS 10 times too large",
    ),
    (
        "1810.HK",
        "adjusted",
        "2025-01-01",
        "2025-03-31",
        {"value": "41.05"},
        "is the EPS 100 times too large",
    ),
    (
        "3690.HK",
        "reported",
        "2020-04-01",
        "2020-06-30",
        {"value": "3.7"},
        "is the EPS 10 times too large",
    ),
    (
        "3690.HK",
        "reported",
        "2026-01-01",
        "2026-03-31",
        {"value": "-0.1126"},
        "is the EPS 10 times too small",
    ),
    (
        "6618.HK",
        "reported",
        "2025-01-01",
        "2025-06-30",
        {"value": "82"},
        "is the EPS 100 times too large",
    ),
    (
        "9618.HK",
        "adjusted",
        "2024-01-01",
        "2024-03-31",
        {"unit": "per share"},
        "is this per ADS (2 shares)?",
    ),
    (
        "9618.HK",
        "adjusted",
        "2023-07-01",
        "2023-09-30",
        {"unit": "per ADS"},
        "is this per share (one ADS is 2 shares)?",
    ),
    (
        "9618.HK",
        "reported",
        "2025-10-01",
        "2025-12-31",
        {"unit": "per share"},
        "is this per ADS (2 shares)?",
    ),
    (
        "9626.HK",
        "adjusted",
        "2025-04-01",
        "2025-06-30",
        {"value": "12.9"},
        "is the EPS 10 times too large",
    ),
    (
        "9888.HK",
        "adjusted",
        "2021-04-01",
        "2021-06-30",
        {"unit": "per share"},
        "is this per ADS (8 shares)?",
    ),
    (
        "9888.HK",
        "reported",
        "2026-01-01",
        "2026-03-31",
        {"value": "1.095"},
        "is this per share (one ADS is 8 shares)?",
    ),
    (
        "9961.HK",
        "reported",
        "2025-10-01",
        "2025-12-31",
        {"value": "60.9"},
        "is the EPS 10 times too large",
    ),
    (
        "9988.HK",
        "adjusted",
        "2018-04-01",
        "2018-06-30",
        {"unit": "per share"},
        "is this per ADS (8 shares)?",
    ),
    (
        "9988.HK",
        "adjusted",
        "2020-01-01",
        "2020-03-31",
        {"unit": "per ADS"},
        "is this per share (one ADS is 8 shares)?",
    ),
    (
        "9988.HK",
        "reported",
        "2021-10-01",
        "2021-12-31",
        {"value": "60.08"},
        "is this multiplied by the 8 shares of an ADS twice?",
    ),
    (
        "9999.HK",
        "adjusted",
        "2019-01-01",
        "2019-03-31",
        {"unit": "per share"},
        "is this per ADS (25 shares)?",
    ),
    (
        "9999.HK",
        "adjusted",
        "2023-07-01",
        "2023-09-30",
        {"unit": "per share"},
        "is this per ADS (5 shares)?",
    ),
    (
        "9999.HK",
        "reported",
        "2026-04-01",
        "2026-06-30",
        {"unit": "per ADS"},
        "is this per share (one ADS is 5 shares)?",
    ),
    (
        "PDD",
        "adjusted",
        "2025-04-01",
        "2025-06-30",
        {"unit": "per share"},
        "is this per ADS (4 shares)?",
    ),
    (
        "PDD",
        "reported",
        "2022-04-01",
        "2022-06-30",
        {"value": "0.618"},
        "is the EPS 10 times too small",
    ),
)
# Of the half-year to June 2019 the file has an EPS and no profit: nothing tells that it is wrong.
UNTOLD = [defect for defect in DEFECTS if defect[-1] is None]


def place_of(rows: list[dict], ticker: str, basis: str, start: str, end: str) -> int:
    """Line of the first print of an EPS in earnings.csv."""
    return next(
        number
        for number, row in enumerate(rows, 2)
        if (row["ticker"], row["item"], row["basis"], row["period_start"], row["period_end"])
        == (ticker, "eps_diluted", basis, start, end)
    )


@pytest.fixture(scope="module")
def planted(tmp_path_factory):
    """What the build says of the repository's own figures with all of DEFECTS in them, by line of
    earnings.csv.
    """
    folder = tmp_path_factory.mktemp("planted") / "data"
    shutil.copytree(CURATED, folder / "curated")
    path = folder / "curated" / "earnings.csv"
    with open(path, encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    lines = [place_of(rows, *defect[:4]) for defect in DEFECTS]
    for line, (*_, cells, _) in zip(lines, DEFECTS):
        assert all(rows[line - 2][column] != cell for column, cell in cells.items())
        rows[line - 2].update(cells)
    with open(path, "w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    rejected = build(folder, say=lambda text: None).rejected
    return (
        lines,
        {int(re.match(r"earnings\.csv:(\d+) ", rejection)[1]): rejection for rejection in rejected},
        len(rejected),
    )


@pytest.mark.parametrize(
    "case",
    range(len(DEFECTS)),
    ids=["-".join([*defect[:2], defect[3], *defect[4].values()]) for defect in DEFECTS],
)
def test_an_eps_in_a_wrong_unit_is_refused_and_the_unit_suspected_is_named(planted, case):
    lines, said, _ = planted
    *_, _cells, words = DEFECTS[case]
    if words is None:
        assert lines[case] not in said
        return
    found = LINE.match(said[lines[case]])
    assert (found["column"], found["rule"]) == ("value", "C29")
    assert words in found["wrong"]
    assert re.search(
        (
            r"with the profit of earnings\.csv:\d+ it implies [\d,]+ million shares, [\d,.]+ "
            r"times (more|fewer) than the [\d,]+ million (of shares\.csv:\d+|that \d+ other "
            r"results)"
        ),
        found["wrong"],
    )


def test_the_other_figures_beside_them_are_not_suspected(planted):
    lines, said, count = planted
    assert set(said) == {line for line, defect in zip(lines, DEFECTS) if defect not in UNTOLD}
    assert count == len(said) == len(DEFECTS) - len(UNTOLD)


def figures_of(folder: Path) -> dict[str, reading.Rows]:
    """The rows of the files whose figures are held against each other."""
    return {
        name: reading.read(folder / f"{name}.csv", reading.declared()[name], f"{name}.csv")[0]
        for name in (
            "companies",
            "listings",
            "corporate_actions",
            "shares",
            "earnings",
            "segments",
            "buybacks",
        )
    }


def test_no_figure_as_printed_is_suspected():
    assert plausible.implausible_counts(plausible.counts_by_company(figures_of(CURATED))) == []


@pytest.mark.parametrize("ratio", [1, 2, 4, 8, 25])
def test_rounding_dilution_and_profits_near_zero_raise_no_suspicion(ratio):
    """A thousand quarters of invented companies, told to the cent: no line is refused for what an
    honest print can be.
    """
    every, random_of, noise = figures_of(CURATED), random.Random(ratio), 0.12
    earnings = reading.Rows(every["earnings"].table)
    template = every["earnings"].values[0]
    for company in range(50):
        shares, size = 10 ** random_of.uniform(2, 4.5), 10 ** random_of.uniform(1, 4.5)
        for quarter in range(20):
            profit = round(
                size
                * random_of.choice([1, 1, 1, 1.2, -0.6, 0.02, -0.01, 0.003])
                * random_of.uniform(0.7, 1.3)
            )
            # the EPS rests on the profit less what other holders get first, over a diluted count
            eps = round(
                (profit - random_of.uniform(0, 0.02) * size)
                / (shares * random_of.uniform(1 - noise, 1 + noise))
                * ratio,
                2,
            )
            shares *= random_of.uniform(0.985, 1.01)
            start = date(2019 + quarter // 4, quarter % 4 * 3 + 1, 1)
            end = (start + timedelta(days=100)).replace(day=1) - timedelta(days=1)
            row = template | {
                "ticker": f"{company:04d}.HK",
                "period_start": start,
                "period_end": end,
                "announced_on": end + timedelta(days=40),
            }
            earnings.values += [
                row | {"value": float(eps), "unit": "per ADS" if ratio > 1 else "per share"},
                row | {"item": "net_income", "value": float(profit), "unit": "million"},
            ]
            earnings.places += [
                ("earnings.csv", len(earnings.places) + 2),
                ("earnings.csv", len(earnings.places) + 3),
            ]
    listings = reading.Rows(
        every["listings"].table,
        [
            every["listings"].values[0]
            | {
                "ticker": f"A{c}",
                "issuer_ticker": f"{c:04d}.HK",
                "share_class": "ADS",
                "shares_per_ads": float(ratio),
            }
            for c in range(50)
        ],
        [("listings.csv", c) for c in range(50)],
    )
    assert [
        str(found)
        for found in plausible.implausible_counts(
            plausible.counts_by_company({"earnings": earnings, "listings": listings})
        )
    ] == []


def test_a_split_is_no_suspicion_once_it_is_a_corporate_action(tmp_path):
    """Ten new shares for one: counts before and after it are compared on today's basis."""

    def results(value, start, end, announced):
        return "".join(
            (
                f"9999.HK,{item},adjusted,{start},{end},{announced},,{figure},{unit},CNY,,,exact,"
                "printed,made-up,,\n"
            )
            for item, figure, unit in (
                ("eps_diluted", value, "per share"),
                ("net_income", 3000, "million"),
            )
        )

    files = GOOD | {
        "earnings": GOOD["earnings"]
        + results(3, "2023-01-01", "2023-03-31", "2023-05-14")
        + results(3, "2023-04-01", "2023-06-30", "2023-08-14")
        + results(3, "2023-07-01", "2023-09-30", "2023-11-14")
        + results(0.3, "2023-10-01", "2023-12-31", "2024-03-14")
    }
    made = invented(tmp_path / "data", **files)
    (said,) = made.result.rejected
    assert said.startswith("earnings.csv:10 value '0.3': rule C29, ")
    assert (
        "10.0 times more than the 1,000 million that 3 other results within three years "
        "imply: is the EPS 10 times too small"
    ) in said
    action = (
        "ticker,ex_date,kind,item,amount,currency,ratio,source_id,note\n"
        "9999.HK,2024-01-02,split,,,,10,made-up,\n"
    )
    assert built(tmp_path / "data", {"corporate_actions": action}).result.rejected == []


# Restatements and translations as they should be --------------------------------------------------


def eps(
    announced: str,
    supersedes: str = "",
    value: float = 1.5,
    currency: str = "CNY",
    translation: str = "",
) -> str:
    return (
        f"0700.HK,eps_diluted,adjusted,2024-01-01,2024-03-31,{announced},{supersedes},"
        f"{value},per share,{currency},{translation},,exact,printed,made-up,,\n"
    )


def test_a_chain_of_three_is_legal_and_so_is_a_marked_translation(tmp_path):
    made = invented(
        tmp_path / "data",
        **GOOD
        | {
            "earnings": GOOD["earnings"]
            + eps("2024-08-14", "2024-05-14", 1.6)
            + eps("2024-11-13", "2024-08-14", 1.7)
            + eps("2024-05-14", "", 0.21, "USD", "convenience")
        },
    )
    assert made.result.rejected == []
    assert made.rows(
        """
        SELECT printed_value, version
        FROM earnings_items
        WHERE item = 'eps_diluted' AND in_reporting_currency
        ORDER BY version
        """
    ) == [(1.5, 1), (1.6, 2), (1.7, 3)]
    assert made.rows(
        "SELECT currency, translation FROM printed.earnings WHERE translation IS NOT NULL"
    ) == [("USD", "convenience")]


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        (
            eps("2024-08-14"),
            (
                "earnings.csv:4 announced_on '2024-08-14': rule C28, a second figure of 0700.HK "
                "eps_diluted adjusted, 2024-01-01 to 2024-03-31, in CNY, beside earnings.csv:2, "
                "announced on 2024-05-14; "
            ),
        ),
        (
            eps("2024-08-14", "2024-05-14") + eps("2024-11-13", "2024-05-14"),
            (
                "earnings.csv:5 supersedes '2024-05-14': rule C28, the figure before this one is "
                "earnings.csv:4, announced on 2024-08-14"
            ),
        ),
        (
            eps("2024-08-14", "2024-05-13"),
            (
                "earnings.csv:4 supersedes '2024-05-13': rule C28, no figure of 0700.HK "
                "eps_diluted adjusted, 2024-01-01 to 2024-03-31, in CNY was announced on that day"
            ),
        ),
        (
            eps("", value=1.4),
            (
                "earnings.csv:2 announced_on '2024-05-14': rule C28, a second figure of 0700.HK "
                "eps_diluted adjusted, 2024-01-01 to 2024-03-31, in CNY, beside earnings.csv:4, "
                "whose announced_on is not known"
            ),
        ),
        (
            eps("2024-05-14", value=1.4),
            (
                "earnings.csv:4 ticker item basis period_start period_end currency announced_on "
                "'0700.HK|eps_diluted|adjusted|2024-01-01|2024-03-31|CNY|2024-05-14': rule P03, "
            ),
        ),
        (
            eps("2024-05-14", value=0.21, currency="USD"),
            "earnings.csv:4 currency 'USD': rule C27, 0700.HK reports in CNY; a translation",
        ),
    ],
    ids=["second", "fork", "no such day", "day not known", "same day", "unmarked currency"],
)
def test_a_second_figure_says_what_it_is_or_is_refused(desk, rows, said):
    path = desk.folder / "curated" / "earnings.csv"
    path.write_text(GOOD["earnings"].lstrip() + rows, "utf-8")
    try:
        (rejection,) = build(desk.folder, say=lambda text: None).rejected
    finally:
        path.write_text(GOOD["earnings"].lstrip(), "utf-8")
    assert rejection.startswith(said)
    assert desk.served.problem is None
    assert desk.served.snapshot_id == desk.result.snapshot_id


def test_the_repository_names_its_own_restatements_and_translations():
    with open(CURATED / "earnings.csv", encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert sorted(
        {
            (row["ticker"], row["item"], row["period_end"], row["announced_on"], row["supersedes"])
            for row in rows
            if row["supersedes"]
        }
    ) == [
        ("9988.HK", "eps_diluted", "2021-12-31", "2022-05-26", "2022-02-24"),
        ("9988.HK", "net_income", "2021-12-31", "2022-05-26", "2022-02-24"),
    ]
    assert {row["currency"] for row in rows if row["translation"]} == {"USD"}
    assert sum(row["translation"] == "convenience" for row in rows) == 5


# What is kept and not used ------------------------------------------------------------------------

ESTIMATES = (
    "broker,broker_basis,broker_printed,estimate_kind,quoted_by,ticker,metric,metric_printed,"
    "basis,basis_basis,fiscal_year,fiscal_year_printed,fiscal_year_end,fiscal_period,period_end,"
    "value,previous_value,"
    "revision_pct,growth_pct,currency,currency_basis,unit,per,published_on,published_printed,"
    "quality,date_basis,source_id,locator,note\n"
)


def estimate(broker: str, year: int, published_on: str, year_end: str = "12-31") -> str:
    end = f"{year}-{year_end}" if year_end else ""
    return (
        f"{broker},printed,{broker},broker,,0700.HK,eps_diluted,EPS,adjusted,printed,{year},"
        f"{year}E,{end},{year}FY,{end},7,,,,CNY,printed,per "
        f"share,share,{published_on},,exact,{'printed' if published_on else 'convention'},"
        "made-up,,\n"
    )


def old_quarter(start: str, end: str, announced: str) -> str:
    """RMB results before the first exchange rate known, so that an HKD price has none."""
    return (
        f"9999.HK,eps_diluted,adjusted,{start},{end},{announced},,1,per "
        "share,CNY,,,exact,printed,made-up,,\n"
    )


@pytest.fixture(scope="module")
def quarantined():
    """A folder with all that waits in the file and enters no figure."""
    made = kept(
        "quarantined",
        lambda folder: invented(
            folder / "data",
            **GOOD
            | {
                "prices": GOOD["prices"]
                + "0700.HK,2024-05-18,460,,,HKD,daily,made-up\n"
                + "".join(
                    f"9999.HK,{day},12,,,HKD,daily,made-up\n"
                    for day in ("2003-04-01", "2003-04-02", "2003-04-03")
                ),
                "earnings": GOOD["earnings"]
                + (
                    "0700.HK,eps_diluted,adjusted,2024-04-01,2024-06-30,2098-03-02,,1.6,per "
                    "share,CNY,,,exact,printed,made-up,,\n"
                )
                + old_quarter("2002-01-01", "2002-03-31", "2002-05-14")
                + old_quarter("2002-04-01", "2002-06-30", "2002-08-14")
                + old_quarter("2002-07-01", "2002-09-30", "2002-11-13")
                + old_quarter("2002-10-01", "2002-12-31", "2003-03-19"),
                "estimates": ESTIMATES
                + estimate("Broker", 2024, "")
                + estimate("Broker", 2025, "")
                + estimate("Other", 2098, "2098-03-02")
                + estimate("Other", 2026, "2024-05-16", ""),
                "buybacks": GOOD["buybacks"]
                + (
                    "0700.HK,month,bought,2024-04-01,2024-04-30,Hong "
                    "Kong,ordinary,share,1000,46500,HKD,,,unknown,unknown,2098-03-02,printed,"
                    ",true,exact,made-up,,\n"
                ),
            },
        ),
    )
    assert made.result.rejected == []
    return made


@pytest.mark.parametrize(
    ("code", "severity", "table", "found"),
    [
        (
            "M01",
            "warn",
            "prices",
            [("0700.HK", "2024-05-18", "a close on a day that is no session of HKEX: not used")],
        ),
        (
            "V01",
            "warn",
            "valuation",
            [
                (
                    "9999.HK",
                    "2003-04-01 to 2003-04-03",
                    (
                        "3 sessions have no PE, because no CNY to HKD rate of the ten days "
                        "before is known"
                    ),
                )
            ],
        ),
        (
            "D01",
            "warn",
            "earnings",
            [
                (
                    "0700.HK",
                    "adjusted eps_diluted to 2024-06-30",
                    "announced on 2098-03-02, after today: counts from then on",
                )
            ],
        ),
        (
            "D01",
            "warn",
            "estimates",
            [
                (
                    "0700.HK",
                    "Other eps_diluted 2098FY",
                    "published on 2098-03-02, after today: counts from then on",
                )
            ],
        ),
        (
            "D01",
            "warn",
            "buybacks",
            [
                (
                    "0700.HK",
                    "month to 2024-04-30",
                    "published on 2098-03-02, after today: counts from then on",
                )
            ],
        ),
        (
            "F01",
            "note",
            "estimates",
            [("0700.HK", "Broker", "2 estimates without a day: shown as undated, in no consensus")],
        ),
        (
            "F02",
            "note",
            "estimates",
            [
                (
                    "0700.HK",
                    "Other",
                    (
                        "1 estimate of a fiscal year whose end is not certain (2026E): shown as "
                        "printed, in no consensus"
                    ),
                )
            ],
        ),
    ],
    ids=[
        "weekend",
        "no rate",
        "future results",
        "future estimate",
        "future statement",
        "undated",
        "uncertain year",
    ],
)
def test_what_is_not_used_is_a_finding(quarantined, code, severity, table, found):
    assert (
        quarantined.rows(
            """
            SELECT ticker, ref, message
            FROM findings
            WHERE code = ? AND severity = ? AND subject_table = ?
            ORDER BY ALL
            """,
            code,
            severity,
            table,
        )
        == found
    )


def test_and_stands_in_the_file_as_it_was_given(quarantined):
    assert quarantined.rows("SELECT close FROM prices WHERE date = '2024-05-18'") == [(460,)]
    assert quarantined.rows(
        """
        SELECT (
            SELECT count(*) FROM estimates
        ), (
        SELECT count(*)
        FROM printed.earnings
        WHERE announced_on > '2090-01-01'), (
        SELECT count(*)
        FROM printed.buybacks
        WHERE published_on > '2090-01-01')
        """
    ) == [(4, 1, 1)]


def test_and_enters_no_figure_of_any_evening_before(quarantined):
    assert quarantined.rows(
        """
        SELECT count(*)
        FROM valuation
        WHERE eps_announced_on > '2090-01-01' OR metric = 'pe_ttm' AND date < '2004-01-01'
            AND value IS NOT NULL
        """
    ) == [(0,)]
    assert quarantined.rows(
        "SELECT amount_hkd FROM buyback_ytd('2097-12-31') WHERE ticker = '0700.HK'"
    ) == [(None,)]
    assert quarantined.rows(
        "SELECT amount_hkd FROM buyback_ytd('2024-05-16') WHERE ticker = '0700.HK'"
    ) == [(3400000,)]


@pytest.mark.parametrize(
    ("clock", "is_future"),
    [("2024-05-13T15:59", True), ("2024-05-13T16:00", False), ("2024-05-14T12:00", False)],
)
def test_today_is_the_day_in_hong_kong_by_the_clock_of_the_audit(desk, tmp_path, clock, is_future):
    copied = shutil.copyfile(desk.served.path, tmp_path / "copy.duckdb")
    with duckdb.connect(str(copied)) as connection:
        connection.execute("DELETE FROM findings")
        checks.audit(connection, datetime.fromisoformat(clock).replace(tzinfo=UTC))
        future = connection.execute(
            "SELECT count(*) FROM findings WHERE code = 'D01' AND subject_table = 'earnings'"
        ).fetchone()[0]
    assert (future > 0) == is_future


# What is not refused ------------------------------------------------------------------------------

MARKUP = "<img src=x onerror=alert(1)> =HYPERLINK(1)"


@pytest.fixture(scope="module")
def odd(tmp_path_factory):
    """A folder with all that is unusual and still right: each test names one thing of it."""
    folder = tmp_path_factory.mktemp("odd") / "data"
    (folder / "prices").mkdir(parents=True)
    landed = [
        "source_id,frequency,currency,volume,adj_close,close,date,ticker",
        "made-up,daily,HKD,,,48, 2024-05-17 ,0700.HK\u00a0",
        "",
    ]
    (folder / "prices" / "windows.csv").write_bytes(
        ("\ufeff" + "\r\n".join(landed)).encode("utf-8")
    )
    made = invented(
        folder,
        **GOOD
        | {
            "segments": changed("segments", ",400,CNY", ",390,CNY"),
            "earnings": changed(
                "earnings", "exact,printed,made-up,,", f"exact,printed,made-up,,{MARKUP}"
            ),
            "closures": "exchange,date,cause,source_id\n",
        },
    )
    assert made.result.rejected == []
    return made


def test_a_table_with_its_header_only_has_no_rows_and_is_accepted(odd):
    assert odd.rows("SELECT count(*) FROM closures") == [(0,)]


def test_a_byte_order_mark_windows_line_ends_another_column_order_and_hidden_blanks_are_accepted(
    odd,
):
    assert odd.rows("SELECT ticker, close FROM prices WHERE date = '2024-05-17'") == [
        ("0700.HK", 48.0)
    ]


def test_segments_that_miss_revenue_by_more_than_half_a_per_cent_are_a_finding_and_no_refusal(odd):
    assert odd.rows("SELECT severity, ticker, ref, message FROM findings WHERE code = 'S01'") == [
        (
            "warn",
            "0700.HK",
            "2024Q1",
            (
                "segments sum to 990 million, revenue is 1000 million (-1.0 %): only some "
                "segments are known"
            ),
        )
    ]


def test_markup_and_formulas_in_a_note_are_kept_as_the_text_they_are(odd):
    assert odd.rows("SELECT note FROM printed.earnings WHERE note IS NOT NULL") == [(MARKUP,)]


def test_without_any_price_there_is_nothing_to_serve(tmp_path):
    made = invented(tmp_path / "data", **GOOD | {"prices": HEADER})
    assert made.result.snapshot_id is None
    assert "rule A04, no price is loaded" in made.result.rejected[0]


def test_a_correction_puts_the_ruled_value_in_place_and_says_so(desk):
    assert desk.rows("SELECT shares, quality, correction_id FROM buybacks WHERE grain = 'ytd'") == [
        (76000, "ruled", "C01")
    ]


# The command line ---------------------------------------------------------------------------------


def test_a_refused_build_exits_2_says_what_is_served_and_shows_no_traceback(desk):
    path = desk.folder / "curated" / "prices.csv"
    path.write_text(changed("prices", ",46,,", ",abc,,").replace("9999.HK", "9998.HK"), "utf-8")
    try:
        done = loaders("build", data=desk.folder, in_process=False)
        checked = loaders("check", data=desk.folder)
    finally:
        path.write_text(GOOD["prices"].lstrip(), "utf-8")
    assert done.returncode == checked.returncode == 2
    assert done.stderr == checked.stderr
    end = f"; nothing was published, still serving {desk.served.snapshot_id}"
    assert done.stderr.splitlines() == [
        f"prices.csv:2 close 'abc': rule C07, not a number{end}",
        f"prices.csv:4 ticker '9998.HK': rule C10, no ticker of companies.csv; near: 9999.HK{end}",
        f"2 rejected{end}",
    ]


def test_a_first_build_that_is_refused_says_that_nothing_is_served_yet(tmp_path):
    (tmp_path / "curated").mkdir()
    (tmp_path / "curated" / "companies.csv").write_bytes(b"")
    done = loaders("build", data=tmp_path, in_process=False)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    assert "companies.csv file: rule C11, the file is empty" in done.stderr
    assert "nothing is served yet" in done.stderr


def test_a_folder_without_figures_is_named(tmp_path):
    done = loaders("build", data=tmp_path)
    assert done.returncode == 2
    assert "holds no curated file" in done.stderr
    assert "Traceback" not in done.stderr


# The thirty bad inputs ----------------------------------------------------------------------------
#
# Numbered and named after the table of the reliability file: a file of data/prices or of
# data/curated, what it holds, and every line that is said of it: line, column, value, rule, words.
# Nothing else is said, and nothing less.

LANDED = "prices/0700.HK.csv"


def price(
    ticker="0700.HK", day="2024-05-17", close="46", volume="100", currency="HKD", source="made-up"
) -> str:
    return f"{ticker},{day},{close},,{volume},{currency},daily,{source}\n"


def landed(*rows: str) -> str:
    return HEADER + "".join(rows)


def longer(table: str, *cells: dict[str, str]) -> str:
    """The good file with its first row again and again, these cells changed."""
    return GOOD[table].lstrip() + "".join(bad_line(table, one) for one in cells)


def quarters(*values: float) -> str:
    """The good results with the revenues of these quarters of 2022 and 2023 beside them."""
    starts = [date(2022 + q // 4, q % 4 * 3 + 1, 1) for q in range(len(values))]
    ends = [(start + timedelta(days=100)).replace(day=1) - timedelta(days=1) for start in starts]
    return GOOD["earnings"].lstrip() + "".join(
        (
            f"0700.HK,revenue,reported,{start},{end},{end + timedelta(days=45)},,{value:g},"
            "million,CNY,,,exact,printed,made-up,,\n"
        )
        for start, end, value in zip(starts, ends, values)
    )


SHARES = (
    "ticker,kind,period_start,date,announced_on,value,unit,quality,date_basis,source_id,"
    "locator,note\n0700.HK,outstanding,,2024-04-30,2024-05-02,9400,million "
    "shares,exact,printed,made-up,,\n"
)
LONGEST = 64 * 2**20 + 1
BACKSPACE_AT = landed(price(source="腾\x08")).encode().index(b"\x08")

THIRTY = (
    (
        "02 GBK or GB18030",
        LANDED,
        landed(price("腾讯控股")).encode("gb18030"),
        [(2, "file", None, "C01", "not UTF-8 at byte 64; looks like GB18030: save it as UTF-8")],
    ),
    (
        "02 Big5",
        LANDED,
        landed(price("騰訊控股")).encode("big5"),
        [(2, "file", None, "C01", "not UTF-8 at byte 64; looks like Big5")],
    ),
    (
        "03 UTF-16",
        LANDED,
        landed(price()).encode("utf-16"),
        [(0, "file", None, "C01", "is UTF-16, not UTF-8")],
    ),
    (
        "03 UTF-16 without a mark",
        LANDED,
        landed(price()).encode("utf-16-le"),
        [(0, "file", None, "C01", "is UTF-16, not UTF-8")],
    ),
    (
        "04 unquoted thousands",
        LANDED,
        landed(price(close="1,512.5")),
        [(2, "line", "1,512.5", "C02", "9 fields, the header has 8")],
    ),
    (
        "05 quoted thousands",
        LANDED,
        landed(price(close='"1,512.5"')),
        [(2, "close", "1,512.5", "C07", "not a number; is 1512.5 meant?")],
    ),
    (
        "06 full-width digits",
        LANDED,
        landed(price(close="５１２.5")),
        [(2, "close", "５１２.5", "C07", "not a number; is 512.5 meant?")],
    ),
    (
        "07 Unicode minus and parentheses",
        LANDED,
        landed(price(close="−512.5"), price(close="(512.5)")),
        [
            (2, "close", "−512.5", "C07", "is -512.5 meant?"),
            (3, "close", "(512.5)", "C07", "not a number"),
        ],
    ),
    (
        "08 units in the number",
        LANDED,
        landed(price(close="12.5%"), price(close="5.1亿"), price(close="3.2bn")),
        [
            (line, "close", value, "C08", "unit column")
            for line, value in ((2, "12.5%"), (3, "5.1亿"), (4, "3.2bn"))
        ],
    ),
    (
        "09 ticker of nothing",
        LANDED,
        landed(price("70"), price("07000")),
        [
            (2, "ticker", "'70'", "C10", "no ticker of companies.csv"),
            (3, "ticker", "07000", "C10", "no ticker of companies.csv"),
        ],
    ),
    (
        "09 curated files have the canonical ticker only",
        "prices.csv",
        longer("prices", {"ticker": "00700"}, {"ticker": "700"}),
        [
            (5, "ticker", "00700", "C10", "near: 0700.HK"),
            (6, "ticker", "700", "C10", "near: 0700.HK"),
        ],
    ),
    (
        "10 ticker NA or TRUE",
        LANDED,
        landed(price("NA"), price("TRUE"), price("nan")),
        [
            (line, "ticker", value, "C10", "no ticker of companies.csv")
            for line, value in ((2, "NA"), (3, "TRUE"), (4, "nan"))
        ],
    ),
    (
        "11 letters that look alike",
        LANDED,
        landed(price("0700.НК"), price("0700.ＨＫ")),
        [
            (2, "ticker", "0700.НК", "C10", "near: 0700.HK"),
            (3, "ticker", "0700.ＨＫ", "C10", "near: 0700.HK"),
        ],
    ),
    (
        "11 hidden characters within",
        LANDED,
        landed(price("07\u200b00.HK"), price("\u200f0700.HK")),
        [
            (2, "ticker", "200b", "C12", "holds the hidden character U+200B"),
            (3, "ticker", "200f", "C12", "holds the hidden character U+200F"),
        ],
    ),
    (
        "12 day and month mixed",
        LANDED,
        landed(price(day="03/04/2024"), price(day="13/04/2024")),
        [
            (
                2,
                "date",
                "03/04/2024",
                "C05",
                "the order of day and month is ambiguous); is 2024-04-03 or 2024-03-04 meant?",
            ),
            (3, "date", "13/04/2024", "C05", "ambiguous); is 2024-04-13 meant?"),
        ],
    ),
    (
        "13 a spreadsheet's day number and a Chinese date",
        LANDED,
        landed(price(day="46346"), price(day="2026年11月20日"), price(day="20261120")),
        [
            (2, "date", "46346", "C05", "a spreadsheet's day number); is 2026-11-20 meant?"),
            (3, "date", "2026年11月20日", "C05", "is 2026-11-20 meant?"),
            (4, "date", "20261120", "C05", "is 2026-11-20 meant?"),
        ],
    ),
    (
        "14 no such day",
        LANDED,
        landed(price(day="2026-02-30")),
        [(2, "date", "2026-02-30", "C05", "no such day in the calendar")],
    ),
    (
        "15 year 0226 or 2062",
        LANDED,
        landed(price(day="0226-05-17"), price(day="2062-05-17")),
        [
            (2, "date", "0226-05-17", "C06", "the year lies outside"),
            (3, "date", "2062-05-17", "C06", "lies after the next session"),
        ],
    ),
    (
        "16 no number",
        LANDED,
        landed(*(price(close=value) for value in ("inf", "nan", "NA", "—"))),
        [
            (line, "close", value, "C07", "an empty cell")
            for line, value in enumerate(("inf", "nan", "NA", "—"), 2)
        ],
    ),
    (
        "17 negative and fractional volume, negative price",
        LANDED,
        landed(
            price(volume="-5"),
            price(day="2024-05-20", volume="512.5"),
            price(day="2024-05-21", close="-46"),
        ),
        [
            (2, "volume", "-5", "P02", "below zero"),
            (3, "volume", "512.5", "P02", "no whole number of shares"),
            (4, "close", "-46", "P01", "not positive"),
        ],
    ),
    (
        "18 one key, two values",
        LANDED,
        landed(price(), price(close="47"), price(day="2024-05-14")),
        [
            (
                3,
                "ticker frequency date",
                "2024-05-17",
                "P03",
                f"the same key with other values stands at {LANDED}:2",
            ),
            (
                4,
                "ticker frequency date",
                "2024-05-14",
                "P03",
                "the same row stands at prices.csv:2",
            ),
        ],
    ),
    (
        "19 cut off within a row",
        LANDED,
        landed(price())[:-1] + "\n0700.HK,2024-05-20,51",
        [
            (3, "file", "0700.HK,2024-05-20,51", "C03", "the file may be cut off"),
            (3, "line", "0700.HK,2024-05-20,51", "C02", "3 fields, the header has 8"),
        ],
    ),
    (
        "20 an extra field in the first row",
        LANDED,
        landed(price(source="made-up,7"), price(day="2024-05-20")),
        [(2, "line", "made-up,7", "C02", "9 fields, the header has 8")],
    ),
    (
        "21 a quote that never closes",
        LANDED,
        landed(price(), price(day="2024-05-20", currency='"HKD'), price(day="2024-05-21")),
        [(3, "line", None, "C04", "a quote that opens here does not close as it should")],
    ),
    (
        "21 a quote that closes lines below",
        LANDED,
        landed(
            price(),
            price(day="2024-05-20", source='"made-up'),
            price(day="2024-05-21", source='made-up"'),
            price(day="2024-05-22"),
        ),
        [
            (
                3,
                "line",
                "2024-05-21",
                "C04",
                "a quote that opens here closes on line 4: a cell holds no line break",
            )
        ],
    ),
    (
        "22 NUL byte",
        LANDED,
        landed(price(close="4\x006")),
        [(2, "file", None, "C04", f"a NUL byte at byte {len(HEADER) + 20}")],
    ),
    (
        "22 another control character",
        LANDED,
        landed(price(source="腾\x08")),
        [(2, "file", None, "C04", f"(byte 0x08) at byte {BACKSPACE_AT}")],
    ),
    (
        "23 a header twice",
        LANDED,
        landed(price()).replace("adj_close", "close", 1),
        [
            (1, "close", None, "C09", "stands twice in the header"),
            (1, "adj_close", None, "C09", "the column is missing"),
        ],
    ),
    (
        "25 a column renamed, missing, new",
        LANDED,
        landed(price()).replace("close", "closing", 1).replace("volume", "turnover", 1),
        [
            (1, "close", None, "C09", "is 'closing' meant?"),
            (1, "volume", None, "C09", "the column is missing"),
            (1, "turnover", None, "C09", "is no column of this table"),
        ],
    ),
    (
        "25 a header in look-alike letters",
        LANDED,
        landed(price()).replace("close", "ｃlose", 1),
        [(1, "close", None, "C09", "is 'ｃlose' meant?")],
    ),
    ("26 empty file", LANDED, "", [(0, "file", None, "C11", "the file is empty")]),
    ("26 header only", LANDED, HEADER, [(0, "file", None, "C11", "holds a header and no row")]),
    (
        "26 an HTML page",
        LANDED,
        "<html><title>Too Many Requests</title></html>\n",
        [(1, "file", "Too Many Requests", "C11", "an HTML page, not a CSV file")],
    ),
    (
        "26 a page of words",
        LANDED,
        "Too Many Requests\n",
        [
            (1, column, None, "C09", "")
            for column in (
                "ticker",
                "date",
                "close",
                "adj_close",
                "volume",
                "currency",
                "frequency",
                "source_id",
                "Too Many Requests",
            )
        ],
    ),
    (
        "27 formulas in names",
        "sources.csv",
        longer(
            "sources",
            {"source_id": '=HYPERLINK("http://x","y")'},
            {"source_id": "@SUM(1)"},
            {"source_id": "+cmd|' /C calc'!A0"},
        ),
        [
            (line, "source_id", value, "C12", "begins as a formula does")
            for line, value in ((3, "=HYPERLINK"), (4, "@SUM(1)"), (5, "+cmd|"))
        ],
    ),
    (
        "27 a formula for a ticker",
        LANDED,
        landed(price("=0700.HK")),
        [(2, "ticker", "=0700.HK", "C12", "begins as a formula does")],
    ),
    (
        "29 a file too large",
        LANDED,
        LONGEST,
        [
            (
                0,
                "file",
                None,
                "C13",
                (
                    f"has {LONGEST:,} bytes, a file of figures at most {LONGEST - 1:,}: it was "
                    "not opened"
                ),
            )
        ],
    ),
    (
        "29 a cell of ten million characters",
        LANDED,
        landed(price(source="x" * 10_000_000)),
        [(2, "line", None, "C13", "a cell of more than 10,000 characters")],
    ),
    (
        "29 a cell of twenty thousand",
        LANDED,
        landed(price(source="x" * 20_000)),
        [(2, "source_id", "x" * 80, "C13", "20,000 characters, a cell has at most 10,000")],
    ),
    (
        "29 five thousand columns",
        LANDED,
        ",".join(f"c{n}" for n in range(5000)) + "\n",
        [(1, "line", None, "C13", "5,000 columns, this table has 8")],
    ),
    (
        "29 a workbook",
        LANDED,
        b"PK\x03\x04" + bytes(200),
        [(0, "file", None, "C01", "is a workbook or another ZIP file")],
    ),
    (
        "30 a revenue in billions among millions",
        "earnings.csv",
        quarters(900, 0.92, 940, 950),
        [
            (
                5,
                "value",
                "0.92",
                "C21",
                (
                    "1,027 times less than the 945 million CNY of the 4 other figures of 0700.HK "
                    "nearest to it (3 months each): is it in million?"
                ),
            )
        ],
    ),
    (
        "30 a revenue in thousands among millions",
        "earnings.csv",
        quarters(900, 920_000, 940, 950),
        [(5, "value", "920000", "C21", "times more than the 945 million CNY")],
    ),
    (
        "30 segments in billions",
        "segments.csv",
        changed("segments", ",600,", ",0.6,").replace(",400,", ",0.4,"),
        [
            (
                2,
                "revenue_mn",
                "0.6",
                "C22",
                (
                    "sum to 1 million, the revenue of earnings.csv:3 is 1,000 million: 1,000 "
                    "times less"
                ),
            )
        ],
    ),
    (
        "30 a segment in thousands",
        "segments.csv",
        changed("segments", ",600,", ",600000,"),
        [
            (
                2,
                "revenue_mn",
                "600000",
                "C22",
                "sum to 600,400 million, the revenue of earnings.csv:3 is 1,000 million",
            )
        ],
    ),
    (
        "30 a price in CNY",
        LANDED,
        landed(price(currency="CNY")),
        [(2, "currency", "CNY", "P11", "0700.HK is quoted in HKD")],
    ),
    (
        "30 results in HKD",
        "earnings.csv",
        changed("earnings", "million,CNY", "million,HKD"),
        [(3, "currency", "HKD", "C27", "0700.HK reports in CNY")],
    ),
    (
        "30 segments in HKD",
        "segments.csv",
        changed("segments", "600,CNY", "600,HKD"),
        [(2, "currency", "HKD", "C27", "0700.HK reports in CNY")],
    ),
    (
        "30 a purchase outside the day's range",
        "buybacks.csv",
        changed("buybacks", "1000,46500,", "1000,48000,"),
        [(2, "amount", "48000", "C24", "lies outside price_low to price_high")],
    ),
    (
        "30 a purchase of more than a tenth of the shares",
        "buybacks.csv",
        changed("buybacks", "1000,46500,", "1000000000,46500000000,"),
        [
            (
                2,
                "shares",
                "1000000000",
                "C25",
                (
                    "10.6 % of the 9,400 million shares of shares.csv:2 (2024-04-30); at most 10 "
                    "% can be"
                ),
            )
        ],
    ),
    (
        "30 one page of a document twice",
        "buybacks.csv",
        longer("buybacks", {}),
        [
            (
                4,
                "ticker grain measure start_date end_date venue share_class currency source_id",
                "0700.HK|day",
                "P03",
                "the same row stands at buybacks.csv:2",
            )
        ],
    ),
    (
        "30 results before the period ended",
        "earnings.csv",
        changed("earnings", "2024-05-14,,1000", "2024-03-30,,1000"),
        [(3, "announced_on", "2024-03-30", "C26", "announced before the period ended")],
    ),
    (
        "30 a statement before the period ended",
        "buybacks.csv",
        changed("buybacks", "unknown,unknown,,", "unknown,unknown,2024-05-15,"),
        [
            (
                3,
                "published_on",
                "2024-05-15",
                "C26",
                "published before the period ended (2024-05-16)",
            )
        ],
    ),
    (
        "31 semicolons and decimal commas",
        LANDED,
        landed(price(close="46,5")).replace(",", ";"),
        [(1, "line", "ticker;date", "C09", "fields are set apart by ';'")],
    ),
    (
        "32 a volume of twenty digits",
        LANDED,
        landed(price(volume="12345678901234567890")),
        [(2, "volume", "12345678901234567890", "C07", "more digits than a number here can hold")],
    ),
    (
        "33 marks of right to left",
        LANDED,
        landed(price(close="\u202e64"), price(source="made\u200e-up")),
        [(2, "close", "202e64", "C07", "not a number"), (3, "source_id", "200e", "C12", "U+200E")],
    ),
)


@pytest.fixture(scope="module")
def served_desk(tmp_path_factory):
    """The good files and a count of shares, built and served."""
    made = kept(
        "thirty",
        lambda folder: invented(folder / "data", **GOOD | {"shares": SHARES}),
    )
    assert made.result.rejected == []
    return copy_of(made, tmp_path_factory.mktemp("thirty") / "data")


@pytest.mark.parametrize(
    ("case", "name", "content", "said"), THIRTY, ids=[case for case, *_ in THIRTY]
)
@pytest.mark.few(16)
def test_a_bad_input_is_told_whole_and_nothing_served_changes(
    served_desk, case, name, content, said
):
    path = served_desk.folder / (name if name == LANDED else f"curated/{name}")
    before, served, files = (
        path.read_bytes() if path.exists() else None,
        served_desk.served,
        sorted((served_desk.folder / "warehouse").glob("harbourview-*")),
    )
    if isinstance(content, int):
        with open(path, "wb") as file:
            file.truncate(content)
    else:
        path.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8"))
    try:
        result = build(served_desk.folder, say=lambda text: None)
    finally:
        path.unlink() if before is None else path.write_bytes(before)
    assert result.snapshot_id is None and all(LINE.match(line) for line in result.rejected), (
        result.rejected
    )
    found = sorted(
        (LINE.match(line) for line in result.rejected), key=lambda match: int(match["line"] or 0)
    )
    assert [
        (match["file"], int(match["line"] or 0), match["column"], match["rule"]) for match in found
    ] == [(name, line, column, rule) for line, column, _, rule, _ in said]
    for match, (_, _, value, _, words) in zip(found, said):
        assert (match["value"] or "") == "" if value is None else value in match["value"], match[0]
        assert words in match["wrong"]
    assert snapshot.refusal(served_desk.folder / "warehouse").lines == tuple(result.rejected)
    assert served_desk.served == served
    assert served.problem is None
    assert sorted((served_desk.folder / "warehouse").glob("harbourview-*")) == files
    assert not list((served_desk.folder / "warehouse").glob("stage-*"))


# What is unusual, legal, and read as it is meant: a landed file, the closes it brings, what is
# noted of it.
LEGAL = (
    (
        "01 a byte order mark",
        "\ufeff" + landed(price()),
        [("0700.HK", "2024-05-17", 46.0, 100.0)],
        [("C01", "begins with a byte order mark: taken off")],
    ),
    (
        "09 the exchange's code",
        landed(
            price("00700"),
            price("700", "2024-05-20"),
            price("0700", "2024-05-21"),
            price("700.hk", "2024-05-22"),
        ),
        [("0700.HK", f"2024-05-{day}", 46.0, 100.0) for day in (17, 20, 21, 22)],
        [
            ("C10", f"{printed} is 0700.HK by companies.csv and aliases.csv: 1 row")
            for printed in ("00700", "0700", "700", "700.hk")
        ],
    ),
    (
        "09 an alias",
        landed(price("tencent")),
        [("0700.HK", "2024-05-17", 46.0, 100.0)],
        [("C10", "tencent is 0700.HK by companies.csv and aliases.csv: 1 row")],
    ),
    (
        "11 blanks around a ticker",
        landed(
            price("\u00a00700.HK"),
            price("0700.HK\u200b", "2024-05-20"),
            price("0700.HK ", "2024-05-21"),
        ),
        [("0700.HK", f"2024-05-{day}", 46.0, 100.0) for day in (17, 20, 21)],
        [("C10", "blanks around 3 names: taken off")],
    ),
    (
        "24 columns in another order",
        (
            "source_id,volume,close,adj_close,date,ticker,frequency,currency\n"
            "made-up,100,46,,2024-05-17,0700.HK,daily,HKD\n"
        ),
        [("0700.HK", "2024-05-17", 46.0, 100.0)],
        [],
    ),
    (
        "31 CR line ends",
        landed(price(), price(day="2024-05-20")).replace("\n", "\r"),
        [("0700.HK", f"2024-05-{day}", 46.0, 100.0) for day in (17, 20)],
        [],
    ),
    (
        "32 mixed line ends",
        HEADER.replace("\n", "\r\n") + price() + price(day="2024-05-20").replace("\n", "\r"),
        [("0700.HK", f"2024-05-{day}", 46.0, 100.0) for day in (17, 20)],
        [],
    ),
    (
        "33 1E2",
        landed(price(close="1E2", volume="1e3")),
        [("0700.HK", "2024-05-17", 100.0, 1000.0)],
        [],
    ),
)


def loaded(
    folder: Path, files: dict[str, bytes | str], now: datetime | None = None
) -> tuple[duckdb.DuckDBPyConnection, list[str]]:
    """A database in memory with the good files and these landed ones, and all that is wrong in
    them.
    """
    (folder / "curated").mkdir(parents=True, exist_ok=True)
    (folder / "prices").mkdir(exist_ok=True)
    for name, text in (GOOD | {"aliases": "alias,ticker\nTencent,0700.HK\n"}).items():
        (folder / "curated" / f"{name}.csv").write_text(text.lstrip(), "utf-8")
    for name, content in files.items():
        (folder / "prices" / name).write_bytes(
            content if isinstance(content, bytes) else content.encode("utf-8")
        )
    connection = duckdb.connect()
    connection.execute(definitions.sql("schema"))
    return connection, [
        str(rejection)
        for rejection in curated.load(
            connection, folder / "curated", sorted((folder / "prices").iterdir()), now=now
        )
    ]


@pytest.mark.parametrize(
    ("case", "content", "rows", "noted"), LEGAL, ids=[case for case, *_ in LEGAL]
)
def test_what_is_unusual_and_legal_is_read_as_it_is_meant_and_noted(
    tmp_path, case, content, rows, noted
):
    connection, rejected = loaded(tmp_path, {"0700.HK.csv": content})
    with connection:
        assert rejected == []
        assert (
            connection.execute(
                """
                SELECT ticker, CAST(date AS VARCHAR), close, volume
                FROM prices
                WHERE date > '2024-05-16'
                ORDER BY date
                """
            ).fetchall()
            == rows
        )
        assert connection.execute(
            """
            SELECT code, message
            FROM findings
            WHERE severity = 'note' AND subject_table = 'prices'
            ORDER BY message
            """
        ).fetchall() == [(code, f"{LANDED} {words}") for code, words in noted]


@pytest.mark.parametrize(
    ("clock", "is_refused"),
    [("2024-05-15T15:59", True), ("2024-05-15T16:00", False), ("2024-05-16T09:00", False)],
)
def test_15_a_close_may_bear_the_next_session_and_no_later_one(tmp_path, clock, is_refused):
    connection, rejected = loaded(
        tmp_path,
        {"0700.HK.csv": landed(price())},
        datetime.fromisoformat(clock).replace(tzinfo=UTC),
    )
    connection.close()
    assert [
        line
        for line in rejected
        if "0700.HK.csv:2 date '2024-05-17': rule C06, lies after the next session (2024-05-16)"
        in line
    ] == (rejected if is_refused else [])
    assert bool(rejected) == is_refused


def test_15_on_a_friday_the_next_session_is_monday():
    assert [curated.next_session(date(2024, 5, day)).day for day in (16, 17, 18, 19, 20)] == [
        17,
        20,
        20,
        20,
        21,
    ]


@pytest.mark.parametrize("kind", ["folder", "pipe", "broken link"])
def test_29_what_is_no_regular_file_is_told_and_never_opened(tmp_path, kind):
    (tmp_path / "prices").mkdir()
    path = tmp_path / "prices" / "0700.HK.csv"
    path.mkdir() if kind == "folder" else os.mkfifo(path) if kind == "pipe" else path.symlink_to(
        tmp_path / "nowhere.csv"
    )
    connection, rejected = loaded(tmp_path, {})
    connection.close()
    assert rejected == [
        (
            f"{LANDED} file: rule C13, is no regular file: a folder, a pipe or a link that leads "
            "nowhere"
        )
    ]


def test_29_a_gigabyte_is_refused_in_no_time_and_no_memory(tmp_path):
    (tmp_path / "prices").mkdir()
    with open(tmp_path / "prices" / "0700.HK.csv", "wb") as file:
        file.truncate(2**30)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    connection, rejected = loaded(tmp_path, {})
    connection.close()
    assert rejected == [
        (
            f"{LANDED} file: rule C13, has 1,073,741,824 bytes, a file of figures at most "
            "67,108,864: it was not opened"
        )
    ]
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 100_000


def test_29_a_build_opens_none_of_them_and_names_each(tmp_path):
    """In a process of its own, for a pipe that is opened never ends."""
    made = copy_of(good(), tmp_path / "data")
    pipe, huge = (
        "is no regular file: a folder, a pipe or a link that leads nowhere",
        "has 1,073,741,824 bytes, a file of figures at most 67,108,864: it was not opened",
    )
    said = {
        "curated/aliases.csv": pipe,
        "curated/closures.csv": huge,
        "prices/0700.HK.csv": pipe,
        "prices/9999.HK.csv": huge,
        "prices/actions/0700.HK.csv": huge,
        "prices/fx/USDHKD.csv": pipe,
    }
    for name, words in (said | {"prices/run.json": pipe}).items():
        path = made.folder / name
        path.parent.mkdir(exist_ok=True)
        if words == pipe:
            os.mkfifo(path)
        else:
            path.touch()
            os.truncate(path, 2**30)
    done = loaders("build", data=made.folder, in_process=False)
    end = f"; nothing was published, still serving {made.result.snapshot_id}"
    assert done.returncode == 2
    assert sorted(done.stderr.splitlines()) == sorted(
        [
            *(
                f"{name.removeprefix('curated/')} file: rule C13, {words}{end}"
                for name, words in said.items()
            ),
            f"{len(said)} rejected{end}",
        ]
    )


def test_34_a_link_to_a_good_file_is_read_as_that_file(tmp_path):
    (tmp_path / "prices").mkdir()
    (tmp_path / "elsewhere.csv").write_text(landed(price()))
    (tmp_path / "prices" / "0700.HK.csv").symlink_to(tmp_path / "elsewhere.csv")
    connection, rejected = loaded(tmp_path, {})
    with connection:
        assert rejected == []
        assert connection.execute("SELECT count(*) FROM prices").fetchone() == (4,)


@pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() == 0,
    reason="root may read every file: run the tests as another user",
)
def test_34_a_file_that_may_not_be_read_is_told(served_desk):
    path = served_desk.folder / LANDED
    path.write_text(landed(price()))
    path.chmod(0)
    try:
        done = loaders("build", data=served_desk.folder)
    finally:
        path.unlink()
    assert done.returncode == 2
    assert "0700.HK.csv" in done.stderr
    assert "Permission denied" in done.stderr
    assert "Traceback" not in done.stderr


def test_34_a_file_name_that_leads_elsewhere_names_no_other_file(tmp_path):
    """What stands for ../ in a name is a part of the name: the file is read where it lies, by its
    own rules, and told by its name.
    """
    connection, rejected = loaded(
        tmp_path,
        {"..%2f..%2fetc%2fpasswd.csv": "root:x:0:0\n", "..\\..\\x.csv": landed(price(close="abc"))},
    )
    connection.close()
    assert len(rejected) == 10
    assert {line.split(":")[0].split(" ")[0] for line in rejected} == {
        "prices/..%2f..%2fetc%2fpasswd.csv",
        "prices/..\\..\\x.csv",
    }


def test_30_a_unit_is_found_wherever_it_is_planted_in_the_repositorys_own_figures(tmp_path):
    """One revenue of the repository after another a thousand times too large: told each time, by
    its line, and no other.
    """
    every, random_of, told, tried = figures_of(CURATED), random.Random(7), 0, 0
    for table, column in (("earnings", "value"), ("segments", "revenue_mn")):
        rows = every[table]
        revenue = [
            number
            for number, row in enumerate(rows.values)
            if (row.get("item") or "revenue") == "revenue" and (row[column] or 0) > 0
        ]
        for number in random_of.sample(revenue, 20):
            printed = rows.values[number][column]
            for factor in (1000, 0.001):
                rows.values[number][column] = printed * factor
                places = {
                    rejection.line
                    for rejection in plausible.other_units(every) + plausible.other_totals(every)
                    if rejection.file == f"{table}.csv"
                }
                tried, told = tried + 1, told + (rows.places[number][1] in places)
            rows.values[number][column] = printed
    print(f"units planted {tried}, told {told}")
    assert plausible.misfits(every) == []
    assert told >= 0.9 * tried


# Markup in names and notes, on every page ---------------------------------------------------------

IMAGE = "<img src=x onerror=alert(1)>"


@pytest.fixture(scope="module")
def marked():
    """A warehouse in which names, segments, titles and notes are markup."""
    files = GOOD | {
        "companies": GOOD["companies"].replace(
            "Profit,利,Profit,利", f"{IMAGE},{IMAGE}利,{IMAGE},{IMAGE}利"
        ),
        "sources": GOOD["sources"].replace("nobody,invented for a test", f"{IMAGE},{IMAGE}"),
        "segments": GOOD["segments"].replace("Games", f"{IMAGE}Games"),
        "earnings": GOOD["earnings"].replace("made-up,,\n", f"made-up,,{IMAGE}\n"),
        "buybacks": GOOD["buybacks"].replace("made-up,,\n", f"made-up,{IMAGE},{IMAGE}\n"),
    }
    made = kept("marked", lambda folder: invented(folder / "data", **files))
    assert made.result.rejected == []
    return made


def elements(node) -> list:
    """Every element of a page's tree, as the browser gets it."""
    children = getattr(node, "children", None)
    return (
        [found for child in children.values() for found in elements(child)] if children else [node]
    )


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("page", ["overview", "valuation", "buybacks", "segments", "data"])
@pytest.mark.few(5)
def test_28_markup_is_text_on_every_page(marked, monkeypatch, page, language):
    monkeypatch.setenv("HARBOURVIEW_DATA", str(marked.folder))
    monkeypatch.delenv("HARBOURVIEW_WAREHOUSE", raising=False)
    at = screen.run_page(page, t="0700.HK", lang=language)
    shown = 0
    for element in elements(at.main) + elements(at.sidebar):
        proto = getattr(element, "proto", None)
        if proto is None or "onerror" not in str(proto):
            continue
        shown += 1
        assert not getattr(proto, "allow_html", False), f"{element.type} is written as HTML"
        assert element.type not in ("html", "iframe", "component_instance", "bidi_component"), (
            element.type
        )
    assert shown, "the name is not shown at all"
