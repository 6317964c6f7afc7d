"""Which line of the universe a spelling stands for: one that a person types, one in the name of a
file, one in its column of symbols.
"""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping

from loaders.curated import near_tickers
from loaders.reference import CURRENCIES

# Words that may follow a ticker in a file's name, and what stands between them.
TAIL = re.compile(
    r"(?:[ _-]+(?:daily|day|1d|prices?|history|historical|hist|ohlcv?|eod|data|max|\d[\d-]*))+",
    re.IGNORECASE,
)


def fold(text: str) -> str:
    return re.sub(r"\s+", " ", unicodedata.normalize("NFKC", text)).strip().casefold()


def names_of(universe: Mapping[str, Iterable[str]]) -> dict[str, str]:
    """Every folded spelling that stands for one ticker; a ticker goes before an alias, an alias of
    two is none.
    """
    aliases = defaultdict(set)
    for ticker, names in universe.items():
        for name in names:
            aliases[fold(name)].add(ticker)
    return {name: next(iter(tickers)) for name, tickers in aliases.items() if len(tickers) == 1} | {
        fold(ticker): ticker for ticker in universe
    }


def pair_of(stem: str) -> tuple[str, str] | None:
    """A file of exchange rates: six letters of two known currencies."""
    letters = re.fullmatch(r"([A-Z]{3})[_-]?([A-Z]{3})(?:=X)?", stem.split("__")[0].upper())
    if not letters:
        return None
    base, quote = letters[1], letters[2]
    return (base, quote) if base != quote and {base, quote} <= set(CURRENCIES) else None


def spellings(stem: str) -> list[str]:
    """What in a file's name may be the ticker: all of it, what stands before two underscores,
    before a word such as daily or a date.
    """
    first = stem.split("__")[0]
    bare = TAIL.sub("", first)
    return list(
        dict.fromkeys(
            spelling
            for text in (stem, first, bare)
            for spelling in (text, re.sub(r"[_-]", ".", text), re.sub(r"[_-]", " ", text))
            if spelling
        )
    )


def resolve(typed: str, names: Mapping[str, str]) -> str | None:
    """The ticker that a spelling stands for: itself, its form (00700, HK.00700, 700 HK, BABA.N,
    HSI), an alias.
    """
    folded = fold(typed)
    shapes = [folded]
    if code := re.fullmatch(r"(?:hk[.:\s]?)?0*([1-9]\d{0,4})(?:[.:\s]?hk)?(?: equity)?", folded):
        digits = code.group(1)
        shapes += [f"{digits.zfill(4)}.hk"] + [f"{digits[1:]}.hk"] * (
            len(digits) == 5 and digits[0] == "8"
        )  # the RMB counter: the same shares
    if american := re.fullmatch(
        r"(?:us[.:])?([a-z]{1,6})(?:[.\s](?:o|oq|n|us|uq|un|uw|k))?(?: equity)?", folded
    ):
        shapes.append(american.group(1))
    if index := re.fullmatch(r"\^?([a-z]{2,8})(?:\.hi)?(?: index)?", folded):
        shapes += [f"^{index.group(1)}", index.group(1)]
    return next((names[shape] for shape in shapes if shape in names), None)


def tickers_of(
    typed: Iterable[str], universe: Mapping[str, Iterable[str]]
) -> tuple[list[str], list[str]]:
    """The lines that typed words stand for, and a line of words for each that stands for none.
    universe: our tickers, each with its aliases.
    """
    names, found, unknown = names_of(universe), [], []
    for one in (part for text in typed for part in text.split(",") if part):
        if ticker := resolve(one, names):
            found.append(ticker)
        else:
            near = near_tickers(one, universe)
            unknown.append(
                f"{one}: no ticker of companies.csv that has daily prices"
                + (f"; near: {', '.join(near)}" if near else "")
            )
    return list(dict.fromkeys(found)), unknown
