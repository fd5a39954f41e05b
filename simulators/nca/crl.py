"""Revocation lists put together (RFC 5280 section 5)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from simulators.nca import der
from simulators.nca.certificates import Serial, Signer
from simulators.nca.status import Reason


class ListKind(StrEnum):
    """The full list, or the changes since a base."""

    FULL = "full"
    DELTA = "delta"


@dataclass(frozen=True, slots=True)
class ListEntry:
    """A certificate on a list."""

    serial: Serial
    at: datetime
    reason: Reason | None


def revocation_list(
    signer: Signer,
    entries: Sequence[ListEntry],
    *,
    number: int,
    base_number: int | None,
    this_update: datetime,
    next_update: datetime,
) -> bytes:
    """Sign a list; with `base_number` it is a delta list and says so in a critical extension (section 5.2.4)."""
    extensions = []
    if base_number is not None:
        extensions.append(der.extension("2.5.29.27", der.integer(base_number), critical=True))
    extensions.append(der.extension("2.5.29.20", der.integer(number)))
    extensions.append(der.extension("2.5.29.35", der.sequence(der.tagged(0x80, signer.key_identifier))))
    body = der.sequence(
        der.integer(1),
        signer.algorithm.signature_identifier,
        signer.name,
        der.time(this_update),
        der.time(next_update),
        der.sequence(*(_entry(entry) for entry in entries)) if entries else b"",
        der.explicit(0, der.sequence(*extensions)),
    )
    return signer.sign(body)


def _entry(entry: ListEntry) -> bytes:
    reason = b""
    if entry.reason not in (None, Reason.UNSPECIFIED):
        reason = der.sequence(der.extension("2.5.29.21", der.enumerated(entry.reason.code)))
    return der.sequence(der.integer(int(entry.serial, 16)), der.time(entry.at), reason)
