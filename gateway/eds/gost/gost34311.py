"""ГОСТ 34.311-95 (the function of GOST R 34.11-94, RFC 5831) with the S-box that Kazakhstan uses, in pure Python.

The S-box is id-GostR3411-94-TestParamSet (RFC 4357 section 11.2), as real certificates of the НУЦ show, and not the
CryptoPro one that most libraries mean by this hash. Numbers are little-endian; the digest is in the order of CMS.
"""

from __future__ import annotations

from functools import cache
from struct import pack, unpack

BLOCK = 32

# Rows K1 to K8 of RFC 4357 section 11.2: K1 replaces the lowest four bits.
_SUBSTITUTION = (
    (4, 10, 9, 2, 13, 8, 0, 14, 6, 11, 1, 12, 7, 15, 5, 3),
    (14, 11, 4, 12, 6, 13, 15, 10, 2, 3, 8, 1, 0, 7, 5, 9),
    (5, 8, 1, 13, 10, 3, 4, 2, 14, 15, 12, 7, 6, 0, 9, 11),
    (7, 13, 10, 1, 0, 8, 9, 15, 14, 4, 6, 12, 11, 2, 5, 3),
    (6, 12, 7, 1, 5, 15, 13, 8, 4, 10, 9, 14, 0, 3, 11, 2),
    (4, 11, 10, 0, 7, 2, 1, 13, 3, 6, 8, 5, 9, 12, 15, 14),
    (13, 11, 4, 1, 3, 15, 5, 9, 0, 10, 14, 7, 6, 8, 2, 12),
    (1, 15, 13, 0, 5, 7, 10, 4, 9, 2, 3, 14, 6, 11, 8, 12),
)
# RFC 5831 section 5.1: the constant C3.
_C3 = 0xFF00FFFF000000FFFF0000FF00FFFF0000FF00FF00FF00FFFF00FF00FF00FF00
_MASK = (1 << 256) - 1
_HALF = (1 << 64) - 1

Tables = tuple[list[int], list[int]]


@cache
def _tables() -> Tables:
    """Join four S-boxes and the rotation by 11 into one table for each half of a word (two of 65536 numbers)."""
    halves = []
    for half in (0, 1):
        low, middle, high, top = _SUBSTITUTION[4 * half : 4 * half + 4]
        rows = []
        for value in range(1 << 16):
            word = low[value & 15] | middle[value >> 4 & 15] << 4 | high[value >> 8 & 15] << 8 | top[value >> 12] << 12
            word <<= 16 * half
            rows.append((word << 11 | word >> 21) & 0xFFFFFFFF)
        halves.append(rows)
    return halves[0], halves[1]


def _encrypt(tables: Tables, key: int, text: int) -> int:
    """Encrypt 64 bits with ГОСТ 28147-89 in the mode of simple substitution: the subkeys thrice forward, once back."""
    lower, upper = tables
    words = unpack("<8I", key.to_bytes(32, "little"))
    low, high = text & 0xFFFFFFFF, text >> 32
    rounds = words * 3 + words[::-1]
    for odd, even in zip(rounds[::2], rounds[1::2], strict=True):
        mixed = low + odd
        high ^= lower[mixed & 0xFFFF] ^ upper[mixed >> 16 & 0xFFFF]
        mixed = high + even
        low ^= lower[mixed & 0xFFFF] ^ upper[mixed >> 16 & 0xFFFF]
    return low << 32 | high


def _spread(number: int) -> int:
    """Permute the bytes of a key (the transformation P of RFC 5831 section 5.1)."""
    data = number.to_bytes(32, "little")
    return int.from_bytes(b"".join(data[place::8] for place in range(8)), "little")


def _turned(number: int) -> int:
    """Shift by a quarter, adding the two lowest ones (the transformation A)."""
    return ((number ^ number >> 64) & _HALF) << 192 | number >> 64


def _mixed(number: int, times: int) -> int:
    """Run the shift register of RFC 5831 section 5.3 (the transformation psi) so many times."""
    words = list(unpack("<16H", number.to_bytes(32, "little")))
    first, second, third, fourth = words[:4]
    for k in range(times):
        last = first ^ second ^ third ^ fourth ^ words[k + 12] ^ words[k + 15]
        words.append(last)
        first, second, third, fourth = second, third, fourth, words[k + 4]
    return int.from_bytes(pack("<16H", *words[times:]), "little")


def _step(tables: Tables, state: int, block: int) -> int:
    u, v = state, block
    encrypted = _encrypt(tables, _spread(u ^ v), state & _HALF)
    for place in (1, 2, 3):
        u = _turned(u)
        if place == 2:
            u ^= _C3
        v = _turned(_turned(v))
        encrypted |= _encrypt(tables, _spread(u ^ v), state >> 64 * place & _HALF) << 64 * place
    return _mixed(state ^ _mixed(block ^ _mixed(encrypted, 12), 1), 61)


def gost34311(data: bytes) -> bytes:
    """Return the digest of 256 bits; about three seconds for a megabyte."""
    tables, state, total = _tables(), 0, 0
    for start in range(0, len(data), BLOCK):
        block = int.from_bytes(data[start : start + BLOCK], "little")
        state = _step(tables, state, block)
        total = total + block & _MASK
    state = _step(tables, state, 8 * len(data))
    return _step(tables, state, total).to_bytes(32, "little")
