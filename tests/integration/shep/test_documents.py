"""`?wsdl` and what it refers to, over HTTP."""

import asyncio

import aiohttp
import pytest
import zeep
from aiohttp import web
from lxml import etree
from yarl import URL

from gateway.shep.documents import WsdlService, channel_documents
from gateway.shep.schema import Edition
from tests.integration.shep.world import bind

PATHS = {
    WsdlService.SYNC: "/bip-sync-wss-gost/",
    WsdlService.ASYNC: "/bip-async/",
    WsdlService.ASYNC_CLIENT: "/shep/push",
}
OPERATIONS = {
    WsdlService.SYNC: ["SendMessage"],
    WsdlService.ASYNC: ["getMessageStatus", "getMessages", "sendDeliveryNotification", "sendMessage"],
    WsdlService.ASYNC_CLIENT: ["changeMassageStatusNotification", "sendMessage"],
}
ADDRESS = "{http://schemas.xmlsoap.org/wsdl/soap/}address"
COMMON = {Edition.TYPES: "http://bip.bee.kz/common/v10/types", Edition.ITYPES: "http://bip.bee.kz/common/v10/Types"}


@pytest.fixture
async def served():
    app = web.Application()
    for service, path in PATHS.items():
        app.add_routes(channel_documents(path, service))
    app.add_routes(channel_documents("/older", WsdlService.SYNC, Edition.TYPES))
    runner = web.AppRunner(app)
    await runner.setup()
    listening = bind(0)
    await web.SockSite(runner, listening).start()
    yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    await runner.cleanup()


@pytest.fixture
async def http():
    async with aiohttp.ClientSession() as session:
        yield session


@pytest.mark.parametrize("slash", ["", "/"])
@pytest.mark.parametrize("edition", [None, *Edition])
@pytest.mark.parametrize("service", WsdlService)
async def test_zeep_makes_a_client_of_what_is_served(served, service, edition, slash):
    url = served + PATHS[service].rstrip("/") + slash

    def work():
        client = zeep.Client(f"{url}?wsdl={edition or ''}")
        binding = client.service._binding
        client.get_type(f"{{{COMMON[edition or Edition.ITYPES]}}}ErrorInfo")
        return sorted(binding._operations), client.service._binding_options["address"]

    operations, address = await asyncio.to_thread(work)
    assert operations == OPERATIONS[service]
    assert address == served + PATHS[service]


async def test_a_path_may_have_another_edition_unasked(served, http):
    async with http.get(f"{served}/older/SyncTypes.xsd") as answer:
        assert b"SyncChannel/v10/types/Request" in await answer.read()
    async with http.get(f"{served}/older?WSDL") as answer:
        assert (answer.status, answer.content_type) == (200, "text/xml")
        assert b"/older/types/ISyncChannel.wsdl" in await answer.read()


async def test_every_file_that_is_referred_to_is_served(served, http):
    for service, path in PATHS.items():
        seen, waiting = set(), [f"{served}{path}?wsdl={edition}" for edition in Edition]
        while waiting:
            url = waiting.pop()
            async with http.get(url) as answer:
                assert answer.status == 200, url
                document = etree.fromstring(await answer.read())
            seen.add(url)
            for each in document.iter(etree.Element):
                link = each.get("schemaLocation") or (each.get("location") if each.tag != ADDRESS else None)
                target = link and str(answer.url.join(URL(link)))
                if target and target not in seen | set(waiting):
                    waiting.append(target)
        assert len(seen) > 8, service


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/bip-async/", 405),
        ("/bip-async", 405),
        ("/bip-async/?wsd", 405),
        ("/bip-async/?wsdl=v11", 404),
        ("/bip-async/?wsdl=../itypes", 404),
        ("/bip-async/nothing.xsd", 404),
        ("/bip-async/itypes/nothing.xsd", 404),
        ("/bip-async/exchange/SyncTypes.xsd", 404),
        ("/bip-async/..%2f..%2fregistries", 404),
        ("/bip-async/itypes/..%2f..%2f..%2fpyproject.toml", 404),
        ("/bip-async/%2e%2e/types%00", 404),
        ("/bip-async/ITYPES/SyncTypes.xsd", 404),
    ],
)
async def test_nothing_else_is_served(served, http, path, status):
    async with http.get(URL(served + path, encoded=True)) as answer:
        assert answer.status == status


@pytest.mark.parametrize("host", ["a:b:c", 'x"/><b>', "[", "http://x/", "x\x7fy", "a" * 3000])
async def test_a_host_that_is_none_is_refused_or_written_as_text(served, http, host):
    """The address comes from the Host header: whatever stands there, what is served is one well-formed document."""
    reader, writer = await asyncio.open_connection("127.0.0.1", int(served.rsplit(":", 1)[1]))
    writer.write(f"GET /bip-async/?wsdl HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode())
    answer = await reader.read()
    writer.close()
    head, _, body = answer.partition(b"\r\n\r\n")
    if b" 200 " in head.split(b"\r\n")[0]:
        assert len(list(etree.fromstring(body).iter(ADDRESS))) == 1
    else:
        assert b" 400 " in head.split(b"\r\n")[0]
