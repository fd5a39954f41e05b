"""Applications made ready by the portal's own pages up to the signature, and their sending.

The signature is made here with the applicant's key in NCALayer's form, so that no NCALayer takes part.
"""

from __future__ import annotations

import asyncio
import base64
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

import aiohttp
import asyncpg

from bench.applicants import Applicant
from gateway.eds.xmldsig import sign_enveloped
from simulators.installation import Installation
from simulators.population.cast import PEOPLE
from simulators.walk.answers import answers_for
from simulators.walk.browser import Browser, Page

SERVICE = "unemployed-certificate"
OFFICE = "karaganda-employment"
_HANDED_OVER = """
SELECT count(DISTINCT application) FROM event WHERE application = ANY($1) AND key LIKE 'handed over as %'
"""


@dataclass(frozen=True)
class Filled:
    """An application whose form is filled in; its certificate is not chosen yet."""

    number: str
    applicant: Applicant


@dataclass(frozen=True)
class Signed:
    """The POST that sends a signed application."""

    number: str
    applicant: Applicant
    fields: dict[str, str]


class Applications:
    """Fills in, signs and sends at one portal."""

    def __init__(self, installation: Installation, channels: asyncpg.Connection) -> None:
        self._portal = installation.address("portal")
        self._channels = channels

    async def fill_in(self, applicants: Sequence[Applicant]) -> list[Filled]:
        """Process 3 up to the certificate, for each applicant."""
        return [await self._fill_in(one) for one in applicants]

    async def choose_and_sign(self, filled: Sequence[Filled]) -> list[Signed]:
        """The choice of the certificate, condition 2 on it, and the signature over what is then shown."""
        return [await self._sign(one) for one in filled]

    async def send(self, signed: Sequence[Signed], *, at_once: int = 1) -> float:
        """POST each and wait until it is handed over to ЭҮШ; returns the seconds that all took."""
        began = time.monotonic()
        queue = list(reversed(signed))
        async with aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as http:

            async def work() -> None:
                while queue:
                    one = queue.pop()
                    await self._post(http, one)
                    if at_once == 1:
                        await self._handed_over([one.number])

            await asyncio.gather(*(work() for _ in range(at_once)))
            await self._handed_over([one.number for one in signed])
        return time.monotonic() - began

    async def _fill_in(self, applicant: Applicant) -> Filled:
        async with self._browser(applicant) as browser:
            page = await browser.get(f"{self._portal}/services/{SERVICE}")
            page = await browser.submit(page, {}, form=page.find(f"//main//form[@action='/services/{SERVICE}/apply']"))
            _expect(page, "/office")
            page = await browser.get(f"{page.url}?list=yes")
            page = await browser.submit(page, {"office": OFFICE}, form=page.form(having="office"))
            answers = answers_for(SERVICE, PEOPLE["applicant-karaganda"])
            page = await browser.submit(page, answers, form=page.form(having="phone"))
            _expect(page, "/certificate")
            return Filled(page.url.split("/")[-2], applicant)

    async def _sign(self, filled: Filled) -> Signed:
        async with self._browser(filled.applicant) as browser:
            page = await browser.get(f"{self._portal}/applications/{filled.number}/certificate")
            pem = filled.applicant.key.certificate.pem
            page = await browser.submit(page, {"certificate": pem}, form=page.form(having="certificate"))
            _expect(page, "/sign")
        document = base64.b64decode(page.signing()["document"])
        signed = base64.b64encode(sign_enveloped(document, filled.applicant.key)).decode()
        fields = {name: value for name, value in page.form(having="signed").form_values() if name}
        return Signed(filled.number, filled.applicant, fields | {"signed": signed})

    async def _post(self, http: aiohttp.ClientSession, one: Signed) -> None:
        async with http.post(
            f"{self._portal}/applications/{one.number}/sign",
            data=one.fields,
            headers={"Origin": self._portal},
            cookies=one.applicant.cookies,
            allow_redirects=False,
        ) as answer:
            where = answer.headers.get("Location", "")
            if answer.status != 303 or not where.endswith("/sent"):
                raise RuntimeError(f"application {one.number} was not taken: {answer.status} {where}")

    async def _handed_over(self, numbers: list[str]) -> None:
        end = time.monotonic() + 60
        while await self._channels.fetchval(_HANDED_OVER, numbers) < len(numbers):
            if time.monotonic() > end:
                raise TimeoutError("the applications are not handed over")
            await asyncio.sleep(0.005)

    @asynccontextmanager
    async def _browser(self, applicant: Applicant) -> AsyncIterator[Browser]:
        jar = aiohttp.CookieJar(unsafe=True)
        async with aiohttp.ClientSession(cookie_jar=jar, cookies=applicant.cookies) as http:
            yield Browser(http)


def _expect(page: Page, ending: str) -> None:
    if page.status != 200 or not page.url.endswith(ending):
        raise RuntimeError(f"{page.url} ({page.status}) instead of …{ending}: {page.text[:300]}")
