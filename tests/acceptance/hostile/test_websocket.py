"""NCALayer's sockets: who may speak, and frames that nobody should send."""

import asyncio
import base64
import contextlib
import json
import os
import ssl
import struct
import zlib

import aiohttp
import pytest

SOON = 10
TEXT, BINARY, CONTINUATION, PING = 1, 2, 0, 9
PROLOGUE = "kz.gov.pki.knca."


def frame(data, *, kind=TEXT, final=True, masked=True, length=None, compressed=False):
    """One frame of RFC 6455, section 5.2."""
    first = (0x80 if final else 0) | (0x40 if compressed else 0) | kind
    size = len(data) if length is None else length
    head = bytes([first])
    flag = 0x80 if masked else 0
    if size < 126:
        head += bytes([flag | size])
    elif size < 65536:
        head += bytes([flag | 126]) + struct.pack(">H", size)
    else:
        head += bytes([flag | 127]) + struct.pack(">Q", size)
    if not masked:
        return head + data
    return head + b"\0\0\0\0" + data


@contextlib.asynccontextmanager
async def opened(country, *headers, origin=None):
    """A websocket by hand; yields what was answered to the handshake, and the streams."""
    reader, writer = await asyncio.open_connection("127.0.0.1", country.port("ncalayer_plain"))
    lines = [
        "GET / HTTP/1.1",
        f"Host: 127.0.0.1:{country.port('ncalayer_plain')}",
        "Connection: Upgrade",
        "Upgrade: websocket",
        "Sec-WebSocket-Version: 13",
        f"Sec-WebSocket-Key: {base64.b64encode(os.urandom(16)).decode()}",
        *([] if origin is None else [f"Origin: {origin}"]),
        *headers,
    ]
    writer.write("\r\n".join(lines).encode("utf-8", "surrogateescape") + b"\r\n\r\n")
    status = (await asyncio.wait_for(reader.readline(), SOON)).decode()
    while (await asyncio.wait_for(reader.readline(), SOON)) not in {b"\r\n", b""}:
        pass
    try:
        yield int(status.split()[1]), reader, writer
    finally:
        writer.close()
        with contextlib.suppress(ConnectionError, TimeoutError):
            await asyncio.wait_for(writer.wait_closed(), 3)


async def what_comes(reader):
    """Everything until the other side falls silent or closes."""
    data = b""
    with contextlib.suppress(TimeoutError, ConnectionError):
        while chunk := await asyncio.wait_for(reader.read(65536), 0.7):
            data += chunk
    return data


async def waiting(country):
    answer = await country.raw("ncalayer_plain", country.request("ncalayer_plain", "GET /window/requests"))
    return json.loads(answer.body)["requests"]


@pytest.mark.parametrize(
    "origin",
    [
        "http://evil.test",
        "null",
        "",
        "http://127.0.0.1",
        "http://127.0.0.1:1",
        "https://127.0.0.1:8080",
        "http://localhost",
        "file://",
        "http://[",
        "\udcff",
        "http://127.0.0.1:{portal}.evil.test",
        "http://127.0.0.1:{portal}/",
        "HTTP://127.0.0.1:{portal}",
    ],
)
async def test_a_page_of_another_origin_gets_no_socket(country, origin):
    asked = origin.format(portal=country.port("portal"))
    async with opened(country, origin=asked) as (status, _, _):
        assert status == 403
    async with aiohttp.ClientSession() as http:
        address = f"wss://127.0.0.1:{country.port('ncalayer')}/"
        with pytest.raises(aiohttp.WSServerHandshakeError, match="403"):
            await http.ws_connect(address, headers={"Origin": "http://evil.test"}, ssl=_any_certificate())


def _any_certificate():
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


async def test_portal_desk_and_local_programs_get_one(country):
    for origin in (country.at("portal"), country.at("desk"), None):
        async with opened(country, origin=origin) as (status, _, _):
            assert status == 101


