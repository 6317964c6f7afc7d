"""The web server answers its own names and pages only, and makes no outbound request."""

import http.client
import json
import os
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from streamlit import config

from tests.support.browser import ROOT, process
from tests.support.good_files import good
from tests.support.warehouses import copy_of, loaders
from ui import health, server

pytestmark = pytest.mark.system


# Imported by Python at start-up: writes down every name that is looked up and every address that
# is connected to, of any family but local sockets.
RECORDER = """
import json, os, socket, sys
def note(event, arguments):
    if event == "socket.getaddrinfo":
        asked = str(arguments[0])
    elif event in ("socket.connect", "socket.sendto") and arguments[0].family != socket.AF_UNIX:
        asked = str(arguments[1][0])
    else:
        return
    if asked not in ("127.0.0.1", "::1", "localhost", "None"):
        with open(os.environ["ASKED"], "a") as file:
            file.write(json.dumps([event, asked]) + "\\n")
sys.addaudithook(note)
"""


@pytest.fixture(scope="module")
def watched(warehouse, tmp_path_factory):
    """A server as `streamlit run app.py` starts it: its port, and a function that reads what it
    asked of the network.
    """
    folder = tmp_path_factory.mktemp("watched")
    (folder / "sitecustomize.py").write_text(RECORDER)
    asked = folder / "asked.jsonl"
    path = os.pathsep.join([str(folder), str(ROOT)])
    with process(
        ROOT / "app.py", warehouse.folder, settings=(), PYTHONPATH=path, ASKED=str(asked)
    ) as (address, _):

        def lines():
            return (
                [json.loads(line) for line in asked.read_text().splitlines()]
                if asked.exists()
                else []
            )

        yield int(address.rsplit(":", 1)[1]), lines


