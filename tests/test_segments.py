"""Segments: what grew, against what, and what it added to the whole."""

import pytest
from conftest import invented

COMPANIES = """
ticker,kind,issuer_ticker,name_en,name_zh,short_en,short_zh,exchange,price_currency,reporting_currency,fiscal_year_end_month,subsector,source_id
1111.HK,company,1111.HK,Plain,平,Plain,平,HKEX,HKD,HKD,12,invented,made-up
2222.HK,company,2222.HK,March,三,March,三,HKEX,HKD,HKD,3,invented,made-up
"""
SOURCES = "source_id,publisher,title,kind,published_on,url,licence,note\nmade-up,nobody,invented for a test,derived,,,ours,\n"
PRICES = "ticker,date,close,adj_close,volume,currency,frequency,source_id\n1111.HK,2024-05-14,46,,,HKD,daily,made-up\n"
# 2023Q1: 1000 = Games 500 + Ads 300 + Shop 250 - 50 between them. 2024Q1: 1200 = Games 600 + Marketing 390 + Shop 280 + Lab 0.5 - 70.5.
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
"""
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
def cut(tmp_path_factory):
    made = invented(tmp_path_factory.mktemp("cut") / "data", companies=COMPANIES, sources=SOURCES, prices=PRICES, earnings=REVENUE, segments=SEGMENTS, segment_series=SERIES, segment_breaks=BREAKS)
    assert made.result.rejected == []
    return made


def growth(made, segment: str, period: str = "2024Q1", ticker: str = "1111.HK") -> tuple:
    ((yoy, basis, prior),) = made.rows("SELECT round(yoy_pct, 3), yoy_basis, prior_revenue_mn FROM segments WHERE ticker = ? AND segment = ? AND fiscal_period = ? AND history = 'as_reported'", ticker, segment, period)
    return yoy, basis, prior


def test_the_growth_that_is_printed_comes_first(cut):
    # 600 / 480 would be 25.0, 600 / 500 would be 20.0: 24.8 is printed
    assert growth(cut, "Games") == (24.8, "printed", 480)


def test_then_the_comparative_of_the_same_filing(cut):
    # 280 / 224 = 1.25; last year's row says 250
    assert growth(cut, "Shop") == (25.0, "comparative", 224)


def test_then_last_years_row_marked_where_one_of_the_two_is_rounded(cut):
    assert growth(cut, "Games at home") == (10.0, "prior_row", 400)
    assert cut.rows("SELECT segment, yoy_from_rounded FROM segments WHERE yoy_basis = 'prior_row' AND ticker = '1111.HK' ORDER BY 1") == [("Games at home", True), ("Marketing", False)]


def test_a_rename_keeps_the_series(cut):
    # Marketing 390 against Ads 300
    assert growth(cut, "Marketing") == (30.0, "prior_row", 300)
    assert cut.rows("SELECT DISTINCT series FROM segments WHERE segment IN ('Ads', 'Marketing')") == [("Marketing",)]
    assert cut.rows("SELECT series_break FROM segments WHERE segment = 'Marketing'") == [("Ads is renamed Marketing",)]


def test_a_reclassification_breaks_it_and_a_printed_growth_is_still_told(cut):
    assert growth(cut, "Cloud", "2024Q3", "2222.HK") == (None, None, None)
    assert growth(cut, "Goods", "2024Q3", "2222.HK") == (50.5, "printed", None)
    assert cut.rows("SELECT DISTINCT contribution_pp FROM segments WHERE ticker = '2222.HK' AND fiscal_period = '2024Q3'") == [(None,)]


def test_growth_on_a_base_that_is_not_positive_is_none(cut):
    assert growth(cut, "Lab")[:2] == (None, None)
    assert growth(cut, "Eliminations")[:2] == (None, None)


def test_a_recast_history_is_never_mixed_in(cut):
    assert cut.rows("SELECT yoy_pct FROM segments WHERE history = 'recast'") == [(None,)]
    assert cut.rows("SELECT segments_mn FROM segment_reconciliation WHERE history = 'as_reported' AND fiscal_period = '2024Q1'") == [(1200,)]


def test_eliminations_enter_the_sum_and_another_split_and_parts_do_not(cut):
    assert cut.rows("SELECT fiscal_period, segments_mn, segment_count, itemised, result FROM segment_reconciliation WHERE ticker = '1111.HK' AND history = 'as_reported' AND fiscal_period IN ('2023Q1', '2024Q1') ORDER BY 1") == [
        ("2023Q1", 1000, 4, True, "reconciled"), ("2024Q1", 1200, 5, True, "reconciled")]


def test_too_little_is_incomplete_too_much_is_not_itemised_and_half_a_per_cent_is_a_tick(cut):
    assert cut.rows("SELECT fiscal_period, result, round(difference_pct, 2) FROM segment_reconciliation WHERE ticker = '1111.HK' AND period_start >= '2023-04-01' AND period_end <= '2023-12-31' ORDER BY 1") == [
        ("2023Q2", "incomplete", -40.0), ("2023Q3", "not itemised", 10.0), ("2023Q4", "reconciled", -0.4)]
    assert cut.rows("SELECT result FROM segment_reconciliation WHERE ticker = '2222.HK'") == [("no total",)] * 2


def test_contributions_are_changes_over_last_years_whole_and_sum_to_its_growth(cut):
    found = dict(cut.rows("SELECT segment, round(contribution_pp, 6) FROM segments WHERE ticker = '1111.HK' AND fiscal_period = '2024Q1' AND history = 'as_reported' AND parent_segment IS NULL"))
    # of last year's 1000: Games 600 - 480, Shop 280 - 224, Marketing 390 - 300, Lab 0.5 + 2, Eliminations -70.5 + 50
    assert found == {"Games": 12.0, "Shop": 5.6, "Marketing": 9.0, "Lab": 0.25, "Eliminations": -2.05}


def test_the_fiscal_year_is_that_in_which_it_ends(cut):
    assert cut.rows("SELECT DISTINCT fiscal_period, calendar_quarter FROM segments WHERE ticker = '2222.HK' ORDER BY 1") == [("2023Q3", "2022Q4"), ("2024Q3", "2023Q4")]


def test_an_evening_before_the_results_does_not_know_them(cut):
    assert cut.rows("SELECT max(period_end)::VARCHAR FROM segments_as_of('2024-05-13') WHERE ticker = '1111.HK'") == [("2023-12-31",)]
    assert cut.rows("SELECT max(period_end)::VARCHAR FROM segments_as_of('2024-05-14') WHERE ticker = '1111.HK'") == [("2024-03-31",)]


def test_what_no_row_itemises_is_a_derived_row_with_its_own_role(cut):
    assert cut.rows("SELECT fiscal_period, role, revenue_mn, quality FROM segments_as_of('2024-12-31') WHERE ticker = '1111.HK' AND history = 'as_reported' AND role LIKE 'not%' ORDER BY 1") == [
        ("2023Q2", "not_known", 400, "derived"), ("2023Q3", "not_itemised", -100, "derived")]


# The real ones ------------------------------------------------------------------------------------------------

def test_growth_of_the_real_figures_follows_the_same_order(ask):
    found = ask("SELECT s.*, p.yoy_pct AS printed_yoy, p.prior_revenue_mn AS printed_prior FROM segments AS s JOIN printed.segments AS p USING (ticker, history, period_start, period_end, segment, source_id, revenue_mn) WHERE s.parent_segment IS NOT DISTINCT FROM p.parent_segment AND s.announced_on IS NOT DISTINCT FROM p.announced_on")
    assert len(found) == len(ask("SELECT 1 FROM printed.segments"))
    printed, compared = found["printed_yoy"].notna(), found["printed_yoy"].isna() & (found["printed_prior"] > 0)
    assert printed.any() and (found.loc[printed, "yoy_basis"] == "printed").all() and found.loc[printed, "yoy_pct"].equals(found.loc[printed, "printed_yoy"])
    assert (found.loc[compared, "yoy_basis"] == "comparative").all()
    assert found.loc[compared, "yoy_pct"].tolist() == pytest.approx((100 * (found["revenue_mn"] / found["printed_prior"] - 1))[compared].tolist())


def test_no_growth_from_last_years_row_crosses_a_break(rows):
    assert rows("""SELECT s.ticker, s.segment, s.fiscal_period FROM segments AS s JOIN segment_breaks AS b ON b.ticker = s.ticker AND b.kind <> 'rename' AND (b.series IS NULL OR b.series = s.series)
                   WHERE s.yoy_basis = 'prior_row' AND s.period_end >= b.period_start AND s.period_end < b.period_start + INTERVAL 1 YEAR - INTERVAL 1 DAY""") == []


def test_tencents_contributions_sum_to_the_growth_of_its_revenue(rows):
    found = rows("""SELECT s.fiscal_period, sum(s.contribution_pp), 100 * (any_value(t.revenue_mn) / any_value(y.revenue_mn) - 1) FROM segments AS s
                    JOIN segment_reconciliation AS t USING (ticker, history, period_start, period_end)
                    JOIN segment_reconciliation AS y ON y.ticker = t.ticker AND y.history = t.history AND y.months = t.months AND y.period_end = t.period_end - INTERVAL 1 YEAR
                    WHERE s.ticker = '0700.HK' AND s.months = 3 AND s.period_start >= '2020-01-01' AND s.is_latest AND s.parent_segment IS NULL AND s.role <> 'revenue_type' GROUP BY 1 ORDER BY 1""")
    assert len(found) == 26
    assert all(added == pytest.approx(grown, abs=0.02) for _, added, grown in found)


def test_online_advertising_goes_on_as_marketing_services(rows):
    assert rows("SELECT yoy_basis FROM segments WHERE ticker = '0700.HK' AND segment = 'Marketing Services' AND fiscal_period = '2024Q3' AND is_latest") == [("prior_row",)]


def test_no_row_is_a_total(rows):
    assert rows("SELECT DISTINCT segment FROM segments WHERE lower(segment) IN ('total', 'revenue', 'revenues', 'total revenue', 'total revenues', 'group')") == []
