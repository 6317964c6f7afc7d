"""A server on this machine that answers as Yahoo's chart endpoint does: the recorded shape,
invented figures.
"""

import json
import threading
import time
from collections.abc import Callable, Iterable
from datetime import date, datetime
from datetime import time as clock
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit
from zoneinfo import ZoneInfo

from loaders.prices.yahoo import Listening

ZONES = {
    "HKG": ZoneInfo("Asia/Hong_Kong"),
    "NYQ": ZoneInfo("America/New_York"),
    "CCY": ZoneInfo("Europe/London"),
}
OPENS = {"HKG": clock(9, 30), "NYQ": clock(9, 30), "CCY": clock(0, 0)}
Reply = tuple[int, bytes]


def stamp(day: str, exchange: str = "HKG") -> int:
    """The second at which that day's session opens, as Yahoo dates a daily bar."""
    return int(
        datetime.combine(date.fromisoformat(day), OPENS[exchange], ZONES[exchange]).timestamp()
    )


def chart(
    symbol: str,
    closes: dict[str, float | None],
    exchange: str = "HKG",
    currency: str = "HKD",
    dividends: dict[str, dict] | None = None,
    splits: dict[str, tuple[int, int]] | None = None,
    adjusted: dict[str, float] | None = None,
    volumes: dict[str, int | None] | None = None,
) -> dict:
    """A chart answer in Yahoo's shape: closes by day, None for the row without a price that Yahoo
    sends before the open.
    """
    days = list(closes)
    events = {}
    if dividends:
        events["dividends"] = {
            str(stamp(day, exchange)): {"date": stamp(day, exchange), **told}
            for day, told in dividends.items()
        }
    if splits:
        events["splits"] = {
            str(stamp(day, exchange)): {
                "date": stamp(day, exchange),
                "numerator": up,
                "denominator": down,
                "splitRatio": f"{up}:{down}",
            }
            for day, (up, down) in splits.items()
        }
    price = list(closes.values())
    around = {
        "open": price,
        "high": [p and p * 1.01 for p in price],
        "low": [p and p * 0.99 for p in price],
        "close": price,
        "volume": [(volumes or {}).get(day, 1000) for day in days],
    }
    result = {
        "meta": {
            "currency": currency,
            "symbol": symbol,
            "exchangeName": exchange,
            "fullExchangeName": exchange,
            "instrumentType": "CURRENCY" if exchange == "CCY" else "EQUITY",
            "firstTradeDate": 1087349400,
            "regularMarketTime": 1786090091,
            "hasPrePostMarketData": False,
            "gmtoffset": 28800,
            "timezone": "HKT",
            "exchangeTimezoneName": ZONES[exchange].key,
            "priceHint": 3,
            "dataGranularity": "1d",
            "range": "",
            "validRanges": ["1d", "5d", "1mo", "3mo", "6mo", "1y", "2y", "5y", "10y", "ytd", "max"],
        },
        "indicators": {
            "quote": [around if days else {}],
            "adjclose": [{"adjclose": [(adjusted or closes)[day] for day in days]} if days else {}],
        },
    }
    if days:
        result["timestamp"] = [stamp(day, exchange) for day in days]
    if events:
        result["events"] = events
    return {"chart": {"result": [result], "error": None}}


def good(*answer, **more) -> Reply:
    return 200, json.dumps(chart(*answer, **more)).encode()


HANGS_UP = 0  # a status that no server sends: the connection is closed without an answer
NOT_FOUND: Reply = (
    404,
    json.dumps(
        {
            "chart": {
                "result": None,
                "error": {
                    "code": "Not Found",
                    "description": "No data found, symbol may be delisted",
                },
            }
        }
    ).encode(),
)
TOO_MANY: Reply = 429, b"Too Many Requests\r\n"
HTML: Reply = 200, b"<!DOCTYPE html><html><body>Yahoo will be right back</body></html>"
CONTROL: Reply = good(
    "MSFT", {"2026-08-06": 400.0, "2026-08-07": 401.0}, exchange="NYQ", currency="USD"
)


class FakeYahoo(ThreadingHTTPServer):
    """Answers by symbol; `limited_from` makes every chart answer from that count on a 429, `drip`
    the seconds between two bytes.
    """

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.replies: dict[str, Reply | Callable[[], Reply]] = {"MSFT": CONTROL}
        self.asked: list[tuple[str, dict[str, str]]] = []
        self.limited_from: int | None = None
        self.limited_until: int | None = None
        self.drip = 0.0
        threading.Thread(
            target=self.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True
        ).start()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def questions(self, symbol: str) -> list[dict[str, str]]:
        return [parameters for name, parameters in self.asked if name == symbol]


class Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        address = urlsplit(self.path)
        if "/v8/finance/chart/" not in address.path:
            self.answer(200, b"crumb" if address.path.endswith("getcrumb") else b"")
            return
        symbol = address.path.rsplit("/", 1)[1].replace("%5E", "^").replace("%3D", "=")
        server: FakeYahoo = self.server
        server.asked.append(
            (symbol, {name: values[0] for name, values in parse_qs(address.query).items()})
        )
        if (
            server.limited_from is not None
            and len(server.asked) >= server.limited_from
            and not (server.limited_until and len(server.asked) > server.limited_until)
        ):
            self.answer(*TOO_MANY)
            return
        reply = server.replies.get(symbol, NOT_FOUND)
        self.answer(*(reply() if callable(reply) else reply), drip=server.drip)

    def answer(self, status: int, body: bytes, drip: float = 0.0) -> None:
        if status == HANGS_UP:
            return
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        try:
            for part in pieces(body) if drip else [body]:
                self.wfile.write(part)
                self.wfile.flush()
                time.sleep(drip)
        except OSError:
            return  # who asked has gone

    def log_message(self, *ignored) -> None:
        return


def pieces(body: bytes) -> Iterable[bytes]:
    return (body[i : i + 1] for i in range(len(body)))


class Diverted(Listening):
    """A session as yfinance wants one, whose every question goes to the fake server instead of its
    host.
    """

    def __init__(self, address: str) -> None:
        super().__init__()
        self.address = address

    def request(self, method, url, **more):
        parts = urlsplit(url)
        return super().request(
            method,
            f"{self.address}{parts.path}" + (f"?{parts.query}" if parts.query else ""),
            **more,
        )
