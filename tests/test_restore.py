"""The warehouse is lost and comes back from the inputs; an earlier snapshot is served within
seconds.
"""

import hashlib
import shutil
import time

import pytest

from tests.support.warehouses import CURATED, Built, built, copy_of, loaders, publish_copy

pytestmark = pytest.mark.system


def content_of(made: Built) -> str:
    """One hash over all rows of all tables, whatever their order; not the day and the name of the
    build.
    """
    tables = [
        row[0]
        for row in made.rows(
            """
            SELECT schema_name || '.' || table_name
            FROM duckdb_tables()
            WHERE NOT internal AND table_name <> 'snapshot'
            ORDER BY 1
            """
        )
    ]
    counted = [
        (
            table,
            *made.rows(
                f"""
                SELECT count(*), coalesce(sum(hash(t)), 0)::VARCHAR
                FROM (SELECT * FROM {table}) AS t
                """
            )[0],
        )
        for table in tables
        if table != "main.findings"
    ]
    return hashlib.sha256(
        str(counted + made.rows("SELECT inputs_sha256 FROM snapshot")).encode()
    ).hexdigest()


def test_the_warehouse_comes_back_from_its_inputs(warehouse, tmp_path):
    lost = copy_of(warehouse, tmp_path / "data")
    before = content_of(lost)
    shutil.rmtree(lost.folder / "warehouse")
    assert loaders("status", data=lost.folder).returncode == 2  # and says what to do
    again = built(lost.folder)
    assert again.result.rejected == []
    assert content_of(again) == before
    assert (CURATED / "prices.csv").exists()


def test_an_earlier_snapshot_is_served_at_once(warehouse, tmp_path):
    made = copy_of(warehouse, tmp_path / "data")
    first = made.served.snapshot_id
    publish_copy(made.folder / "warehouse", 1)
    assert made.served.snapshot_id != first
    begun = time.perf_counter()
    assert loaders("rollback", data=made.folder).returncode == 0
    assert made.served.snapshot_id == first
    assert time.perf_counter() - begun < 5
