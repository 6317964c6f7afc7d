"""What does a link say, and how is the canonical link written?

`parse` reads the query of a page into a `State` and lists each value that it did not understand;
`write` states all of a `State` again; `resolve` finds the ticker that somebody typed. The universe
comes in as rows: this module asks no database.
"""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple

from ui.text import TEXTS, text

WINDOWS = ("1y", "3y", "5y", "10y", "max")
BASES = ("adjusted", "reported")
LANGUAGES = ("en", "zh")
UPDOWN = ("hk", "cn")
MODES = ("present",)
METRICS = ("pe_ttm", "pe_forward", "ps_ttm", "earnings_yield_ttm", "pb", "dividend_yield")
VALUATION_CHARTS = ("history", "price", "distribution", "percentile", "relative")
ESTIMATE_CHARTS = ("expected", "targets")
COVERAGE_CHARTS = ("changes", "printed", "today")
DOCUMENT_CHARTS = ("events", "price")
TRAFFIC_CHARTS = ("tiers", "movers", "stay", "history")
BUYBACK_CHARTS = (
    "running",
    "periods",
    "calendar",
    "paid",
    "turnover",
    "net",
    "counts",
    "programmes",
)
BUYBACK_ACROSS = ("league", "cap", "yield")
SEGMENT_CHARTS = ("revenue", "mix", "growth", "contribution", "theme")
CHARTS = (
    *VALUATION_CHARTS,
    *ESTIMATE_CHARTS,
    *COVERAGE_CHARTS,
    *DOCUMENT_CHARTS,
    *TRAFFIC_CHARTS,
    *BUYBACK_CHARTS,
    *SEGMENT_CHARTS,
)
GRAINS = ("month", "quarter", "half", "year", "fiscal_year", "ytd")
CALENDARS = ("fiscal", "calendar")
HISTORIES = ("as_reported", "recast")
THEMES = ("advertising", "games", "cloud", "commerce", "local", "music", "live", "logistics")
ACROSS = ("windows", "ranges", "median", "growth")
ORDERS = ("cheapest", "dearest")
ONLY = ("all", "stale")
COLUMNS = ("price", "windows", "buybacks", "growth", "freshness")
GROUPS = ("ranking", "subsector", "mine")
CURRENCIES = ("price", "HKD", "USD")  # of display: as quoted, or all in one

DEFAULT_WINDOW, DEFAULT_BASIS, DEFAULT_LANGUAGE, DEFAULT_UPDOWN, DEFAULT_CURRENCY = (
    "5y",
    "adjusted",
    "en",
    "hk",
    "price",
)

PARAMETERS = (
    "t",
    "my",
    "as_of",
    "w",
    "basis",
    "currency",
    "focus",
    "metric",
    "chart",
    "against",
    "line",
    "broker",
    "across",
    "order",
    "only",
    "columns",
    "group",
    "month",
    "grain",
    "calendar",
    "history",
    "theme",
    "period",
    "kpi",
    "from",
    "to",
    "since",
    "topic",
    "vendor",
    "section",
    "kind",
    "publisher",
    "q",
    "lang",
    "updown",
    "mode",
    "s",
)
PAGE_EXTRAS = (
    "focus",
    "metric",
    "chart",
    "against",
    "line",
    "broker",
    "across",
    "order",
    "only",
    "columns",
    "group",
    "month",
    "grain",
    "calendar",
    "history",
    "theme",
    "period",
    "kpi",
    "from",
    "to",
    "since",
    "topic",
    "vendor",
    "section",
    "kind",
    "publisher",
    "q",
)
SEPARATORS = re.compile(r"[,，、;；\n\r\t|]")
# Not ours, and harmless: Streamlit's embedding, a link's version and page, and what mail programs
# append.
FOREIGN = re.compile(r"(embed|embed_options|v|p|utm_\w+)")
SNAPSHOT = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,79}")

LONGEST_VALUE, LONGEST_LIST = 200, 10_000  # characters of a value, and of a list of tickers
MOST = 100  # tickers, and parameters, that a link may name
LONGEST_TYPED = 60
NEAR = 5
SEVERAL = ("link.two_tickers", "link.several")  # problems of a text that fits several companies

COUNTER_TAIL = re.compile(r"[\s-]+(s|w|sw)$|-(s|w|sw)$")
CORPORATE_TAIL = re.compile(
    r"[\s,]+(holdings?|group|limited|ltd\.?|inc\.?|technology|technologies|plc|corp\.?|co\.?)$"
)


@dataclass(frozen=True)
class Entry:
    """One line of the universe. `kind` is company, peer, line, index or etf."""

    ticker: str
    kind: str
    issuer_ticker: str | None
    name_en: str
    name_zh: str


