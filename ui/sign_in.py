"""Who may see the pages? Whoever a firm's identity provider (OpenID Connect) knows and the list in
secrets.toml lets in; without an [auth] there, everybody who reaches the address.

Where sign-in is wanted and cannot work, nobody is let in: a file of secrets that cannot be read
must not open the house.
"""

import os
import time
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import streamlit as st

from ui.panels import escape
from ui.text import text

WANTED = "HARBOURVIEW_SIGN_IN"  # "required": where no [auth] is found, nobody is let in
HOURS = 12.0  # a sign-in lasts a working day; Streamlit's own cookie would last 30
CLOCKS_APART = 300  # seconds by which the provider's clock may be ahead
EVERYBODY = "*"  # whoever the provider signs in
NEEDED = ("redirect_uri", "cookie_secret", "client_id", "client_secret", "server_metadata_url")
SHORTEST_SECRET = 32  # characters; with less a cookie can be forged
HERE = ("127.0.0.1", "localhost", "::1")

# Streamlit comes back from the provider to its front page. The page that was asked for waits in the
# reader's own tab.
WAY_BACK_JS = """
export default function(component) {
  const place = 'harbourview_wanted', here = window.location;
  if (component.data.outside) { window.sessionStorage.setItem(place, here.href); return; }
  const wanted = window.sessionStorage.getItem(place);
  window.sessionStorage.removeItem(place);
  const isOurs = wanted && new URL(wanted).origin === here.origin;
  if (isOurs && wanted !== here.href) here.replace(wanted);
}
"""


@dataclass(frozen=True)
class Rules:
    """Who is let in ('@firm.example', 'name@firm.example', or '*'), and for how many hours."""

    allowed: tuple[str, ...]
    hours: float = HOURS


class Unusable(Exception):
    """Sign-in is wanted and cannot work: why, for whoever runs the server."""


def _secrets() -> list[str]:
    """The files of secrets that are there.

    Streamlit looks for them again at each question, and everybody waits in one line while it does:
    with none, it is not asked.
    """
    return [str(path) for path in st.get_option("secrets.files") if Path(path).exists()]


def rules() -> Rules | None:
    """What the secrets say; None where they ask for no sign-in. Raises Unusable."""
    told: dict[str, Any] = {}
    try:
        if files := _secrets():
            if not st.secrets.load_if_toml_exists():
                raise Unusable(f"{', '.join(files)} cannot be read as TOML")
            told = st.secrets.to_dict()
    except OSError as error:
        raise Unusable(f"{error.filename or 'secrets.toml'}: {error.strerror}") from error
    asked = told.get("auth")
    if not asked:
        if told.get("sign_in") or os.environ.get(WANTED):
            raise Unusable("no [auth] in secrets.toml")
        return None
    if not isinstance(asked, Mapping) or (
        missing := [
            name
            for name in NEEDED
            if not isinstance(asked.get(name), str) or not asked[name].strip()
        ]
    ):
        raise Unusable(
            "[auth] of secrets.toml lacks "
            f"{', '.join(missing) if isinstance(asked, Mapping) else 'its settings'}"
        )
    if len(asked["cookie_secret"]) < SHORTEST_SECRET:
        raise Unusable(f"cookie_secret in secrets.toml has fewer than {SHORTEST_SECRET} characters")
    for name in ("redirect_uri", "server_metadata_url"):
        if urlsplit(asked[name]).scheme != "https" and urlsplit(asked[name]).hostname not in HERE:
            raise Unusable(f"{name} in secrets.toml is no https:// address")
    if not (find_spec("authlib") and find_spec("httpx")):
        raise Unusable("what signs in is not installed: pip install -r requirements-signin.txt")
    own = told.get("sign_in")
    allowed, hours = (
        (own.get("allowed"), own.get("hours", HOURS)) if isinstance(own, Mapping) else (None, HOURS)
    )
    if (
        not isinstance(allowed, list)
        or not allowed
        or not all(isinstance(one, str) and (one == EVERYBODY or "@" in one) for one in allowed)
    ):
        raise Unusable(
            'secrets.toml lets nobody in: [sign_in] allowed = ["@firm.example", '
            '"name@firm.example"]'
        )
    if isinstance(hours, bool) or not isinstance(hours, (int, float)) or not 0 < hours <= 24 * 30:
        raise Unusable(f"[sign_in] hours = {hours!r} in secrets.toml: more than 0, at most 720")
    return Rules(tuple(one.strip().lower() for one in allowed), float(hours))


def standing(told: Mapping[str, Any], rules: Rules, now: float) -> str:
    """What a reader is by what the provider told of him: 'inside', 'outside', 'ended' (the sign-in
    is too old), 'unproven' (no address that the provider vouches for) or 'stranger'. now:
    seconds since 1970.
    """
    if told.get("is_logged_in") is not True:
        return "outside"
    begun = told.get("iat")
    if (
        isinstance(begun, bool)
        or not isinstance(begun, (int, float))
        or not -CLOCKS_APART <= now - begun <= rules.hours * 3600
    ):
        return "ended"
    address = told.get("email")
    # A provider that does not say email_verified at all (Entra ID) has only addresses that it gave
    # out itself.
    if (
        not isinstance(address, str)
        or not address.isascii()
        or address.count("@") != 1
        or told.get("email_verified", True) not in (True, "true")
    ):
        return "unproven"
    address = address.strip().lower()
    return (
        "inside"
        if {EVERYBODY, address, "@" + address.partition("@")[2]} & set(rules.allowed)
        else "stranger"
    )


def admitted(language: str) -> bool:
    """Whether the pages may be shown to this reader; else what he sees in their place is drawn."""
    try:
        asked = rules()
    except Unusable as error:
        st.error(escape(text("sign_in.unusable", language, reason=error)))
        return False
    if asked is None:
        return True
    found = standing(st.user.to_dict(), asked, time.time())
    _way_back(found != "inside")
    if found == "inside":
        return True
    st.title("Harbourview")
    st.markdown(escape(text(f"sign_in.{found}", language, name=_name())))
    if found in ("outside", "ended"):
        st.button(text("action.sign_in", language), type="primary", on_click=st.login)
    else:
        st.button(text("action.sign_out", language), on_click=st.logout)
    return False


def way_out(language: str) -> None:
    """Who is signed in, and the button that ends it; nothing where nobody needs to be."""
    if _secrets() and st.user.to_dict().get("is_logged_in"):
        st.caption(escape(text("sign_in.as", language, name=_name())))
        st.button(text("action.sign_out", language), on_click=st.logout)


def _name() -> str:
    told = st.user.to_dict()
    return str(told.get("email") or told.get("name") or told.get("sub") or "–")[:100]


def _way_back(outside: bool) -> None:
    mount = st.components.v2.component("harbourview_way_back", js=WAY_BACK_JS)
    mount(key="harbourview_way_back", data={"outside": outside}, height=1)
