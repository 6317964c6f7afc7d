"""Every page with full, missing and filtered data, and the frame around them, run by Streamlit's
own test driver.
"""

import json
import re

import pytest
from streamlit.testing.v1 import AppTest

from loaders import checks
from tests.support import screen
from tests.support.good_files import GOOD, changed
from tests.support.screen import DEADLINE, figures, words
from tests.support.warehouses import ROOT, built, invented, loaders
from ui import links
from ui.frame import PAGES
from ui.stamp import measure
from ui.text import text

pytestmark = pytest.mark.page


def figure_words(figure: dict) -> str:
    return " ".join(str(a.get("text", "")) for a in figure["layout"].get("annotations", []))


# The published figures, read from the page --------------------------------------------------------


@pytest.mark.system
def test_valuation_shows_tencent_at_the_end_of_2025(open_page):
    at = open_page("valuation", t="0700.HK", as_of="2025-12-31", w="3y")
    shown = words(at)
    assert "PE-TTM 20.1x" in shown
    assert "N 36" in shown
    assert "57th" in shown
    assert "599.00" in shown
    assert "26.860 CNY" in shown
    assert "= 20.06x" in shown


@pytest.mark.system
def test_valuation_shows_tencent_on_the_reported_basis(open_page):
    shown = words(open_page("valuation", t="0700.HK", as_of="2025-12-31", w="3y", basis="reported"))
    assert "PE-TTM 23.0x" in shown
    assert "23.389 CNY" in shown
    assert "= 23.03x" in shown


def test_valuation_shows_tencent_in_july_2026(open_page):
    at = open_page("valuation", t="0700.HK", as_of="2026-07-31", w="5y")
    shown = words(at)
    assert "PE-TTM 14.3x" in shown
    assert "= 14.25x" in shown
    assert "3rd" in shown
    assert "N 60" in shown
    assert "cheaper than on 97% of month-ends since Aug 2021" in shown
    assert "3rd percentile of 5 years" in figure_words(figures(at)[0])


def test_valuation_shows_the_index_and_what_the_broker_printed(open_page):
    at = open_page("valuation", t="HSTECH", as_of="2024-12-02", w="max")
    shown = words(at)
    assert "PE-TTM 20.6x" in shown
    assert "8th" in shown
    assert "N 53" in shown
    stamped = figure_words(figures(at)[0])
    assert "20.59x" in stamped
    assert "8.85" in stamped
    assert "国信证券" in stamped


def test_an_as_of_date_hides_what_came_later(open_page):
    shown = words(open_page("valuation", t="0700.HK", as_of="2024-11-13"))
    assert "31 Oct 2024" in shown
    assert "20.377 CNY" in shown


def test_a_window_longer_than_the_history_is_called_by_its_first_month(open_page):
    at = open_page("valuation", t="0700.HK", as_of="2026-07-31", w="10y")
    stamped = figure_words(figures(at)[0])
    assert "percentile since Mar 2020" in stamped.replace("<br>", " ")
    assert "10 years" not in stamped
    assert "since Mar 2020, N 77" in words(at)
    assert "percentile of 5 years" in figure_words(
        figures(open_page("valuation", t="0700.HK", as_of="2026-07-31", w="5y"))[0]
    )


@pytest.mark.system
def test_overview_ranks_the_universe(open_page, covered):
    at = open_page("overview", as_of="2026-07-31")
    table = at.dataframe[0].value
    row = table[table["ticker"] == "0700.HK"].iloc[0]
    assert row["close"] == 475.2
    assert row["pe"] == "14.3x"
    assert round(row["percentile"], 1) == 3.4
    assert len(table) == covered
    assert "HSTECH" in words(at)


@pytest.mark.system
def test_overview_keeps_stale_rows_unranked(open_page):
    table = open_page("overview", as_of="2026-08-21").dataframe[0].value
    kuaishou = table[table["ticker"] == "1024.HK"].iloc[0]
    assert kuaishou["pe"] == "6.4x (EPS to Sep 2025)"
    assert kuaishou["percentile"] != kuaishou["percentile"]
    meituan = table[table["ticker"] == "3690.HK"].iloc[0]
    assert meituan["pe"] == "n.m. (loss)"


