"""What stands in a file of prices, in the shapes that vendors give: from its bytes to cells by
meaning, from cells to days and numbers.

Nothing of a file is believed in which a cell is not what its column says.
"""

import csv
import io
import json
import re
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import numpy as np
import pandas as pd

from loaders.prices.declarations import DECLARATIONS, ORDERS
from loaders.prices.names import fold
from loaders.prices.provider import ZONES, actions_frame, no_actions

LARGEST, MOST_LINES = (
    8 * 2**20,
    100_000,
    # a century of sessions has 25,000 lines and 2 MB; a line takes 200 bytes of memory where it has
    # two in the file
)
SHOWN = 3
FIRST_YEAR = 1980
FEWEST = 20  # bars that tell anything of a file

# What a column is called, folded: no case, no dots, one space for blanks and underscores.
MEANINGS = {
    "date": (
        "date",
        "dates",
        "datetime",
        "date time",
        "time",
        "timestamp",
        "day",
        "trade date",
        "trading day",
        "日期",
        "交易日期",
        "时间",
    ),
    "open": ("open", "open price", "opening price", "px open", "开盘", "开盘价"),
    "high": ("high", "high price", "px high", "最高", "最高价"),
    "low": ("low", "low price", "px low", "最低", "最低价"),
    "close": (
        "close",
        "close price",
        "closing price",
        "close/last",
        "last",
        "last price",
        "px last",
        "price",
        "收盘",
        "收盘价",
    ),
    "adj_close": (
        "adj close",
        "adjclose",
        "adjusted close",
        "close adj",
        "close adjusted",
        "后复权收盘价",
        "前复权收盘价",
    ),
    "volume": ("volume", "vol", "px volume", "total volume", "成交量"),
    "dividend": ("dividends", "dividend"),
    "split": ("stock splits", "stock split", "splits", "split", "split ratio"),
    "symbol": ("symbol", "ticker", "code", "ric", "security", "代码", "股票代码"),
    "currency": ("currency", "crncy", "货币"),
    "flag": ("flag",),
}
MEANING_OF = {name: meaning for meaning, names in MEANINGS.items() for name in names}
NUMBERS = ("open", "high", "low", "close", "adj_close", "volume", "dividend", "split")
UNRELIABLE = "close_unreliable"  # flag of a vendor's bar on a half day: up to 1.2 % off

PADDING = re.compile(r"[^\S\r\n]|\"")  # without blanks or quotes no cell has any around it
MISSING = {"", "nan", "null", "none", "n/a", "na", "#n/a", "-", "--", "—"}
PLAIN = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?", re.ASCII)
GROUPED = re.compile(r"[+-]?\d{1,3}(,\d{3})+(\.\d+)?", re.ASCII)
DOTTED = re.compile(r"[+-]?\d{1,3}(\.\d{3})+", re.ASCII)
DECIMAL_COMMA = re.compile(r"[+-]?(\d+|\d{1,3}(\.\d{3})+),\d+", re.ASCII)
SHORT = re.compile(r"(\d+(?:\.\d+)?)\s?([KMB])", re.ASCII | re.IGNORECASE)
SHORT_OF = {"K": 1e3, "M": 1e6, "B": 1e9}

ISO = re.compile(
    (
        r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[T "
        r"]+(\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?)\s*(Z|UTC|[+-]\d{2}:?\d{2})?)?"
    ),
    re.ASCII,
)
PLAIN_DAYS = re.compile(r"\d{4}-\d\d-\d\d(?:\n\d{4}-\d\d-\d\d)*+", re.ASCII)
COMPACT = re.compile(r"(?:19|20)\d{6}", re.ASCII)
EPOCH = re.compile(r"-?\d{8,13}(?:\.0)?", re.ASCII)
ORDERED = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})", re.ASCII)
NAMED = ("%d %b %Y", "%b %d %Y", "%d %B %Y", "%B %d %Y")
PLAINLY = frozenset("0123456789+-.eE\n")  # of these float() reads what PLAIN does


