"""Tables of purchases as data vendors give them, in units of ten thousand: a day's table of
companies, or one company's of days.

What a table does not say is asked for: the company (--ticker), the day (--day), and always who
    made it (--source). Its figures are rounded; they fill days that nobody else tells and never
    replace what stands.
"""

import re
import unicodedata
from collections.abc import Callable
from datetime import date
from functools import partial

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
        report.facts += facts_of(report, row, place + 1, own, day, titles, units, today)
    if not report.rows_read and not report.wrong:
        report.refuse(header + 1, "line", None, "C11", "no line of purchases follows the header")
    return report


def facts_of(
    report: Report,
    row: dict,
    number: int,
    ticker: str | None,
    day: date | None,
    titles: dict[str, str],
    units: dict[str, str],
    today: date,
) -> list[Fact]:
    """The purchase of one line, and the year to date where the table prints it; what is wrong is
    noted.
    """
    before = len(report.wrong)
    take = partial(report.take, number, row, titles)

    def currency_of(cell) -> str:
        found = CURRENCIES.get(values.text(cell).upper())
        if found is None:
            raise Wrong("C16", f"no known currency ({', '.join(CURRENCIES)})")
        return found

    end = take("day", values.day, today, "today") if "day" in row else day
    published = (
        take("published", values.day, today, "today")
        if "published" in row and not values.is_nothing(row["published"])
        else None
    )
    shares, amount, high = (
        take("shares", values.positive),
        take("amount", values.positive),
        take("high", values.positive),
    )
    low = high if values.is_nothing(row["low"]) else take("low", values.positive)
    currency = (
        take("currency", currency_of)
        if "currency" in row
        else "HKD"
        if "港" in units["amount"]
        else None
    )
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
        return []  # without one of them it was refused above
    report.days.add(end)
    one_share, one_unit = UNITS[units["shares"]], UNITS[units["amount"]]
    least = (
        (amount - digits_of(row["amount"]))
        * one_unit
        / ((shares + digits_of(row["shares"])) * one_share)
    )
    most = (
        (amount + digits_of(row["amount"]))
        * one_unit
        / max((shares - digits_of(row["shares"])) * one_share, 1)
    )
    shares, amount = round(shares * one_share, 2), round(amount * one_unit, 2)
    if low > high:
        report.refuse(
            number,
            titles["low"],
            values.text(row["low"]),
            "C20",
            f"lies above the highest price, {written(high)}",
        )
    elif ticker and (most < low * (1 - MARGIN) or least > high * (1 + MARGIN)):
        report.refuse(
            number,
            titles["amount"],
            values.text(row["amount"]),
            "C24",
            (
                f"amount / shares is {amount / shares:,.4f}, outside {written(low)} to "
                f"{written(high)} by more than 0.1 % and what rounding explains"
            ),
        )
    if len(report.wrong) > before or ticker is None:
        return []
    is_inside = low * (1 - MARGIN) <= amount / shares <= high * (1 + MARGIN)
    note = (
        ""
        if is_inside
        else (
            f"prices printed: {written(low)} to {written(high)}; the average of the rounded "
            "figures lies outside"
        )
    )
    how = "off exchange" if "场外" in method else "on exchange"
    facts = [
        Fact(
            ticker,
            "day",
            end,
            end,
            venue,
            "ordinary",
            shares,
            amount,
            currency,
            low if is_inside else None,
            high if is_inside else None,
            how,
            "unknown",
            published,
            "rounded",
            note,
            number,
        )
    ]
    if (
        "ytd" in row
        and not values.is_nothing(row["ytd"])
        and units["ytd"] in UNITS
        and (total := take("ytd", values.positive))
    ):
        facts.append(
            Fact(
                ticker,
                "ytd",
                date(end.year, 1, 1),
                end,
                venue,
                "ordinary",
                None,
                round(total * UNITS[units["ytd"]], 2),
                currency,
                None,
                None,
                "unknown",
                "unknown",
                published,
                "rounded",
                "",
                number,
            )
        )
    return facts
