"""What does a page or a picture know about its reader: the state of the link, the snapshot it
reads, the evening it shows, the screen?

A `View` asks the warehouse and writes words. It draws nothing on the screen and knows no session,
so that a picture is the same on a page, in another format and in the meeting pack.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property, lru_cache
from urllib.parse import urlencode

import pandas as pd

from ui import answers, formats, links
from ui.memory import once
from ui.palette import Theme
from ui.stamp import Stamp
from ui.text import text
from warehouse.runs import Run
from warehouse.snapshot import Served

YEARS = {"1y": 1, "3y": 3, "5y": 5, "10y": 10, "max": 0}
HOME = "http://127.0.0.1:8501"
FACTS = """
    SELECT (
        SELECT data_as_of FROM snapshot
    ) AS latest, EXISTS (
    FROM prices
    WHERE frequency = 'daily') AS has_daily, (
    SELECT count(*)
    FROM sources) AS sources, (
    SELECT sum(row_count)
    FROM freshness) AS figures
    """
GROUPS = """
    SELECT subsector AS name, list(ticker ORDER BY ticker) AS tickers
    FROM companies
    WHERE kind = 'company' AND subsector IS NOT NULL
    GROUP BY ALL
    UNION ALL
    SELECT CASE kind WHEN 'company' THEN 'companies' WHEN 'peer' THEN 'peers'
        WHEN 'line' THEN 'US lines' WHEN 'index' THEN 'indices' END, list(ticker ORDER BY ticker)
    FROM companies
    WHERE kind IN ('company', 'peer', 'line', 'index')
    GROUP BY kind
    ORDER BY name
    """
# The narrowest figure that a screen of each kind shows, px, by how many charts stand side by side.
WIDTHS = {
    "desk": {1: 900, 2: 520, 3: 340},
    "tablet": {1: 580, 2: 320, 3: 320},
    "phone": {1: 330, 2: 330, 3: 330},
}


class TooOld(Exception):
    """A snapshot of another version lacks what a page asks for."""


@dataclass(frozen=True)
class Screen:
    """What a page is drawn on: desk (also where nobody knows), tablet or phone; light or dark."""

    kind: str = "desk"
    theme: str = "light"


@dataclass(frozen=True)
class View:
    """The state of the link, the snapshot read, and the evening shown. address: where the pages
    are, without a slash at its end.

    Two views are equal where they show the same figures of the same lines on the same evening
        to the same kind of reader: what is made for one serves the other (ui/memory.py). Which
        chart of a page is chosen, the reader's own list and whether the page is presented are no
        part of that; a page hands over what a picture or table needs of them.
    """

    state: links.State = field(compare=False)
    served: Served
    universe: links.Universe = field(compare=False)
    names: Mapping[str, tuple[str, str]] = field(compare=False)
    latest: date
    has_daily: bool
    is_current: bool
    counts: Mapping[str, int] = field(compare=False)
    screen: Screen = Screen()
    address: str = HOME
    canonical: str = field(default="", compare=False)  # the link that shows the whole page again
    run: Run | None = field(default=None, hash=False)  # what the price loader's last run came to
    today: date = field(default_factory=answers.today)  # in Hong Kong
    cited: list[str] = field(
        default_factory=list, compare=False
    )  # sources that the page has named so far
    offered: list[str] = field(
        default_factory=list, compare=False
    )  # tables that can be taken along so far
    alike_by: links.State = field(init=False)  # the part of the state by which views are equal

    def __post_init__(self) -> None:
        object.__setattr__(
            self,
            "alike_by",
            replace(self.state, as_of=self.as_of, my=(), mode="", snapshot="", extras={}),
        )

    @property
    def as_of(self) -> date:
        """The evening shown: the one asked for, else the latest session."""
        return self.state.as_of or self.latest

    @property
    def past(self) -> date | None:
        """The evening asked for where it is before the latest session; None is now, with what was
        published since.
        """
        return self.as_of if self.as_of < self.latest else None

    @property
    def is_now(self) -> bool:
        """Whether the served snapshot is shown as of its latest session: only then does what the
        last runs came to concern the reader.
        """
        return self.is_current and self.past is None

    @property
    def years(self) -> int:
        """The window in years; 0 is since listing."""
        return YEARS[self.state.window]

    @property
    def language(self) -> str:
        return self.state.lang

    @property
    def is_phone(self) -> bool:
        """Whether the reader's screen is a phone's, as far as it has been told."""
        return self.screen.kind == "phone"

    @property
    def issuers(self) -> tuple[str, ...]:
        """Whose figures the chosen lines show, each once."""
        return tuple(dict.fromkeys(self.universe.issuer(ticker) for ticker in self.state.tickers))

    @property
    def kinds(self) -> dict[str, str]:
        """What each line of the universe is: company, peer, line, index, etf, basket."""
        return {entry.ticker: entry.kind for entry in self.universe.entries}

    @property
    def companies(self) -> list[str]:
        """The issuers chosen that have figures of their own."""
        kinds = self.kinds
        return [ticker for ticker in self.issuers if kinds[ticker] in ("company", "peer")]

    @property
    def without_figures(self) -> list[str]:
        """The lines chosen that are no company's: indices, ETFs, the basket."""
        kinds = self.kinds
        return [
            ticker for ticker in self.state.tickers if kinds[ticker] in ("index", "etf", "basket")
        ]

    def day(self, value) -> str:
        """A date in the reader's language."""
        return formats.day(value, self.language)

    def ask(self, question: str, *parameters) -> pd.DataFrame:
        """The answer of the snapshot shown. Raises TooOld where it lacks what is asked for."""
        try:
            return answers.ask(self.served, question, *parameters)
        except answers.CannotAnswer as error:
            raise TooOld(self.served.snapshot_id) from error

    def ask_if_known(self, question: str, *parameters) -> pd.DataFrame | None:
        """As ask(); None where the snapshot was built by an earlier version that lacks what is
        asked for.
        """
        try:
            return self.ask(question, *parameters)
        except TooOld:
            return None

    def ask_for(self, ticker: str, question: str, *parameters) -> pd.DataFrame:
        """The rows of one ticker of an answer that has a column ticker.

        The question is asked for all at once, which takes no longer, so that the next company is
        there already.
        """
        return self.ask_among((ticker,), question, *parameters)

    def ask_among(self, tickers: Sequence[str], question: str, *parameters) -> pd.DataFrame:
        """The same of several tickers."""
        return once(_of, self.ask(question, *parameters), tuple(tickers))

    def text(self, key: str, **values) -> str:
        return text(key, self.language, **values)

    def name(self, ticker: str) -> str:
        """Short name in the reader's language."""
        english, chinese = self.names.get(ticker, (ticker, ticker))
        return chinese if self.language == "zh" else english

    def window_words(self) -> str:
        """The window in words: '5 years'."""
        return self.text(f"window_long.{self.state.window}")

    @property
    def closes(self) -> str:
        """What kind of closes stand behind this evening, in words: daily, month-end, or both, line
        by line.
        """
        found = set(
            self.ask("SELECT DISTINCT frequency FROM price_latest(?)", self.as_of)["frequency"]
        )
        return self.text(
            f"frequency.{'mixed' if len(found) > 1 else found.pop() if found else 'month_end'}"
        )

    @cached_property
    def rates(self) -> dict[str, tuple[str, float | None, date | None]]:
        """By currency: at which rate its money is shown in the currency of display on this evening,
        and the day of the rate; empty where money is shown as quoted.
        """
        if self.state.currency == links.DEFAULT_CURRENCY:
            return {}
        rows = self.ask(
            "SELECT base, rate, rate_date FROM display_rates(?, ?)", self.as_of, self.state.currency
        )
        return {
            row.base: (
                row.base,
                None if pd.isna(row.rate) else row.rate,
                None if pd.isna(row.rate_date) else row.rate_date.date(),
            )
            for row in rows.itertuples()
        }

    def shown_in(self, amount, currency: str | None) -> tuple[float, str | None]:
        """An amount in the currency of display; as it is where no rate is known."""
        rate = self.rates[currency][1] if currency in self.rates else None
        return (
            (amount, currency)
            if rate is None or pd.isna(amount)
            else (amount * rate, self.state.currency)
        )

    def in_display(
        self, frame: pd.DataFrame, amounts: Sequence[str], currency: str
    ) -> pd.DataFrame:
        """The frame with these columns, and the currency that another names, in the currency of
        display.
        """
        if not self.rates or frame.empty:
            return frame
        rates = {base: rate for base, rate, _ in self.rates.values() if rate is not None}
        factors = frame[currency].map(rates)
        return frame.assign(
            **{column: frame[column] * factors.fillna(1) for column in amounts},
            **{currency: frame[currency].where(factors.isna(), self.state.currency)},
        )

    def money(self, amount, currency: str, **options) -> str:
        """An amount in the currency of display, in words: HK$4.3bn."""
        amount, shown = self.shown_in(amount, currency)
        return formats.money(amount, shown or currency, self.language, **options)

    def price(self, price, currency: str | None) -> str:
        """A price in the currency of display, in words: HK$475.20."""
        price, currency = self.shown_in(price, currency)
        return formats.price(price, currency, self.language)

    def theme(self, *, columns: int = 1, share: float = 1.0, height: int = 430) -> Theme:
        """How figures are drawn here: light or dark, the reader's language and colours, the room
        there is.

        columns: how many charts stand side by side (1 to 3); share: of the page's width, where
            they are not equally wide; height: px.
        """
        width = WIDTHS[self.screen.kind][min(max(columns, 1), 3)]
        return Theme(
            name=self.screen.theme,
            updown=self.state.updown,
            language=self.language,
            width=width if self.is_phone else int(width * share),
            height=height,
        )

    def link(
        self,
        page: str,
        tickers: Sequence[str] = (),
        evening: date | None = None,
        **parameters: str | None,
    ) -> str:
        """The link of a page that shows these tickers with these parameters on this evening, next
        month too: the evening (the view's) and the snapshot are stated.
        """
        stated = replace(
            self.state,
            tickers=tuple(tickers),
            my=(),
            as_of=evening or self.as_of,
            snapshot=self.served.snapshot_id,
            mode="",
            extras={name: value for name, value in parameters.items() if value},
        )
        return f"{self.address}/{page}?{urlencode(links.short(stated), safe=',:^')}"

    def stamp(
        self,
        page: str,
        title: str,
        subtitle: str,
        source: str,
        *notes: str,
        number: int | None = None,
        evening: date | None = None,
        tickers: Sequence[str] = (),
        **parameters: str | None,
    ) -> Stamp:
        """What a picture says about itself; page, tickers and parameters make the link that opens
        it.
        """
        link = re.sub(r"^https?://", "", self.link(page, tickers, evening, **parameters))
        return Stamp(
            title,
            subtitle,
            evening or self.as_of,
            source,
            " ".join(note for note in notes if note),
            number,
            link,
        )

    def sources_of(self, source_ids) -> list[dict]:
        """publisher, title, published_on, url of each source, in the order of publication, newest
        first.
        """
        wanted = sorted({s for s in source_ids if isinstance(s, str) and s})
        self.cited.extend(wanted)
        rows = self.ask(
            """
            SELECT publisher, title, published_on, url, source_id
            FROM sources
            ORDER BY published_on DESC NULLS LAST, publisher, source_id
            """
        )
        return once(_told_by, rows, tuple(wanted))