async def test_a_foreign_name_that_was_rebound_gets_none(country):
    reader, writer = await asyncio.open_connection("127.0.0.1", country.port("ncalayer_plain"))
    writer.write(
        b"GET / HTTP/1.1\r\nHost: evil.test\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
        b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nOrigin: http://evil.test\r\n\r\n"
    )
    assert b" 421 " in await asyncio.wait_for(reader.readline(), SOON)
    writer.close()


async def test_a_spoilt_handshake_opens_nothing(country):
    for headers in (("Sec-WebSocket-Version: 99",), ("Sec-WebSocket-Key: x",), ("Content-Length: 99999",)):
        async with opened(country, *headers, origin=country.at("portal")) as (status, _, _):
            assert status in {101, 400, 426}


FRAMES = {
    "binary": frame(b"\x00\xff" * 100, kind=BINARY),
    "no utf-8": frame(b"\xff\xfe"),
    "not masked": frame(b"{}", masked=False),
    "reserved kind": frame(b"{}", kind=3),
    "reserved bits": b"\xb1\x80\0\0\0\0",
    "long ping": frame(b"x" * 126, kind=PING),
    "fragmented ping": frame(b"x", kind=PING, final=False),
    "continuation of nothing": frame(b"x", kind=CONTINUATION),
    "claims an exabyte": frame(b"x", length=2**60),
    "claims a negative length": b"\x81\xff" + b"\xff" * 8 + b"\0\0\0\0",
    "claims more than is taken": frame(b"x", length=25 * 1024 * 1024),
    "packed without agreement": frame(zlib.compress(b"a" * 10_000), compressed=True),
    "new text inside a text": frame(b"{", final=False) + frame(b"}"),
}


async def test_a_frame_against_the_protocol_ends_its_connection_alone(country):
    async with country.answering(memory=60):
        for what, data in FRAMES.items():
            async with opened(country, origin=country.at("portal")) as (status, reader, writer):
                assert status == 101, what
                writer.write(data)
                await what_comes(reader)
    assert await waiting(country) == []


async def test_a_text_in_a_thousand_fragments_is_one_text_and_too_long_a_one_is_none(country):
    async with opened(country, origin=country.at("portal")) as (_, reader, writer):
        text = json.dumps({"module": "x" * 900, "method": "y"}).encode()
        parts = [text[n : n + 1] for n in range(len(text))]
        writer.write(frame(parts[0], final=False))
        for one in parts[1:-1]:
            writer.write(frame(one, kind=CONTINUATION, final=False))
        writer.write(frame(parts[-1], kind=CONTINUATION))
        assert b"GENERAL_ERROR" in await what_comes(reader)
    async with country.answering(memory=120), opened(country, origin=country.at("portal")) as (_, reader, writer):
        with contextlib.suppress(ConnectionError):
            writer.write(frame(b"a" * 65536, final=False))
            for _ in range(600):
                writer.write(frame(b"a" * 65536, kind=CONTINUATION, final=False))
                await asyncio.wait_for(writer.drain(), SOON)
        assert b"GENERAL_ERROR" not in await what_comes(reader)


async def test_a_packed_text_is_not_unpacked_beyond_its_limit(country):
    async with aiohttp.ClientSession() as http:
        socket = await http.ws_connect(
            f"{country.at('ncalayer_plain')}/", headers={"Origin": country.at("portal")}, compress=15
        )
        await socket.receive(timeout=SOON)
        async with country.answering(within=3, memory=150):
            await socket.send_str("a" * 200_000_000)
            answer = await socket.receive(timeout=30)
        assert answer.type in {aiohttp.WSMsgType.CLOSE, aiohttp.WSMsgType.CLOSED, aiohttp.WSMsgType.ERROR}


