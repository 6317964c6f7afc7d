"""The loaders' command line: build, prices, hkex, documents, traffic, check, status, path,
rollback, pin.

Exit codes: 0 published or all well, 2 rejected and the old snapshot still served (status: the
    last build was), 3 published in part (what was left out is listed), 4 another loader holds the
    lock, 130 broken off at the keyboard.
"""

import argparse
import json
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import date
from pathlib import Path

import duckdb

from loaders import build, reading
from warehouse import engine, places, runs, snapshot

PUBLISHED, REJECTED, IN_PART, LOCKED, BROKEN_OFF = 0, 2, 3, 4, 130
AddCommand = Callable[..., argparse.ArgumentParser]  # add_parser of the subcommands
SHOWN = 20  # stale lines that status names without --json


def published_to() -> engine.Published:
    return engine.published_to(places.data_folder())


def still_served() -> str:
    """What an error line ends with: what happened to the data."""
    try:
        now = published_to().served()
    except snapshot.NoSnapshot:
        return "nothing was published, nothing is served yet"
    return f"nothing was published, still serving {now.snapshot_id}"


def say_step(text: str) -> None:
    """What a build is doing, on a terminal."""
    if sys.stdout.isatty():
        print(f"  {text} ...", flush=True)


def run_build(publish: bool, accept_loss: list[str]) -> int:
    begun = time.perf_counter()
    accept_loss = [table for given in accept_loss for table in given.split(",")]
    unknown = [table for table in accept_loss if table not in reading.declared()]
    if unknown:
        near = reading.meant(unknown[0].lower().removesuffix(".csv"), reading.declared())
        print(f"--accept-loss {unknown[0]}: unknown table{near}; {still_served()}", file=sys.stderr)
        return REJECTED
    result = build.build(places.data_folder(), publish, say_step, accept_loss)
    well = tell_build(result, begun)
    if not publish:
        with suppress(snapshot.NoSnapshot):
            warn_of_damage(published_to().served())
    return PUBLISHED if well else REJECTED


def warn_of_damage(now: snapshot.Served) -> None:
    """Say on standard error that the pointer or the snapshot that it names is damaged."""
    if now.problem:
        print(
            f"warning: {now.problem}; serving {now.snapshot_id}, the newest that can be verified",
            file=sys.stderr,
        )


def tell_build(result: build.Result, begun: float) -> bool:
    """Say what a build came to; whether it was not refused."""
    if result.rejected:
        end = still_served()
        for line in result.rejected:
            print(f"{line}; {end}", file=sys.stderr)
        print(f"{len(result.rejected)} rejected; {end}", file=sys.stderr)
        return False
    if result.unchanged:
        print(f"nothing new: {result.snapshot_id} was built from the same inputs and is served")
        return True
    counted = (
        ", ".join(f"{count} {severity}" for severity, count in sorted(result.findings.items()))
        or "none"
    )
    outcome = (
        f"published {result.snapshot_id}" if result.snapshot_id else "all well, nothing published"
    )
    print(f"{outcome}; findings: {counted}; {time.perf_counter() - begun:.1f} s")
    return True


def run_prices(chosen: argparse.Namespace) -> int:
    """Bring daily prices, then build."""
    from loaders.prices import names  # pandas and a vendor's package: for no other command
    from loaders.prices import run as prices

    begun, data = time.perf_counter(), places.data_folder()
    try:
        world = prices.World.read(data, chosen.provider)
    except prices.Refused as error:
        end = still_served()
        for line in str(error).splitlines():
            print(f"{line}; {end}", file=sys.stderr)
        return REJECTED
    tickers, unknown = (
        names.tickers_of(chosen.tickers, world.names) if chosen.tickers else (None, [])
    )
    if unknown and not tickers:
        print(f"{'; '.join(unknown)}; {still_served()}", file=sys.stderr)
        return REJECTED
    if chosen.provider == "csv" and not (chosen.folder and Path(chosen.folder).is_dir()):
        print(
            (
                f"--provider csv reads a folder: --from {chosen.folder or 'DIR'} is none; "
                f"{still_served()}"
            ),
            file=sys.stderr,
        )
        return REJECTED
    try:
        provider = prices.provider_of(chosen.provider, chosen.folder, chosen.unadjusted, world)
    except ValueError as error:
        print(f"provider {chosen.provider}: {error}; {still_served()}", file=sys.stderr)
        return REJECTED
    try:
        report = prices.run(
            data,
            provider,
            tickers,
            chosen.since,
            options={"from": chosen.folder, "unadjusted": chosen.unadjusted},
            world=world,
        )
    except KeyboardInterrupt:
        print(
            (
                "\nbroken off; what has landed is whole, the same command goes on from here; "
                f"{still_served()}"
            ),
            file=sys.stderr,
        )
        return BROKEN_OFF
    published_to().tell_run(data / "prices")
    if report.built is None:
        raise TypeError("a run that ends has built")
    well = tell_build(report.built, begun)
    for line in unknown + report.left_out:
        print(f"left out: {line}", file=sys.stderr)
    if not well or not report.answered:
        if well:
            state = (
                still_served()
                if report.built.unchanged
                else "only what had landed before was built"
            )
            print(f"no line was answered; {state}", file=sys.stderr)
        return REJECTED
    return IN_PART if report.left_out or unknown else PUBLISHED


