"""Where daily prices stand on disk, and how a file there is written: whole or not at all.

data/prices/: TICKER.csv the landed history, actions/TICKER.csv, fx/PAIR.csv, findings.csv (what a
build reads); raw/PROVIDER/DAY/ as received, vintages/ what a rewritten history replaced, rejects/
rows that a rule kept out, run.json the last run, log/DAY.log, calendars/ the sessions as the
package of calendars gave them.
"""

import csv
import hashlib
import io
import json
import math
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

import numpy as np
import pandas as pd

from loaders.prices.provider import Answer
from warehouse import snapshot

PRICES = ("ticker", "date", "close", "adj_close", "volume", "currency", "frequency", "source_id")
ACTIONS = ("ticker", "ex_date", "kind", "item", "amount", "currency", "ratio", "source_id", "note")
FX = ("base", "quote", "date", "rate", "source_id")
FINDINGS = ("code", "severity", "subject_table", "ticker", "ref", "message", "found_at")
REJECTS = ("ticker", "date", "code", "severity", "column_name", "value", "message")


@dataclass(frozen=True)
class Finding:
    """One thing found of a line or a pair, as the table findings tells it; severity stop kept the
    line from landing.
    """

    code: str
    severity: str
    ticker: str | None
    ref: str
    message: str
    table: str = "prices"


@dataclass(frozen=True)
class Reject:
    """One row that a rule kept out, with the value as it came."""

    ticker: str
    date: str
    code: str
    severity: str
    column_name: str
    value: str
    message: str


def text_of(columns: tuple[str, ...], rows) -> str:
    text = io.StringIO()
    put = csv.writer(text, lineterminator="\n")
    put.writerow(columns)
    put.writerows(rows)
    return text.getvalue()


def plain(number: float) -> str:
    """A number as a file says it: at most six decimals, fewer where a vendor's binary fraction says
    no more.
    """
    if not math.isfinite(number):
        return ""
    return (
        f"{number:.4f}".rstrip("0").rstrip(".")
        if abs(number) >= 1
        else f"{number:.6f}".rstrip("0").rstrip(".")
    )


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def file_of(prices: Path, ticker: str) -> Path:
    return prices / f"{ticker}.csv"


def is_altered(path: Path, line: dict) -> bool:
    """Whether a landed file is neither what the record of its line says was written nor, where a
    run was broken off in between, what stood there before.
    """
    return (
        bool(line.get("sha256"))
        and path.is_file()
        and sha256(path.read_bytes()) not in (line["sha256"], line.get("sha256_before"))
    )


# The landed history -------------------------------------------------------------------------------


def read(prices: Path, ticker: str) -> pd.DataFrame:
    """What is landed of a line, ascending: date, close, adj_close, volume, source_id.

    Raises ValueError where the file cannot be read.
    """
    path = file_of(prices, ticker)
    kinds = {"close": "float64", "adj_close": "float64", "volume": "float64", "source_id": "object"}
    if not path.exists():
        return pd.DataFrame(
            {"date": pd.Series(dtype="datetime64[us]")}
            | {name: pd.Series(dtype=kind) for name, kind in kinds.items()}
        )
    if not path.is_file():
        raise ValueError("no regular file")  # a pipe would never end
    landed = pd.read_csv(
        path, usecols=["date", *kinds], dtype=kinds | {"date": "object"}, encoding="utf-8"
    )
    landed["date"] = pd.to_datetime(landed["date"], format="%Y-%m-%d").astype("datetime64[us]")
    return landed.sort_values("date", kind="stable", ignore_index=True)


def prices_text(ticker: str, currency: str, rows: pd.DataFrame) -> str:
    """The landed file of a line in the columns of prices.csv."""
    days = np.datetime_as_string(rows["date"].to_numpy(), unit="D").tolist()
    return text_of(
        PRICES,
        (
            (
                ticker,
                day,
                plain(close),
                plain(adjusted),
                "" if math.isnan(volume) else f"{volume:.0f}",
                currency,
                "daily",
                source,
            )
            for day, close, adjusted, volume, source in zip(
                days,
                *(rows[name].tolist() for name in ("close", "adj_close", "volume", "source_id")),
            )
        ),
    )


def actions_text(ticker: str, actions: pd.DataFrame, source_id: str) -> str:
    """The landed dividends and splits of a line in the columns of corporate_actions.csv."""
    rows = actions.sort_values(["ex_date", "kind"], kind="stable")
    return text_of(
        ACTIONS,
        (
            (
                ticker,
                f"{day:%Y-%m-%d}",
                kind,
                "",
                plain(amount),
                "" if pd.isna(currency) else currency,
                plain(ratio),
                source_id,
                "",
            )
            for day, kind, amount, currency, ratio in zip(
                rows["ex_date"], rows["kind"], rows["amount"], rows["currency"], rows["ratio"]
            )
        ),
    )


def read_actions(prices: Path, ticker: str) -> pd.DataFrame:
    """The landed dividends and splits of a line in the columns that a provider gives."""
    path = prices / "actions" / f"{ticker}.csv"
    found = (
        pd.read_csv(
            path,
            dtype={"kind": "object", "currency": "object", "amount": "float64", "ratio": "float64"},
            parse_dates=["ex_date"],
        )
        if path.exists()
        else pd.DataFrame(columns=list(ACTIONS))
    )
    found["ex_date"] = found["ex_date"].astype("datetime64[us]")
    return found[["ex_date", "kind", "amount", "currency", "ratio"]]


