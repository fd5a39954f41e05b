from dataclasses import replace

import pytest

from gateway.eds.codes import Code
from gateway.eds.xmldsig import sign_enveloped
from gateway.flows.errors import FlowCode, FlowError
from gateway.identity.numbers import parse_number
from gateway.identity.passwords import PasswordRefused
from tests.integration.flows.town import IIN, OTHER_IIN, PASSWORD
from tests.unit.eds import pki


async def begin(town, number=IIN, session="s", source="192.0.2.1"):
    return await town.rooms.registration.begin(parse_number(number), PASSWORD, session=session, source=source)


async def accounts(town):
    return await town.store.database.fetchval("SELECT count(*) FROM account")


async def test_the_holder_of_the_number_becomes_the_account_and_is_recorded_without_the_number(town):
    account = await town.register()
    assert (account.number, account.name) == (IIN, "СЫНАҚОВ СЫНАҚ")
    assert await accounts(town) == 1
    (event,) = await town.store.database.fetch("SELECT * FROM event")
    assert event["facts"]["step"] == "registration"
    assert IIN not in str(dict(event))


async def test_nobody_registers_another(town):
    begun = await begin(town)
    with pytest.raises(FlowError) as refused:
        await town.rooms.registration.confirm(
            sign_enveloped(begun.document, town.person(OTHER_IIN, "thief")), session="s"
        )
    assert refused.value.code is FlowCode.REGISTRATION_NOT_CONFIRMED
    assert "ЖСН" in refused.value.text.kk
    assert await accounts(town) == 0


async def test_a_signature_over_another_document_or_nonce_confirms_nothing(town, key):
    theirs = await begin(town, session="theirs")
    await begin(town, session="mine")
    for document in (theirs.document, theirs.document.replace(b"<number>", b"<number> ")):
        with pytest.raises(FlowError):
            await town.rooms.registration.confirm(sign_enveloped(document, key), session="mine")
    assert await accounts(town) == 0


NAMES = [("СЫНАҚОВ 中", "中"), ("СЫНАҚОВ\u202e", "U+202E")]


def named(town, name):
    """A key of the applicant in whose certificate this name stands."""
    key = pki.private_key("p256", "applicant")
    subject = pki.name(cn=name, surname="СЫНАҚОВ", serial=f"IIN{IIN}", c="KZ")
    return pki.signing_key(key, town.nca.issue(subject, key))


@pytest.mark.parametrize(("name", "shown"), NAMES)
async def test_nobody_is_registered_under_a_name_that_no_document_can_print(town, name, shown):
    begun = await begin(town)
    with pytest.raises(FlowError) as refused:
        await town.rooms.registration.confirm(sign_enveloped(begun.document, named(town, name)), session="s")
    assert refused.value.code is FlowCode.NAME_NOT_PRINTABLE
    assert refused.value.advice is not None
    for said in (refused.value.text.kk, refused.value.text.ru, refused.value.text.en):
        assert shown in said
    assert await accounts(town) == 0


async def test_an_account_with_such_a_name_begins_no_application(town):
    account = replace(await town.register(), name="СЫНАҚОВ 中")
    with pytest.raises(FlowError) as refused:
        await town.rooms.flow.process_3_select_service(account, "unemployed-certificate", session="s")
    assert refused.value.code is FlowCode.NAME_NOT_PRINTABLE
    assert await town.store.database.fetchval("SELECT count(*) FROM application") == 0


async def test_one_signature_registers_once(town, key):
    begun = await begin(town)
    signed = sign_enveloped(begun.document, key)
    await town.rooms.registration.confirm(signed, session="s")
    with pytest.raises(FlowError) as refused:
        await town.rooms.registration.confirm(signed, session="s")
    assert refused.value.code is FlowCode.REGISTRATION_GONE


async def test_a_certificate_that_cannot_be_checked_now_registers_nobody_and_can_be_tried_again(town, key):
    begun = await begin(town)
    signed = sign_enveloped(begun.document, key)
    town.trust.code = Code.REVOCATION_UNAVAILABLE
    with pytest.raises(FlowError):
        await town.rooms.registration.confirm(signed, session="s")
    town.trust.code = Code.OK
    assert await town.rooms.registration.confirm(signed, session="s")


async def test_a_known_and_an_unknown_number_get_the_same_answer(town):
    await town.register()
    known, unknown = await begin(town, IIN, "a"), await begin(town, OTHER_IIN, "b")
    assert len(known.document) == len(unknown.document)
    assert known.document != unknown.document


async def test_a_source_that_registers_without_end_must_wait(town):
    answers = [await begin(town, source="192.0.2.66") for _ in range(5)]
    assert answers[-1].total_seconds() == 2


async def test_a_weak_password_is_refused_before_anything_is_stored(town):
    with pytest.raises(PasswordRefused):
        await town.rooms.registration.begin(parse_number(IIN), "short", session="s", source="x")
    assert await town.store.database.fetchval("SELECT count(*) FROM registration") == 0


async def test_many_people_who_confirm_their_registrations_from_one_address_do_not_wait(town):
    for _ in range(35):
        assert await town.register()
