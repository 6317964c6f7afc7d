"""Site traffic and sector figures: the printed week, many weeks, and what the vendor's table must
say to be read.
"""

import csv
import io
from datetime import date

import pytest
import xlsxwriter

from loaders import amend, traffic
from loaders.workbook import Reader
from tests.support.warehouses import CURATED
from warehouse import definitions

pytestmark = pytest.mark.unit


WEEK = date(2024, 6, 26)
OURS = amend.rows_of(CURATED.parent, "site_traffic")


def add_views(connection) -> None:
    """The views of documents and traffic alone, in a database without any other."""
    for name in ("documents", "traffic"):
        connection.execute(definitions.sql(name))


# The printed week ---------------------------------------------------------------------------------


def test_chatgpt_has_a_third_of_1945_million_visits(rows):
    assert rows(
        """
        SELECT visits_mn, wow_pct, round(share_pct, 2), rank, average_stay_s
        FROM traffic_as_of('2026-08-21')
        WHERE site = 'ChatGPT'
        """
    ) == [(635.1, -3.9, 32.65, 1, 394)]
    week = rows(
        """
        SELECT vendor, CAST(week_start AS VARCHAR), CAST(week_end AS VARCHAR), sites,
            round(total_visits_mn, 2), up, down, leader, round(leader_share_pct, 2)
        FROM traffic_weeks('2026-08-21')
        """
    )
    assert week == [
        ("Similarweb", "2024-06-26", "2024-07-02", 43, 1945.18, 19, 24, "ChatGPT", 32.65)
    ]


def test_shares_tiers_and_the_change_of_the_total_are_those_of_a_sum_by_hand(rows):
    visits = {row["site"]: float(row["visits_mn"]) for row in OURS}
    before = sum(float(row["visits_mn"]) / (1 + float(row["wow_pct"]) / 100) for row in OURS)
    assert rows("SELECT round(total_wow_pct, 6) FROM traffic_weeks('2026-08-21')") == [
        (round(100 * (sum(visits.values()) / before - 1), 6),)
    ]
    for site, share, tier in rows("SELECT site, share_pct, tier FROM traffic_as_of('2026-08-21')"):
        assert share == pytest.approx(100 * visits[site] / sum(visits.values()))
        assert tier == (
            1 if visits[site] >= 100 else 2 if visits[site] >= 10 else 3 if visits[site] >= 1 else 4
        )
    assert rows(
        "SELECT tier, count(*) FROM traffic_as_of('2026-08-21') GROUP BY tier ORDER BY tier"
    ) == [(1, 6), (2, 10), (3, 14), (4, 13)]


def test_a_week_is_known_from_the_day_of_its_report(rows):
    assert rows("SELECT count(*) FROM traffic_as_of('2024-07-06')") == [(0,)]
    assert rows("SELECT count(*) FROM traffic_as_of('2024-07-07')") == [(43,)]


