"""Every word on the screen, in English and in Chinese: one file a page, and those that pages share.

`text(key, language, **values)` fills the named places of a label. A key that does not exist, a
language that does not exist or a place without a value is an error, so that no page shows a hole.
Values come in as they are to be read (ui.formats writes figures): nothing is formatted here.
"""

from __future__ import annotations

from typing import Any

from ui.text import (
    buybacks,
    company,
    coverage,
    data,
    documents,
    estimates,
    figures,
    frame,
    market,
    overview,
    rules,
    segments,
    traffic,
    valuation,
)

LANGUAGES = ("en", "zh")
ROOMS = (
    frame,
    rules,
    figures,
    overview,
    company,
    valuation,
    buybacks,
    segments,
    estimates,
    coverage,
    market,
    documents,
    traffic,
    data,
)
TEXTS: dict[str, tuple[str, str]] = {
    key: words for room in ROOMS for key, words in room.TEXTS.items()
}


def text(key: str, language: str = "en", **values: Any) -> str:
    """The label of `key` in 'en' or 'zh', its named places filled with `values`.

    KeyError for a key that does not exist or a place without a value, ValueError for another
    language.
    """
    if language not in LANGUAGES:
        raise ValueError(f"language is 'en' or 'zh', not {language!r}")
    if key not in TEXTS:
        raise KeyError(f"no label {key!r} in ui/text")
    words = TEXTS[key][LANGUAGES.index(language)]
    try:
        return words.format(**values)
    except KeyError as absent:
        raise KeyError(f"label {key!r} needs a value for {absent}") from None


def status(code: str, language: str = "en") -> str:
    """A valuation status in two or three words; KeyError for a status that is not defined."""
    return text(f"status.{code}", language)


def reason(code: str, language: str = "en") -> str:
    """Why a figure has this status, as a sentence."""
    return text(f"reason.{code}", language)
