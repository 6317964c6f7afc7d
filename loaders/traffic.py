"""python -m loaders traffic FILE... --vendor V --week DATE: add a vendor's weekly table of visits
to sites, CSV or XLSX.

A table is read by its header, in English or Chinese, and refused whole where one cell is not
    clear: a stay of 15:41 may be minutes or hours, a change of 0.039 may be a fraction or per cent.
    Nothing is guessed. The same week again changes nothing.
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from loaders import amend, build, reading
from loaders.reading import Rejection
from loaders.workbook import Cell, Reader, Unreadable, bytes_of
from warehouse import snapshot

HEADER_WITHIN = 30  # rows before the header: titles and dates of the report
COLUMNS = {
    "site": r"site|website|domain|name|网站|站点|应用|产品|名称",
    "visits": r"visits|total visits|traffic|访问量|周访问量|访问次数|流量",
    "change": r"change|wow|week on week|w/w|变动|变化|环比|周环比",
    "stay": (
        r"stay|average stay|avg stay|average visit duration|visit "
        r"duration|停留|平均停留|平均停留时间|平均停留时长|访问时长|平均访问时长"
    ),
    "category": r"category|type|类别|领域|类型|方向",
}
NEEDED = ("site", "visits")
IN_MILLIONS = {
    "million": 1.0,
    "millions": 1.0,
    "mn": 1.0,
    "m": 1.0,
    "百万": 1.0,
    "百万次": 1.0,
    "万": 0.01,
    "万次": 0.01,
    "亿": 100.0,
    "亿次": 100.0,
    "thousand": 0.001,
    "k": 0.001,
    "billion": 1000.0,
    "bn": 1000.0,
    "b": 1000.0,
}
NUMBER = re.compile(r"([+-]?)(\d{1,3}(?:,\d{3})+|\d+)(\.\d+)?", re.ASCII)
CHANGE = re.compile(r"([▲▼△▽↑↓]?)\s*([+-]?)\s*(\d+(?:\.\d+)?)\s*(%?)\s*([▲▼△▽↑↓]?)", re.ASCII)
DOWN, UP = "▼▽↓", "▲△↑"
CLOCK = re.compile(r"(\d{1,2}):([0-5]\d):([0-5]\d)(?:\.0+)?", re.ASCII)
LICENCE = "the vendor's own terms; not redistributed"


@dataclass
class Table:
    """One week of one vendor as a file tells it: the rows of site_traffic, and the line of each in
    the file.
    """

    name: str
    rows: list[dict[str, str]] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)
    wrong: list[Rejection] = field(default_factory=list)

    def refuse(self, line: int, column: str, value, rule: str, words: str) -> None:
        self.wrong.append(
            Rejection(self.name, line, column, None if value is None else str(value), rule, words)
        )


@dataclass
class Done:
    """What a run came to. refused: the error lines of each file left out; rejected: of the
    whole.
    """

    added: int = 0
    known: int = 0
    read: int = 0
    refused: dict[str, list[str]] = field(default_factory=dict)
    rejected: list[str] = field(default_factory=list)
    built: build.Result | None = None


# Cells --------------------------------------------------------------------------------------------


def written(number: float) -> str:
    """A number as a curated file writes it, without the last bits of a product."""
    return reading.written(float(f"{number:.10g}"))


def plain(cell: Cell) -> str:
    return " ".join(unicodedata.normalize("NFKC", str(cell)).replace("\u2212", "-").split())


def visits_of(cell: Cell, unit: float | None) -> float:
    """Visits in millions; unit: how many millions one of the header's is, None where the header
    names none. Raises ValueError(rule, words).
    """
    words = plain(cell)
    found = NUMBER.match(words)
    if not found:
        raise ValueError("C07", "not a number")
    rest = words[found.end() :].strip().lower()
    number = float(found[0].replace(",", ""))
    if abs(number) > reading.EXACT:
        raise ValueError("C07", "more digits than a number here can hold")
    if number < 0:
        raise ValueError("C20", "visits below zero")
    if rest and rest not in IN_MILLIONS:
        raise ValueError("C08", f"an unknown unit {rest!r}: million, 百万, 万 or 亿")
    one = IN_MILLIONS[rest] if rest else unit
    if one is None:
        raise ValueError(
            "C08",
            "visits without a unit: neither the cell nor the header says million, 百万, 万 or 亿",
        )
    return number * one


def change_of(cell: Cell, in_per_cent: bool) -> float:
    """The change on the week before in per cent. Raises ValueError(rule, words)."""
    words = plain(cell)
    if isinstance(cell, (int, float)) and not isinstance(cell, bool):
        if not in_per_cent:
            raise ValueError(
                "C08",
                "a bare number: a fraction or per cent? Write it with %, or say % in the header",
            )
        return float(cell)
    found = CHANGE.fullmatch(words)
    if not found:
        raise ValueError("C07", "not a change such as -3.90%, ↓3.90% or ▲ 0.98%")
    before, sign, number, percent, after = found.groups()
    if not (percent or in_per_cent):
        raise ValueError(
            "C08",
            "a change without %: a fraction or per cent? Write it with %, or say % in the header",
        )
    arrows = before + after
    down, up = any(arrow in DOWN for arrow in arrows), any(arrow in UP for arrow in arrows)
    if (down and up) or (up and sign == "-") or (down and sign == "+"):
        raise ValueError("C07", "arrow and sign contradict each other")
    value = float(number)
    return -value if down or sign == "-" else value


def stay_of(cell: Cell, in_seconds: bool) -> int:
    """The average stay in seconds. Raises ValueError(rule, words)."""
    words = plain(cell)
    if found := CLOCK.fullmatch(words):
        hours, minutes, seconds = map(int, found.groups())
        return 3600 * hours + 60 * minutes + seconds
    if short := re.fullmatch(r"(\d{1,3}):([0-5]\d)", words, re.ASCII):
        raise ValueError(
            "C08",
            (
                "minutes and seconds, or hours and minutes? Write hh:mm:ss: "
                f"00:{int(short[1]):02d}:{short[2]} or {int(short[1]):02d}:{short[2]}:00"
            ),
        )
    if in_seconds and re.fullmatch(r"\d{1,6}(\.0)?", words, re.ASCII):
        return int(float(words))
    raise ValueError("C07", "no stay of the form hh:mm:ss")


def header_of(cells: list[list[Cell]]) -> tuple[int, dict[str, int], list[str]] | None:
    """The row of the header, the place of each column, and the header's words; None where there is
    none.
    """
    for place, row in enumerate(cells[:HEADER_WITHIN]):
        words = [plain(cell).lower() for cell in row]
        found: dict[str, int] = {}
        for number, word in enumerate(words):
            name = re.sub(r"_(mn|pct|s)$", "", word).replace("_", " ")
            name = re.sub(r"[(\[,，].*|\s+(s|sec|seconds)$|\s*(%|秒)$", "", name).strip()
            for column, pattern in COLUMNS.items():
                if column not in found and re.fullmatch(pattern, name):
                    found[column] = number
        if all(column in found for column in NEEDED):
            return place, found, words
    return None


def unit_of(words: str) -> float | None:
    """How many millions one of the header's units is."""
    found = re.search(
        r"(?<![a-z])(millions?|mn|thousand|billion|bn|百万|万|亿)(?![a-z])", words.replace("_", " ")
    )
    return IN_MILLIONS[found[1]] if found else None


