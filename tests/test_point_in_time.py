"""What each evening knew: invented companies, their answers worked out by hand in the comments, and
the real figures under later ones.
"""

import csv
import hashlib
import io
import random
from datetime import timedelta

import pandas as pd
import pytest
from currency_converter import CurrencyConverter

from loaders.reading import declared
from tests.support.invention import companies_of, csv_of, days_after, sessions, sources_of
from tests.support.warehouses import CURATED, built, invented, kept
from warehouse.dictionary import MACROS

pytestmark = pytest.mark.system


LAST_FX = CurrencyConverter().bounds["CNY"].last_date
# The last session on which that rate is not yet too old, and the first on which it is.
TEN_DAYS_AFTER = sessions(str(LAST_FX), str(LAST_FX + timedelta(10)))[-1]
ELEVEN_DAYS_AFTER = sessions(str(LAST_FX + timedelta(11)), str(LAST_FX + timedelta(30)))[0]

COMPANIES = companies_of(
    *({"ticker": f"{digit * 4}.HK"} for digit in "1234567"),
    {"ticker": "8888.HK", "reporting_currency": "CNY"},
    {"ticker": "THR", "kind": "line", "issuer_ticker": "3333.HK"},
)
# One ADS of 3333.HK stands for 2 ordinary shares, for 4 before 2020.
LISTINGS = csv_of(
    "listings",
    (
        {"ticker": "THR", "code": "THR", "issuer_ticker": "3333.HK", "share_class": "ADS"} | ratio
        for ratio in (
            {"shares_per_ads": 4, "valid_to": "2019-12-31"},
            {"shares_per_ads": 2, "valid_from": "2020-01-01"},
        )
    ),
)
QUARTERS = {
    "2023Q1": ("2023-01-01", "2023-03-31", "2023-05-15"),
    "2023Q2": ("2023-04-01", "2023-06-30", "2023-08-15"),
    "2023Q3": ("2023-07-01", "2023-09-30", "2023-11-14"),
    "2023Q4": ("2023-10-01", "2023-12-31", "2024-03-20"),
    "2024Q1": ("2024-01-01", "2024-03-31", "2024-05-14"),
    "2023FY": ("2023-01-01", "2023-12-31", "2024-03-20"),
    "2022H1": ("2022-01-01", "2022-06-30", "2022-08-22"),
    "2022FY": ("2022-01-01", "2022-12-31", "2023-03-20"),
    "2023H1": ("2023-01-01", "2023-06-30", "2023-08-21"),
}
# Wednesday 15 May 2024 is the Birthday of the Buddha: what is announced on Tuesday the 14th counts
# from Thursday the 16th.
EPS = (
    ("1111.HK", {"2023Q1": 1.0, "2023Q2": 1.1, "2023Q3": 1.2, "2023Q4": 1.3, "2024Q1": 2.0}),
    ("2222.HK", {"2023Q1": 0.5, "2023Q2": -1.0, "2023Q3": -1.0, "2023Q4": 0.5, "2024Q1": 3.0}),
    ("4444.HK", {"2022H1": 1.0, "2022FY": 3.0, "2023H1": 1.5}),
    ("5555.HK", {"2023Q1": 1.0, "2023Q2": 1.0, "2023Q3": 1.0, "2023FY": 5.0, "2024Q1": 1.5}),
    ("6666.HK", {"2023Q1": 1.0, "2023Q2": 1.0, "2023Q4": 1.0, "2024Q1": 1.0}),
    ("8888.HK", {"2023Q1": 1.0, "2023Q2": 1.0, "2023Q3": 1.0, "2023Q4": 1.0}),
)
RESTATEMENT = {
    "ticker": "3333.HK",
    "period_start": "2023-07-01",
    "period_end": "2023-09-30",
    "announced_on": "2024-05-14",
    "supersedes": "2023-11-14",
    "value": 4.0,
    "unit": "per ADS",
}


def earnings(restated: bool) -> str:
    rows = []

    def add(ticker: str, period: str, value: float, **more) -> None:
        start, end, announced = QUARTERS[period]
        rows.append(
            {
                "ticker": ticker,
                "period_start": start,
                "period_end": end,
                "announced_on": announced,
                "value": value,
            }
            | more
        )

    for ticker, by_period in EPS:
        for period, value in by_period.items():
            add(ticker, period, value, currency="CNY" if ticker == "8888.HK" else "HKD")
    for period in ("2023Q1", "2023Q2", "2023Q3", "2023Q4"):
        add("3333.HK", period, 2.0, unit="per ADS")
        # a convenience translation beside the yuan figure
        add("8888.HK", period, 0.14, currency="USD", translation="convenience")
        # the last quarter of 7777.HK was never seen announced
        add(
            "7777.HK",
            period,
            1.0,
            **({"announced_on": None, "date_basis": "convention"} if period == "2023Q4" else {}),
        )
    return csv_of("earnings", rows + [RESTATEMENT] * restated)