class Unusable(Exception):
    """Why a file is not used, in words for the person who put it there."""


@dataclass
class Sheet:
    """The cells of one file by meaning, each row with the line where it stands."""

    columns: dict[str, list[str]]
    lines: list[int]
    place: str = "line"
    shape: str = ""
    actions: pd.DataFrame = field(default_factory=no_actions)
    cut: str | None = None  # the column whose last cell has no line end behind it
    headers: int = 1

    def keep(self, wanted: list[int]) -> None:
        self.columns = {name: [cells[i] for i in wanted] for name, cells in self.columns.items()}
        self.lines = [self.lines[i] for i in wanted]


# From bytes to cells ------------------------------------------------------------------------------


def _meaning(name: str) -> str | None:
    return MEANING_OF.get(re.sub(r"[\s_]+", " ", fold(name).replace(".", "")).strip())


def text_of(path: Path) -> str:
    if path.stat().st_size > LARGEST:
        raise Unusable(
            f"it has {path.stat().st_size / 1e6:,.0f} MB, more than a line's daily prices can have"
        )
    raw = path.read_bytes()
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise Unusable("it is UTF-16, not UTF-8: save it as UTF-8")
    if b"\x00" in raw:
        raise Unusable(f"a NUL byte at byte {raw.index(bytes(1))}")
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Unusable(f"not UTF-8 at byte {error.start}: save it as UTF-8") from None
    if not text.strip():
        raise Unusable("it is empty")
    if text.lstrip().startswith("<"):
        raise Unusable("an HTML page, no prices: an error page was saved in their place")
    return text


def sheet_of(path: Path) -> Sheet:
    text = text_of(path)
    return (
        sheet_of_json(text)
        if path.suffix.lower() == ".json" or text.lstrip()[:1] in "[{"
        else sheet_of_csv(text)
    )


def _columns(names: list[str]) -> dict[str, int]:
    """Where each meaning stands in a header.

    Two columns of one meaning: which is meant cannot be told.
    """
    found: dict[str, int] = {}
    for i, name in enumerate(names):
        meaning = _meaning(name)
        if meaning and meaning in found:
            raise Unusable(f"two columns for {meaning}: {names[found[meaning]]!r} and {name!r}")
        if meaning:
            found[meaning] = i
    return found


def _is_header(cells: list[str]) -> bool:
    meanings = {_meaning(cell) for cell in cells}
    return "date" in meanings and bool(meanings & {"close", "adj_close"})


def sheet_of_csv(text: str) -> Sheet:
    """The cells of a CSV text.

    A header may stand again in the middle; every row has as many cells as its header.
    """
    top = "\n".join(text.splitlines()[:20])
    delimiter, padded = max(",;\t|", key=top.count), PADDING.search(text)
    reader, records, start = (
        csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True),
        [],
        1,
    )
    try:
        for record in reader:
            cells = [cell.strip() for cell in record] if padded else record
            if any(cells):
                records.append((start, cells))
            start = reader.line_num + 1
            if start > MOST_LINES + 1:
                raise Unusable(
                    f"it has more than {MOST_LINES:,} lines, more than a line's daily prices can "
                    "have"
                )
    except csv.Error as error:
        raise Unusable(f"line {start}: {error}") from None
    if not records:
        raise Unusable("it is empty")
    # yfinance writes three lines: Price,Close,High / Ticker,0700.HK,0700.HK / Date,,
    symbol = None
    if (
        len(records) > 2
        and fold(records[0][1][0]) == "price"
        and fold(records[1][1][0]) == "ticker"
        and _meaning(records[2][1][0]) == "date"
    ):
        symbol = next(iter(set(records[1][1][1:]) - {""}), None)
        records = [(records[2][0], [records[2][1][0], *records[0][1][1:]]), *records[3:]]
    at = next((i for i, (_, cells) in enumerate(records[:20]) if _is_header(cells)), None)
    if at is None:
        raise Unusable(
            "no header with a date and a close in it; its first line is "
            f"{','.join(records[0][1])[:80]!r}"
        )
    header, found = records[at][1], _columns(records[at][1])
    lines, rows, headers = [], [], 1
    width, date_at = len(header), found["date"]
    for line, cells in records[at + 1 :]:
        if len(cells) == width and cells[date_at][:1].isdigit():
            lines.append(line)
            rows.append(cells)
        elif cells == header:
            headers += 1
        elif not cells[min(date_at, len(cells) - 1)][:1].isdigit() and _is_header(cells):
            raise Unusable(f"line {line}: another header than that of line {records[at][0]}")
        elif len(cells) != width:
            raise Unusable(f"line {line}: {len(cells)} fields, the header has {width}")
        else:
            lines.append(line)
            rows.append(cells)
    if not rows:
        raise Unusable("a header and no rows")
    every = list(zip(*rows))
    columns = {meaning: list(every[i]) for meaning, i in found.items()}
    if symbol:
        columns.setdefault("symbol", [symbol] * len(rows))
    cut = (
        None
        if text.endswith(("\n", "\r"))
        else next((meaning for meaning, i in found.items() if i == width - 1), None)
    )
    return Sheet(columns, lines, cut=cut, headers=headers)


