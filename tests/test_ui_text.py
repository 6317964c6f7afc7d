"""Every label exists in both languages and asks for the same values."""

import ast
import re
import string

import pytest

from tests.support import source
from tests.support.warehouses import ROOT
from ui.frame import PAGES
from ui.text import ROOMS, TEXTS, reason, status, text

pytestmark = pytest.mark.unit


STATUSES = [
    "OK",
    "NM_LOSS",
    "MISSING_EPS",
    "STALE_EPS",
    "MISSING_FX",
    "STALE_PRICE",
    "MISSING_PRICE",
    "MISSING_SHARES",
    "MISSING_REVENUE",
    "MISSING_ESTIMATE",
    "STALE_ESTIMATE",
]


def places(words):
    return sorted(name for _, name, _, _ in string.Formatter().parse(words) if name is not None)


def test_every_label_has_both_languages_with_the_same_places():
    assert [
        key
        for key, (english, chinese) in TEXTS.items()
        if not english.strip() or not chinese.strip() or places(english) != places(chinese)
    ] == []


def test_no_label_stands_in_two_rooms():
    assert sum(len(room.TEXTS) for room in ROOMS) == len(TEXTS)


def test_every_status_has_a_name_and_a_reason_in_both_languages():
    for code in STATUSES:
        for language in ("en", "zh"):
            assert status(code, language)
            assert reason(code, language)


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


# Names, units, commands and what is typed as it stands: the only Latin words in Chinese text.
LATIN = {
    "ADS",
    "CSV",
    "EBITA",
    "EPS",
    "ETF",
    "English",
    "Harbourview",
    "ISO",
    "PEG",
    "PNG",
    "PNQI",
    "PPTX",
    "PDF",
    "TTM",
    "UTF",
    "XLSX",
    "YYYY-MM-DD",
    "YYYY-MM",
    "python",
    "loaders",
    "build",
    "prices",
    "make",
    "refresh",
    "data",
    "curated",
    "estimates",
    "sources",
    "csv",
    "games",
    "month",
    "true",
    "false",
    "pip",
    "install",
    "requirements-pack",
    "txt",
    "Chrome",
    "Chromium",
}


@pytest.mark.parametrize("language", ["en", "zh"])
def test_no_label_is_left_in_the_other_language(language):
    left = {}
    for key, pair in TEXTS.items():
        words = re.sub(r"\{[^}]*\}", " ", pair[language == "zh"])
        strange = (
            re.findall(r"[\u4e00-\u9fff]+", words)
            if language == "en"
            else [
                word
                for word in re.findall(r"[A-Za-z][A-Za-z-]{2,}", words)
                if word.rstrip("-") not in LATIN
            ]
        )
        if strange and key not in (
            "language.zh",
            "frame.hint",
        ):  # what people type here, and the other language by its own name
            left[key] = strange
    assert left == {}


def shown_literals(path):
    """(line, words) of each text that a module hands to the screen as it stands, not by its key."""
    for node in source.nodes(path):
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and isinstance(node.func.value, ast.Name)
            and node.func.value.id in ("st", "panels", "config", "column_config")
        ):
            first = (
                node.args[:1]
                if node.func.attr
                not in ("Page", "switch_page", "container", "get_option", "set_option", "get")
                else []
            )
            for part in [
                *first,
                *(
                    keyword.value
                    for keyword in node.keywords
                    if keyword.arg in ("label", "help", "placeholder", "title")
                ),
            ]:
                pieces = (
                    part.values
                    if isinstance(part, ast.JoinedStr)
                    else [part.body, part.orelse]
                    if isinstance(part, ast.IfExp)
                    else [part]
                )
                yield from (
                    (node.lineno, piece.value)
                    for piece in pieces
                    if isinstance(piece, ast.Constant) and isinstance(piece.value, str)
                )


def test_no_page_writes_words_of_its_own():
    """Every word on the screen comes from ui/text: names of columns, formulas and Markdown are no
    words.
    """
    paths = [
        ROOT / "app.py",
        *ROOT.glob("pages/*.py"),
        *(path for path in ROOT.glob("ui/**/*.py") if path.parent.name != "text"),
    ]
    found = {
        (path.name, line, words)
        for path in paths
        for line, words in shown_literals(path)
        if re.search(r"[A-Za-z]{3}|[\u4e00-\u9fff]", words)
    }
    allowed = {"SQL", "EPS", "EPS (", "Harbourview", ":orange[", "source_id"}
    assert {
        item
        for item in found
        if item[2] not in allowed and not re.fullmatch(r"[\w-]+\.[\w .-]*", item[2])
    } == set()  # keys of ui/text have a dot
    assert list(
        shown_literals(ROOT / "ui" / "tables" / "data.py")
    )  # the scan sees what it is to see


def test_every_label_is_used():
    """A label is used where its key, or an f-string that can become its key, is in the code."""
    paths = [*ROOT.glob("pages/*.py"), ROOT / "ui" / "text" / "__init__.py"]
    paths += [path for path in ROOT.glob("ui/**/*.py") if path.parent.name != "text"]
    nodes = [node for path in paths for node in source.nodes(path)]
    keys = {
        node.value
        for node in nodes
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    forms = set()
    for node in nodes:
        if isinstance(node, ast.JoinedStr):
            parts = [part.value if isinstance(part, ast.Constant) else None for part in node.values]
            written = "".join(part for part in parts if part)
            if "." in written and len(written) >= 4 and " " not in written:
                forms.add("".join(".+" if part is None else re.escape(part) for part in parts))
    unused = {
        key
        for key in TEXTS
        if key not in keys and not any(re.fullmatch(form, key) for form in forms)
    }
    assert unused == set()
