"""Every picture of the pages, drawn from real figures at each size of its file: it says what it is,
of which day, from where, and which link opens it.
"""

import html
import re
from collections.abc import Iterator
from functools import cache
from urllib.parse import parse_qs

import pytest

from ui import links, stamp
from ui.pictures import buybacks, coverage, documents, estimates, market, segments, traffic
from ui.pictures.overview import side_by_side
from ui.pictures.parts import Picture
from ui.pictures.valuation import ACROSS, Multiple
from ui.view import View, view_of

pytestmark = pytest.mark.unit


# Small companies beside large ones, a US line's issuer, one without a daily report, an index.
COMPANIES, ROOMS = ("0700.HK", "9988.HK", "1024.HK", "PDD"), {}
FIRST = COMPANIES[:1]
READABLE = 22  # px of the smallest text of a picture file


def room(make):
    ROOMS[make.__name__] = make
    return make


@room
def of_valuation(view: View, companies: tuple[str, ...]) -> Iterator[Picture]:
    for ticker in (*companies[:2], "HSTECH"):
        yield from (
            Multiple(view, ticker).own_picture(
                chart,
                "^HSI" if ticker == "HSTECH" else "9988.HK" if ticker != "9988.HK" else "0700.HK",
            )
            for chart in (
                links.VALUATION_CHARTS
                if ticker != "HSTECH"
                else ("history", "distribution", "percentile")
            )
        )
    yield from (Multiple(view, "0700.HK").across_picture(across, ["0700.HK"]) for across in ACROSS)
    yield Multiple(view, "0700.HK", "pe_forward").history_picture()


@room
def of_overview(view: View, companies: tuple[str, ...]) -> Iterator[Picture]:
    rows = view.ask("SELECT * FROM overview(?, ?, ?)", view.as_of, view.years, view.state.basis)
    yield from (
        side_by_side(view, rows[rows["kind"] == "company"], across)
        for across in ("ranges", "windows")
    )


@room
def of_buybacks(view: View, companies: tuple[str, ...]) -> Iterator[Picture]:
    yield from (
        buybacks.Buybacks(view, ticker).own_picture(chart)
        for ticker in companies
        for chart in links.BUYBACK_CHARTS
    )
    yield from (buybacks.league_picture(view, across) for across in links.BUYBACK_ACROSS)


@room
def of_segments(view: View, companies: tuple[str, ...]) -> Iterator[Picture]:
    for ticker in companies:
        own = segments.Segments(view, ticker)
        yield from (own.history_picture(chart) for chart in segments.KEYS)
        yield own.contribution_picture()
        if len(segments.Kpis(view, ticker).history):
            yield segments.Kpis(view, ticker, own.year_end).picture()
    yield from (
        segments.theme_picture(view, theme, "0700.HK")
        for theme in (links.THEMES if len(companies) > 1 else links.THEMES[:1])
    )


@room
def of_estimates(view: View, companies: tuple[str, ...]) -> Iterator[Picture]:
    yield from (
        estimates.Street(view, ticker).own_picture(chart)
        for ticker in companies
        for chart in links.ESTIMATE_CHARTS
    )


@room
def of_coverage(view: View, companies: tuple[str, ...]) -> Iterator[Picture]:
    yield from (coverage.Coverage(view).own_picture(chart) for chart in links.COVERAGE_CHARTS)


@room
def of_market(view: View, companies: tuple[str, ...]) -> Iterator[Picture]:
    yield market.Month(view).sheet_picture()


@room
def of_documents(view: View, companies: tuple[str, ...]) -> Iterator[Picture]:
    yield documents.Happenings(view).events_picture()
    yield from (
        documents.Happenings(view, ("0700.HK",)).own_picture(chart)
        for chart in links.DOCUMENT_CHARTS
    )


@room
def of_traffic(view: View, companies: tuple[str, ...]) -> Iterator[Picture]:
    yield from (traffic.Week(view).own_picture(chart) for chart in links.TRAFFIC_CHARTS)
    stats = traffic.sector_stats(view)
    for section, rows in stats.groupby("section"):
        yield from (
            traffic.sector_picture(view, section, name, part)
            for name, part in list(traffic.comparable(rows).items())[:1]
        )