@pytest.mark.system
@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize(
    "page", ["overview", "buybacks", "segments", "estimates", "traffic", "data"]
)
def test_words_that_stand_to_the_right_have_room_so_that_no_figure_loses_its_first_digit(
    open_page, page, lang
):
    """Of 11.2x (EPS to 31 Dec 2025) a narrow column showed 1.2x."""
    seen = 0
    for shown in open_page(
        page, as_of="2026-08-21", lang=lang, t="" if page == "overview" else "0700.HK"
    ).dataframe:
        for name, column in json.loads(shown.proto.columns).items():
            if column.get("alignment") == "right":
                longest = max(
                    (measure(str(words), 12.25) for words in shown.value[name].dropna()), default=0
                )
                seen += longest > 0
                assert column["width"] >= longest + 16, (name, column, longest)
    assert seen


@pytest.mark.system
def test_data_lists_every_table_finding_and_source(open_page, warehouse):
    at = open_page("data")
    tables = at.dataframe
    assert len(tables) == 8
    assert len(tables[3].value) == warehouse.rows("SELECT count(*) FROM findings")[0][0]
    assert len(tables[6].value) == warehouse.rows("SELECT count(*) FROM sources")[0][0]


@pytest.mark.system
def test_findings_are_chosen_by_severity_and_by_rule(open_page, warehouse):
    at = open_page("data")
    at.segmented_control(key="data_severity").set_value("warn").run()
    shown = at.dataframe[3].value
    assert (
        len(shown) == warehouse.rows("SELECT count(*) FROM findings WHERE severity = 'warn'")[0][0]
    )
    assert set(shown["severity"]) == {"warning"}
    at.selectbox(key="data_rule_warn").set_value("E02").run()
    shown = at.dataframe[3].value
    assert len(shown) == warehouse.rows("SELECT count(*) FROM findings WHERE code = 'E02'")[0][0]
    assert set(shown["rule"]) == {"quarters against the year"}
    at.multiselect(key="filter_tickers").set_value(["BASKET"]).run()  # of whom nothing was found
    assert not at.exception
    assert len(at.dataframe) == 6
    assert "No finding concerns this choice." in words(at)
    at.multiselect(key="filter_tickers").set_value([]).run()
    at.segmented_control(key="data_severity").set_value("note").run()
    assert not at.exception
    assert set(at.dataframe[3].value["code"]) == {
        code
        for (code,) in warehouse.rows("SELECT DISTINCT code FROM findings WHERE severity = 'note'")
    }


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_rule_is_told_in_words(language):
    asked = {("finding", check.code) for check in checks.CHECKS if check.severity != "stop"} | {
        ("refusal", check.code) for check in checks.CHECKS if check.severity == "stop"
    }
    asked |= {
        ("refusal", code)
        for code in re.findall(
            r'"([CP]\d\d)"',
            " ".join(
                (ROOT / "loaders" / f"{room}.py").read_text("utf-8")
                for room in ("curated", "plausible", "reading")
            ),
        )
    }
    assert len(asked) > 40
    for group, code in sorted(asked):
        assert text(f"{group}_rule.{code}", language) != code


