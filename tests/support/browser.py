"""A browser and a server of our own for the tests and benchmarks that must see the drawn page."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.support.warehouses import ROOT

QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
SETTINGS = (
    "--server.address",
    "127.0.0.1",
    "--server.headless",
    "true",
    "--server.fileWatcherType",
    "none",
    "--browser.gatherUsageStats",
    "false",
)
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
MAC = Path("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome")

LOUD = (
    "NO BROWSER: install chromium (apt-get install chromium fonts-noto-cjk) or run `python "
    "-m playwright install chromium`; the pages are not seen by this run"
)
CHART = ".js-plotly-plot .main-svg"


def executable() -> str | None:
    """An installed Chromium or Chrome: $CHROMIUM, one on the path, or macOS's; None leaves it to
    playwright's own.
    """
    named = os.environ.get("CHROMIUM") or next(
        (found for name in NAMES if (found := shutil.which(name))), None
    )
    return named or (str(MAC) if MAC.exists() else None)


@contextmanager
def browser() -> Iterator:
    """A headless Chromium. Raises playwright's Error where none is installed."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=executable(), args=QUIET)
        try:
            yield chromium
        finally:
            chromium.close()


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


@contextmanager
def server(
    script: Path,
    data: Path | None = None,
    port: int | None = None,
    settings: tuple[str, ...] = SETTINGS,
    **variables: str,
) -> Iterator[str]:
    """As process() does; yields the address alone."""
    with process(script, data, port, settings, **variables) as (address, _):
        yield address


@contextmanager
def process(
    script: Path,
    data: Path | None = None,
    port: int | None = None,
    settings: tuple[str, ...] = SETTINGS,
    **variables: str,
) -> Iterator[tuple[str, subprocess.Popen]]:
    """Streamlit serving script on a port of this machine (a free one); yields the address and the
    process, which is ended after. settings: none, and .streamlit/config.toml alone says how;
    variables: of its environment.
    """
    port = port or free_port()
    environment = (
        os.environ
        | ({"HARBOURVIEW_DATA": str(data)} if data else {})
        | {"PYTHONPATH": str(ROOT)}
        | variables
    )
    serving = subprocess.Popen(
        [
            sys.executable,
            "-m",
            "streamlit",
            "run",
            str(script),
            "--server.port",
            str(port),
            *settings,
        ],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    address = f"http://127.0.0.1:{port}"
    try:
        for _ in range(240):
            try:
                with urllib.request.urlopen(f"{address}/_stcore/health", timeout=1):
                    break
            except (urllib.error.URLError, OSError):
                time.sleep(0.25)
        yield address, serving
    finally:
        serving.send_signal(signal.SIGINT)
        try:
            serving.wait(10)
        except subprocess.TimeoutExpired:
            serving.kill()
