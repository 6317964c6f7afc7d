"""The buybacks and segments pages with full, missing and filtered data, run by Streamlit's own test
driver.
"""

import pytest
from streamlit.testing.v1 import AppTest

from tests.support.screen import figures, words

pytestmark = pytest.mark.page


def title(figure: dict) -> str:
    return figure["layout"]["meta"]["title"]


def table(at: AppTest, *columns: str):
    """The first table with these columns."""
    return next(frame.value for frame in at.dataframe if set(columns) <= set(frame.value.columns))


# Buybacks -----------------------------------------------------------------------------------------


@pytest.mark.system
def test_tencent_on_21_november_2025(open_page):
    """The sum of 104 daily returns: HKD 63.5 billion and 126,242,000 shares, so 503.06 a share."""
    at = open_page("buybacks", t="0700.HK", as_of="2025-11-21")
    shown = words(at)
    assert (
        "Tencent has bought HK$63.5bn this year to 21 Nov 2025, at HK$503.06 on average, "
        "20.0% below the close."
    ) in shown
    assert "Buyback YTD to 21 Nov 2025 HK$63.5bn" in shown
    assert "Shares 126,242,000" in shown
    assert "Average price HK$503.06" in shown
    assert "Yield gross · net 1.4% · ~2.7%" in shown
    assert "Same day last year HK$94.1bn ▼ −32.5%" in shown
    assert "Venues: Hong Kong" in shown
    assert "Cut-off: 21 Nov 2025" in shown
    assert "104 daily returns" in shown
    assert title(figures(at)[0]) == "Tencent: buybacks so far this year against earlier years"
    days = table(at, "low", "high", "average")
    assert days["date"].max().date().isoformat() == "2025-11-21"
    assert len(days) == 363


@pytest.mark.system
def test_the_running_total_ends_at_the_figure_of_the_headline(open_page):
    running = figures(open_page("buybacks", t="0700.HK", as_of="2025-11-21"))[0]
    ends = [
        annotation["text"]
        for annotation in running["layout"]["annotations"]
        if annotation.get("name") == "label"
    ]
    assert "<b>2025 HK$63.5bn</b>" in ends
    assert "2024 HK$112.0bn" in ends
    assert not any(end.startswith("2022") for end in ends)


def test_a_ruled_statement_shows_its_value_and_what_was_printed(open_page):
    statements = table(
        open_page("buybacks", t="0700.HK", as_of="2025-11-21"), "measure", "published"
    )
    ruled = statements[statements["note"].str.startswith("†")]
    assert "126,242,000†" in set(ruled["shares"])
    assert ruled["note"].str.contains("printed: shares 74828000").any()
    assert (
        statements[statements["grain"] == "mandate"]["note"].str.startswith("mandate count").all()
    )


def test_a_ruled_day_shows_what_was_printed(open_page):
    days = table(open_page("buybacks", t="1810.HK", as_of="2025-11-21"), "low", "high", "average")
    newest = days.iloc[0]
    assert newest["shares"] == 8_000_000
    assert newest["amount"] == 303
    assert newest["mark"] == "† printed: amount 30300000, shares 800000"


def test_another_day_of_last_year_is_named(open_page):
    assert "Year before to 20 Feb 2024 HK$1.9bn" in words(
        open_page("buybacks", t="1810.HK", as_of="2025-11-21")
    )


@pytest.mark.system
def test_the_pictures_of_tencent(open_page):
    """One picture at a time, the choice of it in the link."""
    at = open_page("buybacks", t="0700.HK", as_of="2025-11-21", chart="periods", grain="year")
    (bars,) = figures(at)
    assert title(bars) == "Tencent: buybacks by year"
    assert bars["data"][0]["marker"]["pattern"]["shape"] == ["/", "", "", "/"]

    def chosen(chart: str) -> dict:
        next(
            control for control in at.segmented_control if control.key == "choice_chart"
        ).set_value(chart).run()
        assert not at.exception
        (figure,) = figures(at)
        return figure

    calendar = chosen("calendar")
    beside = [
        annotation["text"]
        for annotation in calendar["layout"]["annotations"]
        if annotation.get("name") == "label"
    ]
    assert beside[-1] == "HK$2.5bn · 4 d"
    assert beside[4] == "HK$14.1bn · 11 d"
    assert beside[5] == "–"
    assert len(calendar["layout"]["shapes"]) >= 8
    assert "closed period before results" in str(calendar["layout"]["annotations"])
    paid = chosen("paid")
    assert (
        title(paid)
        == "Tencent paid HK$503.06 in 2025: 4.9% below the average close, 20.0% below the last"
    )
    assert [shape["x1"] for shape in paid["layout"]["shapes"] if shape["type"] == "rect"][
        -1
    ] == "2025-11-12"
    assert table(at, "paid", "average")["above_average"].iloc[0] == pytest.approx(-4.87, abs=0.01)
    assert "No volume is known" in str(chosen("turnover")["layout"]["annotations"])
    assert "python -m loaders prices" in str(figures(at)[0]["layout"]["annotations"])
    assert title(chosen("programmes")) == "Tencent: authorised, used and left"
    assert "Used HK$63.5bn since 1 Jan 2025 to 21 Nov 2025" in str(
        figures(at)[0]["layout"]["annotations"]
    )


