"""What is wrong in a file is refused by file, line, column, value and rule, all of it in one pass, and what was served is served still."""

import os
import re
import subprocess
import sys

import pytest
from conftest import ROOT, invented

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


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    """A data folder whose good files are built and served."""
    made = invented(tmp_path_factory.mktemp("desk") / "data", **GOOD)
    assert made.result.rejected == []
    return made


@pytest.fixture
def refused(desk):
    """refused(table, text or bytes): the rejections of a build with that file, after which the good one stands again."""
    from loaders.build import build

    served, touched = desk.served, set()

    def attempt(table: str, content: str | bytes, file: str | None = None) -> list[str]:
        path = desk.folder / (file or f"curated/{table}.csv")
        touched.add((path, None if file else GOOD[table].lstrip()))
        path.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8"))
        result = build(desk.folder, say=lambda text: None)
        assert result.snapshot_id is None and desk.served == served
        return result.rejected

    yield attempt
    for path, text in touched:
        path.write_text(text, "utf-8") if text is not None else path.unlink()
    assert list((desk.folder / "warehouse").glob("stage-*")) == []


def changed(table: str, old: str, new: str) -> str:
    """The good file with old replaced by new, which it holds."""
    text = GOOD[table].lstrip()
    assert old in text
    return text.replace(old, new, 1)


# One cell, one row: file, line, column, value and rule -------------------------------------------------------

@pytest.mark.parametrize(("table", "old", "new", "line", "column", "value", "rule", "words"), [
    ("earnings", "0700.HK,eps", "00700,eps", 2, "ticker", "'00700'", "C10", "near: 0700.HK"),
    ("earnings", "0700.HK,eps", "0701.HK,eps", 2, "ticker", "'0701.HK'", "C10", "near: 0700.HK"),
    ("earnings", "exact,printed,made-up", "exact,printed,made-upp", 2, "source_id", "'made-upp'", "C17", "near: made-up"),
    ("prices", "2024-05-14", "yesterday", 2, "date", "'yesterday'", "C05", "no date"),
    ("prices", "2024-05-14", "2026-02-30", 2, "date", "'2026-02-30'", "C05", "no such day"),
    ("prices", "2024-05-14", "14/05/2024", 2, "date", "'14/05/2024'", "C05", "ambiguous"),
    ("prices", "2024-05-14", "03/04/2024", 2, "date", "'03/04/2024'", "C05", "ambiguous"),
    ("prices", "2024-05-14", "2024年5月14日", 2, "date", "'2024年5月14日'", "C05", "no date"),
    ("prices", "2024-05-14", "45426", 2, "date", "'45426'", "C05", "no date"),
    ("prices", "2024-05-14", "0224-05-14", 2, "date", "'0224-05-14'", "C06", "year"),
    ("prices", ",46,,", ",abc,,", 2, "close", "'abc'", "C07", "not a number"),
    ("prices", ",46,,", ',"1,512.5",,', 2, "close", "'1,512.5'", "C07", "is 1512.5 meant?"),
    ("prices", ",46,,", ",４６,,", 2, "close", "'４６'", "C07", "is 46 meant?"),
    ("prices", ",46,,", ",−46,,", 2, "close", "'−46'", "C07", "is -46 meant?"),
    ("prices", ",46,,", ",12.5%,,", 2, "close", "'12.5%'", "C08", "unit"),
    ("prices", ",46,,", ",5.1亿,,", 2, "close", "'5.1亿'", "C08", "unit"),
    ("prices", ",46,,", ",inf,,", 2, "close", "'inf'", "C07", "not a number"),
    ("prices", ",46,,", ",nan,,", 2, "close", "'nan'", "C07", "not a number"),
    ("prices", ",46,,", ",1e999,,", 2, "close", "'1e999'", "C07", "finite"),
    ("prices", ",46,,", ",N/A,,", 2, "close", "'N/A'", "C07", "not a number"),
    ("prices", ",46,,", ",-46,,", 2, "close", "'-46'", "C20", "close > 0"),
    ("prices", ",46,,", ",,,", 2, "close", None, "C18", "empty"),
    ("prices", ",100,HKD", ",-1,HKD", 2, "volume", "'-1'", "C20", "volume >= 0"),
    ("buybacks", ",true,exact", ",yes,exact", 2, "trusted", "'yes'", "C07", "neither true nor false"),
    ("buybacks", ",day,", ",days,", 2, "grain", "'days'", "C16", "not one of the allowed words"),
    ("earnings", "2024-05-14,1.5", "2024-03-30,1.5", 2, "announced_on", "'2024-03-30'", "C26", "announced before the period ended"),
    ("buybacks", "1000,46500", "1000,50000", 2, "amount", "'50000'", "C24", "price_low to price_high"),
    ("corrections", ",74828,76000", ",74829,76000", 2, "printed_value", "'74829'", "C31", "now says 74828"),
    ("corrections", "|ytd|", "|week|", 2, "subject_key", None, "C30", "no row of buybacks.csv"),
    ("earnings", "eps_diluted,adjusted,2024-01-01,2024-03-31,2024-05-14,1.5,per share,CNY,,exact", "eps_diluted,adjusted,2024-01-01,2024-03-31,2024-05-14,1.5,per share,CNY,exact", 2, "line", None, "C02", "14 fields"),
    ("prices", ",46,,", ",1,512.5,,", 2, "line", None, "C02", "9 fields, the header has 8"),
])  # fmt: skip
def test_a_wrong_cell_is_named_by_file_line_column_value_and_rule(refused, table, old, new, line, column, value, rule, words):
    (rejection,) = refused(table, changed(table, old, new))
    found = LINE.match(rejection)
    assert found, rejection
    assert (found["file"], int(found["line"]), found["column"], found["rule"]) == (f"{table}.csv", line, column, rule)
    assert value is None or found["value"] == value
    assert words in found["wrong"]


