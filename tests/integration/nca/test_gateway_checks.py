"""The gateway's own checker asks the simulated НУЦ over HTTP and comes to the verdict that each state deserves."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from gateway.clock import ManualClock
from gateway.eds.certificate import read_certificate
from gateway.eds.codes import Code, Status
from gateway.eds.keys import load_pkcs12
from gateway.eds.revocation.checker import RevocationChecker
from gateway.eds.revocation.fetch import HttpFetcher
from gateway.eds.roles import KeyPurpose, Role
from gateway.eds.trust import Anchors, CertificateChecker
from gateway.eds.xmldsig import sign_enveloped, verify_enveloped
from gateway.identity.numbers import Bin, Iin
from simulators.nca import Fault, Holder, Issued, Service, Subject

AIGUL = Subject.person(surname="Әбенова", name="Айгүл", patronymic="Қанатқызы", iin=Iin("900101200010"))
HEAD = Subject.person(
    surname="Серікбаев", name="Нұрлан", iin=Iin("800615100018"), organisation="Бөлім", bin=Bin("740140000016")
)


@pytest.fixture(params=["gost", "rsa"])
def chain(request: pytest.FixtureRequest) -> str:
    """The chain that the certificates are of."""
    name: str = request.param
    return name


@pytest.fixture
def anchors(nca: Any) -> Anchors:
    chains = nca.authority.chains.values()
    return Anchors.of(
        [read_certificate(chain.root.certificate) for chain in chains],
        [read_certificate(chain.issuing.certificate) for chain in chains],
    )


@pytest.fixture
def code(nca: Any, anchors: Anchors, clock: ManualClock) -> Any:
    """Check a certificate with a checker that remembers nothing, and return the verdict's status and code."""

    async def check(issued: Issued) -> tuple[Status, Code]:
        checker = CertificateChecker(anchors, RevocationChecker(HttpFetcher(nca.http), clock), clock)
        verdict = await checker.check(read_certificate(issued.certificate))
        return verdict.status, verdict.code

    return check


async def test_each_state_of_a_certificate_has_its_code(nca: Any, code: Any, chain: str, clock: ManualClock) -> None:
    issued = await nca.authority.issue("individual-sign", AIGUL, chain=chain)
    assert await code(issued) == (Status.VALID, Code.OK)
    await nca.authority.hold(issued.serial)
    assert await code(issued) == (Status.INVALID, Code.CERTIFICATE_ON_HOLD)
    await nca.authority.unhold(issued.serial)
    assert await code(issued) == (Status.VALID, Code.OK)
    await nca.authority.revoke(issued.serial)
    assert await code(issued) == (Status.INVALID, Code.CERTIFICATE_REVOKED)
    over = await nca.authority.issue(
        "individual-sign", AIGUL, chain=chain, not_after=clock.now() - timedelta(seconds=1)
    )
    assert await code(over) == (Status.INVALID, Code.CERTIFICATE_EXPIRED)
    ahead = await nca.authority.issue("individual-sign", AIGUL, chain=chain, not_before=clock.now() + timedelta(days=1))
    assert await code(ahead) == (Status.INVALID, Code.CERTIFICATE_NOT_YET_VALID)


async def test_a_certificate_that_the_ledger_does_not_know_is_not_known_to_its_issuer(
    nca: Any, code: Any, chain: str
) -> None:
    issued = await nca.authority.issue("individual-sign", AIGUL, chain=chain)
    await nca.authority.store.database.execute("DELETE FROM certificate WHERE serial = $1", issued.serial)
    assert await code(issued) == (Status.INVALID, Code.CERTIFICATE_NOT_KNOWN_TO_ISSUER)


