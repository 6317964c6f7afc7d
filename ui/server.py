"""Checks of every request before Streamlit sees it: the host that it names and the page that it
comes from. And the security headers of every answer.

Host: only the names of `server.allowedHosts` are answered, so that a foreign name which was
    pointed at this machine (DNS rebinding) gets nothing. Origin: a WebSocket of a page from another
    site is refused here. Streamlit would first ask the internet for this machine's own address,
    twice, for a second each, while no other request is answered.
"""

from urllib.parse import SplitResult, urlsplit

import streamlit as st
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

HEALTH = (
    "/_stcore/health"  # answers a load balancer, which asks by address; it says nothing but "ok"
)
LOOPBACK = ("localhost", "127.0.0.1", "::1")
POLICY_VIOLATION = 1008  # close code of a WebSocket


class KnownHostAndOrigin:
    """ASGI middleware that answers 421 to an unknown host and closes a WebSocket from another
    site.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        headers = {name: value.decode("latin-1") for name, value in scope["headers"]}
        host = headers.get(b"host", "")
        is_known = is_known_host(host) or scope["path"].endswith(HEALTH)
        if scope["type"] == "http":
            if is_known:
                await self.app(scope, receive, send)
            else:
                await _refuse(send)
        elif is_known and is_same_site(headers.get(b"origin"), host):
            await self.app(scope, receive, send)
        else:
            await send({"type": "websocket.close", "code": POLICY_VIOLATION})


# Only our own pages may show a page in a frame; a browser takes an answer for what its type says;
# a link to a source does not tell the other site which tickers were looked at.
SECURITY_HEADERS = {
    "content-security-policy": "frame-ancestors 'self'",
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
}


class SecurityHeaders:
    """ASGI middleware that adds the security headers to every answer."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in SECURITY_HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        await self.app(scope, receive, send_with_headers)


async def _refuse(send: Send) -> None:
    text = [(b"content-type", b"text/plain; charset=utf-8")]
    await send({"type": "http.response.start", "status": 421, "headers": text})
    body = b"This host name is not in server.allowedHosts; see docs/operations.md.\n"
    await send({"type": "http.response.body", "body": body})


def is_known_host(host: str) -> bool:
    """Whether a Host header names this server; every name does where server.allowedHosts is
    empty.
    """
    allowed = st.get_option("server.allowedHosts")
    name = _name(_split(f"//{host}"))
    return not allowed or any(
        _matches(name, pattern.strip().lower().rstrip(".")) for pattern in allowed
    )


def _matches(name: str, pattern: str) -> bool:
    """Whether a host name matches one of server.allowedHosts: a name, *.firm.example, or * for
    any.
    """
    if pattern.startswith("*."):
        return name.endswith(pattern[1:])
    return bool(name) and pattern in ("*", name)


def is_same_site(origin: str | None, host: str) -> bool:
    """Whether a WebSocket comes from a page of this server, or from a program that names no page.

    The page's address is the Host itself or, behind a proxy that changes the Host, the
    browser.serverAddress. Another port of this machine is another site.
    """
    if origin is None:
        return True
    page = _split(origin)
    if page is None:
        return False
    if page.netloc.lower() == host.lower():
        return True
    name = _name(page)
    return name == st.get_option("browser.serverAddress").lower() and name not in LOOPBACK


def _split(address: str) -> SplitResult | None:
    try:
        return urlsplit(address)
    except ValueError:
        return None


def _name(address: SplitResult | None) -> str:
    """The host name of an address, without its port; '' where it has none."""
    try:
        return (address.hostname or "").rstrip(".") if address else ""
    except ValueError:
        return ""
