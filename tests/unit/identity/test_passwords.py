import asyncio

import pytest
from argon2 import PasswordHasher

from gateway.identity.passwords import PasswordErrorCode, PasswordRefused, Passwords, check_new_password

NUMBER = "880101100124"


@pytest.fixture
def passwords():
    return Passwords(PasswordHasher(time_cost=1, memory_cost=64, parallelism=1))


async def test_only_the_right_password_fits(passwords):
    stored = await passwords.hash("Қыркүйек-2026")
    assert stored.startswith("$argon2id$")
    assert await passwords.verify(stored, "Қыркүйек-2026")
    assert not await passwords.verify(stored, "қыркүйек-2026")


async def test_letters_typed_as_one_sign_or_as_two_are_the_same_password(passwords):
    stored = await passwords.hash("й" * 3 + "1234567")
    assert await passwords.verify(stored, "й" * 3 + "1234567")


async def test_an_unknown_account_costs_a_hash_too_and_never_fits(passwords, monkeypatch):
    judged = []
    fits = passwords._fits
    monkeypatch.setattr(passwords, "_fits", lambda stored, typed: judged.append(stored) or fits(stored, typed))
    assert not await passwords.verify(None, "whatever it is")
    assert len(judged) == 1
    assert judged[0].startswith("$argon2id$")


async def test_a_broken_hash_in_the_table_is_no_way_in(passwords):
    assert not await passwords.verify("not a hash", "password")


async def test_many_logins_at_once_are_hashed_two_at_a_time(passwords, monkeypatch):
    stored = await passwords.hash("a password")
    running, most = 0, 0
    real = asyncio.to_thread

    async def counted(*args):
        nonlocal running, most
        running += 1
        most = max(most, running)
        try:
            return await real(*args)
        finally:
            running -= 1

    monkeypatch.setattr(asyncio, "to_thread", counted)
    assert all(await asyncio.gather(*(passwords.verify(stored, "a password") for _ in range(10))))
    assert most <= 2


async def test_a_hash_made_with_weaker_parameters_is_noticed(passwords):
    weak = await passwords.hash("a password")
    assert not passwords.is_outdated(weak)
    assert Passwords().is_outdated(weak)


@pytest.mark.parametrize(
    ("password", "code"),
    [
        ("short", PasswordErrorCode.SHORT),
        ("x" * 129, PasswordErrorCode.LONG),
        (f"my{NUMBER}", PasswordErrorCode.NUMBER),
        ("abababababab", PasswordErrorCode.UNIFORM),
    ],
)
def test_a_bad_new_password_is_refused_with_its_reason(password, code):
    with pytest.raises(PasswordRefused) as refused:
        check_new_password(password, NUMBER)
    assert refused.value.code is code
    assert refused.value.text.kk
