"""The Valuation page: each measure, each picture, each proof, on the repository's own figures."""

import pytest

from tests.support import screen
from tests.support.screen import figures, words
from ui import links

pytestmark = pytest.mark.page


def drawn(at, place: int = 0) -> str:
    """The words in one of the page's pictures."""
    return " ".join(
        str(note.get("text", "")) for note in figures(at)[place]["layout"].get("annotations", [])
    ).replace("<br>", " ")


def table(at, *columns: str):
    """The first table that has these columns."""
    return next(frame.value for frame in at.dataframe if set(columns) <= set(frame.value.columns))


# The measures -------------------------------------------------------------------------------------


@pytest.mark.system
def test_each_measure_opens_with_its_finding(open_page):
    assert (
        "Tencent trades at 14.3x adjusted trailing earnings, cheaper than on 97% of "
        "month-ends since Aug 2021."
    ) in words(open_page("valuation", t="700", as_of="2026-07-31"))
    assert (
        "Kuaishou trades at 10.3x adjusted earnings expected over twelve months; not ranked"
        in words(open_page("valuation", t="1024", metric="pe_forward", as_of="2025-12-31"))
    )
    assert "Tencent trades at 4." in words(open_page("valuation", t="700", metric="ps_ttm"))
    assert "trailing revenue" in words(open_page("valuation", t="700", metric="ps_ttm"))
    assert "Meituan has an earnings yield of −" in words(
        open_page("valuation", t="3690", metric="earnings_yield_ttm")
    )
    assert "HSTECH stands at a PE-TTM of 20.6x, as quoted" in words(
        open_page("valuation", t="HSTECH", as_of="2024-11-29", w="max")
    )
    assert "Coverage basket trades at" in words(open_page("valuation", t="BASKET"))


def test_a_forward_pe_shows_its_estimates_with_brokers_days_and_weights(open_page):
    at = open_page("valuation", t="1024", metric="pe_forward", as_of="2025-12-31")
    inputs = table(at, "broker", "eps", "published_on")
    assert {"CICC (中金)", "China Merchants Securities (招商证券)"} <= set(inputs["broker"])
    assert len(inputs) == 5
    # 31 December is the last day of FY1: all the weight is on FY2, the median of two brokers
    assert "0% x 4.77 (N 3) + 100% x 5.61 (N 2) = 5.61 CNY" in words(at)
    assert "= 10.25x" in words(at)


def test_where_no_estimate_is_dated_the_page_says_what_would_bring_it(open_page):
    at = open_page("valuation", t="772", metric="pe_forward")
    assert (
        "China Lit has no Forward PE (adjusted) on 21 Aug 2026: No dated estimate covers "
        "both fiscal years of the blend."
    ) in words(at)
    assert "data/curated/estimates.csv" in drawn(at)


def test_what_brokers_printed_for_a_year_stands_beside_what_their_inputs_give(open_page):
    printed = table(
        open_page("valuation", t="PDD", metric="pe_forward"), "printed", "pe", "fiscal_year"
    )
    assert printed[["fiscal_year", "printed"]].values.tolist() == [[2024, 14], [2025, 10]]
    assert printed["pe"].round(2).tolist() == [13.93, 9.63]
    assert "US$137.30 / (17.90 CNY x 4 x 0.1376)" in printed["inputs"].tolist()


def test_ps_shows_its_revenue_and_an_earnings_yield_its_own_equation(open_page):
    at = open_page("valuation", t="700", metric="ps_ttm")
    assert len(table(at, "value", "announced", "source")) == 4
    assert table(at, "value", "announced")["value"].min() > 100_000
    assert "(29.338 CNY x" in words(open_page("valuation", t="700", metric="earnings_yield_ttm"))
    assert ") / HK$457.00 = 7.49%" in words(
        open_page("valuation", t="700", metric="earnings_yield_ttm")
    )


def test_the_basket_shows_its_members_and_its_variants(open_page, covered):
    at = open_page("valuation", t="BASKET", as_of="2026-07-31")
    members = table(at, "cap", "profit", "close")
    assert {"0700.HK", "9988.HK", "PDD"} <= set(members["ticker"])
    assert len(members) >= 8
    assert f"of {covered} companies entered" in words(at)
    assert "without losses" in words(at)


@pytest.mark.system
def test_an_index_stands_beside_our_basket_with_the_difference_in_method_said(open_page):
    at = open_page("valuation", t="HSTECH", as_of="2024-12-02", w="max")
    assert "Coverage basket" in drawn(at)
    assert "not the index's members, weights or method" in drawn(at)
    assert "20.59x" in drawn(at)
    assert "8.85" in drawn(at)
    for metric in ("pb", "dividend_yield"):
        shown = words(open_page("valuation", t="HSI", metric=metric, as_of="2024-11-29", w="max"))
        assert f"HSI stands at a {'PB' if metric == 'pb' else 'Dividend yield'} of" in shown


@pytest.mark.system
def test_losses_and_holes_are_said_in_amber_with_what_to_see_instead(open_page):
    at = open_page("valuation", t="3690")
    assert ":orange[" in words(at)
    assert "losses left out" in words(at)
    at.button(key="valuation_instead_ps_ttm").click().run()
    assert not at.exception
    assert "Meituan trades at" in words(at)
    assert "trailing revenue" in words(at)
    assert at.segmented_control(key="choice_metric").value == "ps_ttm"


# The pictures -------------------------------------------------------------------------------------


