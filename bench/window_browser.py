"""A window's browser: pages, forms and autosaving over HTTP, and how long each request was waited for."""

from __future__ import annotations

import asyncio
import base64
import json
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Final
from urllib.parse import urljoin

import aiohttp

from bench.window_found import Asked
from bench.window_plan import Place, Visit
from gateway.eds.keys import SigningKey, load_pkcs12
from gateway.eds.xmldsig import sign_enveloped
from simulators.keys import KEY_PASSWORD
from simulators.walk.browser import Browser, Page, PageSurprise, Upload

_OK: Final = 200
_OF_ONE = re.compile(r"(?<=/intakes/)[0-9]{14}|(?<=/pages/).+")
_KEPT_ALIVE = 60
"""Seconds, less than the site's own 75."""

# At which place of an intake's time each page is due, from 0 to 1.
_CHOOSES, _TYPES, _ENTERS, _SCANS, _GOES, _CERTIFIES, _SIGNS, _PRINTS = 0.04, 0.08, 0.55, 0.62, 0.75, 0.8, 0.9, 1.0


@dataclass
class Times:
    """Every request of all windows."""

    asked: list[Asked] = field(default_factory=list)

    def tracing(self) -> aiohttp.TraceConfig:
        """Return what a client session is given to have its requests timed, each redirect as one of its own."""
        tracing = aiohttp.TraceConfig()
        tracing.on_request_start.append(self._began)
        tracing.on_request_redirect.append(self._answered)
        tracing.on_request_end.append(self._answered)
        tracing.on_request_exception.append(self._failed)
        return tracing

    async def _began(self, _http: object, context: SimpleNamespace, _params: object) -> None:
        context.began = time.monotonic()

    async def _answered(self, _http: object, context: SimpleNamespace, params: Any) -> None:
        self._note(context, params.response.method, params.response.url.path, params.response.status)

    async def _failed(self, _http: object, context: SimpleNamespace, params: Any) -> None:
        self._note(context, params.method, params.url.path, 0)

    def _note(self, context: SimpleNamespace, method: str, path: str, status: int) -> None:
        now = time.monotonic()
        self.asked.append(Asked(f"{method} {_OF_ONE.sub('…', path)}", context.began, now - context.began, status))
        context.began = now


@dataclass(frozen=True, slots=True)
class Pace:
    """Where an intake stands in time: it began to be due at `start` (monotonic) and is to last `seconds`."""

    start: float
    seconds: float

    async def until(self, share: float) -> None:
        """Wait until this share of the intake's time is over; not at all when it is."""
        await asyncio.sleep(max(0.0, self.start + share * self.seconds - time.monotonic()))

    @property
    def late(self) -> float:
        """Seconds by which now is later than the start."""
        return time.monotonic() - self.start


