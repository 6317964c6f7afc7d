"""Figures that cannot be right beside others: results against each other, against the currency of
the accounts and against the shares.
"""

import difflib
import math
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from statistics import fmean, median, mode

from loaders.reading import Rejection, Rows, written

# C21, C22: a figure so many times its neighbours is in another unit; C25: no more of its shares is
# bought at a time.
OTHER_UNIT, NEIGHBOURS = 30, 6
MOST_BOUGHT = 0.1
# C29: how near a count of shares must stand in time to be compared, and how near a suspected factor
# a quotient must come.
COMPARED_DAYS = 3 * 365 + 1
NEAR_FACTOR = 0.2
# C29: an EPS or a profit whose last digit is worth more than this part of it says too little of the
# count.
COARSEST = 0.1
# C41: days after the end of a period within which its results are out at the latest.
LATEST_RESULTS = 184


# Rules of results ---------------------------------------------------------------------------------


def wrong_currencies(earnings: Rows, companies: Rows) -> list[Rejection]:
    """Figures in another currency than that of the company's accounts that do not say so, and those
    that say so and are not: C27.
    """
    wrong = []
    reporting = {row["ticker"]: row["reporting_currency"] for row in companies.values}
    for row, (name, line) in zip(earnings.values, earnings.places):
        if row["ticker"] not in reporting:
            continue  # C10 says so
        own = reporting[row["ticker"]]
        if own is None:
            wrong.append(
                Rejection(
                    name,
                    line,
                    "ticker",
                    row["ticker"],
                    "C27",
                    (
                        "companies.csv names no reporting_currency for it, so that no figure of "
                        "its results has a meaning"
                    ),
                )
            )
        elif row["currency"] != own and row["translation"] is None:
            wrong.append(
                Rejection(
                    name,
                    line,
                    "currency",
                    row["currency"],
                    "C27",
                    (
                        f"{row['ticker']} reports in {own}; a translation for the reader's "
                        "convenience is marked 'convenience' in the column translation and "
                        "enters no trailing sum"
                    ),
                )
            )
        elif row["currency"] == own and row["translation"] is not None:
            wrong.append(
                Rejection(
                    name,
                    line,
                    "translation",
                    row["translation"],
                    "C27",
                    f"{row['ticker']} reports in {own}: a figure in {own} is no translation",
                )
            )
    return wrong


def unexplained_restatements(earnings: Rows) -> list[Rejection]:
    """Second figures of one fact that do not name the day of the one they restate, and names of
    days that are not that: C28.
    """
    wrong = []
    figures = defaultdict(list)
    for row, place in zip(earnings.values, earnings.places):
        figures[
            tuple(
                row[column]
                for column in ("ticker", "item", "basis", "period_start", "period_end", "currency")
            )
        ].append((row, place))
    for fact, printed in figures.items():
        printed.sort(key=lambda figure: figure[0]["announced_on"] or date.min)
        days = [row["announced_on"] for row, _ in printed]
        for number, (row, (name, line)) in enumerate(printed):
            day, supersedes, before = (
                days[number],
                row["supersedes"],
                days[number - 1] if number else None,
            )
            if (number == 0 and supersedes is None) or (
                number and (day == before or supersedes == before is not None)
            ):
                # a first print; one key twice, which is P03; a restatement as it should be
                continue
            words = "{} {} {}, {} to {}, in {}".format(*fact)
            beside = "{}:{}".format(*printed[number - 1][1]) + (
                f", announced on {before}" if before else ", whose announced_on is not known"
            )
            if supersedes is None:
                what = (
                    f"a second figure of {words}, beside {beside}; where it is restated, "
                    "supersedes names the day of the figure before it"
                )
            elif day is None or supersedes >= day:
                what = (
                    "a restatement is announced after the figure it restates; this one on "
                    f"{day or 'a day not known'}"
                )
            elif supersedes in days:
                what = f"the figure before this one is {beside}"
            else:
                what = f"no figure of {words} was announced on that day"
            column = "announced_on" if supersedes is None else "supersedes"
            wrong.append(Rejection(name, line, column, str(row[column]), "C28", what))
    return wrong


# Figures against each other -----------------------------------------------------------------------


