"""The draft of a result: what the executor may propose, and the document that it makes for the head to sign."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from gateway.catalogue import Catalogue, Channel, Party, Service
from gateway.catalogue import Outcome as Ending
from gateway.catalogue.result import Fact
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


@dataclass(frozen=True, slots=True)
class ResultSettings:
    """What every result says about where it can be verified; `simulated` marks it as of the simulation."""

    verification: str
    simulated: bool


def facts_of(service: Service) -> tuple[Fact, ...]:
    """Return what the service's result must state."""
    template = service.result(Ending.ISSUED).template
    return () if template is None else template.facts


def proposed_facts(service: Service, case: Case) -> dict[str, str]:
    """Return the facts that the application itself already gives."""
    return {fact.id: case.fields[fact.id] for fact in facts_of(service) if fact.id in case.fields}


def may_issue(case: Case) -> bool:
    """Tell whether a certificate may be drafted: the condition that the provider decides has passed."""
    return case.check_result is CheckResult.PASSED


def grounds_for(service: Service, case: Case) -> tuple[Ground, ...]:
    """Return the grounds on which this case may be refused: of the failed condition, else those of the service."""
    if case.check_result is CheckResult.FAILED:
        codes = tuple(
            step.ground
            for step in service.flow(Channel.PORTAL).steps
            if step.party is Party.DESK and step.ground is not None
        )
    else:
        codes = tuple(code for one in service.results if one.outcome is Ending.REFUSED for code in one.grounds)
    return tuple(ground_of(service, code) for code in codes)


def check_decision(service: Service, case: Case, decision: Decision) -> None:
    """Refuse a decision that the condition's outcome or the service's grounds do not allow."""
    if case.check_result is CheckResult.WAITING:
        raise DeskError(DeskCode.CHECK_NOT_DECIDED)
    if decision.outcome is Ending.ISSUED:
        if not may_issue(case):
            raise DeskError(DeskCode.CHECK_FAILED)
        return
    if decision.ground not in {ground.code for ground in grounds_for(service, case)}:
        raise DeskError(DeskCode.GROUND_UNFIT)
    if decision.ground == "other" and decision.reason is None:
        raise DeskError(DeskCode.REASON_MISSING)
    if decision.reason is not None:
        check_reason(decision.reason)


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
        try:
            if decision.outcome is Ending.ISSUED:
                return build_result(result_document(particulars, service.result(Ending.ISSUED), decision.facts))
            assert decision.ground is not None
            reason = decision.reason
            words = None if reason is None else Statement(reason.kk, reason.ru)
            return build_result(refusal_document(particulars, ground_of(service, decision.ground), reason=words))
        except (TemplateError, DocumentRefused) as error:
            raise DeskError(DeskCode.DECISION_INCOMPLETE, field=_label(service, error.where)) from error


def _label(service: Service, where: str) -> Text | str:
    return next((fact.label for fact in facts_of(service) if fact.id == where), where)
