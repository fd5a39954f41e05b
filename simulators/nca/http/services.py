"""What relying parties ask: OCSP, time stamps, revocation lists and the authorities' certificates."""

from __future__ import annotations

import asyncio
import base64
import contextlib
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from urllib.parse import unquote

from aiohttp import web

from simulators.nca import ocsp, tsp
from simulators.nca.authority import Authority
from simulators.nca.crl import ListKind
from simulators.nca.faults import Fault, Faults, Service, spoiled
from simulators.nca.http.bodies import bounded_body
from simulators.nca.ledger import AuthorityName, Issuer
from simulators.nca.profile import utc_second
from simulators.nca.responders import ResponderName

_OCSP_REQUEST, _OCSP_RESPONSE = "application/ocsp-request", "application/ocsp-response"
_TSP_REQUEST, _TSP_RESPONSE = "application/timestamp-query", "application/timestamp-reply"
_STALE_OCSP = timedelta(days=30)
_SILENCE_SECONDS = 60


class Services:
    """Handlers over the authority; faults are looked at anew for every request."""

    def __init__(self, authority: Authority, faults: Faults) -> None:
        self._authority = authority
        self._faults = faults
        self._stopping = asyncio.Event()
        self._lists: dict[str, tuple[Issuer, ListKind]] = {}
        for name, own in authority.profile.chains.items():
            root, issuing = Issuer(name, AuthorityName.ROOT), Issuer(name, AuthorityName.ISSUING)
            self._lists |= {
                own.root.file: (root, ListKind.FULL),
                own.issuing.file: (issuing, ListKind.FULL),
                own.issuing.delta_file or "": (issuing, ListKind.DELTA),
            }
        self._time_stampers = {name: own.tsa for name, own in authority.profile.chains.items()}

    def routes(self) -> list[web.RouteDef]:
        """Return the routes."""
        return [
            web.post("/ocsp", self.ocsp_post),
            web.post("/ocsp/", self.ocsp_post),
            web.get("/ocsp/{request:.+}", self.ocsp_get),
            web.post("/tsp", self.tsp_post),
            web.post("/tsp/", self.tsp_post),
            web.get("/crl/{name}.crl", self.crl),
            web.get("/cert/{name}.cer", self.certificate),
        ]

    async def stop_waiting(self, _app: web.Application) -> None:
        """Let requests that wait out a `timeout` fault end, so that the server can stop."""
        self._stopping.set()

    async def ocsp_post(self, request: web.Request) -> web.Response:
        """RFC 6960 appendix A.1, POST."""
        self._demand(request, _OCSP_REQUEST)
        return await self._ocsp(await bounded_body(request, ocsp.LONGEST_REQUEST))

    async def ocsp_get(self, request: web.Request) -> web.Response:
        """RFC 6960 appendix A.1, GET: the request in base64, then in URL encoding."""
        # The router has decoded the path once; what a client encoded twice is decoded here.
        text = unquote(request.match_info["request"])
        try:
            data = base64.b64decode(text, validate=True)
        except ValueError:
            data = b""
        return await self._ocsp(data)

    async def tsp_post(self, request: web.Request) -> web.Response:
        """RFC 3161 section 3.4."""
        self._demand(request, _TSP_REQUEST)
        data = await bounded_body(request, tsp.LONGEST_REQUEST)
        fault = self._faults.modes[Service.TSP]

        async def make() -> bytes:
            try:
                if fault is Fault.TRY_LATER:
                    raise tsp.TimestampRefused(tsp.Failure.TIME_NOT_AVAILABLE, "try again later")  # noqa: TRY301
                question = tsp.read_request(data, self._time_stampers)
            except tsp.TimestampRefused as error:
                return tsp.refusal(error)
            if fault is Fault.WRONG_NONCE:
                question = replace(question, nonce=(question.nonce or 0) + 1)
            signer = await self._authority.responders.signer(question.chain, ResponderName.TSA)
            profile = self._time_stampers[question.chain]
            if fault is Fault.BROKEN_SIGNATURE:
                signer = spoiled(signer)
            now = utc_second(self._authority.store.clock.now())
            return await asyncio.to_thread(tsp.grant, question, profile=profile, signer=signer, now=now)

        return await self._answer(fault, make, _TSP_RESPONSE)

    async def crl(self, request: web.Request) -> web.Response:
        """RFC 5280 section 4.2.1.13: a list in DER."""
        asked = self._lists.get(request.match_info["name"])
        if asked is None:
            raise web.HTTPNotFound(text="no such revocation list")
        fault = self._faults.modes[Service.CRL]
        publication = self._authority.publication
        name, kind = asked

        async def make() -> bytes:
            if fault is Fault.STALE:
                return await publication.stale(name, kind)
            content = await publication.current(name, kind)
            # A list ends with its signature.
            return content[:-1] + bytes((content[-1] ^ 1,)) if fault is Fault.BROKEN_SIGNATURE else content

        return await self._answer(fault, make, "application/pkix-crl")

    async def certificate(self, request: web.Request) -> web.Response:
        """An authority's certificate in DER."""
        certificate = self._authority.ca_files().get(request.match_info["name"])
        if certificate is None:
            raise web.HTTPNotFound(text="no such certificate")
        return web.Response(body=certificate, content_type="application/pkix-cert")

    async def _ocsp(self, data: bytes) -> web.Response:
        fault = self._faults.modes[Service.OCSP]
        return await self._answer(fault, lambda: self._ocsp_answer(data, fault), _OCSP_RESPONSE)

    async def _ocsp_answer(self, data: bytes, fault: Fault) -> bytes:
        if fault is Fault.TRY_LATER:
            return ocsp.refusal(ocsp.ResponseStatus.TRY_LATER)
        try:
            question = ocsp.read_request(data)
        except ocsp.MalformedOcspRequest:
            return ocsp.refusal(ocsp.ResponseStatus.MALFORMED_REQUEST)
        if fault is Fault.WRONG_NONCE:
            question = ocsp.OcspQuestion(question.certificates, b"\x04\x08" + bytes(8))
        chain = ocsp.chain_asked(question, self._authority.chains)
        statuses = await self._authority.ledger.statuses(
            Issuer(chain, AuthorityName.ISSUING),
            (one.serial for one in question.certificates if one.serial is not None),
        )
        now = utc_second(self._authority.store.clock.now())
        responder = await self._authority.responders.signer(chain, ResponderName.OCSP)
        return await asyncio.to_thread(
            ocsp.answer,
            question,
            statuses,
            issuer=self._authority.chains[chain].issuing,
            responder=spoiled(responder) if fault is Fault.BROKEN_SIGNATURE else responder,
            now=now - _STALE_OCSP if fault is Fault.STALE else now,
        )

    async def _answer(self, fault: Fault, make: Callable[[], Awaitable[bytes]], media_type: str) -> web.Response:
        if fault in (Fault.DOWN, Fault.TIMEOUT):
            if fault is Fault.TIMEOUT:
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._stopping.wait(), _SILENCE_SECONDS)
            raise web.HTTPServiceUnavailable(text="this service is down by the admin's wish")
        body = await make()
        if fault is Fault.MALFORMED:
            body = body[: len(body) // 2]
        return web.Response(body=body, content_type=media_type, headers={"Cache-Control": "no-store"})

    @staticmethod
    def _demand(request: web.Request, media_type: str) -> None:
        if request.content_type != media_type:
            raise web.HTTPUnsupportedMediaType(text=f"the content type must be {media_type}")