@pytest.mark.parametrize("chart", links.VALUATION_CHARTS)
@pytest.mark.parametrize(
    "query",
    [
        {"t": "0700.HK"},
        {"t": "0700.HK", "lang": "zh", "metric": "ps_ttm"},
        {"t": "HSTECH", "w": "max"},
        {"t": "BASKET"},
        {"t": "1024.HK", "metric": "pe_forward"},
        *(
            pytest.param(query, marks=pytest.mark.proof)
            for query in (
                {"t": "2076.HK"},
                {"t": "PDD,BABA", "basis": "reported"},
                {"as_of": "2004-07-01"},
            )
        ),
    ],
)
@pytest.mark.few(13)
def test_every_picture_of_one_is_drawn_or_says_why_not(open_page, chart, query):
    at = open_page("valuation", chart=chart, **query)
    assert len(figures(at)) == 2
    assert drawn(at)


@pytest.mark.parametrize("across", links.ACROSS)
@pytest.mark.parametrize(
    "query",
    [
        {},
        {"t": "0700.HK", "lang": "zh", "order": "dearest"},
        {"t": "HSI", "metric": "pb"},
        {"metric": "pe_forward", "as_of": "2025-12-31"},
        {"as_of": "2004-07-01"},
    ],
)
@pytest.mark.few(10)
def test_every_picture_of_all_is_drawn_or_says_why_not(open_page, across, query):
    at = open_page("valuation", across=across, **query)
    assert len(figures(at)) == 2
    assert drawn(at, 1)


@pytest.mark.system
def test_the_order_turns_round_and_what_has_no_rank_stays_last(open_page, rows):
    def names(order: str) -> list[str]:
        figure = figures(open_page("valuation", across="windows", order=order, as_of="2026-07-31"))[
            1
        ]
        return [
            tick.replace("<b>", "").replace("</b>", "")
            for tick in figure["layout"]["yaxis"]["ticktext"]
        ]

    cheapest, dearest = names("cheapest"), names("dearest")
    ranked = [
        name
        for (name,) in rows("""
            SELECT c.short_en
            FROM valuation_percentiles('2026-07-31', 5) AS p
            JOIN companies AS c USING (ticker)
            WHERE p.metric = 'pe_ttm' AND p.basis = 'adjusted' AND p.percentile IS NOT NULL
                AND c.kind IN ('company', 'basket')
            ORDER BY p.percentile, ticker
            """)
    ]
    assert len(ranked) >= 5
    assert len(cheapest) > len(ranked)
    assert cheapest[: len(ranked)] == ranked
    assert dearest[: len(ranked)] == ranked[::-1]
    assert dearest[len(ranked) :] == cheapest[len(ranked) :]


def test_growth_has_the_companies_with_dated_estimates_of_two_years(open_page, covered):
    at = open_page("valuation", across="growth", as_of="2025-12-31")
    assert f"4 of {covered} companies have dated estimates of two fiscal years" in drawn(at, 1)
    assert all(name in drawn(at, 1) for name in ("Kuaishou", "Alibaba", "NetEase", "JD.com"))


@pytest.mark.system
def test_a_company_is_set_against_another_the_basket_or_an_index(open_page):
    assert "Tencent at 0.42x of the multiple of Alibaba" in drawn(
        open_page("valuation", t="0700.HK", chart="relative", against="阿里巴巴")
    )
    assert "of the multiple of Coverage basket" in drawn(
        open_page("valuation", t="0700.HK", chart="relative")
    )
    assert "as quoted by its data site" in drawn(
        open_page("valuation", t="0700.HK", chart="relative", against="HSTECH")
    )
    at = screen.run_page("valuation", t="0700.HK", chart="relative", against="nobody")
    assert "nobody" in at.warning[0].value


# Links and proofs ---------------------------------------------------------------------------------


def test_what_is_chosen_stands_in_the_link(open_page):
    at = open_page("valuation", t="0700.HK")
    at.segmented_control(key="choice_chart").set_value("price").run()
    at.segmented_control(key="choice_metric").set_value("ps_ttm").run()
    link = at.code[0].value
    assert "chart=price" in link
    assert "metric=ps_ttm" in link
    assert not at.exception
    at = open_page("valuation", t="0700.HK", chart="made-up", across="zzz", order="sideways")
    assert all(
        value in "\n".join(w.value.replace("\\", "") for w in at.warning)
        for value in ("made-up", "zzz", "sideways")
    )


def test_a_measure_that_an_index_lacks_falls_back_to_one_it_has(open_page):
    at = open_page("valuation", t="HSTECH", metric="ps_ttm")
    assert at.segmented_control(key="choice_metric").value == "pe_ttm"
    assert "HSTECH stands at a PE-TTM" in words(at)


def test_on_a_results_evening_the_page_says_when_the_results_enter(open_page):
    assert "Results of 13 Nov 2024 enter the PE from the next session." in words(
        open_page("valuation", t="0700.HK", as_of="2024-11-13")
    )
    assert "enter the PE" not in words(open_page("valuation", t="0700.HK", as_of="2024-11-14"))


@pytest.mark.system
def test_a_restated_quarter_says_from_what(open_page):
    at = open_page("valuation", t="9988.HK", basis="reported", as_of="2022-06-30")
    quarter = table(at, "value", "announced", "mark")
    assert any("restated from 0.939" in mark for mark in quarter["mark"])
    assert not any(
        "restated" in mark
        for mark in table(
            open_page("valuation", t="9988.HK", basis="reported", as_of="2022-05-25"),
            "value",
            "announced",
            "mark",
        )["mark"]
    )


def test_the_sum_of_four_quarters_names_the_day_of_its_close_and_of_its_rate(open_page):
    assert (
        "HK$599.00 / (26.860 CNY x 1.111862) = 20.06x · close of 31 Dec 2025 · CNYHKD of 31 "
        "Dec 2025 (ECB)"
    ) in words(open_page("valuation", t="0700.HK", as_of="2025-12-31"))
