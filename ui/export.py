"""A table as a spreadsheet that says what it is: title, as of, source and link above the figures."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

import pandas as pd
import xlsxwriter

from ui import formats

SHEET = 31  # characters, the longest name that a sheet may have
WIDEST = 46  # characters of a column


def workbook(title: str, about: Sequence[tuple[str, str]], columns: Sequence[tuple[str, str]], frame: pd.DataFrame, *, notes: Sequence[str] = (), sheet: str = "Harbourview") -> bytes:
    """The bytes of an XLSX of one sheet: the title, one row for each (label, words) of about, then the frame's columns (name, header), then notes.

    Numbers stay numbers and dates dates; text stays text, whatever it begins with: nothing of it is a formula or a link. A missing figure is an empty cell.
    """
    file = io.BytesIO()
    book = xlsxwriter.Workbook(file, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False})
    page = book.add_worksheet(sheet[:SHEET])
    bold, head, grey = book.add_format({"bold": True, "font_size": 13}), book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"}), book.add_format({"font_color": "#586170"})
    whole, broken, day = book.add_format({"num_format": "#,##0"}), book.add_format({"num_format": "#,##0.0##"}), book.add_format({"num_format": "yyyy-mm-dd"})
    page.write_string(0, 0, title, bold)
    for row, (label, words) in enumerate(about, 1):
        page.write_string(row, 0, label, grey)
        page.write_string(row, 1, words)
    first = len(about) + 2
    for place, (name, header) in enumerate(columns):
        page.write_string(first, place, header, head)
        lengths = [len(header) / 2]
        for row, value in enumerate(frame[name], first + 1):
            lengths.append(_write(page, row, place, value, whole, broken, day))
        page.set_column(place, place, min(max(*lengths, 9) + 2, WIDEST))
    page.freeze_panes(first + 1, 1)
    for row, note in enumerate(notes, first + len(frame) + 2):
        page.write_string(row, 0, note, grey)
    book.close()
    return file.getvalue()


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
