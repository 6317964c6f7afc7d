"""The cells of one sheet of a foreign workbook or CSV file, within limits.

A spoiled workbook can end the process that reads it, and a small one can ask for all memory there
is. So a workbook is looked at before it is opened, and opened in a process of its own that may use
so much memory and time and can open no
file and no network: what ends is that process, and the file is named.
"""

import io
import json
import subprocess
import sys
import threading
import zipfile
from datetime import date, datetime
from pathlib import Path
from typing import IO

from python_calamine import CalamineError, CalamineWorkbook, PasswordError

OLD, ZIPPED = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"PK\x03\x04"
SHEET = "SBNReport"  # of the exchange's report; of any other workbook the first sheet is read
# The exchange's report has 45 KB. What a workbook may have on disk and unpacked, of sheet, of
# memory and of time.
LARGEST, LARGEST_UNPACKED, MOST_PACKED, MOST_PARTS = 8 * 2**20, 64 * 2**20, 100, 500
MOST_ROWS, MOST_COLUMNS, LONGEST_CELL, MOST_TEXT = (
    20_000,
    200,
    10_000,
    16_000_000,
)  # the last two in characters, of a cell and of a sheet
MEMORY, SECONDS = 2**30, 20

Cell = str | float | bool
Sheet = list[list[Cell]]


class Unreadable(Exception):
    """Why a file gives no cells: rule, words, and where known the line and what stands there."""

    def __init__(self, rule: str, wrong: str, line: int = 0, value: str | None = None):
        super().__init__(rule, wrong)
        self.rule, self.wrong, self.line, self.value = rule, wrong, line, value


def bytes_of(path: Path) -> bytes:
    """A file as received.

    Raises Unreadable where it is none, or larger than any table that is read here; that is asked
    before it is opened.
    """
    try:
        if not path.exists():
            raise Unreadable("C13", "is not there")
        if not path.is_file():
            raise Unreadable("C13", "is no regular file")
        if path.stat().st_size > LARGEST:
            raise Unreadable(
                "C13",
                (
                    f"has {path.stat().st_size:,} bytes, a table here at most {LARGEST:,}: it "
                    "was not opened"
                ),
            )
        with open(path, "rb") as file:
            return file.read(LARGEST)
    except OSError as error:
        raise Unreadable("C13", f"cannot be read: {error.strerror}") from error


def check(name: str, raw: bytes) -> None:
    """Raise Unreadable for what is no workbook, or one that its name or its parts belie."""
    suffix, start = Path(name).suffix.lower(), raw[:512].lstrip().lower()
    if not raw.strip():
        raise Unreadable("C11", "the file is empty")
    if start.startswith(b"<") or b"<html" in start:
        raise Unreadable(
            "C11",
            "an HTML page, no workbook: an error page was saved in its place",
            1,
            start.splitlines()[0].decode("utf-8", "replace"),
        )
    if raw.startswith(ZIPPED):
        if suffix == ".xls":
            raise Unreadable(
                "C01",
                (
                    "is an XLSX workbook under the name of an old one (.xls): the exchange's "
                    "file was saved anew, or is another"
                ),
            )
        check_zip(raw)
    elif not raw.startswith(OLD):
        raise Unreadable("C01", f"is no workbook: it begins with {raw[:8].hex(' ')}")


def check_zip(raw: bytes) -> None:
    """Raise Unreadable for an XLSX that unpacks to more than any table that is read here."""
    try:
        parts = zipfile.ZipFile(io.BytesIO(raw)).infolist()
    except (zipfile.BadZipFile, ValueError, OSError) as error:
        raise Unreadable("C01", f"is a damaged XLSX workbook: {error}") from error
    unpacked, most = (
        sum(part.file_size for part in parts),
        min(LARGEST_UNPACKED, MOST_PACKED * max(len(raw), 2**16)),
    )
    if len(parts) > MOST_PARTS or unpacked > most:
        raise Unreadable(
            "C13",
            (
                f"unpacks to {unpacked:,} bytes in {len(parts):,} parts, a table of its size "
                f"here to at most {most:,} in {MOST_PARTS}: it was not opened"
            ),
        )


def csv_cells(path: Path, name: str) -> Sheet:
    """The cells of a CSV file, each line in its place.

    Raises Unreadable for the first thing that is wrong in it.
    """
    from loaders import reading  # the database with it: not for the process that reads workbooks

    text, wrong = reading.text_of(path, name)
    records, broken = reading.records_of(text, name, MOST_ROWS) if text is not None else ([], [])
    if first := next(iter(wrong + broken), None):
        raise Unreadable(first.rule, first.wrong, first.line, first.value)
    sheet: Sheet = [[] for _ in range(records[-1][0])]
    for line, record in records:
        sheet[line - 1] = list(record)
    return sheet


