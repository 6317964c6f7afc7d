"""One company on one screen: what does it cost, what does it earn and pay, when does it report,
what is said of it, and what changed since an evening of the reader's choice?
"""

from datetime import date

import pandas as pd
import streamlit as st

from ui import formats, frame, panels, tables
from ui.frame import EARLIEST
from ui.frame import view as of_this_run
from ui.memory import once
from ui.pictures import company, segments
from ui.pictures.valuation import Multiple

# With none chosen: the company of which most was announced by that evening.
MOST_TOLD = """
    SELECT i.ticker
    FROM earnings_items AS i
    JOIN companies AS c USING (ticker)
    WHERE c.kind = 'company' AND i.announced_on <= ?
    GROUP BY i.ticker
    ORDER BY count(*) DESC, i.ticker
    LIMIT 1
    """
METRICS = ("eps_diluted", "net_income", "revenue")  # of the medians of brokers

view = of_this_run()
language, day, evening, basis = view.language, view.day, view.as_of, view.state.basis
header = st.container(gap="xsmall")  # the answer comes first, whatever is chosen below it


# Which company, by which line, and since when -----------------------------------------------------

outside = view.without_figures
offered = [ticker for ticker in view.state.tickers if ticker not in outside]
if outside:
    panels.missing(
        view.text("company.no_company", names=", ".join(view.name(ticker) for ticker in outside))
    )
if len(offered) == 1:
    focus = offered[0]
else:
    covered = [entry.ticker for entry in view.universe.entries if entry.kind == "company"]
    told = view.ask(MOST_TOLD, evening)["ticker"].tolist()
    with header:
        lines = offered or covered
        focus = view.one_of(lines, default=None if offered else (told or covered)[0]) or lines[0]
issuer = view.universe.issuer(focus)
name, basis_words = view.name(focus), view.text(f"basis.{basis}")
rows = view.ask("SELECT * FROM overview(?, ?, ?)", evening, view.years, basis).set_index("ticker")
line, firm = rows.loc[focus], rows.loc[issuer]
year_end = int(firm["fiscal_year_end_month"]) if pd.notna(firm["fiscal_year_end_month"]) else 12
multiple = once(Multiple, view, focus)


def one(ticker: str, question: str, *parameters) -> pd.Series | None:
    """The row of a ticker, or None."""
    found = view.ask_for(ticker, question, *parameters)
    return found.iloc[0] if len(found) else None


results = one(issuer, "SELECT * FROM next_results(?)", evening)
calendar = view.ask_for(
    issuer, "SELECT * FROM results_calendar(?) WHERE recency <= 6 ORDER BY ticker, recency", evening
)
yields = one(issuer, "SELECT * FROM shareholder_yield(?)", evening)
bought = one(issuer, "SELECT * FROM buyback_ytd(?)", evening)
bought_yield = one(issuer, "SELECT * FROM buyback_yield(?)", evening)
cap = one(issuer, "SELECT * FROM buyback_caps(?)", evening)
profits = view.ask_for(issuer, "SELECT * FROM profit_growth(?)", evening)
profit = one(issuer, "SELECT * FROM profit_growth(?) WHERE basis = ?", evening, basis)
expected = one(focus, "SELECT * FROM forward_growth(?) WHERE basis = ?", evening, basis)


def period(row, end: str = "period_end") -> str:
    return formats.period(row["fiscal_period"], row[end], year_end, language)


# The answer: one sentence, the price, the figures -------------------------------------------------