def run_hkex(chosen: argparse.Namespace) -> int:
    """Read files of purchases into the curated buybacks, then build."""
    from loaders.hkex import run as hkex

    begun = time.perf_counter()
    try:
        done = hkex.run(
            places.data_folder(),
            chosen.files,
            hkex.Options(chosen.ticker, chosen.day, chosen.source),
            say=say_step,
        )
    except KeyboardInterrupt:
        print(
            (
                "\nbroken off; the curated files are as they were or changed whole, the same "
                f"command goes on from here; {still_served()}"
            ),
            file=sys.stderr,
        )
        return BROKEN_OFF
    well = not done.rejected and bool(done.read or done.known)
    tell_left_out(done, well)
    if not done.rejected:
        hkex.tell(done)
    if not well or done.built is None:
        return REJECTED
    if not tell_build(done.built, begun):
        return REJECTED
    return IN_PART if done.refused else PUBLISHED


def run_documents(chosen: argparse.Namespace) -> int:
    """Add research documents to the curated ones, then build."""
    from loaders import documents

    begun = time.perf_counter()
    done = documents.run(places.data_folder(), chosen.files)
    for title, document_id in done.known:
        print(f"already here as {document_id}: {title}")
    for document_id, other in done.folded:
        print(f"{document_id} tells the story of {other} and stands under it")
    return tell_entered(
        done,
        begun,
        (
            f"documents: {len(done.added)} added, {len(done.known)} already here; files: "
            f"{done.read} read, {len(done.refused)} refused"
        ),
    )


def run_traffic(chosen: argparse.Namespace) -> int:
    """Add a vendor's weekly tables of visits to the curated ones, then build."""
    from loaders import traffic

    begun = time.perf_counter()
    done = traffic.run(
        places.data_folder(),
        chosen.files,
        chosen.vendor,
        chosen.week,
        chosen.published,
        chosen.source,
    )
    return tell_entered(
        done,
        begun,
        (
            f"sites: {done.added} added, {done.known} already here; files: {done.read} read, "
            f"{len(done.refused)} refused"
        ),
    )


def tell_left_out(done, well: bool) -> None:
    """Every error line: of a file left out while others went in (well), or with what is still
    served.
    """
    end = still_served()
    for name, lines in done.refused.items():
        for line in lines:
            print(
                f"{line}; {f'{name} was left out, nothing else is lost' if well else end}",
                file=sys.stderr,
            )
    for line in done.rejected:
        print(f"{line}; {end}", file=sys.stderr)


def tell_entered(done, begun: float, counted: str) -> int:
    """Say what was refused and what went in; the exit code."""
    tell_left_out(done, bool(done.read) and not done.rejected)
    if done.rejected or done.built is None:
        return REJECTED
    print(counted)
    if not tell_build(done.built, begun):
        return REJECTED
    return IN_PART if done.refused else PUBLISHED


def tell_refusal(refused: dict | None, end: str) -> None:
    """Every line of the last build, where it was refused."""
    if refused:
        print(
            f"the last build, of {refused['at'][:16].replace('T', ' ')} HKT, was refused: "
            f"{refused['count']} error{'s' * (refused['count'] != 1)}; {end}"
        )
        for line in refused["lines"]:
            print(f"  {line}")


