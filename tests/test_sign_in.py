"""Sign-in: a real browser, the app as it is deployed, and a faithful provider; who is not let in
sees no figure.
"""

import re
import time
import urllib.error
import urllib.request
from http.cookiejar import CookieJar

import pytest
from streamlit.testing.v1 import AppTest

from tests.support import browser as driver
from tests.support import fake_identity
from tests.support.browser import CHART, ROOT
from ui import sign_in

pytestmark = pytest.mark.system


NOW = 1_800_000_000.0
RULES = sign_in.Rules(("@firm.example", "guest@partner.example"))
ANN = {"is_logged_in": True, "iat": NOW - 60, "email": "ann@firm.example", "email_verified": True}
PEOPLE = {
    "ann": {"email": "Ann@Firm.example", "email_verified": True},
    "eve": {"email": "eve@elsewhere.example", "email_verified": True},
    "mallory": {"email": "ann@firm.example", "email_verified": False},
}
MAIN = "[data-testid='stMain']"


@pytest.mark.parametrize(
    ("told", "found"),
    [
        ({}, "inside"),
        ({"email": "ANN@FIRM.EXAMPLE "}, "inside"),
        ({"email": "guest@partner.example"}, "inside"),
        ({"email_verified": "true"}, "inside"),
        ({"iat": NOW + 200}, "inside"),
        ({"is_logged_in": False}, "outside"),
        ({"is_logged_in": "yes"}, "outside"),
        ({"iat": NOW - 13 * 3600}, "ended"),
        ({"iat": None}, "ended"),
        ({"iat": "soon"}, "ended"),
        ({"iat": True}, "ended"),
        ({"iat": NOW + 3600}, "ended"),
        ({"iat": float("nan")}, "ended"),
        ({"email_verified": False}, "unproven"),
        ({"email_verified": "false"}, "unproven"),
        ({"email_verified": None}, "unproven"),
        ({"email": None}, "unproven"),
        ({"email": ["ann@firm.example"]}, "unproven"),
        ({"email": "ann@firm.example@elsewhere.example"}, "unproven"),
        ({"email": "ann@\u212airm.example"}, "unproven"),
        ({"email": "ann"}, "unproven"),
        ({"email": "ann@elsewhere.example"}, "stranger"),
        ({"email": "ann@sub.firm.example"}, "stranger"),
        ({"email": "ann@notfirm.example"}, "stranger"),
        ({"email": "other@partner.example"}, "stranger"),
        ({"email": "@firm.example.evil"}, "stranger"),
    ],
)
def test_who_is_let_in(told, found):
    assert sign_in.standing(ANN | told, RULES, NOW) == found


def test_everybody_whom_the_provider_signs_in_is_let_in_only_where_that_is_written():
    assert sign_in.standing(ANN | {"email": "x@y.example"}, sign_in.Rules(("*",)), NOW) == "inside"
    assert sign_in.standing(ANN | {"email": "*"}, sign_in.Rules(("*",)), NOW) == "unproven"


SECRETS = """
[auth]
redirect_uri = "{app}/oauth2callback"
cookie_secret = "a cookie secret of more than thirty-two characters"
client_id = "harbourview"
client_secret = "a-secret-of-the-client"
server_metadata_url = "{provider}/.well-known/openid-configuration"

[sign_in]
allowed = ["@firm.example"]
"""
GOOD = SECRETS.format(app="https://harbourview.firm.example", provider="https://login.firm.example")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (GOOD, "Please sign in"),
        ("[auth\n", "cannot be read as TOML"),
        ('[sign_in]\nallowed = ["@firm.example"]\n', "no [auth]"),
        (re.sub(r"client_secret.*\n", "", GOOD), "lacks client_secret"),
        ("auth = true\n", "lacks its settings"),
        (GOOD.partition("[sign_in]")[0], "lets nobody in"),
        (GOOD.replace('["@firm.example"]', '"@firm.example"'), "lets nobody in"),
        (GOOD.replace("@firm.example", "firm.example"), "lets nobody in"),
        (GOOD + "hours = 0\n", "hours = 0"),
        (re.sub(r"cookie_secret = .*\n", 'cookie_secret = "short"\n', GOOD), "fewer than 32"),
        (
            GOOD.replace("https://harbourview", "http://harbourview"),
            "redirect_uri in secrets.toml is no https",
        ),
    ],
)
def test_secrets_that_cannot_work_let_nobody_in(tmp_path, monkeypatch, warehouse, text, said):
    """Streamlit takes secrets that it cannot read for none at all: the pages would stand open."""
    from streamlit import config
    from streamlit.runtime.secrets import Secrets

    path = tmp_path / "secrets.toml"
    path.write_text(text)
    before = config.get_option("secrets.files")
    config.set_option("secrets.files", [str(path)])
    monkeypatch.setattr("streamlit.secrets", Secrets())  # nothing of an earlier file
    try:
        at = AppTest.from_file(str(ROOT / "ui" / "main.py"), default_timeout=60)
        at.query_params["t"] = "0700.HK"
        at.switch_page("../pages/valuation.py").run()
    finally:
        config.set_option("secrets.files", before)
    shown = " ".join(
        one.value for kind in ("markdown", "error", "caption") for one in getattr(at, kind)
    ).replace("\\", "")
    assert not at.exception
    assert said in shown
    assert not at.metric
    assert not at.dataframe
    assert not at.get("plotly_chart")
    assert "Tencent" not in shown


