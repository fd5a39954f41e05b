"""What a barcode scanner types: it is a keyboard, so its codes arrive through whatever layout the operator has on.

A scanner sends the keys of the US layout. On the Kazakh layout the digits' row holds letters, on both Cyrillic layouts
the letters' rows do; prefixes and suffixes (AIM symbology identifiers such as `]C1`, control characters) come with it.
"""

from __future__ import annotations

import re

LONGEST = 200
"""The most characters of a field that are read."""
_US_DIGITS = "1234567890"
_KAZAKH_DIGITS = '"әіңғ,.үұқ'
_KAZAKH_DIGITS_CAPS = '"ӘІҢҒ,.ҮҰҚ'
_US_LETTERS = "qwertyuiop[]asdfghjkl;'zxcvbnm,."
_CYRILLIC_LETTERS = "йцукенгшщзхъфывапролджэячсмитьбю"
_LETTERS = dict(zip(_CYRILLIC_LETTERS, _US_LETTERS, strict=True))
_DIGITS = dict(zip(_KAZAKH_DIGITS + _KAZAKH_DIGITS_CAPS, _US_DIGITS * 2, strict=True))
_AIM = re.compile(r"\][A-Za-z][0-9A-Za-z]")
_DIGITS_OF_NUMBER = 14


def read_scan(typed: str) -> str:
    """Return the code of a scan in digits and capital Latin letters, without what a scanner puts around it.

    A number of fourteen digits is found inside what was typed; anything else comes back whole, to be shown as unknown.
    """
    text = "".join(character for character in typed[:LONGEST] if character.isprintable()).strip()
    plain = _to_latin(text)
    # (1) The identifier of the symbology would lend its digit to the number.
    without_prefix = _AIM.sub("", plain)
    # (2) One run of exactly fourteen digits is the number, whatever stands around it.
    runs: list[str] = [run for run in re.findall(r"[0-9]+", without_prefix) if len(run) == _DIGITS_OF_NUMBER]
    if len(runs) == 1:
        return runs[0]
    # (3) Typed by hand with spaces or hyphens between the groups.
    digits = re.sub(r"[\s-]", "", without_prefix)
    if len(digits) == _DIGITS_OF_NUMBER and digits.isascii() and digits.isdecimal():
        return digits
    return without_prefix.strip().upper()


def _to_latin(text: str) -> str:
    """Return what the same keys give on the US layout; a text that has digits already was typed on a layout with them.

    `,` and `.` are keys of two places; they are digits only on the Kazakh layout, where no digit can come from the row.
    """
    has_digits = any(character in _US_DIGITS for character in text)
    latin = []
    for character in text:
        if not has_digits and character in _DIGITS:
            latin.append(_DIGITS[character])
        else:
            lower = _LETTERS.get(character.lower())
            latin.append(character if lower is None else lower)
    return "".join(latin)
