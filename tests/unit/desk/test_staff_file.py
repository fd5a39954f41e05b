"""The staff file: who may stand in it, and that a password is given once, in clear or as a hash."""

from __future__ import annotations

from collections.abc import Iterable

import pytest
import yaml
from argon2 import PasswordHasher
from pydantic import ValidationError

from gateway.catalogue import Role
from gateway.identity.numbers import Iin, NumberError
from gateway.staff_file import seed_staff

HASH = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1).hash("Qyzmet-2026")
OFFICES = ("karaganda-employment", "temirtau-employment")
ENTRY = {"iin": "950509200117", "name": "Есенова Жанар", "office": "karaganda-employment", "role": "clerk"}


class Noted:
    """Takes accounts as the desk's staff does."""

    def __init__(self) -> None:
        self.seeded: list[dict[str, object]] = []
        self.named: list[str] = []

    async def seed(self, **account: object) -> None:
        self.seeded.append(account)

    async def close_others(self, named: Iterable[Iin]) -> None:
        self.named = [str(iin) for iin in named]


async def seeded(tmp_path, **entry: str) -> dict[str, object]:
    file, staff = tmp_path / "staff.yaml", Noted()
    file.write_text(yaml.safe_dump([ENTRY | entry], allow_unicode=True), encoding="utf-8")
    await seed_staff(staff, file, offices=OFFICES)
    assert staff.named == [str(account["iin"]) for account in staff.seeded]
    return staff.seeded[0]


@pytest.mark.parametrize("role", ["clerk", "head", "executor", "commission"])
async def test_whoever_works_at_an_office_or_a_commission_may_have_an_account(tmp_path, role: str) -> None:
    account = await seeded(tmp_path, role=role, password="Qyzmet-2026")
    assert (account["role"], account["office"]) == (Role(role), "karaganda-employment")
    assert (account["password"], account["password_hash"]) == ("Qyzmet-2026", None)


@pytest.mark.parametrize("role", ["operator", "worker", "courier", "applicant", "akim"])
async def test_whoever_has_no_workplace_at_the_desk_is_refused(tmp_path, role: str) -> None:
    with pytest.raises(ValidationError, match="role"):
        await seeded(tmp_path, role=role, password="Qyzmet-2026")


async def test_a_hash_is_handed_on_as_it_is(tmp_path) -> None:
    account = await seeded(tmp_path, password_hash=HASH)
    assert (account["password"], account["password_hash"]) == (None, HASH)


@pytest.mark.parametrize(
    "passwords",
    [
        {},
        {"password": "Qyzmet-2026", "password_hash": HASH},
        {"password_hash": "Qyzmet-2026"},
        {"password_hash": HASH.replace("argon2id", "argon2i")},
    ],
)
async def test_one_password_or_the_hash_of_one_is_wanted(tmp_path, passwords: dict[str, str]) -> None:
    with pytest.raises(ValidationError) as caught:
        await seeded(tmp_path, **passwords)
    assert HASH not in str(caught.value), "a hash does not stand in an error"


async def test_a_wrong_number_anywhere_in_the_file_leaves_every_account_as_it_is(tmp_path) -> None:
    file, staff = tmp_path / "staff.yaml", Noted()
    wrong = ENTRY | {"iin": "950509200118", "password": "x"}
    file.write_text(yaml.safe_dump([ENTRY | {"password": "x"}, wrong], allow_unicode=True), encoding="utf-8")
    with pytest.raises(NumberError):
        await seed_staff(staff, file, offices=OFFICES)
    assert (staff.seeded, staff.named) == ([], [])


async def test_no_password_stands_in_an_error(tmp_path) -> None:
    with pytest.raises(ValidationError) as caught:
        await seeded(tmp_path, password="Qyzmet-2026", nothing="x")
    assert "Qyzmet-2026" not in str(caught.value)
    with pytest.raises(ValidationError) as caught:
        await seeded(tmp_path, password="Qyzmet-2026", role="akim")
    assert "Qyzmet-2026" not in str(caught.value)
    file = tmp_path / "short.yaml"
    file.write_text("[{password: Qyzmet-2026}]", encoding="utf-8")
    with pytest.raises(ValidationError) as caught:
        await seed_staff(Noted(), file, offices=OFFICES)
    assert "Qyzmet-2026" not in str(caught.value)


async def test_nobody_is_named_twice(tmp_path) -> None:
    file, staff = tmp_path / "staff.yaml", Noted()
    again = ENTRY | {"office": "temirtau-employment", "password": "x"}
    file.write_text(yaml.safe_dump([ENTRY | {"password": "x"}, again], allow_unicode=True), encoding="utf-8")
    with pytest.raises(ValueError, match="twice"):
        await seed_staff(staff, file, offices=OFFICES)
    assert (staff.seeded, staff.named) == ([], [])


async def test_an_account_of_no_office_is_refused_at_start_and_not_at_every_page(tmp_path) -> None:
    with pytest.raises(ValueError, match="no-such-office"):
        await seeded(tmp_path, office="no-such-office", password="x")
