import contextlib
import json
import ssl

import aiohttp
import pytest

from gateway.clock import ManualClock
from simulators.ncalayer import Ncalayer, NcalayerSettings
from tests.unit.ncalayer.keys import NOW, PASSWORD, authority, ring

ORIGIN = "http://127.0.0.1:8080"


@pytest.mark.parametrize(
    "origin", ["http://evil.example", "null", "http://127.0.0.1:8080.evil.example", "https://127.0.0.1:8080"]
)
async def test_a_foreign_origin_cannot_open_a_socket(layer, http, origin):
    with pytest.raises(aiohttp.WSServerHandshakeError) as refusal:
        await http.ws_connect(layer.plain, origin=origin)
    assert refusal.value.status == 403


async def test_a_rebound_name_cannot_open_a_socket(layer, http):
    with pytest.raises(aiohttp.WSServerHandshakeError) as refusal:
        await http.ws_connect(layer.plain, origin=ORIGIN, headers={"Host": "evil.example"})
    assert refusal.value.status == 421


async def test_a_program_without_origin_is_served_unless_that_is_switched_off(layer, http):
    async with http.ws_connect(layer.plain) as socket:
        assert json.loads(await socket.receive_str(timeout=5)) == {"result": {"version": "1.4"}}
    strict = NcalayerSettings(origins=frozenset({ORIGIN}), plain_port=0, local_programs=False)
    async with Ncalayer(ring(), strict).running() as addresses:
        with pytest.raises(aiohttp.WSServerHandshakeError):
            await http.ws_connect(addresses.plain)


async def test_the_same_protocol_is_spoken_over_tls(layer, http):
    context = ssl.create_default_context(cadata=authority().pem.decode())
    context.verify_flags &= ~ssl.VERIFY_X509_STRICT
    async with http.ws_connect(layer.secure, origin=ORIGIN, ssl=context) as socket:
        assert json.loads(await socket.receive_str(timeout=5)) == {"result": {"version": "1.4"}}
        await socket.send_str('{"module":"kz.gov.pki.knca.commonUtils","method":"getActiveTokens"}')
        assert json.loads(await socket.receive_str(timeout=5))["code"] == "200"


async def test_a_port_that_is_taken_is_replaced_by_a_free_one(settings):
    async with Ncalayer(ring(), settings).running() as first:
        port = int(first.plain.rsplit(":", 1)[1])
        again = NcalayerSettings(origins=settings.origins, plain_port=port)
        async with Ncalayer(ring(), again).running() as second:
            assert second.plain != first.plain
            assert second.secure is None


@pytest.mark.parametrize(
    "frame",
    [
        "",
        "{",
        "[]",
        "[" * 1000,
        '{"module":"kz.gov.pki.knca.commonUtils"}',
        '{"module":"x","method":"y"}',
        "\x00",
        "ә" * 1000,
    ],
)
async def test_a_malformed_frame_is_answered_and_the_connection_goes_on(page, frame):
    await page.socket.send_str(frame)
    assert (await page.read())["status"] is False
    await page.send("commonUtils", "getActiveTokens")
    assert await page.read() == {"responseObject": [], "code": "200"}


async def test_a_binary_frame_closes_the_connection_cleanly(page):
    await page.socket.send_bytes(b"{}")
    message = await page.socket.receive(timeout=5)
    assert message.type is aiohttp.WSMsgType.CLOSE
    assert message.data == aiohttp.WSCloseCode.UNSUPPORTED_DATA


async def test_an_oversized_frame_ends_its_connection_and_no_other(page, layer, http):
    with contextlib.suppress(ConnectionError):
        await page.socket.send_str("x" * (24 * 1024 * 1024 + 1))
        message = await page.socket.receive(timeout=20)
        assert message.type in {aiohttp.WSMsgType.CLOSE, aiohttp.WSMsgType.CLOSED}
    async with http.ws_connect(layer.plain, origin=ORIGIN) as other:
        assert json.loads(await other.receive_str(timeout=5)) == {"result": {"version": "1.4"}}


async def test_a_page_that_does_not_wait_for_answers_is_cut_off(page):
    for _ in range(40):
        await page.send("commonUtils", "getKeyInfo", ["PKCS12"])
    message = await page.socket.receive(timeout=5)
    assert message.data == aiohttp.WSCloseCode.POLICY_VIOLATION


async def test_the_automatic_mode_answers_by_itself_and_only_when_asked_for(settings, http):
    program = Ncalayer(ring(), settings, clock=ManualClock(NOW), select=lambda _question: ("umit-sign", PASSWORD))
    async with program.running() as addresses, http.ws_connect(addresses.plain, origin=ORIGIN) as socket:
        await socket.receive_str(timeout=5)
        await socket.send_str('{"module":"kz.gov.pki.knca.commonUtils","method":"getKeyInfo","args":["PKCS12"]}')
        assert json.loads(await socket.receive_str(timeout=5))["code"] == "200"


async def test_a_failure_of_the_program_itself_is_answered_too(settings, http):
    def fail(_question):
        raise RuntimeError("broken selector")

    program = Ncalayer(ring(), settings, select=fail)
    async with program.running() as addresses, http.ws_connect(addresses.plain, origin=ORIGIN) as socket:
        await socket.receive_str(timeout=5)
        await socket.send_str('{"module":"kz.gov.pki.knca.commonUtils","method":"getKeyInfo","args":["PKCS12"]}')
        answer = json.loads(await socket.receive_str(timeout=5))
        assert answer["code"] in {"500", "GENERAL_ERROR"}
        assert "broken selector" not in str(answer)