CLOSES = (
    (
        "1111.HK",
        {
            "2024-03-20": 46,
            "2024-03-21": 46,
            "2024-05-14": 56,
            "2024-05-16": 56,
            "2024-10-14": 56,
            "2024-10-15": 56,
        },
    ),
    ("2222.HK", {"2024-03-21": 30, "2024-05-14": 30, "2024-05-16": 30}),
    ("3333.HK", {"2024-03-21": 40, "2024-04-30": 40, "2024-05-14": 40, "2024-05-16": 40}),
    ("THR", {"2024-05-14": 80, "2024-05-16": 80}),
    (
        "4444.HK",
        {
            "2023-03-20": 30,
            "2023-03-21": 30,
            "2023-08-21": 35,
            "2023-08-22": 35,
            "2024-04-19": 35,
            "2024-04-22": 35,
        },
    ),
    ("5555.HK", {"2024-03-20": 50, "2024-03-21": 50, "2024-05-16": 55}),
    ("6666.HK", {"2024-03-21": 10, "2024-05-16": 10}),
    ("7777.HK", {"2024-02-29": 40, "2024-03-01": 40}),
    ("8888.HK", {"2024-03-28": 40, str(TEN_DAYS_AFTER): 40, str(ELEVEN_DAYS_AFTER): 40}),
)
PRICES = csv_of(
    "prices",
    (
        {"ticker": ticker, "date": day, "close": close}
        for ticker, closes in CLOSES
        for day, close in closes.items()
    ),
)


@pytest.fixture(scope="module")
def tiny(tmp_path_factory):
    made = invented(
        tmp_path_factory.mktemp("tiny") / "data",
        companies=COMPANIES,
        sources=sources_of(),
        listings=LISTINGS,
        earnings=earnings(restated=True),
        prices=PRICES,
    )
    assert made.result.rejected == []
    return made


@pytest.fixture(scope="module")
def before_restatement(tmp_path_factory):
    made = invented(
        tmp_path_factory.mktemp("before") / "data",
        companies=COMPANIES,
        sources=sources_of(),
        listings=LISTINGS,
        earnings=earnings(restated=False),
        prices=PRICES,
    )
    assert made.result.rejected == []
    return made


def multiples(made, ticker: str) -> dict[str, tuple]:
    """status and PE of each session, by day."""
    found = made.rows(
        """
        SELECT strftime(date, '%Y-%m-%d'), status, round(value, 4)
        FROM valuation
        WHERE ticker = ? AND metric = 'pe_ttm' AND basis = 'adjusted'
        ORDER BY 1
        """,
        ticker,
    )
    return {day: (status, value) for day, status, value in found}


def trailing(made, ticker: str) -> list[tuple]:
    return made.rows(
        """
        SELECT strftime(effective_on, '%Y-%m-%d'), strftime(period_end, '%Y-%m-%d'),
            round(eps_ttm, 6), status
        FROM eps_ttm
        WHERE ticker = ?
        ORDER BY 1
        """,
        ticker,
    )


def test_pe_ignores_results_not_yet_announced(tiny):
    # 2023: 1.0 + 1.1 + 1.2 + 1.3 = 4.6, announced on 20 March, so that 46 / 4.6 = 10 stands from
    # the 21st. With the next quarter: 1.1 + 1.2 + 1.3 + 2.0 = 5.6. On 14 May, the day of the
    # announcement, it is still 56 / 4.6 = 12.1739.
    found = multiples(tiny, "1111.HK")
    assert found["2024-03-20"] == ("MISSING_EPS", None)
    assert found["2024-03-21"] == ("OK", 10.0)
    assert found["2024-05-14"] == ("OK", 12.1739)
    assert found["2024-05-16"] == ("OK", 10.0)


def test_a_figure_counts_from_the_next_session_and_a_holiday_is_none(tiny):
    assert trailing(tiny, "1111.HK") == [
        ("2024-03-21", "2023-12-31", 4.6, "OK"),
        ("2024-05-16", "2024-03-31", 5.6, "OK"),
    ]


