"""Documents and events: what was known when, which tell one story, what a search finds, and what
the loader takes and refuses.
"""

import random
import time
import unicodedata
from datetime import UTC, date, datetime

import duckdb
import pytest

from loaders import amend, documents
from loaders.reading import declared
from tests.support.invention import companies_of, csv_of, sources_of
from tests.support.warehouses import CURATED, invented, kept, loaders
from ui.tables.documents import marked, search_terms
from warehouse import definitions, snapshot

pytestmark = pytest.mark.unit


NOW = datetime(2026, 8, 24, 4, tzinfo=UTC)


# What was known, and how often it was told --------------------------------------------------------


def test_42_documents_tell_35_stories(rows):
    assert rows(
        """
        SELECT count(*), count(DISTINCT story_id), count(*) FILTER (published_on IS NULL)
        FROM documents_as_of(NULL)
        """
    ) == [(42, 35, 4)]
    assert rows(
        """
        SELECT story_id, told
        FROM documents_as_of(NULL)
        WHERE told > 1
        GROUP BY ALL
        ORDER BY 2 DESC, 1
        """
    ) == [("D17", 4), ("D02", 3), ("D12", 2), ("D28", 2)]


def test_the_draft_rule_of_november_2025_came_out_in_this_order(rows):
    told = rows(
        """
        SELECT document_id, strftime(published_hkt, '%d %H:%M'), zone_basis
        FROM documents_as_of('2025-11-23')
        WHERE story_id = 'D17'
        ORDER BY published_hkt
        """
    )
    assert told == [
        ("D18", "22 17:42", "inferred"),
        ("D17", "22 18:26", "inferred"),
        ("D15", "23 05:55", "inferred"),
        ("D13", "23 09:13", "inferred"),
    ]
    assert (
        rows(
            """
            SELECT story_id, told
            FROM documents_as_of('2025-11-22')
            WHERE document_id IN ('D17', 'D18')
            """
        )
        == [("D17", 2)] * 2
    )
    assert rows("SELECT count(*) FROM documents_as_of('2025-11-21') WHERE story_id = 'D17'") == [
        (0,)
    ]


def test_a_document_without_a_day_stands_last_and_in_the_latest_feed_only(rows):
    feed = rows("SELECT document_id, published_on IS NULL FROM documents_as_of(NULL)")
    assert [undated for _, undated in feed] == [False] * 38 + [True] * 4
    assert feed[0][0] == "D23"
    assert rows(
        "SELECT count(*) FROM documents_as_of('2099-12-31') WHERE published_on IS NULL"
    ) == [(0,)]


def test_events_are_known_from_their_document_on_and_a_month_has_no_day(rows):
    assert rows(
        """
        SELECT event_id, lane, array_to_string(tickers, ' ')
        FROM events_as_of('2025-11-22')
        WHERE list_contains(topics, 'platform regulation')
        """
    ) == [("E054", "policy", "0700.HK 9988.HK")]
    assert rows("SELECT count(*) FROM events_as_of('2025-11-21') WHERE event_id = 'E054'") == [(0,)]
    assert rows(
        """
        SELECT CAST(first_day AS VARCHAR), CAST(event_date AS VARCHAR)
        FROM events_as_of('2024-12-02')
        WHERE event_id = 'E024'
        """
    ) == [("2024-11-01", "2024-11-30")]
    assert rows(
        """
        SELECT is_ahead
        FROM events_as_of('2025-12-31')
        WHERE event_id IN ('E089', 'E090')
        ORDER BY event_id
        """
    ) == [(True,), (False,)]
    assert rows("SELECT count(*) FROM events_as_of(NULL)") == [
        (len({row["event_id"] for row in amend.rows_of(CURATED.parent, "events")}),)
    ]


# Search -------------------------------------------------------------------------------------------


