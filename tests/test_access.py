"""Who uses a screen reader or has weak eyes reads every page: axe finds nothing serious, and each
chart says in words what it shows.
"""

import pytest

from ui.frame import PAGES

pytestmark = pytest.mark.browser


# What is Streamlit's own and takes no setting of ours: the rule, where, and why.
STREAMLITS = {
    (
        "color-contrast",
        "[data-testid='stMultiSelect']",
    ): (
        "the chips of a filter are white on the primary colour, which is also the colour of "
        "chosen words on the page: no blue is 4.5:1 to both white and the dark paper"
    ),
}


@pytest.mark.parametrize(
    ("name", "dark"),
    [
        pytest.param(
            name, dark, marks=() if (name, dark) in {("overview", True)} else pytest.mark.proof
        )
        for name in PAGES
        for dark in (False, True)
    ],
)
def test_axe_finds_nothing_serious(visit, name, dark):
    from axe_playwright_python.sync_playwright import Axe

    page = visit(f"{name}?t=0700.HK", dark=dark)
    within = "([node, where]) => Boolean(document.querySelector(node)?.closest(where))"
    found = [
        (rule["id"], node["html"][:200], node["failureSummary"])
        for rule in Axe().run(page).response["violations"]
        if rule["impact"] in ("serious", "critical")
        for node in rule["nodes"]
        if not any(
            rule["id"] == known and page.evaluate(within, [node["target"][0], where])
            for known, where in STREAMLITS
        )
    ]
    assert found == []


@pytest.mark.parametrize(
    "name",
    [
        "valuation",
        "segments",
        *(
            pytest.param(name, marks=pytest.mark.proof)
            for name in PAGES
            if name not in ("valuation", "segments", "data")
        ),
    ],
)
@pytest.mark.parametrize("lang", ["en", pytest.param("zh", marks=pytest.mark.proof)])
def test_each_chart_says_in_a_sentence_what_it_shows_and_no_two_say_the_same(open_page, name, lang):
    """Line or title, measure, and the evening it is of."""
    at = open_page(name, t="0700.HK", lang=lang, as_of="2026-07-31")
    told = [chart.proto.alt for chart in at.get("plotly_chart")]
    assert len(told) >= 1
    assert len(set(told)) == len(told)
    assert all(
        20 <= len(words) <= 400
        and words.endswith("." if lang == "en" else "。")
        and "{" not in words
        for words in told
    ), told
    assert all(
        ("Jul 2026" if lang == "en" else "2026年7月") in words
        or name in ("documents", "traffic", "coverage", "market")
        for words in told
    ), told
