"""The estimates and coverage pages with full, missing and filtered data, run by Streamlit's own
test driver.
"""

import io

import pytest
import streamlit as st
from python_calamine import CalamineWorkbook

from tests.support.screen import figures, words

pytestmark = pytest.mark.page


GUOSEN = "Guosen Securities"


def title(figure: dict) -> str:
    return figure["layout"]["meta"]["title"]


def labels(figure: dict) -> list[str]:
    return [
        annotation["text"]
        for annotation in figure["layout"]["annotations"]
        if annotation.get("name") == "label"
    ]


def table(at, *columns: str):
    """The first table with these columns."""
    return next(frame.value for frame in at.dataframe if set(columns) <= set(frame.value.columns))


# Estimates ----------------------------------------------------------------------------------------


@pytest.mark.system
def test_kuaishou_at_the_end_of_2025(open_page, warehouse):
    at = open_page("estimates", t="1024.HK", as_of="2025-12-31")
    shown = words(at)
    assert (
        "Kuaishou: 3 brokers expect a median adjusted EPS of CNY 4.77 for FY2025 and CNY "
        "5.61 for FY2026; median target HK$88.00 (N 4), 37.6% above the close; adjusted net "
        "profit of 2025Q3 came 3.2% above what was expected."
    ) in shown
    assert "Median target 1024.HK (N 4) HK$88.00 ▲ +37.6%" in shown
    assert "Buy · hold · sell 4 · 0 · 0" in shown
    assert "Last surprise 2025Q3 adjusted net profit ▲ +3.2%" in shown
    picture = figures(at)[0]
    assert title(picture) == "Kuaishou: median target HK$88.00, 37.6% above the close of 1024.HK"
    assert {
        "Close 63.95",
        "<b>Median target 88.00</b>",
        "CICC 89.00",
        "Goldman Sachs 83.00",
    } <= set(labels(picture))
    hover = " ".join(text for trace in picture["data"] for text in trace.get("hovertext") or ())
    assert (
        "Goldman Sachs HK$83.00<br>PE, 14.0x PE 2026<br>Upside then +20.9%"
        "<br>As printed +20.9%<br>Upside now +29.8%"
    ) in hover
    inside = " ".join(str(a["text"]) for a in picture["layout"]["annotations"]).replace("<br>", " ")
    assert "As of 31 Dec 2025" in inside
    assert "Source:" in inside
    assert warehouse.served.snapshot_id in inside
    estimates = table(at, "previous", "change", "replaces")
    cms = estimates[
        (estimates["broker"] == "China Merchants Securities")
        & (estimates["year"] == "FY2025")
        & (estimates["figure"] == "adjusted net profit")
    ].iloc[0]
    assert (cms["value"], cms["previous"], cms["change"], cms["published"]) == (
        "20,590",
        "20,015",
        "+2.9%",
        "30 Nov 2025",
    )
    ratings = table(at, "rating", "means")
    assert (
        ratings[ratings["broker"] == GUOSEN]["means"].iloc[0]
        == "more than 10% above Hang Seng Index, in the 6 to 12 months after the report"
    )
    assert ratings[ratings["broker"] == "China Merchants Securities"][
        ["rating", "code"]
    ].values.tolist() == [["强烈推荐 (Strong Buy)", "strong buy"]]
    assert (
        "more than 10% above Hang Seng Index, in the 6 to 12 months after the report (as its "
        "report of 7 Jul 2024 defines it)"
    ) in shown  # one click away


@pytest.mark.system
def test_expected_and_actual_as_a_dumbbell_and_a_table(open_page):
    at = open_page("estimates", t="1024.HK", as_of="2025-12-31", chart="expected")
    picture = figures(at)[0]
    assert title(picture) == "Kuaishou: 2025Q3 against what was expected"
    assert labels(picture)[:2] == ["<b>+7.2%  ~4,500 v 4,198†</b>", "<b>+4.6%  ~5,900 v 5,641†</b>"]
    assert "<b>+3.9 pp  26.3%† v 22.4%</b>" in labels(picture)
    told = table(at, "actual", "expected", "surprise").set_index("figure")
    assert told.loc["revenue", ["actual", "expected", "surprise", "basis"]].tolist() == [
        "≥35,500",
        "35,257†",
        "+0.7%",
        "printed after, by the broker",
    ]
    assert told.loc["R&D expense", ["actual", "expected", "surprise", "verdict"]].tolist() == [
        "~3,650",
        "–",
        "–",
        "better than expected",
    ]
    assert "2025Q3" not in words(
        open_page("estimates", t="1024.HK", as_of="2025-11-29")
    )  # no comparison is known yet