def keep_vintage(prices: Path, ticker: str, at: datetime) -> Path | None:
    """Set the landed file of a line aside under the moment at which it was replaced."""
    path = file_of(prices, ticker)
    if not path.is_file():
        return None
    vintage = prices / "vintages" / f"{ticker}-{at:%Y%m%d-%H%M%S}.csv"
    snapshot.write(vintage, path.read_bytes())
    return vintage


# As received --------------------------------------------------------------------------------------


def keep_raw(
    prices: Path, provider: str, version: str, answer: Answer, at: datetime, before: str | None
) -> tuple[str | None, str | None]:
    """Keep the bytes of an answer, never over others; returns where they stand and their hash.

    before: where the same line's bytes stood last; where they are the same, only the sidecar is
        new and says so.
    """
    if not answer.raw:
        return None, None
    name = Path(answer.raw_name or f"{answer.ticker}.txt").name
    folder, digest, number = (
        prices / "raw" / provider / f"{at.astimezone(snapshot.HONG_KONG):%Y-%m-%d}",
        sha256(answer.raw),
        1,
    )
    stem, dot, ending = name.rpartition(".")
    candidate = name
    while (folder / f"{candidate}.json").exists():
        if f'"{digest}"' in (folder / f"{candidate}.json").read_text("utf-8"):
            return str((folder / candidate).relative_to(prices)), digest
        number += 1
        candidate = f"{stem}-{number}{dot}{ending}" if dot else f"{name}-{number}"
    same = (
        before
        if before
        and (prices / before).exists()
        and sha256((prices / before).read_bytes()) == digest
        else None
    )
    said = {
        "sha256": digest,
        "fetched_at": at.isoformat(timespec="seconds"),
        "provider": provider,
        "version": version,
        "ticker": answer.ticker,
        "outcome": str(answer.outcome),
    }
    if same is None:
        snapshot.write(folder / candidate, answer.raw, lasting=False)
        (folder / candidate).chmod(0o444)
    snapshot.write(
        folder / f"{candidate}.json",
        json.dumps(said | ({"same_as": same} if same else {}), ensure_ascii=False, indent=1) + "\n",
        lasting=False,
    )
    return same or str((folder / candidate).relative_to(prices)), digest


# What was found -----------------------------------------------------------------------------------


def read_rows(path: Path) -> list[dict]:
    if not path.exists():
        return []
    with open(path, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def write_rejects(prices: Path, ticker: str, rejects: list[Reject], whole: bool) -> None:
    """The rows of a line that rules kept out: those of a new history, or these beside the earlier
    ones.
    """
    kept = (
        {}
        if whole
        else {tuple(row.values()): None for row in read_rows(prices / "rejects" / f"{ticker}.csv")}
    )
    rows = sorted(
        kept | {tuple(asdict(reject).values()): None for reject in rejects},
        key=lambda row: (row[1], row[2], row[5]),
    )
    path = prices / "rejects" / f"{ticker}.csv"
    if rows:
        snapshot.write(path, text_of(REJECTS, rows))
    else:
        path.unlink(missing_ok=True)


def write_findings(
    prices: Path, findings: list[Finding], earlier: list[dict], at: datetime
) -> bool:
    """findings.csv anew; what was found before keeps the moment at which it was found."""
    known = {
        (row["code"], row["ticker"], row["ref"], row["message"]): row["found_at"] for row in earlier
    }
    rows = {
        (
            f.code,
            "note" if f.severity == "note" else "warn",
            f.table,
            f.ticker or "",
            f.ref,
            f.message,
            known.get(
                (f.code, f.ticker or "", f.ref, f.message),
                at.astimezone(snapshot.HONG_KONG).isoformat(timespec="seconds"),
            ),
        ): None
        for f in findings
    }
    path = prices / "findings.csv"
    if not rows and not path.exists():
        return False
    return snapshot.write(
        path, text_of(FINDINGS, sorted(rows, key=lambda row: (row[3], row[0], row[4], row[5])))
    )


# The last run -------------------------------------------------------------------------------------


def read_run(prices: Path) -> dict:
    """The last run and what each line's last question came to; empty where there is none or it
    cannot be read.
    """
    try:
        found = json.loads((prices / "run.json").read_text("utf-8"))
        return (
            found
            if isinstance(found, dict)
            and isinstance(found.get("tickers"), dict)
            and isinstance(found.get("run"), dict)
            else {}
        )
    except (FileNotFoundError, ValueError):
        return {}


def write_run(prices: Path, run: dict) -> None:
    """run.json with a line for each line: it is written once a line, and an indented one takes ten
    times as long.
    """
    told = ",\n".join(
        f"  {json.dumps(ticker)}: {json.dumps(line, ensure_ascii=False)}"
        for ticker, line in run["tickers"].items()
    )
    snapshot.write(
        prices / "run.json",
        (
            f'{{\n "run": {json.dumps(run["run"], ensure_ascii=False)},\n "tickers": {{\n{told}\n'
            f" }}\n}}\n"
        ),
        lasting=False,
    )