def misfits(every: dict[str, Rows]) -> list[Rejection]:
    """Figures that contradict those beside them: an EPS and the shares (C29), a unit (C21, C22), a
    currency (C27), more shares bought than can be (C25), a statement of what was yet to come
    (C26), a forecast of what is known (C41), a target of another line (C42), another code than
    the broker's own (C43), a part of a segment that does not exist (C32), parts above their
    parent (C33), a KPI in two units (C34).
    """
    known = counts_by_company(every)
    return (
        implausible_counts(known)
        + years_gone(every)
        + other_lines(every)
        + other_codes(every)
        + other_units(every)
        + other_totals(every)
        + unknown_parents(every)
        + parts_above_parents(every)
        + mixed_units(every)
        + too_many_bought(every, known)
        + stated_too_early(every)
    )


def months_of(row: dict) -> int:
    return (
        round((row["period_end"] - row["period_start"]).days / 30.4)
        if row["period_start"] and row["period_end"]
        else 0
    )


def times(quotient: float) -> str:
    return f"{max(quotient, 1 / quotient):,.0f} times {'more' if quotient > 1 else 'less'}"


def other_units(every: dict[str, Rows]) -> list[Rejection]:
    """Revenues thirty times those nearest to them in time, or a thirtieth: C21."""
    wrong, series = [], defaultdict(list)
    for ticker, found in by_company(every, "earnings").items():
        for row, place in found:
            if row["item"] == "revenue" and row["value"] > 0:
                series[ticker, "", row["currency"], months_of(row)].append(
                    (row["period_end"], row["value"], "value", place)
                )
    for ticker, found in by_company(every, "segments").items():
        for row, place in found:
            if (row["revenue_mn"] or 0) > 0:
                series[ticker, row["segment"], row["currency"], months_of(row)].append(
                    (row["period_end"], row["revenue_mn"], "revenue_mn", place)
                )
    for ticker, found in by_company(every, "kpis").items():
        for row, place in found:
            if (row["value"] or 0) > 0 and row["period_end"]:
                series[ticker, row["kpi"], row["unit"], months_of(row)].append(
                    (row["period_end"], row["value"], "value", place)
                )
    for (ticker, segment, currency, months), figures in series.items():
        for figure in figures:
            day, value, column, (name, line) = figure
            near = sorted(
                (
                    other
                    for other in figures
                    if other is not figure and abs((other[0] - day).days) <= COMPARED_DAYS
                ),
                key=lambda other: abs((other[0] - day).days),
            )[:NEIGHBOURS]
            if len(near) < 2:
                continue
            usual = median(other[1] for other in near)
            if not 1 / OTHER_UNIT < value / usual < OTHER_UNIT:
                what = f"{ticker} {segment}".strip()
                wrong.append(
                    Rejection(
                        name,
                        line,
                        column,
                        written(value),
                        "C21",
                        (
                            f"{times(value / usual)} than the {usual:,.10g} "
                            f"{unit_of(name, currency)} of the {len(near)} other figures of "
                            f"{what} nearest to it ({months} months each): is it in "
                            f"{'million' if name != 'kpis.csv' else currency}?"
                        ),
                    )
                )
    return wrong


def unit_of(name: str, unit: str) -> str:
    """The unit of a figure in words: results and segments are in million of a currency, a KPI says
    its own.
    """
    return unit if name == "kpis.csv" else f"million {unit}"


def unknown_parents(every: dict[str, Rows]) -> list[Rejection]:
    """Parts of a segment that the company does not have: C32."""
    wrong = []
    for ticker, found in by_company(every, "segments").items():
        names = {row["segment"] for row, _ in found}
        for row, (name, line) in found:
            if row["parent_segment"] is not None and row["parent_segment"] not in names:
                near = difflib.get_close_matches(row["parent_segment"], names - {None}, 2)
                wrong.append(
                    Rejection(
                        name,
                        line,
                        "parent_segment",
                        row["parent_segment"],
                        "C32",
                        f"{ticker} has no segment of that name"
                        + (f"; near: {', '.join(near)}" if near else ""),
                    )
                )
    return wrong


def half_unit(row: dict) -> float:
    """Half a unit of the last digit of a revenue as it is told: 0.5 of 20,102 and 50 of about
    42,800.
    """
    value, power = abs(row["revenue_mn"]), 1
    while row["quality"] != "exact" and value and value % (10 * power) == 0:
        power *= 10
    return power / 2


