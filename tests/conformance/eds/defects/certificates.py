"""Certificates with one defect each: in their form, their period, their path, their algorithms."""

from __future__ import annotations

import hashlib
from collections.abc import Callable

from gateway.eds.codes import Code
from gateway.eds.der import BIT_STRING, INTEGER, OCTET_STRING, SEQUENCE, Der, encode, encode_integer, encode_oid
from gateway.eds.roles import Role
from tests.conformance.eds.defects.case import Case, Sample
from tests.conformance.eds.defects.forging import (
    AKI,
    BASIC,
    CN,
    COUNTRY,
    CRL_SIGN,
    DAY,
    DIGITAL_SIGNATURE,
    EKU,
    IIN,
    KEY_USAGE,
    NAME_LIMITS,
    NOW,
    NULL,
    OTHER_IIN,
    SKI,
    UNKNOWN_OID,
    Authority,
    Extension,
    Land,
    RsaSigner,
    constraints,
    extension_list,
    key,
    key_id,
    name,
    oid_list,
    person,
    raw_oid,
    usage,
    utc,
)

RSA_ONLY = ("rsa",)
UNREADABLE, PATH, UNKNOWN = Code.CERTIFICATE_UNREADABLE, Code.PATH_REFUSED, Code.ISSUER_UNKNOWN
_RSA = "1.2.840.113549.1.1."


def leaf(**changes: object) -> Callable[[Land], Sample]:
    """A person's certificate with some parts changed."""
    return lambda land: Sample(land.person(**changes), (land.nca.certificate,))


def bytes_of(change: Callable[[bytes], bytes]) -> Callable[[Land], Sample]:
    """A person's certificate whose bytes were changed after it was signed."""
    return lambda land: Sample(change(land.person()), (land.nca.certificate,))


def with_extension(oid: str, value: Extension) -> Callable[[Land], Sample]:
    """A person's certificate with one more or another extension."""
    return leaf(extensions={oid: value})


def under(make: Callable[[Land], Authority]) -> Callable[[Land], Sample]:
    """A good certificate of an authority that is not good."""

    def sample(land: Land) -> Sample:
        issuer = make(land)
        person_key = land.key("person").key_info
        return Sample(issuer.certifies(key_info=person_key), (issuer.certificate, land.nca.certificate))

    return sample


def below_root(label: str, *, length: int | None = None, **changes: object) -> Callable[[Land], Authority]:
    """An authority of its own name that the root certified."""
    return lambda land: land.root.establishes(
        name((CN, f"ОРТАЛЫҚ {label}"), (COUNTRY, "KZ")), land.key("below"), length=length, **changes
    )


def bits(oid: str) -> bytes:
    """An AlgorithmIdentifier."""
    return encode(SEQUENCE, encode_oid(oid), NULL)


def signed_as(oid: str) -> Callable[[Land], Sample]:
    """A certificate that says that it is signed with another algorithm."""
    return lambda land: Sample(land.person(inner=bits(oid)), (land.nca.certificate,))


def _replaced(old: bytes, new: bytes) -> Callable[[bytes], bytes]:
    def change(data: bytes) -> bytes:
        assert data.count(old) == 1
        assert len(old) == len(new)
        return data.replace(old, new)

    return change


def _last_bit(data: bytes) -> bytes:
    return data[:-1] + bytes((data[-1] ^ 1,))


def _lengthened(data: bytes) -> bytes:
    """Write the outermost length in a byte more than it needs."""
    return b"\x30\x83\x00" + data[2:4] + data[4:]


def _indefinite(data: bytes) -> bytes:
    return b"\x30\x80" + data[4:] + b"\x00\x00"


def _poses_as_anchor(land: Land) -> Sample:
    """Self-signed by a person's own key under the name of the root."""
    subject = land.root.name
    signer = land.key("person")
    forged = Authority(subject, signer).certifies(subject=subject, key_info=signer.key_info)
    return Sample(forged, rules=())


def _namesake_root(land: Land) -> Sample:
    false = land.stranger()
    return Sample(false.certifies(key_info=land.key("person").key_info), (false.certificate,))


def _namesake_root_with_the_key_identifier(land: Land) -> Sample:
    """A false root also copies the identifier of the true one's key."""
    blank = Authority(land.root.name, land.key("stranger"))
    identifier = key_id(land.root.signer.key_info)
    copied: dict[str, Extension] = {
        SKI: (False, encode(OCTET_STRING, identifier)),
        AKI: (False, encode(SEQUENCE, encode(0x80, identifier))),
    }
    false = blank.establishes(land.root.name, blank.signer, extensions=copied)
    forged = false.certifies(key_info=land.key("person").key_info, extensions={AKI: copied[AKI]})
    return Sample(forged, (false.certificate,))


