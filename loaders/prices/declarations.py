"""What a person declares of the files in a folder of prices: its file columns.csv, one line for
each name or pattern of names.
"""

import csv
import io
from dataclasses import dataclass
from pathlib import Path

DECLARATIONS = "columns.csv"
ORDERS = {"dmy": (0, 1), "mdy": (1, 0)}  # where day and month stand


@dataclass(frozen=True)
class Declared:
    """One line of columns.csv: what a person says of the files whose name fits."""

    file: str
    adjusted: bool | None = None
    currency: str | None = None
    date_order: str | None = None
    by_name: bool = False


def declarations(path: Path) -> list[Declared]:
    """The lines of columns.csv.

    Raises ValueError, naming the line, for one that says what it cannot.
    """
    if not path.exists():
        return []
    rows = list(csv.DictReader(io.StringIO(path.read_text("utf-8-sig"), newline="")))
    found = []
    for line, row in enumerate(rows, 2):
        cells = {
            (name or "").strip().lower(): (cell or "").strip()
            for name, cell in row.items()
            if not isinstance(cell, list)
        }
        adjusted, order, currency = (
            cells.get("adjusted", "").lower(),
            cells.get("date_order", "").lower(),
            cells.get("currency", ""),
        )
        if not cells.get("file"):
            raise ValueError(
                f"{path.name}:{line} names no file; its columns are "
                "file,adjusted,currency,date_order"
            )
        if adjusted not in ("", "yes", "no"):
            raise ValueError(f"{path.name}:{line} adjusted {adjusted!r}: yes or no")
        if order not in ("", "ymd", *ORDERS):
            raise ValueError(f"{path.name}:{line} date_order {order!r}: dmy, mdy or ymd")
        found.append(
            Declared(
                cells["file"],
                {"yes": True, "no": False}.get(adjusted),
                currency or None,
                order or None,
            )
        )
    return found
