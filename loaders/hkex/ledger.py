"""How what a report tells enters data/curated: once each trade, corrections in place of what they
correct, and how far the complete report reaches.

A row is told by company, grain, last day, venue, class and currency. The same figures are the same
trade, whoever tells them. Other figures in a report printed later are a correction: both rows stay,
the earlier with the day from which it stands no more, so that an evening before it still shows what
was known then.
"""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from loaders import amend
from loaders.hkex.report import KINDS, Fact, Report
from loaders.reading import Rejection, written

ORDER = (
    "ticker",
    "grain",
    "measure",
    "end_date",
    "start_date",
    "venue",
    "share_class",
    "currency",
    "source_id",
)
EXACTLY = 0.005  # amounts so near are one

Row = dict[str, str]


@dataclass(frozen=True)
class Calendar:
    """The sessions of Hong Kong, oldest first."""

    days: tuple[date, ...]

    def before(self, day: date) -> date:
        return self.days[bisect_left(self.days, day) - 1]

    def after(self, day: date) -> date:
        return self.days[bisect_right(self.days, day)]

    def between(self, first: date, last: date) -> tuple[date, ...]:
        """Sessions after first, up to last."""
        return self.days[bisect_right(self.days, first) : bisect_right(self.days, last)]


@dataclass
class Counted:
    """What became of the purchases that reports tell, and how many new counts since a mandate came
    with them.
    """

    new: int = 0
    there: int = 0
    corrected: int = 0
    mandates: int = 0

    def add(self, other: "Counted") -> None:
        for name, value in vars(other).items():
            setattr(self, name, getattr(self, name) + value)