def _person_issues(land: Land) -> Authority:
    return Authority(person(), land.key("person"), land.person())


def _chain(length: int) -> Callable[[Land], Sample]:
    def make(land: Land) -> Sample:
        issuer, given = land.root, []
        for number in range(length):
            issuer = issuer.establishes(name((CN, f"БУЫН {number}")), land.key(f"link {number % 2}"))
            given.append(issuer.certificate)
        return Sample(issuer.certifies(key_info=land.key("person").key_info), tuple(given))

    return make


def _loop(land: Land) -> Sample:
    """Two authorities that certify each other and nobody else does."""
    first, second = Authority(name((CN, "БІР")), land.key("one")), Authority(name((CN, "ЕКІ")), land.key("two"))
    given = (
        first.establishes(second.name, second.signer).certificate,
        second.establishes(first.name, first.signer).certificate,
    )
    return Sample(first.certifies(key_info=land.key("person").key_info), given)


def _weak_authority(**options: int) -> Callable[[Land], Authority]:
    return lambda land: land.root.establishes(name((CN, "ӘЛСІЗ")), key("rsa", "weak", **options))


def _cube_root_forgery(land: Land) -> Sample:
    """Bleichenbacher's forgery: an authority with exponent 3, the hash at the left and garbage at the right."""
    signer = key("rsa", "cube", 2048, 3)
    assert isinstance(signer, RsaSigner)
    issuer = land.root.establishes(name((CN, "ТЕКШЕ")), signer)

    class Forger:
        algorithm = signer.algorithm
        key_info = signer.key_info

        def sign(self, data: bytes) -> bytes:
            info = encode(
                SEQUENCE,
                encode(SEQUENCE, encode_oid("2.16.840.1.101.3.4.2.1"), NULL),
                encode(OCTET_STRING, hashlib.sha256(data).digest()),
            )
            head = b"\x00\x01" + b"\xff" * 8 + b"\x00" + info
            least = int.from_bytes(head + bytes(256 - len(head)), "big")
            low, high = 0, 1 << 700
            while low < high:
                middle = (low + high) // 2
                low, high = (middle + 1, high) if middle**3 < least else (low, middle)
            assert (low**3).to_bytes(256, "big").startswith(head)
            return low.to_bytes(256, "big")

    forged = issuer.certifies(key_info=land.key("person").key_info, signer=Forger())
    return Sample(forged, (issuer.certificate,))


def _exponent_one(land: Land) -> Sample:
    """With the exponent 1 every signature is its own message: anybody signs for this authority."""
    signer = key("rsa", "weak")
    assert isinstance(signer, RsaSigner)
    modulus = signer.private.public_key().public_numbers().n
    numbers = encode(SEQUENCE, encode_integer(modulus), encode_integer(1))
    info = encode(SEQUENCE, bits(_RSA + "1"), encode(BIT_STRING, b"\x00", numbers))
    issuer = land.root.establishes(name((CN, "БІРЛІК")), signer, key_info=info)

    class Forger:
        algorithm = signer.algorithm
        key_info = info

        def sign(self, data: bytes) -> bytes:
            digest = bytes.fromhex("3031300d060960864801650304020105000420") + hashlib.sha256(data).digest()
            return b"\x00\x01" + b"\xff" * (253 - len(digest)) + b"\x00" + digest

    forger = Forger()
    forged = Authority(issuer.name, forger).certifies(key_info=land.key("person").key_info)
    return Sample(forged, (issuer.certificate,))


def holder(*more: tuple[str, str | bytes], **parts: str) -> Callable[[Land], Sample]:
    """A person's certificate with another name."""
    return leaf(subject=person(*more, **parts))


def _excluded_country(land: Land) -> Authority:
    """An authority that may name nobody of this very name."""
    excluded = encode(0xA1, encode(SEQUENCE, encode(0xA4, name((CN, "СЫНАҚОВ СЫНАҚ")))))
    return below_root("шектелген", extensions={NAME_LIMITS: (True, encode(SEQUENCE, excluded))})(land)


