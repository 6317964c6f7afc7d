"""What is stale, what the last run came to, which snapshots there are: in SQL, on the pages, in
their pictures, and in `status`.
"""

import json
import os
from datetime import date, datetime, timedelta

import pytest

from tests.support import screen
from tests.support.invention import companies_of, csv_of, month_ends, sessions, sources_of
from tests.support.screen import figures, words
from tests.support.warehouses import Built, built, copy_of, invented, kept, loaders
from ui import answers
from warehouse import snapshot

pytestmark = pytest.mark.page


LAST = "2026-08-21"
DAYS = sessions("2025-01-02", LAST)
ENDS = [*month_ends("2024-01-01", "2026-07-31"), date(2026, 8, 21)]
TODAY = date(2026, 8, 24)  # the Monday after
NAMES = {"1001.HK": "Brisk", "1002.HK": "Tardy", "1003.HK": "Monthly", "1004.HK": "Fresh Issue"}
QUARTERS = [
    ("01-01", "03-31", "05-14"),
    ("04-01", "06-30", "08-12"),
    ("07-01", "09-30", "11-13"),
    ("10-01", "12-31", "03-20"),
]


def closes(ticker: str, days: list[date], frequency: str = "daily") -> list[dict]:
    return [
        {
            "ticker": ticker,
            "date": day,
            "close": 100 + (day - date(2024, 1, 1)).days / 10,
            "frequency": frequency,
        }
        for day in days
    ]


# Brisk has both series to the last session; Tardy's daily closes end on 31 July, its month-ends
# too; Monthly has month-ends only; Fresh Issue was listed in July.
PRICES = [
    *closes("1001.HK", DAYS),
    *closes("1001.HK", ENDS, "month_end"),
    *closes("1002.HK", [day for day in DAYS if str(day) <= "2026-07-31"]),
    *closes("1002.HK", ENDS[:-1], "month_end"),
    *closes("1003.HK", ENDS, "month_end"),
    *closes("1004.HK", [day for day in DAYS if str(day) >= "2026-07-06"]),
    *closes("1004.HK", ENDS[-2:], "month_end"),
]
EARNINGS = [
    {
        "ticker": ticker,
        "value": 1.5,
        "period_start": f"{year}-{first}",
        "period_end": f"{year}-{last}",
        "announced_on": f"{year + (said < '04')}-{said}",
    }
    for ticker in NAMES
    for year in (2023, 2024, 2025, 2026)
    for first, last, said in QUARTERS
    if f"{year}-{last}" <= "2026-06-30"
]
CURATED = {
    "companies": companies_of(
        *(
            {"ticker": ticker, "short_en": name, "short_zh": name, "name_en": name, "name_zh": name}
            for ticker, name in NAMES.items()
        )
    ),
    "sources": sources_of(),
    "prices": csv_of("prices", PRICES),
    "earnings": csv_of("earnings", EARNINGS),
    "price_exceptions": csv_of(
        "price_exceptions",
        [
            {
                "code": "P15",
                "ticker": "1003.HK",
                "provider": "yahoo",
                "reason": "Yahoo has none of it",
            }
        ],
    ),
}
RUN = {
    "run": {
        "began_at": "2026-08-21T18:30:00.000000+08:00",
        "finished_at": "2026-08-21T18:34:12+08:00",
        "provider": "yahoo",
        "version": "1.7.0",
        "left_out": [],
    },
    "tickers": {
        "1001.HK": {
            "outcome": "got",
            "note": "1 new session",
            "rows_new": 1,
            "rejected": 0,
            "last_session": LAST,
            "provider": "yahoo",
            "at": "2026-08-21T18:31:00+08:00",
            "run": "2026-08-21T18:30:00.000000+08:00",
        },
        "1002.HK": {
            "outcome": "rate limited",
            "note": "429 after 4 attempts",
            "last_session": "2026-07-31",
            "provider": "yahoo",
            "at": "2026-08-21T18:33:00+08:00",
            "run": "2026-08-21T18:30:00.000000+08:00",
        },
        "1003.HK": {
            "outcome": "unknown ticker",
            "note": "",
            "last_session": None,
            "provider": "yahoo",
            "at": "2026-08-21T18:34:00+08:00",
            "run": "2026-08-21T18:30:00.000000+08:00",
        },
        "1004.HK": {
            "outcome": "stopped",
            "note": "P08 2026-08-20: a spike",
            "rejected": 1,
            "last_session": LAST,
            "provider": "yahoo",
            "at": "2026-08-19T18:31:00+08:00",
            "run": "2026-08-19T18:30:00.000000+08:00",
        },
    },
}


