"""The НУЦ over PostgreSQL: what is issued stays, what is changed is seen everywhere, a restart forgets nothing."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.hazmat.primitives.serialization.pkcs12 import load_key_and_certificates
from cryptography.x509 import load_der_x509_certificate, load_pem_x509_certificates

from gateway.clock import ManualClock
from gateway.eds.certificate import read_certificate
from gateway.eds.keys import load_pkcs12
from gateway.identity.numbers import Bin, Iin
from gateway.store import Store
from simulators.nca import Authority, CertificateStatus, Holder, Profile, Reason, Subject
from simulators.nca.errors import (
    AuthorityKeyLost,
    HolderRefused,
    StatusRefused,
    SubjectUnfit,
    UnknownCertificate,
    UnknownHolder,
    UnknownPurpose,
    UnknownTemplate,
)
from simulators.nca.ledger import AuthorityName, Issuer

URL = "http://127.0.0.1:8110/nca"
AIGUL = Subject.person(surname="Әбенова", name="Айгүл", patronymic="Қанатқызы", iin=Iin("900101200010"))
SYSTEM = Subject(common_name="QYZMET DESK", organisation="Жұмыспен қамту бөлімі", bin=Bin("740140000016"))


@pytest.fixture
async def authority(store: Store, profile: Profile, keys_folder: Path) -> Authority:
    return await Authority.open(store, profile, keys_folder, URL)


async def test_a_second_start_finds_chain_people_and_statuses(
    authority: Authority, store: Store, profile: Profile, keys_folder: Path
) -> None:
    await authority.holders.enrol(Holder("aigul", "individual", AIGUL, "Qwerty12", chain="rsa"))
    before = await authority.holders.key_store("aigul", "sign")
    await authority.revoke(before.serial, Reason.KEY_COMPROMISE)
    number = await authority.publication.publish(Issuer("gost", AuthorityName.ISSUING))

    again = await Authority.open(store, profile, keys_folder, URL + "/")
    assert {name: chain.certificates for name, chain in again.chains.items()} == {
        name: chain.certificates for name, chain in authority.chains.items()
    }
    await again.holders.enrol(Holder("aigul", "individual", AIGUL, "Qwerty12", chain="rsa"))
    assert await again.holders.key_store("aigul", "sign") == before
    known = (await again.ledger.get(before.serial)).known
    assert (known.status, known.reason) == (CertificateStatus.REVOKED, Reason.KEY_COMPROMISE)
    assert await again.publication.publish(Issuer("gost", AuthorityName.ISSUING)) == number + 1
    assert await count(store, "responder") == 4
    assert await count(store, "certificate") == 7  # issuing authorities and responders of both chains, Aigul


async def test_an_empty_database_with_the_old_keys_gives_the_same_anchor(
    authority: Authority, new_store: Any, profile: Profile, keys_folder: Path
) -> None:
    again = await Authority.open(await new_store("nca"), profile, keys_folder, URL)
    for name, chain in again.chains.items():
        # All but the signature: two GOST signatures over the same are never the same.
        made, before = (read_certificate(one.root.certificate) for one in (chain, authority.chains[name]))
        assert made.tbs == before.tbs


@pytest.mark.parametrize("chain", ["gost", "rsa"])
async def test_another_key_in_the_folder_is_noticed_and_nothing_is_changed(
    authority: Authority, store: Store, profile: Profile, keys_folder: Path, chain: str
) -> None:
    folder = keys_folder / chain
    (folder / "issuing.pem").write_bytes((folder / "root.pem").read_bytes())
    with pytest.raises(AuthorityKeyLost) as lost:
        await Authority.open(store, profile, keys_folder, URL)
    assert lost.value.facts["key"] == f"{chain}-issuing"
    stored = await store.database.fetchval("SELECT certificate FROM authority WHERE name = $1", f"{chain}-issuing")
    assert stored == authority.chains[chain].issuing.certificate


async def test_a_move_to_another_address_keeps_the_root_and_renews_what_names_the_address(
    authority: Authority, store: Store, profile: Profile, keys_folder: Path
) -> None:
    await authority.holders.enrol(Holder("aigul", "individual", AIGUL, "Qwerty12", chain="rsa"))
    before = await authority.holders.key_store("aigul", "sign")
    moved = await Authority.open(store, profile, keys_folder, "http://127.0.0.1:9999/nca")
    for name, chain in moved.chains.items():
        assert chain.root.certificate == authority.chains[name].root.certificate
        assert chain.issuing.certificate != authority.chains[name].issuing.certificate
        assert chain.issuing.name == authority.chains[name].issuing.name
    after = await moved.holders.key_store("aigul", "sign")
    assert b"http://127.0.0.1:9999/nca/ocsp" in after.certificate
    assert (await moved.ledger.get(before.serial)).known.reason is Reason.SUPERSEDED


async def test_issued_keys_open_with_their_password_and_carry_the_chain(authority: Authority) -> None:
    issued = await authority.issue("system-sign", SYSTEM)
    key, certificate, others = load_key_and_certificates(
        await asyncio.to_thread(issued.pkcs12, "Aa123456"), b"Aa123456"
    )
    assert key is not None
    assert certificate is not None
    assert certificate.public_bytes(Encoding.DER) == issued.certificate
    assert [one.public_bytes(Encoding.DER) for one in others] == list(authority.chains["rsa"].certificates)
    assert len(load_pem_x509_certificates(issued.certificates_pem())) == 2
    with pytest.raises(ValueError, match="password"):
        load_key_and_certificates(issued.pkcs12("Aa123456"), b"Aa123457")


async def test_the_anchor_is_exported_as_pem(authority: Authority, tmp_path: Path) -> None:
    files = authority.export(tmp_path / "anchors")
    assert [file.name for file in files] == [
        "root_gost_2022.pem",
        "nca_gost_2022.pem",
        "root_rsa.pem",
        "nca_rsa.pem",
    ]
    roots = [load_pem_x509_certificates(files[place].read_bytes())[0] for place in (0, 2)]
    assert [root.public_bytes(Encoding.DER) for root in roots] == [
        authority.chains[name].root.certificate for name in ("gost", "rsa")
    ]


async def test_hold_is_lifted_and_revocation_is_not(authority: Authority) -> None:
    serial = (await authority.issue("individual-sign", AIGUL, chain="rsa")).serial
    assert (await authority.hold(serial)).known.status is CertificateStatus.HOLD
    with pytest.raises(StatusRefused):
        await authority.hold(serial)
    assert (await authority.unhold(serial)).known.status is CertificateStatus.GOOD
    with pytest.raises(StatusRefused):
        await authority.unhold(serial)
    await authority.hold(serial)
    assert (await authority.revoke(serial)).known.status is CertificateStatus.REVOKED
    for refused in (
        authority.unhold(serial),
        authority.hold(serial),
        authority.revoke(serial),
        authority.expire(serial),
    ):
        with pytest.raises(StatusRefused):
            await refused
    assert (await authority.ledger.get(serial)).known.status is CertificateStatus.REVOKED


async def test_a_reason_that_is_no_revocation_is_refused(authority: Authority) -> None:
    serial = (await authority.issue("individual-sign", AIGUL, chain="rsa")).serial
    for reason in (Reason.CERTIFICATE_HOLD, Reason.REMOVE_FROM_CRL):
        with pytest.raises(StatusRefused):
            await authority.revoke(serial, reason)
    assert (await authority.ledger.get(serial)).known.status is CertificateStatus.GOOD


async def test_what_was_never_issued_cannot_be_revoked(authority: Authority) -> None:
    with pytest.raises(UnknownCertificate):
        await authority.revoke(authority.chains["gost"].root.serial)


@pytest.mark.parametrize("chain", ["gost", "rsa"])
async def test_expire_puts_a_certificate_that_has_run_out_into_the_key_store(
    authority: Authority, clock: ManualClock, chain: str
) -> None:
    await authority.holders.enrol(Holder("aigul", "individual", AIGUL, "Qwerty12", chain=chain))
    before = await authority.holders.key_store("aigul", "sign")
    entry = await authority.expire(before.serial)
    after = await authority.holders.key_store("aigul", "sign")
    assert after.serial == entry.serial != before.serial
    old, new = (read_certificate(one.certificate) for one in (before, after))
    assert new.key_info == old.key_info
    assert new.subject == old.subject
    assert new.not_after == clock.now() - timedelta(seconds=1)
    key = await asyncio.to_thread(load_pkcs12, after.pkcs12, "Qwerty12")
    assert key.certificate == new
    assert (await authority.ledger.get(before.serial)).known.reason is Reason.SUPERSEDED
    renewed = await authority.holders.renew("aigul", "sign")
    assert read_certificate(renewed.certificate).not_after > clock.now()


async def test_an_authoritys_own_certificate_cannot_be_expired(authority: Authority) -> None:
    with pytest.raises(UnknownTemplate):
        await authority.expire(authority.chains["gost"].issuing.serial)


async def test_a_certificate_may_be_issued_for_the_past(authority: Authority, clock: ManualClock) -> None:
    issued = await authority.issue(
        "individual-sign", AIGUL, not_after=clock.now() - timedelta(days=1), not_before=datetime(2024, 1, 1, tzinfo=UTC)
    )
    certificate = load_der_x509_certificate(issued.certificate)
    assert certificate.not_valid_before_utc == datetime(2024, 1, 1, tzinfo=UTC)
    assert certificate.not_valid_after_utc == clock.now() - timedelta(days=1)


async def test_a_key_store_asked_for_many_times_at_once_is_made_once(authority: Authority, store: Store) -> None:
    await authority.holders.enrol(Holder("aigul", "individual", AIGUL, "Qwerty12", chain="rsa"))
    stores = await asyncio.gather(*(authority.holders.key_store("aigul", "sign") for _ in range(12)))
    assert len({one.serial for one in stores}) == 1
    assert await count(store, "key_store") == 1


async def test_many_people_are_served_at_once(authority: Authority) -> None:
    for number in range(12):
        await authority.holders.enrol(Holder(f"p{number}", "individual", AIGUL, "Qwerty12"))
    stores = await asyncio.wait_for(
        asyncio.gather(*(authority.holders.key_store(f"p{number}", "sign") for number in range(12))), 60
    )
    assert len({one.serial for one in stores}) == 12


async def test_key_stores_are_named_as_the_real_ones(authority: Authority) -> None:
    await authority.holders.enrol(Holder("aigul", "individual", AIGUL, "Qwerty12", chain="rsa"))
    await authority.holders.enrol(Holder("umit", "individual", AIGUL, "Qwerty12"))
    sign = await authority.holders.key_store("aigul", "sign")
    auth = await authority.holders.key_store("aigul", "auth")
    gost = await authority.holders.key_store("umit", "sign")
    key_id = read_certificate(gost.certificate).ski
    assert key_id is not None
    assert gost.file_name == f"GOST512_{key_id.hex()}.p12"
    assert sign.file_name.startswith("RSA256_")
    assert auth.file_name.startswith("AUTH_RSA256_")
    assert len(sign.file_name) == len("RSA256_.p12") + 40


async def test_the_one_gost_key_is_given_to_who_asks_for_either_purpose(authority: Authority) -> None:
    await authority.holders.enrol(Holder("umit", "individual", AIGUL, "Qwerty12"))
    sign = await authority.holders.key_store("umit", "sign")
    assert await authority.holders.key_store("umit", "auth") == sign
    renewed = await authority.holders.renew("umit", "auth")
    assert renewed.serial != sign.serial
    assert await authority.holders.key_store("umit", "sign") == renewed


async def test_a_holder_who_goes_over_to_another_chain_gets_new_keys(authority: Authority) -> None:
    await authority.holders.enrol(Holder("aigul", "individual", AIGUL, "Qwerty12", chain="rsa"))
    before = [await authority.holders.key_store("aigul", purpose) for purpose in ("sign", "auth")]
    await authority.holders.enrol(Holder("aigul", "individual", AIGUL, "Qwerty12", chain="gost"))
    for one in before:
        assert (await authority.ledger.get(one.serial)).known.reason is Reason.SUPERSEDED
    after = await authority.holders.key_store("aigul", "sign")
    assert (await authority.ledger.get(after.serial)).issuer == Issuer("gost", AuthorityName.ISSUING)


async def test_a_changed_holder_gets_new_keys_and_the_old_ones_are_revoked(authority: Authority) -> None:
    await authority.holders.enrol(Holder("aigul", "individual", AIGUL, "Qwerty12", chain="rsa"))
    before = await authority.holders.key_store("aigul", "sign")
    await authority.holders.enrol(Holder("aigul", "individual", AIGUL, "Another1", chain="rsa"))
    assert (await authority.ledger.get(before.serial)).known.reason is Reason.SUPERSEDED
    after = await authority.holders.key_store("aigul", "sign")
    assert load_key_and_certificates(after.pkcs12, b"Another1")[0] is not None


@pytest.mark.parametrize(
    ("holder", "error"),
    [
        (Holder("Aigul", "individual", AIGUL, "p"), HolderRefused),
        (Holder("../x", "individual", AIGUL, "p"), HolderRefused),
        (Holder("a" * 62, "individual", AIGUL, "p"), HolderRefused),
        (Holder("aigul", "emperor", AIGUL, "p"), HolderRefused),
        (Holder("aigul", "ocsp", AIGUL, "p"), HolderRefused),
        (Holder("aigul", "individual", AIGUL, ""), HolderRefused),
        (Holder("aigul", "individual", AIGUL, "p\x00"), HolderRefused),
        (Holder("aigul", "individual", SYSTEM, "p"), SubjectUnfit),
    ],
)
async def test_a_holder_that_does_not_fit_is_refused(
    authority: Authority, store: Store, holder: Holder, error: type[Exception]
) -> None:
    with pytest.raises(error):
        await authority.holders.enrol(holder)
    assert await count(store, "holder") == 0


async def test_keys_of_nobody_and_of_no_purpose_are_not_made(authority: Authority) -> None:
    with pytest.raises(UnknownHolder):
        await authority.holders.key_store("nobody", "sign")
    await authority.holders.enrol(Holder("aigul", "individual", AIGUL, "Qwerty12", chain="rsa"))
    with pytest.raises(UnknownPurpose):
        await authority.holders.key_store("aigul", "server")


async def test_a_key_store_of_the_future_is_made_anew_when_the_clock_goes_back(
    authority: Authority, clock: ManualClock
) -> None:
    await authority.holders.enrol(Holder("aigul", "individual", AIGUL, "Qwerty12", chain="rsa"))
    before = await authority.holders.key_store("aigul", "sign")
    clock.advance(timedelta(days=-30))
    after = await authority.holders.key_store("aigul", "sign")
    assert after.serial != before.serial
    assert load_der_x509_certificate(after.certificate).not_valid_before_utc == clock.now()


async def test_a_tls_certificate_is_kept_while_it_is_valid_in_real_time(
    authority: Authority, clock: ManualClock
) -> None:
    await authority.holders.enrol(Holder("ncalayer", "tls", Subject.loopback(), "tls", published=False))
    before = await authority.holders.key_store("ncalayer", "server")
    clock.advance(timedelta(days=4000))
    assert await authority.holders.key_store("ncalayer", "server") == before


async def count(store: Store, table: str) -> int:
    value: int = await store.database.fetchval(f"SELECT count(*) FROM {table}")
    return value
