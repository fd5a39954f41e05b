"""Services whose portal flow is a plain list of actions, in a town: applications, results, what the desk says."""

from __future__ import annotations

from gateway.catalogue import Office as CatalogueOffice
from gateway.catalogue import Outcome
from gateway.catalogue.kinds import documents_of, kind_comes_first
from gateway.catalogue.result import FactKind
from gateway.eds.xmldsig import sign_enveloped
from gateway.identity.numbers import Bin
from gateway.results.document import Applicant, DocumentSigner, Office, Statement
from gateway.results.markup import build_result
from gateway.results.templates import Particulars, ground_of, refusal_document, result_document
from tests.integration.flows.town import CATALOGUE, PDF
from tests.unit.exchange.test_form_schema import samples

PERMIT, ISSUE, EXTEND = "foreign-labour-permit", "employer-issue", "employer-extend"
BIRTH = "birth-registration"
FLOWS = {ISSUE: "portal-employer-issue", EXTEND: "portal-employer-extend", "registration": "portal"}
GUARANTEE = "departure-guarantee"
_FACTS = {FactKind.TEXT: "Мәлімет", FactKind.DATE: "2026-01-15", FactKind.MONEY: "120000"}


async def ready(town, account, key, service_id, kind):
    """An application whose certificate was chosen."""
    flow, service = town.rooms.flow, CATALOGUE.service(service_id)
    number = await flow.process_3_select_service(account, service_id, session="s")
    if kind_comes_first(service):
        assert (await flow.process_3_choose_kind(account.id, number, kind)).problems == ()
    reading = await flow.process_3_fill_form(account.id, number, samples(service, kind))
    assert reading.problems == ()
    for document in documents_of(service, kind, represented=False):
        await flow.process_3_attach_document(
            account.id, number, document.id, name="a.pdf", media_type="application/pdf", content=PDF
        )
    await flow.process_3_choose_certificate(account.id, number, key.certificate.der)
    return number


async def sent(town, account, key, service_id, kind):
    """An application that was signed and sent."""
    number = await ready(town, account, key, service_id, kind)
    await town.rooms.flow.process_5_certify_and_send(
        account.id, number, sign_enveloped(await town.draft(account, number), key)
    )
    return number


def particulars(town, account, number, service, *, signers=(), answers=None):
    """What a result of an application says of itself; `signers` are those of its kind of result."""
    office = CATALOGUE.offices_of(service.id)[0]
    bodies = [CATALOGUE.body_of(office, signer.body, answers=answers or {}) for signer in signers]
    named = tuple(
        DocumentSigner(signer.role, _office(body), signer.body) for signer, body in zip(signers, bodies, strict=True)
    )
    return Particulars(
        number=f"{number}-R",
        application=number,
        service=service.id,
        service_title=Statement.of(service.titles),
        provider=_office(office),
        applicant=Applicant(account.number, account.name),
        issued_at=town.store.clock.now(),
        verification="http://127.0.0.1:8080",
        simulated=True,
        signers=named,
    )


def result(town, account, number, result_id, *, service_id=PERMIT, answers=None):
    """A result that is not signed yet; it names its signers where they are not just the provider's head."""
    service = CATALOGUE.service(service_id)
    found = next(one for one in service.results if one.id == result_id)
    alone = len(found.signers) == 1 and found.signers[0].body == "provider"
    facts = {fact.id: fact.choices[0].id if fact.choices else _FACTS[fact.kind] for fact in found.template.facts}
    signers = () if alone else found.signers
    said = particulars(town, account, number, service, signers=signers, answers=answers)
    return build_result(result_document(said, found, facts))


def refusal(town, account, number, service_id=PERMIT):
    """A reasoned refusal that is not signed yet."""
    service = CATALOGUE.service(service_id)
    (found,) = [one for one in service.results if one.outcome is Outcome.REFUSED]
    said = particulars(town, account, number, service)
    return build_result(refusal_document(said, ground_of(service, found.grounds[0])))


def _office(office: CatalogueOffice) -> Office:
    return Office(Bin(office.bin), Statement.of(office.name))
