"""What an attack is: a name, the bytes that an attacker sends, and the code that they are refused by."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from gateway.eds.codes import Code
from gateway.eds.keys import SoftwareKey
from tests.unit.eds import pki


@dataclass(frozen=True)
class Attack:
    """One attack; `make` gets what was signed honestly."""

    name: str
    expected: Code
    make: Callable[[bytes], bytes]


@lru_cache(maxsize=8)
def honest(kind: str = "p256") -> SoftwareKey:
    """The key of whom the attacker wants to pass for."""
    return pki.issuing(pki.root()).person("honest", kind=kind)


@lru_cache(maxsize=1)
def attacker() -> SoftwareKey:
    """A key of the attacker's own, in a certificate of the same names that he wrote himself."""
    subject = pki.root().subject
    false = pki.Authority(subject, pki.private_key("p256", "false root"), pki.root().certificate)
    return pki.issuing(false, "false nca").person("attacker")
