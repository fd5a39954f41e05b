import asyncio
from datetime import timedelta

import pytest
from lxml import etree

from gateway.identity.accounts import Accounts, RegistrationGone
from gateway.identity.numbers import check_digit, parse_number

IIN = parse_number("8801011001" + "2" + check_digit("88010110012"))


@pytest.fixture
async def store(new_store):
    return await new_store("accounts", "gateway/identity/sql/account.sql")


@pytest.fixture
def accounts(store, clock):
    return Accounts(store.database, clock, real_time=clock, portal="http://127.0.0.1:8080")


async def confirm(store, accounts, nonce, session="s"):
    async with store.database.transaction() as conn:
        return await accounts.confirm(conn, nonce=nonce, session=session, name="ТЕСТОВ ТЕСТ", certificate="ab")


async def test_an_account_exists_only_after_its_confirmation(store, accounts):
    registration = await accounts.begin(IIN, password_hash="h", session="s")
    assert await accounts.find(IIN) is None
    assert await accounts.waiting(session="s") == registration
    account = await confirm(store, accounts, registration.nonce)
    assert (account.number, account.password_hash) == (IIN, "h")
    assert await accounts.find(IIN) == account
    assert await accounts.waiting(session="s") is None


async def test_the_document_to_sign_names_the_number_the_portal_and_the_nonce(accounts):
    registration = await accounts.begin(IIN, password_hash="h", session="s")
    root = etree.fromstring(registration.document)
    said = {etree.QName(child).localname: child.text for child in root}
    assert root.tag == "{urn:qyzmet:registration:1}registration"
    assert (said["number"], said["nonce"], said["portal"]) == (str(IIN), registration.nonce, "http://127.0.0.1:8080")
    assert registration.document == etree.tostring(root, method="c14n")


async def test_a_nonce_is_good_once_even_when_sent_twice_at_once(store, accounts):
    registration = await accounts.begin(IIN, password_hash="h", session="s")
    outcomes = await asyncio.gather(
        *(confirm(store, accounts, registration.nonce) for _ in range(4)), return_exceptions=True
    )
    assert sum(isinstance(outcome, RegistrationGone) for outcome in outcomes) == 3


@pytest.mark.parametrize("wrong", ["nonce", "session", "late"])
async def test_a_registration_of_another_session_or_too_late_makes_no_account(store, accounts, clock, wrong):
    registration = await accounts.begin(IIN, password_hash="h", session="s")
    if wrong == "late":
        clock.advance(timedelta(minutes=16))
    nonce = "0" * 64 if wrong == "nonce" else registration.nonce
    with pytest.raises(RegistrationGone):
        await confirm(store, accounts, nonce, session="other" if wrong == "session" else "s")
    assert await accounts.find(IIN) is None


async def test_registering_again_sets_a_new_password_on_the_same_account(store, accounts):
    made = await confirm(store, accounts, (await accounts.begin(IIN, password_hash="h", session="s")).nonce)
    again = await confirm(store, accounts, (await accounts.begin(IIN, password_hash="new", session="t")).nonce, "t")
    assert again.id == made.id
    assert (await accounts.find(IIN)).password_hash == "new"
