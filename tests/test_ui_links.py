"""The grammar of links: what is understood, what is named as not understood, and the round trip."""

import random
from datetime import date

import pytest

from ui.links import Problem, State, Universe, parse, read_tickers, resolve, sentence, write

pytestmark = pytest.mark.unit


COMPANIES = [
    ("0700.HK", "company", None, "Tencent Holdings", "腾讯控股"),
    ("9988.HK", "company", None, "Alibaba Group", "阿里巴巴-W"),
    ("3690.HK", "company", None, "Meituan", "美团-W"),
    ("1698.HK", "company", None, "Tencent Music", "腾讯音乐-SW"),
    ("0772.HK", "company", None, "China Literature", "阅文集团"),
    ("9899.HK", "company", None, "NetEase Cloud Music", "网易云音乐"),
    ("PDD", "company", None, "PDD Holdings", "拼多多"),
    ("SE", "peer", None, "Sea Limited", "冬海集团"),
    ("BABA", "line", "9988.HK", "Alibaba ADS", "阿里巴巴 ADS"),
    ("TME", "line", "1698.HK", "Tencent Music ADS", "腾讯音乐 ADS"),
    ("HSTECH", "index", None, "Hang Seng TECH Index", "恒生科技指数"),
    ("^HSI", "index", None, "Hang Seng Index", "恒生指数"),
    ("1111.HK", "company", None, "Twin", "双子甲"),
    ("2222.HK", "company", None, "Twin", "双子乙"),
]
ALIASES = [
    ("Tencent", "0700.HK"),
    ("腾讯", "0700.HK"),
    ("TCEHY", "0700.HK"),
    ("阿里", "9988.HK"),
    ("HSI", "^HSI"),
    ("HSI.HI", "^HSI"),
    ("恒指", "^HSI"),
    ("HSTECH.HK", "HSTECH"),
    ("Pinduoduo", "PDD"),
    ("nobody", "9999.XX"),
    ("双", "1111.HK"),
    ("双", "2222.HK"),
]
UNIVERSE = Universe.from_rows(COMPANIES, ALIASES)


@pytest.mark.parametrize(
    ("typed", "ticker"),
    [
        *[
            (t, "0700.HK")
            for t in (
                "700",
                "0700",
                "00700",
                "0700.HK",
                "00700.HK",
                "HK.00700",
                "700 HK",
                "0700.hk",
                "hk00700",
                "Tencent",
                "tencent",
                "腾讯",
                "腾讯控股",
                "TCEHY",
                "７００",
                "００７００．ＨＫ",
                " 700 ",
                "TENCENT  HOLDINGS",
                "80700",
                "80700.HK",
                "700 HK Equity",
            )
        ],
        *[
            (t, "PDD")
            for t in ("PDD", "pdd", "PDD.O", "PDD.US", "pdd us", "拼多多", "PDD Holdings")
        ],
        *[(t, "BABA") for t in ("BABA", "BABA.N", "baba", "BABA.US", "Alibaba ADS")],
        *[(t, "^HSI") for t in ("HSI", "^HSI", "hsi.hi", "恒指", "恒生指数")],
        *[(t, "HSTECH") for t in ("HSTECH", "hstech.hk", "恒生科技指数")],
        *[(t, "9988.HK") for t in ("9988", "阿里", "阿里巴巴", "阿里巴巴-W", "Alibaba", "89988")],
        ("美团", "3690.HK"),
        ("Sea", "SE"),
        ("Tencent Music", "1698.HK"),
        ("China Literature", "0772.HK"),
    ],
)
def test_what_people_type_finds_the_ticker(typed, ticker):
    assert resolve(typed, UNIVERSE) == (ticker, ())


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "  ",
        "<script>",
        "<script>alert(1)</script>",
        "ten",
        "腾",
        "0",
        "99999999",
        "';--",
        "x" * 500,
        "\u0000",
    ],
)
def test_junk_finds_nothing(typed):
    assert resolve(typed, UNIVERSE).ticker is None


