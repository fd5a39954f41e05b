import pytest
from aiohttp.test_utils import TestClient, TestServer

from gateway.web.portal import make_portal_app
from tests.integration.flows.town import PASSWORD, Town
from tests.integration.web_portal.browser import Browser


@pytest.fixture
async def town(new_store, clock, queue):
    return await Town.build(new_store, clock, halls=queue)


@pytest.fixture
async def account(town):
    return await town.register()


@pytest.fixture
def key(town):
    return town.person()


@pytest.fixture
def queue():
    """Whether there are halls of the State Corporation with an electronic queue."""
    return True


@pytest.fixture
async def visit(town):
    """Open browsers of their own: `await visit()` is somebody who came just now."""
    app = make_portal_app(town.rooms, simulation=True)
    server = TestServer(app)
    await server.start_server()
    clients = []

    async def come():
        client = TestClient(server)
        clients.append(client)
        return Browser(client)

    yield come
    for client in clients:
        await client.close()
    await server.close()


@pytest.fixture
async def browser(visit):
    return await visit()


@pytest.fixture
async def sign_in(visit):
    async def enter(number, browser=None, password=PASSWORD, path="/sign-in"):
        browser = browser or await visit()
        page = await browser.get(path)
        page = await browser.post(page, "/sign-in", number=number, password=password)
        return browser, page

    return enter
