"""What is wrong in a file is refused by file, line, column, value and rule, all of it in one pass, and what was served is served still."""

import csv
import io
import random
import re
import shutil
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import duckdb
import pytest
from conftest import CURATED, built, invented, loaders

from loaders import checks, curated
from loaders.build import build
from warehouse import snapshot

GOOD = {
    "companies": """
ticker,kind,issuer_ticker,name_en,name_zh,short_en,short_zh,exchange,price_currency,reporting_currency,fiscal_year_end_month,subsector,source_id
0700.HK,company,0700.HK,Profit,利,Profit,利,HKEX,HKD,CNY,12,games,made-up
9999.HK,company,9999.HK,Other,他,Other,他,HKEX,HKD,CNY,12,games,made-up
""",
    "sources": """
source_id,publisher,title,kind,published_on,url,licence,note
made-up,nobody,invented for a test,derived,,,ours,
""",
    "prices": """
ticker,date,close,adj_close,volume,currency,frequency,source_id
0700.HK,2024-05-14,46,,100,HKD,daily,made-up
0700.HK,2024-05-16,46.5,,100,HKD,daily,made-up
9999.HK,2024-05-16,12,,,HKD,daily,made-up
""",
    "earnings": """
ticker,item,basis,period_start,period_end,announced_on,supersedes,value,unit,currency,translation,yoy_pct,quality,date_basis,source_id,locator,note
0700.HK,eps_diluted,adjusted,2024-01-01,2024-03-31,2024-05-14,,1.5,per share,CNY,,,exact,printed,made-up,,
0700.HK,revenue,reported,2024-01-01,2024-03-31,2024-05-14,,1000,million,CNY,,,exact,printed,made-up,,
""",
    "buybacks": """
ticker,grain,measure,start_date,end_date,venue,share_class,share_unit,shares,amount,currency,price_low,price_high,method,disposal,published_on,published_on_basis,trusted,quality,source_id,locator,note
0700.HK,day,bought,2024-05-16,2024-05-16,Hong Kong,ordinary,share,1000,46500,HKD,46,47,on exchange,cancelled,,convention,true,exact,made-up,,
0700.HK,ytd,bought,2024-01-01,2024-05-16,Hong Kong,ordinary,share,74828,3400000,HKD,,,unknown,unknown,,convention,true,exact,made-up,,
""",
    "segments": """
ticker,history,period_start,period_end,segment,parent_segment,announced_on,revenue_mn,currency,prior_revenue_mn,yoy_pct,quality,date_basis,source_id,locator,note
0700.HK,as_reported,2024-01-01,2024-03-31,Games,,2024-05-14,600,CNY,,,exact,printed,made-up,,
0700.HK,as_reported,2024-01-01,2024-03-31,Other,,2024-05-14,400,CNY,,,exact,printed,made-up,,
""",
    "corrections": """
correction_id,subject_table,subject_key,column_name,printed_value,ruled_value,test,reason,source_id
C01,buybacks,0700.HK|ytd|bought|2024-01-01|2024-05-16|Hong Kong|ordinary|HKD|made-up,shares,74828,76000,the sum of the days,counts from the mandate,made-up
""",
}  # fmt: skip
LINE = re.compile(r"^(?P<file>[\w./-]+\.csv)(:(?P<line>\d+))? (?P<column>[^:]+?)( (?P<value>['\"].*['\"]))?: rule (?P<rule>[CP]\d\d), (?P<wrong>.+)$")
HEADER = GOOD["prices"].lstrip().splitlines()[0] + "\n"
PRICE = "0700.HK,2024-05-17,46,,100,HKD,daily,made-up\n"

