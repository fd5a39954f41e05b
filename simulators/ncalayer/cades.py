"""What NCALayer signs as CMS: attached, detached, or over a given hash; the form is the room's (`gateway.eds.cms`)."""

from __future__ import annotations

import base64
import textwrap
from dataclasses import dataclass
from datetime import datetime

from gateway.eds.algorithms import SignatureAlgorithm
from gateway.eds.cms import signing
from gateway.eds.cms.signing import NewSigner
from gateway.eds.keys import SigningKey


@dataclass(frozen=True, slots=True)
class Content:
    """What is signed: the bytes, or (with `data` None) only their digest."""

    digest: bytes
    data: bytes | None = None
    attached: bool = False

    @classmethod
    def of(cls, data: bytes, algorithm: SignatureAlgorithm, *, attached: bool) -> Content:
        """Take the digest of `data` with the key's own hash function."""
        return cls(algorithm.digest(data), data, attached)


@dataclass(frozen=True, slots=True)
class Signed:
    """A signature with its attributes, before it becomes a message."""

    content: Content
    signer: NewSigner

    @property
    def value(self) -> bytes:
        """What a time stamp is taken over."""
        return self.signer.value

    def message(self, timestamp: bytes | None = None) -> bytes:
        """Return the CMS as DER; with a time-stamp token (DER) it is CAdES-T (1.2.840.113549.1.9.16.2.14)."""
        der = signing.message(self.content.data if self.content.attached else None, self.signer)
        return der if timestamp is None else signing.add_timestamp(der, timestamp)


def sign(content: Content, key: SigningKey, at: datetime) -> Signed:
    """Sign the content; `at` becomes the signing-time attribute."""
    return Signed(content, signing.new_signer(content.digest, key, at=at))


def as_pem(der: bytes) -> str:
    """Return the CMS as the module basics gives it."""
    lines = textwrap.wrap(as_base64(der), 64)
    return "\n".join(["-----BEGIN CMS-----", *lines, "-----END CMS-----", ""])


def as_base64(der: bytes) -> str:
    """Return the CMS as commonUtils gives it."""
    return base64.b64encode(der).decode()
