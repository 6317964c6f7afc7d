"""A copied link brings back what was seen: the same state, from the same snapshot, with the same
figures in every picture.
"""

import hashlib
import json
import random
from dataclasses import replace
from datetime import date
from urllib.parse import parse_qsl, urlsplit

import pytest

from tests.support.screen import figures, run_page, words
from tests.support.warehouses import copy_of, publish_copy
from ui import answers, frame, links
from ui.frame import PAGES
from ui.view import universe_of

pytestmark = pytest.mark.page


CHOICES = {
    "metric": links.METRICS,
    "chart": links.CHARTS,
    "across": (*links.ACROSS, *links.BUYBACK_ACROSS),
    "order": links.ORDERS,
    "only": links.ONLY,
    "columns": links.COLUMNS,
    "group": links.GROUPS,
    "grain": links.GRAINS,
    "calendar": links.CALENDARS,
    "history": links.HISTORIES,
    "theme": links.THEMES,
    "month": ("2024-11", "2025-06"),
    "from": ("2024-01-01",),
    "to": ("2025-12-31",),
    "since": ("2025-03-31",),
    "q": ("腾讯 回购", "AI & cloud=100%"),
}
LATEST = date(2026, 8, 21)


def random_state(
    chance: random.Random, tickers: list[str], offered: dict[str, list[str]]
) -> links.State:
    """Any state that a link can say: some values do not concern every page, and must come back all
    the same.
    """
    pool = CHOICES | offered | {"focus": tickers, "against": tickers}
    return links.State(
        tickers=tuple(chance.sample(tickers, chance.choice([0, 1, 1, 2, 4]))),
        my=tuple(chance.sample(tickers, chance.choice([0, 0, 3]))),
        as_of=chance.choice([None, date(2024, 12, 2), date(2025, 12, 31), LATEST]),
        window=chance.choice(links.WINDOWS),
        basis=chance.choice(links.BASES),
        currency=chance.choice(links.CURRENCIES),
        lang=chance.choice(links.LANGUAGES),
        updown=chance.choice(links.UPDOWN),
        mode=chance.choice(["", "present"]),
        extras={
            name: chance.choice(list(pool[name]))
            for name in chance.sample(sorted(pool), chance.randint(0, 4))
        },
    )


@pytest.fixture(scope="module")
def states(warehouse) -> list[tuple[str, links.State]]:
    """200 random states, each for a page in turn, the same in every run of the tests."""
    chance, now = random.Random(20261126), warehouse.served
    tickers = [entry.ticker for entry in universe_of(now)[0].entries]
    offered = {
        name: answers.ask(now, question)["word"].tolist() for name, question in frame.WORDS.items()
    }
    return [
        (PAGES[number % len(PAGES)], random_state(chance, tickers, offered))
        for number in range(200)
    ]


def hash_of(at) -> list[str]:
    return [
        hashlib.sha256(json.dumps(figure, sort_keys=True).encode()).hexdigest()
        for figure in figures(at)
    ]


def tables_of(at) -> list[str]:
    """The tables as text, without the links of the shelf on Data: those restate the address that
    was opened.
    """
    return [table.value.drop(columns="link", errors="ignore").to_csv() for table in at.dataframe]


def canonical(at) -> dict[str, str]:
    """What the link that is offered to copy says."""
    return dict(parse_qsl(urlsplit(at.code[0].value).query))


def test_two_hundred_random_states_come_back_from_their_links(warehouse, states):
    universe, _ = universe_of(warehouse.served)
    offered = {
        name: answers.ask(warehouse.served, question)["word"].tolist()
        for name, question in frame.WORDS.items()
    }
    for _, state in states:
        assert links.parse(links.write(state), universe, latest=LATEST, words=offered) == (
            state,
            [],
        )


def comes_back(warehouse, page: str, state: links.State) -> None:
    first = run_page(page, **links.write(replace(state, mode="")))  # a presentation offers no link
    link = canonical(first)
    assert link["s"] == warehouse.served.snapshot_id
    assert link["as_of"] == (state.as_of or LATEST).isoformat()
    again = run_page(page, **link)
    assert canonical(again) == link
    assert hash_of(again) == hash_of(first), (page, link)
    assert tables_of(again) == tables_of(first), (page, link)


@pytest.mark.system
@pytest.mark.parametrize("number", range(7, 22, 3))  # five pages of the eleven
def test_a_copied_link_shows_the_same_pictures_and_tables(warehouse, states, number):
    comes_back(warehouse, *states[number])


@pytest.mark.proof
@pytest.mark.parametrize("number", range(200))
def test_every_copied_link_shows_the_same_pictures_and_tables(warehouse, states, number):
    comes_back(warehouse, *states[number])


