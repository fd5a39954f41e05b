"""Real ГОСТ material of the НУЦ: every signature is right, and none after one bit of it or of what it signs changed.

The files are reference data outside the repository; without them these tests are skipped.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from gateway.eds.algorithms import ALGORITHMS, GOST_2004_KEY, GOST_2015_KEY, SignatureAlgorithm, signature_of_key
from gateway.eds.certificate import Certificate, read_certificate
from gateway.eds.der import OCTET_STRING, SET, Der
from gateway.eds.gost import backends
from gateway.eds.gost.keys import read_public_key
from gateway.eds.paths import signed_by
from gateway.eds.revocation.crl import check_issuer, read_crl

SHARED = Path(os.environ.get("QYZMET_SHARED", Path(__file__).resolve().parents[4] / "shared"))
FOLDER = SHARED / "protocols" / "nca"
KEYS = {GOST_2004_KEY, GOST_2015_KEY}

pytestmark = pytest.mark.skipif(not FOLDER.is_dir(), reason="the real material is not here (QYZMET_SHARED)")


@dataclass(frozen=True)
class Piece:
    """Something signed: by which key, with what signature, over which bytes."""

    label: str
    algorithm: str
    signer: Certificate
    signature: bytes
    data: bytes

    @property
    def right(self) -> bool:
        # CMS of the native library has the key's OID in the place of the signature's.
        found: SignatureAlgorithm | None = signature_of_key(self.algorithm)
        return ALGORITHMS.verify(
            found.oid if found else self.algorithm,
            key_info=self.signer.key_info,
            key_algorithm=self.signer.key_algorithm,
            signature=self.signature,
            data=self.data,
        )


def certificates() -> dict[str, Certificate]:
    return {
        str(path.relative_to(FOLDER)): read_certificate(path.read_bytes())
        for path in sorted(FOLDER.rglob("*"))
        if path.suffix in {".cer", ".crt", ".pem"}
    }


def issuers_of(aki: bytes | None, name: object, among: dict[str, Certificate]) -> list[Certificate]:
    return [
        one
        for one in among.values()
        if one.is_authority and one.key_algorithm in KEYS and one.subject.name.same(name) and aki in {None, one.ski}
    ]


def of_certificates(known: dict[str, Certificate]) -> Iterator[Piece]:
    for path, one in known.items():
        for issuer in issuers_of(one.aki, one.issuer, known)[:1]:
            yield Piece(path, one.signature_algorithm, issuer, one.signature, one.tbs)


def of_lists(known: dict[str, Certificate]) -> Iterator[Piece]:
    for path in sorted(FOLDER.rglob("*.crl")):
        crl = read_crl(path.read_bytes())
        tbs, *_ = Der.read(path.read_bytes()).children()
        for issuer in issuers_of(crl.authority_key, crl.issuer, known)[:1]:
            yield Piece(str(path.relative_to(FOLDER)), crl.algorithm, issuer, crl.signature, tbs.raw)


def of_answers(known: dict[str, Certificate]) -> Iterator[Piece]:
    for path in sorted(FOLDER.rglob("ocsp_response_*.bin")):
        _, body = Der.read(path.read_bytes()).children()[1].inner().children()
        basic = Der.read(body.expect(OCTET_STRING).content)
        tbs, algorithm, signature, embedded = basic.children()
        responder = read_certificate(embedded.inner().children()[0].raw)
        if responder.key_algorithm not in KEYS:
            continue
        label = str(path.relative_to(FOLDER))
        issuer, *_ = issuers_of(responder.aki, responder.issuer, known)
        yield Piece(label, algorithm.children()[0].oid(), responder, signature.bits(), tbs.raw)
        yield Piece(f"{label}, responder", responder.signature_algorithm, issuer, responder.signature, responder.tbs)


def of_timestamps(known: dict[str, Certificate]) -> Iterator[Piece]:
    for name in ("ncanode/tsp_response.bin", "ncanode/tsp_token.bin"):
        element = Der.read((FOLDER / name).read_bytes())
        if name.endswith("response.bin"):
            element = element.children()[1]
        signed = element.children()[1].inner().children()
        holder = next(part for part in signed if part.tag == 0xA0)
        found = [read_certificate(one.raw) for one in holder]
        fields = signed[-1].children(SET)[0].children()
        serial = fields[1].children()[1].integer()
        (signer,) = [one for one in found if one.serial == serial]
        attributes = next(part for part in fields if part.tag == 0xA0).raw
        place = next(place for place, part in enumerate(fields) if part.tag == 0xA0)
        algorithm, signature = fields[place + 1 : place + 3]
        yield Piece(
            name,
            algorithm.children()[0].oid(),
            signer,
            signature.expect(OCTET_STRING).content,
            bytes((SET,)) + attributes[1:],
        )


KNOWN = certificates() if FOLDER.is_dir() else {}
PIECES = [
    *of_certificates(KNOWN),
    *(of_lists(KNOWN) if KNOWN else ()),
    *(of_answers(KNOWN) if KNOWN else ()),
    *(of_timestamps(KNOWN) if KNOWN else ()),
]


def flipped(data: bytes, bit: int) -> bytes:
    changed = bytearray(data)
    changed[bit // 8] ^= 1 << bit % 8
    return bytes(changed)


def test_nothing_of_the_material_is_left_out() -> None:
    labels = {piece.label for piece in PIECES}
    production = {path for path, one in KNOWN.items() if "prod_ca" in path and one.key_algorithm in KEYS}
    assert len(production) == 8
    assert production <= labels
    assert {label for label in labels if label.endswith(".crl")} == {
        "ncanode/nca_gost2022_test.crl",
        "ncanode/nca_gost_test.crl",
        "test_ca/nca_gost2022_d_test.crl",
        "test_ca/nca_gost2022_test.crl",
    }
    assert sum("ocsp" in label for label in labels) == 6
    assert sum("tsp" in label for label in labels) == 2
    assert len(labels) >= 25
    gost = {path for path, one in KNOWN.items() if one.key_algorithm in KEYS}
    # The root above the authority for tests of 2019 is not in the material.
    assert gost - labels == {"ncanode/nca_gost_test.crt"}


@pytest.mark.parametrize("piece", PIECES, ids=lambda piece: piece.label)
def test_every_real_signature_is_right_and_with_a_bit_changed_is_not(piece: Piece) -> None:
    assert piece.right
    bits = 8 * len(piece.data)
    for bit in range(0, bits, bits // 24):
        assert not replace(piece, data=flipped(piece.data, bit)).right
    for bit in range(0, 8 * len(piece.signature), 37):
        assert not replace(piece, signature=flipped(piece.signature, bit)).right
    for changed in (piece.signature[:-1], piece.signature + b"\0", piece.signature[::-1], b""):
        assert not replace(piece, signature=changed).right


@pytest.mark.parametrize("verifier", [one.name for one in backends.available_verifiers()])
@pytest.mark.parametrize("hashes", [one.name for one in backends.available_hashes()])
def test_every_back_end_judges_the_real_signatures_alike(hashes: str, verifier: str) -> None:
    with backends.using(hashes=hashes, verifier=verifier):
        for piece in PIECES:
            assert piece.right, piece.label
            assert not replace(piece, data=flipped(piece.data, 99)).right, piece.label


def test_roots_of_one_name_are_told_apart_by_their_keys() -> None:
    old, new = KNOWN["prod_ca/root_gost.pem"], KNOWN["prod_ca/root_gost_2020.cer"]
    issued = KNOWN["prod_ca/ucgo_gost.cer"]
    assert signed_by(issued, new)
    assert not signed_by(issued, old)


def test_real_keys_are_points_and_are_written_back_to_the_byte() -> None:
    for path, one in KNOWN.items():
        if one.key_algorithm in KEYS:
            assert read_public_key(one.key_info).key_info == one.key_info, path


def test_lists_of_the_authority_for_tests_are_accepted_whole() -> None:
    issuer = KNOWN["test_ca/nca_gost2022_test.cer"]
    for name in ("nca_gost2022_test.crl", "nca_gost2022_d_test.crl"):
        check_issuer(read_crl((FOLDER / "test_ca" / name).read_bytes()), issuer)