def holding(query: str) -> set[str]:
    """The documents that hold every word of a query, found by hand in the curated files."""

    def fold(words: str) -> str:
        return unicodedata.normalize("NFKC", words).lower()

    names: dict[str, list[str]] = {}
    for row in amend.rows_of(CURATED.parent, "companies"):
        names[row["ticker"]] = [
            row["ticker"],
            row["name_en"],
            row["name_zh"],
            row["short_en"],
            row["short_zh"],
        ]
    for row in amend.rows_of(CURATED.parent, "aliases"):
        names[row["ticker"]].append(row["alias"])
    names |= {
        row["topic"]: list(row.values())[:3] for row in amend.rows_of(CURATED.parent, "topics")
    }
    text = {
        row["document_id"]: [
            row["title"],
            row["summary"],
            row["publisher"],
            row["publisher_printed"],
        ]
        for row in amend.rows_of(CURATED.parent, "documents")
    }
    for row in amend.rows_of(CURATED.parent, "document_tags"):
        text[row["document_id"]] += (
            names.get(row["tag"], [row["tag"]]) if row["tag_kind"] != "entity" else [row["tag"]]
        )
    return {
        name
        for name, parts in text.items()
        if all(any(word in fold(part) for part in parts) for word in fold(query).split())
    }


@pytest.mark.parametrize(
    "query",
    [
        "腾讯 回购",
        "回购",
        "kling",
        "ＫＬＩＮＧ",
        "隐私",
        "守门人",
        "Tencent privacy",
        "高盛 goldman",
        "onerec",
        "字节",
        "21世纪",
        "0700",
        "kuaishou advertising",
        "港股",
    ],
)
def test_a_search_finds_what_holds_every_word(rows, query):
    assert {
        name for (name,) in rows("SELECT document_id FROM document_search(NULL, ?)", query)
    } == holding(query)


def test_the_best_answer_stands_first_and_the_newest_of_equals(rows):
    assert rows(
        "SELECT document_id, CAST(score AS INTEGER) FROM document_search(NULL, '腾讯 回购')"
    ) == [("D07", 12), ("D08", 8), ("D22", 8)]
    assert rows(
        "SELECT document_id, CAST(score AS INTEGER) FROM document_search(NULL, 'kling可灵') LIMIT 4"
    ) == [("D26", 10), ("D27", 10), ("D28", 10)]
    assert [name for (name,) in rows("SELECT document_id FROM document_search(NULL, NULL)")] == [
        name for (name,) in rows("SELECT document_id FROM documents_as_of(NULL)")
    ]


@pytest.mark.parametrize(
    "query",
    ["<img onerror=1>", "'; DROP TABLE documents; --", "%", "___", "(((", "\\", "=HYPERLINK"],
)
def test_a_strange_query_finds_nothing_and_breaks_nothing(rows, query):
    assert rows("SELECT document_id FROM document_search(NULL, ?)", query) == []


WORDS = [
    "腾讯",
    "阿里",
    "快手",
    "可灵",
    "回购",
    "游戏",
    "广告",
    "监管",
    "平台",
    "隐私",
    "模型",
    "外卖",
    "电商",
    "财报",
    "增长",
    "利润",
    "视频",
    "支付",
    "cloud",
    "revenue",
    "margin",
    "buyback",
    "licence",
    "user",
    "growth",
    "onerec",
]


