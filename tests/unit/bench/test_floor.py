from __future__ import annotations

import dataclasses
import hashlib
import time

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from lxml import etree

from bench.floor import Floor
from bench.operations import Kind, Operation
from gateway.eds.canonical import Method
from tests.unit.eds import pki

DOCUMENT = b'<a xmlns="urn:a" xmlns:unused="urn:u"><b z="1" a="2">text</b></a>'


def canonicalisation(place: tuple[int, ...] | None) -> Operation:
    root = etree.fromstring(DOCUMENT)
    target = root if place is None else root[place[0]]
    result = etree.tostring(target, method="c14n", exclusive=True, with_comments=False)
    return Operation(
        0.0,
        Kind.CANONICALISE,
        DOCUMENT,
        place=place,
        method=Method.EXCLUSIVE,
        result=hashlib.sha256(result).digest(),
    )


def test_what_was_done_twice_is_needed_once() -> None:
    one = canonicalisation(None)
    again = dataclasses.replace(one, at=1.0)
    floor = Floor([[one, again, canonicalisation((0,))]], key=pki.private_key("rsa2048", "floor"))
    assert [(count.done, count.distinct) for count in floor.counts()] == [(3.0, 2.0)]


def test_counts_are_of_one_submission() -> None:
    floor = Floor([[canonicalisation(None)], [canonicalisation(None)]], key=pki.private_key("rsa2048", "floor"))
    assert [(count.done, count.distinct) for count in floor.counts()] == [(1.0, 1.0)]


def test_canonical_form_that_is_not_the_recorded_one_is_no_floor() -> None:
    wrong = dataclasses.replace(canonicalisation((0,)), place=None)
    with pytest.raises(RuntimeError, match="canonical form"):
        Floor([[wrong]], key=pki.private_key("rsa2048", "floor"))


def test_time_is_the_processors_and_is_spent_on_the_operations() -> None:
    floor = Floor([[canonicalisation(None), canonicalisation((0,))]], key=pki.private_key("rsa2048", "floor"))
    began = time.process_time()
    milliseconds = floor.milliseconds(seconds=0.02)
    assert 0 < milliseconds < 1000 * (time.process_time() - began)


def test_signature_is_really_checked_in_the_loop() -> None:
    private = pki.private_key("rsa2048", "floor")
    signature = private.sign(b"data", padding.PKCS1v15(), hashes.SHA256())
    key = private.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    good = Operation(0.0, Kind.VERIFY, b"data", key=key, signature=signature, hash="sha256")
    assert Floor([[good]], key=private).milliseconds(seconds=0.01) > 0
    with pytest.raises(InvalidSignature):
        Floor([[dataclasses.replace(good, data=b"other")]], key=private).milliseconds(seconds=0.01)
