"""What every picture is: a name, a sentence for who does not see it, and how it is drawn at any size."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any

import plotly.graph_objects as go
import streamlit as st

from ui import charts
from ui.palette import Theme


@dataclass(frozen=True)
class Picture:
    """A picture that can be drawn at any size. name: of its file and its element, 'valuation-history'; alt: one sentence with line, measure, last value and evening."""

    name: str
    tickers: tuple[str, ...]
    evening: date
    alt: str
    draw: Callable[[Theme], go.Figure]


@st.cache_resource(max_entries=300, show_spinner=False, hash_funcs={partial: lambda write: (write.func.__qualname__, write.args, sorted(write.keywords.items()))})
def drawn(chart: str, *data: Any, **options: Any) -> go.Figure:
    """The figure that ui.charts draws of these data: drawn once, then handed out again. Nobody may change it."""
    return getattr(charts, chart)(*data, **options)


def picture(view, name: str, tickers: Sequence[str], alt: str, draw: Callable[[Theme], go.Figure], evening: date | None = None) -> Picture:
    """A picture of the view's evening, or of another."""
    return Picture(name, tuple(tickers), evening or view.as_of, alt, draw)
