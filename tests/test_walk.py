"""No ordinary state of a page fails. The long walk: python -m tests.support.walk."""

import pytest

from tests.support import walk

pytestmark = pytest.mark.page


STATES, SEED = 2000, 7


@pytest.fixture(scope="module")
def found(warehouse) -> list[walk.State]:
    return walk.states(STATES, SEED)


def test_the_walk_covers_every_page_line_choice_and_forty_dates(warehouse, found):
    assert len(found) >= STATES and walk.states(STATES, SEED) == found, (
        "a seed gives the same states"
    )
    lines = {ticker for (ticker,) in warehouse.rows("SELECT ticker FROM companies")}
    seen = {(state.page, name, value) for state in found for name, value in state.query}
    assert {(page, "t", ticker) for page in walk.PAGES for ticker in lines} <= seen
    assert len({value for _, name, value in seen if name == "as_of"}) == walk.DATES
    for name, values in walk.choices().items():
        assert {value for _, parameter, value in seen if parameter == name} == set(values)


@pytest.mark.system
def test_a_short_walk_finds_no_fault(found):
    assert [fault for state in found[:24] if (fault := walk.fault_of(state))] == []


@pytest.mark.system
def test_a_page_with_one_multiple_in_its_window_is_drawn(warehouse):
    """One value and a narrow axis: Overview of Tencent on 1 April 2020 crashed."""
    query = (("as_of", "2020-04-01"), ("t", "0700.HK"))
    assert walk.fault_of(walk.State("overview", query)) is None


@pytest.mark.proof
def test_the_long_walk_finds_no_fault(found):
    assert walk.walk(found, 2) == []
