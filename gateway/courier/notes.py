"""What the journal keeps of a package's way: no act numbers it, so that each is a note under its application."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import Final

from gateway.courier.register import Register
from gateway.exchange.courier_register import Mark, RegisterMarks
from gateway.journal import SYSTEM, Journal, Kind, Outcome, Step
from gateway.store.database import Connection

FLOW: Final = "corporation"
REGISTER: Final = "courier-register"
"""The fact that tells such a note from every other: the register's number."""
SENT: Final = "sent"


class Carried(StrEnum):
    """What the courier carries; the name of the fact."""

    PACKAGE = "package"
    RESULT = "result"


class RegisterNotes:
    """Notes of one participant's journal."""

    def __init__(self, journal: Journal, carried: Carried) -> None:
        self._journal = journal
        self._carried = carried

    async def sent(self, conn: Connection, register: Register, numbers: Iterable[str], *, actor: str) -> None:
        """Note that packages went with a register, once each."""
        for number in sorted(numbers):
            await self._note(conn, register, number, SENT, actor=actor, key=f"register {register.number}")

    async def marked(self, conn: Connection, register: Register, marks: RegisterMarks, *, actor: str = SYSTEM) -> None:
        """Note how every package of a register was marked, once each."""
        for number, mark in sorted(marks.by_package().items()):
            await self._note(conn, register, number, mark, actor=actor, key=f"marks {register.number}")

    async def _note(
        self, conn: Connection, register: Register, number: str, said: str, *, actor: str, key: str
    ) -> None:
        outcome = Outcome.FAILED if said == Mark.MISSING else Outcome.DONE
        facts = {REGISTER: register.number, self._carried.value: said}
        step = Step(FLOW, Kind.NOTE, 0, outcome, facts)
        await self._journal.record(conn, step, application=number, actor=actor, key=key)
