"""Reference series that come with the packages, so that a build needs no network: daily FX and
trading sessions.
"""

import hashlib
import warnings
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path
from zipfile import ZipFile

import duckdb
import numpy as np
import pyarrow as pa
from currency_converter import CURRENCY_FILE
from pyarrow import compute
from pyarrow import csv as arrow_csv

from warehouse import snapshot

FX_SOURCE = "ecb-euro-reference-rates"
CURRENCIES = ("HKD", "CNY", "USD")
FIRST_DAY = date(2004, 1, 1)
CALENDARS = ("XHKG", "XNYS")


@lru_cache(maxsize=1)
def rates_of_bank() -> pa.Table:
    """The European Central Bank's history as its package brings it, ascending: Date, and units of
    each of our currencies for one euro.
    """
    options = arrow_csv.ConvertOptions(
        include_columns=["Date", *CURRENCIES],
        column_types={"Date": pa.date32()} | dict.fromkeys(CURRENCIES, pa.float64()),
        null_values=["", "N/A"],
    )
    with ZipFile(CURRENCY_FILE) as packed, packed.open(packed.namelist()[0]) as history:
        return arrow_csv.read_csv(history, convert_options=options).sort_by("Date")


def last_rate_of_bank() -> date:
    """The last day of that history with a rate of one of our currencies."""
    rates = rates_of_bank()
    return max(
        compute.max(rates["Date"].filter(rates[currency].is_valid())).as_py()
        for currency in CURRENCIES
    )


@lru_cache(maxsize=1)
def cross_rates() -> pa.Table:
    """The daily cross rates among HKD, CNY and USD of that history, in the columns of fx."""
    rates, pairs = rates_of_bank(), []
    for one in CURRENCIES:
        for other in CURRENCIES:
            if one != other:
                both = rates.filter(
                    compute.and_(
                        compute.and_(rates[one].is_valid(), rates[other].is_valid()),
                        compute.greater_equal(rates["Date"], pa.scalar(FIRST_DAY)),
                    )
                )
                rate = compute.multiply(compute.divide(1.0, both[one]), both[other])
                pairs.append(
                    pa.table(
                        {
                            "base": [one] * len(both),
                            "quote": [other] * len(both),
                            "date": both["Date"],
                            "rate": rate,
                            "source_id": [FX_SOURCE] * len(both),
                        }
                    )
                )
    return pa.concat_tables(pairs)


def load_fx(connection: duckdb.DuckDBPyConnection) -> int:
    """Fill fx; returns the rows."""
    table = cross_rates()
    connection.register("staged", table)
    connection.execute("INSERT INTO fx SELECT * FROM staged ORDER BY ALL")
    connection.unregister("staged")
    return len(table)


# Sessions ahead: known for a year; computed for two, so that what is kept serves for one.
AHEAD, COMPUTED = timedelta(days=365), timedelta(days=730)
_calendars: dict[str, tuple[np.ndarray, np.ndarray]] = {}


def closings(calendar: str) -> tuple[np.ndarray, np.ndarray]:
    """Every session of the package's calendar (datetime64[D]), oldest first, also those on which
    the exchange stayed shut (table closures), and when each closes (datetime64[m], UTC).
    """
    if calendar not in _calendars:
        import exchange_calendars  # with pandas half a second: only where no calendar is kept

        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # the package itself warns of its own use of pandas
            try:
                found = exchange_calendars.get_calendar(
                    calendar, start="1990-01-01", end=str(_today() + COMPUTED)
                )
            except ValueError:  # beyond the last day that the package knows
                found = exchange_calendars.get_calendar(calendar, start="1990-01-01")
        _calendars[calendar] = (
            found.sessions.to_numpy().astype("datetime64[D]"),
            found.closes.dt.tz_localize(None).to_numpy().astype("datetime64[m]"),
        )
    days, closes = _calendars[calendar]
    known = np.searchsorted(days, np.datetime64(_today() + AHEAD), side="right")
    return days[:known], closes[:known]


def keep_calendars(folder: Path) -> None:
    """Write the calendars of this process into folder for the next one: to compute them takes
    longer than all else of a run that brings nothing new.
    """
    for name, (days, closes) in _calendars.items():
        rows = "".join(
            f"{day},{close}\n" for day, close in zip(days.astype(str), closes.astype(str))
        )
        snapshot.write(folder / f"{name}.csv", _head(rows) + rows, lasting=False)


def recall_calendars(folder: Path) -> None:
    """Take the calendars kept in folder that are as they were written, by this version of the
    package, and reach far enough.
    """
    for name in CALENDARS:
        path = folder / f"{name}.csv"
        try:
            head, _, rows = (
                path.read_text("ascii", errors="replace").partition("\n")
                if path.is_file()
                else ("", "", "")
            )
        except OSError:
            continue
        if name in _calendars or f"{head}\n" != _head(rows):
            continue
        days, closes = zip(*(row.split(",") for row in rows.splitlines()))
        if days[-1] >= str(_today() + AHEAD):
            _calendars[name] = (
                np.array(days, dtype="datetime64[D]"),
                np.array(closes, dtype="datetime64[m]"),
            )


def _head(rows: str) -> str:
    return (
        f"# exchange_calendars {version('exchange_calendars')}, lines below of sha256 "
        f"{hashlib.sha256(rows.encode()).hexdigest()}: session,closes_at_utc\n"
    )


def _today() -> date:
    return datetime.now(UTC).date()


def days_of(calendar: str) -> tuple[date, ...]:
    """The sessions of closings."""
    return tuple(closings(calendar)[0].tolist())


def load_sessions(connection: duckdb.DuckDBPyConnection) -> int:
    """Fill sessions from the package's calendars less the closures it lacks (table closures);
    returns the rows.
    """
    exchanges: list[str] = []
    days: list[date] = []
    for name in CALENDARS:
        sessions = days_of(name)
        exchanges += [name] * len(sessions)
        days += sessions
    connection.register(
        "staged", pa.table({"exchange": exchanges, "session": pa.array(days, pa.date32())})
    )
    connection.execute("""
        INSERT INTO sessions
        SELECT exchange, session
        FROM staged
        WHERE NOT EXISTS (
            FROM closures AS c WHERE c.exchange = staged.exchange AND c.date = staged.session
        )
        ORDER BY ALL
        """)
    connection.unregister("staged")
    return len(days)
