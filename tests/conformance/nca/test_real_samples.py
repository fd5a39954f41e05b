"""Certificates of the simulated НУЦ have the structure of real ones; runs where the real material is present."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from asn1crypto import cms, ocsp, pem, tsp, x509
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import OCSPNonce, load_der_x509_certificate
from cryptography.x509 import ocsp as builder

from gateway.eds.der import Der
from gateway.identity.numbers import Bin, Iin
from simulators.nca import Subject
from simulators.nca.der import public_key_info_of

SHARED = Path(os.environ.get("QYZMET_SHARED") or Path(__file__).resolve().parents[3].parent / "shared")
REAL = SHARED / "protocols" / "nca"
pytestmark = pytest.mark.skipif(not REAL.is_dir(), reason="the folder of real material is absent")

PERSON = Subject.person(surname="Тестов", name="Тест", patronymic="Тестович", iin=Iin("900101200010"))
OFFICIAL = Subject.person(
    surname="Тестов",
    name="Тест",
    patronymic="Тестович",
    iin=Iin("900101200010"),
    organisation='АО "ТЕСТ"',
    bin=Bin("740140000016"),
)
_LOCALITY = {"2.5.4.7", "2.5.4.8"}  # written until about 2020


def real(pattern: str) -> x509.Certificate:
    (file,) = REAL.glob(pattern)
    data = file.read_bytes()
    return x509.Certificate.load(pem.unarmor(data)[2] if pem.detect(data) else data)


def subject(certificate: x509.Certificate) -> Iterator[tuple[str, str]]:
    """Types and string types of the subject in their order, without what is no longer written."""
    for relative in certificate.subject.chosen:
        (pair,) = relative
        value = pair["value"]
        value = value.chosen if hasattr(value, "chosen") else value
        if pair["type"].dotted not in _LOCALITY:
            yield pair["type"].dotted, type(value).__name__


def extensions(certificate: x509.Certificate) -> list[tuple[str, bool]]:
    return [(one["extn_id"].dotted, one["critical"].native) for one in certificate["tbs_certificate"]["extensions"]]


def value(certificate: x509.Certificate, oid: str) -> bytes:
    (found,) = (
        one["extn_value"].contents
        for one in certificate["tbs_certificate"]["extensions"]
        if one["extn_id"].dotted == oid
    )
    return bytes(found)


@pytest.mark.parametrize(
    ("sample", "template", "who"),
    [
        ("ncanode/individual_valid_sign_2004_rsa.cer", "individual-sign", PERSON),
        ("danikarik/pers_active/RSA256_*.cer", "individual-sign", PERSON),
        ("danikarik/pers_active/AUTH_RSA256_*.cer", "individual-auth", PERSON),
        ("danikarik/org_active/AUTH_RSA256_*.cer", "head-auth", OFFICIAL),
    ],
)
async def test_a_holders_certificate_has_the_fields_and_extensions_of_the_real_one(
    nca: Any, sample: str, template: str, who: Subject
) -> None:
    expected = real(sample)
    made = x509.Certificate.load((await nca.authority.issue(template, who, chain="rsa")).certificate)
    assert list(subject(made)) == list(subject(expected))
    assert extensions(made) == extensions(expected)
    for oid in ("2.5.29.15", "2.5.29.37", "2.5.29.32"):  # usage, extended usage with roles, policies: byte for byte
        assert value(made, oid) == value(expected, oid)
    for oid in ("2.5.29.31", "2.5.29.46", "1.3.6.1.5.5.7.1.1"):
        assert shape(made, oid) == shape(expected, oid)
    assert made["signature_algorithm"].dump() == expected["signature_algorithm"].dump()
    assert len(made["tbs_certificate"]["serial_number"].contents) == 20


async def test_a_gost_holders_certificate_is_laid_out_as_the_real_one(nca: Any) -> None:
    message = cms.ContentInfo.load((REAL / "ncanode_cms/signed_cms.der").read_bytes())
    expected = message["content"]["certificates"][0].chosen
    made = x509.Certificate.load((await nca.authority.issue("individual-sign", PERSON)).certificate)
    assert list(subject(made)) == list(subject(expected))
    assert extensions(made) == extensions(expected)
    # Extended usage with roles, policies, where the key is kept. The usage of this sample (2022) has encipherment where
    # later ones have agreement.
    for oid in ("2.5.29.37", "2.5.29.32", "1.2.398.3.3.5"):
        assert value(made, oid) == value(expected, oid)
    assert value(made, "2.5.29.15") == bytes.fromhex("030203c8")
    for oid in ("2.5.29.31", "2.5.29.46", "1.3.6.1.5.5.7.1.1"):
        assert shape(made, oid) == shape(expected, oid)
    assert made["signature_algorithm"].dump() == expected["signature_algorithm"].dump()
    for one in (made, expected):
        assert serial_of_key(one) == one.serial_number
    keys = [Der.read(public_key_info_of(one.dump())).children()[0].raw for one in (made, expected)]
    assert keys[0] == keys[1]


def serial_of_key(certificate: x509.Certificate) -> int:
    """The subject key identifier with its top bit cleared."""
    return int.from_bytes(certificate.key_identifier, "big") & ~(1 << 159)


def shape(certificate: x509.Certificate, oid: str) -> Any:
    """A list of pointers with the addresses taken out."""
    found = next(
        one["extn_value"].parsed for one in certificate["tbs_certificate"]["extensions"] if one["extn_id"].dotted == oid
    ).native
    if oid == "1.3.6.1.5.5.7.1.1":
        return [one["access_method"] for one in found]
    return [(len(one["distribution_point"]), one["reasons"], one["crl_issuer"]) for one in found]


async def test_the_authorities_have_the_extensions_of_the_real_ones(nca: Any) -> None:
    made_ones = [x509.Certificate.load(one) for one in nca.authority.ca_files().values()]
    for made, file in zip(
        made_ones, ("root_gost_2022.pem", "nca_gost_2022.pem", "root_rsa_2020.cer", "nca_rsa_2022.cer"), strict=True
    ):
        expected = real(f"prod_ca/{file}")
        assert list(subject(made)) == list(subject(expected))
        assert extensions(made) == extensions(expected)
        for oid in ("2.5.29.19", "2.5.29.15"):
            assert value(made, oid) == value(expected, oid)


async def test_the_tsas_certificate_has_the_usages_of_the_real_one(nca: Any) -> None:
    signer = await nca.authority.responders.signer("gost", "tsa")
    made, expected = x509.Certificate.load(signer.certificate), real("prod_ca/tsa_2025_2028.cer")
    assert list(subject(made)) == list(subject(expected))
    assert set(extensions(made)) == set(extensions(expected))
    for oid in ("2.5.29.15", "2.5.29.37", "2.5.29.32", "1.2.398.3.3.5"):
        assert value(made, oid) == value(expected, oid)


@pytest.mark.parametrize(("chain", "recording"), [("rsa", "individual_sign_2004"), ("gost", "individual_2015")])
async def test_an_ocsp_answer_is_built_as_the_recorded_one(nca: Any, chain: str, recording: str) -> None:
    recorded = ocsp.OCSPResponse.load((REAL / f"ncanode/ocsp_response_{recording}.bin").read_bytes())
    issued = await nca.authority.issue("individual-sign", PERSON, chain=chain)
    if chain == "gost":  # this answer was recorded for a certificate that the responder did not know
        await nca.authority.store.database.execute("DELETE FROM certificate WHERE serial = $1", issued.serial)
    request = builder.OCSPRequestBuilder().add_certificate(
        load_der_x509_certificate(issued.certificate),
        load_der_x509_certificate(nca.authority.chains[chain].issuing.certificate),
        SHA256(),
    )
    request = request.add_extension(OCSPNonce(bytes(8)), critical=False)
    headers = {"Content-Type": "application/ocsp-request"}
    body = request.build().public_bytes(Encoding.DER)
    async with nca.http.post(f"{nca.url}/ocsp", data=body, headers=headers) as answer:
        made = ocsp.OCSPResponse.load(await answer.read())

    def form(response: ocsp.OCSPResponse) -> Any:
        basic = response["response_bytes"]["response"].parsed
        data = basic["tbs_response_data"]
        (single,) = data["responses"]
        return (
            data["version"].native,
            data["responder_id"].name,
            [
                (one["extn_id"].dotted, one["critical"].native, len(one["extn_value"].contents))
                for one in data["response_extensions"]
            ],
            single["cert_status"].name,
            single["next_update"].native,
            single["single_extensions"].native,
            single["cert_id"]["hash_algorithm"].dump(),
            single["this_update"].native == data["produced_at"].native,
            len(basic["certs"]),
            basic["signature_algorithm"].dump(),
        )

    assert form(made) == form(recorded)
    responders = [one["response_bytes"]["response"].parsed["certs"][0] for one in (made, recorded)]
    made_extensions, recorded_extensions = ({oid for oid, _ in extensions(one)} for one in responders)
    assert made_extensions == recorded_extensions


async def test_a_time_stamp_is_built_as_the_recorded_one(nca: Any) -> None:
    recorded = tsp.TimeStampResp.load((REAL / "ncanode/tsp_response.bin").read_bytes())
    request = tsp.TimeStampReq(
        {
            "version": 1,
            "message_imprint": {"hash_algorithm": {"algorithm": "sha1"}, "hashed_message": bytes(20)},
            "nonce": 7,
            "cert_req": True,
        }
    ).dump()
    headers = {"Content-Type": "application/timestamp-query"}
    async with nca.http.post(f"{nca.url}/tsp", data=request, headers=headers) as answer:
        made = tsp.TimeStampResp.load(await answer.read())

    def form(response: tsp.TimeStampResp) -> Any:
        data = response["time_stamp_token"]["content"]
        info = data["encap_content_info"]["content"].parsed
        (signer,) = data["signer_infos"]
        return (
            response["status"].dump(),
            data["version"].native,
            len(data["certificates"]),
            data["crls"].native,
            signer["version"].native,
            signer["sid"].name,
            {one["type"].dotted for one in signer["signed_attrs"]},
            signer["unsigned_attrs"].native,
            [(name, info[name].native is None) for name in ("accuracy", "tsa", "extensions", "nonce")],
            info["ordering"].native,
        )

    assert form(made) == form(recorded)
