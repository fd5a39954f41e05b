"""Time stamps (RFC 3161) as the real authority was seen to give them: no accuracy, no name, ESSCertID with SHA-1."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum

from asn1crypto import tsp

from simulators.nca import der
from simulators.nca.certificates import Signer, random_serial
from simulators.nca.profile import DigestName, TsaProfile

LONGEST_REQUEST = 4 * 1024
_LONGEST_NONCE_BITS = 512
_DIGESTS = {
    "1.3.14.3.2.26": (DigestName.SHA1, 20),
    "2.16.840.1.101.3.4.2.1": (DigestName.SHA256, 32),
    "2.16.840.1.101.3.4.2.2": (DigestName.SHA384, 48),
    "2.16.840.1.101.3.4.2.3": (DigestName.SHA512, 64),
    "1.2.398.3.10.1.3.3": (DigestName.STREEBOG512, 64),
    "1.2.398.3.10.1.3.1": (DigestName.GOST34311, 32),
}
_SIGNED_DATA = "1.2.840.113549.1.7.2"
_TST_INFO = "1.2.840.113549.1.9.16.1.4"
_CONTENT_TYPE = "1.2.840.113549.1.9.3"
_MESSAGE_DIGEST = "1.2.840.113549.1.9.4"
_SIGNING_TIME = "1.2.840.113549.1.9.5"
_SIGNING_CERTIFICATE = "1.2.840.113549.1.9.16.2.12"


class Failure(IntEnum):
    """PKIFailureInfo (section 2.4.2): the number of the bit."""

    BAD_ALG = 0
    BAD_REQUEST = 2
    BAD_DATA_FORMAT = 5
    TIME_NOT_AVAILABLE = 14
    UNACCEPTED_POLICY = 15
    UNACCEPTED_EXTENSION = 16
    SYSTEM_FAILURE = 25


class TimestampRefused(ValueError):
    """No time stamp is given; `failure` says why in the words of the protocol."""

    def __init__(self, failure: Failure, reason: str) -> None:
        super().__init__(reason)
        self.failure = failure
        self.reason = reason


@dataclass(frozen=True, slots=True)
class TimestampQuestion:
    """What a request asks, and of which chain's authority; the imprint is kept as it came."""

    chain: str
    imprint: bytes
    nonce: int | None
    certificate_wanted: bool


def read_request(data: bytes, authorities: Mapping[str, TsaProfile]) -> TimestampQuestion:
    """Read a request and find the chain whose time-stamping authority answers it; raises `TimestampRefused`.

    The policy that the request names decides; without one, its hash algorithm does.
    """
    try:
        request = tsp.TimeStampReq.load(data, strict=True)
        version = request["version"].native
        imprint = request["message_imprint"]
        digest, size = _DIGESTS.get(imprint["hash_algorithm"]["algorithm"].dotted, (None, 0))
        hashed = imprint["hashed_message"].native
        policy = request["req_policy"].native and request["req_policy"].dotted
        nonce = request["nonce"].native
        wanted = bool(request["cert_req"].native)
        extensions = request["extensions"].native
        encoded = imprint.dump()
    except (ValueError, TypeError, KeyError, IndexError, OverflowError, RecursionError) as error:
        raise TimestampRefused(Failure.BAD_DATA_FORMAT, "not a TimeStampReq") from error
    if version != "v1":
        raise TimestampRefused(Failure.BAD_REQUEST, "the version is not 1")
    if digest is None:
        raise TimestampRefused(Failure.BAD_ALG, "the hash algorithm is not accepted")
    if len(hashed) != size:
        raise TimestampRefused(Failure.BAD_DATA_FORMAT, "the hash has not the length of its algorithm")
    chain = _asked(policy, digest, authorities)
    if extensions:
        raise TimestampRefused(Failure.UNACCEPTED_EXTENSION, "no extension is accepted")
    if nonce is not None and nonce.bit_length() > _LONGEST_NONCE_BITS:
        raise TimestampRefused(Failure.BAD_REQUEST, "the nonce is too long")
    return TimestampQuestion(chain, encoded, nonce, wanted)


def _asked(policy: str | None, digest: DigestName, authorities: Mapping[str, TsaProfile]) -> str:
    if policy is None:
        found = next((name for name, one in authorities.items() if digest in one.without_policy), None)
        if found is None:
            raise TimestampRefused(Failure.BAD_ALG, "the hash algorithm is not accepted")
        return found
    found = next((name for name, one in authorities.items() if one.policy == policy), None)
    if found is None:
        raise TimestampRefused(Failure.UNACCEPTED_POLICY, "the policy is not one of this authority's")
    if digest not in authorities[found].digests:
        raise TimestampRefused(Failure.BAD_ALG, "the hash algorithm is not accepted under this policy")
    return found


def grant(question: TimestampQuestion, *, profile: TsaProfile, signer: Signer, now: datetime) -> bytes:
    """Sign a time stamp and return the whole response."""
    info = der.sequence(
        der.integer(1),
        der.oid(profile.policy),
        question.imprint,
        der.integer(random_serial()),
        der.generalized_time(now),
        b"" if question.nonce is None else der.integer(question.nonce),
    )
    return der.sequence(der.sequence(der.integer(0)), _token(info, signer, question.certificate_wanted, now))


def refusal(error: TimestampRefused) -> bytes:
    """Return a response with PKIStatus rejection (2), the reason in words and as a failure bit."""
    bits = bytearray(error.failure // 8 + 1)
    bits[-1] = 0x80 >> error.failure % 8
    unused = 7 - error.failure % 8
    words = der.tagged(0x0C, error.reason.encode())
    return der.sequence(
        der.sequence(der.integer(2), der.sequence(words), der.tagged(0x03, bytes((unused,)) + bytes(bits)))
    )


def _token(info: bytes, signer: Signer, certificate_wanted: bool, now: datetime) -> bytes:
    algorithm = signer.algorithm
    identifier = der.sequence(
        der.sequence(der.sequence(der.octet_string(hashlib.sha1(signer.certificate, usedforsecurity=False).digest())))
    )
    attributes = der.set_of(
        _attribute(_CONTENT_TYPE, der.oid(_TST_INFO)),
        _attribute(_SIGNING_TIME, der.time(now)),
        _attribute(_SIGNING_CERTIFICATE, identifier),
        _attribute(_MESSAGE_DIGEST, der.octet_string(algorithm.digest(info))),
    )
    signer_info = der.sequence(
        der.integer(1),
        der.sequence(der.issuer_of(signer.certificate), der.integer(der.serial_number_of(signer.certificate))),
        algorithm.digest_identifier,
        b"\xa0" + attributes[1:],
        algorithm.signature_identifier,
        der.octet_string(signer.key.sign(attributes)),
    )
    signed_data = der.sequence(
        der.integer(3),
        der.set_of(algorithm.digest_identifier),
        der.sequence(der.oid(_TST_INFO), der.explicit(0, der.octet_string(info))),
        der.explicit(0, signer.certificate) if certificate_wanted else b"",
        der.set_of(signer_info),
    )
    return der.sequence(der.oid(_SIGNED_DATA), der.explicit(0, signed_data))


def _attribute(oid: str, value: bytes) -> bytes:
    return der.sequence(der.oid(oid), der.set_of(value))