TEXTS = {
    "nothing": "",
    "text": "hello",
    "array": "[]",
    "null": "null",
    "deep": "[" * 100_000,
    "deep objects": '{"a":' * 5000 + "1" + "}" * 5000,
    "many members": "{" + ",".join(f'"a{n}":1' for n in range(20_000)) + "}",
    "huge number": '{"module":' + "9" * 100_000 + "}",
    "not a number": '{"module":NaN,"method":"x"}',
    "wrong types": '{"module":1,"method":[]}',
    "no method": '{"module":"kz.gov.pki.knca.commonUtils"}',
    "unknown module": '{"module":"java.lang.Runtime","method":"exec","args":["id"]}',
    "unknown method": '{"module":"kz.gov.pki.knca.commonUtils","method":"__class__","args":[]}',
    "private method": '{"module":"kz.gov.pki.knca.basics","method":"_work","args":{}}',
    "wrong arguments": '{"module":"kz.gov.pki.knca.basics","method":"sign","args":"x"}',
    "hostile document": json.dumps(
        {
            "module": "kz.gov.pki.knca.basics",
            "method": "sign",
            "args": {
                "allowedStorages": ["PKCS12"],
                "format": "xml",
                "data": '<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>',
                "signingParams": {},
                "signerParams": {},
                "locale": "ru",
            },
        }
    ),
}


async def test_what_is_no_request_gets_an_error_and_the_next_request_its_answer(country):
    async with country.answering(), aiohttp.ClientSession() as http:
        socket = await http.ws_connect(f"{country.at('ncalayer_plain')}/", headers={"Origin": country.at("portal")})
        assert "version" in (await socket.receive_json(timeout=SOON))["result"]
        for what, text in TEXTS.items():
            await socket.send_str(text)
            answer = await socket.receive_json(timeout=SOON)
            assert answer.get("status") is False or answer.get("code") == "500", what
            assert "root:" not in json.dumps(answer)
            assert "Traceback" not in json.dumps(answer)
        await socket.close()
    assert await waiting(country) == []


async def test_a_page_that_asks_too_much_at_once_is_cut_off(country):
    async with country.answering(), aiohttp.ClientSession() as http:
        socket = await http.ws_connect(f"{country.at('ncalayer_plain')}/", headers={"Origin": country.at("portal")})
        await socket.receive(timeout=SOON)
        asked = {"module": f"{PROLOGUE}commonUtils", "method": "getKeyInfo", "args": ["PKCS12"]}
        with contextlib.suppress(ConnectionError):
            for _ in range(100):
                await socket.send_json(asked)
        while (answer := await socket.receive(timeout=SOON)).type is aiohttp.WSMsgType.TEXT:
            pass
        assert answer.type in {aiohttp.WSMsgType.CLOSE, aiohttp.WSMsgType.CLOSED}
    for _ in range(20):
        if await waiting(country) == []:
            return
        await asyncio.sleep(0.1)
    pytest.fail("what a closed page asked still waits in the window")


@pytest.mark.parametrize(
    "headers",
    [
        [],
        ["X-Window-Token: x"],
        ["X-Window-Token: \udcff"],
        ["X-Window-Token: {token}", "Origin: http://evil.test"],
        ["X-Window-Token: {token}", "Origin: http://["],
        ["X-Window-Token: {token}", "Origin: null"],
        ["X-Window-Token: {token}", "Sec-Fetch-Site: cross-site"],
        ["X-Window-Token: {token}", "Sec-Fetch-Site: same-site"],
    ],
)
async def test_the_windows_questions_are_answered_by_the_window_alone(country, headers):
    answer = await country.raw("ncalayer_plain", country.request("ncalayer_plain", "GET /window/requests"))
    assert answer.header("Access-Control-Allow-Origin") == ""
    token = json.loads(answer.body)["token"]
    told = [one.format(token=token) for one in headers]
    body = b'{"id": "x", "cancel": true}'
    answer = await country.raw(
        "ncalayer_plain",
        country.request("ncalayer_plain", "POST /window/answer", "Content-Type: application/json", *told, body=body),
    )
    assert answer.status == 403