def sheet_of_json(text: str) -> Sheet:
    """The cells of a JSON text: Yahoo's chart, a list of records, a dict of columns, pandas' dicts
    of dicts.
    """
    try:
        told = json.loads(text)
    except ValueError as error:
        raise Unusable(f"no JSON, or cut off: {error}") from None
    if isinstance(told, dict) and isinstance(told.get("chart"), dict):
        return _sheet_of_chart(told["chart"])
    if isinstance(told, dict):
        inner = [
            value
            for value in told.values()
            if isinstance(value, list) and value and all(isinstance(row, dict) for row in value)
        ]
        told = inner[0] if len(inner) == 1 else told
    if isinstance(told, dict) and told and all(isinstance(value, dict) for value in told.values()):
        if any(_meaning(name) for name in told):
            days = list(dict.fromkeys(day for cells in told.values() for day in cells))
            told = {"date": days} | {
                name: [cells.get(day) for day in days]
                for name, cells in told.items()
                if _meaning(name) != "date"
            }
        else:
            told = [{"date": day, **row} for day, row in told.items()]
    if isinstance(told, list) and told and all(isinstance(row, dict) for row in told):
        names = list(dict.fromkeys(name for row in told for name in row))
        told = {name: [row.get(name) for row in told] for name in names}
    if not isinstance(told, dict):
        raise Unusable("JSON of a shape that is not known: neither records nor columns")
    found = _columns(list(told))
    if "date" not in found or not {"close", "adj_close"} & set(found):
        raise Unusable(f"no date and close in it; it has {', '.join(list(told)[:8])}")
    named = {meaning: list(told.values())[i] for meaning, i in found.items()}
    length = len(named["date"]) if isinstance(named["date"], list) else 0
    columns = {}
    for meaning, cells in named.items():
        if isinstance(cells, list) and len(cells) != length:
            raise Unusable(f"{length} dates and {len(cells)} values of {meaning}")
        columns[meaning] = (
            [_cell(cell) for cell in cells] if isinstance(cells, list) else [_cell(cells)] * length
        )
    if not length:
        raise Unusable("no rows in it")
    return Sheet(columns, list(range(1, length + 1)), place="record")


def _cell(value) -> str:
    return "" if value is None else repr(value) if isinstance(value, float) else str(value).strip()