class Ledger:
    """The curated rows that reports change, as text."""

    def __init__(
        self,
        buybacks: list[Row],
        coverage: list[Row],
        sources: list[Row],
        reports: list[Row],
        calendar: Calendar,
    ):
        self.buybacks, self.coverage, self.sources, self.reports, self.calendar = (
            list(map(dict, buybacks)),
            list(map(dict, coverage)),
            list(map(dict, sources)),
            list(map(dict, reports)),
            calendar,
        )
        self.printed = {
            row["source_id"]: date.fromisoformat(row["printed_on"])
            for row in self.reports
            if row["printed_on"]
        }
        self.found: dict[tuple, list[Row]] = defaultdict(list)
        self.classes: dict[tuple, set[str]] = defaultdict(set)
        self.places: dict[int, tuple[Report, int]] = {}  # rows added, by id
        for row in self.buybacks:
            self._remember(row)

    def _remember(self, row: Row) -> None:
        if row["measure"] == "bought" and row["trusted"] == "true":
            self.found[
                row["ticker"], row["grain"], row["end_date"], row["venue"], row["currency"]
            ].append(row)
            if row["grain"] == "day":
                self.classes[row["ticker"], row["venue"]].add(row["share_class"])

    # One report -----------------------------------------------------------------------------------

    def add(self, report: Report) -> Counted:
        """Enter what a report tells; what it cannot tell beside another report of the same day is
        noted as wrong in it.
        """
        counted = Counted()
        facts = self._with_known_classes(report.facts)
        own = {
            (fact.ticker, fact.grain, str(fact.end), fact.venue, fact.currency, fact.share_class)
            for fact in facts
        }
        outcome: str | None
        for fact in facts:
            before = len(self.buybacks)
            place = (fact.ticker, fact.grain, str(fact.end), fact.venue, fact.currency)
            rows = [
                row
                for row in self.found[place]
                if row["share_class"] == fact.share_class
                or (
                    row["source_id"] not in self.printed
                    and is_loosely(row, fact)
                    and (*place, row["share_class"]) not in own
                )
            ]
            if report.kind == "vendor table":
                outcome = "there" if rows else "new"
                if not rows:
                    self._insert(fact, report, fact.published_on)
            else:
                outcome = self._enter(fact, report, sorted(rows, key=self._printed_on))
            if fact.grain == "mandate":
                counted.mandates += len(self.buybacks) - before
            elif outcome:
                setattr(counted, outcome, getattr(counted, outcome) + 1)
        self.reports.append(
            {
                "sha256": report.sha256,
                "file": report.name,
                "kind": report.kind,
                "printed_on": str(report.printed_on or ""),
                "first_trade_day": str(min(report.days, default="")),
                "last_trade_day": str(max(report.days, default="")),
                "rows_read": str(report.rows_read),
                "rows_kept": str(report.rows_kept),
                "rows_outside": str(report.rows_outside),
                "source_id": report.source_id,
            }
        )
        if report.printed_on:
            self.printed[report.source_id] = report.printed_on
            if not any(row["source_id"] == report.source_id for row in self.sources):
                _, board, address = KINDS[report.kind]
                self.sources.append(
                    {
                        "source_id": report.source_id,
                        "publisher": "HKEX",
                        "title": f"Share Repurchases Report, {board}, printed {report.printed_on}",
                        "kind": "exchange",
                        "published_on": str(report.printed_on),
                        "url": address.format(report.printed_on),
                        "licence": amend.LICENCE,
                        "note": "",
                    }
                )
        return counted

    def _with_known_classes(self, facts: Iterable[Fact]) -> list[Fact]:
        """ORD is the one class that the company's rows at the venue have, where they have one and
        the report does not tell the two apart.
        """
        facts = list(facts)
        told = {
            (fact.ticker, fact.grain, fact.end, fact.venue, fact.currency, fact.share_class)
            for fact in facts
        }
        known = []
        for fact in facts:
            classes = self.classes[fact.ticker, fact.venue]
            other = (
                next(iter(classes))
                if fact.share_class == "ordinary" and len(classes) == 1
                else fact.share_class
            )
            known.append(
                fact
                if (fact.ticker, fact.grain, fact.end, fact.venue, fact.currency, other) in told
                else replace(fact, share_class=other)
            )
        return known

    def _printed_on(self, row: Row) -> date:
        """When a row was printed: the day of its report; of any other source the trade day itself,
        before every report.
        """
        return self.printed.get(row["source_id"]) or date.fromisoformat(row["end_date"])

    def published_on(self, fact: Fact, printed_on: date) -> date | None:
        """None where the return was out on the evening of the trade day, as the rules of the
        exchange have it; the day of the report where that came late or corrects another.
        """
        in_time = self.calendar.after(fact.end)
        if fact.venue != "Hong Kong":
            in_time = self.calendar.after(in_time)  # a day of New York ends in Hong Kong's next
        return None if printed_on <= in_time else printed_on

    def _enter(self, fact: Fact, report: Report, rows: list[Row]) -> str | None:
        """Put one row of the exchange's report among the rows of its trade, by the days on which
        they were printed; what became of it, None where it is refused.
        """
        printed_on = report.printed_on
        if printed_on is None:
            raise TypeError(f"{report.name}: a report without the day on which it was printed")
        published = self.published_on(fact, printed_on)
        known_from = str(published or fact.end)
        same_day = next(
            (
                row
                for row in rows
                if row["source_id"] in self.printed and self._printed_on(row) == printed_on
            ),
            None,
        )
        earlier, later = (
            [row for row in rows if self._printed_on(row) < printed_on],
            [row for row in rows if self._printed_on(row) > printed_on],
        )
        if same_day and not is_same(same_day, fact):
            wrong = (
                f"another file of the report printed on {report.printed_on} says "
                f"{same_day['shares']} shares for {same_day['amount'] or 'no amount'}: which "
                "one is right is not told"
            )
            report.wrong.append(
                Rejection(report.name, fact.row, "shares", written(fact.shares), "P03", wrong)
            )
            return None
        if same_day or (earlier and is_same(earlier[-1], fact)):
            return "there"
        for row in earlier:
            row["superseded_on"] = min(row["superseded_on"] or "9999", known_from)
        if later and is_same(
            later[0], fact
        ):  # the same was read from a later report: it was known from this one
            later[0].update(self._papers(fact, report, published))
            return "there"
        self._insert(
            fact,
            report,
            published,
            (later[0]["published_on"] or later[0]["end_date"]) if later else "",
        )
        return "corrected" if rows else "new"

    def _papers(self, fact: Fact, report: Report, published: date | None) -> Row:
        return {
            "published_on": str(published or ""),
            "published_on_basis": "printed" if published else "convention",
            "source_id": report.source_id,
            "locator": f"{report.name} row {fact.row}",
        }

    def _insert(
        self, fact: Fact, report: Report, published: date | None, superseded_on: str = ""
    ) -> None:
        row = {
            "ticker": fact.ticker,
            "grain": fact.grain,
            "measure": "bought",
            "start_date": str(fact.start or ""),
            "end_date": str(fact.end),
            "venue": fact.venue,
            "share_class": fact.share_class,
            "share_unit": "share",
            "shares": number(fact.shares),
            "amount": number(fact.amount),
            "currency": fact.currency,
            "price_low": number(fact.low),
            "price_high": number(fact.high),
            "method": fact.method,
            "disposal": fact.disposal,
            "superseded_on": superseded_on,
            "trusted": "true",
            "quality": fact.quality,
            "note": fact.note,
        } | self._papers(fact, report, published)
        self.buybacks.append(row)
        self.places[id(row)] = report, fact.row
        self._remember(row)

    # All of them ----------------------------------------------------------------------------------

    def proven(self) -> set[date]:
        """The sessions of which a main board report was read: it is printed on the next, and a
        company without a line bought nothing.
        """
        return {
            self.calendar.before(date.fromisoformat(row["printed_on"]))
            for row in self.reports
            if row["kind"] == "main board"
        }

    def extend(self) -> list[str]:
        """Move the end of each complete span over the sessions that join it and were read; what
        moved and what is missing, in words.
        """
        proven, moved, gaps = self.proven(), defaultdict(list), defaultdict(list)
        for row in self.coverage:
            if row["complete"] != "true" or row["venue"] != "Hong Kong":
                continue
            before = last = date.fromisoformat(row["last_day"])
            while (following := self.calendar.after(last)) in proven:
                last = following
            if last != before:
                row["last_day"] = str(last)
                moved[before, last].append(row["ticker"])
            if later := [day for day in proven if day > last]:
                gaps[last, min(later)].append(row["ticker"])
        words = [
            f"complete to {last} (before: {before}): {', '.join(tickers)}"
            for (before, last), tickers in moved.items()
        ]
        for (last, found), tickers in gaps.items():
            missing = self.calendar.between(last, self.calendar.before(found))
            printed = [self.calendar.after(day) for day in missing]
            span = (
                f"the report of {missing[0]} is"
                if len(missing) == 1
                else f"the reports of {missing[0]} to {missing[-1]} are"
            )
            words.append(
                f"{span} missing (printed "
                f"{printed[0]}{f' to {printed[-1]}' if len(printed) > 1 else ''}, {len(missing)} "
                f"session{'s' * (len(missing) > 1)}): complete only to {last}: "
                f"{', '.join(tickers)}"
            )
        return words

    def sorted_rows(self) -> dict[str, list[Row]]:
        """The rows of each table in the order of its file."""
        return {
            "buybacks": sorted(
                self.buybacks, key=lambda row: tuple(row[column] for column in ORDER)
            ),
            "buyback_coverage": self.coverage,
            "sources": sorted(self.sources, key=lambda row: row["source_id"]),
            "buyback_reports": sorted(
                self.reports, key=lambda row: (row["kind"], row["printed_on"], row["sha256"])
            ),
        }


def number(value: float | None) -> str:
    return "" if value is None else written(float(value))


def is_same(row: Row, fact: Fact) -> bool:
    """The same figures: shares, and the amount where both tell one."""
    if not row["shares"] or float(row["shares"]) != fact.shares:
        return False
    return (
        not row["amount"]
        or fact.amount is None
        or abs(float(row["amount"]) - fact.amount) < EXACTLY
    )


def is_loosely(row: Row, fact: Fact) -> bool:
    """What another source calls ordinary, Class B or ADS is one: an issuer has one class of shares
    that is listed.
    """
    return "ordinary" in (row["share_class"], fact.share_class) and {
        row["share_class"].split()[0],
        fact.share_class.split()[0],
    } <= {"ordinary", "Class", "ADS"}
