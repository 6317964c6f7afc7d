"""Good files, spoiled at random: each is refused whole, or every one of its lines is loaded as what
it says.

A value that was changed and is loaded must be one that this file, by rules of its own, can tell to
be legal. Some hundred files in every run; HARBOURVIEW_FUZZ=10000 for the whole of it.
"""

import csv
import os
import random
import re
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from loaders import curated, reading
from tests.support.good_files import GOOD
from warehouse import definitions

pytestmark = pytest.mark.system


EXAMPLES = int(os.environ.get("HARBOURVIEW_FUZZ", "100"))
NOW = datetime(2024, 6, 3, 12, tzinfo=UTC)
BLANKS = " \t\u00a0\u200b\u200c\u200d\u2060\ufeff\u3000"

# One file of each shape, long enough to be cut and mixed; corrections are left out, for they change
# what other files say.
FILES = {name: text.lstrip() for name, text in GOOD.items() if name != "corrections"} | {
    "aliases": "alias,ticker\nTencent,0700.HK\n",
    "landed": GOOD["prices"].lstrip().splitlines()[0]
    + "\n"
    + "".join(
        f"{ticker},2024-05-{day},{close},{close},{volume},HKD,daily,made-up\n"
        for ticker, close, volume in (
            ("0700.HK", "381.4", "15000200"),
            ("9999.HK", "144.1", "902300"),
        )
        for day in (20, 21, 22, 23, 24)
    ),
    "earnings": GOOD["earnings"].lstrip()
    + "".join(
        (
            f"0700.HK,revenue,reported,2023-{start},2023-{end},2023-{told},,{value},million,CNY,,"
            ",exact,printed,made-up,p. 3,\n"
        )
        for start, end, told, value in (
            ("01-01", "03-31", "05-17", 990.5),
            ("04-01", "06-30", "08-16", 995),
            ("07-01", "09-30", "11-15", 1010.25),
        )
    ),
}
SPOILED = (
    "landed",
    "landed",
    "landed",
    "prices",
    "earnings",
    "buybacks",
    "segments",
    "companies",
    "sources",
    "aliases",
)
NASTY = (
    "",
    " ",
    "0",
    "-1",
    "1,512.5",
    '"1,512.5"',
    "５１２.5",
    "−512.5",
    "(512.5)",
    "12.5%",
    "5.1亿",
    "3.2bn",
    "1E2",
    "1e999",
    "-0",
    "+5",
    ".5",
    "5.",
    "0x10",
    "1_000",
    "inf",
    "-inf",
    "nan",
    "NA",
    "TRUE",
    "true",
    "—",
    "None",
    "00700",
    "700",
    "0700.НK",
    "0700.HK\u00a0",
    "\u200b9999.HK",
    "tencent",
    "HKD",
    "CNY",
    "USD",
    "million",
    "per share",
    "daily",
    "month_end",
    "03/04/2024",
    "13/04/2024",
    "46346",
    "2026年11月20日",
    "2026-02-30",
    "0226-05-17",
    "2062-05-17",
    "2024-05-21",
    "2024-5-21",
    "2024-05-21T00:00",
    "=HYPERLINK(1)",
    "@SUM(1)",
    "+cmd",
    "<img src=x>",
    "x" * 20_000,
    "12345678901234567890",
    "9007199254740993",
    '"',
    "'",
    "\x00",
    "\x1b",
    "\u202e64",
    "\ud7ff",
    "a\nb",
    '"a\nb"',
    "a,b",
    "a;b",
)
ONE_OF = {
    "frequency": {"daily", "month_end", "report_date"},
    "kind": {
        "company",
        "peer",
        "line",
        "index",
        "etf",
        "basket",
        "results",
        "filing",
        "exchange",
        "data vendor",
        "broker report",
        "news",
        "derived",
        "ruling",
        "reference",
    },
    "item": {"eps_diluted", "net_income", "revenue"},
    "basis": {"reported", "adjusted"},
    "unit": {"per share", "per ADS", "million"},
    "translation": {"convenience"},
    "measure": {"bought", "authorised", "remaining"},
    "share_unit": {"share", "ADS"},
    "method": {"on exchange", "programme", "unknown"},
    "quality": {"exact", "rounded", "over", "about", "truncated", "derived", "ruled"},
    "date_basis": {"printed", "inferred", "convention"},
    "published_on_basis": {"printed", "inferred", "convention"},
    "disposal": {"cancelled", "treasury", "pending", "unknown"},
    "trusted": {"true", "false"},
    "history": {"as_reported", "recast"},
    "grain": {
        "day",
        "multi_day",
        "week",
        "month",
        "quarter",
        "half",
        "nine_months",
        "year",
        "fiscal_year",
        "ytd",
        "mandate",
        "programme",
    },
}
ABOVE_ZERO = {"close", "adj_close", "shares", "amount", "price_low", "price_high"}