def pipes(process: subprocess.Popen) -> tuple[IO[bytes], IO[bytes]]:
    """The standard input and output of a process that was started with both."""
    if process.stdin is None or process.stdout is None:
        raise ValueError("a process without pipes")
    return process.stdin, process.stdout


class Reader:
    """Reads workbooks in a process of its own, one after the other; to be used in a with
    statement.
    """

    def __init__(self):
        self.process: subprocess.Popen | None = None

    def __enter__(self) -> "Reader":
        return self

    def __exit__(self, *ended) -> None:
        self._end()

    def cells(self, path: Path, name: str, raw: bytes) -> Sheet:
        """The cells of the exchange's sheet of a workbook, else of its first, or of a CSV file; a
        cell is a text, a number or a truth, a day the text of its ISO date.
        """
        if path.suffix.lower() == ".csv":
            return csv_cells(path, name)
        check(name, raw)
        if self.process is None:
            self.process = subprocess.Popen(
                [sys.executable, "-m", __spec__.name],
                cwd=Path(__file__).parents[1],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
            )
        late = threading.Timer(SECONDS, self.process.kill)
        late.start()
        try:
            stdin, stdout = pipes(self.process)
            stdin.write(len(raw).to_bytes(8, "big") + raw)
            stdin.flush()
            said = stdout.readline()
        except OSError:
            said = b""
        finally:
            late.cancel()
        if not said.endswith(b"\n"):
            self._end()
            raise Unreadable(
                "C13",
                (
                    f"is damaged: what reads workbooks broke off on it (limits {SECONDS} s, "
                    f"{MEMORY // 2**20:,} MB)"
                ),
            )
        answer = json.loads(said)
        if "wrong" in answer:
            raise Unreadable(*answer["wrong"])
        return answer["cells"]

    def _end(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            for pipe in pipes(self.process):
                pipe.close()
            self.process.stdin = self.process.stdout = None
            self.process = None


# In the other process -----------------------------------------------------------------------------


def cells_of(raw: bytes) -> Sheet:
    """The cells of the sheet. Raises Unreadable."""
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(raw))
        names = book.sheet_names
        if not names:
            raise Unreadable("C11", "a workbook without a sheet")
        sheet = book.get_sheet_by_name(SHEET if SHEET in names else names[0])
    except PasswordError:
        raise Unreadable("C01", "is encrypted: save it without a password") from None
    except (CalamineError, ValueError, OSError) as error:
        raise Unreadable(
            "C01", f"is a damaged workbook: {' '.join(str(error).split())[:100]}"
        ) from None
    if sheet.total_height > MOST_ROWS or sheet.total_width > MOST_COLUMNS:
        raise Unreadable(
            "C13",
            (
                f"has {sheet.total_height:,} rows and {sheet.total_width:,} columns, a table "
                f"here at most {MOST_ROWS:,} and {MOST_COLUMNS}"
            ),
        )
    cells, text = (
        [[plain(cell) for cell in row] for row in sheet.to_python(skip_empty_area=False)],
        0,
    )
    for line, row in enumerate(cells, 1):
        lengths = [len(cell) for cell in row if isinstance(cell, str)]
        text += sum(lengths)
        if max(lengths, default=0) > LONGEST_CELL:
            raise Unreadable(
                "C13",
                f"line {line}: {max(lengths):,} characters, a cell has at most {LONGEST_CELL:,}",
            )
    if text > MOST_TEXT:
        raise Unreadable("C13", f"holds {text:,} characters, a table here at most {MOST_TEXT:,}")
    return cells


def plain(cell) -> Cell:
    """A cell as JSON has it."""
    if isinstance(cell, datetime) and not cell.time().replace(microsecond=0):
        cell = cell.date()
    return (
        cell
        if isinstance(cell, (str, bool, int, float))
        else cell.isoformat()
        if isinstance(cell, (date, datetime))
        else str(cell)
    )


def confine() -> None:
    """Take from this process what reading a workbook from memory does not need: more memory, and
    every file and connection that it has not open already.
    """
    try:
        import resource
    except ImportError:
        return  # no such limits on Windows
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (3, 3))


def main() -> None:
    """Answer each workbook on the standard input, eight bytes of length before it, with a line of
    JSON.
    """
    confine()
    while length := sys.stdin.buffer.read(8):
        raw = sys.stdin.buffer.read(int.from_bytes(length, "big"))
        try:
            answer: dict[str, object] = {"cells": cells_of(raw)}
        except Unreadable as error:
            answer = {"wrong": error.args}
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
