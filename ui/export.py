"""A table as a spreadsheet that says what it is, and as CSV: what is text stays text, whatever it
begins with.

The spreadsheet has further sheets: what each column means, the sources, and the state that
    shows the table again. The
CSV is the table alone, one header row and figures, so that any program reads it: what it is
    stands in its name.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
import xlsxwriter

from ui import formats

SHEET = 31  # characters, the longest name that a sheet may have
WIDEST = 46  # characters of a column
FORMULA = tuple(
    "=+-@\t\r\n＝＋－＠"
)  # with these a spreadsheet program takes the text of a CSV for a formula


def workbook(
    title: str,
    about: Sequence[tuple[str, str]],
    columns: Sequence[tuple[str, str]],
    frame: pd.DataFrame,
    *,
    notes: Sequence[str] = (),
    sheet: str = "Harbourview",
    further: Mapping[str, Sequence[Sequence[Any]]] | None = None,
) -> bytes:
    """The bytes of an XLSX: the title, one row for each (label, words) of about, then the frame's
    columns (name, header), then notes; further: sheets by name, each a header row and its rows.

    Numbers stay numbers and dates dates; text stays text, whatever it begins with: nothing of it is
    a formula or a link. A missing figure is an empty cell.
    """
    file = io.BytesIO()
    book = xlsxwriter.Workbook(
        file,
        {
            "in_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
        },
    )
    page = book.add_worksheet(sheet[:SHEET])
    bold, head, grey = (
        book.add_format({"bold": True, "font_size": 13}),
        book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"}),
        book.add_format({"font_color": "#586170"}),
    )
    looks = (
        book.add_format({"num_format": "#,##0"}),
        book.add_format({"num_format": "#,##0.0##"}),
        book.add_format({"num_format": "yyyy-mm-dd"}),
    )
    page.write_string(0, 0, title, bold)
    for row, (label, words) in enumerate(about, 1):
        page.write_string(row, 0, label, grey)
        page.write_string(row, 1, words)
    first = len(about) + 2
    for place, (name, header) in enumerate(columns):
        _column(page, first, place, header, frame[name], head, looks)
    page.freeze_panes(first + 1, 1)
    for row, note in enumerate(notes, first + len(frame) + 2):
        page.write_string(row, 0, note, grey)
    for name, (headers, *rows) in (further or {}).items():
        other = book.add_worksheet(name[:SHEET])
        for place, header in enumerate(headers):
            _column(other, 0, place, header, [row[place] for row in rows], head, looks)
        other.freeze_panes(1, 0)
    book.close()
    return file.getvalue()


def comma_separated(columns: Sequence[tuple[str, str]], frame: pd.DataFrame) -> bytes:
    """The bytes of a CSV in UTF-8 with the mark by which spreadsheet programs know it: one row of
    headers, then the frame's columns (name, header).

    Figures are plain, dates are ISO, what is missing is empty. Text that a spreadsheet program
    would run gets an apostrophe before it.
    """
    file = io.StringIO()
    write = csv.writer(file, lineterminator="\r\n")
    write.writerow([plain(header) for _, header in columns])
    write.writerows(
        [plain(value) for value in row]
        for row in frame[[name for name, _ in columns]].itertuples(index=False, name=None)
    )
    return file.getvalue().encode("utf-8-sig")


def plain(value: Any) -> str:
    """One cell of a CSV."""
    if formats.is_missing(value):
        return ""
    if isinstance(value, pd.Timestamp):
        return value.date().isoformat()
    if isinstance(value, str):
        return f"'{value}" if value.lstrip(" ").startswith(FORMULA) else value
    return (
        str(bool(value)).lower()
        if isinstance(value, bool)
        else f"{value:.12g}"
        if isinstance(value, float)
        else str(value)
    )


def _column(
    page: Any, first: int, place: int, header: str, values: Sequence[Any], head: Any, looks: tuple
) -> None:
    """A header and its cells below it, as wide as they need."""
    page.write_string(first, place, header, head)
    lengths = [
        len(header) / 2,
        *(_write(page, row, place, value, *looks) for row, value in enumerate(values, first + 1)),
    ]
    page.set_column(place, place, min(max(*lengths, 9) + 2, WIDEST))


def _write(page: Any, row: int, place: int, value: Any, whole: Any, broken: Any, day: Any) -> int:
    """One cell by the kind of its value; returns how many characters it shows, about."""
    if formats.is_missing(value):
        return 0
    if isinstance(value, pd.Timestamp):
        page.write_datetime(row, place, value.to_pydatetime(), day)
        return 10
    if isinstance(value, str):
        page.write_string(row, place, value)
        return len(value)
    number = float(value)
    page.write_number(row, place, number, whole if number.is_integer() else broken)
    return len(f"{number:,.1f}")