def finding() -> str:
    """What it costs against its own past, how it grows, what it buys back: as much of it as is
    known.
    """
    words = {
        "name": name,
        "value": multiple.value_words,
        "basis": basis_words,
        "reason": multiple.why_unranked,
    }
    if multiple.is_ranked:
        said = [
            view.text(
                "company.finding_pe",
                percentile=multiple.percentile_words,
                window=multiple.window_of,
                number=int(multiple.now["n"]),
                **words,
            )
        ]
    else:
        said = [
            view.text(
                "company.finding_value" if pd.notna(line["pe_ttm"]) else "company.finding_none",
                **words,
            )
        ]
    if pd.notna(firm["revenue_yoy_pct"]):
        said.append(
            view.text(
                "company.finding_revenue",
                period=period(firm, "revenue_period_end"),
                growth=formats.percent(firm["revenue_yoy_pct"], sign=True),
            )
        )
    if profit is not None and pd.notna(profit["yoy_pct"]) and not profit["is_stale"]:
        said.append(
            view.text(
                "company.finding_profit",
                basis=basis_words,
                growth=formats.percent(profit["yoy_pct"], sign=True),
            )
            + ("" if profit["fiscal_period"] == firm["fiscal_period"] else f" ({period(profit)})")
        )
    if bought is not None and bought["amount_hkd"] > 0:
        said.append(
            view.text(
                "company.finding_bought",
                amount=view.money(bought["amount_hkd"], "HKD"),
                date=day(bought["last_trade_date"]),
            )
        )
    return ("；" if language == "zh" else "; ").join(said) + ("。" if language == "zh" else ".")


def price_line() -> str:
    """Price, its changes and the market cap in one line; colours of the reader's market."""
    up, down = ("green", "red") if view.state.updown == "hk" else ("red", "green")
    parts = [
        f"**{panels.escape(view.price(line['close'], line['currency']))}**"
        + (f" :gray[({panels.escape(day(line['date']))})]" if pd.notna(line["date"]) else "")
    ]
    for column in ("change_1d_pct", "change_1m_pct", "change_ytd_pct"):
        if pd.notna(line[column]):
            words = panels.escape(
                view.text(
                    f"company.{column.removesuffix('_pct')}", value=formats.change(line[column])
                )
            )
            parts.append(f":{up if line[column] > 0 else down}[{words}]" if line[column] else words)
    if cap is not None and pd.notna(cap["market_cap_hkd_mn"]):
        parts.append(
            panels.escape(
                view.text("company.cap", value=view.money(cap["market_cap_hkd_mn"] * 1e6, "HKD"))
            )
        )
    if results is None:
        parts.append(panels.escape(view.text("company.no_results")))
    else:
        parts.append(
            panels.escape(
                view.text(
                    "company.last_results",
                    period=period(results),
                    date=day(results["announced_on"]),
                )
            )
        )
        coming = formats.period(
            results["next_fiscal_period"], results["next_period_end"], year_end, language
        )
        parts.append(
            panels.escape(
                view.text("company.next_stated", period=coming, date=day(results["stated_on"]))
                if pd.notna(results["stated_on"])
                else view.text("company.next_unknown")
            )
        )
    return " · ".join(parts)


def gross_net(gross, net) -> str:
    return (
        view.text("company.gross_net", gross=formats.percent(gross), net=formats.percent(net))
        if pd.notna(gross) or pd.notna(net)
        else formats.MISSING
    )


def help_forward() -> str:
    if expected is None or expected["status"] != "OK":
        status = line["forward_status"]
        return view.text(f"reason.{status if isinstance(status, str) else 'MISSING_ESTIMATE'}")
    return view.text(
        "company.help_forward",
        year1=formats.month(expected["fy1_end"], language),
        year2=formats.month(expected["fy2_end"], language),
        number=int(expected["n"]),
        brokers=expected["brokers"],
        first=day(expected["first_published_on"]),
        last=day(expected["last_published_on"]),
    )


def help_yield() -> str:
    row = bought_yield
    known = row is not None and pd.notna(row["gross_yield_pct"])
    gross = (
        view.text(
            "company.help_yield_gross",
            amount=view.money(row["consideration_hkd"], "HKD"),
            first=day(row["from_date"]),
            last=day(row["to_date"]),
            basis=view.text(f"buybacks.basis_{row['basis']}"),
            cap=view.money(row["market_cap_hkd_mn"] * 1e6, "HKD"),
        )
        if row is not None and known
        else view.text("company.help_yield_gross_none")
    )
    known = row is not None and pd.notna(row["net_reduction_pct"])
    net = (
        view.text(
            "company.help_yield_net",
            opening=formats.shares(row["opening_shares"], language),
            opening_on=day(row["opening_date"]),
            closing=formats.shares(row["closing_shares"], language),
            closing_on=day(row["closing_date"]),
        )
        if row is not None and known
        else view.text("company.help_yield_net_none")
    )
    return f"{gross} {net}"