@pytest.fixture(scope="module")
def desk(tmp_path_factory) -> Built:
    """A desk with four lines, an earlier snapshot that ends in July, and a run whose record is of
    after the last build.
    """
    return copy_of(kept("desk", make_desk), tmp_path_factory.mktemp("desk") / "data")


def make_desk(folder) -> Built:
    first = invented(
        folder,
        **CURATED
        | {"prices": csv_of("prices", [row for row in PRICES if str(row["date"]) <= "2026-07-31"])},
    )
    assert first.result.rejected == []
    now = built(folder, {"prices": CURATED["prices"]})
    assert now.result.rejected == []
    (folder / "prices" / "run.json").write_text(json.dumps(RUN), "utf-8")
    return now


@pytest.fixture
def opened(desk, monkeypatch):
    """opened('data', t='1002.HK') -> the page of that desk, on the Monday after."""
    monkeypatch.setenv("HARBOURVIEW_DATA", str(desk.folder))
    monkeypatch.setattr(answers, "today", lambda: TODAY)
    return screen.run_page


def inside(figure: dict) -> str:
    return " ".join(
        str(note.get("text", "")) for note in figure["layout"].get("annotations", [])
    ).replace("<br>", " ")


# One series a line --------------------------------------------------------------------------------


@pytest.mark.system
@pytest.mark.parametrize(
    ("daily", "monthly", "said"),
    [
        (None, ("2024-01-31", "2026-08-21"), "month_end"),
        ((5, "2026-08-17", "2026-08-21"), None, "daily"),  # nothing else is there
        ((120, "2026-03-02", "2026-08-21"), ("2024-01-31", "2026-08-21"), "daily"),
        (
            (119, "2026-03-03", "2026-08-21"),
            ("2024-01-31", "2026-08-21"),
            "month_end",
        ),  # too few for a percentile
        (
            (30, "2026-07-06", "2026-08-14"),
            ("2026-07-31", "2026-08-21"),
            "daily",
        ),  # few, and yet the whole history of a new line
        ((500, "2024-06-03", "2026-07-22"), ("2024-01-31", "2026-08-21"), "daily"),
        (
            (500, "2024-06-03", "2026-07-21"),
            ("2024-01-31", "2026-08-21"),
            "month_end",
        ),  # left behind
        ((40, "2026-08-03", "2026-09-25"), ("2024-01-31", "2026-08-21"), "month_end"),
        (
            (40, "2026-08-03", "2026-09-26"),
            ("2024-01-31", "2026-08-21"),
            "daily",
        ),  # the month-ends have grown stale
    ],
)
def test_a_line_is_daily_or_month_end_by_one_rule(desk, daily, monthly, said):
    assert desk.rows(
        """
        SELECT series_frequency(?, CAST(? AS DATE), CAST(? AS DATE), CAST(? AS DATE),
            CAST(? AS DATE))
        """,
        *(daily or (0, None, None)),
        *(monthly or (None, None)),
    ) == [(said,)]