@dataclass(frozen=True)
class Universe:
    """The tickers that exist here, in order, what else they are called (alias -> tickers), and the
    groups that have a name (name -> tickers).
    """

    entries: tuple[Entry, ...]
    aliases: Mapping[str, tuple[str, ...]] = field(default_factory=dict, hash=False)
    groups: Mapping[str, tuple[str, ...]] = field(default_factory=dict, hash=False)

    @classmethod
    def from_rows(
        cls,
        companies: Iterable[tuple[Any, ...]],
        aliases: Iterable[tuple[str, str]] = (),
        groups: Mapping[str, tuple[str, ...]] | None = None,
    ) -> Universe:
        """Rows (ticker, kind, issuer_ticker, name_en, name_zh), rows (alias, ticker), and groups by
        name.
        """
        entries = tuple(
            Entry(
                str(ticker),
                str(kind),
                None if _empty(issuer) else str(issuer),
                "" if _empty(name_en) else str(name_en),
                "" if _empty(name_zh) else str(name_zh),
            )
            for ticker, kind, issuer, name_en, name_zh in companies
        )
        known = {entry.ticker for entry in entries}
        found: dict[str, tuple[str, ...]] = {}
        for alias, ticker in aliases:
            if _empty(alias) or ticker not in known:
                continue
            key = _fold(str(alias))
            if key and ticker not in found.get(key, ()):
                found[key] = (*found.get(key, ()), str(ticker))
        return cls(entries, found, dict(groups or {}))

    def entry(self, ticker: str) -> Entry:
        """The line of a canonical ticker; KeyError where there is none."""
        for entry in self.entries:
            if entry.ticker == ticker:
                return entry
        raise KeyError(ticker)

    def issuer(self, ticker: str) -> str:
        """Whose figures a line shows: BABA -> 9988.HK, anything else -> itself."""
        return self.entry(ticker).issuer_ticker or ticker


class Resolution(NamedTuple):
    """The one ticker found, or None with the near ones (two found, or none)."""

    ticker: str | None
    candidates: tuple[str, ...]


class Problem(NamedTuple):
    """A value that was not understood: of a link's parameter, or typed ('').

    `reason` is a key of ui.text, `near` what may have been meant.
    """

    parameter: str
    value: str
    reason: str
    near: tuple[str, ...]


@dataclass(frozen=True)
class State:
    """All that a link says.

    `tickers` empty means every company; `my` is the list that the reader keeps; `as_of` None the
    latest session.
    """

    tickers: tuple[str, ...] = ()
    my: tuple[str, ...] = ()
    as_of: date | None = None
    window: str = DEFAULT_WINDOW
    basis: str = DEFAULT_BASIS
    currency: str = DEFAULT_CURRENCY
    lang: str = DEFAULT_LANGUAGE
    updown: str = DEFAULT_UPDOWN
    mode: str = ""
    snapshot: str = ""
    extras: Mapping[str, str] = field(default_factory=dict, hash=False)


def _empty(value: Any) -> bool:
    return value is None or value != value or str(value).strip() == ""


def _fold(typed: str) -> str:
    """Full-width to plain, one space, no case: what two spellings of one name share."""
    return re.sub(r"\s+", " ", unicodedata.normalize("NFKC", typed)).strip().casefold()


def _shapes(folded: str) -> list[str]:
    """Canonical tickers that a folded spelling could mean by its form alone, best first."""
    shapes = [folded]
    code = re.fullmatch(r"(?:hk[.:\s]?)?(\d{1,6})(?:[.:\s]?hk)?(?: equity)?", folded)
    if code:
        digits = code.group(1).lstrip("0")
        if digits:
            shapes.append(f"{digits.zfill(4)}.hk")
            if len(digits) == 5 and digits[0] == "8":  # the RMB counter: the same shares
                shapes.append(f"{digits[1:]}.hk")
    american = re.fullmatch(
        r"(?:us[.:])?([a-z]{1,6})(?:[.\s](?:o|oq|n|us|uq|un|uw))?(?: equity)?", folded
    )
    if american:
        shapes.append(american.group(1))
    if re.fullmatch(r"[a-z0-9]{2,8}", folded):
        shapes.append("^" + folded)
    return shapes


def _names(entry: Entry) -> set[str]:
    """Spellings of a name that stand for it: with and without share class and corporate tails."""
    names: set[str] = set()
    for name in (entry.name_en, entry.name_zh):
        folded = _fold(name)
        while folded and folded not in names:
            names.add(folded)
            folded = CORPORATE_TAIL.sub("", COUNTER_TAIL.sub("", folded))
    return names