@pytest.mark.system
def test_many_weeks_have_a_history_and_two_vendors_never_meet(tmp_path):
    """Five weeks of one vendor: 100, 110, 121, 121, 150: +50 % over four weeks, +23.97 % on the
    week. The other vendor has the fourth week only, and its report was not seen.
    """
    with definitions.create_tables(tmp_path / "weeks.duckdb") as connection:
        connection.execute(
            "INSERT INTO snapshot SELECT 'x', now(), DATE '2026-01-01', '0', 1, 'x', 'x'"
        )
        for vendor, visits, first in (("One", (100, 110, 121, 121, 150), 0), ("Two", (999,), 3)):
            for number, value in enumerate(visits, first):
                connection.execute(
                    """
                    INSERT INTO site_traffic
                        (vendor, site, site_printed, week_start, week_end, visits_mn,
                        printed_order, rank_by_visits, published_on, quality, date_basis, source_id)
                    SELECT ?, 'S', 'S', DATE '2025-01-01' + CAST(? AS INTEGER),
                        DATE '2025-01-07' + CAST(? AS INTEGER), ?, 1, 1, CASE
                        WHEN ? = 'One' THEN DATE '2025-01-09' + CAST(? AS INTEGER) END, 'exact',
                        'printed', 'x'
                    """,
                    [vendor, 7 * number, 7 * number, value, vendor, 7 * number],
                )
        add_views(connection)

        def ask(question):
            return connection.execute(question).fetchall()

        assert ask(
            """
            SELECT round(wow_computed_pct, 2), round(four_week_pct, 2), is_latest
            FROM traffic_as_of('2025-02-10')
            WHERE vendor = 'One' AND visits_mn = 150
            """
        ) == [(23.97, 50.0, True)]
        assert ask(
            """
            SELECT vendor, wow_computed_pct, four_week_pct, share_pct
            FROM traffic_as_of('2025-02-10')
            WHERE vendor = 'Two'
            """
        ) == [("Two", None, None, 100.0)]
        assert ask("SELECT count(*) FROM traffic_weeks('2025-01-20')") == [(2,)]
        assert ask("SELECT count(*) FROM traffic_as_of('2025-02-03') WHERE vendor = 'Two'") == [
            (0,)
        ]
        assert ask("SELECT count(*) FROM traffic_as_of('2025-02-04') WHERE vendor = 'Two'") == [
            (1,)
        ]


# Sector figures -----------------------------------------------------------------------------------


def test_sector_figures_are_those_printed(rows):
    assert rows(
        """
        SELECT value, currency, yoy_pct, mom_pct
        FROM sector_stats_as_of(NULL)
        WHERE section = 'payments' AND unit = 'million'
        """
    ) == [(2366400.0, "CNY", 0.0, -2.1)]
    assert rows(
        """
        SELECT stat, value
        FROM sector_stats_as_of(NULL)
        WHERE entity = 'NPPA' AND stat LIKE '%licence%'
        ORDER BY value DESC
        """
    ) == [
        ("domestic game licences", 112.0),
        ("imported game licences", 7.0),
        ("licence changes", 3.0),
    ]
    assert rows("SELECT count(*) FROM sector_stats_as_of('2024-12-01') WHERE entity = 'NPPA'") == [
        (0,)
    ]
    assert rows(
        """
        SELECT period_printed, value
        FROM sector_stats_as_of(NULL)
        WHERE section = 'commerce' AND points > 1
        ORDER BY period_end
        """
    ) == [("2024", 200000.0), ("2026E", 280000.0)]


def test_an_implausible_figure_is_flagged_and_not_hidden(rows):
    doubtful = {
        stat: (value, printed, doubt)
        for stat, value, printed, doubt in rows(
            """
            SELECT stat, value, printed_value, doubt
            FROM sector_stats_as_of(NULL)
            WHERE doubt IS NOT NULL
            """
        )
    }
    assert doubtful["High-Tech Fair intended deals and investment"][:2] == (None, 1700000.0)
    assert "fourteen times" in doubtful["High-Tech Fair intended deals and investment"][2]
    assert doubtful["AI images created per day"][:2] == (None, 20000.0)
    assert doubtful["titles in the platform breakdown"][0] == 113.0
    assert "113" in doubtful["titles in the platform breakdown"][2]
    assert {
        "large-platform threshold: registered users",
        "large-platform threshold: monthly active users",
    } <= set(doubtful)
    assert rows("SELECT count(*) FROM sector_stats_as_of(NULL)") == [
        (len(amend.rows_of(CURATED.parent, "sector_stats")),)
    ]


