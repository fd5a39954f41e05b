"""The system's C libraries through ctypes: libnettle and libgcrypt for hashes, libhogweed for signatures.

A library is trusted only when its ABI is one of those listed here, all its symbols are there, and each function gives
the answer of a known vector at the first use. ctypes lets other threads run while C calculates.
"""

from __future__ import annotations

import ctypes
import ctypes.util
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from pathlib import Path

from gateway.eds.gost.curves import GOST_2004, GOST_2015_512, Curve
from gateway.eds.gost.points import Affine, Verify, combination, fastest_integer, hash_number

# Of nettle the numbers stand for ABIs: in nettle 4 the digest functions take other arguments and must not be called.
_FILES = {
    "nettle": ("libnettle.so.8", "libnettle.8.dylib"),
    "hogweed": ("libhogweed.so.6", "libhogweed.6.dylib"),
    "gmp": ("libgmp.so.10", "libgmp.10.dylib"),
    "gcrypt": ("libgcrypt.so.20", "libgcrypt.20.dylib"),
}
_CONTEXT_BYTES = 8192
_GCRYPT_TEST = 8
# The vectors of RFC 6986 section 10.1 (M1, in the order of CMS) and of RFC 5831 section 7.1.
_M1 = b"012345678901234567890123456789012345678901234567890123456789012"
_M94 = b"This is message, length=32 bytes"
KNOWN_DIGESTS = {
    "streebog512": (
        _M1,
        (
            "1b54d01a4af5b9d5cc3d86d68d285462b19abc2475222f35c085122be4ba1ffa"
            "00ad30f8767b3a82384c6574f024c311e2a481332b08ef7f41797891c1646f48"
        ),
    ),
    "streebog256": (_M1, "9d151eefd8590b89daa6ba6cb74af9275dd051026bb149a452fd84e5e57b5500"),
    "gost34311": (_M94, "b1c466d37519b82e8319819ff32595e047a28cb6f83eff1c6916a815a637fffa"),
}
"""A message and its digest for each function."""

HashFunctions = dict[str, Callable[[bytes], bytes]]


class _Mpz(ctypes.Structure):
    _fields_ = [("allocated", ctypes.c_int), ("size", ctypes.c_int), ("limbs", ctypes.c_void_p)]


class _Signature(ctypes.Structure):
    _fields_ = [("r", _Mpz), ("s", _Mpz)]


class _Point(ctypes.Structure):
    _fields_ = [("curve", ctypes.c_void_p), ("limbs", ctypes.c_void_p)]


def _library(name: str) -> ctypes.CDLL | None:
    known = _FILES[name]
    for file in known:
        with suppress(OSError):
            return ctypes.CDLL(file)
    # Not where the loader looks: ctypes knows more places, and starts programs to ask.
    found = ctypes.util.find_library(name)
    if found and Path(found).resolve().name in known:
        with suppress(OSError):
            return ctypes.CDLL(found)
    return None


def _trusted(functions: HashFunctions) -> HashFunctions | None:
    for name, (message, digest) in KNOWN_DIGESTS.items():
        if functions[name](message).hex() != digest:
            return None
    return functions


@cache
def nettle_hashes() -> HashFunctions | None:
    """Return the hashes of libnettle 3.6 to 3.10, or `None` without it."""
    library = _library("nettle")
    if library is None:
        return None

    def function(name: str, size: int, updated_as: str) -> Callable[[bytes], bytes]:
        assert library is not None
        steps = (f"{name}_init", f"{updated_as}_update", f"{name}_digest")
        start, update, end = (getattr(library, f"nettle_{step}") for step in steps)
        start.argtypes, start.restype = [ctypes.c_void_p], None
        update.argtypes, update.restype = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_char_p], None
        end.argtypes, end.restype = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_void_p], None

        def digest(data: bytes) -> bytes:
            context, result = ctypes.create_string_buffer(_CONTEXT_BYTES), ctypes.create_string_buffer(size)
            start(context)
            update(context, len(data), data)
            end(context, size, result)
            return result.raw

        return digest

    try:
        return _trusted(
            {
                "streebog512": function("streebog512", 64, "streebog512"),
                "streebog256": function("streebog256", 32, "streebog512"),
                "gost34311": function("gosthash94", 32, "gosthash94"),
            }
        )
    except AttributeError:
        return None


