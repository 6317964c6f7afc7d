"""What is made once and then handed out again: asked, reckoned, laid out or drawn for one view, it
is there for everybody who opens the same view.

Whoever gets something from here must leave it as it is; a test holds that no page changes a frame.
"""

import sys
from collections.abc import Callable, Iterable
from functools import partial
from itertools import count
from threading import Condition
from typing import Any

import pandas as pd
import plotly.graph_objects as go
import streamlit as st
from cachetools import LRUCache, cached

KEPT = 90_000_000  # bytes
SHOWN = 700  # tables and pictures, as they went to a browser: 30 kB each on average
FIGURE, OTHER = 150_000, 4_000  # bytes of a figure, and of the key and the entry of whatever it is
# pandas notes each look at a frame's values, rows and names, and keeps up to 500 notes for each
# when the looking is over: so much a frame when every page has been opened twice. Nothing public
# throws them away.
NOTES = 30_000
CONTAINERS = (dict, list, tuple, set, frozenset, pd.DataFrame, pd.Series)


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
    """The bytes that something takes: its frames with their words, which are counted once however
    many cells hold them, what contains them, and its figures.

    memory_usage(deep=True) counts a word for each cell: three times what the frames take.
    """
    return OTHER + _size(made, set())


def _size(made: Any, seen: set[int], *, is_opened: bool = True) -> int:
    """The bytes of something without what was seen before; is_opened: the attributes of an object
    count too. Those of an object in an attribute do not: it is a View, and belongs to many.
    """
    if id(made) in seen:
        return 0
    seen.add(id(made))
    if isinstance(made, go.Figure):
        return FIGURE
    if isinstance(made, pd.DataFrame):
        words = [made.iloc[:, at] for at, kind in enumerate(made.dtypes) if _has_words(kind)]
        # memory_usage() looks at each column by itself, which takes as long as to make a frame
        cells = len(made) * sum(getattr(kind, "itemsize", 8) for kind in made.dtypes)
        return NOTES + cells + int(made.index.nbytes) + _words(words, seen)
    if isinstance(made, pd.Series):
        words = [made] if _has_words(made.dtype) else []
        return NOTES + int(made.nbytes) + int(made.index.nbytes) + _words(words, seen)
    parts: Iterable = ()
    if isinstance(made, dict):
        parts = (*made.keys(), *made.values())
    elif isinstance(made, list | tuple | set | frozenset):
        parts = made
    elif is_opened and hasattr(made, "__dict__") and not callable(made):
        parts, is_opened = vars(made).values(), False
    return sys.getsizeof(made) + sum(_size(part, seen, is_opened=is_opened) for part in parts)


def _has_words(kind: Any) -> bool:
    return pd.api.types.is_object_dtype(kind) or isinstance(kind, pd.StringDtype)


def _words(columns: Iterable[pd.Series], seen: set[int]) -> int:
    """The bytes of the objects that the cells of columns hold."""
    held: dict[int, Any] = {}
    for column in columns:
        cells = column.tolist()
        held.update(zip(map(id, cells), cells))
    new = [held[one] for one in held.keys() - seen]
    inner = [one for one in new if isinstance(one, CONTAINERS)]
    whole = sum(map(sys.getsizeof, new)) - sum(map(sys.getsizeof, inner))
    whole += sum(_size(one, seen, is_opened=False) for one in inner)
    seen |= held.keys()
    return whole


@cached(LRUCache(KEPT, getsizeof=size), condition=Condition())
def _made(make: Callable, arguments: tuple, named: tuple) -> Any:
    return make(
        *(argument.frame if isinstance(argument, Same) else argument for argument in arguments),
        **dict(named),
    )


def once(make: Callable, *arguments: Any, **named: Any) -> Any:
    """make(*arguments, **named), made once for equal arguments; of two who ask at the same time the
    second waits.

    make must depend on nothing but its arguments: a View, frames that come from here
        themselves, plain values. TypeError for an argument that cannot be part of a key, and for a
        function of a page's script, which is another one in each run.
    """
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
