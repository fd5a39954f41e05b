from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.eds import der
from gateway.eds.certificate import read_certificate
from gateway.eds.der import Der, DerError
from gateway.eds.errors import CertificateUnreadable, EvidenceRefused
from gateway.eds.keys import SoftwareKey
from gateway.eds.revocation.crl import read_crl
from tests.unit.eds import pki


@given(st.integers(-(2**160), 2**160))
def test_integers_come_back_as_they_were_written(value: int) -> None:
    assert Der.read(der.encode_integer(value)).integer() == value


@given(st.tuples(st.integers(0, 2), st.integers(0, 39)), st.lists(st.integers(0, 2**32), max_size=6))
def test_object_identifiers_come_back_as_they_were_written(start: tuple[int, int], rest: list[int]) -> None:
    dotted = ".".join(map(str, (*start, *rest)))
    assert Der.read(der.encode_oid(dotted)).oid() == dotted


@given(st.binary(max_size=70_000))
def test_lengths_of_every_size_are_written_and_read(content: bytes) -> None:
    assert Der.read(der.encode(der.OCTET_STRING, content)).content == content


@pytest.fixture(scope="module")
def crl_of_two(nca: pki.Authority) -> bytes:
    return nca.crl(((5, None), (6, None)))


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x30",
        b"\x30\x80\x00\x00",
        b"\x30\x05\x02",
        b"\x1f\x81\x01\x00",
        b"\x30\x84\xff\xff\xff\xff",
        b"\x05\x00\x00",
        b"\x04\x81\x01\x00",
        b"\x04\x82\x00\x80" + bytes(128),
    ],
)
def test_broken_encodings_are_refused(data: bytes) -> None:
    with pytest.raises(DerError):
        list(Der.read(data))


@pytest.mark.parametrize("data", [b"\x01\x00", b"\x01\x02\x00\x00"])
def test_boolean_is_one_byte(data: bytes) -> None:
    with pytest.raises(DerError):
        Der.read(data).boolean()


def test_object_identifier_is_written_in_one_way_only() -> None:
    with pytest.raises(DerError):
        Der.read(b"\x06\x04\x2a\x83\x0e\x80").oid()
    with pytest.raises(DerError):
        Der.read(b"\x06\x04\x2a\x80\x03\x01").oid()


@pytest.mark.parametrize(
    ("tag", "content"),
    [
        (der.UTC_TIME, b"2603020500Z"),
        (der.UTC_TIME, b"260302050000+0500"),
        (der.UTC_TIME, b"26030205000 Z"),
        (der.UTC_TIME, b"261302050000Z"),
        (der.UTC_TIME, b"260302050060Z"),
        (der.GENERALIZED_TIME, b"20260302050000"),
        (der.GENERALIZED_TIME, b"00000302050000Z"),
        (der.GENERALIZED_TIME, b"20260302050000.Z"),
        (der.OCTET_STRING, b"20260302050000Z"),
    ],
)
def test_time_in_any_other_form_is_refused(tag: int, content: bytes) -> None:
    with pytest.raises(DerError):
        der.moment(tag, content)


@given(data=st.data())
def test_a_damaged_certificate_is_read_or_refused_and_nothing_else(key: SoftwareKey, data: st.DataObject) -> None:
    damaged = bytearray(key.certificate.der)
    for place in data.draw(st.lists(st.integers(0, len(damaged) - 1), min_size=1, max_size=4)):
        damaged[place] = data.draw(st.integers(0, 255))
    with contextlib.suppress(CertificateUnreadable):
        read_certificate(bytes(damaged[: data.draw(st.integers(1, len(damaged)))]))


@given(data=st.data())
def test_a_damaged_list_is_read_or_refused_and_nothing_else(crl_of_two: bytes, data: st.DataObject) -> None:
    damaged = bytearray(crl_of_two)
    for place in data.draw(st.lists(st.integers(0, len(damaged) - 1), min_size=1, max_size=4)):
        damaged[place] = data.draw(st.integers(0, 255))
    with contextlib.suppress(EvidenceRefused):
        read_crl(bytes(damaged))