@pytest.mark.system
def test_a_tenfold_step_in_a_series_is_doubtful(tmp_path):
    with definitions.create_tables(tmp_path / "steps.duckdb") as connection:
        connection.execute(
            "INSERT INTO snapshot SELECT 'x', now(), DATE '2026-01-01', '0', 1, 'x', 'x'"
        )
        for month, value in ((1, 5.0), (2, 5.5), (3, 60.0), (4, 61.0)):
            connection.execute(
                """
                INSERT INTO sector_stats
                    (topic, stat, entity, period_start, period_end, is_forecast, value,
                    published_on, quality, date_basis, source_id)
                SELECT 'ai', 's', 'e', make_date(2025, ?, 1), last_day(make_date(2025, ?, 1)),
                    false, ?, DATE '2025-06-01', 'exact', 'printed', 'x'
                """,
                [month, month, value],
            )
        add_views(connection)
        assert connection.execute(
            """
            SELECT value, doubt IS NOT NULL, points
            FROM sector_stats_as_of('2025-12-31')
            ORDER BY period_end
            """
        ).fetchall() == [(5.0, False, 4), (5.5, True, 4), (60.0, True, 4), (61.0, False, 4)]


# The vendor's table -------------------------------------------------------------------------------


def clock(seconds: str) -> str:
    return f"{int(seconds) // 3600:02d}:{int(seconds) // 60 % 60:02d}:{int(seconds) % 60:02d}"


def printed_table() -> list[list[str]]:
    """The bundled week as its vendor prints it: Chinese headers, arrows, per cent signs, hh:mm:ss,
    a title above and a note below.
    """
    body = [
        [
            row["site_printed"],
            row["category_zh"],
            row["visits_mn"],
            f"{'↓' if row['wow_pct'].startswith('-') else '↑'}{row['wow_pct'].lstrip('-')}%",
            clock(row["average_stay_s"]),
        ]
        for row in sorted(OURS, key=lambda row: int(row["printed_order"]))
    ]
    return [
        ["AI网站流量周报"],
        ["网站", "类别", "访问量（百万）", "环比", "平均停留时长"],
        *body,
        ["合计", "", "1945.18", "", ""],
        ["资料来源：Similarweb"],
    ]


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_the_printed_table_gives_the_bundled_week(tmp_path, kind):
    path = tmp_path / f"week.{kind}"
    if kind == "csv":
        text = io.StringIO()
        csv.writer(text, lineterminator="\n").writerows(
            row + [""] * (5 - len(row)) for row in printed_table()
        )
        path.write_text(text.getvalue(), "utf-8")
    else:
        with xlsxwriter.Workbook(path) as book:
            sheet = book.add_worksheet()
            for line, row in enumerate(printed_table()):
                for column, value in enumerate(row):
                    sheet.write(
                        line,
                        column,
                        float(value) if column == 2 and value.replace(".", "").isdigit() else value,
                    )
    with Reader() as reader:
        table = traffic.read(
            path.name,
            reader.cells(path, path.name, path.read_bytes()),
            "Similarweb",
            WEEK,
            "2024-07-07",
            OURS,
        )
    assert table.wrong == []
    assert traffic.against(table, OURS) == []
    assert table.wrong == []
    assert [row["site"] for row in table.rows][:3] == ["ChatGPT", "Discord", "Bing"]
    assert len(table.rows) == 43
    for got, bundled in zip(table.rows, sorted(OURS, key=lambda row: int(row["printed_order"]))):
        assert {
            name: got[name]
            for name in (
                "site",
                "visits_mn",
                "wow_pct",
                "average_stay_s",
                "category_en",
                "category_zh",
                "printed_order",
                "rank_by_visits",
            )
        } == {
            name: bundled[name]
            for name in (
                "site",
                "visits_mn",
                "wow_pct",
                "average_stay_s",
                "category_en",
                "category_zh",
                "printed_order",
                "rank_by_visits",
            )
        }


def table_of(header: str, *lines: str, known=(), week: date = date(2024, 7, 3)) -> traffic.Table:
    return traffic.read(
        "t.csv", [line.split("|") for line in (header, *lines)], "Similarweb", week, "", list(known)
    )


GOOD = "site|visits (million)|change|average stay"


