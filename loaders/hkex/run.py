"""python -m loaders hkex FILE...: read the files, enter what they tell, check the whole, keep them
as received, build.

A file with anything wrong in it is refused whole and the others go in. Nothing is written before
the curated files with the new rows have passed what a build asks; then they change in one step. The
same command after a broken run completes it.
"""

import hashlib
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path

from loaders import amend, build, curated, reading, reference
from loaders.hkex import report, vendor
from loaders.hkex.ledger import Calendar, Counted, Ledger
from loaders.hkex.report import Report
from loaders.prices.progress import Progress
from loaders.reading import Rejection
from loaders.workbook import Reader, Unreadable, bytes_of
from warehouse import snapshot

TABLES = ("buybacks", "buyback_coverage", "sources", "buyback_reports")
HEADER_WITHIN = 60  # the exchange's header stands in row 5 to 14
IN_BUYBACKS = re.compile(r"buybacks\.csv:(\d+) (.*)", re.DOTALL)


@dataclass
class Options:
    """What the command line says of a vendor's table that the table itself does not."""

    ticker: str | None = None
    day: date | None = None
    source_id: str | None = None


@dataclass
class Done:
    """What a run came to. refused: the error lines of the files left out; rejected: of the
    whole.
    """

    read: list[Report] = field(default_factory=list)
    known: int = 0
    refused: dict[str, list[str]] = field(default_factory=dict)
    rejected: list[str] = field(default_factory=list)
    counted: Counted = field(default_factory=Counted)
    coverage: list[str] = field(default_factory=list)
    built: build.Result | None = None


class World:
    """What the curated files say of companies, sources and sessions."""

    def __init__(self, data: Path):
        listed = {
            table: amend.rows_of(data, table)
            for table in ("companies", "aliases", "sources", "closures")
        }
        self.universe = {
            row["ticker"]: [
                alias["alias"] for alias in listed["aliases"] if alias["ticker"] == row["ticker"]
            ]
            for row in listed["companies"]
            if row["kind"] in ("company", "peer")
        }
        self.sources = {row["source_id"] for row in listed["sources"]}
        shut = {row["date"] for row in listed["closures"] if row["exchange"] == "XHKG"}
        self.calendar = Calendar(
            tuple(day for day in reference.days_of("XHKG") if str(day) not in shut)
        )

    def ticker_of(self, code: str) -> str | None:
        """The company of a stock code; a counter in RMB (80700) is the same company's."""
        digits = code.lstrip("0")
        own = f"{digits:0>4}.HK"
        other = f"{digits[1:]:0>4}.HK" if len(digits) == 5 and digits[0] == "8" else None
        return next((ticker for ticker in (own, other) if ticker in self.universe), None)

    def wrong_options(self, options: Options, today: date) -> list[str]:
        """What in the options names nothing."""
        wrong = (
            [f"--day {options.day}: lies after today ({today})"]
            if options.day and options.day > today
            else []
        )
        if options.ticker is not None:
            typed = re.sub(r"\.?HK\.?", "", options.ticker.strip(), flags=re.IGNORECASE)
            aliases = {
                alias.casefold(): ticker
                for ticker, names in self.universe.items()
                for alias in names
            }
            found = (self.ticker_of(typed) if typed.isdecimal() else None) or aliases.get(
                options.ticker.strip().casefold()
            )
            if found is None:
                near = curated.near_tickers(options.ticker, self.universe)
                wrong.append(
                    f"--ticker {options.ticker}: no company of companies.csv"
                    + (f"; near: {', '.join(near)}" if near else "")
                )
            options.ticker = found
        if options.source_id is not None and options.source_id not in self.sources:
            wrong.append(
                f"--source {options.source_id}: no source of sources.csv; add the vendor there "
                "first: publisher, title, licence"
            )
        return wrong


def run(
    data: Path,
    given: Iterable[str],
    options: Options | None = None,
    progress: Progress | None = None,
    say: Callable[[str], None] = lambda text: None,
    now: datetime | None = None,
) -> Done:
    """Read the files into data/curated, then build.

    Raises snapshot.Locked where another loader is at work.
    """
    options, done = options or Options(), Done()
    today = (now or datetime.now(UTC)).astimezone(snapshot.HONG_KONG).date()
    with snapshot.lock(data / "warehouse"):
        amend.complete(data)
        done.rejected = spoiled(data)
        if done.rejected:
            return done
        world = World(data)
        done.rejected = world.wrong_options(options, today)
        if done.rejected:
            return done
        paths, wrong = amend.files_of(given, (".xls", ".xlsx"), "workbook")
        for one in wrong:
            done.refused.setdefault(one.file, []).append(str(one))
        progress = progress or Progress(len(paths))
        reports = read_all(
            paths,
            world,
            options,
            today,
            {row["sha256"] for row in amend.rows_of(data, "buyback_reports")},
            done,
            progress,
        )
        if reports:
            progress.say("checking the curated files with what is new ...")
        if texts := enter(data, reports, world, done):
            keep(data, done.read)
            amend.replace(data, texts)
        if not done.rejected and (done.read or done.known):
            done.built = build.build_locked(data, True, say)
    return done


def spoiled(data: Path) -> list[str]:
    """What is wrong already in the files that a run changes and rests on: nothing can be entered
    beside it.
    """
    wrong = []
    for table in (*TABLES, "companies", "aliases", "closures"):
        path = data / "curated" / f"{table}.csv"
        if path.exists():
            wrong += reading.read(path, reading.declared()[table], path.name)[1]
        elif table in ("companies", "sources"):
            wrong.append(Rejection(path.name, 0, "file", None, "C11", "is missing"))
    return [str(one) for one in wrong]


