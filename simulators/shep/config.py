"""What a gateway is and whom it knows, as strict models; readable as YAML.

A file holds one gateway: its name and numbers, the systems with their passwords (hashed), certificates and addresses,
the services with their owners, the rights, and the routes.
"""

from __future__ import annotations

import hashlib
import re
from datetime import timedelta
from enum import StrEnum
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, Final, Self

import yaml
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, field_validator, model_validator

from gateway.eds.certificate import Certificate, read_certificate
from gateway.eds.errors import CertificateUnreadable
from gateway.shep.names import MAX_MESSAGE_BYTES
from gateway.shep.seal import CertificateSet
from simulators.shep.stub import Stub

Name = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_.:-]{1,80}$")]
Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
MOST_FETCHED: Final = 100
"""No answer to getMessages has more messages, whatever was asked for."""
HttpUrl = Annotated[str, StringConstraints(pattern=r"^https?://[^\s]{1,500}$")]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=False)


class Channel(StrEnum):
    """Which channel a service is on."""

    SYNC = "sync"
    ASYNC = "async"


class Demand(StrEnum):
    """Whether a signature must be there."""

    REQUIRED = "required"
    OPTIONAL = "optional"


class Mode(StrEnum):
    """How exactly messages are held against the schema."""

    STRICT = "strict"
    """What the XSD does not allow is refused, with the place and what was expected."""
    LENIENT = "lenient"
    """What clients in the wild send is read: any order, empty elements, identifiers without braces."""


class Handing(StrEnum):
    """How a system gets the messages that are for it."""

    PUSH = "push"
    """The gateway calls its `push_url`."""
    PULL = "pull"
    """The system fetches them by `getMessages` and says by `sendDeliveryNotification` what became of each."""


class CertificateRule(_Strict):
    """Which certificates are a system's own: every field that is given must agree, and one must be given."""

    bin: str | None = Field(default=None, pattern=r"^\d{12}$")
    serial: str | None = Field(default=None, pattern=r"^[0-9a-fA-F]{1,40}$", description="serial number in hex")
    sha256: Sha256 | None = None

    @model_validator(mode="after")
    def _one_is_given(self) -> Self:
        if self.bin is None and self.serial is None and self.sha256 is None:
            raise ValueError("a BIN, a serial number or a fingerprint is needed")
        return self

    def covers(self, certificate: Certificate) -> bool:
        """Whether `certificate` is one of those."""
        return (
            (self.bin is None or certificate.subject.bin == self.bin)
            and (self.serial is None or certificate.serial == int(self.serial, 16))
            and (self.sha256 is None or certificate.sha256 == self.sha256)
        )


class SystemEntry(_Strict):
    """An information system that is connected to the gateway."""

    sender_id: Name
    password_sha256: Sha256
    certificate: CertificateRule
    push_url: HttpUrl | None = Field(default=None, description="where asynchronous messages are pushed to")
    delivery: Handing | None = Field(default=None, description="push where there is a push_url, else pull")
    sync_url: HttpUrl | None = Field(default=None, description="where its synchronous services answer")
    status_notifications: bool = False

    @model_validator(mode="after")
    def _push_has_an_address(self) -> Self:
        if self.delivery is Handing.PUSH and self.push_url is None:
            raise ValueError("delivery by push needs a push_url")
        return self

    @property
    def pulls(self) -> bool:
        """Whether the system fetches its messages; a push_url beside that is for status notifications."""
        return self.push_url is None if self.delivery is None else self.delivery is Handing.PULL


class PeerEntry(_Strict):
    """Another gateway: the region's for the centre, the centre's for a region.

    Its certificates are whole, since its answers name them by issuer and serial number only.
    """

    name: Name
    certificates: tuple[str, ...] = Field(min_length=1, description="PEM")
    sync_url: HttpUrl
    async_url: HttpUrl

    @field_validator("certificates")
    @classmethod
    def _readable(cls, certificates: tuple[str, ...]) -> tuple[str, ...]:
        for each in certificates:
            try:
                read_certificate(each.encode())
            except CertificateUnreadable as error:
                raise ValueError(str(error)) from error
        return certificates

    @cached_property
    def known(self) -> CertificateSet:
        """The certificates, read."""
        return CertificateSet.of(read_certificate(each.encode()) for each in self.certificates)


