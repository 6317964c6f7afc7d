"""What pages ask the warehouse, remembered by snapshot: the same question on the same snapshot is
asked once.

And what stands beside the snapshots and is about now: the day by this machine's clock, the last
    runs, what is kept.
"""

from datetime import date, datetime

import pandas as pd

from ui.memory import once
from warehouse import engine, runs, snapshot
from warehouse.ask import CannotAnswer, served
from warehouse.ask import ask as ask_warehouse

__all__ = [
    "HONG_KONG",
    "CannotAnswer",
    "NoSnapshot",
    "ask",
    "kept",
    "last_run",
    "pin",
    "refusal",
    "served",
    "shelf",
    "today",
]

NoSnapshot = snapshot.NoSnapshot
HONG_KONG = snapshot.HONG_KONG


def ask(now: snapshot.Served, question: str, *parameters) -> pd.DataFrame:
    """The answer of one snapshot to a question with its bound values, in order of its `?`; nobody
    may change it.
    """
    return once(
        _answer,
        now,
        today(),
        question,
        *(tuple(value) if isinstance(value, list) else value for value in parameters),
    )


def _answer(now: snapshot.Served, day: date, question: str, *parameters) -> pd.DataFrame:
    """The answer of a day: what is known now moves with the calendar, on one snapshot too."""
    return _plain(
        ask_warehouse(
            question,
            [list(value) if isinstance(value, tuple) else value for value in parameters],
            now.path,
        )
    )


def _plain(frame: pd.DataFrame) -> pd.DataFrame:
    """The frame with its words as plain objects, each of them once, all their columns in one block:
    pandas' own kind keeps each column apart, and whoever picks out rows pays for each.
    """
    known: dict = {}
    for name in frame.columns[[isinstance(kind, pd.StringDtype) for kind in frame.dtypes]]:
        frame[name] = pd.Series(
            [known.setdefault(word, word) for word in frame[name]], dtype=object
        )
    return frame.copy()


def kept(snapshot_id: str) -> snapshot.Served | None:
    """An earlier snapshot that is still here and undamaged, or None."""
    return engine.chosen().kept(snapshot_id)


def shelf() -> list[snapshot.Shelved]:
    """The snapshots that are kept, newest first; none where the warehouse is one named file."""
    return engine.chosen().shelf(served().snapshot_id)


def pin(snapshot_id: str) -> None:
    """Keep a snapshot for good, as a link that has been copied needs it.

    Raises NoSnapshot where it is not here, OSError where nothing may be written.
    """
    warehouse = engine.chosen()
    if not isinstance(warehouse, engine.OneFile):
        warehouse.pin(snapshot_id)


def refusal() -> snapshot.Refusal | None:
    """The last build where it was refused, so that what is served is older than its inputs; None
    where all is well.
    """
    return engine.chosen().refusal()


def last_run() -> runs.Run | None:
    """The last run of the price loader; None where there was none."""
    return engine.chosen().last_run()


def today() -> date:
    """The day in Hong Kong by this machine's clock."""
    return datetime.now(HONG_KONG).date()
