"""The floor: the recorded operations of submissions done again by cryptography and lxml, with nothing around them.

Keys are loaded and documents parsed beforehand; the loop has only the signatures checked and made, the
canonicalisations and the digests. What a submission did twice is done once here.
"""

from __future__ import annotations

import hashlib
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.serialization import load_der_public_key, pkcs12
from lxml import etree

from bench.operations import STRICT, Kind, Operation, distinct

_HASHES: dict[str, Callable[[], hashes.HashAlgorithm]] = {
    "sha256": hashes.SHA256,
    "sha384": hashes.SHA384,
    "sha512": hashes.SHA512,
}
_PARSER = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=True)


@dataclass(frozen=True)
class Count:
    """How often a kind of operation was done per submission, and how often it would have been enough."""

    label: str
    done: float
    distinct: float


class Floor:
    """The operations of some submissions, ready to be done again."""

    def __init__(self, submissions: Sequence[list[Operation]], *, key: rsa.RSAPrivateKey) -> None:
        self._done = submissions
        self._needed = [distinct(one) for one in submissions]
        self._strict = [_ready(one, key) for each in self._needed for one in each if one.kind in STRICT]
        self._parses = [_ready(one, key) for each in self._needed for one in each if one.kind is Kind.PARSE]

    def counts(self) -> list[Count]:
        """Return what was counted, per submission."""
        done = Counter(one.label for each in self._done for one in each)
        needed = Counter(one.label for each in self._needed for one in each)
        number = len(self._done)
        return [Count(label, done[label] / number, needed[label] / number) for label in sorted(done)]

    def once(self) -> None:
        """Do the operations once."""
        for one in self._strict:
            one()

    def milliseconds(self, *, seconds: float = 1.0, parses: bool = False) -> float:
        """CPU milliseconds of one submission's operations, the mean over at least `seconds` of CPU."""
        work = self._parses if parses else self._strict
        rounds, began = 0, time.process_time()
        while (spent := time.process_time() - began) < seconds:
            for one in work:
                one()
            rounds += 1
        return 1000 * spent / rounds / len(self._done)


def load_private(pkcs12_file: bytes, password: str) -> rsa.RSAPrivateKey:
    """Open the key that the gateway signs with."""
    private, _, _ = pkcs12.load_key_and_certificates(pkcs12_file, password.encode())
    assert isinstance(private, rsa.RSAPrivateKey)
    return private


def _ready(one: Operation, key: rsa.RSAPrivateKey) -> Callable[[], object]:
    if one.kind is Kind.VERIFY:
        public = load_der_public_key(one.key)
        assert isinstance(public, rsa.RSAPublicKey)
        return partial(public.verify, one.signature, one.data, padding.PKCS1v15(), _HASHES[one.hash]())
    if one.kind is Kind.SIGN:
        return partial(key.sign, one.data, padding.PKCS1v15(), _HASHES[one.hash]())
    if one.kind is Kind.DIGEST:
        return lambda: hashlib.new(one.hash, one.data, usedforsecurity=False).digest()
    if one.kind is Kind.PARSE:
        return lambda: etree.fromstring(one.data, _PARSER)
    return _canonicalisation(one)


def _canonicalisation(one: Operation) -> Callable[[], bytes]:
    root = etree.fromstring(one.data, _PARSER)
    element = root
    for step in one.place or ():
        element = element[step]
    target = root.getroottree() if one.place is None else element

    def work() -> bytes:
        return etree.tostring(
            target,
            method="c14n",
            exclusive="exc-c14n" in one.method,
            with_comments=False,
            with_tail=False,
            inclusive_ns_prefixes=list(one.prefixes) or None,
        )

    if hashlib.sha256(work()).digest() != one.result:
        raise RuntimeError("the canonical form cannot be made again")
    return work
