"""The chief pages in a real browser: drawn, whole above the fold, readable on a phone, led by the
keyboard, and a picture of the right size in one click.
"""

import base64
import json
import re
import shutil
import struct
import subprocess
import time

import pytest

pytestmark = pytest.mark.browser


CHART = ".js-plotly-plot .main-svg"
BAR = "[data-testid='stMultiSelect'] input"


def whole_above_the_fold(page):
    box = page.locator(".js-plotly-plot").first.bounding_box()
    assert box["y"] + box["height"] <= 768, box


def test_a_deep_link_is_the_first_thing_a_new_server_is_asked(visit):
    """Streamlit ran the page without its frame until somebody had opened the front page; and
    nothing is asked of the world.
    """
    page = visit("valuation?t=0700.HK&as_of=2025-12-31&w=3y", wait=CHART)
    assert "Tencent trades at 20.1x" in page.inner_text("[data-testid='stMain']")
    assert (
        page.locator("[data-testid='stTopNavLink'], [data-testid='stTopNavLinkContainer']").count()
        >= 5
    )
    assert [
        url
        for url in page.asked
        if "127.0.0.1" not in url and not url.startswith(("data:", "blob:"))
    ] == []
    whole_above_the_fold(page)
    assert page.locator("[data-testid='stDataFrame']").count() >= 2, (
        "the tables that waited for the first picture"
    )


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_company_prints_on_one_sheet(visit, language):
    """Alibaba has the longest lists; a twentieth of the sheet stays free for another browser's
    letters.
    """
    page = visit(f"company?t=9988.HK&lang={language}", wait=CHART)
    page.wait_for_function(
        "() => document.querySelectorAll('.js-plotly-plot .main-svg').length >= 8"
    )  # two layers a chart
    printed = page.pdf(prefer_css_page_size=True)
    assert len(re.findall(rb"/Type\s*/Page\b", printed)) == 1
    assert re.search(rb"/MediaBox\s*\[0 0 59[45]\S* 84[12]", printed)
    page.set_viewport_size(
        {"width": 733, "height": 1062}
    )  # A4 without its margins, at 96 points an inch
    page.emulate_media(media="print")
    assert (
        page.locator("[data-testid='stMainBlockContainer']").bounding_box()["height"] < 0.95 * 1062
    )
    assert (
        page.locator(".st-key-filters").is_hidden()
        and page.locator("[data-testid='stColumn']").nth(1).bounding_box()["x"] > 300
    ), "two charts beside each other"


def test_the_front_door_is_overview_and_the_keyboard_leads_to_the_ticker_filter(visit):
    page = visit("?t=700&basis=reported")
    page.wait_for_url("**/overview?**")
    assert "t=0700.HK" in page.url
    assert "basis=reported" in page.url
    # From the top of the page: past its navigation, and into the filter.
    pages = page.locator("[data-testid='stTopNavLink']").count()
    for _ in range(pages + 7):
        page.keyboard.press("Tab")
        if page.evaluate(f'() => document.activeElement === document.querySelector("{BAR}")'):
            break
    assert page.evaluate(f'() => document.activeElement === document.querySelector("{BAR}")')
    page.keyboard.press("ArrowDown")
    page.wait_for_selector("[role='listbox'] [role='option']")


@pytest.mark.proof
@pytest.mark.parametrize(
    "path", ["market?month=2024-11", "buybacks?t=0700.HK", "buybacks", "segments?t=0700.HK"]
)
def test_the_first_chart_stands_whole_above_the_fold_of_a_laptop(visit, path):
    whole_above_the_fold(visit(path, wait=CHART))


@pytest.mark.parametrize(
    "paths",
    [
        ("overview?lang=zh", "valuation?t=0700.HK&lang=en"),
        pytest.param(
            (
                "buybacks?t=0700.HK&lang=zh",
                "segments?t=0700.HK&lang=en",
                "coverage?lang=zh",
                "documents?lang=en",
                "data?lang=zh",
            ),
            marks=pytest.mark.proof,
        ),
    ],
)
def test_nothing_runs_off_a_phone(visit, paths):
    page = visit(paths[0], size=(390, 844))
    for path in paths:
        page = page.then(path) if path != paths[0] else page
        wide = page.evaluate(
            "() => { const box = document.querySelector('[data-testid=\"stMain\"]'); return "
            "box.scrollWidth - box.clientWidth }"
        )
        assert wide <= 2, path


def test_a_wrong_ticker_is_named_and_a_typed_one_understood(visit):
    page = visit("valuation?t=zzzz", wait=CHART)
    assert "zzzz" in page.inner_text("[data-testid='stAlert']")
    page.locator(BAR).first.fill("网易")
    page.keyboard.press("Enter")
    page.wait_for_url("**t=9999.HK**")
    page.wait_for_selector("text=NetEase trades at")
    # A list as it is pasted from a mail, the bar no taller than two rows of it on a laptop.
    page.locator(BAR).first.fill("700, 9988 HK；3690.HK 小米")
    page.keyboard.press("Enter")
    page.wait_for_function(
        "() => decodeURIComponent(location.search).includes('t=9999.HK,0700.HK,9988.HK,3690.HK,"
        "1810.HK&')"
    )
    assert page.locator(".st-key-filters").bounding_box()["height"] < 110


# Pictures -----------------------------------------------------------------------------------------

