"""Bad input at every door: the right fault, signed; nothing stored but the journal's line; the loop stays free."""

import asyncio
import io
import itertools
import os
from datetime import UTC, datetime
from pathlib import Path

import aiohttp
import asyncpg
import pytest
import pytest_asyncio
from aiohttp import web
from lxml import etree

from gateway.clock import ManualClock
from gateway.eds.wsse import sign_body, verify_body
from gateway.eds.xml import parse
from gateway.serving import BoundedRunner, Bounds
from gateway.shep.messages import MessageType
from gateway.shep.names import ASYNC_PATH, MAX_MESSAGE_BYTES, SOAP, SYNC_PATH
from gateway.shep.participant import ASK_PATH, PUSH_PATH
from gateway.store import Store
from tests.integration.shep.bad_input import OVER, TABLE, TAKEN, XML, Door, envelope, good, raw, raw_request, signed
from tests.integration.shep.world import MESSAGE_SERVICE, World
from tests.unit.shep.pki import key_of

pytestmark = pytest.mark.asyncio(loop_scope="module")

ROOT = Path(__file__).resolve().parents[3]
DOORS = {
    "gateway sync": Door("SHEP", SYNC_PATH, "PORTAL", is_sync=True),
    "gateway async": Door("SHEP", ASYNC_PATH, "PORTAL", is_sync=False),
    "participant ask": Door("GBDFL", ASK_PATH, "SHEP", is_sync=True),
    "participant push": Door("DESK", PUSH_PATH, "SHEP", is_sync=False),
}
_SAMPLE = {"gateway sync", "participant push"}
AT_DOORS = [
    pytest.param(door, id=name, marks=() if name in _SAMPLE else pytest.mark.full) for name, door in DOORS.items()
]
"""Every door in the whole suite; in the fast sample one of each half."""
_numbers = itertools.count(1)
_TABLES = "SELECT tablename AS name FROM pg_tables WHERE schemaname = current_schema()"


class BoundedWorld(World):
    """Served as the gateways and participants are."""

    async def _serve(self, name, routes, gateway=None):
        app = gateway.app if gateway else web.Application()
        app.add_routes(routes or [])
        self._runners[name] = runner = BoundedRunner(app, bounds=Bounds(lingering_seconds=0.2), shutdown_seconds=0.1)
        await runner.setup()
        await web.SockSite(runner, self._sockets[name]).start()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def land(database_url):
    """One world for the whole table: no case may leave a trace, so none disturbs another."""
    clock = ManualClock(datetime(2026, 3, 2, 5, 0, tzinfo=UTC))
    opened = []

    async def new_store(name, *files):
        schema = f"bad_{name}_{os.getpid()}_{next(_numbers)}"
        admin = await asyncpg.connect(database_url)
        await admin.execute(f"CREATE SCHEMA {schema}")
        await admin.close()
        opened.append(await Store.open(database_url, schema=schema, clock=clock))
        for file in ("gateway/store/sql/timer.sql", "gateway/store/sql/blob.sql", *files):
            await opened[-1].database.execute((ROOT / file).read_text(encoding="utf-8"))
        return opened[-1]

    async def take(_received):
        pass

    async with aiohttp.ClientSession() as http:
        world = BoundedWorld(database_url=database_url, clock=clock, http=http, new_store=new_store)
        try:
            await world.raise_all()
            for system in world.systems.values():
                system.inbox.on(MESSAGE_SERVICE, MessageType.REQUEST, take)
            yield world
        finally:
            await world.close()
    for store in opened:
        await store.close()


async def rows(world, door):
    """How many rows each table behind the door has."""
    store = world.stores["SHEP"] if door.system == "SHEP" else world.systems["DESK"].store
    names = [row["name"] for row in await store.database.fetch(_TABLES)]
    counts = " UNION ALL ".join(f"SELECT '{name}' AS name, count(*) AS number FROM {name}" for name in names)
    return {row["name"]: row["number"] for row in await store.database.fetch(counts)}


async def grown(world, door, before):
    """The tables that have more rows than before, and how many more."""
    after = await rows(world, door)
    return {name: after[name] - before.get(name, 0) for name in after if after[name] != before.get(name)}


async def posted(world, door, body, headers=()):
    sent = {key: value for key, value in {**XML, **dict(headers)}.items() if value is not None}
    skipped = [key for key in XML if key not in sent]
    url = world.urls[door.system] + door.path
    async with world.http.post(url, data=io.BytesIO(body), headers=sent, skip_auto_headers=skipped) as answer:
        return answer.status, answer.headers, await answer.read()


def fault(door, status, content_type, body):
    """The code and the reason of a fault, once its form and its signature have been checked."""
    assert (status, content_type) == (500, "text/xml; charset=utf-8")
    root = etree.fromstring(body)
    verify_body(root, [key_of(door.system).certificate])
    found = root.find(f"{{{SOAP}}}Body/{{{SOAP}}}Fault")
    assert found.findtext("faultcode") == found.findtext("detail/*/errorCode")
    return found.findtext("faultcode"), found.findtext("detail/*/errorData") or ""


def told(door, answer):
    """The code and the reason of a fault that was read from a socket."""
    head, _, body = answer.partition(b"\r\n\r\n")
    assert b"HTTP/1.1 500" in head
    return fault(door, 500, "text/xml; charset=utf-8", body)


