"""How many pages are made at the same time in one process: a few; the others wait for their turn.

All pages of a process share one interpreter and Streamlit's own locks. Fifty made at once keep each
other from finishing (a page then took half a minute); made in turn, each takes its tenth of a
second.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import BoundedSemaphore

AT_ONCE = (
    2  # one is made while the other waits for the warehouse, which works outside the interpreter
)

_turns = BoundedSemaphore(AT_ONCE)


@contextmanager
def turn() -> Iterator[None]:
    """Wait until a page may be made, and give the turn back when it is, however it ends."""
    with _turns:
        yield
