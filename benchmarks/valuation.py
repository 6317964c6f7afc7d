"""How do the percentiles hold at 2,500 lines? DuckDB with the project's own macros beside pandas
and polars, the same questions of the same figures.

    python benchmarks/valuation.py [lines ...]

Made-up multiples of twenty years of sessions, with losses, gaps and ties. Each answer comes from a
process of its own, the engines in turn; the answers must agree to 1e-9. Ratios within one run are
what counts; no figure here is a test.
"""

import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

FIRST, LAST = "2006-08-22", "2026-08-21"
WINDOWS = (3, 5, 10, 0)
QUANTILES = {"q10": 0.1, "q25": 0.25, "q50": 0.5, "q75": 0.75, "q90": 0.9}
ENOUGH = 120
ONE = "0013.HK"
ENGINES = ("duckdb", "pandas", "polars")
QUESTIONS = {
    "latest": "percentile and quantiles of 3, 5, 10 years and all, every line",
    "rolling": "5-year percentile of every session, summed up by day",
    "one": f"the latest of one line ({ONE})",
}
ROUNDS = 3


# The figures --------------------------------------------------------------------------------------


def made_up(ticker: str, days, chance) -> dict:
    """Closes on the exchange's ticks over earnings that step once a quarter: ties within a quarter,
    losses, a late listing, a suspension.
    """
    import numpy as np

    sessions = np.arange(len(days))
    close = 0.05 * np.maximum(
        1,
        np.round(20 * np.exp(chance.uniform(2, 5) + np.cumsum(chance.normal(0, 0.02, len(days))))),
    )
    quarter = sessions // 63
    per_share = (
        np.round(close[0] / 20 * np.exp(np.cumsum(chance.normal(0.01, 0.08, quarter[-1] + 1))), 2)
        + 0.01
    )
    if chance.random() < 0.3:
        begun = chance.integers(0, len(per_share) - 8)
        per_share[begun : begun + chance.integers(2, 9)] *= -1
    per_share = per_share[quarter]
    rate = (
        1.0
        if chance.random() < 0.5
        else np.round(1.1 + np.cumsum(chance.normal(0, 0.0008, len(days))), 4)
    )
    listed = 0 if chance.random() < 0.9 else chance.integers(1, len(days) - 300)
    traded = sessions >= listed
    if chance.random() < 0.3:
        begun = chance.integers(0, len(days) - 300)
        traded[begun : begun + chance.integers(10, 120)] = False
    status = np.where(
        sessions < listed + chance.integers(0, 150),
        "MISSING_EPS",
        np.where(per_share > 0, "OK", "NM_LOSS"),
    )
    value = np.where(status == "OK", close / (per_share * rate), np.nan)
    announced = days[63 * quarter]
    return {
        name: np.broadcast_to(column, len(days))[traded]
        for name, column in {
            "ticker": ticker,
            "date": days,
            "metric": "pe_ttm",
            "basis": "adjusted",
            "value": value,
            "status": status,
            "close": close,
            "close_currency": "HKD",
            "per_share": per_share,
            "per_share_currency": "HKD",
            "fx_rate": rate,
            "eps_period_end": announced - 40,
            "eps_announced_on": announced,
            "eps_effective_on": announced,
            "frequency": "daily",
            "known_on": days,
            "source_id": "made-up",
        }.items()
    }