@pytest.mark.system
def test_a_link_shows_its_snapshot_after_another_was_published_and_says_so_when_it_is_gone(
    warehouse, tmp_path, monkeypatch
):
    made = copy_of(warehouse, tmp_path / "data")
    monkeypatch.setenv("HARBOURVIEW_DATA", str(made.folder))
    link = canonical(run_page("valuation", t="0700.HK"))
    later = publish_copy(made.folder / "warehouse", 0)
    assert made.served.snapshot_id == later
    kept = run_page("valuation", **link)
    assert link["s"] in words(kept)
    assert later in words(kept)
    assert canonical(kept) == link
    for file in (made.folder / "warehouse").glob(f"harbourview-{link['s']}.*"):
        file.unlink()
    gone = run_page("valuation", **link)
    assert "no longer kept" in words(gone)
    assert later in words(gone)
    assert len(figures(gone)) == 2


def test_copying_a_link_keeps_its_snapshot_and_a_folder_that_may_not_be_written_to_is_no_fault(
    warehouse, tmp_path, monkeypatch
):
    made = copy_of(warehouse, tmp_path / "data")
    monkeypatch.setenv("HARBOURVIEW_DATA", str(made.folder))
    monkeypatch.setattr(frame.st, "session_state", {"harbourview_state": links.State()})
    pins = made.folder / "warehouse" / "pins.txt"
    pins.unlink(missing_ok=True)
    (blocked := pins.with_name("pins.txt.new")).mkdir()  # nothing can be written in its place
    frame._copied()
    assert not pins.exists()
    blocked.rmdir()
    frame._copied()
    assert made.served.snapshot_id in pins.read_text("utf-8").split()


def test_back_from_a_company_shows_the_board_as_it_was_and_the_navigation_does_not(monkeypatch):
    """Streamlit puts Overview with the company's query into the browser's history: Back lands
    there.
    """
    board, company = {"w": "5y"}, {"t": "9988.HK", "w": "5y"}
    monkeypatch.setattr(
        frame.st, "session_state", {"harbourview_overview_before": (company, board)}
    )
    clock = [100.0]
    monkeypatch.setattr(frame.time, "monotonic", lambda: clock[0])
    assert frame._way_back(board, "overview") == board
    assert frame._way_back(company, "company") == company
    assert frame._way_back(company, "overview") == board, "Back"
    clock[0] += 1
    assert frame._way_back(company, "overview") == board, "the same press may run the page twice"
    clock[0] += frame.SAME_PRESS
    assert frame._way_back(company, "overview") == company, (
        "a later press goes on to the step in between"
    )
    assert frame._way_back(company, "company") == company
    assert frame._way_back({}, "overview") == {}, "the navigation keeps no query"
    assert frame._way_back(company, "overview") == company, (
        "and a choice on that page keeps the company"
    )


# The currency in which money is shown -------------------------------------------------------------


def test_the_rate_of_an_evening_is_the_last_known_and_none_older_than_ten_days(rows):
    (printed,) = rows(
        """
        SELECT rate, date
        FROM fx
        WHERE base = 'CNY' AND quote = 'HKD' AND date <= '2026-07-31'
        ORDER BY date DESC
        LIMIT 1
        """
    )
    shown = {
        base: (rate, day)
        for base, rate, day in rows(
            "SELECT base, rate, rate_date FROM display_rates('2026-07-31', 'HKD')"
        )
    }
    assert shown["CNY"] == printed
    assert shown["HKD"] == (1, None)
    assert set(shown) == {"CNY", "HKD", "USD"}
    ((last,),) = rows("SELECT max(date) FROM fx WHERE base = 'CNY' AND quote = 'HKD'")
    for days, is_known in ((10, True), (11, False)):
        assert rows(
            """
            SELECT rate IS NOT NULL
            FROM display_rates(CAST(? AS DATE) + CAST(? AS INTEGER), 'HKD')
            WHERE base = 'CNY'
            """,
            last,
            days,
        ) == [(is_known,)]
    assert rows("FROM display_rates('2026-07-31', 'price')") == []


def test_money_is_shown_in_one_currency_and_multiples_stay(warehouse, rows):
    ((rate,),) = rows("SELECT rate FROM display_rates('2026-07-31', 'USD') WHERE base = 'HKD'")
    quoted, dollars = (
        run_page("valuation", t="0700.HK", as_of="2026-07-31", currency=currency)
        for currency in ("price", "USD")
    )
    assert "HK$475.20" in words(quoted)
    assert f"US${475.2 * rate:.2f}" in words(dollars)
    for at in (quoted, dollars):
        assert "PE-TTM 14.3x" in words(at)
    assert f"{rate:.4f} per HKD" in words(dollars)
    assert "ECB" in words(dollars)
    assert "ECB, " not in words(quoted)
