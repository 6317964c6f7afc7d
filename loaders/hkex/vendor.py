"""Tables of purchases as data vendors give them, in units of ten thousand: a day's table of
companies, or one company's of days.

What a table does not say is asked for: the company (--ticker), the day (--day), and always who
    made it (--source). Its figures are rounded; they fill days that nobody else tells and never
    replace what stands.
"""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from typing import NamedTuple

from loaders.hkex import values
from loaders.hkex.report import MARGIN, Fact, Report
from loaders.hkex.values import Wrong
from loaders.reading import written
from loaders.workbook import Sheet

# The titles of 数据宝 and 同花顺 without their unit.
TITLES = {
    "code": ("代码", "股票代码", "证券代码"),
    "name": ("简称", "股票简称", "证券简称", "名称"),
    "day": ("日期", "回购日期"),
    "published": ("公告日期",),
    "shares": ("回购股数", "回购数量"),
    "amount": ("回购金额",),
    "high": ("回购最高价", "最高价"),
    "low": ("回购最低价", "最低价"),
    "ytd": ("年内累计回购金额",),
    "method": ("回购方式",),
    "currency": ("币种",),
}
MEANING = {title: name for name, titles in TITLES.items() for title in titles}
NEEDED = ("shares", "amount", "high", "low")
UNITS = {
    "万股": 1e4,
    "股": 1,
    "万": 1e4,
    "万港元": 1e4,
    "万港币": 1e4,
    "亿港元": 1e8,
    "港元": 1,
    "港币": 1,
    "万元": 1e4,
    "亿元": 1e8,
    "元": 1,
}
CURRENCIES = {
    "港元": "HKD",
    "港币": "HKD",
    "HKD": "HKD",
    "美元": "USD",
    "USD": "USD",
    "人民币": "CNY",
    "CNY": "CNY",
    "RMB": "CNY",
}
ABROAD = (
    ("纽约", "New York"),
    ("纽交所", "New York"),
    ("纳斯达克", "New York"),
    ("美国", "New York"),
    ("NYSE", "New York"),
    ("NASDAQ", "New York"),
)


def titled(cell) -> tuple[str | None, str]:
    """What a column means and the unit in its title: 回购金额(万港元) is the amount in 万港元."""
    words = re.sub(r"\s", "", unicodedata.normalize("NFKC", values.text(cell)))
    parts = re.fullmatch(r"(.*?)(?:\((.*)\))?", words)
    title, unit = parts.groups() if parts else (words, None)  # matches every line
    return MEANING.get(title), unit or ""


def is_header(row: list) -> bool:
    return {"shares", "amount"} <= {titled(cell)[0] for cell in row}


def digits_of(cell) -> float:
    """Half a unit of the last digit printed."""
    return 0.5 * 10 ** -len(values.text(cell).partition(".")[2])


class Header(NamedTuple):
    """What holds for every line: the printed title and unit of each column, the day that the
    command line names, and today.
    """

    titles: dict[str, str]
    units: dict[str, str]
    day: date | None
    today: date


def read(
    name: str,
    cells: Sheet,
    header: int,
    ticker_of: Callable[[str], str | None],
    today: date,
    ticker: str | None,
    day: date | None,
    source_id: str,
) -> Report:
    """The table in these cells, its header at the given place; ticker and day are what the table
    itself does not say.
    """
    report = Report(name, "vendor table", source_id)
    columns, units = {}, {}
    for place, cell in enumerate(cells[header]):
        meaning, unit = titled(cell)
        if meaning in columns:
            report.refuse(header + 1, values.text(cell), None, "C09", "stands twice in the header")
        if meaning:
            columns[meaning], units[meaning] = place, unit
    titles = {meaning: values.text(cells[header][place]) for meaning, place in columns.items()}
    for meaning in NEEDED:
        if meaning not in columns:
            report.refuse(header + 1, TITLES[meaning][0], None, "C09", "the column is missing")
        elif units[meaning] not in UNITS and not (
            meaning in ("high", "low") and units[meaning] == ""
        ):
            report.refuse(
                header + 1,
                titles[meaning],
                None,
                "C09",
                f"the title names no known unit ({', '.join(UNITS)})",
            )
    if "code" not in columns and ticker is None:
        report.refuse(
            header + 1, "代码", None, "C18", "the table names no company: --ticker TICKER gives it"
        )
    if "day" not in columns and day is None:
        report.refuse(
            header + 1, "日期", None, "C18", "the table names no day: --day DATE gives it"
        )
    if report.wrong:
        return report
    for place in range(header + 1, len(cells)):
        row = {
            meaning: cells[place][at] if at < len(cells[place]) else ""
            for meaning, at in columns.items()
        }
        if values.is_nothing(row["shares"]) and values.is_nothing(row["amount"]):
            continue  # a blank line, or a line of words under the table
        report.rows_read += 1
        code = re.sub(r"\D", "", values.text(row.get("code", "")))  # 00700, HK00700, 0700.HK
        own = ticker_of(code) if "code" in columns else ticker
        report.rows_kept, report.rows_outside = (
            report.rows_kept + (own is not None),
            report.rows_outside + (own is None),
        )
        report.facts += facts_of(report, row, place + 1, own, Header(titles, units, day, today))
    if not report.rows_read and not report.wrong:
        report.refuse(header + 1, "line", None, "C11", "no line of purchases follows the header")
    return report


