"""A browser without JavaScript: follows links, keeps cookies, fills in forms with their hidden fields."""

from __future__ import annotations

import base64
import io
from dataclasses import dataclass

import aiohttp
from aiohttp.test_utils import TestClient
from lxml import html


@dataclass
class Page:
    status: int
    path: str
    text: str
    headers: dict[str, str]

    @property
    def tree(self):
        return html.fromstring(self.text)

    def hidden(self, action: str) -> dict[str, str]:
        (form, *_) = [form for form in self.tree.forms if form.get("action") == action]
        return {one.get("name"): one.get("value", "") for one in form.xpath(".//input[@type='hidden']")}

    def words(self) -> str:
        return " ".join(self.tree.xpath("//main")[0].text_content().split())


class Browser:
    def __init__(self, client: TestClient) -> None:
        self.client = client

    async def get(self, path: str, **options) -> Page:
        async with self.client.get(path, **options) as answer:
            return Page(answer.status, answer.url.path, await answer.text(), dict(answer.headers))

    async def post(self, page: Page, action: str, *, file=None, **fields) -> Page:
        values = page.hidden(action) | fields
        data: object = values
        if file is not None:
            name, file_name, content, media_type = file
            data = aiohttp.FormData({key: value for key, value in values.items() if key != name})
            data.add_field(name, io.BytesIO(content), filename=file_name, content_type=media_type)
        async with self.client.post(action, data=data) as answer:
            return Page(answer.status, answer.url.path, await answer.text(), dict(answer.headers))


def in_base64(document: bytes) -> str:
    return base64.b64encode(document).decode()
