"""Who may do what, when: asked of the locked row, in the transaction of the action."""

from __future__ import annotations

from enum import StrEnum

from gateway.catalogue import Role, Verb
from gateway.desk.case import CASE_COLUMNS, Case, CaseState, read_case
from gateway.desk.errors import DeskCode, DeskError
from gateway.desk.staff import StaffMember
from gateway.store.database import Connection


class Move(StrEnum):
    """Actions that hand work from one to another without doing it; each is a right of its own."""

    CLAIM = "claim"
    RELEASE = "release"
    ASSIGN = "assign"
    RETURN = "return"


RETURNS = {
    Verb.SIGN: Verb.DRAFT,
    Verb.DRAFT: Verb.RESOLVE,
    Verb.INSPECT: Verb.RESOLVE,
    Verb.CHECK_DOCUMENTS: Verb.RESOLVE,
}
"""Where the work goes back to when it is returned with a reason: from the head to the executor, from the executor to
the head."""


async def lock_case(conn: Connection, member: StaffMember, number: str) -> Case:
    """Return a case of the member's office and keep it from changing; raises `DeskError` NO_SUCH_CASE."""
    row = await conn.fetchrow(
        f"SELECT {CASE_COLUMNS} FROM casefile WHERE number = $1 AND office = $2 FOR UPDATE",  # noqa: S608 (a constant)
        number,
        member.office,
    )
    if row is None:
        raise DeskError(DeskCode.NO_SUCH_CASE)
    return read_case(row)


async def is_repeated(conn: Connection, case: Case, member: StaffMember, verb: str, version: int) -> bool:
    """Tell whether this is the second click of an action that the same member took on the same version."""
    row = await conn.fetchrow(
        "SELECT verb, staff FROM case_action WHERE number = $1 AND version = $2", case.number, version
    )
    return row is not None and (row["verb"], row["staff"]) == (verb, member.id)


def check_seen(case: Case, version: int) -> None:
    """Refuse what was decided on a page that no longer says how the case stands."""
    if case.version != version:
        raise DeskError(DeskCode.CHANGED)


def check_open(case: Case) -> None:
    """Refuse work on what is finished."""
    if case.state is CaseState.CLOSED:
        raise DeskError(DeskCode.CASE_CLOSED)


def check_turn(case: Case, member: StaffMember, verb: Verb) -> None:
    """Refuse an action out of order, of another role, or on another's work."""
    check_open(case)
    if case.awaits_verb is not verb:
        raise DeskError(DeskCode.WRONG_ORDER, awaited=str(case.awaits_verb))
    check_own(case, member)


def check_own(case: Case, member: StaffMember) -> None:
    """Refuse work that waits for another role or is in another's hands."""
    if case.awaits_role is not member.role:
        raise DeskError(DeskCode.WRONG_ROLE, awaited=str(case.awaits_role))
    if member.role is Role.EXECUTOR and case.executor != member.id:
        raise DeskError(DeskCode.NOT_ASSIGNED)


async def check_free(conn: Connection, case: Case, member: StaffMember) -> None:
    """Refuse work that a colleague has taken, naming the colleague."""
    if case.claimed_by not in (None, member.id):
        name = await conn.fetchval("SELECT name FROM staff WHERE id = $1", case.claimed_by)
        raise DeskError(DeskCode.TAKEN, name=name)


def what_may(case: Case, member: StaffMember) -> frozenset[Verb | Move]:
    """Return what the member may do with the case as it stands; the page offers this and nothing else."""
    if case.state is CaseState.CLOSED or case.awaits_verb is None:
        return frozenset()
    may: set[Verb | Move] = set()
    free = case.claimed_by in (None, member.id)
    try:
        check_own(case, member)
    except DeskError:
        own = False
    else:
        own = True
    if own and free:
        may.add(case.awaits_verb)
        if case.claimed_by is None:
            may.add(Move.CLAIM)
        if case.awaits_verb in RETURNS:
            may.add(Move.RETURN)
    if case.claimed_by == member.id or (case.claimed_by is not None and member.role is Role.HEAD):
        may.add(Move.RELEASE)
    if member.role is Role.HEAD and case.executor is not None and case.awaits_role is Role.EXECUTOR:
        may.add(Move.ASSIGN)
    return frozenset(may)
