import asyncio

import pytest
from aiohttp import StreamReader, web
from aiohttp.base_protocol import BaseProtocol
from aiohttp.test_utils import make_mocked_request

from gateway.shep import door
from gateway.shep.door import Bodies, BodyRefused, read_body, soap_answer
from gateway.shep.faults import FaultCode


def stream(*pieces, ends=True, breaks=None):
    loop = asyncio.get_running_loop()
    protocol = BaseProtocol(loop)
    protocol.transport = asyncio.Transport()  # connected, though to nothing
    content = StreamReader(protocol, 2**16, loop=loop)
    for piece in pieces:
        content.feed_data(piece)
    if breaks is not None:
        content.set_exception(breaks)
    elif ends:
        content.feed_eof()
    return content


def request(*pieces, headers=(), ends=True, breaks=None):
    named = {"Content-Type": "text/xml", **dict(headers)}
    return make_mocked_request("POST", "/", headers=named, payload=stream(*pieces, ends=ends, breaks=breaks))


async def read(asked, bodies=None, **bounds):
    with (bodies or Bodies()).room() as room:
        return await read_body(asked, room, **bounds)


async def refusal(asked, *bodies, **bounds):
    with pytest.raises(BodyRefused) as raised:
        await read(asked, *bodies, **bounds)
    return raised.value


async def test_a_body_of_many_pieces_is_read_whole():
    assert await read(request(b"<a", b">", b"</a>")) == b"<a></a>"
    assert await read(request()) == b""


@pytest.mark.parametrize(
    "action", ["", '""', ' "" ', "SendMessage", '"urn:x/y#sendMessage"', '"changeMassageStatusNotification"']
)
async def test_an_action_that_is_empty_or_names_an_operation_passes(action):
    assert await read(request(b"a", headers={"SOAPAction": action})) == b"a"


@pytest.mark.parametrize(
    "action", ["urn:other", '"SendMessages"', '"', "a" * 300, '"SendMessage/"', '""x""', "SendMessage#"]
)
async def test_another_action_is_refused_and_named_in_ascii(action):
    refused = await refusal(request(b"a", headers={"SOAPAction": action + "\u0451"}))
    assert (refused.code, refused.reason.isascii()) == (FaultCode.WRONG_FORMAT, True)
    assert len(refused.reason) < 300


@pytest.mark.parametrize(
    "kind",
    [
        "text/xml",
        "TEXT/XML; charset=UTF-8",
        'text/xml; charset="utf-8"',
        "text/xml;charset=windows-1251",
        "application/xml; charset=iso-8859-1",
        "application/soap+xml; charset=utf-8; action=x",
    ],
)
async def test_the_types_under_which_xml_comes_are_read(kind):
    assert await read(request(b"a", headers={"Content-Type": kind})) == b"a"


@pytest.mark.parametrize(
    ("headers", "reason"),
    [
        ({"Content-Type": "text/html"}, "content type 'text/html'"),
        ({"Content-Type": "multipart/related"}, "attachments are not offered"),
        ({"Content-Type": "text/xml; charset=utf-7"}, "charset 'utf-7'"),
        ({"Content-Type": "text/xml; charset=utf-16le"}, "charset"),
        ({"Content-Type": "text/xml; charset=cp037"}, "charset"),
        ({"Content-Encoding": "GZIP"}, "packed"),
        ({"Content-Encoding": ""}, "packed"),
        ({"Content-Length": "11"}, "11 bytes, the limit is 10"),
    ],
)
async def test_what_no_body_could_make_right_is_refused_before_one_comes(headers, reason):
    never_ends = request(headers=headers, ends=False)
    assert reason in (await refusal(never_ends, max_bytes=10)).reason


async def test_the_limit_itself_is_read_and_one_byte_more_is_not():
    assert await read(request(b"x" * 10), max_bytes=10) == b"x" * 10
    assert (await refusal(request(b"x" * 11), max_bytes=10)).reason == "more than 10 bytes"


async def test_a_body_that_does_not_come_is_not_waited_for(monkeypatch):
    monkeypatch.setattr(door, "BODY_SECONDS", 0.01)
    assert "did not come" in (await refusal(request(b"<a", ends=False))).reason


@pytest.mark.parametrize("breaks", [web.RequestPayloadError("x"), ConnectionResetError()])
async def test_a_body_that_breaks_off_is_the_callers_fault(breaks):
    assert (await refusal(request(b"<a", breaks=breaks))).code is FaultCode.WRONG_FORMAT


async def test_what_all_bodies_hold_together_is_bounded_and_given_back():
    bodies = Bodies(10)
    waiting = asyncio.create_task(read(request(b"x" * 6, ends=False), bodies))
    await asyncio.sleep(0)
    assert (await refusal(request(b"x" * 6), bodies)).code is FaultCode.INTERNAL
    waiting.cancel()
    await asyncio.gather(waiting, return_exceptions=True)
    assert await read(request(b"x" * 6), bodies) == b"x" * 6
    assert bodies.bytes == 0


async def test_a_body_that_was_read_is_counted_until_the_work_on_it_is_over():
    bodies = Bodies(10)
    with bodies.room() as room:
        await read_body(request(b"x" * 6), room)
        assert bodies.bytes == 6
        assert (await refusal(request(b"x" * 6), bodies)).code is FaultCode.INTERNAL
    assert await read(request(b"x" * 6), bodies) == b"x" * 6
    assert bodies.bytes == 0


def test_a_fault_is_an_error_of_http_too():
    assert (soap_answer(b"<a/>").status, soap_answer(b"<a/>", fault=True).status) == (200, 500)
    assert soap_answer(b"<a/>", close=True).keep_alive is False
    assert soap_answer(b"<a/>").headers["Content-Type"] == "text/xml; charset=utf-8"
