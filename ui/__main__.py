"""python -m ui pack: the meeting pack from the command line, as a scheduler makes it each night.

Exit codes: 0 made, 2 refused and nothing written, 3 made in part (what was left out is listed).
"""

import argparse
import logging
import os
import sys
from pathlib import Path

from streamlit.logger import set_log_level

from ui import answers, links, pack
from ui.view import HOME, View, view_of

WIDTH = 24


def refuse(*lines: str) -> int:
    for line in lines:
        print(line, file=sys.stderr)
    return 2


def progress(done: int, whole: int, name: str) -> None:
    """A bar on a terminal, a line a picture elsewhere."""
    if sys.stdout.isatty():
        filled = WIDTH * done // whole
        print(
            f"\r\033[K[{'#' * filled}{'.' * (WIDTH - filled)}] {done}/{whole} {name}",
            end="" if name else "\n",
            flush=True,
        )
    elif name:
        print(f"  {done + 1}/{whole} {name}", flush=True)


def make(chosen: argparse.Namespace) -> int:
    pages = [page.strip().lower() for page in chosen.pages.split(",") if page.strip()]
    unknown = [page for page in pages if page not in pack.PAGES]
    files = [Path(name) for name in chosen.output]
    if unknown or not pages:
        return refuse(
            f"--pages {chosen.pages!r}: no page of this name has a picture for a pack; there are "
            f"{', '.join(pack.PAGES)}; nothing was written"
        )
    if wrong := [str(file) for file in files if file.suffix.lower() not in (".pptx", ".pdf")]:
        return refuse(f"-o {wrong[0]!r}: a pack is a .pptx or a .pdf; nothing was written")
    try:
        now = answers.served()
    except answers.NoSnapshot as error:
        return refuse(f"{error}; nothing was written")
    query = {
        "t": chosen.tickers,
        "as_of": chosen.as_of,
        "w": chosen.window,
        "basis": chosen.basis,
        "lang": chosen.lang,
    }
    view, problems = view_of(
        {name: value for name, value in query.items() if value},
        now,
        os.environ.get("HARBOURVIEW_URL", HOME).rstrip("/"),
    )
    if problems:
        return refuse(
            *(f"{links.sentence(problem, 'en')} nothing was written" for problem in problems)
        )
    try:
        made = pack.make(
            view, pages, companies(view), [file.suffix.lower()[1:] for file in files], progress
        )
        for file in files:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(made.files[file.suffix.lower()[1:]])
            print(
                f"{file}: {made.pictures} pictures as of {view.as_of}, snapshot "
                f"{now.snapshot_id}, {file.stat().st_size / 2**20:.1f} MB"
            )
    except (pack.Unable, OSError) as error:
        return refuse(f"{error}; nothing was written")
    try:
        answers.pin(now.snapshot_id)
    except (answers.NoSnapshot, OSError) as error:
        print(f"the snapshot could not be kept for good: {error}", file=sys.stderr)
    for page, name in made.left_out:
        print(
            f"left out: {page}{f' of {name}' if name else ''}: nothing is known by {view.as_of}",
            file=sys.stderr,
        )
    return 3 if made.left_out else 0


def companies(view: View) -> list[str]:
    """The companies asked for; with none, all that are covered."""
    return view.companies or [
        entry.ticker for entry in view.universe.entries if entry.kind == "company"
    ]


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m ui", description="What the dashboard shows, without a browser window."
    )
    command = parser.add_subparsers(dest="command", required=True).add_parser(
        "pack", help="the meeting pack: one picture a slide, with sources and link"
    )
    command.add_argument(
        "--pages", required=True, metavar="PAGES", help=f"comma separated: {', '.join(pack.PAGES)}"
    )
    command.add_argument(
        "--tickers",
        default="",
        metavar="TICKERS",
        help="comma separated, in any spelling, or a group; without it, every company covered",
    )
    command.add_argument(
        "--as-of", metavar="DATE", help="as known that evening; without it, the latest session"
    )
    command.add_argument("--window", choices=links.WINDOWS)
    command.add_argument("--basis", choices=links.BASES)
    command.add_argument("--lang", choices=links.LANGUAGES)
    command.add_argument(
        "-o",
        "--output",
        required=True,
        action="append",
        metavar="FILE",
        help="a .pptx or a .pdf; may be given twice",
    )
    return make(parser.parse_args(arguments))


if __name__ == "__main__":
    set_log_level("ERROR")  # Streamlit says at each question that no browser window is open
    logging.getLogger("choreographer").setLevel(logging.ERROR)
    sys.exit(main())