def read_all(
    paths: list[Path],
    world: World,
    options: Options,
    today: date,
    known: set[str],
    done: Done,
    progress: Progress,
) -> list[Report]:
    """Every file that can be read and was not read before, in the order in which they were
    printed.
    """
    reports: list[Report] = []
    with Reader() as reader:
        for path in paths:
            name = amend.name_of(path)
            progress.begin(name)
            try:
                raw = bytes_of(path)
                sha256 = hashlib.sha256(raw).hexdigest()
                if sha256 in known:
                    done.known += 1
                    progress.done(name, "was read before")
                    continue
                one = report_of(name, reader.cells(path, name, raw), world, options, today)
            except Unreadable as error:
                one = Report(name, "", "")
                one.refuse(error.line, "file", error.value, error.rule, error.wrong)
            if one.wrong:
                done.refused.setdefault(name, []).extend(map(str, one.wrong))
                progress.done(
                    name, "refused", f"{len(one.wrong)} error{'s' * (len(one.wrong) > 1)}"
                )
                continue
            known.add(sha256)
            one.sha256, one.raw = sha256, raw
            reports.append(one)
            progress.done(
                name,
                "read",
                f"{one.rows_read} lines, {one.rows_kept} of the universe"
                + (f", printed {one.printed_on}" if one.printed_on else ""),
            )
    return sorted(reports, key=lambda one: (one.printed_on or date.max, one.name))


def report_of(name: str, cells: list[list], world: World, options: Options, today: date) -> Report:
    """What the cells tell, by the header that they have.

    Raises Unreadable where they have none that is known.
    """
    for place, row in enumerate(cells[:HEADER_WITHIN]):
        if report.is_header(row):
            return report.read(name, cells, place, world.ticker_of, today)
        if vendor.is_header(row):
            if options.source_id is None:
                raise Unreadable(
                    "C18",
                    (
                        "a vendor's table names no source: --source SOURCE_ID gives it, a row of "
                        "sources.csv"
                    ),
                    place + 1,
                )
            return vendor.read(
                name,
                cells,
                place,
                world.ticker_of,
                today,
                options.ticker,
                options.day,
                options.source_id,
            )
    if not any(str(cell).strip() for row in cells for cell in row):
        raise Unreadable("C11", "the sheet is empty")
    raise Unreadable(
        "C09",
        (
            f"no header within {HEADER_WITHIN} rows: the exchange's report has a row that begins "
            "with Company, a vendor's table columns 回购股数 and 回购金额"
        ),
    )


def merged(
    data: Path, reports: list[Report], world: World, done: Done
) -> tuple[list[Report], Ledger]:
    """The ledger with what these reports tell, and those of them that it could take; the others are
    refused.
    """
    buybacks, coverage, sources, read = (amend.rows_of(data, table) for table in TABLES)
    while True:
        ledger = Ledger(buybacks, coverage, sources, read, world.calendar)
        done.counted = Counted()
        for one in reports:
            done.counted.add(ledger.add(one))
        wrong = [one for one in reports if one.wrong]
        if not wrong:
            done.coverage = ledger.extend()
            return reports, ledger
        for one in wrong:
            done.refused.setdefault(one.name, []).extend(map(str, one.wrong))
        reports = [one for one in reports if not one.wrong]


def enter(data: Path, reports: list[Report], world: World, done: Done) -> dict[str, str]:
    """The new texts of the curated files, none where nothing is new.

    What a build would refuse of a report refuses that report, of anything else the whole.
    """
    while True:
        reports, ledger = merged(data, reports, world, done)
        if not reports:
            return {}
        rows = ledger.sorted_rows()
        texts = {table: amend.csv_of(table, rows[table]) for table in TABLES}
        blame(amend.refused(data, texts), rows["buybacks"], ledger, done)
        if done.rejected:
            return {}
        if not any(one.wrong for one in reports):
            done.read = reports
            return texts


def blame(lines: list[str], rows: list[dict], ledger: Ledger, done: Done) -> None:
    """Give each error line to the report whose row it is about; a line about anything else refuses
    the whole.
    """
    for line in lines:
        found = IN_BUYBACKS.fullmatch(line)
        place = ledger.places.get(id(rows[int(found[1]) - 2])) if found else None
        if found is None or place is None:
            done.rejected.append(line)
        else:
            one, number = place
            one.wrong.append(f"{one.name}:{number} {found[2]}")


def keep(data: Path, reports: list[Report]) -> None:
    """The files as received, each under its hash."""
    for one in reports:
        snapshot.write(
            data / "hkex" / "raw" / f"{one.sha256}{Path(one.name).suffix.lower()}",
            one.raw,
            lasting=False,
        )


# What is said at the end --------------------------------------------------------------------------


def tell(done: Done) -> None:
    """How far the report reaches, and what became of the rows."""
    for line in done.coverage:
        print(line)
    kept, outside = (
        sum(one.rows_kept for one in done.read),
        sum(one.rows_outside for one in done.read),
    )
    counted = done.counted
    print(
        f"files: {len(done.read)} read, {done.known} read before, {len(done.refused)} refused; "
        f"rows: {kept:,} kept, {outside:,} outside the universe; "
        f"purchases: {counted.new:,} new, {counted.there:,} already there, {counted.corrected:,} "
        f"corrected; {counted.mandates:,} new counts since a mandate"
    )