def make(lines: int, folder: Path) -> None:
    """Write the figures of so many lines: valuation.parquet for the others, and the file that the
    pages would be served.
    """
    import numpy as np
    import pyarrow as pa
    import pyarrow.parquet as pq

    from warehouse import definitions

    days = np.arange(FIRST, np.datetime64(LAST) + 1, dtype="datetime64[D]")
    days = days[np.is_busday(days)]
    chance = np.random.default_rng(7)
    writer = None
    for begun in range(1, lines + 1, 50):
        made = [
            made_up(f"{number:04d}.HK", days, chance)
            for number in range(begun, min(begun + 50, lines + 1))
        ]
        arrays = {
            name: pa.array(np.concatenate([line[name] for line in made]), from_pandas=True)
            for name in made[0]
        }
        table = pa.table(
            {
                name: array.dictionary_encode() if pa.types.is_string(array.type) else array
                for name, array in arrays.items()
            }
        )
        writer = writer or pq.ParquetWriter(
            folder / "valuation.parquet", table.schema, compression="zstd"
        )
        writer.write_table(table)
    writer.close()

    # the project's own tables, views and macros over no figures at all, then these
    connection = definitions.create(folder / "valuation.duckdb")
    connection.execute(
        f"INSERT INTO valuation BY NAME SELECT * FROM read_parquet('{folder}/valuation.parquet')"
    )
    connection.execute(
        """
        INSERT INTO companies
        SELECT DISTINCT ticker, 'company', ticker, ticker, ticker, ticker, ticker, 'HKEX', 'HKD',
            'HKD', 12, 'made-up', 'made-up'
        FROM valuation
        """
    )
    connection.execute("INSERT INTO sessions SELECT DISTINCT 'XHKG', date FROM valuation")
    rows = connection.execute("SELECT count(*) FROM valuation").fetchone()[0]
    connection.execute("CHECKPOINT")
    connection.close()
    sizes = {
        suffix: (folder / f"valuation.{suffix}").stat().st_size / 1e6
        for suffix in ("duckdb", "parquet")
    }
    print(
        f"\n{lines:,} lines, {rows:,} rows: DuckDB file {sizes['duckdb']:.0f} MB, Parquet "
        f"{sizes['parquet']:.0f} MB"
    )


# The engines: load() once, then each question -----------------------------------------------------


class DuckDB:
    """The file as the pages open it; it loads nothing."""

    def __init__(self, folder: Path):
        import duckdb

        from warehouse import snapshot

        # as warehouse/ask.py, which would count pandas in
        self.connection = duckdb.connect(
            str(folder / "valuation.duckdb"),
            read_only=True,
            config=snapshot.SETTINGS | {"memory_limit": "1GB"},
        )

    def load(self) -> None:
        pass

    def _latest(self, where: str) -> list[tuple]:
        return self.connection.execute(
            f"""
            SELECT ticker, years, n, percentile, {", ".join(QUANTILES)}
            FROM valuation_windows('{LAST}')
            WHERE metric = 'pe_ttm' AND basis = 'adjusted' AND {where}
            """
        ).fetchall()

    def latest(self) -> list[tuple]:
        return self._latest(f"years IN {WINDOWS}")

    def one(self) -> list[tuple]:
        return self._latest(f"years IN {WINDOWS} AND ticker = '{ONE}'")

    def rolling(self) -> list[tuple]:
        return self.connection.execute(
            f"""
            SELECT date, count(percentile), avg(percentile), count(*) FILTER (percentile < 20)
            FROM percentile_history('{LAST}', 5)
            GROUP BY date
            """
        ).fetchall()

    def write(self, question: str, file: Path) -> None:
        if question == "rolling":
            self.connection.execute(
                f"COPY (SELECT ticker, date, n, percentile FROM percentile_history('{LAST}', 5)) "
                f"TO '{file}'"
            )
        else:
            import pandas as pd

            pd.DataFrame(
                getattr(self, question)(),
                columns=["ticker", "years", "n", "percentile", *QUANTILES],
            ).to_parquet(file)