class Window:
    """An operator with a browser and a signing key, who takes applications in as the pages' own scripts have it."""

    def __init__(self, arm: str, place: Place, key: SigningKey, times: Times) -> None:
        self._arm = arm
        self._place = place
        self._key = key
        self._http = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=6, keepalive_timeout=_KEPT_ALIVE),
            cookie_jar=aiohttp.CookieJar(unsafe=True),
            timeout=aiohttp.ClientTimeout(total=120),
            trace_configs=[times.tracing()],
        )
        self._browser = Browser(self._http)

    @classmethod
    async def open(cls, arm: str, place: Place, times: Times) -> Window:
        """Open a window's browser; the key file is opened in a thread."""
        return cls(arm, place, await asyncio.to_thread(_key, place.key), times)

    async def close(self) -> None:
        """Close the browser."""
        await self._http.close()

    async def sign_in(self, password: str) -> None:
        """Process 1."""
        page = await self._browser.get(f"{self._arm}/sign-in")
        typed = {"iin": self._place.iin, "password": password, "window": str(self._place.window)}
        page = await self._browser.submit(page, typed, form=page.form(having="password"))
        if page.status != _OK or "/sign-in" in page.url:
            raise PageSurprise(page, "the first page of the workplace")

    async def take_in(self, visit: Visit, pace: Pace, scan: bytes) -> str:
        """Processes 2 to 6, each page when it is due; returns the number of the accepted application.

        Raises `PageSurprise`, `aiohttp.ClientError`, `TimeoutError`.
        """
        page = await self._begin(visit, pace)
        number = page.url.split("/intakes/")[1][:14]
        page = await self._enter(page, visit, pace)
        page = await self._documents(page, visit, pace, scan)
        page = await self._sign(page, pace)
        if page.find("//*[contains(@class, 'arm-taken')]") is None:
            raise PageSurprise(page, "the acceptance of the application")
        receipt = page.find(f"//main//a[@href='/intakes/{number}/receipt.pdf']")
        if receipt is not None:
            await pace.until(_PRINTS)
            await self._browser.download(urljoin(page.url, receipt.get("href")))
        return number

    async def _begin(self, visit: Visit, pace: Pace) -> Page:
        page = _at(await self._browser.get(f"{self._arm}/"), "/", "the first page of the workplace")
        await pace.until(_CHOOSES)
        form = page.find("//main//form[@action='/intakes']")
        return _at(await self._browser.submit(page, {"service": visit.service}, form=form), "/form", "the request form")

    async def _enter(self, page: Page, visit: Visit, pace: Pace) -> Page:
        """Type the form, which is kept whenever a field is left, give the consent, have the state databases asked."""
        form = page.form(having="applicant_number")
        there = {element.get("name") for element in form.xpath(".//*[@name]")}
        values = {name: value for name, value in visit.typed.items() if name in there and value}
        hidden = {element.get("name") for element in form.xpath(".//input[@type='hidden']")}
        typed = {name: value for name, value in form.form_values() if name not in hidden}
        version = int(form.fields["version"])
        for place, (name, value) in enumerate(values.items()):
            await pace.until(_TYPES + (_ENTERS - _TYPES) * (place + 1) / (len(values) + 1))
            typed[name] = value
            version = await self._keep(page, form, typed, version)
        await pace.until(_ENTERS)
        sent = values | {"version": str(version)}
        if "office" in there:
            sent["office"] = visit.office
        if "consent_given" in there:
            sent["consent_given"] = "true"
        return _at(await self._browser.submit(page, sent, form=form), "/documents", "the documents")

    async def _keep(self, page: Page, form: Any, typed: Mapping[str, str], version: int) -> int:
        """Keep what is typed, as `static/autosave.js` does; returns the version under which it stands."""
        headers = {
            "Content-Type": "application/json",
            "Accept": "application/json",
            "Origin": self._arm,
            "X-CSRF-Token": form.fields["_csrf"],
        }
        body = json.dumps({"version": version, "typed": typed})
        address = urljoin(page.url, form.get("data-autosave"))
        async with self._http.post(address, data=body, headers=headers) as answer:
            told = await answer.json()
            if answer.status != _OK:
                raise PageSurprise(page, f"the answer that what is typed is kept, not {answer.status} {told}")
        kept: int = told["version"]
        return kept

    async def _documents(self, page: Page, visit: Visit, pace: Pace, scan: bytes) -> Page:
        """Mark what is there on paper, attach the scanned page and look at it, and go on to the signature."""
        marks: dict[str, str | Upload] = {f"paper_{one}": "yes" for one in visit.on_paper}
        if visit.scanned is not None:
            await pace.until(_SCANS)
            upload = Upload(f"{visit.scanned}.jpg", scan, "image/jpeg")
            sent = {**marks, f"file_{visit.scanned}": upload, "do": f"add:{visit.scanned}"}
            page = _at(await self._browser.submit(page, sent, form=_with_files(page)), "/documents", "the scanned page")
            for picture in page.document.xpath("//main//ol[@class='arm-pages']//img"):
                await self._browser.download(urljoin(page.url, picture.get("src")))
        await pace.until(_GOES)
        form = _with_files(page)
        if "medium" in form.fields:
            marks["medium"] = visit.medium
        if visit.on_paper:
            kept = {name: value for name, value in marks.items() if isinstance(value, str)}
            await self._keep(page, form, kept, int(form.fields["version"]))
        page = await self._browser.submit(page, {**marks, "do": "go"}, form=form)
        if page.url.endswith("/certificate"):
            await pace.until(_CERTIFIES)
            chosen = {"certificate": self._key.certificate.pem}
            page = await self._browser.submit(page, chosen, form=page.form(having="certificate"))
        return _at(page, "/sign", "the page on which the request is signed")

    async def _sign(self, page: Page, pace: Pace) -> Page:
        await pace.until(_SIGNS)
        document = base64.b64decode(page.signing()["document"])
        signed = base64.b64encode(sign_enveloped(document, self._key)).decode()
        page = await self._browser.submit(page, {"signed": signed}, form=page.form(having="signed"))
        return _at(page, "/accepted", "the acceptance of the application")


def _key(file: Path) -> SigningKey:
    return load_pkcs12(file.read_bytes(), KEY_PASSWORD)


def _with_files(page: Page) -> Any:
    form = page.find("//main//form[@enctype='multipart/form-data']")
    if form is None:
        raise PageSurprise(page, "the form of the documents")
    return form


def _at(page: Page, ending: str, what: str) -> Page:
    if page.status != _OK or not page.url.split("#")[0].endswith(ending):
        raise PageSurprise(page, what)
    return page