def test_earnings_are_stale_five_months_after_the_last_announcement_of_a_quarterly_reporter(tiny):
    # 14 May + 5 months = 14 October: still OK there, stale on the day after. The value stays.
    found = multiples(tiny, "1111.HK")
    assert found["2024-10-14"] == ("OK", 10.0)
    assert found["2024-10-15"] == ("STALE_EPS", 10.0)


def test_a_loss_has_no_multiple_and_a_return_to_profit_has_one(tiny):
    # 0.5 - 1 - 1 + 0.5 = -1; then -1 - 1 + 0.5 + 3 = 1.5, and 30 / 1.5 = 20.
    found = multiples(tiny, "2222.HK")
    assert found == {
        "2024-03-21": ("NM_LOSS", None),
        "2024-05-14": ("NM_LOSS", None),
        "2024-05-16": ("OK", 20.0),
    }


def test_eps_per_ads_is_converted_by_the_ratio_of_its_time(tiny):
    # 4 x 2.0 per ADS = 8 per ADS = 4 per ordinary share: 40 / 4 = 10. With the ratio of before 2020
    # it would be 20.
    assert multiples(tiny, "3333.HK")["2024-03-21"] == ("OK", 10.0)


def test_a_line_counts_the_ordinary_shares_that_it_stands_for(tiny):
    # 80 for an ADS of 2 shares is 40 a share: the same 10, and after the restatement the same 8.
    assert multiples(tiny, "THR") == {"2024-05-14": ("OK", 10.0), "2024-05-16": ("OK", 8.0)}


def test_a_restatement_counts_from_its_own_day(tiny):
    # The third quarter becomes 4.0 per ADS = 2 per share: 1 + 1 + 2 + 1 = 5, and 40 / 5 = 8.
    found = multiples(tiny, "3333.HK")
    assert found["2024-05-14"] == ("OK", 10.0)
    assert found["2024-05-16"] == ("OK", 8.0)


def test_a_restatement_moves_no_earlier_pe(tiny, before_restatement):
    earlier = "SELECT * EXCLUDE (source_id) FROM valuation WHERE date < '2024-05-16' ORDER BY ALL"
    assert tiny.rows(earlier) == before_restatement.rows(earlier)
    assert multiples(before_restatement, "3333.HK")["2024-05-16"] == ("OK", 10.0)


def test_both_versions_of_a_restated_figure_are_kept(tiny):
    assert tiny.rows(
        """
        SELECT version, eps_diluted, per, strftime(announced_on, '%Y-%m-%d')
        FROM earnings
        WHERE ticker = '3333.HK' AND fiscal_period = '2023Q3'
        ORDER BY 1
        """
    ) == [(1, 2.0, "ads", "2023-11-14"), (2, 4.0, "ads", "2024-05-14")]


def test_a_half_year_reporter_adds_the_new_half_and_takes_the_old_one_away(tiny):
    # The year 2022: 3.0, 30 / 3 = 10. Then 3.0 + 1.5 - 1.0 = 3.5, 35 / 3.5 = 10; on the day of the
    # announcement 35 / 3 = 11.6667.
    found = multiples(tiny, "4444.HK")
    assert found["2023-03-20"] == ("MISSING_EPS", None)
    assert found["2023-03-21"] == ("OK", 10.0)
    assert found["2023-08-21"] == ("OK", 11.6667)
    assert found["2023-08-22"] == ("OK", 10.0)
    assert tiny.rows(
        """
        SELECT sign, value
        FROM trailing_inputs
        WHERE item = 'eps_diluted' AND ticker = '4444.HK' AND effective_on = '2023-08-22'
        ORDER BY period_end, period_start
        """
    ) == [(-1, 1.0), (1, 3.0), (1, 1.5)]


def test_and_is_stale_only_after_eight_months(tiny):
    # 21 August + 8 months = 21 April, a Sunday.
    found = multiples(tiny, "4444.HK")
    assert found["2024-04-19"] == ("OK", 10.0)
    assert found["2024-04-22"] == ("STALE_EPS", 10.0)


def test_a_fourth_quarter_is_the_year_less_nine_months_and_marked_derived(tiny):
    # 5.0 - (1 + 1 + 1) = 2.0; the year 5.0, 50 / 5 = 10; then 1 + 1 + 2 + 1.5 = 5.5, 55 / 5.5 = 10.
    assert multiples(tiny, "5555.HK") == {
        "2024-03-20": ("MISSING_EPS", None),
        "2024-03-21": ("OK", 10.0),
        "2024-05-16": ("OK", 10.0),
    }
    assert tiny.rows(
        """
        SELECT value, derived, strftime(announced_on, '%Y-%m-%d')
        FROM trailing_inputs
        WHERE item = 'eps_diluted' AND ticker = '5555.HK' AND effective_on = '2024-05-16'
        ORDER BY period_end
        """
    ) == [
        (1.0, False, "2023-08-15"),
        (1.0, False, "2023-11-14"),
        (2.0, True, "2024-03-20"),
        (1.5, False, "2024-05-14"),
    ]


