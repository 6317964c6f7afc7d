"""Segments and operating figures: what grew, against what, and what it added to the whole."""

import calendar
import csv
from collections import Counter, defaultdict
from datetime import date

import pytest

from tests.support.warehouses import CURATED, invented, kept

pytestmark = pytest.mark.unit


COMPANIES = """
ticker,kind,issuer_ticker,name_en,name_zh,short_en,short_zh,exchange,price_currency,reporting_currency,fiscal_year_end_month,subsector,source_id
1111.HK,company,1111.HK,Plain,平,Plain,平,HKEX,HKD,HKD,12,invented,made-up
2222.HK,company,2222.HK,March,三,March,三,HKEX,HKD,HKD,3,invented,made-up
"""
SOURCES = (
    "source_id,publisher,title,kind,published_on,url,licence,note\n"
    "made-up,nobody,invented for a test,derived,,,ours,\n"
)
PRICES = (
    "ticker,date,close,adj_close,volume,currency,frequency,source_id\n"
    "1111.HK,2024-05-14,46,,,HKD,daily,made-up\n"
)
# 2023Q1: 1000 = Games 500 + Ads 300 + Shop 250 - 50 between them. 2024Q1: 1200 = Games 600 +
# Marketing 390 + Shop 280 + Lab 0.5 - 70.5.
REVENUE = """
ticker,item,basis,period_start,period_end,announced_on,supersedes,value,unit,currency,translation,yoy_pct,quality,date_basis,source_id,locator,note
1111.HK,revenue,reported,2023-01-01,2023-03-31,2023-05-15,,1000,million,HKD,,,exact,printed,made-up,,
1111.HK,revenue,reported,2024-01-01,2024-03-31,2024-05-14,,1200,million,HKD,,,exact,printed,made-up,,
1111.HK,revenue,reported,2023-04-01,2023-06-30,2023-08-15,,1000,million,HKD,,,exact,printed,made-up,,
1111.HK,revenue,reported,2023-07-01,2023-09-30,2023-11-14,,1000,million,HKD,,,exact,printed,made-up,,
1111.HK,revenue,reported,2023-10-01,2023-12-31,2024-03-20,,1000,million,HKD,,,exact,printed,made-up,,
"""
SEGMENTS = """
ticker,history,period_start,period_end,segment,parent_segment,announced_on,revenue_mn,currency,prior_revenue_mn,yoy_pct,quality,date_basis,source_id,locator,note
1111.HK,as_reported,2023-01-01,2023-03-31,Ads,,2023-05-15,300,HKD,,,exact,printed,made-up,,
1111.HK,as_reported,2023-01-01,2023-03-31,Eliminations,,2023-05-15,-50,HKD,,,exact,printed,made-up,,
1111.HK,as_reported,2023-01-01,2023-03-31,Games,,2023-05-15,500,HKD,,,exact,printed,made-up,,
1111.HK,as_reported,2023-01-01,2023-03-31,Games at home,Games,2023-05-15,400,HKD,,,rounded,printed,made-up,,
1111.HK,as_reported,2023-01-01,2023-03-31,Hardware sold,,2023-05-15,100,HKD,,,exact,printed,made-up,,
1111.HK,as_reported,2023-01-01,2023-03-31,Shop,,2023-05-15,250,HKD,,,exact,printed,made-up,,
1111.HK,as_reported,2023-04-01,2023-06-30,Games,,2023-08-15,600,HKD,,,exact,printed,made-up,,
1111.HK,as_reported,2023-07-01,2023-09-30,Games,,2023-11-14,1100,HKD,,,exact,printed,made-up,,
1111.HK,as_reported,2023-10-01,2023-12-31,Games,,2024-03-20,996,HKD,,,exact,printed,made-up,,
1111.HK,as_reported,2024-01-01,2024-03-31,Eliminations,,2024-05-14,-70.5,HKD,,,exact,printed,made-up,,
1111.HK,as_reported,2024-01-01,2024-03-31,Games,,2024-05-14,600,HKD,480,24.8,exact,printed,made-up,,
1111.HK,as_reported,2024-01-01,2024-03-31,Games at home,Games,2024-05-14,440,HKD,,,exact,printed,made-up,,
1111.HK,as_reported,2024-01-01,2024-03-31,Lab,,2024-05-14,0.5,HKD,-2,,exact,printed,made-up,,
1111.HK,as_reported,2024-01-01,2024-03-31,Marketing,,2024-05-14,390,HKD,,,exact,printed,made-up,,
1111.HK,as_reported,2024-01-01,2024-03-31,Shop,,2024-05-14,280,HKD,224,,exact,printed,made-up,,
1111.HK,recast,2024-01-01,2024-03-31,Games and shop,,2024-05-14,880,HKD,,,exact,printed,made-up,,
2222.HK,as_reported,2022-10-01,2022-12-31,Cloud,,2023-02-10,100,HKD,,,exact,printed,made-up,,
2222.HK,as_reported,2022-10-01,2022-12-31,Goods,,2023-02-10,200,HKD,,,exact,printed,made-up,,
2222.HK,as_reported,2023-10-01,2023-12-31,Cloud,,2024-02-09,150,HKD,,,exact,printed,made-up,,
2222.HK,as_reported,2023-10-01,2023-12-31,Goods,,2024-02-09,300,HKD,,50.5,exact,printed,made-up,,
"""  # noqa: E501 (a row of a CSV file is one line)
SERIES = """
ticker,segment,series,role,source_id,note
1111.HK,Ads,Marketing,segment,made-up,renamed
1111.HK,Eliminations,Eliminations,elimination,made-up,
1111.HK,Hardware sold,Hardware sold,revenue_type,made-up,another split
"""
BREAKS = """
ticker,series,period_start,kind,what_changed,source_id
1111.HK,Marketing,2024-01-01,rename,Ads is renamed Marketing,made-up
2222.HK,,2023-04-01,reclassification,Everything is cut anew,made-up
"""