class Pandas:
    """One frame in memory, its words as categories; a window of N calendar years as bounds found
    once for all lines.
    """

    def __init__(self, folder: Path):
        import pandas as pd

        self.pd, self.file = pd, folder / "valuation.parquet"

    def load(self) -> None:
        self.frame = self.pd.read_parquet(self.file, columns=["ticker", "date", "value", "status"])
        self.frame["date"] = self.frame["date"].astype("datetime64[s]")

    def _latest(self, frame):
        pd, day, answers = self.pd, self.pd.Timestamp(LAST), {}
        last = frame.drop_duplicates("ticker", keep="last").set_index("ticker")["value"]
        counted = frame[frame["status"] == "OK"]
        for years in WINDOWS:
            window = (
                counted[counted["date"] > day - pd.DateOffset(years=years)] if years else counted
            )
            groups = window.groupby("ticker", observed=True)["value"]
            answer = (
                groups.quantile(list(QUANTILES.values()))
                .unstack()
                .set_axis(list(QUANTILES), axis=1)
            )
            answer.insert(0, "n", groups.size())
            current = window["ticker"].map(last).astype(float)
            below = (window["value"] < current).groupby(window["ticker"], observed=True).sum()
            equal = (window["value"] == current).groupby(window["ticker"], observed=True).sum()
            answer.insert(
                1,
                "percentile",
                (100 * (below + (equal - 1) / 2) / (answer["n"] - 1)).where(equal > 0),
            )
            answer.loc[answer["n"] < ENOUGH, answer.columns[1:]] = None
            answers[years] = answer
        return pd.concat(answers, names=["years", "ticker"])

    def latest(self):
        return self._latest(self.frame)

    def one(self):
        frame = self.frame[self.frame["ticker"] == ONE]
        return self._latest(frame.assign(ticker=frame["ticker"].astype(str)))

    def _rolling(self):
        import numpy as np
        from pandas.api.indexers import BaseIndexer

        counted = self.frame[self.frame["status"] == "OK"]
        line = counted["ticker"].cat.codes.to_numpy().astype("int64") * 1_000_000
        day = counted["date"].to_numpy().astype("datetime64[D]").astype("int64")
        before = (
            (counted["date"] - self.pd.DateOffset(years=5))
            .to_numpy()
            .astype("datetime64[D]")
            .astype("int64")
        )
        begins, ends = (
            np.searchsorted(line + day, line + before, side="right"),
            np.arange(1, len(counted) + 1),
        )

        class Calendar(BaseIndexer):
            def get_window_bounds(
                self, num_values=0, min_periods=None, center=None, closed=None, step=None
            ):
                return begins, ends

        n = ends - begins
        rank = counted["value"].rolling(Calendar(), min_periods=ENOUGH).rank()
        return counted, n, 100 * (rank - 1) / (n - 1)

    def rolling(self):
        counted, _, percentile = self._rolling()
        days = percentile.groupby(counted["date"])
        return self.pd.DataFrame(
            {
                "ranked": days.count(),
                "mean": days.mean(),
                "cheap": (percentile < 20).groupby(counted["date"]).sum(),
            }
        )

    def write(self, question: str, file: Path) -> None:
        if question == "rolling":
            counted, n, percentile = self._rolling()
            counted[["ticker", "date"]].assign(n=n, percentile=percentile).to_parquet(file)
        else:
            getattr(self, question)().reset_index().to_parquet(file)