def test_alibaba_bought_and_net_on_one_picture(open_page):
    (figure,) = figures(open_page("buybacks", t="9988.HK", as_of="2025-11-21", chart="net"))
    bought, net = figure["data"]
    said = dict(
        zip(
            [words.split("<br>")[0].strip("<b>/") for words in bought["hovertext"]],
            zip(bought["hovertext"], net["hovertext"]),
        )
    )
    assert said["2024Q2"] == (
        "<b>2024Q2</b><br>Bought 613mn",
        "<b>2024Q2</b><br>Net change of the count −445mn",
    )
    assert said["2025Q3"] == (
        "<b>2025Q3</b><br>Bought 17mn",
        "<b>2025Q3</b><br>Net change of the count −3mn",
    )
    assert said["2024Q4"][0].endswith("–")
    assert title(figure) == "Alibaba bought 17mn shares in 2025Q3; the count changed by −3mn"


def test_statements_stand_beside_the_daily_sum_with_their_difference(open_page):
    at = open_page("buybacks", t="3690.HK", as_of="2025-11-21", chart="programmes")
    shown = words(at)
    assert (
        "Meituan: the HK$7.70bn printed for 1 Jan 2024 to 30 Jun 2024 had been bought by 7 "
        "Jun 2024; the whole period came to HK$13.95bn."
    ) in shown
    half = table(at, "printed", "daily", "verdict").iloc[0]
    assert half[["grain", "printed", "daily", "off", "verdict"]].tolist() == [
        "half-year",
        7700,
        pytest.approx(13946.517, abs=1e-3),
        pytest.approx(-6246.517, abs=1e-3),
        "differs †",
    ]
    ruling = table(at, "ruled", "reason", "found").iloc[0]
    assert (ruling["printed"], ruling["ruled"]) == ("7,700,000,000", "13,946,520,000†")
    assert "running totals" in ruling["reason"]
    assert "What is used is not known" in str(figures(at)[0]["layout"]["annotations"])


def test_the_league_counts_who_has_a_figure(open_page, covered):
    at = open_page("buybacks", as_of="2025-11-21")
    shown = words(at)
    assert f"Complete to 21 Nov 2025 5 of {covered}" in shown
    assert f"Universe: {covered} covered companies, 7 with a figure" in shown
    league = table(at, "rank", "prior", "basis")
    assert league["name"].iloc[0] == "Tencent"
    assert league["amount"].iloc[0] == pytest.approx(63_507.79, abs=0.01)
    absent = league[league["amount"].isna()]
    assert len(absent) == covered - 7
    assert absent["basis"].str.startswith("not reported").all()
    assert title(figures(at)[0]) == "Buybacks this year"
    assert league.set_index("name").loc["Alibaba", ["cap", "gross", "net"]].tolist() == [
        pytest.approx(0.416, abs=1e-3),
        pytest.approx(2.929, abs=1e-3),
        pytest.approx(5.109, abs=1e-3),
    ]
    assert table(at, "limit", "issued")["shares"].iloc[0] == 74_828_000
    assert "Mandate to date" in " ".join(e.label for e in at.expander)


