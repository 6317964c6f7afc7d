"""What is made once and handed out again: for equal views, by the very frames, and nobody may
change it.
"""

import gc
import json
import os
import subprocess
import sys
import threading
import time
import weakref
from dataclasses import replace

import pandas as pd
import plotly.graph_objects as go
import pytest
import screen
from browser import ROOT

from ui import answers, memory
from ui.frame import PAGES
from ui.memory import once
from ui.view import view_of
from warehouse import runs


def doubled(frame, factor=2):
    return frame * factor


class Held:
    """Something that holds a frame."""

    def __init__(self, frame: pd.DataFrame) -> None:
        self.copy = frame.copy()


def test_the_very_frame_is_the_key_and_not_its_content():
    frame = pd.DataFrame({"value": [1.0]})
    assert once(doubled, frame) is once(doubled, frame)
    assert once(doubled, frame) is not once(doubled, frame.copy())
    assert once(doubled, frame, factor=3)["value"].tolist() == [3.0]


def test_what_was_looked_at_of_a_remembered_frame_is_not_noted_for_ever(monkeypatch):
    frame = once(doubled, pd.DataFrame({"value": [1.0], "words": ["one"]}))
    held = once(Held, frame)
    monkeypatch.setattr(memory, "SWEPT", 50)
    for _ in range(400):
        assert len(frame["words"]) == len(held.copy["value"]) == 1
    notes = [block.refs for one in (frame, held.copy) for block in one._mgr.blocks] + [
        one.index._references for one in (frame, held.copy)
    ]
    assert max(len(refs.referenced_blocks) for refs in notes) > 300
    for _ in range(50):
        once(doubled, 1)
    assert max(len(refs.referenced_blocks) for refs in notes) < 5


def test_what_only_holds_itself_is_thrown_away_though_it_is_old(monkeypatch):
    page = Held(pd.DataFrame({"value": [1.0]}))
    page.itself = page
    gc.collect()  # old by now, as what a session held for a minute
    seen = weakref.ref(page)
    monkeypatch.setattr(memory, "COLLECTED", 10**9)
    del page
    for _ in range(60):
        once(doubled, 1)
    assert seen() is not None
    monkeypatch.setattr(memory, "COLLECTED", 50)
    for _ in range(60):
        once(doubled, 1)
    assert seen() is None


def test_the_words_of_an_answer_are_held_once_and_picked_out_together(warehouse):
    answer = answers.ask(
        warehouse.served,
        """
        SELECT ticker, name_en, kind, fiscal_year_end_month, ticker AS again
        FROM companies
        ORDER BY ticker
        """,
    )
    words = ["ticker", "name_en", "kind", "again"]
    assert {str(answer[name].dtype) for name in words} == {"object"}
    assert len(answer._mgr.blocks) == 2
    assert all(one is other for one, other in zip(answer["ticker"], answer["again"], strict=True))
    assert len({id(kind) for kind in answer["kind"]}) == answer["kind"].nunique()
    assert answers.ask(warehouse.served, "SELECT 'x' AS word UNION ALL SELECT NULL")[
        "word"
    ].isna().tolist() == [False, True]


def test_a_frame_counts_by_its_cells_and_what_holds_frames_by_theirs():
    frame = pd.DataFrame({"a": range(1000), "b": "word"})
    assert (
        memory.size(frame)
        == memory.OTHER + 2000 * memory.CELL
        == memory.size(Held(frame))
        == memory.size((frame, 1))
        < memory.size((frame, frame))
    )
    assert memory.size(go.Figure()) == memory.FIGURE
    assert memory.size("word") == memory.OTHER


def test_the_record_of_the_last_run_is_read_once_and_anew_when_it_is_another(tmp_path):
    record = {
        "run": {"began_at": "2026-08-24T18:00:00+08:00"},
        "tickers": {"0700.HK": {"outcome": "got", "run": "2026-08-24T18:00:00+08:00"}},
    }
    (tmp_path / "run.json").write_text(json.dumps(record), "utf-8")
    told = runs.last_run(tmp_path)
    assert told is runs.last_run(tmp_path)
    assert told.outcomes == {"got": 1}
    record["tickers"]["0700.HK"]["outcome"] = "rate limited"
    (tmp_path / "run.json").write_text(json.dumps(record), "utf-8")
    assert runs.last_run(tmp_path).outcomes == {"rate limited": 1}