def _of(rows: pd.DataFrame, tickers: tuple[str, ...]) -> pd.DataFrame:
    return rows[rows["ticker"].isin(tickers)].reset_index(drop=True)


def _told_by(sources: pd.DataFrame, wanted: tuple[str, ...]) -> list[dict]:
    return sources.loc[
        sources["source_id"].isin(wanted), ["publisher", "title", "published_on", "url"]
    ].to_dict("records")


def facts_of(now: Served) -> pd.Series:
    """latest (session), has_daily, sources, figures of a snapshot.

    Raises CannotAnswer where it is of another version.
    """
    return answers.ask(now, FACTS).iloc[0]


@lru_cache(maxsize=4)
def universe_of(now: Served) -> tuple[links.Universe, dict[str, tuple[str, str]]]:
    """The lines, aliases and groups of a snapshot, and the short names of each line in both
    languages.
    """
    rows = answers.ask(
        now,
        """
        SELECT ticker, kind, issuer_ticker, name_en, name_zh, short_en, short_zh
        FROM companies
        ORDER BY kind <> 'company', ticker
        """,
    )
    aliases = answers.ask(now, "SELECT alias, ticker FROM aliases")
    groups = {row.name: tuple(row.tickers) for row in answers.ask(now, GROUPS).itertuples()}
    universe = links.Universe.from_rows(
        rows[["ticker", "kind", "issuer_ticker", "name_en", "name_zh"]].itertuples(
            index=False, name=None
        ),
        aliases.itertuples(index=False, name=None),
        groups,
    )
    return universe, {row.ticker: (row.short_en, row.short_zh) for row in rows.itertuples()}


def view_of(
    query: Mapping[str, str], now: Served, address: str = HOME
) -> tuple[View, list[links.Problem]]:
    """The view that a link would open, without a session: for the meeting pack; and what of the
    link is not understood.
    """
    facts, (universe, names) = facts_of(now), universe_of(now)
    latest = facts["latest"].date()
    state, problems = links.parse(query, universe, latest=latest)
    return View(
        state,
        now,
        universe,
        names,
        latest,
        bool(facts["has_daily"]),
        True,
        {"sources": int(facts["sources"]), "figures": int(facts["figures"])},
        address=address,
        run=answers.last_run(),
    ), problems