# Each is the first row of its file with one cell changed (others only to keep its key its own): what is said of it.
CELLS = (
    ("earnings", {"ticker": "00700"}, "C10", "no ticker of companies.csv; near: 0700.HK"),
    ("earnings", {"ticker": "0701.HK"}, "C10", "near: 0700.HK"),
    ("earnings", {"source_id": "made-upp", "announced_on": "2024-05-15", "supersedes": "2024-05-14"}, "C17", "no source of sources.csv; near: made-up"),
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
    ("prices", {"close": "-46", "date": "2024-05-20"}, "C20", '"close" > 0'),
    ("prices", {"close": "0", "date": "2024-05-21"}, "C20", '"close" > 0'),
    ("prices", {"volume": "-1", "date": "2024-05-22"}, "C20", "volume >= 0"),
    ("buybacks", {"trusted": "yes"}, "C07", "neither true nor false"),
    ("buybacks", {"grain": "days"}, "C16", "not one of the allowed words"),
    ("buybacks", {"amount": "50000", "start_date": "2024-05-17", "end_date": "2024-05-17"}, "C24", "price_low to price_high"),
    ("earnings", {"announced_on": "2024-03-30", "basis": "reported"}, "C26", "announced before the period ended"),
    ("earnings", {"currency": ""}, "C18", "is empty and must not be"),
    ("earnings", {"currency": "USD"}, "C27", "0700.HK reports in CNY; a translation for the reader's convenience is marked 'convenience' in the column translation"),
    ("earnings", {"currency": "HKD", "item": "net_income", "unit": "million"}, "C27", "0700.HK reports in CNY"),
    ("earnings", {"translation": "convenience", "period_start": "2023-01-01", "period_end": "2023-03-31"}, "C27", "0700.HK reports in CNY: a figure in CNY is no translation"),
    ("earnings", {"translation": "yes", "currency": "USD", "period_end": "2023-06-30", "period_start": "2023-04-01"}, "C16", "not one of the allowed words"),
    ("earnings", {"announced_on": "2024-06-14"}, "C28", "a second figure of 0700.HK eps_diluted adjusted, 2024-01-01 to 2024-03-31, in CNY, beside earnings.csv:6, announced on 2024-05-15; where it is restated, supersedes names"),
    ("earnings", {"supersedes": "2024-05-15", "announced_on": "2024-07-14"}, "C28", "the figure before this one is earnings.csv:13, announced on 2024-06-14"),
    ("earnings", {"supersedes": "2023-03-20", "ticker": "9999.HK"}, "C28", "no figure of 9999.HK eps_diluted adjusted, 2024-01-01 to 2024-03-31, in CNY was announced on that day"),
    ("earnings", {"supersedes": "2024-07-14", "announced_on": "2024-07-14", "ticker": "9999.HK"}, "C28", "a restatement is announced after the figure it restates; this one on 2024-07-14"),
    ("earnings", {"supersedes": "2024-05-14", "announced_on": "", "basis": "reported", "ticker": "9999.HK"}, "C28", "this one on a day not known"),
    ("segments", {"announced_on": "2024-03-31"}, "C26", "announced before the period ended"),
    ("corrections", {"printed_value": "3400001", "correction_id": "C02", "column_name": "amount", "ruled_value": "1"}, "C31", "buybacks.csv now says 3400000.0: the ruling was made for another value"),
    ("corrections", {"subject_key": "0700.HK|week", "correction_id": "C03"}, "C30", "no row of buybacks.csv has this key"),
    ("corrections", {"column_name": "share", "correction_id": "C04"}, "C30", "no such table or column"),
)  # fmt: skip

# Each is a file of landed prices: where it is refused, the rule, and what is said.
FILES = (
    ("renamed", HEADER.replace("close", "closing", 1) + PRICE, ":1 close", "C09", "the column is missing; is 'closing' meant?"),
    ("missing", HEADER.replace(",volume", "") + PRICE, ":1 volume", "C09", "the column is missing"),
    ("unknown", HEADER.replace("source_id", "source_id,turnover") + PRICE, ":1 turnover", "C09", "is no column of this table (ticker, date, close"),
    ("twice", HEADER.replace("adj_close", "close") + PRICE, ":1 close", "C09", "stands twice in the header"),
    ("extra", HEADER + PRICE.replace("made-up", "made-up,7"), ":2 line", "C02", "9 fields, the header has 8"),
    ("few", HEADER + PRICE.replace(",daily", ""), ":2 line", "C02", "7 fields, the header has 8"),
    ("thousands", HEADER + PRICE.replace(",46,", ",1,512.5,"), ":2 line", "C02", "9 fields, the header has 8"),
    ("quote", HEADER + PRICE.replace("HKD", '"HKD') + PRICE, ":2 line", "C04", "a quote that opens here does not close as it should"),
    ("nul", HEADER + PRICE.replace("46", "4\x006"), ":2 file", "C04", "a NUL byte at byte 84"),
    ("empty", "", " file", "C11", "the file is empty"),
    ("blank", "\n \n", " file", "C11", "the file is empty"),
    ("html", "<!DOCTYPE html><title>Too Many Requests</title>\n", ":1 file", "C11", "an HTML page, not a CSV file"),
    ("utf16", HEADER.encode("utf-16"), " file", "C01", "UTF-16"),
    ("gbk", (HEADER + PRICE.replace("0700.HK", "腾讯")).encode("gbk"), ":2 file", "C01", "not UTF-8 at byte 64"),
    ("cut", HEADER + PRICE[:-9], ":2 file", "C03", "the last line has no line end: the file may be cut off"),
    ("other", HEADER + "0700.HK,2024-05-14,47,,,HKD,daily,made-up\n", ":2 ticker frequency date", "P03", "the same key with other values stands at prices.csv:2"),
    ("same", HEADER + "0700.HK,2024-05-14,46,,100,HKD,daily,made-up\n", ":2 ticker frequency date", "P03", "the same row stands at prices.csv:2"),
    ("semicolon", HEADER.replace(",", ";"), ":1 ticker", "C09", "the column is missing"),
)  # fmt: skip


