"""The meeting pack: real slides and pages, each with its title, its picture, its sources and the
link that opens it.
"""

import io
import shutil
import struct
import subprocess
import warnings

import pytest

from tests.support.warehouses import ROOT
from ui import __main__ as commands
from ui import pack

pytestmark = pytest.mark.system


LOUD = "NO PACK: {problem}; the meeting pack is not made by this run"


@pytest.fixture(scope="module")
def able():
    if problem := pack.lacking():
        warnings.warn(LOUD.format(problem=problem), stacklevel=1)
        pytest.skip(LOUD.format(problem=problem))


@pytest.fixture(scope="module")
def made(warehouse, able, tmp_path_factory):
    """A pack of two companies and two pages in Chinese: the slides and the document as they are
    read back.
    """
    from pptx import Presentation
    from pypdf import PdfReader

    folder, pinned = tmp_path_factory.mktemp("pack"), []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(commands.answers, "pin", pinned.append)  # the folder belongs to all tests
        ended = commands.main(
            [
                "pack",
                "--pages",
                "valuation,buybacks",
                "--tickers",
                "700, 快手",
                "--as-of",
                "2026-07-31",
                "--lang",
                "zh",
                "-o",
                str(folder / "made.pptx"),
                "-o",
                str(folder / "made.pdf"),
            ]
        )
    assert ended == 0
    assert pinned == [warehouse.served.snapshot_id]
    return Presentation(str(folder / "made.pptx")), PdfReader(folder / "made.pdf")


def test_each_slide_has_its_title_picture_sources_and_link(made):
    slides, _ = made
    assert slides.slide_width / slides.slide_height == pytest.approx(16 / 9, rel=1e-3)
    first, *others = slides.slides
    assert "2026年7月31日" in first.shapes.title.text
    assert len(others) == 4
    for slide in others:
        (picture,) = [shape for shape in slide.shapes if shape.shape_type == 13]
        assert struct.unpack(">II", picture.image.blob[16:24]) == (1920, 1080)
        assert picture.left >= 0
        assert picture.left + picture.width <= slides.slide_width
        assert picture.top + picture.height <= slides.slide_height
        notes = slide.notes_slide.notes_text_frame.text
        assert "as_of=2026-07-31" in notes
        assert "&s=" in notes
        assert "来源" in notes
        assert slide.shapes.title.text
    assert "腾讯" in others[0].shapes.title.text
    assert "14.3倍" in others[0].shapes.title.text


def test_the_document_has_the_same_pictures_and_says_where_they_are_from(made):
    _, document = made
    words = [page.extract_text() for page in document.pages]
    assert len(words) >= 1 + 4 + 1
    assert float(document.pages[1].mediabox.width) / float(
        document.pages[1].mediabox.height
    ) == pytest.approx(16 / 9, rel=0.01)
    assert "腾讯" in words[1].replace(" ", "")
    assert "metric=pe_ttm" in "".join(words[1].split())
    assert "来源与链接" in "".join(words).replace(" ", "")


def test_a_company_on_one_page(warehouse, able, tmp_path, monkeypatch):
    from pptx import Presentation
    from pypdf import PdfReader

    monkeypatch.setattr(commands.answers, "pin", lambda snapshot_id: None)
    assert (
        commands.main(
            [
                "pack",
                "--pages",
                "company",
                "--tickers",
                "700",
                "--as-of",
                "2026-07-31",
                "-o",
                str(tmp_path / "one.pptx"),
                "-o",
                str(tmp_path / "one.pdf"),
            ]
        )
        == 0
    )
    _, sheet = Presentation(str(tmp_path / "one.pptx")).slides
    pictures = [shape for shape in sheet.shapes if shape.shape_type == 13]
    assert len(pictures) == 4
    assert "HK$475.20" in sheet.shapes.title.text
    assert any("14.3x" in shape.text_frame.text for shape in sheet.shapes if shape.has_text_frame)
    assert all(
        one.left + one.width <= 12192000 and one.top + one.height <= 6858000 for one in pictures
    )
    page = PdfReader(tmp_path / "one.pdf").pages[1].extract_text()
    assert "Tencent Holdings" in page
    assert "buybacks" in page
    assert "growth" in page


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (
            ["--pages", "weather", "-o", "x.pptx"],
            "--pages 'weather': no page of this name has a picture",
        ),
        (
            ["--pages", "valuation", "--tickers", "zzzz", "-o", "x.pptx"],
            "nothing here is called “zzzz”",
        ),
        (["--pages", "valuation", "--as-of", "2026-02-30", "-o", "x.pptx"], "is not a date"),
        (["--pages", "valuation", "-o", "x.docx"], "a pack is a .pptx or a .pdf"),
    ],
)
def test_what_is_not_understood_is_said_and_nothing_is_written(
    warehouse, capsys, tmp_path, monkeypatch, arguments, said
):
    monkeypatch.chdir(tmp_path)
    assert commands.main(["pack", *arguments]) == 2
    told = capsys.readouterr().err
    assert said in told
    assert "nothing was written" in told
    assert not list(tmp_path.iterdir())


def test_without_a_browser_or_a_library_it_says_what_is_missing(
    warehouse, monkeypatch, capsys, tmp_path
):
    monkeypatch.setenv("BROWSER_PATH", str(tmp_path / "none"))
    monkeypatch.setattr(pack, "find_spec", lambda name: name)
    assert (
        commands.main(
            ["pack", "--pages", "valuation", "--tickers", "700", "-o", str(tmp_path / "x.pdf")]
        )
        == 2
    )
    assert "no Chrome or Chromium is found: install one" in capsys.readouterr().err
    monkeypatch.setattr(pack, "find_spec", lambda name: None if name == "pptx" else name)
    assert pack.lacking() == "pptx is not installed: pip install -r requirements-pack.txt"


def test_one_pack_at_a_time(able):
    with pack._one_at_a_time, pytest.raises(pack.Busy), pack.drawing():
        pass


@pytest.mark.proof
def test_a_pack_of_ten_companies_opens_in_another_office(warehouse, able, tmp_path, monkeypatch):
    monkeypatch.setattr(commands.answers, "pin", lambda snapshot_id: None)
    if shutil.which("soffice") is None:
        warnings.warn(
            "NO LIBREOFFICE: the slides are not opened by another program in this run", stacklevel=1
        )
        pytest.skip("no soffice")
    file = tmp_path / "ten.pptx"
    ended = commands.main(
        [
            "pack",
            "--pages",
            "valuation,segments,buybacks,estimates",
            "--tickers",
            "700,9988,3690,1024,9999,9618,9888,PDD,1810,9626",
            "--as-of",
            "2026-07-31",
            "-o",
            str(file),
        ]
    )
    assert ended in (0, 3)
    subprocess.run(
        ["soffice", "--headless", "--convert-to", "pdf", "--outdir", str(tmp_path), str(file)],
        check=True,
        timeout=240,
        capture_output=True,
        cwd=ROOT,
    )
    from pptx import Presentation
    from pypdf import PdfReader

    assert (
        len(PdfReader(io.BytesIO((tmp_path / "ten.pdf").read_bytes())).pages)
        == len(Presentation(str(file)).slides)
        > 25
    )