@pytest.fixture(scope="module")
def cut():
    made = kept(
        "cut",
        lambda folder: invented(
            folder / "data",
            companies=COMPANIES,
            sources=SOURCES,
            prices=PRICES,
            earnings=REVENUE,
            segments=SEGMENTS,
            segment_series=SERIES,
            segment_breaks=BREAKS,
        ),
    )
    assert made.result.rejected == []
    return made


def growth(made, segment: str, period: str = "2024Q1", ticker: str = "1111.HK") -> tuple:
    ((yoy, basis, prior),) = made.rows(
        """
        SELECT round(yoy_pct, 3), yoy_basis, prior_revenue_mn
        FROM segments
        WHERE ticker = ? AND segment = ? AND fiscal_period = ? AND history = 'as_reported'
        """,
        ticker,
        segment,
        period,
    )
    return yoy, basis, prior


@pytest.mark.system
def test_the_growth_that_is_printed_comes_first(cut):
    # 600 / 480 would be 25.0, 600 / 500 would be 20.0: 24.8 is printed
    assert growth(cut, "Games") == (24.8, "printed", 480)


def test_then_the_comparative_of_the_same_filing(cut):
    # 280 / 224 = 1.25; last year's row says 250
    assert growth(cut, "Shop") == (25.0, "comparative", 224)


def test_then_last_years_row_marked_where_one_of_the_two_is_rounded(cut):
    assert growth(cut, "Games at home") == (10.0, "prior_row", 400)
    assert cut.rows(
        """
        SELECT segment, yoy_from_rounded
        FROM segments
        WHERE yoy_basis = 'prior_row' AND ticker = '1111.HK'
        ORDER BY 1
        """
    ) == [("Games at home", True), ("Marketing", False)]


def test_a_rename_keeps_the_series(cut):
    # Marketing 390 against Ads 300
    assert growth(cut, "Marketing") == (30.0, "prior_row", 300)
    assert cut.rows(
        "SELECT DISTINCT series FROM segments WHERE segment IN ('Ads', 'Marketing')"
    ) == [("Marketing",)]
    assert cut.rows("SELECT series_break FROM segments WHERE segment = 'Marketing'") == [
        ("Ads is renamed Marketing",)
    ]


def test_a_reclassification_breaks_it_and_a_printed_growth_is_still_told(cut):
    assert growth(cut, "Cloud", "2024Q3", "2222.HK") == (None, None, None)
    assert growth(cut, "Goods", "2024Q3", "2222.HK") == (50.5, "printed", None)
    assert cut.rows(
        """
        SELECT DISTINCT contribution_pp
        FROM segments
        WHERE ticker = '2222.HK' AND fiscal_period = '2024Q3'
        """
    ) == [(None,)]


def test_growth_on_a_base_that_is_not_positive_is_none(cut):
    assert growth(cut, "Lab")[:2] == (None, None)
    assert growth(cut, "Eliminations")[:2] == (None, None)


def test_a_recast_history_is_never_mixed_in(cut):
    assert cut.rows("SELECT yoy_pct FROM segments WHERE history = 'recast'") == [(None,)]
    assert cut.rows(
        """
        SELECT segments_mn
        FROM segment_reconciliation
        WHERE history = 'as_reported' AND fiscal_period = '2024Q1'
        """
    ) == [(1200,)]


def test_eliminations_enter_the_sum_and_another_split_and_parts_do_not(cut):
    assert cut.rows(
        """
        SELECT fiscal_period, segments_mn, segment_count, itemised, result
        FROM segment_reconciliation
        WHERE ticker = '1111.HK' AND history = 'as_reported'
            AND fiscal_period IN ('2023Q1', '2024Q1')
        ORDER BY 1
        """
    ) == [("2023Q1", 1000, 4, True, "reconciled"), ("2024Q1", 1200, 5, True, "reconciled")]


