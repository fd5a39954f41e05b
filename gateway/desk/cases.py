"""What the staff may see of a case: every query takes the acting member and answers what the member's office sees."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from gateway.catalogue import Channel
from gateway.desk.case import CASE_COLUMNS, Case, read_case
from gateway.desk.errors import DeskCode, DeskError
from gateway.desk.permissions import SEEN_BY
from gateway.desk.procedure import PlaceKind
from gateway.desk.staff import StaffMember, read_member
from gateway.exchange.acceptance import Acceptance
from gateway.journal import Event, Journal
from gateway.store import Store


@dataclass(frozen=True, slots=True)
class CaseDocument:
    """A document that the applicant attached."""

    ordinal: int
    kind: str
    name: str
    media_type: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class CaseEvidence:
    """What a state database answered; `answer` is the digest of the signed answer."""

    register: str
    at: datetime
    found: bool
    facts: Mapping[str, str]
    answer: str | None


@dataclass(frozen=True, slots=True)
class CaseStep:
    """A stay at a step or a condition of the procedure."""

    ordinal: int
    step: int
    kind: PlaceKind
    started_at: datetime
    due_at: datetime
    finished_at: datetime | None
    late: bool


@dataclass(frozen=True, slots=True)
class CaseAction:
    """An action of the staff."""

    version: int
    verb: str
    staff: int
    at: datetime
    reason: str | None


_SEEN = f"SELECT {CASE_COLUMNS} FROM casefile WHERE number = $2 AND {SEEN_BY.format('$1')}"  # noqa: S608 (constants)
_PEOPLE = """
SELECT id, iin, name, office, role, active FROM staff WHERE id IN (
    SELECT staff FROM case_action WHERE number = $1
    UNION SELECT staff FROM case_paper WHERE number = $1
    UNION SELECT staff FROM case_executor WHERE number = $1
    UNION SELECT claimed_by FROM casefile WHERE number = $1
    UNION SELECT executor FROM casefile WHERE number = $1
)
"""


class Cases:
    """Reading of cases."""

    def __init__(self, store: Store, journal: Journal) -> None:
        self._database = store.database
        self._blobs = store.blobs
        self._journal = journal

    async def get(self, member: StaffMember, number: str) -> Case:
        """Return a case that the member's office sees; raises `DeskError` NO_SUCH_CASE for any other."""
        row = await self._database.fetchrow(_SEEN, member.office, number)
        if row is None:
            raise DeskError(DeskCode.NO_SUCH_CASE)
        return read_case(row)

    async def acceptance(self, member: StaffMember, number: str) -> Acceptance | None:
        """Return how an application was taken in at the State Corporation; None of what came otherwise."""
        if (await self.get(member, number)).channel is not Channel.CORPORATION:
            return None
        noted = await self._database.fetchval("SELECT intake FROM casefile WHERE number = $1", number)
        return None if noted is None else Acceptance.from_json(noted)

    async def signed_application(self, member: StaffMember, number: str) -> bytes:
        """Return the application as it was signed."""
        return await self._blobs.get((await self.get(member, number)).signed_application)

    async def draft(self, member: StaffMember, number: str) -> bytes:
        """Return what the next signer signs, as the one before left it; raises `DeskError` NO_SUCH_DOCUMENT."""
        case = await self.get(member, number)
        return await self._document(case.signed_result if case.is_partly_signed else case.draft)

    async def signed_result(self, member: StaffMember, number: str) -> bytes:
        """Return the result that all its signers have signed; raises `DeskError` NO_SUCH_DOCUMENT."""
        case = await self.get(member, number)
        return await self._document(None if case.is_partly_signed else case.signed_result)

    async def documents(self, member: StaffMember, number: str) -> tuple[CaseDocument, ...]:
        """Return what the applicant attached."""
        await self.get(member, number)
        rows = await self._database.fetch(
            "SELECT ordinal, kind, name, media_type, size, sha256 FROM case_document WHERE number = $1 "
            "ORDER BY ordinal",
            number,
        )
        return tuple(CaseDocument(**row) for row in rows)

    async def document(self, member: StaffMember, number: str, ordinal: int) -> tuple[CaseDocument, bytes]:
        """Return an attached document with its content; raises `DeskError` NO_SUCH_DOCUMENT."""
        for document in await self.documents(member, number):
            if document.ordinal == ordinal:
                return document, await self._blobs.get(document.sha256)
        raise DeskError(DeskCode.NO_SUCH_DOCUMENT)

    async def evidence(self, member: StaffMember, number: str) -> tuple[CaseEvidence, ...]:
        """Return what the state databases answered about the applicant."""
        await self.get(member, number)
        rows = await self._database.fetch(
            "SELECT register, at, found, facts, answer FROM case_evidence WHERE number = $1 ORDER BY at, register",
            number,
        )
        return tuple(CaseEvidence(**row) for row in rows)

    async def answer(self, member: StaffMember, number: str, register: str) -> bytes:
        """Return the signed answer of a state database; raises `DeskError` NO_SUCH_DOCUMENT."""
        for evidence in await self.evidence(member, number):
            if evidence.register == register:
                return await self._document(evidence.answer)
        raise DeskError(DeskCode.NO_SUCH_DOCUMENT)

    async def steps(self, member: StaffMember, number: str) -> tuple[CaseStep, ...]:
        """Return the stays at the procedure's steps, with their deadlines."""
        await self.get(member, number)
        rows = await self._database.fetch(
            "SELECT ordinal, step, step_kind AS kind, started_at, due_at, finished_at, late FROM case_step "
            "WHERE number = $1 ORDER BY ordinal",
            number,
        )
        return tuple(CaseStep(**{**row, "kind": PlaceKind(row["kind"])}) for row in rows)

    async def actions(self, member: StaffMember, number: str) -> tuple[CaseAction, ...]:
        """Return who did what, in order."""
        await self.get(member, number)
        rows = await self._database.fetch(
            "SELECT version, verb, staff, at, reason FROM case_action WHERE number = $1 ORDER BY version", number
        )
        return tuple(CaseAction(**row) for row in rows)

    async def people(self, member: StaffMember, number: str) -> dict[int, StaffMember]:
        """Return everybody who had a part in a case, of whatever office, by account."""
        await self.get(member, number)
        return {row["id"]: read_member(row) for row in await self._database.fetch(_PEOPLE, number)}

    async def trail(self, member: StaffMember, number: str) -> tuple[Event, ...]:
        """Return the case's events."""
        await self.get(member, number)
        return await self._journal.trail(number)

    async def _document(self, digest: str | None) -> bytes:
        if digest is None:
            raise DeskError(DeskCode.NO_SUCH_DOCUMENT)
        return await self._blobs.get(digest)