def resolve(typed: str, universe: Universe) -> Resolution:
    """The ticker meant by what somebody typed: canonical ticker, then alias, then name.

    Nothing found, or two: ticker None and up to five near ones, best first.
    """
    folded = _fold(str(typed))
    if not folded or len(folded) > LONGEST_TYPED:
        return Resolution(None, ())
    canonical = {entry.ticker.casefold(): entry.ticker for entry in universe.entries}
    if folded in canonical:
        return Resolution(canonical[folded], ())
    for shape in _shapes(folded):
        if shape in canonical:
            return Resolution(canonical[shape], ())
    found = universe.aliases.get(folded, ())
    if not found:
        found = tuple(entry.ticker for entry in universe.entries if folded in _names(entry))
    if len(found) == 1:
        return Resolution(found[0], ())
    return Resolution(None, found[:NEAR] if found else near(folded, universe))


def _spellings(universe: Universe) -> dict[str, list[str]]:
    """Every folded ticker, name and alias, and the tickers that it belongs to."""
    spellings: dict[str, list[str]] = {}
    for entry in universe.entries:
        for spelling in {entry.ticker.casefold(), *_names(entry)}:
            spellings.setdefault(spelling, []).append(entry.ticker)
    for alias, tickers in universe.aliases.items():
        spellings.setdefault(alias, []).extend(tickers)
    return spellings


def near(typed: str, universe: Universe) -> tuple[str, ...]:
    """Up to five tickers whose ticker, alias or name comes near to what was typed, best first."""
    folded = _fold(str(typed))[:LONGEST_TYPED]
    if not re.search(r"\w", folded):
        return ()
    spellings = _spellings(universe)
    starts = sorted((s for s in spellings if s.startswith(folded)), key=len)
    inside = sorted((s for s in spellings if folded in s and s not in starts), key=len)
    alike = difflib.get_close_matches(folded, list(spellings), n=NEAR, cutoff=0.6)
    order = list(
        dict.fromkeys(ticker for s in (*starts, *inside, *alike) for ticker in spellings[s])
    )
    return tuple(order[:NEAR])


def group_of(typed: str, universe: Universe) -> tuple[str, ...]:
    """The tickers of the group of this name, in either language; none where no group is called
    so.
    """
    wanted = _fold(typed)
    return next(
        (
            tickers
            for name, tickers in universe.groups.items()
            if wanted in {_fold(word) for word in (name, *TEXTS.get(f"filter.group_{name}", ()))}
        ),
        (),
    )


def companies_beginning(typed: str, universe: Universe) -> tuple[str, ...]:
    """The companies with a ticker, alias or name that begins with what was typed, each once.

    A company's other lines (BABA of 9988.HK) count as the company.
    """
    folded = _fold(typed)
    if not re.search(r"\w", folded) or len(folded) > LONGEST_TYPED:
        return ()
    fitting = [
        universe.issuer(ticker)
        for spelling, tickers in _spellings(universe).items()
        if spelling.startswith(folded)
        for ticker in tickers
    ]
    return tuple(dict.fromkeys(fitting))


def read_tickers(
    typed: str, universe: Universe, parameter: str = "t", *, begins: bool = False
) -> tuple[list[str], list[Problem]]:
    """The tickers that a list names, each once, and a problem for each part that is unclear.

    Parts are separated by commas, semicolons, lines or tabs, or by spaces where each part is a
    ticker. A group's name gives its members. begins: the beginning of one company's name is enough.
    """
    found: list[str] = []
    problems: list[Problem] = []
    parts = [part.strip() for part in SEPARATORS.split(typed) if part.strip()]
    if len(parts) > MOST:
        problems.append(Problem(parameter, str(MOST), "link.too_many", ()))
    for part in parts[:MOST]:
        meant = resolve(part, universe)
        words = part.split()[: MOST + 1] if meant.ticker is None else []
        several = {word: resolve(word, universe).ticker for word in words}
        beginning = companies_beginning(part, universe) if begins else ()
        if meant.ticker is not None:
            found.append(meant.ticker)
        elif members := group_of(part, universe):
            found += members
        elif sum(ticker is not None for ticker in several.values()) >= 2 and len(words) <= MOST:
            # A column pasted into one line: its line ends have become spaces.
            found += [ticker for ticker in several.values() if ticker]
            unclear = [word for word, ticker in several.items() if ticker is None]
            problems += [_unclear(parameter, word, universe) for word in unclear]
        elif len(beginning) == 1 and not _is_two(part, universe):
            found += beginning
        elif beginning and not _is_two(part, universe):
            problems.append(Problem(parameter, part, "link.several", beginning[:NEAR]))
        else:
            problems.append(_unclear(parameter, part, universe))
    return list(dict.fromkeys(found)), problems


