"""The persons and organisations that an envelope speaks of, found without knowing its schema."""

from __future__ import annotations

import re
from typing import Final

from gateway.identity.numbers import Bin, Iin, NumberError

MOST_NUMBERS: Final = 200
"""No more different numbers than this are taken from one envelope."""

_TWELVE_DIGITS: Final = re.compile(rb"(?<![0-9A-Za-z+/=._-])[0-9]{12}(?![0-9A-Za-z+/=._-])")


def numbers_in(envelope: bytes, *, most: int | None = MOST_NUMBERS) -> frozenset[str]:
    """Return the IINs and BINs that stand alone in text or attributes, escaped payloads included; at `most` so many.

    What base64 holds (attachments, certificates) is not looked into.
    """
    found: set[str] = set()
    for match in _TWELVE_DIGITS.finditer(envelope):
        number = match[0].decode("ascii")
        if number not in found and _is_number(number):
            found.add(number)
            if len(found) == most:
                break
    return frozenset(found)


def _is_number(text: str) -> bool:
    for kind in (Iin, Bin):
        try:
            kind(text)
        except NumberError:
            continue
        return True
    return False
