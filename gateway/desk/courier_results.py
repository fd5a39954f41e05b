"""Results that wait for the courier, of cases whose packages came by courier.

Mostly they wait to be handed over, which their entry in a register does (act 000, lines 92-93 and 171-174). Some were
given already: where the State Corporation collects the result, and where it did not arrive.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from gateway.catalogue import Body, Catalogue, Channel, Office, Role, Service, Verb
from gateway.catalogue.kinds import kinds_on
from gateway.catalogue.media import Medium, media_of
from gateway.desk.ending import GIVES
from gateway.desk.staff import StaffMember
from gateway.store import Database
from gateway.store.database import Connection

LISTED: Final = 200
"""How many results of one department a page shows."""

_GIVING = ", ".join(f"'{verb}'" for verb in sorted(GIVES))
_RESULTS = """
SELECT casefile.number, casefile.version, casefile.awaits_verb, casefile.service, casefile.applicant_name,
       casefile.gateway, casefile.signed_result, casefile.due_at, casefile.closed_at, expected_package.department,
       expected_package.returned_on, (
           SELECT max(register) FROM courier_package WHERE application = casefile.number AND own AND mark = 'missing'
       ) AS missing_on
FROM casefile JOIN expected_package ON expected_package.number = casefile.number
WHERE casefile.office = $1 AND expected_package.received_at IS NOT NULL
"""
# What is to be handed over is the member's as every action is; what was given before is the clerk's.
_TO_BE_GIVEN = f"""
  AND casefile.state = 'open' AND casefile.awaits_office = $1 AND casefile.awaits_role = $2
  AND casefile.awaits_verb IN ({_GIVING}) AND casefile.signed_result IS NOT NULL
  AND ($2 <> 'executor' OR casefile.executor IS NULL OR casefile.executor = $3)
"""
_GIVEN_BEFORE = "AND casefile.state = 'closed' AND expected_package.returned_on IS NULL AND $2 = 'clerk'"
_ALL = f"({_RESULTS}{_TO_BE_GIVEN}) UNION ALL ({_RESULTS}{_GIVEN_BEFORE})"
_IN_ORDER = "due_at NULLS FIRST, closed_at, number"
_OF_MEMBER = f"""
SELECT * FROM (
    SELECT ready.*, row_number() OVER (PARTITION BY department ORDER BY {_IN_ORDER}) AS place FROM ({_ALL}) AS ready
) AS placed
WHERE place <= {LISTED} ORDER BY {_IN_ORDER}
"""  # noqa: S608 (constants)
_NAMED = "AND casefile.number = ANY($4::text[])"
_AMONG = f"({_RESULTS}{_TO_BE_GIVEN}{_NAMED}) UNION ALL ({_RESULTS}{_GIVEN_BEFORE}{_NAMED})"


@dataclass(frozen=True, slots=True)
class ReadyResult:
    """A result that the courier is to take to the department that took the application in."""

    number: str
    version: int
    """Of the case."""
    verb: Verb | None
    """The action that the entry in a register does; None of what was given before, and did not arrive."""
    service: Service
    applicant_name: str
    gateway: str
    signed_result: str
    due_at: datetime | None
    """Until when it is to be given."""
    department: Office
    missing_on: str | None
    """The last register in which the department marked it as missing."""
    beside: str | None
    """The register beside which the department found it, before it was entered in any."""


class ReadyResults:
    """Reads them; the rows are those of cases, twins and registers."""

    def __init__(self, database: Database, catalogue: Catalogue) -> None:
        self._database = database
        self._catalogue = catalogue

    async def of_member(self, member: StaffMember) -> tuple[ReadyResult, ...]:
        """Return the results that a member may give to the courier, at most `LISTED` for each department.

        What was given before comes first, then the nearest deadline.
        """
        rows = await self._database.fetch(_OF_MEMBER, member.office, member.role.value, member.id)
        return tuple(self._result(row) for row in rows)

    async def among(
        self, place: Connection | Database, member: StaffMember, numbers: Collection[str]
    ) -> dict[str, ReadyResult]:
        """Return those of the named results that the member may give, by number, as they stand at `place`."""
        rows = await place.fetch(_AMONG, member.office, member.role.value, member.id, list(numbers))
        return {row["number"]: self._result(row) for row in rows}

    def _result(self, row: Mapping[str, Any]) -> ReadyResult:
        verb = row["awaits_verb"]
        return ReadyResult(
            number=row["number"],
            version=row["version"],
            verb=None if verb is None else Verb(verb),
            service=self._catalogue.service(row["service"]),
            applicant_name=row["applicant_name"],
            gateway=row["gateway"],
            signed_result=row["signed_result"],
            due_at=row["due_at"],
            department=self._catalogue.office(row["department"]),
            missing_on=row["missing_on"],
            beside=row["returned_on"],
        )


def givers(catalogue: Catalogue, office: Office) -> frozenset[Role]:
    """Return who gives results to the courier at a provider: whoever does the last action of a procedure by courier.

    Mostly the clerk (Almaty, oralman, lines 129-131), in one procedure the executor (Almaty act, lines 476-479).
    """
    found: set[Role] = set()
    for name in office.services:
        service = catalogue.service(name)
        if not service.opens(Channel.CORPORATION):
            continue
        for kind in kinds_on(service, Channel.CORPORATION) or (None,):
            if Medium.COURIER in media_of(service, kind):
                found |= _last_doers(service, kind)
    return frozenset(found)


def _last_doers(service: Service, kind: str | None) -> set[Role]:
    steps = service.procedure(Channel.CORPORATION, kind).path(Channel.CORPORATION)
    acts = [
        act
        for step in steps
        for act in step.acts(Channel.CORPORATION, kind)
        if (act.body or step.body_on(Channel.CORPORATION)) is not Body.CORPORATION
    ]
    return {act.role for act in acts[-1:] if act.verb in GIVES}
