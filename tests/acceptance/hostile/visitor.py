"""A browser that obeys nobody: keeps cookies and tokens as a real one does, and sends whatever it is told."""

from __future__ import annotations

import contextlib
import re
from collections.abc import AsyncIterator, Mapping

import aiohttp

from simulators.walk.browser import Browser
from tests.acceptance.hostile.living import SOON, Country, Raw

_TOKEN = re.compile(r'name="_csrf" value="([^"]+)"')
_ONCE = re.compile(r'name="_once" value="([^"]+)"')
FORM = "application/x-www-form-urlencoded"


class Visitor:
    """One session at one site."""

    def __init__(self, country: Country, site: str, http: aiohttp.ClientSession) -> None:
        self.country = country
        self.site = site
        self.http = http
        self.token = ""
        self.once = ""

    @classmethod
    def behind(cls, country: Country, site: str, browser: Browser) -> Visitor:
        """Go on with the session of a browser that somebody signed in with."""
        return cls(country, site, browser._http)

    @property
    def cookies(self) -> str:
        """The Cookie header."""
        return "; ".join(f"{cookie.key}={cookie.value}" for cookie in self.http.cookie_jar)

    async def look(self, path: str = "/sign-in") -> Raw:
        """Open a page and remember the tokens of its forms."""
        answer = await self.get(path)
        for name, pattern in (("token", _TOKEN), ("once", _ONCE)):
            if found := pattern.search(answer.text):
                setattr(self, name, found[1])
        return answer

    async def get(self, path: str, headers: Mapping[str, str] | None = None) -> Raw:
        """Open a page, without following where it leads."""
        return await self.send("GET", path, headers=headers)

    async def send(
        self, method: str, path: str, *, data: object = None, headers: Mapping[str, str] | None = None
    ) -> Raw:
        """Send a request with the session's cookies, without following where it leads."""
        address = f"{self.country.at(self.site)}{path}"
        async with self.http.request(
            method, address, data=data, headers=dict(headers or {}), allow_redirects=False, timeout=SOON
        ) as answer:
            head = "\r\n".join(f"{name}: {value}" for name, value in answer.headers.items())
            return Raw(answer.status, head, await answer.read())

    async def post(self, path: str, fields: Mapping[str, str], headers: Mapping[str, str] | None = None) -> Raw:
        """Send a form with the tokens of the page that was looked at."""
        data = {"_csrf": self.token, "_once": self.once, **fields}
        return await self.send(
            "POST", path, data=data, headers={"Origin": self.country.at(self.site), **(headers or {})}
        )

    async def post_bytes(self, path: str, content_type: str, body: bytes, *headers: str) -> Raw:
        """Send a body as it is, with the session and its token in the header."""
        request = self.country.request(
            self.site,
            f"POST {path}",
            f"Origin: {self.country.at(self.site)}",
            f"Cookie: {self.cookies}",
            f"X-CSRF-Token: {self.token}",
            f"Content-Type: {content_type}",
            *headers,
            body=body,
        )
        return await self.country.raw(self.site, request)


@contextlib.asynccontextmanager
async def visitor(country: Country, site: str = "portal") -> AsyncIterator[Visitor]:
    """A visitor who is nobody yet, on the sign-in page."""
    jar = aiohttp.CookieJar(unsafe=True)
    async with aiohttp.ClientSession(cookie_jar=jar, auto_decompress=False) as http:
        one = Visitor(country, site, http)
        await one.look()
        yield one
