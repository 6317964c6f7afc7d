"""python -m loaders documents FILE...: add research documents from CSV files, or from text files
with a small front matter.

A file with anything wrong in it is refused whole and the others go in. What is here already is not
entered twice; what tells a story that is here already is entered as its copy, and shown under it.
Text stays text, whatever it looks like.
"""

import hashlib
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta, tzinfo
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from loaders import amend, build, curated, reading
from loaders.reading import Rejection
from warehouse import snapshot

TABLES = ("documents", "document_tags", "sources")
FIELDS = (
    "id",
    "title",
    "publisher",
    "published",
    "zone",
    "zone_basis",
    "language",
    "kind",
    "doc_type",
    "summary",
    "url",
    "tickers",
    "entities",
    "topics",
    "supersedes",
    "note",
)
NEEDED = ("title", "published", "kind")
KINDS = ("filing", "results", "broker report", "news")
TEXTS = (".md", ".txt")
LARGEST_TEXT, LARGEST_TABLE = (
    2**20,
    2**24,
    # bytes of a text file, whose summary has a few hundred words, and of a CSV of thousands of
    # documents
)
SAME_STORY_DAYS, NEARLY_DAYS, NEARLY = (
    7,
    3,
    0.8,
    # one title within a week; titles alike in four fifths of their pairs of letters within three
    # days
)
LONG_ENOUGH = 40  # letters of a summary that two documents do not share by chance
UNDATED = "unknown"
CLOCK = re.compile(
    r"(\d{4}-\d{2}-\d{2})[T ](\d{1,2}:\d{2}(?::\d{2})?)\s*(Z|[+-]\d{2}:?\d{2})?", re.ASCII
)
OFFSET = re.compile(r"(?:UTC|GMT)?\s*([+-])(\d{1,2})(?::?(\d{2}))?", re.ASCII)
ZONES = {
    "utc": "UTC",
    "gmt": "UTC",
    "z": "UTC",
    "hkt": "Asia/Hong_Kong",
    "hong kong": "Asia/Hong_Kong",
    "beijing": "Asia/Shanghai",
    "shanghai": "Asia/Shanghai",
    "new york": "America/New_York",
}


@dataclass
class Entry:
    """One document as a file tells it: its fields as text, and where each stands."""

    name: str
    line: int
    fields: dict[str, str]


@dataclass
class Done:
    """What a run came to. refused: the error lines of each file left out; rejected: of the
    whole.
    """

    added: list[str] = field(default_factory=list)
    known: list[tuple[str, str]] = field(
        default_factory=list
    )  # title, the document that it is already
    folded: list[tuple[str, str]] = field(
        default_factory=list
    )  # document, the one whose story it tells
    read: int = 0
    refused: dict[str, list[str]] = field(default_factory=dict)
    rejected: list[str] = field(default_factory=list)
    built: build.Result | None = None


# Reading the files --------------------------------------------------------------------------------


def entries_of(path: Path) -> tuple[list[Entry], list[Rejection]]:
    """The documents of one file, each with its fields as text, and what is wrong with the file."""
    is_csv = path.suffix.lower() == ".csv"
    largest, what = (
        (LARGEST_TABLE, "a table of documents") if is_csv else (LARGEST_TEXT, "a document here")
    )
    if path.is_file() and path.stat().st_size > largest:
        return [], [
            Rejection(
                path.name,
                0,
                "file",
                None,
                "C13",
                f"has {path.stat().st_size:,} bytes, {what} at most {largest:,}: it was not opened"
                + "; enter a summary in your own words" * (not is_csv),
            )
        ]
    text, wrong = reading.text_of(path, path.name)
    if text is None:
        return [], wrong
    if not is_csv:
        found, broken = front_matter(text, path.name)
        return ([found] if found else []), broken  # a text needs no line end at its end
    records, broken = reading.records_of(text, path.name)
    if not records:
        return [], wrong + broken
    header = [column.strip() for column in records[0][1]]
    wrong += (
        broken
        + unknown_fields(header, path.name, records[0][0])
        + [
            Rejection(path.name, records[0][0], column, None, "C09", "the column is missing")
            for column in NEEDED
            if column not in header
        ]
    )
    wrong += [
        Rejection(
            path.name,
            line,
            "line",
            ",".join(record),
            "C02",
            f"{len(record)} fields, the header has {len(header)}",
        )
        for line, record in records[1:]
        if len(record) != len(header)
    ]
    if len(records) == 1 and not wrong:
        wrong.append(Rejection(path.name, 0, "file", None, "C11", "holds a header and no document"))
    return [] if wrong else [
        Entry(path.name, line, dict(zip(header, map(str.strip, record))))
        for line, record in records[1:]
    ], wrong


