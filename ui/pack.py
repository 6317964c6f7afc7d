"""The meeting pack: the pictures of chosen pages and companies as slides (PPTX) and as a document
(PDF), each with its sources and the link that opens it.

A browser that is found on this machine draws the pictures, one at a time and within a limit; where
there is none, or a library is missing, `Unable` says what to install. Nothing else of the dashboard
needs either.
"""

from __future__ import annotations

import io
import os
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import plotly.graph_objects as go

from ui import stamp
from ui.pictures import buybacks, company, estimates, segments
from ui.pictures.market import Month
from ui.pictures.overview import side_by_side
from ui.pictures.parts import Picture, something
from ui.pictures.valuation import Multiple
from ui.stamp import FORMATS, SCALE, fitted
from ui.view import View

NEEDED = ("kaleido", "pptx", "pypdf")
SECONDS = 30  # for one picture
MOST = 120  # pictures of one pack
QUARTER = stamp.Format(640, 360)  # of a sheet: the text stays readable in a quarter of a page
INCH = 914400  # of which a slide of 13.333 x 7.5 is made
LINES = 26  # of sources on a page of the document

_one_at_a_time = threading.Lock()


class Unable(Exception):
    """The pack cannot be made here: what is missing, and how it comes."""


class Busy(Unable):
    """Another pack is being made."""


@dataclass(frozen=True)
class Slide:
    """What is put before people at once: title, light figures with their px (one, or up to four of
    a company's sheet), the line of figures of a sheet, the words beside it.
    """

    title: str
    figures: list[tuple[go.Figure, stamp.Format]]
    notes: str
    line: str = ""


@dataclass(frozen=True)
class Sheet:
    """A company on one page."""

    name: str
    title: str
    line: str
    pictures: list[Picture]


@dataclass(frozen=True)
class Pack:
    """The files' bytes by ending ('pptx', 'pdf'), how many pictures they have, and what was left
    out: (page, name).
    """

    files: dict[str, bytes]
    pictures: int
    left_out: list[tuple[str, str]]


def _sheet(view: View, ticker: str) -> Sheet | None:
    shown = [one for one in company.pictures(view, ticker) if one is not None]
    return Sheet(f"company-{ticker}", *company.told(view, ticker), shown) if shown else None


def _estimates(view: View, ticker: str) -> Picture | None:
    return estimates.targets(view, ticker) or estimates.expected(view, ticker)


def _board(view: View, _: str) -> Picture | None:
    rows = view.ask("SELECT * FROM overview(?, ?, ?)", view.as_of, view.years, view.state.basis)
    shown = (
        rows[rows["ticker"].isin(view.state.tickers)]
        if view.state.tickers
        else rows[rows["kind"] == "company"]
    )
    return something(side_by_side(view, shown)) if len(shown) else None


# One picture a company, and one for all of them.
OF_EACH: dict[str, Callable[[View, str], Picture | None]] = {
    "valuation": lambda view, ticker: something(Multiple(view, ticker).history_picture()),
    "segments": segments.growth,
    "buybacks": buybacks.periods,
    "estimates": _estimates,
}
OF_ALL: dict[str, Callable[[View, str], Picture | None]] = {
    "overview": _board,
    "market": lambda view, _: something(Month(view).sheet_picture()),
}
SHEET = "company"  # four pictures and a line of figures on one slide
PAGES = (*OF_ALL, SHEET, *OF_EACH)


def browser() -> str | None:
    """The path of a Chrome or Chromium: the one that BROWSER_PATH names, one on the path or where
    it is usually installed, or playwright's own.
    """
    named = os.environ.get("BROWSER_PATH")
    if named:
        return named if Path(named).is_file() else None
    from choreographer.browsers.chromium import Chromium

    own = sorted(Path.home().glob(".cache/ms-playwright/chromium-*/chrome-linux*/chrome"))
    return Chromium.find_browser(skip_local=False) or (str(own[-1]) if own else None)


def lacking() -> str | None:
    """What is missing here to make a pack, in English for whoever runs the server; None where all
    is there.
    """
    missing = [name for name in NEEDED if find_spec(name) is None]
    if missing:
        return f"{', '.join(missing)} is not installed: pip install -r requirements-pack.txt"
    if browser() is None:
        return (
            "no Chrome or Chromium is found: install one (apt-get install chromium, or "
            "python -m playwright install chromium), or name it in BROWSER_PATH"
        )
    return None