def _sheet_of_chart(chart: dict) -> Sheet:
    try:
        result = chart["result"][0]
        meta, stamps, quote = result["meta"], result["timestamp"], result["indicators"]["quote"][0]
        columns = {"date": [str(stamp) for stamp in stamps]} | {
            name: [_cell(value) for value in quote[name]]
            for name in ("open", "high", "low", "close", "volume")
            if name in quote
        }
        if "adjclose" in result["indicators"]:
            columns["adj_close"] = [
                _cell(value) for value in result["indicators"]["adjclose"][0]["adjclose"]
            ]
        events = result.get("events") or {}
        zone = ZONES.get(
            next(
                (
                    name
                    for name, zone in ZONES.items()
                    if zone.key == meta.get("exchangeTimezoneName")
                ),
                "",
            )
        )

        def day(stamp):
            return pd.Timestamp(datetime.fromtimestamp(stamp, zone or UTC).date())

        rows = [
            (
                day(event["date"]),
                "dividend",
                float(event["amount"]),
                event.get("currency") or None,
                np.nan,
            )
            for event in events.get("dividends", {}).values()
        ]
        rows += [
            (day(event["date"]), "split", np.nan, None, event["numerator"] / event["denominator"])
            for event in events.get("splits", {}).values()
        ]
        for name in ("symbol", "currency"):
            columns[name] = [_cell(meta.get(name))] * len(stamps)
        if any(len(cells) != len(stamps) for cells in columns.values()) or "close" not in columns:
            raise KeyError("close")
    except (KeyError, TypeError, IndexError, ValueError, ZeroDivisionError) as error:
        raise Unusable(
            f"a chart of Yahoo without prices, or cut off ({type(error).__name__} {error})"
        ) from None
    return Sheet(
        columns,
        list(range(1, len(stamps) + 1)),
        place="bar",
        shape="Yahoo's chart, whose close is not adjusted",
        actions=actions_frame(rows),
    )


# From cells to values -----------------------------------------------------------------------------


def _several(wrong: list[str]) -> Unusable:
    more = f"; and {len(wrong) - SHOWN} more" if len(wrong) > SHOWN else ""
    return Unusable("; ".join(wrong[:SHOWN]) + more)


def comma_of(cells: list[str]) -> str:
    """What a comma within the numbers of a file means: 'thousands', 'decimal', or '' where there is
    none. Raises where both are possible.
    """
    with_comma = [cell for cell in cells if "," in cell]
    if not with_comma:
        return ""
    thousands, decimal = (
        all(GROUPED.fullmatch(cell) for cell in with_comma),
        all(DECIMAL_COMMA.fullmatch(cell) for cell in with_comma),
    )
    if thousands and decimal:
        # Every one is like 1,512: only a number with a dot that can be no thousands (512.5) tells.
        if any(
            "." in cell and PLAIN.fullmatch(cell) and not DOTTED.fullmatch(cell) for cell in cells
        ):
            return "thousands"
        raise Unusable(
            f"{with_comma[0]!r} may be a thousand or a decimal: write numbers without thousands "
            "separators"
        )
    return "decimal" if decimal else "thousands"


def numbers_of(sheet: Sheet) -> dict[str, np.ndarray]:
    """The numbers by meaning, NaN where the vendor has none.

    Raises for a cell that is no number: nothing of such a file is believed.
    """
    every = {name: sheet.columns[name] for name in NUMBERS if name in sheet.columns}
    whole = {name: "\n".join(cells) for name, cells in every.items()}
    comma = (
        comma_of([cell for cells in every.values() for cell in cells if "," in cell or "." in cell])
        if any("," in text for text in whole.values())
        else ""
    )
    found, wrong = {}, []
    for name, cells in every.items():
        if (
            comma != "decimal"
            and PLAINLY.issuperset(whole[name])
            and (plain := _plain_numbers(cells)) is not None
        ):
            found[name] = plain
            continue
        values = np.full(len(cells), np.nan)
        for i, cell in enumerate(cells):
            if PLAIN.fullmatch(cell) and not (comma == "decimal" and "." in cell):
                values[i] = float(cell)
            elif cell.lower() in MISSING:
                continue
            elif comma == "thousands" and GROUPED.fullmatch(cell):
                values[i] = float(cell.replace(",", ""))
            elif comma == "decimal" and (DECIMAL_COMMA.fullmatch(cell) or DOTTED.fullmatch(cell)):
                values[i] = float(cell.replace(".", "").replace(",", "."))
            elif name == "volume" and (short := SHORT.fullmatch(cell)):
                values[i] = float(short.group(1)) * SHORT_OF[short.group(2).upper()]
            else:
                wrong.append(f"{sheet.place} {sheet.lines[i]}: {name} {cell[:40]!r} is no number")
        if np.isinf(values).any():
            wrong.append(
                f"{sheet.place} {sheet.lines[int(np.isinf(values).argmax())]}: {name} is beyond "
                "all numbers"
            )
        found[name] = values
    if wrong:
        raise _several(wrong)
    return found


