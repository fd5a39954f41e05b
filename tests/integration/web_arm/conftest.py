from __future__ import annotations

import html
import io
import re
from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import FormData
from aiohttp.test_utils import TestClient, TestServer

from gateway.clock import ManualClock
from gateway.eds.xmldsig import sign_enveloped
from gateway.flows.arm.operators import Operator
from gateway.web.arm import make_arm_app
from gateway.web.sessions import MemorySessions
from gateway.web.signing import as_base64
from tests.integration.flows_arm.hall import PASSWORD, Hall

WINDOW = 3


class Browser:
    """Follows links and posts forms with their hidden fields, as an operator at a window does."""

    def __init__(self, client: TestClient, hall: Hall) -> None:
        self.client = client
        self.hall = hall
        self.status = 0
        self.page = ""
        self.path = ""
        self.body = b""
        self.operator: Operator | None = None

    async def get(self, path: str, **headers: str) -> str:
        async with self.client.get(path, headers=headers) as answer:
            await self._keep(answer)
        return self.page

    def form(self, action: str) -> dict[str, str]:
        found = re.search(rf'<form[^>]*action="{re.escape(action)}".*?</form>', self.page, re.DOTALL)
        assert found, f"no form {action} on the page:\n{self.page}"
        hidden = [one for one in re.findall(r"<input\b[^>]*>", found[0]) if 'type="hidden"' in one]
        return {_attribute(one, "name"): _attribute(one, "value") for one in hidden}

    async def post(self, action: str, *, pressed: str = "", **values: Any) -> str:
        """Post the form of an `action`; files are tuples, `pressed` is the address of a button that has its own."""
        data = FormData()
        for name, value in {**self.form(action), **values}.items():
            for one in value if isinstance(value, list) else [value]:
                if isinstance(one, tuple):
                    file_name, content, media_type = one
                    data.add_field(name, io.BytesIO(content), filename=file_name, content_type=media_type)
                else:
                    data.add_field(name, one)
        async with self.client.post(pressed or action, data=data) as answer:
            await self._keep(answer)
        return self.page

    async def send(self, path: str, values: dict[str, str]) -> str:
        """Post what a page that is no longer open had."""
        async with self.client.post(path, data=values) as answer:
            await self._keep(answer)
        return self.page

    async def sign_in(self, operator: Operator, *, window: int = WINDOW) -> None:
        await self.get("/sign-in")
        await self.post("/sign-in", iin=str(operator.iin), password=PASSWORD, window=str(window))
        assert self.status == 200
        assert operator.name in self.page
        self.operator = operator

    async def begin(self, service: str) -> str:
        """Begin an intake and return its number."""
        await self.get("/")
        await self.post("/intakes", service=service)
        found = re.fullmatch(r"/intakes/(\d{14})/form", self.path)
        assert found, self.path
        return found[1]

    async def enter(self, number: str, service: str, **others: str) -> str:
        """Fill in the request form, with the consent, and ask."""
        await self.get(f"/intakes/{number}/form")
        typed = {"consent_given": "true", **self.hall.typed(service), **others}
        return await self.post(f"/intakes/{number}/form", **typed)

    async def go(self, number: str, **marks: Any) -> str:
        return await self.post(f"/intakes/{number}/documents", do="go", **marks)

    async def sign(self, number: str) -> str:
        """Choose the certificate if the page asks for it, and sign, as NCALayer does."""
        assert self.operator is not None
        key = self.hall.key(self.operator)
        if self.path.endswith("/certificate"):
            await self.post(f"/intakes/{number}/certificate", certificate=key.certificate.pem)
        assert self.path.endswith("/sign"), self.page
        view = await self.hall.rooms.flow.intake(self.operator, number)
        assert view.application.draft is not None
        signed = sign_enveloped(view.application.draft, key)
        return await self.post(f"/intakes/{number}/sign", signed=as_base64(signed))

    async def _keep(self, answer: Any) -> None:
        self.status, self.path, self.body = answer.status, answer.url.path, await answer.read()
        is_text = answer.content_type.startswith(("text/", "application/json", "application/xml"))
        self.page = self.body.decode() if is_text else ""


def _attribute(tag: str, name: str) -> str:
    found = re.search(rf'\b{name}="([^"]*)"', tag)
    assert found, tag
    return html.unescape(found[1])


@pytest.fixture
async def hall(new_store, clock: ManualClock) -> Hall:
    return await Hall.build(new_store, clock)


@pytest.fixture
async def new_browser(hall: Hall, clock: ManualClock) -> AsyncIterator:
    server = TestServer(make_arm_app(hall.rooms, sessions=MemorySessions(), real_time=clock))
    await server.start_server()
    clients = []

    async def make(operator: Operator | None = None) -> Browser:
        client = TestClient(server)
        clients.append(client)
        browser = Browser(client, hall)
        if operator is not None:
            await browser.sign_in(operator)
        return browser

    yield make
    for client in clients:
        await client.session.close()
    await server.close()


@pytest.fixture
async def operator(hall: Hall) -> Operator:
    return await hall.operator()


@pytest.fixture
async def browser(new_browser, operator: Operator) -> Browser:
    return await new_browser(operator)
