"""The fixtures of all tests: the warehouse of the repository's own figures, a page, a browser."""

import os
import warnings
from collections.abc import Callable, Iterator

import pandas as pd
import pytest

from tests.support import browser as driver
from tests.support import screen, warehouses
from ui import draft

draft.checked = True  # Plotly checks every figure of the tests


KINDS = {"unit", "page", "browser", "system", "proof"}


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Hold that every test says its kind, and leave to each run of a test with the mark few(count)
    so many of its cases; those that are proof anyway do not count.
    """
    for item in items:
        if "chromium" in item.fixturenames:
            item.add_marker("browser")
        if not KINDS & {mark.name for mark in item.iter_markers()}:
            raise pytest.UsageError(f"{item.nodeid} has no kind: one of {', '.join(sorted(KINDS))}")
    cases: dict[tuple, list[pytest.Item]] = {}
    for item in items:
        if item.get_closest_marker("few") and not item.get_closest_marker("proof"):
            cases.setdefault((item.path, item.originalname), []).append(item)
    for same in cases.values():
        count = same[0].get_closest_marker("few").args[0]
        kept = {round(at * (len(same) - 1) / max(count - 1, 1)) for at in range(count)}
        for at, item in enumerate(same):
            if at not in kept:
                item.add_marker("proof")


@pytest.fixture(scope="session")
def warehouse(tmp_path_factory) -> Iterator[warehouses.Built]:
    """The warehouse of the repository's curated figures; HARBOURVIEW_DATA names its folder for the
    whole run.
    """
    made = warehouses.kept_warehouse()
    assert made.result.rejected == []
    folder = made.folder
    before = {
        name: os.environ.pop(name, None) for name in ("HARBOURVIEW_DATA", "HARBOURVIEW_WAREHOUSE")
    }
    os.environ["HARBOURVIEW_DATA"] = str(folder)
    yield made
    os.environ.pop("HARBOURVIEW_DATA")
    os.environ.update({name: value for name, value in before.items() if value is not None})


@pytest.fixture(scope="session")
def ask(warehouse) -> Callable[..., pd.DataFrame]:
    """ask(question, *parameters): the answer of the repository's own figures."""
    return warehouse.ask


@pytest.fixture(scope="session")
def rows(warehouse) -> Callable[..., list[tuple]]:
    """rows(question, *parameters): the same as plain tuples, absent figures as None."""
    return warehouse.rows


@pytest.fixture(scope="session")
def covered(rows) -> int:
    """How many companies are covered: an added one changes the number and breaks no test."""
    ((number,),) = rows("SELECT count(*) FROM companies WHERE kind = 'company'")
    assert number >= 23
    return number


@pytest.fixture
def open_page(warehouse) -> Callable:
    """open_page('valuation', t='0700.HK') -> the page after its first run on the repository's own
    figures.
    """
    return screen.run_page


# A real browser -----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def chromium(warehouse):
    from playwright.sync_api import Error

    try:
        with driver.browser() as one:
            yield one
    except Error as error:
        if "Executable doesn't exist" not in str(error) and "not found" not in str(error):
            raise
        warnings.warn(driver.LOUD, stacklevel=1)
        pytest.skip(driver.LOUD)


@pytest.fixture(scope="session")
def address(warehouse):
    """Where a server of the repository's own figures answers."""
    with driver.server(driver.ROOT / "app.py", warehouse.folder) as started:
        yield started


@pytest.fixture
def visit(chromium, address):
    """visit('valuation?t=0700.HK', size, dark) -> the page once its first chart or table stands,
    and what it asked of the network.
    """
    contexts = []

    def settled(page, path: str, wait: str):
        page.goto(f"{address}/{path}", wait_until="domcontentloaded")
        page.wait_for_selector(wait, timeout=60_000)
        page.wait_for_function(
            "() => !document.querySelector('[data-testid=\"stStatusWidget\"]')", timeout=60_000
        )
        page.wait_for_timeout(500)
        assert page.locator("[data-testid='stException']").count() == 0
        assert page.errors == []
        return page

    def go(
        path: str,
        size: tuple[int, int] = (1366, 768),
        dark: bool = False,
        wait: str = f"{driver.CHART}, [data-testid='stDataFrame'] canvas, [data-testid='stAlert']",
    ):
        context = chromium.new_context(
            viewport={"width": size[0], "height": size[1]},
            color_scheme="dark" if dark else "light",
            accept_downloads=True,
        )
        contexts.append(context)
        page = context.new_page()
        page.asked, page.errors = [], []
        page.on("request", lambda request: page.asked.append(request.url))
        page.on("pageerror", lambda error: page.errors.append(str(error)))
        page.then = lambda path: settled(page, path, wait)  # another page in the same tab
        return settled(page, path, wait)

    yield go
    for context in contexts:
        context.close()
