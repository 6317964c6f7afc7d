"""A faithful identity provider on this machine: OpenID Connect with discovery, authorization code,
PKCE, RS256 tokens, keys and sign-out. It refuses what a real one refuses.
"""

import base64
import hashlib
import json
import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import RSAKey

CLIENT, SECRET = "harbourview", "a-secret-of-the-client"


class Identity:
    """The provider's state. people: what it tells of each; spoil: what is wrong in the next tokens
    ('signature', 'audience', 'issuer', 'nonce', 'expired'), '' nothing.
    """

    def __init__(self, people: dict[str, dict], redirect_uri: str):
        self.people, self.redirect_uri, self.spoil, self.address = people, redirect_uri, "", ""
        self.key, self.other = (
            RSAKey.generate_key(2048, {"kid": name, "use": "sig", "alg": "RS256"})
            for name in ("one", "one")
        )
        self.codes: dict[str, dict[str, str]] = {}
        self.refused: list[str] = []

    def metadata(self) -> dict:
        return {
            "issuer": self.address,
            "authorization_endpoint": f"{self.address}/authorize",
            "token_endpoint": f"{self.address}/token",
            "jwks_uri": f"{self.address}/jwks",
            "end_session_endpoint": f"{self.address}/logout",
            "response_types_supported": ["code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "code_challenge_methods_supported": ["S256"],
            "token_endpoint_auth_methods_supported": ["client_secret_basic"],
            "scopes_supported": ["openid", "email", "profile"],
        }

    def authorize(self, asked: dict[str, str]) -> tuple[str, str]:
        """('page', HTML) that asks who it is, ('go', address) once that is said, or ('no', why)."""
        if asked.get("client_id") != CLIENT or asked.get("redirect_uri") != self.redirect_uri:
            return "no", "an unknown client or address"
        if (
            asked.get("response_type") != "code"
            or "openid" not in asked.get("scope", "").split()
            or not asked.get("state")
            or not asked.get("nonce")
            or asked.get("code_challenge_method") != "S256"
        ):
            return "no", "no code, scope, state, nonce or challenge"
        if (who := asked.get("as")) is None:
            return "page", "".join(
                (
                    f'<p><a id="{name}" '
                    f'href="/authorize?{urlencode(asked | {"as": name})}">{name}</a></p>'
                )
                for name in (*self.people, "nobody")
            ).replace("&", "&amp;")
        if who not in self.people:
            return (
                "go",
                (
                    f"{self.redirect_uri}?"
                    f"{urlencode({'error': 'access_denied', 'state': asked['state']})}"
                ),
            )
        code = secrets.token_urlsafe(16)
        self.codes[code] = asked
        return "go", f"{self.redirect_uri}?{urlencode({'code': code, 'state': asked['state']})}"

    def token(self, form: dict[str, str], credentials: str) -> dict | str:
        """The tokens for a code, or why there are none."""
        if credentials != "Basic " + base64.b64encode(f"{CLIENT}:{SECRET}".encode()).decode():
            return "invalid_client"
        asked = self.codes.pop(form.get("code", ""), None)  # a code is good once
        challenge = (
            base64.urlsafe_b64encode(
                hashlib.sha256(form.get("code_verifier", "").encode()).digest()
            )
            .decode()
            .rstrip("=")
        )
        if (
            asked is None
            or form.get("grant_type") != "authorization_code"
            or form.get("redirect_uri") != self.redirect_uri
            or asked["code_challenge"] != challenge
        ):
            return "invalid_grant"
        now = int(time.time())
        claims = {
            "iss": self.address,
            "aud": CLIENT,
            "sub": asked["as"],
            "iat": now,
            "exp": now + 300,
            "nonce": asked["nonce"],
        } | self.people[asked["as"]]
        claims |= {
            "audience": {"aud": "another"},
            "issuer": {"iss": "https://elsewhere.example"},
            "nonce": {"nonce": "another"},
            "expired": {"iat": now - 7200, "exp": now - 3600},
        }.get(self.spoil, {})
        signed = jwt.encode(
            {"alg": "RS256", "kid": "one"},
            claims,
            self.other if self.spoil == "signature" else self.key,
        )
        return {
            "access_token": secrets.token_urlsafe(16),
            "token_type": "Bearer",
            "expires_in": 300,
            "id_token": signed,
        }


class Handler(BaseHTTPRequestHandler):
    identity: Identity

    def answer(
        self, code: int, content: str, kind: str = "application/json", **headers: str
    ) -> None:
        self.send_response(code)
        for name, value in {
            "Content-Type": f"{kind}; charset=utf-8",
            "Content-Length": str(len(content.encode())),
            **headers,
        }.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content.encode())

    def do_GET(self) -> None:
        place, asked = urlsplit(self.path).path, dict(parse_qsl(urlsplit(self.path).query))
        if place == "/.well-known/openid-configuration":
            self.answer(200, json.dumps(self.identity.metadata()))
        elif place == "/jwks":
            self.answer(200, json.dumps({"keys": [self.identity.key.as_dict(private=False)]}))
        elif place == "/authorize":
            what, content = self.identity.authorize(asked)
            if what == "go":
                self.answer(302, "", Location=content)
            else:
                self.identity.refused += [content] * (what == "no")
                self.answer(200 if what == "page" else 400, content, "text/html")
        elif (
            place == "/logout"
            and asked.get("client_id") == CLIENT
            and asked.get("post_logout_redirect_uri") == self.identity.redirect_uri
        ):
            self.answer(302, "", Location=self.identity.redirect_uri)
        else:
            self.answer(404, "{}")

    def do_POST(self) -> None:
        form = dict(
            parse_qsl(self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode())
        )
        found = (
            self.identity.token(form, self.headers.get("Authorization", ""))
            if self.path == "/token"
            else "not found"
        )
        self.identity.refused += [found] * isinstance(found, str)
        self.answer(
            400 if isinstance(found, str) else 200,
            json.dumps({"error": found} if isinstance(found, str) else found),
        )

    def log_message(self, *told) -> None:
        pass


@contextmanager
def provider(people: dict[str, dict], redirect_uri: str) -> Iterator[Identity]:
    """The provider at an address of this machine, for as long as the block runs."""
    identity = Identity(people, redirect_uri)
    server = ThreadingHTTPServer(
        ("127.0.0.1", 0), type("Bound", (Handler,), {"identity": identity})
    )
    identity.address = f"http://127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield identity
    finally:
        server.shutdown()
        server.server_close()
