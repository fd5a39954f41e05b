"""The levers by which a walk makes the world fail: the admin APIs of the simulators."""

from __future__ import annotations

import base64
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any

import aiohttp

from gateway.clock import ClockReading
from simulators.installation import Installation

PAST_CACHES = timedelta(minutes=2)
"""Longer than a word on a certificate's status is used again."""


class Levers:
    """Pulled over HTTP, as an integration tester would."""

    def __init__(self, installation: Installation, http: aiohttp.ClientSession) -> None:
        self._installation = installation
        self._world = installation.address("world")
        self._http = http
        self._back: list[Callable[[], Awaitable[None]]] = []

    async def put_back(self) -> None:
        """Let the world work properly again; the clock alone stays where it is, and runs at its usual rate."""
        while self._back:
            await self._back.pop()()

    async def advance(self, step: timedelta) -> datetime:
        """Move the clock of the whole country; returns the new moment."""
        async with self._http.get(f"{self._world}/time/clock") as answer:
            now = datetime.fromisoformat((await answer.json())["simulated"])
        told = await self._put("/time/clock", {"simulated": (now + step).isoformat()})
        return datetime.fromisoformat(told["simulated"])

    async def until(self, moment: datetime) -> None:
        """Move the clock of the whole country on to a moment, unless it has passed already."""
        now = (await self.clock()).simulated
        if moment > now:
            await self.advance(moment - now)

    async def clock(self) -> ClockReading:
        """Return what the clock of the country says; it can be read on by `ClockReading.at` until somebody moves it."""
        async with self._http.get(f"{self._world}/time/clock") as answer:
            return ClockReading.from_json(await _told(answer))

    async def rate(self, rate: float) -> None:
        """Let the country's time run `rate` times as fast as real time."""
        await self._put("/time/clock", {"rate": rate})
        if rate != 1:
            self._back.append(lambda: self.rate(1))

    async def certificate_status(self, *, down: bool) -> None:
        """Let OCSP and CRL be out of reach, or let them answer again."""
        fault = "down" if down else "none"
        await self._put("/nca/admin/faults", {"ocsp": fault, "crl": fault})
        if down:
            self._back.append(lambda: self.certificate_status(down=False))

    async def registry(self, registry: str, fault: str) -> None:
        """Put a fault of ГБД ФЛ or ГБД ЮЛ in force (`none` ends it)."""
        await self._put(f"/{registry}/admin/faults", {"fault": fault})
        if fault != "none":
            self._back.append(lambda: self.registry(registry, "none"))

    async def gateway(self, name: str, fault: dict[str, Any]) -> None:
        """Plan a fault at ЭҮШ (`shep`) or ЭҮӨШ (`rshep`): `place`, `kind`, and as need be `times`, `service_id`."""
        address = f"{self._installation.address(name)}/admin/faults"
        async with self._http.post(address, json=fault) as answer:
            await _told(answer)
        self._back.append(lambda: self.gateway_works(name))

    async def gateway_works(self, name: str) -> None:
        """Forget the faults planned at a gateway."""
        async with self._http.delete(f"{self._installation.address(name)}/admin/faults") as answer:
            await _told(answer)

    async def spoil_key(self, person: str, how: str) -> None:
        """Revoke, hold or expire a person's signing certificate."""
        async with self._http.get(f"{self._world}/nca/admin/people/{person}/sign") as answer:
            serial = _serial(await answer.json())
        await self._post(f"/nca/admin/certificates/{serial}/{how}", {})
        self._back.append(lambda: self.renew_key(person))
        if how == "expire":
            await self._hand_out(person)

    async def renew_key(self, person: str) -> None:
        """Give a person a new signing key, as the НУЦ does to whose key is of no more use."""
        await self._post(f"/nca/admin/people/{person}/renew", {"purpose": "sign"})
        await self._hand_out(person)

    async def _hand_out(self, person: str) -> None:
        folder = self._installation.folder / "people"
        async with self._http.get(f"{self._world}/nca/people/{person}.sign.p12") as answer:
            answer.raise_for_status()
            (folder / f"{person}-sign.p12").write_bytes(await answer.read())
        async with self._http.get(f"{self._world}/nca/admin/people/{person}/sign") as answer:
            certificate = base64.b64decode((await _told(answer))["certificate"])
        (folder / f"{person}-sign.cer").write_bytes(certificate)

    async def _put(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        async with self._http.put(f"{self._world}{path}", json=body) as answer:
            return await _told(answer)

    async def _post(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        async with self._http.post(f"{self._world}{path}", json=body) as answer:
            return await _told(answer)


async def _told(answer: aiohttp.ClientResponse) -> dict[str, Any]:
    body: dict[str, Any] = await answer.json()
    if answer.status >= 300:
        raise RuntimeError(f"{answer.method} {answer.url}: {answer.status} {body}")
    return body


def _serial(told: dict[str, Any]) -> str:
    found = told.get("serial") or told.get("certificate", {}).get("serial")
    if not isinstance(found, str):
        raise LookupError(f"no serial number in {told}")
    return found