def test_too_little_is_incomplete_too_much_is_not_itemised_and_half_a_per_cent_is_a_tick(cut):
    assert cut.rows(
        """
        SELECT fiscal_period, result, round(difference_pct, 2)
        FROM segment_reconciliation
        WHERE ticker = '1111.HK' AND months = 3 AND period_start >= '2023-04-01'
            AND period_end <= '2023-12-31'
        ORDER BY 1
        """
    ) == [
        ("2023Q2", "incomplete", -40.0),
        ("2023Q3", "not itemised", 10.0),
        ("2023Q4", "reconciled", -0.4),
    ]
    assert (
        cut.rows("SELECT result FROM segment_reconciliation WHERE ticker = '2222.HK'")
        == [("no total",)] * 2
    )


def test_contributions_are_changes_over_last_years_whole_and_sum_to_its_growth(cut):
    found = dict(
        cut.rows(
            """
            SELECT segment, round(contribution_pp, 6)
            FROM segments
            WHERE ticker = '1111.HK' AND fiscal_period = '2024Q1' AND history = 'as_reported'
                AND parent_segment IS NULL
            """
        )
    )
    # of last year's 1000: Games 600 - 480, Shop 280 - 224, Marketing 390 - 300, Lab 0.5 + 2,
    # Eliminations -70.5 + 50
    assert found == {
        "Games": 12.0,
        "Shop": 5.6,
        "Marketing": 9.0,
        "Lab": 0.25,
        "Eliminations": -2.05,
    }


def test_the_fiscal_year_is_that_in_which_it_ends(cut):
    assert cut.rows(
        """
        SELECT DISTINCT fiscal_period, calendar_quarter
        FROM segments
        WHERE ticker = '2222.HK'
        ORDER BY 1
        """
    ) == [("2023Q3", "2022Q4"), ("2024Q3", "2023Q4")]


def test_an_evening_before_the_results_does_not_know_them(cut):
    assert cut.rows(
        "SELECT max(period_end)::VARCHAR FROM segments_as_of('2024-05-13') WHERE ticker = '1111.HK'"
    ) == [("2023-12-31",)]
    assert cut.rows(
        "SELECT max(period_end)::VARCHAR FROM segments_as_of('2024-05-14') WHERE ticker = '1111.HK'"
    ) == [("2024-03-31",)]


def test_what_no_row_itemises_is_a_derived_row_with_its_own_role(cut):
    assert cut.rows(
        """
        SELECT fiscal_period, role, revenue_mn, quality
        FROM segments_as_of('2024-12-31')
        WHERE ticker = '1111.HK' AND history = 'as_reported' AND months = 3 AND role LIKE 'not%'
        ORDER BY 1
        """
    ) == [("2023Q2", "not_known", 400, "derived"), ("2023Q3", "not_itemised", -100, "derived")]


# The real ones ------------------------------------------------------------------------------------


def test_growth_of_the_real_figures_follows_the_same_order(ask):
    found = ask(
        """
        SELECT s.*, p.yoy_pct AS printed_yoy, p.prior_revenue_mn AS printed_prior
        FROM segments AS s
        JOIN printed.segments AS p
            USING (ticker, history, period_start, period_end, segment, source_id, revenue_mn)
        WHERE s.parent_segment IS NOT DISTINCT FROM p.parent_segment
            AND s.announced_on IS NOT DISTINCT FROM p.announced_on
        """
    )
    assert len(found) == len(ask("SELECT 1 FROM printed.segments"))
    printed, compared = (
        found["printed_yoy"].notna(),
        found["printed_yoy"].isna() & (found["printed_prior"] > 0),
    )
    assert printed.any()
    assert (found.loc[printed, "yoy_basis"] == "printed").all()
    assert found.loc[printed, "yoy_pct"].equals(found.loc[printed, "printed_yoy"])
    assert (found.loc[compared, "yoy_basis"] == "comparative").all()
    assert found.loc[compared, "yoy_pct"].tolist() == pytest.approx(
        (100 * (found["revenue_mn"] / found["printed_prior"] - 1))[compared].tolist()
    )


def test_no_growth_from_last_years_row_crosses_a_break(rows):
    assert (
        rows("""
            SELECT s.ticker, s.segment, s.fiscal_period
            FROM segments AS s
            JOIN segment_breaks AS b ON b.ticker = s.ticker AND b.kind <> 'rename'
                AND (b.series IS NULL OR b.series = s.series)
            WHERE s.yoy_basis = 'prior_row' AND s.period_end >= b.period_start
                AND s.period_end < b.period_start + INTERVAL 1 YEAR - INTERVAL 1 DAY
            """)
        == []
    )