@pytest.mark.system
def test_closes_changes_and_percentiles_of_a_line_are_of_one_frequency(desk):
    """The change of Brisk's month is against 21 July, a month earlier; of Monthly's against the
    last close of July, and never the other way round.
    """
    for evening in ("2025-03-14", "2025-12-31", "2026-08-21"):
        series = dict(
            desk.rows(
                """
                SELECT ticker, any_value(frequency)
                FROM price_series(?)
                GROUP BY ticker
                HAVING count(DISTINCT frequency) = 1
                """,
                evening,
            )
        )
        assert (
            series
            == dict(desk.rows("SELECT ticker, frequency FROM price_changes(?)", evening))
            == dict(
                desk.rows(
                    """
                    SELECT ticker, frequency
                    FROM valuation_percentiles(?, 5)
                    WHERE metric = 'pe_ttm' AND basis = 'adjusted' AND frequency IS NOT NULL
                    """,
                    evening,
                )
            )
        )
        assert len(series) >= 3
    found = {
        row[0]: row[1:]
        for row in desk.rows(
            """
            SELECT ticker, frequency, strftime(month_base_date, '%Y-%m-%d'),
                round(change_1m_pct, 6), price_is_stale
            FROM price_changes('2026-08-21')
            """
        )
    }

    def change(last: str, base: str) -> float:
        last_close, base_close = (
            100 + (date.fromisoformat(day) - date(2024, 1, 1)).days / 10 for day in (last, base)
        )
        return round(100 * (last_close / base_close - 1), 6)

    assert found == {
        "1001.HK": ("daily", "2026-07-21", change(LAST, "2026-07-21"), False),
        "1002.HK": ("daily", "2026-06-30", None, True),
        "1003.HK": ("month_end", "2026-07-31", change(LAST, "2026-07-31"), False),
        "1004.HK": ("daily", "2026-07-21", change(LAST, "2026-07-21"), False),
    }


@pytest.mark.system
def test_a_price_is_stale_after_ten_sessions_or_thirty_five_days(desk):
    """Tardy's last session is 31 July: the tenth session after it is 14 August."""
    after = sessions("2026-08-01", LAST)
    for number, day in enumerate(after, 1):
        assert desk.rows(
            "SELECT price_is_stale FROM price_latest(?) WHERE ticker = '1002.HK'", day
        ) == [(number > 10,)]
    assert [
        desk.rows(
            "SELECT state, sessions_since FROM price_freshness(?) WHERE ticker = '1002.HK'", day
        )
        for day in ("2026-07-31", "2026-08-03", "2026-08-04", LAST)
    ] == [[("fresh", 0)], [("fresh", 0)], [("late", 1)], [("stale", 14)]]
    limit = date(2026, 8, 21) + timedelta(35)
    assert [
        desk.rows("SELECT state FROM price_freshness(?) WHERE ticker = '1003.HK'", day)
        for day in (limit, limit + timedelta(1))
    ] == [[("fresh",)], [("stale",)]]
    assert desk.rows(
        """
        SELECT value IS NOT NULL, status, percentile
        FROM valuation_percentiles('2026-08-21', 1)
        WHERE ticker = '1002.HK' AND metric = 'pe_ttm' AND basis = 'adjusted'
        """
    ) == [(True, "STALE_PRICE", None)]


# What marks a price -------------------------------------------------------------------------------


@pytest.mark.system
def test_a_line_that_failed_is_marked_with_its_date_on_the_page_and_in_every_picture(opened):
    """The run came after the last build: its outcome stands in no snapshot, and yet on the page.

    What a provider is known to lack is no failure.
    """
    mark = "Prices of Tardy to 31 Jul 2026; the last run failed: rate limited."
    for chart in ("history", "price", "percentile"):
        at = opened("valuation", t="1002.HK", chart=chart)
        own, across = figures(at)
        assert mark in words(at)
        assert mark in inside(own)
        assert "rate limited" in inside(across)
    at = opened("overview")
    assert mark in words(at)
    assert (
        "Prices of Fresh Issue to 21 Aug 2026; the last run failed: kept out by a price rule."
        in words(at)
    )
    assert "Monthly" not in words(at)
    (picture,) = figures(at)
    assert mark in inside(picture)
    row = at.dataframe[0].value.set_index("ticker").loc["1002.HK"]
    assert str(row["date"])[:10] == "2026-07-31"
    assert row["pe"].endswith("(price stale)")
    assert row["percentile"] != row["percentile"]
    assert row["change_1m"] != row["change_1m"]
    assert "股价：Tardy截至2026年7月31日；最近一次更新失败：请求受限。" in words(
        opened("valuation", t="1002.HK", lang="zh")
    )
    clean = opened("valuation", t="1001.HK")
    assert "last run failed" not in words(clean) + inside(figures(clean)[0])


