"""Clicks of a portfolio manager in a real browser: names, headers, and Enter in the ticker box."""

from urllib.parse import parse_qs, urlsplit

import pytest

pytestmark = pytest.mark.browser


BOX = "[data-testid='stMultiSelect'] input"
OPTIONS = "[role='listbox'] [role='option']"
ROW = 30  # px, of ui/tables/parts.py


def grid_with(page, header: str):
    """The table that has a column of this header."""
    grid = page.locator("[data-testid='stDataFrame']").filter(
        has=page.locator("canvas table th").get_by_text(header, exact=True)
    )
    grid.first.locator("canvas table tr").first.wait_for(state="attached")
    return grid.first


def cells(grid, row: int) -> list[str]:
    """The words of a row as it is drawn, the first being 1."""
    return grid.locator("canvas table tr").nth(row).locator("td").all_inner_texts()


def click(page, grid, row: int, x: int) -> None:
    """Click x pixels from the left in a row; row 0 is the header."""
    grid.scroll_into_view_if_needed()
    box = grid.bounding_box()
    page.mouse.click(box["x"] + x, box["y"] + ROW // 2 + ROW * row)


def tickers(page) -> list[str]:
    return parse_qs(urlsplit(page.url).query).get("t", [""])[0].split(",")


def wait_for_tickers(page, wanted: list[str]) -> None:
    for _ in range(40):
        if tickers(page) == wanted:
            return
        page.wait_for_timeout(250)
    assert tickers(page) == wanted


@pytest.mark.parametrize(
    "query", ["", "?lang=zh", "?columns=growth", "?t=0700.HK,9988.HK,1810.HK,1024.HK"]
)
def test_a_click_on_the_third_name_of_overview_opens_that_company(visit, query):
    page = visit(f"overview{query}", wait="[data-testid='stDataFrame'] canvas")
    grid = grid_with(page, "代码" if "zh" in query else "Ticker")
    ticker, name, *_ = cells(grid, 3)
    assert ticker != "0700.HK"
    click(page, grid, 3, x=110)
    page.wait_for_url("**/company?**")
    page.wait_for_selector(f"[data-testid='stMarkdownContainer'] >> text={ticker}")
    assert tickers(page) == [ticker]
    short = name if "zh" in query else name.split(" ", 1)[1]
    assert short in page.inner_text("[data-testid='stMain']")
    before = query.removeprefix("?t=").split(",") if "t=" in query else [""]
    for _ in range(2):  # one press, two where Streamlit's own step in between is shown
        page.go_back()
        page.wait_for_url("**/overview**")
        page.wait_for_timeout(2000)
        if tickers(page) == before:
            break
    wait_for_tickers(page, before)


def test_a_click_on_the_third_name_of_buybacks_opens_that_company(visit):
    page = visit("buybacks", size=(1366, 1400), wait="[data-testid='stDataFrame'] canvas")
    grid = grid_with(page, "#")
    name = cells(grid, 3)[1]
    assert name not in ("", "Tencent")
    click(page, grid, 3, x=60)
    page.wait_for_selector(f"[data-testid='stMain'] strong >> text={name} has bought")
    assert len(tickers(page)) == 1
    assert tickers(page) != [""]


@pytest.mark.parametrize(
    ("path", "header", "x"),
    [
        ("overview", "Ticker", 110),
        ("overview", "Ticker", 250),
        ("overview", "Name", 30),
        ("buybacks", "#", 60),
    ],
)
def test_a_click_on_a_header_sorts_and_opens_nothing(visit, path, header, x):
    page = visit(path, size=(1366, 1400), wait="[data-testid='stDataFrame'] canvas")
    grid = grid_with(page, header)
    before = [cells(grid, row)[:3] for row in range(1, 8)]
    for _ in range(2):
        click(page, grid, 0, x)
        page.wait_for_timeout(800)
        assert f"/{path}" in page.url
        assert tickers(page) == [""]
    assert [cells(grid, row)[:3] for row in range(1, 8)] != before, (
        "the second click sorts downwards"
    )


def test_a_name_is_opened_by_its_row_after_the_reader_has_sorted(visit):
    page = visit("overview", wait="[data-testid='stDataFrame'] canvas")
    grid = grid_with(page, "Ticker")
    click(page, grid, 0, x=250)
    page.wait_for_timeout(800)
    ticker = cells(grid, 3)[0]
    click(page, grid, 3, x=110)
    page.wait_for_url("**/company?**")
    assert tickers(page) == [ticker]


def test_what_was_chosen_before_a_page_switch_stays_chosen(visit):
    """The window and the basis beside the ticker: one dropped widget restored all of them."""
    page = visit("overview?w=3y&basis=reported", wait="[data-testid='stDataFrame'] canvas")
    page.get_by_role("radio", name="10y", exact=True).click()
    page.wait_for_url("**w=10y**")
    grid = grid_with(page, "Ticker")
    ticker = cells(grid, 3)[0]
    click(page, grid, 3, x=110)
    page.wait_for_url("**/company?**")
    page.wait_for_url("**w=10y**")
    assert tickers(page) == [ticker]
    assert "basis=reported" in page.url


# Enter in the ticker box --------------------------------------------------------------------------


@pytest.fixture
def typed(visit):
    """typed('tencent') -> the page after Enter on these words, with Trip.com chosen before."""
    page = visit("valuation?t=9961.HK")

    def enter(words: str):
        page.locator(BOX).first.click()
        page.locator(BOX).first.press_sequentially(words)
        page.keyboard.press("Enter")
        page.wait_for_timeout(1500)
        return page

    return enter


@pytest.mark.parametrize(
    ("words", "ticker"),
    [
        ("tencent", "0700.HK"),
        ("BABA", "BABA"),
        ("700", "0700.HK"),
        ("阿里", "9988.HK"),
        ("kuai", "1024.HK"),
    ],
)
def test_enter_takes_an_exact_name_or_the_beginning_of_one_company(typed, words, ticker):
    page = typed(words)
    assert tickers(page) == ["9961.HK", ticker]
    assert page.locator(BOX).first.input_value() == ""
    assert page.locator(OPTIONS).count() == 0


@pytest.mark.parametrize("words", ["ali", "1", "tenc"])
def test_enter_on_what_fits_several_companies_takes_nothing_and_leaves_the_list_open(typed, words):
    page = typed(words)
    assert tickers(page) == ["9961.HK"]
    assert page.locator(BOX).first.input_value() == words
    assert page.locator(OPTIONS).count() >= 3
    page.locator(OPTIONS).nth(1).click()
    page.wait_for_timeout(1000)
    assert len(tickers(page)) == 2, "a click in the list chooses"


def test_a_line_reached_with_the_arrows_is_taken_by_enter(typed):
    page = typed("ali")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_timeout(1500)
    assert len(tickers(page)) == 2


def test_enter_in_an_empty_box_takes_nothing(typed):
    page = typed("")
    assert tickers(page) == ["9961.HK"]
    page = typed("tencent")
    page.keyboard.press("Enter")
    page.wait_for_timeout(1000)
    assert tickers(page) == ["9961.HK", "0700.HK"]


def test_a_pasted_column_keeps_its_tickers_and_names_the_unknown_word(typed):
    page = typed("9988 foobar 1810")
    assert tickers(page) == ["9961.HK", "9988.HK", "1810.HK"]
    assert page.inner_text("[data-testid='stAlert']").strip().startswith("No match for “foobar”.")


def test_a_group_is_taken_by_its_name_and_an_unknown_word_is_named(typed):
    page = typed("social and games")
    assert tickers(page) == ["9961.HK", "0700.HK"]
    page = typed("zzzz")
    assert tickers(page) == ["9961.HK", "0700.HK"]
    assert "zzzz" in page.inner_text("[data-testid='stAlert']")