@pytest.mark.parametrize(
    ("line", "column", "rule", "says"),
    [
        ("ChatGPT|-635.1|-3.9%|00:06:34", "visits", "C20", "visits below zero"),
        (
            "ChatGPT|635.1|-3.9%|15:41",
            "stay",
            "C08",
            "minutes and seconds, or hours and minutes? Write hh:mm:ss: 00:15:41 or 15:41:00",
        ),
        ("ChatGPT|635.1|-3.9%|6 min", "stay", "C07", "hh:mm:ss"),
        ("ChatGPT|635.1|-3.9|00:06:34", "change", "C08", "a fraction or per cent?"),
        ("ChatGPT|635.1|↑-3.9%|00:06:34", "change", "C07", "contradict each other"),
        ("ChatGPT|many|-3.9%|00:06:34", "visits", "C07", "not a number"),
        ("ChatGPT|635.1 lakh|-3.9%|00:06:34", "visits", "C08", "an unknown unit 'lakh'"),
        ("ChatGPT||-3.9%|00:06:34", "visits", "C18", "is empty"),
        ("=cmd()|635.1|-3.9%|00:06:34", "site", "C12", "begins as a formula does"),
    ],
)
def test_a_cell_that_is_not_clear_is_named_and_never_guessed(line, column, rule, says):
    table = table_of(GOOD, line)
    assert [(one.file, one.line, one.column, one.rule) for one in table.wrong] == [
        ("t.csv", 2, column, rule)
    ]
    assert says in str(table.wrong[0])


@pytest.mark.parametrize(
    ("header", "line", "visits", "change", "stay"),
    [
        (GOOD, "A|1,945.18|▲ 0.98%|1:02:03", "1945.18", "0.98", "3723"),
        ("网站|访问量(万)|环比(%)|停留(秒)", "A|182|-20.25|172", "1.82", "-20.25", "172"),
        ("site|visits|wow|stay", "A|6.35亿|3.90% ↓|00:00:05", "635", "-3.9", "5"),
        ("site|visits_mn|wow_pct|average_stay_s", "A|0.01|8.62|272", "0.01", "8.62", "272"),
    ],
)
def test_units_arrows_and_clocks_are_read(header, line, visits, change, stay):
    table = table_of(header, line)
    assert table.wrong == []
    assert [(row["visits_mn"], row["wow_pct"], row["average_stay_s"]) for row in table.rows] == [
        (visits, change, stay)
    ]


def test_what_is_no_table_or_says_a_site_twice_is_named():
    assert table_of("a|b", "c|d").wrong[0].rule == "C09"
    assert table_of("site|visits", "A|3").wrong[0].rule == "C08"
    assert [one.rule for one in table_of(GOOD, "A|1|1%|00:00:01", "a|2|1%|00:00:01").wrong] == [
        "P03"
    ]
    assert table_of(GOOD).wrong[0].rule == "C11"


def test_a_week_that_overlaps_another_and_another_figure_for_the_same_week_are_refused():
    overlapping = table_of(GOOD, "ChatGPT|1|1%|00:00:01", known=OURS, week=date(2024, 6, 30))
    assert traffic.against(overlapping, OURS) == [] or overlapping.wrong
    assert [(one.rule, one.column) for one in overlapping.wrong] == [("W01", "week")]
    assert "overlaps the week from 2024-06-26 of Similarweb" in str(overlapping.wrong[0])
    other = table_of(GOOD, "ChatGPT|636|-3.9%|00:06:34", known=OURS, week=WEEK)
    traffic.against(other, OURS)
    assert [one.rule for one in other.wrong] == ["P03"]
    assert "here already with 635.1" in str(other.wrong[0])


def test_an_unknown_vendor_or_source_is_refused_before_anything_is_read(tmp_path):
    (tmp_path / "curated").mkdir()
    for table in ("site_traffic", "sources"):
        (tmp_path / "curated" / f"{table}.csv").write_bytes((CURATED / f"{table}.csv").read_bytes())
    done = traffic.run(tmp_path, ["nothing.csv"], "Similarwebb", WEEK)
    assert (
        "--vendor Similarwebb: rule C17, no vendor here; is 'Similarweb' meant?; known: Similarweb"
        in done.rejected[0]
    )
    assert (
        "rule C17, no source"
        in traffic.run(tmp_path, ["nothing.csv"], "similarweb", WEEK, source_id="x").rejected[0]
    )
    missing = traffic.run(tmp_path, [str(tmp_path / "nothing.csv")], "similarweb", WEEK)
    assert "nothing.csv file: rule C13, is not there" in missing.refused["nothing.csv"][0]
    assert missing.built is None