def read(
    name: str,
    cells: list[list[Cell]],
    vendor: str,
    week: date,
    published: str,
    known: list[dict[str, str]],
) -> Table:
    """The rows of one table, and all that is wrong in it. known: the vendor's rows so far, which
    say how a site is called here.
    """
    table = Table(name)
    header = header_of(cells)
    if header is None:
        table.refuse(
            0,
            "header",
            None,
            "C09",
            (
                f"no header within {HEADER_WITHIN} rows: a row with a column for the site (site, "
                "网站) and one for its visits (visits, 访问量)"
            ),
        )
        return table
    place, columns, words = header
    per_cent = (
        "change" in columns and re.search(r"%|pct|per cent", words[columns["change"]]) is not None
    )
    seconds = (
        "stay" in columns and re.search(r"_s$|\bsec|秒|\(s\)", words[columns["stay"]]) is not None
    )
    unit = unit_of(words[columns["visits"]])
    names = {
        plain(row[column]).casefold(): row for row in known for column in ("site_printed", "site")
    }
    seen: dict[str, int] = {}
    for line, row in enumerate(cells[place + 1 :], place + 2):

        def cell(column: str, row=row) -> Cell | None:
            value = (
                row[columns[column]] if column in columns and columns[column] < len(row) else None
            )
            return None if value is None or str(value).strip() in ("", "-", "–", "—") else value

        printed = cell("site")
        if printed is None:
            if any(str(one).strip() for one in row) and cell("visits") is not None:
                table.refuse(line, "site", None, "C18", "is empty and must not be")
            continue
        printed = plain(printed)
        if re.fullmatch(r"(total|sum|合计|总计)", printed.casefold()) or (
            len([one for one in row if str(one).strip()]) == 1
        ):
            continue  # a sum, or a footnote
        if what := reading.wrong_text(printed, True):
            table.refuse(line, "site", printed, *what)
        if printed.casefold() in seen:
            table.refuse(
                line,
                "site",
                printed,
                "P03",
                f"the same site stands at {name}:{seen[printed.casefold()]}",
            )
        seen.setdefault(printed.casefold(), line)
        values = {}
        for column, reader, needed in (
            ("visits", lambda value: visits_of(value, unit), True),
            ("change", lambda value: change_of(value, per_cent), False),
            ("stay", lambda value: stay_of(value, seconds), False),
        ):
            value = cell(column)
            if value is None:
                if needed:
                    table.refuse(line, column, None, "C18", "is empty and must not be")
                continue
            try:
                values[column] = reader(value)
            except ValueError as error:
                table.refuse(line, column, value, *error.args)
        before = names.get(printed.casefold(), {})
        category = plain(cell("category") or "")
        chinese = bool(re.search(r"[\u3400-\u9fff]", category))
        table.lines.append(line)
        table.rows.append(
            {
                "vendor": vendor,
                "site": before.get("site") or printed,
                "site_printed": printed,
                "week_start": str(week),
                "week_end": str(week + timedelta(days=6)),
                "visits_mn": written(values.get("visits", 0.0)),
                "wow_pct": written(values["change"]) if "change" in values else "",
                "average_stay_s": str(values["stay"]) if "stay" in values else "",
                "category_en": before.get("category_en") or ("" if chinese else category),
                "category_zh": before.get("category_zh") or (category if chinese else ""),
                "printed_order": str(len(table.rows) + 1),
                "published_on": published,
                "quality": "exact",
                "date_basis": "printed",
            }
        )
    if not table.rows:
        table.refuse(0, "file", None, "C11", "holds a header and no site")
    order = sorted(range(len(table.rows)), key=lambda i: -float(table.rows[i]["visits_mn"]))
    for rank, i in enumerate(order, 1):
        table.rows[i]["rank_by_visits"] = str(rank)
    return table