SIZES = {"wide": (1920, 1080), "half": (1440, 1080), "tall": (1080, 1350)}
# How many px are darker than mid-grey in each tenth of the height, and the colour of a corner.
LOOK = """async (data) => {
  const image = new Image();
  image.src = 'data:image/png;base64,' + data;
  await image.decode();
  const canvas = document.createElement('canvas');
  canvas.width = image.width; canvas.height = image.height;
  const pen = canvas.getContext('2d');
  pen.drawImage(image, 0, 0);
  const height = Math.floor(image.height / 10);
  const bands = [...Array(10).keys()].map(i => {
    const top = Math.floor(i * image.height / 10);
    const part = pen.getImageData(0, top, image.width / 2, height).data;
    let dark = 0;
    for (let at = 0; at < part.length; at += 4) {
      dark += part[at] + part[at + 1] + part[at + 2] < 384;
    }
    return dark;
  });
  return { bands, corner: Array.from(pen.getImageData(3, 3, 1, 1).data).slice(0, 3) } }"""
# Characters that no font has are all drawn as the same box: how many of these, and how many shapes.
SHAPES = """async ([words, font]) => {
  await document.fonts.ready;
  const canvas = document.createElement('canvas');
  canvas.width = canvas.height = 32;
  const pen = canvas.getContext('2d');
  pen.font = '24px ' + font;
  const characters = [...new Set(words)].filter(c => c >= '\\u4e00' && c <= '\\u9fff');
  const shape = c => {
    pen.clearRect(0, 0, 32, 32);
    pen.fillText(c, 2, 26);
    return canvas.toDataURL();
  };
  return [characters.length, new Set(characters.map(shape)).size];
}"""


def saved(page, form: str, file):
    """Press the button of the first picture; the bytes of the file, its name, and the seconds that
    it took.
    """
    began = time.perf_counter()
    with page.expect_download() as download:
        page.locator(f"[class*='st-key-picture_'][class*='_{form}'] button:visible").first.click()
    download.value.save_as(file)
    return file.read_bytes(), download.value.suggested_filename, time.perf_counter() - began


@pytest.mark.parametrize(
    "form", ["tall", *(pytest.param(form, marks=pytest.mark.proof) for form in ("wide", "half"))]
)
def test_one_click_on_a_cold_page_saves_a_light_picture_with_its_chinese_words(
    visit, form, tmp_path, record_property
):
    page = visit("valuation?t=0700.HK&lang=zh", dark=True, wait=CHART)
    raw, name, seconds = saved(page, form, tmp_path / "picture.png")
    record_property("seconds from the click to the file", round(seconds, 1))
    assert struct.unpack(">II", raw[16:24]) == SIZES[form]
    assert name.startswith("valuation-history-0700.HK-")
    assert name.endswith(".png")
    seen = page.evaluate(LOOK, base64.b64encode(raw).decode())
    assert seen["corner"] == [255, 255, 255]
    assert min(seen["bands"][0], seen["bands"][9]) > 500, seen  # title and stamp
    drawn = json.dumps(
        page.evaluate(
            "() => [...document.querySelectorAll('.js-plotly-plot')].map(plot => plot.textContent)"
        ),
        ensure_ascii=False,
    )
    characters, shapes = page.evaluate(
        SHAPES,
        [
            drawn,
            page.evaluate(
                "() => getComputedStyle(document.querySelector('.js-plotly-plot .annotation "
                "text')).fontFamily"
            ),
        ],
    )
    assert characters >= 20
    assert shapes >= 0.95 * characters


@pytest.mark.proof
@pytest.mark.parametrize(
    ("path", "words"),
    [
        (
            "valuation?t=0700.HK&as_of=2026-07-31",
            (
                "Tencent",
                "PE-TTM, times",
                "As of 31 Jul 2026",
                "Source: Tencent results",
                "/valuation?t=0700.HK",
            ),
        ),
        (
            "segments?t=0700.HK&as_of=2026-07-31",
            (
                "Tencent: revenue by segment",
                "Revenue, CNY",
                "As of 31 Jul 2026",
                "Source: results of Tencent",
                "/segments?t=0700.HK",
            ),
        ),
        (
            "buybacks?t=0700.HK&as_of=2026-07-31",
            ("Tencent", "HKD", "As of 31 Jul 2026", "Source:", "/buybacks?t=0700.HK"),
        ),
        (
            "valuation?t=0700.HK&as_of=2026-07-31&lang=zh",
            ("腾讯", "百分位", "截至2026年7月31日", "的业绩公告", "/valuation?t=0700.HK"),
        ),
    ],
)
def test_a_reader_of_the_bare_file_knows_what_unit_date_source_and_link(
    visit, path, words, tmp_path
):
    if not shutil.which("tesseract"):
        pytest.skip(
            "NO OCR: install tesseract-ocr; the words of saved pictures are not read by this run"
        )
    saved(visit(path, wait=CHART), "wide", tmp_path / "picture.png")
    read = subprocess.run(
        [
            "tesseract",
            str(tmp_path / "picture.png"),
            "-",
            "--psm",
            "11",
            "-l",
            "chi_sim+eng" if "lang=zh" in path else "eng",
        ],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    read = " ".join(read.split())
    assert [part for part in words if part.replace(" ", "") not in read.replace(" ", "")] == [], (
        read
    )


@pytest.mark.parametrize("chart", ["history", pytest.param("percentile", marks=pytest.mark.proof)])
def test_a_click_on_a_point_opens_its_inputs(visit, chart):
    page = visit(
        f"valuation?t=0700.HK&chart={chart}&as_of=2026-07-31", size=(1366, 900), wait=CHART
    )
    assert page.get_by_text("What makes PE-TTM on 31 Jul 2026").count() == 1
    box = page.locator(".js-plotly-plot").first.locator(".nsewdrag").first.bounding_box()
    middle = (box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.move(*middle)
    page.wait_for_timeout(300)
    page.mouse.click(*middle)
    page.wait_for_function(
        "() => /What makes PE-TTM on .* 20(22|23|24|25)/.test(document.body.innerText)",
        timeout=10_000,
    )
    assert " = " in page.get_by_text("close of").first.inner_text()