def test_a_hole_gives_no_trailing_earnings_and_never_a_sum_of_three(tiny):
    assert trailing(tiny, "6666.HK") == []
    assert set(multiples(tiny, "6666.HK").values()) == {("MISSING_EPS", None)}


def test_a_result_whose_announcement_was_not_seen_counts_after_two_months(tiny):
    # 31 December + 2 months = 29 February 2024; the next session is 1 March.
    assert trailing(tiny, "7777.HK") == [("2024-03-01", "2023-12-31", 4.0, "OK")]
    assert multiples(tiny, "7777.HK") == {
        "2024-02-29": ("MISSING_EPS", None),
        "2024-03-01": ("OK", 10.0),
    }
    assert tiny.rows(
        """
        SELECT date_basis, announced_on
        FROM earnings
        WHERE ticker = '7777.HK' AND fiscal_period = '2023Q4'
        """
    ) == [("convention", None)]


def test_earnings_in_another_currency_are_converted_at_the_rate_of_the_day(tiny):
    # 4 yuan a share at the rate of 28 March 2024, yuan to Hong Kong dollars: 40 / (4 x rate).
    ((rate,),) = tiny.rows(
        "SELECT rate FROM fx WHERE base = 'CNY' AND quote = 'HKD' AND date = '2024-03-28'"
    )
    assert multiples(tiny, "8888.HK")["2024-03-28"] == ("OK", round(40 / (4 * rate), 4))


def test_a_translation_into_another_currency_enters_no_sum(tiny):
    assert trailing(tiny, "8888.HK") == [("2024-03-21", "2023-12-31", 4.0, "OK")]
    assert tiny.rows(
        """
        SELECT DISTINCT currency
        FROM trailing_inputs
        WHERE item = 'eps_diluted' AND ticker = '8888.HK'
        """
    ) == [("CNY",)]


def test_a_rate_more_than_ten_days_old_is_none(tiny):
    found = multiples(tiny, "8888.HK")
    assert found[str(TEN_DAYS_AFTER)][0] == "STALE_EPS"
    assert found[str(TEN_DAYS_AFTER)][1] > 0
    assert found[str(ELEVEN_DAYS_AFTER)] == ("MISSING_FX", None)


def test_no_session_uses_earnings_of_its_own_day_or_later(tiny, rows):
    question = (
        "SELECT count(*) FROM valuation WHERE eps_effective_on > date OR eps_announced_on > date"
    )
    assert tiny.rows(question) == rows(question) == [(0,)]


# The real figures under later ones ----------------------------------------------------------------