class Polars:
    """One frame in memory, lazy questions, its own calendar windows."""

    def __init__(self, folder: Path):
        import polars as pl

        self.pl, self.file = pl, folder / "valuation.parquet"

    def load(self) -> None:
        self.frame = self.pl.read_parquet(self.file, columns=["ticker", "date", "value", "status"])

    def _latest(self, frame):
        pl, value = self.pl, self.pl.col("value")
        last = frame.group_by("ticker").agg(current=value.last())
        counted = frame.filter(pl.col("status") == "OK").join(last, on="ticker")
        answers = [
            (
                counted.filter(
                    pl.col("date") > pl.lit(LAST).str.to_date().dt.offset_by(f"-{years}y")
                )
                if years
                else counted
            )
            .group_by("ticker")
            .agg(
                n=pl.len(),
                below=(value < pl.col("current")).sum(),
                equal=(value == pl.col("current")).sum(),
                **{name: value.quantile(p, "linear") for name, p in QUANTILES.items()},
            )
            .with_columns(
                years=pl.lit(years),
                percentile=pl.when(pl.col("equal") > 0).then(
                    100 * (pl.col("below") + (pl.col("equal") - 1.0) / 2) / (pl.col("n") - 1)
                ),
            )
            .with_columns(
                pl.when(pl.col("n") >= ENOUGH).then(pl.col(name)).alias(name)
                for name in ("percentile", *QUANTILES)
            )
            .select("ticker", "years", "n", "percentile", *QUANTILES)
            for years in WINDOWS
        ]
        return pl.concat(answers).collect()

    def latest(self):
        return self._latest(self.frame.lazy())

    def one(self):
        return self._latest(self.frame.lazy().filter(self.pl.col("ticker") == ONE))

    def _rolling(self):
        pl = self.pl
        counted = (
            self.frame.lazy().filter(pl.col("status") == "OK").with_columns(one=pl.lit(1, pl.Int32))
        )
        ranked = counted.select(
            "ticker",
            "date",
            n=pl.col("one").rolling_sum_by("date", "5y").over("ticker"),
            rank=pl.col("value")
            .rolling_rank_by("date", "5y", method="average", min_samples=ENOUGH)
            .over("ticker"),
        )
        return ranked.select(
            "ticker", "date", "n", percentile=100 * (pl.col("rank") - 1) / (pl.col("n") - 1)
        )

    def rolling(self):
        percentile = self.pl.col("percentile")
        return (
            self._rolling()
            .group_by("date")
            .agg(ranked=percentile.count(), mean=percentile.mean(), cheap=(percentile < 20).sum())
            .collect()
        )

    def write(self, question: str, file: Path) -> None:
        (
            self._rolling().collect() if question == "rolling" else getattr(self, question)()
        ).write_parquet(file)


# The measuring ------------------------------------------------------------------------------------


def peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (
        1024 if sys.platform != "darwin" else 1024 * 1024
    )


def measure(engine: str, question: str, folder: Path, write: bool) -> None:
    """Seconds to load, to the first answer, to the same answer again (and of the processors for
    it), and the peak memory of this process; then the answer into a file.
    """
    asked = {"duckdb": DuckDB, "pandas": Pandas, "polars": Polars}[engine](folder)

    def seconds(call) -> float:
        begun = time.perf_counter()
        call()
        return time.perf_counter() - begun

    times = {"latest": 3, "rolling": 1, "one": 15}[question]
    load = seconds(asked.load)
    first = seconds(getattr(asked, question))
    begun = time.process_time()
    again = statistics.median(seconds(getattr(asked, question)) for _ in range(times))
    cpu = (time.process_time() - begun) / times
    print(json.dumps({"load": load, "first": first, "again": again, "cpu": cpu, "peak": peak_mb()}))
    if write:
        asked.write(question, folder / f"{question}-{engine}.parquet")


def compare(question: str, folder: Path) -> None:
    """Stop loudly unless the three answers are one."""
    import numpy as np
    import pandas as pd

    key = ["ticker", "date"] if question == "rolling" else ["ticker", "years"]
    answers = {}
    for engine in ENGINES:
        frame = pd.read_parquet(folder / f"{question}-{engine}.parquet")
        frame["ticker"] = frame["ticker"].astype(str)
        if "date" in frame:
            frame["date"] = frame["date"].astype("datetime64[s]")
        answers[engine] = frame.sort_values(key, ignore_index=True)
    ours = answers.pop("duckdb")
    for engine, theirs in answers.items():
        assert len(ours) == len(theirs) and all(
            (ours[name].to_numpy() == theirs[name].to_numpy()).all() for name in [*key, "n"]
        ), f"{question}: other rows than {engine}"
        for name in ours.columns.drop([*key, "n"]):
            assert np.allclose(
                ours[name].astype(float),
                theirs[name].astype(float),
                rtol=1e-9,
                atol=1e-9,
                equal_nan=True,
            ), f"{question}: another {name} than {engine}"
    print(
        f"  {question}: the three agree on {len(ours):,} answers, "
        f"{ours['percentile'].notna().sum():,} of them ranked"
    )