def test_tencents_contributions_sum_to_the_growth_of_its_revenue(rows):
    found = rows("""
        SELECT s.fiscal_period, sum(s.contribution_pp),
            100 * (any_value(t.revenue_mn) / any_value(y.revenue_mn) - 1)
        FROM segments AS s
        JOIN segment_reconciliation AS t USING (ticker, history, period_start, period_end)
        JOIN segment_reconciliation AS y ON y.ticker = t.ticker AND y.history = t.history
            AND y.months = t.months AND y.period_end = t.period_end - INTERVAL 1 YEAR
        WHERE s.ticker = '0700.HK' AND s.months = 3 AND s.period_start >= '2020-01-01'
            AND s.is_latest AND s.parent_segment IS NULL AND s.role <> 'revenue_type'
        GROUP BY 1
        ORDER BY 1
        """)
    assert len(found) == 26
    assert all(added == pytest.approx(grown, abs=0.02) for _, added, grown in found)


def test_online_advertising_goes_on_as_marketing_services(rows):
    assert rows(
        """
        SELECT yoy_basis
        FROM segments
        WHERE ticker = '0700.HK' AND segment = 'Marketing Services' AND fiscal_period = '2024Q3'
            AND is_latest
        """
    ) == [("prior_row",)]


def test_what_jd_folded_in_is_a_recast_and_no_growth(rows):
    """New Businesses of 2022 was reported at 21,779 beside Dada at 8,030; the form for 2024 tells
    29,809 for the two.
    """
    found = {
        (history, segment, year): values
        for history, segment, year, *values in rows("""
            SELECT history, segment, left(fiscal_period, 4), revenue_mn, round(yoy_pct, 1),
                yoy_basis
            FROM segments
            WHERE ticker = '9618.HK' AND months = 12 AND segment IN ('New Businesses', 'Dada')
                AND is_latest
            """)
    }
    assert (
        found["recast", "New Businesses", "2022"][0]
        == 29809
        == found["as_reported", "New Businesses", "2022"][0]
        + found["as_reported", "Dada", "2022"][0]
        == 21779 + 8030
    )
    assert found["as_reported", "New Businesses", "2022"] == [
        21779,
        -16.4,
        "comparative",
    ]  # of 26,063, and no 14.4 on the recast
    assert found["as_reported", "New Businesses", "2023"] == [16111, -26.0, "prior_row"]
    assert found["recast", "New Businesses", "2023"] == [26617, -10.7, "prior_row"]
    assert found["as_reported", "New Businesses", "2024"] == [
        19157,
        -28.0,
        "comparative",
    ]  # of 26,617 in the same form, across the break
    assert rows(
        """
        SELECT DISTINCT result
        FROM segment_reconciliation
        WHERE ticker = '9618.HK' AND fiscal_period IN ('2022FY', '2023FY')
        """
    ) == [("reconciled",)]
    assert rows(
        """
        SELECT count(*)
        FROM segments_as_of('2025-04-29')
        WHERE ticker = '9618.HK' AND history = 'recast' AND period_end = '2022-12-31'
        """
    ) == [(0,)]


@pytest.mark.system
def test_alibabas_growth_on_the_same_scope_stands_beside_the_reported_one(rows):
    assert rows(
        """
        SELECT printf('%+.1f', revenue_yoy_pct), printf('%+.0f', revenue_yoy_pct),
            printf('%+.0f', like_for_like_pct), like_for_like_excludes
        FROM segment_periods('2026-05-13')
        WHERE ticker = '9988.HK' AND fiscal_period = '2026Q4'
        """
    ) == [("+2.9", "+3", "+11", "Sun Art and Intime")]
    assert rows(
        """
        SELECT like_for_like_pct
        FROM segment_periods('2026-08-21')
        WHERE ticker = '9988.HK' AND fiscal_period = '2027Q1'
        """
    ) == [(None,)]
    assert rows(
        "SELECT count(*) FROM segment_periods('2026-05-12') WHERE like_for_like_pct IS NOT NULL"
    ) == [(0,)]


def test_alibabas_comparatives_of_the_same_filing_hold_across_the_new_structure(rows):
    found = rows(
        """
        SELECT segment, printf('%+.1f', yoy_pct), yoy_basis
        FROM segments
        WHERE ticker = '9988.HK' AND history = 'as_reported' AND fiscal_period = '2027Q1'
            AND parent_segment IS NULL AND role = 'segment'
        ORDER BY revenue_mn DESC
        """
    )
    assert found == [
        ("Alibaba E-commerce Group", "+3.5", "comparative"),
        ("AI Cloud and Compute Services", "+44.9", "comparative"),
        ("All others", "+0.6", "comparative"),
        ("AI Labs and Applications", "+15.8", "comparative"),
    ]