# What can happen to a file ------------------------------------------------------------------------


def cells_of(text: str) -> list[list[str]]:
    return [line.split(",") for line in text.split("\n")]


def text_of(lines: list[list[str]]) -> str:
    return "\n".join(",".join(line) for line in lines)


def spoil(content: bytes, how: str, random_of: random.Random) -> bytes:
    """The file with one thing done to it."""
    place = random_of.randrange(len(content)) if content else 0
    match how:
        case "flip":
            return (
                content[:place]
                + bytes([content[place] ^ 1 << random_of.randrange(8)])
                + content[place + 1 :]
                if content
                else content
            )
        case "byte":
            return (
                content[:place]
                + bytes([random_of.randrange(256)])
                + content[place + random_of.randrange(2) :]
            )
        case "drop":
            return content[:place] + content[place + random_of.randrange(1, 5) :]
        case "cut":
            return content[:place]
        case "utf-16" | "gb18030" | "utf-8-sig" | "big5":
            return content.decode("utf-8", "replace").encode(how, "replace")
        case "cr" | "crlf":
            return content.replace(b"\n", b"\r" if how == "cr" else b"\r\n")
        case "semicolon":
            return content.replace(b",", b";")
    lines = cells_of(content.decode("utf-8", "surrogateescape"))
    one, other = (random_of.randrange(len(lines)) for _ in range(2))
    cell = random_of.randrange(len(lines[one]))
    match how:
        case "nasty":
            lines[one][cell] = random_of.choice(NASTY)
        case "digits":
            lines[one][cell] = re.sub(
                r"\d", lambda found: str(random_of.randrange(10)), lines[one][cell]
            )
        case "times":
            if re.fullmatch(r"-?\d+(\.\d+)?", lines[one][cell]):
                lines[one][cell] = repr(
                    float(lines[one][cell])
                    * random_of.choice((10, 100, 1000, 0.1, 0.01, 0.001, -1, 1.09, 7.8))
                )
        case "swap":
            far = random_of.randrange(len(lines[one]))
            lines[one][cell], lines[one][far] = lines[one][far], lines[one][cell]
        case "swap below":
            if cell < len(lines[other]):
                lines[one][cell], lines[other][cell] = lines[other][cell], lines[one][cell]
        case "lines swapped":
            lines[one], lines[other] = lines[other], lines[one]
        case "line gone":
            del lines[one]
        case "line twice":
            lines.insert(other, list(lines[one]))
        case "joined":
            if one + 1 < len(lines):
                lines[one : one + 2] = [lines[one] + lines[one + 1]]
        case "field more":
            lines[one].insert(cell, random_of.choice(NASTY))
        case "field less":
            del lines[one][cell]
    return text_of(lines).encode("utf-8", "surrogateescape")


HOWS = (
    "flip",
    "byte",
    "drop",
    "cut",
    "utf-16",
    "gb18030",
    "big5",
    "utf-8-sig",
    "cr",
    "crlf",
    "semicolon",
    "nasty",
    "nasty",
    "nasty",
    "nasty",
    "digits",
    "digits",
    "digits",
    "times",
    "times",
    "swap",
    "swap below",
    "swap below",
    "lines swapped",
    "line gone",
    "line twice",
    "joined",
    "field more",
    "field less",
)


# What a loaded value may be -----------------------------------------------------------------------