# The run ------------------------------------------------------------------------------------------


def known_vendor(
    vendor: str, rows: list[dict[str, str]], sources: list[dict[str, str]]
) -> str | None:
    """The vendor as it is written here: one that counted before, or a publisher of sources.csv."""
    there = {
        name.casefold(): name
        for name in [*(row["publisher"] for row in sources), *(row["vendor"] for row in rows)]
    }
    return there.get(vendor.strip().casefold())


def run(
    data: Path,
    given: Iterable[str],
    vendor: str,
    week: date,
    published: date | None = None,
    source_id: str | None = None,
    now: datetime | None = None,
) -> Done:
    """Add the tables of a vendor to data/curated, the first of the week given and each further one
    of the week after it, then build. Raises snapshot.Locked.
    """
    done, today = Done(), (now or datetime.now(UTC)).astimezone(snapshot.HONG_KONG).date()
    with snapshot.lock(data / "warehouse"):
        amend.complete(data)
        rows, sources = amend.rows_of(data, "site_traffic"), amend.rows_of(data, "sources")
        named = known_vendor(vendor, rows, sources)
        if named is None:
            there = sorted({row["vendor"] for row in rows})
            done.rejected = [
                (
                    f"--vendor {vendor}: rule C17, no vendor here{reading.meant(vendor, there)}; "
                    f"known: {', '.join(there) or 'none'}; a new one is first a publisher of "
                    "sources.csv"
                )
            ]
            return done
        if source_id is not None and source_id not in {row["source_id"] for row in sources}:
            meant = reading.meant(source_id, [row["source_id"] for row in sources])
            done.rejected = [f"--source {source_id}: rule C17, no source of sources.csv{meant}"]
            return done
        with Reader() as reader:
            for number, path in enumerate(map(Path, given)):
                first = week + timedelta(days=7 * number)
                try:
                    cells = reader.cells(path, path.name, bytes_of(path))
                except Unreadable as error:
                    done.refused[path.name] = [
                        str(
                            Rejection(
                                path.name, error.line, "file", error.value, error.rule, error.wrong
                            )
                        )
                    ]
                    continue
                own = [row for row in rows if row["vendor"] == named]
                table = read(path.name, cells, named, first, str(published or ""), own)
                if first + timedelta(days=6) > today:
                    table.refuse(0, "week", first, "C06", f"ends after today ({today})")
                if published is not None and published < first + timedelta(days=6):
                    table.refuse(
                        0,
                        "published",
                        published,
                        "C26",
                        f"lies before the end of the week ({first + timedelta(days=6)})",
                    )
                fresh = against(table, own)
                if table.wrong:
                    done.refused[path.name] = [str(one) for one in table.wrong]
                    continue
                done.read += 1
                done.known, done.added = (
                    done.known + len(table.rows) - len(fresh),
                    done.added + len(fresh),
                )
                if fresh:
                    source = source_id or source_of(named, first, published, sources)
                    rows += [row | {"source_id": source} for row in fresh]
        if done.added:
            texts = {
                "site_traffic": amend.csv_of(
                    "site_traffic",
                    sorted(rows, key=lambda row: (row["vendor"], row["site"], row["week_start"])),
                ),
                "sources": amend.csv_of(
                    "sources", sorted(sources, key=lambda row: row["source_id"])
                ),
            }
            done.rejected = amend.enter(data, texts)
        if not done.rejected and done.read:
            done.built = build.build_locked(data, say=lambda text: None)
    return done


