"""Code 128 (ISO/IEC 15417) of digits, the barcode of receipts and registers.

Written here because it is one table and a sum. A library (python-barcode) would draw the same bars, but decides
module width and quiet zone in its own way; zxing-cpp, which has an encoder and a reader of its own, checks these lines.
"""

from __future__ import annotations

import re

_TABLE = (
    "212222 222122 222221 121223 121322 131222 122213 122312 132212 221213 221312 231212 112232 122132 122231 113222 "
    "123122 123221 223211 221132 221231 213212 223112 312131 311222 321122 321221 312212 322112 322211 212123 212321 "
    "232121 111323 131123 131321 112313 132113 132311 211313 231113 231311 112133 112331 132131 113123 113321 133121 "
    "313121 211331 231131 213113 213311 213131 311123 311321 331121 312113 312311 332111 314111 221411 431111 111224 "
    "111422 121124 121421 141122 141221 112214 112412 122114 122411 142112 142211 241211 221114 413111 241112 134111 "
    "111242 121142 121241 114212 124112 124211 411212 421112 421211 212141 214121 412121 111143 111341 131141 114113 "
    "114311 411113 411311 113141 114131 311141 411131 211412 211214 211232"
)
"""Bar and space widths in modules of the symbol characters 0 to 105."""
_WIDTHS = tuple(tuple(int(width) for width in one) for one in _TABLE.split())
_STOP = (2, 3, 3, 1, 1, 1, 2)
_TO_B = 100
_START_B, _START_C = 104, 105
_MODULUS = 103
_FIRST_OF_B = 32
_DIGITS = re.compile(r"[0-9]{1,48}")

QUIET_ZONE = 10
"""Modules kept white on either side."""
MODULE_MM = 0.5
"""Four dots of a printer of 203 dpi, a whole number of them, so that no bar is rounded thinner than another."""
HEIGHT_MM = 14


def symbols(digits: str) -> tuple[int, ...]:
    """Return the symbol characters from start to check character; raises `ValueError` for what is not 1 to 48 digits.

    Digits go two to a character (set C); an odd last one goes alone (set B).
    """
    if not _DIGITS.fullmatch(digits):
        raise ValueError(f"expected 1 to 48 digits, found {digits!r}")
    if len(digits) == 1:
        values = [_START_B, _in_b(digits)]
    else:
        values = [_START_C, *(int(digits[at : at + 2]) for at in range(0, len(digits) - 1, 2))]
        if len(digits) % 2:
            values += [_TO_B, _in_b(digits[-1])]
    return (*values, check_character(values))


def check_character(values: list[int]) -> int:
    """Return the start character plus each character times its place, modulo 103."""
    return (values[0] + sum(place * value for place, value in enumerate(values[1:], start=1))) % _MODULUS


def widths(digits: str) -> tuple[int, ...]:
    """Return the widths of bars and spaces in modules, bar first, from the start to the stop character."""
    return (*(width for value in symbols(digits) for width in _WIDTHS[value]), *_STOP)


def barcode_svg(digits: str, *, module_mm: float = MODULE_MM, height_mm: float = HEIGHT_MM) -> str:
    """Return the barcode as SVG in millimetres, quiet zones within; raises `ValueError`."""
    bars, at = [], QUIET_ZONE
    for place, width in enumerate(widths(digits)):
        if place % 2 == 0:
            bars.append(f"M{at} 0h{width}v1h-{width}z")
        at += width
    total = at + QUIET_ZONE
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{total * module_mm:g}mm" height="{height_mm:g}mm" '
        f'viewBox="0 0 {total} 1" preserveAspectRatio="none"><path d="{"".join(bars)}"/></svg>'
    )


def _in_b(digit: str) -> int:
    return ord(digit) - _FIRST_OF_B