@pytest.fixture(scope="module")
def ten_thousand(tmp_path_factory):
    """10,000 made-up documents, each tenth a copy of the one before it, in a database with the
    views of documents.
    """
    rng, lines, tags = random.Random(7), [], []
    for number in range(10_000):
        day = date(2026, 1, 1).toordinal() - rng.randrange(2000)
        copy = f"G{number - 1:05d}" if number % 10 == 9 else ""
        lines.append(
            {
                "document_id": f"G{number:05d}",
                "title": " ".join(rng.choices(WORDS, k=6)),
                "publisher": rng.choice(("甲社", "Wire")),
                "published_on": date.fromordinal(day),
                "date_basis": "printed",
                "language": "zh",
                "kind": "news",
                "doc_type": "news",
                "summary": "".join(rng.choices(WORDS, k=30)),
                "duplicate_of": copy or None,
            }
        )
        tags.append((f"G{number:05d}", "topic", rng.choice(("ai", "games"))))
    path = tmp_path_factory.mktemp("search") / "many.duckdb"
    with definitions.create_tables(path) as connection:
        connection.execute(
            "INSERT INTO snapshot SELECT 'x', now(), DATE '2026-01-01', '0', 1, 'x', 'x'"
        )
        columns = list(lines[0])
        connection.execute(
            f"""
            INSERT INTO documents ({", ".join(columns)}, source_id)
            SELECT {", ".join("unnest(?)" for _ in columns)}, 'x'
            """,
            [[line[column] for line in lines] for column in columns],
        )
        connection.execute(
            "INSERT INTO document_tags SELECT unnest(?), unnest(?), unnest(?)",
            [list(part) for part in zip(*tags)],
        )
        connection.execute(definitions.sql("documents"))
    with duckdb.connect(
        str(path), read_only=True, config=snapshot.SETTINGS | {"threads": "1"}
    ) as connection:
        yield connection, lines


@pytest.mark.system
@pytest.mark.parametrize(
    "query", ["腾讯 回购", "buyback", "隐私", "onerec 支付 games", "nowhere", ""]
)
def test_ten_thousand_documents_answer_under_a_tenth_of_a_second(ten_thousand, query):
    connection, lines = ten_thousand
    question, best = (
        "SELECT document_id, story_id, title, score FROM document_search('2026-01-01', ?) LIMIT 20",
        9.0,
    )
    for _ in range(6):
        began = time.process_time()  # of the processor: what else the machine does is not ours
        answer = connection.execute(question, [query]).fetchall()
        best = min(best, time.process_time() - began)
    print(f"{query!r}: {1000 * best:.0f} ms, {len(answer)} rows")
    assert best < 0.1
    if query == "buyback":
        found = connection.execute(
            "SELECT count(*) FROM document_search('2026-01-01', ?)", [query]
        ).fetchone()[0]
        assert (
            found
            == sum("buyback" in line["title"] or "buyback" in line["summary"] for line in lines)
            > 5000
        )


# Marks --------------------------------------------------------------------------------------------


def test_the_words_searched_for_are_marked_and_nothing_else_is_more_than_text():
    assert (
        marked("OneRec赋能，可灵<b>", search_terms("ｏｎｅｒｅｃ 可灵"))
        == ":orange-background[OneRec]赋能，:orange-background[可灵]\\<b\\>"
    )
    assert (
        marked("[x](javascript:alert(1)) :red[y] $z$", [])
        == "\\[x\\]\\(javascript\\:alert\\(1\\)\\) \\:red\\[y\\] \\$z\\$"
    )
    assert sorted(search_terms("kling可灵 2.5")) == ["2", "5", "kling", "可灵"]


# The loader: one document -------------------------------------------------------------------------


@pytest.fixture(scope="module")
def world():
    return documents.World(CURATED.parent)