def parts_above_parents(every: dict[str, Rows]) -> list[Rejection]:
    """Parts of a segment that sum to more than it in the same filing, by more than their rounding
    and half a per cent: C33.
    """
    wrong = []
    for _, found in by_company(every, "segments").items():
        parents, parts = {}, defaultdict(list)
        for row, place in found:
            filing = (
                row["history"],
                row["period_start"],
                row["period_end"],
                row["announced_on"],
                row["currency"],
            )
            if row["revenue_mn"] is not None:
                parents[filing, row["segment"]] = (row, place)
                if row["parent_segment"] is not None:
                    parts[filing, row["parent_segment"]].append((row, place))
        for key, rows in parts.items():
            if key not in parents:
                continue
            parent, (of, at) = parents[key]
            summed = sum(row["revenue_mn"] for row, _ in rows)
            if parent["revenue_mn"] > 0 and summed > 1.005 * parent["revenue_mn"] + half_unit(
                parent
            ) + sum(half_unit(row) for row, _ in rows):
                row, (name, line) = max(rows, key=lambda found: found[0]["revenue_mn"])
                wrong.append(
                    Rejection(
                        name,
                        line,
                        "revenue_mn",
                        written(row["revenue_mn"]),
                        "C33",
                        (
                            f"the {len(rows)} part{'s' * (len(rows) > 1)} of {parent['segment']} "
                            f"to {parent['period_end']} sum{'s' * (len(rows) == 1)} to "
                            f"{summed:,.10g} million, more than the {parent['revenue_mn']:,.10g} "
                            f"million of {of}:{at}"
                        ),
                    )
                )
    return wrong


def mixed_units(every: dict[str, Rows]) -> list[Rejection]:
    """Values of one KPI in another unit than most of them: C34."""
    wrong = []
    for _, found in by_company(every, "kpis").items():
        units = defaultdict(list)
        for row, place in found:
            units[row["kpi"]].append((row["unit"], place))
        for kpi, told in units.items():
            usual = mode(unit for unit, _ in told)
            wrong += [
                Rejection(
                    name,
                    line,
                    "unit",
                    unit,
                    "C34",
                    (
                        f"the other values of {kpi} are in {usual}: give them one unit, or the "
                        "figure another name"
                    ),
                )
                for unit, (name, line) in told
                if unit != usual
            ]
    return wrong


def other_totals(every: dict[str, Rows]) -> list[Rejection]:
    """Segments in another unit than the revenue of their period (C22) or another currency than the
    accounts (C27).
    """
    wrong: list[Rejection] = []
    revenue: dict[tuple[str, date, date, str], tuple[float, tuple[str, int]]] = {}
    reporting = {row["ticker"]: row["reporting_currency"] for row in every["companies"].values}
    for ticker, found in by_company(every, "earnings").items():
        revenue |= {
            (ticker, row["period_start"], row["period_end"], row["currency"]): (row["value"], place)
            for row, place in found
            if row["item"] == "revenue" and row["value"] > 0
        }
    for ticker, found in by_company(every, "segments").items():
        sums = defaultdict(list)
        for row, (name, line) in found:
            if reporting.get(ticker) and row["currency"] != reporting[ticker]:
                wrong.append(
                    Rejection(
                        name,
                        line,
                        "currency",
                        row["currency"],
                        "C27",
                        f"{ticker} reports in {reporting[ticker]}",
                    )
                )
            if row["parent_segment"] is None and row["revenue_mn"]:
                sums[
                    row["history"],
                    row["announced_on"],
                    row["period_start"],
                    row["period_end"],
                    row["currency"],
                ].append((row["revenue_mn"], (name, line)))
        for (_, _, start, end, currency), parts in sums.items():
            total, (of, at) = revenue.get((ticker, start, end, currency), (None, (None, None)))
            largest, (name, line) = max(parts)
            summed = sum(value for value, _ in parts)
            if total and (
                largest > OTHER_UNIT * total or (0 < summed < total / OTHER_UNIT and len(parts) > 1)
            ):
                quotient = (largest if largest > OTHER_UNIT * total else summed) / total
                wrong.append(
                    Rejection(
                        name,
                        line,
                        "revenue_mn",
                        written(largest),
                        "C22",
                        (
                            f"the segments of {start} to {end} sum to {summed:,.10g} million, "
                            f"the revenue of {of}:{at} is {total:,.10g} million: "
                            f"{times(quotient)}; are both in million?"
                        ),
                    )
                )
    return wrong