class Drawing:
    """A browser that draws figures into files, one after another, each within SECONDS."""

    def __init__(self) -> None:
        import kaleido

        self._kaleido = kaleido
        options: dict[str, Any] = {"n": 1, "timeout": SECONDS, "mathjax": False, "path": browser()}
        kaleido.start_sync_server(silence_warnings=True, **options)

    def draw(self, figure: go.Figure, kind: str, room: stamp.Format, scale: float) -> bytes:
        """The bytes of a figure laid out in room: png or pdf.

        Raises Unable where it takes too long.
        """
        told: list[Any] = []

        def work() -> None:
            try:
                told.append(
                    self._kaleido.calc_fig_sync(
                        figure,
                        opts={
                            "format": kind,
                            "width": room.width,
                            "height": room.height,
                            "scale": scale,
                        },
                    )
                )
            except Exception as error:  # noqa: BLE001
                # a browser fails in many ways; the reader is told which
                told.append(error)

        # A server that died does not answer: wait for it in a thread that may be left behind.
        thread = threading.Thread(target=work, daemon=True)
        thread.start()
        thread.join(SECONDS + 5)
        if not told or not isinstance(told[0], bytes):
            raise Unable(
                "the browser did not draw a picture: "
                f"{str(told[0])[:200] if told else f'no answer within {SECONDS} s'}"
            )
        return told[0]

    def end(self) -> None:
        thread = threading.Thread(
            target=lambda: self._kaleido.stop_sync_server(silence_warnings=True), daemon=True
        )
        thread.start()
        thread.join(10)


@contextmanager
def drawing() -> Iterator[Drawing]:
    """The one browser of this process.

    Raises Busy where it is in use, Unable where there is none.
    """
    problem = lacking()
    if problem:
        raise Unable(problem)
    if not _one_at_a_time.acquire(blocking=False):
        raise Busy("another pack is being made; try again in a minute")
    try:
        one = Drawing()
        try:
            yield one
        finally:
            one.end()
    finally:
        _one_at_a_time.release()


def pictures_of(
    view: View, pages: Sequence[str], tickers: Sequence[str]
) -> tuple[list[Picture | Sheet], list[tuple[str, str]]]:
    """The pictures of these pages: those of all once, then company by company; and (page, name) of
    what a company has nothing for.
    """
    wanted = [(page, "") for page in pages if page in OF_ALL] + [
        (page, ticker) for ticker in tickers for page in pages if page == SHEET or page in OF_EACH
    ]
    found, left_out = [], []
    for page, ticker in wanted[:MOST]:
        shown = {**OF_ALL, SHEET: _sheet, **OF_EACH}[page](view, ticker)
        if shown is None:
            left_out.append((page, view.name(ticker) if ticker else ""))
        else:
            found.append(shown)
    return found, left_out + [
        (page, view.name(ticker) if ticker else "") for page, ticker in wanted[MOST:]
    ]


def make(
    view: View,
    pages: Sequence[str],
    tickers: Sequence[str],
    kinds: Sequence[str] = ("pptx", "pdf"),
    on_progress: Callable[[int, int, str], object] = lambda done, whole, name: None,
) -> Pack:
    """The pack of these pages and companies as files of these kinds. on_progress(done, whole, name)
    is called before each picture and at the end. Raises Unable.
    """
    tickers = list(dict.fromkeys(view.universe.issuer(ticker) for ticker in tickers))
    pictures, left_out = pictures_of(view, pages, tickers)
    if not pictures:
        raise Unable(view.text("pack.nothing"))
    slides, images, sheets = [], [], []
    with drawing() as draw:
        for done, shown in enumerate(pictures):
            on_progress(done, len(pictures), shown.name)
            slide = _slide(view, shown)
            slides.append(slide)
            if "pptx" in kinds:
                images.append(
                    [
                        draw.draw(figure, "png", room, FORMATS["wide"].width * SCALE / room.width)
                        for figure, room in slide.figures
                    ]
                )
            if "pdf" in kinds:
                parts = [draw.draw(figure, "pdf", room, 1) for figure, room in slide.figures]
                sheets.append(
                    _joined(
                        draw.draw(
                            _page(view, slide.title, [slide.line], small=True),
                            "pdf",
                            FORMATS["wide"],
                            1,
                        ),
                        parts,
                    )
                    if slide.line
                    else parts[0]
                )
        front = _front(view, slides, tickers)
        if "pdf" in kinds:
            sheets = (
                [
                    draw.draw(page, "pdf", FORMATS["wide"], 1)
                    for page in [_page(view, front[0], front[1:])]
                ]
                + sheets
                + [
                    draw.draw(page, "pdf", FORMATS["wide"], 1)
                    for page in _source_pages(view, slides)
                ]
            )
    files = {}
    if "pptx" in kinds:
        files["pptx"] = _presentation(front, slides, images)
    if "pdf" in kinds:
        files["pdf"] = _document(front[0], sheets)
    on_progress(len(pictures), len(pictures), "")
    return Pack(files, len(pictures), left_out)


