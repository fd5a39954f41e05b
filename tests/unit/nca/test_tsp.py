"""Time stamps put together in memory: what they say, and what is refused with which failure."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime

import pytest
from asn1crypto import algos, core, tsp
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.x509 import load_der_x509_certificate
from hypothesis import given, settings
from hypothesis import strategies as st

from simulators.nca.certificates import Addresses, Signer, holder_certificate
from simulators.nca.chain import Chain
from simulators.nca.profile import Profile, TsaProfile
from simulators.nca.subject import Subject
from simulators.nca.tsp import Failure, TimestampRefused, grant, read_request, refusal

NOW = datetime(2026, 3, 2, 5, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def tsa(profile: Profile, chain: Chain, addresses: Addresses) -> Signer:
    key = chain.issuing.algorithm.generate(2048)
    certificate = holder_certificate(
        profile=profile,
        chain=profile.chains["rsa"],
        template=profile.chains["rsa"].template(profile.chains["rsa"].tsa.template),
        subject=Subject(**profile.chains["rsa"].tsa.subject.model_dump()),
        validity=(NOW, NOW.replace(year=2029)),
        public_key_info=key.public_key_info,
        issuer=chain.issuing,
        addresses=addresses,
    )
    return Signer(certificate, key, chain.issuing.algorithm)


def tsas(profile: Profile) -> dict[str, TsaProfile]:
    return {name: chain.tsa for name, chain in profile.chains.items()}


def request(**changes: object) -> bytes:
    fields: dict[str, object] = {
        "version": 1,
        "message_imprint": imprint("sha256", hashlib.sha256(b"document").digest()),
        "cert_req": True,
        "nonce": 0x0102030405060708,
    }
    fields.update(changes)
    encoded: bytes = tsp.TimeStampReq({name: value for name, value in fields.items() if value is not None}).dump()
    return encoded


def imprint(algorithm: str, digest: bytes) -> tsp.MessageImprint:
    return tsp.MessageImprint({"hash_algorithm": {"algorithm": algorithm}, "hashed_message": digest})


def test_a_time_stamp_says_what_the_real_one_says(profile: Profile, tsa: Signer) -> None:
    question = read_request(request(), tsas(profile))
    response = tsp.TimeStampResp.load(
        grant(question, profile=profile.chains["rsa"].tsa, signer=tsa, now=NOW), strict=True
    )
    assert response["status"]["status"].native == "granted"
    data = response["time_stamp_token"]["content"]
    info = data["encap_content_info"]["content"].parsed
    assert info["policy"].dotted == "1.2.398.3.3.2.6.2"
    assert info["gen_time"].native == NOW
    assert info["nonce"].native == 0x0102030405060708
    assert info["accuracy"].native is None
    assert info["tsa"].native is None
    assert info["message_imprint"]["hashed_message"].native == hashlib.sha256(b"document").digest()
    (signer,) = data["signer_infos"]
    attributes = {one["type"].dotted: one["values"] for one in signer["signed_attrs"]}
    (identifier,) = attributes["1.2.840.113549.1.9.16.2.12"][0]["certs"]
    assert identifier["cert_hash"].native == hashlib.sha1(tsa.certificate).digest()
    assert data["certificates"][0].chosen.dump() == tsa.certificate
    signed = b"\x31" + signer["signed_attrs"].dump()[1:]
    public_key = load_der_x509_certificate(tsa.certificate).public_key()
    public_key.verify(signer["signature"].native, signed, padding.PKCS1v15(), SHA256())  # type: ignore[union-attr,call-arg,arg-type]


def test_the_certificate_comes_only_when_asked_for(profile: Profile, tsa: Signer) -> None:
    question = read_request(request(cert_req=False, nonce=None), tsas(profile))
    response = tsp.TimeStampResp.load(grant(question, profile=profile.chains["rsa"].tsa, signer=tsa, now=NOW))
    data = response["time_stamp_token"]["content"]
    assert data["certificates"].native is None
    assert data["encap_content_info"]["content"].parsed["nonce"].native is None


@pytest.mark.parametrize(
    ("data", "failure"),
    [
        (b"", Failure.BAD_DATA_FORMAT),
        (b"\x30\x00", Failure.BAD_DATA_FORMAT),
        (b"GET / HTTP/1.1", Failure.BAD_DATA_FORMAT),
        (request(version=2), Failure.BAD_REQUEST),
        (request(message_imprint=imprint("md5", bytes(16))), Failure.BAD_ALG),
        (request(message_imprint=imprint("sha256", bytes(20))), Failure.BAD_DATA_FORMAT),
        (request(req_policy="1.2.3.4"), Failure.UNACCEPTED_POLICY),
        (
            request(extensions=[{"extn_id": "1.2.3.4", "extn_value": core.OctetString(b"\x05\x00")}]),
            Failure.UNACCEPTED_EXTENSION,
        ),
        (request(nonce=1 << 600), Failure.BAD_REQUEST),
    ],
)
def test_what_cannot_be_stamped_is_refused_in_the_words_of_the_protocol(
    profile: Profile, data: bytes, failure: Failure
) -> None:
    with pytest.raises(TimestampRefused) as refused:
        read_request(data, tsas(profile))
    assert refused.value.failure is failure
    # asn1crypto demands a token in every TimeStampResp: the status is read by itself.
    (answered,) = core.SequenceOf.load(refusal(refused.value), strict=True, spec=core.Any)
    status = answered.parse(tsp.PKIStatusInfo)
    assert status["status"].native == "rejection"
    assert status["status_string"].native == [refused.value.reason]
    bits = core.BitString.load(status["fail_info"].dump()).native
    assert [number for number, bit in enumerate(bits) if bit] == [failure]


def test_the_own_policy_may_be_asked_for(profile: Profile) -> None:
    assert read_request(request(req_policy=profile.chains["rsa"].tsa.policy), tsas(profile)).certificate_wanted


@pytest.mark.parametrize(
    ("policy", "algorithm", "size", "chain"),
    [
        (None, "sha256", 32, "rsa"),
        (None, "sha1", 20, "rsa"),
        (None, "1.2.398.3.10.1.3.3", 64, "gost"),
        (None, "1.2.398.3.10.1.3.1", 32, "gost"),
        ("1.2.398.3.3.2.6.4", "1.2.398.3.10.1.3.3", 64, "gost"),
        ("1.2.398.3.3.2.6.4", "sha256", 32, "gost"),
        ("1.2.398.3.3.2.6.2", "sha256", 32, "rsa"),
    ],
)
def test_the_policy_or_else_the_hash_says_which_chain_stamps(
    profile: Profile, policy: str | None, algorithm: str, size: int, chain: str
) -> None:
    asked = request(req_policy=policy, message_imprint=imprint(algorithm, bytes(size)))
    assert read_request(asked, tsas(profile)).chain == chain


@pytest.mark.parametrize(
    ("policy", "algorithm", "size", "failure"),
    [
        ("1.2.398.3.3.2.6.2", "1.2.398.3.10.1.3.3", 64, Failure.BAD_ALG),
        (None, "1.2.398.3.10.1.3.3", 32, Failure.BAD_DATA_FORMAT),
    ],
)
def test_a_chain_does_not_stamp_hashes_that_it_does_not_know(
    profile: Profile, *, policy: str | None, algorithm: str, size: int, failure: Failure
) -> None:
    with pytest.raises(TimestampRefused) as refused:
        read_request(request(req_policy=policy, message_imprint=imprint(algorithm, bytes(size))), tsas(profile))
    assert refused.value.failure is failure


def test_an_unknown_hash_is_a_bad_algorithm(profile: Profile) -> None:
    own = tsp.MessageImprint({"hash_algorithm": {"algorithm": "sha256"}, "hashed_message": bytes(32)}).dump()
    known = algos.DigestAlgorithmId("sha256").contents
    unknown = core.ObjectIdentifier("2.16.840.1.101.3.4.2.77").contents
    data = request().replace(known, unknown)
    assert known in own
    with pytest.raises(TimestampRefused) as refused:
        read_request(data, tsas(profile))
    assert refused.value.failure is Failure.BAD_ALG


@given(data=st.data())
@settings(max_examples=150, deadline=None)
def test_a_damaged_request_is_stamped_or_refused_and_nothing_else(
    profile: Profile, tsa: Signer, data: st.DataObject
) -> None:
    damaged = bytearray(request())
    for _ in range(data.draw(st.integers(1, 4))):
        damaged[data.draw(st.integers(0, len(damaged) - 1))] = data.draw(st.integers(0, 255))
    cut = bytes(damaged[: data.draw(st.integers(0, len(damaged)))]) if data.draw(st.booleans()) else bytes(damaged)
    try:
        question = read_request(cut, tsas(profile))
    except TimestampRefused:
        return
    grant(question, profile=profile.chains["rsa"].tsa, signer=tsa, now=NOW)