@pytest.fixture
def see(warehouse):
    """see(language) -> the view of a link that names no more than a language."""
    return cache(lambda language: view_of({"lang": language}, warehouse.served)[0])


def plain(mark) -> str:
    """The words of a mark on one line; a link is broken between its parameters and nothing is put
    there.
    """
    return html.unescape(re.sub(r"<[^>]+>", "", mark.text.replace("<br>", " ")))


def check(shown: Picture, view: View, form: str) -> None:
    """What a reader of the bare file can name, and that all of it lies within the file."""
    figure, room = stamp.fitted(shown.draw, view.theme(), stamp.FORMATS[form])
    marks = {
        mark.name: mark
        for mark in figure.layout.annotations
        if mark.name in ("title", "subtitle", "footer")
    }
    about, words = (
        f"{shown.name} {shown.tickers} {form}",
        {name: plain(mark) for name, mark in marks.items()},
    )
    assert 0 < len(words["title"]) <= stamp.LONGEST_TITLE and words["subtitle"].strip(), about
    assert view.day(shown.evening).replace(" ", "") in words["footer"].replace(" ", ""), about
    assert ("Source: " if view.language == "en" else "来源") in words["footer"], about
    link, said = figure.layout.meta["link"], words["footer"].replace(" ", "")
    assert link.replace(" ", "") in said and f"s={view.served.snapshot_id}" in link, about
    state, problems = links.parse(
        {name: value[0] for name, value in parse_qs(link.split("?")[1]).items()},
        view.universe,
        latest=view.latest,
    )
    assert not problems and state.as_of is not None and state.lang == view.language, (
        about,
        problems,
    )
    for name, mark in marks.items():
        for line in mark.text.split("<br>"):
            assert (
                stamp.measure(plain(type(mark)(text=line)), mark.font.size, name == "title")
                <= room.width - stamp.EDGE
            ), (about, line)  # a stop at a line's end may hang over
    assert figure.layout.margin.t + figure.layout.margin.b < room.height - 100, about
    assert shown.alt and (
        view.name(shown.tickers[0]) in shown.alt
        if shown.tickers and shown.tickers[0] in view.kinds
        else True
    ), about
    sizes = [mark.font.size for mark in figure.layout.annotations] + [
        trace.textfont.size for trace in figure.data if "textfont" in trace and trace.textfont.size
    ]
    assert min(sizes) * stamp.SCALE * stamp.FORMATS[form].width / room.width >= READABLE, about
    assert bool(len(figure.data)) or bool(figure.layout.shapes) or bool(shown.missing), (
        f"{about}: empty, and no word why"
    )


@pytest.mark.system
@pytest.mark.parametrize("name", ROOMS)
def test_every_picture_says_what_it_is_and_lies_within_its_file(see, name):
    """Each picture of a room once, the formats in turn."""
    for at, shown in enumerate(ROOMS[name](see("en"), FIRST)):
        check(shown, see("en"), [*stamp.FORMATS][at % 3])


@pytest.mark.proof
@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("form", stamp.FORMATS)
@pytest.mark.parametrize("name", ROOMS)
def test_every_picture_in_every_format_and_language(see, name, form, language):
    for shown in ROOMS[name](see(language), COMPANIES):
        check(shown, see(language), form)


@pytest.mark.system
def test_what_a_company_lacks_is_none_and_what_it_has_is_a_picture(see):
    """The pictures that other pages take: a figure where there is something to draw, None where
    there is not.
    """
    view = see("en")
    for make in (
        segments.growth,
        segments.revenue,
        buybacks.paid,
        buybacks.periods,
        estimates.targets,
        estimates.expected,
    ):
        assert make(view, "0700.HK").draw(view.theme()).data, make.__name__
    early = view_of({"as_of": "2005-01-03"}, view.served)[0]
    assert [
        make(early, "0700.HK")
        for make in (
            segments.growth,
            segments.revenue,
            buybacks.paid,
            buybacks.periods,
            estimates.targets,
            estimates.expected,
        )
    ] == [None] * 6
