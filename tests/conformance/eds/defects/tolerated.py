"""What is odd and right nevertheless: habits of the real authority that other libraries stumble over."""

from __future__ import annotations

from gateway.eds.codes import Code
from gateway.eds.der import INTEGER, OCTET_STRING, SEQUENCE, encode, encode_integer, encode_oid
from gateway.eds.roles import Role
from tests.conformance.eds.defects.case import Case, Sample
from tests.conformance.eds.defects.certificates import (
    holder,
    leaf,
    with_extension,
)
from tests.conformance.eds.defects.forging import (
    ACCESS,
    AKI,
    BMP,
    CN,
    COUNTRY,
    CRL_URL,
    DAY,
    DIGITAL_SIGNATURE,
    EKU,
    EMAIL_PROTECTION,
    GIVEN,
    IIN,
    KEY_AGREEMENT,
    KEY_STORE,
    KEY_USAGE,
    NON_REPUDIATION,
    NOW,
    NULL,
    OCSP_URL,
    POINTS,
    POLICIES,
    SERIAL,
    SKI,
    SURNAME,
    UNKNOWN_OID,
    UTF8,
    Authority,
    Extension,
    Land,
    access,
    generalized,
    name,
    oid_list,
    points,
    usage,
    utc,
)
from tests.conformance.eds.defects.revocation import (
    _own_responder,
    answered,
    good,
    listed,
)
from tests.conformance.eds.defects.statuses import HOLD, crl, entry, ocsp, single

OK = Code.OK
_TWO_ADDRESSES = f"{CRL_URL}               URL=http://crl1.nca.test/nca.crl"
_CPS = encode(SEQUENCE, encode_oid("1.3.6.1.5.5.7.2.1"), encode(0x16, b" http://pki.gov.kz/cps"))


def _without_null(land: Land) -> bytes:
    oid = land.nca.signer.algorithm[2:-2]
    return encode(SEQUENCE, oid)


def _four_byte_key_identifier(land: Land) -> Authority:
    """The authority of 2018: four bytes name its key."""
    identifier: dict[str, Extension] = {SKI: (False, encode(OCTET_STRING, bytes.fromhex("5b6a73e9")))}
    return land.root.establishes(name((CN, "2018")), land.key("below"), extensions=identifier)


def _named_by_four_bytes(land: Land) -> Sample:
    issuer = _four_byte_key_identifier(land)
    aki: dict[str, Extension] = {AKI: (False, encode(SEQUENCE, encode(0x80, bytes.fromhex("5b6a73e9"))))}
    leaf = issuer.certifies(key_info=land.key("person").key_info, extensions=aki)
    return Sample(leaf, (issuer.certificate,))


def _namesake_roots(land: Land) -> Sample:
    """Both roots of one name are trusted; the key tells which one it was."""
    return Sample(land.person(), (land.nca.certificate,), trusted=(land.stranger().certificate, land.root.certificate))


def _lifted_hold(land: Land, serial: bytes) -> bytes:
    return crl(land.nca, entry(serial, 8), base=14, number=10)


TOLERATED = (
    Case("good", OK, leaf()),
    Case("serial-negative", OK, leaf(serial=encode_integer(-5))),
    Case("serial-of-20-bytes-with-the-top-bit", OK, leaf(serial=encode(INTEGER, b"\x00" + b"\xfe" * 20))),
    Case("serial-zero", OK, leaf(serial=encode_integer(0))),
    Case("name-longer-than-64-characters", OK, holder(cn="Ө" * 200)),
    Case(
        "name-with-country-first",
        OK,
        leaf(
            subject=name((COUNTRY, "KZ"), (SERIAL, f"IIN{IIN}"), (GIVEN, "СЫНАҚҰЛЫ"), (SURNAME, "СЫНАҚОВ"), (CN, "С"))
        ),
    ),
    Case("name-in-bmp-string", OK, leaf(subject=name((CN, "СЫНАҚ", BMP), (SERIAL, f"IIN{IIN}", UTF8)))),
    Case("name-with-spaces-around", OK, holder(iin=f" IIN{IIN} ")),
    Case("iin-twice-the-same", OK, holder((SERIAL, f"IIN{IIN}"))),
    Case(
        "key-for-both-purposes",
        OK,
        with_extension(KEY_USAGE, usage(DIGITAL_SIGNATURE | NON_REPUDIATION | KEY_AGREEMENT)),
    ),
    Case(
        "key-usage-not-critical", OK, with_extension(KEY_USAGE, (False, usage(DIGITAL_SIGNATURE | NON_REPUDIATION)[1]))
    ),
    Case(
        "role-unknown-beside-a-known-one",
        OK,
        with_extension(EKU, oid_list(EMAIL_PROTECTION, Role.INDIVIDUAL, UNKNOWN_OID)),
    ),
    Case(
        "key-store-extension", OK, with_extension(KEY_STORE, (False, encode(SEQUENCE, encode_oid("1.2.398.3.3.5.1.1"))))
    ),
    Case("unknown-extension-that-is-not-critical", OK, with_extension(UNKNOWN_OID, (False, NULL))),
    Case("two-crl-addresses-in-one-uri", OK, with_extension(POINTS, points(_TWO_ADDRESSES))),
    Case("responder-address-twice", OK, with_extension(ACCESS, access(OCSP_URL, OCSP_URL))),
    Case(
        "cps-address-starts-with-a-space",
        OK,
        with_extension(
            POLICIES, (False, encode(SEQUENCE, encode(SEQUENCE, encode_oid("1.2.398.3.3.2"), encode(SEQUENCE, _CPS))))
        ),
    ),
    Case("without-authority-key-identifier", OK, leaf(without=(AKI,))),
    Case("time-generalized-before-2050", OK, leaf(not_after=generalized(NOW + 300 * DAY))),
    Case("time-until-2050", OK, leaf(not_after=utc(NOW.replace(year=2049)))),
    Case("unique-identifiers", OK, leaf(optional=encode(0x81, b"\x00\x01"))),
    Case(
        "algorithm-inside-without-null",
        OK,
        lambda land: Sample(
            land.person(inner=_without_null(land), outer=land.nca.signer.algorithm), (land.nca.certificate,)
        ),
    ),
    Case("issuer-named-by-four-bytes", OK, _named_by_four_bytes),
    Case("roots-of-one-name", OK, _namesake_roots),
    Case(
        "crl-algorithms-differ-by-a-null",
        OK,
        listed(lambda land, it: crl(land.nca, inner=_without_null(land), outer=land.nca.signer.algorithm)),
    ),
    Case(
        "crl-delta-with-a-lower-number-lifts-a-hold",
        OK,
        listed(lambda land, it: crl(land.nca, entry(it, HOLD)), delta=_lifted_hold),
    ),
    Case("crl-without-next-update", OK, listed(lambda land, it: crl(land.nca, next_update=None))),
    Case("ocsp-without-next-update", OK, answered(good())),
    Case(
        "ocsp-nocheck-of-an-empty-value",
        OK,
        answered(
            lambda land, it, nonce: ocsp(
                _own_responder(land, extensions={"1.3.6.1.5.5.7.48.1.5": (False, b"")}),
                single(land.nca, it),
                nonce=nonce,
            )
        ),
    ),
    Case(
        "ocsp-signed-by-the-issuer-itself",
        OK,
        answered(lambda land, it, nonce: ocsp(land.nca, single(land.nca, it), nonce=nonce, embedded=())),
    ),
)