def changed(table: str, old: str, new: str) -> str:
    """The good file with old replaced by new, which it holds."""
    text = GOOD[table].lstrip()
    assert old in text
    return text.replace(old, new, 1)


def bad_line(table: str, cells: dict[str, str]) -> str:
    """The first row of the good file with these cells changed, as a CSV line."""
    header, first, *_ = csv.reader(io.StringIO(GOOD[table].lstrip()))
    assert set(cells) <= set(header)
    line = io.StringIO()
    csv.writer(line, lineterminator="\n").writerow(cells.get(column, cell) for column, cell in zip(header, first))
    return line.getvalue()


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    """A data folder whose good files are built and served."""
    made = invented(tmp_path_factory.mktemp("desk") / "data", **GOOD)
    assert made.result.rejected == []
    return made


@pytest.fixture(scope="module")
def refused(tmp_path_factory):
    """What one build says of a folder with all of CELLS and FILES in it, while the snapshot before it is served."""
    made = invented(tmp_path_factory.mktemp("refused") / "data", **GOOD)
    before = made.served
    for table in {table for table, *_ in CELLS}:
        path = made.folder / "curated" / f"{table}.csv"
        path.write_text(path.read_text("utf-8") + "".join(bad_line(t, cells) for t, cells, *_ in CELLS if t == table), "utf-8")
    for name, content, *_ in FILES:
        (made.folder / "prices" / f"{name}.csv").write_bytes(content if isinstance(content, bytes) else content.encode("utf-8"))
    result = build(made.folder, say=lambda text: None)
    assert result.snapshot_id is None and made.served == before and made.served.problem is None
    assert list((made.folder / "warehouse").glob("stage-*")) == []
    return result.rejected


# What is refused ----------------------------------------------------------------------------------------------

@pytest.mark.parametrize("case", range(len(CELLS)), ids=[f"{table}-{'-'.join(list(cells.items())[0])}" for table, cells, *_ in CELLS])
def test_a_wrong_cell_is_named_by_file_line_column_value_and_rule(refused, case):
    table, cells, rule, words = CELLS[case]
    line = len(GOOD[table].strip().splitlines()) + 1 + sum(t == table for t, *_ in CELLS[:case])
    column, value = list(cells.items())[0]
    (said,) = [rejection for rejection in refused if rejection.startswith(f"{table}.csv:{line} ")]
    found = LINE.match(said)
    assert found, said
    assert (found["column"], found["rule"]) == ("column_name" if words == "no such table or column" else column, rule)
    assert found["value"] is None if value == "" else value in found["value"]
    assert words in found["wrong"]


@pytest.mark.parametrize(("name", "content", "place", "rule", "words"), FILES, ids=[name for name, *_ in FILES])
def test_a_file_that_is_not_what_its_name_says_is_refused(refused, name, content, place, rule, words):
    said = [rejection for rejection in refused if rejection.startswith(f"prices/{name}.csv")]
    assert any(rejection.startswith(f"prices/{name}.csv{place}") and f"rule {rule}, " in rejection and words in rejection for rejection in said), said


def test_all_of_it_is_said_in_one_pass_and_nothing_else_is(refused):
    places = {re.match(r"[^: ]+(:\d+)?", rejection)[0] for rejection in refused}
    assert len({place for place in places if not place.startswith("prices/")}) == len(CELLS)
    assert {place.split(":")[0] for place in places if place.startswith("prices/")} == {f"prices/{name}.csv" for name, *_ in FILES}
    assert all(LINE.match(rejection) for rejection in refused)


@pytest.mark.parametrize(("content", "said"), [
    (None, "companies.csv file: rule C11, is missing"),
    (b"", "companies.csv file: rule C11, the file is empty; a table without rows keeps its header line"),
    (GOOD["companies"].lstrip().encode("gbk"), "companies.csv:2 file: rule C01, not UTF-8 at byte"),
], ids=["missing", "empty", "gbk"])  # fmt: skip
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
        assert build(desk.folder, say=lambda text: None).rejected == ["buyback.csv file: rule C09, is no table of schema.sql; is buybacks.csv meant?"]
    finally:
        path.unlink()


# An EPS against the shares --------------------------------------------------------------------------------------

