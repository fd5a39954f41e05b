from datetime import timedelta

import pytest
from lxml import etree

from gateway.eds.evidence import read_evidence
from gateway.eds.revocation.checker import RevocationChecker
from gateway.eds.revocation.fetch import MemoryFetcher
from gateway.eds.roles import Role
from gateway.eds.trust import CertificateChecker
from gateway.eds.xmldsig import sign_enveloped, verify_enveloped
from gateway.registries.certification import OwnersOfficial
from gateway.registries.errors import Registry, RegistryUnavailable, UnavailableCode
from simulators.population import cast
from tests.unit.eds import pki

DATA = "<data><messageId>1</messageId><persons><person><surname>СӘРСЕНБАЕВ</surname></person></persons></data>".encode()
OWNER = cast.GBDFL_OWNER.bin


@pytest.fixture
def certifier(checker) -> OwnersOfficial:
    return OwnersOfficial(Registry.GBDFL, checker, OWNER)


async def refused(certifier, document: bytes) -> RegistryUnavailable:
    with pytest.raises(RegistryUnavailable) as caught:
        await certifier.certify(document)
    assert caught.value.registry is Registry.GBDFL
    return caught.value


async def test_data_signed_by_the_owners_official_are_taken_with_their_evidence(certifier, keys):
    signed = sign_enveloped(DATA, keys.official_gbdfl)
    certified = await certifier.certify(signed)
    assert certified.root.findtext("persons/person/surname") == "СӘРСЕНБАЕВ"
    assert certified.root.find("{*}Signature") is None
    kept = certified.evidence.document
    assert verify_enveloped(kept)[0].covered == verify_enveloped(signed)[0].covered
    assert read_evidence(kept).certificates
    assert certified.evidence.signer == keys.official_gbdfl.certificate
    assert certified.evidence.verdict.valid


async def test_data_that_nobody_signed_are_not_used(certifier):
    assert (await refused(certifier, DATA)).code is UnavailableCode.UNSIGNED


@pytest.mark.parametrize(
    "change",
    [
        lambda signed: signed.replace("СӘРСЕНБАЕВ".encode(), "БАСҚА".encode()),
        lambda signed: signed.replace(b"</persons>", b"<person/></persons>"),
        lambda signed: signed.replace(b"<messageId>1", b"<messageId>2"),
    ],
)
async def test_data_changed_after_signing_are_not_used(certifier, keys, change):
    error = await refused(certifier, change(sign_enveloped(DATA, keys.official_gbdfl)))
    assert error.code is UnavailableCode.SIGNATURE_BROKEN


async def test_a_signed_answer_wrapped_into_another_proves_nothing(certifier, keys):
    signed = etree.fromstring(sign_enveloped(DATA, keys.official_gbdfl))
    wrapped = etree.fromstring("<data><persons><person><surname>БАСҚА</surname></person></persons></data>".encode())
    wrapped.append(signed)
    assert (await refused(certifier, etree.tostring(wrapped))).code is UnavailableCode.UNSIGNED
    moved = etree.fromstring(etree.tostring(wrapped))
    moved.append(moved.find("data/{*}Signature"))
    assert (await refused(certifier, etree.tostring(moved))).code is UnavailableCode.SIGNATURE_BROKEN


async def test_a_second_signature_on_top_of_the_officials_is_not_taken_for_it(certifier, keys):
    twice = sign_enveloped(sign_enveloped(DATA, keys.official_gbdfl), keys.official_gbdul)
    assert (await refused(certifier, twice)).code is UnavailableCode.SIGNATURE_BROKEN


async def test_an_official_of_another_body_does_not_vouch(certifier, keys):
    error = await refused(certifier, sign_enveloped(DATA, keys.official_gbdul))
    assert (error.code, error.facts["verdict"]) == (UnavailableCode.SIGNER_NOT_FIT, "signer-not-bin")


async def test_the_registrys_own_system_does_not_vouch_as_an_official(certifier, keys):
    error = await refused(certifier, sign_enveloped(DATA, keys.system_gbdfl))
    assert (error.code, error.facts["verdict"]) == (UnavailableCode.SIGNER_NOT_FIT, "role-not-fit")


async def test_a_system_that_carries_an_iin_is_still_no_official(certifier, keys):
    key = keys.official("official-gbdfl", OWNER, roles=(Role.LEGAL_ENTITY, Role.INFORMATION_SYSTEM))
    assert (await refused(certifier, sign_enveloped(DATA, key))).facts["verdict"] == "role-not-fit"


async def test_a_key_for_entering_does_not_certify(certifier, keys):
    key = keys.official("official-gbdfl", OWNER, usage=pki.AUTH)
    assert (await refused(certifier, sign_enveloped(DATA, key))).facts["verdict"] == "key-not-for-signing"


async def test_an_expired_official_does_not_vouch(certifier, keys, clock):
    clock.advance(timedelta(days=400))
    error = await refused(certifier, sign_enveloped(DATA, keys.official_gbdfl))
    assert (error.code, error.facts["verdict"]) == (UnavailableCode.SIGNER_NOT_FIT, "certificate-expired")


async def test_revocation_that_cannot_be_established_is_no_yes(keys, clock):
    unreachable = RevocationChecker(MemoryFetcher({}), clock)
    certifier = OwnersOfficial(Registry.GBDFL, CertificateChecker(keys.anchors, unreachable, clock), OWNER)
    error = await refused(certifier, sign_enveloped(DATA, keys.official_gbdfl))
    assert error.code is UnavailableCode.SIGNER_UNDETERMINED


@pytest.mark.parametrize(
    "document",
    [b"", b"<data>", b"\x00", b"<!DOCTYPE data><data/>", b"<data>" + b"<a>" * 200 + b"</a>" * 200 + b"</data>"],
)
async def test_hostile_bytes_are_unreadable(certifier, document):
    error = await refused(certifier, document)
    assert error.code is UnavailableCode.UNREADABLE
    assert error.to_json()["code"] == "registry-answer-unreadable"
    assert "ЖТ" in error.text.kk or "Жеке" in error.text.kk