DAY = "2025-11-21"
EVENINGS = ("2023-06-30", "2024-11-29", DAY)
PAIR = "'0700.HK', '9988.HK'"
# What was known by a day: what is the same by DAY is the same by every day before.
TABLES = {
    "earnings_items": """
        SELECT * EXCLUDE (source_id, locator) FROM earnings_items WHERE effective_on <= ?
        """,
    "trailing_sums": "SELECT * EXCLUDE (parts) FROM trailing_sums WHERE effective_on <= ?",
    "trailing_inputs": "SELECT * FROM trailing_inputs WHERE effective_on <= ?",
    "shares": "SELECT * FROM shares WHERE known_on <= ?",
    "estimate_eps": "SELECT * FROM estimate_eps WHERE published_on <= ?",
    "estimate_consensus": "SELECT * FROM estimate_consensus WHERE effective_on <= ?",
    "broker_year_pe": "SELECT * FROM broker_year_pe WHERE published_on <= ?",
    "surprises": "SELECT * FROM surprises WHERE known_on <= ?",
    "market_caps": "SELECT * FROM market_caps WHERE date <= ?",
    "basket_members": "SELECT * FROM basket_members WHERE date <= ?",
    "basket_valuation": "SELECT * FROM basket_valuation WHERE date <= ?",
    "valuation": "SELECT * FROM valuation WHERE date <= ?",
}
# What an evening answers.
ANSWERS = {
    "valuation_known": """
        SELECT ticker, metric, basis, frequency, date, value, age FROM valuation_known(?)
        """,
    "valuation_latest": "SELECT * FROM valuation_latest(?)",
    "valuation_standing": "SELECT * FROM valuation_standing(?, [2])",
    "valuation_standing_worked_out": "SELECT * FROM valuation_standing_worked_out(?, [5, 0])",
    "valuation_window": """
        SELECT ticker, metric, basis, frequency, date, value, status, in_window
        FROM valuation_window(?, 5)
        """,
    "valuation_percentiles": "SELECT * FROM valuation_percentiles(?, 5)",
    "valuation_windows": "SELECT * FROM valuation_windows(?)",
    "percentile_history": "SELECT * FROM percentile_history(?, 5)",
    "valuation_bands": "SELECT * FROM valuation_bands(?, 5)",
    "valuation_distribution": "SELECT * FROM valuation_distribution(?, 5)",
    "relative_valuation": f"SELECT * FROM relative_valuation(?, 5, {PAIR})",
    "relative_percentiles": f"SELECT * FROM relative_percentiles(?, 5, {PAIR})",
    "forward_growth": "SELECT * FROM forward_growth(?)",
    "forward_inputs": "SELECT * FROM forward_inputs('0700.HK', 'adjusted', ?)",
    "estimate_revisions": "SELECT * FROM estimate_revisions(?)",
    "consensus": "SELECT * FROM consensus(?)",
    # what has no day is shown in the newest data
    "targets_as_of": "SELECT * FROM targets_as_of(?) WHERE published_on IS NOT NULL",
    "target_consensus": "SELECT * FROM target_consensus(?)",
    "ratings_as_of": "SELECT * FROM ratings_as_of(?) WHERE published_on IS NOT NULL",
    **{
        f"coverage{name}": f"SELECT * FROM coverage{name}({more}?, NULL)"
        for name, more in (
            ("", ""),
            ("_printed", ""),
            ("_at", "'2024-07-07', "),
            ("_changes", "'2024-07-07', "),
        )
    },
    "overview": "SELECT * FROM overview(?, 5, 'adjusted')",
    "subsectors": "SELECT * FROM subsectors(?, 5, 'adjusted')",
    **{
        name: f"SELECT * FROM {name}(?)"
        for name in (
            "profit_growth",
            "profit_bridge",
            "results_calendar",
            "next_results",
            "shareholder_yield",
        )
    },
    "company_changes": "SELECT * FROM company_changes('2024-06-01', ?)",
    "results_cadence": "SELECT * FROM results_cadence(?)",
    "missing_eps": "SELECT * FROM missing_eps(?)",
    "display_rates": "SELECT * FROM display_rates(?, 'USD')",
    "documents_known": "SELECT * FROM documents_known(?)",
    "documents_as_of": """
        SELECT document_id, story_id, told, published_hkt, superseded_by FROM documents_as_of(?)
        """,
    "document_search": "SELECT document_id, score FROM document_search(?, '快手')",
    "events_as_of": "SELECT * EXCLUDE (tickers, topics) FROM events_as_of(?)",
    "traffic_as_of": "SELECT * FROM traffic_as_of(?)",
    "traffic_weeks": "SELECT * FROM traffic_weeks(?)",
    "sector_stats_as_of": "SELECT * FROM sector_stats_as_of(?)",
    "company_freshness": "SELECT * FROM company_freshness(?)",
    "buybacks_known": "SELECT * FROM buybacks_known(?)",
    "buyback_ytd": "SELECT * FROM buyback_ytd(?)",
    "buyback_periods": "SELECT * FROM buyback_periods(?)",
    "buyback_league": "SELECT * FROM buyback_league(?)",
    "buyback_total": "SELECT * FROM buyback_total(?, ['0700.HK', '1810.HK'])",
    **{
        f"buyback_{name}": f"SELECT * FROM buyback_{name}(?)"
        for name in (
            "days",
            "caps",
            "yield",
            "net",
            "counts",
            "programmes",
            "mandate",
            "silences",
            "prices",
            "turnover",
            "turnover_by_month",
        )
    },
    **{
        f"price_{name}_worked_out": f"SELECT * FROM price_{name}_worked_out(?)"
        for name in ("changes", "latest")
    },
    "price_changes": "SELECT * FROM price_changes(?)",
    "price_series": "SELECT ticker, date, close, frequency FROM price_series(?)",
    "price_freshness": "SELECT * FROM price_freshness(?)",
    "price_known": "SELECT ticker, date, close, frequency FROM price_known(?)",
    "price_latest": "SELECT * FROM price_latest(?)",
    "oldest_fresh": "SELECT * FROM oldest_fresh(?)",
    "market_review": "SELECT * FROM market_review(CAST(? AS DATE) - INTERVAL 1 MONTH)",
    "market_review_as_of": "SELECT * FROM market_review_as_of('2024-06-01', ?)",
    "month_sessions": "SELECT * FROM month_sessions(?)",
    "month_returns": "SELECT * FROM month_returns('2023-01-01', '2025-11-01', ?)",
    "month_payments": "SELECT * FROM month_payments('2023-01-01', '2025-11-01', ?)",
    "printed_review": "SELECT * FROM printed_review('2024-11-01', ?)",
    "index_review": "SELECT * FROM index_review('2025-11-01', ?, 24)",
    "sector_review": "SELECT * FROM sector_review('2024-06-01', ?, 5)",
    "revenue_growth": "SELECT * FROM revenue_growth(?)",
    "segments_as_of": """
        SELECT ticker, history, period_start, period_end, segment, parent_segment, revenue_mn,
            yoy_pct, yoy_basis, share_pct, contribution_pp
        FROM segments_as_of(?)
        """,
    "revenue_as_of": "SELECT * FROM revenue_as_of(?)",
    "segment_contributions": "SELECT * FROM segment_contributions(?)",
    "theme_growth": "SELECT * FROM theme_growth(?)",
    "kpi_history": "SELECT * FROM kpi_history(?)",
    "segment_periods": """
        SELECT ticker, history, period_start, period_end, revenue_mn, revenue_yoy_pct, segments_mn,
            result
        FROM segment_periods(?)
        """,
}
EARLIER = TABLES | ANSWERS


