"""The desk's accounts as a file of the operator, read at start: whom it does not name may not work."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Collection, Iterable
from pathlib import Path
from typing import Self

import yaml
from pydantic import BaseModel, ConfigDict, SecretStr, TypeAdapter, field_validator, model_validator

from gateway.catalogue import Role
from gateway.desk import Staff
from gateway.identity.numbers import Iin

ROLES = (Role.CLERK, Role.HEAD, Role.EXECUTOR, Role.COMMISSION)
"""Who has a workplace at the desk."""
UNTOLD = ConfigDict(hide_input_in_errors=True)
"""Of whatever reads accounts: an error is logged, and what it quotes has passwords in it."""
_ARGON2 = re.compile(r"\$argon2id\$v=\d+\$m=\d+,t=\d+,p=\d+\$[A-Za-z0-9+/]+\$[A-Za-z0-9+/]+")


class AccountEntry(BaseModel):
    """One account; a new one gets the password, or the password whose argon2id hash is given."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    iin: str
    name: str
    password: SecretStr | None = None
    password_hash: SecretStr | None = None

    @model_validator(mode="after")
    def _has_one_password(self) -> Self:
        if (self.password is None) == (self.password_hash is None):
            raise ValueError("expected password or password_hash, one of the two")
        if self.password_hash is not None and not _ARGON2.fullmatch(self.password_hash.get_secret_value()):
            raise ValueError("expected an argon2id hash in its standard text form")
        return self


class StaffEntry(AccountEntry):
    """One account of an office."""

    office: str
    role: Role

    @field_validator("role")
    @classmethod
    def _works_at_an_office(cls, role: Role) -> Role:
        if role not in ROLES:
            raise ValueError(f"expected one of {', '.join(ROLES)}")
        return role


_ENTRIES = TypeAdapter(tuple[StaffEntry, ...], config=UNTOLD)


def numbers_of(entries: Iterable[AccountEntry]) -> list[Iin]:
    """Return the IINs of accounts in their order; raises `NumberError`, and `ValueError` for one that stands twice."""
    numbers = [Iin.parse(entry.iin) for entry in entries]
    if len(set(numbers)) != len(numbers):
        raise ValueError("an IIN is named twice")
    return numbers


async def seed_staff(staff: Staff, file: Path, *, offices: Collection[str]) -> None:
    """Make or update the accounts of the file and close all others.

    Raises `pydantic.ValidationError`, `NumberError`, and `ValueError` for an IIN named twice, or an office that is none
    of `offices`.
    """
    entries = _ENTRIES.validate_python(yaml.safe_load(await asyncio.to_thread(file.read_text, "utf-8")))
    named = numbers_of(entries)
    if strange := sorted({entry.office for entry in entries} - set(offices)):
        raise ValueError(f"no such office: {', '.join(strange)}")
    for iin, entry in zip(named, entries, strict=True):
        await staff.seed(
            iin=iin,
            name=entry.name,
            office=entry.office,
            role=entry.role,
            password=None if entry.password is None else entry.password.get_secret_value(),
            password_hash=None if entry.password_hash is None else entry.password_hash.get_secret_value(),
        )
    await staff.close_others(named)
