"""A figure while it is drawn: plain dictionaries, under the words that Plotly has for them.

Plotly checks every property whenever one is set, so that a chart of many lines and labels took a
quarter of a second to draw. A draft is checked once, whole, when it becomes a figure, and only by
the tests: it takes as long as all the rest, and a property that Plotly does not know is a fault of
the code.
"""

from typing import Any

import plotly.graph_objects as go

Props = dict[str, Any]
checked = False  # the tests set it


def scatter(**properties: Any) -> Props:
    return {"type": "scatter", **_given(properties)}


def bar_trace(**properties: Any) -> Props:
    return {"type": "bar", **_given(properties)}


class Draft:
    """Traces and layout of a figure to be; `update` merges as Plotly does, `figure` checks."""

    def __init__(self, *traces: Props) -> None:
        self.traces: list[Props] = list(traces)
        self.layout: Props = {}

    @property
    def annotations(self) -> list[Props]:
        return self.layout.setdefault("annotations", [])

    @property
    def xaxis(self) -> Props:
        return self.layout.setdefault("xaxis", {})

    @property
    def yaxis(self) -> Props:
        return self.layout.setdefault("yaxis", {})

    def add_trace(self, trace: Props) -> None:
        self.traces.append(trace)

    def add_annotation(self, **properties: Any) -> None:
        self.annotations.append(_given(properties))

    def add_shape(self, **properties: Any) -> None:
        self.layout.setdefault("shapes", []).append(_given(properties))

    def add_hline(self, y: float, line: Props) -> None:
        """A line across the plot."""
        self.add_shape(type="line", x0=0, x1=1, xref="x domain", y0=y, y1=y, yref="y", line=line)

    def add_vline(self, x: float, line: Props) -> None:
        """A line up the plot."""
        self.add_shape(type="line", x0=x, x1=x, xref="x", y0=0, y1=1, yref="y domain", line=line)

    def update_layout(self, properties: Props | None = None, **named: Any) -> None:
        _merge(self.layout, (properties or {}) | named)

    def update_xaxes(self, **properties: Any) -> None:
        self._axes("xaxis", properties)

    def update_yaxes(self, **properties: Any) -> None:
        self._axes("yaxis", properties)

    def _axes(self, kind: str, properties: Props) -> None:
        self.layout.setdefault(kind, {})
        for name in self.layout:
            if name.startswith(kind):
                _merge(self.layout[name], properties)

    def figure(self) -> go.Figure:
        """The figure. Where `checked`, ValueError names a property that Plotly does not know."""
        return go.Figure(self.traces, self.layout, _validate=checked)


def _given(properties: Props) -> Props:
    return {name: value for name, value in properties.items() if value is not None}


def _merge(into: Props, properties: Props) -> None:
    for name, value in properties.items():
        if isinstance(value, dict) and isinstance(into.get(name), dict):
            _merge(into[name], value)
        else:
            into[name] = dict(value) if isinstance(value, dict) else value
