"""What a table says when it is taken along: the same rows, figures as figures, nothing that runs,
and where it comes from.
"""

import csv
import io
import zipfile
from datetime import date

import pandas as pd
import pytest
import streamlit as st
from python_calamine import CalamineWorkbook

from ui import export

pytestmark = pytest.mark.unit


EVIL = [
    '=HYPERLINK("http://x.invalid")',
    "+1+1",
    "-2+3",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "＝1+1",
    " =1",
    "=cmd|' /C calc'!A0",
]
FRAME = pd.DataFrame(
    {
        "name": [*EVIL, "腾讯"],
        "eps": [24.1, None, -7.0, 1e-7, 0.1 + 0.2, 1e12, 3, 4, 5, 6],
        "count": pd.array([1, None, *range(8)], dtype="Int64"),
        "day": pd.to_datetime(["2024-12-02", None] + ["2024-07-07"] * 8),
    }
)
COLUMNS = [("name", "Name"), ("eps", "EPS"), ("count", "=N"), ("day", "Day")]


def test_text_that_begins_like_a_formula_is_text_in_a_csv_and_figures_stay_figures():
    made = export.comma_separated(COLUMNS, FRAME)
    assert made.startswith(b"\xef\xbb\xbf")
    header, *rows = csv.reader(io.StringIO(made.decode("utf-8-sig"), newline=""))
    assert header == ["Name", "EPS", "'=N", "Day"]
    assert [row[0] for row in rows] == [f"'{evil}" for evil in EVIL] + ["腾讯"]
    assert [row[1] for row in rows[:6]] == ["24.1", "", "-7", "1e-07", "0.3", "1e+12"]
    assert [row[2] for row in rows[:3]] == ["1", "", "0"]
    assert [row[3] for row in rows[:3]] == ["2024-12-02", "", "2024-07-07"]


def test_a_spreadsheet_runs_nothing_on_any_of_its_sheets():
    made = export.workbook(
        "=1+1",
        [("As of", "=2+2")],
        COLUMNS,
        FRAME,
        notes=["=3+3"],
        further={"Sources": [("Publisher", "Link"), ("=4+4", "https://x.invalid"), ("P", None)]},
    )
    book = CalamineWorkbook.from_filelike(io.BytesIO(made))
    first = book.get_sheet_by_index(0).to_python(skip_empty_area=False)
    assert book.sheet_names == ["Harbourview", "Sources"]
    assert first[0][0] == "=1+1"
    assert first[3] == ["Name", "EPS", "=N", "Day"]
    assert [row[0].replace("\r", "\n") for row in first[4:14]] == [
        evil.replace("\r", "\n") for evil in EVIL
    ] + ["腾讯"]
    assert first[4][1:] == [24.1, 1, date(2024, 12, 2)]
    assert first[5][1:] == ["", "", ""]
    assert first[6][1] == -7
    assert book.get_sheet_by_name("Sources").to_python()[1:] == [
        ["=4+4", "https://x.invalid"],
        ["P", ""],
    ]
    with zipfile.ZipFile(io.BytesIO(made)) as file:
        parts = {
            name: file.read(name).decode()
            for name in file.namelist()
            if name.startswith("xl/worksheets/sheet")
        }
    assert len(parts) == 2
    assert not any("<f>" in part or "<hyperlink" in part for part in parts.values())


@pytest.fixture
def taken(monkeypatch) -> list[tuple[str, str, bytes]]:
    """What the page of a test offers to take along: label, file name, and what is made of it on a
    press (after the page has run).
    """
    offered, draw = [], st.download_button

    def record(label, data, *arguments, file_name, **options):
        offered.append((label, file_name, data))
        return draw(label, data, *arguments, file_name=file_name, **options)

    monkeypatch.setattr(st, "download_button", record)
    return offered


@pytest.mark.system
def test_a_page_gives_its_table_with_definitions_sources_and_state(open_page, taken):
    open_page("overview", t="0700.HK,1024.HK", as_of="2026-07-31", w="5y")
    _, name, make = next(one for one in taken if one[0] == "XLSX")
    assert name == "overview-price-0700.HK-1024.HK-2026-07-31.xlsx"
    book = CalamineWorkbook.from_filelike(io.BytesIO(make()))
    assert book.sheet_names == ["Harbourview", "Definitions", "Sources", "State"]
    rows = book.get_sheet_by_index(0).to_python()
    header = next(row for row in rows if "Ticker" in row)
    of = dict(zip(header, next(row for row in rows if "0700.HK" in row)))
    assert of["Close"] == 475.2
    assert round(next(value for name, value in of.items() if name.startswith("PE-TTM")), 2) == 14.25
    state = dict(book.get_sheet_by_name("State").to_python()[1:])
    assert state["As of"] == "2026-07-31"
    assert "as_of=2026-07-31" in state["Link"]
    assert "t=0700.HK,1024.HK" in state["Link"]
    assert state["Snapshot"] in state["Link"]
    assert len(book.get_sheet_by_name("Sources").to_python()) > 2
    assert any(
        "cheapest" in str(meaning)
        for _, meaning in book.get_sheet_by_name("Definitions").to_python()[1:]
    )


@pytest.mark.system
@pytest.mark.parametrize("page", ["buybacks", "coverage"])
def test_every_table_of_a_page_can_be_taken_along(open_page, taken, page):
    at = open_page(page, t="0700.HK")
    assert len({name for _, name, _ in taken}) == len(taken) == 2 * len(at.dataframe)
    for label, _, make in taken:
        assert make().startswith(b"PK" if label == "XLSX" else b"\xef\xbb\xbf")