def _slide(view: View, shown: Picture | Sheet, form: stamp.Format = FORMATS["wide"]) -> Slide:
    if isinstance(shown, Sheet):
        parts = [_slide(view, one, QUARTER) for one in shown.pictures]
        return Slide(
            shown.title,
            [figure for part in parts for figure in part.figures],
            "\n".join([shown.line, *(part.notes for part in parts)]),
            shown.line,
        )
    figure, room = fitted(shown.draw, replace(view.theme(), name="light"), form)
    said = figure.layout.meta
    sources = [
        " · ".join(
            str(part)[:200]
            for part in (row["publisher"], row["title"], str(row["published_on"])[:10], row["url"])
            if part and str(part) not in ("NaT", "None", "nan")
        )
        for row in view.sources_of(shown.sources)
    ]
    link = (
        said["link"]
        if "://" in said["link"]
        else "http" + ("" if view.address.startswith("http:") else "s") + "://" + said["link"]
    )
    return Slide(
        said["title"], [(figure, room)], "\n".join([shown.alt, said["footer"], link, *sources])
    )


def _front(view: View, slides: Sequence[Slide], tickers: Sequence[str]) -> list[str]:
    """The words of the first slide: its title, then lines."""
    return [
        view.text("pack.title", date=view.day(view.as_of)),
        view.text(
            "pack.companies",
            names=view.text("mark.comma").join(view.name(ticker) for ticker in tickers)
            or view.text("filter.all"),
        ),
        view.text(
            "pack.state",
            window=view.window_words(),
            basis=view.text(f"basis.{view.state.basis}"),
            number=len(slides),
        ),
        view.text("pack.snapshot", snapshot=view.served.snapshot_id),
        view.text("pack.proof"),
    ]


def _page(view: View, title: str, lines: Sequence[str], *, small: bool = False) -> go.Figure:
    """A page of words in the look of a picture; small: as the head of a sheet."""
    theme, form = replace(view.theme(), name="light"), FORMATS["wide"]
    wrapped = [
        part
        for line in lines
        for part in stamp.wrap(line, form.width - (32 if small else 100), 10 if small else 13)
    ]
    figure = go.Figure()
    figure.add_annotation(
        text=f"<b>{stamp.escape(title)}</b>",
        x=0,
        y=1,
        xref="paper",
        yref="paper",
        xanchor="left",
        yanchor="top",
        showarrow=False,
        font={"size": 16 if small else 24, "color": theme.colour("ink"), "family": stamp.FONTS},
    )
    figure.add_annotation(
        text="<br>".join(stamp.escape(line) for line in wrapped),
        x=0,
        y=1,
        yshift=-24 if small else -50,
        xref="paper",
        yref="paper",
        xanchor="left",
        yanchor="top",
        align="left",
        showarrow=False,
        font={
            "size": 10 if small else 11 if len(wrapped) > 20 else 14,
            "color": theme.colour("ink"),
            "family": stamp.FONTS,
        },
    )
    figure.update_layout(
        template=go.layout.Template(),
        paper_bgcolor=theme.colour("paper"),
        plot_bgcolor=theme.colour("paper"),
        margin={"l": 16, "r": 16, "t": 10, "b": 10}
        if small
        else {"l": 50, "r": 50, "t": 40, "b": 30},
        xaxis={"visible": False},
        yaxis={"visible": False},
    )
    return figure


def _source_pages(view: View, slides: Sequence[Slide]) -> list[go.Figure]:
    """Where each picture of the document is from, and the link that opens it."""
    lines = [
        part
        for number, slide in enumerate(slides, 2)
        for line in (
            f"{number}. {slide.title}",
            *(f"    {words}" for words in slide.notes.split("\n")[2 : 40 if slide.line else 12]),
            "",
        )
        for part in (stamp.wrap(line, FORMATS["wide"].width - 100, 11) or [""])
    ]
    pages = [lines[start : start + LINES] for start in range(0, len(lines), LINES)]
    return [_page(view, view.text("pack.sources"), page) for page in pages]


