"""Revocation answers and certificates that are kept inside SignedData, read and written.

They stand in the field of CRLs (RFC 5652 section 10.2.1, OCSP by RFC 5940), and in the unsigned attributes
revocation-values and certificate-values of CAdES (ETSI EN 319 122-1 section 5.4).
"""

from __future__ import annotations

from collections.abc import Iterator

from gateway.eds.certificate import read_certificate
from gateway.eds.cms.reader import CERTIFICATE_VALUES, REVOCATION_VALUES, SignedData, SignerInfo, members
from gateway.eds.der import ENUMERATED, OCTET_STRING, SEQUENCE, Der, DerError, encode, encode_oid
from gateway.eds.errors import CertificateUnreadable, EvidenceUnreadable
from gateway.eds.evidence import Evidence
from gateway.eds.revocation.evidence import Source, StoredEvidence
from gateway.eds.verdict import Verdict

_OCSP_BASIC, _OCSP_RESPONSE = "1.3.6.1.5.5.7.48.1.1", "1.3.6.1.5.5.7.16.2"
_OTHER_FORMAT = 0xA1
_LISTS, _ANSWERS = 0xA0, 0xA1
_MAX_VALUES = 32


def kept_evidence(signed: SignedData, signer: SignerInfo) -> Evidence:
    """Return what is kept for a signer; raises `EvidenceUnreadable`. Nothing of it is trusted yet."""
    try:
        crls = [element.raw for element in signed.lists if element.tag == SEQUENCE]
        ocsp = list(_ocsp_in_lists(signed.lists))
        for value in signer.unsigned_attributes.get(REVOCATION_VALUES, ()):
            for part in members(value, 3):
                if part.tag == _LISTS:
                    crls.extend(item.raw for item in members(part.inner(), _MAX_VALUES))
                elif part.tag == _ANSWERS:
                    ocsp.extend(_whole_response(item) for item in members(part.inner(), _MAX_VALUES))
        certificates = [
            read_certificate(item.raw)
            for value in signer.unsigned_attributes.get(CERTIFICATE_VALUES, ())
            for item in members(value, _MAX_VALUES)
        ]
    except CertificateUnreadable as error:
        raise EvidenceUnreadable(**error.facts) from error
    except (DerError, ValueError, LookupError) as error:
        raise EvidenceUnreadable(reason=str(error)[:200]) from error
    if max(len(crls), len(ocsp), len(certificates)) > _MAX_VALUES:
        raise EvidenceUnreadable(values=f"more than {_MAX_VALUES}")
    return Evidence(StoredEvidence(tuple(ocsp), tuple(crls)), tuple(certificates))


def revocation_values(verdicts: tuple[Verdict, ...]) -> bytes:
    """Write the answers that verdicts stood on as the value of revocation-values."""
    answers = [
        answer
        for verdict in verdicts
        for answer in (*((verdict.revocation,) if verdict.revocation else ()), *verdict.authorities_revocation)
    ]
    crls = dict.fromkeys(raw for answer in answers if answer.source is Source.CRL for raw in answer.raw)
    basic = dict.fromkeys(_basic(raw) for answer in answers if answer.source is Source.OCSP for raw in answer.raw)
    return encode(
        SEQUENCE,
        encode(_LISTS, encode(SEQUENCE, *crls)) if crls else b"",
        encode(_ANSWERS, encode(SEQUENCE, *basic)) if basic else b"",
    )


def _ocsp_in_lists(lists: tuple[Der, ...]) -> Iterator[bytes]:
    for element in lists:
        if element.tag == _OTHER_FORMAT:
            kind, value = members(element, 2, _OTHER_FORMAT)
            if kind.oid() == _OCSP_RESPONSE:
                yield value.raw


def _whole_response(element: Der) -> bytes:
    """Return OCSPResponse around a BasicOCSPResponse; some writers keep the whole one where the basic belongs."""
    first = members(element, 4)[0]
    if first.tag == ENUMERATED:
        return element.raw
    body = encode(SEQUENCE, encode_oid(_OCSP_BASIC), encode(OCTET_STRING, element.raw))
    return encode(SEQUENCE, encode(ENUMERATED, b"\x00"), encode(0xA0, body))


def _basic(response: bytes) -> bytes:
    """Return the BasicOCSPResponse inside a response that was confirmed before."""
    _, body = Der.read(response).children()
    _, basic = body.inner().children()
    return basic.expect(OCTET_STRING).content