def entry(**fields) -> documents.Entry:
    return documents.Entry(
        "in.csv",
        7,
        {"title": "A title long enough", "published": "2026-07-20", "kind": "news"} | fields,
    )


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        (
            {"published": "2026-07-20 23:30", "zone": "UTC"},
            ("2026-07-21T07:30:00+08:00", "2026-07-21", "printed", "printed"),
        ),
        (
            {"published": "2026-07-20T09:30:00+08:00"},
            ("2026-07-20T09:30:00+08:00", "2026-07-20", "printed", "printed"),
        ),
        (
            {"published": "2026-07-20 09:30", "zone": "America/New_York", "zone_basis": "inferred"},
            ("2026-07-20T21:30:00+08:00", "2026-07-20", "inferred", "inferred"),
        ),
        (
            {"published": "2026-07-20 09:30", "zone": "+0530"},
            ("2026-07-20T12:00:00+08:00", "2026-07-20", "printed", "printed"),
        ),
        ({"published": "2026-07-20"}, (None, "2026-07-20", None, "printed")),
        ({"published": "unknown"}, (None, None, None, "convention")),
    ],
)
def test_a_time_is_told_in_hong_kong_and_says_how_sure_its_zone_is(world, told, expected):
    row, _, wrong = documents.document_of(entry(**told), world, NOW.date())
    assert not wrong
    assert (
        tuple(
            row.get(name) for name in ("published_at", "published_on", "zone_basis", "date_basis")
        )
        == expected
    )


@pytest.mark.parametrize(
    ("told", "column", "rule", "says"),
    [
        (
            {"published": "2026-07-20 09:30", "publisher": "Daily"},
            "published",
            "Z01",
            "a clock time without a zone, and none is known of Daily",
        ),
        (
            {"published": "2026-07-20 09:30", "zone": "Mars/Olympus"},
            "zone",
            "Z01",
            "no known time zone",
        ),
        (
            {"published": ""},
            "published",
            "C18",
            "a document without a date: write 'unknown' where none is printed",
        ),
        ({"published": "20/07/2026"}, "published", "C05", "is 2026-07-20 meant?"),
        ({"published": "2026-02-30"}, "published", "C05", "no such day"),
        ({"published": "2026-07-20 25:10", "zone": "UTC"}, "published", "C05", "no such time"),
        ({"published": "2027-01-01"}, "published", "C06", "lies after today (2026-08-24)"),
        ({"kind": "opinion"}, "kind", "C16", "filing, results, broker report, news"),
        ({"title": ""}, "title", "C18", "is empty"),
        ({"tickers": "0701.HK"}, "tickers", "C10", "no ticker of companies.csv; near: "),
        ({"topics": "privcy"}, "topics", "C16", "is 'privacy' meant?"),
        ({"url": "javascript:alert(1)"}, "url", "C20", "no address of a page"),
        ({"id": "=1+1"}, "id", "C12", "begins as a formula does"),
        ({"summary": "x" * 10_001}, "summary", "C13", "10,001 characters"),
    ],
)
def test_what_is_wrong_with_a_document_is_named(world, told, column, rule, says):
    _, _, wrong = documents.document_of(entry(**told), world, NOW.date())
    assert [(one.file, one.line, one.column, one.rule) for one in wrong] == [
        ("in.csv", 7, column, rule)
    ]
    assert says in str(wrong[0])


def test_companies_answer_to_every_name(world):
    row, tags, wrong = documents.document_of(
        entry(tickers="700; 腾讯, Kuaishou；PDD", topics="AI, privacy", entities="NVDA.US"),
        world,
        NOW.date(),
    )
    assert not wrong
    assert tags == [
        ("entity", "NVDA.US"),
        ("ticker", "0700.HK"),
        ("ticker", "1024.HK"),
        ("ticker", "PDD"),
        ("topic", "ai"),
        ("topic", "privacy"),
    ]
    assert row["language"] == "en"
    assert row["document_id"].startswith("20260720-")


@pytest.mark.parametrize(
    ("name", "raw", "rule", "says"),
    [
        ("a.md", "---\ntitle: 腾讯\n---\n".encode("gb18030"), "C01", "looks like GB18030"),
        ("a.md", "---\ntitle: x\n---\n".encode("utf-16"), "C01", "is UTF-16"),
        ("a.txt", b"just words\n", "C09", "does not begin with a front matter"),
        ("a.txt", b"---\ntitel: x\n---\n", "C09", "is 'title' meant?"),
        ("a.csv", b"title,published\nx,2026-07-20\n", "C09", "the column is missing"),
        ("a.csv", b"title,published,kind\nx,2026-07-20\n", "C02", "2 fields, the header has 3"),
        ("a.csv", b"title,published,kind\n", "C11", "a header and no document"),
        ("a.md", b"", "C11", "empty"),
    ],
)
def test_a_file_that_is_none_of_documents_is_named(tmp_path, name, raw, rule, says):
    (tmp_path / name).write_bytes(raw)
    found, wrong = documents.entries_of(tmp_path / name)
    assert wrong[0].rule == rule
    assert any(says in str(one) for one in wrong)
    assert not found or rule == "C09"