def help_total() -> str:
    """What the two sums are made of; where one is blank, which part of it is not known."""
    parts = [view.text("company.help_total")]
    if yields is None:
        return " ".join(parts)
    for kind, other in (("gross", "gross_buyback_pct"), ("net", "net_reduction_pct")):
        if pd.notna(yields[f"{kind}_total_pct"]):
            parts.append(
                view.text(
                    f"company.help_total_{kind}",
                    first=day(yields[f"{kind}_from"]),
                    last=day(yields[f"{kind}_to"]),
                    dividend=formats.percent(yields[f"{kind}_dividend_pct"], digits=2),
                    per_share=view.price(
                        yields[f"{kind}_dividend_per_share"], yields["price_currency"]
                    ),
                    **{
                        "bought" if kind == "gross" else "reduction": formats.percent(
                            yields[other], digits=2
                        )
                    },
                )
            )
        else:
            parts.append(
                view.text(
                    f"company.help_total_no_{kind}"
                    if pd.isna(yields[other])
                    else "company.help_total_no_dividends"
                )
            )
    if pd.notna(yields["dividend_yield_pct"]):
        parts.append(
            view.text(
                "company.help_dividend",
                date=day(yields["dividend_to"]),
                per_share=view.price(yields["dividend_per_share"], yields["price_currency"]),
                value=formats.percent(yields["dividend_yield_pct"], digits=2),
            )
        )
    return " ".join(parts)


def growth_of_profit() -> panels.Tile:
    """The growth of profit; the help says why there is none, the label that it is old."""
    if profit is None or (pd.isna(profit["prior_net_income_mn"]) and pd.isna(profit["yoy_pct"])):
        return panels.Tile(
            view.text("company.profit_growth", basis=basis_words, period=formats.MISSING),
            formats.MISSING,
            view.text("company.help_profit_none", basis=basis_words),
        )

    def amount(value):
        return view.money(value * 1e6, profit["currency"])

    note = view.text(
        "company.help_profit",
        basis=basis_words,
        period=period(profit),
        profit=amount(profit["net_income_mn"]),
        prior=amount(profit["prior_net_income_mn"]),
        announced=day(profit["announced_on"]),
    )
    note += " " + view.text("company.help_across_zero") if pd.isna(profit["yoy_pct"]) else ""
    label = view.text("company.profit_growth", basis=basis_words, period=period(profit))
    return panels.Tile(
        view.text("company.old", label=label) if profit["is_stale"] else label,
        formats.NOT_MEANINGFUL
        if pd.isna(profit["yoy_pct"])
        else formats.percent(
            profit["yoy_pct"],
            sign=True,
            quality=profit["quality"] if profit["quality"] == "derived" else "exact",
        ),
        note + (" " + view.text("company.help_old") if profit["is_stale"] else ""),
    )