@pytest.mark.system
def test_this_year_and_last_year_are_sums_of_the_same_companies(open_page, covered):
    """To 3 July 2026: Tencent, Kuaishou, Meituan, China Literature; Xiaomi and Kingsoft end
    earlier.
    """
    at = open_page("buybacks", as_of="2026-08-21")
    tiles = {metric.label.replace("\\", ""): metric.value for metric in at.metric}
    assert tiles["Bought this year to 3 Jul 2026"] == "HK$27.3bn"
    assert tiles["Complete to 3 Jul 2026"] == f"4 of {covered}"
    assert tiles["This year · same day last year (4 companies)"] == "HK$27.3bn · HK$40.0bn ▼ −31.8%"
    shown = words(at)
    assert "4 companies have bought HK$27.3bn this year to 3 Jul 2026" in shown
    assert (
        "Not in the total to 3 Jul 2026: Xiaomi (>HK$4.0bn to 13 Mar 2026), Kingsoft "
        "(~HK$190.0mn to 28 Feb 2026);"
    ) in shown
    assert "With them >HK$31.5bn, to different end dates (28 Feb 2026 to 3 Jul 2026)." in shown
    (tile,) = [
        metric
        for metric in open_page("overview", as_of="2026-08-21").metric
        if "Buyback" in metric.label
    ]
    assert tile.label == "Buyback YTD to 3 Jul 2026"
    assert tile.value == f"HK$27.3bn · 4 of {covered}"
    assert "Xiaomi, Kingsoft" in tile.help


@pytest.mark.system
def test_a_company_that_bought_nothing_last_year_is_compared_and_one_not_known_is_named(open_page):
    """On 8 July 2024: Meituan and China Literature bought nothing in 2023, of Kuaishou a part is
    not known.
    """
    at = open_page("buybacks", as_of="2024-07-08")
    tiles = {metric.label.replace("\\", ""): metric.value for metric in at.metric}
    assert (
        tiles["This year · same day last year (3 companies)"] == "HK$73.9bn · HK$18.9bn ▲ +291.1%"
    )
    shown = words(at)
    assert "Not in the comparison with last year: Kuaishou" in shown
    assert (
        "4 companies have bought HK$76.0bn this year to 8 Jul 2024; the largest figure is "
        "that of Alibaba, HK$82.9bn†  to 30 Jun 2024"
    ).replace("  ", " ") in shown
    assert tiles["Largest"] == "Alibaba HK$82.9bn†"


@pytest.mark.system
def test_a_known_zero_is_no_purchase(open_page):
    at = open_page("buybacks", as_of="2023-01-20")
    assert (
        "Tencent has bought HK$2.9bn this year to 20 Jan 2023, the only buyer among 3 "
        "companies with a complete figure."
    ) in words(at)
    assert "China Lit has bought no shares of its own this year to 1 Jun 2023." in words(
        open_page("buybacks", t="0772.HK", as_of="2023-06-01")
    )


def test_totals_of_several_companies(rows):
    """Worked out by adding the rows of the league, million HKD."""
    question = """
        SELECT round(compared_hkd / 1e6, 2), round(prior_amount_hkd / 1e6, 2),
            round(change_pct, 1), complete, bought
        FROM buyback_total(?, ?)
        """
    tickers = ["0700.HK", "1024.HK", "3690.HK", "0772.HK", "1810.HK", "3888.HK", "PDD"]
    assert rows(question, "2026-08-21", tickers)[0][:5] == (27296.79, 40007.08, -31.8, 4, 4)
    assert rows(question, "2023-01-20", tickers)[0][3:5] == (3, 1)


@pytest.mark.system
def test_several_companies_are_a_league_of_their_own(open_page):
    shown = words(open_page("buybacks", t="0700.HK,1024.HK", as_of="2025-11-21"))
    assert (
        "2 companies have bought HK$65.8bn this year to 21 Nov 2025; Tencent leads with HK$63.5bn."
        in shown
    )


def test_dollar_purchases_are_compared_in_hkd(open_page):
    at = open_page("buybacks", t="9988.HK", as_of="2025-11-21", chart="paid")
    assert "Alibaba has bought >HK$13.1bn this year to 28 Aug 2025." in words(at)
    (price,) = figures(at)
    assert (
        title(price)
        == "Alibaba paid HK$103.87 in 2025: 17.4% below the average close, 37.1% below the last"
    )
    assert "in HKD per ordinary share" in " ".join(
        str(a["text"]) for a in price["layout"]["annotations"]
    ).replace("<br>", " ")
    days = table(at, "low", "high", "average")
    assert set(days["currency"]) == {"USD"}
    assert days["average_hkd"].between(60, 140).all()
    assert days["average"].max() < 20