def _presentation(
    front: Sequence[str], slides: Sequence[Slide], images: Sequence[Sequence[bytes]]
) -> bytes:
    from pptx import Presentation
    from pptx.util import Emu, Pt

    made = Presentation()
    made.slide_width, made.slide_height = Emu(int(13.333 * INCH)), Emu(int(7.5 * INCH))
    made.core_properties.title, made.core_properties.author = front[0], "Harbourview"
    first = made.slides.add_slide(made.slide_layouts[5])
    _titled(first, front[0], 40, 0.6, 1.2)
    box = first.shapes.add_textbox(
        Emu(int(0.6 * INCH)), Emu(2 * INCH), Emu(int(12.1 * INCH)), Emu(4 * INCH)
    ).text_frame
    box.word_wrap = True
    for place, line in enumerate(front[1:]):
        paragraph = box.paragraphs[0] if place == 0 else box.add_paragraph()
        paragraph.text, paragraph.font.size, paragraph.space_after = line, Pt(20), Pt(10)
    for slide, parts in zip(slides, images, strict=True):
        page = made.slides.add_slide(made.slide_layouts[5])
        _titled(page, slide.title, 16 if slide.line else 24, 0.12, 0.5 if slide.line else 0.6)
        if slide.line:
            words = page.shapes.add_textbox(
                Emu(int(0.6 * INCH)),
                Emu(int(0.6 * INCH)),
                Emu(int(12.1 * INCH)),
                Emu(int(0.5 * INCH)),
            ).text_frame
            words.word_wrap, words.text = True, slide.line
            words.paragraphs[0].font.size = Pt(12)
        height = 3.05 if slide.line else 6.7  # inches of a picture
        width, top = int(height * 16 / 9 * INCH), 1.25 if slide.line else 0.75
        left = (made.slide_width - (2 * width + INCH // 5 if slide.line else width)) // 2
        for place, image in enumerate(parts):
            picture = page.shapes.add_picture(
                io.BytesIO(image),
                Emu(left + place % 2 * (width + INCH // 5)),
                Emu(int((top + place // 2 * (height + 0.05)) * INCH)),
                Emu(width),
            )
            picture.element.nvPicPr.cNvPr.set("descr", slide.notes.split("\n")[0])
        page.notes_slide.notes_text_frame.text = slide.notes
    file = io.BytesIO()
    made.save(file)
    return file.getvalue()


def _titled(slide: Any, words: str, size: int, top: float, height: float) -> None:
    from pptx.enum.text import PP_ALIGN
    from pptx.util import Emu, Pt

    title = slide.shapes.title
    title.left, title.top, title.width, title.height = (
        Emu(int(0.6 * INCH)),
        Emu(int(top * INCH)),
        Emu(int(12.1 * INCH)),
        Emu(int(height * INCH)),
    )
    title.text_frame.text, title.text_frame.word_wrap = words, True
    paragraph = title.text_frame.paragraphs[0]
    paragraph.font.size, paragraph.font.bold, paragraph.alignment = Pt(size), True, PP_ALIGN.LEFT


def _joined(head: bytes, parts: Sequence[bytes]) -> bytes:
    """One page: the head, and up to four pictures two by two beneath it."""
    from pypdf import PdfReader, PdfWriter, Transformation

    made = PdfWriter()
    made.append(PdfReader(io.BytesIO(head)))
    page = made.pages[0]
    width, height = float(page.mediabox.width), float(page.mediabox.height)
    band = 0.1 * height
    for place, part in enumerate(parts):
        picture = PdfReader(io.BytesIO(part)).pages[0]
        scale = min(
            width / 2 / float(picture.mediabox.width),
            (height - band) / 2 / float(picture.mediabox.height),
        )
        page.merge_transformed_page(
            picture,
            Transformation()
            .scale(scale)
            .translate(
                place % 2 * width / 2 + (width / 2 - scale * float(picture.mediabox.width)) / 2,
                (1 - place // 2) * (height - band) / 2,
            ),
        )
    file = io.BytesIO()
    made.write(file)
    return file.getvalue()


def _document(title: str, sheets: Sequence[bytes]) -> bytes:
    from pypdf import PdfReader, PdfWriter

    made = PdfWriter()
    for sheet in sheets:
        made.append(PdfReader(io.BytesIO(sheet)))
    made.add_metadata({"/Title": title, "/Author": "Harbourview"})
    file = io.BytesIO()
    made.write(file)
    return file.getvalue()