def test_where_sign_in_is_required_no_secrets_let_nobody_in(monkeypatch, warehouse):
    monkeypatch.setenv(sign_in.WANTED, "required")
    at = AppTest.from_file(str(ROOT / "ui" / "main.py"), default_timeout=60)
    at.switch_page("../pages/overview.py").run()
    assert "no [auth]" in at.error[0].value.replace("\\", "")
    assert not at.dataframe


@pytest.fixture(scope="module")
def house(warehouse, tmp_path_factory):
    """The app with sign-in and its provider: (address, provider)."""
    port = driver.free_port()
    path = tmp_path_factory.mktemp("secrets") / "secrets.toml"
    with fake_identity.provider(PEOPLE, f"http://127.0.0.1:{port}/oauth2callback") as provider:
        path.write_text(SECRETS.format(app=f"http://127.0.0.1:{port}", provider=provider.address))
        with driver.server(
            driver.ROOT / "app.py", warehouse.folder, port, (), STREAMLIT_SECRETS_FILES=str(path)
        ) as address:
            yield address, provider


def test_a_reader_signs_in_comes_back_to_his_link_and_signs_out(house, chromium):
    address, provider = house
    context = chromium.new_context(viewport={"width": 1366, "height": 768})
    page, asked = context.new_page(), []
    page.on("request", lambda request: asked.append(request.url))

    def shown(words: str) -> str:
        page.wait_for_selector(f"{MAIN} >> text={words}", timeout=60_000)
        return page.inner_text(MAIN)

    def enter(who: str) -> None:
        page.get_by_role("button", name="Sign in").click()
        page.click(f"#{who}", timeout=60_000)

    link = f"{address}/valuation?t=0700.HK&as_of=2025-12-31&w=3y"
    page.goto(link)
    assert "Tencent" not in shown("Please sign in")
    assert page.locator("[data-testid='stTopNavLink']").count() == 0
    enter("nobody")  # the provider sends him back with an error
    shown("Please sign in")
    enter("eve")
    assert "eve@elsewhere.example may not see these pages" in shown("may not see")
    assert page.locator(".js-plotly-plot").count() == 0
    page.get_by_role("button", name="Sign out").click()
    shown("Please sign in")
    assert context.cookies()  # Streamlit's own of the session
    page.goto(link)
    shown("Please sign in")
    enter("ann")
    page.wait_for_selector(CHART, timeout=60_000)
    assert "Tencent trades at 20.1x" in page.inner_text(MAIN)
    assert "as_of=2025-12-31" in page.url
    assert page.url.startswith(f"{address}/valuation")
    (cookie,) = [one for one in context.cookies() if one["name"] == "_streamlit_user"]
    assert cookie["httpOnly"]
    assert cookie["sameSite"] == "Lax"
    page.locator("[data-testid='stPopover'] button").first.click()
    page.wait_for_selector("text=Signed in as Ann@Firm.example")
    page.get_by_role("button", name="Sign out").click()
    shown("Please sign in")
    assert not [one for one in context.cookies() if one["name"] == "_streamlit_user"]
    assert provider.refused == []
    assert {
        re.match(r"[a-z]+://[^/]+", url)[0]
        for url in asked
        if not url.startswith(("data:", "blob:"))
    } == {address, provider.address}

    # A cookie that somebody signed himself opens nothing.
    context.add_cookies([cookie | {"value": cookie["value"][:-4] + "AAAA"}])
    page.goto(link)
    assert "Tencent" not in shown("Please sign in")
    door = next(url for url in asked if "/auth/login" in url)
    context.close()

    # And a token in which anything is wrong signs nobody in; who is not known for sure neither.
    for spoil in ("signature", "audience", "issuer", "nonce", "expired", ""):
        provider.spoil = spoil
        cookies = CookieJar()
        opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(cookies))
        form = opener.open(_fresh(door), timeout=30)
        assert form.geturl().startswith(provider.address), (spoil, form.geturl())
        opener.open(form.geturl() + "&as=ann", timeout=30)
        assert ("_streamlit_user" in {one.name for one in cookies}) == (spoil == ""), spoil


def _fresh(door: str) -> str:
    """The address that begins a sign-in, with a token made now: one lasts two minutes."""
    from joserfc import jwt
    from joserfc.jwk import OctKey

    key = OctKey.import_key("a cookie secret of more than thirty-two characters")
    return re.sub(
        r"provider=.*",
        "provider="
        + jwt.encode({"alg": "HS256"}, {"provider": "default", "exp": int(time.time()) + 60}, key),
        door,
    )


def test_the_house_asks_nobody_in_by_another_way(house):
    """What a server answers without a session: no figure, no settings, no file of the project."""
    address, _ = house
    for place in (
        "app/static/../data/curated/prices.csv",
        "media/../../../data/curated/prices.csv",
        "static/..%2f..%2f..%2fREADME.md",
        "component/../../etc/passwd",
        "%2e%2e/%2e%2e/etc/passwd",
        ".streamlit/secrets.toml",
        "data/curated/prices.csv",
        "//etc/passwd",
        "_stcore/upload_file/x/y",
        "_stcore/host-config",
        "_stcore/metrics",
    ):
        try:
            with urllib.request.urlopen(f"{address}/{place}", timeout=10) as answer:
                said = answer.read(200_000).decode("utf-8", "replace")
        except urllib.error.HTTPError as error:
            said = error.read().decode("utf-8", "replace")
        assert not any(
            word in said
            for word in (
                "0700.HK",
                "root:",
                "cookie_secret",
                "client_secret",
                "# Harbourview",
                "Traceback",
            )
        ), place
