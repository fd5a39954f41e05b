"""What a result document says, before and after it is XML."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from gateway.catalogue.terms import Body, Role
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
class DocumentSigner:
    """Who must sign a document: an official in this role of an office, which is the provider's or another body's."""

    role: Role
    office: Office
    body: Body = Body.PROVIDER


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
    signers: tuple[DocumentSigner, ...] = ()
    """All who must sign, in order; none are named where the issuer's head signs alone."""

    def __post_init__(self) -> None:
        if (self.kind is Kind.REFUSAL) != (self.ground is not None):
            raise _contradiction("ground", "a refusal has a ground and a certificate has none")
        if self.authority is Authority.PORTAL and self.kind is not Kind.REFUSAL:
            raise _contradiction("authority", "the portal issues refusals only")
        if self.authority is Authority.PORTAL and self.signers:
            raise _contradiction("signers", "the portal's system seals its refusals, and nobody else")
        if self.authority is Authority.PROVIDER and self.issuer != self._last_signers_office:
            raise _contradiction("issuer", "a document is issued by the office of its last signer, or by the provider")
        if self.issued_at.tzinfo is None:
            raise _contradiction("issuedAt", "the moment has no time zone")

    @property
    def _last_signers_office(self) -> Office:
        return self.signers[-1].office if self.signers else self.provider


def _contradiction(where: str, text: str) -> DocumentRefused:
    return DocumentRefused(ResultCode.CONTRADICTION, text, where=where)