@pytest.mark.system
def test_of_a_past_evening_only_what_was_stale_then_is_said(opened, desk):
    assert "last run" not in words(opened("valuation", t="1002.HK", as_of="2026-08-20"))
    assert "Prices of Tardy to 31 Jul 2026: stale." in words(
        opened("valuation", t="1002.HK", as_of="2026-08-20")
    )
    assert "Prices of" not in words(opened("overview", as_of="2026-07-31"))
    earlier = [
        one.snapshot_id
        for one in snapshot.shelf(desk.folder / "warehouse", "")
        if one.snapshot_id != desk.served.snapshot_id
    ]
    assert "Prices of" not in words(opened("overview", s=earlier[0]))


# The Data page ------------------------------------------------------------------------------------


def test_data_tells_the_last_run_line_by_line(opened):
    at = opened("data")
    shown = words(at)
    assert "1 of 4 price lines are stale on 24 Aug 2026" in shown
    assert (
        "Last run: yahoo (1.7.0), began 21 Aug 2026 18:30 HKT, ended 21 Aug 2026 18:34: 1 "
        "got, 1 rate limited, 1 unknown ticker."
    ) in shown
    lines = at.dataframe[2].value.set_index("ticker")
    assert list(lines.index)[:3] == [
        "1002.HK",
        "1003.HK",
        "1004.HK",
    ]  # what failed comes first, the oldest before
    assert lines.loc["1002.HK", ["state", "outcome", "note", "at", "provider"]].to_list() == [
        "stale",
        "rate limited",
        "429 after 4 attempts",
        "21 Aug 2026 18:33",
        "yahoo",
    ]
    assert lines.loc["1001.HK", ["state", "frequency", "outcome", "new", "rejected"]].to_list() == [
        "fresh",
        "daily closes",
        "got",
        1,
        0,
    ]
    assert lines.loc["1003.HK", "frequency"] == "month-end closes"
    assert lines.loc["1002.HK", "since"] == 15


def test_one_click_leaves_what_is_stale_and_the_link_keeps_it(opened):
    at = opened("data")
    at.segmented_control(key="choice_only").set_value("stale").run()
    assert not at.exception
    assert at.dataframe[0].value["state"].eq("stale").all()
    assert "only=stale" in at.code[0].value
    assert list(at.dataframe[2].value["ticker"]) == ["1002.HK", "1003.HK", "1004.HK"]
    kept = opened("data", only="stale", t="1001.HK")
    assert "No line is stale, and none failed." in words(kept)
    assert not kept.warning


@pytest.mark.system
def test_data_lists_the_snapshots_with_the_command_that_serves_each_and_a_link_to_see_it(
    opened, desk
):
    earlier, now = sorted(one.snapshot_id for one in snapshot.shelf(desk.folder / "warehouse", ""))
    snapshot.pin(desk.folder / "warehouse", earlier)
    at = opened("data", t="1001.HK")
    (listed,) = [table.value for table in at.dataframe if "command" in table.value]
    assert listed[["id", "state", "pinned", "command"]].values.tolist() == [
        [now, "served, shown here", False, f"python -m loaders rollback {now}"],
        [earlier, "", True, f"python -m loaders rollback {earlier}"],
    ]
    assert listed["link"].tolist() == [
        "data?t=1001.HK&w=5y&basis=adjusted&currency=price&lang=en&updown=hk",
        f"data?t=1001.HK&w=5y&basis=adjusted&currency=price&lang=en&updown=hk&s={earlier}",
    ]
    assert at.code[-1].value == f"python -m loaders rollback {earlier}"
    at = opened("data", s=earlier)
    assert f"Earlier snapshot {earlier}, as the link asks; the current one is {now}." in words(at)
    assert "latest session 31 Jul 2026" in words(at)
    next(
        button for button in at.button if button.label == "Open the current snapshot"
    ).click().run()
    assert not at.exception
    assert "Earlier snapshot" not in words(at)
    assert "latest session 21 Aug 2026" in words(at)


