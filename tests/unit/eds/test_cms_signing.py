from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from gateway.eds.cms.reader import DATA as DATA_TYPE
from gateway.eds.cms.reader import SIGNATURE_TIMESTAMP, SIGNING_TIME, read_cms
from gateway.eds.cms.signing import (
    add_evidence,
    add_timestamp,
    cosign_cms,
    extract,
    new_signer,
    sign_cms,
    sign_digest,
    stamp_cms,
)
from gateway.eds.cms.verification import verify_cms
from gateway.eds.codes import Code
from gateway.eds.errors import EdsError, TimestampRefused
from gateway.eds.gost.curves import GOST_2004, GOST_2015_512
from gateway.eds.keys import SoftwareKey
from gateway.eds.revocation.fetch import MemoryFetcher
from gateway.eds.timestamping import TimestampClient
from gateway.eds.verdict import Verdict
from tests.unit.eds import cms_kit as kit
from tests.unit.eds import pki
from tests.unit.eds.cms_kit import DATA

TSA_URL = "http://nca.test/tsp"


@pytest.fixture
def keys(nca: pki.Authority, key: SoftwareKey, rsa_key: SoftwareKey) -> list[SoftwareKey]:
    return [key, rsa_key, kit.gost_person(nca, GOST_2015_512, "new"), kit.gost_person(nca, GOST_2004, "old")]


def test_what_every_kind_of_key_signs_is_cades_bes(keys: list[SoftwareKey]) -> None:
    for key in keys:
        for attached in (True, False):
            data = sign_cms(DATA, key, at=pki.NOW, attached=attached)
            (signature,) = verify_cms(data, content=None if attached else DATA)
            assert (signature.covered, signature.certificate, signature.form) == (DATA, key.certificate, "CAdES-BES")
            assert signature.signing_time == pki.NOW
            assert read_cms(data).content_type == DATA_TYPE


def test_signature_over_a_digest_is_that_over_the_content(keys: list[SoftwareKey]) -> None:
    for key in keys:
        data = sign_digest(key.algorithm.digest(DATA), key, at=pki.NOW)
        assert verify_cms(data, content=DATA)[0].covered == DATA
        with pytest.raises(EdsError) as refusal:
            verify_cms(data, content=DATA + b".")
        assert refusal.value.code is Code.DIGEST_MISMATCH


@pytest.mark.parametrize(
    ("moment", "tag"), [(datetime(2049, 12, 31, tzinfo=UTC), 0x17), (datetime(2050, 1, 1, tzinfo=UTC), 0x18)]
)
def test_signing_time_is_written_as_its_year_demands(key: SoftwareKey, moment: datetime, tag: int) -> None:
    (signer,) = read_cms(sign_cms(DATA, key, at=moment)).signers
    (value,) = signer.signed_attributes[SIGNING_TIME]
    assert (value.tag, value.time()) == (tag, moment)


def test_signers_are_added_and_nothing_that_is_there_changes(keys: list[SoftwareKey], nca: pki.Authority) -> None:
    data = kit.message(kit.Signer(keys[0], unsigned=[kit.attribute("1.2.3", b"\x05\x00")]), lists=[nca.crl()])
    for number, key in enumerate(keys[1:], 2):
        before = read_cms(data)
        data = cosign_cms(data, key, at=pki.NOW)
        after = read_cms(data)
        assert len(verify_cms(data)) == number
        assert [one.element.raw for one in after.signers[:-1]] == [one.element.raw for one in before.signers]
        assert after.certificates[: len(before.certificates)] == before.certificates
        assert after.encapsulated.raw == before.encapsulated.raw
        assert [one.raw for one in after.lists] == [one.raw for one in before.lists]
    assert {one.certificate for one in verify_cms(data)} == {key.certificate for key in keys}
    again = cosign_cms(data, keys[0], at=pki.NOW)
    assert len(read_cms(again).certificates) == len(keys)
    assert read_cms(again).digest_algorithms.raw == read_cms(data).digest_algorithms.raw