def moved(text: str, years: int) -> str:
    """An ISO date so many years later, 29 February becoming the 28th; empty stays empty."""
    return text and f"{int(text[:4]) + years}{text[4:].replace('-02-29', '-02-28')}"


def scaled(row: dict, column: str, factor: float, digits: int = 3) -> dict:
    return {column: row[column] and str(round(float(row[column]) * factor, digits))}


def restated_or_next(rng: random.Random, row: dict, latest: dict) -> dict | None:
    """A restatement of a result on a later day, of a restatement too; or the same result five years
    on, a profit and its EPS together.
    """
    fact = tuple(
        row[column]
        for column in ("ticker", "item", "basis", "period_start", "period_end", "currency")
    )
    if not row["announced_on"] or (
        row["unit"] == "per ADS" and row["period_end"] < "2021"
    ):  # an ADS of then was not always one of today
        return None
    more = scaled(row, "value", rng.uniform(0.9, 1.1))
    if rng.random() < 0.5:
        announced = days_after(max(latest.get(fact, row["announced_on"]), DAY), rng.randint(1, 400))
        more |= {
            "announced_on": str(announced),
            "supersedes": latest.get(fact, row["announced_on"]),
        }
    else:
        more |= {
            column: moved(row[column], 5)
            for column in ("period_start", "period_end", "announced_on")
        } | {"supersedes": ""}
        fact = (*fact[:3], more["period_start"], more["period_end"], fact[5])
        if more["announced_on"] <= DAY or fact in latest:
            return None
    latest[fact] = more["announced_on"]
    return row | more


def later_price(rng: random.Random, row: dict, exchange: str) -> dict | None:
    after = sessions(str(days_after(DAY, 1)), "2026-08-21", exchange)
    return (
        row
        | scaled(row, "close", rng.uniform(0.2, 5), 2)
        | {"date": str(rng.choice(after)), "frequency": rng.choice(["daily", "month_end"])}
    )