@pytest.mark.system
def test_status_says_the_same(desk):
    told = json.loads(loaders("status", "--json", data=desk.folder, in_process=False).stdout)
    assert [one["snapshot_id"] for one in told["snapshots"] if one["served"]] == [
        desk.served.snapshot_id
    ]
    assert len(told["snapshots"]) == 2
    assert told["last_run"]["outcomes"] == {"got": 1, "rate limited": 1, "unknown ticker": 1}
    assert told["last_run"]["lines"][1]["note"] == "429 after 4 attempts"
    assert [(row["ticker"], row["state"]) for row in told["prices"]] == desk.rows(
        "SELECT ticker, state FROM price_freshness(?)", datetime.now(snapshot.HONG_KONG).date()
    )
    assert sorted((row["table"], row["state"]) for row in told["tables"]) == desk.rows(
        "SELECT table_name, state FROM table_freshness(?) ORDER BY 1",
        datetime.now(snapshot.HONG_KONG).date(),
    )
    text = loaders("status", data=desk.folder, in_process=False).stdout
    assert "  1002.HK   rate limited: 429 after 4 attempts\n" in text
    assert f"  {desk.served.snapshot_id}  built " in text
    assert ", served\n" in text


# Dates that cannot be -----------------------------------------------------------------------------


@pytest.mark.system
def test_an_evening_after_the_latest_session_is_answered_with_both_dates(opened, desk):
    at = opened("valuation", t="1001.HK", as_of="2027-02-26")
    assert [note.value.replace("\\", "") for note in at.info] == [
        (
            "The link asks for the evening of 26 Feb 2027; the latest session here is 21 Aug "
            "2026, and that is what is shown."
        )
    ]
    assert not at.warning
    assert "1990-01-01 is before anything known here" in opened("data", as_of="1990-01-01").warning[
        0
    ].value.replace("\\", "")
    earlier = min(snapshot.published(desk.folder / "warehouse"))
    at = opened("overview", as_of=LAST)
    at.query_params["s"] = earlier
    at.run()
    assert not at.exception
    assert (
        "The link asks for the evening of 21 Aug 2026; the latest session here is 31 Jul 2026"
        in at.info[0].value.replace("\\", "")
    )


@pytest.mark.parametrize("page", ["overview", "data"])
@pytest.mark.parametrize(
    ("day", "said"),
    [
        (
            date(2026, 8, 20),
            (
                "By this machine's clock it is 20 Aug 2026, before the latest session here, 21 "
                "Aug 2026"
            ),
        ),
        (
            date(2027, 8, 23),
            (
                "By this machine's clock it is 23 Aug 2027, more than a year after the latest "
                "session here, 21 Aug 2026"
            ),
        ),
        (date(2026, 8, 21), None),
        (date(2027, 8, 20), None),
    ],
)
@pytest.mark.few(3)
def test_a_clock_that_is_wrong_is_said_calmly(opened, monkeypatch, page, day, said):
    monkeypatch.setattr(answers, "today", lambda: day)
    at = opened(page)
    assert len(at.metric)
    assert [said in note.value.replace("\\", "") for note in at.info] == ([True] if said else [])


def test_a_snapshot_of_another_version_that_lacks_what_a_page_asks_is_said_and_is_no_fault(
    opened, desk
):
    import duckdb

    folder = desk.folder / "warehouse"
    old = snapshot.file_of(folder, "20250101-000000-abcdef")
    old.write_bytes(desk.served.path.read_bytes())
    try:
        with duckdb.connect(str(old)) as connection:
            connection.execute("DROP MACRO TABLE overview")
        old.with_suffix(".sha256").write_text(snapshot.hash_of(old), "ascii")
        at = opened("overview", s="20250101-000000-abcdef")
        assert (
            "was built by another version of Harbourview and does not hold what this page shows"
            in at.warning[0].value.replace("\\", "")
        )
    finally:
        os.unlink(old)
        old.with_suffix(".sha256").unlink()


@pytest.mark.parametrize(
    ("lost", "page"),
    [("DROP MACRO TABLE overview", "overview"), ("DROP VIEW freshness", "valuation")],
)
def test_data_older_than_the_code_say_what_to_do_on_the_server(
    warehouse, tmp_path, monkeypatch, lost, page
):
    import duckdb

    staged, folder = tmp_path / "stage.duckdb", tmp_path / "warehouse"
    folder.mkdir()
    staged.write_bytes(warehouse.served.path.read_bytes())
    with duckdb.connect(str(staged)) as connection:
        connection.execute(lost)
    snapshot.publish(folder, staged, "20990101-000000-abcdef")
    monkeypatch.setenv("HARBOURVIEW_DATA", str(tmp_path))
    said = screen.words(screen.run_page(page))
    assert "20990101-000000-abcdef" in said
    assert "run: python -m loaders build" in said
