"""A number as a barcode scanner types it: a scanner is a keyboard, and types on whatever layout is switched on."""

from __future__ import annotations

import re

from gateway.courier.errors import RegisterCode, RegisterError

_SYMBOLOGY = re.compile(r"^\W?\]C[0-9]", re.IGNORECASE)
"""The identifier by ISO/IEC 15424 that a scanner may put before a Code 128."""
_KAZAKH_ROW = str.maketrans('"әіңғ,.үұқ', "1234567890")
"""What the keys of the digits write on the Kazakh layout."""
_RUN = re.compile(r"(?<![0-9])[0-9]{14}(?![0-9])")
_LONGEST = 200


def scanned_number(code: str) -> str:
    """Return the number of 14 digits that was scanned or typed, without prefix, suffix and spaces.

    Raises `RegisterError` NOT_A_NUMBER when there is none, or more than one.
    """
    text = _SYMBOLOGY.sub("", code[:_LONGEST].strip()).casefold()
    joined = re.sub(r"\s+", "", text)
    for reading in (joined, joined.translate(_KAZAKH_ROW)):
        found: set[str] = set(_RUN.findall(reading))
        if len(found) == 1:
            return found.pop()
    raise RegisterError(RegisterCode.NOT_A_NUMBER)