# One defect each in the repository's own figures: ticker, basis, period, cells in place of those printed, what is suspected.
DEFECTS = (
    ("0700.HK", "adjusted", "2018-07-01", "2018-09-30", {"value": "20.61"}, "is the EPS 10 times too large"),
    ("0700.HK", "adjusted", "2024-07-01", "2024-09-30", {"value": "634"}, "is the EPS 100 times too large"),
    ("0700.HK", "reported", "2019-07-01", "2019-09-30", {"value": "0.2127"}, "is the EPS 10 times too small"),
    ("0700.HK", "reported", "2026-04-01", "2026-06-30", {"value": "6104"}, "is the EPS 1000 times too large"),
    ("0772.HK", "adjusted", "2024-01-01", "2024-12-31", {"value": "112"}, "is the EPS 100 times too large"),
    ("1024.HK", "adjusted", "2025-04-01", "2025-06-30", {"value": "13.19"}, "is the EPS 10 times too large"),
    ("1024.HK", "reported", "2022-04-01", "2022-06-30", {"value": "-7.48"}, "is the EPS 10 times too large"),
    ("1698.HK", "adjusted", "2025-01-01", "2025-03-31", {"unit": "per share"}, "is this per ADS (2 shares)?"),
    ("1698.HK", "reported", "2019-01-01", "2019-06-30", {"unit": "per ADS"}, None),
    ("1698.HK", "reported", "2024-01-01", "2024-12-31", {"unit": "per share"}, "is this per ADS (2 shares)?"),
    ("1810.HK", "reported", "2020-01-01", "2020-03-31", {"value": "0.89"}, "is the EPS 10 times too large"),
    ("1810.HK", "adjusted", "2025-01-01", "2025-03-31", {"value": "41.05"}, "is the EPS 100 times too large"),
    ("3690.HK", "reported", "2020-04-01", "2020-06-30", {"value": "3.7"}, "is the EPS 10 times too large"),
    ("3690.HK", "reported", "2026-01-01", "2026-03-31", {"value": "-0.1126"}, "is the EPS 10 times too small"),
    ("6618.HK", "reported", "2025-01-01", "2025-06-30", {"value": "82"}, "is the EPS 100 times too large"),
    ("9618.HK", "adjusted", "2024-01-01", "2024-03-31", {"unit": "per share"}, "is this per ADS (2 shares)?"),
    ("9618.HK", "adjusted", "2023-07-01", "2023-09-30", {"unit": "per ADS"}, "is this per share (one ADS is 2 shares)?"),
    ("9618.HK", "reported", "2025-10-01", "2025-12-31", {"unit": "per share"}, "is this per ADS (2 shares)?"),
    ("9626.HK", "adjusted", "2025-04-01", "2025-06-30", {"value": "12.9"}, "is the EPS 10 times too large"),
    ("9888.HK", "adjusted", "2021-04-01", "2021-06-30", {"unit": "per share"}, "is this per ADS (8 shares)?"),
    ("9888.HK", "reported", "2026-01-01", "2026-03-31", {"value": "1.095"}, "is this per share (one ADS is 8 shares)?"),
    ("9961.HK", "reported", "2025-10-01", "2025-12-31", {"value": "60.9"}, "is the EPS 10 times too large"),
    ("9988.HK", "adjusted", "2018-04-01", "2018-06-30", {"unit": "per share"}, "is this per ADS (8 shares)?"),
    ("9988.HK", "adjusted", "2020-01-01", "2020-03-31", {"unit": "per ADS"}, "is this per share (one ADS is 8 shares)?"),
    ("9988.HK", "reported", "2021-10-01", "2021-12-31", {"value": "60.08"}, "is this multiplied by the 8 shares of an ADS twice?"),
    ("9999.HK", "adjusted", "2019-01-01", "2019-03-31", {"unit": "per share"}, "is this per ADS (25 shares)?"),
    ("9999.HK", "adjusted", "2023-07-01", "2023-09-30", {"unit": "per share"}, "is this per ADS (5 shares)?"),
    ("9999.HK", "reported", "2026-04-01", "2026-06-30", {"unit": "per ADS"}, "is this per share (one ADS is 5 shares)?"),
    ("PDD", "adjusted", "2025-04-01", "2025-06-30", {"unit": "per share"}, "is this per ADS (4 shares)?"),
    ("PDD", "reported", "2022-04-01", "2022-06-30", {"value": "0.618"}, "is the EPS 10 times too small"),
)  # fmt: skip
# Of the half-year to June 2019 the file has an EPS and no profit: nothing tells that it is wrong.
UNTOLD = [defect for defect in DEFECTS if defect[-1] is None]


def place_of(rows: list[dict], ticker: str, basis: str, start: str, end: str) -> int:
    """Line of the first print of an EPS in earnings.csv."""
    return next(number for number, row in enumerate(rows, 2) if (row["ticker"], row["item"], row["basis"], row["period_start"], row["period_end"]) == (ticker, "eps_diluted", basis, start, end))


