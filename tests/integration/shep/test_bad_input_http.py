"""What is bad before it is a message: heads without end, connections without number, two readings of one length."""

import asyncio
import contextlib
import socket

import pytest
from aiohttp import web
from lxml import etree

from gateway.serving import BoundedRunner, Bounds
from gateway.shep import door
from gateway.shep.names import SOAP
from gateway.shep.participant import ASK_PATH, Participant, SyncReply
from tests.integration.shep.bad_input import raw, raw_request
from tests.integration.shep.world import QUESTION_SERVICE, eventually
from tests.unit.shep.pki import checker, key_of

GET = b"GET /quick HTTP/1.1\r\nHost: a\r\n\r\n"
SHORT = Bounds(head_seconds=0.3, idle_seconds=30, unread_seconds=0.5, lingering_seconds=0.2, connections=4)


class Site:
    """A participant beside two pages, one that waits for leave and one that is large."""

    def __init__(self, clock):
        self.clock = clock
        self.leave = asyncio.Event()
        self.entered = 0

    async def slow(self, _request):
        self.entered += 1
        await self.leave.wait()
        return web.Response(text="slow")

    async def quick(self, _request):
        return web.Response(text="quick")

    async def large(self, _request):
        return web.Response(body=b"x" * 64_000_000)

    async def _answer(self, _question, _sender):
        return SyncReply(None)

    @contextlib.asynccontextmanager
    async def served(self, bounds=SHORT):
        participant = Participant(
            gateways={"shep": [key_of("SHEP").certificate]},
            key=key_of("DESK"),
            checker=checker(self.clock),
            clock=self.clock,
            services={QUESTION_SERVICE: self._answer},
        )
        app = web.Application()
        app.add_routes([*participant.routes(), web.get("/slow", self.slow), web.get("/large", self.large)])
        app.add_routes([web.get("/quick", self.quick)])
        runner = BoundedRunner(app, bounds=bounds, shutdown_seconds=0.1)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        try:
            yield runner.addresses[0][1]
        finally:
            self.leave.set()
            await runner.cleanup()


@pytest.fixture
def site(clock):
    return Site(clock)