def facts_of(
    report: Report, row: dict, number: int, ticker: str | None, header: Header
) -> list[Fact]:
    """The purchase of one line, and the year to date where the table prints it; what is wrong is
    noted.
    """
    before = len(report.wrong)
    purchase = _purchase_of(report, row, number, header)
    if purchase is None:
        return []
    report.days.add(purchase.end)
    _judge(report, row, number, purchase, header, is_ours=ticker is not None)
    if len(report.wrong) > before or ticker is None:
        return []
    is_inside = purchase.low * (1 - MARGIN) <= purchase.average <= purchase.high * (1 + MARGIN)
    note = (
        ""
        if is_inside
        else (
            f"prices printed: {written(purchase.low)} to {written(purchase.high)}; the average of "
            "the rounded figures lies outside"
        )
    )
    of_day = Fact(
        ticker,
        "day",
        purchase.end,
        purchase.end,
        purchase.venue,
        "ordinary",
        purchase.shares,
        purchase.amount,
        purchase.currency,
        purchase.low if is_inside else None,
        purchase.high if is_inside else None,
        "off exchange" if "场外" in purchase.method else "on exchange",
        "unknown",
        purchase.published,
        "rounded",
        note,
        number,
    )
    total = _year_to_date_of(report, row, number, header)
    if total is None:
        return [of_day]
    return [
        of_day,
        replace(
            of_day,
            grain="ytd",
            start=date(purchase.end.year, 1, 1),
            shares=None,
            amount=total,
            low=None,
            high=None,
            method="unknown",
            note="",
        ),
    ]


@dataclass(frozen=True)
class Purchase:
    """A line of the table, in shares and units of the currency, with the least and the most that
    its rounded figures allow for a share.
    """

    end: date
    published: date | None
    shares: float
    amount: float
    least: float
    most: float
    low: float
    high: float
    currency: str
    venue: str
    method: str

    @property
    def average(self) -> float:
        return self.amount / self.shares


def _purchase_of(report: Report, row: dict, number: int, header: Header) -> Purchase | None:
    """What the line prints; None where something is missing or wrong, which is noted."""
    before = len(report.wrong)
    titles, units = header.titles, header.units
    take = partial(report.take, number, row, titles)
    end = take("day", values.day, header.today, "today") if "day" in row else header.day
    published = (
        take("published", values.day, header.today, "today")
        if "published" in row and not values.is_nothing(row["published"])
        else None
    )
    shares, amount = take("shares", values.positive), take("amount", values.positive)
    high = take("high", values.positive)
    low = high if values.is_nothing(row["low"]) else take("low", values.positive)
    currency = "HKD" if "港" in units["amount"] else None
    if "currency" in row:
        currency = take("currency", _currency_of)
    method = values.text(row.get("method", ""))
    venue = next(
        (venue for mark, venue in ABROAD if mark in method.upper()),
        "Hong Kong" if currency == "HKD" else None,
    )
    if len(report.wrong) == before and venue is None:
        report.refuse(
            number,
            titles.get("currency", titles["amount"]),
            values.text(row.get("currency", "")) or None,
            "C18",
            "neither the unit, the currency nor the method tells where it was bought",
        )
    elif len(report.wrong) == before and currency is None:
        report.refuse(
            number,
            titles["amount"],
            None,
            "C18",
            "neither the unit nor a column names the currency of the amount",
        )
    if len(report.wrong) > before or venue is None or currency is None or end is None:
        return None  # without one of them it was refused above
    one_share, one_unit = UNITS[units["shares"]], UNITS[units["amount"]]
    shares_off, amount_off = digits_of(row["shares"]), digits_of(row["amount"])
    return Purchase(
        end=end,
        published=published,
        shares=round(shares * one_share, 2),
        amount=round(amount * one_unit, 2),
        least=(amount - amount_off) * one_unit / ((shares + shares_off) * one_share),
        most=(amount + amount_off) * one_unit / max((shares - shares_off) * one_share, 1),
        low=low,
        high=high,
        currency=currency,
        venue=venue,
        method=method,
    )


def _currency_of(cell) -> str:
    found = CURRENCIES.get(values.text(cell).upper())
    if found is None:
        raise Wrong("C16", f"no known currency ({', '.join(CURRENCIES)})")
    return found


def _judge(
    report: Report, row: dict, number: int, purchase: Purchase, header: Header, *, is_ours: bool
) -> None:
    """Note prices in the wrong order and, of a company of ours, an average price outside them."""
    low, high = purchase.low, purchase.high
    if low > high:
        report.refuse(
            number,
            header.titles["low"],
            values.text(row["low"]),
            "C20",
            f"lies above the highest price, {written(high)}",
        )
    elif is_ours and (purchase.most < low * (1 - MARGIN) or purchase.least > high * (1 + MARGIN)):
        report.refuse(
            number,
            header.titles["amount"],
            values.text(row["amount"]),
            "C24",
            (
                f"amount / shares is {purchase.average:,.4f}, outside {written(low)} to "
                f"{written(high)} by more than 0.1 % and what rounding explains"
            ),
        )


def _year_to_date_of(report: Report, row: dict, number: int, header: Header) -> float | None:
    """The amount since 1 January that the line prints, in units of the currency."""
    if "ytd" not in row or values.is_nothing(row["ytd"]) or header.units["ytd"] not in UNITS:
        return None
    total = report.take(number, row, header.titles, "ytd", values.positive)
    return round(total * UNITS[header.units["ytd"]], 2) if total else None
