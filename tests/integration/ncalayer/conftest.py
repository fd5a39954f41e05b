import json

import aiohttp
import pytest

from gateway.clock import ManualClock
from simulators.ncalayer import Ncalayer, NcalayerSettings
from tests.unit.ncalayer.keys import NOW, ring, tls_files

ORIGIN = "http://127.0.0.1:8080"


@pytest.fixture
def settings(tmp_path):
    chain, key = tls_files()
    (tmp_path / "tls.pem").write_bytes(chain)
    (tmp_path / "tls.key").write_bytes(key)
    return NcalayerSettings(
        origins=frozenset({ORIGIN}),
        tls_certificate=tmp_path / "tls.pem",
        tls_key=tmp_path / "tls.key",
        wss_port=0,
        plain_port=0,
    )


@pytest.fixture
async def http():
    async with aiohttp.ClientSession() as session:
        yield session


@pytest.fixture
async def layer(settings):
    program = Ncalayer(ring(), settings, clock=ManualClock(NOW))
    async with program.running() as addresses:
        yield addresses


class Page:
    """A web page's side of the websocket."""

    def __init__(self, socket):
        self.socket = socket

    async def send(self, module, method, args=None):
        frame = {"module": f"kz.gov.pki.knca.{module}", "method": method}
        await self.socket.send_str(json.dumps(frame | ({} if args is None else {"args": args})))

    async def read(self):
        return json.loads(await self.socket.receive_str(timeout=10))


@pytest.fixture
async def page(layer, http):
    async with http.ws_connect(layer.plain, origin=ORIGIN) as socket:
        one = Page(socket)
        assert await one.read() == {"result": {"version": "1.4"}}
        yield one


class Person:
    """A person (or the walk) at the window's control API."""

    def __init__(self, http, window):
        self.http = http
        self.window = window

    async def look(self, after=None):
        async with self.http.get(f"{self.window}/requests", params={} if after is None else {"after": after}) as answer:
            assert answer.status == 200
            return await answer.json()

    async def question(self):
        seen = await self.look()
        while not seen["requests"]:
            seen = await self.look(seen["version"])
        return seen

    async def answer(self, body, **headers):
        token = (await self.look())["token"]
        async with self.http.post(
            f"{self.window}/answer", json=body, headers={"X-Window-Token": token} | headers
        ) as answer:
            return answer.status, await answer.json()


@pytest.fixture
def person(layer, http):
    return Person(http, layer.window)
