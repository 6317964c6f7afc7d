"""Reference series that come with the packages, so that a build needs no network: daily FX and trading sessions."""

import warnings
from datetime import date
from functools import lru_cache
from zipfile import ZipFile

import duckdb
import exchange_calendars
import pyarrow as pa
from currency_converter import CURRENCY_FILE
from pyarrow import compute
from pyarrow import csv as arrow_csv

FX_SOURCE = "ecb-euro-reference-rates"
CURRENCIES = ("HKD", "CNY", "USD")
FIRST_DAY = date(2004, 1, 1)
CALENDARS = ("XHKG", "XNYS")


@lru_cache(maxsize=1)
def rates_of_bank() -> pa.Table:
    """The European Central Bank's history as its package brings it, ascending: Date, and units of each of our currencies for one euro."""
    options = arrow_csv.ConvertOptions(include_columns=["Date", *CURRENCIES], column_types={"Date": pa.date32()} | dict.fromkeys(CURRENCIES, pa.float64()), null_values=["", "N/A"])
    with ZipFile(CURRENCY_FILE) as packed, packed.open(packed.namelist()[0]) as history:
        return arrow_csv.read_csv(history, convert_options=options).sort_by("Date")


def last_rate_of_bank() -> date:
    """The last day of that history with a rate of one of our currencies."""
    rates = rates_of_bank()
    return max(compute.max(rates["Date"].filter(rates[currency].is_valid())).as_py() for currency in CURRENCIES)


@lru_cache(maxsize=1)
def cross_rates() -> pa.Table:
    """The daily cross rates among HKD, CNY and USD of that history, in the columns of fx."""
    rates, pairs = rates_of_bank(), []
    for one in CURRENCIES:
        for other in CURRENCIES:
            if one != other:
                both = rates.filter(compute.and_(compute.and_(rates[one].is_valid(), rates[other].is_valid()), compute.greater_equal(rates["Date"], pa.scalar(FIRST_DAY))))
                rate = compute.multiply(compute.divide(1.0, both[one]), both[other])
                pairs.append(pa.table({"base": [one] * len(both), "quote": [other] * len(both), "date": both["Date"], "rate": rate, "source_id": [FX_SOURCE] * len(both)}))
    return pa.concat_tables(pairs)


def load_fx(connection: duckdb.DuckDBPyConnection) -> int:
    """Fill fx; returns the rows."""
    table = cross_rates()
    connection.register("staged", table)
    connection.execute("INSERT INTO fx SELECT * FROM staged ORDER BY ALL")
    connection.unregister("staged")
    return len(table)


@lru_cache(maxsize=len(CALENDARS))
def days_of(calendar: str) -> tuple[date, ...]:
    """Every session of the package's calendar, oldest first, also those on which the exchange stayed shut (table closures)."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the package itself warns of its own use of pandas
        return tuple(session.date() for session in exchange_calendars.get_calendar(calendar, start="1990-01-01").sessions)


def load_sessions(connection: duckdb.DuckDBPyConnection) -> int:
    """Fill sessions from the package's calendars less the closures it lacks (table closures); returns the rows."""
    exchanges, days = [], []
    for name in CALENDARS:
        sessions = days_of(name)
        exchanges += [name] * len(sessions)
        days += sessions
    connection.register("staged", pa.table({"exchange": exchanges, "session": pa.array(days, pa.date32())}))
    connection.execute("""INSERT INTO sessions SELECT exchange, session FROM staged
                          WHERE NOT EXISTS (FROM closures AS c WHERE c.exchange = staged.exchange AND c.date = staged.session) ORDER BY ALL""")
    connection.unregister("staged")
    return len(days)