@pytest.mark.system
def test_a_refused_build_is_said_on_the_data_page_with_every_line(tmp_path, monkeypatch):
    made = invented(tmp_path / "data", **GOOD)
    monkeypatch.setenv("HARBOURVIEW_DATA", str(made.folder))
    assert not screen.run_page("data").warning
    path = made.folder / "curated" / "prices.csv"
    path.write_text(
        changed("prices", ",46,,", ",<img src=x onerror=alert(1)>: rule C01,,").replace(
            "9999.HK", "9998.HK"
        ),
        "utf-8",
    )
    assert loaders("build", data=made.folder, in_process=False).returncode == 2
    at = screen.run_page("data")
    (warning,) = at.warning
    assert re.search(
        (
            r"The last build, of \d+ \w{3} \d{4} \d\d:\d\d HKT, was refused: 2 errors; what is "
            r"shown is the snapshot before it\."
        ),
        warning.value.replace("\\", ""),
    )
    lines = at.dataframe[0].value
    assert lines.values.tolist() == [
        [
            "prices.csv:2",
            "close '<img src=x onerror=alert(1)>: rule C01'",
            "C08",
            "no unit beside the number",
            "a number with its unit: the unit belongs in the unit column or the column's name",
        ],
        [
            "prices.csv:4",
            "ticker '9998.HK'",
            "C10",
            "a ticker of the universe",
            "no ticker of companies.csv; near: 9999.HK",
        ],
    ]
    assert made.served.snapshot_id in words(at) or made.served.snapshot_id in " ".join(
        metric.value for metric in at.metric
    )
    assert "被拒绝：2处错误" in screen.run_page("data", lang="zh").warning[0].value
    path.write_text(GOOD["prices"].lstrip(), "utf-8")
    assert loaders("build", data=made.folder, in_process=False).returncode == 0
    assert not screen.run_page("data").warning


# Filters and links --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "typed",
    [
        "700",
        "00700",
        "0700.hk",
        "HK.00700",
        "700 HK",
        "Tencent",
        "腾讯",
        "腾讯控股",
        "TCEHY",
        "０７００",
    ],
)
def test_a_ticker_is_found_however_it_is_typed(open_page, typed):
    at = open_page("valuation", t=typed)
    assert at.multiselect(key="filter_tickers").value == ["0700.HK"]
    assert not at.warning


@pytest.mark.system
@pytest.mark.parametrize("page", PAGES)
@pytest.mark.few(5)
def test_a_value_nobody_understands_is_named(open_page, page):
    at = open_page(page, t="zzz,0700.HK", w="7y", as_of="2026-13-45", basis="made-up")
    named = "\n".join(warning.value for warning in at.warning)
    assert all(value in named for value in ("zzz", "7y", "2026", "made"))
    assert at.multiselect(key="filter_tickers").value == ["0700.HK"]


@pytest.mark.system
@pytest.mark.parametrize("page", PAGES)
@pytest.mark.few(5)
def test_script_in_a_link_is_text(open_page, page):
    at = open_page(page, t="<script>alert(1)</script>", q="<img src=x onerror=alert(1)>")
    assert "<script>" in "\n".join(warning.value for warning in at.warning).replace("\\", "")


@pytest.mark.system
@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize(
    "query",
    [
        {},
        {"t": "BABA,0700.HK,PDD", "lang": "zh", "basis": "reported", "w": "max"},
        {"t": "HSTECH,3033.HK,2076.HK", "w": "1y", "as_of": "2004-07-01"},
        *(
            pytest.param(query, marks=pytest.mark.proof)
            for query in (
                {"t": "HSTECH", "w": "1y"},
                {"t": "3033.HK,2076.HK"},
                {"as_of": "2004-07-01"},
            )
        ),
    ],
)
@pytest.mark.few(14)
def test_no_page_fails(open_page, page, query):
    at = open_page(page, **query)
    assert at.metric or at.markdown


@pytest.mark.proof
def test_every_ticker_of_the_universe_can_be_valued(open_page, warehouse):
    at = open_page("valuation")
    for (ticker,) in warehouse.rows("SELECT ticker FROM companies"):
        at.multiselect(key="filter_tickers").set_value([ticker]).run()
        assert not at.exception, ticker


@pytest.mark.system
@pytest.mark.parametrize(
    "page",
    ["company", "valuation", "buybacks", "segments", "estimates", "market", "traffic", "documents"],
)
@pytest.mark.few(3)
def test_on_the_first_page_of_a_visit_the_tables_wait_for_the_first_picture(
    warehouse, monkeypatch, page
):
    """The browser says when it is drawn (seen in test_browser.py); without one nothing waits."""
    monkeypatch.setattr(
        "streamlit.runtime.context.ContextProxy.url", f"http://127.0.0.1:8501/{page}"
    )
    at = screen.run_page(page, t="0700.HK")
    assert at.get("plotly_chart")
    assert not at.dataframe
    assert not [one for one in at.expander if one.label.startswith("Sources")]
    at.session_state["harbourview_drawn"] = True
    at.run()
    assert at.get("plotly_chart")
    assert at.dataframe or page == "company"
    assert [one for one in at.expander if one.label.startswith("Sources")]
    assert not at.exception