FORM = (
    Case("leaf-bytes-after-the-end", UNREADABLE, bytes_of(lambda data: data + b"\x00")),
    Case("leaf-cut-short", UNREADABLE, bytes_of(lambda data: data[:-1])),
    Case("leaf-indefinite-length", UNREADABLE, bytes_of(_indefinite)),
    Case("leaf-length-not-in-the-fewest-bytes", UNREADABLE, bytes_of(_lengthened)),
    Case("leaf-empty-serial", UNREADABLE, leaf(serial=encode(INTEGER))),
    Case("leaf-serial-of-65-bytes", UNREADABLE, leaf(serial=encode(INTEGER, b"\x4a" * 65))),
    Case("leaf-serial-is-no-integer", UNREADABLE, leaf(serial=encode(OCTET_STRING, b"\x4a"))),
    Case("leaf-version-4", UNREADABLE, leaf(version=b"\xa0\x03\x02\x01\x03")),
    Case("leaf-version-1-with-extensions", UNREADABLE, leaf(version=b"")),
    Case("leaf-same-extension-twice", UNREADABLE, leaf(repeated=((KEY_USAGE, usage(DIGITAL_SIGNATURE)),))),
    Case(
        "leaf-extensions-twice",
        UNREADABLE,
        leaf(optional=encode(0xA3, extension_list([(EKU, oid_list(Role.HEAD))]))),
    ),
    Case("leaf-unknown-field", UNREADABLE, leaf(optional=encode(0xA4, NULL))),
    Case("leaf-algorithm-inside-is-not-the-one-outside", UNREADABLE, leaf(outer=bits(_RSA + "13"))),
    Case("leaf-signature-of-odd-bits", UNREADABLE, leaf(unused_bits=b"\x03")),
    Case("leaf-empty-key-usage", UNREADABLE, with_extension(KEY_USAGE, (True, encode(BIT_STRING)))),
    Case(
        "leaf-oid-not-in-the-fewest-bytes",
        UNREADABLE,
        with_extension(EKU, (False, encode(SEQUENCE, raw_oid(b"\x2a\x83\x0e\x03\x03\x04\x01\x80\x01")))),
    ),
    Case(
        "leaf-boolean-of-two-bytes",
        UNREADABLE,
        with_extension(BASIC, (True, encode(SEQUENCE, b"\x01\x02\x00\x00"))),
    ),
    Case(
        "leaf-negative-path-length",
        UNREADABLE,
        with_extension(BASIC, constraints(authority=True, length=-1)),
    ),
    Case("leaf-time-without-seconds", UNREADABLE, leaf(not_after=encode(0x17, b"2703020500Z"))),
    Case("leaf-time-with-offset", UNREADABLE, leaf(not_after=encode(0x17, b"270302050000+0500"))),
    Case("leaf-time-of-a-thirteenth-month", UNREADABLE, leaf(not_after=encode(0x17, b"271302050000Z"))),
    Case("leaf-nul-in-the-name", UNREADABLE, holder(cn="СЫНАҚОВ СЫНАҚ\0.evil")),
    Case("leaf-name-is-not-utf-8", UNREADABLE, holder((CN, b"\xff\xfe"))),
    Case("leaf-of-200-kilobytes", UNREADABLE, with_extension(UNKNOWN_OID, (False, bytes(200_000)))),
)

PERIOD = (
    Case("leaf-not-yet-valid", Code.CERTIFICATE_NOT_YET_VALID, leaf(not_before=utc(NOW + DAY))),
    Case("leaf-expired", Code.CERTIFICATE_EXPIRED, leaf(not_after=utc(NOW - DAY))),
    Case(
        "leaf-ends-before-it-begins",
        Code.CERTIFICATE_NOT_YET_VALID,
        leaf(not_before=utc(NOW + DAY), not_after=utc(NOW - DAY)),
    ),
    Case("leaf-of-the-last-century", Code.CERTIFICATE_EXPIRED, leaf(not_after=encode(0x17, b"500101000000Z"))),
    Case("issuer-expired", Code.ISSUER_EXPIRED, under(below_root("өткен", not_after=utc(NOW - DAY)))),
    Case("issuer-not-yet-valid", Code.ISSUER_EXPIRED, under(below_root("ерте", not_before=utc(NOW + DAY)))),
)

