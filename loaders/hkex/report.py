"""The exchange's daily "Share Repurchases Report" (SRRPT, SRGemRPT), in the form of 14 columns and
the older one of 11.

The header is found by its words; a cell may be text, a number or a date. A report is printed on the
day after the trades: the trade date is the column's, never that of the file's name. Columns marked
* are merged on the last line of an issuer.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from functools import partial

from loaders.hkex import values
from loaders.hkex.values import Wrong
from loaders.reading import Rejection, written
from loaders.workbook import Sheet

KINDS = {
    "main board": (
        "srrpt",
        "Main Board",
        "https://www3.hkexnews.hk/reports/sharerepur/documents/SRRPT{:%Y%m%d}.xls",
    ),
    "GEM": (
        "srgemrpt",
        "GEM",
        "https://www.hkexnews.hk/reports/sharerepur/GEM/documents/SRGemRPT{:%Y%m%d}.xls",
    ),
}
# The exchange's titles of both forms, letters and digits only.
TITLES = {
    "company": ("company",),
    "code": ("stockcode",),
    "security": ("sectype",),
    "day": ("tradingdateyyyymmdd",),
    "shares": ("numberofsharesunitsrepurchased", "numberofsecuritiespurchased"),
    "high": (
        "repurchasepriceorhighestrepurchasepricepershareunit",
        "pricepershareorhighestpricepaid",
    ),
    "low": ("lowestrepurchasepricepershareunit", "lowestpricepaid"),
    "amount": ("aggregatepricepaid", "totalpaid"),
    "method": ("methodofrepurchase", "methodofpurchase"),
    "total": ("totalnumberofsharesunitsrepurchased",),
    "cancelled": ("numberofsharesunitsrepurchasedforcancellation",),
    "treasury": ("numberofsharesunitsrepurchasedforholdingastreasurysharesunits",),
    "mandate": (
        "numberofsharesunitsrepurchasedontheexchangeoranotherstockexchangeundertherepurchasemandate",
        "numberofsuchsecuritiespurchasedontheexchangeintheyeartodatesinceordinaryresolution",
    ),
    "percentage": (
        "asa%ofnumberofissuedsharesunitsexcludingtreasurysharesunitsasatthedateoftheresolutiongrantingtherepurchasemandate",
        "%ofnumberofsharesinissueattimeordinaryresolutionpassedacquiredontheexchangesincedateofresolution",
    ),
}
ONLY_NEW = {"total", "cancelled", "treasury"}
# What the column of the method names besides the exchange itself, and how a venue is called here.
VENUES = (
    ("new york", "New York"),
    ("nyse", "New York"),
    ("nasdaq", "New York"),
    ("shanghai", "Shanghai"),
    ("shenzhen", "Shenzhen"),
    ("london", "London"),
    ("singapore", "Singapore"),
    ("tokyo", "Tokyo"),
    ("toronto", "Toronto"),
)
OFF_EXCHANGE = (
    "private",
    "off-market",
    "off market",
    "off-exchange",
    "off exchange",
    "general offer",
    "agreement",
)
PRINTED_ON = re.compile(
    r"date\s*printed\s*:?\s*(\d{1,2})/(\d{1,2})/(\d{4})", re.IGNORECASE | re.ASCII
)
DAY_OF_NAME = re.compile(r"(?:srrpt|srgemrpt)(\d{4})(\d{2})(\d{2})", re.IGNORECASE | re.ASCII)
MARGIN = 0.001  # amount / shares may lie so far outside the prices paid


@dataclass(frozen=True)
class Fact:
    """One row for buybacks, and where it stands in the file."""

    ticker: str
    grain: str
    start: date | None
    end: date
    venue: str
    share_class: str
    shares: float | None
    amount: float | None
    currency: str
    low: float | None
    high: float | None
    method: str
    disposal: str
    published_on: date | None
    quality: str
    note: str
    row: int

    @property
    def figures(self) -> tuple:
        return self.shares, self.amount


@dataclass
class Report:
    """What one file came to; wrong is empty or the file is refused whole."""

    name: str
    kind: str
    source_id: str
    printed_on: date | None = None
    facts: list[Fact] = field(default_factory=list)
    days: set[date] = field(default_factory=set)
    rows_read: int = 0
    rows_kept: int = 0
    rows_outside: int = 0
    wrong: list[Rejection | str] = field(default_factory=list)
    sha256: str = ""
    raw: bytes = field(default=b"", repr=False)

    def refuse(self, line: int, column: str, value: str | None, rule: str, wrong: str) -> None:
        self.wrong.append(Rejection(self.name, line, column, value, rule, wrong))

    def take(
        self, number: int, row: dict, titles: dict[str, str], meaning: str, how: Callable, *more
    ):
        """The cell of a row as how reads it; what is wrong in it is noted, and None."""
        try:
            return how(row[meaning], *more)
        except Wrong as error:
            self.refuse(
                number, titles[meaning], values.text(row[meaning]) or None, error.rule, error.wrong
            )
            return None


@dataclass
class Line:
    """One line of the report, of a company of the universe or not (ticker None)."""

    row: int
    code: str
    ticker: str | None
    day: date
    venue: str
    method: str
    share_class: str
    shares: float
    amount: float
    currency: str
    low: float
    high: float
    disposal: str = "unknown"
    note: str = ""


def is_header(row: list) -> bool:
    return bool(row) and values.text(row[0]).lower() == "company"


def fold(title) -> str:
    return re.sub(r"[^a-z0-9%]", "", values.text(title).lower())


def venue_of(printed: str) -> tuple[str, str]:
    """Venue and method by the words of the column: a method that begins with Exchange is Hong
    Kong's.
    """
    words = printed.lower()
    if any(mark in words for mark in OFF_EXCHANGE):
        return f"off exchange ({words})", "off exchange"
    if words.startswith(("exchange", "on the exchange", "the exchange")) or words == "":
        return "Hong Kong", "on exchange"
    return next((venue for mark, venue in VENUES if mark in words), printed), "on exchange"


def class_of(printed: str) -> str:
    """ORD is ordinary, WVR B is Class B, as the tables call them; what else the exchange prints
    stays as it is.
    """
    weighted = re.fullmatch(r"(?:WVR|CLASS)?\s*([AB])(?: SHARES?)?", printed.upper())
    return (
        f"Class {weighted[1]}"
        if weighted
        else "ordinary"
        if printed.upper() in ("", "ORD", "ORDINARY", "SHS", "SHARES")
        else "H shares"
        if printed.upper() == "H"
        else printed
    )


def columns_of(report: Report, row: list, number: int) -> dict[str, int]:
    """The place of each column by its title; what is missing or stands twice is noted as wrong."""
    folded = [fold(title) for title in row]
    meaning = {title: name for name, titles in TITLES.items() for title in titles}
    found: dict[str, int] = {}
    for place, title in enumerate(folded):
        if name := meaning.get(title):
            if name in found:
                report.refuse(
                    number, values.text(row[place]), None, "C09", "stands twice in the header"
                )
            found[name] = place
    is_new = "shares" not in found or folded[found["shares"]] == TITLES["shares"][0]
    for name in TITLES:
        if name not in found and (is_new or name not in ONLY_NEW):
            report.refuse(
                number,
                name,
                None,
                "C09",
                "the column is missing; the header has "
                + ", ".join(values.text(title) for title in row if values.text(title)),
            )
    return found


def read(
    name: str, cells: Sheet, header: int, ticker_of: Callable[[str], str | None], today: date
) -> Report:
    """The report in these cells, its header at the given place. ticker_of: the company of a stock
    code, None outside the universe.
    """
    above = [" ".join(values.text(cell) for cell in row) for row in cells[:header]]
    kind = (
        "GEM"
        if "gem" in name.lower()
        or any(re.search(r"\bGEM\b", text, re.IGNORECASE) for text in above)
        else "main board"
    )
    report = Report(name, kind, "")
    printed = next(
        (
            found
            for row in cells
            if (found := PRINTED_ON.search(" ".join(values.text(cell) for cell in row)))
        ),
        None,
    )
    parts = (
        printed.groups()[::-1]
        if printed
        else found.groups()
        if (found := DAY_OF_NAME.search(name))
        else None
    )
    try:
        report.printed_on = values.day("/".join(parts) if parts else "", today, "today")
    except Wrong as error:
        report.refuse(
            0,
            "Date Printed",
            printed[0] if printed else None,
            error.rule,
            error.wrong
            if parts
            else "no line says on which day the report was printed, nor does the file's name",
        )
        return report
    report.source_id = f"hkex-{KINDS[kind][0]}-{report.printed_on:%Y%m%d}"
    columns = columns_of(report, cells[header], header + 1)
    if report.wrong:
        return report
    titles = {meaning: values.text(cells[header][place]) for meaning, place in columns.items()}
    blocks = list(blocks_of(report, cells, header, columns, titles, ticker_of))
    if not report.rows_read and not report.wrong and kind == "main board":
        report.refuse(header + 1, "line", None, "C11", "no line of purchases follows the header")
    if not report.wrong:
        report.facts = facts_of(
            (ticker, lines, merged) for lines, merged in blocks if (ticker := lines[0].ticker)
        )
    return report


def blocks_of(
    report: Report,
    cells: Sheet,
    header: int,
    columns: dict[str, int],
    titles: dict[str, str],
    ticker_of,
) -> Iterable[tuple[list[Line], dict]]:
    """The lines of each issuer with the merged columns of the last of them."""
    block: list[Line] = []
    for place in range(header + 1, len(cells)):
        row = {
            meaning: cells[place][at] if at < len(cells[place]) else ""
            for meaning, at in columns.items()
        }
        code = values.text(row["code"])
        if not re.fullmatch(r"\d{1,5}", code, re.ASCII):
            if (
                not is_header(cells[place])
                and not values.is_nothing(row["day"])
                and not values.is_nothing(row["shares"])
            ):
                report.rows_read += 1
                report.refuse(
                    place + 1,
                    titles["code"],
                    code or None,
                    "C10",
                    "a line of purchases without a stock code of digits",
                )
            continue
        report.rows_read += 1
        ticker = ticker_of(code)
        report.rows_kept, report.rows_outside = (
            report.rows_kept + (ticker is not None),
            report.rows_outside + (ticker is None),
        )
        line, merged = line_of(report, row, place + 1, code, ticker, titles)
        if block and block[-1].code != code:
            yield block, {}
            block = []
        if line is None:
            continue
        block.append(line)
        if merged:
            yield block, merged
            block = []
    if block:
        yield block, {}


def line_of(
    report: Report, row: dict, number: int, code: str, ticker: str | None, titles: dict[str, str]
) -> tuple[Line | None, dict]:
    """One line and its merged columns; what is wrong in any cell is noted."""
    before, found = len(report.wrong), {}
    take = partial(report.take, number, row, titles)

    def whole(cell) -> float:
        if not (value := values.count(cell)):
            raise Wrong("C20", "is not above zero")
        return value

    day, shares, amount, high = (
        take("day", values.day, report.printed_on, "the day on which the report was printed"),
        take("shares", whole),
        take("amount", values.money),
        take("high", values.money),
    )
    low = high if values.is_nothing(row["low"]) else take("low", values.money)
    for meaning in ("total", "cancelled", "treasury", "mandate"):
        if meaning in row and not values.is_nothing(row[meaning]):
            found[meaning] = take(meaning, values.count)
    if not values.is_nothing(row["percentage"]):
        row["percentage"] = values.text(row["percentage"]).rstrip("% ")
        take("percentage", values.number)
        found["percentage"] = row["percentage"]
    if len(report.wrong) > before:
        return None, {}
    report.days.add(day)
    if ticker is None:
        return Line(
            number, code, None, day, "", "", "", shares, amount[1], amount[0], low[1], high[1]
        ), found
    for meaning, (currency, _) in (("high", high), ("low", low)):
        if currency != amount[0]:
            report.refuse(
                number,
                titles[meaning],
                values.text(row[meaning]),
                "C27",
                f"a price in {currency} beside an amount in {amount[0]}",
            )
    if low[1] > high[1]:
        report.refuse(
            number,
            titles["low"],
            values.text(row["low"]),
            "C20",
            f"lies above the highest price, {written(high[1])}",
        )
    elif not low[1] * (1 - MARGIN) <= amount[1] / shares <= high[1] * (1 + MARGIN):
        report.refuse(
            number,
            titles["amount"],
            values.text(row["amount"]),
            "C24",
            (
                f"amount / shares is {amount[1] / shares:,.4f}, outside {written(low[1])} to "
                f"{written(high[1])} by more than 0.1 %"
            ),
        )
    if len(report.wrong) > before:
        return None, {}
    venue, method = venue_of(values.text(row["method"]))
    return Line(
        number,
        code,
        ticker,
        day,
        venue,
        method,
        class_of(values.text(row["security"])),
        shares,
        amount[1],
        amount[0],
        low[1],
        high[1],
    ), found


def facts_of(blocks: Iterable[tuple[str, list[Line], dict]]) -> list[Fact]:
    """The purchases by day, venue, class and currency, and the count since the mandate, as rows for
    buybacks.
    """
    trades, mandates = defaultdict(list), {}
    for ticker, lines, merged in blocks:
        own = list(
            {
                (
                    line.day,
                    line.share_class,
                    line.venue,
                    line.currency,
                    line.shares,
                    line.amount,
                ): line
                for line in reversed(lines)
            }.values()
        )[::-1]  # a trade printed twice is one
        cancelled, treasury = merged.get("cancelled") or 0, merged.get("treasury") or 0
        disposal = (
            "cancelled"
            if cancelled and not treasury
            else "treasury"
            if treasury and not cancelled
            else "unknown"
        )
        notes = (
            [f"{cancelled:,.0f} for cancellation and {treasury:,.0f} for treasury"]
            if cancelled and treasury
            else []
        )
        summed = sum(line.shares for line in own)
        if merged.get("total") not in (None, summed):
            notes.append(
                f"the report's total of the day is {merged['total']:,.0f}, its lines sum to "
                f"{summed:,.0f}"
            )
        for line in own:
            line.disposal, line.note = disposal, "; ".join(notes)
            trades[ticker, line.day, line.venue, line.share_class, line.currency].append(line)
        if merged.get("mandate"):
            last = lines[-1]
            venue = "Hong Kong" if any(line.venue == "Hong Kong" for line in lines) else last.venue
            counted = Fact(
                ticker,
                "mandate",
                None,
                max(line.day for line in lines),
                venue,
                last.share_class,
                merged["mandate"],
                None,
                last.currency,
                None,
                None,
                "on exchange" if venue == "Hong Kong" else last.method,
                "unknown",
                None,
                "exact",
                f"{merged['percentage']}% of issued shares at the resolution"
                if merged.get("percentage")
                else "",
                last.row,
            )
            mandates[counted.ticker, counted.end, venue, counted.share_class, counted.currency] = (
                counted
            )
    facts = list(mandates.values())
    for (ticker, day, venue, share_class, currency), lines in trades.items():
        own = list({(line.shares, line.amount): line for line in reversed(lines)}.values())[::-1]
        notes = list(dict.fromkeys(line.note for line in own if line.note)) + (
            [f"sum of {len(own)} lines of the report"] if len(own) > 1 else []
        )
        facts.append(
            Fact(
                ticker,
                "day",
                day,
                day,
                venue,
                share_class,
                sum(line.shares for line in own),
                round(sum(line.amount for line in own), 6),
                currency,
                min(line.low for line in own),
                max(line.high for line in own),
                own[0].method,
                own[0].disposal if len({line.disposal for line in own}) == 1 else "unknown",
                None,
                "exact",
                "; ".join(notes),
                own[0].row,
            )
        )
    return facts
