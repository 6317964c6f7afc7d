"""What a cell says: a number, an amount of money, a day, in the ways in which the exchange and data
vendors print them.
"""

import math
import re
from datetime import date, timedelta

from loaders import reading
from loaders.workbook import Cell

GROUPED = re.compile(r"-?(\d+|\d{1,3}(,\d{3})+)(\.\d+)?", re.ASCII)
DAY = re.compile(r"(\d{4})[/.\-年](\d{1,2})[/.\-月](\d{1,2})日?", re.ASCII)
SERIALS = (30_000, 73_050)  # a spreadsheet's day numbers from 1982 to 2099
NOTHING = {"", "-", "--", "–", "—", "n/a", "na", "nil", "none"}
CURRENCIES = {
    name: name
    for name in (
        "HKD",
        "CNY",
        "USD",
        "GBP",
        "EUR",
        "JPY",
        "SGD",
        "AUD",
        "CAD",
        "CHF",
        "MYR",
        "THB",
        "TWD",
        "KRW",
        "INR",
    )
} | {"RMB": "CNY", "CNH": "CNY"}


class Wrong(ValueError):
    """A cell that is not what its column wants: rule and words."""

    def __init__(self, rule: str, wrong: str):
        super().__init__(rule, wrong)
        self.rule, self.wrong = rule, wrong


def text(cell: Cell) -> str:
    """A cell as one line of text, blanks and line breaks collapsed; 700.0 is 700."""
    if isinstance(cell, str):
        return " ".join(cell.split())
    return str(int(cell) if isinstance(cell, float) and cell.is_integer() else cell)


def is_nothing(cell: Cell) -> bool:
    return text(cell).lower() in NOTHING


def number(cell: Cell) -> float:
    """Thousands may be grouped by commas. Raises Wrong."""
    printed = text(cell)
    if isinstance(cell, (int, float)) and not isinstance(cell, bool):
        value = float(cell)
    elif GROUPED.fullmatch(printed):
        value = float(printed.replace(",", ""))
    else:
        raise (
            Wrong("C18", "is empty and must not be")
            if not printed
            else Wrong("C07", "not a number")
        )
    if not math.isfinite(value):
        raise Wrong("C07", "not a finite number")
    return value


def positive(cell: Cell) -> float:
    """A number above zero. Raises Wrong."""
    value = number(cell)
    if value <= 0:
        raise Wrong("C20", "is not above zero")
    return value


def count(cell: Cell) -> float:
    """A whole number, zero too. Raises Wrong."""
    value = number(cell)
    if value < 0 or value % 1:
        raise (
            Wrong("C20", "a count below zero") if value < 0 else Wrong("C07", "not a whole number")
        )
    return value


def money(cell: Cell) -> tuple[str, float]:
    """Currency and amount of 'HKD 1,234.5'.

    Raises Wrong; an amount without its currency is none.
    """
    words = text(cell)
    parts = re.fullmatch(r"([^\d.,\s-]*)\s*(.*)", words)
    currency, rest = parts.groups() if parts else ("", words)  # matches every line
    value = positive(rest)
    if not currency:
        raise Wrong("C27", "a price or amount without its currency")
    if currency.upper() not in CURRENCIES:
        raise Wrong("C16", f"{currency} is no known currency ({', '.join(CURRENCIES)})")
    return CURRENCIES[currency.upper()], value


def day(cell: Cell, last: date, what: str) -> date:
    """A day written yyyy/mm/dd or as a spreadsheet's day number, not after last, which is what.

    Raises Wrong.
    """
    printed = text(cell)
    if (
        isinstance(cell, (int, float))
        and not isinstance(cell, bool)
        and SERIALS[0] <= cell <= SERIALS[1]
    ):
        found = reading.DAY_ZERO + timedelta(days=int(cell))
    elif parts := DAY.fullmatch(printed):
        try:
            found = date(*map(int, parts.groups()))
        except ValueError:
            raise Wrong("C05", "no such day in the calendar") from None
    else:
        raise Wrong(
            "C05",
            f"no date of the form 2026/07/31{reading.day_meant(printed)}"
            if printed
            else "is empty and must not be",
        )
    if found.year < 1990 or found > last:
        raise Wrong(
            "C06", f"lies after {what} ({last})" if found > last else "the year lies before 1990"
        )
    return found
