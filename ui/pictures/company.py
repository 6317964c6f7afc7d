"""One company on one sheet: its line of figures, and the picture of each page that has one."""

from __future__ import annotations

from datetime import date

import pandas as pd

from ui import formats
from ui.memory import once
from ui.pictures import buybacks, estimates, segments
from ui.pictures.parts import Picture, something
from ui.pictures.valuation import Multiple
from ui.view import View

OF_LINE = ("price", "pe_ttm", "percentile", "pe_forward")


def pictures(view: View, ticker: str) -> list[Picture | None]:
    """Valuation, growth by segment, buybacks, targets: each its page's own, None where nothing is
    known.
    """
    issuer = view.universe.issuer(ticker)
    return [
        something(once(Multiple, view, ticker).history_picture()),
        segments.growth(view, issuer),
        buybacks.periods(view, issuer) or buybacks.paid(view, issuer),
        estimates.targets(view, issuer, ticker)
        or estimates.targets(view, issuer)
        or estimates.expected(view, issuer),
    ]


def changes(view: View, ticker: str, since: date) -> pd.DataFrame:
    """What changed since an evening: price and multiples of the line; what was announced, expected,
    bought and told of its issuer.
    """
    everybody = ("SELECT * FROM company_changes(?, ?, ?)", since, view.as_of, view.years)
    of_line, of_issuer = (
        view.ask_for(ticker, *everybody),
        view.ask_for(view.universe.issuer(ticker), *everybody),
    )
    return pd.concat(
        [of_line[of_line["item"].isin(OF_LINE)], of_issuer[~of_issuer["item"].isin(OF_LINE)]]
    ).sort_values("place", kind="stable")


def told(view: View, ticker: str) -> tuple[str, str]:
    """The name with its price, and the figures in one line; what is not known is left out, never
    guessed.
    """
    issuer, language = view.universe.issuer(ticker), view.language
    rows = view.ask(
        "SELECT * FROM overview(?, ?, ?)", view.as_of, view.years, view.state.basis
    ).set_index("ticker")
    line, firm = rows.loc[ticker], rows.loc[issuer]
    profits = view.ask(
        "SELECT * FROM profit_growth(?) WHERE ticker = ? AND basis = ?",
        view.as_of,
        issuer,
        view.state.basis,
    )
    multiple = once(Multiple, view, ticker)
    entry = view.universe.entry(ticker)
    name = entry.name_zh if language == "zh" else entry.name_en
    head = [
        f"{name} {ticker}",
        *(
            [f"{view.price(line['close'], line['currency'])} ({view.day(line['date'])})"]
            if pd.notna(line["close"])
            else []
        ),
    ]
    head += [
        view.text(f"company.{change}", value=formats.change(line[f"{change}_pct"]))
        for change in ("change_1m", "change_ytd")
        if pd.notna(line[f"{change}_pct"])
    ]
    words = [
        view.text(
            "company.finding_pe",
            name=multiple.name,
            value=multiple.value_words,
            basis=multiple.basis_words,
            percentile=multiple.percentile_words,
            window=multiple.window_of,
            number=int(multiple.now["n"]),
        )
        if multiple.is_ranked
        else f"{multiple.measure} {multiple.value_words}"
    ]
    words += (
        [f"{view.text('company.forward')} {formats.multiple(line['pe_forward'], language)}"]
        if line["forward_status"] == "OK"
        else []
    )
    words += (
        [
            view.text(
                "company.finding_bought",
                amount=view.money(firm["buyback_ytd_hkd"], "HKD"),
                date=view.day(firm["buyback_to"]),
            )
        ]
        if pd.notna(firm["buyback_ytd_hkd"])
        else []
    )
    words += (
        [f"{view.text('company.buyback_yield')} {formats.percent(firm['gross_yield_pct'])}"]
        if pd.notna(firm["gross_yield_pct"])
        else []
    )
    words += (
        [
            view.text(
                "company.finding_revenue",
                period=formats.period(
                    firm["fiscal_period"],
                    firm["revenue_period_end"],
                    int(firm["fiscal_year_end_month"]),
                    language,
                ),
                growth=formats.percent(firm["revenue_yoy_pct"], sign=True),
            )
        ]
        if pd.notna(firm["revenue_yoy_pct"])
        else []
    )
    words += (
        [
            view.text(
                "company.finding_profit",
                basis=view.text(f"basis.{view.state.basis}"),
                growth=formats.percent(profits.iloc[0]["yoy_pct"], sign=True),
            )
        ]
        if len(profits) and pd.notna(profits.iloc[0]["yoy_pct"]) and not profits.iloc[0]["is_stale"]
        else []
    )
    return " · ".join(head), " · ".join(words)