def _unclear(parameter: str, typed: str, universe: Universe) -> Problem:
    """The problem of a text that names no ticker, or two."""
    reason = "link.two_tickers" if _is_two(typed, universe) else "link.no_ticker"
    return Problem(parameter, typed, reason, resolve(typed, universe).candidates)


def _one(value: Any) -> str:
    """The text of a parameter; of a repeated one, all of it."""
    values = (
        [value]
        if isinstance(value, str)
        else list(value)
        if isinstance(value, (list, tuple))
        else [str(value)]
    )
    return ",".join(str(item) for item in values)


def _choice(
    name: str, raw: str, allowed: tuple[str, ...], default: str, problems: list[Problem]
) -> str:
    folded = _fold(raw)
    if folded in allowed:
        return folded
    problems.append(Problem(name, raw, "link.not_a_choice", allowed))
    return default


def _date(name: str, raw: str, latest: date | None, problems: list[Problem]) -> date | None:
    folded = _fold(raw)
    if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", folded):
        problems.append(Problem(name, raw, "link.not_a_date", ()))
        return None
    try:
        found = date.fromisoformat(folded)
    except ValueError:
        problems.append(Problem(name, raw, "link.not_a_date", ()))
        return None
    if found.year < 1986:
        problems.append(Problem(name, raw, "link.too_early", ()))
        return None
    if latest is not None and found > latest:
        problems.append(Problem(name, raw, "link.too_late", (latest.isoformat(),)))
        return None
    return found


def _month(name: str, raw: str, latest: date | None, problems: list[Problem]) -> str:
    """The month of a link as it is written there, '2024-11'; empty where it is none, with its
    problem.
    """
    found = _fold(raw)
    if not re.fullmatch(r"(19|20)\d{2}-(0[1-9]|1[0-2])", found):
        problems.append(Problem(name, raw, "link.not_a_month", ()))
    elif latest is not None and found > latest.isoformat()[:7]:
        problems.append(Problem(name, raw, "link.too_late", (latest.isoformat()[:7],)))
    else:
        return found
    return ""


