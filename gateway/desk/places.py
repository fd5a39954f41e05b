"""Where a case goes: who must act at a place of its procedure, which places are left out, what comes next."""

from __future__ import annotations

from dataclasses import dataclass

from gateway.catalogue import Catalogue, Office, Outcome, Role, UnknownOffice, Verb
from gateway.catalogue.procedure import Term
from gateway.catalogue.result import Signer
from gateway.desk.case import Case, CheckResult, Finding
from gateway.desk.decisions import result_of
from gateway.desk.errors import DeskCode, DeskError
from gateway.desk.procedure import PlaceKind, Position, ProcedureOf

_FOLLOWS_A_POSITIVE_DECISION = frozenset({Verb.INFORM, Verb.SUBMIT})
"""What is left out when the head decides against the applicant (Karaganda, service 18, readings)."""


@dataclass(frozen=True, slots=True)
class Awaited:
    """What a case waits for at a place: the action, and whose it is."""

    verb: Verb
    role: Role
    office: Office


def procedure_of(catalogue: Catalogue, case: Case) -> ProcedureOf:
    """Return the procedure by which a case is worked: of its service, on its channel, for its kind."""
    service, office = catalogue.service(case.service), catalogue.office(case.office)
    counter = None if case.counter is None else catalogue.office(case.counter)
    return ProcedureOf(catalogue, service, office, case.channel, case.kind, counter=counter, answers=case.fields)


def awaited_at(catalogue: Catalogue, case: Case, position: Position) -> Awaited:
    """Return who must do what at a position; raises `DeskError` NO_BODY where the body has no office.

    A result is signed by its own signers in their order, whoever signs the service's other results.
    """
    procedure = procedure_of(catalogue, case)
    action = procedure.action(position)
    signer = next_signer(catalogue, case) if action.verb is Verb.SIGN else None
    body = procedure.body(position) if signer is None else signer.body
    try:
        office = procedure.office_of(body)
    except UnknownOffice as error:
        raise DeskError(DeskCode.NO_BODY, name=body.value) from error
    return Awaited(action.verb, action.role if signer is None else signer.role, office)


def next_signer(catalogue: Catalogue, case: Case) -> Signer | None:
    """Return who signs the decided result next; None when nothing is decided or all have signed."""
    if case.decision is None:
        return None
    signers = result_of(catalogue.service(case.service), case, case.decision).signers
    return signers[case.signatures] if case.signatures < len(signers) else None


def next_place(catalogue: Catalogue, case: Case) -> Position | None:
    """Return the next position at which something is to be done, or None at the end."""
    procedure = procedure_of(catalogue, case)
    place = procedure.after(case.position)
    while place is not None and _is_left_out(catalogue, case, procedure, place):
        place = procedure.after(place)
    return place


def extensions_of(catalogue: Catalogue, case: Case) -> tuple[Term, ...]:
    """Return the terms of the act that an event may give the step at which the case stands, each event once."""
    if case.awaits_verb is None:
        return ()
    return tuple(
        term for term in procedure_of(catalogue, case).changes(case.position) if term.when not in case.extended
    )


def offices_beside(catalogue: Catalogue, case: Case) -> tuple[Office, ...]:
    """Return the other providers' offices to which the application could belong."""
    return tuple(office for office in catalogue.offices_of(case.service) if office.id != case.office)


def _is_left_out(catalogue: Catalogue, case: Case, procedure: ProcedureOf, place: Position) -> bool:
    """Tell whether nothing is to be done at a place as the case stands.

    Documents that an office has judged are not judged there again after a return; another body's judgement is no
    substitute. A decision against the applicant leaves out what follows a decision in favour, and only what was issued
    is sent to the body that pays.
    """
    verb = procedure.action(place).verb
    if verb is Verb.CHECK_DOCUMENTS:
        return case.documents_office == awaited_at(catalogue, case, place).office.id
    if place.kind is PlaceKind.CONDITION or verb in _FOLLOWS_A_POSITIVE_DECISION:
        return case.resolution is Finding.ADVERSE or case.condition_result is CheckResult.PASSED
    if verb is Verb.SEND_FILE and case.decision is not None:
        result = result_of(catalogue.service(case.service), case, case.decision)
        return result.outcome is not Outcome.ISSUED
    return False