@pytest.mark.system
def test_dollars_of_an_ads_stand_on_its_own_line(open_page):
    at = open_page("estimates", t="BABA", as_of="2025-12-31")
    shown = words(at)
    assert "median target US$206.40 (N 7), 31.2% above the close" in shown
    assert "Median target 9988.HK (N 4) HK$216.50 ▲ +51.6%" in shown
    assert "Alibaba ADS BABA: the estimates are those of its issuer, Alibaba" in shown
    assert "Close 157.30" in labels(figures(at)[0])
    at.segmented_control(key="choice_line").set_value("9988.HK").run()
    assert not at.exception
    assert "Close 142.80" in labels(figures(at)[0])
    assert "median target HK$216.50 (N 4), 51.6% above the close" in words(at)


def test_an_estimate_without_a_day_is_shown_as_such_and_counts_in_nothing(open_page):
    at = open_page("estimates", t="9618.HK", as_of="2026-08-21")
    assert any(
        "Estimates without a day, in no median (1)" in expander.label for expander in at.expander
    )
    undated = next(
        frame.value
        for frame in at.dataframe
        if "replaces" in frame.value.columns
        and frame.value["published"].str.contains("inferred").any()
    )
    assert undated[["broker", "value", "published"]].values.tolist() == [
        ["CMB International", "~30,400", "2026; inferred (before results of 2026-05-12)"]
    ]


def test_one_broker_is_called_one_broker(open_page):
    shown = words(open_page("estimates", t="9618.HK", as_of="2025-12-31"))
    assert (
        "JD.com: one broker expects adjusted EPS of CNY 8.72 for FY2025 and CNY 12.63 for FY2026."
        in shown
    )
    assert "adjusted EPS FY2025 (one broker) CNY 8.72" in shown


@pytest.mark.system
@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ({"t": "HSTECH"}, "no broker's estimates are kept of an index"),
        ({"t": "1357.HK"}, "No estimate, target or rating of Meitu is known as of 21 Aug 2026."),
        (
            {"as_of": "2015-01-02"},
            "No estimate, target or rating of any company is known as of 2 Jan 2015.",
        ),
        (
            {"t": "0700.HK", "as_of": "2026-01-30"},
            (
                "Tencent: one broker expects adjusted operating profit of CNY 312.0bn for "
                "FY2026; median target HK$750.00 (N 3), 23.8% above the close."
            ),
        ),
        (
            {"t": "0700.HK", "as_of": "2015-01-02"},
            "No estimate, target or rating of Tencent is known as of 2 Jan 2015.",
        ),
        (
            {"t": "1024.HK", "as_of": "2025-12-31", "lang": "zh"},
            (
                "快手：3家券商预测中位数为2025全年经调整每股盈利4.77元人民币、"
                "2026全年5.61元人民币；目标价中位数88.00港元（N 4），较收盘价高37.6%；"
                "2025Q3经调整净利润高于预期3.2%。"
            ),
        ),
    ],
)
def test_what_is_not_known_is_said_and_all_of_it_in_chinese(open_page, query, sentence):
    assert sentence in words(open_page("estimates", **query))


# Coverage -----------------------------------------------------------------------------------------


def test_what_guosen_changed_between_july_and_december_2024(open_page):
    at = open_page("coverage", as_of="2024-12-02")
    shown = words(at)
    assert (
        "Guosen Securities moved its 2024E EPS of 3 companies from 7 Jul 2024 to 2 Dec 2024: "
        "2 up, 1 down; Tencent most, +23.6% (19.5 to 24.1)."
    ) in shown
    assert (
        "Tencent: the table prints a 2024 PE of 15x, the text of the same report 16x. The "
        "table is kept: its own close and EPS give 15.4x."
    ) in shown
    assert "Meituan: the table prints a 2024 PE of 22x, the text of the same report 21x." in shown
    assert "PE that reproduce 8 / 8" in shown
    assert "No longer in the table" in " ".join(
        str(a["text"]) for a in figures(at)[0]["layout"]["annotations"]
    )
    assert labels(figures(at)[0]) == [
        "<b>+23.6%  19.5 → 24.1</b>",
        "<b>+22.4%  5.8 → 7.1</b>",
        "<b>0.0%  11.2 → 11.2</b>",
        "<b>−2.5%  8.0 → 7.8</b>",
    ]
    changes = table(at, "eps_before", "implied_shares_change_pct").set_index("ticker")
    assert len(changes) == 7
    assert round(changes.loc["0700.HK", "implied_shares_change_pct"], 2) == -0.94
    assert changes.loc["PDD", "change_words"] == "no longer in the table"