def test_a_text_of_50_mb_is_not_opened(tmp_path):
    with open(tmp_path / "large.txt", "wb") as file:
        file.truncate(50 * 2**20)
    _, wrong = documents.entries_of(tmp_path / "large.txt")
    assert [one.rule for one in wrong] == ["C13"]
    assert "52,428,800 bytes" in str(wrong[0])
    assert "was not opened" in str(wrong[0])


# The loader: a run --------------------------------------------------------------------------------

HOSTILE = '<img src=x onerror="alert(1)"> 腾讯新规'
FILES = {
    "a.md": (
        f"---\ntitle: {HOSTILE}\npublisher: Test Wire\npublished: 2026-07-20 09:30\n"
        "zone: HKT\nkind: news\ntickers: 700\ntopics: privacy\nurl: https://example.org/a\n"
        '---\n=HYPERLINK("http://x","y") and <script>alert(2)</script>\nin two lines.\n'
    ),
    "b.txt": (
        "---\ntitle: A filing of our own, first version\npublished: 2026-07-21\n"
        "kind: filing\nid: F1\n---\nWhat it says.\n"
    ),
    "c.csv": "id,title,publisher,published,kind,summary,tickers,supersedes\n"
    'F2,"A filing of our own, second version",,2026-07-22,filing,What it says '
    "now.,1111.HK,F1\n"
    f",{HOSTILE.replace(chr(34), chr(34) * 2).join(chr(34) * 2)},Other "
    "Wire,2026-07-21,news,Another summary of it,,\n"
    f",{HOSTILE.replace(chr(34), chr(34) * 2).join(chr(34) * 2)},Other "
    "Wire,2026-07-21,news,Another summary of it,,\n",
    "d.csv": "id,title,published,kind\nF1,Something else altogether,2026-07-20,news\n",
}


@pytest.fixture(scope="module")
def entered():
    """A small warehouse into which the files above were loaded, twice; what was said each time."""
    return kept("entered", enter)


def enter(folder):
    made = invented(
        folder / "data",
        companies=companies_of({"ticker": "0700.HK"}, {"ticker": "1111.HK"}),
        sources=sources_of(),
        prices=csv_of("prices", [{"ticker": "0700.HK", "date": "2026-07-31", "close": 1}]),
        topics="topic,name_en,name_zh,section\nprivacy,Privacy,隐私,regulation\n",
    )
    assert made.result.rejected == []
    (folder / "in").mkdir()
    for name, text in FILES.items():
        (folder / "in" / name).write_text(text, "utf-8")
    first = loaders("documents", str(folder / "in"), data=made.folder)
    after = {path.name: path.read_bytes() for path in (made.folder / "curated").glob("*")}
    second = loaders(
        "documents",
        *(str(folder / "in" / name) for name in ("a.md", "b.txt", "c.csv")),
        data=made.folder,
    )
    return made, first, second, after


@pytest.mark.system
def test_good_files_go_in_a_bad_one_stays_out_and_the_exit_code_says_so(entered):
    made, first, _, _ = entered
    assert first.returncode == 3
    assert "documents: 4 added, 1 already here; files: 3 read, 1 refused" in first.stdout
    assert first.stderr == (
        "d.csv:2 id 'F1': rule P03, the same id with another document stands in "
        "documents.csv: “A filing of our own, first version”; d.csv was left out, "
        "nothing else is lost\n"
    )
    assert made.rows(
        "SELECT count(*), count(DISTINCT story_id) FROM documents_as_of('2026-07-31')"
    ) == [(4, 2)]


