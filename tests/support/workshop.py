"""A process that has all modules ready and runs the command line in a child of its own for each
order: it costs no start of Python.

A script of its own and no -c: there DuckDB takes it for a person at a terminal and draws a bar.
"""

import json
import os
import resource
import sys
import time
import traceback
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path

from loaders import __main__ as commands
from tests.support.good_files import GOOD
from tests.support.warehouses import invented


def size() -> int:
    """What this process has of memory, in bytes."""
    return int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()


if __name__ == "__main__":
    invented(
        Path(sys.argv[1]), **GOOD
    )  # rates, calendars and the words of the views are known to every child
    print("ready", flush=True)
    while line := sys.stdin.readline():
        order = json.loads(line)
        child = os.fork()
        if child == 0:
            code = 70
            try:
                said = open(order["said"], "w", buffering=1)  # noqa: SIM115 - closed with the process
                os.environ |= order["environment"] | {"HARBOURVIEW_DATA": order["data"]}
                time.tzset()
                if order["file_size"]:
                    resource.setrlimit(resource.RLIMIT_FSIZE, (order["file_size"],) * 2)
                if order["memory"]:
                    resource.setrlimit(resource.RLIMIT_AS, (size() + order["memory"],) * 2)
                with redirect_stdout(said), redirect_stderr(said):
                    try:
                        code = commands.main(order["command"])
                    except BaseException:
                        code = 1
                        traceback.print_exc()
            finally:
                os._exit(code)
        print(child, flush=True)
        sys.stdin.readline()
        _, status = os.waitpid(child, 0)
        print(
            -os.WTERMSIG(status) if os.WIFSIGNALED(status) else os.WEXITSTATUS(status), flush=True
        )
