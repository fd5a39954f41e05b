"""OCSP answers put together in memory and read by another library."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from asn1crypto import core, ocsp, x509
from cryptography.hazmat.primitives.hashes import SHA1, SHA256, SHA384, HashAlgorithm
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import OCSPNonce, load_der_x509_certificate
from cryptography.x509 import ocsp as reader
from hypothesis import given, settings
from hypothesis import strategies as st

from simulators.nca.certificates import Addresses, Serial, Signer, holder_certificate, serial_of
from simulators.nca.chain import Chain
from simulators.nca.ocsp import MalformedOcspRequest, ResponseStatus, answer, chain_asked, read_request, refusal
from simulators.nca.profile import Profile
from simulators.nca.status import CertificateStatus, KnownStatus, Reason
from simulators.nca.subject import Subject

NOW = datetime(2026, 3, 2, 5, 0, tzinfo=UTC)
CHANGED = datetime(2026, 2, 1, 7, 30, tzinfo=UTC)


@pytest.fixture(scope="module")
def responder(profile: Profile, chain: Chain, addresses: Addresses) -> Signer:
    key = chain.issuing.algorithm.generate(2048)
    certificate = holder_certificate(
        profile=profile,
        chain=profile.chains["rsa"],
        template=profile.chains["rsa"].template(profile.chains["rsa"].ocsp.template),
        subject=Subject(**profile.chains["rsa"].ocsp.subject.model_dump()),
        validity=(NOW, NOW.replace(year=2027)),
        public_key_info=key.public_key_info,
        issuer=chain.issuing,
        addresses=addresses,
    )
    return Signer(certificate, key, chain.issuing.algorithm)


def request_for(chain: Chain, certificate: bytes, algorithm: HashAlgorithm, nonce: bytes | None = None) -> bytes:
    builder = reader.OCSPRequestBuilder().add_certificate(
        load_der_x509_certificate(certificate), load_der_x509_certificate(chain.issuing.certificate), algorithm
    )
    if nonce:
        builder = builder.add_extension(OCSPNonce(nonce), critical=False)
    return builder.build().public_bytes(Encoding.DER)


def said(chain: Chain, responder: Signer, request: bytes, statuses: dict[Serial, KnownStatus]) -> reader.OCSPResponse:
    return reader.load_der_ocsp_response(
        answer(read_request(request), statuses, issuer=chain.issuing, responder=responder, now=NOW)
    )


@pytest.mark.parametrize("algorithm", [SHA1(), SHA256(), SHA384()])
def test_a_good_certificate_is_good_under_every_hash(chain: Chain, responder: Signer, algorithm: HashAlgorithm) -> None:
    request = request_for(chain, responder.certificate, algorithm)
    statuses = {serial_of(responder.certificate): KnownStatus(CertificateStatus.GOOD)}
    response = said(chain, responder, request, statuses)
    assert response.certificate_status is reader.OCSPCertStatus.GOOD
    assert response.this_update_utc == response.produced_at_utc == NOW
    assert response.next_update_utc is None
    assert isinstance(response.hash_algorithm, type(algorithm))


def test_the_nonce_comes_back_as_it_went_and_the_responder_is_named(chain: Chain, responder: Signer) -> None:
    request = request_for(chain, responder.certificate, SHA256(), b"\x01" * 8)
    response = said(chain, responder, request, {})
    assert response.extensions.get_extension_for_class(OCSPNonce).value.nonce == b"\x01" * 8
    assert response.responder_key_hash is None
    assert response.responder_name is not None
    assert response.responder_name.public_bytes() == responder.name
    (delegated,) = response.certificates
    assert delegated.public_bytes(Encoding.DER) == (responder.certificate)


@pytest.mark.parametrize(
    ("status", "reason", "flag"),
    [
        (CertificateStatus.REVOKED, Reason.UNSPECIFIED, None),
        (CertificateStatus.REVOKED, Reason.KEY_COMPROMISE, "keyCompromise"),
        (CertificateStatus.REVOKED, Reason.SUPERSEDED, "superseded"),
        (CertificateStatus.HOLD, Reason.CERTIFICATE_HOLD, "certificateHold"),
    ],
)
def test_a_revocation_says_when_and_why(
    chain: Chain, responder: Signer, status: CertificateStatus, reason: Reason, flag: str | None
) -> None:
    request = request_for(chain, responder.certificate, SHA256())
    statuses = {serial_of(responder.certificate): KnownStatus(status, reason, CHANGED)}
    response = said(chain, responder, request, statuses)
    assert response.certificate_status is reader.OCSPCertStatus.REVOKED
    assert response.revocation_time_utc == CHANGED
    assert (response.revocation_reason and response.revocation_reason.value) == flag


def test_a_certificate_never_issued_is_on_hold_since_1970_with_extended_revoke(chain: Chain, responder: Signer) -> None:
    response = said(chain, responder, request_for(chain, responder.certificate, SHA1()), {})
    assert response.certificate_status is reader.OCSPCertStatus.REVOKED
    assert response.revocation_time_utc == datetime(1970, 1, 1, tzinfo=UTC)
    assert response.revocation_reason is not None
    assert response.revocation_reason.value == "certificateHold"
    extension = next(one for one in response.extensions if one.oid.dotted_string == "1.3.6.1.5.5.7.48.1.9")
    assert extension.value.public_bytes() == b"\x05\x00"


def test_another_authoritys_certificate_is_unknown(chain: Chain, responder: Signer) -> None:
    root = load_der_x509_certificate(chain.root.certificate)
    issuing = load_der_x509_certificate(chain.issuing.certificate)
    request = reader.OCSPRequestBuilder().add_certificate(issuing, root, SHA256()).build()
    data = request.public_bytes(Encoding.DER)
    assert said(chain, responder, data, {}).certificate_status is reader.OCSPCertStatus.UNKNOWN


def test_several_certificates_are_answered_in_one(chain: Chain, responder: Signer) -> None:
    issuer = x509.Certificate.load(chain.issuing.certificate)
    asked = [
        {
            "req_cert": {
                "hash_algorithm": {"algorithm": "sha1"},
                "issuer_name_hash": issuer.subject.sha1,
                "issuer_key_hash": issuer.public_key.sha1,
                "serial_number": number,
            }
        }
        for number in (1, 2, 1 << 200, -5)
    ]
    request = ocsp.OCSPRequest({"tbs_request": {"request_list": asked}}).dump()
    statuses = {Serial(f"{1:040x}"): KnownStatus(CertificateStatus.GOOD)}
    data = answer(read_request(request), statuses, issuer=chain.issuing, responder=responder, now=NOW)
    singles = ocsp.OCSPResponse.load(data).response_data["responses"]
    assert [single["cert_status"].name for single in singles] == ["good", "revoked", "revoked", "revoked"]
    assert [single["cert_id"]["serial_number"].native for single in singles] == [1, 2, 1 << 200, -5]


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x30",
        b"\x30\x00",
        b"\x30\x80\x00\x00",
        b"not asn.1 at all",
        b"\x30\x00" * 2,
        b"\x30\x82\xff\xff" + bytes(100),
        b"\x30\x0c" * 4000,
        ocsp.OCSPRequest({"tbs_request": {"request_list": []}}).dump(),
    ],
)
def test_what_is_no_request_is_called_malformed(data: bytes) -> None:
    with pytest.raises(MalformedOcspRequest):
        read_request(data)


@pytest.mark.parametrize("length", [0, 200])
def test_a_nonce_of_an_absurd_length_is_malformed(chain: Chain, responder: Signer, length: int) -> None:
    plain = ocsp.OCSPRequest.load(request_for(chain, responder.certificate, SHA1()))
    body = plain["tbs_request"]
    body["request_extensions"] = [{"extn_id": "nonce", "extn_value": core.OctetString(bytes(length)).contents}]
    request = ocsp.OCSPRequest({"tbs_request": body}).dump(force=True)
    with pytest.raises(MalformedOcspRequest):
        read_request(request)


@given(data=st.data())
@settings(max_examples=150, deadline=None)
def test_a_damaged_request_is_answered_or_malformed_and_nothing_else(
    chain: Chain, responder: Signer, data: st.DataObject
) -> None:
    damaged = bytearray(request_for(chain, responder.certificate, SHA256(), b"\x07" * 8))
    for _ in range(data.draw(st.integers(1, 4))):
        damaged[data.draw(st.integers(0, len(damaged) - 1))] = data.draw(st.integers(0, 255))
    cut = bytes(damaged[: data.draw(st.integers(0, len(damaged)))]) if data.draw(st.booleans()) else bytes(damaged)
    try:
        question = read_request(cut)
    except MalformedOcspRequest:
        return
    answer(question, {}, issuer=chain.issuing, responder=responder, now=NOW)


def test_a_refusal_is_a_status_alone() -> None:
    response = reader.load_der_ocsp_response(refusal(ResponseStatus.TRY_LATER))
    assert response.response_status is reader.OCSPResponseStatus.TRY_LATER


def test_each_chains_certificates_are_answered_by_its_own_responder(
    chain: Chain, gost_chain: Chain, responder: Signer
) -> None:
    chains = {"gost": gost_chain, "rsa": chain}
    asked = read_request(request_for(chain, responder.certificate, SHA256()))
    assert chain_asked(asked, chains) == "rsa"
    asked = read_request(request_for(gost_chain, responder.certificate, SHA1()))
    assert chain_asked(asked, chains) == "gost"


@pytest.mark.parametrize("name", ["gost", "rsa"])
def test_an_authoritys_certificate_is_answered_in_its_own_chain(chain: Chain, gost_chain: Chain, name: str) -> None:
    chains = {"gost": gost_chain, "rsa": chain}
    root = load_der_x509_certificate(chains[name].root.certificate)
    issuing = load_der_x509_certificate(chains[name].issuing.certificate)
    request = reader.OCSPRequestBuilder().add_certificate(issuing, root, SHA256()).build()
    assert chain_asked(read_request(request.public_bytes(Encoding.DER)), chains) == name


def test_a_stranger_is_answered_by_the_first_chain(chain: Chain, responder: Signer) -> None:
    asked = read_request(request_for(chain, responder.certificate, SHA256()))
    stranger = replace(asked, certificates=(replace(asked.certificates[0], issuer_key_hash=bytes(32)),))
    assert chain_asked(stranger, {"rsa": chain}) == "rsa"