def test_what_netease_sold_is_a_part_of_its_own(rows):
    """Revenue of the first quarter of 2019 holds E-commerce, 4,789 of 18,356; that of 2020 does
    not.
    """
    assert rows(
        """
        SELECT part, kind, printf('%+.1f', contribution_pp)
        FROM segment_contributions('2020-06-01')
        WHERE ticker = '9999.HK' AND fiscal_period = '2020Q1'
        """
    ) == [
        ("Online game services", "segment", "+9.1"),
        ("not_comparable", "not_comparable", "+10.0"),
        ("E-commerce", "sold", "-26.1"),
    ]
    assert rows(
        """
        SELECT DISTINCT printf('%+.1f %+.1f %+.1f', growth_pct, sold_pp, kept_pp)
        FROM segment_contributions('2020-06-01')
        WHERE ticker = '9999.HK' AND fiscal_period = '2020Q1'
        """
    ) == [("-7.0 -26.1 +19.0",)]
    assert rows(
        """
        SELECT count(*)
        FROM revenue_totals
        WHERE ticker = '9999.HK' AND period_start = '2019-01-01' AND months = 12
        """
    ) == [(0,)]  # no sum of quarters with and without it


def test_a_line_of_business_at_every_company(rows):
    found = dict(
        rows(
            """
            SELECT ticker, printf('%+.1f', yoy_pct)
            FROM theme_growth('2026-08-21')
            WHERE theme = 'advertising' AND calendar_quarter = '2025Q3'
            """
        )
    )
    assert {ticker: found[ticker] for ticker in ("0700.HK", "1024.HK", "9626.HK")} == {
        "0700.HK": "+20.8",
        "1024.HK": "+14.0",
        "9626.HK": "+23.0",
    }
    # Domestic Games 42,800 of 37,300 a year before and International Games 20,800 of 14,500,
    # rounded as printed
    assert rows(
        """
        SELECT segments, revenue_mn, yoy_from_rounded
        FROM theme_growth('2026-08-21')
        WHERE theme = 'games' AND ticker = '0700.HK' AND calendar_quarter = '2025Q3'
        """
    ) == [("Domestic Games + International Games", 63600, True)]


def test_a_segment_and_a_part_of_it_share_no_line_of_business(rows):
    assert (
        rows(
            """
            SELECT *
            FROM printed.segments AS s
            JOIN segment_themes AS a USING (ticker, segment)
            JOIN segment_themes AS b ON b.ticker = s.ticker AND b.segment = s.parent_segment
                AND b.theme = a.theme
            """
        )
        == []
    )


def test_no_row_is_a_total(rows):
    assert (
        rows(
            """
            SELECT DISTINCT segment
            FROM segments
            WHERE lower(segment)
                IN ('total', 'revenue', 'revenues', 'total revenue', 'total revenues', 'group')
            """
        )
        == []
    )


# The same in plain Python -------------------------------------------------------------------------