class ServiceEntry(_Strict):
    """A service; its owner is a system of this gateway, or the peer behind which it lies."""

    service_id: Name
    owner: Name
    channel: Channel
    timeout_seconds: float = Field(default=30, gt=0, le=300)
    max_bytes: int = Field(default=MAX_MESSAGE_BYTES, gt=0, le=MAX_MESSAGE_BYTES)
    transport_signature: Demand = Demand.REQUIRED
    provider_signature: Demand = Demand.REQUIRED
    business_signature: Demand = Field(default=Demand.OPTIONAL, description="checked by the gateway when required")
    answer_signature: Demand = Field(
        default=Demand.REQUIRED, description="optional: who asks without a signature is answered without one"
    )
    stub: Stub | None = Field(default=None, description="what the gateway answers in the owner's place")

    @model_validator(mode="after")
    def _answers_are_of_the_synchronous_channel(self) -> Self:
        if self.channel is Channel.ASYNC and (self.stub is not None or self.answer_signature is Demand.OPTIONAL):
            raise ValueError("stub and answer_signature are of the synchronous channel")
        return self


class RouteEntry(_Strict):
    """Where messages with a `routeId` go: a system of this gateway or a peer."""

    route_id: Annotated[str, StringConstraints(pattern=r"^R_[A-Za-z0-9_]{1,60}$")]
    to: Name


class DeliveryRule(_Strict):
    """How a message that was not taken is tried again, and how many are fetched at once."""

    first: timedelta = timedelta(seconds=2)
    longest: timedelta = timedelta(minutes=10)
    limit: timedelta = timedelta(days=1)
    timeout_seconds: float = Field(default=30, gt=0, le=300)
    fetch_amount: int = Field(default=10, gt=0, le=MOST_FETCHED, description="where getMessages says no amount, or 0")


class GatewayConfig(_Strict):
    """One gateway."""

    name: Name
    number_base: int = Field(default=254_000_000, ge=0, description="issued numbers start above; differs by gateway")
    mode: Mode = Field(
        default=Mode.LENIENT, description="strict refuses what the schema refuses, though clients send it"
    )
    answers_kept: timedelta = Field(
        default=timedelta(days=1),
        ge=timedelta(0),
        le=timedelta(days=30),
        description="for repeated synchronous messages",
    )
    delivery: DeliveryRule = DeliveryRule()
    systems: tuple[SystemEntry, ...] = ()
    peers: tuple[PeerEntry, ...] = ()
    services: tuple[ServiceEntry, ...] = ()
    rights: dict[Name, tuple[Name, ...]] = Field(default_factory=dict, description="senderId: services it may ask")
    routes: tuple[RouteEntry, ...] = ()

    @model_validator(mode="after")
    def _names_agree(self) -> Self:
        systems = [each.sender_id for each in self.systems]
        peers = [each.name for each in self.peers]
        targets = set(systems) | set(peers)
        _once("system or peer", systems + peers)
        _once("service", [each.service_id for each in self.services])
        _once("route", [each.route_id for each in self.routes])
        for service in self.services:
            if service.owner not in targets:
                raise ValueError(f"service {service.service_id}: no system or peer {service.owner}")
        for route in self.routes:
            if route.to not in targets:
                raise ValueError(f"route {route.route_id}: no system or peer {route.to}")
        for sender, services in self.rights.items():
            if sender not in systems:
                raise ValueError(f"rights: no system {sender}")
            unknown = set(services) - {each.service_id for each in self.services}
            if unknown:
                raise ValueError(f"rights of {sender}: no service {', '.join(sorted(unknown))}")
        return self


def _once(what: str, names: list[str]) -> None:
    repeated = {name for name in names if names.count(name) > 1}
    if repeated:
        raise ValueError(f"{what} given twice: {', '.join(sorted(repeated))}")


def hash_password(password: str) -> str:
    """Return the 64 hex digits that stand for a password in the registry and in messages handed on."""
    return hashlib.sha256(password.encode()).hexdigest()


def as_hash(password: str | None) -> str:
    """Return what a peer hands on for its sender's password, hashed where the peer did not do so."""
    given = password or ""
    return given if re.fullmatch(r"[0-9a-f]{64}", given) else hash_password(given)


def load_config(path: Path) -> GatewayConfig:
    """Read a registry file; raises `ValueError` (pydantic's or YAML's) that says what is wrong."""
    text = path.read_text(encoding="utf-8")
    if re.search(r"^\s*password\s*:", text, flags=re.MULTILINE):
        raise ValueError("passwords are kept as password_sha256")
    return config_of(text)


def config_of(text: str) -> GatewayConfig:
    """Read a registry in YAML; raises `ValueError`."""
    try:
        read: Any = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise ValueError(f"not YAML: {error}") from error
    return GatewayConfig.model_validate(read)