@pytest.mark.parametrize(
    ("ticker", "chart"),
    [
        ("9988.HK", "Alibaba: buybacks by quarter"),
        ("9618.HK", "JD.com: buybacks by quarter"),
        ("1810.HK", "Xiaomi: buybacks by year to date"),
    ],
)
def test_statements_are_drawn_where_there_is_no_daily_report(open_page, ticker, chart):
    assert title(figures(open_page("buybacks", t=ticker))[0]) == chart


def test_a_company_without_a_figure_says_so_and_why(open_page):
    shown = words(open_page("buybacks", t="PDD"))
    assert "No complete year-to-date figure is known for PDD" in shown
    assert "not reported" in shown


def test_an_index_and_a_line(open_page):
    at = open_page("buybacks", t="HSTECH")
    assert "the basket buys back nothing" in words(at)
    assert not figures(at)
    assert "the buybacks are those of its issuer, Alibaba" in words(open_page("buybacks", t="BABA"))


@pytest.mark.system
def test_nothing_later_than_the_evening_is_shown(open_page, covered):
    at = open_page("buybacks", as_of="2015-01-02")
    assert f"any of {covered} companies as of 2 Jan 2015" in words(at)
    days = table(open_page("buybacks", t="0700.HK", as_of="2024-06-28"), "low", "high", "average")
    assert days["date"].max().date().isoformat() <= "2024-06-28"


# Segments -----------------------------------------------------------------------------------------


@pytest.mark.system
def test_kuaishou_third_quarter_of_2025(open_page):
    at = open_page("segments", t="1024.HK", as_of="2025-12-31")
    shown = words(at)
    assert (
        "Online marketing services added 8.0 of 14.2 pp of Kuaishou's revenue growth in 2025Q3."
        in shown
    )
    assert "Fastest Other services +41.3%" in shown
    assert "Adds up ✓" in shown
    rows = table(at, "segment", "yoy", "contribution")
    quarter = rows[rows["period"] == "2025Q3"].set_index("segment")
    assert quarter.loc["Online marketing services", ["revenue", "yoy"]].tolist() == [
        "20,102",
        "+14.0%",
    ]
    assert quarter.loc["Live streaming", ["revenue", "yoy"]].tolist() == [
        "~9,570",
        "+2.5%",
    ]  # printed in billions, so rounded
    assert quarter.loc["Other services", ["revenue", "yoy"]].tolist() == ["5,880", "+41.3%"]


@pytest.mark.system
def test_contributions_stand_in_the_finding(open_page):
    shown = words(open_page("segments", t="0700.HK"))
    assert "Marketing Services added 4.2 of 11.0 pp of Tencent's revenue growth in 2026Q2." in shown
    assert "Largest VAS 48%" in shown


@pytest.mark.system
def test_a_results_evening_shows_the_results(open_page):
    shown = words(open_page("segments", t="0700.HK", as_of="2024-11-13"))
    assert "Revenue 2024Q3 CNY 167.2bn" in shown
    assert "Results of 13 Nov 2024 enter the PE from the next session." in shown
    before = words(open_page("segments", t="0700.HK", as_of="2024-11-12"))
    assert "Revenue 2024Q2" in before
    assert "2024Q3" not in before
    assert "enter the PE" not in before


@pytest.mark.system
def test_parts_stand_under_their_parents_and_not_in_the_stack(open_page):
    at = open_page("segments", t="0700.HK", as_of="2025-12-31")
    rows = table(at, "segment", "yoy", "contribution")
    assert rows["segment"].tolist()[:2] == ["VAS", "\u2003↳ Domestic Games"]
    assert rows["revenue"].iloc[1] == "~42,800"
    assert len(figures(at)[0]["data"]) == 4  # VAS, FinTech, Marketing, Others


@pytest.mark.system
def test_alibaba_has_two_calendars_and_two_histories(open_page):
    at = open_page("segments", t="9988.HK")
    assert "Revenue FY2027 Q1 (Jun 2026)" in words(at)
    rows = table(at, "segment", "yoy", "contribution")
    assert (
        rows[rows["period"] == "FY2026 Q1 (Jun 2025)"]["segment"]
        .str.contains("Alibaba E-commerce Group")
        .sum()
        == 0
    )  # that name is of the later structure
    assert rows["segment"].eq("Not itemised (derived)").any()
    at.segmented_control(key="choice_calendar").set_value("calendar").run()
    assert not at.exception
    assert "Revenue 2026Q2" in words(at)
    at.segmented_control(key="choice_history").set_value("recast").run()
    at.segmented_control(key="choice_grain").set_value("year").run()
    assert not at.exception
    assert figures(at)[0]["layout"]["meta"]["subtitle"] == "Revenue, CNY, by year, recast"
    recast = table(at, "segment", "yoy", "contribution")
    assert set(recast["period"]) == {"Year to Mar 2024", "Year to Mar 2025"}
    assert recast["segment"].str.contains("Taobao and Tmall Group").sum() == 0
    assert recast[recast["segment"] == "Alibaba China E-commerce Group"][
        ["revenue", "yoy", "yoy_basis"]
    ].values.tolist() == [["508,380", "+3.7%", "comparative"], ["490,101", "–", ""]]