with header:
    entry = view.universe.entry(focus)
    both = (entry.name_zh, entry.name_en) if language == "zh" else (entry.name_en, entry.name_zh)
    st.markdown(
        f"**{panels.escape(both[0])} {panels.escape(both[1])}** {panels.escape(focus)} · "
        f"{price_line()}"
    )
    panels.finding(finding())
    frame.offer_basis(multiple.other_basis)
    if multiple.old_prices:
        panels.missing(multiple.old_prices)
    if results is not None and results["announced_on"].date() == evening:
        panels.missing(view.text("finding.valuation_results", date=day(evening)))
    now = multiple.now
    panels.headline(
        [
            panels.Tile(
                view.text("company.pe_and_percentile"),
                f"{multiple.value_words} · {multiple.percentile_words}"
                if multiple.is_ranked
                else multiple.value_words,
                view.text(
                    "company.help_pe",
                    formula=view.text("computed.pe_ttm", basis=basis_words),
                    window=f"{view.window_words()}, N {int(now['n'])}. "
                    if language == "en"
                    else f"{view.window_words()}，N {int(now['n'])}。",
                    eps_to=day(now["eps_period_end"]),
                    close=view.price(now["close"], now["close_currency"]),
                    close_date=day(now["date"]),
                ),
            ),
            panels.Tile(
                view.text("company.forward_of", number=int(expected["n"]))
                if expected is not None and pd.notna(expected["n"]) and expected["status"] == "OK"
                else view.text("company.forward"),
                formats.valuation(line["pe_forward"], line["forward_status"], language),
                help_forward(),
            ),
            panels.Tile(
                view.text("headline.buyback_ytd"),
                view.money(bought["amount_hkd"] if bought is not None else None, "HKD"),
                view.text(
                    "company.help_buyback_ytd",
                    basis=bought["basis_note"],
                    shares=formats.shares(bought["shares"], language),
                )
                if bought is not None and pd.notna(bought["amount_hkd"])
                else view.text("company.help_buyback_none"),
            ),
            panels.Tile(
                view.text("company.buyback_yield"),
                gross_net(bought_yield["gross_yield_pct"], bought_yield["net_reduction_pct"])
                if bought_yield is not None
                else formats.MISSING,
                help_yield(),
            ),
            panels.Tile(
                view.text("company.shareholder_yield"),
                gross_net(yields["gross_total_pct"], yields["net_total_pct"])
                if yields is not None
                else formats.MISSING,
                help_total(),
            ),
            panels.Tile(
                view.text("company.revenue_growth", period=period(firm, "revenue_period_end")),
                formats.percent(firm["revenue_yoy_pct"], sign=True),
                view.text(
                    "company.help_revenue",
                    revenue=view.money(firm["revenue_mn"] * 1e6, firm["revenue_currency"]),
                    period=period(firm, "revenue_period_end"),
                    announced=day(firm["announced_on"]),
                    basis=view.text(f"yoy_basis.{firm['yoy_basis']}")
                    if isinstance(firm["yoy_basis"], str)
                    else formats.MISSING,
                )
                if pd.notna(firm["revenue_mn"])
                else view.text("reason.MISSING_REVENUE"),
            ),
            growth_of_profit(),
        ]
    )


# Four pictures: each page's own, with the link that opens it there --------------------------------

pictures = list(
    zip(
        [once(multiple.history_picture), *once(company.pictures, view, focus)[1:]],
        ["", "company.no_segments", "company.no_buybacks", "company.no_estimates"],
    )
)
for pair in (pictures[:2], pictures[2:]):
    for column, (shown, absent) in zip(st.columns(2, gap="small"), pair):
        with column:
            if shown is None:
                panels.missing(view.text(absent, name=view.name(issuer), date=day(evening)))
            else:
                panels.picture(view, shown, theme=view.theme(columns=2, height=300))
    panels.pictures_first()


# What changed, and what else is known -------------------------------------------------------------


def starting_day() -> date:
    """The evening to compare with: that of the link where it lies before the evening shown, else
    three months before.
    """
    usual = max((pd.Timestamp(evening) - pd.DateOffset(months=3)).date(), EARLIEST)
    asked = view.state.extras.get("since")
    if asked and date.fromisoformat(asked) >= evening:
        panels.missing(
            view.text("company.since_late", since=day(asked), date=day(evening), shown=day(usual))
        )
        return usual
    return max(date.fromisoformat(asked), EARLIEST) if asked else usual


def chosen_day() -> None:
    if st.session_state["company_since"]:
        view.chosen("since", st.session_state["company_since"].isoformat())


left, right = st.columns([1.5, 1], gap="medium")
with left:
    since = starting_day()
    st.session_state["company_since"] = since
    with st.container(
        horizontal=True, vertical_alignment="center", gap="small", key="company_since_row"
    ):
        st.markdown(
            f"**{panels.escape(view.text('company.changes', date=day(since)))}**", width="content"
        )
        st.date_input(
            view.text("company.since"),
            min_value=EARLIEST,
            max_value=evening,
            key="company_since",
            format="YYYY-MM-DD",
            label_visibility="collapsed",
            width=140,
            on_change=chosen_day,
        )
        if (
            results is not None
            and (before := results["announced_on"].date() - pd.Timedelta(days=1)) != since
        ):
            st.button(
                view.text("company.since_results"),
                type="tertiary",
                on_click=view.chosen,
                args=("since", before.isoformat()),
                key="company_since_results",
            )
        if (new_year := date(evening.year - 1, 12, 31)) != since:
            st.button(
                view.text("company.since_year"),
                type="tertiary",
                on_click=view.chosen,
                args=("since", new_year.isoformat()),
                key="company_since_year",
            )
    # Price and multiples are the line's; what was announced, expected, bought and told is the
    # issuer's.
    compared = once(company.changes, view, focus, since)
    tables.company_changes(view, compared, since)
    panels.computed(view.text("computed.changes"), language)
