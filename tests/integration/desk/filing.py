"""Cases put straight into the store: as many and as they are wanted, without their procedure."""

from __future__ import annotations

import itertools
from datetime import datetime, timedelta

from tests.integration.desk.workplace import APPLICANT, KARAGANDA, OFFICES, Workplace

_numbers = itertools.count(1)


async def file_case(
    workplace: Workplace,
    number: str | None = None,
    *,
    service: str = KARAGANDA,
    office: str | None = None,
    name: str = "ЖАППАРОВА ӘЙГҮЛ",
    person: str = str(APPLICANT),
    role: str = "clerk",
    executor: int | None = None,
    due: timedelta = timedelta(days=1),
    registered: datetime | None = None,
    closed: bool = False,
    late: bool = False,
) -> str:
    """File a case that waits for `role`; `due` is counted from now."""
    number = number or f"{next(_numbers):014d}"
    now = workplace.clock.now()
    verb = {"clerk": "register", "head": "resolve", "executor": "draft"}[role]
    async with workplace.store.database.transaction() as conn:
        digest = await workplace.store.blobs.put(conn, b"<application/>", media_type="application/xml")
        await conn.execute(
            """
            INSERT INTO casefile (number, content_key, service, office, flow, applicant_number, applicant_name, fields,
                                  signed_application, awaits_office, gateway, submitted_at, registered_at,
                                  result_due, state, step, action, awaits_verb, awaits_role, due_at, executor,
                                  check_result, late, closed_at)
            VALUES ($1, $1, $2, $3, 'portal', $4, $5, '{}', $6, $15, 'rshep', $7, $7, $7, $8, 1, 1, $9, $10, $11, $12,
                    'passed', $13, $14)
            """,
            number,
            service,
            office or OFFICES[service],
            person,
            name,
            digest,
            registered or now,
            "closed" if closed else "open",
            None if closed else verb,
            None if closed else role,
            None if closed else now + due,
            executor,
            late,
            now if closed else None,
            None if closed else office or OFFICES[service],
        )
    return number
