"""Rows that the inputs lost since the served snapshot stop a build, unless they were given up on
purpose.
"""

import shutil

import pytest

from loaders import losses
from tests.support.invention import companies_of, csv_of, month_ends, sources_of
from tests.support.warehouses import Built, invented, loaders
from warehouse import snapshot

pytestmark = pytest.mark.system


DAYS = month_ends("2006-01-01", "2026-06-30")  # 246
QUARTERS = [("01-01", "03-31"), ("04-01", "06-30"), ("07-01", "09-30"), ("10-01", "12-31")]


def prices_of(count: int) -> str:
    rows = (
        {"ticker": "0700.HK", "date": day, "close": 10, "frequency": "month_end"} for day in DAYS
    )
    return csv_of("prices", list(rows)[:count])


def earnings_of(years: range) -> str:
    """Four quarters of 0.125 a year, so a close of 10 is 20 times earnings."""
    return csv_of(
        "earnings",
        (
            {
                "ticker": "0700.HK",
                "value": 0.125,
                "period_start": f"{year}-{start}",
                "period_end": f"{year}-{end}",
                "announced_on": f"{year + 1}-02-15",
            }
            for year in years
            for start, end in QUARTERS
        ),
    )


def aliases_of(*aliases: str) -> str:
    return "alias,ticker\n" + "".join(f"{alias},0700.HK\n" for alias in aliases)


@pytest.fixture(scope="module")
def first(tmp_path_factory) -> Built:
    """A published snapshot with 246 closes and 80 quarters."""
    made = invented(
        tmp_path_factory.mktemp("losses") / "data",
        companies=companies_of({"ticker": "0700.HK"}),
        sources=sources_of(),
        aliases=aliases_of("T0", "T1", "T2"),
        prices=prices_of(246),
        earnings=earnings_of(range(2006, 2026)),
    )
    assert made.result.rejected == []
    return made


@pytest.fixture
def data(first, tmp_path):
    return shutil.copytree(first.folder, tmp_path / "data")


def served(data) -> str:
    return snapshot.served(data / "warehouse").snapshot_id


@pytest.mark.parametrize(
    ("how", "words"),
    [
        (
            "cut",
            (
                "earnings.csv row count '40': rule L01, 40 of the 80 rows in snapshot {id} are "
                "gone, 50.0 %"
            ),
        ),
        (
            "header",
            (
                "earnings.csv row count '0': rule L01, 80 of the 80 rows in snapshot {id} are "
                "gone, 100.0 %"
            ),
        ),
        ("missing", "earnings.csv file: rule L01, is missing; snapshot {id} has its 80 rows"),
    ],
)
def test_a_table_that_lost_rows_or_its_file_is_rejected_with_the_command_that_accepts_it(
    first, data, how, words
):
    file = data / "curated" / "earnings.csv"
    lines = file.read_text("utf-8").splitlines(keepends=True)
    if how == "missing":
        file.unlink()
    else:
        file.write_text("".join(lines[: 41 if how == "cut" else 1]), "utf-8")
    told = words.format(id=first.result.snapshot_id)
    for command in ("build", "check"):
        done = loaders(command, data=data)
        assert done.returncode == 2
        assert told in done.stderr
        assert "if this is intended: python -m loaders build --accept-loss earnings" in done.stderr
        assert served(data) == first.result.snapshot_id
    assert snapshot.refusal(data / "warehouse").lines[0].startswith(told)
    accepted = loaders("build", "--accept-loss", "earnings", data=data)
    assert accepted.returncode == 0
    assert served(data) != first.result.snapshot_id
    assert loaders("build", data=data).stdout.startswith("nothing new")


def test_accepting_one_table_does_not_accept_another(first, data):
    (data / "curated" / "earnings.csv").write_text(earnings_of(range(2006, 2016)), "utf-8")
    (data / "curated" / "prices.csv").write_text(prices_of(120), "utf-8")
    done = loaders("build", "--accept-loss", "earnings", data=data)
    assert done.returncode == 2
    assert "prices.csv row count '120'" in done.stderr
    assert "earnings.csv" not in done.stderr
    assert loaders("build", "--accept-loss", "earnings,prices", data=data).returncode == 0


@pytest.mark.parametrize(("count", "code"), [(226, 0), (225, 2)])
def test_a_table_may_lose_twenty_rows(first, data, count, code):
    (data / "curated" / "prices.csv").write_text(prices_of(count), "utf-8")
    assert loaders("build", data=data).returncode == code
    if code == 0:  # published, and said
        found = Built(data, first.result).rows(
            "SELECT severity, ref, message FROM findings WHERE code = 'L01'"
        )
        assert found == [
            (
                "note",
                "prices.csv",
                f"20 of the 246 rows in snapshot {first.result.snapshot_id} are gone, 8.1 %",
            )
        ]


def test_a_small_file_may_shrink_and_may_not_disappear(data):
    aliases = data / "curated" / "aliases.csv"
    aliases.write_text(aliases.read_text("utf-8").splitlines(keepends=True)[0], "utf-8")
    assert loaders("build", data=data).returncode == 0
    aliases.unlink()
    assert loaders("build", data=data).returncode == 0, "an empty table has nothing to lose"


def test_a_small_file_with_rows_may_not_disappear(data):
    (data / "curated" / "aliases.csv").unlink()
    done = loaders("build", data=data)
    assert done.returncode == 2
    assert "aliases.csv file: rule L01, is missing" in done.stderr


def test_after_a_rollback_nothing_is_compared(data):
    (data / "curated" / "aliases.csv").write_text(aliases_of("T0", "T9"), "utf-8")
    assert loaders("build", data=data).returncode == 0
    assert loaders("rollback", data=data).returncode == 0
    (data / "curated" / "earnings.csv").write_text(earnings_of(range(2006, 2016)), "utf-8")
    assert loaders("build", data=data).returncode == 0


@pytest.mark.parametrize("typed", ["earning", "EARNINGS", "earnings.csv"])
def test_an_unknown_table_is_named(data, typed):
    done = loaders("build", "--accept-loss", typed, data=data)
    assert done.returncode == 2
    assert f"--accept-loss {typed}: unknown table; is 'earnings' meant?" in done.stderr


def test_points_that_disappear_with_complete_inputs_are_a_note(first, data):
    """The same number of rows, the first five years announced ten years later: fewer multiples."""
    late = earnings_of(range(2006, 2026))
    for year in range(2007, 2012):
        late = late.replace(f",{year}-02-15,", f",{year + 10}-02-15,")
    (data / "curated" / "earnings.csv").write_text(late, "utf-8")
    done = loaders("build", data=data)
    assert done.returncode == 0, done.stderr
    made = Built(data, first.result)
    found = made.rows(
        "SELECT severity, ref, message FROM findings WHERE code = 'L02' AND ref LIKE 'pe_ttm%'"
    )
    assert len(found) == 1
    assert found[0][:2] == ("note", "pe_ttm adjusted")
    before, now = (
        one.rows("SELECT count(*) FROM valuation WHERE value IS NOT NULL AND metric = 'pe_ttm'")[0][
            0
        ]
        for one in (first, made)
    )
    assert before - now > losses.MOST_ROWS
    assert found[0][2].startswith(
        f"{before - now:,} of {before:,} points of snapshot {first.result.snapshot_id} are gone"
    )