def run_status(as_json: bool) -> int:
    try:
        status = build.status(places.data_folder())
    except snapshot.NoSnapshot:
        tell_refusal(build.refused(places.data_folder()), "nothing is served yet")
        raise
    except duckdb.CatalogException:  # after an update, or a rollback to before one
        raise snapshot.NoSnapshot(
            "the served snapshot was built by another version of Harbourview and lacks what "
            "status tells; run: python -m loaders build"
        ) from None
    code = REJECTED if status["problem"] or status["refused"] else PUBLISHED
    if as_json:
        print(json.dumps(status, ensure_ascii=False, indent=2))
        return code
    print(
        f"snapshot {status['snapshot_id']}, built {status['built_at'][:19]}Z, data as of "
        f"{status['data_as_of']}"
    )
    if status["problem"]:
        print(f"warning: {status['problem']}; serving the newest snapshot that can be verified")
    tell_refusal(status["refused"], "what is served is the snapshot before it")
    for row in status["tables"]:
        print(
            (
                f"  {row['table']:<22}{row['rows']:>8}  {row['latest'] or '-':<10}  "
                f"{row['state'] if row['state'] != 'none' else ''}"
            ).rstrip()
        )
    for row in status["findings"]:
        print(f"  {row['severity']} {row['code']}: {row['count']}")
    stale = [row for row in status["prices"] if row["state"] != "fresh"]
    print(
        f"prices: {len(status['prices']) - len(stale)} of {len(status['prices'])} lines are "
        "fresh by their own cadence"
    )
    for row in stale[:SHOWN]:
        print(
            (
                f"  {row['ticker']:<9} {row['state']:<6} {row['frequency'] or '-':<10} last "
                f"{row['last_date'] or '-'}"
            )
            + (
                f", {row['sessions_since']} sessions since"
                if row["sessions_since"] is not None
                else ""
            )
        )
    if len(stale) > SHOWN:
        print(f"  and {len(stale) - SHOWN} more: status --json")
    if run := status["last_run"]:
        ended = (
            f"ended {run['finished_at'][:16].replace('T', ' ')}"
            if run["finished_at"]
            else "was broken off"
        )
        print(
            (
                f"last run of prices: {run['provider']}, began "
                f"{run['began_at'][:16].replace('T', ' ')}, {ended}: "
            )
            + (
                ", ".join(f"{count} {outcome}" for outcome, count in run["outcomes"].items())
                or "nothing asked"
            )
        )
        for line in run["lines"]:
            if line["outcome"] not in runs.WELL:
                print(f"  {line['ticker']:<9} {line['outcome']}: {line['note']}")
    print("snapshots kept, newest first; to serve one: python -m loaders rollback ID")
    for kept in status["snapshots"]:
        print(
            f"  {kept['snapshot_id']}  built {kept['built_at'][:16].replace('T', ' ')} "
            f"HKT{', pinned' * kept['pinned']}{', served' * kept['served']}"
        )
    return code


def run_rollback(snapshot_id: str | None) -> int:
    warehouse = published_to()
    with snapshot.lock(places.warehouse_folder()):
        if snapshot_id is None:
            now = warehouse.served().snapshot_id
            earlier = [one.snapshot_id for one in warehouse.shelf(now) if one.snapshot_id < now]
            if not earlier:
                raise snapshot.NoSnapshot(f"there is no snapshot before {now}")
            snapshot_id = earlier[0]
        warehouse.point_to(snapshot_id)
    print(f"serving {snapshot_id}")
    return PUBLISHED


def run_path() -> int:
    now = published_to().served()
    warn_of_damage(now)
    print(published_to().path(now))
    return PUBLISHED


def run_pin(snapshot_id: str) -> int:
    with snapshot.lock(places.warehouse_folder()):
        published_to().pin(snapshot_id)
    print(f"kept for good: {snapshot_id}")
    return PUBLISHED


# The arguments of each command --------------------------------------------------------------------


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m loaders", description="Load figures and publish the warehouse."
    )
    commands = parser.add_subparsers(dest="command", required=True)
    for add in (_add_build, _add_prices, _add_hkex, _add_documents, _add_traffic, _add_snapshots):
        add(commands.add_parser)
    return parser


def _add_build(add_command: AddCommand) -> None:
    parser = add_command(
        "build", help="curated CSV and landed prices -> checked -> published snapshot"
    )
    parser.add_argument(
        "--accept-loss",
        action="append",
        default=[],
        metavar="TABLE",
        help=(
            "publish although TABLE (or several, comma separated) has fewer rows than in the "
            "served snapshot"
        ),
    )


