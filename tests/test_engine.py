"""A warehouse in an engine: one that does not answer is told in a sentence, without a password."""

import pytest
import screen
from conftest import loaders


@pytest.fixture()
def lake(tmp_path, monkeypatch):
    """HARBOURVIEW_WAREHOUSE names a new lake of one machine; gives its data folder."""
    monkeypatch.setenv("HARBOURVIEW_LAKE_FILES", str(tmp_path / "files"))
    monkeypatch.setenv("HARBOURVIEW_WAREHOUSE", f"ducklake:{tmp_path / 'catalog.ducklake'}")
    monkeypatch.setenv("HARBOURVIEW_DATA", str(tmp_path / "data"))
    return tmp_path / "data"


@pytest.mark.parametrize("address", ["ducklake:{folder}/none/catalog.ducklake", "ducklake:postgres:host=127.0.0.1 port=1 dbname=none password=secret", "quack:localhost:9494"])
def test_an_engine_that_does_not_answer_is_a_sentence(lake, tmp_path, monkeypatch, address):
    monkeypatch.setenv("HARBOURVIEW_WAREHOUSE", address.format(folder=tmp_path))
    at = screen.run_page("overview")
    assert len(at.error) == 1 and "secret" not in at.error[0].value and "Traceback" not in at.error[0].value
    done = loaders("status", data=lake)
    assert done.returncode == 2 and "secret" not in done.stdout + done.stderr and "Traceback" not in done.stderr