def later_rows(seed: int) -> dict[str, list[dict]]:
    """Rows for the curated files that nobody knew on DAY: restatements, results of later periods,
    later counts, estimates, purchases and closes.
    """
    rng = random.Random(seed)
    exchange = {
        row["ticker"]: "XHKG" if row["exchange"] == "HKEX" else "XNYS"
        for row in curated_rows("companies")
    }
    latest: dict[tuple, str] = {}
    for row in curated_rows("earnings"):
        fact = tuple(
            row[column]
            for column in ("ticker", "item", "basis", "period_start", "period_end", "currency")
        )
        latest[fact] = max(latest.get(fact, ""), row["announced_on"])

    def later(table: str, row: dict) -> dict | None:
        after, factor, year = (
            str(days_after(DAY, rng.randint(1, 900))),
            rng.uniform(0.2, 5),
            int(DAY[:4]) + rng.randint(1, 2),
        )
        if table == "earnings":
            return restated_or_next(rng, row, latest)
        if table == "estimates":  # of a year that is not over by then
            ahead = {
                c: moved(row[c], max(0, int(after[:4]) + 1 - int(row["fiscal_year"])))
                for c in ("fiscal_year_end", "period_end")
            }
            year = ahead["fiscal_year_end"][:4] or row["fiscal_year"]
            return row["published_on"] and row | scaled(row, "value", factor) | ahead | {
                "published_on": after,
                "fiscal_year": year,
                "fiscal_period": year + row["fiscal_period"][4:],
            }
        if table == "shares":  # a count of a later day, or of the same day from another source
            other = {"announced_on": after, "date_basis": "printed"} | (
                {"source_id": "made-up"}
                if rng.random() < 0.3
                else {"date": str(days_after(after, -1))}
            )
            return row | scaled(row, "value", rng.uniform(0.9, 1.1)) | other
        if table == "segments":
            again = (
                {"announced_on": max(after, str(days_after(row["period_end"], 20)))}
                if rng.random() < 0.5
                else {
                    c: moved(row[c], year - int(row["period_end"][:4]))
                    for c in ("period_start", "period_end", "announced_on")
                }
            )
            return (
                row["announced_on"]
                and row | scaled(row, "revenue_mn", rng.uniform(0.8, 1.25)) | again
            )
        if table == "buybacks":
            if row["grain"] not in ("day", "ytd") or not (
                row["amount"] and row["start_date"] and row["end_date"]
            ):
                return None
            again = {
                c: moved(row[c], year - int(row["end_date"][:4]))
                for c in ("start_date", "end_date", "published_on")
            }
            return row | again | (scaled(row, "shares", factor, 0) if row["grain"] == "ytd" else {})
        if table == "index_valuation":
            return row["index_ticker"] and row | scaled(row, "value", factor) | {
                "date": str(rng.choice(sessions("2026-10-01", "2027-11-20")))
            }
        return later_price(rng, row, exchange[row["ticker"]])

    added = {}
    for table, wanted in {
        "earnings": 350,
        "estimates": 150,
        "shares": 120,
        "segments": 150,
        "buybacks": 100,
        "prices": 200,
        "index_valuation": 60,
    }.items():
        there = curated_rows(table)
        key = [column for column in declared()[table].key if column in there[0]]
        keys, added[table] = {tuple(row[column] for column in key) for row in there}, []
        while len(added[table]) < wanted:
            row = later(table, rng.choice(there))
            name = row and tuple(row[column] for column in key)
            if name and name not in keys:
                keys.add(name)
                added[table].append(row)
    # and so many closes in a row that Tencent is read by the day from then on
    tencent = {
        "ticker": "0700.HK",
        "currency": "HKD",
        "frequency": "daily",
        "adj_close": "",
        "volume": "",
        "source_id": "made-up",
    }
    known = {
        row["date"]
        for row in added["prices"]
        if row["ticker"] == "0700.HK" and row["frequency"] == "daily"
    }
    added["prices"] += [
        tencent | {"date": str(day), "close": str(300 + number)}
        for number, day in enumerate(sessions(str(days_after(DAY, 1)), "2026-08-21"))
        if str(day) not in known
    ]
    return added


