"""Who may see and do what, when: asked of the locked row, in the transaction of the action.

A case is seen by the provider's office that decides, by the office that took it in, and by the office, of whatever
body, whose staff must act now. Only the last may do anything with it.
"""

from __future__ import annotations

from enum import StrEnum

from gateway.catalogue import Catalogue, Role, Verb
from gateway.desk.case import CASE_COLUMNS, Case, CaseState, read_case
from gateway.desk.errors import DeskCode, DeskError
from gateway.desk.places import extensions_of, offices_beside, procedure_of
from gateway.desk.procedure import Position
from gateway.desk.staff import StaffMember
from gateway.store.database import Connection


class Move(StrEnum):
    """Actions that hand work from one to another without doing it; each is a right of its own."""

    CLAIM = "claim"
    RELEASE = "release"
    ASSIGN = "assign"
    RETURN = "return"
    EXTEND = "extend"
    """The act gives the step another term because something has happened."""
    REDIRECT = "redirect"
    """The application belongs to another provider's office."""


RETURNS = {
    Verb.SIGN: (Verb.DRAFT,),
    Verb.DRAFT: (Verb.RESOLVE, Verb.FORWARD),
    Verb.INSPECT: (Verb.RESOLVE, Verb.FORWARD),
    Verb.CHECK_DOCUMENTS: (Verb.RESOLVE, Verb.FORWARD),
    Verb.CONCLUDE: (Verb.FORWARD,),
    Verb.SUMMON: (Verb.CONVENE,),
    Verb.RECOMMEND: (Verb.CONVENE,),
    Verb.DECIDE: (Verb.RECOMMEND, Verb.CHECK_DOCUMENTS),
}
"""Where the work goes back to when it is returned with a reason, by what is awaited.

From the head to the executor, from the executor to the head of the same body; where that body's head gave no
resolution, and from a commission, to whoever sent the file; from the commission's session to the setting of another;
from the head who decides to whoever made the proposal.
"""
_RESOLVED_BY_OWN_HEAD = frozenset({Verb.RESOLVE})
SEEN_BY = "(office = {0} OR counter = {0} OR awaits_office = {0})"
"""The condition under which an office sees a case; `{0}` stands for the parameter of the office."""

_LOCK = f"""
SELECT {CASE_COLUMNS} FROM casefile
WHERE number = $1 AND ({SEEN_BY.format("$2")} OR EXISTS (
    SELECT FROM case_action WHERE case_action.number = $1 AND case_action.version = $4 AND case_action.staff = $3
)) FOR UPDATE
"""  # noqa: S608 (constants)


def may_see(case: Case, member: StaffMember) -> bool:
    """Tell whether the member's office sees the case as it stands."""
    return member.office in (case.office, case.counter, case.awaits_office)


async def lock_case(conn: Connection, member: StaffMember, number: str, version: int) -> Case:
    """Return a case that the member's office sees and keep it from changing; raises `DeskError` NO_SUCH_CASE.

    Who took the action that was shown as `version` finds the case even when it went to another body by it.
    """
    row = await conn.fetchrow(_LOCK, number, member.office, member.id, version)
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
    """Refuse an action out of order, of another body or role, or on another's work."""
    check_open(case)
    if case.awaits_verb is not verb:
        raise DeskError(DeskCode.WRONG_ORDER, awaited=str(case.awaits_verb))
    check_own(case, member)


def check_own(case: Case, member: StaffMember) -> None:
    """Refuse work that waits for another body or role, or is in another's hands.

    An executor does what is assigned to them, or what no executor of the office has yet. What the applicant must bring
    is recorded by an executor.
    """
    if case.awaits_office != member.office:
        raise DeskError(DeskCode.ELSEWHERE, awaited=str(case.awaits_office))
    awaited = Role.EXECUTOR if is_executors(case) else case.awaits_role
    if awaited is not member.role:
        raise DeskError(DeskCode.WRONG_ROLE, awaited=str(awaited))
    if member.role is Role.EXECUTOR and case.executor not in (None, member.id):
        raise DeskError(DeskCode.NOT_ASSIGNED)


def is_executors(case: Case) -> bool:
    """Tell whether an executor must act: also where the applicant must bring something, which an executor records."""
    return case.awaits_role in (Role.EXECUTOR, Role.APPLICANT)


async def check_free(conn: Connection, case: Case, member: StaffMember) -> None:
    """Refuse work that a colleague has taken, naming the colleague."""
    if case.claimed_by not in (None, member.id):
        name = await conn.fetchval("SELECT name FROM staff WHERE id = $1", case.claimed_by)
        raise DeskError(DeskCode.TAKEN, name=name)


def return_target(catalogue: Catalogue, case: Case) -> Position | None:
    """Return the place that the work goes back to when it is returned; None where the procedure has none."""
    if case.awaits_verb is None:
        return None
    procedure = procedure_of(catalogue, case)
    body = procedure.body(case.position)
    for verb in RETURNS.get(case.awaits_verb, ()):
        own = body if verb in _RESOLVED_BY_OWN_HEAD else None
        place = procedure.back_to(verb, case.position, body=own)
        if place is not None:
            return place
    return None


def may_redirect(case: Case, member: StaffMember) -> bool:
    """Tell whether the member may send the application to another provider's office.

    Whoever must register it may, before that; afterwards the head, instead of a resolution.
    """
    if case.awaits_office != case.office or case.awaits_verb not in (Verb.REGISTER, Verb.RESOLVE):
        return False
    return member.office == case.office and case.awaits_role is member.role


def what_may(case: Case, member: StaffMember, catalogue: Catalogue | None = None) -> frozenset[Verb | Move]:
    """Return what the member may do with the case as it stands; the page offers this and nothing else.

    Without the catalogue, what depends on the procedure is offered by the action alone.
    """
    if case.state is CaseState.CLOSED or case.awaits_verb is None or case.awaits_office != member.office:
        return frozenset()
    may: set[Verb | Move] = set()
    free = case.claimed_by in (None, member.id)
    if _is_own(case, member) and free:
        may.add(case.awaits_verb)
        if case.claimed_by is None:
            may.add(Move.CLAIM)
        if case.awaits_verb in RETURNS if catalogue is None else return_target(catalogue, case) is not None:
            may.add(Move.RETURN)
        if catalogue is not None and extensions_of(catalogue, case):
            may.add(Move.EXTEND)
        if catalogue is not None and may_redirect(case, member) and offices_beside(catalogue, case):
            may.add(Move.REDIRECT)
    if case.claimed_by == member.id or (case.claimed_by is not None and member.role is Role.HEAD):
        may.add(Move.RELEASE)
    if member.role is Role.HEAD and is_executors(case):
        may.add(Move.ASSIGN)
    return frozenset(may)


def _is_own(case: Case, member: StaffMember) -> bool:
    try:
        check_own(case, member)
    except DeskError:
        return False
    return True
