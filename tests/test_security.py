"""What somebody puts into an address does nothing but be named; what serves the pages can reach
nothing but its snapshot; what is installed is what was locked.
"""

import ast
import re
import sys
from importlib.metadata import packages_distributions

import duckdb
import pytest

from tests.support import source
from tests.support.attacks import CHIEF, STRINGS
from tests.support.screen import run_page, words
from tests.support.warehouses import ROOT
from ui import links
from ui.frame import PAGES
from warehouse import ask as asking

pytestmark = pytest.mark.page


UNIVERSE = links.Universe.from_rows(
    [("0700.HK", "company", None, "Tencent Holdings", "腾讯控股")],
    [("700", "0700.HK")],
    {"games": ("0700.HK",)},
)


@pytest.mark.parametrize("parameter", links.PARAMETERS)
def test_no_string_breaks_a_parameter_of_a_link(parameter):
    """Each of 200 strings is named as not understood, or kept as the text that it is, and comes
    back as it went.
    """
    assert len(STRINGS) >= 200
    for string in STRINGS:
        state, problems = links.parse(
            {parameter: string},
            UNIVERSE,
            words=dict.fromkeys(("broker", "vendor", "section", "period"), ("one",)),
        )
        again, _ = links.parse(
            links.write(state),
            UNIVERSE,
            words=dict.fromkeys(("broker", "vendor", "section", "period"), ("one",)),
        )
        assert again == state
        assert not set(state.tickers) | set(state.my) or "0700" in string or "７００" in string
        for problem in problems:
            for language in ("en", "zh"):
                assert len(links.sentence(problem, language)) < 400


def is_inert(text: str) -> bool:
    """Whether no markup of a hostile string is left to run in what a page writes: every sign of it
    is escaped.
    """
    return not re.search(
        (
            r"(?<!\\)<(script|img|svg|iframe|base|form)|(?<!\\)!\[|(?<!\\)\]\(\s*javascript|(?"
            r"<!\\)\$\\\\?(href|url)"
        ),
        text,
        re.IGNORECASE,
    )


@pytest.mark.parametrize(
    "page",
    [
        page if page in ("valuation", "documents") else pytest.param(page, marks=pytest.mark.proof)
        for page in PAGES
    ],
)
def test_a_page_names_what_it_does_not_know_and_runs_nothing(warehouse, page):
    at = run_page(
        page,
        t=",".join(CHIEF),
        q=CHIEF[1],
        broker=CHIEF[0],
        topic=CHIEF[2],
        vendor=CHIEF[6],
        s="20260101-000000-abcdef/../../x",
        focus=CHIEF[4],
        period=CHIEF[3],
        month=CHIEF[5],
    )
    shown = words(at)
    assert "DROP TABLE prices" in shown
    assert is_inert(
        "\n".join(
            str(element.value)
            for kind in ("markdown", "caption", "warning", "info")
            for element in getattr(at, kind)
        )
    )
    assert not at.error


@pytest.mark.parametrize(
    "question",
    [
        "COPY (SELECT 1) TO 'out.csv'",
        "ATTACH 'other.duckdb'",
        "SELECT * FROM read_csv('/etc/hosts')",
        "SELECT * FROM read_text('/etc/hosts')",
        "SELECT * FROM '/etc/hosts'",
        "INSTALL httpfs",
        "LOAD httpfs",
        "SET enable_external_access = true",
        "SET memory_limit = '100GB'",
        "CREATE TABLE x(a INTEGER)",
        "DELETE FROM prices",
        "UPDATE snapshot SET snapshot_id = 'x'",
        "CREATE SECRET (TYPE s3)",
        "EXPORT DATABASE 'out'",
        "SELECT * FROM glob('/etc/*')",
    ],
)
def test_what_answers_the_pages_can_reach_nothing_else(warehouse, question):
    cursor = asking._cursor(warehouse.served.path)
    try:
        with pytest.raises(duckdb.Error):
            cursor.execute(question).fetchall()
    finally:
        cursor.close()


