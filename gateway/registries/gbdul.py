"""Questions to ГБД ЮЛ, the state database of legal entities."""

from __future__ import annotations

import asyncio
from typing import Protocol

from gateway.eds.keys import SigningKey
from gateway.eds.xmldsig import sign_enveloped
from gateway.identity.numbers import Bin
from gateway.registries.asking import Asker, ask_certified
from gateway.registries.certification import Certifier
from gateway.registries.errors import Registry, RegistryUnavailable, UnavailableCode
from gateway.registries.gbdul_messages import NOT_FOUND, SERVICE_ID, SUCCESS, build_question, read_answer
from gateway.registries.organisation import Organisation
from gateway.registries.outcome import Absent, Found
from gateway.shep.messages import Payload, PayloadForm

__all__ = ["Gbdul", "OrganisationRegistry"]


class OrganisationRegistry(Protocol):
    """Where organisations are looked up."""

    async def organisation(self, asked: Bin) -> Found[Organisation] | Absent:
        """Return the organisation of this BIN, or that the registry has none; raises `RegistryUnavailable`."""


class Gbdul:
    """ГБД ЮЛ behind ЭҮШ; questions are signed with the asking system's `key`, whose owner is `requestor`."""

    def __init__(
        self,
        shep: Asker,
        certifier: Certifier,
        *,
        requestor: Bin,
        key: SigningKey,
        route_id: str | None = None,
        absent_codes: frozenset[str] = frozenset({NOT_FOUND}),
    ) -> None:
        self._shep = shep
        self._certifier = certifier
        self._requestor = requestor
        self._key = key
        self._route_id = route_id
        self._absent_codes = absent_codes

    async def organisation(self, asked: Bin) -> Found[Organisation] | Absent:
        """Return the organisation of this BIN, or that the registry has none; raises `RegistryUnavailable`."""
        question = build_question(asked, requestor=self._requestor)
        signed = await asyncio.to_thread(sign_enveloped, question, self._key)
        # (1) An official vouches for the data; only what is covered by that signature is read.
        answer, evidence = await ask_certified(
            self._shep,
            self._certifier,
            Registry.GBDUL,
            SERVICE_ID,
            Payload(PayloadForm.ESCAPED, signed),
            read=read_answer,
            route_id=self._route_id,
        )
        # (2) What the registry says; a code that is neither success nor absence is no answer.
        success = answer.status.code == SUCCESS
        if answer.status.code in self._absent_codes or (success and answer.organisation is None):
            return Absent(answer.status, evidence)
        if not success or answer.organisation is None:
            raise self._refusal(UnavailableCode.REFUSED, status=answer.status.code)
        # (3) It is about the organisation that was asked for; the schema has no other tie to the question.
        if answer.organisation.bin != asked:
            raise self._refusal(UnavailableCode.OTHER_SUBJECT)
        return Found(answer.organisation, evidence)

    def _refusal(self, code: UnavailableCode, **facts: object) -> RegistryUnavailable:
        return RegistryUnavailable(Registry.GBDUL, code, **facts)
