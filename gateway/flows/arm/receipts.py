"""The papers that a window prints: consent, receipt of acceptance, receipt of refusal, the message of process 4.

What the act lists stands on each, taken from the application as it was accepted; none is stored, and the same
application gives the same one again. A receipt of acceptance carries its number as a barcode, by which the hand-over
finds the application.
"""

from __future__ import annotations

from gateway.catalogue.acceptance import Receipt as Form
from gateway.catalogue.acceptance import ReceiptKind
from gateway.catalogue.kinds import kind_of
from gateway.catalogue.load import Catalogue
from gateway.catalogue.model import Service
from gateway.catalogue.terms import Channel
from gateway.clock import Clock
from gateway.exchange.acceptance import Power, PowerKind
from gateway.flows.applications import State
from gateway.flows.arm.entering import consent_fields
from gateway.flows.arm.errors import ArmCode, ArmError
from gateway.flows.arm.finding import Verdict, WhyAbsent
from gateway.flows.arm.flow import ArmFlow, IntakeView
from gateway.flows.arm.intakes import Intake
from gateway.flows.arm.operators import Operator, Operators
from gateway.identity.numbers import Bin
from gateway.registries.errors import Registry
from gateway.results.arm_messages import NoData, NoDataReason, no_data_pdf
from gateway.results.consent_form import Consent, consent_pdf
from gateway.results.document import Statement
from gateway.results.papers import Body
from gateway.results.receipts import Receipt, receipt_pdf
from gateway.results.service_words import document_titles, kind_words


class ArmReceipts:
    """Makes the papers of a department's applications."""

    def __init__(
        self, *, catalogue: Catalogue, clock: Clock, flow: ArmFlow, operators: Operators, simulated: bool
    ) -> None:
        self._catalogue = catalogue
        self._clock = clock
        self._flow = flow
        self._operators = operators
        self._simulated = simulated

    async def consent(self, operator: Operator, number: str) -> bytes:
        """Return the form of consent, to be signed before any question, as PDF; raises `ArmError`."""
        view = await self._flow.intake(operator, number)
        application, intake = view.application, view.intake
        if not application.applicant_number:
            raise ArmError(ArmCode.APPLICANT_MISSING)
        by = intake.representative
        return await consent_pdf(
            Consent(
                department=self._department(intake),
                applicant=application.applicant_name,
                applicant_number=application.applicant_number,
                service=Statement.of(view.service.titles),
                wording=_wording(view.service, kind_of(view.service, intake.typed)),
                registries=_registries(view) if view.steps.asks else (),
                operator=await self._name(intake),
                at=intake.consent_at or self._clock.now(),
                number=number,
                representative="" if by is None else by.name,
                representative_number="" if by is None else str(by.iin),
                power=None if by is None else power_words(by.power),
                given_at=intake.consent_at,
                simulated=self._simulated,
            )
        )

    async def acceptance(self, operator: Operator, number: str) -> bytes:
        """Return the receipt of acceptance as PDF; raises `ArmError` PAPER_NOT_READY before it was sent."""
        view = await self._flow.intake(operator, number)
        application, intake, service = view.application, view.intake, view.service
        if application.accepted_at is None:
            raise ArmError(ArmCode.PAPER_NOT_READY)
        form = _form(service, refusal=False)
        kind, counter = kind_of(service, application.fields), self._catalogue.office(intake.department)
        handed_in = {one.document for one in application.attachments} | set(intake.on_paper)
        return await receipt_pdf(
            Receipt(
                kind=ReceiptKind.RECEIPT if form is None else form.kind,
                states=frozenset() if form is None else frozenset(form.states),
                counter=Body.of(counter),
                applicant=application.applicant_name,
                service=Statement.of(service.titles),
                at=application.accepted_at,
                number=number,
                variety=kind_words(service, kind),
                documents=document_titles(service, kind, handed_in),
                acceptor=with_initials(await self._name(intake)),
                result_due=application.result_due,
                place=Body(Statement.of(counter.pick_up_place), Statement.of(counter.address), counter.phone),
                representative="" if intake.representative is None else intake.representative.name,
                barcode=True,
                simulated=self._simulated,
            )
        )

    async def refusal(self, operator: Operator, number: str) -> bytes:
        """Return the receipt of refusal to accept, with what is missing, as PDF; raises `ArmError` PAPER_NOT_READY."""
        view = await self._flow.intake(operator, number)
        application, intake, service = view.application, view.intake, view.service
        if intake.refused_at is None or intake.missing is None:
            raise ArmError(ArmCode.PAPER_NOT_READY)
        form = _form(service, refusal=True)
        return await receipt_pdf(
            Receipt(
                kind=ReceiptKind.REFUSAL_RECEIPT,
                states=frozenset() if form is None else frozenset(form.states),
                counter=self._department(intake),
                applicant=application.applicant_name,
                service=Statement.of(service.titles),
                at=intake.refused_at,
                documents=document_titles(service, None, intake.missing),
                acceptor=with_initials(await self._name(intake)),
                simulated=self._simulated,
            )
        )

    async def no_data(self, operator: Operator, number: str) -> bytes:
        """Return the message of process 4 as PDF; raises `ArmError` PAPER_NOT_READY where the data were not absent."""
        view = await self._flow.intake(operator, number)
        application, intake = view.application, view.intake
        if application.state is not State.NO_DATA or intake.finding is None:
            raise ArmError(ArmCode.PAPER_NOT_READY)
        by = intake.representative
        return await no_data_pdf(
            NoData(
                department=self._department(intake),
                applicant=application.applicant_name,
                applicant_number=application.applicant_number,
                service=Statement.of(view.service.titles),
                reasons=(_reason(str(intake.finding["verdict"]), str(intake.finding.get("reason", ""))),),
                operator=await self._name(intake),
                at=application.changed_at,
                number=number,
                legal_entity=isinstance(application.applicant, Bin),
                representative="" if by is None else by.name,
                representative_number="" if by is None else str(by.iin),
                power=None if by is None else power_words(by.power),
                simulated=self._simulated,
            )
        )

    def _department(self, intake: Intake) -> Body:
        return Body.of(self._catalogue.office(intake.department))

    async def _name(self, intake: Intake) -> str:
        return (await self._operators.of_id(intake.operator)).name