def _plain_numbers(cells: list[str]) -> np.ndarray | None:
    """The numbers of a column in which nothing stands but plain ones and gaps; None where one is
    none after all, or beyond all numbers.
    """
    try:
        values = np.array([float(cell) if cell else np.nan for cell in cells])
    except ValueError:
        return None
    return None if np.isinf(values).any() else values


def days_of(sheet: Sheet, zone, order: str | None, today: date) -> tuple[list[date], list[str]]:
    """The exchange's day of every row and the time of day that the cell gives ('' for none or
    midnight).

    A time with a zone, or an epoch, is turned into the exchange's day; midnight as written is that
    very day.
    """
    cells = sheet.columns["date"]
    if (plain := _plain_days(cells, today)) is not None:
        return _on_weekdays(plain), [""] * len(plain)
    epochs = [
        float(cell) for cell in cells if EPOCH.fullmatch(cell) and not COMPACT.fullmatch(cell)
    ]
    midnight = all(_seconds(epoch) % 86400 == 0 for epoch in epochs)
    order = order if order in ORDERS else _order_of(cells, sheet)
    days, times, wrong = [], [], []
    for line, cell in zip(sheet.lines, cells):
        try:
            day, time = _day_of(cell, zone, midnight, order)
            if day.year < FIRST_YEAR:
                raise ValueError(f"lies before {FIRST_YEAR}")
            if day > today + timedelta(days=1):
                raise ValueError("lies in the future")
            days.append(day)
            times.append(time)
        except (ValueError, OverflowError, OSError) as error:
            wrong.append(
                f"{sheet.place} {line}: date {cell[:40]!r} "
                f"{error if 'lies' in str(error) else 'is no date'}"
            )
    if wrong:
        raise _several(wrong)
    return _on_weekdays(days), times


def _plain_days(cells: list[str], today: date) -> list[date] | None:
    """The days of a column in which each is written 2026-07-31; None where one is not, or cannot
    be.
    """
    if not PLAIN_DAYS.fullmatch("\n".join(cells)):
        return None
    try:
        days = [date.fromisoformat(cell) for cell in cells]
    except ValueError:
        return None
    return days if min(days).year >= FIRST_YEAR and max(days) <= today + timedelta(days=1) else None


def _on_weekdays(days: list[date]) -> list[date]:
    """The same days. Raises where so many fall on a weekend that they are another zone's."""
    weekend = sum(day.weekday() >= 5 for day in days)
    if weekend > max(2, len(days) * 0.05):
        raise Unusable(
            f"{weekend} of {len(days)} dates fall on a weekend: they may be written in another "
            "zone than the exchange's"
        )
    return days


def _seconds(epoch: float) -> float:
    return epoch / 1000 if abs(epoch) >= 1e11 else epoch


def _order_of(cells: list[str], sheet: Sheet) -> str | None:
    """Whether 03/04/2026 is in April or in March, by the whole file.

    Raises where no day of it is beyond the 12th, and where both occur.
    """
    parts = [match.groups() for cell in cells if (match := ORDERED.match(cell))]
    if not parts:
        return None
    first, second = any(int(a) > 12 for a, _, _ in parts), any(int(b) > 12 for _, b, _ in parts)
    if first and second:
        raise Unusable("day and month change places within its dates")
    if not first and not second:
        raise Unusable(
            f"day and month cannot be told apart in its dates ({cells[0]!r}): declare date_order "
            f"dmy or mdy in {DECLARATIONS}, or write 2026-07-31"
        )
    return "dmy" if first else "mdy"