def read(name: str) -> list[dict]:
    with open(CURATED / f"{name}.csv", encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def year_before(day: date) -> date:
    return date(day.year - 1, day.month, calendar.monthrange(day.year - 1, day.month)[1])


def months_between(start: date, end: date) -> int:
    return (end.year - start.year) * 12 + end.month - start.month + 1


@pytest.fixture(scope="module")
def plain():
    """Every segment row of the curated files with growth and contribution, worked out without SQL:
    by (ticker, history, start, end, segment, parent).
    """
    year_end = {row["ticker"]: int(row["fiscal_year_end_month"] or 12) for row in read("companies")}
    names = {(row["ticker"], row["segment"]): row for row in read("segment_series")}
    breaks = [
        (row["ticker"], row["series"], date.fromisoformat(row["period_start"]), row["kind"])
        for row in read("segment_breaks")
    ]

    def cut(
        ticker: str,
        series: str,
        after: date,
        until: date,
        kinds: tuple = ("reclassification", "disposal"),
    ) -> bool:
        return any(
            t == ticker and kind in kinds and (not s or s == series) and after < day <= until
            for t, s, day, kind in breaks
        )

    def spans(ticker: str, end: date) -> list[tuple]:
        quarter = (end.month - year_end[ticker] + 11) % 12 // 3
        year = end.year + (end.month > year_end[ticker])
        return [(12, year, 0), (6, year, quarter // 2)]

    revenue = {}
    for row in read("earnings"):
        if (row["item"], row["basis"], row["translation"]) == ("revenue", "reported", ""):
            key = (
                row["ticker"],
                date.fromisoformat(row["period_start"]),
                date.fromisoformat(row["period_end"]),
            )
            assert key not in revenue  # none is restated
            revenue[key] = float(row["value"])
    whole = defaultdict(list)
    for (ticker, start, end), value in revenue.items():
        if months_between(start, end) == 3:
            for span in spans(ticker, end):
                whole[ticker, span].append((start, end, value))
    for (ticker, span), quarters in whole.items():
        start, end = min(quarters)[0], max(quarter[1] for quarter in quarters)
        if (
            len(quarters) == span[0] // 3
            and not cut(ticker, "", start, end, ("disposal",))
            and not any(
                t == ticker and kind == "disposal" and start < day <= end
                for t, _, day, kind in breaks
            )
        ):
            revenue.setdefault((ticker, start, end), sum(value for *_, value in quarters))
    totals = {
        (ticker, months_between(start, end), end): value
        for (ticker, start, end), value in revenue.items()
    }

    rows, sums = {}, defaultdict(list)
    for row in read("segments"):
        name = names.get(
            (row["ticker"], row["segment"]), {"series": row["segment"], "role": "segment"}
        )
        parent = (
            row["parent_segment"]
            and names.get(
                (row["ticker"], row["parent_segment"]), {"series": row["parent_segment"]}
            )["series"]
        )
        start, end = date.fromisoformat(row["period_start"]), date.fromisoformat(row["period_end"])
        key = (row["ticker"], row["history"], start, end, name["series"], parent)
        assert key not in rows
        rows[key] = {
            "value": float(row["revenue_mn"]),
            "printed": row["yoy_pct"] and float(row["yoy_pct"]),
            "beside": row["prior_revenue_mn"] and float(row["prior_revenue_mn"]),
            "role": name["role"],
        }
        if months_between(start, end) == 3:
            for span in spans(row["ticker"], end):
                sums[row["ticker"], row["history"], name["series"], parent, span].append(
                    (start, end, rows[key])
                )
    for (ticker, history, series, parent, span), quarters in sums.items():
        start, end = (
            min(quarter[0] for quarter in quarters),
            max(quarter[1] for quarter in quarters),
        )
        if len(quarters) == span[0] // 3 and not (
            history == "as_reported" and cut(ticker, series, start, end)
        ):
            rows.setdefault(
                (ticker, history, start, end, series, parent),
                {
                    "value": sum(row["value"] for *_, row in quarters),
                    "printed": "",
                    "beside": "",
                    "role": quarters[0][2]["role"],
                },
            )

    for (ticker, history, start, end, series, parent), row in rows.items():
        months, before = months_between(start, end), year_before(end)
        last_year = next(
            (
                other["value"]
                for (t, h, s, e, name, p), other in rows.items()
                if (t, h, name, p) == (ticker, history, series, parent)
                and e == before
                and months_between(s, e) == months
            ),
            None,
        )
        base = row["beside"] or (
            last_year
            if not (history == "as_reported" and cut(ticker, series, before, end))
            else None
        )
        row["growth"] = row["printed"] or (
            100 * (row["value"] / base - 1) if base is not None and base > 0 else None
        )
        whole_before = totals.get((ticker, months, before))
        row["contribution"] = (
            100 * (row["value"] - base) / whole_before
            if base is not None and whole_before and row["role"] != "revenue_type"
            else None
        )
        row["total"], row["total_before"] = revenue.get((ticker, start, end)), whole_before
    return rows


@pytest.mark.system
def test_growth_and_contribution_of_every_row_are_those_of_plain_python(rows, plain):
    found = {
        (
            ticker,
            history,
            date.fromisoformat(start),
            date.fromisoformat(end),
            series,
            parent or "",
        ): (value, growth, contribution)
        for ticker, history, start, end, series, parent, value, growth, contribution in rows("""
            SELECT s.ticker, history, s.period_start::VARCHAR, s.period_end::VARCHAR, s.series,
                coalesce(n.series, s.parent_segment), revenue_mn, yoy_pct, contribution_pp
            FROM segments AS s
            LEFT JOIN segment_series AS n ON n.ticker = s.ticker AND n.segment = s.parent_segment
            WHERE is_latest
            """)
    }
    assert set(found) == set(plain)
    assert len(found) > 1500
    for key, row in plain.items():
        for ours, theirs in zip(found[key], (row["value"], row["growth"], row["contribution"])):
            assert (ours is None) == (theirs is None) and (
                ours is None or ours == pytest.approx(theirs, rel=1e-9, abs=1e-9)
            ), (key, ours, theirs)
    assert Counter(key[0] for key, row in plain.items() if row["growth"] is not None).keys() >= {
        "0700.HK",
        "9988.HK",
        "3690.HK",
        "1024.HK",
        "9999.HK",
        "1810.HK",
        "9618.HK",
        "PDD",
        "9626.HK",
        "1698.HK",
        "9961.HK",
        "9888.HK",
    }


@pytest.mark.system
def test_every_period_sums_to_what_it_says_and_its_parts_to_its_growth(rows, plain):
    top = defaultdict(list)
    for (ticker, history, start, end, _, parent), row in plain.items():
        if not parent and row["role"] != "revenue_type":
            top[ticker, history, str(start), str(end)].append(row)
    results = {
        tuple(key): (summed, result)
        for *key, summed, result in rows(
            """
            SELECT ticker, history, period_start::VARCHAR, period_end::VARCHAR, segments_mn, result
            FROM segment_reconciliation
            """
        )
    }
    assert set(results) == set(top)
    for key, parts in top.items():
        summed, total = sum(row["value"] for row in parts), parts[0]["total"]
        expected = (
            "no total"
            if total is None
            else "reconciled"
            if abs(summed / total - 1) <= 0.005
            else "incomplete"
            if summed < total
            else "not itemised"
        )
        assert results[key] == (pytest.approx(summed), expected), key
    added = {
        tuple(key): (total, growth)
        for *key, total, growth in rows(
            """
            SELECT ticker, history, period_start::VARCHAR, period_end::VARCHAR,
                sum(contribution_pp), any_value(growth_pct)
            FROM segment_contributions('2026-12-31')
            GROUP BY ALL
            """
        )
    }
    assert len(added) > 250
    for key, (total, growth) in added.items():
        parts = top[key]
        assert total == pytest.approx(growth, abs=1e-9) and growth == pytest.approx(
            100 * (parts[0]["total"] / parts[0]["total_before"] - 1)
        ), key


# Operating figures --------------------------------------------------------------------------------


def kpi(rows, ticker: str, name: str) -> dict[str, tuple]:
    return {
        period: tuple(row)
        for period, *row in rows(
            """
            SELECT fiscal_period, value, quality, round(yoy_pct, 1), yoy_quality, no_growth
            FROM kpi_history('2026-08-21')
            WHERE ticker = ? AND kpi = ?
            """,
            ticker,
            name,
        )
    }


def test_kling_is_told_as_over_and_divides_nothing(rows):
    found = kpi(rows, "1024.HK", "Kling AI revenue")
    assert {period: found[period] for period in ("2025Q1", "2025Q2", "2025Q3")} == {
        "2025Q1": (150, "over", None, None, "no base"),
        "2025Q2": (250, "over", None, None, "no base"),
        "2025Q3": (300, "over", None, None, "no base"),
    }
    assert found["2026Q1"] == (650, "over", 300, "exact", None)
    assert found["2026Q2"] == (850, "over", 200, "over", None)


@pytest.mark.system
def test_a_kpi_grows_where_both_values_are_plain_and_of_one_definition(rows):
    assert kpi(rows, "1024.HK", "Average DAU (Kuaishou App)")["2025Q3"] == (
        416.2,
        "exact",
        2.1,
        "exact",
        None,
    )
    assert kpi(rows, "9618.HK", "New Businesses operating income")["2022FY"][2:] == (
        None,
        None,
        "redefined",
    )
    assert kpi(rows, "9618.HK", "New Businesses operating income")["2024FY"][2:] == (
        None,
        "exact",
        "not meaningful",
    )  # a loss before
    assert rows(
        """
        SELECT printf('%+.1f', change_pp)
        FROM kpi_history('2026-08-21')
        WHERE ticker = '1024.HK' AND kpi = 'Share of revenue: Other services'
            AND fiscal_period = '2025Q3'
        """
    ) == [("+3.1",)]
    assert rows(
        """
        SELECT count(*)
        FROM kpi_history('2026-08-21')
        WHERE yoy_basis = 'prior_row'
            AND (quality NOT IN ('exact', 'rounded') OR value_high IS NOT NULL OR no_growth IS NOT
            NULL)
        """
    ) == [(0,)]


def test_every_kpi_growth_is_that_of_plain_python(rows):
    values = {}
    for row in read("kpis"):
        if row["period_end"] and row["period_start"]:
            end = date.fromisoformat(row["period_end"])
            values[
                row["ticker"],
                row["kpi"],
                row["unit"],
                months_between(date.fromisoformat(row["period_start"]), end),
                end,
            ] = row
    changes = [
        (row["ticker"], row["kpi"], date.fromisoformat(row["period_end"]))
        for row in read("kpis")
        if row["definition_change"] == "true"
    ]

    def is_plain(row: dict) -> bool:
        return row["quality"] in ("exact", "rounded") and not row["value_high"]

    checked = 0
    for ticker, name, unit, months, end, growth in rows(
        """
        SELECT ticker, kpi, unit, months, period_end::VARCHAR, yoy_pct
        FROM kpi_history('2026-12-31')
        WHERE unit <> '%' AND period_start IS NOT NULL
        """
    ):
        end = date.fromisoformat(end)
        row, before = (
            values[ticker, name, unit, months, end],
            values.get((ticker, name, unit, months, year_before(end))),
        )
        redefined = any(
            t == ticker and k == name and year_before(end) < day <= end for t, k, day in changes
        )
        base = (
            float(row["prior_value"])
            if row["prior_value"]
            else float(before["value"])
            if before and is_plain(before) and not redefined
            else None
        )
        expected = (
            float(row["yoy_pct"])
            if row["yoy_pct"]
            else 100 * (float(row["value"]) / base - 1)
            if is_plain(row) and base and base > 0 and "growth" not in name
            else None
        )
        assert growth == (None if expected is None else pytest.approx(expected)), (
            ticker,
            name,
            end,
        )
        checked += growth is not None
    assert checked > 90


# What a build refuses -----------------------------------------------------------------------------

KPIS = """
ticker,kpi,fiscal_period,period_printed,period_start,period_end,value,value_high,unit,prior_value,yoy_pct,yoy_quality,growth_basis,yoy_source_id,definition_change,announced_on,confidence,kpi_printed,quality,date_basis,source_id,locator,note
1111.HK,MAU,2022Q3,2022Q3,2022-07-01,2022-09-30,480,,million,,,,,,false,2022-11-14,seen,MAU,exact,printed,made-up,,
1111.HK,MAU,2022Q4,2022Q4,2022-10-01,2022-12-31,490,,million,,,,,,false,2023-03-20,seen,MAU,exact,printed,made-up,,
1111.HK,MAU,2023Q1,2023Q1,2023-01-01,2023-03-31,500,,million,,,,,,false,2023-05-15,seen,MAU,exact,printed,made-up,,
1111.HK,MAU,2023Q2,2023Q2,2023-04-01,2023-06-30,510,,million,,,,,,false,2023-08-15,seen,MAU,exact,printed,made-up,,
1111.HK,MAU,2023Q3,2023Q3,2023-07-01,2023-09-30,520000,,thousand,,,,,,false,2023-11-14,seen,MAU,exact,printed,made-up,,
1111.HK,MAU,2023Q4,2023Q4,2023-10-01,2023-12-31,530000000,,million,,,,,,false,2024-03-20,seen,MAU,exact,printed,made-up,,
"""


@pytest.mark.system
def test_what_cannot_be_is_refused_by_name(tmp_path):
    """A part of nobody, parts above their parent, a KPI in two units and one thousands of times its
    neighbours.
    """
    wrong = SEGMENTS.replace(
        "1111.HK,as_reported,2023-01-01,2023-03-31,Games at home,Games,2023-05-15,400",
        "1111.HK,as_reported,2023-01-01,2023-03-31,Games at home,Gams,2023-05-15,400",
    )
    wrong = wrong.replace(
        "Games at home,Games,2024-05-14,440", "Games at home,Games,2024-05-14,640"
    )
    made = invented(
        tmp_path,
        companies=COMPANIES,
        sources=SOURCES,
        prices=PRICES,
        earnings=REVENUE,
        segments=wrong,
        segment_series=SERIES,
        segment_breaks=BREAKS,
        kpis=KPIS,
    )
    assert made.result.snapshot_id is None
    assert sorted(line.split(";")[0] for line in made.result.rejected) == [
        (
            "kpis.csv:6 unit 'thousand': rule C34, the other values of MAU are in million: give "
            "them one unit, or the figure another name"
        ),
        (
            "kpis.csv:7 value '530000000': rule C21, 1,070,707 times more than the 495 million "
            "of the 4 other figures of 1111.HK MAU nearest to it (3 months each): is it in "
            "million?"
        ),
        (
            "segments.csv:13 revenue_mn '640': rule C33, the 1 part of Games to 2024-03-31 sums "
            "to 640 million, more than the 600 million of segments.csv:12"
        ),
        "segments.csv:5 parent_segment 'Gams': rule C32, 1111.HK has no segment of that name",
    ]


@pytest.mark.system
def test_parts_may_exceed_their_parent_by_their_rounding_and_a_name_without_a_figure_is_a_finding(
    tmp_path,
):
    rounded = SEGMENTS.replace("Games,,2024-05-14,600", "Games,,2024-05-14,660").replace(
        "Games at home,Games,2024-05-14,440,HKD,,,exact",
        "Games at home,Games,2024-05-14,700,HKD,,,rounded",
    )
    made = invented(
        tmp_path,
        companies=COMPANIES,
        sources=SOURCES,
        prices=PRICES,
        earnings=REVENUE,
        segments=rounded,
        segment_series=SERIES,
        segment_breaks=BREAKS,
        segment_themes="ticker,segment,theme\n1111.HK,Game,games\n",
        kpi_topics="ticker,kpi,topic\n1111.HK,DAU,users\n",
    )
    assert made.result.rejected == []
    assert made.rows("SELECT ref, severity FROM findings WHERE code = 'S03' ORDER BY 1") == [
        ("kpi_topics DAU", "warn"),
        ("segment_themes Game", "warn"),
    ]
