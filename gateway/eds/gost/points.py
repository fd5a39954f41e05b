"""Arithmetic of points: Jacobian coordinates, and several multiples added in one pass (Shamir's trick with wNAF).

The integers are gmpy2's where gmpy2 is installed, three to four times as fast, and Python's own elsewhere. Nothing here
takes constant time.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache, partial
from typing import cast

from gateway.eds.gost.curves import Curve

Integer = Callable[[int], int]
"""Makes the number that is calculated with: `int`, or gmpy2's `mpz`."""
Affine = tuple[int, int]
Verify = Callable[[Curve, Affine, bytes, int, int], bool]
"""Checks a signature: curve, point, digest, r and s, all of them known to be in range."""
Jacobian = tuple[int, int, int]

_INFINITY: Jacobian = (1, 1, 0)
_BASE_WIDTH, _POINT_WIDTH = 8, 5


def fastest_integer() -> Integer:
    """Return gmpy2's `mpz`, or `int` without gmpy2."""
    try:
        from gmpy2 import mpz
    except ImportError:
        return int
    return cast("Integer", mpz)


def doubled(point: Jacobian, p: int) -> Jacobian:
    """Double a point of a curve with a = -3 ("dbl-2001-b" of the Explicit-Formulas Database)."""
    x, y, z = point
    delta, gamma = z * z % p, y * y % p
    beta = x * gamma % p
    alpha = 3 * (x - delta) * (x + delta) % p
    tripled = (alpha * alpha - 8 * beta) % p
    return tripled, (alpha * (4 * beta - tripled) - 8 * gamma * gamma) % p, 2 * y * z % p


def added(point: Jacobian, other: Affine, p: int) -> Jacobian:
    """Add a point in affine coordinates."""
    x, y, z = point
    if z == 0:
        return other[0], other[1], 1
    square = z * z % p
    h = (other[0] * square - x) % p
    r = (other[1] * square * z - y) % p
    if h == 0:
        return doubled(point, p) if r == 0 else _INFINITY
    hh = h * h % p
    hhh, v = h * hh % p, x * hh % p
    new = (r * r - hhh - 2 * v) % p
    return new, (r * (v - new) - y * hhh) % p, z * h % p


def _affine(points: Sequence[Jacobian], p: int) -> list[Affine]:
    """Bring points, none of them infinite, to affine coordinates with one inversion for all (Montgomery's trick)."""
    products = [1 * points[0][2]]
    for _, _, z in points[1:]:
        products.append(products[-1] * z % p)
    inverse = pow(products[-1], -1, p)
    found: list[Affine] = []
    for place in range(len(points) - 1, -1, -1):
        x, y, z = points[place]
        own = inverse * products[place - 1] % p if place else inverse
        inverse = inverse * z % p
        square = own * own % p
        found.append((x * square % p, y * square * own % p))
    return found[::-1]


def _odd_multiples(point: Affine, p: int, width: int, integer: Integer) -> list[Affine]:
    """Return 1, 3, 5, … times the point, as a window of `width` needs them."""
    x, y = integer(point[0]), integer(point[1])
    ((twice),) = _affine([doubled((x, y, integer(1)), p)], p)
    multiples: list[Jacobian] = [(x, y, integer(1))]
    for _ in range((1 << width - 2) - 1):
        multiples.append(added(multiples[-1], twice, p))
    return _affine(multiples, p)


@lru_cache(maxsize=8)
def _base_multiples(curve: Curve, integer: Integer) -> list[Affine]:
    return _odd_multiples((curve.x, curve.y), integer(curve.p), _BASE_WIDTH, integer)


def _windows(scalar: int, width: int) -> list[int]:
    """Write a number in the non-adjacent form of `width`, lowest digit first: odd digits, apart from one another."""
    digits = []
    full, half = 1 << width, 1 << width - 1
    while scalar:
        digit = 0
        if scalar & 1:
            digit = scalar & full - 1
            if digit >= half:
                digit -= full
            scalar -= digit
        digits.append(digit)
        scalar >>= 1
    return digits


def combination(
    curve: Curve, integer: Integer, base: int, other: int = 0, point: Affine | None = None
) -> Affine | None:
    """Return `base` times the base point plus `other` times `point`, or `None` for the point at infinity."""
    p = integer(curve.p)
    terms = [(_windows(base, _BASE_WIDTH), _base_multiples(curve, integer))]
    if point is not None:
        terms.append((_windows(other, _POINT_WIDTH), _odd_multiples(point, p, _POINT_WIDTH, integer)))
    total = _INFINITY
    for place in range(max(len(digits) for digits, _ in terms) - 1, -1, -1):
        total = doubled(total, p)
        for digits, multiples in terms:
            digit = digits[place] if place < len(digits) else 0
            if digit > 0:
                total = added(total, multiples[digit >> 1], p)
            elif digit:
                x, y = multiples[-digit >> 1]
                total = added(total, (x, p - y), p)
    if total[2] == 0:
        return None
    ((x, y),) = _affine([total], p)
    return int(x), int(y)


def verifier(integer: Integer) -> Verify:
    """Make a check of signatures that calculates with such integers; 2 to 4 ms with gmpy2, 7 to 12 ms without."""
    return partial(_verifies, integer)


def _verifies(  # noqa: PLR0917 - the numbers of the standard
    integer: Integer, curve: Curve, point: Affine, digest: bytes, r: int, s: int
) -> bool:
    """Check a signature as RFC 7091 section 6.2 does."""
    v = pow(hash_number(curve, digest), -1, curve.q)
    found = combination(curve, integer, s * v % curve.q, -r * v % curve.q, point)
    return found is not None and found[0] % curve.q == r


def hash_number(curve: Curve, digest: bytes) -> int:
    """Return e of RFC 7091 section 6.1: the digest read little-endian, and 1 for 0."""
    return int.from_bytes(digest, "little") % curve.q or 1