def test_a_part_of_a_name_lists_those_that_have_it():
    assert resolve("ten", UNIVERSE).candidates[0] == "0700.HK"
    assert set(resolve("腾", UNIVERSE).candidates) >= {"0700.HK", "1698.HK"}
    assert "0700.HK" in resolve("Tencnet", UNIVERSE).candidates
    assert resolve("", UNIVERSE).candidates == resolve("<>", UNIVERSE).candidates == ()


def test_a_name_or_alias_of_two_companies_is_not_guessed():
    for typed in ("Twin", "双"):
        assert resolve(typed, UNIVERSE) == (None, ("1111.HK", "2222.HK"))
    assert parse({"t": "双"}, UNIVERSE)[1][0].reason == "link.two_tickers"


def test_an_alias_never_hides_a_canonical_ticker():
    universe = Universe.from_rows(COMPANIES, [*ALIASES, ("PDD", "0700.HK")])
    assert resolve("PDD", universe).ticker == "PDD"


def test_a_line_belongs_to_its_issuer():
    assert UNIVERSE.issuer("BABA") == "9988.HK"
    assert UNIVERSE.issuer("0700.HK") == "0700.HK"
    with pytest.raises(KeyError):
        UNIVERSE.issuer("NOPE")


def test_a_full_link_is_understood():
    state, problems = parse(
        {
            "t": "700,腾讯，BABA.N",
            "my": "PDD.US",
            "currency": "hkd",
            "as_of": "2026-07-31",
            "w": "10Y",
            "basis": "reported",
            "metric": "ps_ttm",
            "from": "2024-01-01",
            "to": "2025-01-01",
            "topic": "AI",
            "q": "云 收入",
            "lang": "zh",
            "updown": "cn",
            "mode": "present",
            "s": "snap-0412",
            "embed": "true",
            "v": "1",
            "p": "valuation",
            "utm_source": "mail",
        },
        UNIVERSE,
    )
    assert problems == []
    assert state == State(
        tickers=("0700.HK", "BABA"),
        my=("PDD",),
        as_of=date(2026, 7, 31),
        window="10y",
        basis="reported",
        currency="HKD",
        lang="zh",
        updown="cn",
        mode="present",
        snapshot="snap-0412",
        extras={
            "metric": "ps_ttm",
            "from": "2024-01-01",
            "to": "2025-01-01",
            "topic": "AI",
            "q": "云 收入",
        },
    )


def test_an_empty_link_has_the_defaults_and_no_problem():
    assert parse({}, UNIVERSE) == (State(), [])
    assert State().window == "5y"
    assert State().basis == "adjusted"
    assert State().updown == "hk"


@pytest.mark.parametrize(
    ("parameter", "value"),
    [
        ("t", "<script>"),
        ("t", "腾"),
        ("as_of", "yesterday"),
        ("as_of", "2026-02-30"),
        ("as_of", "31/07/2026"),
        ("as_of", "0001-01-01"),
        ("w", "7y"),
        ("w", ""),
        ("basis", "gaap"),
        ("lang", "fr"),
        ("updown", "us"),
        ("mode", "edit"),
        ("s", "../../etc"),
        ("s", ""),
        ("metric", "peg"),
        ("from", "x"),
        ("q", "a" * 201),
        ("topic", "a\x07b"),
        ("ticker", "0700.HK"),
    ],
)
def test_a_value_not_understood_is_named(parameter, value):
    state, problems = parse({parameter: value}, UNIVERSE)
    assert [(p.parameter, p.value) for p in problems] == [(parameter, value)]
    assert state == State()
    for language in ("en", "zh"):
        assert parameter in sentence(problems[0], language)


def test_a_misspelt_parameter_is_named_with_what_is_near():
    assert parse({"asof": "2026-07-31"}, UNIVERSE)[1] == [
        Problem("asof", "2026-07-31", "link.unknown_parameter", ("as_of",))
    ]


@pytest.mark.parametrize(
    "pasted",
    [
        "700, PDD",
        "700\nPDD",
        "0700.HK\tPDD",
        "700 PDD",
        "腾讯；PDD",
        "pair",
        "00700|PDD.US",
        "PAIR,700",
    ],
)
def test_a_list_is_read_however_it_is_pasted(pasted):
    universe = Universe.from_rows(COMPANIES, ALIASES, {"pair": ("0700.HK", "PDD")})
    assert read_tickers(pasted, universe) == (["0700.HK", "PDD"], [])


