"""Several processes behind the proxy of docs/nginx.conf: a reader stays with one, all see what is
published, a stranger's page does not get in. And the operations page names only commands that
are there.
"""

import asyncio
import http.client
import random
import re
import shutil
import statistics
import subprocess
import sys
import time
from contextlib import ExitStack
from pathlib import Path

import psutil
import pytest

from tests.support.browser import ROOT, free_port, server
from tests.support.managers import Failed, Manager
from tests.support.warehouses import publish_copy

pytestmark = pytest.mark.system


NGINX = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin:/usr/local/sbin")
NAME = "desk.firm.example"
PAGES = ("overview", "valuation", "buybacks", "segments")


@pytest.fixture(scope="module")
def desk(tmp_path_factory, warehouse):
    """A data folder that serves the repository's own figures, two processes on it, and the proxy
    before them: its address and the folder.
    """
    if not NGINX:
        pytest.skip(
            "NO PROXY: install nginx-light; several processes behind docs/nginx.conf are not "
            "proven by this run"
        )
    tmp_path = tmp_path_factory.mktemp("desk")
    (tmp_path / "warehouse").mkdir()
    for path in (
        warehouse.served.path,
        warehouse.served.path.with_suffix(".sha256"),
        warehouse.served.path.parent / "CURRENT",
    ):
        shutil.copyfile(path, tmp_path / "warehouse" / path.name)
    with ExitStack() as stack:
        ports = [
            int(
                stack.enter_context(
                    server(
                        ROOT / "app.py",
                        data=tmp_path,
                        settings=(
                            "--browser.serverAddress",
                            NAME,
                            "--server.allowedHosts",
                            NAME,
                            "--server.allowedHosts",
                            "127.0.0.1",
                        ),
                    )
                ).rsplit(":", 1)[1]
            )
            for _ in range(2)
        ]
        at = free_port()
        conf = (ROOT / "docs" / "nginx.conf").read_text("utf-8")
        assert (
            conf.count("127.0.0.1:8501")
            == conf.count("127.0.0.1:8502")
            == conf.count("listen 443 ssl;")
            == 1
        )
        conf = (
            re.sub(r"^\s*ssl_.*\n", "", conf, flags=re.MULTILINE)
            .replace("127.0.0.1:8501", f"127.0.0.1:{ports[0]}")
            .replace("127.0.0.1:8502", f"127.0.0.1:{ports[1]}")
            .replace("listen 443 ssl;", f"listen 127.0.0.1:{at};")
        )
        whole = tmp_path / "nginx.conf"
        temporary = " ".join(
            f"{kind}_temp_path {tmp_path}/{kind};"
            for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        )
        whole.write_text(
            (
                f"daemon off; pid {tmp_path}/pid; error_log {tmp_path}/error.log; events {{}}\n"
                f"http {{ access_log off; {temporary}\n{conf} }}\n"
            ),
            "utf-8",
        )
        subprocess.run(
            [NGINX, "-t", "-c", str(whole), "-p", str(tmp_path)],
            check=True,
            capture_output=True,
            timeout=20,
        )
        proxy = subprocess.Popen(
            [NGINX, "-c", str(whole), "-p", str(tmp_path)],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        stack.callback(lambda: (proxy.terminate(), proxy.wait(10)))
        for _ in range(100):
            try:
                http.client.HTTPConnection("127.0.0.1", at, timeout=1).connect()
                break
            except OSError:
                time.sleep(0.05)
        yield f"http://127.0.0.1:{at}", tmp_path, ports


def admitted(address: str) -> str:
    """The cookie that the proxy gives to a browser that comes for the first time."""
    connection = http.client.HTTPConnection(address.removeprefix("http://"), timeout=10)
    connection.request("GET", "/overview", headers={"Host": NAME})
    answer = connection.getresponse()
    answer.read()
    return answer.headers["Set-Cookie"].split(";")[0]


def readers_of(port: int) -> int:
    """How many connections a process of the desk has taken."""
    return sum(
        one.laddr.port == port and one.status == "ESTABLISHED"
        for one in psutil.net_connections("tcp")
        if one.laddr
    )


async def together(address: str, cookies: list[str], ports: list[int]) -> list[int]:
    """Readers with these cookies, all connected: how many each process holds."""
    managers = [
        Manager(address, random.Random(number), cookie=cookie, origin=f"https://{NAME}")
        for number, cookie in enumerate(cookies)
    ]
    for manager in managers:
        await manager.open("overview")
    held = [readers_of(port) for port in ports]
    for manager in managers:
        await manager.close()
    return held


async def day(
    address: str, folder: Path, readers: int, clicks: int, pause: float
) -> tuple[list[float], list[str]]:
    """Readers who open a page and click; a snapshot is published in the middle.

    Seconds of the clicks, and what each of them last read.
    """
    seconds: list[float] = []
    read: list[str] = []
    gate, published = asyncio.Semaphore(10), asyncio.Event()  # not all come in the same second

    async def one(number: int) -> None:
        manager = Manager(
            address,
            random.Random(number),
            cookie=await asyncio.to_thread(admitted, address),
            origin=f"https://{NAME}",
        )
        async with gate:
            await manager.open(PAGES[number % len(PAGES)], "t=0700.HK")
        for turn in range(clicks):
            await asyncio.sleep(pause * manager.luck.uniform(0.5, 1.5))
            seconds.append((await manager.click()).seconds)
            if number == 0 and turn == clicks // 2:
                await asyncio.to_thread(publish_copy, folder / "warehouse", 1)
                published.set()
        await published.wait()
        await manager.rerun()
        read.append(manager.session)
        assert " 2099" in manager.text[-1], manager.text[-1]
        await manager.close()

    await asyncio.gather(*(one(number) for number in range(readers)))
    return seconds, read


def test_readers_stay_with_their_process_and_all_see_what_is_published(desk):
    address, folder, ports = desk
    cookie = admitted(address)
    assert re.fullmatch(r"harbourview_process=[0-9a-f]{32}", cookie)
    seconds, sessions = asyncio.run(day(address, folder, 8, 3, 0.3))
    assert len(set(sessions)) == 8
    assert len(seconds) == 24
    assert sorted(asyncio.run(together(address, [cookie] * 3, ports))) == [0, 3]
    assert min(asyncio.run(together(address, [admitted(address) for _ in range(12)], ports))) >= 1


def test_a_page_of_a_stranger_gets_no_session(desk):
    address, _, _ = desk
    stranger = Manager(
        address, random.Random(1), cookie=admitted(address), origin="https://elsewhere.example"
    )
    with pytest.raises(Exception, match="403|rejected|Timeout"):
        asyncio.run(stranger.open("overview"))


def test_every_command_of_the_page_is_there():
    """What the operations page tells to run: a target of the Makefile, a command of this project,
    or one of the system that is named here.
    """
    page = (ROOT / "docs" / "operations.md").read_text("utf-8")
    told = [
        line.strip()
        for block in re.findall(r"```\n(.*?)```", page, flags=re.DOTALL)
        for line in block.splitlines()
    ] + re.findall(r"`([^`\n]+)`", page)
    targets = set(
        re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text("utf-8"), flags=re.MULTILINE)
    )
    seen = {"make": 0, "loaders": 0, "ui": 0, "file": 0}
    for line in told:
        if found := re.match(r"make (\w+)$", line):
            assert found[1] in targets, line
            seen["make"] += 1
        if found := re.search(r"python -m (loaders|ui) (\w+)", line):
            asked = subprocess.run(
                [sys.executable, "-m", found[1], found[2], "--help"],
                cwd=ROOT,
                capture_output=True,
                text=True,
                timeout=60,
            )
            assert asked.returncode == 0, line
            seen[found[1]] += 1
        for named in re.findall(r"-r (\S+\.(?:txt|lock))", line) + re.findall(
            r"^\S+ run (app\.py)", line
        ):
            assert (ROOT / named).is_file(), line
            seen["file"] += 1
    assert min(seen.values()) >= 1, seen
    for link in re.findall(r"\]\(([\w./-]+)\)", page):
        assert (ROOT / "docs" / link).exists(), link


@pytest.mark.proof
def test_a_hundred_readers_on_two_processes(desk, capsys):
    address, folder, _ports = desk
    try:
        seconds, sessions = asyncio.run(day(address, folder, 100, 5, 8))
    except Failed as error:
        pytest.fail(str(error))
    cuts = statistics.quantiles(seconds, n=100)
    with capsys.disabled():
        print(
            f"\n100 readers, 2 processes, {psutil.cpu_count()} cores: {len(seconds)} clicks, p50 "
            f"{1000 * cuts[49]:.0f} ms, p95 {1000 * cuts[94]:.0f} ms, 0 failed"
        )
    assert len(set(sessions)) == 100