def front_matter(text: str, name: str) -> tuple[Entry | None, list[Rejection]]:
    """A text file: lines 'field: value' between two lines '---', then the summary."""
    lines = text.splitlines()
    if not lines or lines[0].strip() != "---" or "---" not in [line.strip() for line in lines[1:]]:
        return None, [
            Rejection(
                name,
                1,
                "file",
                lines[0] if lines else None,
                "C09",
                (
                    "does not begin with a front matter: a line '---', lines 'field: value', a "
                    "line '---', then the summary"
                ),
            )
        ]
    end = next(i for i, line in enumerate(lines[1:], 1) if line.strip() == "---")
    fields, wrong = {}, []
    for number, line in enumerate(lines[1:end], 2):
        if not line.strip():
            continue
        column, colon, value = line.partition(":")
        column = column.strip().lower()
        if not colon:
            wrong.append(Rejection(name, number, "line", line, "C09", "is no 'field: value'"))
        elif column in fields:
            wrong.append(
                Rejection(
                    name, number, column, value.strip(), "C09", "stands twice in the front matter"
                )
            )
        else:
            wrong += unknown_fields([column], name, number)
            fields[column] = value.strip()
    body = " ".join("\n".join(lines[end + 1 :]).split())
    if body and fields.get("summary"):
        wrong.append(
            Rejection(
                name,
                end + 2,
                "summary",
                None,
                "C09",
                "stands in the front matter and below it: which is it?",
            )
        )
    return Entry(name, 1, fields | ({"summary": body} if body else {})), wrong


def unknown_fields(names: list[str], file: str, line: int) -> list[Rejection]:
    wrong = [
        Rejection(
            file,
            line,
            name,
            None,
            "C09",
            f"is no field of a document ({', '.join(FIELDS)})" + reading.meant(name, FIELDS),
        )
        for name in names
        if name not in FIELDS
    ]
    return wrong + [
        Rejection(file, line, name, None, "C09", "stands twice in the header")
        for name in sorted({n for n in names if names.count(n) > 1})
    ]


def missing(column: str) -> str:
    return (
        f"a document without a date: write '{UNDATED}' where none is printed"
        if column == "published"
        else "is empty and must not be"
    )


# One document -------------------------------------------------------------------------------------


class World:
    """What the curated files know: companies by every name, topics, the documents there are."""

    def __init__(self, data: Path):
        self.rows = {table: amend.rows_of(data, table) for table in TABLES}
        companies, aliases = amend.rows_of(data, "companies"), amend.rows_of(data, "aliases")
        self.universe = {
            row["ticker"]: [alias["alias"] for alias in aliases if alias["ticker"] == row["ticker"]]
            for row in companies
        }
        names = [
            (row[column], row["ticker"])
            for row in companies
            for column in ("short_en", "short_zh", "name_en", "name_zh")
        ]
        names += [(alias["alias"], alias["ticker"]) for alias in aliases] + [
            (ticker, ticker) for ticker in self.universe
        ]
        self.tickers = {folded(name): ticker for name, ticker in names}
        self.topics = {row["topic"] for row in amend.rows_of(data, "topics")}

    def ticker_of(self, typed: str) -> str | None:
        code = re.fullmatch(r"0*(\d{1,5})(\.HK)?", typed, re.ASCII | re.IGNORECASE)
        return self.tickers.get(
            folded(f"{int(code[1]):04d}.HK" if code else typed)
        ) or self.tickers.get(folded(typed))