def test_a_copy_stands_under_the_first_and_a_replaced_version_under_the_later(entered):
    made, first, _, _ = entered
    stories = made.rows(
        """
        SELECT title, told, superseded_by, duplicate_of IS NOT NULL
        FROM documents_as_of('2026-07-31')
        WHERE document_id = story_id
        ORDER BY published_on
        """
    )
    assert stories == [
        (HOSTILE, 2, None, False),
        ("A filing of our own, second version", 2, None, False),
    ]
    assert made.rows(
        """
        SELECT document_id, story_id, superseded_by
        FROM documents_as_of('2026-07-22')
        WHERE kind = 'filing'
        ORDER BY 1
        """
    ) == [("F1", "F2", "F2"), ("F2", "F2", None)]
    assert made.rows(
        "SELECT story_id, told FROM documents_as_of('2026-07-21') WHERE kind = 'filing'"
    ) == [("F1", 1)]
    assert "tells the story of" in first.stdout


def test_markup_and_formulas_stay_text(entered):
    made, *_ = entered
    assert made.rows(
        """
        SELECT summary, strftime(published_hkt, '%H:%M')
        FROM documents_as_of('2026-07-31')
        WHERE publisher = 'Test Wire'
        """
    ) == [('=HYPERLINK("http://x","y") and <script>alert(2)</script> in two lines.', "09:30")]


def test_the_same_files_again_change_nothing(entered):
    made, _, second, after = entered
    assert second.returncode == 0
    assert "documents: 0 added, 5 already here" in second.stdout
    assert "nothing new" in second.stdout
    assert {path.name: path.read_bytes() for path in (made.folder / "curated").glob("*")} == after
    for table in documents.TABLES:
        keys = [
            tuple(row[part] for part in declared()[table].key)
            for row in amend.rows_of(made.folder, table)
        ]
        assert keys == sorted(keys)


def test_a_change_broken_off_is_completed_and_never_halved(tmp_path, monkeypatch):
    (tmp_path / "curated").mkdir()
    for table in ("aliases", "topics"):
        (tmp_path / "curated" / f"{table}.csv").write_text("old\n", "utf-8")

    def broken(at: str):
        def step(name: str) -> None:
            if name == at:
                raise KeyboardInterrupt

        return step

    texts = {"aliases": "new\n", "topics": "new\n"}

    def held():
        return [(tmp_path / ("curated") / (f"{table}.csv")).read_text("utf-8") for table in texts]

    for at, then in (
        ("amend staged", "old\n"),
        ("amend pending", "new\n"),
        ("amend aliases", "new\n"),
    ):
        monkeypatch.setattr(snapshot, "step", broken(at))
        with pytest.raises(KeyboardInterrupt):
            amend.replace(tmp_path, texts)
        monkeypatch.setattr(snapshot, "step", lambda name: None)
        amend.complete(tmp_path)
        assert held() == [then, then], at
        for table in texts:
            (tmp_path / "curated" / f"{table}.csv").write_text("old\n", "utf-8")


@pytest.mark.system
def test_text_from_outside_is_shown_escaped(entered, open_page, monkeypatch):
    made, *_ = entered
    monkeypatch.setenv("HARBOURVIEW_DATA", str(made.folder))
    at = open_page("documents", q="腾讯新规")
    shown = [element.value for element in at.markdown]
    assert any(
        '\\<img src\\=x onerror\\="alert\\(1\\)"\\>' in text
        and ":orange-background[腾讯新规]" in text
        for text in shown
    )
    assert any("\\<script\\>" in text for text in shown)
    assert not any("<img" in text.replace("\\<", "") for text in shown)
    assert not any(getattr(element, "allow_html", False) for element in at.markdown)