@pytest.fixture(scope="module")
def planted(tmp_path_factory):
    """What the build says of the repository's own figures with all of DEFECTS in them, by line of earnings.csv."""
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
    return lines, {int(re.match(r"earnings\.csv:(\d+) ", rejection)[1]): rejection for rejection in rejected}, len(rejected)


@pytest.mark.parametrize("case", range(len(DEFECTS)), ids=["-".join([*defect[:2], defect[3], *defect[4].values()]) for defect in DEFECTS])
def test_an_eps_in_a_wrong_unit_is_refused_and_the_unit_suspected_is_named(planted, case):
    lines, said, _ = planted
    *_, cells, words = DEFECTS[case]
    if words is None:
        assert lines[case] not in said
        return
    found = LINE.match(said[lines[case]])
    assert (found["column"], found["rule"]) == ("value", "C29") and words in found["wrong"]
    assert re.search(r"with the profit of earnings\.csv:\d+ it implies [\d,]+ million shares, [\d,.]+ times (more|fewer) than the [\d,]+ million (of shares\.csv:\d+|that \d+ other results)", found["wrong"])


def test_the_other_figures_beside_them_are_not_suspected(planted):
    lines, said, count = planted
    assert set(said) == {line for line, defect in zip(lines, DEFECTS) if defect not in UNTOLD} and count == len(said) == len(DEFECTS) - len(UNTOLD)


def read_all(folder: Path) -> dict[str, curated.Rows]:
    """The rows of the files that the check asks."""
    with duckdb.connect() as connection:
        connection.execute((snapshot.SQL / "schema.sql").read_text("utf-8"))
        declared = curated.tables(connection)
    return {name: curated.read(folder / f"{name}.csv", declared[name], f"{name}.csv")[0] for name in ("companies", "listings", "corporate_actions", "shares", "earnings")}


def test_no_figure_as_printed_is_suspected():
    assert curated.implausible_counts(read_all(CURATED)) == []