@cache
def gcrypt_hashes() -> HashFunctions | None:
    """Return the hashes of libgcrypt, or `None` when it is absent or was built without them."""
    library = _library("gcrypt")
    if library is None:
        return None
    try:
        version, info, hash_buffer = (
            getattr(library, f"gcry_{name}") for name in ("check_version", "md_algo_info", "md_hash_buffer")
        )
    except AttributeError:
        return None
    version.argtypes, version.restype = [ctypes.c_char_p], ctypes.c_char_p
    info.argtypes, info.restype = [ctypes.c_int, ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p], ctypes.c_uint
    hash_buffer.argtypes, hash_buffer.restype = (
        [ctypes.c_int, ctypes.c_void_p, ctypes.c_char_p, ctypes.c_size_t],
        None,
    )
    numbers = {"streebog512": (310, 64), "streebog256": (309, 32), "gost34311": (308, 32)}
    # An algorithm that is not there must not be asked for: libgcrypt ends the process.
    if version(None) is None or any(info(number, _GCRYPT_TEST, None, None) for number, _ in numbers.values()):
        return None

    def function(number: int, size: int) -> Callable[[bytes], bytes]:
        def digest(data: bytes) -> bytes:
            result = ctypes.create_string_buffer(size)
            hash_buffer(number, result, data, len(data))
            return result.raw

        return digest

    return _trusted({name: function(*pair) for name, pair in numbers.items()})


class _Hogweed:
    """`nettle_gostdsa_verify` with its numbers, which are GMP's."""

    def __init__(self, library: ctypes.CDLL, gmp: ctypes.CDLL) -> None:
        pointer, size, number = ctypes.c_void_p, ctypes.c_size_t, ctypes.POINTER(_Mpz)
        self._init = _typed(gmp, "__gmpz_init", None, number)
        self._clear = _typed(gmp, "__gmpz_clear", None, number)
        self._import = _typed(
            gmp, "__gmpz_import", None, number, size, ctypes.c_int, size, ctypes.c_int, size, ctypes.c_char_p
        )
        self._point_init = _typed(library, "nettle_ecc_point_init", None, ctypes.POINTER(_Point), pointer)
        self._point_clear = _typed(library, "nettle_ecc_point_clear", None, ctypes.POINTER(_Point))
        self._point_set = _typed(library, "nettle_ecc_point_set", ctypes.c_int, ctypes.POINTER(_Point), number, number)
        self._verify = _typed(
            library,
            "nettle_gostdsa_verify",
            ctypes.c_int,
            ctypes.POINTER(_Point),
            size,
            ctypes.c_char_p,
            ctypes.POINTER(_Signature),
        )
        self._curves = {
            GOST_2015_512.name: _typed(library, "nettle_get_gost_gc512a", pointer)(),
            GOST_2004.name: _typed(library, "nettle_get_gost_gc256b", pointer)(),
        }

    def verify(self, curve: Curve, point: Affine, digest: bytes, r: int, s: int) -> bool:
        """Check a signature; 0.7 ms for 512 bits.

        The library gets the digest as e, reduced: one that equals q it would take for 0 where the standard says 1.
        """
        e = hash_number(curve, digest).to_bytes(curve.size, "little")
        numbers, signature, key = (_Mpz(), _Mpz()), _Signature(), _Point()
        fields = (numbers[0], numbers[1], signature.r, signature.s)
        for field in fields:
            self._init(field)
        self._point_init(key, self._curves[curve.name])
        try:
            for field, value in zip(fields, (*point, r, s), strict=True):
                self._import(field, curve.size, -1, 1, 0, 0, value.to_bytes(curve.size, "little"))
            if not self._point_set(key, numbers[0], numbers[1]):
                return False
            return bool(self._verify(key, len(e), e, signature))
        finally:
            self._point_clear(key)
            for field in fields:
                self._clear(field)


def _typed(library: ctypes.CDLL, name: str, result: type | None, *arguments: type) -> Callable[..., int]:
    function = getattr(library, name)
    function.argtypes, function.restype = arguments, result
    return function  # type: ignore[no-any-return]


@cache
def hogweed_verify() -> Verify | None:
    """Return the check of signatures in libhogweed 3.6 to 3.10, or `None` without it."""
    library, gmp = _library("hogweed"), _library("gmp")
    if library is None or gmp is None:
        return None
    try:
        found = _Hogweed(library, gmp)
    except AttributeError:
        return None
    return found.verify if all(_agrees(found.verify, curve) for curve in (GOST_2015_512, GOST_2004)) else None


def _agrees(verify: Verify, curve: Curve) -> bool:
    """Try a signature that is made here with a small key and a small k, and the same over another digest."""
    private, k = 0x9E3779B97F4A7C15, 0xBF58476D1CE4E5B9
    integer = fastest_integer()
    point, shared = combination(curve, integer, private), combination(curve, integer, k)
    assert point is not None
    assert shared is not None
    digest = bytes(range(1, curve.size + 1))
    r = shared[0] % curve.q
    s = (r * private + k * hash_number(curve, digest)) % curve.q
    return verify(curve, point, digest, r, s) and not verify(curve, point, bytes(curve.size), r, s)
