"""The receipts of the counters: what the act lists, taken from the case as it was registered.

A receipt is never stored: the same case gives the same one again. It carries its number as a barcode, also where the
act does not list one: so the counter finds the application when its result is fetched.
"""

from __future__ import annotations

from collections.abc import Iterable

from gateway.catalogue import Catalogue, Channel, HandOver, Office, Service
from gateway.catalogue.kinds import documents_of, kind_field
from gateway.catalogue.terms import is_for
from gateway.desk.case import Case
from gateway.desk.cases import Cases
from gateway.desk.counter import Counter, Refusal
from gateway.desk.counter_rights import prescribed
from gateway.desk.errors import DeskCode, DeskError
from gateway.desk.staff import StaffMember
from gateway.results.document import Statement
from gateway.results.receipts import Body, Receipt, receipt_pdf


class Receipts:
    """Makes the receipts of an office's cases."""

    def __init__(self, *, catalogue: Catalogue, cases: Cases, counter: Counter, simulated: bool) -> None:
        self._catalogue = catalogue
        self._cases = cases
        self._counter = counter
        self._simulated = simulated

    def is_prescribed(self, case: Case) -> bool:
        """Tell whether the act has the applicant given a receipt for a case here; a department gives its own."""
        if case.channel is Channel.CORPORATION:
            return False
        return prescribed(self._catalogue.service(case.service), case.channel) is not None

    async def of_case(self, member: StaffMember, number: str) -> bytes:
        """Return the receipt of a case as PDF; raises `DeskError` NO_SUCH_DOCUMENT where the act prescribes none."""
        case = await self._cases.get(member, number)
        service = self._catalogue.service(case.service)
        form = prescribed(service, case.channel)
        intake = await self._counter.intake(member, number)
        if form is None or intake is None or case.counter is None:
            raise DeskError(DeskCode.NO_SUCH_DOCUMENT)
        counter, office = self._catalogue.office(case.counter), self._catalogue.office(case.office)
        handed_in = {document.kind for document in await self._cases.documents(member, number)} | set(intake.on_paper)
        receipt = Receipt(
            kind=form.kind,
            states=frozenset(form.states),
            counter=_body(counter),
            applicant=case.applicant_name,
            service=Statement.of(service.titles),
            at=case.registered_at,
            number=case.number,
            variety=_variety(service, case.kind),
            documents=_titles(service, case.kind, handed_in),
            acceptor=intake.acceptor_name,
            result_due=case.result_due,
            place=_place(service, case, office, counter),
            barcode=True,
            simulated=self._simulated,
        )
        return await receipt_pdf(receipt)

    async def of_refusal(self, refusal: Refusal, *, acceptor: str) -> bytes | None:
        """Return the receipt of a refusal to accept as PDF; None where the act prescribes none."""
        if refusal.receipt is None:
            return None
        receipt = Receipt(
            kind=refusal.receipt.kind,
            states=frozenset(refusal.receipt.states),
            counter=_body(refusal.counter),
            applicant=refusal.applicant_name,
            service=Statement.of(refusal.service.titles),
            at=refusal.at,
            documents=tuple(Statement.of(document.title) for document in refusal.missing),
            acceptor=acceptor,
            simulated=self._simulated,
        )
        return await receipt_pdf(receipt)


def _body(office: Office) -> Body:
    return Body(Statement.of(office.name), Statement.of(office.address), office.phone)


def _variety(service: Service, kind: str | None) -> Statement | None:
    field = kind_field(service)
    if field is None or kind is None:
        return None
    return next((Statement.of(choice.label) for choice in field.choices if choice.id == kind), None)


def _titles(service: Service, kind: str | None, handed_in: Iterable[str]) -> tuple[Statement, ...]:
    there = set(handed_in)
    return tuple(Statement.of(document.title) for document in documents_of(service, kind) if document.id in there)


def _place(service: Service, case: Case, office: Office, counter: Office) -> Body:
    """Return where the result is received: at the akim's counter where the act hands it over there."""
    how = hand_over_on(service, case.channel, case.kind)
    if how is HandOver.RURAL_AKIM:
        return Body(Statement.of(counter.pick_up_place), Statement.of(counter.address), counter.phone)
    return Body(Statement.of(office.place_to_receive(service.id, how)), Statement.of(office.address), office.phone)


def hand_over_on(service: Service, channel: Channel, kind: str | None) -> HandOver:
    """Return how the act hands a result over on a channel, for a kind of the service; over the counter by default."""
    rules = (one.how for one in service.hand_overs if one.channel is channel and is_for(one.kinds, kind))
    return next(rules, HandOver.COUNTER)
