"""OCSP (RFC 6960) as the real responder was seen to answer.

Nonce echoed, SHA-1 and SHA-256 (any hash of hashlib's fixed list) in CertID, responder by name with its delegated
certificate inside, thisUpdate = producedAt = now and no nextUpdate, the extension id-pkix-ocsp-extended-revoke in every
answer, and "revoked on 1970-01-01, on hold" for a certificate that was never issued (section 2.2).
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import IntEnum

from asn1crypto import ocsp

from simulators.nca import der
from simulators.nca.certificates import Serial, Signer, serial_text
from simulators.nca.chain import Chain
from simulators.nca.status import CertificateStatus, KnownStatus, Reason

LONGEST_REQUEST = 16 * 1024
_MOST_QUESTIONS = 64
_LONGEST_NONCE = 130
_EMPTY_NONCE = b"\x04\x00"
_NONCE = "1.3.6.1.5.5.7.48.1.2"
_EXTENDED_REVOKE = "1.3.6.1.5.5.7.48.1.9"
_BASIC_RESPONSE = "1.3.6.1.5.5.7.48.1.1"
_HASHES = {"sha1", "sha256", "sha384", "sha512"}
_NEVER_ISSUED = KnownStatus(CertificateStatus.HOLD, Reason.CERTIFICATE_HOLD, datetime(1970, 1, 1, tzinfo=UTC))


class ResponseStatus(IntEnum):
    """OCSPResponseStatus (section 4.2.1)."""

    SUCCESSFUL = 0
    MALFORMED_REQUEST = 1
    INTERNAL_ERROR = 2
    TRY_LATER = 3


class MalformedOcspRequest(ValueError):
    """The bytes are no OCSP request that can be answered."""


@dataclass(frozen=True, slots=True)
class CertificateQuestion:
    """One CertID; `serial` is None when it is no number that this authority could have given."""

    encoded: bytes
    hash_name: str
    issuer_name_hash: bytes
    issuer_key_hash: bytes
    serial: Serial | None


@dataclass(frozen=True, slots=True)
class OcspQuestion:
    """What a request asks; `nonce` is the content of the extension, echoed as it came."""

    certificates: tuple[CertificateQuestion, ...]
    nonce: bytes | None


def read_request(data: bytes) -> OcspQuestion:
    """Read a request; raises `MalformedOcspRequest`. A signature on it is not asked for and not looked at."""
    try:
        body = ocsp.OCSPRequest.load(data, strict=True)["tbs_request"]
        if body["version"].native != "v1":
            raise MalformedOcspRequest("version")
        questions = tuple(_question(request["req_cert"]) for request in body["request_list"])
        nonce = None
        for extension in body["request_extensions"] or ():
            if extension["extn_id"].dotted == _NONCE:
                nonce = bytes(extension["extn_value"].contents)
            elif extension["critical"].native:
                raise MalformedOcspRequest("an unknown critical extension")
    except (ValueError, TypeError, KeyError, IndexError, OverflowError, RecursionError) as error:
        raise MalformedOcspRequest(str(error)) from error
    if not 0 < len(questions) <= _MOST_QUESTIONS:
        raise MalformedOcspRequest("the number of certificates asked for")
    if nonce is not None and (nonce in (b"", _EMPTY_NONCE) or len(nonce) > _LONGEST_NONCE):
        raise MalformedOcspRequest("the length of the nonce")
    return OcspQuestion(questions, nonce)


def chain_asked(question: OcspQuestion, chains: Mapping[str, Chain]) -> str:
    """Return the chain that answers: the one whose authorities the CertIDs name, or else the first.

    The real НУЦ has a responder for each chain, and answers for a certificate in its own chain's algorithm.
    """
    authorities = [(name, chain.issuing) for name, chain in chains.items()]
    authorities += [(name, chain.root) for name, chain in chains.items()]
    for name, authority in authorities:
        if any(_is_about(one, authority) for one in question.certificates):
            return name
    return next(iter(chains))


def answer(
    question: OcspQuestion,
    statuses: Mapping[Serial, KnownStatus],
    *,
    issuer: Signer,
    responder: Signer,
    now: datetime,
) -> bytes:
    """Sign the answer for certificates of `issuer`, of which `statuses` has those that were issued."""
    singles = [_single(one, statuses, issuer, now) for one in question.certificates]
    extensions = [] if question.nonce is None else [der.extension(_NONCE, question.nonce)]
    extensions.append(der.extension(_EXTENDED_REVOKE, der.NULL))
    body = der.sequence(
        der.explicit(1, responder.name),
        der.generalized_time(now),
        der.sequence(*singles),
        der.explicit(1, der.sequence(*extensions)),
    )
    basic = der.sequence(
        body,
        responder.algorithm.signature_identifier,
        der.bit_string(responder.key.sign(body)),
        der.explicit(0, der.sequence(responder.certificate)),
    )
    return der.sequence(
        der.enumerated(ResponseStatus.SUCCESSFUL),
        der.explicit(0, der.sequence(der.oid(_BASIC_RESPONSE), der.octet_string(basic))),
    )


def refusal(status: ResponseStatus) -> bytes:
    """Return an answer that is a status alone; it is not signed (section 2.3)."""
    return der.sequence(der.enumerated(status))


def _question(asked: ocsp.CertId) -> CertificateQuestion:
    number = asked["serial_number"].native
    try:
        serial = serial_text(number)
    except ValueError:
        serial = None
    return CertificateQuestion(
        encoded=asked.dump(),
        hash_name=asked["hash_algorithm"]["algorithm"].native,
        issuer_name_hash=asked["issuer_name_hash"].native,
        issuer_key_hash=asked["issuer_key_hash"].native,
        serial=serial,
    )


def _single(asked: CertificateQuestion, statuses: Mapping[Serial, KnownStatus], issuer: Signer, now: datetime) -> bytes:
    if not _is_about(asked, issuer):
        status = b"\x82\x00"  # unknown: another authority's certificate
    else:
        known = _NEVER_ISSUED if asked.serial is None else statuses.get(asked.serial, _NEVER_ISSUED)
        status = _status(known)
    return der.sequence(asked.encoded, status, der.generalized_time(now))


def _is_about(asked: CertificateQuestion, issuer: Signer) -> bool:
    if asked.hash_name not in _HASHES:
        return False
    name = hashlib.new(asked.hash_name, issuer.name, usedforsecurity=False).digest()
    bits = der.public_key_bits(issuer.key.public_key_info)
    key = hashlib.new(asked.hash_name, bits, usedforsecurity=False).digest()
    return (asked.issuer_name_hash, asked.issuer_key_hash) == (name, key)


def _status(known: KnownStatus) -> bytes:
    if known.status is CertificateStatus.GOOD or known.changed_at is None:
        return b"\x80\x00"
    reason = b""
    if known.reason not in (None, Reason.UNSPECIFIED):
        reason = der.explicit(0, der.enumerated(known.reason.code))
    return der.explicit(1, der.generalized_time(known.changed_at), reason)