@pytest.mark.parametrize("ratio", [1, 2, 4, 8, 25])
def test_rounding_dilution_and_profits_near_zero_raise_no_suspicion(ratio):
    """A thousand quarters of invented companies, told to the cent: no line is refused for what an honest print can be."""
    every, random_of, noise = read_all(CURATED), random.Random(ratio), 0.12
    earnings = curated.Rows(every["earnings"].table)
    template = every["earnings"].values[0]
    for company in range(50):
        shares, size = 10 ** random_of.uniform(2, 4.5), 10 ** random_of.uniform(1, 4.5)
        for quarter in range(20):
            profit = round(size * random_of.choice([1, 1, 1, 1.2, -0.6, 0.02, -0.01, 0.003]) * random_of.uniform(0.7, 1.3))
            # the EPS rests on the profit less what other holders get first, over a diluted count
            eps = round((profit - random_of.uniform(0, 0.02) * size) / (shares * random_of.uniform(1 - noise, 1 + noise)) * ratio, 2)
            shares *= random_of.uniform(0.985, 1.01)
            start = date(2019 + quarter // 4, quarter % 4 * 3 + 1, 1)
            end = (start + timedelta(days=100)).replace(day=1) - timedelta(days=1)
            row = template | {"ticker": f"{company:04d}.HK", "period_start": start, "period_end": end, "announced_on": end + timedelta(days=40)}
            earnings.values += [row | {"value": float(eps), "unit": "per ADS" if ratio > 1 else "per share"}, row | {"item": "net_income", "value": float(profit), "unit": "million"}]
            earnings.places += [("earnings.csv", len(earnings.places) + 2), ("earnings.csv", len(earnings.places) + 3)]
    listings = curated.Rows(every["listings"].table, [every["listings"].values[0] | {"ticker": f"A{c}", "issuer_ticker": f"{c:04d}.HK", "share_class": "ADS", "shares_per_ads": float(ratio)} for c in range(50)], [("listings.csv", c) for c in range(50)])
    assert [str(found) for found in curated.implausible_counts({"earnings": earnings, "listings": listings})] == []


def test_a_split_is_no_suspicion_once_it_is_a_corporate_action(tmp_path):
    """Ten new shares for one: counts before and after it are compared on today's basis."""
    def results(value, start, end, announced):
        return "".join(f"9999.HK,{item},adjusted,{start},{end},{announced},,{figure},{unit},CNY,,,exact,printed,made-up,,\n" for item, figure, unit in (("eps_diluted", value, "per share"), ("net_income", 3000, "million")))

    files = GOOD | {"earnings": GOOD["earnings"] + results(3, "2023-01-01", "2023-03-31", "2023-05-14") + results(3, "2023-04-01", "2023-06-30", "2023-08-14")
                    + results(3, "2023-07-01", "2023-09-30", "2023-11-14") + results(0.3, "2023-10-01", "2023-12-31", "2024-03-14")}
    made = invented(tmp_path / "data", **files)
    (said,) = made.result.rejected
    assert said.startswith("earnings.csv:10 value '0.3': rule C29, ") and "10.0 times more than the 1,000 million that 3 other results within three years imply: is the EPS 10 times too small" in said
    action = "ticker,ex_date,kind,item,amount,currency,ratio,source_id,note\n9999.HK,2024-01-02,split,,,,10,made-up,\n"
    assert built(tmp_path / "data", {"corporate_actions": action}).result.rejected == []


# Restatements and translations as they should be --------------------------------------------------------------

def eps(announced: str, supersedes: str = "", value: float = 1.5, currency: str = "CNY", translation: str = "") -> str:
    return f"0700.HK,eps_diluted,adjusted,2024-01-01,2024-03-31,{announced},{supersedes},{value},per share,{currency},{translation},,exact,printed,made-up,,\n"


def test_a_chain_of_three_is_legal_and_so_is_a_marked_translation(tmp_path):
    made = invented(tmp_path / "data", **GOOD | {"earnings": GOOD["earnings"] + eps("2024-08-14", "2024-05-14", 1.6) + eps("2024-11-13", "2024-08-14", 1.7) + eps("2024-05-14", "", 0.21, "USD", "convenience")})
    assert made.result.rejected == []
    assert made.rows("SELECT printed_value, version FROM earnings_items WHERE item = 'eps_diluted' AND in_reporting_currency ORDER BY version") == [(1.5, 1), (1.6, 2), (1.7, 3)]
    assert made.rows("SELECT currency, translation FROM printed.earnings WHERE translation IS NOT NULL") == [("USD", "convenience")]


@pytest.mark.parametrize(("rows", "said"), [
    (eps("2024-08-14"), "earnings.csv:4 announced_on '2024-08-14': rule C28, a second figure of 0700.HK eps_diluted adjusted, 2024-01-01 to 2024-03-31, in CNY, beside earnings.csv:2, announced on 2024-05-14; "),
    (eps("2024-08-14", "2024-05-14") + eps("2024-11-13", "2024-05-14"), "earnings.csv:5 supersedes '2024-05-14': rule C28, the figure before this one is earnings.csv:4, announced on 2024-08-14"),
    (eps("2024-08-14", "2024-05-13"), "earnings.csv:4 supersedes '2024-05-13': rule C28, no figure of 0700.HK eps_diluted adjusted, 2024-01-01 to 2024-03-31, in CNY was announced on that day"),
    (eps("", value=1.4), "earnings.csv:2 announced_on '2024-05-14': rule C28, a second figure of 0700.HK eps_diluted adjusted, 2024-01-01 to 2024-03-31, in CNY, beside earnings.csv:4, whose announced_on is not known"),
    (eps("2024-05-14", value=1.4), "earnings.csv:4 ticker item basis period_start period_end currency announced_on '0700.HK|eps_diluted|adjusted|2024-01-01|2024-03-31|CNY|2024-05-14': rule P03, "),
    (eps("2024-05-14", value=0.21, currency="USD"), "earnings.csv:4 currency 'USD': rule C27, 0700.HK reports in CNY; a translation"),
], ids=["second", "fork", "no such day", "day not known", "same day", "unmarked currency"])  # fmt: skip
def test_a_second_figure_says_what_it_is_or_is_refused(desk, rows, said):
    path = desk.folder / "curated" / "earnings.csv"
    path.write_text(GOOD["earnings"].lstrip() + rows, "utf-8")
    try:
        (rejection,) = build(desk.folder, say=lambda text: None).rejected
    finally:
        path.write_text(GOOD["earnings"].lstrip(), "utf-8")
    assert rejection.startswith(said)
    assert desk.served.problem is None and desk.served.snapshot_id == desk.result.snapshot_id


def test_the_repository_names_its_own_restatements_and_translations():
    with open(CURATED / "earnings.csv", encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert sorted({(row["ticker"], row["item"], row["period_end"], row["announced_on"], row["supersedes"]) for row in rows if row["supersedes"]}) == [
        ("9988.HK", "eps_diluted", "2021-12-31", "2022-05-26", "2022-02-24"), ("9988.HK", "net_income", "2021-12-31", "2022-05-26", "2022-02-24")]
    assert {row["currency"] for row in rows if row["translation"]} == {"USD"} and sum(row["translation"] == "convenience" for row in rows) == 5


# What is kept and not used --------------------------------------------------------------------------------------

ESTIMATES = ("broker,broker_basis,broker_printed,estimate_kind,quoted_by,ticker,metric,metric_printed,basis,basis_basis,fiscal_year,fiscal_year_printed,fiscal_year_end,fiscal_period,period_end,value,previous_value,"
             "revision_pct,growth_pct,currency,currency_basis,unit,per,published_on,published_printed,quality,date_basis,source_id,locator,note\n")


def estimate(broker: str, year: int, published_on: str, year_end: str = "12-31") -> str:
    end = f"{year}-{year_end}" if year_end else ""
    return f"{broker},printed,{broker},broker,,0700.HK,eps_diluted,EPS,adjusted,printed,{year},{year}E,{end},{year}FY,{end},7,,,,CNY,printed,per share,share,{published_on},,exact,{'printed' if published_on else 'convention'},made-up,,\n"


def old_quarter(start: str, end: str, announced: str) -> str:
    """RMB results before the first exchange rate known, so that an HKD price has none."""
    return f"9999.HK,eps_diluted,adjusted,{start},{end},{announced},,1,per share,CNY,,,exact,printed,made-up,,\n"


@pytest.fixture(scope="module")
def quarantined(tmp_path_factory):
    """A folder with all that waits in the file and enters no figure."""
    made = invented(tmp_path_factory.mktemp("quarantined") / "data", **GOOD | {
        "prices": GOOD["prices"] + "0700.HK,2024-05-18,460,,,HKD,daily,made-up\n" + "".join(f"9999.HK,{day},12,,,HKD,daily,made-up\n" for day in ("2003-04-01", "2003-04-02", "2003-04-03")),
        "earnings": GOOD["earnings"] + "0700.HK,eps_diluted,adjusted,2024-04-01,2024-06-30,2098-03-02,,1.6,per share,CNY,,,exact,printed,made-up,,\n"
        + old_quarter("2002-01-01", "2002-03-31", "2002-05-14") + old_quarter("2002-04-01", "2002-06-30", "2002-08-14") + old_quarter("2002-07-01", "2002-09-30", "2002-11-13") + old_quarter("2002-10-01", "2002-12-31", "2003-03-19"),
        "estimates": ESTIMATES + estimate("Broker", 2024, "") + estimate("Broker", 2025, "") + estimate("Other", 2025, "2098-03-02") + estimate("Other", 2026, "2024-05-16", ""),
        "buybacks": GOOD["buybacks"] + "0700.HK,month,bought,2024-04-01,2024-04-30,Hong Kong,ordinary,share,1000,46500,HKD,,,unknown,unknown,2098-03-02,printed,true,exact,made-up,,\n",
    })  # fmt: skip
    assert made.result.rejected == []
    return made


@pytest.mark.parametrize(("code", "severity", "table", "found"), [
    ("P01", "warn", "prices", [("0700.HK", "2024-05-18", "a close on a day that is no session of HKEX: not used")]),
    ("V01", "warn", "valuation", [("9999.HK", "2003-04-01 to 2003-04-03", "3 sessions have no PE, because no CNY to HKD rate of the ten days before is known")]),
    ("D01", "warn", "earnings", [("0700.HK", "adjusted eps_diluted to 2024-06-30", "announced on 2098-03-02, after today: counts from then on")]),
    ("D01", "warn", "estimates", [("0700.HK", "Other eps_diluted 2025FY", "published on 2098-03-02, after today: counts from then on")]),
    ("D01", "warn", "buybacks", [("0700.HK", "month to 2024-04-30", "published on 2098-03-02, after today: counts from then on")]),
    ("F01", "note", "estimates", [("0700.HK", "Broker", "2 estimates without a day: shown as undated, in no consensus")]),
    ("F02", "note", "estimates", [("0700.HK", "Other", "1 estimate of a fiscal year whose end is not certain (2026E): shown as printed, in no consensus")]),
], ids=["weekend", "no rate", "future results", "future estimate", "future statement", "undated", "uncertain year"])  # fmt: skip
def test_what_is_not_used_is_a_finding(quarantined, code, severity, table, found):
    assert quarantined.rows("SELECT ticker, ref, message FROM findings WHERE code = ? AND severity = ? AND subject_table = ? ORDER BY ALL", code, severity, table) == found


def test_and_stands_in_the_file_as_it_was_given(quarantined):
    assert quarantined.rows("SELECT close FROM prices WHERE date = '2024-05-18'") == [(460,)]
    assert quarantined.rows("SELECT (SELECT count(*) FROM estimates), (SELECT count(*) FROM printed.earnings WHERE announced_on > '2090-01-01'), (SELECT count(*) FROM printed.buybacks WHERE published_on > '2090-01-01')") == [(4, 1, 1)]


def test_and_enters_no_figure_of_any_evening_before(quarantined):
    assert quarantined.rows("SELECT count(*) FROM valuation WHERE eps_announced_on > '2090-01-01' OR metric = 'pe_ttm' AND date < '2004-01-01' AND value IS NOT NULL") == [(0,)]
    assert quarantined.rows("SELECT amount_hkd FROM buyback_ytd('2097-12-31') WHERE ticker = '0700.HK'") == [(None,)]
    assert quarantined.rows("SELECT amount_hkd FROM buyback_ytd('2024-05-16') WHERE ticker = '0700.HK'") == [(3400000,)]


@pytest.mark.parametrize(("clock", "is_future"), [("2024-05-13T15:59", True), ("2024-05-13T16:00", False), ("2024-05-14T12:00", False)])
def test_today_is_the_day_in_hong_kong_by_the_clock_of_the_audit(desk, tmp_path, clock, is_future):
    copied = shutil.copyfile(desk.served.path, tmp_path / "copy.duckdb")
    with duckdb.connect(str(copied)) as connection:
        connection.execute("DELETE FROM findings")
        checks.audit(connection, datetime.fromisoformat(clock).replace(tzinfo=UTC))
        future = connection.execute("SELECT count(*) FROM findings WHERE code = 'D01' AND subject_table = 'earnings'").fetchone()[0]
    assert (future > 0) == is_future


# What is not refused ------------------------------------------------------------------------------------------

MARKUP = "<img src=x onerror=alert(1)> =HYPERLINK(1)"


@pytest.fixture(scope="module")
def odd(tmp_path_factory):
    """A folder with all that is unusual and still right: each test names one thing of it."""
    folder = tmp_path_factory.mktemp("odd") / "data"
    (folder / "prices").mkdir(parents=True)
    landed = ["source_id,frequency,currency,volume,adj_close,close,date,ticker", "made-up,daily,HKD,,,48, 2024-05-17 ,0700.HK\u00a0", ""]
    (folder / "prices" / "windows.csv").write_bytes(("\ufeff" + "\r\n".join(landed)).encode("utf-8"))
    made = invented(folder, **GOOD | {
        "segments": changed("segments", ",400,CNY", ",390,CNY"),
        "earnings": changed("earnings", "exact,printed,made-up,,", f"exact,printed,made-up,,{MARKUP}"),
        "closures": "exchange,date,cause,source_id\n",
    })  # fmt: skip
    assert made.result.rejected == []
    return made


def test_a_table_with_its_header_only_has_no_rows_and_is_accepted(odd):
    assert odd.rows("SELECT count(*) FROM closures") == [(0,)]


def test_a_byte_order_mark_windows_line_ends_another_column_order_and_hidden_blanks_are_accepted(odd):
    assert odd.rows("SELECT ticker, close FROM prices WHERE date = '2024-05-17'") == [("0700.HK", 48.0)]


def test_segments_that_miss_revenue_by_more_than_half_a_per_cent_are_a_finding_and_no_refusal(odd):
    assert odd.rows("SELECT severity, ticker, ref, message FROM findings WHERE code = 'S01'") == [
        ("warn", "0700.HK", "2024Q1", "segments sum to 990 million, revenue is 1000 million (-1.0 %): only some segments are known")]


def test_markup_and_formulas_in_a_note_are_kept_as_the_text_they_are(odd):
    assert odd.rows("SELECT note FROM printed.earnings WHERE note IS NOT NULL") == [(MARKUP,)]


def test_without_any_price_there_is_nothing_to_serve(tmp_path):
    made = invented(tmp_path / "data", **GOOD | {"prices": HEADER})
    assert made.result.snapshot_id is None and "rule A04, no price is loaded" in made.result.rejected[0]


def test_a_correction_puts_the_ruled_value_in_place_and_says_so(desk):
    assert desk.rows("SELECT shares, quality, correction_id FROM buybacks WHERE grain = 'ytd'") == [(76000, "ruled", "C01")]


# The command line ----------------------------------------------------------------------------------------------

def test_a_refused_build_exits_2_says_what_is_served_and_shows_no_traceback(desk):
    path = desk.folder / "curated" / "prices.csv"
    path.write_text(changed("prices", ",46,,", ",abc,,").replace("9999.HK", "9998.HK"), "utf-8")
    try:
        done = loaders("build", data=desk.folder, in_process=False)
        checked = loaders("check", data=desk.folder)
    finally:
        path.write_text(GOOD["prices"].lstrip(), "utf-8")
    assert done.returncode == checked.returncode == 2 and done.stderr == checked.stderr
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
    assert done.returncode == 2 and "Traceback" not in done.stderr
    assert "companies.csv file: rule C11, the file is empty" in done.stderr and "nothing is served yet" in done.stderr


def test_a_folder_without_figures_is_named(tmp_path):
    done = loaders("build", data=tmp_path)
    assert done.returncode == 2 and "holds no curated file" in done.stderr and "Traceback" not in done.stderr
