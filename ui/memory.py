"""What is made once and then handed out again: asked, reckoned, laid out or drawn for one view, it
is there for everybody who opens the same view.

Whoever gets something from here must leave it as it is; a test holds that no page changes a frame.
"""

import gc
from collections.abc import Callable
from functools import partial
from itertools import count
from threading import Condition
from typing import Any

import pandas as pd
import plotly.graph_objects as go
import streamlit as st
from cachetools import LRUCache, cached

KEPT = 45_000_000  # bytes, about
SWEPT, COLLECTED = (
    500,
    5_000,
)  # calls between two sweeps, and between two full collections; a click makes about twenty
SHOWN = 700  # tables and pictures, as they went to a browser: 30 kB each on average
CELL, FIGURE, OTHER = (
    12,
    150_000,
    4_000,
)  # bytes of a cell of a frame, of a figure, and of whatever is neither

# Python looks through everything that is remembered each time it looks for cycles of dead objects:
# 0.2 to 0.6 s in which no page is made. By itself it did so every hundred clicks.
gc.freeze()  # the libraries are there to stay
gc.set_threshold(20_000, 20, 20)


class Same:
    """A frame as part of a key: the very object, not its content, which would take longer to
    compare than most things take to make.
    """

    def __init__(self, frame: pd.DataFrame | pd.Series) -> None:
        self.frame = frame  # held, so that nothing else gets its id

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Same) and self.frame is other.frame

    def __hash__(self) -> int:
        return id(self.frame)


def size(made: Any) -> int:
    """About how many bytes something takes: to count them takes longer than to make most things."""
    return (
        FIGURE
        if isinstance(made, go.Figure)
        else OTHER + sum(CELL * frame.size for frame in _frames(made))
    )


def _frames(made: Any) -> list[pd.DataFrame]:
    """The frames that something is or holds."""
    parts = (
        (made,)
        if isinstance(made, pd.DataFrame)
        else made
        if isinstance(made, tuple)
        else vars(made).values()
        if hasattr(made, "__dict__")
        else ()
    )
    return [part for part in parts if isinstance(part, pd.DataFrame)]


_remembered, _lock, _calls = LRUCache(KEPT, getsizeof=size), Condition(), count(1)


@cached(_remembered, condition=_lock)
def _made(make: Callable, arguments: tuple, named: tuple) -> Any:
    return make(
        *(argument.frame if isinstance(argument, Same) else argument for argument in arguments),
        **dict(named),
    )


def _sweep() -> None:
    """pandas notes every look at a frame's values, rows and names, and keeps the note when the
    looking is long over, up to 500 for each: of what is remembered for days they came to 60 MB.
    To ask whether somebody looks throws the old notes away.
    """
    with _lock:
        frames = [frame for made in _remembered.values() for frame in _frames(made)]
    for frame in frames:
        for seen in (
            *(block.refs for block in frame._mgr.blocks),
            *(axis._references for axis in frame.axes),
        ):
            if seen is not None:
                seen.has_reference()


def once(make: Callable, *arguments: Any, **named: Any) -> Any:
    """make(*arguments, **named), made once for equal arguments; of two who ask at the same time the
    second waits.

    make must depend on nothing but its arguments: a View, frames that come from here
        themselves, plain values. TypeError for an argument that cannot be part of a key, and for a
        function of a page's script, which is another one in each run.
    """
    number = next(_calls)
    if number % SWEPT == 0:
        _sweep()
    if number % COLLECTED == 0:
        # a page's functions and its frames hold each other: what the last page of a closed session
        # was made of waits for this, and Python alone would let it wait until it is a quarter of
        # all
        gc.collect()
    if make.__module__ == "__main__":
        raise TypeError(
            f"{make.__qualname__} belongs to a script that is run anew for each click: it would "
            "never be found again"
        )
    return _made(
        make,
        tuple(
            Same(argument) if isinstance(argument, pd.DataFrame | pd.Series) else argument
            for argument in arguments
        ),
        tuple(named.items()),
    )


@st.cache_resource(max_entries=SHOWN, show_spinner=False)
def _shown(number: int, _show: Callable[[], Any]) -> Any:
    return _show()


_numbers = count()


def _number(show: Callable, *arguments: Any, **named: Any) -> int:
    return next(_numbers)


def show_once(show: Callable, *arguments: Any, **named: Any) -> Any:
    """show(*arguments, **named), which puts something without controls on the page; the next time
    the same messages go to the browser without being written anew, and what it returned is
    returned. Arguments as those of once().
    """
    return _shown(once(_number, show, *arguments, **named), partial(show, *arguments, **named))


def forget() -> None:
    """Make everything anew from now on."""
    _made.cache_clear()
    _shown.clear()