@pytest.mark.system
def test_the_state_survives_a_change_of_page(open_page):
    at = open_page("overview", t="700", as_of="2025-12-31", w="3y", basis="reported")
    at.switch_page("../pages/valuation.py").run()
    assert not at.exception
    assert at.multiselect(key="filter_tickers").value == ["0700.HK"]
    assert "= 23.03x" in words(at)


def test_the_copied_link_states_everything(open_page, warehouse):
    at = open_page("valuation", t="700")
    link = at.code[0].value
    for part in (
        "t=0700.HK",
        "as_of=2026-08-21",
        "w=5y",
        "basis=adjusted",
        "lang=en",
        "updown=hk",
        f"s={warehouse.served.snapshot_id}",
    ):
        assert part in link


def test_a_snapshot_that_is_gone_is_named(open_page):
    shown = words(open_page("overview", s="20200101-000000-abcdef"))
    assert "20200101-000000-abcdef" in shown
    assert "no longer kept" in shown


def test_chinese_reaches_every_label(open_page):
    at = open_page("valuation", t="0700.HK", lang="zh", as_of="2026-07-31")
    assert "腾讯" in words(at)
    assert "14.3倍" in words(at)


def test_nothing_published_is_said_and_is_no_fault(tmp_path, monkeypatch):
    monkeypatch.setenv("HARBOURVIEW_DATA", str(tmp_path))
    at = AppTest.from_file("../ui/main.py", default_timeout=DEADLINE)
    at.switch_page("../pages/overview.py").run()
    assert not at.exception
    assert "python -m loaders build" in at.error[0].value.replace("\\", "")


@pytest.mark.proof
def test_overview_offers_the_latest_date_on_which_most_are_fresh(tmp_path, monkeypatch, warehouse):
    """Prices go on and no results come: it says so and offers a date, and never switches by
    itself.
    """
    rows = warehouse.rows(
        """
        SELECT ticker, any_value(currency)
        FROM prices
        JOIN companies USING (ticker)
        WHERE kind = 'company' AND exchange = 'HKEX'
        GROUP BY ticker
        """
    )
    landed = "ticker,date,close,adj_close,volume,currency,frequency,source_id\n" + "".join(
        f"{ticker},2026-11-20,50,,,{currency},month_end,month-end-closes\n"
        for ticker, currency in rows
    )
    later = built(tmp_path / "data", landed={"later": landed})
    assert later.result.rejected == []
    monkeypatch.setenv("HARBOURVIEW_DATA", str(later.folder))
    at = AppTest.from_file("../ui/main.py", default_timeout=DEADLINE)
    at.switch_page("../pages/overview.py").run()
    assert not at.exception
    assert re.search(r"Only \d+ of \d+ companies have a fresh PE on 20 Nov 2026", words(at))
    assert at.date_input(key="filter_as_of").value is None
    next(button for button in at.button if button.label == "Show 21 Aug 2026").click().run()
    assert not at.exception
    assert at.date_input(key="filter_as_of").value.isoformat() == "2026-08-21"
    assert "of 4 ranked companies" in words(at)


@pytest.mark.system
def test_every_chart_of_every_page_proves_itself(open_page, warehouse):
    """Title, subtitle, as-of date, source and snapshot stand inside each figure."""
    for page in PAGES:
        for query in ({"t": "0700.HK"}, {}):
            for figure in figures(open_page(page, **query)):
                inside = figure_words(figure)
                for part in ("As of", "Source:", "Harbourview", warehouse.served.snapshot_id):
                    assert part in inside.replace("<br>", " "), (page, query, inside[:300])


def test_the_windows_are_the_grammar_of_links():
    from ui.view import YEARS

    assert tuple(YEARS) == links.WINDOWS
