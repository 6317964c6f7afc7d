"""The loaders' command line: build, check, status, path, rollback.

Exit codes: 0 published or all well, 2 rejected and the old snapshot still served (status: the last build was), 4 another
loader holds the lock.
"""

import argparse
import json
import sys
import time

from loaders import build
from warehouse import places, snapshot

PUBLISHED, REJECTED, LOCKED = 0, 2, 4


def still_served() -> str:
    """What an error line ends with: what happened to the data."""
    try:
        now = snapshot.served(places.warehouse_folder())
    except snapshot.NoSnapshot:
        return "nothing was published, nothing is served yet"
    return f"nothing was published, still serving {now.snapshot_id}"


def run_build(publish: bool) -> int:
    begun = time.perf_counter()
    progress = (lambda text: print(f"  {text} ...", flush=True)) if sys.stdout.isatty() else (lambda text: None)
    result = build.build(places.data_folder(), publish, progress)
    if result.rejected:
        end = still_served()
        for line in result.rejected:
            print(f"{line}; {end}", file=sys.stderr)
        print(f"{len(result.rejected)} rejected; {end}", file=sys.stderr)
        return REJECTED
    seconds = time.perf_counter() - begun
    if result.unchanged:
        print(f"nothing new: {result.snapshot_id} was built from the same inputs and is served")
        return PUBLISHED
    counted = ", ".join(f"{count} {severity}" for severity, count in sorted(result.findings.items())) or "none"
    print(f"{'published ' + result.snapshot_id if publish else 'all well, nothing published'}; findings: {counted}; {seconds:.1f} s")
    return PUBLISHED


def tell_refusal(refused: dict | None, end: str) -> None:
    """Every line of the last build, where it was refused."""
    if refused:
        print(f"the last build, of {refused['at'][:16].replace('T', ' ')} HKT, was refused: {refused['count']} error{'s' * (refused['count'] != 1)}; {end}")
        for line in refused["lines"]:
            print(f"  {line}")


def run_status(as_json: bool) -> int:
    try:
        status = build.status(places.data_folder())
    except snapshot.NoSnapshot:
        tell_refusal(build.refused(places.data_folder()), "nothing is served yet")
        raise
    code = REJECTED if status["problem"] or status["refused"] else PUBLISHED
    if as_json:
        print(json.dumps(status, ensure_ascii=False, indent=2))
        return code
    print(f"snapshot {status['snapshot_id']}, built {status['built_at'][:19]}Z, data as of {status['data_as_of']}")
    if status["problem"]:
        print(f"warning: {status['problem']}; serving the newest snapshot that can be verified")
    tell_refusal(status["refused"], "what is served is the snapshot before it")
    for row in status["tables"]:
        print(f"  {row['table']:<22}{row['rows']:>8}  {row['latest'] or '-'}")
    for row in status["findings"]:
        print(f"  {row['severity']} {row['code']}: {row['count']}")
    print(f"earlier: {', '.join(status['earlier']) or 'none'}")
    return code


def run_rollback(snapshot_id: str | None) -> int:
    folder = places.warehouse_folder()
    with snapshot.lock(folder):
        if snapshot_id is None:
            now = snapshot.served(folder).snapshot_id
            earlier = [candidate for candidate in snapshot.published(folder) if candidate < now]
            if not earlier:
                raise snapshot.NoSnapshot(f"there is no snapshot before {now}")
            snapshot_id = earlier[0]
        snapshot.point_to(folder, snapshot_id)
    print(f"serving {snapshot_id}")
    return PUBLISHED


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m loaders", description="Load figures and publish the warehouse.")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("build", help="curated CSV and landed prices -> checked -> published snapshot")
    commands.add_parser("check", help="validate everything, publish nothing")
    commands.add_parser("status", help="the served snapshot, freshness, findings").add_argument("--json", action="store_true")
    commands.add_parser("path", help="path of the served snapshot")
    commands.add_parser("rollback", help="serve an earlier snapshot").add_argument("id", nargs="?", help="snapshot id; without it, the one before")
    chosen = parser.parse_args(arguments)
    try:
        match chosen.command:
            case "build" | "check":
                return run_build(chosen.command == "build")
            case "status":
                return run_status(chosen.json)
            case "path":
                print(snapshot.served(places.warehouse_folder()).path)
                return PUBLISHED
            case "rollback":
                return run_rollback(chosen.id)
    except snapshot.Locked as error:
        print(f"{error}; nothing was changed", file=sys.stderr)
        return LOCKED
    except snapshot.NoSnapshot as error:
        print(str(error), file=sys.stderr)
        return REJECTED
    except OSError as error:
        print(f"{error.filename or places.data_folder()}: {error.strerror or error}; {still_served()}", file=sys.stderr)
        return REJECTED


if __name__ == "__main__":
    sys.exit(main())
