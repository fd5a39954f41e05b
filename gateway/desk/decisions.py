"""The draft of a result: what the executor may propose, and the document that it makes for the head to sign."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from gateway.catalogue import Body, Catalogue, FieldType, Outcome, Party, ResultKind, Role, Service
from gateway.catalogue.form import FormField
from gateway.catalogue.result import Fact, FactKind
from gateway.desk.case import Case, CheckResult, Decision
from gateway.desk.errors import DeskCode, DeskError
from gateway.exchange.wording import Wording
from gateway.identity.numbers import Bin
from gateway.results.document import Applicant, Ground, Office, Statement
from gateway.results.errors import DocumentRefused, TemplateError
from gateway.results.markup import build_result
from gateway.results.templates import Particulars, ground_of, refusal_document, result_document
from gateway.texts import Text

LONGEST_REASON = 1500
DOCUMENTS_GROUND = "documents-violations"
"""The shared ground of refusal for documents that do not conform."""
DRAFTED = frozenset({Outcome.ISSUED, Outcome.NEGATIVE, Outcome.QUEUED, Outcome.REFUSED})
"""What an executor may propose; a cancellation is no decision of an executor."""


@dataclass(frozen=True, slots=True)
class ResultSettings:
    """What every result says about where it can be verified; `simulated` marks it as of the simulation."""

    verification: str
    simulated: bool


def may_issue(case: Case) -> bool:
    """Tell whether something else than a refusal may be drafted: neither the condition nor the documents failed."""
    return case.check_result is CheckResult.PASSED and case.documents_result is not CheckResult.FAILED


def results_for(service: Service, case: Case) -> tuple[ResultKind, ...]:
    """Return the documents in which the case may end as it stands; after a failed check these are refusals alone."""
    return tuple(
        result
        for result in service.results_on(case.channel, case.kind)
        if result.outcome in DRAFTED and _head_signs(result) and (may_issue(case) or result.outcome is Outcome.REFUSED)
    )


def can_refuse(service: Service, case: Case) -> bool:
    """Tell whether the service knows a refusal at all on the case's channel, for its kind."""
    return any(one.outcome is Outcome.REFUSED for one in service.results_on(case.channel, case.kind))


def facts_of(results: Sequence[ResultKind]) -> tuple[Fact, ...]:
    """Return what these results may state, each fact once."""
    facts = {fact.id: fact for result in results if result.template is not None for fact in result.template.facts}
    return tuple(facts.values())


def proposed_facts(service: Service, case: Case) -> dict[str, str]:
    """Return the facts that the application itself already gives, where it gives them in the fact's own kind."""
    fields = {field.id: field for field in service.form}
    return {
        fact.id: case.fields[fact.id]
        for fact in facts_of(results_for(service, case))
        if fact.id in case.fields and _gives(fields.get(fact.id), fact, case.fields[fact.id])
    }


def grounds_for(service: Service, case: Case, refusals: Sequence[ResultKind] | None = None) -> tuple[Ground, ...]:
    """Return the grounds on which this case may be refused, by what failed; of `refusals` alone where they are given.

    The condition's own ground when the condition failed; documents that do not conform and the service's own grounds
    when the check of documents failed beside the condition; the service's own when nothing failed.
    """
    offered = results_for(service, case) if refusals is None else refusals
    if case.check_result is CheckResult.FAILED:
        steps = service.flow(case.channel, case.kind).steps
        codes = [step.ground for step in steps if step.party is Party.DESK and step.ground is not None]
    else:
        codes = [DOCUMENTS_GROUND] if case.documents_result is CheckResult.FAILED else []
        codes += [code for one in offered if one.outcome is Outcome.REFUSED for code in one.grounds]
    return tuple(ground_of(service, code) for code in dict.fromkeys(codes))


def result_of(service: Service, case: Case, decision: Decision) -> ResultKind:
    """Return the result that a decision names; raises `DeskError` RESULT_UNFIT when the case cannot end in it."""
    for result in service.results_on(case.channel, case.kind):
        named = result.outcome if isinstance(decision.result, Outcome) else result.id
        if named == decision.result and result.outcome in DRAFTED:
            return result
    raise DeskError(DeskCode.RESULT_UNFIT)