def test_a_group_goes_by_its_name_in_either_language():
    universe = Universe.from_rows(COMPANIES, ALIASES, {"games": ("0700.HK", "PDD")})
    for name in ("games", "Games", "游戏"):
        assert read_tickers(name, universe) == (["0700.HK", "PDD"], [])


def test_a_pasted_column_with_an_unknown_word_keeps_the_others():
    assert read_tickers("700 nope PDD", UNIVERSE) == (
        ["0700.HK", "PDD"],
        [Problem("t", "nope", "link.no_ticker", ())],
    )
    assert read_tickers("Tencent Musik", UNIVERSE)[0] == [], "one word alone is no list"


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("ten", ["link.several"]),
        ("kin", ["link.no_ticker"]),
        ("Twin", ["link.two_tickers"]),
        ("aliba", ["9988.HK"]),
        ("腾讯音", ["1698.HK"]),
        ("pin", ["PDD"]),
        ("hs", ["link.several"]),
    ],
)
def test_the_beginning_of_one_companys_name_is_enough_in_the_box_only(typed, found):
    taken, problems = read_tickers(typed, UNIVERSE, begins=True)
    assert [*taken, *(problem.reason for problem in problems)] == found
    assert read_tickers(typed, UNIVERSE)[0] == []


def test_good_tickers_stay_beside_a_bad_one():
    state, problems = parse({"t": "700,nope,PDD"}, UNIVERSE)
    assert state.tickers == ("0700.HK", "PDD")
    assert [p.value for p in problems] == ["nope"]


def test_repeated_parameters_are_read_together():
    assert parse({"t": ["700", "PDD"]}, UNIVERSE)[0].tickers == ("0700.HK", "PDD")


def test_a_date_beyond_the_data_is_named():
    state, problems = parse({"as_of": "2030-01-01"}, UNIVERSE, latest=date(2026, 7, 31))
    assert state.as_of is None
    assert problems == [Problem("as_of", "2030-01-01", "link.too_late", ("2026-07-31",))]


def test_a_period_that_ends_before_it_starts_is_named():
    state, problems = parse({"from": "2025-01-02", "to": "2025-01-01"}, UNIVERSE)
    assert [p.reason for p in problems] == ["link.from_after_to"]
    assert state.extras == {"to": "2025-01-01"}


def test_a_page_may_have_parameters_of_its_own():
    state, problems = parse({"grain": "half"}, UNIVERSE, extras=("grain",))
    assert not problems
    assert write(state)["grain"] == "half"


def test_a_written_link_states_the_defaults_too():
    assert write(State(as_of=date(2026, 7, 31), snapshot="snap-1")) == {
        "as_of": "2026-07-31",
        "w": "5y",
        "basis": "adjusted",
        "currency": "price",
        "lang": "en",
        "updown": "hk",
        "s": "snap-1",
    }


def test_two_hundred_links_come_back_as_they_went():
    chance = random.Random(7)
    tickers = [row[0] for row in COMPANIES]
    for _ in range(200):
        state = State(
            tickers=tuple(chance.sample(tickers, chance.randint(0, 4))),
            my=tuple(chance.sample(tickers, chance.randint(0, 3))),
            currency=chance.choice(["price", "HKD", "USD"]),
            as_of=chance.choice([None, date(2024, 2, 29), date(2026, 7, 31)]),
            window=chance.choice(["1y", "3y", "5y", "10y", "max"]),
            basis=chance.choice(["adjusted", "reported"]),
            lang=chance.choice(["en", "zh"]),
            updown=chance.choice(["hk", "cn"]),
            mode=chance.choice(["", "present"]),
            snapshot=chance.choice(["", "snap-0412", "20260731T101500-abc.def"]),
            extras=chance.choice(
                [
                    {},
                    {"metric": "pe_ttm"},
                    {"q": "云 a&b=c", "topic": "AI"},
                    {"from": "2024-01-01", "to": "2024-01-01"},
                ]
            ),
        )
        assert parse(write(state), UNIVERSE) == (state, [])
