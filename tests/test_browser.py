"""The chief pages in a real browser: drawn, whole above the fold, readable on a phone, and a picture of the right size."""

import struct
import warnings

import browser as driver
import pytest

LOUD = "NO BROWSER: install chromium (apt-get install chromium fonts-noto-cjk) or run `python -m playwright install chromium`; the pages are not seen by this run"
CHART = ".js-plotly-plot .main-svg"


@pytest.fixture(scope="module")
def chromium(warehouse):
    from playwright.sync_api import Error
    try:
        with driver.browser() as one:
            yield one
    except Error as error:
        if "Executable doesn't exist" not in str(error) and "not found" not in str(error):
            raise
        warnings.warn(LOUD, stacklevel=1)
        pytest.skip(LOUD)


@pytest.fixture(scope="module")
def address(warehouse):
    with driver.server(driver.ROOT / "app.py", warehouse.folder) as started:
        yield started


@pytest.fixture()
def visit(chromium, address):
    """visit('valuation?t=0700.HK', size, dark) -> the page once its first chart or table stands, and what it asked of the network."""
    contexts = []

    def go(path: str, size: tuple[int, int] = (1366, 768), dark: bool = False, wait: str = f"{CHART}, [data-testid='stDataFrame'] canvas, [data-testid='stAlert']"):
        context = chromium.new_context(viewport={"width": size[0], "height": size[1]}, color_scheme="dark" if dark else "light", accept_downloads=True)
        contexts.append(context)
        page = context.new_page()
        page.asked, page.errors = [], []
        page.on("request", lambda request: page.asked.append(request.url))
        page.on("pageerror", lambda error: page.errors.append(str(error)))
        page.goto(f"{address}/{path}", wait_until="domcontentloaded")
        page.wait_for_selector(wait, timeout=60_000)
        page.wait_for_function("() => !document.querySelector('[data-testid=\"stStatusWidget\"]')", timeout=60_000)
        page.wait_for_timeout(500)
        assert page.locator("[data-testid='stException']").count() == 0
        assert page.errors == []
        return page

    yield go
    for context in contexts:
        context.close()


def test_a_deep_link_is_the_first_thing_a_new_server_is_asked(visit):
    """Streamlit ran the page without its frame until somebody had opened the front page; and nothing is asked of the world."""
    page = visit("valuation?t=0700.HK&as_of=2025-12-31&w=3y", wait=CHART)
    assert "Tencent trades at 20.1x" in page.inner_text("[data-testid='stMain']")
    assert page.locator("[data-testid='stTopNavLink'], [data-testid='stTopNavLinkContainer']").count() >= 5
    assert [url for url in page.asked if "127.0.0.1" not in url and not url.startswith(("data:", "blob:"))] == []


def test_the_front_door_is_overview_with_the_query_kept(visit):
    page = visit("?t=700&basis=reported")
    page.wait_for_url("**/overview?**")
    assert "t=0700.HK" in page.url and "basis=reported" in page.url


@pytest.mark.parametrize("path", ["valuation?t=0700.HK", "market?month=2024-11", *(pytest.param(path, marks=pytest.mark.proof) for path in ("buybacks?t=0700.HK", "buybacks", "segments?t=0700.HK"))])
def test_the_first_chart_stands_whole_above_the_fold_of_a_laptop(visit, path):
    page = visit(path, wait=CHART)
    box = page.locator(".js-plotly-plot").first.bounding_box()
    assert box["y"] + box["height"] <= 768, box


@pytest.mark.parametrize("path", ["overview?lang=zh", "valuation?t=0700.HK&lang=en", *(pytest.param(path, marks=pytest.mark.proof) for path in ("buybacks?t=0700.HK&lang=zh", "segments?t=0700.HK&lang=en", "coverage?lang=zh", "documents?lang=en", "data?lang=zh"))])
def test_nothing_runs_off_a_phone(visit, path):
    page = visit(path, size=(390, 844))
    wide = page.evaluate("() => { const box = document.querySelector('[data-testid=\"stMain\"]'); return box.scrollWidth - box.clientWidth }")
    assert wide <= 2


def test_a_wrong_ticker_is_named_on_the_page(visit):
    page = visit("valuation?t=zzzz,700")
    assert "zzzz" in page.inner_text("[data-testid='stAlert']")


def test_a_typed_ticker_is_understood(visit):
    page = visit("valuation", wait=CHART)
    page.locator("[data-testid='stMultiSelect'] input").first.fill("网易")
    page.keyboard.press("Enter")
    page.wait_for_url("**t=9999.HK**")
    page.wait_for_selector("text=NetEase trades at")


def test_the_picture_button_gives_a_light_slide_of_a_dark_page(visit, tmp_path):
    page = visit("valuation?t=0700.HK", dark=True, wait=CHART)
    page.get_by_text("Light picture").first.click()
    page.wait_for_timeout(1500)
    plots = page.locator(".js-plotly-plot")
    plots.first.hover()
    with page.expect_download() as download:
        plots.first.locator(".modebar-btn").first.click()
    file = tmp_path / "picture.png"
    download.value.save_as(file)
    raw = file.read_bytes()
    assert struct.unpack(">II", raw[16:24]) == (1920, 1080)
    assert "0700" in download.value.suggested_filename
    corner = page.evaluate("""async (data) => { const image = new Image(); image.src = 'data:image/png;base64,' + data; await image.decode();
        const canvas = document.createElement('canvas'); canvas.width = image.width; canvas.height = image.height; const pen = canvas.getContext('2d'); pen.drawImage(image, 0, 0);
        return Array.from(pen.getImageData(3, 3, 1, 1).data) }""", __import__("base64").b64encode(raw).decode())
    assert corner[:3] == [255, 255, 255]


@pytest.mark.parametrize("chart", ["history", pytest.param("percentile", marks=pytest.mark.proof)])
def test_a_click_on_a_point_opens_its_inputs(visit, chart):
    page = visit(f"valuation?t=0700.HK&chart={chart}&as_of=2026-07-31", size=(1366, 900), wait=CHART)
    assert page.get_by_text("What makes PE-TTM on 31 Jul 2026").count() == 1
    box = page.locator(".js-plotly-plot").first.locator(".nsewdrag").first.bounding_box()
    middle = (box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.move(*middle)
    page.wait_for_timeout(300)
    page.mouse.click(*middle)
    page.wait_for_function("() => /What makes PE-TTM on .* 20(22|23|24|25)/.test(document.body.innerText)", timeout=10_000)
    assert " = " in page.get_by_text("close of").first.inner_text()
