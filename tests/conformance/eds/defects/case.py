"""What a case is: a name that says the defect, how it is made, and the code that it must come to."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from gateway.eds.codes import Code
from gateway.eds.policies import Policy, iin_is, may_sign, role_in
from gateway.eds.revocation.policy import RevocationPolicy
from gateway.eds.roles import Role
from gateway.identity.numbers import Iin
from tests.conformance.eds.defects.forging import FAMILIES, IIN, Land

Answer = bytes | Callable[[bytes], bytes]
PERSON: tuple[Policy, ...] = (may_sign(), role_in([Role.INDIVIDUAL]), iin_is(Iin(IIN)))


@dataclass(frozen=True)
class Sample:
    """A certificate, the issuers that come with it, what the network answers, and the rules that it is held against."""

    leaf: bytes
    given: tuple[bytes, ...] = ()
    answers: Mapping[str, Answer] | None = None
    """Nothing is asked about revocation when not given."""
    rules: tuple[Policy, ...] = PERSON
    revocation: RevocationPolicy = field(default_factory=RevocationPolicy)
    trusted: tuple[bytes, ...] | None = None
    """The anchors instead of the land's root."""


@dataclass(frozen=True)
class Case:
    """One defect."""

    name: str
    expected: Code
    make: Callable[[Land], Sample]
    families: tuple[str, ...] = tuple(FAMILIES)
