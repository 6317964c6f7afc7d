"""A reader of what is served, who tells what he saw and whether it was torn.

A module of its own, so that a process of readers starts with nothing else.
"""

import json
import sys
import threading
import time

from warehouse.ask import ask, served

QUESTION = """
    SELECT (
        SELECT snapshot_id FROM snapshot
    ) AS before, (
    SELECT count(*)
    FROM prices) AS n, (
    SELECT sum(close)
    FROM prices) AS total, (
    SELECT count(*)
    FROM valuation) AS v, (
    SELECT max(snapshot_id)
    FROM snapshot) AS after
    """


def read_on(is_done, seen: dict[str, float], wrong: list[str], counts: dict[str, int]) -> None:
    """Read until told to stop: the id twice within a question, once outside it, and the figures
    with it.
    """
    expected = None
    while not is_done():
        try:
            now = served()
            seen.setdefault(now.snapshot_id, time.time())
            found = ask(QUESTION, path=now.path).iloc[0]
            outside = ask("SELECT snapshot_id FROM snapshot", path=now.path)["snapshot_id"][0]
            figures = (found["n"], found["total"], found["v"])
            expected = expected or figures
            if (
                not found["before"] == found["after"] == outside == now.snapshot_id
                or figures != expected
                or now.problem
            ):
                wrong.append(f"torn: {now} {dict(found)} {outside}")
            counts["reads"] = counts.get("reads", 0) + 1
            time.sleep(0.03)
        except Exception as error:  # whatever it is, a reader must not see it
            wrong.append(f"error: {type(error).__name__}: {error}")


if __name__ == "__main__":
    seen, wrong, counts, done = {}, [], {}, threading.Event()
    threading.Thread(target=lambda: (sys.stdin.read(), done.set()), daemon=True).start()
    print("ready", flush=True)
    read_on(done.is_set, seen, wrong, counts)
    print(json.dumps([seen, wrong, counts]), flush=True)
