"""What does a desk of managers ask of a server, and how long does it let them wait? Beside a plain
Streamlit app under the same load, in one run.

    python benchmarks/load.py [--sessions 50] [--processes 1] [--seconds 60] [--rounds 2] [--total
    1000]

HARBOURVIEW_DATA names a data folder with a built warehouse; with daily prices for the figures that
are meant: python -m loaders prices --provider csv --from DIR. Managers are websocket sessions
(tests/support/managers.py), each with a click every eight seconds. The two apps take turns under
the same settings, so that ratios hold on a busy machine. Of several processes on one data folder
each has its part of the managers, as behind the proxy of docs/nginx.conf.
"""

import argparse
import asyncio
import random
import statistics
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psutil

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT)]

from tests.support.browser import process  # noqa: E402 (needs the path above)
from tests.support.managers import Failed, Manager  # noqa: E402 (needs the path above)

PAGES = ("overview", "valuation", "buybacks", "segments", "estimates", "market")
PAUSE = 8.0  # seconds between two clicks of a manager


@dataclass
class Told:
    """What the managers of one app lived through: seconds of opening and of clicks, what failed,
    CPU seconds.
    """

    opened: list[float] = field(default_factory=list)
    clicks: list[float] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    cpu: float = 0.0
    received: int = 0


@dataclass(frozen=True)
class Server:
    """The processes that serve one app: their addresses and themselves."""

    addresses: tuple[str, ...]
    processes: tuple[psutil.Process, ...]

    def size(self) -> float:
        """MB of memory, all together."""
        return sum(process.memory_info().rss for process in self.processes) / 1e6

    def busy(self) -> float:
        """CPU seconds since they began."""
        return sum(
            times.user + times.system
            for times in (process.cpu_times() for process in self.processes)
        )


@contextmanager
def serving(script: Path, processes: int) -> Iterator[Server]:
    """So many processes of an app, as a server runs them: .streamlit/config.toml alone says how."""
    with ExitStack() as stack:
        started = [
            stack.enter_context(process(script, settings=(), MALLOC_ARENA_MAX="2"))
            for _ in range(processes)
        ]
        yield Server(
            tuple(address for address, _ in started),
            tuple(psutil.Process(one.pid) for _, one in started),
        )


async def one(address: str, places: tuple[str, ...], seed: int, until: float, told: Told) -> None:
    """A manager: opens a page, then clicks every eight seconds or so until the time is over."""
    luck = random.Random(seed)
    manager = Manager(address, luck)
    await asyncio.sleep(luck.uniform(0, PAUSE))
    try:
        told.opened.append((await manager.open(luck.choice(places))).seconds)
        while (pause := luck.uniform(0.5, 1.5) * PAUSE) + time.perf_counter() < until:
            await asyncio.sleep(pause)
            run = await manager.click()
            told.clicks.append(run.seconds)
            told.received += run.received
    except (Failed, OSError) as error:
        told.failures.append(str(error))
    finally:
        await manager.close()


async def desk(
    addresses: Sequence[str],
    places: tuple[str, ...],
    sessions: int,
    seconds: float,
    seed: int,
    told: Told,
) -> None:
    until = time.perf_counter() + seconds
    await asyncio.gather(
        *(
            one(addresses[number % len(addresses)], places, seed * 10_000 + number, until, told)
            for number in range(sessions)
        )
    )


async def passers_by(
    addresses: Sequence[str], places: tuple[str, ...], count: int, told: Told, first: int
) -> None:
    """Managers who open a page, click once and leave, ten at a time."""
    gate = asyncio.Semaphore(10)

    async def visit(number: int) -> None:
        async with gate:
            manager = Manager(addresses[number % len(addresses)], random.Random(first + number))
            try:
                told.opened.append((await manager.open(manager.luck.choice(places))).seconds)
                told.clicks.append((await manager.click()).seconds)
            except (Failed, OSError) as error:
                told.failures.append(str(error))
            finally:
                await manager.close()

    await asyncio.gather(*(visit(number) for number in range(count)))


def percentiles(seconds: list[float]) -> tuple[float, float, float]:
    """p50, p95 and p99 in milliseconds."""
    if len(seconds) < 2:
        return (1000 * sum(seconds),) * 3
    cuts = statistics.quantiles(seconds, n=100, method="inclusive")
    return 1000 * cuts[49], 1000 * cuts[94], 1000 * cuts[98]


def line(name: str, told: Told, server: Server) -> None:
    p50, p95, p99 = percentiles(told.clicks)
    print(
        f"{name:<12} {len(told.clicks):5d} clicks: p50 {p50:5.0f} p95 {p95:5.0f} p99 {p99:5.0f} "
        f"ms; opening p95 {percentiles(told.opened)[1]:5.0f} ms; {len(told.failures)} failed; "
        f"{1000 * told.cpu / max(1, len(told.clicks) + len(told.opened)):4.0f} ms of CPU and "
        f"{told.received / max(1, len(told.clicks)) / 1000:4.0f} kB a click; "
        f"{server.size():4.0f} MB",
        flush=True,
    )
    for failure in sorted(set(told.failures))[:5]:
        print(f"  {failure}")


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    asked.add_argument("--sessions", type=int, default=50)
    asked.add_argument("--processes", type=int, default=1, help="of each app")
    asked.add_argument("--seconds", type=float, default=60)
    asked.add_argument("--rounds", type=int, default=2, help="how often the two apps take turns")
    asked.add_argument(
        "--total",
        type=int,
        default=1000,
        help="managers who come and go after that, for the memory; 0 leaves it out",
    )
    options = asked.parse_args()
    with (
        serving(ROOT / "app.py", options.processes) as ours,
        serving(ROOT / "benchmarks" / "baseline_app.py", options.processes) as theirs,
    ):
        both = {"harbourview": (ours, PAGES), "baseline": (theirs, ("",))}
        for turn in range(
            options.rounds
            # each round is a line of its own: the first asks and draws nearly everything for the
            # first time
        ):
            slow = []
            for name, (server, places) in both.items():
                told, before = Told(), server.busy()
                asyncio.run(
                    desk(server.addresses, places, options.sessions, options.seconds, turn, told)
                )
                told.cpu = server.busy() - before
                line(name, told, server)
                slow.append(percentiles(told.clicks)[1])
            print(
                (
                    f"{options.sessions} sessions on {options.processes}: p95 is "
                    f"{slow[0] / slow[1]:.2f} times the baseline's"
                ),
                flush=True,
            )
        for part in range(4 if options.total else 0):
            told, before = Told(), ours.busy()
            asyncio.run(
                passers_by(
                    ours.addresses,
                    PAGES,
                    options.total // 4,
                    told,
                    1_000_000 + part * options.total,
                )
            )
            told.cpu = ours.busy() - before
            time.sleep(3)  # what the last question took is given back within a second
            line(f"after {(part + 1) * (options.total // 4)}", told, ours)


if __name__ == "__main__":
    main()