async def quick(port):
    return await raw(port, GET.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n"))


def reason(answer):
    head, _, body = answer.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 500"), head
    assert b"content-type: text/xml; charset=utf-8" in head.lower()
    found = etree.fromstring(body).find(f"{{{SOAP}}}Body/{{{SOAP}}}Fault")
    return found.findtext("faultcode"), found.findtext("detail/*/errorData")


@pytest.mark.parametrize("begun", [b"", b"GET /quick HT", GET[:-2]], ids=["nothing", "a line", "no end"])
async def test_a_head_that_does_not_end_is_waited_for_no_longer_than_the_bound(site, begun):
    async with site.served() as port:
        assert await raw(port, begun) == b""


async def test_a_head_that_comes_byte_by_byte_gains_no_time(site):
    async with site.served() as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        sent = 0
        with contextlib.suppress(ConnectionError):
            for _ in range(1000):
                writer.write(b"X-Slow: 1\r\n" if sent else GET[:-2])
                sent += 1
                await writer.drain()
                await asyncio.sleep(0.02)
        assert sent < 1000
        with contextlib.suppress(ConnectionError):
            assert await reader.read() == b""
        writer.close()


async def test_the_second_head_of_a_connection_is_bounded_as_the_first(site):
    async with site.served() as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(GET)
        assert (await reader.readuntil(b"quick")).startswith(b"HTTP/1.1 200")
        await asyncio.sleep(2 * SHORT.head_seconds)
        writer.write(GET)  # an idle connection has its own, longer bound
        assert (await reader.readuntil(b"quick")).lstrip().startswith(b"HTTP/1.1 200")
        writer.write(GET[:-2])
        async with asyncio.timeout(10):
            assert await reader.read() == b""
        writer.close()


async def test_an_idle_connection_is_closed_after_its_bound(site):
    async with site.served(Bounds(idle_seconds=0.2)) as port:
        async with asyncio.timeout(10):
            assert (await raw(port, GET)).endswith(b"quick")


async def test_who_works_longer_than_a_head_may_take_is_not_disturbed(site):
    async with site.served() as port:
        asked = asyncio.create_task(
            raw(port, GET.replace(b"quick", b"slow").replace(b"a\r\n", b"a\r\nConnection: close\r\n"))
        )
        await eventually(lambda: site.entered)
        await asyncio.sleep(2 * SHORT.head_seconds)
        site.leave.set()
        assert (await asked).endswith(b"slow")


async def test_a_slow_body_gets_a_fault_when_its_time_is_over(site, monkeypatch):
    monkeypatch.setattr(door, "BODY_SECONDS", 0.3)
    async with site.served() as port:
        answer = await raw(port, raw_request(ASK_PATH, b"", "Content-Length: 100", length=False), b"<a")
        assert reason(answer) == ("SCE001", "the body did not come within 0.3 seconds")


async def test_a_body_slower_than_a_head_may_be_is_read(site):
    async with site.served() as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(raw_request(ASK_PATH, b"", "Content-Length: 4", "Connection: close", length=False))
        for byte in b"<a/>":
            await asyncio.sleep(SHORT.head_seconds / 2)
            writer.write(bytes([byte]))
        assert reason(await reader.read()) == ("SCE001", "/a: not a SOAP 1.1 Envelope")
        writer.close()


async def test_a_body_that_breaks_off_leaves_the_door_open_for_others(site):
    async with site.served() as port:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(raw_request(ASK_PATH, b"", "Content-Length: 100", length=False) + b"<a")
        await writer.drain()
        writer.transport.abort()
        assert (await quick(port)).endswith(b"quick")


@pytest.mark.parametrize("rest", [b"zz\r\n", b"5\r\n<a/>", b"4\r\n<a/>xx"])
async def test_chunks_that_are_none_get_a_fault_or_an_end(site, rest):
    async with site.served() as port:
        head = raw_request(ASK_PATH, b"", "Transfer-Encoding: chunked", length=False)
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(head + b"4\r\n<b/>\r\n")
        await asyncio.sleep(0.05)
        writer.write(rest)
        writer.write_eof()
        async with asyncio.timeout(10):
            answer = await reader.read()
        writer.close()
        assert answer == b"" or reason(answer)[1].startswith("the body breaks off")
        assert (await quick(port)).endswith(b"quick")


async def test_too_many_bytes_at_once_are_worth_repeating_and_are_given_back(site, monkeypatch):
    monkeypatch.setattr(door.BODIES, "most", 1000)
    async with site.served() as port:
        answer = await raw(port, raw_request(ASK_PATH, b" " * 1001, "Connection: close"))
        assert reason(answer) == ("SCE909", "too many large messages at once")
        answer = await raw(port, raw_request(ASK_PATH, b" " * 1000, "Connection: close"))
        assert reason(answer)[1].startswith("xml-malformed")
    assert door.BODIES.bytes == 0


async def test_idle_connections_make_room_for_who_comes_with_a_request(site):
    async with site.served(Bounds(connections=4)) as port:
        idle = [await asyncio.open_connection("127.0.0.1", port) for _ in range(4)]
        for _ in range(3):
            assert (await quick(port)).endswith(b"quick")
        async with asyncio.timeout(10):
            assert await idle[0][0].read() == b""
        for _, writer in idle:
            writer.close()


async def test_when_all_are_at_work_the_next_is_sent_away(site):
    async with site.served() as port:
        ask = GET.replace(b"quick", b"slow").replace(b"a\r\n", b"a\r\nConnection: close\r\n")
        asked = [asyncio.create_task(raw(port, ask)) for _ in range(SHORT.connections)]
        await eventually(lambda: site.entered == SHORT.connections)
        assert (await raw(port)).startswith(b"HTTP/1.1 503")
        site.leave.set()
        assert all(answer.endswith(b"slow") for answer in await asyncio.gather(*asked))
        assert (await quick(port)).endswith(b"quick")


async def test_an_answer_that_nobody_reads_is_given_up(site):
    async with site.served() as port:
        taken = socket.socket()
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        taken.connect(("127.0.0.1", port))
        taken.sendall(GET.replace(b"quick", b"large"))
        await asyncio.sleep(3 * SHORT.unread_seconds)
        reader, writer = await asyncio.open_connection(sock=taken)
        read = b""
        with contextlib.suppress(ConnectionError):
            read = await reader.read()
        assert len(read) < 64_000_000
        writer.close()


CHUNKED = "Transfer-Encoding: chunked"
SMUGGLED = b"0\r\n\r\nGET /slow HTTP/1.1\r\nHost: a\r\n\r\n"


@pytest.mark.parametrize(
    ("lines", "body"),
    [
        (("Content-Length: 0", "Content-Length: 44"), SMUGGLED),
        (("Content-Length: 0, 44",), SMUGGLED),
        (("Content-Length: +44",), SMUGGLED),
        (("Content-Length: -1",), SMUGGLED),
        (("Content-Length: 4_4",), SMUGGLED),
        (("Content-Length: 44", CHUNKED), SMUGGLED),
        ((CHUNKED, "Content-Length: 44"), SMUGGLED),
        ((CHUNKED, "Transfer-Encoding: identity"), SMUGGLED),
        (("Transfer-Encoding: identity, chunked, identity",), SMUGGLED),
        (("Transfer-Encoding : chunked",), SMUGGLED),
        (("Transfer-Encoding: xchunked",), SMUGGLED),
        ((CHUNKED,), b"+1\r\nx\r\n" + SMUGGLED),
        ((CHUNKED,), b"1;a=\x01\nx\r\n" + SMUGGLED),
        ((CHUNKED,), b"fffffffffffffffff\r\nx\r\n" + SMUGGLED),
        (("X: a\nTransfer-Encoding: chunked",), SMUGGLED),
        (("X: a\rContent-Length: 44",), SMUGGLED),
        (("Content-Length\0: 44",), SMUGGLED),
        (("X: " + "a" * 9000,), b""),
        (tuple(f"X{n}: 1" for n in range(200)), b""),
    ],
)
async def test_a_length_that_can_be_read_twice_ends_the_connection(site, lines, body):
    async with site.served() as port:
        answer = await raw(port, raw_request(ASK_PATH, b"", *lines, length=False) + body)
        assert answer.count(b"HTTP/1.1 ") <= 1
        assert answer == b"" or b" 400 " in answer.split(b"\r\n")[0] or reason(answer)[0] == "SCE001"
        assert site.entered == 0


async def test_an_expectation_opens_no_door(site):
    async with site.served() as port:
        lines = ("Expect: 100-continue", "Content-Length: 99999999", "Connection: close")
        answer = await raw(port, raw_request(ASK_PATH, b"", *lines, length=False))
        assert reason(answer.removeprefix(b"HTTP/1.1 100 Continue\r\n\r\n"))[0] == "SCE001"
        for wrong in ("Expect: 200-ok", "Expect: 100-continue, 100-continue", "Expect: " + "1" * 5000):
            answer = await raw(port, raw_request(ASK_PATH, b"<a/>", wrong, "Connection: close"))
            assert answer.startswith(b"HTTP/1.1 417"), wrong


@pytest.mark.parametrize(
    "sent",
    [
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"SSH-2.0-x\r\n\r\n",
        b"GET / HTTP/9.9\r\n\r\n",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        b"GET /" + b"a" * 20_000 + b" HTTP/1.1\r\n\r\n",
        b"GET /quick HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
        b"GET /nothing HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
        b"DELETE /quick HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
    ],
)
async def test_no_answer_tells_the_versions_of_what_serves_it(site, sent):
    async with site.served() as port:
        answer = await raw(port, sent)
        assert b"aiohttp" not in answer.lower()
        assert b"ython" not in answer