def check_decision(service: Service, case: Case, decision: Decision) -> ResultKind:
    """Return the result decided on; raises `DeskError` for what the checks or the service's grounds do not allow."""
    if case.check_result is CheckResult.WAITING:
        raise DeskError(DeskCode.CHECK_NOT_DECIDED)
    result = result_of(service, case, decision)
    if not _head_signs(result):
        raise DeskError(DeskCode.SIGNERS_ELSEWHERE)
    if result.outcome is Outcome.REFUSED:
        _check_refusal(service, case, result, decision)
    elif case.check_result is CheckResult.FAILED:
        raise DeskError(DeskCode.CHECK_FAILED)
    elif case.documents_result is CheckResult.FAILED:
        raise DeskError(DeskCode.DOCUMENTS_FAILED)
    return result


def check_reason(reason: Wording) -> None:
    """Refuse a reason that is not given in both languages, or is too long."""
    if not (reason.kk.strip() and reason.ru.strip()):
        raise DeskError(DeskCode.REASON_MISSING)
    if max(len(reason.kk), len(reason.ru)) > LONGEST_REASON:
        raise DeskError(DeskCode.TOO_LONG, limit=LONGEST_REASON)


class Decisions:
    """Makes the documents that heads sign."""

    def __init__(self, catalogue: Catalogue, settings: ResultSettings) -> None:
        self._catalogue = catalogue
        self._settings = settings

    def build(self, case: Case, decision: Decision, *, number: str, at: datetime) -> bytes:
        """Return the document's bytes; raises `DeskError` DECISION_INCOMPLETE for facts that do not make one."""
        service = self._catalogue.service(case.service)
        office = self._catalogue.office(case.office)
        particulars = Particulars(
            number=number,
            application=case.number,
            service=service.id,
            service_title=Statement.of(service.titles),
            provider=Office(Bin(office.bin), Statement.of(office.name)),
            applicant=Applicant(case.applicant, case.applicant_name),
            issued_at=at,
            verification=self._settings.verification,
            simulated=self._settings.simulated,
        )
        result = result_of(service, case, decision)
        try:
            if result.outcome is not Outcome.REFUSED:
                return build_result(result_document(particulars, result, decision.facts))
            assert decision.ground is not None
            reason = decision.reason
            words = None if reason is None else Statement(reason.kk, reason.ru)
            return build_result(refusal_document(particulars, ground_of(service, decision.ground), reason=words))
        except (TemplateError, DocumentRefused) as error:
            raise DeskError(DeskCode.DECISION_INCOMPLETE, field=_label(result, error.where)) from error


def _check_refusal(service: Service, case: Case, result: ResultKind, decision: Decision) -> None:
    if decision.ground not in {ground.code for ground in grounds_for(service, case, (result,))}:
        raise DeskError(DeskCode.GROUND_UNFIT)
    if decision.ground == "other" and decision.reason is None:
        raise DeskError(DeskCode.REASON_MISSING)
    if decision.reason is not None:
        check_reason(decision.reason)


def _head_signs(result: ResultKind) -> bool:
    """Tell whether the provider's head signs, and nobody else."""
    return [(signer.role, signer.body) for signer in result.signers] == [(Role.HEAD, Body.PROVIDER)]


def _gives(field: FormField | None, fact: Fact, value: str) -> bool:
    """Tell whether what was filled in can stand for the fact: a choice of the same name, a date, a sum, a text."""
    if field is None:
        return False
    match fact.kind:
        case FactKind.CHOICE:
            return value in {choice.id for choice in fact.choices}
        case FactKind.DATE:
            return field.type is FieldType.DATE
        case FactKind.MONEY:
            return value.isascii() and value.isdecimal()
        case FactKind.TEXT:
            return field.type not in {FieldType.CHOICE, FieldType.DATE, FieldType.CONSENT}


def _label(result: ResultKind, where: str) -> Text | str:
    return next((fact.label for fact in facts_of((result,)) if fact.id == where), where)