def test_two_rows_of_one_key_with_different_values_name_both_lines(refused):
    (rejection,) = refused("prices", GOOD["prices"].lstrip() + "0700.HK,2024-05-14,47,,,HKD,daily,made-up\n")
    assert rejection.startswith("prices.csv:5 ") and "rule P03" in rejection and "other values stands at prices.csv:2" in rejection


def test_a_landed_price_that_a_curated_one_contradicts_names_both_files(refused):
    header = GOOD["prices"].lstrip().splitlines()[0]
    (rejection,) = refused("prices", f"{header}\n0700.HK,2024-05-14,47,,,HKD,daily,made-up\n", file="prices/landed.csv")
    assert rejection.startswith("prices/landed.csv:2 ") and "rule P03" in rejection and "prices.csv:2" in rejection


# The file as a whole -----------------------------------------------------------------------------------------

@pytest.mark.parametrize(("table", "content", "place", "rule", "words"), [
    ("prices", changed("prices", "date,close", "date,closing"), "prices.csv:1 close", "C09", "is 'closing' meant?"),
    ("prices", changed("prices", ",volume", ""), "prices.csv:1 volume", "C09", "the column is missing"),
    ("prices", changed("prices", "source_id\n", "source_id,turnover\n"), "prices.csv:1 turnover", "C09", "is no column of this table"),
    ("prices", changed("prices", "close,adj_close", "close,close"), "prices.csv:1 close", "C09", "stands twice in the header"),
    ("prices", changed("prices", "daily,made-up", "daily,made-up,7"), "prices.csv:2 line", "C02", "9 fields, the header has 8"),
    ("earnings", changed("earnings", "exact,printed,made-up,,", 'exact,printed,made-up,"page 3,'), "earnings.csv:2 line", "C04", "quote"),
    ("prices", changed("prices", "46,,", "4\x006,,"), "prices.csv:2 file", "C04", "a NUL byte at byte"),
    ("prices", b"", "prices.csv file", "C11", "empty"),
    ("prices", b"\n\n", "prices.csv file", "C11", "empty"),
    ("prices", "<!DOCTYPE html><title>Too Many Requests</title>\n", "prices.csv:1 file", "C11", "an HTML page"),
    ("prices", GOOD["prices"].lstrip().encode("utf-16"), "prices.csv file", "C01", "UTF-16"),
    ("companies", GOOD["companies"].lstrip().encode("gbk"), "companies.csv:2 file", "C01", "not UTF-8 at byte"),
    ("prices", GOOD["prices"].lstrip()[:-9], "prices.csv:4 file", "C03", "cut off"),
])  # fmt: skip
def test_a_file_that_is_not_what_its_name_says_is_refused(refused, table, content, place, rule, words):
    rejections = refused(table, content)
    named = [rejection for rejection in rejections if rejection.startswith(place)]
    assert named, rejections
    assert f"rule {rule}, " in named[0] and words in named[0]


def test_a_file_that_no_table_bears_names_the_nearest_one(refused, desk):
    (rejection,) = refused("prices", "a\n", file="curated/buyback.csv")
    assert rejection.startswith("buyback.csv file: rule C09") and "is buybacks.csv meant?" in rejection


def test_without_companies_or_sources_nothing_is_built(desk):
    from loaders.build import build

    path = desk.folder / "curated" / "companies.csv"
    path.unlink()
    try:
        assert build(desk.folder, say=lambda text: None).rejected == ["companies.csv file: rule C11, is missing"]
    finally:
        path.write_text(GOOD["companies"].lstrip(), "utf-8")


def test_all_that_is_wrong_in_all_files_is_found_in_one_pass(desk, refused):
    path = desk.folder / "curated" / "earnings.csv"
    path.write_text(changed("earnings", "CNY,,exact", "CNY,,sure"), "utf-8")
    try:
        rejections = refused("prices", changed("prices", ",46,,", ",abc,,").replace("2024-05-16,12", "2024-02-30,12").replace("9999.HK", "9998.HK") + "0700.HK,x\n")
    finally:
        path.write_text(GOOD["earnings"].lstrip(), "utf-8")
    places = {re.sub(r":? .*", "", rejection) for rejection in rejections}
    assert places == {"prices.csv:2", "prices.csv:4", "prices.csv:5", "earnings.csv:2"}, rejections