def _day_of(cell: str, zone, midnight: bool, order: str | None) -> tuple[date, str]:
    if iso := ISO.fullmatch(cell):
        year, month, day, time, offset = iso.groups()
        written = date(int(year), int(month), int(day))
        if not time or not time.strip("0:."):
            return written, ""
        if offset and zone:
            clock = f"{time if len(time.split(':')[0]) == 2 else '0' + time}"
            moment = datetime.fromisoformat(
                f"{written}T{clock}{'+00:00' if offset in ('Z', 'UTC') else offset}"
            ).astimezone(zone)
            return (
                moment.date(),
                "" if not moment.hour and not moment.minute else f"{moment:%H:%M:%S}",
            )
        return written, time
    if COMPACT.fullmatch(cell):
        return date(int(cell[:4]), int(cell[4:6]), int(cell[6:])), ""
    if EPOCH.fullmatch(cell):
        moment = datetime.fromtimestamp(
            _seconds(float(cell)), UTC if midnight or not zone else zone
        )
        return moment.date(), "" if midnight else f"{moment:%H:%M:%S}"
    if (
        (dated := ORDERED.match(cell))
        and order
        and (dated.end() == len(cell) or cell[dated.end()] in " T")
    ):
        parts, (day, month) = dated.groups(), ORDERS[order]
        return date(int(parts[2]), int(parts[month]), int(parts[day])), ""
    plain = re.sub(r"[\s,.-]+", " ", cell).strip()
    for form in NAMED:
        try:
            return datetime.strptime(plain, form).date(), ""
        except ValueError:
            continue
    raise ValueError("is no date")


def without_moments(days: list[date], times: list[str]) -> set[int]:
    """The rows whose time of day is none at which this file's bars stand: prices of a moment within
    a session.
    """
    if not any(times):
        return set()
    on = defaultdict(set)
    for day, time in zip(days, times):
        on[time].add(day)
    if len(on) <= 1 or max(map(len, on.values())) < FEWEST:
        return set()
    usual = {time for time, found in on.items() if len(found) >= 5}
    return {i for i, time in enumerate(times) if time not in usual}


def one_of(sheet: Sheet, name: str) -> str | None:
    """The one value of a column that must not change within a file."""
    values = sorted({cell for cell in sheet.columns.get(name, ()) if cell})
    if len(values) > 1:
        raise Unusable(f"more than one {name} in one file: {', '.join(values[:SHOWN])}")
    return values[0] if values else None


def once_each(frame: pd.DataFrame, place: str) -> tuple[pd.DataFrame, int]:
    """Each day once: rows that say the same are dropped and counted, rows that do not stop the file
    with both lines named.
    """
    if frame["date"].is_unique:
        return frame, 0
    again = frame["date"].duplicated()
    once, other = frame[~again], frame[again]
    one = once.set_index("date").loc[other["date"]].reset_index()
    values = [name for name in frame.columns if name not in ("date", "line")]
    # Two prints of one binary number may differ in the sixteenth digit.
    differ = ~np.isclose(one[values], other[values], rtol=1e-9, atol=0, equal_nan=True)
    if differ.any():
        wrong = []
        for i in np.flatnonzero(differ.any(axis=1)):
            name = values[int(differ[i].argmax())]
            wrong.append(
                f"{place}s {one['line'].iloc[i]} and {other['line'].iloc[i]} both say "
                f"{other['date'].iloc[i]:%Y-%m-%d}, {name} {one[name].iloc[i]:.10g} and "
                f"{other[name].iloc[i]:.10g}"
            )
        raise _several(wrong)
    return once, len(other)


def actions_of(frame: pd.DataFrame) -> pd.DataFrame:
    rows = []
    for meaning, kind in (("dividend", "dividend"), ("split", "split")):
        if meaning in frame:
            for day, amount in frame.loc[frame[meaning] > 0, ["date", meaning]].itertuples(
                index=False
            ):
                rows.append(
                    (
                        day,
                        kind,
                        amount if kind == "dividend" else np.nan,
                        None,
                        amount if kind == "split" else np.nan,
                    )
                )
    return actions_frame(rows)
