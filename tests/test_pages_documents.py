"""Documents and Traffic with full, missing and filtered data, run by Streamlit's own test
driver.
"""

import pytest

from tests.support.screen import figures, words

pytestmark = pytest.mark.page


def titles(at) -> list[str]:
    return [figure["layout"]["meta"]["title"] for figure in figures(at)]


def table(at, *columns: str):
    return next(frame.value for frame in at.dataframe if set(columns) <= set(frame.value.columns))


@pytest.mark.system
def test_documents_open_with_the_newest_story(open_page):
    at = open_page("documents")
    shown = words(at)
    assert shown.startswith(
        "**35 stories in 42 documents as of 21 Aug 2026; the latest: 艾瑞咨询, "
        "“2025年第49周:数码家电行业周度市场观察”, 16 Dec 2025.**"
    )
    assert "Stories 35" in shown
    assert "Broker reports 21" in shown
    assert "News 21" in shown
    assert "Events 90" in shown
    assert "16 Dec 2025 08:05 HKT, zone inferred · in Chinese" in shown
    assert "4 documents without a printed date stand at the end" in shown
    assert titles(at) == ["What happened"]
    assert "Show 12 more" in [button.label for button in at.button]


def test_the_platform_privacy_rules_of_november_2025_in_chinese(open_page):
    at = open_page(
        "documents", topic="privacy", lang="zh", **{"from": "2025-11-01", "to": "2025-11-30"}
    )
    shown = words(at)
    assert "隐私与个人信息保护：截至2026年8月21日，10篇文献共6个事件" in shown
    assert (
        "Draft rule on personal information at large platforms issued for comment（2025年11月22日）"
        in shown
    )
    assert "另有3篇讲述同一事件" in [expander.label for expander in at.expander]
    assert "香港时间2025年11月22日 18:26（时区为推定）" in shown
    told = [
        note["text"]
        for note in figures(at)[0]["layout"]["annotations"]
        if note.get("name") == "label"
    ]
    assert len(told) == 2
    assert any("2025年11月22日" in text for text in told)
    assert table(at, "lane")["lane"].tolist() == ["政策", "政策"]


def test_a_search_stands_in_the_link_and_its_words_are_marked(open_page):
    at = open_page("documents", q="腾讯 回购")
    shown = words(at)
    assert (
        "“腾讯 回购”: 3 stories in 3 documents; best: publisher not printed, "
        "“港股回购井喷!”, date not printed."
    ) in shown
    assert "港股:orange-background[回购]井喷!" in shown
    assert at.query_params["q"] == "腾讯 回购"


def test_a_company_has_its_price_with_its_events(open_page):
    at = open_page("documents", t="1024.HK", chart="price", as_of="2025-11-28")
    assert titles(at) == ["Kuaishou: price and events"]
    marks = [
        note["text"]
        for note in figures(at)[0]["layout"]["annotations"]
        if note.get("name") == "mark"
    ]
    assert marks == ["8–9", "2–7", "1"]
    assert table(at, "number")["number"].tolist() == list(range(1, len(table(at, "number")) + 1))


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ({"as_of": "2004-06-30"}, "No document about this choice is known as of 30 Jun 2004."),
        ({"q": "zzzz"}, "No document as of 21 Aug 2026 holds “zzzz”."),
        ({"topic": "nonsense", "kind": "opinion"}, "topic: “nonsense” is not a choice."),
        ({"t": "3033.HK"}, "No document about this choice is known as of 21 Aug 2026."),
    ],
)
def test_what_is_not_there_is_said_calmly(open_page, query, says):
    assert says in words(open_page("documents", **query))


def test_traffic_opens_with_the_week_of_chatgpt(open_page):
    at = open_page("traffic")
    shown = words(at)
    assert shown.startswith(
        "**ChatGPT had 635.10 mn visits in the week 26 Jun 2024 to 2 Jul 2024, 32.65% of the 43 "
        "sites that Similarweb counts, −3.90% on the week before; 19 rose, 24 fell.**"
    )
    assert "All sites 1,945.18 mn · ▼ −1.7%†" in shown
    assert "Strongest rise Doubao +20.3%" in shown
    assert "Weeks known 1" in shown
    assert titles(at)[0] == "Visits to AI sites, by size"
    assert len(table(at, "stay")) == 43
    assert table(at, "stay")["stay"][0] == "6:34"
    doubtful = table(at, "doubt")
    assert doubtful[doubtful["doubt"] != ""]["value"].tolist() == ["113 †"]


@pytest.mark.parametrize(
    ("query", "first", "says"),
    [
        (
            {"chart": "movers", "lang": "zh", "updown": "cn"},
            "升降网站",
            "2024年6月26日至2024年7月2日一周，ChatGPT访问量635.10百万",
        ),
        (
            {"chart": "stay", "t": "0700.HK"},
            "Stay against visits",
            "Site traffic is not counted by company; of Tencent,",
        ),
        ({"chart": "history"}, "Visits by week", "ChatGPT had 635.10 mn visits"),
        ({"as_of": "2024-07-06"}, None, "No week of site traffic is known as of 6 Jul 2024."),
        ({"section": "outside"}, "Visits to AI sites, by size", "265 figures from"),
    ],
)
def test_traffic_filtered_and_empty(open_page, query, first, says):
    at = open_page("traffic", **query)
    assert says in words(at)
    assert first is None or titles(at)[0] == first
    if "section" in query:
        assert "withdrawn, printed 20,000 †" in table(at, "doubt")["value"].tolist()