def with_initials(name: str) -> str:
    """Return surname and initials, as the acts have whoever took the documents in (Karaganda, lines 1275-1278)."""
    surname, *others = name.split()
    return " ".join([surname, *(f"{one[0].upper()}." for one in others)])


def _form(service: Service, *, refusal: bool) -> Form | None:
    """Return the receipt that the act prescribes through the State Corporation."""
    for form in service.receipts:
        if Channel.CORPORATION in form.channels and (form.kind is ReceiptKind.REFUSAL_RECEIPT) is refusal:
            return form
    return None


def _reason(verdict: str, why: str) -> NoDataReason:
    """Return what the message says was not there."""
    return NoDataReason(why if verdict == Verdict.ABSENT and why != WhyAbsent.NO_DATA else verdict)


def _wording(service: Service, kind: str | None) -> Statement:
    """Return what is consented to: the form's words, which speak to the applicant, else the act's."""
    for field in consent_fields(service, kind):
        return Statement.of(field.label)
    assert service.consent is not None
    return Statement.of(service.consent.text)


def _registries(view: IntakeView) -> tuple[Statement, ...]:
    """Return the state databases that process 3 asks."""
    asked = [Registry.GBDUL if isinstance(view.application.applicant, Bin) else Registry.GBDFL]
    if view.intake.representative is not None and view.intake.representative.power.kind is PowerKind.NOTARISED:
        asked.append(Registry.ENIS)
    return tuple(Statement.of(one.known_as) for one in asked)


def power_words(power: Power) -> Statement:
    """Say by what power of attorney somebody comes: its kind, and its number and date where they are known."""
    number = f" № {power.number}" if power.number else ""
    day = "" if power.issued_on is None else f", {power.issued_on:%d.%m.%Y}"
    kind = _KINDS[power.kind]
    return Statement(f"{kind.kk}{number}{day}", f"{kind.ru}{number}{day}")


_KINDS = {
    PowerKind.NOTARISED: Statement("нотариат куәландырған сенімхат", "нотариально удостоверенная доверенность"),
    PowerKind.SIMPLE: Statement("жазбаша сенімхат", "простая письменная доверенность"),
}
