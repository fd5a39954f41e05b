"""What a registry's certified answer says: found or absent, with the evidence that somebody vouches for it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Generic, TypeVar

from gateway.eds.certificate import Certificate
from gateway.eds.verdict import Verdict

T_co = TypeVar("T_co", covariant=True)


@dataclass(frozen=True, slots=True)
class Entry:
    """A value of a registry's dictionary: its code and its two names."""

    code: str
    name_ru: str
    name_kk: str


@dataclass(frozen=True, slots=True)
class Evidence:
    """The answer as the official of the state body signed it, and the verdict on that signature."""

    document: bytes
    signer: Certificate
    verdict: Verdict

    @property
    def sha256(self) -> str:
        """The digest of the signed answer, in hex."""
        return hashlib.sha256(self.document).hexdigest()

    def __repr__(self) -> str:
        return f"<Evidence of {self.signer!r}, {len(self.document)} bytes>"


@dataclass(frozen=True, slots=True)
class Found(Generic[T_co]):
    """The registry has data, and its official vouches for them."""

    value: T_co
    evidence: Evidence


@dataclass(frozen=True, slots=True)
class Absent:
    """The registry has no data of this subject, and its official vouches for that; `result` is the registry's code."""

    result: Entry
    evidence: Evidence
