"""The hashes of ГОСТ: the vectors of the standards, and every back end with the same answer."""

from __future__ import annotations

import os

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.eds.codes import Code
from gateway.eds.errors import AlgorithmRefused
from gateway.eds.gost import backends, digests, native
from gateway.eds.gost.backends import Hashes

M1 = b"012345678901234567890123456789012345678901234567890123456789012"
M2 = "Се ветри, Стрибожи внуци, веютъ с моря стрелами на храбрыя плъкы Игоревы".encode("cp1251")
STREEBOG = [  # RFC 6986 section 10, its numbers written from the lowest byte up
    (
        M1,
        (
            "1b54d01a4af5b9d5cc3d86d68d285462b19abc2475222f35c085122be4ba1ffa"
            "00ad30f8767b3a82384c6574f024c311e2a481332b08ef7f41797891c1646f48"
        ),
        "9d151eefd8590b89daa6ba6cb74af9275dd051026bb149a452fd84e5e57b5500",
    ),
    (
        M2,
        (
            "1e88e62226bfca6f9994f1f2d51569e0daf8475a3b0fe61a5300eee46d961376"
            "035fe83549ada2b8620fcd7c496ce5b33f0cb9dddc2b6460143b03dabac9fb28"
        ),
        "9dd2fe4e90409e5da87f53976d7405b0c0cac628fc669a741d50063c557e8f50",
    ),
]
GOST34311 = [  # RFC 5831 section 7.3 and vectors of the same S-box published since
    (b"", "ce85b99cc46752fffee35cab9a7b0278abb4c2d2055cff685af4912c49490f8d"),
    (b"abc", "f3134348c44fb1b2a277729e2285ebb5cb5e0f29c975bc753b70497c06a4d51d"),
    (b"message digest", "ad4434ecb18f2c99b60cbe59ec3d2469582b65273f48de72db2fde16a4889a4d"),
    (b"This is message, length=32 bytes", "b1c466d37519b82e8319819ff32595e047a28cb6f83eff1c6916a815a637fffa"),
    (
        b"Suppose the original message has length = 50 bytes",
        "471aba57a60a770d3a76130635c1fbea4ef14de51f78b4ae57dd893b62f55208",
    ),
]
FUNCTIONS = ["streebog512", "streebog256", "gost34311"]
BOUNDARIES = [0, 1, 31, 32, 33, 63, 64, 65, 127, 128, 129, 1000]


@pytest.mark.parametrize(("message", "long", "short"), STREEBOG, ids=["M1", "M2"])
def test_streebog_gives_the_digests_of_the_rfc(hashes: Hashes, message: bytes, long: str, short: str) -> None:
    assert digests.streebog512(message).hex() == long
    assert digests.streebog256(message).hex() == short


@pytest.mark.parametrize(("message", "digest"), GOST34311)
def test_gost34311_gives_the_published_digests(hashes: Hashes, message: bytes, digest: str) -> None:
    assert digests.gost34311(message).hex() == digest


@pytest.mark.parametrize("function", FUNCTIONS)
@pytest.mark.parametrize("size", BOUNDARIES)
def test_every_back_end_agrees_at_the_borders_of_blocks(function: str, size: int) -> None:
    for data in (bytes(size), b"\xff" * size, os.urandom(size)):
        assert len({getattr(one, function)(data) for one in backends.available_hashes()}) == 1, data.hex()


@settings(deadline=None)
@given(data=st.binary(max_size=600), function=st.sampled_from(FUNCTIONS))
def test_every_back_end_agrees_on_random_messages(data: bytes, function: str) -> None:
    assert len({getattr(one, function)(data) for one in backends.available_hashes()}) == 1


@settings(deadline=None)
@given(data=st.lists(st.sampled_from([b"\xff" * 32, b"\xfe" + b"\xff" * 31, bytes(31) + b"\x80"]), max_size=9))
def test_carries_of_the_sum_of_blocks_are_kept_by_every_back_end(data: list[bytes]) -> None:
    for function in FUNCTIONS:
        assert len({getattr(one, function)(b"".join(data)) for one in backends.available_hashes()}) == 1


@pytest.mark.parametrize("function", FUNCTIONS)
def test_much_data_is_refused_at_once_without_a_c_library(function: str) -> None:
    hash_function = getattr(digests, function)
    with backends.using(hashes="python"), pytest.raises(AlgorithmRefused) as refusal:
        hash_function(bytes(digests.MAX_SLOW_BYTES + 1))
    assert refusal.value.code is Code.HASH_TOO_SLOW
    if backends.fastest().hashes.fast:
        assert len(hash_function(bytes(digests.MAX_SLOW_BYTES + 1))) in {32, 64}


def test_library_that_answers_wrongly_is_not_trusted() -> None:
    right = {name: (lambda data, name=name: bytes.fromhex(native.KNOWN_DIGESTS[name][1])) for name in FUNCTIONS}
    assert native._trusted(right) == right
    for name in FUNCTIONS:
        assert native._trusted(right | {name: lambda data: bytes(64)}) is None


def test_machine_without_libraries_falls_back_to_python(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(native, "_library", lambda name: None)
    assert native.nettle_hashes.__wrapped__() is None
    assert native.gcrypt_hashes.__wrapped__() is None
    assert native.hogweed_verify.__wrapped__() is None


@pytest.mark.parametrize("load", ["nettle_hashes", "gcrypt_hashes", "hogweed_verify"])
def test_library_without_the_symbols_is_not_used(monkeypatch: pytest.MonkeyPatch, load: str) -> None:
    monkeypatch.setattr(native, "_library", lambda name: object())
    assert getattr(native, load).__wrapped__() is None


def test_unknown_back_end_is_not_silently_another() -> None:
    with pytest.raises(LookupError), backends.using(hashes="kalkan"):
        pass
    with backends.using(hashes="python", verifier="python") as used:
        assert str(used) == "hashes by python, signatures by python"
        assert backends.chosen() is used
    assert backends.chosen() == backends.fastest()


def test_library_of_another_abi_is_never_loaded(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def load(file: str) -> object:
        asked.append(file)
        if "/" in file:
            return file
        raise OSError(file)

    monkeypatch.setattr(native.ctypes, "CDLL", load)
    for found, loaded in (
        ("/opt/lib/libnettle.so.8", "/opt/lib/libnettle.so.8"),
        ("/opt/lib/libnettle.so.9", None),
        ("libnettle.so.9", None),
        (None, None),
    ):
        monkeypatch.setattr(native.ctypes.util, "find_library", lambda name, found=found: found)
        assert native._library("nettle") == loaded
    assert "/opt/lib/libnettle.so.9" not in asked


def test_libgcrypt_without_an_algorithm_is_not_asked_for_it(monkeypatch: pytest.MonkeyPatch) -> None:
    class Function:
        def __init__(self, answer: object) -> None:
            self.answer = answer

        def __call__(self, *arguments: object) -> object:
            if self.answer is None:
                pytest.fail("libgcrypt ends the process for an algorithm that it has not")
            return self.answer

    class Library:
        gcry_check_version = Function(b"1.10")
        gcry_md_algo_info = Function(5)
        gcry_md_hash_buffer = Function(None)

    monkeypatch.setattr(native, "_library", lambda name: Library())
    assert native.gcrypt_hashes.__wrapped__() is None
