"""The operators' file makes accounts of departments, with the roles of a workplace and no others."""

from __future__ import annotations

from collections.abc import Iterable

import pytest
import yaml
from argon2 import PasswordHasher
from pydantic import ValidationError

from gateway.flows.arm.operators import OperatorRole
from gateway.identity.numbers import Iin, NumberError
from gateway.operators_file import seed_operators

HASH = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1).hash("Qyzmet-2026")
ENTRY = {"iin": "950509200117", "name": "Әлімбекова Гүлжан", "department": "karaganda-corporation"}


class Noted:
    """Takes accounts as the workplace's operators do."""

    def __init__(self) -> None:
        self.seeded: list[dict[str, object]] = []
        self.named: list[str] = []

    async def seed(self, **account: object) -> None:
        self.seeded.append(account)

    async def close_others(self, named: Iterable[Iin]) -> None:
        self.named = [str(iin) for iin in named]


async def seeded(tmp_path, **entry: object) -> dict[str, object]:
    file, operators = tmp_path / "operators.yaml", Noted()
    file.write_text(yaml.safe_dump([ENTRY | entry], allow_unicode=True), encoding="utf-8")
    await seed_operators(operators, file)
    assert operators.named == [account["iin"] for account in operators.seeded]
    return operators.seeded[0]


@pytest.mark.parametrize(
    ("written", "role"),
    [
        ({}, OperatorRole.OPERATOR),
        ({"role": "operator"}, OperatorRole.OPERATOR),
        ({"role": "supervisor"}, OperatorRole.SUPERVISOR),
    ],
)
async def test_an_account_has_its_department_and_its_role(
    tmp_path, written: dict[str, str], role: OperatorRole
) -> None:
    account = await seeded(tmp_path, **written, password="Qyzmet-2026")
    assert (account["department"], account["role"]) == ("karaganda-corporation", role)
    assert (account["password"], account["password_hash"]) == ("Qyzmet-2026", None)


@pytest.mark.parametrize("reset", [False, True])
async def test_an_existing_account_gets_the_password_only_where_the_entry_says_so(tmp_path, reset: bool) -> None:
    written = {"reset": True} if reset else {}
    assert (await seeded(tmp_path, **written, password="Qyzmet-2026"))["reset"] is reset


async def test_a_hash_is_handed_on_as_it_is(tmp_path) -> None:
    account = await seeded(tmp_path, password_hash=HASH)
    assert (account["password"], account["password_hash"]) == (None, HASH)


@pytest.mark.parametrize(
    "wrong",
    [
        {"role": "clerk", "password": "x"},
        {"office": "karaganda-employment", "password": "x"},
        {},
        {"password": "x", "password_hash": HASH},
        {"password_hash": "plain"},
    ],
)
async def test_what_is_no_account_of_a_window_is_refused(tmp_path, wrong: dict[str, str]) -> None:
    with pytest.raises(ValidationError):
        await seeded(tmp_path, **wrong)


async def test_a_number_that_is_no_iin_is_refused(tmp_path) -> None:
    with pytest.raises(NumberError):
        await seeded(tmp_path, iin="950509200118", password="x")


async def test_no_password_stands_in_an_error(tmp_path) -> None:
    file = tmp_path / "operators.yaml"
    file.write_text("[{password: Qyzmet-2026}]", encoding="utf-8")
    with pytest.raises(ValidationError) as caught:
        await seed_operators(Noted(), file)
    assert "Qyzmet-2026" not in str(caught.value)


async def test_nobody_is_named_twice(tmp_path) -> None:
    file, operators = tmp_path / "operators.yaml", Noted()
    file.write_text(yaml.safe_dump([ENTRY | {"password": "x"}] * 2, allow_unicode=True), encoding="utf-8")
    with pytest.raises(ValueError, match="twice"):
        await seed_operators(operators, file)
    assert (operators.seeded, operators.named) == ([], [])
