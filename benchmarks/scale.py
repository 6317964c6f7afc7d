"""How does the cost of a build and of the pages' questions grow from a desk's companies to a whole
market? Invented figures, one line a size.

    python benchmarks/scale.py [25 250 2500 7500] [--years 20] [--folder DIR]

Each size is built in a folder of its own, by `python -m loaders build` in a process of its own,
from price files such as the price loader leaves them; then a new process asks what the pages ask.
With HARBOURVIEW_WAREHOUSE=ducklake:... (docs/engine.md) the same is published to and asked of that
lake. 7,500 lines of twenty years are 37 million closes: 2.6 GB of files, and as much again for the
build.
"""

import argparse
import hashlib
import json
import os
import subprocess
import sys
import tempfile
import time
from datetime import date, timedelta
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT)]

from tests.support.invention import SOURCE, companies_of, csv_of, sessions, sources_of  # noqa: E402 (needs the path above)

LAST = date(2026, 7, 31)
# What the pages ask of all lines, of one line, and of a month: (name, SQL, values).
QUESTIONS = (
    ("board", "SELECT * FROM overview(?, ?, ?)", (LAST, 5, "adjusted")),
    ("of a year before", "SELECT * FROM overview(?, ?, ?)", (LAST - timedelta(365), 5, "adjusted")),
    (
        "ranks",
        "SELECT * FROM valuation_percentiles(?, ?) WHERE metric = 'pe_ttm' AND basis = 'adjusted'",
        (LAST, 5),
    ),
    (
        "one line",
        """
        SELECT *
        FROM valuation_window(?, ?)
        WHERE ticker = ? AND metric = 'pe_ttm' AND basis = 'adjusted' AND in_window
        ORDER BY date
        """,
        (LAST, 5, "0001.HK"),
    ),
    ("month", "SELECT * FROM market_review_as_of(?, ?)", (LAST.replace(day=1), LAST)),
    ("last closes", "SELECT * FROM price_latest(?)", (LAST,)),
)
BUILD = """
import resource, subprocess, sys
done = subprocess.run([sys.executable, "-m", "loaders", "build"])
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
sys.exit(done.returncode)
"""
ASK = """
import json, resource, time
from scale import QUESTIONS
from warehouse.ask import ask, served
path, took = served().path, {}
for name, question, values in QUESTIONS:
    begun = time.perf_counter()
    try:
        ask(question, values, path)
        took[name] = f"{1000 * (time.perf_counter() - begun):,.0f} ms"
    except Exception as error:
        took[name] = str(error).splitlines()[0][:60]
print(json.dumps([took, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss]))
"""
KB = 1 if sys.platform != "darwin" else 1024  # getrusage counts kilobytes, on a Mac bytes


def invent(folder: Path, lines: int, years: int) -> int:
    """Write the inputs of so many companies into a data folder; how many closes."""
    tickers = [f"{number:04d}.HK" for number in range(1, lines + 1)]
    luck = np.random.default_rng(lines)
    (folder / "curated").mkdir(parents=True)
    (folder / "prices").mkdir()
    ends = [
        date(year, month, day)
        for year in range(LAST.year - years, LAST.year + 1)
        for month, day in ((3, 31), (6, 30), (9, 30), (12, 31))
        if date(year, month, day) < LAST - timedelta(45)
    ]
    eps = [
        {
            "ticker": ticker,
            "period_start": date(end.year, end.month - 2, 1),
            "period_end": end,
            "announced_on": end + timedelta(45),
            "value": round(float(value), 3),
        }
        for ticker in tickers
        for end, value in zip(ends, luck.uniform(0.05, 0.4, len(ends)))
    ]
    for name, text in {
        "companies": companies_of(*({"ticker": ticker} for ticker in tickers)),
        "sources": sources_of(),
        "listings": csv_of(
            "listings",
            (
                {"ticker": t, "issuer_ticker": t, "code": t[:4], "share_class": "ordinary"}
                for t in tickers
            ),
        ),
        "earnings": csv_of("earnings", eps),
    }.items():
        (folder / "curated" / f"{name}.csv").write_text(text, "utf-8")
    days = sessions(f"{LAST.year - years}-{LAST:%m-%d}", str(LAST))
    record = {}
    for ticker in tickers:
        closes = np.round(np.exp(np.cumsum(luck.normal(0.0002, 0.02, len(days)))) * 10, 3)
        volumes = luck.integers(10**5, 10**7, len(days))
        text = "ticker,date,close,adj_close,volume,currency,frequency,source_id\n" + "".join(
            f"{ticker},{day},{max(close, 0.01)},,{volume},HKD,daily,{SOURCE}\n"
            for day, close, volume in zip(days, closes, volumes)
        )
        (folder / "prices" / f"{ticker}.csv").write_text(text, "utf-8")
        record[ticker] = {"sha256": hashlib.sha256(text.encode()).hexdigest(), "outcome": "got"}
    (folder / "prices" / "run.json").write_text(
        json.dumps({"run": {"began_at": f"{LAST}T20:00:00+08:00"}, "tickers": record}), "utf-8"
    )
    return len(days) * lines


def run(code: str, folder: Path) -> subprocess.CompletedProcess:
    """Python code in a process of its own, for the data of a folder."""
    return subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env=os.environ
        | {"HARBOURVIEW_DATA": str(folder), "PYTHONPATH": f"{ROOT}:{ROOT / 'benchmarks'}"},
        capture_output=True,
        text=True,
    )


def measure(folder: Path, lines: int, closes: int) -> str:
    """One line of the table."""
    begun = time.perf_counter()
    built = run(BUILD, folder)
    seconds = time.perf_counter() - begun
    if built.returncode:
        return (
            f"{lines:>7,} {closes:>12,}  the build failed: "
            f"{(built.stderr or built.stdout).strip().splitlines()[0][:120]}"
        )
    size = sum(
        path.stat().st_size
        for part in ("warehouse", "lake")
        for path in (folder / part).rglob("*")
        if path.is_file()
    )
    asked = run(ASK, folder)
    if asked.returncode:
        return (
            f"{lines:>7,} {closes:>12,} {seconds:>8.0f} s  the questions failed: "
            f"{asked.stderr.strip().splitlines()[-1][:120]}"
        )
    took, memory = json.loads(asked.stdout)
    told = "  ".join(f"{name} {took[name]}" for name, *_ in QUESTIONS)
    return (
        f"{lines:>7,} {closes:>12,} {seconds:>8.0f} s "
        f"{int(built.stdout.splitlines()[-1]) / 1024 / KB:>7,.0f} MB {size / 1e6:>8,.0f} MB "
        f"{memory / 1024 / KB:>7,.0f} MB  {told}"
    )


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    asked.add_argument("lines", type=int, nargs="*", default=[25, 250, 2500, 7500])
    asked.add_argument("--years", type=int, default=20)
    asked.add_argument(
        "--folder",
        type=Path,
        help="where there is room; that of the system for temporary files if none",
    )
    options = asked.parse_args()
    print(
        (
            "  lines       closes      build    peak      on disk  asking  questions, each the "
            "first time"
        ),
        flush=True,
    )
    for lines in options.lines:
        with tempfile.TemporaryDirectory(dir=options.folder) as folder:
            closes = invent(Path(folder), lines, options.years)
            print(measure(Path(folder), lines, closes), flush=True)


if __name__ == "__main__":
    main()
