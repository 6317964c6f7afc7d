"""Invented inputs for a test: the CSV text of a table from a few values, and the days on which an
exchange really traded.
"""

import csv
import io
import itertools
from collections.abc import Iterable
from datetime import date, timedelta
from functools import lru_cache

from loaders import reading, reference

SOURCE = "made-up"
# What a row says where the test does not care.
USUAL = {
    "companies": {
        "kind": "company",
        "exchange": "HKEX",
        "price_currency": "HKD",
        "reporting_currency": "HKD",
        "fiscal_year_end_month": 12,
        "subsector": "invented",
    },
    "sources": {
        "publisher": "nobody",
        "title": "invented for a test",
        "kind": "derived",
        "licence": "ours",
    },
    "listings": {"exchange": "HKEX", "currency": "HKD"},
    "earnings": {
        "item": "eps_diluted",
        "basis": "adjusted",
        "unit": "per share",
        "currency": "HKD",
        "quality": "exact",
        "date_basis": "printed",
    },
    "shares": {
        "kind": "outstanding",
        "unit": "million shares",
        "quality": "exact",
        "date_basis": "printed",
    },
    "prices": {"currency": "HKD", "frequency": "daily"},
    "estimates": {
        "broker_basis": "printed",
        "estimate_kind": "broker",
        "metric": "eps_diluted",
        "basis": "adjusted",
        "basis_basis": "printed",
        "currency": "HKD",
        "currency_basis": "printed",
        "unit": "per share",
        "quality": "exact",
        "date_basis": "printed",
    },
}


def csv_of(table: str, rows: Iterable[dict]) -> str:
    """The CSV text of a table: each row's values over the usual ones, everything else empty.

    Raises ValueError for a column that the table lacks.
    """
    columns = reading.declared()[table].columns
    text = io.StringIO()
    write = csv.DictWriter(text, columns, lineterminator="\n")
    write.writeheader()
    for row in rows:
        write.writerow({"source_id": SOURCE} | USUAL.get(table, {}) | row)
    return text.getvalue()


def companies_of(*rows: dict) -> str:
    """companies.csv; a row gives its ticker and what is unusual about it."""
    return csv_of(
        "companies",
        (
            {"issuer_ticker": row["ticker"]}
            | dict.fromkeys(("name_en", "name_zh", "short_en", "short_zh"), row["ticker"])
            | row
            for row in rows
        ),
    )


def sources_of(*source_ids: str) -> str:
    return csv_of("sources", ({"source_id": name} for name in source_ids or (SOURCE,)))


@lru_cache(maxsize=2)
def calendar(exchange: str) -> tuple[date, ...]:
    """Every session of XHKG or XNYS, oldest first, with the two days of 2023 on which Hong Kong
    stayed shut.
    """
    shut = {date(2023, 9, 1), date(2023, 9, 8)} if exchange == "XHKG" else set()
    return tuple(day for day in reference.days_of(exchange) if day not in shut)


def sessions(first: str, last: str, exchange: str = "XHKG") -> list[date]:
    """Sessions from first to last, both included."""
    return [day for day in calendar(exchange) if first <= str(day) <= last]


def month_ends(first: str, last: str, exchange: str = "XHKG") -> list[date]:
    """The last session of each month that has its last session from first to last."""
    days = calendar(exchange)
    return [
        day
        for day, after in itertools.pairwise(days)
        if after.month != day.month and first <= str(day) <= last
    ]


def session_before(day: date, exchange: str = "XHKG") -> date:
    """The last session before a day."""
    return next(session for session in reversed(calendar(exchange)) if session < day)


def days_after(day: str, count: int) -> date:
    return date.fromisoformat(day) + timedelta(count)
