"""The public page that answers for an issued document to whoever holds it."""

from __future__ import annotations

import re
from typing import Any

from aiohttp import web

from gateway.flows.rooms import PortalRooms
from gateway.results.document import ResultDocument
from gateway.results.posts import signer_in_words
from gateway.results.signers import SignerFinding
from gateway.texts import Language
from gateway.web.pages import render
from gateway.web.translation import language

_NUMBER = re.compile(r"[0-9A-Z][0-9A-Z-]{0,39}")
_CODE = re.compile(r"[0-9a-fA-F]{16,64}")


class VerificationPages:
    """Says whether a document is genuine; of the person it says nothing."""

    def __init__(self, rooms: PortalRooms) -> None:
        self._rooms = rooms

    def routes(self) -> list[web.RouteDef]:
        """Return the routes of these pages."""
        return [web.get("/verify", self.ask), web.get("/verify/{document}", self.verify)]

    async def ask(self, request: web.Request) -> web.StreamResponse:
        """Ask for the document's number and code, and answer when they were given."""
        number = request.query.get("number", "").strip().upper()
        return await self._answer(request, number, request.query.get("d", "").strip())

    async def verify(self, request: web.Request) -> web.StreamResponse:
        """Answer for the document that the QR code names."""
        return await self._answer(request, request.match_info["document"].upper(), request.query.get("d", "").strip())

    async def _answer(self, request: web.Request, number: str, code: str) -> web.StreamResponse:
        if not number and not code:
            return render(request, "portal/verify.html", number="", code="", asked=False, found=None)
        found = None
        if _NUMBER.fullmatch(number) and _CODE.fullmatch(code):
            found = await self._rooms.cabinet.verify(number, code)
        status = 200 if found else 404
        return render(
            request,
            "portal/verify.html",
            status,
            number=number[:40],
            code=code[:64],
            asked=True,
            found=found,
            signers=[_signer(one, found.document) for one in found.signers] if found else [],
        )


def _signer(finding: SignerFinding, document: ResultDocument) -> dict[str, Any]:
    """Return a signer as the page shows one: the office and the post that the document names, and the certificate."""
    subject = finding.certificate.subject
    issuer = document.issuer.name
    office = issuer.ru if language() is Language.RU else issuer.kk
    return {
        "name": subject.common_name or subject.organisation or "",
        "post": office if finding.named is None else signer_in_words(finding.named, language()),
        "certificate": finding.certificate,
        "signed_at": finding.signed_at,
        "verdict": finding.verdict,
    }
