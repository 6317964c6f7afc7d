"""Simulated managers: each a websocket session that speaks Streamlit's own protocol, reads what a
page offers, and clicks on it.

No browser: what a server can carry is measured, not what a screen draws. A manager keeps large
    messages as a browser does, so that what was sent once is only referred to after that.
"""

import asyncio
import random
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

PATIENCE = 30.0  # seconds until a click without an answer has failed
KEPT_CHOICES, SELDOM = ("filter_currency", "filter_lang", "filter_updown"), 0.05
COVERED, OFTEN = (
    25,
    0.8,
)  # the companies covered stand first in the list, before indices, lines and groups
KEPT_RUNS = 2  # a browser forgets a large message that the last runs did not show


class Failed(Exception):
    """A run that ended badly, or not at all: what a reader would see as an error."""


@dataclass
class Run:
    """One run of a page as its reader lived it."""

    seconds: float
    messages: int
    received: int
    page: str
    what: str


@dataclass
class Offer:
    """Something on the page that can be chosen: the widget's id, the key its page gave it, what it
    offers and what is chosen.
    """

    kind: str
    widget: str
    options: list[str]
    chosen: list[str]

    @property
    def key(self) -> str:
        return self.widget.split("-", 2)[-1]


@dataclass
class Manager:
    """One reader with a tab of a browser: opens a page, clicks, reads. address: http://host:port,
    with a base path where there is one.
    """

    address: str
    luck: random.Random
    cookie: str = ""
    origin: str = ""
    offers: dict[str, Offer] = field(default_factory=dict)
    pages: dict[str, str] = field(
        default_factory=dict
    )  # hash of the page's script -> its place in the address
    page: str = ""
    query: str = ""
    text: list[str] = field(default_factory=list)  # every paragraph of the last run, as Markdown
    session: str = ""
    _socket: ClientConnection | None = None
    _kept: dict[str, tuple[ForwardMsg, int]] = field(default_factory=dict)
    _values: dict[str, WidgetState] = field(default_factory=dict)
    _runs: int = 0
    _until_drawn: str = ""

    async def open(self, place: str = "", query: str = "") -> Run:
        """Open a page of the address, as a link does, and read it to its end."""
        begun = time.perf_counter()
        where = urlsplit(self.address)
        base = where.path.rstrip("/")
        headers = {"Cookie": self.cookie} if self.cookie else {}
        self._socket = await connect(
            f"{'wss' if where.scheme == 'https' else 'ws'}://{where.netloc}{base}/_stcore/stream",
            subprotocols=["streamlit"],
            additional_headers=headers,
            origin=self.origin or None,
            max_size=None,
            compression=None,
            open_timeout=PATIENCE,
            ping_interval=None,
        )
        self.query = query
        return await self._run(begun, f"open {place}", page_name=place)

    async def close(self) -> None:
        if self._socket is not None:
            await self._socket.close()

    async def rerun(self) -> Run:
        """Ask for the same page again with nothing changed."""
        return await self._run(time.perf_counter(), "again")

    async def choose(self, offer: Offer, *values: str) -> Run:
        """Click on these values of what the page offers."""
        state = WidgetState(id=offer.widget)
        if offer.kind in ("button_group", "multiselect"):
            state.string_array_value.data.extend(values)
        else:
            state.string_value = values[0]
        self._values[offer.widget] = state
        return await self._run(time.perf_counter(), f"choose {offer.key}")

    async def turn_to(self, page_hash: str) -> Run:
        """Click on another page of the navigation."""
        self._values.clear()
        self.page = page_hash
        return await self._run(time.perf_counter(), "turn")

    async def click(self) -> Run:
        """One click such as managers make: another company most often, then another page, then
        another choice of the page; seldom one that a reader makes once and keeps (language,
        currency, colours).
        """
        companies = [
            offer
            for offer in self.offers.values()
            if offer.kind == "multiselect" and len(offer.options) > 1
        ]
        choices = [
            offer
            for offer in self.offers.values()
            if offer.kind in ("button_group", "selectbox", "radio")
            and len(offer.options) > 1
            and (offer.key not in KEPT_CHOICES or self.luck.random() < SELDOM)
        ]
        turns = [page for page, place in self.pages.items() if page != self.page and place]
        lot = self.luck.random()
        if companies and lot < 0.4:
            offer = self.luck.choice(companies)
            offered = offer.options[:COVERED] if self.luck.random() < OFTEN else offer.options
            return await self.choose(
                offer, self.luck.choice([o for o in offered if [o] != offer.chosen])
            )
        if (turns and lot > 0.7) or not choices:
            return await (self.turn_to(self.luck.choice(turns)) if turns else self.rerun())
        offer = self.luck.choice(choices)
        return await self.choose(
            offer, self.luck.choice([o for o in offer.options if [o] != offer.chosen])
        )

    # The protocol ---------------------------------------------------------------------------------

    async def _run(self, begun: float, what: str, page_name: str = "") -> Run:
        self._runs += 1
        back = BackMsg()
        ask = back.rerun_script
        ask.query_string, ask.page_script_hash, ask.page_name = (
            self.query,
            "" if page_name else self.page,
            page_name,
        )
        ask.cached_message_hashes.extend(self._kept)
        ask.context_info.timezone, ask.context_info.timezone_offset, ask.context_info.locale = (
            "Asia/Hong_Kong",
            -480,
            "en-GB",
        )
        ask.context_info.url = f"{self.address}/{page_name or self.pages.get(self.page, '')}"
        ask.context_info.color_scheme = "light"
        ask.widget_states.widgets.extend(self._values.values())
        try:
            async with asyncio.timeout(PATIENCE):
                await self._socket.send(back.SerializeToString())
                messages, received = await self._read()
        except (TimeoutError, ConnectionClosed, OSError) as error:
            raise Failed(f"{what}: {type(error).__name__} {error}") from error
        took = time.perf_counter() - begun
        for key in [key for key, (_, run) in self._kept.items() if run <= self._runs - KEPT_RUNS]:
            del self._kept[key]
        # a browser says when it has drawn the first picture of a visit; the rest of the page comes
        # then
        if self._until_drawn:
            mark = f"$$STREAMLIT_INTERNAL_KEY_{self._until_drawn}__events"
            self._values[mark] = WidgetState(
                id=mark, json_trigger_value='[{"event": "drawn", "value": true}]'
            )
            rest = await self._run(begun, what)
            messages, received, took = (
                messages + rest.messages,
                received + rest.received,
                rest.seconds,
            )
        return Run(took, messages, received, self.pages.get(self.page, ""), what)

    async def _read(self) -> tuple[int, int]:
        """Read a run to its end: how many messages, how many bytes."""
        messages = received = 0
        offers: dict[str, Offer] = {}
        text: list[str] = []
        broken = ""
        while True:
            data = await self._socket.recv()
            messages, received = messages + 1, received + len(data)
            message = ForwardMsg.FromString(data)
            kind = message.WhichOneof("type")
            if kind == "ref_hash":
                if message.ref_hash not in self._kept:
                    raise Failed(f"refers to a message that was never sent: {message.ref_hash}")
                message = self._kept[message.ref_hash][0]
                kind = message.WhichOneof("type")
            if message.metadata.cacheable or message.hash in self._kept:
                self._kept[message.hash] = (message, self._runs)
            if kind == "delta":
                if message.delta.WhichOneof("type") == "new_element":
                    element = message.delta.new_element
                    sort = element.WhichOneof("type")
                    if sort == "exception":
                        broken = (
                            element.exception.message or element.exception.type or "an exception"
                        )
                    elif (
                        sort == "bidi_component"
                        and element.bidi_component.component_name == "harbourview_drawn"
                    ):
                        self._until_drawn = element.bidi_component.id
                    elif sort == "markdown":
                        text.append(element.markdown.body)
                    for offer in offered(element, sort):
                        offers[offer.widget] = offer
            elif kind == "new_session":
                offers, text, broken, self._until_drawn = {}, [], "", ""
                self.page, self.session = (
                    message.new_session.page_script_hash,
                    message.new_session.initialize.session_id,
                )
            elif kind == "navigation":
                self.pages = {
                    page.page_script_hash: page.url_pathname
                    for page in message.navigation.app_pages
                    if not page.is_hidden
                }
                self.page = message.navigation.page_script_hash
            elif kind == "page_info_changed":
                self.query = message.page_info_changed.query_string
            elif kind == "script_finished":
                if message.script_finished == ForwardMsg.FINISHED_EARLY_FOR_RERUN:
                    continue
                if message.script_finished == ForwardMsg.FINISHED_WITH_COMPILE_ERROR:
                    raise Failed("the page does not compile")
                if broken:
                    raise Failed(broken)
                self.offers, self.text = offers, text
                self._values = {
                    widget: state for widget, state in self._values.items() if widget in offers
                }
                return messages, received


def offered(element, sort: str | None) -> Iterator[Offer]:
    """What an element lets its reader choose from."""
    if sort == "button_group":
        yield Offer(
            sort,
            element.button_group.id,
            [option.content for option in element.button_group.options],
            list(element.button_group.raw_values),
        )
    elif sort == "multiselect":
        yield Offer(
            sort,
            element.multiselect.id,
            list(element.multiselect.options),
            list(element.multiselect.raw_values),
        )
    elif sort in ("selectbox", "radio"):
        widget = getattr(element, sort)
        yield Offer(
            sort, widget.id, list(widget.options), [widget.raw_value] if widget.raw_value else []
        )
