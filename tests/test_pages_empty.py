"""A choice that gives nothing: every page says so in a sentence and what to do next, and draws no
empty frame in its place.
"""

import re

import pytest

from tests.support.screen import run_page, words

pytestmark = pytest.mark.page


NEXT = re.compile(
    r"Choose a(nother)? (company|later)|Clear a filter|see Valuation|stands on Valuation|stands "
    r"in the index bars|No line is stale|choose companies above"
)
EARLY = {"as_of": "2004-06-16"}  # before the first results of anybody here


@pytest.mark.system
@pytest.mark.parametrize(
    ("page", "query"),
    [
        ("overview", EARLY),
        ("overview", {"t": "3033.HK"}),
        ("overview", {"group": "mine"}),
        ("company", {"t": "3033.HK"}),
        ("company", {"t": "HSTECH"}),
        ("valuation", {"t": "3033.HK"}),
        ("valuation", {"t": "0772.HK", "metric": "pe_forward"}),
        ("valuation", {"t": "0700.HK", **EARLY}),
        ("buybacks", {"t": "HSTECH"}),
        ("buybacks", EARLY),
        ("buybacks", {"t": "0700.HK", **EARLY}),
        ("segments", {"t": "HSTECH"}),
        ("segments", EARLY),
        ("segments", {"t": "0700.HK", **EARLY}),
        ("estimates", {"t": "3033.HK"}),
        ("estimates", EARLY),
        ("estimates", {"t": "1357.HK"}),
        ("coverage", EARLY),
        ("coverage", {"t": "HSTECH"}),
        ("market", {"t": "BASKET"}),
        ("documents", EARLY),
        ("documents", {"t": "3033.HK"}),
        ("documents", {"q": "neverwritten"}),
        ("traffic", EARLY),
        ("traffic", {"t": "3033.HK"}),
    ],
    ids=lambda value: value if isinstance(value, str) else "-".join(value.values()),
)
@pytest.mark.few(9)
def test_where_nothing_is_known_the_page_says_what_to_do(warehouse, page, query):
    said = words(run_page(page, **query))
    assert NEXT.search(said), said[:600]
