"""Streebog (ГОСТ 34.11-2015, the same function as GOST R 34.11-2012) in pure Python, as RFC 6986 describes it.

Numbers are read little-endian throughout, so that digests come out in the order in which CMS and XML carry them.
"""

from __future__ import annotations

from functools import cache, reduce
from operator import getitem, xor

BLOCK = 64

# RFC 6986 section 6.2.
_PI = bytes.fromhex("""
    fceedd11cf6e3116fbc4fada23c5044de977f0db932e99ba1736f1bb14cd5fc1
    f918655ae25cef21811c3c428b018e4f058402aee36a8fa0060bed987fd4d31f
    eb342c51eac848abf22a68a2fd3aceccb5700e56080c7612bf7213479cb75d87
    15a19629107b9ac7f391786f9d9eb2b13275193dff358a7e6d54c680c3bd0d57
    dff524a93ea843c9d779d6f67c22b903e00fecde7a94b0bcdce828504e330a4a
    a79760731e0062441ab83882649f2641ad454692275e552f8ca3a57d69d5953b
    0758b34086ac1df730376be488d9e789e11b83494c3ff8fe8d53aa90cad88561
    207167a42d2b095bcb9b25d0bee56c5259a674d2e6f4b4c0d166afc2394b63b6
""")
# RFC 6986 section 6.4: the rows of A, from the most significant bit down.
_A = (
    0x8E20FAA72BA0B470,
    0x47107DDD9B505A38,
    0xAD08B0E0C3282D1C,
    0xD8045870EF14980E,
    0x6C022C38F90A4C07,
    0x3601161CF205268D,
    0x1B8E0B0E798C13C8,
    0x83478B07B2468764,
    0xA011D380818E8F40,
    0x5086E740CE47C920,
    0x2843FD2067ADEA10,
    0x14AFF010BDD87508,
    0x0AD97808D06CB404,
    0x05E23C0468365A02,
    0x8C711E02341B2D01,
    0x46B60F011A83988E,
    0x90DAB52A387AE76F,
    0x486DD4151C3DFDB9,
    0x24B86A840E90F0D2,
    0x125C354207487869,
    0x092E94218D243CBA,
    0x8A174A9EC8121E5D,
    0x4585254F64090FA0,
    0xACCC9CA9328A8950,
    0x9D4DF05D5F661451,
    0xC0A878A0A1330AA6,
    0x60543C50DE970553,
    0x302A1E286FC58CA7,
    0x18150F14B9EC46DD,
    0x0C84890AD27623E0,
    0x0642CA05693B9F70,
    0x0321658CBA93C138,
    0x86275DF09CE8AAA8,
    0x439DA0784E745554,
    0xAFC0503C273AA42A,
    0xD960281E9D1D5215,
    0xE230140FC0802984,
    0x71180A8960409A42,
    0xB60C05CA30204D21,
    0x5B068C651810A89E,
    0x456C34887A3805B9,
    0xAC361A443D1C8CD2,
    0x561B0D22900E4669,
    0x2B838811480723BA,
    0x9BCF4486248D9F5D,
    0xC3E9224312C8C1A0,
    0xEFFA11AF0964EE50,
    0xF97D86D98A327728,
    0xE4FA2054A80B329C,
    0x727D102A548B194E,
    0x39B008152ACB8227,
    0x9258048415EB419D,
    0x492C024284FBAEC0,
    0xAA16012142F35760,
    0x550B8E9E21F7A530,
    0xA48B474F9EF5DC18,
    0x70A6A56E2440598E,
    0x3853DC371220A247,
    0x1CA76E95091051AD,
    0x0EDD37C48A08A6D8,
    0x07E095624504536C,
    0x8D70C431AC02A736,
    0xC83862965601DD1B,
    0x641C314B2B8EE083,
)
# RFC 6986 section 6.5.
_C = tuple(
    int(first + second, 16)
    for first, second in (
        (
            "b1085bda1ecadae9ebcb2f81c0657c1f2f6a76432e45d016714eb88d7585c4fc",
            "4b7ce09192676901a2422a08a460d31505767436cc744d23dd806559f2a64507",
        ),
        (
            "6fa3b58aa99d2f1a4fe39d460f70b5d7f3feea720a232b9861d55e0f16b50131",
            "9ab5176b12d699585cb561c2db0aa7ca55dda21bd7cbcd56e679047021b19bb7",
        ),
        (
            "f574dcac2bce2fc70a39fc286a3d843506f15e5f529c1f8bf2ea7514b1297b7b",
            "d3e20fe490359eb1c1c93a376062db09c2b6f443867adb31991e96f50aba0ab2",
        ),
        (
            "ef1fdfb3e81566d2f948e1a05d71e4dd488e857e335c3c7d9d721cad685e353f",
            "a9d72c82ed03d675d8b71333935203be3453eaa193e837f1220cbebc84e3d12e",
        ),
        (
            "4bea6bacad4747999a3f410c6ca923637f151c1f1686104a359e35d7800fffbd",
            "bfcd1747253af5a3dfff00b723271a167a56a27ea9ea63f5601758fd7c6cfe57",
        ),
        (
            "ae4faeae1d3ad3d96fa4c33b7a3039c02d66c4f95142a46c187f9ab49af08ec6",
            "cffaa6b71c9ab7b40af21f66c2bec6b6bf71c57236904f35fa68407a46647d6e",
        ),
        (
            "f4c70e16eeaac5ec51ac86febf240954399ec6c7e6bf87c9d3473e33197a93c9",
            "0992abc52d822c3706476983284a05043517454ca23c4af38886564d3a14d493",
        ),
        (
            "9b1f5b424d93c9a703e7aa020c6e41414eb7f8719c36de1e89b4443b4ddbc49a",
            "f4892bcb929b069069d18d2bd1a5c42f36acc2355951a8d9a47f0dd4bf02e71e",
        ),
        (
            "378f5a541631229b944c9ad8ec165fde3a7d3a1b258942243cd955b7e00d0984",
            "800a440bdbb2ceb17b2b8a9aa6079c540e38dc92cb1f2a607261445183235adb",
        ),
        (
            "abbedea680056f52382ae548b2e4f3f38941e71cff8a78db1fffe18a1b336103",
            "9fe76702af69334b7a1e6c303b7652f43698fad1153bb6c374b4c7fb98459ced",
        ),
        (
            "7bcd9ed0efc889fb3002c6cd635afe94d8fa6bbbebab07612001802114846679",
            "8a1d71efea48b9caefbacd1d7d476e98dea2594ac06fd85d6bcaa4cd81f32d1b",
        ),
        (
            "378ee767f11631bad21380b00449b17acda43c32bcdf1d77f82012d430219f9b",
            "5d80ef9d1891cc86e71da4aa88e12852faf417d5d9b21b9948bc924af11bd720",
        ),
    )
)
_MASK = (1 << 512) - 1