def _add_prices(add_command: AddCommand) -> None:
    parser = add_command("prices", help="bring daily prices and exchange rates, then build")
    parser.add_argument("--provider", choices=("yahoo", "akshare", "csv"), default="yahoo")
    parser.add_argument(
        "--tickers",
        nargs="+",
        metavar="TICKER",
        help="these lines only, in any spelling; without it, the whole universe",
    )
    parser.add_argument(
        "--since",
        type=date.fromisoformat,
        metavar="DATE",
        help="first session wanted; without it, what has not landed yet",
    )
    parser.add_argument(
        "--from", dest="folder", metavar="DIR", help="the folder that the provider csv reads"
    )
    parser.add_argument(
        "--unadjusted",
        action="store_true",
        help="declare the files of the folder as not adjusted for dividends",
    )


def _add_hkex(add_command: AddCommand) -> None:
    parser = add_command(
        "hkex",
        help=(
            "read the exchange's share repurchases reports, or a vendor's tables, into the "
            "curated buybacks, then build"
        ),
    )
    parser.add_argument(
        "files",
        nargs="+",
        metavar="FILE",
        help="workbooks (.xls, .xlsx), a vendor's CSV, or folders of workbooks",
    )
    parser.add_argument("--ticker", help="the company of a vendor's table that names none")
    parser.add_argument(
        "--day",
        type=date.fromisoformat,
        metavar="DATE",
        help="the trade day of a vendor's table that names none",
    )
    parser.add_argument(
        "--source",
        metavar="SOURCE_ID",
        help="the row of sources.csv that a vendor's table comes from",
    )


def _add_documents(add_command: AddCommand) -> None:
    add_command("documents", help="add research documents, then build").add_argument(
        "files",
        nargs="+",
        metavar="FILE",
        help="CSV files, text files with a front matter (.md, .txt), or folders of them",
    )


def _add_traffic(add_command: AddCommand) -> None:
    parser = add_command("traffic", help="add a vendor's weekly table of site traffic, then build")
    parser.add_argument(
        "files",
        nargs="+",
        metavar="FILE",
        help=(
            "the vendor's table (.csv, .xlsx); of several each is the week after the one before it"
        ),
    )
    parser.add_argument(
        "--vendor",
        required=True,
        help="who counts: a vendor that is here already, or a publisher of sources.csv",
    )
    parser.add_argument(
        "--week",
        required=True,
        type=date.fromisoformat,
        metavar="DATE",
        help="the first day of the (first) table's week",
    )
    parser.add_argument(
        "--published",
        type=date.fromisoformat,
        metavar="DATE",
        help="the day of the report; without it the week is known a week after its end",
    )
    parser.add_argument(
        "--source",
        metavar="SOURCE_ID",
        help="the row of sources.csv that it comes from; without it a new one",
    )


def _add_snapshots(add_command: AddCommand) -> None:
    add_command("check", help="validate everything, publish nothing")
    add_command("status", help="the served snapshot, freshness, findings").add_argument(
        "--json", action="store_true"
    )
    add_command("path", help="path of the served snapshot")
    add_command("rollback", help="serve an earlier snapshot").add_argument(
        "id", nargs="?", help="snapshot id; without it, the one before"
    )
    add_command("pin", help="keep a snapshot for good").add_argument("id", help="snapshot id")


def main(arguments: list[str] | None = None) -> int:
    chosen = _parser().parse_args(arguments)
    try:
        return _run(chosen)
    except snapshot.Locked as error:
        print(f"{error}; nothing was changed", file=sys.stderr)
        return LOCKED
    except snapshot.NoSnapshot as error:
        print(str(error), file=sys.stderr)
        return REJECTED
    except duckdb.Error as error:  # no memory, no threads: nothing of the input
        print(f"the database: {str(error).splitlines()[0]}; {still_served()}", file=sys.stderr)
        return REJECTED
    except OSError as error:
        print(
            (
                f"{error.filename or places.data_folder()}: {error.strerror or error}; "
                f"{still_served()}"
            ),
            file=sys.stderr,
        )
        return REJECTED


def _run(chosen: argparse.Namespace) -> int:
    match chosen.command:
        case "build" | "check":
            return run_build(chosen.command == "build", getattr(chosen, "accept_loss", []))
        case "prices":
            return run_prices(chosen)
        case "hkex":
            return run_hkex(chosen)
        case "documents":
            return run_documents(chosen)
        case "traffic":
            return run_traffic(chosen)
        case "status":
            return run_status(chosen.json)
        case "path":
            return run_path()
        case "rollback":
            return run_rollback(chosen.id)
        case "pin":
            return run_pin(chosen.id)
        case other:  # the parser lets nothing else through
            raise ValueError(other)


if __name__ == "__main__":
    sys.exit(main())
