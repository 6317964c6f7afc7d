"""Writes the exchange's report as real binary workbooks, both forms with every trap, and a vendor's
XLSX.
"""

import io
from collections.abc import Iterable
from datetime import date
from pathlib import Path

import xlsxwriter
import xlwt

# The exchange's own titles; line breaks and double blanks as they occur.
NEW = (
    "Company",
    "Stock  code",
    "Sec. type",
    "Trading date\n(yyyy/mm/dd)",
    "Number of\nshares/units repurchased",
    "Repurchase price or highest  repurchase price per share/unit ($)",
    "Lowest repurchase price per share/unit ($)",
    "Aggregate price paid ($)",
    "Method of repurchase",
    "Total number of shares/units repurchased*",
    "Number of shares/units repurchased for cancellation*",
    "Number of shares/units repurchased for holding as treasury shares/units*",
    (
        "Number of shares/units repurchased on the Exchange or another stock exchange under the "
        "repurchase mandate*"
    ),
    (
        "As a % of number of issued shares/units (excluding treasury shares/units) as at the "
        "date of the resolution granting the repurchase mandate*"
    ),
)
OLD = (
    "Company",
    "Stock code",
    "Sec. type",
    "Trading date (yyyy/mm/dd)",
    "Number of securities purchased",
    "Price per share  or highest price paid($)",
    "Lowest price paid ($)",
    "Total paid ($)",
    "Method of purchase",
    (
        "Number of such securities purchased on the Exchange in the year to date (since ordinary "
        "resolution)"
    ),
    (
        "% of number of shares in issue at time ordinary resolution passed acquired on the "
        "Exchange since date of resolution"
    ),
)
FOOT = (
    "Note: * the total of all lines of the issuer",
    "Whilst the Exchange has taken reasonable care, it accepts no liability",
    "End Of Report",
)


def line(
    code,
    day,
    shares,
    high,
    low,
    amount,
    *,
    name="TENCENT",
    kind="ORD",
    method="Exchange",
    total=None,
    cancelled=None,
    treasury=None,
    mandate="",
    percentage="",
):
    """One line of the form of 14; merged columns are blank where total is an empty text."""
    total = shares if total is None else total
    return [
        name,
        code,
        kind,
        day,
        shares,
        high,
        low,
        amount,
        method,
        total,
        total if cancelled is None else cancelled,
        ("0" if total != "" else "") if treasury is None else treasury,
        mandate,
        percentage,
    ]


def old_line(
    code,
    day,
    shares,
    high,
    low,
    amount,
    *,
    name="TENCENT",
    kind="ORD",
    method="Exchange",
    mandate="",
    percentage="",
):
    return [name, code, kind, day, shares, high, low, amount, method, mandate, percentage]


def report(
    printed: str | None,
    lines: Iterable[list | None],
    titles=NEW,
    *,
    blank=2,
    gap=True,
    title="Daily Share Repurchase Report",
    sheet="SBNReport",
    foot=FOOT,
) -> bytes:
    """A workbook as the exchange prints it: title, print day (dd/mm/yyyy), blank rows, header,
    lines (None: a blank row), footers; a date among the cells becomes a date of Excel.
    """
    book = xlwt.Workbook()
    page, dates = book.add_sheet(sheet), xlwt.easyxf(num_format_str="yyyy/mm/dd")
    rows = [
        [title],
        [f"Date Printed : {printed}" if printed else ""],
        *[[]] * blank,
        list(titles),
        *([[]] if gap else []),
        *(one or [] for one in lines),
        [],
        *([text] for text in foot),
    ]
    for number, row in enumerate(rows):
        for place, cell in enumerate(row):
            if isinstance(cell, date):
                page.write(number, place, cell, dates)
            elif cell != "":
                page.write(number, place, cell)
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def xlsx(rows: Iterable[Iterable]) -> bytes:
    content = io.BytesIO()
    book = xlsxwriter.Workbook(content, {"in_memory": True})
    page = book.add_worksheet()
    for number, row in enumerate(rows):
        page.write_row(number, 0, row)
    book.close()
    return content.getvalue()


def name_of(printed: date, gem: bool = False) -> str:
    return f"{'SRGemRPT' if gem else 'SRRPT'}{printed:%Y%m%d}.xls"


def put(folder: Path, name: str, content: bytes) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(content)
    return folder / name


def many_lines(day: date, count: int, first_code: int = 5000) -> list[list]:
    """Lines of companies that nobody knows, to fill a report to its usual length."""
    return [
        line(
            str(first_code + number),
            f"{day:%Y/%m/%d}",
            "1,000",
            "HKD 10.00",
            "HKD 9.80",
            "HKD 9,900",
            name=f"EXAMPLE {number} LTD",
            mandate="10,000",
            percentage="0.10000",
        )
        for number in range(count)
    ]