def test_a_new_week_goes_in_with_a_source_of_its_own(tmp_path, monkeypatch):
    """All of a run but the build, which others prove."""
    (tmp_path / "curated").mkdir()
    for table in ("site_traffic", "sources"):
        (tmp_path / "curated" / f"{table}.csv").write_bytes((CURATED / f"{table}.csv").read_bytes())
    (tmp_path / "next.csv").write_text(
        (
            "site,visits (million),change,average stay\nChatGPT,600,↓5.53%,00:06:00\n"
            "文心一言,4,12.7%,00:01:31\n"
        ),
        "utf-8",
    )
    monkeypatch.setattr(amend, "refused", lambda data, texts: [])
    monkeypatch.setattr(
        traffic.build, "build_locked", lambda data, say: traffic.build.Result("made")
    )
    done = traffic.run(
        tmp_path, [str(tmp_path / "next.csv")], "similarweb", date(2024, 7, 3), date(2024, 7, 14)
    )
    assert (done.added, done.known, done.rejected, done.refused) == (2, 0, [], {})
    added = [
        row for row in amend.rows_of(tmp_path, "site_traffic") if row["week_start"] == "2024-07-03"
    ]
    assert [
        (
            row["vendor"],
            row["site"],
            row["visits_mn"],
            row["wow_pct"],
            row["category_en"],
            row["source_id"],
        )
        for row in added
    ] == [
        ("Similarweb", "ChatGPT", "600", "-5.53", "chatbot", "similarweb-week-2024-07-03"),
        ("Similarweb", "ERNIE Bot", "4", "12.7", "chatbot", "similarweb-week-2024-07-03"),
    ]
    assert (
        next(
            row
            for row in amend.rows_of(tmp_path, "sources")
            if row["source_id"] == "similarweb-week-2024-07-03"
        )["published_on"]
        == "2024-07-14"
    )
    assert (
        traffic.run(
            tmp_path,
            [str(tmp_path / "next.csv")],
            "Similarweb",
            date(2024, 7, 3),
            date(2024, 7, 14),
        ).known
        == 2
    )


@pytest.mark.system
def test_the_audit_stops_overlapping_weeks_and_doubts_a_printed_change_that_rows_contradict(
    tmp_path,
):
    from loaders.checks import CHECKS

    with definitions.create_tables(tmp_path / "audit.duckdb") as connection:
        connection.execute(
            "INSERT INTO snapshot SELECT 'x', now(), DATE '2026-01-01', '0', 1, 'x', 'x'"
        )
        for start, visits, change in (
            ("2025-01-01", 100, None),
            ("2025-01-08", 110, 30.0),
            ("2025-01-12", 5, None),
        ):
            connection.execute(
                """
                INSERT INTO site_traffic
                    (vendor, site, site_printed, week_start, week_end, visits_mn, wow_pct,
                    printed_order, rank_by_visits, quality, date_basis, source_id)
                SELECT 'One', 'S', 'S', CAST(? AS DATE), CAST(? AS DATE) + 6, ?, ?, 1, 1, 'exact',
                    'printed', 'x'
                """,
                [start, start, visits, change],
            )
        add_views(connection)
        found = {
            check.code: connection.execute(check.question).fetchall()
            for check in CHECKS
            if check.code in ("W01", "W02")
        }
    assert found == {
        "W01": [(None, "One", "two weeks overlap: from 2025-01-08 and from 2025-01-12")],
        "W02": [
            (
                None,
                "One S 2025-01-08",
                "a change of +30.00 % is printed, the rows of the two weeks say +10.00 %",
            )
        ],
    }
