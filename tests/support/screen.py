"""What a test sees of a page that Streamlit's own test driver has run."""

import json
from functools import cache

from streamlit.components.v2 import manifest_scanner
from streamlit.testing.v1 import AppTest

from tests.support.warehouses import ROOT

# AppTest looks for components in all installed packages before each run, which is seven eighths of
# the time of a run (0.8 s of 0.9 s with 136 packages). They do not change between two runs.
manifest_scanner.scan_component_manifests = cache(manifest_scanner.scan_component_manifests)

DEADLINE = 60  # seconds for one run, on a busy machine


def run_page(page: str, **query: str) -> AppTest:
    """The page of this name after its first run with this query, without an exception."""
    at = AppTest.from_file(str(ROOT / "ui" / "main.py"), default_timeout=DEADLINE)
    for name, value in query.items():
        at.query_params[name] = value
    at.switch_page(f"../pages/{page}.py")
    at.run()
    assert not at.exception, [error.message for error in at.exception]
    return at


def words(at: AppTest) -> str:
    """All that a reader sees as text."""
    parts = [
        element.value
        for kind in ("markdown", "caption", "warning", "info", "error")
        for element in getattr(at, kind)
    ]
    parts += [f"{metric.label} {metric.value}" for metric in at.metric]
    return "\n".join(str(part) for part in parts).replace("\\", "")


def figures(at: AppTest) -> list[dict]:
    """The charts as the browser gets them."""
    return [json.loads(chart.proto.spec) for chart in at.get("plotly_chart")]
