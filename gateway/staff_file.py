"""The desk's accounts as a file of the operator: read at start, passwords for new accounts only."""

from __future__ import annotations

import asyncio
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict, SecretStr, TypeAdapter

from gateway.catalogue import Role
from gateway.desk import Staff
from gateway.identity.numbers import Iin


class StaffEntry(BaseModel):
    """One account."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    iin: str
    name: str
    office: str
    role: Role
    password: SecretStr


_ENTRIES = TypeAdapter(tuple[StaffEntry, ...])


async def seed_staff(staff: Staff, file: Path) -> None:
    """Make or update the accounts of the file; raises `pydantic.ValidationError`, `NumberError`."""
    for entry in _ENTRIES.validate_python(yaml.safe_load(await asyncio.to_thread(file.read_text, "utf-8"))):
        await staff.seed(
            iin=Iin.parse(entry.iin),
            name=entry.name,
            office=entry.office,
            role=entry.role,
            password=entry.password.get_secret_value(),
        )
