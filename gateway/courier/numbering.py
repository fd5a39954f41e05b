"""Numbers of registers: two digits of the series, four of the sender, eight of the sender's own counting.

Desks of different regions count apart and send to the same channels, so that the sender stands in the number: what its
BIN gives by SHA-256, without any setting. Two bodies of one catalogue with the same code are an error of the catalogue.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import Final

from gateway.catalogue import Office
from gateway.exchange.courier_register import Direction

SERIES: Final = {Direction.TO_PROVIDER: "74", Direction.TO_CORPORATION: "75"}
"""How the numbers of registers begin; those of applications begin with 71, 72 and 73."""
SERIAL_DIGITS: Final = 8
_CODES = 10_000


def sender_code(bin_: str) -> str:
    """Return the four digits that a legal entity has in the numbers of its registers; all its offices have the same."""
    return f"{int.from_bytes(hashlib.sha256(bin_.encode('ascii')).digest()[:8]) % _CODES:04d}"


def sender_codes(offices: Iterable[Office]) -> dict[str, str]:
    """Return the codes by office; raises `ValueError` when two legal entities have the same."""
    found = {office.id: sender_code(office.bin) for office in offices}
    holders: dict[str, Office] = {}
    for office in offices:
        first = holders.setdefault(found[office.id], office)
        if first.bin != office.bin:
            raise ValueError(f"{first.id} and {office.id} have the same code {found[office.id]} in registers")
    return found


def register_number(direction: Direction, code: str, serial: int) -> str:
    """Return a register's number; raises `ValueError` when the counting has run out of digits."""
    if serial >= 10**SERIAL_DIGITS:
        raise ValueError("no number is left for a register")
    return f"{SERIES[direction]}{code}{serial:0{SERIAL_DIGITS}d}"