def test_a_break_is_a_mark_and_never_a_growth(open_page):
    at = open_page("segments", t="9988.HK")
    assert "basis changed" in " ".join(
        str(a["text"]) for a in figures(at)[0]["layout"]["annotations"]
    )
    rows = table(at, "segment", "yoy", "contribution")
    first = rows[rows["period"] == "FY2027 Q1 (Jun 2026)"].set_index("segment")
    assert first.loc["AI Cloud and Compute Services", ["yoy", "yoy_basis"]].tolist() == [
        "+44.9%",
        "comparative",
    ]
    assert first.loc["Unallocated and inter-segment eliminations", "yoy"] == "–"
    assert (
        rows[rows["period"] == "FY2026 Q1 (Jun 2025)"]["yoy"] == "–"
    ).all()  # the structure of that year has no year before
    assert "1 Apr 2026 (reclassification)" in words(at)


@pytest.mark.system
def test_growth_on_the_same_scope_stands_beside_the_reported_one(open_page):
    shown = words(open_page("segments", t="9988.HK", as_of="2026-06-01"))
    assert (
        "Alibaba: revenue +2.9% year on year in FY2026 Q4 (Mar 2026) as reported, +11.0% "
        "like for like (without Sun Art and Intime)."
    ) in shown
    assert "Growth ▲ +2.9%" in shown
    assert "Like for like ▲ +11.0%" in shown
    assert (
        "Customer management +8.0% without contra-revenue (FY2026 Q4 (Mar 2026), Alibaba)" in shown
    )


def test_a_disposal_is_explained_in_the_waterfall(open_page):
    at = open_page("segments", t="9999.HK", as_of="2020-06-01", chart="contribution")
    assert (
        "NetEase: revenue −7.0% year on year in 2020Q1 as reported; what was sold took 26.1 "
        "pp, everything else added 19.0 pp."
    ) in words(at)
    fall = figures(at)[0]
    assert fall["layout"]["yaxis"]["ticktext"] == [
        "Online game services",
        "Cut differently, not comparable",
        "E-commerce, sold",
        "<b>Revenue growth</b>",
    ]
    steps = fall["data"][0]["customdata"]
    assert sum(steps[:-1]) == pytest.approx(steps[-1]) == pytest.approx(-7.049466)


def test_a_period_that_cannot_be_compared_says_why(open_page):
    at = open_page("segments", t="9988.HK", as_of="2026-06-01", chart="contribution", w="1y")
    assert (
        "No segment of FY2026 Q4 (Mar 2026) can be compared with the year before: Four segments"
        in str(figures(at)[0]["layout"]["annotations"])
    )


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        ("growth", "Tencent: growth by segment"),
        ("mix", "Tencent: revenue mix"),
        ("contribution", "Tencent: what added to growth in 2026Q2"),
        (
            "theme",
            "Advertising in 2026Q2: Tencent grows fastest at +21.8%, Alibaba slowest at −7.5%",
        ),
    ],
)
def test_the_picture_stands_in_the_link(open_page, kind, name):
    assert title(figures(open_page("segments", t="0700.HK", chart=kind))[0]) == name


@pytest.mark.proof
def test_every_length_and_all_periods(open_page):
    at = open_page("segments", t="1024.HK")
    for grain in ("half", "year", "quarter"):
        at.segmented_control(key="choice_grain").set_value(grain).run()
        assert not at.exception and figures(at)[0]["data"], grain
    shown = words(open_page("segments", t="0700.HK", grain="year", w="max"))
    assert "Revenue FY2025 CNY 751.8bn" in shown
    assert "Adds up ✓" in shown
    assert "the sum of their quarters" in shown
    assert "JD.com has no figures by quarter in this history: shown by year." in words(
        open_page("segments", t="9618.HK", history="recast", grain="quarter")
    )


