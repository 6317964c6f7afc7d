"""The market page as Streamlit runs it: the month in one sentence and on one sheet, and what does
not agree with what was printed.
"""

import pytest

from tests.support.screen import figures, words
from ui import formats
from ui.palette import TOKENS

pytestmark = pytest.mark.page


def sheet(at) -> dict:
    return figures(at)[0]


def notes(at) -> str:
    """All that is written on the sheet, in the order drawn."""
    return "\n".join(
        annotation["text"] for annotation in sheet(at)["layout"]["annotations"]
    ).replace("<br>", " ")


def table(at, key: str):
    return next(
        frame.value for frame in at.dataframe if list(frame.value.columns)[:2] == key.split()
    )


@pytest.fixture(scope="module")
def november(rows) -> dict[str, int | str]:
    """What an added company may change in the review of November 2024."""
    ((beat, hong_kong, up, names, rank),) = rows(
        """
        SELECT count(*) FILTER (market = 'HK' AND excess_pp > 0), count(*) FILTER (market = 'HK'),
            count(*) FILTER (return_pct > 0), count(*),
            any_value(rank) FILTER (ticker = '0700.HK')
        FROM market_review_as_of('2024-11-30', '2024-12-02')
        WHERE rank IS NOT NULL
        """
    )
    assert hong_kong >= 21
    return {
        "beat": beat,
        "hong_kong": hong_kong,
        "up": up,
        "names": names,
        "tencent": formats.ordinal(rank),
    }


def test_november_2024_opens_with_who_led_and_says_where_the_printed_review_does_not_fit(
    open_page, november
):
    at = open_page("market", month="2024-11", as_of="2024-12-02")
    seen = words(at)
    assert (
        "Nov 2024: HSTECH −3.2%; Kingsoft led Hong Kong with +16.7%, KE trailed with −14.0%; "
        f"{november['beat']} of {november['hong_kong']} beat the index."
    ) in seen
    assert "HSTECH ▼ −3.2%" in seen
    assert "PNQI ▲ +9.1%" in seen
    assert "HSTECH PE 20.6x · 8th" in seen
    assert f"Names up {november['up']} of {november['names']}" in seen
    written = notes(at)
    assert (
        "国信证券: printed US excess returns do not fit the printed benchmark (NASDAQ "
        "Internet Index +9.2%) by 3.0 points; they fit one of +6.2%."
    ) in written
    assert (
        "prints NetEase +9.1%, its series taking the dividend off (ex 28 Nov 2024): price "
        "return +8.6%, total return +9.1%."
    ) in written
    assert "prints HSTECH PE 20.59x at percentile 8.85; by our definition 7.7 (N 53)." in written
    assert "As of 2 Dec 2024" in written
    assert f"N {november['names']}" in written
    review = table(at, "market rank")
    netease = review[review["ticker"] == "9999.HK"].iloc[0]
    assert (
        f"{netease['base_date']:%Y-%m-%d}",
        f"{netease['end_date']:%Y-%m-%d}",
        f"{netease['return_pct']:.1f}",
        f"{netease['total']:.1f}",
        netease["state"],
    ) == ("2024-10-31", "2024-11-29", "8.6", "9.1", "ex-dividend 28 Nov 2024")
    assert "ranked by its Hong Kong line" in review[review["ticker"] == "BABA"].iloc[0]["state"]
    printed = table(at, "market name")
    assert list(printed["fit"]) == [
        "",
        "fits",
        "fits",
        "fits",
        "",
        *["off by 3.0 pp; fits +6.2%"] * 3,
    ]
    assert list(printed["check"]).count("agrees") == 7
    assert "Left out: Kanzhun (no price loaded)." in seen


def test_the_month_is_the_last_that_is_over_and_the_link_keeps_another(open_page):
    at = open_page("market", as_of="2024-12-02")
    picker = at.selectbox(key="choice_month")
    assert picker.value == "2024-11"
    assert picker.options[:2] == ["Dec 2024, running", "Nov 2024"]
    picker.set_value("2023-07").run()
    assert not at.exception
    assert "Jul 2023: HSTECH +16.3%" in words(at)
    assert at.session_state["harbourview_state"].extras["month"] == "2023-07"
    assert "国信证券" not in notes(at), "its review is of another month"


@pytest.mark.system
def test_a_month_that_runs_says_how_far_it_goes_and_who_is_left_out(open_page):
    at = open_page("market", month="2026-08")
    seen, written = words(at), notes(at)
    assert "Aug 2026 (to 21 Aug 2026): HSTECH −1.3%" in seen
    assert "The month still runs: Hong Kong to 21 Aug 2026." in written
    assert "no close at both ends" in written
    assert "no close since 16 Apr 2026: suspended, or none loaded" in seen


@pytest.mark.system
@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        (
            {"t": "700", "month": "2024-11"},
            (
                "Tencent: −1.6% in Nov 2024, +1.6 pp against HSTECH, {tencent} of {hong_kong} "
                "Hong Kong names; HSTECH −3.2%."
            ),
        ),
        (
            {"t": "BABA", "month": "2024-11", "lang": "zh"},
            "阿里巴巴 ADS：2024年11月−10.8%，较PNQI−20.0个百分点；PNQI+9.1%。",
        ),
        (
            {"t": "1024.HK", "month": "2021-02"},
            "Kuaishou has no return for Feb 2021: joined: first close 26 Feb 2021.",
        ),
        (
            {"t": "PDD", "month": "2010-05"},
            "PDD has no return for May 2010: no price is known by then.",
        ),
        (
            {"t": "HSTECH", "month": "2024-11"},
            (
                "HSTECH: an index or ETF stands in the index bars, the basket under sector PE; "
                "the list has every company."
            ),
        ),
        ({"month": "2031-01"}, "month: 2031-01 is after the latest data."),
        ({"month": "Nov"}, "month: “Nov” is not a month (YYYY-MM)."),
        (
            {"month": "2026-07", "as_of": "2024-12-02"},
            "month: 2026-07 lies before all prices or after 2 Dec 2024; this page shows Nov 2024.",
        ),
        (
            {"as_of": "2004-06-20"},
            "May 2004: HSI +2.1%; Ali Health alone has a close at both ends, +11.5%.",
        ),
    ],
)
def test_whatever_is_asked_gives_a_sentence(open_page, november, query, sentence):
    at = open_page("market", **query)
    assert sentence.format(**november) in words(at)
    assert sheet(at)["data"]


@pytest.mark.system
def test_the_colours_of_up_and_down_flip_together_and_the_sheet_is_16_to_9_when_saved(open_page):
    first = {}
    for updown in ("hk", "cn"):
        at = open_page("market", month="2024-11", updown=updown)
        drawn = sheet(at)
        first[updown] = next(
            trace["marker"]["color"] for trace in drawn["data"] if trace.get("orientation") == "h"
        )[0]
        assert drawn["layout"]["height"] == 540
    assert first == {"hk": TOKENS["light"]["green"], "cn": TOKENS["light"]["red"]}