async def test_lists_stand_in_when_ocsp_is_down(nca: Any, code: Any, chain: str) -> None:
    good = await nca.authority.issue("individual-sign", AIGUL, chain=chain)
    revoked = await nca.authority.issue("individual-sign", AIGUL, chain=chain)
    held = await nca.authority.issue("individual-sign", AIGUL, chain=chain)
    await nca.authority.revoke(revoked.serial)
    await nca.authority.hold(held.serial)
    for fault in (Fault.DOWN, Fault.MALFORMED, Fault.TRY_LATER, Fault.STALE, Fault.WRONG_NONCE, Fault.BROKEN_SIGNATURE):
        nca.faults.set(Service.OCSP, fault)
        assert await code(good) == (Status.VALID, Code.OK)
        assert await code(revoked) == (Status.INVALID, Code.CERTIFICATE_REVOKED)
        assert await code(held) == (Status.INVALID, Code.CERTIFICATE_ON_HOLD)


@pytest.mark.parametrize(
    ("ocsp", "crl"),
    [
        (Fault.DOWN, Fault.DOWN),
        (Fault.DOWN, Fault.STALE),
        (Fault.STALE, Fault.MALFORMED),
        (Fault.BROKEN_SIGNATURE, Fault.BROKEN_SIGNATURE),
        (Fault.WRONG_NONCE, Fault.DOWN),
    ],
)
async def test_without_a_word_from_either_nothing_is_decided(
    nca: Any, code: Any, chain: str, ocsp: Fault, crl: Fault
) -> None:
    issued = await nca.authority.issue("individual-sign", AIGUL, chain=chain)
    nca.faults.set(Service.OCSP, ocsp)
    nca.faults.set(Service.CRL, crl)
    assert (await code(issued))[0] is Status.UNDETERMINED


async def test_time_travel_moves_certificates_and_answers_together(
    nca: Any, code: Any, chain: str, clock: ManualClock
) -> None:
    issued = await nca.authority.issue("individual-sign", AIGUL, chain=chain)
    clock.advance(timedelta(days=364))
    assert await code(issued) == (Status.VALID, Code.OK)
    clock.advance(timedelta(days=2))
    assert await code(issued) == (Status.INVALID, Code.CERTIFICATE_EXPIRED)


async def test_the_gateway_reads_what_the_profile_wrote(nca: Any) -> None:
    await nca.authority.holders.enrol(Holder("head", "official_head", HEAD, "Qwerty12", chain="rsa"))
    stores = {purpose: await nca.authority.holders.key_store("head", purpose) for purpose in ("sign", "auth")}
    keys = {purpose: load_pkcs12(store.pkcs12, "Qwerty12") for purpose, store in stores.items()}
    certificate = keys["sign"].certificate
    assert (certificate.subject.iin, certificate.subject.bin) == ("800615100018", "740140000016")
    assert certificate.subject.organisation == "Бөлім"
    assert certificate.roles == {Role.LEGAL_ENTITY, Role.HEAD}
    assert KeyPurpose.SIGN in certificate.purposes
    assert KeyPurpose.SIGN not in keys["auth"].certificate.purposes
    assert KeyPurpose.AUTH in keys["auth"].certificate.purposes
    assert [one.der for one in keys["sign"].chain if one != certificate] == list(
        nca.authority.chains["rsa"].certificates
    )


async def test_the_gateway_reads_one_gost_key_as_good_for_signing_and_entering(nca: Any) -> None:
    await nca.authority.holders.enrol(Holder("head", "official_head", HEAD, "Qwerty12"))
    store = await nca.authority.holders.key_store("head", "auth")
    key = await asyncio.to_thread(load_pkcs12, store.pkcs12, "Qwerty12")
    assert key.certificate.purposes == {KeyPurpose.SIGN, KeyPurpose.AUTH}
    assert key.certificate.roles == {Role.LEGAL_ENTITY, Role.HEAD}
    assert [one.der for one in key.chain] == list(nca.authority.chains["gost"].certificates)
    signed = sign_enveloped(b"<a/>", key)
    assert verify_enveloped(signed)[0].certificate == key.certificate
