"""What did the last run of the price loader come to, line by line? Read from the record that it
leaves beside the landed prices.

A run that brings nothing publishes nothing, so its outcome stands in no snapshot: what it says
    is about now, not about an as-of date.
"""

import json
from dataclasses import asdict, dataclass
from functools import lru_cache
from pathlib import Path

WELL = ("got", "nothing new")


@dataclass(frozen=True)
class Line:
    """How the latest question about one line (or pair of currencies) ended: in whose run, at which
    moment (Hong Kong), and what of it has landed by now.
    """

    ticker: str
    outcome: str
    note: str | None
    last_session: str | None
    rows_new: int | None
    rejected: int | None
    at: str | None
    provider: str | None
    run: str | None

    @property
    def failed(self) -> bool:
        return self.outcome not in WELL


@dataclass(frozen=True)
class Run:
    """The last run: when it began and ended (None: it was broken off), of which provider, what it
    left out; and every line's latest question, of this run or an earlier one.
    """

    began_at: str
    finished_at: str | None
    provider: str | None
    version: str | None
    left_out: tuple[str, ...]
    asked: tuple[Line, ...]

    @property
    def lines(self) -> tuple[Line, ...]:
        """The lines that this run asked for."""
        return tuple(line for line in self.asked if line.run == self.began_at)

    @property
    def outcomes(self) -> dict[str, int]:
        """How many of its lines ended how, the most frequent first."""
        counted: dict[str, int] = {}
        for line in self.lines:
            counted[line.outcome] = counted.get(line.outcome, 0) + 1
        return dict(sorted(counted.items(), key=lambda pair: (-pair[1], pair[0])))

    def plain(self) -> dict[str, object]:
        """The run and its lines as plain values, for a reader of JSON."""
        lines = [
            {name: value for name, value in asdict(line).items() if name not in ("provider", "run")}
            for line in self.lines
        ]
        return {
            "began_at": self.began_at,
            "finished_at": self.finished_at,
            "provider": self.provider,
            "version": self.version,
            "left_out": list(self.left_out),
            "outcomes": self.outcomes,
            "lines": lines,
        }


def last_run(prices: Path) -> Run | None:
    """The last run recorded in a folder of landed prices; None where there was none, or its record
    cannot be read.
    """
    path = prices / "run.json"
    try:
        return (
            run_of(path.read_text("utf-8")) if path.is_file() else None
        )  # a pipe would be waited for
    except (OSError, ValueError):
        return None


@lru_cache(maxsize=4)  # asked for each click, and each view holds its answer
def run_of(record: str) -> Run | None:
    """The run that a record tells of; None where it cannot be read."""
    try:
        told = json.loads(record)
        run = told["run"]
        asked = [
            Line(
                ticker,
                line["outcome"],
                *(
                    line.get(name)
                    for name in (
                        "note",
                        "last_session",
                        "rows_new",
                        "rejected",
                        "at",
                        "provider",
                        "run",
                    )
                ),
            )
            for ticker, line in sorted(told["tickers"].items())
            if "outcome" in line
        ]
        return Run(
            run["began_at"],
            run.get("finished_at"),
            run.get("provider"),
            run.get("version"),
            tuple(run.get("left_out") or ()),
            tuple(asked),
        )
    except (ValueError, LookupError, TypeError, AttributeError):
        return None