# What is not refused ------------------------------------------------------------------------------------------

def test_a_table_with_its_header_only_has_no_rows_and_is_accepted(tmp_path):
    made = invented(tmp_path / "data", **GOOD | {"segments": GOOD["segments"].lstrip().splitlines()[0] + "\n"})
    assert made.result.rejected == [] and made.rows("SELECT count(*) FROM segments") == [(0,)]


def test_without_any_price_there_is_nothing_to_serve(tmp_path):
    made = invented(tmp_path / "data", **GOOD | {"prices": GOOD["prices"].lstrip().splitlines()[0] + "\n"})
    assert made.result.snapshot_id is None and "rule A04, no price is loaded" in made.result.rejected[0]


def test_a_byte_order_mark_windows_line_ends_other_column_order_and_hidden_blanks_are_accepted(tmp_path):
    prices = "\ufeff" + "\r\n".join(["source_id,frequency,currency,volume,adj_close,close,date,ticker", "made-up,daily,HKD,,,46, 2024-05-14 ,0700.HK\u00a0", ""])
    made = invented(tmp_path / "data", **GOOD | {"prices": "ticker"})
    assert made.result.rejected
    (made.folder / "curated" / "prices.csv").write_bytes(prices.encode("utf-8"))
    from loaders.build import build

    assert build(made.folder, say=lambda text: None).rejected == []
    assert made.rows("SELECT ticker, strftime(date, '%Y-%m-%d'), close FROM prices") == [("0700.HK", "2024-05-14", 46.0)]


def test_segments_that_miss_revenue_by_more_than_half_a_per_cent_are_a_finding_and_no_refusal(tmp_path):
    made = invented(tmp_path / "data", **GOOD | {"segments": changed("segments", ",400,CNY", ",390,CNY")})
    assert made.result.rejected == []
    assert made.rows("SELECT severity, ticker, ref, message FROM findings WHERE code = 'S01'") == [
        ("warn", "0700.HK", "2024Q1", "segments sum to 990 million, revenue is 1000 million (-1.0 %): only some segments are known")]


def test_markup_and_formulas_in_a_note_are_kept_as_the_text_they_are(tmp_path):
    note = "<img src=x onerror=alert(1)> =HYPERLINK(1)"
    made = invented(tmp_path / "data", **GOOD | {"earnings": changed("earnings", "exact,printed,made-up,,", f"exact,printed,made-up,,{note}")})
    assert made.rows("SELECT note FROM printed.earnings WHERE note IS NOT NULL") == [(note,)]


def test_a_correction_puts_the_ruled_value_in_place_and_says_so(desk):
    assert desk.rows("SELECT shares, quality, correction_id FROM buybacks WHERE grain = 'ytd'") == [(76000, "ruled", "C01")]


# The command line ----------------------------------------------------------------------------------------------

def loaders(*arguments: str, data) -> subprocess.CompletedProcess:
    return subprocess.run([sys.executable, "-m", "loaders", *arguments], cwd=ROOT, env=os.environ | {"HARBOURVIEW_DATA": str(data)}, capture_output=True, text=True, timeout=60)


def test_a_refused_build_exits_2_says_what_is_served_and_shows_no_traceback(desk):
    path = desk.folder / "curated" / "prices.csv"
    path.write_text(changed("prices", ",46,,", ",abc,,").replace("9999.HK", "9998.HK"), "utf-8")
    try:
        done = loaders("build", data=desk.folder)
        checked = loaders("check", data=desk.folder)
    finally:
        path.write_text(GOOD["prices"].lstrip(), "utf-8")
    assert done.returncode == checked.returncode == 2 and done.stderr == checked.stderr
    end = f"; nothing was published, still serving {desk.served.snapshot_id}"
    assert done.stderr.splitlines() == [
        f"prices.csv:2 close 'abc': rule C07, not a number{end}",
        f"prices.csv:4 ticker '9998.HK': rule C10, no ticker of companies.csv; near: 9999.HK, 0700.HK{end}",
        f"2 rejected{end}",
    ]


def test_a_first_build_that_is_refused_says_that_nothing_is_served_yet(tmp_path):
    (tmp_path / "curated").mkdir()
    (tmp_path / "curated" / "companies.csv").write_bytes(b"")
    done = loaders("build", data=tmp_path)
    assert done.returncode == 2 and "Traceback" not in done.stderr
    assert "companies.csv file: rule C11, the file is empty" in done.stderr and "nothing is served yet" in done.stderr


def test_a_folder_without_figures_is_named(tmp_path):
    done = loaders("build", data=tmp_path)
    assert done.returncode == 2 and "holds no curated file" in done.stderr and "Traceback" not in done.stderr
