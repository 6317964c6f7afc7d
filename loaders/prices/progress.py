"""What a run says while it works: one bar on a terminal, plain lines elsewhere, and a log for the
day after.
"""

import sys
from datetime import datetime
from pathlib import Path

from warehouse import snapshot

WIDTH = 24


class Progress:
    """One line of work after another, with its outcome."""

    def __init__(self, total: int, stream=None):
        self.total, self.count, self.stream = total, 0, stream or sys.stdout
        self.terminal = self.stream.isatty()

    def begin(self, name: str) -> None:
        if self.terminal:
            filled = WIDTH * self.count // max(self.total, 1)
            self._put(
                f"\r\033[K[{'#' * filled}{'.' * (WIDTH - filled)}] {self.count}/{self.total} {name}"
            )

    def done(self, name: str, outcome: str, note: str = "") -> None:
        self.count += 1
        self._put(
            ("\r\033[K" if self.terminal else "")
            + f"  {name:<9} {outcome}{': ' + note if note else ''}\n"
        )

    def say(self, text: str) -> None:
        self._put(("\r\033[K" if self.terminal else "") + text + "\n")

    def _put(self, text: str) -> None:
        self.stream.write(text)
        self.stream.flush()


class Log:
    """One line for each step in log/DAY.log, the clock of Hong Kong before it."""

    def __init__(self, prices: Path, now):
        self.folder, self.now = prices / "log", now

    def line(self, ticker: str, step: str, text: str = "") -> None:
        at: datetime = self.now().astimezone(snapshot.HONG_KONG)
        self.folder.mkdir(parents=True, exist_ok=True)
        with open(self.folder / f"{at:%Y-%m-%d}.log", "a", encoding="utf-8") as file:
            file.write(f"{at:%H:%M:%S} {ticker:<9} {step:<8} {text}".rstrip() + "\n")