with right:
    st.markdown(f"**{panels.escape(view.text('company.calendar'))}**")
    if len(calendar) and results is not None:
        tables.company_calendar(view, calendar, year_end)
        told = view.text(
            "company.next_of",
            period=formats.period(
                results["next_fiscal_period"], results["next_period_end"], year_end, language
            ),
        )
        told += (
            view.text("company.next_is_stated", date=day(results["stated_on"]))
            if pd.notna(results["stated_on"])
            else view.text(
                "company.next_is_missing" if results["is_missing"] else "company.next_is_unknown"
            )
        )
        if len(results["earlier_on"]):
            told += " " + view.text(
                "company.next_earlier",
                dates=("、" if language == "zh" else ", ").join(
                    day(moment) for moment in results["earlier_on"]
                ),
            )
        panels.missing(told)
    else:
        panels.missing(view.text("company.no_results"))
    st.markdown(f"**{panels.escape(view.text('company.bridge'))}**")
    bridge = view.ask_for(
        issuer,
        "SELECT * FROM profit_bridge(?) WHERE recency <= 4 ORDER BY ticker, recency",
        evening,
    )
    if len(bridge):
        tables.company_bridge(view, bridge, year_end)
    else:
        panels.missing(view.text("company.bridge_none"))

left, middle, right = st.columns(3, gap="medium")
with left:
    st.markdown(f"**{panels.escape(view.text('company.kpis'))}**")
    kpis = once(segments.Kpis, view, issuer, year_end).fresh
    if len(kpis):
        tables.company_kpis(view, kpis)
    else:
        panels.missing(view.text("company.no_kpis"))
with middle:
    st.markdown(f"**{panels.escape(view.text('company.documents'))}**")
    documents = view.ask(
        """
        SELECT *
        FROM documents_as_of(?)
        WHERE list_contains(tickers, ?) AND document_id = story_id
        LIMIT 5
        """,
        view.past,
        issuer,
    )
    if len(documents):
        tables.company_documents(view, documents)
    else:
        panels.missing(view.text("company.no_documents", name=view.name(issuer)))
with right:
    st.markdown(f"**{panels.escape(view.text('company.brokers'))}**")
    medians = view.ask_for(
        issuer,
        """
        SELECT *
        FROM consensus(?)
        WHERE list_contains(?, metric) AND fiscal_year_end >= CAST(? AS DATE)
        ORDER BY ticker, list_position(?, metric), fiscal_year_end
        """,
        evening,
        METRICS,
        evening,
        METRICS,
    )
    aims = view.ask_for(
        issuer, "SELECT * FROM target_consensus(?) ORDER BY n DESC, quote_ticker", evening
    )
    ratings = view.ask_for(issuer, "SELECT * FROM ratings_as_of(?) WHERE is_latest", evening)
    if len(medians) or len(aims) or len(ratings):
        tables.company_brokers(view, medians, aims, ratings)
    else:
        panels.missing(view.text("company.no_brokers"))

panels.sources(
    view.sources_of(
        [
            line["price_source_id"],
            firm["revenue_source_id"],
            *(profits["source_id"].tolist() if len(profits) else []),
            *multiple.history["source_id"].dropna().unique(),
            *compared["source_id"].dropna(),
            *calendar["source_id"],
            *bridge["reported_source_id"],
            *bridge["adjusted_source_id"],
            *kpis["source_id"],
            *documents["source_id"],
            *ratings["source_id"],
            *ratings["definition_source_id"].dropna(),
        ]
    ),
    language,
)
