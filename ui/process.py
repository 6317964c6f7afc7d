"""Settings of the process that serves the pages: of its allocator, of Python and of pandas. app.py
and ui/main.py alone call this; an import of any module changes nothing.
"""

import gc
import os
from functools import cache
from itertools import count

CLICKS = 250  # between two full collections


def before_duckdb() -> None:
    """Settings that DuckDB reads once, when it is imported; what the environment says stands.

    Its allocator keeps what a question took until the next ones need it: 300 MB after the largest.
    Given back after half a second the process holds 200 MB less, and no question takes longer.
    """
    os.environ.setdefault(
        "DUCKDB_JE_MALLOC_CONF", "background_thread:true,dirty_decay_ms:500,muzzy_decay_ms:0"
    )


@cache
def configure() -> None:
    """Settings of Python and of pandas, once in a process, when all libraries are imported."""
    import pandas as pd

    # Each look at Arrow's words gives the interpreter away: on a busy server the page then waits to
    # get it back.
    pd.options.mode.string_storage = "python"
    # Python looks through everything that is remembered each time it looks for cycles of dead
    # objects: 0.2 to 0.6 s in which no page is made. By itself it did so every hundred clicks.
    gc.freeze()  # the libraries are there to stay
    gc.set_threshold(20_000, 20, 20)


_clicks = count(1)


def clicked() -> None:
    """Now and then throw away what the last pages of closed sessions were made of: a page's
    functions and its frames hold each other, and Python alone would let them wait until they are a
    quarter of all.
    """
    if next(_clicks) % CLICKS == 0:
        gc.collect()
