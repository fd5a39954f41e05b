"""What the room raises: one hierarchy, every error with a stable code and structured facts."""

from __future__ import annotations

from gateway.eds.codes import ROWS, Code
from gateway.texts import Text


class EdsError(Exception):
    """What was given is not accepted; `code` says why, `facts` against what."""

    def __init__(self, code: Code, **facts: str) -> None:
        self.code = code
        self.facts = facts
        detail = ", ".join(f"{name}={value}" for name, value in facts.items())
        super().__init__(f"{code}: {detail}" if detail else str(code))

    @property
    def text(self) -> Text:
        """What happened, for a person."""
        return ROWS[self.code].text

    @property
    def advice(self) -> Text:
        """What to do about it, for a person."""
        return ROWS[self.code].advice


class XmlRefused(EdsError):
    """The XML is malformed, too large, or of a kind that is never needed here."""


class CertificateUnreadable(EdsError):
    """The bytes are no X.509 certificate."""

    def __init__(self, **facts: str) -> None:
        super().__init__(Code.CERTIFICATE_UNREADABLE, **facts)


class KeyUnreadable(EdsError):
    """The key file cannot be opened."""


class AlgorithmRefused(EdsError):
    """The algorithm is unknown, weak, or does not fit the key."""


class SignatureRefused(EdsError):
    """The signature is broken, or of a form that proves nothing about the document."""


class CmsRefused(EdsError):
    """The bytes are no CMS, or a CMS of a form that is not accepted."""


class TimestampRefused(EdsError):
    """No time stamp was given, or the one that is there is broken or about something else."""


class PathRefused(EdsError):
    """No path that meets RFC 5280 leads from the certificate to an anchor."""


class EvidenceRefused(EdsError):
    """Revocation data was not obtained, is out of date, or is not signed by whom it must be."""


class EvidenceUnreadable(EdsError):
    """The evidence kept inside a signature is not of the XAdES form."""

    def __init__(self, **facts: str) -> None:
        super().__init__(Code.EVIDENCE_UNREADABLE, **facts)