def curated_rows(table: str) -> list[dict]:
    with open(CURATED / f"{table}.csv", encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def with_rows(table: str, rows: list[dict]) -> str:
    """The curated file with rows at its end."""
    whole = (CURATED / f"{table}.csv").read_text("utf-8")
    out = io.StringIO()
    csv.DictWriter(out, next(csv.reader(io.StringIO(whole))), lineterminator="\n").writerows(rows)
    return whole + out.getvalue()


@pytest.fixture(scope="module")
def later():
    added = later_rows(seed=20251121)
    assert sum(map(len, added.values())) >= 1000
    files = {table: with_rows(table, rows) for table, rows in added.items()}
    made = kept(
        "later",
        lambda folder: built(
            folder / "data",
            files
            | {
                "sources": with_rows(
                    "sources",
                    [
                        {
                            "source_id": "made-up",
                            "publisher": "nobody",
                            "title": "invented for a test",
                            "kind": "derived",
                            "licence": "ours",
                        }
                    ],
                )
            },
        ),
    )
    assert made.result.rejected == []
    return made


def fingerprint(frame: pd.DataFrame) -> str:
    """A hash of an answer to ten significant digits: sums of the same rows may differ in the last
    bit.
    """
    return hashlib.sha256(frame.to_csv(index=False, float_format="%.10g").encode()).hexdigest()


@pytest.fixture(scope="module")
def fingerprint_of():
    """fingerprint_of(made, name, as_of): the hash of one answer and its number of rows, asked
    once.
    """
    asked = {}

    def ask_once(made, name: str, as_of: str) -> tuple[str, int]:
        if (made.folder, name, as_of) not in asked:
            frame = made.ask(f"{EARLIER[name]} ORDER BY ALL", as_of)
            asked[made.folder, name, as_of] = fingerprint(frame), len(frame)
        return asked[made.folder, name, as_of]

    return ask_once


def show_difference(one, other, name: str, as_of: str) -> None:
    question = f"{EARLIER[name]} ORDER BY ALL"
    pd.testing.assert_frame_equal(
        other.ask(question, as_of), one.ask(question, as_of), check_exact=False, rtol=1e-9
    )
    pytest.fail("the two differ in what the comparison of frames does not see")


@pytest.mark.parametrize(
    ("name", "as_of"),
    [(name, DAY) for name in TABLES]
    + [
        pytest.param(name, evening, marks=() if evening == DAY else pytest.mark.proof)
        for name in ANSWERS
        for evening in EVENINGS
    ],
)
@pytest.mark.few(60)
def test_a_thousand_later_rows_leave_every_earlier_answer_as_it_was(
    warehouse, later, fingerprint_of, name, as_of
):
    before, after = fingerprint_of(warehouse, name, as_of), fingerprint_of(later, name, as_of)
    if before != after:
        show_difference(warehouse, later, name, as_of)
    assert (
        before[1] or as_of < DAY or "turnover" in name
    )  # of some there is nothing before 2024, of turnover nothing without daily volumes


KNOWN_FROM = {
    "earnings": ("announced_on", "period_end"),
    "segments": ("announced_on", "period_end"),
    "shares": ("announced_on", "date"),
    "buybacks": ("published_on", "end_date"),
    "estimates": ("published_on",),
    "coverage": ("published_on",),
    "target_prices": ("published_on",),
    "ratings": ("published_on",),
    "surprises": ("published_on",),
    "prices": ("date",),
    "index_valuation": ("date",),
}


def dates_of(row: dict, dates: tuple[str, ...]) -> tuple[str, ...]:
    """The columns that may tell from when a row is known: an authorisation is known when it begins,
    not when it ends.
    """
    return (
        ("published_on", "start_date", "end_date") if row.get("measure") == "authorised" else dates
    )


@pytest.fixture(scope="module")
def on_the_day():
    """The warehouse as it could have been built on DAY: nothing in it that was printed later, but
    for the few rows of which a ruling speaks.
    """
    ruled = {(row["subject_table"], row["subject_key"]) for row in curated_rows("corrections")}
    files, dropped = {}, 0
    for table, dates in KNOWN_FROM.items():
        there = curated_rows(table)
        key = [column for column in declared()[table].key if column in there[0]]
        known = [
            row
            for row in there
            if (table, "|".join(row[column] for column in key)) in ruled
            or next((row[date] for date in dates_of(row, dates) if row[date]), "") <= DAY
        ]
        files[table], dropped = csv_of(table, known), dropped + len(there) - len(known)
    assert dropped >= 500
    made = kept("on_the_day", lambda folder: built(folder / "data", files))
    assert made.result.rejected == []
    return made


@pytest.mark.parametrize("name", EARLIER)
@pytest.mark.few(44)
def test_a_warehouse_built_on_the_day_gives_the_same_answers_as_one_built_since(
    warehouse, on_the_day, fingerprint_of, name
):
    if fingerprint_of(warehouse, name, DAY) != fingerprint_of(on_the_day, name, DAY):
        show_difference(warehouse, on_the_day, name, DAY)


def test_no_macro_that_takes_an_evening_is_left_out(warehouse):
    assert set(MACROS) - {"table_freshness"} <= set(
        EARLIER
    )  # it tells what is loaded, whenever that was known


def test_and_they_do_change_later_answers(warehouse, later, fingerprint_of):
    for name in (
        "valuation",
        "shares",
        "estimate_consensus",
        "basket_valuation",
        "valuation_windows",
        "percentile_history",
    ):
        assert fingerprint_of(later, name, "2027-06-30") != fingerprint_of(
            warehouse, name, "2027-06-30"
        ), name
    assert later.rows(
        """
        SELECT DISTINCT frequency
        FROM valuation_percentiles('2026-08-21', 5)
        WHERE ticker = '0700.HK'
        """
    ) == [("daily",)]
    assert warehouse.rows(
        """
        SELECT DISTINCT frequency
        FROM valuation_percentiles('2026-08-21', 5)
        WHERE ticker = '0700.HK'
        """
    ) == [("month_end",)]
