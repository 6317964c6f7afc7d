"""What is made once and handed out again: for equal views, by the very frames, and nobody may
change it.
"""

import json
import sys
import threading
import time
from dataclasses import replace

import pandas as pd
import plotly.graph_objects as go
import pytest

from tests.support import screen
from ui import answers, memory
from ui.frame import PAGES
from ui.memory import once
from ui.view import view_of
from warehouse import runs

pytestmark = pytest.mark.page


def doubled(frame, factor=2):
    return frame * factor


def filled(number):
    return pd.DataFrame({"value": [float(number)] * 500_000})


class Held:
    """Something that holds a frame."""

    def __init__(self, frame: pd.DataFrame) -> None:
        self.copy = frame.copy()


def test_the_very_frame_is_the_key_and_not_its_content():
    frame = pd.DataFrame({"value": [1.0]})
    assert once(doubled, frame) is once(doubled, frame)
    assert once(doubled, frame) is not once(doubled, frame.copy())
    assert once(doubled, frame, factor=3)["value"].tolist() == [3.0]


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
    first, *others = [answer[name].to_numpy().base for name in words]
    assert all(one is first for one in others), "the columns of words are in several blocks"
    assert all(one is other for one, other in zip(answer["ticker"], answer["again"], strict=True))
    assert len({id(kind) for kind in answer["kind"]}) == answer["kind"].nunique()
    assert answers.ask(warehouse.served, "SELECT 'x' AS word UNION ALL SELECT NULL")[
        "word"
    ].isna().tolist() == [False, True]


def test_a_frame_weighs_what_it_takes_and_a_word_once_however_many_cells_hold_it():
    word = "a word of some length"
    numbers = pd.DataFrame({"a": range(10_000)})
    words = numbers.assign(b=pd.Series([word] * 10_000, dtype=object))
    others = numbers.assign(b=pd.Series([f"{word} {n}" for n in range(10_000)], dtype=object))
    weighed = memory.size(numbers)
    assert weighed == pytest.approx(80_000, abs=memory.OTHER + memory.NOTES + 1_000)
    assert memory.size(words) - weighed == 80_000 + sys.getsizeof(word)
    assert memory.size(others) - weighed == (
        others["b"].memory_usage(deep=True) - others["b"].memory_usage() + 80_000
    )


def test_what_holds_frames_weighs_them_at_any_depth_and_a_shared_one_once():
    frame = pd.DataFrame({"a": range(10_000)})
    weighed = memory.size(frame)
    for made in (Held(frame), (frame, 1), [frame], {"a": {"b": [frame]}}, frame["a"]):
        assert memory.size(made) == pytest.approx(weighed, abs=1_000)
    assert memory.size((frame, frame)) == pytest.approx(weighed, abs=1_000)
    assert memory.size((frame, frame.copy())) > 2 * weighed - memory.OTHER - 1_000
    assert memory.size(go.Figure()) == memory.OTHER + memory.FIGURE
    assert memory.size("word") == memory.OTHER + sys.getsizeof("word")


@pytest.mark.system
def test_what_is_remembered_stays_within_its_limit_by_weight():
    memory.forget()
    kept = memory._made.cache  # noqa: SLF001 (ours)
    weight = memory.size(once(filled, -1))
    for number in range(kept.maxsize // weight + 5):
        once(filled, number)
    assert kept.maxsize - 2 * weight < kept.currsize <= kept.maxsize
    memory.forget()


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


@pytest.mark.system
def test_no_page_changes_what_it_was_handed(warehouse, monkeypatch):
    """Every answer that a page was given is afterwards what it was."""
    handed = {}
    answer = memory._made.__wrapped__  # noqa: SLF001 (ours)

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
