"""What a result document says, before and after it is XML."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from gateway.identity.numbers import Bin, Iin
from gateway.results.errors import DocumentRefused, ResultCode
from gateway.texts import Text


class Kind(StrEnum):
    """What the document is."""

    CERTIFICATE = "certificate"
    REFUSAL = "refusal"


class Authority(StrEnum):
    """In whose name the document is signed: the provider's, or, for the refusal of process 4, the portal's."""

    PROVIDER = "provider"
    PORTAL = "portal"


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement in the two languages in which documents are issued."""

    kk: str
    ru: str

    @classmethod
    def of(cls, text: Text) -> Statement:
        """Take the Kazakh and the Russian of a text of the pages."""
        return cls(text.kk, text.ru)


@dataclass(frozen=True, slots=True)
class Office:
    """A body by its BIN and official name."""

    bin: Bin
    name: Statement


@dataclass(frozen=True, slots=True)
class Applicant:
    """To whom the document is issued."""

    number: Iin | Bin
    name: str


@dataclass(frozen=True, slots=True)
class Ground:
    """Why the service is refused."""

    code: str
    text: Statement


@dataclass(frozen=True, slots=True)
class ResultDocument:
    """A certificate or a refusal; raises `DocumentRefused` when it contradicts itself."""

    kind: Kind
    authority: Authority
    number: str
    application: str
    service: str
    service_title: Statement
    provider: Office
    issuer: Office
    applicant: Applicant
    title: Statement
    body: tuple[Statement, ...]
    issued_at: datetime
    verification: str
    """Address of the site whose /verify page answers for the document, without a slash at the end."""
    simulated: bool
    ground: Ground | None = None
    valid_until: date | None = None

    def __post_init__(self) -> None:
        if (self.kind is Kind.REFUSAL) != (self.ground is not None):
            raise _contradiction("ground", "a refusal has a ground and a certificate has none")
        if self.authority is Authority.PORTAL and self.kind is not Kind.REFUSAL:
            raise _contradiction("authority", "the portal issues refusals only")
        if self.authority is Authority.PROVIDER and self.issuer != self.provider:
            raise _contradiction("issuer", "what is signed in the provider's name is issued by the provider")
        if self.issued_at.tzinfo is None:
            raise _contradiction("issuedAt", "the moment has no time zone")


def _contradiction(where: str, text: str) -> DocumentRefused:
    return DocumentRefused(ResultCode.CONTRADICTION, text, where=where)
