"""The transport signature over the Body: made, and checked so that only what was covered is read.

Exclusive canonical XML leaves out namespace declarations that no name uses, so a Body re-parsed from what the
signature covers has lost the prefixes inside `xsi:type` and those that an enveloped signature of the payload counts.
What is handed on is therefore the covered Body as it stands in its envelope, which has the same canonical form.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import partial

from lxml import etree

from gateway.eds.certificate import Certificate
from gateway.eds.errors import EdsError
from gateway.eds.keys import SigningKey
from gateway.eds.wsse import KeyReference, sign_body, verify_body
from gateway.shep.envelope import Opened, content_of, open_envelope, wrap
from gateway.shep.hollow import Hollow
from gateway.shep.offload import offloaded
from gateway.shep.runs import NO_RUNS, Runs


class SealBroken(Exception):
    """The transport signature does not hold for this Body; `reason` is the code of the check that failed."""

    def __init__(self, reason: str, facts: dict[str, str]) -> None:
        self.reason = reason
        self.facts = facts
        super().__init__(reason)


@dataclass(frozen=True, slots=True)
class Unsealed:
    """A Body whose transport signature holds, and the certificate that goes with it: not yet checked for trust.

    `runs` is what the marks in its payloads stand for, when the envelope was opened past the tree.
    """

    certificate: Certificate
    body: etree._Element
    runs: Runs = NO_RUNS

    @property
    def content(self) -> etree._Element:
        """The one element in the Body; raises `Malformed`."""
        return content_of(self.body)


@dataclass(frozen=True, slots=True)
class CertificateSet:
    """The certificates by which a peer is known."""

    certificates: tuple[Certificate, ...]
    _digests: frozenset[str] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_digests", frozenset(each.sha256 for each in self.certificates))

    @classmethod
    def of(cls, certificates: Iterable[Certificate]) -> CertificateSet:
        """Return the set of `certificates`."""
        return cls(tuple(certificates))

    def __contains__(self, certificate: Certificate) -> bool:
        return certificate.sha256 in self._digests


async def seal(
    content: Callable[[], etree._Element | Hollow] | etree._Element,
    key: SigningKey,
    reference: KeyReference = KeyReference.KEY_IDENTIFIER,
) -> bytes:
    """Return a signed envelope around `content`, which may be given as what writes it.

    Always in a thread: signing with RSA alone takes up to a millisecond, and lets other threads run meanwhile.
    """

    def work() -> bytes:
        made = content() if callable(content) else content
        if not isinstance(made, Hollow):
            return sign_body(wrap(made), key, reference)
        digest = partial(made.digest, digest=key.algorithm.digest)
        return made.filled(sign_body(wrap(made.element), key, reference, digest=digest))

    return await asyncio.to_thread(work)


async def read_shell(data: bytes, *, past_tree: bool = False) -> Opened:
    """Open an envelope, large payloads `past_tree` when their reader takes `runs`; raises `Malformed`."""
    return await offloaded(len(data), partial(open_envelope, data, past_tree=past_tree))


async def unseal(opened: Opened, known: Iterable[Certificate], *, size: int = 0) -> Unsealed:
    """Check the transport signature cryptographically; raises `SealBroken`."""
    certificates = tuple(known)

    def work() -> Unsealed:
        try:
            signature = verify_body(opened.envelope, certificates, digest=opened.runs.digest)
        except EdsError as error:
            raise SealBroken(error.code.value, dict(error.facts)) from error
        return Unsealed(signature.certificate, signature.source, opened.runs)

    return await offloaded(size, work)
