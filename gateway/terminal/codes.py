"""What a barcode scanner types: it is a keyboard, so its codes arrive through whatever layout is switched on.

A scanner sends the keys of the US layout. On the Kazakh layout the digits' row holds letters, on both Cyrillic layouts
the letters' rows do; prefixes and suffixes (AIM symbology identifiers such as `]C1` by ISO/IEC 15424, control
characters) come with it.
"""

from __future__ import annotations

import re

LONGEST = 200
"""The most characters of a field that are read."""
DIGITS = 14
"""Of the number of every application and every register."""
_US_DIGITS = "1234567890"
_KAZAKH_DIGITS = '"әіңғ,.үұқ'
_KAZAKH_DIGITS_CAPS = '"ӘІҢҒ,.ҮҰҚ'
_US_LETTERS = "qwertyuiop[]asdfghjkl;'zxcvbnm,."
_CYRILLIC_LETTERS = "йцукенгшщзхъфывапролджэячсмитьбю"
_LETTERS = dict(zip(_CYRILLIC_LETTERS, _US_LETTERS, strict=True))
_DIGITS = dict(zip(_KAZAKH_DIGITS + _KAZAKH_DIGITS_CAPS, _US_DIGITS * 2, strict=True))
_AIM = re.compile(r"\][A-Za-z][0-9A-Za-z]")
_GAPS = re.compile(r"(?<=[0-9])[\s-]+(?=[0-9])")


def read_scan(typed: str) -> str:
    """Return the code of a scan in digits and capital Latin letters, without what a scanner puts around it.

    A number of fourteen digits is found inside what was typed; anything else comes back whole, to be shown as unknown.
    """
    code = _without_prefix(typed)
    return _number(code) or code.strip().upper()


def number_in(typed: str) -> str | None:
    """Return the number of fourteen digits that was scanned or typed; None where there is none, or more than one."""
    return _number(_without_prefix(typed))


def _without_prefix(typed: str) -> str:
    """Leave out control characters and the identifier of the symbology, which would lend its digit to the number."""
    text = "".join(character for character in typed[:LONGEST] if character.isprintable()).strip()
    return _AIM.sub("", _to_latin(text))


def _number(code: str) -> str | None:
    """Find the one run of fourteen digits, as it stands or typed by hand with spaces or hyphens between the groups."""
    for text in (code, _GAPS.sub("", code)):
        runs: list[str] = [run for run in re.findall(r"[0-9]+", text) if len(run) == DIGITS]
        if len(runs) == 1:
            return runs[0]
    return None


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