def test_it_has_limits_and_installs_nothing(warehouse):
    found = dict(
        warehouse.rows(
            """
            SELECT name, value
            FROM duckdb_settings()
            WHERE name IN ('memory_limit', 'threads', 'enable_external_access',
                'lock_configuration', 'autoinstall_known_extensions', 'autoload_known_extensions',
                'access_mode', 'allow_community_extensions')
            """
        )
    )
    assert found["enable_external_access"] == "false"
    assert found["lock_configuration"] == "true"
    assert found["access_mode"].lower() == "read_only"
    assert found["autoinstall_known_extensions"] == "false"
    assert found["autoload_known_extensions"] == "false"
    assert found["allow_community_extensions"] == "false"
    assert (int(found["threads"]) <= 2 and found["memory_limit"].endswith("MiB")) or found[
        "memory_limit"
    ].endswith("GiB")


def test_no_page_takes_a_file(warehouse):
    """Nothing can be uploaded; what Streamlit would take at most is stated all the same."""
    code = "\n".join(
        path.read_text("utf-8")
        for folder in ("pages", "ui")
        for path in (ROOT / folder).rglob("*.py")
    )
    assert "file_uploader" not in code
    assert set(re.findall(r"st\.html\((.*?)\)", code)) <= {"PAPER_CSS"}
    assert "components.v1" not in code
    assert re.search(
        r"^maxUploadSize = \d\b",
        (ROOT / ".streamlit" / "config.toml").read_text("utf-8"),
        re.MULTILINE,
    )


def pins(name: str) -> dict[str, str]:
    return dict(re.findall(r"^([\w.-]+)==([\w.]+)", (ROOT / name).read_text("utf-8"), re.MULTILINE))


def test_the_lock_holds_every_requirement_with_its_hash():
    wanted = {
        name.lower().replace("_", "-"): version
        for name, version in pins("requirements.txt").items()
    }
    lock = (ROOT / "requirements.lock").read_text("utf-8")
    locked = {
        name.lower().replace("_", "-"): version
        for name, version in pins("requirements.lock").items()
    }
    assert wanted.items() <= locked.items()
    blocks = re.split(r"^(?=[\w.-]+==)", lock, flags=re.MULTILINE)[1:]
    assert len(blocks) == len(re.findall(r"^[\w.-]+==", lock, re.MULTILINE))
    assert all("--hash=sha256:" in block for block in blocks)


@pytest.mark.system
def test_every_package_that_is_imported_is_pinned():
    """A package that only comes along with another may change its version, or go, without
    notice.
    """
    optional = pins("requirements-akshare.txt")  # not installed for the tests
    pinned = {
        name.lower().replace("_", "-")
        for path in ROOT.glob("requirements*.txt")
        for name in pins(path.name)
    }
    pinned |= {
        name.partition("[")[0].lower()
        for path in ROOT.glob("requirements*.txt")
        for name in re.findall(r"^[\w.-]+\[", path.read_text("utf-8"), re.MULTILINE)
    }
    files = [
        ROOT / "app.py",
        *(
            path
            for layer in ("pages", "ui", "warehouse", "loaders")
            for path in (ROOT / layer).rglob("*.py")
        ),
    ]
    imported = (
        {name for path in files for name in _imported(path)}
        - set(sys.stdlib_module_names)
        - {"ui", "warehouse", "loaders", *optional}
    )
    distributions = packages_distributions()
    unknown = {
        name
        for name in imported
        if not {d.lower().replace("_", "-") for d in distributions.get(name, [])} & pinned
    }
    assert unknown == set()
    assert {"numpy", "curl_cffi", "starlette"} <= imported


def _imported(path) -> set[str]:
    """The packages that a module imports, also inside functions."""
    nodes = source.nodes(path)
    plain = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    named = {node.module for node in nodes if isinstance(node, ast.ImportFrom) and not node.level}
    return {name.partition(".")[0] for name in plain | named}
