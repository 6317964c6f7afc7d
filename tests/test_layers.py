"""Who may import whom: app, pages -> ui -> warehouse <- loaders."""

import ast
import re
import unicodedata
from pathlib import Path

import pytest

from tests.support import source
from tests.support.warehouses import ROOT
from warehouse import definitions

pytestmark = pytest.mark.unit


OURS = {"app", "pages", "ui", "warehouse", "loaders", "tests"}
SCREEN = {"streamlit", "plotly"}
# What a layer may import of ours, and what it may never import of others'.
MAY = {
    "app": {"ui"},
    "pages": {"ui"},
    "ui": {"ui", "warehouse"},
    "warehouse": {"warehouse"},
    "loaders": {"loaders", "warehouse"},
}
NEVER = {
    "app": {"duckdb", "yfinance", "akshare", "plotly"},
    "pages": {
        "duckdb",
        "yfinance",
        "akshare",
        "plotly",
        "currency_converter",
        "exchange_calendars",
    },
    "ui": {"duckdb", "yfinance", "akshare", "currency_converter", "exchange_calendars"},
    "warehouse": SCREEN | {"yfinance", "akshare", "currency_converter", "exchange_calendars"},
    "loaders": SCREEN,
}


def files() -> list[Path]:
    return sorted(
        [
            *ROOT.glob("*.py"),
            *(
                path
                for layer in ("pages", "ui", "warehouse", "loaders")
                for path in ROOT.glob(f"{layer}/**/*.py")
            ),
        ]
    )


def layer_of(path: Path) -> str:
    return path.relative_to(ROOT).parts[0].removesuffix(".py")


def imported(path: Path) -> set[str]:
    """The first names of all that a module imports, also inside functions; a relative import is one
    of its own layer.
    """
    names = set()
    for node in source.nodes(path):
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names.add(layer_of(path) if node.level else node.module.split(".")[0])
        elif isinstance(node, ast.Call) and ast.unparse(node.func) in (
            "__import__",
            "importlib.import_module",
            "import_module",
        ):
            names.add("?")
    return names


named = pytest.mark.parametrize("path", files(), ids=lambda path: str(path.relative_to(ROOT)))


@named
def test_a_module_imports_only_what_its_layer_may(path):
    layer, names = layer_of(path), imported(path)
    assert layer in MAY, f"{path.name} belongs to no layer"
    assert "?" not in names, "an import whose name cannot be read"
    assert names & OURS <= MAY[layer]
    assert not names & NEVER[layer]


@named
def test_no_module_hides_an_error_or_writes_raw_html(path):
    text = path.read_text("utf-8")
    assert "unsafe_allow" + "_html" not in text
    for node in source.nodes(path):
        if isinstance(node, ast.ExceptHandler):
            assert node.type is not None, f"line {node.lineno}: a bare except"
            assert ast.unparse(node.type) != "BaseException", (
                f"line {node.lineno}: catches everything"
            )


@named
def test_a_module_says_in_its_first_line_what_it_is_for(path):
    assert ast.get_docstring(source.tree(path))


@named
def test_no_value_is_written_into_the_text_of_a_question(path):
    """A question may be put together from names of ours and from question marks, never from what
    somebody chose.
    """
    if layer_of(path) in ("warehouse", "loaders"):
        return
    module = source.tree(path)
    marks = {
        ast.unparse(node.targets[0])
        for node in ast.walk(module)
        if isinstance(node, ast.Assign) and "'?'" in ast.unparse(node.value)
    }
    for node in ast.walk(module):
        if isinstance(node, ast.JoinedStr) and re.match(
            r"\s*(SELECT|WITH|FROM)\s",
            "".join(part.value for part in node.values if isinstance(part, ast.Constant)),
        ):
            written = {
                ast.unparse(part.value)
                for part in node.values
                if isinstance(part, ast.FormattedValue)
            }
            assert all("'?'" in text for text in written - marks), (
                f"line {node.lineno}: {written - marks}"
            )


def test_every_view_file_is_built_and_begins_with_a_comment():
    there = {path.stem for path in (ROOT / "warehouse" / "views").glob("*.sql")}
    assert there == set(definitions.VIEWS)
    for name in there:
        text = (ROOT / "warehouse" / "views" / f"{name}.sql").read_text("utf-8")
        assert text.startswith("-- "), name


def test_nothing_in_the_project_names_a_folder_of_one_machine():
    suffixes = {".py", ".sql", ".md", ".toml", ".txt", ".csv", ".yml", ".yaml"}
    for path in [
        *ROOT.glob("*"),
        *(
            p
            for part in ("pages", "ui", "warehouse", "loaders", "tests")
            for p in ROOT.glob(f"{part}/**/*")
        ),
        *ROOT.glob("data/*"),
        *ROOT.glob("data/curated/*"),
    ]:
        if path.is_file() and (path.suffix in suffixes or path.name == "Makefile"):
            text = path.read_text("utf-8", errors="replace")
            assert not [
                folder
                for folder in ("/wo" + "rk/", "/ro" + "ot/", "/tm" + "p/", "/ho" + "me/")
                if folder in text
            ], path.name


@pytest.mark.parametrize(
    "path",
    [
        path
        for room in ("charts", "pictures", "tables")
        for path in sorted((ROOT / "ui" / room).glob("*.py"))
    ],
    ids=lambda path: str(path.relative_to(ROOT)),
)
def test_a_picture_or_table_takes_from_a_view_only_what_makes_views_equal(path):
    """It is made once for equal views; what else the link says would be the first reader's."""
    read = {
        node.attr
        for node in source.nodes(path)
        if isinstance(node, ast.Attribute) and ast.unparse(node.value).endswith("state")
    }
    assert not read & {"extras", "my", "mode", "snapshot"}


def test_sql_lines_fit_120_columns():
    """ruff does the same for Python; a Chinese character takes two columns."""
    long = [
        f"{path.name}:{number}"
        for path in sorted((ROOT / "warehouse").glob("**/*.sql"))
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1)
        if sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in line) > 120
    ]
    assert long == []