@pytest.mark.parametrize(
    ("query", "sentence", "figure"),
    [
        (
            {"as_of": "2024-12-02", "chart": "printed"},
            "Guosen Securities covered 4 companies on 2 Dec 2024, at 10x to 22x its 2024E EPS.",
            ("pe_fy1", [15, 11, 22, 10]),
        ),
        (
            {"as_of": "2024-12-02", "chart": "printed", "to": "2024-07-07"},
            "Guosen Securities covered 7 companies on 7 Jul 2024, at 8x to 19x its 2024E EPS.",
            ("pe_fy1", [18, 12, 19, 11, 14, 8, 15]),
        ),
        (
            {"chart": "today"},
            (
                "At the close of 21 Aug 2026 the 2024E estimates that Guosen Securities printed "
                "on 2 Dec 2024 cost 14.5x (median), against 13.0x then."
            ),
            ("close_now", [457.0, 202.0, 85.0, 123.0]),
        ),
        (
            {"as_of": "2024-08-14"},
            "Guosen Securities covered 7 companies on 7 Jul 2024, at 8x to 19x its 2024E EPS.",
            ("eps_fy1", [19.5, 11.2, 5.8, 4.0, 17.9, 8.0, 1.3]),
        ),
        (
            {"as_of": "2024-12-02", "t": "PDD,0700.HK", "chart": "printed"},
            "Guosen Securities covered 1 company on 2 Dec 2024",
            ("pe_fy1", [15]),
        ),
    ],
)
def test_a_table_as_printed_and_today(open_page, query, sentence, figure):
    at = open_page("coverage", **query)
    assert sentence in words(at)
    assert table(at, figure[0])[figure[0]].tolist() == figure[1]


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ({"as_of": "2024-07-06"}, "No broker's coverage table is known as of 6 Jul 2024."),
        ({"t": "HSTECH"}, "The table of Guosen Securities of 2 Dec 2024 does not cover HSTECH."),
        ({"t": "9618.HK", "lang": "zh"}, "国信证券2024年12月2日的覆盖表不含京东。"),
        (
            {"as_of": "2024-12-02", "lang": "zh"},
            (
                "国信证券于2024年7月7日至2024年12月2日调整3家公司2024E每股盈利：2家上调，"
                "1家下调；腾讯幅度最大，+23.6%（19.5至24.1）。"
            ),
        ),
    ],
)
def test_no_table_or_no_row_of_it_is_said(open_page, query, sentence):
    assert sentence in words(open_page("coverage", **query))


def test_the_spreadsheet_holds_the_table_as_it_stands(open_page, monkeypatch):
    offered, draw = {}, st.download_button
    monkeypatch.setattr(
        st,
        "download_button",
        lambda label, data, *words, file_name, **more: (
            offered.update({file_name: data})
            or draw(label, data, *words, file_name=file_name, **more)
        ),
    )
    open_page("coverage", as_of="2024-12-02", chart="printed")
    book = CalamineWorkbook.from_filelike(io.BytesIO(offered["coverage-printed-2024-12-02.xlsx"]()))
    sheet, sources = (
        book.get_sheet_by_index(0).to_python(),
        book.get_sheet_by_name("Sources").to_python(),
    )
    assert sheet[1][:2] == ["As of", "2024-12-02"]
    assert "as_of=2024-12-02" in sheet[2][1]
    assert any("国信证券" in row[0] for row in sources)
    head = next(row for row in sheet if row[0] == "Ticker")
    tencent = dict(zip(head, sheet[sheet.index(head) + 1]))
    assert (
        tencent["Ticker"],
        tencent["Close"],
        tencent["Market cap (mn)"],
        tencent["EPS 2024"],
        tencent["PE 2024 (x)"],
        tencent["PE 2025 (x)"],
    ) == ("0700.HK", 398, 3688428, 24.1, 15, 14)
    assert any("the text of the same report 16x" in row[0] for row in sheet)


# Both ---------------------------------------------------------------------------------------------


@pytest.mark.proof
@pytest.mark.parametrize("page", ["estimates", "coverage"])
def test_every_kind_of_ticker_can_be_shown_in_chinese_on_an_early_evening_and_today(
    open_page, warehouse, page
):
    at = open_page(page, lang="zh")
    for ticker in (
        "0700.HK",
        "PDD",
        "9999.HK",
        "NTES",
        "3690.HK",
        "1810.HK",
        "^HSI",
        "KWEB",
        "BASKET",
        "AMZN",
    ):
        at.multiselect(key="filter_tickers").set_value([ticker]).run()
        assert not at.exception, (ticker, [error.message for error in at.exception])
        assert at.markdown, ticker
