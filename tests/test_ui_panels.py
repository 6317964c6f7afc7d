"""The small Streamlit pieces, run in Streamlit's own test harness."""

import ast
import json
import re
from pathlib import Path

import plotly.graph_objects as go
import pytest
from streamlit.testing.v1 import AppTest

from ui import charts, draft, panels

pytestmark = pytest.mark.unit


def a_page():
    from datetime import date

    import pandas as pd

    from ui import charts, links, panels

    panels.screen()
    panels.notice([links.Problem("t", "<script>*x*", "link.no_ticker", ("0700.HK",))], "en")
    panels.finding("Invented trades at 14.3x, *cheap* & $low$.")
    panels.headline([panels.Tile("PE-TTM", "14.3x", "help"), panels.Tile("Percentile", "3rd")])
    stamp = charts.Stamp("Title", "PE, times", date(2099, 7, 31), "Invented")
    rows = pd.DataFrame({"date": ["2099-07-31"], "value": [20.0], "status": ["OK"]})
    panels.show(charts.percentile_band(rows, None, stamp, charts.Theme()), "chart", "One sentence.")
    panels.missing("12 of 23 companies report EPS")
    panels.computed("PE = close / EPS", "en")
    panels.sources(
        [
            ("P", "A [title]", "2099-01-01", "https://example.com/a"),
            {"publisher": "Q", "title": "B", "url": "javascript:x"},
        ]
    )


def test_panels_draw_and_show_words_as_they_stand():
    at = AppTest.from_function(a_page).run(timeout=20)
    assert not at.exception
    shown = " ".join(element.value for element in at.markdown)
    assert r"\*cheap\*" in shown
    assert r"\$low\$" in shown
    assert "](https://example.com/a)" in shown
    assert "javascript" not in shown
    assert [m.value for m in at.metric] == ["14.3x", "3rd"]
    assert r"\<script\>" in at.warning[0].value
    assert "12 of 23" in at.caption[0].value


def a_picture():
    from datetime import date
    from types import SimpleNamespace

    import pandas as pd

    from ui import charts, panels
    from ui.pictures.parts import Picture
    from ui.text import text

    view = SimpleNamespace(
        state=SimpleNamespace(mode=""),
        text=text,
        language="en",
        theme=lambda **options: charts.Theme("dark", width=330),
    )
    stamp = charts.Stamp("Title", "PE, times", date(2099, 7, 31), "Invented")
    rows = pd.DataFrame(
        {"date": ["2099-06-30", "2099-07-31"], "value": [21.0, 20.0], "status": ["OK", "OK"]}
    )
    for name in ("first", "second"):
        panels.picture(
            view,
            Picture(
                name,
                ("9000.HK",),
                date(2099, 7, 31),
                "One sentence.",
                lambda theme: charts.percentile_band(rows, None, stamp, theme),
            ),
        )


def drawn(at):
    return [
        (json.loads(chart.proto.spec), json.loads(chart.proto.config))
        for chart in at.get("plotly_chart")
    ]


@pytest.mark.parametrize(("form", "size"), [("wide", (960, 540)), ("tall", (540, 675))])
def test_one_click_draws_the_file_anew_light_and_for_one_run_only(form, size):
    at = AppTest.from_function(a_picture).run(timeout=20)
    assert [figure["layout"]["paper_bgcolor"] for figure, _ in drawn(at)] == ["#12161C"] * 2
    assert not any(config["displayModeBar"] for _, config in drawn(at))
    at.button(key=f"picture_second_9000_HK__{form}").click().run(timeout=20)
    (_, _), (_, _), (figure, config) = drawn(at)
    assert figure["layout"]["paper_bgcolor"] == "#FFFFFF"
    assert figure["layout"]["height"] == size[1]
    options = config["toImageButtonOptions"]
    assert (options["width"], options["height"], options["scale"]) == (*size, 2)
    assert options["filename"] == "second-9000.HK-2099-07-31"
    assert config["displayModeBar"] is True
    assert len(drawn(at.run(timeout=20))) == 2


def test_every_chart_has_words_for_a_screen_reader():
    at = AppTest.from_function(a_picture).run(timeout=20)
    assert [chart.proto.alt for chart in at.get("plotly_chart")] == ["One sentence."] * 2


@pytest.mark.parametrize(
    ("finished", "alt", "why"),
    [(False, "One sentence.", "without its stamp"), (True, " ", "without words")],
)
def test_a_chart_without_its_stamp_or_its_words_is_refused(finished, alt, why):
    figure = go.Figure(go.Scatter(x=[1], y=[1]))
    if finished:
        figure = charts.finish(
            draft.Draft(draft.scatter(x=[1], y=[1])),
            charts.Stamp("Title", "PE, times", None, "Invented"),
            charts.Theme(),
        )
    with pytest.raises(ValueError, match=why):
        panels.show(figure, "chart", alt)


def test_only_the_panel_draws_charts_on_a_page():
    """A page that drew its own chart would show one without its stamp."""
    root = Path(__file__).resolve().parent.parent
    drawing = {
        path.relative_to(root).as_posix()
        for folder in ("pages", "ui")
        for path in (*(root / folder).rglob("*.py"), root / "app.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Attribute)
        and re.fullmatch(r"\w+_chart|pyplot", node.attr)
        and isinstance(node.value, ast.Name)
        and node.value.id == "st"
    }
    assert drawing == {"ui/panels.py"}
