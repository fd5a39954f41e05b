"""A small country for the tests of registries: its keys, its people, and ЭҮШ as a function call."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from pathlib import Path

import xmlschema
from lxml import etree

from gateway.clock import Clock
from gateway.eds.keys import SoftwareKey, signing_key
from gateway.eds.roles import Role
from gateway.eds.trust import Anchors, CertificateChecker
from gateway.eds.xml import parse
from gateway.shep.errors import GatewayError, RemoteServiceError
from gateway.shep.faults import Fault
from gateway.shep.messages import Payload, Sender, SyncAnswer, SyncQuestion
from gateway.shep.participant import SyncReply
from gateway.shep.payload import read_payload, write_payload
from gateway.shep.refusal import Refused
from simulators.population import cast
from tests.unit.eds import pki

SCHEMAS = Path(__file__).resolve().parents[3] / "schemas" / "registries"
Handler = Callable[[SyncQuestion, Sender], Awaitable[SyncReply]]


class Keys:
    """The keys of officials and systems, issued by a test authority."""

    def __init__(self) -> None:
        self.root = pki.root()
        self.nca = pki.issuing(self.root)
        self.anchors = Anchors.of([self.root.certificate], [self.nca.certificate])
        self.official_gbdfl = self.official("official-gbdfl", cast.GBDFL_OWNER.bin)
        self.official_gbdul = self.official("official-gbdul", cast.GBDUL_OWNER.bin)
        self.official_enis = self.official("official-enis", cast.ENIS_OWNER.bin)
        self.system_gbdfl = self.system("gbdfl", cast.GBDFL_OWNER.bin)
        self.system_gbdul = self.system("gbdul", cast.GBDUL_OWNER.bin)
        self.system_store = self.system("tempstorage", cast.ORGANISATIONS["nit"].bin)
        self.system_enis = self.system("enis", cast.ENIS_OWNER.bin)
        # Tokens are signed by RSA keys, which all systems have in the simulated country.
        self.system_kdp = self.system("kdp", cast.ORGANISATIONS["nit"].bin, kind="rsa2048")
        self.system_desk = self.system("desk", cast.ORGANISATIONS["karaganda-akimat"].bin, kind="rsa2048")
        self.system_shep = self.system("shep", cast.ORGANISATIONS["nit"].bin)

    def official(self, member: str, bin_: str, **options: object) -> SoftwareKey:
        roles = options.pop("roles", (Role.LEGAL_ENTITY, Role.SIGNING_RIGHT))
        return self.nca.person(member, iin=cast.PEOPLE[member].iin, bin=bin_, roles=roles, **options)

    def system(self, label: str, bin_: str, *, kind: str = "p256") -> SoftwareKey:
        key = pki.private_key(kind, f"system {label}")
        subject = pki.name(cn=f"ИС {label}", c="KZ", o="ММ", ou=f"BIN{bin_}")
        roles = (Role.LEGAL_ENTITY, Role.INFORMATION_SYSTEM)
        return signing_key(key, self.nca.issue(subject, key, roles=roles))

    def checker(self, clock: Clock) -> CertificateChecker:
        return CertificateChecker(self.anchors, None, clock)


@dataclass
class CalledShep:
    """An `Asker` that puts question and answer through the envelope's payload room and calls the provider."""

    handlers: dict[str, Handler]
    clock: Clock
    trouble: Exception | None = None
    asked: list[Payload] = field(default_factory=list)
    answered: list[Payload] = field(default_factory=list)
    sender_id: str = "QYZMET_DESK"

    async def ask(self, service_id: str, payload: Payload | None, *, route_id: str | None = None) -> SyncAnswer:
        assert payload is not None
        self.asked.append(payload)
        if self.trouble is not None:
            raise self.trouble
        sender = Sender(self.sender_id, "hash")
        question = SyncQuestion("m-1", service_id, self.clock.now(), sender, _carried(payload), route_id=route_id)
        try:
            reply = await self.handlers[service_id](question, sender)
        except Refused as refused:
            raise GatewayError(Fault.of(refused.code, self.clock.now(), refused.data), signed=True) from refused
        carried = None if reply.payload is None else _carried(reply.payload)
        if carried is not None:
            self.answered.append(carried)
        answer = SyncAnswer("m-2", self.clock.now(), reply.status, carried)
        if not answer.status.is_success:
            raise RemoteServiceError(answer)
        return answer


def _carried(payload: Payload) -> Payload:
    """What a payload is after it has stood in an envelope with namespaces of its own."""
    body = etree.Element("{urn:envelope}Body", nsmap={"soap": "urn:envelope", "other": "urn:other"})
    write_payload(body, payload)
    again = parse(etree.tostring(body))
    found = read_payload(again, required=True)
    assert found is not None
    return found


@cache
def _schemas(file: Path) -> tuple[etree.XMLSchema, xmlschema.XMLSchema10]:
    return etree.XMLSchema(etree.parse(str(file))), xmlschema.XMLSchema10(str(file))


def assert_of_schema(root: etree._Element, name: str) -> None:
    """Judge by lxml and by xmlschema, so that a schema that only one of them understands is noticed."""
    deciding, explaining = _schemas(SCHEMAS / name)
    deciding.assertValid(root)
    explaining.validate(root)


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text)
