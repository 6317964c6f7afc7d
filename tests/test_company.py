"""The company page: what it computes against figures worked out by hand, and what it shows on an
evening of the past.
"""

import pytest

from tests.support.screen import figures, words

pytestmark = pytest.mark.page


TENCENT = "0700.HK"


# What it computes ---------------------------------------------------------------------------------


def test_the_shareholder_yield_adds_what_is_known_for_the_same_year(rows):
    """Tencent in 2025: 4.50 of dividend (ex 16 May 2025), HKD 80,036.3 mn bought; on 31 July 2026
    at 475.2 a share and 4,303,614.6 mn in all.
    """
    ((first, last, per_share, dividend, bought, total, trailing),) = rows(
        """
        SELECT strftime(gross_from, '%Y-%m-%d'), strftime(gross_to, '%Y-%m-%d'),
            gross_dividend_per_share, gross_dividend_pct, gross_buyback_pct, gross_total_pct,
            dividend_yield_pct
        FROM shareholder_yield('2026-07-31')
        WHERE ticker = ?
        """,
        TENCENT,
    )
    assert (first, last, per_share) == ("2025-01-01", "2025-12-31", 4.5)
    assert dividend == pytest.approx(100 * 4.5 / 475.2)
    assert bought == pytest.approx(100 * 80036.299578 / 4303614.5856, rel=1e-6)
    assert total == pytest.approx(dividend + bought)
    assert trailing == pytest.approx(100 * 5.3 / 475.2)  # the year to the evening: ex 15 May 2026


def test_no_shareholder_yield_where_a_part_is_not_known(rows):
    """Baidu's purchases, PDD's dividends and a stale price: a sum of what happens to be known would
    be a wrong number.
    """
    found = rows(
        """
        SELECT ticker, gross_total_pct, net_total_pct
        FROM shareholder_yield('2026-07-31')
        WHERE ticker IN ('9888.HK', 'PDD', '0020.HK')
        """
    )
    assert found
    assert all(gross is None and net is None for _, gross, net in found)


def test_the_bridge_from_reported_to_adjusted_profit(rows):
    """Tencent's first quarter of 2026: 58,093 reported, 67,905 adjusted."""
    assert rows(
        """
        SELECT reported_mn, adjustments_mn, adjusted_mn, quality
        FROM profit_bridge('2026-07-31')
        WHERE ticker = ? AND recency = 1
        """,
        TENCENT,
    ) == [(58093, 9812, 67905, "exact")]
    assert rows(
        "SELECT fiscal_period FROM profit_bridge('2026-05-12') WHERE ticker = ? AND recency = 1",
        TENCENT,
    ) == [("2025Q4",)]  # the evening before


def test_the_growth_of_profit_is_that_of_the_same_quarter(rows):
    assert rows(
        """
        SELECT net_income_mn, prior_net_income_mn, round(yoy_pct, 4)
        FROM profit_growth('2026-07-31')
        WHERE ticker = ? AND basis = 'adjusted'
        """,
        TENCENT,
    ) == [(67905, 61329, round(100 * (67905 / 61329 - 1), 4))]


def test_the_calendar_tells_what_was_and_never_guesses_what_comes(rows):
    assert rows(
        """
        SELECT fiscal_period, strftime(announced_on, '%Y-%m-%d'), days_after
        FROM results_calendar('2024-11-30')
        WHERE ticker = ? AND recency <= 2
        ORDER BY recency
        """,
        TENCENT,
    ) == [("2024Q3", "2024-11-13", 44), ("2024Q2", "2024-08-14", 45)]
    assert rows(
        """
        SELECT fiscal_period, next_fiscal_period, stated_on, strftime(earlier_on[1], '%Y-%m-%d'),
            strftime(earlier_on[2], '%Y-%m-%d')
        FROM next_results('2024-11-30')
        WHERE ticker = ?
        """,
        TENCENT,
    ) == [("2024Q3", "2024FY", None, "2024-03-20", "2023-03-22")]


@pytest.mark.system
def test_what_changed_between_two_evenings(rows):
    found = {
        (item, basis, detail): (then, now, change)
        for item, basis, detail, then, now, change in rows(
            """
            SELECT item, basis, detail, round(value_then, 3), round(value_now, 3),
                round(change_pct, 1)
            FROM company_changes('2024-07-31', '2024-12-02')
            WHERE ticker = ?
            """,
            TENCENT,
        )
    }
    assert found["price", None, None] == (362.2, 398.0, 9.9)
    assert found["eps_ttm", "adjusted", None] == (18.238, 22.06, 21.0)
    assert found["consensus", "adjusted", "eps_diluted|2024-12-31"] == (19.5, 24.1, 23.6)


# What it shows ------------------------------------------------------------------------------------


