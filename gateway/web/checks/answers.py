"""What is answered, field by field: the names, orders and spellings of NCANode, and the few fields that are ours.

Ours are `verdict`, `code` and `reason`: clients that do not know them pass them over.
"""

from __future__ import annotations

from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from pydantic import BaseModel, ConfigDict
from pydantic.alias_generators import to_camel

from gateway.eds.codes import Code, Status
from gateway.texts import Text
from gateway.web.checks.requests import RevocationSource


class KeyUsage(StrEnum):
    """What the key is for; a key for both is told as SIGN."""

    UNKNOWN = "UNKNOWN"
    AUTH = "AUTH"
    SIGN = "SIGN"


class KeyUser(StrEnum):
    """Roles of the holder by NCANode's names; a role that it has no name for is not told, so that no enum breaks."""

    INDIVIDUAL = "INDIVIDUAL"
    ORGANIZATION = "ORGANIZATION"
    CEO = "CEO"
    CAN_SIGN = "CAN_SIGN"
    CAN_SIGN_FINANCIAL = "CAN_SIGN_FINANCIAL"
    HR = "HR"
    EMPLOYEE = "EMPLOYEE"
    NCA_PRIVILEGES = "NCA_PRIVILEGES"
    NCA_ADMIN = "NCA_ADMIN"
    NCA_MANAGER = "NCA_MANAGER"
    NCA_OPERATOR = "NCA_OPERATOR"
    IDENTIFICATION = "IDENTIFICATION"
    IDENTIFICATION_CON = "IDENTIFICATION_CON"
    IDENTIFICATION_REMOTE = "IDENTIFICATION_REMOTE"
    IDENTIFICATION_REMOTE_DIGITAL_ID = "IDENTIFICATION_REMOTE_DIGITAL_ID"


class Answer(BaseModel):
    """A part of an answer; a field that was never set is left out, one that was set to None is null."""

    model_config = ConfigDict(extra="forbid", frozen=True, alias_generator=to_camel, populate_by_name=True)

    def to_json(self) -> dict[str, Any]:
        """Return the answer with plain values."""
        return self.model_dump(mode="json", by_alias=True, exclude_unset=True)


class Reason(Answer):
    """Why, in the three languages."""

    kk: str
    ru: str
    en: str

    @classmethod
    def of(cls, text: Text) -> Reason:
        """Take the three texts."""
        return cls(kk=text.kk, ru=text.ru, en=text.en)


class Revocation(Answer):
    """What one source said of a certificate; a source that said nothing that can be believed is not among them."""

    revoked: bool
    by: RevocationSource
    revocation_time: str | None
    reason: str | None


class Person(Answer):
    """The holder or the issuer of a certificate."""

    common_name: str | None = None
    last_name: str | None = None
    """The patronymic: NCANode calls it so."""
    sur_name: str | None = None
    email: str | None = None
    organization: str | None = None
    iin: str | None = None
    bin: str | None = None
    country: str | None = None
    locality: str | None = None
    state: str | None = None
    dn: str


class CertificateInfo(Answer):
    """A certificate and whether it is good."""

    valid: bool
    revocations: list[Revocation]
    not_before: str
    not_after: str
    key_usage: KeyUsage
    serial_number: str
    sign_alg: str
    key_user: list[KeyUser]
    public_key: str
    signature: str
    subject: Person
    issuer: Person
    verdict: Status
    code: Code
    reason: Reason


class StatusAnswer(Answer):
    """What every good answer begins with."""

    status: int
    message: str


class VerificationAnswer(StatusAnswer):
    """The answer of every check; a certificate that cannot be read is null in its place."""

    valid: bool
    signers: list[CertificateInfo | None]
    verdict: Status
    code: Code
    reason: Reason


class TspInfo(Answer):
    """The time stamp of a signature."""

    serial_number: str
    gen_time: str
    policy: str
    tsa: str | None
    tsp_hash_algorithm: str | None
    hash: str


class CmsSigner(Answer):
    """One signer of a CMS."""

    certificates: list[CertificateInfo]
    tsp: TspInfo | None = None


class CmsVerificationAnswer(StatusAnswer):
    """The answer of the check of a CMS."""

    valid: bool
    signers: list[CmsSigner]
    verdict: Status
    code: Code
    reason: Reason


class XmlAnswer(StatusAnswer):
    """A signed document."""

    xml: str


class CmsAnswer(StatusAnswer):
    """A CMS in base64."""

    cms: str


class DataAnswer(StatusAnswer):
    """The content of a CMS in base64."""

    data: str


class AliasesAnswer(StatusAnswer):
    """The names of the keys, a list for every file."""

    aliases: list[list[str]]


class HealthAnswer(Answer):
    """Whether the site serves."""

    status: str


OK: dict[str, Any] = {"status": 200, "message": "OK"}


def java_time(moment: datetime) -> str:
    """Write a moment as Jackson writes java.util.Date: milliseconds, and the offset with a colon."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds")