PATHS = (
    Case("leaf-poses-as-anchor", UNKNOWN, _poses_as_anchor),
    Case("root-namesake-with-another-key", UNKNOWN, _namesake_root),
    Case("root-namesake-with-the-key-identifier-of-the-true-one", UNKNOWN, _namesake_root_with_the_key_identifier),
    Case("leaf-signature-one-bit-wrong", UNKNOWN, bytes_of(_last_bit)),
    Case("leaf-signature-empty", UNKNOWN, leaf(signature=b"")),
    Case("leaf-signature-of-zeros", UNKNOWN, leaf(signature=bytes(256))),
    Case(
        "leaf-content-changed-after-signing",
        UNKNOWN,
        bytes_of(_replaced(f"IIN{IIN}".encode(), f"IIN{OTHER_IIN}".encode())),
    ),
    Case(
        "leaf-signed-by-another-key",
        UNKNOWN,
        lambda land: Sample(land.person(signer=land.key("stranger")), (land.nca.certificate,)),
    ),
    Case(
        "leaf-names-another-key-of-its-issuer",
        UNKNOWN,
        with_extension(AKI, (False, encode(SEQUENCE, encode(0x80, bytes(20))))),
    ),
    Case("leaf-names-another-issuer", UNKNOWN, leaf(issuer=name((CN, "БАСҚА ОРТАЛЫҚ")))),
    Case("issuer-is-a-person", UNKNOWN, under(_person_issues)),
    Case(
        "issuer-basic-constraints-say-no",
        UNKNOWN,
        under(below_root("емес", extensions={BASIC: constraints(authority=False)})),
    ),
    Case("issuer-without-basic-constraints", UNKNOWN, under(below_root("жоқ", without=(BASIC,)))),
    Case(
        "issuer-of-version-1",
        UNKNOWN,
        under(below_root("v1", version=b"", without=(BASIC, KEY_USAGE, SKI, AKI))),
    ),
    Case(
        "issuer-may-not-sign-certificates",
        PATH,
        under(below_root("тізім", extensions={KEY_USAGE: usage(CRL_SIGN)})),
    ),
    Case(
        "issuer-below-a-path-length-of-zero",
        PATH,
        under(lambda land: land.nca.establishes(name((CN, "ТӨМЕН")), land.key("below"))),
    ),
    Case("issuer-excluded-by-name-constraints", PATH, under(_excluded_country)),
    Case("path-of-nine-authorities", UNKNOWN, _chain(9)),
    Case("path-in-a-circle", UNKNOWN, _loop),
    Case("leaf-unknown-critical-extension", PATH, with_extension(UNKNOWN_OID, (True, NULL))),
    Case(
        "issuer-unknown-critical-extension",
        PATH,
        under(below_root("сын", extensions={UNKNOWN_OID: (True, NULL)})),
    ),
)

ALGORITHMS = (
    Case("leaf-signed-with-sha-1", Code.ALGORITHM_WEAK, signed_as(_RSA + "5"), RSA_ONLY),
    Case("leaf-signed-with-md5", Code.ALGORITHM_WEAK, signed_as(_RSA + "4"), RSA_ONLY),
    Case("leaf-signed-with-dsa", Code.ALGORITHM_WEAK, signed_as("1.2.840.10040.4.3"), RSA_ONLY),
    Case("leaf-signed-with-an-unknown-algorithm", Code.ALGORITHM_UNKNOWN, signed_as(UNKNOWN_OID)),
    Case("leaf-signed-with-an-algorithm-of-another-family", UNKNOWN, signed_as("1.2.840.10045.4.3.2")),
    Case("issuer-rsa-1024", Code.ALGORITHM_WEAK, under(_weak_authority(bits=1024)), RSA_ONLY),
    Case("issuer-rsa-exponent-3-signature-forged-by-cube-root", UNKNOWN, _cube_root_forgery, RSA_ONLY),
    Case("issuer-rsa-exponent-1", UNKNOWN, _exponent_one, RSA_ONLY),
    Case(
        "leaf-rsa-1024",
        Code.ALGORITHM_WEAK,
        lambda land: Sample(land.person(key_info=key("rsa", "weak", 1024).key_info), (land.nca.certificate,)),
        RSA_ONLY,
    ),
    Case(
        "leaf-key-is-no-key",
        Code.ALGORITHM_MISMATCH,
        lambda land: Sample(land.person(key_info=_hollow(land.key("person").key_info)), (land.nca.certificate,)),
    ),
)


def _hollow(key_info: bytes) -> bytes:
    """A key of the family's kind with nothing in it."""
    algorithm, _ = Der.read(key_info).children()
    return encode(SEQUENCE, algorithm.raw, encode(BIT_STRING, b"\x00", encode(OCTET_STRING, b"\x01")))


CERTIFICATES = FORM + PERIOD + PATHS + ALGORITHMS
