"""What the simulated НУЦ refuses; every error has a stable code, its facts as fields, and an HTTP status."""

from __future__ import annotations

from typing import Any, ClassVar


class NcaError(Exception):
    """The НУЦ cannot do what was asked."""

    code: ClassVar[str] = "nca-error"
    http_status: ClassVar[int] = 400

    def __init__(self, **facts: Any) -> None:
        self.facts = facts
        said = ", ".join(f"{name}={value}" for name, value in facts.items())
        super().__init__(f"{(self.__doc__ or '').strip()} ({said})" if said else (self.__doc__ or "").strip())

    def to_json(self) -> dict[str, Any]:
        """Return the error as the admin API says it."""
        return {"code": self.code, "message": (self.__doc__ or "").strip(), **self.facts}


class ProfileInvalid(NcaError):
    """The profile file does not describe a certification authority."""

    code = "profile-invalid"


class UnknownTemplate(NcaError):
    """The profile has no template of this name."""

    code = "unknown-template"


class UnknownChain(NcaError):
    """The profile has no chain of this name."""

    code = "unknown-chain"


class SubjectUnfit(NcaError):
    """The subject lacks fields that the template needs, or has fields that the template does not know."""

    code = "subject-unfit"


class ValidityRefused(NcaError):
    """The validity period is empty or reaches beyond the issuing authority's own."""

    code = "validity-refused"


class UnknownCertificate(NcaError):
    """This authority has issued no certificate with this serial number."""

    code = "unknown-certificate"
    http_status = 404


class StatusRefused(NcaError):
    """The certificate cannot go from its present status to the one asked for."""

    code = "status-refused"
    http_status = 409


class UnknownHolder(NcaError):
    """Nobody with this id holds a key here."""

    code = "unknown-holder"
    http_status = 404


class UnknownPurpose(NcaError):
    """The profile has no key of this purpose for this kind of holder."""

    code = "unknown-purpose"
    http_status = 404


class HolderRefused(NcaError):
    """The holder's id, kind or password is not of the allowed form."""

    code = "holder-refused"


class AuthorityKeyLost(NcaError):
    """A key in the keys folder is not the one that the authority's stored certificate was made for.

    Restore the folder, or begin anew with an empty folder and an empty schema.
    """

    code = "authority-key-lost"
    http_status = 500


class RequestRefused(NcaError):
    """The request is not of the form that the admin API takes."""

    code = "request-refused"


class NotJson(NcaError):
    """The admin API takes a JSON object with the content type application/json."""

    code = "not-json"
    http_status = 415


class TooLarge(NcaError):
    """The body is larger than this address takes."""

    code = "too-large"
    http_status = 413
