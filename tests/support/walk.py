"""Walk through ordinary states of every page and report each one that fails.

    python -m tests.support.walk --states 2000 --seed 7

Every page is opened with every line of the universe, with every value of every choice, and on forty
dates; further random combinations fill up the count. The same seed gives the same states. The
states run on the served snapshot of HARBOURVIEW_DATA. Exit code 1 where a state failed.
"""

import argparse
import logging
import os
import random
import sys
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import date, timedelta
from multiprocessing import get_context
from urllib.parse import urlencode

from ui.frame import PAGES

# Days on which something is special: before all results, a single close in the window (this one
# crashed Overview), results days, a month's last session, the day after the last purchase.
SPECIAL = ("2004-06-16", "2020-04-01", "2024-07-08", "2025-11-18", "2026-07-04", "2026-08-19")
DATES = 40


@dataclass(frozen=True)
class State:
    """A page and the query that it is opened with."""

    page: str
    query: tuple[tuple[str, str], ...]

    def __str__(self) -> str:
        return f"/{self.page}?{urlencode(self.query, safe=',')}"


def choices() -> dict[str, tuple[str, ...]]:
    """Every parameter with a fixed list of values, and the values that the served data offer."""
    from ui import answers, frame, links

    fixed = {
        "w": links.WINDOWS,
        "basis": links.BASES,
        "currency": links.CURRENCIES,
        "lang": links.LANGUAGES,
        "updown": links.UPDOWN,
        "mode": links.MODES,
        "metric": links.METRICS,
        "chart": links.CHARTS,
        "across": tuple(dict.fromkeys((*links.ACROSS, *links.BUYBACK_ACROSS))),
        "order": links.ORDERS,
        "only": links.ONLY,
        "columns": links.COLUMNS,
        "group": links.GROUPS,
        "grain": links.GRAINS,
        "calendar": links.CALENDARS,
        "history": links.HISTORIES,
        "theme": links.THEMES,
    }
    now = answers.served()
    offered = {
        name: tuple(answers.ask(now, question)["word"]) for name, question in frame.WORDS.items()
    }
    latest = answers.ask(now, "SELECT max(date) AS day FROM prices")["day"].iloc[0].date()
    months = tuple(
        f"{year}-{month:02}" for year in range(2019, latest.year + 1) for month in (3, 8)
    )
    days = ("2019-06-30", "2024-01-01", "2025-12-31")
    moments = {"month": months, "since": days, "from": days, "to": days}
    return fixed | offered | moments | {"q": ("腾讯", "AI cloud", "neverwritten")}


def states(count: int, seed: int) -> list[State]:
    """count states (more where every line and choice needs more), in a fixed order for a seed."""
    from ui import answers
    from ui.view import facts_of, universe_of

    chance = random.Random(seed)
    now = answers.served()
    tickers = [entry.ticker for entry in universe_of(now)[0].entries]
    latest = facts_of(now)["latest"].date()
    first = date.fromisoformat(SPECIAL[0])
    days = [first + timedelta(chance.randrange((latest - first).days)) for _ in range(DATES)]
    dates = [*SPECIAL, *(day.isoformat() for day in days[len(SPECIAL) :])]
    offered = choices()

    def state(page: str, **fixed: str) -> State:
        query = {"as_of": chance.choice(dates)} if chance.random() < 0.7 else {}
        if chance.random() < 0.7:
            query["t"] = ",".join(chance.sample(tickers, chance.choice((1, 1, 1, 2, 5))))
        for name in chance.sample(sorted(offered), chance.randint(0, 3)):
            query[name] = chance.choice(offered[name])
        return State(page, tuple(sorted((query | fixed).items())))

    found = [state(page, t=ticker) for page in PAGES for ticker in tickers]
    found += [state(page, as_of=day) for page in PAGES for day in dates]
    found += [
        state(PAGES[number % len(PAGES)], **{name: value})
        for name, values in offered.items()
        for value in values
        for number in range(len(PAGES) if len(values) < 40 else 3)
    ]
    found += [state(chance.choice(PAGES)) for _ in range(count - len(found))]
    chance.shuffle(found)
    return found


def fault_of(state: State) -> str | None:
    """What is wrong with a state once it is opened, None where nothing is."""
    from tests.support.screen import run_page

    try:
        shown = run_page(state.page, **dict(state.query))
    except Exception as error:  # every fault of a page is a finding of the walk
        return f"{state}: {type(error).__name__} {error}"
    return f"{state}: {shown.error[0].value}" if len(shown.error) else None


def walk(found: list[State], processes: int) -> list[str]:
    """Open all states in so many processes; the faults."""
    with ProcessPoolExecutor(
        processes, mp_context=get_context("spawn"), initializer=_quiet
    ) as pool:
        return [fault for fault in pool.map(fault_of, found, chunksize=20) if fault]


def _quiet() -> None:
    logging.disable(logging.CRITICAL)


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--states", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--processes", type=int, default=os.cpu_count())
    asked = parser.parse_args(arguments)
    found = states(asked.states, asked.seed)
    faults = walk(found, asked.processes)
    pages = Counter(state.page for state in found)
    print(", ".join(f"{page} {number}" for page, number in sorted(pages.items())))
    print(f"{len(found)} states, {len(faults)} with a fault")
    print("\n".join(faults))
    return 1 if faults else 0


if __name__ == "__main__":
    # a page under test takes the name __main__ for its own script
    from tests.support import walk as by_name

    sys.exit(by_name.main())