def port_of(world, door):
    return int(world.urls[door.system].rsplit(":", 1)[1])


@pytest.mark.parametrize("case", TABLE, ids=str)
@pytest.mark.parametrize("door", AT_DOORS)
async def test_bad_input_gets_its_fault_and_leaves_nothing_but_a_line(land, door, case):
    body = case.body(door, key_of(door.caller))
    before = await rows(land, door)
    status, headers, answer = await posted(land, door, body, case.headers.items())
    code, reason = fault(door, status, headers["Content-Type"], answer)
    assert (code, case.reason in reason) == (case.code, True), reason
    assert b"root:" not in answer
    assert await grown(land, door, before) == ({"journal": 1} if door.system == "SHEP" else {})


@pytest.mark.parametrize(("headers", "change"), [each[1:] for each in TAKEN], ids=[each[0] for each in TAKEN])
@pytest.mark.parametrize("door", AT_DOORS)
async def test_what_real_clients_send_is_taken(land, door, headers, change):
    status, _, answer = await posted(land, door, change(good(door, key_of(door.caller))), headers.items())
    assert (status, b"Fault" in answer) == (200, False), answer


@pytest.mark.parametrize("door", AT_DOORS)
async def test_more_than_the_limit_is_refused_unread_when_it_is_announced(land, door):
    before = await rows(land, door)
    lines = (f"Content-Length: {OVER}", "Connection: close")
    answer = await raw(port_of(land, door), raw_request(door.path, b"", *lines, length=False))
    assert told(door, answer) == ("SCE001", f"{OVER} bytes, the limit is {OVER - 1}")
    assert await grown(land, door, before) == ({"journal": 1} if door.system == "SHEP" else {})


@pytest.mark.parametrize("door", AT_DOORS)
async def test_more_than_the_limit_is_read_to_the_limit_when_it_comes_in_chunks(land, door):
    before = await rows(land, door)
    piece = b"x" * 1024 * 1024
    chunk = b"%x\r\n%s\r\n" % (len(piece), piece)
    head = raw_request(door.path, b"", "Transfer-Encoding: chunked", length=False)
    answer = await raw(port_of(land, door), head, *[chunk] * 16, b"1\r\nx\r\n")
    assert told(door, answer) == ("SCE001", f"more than {OVER - 1} bytes")
    assert await grown(land, door, before) == ({"journal": 1} if door.system == "SHEP" else {})


async def test_what_fills_the_limit_to_its_last_byte_is_read(land):
    door = DOORS["participant ask"]
    inner = b"<a>" + b"x" * (OVER - 1 - len(envelope(b"<a></a>"))) + b"</a>"
    status, headers, answer = await posted(land, door, envelope(inner))
    assert fault(door, status, headers["Content-Type"], answer)[0] == "SCE007"


@pytest.mark.parametrize("door", AT_DOORS)
async def test_others_are_answered_while_a_bomb_is_taken_apart(land, door):
    bomb = envelope(b'<a b="' + b"x" * 14_000_000 + b'"/>')
    work = asyncio.create_task(posted(land, door, bomb))
    pings = 0
    while not work.done():
        async with land.http.get(land.urls[door.system] + "/nothing") as answer:
            assert answer.status == 404
        pings += 1
    status, headers, body = await work
    assert fault(door, status, headers["Content-Type"], body)[0] == "SCE007"
    assert pings > 1


@pytest.mark.parametrize("field", ["messageId", "serviceId", "senderId", "correlationId", "sessionId", "routeId"])
@pytest.mark.parametrize("door", AT_DOORS)
async def test_an_id_of_a_megabyte_is_refused_briefly_and_not_kept(land, door, field):
    content = door.content(message_id="7", correlation_id="7", session_id="{7}", route_id="7")
    next(content.iter(field)).text = "7" * 1_000_000
    before = await rows(land, door)
    status, headers, answer = await posted(land, door, signed(content, key_of(door.caller)))
    code, reason = fault(door, status, headers["Content-Type"], answer)
    assert (code, f"/{field}: {field} has 1000000 characters" in reason) == ("SCE001", True), reason
    assert len(answer) < 10_000
    assert await grown(land, door, before) == ({"journal": 1} if door.system == "SHEP" else {})


@pytest.mark.parametrize("door", AT_DOORS)
async def test_a_payload_of_one_byte_too_much_is_refused_though_its_envelope_is_not(land, door):
    content = door.content(message_id="7", correlation_id="7")
    next(content.iter("data")).text = "A" * (MAX_MESSAGE_BYTES + 1)
    body = sign_body(parse(envelope(content)), key_of(door.caller))
    assert len(body) < OVER
    before = await rows(land, door)
    status, headers, answer = await posted(land, door, body)
    code, reason = fault(door, status, headers["Content-Type"], answer)
    assert (code, f"{MAX_MESSAGE_BYTES + 1} bytes" in reason) == ("SCE001", True), reason
    assert await grown(land, door, before) == ({"journal": 1} if door.system == "SHEP" else {})


@pytest.mark.parametrize("door", AT_DOORS)
async def test_noncharacters_in_ids_pass_as_they_are_or_are_refused(land, door):
    content = door.content(message_id="7\U0001fffe", correlation_id="\U0010ffff\u200b", session_id="{\ufdd0}")
    status, _, answer = await posted(land, door, signed(content, key_of(door.caller)))
    assert (status, b"SCE909" in answer) == (200, False), answer
