"""The operations that the floor is made of, as they are recorded in a running gateway and done again in a bare loop."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What was done."""

    VERIFY = "signature checked"
    SIGN = "signature made"
    CANONICALISE = "canonicalisation"
    DIGEST = "digest"
    PARSE = "XML parsed"
    CERTIFICATE = "certificate read"


STRICT = (Kind.VERIFY, Kind.SIGN, Kind.CANONICALISE, Kind.DIGEST)
"""The floor in the narrow sense: nothing but signatures, what they are made over, and digests."""


@dataclass(frozen=True)
class Operation:
    """One operation with all that is needed to do it again; `at` is the machine's monotonic clock in seconds."""

    at: float
    kind: Kind
    data: bytes
    key: bytes = b""
    signature: bytes = b""
    hash: str = ""
    place: tuple[int, ...] | None = None
    """Of a canonicalised element in its document `data`: the index of each step from the root; None is the document."""
    method: str = ""
    prefixes: tuple[str, ...] = ()
    result: bytes = b""

    @property
    def identity(self) -> tuple[object, ...]:
        """The same for operations of which a second one brings nothing new."""
        if self.kind is Kind.CANONICALISE:
            return (self.kind, self.method, self.prefixes, self.result)
        return (self.kind, self.hash, self.key, self.signature, self.data)

    @property
    def label(self) -> str:
        """What the report calls it."""
        if self.kind is Kind.VERIFY:
            return f"{self.kind} (RSA-{8 * len(self.signature)})"
        if self.kind is Kind.CANONICALISE:
            return f"{self.kind} ({'exclusive' if 'exc-c14n' in self.method else 'inclusive'})"
        return str(self.kind)


def distinct(operations: list[Operation]) -> list[Operation]:
    """Leave repetitions out."""
    return list({one.identity: one for one in reversed(operations)}.values())[::-1]
