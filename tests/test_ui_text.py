"""Every label exists in both languages and asks for the same values."""

import string

import pytest

from ui.text import ROOMS, TEXTS, reason, status, text

STATUSES = (
    "OK NM_LOSS MISSING_EPS STALE_EPS MISSING_FX STALE_PRICE MISSING_PRICE MISSING_SHARES MISSING_REVENUE "
    "MISSING_ESTIMATE STALE_ESTIMATE"
).split()
PAGES = "overview company valuation buybacks segments estimates coverage market documents traffic data".split()


def places(words):
    return sorted(name for _, name, _, _ in string.Formatter().parse(words) if name is not None)


@pytest.mark.parametrize("key", TEXTS)
def test_every_label_has_both_languages_with_the_same_places(key):
    english, chinese = TEXTS[key]
    assert english.strip() and chinese.strip()
    assert places(english) == places(chinese)


def test_no_label_stands_in_two_rooms():
    assert sum(len(room.TEXTS) for room in ROOMS) == len(TEXTS)


def test_every_status_has_a_name_and_a_reason_in_both_languages():
    for code in STATUSES:
        for language in ("en", "zh"):
            assert status(code, language) and reason(code, language)


def test_every_page_has_a_name():
    assert all(text(f"page.{page}", language) for page in PAGES for language in ("en", "zh"))


def test_a_missing_label_is_an_error():
    with pytest.raises(KeyError, match="no.such"):
        text("no.such")


def test_a_missing_value_is_an_error():
    with pytest.raises(KeyError, match="date"):
        text("footer.as_of", "en")


def test_another_language_is_an_error():
    with pytest.raises(ValueError, match="fr"):
        text("page.data", "fr")


def test_values_are_not_read_as_places():
    assert text("footer.source", "en", source="{as_of}") == "Source: {as_of}"
