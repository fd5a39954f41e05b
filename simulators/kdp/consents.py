"""Consents: asked for, given, refused, passed over in silence, taken back. One table of КДП's own schema.

A consent that is wanted again while it stands is given once more; a person is not asked twice while the answer to the
first message may still come.
"""

from __future__ import annotations

import asyncio
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from gateway.clock import Clock
from gateway.store import Database
from gateway.store.database import Connection
from simulators.kdp.question import Question
from simulators.kdp.tokens import Tokens

CONFIRMATION_TIME = timedelta(minutes=10)
"""How long a person has to answer 1414; our invention."""
_LATEST = """
SELECT * FROM consent
WHERE asked_by = $1 AND uin = $2 AND company_bin = $3 AND access_name = $4 AND personal_data_name = $5
ORDER BY asked_at DESC, id LIMIT 1
"""
_INSERT = """
INSERT INTO consent (id, asked_by, uin, company_bin, company, access_name, personal_data_name, life_time,
                     asked_at, confirm_until, state)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 'PENDING') RETURNING *
"""
_GIVE = """
UPDATE consent SET state = 'VALID', decided_at = $2, expires_at = $3, token = $4 WHERE id = $1 RETURNING *
"""


class ConsentState(StrEnum):
    """How a consent stands; one that nobody answered in time is `PENDING` still, and worth nothing."""

    PENDING = "PENDING"
    VALID = "VALID"
    REJECTED = "REJECTED"
    REVOKED = "REVOKED"


@dataclass(frozen=True, slots=True)
class GivenOrNot:
    """A consent as it stands now."""

    id: uuid.UUID
    state: ConsentState
    token: str | None
    confirm_until: datetime
    expires_at: datetime | None

    def settles(self, now: datetime) -> bool:
        """Whether a question for the same consent is answered by this one."""
        if self.state is ConsentState.VALID:
            return self.expires_at is not None and self.expires_at > now
        return self.state is not ConsentState.REVOKED and self.confirm_until > now


class ConsentUnknown(LookupError):
    """There is no consent under this id that could be changed so."""


class Consents:
    """What people were asked and what they said."""

    def __init__(self, database: Database, tokens: Tokens, clock: Clock) -> None:
        self._database = database
        self._tokens = tokens
        self._clock = clock

    @property
    def database(self) -> Database:
        """The schema that they lie in."""
        return self._database

    async def ask(self, question: Question, *, asked_by: str, at_once: bool) -> GivenOrNot:
        """Return the consent that is wanted, as it stands; `at_once` gives it without asking the person."""
        now = self._clock.now()
        key = (asked_by, question.uin, question.company_bin, question.access_name, question.personal_data_name)
        async with self._database.transaction() as conn:
            # (1) One question at a time, so that two alike cannot make two consents.
            await conn.execute("LOCK TABLE consent IN SHARE ROW EXCLUSIVE MODE")
            # (2) The same wanted again is the same consent.
            row = await conn.fetchrow(_LATEST, *key)
            if row is None or not _read(row).settles(now):
                row = await conn.fetchrow(
                    _INSERT, uuid.uuid4(), *key[:3], question.company, *key[3:], question.life_time, now,
                    now + CONFIRMATION_TIME,
                )  # fmt: skip
            # (3) Nobody is sent a message when none is needed.
            if at_once and row["state"] == ConsentState.PENDING:
                row = await self._give(conn, row, now)
        return _read(row)

    async def confirm(self, consent: uuid.UUID) -> None:
        """The person says yes to 1414; raises `ConsentUnknown` when nothing waits for that, or no more."""
        async with self._database.transaction() as conn:
            await self._give(conn, await self._awaited(conn, consent), self._clock.now())

    async def refuse(self, consent: uuid.UUID) -> None:
        """The person says no to 1414; raises `ConsentUnknown` as `confirm` does."""
        async with self._database.transaction() as conn:
            await self._awaited(conn, consent)
            await conn.execute(
                "UPDATE consent SET state = 'REJECTED', decided_at = $2 WHERE id = $1", consent, self._clock.now()
            )

    async def revoke(self, consent: uuid.UUID) -> None:
        """The person takes the consent back; raises `ConsentUnknown` when it was not given."""
        revoked = await self._database.fetchval(
            "UPDATE consent SET state = 'REVOKED', decided_at = $2 WHERE id = $1 AND state = 'VALID' RETURNING true",
            consent,
            self._clock.now(),
        )
        if not revoked:
            raise ConsentUnknown(consent)

    async def stands(self, consent: uuid.UUID) -> bool:
        """Whether the consent was given and not taken back."""
        return bool(await self._database.fetchval("SELECT state = 'VALID' FROM consent WHERE id = $1", consent))

    async def listed(self, *, limit: int = 100) -> list[dict[str, Any]]:
        """Return the newest consents without their tokens, for the admin API."""
        rows = await self._database.fetch(
            "SELECT id, asked_by, uin, company_bin, company, access_name, personal_data_name, asked_at, confirm_until, "
            "state, decided_at, expires_at FROM consent ORDER BY asked_at DESC, id LIMIT $1",
            limit,
        )
        return [dict(row) for row in rows]

    async def _awaited(self, conn: Connection, consent: uuid.UUID) -> Any:
        row = await conn.fetchrow("SELECT * FROM consent WHERE id = $1 FOR UPDATE", consent)
        if row is None or row["state"] != ConsentState.PENDING or row["confirm_until"] <= self._clock.now():
            raise ConsentUnknown(consent)
        return row

    async def _give(self, conn: Connection, row: Any, now: datetime) -> Any:
        until = now + row["life_time"]
        token = await asyncio.to_thread(
            self._tokens.write,
            row["id"],
            uin=row["uin"],
            company_bin=row["company_bin"],
            access=row["access_name"],
            at=now,
            until=until,
        )
        return await conn.fetchrow(_GIVE, row["id"], now, until, token)


def _read(row: Any) -> GivenOrNot:
    return GivenOrNot(row["id"], ConsentState(row["state"]), row["token"], row["confirm_until"], row["expires_at"])