def get(port: int, path: str, host: str) -> tuple[int, bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request("GET", path, headers={"Host": host})
    answer = connection.getresponse()
    return answer.status, answer.read()


def opens(port: int, origin: str | None, host: str = "") -> bool:
    """Whether a WebSocket is accepted from a page of this origin, asked for by this host name."""
    upgrade = {"Upgrade": "websocket", "Connection": "Upgrade", "Sec-WebSocket-Version": "13"}
    upgrade |= {
        "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
        "Sec-WebSocket-Protocol": "streamlit",
    }
    upgrade |= {"Host": host or f"127.0.0.1:{port}"} | ({"Origin": origin} if origin else {})
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request("GET", "/_stcore/stream", headers=upgrade)
    status = connection.getresponse().status
    connection.close()
    assert status in (101, 403)
    return status == 101


def test_hostile_origins_are_refused_and_no_request_leaves_the_server(watched):
    port, asked = watched

    origins = [f"https://evil{number}.example" for number in range(15)]
    with ThreadPoolExecutor(len(origins)) as attackers:
        attempts = [attackers.submit(opens, port, origin) for origin in origins]
        time.sleep(0.05)
        begun = time.perf_counter()
        assert get(port, server.HEALTH, f"127.0.0.1:{port}") == (200, b"ok")
        assert time.perf_counter() - begun < 0.5
        assert not any(attempt.result() for attempt in attempts)
    assert asked() == []


def test_a_page_of_its_own_is_served_without_a_request_to_the_outside(watched, chromium):
    port, asked = watched
    page = chromium.new_page()
    page.goto(f"http://127.0.0.1:{port}/overview")
    page.wait_for_selector("[data-testid='stDataFrame'] canvas", timeout=60_000)
    page.close()
    assert opens(port, None)
    assert opens(port, f"http://127.0.0.1:{port}")
    assert asked() == []


def test_the_recorder_of_these_tests_sees_a_request(tmp_path):
    """So that an empty record means that nothing was asked."""
    import subprocess
    import sys

    (tmp_path / "sitecustomize.py").write_text(RECORDER)
    script = (
        "import socket; s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); "
        "s.connect(('192.0.2.1', 80))"
    )
    environment = os.environ | {"PYTHONPATH": str(tmp_path), "ASKED": str(tmp_path / "asked")}
    subprocess.run(
        [sys.executable, "-c", script], env=environment, check=False, capture_output=True
    )
    assert json.loads((tmp_path / "asked").read_text().splitlines()[0]) == [
        "socket.connect",
        "192.0.2.1",
    ]


@pytest.mark.parametrize("path", ["/", "/overview", "/valuation?t=0700.HK", "/_stcore/host-config"])
def test_a_foreign_host_name_gets_nothing(watched, path):
    """DNS rebinding: the attacker's name points at this machine, so Origin and Host agree."""
    port, _ = watched
    status, body = get(port, path, "evil.example")
    assert status == 421
    assert b"Streamlit" not in body
    assert not opens(port, f"http://evil.example:{port}", f"evil.example:{port}")
    assert get(port, path, f"127.0.0.1:{port}")[0] == get(port, path, f"localhost:{port}")[0] == 200


def test_a_load_balancer_may_ask_for_health_by_any_name(watched):
    assert get(watched[0], server.HEALTH, "10.0.0.5:8501") == (200, b"ok")


def ask(port: int, path: str, host: str = "127.0.0.1") -> http.client.HTTPResponse:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request("GET", path, headers={"Host": host})
    return connection.getresponse()


@pytest.mark.parametrize(
    ("path", "host"),
    [
        ("/", "localhost"),
        ("/overview", "localhost"),
        ("/healthz", "localhost"),
        ("/", "evil.example"),
    ],
)
def test_every_answer_has_the_security_headers(watched, path, host):
    answer = ask(watched[0], path, host)
    assert {name: answer.headers[name] for name in server.SECURITY_HEADERS} == {
        "content-security-policy": "frame-ancestors 'self'",
        "x-content-type-options": "nosniff",
        "referrer-policy": "same-origin",
    }


def test_a_page_of_another_site_cannot_show_a_page_in_a_frame(watched, chromium, tmp_path):
    page = chromium.new_page()
    refused = []
    page.on("console", lambda message: refused.append(message.text))
    page.set_content(f'<iframe src="http://127.0.0.1:{watched[0]}/overview"></iframe>')
    page.wait_for_timeout(1000)
    assert any("frame-ancestors" in text for text in refused)
    page.close()


def test_a_monitor_reads_the_served_snapshot_its_age_and_the_last_run(watched, warehouse):
    answer = ask(watched[0], "/healthz")
    told = json.loads(answer.read())
    assert answer.status == 200
    assert answer.headers["content-type"] == "application/json"
    assert told["snapshot"] == warehouse.served.snapshot_id
    assert told["latest_session"] == "2026-08-21"
    assert 0 <= told["age_hours"] < 48
    assert (told["status"], told["problems"], told["last_run"]) == ("ok", [], None)
    assert ask(watched[0], "/healthz", "evil.example").status == 421


def test_a_monitor_is_told_of_a_rejected_build_and_of_a_run_that_was_broken_off(
    tmp_path, monkeypatch
):
    made = copy_of(good(), tmp_path / "data")
    run = {"began_at": "2026-08-24T18:00:00+08:00", "finished_at": None}
    line = {"outcome": "rate limited", "run": run["began_at"]}
    record = {"run": run, "tickers": {"0700.HK": line}}
    (made.folder / "prices" / "run.json").write_text(json.dumps(record), "utf-8")
    prices = made.folder / "curated" / "prices.csv"
    prices.write_text(prices.read_text("utf-8").replace(",HKD,", ",XXX,", 1), "utf-8")
    assert loaders("build", data=made.folder).returncode == 2
    monkeypatch.setenv("HARBOURVIEW_DATA", str(made.folder))
    answer = health.healthz(None)
    told = json.loads(answer.body)
    assert answer.status_code == 200
    assert (told["status"], told["snapshot"]) == ("degraded", made.served.snapshot_id)
    rejected, broken_off = told["problems"]
    assert rejected.startswith("the build of 20")
    assert rejected.endswith(" was rejected")
    assert broken_off == "the run of 2026-08-24T18:00:00+08:00 was broken off"
    assert told["last_run"] == run | {"outcomes": {"rate limited": 1}}


def test_a_monitor_gets_503_where_no_snapshot_is_served(tmp_path, monkeypatch):
    monkeypatch.setenv("HARBOURVIEW_DATA", str(tmp_path))
    answer = health.healthz(None)
    told = json.loads(answer.body)
    assert (answer.status_code, told["status"], told["snapshot"]) == (503, "down", None)
    assert "run: python -m loaders build" in told["problems"][0]


@pytest.fixture
def options():
    """options(**{"server.allowedHosts": [...]}) for one test."""
    names = ("server.allowedHosts", "browser.serverAddress")
    before = {name: config.get_option(name) for name in names}
    yield lambda hosts, address="localhost": [
        config.set_option(name, value) for name, value in zip(names, (hosts, address))
    ]
    for name, value in before.items():
        config.set_option(name, value)


@pytest.mark.parametrize(
    ("host", "allowed", "is_known"),
    [
        ("desk.firm.example", ["desk.firm.example"], True),
        ("DESK.firm.example.:443", ["desk.firm.example"], True),
        ("a.firm.example", ["*.firm.example"], True),
        ("firm.example", ["*.firm.example"], False),
        ("evilfirm.example", ["*.firm.example"], False),
        ("desk.firm.example.evil.example", ["desk.firm.example"], False),
        ("[::1]:8501", ["::1"], True),
        ("[::1", ["::1"], False),
        ("", ["localhost"], False),
        ("anything.example", ["*"], True),
        ("anything.example", [], True),
    ],
)
def test_the_names_of_allowed_hosts_are_known(options, host, allowed, is_known):
    options(allowed)
    assert server.is_known_host(host) == is_known


@pytest.mark.parametrize(
    ("origin", "host", "address", "is_same"),
    [
        (None, "localhost:8501", "localhost", True),
        ("http://localhost:8501", "localhost:8501", "localhost", True),
        ("http://localhost:3000", "localhost:8501", "localhost", False),
        ("http://127.0.0.1:8501", "localhost:8501", "localhost", False),
        ("https://desk.firm.example", "127.0.0.1", "desk.firm.example", True),
        ("https://evil.example", "127.0.0.1", "desk.firm.example", False),
        ("null", "localhost:8501", "localhost", False),
        ("", "localhost:8501", "localhost", False),
        ("http://[", "localhost:8501", "localhost", False),
    ],
)
def test_only_pages_of_this_server_open_a_session(options, origin, host, address, is_same):
    options(["localhost"], address)
    assert server.is_same_site(origin, host) == is_same
