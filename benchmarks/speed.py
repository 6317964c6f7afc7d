"""How long do a build, a page, a first chart and a click take? Ratios, side by side in one run; no
figure here is a test.

    python benchmarks/speed.py [rounds]

HARBOURVIEW_DATA names a data folder with a built warehouse, such as one with years of daily prices
(python -m loaders prices).
"""

import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from itertools import chain
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT)]

from tests.support import browser as driver  # noqa: E402 (needs the path above)

PAGES = (
    "overview",
    "company",
    "valuation",
    "buybacks",
    "segments",
    "estimates",
    "coverage",
    "market",
    "documents",
    "traffic",
    "data",
)
COMPANIES = {"Tencent": "0700.HK", "Alibaba": "9988.HK", "NetEase": "9999.HK", "JD.com": "9618.HK"}
EVENING = "2026-07-31"
# Press the button of a company and wait until the first picture is of it: milliseconds.
CLICK = """async (name) => {
  const begun = performance.now();
  const buttons = [...document.querySelectorAll('[data-testid="stButtonGroup"] button')];
  buttons.find(one => one.textContent.includes(name)).click();
  return await new Promise(done => {
    const chart = () => document.querySelector('.js-plotly-plot');
    const texts = () => [...(chart()?.querySelectorAll('text') ?? [])];
    const look = () => texts().some(words => words.textContent.startsWith(name + ':'))
      ? done(performance.now() - begun) : setTimeout(look, 5);
    look();
  });
}"""
CHART = ".js-plotly-plot .main-svg"


def build() -> None:
    """Seconds and peak memory of one build of the bundled data, in a process of its own."""
    with tempfile.TemporaryDirectory() as folder:
        os.symlink(ROOT / "data" / "curated", Path(folder) / "curated")
        begun = time.perf_counter()
        subprocess.run(
            [sys.executable, "-m", "loaders", "build"],
            cwd=ROOT,
            env=os.environ | {"HARBOURVIEW_DATA": folder},
            check=True,
            stdout=subprocess.DEVNULL,
        )
        seconds = time.perf_counter() - begun
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / (
        1024 if sys.platform != "darwin" else 1024 * 1024
    )
    print(f"build of the bundled data: {seconds:.1f} s, {peak:.0f} MB at the peak")


def scripts(rounds: int) -> None:
    """Milliseconds of a page's script run once warm, for each page."""
    from streamlit.testing.v1 import AppTest

    for page in PAGES:
        at = AppTest.from_file(str(ROOT / "ui" / "main.py"), default_timeout=60)
        at.query_params["t"] = "0700.HK"
        at.switch_page(f"../pages/{page}.py")
        at.run()
        took = []
        for _ in range(rounds):
            begun = time.perf_counter()
            at.run()
            took.append(1000 * (time.perf_counter() - begun))
        print(
            f"script of {page:<10} warm: median {statistics.median(took):5.0f} ms, worst "
            f"{max(took):5.0f} ms"
        )


def first_charts(rounds: int) -> None:
    """Milliseconds from navigation to the first drawn chart: Valuation against the floor, in turn,
    in one browser.
    """
    with (
        driver.browser() as chromium,
        driver.server(ROOT / "benchmarks" / "empty_page.py") as floor,
        driver.server(ROOT / "app.py") as app,
    ):

        def once(address: str) -> float:
            context = chromium.new_context(viewport={"width": 1366, "height": 768})
            page = context.new_page()
            begun = time.perf_counter()
            page.goto(address, wait_until="domcontentloaded")
            page.wait_for_selector(CHART, timeout=60_000)
            took = 1000 * (time.perf_counter() - begun)
            context.close()
            return took

        addresses = {"empty page": floor, "valuation": f"{app}/valuation?t=0700.HK"}
        for address in addresses.values():
            once(address)
        pairs = [
            {name: once(address) for name, address in addresses.items()} for _ in range(rounds)
        ]
        for name in addresses:
            print(
                f"navigation to first chart, {name:<10}: median "
                f"{statistics.median(p[name] for p in pairs):.0f} ms"
            )
        print(
            "ratio valuation / empty page: median "
            f"{statistics.median(p['valuation'] / p['empty page'] for p in pairs):.2f}"
        )

        context = chromium.new_context(viewport={"width": 1366, "height": 768})
        page = context.new_page()
        page.goto(f"{app}/valuation?t={','.join(COMPANIES.values())}&as_of={EVENING}")
        page.wait_for_selector(CHART, timeout=60_000)
        page.wait_for_timeout(3000)
        names = [*COMPANIES][1:] + [*COMPANIES][:1]
        turns = []
        for _ in range(rounds):
            turns.append([])
            for name in names:
                turns[-1].append(page.evaluate(CLICK, name))
                page.wait_for_timeout(900)
        first = statistics.median(turns[0])
        again = statistics.median(chain.from_iterable(turns[1:]))
        print(
            f"click on another company to its picture: median {first:.0f} ms the first time, "
            f"{again:.0f} ms after that"
        )
        context.close()


if __name__ == "__main__":
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 7
    build()
    scripts(count)
    first_charts(count)
