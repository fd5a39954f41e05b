"""A person's browser without pictures: pages, links, forms and cookies over HTTP, as a form without scripts works."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from io import BytesIO
from typing import Self
from urllib.parse import urljoin

import aiohttp
from lxml import html


class PageSurprise(AssertionError):
    """The page is not what a person would have met here."""

    def __init__(self, page: Page, expected: str) -> None:
        super().__init__(f"{page.url} ({page.status}): expected {expected}; the page says: {page.text[:600]}")
        self.page = page
        self.expected = expected


@dataclass(frozen=True)
class Upload:
    """A file that a person attaches."""

    name: str
    content: bytes
    media_type: str = "application/pdf"


SCANNED_PAGE = b"%PDF-1.7\n% a scanned page\n%%EOF\n"
"""The content of a file that only has to be there."""


@dataclass(frozen=True)
class Page:
    """One page as it was received."""

    url: str
    status: int
    document: html.HtmlElement

    @property
    def text(self) -> str:
        """The page's words, white space folded."""
        return " ".join(self.document.text_content().split())

    def find(self, selector: str) -> html.HtmlElement | None:
        """Return the first element that the CSS-like XPath `selector` finds."""
        found = self.document.xpath(selector)
        return found[0] if found else None

    def form(self, *, having: str | None = None) -> html.FormElement:
        """Return the form in the page's main part; with `having`, the one that has a field of that name."""
        for form in self.document.xpath("//main//form"):
            names = {element.get("name") for element in form.xpath(".//*[@name]")}
            if having is None or having in names:
                return form
        raise PageSurprise(self, f"a form with the field {having!r}" if having else "a form")

    def form_to(self, action: str) -> html.FormElement:
        """Return the form in the page's main part that is sent to `action`."""
        form = self.find(f"//main//form[@action='{action}']")
        if not isinstance(form, html.FormElement):
            raise PageSurprise(self, f"the form {action}")
        return form

    def signing(self) -> Mapping[str, str]:
        """Return what the page's signing component asks of NCALayer (its data attributes without the prefix)."""
        element = self.find("//*[@data-signing]")
        if element is None:
            raise PageSurprise(self, "a signing component")
        return {name[5:]: value for name, value in element.attrib.items() if name.startswith("data-")}


class Browser:
    """Keeps the cookies of one person and one site."""

    def __init__(self, http: aiohttp.ClientSession) -> None:
        self._http = http

    @classmethod
    def new(cls) -> Self:
        """Open a browser with an empty cookie jar."""
        timeout = aiohttp.ClientTimeout(total=60)
        return cls(aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True), timeout=timeout))

    async def close(self) -> None:
        """Close the browser."""
        await self._http.close()

    async def get(self, url: str) -> Page:
        """Open a page, following redirects."""
        async with self._http.get(url) as answer:
            return await _page(answer)

    async def download(self, url: str) -> bytes:
        """Fetch a file; raises `aiohttp.ClientResponseError` when it is refused."""
        async with self._http.get(url) as answer:
            answer.raise_for_status()
            return await answer.read()

    async def submit(
        self, page: Page, values: Mapping[str, str | Upload], *, form: html.FormElement | None = None
    ) -> Page:
        """Fill the page's form with `values` beside what it holds already, and send it as a browser does."""
        form = page.form() if form is None else form
        fields = {name: value for name, value in form.form_values() if name}
        button = form.xpath(".//button[@name and @value]")
        chosen = {b.get("name"): b.get("value") for b in button if b.get("name") not in values}
        target = urljoin(page.url, form.get("action") or page.url)
        merged: dict[str, str | Upload] = {**chosen, **fields, **values}
        if form.get("enctype") == "multipart/form-data":
            body = aiohttp.FormData(quote_fields=False)
            for element in form.xpath(".//input[@type='file'][@name]"):
                merged.setdefault(element.get("name"), Upload("", b"", "application/octet-stream"))
            for name, value in merged.items():
                if isinstance(value, Upload):
                    body.add_field(name, BytesIO(value.content), filename=value.name, content_type=value.media_type)
                else:
                    body.add_field(name, value, content_type="text/plain")
        else:
            body = aiohttp.FormData({name: value for name, value in merged.items() if isinstance(value, str)})
        async with self._http.post(target, data=body, headers={"Origin": _origin(target)}) as answer:
            return await _page(answer)


def _origin(url: str) -> str:
    return "/".join(url.split("/", 3)[:3])


async def _page(answer: aiohttp.ClientResponse) -> Page:
    body = await answer.read()
    return Page(str(answer.url), answer.status, html.document_fromstring(body.decode("utf-8") or "<html/>"))