def parse(
    query: Mapping[str, Any],
    universe: Universe,
    *,
    latest: date | None = None,
    extras: Iterable[str] = (),
    words: Mapping[str, Iterable[str]] | None = None,
) -> tuple[State, list[Problem]]:
    """Read the query of a page (name -> text, or a list of texts).

    `latest` is the last day the data knows: an as-of date beyond it is a problem. `extras` names
    further parameters of the page; they come back as text in `State.extras`. `words` are the values
    that a parameter may have where the data says so. Where a value is not understood the state
    holds the default and the list of problems names the value, so that the page can say so.
    """
    problems: list[Problem] = []
    values = {str(name): _one(value) for name, value in list(query.items())[:MOST]}
    if len(query) > MOST:
        problems.append(Problem("?", str(MOST), "link.too_many", ()))
    known = (*PARAMETERS, *extras)
    given: dict[str, str] = {}
    for name, raw in values.items():
        if name in known and len(raw) > LONGEST_LIST:
            problems.append(Problem(name, raw[:LONGEST_VALUE], "link.not_text", ()))
        elif name in known:
            given[name] = raw
        elif not FOREIGN.fullmatch(name):
            alike = tuple(difflib.get_close_matches(name[:LONGEST_TYPED], known, n=3, cutoff=0.5))
            problems.append(Problem(name, raw, "link.unknown_parameter", alike))

    lists: dict[str, list[str]] = {}
    for name in ("t", "my"):
        lists[name], unknown = read_tickers(given.get(name, ""), universe, name)
        problems += unknown

    def choose(name: str, allowed: tuple[str, ...], default: str) -> str:
        return _choice(name, given[name], allowed, default, problems) if name in given else default

    as_of = _date("as_of", given["as_of"], latest, problems) if "as_of" in given else None
    snapshot = given.get("s", "")
    if "s" in given and not SNAPSHOT.fullmatch(snapshot):
        problems.append(Problem("s", snapshot, "link.not_a_snapshot", ()))
        snapshot = ""

    kept: dict[str, str] = {}
    words = words or {}
    allowed = {
        "metric": METRICS,
        "chart": CHARTS,
        "across": (*ACROSS, *BUYBACK_ACROSS),
        "order": ORDERS,
        "only": ONLY,
        "columns": COLUMNS,
        "group": GROUPS,
        "grain": GRAINS,
        "calendar": CALENDARS,
        "history": HISTORIES,
        "theme": THEMES,
    }
    for name in (*PAGE_EXTRAS, *extras):
        if name not in given or name in kept:
            continue
        raw = unicodedata.normalize("NFC", given[name]).strip()
        if name in allowed:
            before = len(problems)
            choice = _choice(name, raw, allowed[name], "", problems)
            if len(problems) == before:
                kept[name] = choice
        elif name in ("focus", "against", "line"):
            found = resolve(raw, universe)
            if found.ticker is None:
                problems.append(
                    Problem(
                        name,
                        raw,
                        "link.two_tickers" if _is_two(raw, universe) else "link.no_ticker",
                        found.candidates,
                    )
                )
            else:
                kept[name] = found.ticker
        elif name == "month":
            month = _month(name, raw, latest, problems)
            if month:
                kept[name] = month
        elif name in ("from", "to", "since"):
            moment = _date(name, raw, latest if name == "since" else None, problems)
            if moment is not None:
                kept[name] = moment.isoformat()
        elif name in words:
            meant = {word.casefold(): word for word in words[name]}
            if raw.casefold() in meant:
                kept[name] = meant[raw.casefold()]
            else:
                problems.append(
                    Problem(name, raw, "link.not_a_choice", tuple(list(meant.values())[:NEAR]))
                )
        elif len(raw) > LONGEST_VALUE or any(unicodedata.category(c) == "Cc" for c in raw):
            problems.append(Problem(name, raw, "link.not_text", ()))
        elif raw:
            kept[name] = raw
    if "from" in kept and "to" in kept and kept["from"] > kept["to"]:
        problems.append(Problem("from", kept.pop("from"), "link.from_after_to", (kept["to"],)))

    state = State(
        tickers=tuple(lists["t"]),
        my=tuple(lists["my"]),
        as_of=as_of,
        window=choose("w", WINDOWS, DEFAULT_WINDOW),
        basis=choose("basis", BASES, DEFAULT_BASIS),
        currency=choose("currency", ("price", "hkd", "usd"), DEFAULT_CURRENCY)
        .replace("hkd", "HKD")
        .replace("usd", "USD"),
        lang=choose("lang", LANGUAGES, DEFAULT_LANGUAGE),
        updown=choose("updown", UPDOWN, DEFAULT_UPDOWN),
        mode=choose("mode", MODES, ""),
        snapshot=snapshot,
        extras=kept,
    )
    return state, problems


def _is_two(typed: str, universe: Universe) -> bool:
    folded = _fold(typed)
    named = sum(folded in _names(entry) for entry in universe.entries)
    return len(universe.aliases.get(folded, ())) > 1 or named > 1


def write(state: State) -> dict[str, str]:
    """The canonical query of a state, in the contract's order, defaults included.

    Only what is absent is left out: no tickers (all), no as-of date (latest), no snapshot, no mode.
    A page fills `as_of` and `snapshot` in before it offers a link to copy.
    """
    query: dict[str, str] = {}
    if state.tickers:
        query["t"] = ",".join(state.tickers)
    if state.my:
        query["my"] = ",".join(state.my)
    if state.as_of is not None:
        query["as_of"] = state.as_of.isoformat()
    query["w"] = state.window
    query["basis"] = state.basis
    query["currency"] = state.currency
    for name in PAGE_EXTRAS:
        if state.extras.get(name):
            query[name] = str(state.extras[name])
    for name in sorted(set(state.extras) - set(PAGE_EXTRAS)):
        if state.extras[name]:
            query[name] = str(state.extras[name])
    query["lang"] = state.lang
    query["updown"] = state.updown
    if state.mode:
        query["mode"] = state.mode
    if state.snapshot:
        query["s"] = state.snapshot
    return query


def short(state: State) -> dict[str, str]:
    """The canonical query without what every reader has by default: the language, the colours of a
    rise, money as quoted.
    """
    left_out = {"lang": DEFAULT_LANGUAGE, "updown": DEFAULT_UPDOWN, "currency": DEFAULT_CURRENCY}
    return {name: value for name, value in write(state).items() if left_out.get(name) != value}


def sentence(problem: Problem, language: str = "en") -> str:
    """A problem in words, for the notice: which parameter, which value, why, and what comes
    near.
    """
    shown = problem.value if len(problem.value) <= 40 else problem.value[:39] + "…"
    reason = (
        problem.reason if problem.parameter else f"typed.{problem.reason.removeprefix('link.')}"
    )
    words = text(reason, language, parameter=problem.parameter, value=shown)
    if problem.near:
        words += text("link.near", language, near=", ".join(problem.near))
    return words
