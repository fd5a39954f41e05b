from __future__ import annotations

import re
from collections.abc import AsyncIterator

import pytest
from aiohttp.test_utils import TestClient, TestServer

from gateway.web.desk import make_desk_app
from tests.integration.desk.workplace import PASSWORD, Workplace, a_workplace


class Browser:
    """Follows links and posts forms with their hidden fields."""

    def __init__(self, client: TestClient) -> None:
        self.client = client
        self.status = 0
        self.page = ""

    async def get(self, path: str, **headers: str) -> str:
        async with self.client.get(path, headers=headers) as answer:
            self.status, self.page = answer.status, await answer.text()
        return self.page

    def form(self, action: str) -> dict[str, str]:
        found = re.search(rf'<form[^>]*action="{re.escape(action)}".*?</form>', self.page, re.DOTALL)
        assert found, f"no form {action} on the page"
        fields = re.findall(r"<input\b[^>]*>", found[0])
        hidden = [field for field in fields if 'type="hidden"' in field]
        return {
            re.search(r'name="([^"]*)"', one)[1]: re.search(r'value="([^"]*)"', one)[1]  # type: ignore[index]
            for one in hidden
        }

    async def post(self, action: str, *, follow: bool = True, **values: str) -> str:
        data = self.form(action) | values
        async with self.client.post(action, data=data, allow_redirects=follow) as answer:
            self.status, self.page = answer.status, await answer.text()
        return self.page

    async def sign_in(self, workplace: Workplace, who: str) -> None:
        await self.get("/sign-in")
        await self.post("/sign-in", iin=str(workplace.staff[who].iin), password=PASSWORD)
        assert self.status == 200
        assert workplace.staff[who].name in self.page


@pytest.fixture
async def workplace(new_store, clock):
    return await a_workplace(new_store, clock)


@pytest.fixture
async def new_browser(workplace: Workplace) -> AsyncIterator:
    app = make_desk_app(workplace.desk)
    clients = []
    server = TestServer(app)
    await server.start_server()

    async def make(who: str | None = None) -> Browser:
        client = TestClient(server)
        clients.append(client)
        browser = Browser(client)
        if who:
            await browser.sign_in(workplace, who)
        return browser

    yield make
    for client in clients:
        await client.session.close()
    await server.close()