def test_detached_signature_is_cosigned_over_its_content_only(key: SoftwareKey, rsa_key: SoftwareKey) -> None:
    data = sign_cms(DATA, key, at=pki.NOW, attached=False)
    with pytest.raises(EdsError) as refusal:
        cosign_cms(data, rsa_key, at=pki.NOW)
    assert refusal.value.code is Code.CONTENT_MISSING
    both = cosign_cms(data, rsa_key, at=pki.NOW, content=DATA)
    assert len(verify_cms(both, content=DATA)) == 2


def test_seventeenth_signer_is_not_added(key: SoftwareKey) -> None:
    full = kit.message(*[kit.Signer(key).der] * 16, certificates=[key.certificate])
    with pytest.raises(EdsError) as refusal:
        cosign_cms(full, key, at=pki.NOW)
    assert refusal.value.code is Code.SIGNATURES_TOO_MANY


def test_chain_that_came_with_the_key_goes_in(nca: pki.Authority, key: SoftwareKey) -> None:
    from dataclasses import replace

    (signature,) = verify_cms(sign_cms(DATA, replace(key, chain=(nca.certificate,)), at=pki.NOW))
    assert signature.chain == (nca.certificate,)


def test_extracting_gives_the_content_and_a_detached_one_has_none(key: SoftwareKey) -> None:
    assert extract(sign_cms(DATA, key, at=pki.NOW)) == DATA
    with pytest.raises(EdsError) as refusal:
        extract(sign_cms(DATA, key, at=pki.NOW, attached=False))
    assert refusal.value.code is Code.CONTENT_MISSING


async def test_every_signer_is_stamped_once_and_the_earlier_stamp_stays(
    nca: pki.Authority, key: SoftwareKey, rsa_key: SoftwareKey
) -> None:
    authority = kit.tsa(nca)
    fetcher = MemoryFetcher({TSA_URL: kit.responder(authority)})
    client = TimestampClient(fetcher, TSA_URL)
    once = await stamp_cms(sign_cms(DATA, key, at=pki.NOW), client)
    assert verify_cms(once)[0].form == "CAdES-T"
    twice = await stamp_cms(cosign_cms(once, rsa_key, at=pki.NOW), client)
    assert fetcher.calls[TSA_URL] == 2
    before, after = read_cms(once).signers[0], read_cms(twice).signers[0]
    assert before.element.raw == after.element.raw
    assert all(len(one.timestamp_tokens) == 1 for one in verify_cms(twice))
    fetcher.answers.clear()
    with pytest.raises(TimestampRefused) as refusal:
        await stamp_cms(sign_cms(DATA, key, at=pki.NOW), client)
    assert refusal.value.code is Code.TIMESTAMP_UNAVAILABLE


def test_unsigned_attributes_that_are_there_stay(key: SoftwareKey) -> None:
    other = kit.attribute("1.2.3", b"\x05\x00")
    data = add_timestamp(kit.message(kit.Signer(key, unsigned=[other])), b"\x04\x01x")
    (signer,) = read_cms(data).signers
    assert signer.unsigned is not None
    assert signer.unsigned.content.startswith(other)
    assert signer.unsigned_attributes[SIGNATURE_TIMESTAMP][0].raw == b"\x04\x01x"
    for place in (-1, 1):
        with pytest.raises(EdsError):
            add_timestamp(data, b"\x04\x01x", signer=place)


def test_evidence_of_no_verdict_is_empty_and_breaks_nothing(key: SoftwareKey) -> None:
    kept = add_evidence(sign_cms(DATA, key, at=pki.NOW), Verdict.of(Code.OK, at=pki.NOW))
    assert verify_cms(kept)[0].covered == DATA


def test_value_of_a_new_signer_is_what_the_message_holds(key: SoftwareKey) -> None:
    signer = new_signer(key.algorithm.digest(DATA), key, at=pki.NOW + timedelta(milliseconds=1))
    assert signer.value in signer.der
