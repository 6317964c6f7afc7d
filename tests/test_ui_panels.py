"""The small Streamlit pieces, run in Streamlit's own test harness."""

from streamlit.testing.v1 import AppTest


def a_page():
    from datetime import date

    import pandas as pd

    from ui import charts, links, panels

    panels.screen()
    panels.notice([links.Problem("t", "<script>*x*", "link.no_ticker", ("0700.HK",))], "en")
    panels.finding("Invented trades at 14.3x, *cheap* & $low$.")
    panels.headline([("PE-TTM", "14.3x", "help"), ("Percentile", "3rd", None)])
    stamp = charts.Stamp("Title", "PE, times", date(2099, 7, 31), "Invented")
    rows = pd.DataFrame({"date": ["2099-07-31"], "value": [20.0], "status": ["OK"]})
    panels.show(charts.percentile_band(rows, None, stamp, charts.Theme()), "chart", "valuation", "One sentence.")
    panels.show(charts.percentile_band(rows, None, stamp, charts.Theme("dark")), "dark", "valuation", "One sentence.")
    panels.missing("12 of 23 companies report EPS")
    panels.computed("PE = close / EPS", "en")
    panels.sources([("P", "A [title]", "2099-01-01", "https://example.com/a"), {"publisher": "Q", "title": "B", "url": "javascript:x"}])


def test_panels_draw_and_show_words_as_they_stand():
    at = AppTest.from_function(a_page).run(timeout=20)
    assert not at.exception
    shown = " ".join(element.value for element in at.markdown)
    assert r"\*cheap\*" in shown and r"\$low\$" in shown
    assert "](https://example.com/a)" in shown and "javascript" not in shown
    assert [m.value for m in at.metric] == ["14.3x", "3rd"]
    assert r"\<script\>" in at.warning[0].value
    assert "12 of 23" in at.caption[0].value


def test_a_dark_chart_is_exchanged_for_its_light_twin():
    import json

    at = AppTest.from_function(a_page).run(timeout=20)
    papers = [json.loads(c.proto.spec)["layout"]["paper_bgcolor"] for c in at.get("plotly_chart")]
    assert papers == ["#FFFFFF", "#12161C"]
    at.toggle(key="dark_light").set_value(True).run(timeout=20)
    papers = [json.loads(c.proto.spec)["layout"]["paper_bgcolor"] for c in at.get("plotly_chart")]
    assert papers == ["#FFFFFF", "#FFFFFF"]


def test_every_chart_has_a_name_for_a_screen_reader():
    at = AppTest.from_function(a_page).run(timeout=20)
    assert all("One sentence." in str(chart.proto) for chart in at.get("plotly_chart"))
