"""The draft of a result: what the executor may propose, and the document that it makes for the head to sign."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from gateway.catalogue import Body, Catalogue, FieldType, Outcome, ResultKind, Role, Service, UnknownOffice
from gateway.catalogue import Office as Bureau
from gateway.catalogue.form import FormField
from gateway.catalogue.result import Fact, FactKind
from gateway.desk.case import Case, CheckResult, Decision, Finding
from gateway.desk.errors import DeskCode, DeskError
from gateway.desk.numbered import condition_number, numbered_flow
from gateway.exchange.wording import Wording
from gateway.identity.numbers import Bin
from gateway.results.document import Applicant, DocumentSigner, Ground, Office, Statement
from gateway.results.errors import DocumentRefused, TemplateError
from gateway.results.markup import build_result
from gateway.results.templates import Particulars, ground_of, refusal_document, result_document
from gateway.texts import Text

LONGEST_REASON = 1500
DOCUMENTS_GROUND = "documents-violations"
"""The shared ground of refusal for documents that do not conform."""


@dataclass(frozen=True, slots=True)
class ResultSettings:
    """What every result says about where it can be verified; `simulated` marks it as of the simulation."""

    verification: str
    simulated: bool


def may_issue(case: Case) -> bool:
    """Tell whether something else than a refusal may be drafted: neither the checks nor the head said no."""
    checked = case.check_result is CheckResult.PASSED and case.documents_result is not CheckResult.FAILED
    return checked and case.resolution is not Finding.ADVERSE


def lapsed_outcome(service: Service, case: Case) -> Outcome | None:
    """Return what the application ends in because the applicant did not fulfil the procedure's condition, if so."""
    if case.condition_result is not CheckResult.FAILED:
        return None
    path = service.procedure(case.channel, case.kind).path(case.channel)
    return next((step.on_fail for step in path if step.on_fail is not None), None)


def results_for(service: Service, case: Case) -> tuple[ResultKind, ...]:
    """Return the documents in which the case may end as it stands.

    After a failed check, or a decision of the head against the applicant, these are refusals alone; when the applicant
    did not fulfil the procedure's condition, what the act ends the application in.
    """
    results, lapsed = service.results_on(case.channel, case.kind), lapsed_outcome(service, case)
    if lapsed is not None:
        return tuple(result for result in results if result.outcome is lapsed)
    if not may_issue(case):
        return tuple(result for result in results if result.outcome is Outcome.REFUSED)
    return tuple(result for result in results if result.outcome is not Outcome.CANCELLED)


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
        flow = numbered_flow(service, case.channel, case.kind)
        examination = None if flow is None else flow.examination_step()
        codes = [] if examination is None or examination.ground is None else [examination.ground]
    else:
        codes = [DOCUMENTS_GROUND] if case.documents_result is CheckResult.FAILED else []
        codes += [code for one in offered if one.outcome is Outcome.REFUSED for code in one.grounds]
    return tuple(ground_of(service, code) for code in dict.fromkeys(codes))


def result_of(service: Service, case: Case, decision: Decision) -> ResultKind:
    """Return the result that a decision names; raises `DeskError` RESULT_UNFIT when the case cannot end in it."""
    for result in service.results_on(case.channel, case.kind):
        named = result.outcome if isinstance(decision.result, Outcome) else result.id
        if named == decision.result:
            return result
    raise DeskError(DeskCode.RESULT_UNFIT)


def check_decision(service: Service, case: Case, decision: Decision) -> ResultKind:
    """Return the result decided on; raises `DeskError` for what the checks or the service's grounds do not allow."""
    if case.check_result is CheckResult.WAITING:
        raise DeskError(DeskCode.CHECK_NOT_DECIDED)
    result = result_of(service, case, decision)
    lapsed = lapsed_outcome(service, case)
    if lapsed is not None:
        if result.outcome is not lapsed:
            raise DeskError(DeskCode.CONDITION_FAILED)
    elif result.outcome is Outcome.CANCELLED:
        raise DeskError(DeskCode.RESULT_UNFIT)
    elif result.outcome is Outcome.REFUSED:
        _check_refusal(service, case, result, decision)
    elif case.check_result is CheckResult.FAILED:
        raise DeskError(DeskCode.CHECK_FAILED, number=condition_number(service, case.channel, case.kind))
    elif case.documents_result is CheckResult.FAILED:
        raise DeskError(DeskCode.DOCUMENTS_FAILED)
    elif case.resolution is Finding.ADVERSE:
        raise DeskError(DeskCode.DECIDED_ADVERSELY)
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
        result = result_of(service, case, decision)
        issuer = self._issuer(case, result)
        particulars = Particulars(
            number=number,
            application=case.number,
            service=service.id,
            service_title=Statement.of(service.titles),
            provider=_named(issuer),
            applicant=Applicant(case.applicant, case.applicant_name),
            issued_at=at,
            verification=self._settings.verification,
            simulated=self._settings.simulated,
            signers=self._signers(case, result),
        )
        try:
            if result.outcome is not Outcome.REFUSED:
                return build_result(result_document(particulars, result, decision.facts))
            assert decision.ground is not None
            reason = decision.reason
            words = None if reason is None else Statement(reason.kk, reason.ru)
            return build_result(refusal_document(particulars, ground_of(service, decision.ground), reason=words))
        except (TemplateError, DocumentRefused) as error:
            raise DeskError(DeskCode.DECISION_INCOMPLETE, field=_label(result, error.where)) from error

    def _issuer(self, case: Case, result: ResultKind) -> Bureau:
        """Return the office that provides: the provider's, or the akim's where the act has the akim provide wholly.

        Of a result that a rural akim signs the akim is the provider (Karaganda, service 3); a district akim's order is
        drawn up by the provider.
        """
        office = self._catalogue.office(case.office)
        signed_by = {signer.body for signer in result.signers}
        return self._office_of(case, Body.RURAL_AKIM) if signed_by == {Body.RURAL_AKIM} else office

    def _signers(self, case: Case, result: ResultKind) -> tuple[DocumentSigner, ...]:
        """Return who signs in which order, for a document that is not signed by the provider's head alone."""
        if [(signer.role, signer.body) for signer in result.signers] == [(Role.HEAD, Body.PROVIDER)]:
            return ()
        return tuple(
            DocumentSigner(signer.role, _named(self._office_of(case, signer.body)), signer.body)
            for signer in result.signers
        )

    def _office_of(self, case: Case, body: Body) -> Bureau:
        counter = None if case.counter is None else self._catalogue.office(case.counter)
        try:
            return self._catalogue.body_of(self._catalogue.office(case.office), body, counter, case.fields)
        except UnknownOffice as error:
            raise DeskError(DeskCode.NO_BODY, name=body.value) from error


def _named(office: Bureau) -> Office:
    return Office(Bin(office.bin), Statement.of(office.name))


def _check_refusal(service: Service, case: Case, result: ResultKind, decision: Decision) -> None:
    if decision.ground not in {ground.code for ground in grounds_for(service, case, (result,))}:
        raise DeskError(DeskCode.GROUND_UNFIT)
    if decision.ground == "other" and decision.reason is None:
        raise DeskError(DeskCode.REASON_MISSING)
    if decision.reason is not None:
        check_reason(decision.reason)


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