def against(table: Table, own: list[dict[str, str]]) -> list[dict[str, str]]:
    """The rows that are new beside the vendor's own so far; weeks that overlap and figures that
    differ are refused.
    """
    if not table.rows:
        return []
    first = date.fromisoformat(table.rows[0]["week_start"])
    others = sorted(
        {
            row["week_start"]
            for row in own
            if row["week_start"] != str(first)
            and abs((date.fromisoformat(row["week_start"]) - first).days) < 7
        }
    )
    if others:
        table.refuse(
            0,
            "week",
            first,
            "W01",
            (
                f"overlaps the week from {', '.join(others)} of {table.rows[0]['vendor']}, which "
                "is here already"
            ),
        )
    there, fresh = {row["site"]: row for row in own if row["week_start"] == str(first)}, []
    for row, line in zip(table.rows, table.lines):
        known = there.get(row["site"])
        if known is None:
            fresh.append(row)
        elif other := next(
            (
                column
                for column in ("visits_mn", "wow_pct", "average_stay_s")
                if (known[column] or row[column])
                and float(known[column] or "nan") != float(row[column] or "nan")
            ),
            None,
        ):
            table.refuse(
                line,
                other,
                row[other],
                "P03",
                (
                    f"this week of {row['site']} is here already with "
                    f"{known[other] or 'nothing'}; a correction is a row of corrections.csv"
                ),
            )
    return fresh


def source_of(
    vendor: str, first: date, published: date | None, sources: list[dict[str, str]]
) -> str:
    """The name of the source of a week's table, a new row of sources."""
    words = re.sub(r"[^a-z0-9]+", "-", vendor.casefold()).strip("-") or "vendor"
    name = f"{words}-week-{first}"
    if name not in {row["source_id"] for row in sources}:
        sources.append(
            {
                "source_id": name,
                "publisher": vendor,
                "title": f"Weekly site traffic, {first} to {first + timedelta(days=6)}",
                "kind": "data vendor",
                "published_on": str(published or ""),
                "licence": LICENCE,
            }
        )
    return name