@pytest.mark.system
def test_one_company_on_one_screen(open_page):
    at = open_page("company", t="700", as_of="2026-07-31")
    shown = words(at)
    assert (
        "Tencent trades at 14.3x adjusted trailing earnings, 3rd percentile of 5 years (N "
        "60); revenue of 2026Q1 +9.1%"
    ) in shown
    assert "14.3x · 3rd" in shown
    assert "1.9% gross" in shown
    assert "2.8% gross" in shown
    assert "+10.7%" in shown
    links = [str(figure["layout"]["meta"]["link"]) for figure in figures(at)]
    assert [link.split("?")[0].split("/")[-1] for link in links] == [
        "valuation",
        "segments",
        "buybacks",
        "estimates",
    ]
    assert all("t=0700.HK" in link and "as_of=2026-07-31" in link for link in links)


@pytest.mark.system
def test_an_evening_of_the_past_knows_only_what_was_known(open_page):
    shown = words(open_page("company", t="700", as_of="2024-11-12", since="2024-08-14"))
    assert "last results 2024Q2, 14 Aug 2024" in shown
    assert "2024Q3" not in shown.split("next")[0]


@pytest.mark.system
@pytest.mark.parametrize(
    ("query", "said"),
    [
        ({"t": "BABA", "lang": "zh"}, "阿里"),
        ({"t": "HSTECH"}, "no company"),
        ({"t": "700,9988", "focus": "9988"}, "Alibaba trades at"),
        ({"t": "2076"}, "no price"),
    ],
)
def test_a_line_an_index_one_of_several_and_one_without_figures(open_page, query, said):
    assert said.lower() in words(open_page("company", as_of="2026-07-31", **query)).lower()


# Why a multiple is not ranked ---------------------------------------------------------------------


def test_the_periods_whose_eps_is_missing_are_those_after_the_trailing_eps(rows):
    """Kuaishou on 21 August 2026: adjusted EPS to September 2025, results to June 2026 of 19
    August.
    """
    question = """
        SELECT basis, fiscal_period, strftime(eps_period_end, '%Y-%m-%d'),
            strftime(results_period_end, '%Y-%m-%d'), strftime(results_announced_on, '%Y-%m-%d')
        FROM missing_eps(?)
        WHERE ticker = '1024.HK' AND basis = 'adjusted'
        """
    late = ("2026-06-30", "2026-08-19")
    assert rows(question, "2026-08-21") == [
        ("adjusted", "2025Q4", "2025-09-30", *late),
        ("adjusted", "2026Q1", "2025-09-30", *late),
    ]
    assert rows(question, "2025-12-31") == [], "all was known then"
    assert rows(
        "SELECT DISTINCT fiscal_period FROM missing_eps('2026-08-21') WHERE ticker = '9988.HK'"
    ) == [("2027Q1",)]
    assert rows("SELECT * FROM missing_eps('2026-08-21') WHERE ticker = '0700.HK'") == []


@pytest.mark.system
@pytest.mark.parametrize("page", ["company", "valuation"])
def test_the_missing_eps_is_named_and_the_basis_with_a_figure_is_one_click_away(open_page, page):
    at = open_page(page, t="1024.HK", as_of="2026-08-21")
    assert "adjusted EPS of 2025Q4 and 2026Q1 is missing" in words(at)
    assert "No results for more than five months" not in words(at)
    assert (
        at.button(key="offer_basis").label.replace("\\", "")
        == "Show reported: 6.8x, 0th percentile"
    )
    at.button(key="offer_basis").click().run()
    assert not at.exception
    assert at.segmented_control(key="filter_basis").value == "reported"
    assert "Kuaishou trades at 6.8x reported trailing earnings" in words(at)
    assert not [button for button in at.button if button.key == "offer_basis"]


@pytest.mark.system
@pytest.mark.parametrize(
    ("ticker", "basis", "reason", "zh"),
    [
        ("0772.HK", "adjusted", "14 of the 30 month-ends needed", "需30个月末，现有14个"),
        ("6618.HK", "adjusted", "5 of the 30 month-ends needed", "需30个月末，现有5个"),
        ("9626.HK", "reported", "6 of the 30 month-ends needed", "需30个月末，现有6个"),
        ("9888.HK", "adjusted", "7 of the 30 month-ends needed", "需30个月末，现有7个"),
        ("PDD", "adjusted", "15 of the 30 month-ends needed", "需30个月末，现有15个"),
    ],
)
def test_a_short_history_is_the_reason_and_never_ok(open_page, ticker, basis, reason, zh):
    for page in ("company", "valuation"):
        at = open_page(page, t=ticker, basis=basis, as_of="2026-08-21")
        assert reason in words(at)
        assert "(OK)" not in words(at)
        assert zh in words(open_page(page, t=ticker, basis=basis, as_of="2026-08-21", lang="zh"))


def test_a_one_year_window_of_month_ends_says_that_it_needs_daily_prices(open_page):
    assert "a window of 1y needs daily prices" in words(open_page("valuation", t="0700.HK", w="1y"))
