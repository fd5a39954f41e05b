"""A gateway's answer that unpacks to a thousand times its size is given up at the limit, without taking its memory."""

import tracemalloc
import zlib

import pytest
from aiohttp import web

from gateway.shep.errors import ShepErrorCode, UnknownGatewayError
from gateway.shep.messages import Payload, PayloadForm
from gateway.shep.names import MAX_ENVELOPE_BYTES
from tests.integration.shep.scripted import ScriptedGateway, a_client
from tests.unit.shep.messages import message

MIB = 1024 * 1024
ASK = Payload(PayloadForm.ESCAPED, b"<ask/>")
WINDOW = {"gzip": 16 + zlib.MAX_WBITS, "deflate": zlib.MAX_WBITS}


def bomb(coding):
    """About a megabyte that unpacks to a gigabyte of white space."""
    packing = zlib.compressobj(9, wbits=WINDOW[coding])
    first = packing.compress(b" " * MIB) + packing.flush(zlib.Z_FULL_FLUSH)
    # After a full flush nothing refers to what was before, so a piece may be said again.
    piece = packing.compress(b" " * MIB) + packing.flush(zlib.Z_FULL_FLUSH)
    packed = first + piece * 1023
    assert len(packed) < 1.2 * MIB
    assert len(zlib.decompressobj(wbits=WINDOW[coding]).decompress(first + piece * 3)) == 4 * MIB
    return packed


@pytest.fixture
async def gateway(clock):
    async with ScriptedGateway(clock).listening() as listening:
        yield listening


@pytest.fixture
def peak():
    tracemalloc.start()
    try:
        yield lambda: tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("status", [200, 500])
@pytest.mark.parametrize("coding", WINDOW)
async def test_an_answer_that_unpacks_to_a_gigabyte_costs_no_more_than_the_limit(gateway, clock, peak, coding, status):
    packed = bomb(coding)

    async def explode(_request, _content):
        headers = {"Content-Encoding": coding, "Content-Type": "text/xml; charset=utf-8"}
        return web.Response(body=packed, status=status, headers=headers)

    async with a_client(gateway, clock, patience=0) as (client, log, _):
        for call in (lambda: client.ask("S", ASK), lambda: client.send(message()), lambda: client.fetch("S")):
            gateway.script = [explode]
            tracemalloc.reset_peak()
            before = tracemalloc.get_traced_memory()[0]
            with pytest.raises(UnknownGatewayError) as raised:
                await call()
            assert raised.value.code is ShepErrorCode.ANSWER_TOO_LARGE
            assert peak() - before < 4 * MAX_ENVELOPE_BYTES
    assert all(len(each.envelope) < MIB for each in log.passages)