@pytest.mark.system
def test_what_is_not_known_is_said(open_page):
    assert "No segment revenue is known for Meitu" in words(open_page("segments", t="1357.HK"))
    at = open_page("segments", t="HSTECH")
    assert "the basket has no segments" in words(at)
    assert not figures(at)
    assert "the segments are those of its issuer, Alibaba" in words(open_page("segments", t="BABA"))
    assert "of the segments known, Smart EV, AI and other new initiatives +16.9%" in words(
        open_page("segments", t="1810.HK")
    )
    assert "No segment revenue is known for any company" in words(
        open_page("segments", as_of="2005-01-03")
    )


@pytest.mark.system
def test_kpis_are_the_latest_known(open_page):
    kpis = table(open_page("segments", t="0700.HK", as_of="2025-11-21"), "kpi", "value").set_index(
        "kpi"
    )
    assert kpis.loc["Weixin and WeChat combined MAU", ["value", "period"]].tolist() == [
        "1,402",
        "2025Q1",
    ]


def test_a_chosen_kpi_is_drawn_as_exactly_as_it_is_told(open_page):
    at = open_page("segments", t="1024.HK", kpi="Kling AI revenue")
    picture = figures(at)[1]
    assert title(picture) == "Kuaishou: Kling AI revenue"
    assert picture["layout"]["meta"]["subtitle"] == "CNY million, by quarter"
    assert picture["data"][0]["marker"]["pattern"]["shape"] == ["/"] * 5
    assert "<b>2025Q3</b>  >300" in picture["data"][0]["hovertext"][2].replace("&gt;", ">")
    values = table(at, "value", "basis").set_index("period")
    assert values.loc[["2025Q1", "2025Q2", "2025Q3", "2026Q1", "2026Q2"], "value"].tolist() == [
        ">150",
        ">250",
        ">300",
        ">650",
        ">850",
    ]
    assert values.loc[["2025Q3", "2026Q1", "2026Q2"], "yoy"].tolist() == ["–", "+300%", ">+200%"]
    assert "No KPI is called “Kling” at Tencent" in words(
        open_page("segments", t="0700.HK", kpi="Kling")
    )


# Both ---------------------------------------------------------------------------------------------


@pytest.mark.proof
@pytest.mark.parametrize("page", ["buybacks", "segments"])
def test_every_ticker_of_the_universe_can_be_shown(open_page, warehouse, page):
    at = open_page(page)
    for (ticker,) in warehouse.rows("SELECT ticker FROM companies"):
        at.multiselect(key="filter_tickers").set_value([ticker]).run()
        assert not at.exception, (ticker, [error.message for error in at.exception])
        assert at.markdown, ticker


@pytest.mark.proof
@pytest.mark.parametrize("page", ["buybacks", "segments"])
def test_every_ticker_in_chinese_on_an_early_evening(open_page, warehouse, page):
    at = open_page(page, lang="zh", as_of="2024-08-14")
    for (ticker,) in warehouse.rows("SELECT ticker FROM companies WHERE kind = 'company'"):
        at.multiselect(key="filter_tickers").set_value([ticker]).run()
        assert not at.exception, (ticker, [error.message for error in at.exception])


@pytest.mark.parametrize(
    ("page", "sentence"),
    [
        (
            "buybacks",
            "腾讯今年截至2025年11月21日已回购635.1亿港元，均价503.06港元，较收盘价低20.0%。",
        ),
        ("segments", "腾讯2025Q3收入增长+15.4%，其中VAS贡献7.9个百分点。"),
    ],
)
def test_the_finding_in_chinese(open_page, page, sentence):
    assert sentence in words(open_page(page, t="0700.HK", as_of="2025-11-21", lang="zh"))


@pytest.mark.parametrize("page", ["buybacks", "segments"])
@pytest.mark.parametrize("ticker", ["0700.HK", "9988.HK", "1024.HK,3690.HK"])
def test_every_chart_carries_its_stamp(open_page, warehouse, page, ticker):
    for figure in figures(open_page(page, t=ticker)):
        inside = " ".join(str(a["text"]) for a in figure["layout"]["annotations"]).replace(
            "<br>", " "
        )
        for part in ("As of 21 Aug 2026", "Source:", warehouse.served.snapshot_id):
            assert part in inside, (page, ticker, inside[:300])