def folded(words: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", words).casefold().split())


def plain(words: str) -> str:
    """A title or summary without what two prints of it may differ in: width, case, blanks,
    signs.
    """
    return "".join(
        letter for letter in unicodedata.normalize("NFKC", words).casefold() if letter.isalnum()
    )


def zone_of(words: str) -> tzinfo | None:
    """The zone that a word names: an offset, a name of the time-zone database, or one of a few that
    people write.
    """
    found = OFFSET.fullmatch(words.strip())
    if found and int(found[2]) <= 14:
        return datetime.strptime(f"{found[1]}{int(found[2]):02d}{found[3] or '00'}", "%z").tzinfo
    try:
        return ZoneInfo(ZONES.get(words.strip().casefold(), words.strip()))
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


def time_of(entry: Entry, today: date) -> tuple[dict[str, str], list[Rejection]]:
    """The columns that say when a document came out, and what is wrong with that."""
    printed, zone, basis = (
        entry.fields.get(name, "") for name in ("published", "zone", "zone_basis")
    )

    def refused(
        column: str, value: str | None, rule: str, wrong: str
    ) -> tuple[dict, list[Rejection]]:
        return {}, [Rejection(entry.name, entry.line, column, value, rule, wrong)]

    if basis not in ("", "printed", "inferred"):
        return refused(
            "zone_basis", basis, "C16", "not one of the allowed words: printed, inferred"
        )
    if not printed:
        return refused("published", None, "C18", missing("published"))
    if printed.casefold() == UNDATED:
        return {"date_basis": "convention"}, []
    clock = CLOCK.fullmatch(printed)
    try:
        day = reading.value_of(clock[1] if clock else printed, "DATE")
    except ValueError as error:
        return refused("published", printed, *error.args)
    found = {"published_on": str(day), "date_basis": "printed"}
    if clock:
        named = clock[3] or zone
        if not named:
            return refused(
                "published",
                printed,
                "Z01",
                "a clock time without a zone, and none is known of "
                f"{entry.fields.get('publisher') or 'a publisher that is not printed'}: give "
                "zone, such as +08:00 or Asia/Shanghai "
                "(zone_basis: inferred where it is not printed), or the day alone",
            )
        at = zone_of(named)
        if at is None:
            return refused(
                "zone",
                named,
                "Z01",
                "no known time zone: an offset such as +08:00, or a name such as Asia/Hong_Kong",
            )
        try:
            moment = (
                datetime.fromisoformat(f"{clock[1]}T{clock[2]:0>5}")
                .replace(tzinfo=at)
                .astimezone(snapshot.HONG_KONG)
            )
        except ValueError:
            return refused("published", printed, "C05", "no such time of the day")
        found |= {
            "published_at": moment.isoformat(timespec="seconds"),
            "published_on": str(moment.date()),
            "published_at_printed": f"{clock[1]} {clock[2]}",
            "zone_basis": "printed" if clock[3] else basis or "printed",
            "date_basis": "inferred" if basis == "inferred" and not clock[3] else "printed",
        }
        if not clock[3]:
            found["zone_note"] = f"printed time read as {named}"
    elif zone:
        return refused("zone", zone, "Z01", "a zone without a clock time says nothing of a day")
    else:
        found["published_at_printed"] = printed
    if date.fromisoformat(found["published_on"]) > today + timedelta(days=1):
        return refused("published", printed, "C06", f"lies after today ({today})")
    return found, []


def document_of(
    entry: Entry, world: World, today: date
) -> tuple[dict[str, str], list[tuple[str, str]], list[Rejection]]:
    """The row of documents.csv, the tags (kind, tag), and all that is wrong."""
    told = entry.fields
    when, wrong = time_of(entry, today)

    def refuse(column: str, value: str | None, rule: str, words: str) -> None:
        wrong.append(Rejection(entry.name, entry.line, column, value, rule, words))

    for column in ("title", "kind"):
        if not told.get(column):
            refuse(column, None, "C18", missing(column))
    for column, value in told.items():
        if what := reading.wrong_text(value, column in ("id", "supersedes")):
            refuse(column, value, *what)
    if told.get("kind") and told["kind"] not in KINDS:
        refuse("kind", told["kind"], "C16", f"not one of the allowed words: {', '.join(KINDS)}")
    language = told.get("language") or (
        "zh" if re.search(r"[\u3400-\u9fff]", told.get("title", "")) else "en"
    )
    if language not in ("zh", "en"):
        refuse("language", language, "C16", "not one of the allowed words: zh, en")
    url = told.get("url", "")
    if url and (
        urlsplit(url).scheme not in ("http", "https")
        or not urlsplit(url).netloc
        or re.search(r"[\s<>\"]", url)
    ):
        refuse("url", url, "C20", "no address of a page: http:// or https://")
    tags: list[tuple[str, str]] = []
    for typed in parts(told.get("tickers", "")):
        ticker = world.ticker_of(typed)
        if ticker is None:
            near = curated.near_tickers(typed, world.universe)
            refuse(
                "tickers",
                typed,
                "C10",
                "no ticker of companies.csv"
                + (f"; near: {', '.join(near)}" if near else "")
                + "; who is outside the universe stands in entities",
            )
        else:
            tags.append(("ticker", ticker))
    for typed in parts(told.get("topics", "")):
        if typed.casefold() not in world.topics:
            refuse(
                "topics",
                typed,
                "C16",
                "no topic of topics.csv" + reading.meant(typed.casefold(), sorted(world.topics)),
            )
        tags.append(("topic", typed.casefold()))
    tags += [("entity", typed) for typed in parts(told.get("entities", ""))]
    row = {
        "title": told.get("title", ""),
        "publisher": told.get("publisher", ""),
        "publisher_printed": told.get("publisher", ""),
        "language": language,
        "kind": told.get("kind", ""),
        "doc_type": told.get("doc_type") or told.get("kind", ""),
        "summary": told.get("summary", ""),
        "url": url,
        "supersedes": told.get("supersedes", ""),
        "note": told.get("note", ""),
    } | when
    row["document_id"] = (
        told.get("id")
        or f"{(row.get('published_on') or 'undated').replace('-', '')}-{content_of(row)[:6]}"
    )
    return row, sorted(set(tags)), wrong


def parts(words: str) -> list[str]:
    return [part.strip() for part in re.split(r"[;；,，、]", words) if part.strip()]


def content_of(row: dict[str, str]) -> str:
    """What makes two documents one: publisher, title and summary, as far as print may differ."""
    return hashlib.sha256(
        "\0".join(
            plain(row.get(column) or "") for column in ("publisher", "title", "summary")
        ).encode()
    ).hexdigest()


# Against what is here -----------------------------------------------------------------------------


class Stories:
    """The documents known so far, found by content, by title and by summary."""

    def __init__(self, rows: list[dict[str, str]]):
        self.by_id: dict[str, dict[str, str]] = {}
        self.by_content: dict[str, list[dict[str, str]]] = {}
        self.by_words: dict[str, list[dict[str, str]]] = {}
        self.by_day: dict[str, list[tuple[dict[str, str], set[str]]]] = {}
        for row in rows:
            self.add(row)

    def add(self, row: dict[str, str]) -> None:
        self.by_id[row["document_id"]] = row
        self.by_content.setdefault(content_of(row), []).append(row)
        for words in {plain(row["title"]), plain(row.get("summary") or "")}:
            if words:
                self.by_words.setdefault(words, []).append(row)
        self.by_day.setdefault(row.get("published_on") or "", []).append((row, pairs(row["title"])))

    def same(self, row: dict[str, str]) -> dict[str, str] | None:
        """The document that this one is already: the same content, on the same day."""
        return next(
            (
                other
                for other in self.by_content.get(content_of(row), [])
                if (other.get("published_on") or "") == row.get("published_on", "")
            ),
            None,
        )

    def told_by(self, row: dict[str, str]) -> tuple[str, str] | None:
        """The document whose story this one tells, and how that is known."""
        for words, how, least in (
            (plain(row.get("summary") or ""), "same text", LONG_ENOUGH),
            (plain(row["title"]), "same title", 8),
        ):
            if len(words) >= least and (
                near := [
                    other
                    for other in self.by_words.get(words, [])
                    if days_apart(other, row) <= SAME_STORY_DAYS
                ]
            ):
                return self.root(near[0]), how
        if row.get("published_on"):
            own, day = pairs(row["title"]), date.fromisoformat(row["published_on"])
            for other, its in (
                found
                for shift in range(-NEARLY_DAYS, NEARLY_DAYS + 1)
                for found in self.by_day.get(str(day + timedelta(days=shift)), [])
            ):
                if own and its and len(own & its) / len(own | its) >= NEARLY:
                    return self.root(other), "nearly the same title"
        return None

    def root(self, row: dict[str, str]) -> str:
        seen = set()
        while row.get("duplicate_of") in self.by_id and row["document_id"] not in seen:
            seen.add(row["document_id"])
            row = self.by_id[row["duplicate_of"]]
        return row["document_id"]


def pairs(title: str) -> set[str]:
    words = plain(title)
    return {words[i : i + 2] for i in range(len(words) - 1)} if len(words) >= 8 else set()


def days_apart(one: dict[str, str], other: dict[str, str]) -> int:
    """Days between two documents; none where one of them has no day."""
    if not (one.get("published_on") and other.get("published_on")):
        return 0
    return abs(
        (date.fromisoformat(one["published_on"]) - date.fromisoformat(other["published_on"])).days
    )


def source_of(row: dict[str, str], taken: set[str]) -> dict[str, str]:
    """The row of sources.csv for a document."""
    words = re.sub(
        r"[^a-z0-9]+", "-", unicodedata.normalize("NFKC", row["publisher"]).casefold()
    ).strip("-")[:40] or ("source" if row["publisher"] else "not-printed")
    name = "-".join(
        part for part in (words, row.get("published_on", ""), content_of(row)[:6]) if part
    )
    while name in taken:
        name += "-2"
    return {
        "source_id": name,
        "publisher": row["publisher"] or "not printed",
        "title": row["title"],
        "kind": row["kind"],
        "published_on": row.get("published_on", ""),
        "url": row["url"],
        "licence": amend.LICENCE,
    }


# The run ------------------------------------------------------------------------------------------


def run(data: Path, given: Iterable[str], now: datetime | None = None) -> Done:
    """Add the documents of the files to data/curated, then build.

    Raises snapshot.Locked where another loader is at work.
    """
    done, today = Done(), (now or datetime.now(UTC)).astimezone(snapshot.HONG_KONG).date()
    with snapshot.lock(data / "warehouse"):
        amend.complete(data)
        world = World(data)
        stories, tags, sources = (
            Stories(world.rows["documents"]),
            list(world.rows["document_tags"]),
            list(world.rows["sources"]),
        )
        taken = {row["source_id"] for row in sources}
        paths, wrong = amend.files_of(given, (*TEXTS, ".csv"), "document")
        for one in wrong:
            done.refused.setdefault(one.file, []).append(str(one))
        for path in paths:
            entries, wrong = entries_of(path)
            found = [document_of(entry, world, today) for entry in entries]
            wrong += [one for *_, several in found for one in several] + collisions(
                found, entries, stories
            )
            if wrong:
                done.refused.setdefault(path.name, []).extend(map(str, wrong))
                continue
            done.read += 1
            for row, its_tags, _ in sorted(
                found,
                key=lambda one: (
                    not one[0].get("published_on"),
                    one[0].get("published_at") or one[0].get("published_on", ""),
                    one[0]["document_id"],
                ),
            ):
                if known := stories.same(row):
                    done.known.append((row["title"], known["document_id"]))
                    continue
                if not row["supersedes"] and (told := stories.told_by(row)):
                    row["duplicate_of"], row["duplicate_kind"] = told
                    done.folded.append((row["document_id"], told[0]))
                source = source_of(row, taken)
                row["source_id"] = source["source_id"]
                taken.add(row["source_id"])
                sources.append(source)
                stories.add(row)
                tags += [
                    {"document_id": row["document_id"], "tag_kind": kind, "tag": tag}
                    for kind, tag in its_tags
                ]
                done.added.append(row["document_id"])
        if done.added:
            texts = {
                "documents": amend.csv_of(
                    "documents", sorted(stories.by_id.values(), key=lambda row: row["document_id"])
                ),
                "document_tags": amend.csv_of(
                    "document_tags",
                    sorted(tags, key=lambda row: (row["document_id"], row["tag_kind"], row["tag"])),
                ),
                "sources": amend.csv_of(
                    "sources", sorted(sources, key=lambda row: row["source_id"])
                ),
            }
            done.rejected = amend.enter(data, texts)
        if not done.rejected and done.read:
            done.built = build.build_locked(data, say=lambda text: None)
    return done


def collisions(
    found: list[tuple[dict, list, list]], entries: list[Entry], stories: Stories
) -> list[Rejection]:
    """Ids that another document has, and replacements of what is not here."""
    wrong: list[Rejection] = []
    lines: dict[str, tuple[dict, int]] = {}
    for (row, *_), entry in zip(found, entries):
        name = row["document_id"]
        if name in lines and content_of(lines[name][0]) != content_of(row):
            wrong.append(
                Rejection(
                    entry.name,
                    entry.line,
                    "id",
                    name,
                    "P03",
                    f"the same id with another document stands at {entry.name}:{lines[name][1]}",
                )
            )
        elif name in stories.by_id and stories.same(row) is None:
            wrong.append(
                Rejection(
                    entry.name,
                    entry.line,
                    "id",
                    name,
                    "P03",
                    (
                        "the same id with another document stands in documents.csv: "
                        f"“{stories.by_id[name]['title'][:60]}”"
                    ),
                )
            )
        lines.setdefault(name, (row, entry.line))
    ids = {*stories.by_id, *lines}
    for (row, *_), entry in zip(found, entries):
        if row["supersedes"] and row["supersedes"] not in ids:
            wrong.append(
                Rejection(
                    entry.name,
                    entry.line,
                    "supersedes",
                    row["supersedes"],
                    "Z02",
                    "names no document" + reading.meant(row["supersedes"], sorted(ids)),
                )
            )
        elif row["supersedes"] == row["document_id"]:
            wrong.append(
                Rejection(
                    entry.name,
                    entry.line,
                    "supersedes",
                    row["supersedes"],
                    "Z02",
                    "a document does not replace itself",
                )
            )
    return wrong
