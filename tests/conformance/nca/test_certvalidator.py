"""pyhanko-certvalidator, which passes NIST's PKITS, accepts and refuses paths by our OCSP answers and lists.

It lays a delta over a list only when the list itself names one; the real lists do not, so openssl is the peer for that.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from asn1crypto import crl, ocsp, x509
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import load_der_x509_certificate
from cryptography.x509 import ocsp as builder
from pyhanko_certvalidator import CertificateValidator, ValidationContext
from pyhanko_certvalidator.errors import RevokedError

from gateway.clock import ManualClock
from gateway.identity.numbers import Iin
from simulators.nca import Issued, Subject

AIGUL = Subject.person(surname="Әбенова", name="Айгүл", patronymic="Қанатқызы", iin=Iin("900101200010"))


async def validate(nca: Any, issued: Issued, clock: ManualClock, **evidence: Any) -> None:
    context = ValidationContext(
        trust_roots=[x509.Certificate.load(nca.authority.chains["rsa"].root.certificate)],
        other_certs=[x509.Certificate.load(nca.authority.chains["rsa"].issuing.certificate)],
        moment=clock.now().replace(microsecond=0),
        allow_fetching=False,
        revocation_mode="hard-fail",
        **evidence,
    )
    await CertificateValidator(
        x509.Certificate.load(issued.certificate), validation_context=context
    ).async_validate_usage({"digital_signature", "non_repudiation"})


async def lists(nca: Any, *names: str) -> list[crl.CertificateList]:
    found = []
    for name in names:
        async with nca.http.get(f"{nca.url}/crl/{name}.crl") as answer:
            found.append(crl.CertificateList.load(await answer.read()))
    return found


async def answer_about(nca: Any, issued: Issued) -> ocsp.OCSPResponse:
    request = builder.OCSPRequestBuilder().add_certificate(
        load_der_x509_certificate(issued.certificate),
        load_der_x509_certificate(nca.authority.chains["rsa"].issuing.certificate),
        SHA1(),
    )
    body = request.build().public_bytes(Encoding.DER)
    headers = {"Content-Type": "application/ocsp-request"}
    async with nca.http.post(f"{nca.url}/ocsp", data=body, headers=headers) as answer:
        return ocsp.OCSPResponse.load(await answer.read())


async def test_lists_decide(nca: Any, clock: ManualClock) -> None:
    issued = await nca.authority.issue("individual-sign", AIGUL, chain="rsa")
    await validate(nca, issued, clock, crls=await lists(nca, "root_rsa", "nca_rsa"))
    await nca.authority.revoke(issued.serial)
    clock.advance(timedelta(seconds=1))  # the peer counts a revocation from the next second on
    with pytest.raises(RevokedError):
        await validate(nca, issued, clock, crls=await lists(nca, "root_rsa", "nca_rsa"))


async def test_ocsp_decides(nca: Any, clock: ManualClock) -> None:
    issued = await nca.authority.issue("individual-sign", AIGUL, chain="rsa")
    root_list = await lists(nca, "root_rsa")
    await validate(nca, issued, clock, crls=root_list, ocsps=[await answer_about(nca, issued)])
    await nca.authority.hold(issued.serial)
    with pytest.raises(RevokedError):
        await validate(nca, issued, clock, crls=root_list, ocsps=[await answer_about(nca, issued)])