def too_many_bought(every: dict[str, Rows], known: dict[str, "Counts"]) -> list[Rejection]:
    """Purchases of more than a tenth of all shares: C25."""
    wrong = []
    for ticker, found in by_company(every, "buybacks").items():
        company = known[ticker]
        counts = company.printed or company.implied
        for row, (name, line) in found if counts else ():
            day = row["end_date"] or row["start_date"]
            if row["measure"] != "bought" or not row["shares"] or day is None:
                continue
            bought = (
                row["shares"]
                * ((company.ratio_on(day) or 1) if row["share_unit"] == "ADS" else 1)
                * company.split_since(day)
                / 1e6
            )
            count = min(counts, key=lambda count: abs((count.day - day).days))
            if bought > MOST_BOUGHT * count.shares:
                beside = f"{count.place[0]}:{count.place[1]}"
                wrong.append(
                    Rejection(
                        name,
                        line,
                        "shares",
                        written(row["shares"]),
                        "C25",
                        (
                            f"{100 * bought / count.shares:,.1f} % of the {count.shares:,.0f} "
                            f"million shares of {beside} ({count.day}); at most "
                            f"{100 * MOST_BOUGHT:g} % can be"
                        ),
                    )
                )
    return wrong


def stated_too_early(every: dict[str, Rows]) -> list[Rejection]:
    """Purchases that were published before the period of which they tell ended: C26.

    A programme is announced before it begins.
    """
    return [
        Rejection(
            name,
            line,
            "published_on",
            str(row["published_on"]),
            "C26",
            f"published before the period ended ({row['end_date']})",
        )
        for found in by_company(every, "buybacks").values()
        for row, (name, line) in found
        if row["measure"] == "bought"
        and row["grain"] not in ("programme", "mandate")
        and row["published_on"]
        and row["end_date"]
        and row["published_on"] < row["end_date"]
    ]


# An EPS against the shares ------------------------------------------------------------------------


@dataclass(frozen=True)
class Count:
    """Ordinary shares of today, million, as printed or as a profit and its EPS imply them."""

    day: date
    shares: float
    row: dict
    place: tuple[str, int]
    beside: str = ""  # where the profit stands

    def far_from(self, other: "Count") -> int:
        return abs((self.day - other.day).days)


def by_company(
    every: dict[str, Rows], name: str, column: str = "ticker"
) -> dict[str, list[tuple[dict, tuple[str, int]]]]:
    """The rows of a table and their places, by company."""
    found = defaultdict(list)
    if name in every:
        for row, place in zip(every[name].values, every[name].places):
            found[row[column]].append((row, place))
    return found


@dataclass
class Counts:
    """What is known of the shares of a company: the dated ratio of its ADS, its splits, the counts
    printed, and those that a profit and its EPS imply.
    """

    ratios: list[tuple[date, date, float]]  # first day, last day, ordinary shares of one ADS
    splits: list[tuple[date, float]]  # ex-date, new shares for one old
    printed: list[Count] = field(default_factory=list)
    implied: list[Count] = field(default_factory=list)

    def ratio_on(self, day: date) -> float | None:
        return next((ratio for first, last, ratio in self.ratios if first <= day <= last), None)

    def split_since(self, day: date) -> float:
        return math.prod(new for ex_date, new in self.splits if ex_date > day)

    def ordinary(self, count: float, unit: str, day: date) -> float:
        """A count printed on a day in ordinary shares of today; 0 where the ratio of that day is
        not known.
        """
        return count * ((self.ratio_on(day) or 0) if "ADS" in unit else 1) * self.split_since(day)


def counts_by_company(every: dict[str, Rows]) -> dict[str, Counts]:
    """The counts of shares of every company with results or purchases.

    One that is rounded away, or of a profit and an EPS near zero beside the others, implies
    nothing.
    """
    listings, actions, shares, earnings = (
        by_company(every, "listings", "issuer_ticker"),
        by_company(every, "corporate_actions"),
        by_company(every, "shares"),
        by_company(every, "earnings"),
    )
    found = {}
    for ticker in {**earnings, **by_company(every, "buybacks")}:
        company = found[ticker] = Counts(
            [
                (row["valid_from"] or date.min, row["valid_to"] or date.max, row["shares_per_ads"])
                for row, _ in listings[ticker]
                if row["share_class"] == "ADS" and (row["shares_per_ads"] or 0) > 0
            ],
            [
                (row["ex_date"], row["ratio"])
                for row, _ in actions[ticker]
                if row["kind"] == "split" and (row["ratio"] or 0) > 0
            ],
        )
        company.printed = [
            Count(row["date"], count, row, place)
            for row, place in shares[ticker]
            if (
                count := company.ordinary(
                    row["value"] or 0, row["unit"], row["announced_on"] or row["date"]
                )
            )
            > 0
        ]
        company.implied = implied_counts(
            company, [(row, place) for row, place in earnings[ticker] if row["value"]]
        )
    return found