def is_legal(column: str, kind: str, text: str, value, universe: set[str]) -> bool:
    """Whether a loaded value is what its cell says, and in the range of its column; by no rule of
    the loader's.
    """
    text = text.strip(BLANKS).strip().strip(BLANKS)
    if text == "":
        return value is None
    if value is None or (column in ONE_OF and text not in ONE_OF[column]):
        return False
    if kind == "DATE":
        return value.isoformat() == text and date(1980, 1, 1) <= value <= date(2099, 12, 31)
    if kind in ("DOUBLE", "INTEGER"):
        if (
            not re.fullmatch(r"-?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?", text)
            or float(Decimal(text)) != value
            or abs(value) > 2**53
        ):
            return False
        return (value > 0 or column not in ABOVE_ZERO) and (
            column != "volume" or (value >= 0 and value % 1 == 0)
        )
    if kind == "BOOLEAN":
        return value == (text == "true")
    if column in ("ticker", "issuer_ticker") and value != text:  # the exchange's code, or an alias
        return value in universe and (
            (value == "0700.HK" and text.casefold() == "tencent")
            or (
                re.fullmatch(r"0*(\d+)(\.HK)?", text.upper())
                and int(re.sub(r"\D", "", text)) == int(value[:4])
            )
        )
    return (
        value == text
        and (column not in ("ticker", "issuer_ticker") or text in universe)
        and not any(c in text for c in "\n\r\x00")
    )


def lines_of(content: bytes) -> list[str]:
    """The lines of a file that hold anything, the header first."""
    return [line for line in re.split(r"\r\n|\r|\n", content.decode("utf-8-sig")) if line]


class Desk:
    """A folder of good files and a database, both as they were before after each try."""

    def __init__(self, folder: Path):
        self.folder = folder
        (folder / "curated").mkdir()
        (folder / "prices").mkdir()
        for name, text in FILES.items():
            self.path(name).write_text(text, "utf-8")
        self.connection = duckdb.connect()
        self.connection.execute(definitions.sql("schema"))
        self.tables = reading.declared()
        self.told = Counter()

    def path(self, name: str) -> Path:
        return (
            self.folder / "prices" / "0700.HK.csv"
            if name == "landed"
            else self.folder / "curated" / f"{name}.csv"
        )

    def load(self) -> list[reading.Rejection]:
        return curated.load(
            self.connection, self.folder / "curated", [self.path("landed")], now=NOW
        )

    def rows(self, name: str) -> list[tuple]:
        table = self.tables["prices" if name == "landed" else name]
        return self.connection.execute(
            f"SELECT {', '.join(table.columns)} FROM {table.schema}.{table.name} ORDER BY rowid"
        ).fetchall()

    def try_out(self, name: str, content: bytes) -> None:
        """Load with the spoiled file in its place, and hold what comes of it against what may."""
        table = self.tables["prices" if name == "landed" else name]
        self.path(name).write_bytes(content)
        self.connection.execute("BEGIN")
        try:
            read, told = reading.read(self.path(name), table, "spoiled.csv")
            self.every_line_is_told(content, read, told)
            rejected = self.load()
            if rejected:
                assert all(self.rows(other) == [] for other in FILES), (
                    "refused, and yet something was loaded"
                )
                self.told["refused"] += 1
                self.told["lines told"] += len(rejected)
                return
            self.told["loaded"] += 1
            self.loaded_as_it_says(name, table, content)
        finally:
            self.connection.execute("ROLLBACK")
            self.path(name).write_text(FILES[name], "utf-8")

    @staticmethod
    def every_line_is_told(
        content: bytes, read: reading.Rows, told: list[reading.Rejection]
    ) -> None:
        """Good rows and rejected lines are all lines; a fault of the whole file, or of its header,
        speaks for them all.
        """
        good, bad = (
            {line for _, line in read.places},
            {rejection.line for rejection in told if rejection.rule != "C03"},
        )
        assert not good & bad and len(good) == len(read.places), "a line is both good and rejected"
        if any(rejection.column == "file" and rejection.rule != "C03" for rejection in told):
            assert not good
            return
        header, *lines = (
            number
            for number, line in enumerate(re.split(r"\r\n|\r|\n", content.decode("utf-8-sig")), 1)
            if line
        )
        if header in bad:
            assert not good
            return
        quoted = min(
            (rejection.line for rejection in told if rejection.rule in ("C04", "C13")), default=None
        )
        assert {line for line in lines if quoted is None or line < quoted} <= good | bad, (
            "a line is neither good nor rejected"
        )

    def loaded_as_it_says(self, name: str, table: reading.Table, content: bytes) -> None:
        lines = lines_of(content)
        records = list(csv.reader(lines))
        header = [column.strip() for column in records[0]]
        rows = self.rows(name)
        before = len(FILES["prices"].strip().split("\n")) - 1 if name == "landed" else 0
        after = len(FILES["landed"].strip().split("\n")) - 1 if name == "prices" else 0
        rows = rows[before : len(rows) - after]
        assert len(rows) == len(records) - 1, "rows and lines differ in number"
        universe = {
            row[0] for row in self.connection.execute("SELECT ticker FROM companies").fetchall()
        }
        untold = set(table.columns) - set(header)
        assert not untold, "a column is missing"
        changed = Counter(line for line in lines[1:]) - Counter(FILES[name].strip().split("\n")[1:])
        self.told["lines loaded with a legal change"] += sum(changed.values())
        for row, record in zip(rows, records[1:]):
            values = dict(zip(table.columns, row))
            assert set(header) == set(values)
            assert len(record) == len(header)
            for column, text in zip(header, record):
                assert is_legal(column, table.types[column], text, values[column], universe), (
                    f"{name}: {column} {text!r} was loaded as {values[column]!r}"
                )
            if "frequency" in values:
                assert values["date"] <= NOW.date() + timedelta(days=1)
                if name == "landed":
                    assert values["currency"] == "HKD"
            if (
                values.get("grain") == "day"
                and values["shares"]
                and values["amount"]
                and values["price_low"]
            ):
                assert (
                    values["price_low"] * 0.999
                    <= values["amount"] / values["shares"]
                    <= values["price_high"] * 1.001
                )


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    made = Desk(tmp_path_factory.mktemp("fuzz"))
    assert [str(rejection) for rejection in made.load()] == []
    for table in made.tables.values():
        made.connection.execute(f"DELETE FROM {table.schema}.{table.name}")
    yield made
    made.connection.close()


@settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)
@given(
    name=st.sampled_from(SPOILED),
    hows=st.lists(st.sampled_from(HOWS), min_size=1, max_size=3),
    seed=st.integers(0, 2**32),
)
def spoil_and_load(desk, name, hows, seed):
    content, random_of = FILES[name].encode("utf-8"), random.Random(seed)
    for how in hows:
        content = spoil(content, how, random_of)
    desk.told["files"] += 1
    desk.told["as they were"] += content == FILES[name].encode("utf-8")
    desk.try_out(name, content)


def test_a_spoiled_file_is_refused_or_every_line_of_it_is_what_it_says(desk):
    desk.told.clear()
    spoil_and_load(desk)
    print(
        ", ".join(f"{what} {count}" for what, count in desk.told.items()), ", silently accepted 0"
    )
    assert desk.told["files"] >= EXAMPLES * 0.9
    assert desk.told["refused"] > desk.told["files"] / 4
    assert desk.told["loaded"] > desk.told["files"] / 20


def test_good_files_are_loaded_as_they_are(desk):
    for name in FILES:
        if name not in ("companies", "sources", "aliases"):
            desk.try_out(name, FILES[name].encode("utf-8"))


@pytest.mark.parametrize(
    ("name", "old", "new", "words"),
    [
        ("landed", "381.4", "38.14", None),
        ("landed", "381.4", "-381.4", "rule P01"),
        ("landed", "HKD", "CNY", "rule P11"),
        ("prices", "9999.HK", "0700.HK", "rule P03"),
    ],
)
def test_the_judge_itself_can_tell(desk, name, old, new, words):
    """A change within the range of a column is legal to the judge; one beyond it is refused by the
    loader.
    """
    content = FILES[name].replace(old, new, 1).encode("utf-8")
    before = desk.told["refused"]
    desk.try_out(name, content)
    assert (desk.told["refused"] > before) == bool(words)


@pytest.mark.parametrize(
    ("column", "kind", "text", "value"),
    [
        ("close", "DOUBLE", "1,512.5", 1512.5),
        ("close", "DOUBLE", "５１２", 512.0),
        ("close", "DOUBLE", "-1", -1.0),
        ("close", "DOUBLE", "51", 512.5),
        ("volume", "DOUBLE", "1.5", 1.5),
        ("volume", "DOUBLE", "12345678901234567890", 1.2345678901234567e19),
        ("date", "DATE", "03/04/2024", date(2024, 4, 3)),
        ("date", "DATE", "2062-01-01", date(2062, 1, 2)),
        ("ticker", "VARCHAR", "700", "9999.HK"),
        ("ticker", "VARCHAR", "", "0700.HK"),
        ("note", "VARCHAR", "a", "b"),
        ("grain", "VARCHAR", "days", "days"),
    ],
)
def test_and_calls_no_value_legal_that_is_not(column, kind, text, value):
    assert not is_legal(column, kind, text, value, {"0700.HK", "9999.HK"})
