"""The admin API of the simulation: issue, revoke, hold, expire, faults, all in JSON with bounded input."""

from __future__ import annotations

import asyncio
import base64
from typing import Annotated, Any, TypeVar

from aiohttp import web
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from simulators.nca.authority import Authority
from simulators.nca.certificates import Serial
from simulators.nca.errors import RequestRefused, UnknownCertificate
from simulators.nca.faults import ALLOWED, Fault, Faults, Service
from simulators.nca.holders import Holder, KeyStore
from simulators.nca.http.bodies import json_object
from simulators.nca.ledger import AuthorityName, Entry, Issuer
from simulators.nca.status import CertificateStatus, Reason
from simulators.nca.subject import Subject

_Name = Annotated[str, StringConstraints(min_length=1, max_length=61)]
_Password = Annotated[str, StringConstraints(min_length=1, max_length=128)]
_SerialText = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{40}$")]
_Twelve = Annotated[str, StringConstraints(pattern=r"^[0-9]{12}$")]


class _Form(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _IssueForm(_Form):
    template: _Name
    chain: _Name | None = None
    subject: dict[str, Any] = Field(max_length=16)
    not_before: AwareDatetime | None = None
    not_after: AwareDatetime | None = None
    password: _Password


class _RevokeForm(_Form):
    reason: Reason = Reason.UNSPECIFIED


class _EmptyForm(_Form):
    pass


class _HolderForm(_Form):
    id: _Name
    kind: _Name
    chain: _Name | None = None
    subject: dict[str, Any] = Field(max_length=16)
    password: _Password


class _RenewForm(_Form):
    purpose: _Name


class _FaultsForm(_Form):
    ocsp: Fault | None = None
    crl: Fault | None = None
    tsp: Fault | None = None


class _SearchForm(_Form):
    iin: _Twelve | None = None
    bin: _Twelve | None = None
    status: CertificateStatus | None = None
    after: _SerialText | None = None
    limit: int = Field(default=50, ge=1, le=200)


_F = TypeVar("_F", bound=_Form)


class Admin:
    """Handlers over the authority; loopback is their only guard, as everything here is synthetic."""

    def __init__(self, authority: Authority, faults: Faults) -> None:
        self._authority = authority
        self._faults = faults

    def routes(self) -> list[web.RouteDef]:
        """Return the routes."""
        certificate = "/admin/certificates/{serial}"
        return [
            web.get("/admin/certificates", self.search),
            web.post("/admin/certificates", self.issue),
            web.get(certificate, self.show),
            web.post(f"{certificate}/revoke", self.revoke),
            web.post(f"{certificate}/hold", self.hold),
            web.post(f"{certificate}/unhold", self.unhold),
            web.post(f"{certificate}/expire", self.expire),
            web.get("/admin/people", self.holders),
            web.post("/admin/people", self.enrol),
            web.post("/admin/people/{id}/renew", self.renew),
            web.get("/admin/people/{id}/{purpose}", self.key_store),
            web.post("/admin/crl", self.publish),
            web.get("/admin/faults", self.faults),
            web.put("/admin/faults", self.set_faults),
        ]

    async def search(self, request: web.Request) -> web.Response:
        """List certificates, at most `limit` from the serial number `after` on."""
        form = _checked(_SearchForm, dict(request.query))
        entries = await self._authority.ledger.search(
            iin=form.iin,
            bin_=form.bin,
            status=form.status,
            after=None if form.after is None else Serial(form.after),
            limit=form.limit,
        )
        return web.json_response({"certificates": [entry.to_json() for entry in entries]})

    async def show(self, request: web.Request) -> web.Response:
        """Show a certificate."""
        return _entry(await self._authority.ledger.get(_serial(request)))

    async def issue(self, request: web.Request) -> web.Response:
        """Issue a certificate with a new key, which goes out in a PKCS#12 and is not kept."""
        form = _checked(_IssueForm, await json_object(request))
        issued = await self._authority.issue(
            form.template,
            Subject.from_json(form.subject),
            chain=form.chain,
            not_before=form.not_before,
            not_after=form.not_after,
        )
        pkcs12 = await asyncio.to_thread(issued.pkcs12, form.password)
        entry = await self._authority.ledger.get(issued.serial)
        return web.json_response(
            {
                "certificate": {**entry.to_json(), "der": base64.b64encode(issued.certificate).decode()},
                "pkcs12": base64.b64encode(pkcs12).decode(),
            },
            status=201,
        )

    async def revoke(self, request: web.Request) -> web.Response:
        """Revoke for good."""
        form = _checked(_RevokeForm, await json_object(request))
        return _entry(await self._authority.revoke(_serial(request), form.reason))

    async def hold(self, request: web.Request) -> web.Response:
        """Suspend."""
        _checked(_EmptyForm, await json_object(request))
        return _entry(await self._authority.hold(_serial(request)))

    async def unhold(self, request: web.Request) -> web.Response:
        """Lift a suspension."""
        _checked(_EmptyForm, await json_object(request))
        return _entry(await self._authority.unhold(_serial(request)))

    async def expire(self, request: web.Request) -> web.Response:
        """Put a certificate that has run out in this one's place, and answer with it."""
        _checked(_EmptyForm, await json_object(request))
        return _entry(await self._authority.expire(_serial(request)))

    async def holders(self, _request: web.Request) -> web.Response:
        """List all holders, systems included, without their passwords."""
        holders = await self._authority.holders.all(published_only=False)
        return web.json_response(
            {
                "people": [
                    {
                        "id": holder.id,
                        "kind": holder.kind,
                        "subject": holder.subject.to_json(),
                        "published": holder.published,
                        "chain": holder.chain,
                        "algorithm": self._authority.holders.algorithm_of(holder),
                        "purposes": self._authority.holders.purposes_of(holder),
                    }
                    for holder in holders
                ]
            }
        )

    async def enrol(self, request: web.Request) -> web.Response:
        """Enter a demo person or change one."""
        form = _checked(_HolderForm, await json_object(request))
        subject = Subject.from_json(form.subject)
        holders = self._authority.holders
        await holders.enrol(Holder(form.id, form.kind, subject, form.password, chain=form.chain))
        enrolled = await holders.get(form.id)
        said = {"id": form.id, "chain": enrolled.chain, "purposes": holders.purposes_of(enrolled)}
        return web.json_response(said, status=201)

    async def renew(self, request: web.Request) -> web.Response:
        """Give a holder a new key and certificate; the old one is superseded."""
        form = _checked(_RenewForm, await json_object(request))
        return _key_store(await self._authority.holders.renew(request.match_info["id"], form.purpose))

    async def key_store(self, request: web.Request) -> web.Response:
        """Say which certificate a holder's key store has."""
        return _key_store(
            await self._authority.holders.key_store(request.match_info["id"], request.match_info["purpose"])
        )

    async def publish(self, request: web.Request) -> web.Response:
        """Publish new revocation lists of every chain now."""
        _checked(_EmptyForm, await json_object(request))
        publication = self._authority.publication
        numbers = {
            name: await publication.publish(Issuer(name, AuthorityName.ISSUING)) for name in self._authority.chains
        }
        return web.json_response({"numbers": numbers})

    async def faults(self, _request: web.Request) -> web.Response:
        """Say which faults are in force, and which there are."""
        return web.json_response(
            {
                "faults": self._faults.modes,
                "allowed": {service: sorted(faults) for service, faults in ALLOWED.items()},
            }
        )

    async def set_faults(self, request: web.Request) -> web.Response:
        """Put faults in force; services that are not named keep theirs."""
        form = _checked(_FaultsForm, await json_object(request))
        wanted = {service: fault for service in Service if (fault := getattr(form, service)) is not None}
        for service, fault in wanted.items():
            if fault not in ALLOWED[service]:
                raise RequestRefused(field=service.value, allowed=sorted(ALLOWED[service]))
        for service, fault in wanted.items():
            self._faults.set(service, fault)
        return await self.faults(request)


def _checked(form: type[_F], body: dict[str, Any]) -> _F:
    try:
        return form.model_validate(body)
    except ValidationError as error:
        wrong = [
            {"field": ".".join(str(part)[:61] for part in one["loc"]), "reason": one["type"]}
            for one in error.errors(include_url=False, include_input=False, include_context=False)[:10]
        ]
        raise RequestRefused(fields=wrong) from error


def _serial(request: web.Request) -> Serial:
    text = request.match_info["serial"].lower().replace(":", "")
    if not 0 < len(text) <= 40 or not set(text) <= set("0123456789abcdef"):
        raise UnknownCertificate(serial=text[:60])
    return Serial(text.zfill(40))


def _entry(entry: Entry) -> web.Response:
    return web.json_response({"certificate": entry.to_json()})


def _key_store(store: KeyStore) -> web.Response:
    return web.json_response(
        {
            "id": store.holder,
            "purpose": store.purpose,
            "serial": store.serial,
            "file_name": store.file_name,
            "certificate": base64.b64encode(store.certificate).decode(),
        }
    )
