"""Asking for a person's consent: КДП, the control of access to personal data."""

from __future__ import annotations

import asyncio
import base64
import binascii
from datetime import UTC, datetime, timedelta
from typing import Protocol

from gateway.clock import Clock
from gateway.eds.errors import XmlRefused
from gateway.eds.jws import TokenRefused, read_token, seconds, write_token
from gateway.eds.keys import SigningKey
from gateway.eds.xml import parse
from gateway.registries.asking import Asker, ask_for_payload
from gateway.registries.consent import Consent, NoConsent
from gateway.registries.errors import Registry, RegistryUnavailable, UnavailableCode
from gateway.registries.kdp_messages import (
    SERVICE_ID,
    Answer,
    Checked,
    Company,
    ConsentQuestion,
    Status,
    build_question,
    read_answer,
)
from gateway.shep.elements import Malformed
from gateway.shep.messages import Payload, PayloadForm

__all__ = ["Checked", "Company", "ConsentQuestion", "ConsentSource", "Kdp"]

OVT_LIFE = timedelta(minutes=10)
_NO_CONSENT = {
    Status.PENDING: NoConsent.PENDING,
    Status.REJECTED: NoConsent.REFUSED,
    Status.NOT_FOUND: NoConsent.OUT_OF_REACH,
}


class ConsentSource(Protocol):
    """Where consents come from."""

    async def consent(self, question: ConsentQuestion) -> Consent | NoConsent:
        """Return the consent, or why there is none yet or at all; raises `RegistryUnavailable`."""


class Kdp:
    """КДП behind ЭҮШ; `key` is the RSA key of `company`, which owns the asking system."""

    def __init__(
        self, shep: Asker, *, company: Company, key: SigningKey, clock: Clock, route_id: str | None = None
    ) -> None:
        self._shep = shep
        self._company = company
        self._key = key
        self._clock = clock
        self._route_id = route_id

    async def consent(self, question: ConsentQuestion) -> Consent | NoConsent:
        """Return the consent, or why there is none; raises `RegistryUnavailable`.

        Asking again for the same is harmless: a consent that is good is given once more, and nobody is asked twice
        while an answer is awaited.
        """
        asked_at = self._clock.now()
        ovt = await asyncio.to_thread(write_token, self._claims(question, asked_at), self._key)
        payload = await ask_for_payload(
            self._shep,
            Registry.KDP,
            SERVICE_ID,
            Payload(PayloadForm.TYPED, build_question(question, self._company, ovt)),
            route_id=self._route_id,
        )
        try:
            answer = read_answer(parse(payload.xml))
        except (Malformed, XmlRefused) as error:
            raise self._refusal(UnavailableCode.UNREADABLE, reason=type(error).__name__) from error
        if answer.status == Status.VALID:
            return _consent(question, answer, asked_at)
        reason = _NO_CONSENT.get(Status(answer.status)) if answer.status in set(Status) else None
        if reason is None:
            raise self._refusal(UnavailableCode.REFUSED, status=answer.status[:40])
        return reason

    def _claims(self, question: ConsentQuestion, at: datetime) -> dict[str, str | int]:
        issued = int(at.timestamp())
        expires = issued + int(OVT_LIFE.total_seconds())
        return {"cbin": self._company.bin, "mcheck": question.checked.value, "iat": issued, "exp": expires}

    def _refusal(self, code: UnavailableCode, **facts: object) -> RegistryUnavailable:
        return RegistryUnavailable(Registry.KDP, code, **facts)


def _consent(question: ConsentQuestion, answer: Answer, asked_at: datetime) -> Consent:
    """Tell until when the token is good: as it says itself if it can be read, and never longer than was asked for."""
    latest = asked_at + question.life_time
    try:
        key_info = base64.b64decode(answer.public_key, validate=True)
        stated = datetime.fromtimestamp(seconds(read_token(answer.token, key_info), "exp"), UTC)
    except (TokenRefused, binascii.Error, ValueError):
        stated = latest
    return Consent(
        person=question.person, token=answer.token, public_key=answer.public_key, expires_at=min(stated, latest)
    )