def own_process(*arguments) -> str:
    done = subprocess.run(
        [sys.executable, __file__, *map(str, arguments)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
    if done.returncode:
        raise SystemExit(f"{' '.join(map(str, arguments))}: stopped")
    return done.stdout


def run(lines: int) -> dict:
    """Medians of the rounds, by question and engine."""
    medians = {}
    with tempfile.TemporaryDirectory() as folder:
        print(own_process("make", lines, folder), end="", flush=True)
        for question, words in QUESTIONS.items():
            rounds = {engine: [] for engine in ENGINES}
            for number in range(ROUNDS):
                for engine in ENGINES:
                    rounds[engine].append(
                        json.loads(
                            own_process("measure", engine, question, folder, int(number == 0))
                        )
                    )
            print(
                f"\n{question}: {words}\n"
                f"  {'':8}{'load s':>9}{'first s':>9}{'again s':>9}{'cpu s':>9}{'peak MB':>9}   "
                f"times pandas' {'loaded':>10}{'again':>8}{'peak':>8}"
            )
            found = medians[question] = {
                engine: {
                    name: statistics.median(each[name] for each in rounds[engine])
                    for name in rounds[engine][0]
                }
                for engine in ENGINES
            }
            base = found["pandas"]
            for engine, its in found.items():
                ratios = (
                    (its["load"] + its["first"]) / (base["load"] + base["first"]),
                    its["again"] / base["again"],
                    its["peak"] / base["peak"],
                )
                print(
                    f"  {engine:8}{its['load']:9.3f}{its['first']:9.3f}{its['again']:9.3f}"
                    f"{its['cpu']:9.3f}{its['peak']:9.0f}{'':16}"
                    f"{ratios[0]:10.2f}{ratios[1]:8.2f}{ratios[2]:8.2f}"
                )
            print(own_process("compare", question, folder), end="", flush=True)
    return medians


def targets(measured: dict[int, dict]) -> None:
    """What we want of the largest run, and what it came to."""
    most = measured[max(measured)]
    few = measured[min(measured)]

    def of_pandas(question: str, *names: str) -> float:
        return sum(most[question]["duckdb"][name] for name in names) / sum(
            most[question]["pandas"][name] for name in names
        )

    wanted = [
        (
            "latest, from file to answer, of pandas' time",
            of_pandas("latest", "load", "first"),
            0.25,
        ),
        ("latest, asked again, of pandas' time", of_pandas("latest", "again"), 0.25),
        ("latest, of pandas' memory", of_pandas("latest", "peak"), 0.2),
        ("rolling, from file to answer, of pandas' time", of_pandas("rolling", "load", "first"), 1),
        ("rolling, asked again, of pandas' time", of_pandas("rolling", "again"), 1),
        ("rolling, of pandas' memory", of_pandas("rolling", "peak"), 0.5),
        (
            f"one line among {max(measured):,}, of the same among {min(measured)}",
            most["one"]["duckdb"]["again"] / few["one"]["duckdb"]["again"],
            3,
        ),
    ]
    print()
    for words, ratio, limit in wanted:
        print(
            f"{words:58}{ratio:6.2f}   wanted {limit:4}   "
            f"{'reached' if ratio <= limit else 'missed'}"
        )


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["make", lines, folder]:
            make(int(lines), Path(folder))
        case ["measure", engine, question, folder, write]:
            measure(engine, question, Path(folder), write == "1")
        case ["compare", question, folder]:
            compare(question, Path(folder))
        case sizes:
            targets({int(lines): run(int(lines)) for lines in sizes or (25, 2500)})
