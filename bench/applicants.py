"""Applicants of the bench: synthetic people with certificates of the simulated НУЦ, accounts and open sessions.

Registration and sign-in are not what is measured, so their rows are written straight into the channels' schema.
"""

from __future__ import annotations

import asyncio
import base64
import json
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import aiohttp
import asyncpg

from gateway.eds.keys import SigningKey, load_pkcs12
from gateway.web.sessions import digest_of
from simulators.installation import Installation
from simulators.population import Population
from simulators.population.model import SyntheticPerson

_PASSWORD = "bench"
_COOKIE = "portal-session"


@dataclass(frozen=True)
class Applicant:
    """Somebody who is signed in at the portal and holds a signing key."""

    key: SigningKey
    session: str

    @property
    def cookies(self) -> dict[str, str]:
        """What the person's browser sends."""
        return {_COOKIE: self.session}


class Applicants:
    """Makes applicants, each with a key and certificate of their own."""

    def __init__(self, installation: Installation, http: aiohttp.ClientSession, channels: asyncpg.Connection) -> None:
        self._world = installation.address("world")
        self._http = http
        self._channels = channels
        self._people: Iterator[SyntheticPerson] = iter(_adults())

    async def make(self, number: int) -> list[Applicant]:
        """Make `number` new applicants."""
        made = []
        for _ in range(number):
            person = next(self._people)
            key = await self._key(person)
            made.append(Applicant(key, await self._sign_in(person, key)))
        return made

    async def _key(self, person: SyntheticPerson) -> SigningKey:
        subject = {
            "common_name": f"{person.name.surname} {person.name.given}".upper(),
            "surname": person.name.surname.upper(),
            "iin": str(person.iin),
        }
        if person.name.patronymic:
            subject["patronymic"] = person.name.patronymic.upper()
        body = {"template": "individual-sign", "chain": "rsa", "subject": subject, "password": _PASSWORD}
        async with self._http.post(f"{self._world}/nca/admin/certificates", json=body) as answer:
            answer.raise_for_status()
            issued = await answer.json()
        return await asyncio.to_thread(load_pkcs12, base64.b64decode(issued["pkcs12"]), _PASSWORD)

    async def _sign_in(self, person: SyntheticPerson, key: SigningKey) -> str:
        now = datetime.now(UTC)
        name = key.certificate.subject.common_name
        account = await self._channels.fetchval(
            "INSERT INTO account (number, name, password_hash, certificate, created_at, confirmed_at) "
            "VALUES ($1, $2, '-', $3, $4, $4) RETURNING id",
            str(person.iin),
            name,
            key.certificate.sha256,
            now,
        )
        cookie = secrets.token_urlsafe(32)
        data = {
            "account": str(account),
            "name": name,
            "began": now.isoformat(),
            "seen": now.isoformat(),
            "csrf": secrets.token_urlsafe(32),
        }
        await self._channels.execute(
            "INSERT INTO session (digest, account, data, expires_at) VALUES ($1, $2, $3::text::jsonb, $4)",
            digest_of(cookie),
            str(account),
            json.dumps(data),
            now + timedelta(minutes=30),
        )
        return cookie


def _adults() -> list[SyntheticPerson]:
    today = datetime.now(UTC).date()
    population = Population.generate(size=2000)
    return [one for one in population.people[50:] if one.death_date is None and 20 <= one.age_on(today) < 60]
