"""Faults switched on by hand, so that whoever asks the НУЦ can be seen to bear them. They end with the process."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

from simulators.nca.algorithms import PrivateKey
from simulators.nca.certificates import Signer


class Service(StrEnum):
    """What can fail."""

    OCSP = "ocsp"
    CRL = "crl"
    TSP = "tsp"


class Fault(StrEnum):
    """How it fails."""

    NONE = "none"
    DOWN = "down"
    """HTTP 503."""
    TIMEOUT = "timeout"
    """No answer for a minute, then 503."""
    STALE = "stale"
    """OCSP answers of a month ago; revocation lists whose period is over."""
    MALFORMED = "malformed"
    """Half of the right answer."""
    TRY_LATER = "try-later"
    """OCSP status tryLater, TSP failure timeNotAvailable."""
    WRONG_NONCE = "wrong-nonce"
    """An answer to somebody else's request."""
    BROKEN_SIGNATURE = "broken-signature"
    """A signature that does not verify."""


ALLOWED: dict[Service, frozenset[Fault]] = {
    Service.OCSP: frozenset(Fault),
    Service.CRL: frozenset(
        {Fault.NONE, Fault.DOWN, Fault.TIMEOUT, Fault.STALE, Fault.MALFORMED, Fault.BROKEN_SIGNATURE}
    ),
    Service.TSP: frozenset(Fault) - {Fault.STALE},
}
"""The faults that each service can have."""


@dataclass(slots=True)
class Faults:
    """The faults in force."""

    modes: dict[Service, Fault] = field(default_factory=lambda: dict.fromkeys(Service, Fault.NONE))

    def set(self, service: Service, fault: Fault) -> None:
        """Put a fault in force; raises `ValueError` when the service cannot have it."""
        if fault not in ALLOWED[service]:
            raise ValueError(f"{service} cannot be {fault}")
        self.modes[service] = fault


def spoiled(signer: Signer) -> Signer:
    """Return the signer with a key whose signatures do not verify."""
    return replace(signer, key=_SpoilingKey(signer.key))


class _SpoilingKey:
    """A key that turns over the last bit of what the real one signs."""

    def __init__(self, key: PrivateKey) -> None:
        self._key = key

    @property
    def public_key_info(self) -> bytes:
        return self._key.public_key_info

    def sign(self, data: bytes) -> bytes:
        signature = self._key.sign(data)
        return signature[:-1] + bytes((signature[-1] ^ 1,))

    def to_pem(self) -> bytes:
        return self._key.to_pem()

    def pkcs12(self, *, name: str, certificate: bytes, chain: Sequence[bytes], password: str) -> bytes:
        return self._key.pkcs12(name=name, certificate=certificate, chain=chain, password=password)
