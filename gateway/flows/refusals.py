"""Process 4 in detail: the refusal as a document sealed by the channels' own key."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime

from gateway.catalogue.load import Catalogue
from gateway.eds.keys import SigningKey
from gateway.eds.verdict import Status, Verdict
from gateway.eds.xmldsig import sign_enveloped
from gateway.flows.applications import ApplicationRow
from gateway.flows.ports import SealedDocument, SignatureChecks
from gateway.identity.numbers import Bin
from gateway.results.alphabet import unprintable
from gateway.results.document import Applicant, Office, Statement
from gateway.results.markup import build_result
from gateway.results.pdf import render_pdf
from gateway.results.templates import Particulars, refusal_notice

_LIMIT_REACHED = Statement(
    "Тіркеу куәлігінің мәртебесі белгіленген мерзімде анықталмады.",
    "Статус регистрационного свидетельства не удалось установить в отведенный срок.",
)

Render = Callable[[bytes], Awaitable[bytes]]


def printable(text: str) -> str:
    """Return `text` with a question mark in place of each letter that a result document cannot show."""
    for letter in unprintable(text):
        text = text.replace(letter, "?")
    return text


class SealedRefusals:
    """Makes refusals in the name of the portal."""

    def __init__(
        self,
        *,
        catalogue: Catalogue,
        key: SigningKey,
        verification: str,
        simulated: bool,
        signatures: SignatureChecks,
        render: Render = render_pdf,
    ) -> None:
        subject = key.certificate.subject
        if subject.bin is None:
            raise ValueError("the system's certificate names no BIN, so it can issue nothing")
        name = printable(subject.organisation or subject.common_name or subject.bin)
        self._portal = Office(Bin(subject.bin), Statement(name, name))
        self._catalogue = catalogue
        self._key = key
        self._verification = verification
        self._simulated = simulated
        self._signatures = signatures
        self._render = render

    async def seal(self, application: ApplicationRow, verdict: Verdict, *, at: datetime) -> SealedDocument:
        """Return the refusal in the words of the verdict; an undetermined one means that the limit has passed.

        The word of the НУЦ on the system's own certificate is kept inside the seal whenever it can be had.
        """
        service = self._catalogue.service(application.service)
        office = self._catalogue.office(application.office)
        particulars = Particulars(
            number=f"{application.number}-4",
            application=application.number,
            service=service.id,
            service_title=Statement.of(service.titles),
            provider=Office(Bin(office.bin), Statement.of(office.name)),
            applicant=Applicant(application.applicant, printable(application.applicant_name)),
            issued_at=at,
            verification=self._verification,
            simulated=self._simulated,
        )
        reason = _LIMIT_REACHED if verdict.status is Status.UNDETERMINED else None
        document = refusal_notice(particulars, verdict.code, portal=self._portal, reason=reason)
        xml = await asyncio.to_thread(lambda: sign_enveloped(build_result(document), self._key))
        own, _ = await self._signatures.signed_xml(xml)
        if own.status is Status.VALID:
            xml = await self._signatures.keep(xml, own)
        pdf = await self._render(xml)
        return SealedDocument(document.number, document.kind.value, document.authority.value, xml, pdf)