def implied_counts(company: Counts, earnings: list[tuple[dict, tuple[str, int]]]) -> list[Count]:
    """The counts that the profits of a company and their EPS imply. earnings: rows with a value
    other than zero.
    """

    def known_on(row: dict) -> date:
        return row["announced_on"] or row["period_end"]

    def kind(row: dict) -> tuple:
        return (
            row["item"],
            row["basis"],
            row["unit"],
            (row["period_end"] - row["period_start"]).days // 80,
        )  # quarters

    def near_zero(row: dict) -> bool:
        return abs(row["value"]) < COARSEST * fmean(
            abs(other["value"])
            for other, _ in earnings
            if kind(other) == kind(row)
            and abs((other["period_end"] - row["period_end"]).days) <= COMPARED_DAYS
        )

    implied = []
    for eps, place in earnings:
        profits = [
            (row, where)
            for row, where in earnings
            if eps["item"] == "eps_diluted"
            and row["item"] == "net_income"
            and all(row[c] == eps[c] for c in ("basis", "period_start", "period_end", "currency"))
        ]
        if not profits:
            continue
        profit, (name, line) = min(
            profits, key=lambda found: abs((known_on(found[0]) - known_on(eps)).days)
        )
        count = company.ordinary(profit["value"] / eps["value"], eps["unit"], known_on(eps))
        if (
            count > 0
            and max(coarseness(eps), coarseness(profit)) <= COARSEST
            and not (near_zero(eps) and near_zero(profit))
        ):
            implied.append(Count(eps["period_end"], count, eps, place, f"{name}:{line}"))
    return implied


def coarseness(row: dict) -> float:
    """Half a unit of the last digit of a figure as a part of it: 0.1 for an EPS of 0.05.

    An exact EPS has two decimals at least.
    """
    decimals = len(repr(row["value"]).removesuffix(".0").partition(".")[2])
    if row["quality"] == "exact" and row["unit"] != "million":
        decimals = max(decimals, 2)
    return 0.5 * 10**-decimals / abs(row["value"])


def implausible_counts(known: dict[str, Counts]) -> list[Rejection]:
    """EPS that with their profit imply a count of shares a known factor away from what else is
    known of the company: C29.

    The factor of its ADS is an EPS per ADS that is marked per share, or the reverse; ten, a hundred
    and a thousand are a unit. Honest quotients agree within some per cent, through buybacks, issues
    and dilution.
    """
    wrong = []
    for company in known.values():
        factors = {ratio for *_, ratio in company.ratios if not 0.5 < ratio < 2}
        for count in company.implied:
            near = sorted(
                (other for other in company.printed if count.far_from(other) <= COMPARED_DAYS),
                key=count.far_from,
            )
            others = [
                other.shares
                for other in company.implied
                if other is not count and count.far_from(other) <= COMPARED_DAYS
            ]
            if near:
                reference, of = (
                    near[0].shares,
                    f"of {near[0].place[0]}:{near[0].place[1]} ({near[0].day})",
                )
            elif sum(abs(other / median(others) - 1) <= NEAR_FACTOR for other in others) >= 2:
                reference, of = (
                    median(others),
                    f"that {len(others)} other results within three years imply",
                )
            else:
                continue
            suspect = suspected(count.shares / reference, count.row["unit"], factors)
            if suspect:
                off = (
                    f"{max(count.shares / reference, reference / count.shares):,.1f} times "
                    f"{'more' if count.shares > reference else 'fewer'}"
                )
                wrong.append(
                    Rejection(
                        *count.place,
                        "value",
                        written(count.row["value"]),
                        "C29",
                        (
                            f"with the profit of {count.beside} it implies {count.shares:,.0f} "
                            f"million shares, {off} than the {reference:,.0f} million {of}: "
                            f"{suspect}"
                        ),
                    )
                )
    return wrong


def suspected(quotient: float, unit: str, ratios: set[float]) -> str | None:
    """What makes a count of shares this many times too large, or None where no known factor comes
    near.
    """
    words: dict[float, str] = {}
    for power in (10, 100, 1000):
        words[power], words[1 / power] = (
            f"is the EPS {power} times too small, or the profit too large?",
            f"is the EPS {power} times too large, or the profit too small?",
        )
    for ratio in ratios:
        words[ratio] = (
            f"is this per share (one ADS is {ratio:g} shares)?"
            if unit == "per ADS"
            else f"is this divided by the {ratio:g} shares of an ADS twice?"
        )
        words[1 / ratio] = (
            f"is this per ADS ({ratio:g} shares)?"
            if unit == "per share"
            else f"is this multiplied by the {ratio:g} shares of an ADS twice?"
        )
    nearest = min(words, key=lambda factor: abs(quotient / factor - 1))
    return words[nearest] if abs(quotient / nearest - 1) <= NEAR_FACTOR else None


