"""The operators' accounts as a file of the State Corporation, read at start: whom it does not name may not work."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Literal

import yaml
from pydantic import TypeAdapter

from gateway.flows.arm.operators import OperatorRole, Operators
from gateway.staff_file import UNTOLD, AccountEntry, numbers_of


class OperatorEntry(AccountEntry):
    """One account of a department's operator or supervisor."""

    department: str
    role: Literal["operator", "supervisor"] = "operator"
    reset: bool = False
    """Whether the password is given to an account that exists, too; its sessions end when it is another one."""


_ENTRIES = TypeAdapter(tuple[OperatorEntry, ...], config=UNTOLD)


async def seed_operators(operators: Operators, file: Path) -> None:
    """Make or update the accounts of the file and close all others.

    Raises `pydantic.ValidationError`, `NumberError`, and `ValueError` for an IIN named twice or no department.
    """
    entries = _ENTRIES.validate_python(yaml.safe_load(await asyncio.to_thread(file.read_text, "utf-8")))
    named = numbers_of(entries)
    for iin, entry in zip(named, entries, strict=True):
        await operators.seed(
            iin=iin,
            name=entry.name,
            department=entry.department,
            role=OperatorRole(entry.role),
            password=None if entry.password is None else entry.password.get_secret_value(),
            password_hash=None if entry.password_hash is None else entry.password_hash.get_secret_value(),
            reset=entry.reset,
        )
    await operators.close_others(named)