@cache
def _tables() -> tuple[tuple[int, ...], ...]:
    """Join S, P and L: for each byte of the state and each of its values, what it adds to the result (1.6 MB)."""
    columns = []
    for place in range(8):
        rows = []
        for value in _PI:
            row = 0
            for bit in range(8):
                if value >> bit & 1:
                    row ^= _A[63 - 8 * place - bit]
            rows.append(row)
        columns.append(rows)
    return tuple(tuple(row << 64 * (place % 8) for row in columns[place // 8]) for place in range(64))


def _compress(tables: tuple[tuple[int, ...], ...], state: int, block: int, count: int) -> int:
    """Return g_N(h, m) of RFC 6986 section 8."""
    key = reduce(xor, map(getitem, tables, (state ^ count).to_bytes(64, "little")))
    text = block
    for constant in _C:
        text = reduce(xor, map(getitem, tables, (text ^ key).to_bytes(64, "little")))
        key = reduce(xor, map(getitem, tables, (key ^ constant).to_bytes(64, "little")))
    return text ^ key ^ state ^ block


def _digest(data: bytes, state: int) -> int:
    tables, count, total = _tables(), 0, 0
    whole = len(data) - len(data) % BLOCK
    for start in range(0, whole, BLOCK):
        block = int.from_bytes(data[start : start + BLOCK], "little")
        state = _compress(tables, state, block, count)
        count = count + 8 * BLOCK & _MASK
        total = total + block & _MASK
    tail = data[whole:]
    block = int.from_bytes(tail + b"\x01", "little")
    state = _compress(tables, state, block, count)
    count = count + 8 * len(tail) & _MASK
    total = total + block & _MASK
    state = _compress(tables, state, count, 0)
    return _compress(tables, state, total, 0)


def streebog512(data: bytes) -> bytes:
    """Return the digest of 512 bits; three to four seconds for a megabyte."""
    return _digest(data, 0).to_bytes(64, "little")


def streebog256(data: bytes) -> bytes:
    """Return the digest of 256 bits: another start, and the upper half of the result."""
    return _digest(data, int.from_bytes(b"\x01" * 64, "little")).to_bytes(64, "little")[32:]