# Estimates, targets, ratings ----------------------------------------------------------------------


def years_gone(every: dict[str, Rows]) -> list[Rejection]:
    """Brokers' estimates of a year whose results were out when they were published, or that had
    ended half a year before: C41.
    """
    wrong: list[Rejection] = []
    announced: dict[tuple[str, date], tuple[date, str]] = {}
    for ticker, found in by_company(every, "earnings").items():
        for row, (name, line) in found:
            if (
                row["announced_on"]
                and row["announced_on"] < announced.get((ticker, row["period_end"]), (date.max,))[0]
            ):
                announced[ticker, row["period_end"]] = row["announced_on"], f"{name}:{line}"
    for ticker, found in by_company(every, "estimates").items():
        for row, (name, line) in found:
            day, end = row["published_on"], row["period_end"]
            if row["estimate_kind"] != "broker" or day is None or end is None:
                continue
            known, place = announced.get((ticker, end), (None, None))
            if known and day > known:
                wrong.append(
                    Rejection(
                        name,
                        line,
                        "published_on",
                        str(day),
                        "C41",
                        (
                            f"the results to {end} were announced on {known} ({place}): no "
                            "estimate is new after them"
                        ),
                    )
                )
            elif (day - end).days > LATEST_RESULTS:
                wrong.append(
                    Rejection(
                        name,
                        line,
                        "published_on",
                        str(day),
                        "C41",
                        (
                            f"{row['fiscal_period']} ended on {end}, more than {LATEST_RESULTS} "
                            "days before: is the year or the date another?"
                        ),
                    )
                )
    return wrong


def other_lines(every: dict[str, Rows]) -> list[Rejection]:
    """Targets in another currency than their line is quoted in, per share of an ADS, or for a line
    of another company: C42.
    """
    wrong = []
    lines = {row["ticker"]: row for row in every["companies"].values}
    ads = (
        {row["ticker"] for row in every["listings"].values if row["share_class"] == "ADS"}
        if "listings" in every
        else set()
    )
    for ticker, found in by_company(every, "target_prices").items():
        for row, (name, line) in found:
            quoted = lines.get(row["quote_ticker"])
            if quoted is None or ticker not in lines:
                continue  # C10 says so
            if quoted["issuer_ticker"] != lines[ticker]["issuer_ticker"]:
                wrong.append(
                    Rejection(
                        name,
                        line,
                        "quote_ticker",
                        row["quote_ticker"],
                        "C42",
                        f"is no line of {ticker}",
                    )
                )
            elif row["currency"] != quoted["price_currency"]:
                wrong.append(
                    Rejection(
                        name,
                        line,
                        "currency",
                        row["currency"],
                        "C42",
                        (
                            f"{row['quote_ticker']} is quoted in {quoted['price_currency']}: is "
                            "the target for another line?"
                        ),
                    )
                )
            elif (row["per"] == "ads") != (row["quote_ticker"] in ads):
                wrong.append(
                    Rejection(
                        name,
                        line,
                        "per",
                        row["per"],
                        "C42",
                        (
                            f"one unit of {row['quote_ticker']} is "
                            f"{'an ADS' if row['quote_ticker'] in ads else 'a share'}"
                        ),
                    )
                )
    return wrong


def other_codes(every: dict[str, Rows]) -> list[Rejection]:
    """Ratings whose step is another than the one of the broker's own definition: C43."""
    wrong = []
    meant = {
        (row["broker"], row["rating"]): (row["rating_code"], f"{name}:{line}")
        for row, (name, line) in (
            found
            for rows in by_company(every, "rating_definitions", "broker").values()
            for found in rows
        )
        if row["category"] == "stock"
    }
    for table in ("ratings", "coverage"):
        for rows in by_company(every, table).values():
            for row, (name, line) in rows:
                code, place = meant.get((row["broker"], row["rating"]), (row["rating_code"], None))
                if row["rating_code"] != code:
                    wrong.append(
                        Rejection(
                            name,
                            line,
                            "rating_code",
                            row["rating_code"],
                            "C43",
                            f"{row['broker']} itself means {code} by {row['rating']!r} ({place})",
                        )
                    )
    return wrong
