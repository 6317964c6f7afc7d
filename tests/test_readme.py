"""The README keeps its word: its commands exist, its SQL runs and answers what it says, its
pictures and links are here.
"""

import re
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.unit


ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text("utf-8")


def test_every_make_target_named_exists():
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    named = set(re.findall(r"make ([a-z]+)", README))
    assert {"run", "test", "setup"} <= named <= targets


def test_every_loader_command_named_exists():
    told = subprocess.run(
        [sys.executable, "-m", "loaders", "--help"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    named = set(re.findall(r"python -m loaders ([a-z]+)", README))
    assert named == {
        "build",
        "check",
        "status",
        "path",
        "rollback",
        "prices",
        "pin",
        "hkex",
        "documents",
        "traffic",
    }
    assert all(command in told for command in named)


def test_the_sql_answers_what_the_readme_says(rows):
    block = re.search(r"```sql\n(.*?)```", README, re.DOTALL).group(1)
    pairs = re.findall(r"(SELECT .*?;)\n-- (.*?)\n", block)
    assert len(pairs) == 5
    (valuation,) = rows(pairs[0][0])
    assert (
        f"{valuation[0]:%Y-%m-%d}  {valuation[1]:.2f}  {valuation[2]:.1f}  {valuation[3]}"
        == pairs[0][1]
    )
    (bought,) = rows(pairs[1][0])
    shares, amount, note = pairs[1][1].split("  ")
    assert bought[0] == float(shares)
    assert round(bought[1], -4) == float(amount)
    assert bought[2] == note
    for question, answer in pairs[2:]:
        assert "  ".join(str(value) for value in rows(question)[0]) == answer


@pytest.mark.parametrize("path", re.findall(r"\]\(([^)#]+)\)", README))
def test_what_the_readme_links_to_is_here(path):
    assert (ROOT / path).exists()


def test_the_pages_named_exist():
    named = re.findall(r"^\| ([A-Z]\w+) \|", README, re.MULTILINE)
    assert [name.lower() for name in named] == [
        "overview",
        "company",
        "valuation",
        "buybacks",
        "segments",
        "estimates",
        "coverage",
        "market",
        "documents",
        "traffic",
        "data",
    ]
    assert all((ROOT / "pages" / f"{name.lower()}.py").exists() for name in named)
