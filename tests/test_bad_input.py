"""What is wrong in a file is refused by file, line, column, value and rule, all of it in one pass, and what was served is served still."""

import csv
import io
import re

import pytest
from conftest import invented, loaders

from loaders.build import build

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
ticker,item,basis,period_start,period_end,announced_on,value,unit,currency,yoy_pct,quality,date_basis,source_id,locator,note
0700.HK,eps_diluted,adjusted,2024-01-01,2024-03-31,2024-05-14,1.5,per share,CNY,,exact,printed,made-up,,
0700.HK,revenue,reported,2024-01-01,2024-03-31,2024-05-14,1000,million,CNY,,exact,printed,made-up,,
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
    ("earnings", {"source_id": "made-upp", "announced_on": "2024-05-15"}, "C17", "no source of sources.csv; near: made-up"),
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
    ("earnings", {"announced_on": "2024-03-30"}, "C26", "announced before the period ended"),
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