def test_equal_views_share_and_others_do_not(warehouse):
    view = view_of({"t": "0700.HK"}, warehouse.served)[0]
    for query in (
        {"t": "700"},
        {"t": "0700.HK", "chart": "price", "my": "9988.HK"},
        {"t": "0700.HK", "as_of": view.latest.isoformat()},
        {"t": "0700.HK", "mode": "present"},
    ):
        same = view_of(query, warehouse.served, view.address)[0]
        assert view == same
        assert hash(view) == hash(same)
        assert view is not same
    for other in (
        view_of({"t": "0700.HK", "as_of": "2024-12-31"}, warehouse.served)[0],
        view_of({"t": "0700.HK", "lang": "zh"}, warehouse.served)[0],
        view_of({"t": "0700.HK", "currency": "USD"}, warehouse.served)[0],
        replace(view, screen=replace(view.screen, theme="dark")),
        replace(view, address="https://desk.example"),
        replace(view, today=view.today.replace(year=2099)),
        replace(view, run="another"),
    ):
        assert other != view


def test_a_function_of_a_page_is_refused_since_it_is_another_one_in_each_run():
    def made():
        return 1

    made.__module__ = "__main__"
    with pytest.raises(TypeError, match="script that is run anew"):
        once(made)
    with pytest.raises(TypeError, match="unhashable"):
        once(doubled, [1])


def test_of_many_who_ask_at_once_one_works_and_an_error_is_not_remembered():
    calls = []

    def slow(key):
        calls.append(key)
        time.sleep(0.1)
        if len(calls) == 1:
            raise ValueError("once")
        return key

    found, failed = [], []

    def ask():
        try:
            found.append(once(slow, "key"))
        except ValueError:
            failed.append(1)

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(calls), len(found), len(failed)) == (2, 7, 1)


def test_no_page_changes_what_it_was_handed(monkeypatch):
    """Every answer that a page was given is afterwards what it was."""
    handed = {}
    answer = memory._made.__wrapped__

    def kept(make, arguments, named):
        result = answer(make, arguments, named)
        for number, frame in enumerate(result if isinstance(result, tuple) else (result,)):
            if isinstance(frame, pd.DataFrame):
                handed[make.__qualname__, arguments, named, number] = (frame, frame.copy(deep=True))
        return result

    memory.forget()
    monkeypatch.setattr(memory, "_made", kept)
    for page in PAGES:
        assert not screen.run_page(page, t="0700.HK").exception
    assert len(handed) > 100
    for (name, *_), (frame, before) in handed.items():
        pd.testing.assert_frame_equal(frame, before, obj=name)


def in_a_process_of_its_own(code: str, **settings: str) -> subprocess.CompletedProcess:
    return subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env=os.environ | settings,
        capture_output=True,
        text=True,
        timeout=60,
    )


@pytest.mark.skipif(
    sys.platform != "linux", reason="DuckDB has an allocator of its own on Linux only"
)
def test_duckdb_is_told_to_give_memory_back_before_it_is_imported():
    told = in_a_process_of_its_own(
        "import sys, ui.frame, duckdb; names = list(sys.modules); print(names.index('warehouse') "
        "< names.index('_duckdb')); duckdb.connect().execute('SELECT 1')"
    )
    assert (told.stdout, "jemalloc" in told.stderr) == ("True\n", False), told.stderr
    wrong = in_a_process_of_its_own(
        "import warehouse, duckdb; duckdb.connect().execute('SELECT 1')",
        DUCKDB_JE_MALLOC_CONF="nonsense:1",
    )
    assert "Invalid conf pair: nonsense:1" in wrong.stderr  # so the right words are read too


def test_python_looks_for_dead_cycles_seldom_and_not_in_its_libraries():
    told = in_a_process_of_its_own(
        "import gc, ui.memory; print(gc.get_freeze_count() > 50_000, gc.get_threshold()[0] >= "
        "10_000)"
    )
    assert told.stdout == "True True\n", told.stderr
