"""Every service that the portal offers, from the form to the signed application; results that say no."""

from datetime import timedelta

import pytest

from gateway.catalogue import Channel, Outcome
from gateway.catalogue.kinds import documents_of, kind_comes_first, kinds_on
from gateway.catalogue.result import FactKind
from gateway.eds.xmldsig import sign_enveloped, verify_enveloped
from gateway.exchange.application import read_application
from gateway.exchange.form_schema import application_schema
from gateway.flows.errors import FlowCode, FlowError
from gateway.flows.terms import result_due
from gateway.identity.numbers import Bin
from gateway.results.document import Applicant, Office, Statement
from gateway.results.markup import build_result
from gateway.results.templates import Particulars, result_document
from tests.integration.flows.town import CATALOGUE, PDF
from tests.unit.exchange.test_form_schema import samples

OFFERED = [
    (service, kind)
    for service in CATALOGUE.offered(Channel.PORTAL)
    for kind in (kinds_on(service, Channel.PORTAL) or (None,))
]
PROCESSES = ["process 3 done", "condition 2 passed", "condition 2 passed", "process 5 done"]
SENT = {
    ("birth-registration", "registration"): ["action 1 done"],
    ("birth-registration", "changes"): ["action 1 done"],
    ("foreign-labour-permit", "employer-issue"): [f"action {number} done" for number in (1, 2, 3, 4)],
    ("foreign-labour-permit", "employer-extend"): ["action 1 done", "action 2 done"],
    ("foreign-labour-permit", "employer-reissue"): ["action 1 done", "action 2 done"],
}
"""What stands in the trail of a list of actions once the application is sent."""
NEGATIVE = "adoption-candidate-registration"
_FACTS = {FactKind.TEXT: "Мәлімет", FactKind.DATE: "2026-01-15", FactKind.MONEY: "120000"}


async def accepted(town, account, key, service, kind):
    flow = town.rooms.flow
    number = await flow.process_3_select_service(account, service.id, session="s")
    if kind_comes_first(service):
        assert (await flow.process_3_choose_kind(account.id, number, kind)).problems == ()
    reading = await flow.process_3_fill_form(account.id, number, samples(service, kind))
    assert reading.problems == ()
    for document in documents_of(service, kind, represented=False):
        problem = await flow.process_3_attach_document(
            account.id, number, document.id, name="a.pdf", media_type="application/pdf", content=PDF
        )
        assert problem is None
    await flow.process_3_choose_certificate(account.id, number, key.certificate.der)
    signed = sign_enveloped(await town.draft(account, number), key)
    return await flow.process_5_certify_and_send(account.id, number, signed)


@pytest.mark.parametrize(("service", "kind"), OFFERED, ids=[f"{one.id} {kind or ''}".strip() for one, kind in OFFERED])
async def test_every_offered_service_is_filled_in_signed_and_sent(town, account, key, service, kind):
    application = await accepted(town, account, key, service, kind)
    assert application.state == "accepted"
    office = CATALOGUE.offices_of(service.id)[0]
    assert application.result_due == result_due(CATALOGUE, service, office, town.store.clock.now(), kind=kind)
    assert application.result_due > town.store.clock.now()
    assert await town.steps(application.number) == SENT.get((service.id, kind), PROCESSES)
    (signature,) = verify_enveloped(await town.rooms.cabinet.signed_application(account.id, application.number))
    read = read_application(signature.document, application_schema(service, kind))
    assert read.fields == dict(application.fields)


def result_of(town, account, number, service, result):
    office = CATALOGUE.offices_of(service.id)[0]
    particulars = Particulars(
        number=f"{number}-R",
        application=number,
        service=service.id,
        service_title=Statement.of(service.titles),
        provider=Office(Bin(office.bin), Statement.of(office.name)),
        applicant=Applicant(account.number, account.name),
        issued_at=town.store.clock.now(),
        verification="http://127.0.0.1:8080",
        simulated=True,
    )
    facts = {fact.id: fact.choices[0].id if fact.choices else _FACTS[fact.kind] for fact in result.template.facts}
    return build_result(result_document(particulars, result, facts))


async def test_a_result_that_says_no_is_a_result_under_its_own_title_and_no_refusal(town, account, key):
    service = CATALOGUE.service(NEGATIVE)
    number = (await accepted(town, account, key, service, None)).number
    due = town.store.clock.now() + timedelta(days=3)
    await town.notice(number, service.id, "process 6", "done", 1, result_due=due)
    await town.notice(number, service.id, "condition 3", "passed", 2)
    result = service.result(Outcome.NEGATIVE)
    head = town.head(CATALOGUE.offices_of(service.id)[0].id)
    await town.response(number, service.id, sign_enveloped(result_of(town, account, number, service, result), head))
    view = await town.rooms.cabinet.view(account.id, number)
    assert view.application.state == "issued"
    assert view.document.kind == "certificate"
    title = await town.rooms.cabinet.title(view.document)
    assert (title.kk, title.ru) == (result.title.kk, result.title.ru)
    assert (await town.steps(number))[-1] == "process 8 done"


async def test_a_draft_that_the_services_schema_refuses_is_never_shown_for_signing(town, account, key, monkeypatch):
    """The check of the form lets a wrong value through; the schema does not."""
    from gateway.flows import drafts

    service = CATALOGUE.service("unemployed-certificate")
    number = await town.filled(service.id, account)
    await town.store.database.execute(
        'UPDATE application SET fields = fields || \'{"phone": "+7 wrong"}\' WHERE number = $1', number
    )
    monkeypatch.setattr(drafts, "check_application", lambda _service, _channel, posted, **_more: _reading(posted))
    with pytest.raises(FlowError) as refused:
        await town.rooms.flow.process_3_choose_certificate(account.id, number, key.certificate.der)
    assert refused.value.code is FlowCode.INCOMPLETE
    application = await town.rooms.cabinet.application(account.id, number)
    assert (application.state, application.draft) == ("draft", None)


def _reading(posted):
    from gateway.catalogue import FormReading

    return FormReading({name: value for name, value in posted.items() if value}, ())
